"""When somebody's words may leave the office (DESIGN 3): the person's consent, and a second person's answer that nobody can tell who it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.merge import same
from vawg_desktop.domain.rules import join
from vawg_desktop.services.closing import person_of
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: What could tell who she is: once it is changed, a second person has to look again.
_LOOKED_AT = "'words', 'from_whom', 'place', 'said'"
_ANSWERED = "'checked_by', 'checked'"
_LAST = 'coalesce((SELECT max(x.n) FROM head h JOIN "change" x ON x.id = h."change" WHERE h."row" = q.id AND h.cell IN ({cells})), c.n)'
_ROWS = (
    "SELECT q.id, q.reference, q.consent, q.publishable, q.recognisable, q.live_case, q.checked_by, c.who AS entered_by, "
    f"{_LAST.format(cells=_LOOKED_AT)} AS changed_at, {_LAST.format(cells=_ANSWERED)} AS checked_at "
    'FROM quote q LEFT JOIN "change" c ON c.id = q.born'
)


def kept_back(session: Session) -> dict[str, list[str]]:
    """Quotes that may not leave, by id, each with why."""
    found = {str(r["id"]): _reasons(r, _same_person(session, r)) for r in plain_rows(session.read(), _ROWS, ())}
    return {id: why for id, why in found.items() if why}


def _same_person(session: Session, row: Mapping[str, object]) -> bool:
    if not row["checked_by"]:
        return False
    connection = session.read()
    return person_of(connection, str(row["checked_by"]))[0] == person_of(connection, str(row["entered_by"] or ""))[0]


def _reasons(row: Mapping[str, object], same: bool) -> list[str]:
    why: list[str] = []
    if row["consent"] == "withdrawn":
        why.append("the person's consent was withdrawn")
    elif row["consent"] != "given":
        why.append("the person's consent is not recorded")
    if not row["publishable"]:
        why.append("it is not said that the words may be published")
    if not row["checked_by"] or same:
        why.append("a second person, not the one who entered it, has to answer both questions")
    elif row["changed_at"] is not None and int(str(row["changed_at"])) > int(str(row["checked_at"])):
        why.append("what could tell who the person is was changed after a second person looked; they have to look again and say when")
    for key, words in (("recognisable", "anyone could recognise the person"), ("live_case", "a case is live")):
        if row[key] is None:
            why.append(f"whether {words} is not answered")
        elif row[key]:
            why.append(words if key == "live_case" else "somebody could recognise the person")
    return why


#: What a second person answers.
QUESTIONS = ("recognisable", "live_case")


def told(session: Session, id: str) -> str:
    """For a quote's page: why its words stay here, or by whom both questions were answered and whether that is more than a name."""
    why = kept_back(session).get(id)
    if why:
        return f"These words stay here: {join(why)}."
    row = plain_rows(session.read(), "SELECT checked_by FROM quote WHERE id = ?", (id,))[0]
    if by_name_only(session, id):
        return f"These words may leave. {row['checked_by']} is named as the second person, but the person who entered the words also entered an answer: by name only."
    return f"These words may leave. {row['checked_by']} is named as the second person, and the answers were not entered by the person who entered the words."


def by_name_only(session: Session, id: str) -> bool:
    """Whether an answer was written down by the person who entered the words, so that the second person is a name alone."""
    connection = session.read()
    who = {key: str(name or "") for key, name in writers(connection, id).items()}
    entered = person_of(connection, who[""])[0]
    return any(person_of(connection, who.get(key, who[""]))[0] == entered for key in QUESTIONS)


def writers(connection: Connection, id: str) -> dict[str, str]:
    """Who last wrote each cell of a quote, and under an empty key who entered it."""
    born = connection.exec_driver_sql('SELECT c.who FROM quote q JOIN "change" c ON c.id = q.born WHERE q.id = ?', (id,)).one()
    rows = connection.exec_driver_sql('SELECT h.cell, c.who FROM head h JOIN "change" c ON c.id = h."change" WHERE h."row" = ?', (id,)).fetchall()
    return {"": str(born[0]), **{str(cell): str(who) for cell, who in rows}}


def answers_again(tx: Transaction, id: str, who: str, cells: Mapping[str, Value]) -> None:
    """Log again the answers that this person repeats after somebody else, so that the log says that a second person gave them."""
    row, wrote = tx.row("quote", id), writers(tx.connection, id)
    for key in (*QUESTIONS, "checked_by"):
        mine = person_of(tx.connection, wrote.get(key, wrote[""]))[0] == person_of(tx.connection, who)[0]
        if key in cells and row[key] is not None and same(row[key], cells[key]) and not mine:
            tx.state_again("quote", id, key, cells[key])


def refuse_unready(session: Session, id: str) -> None:
    """Raise RuleError where a quote may not leave yet, with everything that stands against it."""
    why = kept_back(session).get(id)
    if why:
        raise RuleError(f"These words stay here: {join(why)}.", code="rule_quote")
