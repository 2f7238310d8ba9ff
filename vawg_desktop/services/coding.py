"""The coding desk: each answer with the respondent's other answers, sorted under codes by one coder who does not see the others'.

How one coder sorted one answer is one record; its id follows from question, response and coder, and each code is a link of its own, so two
officers who code on two copies never write on the same cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vawg_desktop.domain import merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.coding_terms import CODING_RESULT
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.services import answer_review, codebooks
from vawg_desktop.services.answer_review import Text
from vawg_desktop.services.codebooks import CODES_OF, CODING, Codebook
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.readings import REVIEWED, SET_ASIDE
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers, Row
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: The coder under whose name stands what coders agreed on after they compared.
AGREED = "Agreed"
_CODED, _NONE, _UNCLEAR = (CODING_RESULT.key_list()[n] for n in range(3))
_ROWS = "SELECT id, response, coder, result, memo, version, codebook, passages, answer FROM coding WHERE survey_question = ? AND NOT deleted"
_LINKS = "SELECT l.a, l.b FROM link l JOIN coding c ON c.id = l.a WHERE l.kind = ? AND NOT l.deleted AND c.survey_question = ?"


@dataclass(slots=True)
class Coded:
    """How one coder sorted one answer: a key of the results (empty where only a memo stands), the ids of codes, a memo, and by which version of which codebook."""

    id: str
    response: str
    coder: str
    result: str
    codes: list[str] = field(default_factory=list[str])
    memo: str = ""
    version: int = 1
    codebook: str = ""
    passages: str = ""
    answer: str = ""

    def is_of(self, text: Text) -> bool:
        """Whether it was made of the answer as it stands now, and not of an earlier one."""
        return not self.answer or not text.digests or bool(text.digests & set(self.answer.split()))


@dataclass(slots=True)
class Line:
    """One answer at the desk: its words, what this coder made of it, and what the respondent answered otherwise (by question id)."""

    text: Text
    row: Row
    coded: Coded | None = None

    @property
    def state(self) -> str:
        """Where it stands: to_review, set_aside, to_code, or a result of coding."""
        if not self.text.may_be_read:
            return self.text.status
        return (self.coded.result if self.coded is not None else "") or "to_code"


def free_questions(answers: Answers) -> list[tuple[str, str]]:
    """The questions of a survey that are answered in people's own words: (id, wording)."""
    return [(str(q["id"]), str(q["wording"])) for q in answers.questions if q["kind"] == "free_text"]


def codings(session: Session, question: str, coder: str | None = None) -> list[Coded]:
    """How coders sorted the answers to a question, by its id; one coder's alone where ``coder`` names one. A code that was merged away is the one it went into."""
    into = codebooks.resolved(session)
    found = _read(session, question, "", ())
    _read_codes(session, question, found, into, "", ())
    return [c for c in found.values() if coder is None or c.coder == coder]


def codings_of(session: Session, question: str, responses: Sequence[str], coder: str) -> dict[str, Coded]:
    """How one coder sorted a few answers, by response."""
    ids = [coding_id(question, r, coder) for r in responses]
    marks = ",".join("?" * len(ids))
    found = _read(session, question, f" AND id IN ({marks})", ids)
    _read_codes(session, question, found, codebooks.resolved(session), f" AND l.a IN ({marks})", ids)
    return {c.response: c for c in found.values()}


def _read(session: Session, question: str, more: str, ids: Sequence[str]) -> dict[str, Coded]:
    return {
        str(r["id"]): Coded(str(r["id"]), str(r["response"]), str(r["coder"]), str(r["result"] or ""), memo=str(r["memo"] or ""), version=int(str(r["version"] or 1)), codebook=str(r["codebook"] or ""), passages=str(r["passages"] or ""), answer=str(r["answer"] or ""))
        for r in plain_rows(session.read(), f"{_ROWS}{more} ORDER BY n", (question, *ids))
    }  # fmt: skip


def _read_codes(session: Session, question: str, found: Mapping[str, Coded], into: Mapping[str, str], more: str, ids: Sequence[str]) -> None:
    for a, b in session.read().exec_driver_sql(f"{_LINKS}{more} ORDER BY l.n", (CODES_OF, question, *ids)):
        one = found.get(str(a))
        code = into.get(str(b), str(b))
        if one is not None and code not in one.codes:
            one.codes.append(code)


def lines(session: Session, answers: Answers, question: str, coder: str = "") -> list[Line]:
    """Every answer to a question as one coder (this session's person without one) has it."""
    mine = {c.response: c for c in codings(session, question, coder or coder_name(session.who))}
    rows = {r.id: r for r in answers.rows}
    return [line_of(t, rows[t.response], mine.get(t.response)) for t in answer_review.texts(session, answers, question)]


def line_of(text: Text, row: Row, coded: Coded | None) -> Line:
    """An answer at the desk. Of a coding of an earlier answer only the memo is left."""
    if coded is not None and text.may_be_read and not coded.is_of(text):
        coded = replace(coded, result="", codes=[])
    return Line(text, row, coded)


def coder_name(who: str) -> str:
    """The name under which somebody codes: nobody codes under the name of what coders agreed on."""
    return f"{who} (a coder)" if fold(who) == fold(AGREED) else who


def coding_id(question: str, response: str, coder: str) -> str:
    """The id of how a coder sorted an answer: the same in every store."""
    return merge.content_id(CODING.key, question, response, coder)


@dataclass(frozen=True, slots=True)
class Desk:
    """What is being coded, by whom: ids of survey, question and codebook; the codebook's version; the coder where it is not this session's person."""

    survey: str
    question: str
    codebook: str
    version: int = 1
    coder: str = ""


def change(session: Session, desk: Desk, responses: Iterable[str], *, add: Sequence[str] = (), remove: Sequence[str] = (), result: str = "", memo: str | None = None) -> Changes:
    """Put answers under codes or take them from there, say that none fits or that one is unclear, or note something of it; in one step.

    With no code left an answer counts as not coded. Raises RuleError for one that nobody has looked at yet, and for a code that is only a heading.
    """
    with session.store.write(session.who, None, Act.CODE) as tx:
        _refuse_headings(tx.connection, add)
        for response in responses:
            _change_one(tx, session, desk, response, add, remove, result, memo)
    return tx.changes


def _change_one(tx: Transaction, session: Session, desk: Desk, response: str, add: Sequence[str], remove: Sequence[str], result: str, memo: str | None) -> None:
    refuse_unseen(tx, desk.question, response)
    coder = desk.coder or coder_name(session.who)
    id = coding_id(desk.question, response, coder)
    there = tx.run("SELECT result, deleted, memo, answer FROM coding WHERE id = ?", (id,)).fetchone()
    read_as = _read_as(tx, desk.question, response)
    earlier = there is not None and bool(there[3]) and not set(str(there[3]).split()) & set((read_as or "").split())
    stood = [] if there is None or there[1] or earlier else tx.linked(CODES_OF, id)
    codes = [] if result in (_NONE, _UNCLEAR) else [*(c for c in stood if c not in remove), *(c for c in dict.fromkeys(add) if c not in stood)]
    stands = str(there[0] or "") if there is not None and not there[1] and not earlier else ""
    now = result or (_CODED if codes else "" if stands == _CODED else stands)
    judged = result or add or remove or earlier or there is None or there[1]
    cells: dict[str, Value] = {}
    if judged:  # a memo alone says nothing of when and by which codebook the answer was coded
        cells = {"codebook": desk.codebook or None, "version": desk.version, "coded_on": session.today.isoformat(), "answer": read_as}
    noted = (memo if memo is not None else str(there[2] or "") if there is not None and not there[1] else "").strip()
    cells["memo"] = noted or None
    if not now and not noted:  # nothing is said of it any more
        if there is not None and not there[1]:
            tx.set_links(CODES_OF, id, [])
            tx.edit(CODING.key, id, {"memo": None, "result": None, "deleted": True})
        return
    if there is None:
        tx.create(CODING.key, {"survey": desk.survey, "survey_question": desk.question, "response": response, "coder": coder, "result": now or None, **cells}, id=id)
    else:
        tx.edit(CODING.key, id, {"result": now or None, "deleted": False, **cells})
    tx.set_links(CODES_OF, id, codes)


def _read_as(tx: Transaction, question: str, response: str) -> str | None:
    """The digests of the answer as it was looked at: of another answer given later the coding says nothing."""
    rows = tx.run("SELECT digest FROM answer_review WHERE survey_question = ? AND response = ? AND status = 'reviewed' AND deleted = 0 AND digest IS NOT NULL ORDER BY digest", (question, response)).fetchall()
    return " ".join(str(r[0]) for r in rows)[:400] or None


def set_codes(tx: Transaction, session: Session, desk: Desk, response: str, codes: Sequence[str], result: str) -> None:
    """State all codes of an answer at once, inside a transaction. Raises as ``change`` does."""
    _refuse_headings(tx.connection, codes)
    coder = desk.coder or coder_name(session.who)
    stood = tx.linked(CODES_OF, coding_id(desk.question, response, coder))
    _change_one(tx, session, desk, response, codes, [c for c in stood if c not in codes], result, None)


def refuse_unseen(tx: Transaction, question: str, response: str) -> None:
    """Raise RuleError for an answer that nobody has looked at, or that was set aside."""
    found = [str(r[0]) for r in tx.run("SELECT status FROM answer_review WHERE survey_question = ? AND response = ? AND deleted = 0", (question, response)).fetchall()]
    if REVIEWED not in found or SET_ASIDE in found:
        raise RuleError("Look at the answer first and take out what identifies anybody; then code it.", code="rule_not_reviewed")


def _refuse_headings(connection: Connection, codes: Sequence[str]) -> None:
    for code in codes:
        row = connection.exec_driver_sql("SELECT title, heading, deleted FROM code WHERE id = ?", (code,)).fetchone()
        if row is None or row[2]:
            raise RuleError("That code is no longer in the codebook.", code="rule_code_gone")
        if row[1]:
            raise RuleError(f"{row[0]} is only a heading; put the answer under one of its codes.", code="rule_heading")


# -- words that suggest a code ---------------------------------------------------------------------


class Suggesting:
    """Offers codes by their words; what is offered counts for nothing until somebody accepts it."""

    def __init__(self, codebook: Codebook) -> None:
        self._shapes = [(c.id, re.compile(r"(?<!\w)(?:" + "|".join(re.escape(fold(w)) for w in c.words if fold(w)) + r")(?!\w)")) for c in codebook.codes if not c.heading and any(map(fold, c.words))]

    def of(self, words: str) -> list[str]:
        """The ids of codes that the words of an answer suggest, in the codebook's order."""
        folded = fold(words)
        return [id for id, shape in self._shapes if shape.search(folded)]


# -- quotes -----------------------------------------------------------------------------------------


def keep_quote(session: Session, answers: Answers, question: str, response: str, codebook: Codebook, span: tuple[int, int] | None = None) -> tuple[str, Changes]:
    """Keep an answer as a quote under the themes of its codes, or the part of it between two positions of its words; returns the quote's id.

    It is read anew, so what was taken out a moment ago is not in it. Whether it may leave is asked of a second person, as of any quote. Raises
    RuleError for an answer that nobody has looked at, and for a part that holds no words.
    """
    text = next(iter(answer_review.texts_of(session, answers, question, {response})), None)
    if text is None or not text.may_be_read:
        raise RuleError("Nobody has looked at that answer yet, so it cannot be quoted.", code="rule_not_reviewed")
    wanted = (text.shown if span is None else answer_review.shown_between(text, *span)).strip()
    if not wanted:
        raise RuleError("A quote is words of the answer as it is shown.", code="rule_quote_words")
    coded = codings_of(session, question, [response], coder_name(session.who)).get(response)
    chosen = [c for id in (coded.codes if coded is not None else []) if (c := codebook.code(id)) is not None]
    year = (text.answered or str(answers.survey["closed_on"] or answers.survey["opened_on"] or ""))[:4]
    with session.store.write(session.who, None, Act.CODE) as tx:
        id = tx.create("quote", {
            "words": wanted, "from_whom": f"Respondent to {answers.survey['title']}", "said": year if year.isdigit() else None, "response": response,
            "marking": answers.survey["marking"],  # type: ignore[dict-item] (a cell of the survey's own row)
        })  # fmt: skip
        for theme in dict.fromkeys(t for c in chosen for t in c.themes):
            tx.link("quote.themes", id, theme)
    return id, tx.changes


def standing(all_lines: Iterable[Line]) -> Counter[str]:
    """How many answers stand in each state."""
    return Counter(line.state for line in all_lines)


def progress(counts: Mapping[str, int]) -> str:
    """Where the coder is, in words; of how many answers stand in each state."""
    done, left, aside = sum(counts.get(k, 0) for k in CODING_RESULT.key_list()), counts.get("to_review", 0), counts.get("set_aside", 0)
    return f"{done:,} of {how_many(sum(counts.values()), 'answer')} coded" + (f", {left:,} still to look at." if left else ".") + (f" {aside:,} set aside." if aside else "")
