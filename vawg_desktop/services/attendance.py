"""Who is at a meeting: the members of its body on its day and whoever else came, with apologies and interests declared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import bounds
from vawg_desktop.domain.entities import ATTENDANCE, BY_KEY
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
    found = {fold(str(r["person"])): Attends(str(r["person"]), str(r["partner"] or ""), str(r["called"]), "", str(r["state"] or "present"), str(r["declared"] or ""), str(r["in_place_of"] or "")) for r in noted}
    members = plain_rows(
        connection, "SELECT m.*, coalesce(p.short_name, p.name, '') AS called FROM membership m LEFT JOIN partner p ON p.id = m.partner WHERE m.governance_body = ? AND NOT m.deleted ORDER BY m.n", (body,)
    )
    ranks = BY_KEY["membership"].by_key["role"].terms
    assert ranks is not None
    order = {key: n for n, key in enumerate(ranks.key_list())}
    rows: list[tuple[int, Attends]] = []
    listed: set[str] = set()
    for row in sorted(members, key=lambda r: bool(r["until_date"] and bounds(str(r["until_date"]))[1] < on)):
        sits = (not row["from_date"] or bounds(str(row["from_date"]))[0] <= on) and (not row["until_date"] or bounds(str(row["until_date"]))[1] >= on)
        who = fold(str(row["person"]))
        there = found.pop(who, None)
        if who not in listed and (sits or there is not None):
            listed.add(who)
            role = str(row["role"] or "member")
            rows.append((order[role], Attends(str(row["person"]), str(row["partner"] or ""), str(row["called"]), role, there.state if there else "", there.declared if there else "", there.in_place_of if there else "")))
    rows += [(len(order), one) for one in found.values()]
    return [one for _, one in sorted(rows, key=lambda pair: (pair[0], fold(pair[1].person)))]


def note_attendance(session: Session, meeting: str, told: Iterable[Attends]) -> Changes:
    """Note who is there; a state that is empty is not noted. Ids follow from meeting and name, so that two laptops note one person once."""
    with session.store.write(session.who, None, Act.MEETING) as tx:
        for one in told:
            id = content_id(ATTENDANCE.key, meeting, fold(one.person))
            cells: dict[str, Value] = {"person": one.person, "partner": one.partner or None, "state": one.state or None, "declared": one.declared or None}
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
