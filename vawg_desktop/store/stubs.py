"""Entries of the log that are not in a part of a store: what is left of each is its place and its hash, which keep the chain whole (DESIGN 1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vawg_desktop.domain.fields import EntitySpec, Value
    from vawg_desktop.store.transaction import Transaction

SELECT = "SELECT origin, seq, hash FROM entry_stub"
INSERT = "INSERT INTO entry_stub (origin, seq, hash) VALUES (?, ?, ?)"


def are_here(connection: Connection) -> bool:
    """Whether the store is a part of another one."""
    return connection.exec_driver_sql("SELECT 1 FROM entry_stub LIMIT 1").fetchone() is not None


class Walk:
    """Goes along the chains of a log in order, stepping over what is not here. ``rows`` are origin, number and hash of each stub."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._hashes: dict[str, dict[int, str]] = {}
        for origin, seq, hash_ in rows:
            self._hashes.setdefault(str(origin), {})[int(seq)] = str(hash_)

    def origins(self) -> list[str]:
        """The origins of which something is not here."""
        return list(self._hashes)

    def over(self, origin: str, seq: int, hash_: str) -> tuple[int, str]:
        """The number and hash of the last entry after which something follows that is here, from one that was read."""
        left = self._hashes.get(origin, {})
        while seq + 1 in left:
            seq += 1
            hash_ = left[seq]
        return seq, hash_


def walk(connection: Connection) -> Walk:
    """A walk over what is not in a store."""
    return Walk(connection.exec_driver_sql(SELECT))


def hash_at(connection: Connection, origin: str, seq: int) -> str | None:
    """The hash of an entry that is here, or of one of which only the stub is."""
    row = connection.exec_driver_sql(
        'SELECT hash FROM "change" WHERE origin = ? AND seq = ? UNION ALL SELECT hash FROM entry_stub WHERE origin = ? AND seq = ?', (origin, seq, origin, seq)
    ).fetchone()
    return str(row[0]) if row else None


def refuse_wider(here: Connection, there: Connection, name: str, known: dict[str, int]) -> None:
    """Refuse to merge what a part must not hold, and a part into a store that lacks what was left out of it. ``known``: how far each origin is known here.

    Raises StoreError: ``wider_store`` where the other store holds entries of which this one has only stubs, ``part_of_more`` the other way about.
    """
    for origin, seq in here.exec_driver_sql("SELECT origin, seq FROM entry_stub ORDER BY origin, seq"):
        if there.exec_driver_sql('SELECT 1 FROM "change" WHERE origin = ? AND seq = ?', (origin, seq)).fetchone():
            raise StoreError(
                f"This store is a part of another one, and {name} holds more than the part: merging it would bring in what was left out. Nothing was "
                "merged. Merge this store into the other one instead.",
                code="wider_store",
            )
    for origin, first in there.exec_driver_sql("SELECT origin, max(seq) FROM entry_stub GROUP BY origin"):
        if int(first) > known.get(str(origin), 0):
            raise StoreError(
                f"{name} is a part of another store, and this one does not know all that the part was taken from. Nothing was merged. Merge that store "
                "into this one first.",
                code="part_of_more",
            )


def stand_in(tx: Transaction, spec: EntitySpec, id: str) -> None:
    """Make the empty, hidden row that stands for a record which is not in this part of a store."""
    row: dict[str, Value] = {"id": id, "deleted": True}
    tx.insert(spec.key, {"id": id, **tx.derived.created(spec, row), "deleted": 1, "conflicts": 0})
