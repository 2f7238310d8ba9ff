"""Surveys: a file's answers taken in by respondent, and read again as a table.

The answers that one file brought are one document (``survey_batch.responses``), written in one entry: a row for each respondent, whose id
follows from survey, wave and the tool's own number, so that a second file changes what was answered anew and leaves codings where they are.
A respondent's answers are disposed of by themselves, as a record is taken out of what a return held (``store/redacting.py``).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from vawg_desktop.domain import merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import NotFoundError, RuleError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.identifying import plain_lines
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange import survey_in
from vawg_desktop.exchange.survey_in import Answer, ColumnChoices, SurveyFile
from vawg_desktop.exchange.survey_profiles import by_name
from vawg_desktop.services import names, readings, survey_kinds, triage
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store.dispose import Authority, dispose
from vawg_desktop.store.entries import new_id
from vawg_desktop.store.transaction import Transaction

SURVEY, QUESTION, BATCH, RESPONSE = (BY_KEY[k] for k in ("survey", "survey_question", "survey_batch", "survey_response"))


@dataclass(slots=True)
class Taken:
    """What became of a file: the survey, and how many responses were new, changed or as before."""

    file: SurveyFile
    survey: str = ""
    reference: str = ""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    new_questions: int = 0
    flagged: int = 0
    disposed: int = 0
    #: How many had answered in the same wave before.
    earlier: int = 0

    def sentence(self) -> str:
        """What was taken in, in words."""
        left = f", {how_many(self.file.dropped_rows.total(), 'row')} left out" if self.file.dropped_rows else ""
        return (
            f"{how_many(self.new, 'response')} new, {self.changed:,} changed, {self.unchanged:,} as before{left}; "
            f"{how_many(len(self.file.questions), 'question')}, {how_many(len(self.file.dropped_columns), 'column')} left out."
            + (" Most of these respondents had answered otherwise before: where it is another survey or wave, undo and name it." if 2 * self.changed > max(10, len(self.file.responses)) else "")
            + (f" {how_many(self.disposed, 'response')} not imported: {'it was' if self.disposed == 1 else 'they were'} disposed of." if self.disposed else "")
            + (f" {how_many(self.flagged, 'response')} to be looked at today: danger, a child or somebody named." if self.flagged else "")
            + self._counted_twice()
        )

    def _counted_twice(self) -> str:
        """What to think of where respondents of an earlier file may have come again as others."""
        if not self.earlier or not self.new:
            return ""
        if not self.changed and not self.unchanged:
            return f" None of these respondents is among the {self.earlier:,} who had answered before: if they are the same people, undo, or they count twice."
        if not self.file.respondent:
            return " The file gives respondents no number: whoever's answers changed since the last file counts twice."
        return ""


@dataclass(frozen=True, slots=True)
class Row:
    """What one respondent answered; ``answers`` by the id of the question."""

    id: str
    wave: str
    answered: str
    partial: bool
    answers: dict[str, Answer]


@dataclass(slots=True)
class Answers:
    """A survey's questions in their order, each as its record's row, and its responses."""

    survey: Mapping[str, object]
    questions: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    rows: list[Row] = field(default_factory=list[Row])

    def question(self, name: str) -> dict[str, object]:
        """A question by id, reference or code. Raises NotFoundError."""
        wanted = fold(name)
        found = next((q for q in self.questions if name in (q["id"], q["reference"]) or wanted in (fold(str(q["code"] or "")), fold(str(q["wording"])))), None)
        if found is None:
            raise NotFoundError(f"{self.survey['reference']} has no question “{name}”.")
        return found

    @property
    def waves(self) -> list[str]:
        """The waves in which it was answered, in the order in which they came."""
        return list(dict.fromkeys(r.wave for r in self.rows))


def find(session: Session, name: str) -> Mapping[str, object]:
    """A survey's row, by reference, id or title. Raises NotFoundError."""
    connection = session.read()
    found = names.find_named(connection, SURVEY.key, name) or names.find(connection, name, SURVEY.key)
    return plain_rows(session.read(), "SELECT * FROM survey WHERE id = ?", (found.id,))[0]


def take_in(session: Session, path: Path, *, profile: str = "", survey: str = "", wave: str = "", choices: ColumnChoices | None = None, dry_run: bool = False) -> tuple[Taken, Changes]:
    """Import a survey's file: into a survey that there is, by reference or title, or into a new one of that title (the file's name without one).

    ``profile``: as ``survey_in.read_survey``, and raises what that raises. ``choices``: which column is what; they are kept with the survey, and the
    next file is read by them too. ``dry_run`` says what would become of it and writes nothing.
    """
    title = survey.strip() or path.stem
    return write(session, survey_in.read_survey(path, profile, choices=choices, earlier=earlier_choices(session, title)), title, wave.strip(), dry_run=dry_run)


def earlier_choices(session: Session, title: str) -> ColumnChoices:
    """How the columns of a survey's files are read, by its title or reference; nothing chosen where there is no such survey yet."""
    known = names.find_named(session.read(), SURVEY.key, title)
    row = session.read().exec_driver_sql("SELECT columns FROM survey WHERE id = ?", (known.id,)).fetchone() if known is not None else None
    told: dict[str, Any] = json.loads(str(row[0])) if row is not None and row[0] else {}
    return ColumnChoices(told.get("respondent", ""), told.get("answered", ""), tuple(told.get("left_out", ())), tuple(told.get("keep", ())))


def write(session: Session, file: SurveyFile, title: str, wave: str, *, dry_run: bool = False) -> tuple[Taken, Changes]:
    """Write what was read of a file into the survey of a title, as ``take_in`` does."""
    taken = Taken(file)
    known = names.find_named(session.read(), SURVEY.key, title)
    taken.survey = known.id if known is not None else _new_id(session, title)
    earlier = {r.id: r for r in answers(session, taken.survey).rows} if known is not None else {}
    taken.earlier = sum(r.wave == wave for r in earlier.values())
    gone = disposed(session, taken.survey)
    questions = [merge.content_id(QUESTION.key, taken.survey, q.code) for q in file.questions]
    looked = _readings(session, taken.survey) if known is not None else {}
    kinds = _kinds(session, file, questions, earlier.values(), looked)
    rows: list[dict[str, Any]] = []
    looked_at: dict[str, list[str]] = {}
    anew: dict[str, list[str]] = {}
    for one, reasons in zip(file.responses, triage.reasons_of(file), strict=True):
        id = response_id(taken.survey, wave, one.respondent)
        if id in gone:
            taken.disposed += 1
            continue
        before = earlier.get(id)
        given = [survey_kinds.as_kind(a, kinds[q].kind, kinds[q].choices) for q, a in zip(questions, one.answers, strict=True)]
        if before is None:
            taken.new += 1
        else:
            stands = [survey_kinds.as_kind(before.answers.get(q), kinds[q].kind, kinds[q].choices) for q in questions]
            if stands != given:  # an answer out of which words were taken comes again with them
                given = [b if b is not None and readings.same_answer(b, a, looked.get(q, {}).get(id, ())) else a for q, b, a in zip(questions, stands, given, strict=True)]
            if stands == given and before.partial == one.partial:
                taken.unchanged += 1
                continue
            taken.changed += 1
            anew[id] = [q for q, b, a in zip(questions, stands, given, strict=True) if b != a and isinstance(b, str)]
        if reasons:
            looked_at[id] = reasons
        rows.append({"id": id, "on": one.answered, **({"p": 1} if one.partial else {}), "a": [plain_lines(a) if isinstance(a, str) else a for a in given]})
    taken.flagged = len(looked_at)
    if dry_run:
        there = {str(q["id"]) for q in answers(session, taken.survey).questions} if known is not None else set[str]()
        taken.new_questions = len(set(questions) - there)
        return taken, Changes()
    with session.store.write(session.who, None, Act.SURVEY) as tx:
        if known is None:
            label = by_name(file.profile)
            tx.create(SURVEY.key, {"title": title, "tool": label.label if label is not None else file.profile}, id=taken.survey)
        plain = {k: v for k, v in asdict(file.choices).items() if v}
        tx.edit(SURVEY.key, taken.survey, {"columns": json.dumps(plain, ensure_ascii=False) if plain else None})
        for position, (id, question) in enumerate(zip(questions, file.questions, strict=True), 1):
            taken.new_questions += _write_question(tx, taken.survey, id, position, question, kinds[id])
        if rows:
            _write_batch(tx, session, taken, wave, questions, rows)
        _look_again(tx, anew)
        for id, reasons in looked_at.items():
            triage.flag(tx, id, taken.survey, wave, reasons)
        taken.reference = str(tx.row(SURVEY.key, taken.survey)["reference"])
        changes = tx.changes
    return taken, changes


def disposed(session: Session, survey: str) -> set[str]:
    """Responses whose answers were disposed of: a file given again does not bring them back."""
    sql = "SELECT DISTINCT c.\"row\" FROM \"change\" c JOIN survey_response r ON r.id = c.\"row\" WHERE c.tbl = 'survey_response' AND c.act = 'dispose' AND r.survey = ?"
    return {str(r[0]) for r in session.read().exec_driver_sql(sql, (survey,))}


def _readings(session: Session, survey: str) -> dict[str, dict[str, list[readings.Reading]]]:
    """What is known of a survey's answers in words, by question and response."""
    rows = session.read().exec_driver_sql("SELECT DISTINCT survey_question FROM answer_review WHERE survey = ? AND NOT deleted", (survey,)).fetchall()
    return {str(q): readings.of_question(session, str(q)) for (q,) in rows}


@dataclass(frozen=True, slots=True)
class _Counts:
    """How a question's answers count once a file is taken in: its kind, and its choices."""

    kind: str
    choices: list[str]


def _kinds(session: Session, file: SurveyFile, questions: Sequence[str], earlier: Iterable[Row], looked: Collection[str]) -> dict[str, _Counts]:
    """How each question of a file counts, by its id. A kind that somebody stated, and that of answers which coders have read, stays."""
    rows = list(earlier)
    made: dict[str, _Counts] = {}
    for place, (id, question) in enumerate(zip(questions, file.questions, strict=True)):
        there = session.read().exec_driver_sql("SELECT kind, choices FROM survey_question WHERE id = ?", (id,)).fetchone()
        if there is None:
            made[id] = _Counts(question.kind, question.choices)
            continue
        stood, known = str(there[0] or ""), list(cast("list[str]", json.loads(str(there[1] or "[]"))))
        choices = [*known, *(c for c in question.choices if c not in known)]
        kind = stood
        if stood != question.kind and id not in looked and not _stated(session, id):
            answers_ = [*(r.answers.get(id) for r in rows), *(r.answers[place] for r in file.responses)]
            kind = survey_kinds.of_both(stood, question.kind, answers_, choices, question.wording)
        made[id] = _Counts(kind, choices)
    return made


def _stated(session: Session, question: str) -> bool:
    """Whether somebody said of which kind a question is."""
    sql = "SELECT 1 FROM \"change\" WHERE \"row\" = ? AND act = ? AND instr(fields, '\"kind\"') > 0"
    return session.read().exec_driver_sql(sql, (question, Act.EDIT.value)).fetchone() is not None


def _look_again(tx: Transaction, anew: Mapping[str, Sequence[str]]) -> None:
    """Answers that were given anew, by response the questions, are to be looked at again; one that was set aside stays so."""
    if not any(anew.values()) or tx.run("SELECT 1 FROM answer_review LIMIT 1").fetchone() is None:
        return
    for response, questions in anew.items():
        for question in questions:
            rows = tx.run("SELECT id FROM answer_review WHERE survey_question = ? AND response = ? AND status = 'reviewed' AND deleted = 0", (question, response)).fetchall()
            for (id,) in rows:
                tx.delete("answer_review", str(id))


def _new_id(session: Session, title: str) -> str:
    """The id of a new survey: that which any store gives to one of this title, unless another one bears it, renamed or in the bin."""
    id = merge.content_id(SURVEY.key, fold(title))
    there = session.read().exec_driver_sql("SELECT 1 FROM survey WHERE id = ?", (id,)).fetchone()
    return id if there is None else new_id()


def response_id(survey: str, wave: str, respondent: str) -> str:
    """The id of a response: the same in every store that takes in the same respondent's answers."""
    return merge.content_id(RESPONSE.key, survey, wave, respondent)


def _write_question(tx: Transaction, survey: str, id: str, position: int, question: survey_in.Question, counts: _Counts) -> bool:
    """Write a question that is new, or what a later file knows of one: its kind, and more choices. Returns whether it is new."""
    there = tx.connection.exec_driver_sql("SELECT kind, choices, deleted FROM survey_question WHERE id = ?", (id,)).fetchone()
    if there is None:
        tx.create(QUESTION.key, {
            "survey": survey, "code": question.code, "wording": question.wording or question.code, "kind": question.kind, "stem": question.stem or None,
            "position": position, "choices": _choices(question.choices),
        }, id=id)  # fmt: skip
        return True
    known: list[str] = json.loads(str(there[1] or "[]"))
    cells: dict[str, Value] = {"choices": _choices(counts.choices)} if counts.choices != known else {}
    if there[2]:
        cells["deleted"] = False
    if counts.kind != (there[0] or ""):
        cells["kind"] = counts.kind
    if cells:
        tx.edit(QUESTION.key, id, cells)
    return False


def _choices(choices: Sequence[str]) -> str | None:
    return json.dumps(list(choices), ensure_ascii=False) if choices else None


def _write_batch(tx: Transaction, session: Session, taken: Taken, wave: str, questions: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    document = json.dumps({"columns": list(questions), "rows": rows}, ensure_ascii=False, separators=(",", ":"))
    file = taken.file
    id = merge.content_id(BATCH.key, taken.survey, wave, file.sha256, document)  # which is taken where others came since: it gets one of its own
    left = [f"{name}: {why}" for name, why in file.dropped_columns] + [f"{count:,}: {why}" for why, count in file.dropped_rows.items()]
    left += [f"{question}: {how_many(count, 'answer')} “{label}”, which the file calls missing" for question, label, count in file.missing]
    tx.create(BATCH.key, {
        "survey": taken.survey, "wave": wave or None, "profile": file.profile, "taken_in": session.today.isoformat(), "rows_read": file.rows, "rows_kept": len(file.responses),
        "left_out": "\n".join(left) or None, "file_digest": file.sha256, "responses": document,
    }, id=tx.free_id(BATCH.key, id))  # fmt: skip


def answers(session: Session, survey: str) -> Answers:
    """A survey's questions and responses, by its id; of a respondent who answered again, what came last. Responses that were disposed of are left out.

    Raises NotFoundError; RuleError on a server where this login may not read what respondents answered.
    """
    connection = session.read()
    if not session.store.may_read(BATCH.key, "responses"):
        raise RuleError("What respondents answered is kept from this login; an editor reads it, and results are sent as a paper.", code="rule_reader")
    known = plain_rows(connection, "SELECT * FROM survey WHERE id = ?", (survey,))
    if not known:
        raise NotFoundError("That survey is not in this store.")
    found = Answers(known[0])
    found.questions = plain_rows(connection, "SELECT * FROM survey_question WHERE survey = ? AND NOT deleted ORDER BY position, n", (survey,))
    rows: dict[str, Row] = {}
    batches = connection.exec_driver_sql("SELECT wave, responses FROM survey_batch WHERE survey = ? AND NOT deleted ORDER BY taken_in, born", (survey,)).fetchall()
    for wave, document in batches:
        told = cast("dict[str, Any]", json.loads(str(document or '{"columns": [], "rows": []}')))
        columns: list[str] = told["columns"]
        for one in told["rows"]:
            before = rows.get(one["id"])
            given: dict[str, Answer] = dict(before.answers) if before is not None else {}
            given.update(zip(columns, one["a"], strict=True))
            rows[one["id"]] = Row(one["id"], str(wave or ""), one["on"], bool(one.get("p")), given)
    counts = {str(q["id"]): _Counts(str(q["kind"] or ""), json.loads(str(q["choices"] or "[]"))) for q in found.questions}
    for row in rows.values():
        for id, answer in row.answers.items():
            if (count := counts.get(id)) is not None and isinstance(answer, list) != (count.kind == "multi"):
                row.answers[id] = survey_kinds.as_kind(answer, count.kind, count.choices)
    found.rows = list(rows.values())
    return found


def of_respondent(session: Session, survey: str, respondent: str) -> list[str]:
    """The ids of a respondent's responses in every wave of a survey (by its id), by the number that the survey's tool gave them. Raises NotFoundError."""
    found = answers(session, survey)
    wanted = {response_id(survey, wave, respondent.strip()) for wave in found.waves}
    there = [r.id for r in found.rows if r.id in wanted]
    if not there:
        raise NotFoundError(f"{found.survey['reference']} holds no answers of a respondent “{respondent[:40]}”.")
    return there


def dispose_response(session: Session, response: str, authority: Authority) -> Changes:
    """Take one respondent's answers out of the store for good, by the response's id. Raises RuleError as ``dispose`` does, or where there are none."""
    connection = session.read()
    holding = connection.exec_driver_sql("SELECT survey, wave FROM survey_batch WHERE instr(responses, ?) > 0", (response,)).fetchone()
    if holding is None:
        raise RuleError("No file of a survey holds that response.", code="rule_no_response")
    if connection.exec_driver_sql("SELECT 1 FROM survey_response WHERE id = ?", (response,)).fetchone() is None:
        with session.store.write(session.who, None, Act.EDIT) as tx:
            tx.create(RESPONSE.key, {"survey": str(holding[0]), "wave": holding[1]}, id=response)
    return dispose(session.store, RESPONSE.key, response, authority)
