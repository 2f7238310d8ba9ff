"""Who can open a locked store: each passphrase made, changed or taken away is an entry that names who did it and for whom (DESIGN 4).

The entry is written first, with a row of work that holds what the keys file is to become; then the file. Cut short between the
two, the next opening sees that the file is still the old one and says so in the log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from vawg_desktop.domain import clock
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.errors import AppError, StoreError
from vawg_desktop.services.session import Session
from vawg_desktop.store import holding, key_changes, keys, work

_Answer = TypeVar("_Answer")


def opens(session: Session, passphrase: str) -> bool:
    """Whether a passphrase opens the store that is open; a store without one opens by any."""
    store = session.store
    if store.key is None:
        return True
    try:
        return keys.unlock(store.path, passphrase).raw == store.key.raw
    except AppError:
        return False


def change(session: Session, old: str, new: str) -> Changes:
    """Replace the passphrase that was typed by another. Raises WrongKeyError, StoreError."""
    path = session.store.path
    label = keys.label_of(path, old)
    return _logged(session, label, "passphrase changed", lambda before: keys.change_passphrase(path, old, new, before=before))[1]


def add(session: Session, known: str, new: str, label: str) -> Changes:
    """Add a person with a passphrase of their own. Raises WrongKeyError, StoreError."""
    path = session.store.path
    return _logged(session, label, "passphrase made", lambda before: keys.add_passphrase(path, known, new, label, before=before))[1]


def remove(session: Session, known: str, label: str) -> Changes:
    """Remove a passphrase. Raises WrongKeyError, StoreError."""
    path = session.store.path
    return _logged(session, label, "passphrase taken away", lambda before: keys.remove_way_in(path, known, label, before=before))[1]


def make_recovery(session: Session, known: str) -> tuple[str, Changes]:
    """Make the recovery key; an earlier one stops working. Raises WrongKeyError, StoreError."""
    path = session.store.path
    return _logged(session, "recovery key", "recovery key made", lambda before: keys.make_recovery(path, known, before=before))


def _logged(session: Session, label: str, what: str, do: Callable[[keys.Before], _Answer]) -> tuple[_Answer, Changes]:
    store, label, made = session.store, " ".join(label.split()), Changes()
    if store.key is None:
        raise StoreError(f"{store.name} has no keys of its own.", code="plain")

    def before(to_be: str) -> None:
        nonlocal made
        with store.write(session.who, f"{what[0].upper()}{what[1:]} for {label}", Act.KEYS) as tx:
            key_changes.note_outcome(tx, label, f"{what} {london_time(clock.now().isoformat())}")
            work.note(tx, work.KEYS, [f"{to_be} {label}"])
        made = tx.changes

    with holding.busy_with(store.path, "keys"):
        try:
            answer = do(before)
        finally:
            key_changes.settle(store)
    return answer, made
