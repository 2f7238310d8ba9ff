"""Answers in people's own words, looked at before they are coded or quoted: what tells who somebody is is taken out by a person.

Until somebody has looked at an answer nothing but the desk and the safeguarding list shows it. What is taken out is kept as positions, and the
words stay in the store, until ``take_out_originals`` writes the answers without them. Which of the two an answer is in is told from its length
and its markers, so that whichever reading a merge leaves, what is shown is the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from vawg_desktop.domain import identifying, safeguarding
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.identifying import Passage
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import surveys, triage
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers, review_id
from vawg_desktop.store import history, work
from vawg_desktop.store.dispose import HOLD, allow_stripping
from vawg_desktop.store.redacting import strip_log
from vawg_desktop.store.transaction import Transaction

REVIEW = BY_KEY["answer_review"]
_TAKEN_OUT = REVIEW.link_kind(REVIEW.by_key["taken_out"])
_REVIEWS = "SELECT id, response, status, letters FROM answer_review WHERE survey_question = ? AND NOT deleted"
_CUTS = "SELECT l.a, l.b FROM link l JOIN answer_review r ON r.id = l.a WHERE l.kind = ? AND NOT l.deleted AND r.survey_question = ?"
#: What may be read of an answer by anybody: it was looked at.
REVIEWED = "reviewed"
#: Of so many answers at most what is known is read by their ids; of more, all of it.
_FEW = 200


@dataclass(slots=True)
class Text:
    """One respondent's answer in their own words.

    ``words`` as the store holds it, ``shown`` with what was taken out as markers, ``taken_out`` in positions of ``words``. ``status`` is a key of
    the vocabulary of reviews; ``stale`` says that the answer is another than the one that was looked at.
    """

    response: str
    wave: str
    answered: str
    words: str
    shown: str
    status: str = "to_review"
    taken_out: list[Passage] = field(default_factory=list[Passage])
    stale: bool = False

    @property
    def may_be_read(self) -> bool:
        """Whether it may be coded, quoted and searched."""
        return self.status == REVIEWED

    @property
    def concerns(self) -> list[str]:
        """Why somebody should look at it today."""
        return safeguarding.concerns(self.words)

    @property
    def distressing(self) -> bool:
        """Whether reading it may distress: it tells of danger, or of a child."""
        return any(reason in safeguarding.DISTRESSING for reason in self.concerns)


def texts(session: Session, answers: Answers, question: str) -> list[Text]:
    """The answers to a question in words, by the question's id, in the order in which they came; empty ones are left out."""
    return [_text(row, str(words), *known) for row, words, known in _with_reviews(session, answers, question)]


def texts_of(session: Session, answers: Answers, question: str, responses: Collection[str]) -> list[Text]:
    """The same for a few responses, for which not all that is known of a survey is read."""
    part = Answers(answers.survey, answers.questions, [r for r in answers.rows if r.id in responses])
    return [_text(row, str(words), *known) for row, words, known in _with_reviews(session, part, question, [review_id(question, r.id) for r in part.rows])]


def _with_reviews(session: Session, answers: Answers, question: str, ids: Sequence[str] | None = None) -> Iterable[tuple[Any, str, tuple[str, int, list[Passage]]]]:
    """Answers with what is known of their review: the status, the answer's length then, and what was taken out. ``ids``: only these reviews are read."""
    connection = session.read()
    few = ids is not None and len(ids) <= _FEW
    marks = f" AND {{}} IN ({','.join('?' * len(ids))})" if few and ids else ""
    named = tuple(ids) if few and ids else ()
    reviews = {str(r["response"]): r for r in plain_rows(connection, _REVIEWS + marks.format("id"), (question, *named))}
    cuts: dict[str, list[Passage]] = {}
    for review, words in connection.exec_driver_sql(_CUTS + marks.format("l.a"), (_TAKEN_OUT, question, *named)):
        cuts.setdefault(str(review), []).append(identifying.passage(str(words)))
    for row in answers.rows:
        given = row.answers.get(question)
        if isinstance(given, str) and given.strip():
            review = reviews.get(row.id)
            yield row, given, ("to_review", 0, []) if review is None else (str(review["status"]), int(str(review["letters"] or 0)), cuts.get(str(review["id"]), []))


def _text(row: Any, words: str, status: str, letters: int, cuts: list[Passage]) -> Text:
    made = Text(row.id, row.wave, row.answered, words, words, status)
    if status != REVIEWED:
        return made
    if cuts and identifying.is_without(words, letters, cuts):
        return made
    if len(words) == letters:
        made.taken_out = identifying.joined(cuts)
        made.shown = identifying.without(words, cuts)
    else:  # another answer than the one that was looked at
        made.status, made.stale = "to_review", True
    return made


def shown_between(text: Text, start: int, end: int) -> str:
    """What is shown of an answer between two positions of its words: a passage that is cut in two is left out whole."""
    inside = [Passage(max(p.start, start) - start, min(p.end, end) - start, p.kind) for p in text.taken_out if p.start < end and p.end > start]
    return identifying.without(text.words[start:end], inside)


def suggestions(session: Session, words: str) -> list[Passage]:
    """What of an answer may tell who somebody is, the store's own areas, partners' contacts and people among it."""
    return identifying.passages(words, *own_words(session))


def own_words(session: Session) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Places and first names that this store knows beside the lists."""
    run = session.read().exec_driver_sql
    places = tuple(sorted({str(r[0]) for r in run("SELECT name FROM area WHERE NOT deleted AND name IS NOT NULL")}))
    people = {str(r[0]).split()[0] for r in run("SELECT name FROM person WHERE NOT deleted AND name IS NOT NULL") if str(r[0]).split()}
    return places, tuple(sorted(p for p in people if len(p) > 2 and p.isalpha()))


def sign_off(session: Session, survey: str, question: str, looked_at: Mapping[str, tuple[str, Sequence[Passage]]]) -> Changes:
    """Say that somebody looked at answers: by response, the words that were shown and what of them is taken out."""
    with session.store.write(session.who, None, Act.REVIEW) as tx:
        for response, (words, cuts) in looked_at.items():
            _write(tx, session, survey, question, response, REVIEWED, words, cuts)
    return tx.changes


def put_back(session: Session, survey: str, question: str, responses: Mapping[str, str]) -> Changes:
    """Say of answers, by response with their words, that they are to be looked at again. Raises RuleError where words are gone for good."""
    with session.store.write(session.who, None, Act.REVIEW) as tx:
        for response, words in responses.items():
            _write(tx, session, survey, question, response, "to_review", words, ())
    return tx.changes


def set_aside(session: Session, survey: str, question: str, responses: Mapping[str, str]) -> Changes:
    """Say of answers that they are not to be used: neither coded nor quoted nor counted among what was coded."""
    with session.store.write(session.who, None, Act.REVIEW) as tx:
        for response, words in responses.items():
            _write(tx, session, survey, question, response, "set_aside", words, ())
    return tx.changes


def _write(tx: Transaction, session: Session, survey: str, question: str, response: str, status: str, words: str, cuts: Sequence[Passage]) -> None:
    id = review_id(question, response)
    cells = {"status": status, "letters": len(words), "reviewed_by": session.who if status != "to_review" else None, "reviewed_on": session.today.isoformat() if status != "to_review" else None}
    there = tx.run("SELECT 1 FROM answer_review WHERE id = ?", (id,)).fetchone()
    if there is None:
        tx.create(REVIEW.key, {"survey": survey, "survey_question": question, "response": response, **cells}, id=id)
    else:
        tx.edit(REVIEW.key, id, {**cells, "deleted": False}, settling=True)
    tx.set_links(_TAKEN_OUT, id, [str(c) for c in identifying.joined(cuts)])


def flag(session: Session, survey: str, wave: str, response: str, reason: str) -> Changes:
    """Put a respondent on the list of those to be looked at today, for what a reader saw in her answer."""
    with session.store.write(session.who, None, Act.REVIEW) as tx:
        triage.flag(tx, response, survey, wave, [reason])
    return tx.changes


# -- originals -------------------------------------------------------------------------------------


def originals(session: Session, answers: Answers) -> int:
    """How many answers still stand in the store with words that were taken out of what is shown."""
    return len(_without(session, answers))


def take_out_originals(session: Session, answers: Answers) -> Changes:
    """Write the answers of a survey without what was taken out of them, and take the words out of the log. Backups keep theirs until they age out.

    Raises RuleError where there is nothing to take out, where a legal hold lies on the survey, or where this login may not dispose.
    """
    survey = str(answers.survey["id"])
    shown = _without(session, answers)
    if not shown:
        raise RuleError("No answer of this survey holds words that were taken out.", code="rule_nothing_taken_out")
    with session.store.write(session.who, "What tells who somebody is was taken out of answers", Act.DISPOSE, survey) as tx:
        if not tx.approver:
            raise RuleError("Words are taken out of the store for good by an approver.", code="rule_approver")
        if tx.linked(HOLD, survey):
            raise RuleError("A legal hold lies on this survey; its answers stay as they were given.", code="rule_legal_hold")
        _rewrite(tx, survey, shown)
        tx.changes.notes.append(f"{how_many(len(shown), 'answer')} stand without the words that were taken out. Older backups still hold them until they age out.")
    work.finish(session.store)
    return tx.changes


def take_out_again(session: Session) -> None:
    """After a merge: answers out of which words were taken for good, and which another store brought back with them, are written without them again.

    A legal hold leaves them, and so does a login that may not dispose: the desk says how many there are.
    """
    sql = "SELECT DISTINCT about FROM \"change\" WHERE act = 'dispose' AND tbl = 'survey_batch' AND about IN (SELECT id FROM survey WHERE NOT deleted)"
    for (survey,) in session.read().exec_driver_sql(sql).fetchall():
        answers = surveys.answers(session, str(survey))
        shown = _without(session, answers)
        reviews = _taken_out(session, answers)
        behind = [id for id in _batches(session, str(survey)) if _log_holds(session, id, reviews)]
        if not shown and not behind:
            continue
        with session.store.write(session.who, None, Act.DISPOSE, str(survey)) as tx:
            if tx.approver and not tx.linked(HOLD, str(survey)):
                _rewrite(tx, str(survey), shown, behind)
        work.finish(session.store)


#: By question and response: how long the answer was that was looked at, and what was taken out of it.
_Cuts = Mapping[tuple[str, str], tuple[int, list[Passage]]]


def _taken_out(session: Session, answers: Answers) -> _Cuts:
    return {(str(q["id"]), row.id): (letters, cuts) for q in answers.questions for row, _, (_, letters, cuts) in _with_reviews(session, answers, str(q["id"])) if cuts}


def _batches(session: Session, survey: str) -> list[str]:
    return [str(r[0]) for r in session.read().exec_driver_sql("SELECT id FROM survey_batch WHERE survey = ? AND responses IS NOT NULL", (survey,))]


def _log_holds(session: Session, batch: str, reviews: _Cuts) -> bool:
    """Whether an entry of the log about a file of a survey still holds words that were taken out: two stores each rewrote it, and one of the two readings stands."""
    for entry in history.entries_of(session.read(), [batch]):
        cell = entry.fields.get("responses")
        if cell is None or not cell.after:
            continue
        told = cast("dict[str, Any]", json.loads(str(cell.after)))
        for row in told["rows"]:
            for question, given in zip(told["columns"], row["a"], strict=True):
                known = reviews.get((question, row["id"]))
                if known is not None and isinstance(given, str) and len(given) == known[0] and not identifying.is_without(given, *known):
                    return True
    return False


def _without(session: Session, answers: Answers) -> dict[tuple[str, str], str]:
    """By response and question, the answers that stand with words that were taken out, as they are without them."""
    return {(t.response, str(q["id"])): t.shown for q in answers.questions for t in texts(session, answers, str(q["id"])) if t.taken_out}


def _rewrite(tx: Transaction, survey: str, shown: Mapping[tuple[str, str], str], behind: Sequence[str] = ()) -> None:
    """Write the files of a survey with answers as shown, and take the earlier ones out of the log; of those in ``behind`` the log alone."""
    for id, document in tx.run("SELECT id, responses FROM survey_batch WHERE survey = ? AND responses IS NOT NULL", (survey,)).fetchall():
        told = cast("dict[str, Any]", json.loads(str(document)))
        columns: list[str] = told["columns"]
        moved = False
        for row in told["rows"]:
            for place, question in enumerate(columns):
                wanted = shown.get((row["id"], question))
                given = row["a"][place]
                if wanted is not None and isinstance(given, str) and given != wanted:  # an earlier answer of the same respondent goes with it
                    row["a"][place] = wanted
                    moved = True
        if moved:
            tx.edit("survey_batch", str(id), {"responses": json.dumps(told, ensure_ascii=False, separators=(",", ":"))}, checked=False, settling=True)
        elif str(id) in behind:
            tx.state_again("survey_batch", str(id), "responses", str(document))
        else:
            continue
        allow_stripping(tx, True)
        strip_log(tx, "survey_batch", str(id), only={"responses"})
        allow_stripping(tx, False)
    work.note(tx, work.SWEEP_STORE)
