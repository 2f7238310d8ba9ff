"""Where a store may be opened in place: not on a network drive, not in a folder that a service synchronises.

There two computers can write at once, and a database's lock does not hold between them: words would be lost.
Linux reads the table of mounts; Windows asks for the drive's kind (untried here).
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from vawg_desktop.domain.errors import StoreError

_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afs",
        "davfs",
        "ncpfs",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.davfs2",
    }
)
_SYNCED = re.compile(
    r"onedrive( - .*)?|dropbox( \(.*\))?|google ?drive|my drive|googledrive|icloud ?drive|nextcloud|owncloud|sharepoint|box sync",
    re.IGNORECASE,
)
_MARKS = (".dropbox", ".stfolder", ".nextcloudsync.log", ".owncloudsync.log")
_WINDOWS_REMOTE = 4


def shared(path: Path, *, mounts: str | None = None) -> str:
    """What kind of shared place a path lies in, in words; empty for a place of this computer's own."""
    full = Path(os.path.abspath(path))  # noqa: PTH100 - the path as named: a link out of a synced folder is its own
    if _on_network(full, mounts):
        return "on a network drive"
    for folder in full.parents:
        if _SYNCED.fullmatch(folder.name):
            return f"in {folder.name}, which is copied to other computers by itself"
        if any((folder / mark).exists() for mark in _MARKS):
            return f"in {folder.name or folder}, which is copied to other computers by itself"
    return ""


def _on_network(path: Path, mounts: str | None) -> bool:
    if sys.platform == "win32":
        return _windows_network(path)
    if mounts is None:
        table = Path("/proc/self/mounts")
        mounts = table.read_text("utf-8", "replace") if table.exists() else ""
    best, kind = -1, ""
    for line in mounts.splitlines():
        _, place, fs, *_ = [*line.split(), "", "", ""]
        place = place.replace("\\040", " ")
        inside = place == "/" or str(path) == place or str(path).startswith(place.rstrip("/") + "/")
        if inside and len(place) > best:
            best, kind = len(place), fs
    return kind in _NETWORK


def _windows_network(path: Path) -> bool:
    if str(path).startswith("\\\\"):
        return True
    import ctypes

    windll = getattr(ctypes, "windll", None)
    return windll is not None and windll.kernel32.GetDriveTypeW(path.anchor) == _WINDOWS_REMOTE


def refuse_shared(path: Path) -> None:
    """Raise StoreError where a store must not be opened in place."""
    where = shared(path)
    if where and not path.exists():
        raise StoreError(f"A new store would be {where}; there two people could lose each other's words. Choose a folder of this computer alone.", code="shared_place")
    if where:
        raise StoreError(
            f"{path.name} is {where}; opened there, two people could lose each other's words. Take a working copy "
            "to a folder of this computer (copy), work on that, and merge.",
            code="shared_place",
        )
