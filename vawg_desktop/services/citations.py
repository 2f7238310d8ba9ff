"""Figures and quotes that leave the office: the words in which they are quoted, where they were, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label
from vawg_desktop.domain.errors import RuleError, ValueRefusedError
from vawg_desktop.domain.evidence_terms import FIGURE_RELEASE, FIGURE_SCOPE
from vawg_desktop.domain.fields import Value
from vawg_desktop.services import names, quotes
from vawg_desktop.services.embargo import is_embargoed
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store import history as past

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Kinds of record that are quoted, with the fields that make up what is quoted of them.
QUOTED: dict[str, frozenset[str]] = {
    "figure": frozenset({"title", "quoted", "number", "unit", "definition", "base", "period", "as_at", "method", "scope"}),
    "quote": frozenset({"words", "from_whom", "place", "said"}),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something was quoted. ``changed``: what was quoted has been changed in the store since."""

    id: str
    reference: str
    place: str
    cited: str
    to_whom: str
    words: str
    changed: bool


def wording(session: Session, name: str) -> str:
    """The words in which a figure or a quote goes into a paper: its own, then what it counts, of whom, when and from where."""
    connection = session.read()
    found = names.find(connection, name)
    if found.entity not in QUOTED:
        raise ValueRefusedError(f"{found.reference} is neither a figure nor a quote; only these are quoted.")
    row = plain_rows(connection, f'SELECT * FROM "{found.entity}" WHERE id = ?', (found.id,))[0]
    if found.entity == "quote":
        beside = [str(row[k]) for k in ("from_whom", "place") if row[k]] + ([label(str(row["said"]))] if row["said"] else [])
        return f"“{str(row['words']).strip()}”" + (f" ({', '.join(beside)})" if beside else "")
    said = str(row["quoted"])
    unit = str(row["unit"] or "")
    said += "" if not unit or unit.casefold() in said.casefold() else f" {unit}"
    beside = [
        str(row["definition"] or ""), f"base: {row['base']}" if row["base"] else "", str(row["period"] or ""),
        f"as at {label(str(row['as_at']))}" if row["as_at"] else "", FIGURE_SCOPE.label(str(row["scope"])).casefold() if row["scope"] else "",
        FIGURE_RELEASE.label(str(row["release"])).casefold() if row["release"] else "", f"method {row['method']}" if row["method"] else "",
        *_sources(connection, found.id),
    ]  # fmt: skip
    return f"{row['title']}: {said} ({'; '.join(b.strip().rstrip('.') for b in beside if b.strip())})" if any(beside) else f"{row['title']}: {said}"


def _sources(connection: Connection, figure: str) -> list[str]:
    rows = connection.exec_driver_sql(
        "SELECT s.title FROM link l JOIN source s ON s.id = l.b AND NOT s.deleted WHERE l.a = ? AND l.kind = 'figure.sources' AND NOT l.deleted ORDER BY l.n", (figure,)
    )
    return [f"source: {title}" for (title,) in rows]


def cite(session: Session, name: str, place: str, *, cited: str = "", to_whom: str = "") -> tuple[str, Changes]:
    """Record that a figure or a quote goes into a paper; gives the words for it. Raises RuleError where it may not leave."""
    from vawg_desktop.services import records

    words, found = wording(session, name), names.find(session.read(), name)
    typed = {"about": found.id, "place": place, "cited": cited or session.today.isoformat(), "to_whom": to_whom, "words": words}
    return words, records.create(session, "citation", typed, why=f"Quoted in {place}")[1]


def refuse_unready(session: Session, cells: Mapping[str, Value]) -> None:
    """Raise RuleError where what a citation is about may not leave: a quote that is kept back, a figure under embargo or one beside which another is to be quoted."""
    found = names.find(session.read(), str(cells.get("about") or ""))
    if found.entity not in QUOTED:
        raise ValueRefusedError(f"{found.reference} is neither a figure nor a quote; only these are quoted.")
    if found.entity == "quote":
        quotes.refuse_unready(session, found.id)
        return
    row = plain_rows(session.read(), 'SELECT release, embargoed_until, quote_this FROM "figure" WHERE id = ?', (found.id,))[0]
    if is_embargoed(row, session.today):
        when = f" until {label(str(row['embargoed_until']))}" if row["embargoed_until"] else ""
        raise RuleError(f"{found.reference} is under embargo{when}; it is not quoted yet.", code="rule_embargo")
    if not row["quote_this"] and (better := _to_quote(session.read(), found.id)):
        raise RuleError(f"{found.reference} disagrees with {better}, which is the one to quote. Mark this one “Quote this one” if it is to be quoted.", code="rule_quote_this")


def disagreeing(connection: Connection, figure: str) -> list[dict[str, object]]:
    """Figures that conflict with one, whichever of the two says so: id, reference, title, quoted, unit, as_at, quote_this."""
    return plain_rows(
        connection,
        "SELECT DISTINCT f.id, f.n, f.reference, f.title, f.quoted, f.unit, f.as_at, f.quote_this FROM link l JOIN figure f "
        "ON f.id = CASE WHEN l.a = ? THEN l.b ELSE l.a END AND NOT f.deleted "
        "WHERE l.kind = 'figure.conflicts_with' AND NOT l.deleted AND (l.a = ? OR l.b = ?) ORDER BY f.n",
        (figure, figure, figure),
    )


def _to_quote(connection: Connection, figure: str) -> str:
    """The reference of the figure to quote among those that one disagrees with; empty where none is marked."""
    return next((str(f["reference"]) for f in disagreeing(connection, figure) if f["quote_this"]), "")


def of(session: Session, id: str) -> list[Citation]:
    """Where a figure or a quote was quoted, newest first."""
    connection = session.read()
    rows = plain_rows(
        connection,
        'SELECT t.id, t.reference, t.place, t.cited, t.to_whom, t.words, c.n AS born_n FROM citation t JOIN "change" c ON c.id = t.born '
        "WHERE t.about = ? AND NOT t.deleted ORDER BY t.n DESC", (id,),
    )  # fmt: skip
    last = _last_changed(connection, id) if rows else 0
    now = wording(session, id) if rows else ""
    return [
        Citation(str(r["id"]), str(r["reference"]), str(r["place"]), str(r["cited"] or ""), str(r["to_whom"] or ""), str(r["words"]), int(str(r["born_n"])) < last and str(r["words"]) != now)
        for r in rows
    ]


def _last_changed(connection: Connection, id: str) -> int:
    """The number of the log's last entry that changed what is quoted of a record."""
    kind = names.find(connection, id).entity
    rows = connection.exec_driver_sql('SELECT n, id FROM "change" WHERE "row" = ? ORDER BY n', (id,)).fetchall()
    numbers = {str(entry): int(n) for n, entry in rows}
    wanted = QUOTED.get(kind, frozenset[str]())
    return max((numbers[e.id] for e in past.entries_of(connection, [id]) if e.op == "edit" and wanted & set(e.fields)), default=0)


def stale(session: Session) -> list[tuple[str, str, Citation]]:
    """Figures and quotes that were changed after they had been quoted: id, reference and the citation."""
    connection = session.read()
    found: list[tuple[str, str, Citation]] = []
    for (about,) in connection.exec_driver_sql("SELECT DISTINCT about FROM citation WHERE NOT deleted ORDER BY about").fetchall():
        called = names.find(connection, str(about))
        found += [(called.id, called.reference, c) for c in of(session, called.id) if c.changed]
    return found
