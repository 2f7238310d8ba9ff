"""What stands now of the actions or services of a return: cells, latest words, numbers, heads and conflicts, read for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.return_columns import CONTRACT, PROGRESS, ReturnForm
from vawg_desktop.services import service_values
from vawg_desktop.services.latest_words import latest, latest_told
from vawg_desktop.services.lists import plain_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(slots=True)
class Current:
    """One action or service as it stands: values and heads by field, and the fields in conflict."""

    title: str
    cells: dict[str, Value]
    heads: dict[str, frozenset[str]]
    deleted: bool = False
    accountable: str | None = None
    in_conflict: set[str] = field(default_factory=set[str])


#: The SQL of the latest words, by kind of round.
_WORDS = {
    PROGRESS.kind: ", ".join(f"{latest(c, 't.id')} AS {c}" for c in PROGRESS.words),
    CONTRACT.kind: ", ".join(f"{latest_told(CONTRACT, c, 't.id')} AS {c}" for c in CONTRACT.words),
}


def currents_of(connection: Connection, ids: Sequence[str], form: ReturnForm = PROGRESS, period: str = "") -> dict[str, Current]:
    """What stands now of many records of a form: their cells, their latest update's words, their heads; and of services their numbers in a period."""
    spec = form.about
    columns = "".join(f', t."{k}"' for k in form.in_cells)
    joined = 'LEFT JOIN "update" u ON u.id = t.x_update ' if form is PROGRESS else ""
    found: dict[str, Current] = {}
    for start in range(0, len(ids), 400):
        part = tuple(ids[start : start + 400])
        marks = ",".join("?" * len(part))
        rows = plain_rows(
            connection,
            f'SELECT t.id, t.born, t.deleted, t."{spec.owner}" AS row_owner, t."{spec.title}" AS row_title{columns}, {_WORDS[form.kind]} '
            f'FROM "{spec.key}" t {joined}WHERE t.id IN ({marks})',
            part,
        )
        for row in rows:
            keys = (*form.in_cells, *form.words)
            cells = {k: cast("Value", row[k]) for k in keys}
            found[str(row["id"])] = Current(
                str(row["row_title"] or ""),
                cells,
                {"": frozenset({str(row["born"])})},
                bool(row["deleted"]),
                str(row["row_owner"]) if row["row_owner"] else None,
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
        if form.values:
            _add_values(connection, found, part, form, period)
    return found


def _add_values(connection: Connection, found: dict[str, Current], ids: Sequence[str], form: ReturnForm, period: str) -> None:
    """The numbers of services in a period, each with the heads of its own record; none where no value stands."""
    stands = service_values.standing(connection, [id for id in ids if id in found], period)
    for id in (id for id in ids if id in found):
        for measure in form.values:
            there = stands.get((id, measure))
            found[id].cells[measure] = there.value if there is not None else None
            found[id].heads[measure] = there.heads if there is not None else frozenset()
            if there is not None and connection.exec_driver_sql("SELECT 1 FROM conflict WHERE \"row\" = ? AND cell = 'value'", (there.id,)).fetchone():
                found[id].in_conflict.add(measure)
