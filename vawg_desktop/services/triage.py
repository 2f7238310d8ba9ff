"""Answers that a person looks at on the day on which they come: flagged as a survey is taken in, decided on with a recipient and a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from vawg_desktop.domain import clock, safeguarding
from vawg_desktop.domain.clock import LONDON
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.survey_terms import TRIAGE
from vawg_desktop.exchange.survey_in import SurveyFile
from vawg_desktop.exchange.survey_questions import Answer
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

#: Nothing more is to be done about it.
DECIDED = frozenset(TRIAGE.key_list()) - {"to_decide"}


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of a response, with the question that it answers, and why somebody should look at it."""

    question: str
    words: str
    reasons: tuple[str, ...]


def reasons_of(file: SurveyFile) -> list[list[str]]:
    """Why each response of a file should be looked at, the gravest reason first; empty for most. Each different answer is looked at once."""
    found = [set[str]() for _ in file.responses]
    for place, question in enumerate(file.questions):
        options = frozenset(question.choices)
        given = [_own(r.answers[place], options) for r in file.responses]
        if options and not any(map(safeguarding.concerns, options)):  # a choice that was offered tells of nobody
            given = [[a for a in some if a not in options] for some in given]
        grave = {a: reasons for a in {a for some in given for a in some} if (reasons := safeguarding.concerns(a))}
        if grave:
            for n, some in enumerate(given):
                found[n].update(reason for a in some for reason in grave.get(a, ()))
    return [[reason for reason in safeguarding.IN_ORDER if reason in some] for some in found]


def _own(answer: Answer, options: Collection[str]) -> Sequence[str]:
    """An answer's words: of several choices only those that were not offered."""
    return [a for a in answer if a not in options] if isinstance(answer, list) else [answer] if answer else []


def reasons_of_words(words: str) -> list[str]:
    """Why one answer should be looked at, the gravest reason first."""
    return safeguarding.concerns(words)


def flag(tx: Transaction, response: str, survey: str, wave: str, reasons: Sequence[str]) -> None:
    """Put a response on the list of today; one that was decided on comes back where it says something else now."""
    words = ", ".join(reasons)
    there = tx.connection.exec_driver_sql("SELECT reasons FROM survey_response WHERE id = ?", (response,)).fetchone()
    if there is None:
        tx.create("survey_response", {"survey": survey, "wave": wave or None, "reasons": words, "status": "to_decide"}, id=response)
    else:
        tx.edit("survey_response", response, {"reasons": words, "status": "to_decide", "decided_by": None, "decided_on": None, "decided_at": None})


def mind(session: Session, row: Mapping[str, Value], cells: dict[str, Value]) -> None:
    """A decision is kept with who made it and when; a referral names to whom. Raises RuleError."""
    status = cells.get("status", row.get("status"))
    if status == "referred" and not cells.get("recipient", row.get("recipient")):
        raise RuleError("Say to whom it was referred (Referred to), then that it was.", code="rule_recipient")
    if "status" in cells and cells["status"] in DECIDED and cells["status"] != row.get("status"):
        moment = clock.now().astimezone(LONDON)
        cells.setdefault("decided_by", session.who)
        cells.setdefault("decided_on", moment.date().isoformat())
        cells.setdefault("decided_at", f"{moment:%H:%M}")
    elif cells.get("status", "") in (None, "to_decide"):
        cells |= {"decided_by": None, "decided_on": None, "decided_at": None}


def answers_of(session: Session, response: str) -> list[Told]:
    """What a respondent said in their own words, by the response's id: each free answer with its question, what should be looked at first."""
    from vawg_desktop.services import surveys

    rows = plain_rows(session.read(), "SELECT survey FROM survey_response WHERE id = ?", (response,))
    if not rows or not rows[0]["survey"]:
        return []
    known = surveys.answers(session, str(rows[0]["survey"]))
    found = next((r for r in known.rows if r.id == response), None)
    if found is None:
        return []
    told: list[Told] = []
    for question in known.questions:
        for words in _own(found.answers.get(str(question["id"])), json.loads(str(question["choices"] or "[]"))):
            if question["kind"] == "free_text" or safeguarding.concerns(words):
                told.append(Told(str(question["wording"]), words, tuple(safeguarding.concerns(words))))
    return sorted(told, key=lambda t: not t.reasons)


def to_decide(session: Session) -> list[tuple[str, str, int]]:
    """Surveys with responses that wait: (the first response's id, the survey's title, how many)."""
    rows = session.read().exec_driver_sql(
        "SELECT s.title, count(*), min(r.n) FROM survey_response r JOIN survey s ON s.id = r.survey AND NOT s.deleted WHERE NOT r.deleted AND r.status = 'to_decide' GROUP BY s.id, s.title ORDER BY s.title"
    ).fetchall()
    found: list[tuple[str, str, int]] = []
    for title, count, first in rows:
        (id,) = session.read().exec_driver_sql("SELECT id FROM survey_response WHERE n = ?", (first,)).one()
        found.append((str(id), str(title), int(count)))
    return found
