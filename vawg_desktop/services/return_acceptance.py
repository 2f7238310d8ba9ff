"""Taking a return: what is accepted is written with its update in one transaction; what is not is decided on, with its reason."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain import merge, rules
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.personal import likely_personal
from vawg_desktop.domain.return_columns import (
    ADDED_ROW,
    CONTRACT,
    ON_UPDATE,
    ON_VALUE,
    PROGRESS,
    ReturnForm,
    field_of_column,
)
from vawg_desktop.services import names, service_values
from vawg_desktop.services.answer_counts import is_cleared
from vawg_desktop.services.records import read_value, with_copied_cells
from vawg_desktop.services.return_currents import currents_of
from vawg_desktop.services.return_doubts import Doubts
from vawg_desktop.services.return_review import (
    Difference,
    SentReturn,
    review,
    sent_return,
)
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection


#: Reasons to hold an answer that depend on the store now; doubts about the file were reported on reading it.
HELD_NOW = frozenset({
    "in_bin", "waits_for_choice", "superseded", "reassigned", "somebody_elses", "not_agreed", "at_odds", "not_offered", "more_than_referred",
})  # fmt: skip
_DOUBTS = {
    "superseded": "the action has been superseded since it was sent.",
    "reassigned": "it is no longer this body's since it was sent.",
    "somebody_elses": "another body is accountable for the action, and reports its status.",
    "not_agreed": "a date moves only when somebody agrees to it.",
    "not_offered": "the action would be superseded, which is the office's to say.",
    "at_odds": "it would be complete but below 100%.",
    "more_than_referred": "it is more than were referred in the period.",

    "exchanged": "its row and another have each other's answers.",
    "sorted": "it may have been sorted apart from its reference.",
    "shifted": "the answers may have slid to other rows.",
    "moved": "it is what we sent for another row.",
    "cut": "the cell that was sent held only the beginning of it.",
    "made_date": "the program that wrote the file made a date or a time of these words.",
    "struck": "words in it are struck out.",
    "points_elsewhere": "it only points to another row.",
    "filled": "it may have been drawn down over other answers.",
    "contradicts": "the row says that nothing changed.",
    "aside": "the cells of its row are not in the columns we sent them in.",
    "crossed": "its column's heading may have been exchanged with another.",
}


def why_held(one: Difference) -> Problem:
    """Why an answer could not be taken, in a sentence with its place."""
    if one.held in _DOUBTS:
        return Problem(
            one.held,
            f"{one.label} of {one.record} was not taken: {_DOUBTS[one.held]}{f' It is now with {one.whose}.' if one.whose else ''}",
            one.sheet,
            one.cell,
            one.record,
        )
    if one.held == "personal_data":
        words = f"{one.label} of {one.record} may hold a person's data: it was not taken; look at it first."
        return Problem(one.held, words, one.sheet, one.cell, one.record)
    words = (
        f"{one.record} was combined with {one.whose}; enter its {one.label} there if it holds for it."
        if one.held == "in_bin" and one.whose
        else f"{one.record} is in the bin here; bring it back to take its {one.label}."
        if one.held == "in_bin"
        else f"{one.record} holds two values that nobody has chosen between; resolve the conflict, then take its {one.label}."
    )
    return Problem(one.held, words, one.sheet, one.cell, one.record)


#: The rung of the verification ladder that a chief officer's clearance of a return gives.
SIGNED_OFF = 1


def accept(
    session: Session,
    submission: str,
    chosen: Sequence[Difference],
    *,
    edited: Mapping[tuple[str, str], Value] | None = None,
) -> Changes:
    """Write accepted cells, numbers, and one update per answered action or service, in one transaction.

    Raises StaleError where a cell moved since it was shown. ``edited`` replaces incoming values.
    """
    connection = session.read()
    row = connection.exec_driver_sql("SELECT * FROM submission WHERE id = ?", (submission,)).mappings().one()
    content = json.loads(row["content"])
    by_action: dict[str, dict[str, Difference]] = {}
    for one in chosen:
        by_action.setdefault(one.id, {})[one.field] = one
    if not by_action and row["state"] == "applied":
        return Changes()
    taken = {(d.id, d.field) for d in chosen}
    open_still = [
        d
        for d in review(session, submission).differences
        if d.kind is not merge.Kind.BOTH_SAME and not d.decision and (d.id, d.field) not in taken
    ]
    owner = sent_return(connection, str(row["return"]))
    called = owner.called(connection)
    form = owner.form
    standing = currents_of(connection, [str(r["id"]) for r in content["rows"]], form, owner.values_for(session))
    doubts = Doubts(connection, owner.partner, standing)
    cleared = form is PROGRESS and is_cleared(content["declaration"])
    with session.store.write(session.who, f"From return {called} ({row['file_name']})", Act.RETURN, submission) as tx:
        for id, cells in by_action.items():
            given = {k: (edited or {}).get((id, k), d.incoming) for k, d in cells.items()}
            own = {k: v for k, v in given.items() if k not in ON_UPDATE | ON_VALUE}
            seen = {k: cells[k].heads for k in cells}
            if "revised_due" in own:
                own["revised_agreed_by"] = session.who
            tx.edit(form.about.key, id, own | _signed_for(tx, form, id, own, cleared), seen=seen)
            numbers = {k: v for k, v in given.items() if k in ON_VALUE}
            if numbers:
                service_values.put(tx, id, owner.values_for(session), numbers, seen, str(row["received"] or session.today.isoformat()))
        for (id, key), value in (edited or {}).items():
            if (id, key) in taken and not merge.same(value, by_action[id][key].incoming):
                tx.create("decision", {
                    "submission": submission, "record": id, "field": key, "decision": "accepted",
                    "value": None if value is None else str(value), "reason": "Taken in other words",
                })  # fmt: skip
        waiting = {d.id for d in open_still}
        refused = _refused(tx.connection, submission)
        for one in open_still:  # held, or not decided yet: nobody has taken these words
            refused.setdefault(one.id, set()).add(one.field)
        for answer in content["rows"]:
            id = answer["id"]
            if id not in by_action and (id in waiting or id not in standing or doubts.about_row(id)):
                continue
            _add_update(tx, submission, dict(row), owner, answer, by_action.get(id, {}), edited or {}, refused.get(id, ()))
        if row["state"] != "applied" and not open_still:
            tx.edit("submission", submission, {"state": "applied"})
    return tx.changes


def _signed_for(tx: Transaction, form: ReturnForm, id: str, given: Mapping[str, Value], cleared: bool) -> dict[str, Value]:
    """The rung of the ladder for an action that a return says is complete: whoever cleared the return signed for it; that the office saw proof is another thing."""
    if cleared and given.get("status") == form.about.complete and rules.verification(tx.row(form.about.key, id)) < SIGNED_OFF:
        return {"verification": str(SIGNED_OFF)}
    return {}


def _heard_before(tx: Transaction, submission: str, row: Mapping[str, Any], form: ReturnForm, answer: Mapping[str, Any]) -> bool:
    """Whether an earlier file of the same return gave the very words of an answer, so that they are written down already."""
    given = [answer["answers"].get(key, {}).get("value") for key in form.words]
    same = " AND ".join(f'u."{key}" IS NOT DISTINCT FROM ?' for key in form.words)
    found = tx.connection.exec_driver_sql(
        f'SELECT 1 FROM "{form.told_by.key}" u JOIN submission s ON s.id = u.submission WHERE s."return" = ? AND s.id <> ? AND NOT s.deleted '
        f"AND s.state IS DISTINCT FROM 'reversed' AND u.\"{form.told_by.parent}\" = ? AND NOT u.deleted AND {same}",
        (row["return"], submission, answer["id"], *given),
    ).fetchone()
    return found is not None


def _refused(connection: Connection, submission: str) -> dict[str, set[str]]:
    """Columns of a submission that were queried or refused, by action."""
    found: dict[str, set[str]] = {}
    for record, key in connection.exec_driver_sql(
        "SELECT record, field FROM decision WHERE submission = ? AND decision IS DISTINCT FROM 'accepted' AND NOT deleted",
        (submission,),
    ):
        found.setdefault(str(record), set()).add(str(key))
    return found


def _add_update(
    tx: Transaction,
    submission: str,
    row: Mapping[str, Any],
    owner: SentReturn,
    answer: Mapping[str, Any],
    chosen: Mapping[str, Difference],
    edited: Mapping[tuple[str, str], Value],
    refused: Collection[str] = (),
) -> None:
    """The update of an answered action or service; none if “Update” only repeats words already kept."""
    form = owner.form
    told, parent = form.told_by, form.told_by.parent
    answered = answer["answers"].get("answer", {}).get("value")
    if not chosen and answered == "update" and not any(key in answer["answers"] for key in form.words):
        return  # it says that there is an update, and not which
    if not chosen and (answered is None or refused or (answered == "update" and _heard_before(tx, submission, row, form, answer))):
        return
    there = tx.connection.exec_driver_sql(
        f'SELECT id, {"barriers" if form is PROGRESS else "NULL"}, {", ".join(form.words)} FROM "{told.key}" '
        f'WHERE submission = ? AND "{parent}" = ? AND NOT deleted ORDER BY n DESC',
        (submission, answer["id"]),
    ).fetchone()
    given = {k: a["value"] for k, a in answer["answers"].items() if k in form.words and k not in refused}
    words = {k: edited.get((answer["id"], k), d.incoming) for k, d in chosen.items() if k in ON_UPDATE}
    if there is None and (answered or words):
        words = given | words  # words that the record says already are this answer's as well
    if there is not None:
        latest: dict[str, Value] = dict(zip(form.words, there[2:], strict=True))
        words = {k: v for k, v in words.items() if not merge.same(v, latest[k])}
        if not words:
            return
        # a correction stands in the earlier one's place: what was taken before stands in it too
        words = {k: v for k, v in latest.items() if v} | words
    cells: dict[str, Value] = {
        parent: answer["id"], "period": owner.period or None, "as_at": row["received"],
        "channel": row["channel"] or "return", "informant": row["informant"], "answer": answered or "update", "submission": submission,
        **words, "corrects": str(there[0]) if there else None,
    }  # fmt: skip
    if there is not None and there[1]:
        cells["barriers"] = there[1]
    blockers = chosen.get("blockers")
    if blockers is not None:
        cells["barriers"] = edited.get((answer["id"], "blockers"), blockers.incoming)
    tx.create(told.key, with_copied_cells(tx, told, {k: v for k, v in cells.items() if v is not None}))


def typed_value(session: Session, key: str, typed: str) -> Value:
    """The stored value of what an officer typed for a column of a return. Raises ValueRefusedError."""
    return read_value(session, session.read(), field_of_column(key), typed)


def decide(
    session: Session, submission: str, differences: Sequence[Difference], decision: str, reason: str = ""
) -> Changes:
    """Query or refuse differences (or, with an empty decision, think again), each kept with its reason."""
    with session.store.write(session.who, reason or None, Act.DECIDE, submission) as tx:
        for one in differences:
            for (id,) in tx.connection.exec_driver_sql(
                "SELECT id FROM decision WHERE submission = ? AND record = ? AND field = ? AND NOT deleted",
                (submission, one.id, one.field),
            ).fetchall():
                tx.delete("decision", str(id))
            if decision:
                tx.create("decision", {
                    "submission": submission, "record": one.id, "field": one.field, "decision": decision,
                    "value": _quoted(one), "reason": reason or None,
                })  # fmt: skip
    return tx.changes


def _quoted(one: Difference) -> str | None:
    """What the partner wrote, as a question about it may quote it: never what may be a person's data."""
    text = one.text or (None if one.incoming is None else str(one.incoming))
    return None if text is None or one.held == "personal_data" or likely_personal(text) else text


def add_new_row(session: Session, submission: str, row: Mapping[str, str]) -> Changes:
    """Take a new row of a return: a proposed action of its partner, or a piece of evidence to be reviewed; of a contract's return a planned service."""
    owner = sent_return(session.read(), _return_of(session, submission))
    with session.store.write(session.who, f"New in {owner.called(session.read())}", Act.RETURN, submission) as tx:
        if "What it proves" in row or "Title" in row:
            _remember_added(tx, submission, row, _add_evidence(tx, submission, row))
            return tx.changes
        partner = tx.row("submission", submission)["partner"]
        note = "; ".join(f"{k}: {v}" for k, v in row.items() if k not in ("sheet", "cell", owner.form.locked[1]) and v)
        kind = owner.form.about
        title = row.get(owner.form.locked[1]) or row.get("text") or f"New {kind.label.casefold()}"
        whose = {"provider": partner, "status": "planned"} if owner.form is CONTRACT else {"accountable": partner, "status": "proposed"}
        cells: dict[str, Value] = {"title": title, **whose, "note": note or None}
        id = tx.create(kind.key, cells, id=_id_of_row(tx, kind.key, submission, row))
        _remember_added(tx, submission, row, id)
    return tx.changes


def _return_of(session: Session, submission: str) -> str:
    row = session.read().exec_driver_sql('SELECT "return" FROM submission WHERE id = ?', (submission,)).one()
    return str(row[0])


def _remember_added(tx: Transaction, submission: str, row: Mapping[str, str], id: str) -> None:
    """Which record a new row became: it is not offered twice."""
    place = f"{ADDED_ROW}{row.get('sheet', '')}!{row.get('cell', '')}"
    cells = {"submission": submission, "record": id, "field": place, "decision": "accepted"}
    tx.create("decision", cells, id=tx.free_id("decision", merge.content_id("decision", submission, place, id)))


def _id_of_row(tx: Transaction, table: str, submission: str, row: Mapping[str, str]) -> str | None:
    """The id of what a new row of a return becomes: the same in every store that takes it."""
    content = "\x1f".join(f"{k}={v}" for k, v in sorted(row.items()))
    return tx.free_id(table, merge.content_id(table, submission, content))


def _add_evidence(tx: Transaction, submission: str, row: Mapping[str, str]) -> str:
    name = row.get("Action reference", "")
    action = action_named(tx.connection, name) if name else None
    rest = "; ".join(f"{k}: {row[k]}" for k in ("Date", "Action reference") if row.get(k))
    id = tx.create(
        "evidence",
        {
            "title": row.get("Title") or row.get("What it proves", "")[:120] or "Evidence",
            "holder": row.get("Held by"),
            "proves": row.get("What it proves"),
            "note": rest or None,
        },
        id=_id_of_row(tx, "evidence", submission, row),
    )
    if action is not None:
        tx.link("evidence.actions", id, action.id)
    return id


def action_named(connection: Connection, reference: str) -> names.Found | None:
    """The action that a row of evidence names, with or without check letters."""
    return names.with_check_letters(connection, reference, "action")
