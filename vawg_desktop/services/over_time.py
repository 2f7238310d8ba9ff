"""Who held a role and what a body was called, over time (DESIGN 3).

The cells of an action say who holds a role now; a ``role`` record says who held it and until when. A body's
``name`` says what it is called now; a ``former_name`` record says what it was called, and until when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain import clock, dates, merge
from vawg_desktop.domain.entities import BY_KEY, EntitySpec
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.services import names
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

def edit(
    session: Session,
    tx: Transaction,
    spec: EntitySpec,
    id: str,
    cells: Mapping[str, Value],
    seen: Mapping[str, frozenset[str]] | None = None,
) -> bool:
    """Edit a record, keeping former holders of roles and former names; returns whether it changed.

    A value that was itself set today is taken for a typing mistake and is not kept.
    """
    touched = [f for f in spec.cells if f.over_time and f.key in cells]
    before = tx.row(spec.key, id) if touched else {}
    passed = [f for f in touched if before[f.key] and not merge.same(before[f.key], cells[f.key])]
    passed = [f for f in passed if not _set_today(tx, id, f.key, str(before["born"]))]
    moved = tx.edit(spec.key, id, cells, seen=seen)
    for field in passed:
        _keep_former(tx, spec, id, field, before[field.key], session.today.isoformat())
    return moved


def _keep_former(tx: Transaction, spec: EntitySpec, id: str, field: FieldSpec, value: Value, today: str) -> None:
    """A record of what a field held until today: the body or the words, and which role it was where its kind tells roles apart."""
    trace = BY_KEY[field.over_time]
    holder = next((f.key for f in trace.cells if field.kind is Kind.REF and f.target == field.target), trace.title)
    role = next((f.key for f in trace.cells if f.terms is not None and f.terms.find(field.key)), "")
    cells: dict[str, Value] = {trace.parent: id, holder: value, "until_date": today}
    if role:
        cells |= {role: field.key, "from_date": _last_until(tx.connection, trace, id, role, field.key)}
    tx.create(trace.key, cells)
    if field.key == spec.title:
        tx.alias(id, str(value))


def _set_today(tx: Transaction, id: str, key: str, born: str) -> bool:
    tx.flush()
    heads = tx.heads(id, born).get(key, frozenset({born}))
    marks = ",".join("?" * len(heads))
    rows = tx.connection.exec_driver_sql(f'SELECT at FROM "change" WHERE id IN ({marks})', tuple(heads))
    return any(dates.london_day(str(r[0])) == clock.today() for r in rows)


def _last_until(connection: Connection, trace: EntitySpec, id: str, role: str, key: str) -> str | None:
    """Until when the last holder of a role held it, as its record says."""
    row = connection.exec_driver_sql(
        f'SELECT max(until_date) FROM "{trace.key}" WHERE "{trace.parent}" = ? AND "{role}" = ? AND NOT deleted', (id, key)
    ).fetchone()
    return str(row[0]) if row and row[0] else None


def labels_then(connection: Connection, asked: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """What to call records on their day: ``(id, ISO date or None)`` to the label of that time.

    A body renamed since is called "Old name (now New)"; anything else as ever.
    """
    wanted = dict(asked)
    called = names.labels(connection, list(wanted))
    return called | {id: f"{then} (now {called.get(id, id)})" for id, then in former_names(connection, wanted).items()}


def former_names(connection: Connection, wanted: Mapping[str, str | None]) -> dict[str, str]:
    """What bodies were called on a day (ISO, by id), of those that were called otherwise than now."""
    ended: dict[str, list[tuple[date, str]]] = {}
    for partner, name, until in connection.exec_driver_sql("SELECT partner, name, until_date FROM former_name WHERE NOT deleted"):
        last = dates.last_day(str(until)) if until else None
        if last is not None:
            ended.setdefault(str(partner), []).append((last, str(name)))
    found: dict[str, str] = {}
    for id, past in ended.items():
        day = dates.last_day(wanted[id]) if wanted.get(id) else None
        then = min((p for p in past if day is not None and p[0] >= day), default=None)
        if then is not None:
            found[id] = then[1]
    return found


def span(start: object, end: object) -> str:
    """A span in words: "3 May 2024 to 1 June 2026", "since 3 May 2024", "until June 2026"; empty if unknown."""
    begun = dates.label(str(start)) if start else ""
    ended = dates.label(str(end)) if end else ""
    if begun and ended:
        return f"{begun} to {ended}"
    return f"since {begun}" if begun else f"until {ended}" if ended else ""
