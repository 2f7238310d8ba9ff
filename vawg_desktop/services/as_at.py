"""Everything as the store knew it at a date or a board: a session on a copy taken back to then, with that day for today (DESIGN 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from vawg_desktop.domain import clock
from vawg_desktop.domain.dates import bounds, label
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.services import moments, names
from vawg_desktop.services.session import Session
from vawg_desktop.store import past


@dataclass(slots=True)
class PastSession(Session):
    """A session on the store as it was; ``day`` is its today, ``called`` what it is named on screen and on every copy."""

    day: date = field(default_factory=clock.today)
    called: str = ""
    today_session: Session | None = None

    @property
    def session_of_today(self) -> Session | None:
        return self.today_session

    @property
    def today(self) -> date:
        """The day as at which everything stands."""
        return self.day


def open_at(session: Session, words: str) -> PastSession:
    """The store as at ``words``: a date (to the end of that day), a meeting (as it began, or as its board paper had it), or "last PDB".

    Closing its store wipes the copy. Raises NotFoundError and ValueRefusedError for words that are neither, or a day that lies ahead; StoreError.
    """
    day, called, upto = moment(session, words)
    return PastSession(past.as_known(session.store, upto, called), session.who, day, called, session)


def open_with(session: Session, words: str, record: str) -> tuple[PastSession, str, str]:
    """The store as it was, with the id of a record that is to be shown in it: empty, and the record's reference beside it, where it did not exist yet.

    Raises as ``open_at``.
    """
    past = open_at(session, words)
    if not record or names.maybe_find(past.read(), record) is not None:
        return past, record, ""
    found = names.maybe_find(session.read(), record)
    return past, "", found.reference if found is not None else ""


def moment(session: Session, words: str) -> tuple[date, str, int]:
    """The day that words name, what it is called, and the entry up to which the store knew then. Raises as ``open_at``."""
    typed = words.strip()
    if not typed:
        raise ValueRefusedError("Name a date, a meeting, or a board such as “last PDB”.")
    meeting = moments.last_of(session, typed)
    span = moments.typed(session, typed) if not meeting else None
    day = span[1] if span is not None else None
    if day is None:
        found = names.find_named(session.read(), "meeting", meeting or typed, only=True) or (names.find(session.read(), meeting, "meeting") if meeting else None)
        if found is None:
            raise ValueRefusedError(f"“{typed[:60]}” is not a date or a meeting in this store.")
        held, title = session.read().exec_driver_sql("SELECT date, title FROM meeting WHERE id = ?", (found.id,)).one()
        upto = moments.point(session, found.id)
        if not held:  # it has a paper, and no day: that of the last entry which its paper knew
            (known,) = session.read().exec_driver_sql('SELECT max(received) FROM "change" WHERE n <= ?', (upto,)).one()
            return _not_ahead(session, bounds(str(known)[:10])[0]) if known else session.today, str(title), upto
        return _not_ahead(session, bounds(str(held))[0]), f"{title}, {label(str(held))}", upto
    return _not_ahead(session, day), label(day.isoformat()), moments.point(session, day.isoformat())


def _not_ahead(session: Session, day: date) -> date:
    if day > session.today:
        raise ValueRefusedError(f"{label(day.isoformat())} is in the future; choose a past day.")
    return day
