"""The numbers of a contract's or grant's return: values of the indicators of its services, one for each measure and period."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vawg_desktop.domain import merge
from vawg_desktop.domain.dates import last_day, parse_date
from vawg_desktop.domain.entities import INDICATOR
from vawg_desktop.domain.errors import StaleError, ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.journey_records import MEASURED_IN
from vawg_desktop.domain.return_columns import CONTRACT
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: The kind of link between an indicator and the services it is of.
OF_SERVICE = INDICATOR.link_kind(INDICATOR.by_key["services"])


@dataclass(frozen=True, slots=True)
class Standing:
    """The value that stands of one measure of a service in a period, with its record and heads."""

    id: str
    value: Value
    heads: frozenset[str]


def period_of(words: str) -> str:
    """The period of a round as numbers are kept for it, the same whenever it is read.

    Raises ValueRefusedError for words that name no month, quarter or year of their own, such as a day, or "Q2" without its year.
    """
    try:
        found = parse_date(words)
    except ValueRefusedError:
        found = ""
    if not found or _DAY.search(found):
        raise ValueRefusedError(
            f"“{words[:40]}” is not a month, quarter or year; name the period like 2026/27 Q2."
        )
    return found


#: Indicators of a measure that are of one service alone, with that service: one that counts several services together is none of theirs.
_ALONE = (
    "SELECT l.b AS service, i.measure, i.id, i.definition FROM link l JOIN indicator i ON i.id = l.a AND NOT i.deleted AND i.measure IS NOT NULL "
    "WHERE l.kind = ? AND NOT l.deleted AND l.b IN ({marks}) AND NOT EXISTS (SELECT 1 FROM link o JOIN service s ON s.id = o.b AND NOT s.deleted "
    "WHERE o.kind = l.kind AND o.a = l.a AND o.b <> l.b AND NOT o.deleted) ORDER BY i.n"
)


def _own(connection: Connection, services: Sequence[str]) -> dict[tuple[str, str], Mapping[str, object]]:
    """The indicator that bears a measure of a service: the one that a return made, else the first that is of this service alone."""
    found: dict[tuple[str, str], Mapping[str, object]] = {}
    for start in range(0, len(services), 400):
        part = services[start : start + 400]
        for row in plain_rows(connection, _ALONE.format(marks=",".join("?" * len(part))), (OF_SERVICE, *part)):
            place = (str(row["service"]), str(row["measure"]))
            if place not in found or row["id"] == made_by_return(*place):
                found[place] = row
    return found


def made_by_return(service: str, measure: str) -> str:
    """The id of the indicator that a return makes for a measure of a service: the same on every laptop."""
    return merge.content_id("indicator", service, measure)


def standing(connection: Connection, services: Sequence[str], period: str) -> dict[tuple[str, str], Standing]:
    """What stands of each measure of services in a period, by service and measure; of several values of one measure the one made last."""
    places = {str(row["id"]): place for place, row in _own(connection, services).items()}
    found: dict[tuple[str, str], Standing] = {}
    for row in _values(connection, list(places), period):
        if row["deleted"] or row["value"] is None:
            continue
        heads = connection.exec_driver_sql("SELECT \"change\" FROM head WHERE \"row\" = ? AND cell = 'value'", (row["id"],)).fetchall()
        known = frozenset(str(h) for (h,) in heads) or frozenset({str(row["born"])})
        found[places[str(row["indicator"])]] = Standing(str(row["id"]), whole(row["value"]), known)
    return found


def _values(connection: Connection, indicators: Sequence[str], period: str) -> list[Mapping[str, object]]:
    """The records of values in a period, deleted ones too, in the order they were made."""
    found: list[Mapping[str, object]] = []
    for start in range(0, len(indicators), 400):
        part = indicators[start : start + 400]
        sql = f"SELECT id, indicator, value, born, deleted FROM indicator_value WHERE period = ? AND indicator IN ({','.join('?' * len(part))}) ORDER BY n"
        found += plain_rows(connection, sql, (period, *part))
    return found


def whole(value: object) -> Value:
    """A kept number as a return's cell holds it: whole, or as it stands where it is not."""
    if value is None:
        return None
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return int(number) if number == int(number) else str(value)


def places(connection: Connection, services: Sequence[str], period: str) -> dict[str, tuple[str, str]]:
    """By id of a value's record, deleted ones too, the service and measure that it is of."""
    own = {str(row["id"]): place for place, row in _own(connection, services).items()}
    return {str(row["id"]): own[str(row["indicator"])] for row in _values(connection, list(own), period)}


def put(tx: Transaction, service: str, period: str, given: Mapping[str, Value], seen: Mapping[str, frozenset[str]], on: str) -> None:
    """Write numbers of a service in a period: into the values that stand, else into new ones of its indicators, which are made where there is none.

    ``seen`` are the heads that were shown, by measure (empty: no value stood). ``on`` is the day the numbers came. Raises StaleError.
    """
    tx.flush()
    stands = standing(tx.connection, [service], period)
    for measure, value in given.items():
        there = stands.get((service, measure))
        now = there.value if there is not None else None
        if seen.get(measure, frozenset()) != (there.heads if there is not None else frozenset()) and not merge.same(now, value):
            raise StaleError(f"{CONTRACT.by_key[measure].heading} was changed meanwhile; choose between the two.", field=measure, yours=value, theirs=now)
        if there is not None and value is None:
            tx.delete("indicator_value", there.id)
        elif there is not None:
            tx.edit("indicator_value", there.id, {"value": str(value)})
        elif value is not None:
            _make(tx, _indicator(tx, service, measure), period, str(value))
    if "longest_wait" in given:
        _say_wait(tx, service, given["longest_wait"], period, on)


def _say_wait(tx: Transaction, service: str, days: Value, period: str, on: str) -> None:
    """The service itself says how long one waits, by the latest that is known: a number is as at its period's end, or the day it came if that is earlier."""
    end = last_day(period)
    as_at = min(on, end.isoformat()) if end is not None else on
    row = tx.row("service", service)
    known = last_day(str(row["waiting_as_at"])) if row["waiting_as_at"] else None
    if known is None or known.isoformat() <= as_at:
        tx.edit("service", service, {"waiting_days": days, "waiting_as_at": as_at})


def _make(tx: Transaction, indicator: str, period: str, value: str) -> None:
    """A value whose id follows from what it is of, so that two laptops which take the same return make one record."""
    id = merge.content_id("indicator_value", indicator, period)
    if tx.free_id("indicator_value", id) is None and tx.row("indicator_value", id)["deleted"]:
        tx.edit("indicator_value", id, {"deleted": False, "value": value})
        return
    tx.create("indicator_value", {"indicator": indicator, "period": period, "value": value}, id=tx.free_id("indicator_value", id))


def _indicator(tx: Transaction, service: str, measure: str) -> str:
    """The indicator of a service's measure; made where there is none."""
    found = _own(tx.connection, [service]).get((service, measure))
    if found is not None:
        return str(found["id"])
    id = made_by_return(service, measure)
    there = tx.free_id("indicator", id) is None
    if there and tx.row("indicator", id)["deleted"]:
        tx.delete("indicator", id, hidden=False)
        tx.link(OF_SERVICE, id, service)
        tx.flush()
        if (service, measure) in _own(tx.connection, [service]):
            return id
    row, column = tx.row("service", service), CONTRACT.by_key[measure]
    made = tx.create("indicator", {
        "title": f"{column.heading}: {row['reference']}", "measure": measure, "count_unit": MEASURED_IN.get(measure, "people"), "definition": column.hint,
        "value_of": "stock" if measure in ("waiting", "longest_wait") else None if measure == "supported" else "flow",  # one person may be supported in several periods
        "good": "down" if measure in ("waiting", "longest_wait", "declined") else "neither",
    }, id=None if there else id)  # fmt: skip
    tx.link(OF_SERVICE, made, service)
    return made


def definitions(connection: Connection, services: Sequence[str]) -> list[tuple[str, str, str]]:
    """What a funder means by a measure of a service where that is written down: the service's id, the measure and the words."""
    found: list[tuple[str, str, str]] = []
    for (service, measure), row in _own(connection, services).items():
        column = CONTRACT.by_key.get(measure)
        words = str(row["definition"] or "")
        if column is not None and words and words != column.hint:
            found.append((service, measure, words))
    return found
