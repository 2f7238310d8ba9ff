"""What the coding desk shows, read at once: a survey's question in words, its answers as this coder has them, the codebook, and codes that words suggest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain.coding_terms import CODING_RESULT, REVIEW
from vawg_desktop.domain.identifying import Passage, passages, without
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import answer_review, codebooks, coding, surveys
from vawg_desktop.services.codebooks import Codebook
from vawg_desktop.services.coding import Desk, Line
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers

#: What answers can be chosen by: its key and words.
SHOWN: tuple[tuple[str, str], ...] = (
    ("", "Every answer"), ("to_review", "To look at"), ("to_code", "To code"), ("suggested", "With a suggested code, not coded"), ("coded", "Coded"), ("none", CODING_RESULT.label("none")),
    ("unclear", CODING_RESULT.label("unclear")), ("memo", "With a memo"), ("anew", "To code again"), ("set_aside", REVIEW.label("set_aside")),
)  # fmt: skip


@dataclass(slots=True)
class View:
    """The desk: what can be chosen, what is, and every answer. ``folded`` are the answers' words as they are searched, by response."""

    surveys: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    questions: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    books: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    answers: Answers | None = None
    question: str = ""
    codebook: Codebook | None = None
    lines: list[Line] = field(default_factory=list[Line])
    suggested: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    folded: dict[str, str] = field(default_factory=dict[str, str])
    own_words: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    originals: int = 0
    _tally: tuple[Counter[str], Counter[str]] | None = None
    _places: dict[str, int] = field(default_factory=dict[str, int])
    _suggested_passages: dict[str, tuple[str, list[Passage]]] = field(default_factory=dict[str, tuple[str, list[Passage]]])

    @property
    def desk(self) -> Desk:
        """What is being coded, by this session's person."""
        survey = str(self.answers.survey["id"]) if self.answers is not None else ""
        return Desk(survey, self.question, self.codebook.id if self.codebook is not None else "", self.codebook.version if self.codebook is not None else 1)

    def passages(self, line: Line) -> list[Passage]:
        """What of an answer may tell who somebody is: what was taken out of one that was looked at, else what is suggested."""
        if line.text.may_be_read:
            return line.text.taken_out
        found = self._suggested_passages.get(line.text.response)
        if found is None or found[0] != line.text.words:
            found = self._suggested_passages[line.text.response] = (line.text.words, passages(line.text.words, *self.own_words))
        return found[1]

    def hidden(self, line: Line) -> str:
        """An answer's words without what was taken out of them, or is suggested to be."""
        return line.text.shown if line.text.may_be_read else without(line.text.words, self.passages(line))

    def chosen(self, shown: str, find: str) -> list[Line]:
        """The answers that a filter and words leave. ``shown`` is a key of ``SHOWN`` or the id of a code."""
        words = fold(find).split()
        return [x for x in self.lines if self._is(x, shown) and all(w in self.folded[x.text.response] for w in words)]

    def _is(self, line: Line, shown: str) -> bool:
        codes = line.coded.codes if line.coded is not None else []
        if shown == "suggested":
            return line.state in ("to_code", "to_review") and bool(self.suggested.get(line.text.response))
        if shown == "memo":
            return line.coded is not None and bool(line.coded.memo)
        if shown == "anew":
            return bool(codes) and self.codebook is not None and any((c := self.codebook.code(id)) is None or c.heading for id in codes)
        return not shown or line.state == shown or shown in codes

    def asked(self) -> str:
        """What is coded, in words, as a sentence's beginning."""
        wording = dict(self.questions).get(self.question, "")
        return f"“{' '.join(wording.split())}”, {self.answers.survey['title']}: " if self.answers is not None else ""

    def counts(self) -> Mapping[str, int]:
        """How many answers this coder put under each code, by its id."""
        return self._tallied()[1]

    def standing(self) -> Mapping[str, int]:
        """How many answers stand in each state."""
        return self._tallied()[0]

    def _tallied(self) -> tuple[Counter[str], Counter[str]]:
        """Both, counted once: ten thousand answers are not gone through for each key."""
        if self._tally is None:
            self._tally = coding.standing(self.lines), Counter(c for x in self.lines for c in _codes(x))
            self._places = {x.text.response: n for n, x in enumerate(self.lines)}
        return self._tally

    def put(self, changed: Mapping[str, Line]) -> None:
        """Put answers as they stand now in the place of those that were read."""
        standing, counts = self._tallied()
        for response, line in changed.items():
            place = self._places[response]
            before = self.lines[place]
            self.lines[place] = line
            standing[before.state] -= 1
            standing[line.state] += 1
            counts.subtract(_codes(before))
            counts.update(_codes(line))
            self.originals += bool(line.text.taken_out) - bool(before.text.taken_out)

    def others(self, line: Line) -> list[tuple[str, str]]:
        """What the respondent answered otherwise, to questions that are not answered in words: (question, answer)."""
        told: list[tuple[str, str]] = []
        for question in self.answers.questions if self.answers is not None else []:
            answer = line.row.answers.get(str(question["id"]))
            if question["kind"] != "free_text" and answer is not None:
                told.append((str(question["wording"]), ", ".join(answer) if isinstance(answer, list) else str(answer)))
        return told


def _codes(line: Line) -> Sequence[str]:
    return line.coded.codes if line.coded is not None and line.text.may_be_read else ()


def read(session: Session, survey: str = "", question: str = "", codebook: str = "") -> View:
    """The desk for a survey, a question and a codebook by their ids; the newest survey, its first question in words and its first codebook without them."""
    rows = plain_rows(session.read(), "SELECT DISTINCT s.id, s.title, s.n FROM survey s JOIN survey_question q ON q.survey = s.id WHERE NOT s.deleted AND NOT q.deleted AND q.kind = 'free_text' ORDER BY s.n DESC", ())
    made = View(surveys=[(str(r["id"]), str(r["title"])) for r in rows])
    chosen = _of(made.surveys, survey)
    if not chosen:
        return made
    made.answers = surveys.answers(session, chosen)
    made.questions = coding.free_questions(made.answers)
    made.question = _of(made.questions, question)
    made.books = codebooks.of_survey(session, chosen)
    book = _of(made.books, codebook)
    made.codebook = codebooks.read(session, book) if book else None
    made.lines = coding.lines(session, made.answers, made.question)
    made.own_words = answer_review.own_words(session)
    suggesting = coding.Suggesting(made.codebook) if made.codebook is not None else None
    for line in made.lines:
        made.folded[line.text.response] = fold(f"{line.text.shown} {_told(line)}")
        if suggesting is not None:
            made.suggested[line.text.response] = suggesting.of(line.text.shown)
    made.originals = answer_review.originals(session, made.answers)
    return made


def _of(offers: Sequence[tuple[str, str]], wanted: str) -> str:
    return next((i for i, _ in offers if i == wanted), offers[0][0] if offers else "")


def _told(line: Line) -> str:
    return " ".join(a if isinstance(a, str) else json.dumps(a, ensure_ascii=False) for a in line.row.answers.values() if a and a != line.text.words and not (isinstance(a, str) and len(a) > 80))


def again(session: Session, view: View, responses: Sequence[str]) -> dict[str, Line]:
    """Some answers as they stand now, by response: after this coder changed them, when the rest need not be read."""
    assert view.answers is not None
    wanted = set(responses)
    rows = {r.id: r for r in view.answers.rows if r.id in wanted}
    mine = coding.codings_of(session, view.question, responses, coding.coder_name(session.who))
    return {t.response: coding.line_of(t, rows[t.response], mine.get(t.response)) for t in answer_review.texts_of(session, view.answers, view.question, wanted)}
