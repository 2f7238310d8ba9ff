"""Rescue: what can be read of a damaged store, replayed into a new one (DESIGN 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, LINK, EntitySpec
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.fields import Kind, Value
from vawg_desktop.domain.terms import how_many
from vawg_desktop.scratch import scratch
from vawg_desktop.store import entries as log
from vawg_desktop.store import gaps, history, keys, making, stubs
from vawg_desktop.store import store as stores
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.files import HeldFiles, files_path, refuse_occupied
from vawg_desktop.store.keys import Key
from vawg_desktop.store.log_writing import as_value
from vawg_desktop.store.restating import Rebuild
from vawg_desktop.store.transaction import Transaction


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
    entry of its own. No byte of the damaged files is touched: it works on a private copy of them, for even to read a
    database folds in what a crash left beside it.
    """
    refuse_occupied(out)
    if not path.exists():
        raise StoreError(f"There is no store at {path}.", code="missing")
    key = keys.unlock(path, passphrase or "") if keys.keys_path(path).exists() else None
    with scratch("rescue") as folder:
        for one in (path, files_path(path)):
            for suffix in ("", "-wal"):
                there = one.with_name(one.name + suffix)
                if there.exists():
                    _copy_what_can_be_read(there, folder / there.name)
        return _rescue(folder / path.name, keys.keys_path(path), out, key)


#: Bytes that are read at once: a page of the database, so that a broken place on the disk costs no more than its page.
_BLOCK = 4096


def _copy_what_can_be_read(path: Path, to: Path) -> None:
    """Copy a file; what a broken disk does not give is left as zeros."""
    with path.open("rb", buffering=0) as source, to.open("wb") as target:
        size = path.stat().st_size
        for start in range(0, size, _BLOCK):
            length = min(_BLOCK, size - start)
            try:
                source.seek(start)
                read = source.read(length)
            except OSError:
                read = b""
            target.write(read.ljust(length, b"\0"))


def _rescue(path: Path, keys_file: Path, out: Path, key: Key | None) -> Rescued:
    source = _open_damaged(path, key)
    done = Rescued()
    store = making.create(out, passphrase=None, key=key)
    try:
        if key is not None:
            keys.keys_path(out).write_bytes(keys_file.read_bytes())
        _copy_meta(source, store)
        left_out = _readable_stubs(source)
        walk = stubs.Walk(left_out)
        entries = list(_readable_entries(source, done, walk))
        with store.write("rescue", f"Rescued from {path.name}", Act.RESCUE) as tx:
            if left_out:
                tx.connection.exec_driver_sql(stubs.INSERT, left_out)
            _replay(tx, entries, _origin_names(source), walk)
            for spec in (*ENTITIES, LINK):
                _mend_from_rows(tx, source, spec, done)
            _stand_in(tx, done)
            tx.changes.entries += 1  # what is replayed is written even where nothing had to be mended
            gaps.note(tx, gaps.find(entries, walk))
        done.entries = len(entries)
        done.files = _rescue_files(path, key, store, done)
    except BaseException:
        store.close()
        making.remove(out)
        raise
    finally:
        source.close()
    store.close()
    return done


class _Damaged:
    """A private copy of a damaged file. After a page that cannot be read SQLCipher refuses everything: it is opened anew."""

    def __init__(self, path: Path, key: Key | None) -> None:
        self._path, self._key = path, key
        self._connection = connect_raw(path, key)

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


def _readable_entries(source: _Damaged, done: Rescued, walk: stubs.Walk) -> Iterator[log.Entry]:
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
        missing = entry.seq - walk.over(entry.origin, last.get(entry.origin, 0), "")[0] - 1
        if missing:
            done.lost.append(f"{how_many(missing, 'entry', 'entries')} of the log before {entry.at[:16].replace('T', ' ')}")
        last[entry.origin] = entry.seq
    yield from kept


def _readable_rows(source: _Damaged, table: str, columns: str, done: Rescued) -> Iterator[Any]:
    """Rows of a table by their key, and past the pages that cannot be read."""
    highest, n, damaged = _highest(source, table), 1, False
    while n <= highest:
        try:  # from a key on, not after one: the key before may lie on a page that cannot be read
            for key, *row in source.rows(f'SELECT n, {columns} FROM "{table}" WHERE n >= ? ORDER BY n', (n,)):
                n = int(key) + 1
                yield row
            break
        except driver.Error:
            damaged, n = True, _past_damage(source, table, n, highest)
    if damaged and table != "change":
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


def _replay(tx: Transaction, entries: list[log.Entry], names: dict[str, str], walk: stubs.Walk) -> None:
    """Put the entries into an empty store and state every row by them."""
    for start in range(0, len(entries), 1000):
        tx.connection.exec_driver_sql(log.INSERT, [e.as_params() for e in entries[start : start + 1000]])
    rebuild = Rebuild(tx)
    for (tbl, row), row_entries in history.grouped(entries).items():
        rebuild.state(tbl, row, row_entries)
    tx.send_inserts()
    last: dict[str, tuple[int, str]] = dict.fromkeys(walk.origins(), (0, log.GENESIS))
    for entry in entries:
        last[entry.origin] = max(last.get(entry.origin, (0, log.GENESIS)), (entry.seq, entry.hash))
    for origin, reached in last.items():
        seq, hash_ = walk.over(origin, *reached)
        tx.run("INSERT INTO origin (id, name, mine, seq, hash) VALUES (?, ?, 0, ?, ?)", (origin, names.get(origin, ""), seq, hash_))


def _readable_stubs(source: _Damaged) -> list[tuple[Any, ...]]:
    """Of a part of a store: the entries that are not in it, where they can be read."""
    try:
        return [tuple(r) for r in source.rows(stubs.SELECT)]
    except driver.Error:  # damaged, or a store of a version that had no parts
        return []


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
        if there is None and values["deleted"] and not any(v is not None for k, v in values.items() if k != "deleted"):
            stubs.stand_in(tx, spec, id)
            continue
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
        in_conflict = {str(r[0]) for r in tx.run('SELECT cell FROM conflict WHERE "row" = ?', (id,))}
        if tx.edit(spec.key, id, {k: v for k, v in cells.items() if k not in in_conflict}, checked=False):
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
