"""When somebody's words may leave the office (DESIGN 3): her consent, and a second person's answer that nobody can tell who she is."""

from __future__ import annotations

from collections.abc import Mapping

from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.rules import join
from vawg_desktop.services.closing import person_of
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

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
        why.append("her consent was withdrawn")
    elif row["consent"] != "given":
        why.append("her consent is not recorded")
    if not row["publishable"]:
        why.append("it is not said that the words may be published")
    if not row["checked_by"] or same:
        why.append("a second person, not the one who entered it, has to answer both questions")
    elif row["changed_at"] is not None and int(str(row["changed_at"])) > int(str(row["checked_at"])):
        why.append("what could tell who she is was changed after a second person looked; they have to look again and say when")
    for key, words in (("recognisable", "anyone could recognise her"), ("live_case", "a case is live")):
        if row[key] is None:
            why.append(f"whether {words} is not answered")
        elif row[key]:
            why.append(words if key == "live_case" else "somebody could recognise her")
    return why


def refuse_unready(session: Session, id: str) -> None:
    """Raise RuleError where a quote may not leave yet, with everything that stands against it."""
    why = kept_back(session).get(id)
    if why:
        raise RuleError(f"These words stay here: {join(why)}.", code="rule_quote")
