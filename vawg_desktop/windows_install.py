"""The built program installed for one Windows user, and taken away again: no administrator, nothing outside the user's own folders.

Tried under Wine, never on Windows. The Start menu entry is made by PowerShell, which Wine has not; without it the sentence says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from vawg_desktop.domain.errors import StoreError

WINDOWED, CONSOLE = "VAWG Desktop.exe", "vawg-desktop.exe"
_NAME, _CLASS = "VAWG Desktop", "VAWGDesktop.Store"
_CLASSES = r"Software\Classes"
#: Makes a shortcut at LINK that starts TARGET.
_SHORTCUT = (
    "$s = (New-Object -ComObject WScript.Shell).CreateShortcut($env:LINK); $s.TargetPath = $env:TARGET; "
    "$s.WorkingDirectory = $env:USERPROFILE; $s.Save()"
)


def install() -> str:
    """Copy the folder that this program runs from; the version that was there before stays until the copy is whole. A sentence."""
    source, to = Path(sys.executable).parent, _home()
    if not (source / WINDOWED).exists() or sys.platform != "win32":
        raise StoreError("Only the built program for Windows is installed; start install.cmd in its folder.", code="not_built")
    if source.resolve() == to.resolve():
        return f"VAWG Desktop is installed already, in {to}."
    old = to.with_name(f"{_NAME} before")
    shutil.rmtree(old, ignore_errors=True)
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        if to.exists():
            to.replace(old)
    except OSError:
        raise StoreError("VAWG Desktop is open. Close it, then install again; nothing was changed.", code="busy") from None
    try:
        shutil.copytree(source, to)
    except OSError as error:
        shutil.rmtree(to, ignore_errors=True)
        if old.exists():
            old.replace(to)
        raise StoreError(f"The files could not be copied ({error.strerror}); what was there before is back.", code="not_copied") from error
    shutil.rmtree(old, ignore_errors=True)
    opens = f'"{to / WINDOWED}"'
    for key, value in (
        (".vawg", _CLASS), (_CLASS, "VAWG Desktop store"), (rf"{_CLASS}\DefaultIcon", f"{opens},0"),
        (rf"{_CLASS}\shell\open\command", f'{opens} open "%1"'),
    ):  # fmt: skip
        _registry().SetValue(_registry().HKEY_CURRENT_USER, rf"{_CLASSES}\{key}", _registry().REG_SZ, value)
    menu = "" if _make_link(to / WINDOWED) else f" The Start menu could not be written here: start {WINDOWED} in that folder."
    return f"VAWG Desktop is installed in {to}. A .vawg file opens with it.{menu} remove.cmd there takes it away; your stores are not touched."


def remove() -> str:
    """Take away what ``install`` made, stores and settings left alone; what this program itself uses goes once it has ended. A sentence."""
    to = _home()
    try:
        (to / WINDOWED).open("r+b").close()
    except FileNotFoundError:
        pass  # taken away in part already
    except OSError:
        raise StoreError("VAWG Desktop is open. Close it, then take it away again; nothing was changed.", code="busy") from None
    for key in (rf"{_CLASS}\shell\open\command", rf"{_CLASS}\shell\open", rf"{_CLASS}\shell", rf"{_CLASS}\DefaultIcon", _CLASS, ".vawg"):
        try:
            _registry().DeleteKey(_registry().HKEY_CURRENT_USER, rf"{_CLASSES}\{key}")
        except OSError:
            continue  # it was not there
    _link().unlink(missing_ok=True)
    shutil.rmtree(to, ignore_errors=True)
    if to.exists():
        # a program cannot take its own files away: a command waits until it has ended
        # (one text, not a list: quoting of a list is C's, which cmd does not read)
        subprocess.Popen(f'cmd /c "ping -n 3 127.0.0.1 >nul & rd /s /q "{to}""', cwd=os.environ.get("TEMP", str(to.parent)))
    return "VAWG Desktop is taken away. Your stores are where you keep them, and your settings stay."


def _registry() -> Any:
    import winreg  # only Windows has it

    return winreg


def _home() -> Path:
    return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "Programs" / _NAME


def _link() -> Path:
    return Path(os.environ.get("APPDATA", str(Path.home()))) / "Microsoft" / "Windows" / "Start Menu" / "Programs" / f"{_NAME}.lnk"


def _make_link(target: Path) -> bool:
    link = _link()
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        words = ["powershell", "-NoProfile", "-NonInteractive", "-Command", _SHORTCUT]
        subprocess.run(words, env={**os.environ, "LINK": str(link), "TARGET": str(target)}, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return link.exists()
