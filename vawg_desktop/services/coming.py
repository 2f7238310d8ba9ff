"""Dates that come to the office: meetings, their papers, returns, responses, undertakings, and closings to look at again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from vawg_desktop.domain.clock import LONDON
from vawg_desktop.domain.dates import bounds
from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.domain.request_terms import REQUEST_KIND
from vawg_desktop.domain.response_due import response_due
from vawg_desktop.domain.terms import how_many
from vawg_desktop.exchange.mail import Event, calendar_file
from vawg_desktop.services import agenda, triage, undertakings
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session
from vawg_desktop.store.files import write_output

#: So many days ahead My work looks.
WEEK = 7


@dataclass(frozen=True, slots=True)
class Coming:
    """A date: what is due, of which record, and of a meeting when it starts and ends (London time)."""

    day: date
    kind: str
    words: str
    id: str
    starts: str = ""
    ends: str = ""


def coming(session: Session, days: int = WEEK) -> list[Coming]:
    """What is due from today until so many days ahead, and what is late and still awaited, the earliest first."""
    last = session.today + timedelta(days=min(max(days, 0), (date.max - session.today).days))
    found = [c for c in (*_meetings(session), *_returns(session)) if session.today <= c.day <= last]
    found += [c for c in (*_papers(session), *_responses(session), *_undertakings(session), *_rechecks(session), *_requests(session), *_concerns(session)) if c.day <= last]
    return sorted(found, key=lambda c: (c.day, c.starts, c.kind, c.words))


def _concerns(session: Session) -> list[Coming]:
    """Answers that somebody looks at today: danger, a child or somebody named."""
    return [Coming(session.today, "Safeguarding", f"{how_many(number, 'response')} of {title} to look at", id) for id, title, number in triage.to_decide(session)]


def _planned(session: Session) -> list[dict[str, object]]:
    return plain_rows(
        session.read(), "SELECT m.*, b.paper_days, coalesce(b.short_name, b.name, '') AS body_name FROM meeting m LEFT JOIN governance_body b ON b.id = m.body "
        "WHERE NOT m.deleted AND coalesce(m.status, 'planned') = 'planned' AND m.date > '' ORDER BY m.n", (),
    )  # fmt: skip


def _called(row: Mapping[str, object]) -> str:
    title, body = str(row["title"]), str(row["body_name"])
    return title if not body or body in title else f"{body}: {title}"


def _meetings(session: Session) -> list[Coming]:
    rows = [(r, bounds(str(r["date"]))) for r in _planned(session)]
    return [Coming(first, "Meeting", _called(r), str(r["id"]), str(r["starts"] or ""), str(r["ends"] or "")) for r, (first, last) in rows if first == last]


def _papers(session: Session) -> list[Coming]:
    """Papers of meetings that are still to come; one that was published for its meeting is no longer due, one that was sent round as a draft is."""
    done = {str(r["meeting"]) for r in plain_rows(session.read(), "SELECT meeting FROM publication WHERE NOT deleted AND kind = 'board' AND stage = 'published' AND meeting IS NOT NULL", ())}
    found: list[Coming] = []
    for row in _planned(session):
        days = row["paper_days"]
        due = agenda.papers_due(row, int(str(days)) if days is not None else None)
        if due is not None and bounds(str(row["date"]))[1] >= session.today and str(row["id"]) not in done:
            found.append(Coming(due, "Papers due", _called(row), str(row["id"])))
    return found


def _returns(session: Session) -> list[Coming]:
    rows = plain_rows(session.read(), "SELECT id, period, due FROM round WHERE NOT deleted AND due > '' ORDER BY n", ())
    return [Coming(bounds(str(r["due"]))[1], "Returns due", f"Round {r['period']}", str(r["id"])) for r in rows]


def _responses(session: Session) -> list[Coming]:
    """Responses that are awaited: on the day that they say, else by the rule of the kind of source that the recommendation came with."""
    rows = plain_rows(
        session.read(), "SELECT s.id, s.due, s.recommendation, r.reference, r.title, coalesce(p.short_name, p.name, '') AS body FROM response s "
        "JOIN recommendation r ON r.id = s.recommendation AND NOT r.deleted LEFT JOIN partner p ON p.id = s.partner WHERE NOT s.deleted AND coalesce(s.answer, 'awaited') = 'awaited'", (),
    )  # fmt: skip
    closed = restricted(session, [str(r["recommendation"]) for r in rows])
    sources: dict[str, list[Mapping[str, object]]] = {}
    for source in plain_rows(
        session.read(), "SELECT l.a, s.kind, s.published, s.response_due FROM link l JOIN source s ON s.id = l.b AND NOT s.deleted WHERE l.kind = 'recommendation.sources' AND NOT l.deleted", ()
    ):
        sources.setdefault(str(source["a"]), []).append(source)
    found: list[Coming] = []
    for row in rows:
        due = bounds(str(row["due"]))[1] if row["due"] else min((d for s in sources.get(str(row["recommendation"]), []) if (d := response_due(s)) is not None), default=None)
        if due is not None:
            title = "" if row["recommendation"] in closed else f" {row['title']}"
            found.append(Coming(due, "Response due", f"{row['body'] or 'Nobody named'}: {row['reference']}{title}", str(row["id"])))
    return found


def _undertakings(session: Session) -> list[Coming]:
    """Undertakings that are awaited by a day."""
    found = plain_rows(
        session.read(), "SELECT c.id, c.reference, c.undertaking, c.undertaking_due, c.undertaking_met, c.asked_of, a.id AS action, a.accountable, coalesce(p.short_name, p.name, '') AS body FROM challenge c LEFT JOIN partner p ON p.id = c.asked_of "
        "LEFT JOIN action a ON a.id = c.follow_up AND NOT a.deleted WHERE NOT c.deleted AND c.undertaking_due > '' AND coalesce(c.status, '') <> 'withdrawn'", (),
    )  # fmt: skip
    rows = [r for r in found if undertakings.is_awaited(r)]
    closed = restricted(session, [str(r["id"]) for r in rows])
    return [
        Coming(bounds(str(r["undertaking_due"]))[1], "Undertaking due", f"{r['body'] or r['reference']}{'' if r['id'] in closed else ': ' + str(r['undertaking'] or '')}", str(r["id"]))
        for r in rows
    ]  # fmt: skip


def _rechecks(session: Session) -> list[Coming]:
    """Closed records that are to be looked at again."""
    found: list[Coming] = []
    for spec in (e for e in ENTITIES if e.closes_by_tests):
        rows = plain_rows(
            session.read(), f'SELECT r.id, r.reference, r."{spec.title}" AS title, max(c.recheck) AS recheck FROM closure_test c JOIN "{spec.key}" r ON r.id = c.about '
            f"AND NOT r.deleted AND r.status = 'closed' WHERE NOT c.deleted AND c.recheck > '' GROUP BY r.id, r.reference, r.\"{spec.title}\"", (),
        )  # fmt: skip
        closed = restricted(session, [str(r["id"]) for r in rows])
        found += [Coming(bounds(str(r["recheck"]))[1], "Look again", f"{r['reference']}{'' if r['id'] in closed else ' ' + str(r['title'])}", str(r["id"])) for r in rows]
    return found


def _requests(session: Session) -> list[Coming]:
    """Requests for information that are not answered yet; whose they are stands on their own page alone."""
    rows = plain_rows(
        session.read(), "SELECT id, reference, kind, coalesce(extended_to, due) AS due FROM information_request WHERE NOT deleted AND coalesce(extended_to, due) > '' "
        "AND coalesce(status, 'received') NOT IN ('replied', 'ended')", (),
    )  # fmt: skip
    return [Coming(bounds(str(r["due"]))[1], "Answer due", f"{r['reference']}: {REQUEST_KIND.label(str(r['kind'] or 'foi')).casefold()}", str(r["id"])) for r in rows]


def save_calendar(session: Session, path: Path, days: int = 365) -> int:
    """Write what comes as a calendar file (.ics) that Outlook takes; returns how many dates. Raises StoreError where it cannot be written."""
    dates = [c for c in coming(session, days) if c.day >= session.today]
    write_output(path, calendar_file([_event(c) for c in dates]).encode(), (".ics",))
    return len(dates)


def _event(one: Coming) -> Event:
    uid = f"{one.id}-{one.kind.casefold().replace(' ', '-')}"
    title = one.words if one.kind == "Meeting" else f"{one.kind}: {one.words}"
    if not one.starts:
        return Event(uid, title, one.day)
    begins = datetime.combine(one.day, time.fromisoformat(one.starts), LONDON)
    ends = datetime.combine(one.day, time.fromisoformat(one.ends), LONDON) if one.ends else begins + timedelta(hours=1)
    return Event(uid, title, one.day, begins, max(ends, begins))
