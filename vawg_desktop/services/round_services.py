"""What a provider's workbook shows of each service in a contract's or grant's round: read for many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from vawg_desktop.domain import rules
from vawg_desktop.domain.dates import parse_date
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.return_columns import CONTRACT
from vawg_desktop.services import service_values
from vawg_desktop.services.latest_words import latest_told
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.round_rows import RowFacts
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

_WORDS = ", ".join(f"{latest_told(CONTRACT, key, 's.id')} AS u_{key}" for key in CONTRACT.words)
_LAST = (
    'SELECT x.period, x.answer FROM service_report x WHERE x.service = ? AND NOT x.deleted AND x.period > \'\' ORDER BY coalesce(x.as_at, \'\') DESC, x.n DESC LIMIT 1'
)


def facts_of(connection: Connection, ids: Sequence[str], period: str) -> list[RowFacts]:
    """What a workbook needs of some services, by reference; ``period`` is the one whose numbers it asks for."""
    found: list[RowFacts] = []
    numbers = service_values.standing(connection, ids, period)
    for start in range(0, len(ids), 400):
        part = tuple(ids[start : start + 400])
        rows = plain_rows(connection, f"SELECT s.*, {_WORDS} FROM service s WHERE s.id IN ({','.join('?' * len(part))}) ORDER BY length(s.reference), s.reference", part)
        for values in rows:
            cells = cast("dict[str, Value]", {k: v for k, v in values.items() if not k.startswith("u_")})
            told = cast("dict[str, Value]", {k.removeprefix("u_"): v for k, v in values.items() if k.startswith("u_")})
            id = str(cells["id"])
            told |= {measure: numbers[id, measure].value for measure in CONTRACT.values if (id, measure) in numbers}
            funder = [str(cells["funding_source"] or ""), str(cells["contract_reference"] or "")]
            found.append(RowFacts(id, str(cells["reference"]), cells, "; ".join(w for w in funder if w), told, _last_answer(connection, id)))
    return found


def _last_answer(connection: Connection, service: str) -> str:
    """The last report of a service with the numbers of its period, in a line each."""
    row = connection.exec_driver_sql(_LAST, (service,)).fetchone()
    if row is None or not row[0]:
        return ""
    lines = [str(row[0])]
    try:
        period = parse_date(str(row[0]))
    except ValueRefusedError:
        return lines[0]
    stands = service_values.standing(connection, [service], period)
    lines += [f"{CONTRACT.by_key[m].heading}: {stands[service, m].value}" for m in CONTRACT.values if (service, m) in stands]
    return "\n".join(lines)


def defined(connection: Connection, visible: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """What the funder means by the measures of services: of each the id and visible reference, the heading and the words. ``visible`` are references by id."""
    found = service_values.definitions(connection, list(visible))
    return [(id, visible[id], CONTRACT.by_key[measure].heading, words) for id, measure, words in found]


def of_nobody(connection: Connection) -> list[dict[str, str]]:
    """What a round says of services that have no provider, so that nobody is asked about them."""
    rows = connection.exec_driver_sql(
        "SELECT reference, title FROM service WHERE NOT deleted AND status IS DISTINCT FROM 'ended' AND provider IS NULL ORDER BY length(reference), reference"
    ).fetchall()
    return [{"partner": "Nobody", "why": f"{reference} {title} has no provider, so nobody is asked about it"} for reference, title in rows]


def sorted_rows(session: Session, facts: list[RowFacts]) -> tuple[list[RowFacts], list[RowFacts], list[RowFacts]]:
    """Rows to answer, none for reference, and restricted ones left out."""
    restricted = [f for f in facts if rules.is_restricted(f.cells, session.today)]
    return [f for f in facts if f not in restricted], [], restricted
