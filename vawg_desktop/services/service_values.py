"""The numbers of a contract's or grant's return: values of the indicators of its services, one for each measure and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain import merge
from vawg_desktop.domain.dates import parse_date
from vawg_desktop.domain.entities import INDICATOR
from vawg_desktop.domain.errors import StaleError, ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.journey_records import MEASURED_IN
from vawg_desktop.domain.return_columns import CONTRACT
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: The kind of link between an indicator and the services it is of.
OF_SERVICE = INDICATOR.link_kind(INDICATOR.by_key["services"])


@dataclass(frozen=True, slots=True)
class Standing:
    """The value that stands of one measure of a service in a period, with its record and heads."""

    id: str
    value: Value
    heads: frozenset[str]


def period_of(words: str, today: date) -> str:
    """The period of a round as numbers are kept for it. Raises ValueRefusedError for words that are no month, quarter or year."""
    try:
        return parse_date(words, now=today)
    except ValueRefusedError:
        raise ValueRefusedError(
            f"“{words[:40]}” is no month, quarter or year, for which a service's numbers could be kept; name the period so, such as 2026/27 Q2."
        ) from None


def standing(connection: Connection, services: Sequence[str], period: str) -> dict[tuple[str, str], Standing]:
    """What stands of each measure of services in a period, by service and measure; of several values of one measure the one made last."""
    found: dict[tuple[str, str], Standing] = {}
    for start in range(0, len(services), 400):
        part = services[start : start + 400]
        marks = ",".join("?" * len(part))
        rows = plain_rows(
            connection,
            "SELECT l.b AS service, i.measure, v.id, v.value, v.born FROM link l JOIN indicator i ON i.id = l.a AND NOT i.deleted AND i.measure IS NOT NULL "
            "JOIN indicator_value v ON v.indicator = i.id AND v.period = ? AND NOT v.deleted "
            f"WHERE l.kind = ? AND NOT l.deleted AND l.b IN ({marks}) ORDER BY v.n",
            (period, OF_SERVICE, *part),
        )
        for row in rows:
            heads = connection.exec_driver_sql("SELECT \"change\" FROM head WHERE \"row\" = ? AND cell = 'value'", (row["id"],)).fetchall()
            known = frozenset(str(h) for (h,) in heads) or frozenset({str(row["born"])})
            found[str(row["service"]), str(row["measure"])] = Standing(str(row["id"]), whole(row["value"]), known)
    return found


def whole(value: object) -> Value:
    """A kept number as a return's cell holds it: whole, or as it stands where it is not."""
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return int(number) if number == int(number) else str(value)


def places(connection: Connection, services: Sequence[str], period: str) -> dict[str, tuple[str, str]]:
    """By id of a value's record, deleted ones too, the service and measure that it is of."""
    if not services:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(services), 400):
        part = services[start : start + 400]
        marks = ",".join("?" * len(part))
        for service, measure, id in connection.exec_driver_sql(
            "SELECT l.b, i.measure, v.id FROM link l JOIN indicator i ON i.id = l.a AND i.measure IS NOT NULL JOIN indicator_value v ON v.indicator = i.id "
            f"AND v.period = ? WHERE l.kind = ? AND l.b IN ({marks})", (period, OF_SERVICE, *part),
        ):  # fmt: skip
            found[str(id)] = (str(service), str(measure))
    return found


def put(tx: Transaction, service: str, period: str, given: Mapping[str, Value], seen: Mapping[str, frozenset[str]], on: str) -> None:
    """Write numbers of a service in a period: into the values that stand, else into new ones of its indicators, which are made where there is none.

    ``seen`` are the heads that were shown, by measure (empty: no value stood). ``on`` is the day the numbers came. Raises StaleError.
    """
    tx.flush()
    stands = standing(tx.connection, [service], period)
    for measure, value in given.items():
        there = stands.get((service, measure))
        if there is not None:
            if seen.get(measure) != there.heads and not merge.same(there.value, value):
                raise StaleError(f"{CONTRACT.by_key[measure].heading} was changed meanwhile; choose between the two.", field=measure, yours=value, theirs=there.value)
            tx.edit("indicator_value", there.id, {"value": None if value is None else str(value)})
        elif value is not None:
            _make(tx, _indicator(tx, service, measure), period, str(value))
    if "longest_wait" in given:  # the service says how long one waits now
        row = tx.row("service", service)
        if str(row["waiting_as_at"] or "") <= on:
            tx.edit("service", service, {"waiting_days": given["longest_wait"], "waiting_as_at": on})


def _make(tx: Transaction, indicator: str, period: str, value: str) -> None:
    """A value whose id follows from what it is of, so that two laptops which take the same return make one record."""
    id = merge.content_id("indicator_value", indicator, period)
    if tx.free_id("indicator_value", id) is None and tx.row("indicator_value", id)["deleted"]:
        tx.edit("indicator_value", id, {"deleted": False, "value": value})
        return
    tx.create("indicator_value", {"indicator": indicator, "period": period, "value": value}, id=tx.free_id("indicator_value", id))


def _indicator(tx: Transaction, service: str, measure: str) -> str:
    """The indicator of a service's measure; made where there is none."""
    found = tx.connection.exec_driver_sql(
        "SELECT i.id FROM link l JOIN indicator i ON i.id = l.a AND NOT i.deleted AND i.measure = ? WHERE l.kind = ? AND l.b = ? AND NOT l.deleted ORDER BY i.n LIMIT 1",
        (measure, OF_SERVICE, service),
    ).fetchone()
    if found is not None:
        return str(found[0])
    title = str(tx.row("service", service)["title"])
    column = CONTRACT.by_key[measure]
    id = merge.content_id("indicator", service, measure)
    made = tx.create("indicator", {
        "title": f"{column.heading}: {title}", "measure": measure, "count_unit": MEASURED_IN.get(measure, "people"), "definition": column.hint,
        "good": "down" if measure in ("waiting", "longest_wait", "declined") else "neither",
    }, id=tx.free_id("indicator", id))  # fmt: skip
    tx.link(OF_SERVICE, made, service)
    return made


def definitions(connection: Connection, services: Sequence[str]) -> list[tuple[str, str, str]]:
    """What a funder means by a measure of a service where that is written down: the service's id, the measure and the words."""
    found: list[tuple[str, str, str]] = []
    for service in services:
        for measure, words in connection.exec_driver_sql(
            "SELECT i.measure, i.definition FROM link l JOIN indicator i ON i.id = l.a AND NOT i.deleted AND i.measure IS NOT NULL AND i.definition > '' "
            "WHERE l.kind = ? AND l.b = ? AND NOT l.deleted ORDER BY i.n", (OF_SERVICE, service),
        ).fetchall():  # fmt: skip
            column = CONTRACT.by_key.get(str(measure))
            if column is not None and str(words) != column.hint:
                found.append((service, str(measure), str(words)))
    return found
