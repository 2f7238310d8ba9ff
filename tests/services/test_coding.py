"""Coding: answers looked at, sorted by coders who do not see each other, counted, compared, merged, quoted and disposed of."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

from tests.exchange.test_survey_in import table, written
from vawg_desktop.cli import main
from vawg_desktop.domain.errors import AppError, NotFoundError, RuleError
from vawg_desktop.domain.identifying import Passage
from vawg_desktop.services import (
    answer_review,
    codebooks,
    coding,
    coding_counts,
    merging,
    quotes,
    records,
    survey_figures,
    survey_results,
    surveys,
    triage,
    undoing,
)
from vawg_desktop.services.coding import Desk
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers
from vawg_desktop.store import copying, making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.dispose import Authority

HEAD = ["ID", "Start time", "Completion time", "Email", "Name", "District", "What would help?"]
WORDS = [
    "More CCTV at the station please, nobody watches the old one", "The lights on the path to the college are out every winter", "I told Sarah Okafor at the desk and the police never rang me back",
    "Teach boys at school what consent means before they are sixteen", "He posted pictures of me on Instagram and nobody took them down", "Court was put off four times and I gave up in the end",
    "Lights and cameras at the bus station would help a great deal", "Nothing would help, it is how it has always been round here",
]  # fmt: skip
TWO = Authority("A. Officer", "B. Second", "withdrawn by the respondent", "2026-11-28")


def file_of(folder: Path, words: list[str], name: str = "Safety survey.csv") -> Path:
    return written(folder, table([HEAD, *([str(n), "2021-01-01", "2021-01-02", "", "", "Ashford" if n % 2 else "Dover", w] for n, w in enumerate(words))]), name)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    made = Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")
    surveys.take_in(made, file_of(tmp_path, WORDS))
    return made


def asked(session: Session) -> tuple[Answers, str]:
    answers = surveys.answers(session, str(surveys.find(session, "Safety survey")["id"]))
    return answers, str(answers.question("What would help?")["id"])


def desk_of(session: Session, coder: str = "") -> Desk:
    answers, question = asked(session)
    survey = str(answers.survey["id"])
    book = next(iter(codebooks.of_survey(session, survey)), None) or (codebooks.start(session, survey)[0], "")
    return Desk(survey, question, book[0], codebooks.read(session, book[0]).version, coder)


def looked_at(session: Session) -> dict[str, str]:
    """Every answer signed off as the program suggests; returns the responses by their words in the file."""
    answers, question = asked(session)
    texts = answer_review.texts(session, answers, question)
    answer_review.sign_off(session, str(answers.survey["id"]), question, {t.response: (t.words, answer_review.suggestions(session, t.words)) for t in texts})
    return {t.words: t.response for t in texts}


def named(session: Session, desk: Desk) -> dict[str, str]:
    return {c.title: c.id for c in codebooks.read(session, desk.codebook).codes}


def code_all(session: Session, coder: str, wanted: dict[int, list[str]]) -> Desk:
    desk = desk_of(session, coder)
    responses, codes = looked_at(session) if not _reviewed(session) else _responses(session), named(session, desk)
    for n, titles in wanted.items():
        if titles:
            coding.change(session, desk, [responses[WORDS[n]]], add=[codes[t] for t in titles])
        else:
            coding.change(session, desk, [responses[WORDS[n]]], result="none")
    return desk


def _reviewed(session: Session) -> bool:
    return session.read().exec_driver_sql("SELECT count(*) FROM answer_review").one()[0] > 0


def _responses(session: Session) -> dict[str, str]:
    answers, question = asked(session)
    return {t.words: t.response for t in answer_review.texts(session, answers, question)}


# -- looked at ------------------------------------------------------------------------------------------


def test_an_answer_is_shown_without_what_was_taken_out_of_it(session: Session) -> None:
    responses = looked_at(session)
    answers, question = asked(session)
    texts = {t.response: t for t in answer_review.texts(session, answers, question)}
    assert texts[responses[WORDS[2]]].shown == "I told [name] at the desk and the police never rang me back"
    assert all(t.may_be_read for t in texts.values()) and answer_review.originals(session, answers) == 1
    answer_review.put_back(session, str(answers.survey["id"]), question, {responses[WORDS[2]]: WORDS[2]})
    back = {t.response: t for t in answer_review.texts(session, answers, question)}[responses[WORDS[2]]]
    assert (back.status, back.shown, back.taken_out) == ("to_review", WORDS[2], [])
    undoing.undo(session)
    assert answer_review.originals(session, answers) == 1 and check(session.store).problems == []


def test_nothing_is_coded_or_quoted_that_nobody_has_looked_at(session: Session) -> None:
    desk = desk_of(session)
    answers, question = asked(session)
    line = coding.lines(session, answers, question)[0]
    book = codebooks.read(session, desk.codebook)
    with pytest.raises(RuleError, match="Look at the answer first"):
        coding.change(session, desk, [line.text.response], add=[book.codes[0].id])
    with pytest.raises(RuleError, match="Nobody has looked"):
        coding.keep_quote(session, answers, question, line.text.response, book)
    answer_review.set_aside(session, desk.survey, question, {line.text.response: line.text.words})
    with pytest.raises(RuleError, match="Look at the answer first"):
        coding.change(session, desk, [line.text.response], add=[book.codes[0].id])
    assert coding.lines(session, answers, question)[0].state == "set_aside"


def test_originals_leave_rows_log_and_file_and_an_answer_is_known_again_without_them(session: Session, tmp_path: Path) -> None:
    looked_at(session)
    answers, question = asked(session)
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    answer_review.take_out_originals(session, answers)
    answers, _ = asked(session)
    texts = answer_review.texts(session, answers, question)
    assert answer_review.originals(session, answers) == 0 and any(t.words == "I told [name] at the desk and the police never rang me back" and t.may_be_read for t in texts)
    assert check(session.store).problems == []
    again, _ = surveys.take_in(session, file_of(tmp_path, WORDS), survey="Safety survey")
    assert (again.new, again.changed, again.unchanged) == (0, 0, len(WORDS))
    with pytest.raises(RuleError, match="No answer"):
        answer_review.take_out_originals(session, answers)
    merging.merge(laptop, session.store)
    assert answer_review.originals(laptop, asked(laptop)[0]) == 0 and check(laptop.store).problems == []
    merging.merge(session, laptop.store)
    for one, path in ((session, "a.vawg"), (laptop, "b.vawg")):
        assert "Okafor" not in "".join(str(tuple(r)) for t in ("change", "survey_batch", "link") for r in one.read().exec_driver_sql(f'SELECT * FROM "{t}"'))
        one.store.close()
        assert b"Okafor" not in (tmp_path / path).read_bytes()


def test_what_one_laptop_took_out_for_good_does_not_come_back_with_a_disposal_on_another(session: Session, tmp_path: Path) -> None:
    """Both rewrote the same document; whichever stands, neither the words nor the other respondent's answer is there."""
    responses = looked_at(session)
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    answer_review.take_out_originals(session, asked(session)[0])
    surveys.dispose_response(laptop, responses[WORDS[0]], TWO)
    for one, other in ((session, laptop), (laptop, session), (session, laptop)):
        assert merging.merge(one, other.store).conflicts == []
    for one in (session, laptop):
        held = "".join(str(tuple(r)) for t in ("change", "survey_batch") for r in one.read().exec_driver_sql(f'SELECT * FROM "{t}"'))
        assert "Okafor" not in held and WORDS[0] not in held and WORDS[1] in held
        assert check(one.store).problems == []


def test_an_answer_that_was_given_anew_is_looked_at_again(session: Session, tmp_path: Path) -> None:
    looked_at(session)
    later = [w if n != 2 else "I told Priya Shah at the desk this time" for n, w in enumerate(WORDS)]
    taken, _ = surveys.take_in(session, file_of(tmp_path, later), survey="Safety survey")
    answers, question = asked(session)
    texts = answer_review.texts(session, answers, question)
    assert taken.changed == 1 and [t.words for t in texts if not t.may_be_read] == [later[2]]


def test_what_two_laptops_take_out_is_taken_out_on_both(session: Session, tmp_path: Path) -> None:
    answers, question = asked(session)
    survey, text = str(answers.survey["id"]), next(t for t in answer_review.texts(session, answers, question) if "Okafor" in t.words)
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    answer_review.sign_off(session, survey, question, {text.response: (text.words, [Passage(7, 19, "name")])})
    answer_review.sign_off(laptop, survey, question, {text.response: (text.words, [Passage(7, 19, "name"), Passage(27, 31, "place")])})
    merging.merge(session, laptop.store)
    merging.merge(laptop, session.store)
    for one in (session, laptop):
        (shown,) = [t.shown for t in answer_review.texts(one, *asked(one)) if t.response == text.response]
        assert shown == "I told [name] at the [place] and the police never rang me back" and check(one.store).problems == []


# -- coded ----------------------------------------------------------------------------------------------


def test_counts_are_those_of_the_coder(session: Session) -> None:
    code_all(session, "A. Officer", {0: ["CCTV"], 1: ["Street lighting"], 2: ["Police response"], 6: ["CCTV", "Street lighting"], 7: []})
    found = coding_counts.counted(session, *asked(session))
    assert {c.title: c.count for c in found.codes if c.count} == {"CCTV": 2, "Street lighting": 2, "Police response": 1}
    assert (found.base, found.answered, len(found.by_response), found.main) == (5, 8, 5, "A. Officer")
    assert found.notes() == ["3 answers not coded yet; counts are of those that were."]
    assert coding.progress(coding.standing(coding.lines(session, *asked(session)))) == "5 of 8 answers coded."


def test_a_code_taken_away_and_a_memo_alone_leave_an_answer_uncoded(session: Session) -> None:
    desk = code_all(session, "A. Officer", {0: ["CCTV"]})
    response, codes = _responses(session)[WORDS[0]], named(session, desk)
    coding.change(session, desk, [response], memo="ask what the footage showed")
    coding.change(session, desk, [response], remove=[codes["CCTV"]])
    (line,) = [x for x in coding.lines(session, *asked(session), "A. Officer") if x.text.response == response]
    assert line.state == "to_code" and line.coded is not None and line.coded.memo == "ask what the footage showed"
    coding.change(session, desk, [response], memo="")
    (line,) = [x for x in coding.lines(session, *asked(session), "A. Officer") if x.text.response == response]
    assert line.coded is None and coding_counts.counted(session, *asked(session)).base == 0
    coding.change(session, desk, [response], result="unclear")
    assert coding_counts.counted(session, *asked(session)).unclear == 1
    coding.change(session, desk, [response], add=[codes["Education"]])
    assert [c.count for c in coding_counts.counted(session, *asked(session)).codes if c.title == "Education"] == [1]
    assert check(session.store).problems == []


def test_two_coders_on_two_copies_are_compared_after_the_merge(session: Session, tmp_path: Path) -> None:
    """Neither sees the other; counts, κ and α are those of a table made by hand."""
    desk = desk_of(session)
    looked_at(session)
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    code_all(session, "", {0: ["CCTV"], 1: ["Street lighting"], 2: ["Police response"], 3: ["Education"], 6: ["CCTV", "Street lighting"], 7: []})
    code_all(laptop, "", {0: ["CCTV"], 1: ["Street lighting"], 2: ["Criminal justice process"], 3: ["Education"], 6: ["Street lighting"], 7: []})
    assert merging.merge(session, laptop.store).conflicts == [] and merging.merge(laptop, session.store).conflicts == []
    assert {x.coded.coder for x in coding.lines(session, *asked(session)) if x.coded} == {"A. Officer"}
    for one in (session, laptop):
        found = coding_counts.counted(one, *asked(one))
        assert found.coders == {"A. Officer": 6, "B. Deputy": 6} and found.overall.texts == 6
        assert found.overall.percent == pytest.approx(4 / 6)
        # κ by hand: labels C, L, P, E, CL, none against C, L, J, E, L, none
        assert found.overall.kappa == pytest.approx((4 / 6 - (1 + 2 + 1 + 1) / 36) / (1 - (1 + 2 + 1 + 1) / 36))
        by_code = {c.title: c for c in found.codes}
        assert by_code["Education"].agreed.kappa == pytest.approx(1) and by_code["Education"].prevalence == pytest.approx(2 / 12)
        assert by_code["CCTV"].agreed.percent == pytest.approx(5 / 6) and math.isnan(by_code["Online harms"].agreed.kappa)
        assert len(found.open_differences) == 2 and "Coders differ on 2 answers; these count as A. Officer coded them." in found.notes()
    codes, responses = named(session, desk), _responses(session)
    coding_counts.agree(session, desk, responses[WORDS[2]], [codes["Police response"], codes["Criminal justice process"]])
    found = coding_counts.counted(session, *asked(session))
    assert {c.title: c.count for c in found.codes}["Criminal justice process"] == 1 and len(found.open_differences) == 1
    assert found.coders == {"A. Officer": 6, "B. Deputy": 6} and found.overall.percent == pytest.approx(4 / 6)
    assert check(session.store).problems == []


def test_words_suggest_codes_that_do_not_count(session: Session) -> None:
    desk = desk_of(session)
    looked_at(session)
    book = codebooks.read(session, desk.codebook)
    suggesting = coding.Suggesting(book)
    titles = {c.id: c.title for c in book.codes}
    assert [titles[i] for i in suggesting.of(WORDS[6])] == ["CCTV", "Street lighting"]
    assert suggesting.of("Delightful policework in the courtyard") == []
    assert coding_counts.counted(session, *asked(session)).base == 0


def test_codes_are_merged_and_split_and_the_version_goes_up(session: Session, tmp_path: Path) -> None:
    desk = code_all(session, "A. Officer", {0: ["CCTV"], 1: ["Street lighting"], 6: ["CCTV", "Street lighting"]})
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    codes, responses = named(session, desk), _responses(session)
    codebooks.merge_codes(session, [codes["CCTV"]], codes["Street lighting"])
    coding.change(laptop, desk_of(laptop), [responses[WORDS[5]]], add=[codes["CCTV"]])  # who does not know yet
    merging.merge(session, laptop.store)
    found = coding_counts.counted(session, *asked(session))
    assert {c.title: c.count for c in found.codes if c.count} == {"Street lighting": 4} and "CCTV" not in named(session, desk)
    changes = codebooks.split_code(session, codes["Street lighting"], ["Lights that are out", "No lights at all"])
    assert "still under Street lighting" in changes.notes[0]
    with pytest.raises(RuleError, match="only a heading"):
        coding.change(session, desk, [responses[WORDS[0]]], add=[codes["Street lighting"]])
    book = codebooks.read(session, desk.codebook)
    assert book.version == 3 and [(c.title, c.depth) for c in book.codes if c.depth] == [("Lights that are out", 1), ("No lights at all", 1)]
    told = codebooks.versions(session, desk.codebook)
    assert [(v["number"], v["changed"]) for v in told] == [(1, "The inquiry's six themes."), (2, "CCTV merged into Street lighting."), (3, "Street lighting split into Lights that are out, No lights at all.")]
    assert "CCTV" in str(told[0]["codes"]) and check(session.store).problems == []
    undoing.undo(session)
    assert codebooks.read(session, desk.codebook).version == 2


@pytest.mark.parametrize("wrong", ["itself", "other book", "one name", "no words"])
def test_a_codebook_is_not_changed_in_ways_that_mean_nothing(session: Session, wrong: str) -> None:
    desk = desk_of(session)
    codes = named(session, desk)
    with pytest.raises(RuleError):
        if wrong == "itself":
            codebooks.merge_codes(session, [codes["CCTV"]], codes["CCTV"])
        elif wrong == "other book":
            other, _ = codebooks.start(session, desk.survey, "Another")
            codebooks.merge_codes(session, [named(session, Desk(desk.survey, desk.question, other))["CCTV"]], codes["CCTV"])
        elif wrong == "one name":
            codebooks.split_code(session, codes["CCTV"], ["Cameras", " cameras "])
        else:
            codebooks.begin_version(session, desk.codebook, "  ")


def test_the_first_nine_codes_have_digits_and_others_their_own_key(session: Session) -> None:
    desk = desk_of(session)
    for n, key in enumerate(["k", "k", "q", "", "é", "7"]):
        records.create(session, "code", {"title": f"Code {n}", "codebook": "CB-1", "key": key})
    keys = [c.key for c in codebooks.read(session, desk.codebook).codes]
    assert keys == ["1", "2", "3", "4", "5", "6", "k", "8", "9", "", "e", "7"]  # q is the desk's own, a second k has none of its own


# -- counted in results, quoted, disposed of ---------------------------------------------------------------


def test_coded_answers_are_a_result_with_base_group_and_figure(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, WORDS * 6, "more.csv"), survey="Safety survey")
    desk = desk_of(session)
    looked_at(session)
    answers, question = asked(session)
    codes, suggesting = codebooks.read(session, desk.codebook), coding.Suggesting(codebooks.read(session, desk.codebook))
    for line in coding.lines(session, answers, question):
        found = suggesting.of(line.text.shown)
        coding.change(session, desk, [line.text.response], add=found, result="" if found else "none")
    made = survey_results.result(session, answers, question, by="District", least=0)
    assert made.everybody.base == 48 and {c: made.everybody.counts[n] for n, c in enumerate(made.choices)} == {
        "CCTV": 12, "Street lighting": 12, "Police response": 6, "Education": 6, "Online harms": 6, "Criminal justice process": 6, "No code fits": 6,
    }  # fmt: skip
    assert [(g.name, g.base) for g in made.groups[1:]] == [("Dover", 24), ("Ashford", 24)]
    cells = survey_figures.figure_of(session, survey_results.result(session, answers, question), "All respondents", "CCTV")
    assert cells["quoted"] == "25% of 48 respondents" and cells["definition"] == "12 of the 48 answers to “What would help?” that were coded are about “CCTV”. Coded by A. Officer (Safety survey: themes, version 1)."
    _, changes = records.create(session, "figure", cells)
    figure = changes.created[0]
    coding.change(session, desk, [next(x.text.response for x in coding.lines(session, answers, question) if x.text.words == WORDS[7])], add=[codes.codes[0].id])
    recount = survey_figures.recount(session, figure)
    assert recount is not None and recount.differs and recount.now == "27.1"
    small = survey_results.result(session, answers, question)
    assert small.everybody.counts[2] is None and small.hidden  # six answers are fewer than ten


def test_a_break_in_the_codebook_forbids_to_compare(session: Session, tmp_path: Path) -> None:
    desk = code_all(session, "A. Officer", {0: ["CCTV"], 1: ["Street lighting"]})
    surveys.take_in(session, file_of(tmp_path, WORDS, "later.csv"), survey="Safety survey", wave="2026")
    codebooks.begin_version(session, desk.codebook, "CCTV now means cameras on buses too.")
    later = desk_of(session)
    answers, question = asked(session)
    (line,) = [x for x in coding.lines(session, answers, question) if x.text.wave == "2026" and x.text.words == WORDS[0]]
    answer_review.sign_off(session, desk.survey, question, {line.text.response: (line.text.words, [])})
    coding.change(session, later, [line.text.response], add=[named(session, later)["CCTV"]])
    made = survey_results.result(session, answers, question, by="wave", least=0)
    assert any("2026: version 2; Wave without a name: version 1" in n and "not compared" in n for n in made.notes)


def test_a_quote_is_words_as_shown_with_the_themes_of_its_codes(session: Session) -> None:
    desk = code_all(session, "A. Officer", {2: ["Police response"]})
    answers, question = asked(session)
    (line,) = [x for x in coding.lines(session, answers, question, "A. Officer") if x.coded]
    book = codebooks.read(session, desk.codebook)
    id, _ = coding.keep_quote(session, answers, question, line.text.response, book, (0, len("I told Sarah Okafor at the desk")))
    row = session.read().exec_driver_sql("SELECT words, from_whom, said, response, consent, marking FROM quote WHERE id = ?", (id,)).one()
    assert tuple(row) == ("I told [name] at the desk", "Respondent to Safety survey", "2021", line.text.response, "not_asked", "official_sensitive")
    themes = session.read().exec_driver_sql("SELECT t.title FROM link l JOIN theme t ON t.id = l.b WHERE l.a = ? AND l.kind = 'quote.themes'", (id,)).fetchall()
    assert [str(t[0]) for t in themes] == ["Police response"] and id in quotes.kept_back(session)
    with pytest.raises(RuleError, match="as it is shown"):
        coding.keep_quote(session, answers, question, line.text.response, book, (6, 7))


def test_disposing_of_a_respondent_takes_codings_reviews_and_quotes_along(session: Session) -> None:
    desk = code_all(session, "A. Officer", {2: ["Police response"], 0: ["CCTV"]})
    answers, question = asked(session)
    (line,) = [x for x in coding.lines(session, answers, question, "A. Officer") if x.text.words == WORDS[2]]
    coding.change(session, desk, [line.text.response], memo="she named Okafor")
    coding.keep_quote(session, answers, question, line.text.response, codebooks.read(session, desk.codebook))
    surveys.dispose_response(session, line.text.response, TWO)
    held = "".join(str(tuple(r)) for t in ("change", "coding", "quote", "answer_review", "survey_batch") for r in session.read().exec_driver_sql(f'SELECT * FROM "{t}"'))
    assert "Okafor" not in held and "never rang me back" not in held
    assert [c.title for c in coding_counts.counted(session, *asked(session)).codes if c.count] == ["CCTV"] and check(session.store).problems == []


def test_a_reader_flags_a_concern_at_the_desk(session: Session) -> None:
    answers, question = asked(session)
    text = answer_review.texts(session, answers, question)[5]
    answer_review.flag(session, str(answers.survey["id"]), text.wave, text.response, "seen by a coder")
    assert [n for _, _, n in triage.to_decide(session)] and session.read().exec_driver_sql("SELECT reasons FROM survey_response WHERE id = ?", (text.response,)).one()[0] == "seen by a coder"


def test_the_command_gives_codes_coders_and_agreement(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code_all(session, "A. Officer", {0: ["CCTV"], 1: ["Street lighting"], 7: []})
    code_all(session, "B. Deputy", {0: ["CCTV"], 1: ["CCTV"], 7: []})
    session.store.close()
    assert main(["coding", str(tmp_path / "a.vawg"), "Safety survey", "What would help?", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {c["code"]: (c["count"], c["base"]) for c in told["codes"]}["CCTV"] == (1, 3)
    assert told["agreement"] == {"percent": 66.6667, "kappa": 0.5, "alpha": pytest.approx(0.5455, abs=1e-4)} and [c["coder"] for c in told["coders"]] == ["A. Officer", "B. Deputy"]
    assert main(["coding", str(tmp_path / "a.vawg"), "Safety survey", "District"]) == 1
    assert "not answered in people's own words" in capsys.readouterr().err
    assert main(["coding", str(tmp_path / "a.vawg"), "Safety survey", "What would help?"]) == 0
    assert "Coders compared on 3 answers: 67% the same, κ 0.50, α 0.55." in capsys.readouterr().out


def test_what_is_asked_for_and_is_not_there_is_said(session: Session) -> None:
    desk = desk_of(session)
    responses = looked_at(session)
    with pytest.raises(RuleError, match="no longer in the codebook"):
        coding.change(session, desk, [responses[WORDS[0]]], add=["nothing"])
    with pytest.raises(NotFoundError):
        codebooks.read(session, "Nothing")
    with pytest.raises(AppError):
        coding.change(session, desk, ["no such response"], result="none")


# -- what a stranger found ------------------------------------------------------------------------------------


def texts_of(session: Session) -> dict[str, answer_review.Text]:
    return {t.response: t for t in answer_review.texts(session, *asked(session))}


def test_another_answer_of_the_same_length_is_not_the_one_that_was_looked_at(session: Session, tmp_path: Path) -> None:
    """On one copy the answer is signed off, on the other it is given anew, as long as it was."""
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    responses = looked_at(session)
    other = "My ex Dean Kowalczyk, 14 Mill Lane, hits me, nobody stops it at all"[: len(WORDS[0])].ljust(len(WORDS[0]), "x")
    surveys.take_in(laptop, file_of(tmp_path, [other, *WORDS[1:]]), survey="Safety survey")
    merging.merge(session, laptop.store)
    merging.merge(laptop, session.store)
    for one in (session, laptop):
        text = texts_of(one)[responses[WORDS[0]]]
        assert (text.words, text.status, text.stale) == (other, "to_review", True)


def test_a_new_answer_is_taken_in_though_words_were_taken_out_of_the_old_one(session: Session, tmp_path: Path) -> None:
    responses = looked_at(session)
    answer_review.take_out_originals(session, asked(session)[0])
    later = "I told nobody at the desk and the police never rang me back"
    taken, _ = surveys.take_in(session, file_of(tmp_path, [w if n != 2 else later for n, w in enumerate(WORDS)]), survey="Safety survey")
    assert taken.changed == 1 and texts_of(session)[responses[WORDS[2]]].words == later


def test_lines_end_alike_so_that_positions_are_those_of_the_window(session: Session, tmp_path: Path) -> None:
    words = "One line\r\nand Karen Smith\r\non the third"
    path = tmp_path / "lines.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, ["77", "2021-01-01", "2021-01-02", "", "", "Dover", words], ["78", "2021-01-01", "2021-01-02", "", "", "Dover", "Nothing at all would help, I have told them so"]])
    assert words.encode() in path.read_bytes()
    assert surveys.take_in(session, path, survey="Safety survey")[0].new == 2
    assert surveys.take_in(session, path, survey="Safety survey")[0].unchanged == 2  # the same file again is the same answer
    text = next(t for t in texts_of(session).values() if "third" in t.words)
    assert text.words == words.replace("\r\n", "\n")
    (cut,) = [p for p in answer_review.suggestions(session, text.words) if p.kind == "name"]
    assert text.words[cut.start : cut.end] == "Karen Smith"


def test_two_copies_that_each_take_out_other_words_for_good_tell_neither(session: Session, tmp_path: Path) -> None:
    answers, question = asked(session)
    survey, text = str(answers.survey["id"]), next(t for t in texts_of(session).values() if "Okafor" in t.words)
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    answer_review.sign_off(session, survey, question, {text.response: (text.words, [Passage(7, 19, "name")])})
    answer_review.sign_off(laptop, survey, question, {text.response: (text.words, [Passage(27, 31, "place")])})
    for one in (session, laptop):
        answer_review.take_out_originals(one, asked(one)[0])
    for one, other in ((session, laptop), (laptop, session), (session, laptop), (laptop, session)):
        merging.merge(one, other.store)
    for one in (session, laptop):
        held = "".join(str(tuple(r)) for t in ("change", "survey_batch") for r in one.read().exec_driver_sql(f'SELECT * FROM "{t}"'))
        assert "Okafor" not in held and texts_of(one)[text.response].shown == "I told [name] at the [place] and the police never rang me back"
        assert check(one.store).problems == []


def test_an_answer_shortened_twice_stays_so_after_a_disposal_elsewhere(session: Session, tmp_path: Path) -> None:
    responses = looked_at(session)
    answers, question = asked(session)
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    answer_review.take_out_originals(session, answers)
    text = texts_of(session)[responses[WORDS[2]]]
    at = text.words.index("desk")
    answer_review.sign_off(session, str(answers.survey["id"]), question, {text.response: (text.words, [Passage(at, at + 4, "place")])})
    surveys.dispose_response(laptop, responses[WORDS[0]], TWO)
    for one, other in ((session, laptop), (laptop, session)) * 3:
        merging.merge(one, other.store)
    for one in (session, laptop):
        held = "".join(str(tuple(r)) for t in ("change", "survey_batch") for r in one.read().exec_driver_sql(f'SELECT * FROM "{t}"'))
        assert "Okafor" not in held and texts_of(one)[text.response].shown == "I told [name] at the [place] and the police never rang me back"


def test_an_earlier_answer_goes_with_what_is_taken_out(session: Session, tmp_path: Path) -> None:
    responses = looked_at(session)
    surveys.take_in(session, file_of(tmp_path, [w if n != 2 else "I have nothing to add to it" for n, w in enumerate(WORDS)]), survey="Safety survey")
    looked_at(session)
    assert answer_review.originals(session, asked(session)[0]) == 1
    answer_review.take_out_originals(session, asked(session)[0])
    assert "Okafor" not in "".join(str(tuple(r)) for t in ("change", "survey_batch") for r in session.read().exec_driver_sql(f'SELECT * FROM "{t}"'))
    assert texts_of(session)[responses[WORDS[2]]].shown == "I have nothing to add to it"


def test_a_coding_of_an_earlier_answer_does_not_count_for_the_new_one(session: Session, tmp_path: Path) -> None:
    code_all(session, "A. Officer", {0: ["CCTV"], 1: ["Street lighting"]})
    surveys.take_in(session, file_of(tmp_path, ["Teach them what respect means", *WORDS[1:]]), survey="Safety survey")
    looked_at(session)
    assert [c.title for c in coding_counts.counted(session, *asked(session)).codes if c.count] == ["Street lighting"]
    (line,) = [x for x in coding.lines(session, *asked(session), "A. Officer") if x.text.words.startswith("Teach them")]
    assert line.state == "to_code" and line.coded is not None and line.coded.codes == []
    desk = desk_of(session)
    coding.change(session, desk, [line.text.response], add=[named(session, desk)["Education"]])  # what was said of the earlier answer is not carried on
    assert {c.title: c.count for c in coding_counts.counted(session, *asked(session)).codes if c.count} == {"Street lighting": 1, "Education": 1}


def test_codes_merged_into_each_other_on_two_copies_leave_one(session: Session, tmp_path: Path) -> None:
    desk = code_all(session, "A. Officer", {0: ["CCTV"], 1: ["Street lighting"]})
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    codes = named(session, desk)
    codebooks.merge_codes(session, [codes["CCTV"]], codes["Street lighting"])
    codebooks.merge_codes(laptop, [codes["Street lighting"]], codes["CCTV"])
    merging.merge(session, laptop.store)
    merging.merge(laptop, session.store)
    for one in (session, laptop):
        left = [c.title for c in codebooks.read(one, desk.codebook).codes if c.title in ("CCTV", "Street lighting")]
        assert len(left) == 1 and {c.title: c.count for c in coding_counts.counted(one, *asked(one)).codes if c.count} == {left[0]: 2}


def test_a_code_goes_into_one_below_it_and_none_is_lost(session: Session) -> None:
    desk = desk_of(session)
    codes = named(session, desk)
    below, _ = records.create(session, "code", {"title": "Cameras on buses", "codebook": desk.codebook, "under": codes["CCTV"]})
    lowest, _ = records.create(session, "code", {"title": "Rear cameras", "codebook": desk.codebook, "under": below})
    codebooks.merge_codes(session, [codes["CCTV"]], lowest)
    found = {c.title: c.under for c in codebooks.read(session, desk.codebook).codes}
    assert len(found) == 7 and found["Rear cameras"] == "" and found["Cameras on buses"] == lowest


def test_a_memo_alone_does_not_say_by_which_version_an_answer_was_coded(session: Session) -> None:
    desk = code_all(session, "A. Officer", {0: ["CCTV"]})
    codebooks.begin_version(session, desk.codebook, "CCTV means more now.")
    coding.change(session, desk_of(session), [_responses(session)[WORDS[0]]], memo="hm")
    assert [(c.version, c.memo) for c in coding.codings(session, asked(session)[1])] == [(1, "hm")]


def test_one_codebook_is_counted_at_a_time(session: Session) -> None:
    desk = code_all(session, "A. Officer", {0: ["CCTV"], 1: ["Street lighting"]})
    other, _ = codebooks.start(session, desk.survey, "Another")
    second = Desk(desk.survey, desk.question, other)
    coding.change(session, second, [_responses(session)[WORDS[6]]], add=[named(session, second)["CCTV"]])
    made = survey_results.result(session, *asked(session), least=0)
    assert made.everybody.base == 2 and dict(zip(made.choices, made.everybody.counts, strict=True))["CCTV"] == 1
    assert any("1 answer coded by another codebook" in n for n in made.notes)
    found = coding_counts.counted(session, *asked(session))
    assert {(found.books[c.id] == other, c.count, found.base_of(c.id)) for c in found.codes if c.title == "CCTV"} == {(False, 1, 2), (True, 1, 1)}


def test_what_coders_agreed_on_gives_way_once_both_say_something_else(session: Session) -> None:
    desk = code_all(session, "A. Officer", {0: ["CCTV"]})
    code_all(session, "B. Deputy", {0: ["Street lighting"]})
    codes, response = named(session, desk), _responses(session)[WORDS[0]]
    coding_counts.agree(session, desk, response, [codes["CCTV"]])
    for coder in ("A. Officer", "B. Deputy"):
        one = Desk(desk.survey, desk.question, desk.codebook, 1, coder)
        coding.change(session, one, [response], remove=[codes["CCTV"], codes["Street lighting"]])
        coding.change(session, one, [response], add=[codes["Education"]])
    assert {c.title: c.count for c in coding_counts.counted(session, *asked(session)).codes if c.count} == {"Education": 1}


def test_nobody_codes_under_the_name_of_what_was_agreed_on(session: Session) -> None:
    desk = desk_of(session)
    responses = looked_at(session)
    coding.change(Session(session.store, "Agreed"), desk, [responses[WORDS[0]]], add=[named(session, desk)["CCTV"]])
    assert coding_counts.counted(session, *asked(session)).coders == {"Agreed (a coder)": 1}


def test_notes_of_a_wave_are_of_that_wave_and_small_numbers_leave_in_words(session: Session, tmp_path: Path) -> None:
    code_all(session, "A. Officer", {n: ["CCTV"] for n in range(7)})
    surveys.take_in(session, file_of(tmp_path, WORDS * 3, "later.csv"), survey="Safety survey", wave="2026")
    first = survey_results.result(session, *asked(session), wave="", least=0)
    assert "1 answer not coded yet; counts are of those that were." in first.notes
    assert "Some answers not coded yet; counts are of those that were." in survey_results.result(session, *asked(session), wave="", least=10).notes
    assert "25 answers not coded yet; counts are of those that were." in survey_results.result(session, *asked(session), least=0).notes


def test_a_code_that_was_disposed_of_leaves_no_judgement(session: Session) -> None:
    from vawg_desktop.store.dispose import dispose

    desk = code_all(session, "A. Officer", {0: ["CCTV"], 1: ["Street lighting"]})
    dispose(session.store, "code", named(session, desk)["CCTV"], TWO)
    made = survey_results.result(session, *asked(session), least=0)
    assert made.everybody.base == 1 and "No code fits" not in made.choices
