"""Answers in people's own words, looked at before they are coded or quoted: what tells who somebody is is taken out by a person.

Until somebody has looked at an answer nothing but the desk and the safeguarding list shows it. What is taken out is kept as positions, and the
words stay in the store, until ``take_out_originals`` writes the answers without them; ``readings.py`` tells the two apart, whichever a merge leaves.
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
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.identifying import Passage
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import readings, surveys, triage
from vawg_desktop.services.readings import REVIEWED, SET_ASIDE, TO_REVIEW, Known
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers, Row
from vawg_desktop.store import history, work
from vawg_desktop.store.dispose import HOLD, allow_stripping
from vawg_desktop.store.redacting import strip_log
from vawg_desktop.store.transaction import Transaction

REVIEW = BY_KEY["answer_review"]
_TAKEN_OUT = REVIEW.link_kind(REVIEW.by_key["taken_out"])


@dataclass(slots=True)
class Text:
    """One respondent's answer in their own words.

    ``words`` as the store holds it (lines end in a line feed), ``shown`` with what was taken out as markers, ``taken_out`` in positions of ``words``.
    ``status`` is a key of the vocabulary of reviews; ``stale`` says that the answer is another than the one that was looked at.
    """

    response: str
    wave: str
    answered: str
    words: str
    shown: str
    status: str = TO_REVIEW
    taken_out: list[Passage] = field(default_factory=list[Passage])
    stale: bool = False
    digests: frozenset[str] = frozenset()

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
    return _texts(answers.rows, question, readings.of_question(session, question))


def texts_of(session: Session, answers: Answers, question: str, responses: Collection[str]) -> list[Text]:
    """The same for a few responses, for which not all that is known of a survey is read."""
    return _texts([r for r in answers.rows if r.id in responses], question, readings.of_question(session, question, responses))


def _texts(rows: Iterable[Row], question: str, found: Mapping[str, Sequence[readings.Reading]]) -> list[Text]:
    made: list[Text] = []
    for row in rows:
        given = row.answers.get(question)
        if isinstance(given, str) and given.strip():
            words = identifying.plain_lines(given)
            made.append(_text(row, words, readings.known(words, found.get(row.id, ()))))
    return made


def _text(row: Row, words: str, known: Known) -> Text:
    return Text(row.id, row.wave, row.answered, words, identifying.without(words, known.cuts) if known.cuts else words, known.status, known.cuts, known.stale, known.digests)


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
    """Say that somebody looked at answers: by response, the words that were shown and what of them is taken out. It takes the place of the readings known here."""
    before = readings.of_question(session, question, looked_at)
    with session.store.write(session.who, None, Act.REVIEW) as tx:
        for response, (words, cuts) in looked_at.items():
            plain, found = identifying.plain_lines(words), identifying.joined(cuts)
            left = readings.digest(identifying.without(plain, found))
            letters, now = len(plain), readings.digest(plain)
            shortened = next((r for r in before.get(response, ()) if r.cuts and r.digest == now), None)
            if shortened is not None:  # told in positions of the answer as it was given: another store may still hold it so
                letters, found = shortened.letters, identifying.joined([*shortened.cuts, *identifying.restored(found, shortened.cuts)])
            _write(tx, session, survey, question, response, left, {"status": REVIEWED, "letters": letters, "digest": left}, found)
    return tx.changes


def put_back(session: Session, survey: str, question: str, responses: Mapping[str, str]) -> Changes:
    """Say of answers, by response with their words, that they are to be looked at again."""
    with session.store.write(session.who, None, Act.REVIEW) as tx:
        for response in responses:
            _hide_others(tx, question, response, "")
    return tx.changes


def set_aside(session: Session, survey: str, question: str, responses: Mapping[str, str]) -> Changes:
    """Say of answers that they are not to be used: neither coded nor quoted nor counted among what was coded."""
    with session.store.write(session.who, None, Act.REVIEW) as tx:
        for response in responses:
            _write(tx, session, survey, question, response, SET_ASIDE, {"status": SET_ASIDE}, ())
    return tx.changes


def _write(tx: Transaction, session: Session, survey: str, question: str, response: str, left: str, cells: dict[str, Value], cuts: Sequence[Passage]) -> None:
    id = readings.reading_id(question, response, left)
    by: dict[str, Value] = {"reviewed_by": session.who, "reviewed_on": session.today.isoformat()}
    there = tx.run("SELECT deleted FROM answer_review WHERE id = ?", (id,)).fetchone()
    if there is None:
        tx.create(REVIEW.key, {"survey": survey, "survey_question": question, "response": response, **cells, **by}, id=id)
    elif there[0]:
        tx.edit(REVIEW.key, id, {**cells, **by, "deleted": False}, settling=True)
    for one in cuts:
        tx.link(_TAKEN_OUT, id, str(one))
    _hide_others(tx, question, response, id)


def _hide_others(tx: Transaction, question: str, response: str, keep: str) -> None:
    for (other,) in tx.run("SELECT id FROM answer_review WHERE survey_question = ? AND response = ? AND deleted = 0 AND id <> ?", (question, response, keep)).fetchall():
        tx.delete(REVIEW.key, str(other))


def flag(session: Session, survey: str, wave: str, response: str, reason: str) -> Changes:
    """Put a respondent on the list of those to be looked at today, for what a reader saw in her answer."""
    with session.store.write(session.who, None, Act.REVIEW) as tx:
        triage.flag(tx, response, survey, wave, [reason])
    return tx.changes


# -- originals -------------------------------------------------------------------------------------

#: Answers as they are to be written, by response and question.
_Shown = Mapping[tuple[str, str], str]


def originals(session: Session, answers: Answers) -> int:
    """How many answers still stand in the store with words that were taken out of what is shown, earlier answers of the same respondent among them."""
    return len(_held(session, answers))


def _held(session: Session, answers: Answers) -> dict[tuple[str, str], str]:
    """By response and question, the answers of which the store holds more than is shown: the present one with what was taken out of it, or an earlier one."""
    shown = {(t.response, str(q["id"])): t for q in answers.questions if q["kind"] == "free_text" for t in texts(session, answers, str(q["id"]))}
    found = {key: t.shown for key, t in shown.items() if t.taken_out}
    cut = _ever_cut(session, str(answers.survey["id"]))
    for key, words in _earlier(session, str(answers.survey["id"])):
        now = shown.get(key)
        if key in cut and now is not None and now.may_be_read and identifying.plain_lines(words) != now.words:
            found[key] = now.shown
    return found


def _ever_cut(session: Session, survey: str) -> set[tuple[str, str]]:
    """Answers, by response and question, of which somebody once took words out."""
    sql = "SELECT DISTINCT r.response, r.survey_question FROM answer_review r JOIN link l ON l.a = r.id AND l.kind = ? WHERE r.survey = ?"
    return {(str(a), str(b)) for a, b in session.read().exec_driver_sql(sql, (_TAKEN_OUT, survey))}


def _earlier(session: Session, survey: str) -> Iterable[tuple[tuple[str, str], str]]:
    """Every answer in words that any file of a survey holds."""
    for (document,) in session.read().exec_driver_sql("SELECT responses FROM survey_batch WHERE survey = ? AND responses IS NOT NULL", (survey,)):
        yield from _in_document(str(document))


def _in_document(document: str) -> Iterable[tuple[tuple[str, str], str]]:
    told = cast("dict[str, Any]", json.loads(document))
    for row in told["rows"]:
        for question, given in zip(told["columns"], row["a"], strict=True):
            if isinstance(given, str):
                yield (str(row["id"]), str(question)), given


def take_out_originals(session: Session, answers: Answers) -> Changes:
    """Write the answers of a survey without what was taken out of them, and take the words out of the log. Backups keep theirs until they age out.

    Raises RuleError where there is nothing to take out, where a legal hold lies on the survey, or where this login may not dispose.
    """
    survey = str(answers.survey["id"])
    held = _held(session, answers)
    if not held:
        raise RuleError("No answer of this survey holds words that were taken out.", code="rule_nothing_taken_out")
    with session.store.write(session.who, "Identifying words were removed from answers", Act.DISPOSE, survey) as tx:
        if not tx.approver:
            raise RuleError("Only an approver can remove words from the store for good.", code="rule_approver")
        if tx.linked(HOLD, survey):
            raise RuleError("This survey is under a legal hold; its answers stay as they were given.", code="rule_legal_hold")
        _rewrite(tx, survey, held)
        tx.changes.notes.append(f"{how_many(len(held), 'answer')} no longer hold the words that were removed. Older backups still hold them until they age out.")
        memos = tx.run("SELECT count(*) FROM coding WHERE survey = ? AND deleted = 0 AND memo IS NOT NULL", (survey,)).fetchone()
        if memos is not None and memos[0]:
            tx.changes.notes.append(f"{how_many(int(memos[0]), 'memo')} of coders stay as they were written.")
    work.finish(session.store)
    return tx.changes


def take_out_again(session: Session) -> None:
    """After a merge: answers out of which words were taken for good, and which another store brought back with them, are written without them again.

    A legal hold leaves them, and so does a login that may not dispose: the desk says how many there are.
    """
    sql = "SELECT DISTINCT about FROM \"change\" WHERE act = 'dispose' AND tbl = 'survey_batch' AND about IN (SELECT id FROM survey WHERE NOT deleted)"
    for (survey,) in session.read().exec_driver_sql(sql).fetchall():
        answers = surveys.answers(session, str(survey))
        held = _held(session, answers)
        behind = [id for id in _batches(session, str(survey)) if _log_holds_more(session, id)]
        if not held and not behind:
            continue
        with session.store.write(session.who, None, Act.DISPOSE, str(survey)) as tx:
            if tx.approver and not tx.linked(HOLD, str(survey)):
                _rewrite(tx, str(survey), held, behind)
        work.finish(session.store)


def _batches(session: Session, survey: str) -> list[str]:
    return [str(r[0]) for r in session.read().exec_driver_sql("SELECT id FROM survey_batch WHERE survey = ? AND responses IS NOT NULL", (survey,))]


def _log_holds_more(session: Session, batch: str) -> bool:
    """Whether an entry of the log about a file of a survey holds answers other than those that stand: two stores each rewrote it, and one of the two readings stands."""
    (document,) = session.read().exec_driver_sql("SELECT responses FROM survey_batch WHERE id = ?", (batch,)).one()
    stands = dict(_in_document(str(document)))
    for entry in history.entries_of(session.read(), [batch]):
        cell = entry.fields.get("responses")
        if cell is not None and cell.after and cell.after != document and any(key in stands and given != stands[key] for key, given in _in_document(str(cell.after))):
            return True
    return False


def _rewrite(tx: Transaction, survey: str, shown: _Shown, behind: Sequence[str] = ()) -> None:
    """Write the files of a survey with answers as shown, and take the earlier ones out of the log; of those in ``behind`` the log alone."""
    for id, document in tx.run("SELECT id, responses FROM survey_batch WHERE survey = ? AND responses IS NOT NULL", (survey,)).fetchall():
        told = cast("dict[str, Any]", json.loads(str(document)))
        moved = False
        for row in told["rows"]:
            for place, question in enumerate(told["columns"]):
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
