"""What a partner answered before in the same return, and what of it was taken: the base of a second file (DESIGN 5)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vawg_desktop.domain import merge
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.return_columns import ReturnForm, form_of
from vawg_desktop.services import service_values
from vawg_desktop.store.history import taken_back

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: An action and a column of the return.
ActionColumn = tuple[str, str]


@dataclass(slots=True)
class Before:
    """One cell in a partner's earlier files: the last word of it that was taken, and the last that was queried or refused."""

    taken: Value = None
    was_taken: bool = False
    decided: Value = None
    was_decided: bool = False


def answered_before(connection: Connection, return_id: str, submission: str | None = None) -> dict[ActionColumn, Before]:
    """What was dealt with in the earlier files of a return; ``submission`` is the one they are earlier than, or the next."""
    rows = connection.exec_driver_sql(
        "SELECT id, content FROM submission WHERE \"return\" = ? AND NOT deleted AND state IS DISTINCT FROM 'reversed' "
        "AND n < coalesce((SELECT n FROM submission WHERE id = ?), 9223372036854775807) ORDER BY n",
        (return_id, submission or ""),
    ).fetchall()
    found: dict[ActionColumn, Before] = {}
    for id, content in rows:
        answered = json.loads(content or '{"rows": []}')["rows"]
        taken = taken_cells(connection, str(id), [str(row["id"]) for row in answered])
        decided = _decided(connection, str(id))
        for row in answered:
            for key, answer in row["answers"].items():
                place = (str(row["id"]), key)
                if place in taken:
                    found.setdefault(place, Before()).taken = answer["value"]
                    found[place].was_taken = True
                elif place in decided:
                    found.setdefault(place, Before()).decided = answer["value"]
                    found[place].was_decided = True
    return found


def base_for(sent: Value, before: Before | None, incoming: Value) -> Value:
    """What a cell is compared with: what was sent, or the word of the partner's earlier file that replaces it.

    A word that was queried or refused and comes again is no new one; one that still waits for a decision is offered
    again, so that it is not lost between two files.
    """
    if before is not None and before.was_decided and merge.same(before.decided, incoming):
        return incoming
    return before.taken if before is not None and before.was_taken else sent


#: Each part goes by the row, which is indexed; a log of two million entries is never read whole.
_OF_ROWS = (
    'SELECT c."row", c.txn, c.act, c.about, c.op, c.n, c.fields FROM "change" c WHERE c."row" IN ({marks}) '
    "AND c.act IN ('return', 'reverse', 'undo', 'redo') ORDER BY c.n"
)


def taken_cells(connection: Connection, submission: str, actions: Sequence[str]) -> set[ActionColumn]:
    """The cells of a submission that were taken and neither undone nor reversed since."""
    of_itself = connection.exec_driver_sql(_OF_ROWS.format(marks="?"), (submission,)).fetchall()
    gone = taken_back((str(r[1]), str(r[3])) for r in of_itself if r[2] in ("undo", "redo"))
    reversed_at = max((int(r[5]) for r in of_itself if r[2] == "reverse" and str(r[1]) not in gone), default=0)
    found: set[ActionColumn] = set()
    for start in range(0, len(actions), 400):
        part = actions[start : start + 400]
        rows = connection.exec_driver_sql(_OF_ROWS.format(marks=",".join("?" * len(part))), tuple(part)).fetchall()
        gone = taken_back((str(r[1]), str(r[3])) for r in rows if r[2] in ("undo", "redo"))
        for row, txn, act, about, op, n, fields in rows:
            if act == "return" and about == submission and op != "create" and n > reversed_at and str(txn) not in gone:
                found |= {(str(row), key) for key in json.loads(fields)}
    form, period = _form_of(connection, submission)
    words = connection.exec_driver_sql(
        f'SELECT "{form.told_by.parent}", {", ".join(form.words)} FROM "{form.told_by.key}" WHERE submission = ? AND NOT deleted',
        (submission,),
    ).fetchall()
    found |= {(str(w[0]), key) for w in words for key, words_then in zip(form.words, w[1:], strict=True) if words_then}
    if form.values:
        found |= _taken_values(connection, submission, service_values.places(connection, list(actions), period), reversed_at)
    return found


def _form_of(connection: Connection, submission: str) -> tuple[ReturnForm, str]:
    """The form of the round that a submission answers, and the period that its numbers are kept for."""
    row = connection.exec_driver_sql(
        'SELECT q.kind, q.period FROM submission s JOIN "return" r ON r.id = s."return" JOIN round q ON q.id = r.round WHERE s.id = ?', (submission,)
    ).fetchone()
    form = form_of(str(row[0]) if row and row[0] else None)
    return form, service_values.period_of(str(row[1])) if row and form.values else ""


def _taken_values(connection: Connection, submission: str, values: Mapping[str, ActionColumn], reversed_at: int) -> set[ActionColumn]:
    """The numbers that a submission wrote and that were neither undone nor reversed since."""
    found: set[ActionColumn] = set()
    for id, place in values.items():
        rows = connection.exec_driver_sql(_OF_ROWS.format(marks="?"), (id,)).fetchall()
        gone = taken_back((str(r[1]), str(r[3])) for r in rows if r[2] in ("undo", "redo"))
        if any(act == "return" and about == submission and n > reversed_at and str(txn) not in gone for _, txn, act, about, _, n, _ in rows):
            found.add(place)
    return found


def _decided(connection: Connection, submission: str) -> set[ActionColumn]:
    rows = connection.exec_driver_sql(
        "SELECT record, field FROM decision WHERE submission = ? AND NOT deleted", (submission,)
    )
    return {(str(r[0]), str(r[1])) for r in rows}


def with_earlier_answers(values: Mapping[str, Value], id: str, before: Mapping[ActionColumn, Before]) -> dict[str, Value]:
    """The values of a row as sent, with what was taken of the partner's earlier files in their place."""
    return {
        **values,
        **{key: earlier.taken for (of, key), earlier in before.items() if of == id and earlier.was_taken},
    }
