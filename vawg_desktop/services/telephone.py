"""A return given by telephone, by e-mail or in a meeting: it is staged, reviewed and counted like one that came as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.dates import label
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.personal import in_words, likely_personal
from vawg_desktop.domain.return_columns import CONTRACT, ReturnForm, field_of_column, form_of
from vawg_desktop.domain.terms import ACTION_STATUS, CHANNEL
from vawg_desktop.exchange.document import Cell, Document, Table
from vawg_desktop.services.answer_counts import standing_answers
from vawg_desktop.services.outputs import document, marking_of
from vawg_desktop.services.records import read_value
from vawg_desktop.services.return_messages import contact_of
from vawg_desktop.services.return_review import Review, review, sent_return
from vawg_desktop.services.session import Session

#: The answers to each action: id, then column, then the words as typed.
Answers = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One action of a return as it is asked about: what was sent, in stored values."""

    id: str
    reference: str
    title: str
    due: str
    values: Mapping[str, Value]


def to_ask(session: Session, return_id: str) -> list[Asked]:
    """The actions of a return in the order of its workbook."""
    owner = sent_return(session.read(), return_id)
    raw = session.read().exec_driver_sql('SELECT base FROM "return" WHERE id = ?', (return_id,)).one()[0]
    titles = {r["id"]: str(r["locked"][0]) for r in json.loads(raw or '{"rows": []}')["rows"]}
    return [Asked(b.id, b.reference, titles.get(b.id, ""), b.due, b.values) for b in owner.rows]


def form_asked(session: Session, return_id: str) -> ReturnForm:
    """The form of a return, by its id."""
    return sent_return(session.read(), return_id).form


def take_call(
    session: Session, return_id: str, given: Answers, *, informant: str, channel: str = "telephone"
) -> Review:
    """Stage what was told; the review shows it like any return. What is not understood is kept and asked there.

    Raises ValueRefusedError where nobody is named or nothing was answered.
    """
    if not informant.strip():
        raise ValueRefusedError("Say who gave the answers; their name is noted beside each answer.")
    owner = sent_return(session.read(), return_id)
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, object]] = []
    tray: list[dict[str, str]] = []
    asked: list[dict[str, str]] = []
    for base in owner.rows:
        answers: dict[str, dict[str, Any]] = {}
        for key in owner.form.by_key:
            typed = given.get(base.id, {}).get(key, "").strip()
            if not typed:
                continue
            try:
                value = _read(session, key, typed, base.reference)
            except ValueRefusedError as refused:
                problems.append(
                    {"code": "not_understood", "message": refused.message, "record": base.reference}
                )
                why = f"not understood, for {base.reference}"
                tray.append(
                    {"sheet": "", "cell": "", "header": field_of_column(key).label, "text": typed, "why": why}
                )
                asked.append(
                    {
                        "id": base.id,
                        "field": key,
                        "sheet": "",
                        "cell": "",
                        "text": typed,
                        "message": refused.message,
                    }
                )
                continue
            answers[key] = {"value": value, "sheet": "", "cell": ""}
            if isinstance(value, str) and (kinds := likely_personal(value)):
                answers[key]["personal"] = kinds
                problems.append(
                    {"code": "personal_data", "message": in_words(kinds), "record": base.reference}
                )
        rows.append({"id": base.id, "reference": base.reference, "answers": answers})
    if not any(r["answers"] for r in rows) and not asked:
        raise ValueRefusedError("Nothing was answered yet.")
    name = f"By {CHANNEL.label(channel).casefold()} from {informant.strip()}"
    content: dict[str, Any] = {
        "rows": rows, "count": len(rows), "problems": problems, "tray": tray, "asked": asked, "not_returned": [], "new_rows": [],
        "declaration": {}, "nil": False,
    }  # fmt: skip
    with session.store.write(session.who, name, Act.RECEIVE, return_id) as tx:
        id = tx.create("submission", {
            "return": return_id, "partner": owner.partner, "file_name": name, "received": session.today.isoformat(),
            "informant": informant.strip(), "channel": channel, "content": json.dumps(content, ensure_ascii=False),
        })  # fmt: skip
    return review(session, id)


def _read(session: Session, key: str, typed: str, reference: str) -> Value:
    spec = field_of_column(key)
    try:
        return read_value(session, session.read(), spec, typed)
    except ValueRefusedError as refused:
        raise ValueRefusedError(f"{reference}: {refused.message}") from None


def call_sheet(session: Session, return_id: str) -> Document:
    """A page for a telephone call: whom to ring, and a row with room to write for each action that was not answered yet.

    Raises NotFoundError.
    """
    connection = session.read()
    row = connection.exec_driver_sql(
        'SELECT r.partner, p.name, q.period, r.due, r.base, r.round, q.kind FROM "return" r JOIN partner p ON p.id = r.partner JOIN round q ON q.id = r.round WHERE r.id = ?',
        (return_id,),
    ).fetchone()
    if row is None:
        raise NotFoundError("That return is not in this store.")
    contact, email, telephone = contact_of(connection, str(row[0]), "reminder")
    lines = [f"Due {label(str(row[3]))}"]
    who = ", ".join(x for x in (contact, telephone, email) if x)
    lines += [who] if who else []
    answers = standing_answers(connection, return_id)
    rows = json.loads(row[4] or '{"rows": []}')["rows"]
    if answers.files:
        lines.append(answers.counts(rows).in_words())
    form = form_of(str(row[6]) if row[6] else None)
    asked: list[list[Cell]] = []
    for base in rows:
        values = base["values"]
        if answers.way(base) not in ("not_answered", "not_able"):
            continue  # finished, or answered already: nothing to ask
        reference, title, due = base["reference"], base["locked"][0], base["locked"][2]
        if form is CONTRACT:
            asked.append([reference, title, due, str(base.get("last") or ""), None])
            continue
        status = ACTION_STATUS.label(str(values.get("status") or "not_known"))
        asked.append([reference, title, due, status, str(values.get("narrative") or ""), None])
    heads = ["Ref", "Service", "Funding ends", "Last answer"] if form is CONTRACT else ["Ref", "Action", "Due", "Status", "Last answer"]
    table = Table("", [*heads, "Answer now"], asked, min_letters={"Answer now": 44})
    return document(session, f"Call sheet: {row[1]}, {row[2]}", [table], marking_of(None, ()), lines)
