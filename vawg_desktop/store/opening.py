"""A store is opened: by its passphrase, its key or its URL, with what a crash or an earlier version left put right first."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain.errors import StoreError, WrongKeyError
from vawg_desktop.scratch import Scratch
from vawg_desktop.store import drives, holding, keys
from vawg_desktop.store.engines import connect_raw, opening_error
from vawg_desktop.store.files import files_path
from vawg_desktop.store.foreign_log import refuse_foreign_log
from vawg_desktop.store.store import Store
from vawg_desktop.store.trouble import engine_errors
from vawg_desktop.store.version import SCHEMA_VERSION

#: What lies in a backup's folder and says what the backup holds.
MANIFEST = "manifest.json"

PLAIN_HEADER = b"SQLite format 3\x00"


def open_store(
    path: Path, *, passphrase: str | None = None, key: keys.Key | None = None, anywhere: bool = False
) -> Store:
    """Open a store by its passphrase or, where the operating system keeps it, its raw key. Raises StoreError (WrongKeyError for the passphrase) in plain words."""
    finish_cut_short(path)
    locked = needs_passphrase(path)
    if not anywhere:
        drives.refuse_shared(path)
    if not locked:
        key = None
    elif key is None:
        if passphrase is None:
            raise StoreError(f"{path.name} is locked; give its passphrase.", code="passphrase_needed")
        key = keys.unlock(path, passphrase)
    refuse_foreign_log(path, key)
    _sweep_unnamed(path, key)
    held = holding.hold(path)
    try:
        if _version(path, key) < SCHEMA_VERSION:
            held.release()
            with holding.alone(path):  # another process may have brought it up to date meanwhile
                if _version(path, key) < SCHEMA_VERSION:
                    from vawg_desktop.store.migrate import migrate

                    migrate(path, key)
            held = holding.hold(path)
        store = Store(path, key)
    except BaseException:
        held.release()
        raise
    store.hold = held
    _finish_work(store)
    return store


def open_postgres(name: str) -> Store:
    """Open the store in the database of a URL. Raises StoreError in plain words."""
    from vawg_desktop.store import postgres

    url = postgres.parse(name)
    store = Store(postgres.path_of(url), None, url=url)
    try:
        assert isinstance(store.engines, postgres.PgEngines)
        version = postgres.schema_of(store.engines)
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"{store.name} was brought up to a later version (schema {version}); update this program first.",
                code="later_store",
            )
        if version < SCHEMA_VERSION:
            from vawg_desktop.store.migrate import migrate_server

            migrate_server(store.engines)
    except BaseException:
        store.close()
        raise
    _finish_work(store)
    return store


def open_beside(path: Path, beside: Store) -> Store:
    """Open a copy of an open store with that store's key. Raises StoreError where this does not open it."""
    if needs_passphrase(path) and beside.key is not None:
        if not keys.is_key_of(path, beside.key):
            raise WrongKeyError(f"{path.name} has a key of its own; give its passphrase.")
        return open_near(path, key=beside.key)
    return open_near(path)


def open_near(path: Path, *, passphrase: str | None = None, key: keys.Key | None = None) -> Store:
    """Open a store to read from; one in a shared place, or a backup, through a private copy, wiped on closing.

    So no byte of a backup is touched, and no file is made beside it.
    """
    if not drives.shared(path) and not is_backup(path):
        return open_store(path, passphrase=passphrase, key=key)
    needs_passphrase(path)
    made = Scratch("near")
    folder = made.path
    try:
        for one in (path, keys.keys_path(path), files_path(path)):
            for suffix in ("", "-wal"):
                there = one.with_name(one.name + suffix)
                if there.exists():
                    shutil.copyfile(there, folder / there.name)
        store = open_store(folder / path.name, passphrase=passphrase, key=key, anywhere=True)
    except BaseException:
        made.close()
        raise
    store.scratch = made
    return store


def needs_passphrase(path: Path) -> bool:
    """Whether the store at ``path`` is locked. Raises StoreError where there is no store."""
    if not path.exists():
        finish_cut_short(path)
    if not path.exists():
        raise StoreError(f"There is no store at {path}.", code="missing")
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a store.", code="folder")
    _refuse_links(path)
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except PermissionError:
        raise StoreError(f"You do not have permission to read {path}; ask for access to it.", code="no_permission") from None
    if not start:
        raise StoreError(f"{path.name} is empty: it is not a store.", code="not_a_store")
    if start != PLAIN_HEADER and not keys.keys_path(path).exists():
        keys.store_id_of(path)  # raises, naming the keys file
    return start != PLAIN_HEADER


def is_backup(path: Path) -> bool:
    """Whether a store's file is a backup's, which lies in a folder with its manifest."""
    return (path.parent / MANIFEST).is_file()


def finish_cut_short(path: Path) -> None:
    """Do the rest of a restore that was cut short between its renames. Raises StoreError naming where everything is."""
    from vawg_desktop.store.exchanging import finish, note_path

    if note_path(path).exists():
        with holding.alone(path):
            finish(path)


def _refuse_links(path: Path) -> None:
    """A store is three files that lie together: one reached through a link would be opened without its keys, log or lock."""
    for one in (path, keys.keys_path(path), files_path(path), path.with_name(path.name + "-wal")):
        if one.is_symlink():
            raise StoreError(
                f"{one.name} is a link to {one.readlink()}; open the store itself where it is. Nothing was changed.", code="link"
            )


def _sweep_unnamed(path: Path, key: keys.Key | None) -> None:
    """Delete held files that nothing names, unless another process has the store open and may name one."""
    if not files_path(path).exists() or _version_or_none(path, key) != SCHEMA_VERSION:
        return
    try:
        alone = holding.hold(path, exclusive=True, seconds=0)
    except StoreError:
        return
    store = Store(path, key)
    try:
        from vawg_desktop.store.named_files import unnamed

        gone = unnamed(store)
        if gone:
            store.files.dispose(gone)
    except (StoreError, *engine_errors()):
        return  # damaged, full or read-only: check says so, and the next opening tries again
    finally:
        store.close()
        alone.release()


def _version_or_none(path: Path, key: keys.Key | None) -> int | None:
    try:
        return _version(path, key)
    except (StoreError, driver.Error):
        return None


def _finish_work(store: Store) -> None:
    """What a kill left undone after a commit is done now; what cannot be done now waits on."""
    try:
        waits = store.read().exec_driver_sql("SELECT 1 FROM work LIMIT 1").fetchone()
    except engine_errors():
        return  # damaged, or a store that may only be read: check says so
    if waits is not None:
        from vawg_desktop.store.work import finish

        finish(store)


def _version(path: Path, key: keys.Key | None) -> int:
    """The schema of a store. Raises StoreError where it is no store, or a later one."""
    try:
        connection = connect_raw(path, key)
    except StoreError as error:
        raise _keys_or_damage(path, key, error) from error
    try:
        found = connection.execute("SELECT value FROM meta WHERE \"key\" = 'schema'").fetchone()
    except Exception as error:
        if "no such table" not in str(error):
            raise opening_error(path, error) from error
        raise StoreError(
            f"{path.name} is a database but not a store of this program.", code="not_a_store"
        ) from error
    finally:
        connection.close()
    version = int(found[0]) if found else 0
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{path.name} was last used by a later version of the program (schema {version}); "
            "use that version or a backup from before.",
            code="later_store",
        )
    return version


def _keys_or_damage(path: Path, key: keys.Key | None, error: StoreError) -> StoreError:
    """The error where a key does not open the file: another store's keys file, or a damaged beginning; else ``error``."""
    if key is None or error.code != "damaged":
        return error
    return StoreError(
        f"The key in {keys.keys_path(path).name} does not open {path.name}: the keys file is another store's, or the file is damaged where it "
        "begins. Nothing was changed. Put back the keys file that belongs to it (each backup holds one), else restore the latest backup.",
        code="damaged",
    )
