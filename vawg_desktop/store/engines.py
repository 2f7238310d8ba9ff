"""Two engines on one file: a writer that takes the lock at BEGIN, readers that never do (DESIGN 4)."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store.keys import Key
from vawg_desktop.store.reading import ReadConnection

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

#: Seconds a command waits for the other process's write to end.
BUSY_SECONDS = 5
#: Page cache per connection in KiB: holds the working set of a region store.
WRITER_CACHE_KIB = 65536
READER_CACHE_KIB = 12288
DatabaseError = driver.DatabaseError


def connect_raw(path: Path, key: Key | None, *, cache_kib: int = 8192) -> Any:
    """A bare driver connection, keyed and checked. Raises StoreError in plain words."""
    try:
        connection = driver.connect(
            str(path), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except driver.Error as error:
        raise StoreError(f"{path.name} could not be opened: {error}.", code="open_failed") from error
    try:
        if key is not None:
            connection.execute("PRAGMA cipher_log = off")
            connection.execute(key.pragma())
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except driver.DatabaseError as error:
        connection.close()
        raise opening_error(path, error) from error
    except UnicodeDecodeError as error:  # the driver could not even read its own message, which quotes the damaged page
        connection.close()
        raise opening_error(path, driver.DatabaseError("database disk image is malformed")) from error
    connection.execute(f"PRAGMA cache_size = -{cache_kib}")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


#: What opening needs beside the file, in bytes: the write-ahead log and its index.
_ROOM_TO_OPEN = 256 * 1024


def disk_is_full(path: Path) -> bool:
    """Whether the disk that holds ``path`` has no room left to work in: SQLite then often says no more than "disk I/O"."""
    place = path if path.is_dir() else path.parent
    return place.is_dir() and shutil.disk_usage(place).free < _ROOM_TO_OPEN


def opening_error(path: Path, error: Exception) -> StoreError:
    """Why a file could not be opened, in a sentence and what to do."""
    message = str(error)
    if "disk I/O" in message and disk_is_full(path):
        return StoreError(
            f"The disk that holds {path.name} is full; make room on it and open the store again. Nothing was changed.",
            code="disk_full",
        )
    if "disk I/O" in message:
        return StoreError(
            f"{path.name} could not be read: its disk gave an error, or the file is damaged. Try again; if it stays so, restore the latest backup, "
            "or read out what can be read (rescue).",
            code="damaged",
        )
    if "not a database" in message or "malformed" in message:
        return StoreError(
            f"{path.name} is damaged or is not a store; restore the latest backup, "
            "or read out what can be read (rescue).",
            code="damaged",
        )
    if "locked" in message:
        return StoreError(f"{path.name} is busy in another program; try again in a moment.", code="busy")
    if "readonly" in message:
        return StoreError(
            f"{path.name} is read-only; copy it to a folder where you can write.", code="read_only"
        )
    return StoreError(f"{path.name} could not be opened: {message}.", code="open_failed")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _fold_log(raw: Any) -> None:
    """Fold the write-ahead log into the file; on a full disk it stays beside the file, whole, and is folded in another time."""
    with suppress(driver.Error):
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Engines:
    """The writer's engine (a pool of one, made when first asked for) and one kept reading connection per thread.

    Reading goes straight to the driver (``reading.py``); SQLAlchemy, whose import costs more than a window, is for writing.
    """

    dialect = "sqlite"

    def __init__(self, path: Path, key: Key | None) -> None:
        self._path, self._key = path, key
        self._threads = threading.local()
        self._readers: list[tuple[threading.Thread, ReadConnection]] = []
        self._making = threading.Lock()
        self._writer: Engine | None = None
        self._closed = False
        self._guard = threading.Lock()

    @property
    def writer(self) -> Engine:
        """The writer's engine."""
        with self._making:
            if self._writer is None:
                self._writer = self._make_writer()
            return self._writer

    def _make_writer(self) -> Engine:
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import QueuePool

        def creator() -> Any:
            connection = connect_raw(self._path, self._key, cache_kib=WRITER_CACHE_KIB)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            return connection

        engine = create_engine(
            "sqlite://",
            module=driver,
            creator=creator,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_timeout=30,
            pool_reset_on_return="rollback",  # a refused commit leaves no transaction behind that blocks every writer
        )
        event.listen(engine, "begin", _begin_immediate)
        return engine

    def _connect_reader(self) -> Any:
        connection = connect_raw(self._path, self._key, cache_kib=READER_CACHE_KIB)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def read(self) -> Connection:
        """This thread's reading connection, kept until the store closes."""
        connection: ReadConnection | None = getattr(self._threads, "connection", None)
        if self._closed:
            raise StoreError("The store is closed.", code="closed")
        if connection is None or connection.closed:
            self._return_orphans()
            connection = ReadConnection(self._connect_reader())
            self._threads.connection = connection
            with self._guard:
                self._readers.append((threading.current_thread(), connection))
        return cast("Connection", connection)

    @contextmanager
    def fresh(self) -> Generator[Connection]:
        """A reading connection of its own, closed afterwards.

        A kept connection's full-text table remembers its layout, and an integrity check on it then calls a
        sound index damaged.
        """
        connection = ReadConnection(self._connect_reader())
        try:
            yield cast("Connection", connection)
        finally:
            connection.close()

    def _return_orphans(self) -> None:
        """Close the connections of threads that ended."""
        with self._guard:
            for thread, connection in [r for r in self._readers if not r[0].is_alive()]:
                connection.close()
                self._readers.remove((thread, connection))

    def close(self) -> None:
        """Close everything, folding the write-ahead log into the file."""
        with self._guard:
            self._closed = True
            for _, connection in self._readers:
                connection.close()
            self._readers.clear()
        if self._writer is None:
            raw = connect_raw(self._path, self._key)
            with closing(raw):
                _fold_log(raw)
            return
        try:
            with self._writer.connect() as connection:
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.rollback()
                _fold_log(raw)
        finally:
            self._writer.dispose()
