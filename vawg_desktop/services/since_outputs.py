"""What became of the records since a board, as a list to be looked at and a document to be given out."""

from __future__ import annotations

from dataclasses import dataclass

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.movement import TOLD, UNPROVED
from vawg_desktop.exchange.document import Document
from vawg_desktop.services import agenda, moments, since, standing
from vawg_desktop.services import paper_parts as parts
from vawg_desktop.services.outputs import document, key_blocks, marking_of
from vawg_desktop.services.paper_parts import Paper
from vawg_desktop.services.session import Session
from vawg_desktop.services.since import Scope

#: Every record, whatever its pillar or body.
ALL = Scope()


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that became of a record: its id, reference, title, from and to in words, how often it moved, and when last (UTC, ISO; empty where nothing moved)."""

    id: str
    reference: str
    title: str
    told: str
    times: int
    at: str


def lines(session: Session, start: str, end: str = "", scope: Scope = ALL) -> dict[str, list[Line]]:
    """What became of the records between two dates or meetings, by kind of movement. Raises what ``since.since`` raises."""
    made = since.since(session, start, end, scope)
    found: dict[str, list[Line]] = {}
    for kind in (k for k in TOLD if k != UNPROVED or made.unproved):
        found[kind] = [
            Line(one.id, one.reference, one.title, since.more_words(one).removeprefix(": ").partition(", moved ")[0], one.move.times, one.move.at) for one in made.told[kind]
        ]  # fmt: skip
    return found


def last_board(session: Session) -> str:
    """The meeting that was held last, by its title, with its reference where another one is called alike; empty where none was."""
    row = session.read().exec_driver_sql(
        "SELECT reference, title FROM meeting WHERE NOT deleted AND date > '' AND substr(date, 1, 10) < ? AND coalesce(status, 'planned') <> 'cancelled' ORDER BY date DESC, n DESC LIMIT 1",
        (session.today.isoformat(),),
    ).fetchone()
    if row is None:
        return ""
    alike = session.read().exec_driver_sql("SELECT count(*) FROM meeting WHERE NOT deleted AND title = ?", (row[1],)).one()[0]
    return str(row[1]) if alike == 1 else f"{row[0]} {row[1]}"


def since_document(session: Session, start: str, end: str = "", scope: Scope = ALL) -> Document:
    """The same as a document: restricted records stand in it by their reference alone."""
    paper = Paper(session, standing.standing(session))
    parts.changes(paper, since.since(session, start, end, scope), agenda.called(session, start), name_new=True)
    ends = moments.day_of(session, end) if end else None
    span = f" until {agenda.called(session, end)}" if end and (ends is None or ends <= session.today) else ""  # what lies ahead is not known
    title = f"What changed since {agenda.called(session, start)}{span}"
    rows = [{"marking": r} for r in parts.markings(session.read(), [i for f in paper.figures for i in f.ids])]
    beside = [w for w in (scope.pillar and f"Pillar: {scope.pillar}", scope.body and f"Body: {scope.body}", scope.recommendation and f"Of {scope.recommendation}") if w]
    return document(session, title, [*paper.blocks, *key_blocks(session)], marking_of(BY_KEY["action"], rows), beside)
