"""Whose actions are whose in the office: a portfolio is the open actions that name a person as our link officer.

It is handed to a colleague for good, or to a deputy between two dates, each in one command (DESIGN 6).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vawg_desktop.domain import dates
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.coming_dates import coming
from vawg_desktop.domain.conditions import CONDITIONS, open_sql
from vawg_desktop.domain.entities import ACTION
from vawg_desktop.domain.errors import AppError, NotFoundError, ValueRefusedError
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import over_time
from vawg_desktop.services.office import office_settings, write_setting
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DEPUTY = "deputy."


def mine(session: Session) -> list[str]:
    """The people whose portfolios this person answers for today: their own, and those they deputise for."""
    found = [session.who]
    for name, value in office_settings(session.read(), _DEPUTY).items():
        deputy = json.loads(value)
        first, last = dates.bounds(deputy["from"])[0], dates.bounds(deputy["until"])[1]
        if fold(deputy["to"]) == fold(session.who) and first <= session.today <= last:
            found.append(name.removeprefix(_DEPUTY))
    return found


def names_in(connection: Connection, people: list[str]) -> list[str]:
    """How the given people are written in the actions' link officers, case and spacing aside."""
    wanted = {fold(p) for p in people}
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT link_officer FROM action WHERE link_officer IS NOT NULL"
    )
    return [str(r[0]) for r in rows if fold(str(r[0])) in wanted]


def has_one(session: Session) -> bool:
    """Whether any action is in this person's portfolio, own or deputised."""
    return bool(names_in(session.read(), mine(session)))


def records_of(session: Session) -> frozenset[str]:
    """Ids of everything in the portfolios that this person answers for today: their actions, what these serve and mend, and the services and evidence beside."""
    connection = session.read()
    written = names_in(connection, mine(session))
    if not written:
        return frozenset()
    marks = ",".join("?" * len(written))
    found = {str(r[0]) for r in connection.exec_driver_sql(f"SELECT id FROM action WHERE link_officer IN ({marks}) AND NOT deleted", tuple(written))}
    for kind, near, far in (
        ("action.recommendations", "a", "b"), ("gap.actions", "b", "a"), ("gap.recommendations", "b", "a"), ("service.gaps", "b", "a"),
        ("evidence.actions", "b", "a"), ("evidence.recommendations", "b", "a"), ("gap.evidence", "a", "b"),
    ):  # fmt: skip
        rows = connection.exec_driver_sql(f"SELECT {near}, {far} FROM link WHERE kind = ? AND NOT deleted", (kind,)).fetchall()
        found |= {str(there) for here, there in rows if str(here) in found}
    return frozenset(found)


def people(session: Session) -> list[str]:
    """Everybody who is a link officer of an action, or an officer of this office, by name."""
    rows = session.read().exec_driver_sql("SELECT link_officer FROM action WHERE link_officer IS NOT NULL UNION SELECT name FROM person WHERE NOT deleted")
    by_name = {fold(str(r[0])): str(r[0]) for r in rows if r[0]}
    return sorted(by_name.values(), key=fold)


def hand_over(session: Session, giver: str, to: str, why: str | None = None) -> Changes:
    """Give a person's open actions, and those of which evidence is awaited, to another in one transaction. Raises ValueRefusedError, NotFoundError."""
    if not to.strip() or fold(to) == fold(giver):
        raise ValueRefusedError("A portfolio goes to somebody else; name the colleague.")
    with session.store.write(session.who, why or f"Portfolio of {giver} to {to.strip()}", Act.BULK) as tx:
        held = work_of(session, tx.connection, giver)
        if not held:
            raise NotFoundError(f"No open action names {giver} as our link officer.", code="no_portfolio")
        for id in held:
            over_time.edit(session, tx, ACTION, id, {"link_officer": to.strip()})
    return tx.changes


def work_of(session: Session, connection: Connection, giver: str) -> list[str]:
    """The ids of the actions that are handed over with a person's work: those open, and those of which evidence is awaited."""
    written = names_in(connection, [giver])
    if not written:
        return []
    claimed, params = CONDITIONS["claimed"].sql(ACTION, session.today)
    rows = connection.exec_driver_sql(
        f"SELECT t.id FROM action t WHERE t.link_officer IN ({','.join('?' * len(written))}) AND t.deleted = 0 AND ({open_sql(ACTION)} OR {claimed})", (*written, *params)
    )
    return [str(id) for (id,) in rows]


def problem_with(session: Session, giver: str, to: str, start: str, end: str) -> str:
    """Why work cannot be passed on so, as ``hand_over`` (without days) and ``deputise`` would say; empty where it can."""
    try:
        if fold(to) == fold(giver):
            raise ValueRefusedError("Work is passed on to somebody else; name the colleague.")
        if start or end:
            _days(session, start, end)
        elif not work_of(session, session.read(), giver):
            raise NotFoundError(f"No open action names {giver} as our link officer.", code="no_portfolio")
    except AppError as error:
        return error.message
    return ""


def _days(session: Session, start: str, end: str) -> tuple[str, str]:
    """The first day and the last; one without a year is the next such day. Raises ValueRefusedError."""
    first = coming(start, session.today)
    last = coming(end, max(session.today, dates.bounds(first)[0]))
    if dates.bounds(last)[1] < dates.bounds(first)[0]:
        raise ValueRefusedError("The last day is before the first.")
    return first, last


def deputise(session: Session, giver: str, to: str, start: str, end: str) -> Changes:
    """Let a deputy see a portfolio as their own between two dates, both included; the actions stay the giver's."""
    if not to.strip() or fold(to) == fold(giver):
        raise ValueRefusedError("A deputy is somebody else; name the colleague.")
    first, last = _days(session, start, end)
    deputy = json.dumps({"to": to.strip(), "from": first, "until": last}, ensure_ascii=False)
    with session.store.write(session.who, None, Act.SETTING) as tx:
        write_setting(tx, _DEPUTY + giver, deputy)
    return tx.changes


def deputy_in_words(session: Session, giver: str) -> str:
    """Who stands in for a person, from when to when: of today or to come; empty where nobody does."""
    deputy = office_settings(session.read(), _DEPUTY + giver).get(_DEPUTY + giver)
    if not deputy:
        return ""
    known = json.loads(deputy)
    first, last = dates.bounds(known["from"])[0], dates.bounds(known["until"])[1]
    if last < session.today:
        return ""
    verb = "stands" if first <= session.today else "will stand"
    return f"{known['to']} {verb} in for you from {dates.label(known['from'])} to {dates.label(known['until'])}."
