"""What must be done outside a transaction: noted in it, done after it, and finished at the next opening if it was cut short."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from vawg_desktop.domain import clock
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store.trouble import engine_errors

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vawg_desktop.store.store import Store
    from vawg_desktop.store.transaction import Transaction

#: A held file that nothing names any more; the rewriting of index and file after words were disposed of.
SWEEP_FILE, SWEEP_STORE = "sweep_file", "sweep_store"
#: A record's words in the log, whose disposal was merged by somebody who may not dispose: ``table id``.
STRIP = "strip"
#: What was written of a record by somebody who did not know that it had been disposed of: ``table id``.
REST = "dispose_rest"
#: The right to give final references, on its way to another store.
MOVE = "move"
#: The new store of a move is whole, and about to stand in its place.
MOVE_WHOLE = "move_whole"
#: A record to be stated anew from the log, because a later version reads the log otherwise: ``table id``.
RESTATE = "restate"
#: A change of the keys file: what it is to become, and for whom.
KEYS = "keys"


def note(tx: Transaction, kind: str, whats: Iterable[str] = ("",)) -> None:
    """Remember in a transaction what is to be done once it is through."""
    for what in whats:
        tx.connection.exec_driver_sql(
            "INSERT INTO work VALUES (?, ?, ?) ON CONFLICT (kind, what) DO NOTHING", (kind, what, clock.now().isoformat())
        )


def left(connection: Connection) -> list[tuple[str, str]]:
    """Kind and object of everything that is still to be done."""
    return [(str(k), str(w)) for k, w in connection.exec_driver_sql("SELECT kind, what FROM work ORDER BY kind, what")]


def finish(store: Store) -> list[tuple[str, str]]:
    """Do what is left; returns what could not be done now (store in use, disk full, legal hold …).

    Files that a record names again meanwhile stay.
    """
    from vawg_desktop.store.dispose import complete, strip_later, sweep
    from vawg_desktop.store.named_files import still_named_in

    waits = left(store.read())
    if not waits:
        return []
    rows = [what for kind, what in waits if kind == STRIP]
    if rows and _done(lambda: strip_later(store, rows)):
        forget(store, STRIP, rows)
        waits = left(store.read())
    again = [what for kind, what in waits if kind == RESTATE]
    if again and _done(lambda: _state_again(store, again)):
        forget(store, RESTATE, again)
        waits = left(store.read())
    rest = [what for kind, what in waits if kind == REST]
    if rest:
        done: list[str] = []
        _done(lambda: done.extend(complete(store, rest)))
        forget(store, REST, done)
        waits = left(store.read())
    files = [what for kind, what in waits if kind == SWEEP_FILE]
    needed = still_named_in(store.read(), files)
    gone = [f for f in files if f not in needed]
    if files and _done(lambda: store.files.dispose(gone)):
        forget(store, SWEEP_FILE, files)
    if any(kind == SWEEP_STORE for kind, _ in waits) and _done(lambda: sweep(store)):
        forget(store, SWEEP_STORE, [""])
    if any(kind == KEYS for kind, _ in waits):
        from vawg_desktop.store import key_changes

        _done(partial(key_changes.finish, store))
    for to in [what for kind, what in waits if kind == MOVE]:
        from vawg_desktop.store import moving

        _done(partial(moving.finish, store, to))
    return left(store.read())


def _state_again(store: Store, rows: Iterable[str]) -> None:
    from vawg_desktop.domain.acts import Act
    from vawg_desktop.store.history import entries_of
    from vawg_desktop.store.restating import Rebuild

    with store.write("VAWG Desktop", "recomputed", Act.REPAIR) as tx:
        rebuild = Rebuild(tx)
        for table, _, id in (row.partition(" ") for row in rows):
            rebuild.state(table, id, entries_of(tx.connection, [id]), is_new=False)
        tx.send_inserts()


def _done(do: Callable[[], object]) -> bool:
    try:
        return do() is not False
    except (StoreError, *engine_errors()):  # busy, or a disk that is full: it stays noted and check reports it
        return False


def forget(store: Store, kind: str, whats: Iterable[str]) -> None:
    """Take out what was done."""
    with store.engines.writer.connect() as connection, connection.begin():
        for what in whats:
            connection.exec_driver_sql(
                "DELETE FROM work WHERE kind = ? AND what = ?" if store.url is None else "DELETE FROM work WHERE kind = %s AND what = %s",
                (kind, what),
            )
