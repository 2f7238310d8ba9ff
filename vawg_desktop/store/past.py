"""The store as it was known up to an entry of its log: a private copy, taken back to then, that may only be read and is wiped on closing."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.entities import ENTITIES, LINK
from vawg_desktop.domain.fields import EntitySpec, Value
from vawg_desktop.scratch import Scratch
from vawg_desktop.store import entries as log
from vawg_desktop.store import history, keys, stubs
from vawg_desktop.store.log_writing import spec_of
from vawg_desktop.store.restating import Rebuild, batches, stated
from vawg_desktop.store.store import Store
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

_TRIGGER = "change_no_delete"
#: Rows whose entries are read at one time.
_BATCH = 300
_LATER = "origin = ? AND seq > ?"


def as_known(store: Store, upto: int, called: str) -> Store:
    """A store as ``store`` stood when entry ``upto`` of its log was the last, named ``called``. Kept files are those of ``store``, which stays open.

    Raises StoreError. Only what changed since is taken back, so a recent day is quick whatever the size of the store.
    """
    connection = store.read()
    known = {str(o): int(s) for o, s in connection.exec_driver_sql('SELECT origin, max(seq) FROM "change" WHERE n <= ? GROUP BY origin', (upto,))}
    made = Scratch("past")
    try:
        past = _copy(store, made.path / f"{store.path.stem}.vawg")
    except BaseException:
        made.close()
        raise
    past.scratch = made
    try:
        _take_back(past, known)
    except BaseException:
        past.close()
        raise
    past.files, past.is_past = store.files, True
    past.door.close_for(f"This is the store as at {called}; it may only be read. Go back to today to change anything.")
    return past


def _copy(store: Store, to: Path) -> Store:
    from vawg_desktop.store import opening
    from vawg_desktop.store.backup import copy_database
    from vawg_desktop.store.copying import copy_between

    if store.url is not None:
        passphrase = secrets.token_urlsafe(24)  # nobody types it: the copy goes with the window
        copy_between(store, str(to), passphrase=passphrase)
        return opening.open_store(to, passphrase=passphrase, anywhere=True)
    copy_database(store.path, to, store.key)
    if keys.keys_path(store.path).exists():
        shutil.copyfile(keys.keys_path(store.path), keys.keys_path(to))
    return opening.open_store(to, key=store.key, anywhere=True)


def _take_back(past: Store, known: Mapping[str, int]) -> None:
    """Take the entries after ``known`` (the last number by origin) out of a copy, and state what they changed by the others."""
    trigger = past.read().exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (_TRIGGER,)).fetchone()
    gone: list[tuple[EntitySpec, str]] = []
    with past.write("", None, Act.EDIT) as tx:
        later = _later(tx, known)
        if trigger is not None:
            tx.run(f"DROP TRIGGER {_TRIGGER}")
        for origin, last in _spans(tx.connection, known):
            tx.run(f'DELETE FROM "change" WHERE {_LATER}', (origin, last))
        if trigger is not None:
            tx.run(str(trigger[0]))
        rebuild = Rebuild(tx)
        for part in batches(later, _BATCH):
            left = history.grouped(history.entries_of(tx.connection, [id for _, id in part]))
            for table, id in part:
                if entries := left.get((table, id)):
                    _empty(tx, spec_of(table), id, frozenset(stated(table, entries).standings))
                    rebuild.state(table, id, entries, is_new=False)
                    if "x_slips" in spec_of(table).derived and len(entries) == 1:  # it never moved yet
                        tx.update(table, id, {"x_slips": None})
                else:
                    gone.append((spec_of(table), id))
        for spec, id in gone:
            _hide(tx, spec, id)
        tx.send_inserts()
        tx.run("DELETE FROM local WHERE kind = 'draft'")  # what is half typed today was not known then
        tx.changes.entries += 1
    with past.write("", None, Act.EDIT) as tx:
        _remove(tx, gone)
        for origin, last in _spans(tx.connection, known):
            tx.run("UPDATE origin SET seq = ?, hash = ? WHERE id = ?", (last, stubs.hash_at(tx.connection, origin, last) or log.GENESIS, origin))


def _spans(connection: Connection, known: Mapping[str, int]) -> list[tuple[str, int]]:
    """By origin the last entry that was known; 0 for one of which nothing was."""
    return [(str(o), known.get(str(o), 0)) for (o,) in connection.exec_driver_sql("SELECT id FROM origin")]


def _later(tx: Transaction, known: Mapping[str, int]) -> list[tuple[str, str]]:
    """What later entries changed, as table and id, each once: records before links, in the order in which their kinds stand."""
    found: dict[tuple[str, str], None] = {}
    for origin, last in _spans(tx.connection, known):
        found |= dict.fromkeys((str(t), str(r)) for t, r in tx.run(f'SELECT DISTINCT tbl, "row" FROM "change" WHERE {_LATER}', (origin, last)))
    order = {s.key: n for n, s in enumerate((*ENTITIES, LINK))}
    return sorted((f for f in found if f[0] in order), key=lambda f: order[f[0]])


def _empty(tx: Transaction, spec: EntitySpec, id: str, stood: frozenset[str]) -> None:
    """Empty the cells of a row of which nothing was stated yet; a row that was deleted later is there again."""
    before: dict[str, Value] = tx.row(spec.key, id)
    emptied: dict[str, Value] = {f.key: None for f in spec.cells if f.key not in stood and before.get(f.key) is not None}
    if before["deleted"] and "deleted" not in stood:
        emptied["deleted"] = 0
    if emptied:
        after = {**before, **emptied}
        tx.update(spec.key, id, emptied | tx.derived.changed(spec, before, after, frozenset(emptied)))
        tx.note_change(spec, id, after if spec is LINK else {})


def _hide(tx: Transaction, spec: EntitySpec, id: str) -> None:
    """Delete a row that was not there yet, so that nothing counts it any more."""
    before: dict[str, Value] = tx.row(spec.key, id)
    if not before["deleted"]:
        after: dict[str, Value] = {**before, "deleted": 1}
        columns: dict[str, Value] = {"deleted": 1}
        columns |= tx.derived.changed(spec, before, after, frozenset({"deleted"}))
        tx.update(spec.key, id, columns)
        tx.note_change(spec, id, after if spec is LINK else {})


def _remove(tx: Transaction, gone: Sequence[tuple[EntitySpec, str]]) -> None:
    """Take rows that were not there yet out of the tables, links first."""
    for spec, id in sorted(gone, key=lambda g: g[0] is not LINK):
        number = tx.run("SELECT n FROM subject WHERE id = ?", (id,)).fetchone()
        if number is not None:
            tx.run("DELETE FROM search WHERE rowid = ?", (number[0],))
            tx.run("DELETE FROM subject WHERE id = ?", (id,))
        for table, column in (("head", '"row"'), ("conflict", '"row"'), ("earlier_reference", '"row"')):
            tx.run(f"DELETE FROM {table} WHERE {column} = ?", (id,))
        tx.run(f'DELETE FROM "{spec.key}" WHERE id = ?', (id,))
