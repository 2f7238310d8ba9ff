"""A store in a PostgreSQL database: the same tables, door and statements; what differs stands here (DESIGN 4)."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.numeric import IntDumper
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from vawg_desktop.domain.errors import NotFoundError, StoreError
from vawg_desktop.store.dialect import CHANNEL, for_postgres
from vawg_desktop.store.version import SCHEMA_VERSION

CONNECT_SECONDS = 10
#: A connection unused for longer is tried before it is used.
IDLE_SECONDS = 5
Error = psycopg.Error


def is_url(name: str) -> bool:
    """Whether a store's name is a PostgreSQL URL."""
    return name.startswith(("postgresql://", "postgres://"))


def parse(name: str) -> URL:
    """The URL of a store. Raises StoreError in plain words."""
    try:
        url = make_url(name.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise StoreError(
            "That is no PostgreSQL URL; write postgresql://user@server/database.", code="bad_url"
        ) from None
    if not url.database:
        raise StoreError(
            "The URL names no database; write postgresql://user@server/database.", code="bad_url"
        )
    return url.set(drivername="postgresql+psycopg")


def called(url: URL) -> str:
    """What to call the store: never with its password."""
    where = f" on {url.host}" if url.host and not url.host.startswith("/") else ""
    return f"{url.database}{where}"


class _IntBool(IntDumper):
    """Yes and no are 1 and 0, as in the file."""

    def dump(self, obj: Any) -> bytes:
        return b"1" if obj else b"0"


class PgEngines:
    """A writer of one connection and kept reading connections per thread, as for a file."""

    dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url
        self._threads = threading.local()
        self._guard = threading.Lock()
        self._readers: list[tuple[threading.Thread, Connection]] = []
        self._closed = False
        self._lost = 0
        self.writer = self._make(pool=1)
        self.reader = self._make(pool=8, isolation_level="AUTOCOMMIT")

    def _make(self, pool: int, **more: Any) -> Engine:
        engine = create_engine(
            self._url, poolclass=QueuePool, pool_size=pool, max_overflow=0 if pool == 1 else 16, pool_timeout=30,
            pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "VAWG Desktop"},
            **more,
        )  # fmt: skip

        @event.listens_for(engine, "connect")
        def _(raw: Any, _record: object) -> None:
            raw.adapters.register_dumper(bool, _IntBool)
            raw.prepare_threshold = 3

        @event.listens_for(engine, "handle_error")
        def _(context: Any) -> None:
            if context.is_pre_ping:
                return  # the pool makes the connection anew by itself
            if context.is_disconnect and context.sqlalchemy_exception is not None:
                self.doubt()
                raise server_error(context.sqlalchemy_exception, self._url) from context.original_exception

        @event.listens_for(engine, "before_cursor_execute", retval=True)
        def _(
            _c: object, _cursor: object, sql: str, params: Any, _context: object, _many: bool
        ) -> tuple[str, Any]:
            ready = "%s" in sql or "%(" in sql  # SQLAlchemy's own statements are
            return (sql if ready else for_postgres(sql)), params

        return engine

    def read(self) -> Connection:
        """This thread's reading connection, made anew where it was lost."""
        if self._closed:
            raise StoreError("The store is closed.", code="closed")
        connection: Connection | None = getattr(self._threads, "connection", None)
        if connection is None or connection.closed or connection.invalidated or self._doubted(connection):
            if connection is not None:
                with suppress(SQLAlchemyError):  # of a lost connection nothing is left to close
                    connection.invalidate()
                    connection.close()
            try:
                connection = self.reader.connect()
            except DBAPIError as error:
                raise server_error(error, self._url) from error
            self._threads.connection = connection
            with self._guard:
                self._readers = [r for r in self._readers if r[0].is_alive()]
                self._readers.append((threading.current_thread(), connection))
        return connection

    def doubt(self) -> None:
        """A connection was lost: every kept one is tried before it is used again."""
        self._lost += 1

    def _doubted(self, connection: Connection) -> bool:
        """Whether a kept connection is lost; tried only if another was or it is long unused."""
        known = getattr(self._threads, "lost", 0)
        used, self._threads.used = getattr(self._threads, "used", 0.0), time.monotonic()
        if known == self._lost and time.monotonic() - used < IDLE_SECONDS:
            return False
        self._threads.lost = self._lost
        try:
            raw: Any = connection.connection.driver_connection
            raw.execute("SELECT 1")
        except (psycopg.Error, SQLAlchemyError):
            return True
        return False

    @contextmanager
    def fresh(self) -> Generator[Connection]:
        """An autocommit connection, pooled."""
        with self.reader.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection to the server; reading and writing afterwards raise."""
        with self._guard:
            self._closed = True
            for _, connection in self._readers:
                with suppress(DBAPIError):
                    connection.close()
            self._readers.clear()
        self.reader.dispose()
        self.writer.dispose()


class PgFiles:
    """Held files in the table ``held``, by SHA-256."""

    def note_beside(self, store: str, origin: str, seq: int) -> None:
        """Nothing: the files stand in the store itself."""

    def beside(self) -> None:
        """The files stand in the store itself, and so beside no other."""

    def __init__(self, engines: PgEngines) -> None:
        self._engines = engines

    def _run(self, sql: str, *params: object) -> Any:
        with self._engines.fresh() as connection:
            result = connection.exec_driver_sql(sql, params)
            return result.fetchall() if result.returns_rows else result.rowcount

    def keep(self, name: str, content: bytes) -> str:
        """Keep a file once; returns its SHA-256 in hex."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._run(
            "INSERT INTO held VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING",
            sha256,
            name,
            len(content),
            content,
        )
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes as they were kept. Raises NotFoundError."""
        rows = self._run("SELECT content FROM held WHERE sha256 = ?", sha256)
        if not rows:
            raise NotFoundError("That file is no longer held in this store.", code="file_not_held")
        return bytes(rows[0][0])

    def digests(self) -> dict[str, str]:
        """The hash of each held file's bytes as they are now, by the hash it was kept under."""
        rows = self._run("SELECT sha256, encode(sha256(content), 'hex') FROM held")
        return {str(kept): str(now) for kept, now in rows}

    def known(self) -> set[str]:
        """The hashes of all files held."""
        return {sha256 for sha256, _ in self.listed()}

    def listed(self) -> list[tuple[str, str]]:
        """Hash and name of every file held."""
        return [(str(s), str(n)) for s, n in self._run("SELECT sha256, name FROM held")]

    def dispose(self, hashes: list[str]) -> int:
        """Take files out for good; returns how many there were."""
        if self._run("SELECT to_regproc('vawg_dispose_file') IS NOT NULL")[0][0]:
            return sum(int(self._run("SELECT vawg_dispose_file(?)", h)[0][0]) for h in hashes)  # what they leave is swept next
        gone = sum(int(self._run("DELETE FROM held WHERE sha256 = ?", h)) for h in hashes)
        self._run("VACUUM FULL held")
        return gone


def server_error(error: DBAPIError, url: URL) -> StoreError:
    """A failure of the server in a sentence and what to do: by its code where it gave one, else by libpq's words."""
    message = str(error.orig or error)
    name = called(url)
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state == "42501" or "permission denied" in message:
        return StoreError("Your role in the database does not allow that; nothing was changed.", code="no_permission")
    if state and state[:2] not in ("28", "3D", "57", "08") and state != "53300":
        from vawg_desktop.store.trouble import store_error_of

        found = store_error_of(error)
        if found is not None:
            return found
    if "password authentication failed" in message or "no password supplied" in message:
        return StoreError(
            f"The server refused the name or the password for {name}; nothing was changed.",
            code="wrong_password",
        )
    if "does not exist" in message and "database" in message:
        return StoreError(
            f"The server has no database {url.database}; ask whoever keeps the server.", code="missing"
        )
    if "no pg_hba.conf entry" in message:
        wire = " over a wire without TLS; try ?sslmode=require" if "no encryption" in message else ""
        return StoreError(
            f"The server does not let {url.username or 'you'} into {url.database} from this computer{wire}, or ask "
            "whoever keeps the server. Nothing was changed.",
            code="not_admitted",
        )
    if "SSL" in message or "TLS" in message or "certificate" in message:
        return StoreError(
            f"{name} could not be reached over TLS, which the URL asks for; nothing was sent. ({message.splitlines()[0][:120]})",
            code="no_tls",
        )
    if state == "53300" or ("too many" in message and "connections" in message):
        return StoreError(
            f"The server of {name} is not accepting more connections just now; try again in a moment.", code="busy"
        )
    return StoreError(
        f"The server of {name} cannot be reached; what you typed is kept. Try again, or go on in a working copy.",
        code="server_away",
    )


def create_schema(engines: PgEngines, facts: dict[str, str], origin: tuple[str, str, str]) -> None:
    """Make an empty store in an empty database, in one transaction. Raises StoreError where it is not empty."""
    from vawg_desktop.store import schema

    try:
        with engines.writer.connect() as connection, connection.begin():
            there = connection.exec_driver_sql(
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() "
                "AND table_name IN ('meta', 'change')"
            ).one()
            if there[0]:
                raise StoreError(
                    "There is a store in that database already; nothing was changed.", code="occupied"
                )
            raw: Any = connection.connection.driver_connection
            for statement in schema.postgres_ddl():
                raw.execute(statement)
            for key, value in facts.items():
                connection.exec_driver_sql("INSERT INTO meta VALUES (?, ?)", (key, value))
            connection.exec_driver_sql("INSERT INTO origin VALUES (?, ?, 1, 0, ?)", origin)
            raw.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (f"{SCHEMA_VERSION:04d}",))
    except DBAPIError as error:
        raise server_error(error, engines.writer.url) from error


def drop_schema(url: URL) -> None:
    """Take away the tables of a store that could not be made whole."""
    from vawg_desktop.store import schema

    engines = PgEngines(url)
    try:
        with engines.fresh() as connection:
            for table in (*schema.metadata.tables, "search", "held", "alembic_version"):
                connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{table}" CASCADE')
            connection.exec_driver_sql("DROP FUNCTION IF EXISTS change_is_append_only")
    finally:
        engines.close()


def schema_of(engines: PgEngines) -> int:
    """The schema version of the store in the database. Raises StoreError where there is none."""
    url = engines.writer.url
    try:
        with engines.fresh() as connection:
            there = connection.exec_driver_sql(
                "SELECT to_regclass('meta') IS NOT NULL AND to_regclass('origin') IS NOT NULL"
            ).one()
            if not there[0]:
                raise StoreError(
                    f"There is no store in {called(url)} yet; make one with “new” or copy one there.",
                    code="not_a_store",
                )
            row = connection.exec_driver_sql("SELECT value FROM meta WHERE \"key\" = 'schema'").fetchone()
    except DBAPIError as error:
        raise server_error(error, url) from error
    return int(row[0]) if row else 0


def path_of(url: URL) -> Path:
    """A name for the store where a file's would stand: never opened."""
    return Path(f"{url.database}.vawg")


def logs_in(url: URL, login: str, password: str) -> bool | None:
    """Whether a login's own password opens the store's database; None where the server asks that login for none, so that it proves nothing.

    Raises StoreError where the server could not be asked.
    """
    where = url.set(username=login, password=password).translate_connect_args(username="user", database="dbname")
    options: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, **url.query, **where}
    try:
        with psycopg.connect(**options) as connection:
            return True if connection.pgconn.used_password else None
    except psycopg.OperationalError as error:
        words = str(error)
        if "authentication failed" in words or "does not exist" in words or "no pg_hba.conf entry" in words:
            return False
        raise StoreError(f"The server of {called(url)} cannot be reached; nothing was closed.", code="server_away") from error


class Listener:
    """Hears of other connections' commits (LISTEN); asked for news without waiting."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._connection: Any = None

    def heard(self) -> bool:
        """Whether somebody committed since last asked. A lost connection is made anew, and counts as news."""
        try:
            if self._connection is None or self._connection.closed:
                where = self._url.translate_connect_args(username="user", database="dbname")
                options: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, **self._url.query, **where}
                self._connection = psycopg.connect(**options, autocommit=True)
                self._connection.execute(f"LISTEN {CHANNEL}")
                return True
            return any(True for _ in self._connection.notifies(timeout=0))
        except psycopg.Error as error:
            self.close()
            raise StoreError(
                f"The server of {called(self._url)} cannot be reached; what you typed is kept.",
                code="server_away",
            ) from error

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None
