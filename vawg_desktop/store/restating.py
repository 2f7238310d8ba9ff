"""What the log's entries make of a record, and rows stated from it: for the merge, check, repair and rescue alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from vawg_desktop.domain import merge
from vawg_desktop.domain.entities import LINK, EntitySpec
from vawg_desktop.domain.fields import Value
from vawg_desktop.store import entries as log
from vawg_desktop.store import history
from vawg_desktop.store.log_writing import spec_of
from vawg_desktop.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Failure:
    """Something a merge leaves to look at: the record, the rule's name and a sentence."""

    record: str
    rule: str
    message: str


@dataclass(slots=True)
class Stated:
    """What the log says of one record. ``born`` is its making entry's id; ``earlier`` are references it no longer bears."""

    born: str
    standings: dict[str, merge.Standing]
    conflicts: list[str]
    earlier: list[str]

    def value(self, cell: str) -> Value:
        """What a cell holds; a record is not deleted until something says so."""
        standing = self.standings.get(cell)
        value = standing.value if standing is not None else None
        return bool(value) if cell == "deleted" else value

    def heads(self, cell: str) -> frozenset[str]:
        """The ids of the entries that nothing overwrote in a cell; none where nothing was ever stated of it."""
        standing = self.standings.get(cell)
        return frozenset(h.id for h in standing.heads) if standing is not None else frozenset()

    def kept_heads(self, born: str) -> Iterator[tuple[str, frozenset[str]]]:
        """The cells whose heads are not just the entry that the row names as its making, with their heads."""
        for cell in self.standings:
            heads = self.heads(cell)
            if heads != frozenset({born}):
                yield cell, heads


def stated(table: str, entries: Sequence[log.Entry]) -> Stated:
    """What all of a record's entries, oldest first, make of it."""
    standings = history.cells_after(entries)
    born = next((e.id for e in entries if e.op == "create"), entries[0].id)
    earlier: list[str] = []
    if table != LINK.key and history.was_renumbered(entries):
        standing = standings.get("reference")
        earlier = history.former_references(entries, standing.value if standing is not None else None)
    return Stated(born, standings, history.conflicts_in(entries, standings), earlier)


def is_provisional(spec: EntitySpec, reference: Value) -> bool:
    """Whether a reference was given by a store that does not number, such as A-x7Q3KM."""
    return spec is not LINK and str(reference or "").startswith(f"{spec.prefix}-x")


class Rebuild:
    """States rows, heads and conflicts from the log's entries (a merge's and a rescue's half of the work)."""

    def __init__(self, tx: Transaction, *, number: bool = False) -> None:
        self._tx, self._number = tx, number
        #: References made final on the way: before and after.
        self.renumbered: list[tuple[str, str]] = []
        #: Recommendations and gaps whose closing waits for an approver.
        self.held_open: list[str] = []

    def state(self, table: str, id: str, entries: list[log.Entry], *, is_new: bool | None = None) -> list[str]:
        """State one record from all its entries, oldest first; returns the ids of conflicts that are new.

        Some rows wait for ``send_inserts``: whoever states many calls it after the last, before any of them is read.
        """
        tx, spec = self._tx, spec_of(table)
        found = stated(table, entries)
        born, standings, conflicts = found.born, found.standings, found.conflicts
        values = {
            k: s.value for k, s in standings.items() if k in spec.by_key or k in ("deleted", "reference")
        }
        before = None if is_new else tx.row(table, id) if is_new is False else self._row(spec, id)
        if before is None and self._number and is_provisional(spec, values.get("reference")):
            self._make_final(spec, id, values, standings)
        if not tx.approver and spec.closes_by_tests and values.get(spec.status) == "closed":
            self._hold_closing(spec, id, values, standings, before)
            conflicts = [c for c in conflicts if standings[c].conflicted or c == "deleted"]
        tx.derived.note_number(spec.prefix, values.get("reference"))
        if before is None:
            self._insert(spec, id, values, born, len(conflicts), later=bool(is_new))
        else:
            born = str(before["born"])
            self._update(spec, id, before, values, len(conflicts))
            tx.run('DELETE FROM head WHERE "row" = ?', (id,))
        if spec is not LINK and history.was_renumbered(entries):
            tx.derived.restate_former(id, history.former_references(entries, values.get("reference")))
        for cell, heads in found.kept_heads(born):
            for head in heads:
                tx.insert_later('INSERT INTO head ("row", cell, "change") VALUES (?, ?, ?)', (id, cell, head))
        if len(entries) > 1:
            tx.derived.count_slips(spec, id)
        tx.note_change(spec, id, values if spec is LINK else {})
        if conflicts or (before is not None and before["conflicts"]):
            return self._note_conflicts(spec.key, id, conflicts)
        return []

    def _make_final(
        self, spec: EntitySpec, id: str, values: dict[str, Value], standings: dict[str, merge.Standing]
    ) -> None:
        """Number a provisional record as it comes in, by an entry of this store's own."""
        old, new = str(values["reference"]), self._tx.derived.next_reference(spec.prefix)
        heads = [h.id for h in standings["reference"].heads]
        written = self._tx.log_cell(spec.key, id, "reference", old, new, heads)
        standings["reference"] = merge.Standing(new, (written,))
        values["reference"] = new
        self._tx.derived.set_former(id, [old], self._tx.insert_later)
        self.renumbered.append((old, new))

    def _hold_closing(
        self, spec: EntitySpec, id: str, values: dict[str, Value], standings: dict[str, merge.Standing], before: dict[str, Value] | None
    ) -> None:
        """A closing that somebody brings who may not close waits: an entry of this store's own keeps it open."""
        if before is not None and before["status"] == "closed":
            return
        status = spec.status_field
        was: Value = before["status"] if before is not None else status.default if status is not None else None
        heads = standings["status"].heads
        closing = [h.id for h in heads if h.value == "closed"]
        written = self._tx.log_cell(spec.key, id, "status", "closed", was, closing)
        standings["status"] = merge.standing([*(h for h in heads if h.value != "closed"), written])
        values["status"] = standings["status"].value
        self.held_open.append(id)

    def _insert(self, spec: EntitySpec, id: str, values: dict[str, Value], born: str, conflicts: int, *, later: bool) -> None:
        tx, row = self._tx, {**values, "id": id, "deleted": bool(values.get("deleted"))}
        derived = tx.derived.created(spec, row, tx.insert_later if later else None)
        cells = {k: v for k, v in row.items() if v is not None}
        own: dict[str, Value] = {"deleted": int(bool(row["deleted"])), "born": born, "conflicts": conflicts}
        tx.insert(spec.key, {**cells, **derived, **own}, later=later)
        tx.changes.created.append(id)

    def _update(
        self, spec: EntitySpec, id: str, before: dict[str, Value], values: dict[str, Value], conflicts: int
    ) -> None:
        tx, changed = self._tx, {k: v for k, v in values.items() if before.get(k) != v}
        if changed or int(str(before["conflicts"] or 0)) != conflicts:
            after: dict[str, Value] = {**before, **changed}
            columns: dict[str, Value] = {**changed, "conflicts": conflicts}
            columns |= tx.derived.changed(spec, before, after, frozenset(changed))
            tx.update(spec.key, id, columns)

    def _note_conflicts(self, table: str, id: str, cells: list[str]) -> list[str]:
        had = {str(r[0]) for r in self._tx.run('SELECT cell FROM conflict WHERE "row" = ?', (id,))}
        self._tx.derived.set_conflicts(table, id, cells)
        return [merge.conflict_id(table, id, c) for c in cells if c not in had]

    def _row(self, spec: EntitySpec, id: str) -> dict[str, Value] | None:
        there = self._tx.run(f'SELECT 1 FROM "{spec.key}" WHERE id = ?', (id,)).fetchone()
        return self._tx.row(spec.key, id) if there else None


def batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The items in order, in lists of at most ``size``."""
    stream = iter(items)
    while part := list(islice(stream, size)):
        yield part
