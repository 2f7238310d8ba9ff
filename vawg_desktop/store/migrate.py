"""Migrations with Alembic: a verified backup first, all in one transaction, rows counted (DESIGN 4)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

from vawg_desktop import paths
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store import schema
from vawg_desktop.store.backup import back_up_file
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.keys import Key


def migrate(path: Path, key: Key | None, *, scripts: Path | None = None, target: str = "head") -> Path:
    """Bring a store's schema up to date; returns the backup made before.

    On any failure the store is as it was and StoreError says so, naming the backup.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    backup = back_up_file(path, path.with_name(f"{path.stem} before update {stamp}.vawg"), key)
    connection = connect_raw(path, key)
    try:
        connection.execute("PRAGMA foreign_keys = OFF")
        engine = _engine_on(connection)
        with engine.connect() as alchemy:
            connection.execute("BEGIN IMMEDIATE")
            before = count_said(connection)
            _run_alembic(alchemy, scripts or paths.migrations(), target)
            _refuse_lost(before, count_said(connection))
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise StoreError("A record would refer to one that is not there.", code="migration_failed")
            connection.execute("COMMIT")
    except Exception as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise StoreError(
            f"{path.name} could not be brought up to date and is as it was ({error}); a backup lies in {backup.name}.",
            code="migration_failed",
        ) from error
    finally:
        connection.close()
    return backup


def count_said(connection: Any) -> dict[str, int]:
    """Rows per said table that is there."""
    there = {r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {
        t: connection.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in schema.SAID if t in there
    }


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
