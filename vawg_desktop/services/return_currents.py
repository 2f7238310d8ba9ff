"""What stands now of the actions of a return: cells, latest words, heads and conflicts, read for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.return_columns import HEADINGS, ON_UPDATE, UPDATE_WORDS
from vawg_desktop.services.latest_words import latest
from vawg_desktop.services.lists import plain_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(slots=True)
class Current:
    """One action as it stands: values and heads by field, and the fields in conflict."""

    title: str
    cells: dict[str, Value]
    heads: dict[str, frozenset[str]]
    deleted: bool = False
    accountable: str | None = None
    in_conflict: set[str] = field(default_factory=set[str])


_WORDS = ", ".join(f"{latest(c, 't.id')} AS {c}" for c in UPDATE_WORDS)


def currents_of(connection: Connection, ids: Sequence[str]) -> dict[str, Current]:
    """What stands now of many actions: their cells, their latest update's words, their heads."""
    own = [k for k in HEADINGS if k not in ON_UPDATE]
    columns = ", ".join(f't."{k}"' for k in own)
    found: dict[str, Current] = {}
    for start in range(0, len(ids), 400):
        part = tuple(ids[start : start + 400])
        marks = ",".join("?" * len(part))
        rows = plain_rows(
            connection,
            f"SELECT t.id, t.born, t.deleted, t.accountable, t.title AS action_title, {columns}, {_WORDS} "
            f'FROM action t LEFT JOIN "update" u ON u.id = t.x_update WHERE t.id IN ({marks})',
            part,
        )
        for row in rows:
            keys = (*own, *UPDATE_WORDS)
            cells = {k: cast("Value", row[k]) for k in keys}
            found[str(row["id"])] = Current(
                str(row["action_title"] or ""),
                cells,
                {"": frozenset({str(row["born"])})},
                bool(row["deleted"]),
                str(row["accountable"]) if row["accountable"] else None,
            )
        heads: dict[tuple[str, str], set[str]] = {}
        for one in plain_rows(
            connection, f'SELECT "row" AS id, cell, "change" AS head FROM head WHERE "row" IN ({marks})', part
        ):
            heads.setdefault((str(one["id"]), str(one["cell"])), set()).add(str(one["head"]))
        for (id, cell), changes in heads.items():
            found[id].heads[cell] = frozenset(changes)
        for one in plain_rows(
            connection, f'SELECT "row" AS id, cell FROM conflict WHERE "row" IN ({marks})', part
        ):
            found[str(one["id"])].in_conflict.add(str(one["cell"]))
    return found
