"""Moments as officers name them: a date as it is typed, a meeting by its title, "last board"; and what this store knew at one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain import clock
from vawg_desktop.domain.dates import bounds, label, parse_date
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.services import names
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store import history as past

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: A day in figures, which means that day whatever a meeting is called.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}")


@dataclass(frozen=True, slots=True)
class Known:
    """What was known at a moment: the log up to a number, but for entries that came by a merge from a store where they were not known then."""

    upto: int
    but: frozenset[int] = frozenset()

    def holds(self, n: int) -> bool:
        """Whether an entry of the log was known then."""
        return n <= self.upto and n not in self.but


def last_of(session: Session, words: str) -> str:
    """The id of the last meeting of the body that "last PDB" names; empty for other words. "last board": of any body that holds agencies to account.

    Raises NotFoundError where no meeting of it was held.
    """
    first, _, called = words.strip().partition(" ")
    if first.casefold() != "last" or not called:
        return ""
    rows = plain_rows(session.read(), "SELECT id, body, date, starts FROM meeting WHERE NOT deleted AND coalesce(status, '') <> 'cancelled' AND date > ''", ())
    if called.casefold() not in ("board", "meeting"):
        body = names.find_named(session.read(), "governance_body", called)
        if body is None:
            return ""
        rows = [r for r in rows if r["body"] == body.id]
    begun = [(past.start_of_day(bounds(str(r["date"]))[0], str(r["starts"] or "")), str(r["id"])) for r in rows if bounds(str(r["date"]))[0] <= session.today]
    held = sorted(b for b in begun if session.today < clock.today() or b[0] <= past.log_time(clock.now()))
    if not held:
        raise NotFoundError(f"No meeting of {called} has been held yet.")
    return held[-1][1]


def point(session: Session, words: str) -> int:
    """The number of the log's entry up to which this store knew at a moment. Raises what ``known`` raises."""
    return known(session, words).upto


def known(session: Session, words: str) -> Known:
    """What this store knew at a moment: the end of a London day, or the beginning of a meeting's ("last PDB" too), or what its paper was made of.

    Raises NotFoundError and ValueRefusedError for words that are neither.
    """
    connection = session.read()
    span = typed(session, words)
    if span is not None:
        return Known(past.known_by(connection, past.end_of_day(span[1])))
    found = names.find_named(connection, "meeting", last_of(session, words) or words, only=True)
    if found is None:
        raise ValueRefusedError(f"“{words[:60]}” is not a date or a meeting in this store.")
    held, starts = connection.exec_driver_sql("SELECT date, starts FROM meeting WHERE id = ?", (found.id,)).one()
    begins = past.start_of_day(bounds(str(held))[0], str(starts or "")) if held else ""
    frozen = _frozen(connection, found.id, begins, past.end_of_day(bounds(str(held))[1]) if held else "")
    if frozen is not None:
        return frozen
    if not held:
        raise ValueRefusedError(f"{found.reference} {found.title} has no date, so nobody can say what was known at it.")
    return Known(past.known_before(connection, begins))


def typed(session: Session, words: str) -> tuple[date, date] | None:
    """The first and last day of a date as it is typed; None for other words, and for the title of a meeting, such as "June 2026", which means the meeting."""
    if not _DAY.fullmatch(words.strip()) and names.find_named(session.read(), "meeting", words, only=True) is not None:
        return None
    try:
        return bounds(parse_date(words, now=session.today))
    except ValueRefusedError:
        return None


def _frozen(connection: Connection, meeting: str, begins: str, ends: str) -> Known | None:
    """What was known when the paper of a meeting was published that the meeting had; None where it had none.

    That is the last one before it began, else the first of its day; one that was published later, or that corrects it later, no meeting saw.
    """
    rows = connection.exec_driver_sql(
        "SELECT p.heads, c.at FROM publication p JOIN \"change\" c ON c.\"row\" = p.id AND c.op = 'create' "
        "WHERE p.meeting = ? AND p.kind = 'board' AND p.stage = 'published' ORDER BY c.at, c.n", (meeting,)
    ).fetchall()  # fmt: skip
    before = [heads for heads, at in rows if not begins or str(at) < begins]
    same_day = [heads for heads, at in rows if begins and begins <= str(at) <= ends]
    had = before[-1] if before else same_day[0] if same_day else None
    if had is None:
        return None
    heads = {str(place).rpartition("/")[0]: int(str(place).rpartition("/")[2]) for place in json.loads(str(had or "{}"))}
    upto, later = 0, set[int]()
    for (origin,) in connection.exec_driver_sql("SELECT id FROM origin").fetchall():
        last = connection.exec_driver_sql('SELECT max(n) FROM "change" WHERE origin = ? AND seq <= ?', (origin, heads.get(str(origin), 0))).scalar()
        upto = max(upto, int(last or 0))
    for (origin,) in connection.exec_driver_sql("SELECT id FROM origin").fetchall():
        rows = connection.exec_driver_sql('SELECT n FROM "change" WHERE origin = ? AND seq > ? AND n <= ?', (origin, heads.get(str(origin), 0), upto)).fetchall()
        later |= {int(n) for (n,) in rows}
    return Known(upto, frozenset(later))


def named(session: Session, moment: str) -> str:
    """A moment as it is said in a sentence: a day in words, a meeting by its title."""
    span = typed(session, moment)
    found = None if span is not None else names.find_named(session.read(), "meeting", last_of(session, moment) or moment, only=True) or names.maybe_find(session.read(), moment, "meeting")
    return label(span[1].isoformat()) if span is not None else found.title if found is not None else moment


def day_of(session: Session, moment: str) -> date | None:
    """The last day of a date as it is typed, or the day of a meeting; None where neither is known."""
    span = typed(session, moment)
    if span is not None:
        return span[1]
    found = names.find_named(session.read(), "meeting", last_of(session, moment) or moment, only=True) or names.maybe_find(session.read(), moment, "meeting")
    day = session.read().exec_driver_sql("SELECT date FROM meeting WHERE id = ?", (found.id,)).scalar() if found is not None else None
    return bounds(str(day))[1] if day else None


def refuse_ahead(session: Session, start: str) -> None:
    """Raise ValueRefusedError for a beginning that lies ahead: nothing has happened since."""
    span = typed(session, start)
    if span is not None:
        if span[0] > session.today:
            raise ValueRefusedError(f"{label(span[0].isoformat())} is in the future; nothing has happened since. Choose a past day.", code="ahead")
        return
    found = names.find_named(session.read(), "meeting", last_of(session, start) or start, only=True)
    row = session.read().exec_driver_sql("SELECT date FROM meeting WHERE id = ?", (found.id,)).fetchone() if found is not None else None
    if found is not None and row is not None and row[0] and bounds(str(row[0]))[0] > session.today:
        raise ValueRefusedError(f"{found.reference} {found.title} is on {label(str(row[0]))}; nothing has happened since. Choose a meeting that was held.", code="ahead")
