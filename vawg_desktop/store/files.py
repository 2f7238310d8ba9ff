"""Held files (evidence, workbooks sent and received) by SHA-256, in the second encrypted file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from vawg_desktop.domain.errors import NotFoundError, StoreError
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.keys import Key, keys_path, write_replacing


def files_path(store: Path) -> Path:
    """``X.vawg-files`` beside ``X.vawg``."""
    return store.with_name(store.name + "-files")


def refuse_occupied(path: Path) -> None:
    """Raise StoreError unless a new store can be made at ``path``."""
    if not path.parent.is_dir():
        raise StoreError(f"There is no folder {path.parent}; make it first.", code="no_folder")
    for there in (path, keys_path(path), files_path(path)):
        if there.exists():
            raise StoreError(f"{there.name} is already there; choose another name.", code="occupied")


def write_output(path: Path, content: bytes, endings: Collection[str] = ()) -> None:
    """Write a file that leaves the store, replacing one of that name; never a store or a part of one.

    ``endings`` are those that it may have, with their full stop. Raises StoreError.
    """
    if endings and path.suffix.casefold() not in endings:
        raise StoreError(f"Choose a name that ends in {' or '.join(sorted(endings))}, not {path.name}.", code="ending")
    if ".vawg" in path.suffix.casefold() or keys_path(path).exists() or files_path(path).exists():
        raise StoreError(f"{path.name} is a store, and is not written over; choose another name.", code="is_a_store")
    if path.is_dir():
        raise StoreError(f"{path.name} is a folder; name a file.", code="is_a_folder")
    if not path.parent.is_dir():
        raise StoreError(f"{path.name} could not be written: there is no folder {path.parent}; make it first.", code="write_failed")
    write_replacing(path, content)


def write_outputs(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write files that leave the store, all of them or none. Raises StoreError."""
    written: list[Path] = []
    try:
        for path, content in files:
            new = not path.exists()
            write_output(path, content)
            written += [path] if new else []
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


class HeldFiles:
    """Content by hash. A file is committed here before the record that names it."""

    def __init__(self, store: Path, key: Key | None, kept: Callable[[], None] | None = None) -> None:
        self._path, self._key = files_path(store), key
        self._kept = kept

    def _open(self) -> Any:
        connection = connect_raw(self._path, self._key)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS held (sha256 TEXT PRIMARY KEY, name TEXT, size INTEGER, content BLOB)"
        )
        connection.execute("CREATE TABLE IF NOT EXISTS beside (store TEXT, origin TEXT, seq INTEGER)")
        return connection

    def note_beside(self, store: str, origin: str, seq: int) -> None:
        """Remember beside which state of which store the files stand: the last entry of its own that the store had.

        By this an older database beside newer files is noticed, and so are files of another store.
        """
        if not self._path.exists():
            return
        connection = self._open()
        try:
            noted = connection.execute("SELECT store, origin, seq FROM beside").fetchone()
            if noted is None or tuple(noted) != (store, origin, seq):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("DELETE FROM beside")
                connection.execute("INSERT INTO beside VALUES (?, ?, ?)", (store, origin, seq))
                connection.execute("COMMIT")
        finally:
            connection.close()

    def beside(self) -> tuple[str, str, int] | None:
        """Store, origin and number as last noted; None for files that no store noted yet."""
        if not self._path.exists():
            return None
        connection = self._open()
        try:
            noted = connection.execute("SELECT store, origin, seq FROM beside").fetchone()
        finally:
            connection.close()
        return (str(noted[0]), str(noted[1]), int(noted[2])) if noted is not None else None

    def keep(self, name: str, content: bytes) -> str:
        """Keep a file once; returns its SHA-256 in hex."""
        sha256 = hashlib.sha256(content).hexdigest()
        connection = self._open()
        try:
            connection.execute(
                "INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?)", (sha256, name, len(content), content)
            )
        finally:
            connection.close()
        if self._kept is not None:
            self._kept()
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes as they were kept. Raises NotFoundError."""
        connection = self._open()
        try:
            found = connection.execute("SELECT content FROM held WHERE sha256 = ?", (sha256,)).fetchone()
        finally:
            connection.close()
        if found is None:
            raise NotFoundError("That file is no longer held in this store.", code="file_not_held")
        return bytes(found[0])

    def digests(self) -> dict[str, str]:
        """The hash of each held file's bytes as they are now, by the hash it was kept under."""
        if not self._path.exists():
            return {}
        connection = self._open()
        try:
            rows = connection.execute("SELECT sha256, content FROM held")
            return {str(kept): hashlib.sha256(content).hexdigest() for kept, content in rows}
        finally:
            connection.close()

    def known(self) -> set[str]:
        """The hashes of all files held."""
        return {sha256 for sha256, _ in self.listed()}

    def listed(self) -> list[tuple[str, str]]:
        """Hash and name of every file held."""
        if not self._path.exists():
            return []
        connection = self._open()
        try:
            return [(str(s), str(n)) for s, n in connection.execute("SELECT sha256, name FROM held")]
        finally:
            connection.close()

    def dispose(self, hashes: list[str]) -> int:
        """Take files out for good, their pages overwritten; returns how many there were."""
        connection = self._open()
        try:
            gone = 0
            for sha256 in hashes:
                gone += connection.execute("DELETE FROM held WHERE sha256 = ?", (sha256,)).rowcount
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
        return gone
