"""Keeps what is derived in step inside a transaction: references, heads, counts, search, summaries."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain import merge, rules
from vawg_desktop.domain.entities import BY_KEY, LINK, EntitySpec
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.references import number_of
from vawg_desktop.domain.terms import FINISHED
from vawg_desktop.store import derive

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Capitals and digits that are not taken for one another on paper or by ear: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
_LOOKALIKE_FREE = "34679ACDEFGHJKMNPQRTWXY"
Row = Mapping[str, Value]
#: Executes a statement and gives a cursor: the driver's own in a transaction.
Run = Callable[..., Any]


class DerivedRows:
    """Derived rows of one transaction. Counts and summaries are written once, at its end."""

    def __init__(self, connection: Connection, run: Run | None = None) -> None:
        self._run: Run = run or connection.exec_driver_sql
        self._tallies: Counter[tuple[str, str]] = Counter()
        self._actions: dict[str, None] = {}
        #: Actions whose updates were touched: what they told over time is put together again.
        self._told: dict[str, None] = {}
        self._recommendations: dict[str, None] = {}
        self._moved: dict[str, None] = {}
        self._last: dict[str, int] = {}
        self._many = connection.exec_driver_sql
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

    def count_slips(self, action: str) -> None:
        """Count an action's slips again at the end."""
        self._moved[action] = None

    def _taken(self, reference: str) -> bool:
        return self._scalar("SELECT 1 FROM subject WHERE reference = ?", reference) is not None

    def _number(self, prefix: str) -> int:
        if prefix not in self._last:
            last = self._scalar("SELECT last FROM counter WHERE prefix = ?", prefix)
            self._last[prefix] = int(str(last or 0))
        return self._last[prefix]

    # -- rows --------------------------------------------------------------------------------

    def created(self, spec: EntitySpec, row: dict[str, Value]) -> dict[str, Value]:
        """A row is about to be inserted: index, count, touch; returns its derived columns."""
        self._touch(spec, row)
        if spec is LINK:
            return {}
        n = self._register(spec, row)
        self._unindexed[n] = derive.indexed_text(spec, row)
        extra = derive.row_derived(spec, row)
        if spec.key == "action":
            extra["x_pillar"] = "none"
        self._tallies.update(derive.tally_keys(spec, {**row, **extra}))
        return {**extra, "n": n}

    def _register(self, spec: EntitySpec, row: Row) -> int:
        """Enter a record in the register, which gives it the local number that row and search share."""
        columns = ["id", "entity", "reference", "title", "deleted"]
        values = [
            row["id"],
            spec.key,
            row.get("reference"),
            subject_title(spec, row),
            int(bool(row.get("deleted"))),
        ]
        if row.get("n") is not None:  # a rebuilt register keeps the numbers
            columns, values = ["n", *columns], [row["n"], *values]
        marks = ", ".join("?" * len(columns))
        made = self._run(
            f"INSERT INTO subject ({', '.join(columns)}) VALUES ({marks}) RETURNING n", tuple(values)
        )
        return int(made.fetchone()[0])

    def changed(
        self, spec: EntitySpec, before: Row, after: dict[str, Value], cells: frozenset[str]
    ) -> dict[str, Value]:
        """Derived columns to write with an edited row; counts and search are brought in step."""
        self._touch(spec, before)  # an update that moves leaves another action behind
        self._touch(spec, after)
        if spec is LINK:
            return {}
        if "reference" in cells and before.get("reference"):
            self.set_former(str(after["id"]), [str(before["reference"])])
            self._run('DELETE FROM former WHERE "row" = ? AND reference = ?', (after["id"], after.get("reference")))
        extra = derive.row_derived(spec, after)
        if spec.key == "action" and cells & {"due", "revised_due"}:
            self._moved[str(after["id"])] = None
        after.update(extra)
        self._tallies.subtract(derive.tally_keys(spec, before))
        self._tallies.update(derive.tally_keys(spec, after))
        if cells & (derive.searched_cells(spec) | {spec.title}):
            self.index(spec, after)
        if spec.key == "recommendation" and cells & {"pillar", "deleted"}:
            self._touch_actions_of(str(after["id"]))
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

    def set_former(self, row: str, references: Iterable[str]) -> None:
        """A record is also found by every reference that it ever bore."""
        for reference in references:
            self._run(
                'INSERT INTO former (reference, "row") VALUES (?, ?) ON CONFLICT (reference, "row") DO NOTHING',
                (reference, row),
            )

    def restate_former(self, row: str, references: Iterable[str]) -> None:
        """The same from the whole log: what it bears now may have been an earlier one, where it was made in two stores."""
        self._run('DELETE FROM former WHERE "row" = ?', (row,))
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

    # -- summaries ---------------------------------------------------------------------------

    def _touch(self, spec: EntitySpec, row: Row) -> None:
        if spec.key == "link" and row.get("kind") == "action.recommendations":
            self._actions[str(row["a"])] = None
            self._recommendations[str(row["b"])] = None
        elif spec.key == "update":
            self._actions[str(row["action"])] = None
            self._told[str(row["action"])] = None
        elif spec.key == "action" and "n" in row:
            self._actions[str(row["id"])] = None

    def _touch_actions_of(self, recommendation: str) -> None:
        rows = self._run(
            "SELECT a FROM link WHERE kind = 'action.recommendations' AND b = ?", (recommendation,)
        )
        self._actions.update({str(r[0]): None for r in rows})

    def touch_all(self) -> None:
        """Summarise every action and recommendation again (repair)."""
        run = self._run
        self._actions.update({str(r[0]): None for r in run("SELECT id FROM action")})
        self._moved.update(self._actions)
        self._told.update(self._actions)
        self._recommendations.update({str(r[0]): None for r in run("SELECT id FROM recommendation")})

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
        for action in self._actions:
            self._summarise_action(action)
        for action in self._moved:
            self._set("action", action, {"x_slips": slips_of(run, action)})
        for recommendation in self._recommendations:
            self._summarise_recommendation(recommendation)
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

    def _summarise_action(self, id: str) -> None:
        run = self._run
        cursor = run("SELECT * FROM action WHERE id = ?", (id,))
        found = cursor.fetchone()
        if found is None:
            return
        before = {str(d[0]): v for d, v in zip(cursor.description, found, strict=True)}
        extra = summary_of_action(run, id)
        if id in self._told:
            extra["x_progress"] = progress_of(run, id)
        if any(before[k] != v for k, v in extra.items()):
            self._tallies.subtract(derive.tally_keys(BY_KEY["action"], before))
            self._tallies.update(derive.tally_keys(BY_KEY["action"], {**before, **extra}))
            self._set("action", id, extra)
        rows = run("SELECT b FROM link WHERE a = ? AND kind = 'action.recommendations'", (id,))
        self._recommendations.update({str(r[0]): None for r in rows})

    def _summarise_recommendation(self, id: str) -> None:
        self._set("recommendation", id, summary_of_recommendation(self._run, id))

    def _set(self, table: str, id: str, columns: Mapping[str, object]) -> None:
        sets = ", ".join(f'"{c}" = ?' for c in columns)
        self._run(f'UPDATE "{table}" SET {sets} WHERE id = ?', (*columns.values(), id))


def subject_title(spec: EntitySpec, row: Row) -> str:
    """What the register calls a record."""
    return str(row.get(spec.title) or row.get("reference") or "")[:300]


def summary_of_action(run: Run, id: str) -> dict[str, Value]:
    """First pillar it serves, its latest update and when that spoke of."""
    pillar = run(
        "SELECT r.pillar FROM link l JOIN recommendation r ON r.id = l.b AND NOT r.deleted "
        "WHERE l.a = ? AND l.kind = 'action.recommendations' AND NOT l.deleted ORDER BY r.reference LIMIT 1",
        (id,),
    ).fetchone()
    latest = run(
        'SELECT id, as_at FROM "update" WHERE action = ? AND NOT deleted '
        f"ORDER BY {derive.newest_first()} LIMIT 1",
        (id,),
    ).fetchone()
    return {
        "x_pillar": str(pillar[0]) if pillar and pillar[0] else "none",
        "x_update": latest[0] if latest else None,
        "x_heard": derive.update_heard({"as_at": latest[1]}) if latest else None,
    }


def progress_of(run: Run, action: str) -> str | None:
    """What an action's updates told of its status over time, as ``derive.progress`` writes it; None where they told nothing."""
    rows = run(
        'SELECT as_at, status FROM "update" WHERE action = ? AND NOT deleted AND as_at IS NOT NULL AND status IS NOT NULL '
        f"ORDER BY {derive.oldest_first()}",
        (action,),
    )
    return derive.progress((r[0], r[1]) for r in rows) or None


def summary_of_recommendation(run: Run, id: str) -> dict[str, Value]:
    """How many actions serve it, and how many of them are complete."""
    rows = run(
        "SELECT a.status FROM link l JOIN action a ON a.id = l.a AND NOT a.deleted "
        "WHERE l.b = ? AND l.kind = 'action.recommendations' AND NOT l.deleted",
        (id,),
    )
    statuses = [str(r[0]) for r in rows]
    live = [s for s in statuses if s not in FINISHED - {"complete"}]
    return {"x_actions": len(live), "x_done": live.count("complete")}


def slips_of(run: Run, id: str) -> int:
    """How often the date moved later, by the log; a move taken back is none."""
    rows = run('SELECT fields FROM "change" WHERE "row" = ? ORDER BY n', (id,))
    due: dict[str, str | None] = {"due": None, "revised_due": None}
    road: list[str | None] = []
    for (text,) in rows:
        fields = json.loads(text)
        if not due.keys() & fields.keys():
            continue
        for key in due.keys() & fields.keys():
            due[key] = fields[key].get("a")
        now = due["revised_due"] or due["due"]
        road = road[: road.index(now) + 1] if now in road else [*road, now]
    return rules.slips(road)
