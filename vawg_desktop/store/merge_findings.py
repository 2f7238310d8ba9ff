"""What a merge leaves to look at: rules that both sides kept and their union breaks, references to what the other side deleted, namesakes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from vawg_desktop.domain import rules
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, EVIDENCE, LINK, PARTNER, serving_links
from vawg_desktop.domain.fields import Kind
from vawg_desktop.store import entries as log
from vawg_desktop.store import history
from vawg_desktop.store.log_writing import spec_of
from vawg_desktop.store.restating import Failure, batches
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from vawg_desktop.store.store import Store

#: Tables whose rows may leave a closing without evidence: evidence, what serves what is closed, and their links.
_PROOF = frozenset({LINK.key, EVIDENCE.key, *(serving.key for serving, _ in serving_links().values())})
#: Records that a merge touched, by table and id, in order.
Touched = Mapping[tuple[str, str], None]


class Findings:
    """Looks over the records that a merge touched, inside its transaction. ``new`` are the ids of the entries that came in."""

    def __init__(self, tx: Transaction, other: Store, incoming: Sequence[log.Entry], new: set[str]) -> None:
        self._tx, self._other, self._incoming, self._new = tx, other, incoming, new

    def all(self, touched: Touched) -> list[Failure]:
        """Everything to look at."""
        return [*self._broken(touched), *self._orphans(), *self._namesakes(touched)]

    def called(self, id: str) -> str:
        """A record by its reference."""
        row = self._tx.run("SELECT reference FROM subject WHERE id = ?", (id,)).fetchone()
        return str(row[0]) if row else id

    def _broken(self, touched: Touched) -> list[Failure]:
        found: list[Failure] = []
        for tbl, ids in self._with_neighbours(touched).items():
            spec = spec_of(tbl)
            columns = ("id", "deleted", *(f.key for f in spec.cells))
            for part in batches(ids, 400):  # a merge may touch hundreds of thousands: never all at once
                for id, row in self._tx.rows(tbl, part, columns).items():
                    if row["deleted"]:
                        continue
                    evidence = self._tx.derived.evidence_of(id) if rules.closes(spec, row) else 0
                    found += [Failure(self.called(id), b.rule, b.message) for b in rules.broken_rules(spec, row, evidence)]
        return found

    def _with_neighbours(self, touched: Touched) -> dict[str, dict[str, None]]:
        """Touched records of the kinds that have a rule between cells, by table, and closed ones whose evidence may have gone."""
        found: dict[str, dict[str, None]] = {}
        for tbl, id in touched:
            if tbl in BY_KEY and (BY_KEY[tbl].rating or BY_KEY[tbl].closes_with_evidence):
                found.setdefault(tbl, {})[id] = None
        if any(tbl in _PROOF for tbl, _ in touched):
            for spec in (e for e in ENTITIES if e.closes_with_evidence):
                closed = self._tx.run(f'SELECT id FROM "{spec.key}" WHERE "{spec.status}" = ? AND deleted = 0', (spec.done,)).fetchall()
                found.setdefault(spec.key, {}).update({str(r[0]): None for r in closed})
        return found

    def _orphans(self) -> list[Failure]:
        """A record that lives while what it refers to, by a field or a link, was deleted on the other side."""
        hidden = [e.row for e in self._incoming if "deleted" in e.fields and e.tbl != "link"]
        found: list[Failure] = []
        for spec in ENTITIES:
            for cell in (f for f in spec.cells if f.kind is Kind.REF):
                sql = (
                    f'SELECT c.id, c.id, c.reference, p.id, p.reference FROM "{spec.key}" c JOIN "{cell.target}" p '
                    f'ON p.id = c."{cell.key}" AND p.deleted = 1 WHERE c.deleted = 0 AND '
                )
                rows = [e.row for e in self._incoming if e.tbl == spec.key and cell.key in e.fields]
                found += self._orphaned(sql, cell.key, ((f'c."{cell.key}"', hidden), ("c.id", rows)))
        linked = [e.row for e in self._incoming if e.tbl == "link"]
        for mine, other in (("a", "b"), ("b", "a")):
            sql = (
                f"SELECT l.id, c.id, c.reference, p.id, p.reference FROM link l JOIN subject c ON c.id = l.{mine} AND c.deleted = 0 "
                f"JOIN subject p ON p.id = l.{other} AND p.deleted = 1 WHERE l.deleted = 0 AND "
            )
            found += self._orphaned(sql, "", ((f"l.{other}", hidden), ("l.id", linked)))
        return list(dict.fromkeys(found))

    def _orphaned(self, sql: str, key: str, wanted: Iterable[tuple[str, list[str]]]) -> list[Failure]:
        """What one question finds: the row that refers, the record it belongs to, and the record that is gone."""
        found: list[Failure] = []
        for column, ids in wanted:
            for part in batches(dict.fromkeys(ids), 400):
                marks = ",".join("?" * len(part))
                for row, _, mine, parent, theirs in self._tx.run(f"{sql}{column} IN ({marks})", tuple(part)).fetchall():
                    if self._parted(str(row), str(parent), key):
                        why = f"{mine} refers to {theirs}, which was {self._gone(str(parent))} on the other side."
                        found.append(Failure(str(mine), "deleted_elsewhere", why))
        return found

    def _gone(self, id: str) -> str:
        """How a record went: deleted, or combined into another."""
        combined = self._tx.run(
            "SELECT about FROM \"change\" WHERE \"row\" = ? AND act = 'combine' AND about IS NOT NULL ORDER BY n DESC LIMIT 1", (id,)
        ).fetchone()
        return f"combined into {self.called(str(combined[0]))}" if combined and combined[0] != id else "deleted"

    def _parted(self, row: str, gone: str, key: str) -> bool:
        """Whether whoever deleted a record did not know of a reference (or, with no key, a link) that leads to it.

        Read from the order of entries in the store in which the deletion was made, or from which it came.
        """
        both = history.entries_of(self._tx.connection, [row, gone])
        entries = [e.id for e in both if e.row == row and (key in e.fields or not key)]
        ends = [e for e in both if e.row == gone and "deleted" in e.fields]
        if not entries or not ends:  # pragma: no cover - only where a damaged log was read without some of its entries
            return False
        end = ends[-1].id
        there = self._other.read() if end in self._new else self._tx.connection
        marks = ",".join("?" * (len(entries) + 1))
        order = {str(i): int(n) for i, n in there.exec_driver_sql(f'SELECT id, n FROM "change" WHERE id IN ({marks})', (*entries, end))}
        return all(order.get(one, order[end] + 1) > order[end] for one in entries)

    def _namesakes(self, touched: Touched) -> list[Failure]:
        """Partners that came in under a name another partner bears: perhaps one and the same."""
        names: dict[str, tuple[str, str]] = {}
        found: list[Failure] = []
        if not any(tbl == PARTNER.key for tbl, _ in touched):
            return []
        rows = self._tx.run(
            "SELECT id, reference, name, short_name FROM partner WHERE deleted = 0 ORDER BY n"
        ).fetchall()
        for id, reference, *own_names in rows:
            for name in {" ".join(str(x).casefold().split()) for x in own_names if x}:
                other = names.setdefault(name, (str(id), str(reference)))
                if other[0] != id and {(PARTNER.key, str(id)), (PARTNER.key, other[0])} & touched.keys():
                    found.append(
                        Failure(str(reference), "same_name", f"{reference} has the same name as {other[1]}; if they are one body, combine them.")
                    )  # fmt: skip
        return list(dict.fromkeys(found))
