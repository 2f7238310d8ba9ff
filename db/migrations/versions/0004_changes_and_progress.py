"""Changes are listed from the log's end by kind, and what updates told of an action over time is kept with it.

``action.x_progress`` and its counts are derived; this fills them as the program does (``store/derive.py``, ``progress``).
"""

from collections import Counter
from datetime import date
from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_AT_ONCE = 2000


def upgrade() -> None:
    op.drop_index("ix_change_txn", "change")
    op.create_index("ix_change_txn", "change", ["txn", "tbl", "op"])
    op.create_index("ix_change_kind", "change", ["op", "tbl", "n", "act", "row"])
    op.add_column("action", sa.Column("x_progress", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")))
    connection = op.get_bind()
    live = {str(r[0]) for r in connection.execute(sa.text("SELECT id FROM action WHERE coalesce(deleted, 0) = 0"))}
    rows = connection.execute(
        sa.text(
            'SELECT action, as_at, status FROM "update" WHERE coalesce(deleted, 0) = 0 AND as_at IS NOT NULL AND status IS NOT NULL '
            "ORDER BY action, as_at, CASE WHEN substr(id, 15, 1) = '7' THEN 1 ELSE 0 END, id"
        )
    ).fetchall()
    counts: Counter[tuple[str, str]] = Counter()
    told: list[dict[str, str]] = []
    for action, of_it in groupby(rows, key=lambda r: str(r[0])):
        steps = _steps([(str(r[1]), str(r[2])) for r in of_it])
        if not steps:
            continue
        told.append({"told": ";".join(f"{q} {s}" for q, s in steps), "action": action})
        if action in live:
            for place, (quarter, status) in enumerate(steps):
                counts["action_came", f"{quarter}|{status}"] += 1
                if place:
                    counts["action_left", f"{quarter}|{steps[place - 1][1]}"] += 1
    for start in range(0, len(told), _AT_ONCE):
        connection.execute(sa.text("UPDATE action SET x_progress = :told WHERE id = :action"), told[start : start + _AT_ONCE])
    for (name, key), count in counts.items():
        connection.execute(
            sa.text('INSERT INTO tally (name, "key", "count") VALUES (:name, :key, :count)'),
            {"name": name, "key": key, "count": count},
        )


def _steps(updates: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The quarters at whose end another status was told than before, with that status."""
    by_quarter: dict[str, str] = {}
    for as_at, status in updates:
        day = _last_day(as_at)
        if day is not None:
            month = (day.month - 1) // 3 * 3 + 3
            by_quarter[date(day.year, month, 30 if month in (6, 9) else 31).isoformat()] = status
    steps: list[tuple[str, str]] = []
    for quarter in sorted(by_quarter):
        if not steps or steps[-1][1] != by_quarter[quarter]:
            steps.append((quarter, by_quarter[quarter]))
    return steps


def _last_day(stored: str) -> date | None:
    """The last day of a stored date: a day, month, quarter, financial year or year."""
    from vawg_desktop.domain.dates import last_day

    return last_day(stored)
