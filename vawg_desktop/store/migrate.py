"""Migrations with Alembic: a verified backup first, all in one transaction, rows counted (DESIGN 4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from vawg_desktop import paths
from vawg_desktop.domain import clock
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store import schema
from vawg_desktop.store.backup import back_up_file
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.keys import Key

if TYPE_CHECKING:
    from vawg_desktop.store.postgres import PgEngines


def migrate(path: Path, key: Key | None, *, scripts: Path | None = None, target: str = "head") -> Path:
    """Bring a store's schema up to date; returns the backup made before.

    On any failure the store is as it was and StoreError says so, naming the backup.
    """
    stamp = clock.now().strftime("%Y%m%d-%H%M%S")
    backup = back_up_file(path, path.with_name(f"{path.stem} before update {stamp}.vawg"), key)
    connection = connect_raw(path, key)
    try:
        connection.execute("PRAGMA foreign_keys = OFF")
        engine = _engine_on(connection)
        with engine.connect() as alchemy:
            connection.execute("BEGIN IMMEDIATE")
            before = count_stated(connection)
            _run_alembic(alchemy, scripts or paths.migrations(), target)
            _refuse_lost(before, count_stated(connection))
            _note_version(connection.execute)
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise StoreError("A record would refer to one that is not there.", code="migration_failed")
            connection.execute("COMMIT")
    except Exception as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        reason = "the disk is full" if "full" in str(error) else str(error).partition("\n")[0].rstrip(".")
        raise StoreError(
            f"{path.name} could not be brought up to date and is as it was ({reason}); a backup is in {backup.name}.",
            code="migration_failed",
        ) from error
    finally:
        connection.close()
    return backup


def migrate_server(engines: PgEngines, *, scripts: Path | None = None, target: str = "head") -> None:
    """Bring the schema of a store on a server up to date, in one transaction; others wait for it meanwhile.

    The backup before it is the server's own. On any failure the store is as it was and StoreError says so.
    """
    from psycopg import OperationalError

    from vawg_desktop.store.postgres import called, server_error

    name = called(engines.writer.url)
    try:
        with engines.writer.connect() as connection, connection.begin():
            run = connection.exec_driver_sql
            run("SELECT pg_advisory_xact_lock(hashtext('vawg migrate'))")
            there = {str(r[0]) for r in run(_TABLES)}
            if not {"change", "meta"} <= there:
                raise StoreError("There is no store to bring up to date.", code="not_a_store")
            run('LOCK TABLE "change" IN ACCESS EXCLUSIVE MODE')
            before = _counted(run, there)
            _run_alembic(connection, scripts or paths.migrations(), target)
            _refuse_lost(before, _counted(run, {str(r[0]) for r in run(_TABLES)}))
            _note_version(run)
    except Exception as error:
        if isinstance(error, DBAPIError):
            found = server_error(error, engines.writer.url)
            if found.code == "no_permission" or "must be owner" in str(error.orig):
                raise StoreError(
                    f"{name} was made by an earlier version and must be brought up to date once; ask whoever keeps "
                    "the server to open it with this version. Nothing was changed.",
                    code="older_store",
                ) from error
            if found.code == "server_away" and isinstance(error.orig, OperationalError):
                raise found from error
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0].rstrip(".")
        raise StoreError(
            f"{name} could not be brought up to date and is as it was ({reason}).", code="migration_failed"
        ) from error


_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"


def count_stated(connection: Any) -> dict[str, int]:
    """Rows per stated table that is there."""
    run = connection.execute
    return _counted(run, {str(r[0]) for r in run("SELECT name FROM sqlite_master WHERE type = 'table'")})


def count_rows(run: Callable[..., Any]) -> dict[str, int]:
    """Rows per stated table of a store of today's schema."""
    return _counted(run, set(schema.STATED))


def _counted(run: Callable[..., Any], there: set[str]) -> dict[str, int]:
    return {t: int(run(f'SELECT count(*) FROM "{t}"').fetchone()[0]) for t in schema.STATED if t in there}


def _note_version(run: Callable[..., Any]) -> None:
    """The store says of itself which schema it has, as Alembic's own table does."""
    found = run("SELECT version_num FROM alembic_version").fetchone()
    run("UPDATE meta SET value = ? WHERE \"key\" = 'schema'", (str(int(found[0])),))


def _refuse_lost(before: dict[str, int], after: dict[str, int]) -> None:
    for table, rows in before.items():
        if after.get(table) != rows:
            raise StoreError(
                f"{table} had {rows} rows and would have {after.get(table, 0)}.", code="migration_failed"
            )


class _Held:
    """Our connection as a migration sees it: its commit, rollback and close do nothing.

    Without this, one step's commit made a failing migration's deletions stay.
    """

    def __init__(self, connection: Any) -> None:
        object.__setattr__(self, "_connection", connection)

    def __getattr__(self, name: str) -> Any:
        if name in ("commit", "rollback", "close"):
            return lambda: None
        return getattr(object.__getattribute__(self, "_connection"), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(object.__getattribute__(self, "_connection"), name, value)


def _engine_on(connection: Any) -> Engine:
    """An engine that only borrows our connection and never begins or ends its transaction."""
    return create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: _Held(connection),
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
    )


def _run_alembic(alchemy: Connection, scripts: Path, target: str) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(scripts))
    directory = ScriptDirectory.from_config(config)

    def upgrade(revision: Any, context: Any) -> Any:
        return directory._upgrade_revs(target, revision)  # pyright: ignore[reportPrivateUsage]

    with EnvironmentContext(config, directory, fn=upgrade, as_sql=False) as environment:
        environment.configure(connection=alchemy, target_metadata=schema.metadata, transactional_ddl=False)
        environment.run_migrations()
