"""Keeps what is derived in step inside a transaction: references, heads, counts, search; summaries by ``summaries.py``."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from vawg_desktop.domain import merge
from vawg_desktop.domain.closing import Proof
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, LINK, EntitySpec, serving_links
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.references import NOT_HANDED_OVER, number_of
from vawg_desktop.domain.terms import fold
from vawg_desktop.store import derive, summaries
from vawg_desktop.store.dialect import POSTGRES
from vawg_desktop.store.summaries import Run

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Capitals and digits that are not taken for one another on paper or by ear: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
_LOOKALIKE_FREE = "34679ACDEFGHJKMNPQRTWXY"
Row = Mapping[str, Value]
#: Takes a statement and its values, to be sent with others.
Later = Callable[[str, tuple[object, ...]], None]
#: How many of the register's numbers a merge takes from a server at once; those that it does not give are left out for ever.
_BLOCK = 100
#: A record by its kind and id.
Record = tuple[str, str]


class DerivedRows:
    """Derived rows of one transaction. Counts and summaries are written once, at its end."""

    def __init__(self, connection: Connection, run: Run | None = None) -> None:
        self._run: Run = run or connection.exec_driver_sql
        self._tallies: Counter[tuple[str, str]] = Counter()
        #: Records whose summaries may have changed; ``_told``: by an update; ``_moved``: by a date; ``_served``: because
        #: of a record that serves them.
        self._touched: dict[Record, None] = {}
        self._told: dict[Record, None] = {}
        self._served: dict[Record, None] = {}
        self._moved: dict[Record, None] = {}
        self._last: dict[str, int] = {}
        self._many = connection.exec_driver_sql
        #: Numbers of the register that were taken and not given yet.
        self._block: list[int] = []
        self._postgres = connection.dialect.name == POSTGRES
        #: In a file, the last number given to a row that waits to be written; from then on every new row's is given so.
        self._given = 0
        #: Words of new records, put into the search together at the end.
        self._unindexed: dict[int, str] = {}

    def _scalar(self, sql: str, *params: object) -> object:
        found = self._run(sql, params).fetchone()
        return found[0] if found else None

    # -- references --------------------------------------------------------------------------

    def reference(self, prefix: str, wanted: str | None = None) -> str:
        """A free reference: the wanted one if nobody has it, else the next number.

        A store that does not mint (a working copy) gives ``A-x7Q3KM``, which hardly another will give (one in six million).
        """
        if wanted and not self._taken(wanted):
            self.note_number(prefix, wanted)
            return wanted
        if not self.mints():
            while True:
                made = f"{prefix}-x" + "".join(secrets.choice(_LOOKALIKE_FREE) for _ in range(5))
                if not self._taken(made):
                    return made
        return self.next_reference(prefix)

    def next_reference(self, prefix: str) -> str:
        """The next reference; the caller knows that this store gives final ones."""
        self._last[prefix] = self._number(prefix) + 1
        return f"{prefix}-{self._last[prefix]:04d}"

    def note_number(self, prefix: str, reference: Value) -> None:
        """A numbered reference is in use, wherever it was given: the next one comes after it."""
        number = number_of(str(reference or ""))
        if number is not None and number > self._number(prefix):
            self._last[prefix] = number

    def mints(self) -> bool:
        """Whether this store gives final references; one store of a family does."""
        return self._scalar("SELECT value FROM meta WHERE \"key\" = 'mints'") != "0"

    def count_slips(self, spec: EntitySpec, id: str) -> None:
        """Count a record's slips again at the end, where its kind keeps them."""
        if "x_slips" in spec.derived:
            self._moved[(spec.key, id)] = None

    def _taken(self, reference: str) -> bool:
        return self._scalar("SELECT 1 FROM subject WHERE reference = ?", reference) is not None

    def _number(self, prefix: str) -> int:
        if prefix not in self._last:
            last = self._scalar("SELECT last FROM counter WHERE prefix = ?", prefix)
            self._last[prefix] = int(str(last or 0))
        return self._last[prefix]

    # -- rows --------------------------------------------------------------------------------

    def created(self, spec: EntitySpec, row: dict[str, Value], later: Later | None = None) -> dict[str, Value]:
        """A row is about to be inserted: index, count, touch; returns its derived columns. ``later`` takes the register's row."""
        self._touch(spec, row)
        if spec is LINK:
            return {}
        n = self._register(spec, row, later)
        self._unindexed[n] = derive.indexed_text(spec, row)
        extra = derive.row_derived(spec, row)
        if spec.serves and "x_pillar" in spec.derived:
            extra["x_pillar"] = "none"
        self._tallies.update(derive.tally_keys(spec, {**row, **extra}))
        return {**extra, "n": n}

    def _register(self, spec: EntitySpec, row: Row, later: Later | None = None) -> int:
        """Enter a record in the register, which gives it the local number that row and search share."""
        columns = ["id", "entity", "reference", "title", "deleted"]
        values = [
            row["id"],
            spec.key,
            row.get("reference"),
            subject_title(spec, row),
            int(bool(row.get("deleted"))),
        ]
        n = row.get("n")  # a rebuilt register keeps the numbers
        if n is None and (later is not None or self._given):
            n = self._next_number()
        if n is not None:
            columns, values = ["n", *columns], [n, *values]
        marks = ", ".join("?" * len(columns))
        if later is not None:
            later(f"INSERT INTO subject ({', '.join(columns)}) VALUES ({marks})", tuple(values))
            return int(str(n))
        made = self._run(
            f"INSERT INTO subject ({', '.join(columns)}) VALUES ({marks}) RETURNING n", tuple(values)
        )
        return int(made.fetchone()[0])

    def _next_number(self) -> int:
        """The register's next number: in a file the one after the last; on a server of a block taken from its sequence at once."""
        if not self._postgres:
            self._given = (self._given or int(str(self._scalar("SELECT coalesce(max(n), 0) FROM subject")))) + 1
            return self._given
        if not self._block:
            sql = "SELECT nextval(pg_get_serial_sequence('subject', 'n')) FROM generate_series(1, ?)"
            self._block = sorted((int(r[0]) for r in self._run(sql, (_BLOCK,)).fetchall()), reverse=True)
        return self._block.pop()

    def changed(
        self, spec: EntitySpec, before: Row, after: dict[str, Value], cells: frozenset[str]
    ) -> dict[str, Value]:
        """Derived columns to write with an edited row; counts and search are brought in step."""
        if not _is_summarised(spec) or cells & {spec.status, "deleted"}:  # no other cell of it matters to what it serves
            self._touch(spec, before)  # an update that moves leaves another action behind
            self._touch(spec, after)
        if spec is LINK:
            return {}
        if "reference" in cells and before.get("reference"):
            self.set_former(str(after["id"]), [str(before["reference"])])
            self._run('DELETE FROM earlier_reference WHERE "row" = ? AND reference = ?', (after["id"], after.get("reference")))
        extra = derive.row_derived(spec, after)
        if cells & frozenset(spec.due):
            self.count_slips(spec, str(after["id"]))
        after.update(extra)
        self._tallies.subtract(derive.tally_keys(spec, before))
        self._tallies.update(derive.tally_keys(spec, after))
        if cells & (derive.searched_cells(spec) | {spec.title}):
            self.index(spec, after)
        if cells & {spec.pillar, "deleted"}:
            self._touched.update({(s.key, id): None for s, id in summaries.served_by(spec, self._run, str(after["id"]))})
        return extra

    def index(self, spec: EntitySpec, row: Row) -> None:
        """Bring the register and the search index in step with one row."""
        n = self._scalar("SELECT n FROM subject WHERE id = ?", row["id"])
        run = self._run
        run(
            "UPDATE subject SET reference = ?, title = ?, deleted = ? WHERE n = ?",
            (row.get("reference"), subject_title(spec, row), int(bool(row.get("deleted"))), n),
        )
        if n not in self._unindexed:
            run("DELETE FROM search WHERE rowid = ?", (n,))
        self._unindexed[int(str(n))] = derive.indexed_text(spec, row)

    def set_heads(self, row: str, cell: str, heads: frozenset[str]) -> None:
        """State the heads of a cell."""
        run = self._run
        run('DELETE FROM head WHERE "row" = ? AND cell = ?', (row, cell))
        for change in sorted(heads):
            run('INSERT INTO head ("row", cell, "change") VALUES (?, ?, ?)', (row, cell, change))

    def set_conflicts(self, table: str, row: str, cells: Iterable[str]) -> None:
        """State which cells of a record nobody has chosen for."""
        self._run('DELETE FROM conflict WHERE "row" = ?', (row,))
        for cell in cells:
            self._run(
                'INSERT INTO conflict (id, tbl, "row", cell) VALUES (?, ?, ?, ?)',
                (merge.conflict_id(table, row, cell), table, row, cell),
            )

    def set_former(self, row: str, references: Iterable[str], later: Later | None = None) -> None:
        """A record is also found by every reference that it ever bore. ``later`` takes the rows."""
        for reference in references:
            (later or self._run)(
                'INSERT INTO earlier_reference (reference, "row") VALUES (?, ?) ON CONFLICT (reference, "row") DO NOTHING',
                (reference, row),
            )

    def restate_former(self, row: str, references: Iterable[str]) -> None:
        """The same from the whole log: what it bears now may have been an earlier one, where it was made in two stores."""
        self._run('DELETE FROM earlier_reference WHERE "row" = ?', (row,))
        self.set_former(row, references)

    def evidence_of(self, recommendation: str) -> int:
        """How many undeleted, accepted-or-awaiting pieces of evidence a recommendation or its actions have."""
        return int(str(self._scalar(
            "SELECT count(DISTINCT e.id) FROM link l JOIN evidence e ON e.id = l.a AND NOT e.deleted "
            "AND e.decision IS DISTINCT FROM 'not_enough' WHERE NOT l.deleted AND ("
            "(l.kind = 'evidence.recommendations' AND l.b = ?) OR (l.kind = 'evidence.actions' AND l.b IN "
            "(SELECT a FROM link WHERE kind = 'action.recommendations' AND b = ? AND NOT deleted)))",
            recommendation, recommendation,
        )))  # fmt: skip

    def proof_of(self, entity: str, id: str) -> Proof:
        """What speaks for closing a recommendation or a gap: its evidence, its answered tests and who signed."""
        evidence = self.evidence_of(id) if entity == "recommendation" else int(str(self._scalar(
            "SELECT count(DISTINCT e.id) FROM evidence e WHERE NOT e.deleted AND e.decision IS DISTINCT FROM 'not_enough' AND (e.id IN "
            "(SELECT b FROM link WHERE kind = 'gap.evidence' AND a = ? AND NOT deleted) OR e.id IN (SELECT l.a FROM link l JOIN link g "
            "ON g.b = l.b AND g.kind = 'gap.actions' AND g.a = ? AND NOT g.deleted WHERE l.kind = 'evidence.actions' AND NOT l.deleted))",
            id, id,
        )))  # fmt: skip
        shown = int(str(self._scalar(
            "SELECT count(*) FROM closure_test c JOIN evidence e ON e.id = c.evidence AND NOT e.deleted AND e.decision IS DISTINCT FROM 'not_enough' "
            "WHERE c.about = ? AND NOT c.deleted", id,
        )))  # fmt: skip
        tests = self._run("SELECT DISTINCT kind FROM closure_test WHERE about = ? AND NOT deleted AND (kind <> 'recheck' OR recheck > '')", (id,)).fetchall()
        signers = self._run("SELECT person, who FROM sign_off WHERE about = ? AND NOT deleted", (id,)).fetchall()
        return Proof(evidence + shown, frozenset(str(k) for (k,) in tests), frozenset(str(person or fold(str(who))) for person, who in signers))

    # -- summaries ---------------------------------------------------------------------------

    def _touch(self, spec: EntitySpec, row: Row) -> None:
        if spec is LINK:
            if (ends := serving_links().get(str(row.get("kind")))) is not None:
                self._touched[(ends[0].key, str(row["a"]))] = None
                self._served[(ends[1].key, str(row["b"]))] = None
        elif (parent := BY_KEY.get(spec.parent)) is not None and parent.told_by == spec.key:
            one = (parent.key, str(row[spec.parent]))
            self._touched[one] = self._told[one] = None
        elif _is_summarised(spec) and "n" in row:
            self._touched[(spec.key, str(row["id"]))] = None

    def touch_all(self) -> None:
        """Summarise every record again (repair)."""
        for spec in ENTITIES:
            if not (_is_summarised(spec) or _is_served(spec)):
                continue
            every = {(spec.key, str(r[0])): None for r in self._run(f'SELECT id FROM "{spec.key}"')}
            self._touched.update(every if _is_summarised(spec) else {})
            self._told.update(every if spec.told_by else {})
            self._moved.update(every if "x_slips" in spec.derived else {})
            self._served.update(every if _is_served(spec) else {})

    def restate(self, table: str, id: str, born: str, conflicts: int) -> None:
        """State a row's creating entry and its number of conflicts (repair)."""
        self._set(table, id, {"born": born, "conflicts": conflicts})

    def rebuild(self, spec: EntitySpec, row: dict[str, Value]) -> None:
        """Register, index, count and summarise a row as if it were new (repair)."""
        extra = self.created(spec, row)
        extra.pop("x_pillar", None)
        extra.pop("n")
        row.update(extra)
        self._tallies.subtract(derive.tally_keys(spec, {**row, "x_pillar": "none"}))
        self._tallies.update(derive.tally_keys(spec, row))
        self._run("UPDATE subject SET deleted = ? WHERE id = ?", (int(bool(row.get("deleted"))), row["id"]))
        if extra:
            self._set(spec.key, str(row["id"]), extra)
        self.note_number(spec.prefix, row.get("reference"))

    def finish(self) -> None:
        """Write summaries, then counts and counters."""
        run = self._run
        if self._unindexed:
            self._many("INSERT INTO search (rowid, words) VALUES (?, ?)", list(self._unindexed.items()))
            self._unindexed.clear()
        for table, id in self._touched:
            self._summarise(BY_KEY[table], id)
        for table, id in self._moved:
            self._set(table, id, {"x_slips": summaries.slips(BY_KEY[table], run, id)})
        for table, id in self._served:
            if counts := summaries.counts(BY_KEY[table], run, id):
                self._set(table, id, counts)
        for (name, key), count in self._tallies.items():
            if count:
                run(
                    'INSERT INTO tally (name, "key", "count") VALUES (?, ?, ?) ON CONFLICT (name, "key") '
                    'DO UPDATE SET "count" = tally."count" + excluded."count"',
                    (name, key, count),
                )
        for prefix, last in self._last.items():
            run(
                "INSERT INTO counter (prefix, last) VALUES (?, ?) "
                "ON CONFLICT (prefix) DO UPDATE SET last = excluded.last",
                (prefix, last),
            )

    def _summarise(self, spec: EntitySpec, id: str) -> None:
        run = self._run
        cursor = run(f'SELECT * FROM "{spec.key}" WHERE id = ?', (id,))
        found = cursor.fetchone()
        if found is None:
            return
        before = {str(d[0]): v for d, v in zip(cursor.description, found, strict=True)}
        extra = summaries.around(spec, run, id)
        if (spec.key, id) in self._told and "x_progress" in spec.derived:
            extra["x_progress"] = summaries.progress(spec, run, id)
        if any(before[k] != v for k, v in extra.items()):
            self._tallies.subtract(derive.tally_keys(spec, before))
            self._tallies.update(derive.tally_keys(spec, {**before, **extra}))
            self._set(spec.key, id, extra)
        if spec.serves:
            field = spec.by_key[spec.serves]
            rows = run(f"SELECT b FROM link WHERE a = ? AND kind = '{spec.link_kind(field)}'", (id,))
            self._served.update({(field.target, str(r[0])): None for r in rows})

    def _set(self, table: str, id: str, columns: Mapping[str, object]) -> None:
        sets = ", ".join(f'"{c}" = ?' for c in columns)
        self._run(f'UPDATE "{table}" SET {sets} WHERE id = ?', (*columns.values(), id))


def subject_title(spec: EntitySpec, row: Row) -> str:
    """What the register calls a record."""
    return str(row.get(spec.title) or row.get("reference") or NOT_HANDED_OVER)[:300]


def _is_summarised(spec: EntitySpec) -> bool:
    """Whether other rows than its own say something of a kind of record."""
    return bool(spec.serves or spec.told_by)


def _is_served(spec: EntitySpec) -> bool:
    return any(served is spec for _, served in serving_links().values())
