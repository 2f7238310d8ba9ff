"""Codebooks and coded answers to and from other programs for qualitative analysis (REFI-QDA, Taguette).

Only answers go out that somebody has looked at, and as they are shown. What comes in from elsewhere is a survey of its own, whose answers are
looked at here before they count; a project that went out from here finds its answers again by their ids.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vawg_desktop.domain import clock, merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.coding_terms import CODING_RESULT
from vawg_desktop.domain.errors import FileRefusedError, RuleError, ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.identifying import passages as identifying_passages
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange import refi_qda
from vawg_desktop.exchange.refi_qda import QdaCode, QdaCoding, QdaProject, QdaText
from vawg_desktop.services import answer_review, codebooks, coding, outputs, surveys, triage
from vawg_desktop.services.answer_review import Text
from vawg_desktop.services.codebooks import CODE, CODEBOOK, CODES_OF, Codebook
from vawg_desktop.services.coding import Coded, coding_id
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers
from vawg_desktop.store.transaction import Transaction

#: What a codebook or a project is written as, by the file's ending.
FORMATS = {"qdc": "REFI-QDA codebook", "csv": "Taguette's table of tags", "qdpx": "REFI-QDA project"}
#: The codes under which answers go out that have none, and unclear ones; the same everywhere.
_RESULT_CODES = {key: merge.content_id("coding_result", key) for key in ("none", "unclear")}


@dataclass(slots=True)
class Brought:
    """What a file brought: the codebook, how many codes were new, changed or as before, and the answers with their codings."""

    codebook: str = ""
    title: str = ""
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    texts: int = 0
    codings: int = 0
    survey: str = ""
    problems: list[str] = field(default_factory=list[str])
    changes: Changes = field(default_factory=Changes)

    def sentence(self) -> str:
        """What was taken in, in words."""
        answers = f" {how_many(self.texts, 'text')}, {how_many(self.codings, 'coding')}." if self.texts else ""
        return f"{self.title}: {how_many(self.created, 'code')} new, {self.updated:,} changed, {self.unchanged:,} as before.{answers} {' '.join(self.problems)}".strip()


# -- out --------------------------------------------------------------------------------------------


def codebook_file(session: Session, codebook: str, ending: str) -> bytes:
    """A codebook by id, reference or title, as ``qdc`` or ``csv``. Raises ValueRefusedError for another format, FileRefusedError for one without codes."""
    codes = _codes(codebooks.read(session, codebook))
    if ending == "csv":
        return refi_qda.codebook_table(codes)
    if ending != "qdc":
        raise ValueRefusedError(f"A codebook is written as .qdc or .csv, not as “.{ending}”.")
    return refi_qda.codebook_file(codes)


def _codes(book: Codebook) -> list[QdaCode]:
    return [QdaCode(c.id, c.title, c.definition, c.colour, c.under, not c.heading) for c in book.codes]


def project_file(session: Session, answers: Answers, question: str, codebook: str) -> bytes:
    """The answers to a question that somebody has looked at, with every coder's codings, as a REFI-QDA project. Raises RuleError where there are none."""
    book = codebooks.read(session, codebook)
    texts = [t for t in answer_review.texts(session, answers, question) if t.may_be_read]
    if not texts:
        raise RuleError("Nobody has looked at an answer to that question yet, so none can leave the office.", code="rule_not_reviewed")
    by_response: dict[str, list[Coded]] = {}
    for one in coding.codings(session, question):
        by_response.setdefault(one.response, []).append(one)
    codes = _codes(book)
    known = {c.guid for c in codes}
    users = {user_id(c.coder): c.coder for given in by_response.values() for c in given}
    suggest = answer_review.own_words(session)
    made = QdaProject(f"{answers.survey['title']}: {answers.question(question)['wording']}", codes, users=users, description=outputs.marking_of(surveys.SURVEY, [answers.survey]))
    for number, text in enumerate(texts, 1):
        made.texts.append(_text(text, question, number, by_response.get(text.response, []), known, suggest))
    for key, guid in _RESULT_CODES.items():
        if any(c.code == guid for t in made.texts for c in t.codings):
            made.codes.append(QdaCode(guid, CODING_RESULT.label(key)))
    return refi_qda.project_file(made, clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"))


def text_id(question: str, response: str) -> str:
    """The id under which an answer is known in files: a respondent answers several questions."""
    return merge.content_id("answer", question, response)


def _text(text: Text, question: str, number: int, given: Sequence[Coded], known: set[str], suggest: tuple[tuple[str, ...], tuple[str, ...]]) -> QdaText:
    """An answer with its codings. A memo in which something may tell who somebody is stays here."""
    words = refi_qda.lines_of(text.shown)
    made = QdaText(text_id(question, text.response), f"Answer {number:,}", words)
    for one in given:
        passages: dict[str, list[list[int]]] = json.loads(one.passages) if one.passages and text.shown == text.words else {}
        chosen = [c for c in one.codes if c in known] or ([_RESULT_CODES[one.result]] if one.result in _RESULT_CODES else [])
        for place, code in enumerate(chosen):
            for start, end in [p for p in passages.get(code, []) if p[0] < p[1] <= len(words)] or [[0, len(words)]]:
                made.codings.append(QdaCoding(code, start, end, user_id(one.coder), one.memo if not place and not identifying_passages(one.memo, *suggest) else ""))
    return made


def user_id(coder: str) -> str:
    """The id under which a coder is known in files."""
    return merge.content_id("coder", coder)


# -- in ---------------------------------------------------------------------------------------------


def bring(session: Session, path: Path, *, survey: str = "", codebook: str = "") -> Brought:
    """Take in a codebook or a project. A codebook goes into the one whose codes it knows, into ``codebook`` (an id), or into a new one of ``survey`` (an id).

    Raises FileRefusedError for a file that is neither, or holds no code.
    """
    project = refi_qda.read(path)
    for number, text in enumerate(project.texts):  # a text without an id of its own is known by what it is
        text.guid = text.guid or merge.content_id("text", text.name, text.text, str(number))
    if not project.codes:
        raise FileRefusedError("That file holds no code.", code="no_codes")
    brought = Brought(problems=_summed(project.problems))
    with session.store.write(session.who, None, Act.CODEBOOK) as tx:
        results = {guid: key for key, guid in _RESULT_CODES.items()}
        ids = _write_codes(tx, session, project, brought, survey, codebook, set(results))
        if project.texts:
            _write_texts(tx, session, project, brought, ids, results)
        brought.changes = tx.changes
    return brought


def _summed(problems: Sequence[str]) -> list[str]:
    """Each problem once, with how often it was met."""
    return [p if n == 1 else f"{p} ({n:,} times)" for p, n in Counter(problems).items()]


def _of_these_names(tx: Transaction, names: Sequence[str]) -> str:
    """The codebook that has codes of all these names, where there is only one: a table of names bears no ids."""
    wanted, books = {fold(n) for n in names}, dict[str, set[str]]()
    for book, title in tx.run("SELECT c.codebook, c.title FROM code c JOIN codebook b ON b.id = c.codebook AND b.deleted = 0 WHERE c.deleted = 0").fetchall():
        books.setdefault(str(book), set()).add(fold(str(title)))
    found = [book for book, titles in books.items() if wanted <= titles]
    return found[0] if len(found) == 1 else ""


def _outer_first(codes: Sequence[QdaCode]) -> list[QdaCode]:
    """Codes in their order, but each after the one that it stands under."""
    there, made, placed = {c.guid for c in codes}, list[QdaCode](), set[str]()
    waiting = list(codes)
    while waiting:
        ready = [c for c in waiting if not c.under or c.under in placed or c.under not in there] or waiting[:1]
        made += ready
        placed.update(c.guid for c in ready)
        waiting = [c for c in waiting if c.guid not in placed]
    return made


def _by_place(tx: Transaction, book: str, codes: Sequence[QdaCode]) -> dict[str, str]:
    """By a code's guid in a file, the code of a codebook that stands under the same ones; else the only one of its name, where the file too has one only."""
    rows = {str(i): (fold(str(t)), str(u or "")) for i, t, u in tx.run("SELECT id, title, under FROM code WHERE codebook = ? AND deleted = 0", (book,)).fetchall()}
    here = _paths(rows)
    theirs = _paths({c.guid: (fold(c.name), c.under) for c in codes})
    at = {path: id for id, path in here.items()}
    found = {guid: at[path] for guid, path in theirs.items() if path in at}
    leaves_here, leaves_theirs = (Counter(path[-1] for path in some.values()) for some in (here, theirs))
    left = {path[-1]: id for id, path in here.items() if id not in found.values() and leaves_here[path[-1]] == 1}
    return found | {guid: left[path[-1]] for guid, path in theirs.items() if guid not in found and path[-1] in left and leaves_theirs[path[-1]] == 1}


def _paths(codes: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """By id, the names of the codes that a code stands under, outermost first, and its own; ``codes`` gives name and outer code."""
    made: dict[str, tuple[str, ...]] = {}
    for id in codes:
        path, at, seen = list[str](), id, set[str]()
        while at in codes and at not in seen:
            seen.add(at)
            path.insert(0, codes[at][0])
            at = codes[at][1]
        made[id] = tuple(path)
    return made


def _write_codes(tx: Transaction, session: Session, project: QdaProject, brought: Brought, survey: str, codebook: str, leave_out: set[str]) -> dict[str, str]:
    """Write a file's codes; returns their ids by guid."""
    known = {str(i): str(b) for i, b in tx.run("SELECT id, codebook FROM code WHERE deleted = 0").fetchall()}
    into = codebooks.resolved(session)
    book = next((known[c.guid] for c in project.codes if c.guid in known), "")
    alike = codebook or ("" if book else _of_these_names(tx, [c.name for c in project.codes if c.guid not in leave_out]))  # codes are known by name there
    book = alike or book
    if not book:
        book = tx.create(CODEBOOK.key, {"title": project.name, "survey": survey or None})
    brought.codebook, brought.title = book, str(tx.row(CODEBOOK.key, book)["title"])
    codes = _outer_first([c for c in project.codes if c.guid not in leave_out])
    named = _by_place(tx, book, codes) if alike else {}
    ids: dict[str, str] = {}
    for position, code in enumerate(codes, 1):
        if into.get(code.guid) in known:  # merged away here: what is under it is under the one that it went into
            ids[code.guid] = into[code.guid]
            brought.unchanged += 1
            continue
        cells: dict[str, Value] = {"title": code.name, "definition": code.description or None, "colour": code.colour or None, "under": ids.get(code.under), "heading": True if not code.codable else None}
        there = code.guid if known.get(code.guid) == book else named.get(code.guid, "")
        if there:
            row = tx.row(CODE.key, there)
            changed = {k: v for k, v in cells.items() if (v or None) != (row[k] or None) and (v or k in ("under", "heading"))}
            brought.updated += bool(changed)
            brought.unchanged += not changed
            if changed:
                tx.edit(CODE.key, there, changed)
            ids[code.guid] = there
        else:
            gone = tx.run("SELECT 1 FROM code WHERE id = ? AND deleted = 1 AND codebook = ?", (code.guid, book)).fetchone()
            if gone is not None:
                tx.edit(CODE.key, code.guid, {"deleted": False, **cells})
                ids[code.guid] = code.guid
                brought.updated += 1
                continue
            taken = tx.run("SELECT 1 FROM subject WHERE id = ?", (code.guid,)).fetchone() is not None
            ids[code.guid] = tx.create(CODE.key, {"codebook": book, "position": position, **{k: v for k, v in cells.items() if v is not None}}, id=None if taken else code.guid)
            brought.created += 1
    return ids


def _write_texts(tx: Transaction, session: Session, project: QdaProject, brought: Brought, ids: dict[str, str], results: dict[str, str]) -> None:
    places = _known_answers(tx, [t.guid for t in project.texts])
    fresh = [t for t in project.texts if t.guid not in places and t.text.strip()]
    if fresh:
        places |= _as_survey(tx, session, project, fresh, brought)
    for text in project.texts:
        if text.guid in places:
            brought.texts += 1
            _write_codings(tx, session, project, text, places[text.guid], brought, ids, results)


def _known_answers(tx: Transaction, guids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """By a text's guid, the survey, question and response of an answer that somebody coded or looked at here."""
    wanted = set(guids)
    sql = "SELECT response, survey, survey_question FROM answer_review UNION SELECT response, survey, survey_question FROM coding"
    return {text_id(str(q), str(r)): (str(s), str(q), str(r)) for r, s, q in tx.run(sql).fetchall() if text_id(str(q), str(r)) in wanted}


def _as_survey(tx: Transaction, session: Session, project: QdaProject, fresh: Sequence[QdaText], brought: Brought) -> dict[str, tuple[str, str, str]]:
    """Texts from elsewhere as a survey of one question in words; what is in them is looked at like any answer."""
    survey = merge.content_id(surveys.SURVEY.key, "refi", fold(project.name))
    there = tx.run("SELECT deleted FROM survey WHERE id = ?", (survey,)).fetchone()
    if there is not None and there[0]:
        raise RuleError(f"The survey “{project.name}” that this project once made is in the bin; bring it back first.", code="rule_in_bin")
    if there is None:
        tx.create(surveys.SURVEY.key, {"title": project.name, "tool": "REFI-QDA project"}, id=survey)
    question = merge.content_id(surveys.QUESTION.key, survey, "text")
    if tx.run("SELECT 1 FROM survey_question WHERE id = ?", (question,)).fetchone() is None:
        tx.create(surveys.QUESTION.key, {"survey": survey, "code": "text", "wording": "Text", "kind": "free_text", "position": 1}, id=question)
    brought.survey = survey
    held = {str(row["id"]) for (document,) in tx.run("SELECT responses FROM survey_batch WHERE survey = ? AND deleted = 0", (survey,)).fetchall() for row in json.loads(str(document or '{"rows": []}'))["rows"]}
    places = {t.guid: (survey, question, surveys.response_id(survey, "", t.guid or t.name)) for t in fresh}
    gone = surveys.disposed(session, survey)
    rows: list[dict[str, Any]] = [{"id": places[t.guid][2], "on": "", "a": [t.text]} for t in fresh if places[t.guid][2] not in held | gone]
    places = {guid: place for guid, place in places.items() if place[2] not in gone}
    if rows:
        document = json.dumps({"columns": [question], "rows": rows}, ensure_ascii=False, separators=(",", ":"))
        tx.create(surveys.BATCH.key, {
            "survey": survey, "profile": "refi_qda", "taken_in": session.today.isoformat(), "rows_read": len(project.texts), "rows_kept": len(rows), "responses": document,
        }, id=tx.free_id(surveys.BATCH.key, merge.content_id(surveys.BATCH.key, survey, document)))  # fmt: skip
        for row in rows:
            if reasons := triage.reasons_of_words(row["a"][0]):
                triage.flag(tx, row["id"], survey, "", reasons)
    return places


def _write_codings(tx: Transaction, session: Session, project: QdaProject, text: QdaText, place: tuple[str, str, str], brought: Brought, ids: dict[str, str], results: dict[str, str]) -> None:
    survey, question, response = place
    by_user: dict[str, list[QdaCoding]] = {}
    for one in text.codings:
        by_user.setdefault(one.user, []).append(one)
    for user, given in by_user.items():
        coder = coding.coder_name(project.users.get(user) or "Somebody")
        codes = list(dict.fromkeys(ids[c.code] for c in given if c.code in ids))
        result = "coded" if codes else next((results[c.code] for c in given if c.code in results), "")
        if not result:
            continue
        parts: dict[str, list[list[int]]] = {}
        for c in given:
            if c.code in ids and (c.start, c.end) != (0, len(text.text)):
                parts.setdefault(ids[c.code], []).append([c.start, c.end])
        memo = "\n".join(dict.fromkeys(c.memo for c in given if c.memo))
        id = coding_id(question, response, coder)
        there = tx.run("SELECT deleted FROM coding WHERE id = ?", (id,)).fetchone()
        cells: dict[str, Value] = {"result": result, "passages": json.dumps(parts) if parts else None}
        if there is None:
            tx.create(coding.CODING.key, {"survey": survey, "survey_question": question, "response": response, "coder": coder, "codebook": brought.codebook, "coded_on": session.today.isoformat(), "memo": memo or None, **cells}, id=id)
            brought.codings += 1
        elif there[0]:
            tx.edit(coding.CODING.key, id, {**cells, "deleted": False})
            brought.codings += 1
        stood = tx.linked(CODES_OF, id)
        if there is not None and not there[0] and set(codes) - set(stood):
            brought.codings += 1
            tx.edit(coding.CODING.key, id, {"result": result})
        for code in codes:
            if code not in stood:
                tx.link(CODES_OF, id, code)
