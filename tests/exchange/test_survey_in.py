"""Files of survey tools, each with its quirks, as questions and answers without what identifies people."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from vawg_desktop.domain.errors import FileRefusedError, ValueRefusedError
from vawg_desktop.exchange import spss_child, survey_in
from vawg_desktop.exchange.spss_child import read_spss
from vawg_desktop.exchange.survey_in import SurveyFile, read_survey
from vawg_desktop.exchange.survey_typing import in_order

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "evidence"
real = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not beside the project")


def written(folder: Path, text: str, name: str = "survey.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def table(rows: list[list[str]], mark: str = ",") -> str:
    return "\r\n".join(mark.join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in row) for row in rows) + "\r\n"


def told(found: SurveyFile) -> dict[str, tuple[str, list[object]]]:
    """Each question by its wording: its kind and what was answered."""
    return {q.wording: (q.kind, [r.answers[n] for r in found.responses]) for n, q in enumerate(found.questions)}


def nothing_of(found: SurveyFile, *words: str) -> bool:
    kept = json.dumps([[q.code, q.wording, q.choices] for q in found.questions]) + json.dumps([[r.respondent, r.answers] for r in found.responses])
    return not any(w in kept for w in words)


# -- the tools ------------------------------------------------------------------------------------------


def test_surveymonkeys_two_rows_of_headings_become_questions(tmp_path: Path) -> None:
    rows = [
        ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1", "How safe do you feel at night?", "Which precautions do you take?", "", "", "", "Rate these", "", "What should change?"],
        ["", "", "", "", "", "", "", "", "", "Response", "Phone a friend", "Carry keys", "None of these", "Other (please specify)", "Police", "Courts", "Open-Ended Response"],
        ["0116", "9", "01/02/2021 10:00", "01/02/2021 10:09", "10.0.0.1", "a@example.org", "Ann", "Bee", "", "Unsafe", "Phone a friend", "Carry keys", "", "", "Poor", "Good", "More lights, please"],
        ["0117", "9", "01/02/2021 11:00", "01/02/2021 11:09", "10.0.0.2", "c@example.org", "Cy", "Dee", "", "Safe", "", "", "None of these", "a whistle", "Good", "Good", ""],
        ["0118", "9", "01/02/2021 12:00", "01/02/2021 12:09", "10.0.0.3", "", "", "", "", "Unsafe", "", "", "", "", "", "", ""],
    ]
    found = read_survey(written(tmp_path, table(rows)))
    assert (found.profile, found.rows, len(found.responses)) == ("surveymonkey", 3, 3)
    questions = told(found)
    assert questions["Which precautions do you take?"] == ("multi", [["Phone a friend", "Carry keys"], ["None of these", "Other (please specify)"], None])
    assert questions["Which precautions do you take?: Other (please specify)"][1] == [None, "a whistle", None]
    assert questions["Rate these: Police"] == ("matrix", ["Poor", "Good", None]) and questions["How safe do you feel at night?"][1] == ["Unsafe", "Safe", "Unsafe"]
    assert [r.respondent for r in found.responses] == ["0116", "0117", "0118"]  # a leading nought is no number's
    assert {c for c, _ in found.dropped_columns} >= {"IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1"}
    assert nothing_of(found, "example.org", "Ann", "Bee", "10.0.0")


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_ms_forms_has_several_answers_in_a_cell_with_commas_within_them(tmp_path: Path, ending: str) -> None:
    rows = [
        ["ID", "Start time", "Completion time", "Email", "Name", "Where do you\nfeel unsafe?", "What would help?", "Which district?"],
        ["1", "2021-03-01 09:00:00", "2021-03-01 09:05:00", "anonymous", "", "Parks, fields;Buses;", "Lighting on the path from the station to the college, all night", "Ashford"],
        ["2", "2021-03-01 10:00:00", "2021-03-01 10:05:00", "anonymous", "", "Buses;", "", "Dover"],
        ["3", "2021-03-02 10:00:00", "2021-03-02 10:05:00", "ann@example.org", "Ann Bee", "", "Police who listen to what I say and write it down", "Ashford"],
    ]
    path = tmp_path / f"survey.{ending}"
    if ending == "csv":
        written(tmp_path, table(rows))
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)
    found = read_survey(path)
    assert found.profile == "ms_forms"
    questions = told(found)
    assert questions["Where do you\nfeel unsafe?"] == ("multi", [["Parks, fields", "Buses"], ["Buses"], None])
    assert questions["What would help?"][0] == "free_text" and questions["Which district?"] == ("single", ["Ashford", "Dover", "Ashford"])
    assert nothing_of(found, "example.org", "Ann Bee") and [r.answered for r in found.responses] == ["2021-03-01", "2021-03-01", "2021-03-02"]


def test_qualtrics_three_rows_of_headings_and_its_previews(tmp_path: Path) -> None:
    heads = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Finished", "ResponseId", "RecipientEmail", "LocationLatitude", "LocationLongitude", "Q1", "Q2_1", "Q2_2", "Q2_3_TEXT", "Q3_1", "Q3_2"]
    words = [*heads[:10], "How safe?", "Why? - Selected Choice - Dark", "Why? - Selected Choice - Alone", "Why? - Other - Text", "Rate - Police", "Rate - Courts"]
    ids = [json.dumps({"ImportId": f"QID{n}"}) for n in range(len(heads))]
    rows = [
        heads, words, ids,
        ["2021-01-01", "2021-01-02 10:00:00", "Survey Preview", "1.1.1.1", "100", "True", "R_0aaaaaaaaa", "", "51.1", "0.5", "Safe", "Dark", "", "", "Poor", "Good"],
        ["2021-01-01", "2021-01-02 10:00:00", "IP Address", "1.1.1.2", "100", "True", "R_0bbbbbbbbb", "x@example.org", "51.2", "0.6", "Unsafe", "Dark", "Alone", "the\nalley", "Poor", "Good"],
        ["2021-01-01", "2021-01-02 10:00:00", "IP Address", "1.1.1.3", "40", "False", "R_0ccccccccc", "", "51.3", "0.7", "Safe", "", "", "", "", ""],
    ]  # fmt: skip
    found = read_survey(written(tmp_path, table(rows)))
    assert (found.profile, found.rows, dict(found.dropped_rows)) == ("qualtrics", 3, {"a trial, not an answer": 1})
    questions = told(found)
    assert questions["Why?"] == ("multi", [["Dark", "Alone"], None]) and questions["Rate: Police"][0] == "matrix"
    assert [r.partial for r in found.responses] == [False, True] and "the\nalley" in str(questions.values()).encode().decode("unicode_escape")
    assert nothing_of(found, "1.1.1", "51.2", "example.org")


@pytest.mark.parametrize("full_words", [False, True])
def test_limesurveys_brackets_and_its_mark_before_the_first_heading(tmp_path: Path, full_words: bool) -> None:
    if full_words:
        heads = ["Response ID", "Date submitted", "Last page", "Start language", "How safe?", "What have you seen? [Staring]", "What have you seen? [Shouting]", "What have you seen? [Other]", "IP address"]
    else:
        heads = ["id", "submitdate", "lastpage", "startlanguage", "safe", "seen[SQ001]", "seen[SQ002]", "seen[other]", "ipaddr"]
    rows = [heads, ["1", "2021-02-01 10:00:00", "3", "en", "Very", "Y", "N", "", "1.2.3.4"], ["2", "", "1", "en", "Not", "", "", "", "1.2.3.5"], ["3", "2021-02-02 10:00:00", "3", "en", "Not", "Y", "Y", "followed me", "1.2.3.6"]]
    found = read_survey(written(tmp_path, table(rows, ";"), encoding="utf-8-sig"))
    assert found.profile == "limesurvey" and [r.partial for r in found.responses] == [False, True, False]
    kind, answers = told(found)["What have you seen?" if full_words else "seen"]
    options = ("Staring", "Shouting", "Other") if full_words else ("SQ001", "SQ002", "other")
    assert (kind, answers) == ("multi", [[options[0]], None, list(options)]) and nothing_of(found, "1.2.3")
    assert "followed me" in str(found.responses)


def test_kobos_answers_that_stand_twice_are_counted_once(tmp_path: Path) -> None:
    rows = [
        ["start", "end", "Unsafe where", "Unsafe where/Park", "Unsafe where/Bus", "Age", "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "_tags", "_index"],
        ["2021-01-01T10:00", "2021-01-01T10:05", "Park Bus", "1", "1", "18-24", "501", "7f0c1d34-0000-4000-8000-000000000001", "2021-01-01", "", "", "submitted", "jo", "", "1"],
        ["2021-01-01T11:00", "2021-01-01T11:05", "Bus", "0", "1", "25-34", "502", "7f0c1d34-0000-4000-8000-000000000002", "2021-01-01", "", "", "submitted", "jo", "", "2"],
        ["2021-01-01T12:00", "2021-01-01T12:05", "", "", "", "18-24", "503", "7f0c1d34-0000-4000-8000-000000000003", "2021-01-01", "", "", "submitted", "jo", "", "3"],
    ]
    found = read_survey(written(tmp_path, table(rows, ";")))
    assert found.profile == "kobo"
    questions = told(found)
    assert questions["Unsafe where"] == ("multi", [["Park", "Bus"], ["Bus"], None]) and set(questions) == {"Unsafe where", "Age"}
    assert nothing_of(found, '"jo"')


def test_smartsurvey_by_the_names_that_are_public_and_by_its_headings_alone(tmp_path: Path) -> None:
    """Its export was not seen; a file of headings alone tells the shape before anybody has answered."""
    heads = ["unique_id", "ip_address", "contact_name", "contact_email", "edit_url", "saved_continue_url", "user_agent", "Do you feel safe by day?", "Anything else?"]
    shape = read_survey(written(tmp_path, table([heads])))
    assert (shape.profile, shape.rows, [q.wording for q in shape.questions], {q.kind for q in shape.questions}) == ("smartsurvey", 0, heads[-2:], {"not_known"})
    rows = [heads, ["ab-1", "1.1.1.1", "Ann", "a@example.org", "https://example.org/edit/1", "https://example.org/go/1", "Mozilla", "Yes", "I walk home by the longer way because the shorter one is dark"]]
    found = read_survey(written(tmp_path, table(rows)))
    assert dict(found.dropped_columns)["edit_url"] == "a link of the tool" and nothing_of(found, "example.org", "Ann", "Mozilla", "1.1.1")
    with pytest.raises(ValueRefusedError, match="never kept"):
        read_survey(written(tmp_path, table(rows)), keep=("edit_url",))


def test_spss_labels_sets_of_answers_and_values_that_mean_no_answer(tmp_path: Path) -> None:
    frame = pd.DataFrame({"sat": [1.0, 2.0, 99.0, 1.0], "text": ["Nobody rang me back after the first week", "", "They did what they said they would", "x"], "id": ["a1", "a2", "a3", "a4"]})
    path = tmp_path / "survey.sav"
    pyreadstat.write_sav(
        frame, str(path), column_labels={"sat": "How satisfied were you?", "text": "Tell us more"},
        variable_value_labels={"sat": {1.0: "Satisfied", 2.0: "Dissatisfied", 99.0: "Refused"}}, missing_ranges={"sat": [99.0]},
    )  # fmt: skip
    found = read_survey(path)
    assert told(found)["How satisfied were you?"] == ("single", ["Satisfied", "Dissatisfied", None, "Satisfied"])
    assert [r.respondent for r in found.responses] == ["a1", "a2", "a3", "a4"] and found.profile == "spss"


def test_a_scale_of_spss_with_labels_at_its_ends_stands_in_the_order_of_its_steps(tmp_path: Path) -> None:
    frame = pd.DataFrame({"safe": [5.0, 1.0, 3.0, 4.0, 2.0, 5.0] * 4})
    pyreadstat.write_sav(frame, str(path := tmp_path / "s.sav"), column_labels={"safe": "How safe?"}, variable_value_labels={"safe": {1.0: "Very unsafe", 5.0: "Very safe"}})
    assert read_survey(path).questions[0].choices == ["Very unsafe", "2", "3", "4", "Very safe"]


@real
@pytest.mark.parametrize(("name", "profile", "rows", "questions"), [("qualtrics_sample.csv", "qualtrics", 1, 3), ("qualtrics_sample_legacy.csv", "qualtrics", 1, 2), ("spss_sample.sav", "spss", 5, 7), ("spss_missing_test.sav", "spss", 2, 1)])
def test_real_files_are_read(name: str, profile: str, rows: int, questions: int) -> None:
    found = read_survey(SAMPLES / name)
    assert (found.profile, found.rows, len(found.questions)) == (profile, rows, questions)
    assert nothing_of(found, "130.92.34.66", "47.115097045898") and len(found.responses) + found.dropped_rows.total() == rows


# -- any table ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", "\t"), ("utf-16", "|")])
def test_marks_between_columns_and_letters_are_found(tmp_path: Path, encoding: str, mark: str) -> None:
    rows = [["id", "Safe?", "Why"], ["0007", "Yes", "Café’s lights; and, people"], ["0008", "No", "“Dark”"]]
    found = read_survey(written(tmp_path, table(rows, mark), encoding=encoding))
    assert told(found)["Why"][1] == ["Café’s lights; and, people", "“Dark”"] and [r.respondent for r in found.responses] == ["0007", "0008"]


@pytest.mark.parametrize(("heading", "values"), [
    ("E-mail", ["one", "two"]), ("Your full name", ["Jo", "Al"]), ("What is your postcode?", ["one", "two"]), ("Can we ring you?", ["07700 900123", "07700 900456"]), ("Date of birth", ["one", "two"]),
    ("Contact", ["jo@example.org", "al@example.org"]), ("Where do you live?", ["ME14 5AA", "CT1 2BB"]), ("Home address", ["one", "two"]), ("NI", ["AB123456C", "CE123456D"]), ("Address seen", ["10.1.2.3", "10.1.2.4"]),
])  # fmt: skip
def test_columns_that_identify_people_are_left_out_and_listed(tmp_path: Path, heading: str, values: list[str]) -> None:
    rows = [["id", "Safe?", heading], ["1", "Yes", values[0]], ["2", "No", values[1]]]
    found = read_survey(written(tmp_path, table(rows)))
    assert (heading, "may identify a person") in found.dropped_columns and nothing_of(found, *(v for v in values if len(v) > 3))
    kept = read_survey(written(tmp_path, table(rows)), keep=(heading,))
    assert told(kept)[heading][1] == values


@pytest.mark.parametrize("heading", ["What are the first three letters of your postcode?", "Which district is your address in?", "Did anybody take your name and address when you reported it to the police that day in the station or at home?", "Did you ask for a link worker?"])
def test_questions_that_only_speak_of_such_things_are_kept(tmp_path: Path, heading: str) -> None:
    found = read_survey(written(tmp_path, table([["id", "Safe?", heading], ["1", "Yes", "ME1"], ["2", "No", "CT1"]])))
    assert heading in told(found)


def test_the_same_respondent_twice_counts_once_and_empty_rows_do_not(tmp_path: Path) -> None:
    rows = [["Respondent ID", "Safe?"], ["1", "No"], ["2", "Yes"], ["3", ""], ["1", "Yes"]]
    found = read_survey(written(tmp_path, table(rows)))
    assert {r.respondent: r.answers for r in found.responses} == {"2": ["Yes"], "1": ["Yes"]}
    assert dict(found.dropped_rows) == {"no question was answered": 1, "answered more than once": 1} and found.rows == 4


def test_two_who_answer_alike_are_two_and_the_same_file_gives_the_same_respondents(tmp_path: Path) -> None:
    path = written(tmp_path, table([["Safe?", "Age"], ["No", "18-24"], ["No", "18-24"], ["Yes", "25-34"]]))
    first, second = read_survey(path), read_survey(path)
    assert len({r.respondent for r in first.responses}) == 3 and [r.respondent for r in first.responses] == [r.respondent for r in second.responses]


@pytest.mark.parametrize(("values", "kind"), [
    (["0", "5", "10", "7"], "scale"), (["1200", "15000", "7", "8"], "number"), (["2021-01-01", "02/03/2021"], "date"), (["Yes", "No", "Yes"], "single"),
    (["Because it is dark and there is nobody about", "I do not know"], "free_text"), ([f"No {n} way" for n in range(60)], "free_text"), (["", ""], "not_known"),
])  # fmt: skip
def test_kinds_of_questions_are_told_by_their_answers(values: list[str], kind: str) -> None:
    from vawg_desktop.exchange.survey_typing import kind_of

    assert kind_of(Counter(v for v in values if v))[0] == kind


@pytest.mark.parametrize(("content", "says"), [(b"", "empty"), (b"just words\nand more words\n", "no columns"), (b"\n\n\n", "no words"), (b"$FL2 and nothing else", "damaged")])
def test_what_is_no_survey_is_refused_in_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "survey.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefusedError, match=says):
        read_survey(path)
    with pytest.raises(ValueRefusedError, match="There is no profile"):
        read_survey(path, profile="Abacus")


def test_lines_of_other_lengths_lose_no_word(tmp_path: Path) -> None:
    found = read_survey(written(tmp_path, 'id,Safe?\n1,No\n2,Yes,"and more"\n'))
    assert "and more" in str(found.responses) and found.rows == 2


def test_libreoffice_saves_the_same_answers(tmp_path: Path, libreoffice: Callable[[Path, str], Path]) -> None:
    path = written(tmp_path, table([["ID", "Start time", "Completion time", "Email", "Name", "Where?"], ["1", "2021-03-01", "2021-03-01", "", "", "Parks, fields;Buses;"], ["2", "2021-03-01", "2021-03-01", "", "", "Buses;"]]))
    wanted = told(read_survey(path))
    for ending in ("xlsx", "ods"):
        assert told(survey_in.read_survey(libreoffice(path, ending))) == wanted


@pytest.mark.parametrize("choices", [
    ["Very satisfied", "Satisfied", "Neither satisfied nor dissatisfied", "Dissatisfied", "Very dissatisfied", "Prefer not to say"],
    ["Very safe", "Fairly safe", "A bit unsafe", "Very unsafe", "Don't know"], ["Under 16", "16 to 24", "25 to 34", "65 and over"],
    ["Strongly agree", "Agree", "Neither", "Disagree", "Strongly disagree"], ["Always", "Often", "Sometimes", "Rarely", "Never"],
])  # fmt: skip
def test_choices_stand_in_the_order_of_their_scale(choices: list[str]) -> None:
    chance = random.Random(3)
    counts = Counter({c: chance.randint(1, 99) for c in chance.sample(choices, len(choices))})
    assert in_order(counts) == choices


def test_other_choices_stand_by_how_many_made_them() -> None:
    assert in_order(Counter({"Dover": 3, "Ashford": 9, "Other": 40})) == ["Ashford", "Dover", "Other"]


# -- what a stranger's files showed ---------------------------------------------------------------------


def qualtrics(heads: list[str], words: list[str], *rows: list[str]) -> str:
    first = ["StartDate", "EndDate", "ResponseId", "Status"]
    ids = [json.dumps({"ImportId": f"QID{n}"}) for n in range(len(first) + len(heads))]
    return table([[*first, *heads], [*first, *words], ids, *(["2021-01-01", "2021-01-01", f"R_{n:09}aa", "IP Address", *r] for n, r in enumerate(rows))])


def test_words_beside_two_options_are_two_questions(tmp_path: Path) -> None:
    heads, words = ["Q2", "Q2_3_TEXT", "Q2_7_TEXT"], ["Where?", "Where? - At school (which?) - Text", "Where? - Other - Text"]
    found = read_survey(written(tmp_path, qualtrics(heads, words, ["3", "the grammar", ""], ["7", "", "a park"])))
    assert [q.code for q in found.questions] == heads and [r.answers for r in found.responses] == [["3", "the grammar", None], ["7", None, "a park"]]


def test_two_questions_that_are_called_alike_keep_their_own_answers(tmp_path: Path) -> None:
    rows = [["Respondent", "Safe at work?", "Please explain", "Safe at home?", "Please explain"], ["1", "Yes", "at work", "No", "at home"], ["2", "No", "there", "Yes", "here"]]
    found = read_survey(written(tmp_path, table(rows)))
    assert len({q.code for q in found.questions}) == 4 and [r.answers for r in found.responses] == [["Yes", "at work", "No", "at home"], ["No", "there", "Yes", "here"]]
    both = read_survey(written(tmp_path, qualtrics(["Q3_1", "Q3_2"], ["How safe? - Before - outside", "How safe? - After - outside"], ["Very", "Not"], ["Not", "Very"])))
    assert [q.code for q in both.questions] == ["Q3_1", "Q3_2"] and [q.wording for q in both.questions] == ["How safe? - Before: outside", "How safe? - After: outside"]


def test_options_that_speak_of_addresses_are_options_and_other_is_one(tmp_path: Path) -> None:
    rows = [["Respondent ID", "Collector ID", "How did you report it?", "", "", ""], ["", "", "By phone", "Email", "In person", "Other (please specify)"],
            ["1", "1", "By phone", "Email", "", ""], ["2", "1", "", "", "", "my GP"], ["3", "1", "", "Email", "", ""]]  # fmt: skip
    questions = told(read_survey(written(tmp_path, table(rows))))
    assert questions["How did you report it?"] == ("multi", [["By phone", "Email"], ["Other (please specify)"], ["Email"]])
    assert questions["How did you report it?: Other (please specify)"][1] == [None, "my GP", None]
    kobo = [["_id", "_uuid", "_submission_time", "services", "services/refuge", "services/other"], ["1", "u1", "2021-01-01", "refuge other", "1", "1"], ["2", "u2", "2021-01-01", "other", "0", "1"]]
    assert told(read_survey(written(tmp_path, table(kobo, ";")))) == {"services": ("multi", [["refuge", "other"], ["other"]])}


@pytest.mark.parametrize("heading", ["Did the officer take your home address?", "Did you receive an email from us?", "Have you been harassed on Facebook?", "Is your date of birth recorded?", "Have you ever had to change your phone number?"])
@pytest.mark.parametrize("answers", [["Yes", "No", "Yes"], ["Yes", "Yes", "Don't know"], ["1", "5", "3"]])
def test_a_yes_identifies_nobody_whatever_was_asked(tmp_path: Path, heading: str, answers: list[str]) -> None:
    found = read_survey(written(tmp_path, table([["Respondent", heading, "Age"], *([str(n), a, "18-24"] for n, a in enumerate(answers))])))
    assert told(found)[heading][1] == answers


@pytest.mark.parametrize(("heading", "values"), [
    ("Name (optional)", ["Sarah Jones", "Anna Bell"]), ("Name:", ["Sarah Jones", "Anna Bell"]), ("Respondent name", ["Sarah Jones", "Anna Bell"]), ("What is your child's name?", ["Tom", "Jo"]),
    ("Handle", ["@sarahj", "@annab"]), ("When were you born?", ["03/02/1980", "04/05/1990"]), ("Where do you live?", ["sw1a 1aa", "me14 5aa"]), ("Where was it?", ["51.5074 -0.1278 12 4.5", "51.2000 0.5210 3 5"]),
    ("What is your full name and home address so that we can send you the voucher afterwards?", ["Sarah Jones, 12 High Street", "Anna Bell, 3 Low Road"]),
])  # fmt: skip
def test_names_places_and_handles_are_left_out_too(tmp_path: Path, heading: str, values: list[str]) -> None:
    found = read_survey(written(tmp_path, table([["Respondent", "Safe?", heading], ["1", "Yes", values[0]], ["2", "No", values[1]]])))
    assert (heading, "may identify a person") in found.dropped_columns and nothing_of(found, *values)


def test_one_short_answer_takes_no_whole_question_away(tmp_path: Path) -> None:
    long = [[str(n), f"They told me to wait and nothing came of it for {n} weeks, and nobody rang me back about it at all"] for n in range(40)]
    found = read_survey(written(tmp_path, table([["Respondent", "What happened next?"], *long, ["41", "I told Mrs Smith"], ["42", "nothing"]])))
    assert len(told(found)["What happened next?"][1]) == 42


@pytest.mark.parametrize("above", ["VAWG survey 2025,,,\r\n", "VAWG survey 2025,,,\r\nExported on 1 May,,,\r\n,,,\r\n", "sep=,\r\n"])
def test_what_stands_above_the_headings_is_no_heading(tmp_path: Path, above: str) -> None:
    text = above + table([["Contact_name", "Unique_ID", "Safe?", "Why"], ["Ann Bell", "u1", "Yes", "0012"], ["Jo Day", "u2", "No", "0013"]])
    found = read_survey(written(tmp_path, text))
    assert [q.wording for q in found.questions] == ["Safe?", "Why"] and nothing_of(found, "Ann", "Jo Day") and [r.answers for r in found.responses] == [["Yes", "0012"], ["No", "0013"]]


def test_a_column_without_a_heading_eats_no_respondent(tmp_path: Path) -> None:
    found = read_survey(written(tmp_path, table([["ID", "Safe?", ""], ["1", "Yes", "note one"], ["2", "No", "note two"], ["3", "No", "note three"]])))
    assert found.rows == 3 and told(found) == {"Safe?": ("single", ["Yes", "No", "No"]), "Column 3": ("single", ["note one", "note two", "note three"])}


def test_qualtrics_without_its_further_headings_loses_no_response(tmp_path: Path) -> None:
    rows = [["StartDate", "EndDate", "Status", "ResponseId", "Q1"], *(["2021-01-01", "2021-01-01", "0", f"R_{n:09}ab", str(20 + n)] for n in range(4))]
    found = read_survey(written(tmp_path, table(rows)))
    assert found.rows == 4 and told(found)["Q1"][1] == ["20", "21", "22", "23"] and ("Status", "the tool's own") in found.dropped_columns


def test_yes_and_no_in_the_rows_of_a_matrix_are_both_answers(tmp_path: Path) -> None:
    rows = [["Respondent ID", "Collector ID", "Did any of these happen?", ""], ["", "", "Followed", "Threatened"], ["1", "1", "Yes", "No"], ["2", "1", "No", ""]]
    assert told(read_survey(written(tmp_path, table(rows)))) == {"Did any of these happen?: Followed": ("matrix", ["Yes", "No"]), "Did any of these happen?: Threatened": ("matrix", ["No", None])}


def test_a_file_that_begins_with_id_and_a_semicolon_is_a_table(tmp_path: Path) -> None:
    assert told(read_survey(written(tmp_path, 'ID;Where?;Why?\r\n1;"a;b";c\r\n2;d;e\r\n')))["Where?"][1] == ["a;b", "d"]


def test_numbers_of_choices_in_one_cell_are_several_choices(tmp_path: Path) -> None:
    found = read_survey(written(tmp_path, qualtrics(["Q5", "Q6"], ["Whom did you tell?", "How many?"], ["1,3", "1,200"], ["1", "15"], ["2,3", "7"])))
    assert told(found) == {"Whom did you tell?": ("multi", [["1", "3"], ["1"], ["2", "3"]]), "How many?": ("number", ["1,200", "15", "7"])}


def test_a_mark_of_quotation_that_is_never_closed_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="opens a quotation mark near line 4"):
        read_survey(written(tmp_path, 'id,Why,More\n1,a,b\n2,c,d\n3,"open quote,x\n4,y,z\n'))


def test_a_cell_without_the_last_mark_is_still_several_answers(tmp_path: Path) -> None:
    rows = [["ID", "Start time", "Completion time", "Where?"], ["1", "2021-01-01", "2021-01-01", "A;B;"], ["2", "2021-01-01", "2021-01-01", "A;"], ["3", "2021-01-01", "2021-01-01", "B"]]
    assert told(read_survey(written(tmp_path, table(rows))))["Where?"] == ("multi", [["A", "B"], ["A"], ["B"]])


def test_long_numbers_that_people_gave_are_answers(tmp_path: Path) -> None:
    rows = [["Respondent", "What is your monthly household income in pence?"], *([str(n), str(150_000 + 7 * n)] for n in range(20))]
    assert told(read_survey(written(tmp_path, table(rows))))["What is your monthly household income in pence?"][0] == "number"


def test_nobody_finished_where_no_date_of_sending_stands(tmp_path: Path) -> None:
    rows = [["id", "submitdate", "lastpage", "startlanguage", "safe"], ["1", "", "1", "en", "Yes"], ["2", "", "1", "en", "No"]]
    assert [r.partial for r in read_survey(written(tmp_path, table(rows))).responses] == [True, True]
    done = [rows[0], ["1", "1980-01-01 00:00:00", "3", "en", "Yes"]]
    assert [(r.partial, r.answered) for r in read_survey(written(tmp_path, table(done))).responses] == [(False, "")]


def forms(*answers: str) -> str:
    return table([["ID", "Start time", "Completion time", "Which matters most?"], *([str(n), "2021-01-01", "2021-01-01", a] for n, a in enumerate(answers, 1))])


def test_an_order_of_options_is_no_choice_of_all_of_them(tmp_path: Path) -> None:
    """Everybody who ranks names every option: as choices each had 100%."""
    found = read_survey(written(tmp_path, forms("Lighting;CCTV;Patrols;", "CCTV;Lighting;Patrols;", "")))
    assert told(found) == {
        "Which matters most?: CCTV": ("matrix", ["2", "1", None][: len(found.responses)]), "Which matters most?: Lighting": ("matrix", ["1", "2", None][: len(found.responses)]),
        "Which matters most?: Patrols": ("matrix", ["3", "3", None][: len(found.responses)]),
    }  # fmt: skip
    assert {(q.stem, tuple(q.choices)) for q in found.questions} == {("Which matters most?", ("1", "2", "3"))}
    chosen = told(read_survey(written(tmp_path, forms("Lighting;CCTV;", "CCTV;", "Lighting;CCTV;"))))
    assert chosen["Which matters most?"] == ("multi", [["Lighting", "CCTV"], ["CCTV"], ["Lighting", "CCTV"]])


def sav(path: Path, **sets: object) -> Path:
    """An SPSS file of three mentions of the same question; its set is written in by the reader's answer, as the library that writes files knows no sets."""
    frame = pd.DataFrame({"id": ["a1", "a2", "a3"], "m1": [1.0, 2.0, 9.0], "m2": [2.0, None, 9.0]})
    labels = {1.0: "Kent Police", 2.0: "A helpline", 9.0: "Prefer not to say"}
    pyreadstat.write_sav(frame, str(path), column_labels={"m1": "First told", "m2": "Then told"}, variable_value_labels={"m1": labels, "m2": labels}, missing_ranges={"m1": [9.0], "m2": [9.0]})
    return path


def test_answers_that_the_file_calls_missing_are_counted_by_their_reason(tmp_path: Path) -> None:
    found = read_survey(sav(tmp_path / "told.sav"))
    assert found.missing == [("First told", "Prefer not to say", 1), ("Then told", "Prefer not to say", 1)]
    assert [r.respondent for r in found.responses] == ["a1", "a2"]


def test_first_and_second_mention_of_one_set_are_several_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sav(tmp_path / "told.sav")
    columns: list[dict[str, object]] = read_spss(path)["columns"]
    for column in columns:
        column["mention_of"] = "Whom did you tell?" if column["name"] in ("m1", "m2") else ""
    monkeypatch.setattr("vawg_desktop.exchange.reading.ask_child", lambda *_: {"columns": columns})  # pyreadstat writes no sets
    found = read_survey(path)
    assert told(found) == {"Whom did you tell?": ("multi", [["Kent Police", "A helpline"], ["A helpline"]])}
    assert found.questions[0].choices == ["Kent Police", "A helpline"] and found.missing == [("Whom did you tell?", "Prefer not to say", 2)]


def test_sets_of_mentions_are_known_by_having_no_counted_value() -> None:
    class Facts:
        mr_sets = {"$told": {"label": "Whom did you tell?", "counted_value": None, "variable_list": ["m1", "m2"]}, "$seen": {"label": "What?", "counted_value": 1, "variable_list": ["s1"]}}

    assert spss_child.mentions(Facts()) == {"m1": "$told\tWhom did you tell?", "m2": "$told\tWhom did you tell?"}


def test_what_tells_respondents_apart_is_kept_for_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(ValueRefusedError, match="“Respondent ID” identifies respondents"):
        read_survey(written(tmp_path, table([["Respondent ID", "Safe?"], ["1", "Yes"], ["2", "No"]])), keep=("Respondent ID",))


def test_two_sets_of_mentions_that_ask_alike_stay_two_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sav(tmp_path / "told.sav")
    columns: list[dict[str, object]] = read_spss(path)["columns"]
    for column, name in zip(columns, ("", "$first\tWhom did you tell?", "$then\tWhom did you tell?"), strict=True):
        column["mention_of"] = name
    monkeypatch.setattr("vawg_desktop.exchange.reading.ask_child", lambda *_: {"columns": columns})
    found = read_survey(path)
    assert len(found.questions) == 2 and [[a[n] for a in (r.answers for r in found.responses)] for n in (0, 1)] == [[["Kent Police"], ["A helpline"]], [["A helpline"], None]]
