"""Numbers and twins after a merge: final references for provisional ones, one number a record, one update an answer."""

from __future__ import annotations

from collections.abc import Sequence

from vawg_desktop.domain.entities import ENTITIES, UPDATE, EntitySpec
from vawg_desktop.domain.fields import Kind
from vawg_desktop.store import entries as log
from vawg_desktop.store.restating import batches
from vawg_desktop.store.transaction import Transaction

#: What makes two updates of one submission the same words about the same action.
_TAKEN = ("action", "answer", "channel", *(f.key for f in UPDATE.cells if f.kind is Kind.LONG))


class Numbers:
    """Puts references in order once the ``incoming`` entries stand in their rows. ``renumbered`` are pairs of old and new reference."""

    def __init__(self, tx: Transaction, incoming: Sequence[log.Entry]) -> None:
        self._tx, self._incoming = tx, incoming
        self.renumbered: list[tuple[str, str]] = []

    def put_right(self) -> None:
        """Number what is provisional, part records of one reference, hide an update that was taken twice."""
        self._number_provisional()
        self._part_clashing()
        self._hide_taken_twice()

    def _number_provisional(self) -> None:
        """A minting store gives each provisional record its number; the old reference still leads to it."""
        if self._tx.derived.mints():
            for spec in ENTITIES:
                rows = self._tx.run(
                    f'SELECT id, reference FROM "{spec.key}" WHERE reference LIKE ? ORDER BY id',
                    (f"{spec.prefix}-x%",),
                ).fetchall()
                for id, reference in rows:
                    self._renumber(spec, str(id), str(reference))

    def _part_clashing(self) -> None:
        """Two records of one reference: the one received later gets the next number."""
        for spec in ENTITIES:
            incoming = [e.row for e in self._incoming if e.tbl == spec.key and "reference" in e.fields]
            for part in batches(dict.fromkeys(incoming), 400):
                marks = ",".join("?" * len(part))
                rows = self._tx.run(
                    f'SELECT t.id, t.reference FROM "{spec.key}" t WHERE t.id IN ({marks}) AND EXISTS '
                    "(SELECT 1 FROM subject o WHERE o.reference = t.reference AND o.id <> t.id AND o.entity = ?) ORDER BY t.n",
                    (*part, spec.key),
                ).fetchall()
                for id, reference in rows:
                    self._part(spec, str(id), str(reference))

    def _part(self, spec: EntitySpec, id: str, reference: str) -> None:
        """Of two records that bear one reference, the one received later gets the next number."""
        rows = self._tx.run(
            "SELECT id FROM subject WHERE reference = ? AND entity = ? ORDER BY n DESC", (reference, spec.key)
        ).fetchall()
        if len(rows) > 1:  # the other of the pair may have been renumbered a moment ago
            self._renumber(spec, str(rows[0][0]), reference)

    def _renumber(self, spec: EntitySpec, id: str, old: str) -> None:
        new = self._tx.derived.reference(spec.prefix)
        self._tx.edit(spec.key, id, {"reference": new}, checked=False, settling=True)
        self.renumbered.append((old, new))

    def _hide_taken_twice(self) -> None:
        """Of two updates that two stores took from one submission, word for word, the one whose id is larger is hidden.

        Only one that nobody has changed since. The larger id decides, so no two stores hide both.
        """
        made = dict.fromkeys(e.row for e in self._incoming if e.tbl == UPDATE.key and e.op == "create")
        words = " AND ".join(f'o."{c}" IS NOT DISTINCT FROM t."{c}"' for c in _TAKEN)
        for part in batches(made, 400):
            marks = ",".join("?" * len(part))
            twins = self._tx.run(
                f'SELECT t.id, o.id FROM "update" t JOIN "update" o ON o.submission = t.submission AND o.id <> t.id AND {words} '
                'JOIN "change" c ON c.id = t.born JOIN "change" d ON d.id = o.born AND d.origin <> c.origin '
                f"WHERE t.id IN ({marks}) AND t.deleted = 0 AND o.deleted = 0",
                tuple(part),
            ).fetchall()
            for id in sorted({max(str(one), str(other)) for one, other in twins}):
                if self._tx.heads(id, "").keys() <= {"reference"}:  # it was numbered at most, since it was made
                    self._tx.delete(UPDATE.key, id)
