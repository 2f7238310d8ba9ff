"""An empty store is made, in a file or in a PostgreSQL database."""

from __future__ import annotations

from pathlib import Path

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.values import clean_text
from vawg_desktop.store import drives, holding, keys
from vawg_desktop.store import entries as log
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.files import files_path, refuse_occupied
from vawg_desktop.store.store import Store
from vawg_desktop.store.version import SCHEMA_VERSION


def create(
    path: Path,
    *,
    passphrase: str | None,
    demonstration: bool = False,
    key: keys.Key | None = None,
    mints: bool = True,
    family: str = "",
    called: str = "",
) -> Store:
    """Make an empty store. ``passphrase=None`` makes it plain, unless its raw ``key`` is given (and its keys
    file brought from elsewhere); ``called`` is its name where the file will bear another. Never writes over anything."""
    from vawg_desktop.store import schema  # building the tables is for those who make a store

    refuse_occupied(path)
    drives.refuse_shared(path)
    store_id = log.new_id()
    try:
        key = keys.make_keys(path, store_id, passphrase) if passphrase is not None else key
        connection = connect_raw(path, key)
    except StoreError as error:
        keys.keys_path(path).unlink(missing_ok=True)
        if error.code == "open_failed":
            raise StoreError(
                f"You do not have permission to write in the folder {path.parent}; choose another folder.", code="no_permission"
            ) from error
        raise
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        for statement in schema.ddl():
            connection.execute(statement)
        facts = _facts(store_id, demonstration, mints, family)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", list(facts.items()))
        connection.execute(
            "INSERT INTO origin VALUES (?, ?, 1, 0, ?)", (log.new_id(), clean_text(called or path.stem).text, log.GENESIS)
        )
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (f"{SCHEMA_VERSION:04d}",))
        connection.execute("COMMIT")
    finally:
        connection.close()
    store = Store(path, key)
    store.hold = holding.hold(path)
    return store


def create_postgres(name: str, *, demonstration: bool = False, mints: bool = True, family: str = "") -> Store:
    """Make an empty store in the database of a URL. Raises StoreError in plain words."""
    from vawg_desktop.store import postgres

    url = postgres.parse(name)
    store = Store(postgres.path_of(url), None, url=url)
    store_id = log.new_id()
    facts = _facts(store_id, demonstration, mints, family)
    try:
        assert isinstance(store.engines, postgres.PgEngines)
        postgres.create_schema(store.engines, facts, (log.new_id(), url.database or "", log.GENESIS))
    except BaseException:
        store.close()
        raise
    return store


def remove(path: Path) -> None:
    """Take away the files of a store that could not be made whole."""
    for part in (path, keys.keys_path(path), files_path(path)):
        for suffix in ("", "-wal", "-shm"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)
    holding.lock_path(path).unlink(missing_ok=True)


def _facts(store_id: str, demonstration: bool, mints: bool, family: str) -> dict[str, str]:
    return {
        "store": store_id,
        "family": family or store_id,
        "mints": "1" if mints else "0",
        "schema": str(SCHEMA_VERSION),
        "demonstration": "1" if demonstration else "0",
    }
