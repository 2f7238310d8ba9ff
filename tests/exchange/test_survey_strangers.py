"""What a stranger's files of surveys showed: own words that are no choices, columns that identify people, states of responses, and several answers in one cell."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.exchange.test_survey_in import table, written
from vawg_desktop.exchange.survey_in import SurveyFile, read_survey
from vawg_desktop.services import survey_results, surveys, triage
from vawg_desktop.services.session import Session
from vawg_desktop.store import making


def read(folder: Path, rows: list[list[str]], name: str = "answers.csv") -> SurveyFile:
    return read_survey(written(folder, table(rows), name))


def kinds(found: SurveyFile) -> dict[str, str]:
    return {q.wording: q.kind for q in found.questions}


OWN = ["Darren Smith from Acme groped me", "Ask Amy Carter in Year 9", "Gary at 12 Acacia Avenue", "My stepdad hits me", "Nobody listens to us here"]


def test_answers_of_people_who_mostly_had_nothing_to_tell_are_no_choices(tmp_path: Path) -> None:
    heading = "Is there anything else you would like to tell us?"
    rows = [["Respondent ID", "District", heading], *([f"{n:04}", "Dover" if n % 2 else "Ashford", "No" if n < 24 else "N/A"] for n in range(35)), *([f"1{n:03}", "Dover", words] for n, words in enumerate(OWN))]
    assert kinds(read(tmp_path, rows))[heading] == "free_text"


@pytest.mark.parametrize("heading", ["Other (please specify)", "If so, please describe", "Why?", "Comments"])
def test_the_few_words_beside_a_question_are_no_choices(tmp_path: Path, heading: str) -> None:
    rows = [["Respondent ID", "Safe?", heading], *([f"{n:04}", "Yes" if n % 2 else "No", OWN[n] if n < 3 else ""] for n in range(30))]
    assert kinds(read(tmp_path, rows))[heading] == "free_text"


def test_what_a_few_said_of_themselves_is_never_a_choice_or_a_group(tmp_path: Path) -> None:
    """Though the store holds it as one of choices, from an earlier version."""
    session = Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")
    rows = [["Respondent ID", "Where?"], *([f"{n:04}", "In a park" if n % 2 else "On a bus"] for n in range(40)), *([f"1{n:03}", words] for n, words in enumerate(OWN))]
    surveys.take_in(session, written(tmp_path, table(rows), "where.csv"))
    answers = surveys.answers(session, str(surveys.find(session, "where")["id"]))
    question = answers.question("Where?")
    question |= {"kind": "single", "choices": '["In a park", "On a bus", "' + '", "'.join(OWN) + '"]'}
    found = survey_results.result(session, answers, "Where?", least=5)
    assert set(found.choices) == {"In a park", "On a bus", survey_results.WRITTEN}
    by = survey_results.result(session, answers, "Where?", by="Where?", least=5)
    assert not {g.name for g in by.groups} & set(OWN)


@pytest.mark.parametrize(("heading", "cell"), [
    ("Name(s)", "Amy Carter"), ("Child name and age", "Tom, 7"), ("Who are you?", "Amy"), ("Contact", "01622 690690"), ("Birthday", "3 May 1990"), ("Birthdate", "03/05/1990"), ("Date you were born", "1990-05-03"),
    ("Tel.", "01622690690"), ("Vehicle reg", "GK10 ABC"), ("House number and street", "1 Acacia Avenue"), ("What3words", "filled.count.soap"), ("Device", "iPhone of Amy"), ("Custom Data 2", "Amy"), ("Custom_2", "Amy"),
])  # fmt: skip
def test_columns_that_identify_people_are_left_out_by_their_headings(tmp_path: Path, heading: str, cell: str) -> None:
    rows = [["Respondent ID", heading, "Safe?"], *([f"{n:04}", f"{cell} {n}" if heading != "Device" else cell, "Yes" if n % 2 else "No"] for n in range(12))]
    found = read(tmp_path, rows)
    assert heading in dict(found.dropped_columns) and list(kinds(found)) == ["Safe?"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_column_of_names_is_left_out_whatever_it_is_called(tmp_path: Path, turned: bool) -> None:
    names = ["Amy", "Sarah Jones", "Priya", "Fatima Ali", "Chloe", "Megan Price", "Olivia", "Hannah"]
    found = read(tmp_path, [["Respondent ID", "Sister", "Safe?"], *([f"{n:04}", f"Smith, {name.partition(' ')[0]}" if turned else name, "Yes"] for n, name in enumerate(names))])
    assert dict(found.dropped_columns)["Sister"] == "may identify a person"


def test_whole_postcodes_are_cut_where_half_was_asked_for(tmp_path: Path) -> None:
    rows = [["Respondent ID", "First half of postcode"], *([f"{n:04}", "ME14 1XX" if n == 3 else "ct2 7nz" if n == 5 else "ME14" if n % 2 else "CT2"] for n in range(20))]
    found = read(tmp_path, rows)
    given = Counter(str(r.answers[0]) for r in found.responses)
    assert set(given) == {"ME14", "CT2"} and ("First half of postcode", "the second half of postcodes") in found.dropped_columns


def test_a_kind_of_respondent_is_a_question_and_tells_nobody_apart(tmp_path: Path) -> None:
    rows = [["Respondent", "Safe?"], *([("Resident", "Professional", "Student")[n % 3], "Yes" if n % 2 else "No"] for n in range(80))]
    found = read(tmp_path, rows)
    assert len(found.responses) == 80 and kinds(found)["Respondent"] == "single"


def test_a_start_that_was_given_up_or_an_earlier_row_replaces_nothing(tmp_path: Path) -> None:
    rows = [
        ["Respondent ID", "Submitted", "Safe?", "Why?", "District"],
        ["1", "2026-03-01", "Yes", "Lights", "Dover"], ["2", "2026-03-01", "No", "Dark", "Dover"], ["3", "2026-03-01", "No", "Alone", "Dover"],
        ["1", "2026-04-01", "", "", "Dover"], ["2", "2026-01-01", "Yes", "Changed", "Deal"], ["3", "2026-05-01", "Yes", "Mended", "Deal"],
    ]  # fmt: skip
    found = read(tmp_path, rows)
    safe = next(n for n, q in enumerate(found.questions) if q.wording == "Safe?")
    assert {r.respondent: r.answers[safe] for r in found.responses} == {"1": "Yes", "2": "No", "3": "Yes"} and found.dropped_rows["answered more than once"] == 3


def test_the_state_of_a_response_is_heeded_and_is_no_question(tmp_path: Path) -> None:
    rows = [["UniqueID", "Status", "Safe?"], *([str(n), status, "Yes"] for n, status in enumerate(["Completed", "Completed", "Partial", "Test", "Disqualified", "Completed"]))]
    found = read(tmp_path, rows)
    assert list(kinds(found)) == ["Safe?"] and [r.partial for r in found.responses] == [False, False, True, False] and found.dropped_rows["a trial, not an answer"] == 2


def test_the_moment_of_an_answer_is_its_day_and_no_question(tmp_path: Path) -> None:
    rows = [["Timestamp", "Safe?"], *([f"3/{n}/26 14:05", "Yes"] for n in range(10, 20))]
    found = read(tmp_path, rows)
    assert list(kinds(found)) == ["Safe?"] and found.responses[3].answered == "2026-03-13"


def test_several_answers_in_words_in_one_cell_are_counted_each(tmp_path: Path) -> None:
    cells = ["Parks, Buses", "Parks", "Buses", "Streets", "Parks, Streets", "Buses, Streets", "Parks"]
    found = read(tmp_path, [["Timestamp", "Where?"], *([f"2026-03-0{n + 1} 10:00", cell] for n, cell in enumerate(cells))])
    (question,) = found.questions
    assert question.kind == "multi" and Counter(c for r in found.responses for c in (r.answers[0] or ())) == Counter({"Parks": 4, "Buses": 3, "Streets": 3})
    plain = read(tmp_path, [["Respondent ID", "Sure?"], *([str(n), ("Yes, definitely", "Yes, somewhat", "No")[n % 3]] for n in range(30))], "sure.csv")
    assert (plain.questions[0].kind == "single" and plain.questions[0].choices == ["Yes, definitely", "Yes, somewhat", "No"]) or set(plain.questions[0].choices) == {"Yes, definitely", "Yes, somewhat", "No"}


def test_a_line_of_an_answer_that_looks_like_a_row_is_words(tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text('ID,Safe,Why\n1,Yes,"line one\nline two, a, b\n3,x,y"\n2,No,"said ""no"""\n3,Yes,\n4,Yes,ok\n', "utf-8")
    assert len(read_survey(path).responses) == 4


def test_a_question_that_was_not_put_was_not_answered(tmp_path: Path) -> None:
    """LimeSurvey writes N/A there, Qualtrics -99; so do many offices of their own."""
    rows = [["id", "submitdate", "lastpage", "startlanguage", "safe", "where[bus]", "where[park]"], *([str(n), "2026-03-01", "2", "en", *(["N/A"] * 3 if n < 6 else ["Yes", "Yes", "No"])] for n in range(10))]
    found = read(tmp_path, rows, "lime.csv")
    assert [sum(r.answers[q] is not None for r in found.responses) for q in range(len(found.questions))] == [4, 4] and "N/A" not in {c for q in found.questions for c in q.choices}
    assert ("safe", "N/A", 6) in found.missing and found.dropped_rows["no question was answered"] == 6
    head = ["StartDate", "EndDate", "Finished", "ResponseId", "Q1", "Q2"]
    table_of = [head, ["Start Date", "End Date", "Finished", "Response ID", "How safe?", "How old?"], *(["2026-03-01", "2026-03-01", "True", f"R_{n:09}", "-99" if n < 3 else str(n % 5), "-99" if n == 9 else str(20 + n)] for n in range(30))]
    scale = read(tmp_path, table_of, "qualtrics.csv")
    assert scale.questions[0].kind == "scale" and "-99" not in scale.questions[0].choices and scale.missing == [("How safe?", "-99", 3), ("How old?", "-99", 1)]
    own = read(tmp_path, [["Respondent ID", "Age", "Warmer or colder"], *([str(n), "-9" if n == 3 else str(20 + n), str(n - 12)] for n in range(24))], "own.csv")
    assert own.missing == [("Age", "-9", 1)] and [r.answers[1] for r in own.responses][3] == "-9"


@pytest.mark.parametrize("mark", [";", "; ", "|", " | ", "\n"])
def test_several_answers_in_a_cell_are_told_apart_by_what_no_choice_holds(tmp_path: Path, mark: str) -> None:
    cells = [mark.join(some) for some in (["Parks", "Buses"], ["Parks", "Buses, trains"], ["Streets", "Parks"], ["Buses", "Streets", "Buses, trains"])] * 8
    found = read(tmp_path, [["Timestamp", "Where?"], *([f"2026/03/{n % 28 + 1:02} 9:12:33 am GMT", cell] for n, cell in enumerate(cells))])
    (question,) = found.questions
    assert question.kind == "multi" and set(question.choices) == {"Parks", "Buses", "Streets", "Buses, trains"} and found.responses[2].answered == "2026-03-03"


def test_words_with_such_marks_within_them_stay_words(tmp_path: Path) -> None:
    rows = [["Respondent ID", "What would help?"], *([str(n), f"Lights; path number {n} is dark\nand nobody comes"] for n in range(30))]
    assert kinds(read(tmp_path, rows)) == {"What would help?": "free_text"}


def test_own_words_among_several_choices_are_looked_at_and_are_no_choice(tmp_path: Path) -> None:
    session = Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")
    rows = [["ID", "Start time", "Completion time", "Email", "Name", "Where?"], *([str(n), "", "2026-03-01", "", "", "Parks;Buses;" if n % 2 else "Streets;"] for n in range(60)), ["90", "", "2026-03-01", "", "", "Parks;My husband Darren hits me;"], ["91", "", "2026-03-01", "", "", "Behind the Co-op;"]]
    taken = surveys.take_in(session, written(tmp_path, table(rows), "forms.csv"))
    answers = surveys.answers(session, str(surveys.find(session, "forms")["id"]))
    found = survey_results.result(session, answers, "Where?", least=5)
    assert set(found.choices) == {"Parks", "Buses", "Streets", survey_results.WRITTEN} and taken is not None
    flagged = session.read().exec_driver_sql("SELECT id, reasons FROM survey_response WHERE reasons IS NOT NULL").fetchall()
    assert [str(r[1]).partition(",")[0] for r in flagged] == ["danger"]
    assert [t.words for t in triage.answers_of(session, str(flagged[0][0]))] == ["My husband Darren hits me"]


@pytest.mark.parametrize(("heading", "cell"), [
    ("House no", "12"), ("UPRN", "10002345678"), ("Easting", "575432"), ("Northing", "155432"), ("Passport no.", "123456789"), ("Crime number", "46/1234/26"), ("Collar number", "12345"), ("Staff ID", "55432"), ("Snapchat", "amy.x"),
    ("Where were you?", "51.27611,1.07500"), ("Their car", "GK10 ABC"), ("How can we reach you", "7700900123"),
])  # fmt: skip
def test_more_columns_that_identify_people(tmp_path: Path, heading: str, cell: str) -> None:
    rows = [["Respondent ID", heading, "Safe?"], *([f"{n:04}", cell, "Yes" if n % 2 else "No"] for n in range(12))]
    found = read(tmp_path, rows)
    assert heading in dict(found.dropped_columns) and list(kinds(found)) == ["Safe?"]


def test_a_number_that_many_rows_share_eats_no_response(tmp_path: Path) -> None:
    rows = [["ID", "Safe?", "District"], *([str(n % 25), "Yes" if n % 3 else "No", ["Dover", "Deal", "Ashford"][n % 7 % 3]] for n in range(40))]
    found = read(tmp_path, rows)
    assert len(found.responses) == 40 and ("ID", "shared by many rows, so it does not identify respondents") in found.dropped_columns and not found.respondent
    again = read(tmp_path, [*rows[:26], *rows[1:4]], "again.csv")
    assert len(again.responses) == 25 and again.respondent == "ID"


def test_kobos_several_choices_in_either_of_its_forms(tmp_path: Path) -> None:
    tail = ["_id", "_uuid", "_submission_time"]
    apart = [["safe", "where/parks", "where/buses", "about/tired", *tail], *(["yes", str(n % 2), str((n + 1) % 3 // 2), "no", str(n), f"u{n}", "2026-03-01"] for n in range(12))]
    found = read(tmp_path, apart, "apart.csv")
    assert [(q.wording, q.kind) for q in found.questions][:2] == [("safe", "single"), ("where", "multi")] and found.questions[1].choices == ["parks", "buses"]
    cells = ["parks buses", "parks", "buses", "streets", "parks streets", "streets buses"]
    one = read(tmp_path, [["where", *tail], *([cell, str(n), f"u{n}", "2026-03-01"] for n, cell in enumerate(cells * 2))], "one.csv")
    assert one.questions[0].kind == "multi" and set(one.questions[0].choices) == {"parks", "buses", "streets"}


@pytest.mark.parametrize("heading", ["How often do you use Snapchat?", "Where on TikTok or WhatsApp were you harassed?", "Was the incident no longer looked at?"])
def test_questions_that_name_a_service_or_an_incident_are_kept(tmp_path: Path, heading: str) -> None:
    rows = [["Respondent ID", heading, "Safe?"], *([f"{n:04}", ["Daily", "Weekly", "In messages"][n % 3], "Yes"] for n in range(24))]
    assert list(kinds(read(tmp_path, rows))) == [heading, "Safe?"]
