"""Codebooks and coded answers to other programs and back: the same store, another store, a stranger's project."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.exchange.test_refi_qda import keeps_the_standard, project
from tests.exchange.test_survey_in import SAMPLES, real, table, written
from tests.services.test_coding import WORDS, asked, code_all, desk_of, file_of, looked_at, named
from vawg_desktop.cli import main
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import FileRefusedError, NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.exchange import refi_qda
from vawg_desktop.services import (
    answer_review,
    codebooks,
    coding,
    coding_counts,
    coding_exchange,
    records,
    surveys,
    undoing,
)
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.store.check import check


@pytest.fixture
def session(tmp_path: Path) -> Session:
    made = Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")
    surveys.take_in(made, file_of(tmp_path, WORDS))
    return made


def told(session: Session, codebook: str) -> list[tuple[object, ...]]:
    return [(c.title, c.definition, c.heading, c.depth, c.id) for c in codebooks.read(session, codebook).codes]


def test_a_codebook_goes_out_and_comes_back_the_same(session: Session, tmp_path: Path) -> None:
    desk = desk_of(session)
    codebooks.split_code(session, named(session, desk)["CCTV"], ["Buses", "Stations"])
    path = tmp_path / "book.qdc"
    path.write_bytes(coding_exchange.codebook_file(session, desk.codebook, "qdc"))
    keeps_the_standard(path.read_bytes(), refi_qda.CODEBOOK_NS)
    again = coding_exchange.bring(session, path)
    assert (again.codebook, again.created, again.updated, again.unchanged) == (desk.codebook, 0, 0, 8)
    other = Session(making.create(tmp_path / "b.vawg", passphrase=None), "B. Deputy")
    brought = coding_exchange.bring(other, path)
    assert told(other, brought.codebook) == told(session, desk.codebook) and (brought.created, brought.problems) == (8, [])
    assert coding_exchange.codebook_file(other, brought.codebook, "qdc") == path.read_bytes() and check(other.store).problems == []


def test_a_project_goes_out_without_what_was_taken_out_and_comes_back_to_its_answers(session: Session, tmp_path: Path) -> None:
    """Another coder works on it elsewhere: what she coded comes back as hers, and counts beside ours."""
    desk = code_all(session, "A. Officer", {0: ["CCTV"], 2: ["Police response"], 6: ["CCTV", "Street lighting"], 7: []})
    answers, question = asked(session)
    path = tmp_path / "p.qdpx"
    path.write_bytes(coding_exchange.project_file(session, answers, question, desk.codebook))
    with zipfile.ZipFile(path) as archive:
        root = keeps_the_standard(archive.read("project.qde"), refi_qda.PROJECT_NS)
        assert "Okafor" not in "".join(archive.read(n).decode() for n in archive.namelist()) and root.find("{*}Description").text == "OFFICIAL-SENSITIVE"  # type: ignore[union-attr]
    again = coding_exchange.bring(session, path)
    assert (again.texts, again.codings, again.created, again.survey) == (8, 0, 0, "")
    read = refi_qda.read(path)
    read.users = {next(iter(read.users)): "B. Deputy"}
    path.write_bytes(refi_qda.project_file(read, "2026-11-28T10:00:00Z"))
    brought = coding_exchange.bring(session, path)
    found = coding_counts.counted(session, answers, question)
    assert brought.codings == 4 and found.coders == {"A. Officer": 4, "B. Deputy": 4} and found.overall.percent == 1 and check(session.store).problems == []


def test_only_answers_that_were_looked_at_leave(session: Session) -> None:
    desk = desk_of(session)
    answers, question = asked(session)
    with pytest.raises(RuleError, match="Nobody has looked"):
        coding_exchange.project_file(session, answers, question, desk.codebook)
    looked_at(session)
    text = answer_review.texts(session, answers, question)[0]
    answer_review.set_aside(session, desk.survey, question, {text.response: text.words})
    path = coding_exchange.project_file(session, answers, question, desk.codebook)
    assert text.words.encode() not in path and len(path) > 0


def test_a_strangers_project_is_a_survey_whose_answers_are_looked_at_before_they_count(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "theirs.qdpx"
    theirs = project()
    path.write_bytes(refi_qda.project_file(theirs, "2026-11-28T10:00:00Z"))
    brought = coding_exchange.bring(session, path)
    assert (brought.created, brought.texts, brought.codings) == (4, 2, 2)
    answers = surveys.answers(session, brought.survey)
    question = str(answers.questions[0]["id"])
    texts = answer_review.texts(session, answers, question)
    assert [t.status for t in texts] == ["to_review", "to_review"] and coding_counts.counted(session, answers, question).base == 0
    answer_review.sign_off(session, brought.survey, question, {t.response: (t.words, []) for t in texts})
    found = coding_counts.counted(session, answers, question)
    assert found.coders == {"A. Officer": 1, "B. Deputy": 1} and {c.title: c.count for c in found.codes if c.count} == {"“Police” response": 1, "Street lighting": 1}
    assert [c.memo for c in coding.codings(session, question, "A. Officer")] == ["look at the map"]
    again = refi_qda.read(_written(tmp_path, coding_exchange.project_file(session, answers, question, brought.codebook)))
    assert [(c.code, c.start, c.end) for c in again.texts[0].codings] == [(c.code, c.start, c.end) for c in sorted(theirs.texts[0].codings, key=lambda c: (c.user, c.start))]
    second = coding_exchange.bring(session, path)  # the same file once more
    assert (second.created, second.codings, len(surveys.answers(session, brought.survey).rows)) == (0, 0, 2) and check(session.store).problems == []
    undoing.undo(session)


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "again.qdpx"
    path.write_bytes(content)
    return path


def test_codes_go_into_a_codebook_that_is_named_by_their_names(session: Session, tmp_path: Path) -> None:
    desk = desk_of(session)
    path = tmp_path / "theirs.csv"
    path.write_text("tag,description\nCCTV,cameras of any kind\nTransport\\buses,\n", "utf-8")
    brought = coding_exchange.bring(session, path, codebook=desk.codebook)
    assert (brought.codebook, brought.created, brought.updated) == (desk.codebook, 2, 1)
    assert {c.title: c.definition for c in codebooks.read(session, desk.codebook).codes}["CCTV"] == "cameras of any kind"


@real
def test_the_sample_project_is_taken_in_and_goes_out_with_its_codes(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = str(tmp_path / "a.vawg")
    session.store.close()
    assert main(["import-codebook", store, str(SAMPLES / "refi_TestProject.qdpx"), "--json"]) == 0
    brought = json.loads(capsys.readouterr().out)
    assert (brought["created"], brought["texts"], len(brought["problems"])) == (14, 0, 2)
    assert main(["export-codebook", store, brought["codebook"], "--out", str(tmp_path / "out.qdc")]) == 0
    assert [(c.guid, c.name, c.description, c.colour) for c in refi_qda.read(tmp_path / "out.qdc").codes] == [(c.guid, c.name, c.description, c.colour) for c in refi_qda.read(SAMPLES / "refi_TestProject.qdpx").codes]
    assert main(["export-codebook", store, brought["codebook"], "--out", str(tmp_path / "out.qdpx")]) == 1
    assert "name it by --survey and --question" in capsys.readouterr().err
    assert main(["export-codebook", store, "CB-9", "--out", str(tmp_path / "out.qdc")]) == 1


def test_what_cannot_be_written_or_taken_is_said(session: Session, tmp_path: Path) -> None:
    desk = desk_of(session)
    with pytest.raises(ValueRefusedError, match=r"\.qdc or \.csv"):
        coding_exchange.codebook_file(session, desk.codebook, "docx")
    path = tmp_path / "empty.csv"
    path.write_text("tag,description\n", "utf-8")
    with pytest.raises(FileRefusedError, match="no code"):
        coding_exchange.bring(session, path)


def test_a_project_comes_back_to_the_question_it_was_of(session: Session, tmp_path: Path) -> None:
    """A respondent answers two questions in words; what was coded of one is not of the other."""
    head = ["ID", "Start time", "Completion time", "Email", "Name", "What would help?", "What happened?"]
    rows = [[str(n), "2021-01-01", "", "", "", f"More lights please, said person number {n} of the lot", f"Nobody came when I rang, said person number {n} of us"] for n in range(3)]
    surveys.take_in(session, written(tmp_path, table([head, *rows]), "Two.csv"))
    answers = surveys.answers(session, str(surveys.find(session, "Two")["id"]))
    book, _ = codebooks.start(session, str(answers.survey["id"]))
    ids = [str(answers.question(w)["id"]) for w in ("What would help?", "What happened?")]
    for question in ids:
        answer_review.sign_off(session, str(answers.survey["id"]), question, {t.response: (t.words, []) for t in answer_review.texts(session, answers, question)})
    desk = coding.Desk(str(answers.survey["id"]), ids[0], book)
    coding.change(session, desk, [answers.rows[0].id], add=[codebooks.read(session, book).codes[0].id], memo="she means Sarah Okafor")
    coding.change(session, coding.Desk(desk.survey, ids[1], book), [answers.rows[0].id], result="none")
    path = tmp_path / "p.qdpx"
    path.write_bytes(coding_exchange.project_file(session, answers, ids[0], book))
    read = refi_qda.read(path)
    assert all(not c.memo for t in read.texts for c in t.codings)  # a memo that names somebody stays here
    read.users = {next(iter(read.users)): "Another"}
    path.write_bytes(refi_qda.project_file(read, "2026-11-28T10:00:00Z"))
    coding_exchange.bring(session, path)
    assert [{c.coder for c in coding.codings(session, q)} for q in ids] == [{"A. Officer", "Another"}, {"A. Officer"}]


def test_a_code_that_was_merged_away_does_not_come_back_as_another(session: Session, tmp_path: Path) -> None:
    desk = desk_of(session)
    path = tmp_path / "book.qdc"
    path.write_bytes(coding_exchange.codebook_file(session, desk.codebook, "qdc"))
    codes = named(session, desk)
    codebooks.merge_codes(session, [codes["CCTV"]], codes["Street lighting"])
    for _ in range(2):
        assert coding_exchange.bring(session, path).created == 0
    assert len(codebooks.read(session, desk.codebook).codes) == 5


def test_texts_without_an_id_are_each_their_own(session: Session, tmp_path: Path) -> None:
    theirs = project()
    for text in theirs.texts:
        text.guid = ""
    path = tmp_path / "theirs.qdpx"
    made = refi_qda.project_file(project(), "2026-11-28T10:00:00Z")
    with zipfile.ZipFile(path, "w") as out, zipfile.ZipFile(io.BytesIO(made)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            out.writestr(name, content.replace(b'TextSource guid="0000001f', b'TextSource guid="x').replace(b'TextSource guid="00000020', b'TextSource guid="y') if name == "project.qde" else content)
    brought = coding_exchange.bring(session, path)
    assert len(surveys.answers(session, brought.survey).rows) == 2


def test_a_table_of_names_goes_back_into_the_codebook_it_came_from(session: Session, tmp_path: Path) -> None:
    desk = desk_of(session)
    path = tmp_path / "our codes.csv"
    path.write_bytes(coding_exchange.codebook_file(session, desk.codebook, "csv"))
    before = session.read().exec_driver_sql("SELECT count(*) FROM codebook").scalar()
    again = coding_exchange.bring(session, path)
    assert again.created == 0 and session.read().exec_driver_sql("SELECT count(*) FROM codebook").scalar() == before


def test_of_two_codebooks_of_one_title_it_is_asked_which(session: Session) -> None:
    for _ in range(2):
        records.create(session, "codebook", {"title": "Twice"})
    with pytest.raises(NotFoundError, match="more than one codebook"):
        coding_exchange.codebook_file(session, "Twice", "csv")


def test_a_table_of_codes_is_known_by_their_places_in_any_order(session: Session, tmp_path: Path) -> None:
    with session.store.write(session.who, None, Act.CODEBOOK) as tx:
        book = tx.create("codebook", {"title": "Agencies"})
        for agency in ("Police", "CPS", "Courts"):
            outer = tx.create("code", {"title": agency, "codebook": book, "heading": True})
            for kind in ("Positive", "Negative"):
                tx.create("code", {"title": kind, "codebook": book, "under": outer, "definition": f"{kind} about {agency}"})
    before = {c.id: (c.title, c.under, c.definition) for c in codebooks.read(session, book).codes}
    head, *lines = coding_exchange.codebook_file(session, book, "csv").decode("utf-8-sig").splitlines()
    file = tmp_path / "codes.csv"
    file.write_text("\n".join([head, *sorted(lines)]) + "\n", "utf-8")
    brought = coding_exchange.bring(session, file)
    assert (brought.created, brought.updated) == (0, 0) and {c.id: (c.title, c.under, c.definition) for c in codebooks.read(session, book).codes} == before
    file.write_text("\n".join([head, *(line.replace("Positive about Courts", "Courts were kind") for line in reversed(lines))]) + "\n", "utf-8")
    brought = coding_exchange.bring(session, file)
    after = {c.id: (c.title, c.under, c.definition) for c in codebooks.read(session, book).codes}
    assert brought.updated == 1 and {i: d for i, (_, _, d) in after.items() if before[i] != after[i]} == {next(i for i, (_, _, d) in before.items() if d == "Positive about Courts"): "Courts were kind"}
