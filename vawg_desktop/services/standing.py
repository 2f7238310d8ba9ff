"""Recommendations, actions and gaps as they stand now or as this store knew them at a moment, with what papers count of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from vawg_desktop.domain import rules
from vawg_desktop.domain.conditions import EVIDENCE_SEEN, is_open, silent
from vawg_desktop.domain.entities import ACTION, GAP, LINK, RECOMMENDATION, UPDATE, EntitySpec
from vawg_desktop.domain.fields import Kind, Value
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store import derive
from vawg_desktop.store import entries as log
from vawg_desktop.store import history as past

if TYPE_CHECKING:
    from sqlalchemy import Connection

Row = dict[str, Value]
#: Up to where the log was known: a number of this store's log, or by origin the last entry of each chain, which any store can tell. None: all of it.
Upto: TypeAlias = int | Mapping[str, int] | None


@dataclass(slots=True)
class Position:
    """Where the inquiry stands on a day: living records by kind, with ``pillar`` (``none``: cross-cutting), ``body`` and, of actions, ``heard`` and ``serves``."""

    day: date
    recommendations: list[Row] = field(default_factory=list[Row])
    actions: list[Row] = field(default_factory=list[Row])
    gaps: list[Row] = field(default_factory=list[Row])
    #: Up to what this store's log was known then; None for now.
    upto: Upto = None

    def overdue(self) -> list[Row]:
        """Open actions whose date has passed."""
        today = self.day.isoformat()
        return [r for r in self.actions if is_open(ACTION, r) and "" < rules.due_day(ACTION, r) < today]

    def claimed(self) -> list[Row]:
        """Complete actions of which the office has seen no evidence yet."""
        return [r for r in self.actions if r.get("status") == "complete" and str(r.get("verification") or "0") < EVIDENCE_SEEN]

    def proved(self) -> list[Row]:
        """Complete actions of which the office has seen evidence."""
        return [r for r in self.actions if r.get("status") == "complete" and str(r.get("verification") or "0") >= EVIDENCE_SEEN]

    def silent(self) -> list[Row]:
        """Open actions without an update for so long; a new one without any is not among them yet."""
        return [r for r in self.actions if is_open(ACTION, r) and silent(str(r["id"]), str(r["heard"] or ""), self.day)]

    def undated(self) -> list[Row]:
        """Open actions without a date."""
        return [r for r in self.actions if is_open(ACTION, r) and not rules.due_day(ACTION, r)]

    def open_gaps(self) -> list[Row]:
        """Gaps that are not closed."""
        return [r for r in self.gaps if is_open(GAP, r)]


def standing(session: Session, upto: Upto = None, day: date | None = None) -> Position:
    """Where everything stands now, or as this store knew it up to a number of its log; ``day`` is the day on which that was.

    Whoever asks about a past moment gets the cells and links as they were known then; deletions since are put back.
    """
    connection = session.read()
    found = Position(day or session.today, upto=upto)
    found.recommendations = rows_at(connection, RECOMMENDATION, upto)
    found.actions = rows_at(connection, ACTION, upto)
    found.gaps = rows_at(connection, GAP, upto)
    _serves(connection, found, upto)
    _heard(connection, found, upto)
    for spec, rows in ((RECOMMENDATION, found.recommendations), (ACTION, found.actions), (GAP, found.gaps)):
        for row in rows:
            row["body"] = row.get(spec.owner)
    return found


#: Paragraphs that papers give; others are left out of the rows.
_LONG_WORDS = frozenset({"public_wording", "statement", "wording", "question"})
#: What the store keeps of a record's links and updates as they stand now; of a past moment it is worked out.
_KEPT = ("x_pillar", "x_heard")


def rows_at(connection: Connection, spec: EntitySpec, upto: Upto, where: str = "", params: Sequence[object] = ()) -> list[Row]:
    """The living rows of a kind, by reference: now, or as they were known up to a number of the log."""
    keys = [f.key for f in spec.cells if f.kind is not Kind.LONG or f.key in _LONG_WORDS]
    keys += [k for k in _KEPT if k in spec.derived and upto is None]
    columns = ", ".join(f'"{k}"' for k in ("id", "n", "deleted", *(() if spec is LINK else ("reference",)), *keys))
    rows = plain_rows(connection, f'SELECT {columns} FROM "{spec.key}"{f" WHERE {where}" if where else ""} ORDER BY n', tuple(params))
    now: list[Row] = [{k: v if isinstance(v, int) or v is None else str(v) for k, v in r.items()} for r in rows]
    if upto is not None:
        now = _as_known(connection, spec, now, upto)
    living = [r for r in now if not r["deleted"]]
    return sorted(living, key=lambda r: (len(str(r["reference"])), str(r["reference"]))) if spec is not LINK else living


def _as_known(connection: Connection, spec: EntitySpec, now: list[Row], upto: Upto) -> list[Row]:
    later = _later(connection, spec, upto)
    changed = [str(r["id"]) for r in now if r["id"] in later]
    known = _cells(connection, changed, upto)
    found: list[Row] = []
    for row in now:
        id = str(row["id"])
        if id not in later:
            found.append(row)
        elif id in known:  # else it was not there yet
            nothing = {k: None for k in row if k not in ("id", "n", "reference")}
            found.append({**row, **nothing, "deleted": False, **{k: v for k, v in known[id].items() if k in row}})
    return found


def _later(connection: Connection, spec: EntitySpec, upto: Upto) -> set[str]:
    """The ids of records of a kind of which an entry beyond what was known tells."""
    if isinstance(upto, int):
        rows = connection.exec_driver_sql('SELECT DISTINCT "row" FROM "change" WHERE n > ? AND tbl = ?', (upto, spec.key)).fetchall()
        return {str(r[0]) for r in rows}
    found: set[str] = set()
    for (origin,) in connection.exec_driver_sql("SELECT id FROM origin").fetchall():
        sql = 'SELECT DISTINCT "row" FROM "change" WHERE origin = ? AND seq > ? AND tbl = ?'
        found |= {str(r[0]) for r in connection.exec_driver_sql(sql, (origin, (upto or {}).get(str(origin), 0), spec.key))}
    return found


def _known(entry: log.Entry, upto: Upto) -> bool:
    return not isinstance(upto, Mapping) or entry.seq <= upto.get(entry.origin, 0)


def _cells(connection: Connection, ids: Sequence[str], upto: Upto) -> dict[str, dict[str, Value]]:
    """The cells of records as their entries up to a number of the log leave them; records without one are left out."""
    entries: dict[str, list[log.Entry]] = {}
    for start in range(0, len(ids), 400):
        part = tuple(ids[start : start + 400])
        until, params = (" AND n <= ?", (*part, upto)) if isinstance(upto, int) else ("", part)
        for row in connection.exec_driver_sql(f'{log.SELECT} WHERE "row" IN ({",".join("?" * len(part))}){until} ORDER BY n', params):
            made = log.from_row(tuple(row))
            if _known(made, upto):
                entries.setdefault(made.row, []).append(made)
    return {id: {k: s.value for k, s in past.cells_after(some).items()} for id, some in entries.items()}


def _serves(connection: Connection, found: Position, upto: Upto) -> None:
    """The recommendations that each action serves, and its pillar: that of the first of them."""
    kind = ACTION.link_kind(ACTION.by_key[ACTION.serves])
    served: dict[str, list[str]] = {}
    for link in rows_at(connection, LINK, upto, "kind = ?", (kind,)):
        served.setdefault(str(link["a"]), []).append(str(link["b"]))
    pillars = {str(r["id"]): str(r["pillar"] or "none") for r in found.recommendations}
    place = {str(r["id"]): str(r["reference"]) for r in found.recommendations}
    for row in found.recommendations:
        row["pillar"] = pillars[str(row["id"])]
    for row in found.actions:
        ends = sorted((e for e in served.get(str(row["id"]), []) if e in place), key=lambda e: place[e])
        row["serves"] = ";".join(ends)
        row["pillar"] = row.pop("x_pillar") if upto is None else pillars[ends[0]] if ends else "none"


def _heard(connection: Connection, found: Position, upto: Upto) -> None:
    """The last day of what each action's latest update is about."""
    if upto is None:
        for row in found.actions:
            row["heard"] = row.pop("x_heard")
        return
    spec, latest = UPDATE, dict[str, tuple[str, bool, str]]()
    for row in rows_at(connection, spec, upto):
        id, about = str(row["id"]), str(row[spec.parent])
        at = (str(row["as_at"] or ""), id[14:15] == "7", id)  # the order of ``derive.newest_first``
        latest[about] = max(at, latest.get(about, at))
    for row in found.actions:
        last = latest.get(str(row["id"]))
        row["heard"] = (derive.update_heard({"as_at": last[0]}) or None) if last is not None else None


def ids_of(rows: Collection[Mapping[str, Value]]) -> list[str]:
    """The ids of some rows."""
    return [str(r["id"]) for r in rows]
