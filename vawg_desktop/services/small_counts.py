"""Small counts of people as they leave the office, until suppression by rule stands: never the number itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Counts of people below this are not given.
LEAST = 10
FEWER = f"fewer than {LEAST}"
#: Units that count people, as terms of ``COUNT_UNIT``.
PEOPLE = ("victims", "suspects", "defendants", "referrals", "people")


def small(count: int | None) -> str:
    """A count of people as it may leave the office."""
    return "" if count is None else FEWER if 0 < count < LEAST else f"{count:,}"


def is_small(number: object) -> bool:
    """Whether a number, stored as text or whole, is a count that is not given."""
    try:
        return 0 < float(str(number)) < LEAST
    except ValueError:
        return False


def of_people(connection: Connection) -> frozenset[str]:
    """Ids of the indicators that count people."""
    rows = connection.exec_driver_sql(f"SELECT id FROM indicator WHERE count_unit IN ({','.join('?' * len(PEOPLE))})", PEOPLE)
    return frozenset(str(r[0]) for r in rows)


def blurred(session: Session, entity: str, rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Rows of a kind with small counts of people put into words: a service's capacity, a value of an indicator that counts people."""
    made = [dict(r) for r in rows]
    if entity == "service":
        for row in made:
            if is_small(row.get("capacity")):
                row["capacity"] = FEWER
    elif entity == "indicator_value":
        people = of_people(session.read())
        for row in made:
            for key in ("value", "base"):
                if str(row.get("indicator")) in people and is_small(row.get(key)):
                    row[key] = FEWER
    return made
