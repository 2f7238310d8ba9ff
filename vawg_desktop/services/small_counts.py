"""Small counts of people as they leave the office, until suppression by rule stands: never the number itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from vawg_desktop.services.session import Session
from vawg_desktop.store.entries import Entry
from vawg_desktop.store.history import entries_of

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


def records_with(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of some records that hold a small count of people, now or in an earlier wording: a service's capacity, an indicator's value."""
    people, found = of_people(connection), set[str]()
    wanted = sorted(ids)
    for start in range(0, len(wanted), 400):
        part = tuple(wanted[start : start + 400])
        marks = ",".join("?" * len(part))
        rows = connection.exec_driver_sql(f"SELECT id, indicator FROM indicator_value WHERE id IN ({marks})", part).fetchall()
        found |= {str(id) for id, indicator in rows if str(indicator) in people}
        found |= {str(id) for (id,) in connection.exec_driver_sql(f"SELECT id FROM service WHERE id IN ({marks})", part)}
    return {entry.row for entry in entries_of(connection, found) if _says_small(entry)}


def small_values(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of some records that are values of people and small: such a record is called by its number."""
    people, found = of_people(connection), set[str]()
    wanted = sorted(ids)
    for start in range(0, len(wanted), 400):
        part = tuple(wanted[start : start + 400])
        rows = connection.exec_driver_sql(f"SELECT id, indicator, value FROM indicator_value WHERE id IN ({','.join('?' * len(part))})", part).fetchall()
        found |= {str(id) for id, indicator, value in rows if str(indicator) in people and is_small(value)}
    return found


def _says_small(entry: Entry) -> bool:
    """Whether an entry of the log tells a small count."""
    return any(is_small(value) for key in ("capacity", "value", "base") if (cell := entry.fields.get(key)) is not None for value in (cell.before, cell.after))


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
