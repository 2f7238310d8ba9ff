"""The per-user install for Windows: what can be tried of it on any system, with a registry that remembers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from vawg_desktop import windows_install
from vawg_desktop.domain.errors import StoreError


class Registry:
    HKEY_CURRENT_USER, REG_SZ = "HKCU", 1

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}

    def SetValue(self, root: str, key: str, kind: int, value: str) -> None:
        self.keys[key] = value

    def DeleteKey(self, root: str, key: str) -> None:
        if any(k.startswith(key + "\\") for k in self.keys):
            raise OSError("it has keys under it")
        if key not in self.keys and not key.endswith(("open", "shell")):
            raise OSError("not there")
        self.keys.pop(key, None)


@pytest.fixture
def windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = tmp_path / "unpacked folder"
    made.mkdir()
    for name in (windows_install.WINDOWED, windows_install.CONSOLE):
        (made / name).write_text("program")
    registry = Registry()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", str(made / windows_install.CONSOLE))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "Roaming"))
    monkeypatch.setattr(windows_install, "_registry", lambda: registry)
    monkeypatch.setattr(windows_install, "_make_link", lambda target: False)
    monkeypatch.setattr(windows_install.subprocess, "Popen", lambda *_, **__: None)
    return registry


def test_it_is_installed_for_one_user_and_taken_away_again(windows: Registry, tmp_path: Path) -> None:
    told = windows_install.install()
    to = tmp_path / "Local" / "Programs" / "VAWG Desktop"
    assert (to / windows_install.WINDOWED).read_text() == "program" and "Start menu could not be written" in told
    assert windows.keys[r"Software\Classes\.vawg"] == "VAWGDesktop.Store"
    assert windows.keys[r"Software\Classes\VAWGDesktop.Store\shell\open\command"] == f'"{to / windows_install.WINDOWED}" open "%1"'
    assert "taken away" in windows_install.remove() and windows.keys == {} and not to.exists()
    assert "taken away" in windows_install.remove()  # twice does no harm


def test_a_newer_version_takes_the_place_of_the_old_one(windows: Registry, tmp_path: Path) -> None:
    to = tmp_path / "Local" / "Programs" / "VAWG Desktop"
    to.mkdir(parents=True)
    (to / "old.txt").write_text("old")
    windows_install.install()
    assert not (to / "old.txt").exists() and sorted(p.name for p in to.parent.iterdir()) == ["VAWG Desktop"]


def test_what_was_there_is_back_where_the_copy_fails(windows: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    to = tmp_path / "Local" / "Programs" / "VAWG Desktop"
    to.mkdir(parents=True)
    (to / "old.txt").write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(windows_install.shutil, "copytree", full)
    with pytest.raises(StoreError, match="what was there before is back"):
        windows_install.install()
    assert (to / "old.txt").read_text() == "old" and windows.keys == {}


def test_nothing_is_taken_away_while_it_is_open(windows: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows lets nobody write to a program that runs."""
    windows_install.install()
    before, whole = dict(windows.keys), Path.open

    def held(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if path.name == windows_install.WINDOWED and "+" in mode:
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return whole(path, mode, *rest, **named)

    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(StoreError, match="is open"):
        windows_install.remove()
    assert windows.keys == before
    assert (tmp_path / "Local" / "Programs" / "VAWG Desktop" / windows_install.CONSOLE).exists()


def test_what_the_program_itself_uses_goes_by_a_command_that_cmd_can_read(
    windows: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list would be quoted as C reads it (\\"), and cmd would look for a folder of that name (seen under Wine)."""
    windows_install.install()
    to = tmp_path / "Local" / "Programs" / "VAWG Desktop"
    asked: list[object] = []
    monkeypatch.setattr(windows_install.shutil, "rmtree", lambda *_, **__: None)  # as where its own files are held
    monkeypatch.setattr(windows_install.subprocess, "Popen", lambda command, **_: asked.append(command))
    windows_install.remove()
    (command,) = asked
    assert isinstance(command, str) and command.endswith(f'rd /s /q "{to}""') and command.startswith('cmd /c "')


def test_the_starter_that_removes_is_read_at_once() -> None:
    """cmd reads a file line by line, and this file is taken away while it runs."""
    lines = (Path(__file__).parents[1] / ".ci" / "give_out" / "remove.cmd").read_bytes().split(b"\r\n")
    assert lines[-1] == b"" and b"vawg-desktop.exe" in lines[-2] and b"exit" in lines[-2]
    assert sum(b"vawg-desktop" in line for line in lines) == 1
