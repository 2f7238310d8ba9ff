"""Who has a store open: every process that has holds a shared lock, restoring and migrating an exclusive one (DESIGN 4).

The lock is a transaction on a small SQLite file beside the store, which stays empty: the same on every system, taken by any
number of processes and threads, given back by the system where a process ends however it ends. The file is never deleted
and never opened any other way, since closing any handle of a file would drop the locks on it.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain.errors import StoreError

if TYPE_CHECKING:
    from filelock import BaseFileLock

#: How long a command waits for others to be done with a store.
WAIT_SECONDS = 5.0


def lock_path(path: Path) -> Path:
    """The file by which a store is known to be open."""
    return path.with_name(path.name + "-open")


class Hold:
    """A lock that is held until it is released."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def release(self) -> None:
        """Let go; a second time does nothing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(driver.Error):
                connection.rollback()
            connection.close()


def hold(path: Path, *, exclusive: bool = False, seconds: float = WAIT_SECONDS) -> Hold:
    """Take the lock of a store. Raises StoreError where another process has it and does not let go in time.

    Where nothing may be written beside the store, nobody can write the store either, and there is nothing to hold.
    """
    try:
        try:
            return Hold(_take(path, exclusive, seconds))
        except driver.OperationalError:
            raise
        except driver.DatabaseError:  # another program wrote in the lock file; emptying it drops no lock
            os.truncate(lock_path(path), 0)
            return Hold(_take(path, exclusive, seconds))
    except driver.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise StoreError(
                f"{path.name} is open in another window or command; close it there and try again. Nothing was changed.",
                code="in_use",
            ) from error
        return Hold(None)
    except OSError:
        return Hold(None)


def _take(path: Path, exclusive: bool, seconds: float) -> Any:
    connection: Any = driver.connect(
        str(lock_path(path)), timeout=seconds, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("BEGIN EXCLUSIVE" if exclusive else "BEGIN")
        if not exclusive:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except driver.Error:
        connection.close()
        raise
    return connection


@contextmanager
def busy_with(path: Path, what: str, *, seconds: float = WAIT_SECONDS) -> Generator[None]:
    """No other process does the same to a store meanwhile, such as moving it. Raises StoreError (``in_use``)."""
    held = hold(path.with_name(f"{path.name}-{what}-busy"), exclusive=True, seconds=seconds)
    try:
        yield
    finally:
        held.release()


@contextmanager
def alone(path: Path, *, seconds: float = WAIT_SECONDS) -> Generator[None]:
    """Nobody else has the store open meanwhile. Raises StoreError where somebody has."""
    held = hold(path, exclusive=True, seconds=seconds)
    try:
        yield
    finally:
        held.release()


def lock_for_window(path: Path, who: str) -> BaseFileLock:
    """Keep to one window per file; commands may still write. Raises StoreError naming who has it open."""
    from filelock import FileLock, Timeout  # brings asyncio with it

    lock = FileLock(str(path) + "-lock", timeout=0)
    note = path.with_name(path.name + "-lock-by")
    try:
        lock.acquire()
    except Timeout:
        holder = note.read_text("utf-8", "replace").strip() if note.exists() else "another window"
        raise StoreError(
            f"{path.name} is already open in another window ({holder}); use that one, or close it first.",
            code="open_elsewhere",
        ) from None
    except OSError as error:
        raise StoreError(
            f"You do not have permission to write beside {path.name}: {error.strerror}.", code="no_permission"
        ) from error
    note.write_text(f"{who} on {platform.node()}", "utf-8")
    return lock
