"""Private folders for copies that must not outlive the work on them; those that a killed process left are wiped at the next start."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

#: Every folder's name begins so; the lock file in it says whether somebody still works there.
_PREFIX, _HELD = "vawg-", "in-use"


class Scratch:
    """A private folder, held by an open lock until it is closed."""

    def __init__(self, purpose: str) -> None:
        self._lock: IO[bytes] | None = None
        while self._lock is None:  # a sweep that came between making and locking takes the folder; then another is made
            self.path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{purpose}-"))
            handle = (self.path / _HELD).open("wb")
            with suppress(BlockingIOError):
                _lock(handle)
                if _is_still(self.path / _HELD, handle):
                    self._lock = handle
            if self._lock is None:
                handle.close()

    def close(self) -> None:
        """Wipe the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def scratch(purpose: str) -> Generator[Path]:
    """A private folder for as long as the block runs."""
    made = Scratch(purpose)
    try:
        yield made.path
    finally:
        made.close()


def sweep() -> list[str]:
    """Wipe the folders whose process was killed; returns their names. Those in use, and other people's, stay."""
    gone: list[str] = []
    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_HELD}"):
        with suppress(OSError):
            if lock.is_symlink() or lock.parent.is_symlink() or not _is_mine(lock.parent):
                continue
            with lock.open("r+b") as handle:
                _lock(handle)
                _wipe(lock)
            lock.unlink(missing_ok=True)  # for Windows, which takes no open file away
            lock.parent.rmdir()
            gone.append(lock.parent.name)
    return gone


def _wipe(lock: Path) -> None:
    """Wipe a folder that this process holds: its lock last, so that nobody can hold the folder while its files go."""
    for one in lock.parent.rglob("*"):
        if one != lock and one.is_file() and not one.is_symlink():
            with suppress(OSError):
                overwrite(one)
    for one in lock.parent.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one, ignore_errors=True)
        elif one != lock:
            one.unlink(missing_ok=True)
    if sys.platform != "win32":
        lock.unlink()


def overwrite(path: Path) -> None:
    """Write noughts over a file before it goes. Raises OSError where another program holds it."""
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    with path.open("r+b") as file:
        file.write(b"\x00" * path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())


def _is_still(lock: Path, handle: IO[bytes]) -> bool:
    """Whether the open file still stands where it was made: one that was taken away holds no folder."""
    if sys.platform == "win32":  # which takes no open file away, and may number one file differently by name and by handle
        return True
    try:
        return os.path.samestat(lock.stat(), os.fstat(handle.fileno()))
    except OSError:
        return False


def _is_mine(folder: Path) -> bool:
    return sys.platform == "win32" or folder.stat().st_uid == os.getuid()


def _lock(handle: IO[bytes]) -> None:
    """Lock a file for this process. Raises BlockingIOError where another has it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from error
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
