"""A store: made, opened, read, written and closed."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain import clock
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import StoreError, WrongKeyError
from vawg_desktop.domain.values import clean_text
from vawg_desktop.scratch import Scratch
from vawg_desktop.store import drives, holding, keys
from vawg_desktop.store import entries as log
from vawg_desktop.store.door import Door
from vawg_desktop.store.engines import Engines, connect_raw, opening_error
from vawg_desktop.store.files import HeldFiles, files_path, refuse_occupied
from vawg_desktop.store.transaction import Transaction
from vawg_desktop.store.trouble import engine_errors
from vawg_desktop.store.version import SCHEMA_VERSION

#: What lies in a backup's folder and says what the backup holds.
MANIFEST = "manifest.json"

if TYPE_CHECKING:
    from filelock import BaseFileLock
    from sqlalchemy import Connection
    from sqlalchemy.engine import URL

    from vawg_desktop.store.postgres import Listener, PgEngines, PgFiles

PLAIN_HEADER = b"SQLite format 3\x00"

#: Where a store that was restored or copied keeps how far each origin went at that moment, as JSON.
LEFT_BEHIND = "left_behind"
#: By how much two clocks may differ before anybody is told.
CLOCK_SLACK = timedelta(minutes=10)


class Store:
    """An open store. ``read()`` gives this thread's connection; ``write()`` a transaction."""

    def __init__(self, path: Path, key: keys.Key | None, *, url: URL | None = None) -> None:
        self.path, self.url = path, url
        self.engines: Engines | PgEngines
        self.files: HeldFiles | PgFiles
        if url is None:
            self.engines, self.files = Engines(path, key), HeldFiles(path, key, self._note_files)
        else:
            from vawg_desktop.store import postgres

            self.engines = postgres.PgEngines(url)
            self.files = postgres.PgFiles(self.engines)
        self.door = Door(self.engines)
        self.plain = key is None and url is None
        self.key = key
        self._listener: Listener | None = None
        self.scratch: Scratch | None = None
        #: By which other processes know that it is open.
        self.hold: holding.Hold | None = None
        self._wrote = False

    @property
    def name(self) -> str:
        """What to call the store in a sentence."""
        if self.url is None:
            return self.path.name
        from vawg_desktop.store.postgres import called

        return called(self.url)

    def read(self) -> Connection:
        """This thread's reading connection."""
        return self.engines.read()

    @contextmanager
    def write(
        self, who: str, why: str | None = None, act: Act = Act.EDIT, about: str | None = None
    ) -> Generator[Transaction]:
        """A writing transaction: all of it or nothing."""
        with self.door.transaction(who, why, act, about) as transaction:
            yield transaction
        self._wrote = True

    def meta(self, key: str) -> str | None:
        """One of this store's own facts."""
        found = self.read().exec_driver_sql('SELECT value FROM meta WHERE "key" = ?', (key,)).fetchone()
        return found[0] if found else None

    def known_as(self, claimed: str) -> str:
        """The name that the log bears for who is at it: a guarded server knows its logins, a file takes the word."""
        if self.url is None:
            return claimed
        read = self.read()
        if not read.exec_driver_sql("SELECT to_regproc('vawg_me') IS NOT NULL").one()[0]:
            return claimed
        return str(read.exec_driver_sql("SELECT vawg_me(?)", (claimed,)).one()[0])

    def may_read(self, table: str, column: str) -> bool:
        """Whether this login may see a column; in a file, everybody sees all."""
        if self.url is None:
            return True
        said = self.read().exec_driver_sql("SELECT has_column_privilege(?, ?, 'SELECT')", (f'"{table}"', column)).one()
        return bool(said[0])

    def listener(self) -> Listener:
        """Hears of other windows' commits; a PostgreSQL store only."""
        if self._listener is None:
            from vawg_desktop.store.postgres import Listener

            assert self.url is not None
            self._listener = Listener(self.url)
        return self._listener

    def close(self) -> None:
        """Close every connection and fold the write-ahead log into the file."""
        if self._listener is not None:
            self._listener.close()
        if self._wrote and self.url is None:
            try:
                self._note_files()
            except (StoreError, *engine_errors()):
                pass  # it only helps to tell a file put there by hand
        self.engines.close()
        if self.hold is not None:
            self.hold.release()
        if self.scratch is not None:
            self.scratch.close()

    def _note_files(self) -> None:
        """Note beside which state of which store the held files stand."""
        row = self.read().exec_driver_sql("SELECT id, seq FROM origin WHERE mine = 1").fetchone()
        if row is not None:
            self.files.note_beside(self.meta("store") or "", str(row[0]), int(row[1]))

    def clock_notice(self, now: datetime | None = None) -> str:
        """A sentence where this computer's clock stands before the store's last change; the log goes on regardless."""
        last = self.meta("last_received")
        stands = now or clock.now()
        if not last or datetime.fromisoformat(last) - stands < CLOCK_SLACK:
            return ""
        from vawg_desktop.domain.dates import london_time

        return (
            f"This computer's clock stands at {london_time(stands.isoformat())}, before the last change here "
            f"({london_time(last)}): set the clock right, or what you write bears a wrong time."
        )

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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
                f"We may not write in the folder {path.parent}; choose another folder.", code="no_permission"
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


def _facts(store_id: str, demonstration: bool, mints: bool, family: str) -> dict[str, str]:
    return {
        "store": store_id,
        "family": family or store_id,
        "mints": "1" if mints else "0",
        "schema": str(SCHEMA_VERSION),
        "demonstration": "1" if demonstration else "0",
    }


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
        raise StoreError(f"We may not read {path}; ask for permission to it.", code="no_permission") from None
    if not start:
        raise StoreError(f"{path.name} is empty: it is not a store.", code="not_a_store")
    if start != PLAIN_HEADER and not keys.keys_path(path).exists():
        keys.store_id_of(path)  # raises, naming the keys file
    return start != PLAIN_HEADER


def _refuse_links(path: Path) -> None:
    """A store is three files that lie together: one reached through a link would be opened without its keys, log or lock."""
    for one in (path, keys.keys_path(path), files_path(path), path.with_name(path.name + "-wal")):
        if one.is_symlink():
            raise StoreError(
                f"{one.name} is a link to {one.readlink()}; open the store itself where it lies. Nothing was changed.", code="link"
            )


def _refuse_foreign_log(path: Path, key: keys.Key | None) -> None:
    """A write-ahead log beside a store that nobody has open is what a crash left; one that is not its own is never folded in.

    It is tried on a private copy: with it the store must be whole and hold at least what it holds without.
    """
    wal = path.with_name(path.name + "-wal")
    if not wal.exists() or wal.stat().st_size <= _EMPTY_LOG:
        return
    try:
        alone = holding.hold(path, exclusive=True, seconds=0)
    except StoreError:
        return  # another process has it open: the log is its own and in use
    made = Scratch("log")
    try:
        without, whole = made.path / "without", made.path / "with"
        for place in (without, whole):
            shutil.copyfile(path, place)
        shutil.copyfile(wal, whole.with_name(whole.name + "-wal"))
        before, after = _held_in(without, key), _held_in(whole, key)
    except OSError:
        return  # no room to try it: what opens it says so
    finally:
        alone.release()
        made.close()
    if before is not None and (after is None or any(after.get(o, -1) < s for o, s in before.items())):
        raise StoreError(
            f"{wal.name} beside {path.name} is not this store's own log, or an older one: with it the store would be damaged or would lose "
            f"changes. Nothing was changed. Move {wal.name} to another folder and open the store again.",
            code="foreign_log",
        )


#: A write-ahead log of this many bytes holds nothing yet.
_EMPTY_LOG = 32


def _held_in(path: Path, key: keys.Key | None) -> dict[str, int] | None:
    """How many entries of each origin a store holds; None where it cannot be read whole."""
    try:
        connection = connect_raw(path, key)
    except StoreError:
        return None
    try:
        found = {str(o): int(s) for o, s in connection.execute("SELECT id, seq FROM origin").fetchall()}
        counted = int(connection.execute('SELECT count(*) FROM "change"').fetchone()[0])
        sound = path.stat().st_size > _LARGE or connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        return found if sound and counted == sum(found.values()) else None
    except driver.Error:
        return None
    finally:
        connection.close()


#: A store of more bytes is not read whole for a log's sake: its entries are counted.
_LARGE = 200 * 1024 * 1024


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
    _refuse_foreign_log(path, key)
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


def _sweep_unnamed(path: Path, key: keys.Key | None) -> None:
    """Held files that nobody names go, while no other process has the store open that may be about to name one."""
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
    """The passphrase opened the keys file, and the key opens nothing: is it another store's keys file, or a damaged beginning?"""
    if key is None or error.code != "damaged":
        return error
    return StoreError(
        f"The key in {keys.keys_path(path).name} does not open {path.name}: the keys file is another store's, or the file is damaged where it "
        "begins. Nothing was changed. Put back the keys file that belongs to it (each backup holds one), else restore the latest backup.",
        code="damaged",
    )


def finish_cut_short(path: Path) -> None:
    """Do the rest of a restore that was cut short between its renames. Raises StoreError naming where everything is."""
    from vawg_desktop.store.exchanging import finish, note_path

    if note_path(path).exists():
        with holding.alone(path):
            finish(path)


def open_beside(path: Path, beside: Store) -> Store:
    """Open a copy of an open store without asking: it has the same key. Raises WrongKeyError where it has not."""
    if needs_passphrase(path) and beside.key is not None:
        if not keys.is_key_of(path, beside.key):
            raise WrongKeyError(f"{path.name} has a key of its own; give its passphrase.")
        return open_near(path, key=beside.key)
    return open_near(path)


def open_near(path: Path, *, passphrase: str | None = None, key: keys.Key | None = None) -> Store:
    """Open a store to read from, wherever it lies, and a backup: both through a private copy, wiped on closing.

    A backup is so read without a byte of it being touched, and without a file beside it.
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


def is_backup(path: Path) -> bool:
    """Whether a store's file is a backup's, which lies in a folder with its manifest."""
    return (path.parent / MANIFEST).is_file()


def remove(path: Path) -> None:
    """Take away the files of a store that could not be made whole."""
    for part in (path, keys.keys_path(path), files_path(path)):
        for suffix in ("", "-wal", "-shm"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)
    holding.lock_path(path).unlink(missing_ok=True)


def lock_for_window(path: Path, who: str) -> BaseFileLock:
    """Keep to one window per file; commands write beside it. Raises StoreError naming who has it open."""
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
            f"We may not write beside {path.name}: {error.strerror}.", code="no_permission"
        ) from error
    note.write_text(f"{who} on {platform.node()}", "utf-8")
    return lock
