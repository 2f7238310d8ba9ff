"""What other rows say of a record, kept in its derived columns: whom it serves, who serves it, what was last heard of it, how often it slipped.

Which kinds have them is declared (``serves``, ``told_by``, ``due`` and ``derived`` in ``domain/entities.py``). Each function reads the
rows anew, so that ``check`` can count them all again. To add a summary: its column in ``derived`` of the kind, and its function here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from vawg_desktop.domain import rules
from vawg_desktop.domain.entities import BY_KEY, EntitySpec, serving_links
from vawg_desktop.domain.fields import Value
from vawg_desktop.store import derive

#: Executes a statement and gives a cursor: the driver's own in a transaction.
Run = Callable[..., Any]


def around(spec: EntitySpec, run: Run, id: str) -> dict[str, Value]:
    """A record's pillar, latest update and day last heard of, by derived column, as far as its kind has them."""
    found: dict[str, Value] = {}
    if spec.serves and "x_pillar" in spec.derived:
        found["x_pillar"] = _pillar(spec, run, id)
    if spec.told_by and "x_heard" in spec.derived:
        latest = run(
            f'SELECT id, as_at FROM "{spec.told_by}" WHERE "{spec.key}" = ? AND NOT deleted ORDER BY {derive.newest_first()} LIMIT 1', (id,)
        ).fetchone()
        found["x_update"] = latest[0] if latest else None
        found["x_heard"] = derive.update_heard({"as_at": latest[1]}) if latest else None
    return found


def _pillar(spec: EntitySpec, run: Run, id: str) -> str:
    """The pillar of the first record, by reference, that it serves; ``none`` where that has none or nothing is served."""
    field = spec.by_key[spec.serves]
    row = run(
        f'SELECT r."{BY_KEY[field.target].pillar}" FROM link l JOIN "{field.target}" r ON r.id = l.b AND NOT r.deleted '
        f"WHERE l.a = ? AND l.kind = '{spec.link_kind(field)}' AND NOT l.deleted ORDER BY r.reference LIMIT 1",
        (id,),
    ).fetchone()
    return str(row[0]) if row and row[0] else "none"


def progress(spec: EntitySpec, run: Run, id: str) -> str | None:
    """What a record's updates told of its status over time, as ``derive.progress`` writes it; None where they told nothing."""
    rows = run(
        f'SELECT as_at, status FROM "{spec.told_by}" WHERE "{spec.key}" = ? AND NOT deleted AND as_at IS NOT NULL AND status IS NOT NULL '
        f"ORDER BY {derive.oldest_first()}",
        (id,),
    )
    return derive.progress((r[0], r[1]) for r in rows) or None


def counts(spec: EntitySpec, run: Run, id: str) -> dict[str, Value]:
    """How many records serve this one, stopped and superseded ones aside, and how many of them are complete; nothing where its kind
    keeps no such count.
    """
    if "x_actions" not in spec.derived:
        return {}
    statuses: list[tuple[EntitySpec, str]] = []
    for kind, (serving, served) in serving_links().items():
        if served is spec:
            rows = run(
                f'SELECT a."{serving.status}" FROM link l JOIN "{serving.key}" a ON a.id = l.a AND NOT a.deleted '
                f"WHERE l.b = ? AND l.kind = '{kind}' AND NOT l.deleted",
                (id,),
            )
            statuses += [(serving, str(r[0])) for r in rows]
    live = [(one, status) for one, status in statuses if status not in one.finished - {one.complete}]
    return {"x_actions": len(live), "x_done": sum(status == one.complete for one, status in live)}


def slips(spec: EntitySpec, run: Run, id: str) -> int:
    """How often the date that counts moved later, by the log; a move taken back is none, nor is a correction."""
    rows = run('SELECT fields, why FROM "change" WHERE "row" = ? ORDER BY n', (id,))
    due: dict[str, Value] = dict.fromkeys(spec.due)
    road: list[str | None] = []
    for text, why in rows:
        fields = json.loads(text)
        moved = due.keys() & fields.keys()
        if not moved:
            continue
        for key in moved:
            due[key] = fields[key].get("a")
        now = rules.effective_due(spec, due)
        road = rules.on_road(road, now, why)
    return rules.slips(road)


def served_by(spec: EntitySpec, run: Run, id: str) -> list[tuple[EntitySpec, str]]:
    """The records that serve one, deleted links left out: kind and id."""
    found: list[tuple[EntitySpec, str]] = []
    for kind, (serving, served) in serving_links().items():
        if served is spec:
            found += [(serving, str(r[0])) for r in run(f"SELECT a FROM link WHERE kind = '{kind}' AND b = ? AND NOT deleted", (id,))]
    return found
