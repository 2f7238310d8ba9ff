"""Restoring a backup over a store, and rescuing what can be read of a damaged one (DESIGN 4)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain import clock
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, LINK, EntitySpec
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.fields import Kind, Value
from vawg_desktop.domain.terms import how_many
from vawg_desktop.store import backup as backups
from vawg_desktop.store import entries as log
from vawg_desktop.store import gaps, history, holding, keys, work
from vawg_desktop.store import store as stores
from vawg_desktop.store.copying import renew_origin
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.exchanging import exchange
from vawg_desktop.store.files import HeldFiles, files_path, refuse_occupied
from vawg_desktop.store.keys import Key
from vawg_desktop.store.restating import Rebuild
from vawg_desktop.store.schema import TABLES
from vawg_desktop.store.transaction import Transaction, as_value


@dataclass(slots=True)
class Restored:
    """What a restore did: where the store before it went, and whether this one gives final references."""

    path: Path
    mints: bool
    before: Path | None = None
    aside: Path | None = None


def restore(
    place: Path, to: Path, *, passphrase: str | None, mints: bool | None = None, over: bool = False
) -> Restored:
    """Put a backup in place of the store at ``to``, which is backed up first (a damaged one is set aside).

    The restored store is a new origin. It goes on giving final references where the store it was made of did and
    stands no longer beside it; ``mints`` decides otherwise. A backup of another store is put over this one only with
    ``over``. Nobody else has the store open meanwhile. Raises StoreError; then nothing has changed.
    """
    chosen = backups.read(place)
    key = backups.verify(chosen, passphrase)
    chosen = backups.read(place, key)
    if not to.parent.is_dir():
        raise StoreError(f"There is no folder {to.parent}; make it first.", code="no_folder")
    if to.is_dir():
        raise StoreError(
            f"{to} is a folder; name the store's file, such as {to / 'Inquiry.vawg'}.", code="folder"
        )
    stores.finish_cut_short(to)
    lock = stores.lock_for_window(to, "restoring")
    try:
        alone = holding.hold(to, exclusive=True)
    except StoreError:
        lock.release()
        raise
    try:
        _refuse_other(chosen, to, over)
        part = to.with_name(to.name + ".part")
        if mints is None:
            elsewhere = Path(chosen.origin_path)
            mints = chosen.mints and (elsewhere == to.resolve() or not elsewhere.exists())
        try:
            backups.lay_out(chosen, key, part)
            renew_origin(part, key, f"{to.stem} restored", mints=mints)
        except (OSError, driver.Error, StoreError) as error:
            reason = backups.plain(error, part)
            stores.remove(part)
            if isinstance(error, StoreError) and error.code != "disk_full":
                raise
            raise StoreError(
                f"Nothing was restored and nothing changed: {reason} Make room and restore again.",
                code="restore_failed",
            ) from error
        done = Restored(to, mints)
        stamp = clock.now().strftime("%Y-%m-%d %H%M%S")
        try:
            if to.exists():
                done.before = _back_up_what_stands(to, key)
                if done.before is not None:
                    _keep_numbers(to, part, key)
            _exchange(part, to, stamp, done)
        except StoreError:
            stores.remove(part)
            raise
        return done
    finally:
        alone.release()
        lock.release()
        to.with_name(to.name + "-lock-by").unlink(missing_ok=True)


def _exchange(part: Path, to: Path, stamp: str, done: Restored) -> None:
    """Set aside what stands at ``to`` and put the restored store there; on a failure everything goes back."""
    aside = backups.aside_of(to, stamp)
    away = [(one, there) for one, there in reversed(list(zip(backups.three(to), backups.three(aside), strict=True))) if one.exists()]
    place = [(one(part), one(to)) for one in (files_path, keys.keys_path, Path) if one(part).exists()]
    try:
        exchange(to, [*away, *place], [there for _, there in away] if done.before is not None else [])
    except OSError as error:
        raise StoreError(
            f"{to.name} could not be replaced ({error.strerror}): another program has it open. Nothing was changed; "
            "close the other program and restore again.",
            code="in_use",
        ) from error
    if away and done.before is None:
        done.aside = next((there for one, there in away if one == to), away[0][1])


def is_of_another(chosen: backups.Backup, to: Path) -> bool:
    """Whether a backup was made of another store than the one that stands at a path."""
    standing = _store_id(to) if to.exists() else ""
    return bool(standing and chosen.store and chosen.store != standing)


def _refuse_other(chosen: backups.Backup, to: Path, over: bool) -> None:
    """A backup of another store is not put over this one unasked."""
    if not over and is_of_another(chosen, to):
        raise StoreError(
            f"{chosen.path.name} is a backup of another store than {to.name}; restore it under another name, or say that it is to "
            "take this one's place (--over). Nothing was changed.",
            code="other_store",
        )


def _store_id(path: Path) -> str:
    """Which store stands at a path: by its keys file or, where it is plain, by its own word; empty where it cannot be read."""
    try:
        if keys.keys_path(path).exists():
            return keys.store_id_of(path)
        connection = connect_raw(path, None)
        try:
            row = connection.execute("SELECT value FROM meta WHERE \"key\" = 'store'").fetchone()
        finally:
            connection.close()
        return str(row[0]) if row else ""
    except (StoreError, driver.Error):
        return ""


def _keep_numbers(to: Path, part: Path, key: Key | None) -> None:
    """Numbers given out since the backup are not given out again."""
    standing, restored = connect_raw(to, key), connect_raw(part, key)
    try:
        for prefix, last in standing.execute("SELECT prefix, last FROM counter").fetchall():
            restored.execute(
                "INSERT INTO counter VALUES (?, ?) ON CONFLICT (prefix) DO UPDATE SET last = max(last, excluded.last)",
                (prefix, last),
            )
        _note_left_behind(standing, restored)
        _note_disposed(standing, restored)
        restored.commit()
        restored.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except driver.Error as error:
        raise StoreError(
            f"Nothing was restored: the numbers that {to.name} gave out could not be kept ({error}).", code="restore_failed"
        ) from error
    finally:
        standing.close()
        restored.close()


def _note_disposed(standing: Any, restored: Any) -> None:
    """What was disposed of since the backup is disposed of again at the next opening."""
    gone = standing.execute("SELECT DISTINCT tbl, \"row\" FROM \"change\" WHERE act = 'dispose' AND about = \"row\"").fetchall()
    for table, row in gone:
        there = restored.execute(f'SELECT 1 FROM "{table}" WHERE id = ?', (row,)).fetchone() if table in TABLES else None
        done = restored.execute("SELECT 1 FROM \"change\" WHERE \"row\" = ? AND act = 'dispose'", (row,)).fetchone()
        if there and not done:
            restored.execute(
                "INSERT INTO work VALUES (?, ?, ?) ON CONFLICT (kind, what) DO NOTHING", (work.REST, f"{table} {row}", clock.now().isoformat())
            )


def _note_left_behind(standing: Any, restored: Any) -> None:
    """How far back each origin goes, so that what the backups hold since is not taken for a log cut short."""
    before, now = (dict(c.execute("SELECT id, seq FROM origin").fetchall()) for c in (standing, restored))
    stored = [c.execute('SELECT value FROM meta WHERE "key" = ?', (stores.LEFT_BEHIND,)).fetchone() for c in (standing, restored)]
    known: list[dict[str, int]] = [json.loads(r[0]) if r and r[0] else {} for r in stored]
    earlier, own = known
    left = own | {o: int(now.get(o, 0)) for o in {*before, *earlier}}
    restored.execute('INSERT INTO meta VALUES (?, ?) ON CONFLICT ("key") DO UPDATE SET value = excluded.value', (stores.LEFT_BEHIND, json.dumps(left)))


#: Why a store cannot be backed up before it is replaced: only damage sets it aside.
_DAMAGED = frozenset({"damaged", "not_a_store", "keys_damaged", "keys_missing", "backup_damaged"})


def _back_up_what_stands(to: Path, key: Key | None) -> Path | None:
    """Back up what is about to be replaced; None where it cannot be read (it is set aside instead)."""
    try:
        made = backups.back_up(
            to, key, backups.folder_beside(to), kind=backups.POINT, name="before restoring"
        )
    except StoreError as error:
        if error.code in _DAMAGED or not _readable(to, key):
            return None
        raise StoreError(
            f"Nothing was restored: what stands now could not be backed up first. {error.message}", code="restore_failed"
        ) from error
    return made.path


def _readable(to: Path, key: Key | None) -> bool:
    """Whether a store can be read at all, so that a failing backup is not its own fault."""
    try:
        connection = connect_raw(to, key)
        try:
            return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0]) == "ok"
        finally:
            connection.close()
    except (StoreError, driver.Error):
        return False


@dataclass(slots=True)
class Rescued:
    """What was read of a damaged file: entries and rows, what was mended from rows, what is lost."""

    entries: int = 0
    rows: int = 0
    mended: int = 0
    files: int = 0
    lost: list[str] = field(default_factory=list[str])


def rescue(path: Path, out: Path, *, passphrase: str | None) -> Rescued:
    """Read what can be read of a damaged store into a new one at ``out``. Raises StoreError.

    The log is replayed; a record whose row says more than the log that is left is mended from its row, as an
    entry of its own. The damaged file is only read.
    """
    refuse_occupied(out)
    key = keys.unlock(path, passphrase or "") if keys.keys_path(path).exists() else None
    source = _open_damaged(path, key)
    done = Rescued()
    store = stores.create(out, passphrase=None, key=key)
    try:
        if key is not None:
            keys.keys_path(out).write_bytes(keys.keys_path(path).read_bytes())
        _copy_meta(source, store)
        entries = list(_readable_entries(source, done))
        with store.write("rescue", f"Rescued from {path.name}", Act.RESCUE) as tx:
            _replay(tx, entries, _origin_names(source))
            for spec in (*ENTITIES, LINK):
                _mend_from_rows(tx, source, spec, done)
            _stand_in(tx, done)
            tx.changes.entries += 1  # what is replayed is written even where nothing had to be mended
            gaps.note(tx, gaps.find(entries))
        done.entries = len(entries)
        done.files = _rescue_files(path, key, store, done)
    except BaseException:
        store.close()
        stores.remove(out)
        raise
    finally:
        source.close()
    store.close()
    return done


class _Damaged:
    """A damaged file, only read. After a page that cannot be read SQLCipher refuses everything: it is opened anew."""

    def __init__(self, path: Path, key: Key | None) -> None:
        self._path, self._key = path, key
        self._connection = connect_raw(path, key)
        self._connection.execute("PRAGMA query_only = ON")

    def rows(self, sql: str, params: tuple[object, ...] = ()) -> Iterator[Any]:
        """Rows until the end, or until a page cannot be read (driver.Error)."""
        try:
            yield from self._connection.execute(sql, params)
        except driver.Error:
            self._connection.close()
            self._connection = connect_raw(self._path, self._key)
            raise

    def close(self) -> None:
        self._connection.close()


def _open_damaged(path: Path, key: Key | None) -> _Damaged:
    if not path.exists():
        raise StoreError(f"There is no store at {path}.", code="missing")
    try:
        return _Damaged(path, key)
    except StoreError as error:
        raise StoreError(
            f"The part of {path.name} that says what it holds cannot be read; restore a backup.",
            code="beyond_rescue",
        ) from error


def _copy_meta(source: _Damaged, store: stores.Store) -> None:
    try:
        facts = dict(source.rows('SELECT "key", value FROM meta'))
    except driver.Error:
        return
    with store.engines.writer.connect() as connection, connection.begin():
        for name in ("store", "family", "demonstration", "mints"):
            if name in facts:
                connection.exec_driver_sql('UPDATE meta SET value = ? WHERE "key" = ?', (facts[name], name))


def _readable_entries(source: _Damaged, done: Rescued) -> Iterator[log.Entry]:
    """Every entry that can be read, each origin's in order; gaps are named."""
    found: dict[str, log.Entry] = {}
    for row in _readable_rows(source, "change", ", ".join(f'"{c}"' for c in log.COLUMNS), done):
        try:
            entry = log.from_row(tuple(row))
        except (ValueError, KeyError, TypeError):
            continue
        found[entry.id] = entry
    kept = list(found.values())  # in the order in which the store learned of them
    last: dict[str, int] = {}
    for entry in sorted(kept, key=lambda e: (e.origin, e.seq)):
        missing = entry.seq - last.get(entry.origin, 0) - 1
        if missing:
            done.lost.append(f"{how_many(missing, 'entry', 'entries')} of the log before {entry.at[:16].replace('T', ' ')}")
        last[entry.origin] = entry.seq
    yield from kept


def _readable_rows(source: _Damaged, table: str, columns: str, done: Rescued) -> Iterator[Any]:
    """Rows of a table by their key, and past the pages that cannot be read."""
    highest, n, torn = _highest(source, table), 1, False
    while n <= highest:
        try:  # from a key on, not after one: the key before may lie on a page that cannot be read
            for key, *row in source.rows(f'SELECT n, {columns} FROM "{table}" WHERE n >= ? ORDER BY n', (n,)):
                n = int(key) + 1
                yield row
            break
        except driver.Error:
            torn, n = True, _past_damage(source, table, n, highest)
    if torn and table != "change":
        done.lost.append(f"a part of {table.replace('_', ' ')}")


def _highest(source: _Damaged, table: str) -> int:
    """The last key of a table, or, where it cannot be read, a number no table of the store goes beyond."""
    for sql in (f'SELECT max(n) FROM "{table}"', "SELECT sum(seq) FROM origin", "SELECT max(n) FROM subject"):
        try:
            return int(next(source.rows(sql))[0] or 0)
        except driver.Error:
            continue
    return 100_000


def _past_damage(source: _Damaged, table: str, n: int, highest: int) -> int:
    """The first key from ``n`` on that can be read; beyond ``highest`` where none can."""

    def readable(key: int) -> bool:
        try:
            return bool(list(source.rows(f'SELECT * FROM "{table}" WHERE n = ?', (key,))))
        except driver.Error:
            return False

    bad, step, good = n - 1, 1, n
    while good <= highest and not readable(good):
        bad, step = good, min(step * 2, 512)
        good += step
    if good > highest:
        return highest + 1
    while good - bad > 1:  # the first readable key lies between
        middle = (good + bad) // 2
        if readable(middle):
            good = middle
        else:
            bad = middle
    return good if good > n else n + 1


def _origin_names(source: _Damaged) -> dict[str, str]:
    try:
        return {str(i): str(n or "") for i, n in source.rows("SELECT id, name FROM origin")}
    except driver.Error:
        return {}


def _replay(tx: Transaction, entries: list[log.Entry], names: dict[str, str]) -> None:
    """Put the entries into an empty store and state every row by them."""
    for start in range(0, len(entries), 1000):
        tx.connection.exec_driver_sql(log.INSERT, [e.as_params() for e in entries[start : start + 1000]])
    rebuild = Rebuild(tx)
    for (tbl, row), row_entries in history.grouped(entries).items():
        rebuild.state(tbl, row, row_entries)
    last: dict[str, log.Entry] = {}
    for entry in entries:
        if entry.origin not in last or last[entry.origin].seq < entry.seq:
            last[entry.origin] = entry
    for origin, entry in last.items():
        tx.run(
            "INSERT INTO origin (id, name, mine, seq, hash) VALUES (?, ?, 0, ?, ?)",
            (origin, names.get(origin, ""), entry.seq, entry.hash),
        )


def _mend_from_rows(tx: Transaction, source: _Damaged, spec: EntitySpec, done: Rescued) -> None:
    """Where a readable row says more than the log that is left, say so again."""
    own = ["deleted", *([] if spec is LINK else ["reference"])]
    columns = ["id", *own, *(f.key for f in spec.cells)]
    named = ", ".join(f'"{c}"' for c in columns)
    for row in _readable_rows(source, spec.key, named, done):
        values: dict[str, Value] = dict(zip(columns, row, strict=True))
        id = str(values.pop("id"))
        done.rows += 1
        cells = {f.key: as_value(f, values[f.key]) for f in spec.cells}
        there = tx.run(f'SELECT 1 FROM "{spec.key}" WHERE id = ?', (id,)).fetchone()
        if there is None:
            reference = None if spec is LINK else str(values["reference"] or "") or None
            tx.create(
                spec.key,
                {k: v for k, v in cells.items() if v is not None},
                id=id,
                reference=reference,
                checked=False,
            )
            if values["deleted"]:
                tx.delete(spec.key, id)
            done.mended += 1
            continue
        cells["deleted"] = bool(values["deleted"])
        if spec is not LINK and values["reference"]:
            cells["reference"] = str(values["reference"])
        torn = {str(r[0]) for r in tx.run('SELECT cell FROM conflict WHERE "row" = ?', (id,))}
        if tx.edit(spec.key, id, {k: v for k, v in cells.items() if k not in torn}, checked=False):
            done.mended += 1


def _stand_in(tx: Transaction, done: Rescued) -> None:
    """A record that others refer to and that is lost gets a stand-in under its id, so that they can stay."""
    for spec in (*ENTITIES, LINK):
        for cell in (f for f in spec.cells if f.kind is Kind.REF):
            rows = tx.run(
                f'SELECT DISTINCT c."{cell.key}" FROM "{spec.key}" c LEFT JOIN "{cell.target}" t ON t.id = c."{cell.key}" '
                f'WHERE c."{cell.key}" IS NOT NULL AND t.id IS NULL'
            ).fetchall()
            for (id,) in rows:
                target = BY_KEY[cell.target]
                tx.create(target.key, {target.title: history.LOST}, id=str(id), checked=False)
                done.lost.append(f"a {target.label.casefold()}; a stand-in holds its place")


def _rescue_files(path: Path, key: Key | None, store: stores.Store, done: Rescued) -> int:
    if not files_path(path).exists():
        return 0
    kept = 0
    held = HeldFiles(path, key)
    try:
        listed = held.listed()
    except (driver.Error, StoreError):
        done.lost.append("the held files")
        return 0
    for sha256, name in listed:
        try:
            store.files.keep(name, held.get(sha256))
            kept += 1
        except (driver.Error, StoreError):
            done.lost.append(f"the held file {re.sub(r'[^ -~]', '?', name)}")
    return kept
