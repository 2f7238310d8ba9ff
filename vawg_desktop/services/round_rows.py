"""What a partner's workbook shows of each action: read for many at once, sorted into rows to answer, verified ones and restricted ones.

Rows about services are read in ``round_services.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from vawg_desktop.domain import rules
from vawg_desktop.domain.conditions import is_open, meets
from vawg_desktop.domain.dates import label
from vawg_desktop.domain.entities import ACTION
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.return_columns import IN_CELL, PROGRESS, ReturnForm
from vawg_desktop.domain.terms import ACTION_STATUS, RATING
from vawg_desktop.domain.values import to_words
from vawg_desktop.exchange import identity
from vawg_desktop.exchange.return_plan import ReturnRow, locked_texts
from vawg_desktop.services.latest_words import latest, latest_day
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection


_LATEST_WORDS = ", ".join(f"{latest(key, 'a.id')} AS u_{key}" for key in PROGRESS.words)


@dataclass(slots=True)
class RowFacts:
    """One action or service as a workbook needs it: its cells, what it serves in words, its latest update (and numbers), and its last answer in words."""

    id: str
    reference: str
    cells: dict[str, Value]
    recommendations: str
    update: dict[str, Value]
    last: str = ""


def facts_of(session: Session, connection: Connection, ids: Sequence[str]) -> list[RowFacts]:
    """What a workbook needs of some actions, by reference."""
    found: list[RowFacts] = []
    for start in range(0, len(ids), 400):
        part = ids[start : start + 400]
        marks = ",".join("?" * len(part))
        served: dict[str, list[str]] = {}
        rows = connection.exec_driver_sql(
            "SELECT l.a, s.reference, s.title, s.restriction, s.restricted_until "
            "FROM link l JOIN recommendation s ON s.id = l.b AND NOT s.deleted "
            f"WHERE l.kind = 'action.recommendations' AND NOT l.deleted AND l.a IN ({marks}) ORDER BY s.reference",
            tuple(part),
        )
        for a, reference, title, why, until in rows:
            hidden = rules.is_restricted({"restriction": why, "restricted_until": until}, session.today)
            served.setdefault(str(a), []).append(str(reference) if hidden else f"{reference} {title}")
        rows = plain_rows(
            connection,
            f"SELECT a.*, {latest_day('a.id')} AS u_as_at, {_LATEST_WORDS} "
            'FROM action a LEFT JOIN "update" u ON u.id = a.x_update '
            f"WHERE a.id IN ({marks}) ORDER BY length(a.reference), a.reference",
            tuple(part),
        )
        for row in rows:
            cells = cast("dict[str, Value]", {k: v for k, v in row.items() if not k.startswith("u_")})
            update = cast("dict[str, Value]", {k.removeprefix("u_"): v for k, v in row.items() if k.startswith("u_")})
            id = str(cells["id"])
            made = RowFacts(id, str(cells["reference"]), cells, "; ".join(served.get(id, [])), update)
            made.last = _last_answer(made)
            found.append(made)
    return found


def sorted_rows(session: Session, facts: list[RowFacts]) -> tuple[list[RowFacts], list[RowFacts], list[RowFacts]]:
    """Rows to answer (finished ones last), verified ones for reference, and restricted ones left out."""
    restricted = [f for f in facts if rules.is_restricted(f.cells, session.today)]
    rest = [f for f in facts if f not in restricted]
    verified = [f for f in rest if f.cells["status"] == ACTION.complete and not meets("claimed", ACTION, f.cells, session.today)]
    rows = [f for f in rest if f not in verified]
    rows.sort(key=lambda f: (not is_open(ACTION, f.cells), len(f.reference), f.reference))
    return rows, verified, restricted


def return_row(facts: RowFacts, return_reference: str, secret: str, form: ReturnForm = PROGRESS) -> ReturnRow:
    """A row with the marks by which it is known again."""
    row = shown_row(facts, form)
    row.visible = identity.visible(secret, facts.reference, facts.id)
    row.key = identity.row_key(secret, return_reference, facts.reference, facts.id)
    row.check = identity.locked_digest(secret, locked_texts(row))
    return row


def shown_row(facts: RowFacts, form: ReturnForm = PROGRESS) -> ReturnRow:
    """What a row shows, without its marks."""
    values: dict[str, str | int | None] = {}
    for column in form.columns:
        value = facts.cells.get(column.key) if column.kept == IN_CELL else facts.update.get(column.key)
        values[column.key] = None if column.key == "answer" else value
    due = facts.cells["due" if form is PROGRESS else "funding_end"]
    return ReturnRow(
        facts.reference, "", "", str(facts.cells[form.about.title] or ""), facts.recommendations, str(due) if due else None, facts.last, values,
        finished=form is PROGRESS and not is_open(ACTION, facts.cells),
        more={c.key: to_words(c.spec, facts.cells.get(c.key)) for c in form.shown},
    )


def _last_answer(facts: RowFacts) -> str:
    """The last answer, with its date: the last answer stands beside the new one."""
    lines = [ACTION_STATUS.label(str(facts.cells["status"] or "not_known"))]
    if facts.cells.get("rating_partner"):
        lines[0] += f", {RATING.label(str(facts.cells['rating_partner']))}"
    if facts.update.get("narrative"):
        when = label(str(facts.update["as_at"])) if facts.update.get("as_at") else "undated"
        lines.append(f"{when}: {str(facts.update['narrative'])[:1500]}")
    return "\n".join(lines)


def base_row(row: ReturnRow, facts: RowFacts) -> dict[str, object]:
    """What is kept of a row that was sent, to compare with what comes back."""
    return {
        "id": facts.id, "reference": facts.reference, "visible": row.visible, "key": row.key, "check": row.check,
        "locked": locked_texts(row), "last": row.last_answer, "more": row.more, "values": row.values,
    }  # fmt: skip
