"""The entries that say who got a way into a locked store, and what becomes of one whose keys file was never written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.merge import link_id
from vawg_desktop.store import holding, keys, work

if TYPE_CHECKING:
    from vawg_desktop.store.store import Store
    from vawg_desktop.store.transaction import Transaction


def say(tx: Transaction, label: str, words: str) -> None:
    """Say what became of somebody's way in."""
    id = link_id("setting", "way in", keys.fold_label(label))
    there = tx.connection.exec_driver_sql("SELECT 1 FROM setting WHERE id = ?", (id,)).fetchone()
    if there is None:
        tx.create("setting", {"name": f"way in: {label}", "value": words}, id=id)
    else:
        tx.say_again("setting", id, "value", words)


def settle(store: Store) -> None:
    """Of each change noted: it was made, or the report says that it was not. The caller knows that no other is under way."""
    for kind, what in work.left(store.read()):
        if kind != work.KEYS:
            continue
        to_be, _, label = what.partition(" ")
        if keys.fingerprint(store.path) != to_be:
            with store.write("keys", f"The change for {label} was cut short: the keys are as they were", Act.KEYS) as tx:
                say(tx, label, "the last change was not made")
                tx.run("DELETE FROM work WHERE kind = ? AND what = ?", (kind, what))
        else:
            work.forget(store, kind, [what])


def finish(store: Store) -> None:
    """The same at an opening; what another process is changing just now is left to it."""
    with holding.busy_with(store.path, "keys", seconds=0):
        settle(store)
