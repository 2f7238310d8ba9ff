"""Who held a role and what a body was called, over time (DESIGN 3).

The cells of an action say who holds a role now; a ``role`` record says who held it and until when. A body's
``name`` says what it is called now; a ``former_name`` record says what it was called, and until when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain import clock, dates, merge
from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.fields import Value
from vawg_desktop.services import names
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: The cells of an action that name who holds a role; ``accountable`` is a body, the others are persons.
ROLE_CELLS = (
    "accountable",
    "accountable_person",
    "lead",
    "completes_return",
    "clears_return",
    "link_officer",
)


def edit(
    session: Session,
    tx: Transaction,
    spec: EntitySpec,
    id: str,
    cells: Mapping[str, Value],
    seen: Mapping[str, frozenset[str]] | None = None,
) -> bool:
    """Edit a record; a role that passes to another and a body that is renamed leave their trace.

    A value that was itself set today is taken for a slip of the pen: correcting it leaves none.
    """
    watched = {"action": ROLE_CELLS, "partner": ("name",)}.get(spec.key, ())
    touched = [k for k in watched if k in cells]
    before = tx.row(spec.key, id) if touched else {}
    passed = [k for k in touched if before[k] and not merge.same(before[k], cells[k])]
    passed = [k for k in passed if not _set_today(tx, id, k, str(before["born"]))]
    moved = tx.edit(spec.key, id, cells, seen=seen)
    today = session.today.isoformat()
    for key in passed:
        if spec.key == "partner":
            tx.create("former_name", {"partner": id, "name": before[key], "until_date": today})
            tx.alias(id, str(before[key]))
        else:
            holder = "partner" if key == "accountable" else "person"
            held = {"action": id, "role": key, holder: before[key], "until_date": today}
            tx.create("role", {**held, "from_date": _last_until(tx.connection, id, key)})
    return moved


def _set_today(tx: Transaction, id: str, key: str, born: str) -> bool:
    tx.flush()
    heads = tx.heads(id, born).get(key, frozenset({born}))
    marks = ",".join("?" * len(heads))
    rows = tx.connection.exec_driver_sql(f'SELECT at FROM "change" WHERE id IN ({marks})', tuple(heads))
    return any(dates.london_day(str(r[0])) == clock.today() for r in rows)


def _last_until(connection: Connection, action: str, role: str) -> str | None:
    row = connection.exec_driver_sql(
        "SELECT max(until_date) FROM role WHERE action = ? AND role = ? AND NOT deleted", (action, role)
    ).fetchone()
    return str(row[0]) if row and row[0] else None


def labels_then(connection: Connection, asked: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """What to call records on their day: ``(id, ISO date or None)`` to the label of that time.

    A body renamed since is called "Old name (now New)"; anything else as ever.
    """
    wanted = dict(asked)
    called = names.labels(connection, list(wanted))
    rows = connection.exec_driver_sql("SELECT partner, name, until_date FROM former_name WHERE NOT deleted")
    ended: dict[str, list[tuple[date, str]]] = {}
    for partner, name, until in rows:
        last = dates.last_day(str(until)) if until else None
        if last is not None:
            ended.setdefault(str(partner), []).append((last, str(name)))
    for id, past in ended.items():
        day = dates.last_day(wanted[id]) if wanted.get(id) else None
        then = min((p for p in past if day is not None and p[0] >= day), default=None)
        if then is not None:
            called[id] = f"{then[1]} (now {called.get(id, id)})"
    return called


def span(start: object, end: object) -> str:
    """A span in words: "3 May 2024 to 1 June 2026", "since 3 May 2024", "until June 2026"; empty if unknown."""
    begun = dates.label(str(start)) if start else ""
    ended = dates.label(str(end)) if end else ""
    if begun and ended:
        return f"{begun} to {ended}"
    return f"since {begun}" if begun else f"until {ended}" if ended else ""
