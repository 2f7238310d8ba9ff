"""What a return may not change unasked, as things stand now: another body's actions, moved dates, words at odds (DESIGN 5).

Asked each time a review opens, since an action may pass to another body while its return is out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from vawg_desktop.domain import merge
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.return_columns import SENT
from vawg_desktop.services import names

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: What the accountable body says of the whole action; of its own part a contributor writes what it likes.
_ACCOUNTABLE_SAYS = SENT | {"revised_reason"}


class CurrentAction(Protocol):
    """What an action holds now, to compare an answer with."""

    cells: dict[str, Value]
    accountable: str | None


class Doubts:
    """Why an answer waits for a person though nothing in the file itself is odd."""

    def __init__(self, connection: Connection, partner: str, currents: Mapping[str, CurrentAction]) -> None:
        self._connection, self._currents = connection, currents
        through = {
            str(a): str(b)
            for a, b in connection.exec_driver_sql(
                "SELECT id, returns_through FROM partner WHERE returns_through IS NOT NULL"
            )
        }
        self._speaks_for = {partner} - set(through) | {a for a, b in through.items() if b == partner}
        self._contributes = self._contributed(connection, list(currents))
        self._names = names.labels(
            connection, sorted({c.accountable for c in currents.values() if c.accountable})
        )

    def _contributed(self, connection: Connection, ids: list[str]) -> set[str]:
        """The actions to which a body contributes for which this partner speaks."""
        found: set[str] = set()
        for start in range(0, len(ids), 400):
            part = ids[start : start + 400]
            rows = connection.exec_driver_sql(
                "SELECT a, b FROM link WHERE kind = 'action.contributors' AND NOT deleted "
                f"AND a IN ({','.join('?' * len(part))})",
                tuple(part),
            )
            found |= {str(a) for a, b in rows if str(b) in self._speaks_for}
        return found

    def about(self, id: str, key: str, incoming: Value, answers: Mapping[str, Mapping[str, Any]]) -> str:
        """The code of a doubt about one answer, or an empty text."""
        current = self._currents[id]
        whose = self.about_row(id)
        if whose:
            return whose
        if current.accountable is not None and current.accountable not in self._speaks_for and key in _ACCOUNTABLE_SAYS:
            return "somebody_elses"
        date = answers.get("revised_due", {}).get("value")
        if key in ("revised_due", "revised_reason") and not merge.same(current.cells.get("revised_due"), date):
            return "not_agreed"  # the reason waits with its date
        if key == "status" and incoming == "superseded":
            return "not_offered"
        if key in ("status", "percent") and _at_odds(current.cells, answers):
            return "at_odds"
        if key in _OF_REFERRED and _more_than_referred(key, current.cells, answers):
            return "more_than_referred"
        return ""

    def about_row(self, id: str) -> str:
        """The code of a doubt about everything that a row says, "No change" included, or an empty text."""
        current = self._currents[id]
        if current.cells.get("status") == "superseded":
            return "superseded"
        if current.accountable not in self._speaks_for and id not in self._contributes:
            return "reassigned"
        return ""

    def beside(self, id: str, code: str) -> str:
        """Whose action it is now, or which record it was combined with, where that is the doubt."""
        if code == "in_bin":
            return names.combined_into(self._connection, id)
        accountable = self._currents[id].accountable
        return (
            self._names.get(accountable, "")
            if accountable and code in ("reassigned", "somebody_elses")
            else ""
        )


#: Numbers of a service's return that count some of the people referred.
_OF_REFERRED = ("contacted", "accepted")


def _more_than_referred(key: str, cells: Mapping[str, Value], answers: Mapping[str, Mapping[str, Any]]) -> bool:
    """More people reached or accepted in a period than were referred in it: some came over from the one before, or a figure is wrong."""
    some, of = (answers[k]["value"] if k in answers else cells.get(k) for k in (key, "referred"))
    return isinstance(some, int) and isinstance(of, int) and some > of


def _at_odds(cells: Mapping[str, Value], answers: Mapping[str, Mapping[str, Any]]) -> bool:
    """Complete, and yet not to a hundred per cent."""
    status, percent = (answers[k]["value"] if k in answers else cells.get(k) for k in ("status", "percent"))
    return status == "complete" and isinstance(percent, int) and percent < 100
