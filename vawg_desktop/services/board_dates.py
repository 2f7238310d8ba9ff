"""A round's dates, planned back from the board's paper deadline over working days (DESIGN 5, Round)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from vawg_desktop.domain.calendar import working_days
from vawg_desktop.domain.dates import label
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


def plan_back(board: date) -> Plan:
    """Papers leave seven working days before the board; returns come five before that; partners have fifteen."""
    papers = working_days(board, -_PAPERS)
    due = working_days(papers, -_REVIEW)
    return Plan(working_days(due, -_FILLING), due, papers, board)


def coming_boards(session: Session) -> list[tuple[str, str]]:
    """Meetings still to come with a day: what to call each, and its ISO date, soonest first."""
    rows = session.read().exec_driver_sql(
        "SELECT m.title, m.date FROM meeting m WHERE NOT m.deleted AND length(m.date) = 10 AND m.date > ? AND coalesce(m.status, '') NOT IN ('held', 'cancelled') ORDER BY m.date LIMIT 12",
        (session.today.isoformat(),),
    )
    return [(f"{title}, {label(str(day))}", str(day)) for title, day in rows]
