"""Entries that a rescue could not read, and that another store may still hold: filled when it is merged (DESIGN 4)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from vawg_desktop.store import entries as log
from vawg_desktop.store.forks import lost
from vawg_desktop.store.stubs import Walk

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vawg_desktop.store.transaction import Transaction

#: Where a store keeps which numbers of an origin it lacks: ``{origin: [[first, last], ...]}``.
GAPS = "gaps"
#: And which of them were filled since: those stand later than their numbers say.
FILLED = "gaps_filled"
Gaps = dict[str, list[tuple[int, int]]]


def find(entries: Iterable[log.Entry], walk: Walk) -> Gaps:
    """The numbers that are missing between those that are there, by origin; those that were never in this part of a store are not."""
    numbers: dict[str, list[int]] = {}
    for entry in entries:
        numbers.setdefault(entry.origin, []).append(entry.seq)
    found: Gaps = {}
    for origin, held in numbers.items():
        before = 0
        for seq in sorted(held):
            before, _ = walk.over(origin, before, "")
            if seq > before + 1:
                found.setdefault(origin, []).append((before + 1, seq - 1))
            before = seq
    return found


def note(tx: Transaction, gaps: Gaps, key: str = GAPS) -> None:
    """Remember what is missing, or was filled."""
    tx.note_fact(key, json.dumps(gaps) if gaps else None)


def read(connection: Connection, key: str = GAPS) -> Gaps:
    """What a store knows that it lacks, or that was filled."""
    row = connection.exec_driver_sql('SELECT value FROM meta WHERE "key" = ?', (key,)).fetchone()
    return {str(o): [(int(a), int(b)) for a, b in spans] for o, spans in json.loads(row[0]).items()} if row and row[0] else {}


def fill(tx: Transaction, other: Connection) -> list[log.Entry]:
    """Copy from another store what is missing here and fits the chain on either side; returns the entries.

    Raises StoreError where the other store holds others under the numbers that are missing: it was copied by hand and edited.
    """
    lacking = read(tx.connection)
    filled: list[log.Entry] = []
    left: Gaps = {}
    for origin, spans in lacking.items():
        for first, last in spans:
            there = [
                log.from_row(tuple(r)) for r in other.exec_driver_sql(
                    f"{log.SELECT} WHERE origin = ? AND seq >= ? AND seq <= ? ORDER BY seq", (origin, first, last)
                )
            ]  # fmt: skip
            fits = _fitting(tx.connection, origin, first, last, there)
            for entry in fits:
                entry.received = tx.received
                tx.connection.exec_driver_sql(log.INSERT, entry.as_params())  # a file's matter: a server is not rescued
            filled += fits
            if len(fits) < last - first + 1:
                left.setdefault(origin, []).append((first + len(fits), last))
    if filled:
        note(tx, left)
        _note_filled(tx, filled)
    return filled


def _note_filled(tx: Transaction, entries: list[log.Entry]) -> None:
    known = {(o, s) for o, spans in read(tx.connection, FILLED).items() for a, b in spans for s in range(a, b + 1)}
    by_origin: Gaps = {}
    for origin, seq in sorted(known | {(e.origin, e.seq) for e in entries}):
        spans = by_origin.setdefault(origin, [])
        if spans and spans[-1][1] == seq - 1:
            spans[-1] = (spans[-1][0], seq)
        else:
            spans.append((seq, seq))
    note(tx, by_origin, FILLED)


def _fitting(connection: Connection, origin: str, first: int, last: int, there: list[log.Entry]) -> list[log.Entry]:
    """The entries that go on from what stands before the gap. Raises StoreError where they fill it and do not meet what stands after it."""
    around = {
        int(s): str(h) for s, h in connection.exec_driver_sql(
            'SELECT seq, hash FROM "change" WHERE origin = ? AND seq IN (?, ?)', (origin, first - 1, last + 1)
        )
    }  # fmt: skip
    previous = log.GENESIS if first == 1 else around.get(first - 1, "")
    fits: list[log.Entry] = []
    for number, entry in enumerate(there, first):
        if entry.seq != number or entry.chained(previous) != entry.hash:
            break
        previous = entry.hash
        fits.append(entry)
    if len(fits) == last - first + 1:
        row = connection.exec_driver_sql(f"{log.SELECT} WHERE origin = ? AND seq = ?", (origin, last + 1)).fetchone()
        if row is not None and log.from_row(tuple(row)).chained(previous) != around.get(last + 1):
            name = connection.exec_driver_sql("SELECT name FROM origin WHERE id = ?", (origin,)).one()[0]
            raise lost(str(name) or "one store", first, last)
    return fits
