"""What a return may not change unasked, as things stand now: another body's actions, moved dates, words at odds (DESIGN 5).

Asked each time a review opens, since an action may pass to another body while its return is out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import Connection

from vawg_desktop.domain import merge
from vawg_desktop.domain.fields import Value
from vawg_desktop.services import names

#: What the accountable body says of the whole action; of its own part a contributor says what it likes.
_ACCOUNTABLE_SAYS = frozenset({"status", "rating_partner", "revised_due"})


class Standing(Protocol):
    """An action as it stands."""

    cells: dict[str, Value]
    accountable: str | None


class Doubts:
    """Why an answer waits for a person though nothing in the file itself is odd."""

    def __init__(self, connection: Connection, partner: str, currents: Mapping[str, Standing]) -> None:
        self._currents = currents
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
        if current.cells.get("status") == "superseded":
            return "superseded"
        mine = current.accountable is None or current.accountable in self._speaks_for
        if not mine and id not in self._contributes:
            return "reassigned"
        if not mine and key in _ACCOUNTABLE_SAYS:
            return "somebody_elses"
        if key == "revised_due" and not merge.same(current.cells.get(key), incoming):
            return "not_agreed"
        if key in ("status", "percent") and _at_odds(current.cells, answers):
            return "at_odds"
        return ""

    def beside(self, id: str, code: str) -> str:
        """Whose action it is now, where that is the doubt."""
        accountable = self._currents[id].accountable
        return (
            self._names.get(accountable, "")
            if accountable and code in ("reassigned", "somebody_elses")
            else ""
        )


def _at_odds(cells: Mapping[str, Value], answers: Mapping[str, Mapping[str, Any]]) -> bool:
    """Complete, and yet not to a hundred per cent."""
    status, percent = (answers[k]["value"] if k in answers else cells.get(k) for k in ("status", "percent"))
    return status == "complete" and isinstance(percent, int) and percent < 100
