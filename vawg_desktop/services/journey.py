"""The journey map: at each stage of the victim's journey and for each need, which gaps stand open and what is provided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.fields import FieldSpec, Kind
from vawg_desktop.domain.rules import last_day_of
from vawg_desktop.domain.terms import GAP_STATUS, PROVISION, SEVERITY, fold, how_many
from vawg_desktop.services import names, worded
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: What may stand across the top: its key in the command, its words, and the field of a gap and of a service that says it.
AXES: dict[str, tuple[str, str, str]] = {
    "need": ("Need", "needs", "needs"),
    "crime_type": ("Crime type", "crime_types", "crime_types"),
    "group": ("Group", "group_affected", "groups"),
    "area": ("Area", "area", "areas"),
}
#: What a cell says first of all.
GAP, NO_GAP, NO_DATA = "gap", "no_gap", "no_data"
STATES = {GAP: "Gap", NO_GAP: "No gap", NO_DATA: "No data"}
NOT_PLACED = "Not placed"
#: Of several open gaps in a cell, the least provision counts.
_LEAST_FIRST = ("none", "partial", "unknown", "full")


@dataclass(frozen=True, slots=True)
class Line:
    """A row or a column: the reference of its record, or the words where no record bears them; None for what is not placed."""

    reference: str | None
    title: str
    id: str | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class PlacedGap:
    """A gap as the map shows it."""

    id: str
    reference: str
    statement: str
    status: str
    severity: str
    provision: str
    owner: str
    owner_reference: str

    @property
    def open(self) -> bool:
        """Whether it is still to be closed."""
        return self.status not in BY_KEY["gap"].finished


@dataclass(frozen=True, slots=True)
class PlacedService:
    """A service as the map shows it."""

    id: str
    reference: str
    title: str
    status: str
    capacity: int | None
    waiting_days: int | None
    funding_end: str
    in_question: bool
    restricted: bool = False

    @property
    def planned(self) -> bool:
        """Whether it is only planned, and so provides nothing yet."""
        return self.status == "planned"


@dataclass(slots=True)
class Cell:
    """What stands at one stage for one need, or whatever goes across."""

    row: Line
    column: Line
    gaps: list[PlacedGap] = field(default_factory=list[PlacedGap])
    services: list[PlacedService] = field(default_factory=list[PlacedService])
    full: bool = False

    @property
    def open(self) -> list[PlacedGap]:
        """The gaps that stand open here, the gravest first."""
        return sorted((g for g in self.gaps if g.open), key=lambda g: (-int(g.severity or 0), g.reference))

    @property
    def state(self) -> str:
        """``gap``, ``no_gap`` (full provision is recorded) or ``no_data``."""
        return GAP if self.open else NO_GAP if self.full else NO_DATA

    @property
    def severity(self) -> str:
        """The highest severity of the open gaps, ``1`` to ``4``; empty where none is stated."""
        return max((g.severity for g in self.open), default="")

    @property
    def provision(self) -> str:
        """The least provision that the open gaps tell, else ``full`` where that is recorded; empty where nothing is."""
        stated = {g.provision for g in self.open if g.provision}
        return next((p for p in _LEAST_FIRST if p in stated), "full" if self.state == NO_GAP else "")

    @property
    def owners(self) -> list[str]:
        """Who owns the open gaps, by name."""
        return list(dict.fromkeys(g.owner for g in self.open if g.owner))

    @property
    def providing(self) -> list[PlacedService]:
        """The services that are there, without those that are only planned."""
        return [s for s in self.services if not s.planned]

    @property
    def unowned(self) -> bool:
        """Whether a gap stands open here and nobody owns any."""
        return bool(self.open) and not self.owners

    def sentence(self) -> str:
        """The cell in words, as a screen reader tells it and a tooltip shows it."""
        parts = [STATES[self.state] if not self.open else how_many(len(self.open), "open gap")]
        if self.open:
            parts.append(f"severity up to {SEVERITY.label(self.severity)}" if self.severity else "severity not stated")
            parts.append(f"provision {PROVISION.label(self.provision).casefold()}" if self.provision else "provision not stated")
            without = sum(not g.owner for g in self.open)
            parts.append(f"owned by {' and '.join(self.owners)}" if self.owners else "nobody owns it" if without == 1 else "nobody owns any")
            if self.owners and without:
                parts.append(f"{without} without an owner")
        elif self.state == NO_GAP:
            parts.append("full provision is recorded")
        parts.append(self.services_in_words())
        return f"{self.row.title}, {self.column.title}: {', '.join(parts)}."

    def services_in_words(self) -> str:
        """How many services there are, with the longest wait known and what is in question."""
        planned = len(self.services) - len(self.providing)
        words = how_many(len(self.providing), "service") if self.providing else "no service recorded"
        if planned:
            words += f", {planned} planned"
        waits = [s.waiting_days for s in self.providing if s.waiting_days is not None]
        if waits:
            words += f" with waits up to {how_many(max(waits), 'day')}"
        asked = sum(s.in_question for s in self.services)
        return words + (f", funding of {asked} in question" if asked else "")


@dataclass(slots=True)
class Map:
    """Rows (stages), columns, and a cell for each pair, row by row."""

    axis: str
    rows: list[Line]
    columns: list[Line]
    cells: dict[tuple[int, int], Cell]

    def cell(self, row: int, column: int) -> Cell:
        """The cell of a row and a column by their places."""
        return self.cells[row, column]

    def summary(self) -> str:
        """The whole map in a sentence, counting each gap once."""
        open_ = {g.id: g for c in self.cells.values() for g in c.open}
        apart = [f"{len(lines) - _named(lines):,} more {what} for what is not placed" for lines, what in ((self.rows, "row"), (self.columns, "column")) if _named(lines) < len(lines)]
        beside = f", and {' and '.join(apart)}" if apart else ""
        unowned = sum(c.unowned for c in self.cells.values())
        counted = [c.state for c in self.cells.values()]
        return (
            f"{how_many(len(open_), 'open gap')} over {how_many(_named(self.rows), 'stage')} and {how_many(_named(self.columns), 'column')}{beside}. {how_many(counted.count(GAP), 'place')} with a gap, "
            f"{counted.count(NO_GAP):,} with none, {counted.count(NO_DATA):,} without data. In {how_many(unowned, 'place')} none of the gaps has an owner."
        )


def without_places(session: Session, found: Map) -> Map:
    """The map as it may leave: a title that tells where a confidential service is does not stand in it."""
    from vawg_desktop.services import restriction

    telling = {id for id, keys in restriction.tells_place(session).items() if "title" in keys}
    for cell in found.cells.values():
        cell.services = [replace(s, title=restriction.CONFIDENTIAL) if s.id in telling else s for s in cell.services]
    return found


def _named(lines: Sequence[Line]) -> int:
    """How many lines are stages, needs or the like, without the one of what is not placed."""
    return sum(line.title != NOT_PLACED for line in lines)


def _one_spelling(across: Iterable[list[str]]) -> None:
    """Words that differ in case or spaces alone are one column, as they were first written."""
    first: dict[str, str] = {}
    for words in across:
        words[:] = list(dict.fromkeys(first.setdefault(fold(w), " ".join(w.split())) for w in words))


def read_map(session: Session, axis: str = "need") -> Map:
    """The map with stages as rows and ``axis`` (a key of ``AXES``) across."""
    connection = session.read()
    _, gap_field, service_field = AXES[axis]
    gap, service = BY_KEY["gap"], BY_KEY["service"]
    stages = gap.by_key["journey_stages"]
    gaps = {g.id: g for g in _gaps(connection)}
    services = {s.id: s for s in _services(session, connection)}
    placed: list[tuple[str, str, dict[str, list[str]]]] = []
    for spec, field_key, ids in ((gap, gap_field, gaps), (service, service_field, services)):
        meanings = worded.Meanings(connection, stages)
        at = {id: meanings.all_of(ends) for id, ends in _ends(connection, spec.link_kind(spec.by_key["journey_stages"])).items()}
        across = _across(connection, spec.key, spec.by_key[field_key])
        for id in ids:
            placed.append((spec.key, id, {"at": at.get(id, []), "across": across.get(id, [])}))
    if axis != "need":
        _one_spelling(p["across"] for _, _, p in placed)
    rows = _record_lines(session, connection, "journey_stage", {e for _, _, p in placed for e in p["at"]}, lambda e: stages.terms.label(e) if stages.terms else e)
    used = {e for _, _, p in placed for e in p["across"]}
    columns = _record_lines(session, connection, "need", used, str) if axis == "need" else [Line(w, w, w) for w in sorted(used, key=str.casefold)]
    rows += [Line(None, NOT_PLACED)] if any(not p["at"] for _, _, p in placed) else []
    columns += [Line(None, NOT_PLACED)] if any(not p["across"] for _, _, p in placed) else []
    found = Map(axis, rows, columns, {(r, c): Cell(row, column) for r, row in enumerate(rows) for c, column in enumerate(columns)})
    row_of, column_of = ({line.id: n for n, line in enumerate(lines)} for lines in (rows, columns))
    whole = _provided_in_full(connection)
    for kind, id, places in placed:
        for r in (row_of[e] for e in places["at"] or [None]):
            for c in (column_of[e] for e in places["across"] or [None]):
                cell = found.cells[r, c]
                if kind == gap.key:
                    cell.gaps.append(gaps[id])
                    cell.full |= gaps[id].provision == "full"
                else:
                    cell.services.append(services[id])
                    cell.full |= id in whole and services[id].status == "running"
    return found


def _gaps(connection: Connection) -> Iterable[PlacedGap]:
    rows = plain_rows(
        connection,
        "SELECT g.id, g.reference, g.statement, g.status, g.severity, g.provision, coalesce(p.short_name, p.name) AS owner, p.reference AS owner_reference "
        "FROM gap g LEFT JOIN partner p ON p.id = g.owner WHERE NOT g.deleted ORDER BY length(g.reference), g.reference",
        (),
    )
    for row in rows:
        texts = {k: str(v or "") for k, v in row.items()}
        status = texts["status"] or str(GAP_STATUS.key_list()[0])
        yield PlacedGap(
            texts["id"], texts["reference"], texts["statement"], status, texts["severity"], texts["provision"], texts["owner"], texts["owner_reference"]
        )


def _services(session: Session, connection: Connection) -> Iterable[PlacedService]:
    from vawg_desktop.domain.rules import is_restricted

    rows = plain_rows(
        connection,
        "SELECT id, reference, title, status, capacity, waiting_days, funding_end, x_funding, funding_answer, funding_answered, "
        "restriction, restricted_until FROM service WHERE NOT deleted ORDER BY length(reference), reference",
        (),
    )
    for row in rows:
        if row["status"] == "ended":
            continue
        yield PlacedService(
            str(row["id"]), str(row["reference"]), str(row["title"] or ""), str(row["status"] or "not_known"), _whole(row["capacity"]),
            _whole(row["waiting_days"]), str(row["funding_end"] or ""), in_question(row, session.today.isoformat()),
            is_restricted({k: str(row[k] or "") for k in ("restriction", "restricted_until")}, session.today),
        )  # fmt: skip


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def in_question(row: Mapping[str, object], today: str) -> bool:
    """Whether a service's funding has ended by its date and its provider has not said that it was extended or ended since.

    What was said before the end that stands now was said of an earlier one.
    """
    end, answered = str(row.get("x_funding") or ""), last_day_of(str(row.get("funding_answered") or ""))
    if row.get("funding_answer") in ("extended", "ended") and (not answered or answered >= end):
        return False
    return "" < end < today


def _ends(connection: Connection, kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for a, b in connection.exec_driver_sql("SELECT a, b FROM link WHERE kind = ? AND NOT deleted ORDER BY n", (kind,)):
        found.setdefault(str(a), []).append(str(b))
    return found


def _across(connection: Connection, entity: str, spec: FieldSpec) -> dict[str, list[str]]:
    """By record, what stands across: ids of needs, or words."""
    if spec.many:
        found = _ends(connection, BY_KEY[entity].link_kind(spec))
        if spec.kind is Kind.LINKS:
            living = {str(i) for (i,) in connection.exec_driver_sql(f'SELECT id FROM "{spec.target}" WHERE NOT deleted')}
            return {id: [e for e in ends if e in living] for id, ends in found.items()}
        flag, kept = BY_KEY[entity].hides
        if spec.key in kept:
            for (id,) in connection.exec_driver_sql(f'SELECT id FROM "{entity}" WHERE "{flag}" = 1'):
                found.pop(str(id), None)
        return found
    rows = connection.exec_driver_sql(f'SELECT id, "{spec.key}" FROM "{entity}" WHERE "{spec.key}" > \'\'').fetchall()
    return {str(id): [str(words)] for id, words in rows}


def _record_lines(session: Session, connection: Connection, kind: str, used: set[str], called: Callable[[str], str]) -> list[Line]:
    """The records of a kind in their order, the retired ones only where something stands at them; then words that no record bears."""
    rows = connection.exec_driver_sql(
        f'SELECT id, reference, title, retired, deleted FROM "{kind}" ORDER BY position IS NULL, position, length(reference), reference'
    ).fetchall()
    lines: list[Line] = []
    for id, reference, title, retired, deleted in rows:
        gone = bool(retired) and str(retired) <= session.today.isoformat()
        if str(id) in used or not (gone or deleted):
            lines.append(Line(str(reference), str(title or ""), str(id), gone or bool(deleted)))
    known = {line.id for line in lines}
    return lines + [Line(word, called(word), word) for word in sorted(used - known)]


def _provided_in_full(connection: Connection) -> set[str]:
    """Services that provide in full for a gap."""
    kind = BY_KEY["service"].link_kind(BY_KEY["service"].by_key["gaps"])
    return {str(a) for (a,) in connection.exec_driver_sql("SELECT a FROM link WHERE kind = ? AND extent = 'full' AND NOT deleted", (kind,))}


def as_json(found: Map) -> dict[str, object]:
    """The map as the command gives it."""

    def line(one: Line) -> dict[str, object]:
        return {"reference": one.reference, "title": one.title}

    return {
        "rows": [line(r) for r in found.rows],
        "columns": [line(c) for c in found.columns],
        "cells": [
            {
                "row": c.row.reference, "column": c.column.reference, "state": c.state, "gaps": [g.reference for g in c.open],
                "severity": c.severity or None, "provision": c.provision or None,
                "owners": list(dict.fromkeys(g.owner_reference for g in c.open if g.owner_reference)),
                "services": [s.reference for s in c.services],
            }
            for c in found.cells.values()
        ],
    }  # fmt: skip


def stage_facts(session: Session, id: str) -> list[tuple[str, Sequence[str]]]:
    """What a stage is held to: duty holders, rights, indicators and the recommendations of its gaps, each with its references and titles."""
    from vawg_desktop.services import show

    view = show.record(session, id)
    facts: list[tuple[str, Sequence[str]]] = [("Duty holder", [str(view.cells.get("duty_holder") or "Not stated")])]
    for key in ("rights", "indicators"):
        facts.append((view.spec.by_key[key].label, [view.names.get(e, e) for e in view.sets[key]]))
    own = [x for x in view.links if x.entity == "recommendation"]
    through = _recommendations_of(session, [x.id for x in view.links if x.entity == "gap"])
    facts.append(("Recommendations", sorted({f"{x.reference} {x.title}" for x in own} | set(through))))
    return facts


def _recommendations_of(session: Session, gaps: Sequence[str]) -> list[str]:
    connection = session.read()
    ends = _ends(connection, BY_KEY["gap"].link_kind(BY_KEY["gap"].by_key["recommendations"]))
    return list(names.long_labels(connection, [e for g in gaps for e in ends.get(g, [])]).values())


def move(session: Session, kind: str, id: str, by: int) -> Changes:
    """Move a stage or a need up (-1) or down (1) among those not retired, and number them anew where their places had no numbers."""
    connection = session.read()
    lines = [x for x in _record_lines(session, connection, kind, set[str](), str) if x.id is not None]
    at = next((n for n, line in enumerate(lines) if line.id == id), None)
    if at is None or not 0 <= at + by < len(lines):
        return Changes()
    lines.insert(at + by, lines.pop(at))
    stands = {str(i): p for i, p in connection.exec_driver_sql(f'SELECT id, position FROM "{kind}"')}
    with session.store.write(session.who, f"Moved {'up' if by < 0 else 'down'} on the journey map", Act.EDIT) as tx:
        for place, line in enumerate(lines, 1):
            if line.id is not None and stands.get(line.id) != place:
                tx.edit(kind, line.id, {"position": place})
    return tx.changes
