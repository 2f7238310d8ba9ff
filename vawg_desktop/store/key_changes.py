"""The entries that say who got a way into a locked store, and what becomes of one whose keys file was never written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.merge import link_id
from vawg_desktop.store import holding, keys, work

if TYPE_CHECKING:
    from vawg_desktop.store.store import Store
    from vawg_desktop.store.transaction import Transaction


def note_outcome(tx: Transaction, label: str, words: str) -> None:
    """Log what became of somebody's way into the store."""
    id = link_id("setting", "way in", keys.fold_label(label))
    there = tx.connection.exec_driver_sql("SELECT 1 FROM setting WHERE id = ?", (id,)).fetchone()
    if there is None:
        tx.create("setting", {"name": f"way in: {label}", "value": words}, id=id)
    else:
        tx.state_again("setting", id, "value", words)


def settle(store: Store) -> None:
    """Forget each noted change that was made; log any other as not made. The caller sees that none is under way."""
    for kind, what in work.left(store.read()):
        if kind != work.KEYS:
            continue
        to_be, _, label = what.partition(" ")
        if keys.fingerprint(store.path) != to_be:
            with store.write("keys", f"The change for {label} was cut short: the keys are as they were", Act.KEYS) as tx:
                note_outcome(tx, label, "the last change was not made")
                tx.run("DELETE FROM work WHERE kind = ? AND what = ?", (kind, what))
        else:
            work.forget(store, kind, [what])


def finish(store: Store) -> None:
    """``settle`` at an opening. Raises StoreError (``in_use``) while keys are being changed."""
    with holding.busy_with(store.path, "keys", seconds=0):
        settle(store)
