"""Who is at a meeting: the members of its body on its day and whoever else came, with apologies and interests declared.

What was noted stays as it was noted: for whom somebody came, and in which role, do not follow the body's members when these change later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import bounds
from vawg_desktop.domain.entities import ATTENDANCE, BY_KEY
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.merge import content_id
from vawg_desktop.domain.terms import fold
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session


@dataclass(frozen=True, slots=True)
class Attends:
    """Somebody who sits on a body or was noted for a meeting: name, body, role, and what is noted (empty: nothing yet)."""

    person: str
    partner: str
    partner_name: str
    role: str
    state: str
    declared: str = ""
    #: For whom this person came, where it was not for themselves.
    in_place_of: str = ""


def attendance(session: Session, meeting: str) -> list[Attends]:
    """Those who are noted for a meeting and those who sit on its body on its day, by role and name."""
    connection = session.read()
    body, day = connection.exec_driver_sql("SELECT body, date FROM meeting WHERE id = ?", (meeting,)).one()
    on = bounds(str(day))[0] if day else session.today
    noted = plain_rows(
        connection, "SELECT a.*, coalesce(p.short_name, p.name, '') AS called FROM attendance a LEFT JOIN partner p ON p.id = a.partner WHERE a.meeting = ? AND NOT a.deleted ORDER BY a.n", (meeting,)
    )
    found = {fold(str(r["person"])): Attends(str(r["person"]), str(r["partner"] or ""), str(r["called"]), str(r["role"] or ""), str(r["state"] or "present"), str(r["declared"] or ""), str(r["in_place_of"] or "")) for r in noted}
    members = plain_rows(
        connection, "SELECT m.*, coalesce(p.short_name, p.name, '') AS called FROM membership m LEFT JOIN partner p ON p.id = m.partner WHERE m.governance_body = ? AND NOT m.deleted ORDER BY m.n", (body,)
    )
    ranks = BY_KEY["membership"].by_key["role"].terms
    assert ranks is not None
    order = {key: n for n, key in enumerate(ranks.key_list())}
    rows: list[tuple[int, Attends]] = []
    listed: set[str] = set()
    for row in sorted(members, key=lambda r: not _sits(r, on)):  # of two terms of one person the one of that day
        who = fold(str(row["person"]))
        there = found.pop(who, None)
        if who not in listed and (_sits(row, on) or there is not None):
            listed.add(who)
            held = _sits(row, on)
            sits = Attends(str(row["person"]), str(row["partner"] or "") if held else "", str(row["called"]) if held else "", str(row["role"] or "member") if held else "", "")
            one = sits if there is None else replace(there, person=sits.person, role=there.role or sits.role, partner=there.partner or sits.partner, partner_name=there.partner_name or sits.partner_name)
            rows.append((order.get(one.role, len(order)), one))
    rows += [(order.get(one.role, len(order)), one) for one in found.values()]
    return [one for _, one in sorted(rows, key=lambda pair: (pair[0], fold(pair[1].person)))]


def _sits(member: dict[str, object], on: date) -> bool:
    """Whether somebody's term holds on a day."""
    first, last = member["from_date"], member["until_date"]
    return (not first or bounds(str(first))[0] <= on) and (not last or bounds(str(last))[1] >= on)


def unkept(person: str) -> str:
    """What is said of an interest that could not be kept."""
    return f"Say whether {person or 'this person'} came: the interest that they declared is kept with their attendance."


def note_attendance(session: Session, meeting: str, told: Iterable[Attends]) -> Changes:
    """Note who is there; a state that is empty is not noted. Ids follow from meeting and name, so that two laptops note one person once.

    Raises ValueRefusedError for an interest of somebody of whom it is not noted whether they came: it is kept with that.
    """
    told = list(told)
    bare = next((one for one in told if one.declared and not one.state), None)
    if bare is not None:
        raise ValueRefusedError(unkept(bare.person))
    with session.store.write(session.who, None, Act.MEETING) as tx:
        for one in told:
            id = content_id(ATTENDANCE.key, meeting, fold(one.person))
            cells: dict[str, Value] = {"person": one.person, "partner": one.partner or None, "state": one.state or None, "declared": one.declared or None, "role": one.role or None}
            known = tx.connection.exec_driver_sql("SELECT id, person FROM attendance WHERE meeting = ? AND NOT deleted", (meeting,)).fetchall()
            there = next((str(i) for i, person in known if fold(str(person)) == fold(one.person)), None)
            if there is not None and not one.state:
                tx.delete(ATTENDANCE.key, there)
            elif there is not None:
                tx.edit(ATTENDANCE.key, there, cells)
            elif one.state and tx.free_id(ATTENDANCE.key, id) is None:
                tx.edit(ATTENDANCE.key, id, {**cells, "deleted": False})
            elif one.state:
                tx.create(ATTENDANCE.key, {**cells, "meeting": meeting}, id=id)
            tx.flush()
    return tx.changes
