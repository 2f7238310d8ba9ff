"""A round's dates, planned back from the board's paper deadline over working days (DESIGN 5, Round)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from vawg_desktop.domain.calendar import working_days
from vawg_desktop.domain.conditions import open_sql
from vawg_desktop.domain.dates import label
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services import agenda
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

#: Working days: from the papers to the board, from the returns to the papers, from the sending to the returns.
_PAPERS, _REVIEW, _FILLING = 7, 5, 15


@dataclass(frozen=True, slots=True)
class Plan:
    """A round's dates, planned back from its board: ISO days."""

    send: date
    due: date
    papers: date
    board: date


def plan_back(board: date, papers: date | None = None) -> Plan:
    """Papers leave on their day, else seven working days before the board; returns come five working days before that; partners have fifteen."""
    papers = papers or working_days(board, -_PAPERS)
    due = working_days(papers, -_REVIEW)
    return Plan(working_days(due, -_FILLING), due, papers, board)


def coming_boards(session: Session) -> list[tuple[str, str]]:
    """Meetings still to come with a day: what to call each, and its ISO date, soonest first."""
    return [(f"{r['title']}, {label(str(r['date']))}", str(r["date"])) for r in _ahead(session)]


def papers_days(session: Session) -> list[date | None]:
    """When the papers of the same meetings are due, in the same order: on the day that the meeting says, else so many days before it as its body says; None where neither does."""
    return [agenda.papers_due(r, int(str(r["paper_days"])) if r["paper_days"] is not None else None) for r in _ahead(session)]


def _ahead(session: Session) -> list[dict[str, object]]:
    return plain_rows(
        session.read(), "SELECT m.title, m.date, m.papers_due, b.paper_days FROM meeting m LEFT JOIN governance_body b ON b.id = m.body AND NOT b.deleted "
        f"WHERE NOT m.deleted AND length(m.date) = 10 AND m.date > ? AND {open_sql(BY_KEY['meeting'], 'm.')} ORDER BY m.date LIMIT 12", (session.today.isoformat(),),
    )  # fmt: skip
