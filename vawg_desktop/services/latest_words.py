"""The latest words about a record, whichever update they stand in.

An update may say "No change", or a figure only: the words of the one before it still stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_desktop.domain.return_columns import ReturnForm
from vawg_desktop.store.derive import newest_first

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LAST = (
    '(SELECT x.{column} FROM "update" x WHERE x.action = {action} AND NOT x.deleted AND x.{of} IS NOT NULL '
    f"ORDER BY {newest_first('x')} LIMIT 1)"
)


def latest(column: str, action: str, update: str = "u") -> str:
    """SQL for the latest words of an update's column; ``action`` is the action's id, ``update`` its latest update's alias."""
    return f"coalesce({update}.{column}, {_LAST.format(column=column, of=column, action=action)})"


def latest_day(action: str, update: str = "u") -> str:
    """SQL for the as-at date of the latest narrative."""
    found = _LAST.format(column="as_at", of="narrative", action=action)
    return f"CASE WHEN {update}.narrative IS NOT NULL THEN {update}.as_at ELSE {found} END"


def latest_told(form: ReturnForm, column: str, record: str) -> str:
    """SQL for the latest words of a column of a form's updates; ``record`` is the SQL of the record's id. Of actions ``latest`` is the faster."""
    return (
        f'(SELECT x."{column}" FROM "{form.told_by.key}" x WHERE x."{form.told_by.parent}" = {record} AND NOT x.deleted AND x."{column}" IS NOT NULL '
        f"ORDER BY {newest_first('x')} LIMIT 1)"
    )


def latest_update(connection: Connection, action: str, column: str) -> str | None:
    """The latest words of one column of an action's updates."""
    row = connection.exec_driver_sql(f"SELECT {_LAST.format(column=column, of=column, action='?')}", (action,)).fetchone()
    return str(row[0]) if row is not None and row[0] is not None else None
