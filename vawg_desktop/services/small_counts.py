"""Small counts of people as they leave the office: never the number itself."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.services.office import office_settings, write_setting
from vawg_desktop.services.session import Session
from vawg_desktop.store.entries import Entry
from vawg_desktop.store.history import entries_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: The office's setting: counts of people below it are not given. What it is where the office set nothing, and what it may be.
SETTING = "small_counts.least"
LEAST, LOWEST, HIGHEST = 10, 3, 100
#: The least count of people that is shown within the office, where what is counted are people's own answers.
INSIDE = 5
#: Units that count people, as terms of ``COUNT_UNIT``.
PEOPLE = ("victims", "suspects", "defendants", "referrals", "people")


def least(connection: Connection) -> int:
    """The least count of people that this office gives out."""
    stated = office_settings(connection, SETTING).get(SETTING)
    return int(stated) if stated else LEAST


def set_least(session: Session, number: int) -> Changes:
    """State the least count of people that leaves the office, for everybody. Raises ValueRefusedError outside ``LOWEST`` to ``HIGHEST``."""
    if not LOWEST <= number <= HIGHEST:
        raise ValueRefusedError(f"Counts of people are kept back below a number from {LOWEST} to {HIGHEST}; {number} is not one.")
    with session.store.write(session.who, None, Act.SETTING) as tx:
        if least(tx.connection) != number:
            write_setting(tx, SETTING, str(number))
    return tx.changes


def fewer(than: int) -> str:
    """What stands for a small count."""
    return f"fewer than {than}"


def small(count: int | None, least: int) -> str:
    """A count of people as it may leave the office."""
    return "" if count is None else fewer(least) if 0 < count < least else f"{count:,}"


def is_small(number: object, least: int) -> bool:
    """Whether a number, stored as text or whole, is a count that is not given."""
    try:
        return 0 < float(str(number)) < least
    except ValueError:
        return False


def tells_share(share: object, base: object, least: int) -> bool:
    """Whether a share in per cent and what it is of tell a small count together: of those counted, or of the others."""
    try:
        of, counted = float(str(base)), float(str(share)) * float(str(base)) / 100
    except ValueError:
        return False
    return any(is_small(round(n), least) for n in (of, counted, of - counted))


def of_people(connection: Connection, indicator: str | None = None) -> frozenset[str]:
    """Ids of the indicators that count people, of all or of one. One of which nobody said what it counts may be one of them; what once counted people goes on being treated so."""
    marks, one = ",".join("?" * len(PEOPLE)), (indicator,) if indicator else ()
    now = f"SELECT id FROM indicator WHERE (count_unit IS NULL OR count_unit IN ({marks})){' AND id = ?' if one else ''}"
    found = {str(id) for (id,) in connection.exec_driver_sql(now, (*PEOPLE, *one))}
    edits = "SELECT \"row\", fields FROM \"change\" WHERE tbl = 'indicator' AND op = 'edit' AND instr(fields, '\"count_unit\":') > 0"
    rows = connection.exec_driver_sql(f'{edits} AND "row" = ?' if one else edits, one)
    for row, fields in rows:
        told: dict[str, dict[str, object]] = json.loads(str(fields))
        if told.get("count_unit", {}).get("b") in PEOPLE:
            found.add(str(row))
    return frozenset(found)


def records_with(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of some records that hold a small count of people, now or in an earlier wording: a service's capacity, an indicator's value."""
    people, found, under = of_people(connection), set[str](), least(connection)
    wanted = sorted(ids)
    for start in range(0, len(wanted), 400):
        part = tuple(wanted[start : start + 400])
        marks = ",".join("?" * len(part))
        rows = connection.exec_driver_sql(f"SELECT id, indicator FROM indicator_value WHERE id IN ({marks})", part).fetchall()
        found |= {str(id) for id, indicator in rows if str(indicator) in people}
        found |= {str(id) for (id,) in connection.exec_driver_sql(f"SELECT id FROM service WHERE id IN ({marks})", part)}
    return {entry.row for entry in entries_of(connection, found) if _says_small(entry, under)}


def _says_small(entry: Entry, under: int) -> bool:
    """Whether an entry of the log tells a small count."""
    return any(is_small(value, under) for key in ("capacity", "value", "base") if (cell := entry.fields.get(key)) is not None for value in (cell.before, cell.after))
