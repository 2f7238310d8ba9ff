"""Surveys in the store: taken in by respondent, again and on two laptops, disposed of one by one; what identifies people never in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.exchange.test_survey_in import table, written
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import RuleError, ValueRefusedError
from vawg_desktop.exchange.survey_in import ColumnChoices
from vawg_desktop.services import merging, records, request_search, safekeeping, surveys, undoing
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.dispose import Authority
from vawg_desktop.store.restoring import restore

HEAD = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "Satisfied with the police?", "District", "Anything else?"]
UNDER = ["", "", "", "", "", "", "Response", "Response", "Open-Ended Response"]
TWO = Authority("A. Officer", "B. Second", "withdrawn by the respondent", "2026-11-28")


def answered(number: int, satisfied: str, district: str = "Ashford", words: str = "") -> list[str]:
    return [f"0{number}", "1", "01/02/2021 10:00", "01/02/2021 10:09", f"10.0.0.{number}", f"p{number}@example.org", satisfied, district, words]


def file_of(folder: Path, *rows: list[str], name: str = "VAWG survey.csv") -> Path:
    return written(folder, table([HEAD, UNDER, *rows]), name)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    made = Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")
    records.create(made, "theme", {"title": "Street lighting"})
    return made


def told(session: Session, survey: str = "VAWG survey") -> list[tuple[str, list[object]]]:
    found = surveys.answers(session, str(surveys.find(session, survey)["id"]))
    return sorted((r.wave, [r.answers.get(str(q["id"])) for q in found.questions]) for r in found.rows)


def test_a_file_is_taken_in_with_its_questions_and_without_addresses(session: Session, tmp_path: Path) -> None:
    taken, changes = surveys.take_in(session, file_of(tmp_path, answered(1, "Yes"), answered(2, "No", "Dover", "She told them three times, and nobody wrote it down at all")))
    assert (taken.new, taken.changed, taken.unchanged, taken.new_questions) == (2, 0, 0, 3) and changes.created
    assert told(session) == [("", ["No", "Dover", "She told them three times, and nobody wrote it down at all"]), ("", ["Yes", "Ashford", None])]
    assert "2 responses new" in taken.sentence() and "6 columns left out" in taken.sentence()
    everything = [str(tuple(r)) for t in ("survey", "survey_question", "survey_batch", "change", "search", "subject", "local") for r in session.read().exec_driver_sql(f'SELECT * FROM "{t}"')]
    assert not any(word in row for row in everything for word in ("example.org", "10.0.0.", '"01"', "10:09"))
    assert check(session.store).problems == []


def test_the_same_file_again_changes_nothing_and_a_later_one_only_what_was_answered_anew(session: Session, tmp_path: Path) -> None:
    first = file_of(tmp_path, answered(1, "Yes"), answered(2, "No"))
    surveys.take_in(session, first)
    before = {r.id for r in surveys.answers(session, str(surveys.find(session, "SU-1")["id"])).rows}
    entries = session.read().exec_driver_sql('SELECT count(*) FROM "change"').one()[0]
    again, _ = surveys.take_in(session, first)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert session.read().exec_driver_sql('SELECT count(*) FROM "change"').one()[0] == entries
    later, _ = surveys.take_in(session, file_of(tmp_path, answered(1, "No"), answered(2, "No"), answered(3, "Yes"), name="later.csv"), survey="VAWG survey")
    assert (later.new, later.changed, later.unchanged) == (1, 1, 1)
    assert [a[1][0] for a in told(session)] == ["No", "No", "Yes"]
    assert before < {r.id for r in surveys.answers(session, str(surveys.find(session, "SU-1")["id"])).rows}  # who answered before is the same response
    back, _ = surveys.take_in(session, first)  # the older file again is what somebody wanted
    assert (back.changed, back.unchanged) == (1, 1) and sorted(a[1][0] for a in told(session)) == ["No", "Yes", "Yes"]


def test_a_dry_run_tells_and_writes_nothing(session: Session, tmp_path: Path) -> None:
    taken, changes = surveys.take_in(session, file_of(tmp_path, answered(1, "Yes")), dry_run=True)
    assert (taken.new, taken.new_questions, changes.created) == (1, 3, [])
    assert session.read().exec_driver_sql("SELECT count(*) FROM survey").one()[0] == 0


def test_waves_are_other_responses_to_the_same_questions(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "Yes")), wave="2021")
    surveys.take_in(session, file_of(tmp_path, answered(1, "No")), wave="2026")
    assert [(w, a[0]) for w, a in told(session)] == [("2021", "Yes"), ("2026", "No")]
    assert surveys.answers(session, str(surveys.find(session, "VAWG survey")["id"])).waves == ["2021", "2026"]


def test_two_laptops_that_take_in_the_same_file_have_each_response_once(session: Session, tmp_path: Path) -> None:
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    both = file_of(tmp_path, answered(1, "Yes"), answered(2, "No"))
    surveys.take_in(session, both)
    surveys.take_in(laptop, both)
    surveys.take_in(laptop, file_of(tmp_path, answered(2, "Yes"), answered(3, "No"), name="more.csv"), survey="VAWG survey")
    for one, other in ((session, laptop), (laptop, session)):
        assert merging.merge(one, other.store).conflicts == []
    assert told(session) == told(laptop) and [a[0] for _, a in told(session)] == ["No", "Yes", "Yes"]
    assert session.read().exec_driver_sql("SELECT count(*) FROM survey").one()[0] == 1
    assert check(session.store).problems == [] and check(laptop.store).problems == []


def test_a_taking_in_is_undone_whole(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "Yes")))
    undoing.undo(session)
    assert session.read().exec_driver_sql("SELECT count(*) FROM survey_batch WHERE NOT deleted").one()[0] == 0
    taken, _ = surveys.take_in(session, file_of(tmp_path, answered(1, "Yes")), survey="Another")
    assert taken.new == 1 and check(session.store).problems == []


def test_one_respondent_is_disposed_of_and_the_others_stay(session: Session, tmp_path: Path) -> None:
    """Her words leave rows, log and file, here and on the laptop; a laptop that did not know does not bring them back."""
    words = "I was followed home from the harbour twice that week"
    surveys.take_in(session, file_of(tmp_path, answered(1, "Yes", "Dover", words), answered(2, "No", "Ashford", "The bus stop is dark and nobody waits there any more at night")))
    survey = str(surveys.find(session, "VAWG survey")["id"])
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    hers = next(r.id for r in surveys.answers(session, survey).rows if words in str(r.answers))
    surveys.dispose_response(session, hers, TWO)
    assert words not in "".join(str(tuple(r)) for r in session.read().exec_driver_sql('SELECT fields FROM "change"'))
    assert [a[0] for _, a in told(session)] == ["No"] and check(session.store).problems == []
    merging.merge(laptop, session.store)
    assert [a[0] for _, a in told(laptop)] == ["No"] and check(laptop.store).problems == []
    assert words not in "".join(str(tuple(r)) for r in laptop.read().exec_driver_sql('SELECT fields FROM "change"'))
    merging.merge(session, laptop.store)
    assert [a[0] for _, a in told(session)] == ["No"]
    session.store.close()
    assert words.encode() not in (tmp_path / "a.vawg").read_bytes()
    with pytest.raises(RuleError, match="No file of a survey"):
        surveys.dispose_response(laptop, hers, TWO)


def test_two_laptops_dispose_of_two_respondents_and_neither_comes_back(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "Yes", "Dover"), answered(2, "No", "Ashford"), answered(3, "No", "Swale")))
    survey = str(surveys.find(session, "VAWG survey")["id"])
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    by_district = {str(sorted(str(v) for v in r.answers.values())): r.id for r in surveys.answers(session, survey).rows}
    dover, ashford = (next(i for k, i in by_district.items() if d in k) for d in ("Dover", "Ashford"))
    surveys.dispose_response(session, dover, TWO)
    surveys.dispose_response(laptop, ashford, TWO)
    for one, other in ((session, laptop), (laptop, session), (session, laptop)):
        merging.merge(one, other.store)
    for one in (session, laptop):
        assert [a[1] for _, a in told(one)] == ["Swale"], one.who
        assert check(one.store).problems == []


def test_a_request_gathers_what_somebody_answered(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "Yes", "Dover", "My neighbour Jo Bloggs saw it all from the window that night"), answered(2, "No")))
    found = request_search.search(session, "Bloggs").found
    assert [f.place for f in found] == ["File of a survey SF-0001: What came"] and found[0].text == "My neighbour Jo Bloggs saw it all from the window that night"


def test_a_legal_hold_on_the_survey_keeps_every_response(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "Yes")))
    survey = str(surveys.find(session, "VAWG survey")["id"])
    with session.store.write("A. Officer", None, Act.EDIT) as tx:
        tx.link("legal_hold", survey, survey)
    with pytest.raises(RuleError, match="legal hold"):
        surveys.dispose_response(session, surveys.answers(session, survey).rows[0].id, TWO)


def test_a_backup_brings_the_answers_back(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "Yes"), answered(2, "No")))
    made = safekeeping.back_up(session, tmp_path / "backups")
    surveys.take_in(session, file_of(tmp_path, answered(1, "No")))
    session.store.close()
    restore(made.path, tmp_path / "a.vawg", passphrase=None)
    back = Session(opening.open_store(tmp_path / "a.vawg"), "A. Officer")
    assert sorted(str(a[0]) for _, a in told(back)) == ["No", "Yes"] and check(back.store).problems == []


def test_a_question_keeps_what_an_officer_said_of_it(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "Yes")))
    survey = str(surveys.find(session, "VAWG survey")["id"])
    question = surveys.answers(session, survey).question("Satisfied with the police?")
    records.assign(session, str(question["reference"]), [records.Assignment("kind", "scale"), records.Assignment("positive", "Yes")], None)
    surveys.take_in(session, file_of(tmp_path, answered(1, "Yes"), answered(2, "No")))
    assert surveys.answers(session, survey).question("Satisfied with the police?")["kind"] == "scale"
    assert '"No"' in str(surveys.answers(session, survey).question("Satisfied with the police?")["choices"])


def test_another_surveys_respondents_with_the_same_numbers_are_told(session: Session, tmp_path: Path) -> None:
    """Two forms of one tool each number their respondents from one."""
    surveys.take_in(session, file_of(tmp_path, *(answered(n, "Yes") for n in range(1, 9))))
    taken, _ = surveys.take_in(session, file_of(tmp_path, *(answered(n, "No") for n in range(1, 9)), name="other.csv"), survey="VAWG survey")
    assert taken.changed == 8 and "another survey or wave" in taken.sentence()
    undoing.undo(session)
    assert [a[0] for _, a in told(session)] == ["Yes"] * 8


def test_what_an_officer_said_of_the_columns_holds_for_the_next_file(session: Session, tmp_path: Path) -> None:
    heads = ["Case", "When", "Ward", "Do you feel safe?"]
    first = written(tmp_path, table([heads, ["k1", "03/02/2021", "North", "Yes"], ["k2", "25/02/2021", "South", "No"]]), "Safety.csv")
    told, _ = surveys.take_in(session, first, dry_run=True)
    assert told.file.respondent == "" and {q.wording for q in told.file.questions} >= {"Ward", "Do you feel safe?"}
    choices = ColumnChoices(respondent="Case", answered="When", left_out=("Ward",))
    taken, _ = surveys.take_in(session, first, choices=choices)
    assert [(r.respondent, r.answered) for r in taken.file.responses] == [("k1", "2021-02-03"), ("k2", "2021-02-25")]
    assert [q["wording"] for q in surveys.answers(session, taken.survey).questions] == ["Do you feel safe?"] and ("Ward", "left out by choice") in taken.file.dropped_columns
    again = written(tmp_path, table([heads[:2] + heads[3:], ["k1", "03/02/2021", "No"], ["k3", "04/03/2021", "Yes"]]), "second.csv")
    second, _ = surveys.take_in(session, again, survey="Safety")
    assert (second.new, second.changed, second.unchanged) == (1, 1, 0)  # known by the column that was chosen, though a column left out then is not in this file
    assert surveys.earlier_choices(session, "Safety") == choices and check(session.store).problems == []
    third, _ = surveys.take_in(session, first, survey="Safety", choices=ColumnChoices(keep=("Ward",)))
    assert "Ward" in [q.wording for q in third.file.questions] and surveys.earlier_choices(session, "Safety").left_out == ()


@pytest.mark.parametrize(("choices", "says"), [
    (ColumnChoices(respondent="Ward"), "“Ward” does not identify respondents: 2 rows, 1 different value"), (ColumnChoices(answered="Then"), "no column “Then” of days"),
    (ColumnChoices(left_out=("Nothing",)), "no column “Nothing” to leave out"),
])  # fmt: skip
def test_columns_that_cannot_be_what_was_said_are_refused(session: Session, tmp_path: Path, choices: ColumnChoices, says: str) -> None:
    path = written(tmp_path, table([["Case", "Ward", "Safe?"], ["k1", "North", "Yes"], ["k2", "North", "No"]]))
    with pytest.raises(ValueRefusedError, match=re.escape(says)):
        surveys.take_in(session, path, choices=choices)


def test_people_who_may_count_twice_are_told(session: Session, tmp_path: Path) -> None:
    """A file whose respondents have no numbers knows them again by their answers alone."""
    def without_numbers(*answers: str) -> Path:
        path = tmp_path / "paper forms.csv"
        path.write_text("\n".join(["Did you feel safe?,What helped?", *answers]), "utf-8")
        return path

    first, _ = surveys.take_in(session, without_numbers("Yes,The nurse", "No,Nothing yet", "Yes,A friend"), survey="Paper")
    assert first.new == 3 and "twice" not in first.sentence()
    again, _ = surveys.take_in(session, without_numbers("Yes,The nurse", "No,Nothing yet", "Yes,A friend and a nurse"), survey="Paper")
    assert (again.new, again.unchanged) == (1, 2) and "gives respondents no number: whoever's answers changed since the last file counts twice" in again.sentence()
    same, _ = surveys.take_in(session, without_numbers("Yes,The nurse"), survey="Paper")
    assert same.new == 0 and "twice" not in same.sentence()
    others, _ = surveys.take_in(session, without_numbers("No,The nurse was kind"), survey="Paper", dry_run=True)
    assert "None of these respondents is among the 4 who had answered before" in others.sentence()
    wave, _ = surveys.take_in(session, without_numbers("No,The nurse was kind"), survey="Paper", wave="2026", dry_run=True)
    assert "twice" not in wave.sentence()


def test_one_respondent_is_taken_out_by_the_command(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asks to be erased knows their number in the survey's tool, and nothing else of the store."""
    from vawg_desktop.cli import main

    path = str(session.store.path)
    rows = [["Respondent", "Safe?", "Why?"], *([f"r{n}", "Yes" if n % 2 else "No", f"Number {n} is what I have to say about the buses here."] for n in range(12))]
    file = written(tmp_path, table(rows), "Buses.csv")
    surveys.take_in(session, file, wave="2021")
    surveys.take_in(session, file, wave="2026")
    reference = str(surveys.find(session, "Buses")["reference"])
    session.store.close()
    given = ["--agreed-by", "C. Two", "--authority", "Request of 3 May"]
    assert main(["dispose", path, reference, "--respondent", "r99", *given]) != 0 and "no answers of a respondent “r99”" in capsys.readouterr().err
    assert main(["dispose", path, reference, "--respondent", "r7", *given]) == 0
    assert "2 responses of" in capsys.readouterr().out
    with opening.open_store(session.store.path) as store:
        again = Session(store, "A. Officer")
        assert "Number 7" not in str(surveys.answers(again, str(surveys.find(again, "Buses")["id"])).rows)
        taken, _ = surveys.take_in(again, file, wave="2021")
        assert (taken.disposed, taken.new) == (1, 0)
