"""Surveys whose files differ from one to the next, answers that few gave, choices that say no, columns that name people, and dangers told in other words."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path

import pytest

from vawg_desktop.domain.safeguarding import concerns
from vawg_desktop.exchange.survey_in import SurveyFile, read_survey
from vawg_desktop.exchange.survey_typing import in_order, is_personal
from vawg_desktop.services import records, survey_results, surveys
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers


def file(folder: Path, rows: list[list[str]], name: str = "s.csv") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)
    return path


def taken(session: Session, path: Path, wave: str = "") -> Answers:
    known, _ = surveys.take_in(session, path, survey="Safety", wave=wave)
    return surveys.answers(session, known.survey)


def plain(answers: Answers, session: Session, question: str, **more: object) -> dict[str, int | None]:
    made = survey_results.result(session, answers, question, least=0, **more)
    return dict(zip(made.choices, made.everybody.counts, strict=True))


# -- one kind in the first file, another in the next


QUALTRICS = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished", "RecordedDate", "ResponseId", "UserLanguage", "Q2"]
TOLD = ["The police", "A friend", "Nobody", "My GP"]


def qualtrics(folder: Path, answers: list[tuple[int, list[str]]]) -> Path:
    rows = [QUALTRICS, [*QUALTRICS[:10], "Which of these did you tell? - Selected Choice"], [f'{{"ImportId":"x{n}"}}' for n in range(11)]]
    rows += [["2022-01-01 10:00:00", "2022-01-01 10:05:00", "IP Address", "1.2.3.4", "100", "50", "True", "2022-01-01 10:05:01", f"R_{i:012d}", "EN", ",".join(given)] for i, given in answers]
    return file(folder, rows, f"q{len(answers)}.csv")


def test_one_choice_in_a_soft_launch_and_several_later_are_several(session: Session, tmp_path: Path) -> None:
    soft = [(i, [TOLD[i % 4]]) for i in range(20)]
    assert taken(session, qualtrics(tmp_path, soft)).questions[0]["kind"] == "single"
    chance = random.Random(1)
    more = [(100 + i, chance.sample(TOLD, chance.randint(1, 3))) for i in range(200)]
    answers = taken(session, qualtrics(tmp_path, [*soft, *more]))
    assert answers.questions[0]["kind"] == "multi"
    expected = {c: sum(c in given for _, given in [*soft, *more]) for c in TOLD}
    assert plain(answers, session, str(answers.questions[0]["id"])) == expected
    assert survey_results.document(session, str(answers.survey["id"])).blocks
    again, _ = surveys.take_in(session, qualtrics(tmp_path, [*soft, *more]), survey="Safety")
    assert (again.new, again.changed, again.unchanged) == (0, 0, 220)


def test_districts_that_a_pilot_took_for_free_words_are_counted(session: Session, tmp_path: Path) -> None:
    districts = ["Ashford", "Canterbury", "Dartford", "Dover", "Folkestone and Hythe", "Gravesham", "Maidstone", "Sevenoaks", "Swale", "Thanet", "Tonbridge and Malling", "Tunbridge Wells"]
    pilot = [["Respondent ID", "Where do you live?"], *([str(i), districts[i % 11]] for i in range(14))]
    assert taken(session, file(tmp_path, pilot)).questions[0]["kind"] == "free_text"
    more = [["Respondent ID", "Where do you live?"], *([str(100 + i), districts[i % 12]] for i in range(240))]
    answers = taken(session, file(tmp_path, more, "t.csv"))
    assert answers.questions[0]["kind"] == "single" and sum(v or 0 for v in plain(answers, session, str(answers.questions[0]["id"])).values()) == 254
    assert [q for q, _ in survey_results.breakdowns(answers)] == [str(answers.questions[0]["id"])]


def test_what_somebody_said_of_a_question_stays(session: Session, tmp_path: Path) -> None:
    pilot = [["Respondent ID", "Where?"], *([str(i), f"Place {i} somewhere else"] for i in range(14))]
    answers = taken(session, file(tmp_path, pilot))
    records.assign(session, str(answers.questions[0]["reference"]), [Assignment("kind", "Number")], None)
    more = [["Respondent ID", "Where?"], *([str(100 + i), ["Dover", "Swale"][i % 2]] for i in range(100))]
    assert taken(session, file(tmp_path, more, "t.csv")).questions[0]["kind"] == "number"


def test_words_and_then_lists_lose_no_answer(session: Session, tmp_path: Path) -> None:
    pilot = [["Respondent ID", "What helped?"], *([str(i), f"Somebody at place {i} who listened to me for once"] for i in range(30))]
    taken(session, file(tmp_path, pilot))
    more = [["Respondent ID", "What helped?"], *([str(100 + i), ["Lighting;Police;", "Police;", "Lighting;CCTV;"][i % 3]] for i in range(20))]
    answers = taken(session, file(tmp_path, more, "t.csv"))
    assert answers.questions[0]["kind"] == "free_text"
    assert len(answers.rows) == 50 and all(isinstance(r.answers[str(answers.questions[0]["id"])], str) for r in answers.rows)


# -- net scores


def rated(session: Session, folder: Path, counts: dict[str, int], positive: str, negative: str) -> tuple[Answers, str]:
    given = [words for words, n in counts.items() for _ in range(n)]
    answers = taken(session, file(folder, [["Respondent ID", "How were you treated?"], *([str(i), w] for i, w in enumerate(given))]))
    question = str(answers.questions[0]["id"])
    records.assign(session, question, [Assignment("positive", positive), Assignment("negative", negative)], None)
    return answers, question


TREATED = {"I was treated very well": 60, "I was treated well": 30, "I was treated badly": 8, "Don't know": 20}


def test_a_net_score_without_those_few_who_were_treated_badly_is_none(session: Session, tmp_path: Path) -> None:
    answers, question = rated(session, tmp_path, TREATED, "I was treated very well; I was treated well", "I was treated badly")
    inside = survey_results.result(session, answers, question, least=5)
    assert inside.everybody.net == pytest.approx(100 * (90 - 8) / 118) and "“Don't know” as neither" in " ".join(inside.notes)
    leaves = survey_results.result(session, answers, question, least=10)
    assert leaves.everybody.net is None and any("No net score is given" in n for n in leaves.notes)


def test_a_net_score_of_answers_that_nobody_could_give_is_none(session: Session, tmp_path: Path) -> None:
    answers, question = rated(session, tmp_path, {"Very helpful": 50, "Unhelpful": 50, "Don't know": 20}, "Helpful", "Not helpful")
    made = survey_results.result(session, answers, question, least=0)
    assert made.everybody.net is None and any("“Helpful” is stated as positive or negative and is no answer" in n for n in made.notes)


def test_a_wave_with_other_words_has_no_net_score(session: Session, tmp_path: Path) -> None:
    answers, question = rated(session, tmp_path, {"Very well": 60, "Badly": 40}, "Very well", "Badly")
    later = [["Respondent ID", "How were you treated?"], *([str(i), ["Well", "Poorly"][i % 2]] for i in range(100))]
    answers = taken(session, file(tmp_path, later, "later.csv"), "2026")
    made = survey_results.result(session, answers, question, by="wave", least=0)
    assert {g.name: g.net for g in made.groups[1:]} == {"Wave without a name": pytest.approx(20), "2026": None}
    assert any("“Well”, “Poorly” as neither" in n for n in made.notes)


# -- choices that say no


BEFORE = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1"]


def monkey(folder: Path, heads: list[str], below: list[str], rows: list[list[str]]) -> SurveyFile:
    lead = [[f"11{i:09d}", "55", "01/02/2022 10:00:00 AM", "01/13/2022 10:05:00 AM", f"10.0.0.{i}", "", "", "", ""] for i in range(len(rows))]
    return read_survey(file(folder, [[*BEFORE, *heads], [""] * 9 + below, *([*a, *b] for a, b in zip(lead, rows, strict=True))]))


@pytest.mark.parametrize("says_no", ["No", "N/A", "None of these", "False"])
def test_an_option_that_says_no_is_chosen_like_any_other(tmp_path: Path, says_no: str) -> None:
    cells = [["Police", "", ""], ["Police", "A friend", ""], ["", "", says_no]] * 20
    found = monkey(tmp_path, ["Have you told anyone?", "", ""], ["Police", "A friend", says_no], cells)
    assert [(q.kind, q.choices) for q in found.questions] == [("multi", ["Police", "A friend", says_no])]
    assert [r.answers[0] for r in found.responses[:3]] == [["Police"], ["Police", "A friend"], [says_no]]


def test_who_wrote_other_words_beside_one_choice_is_in_its_base(tmp_path: Path) -> None:
    cells = [["Woman", ""], ["Man", ""], ["", "another word"]] * 20
    found = monkey(tmp_path, ["What is your gender?", ""], ["Response", "Other (please specify)"], cells)
    assert found.questions[0].kind == "single" and [r.answers[0] for r in found.responses[:3]] == ["Woman", "Man", "Other (please specify)"]
    comments = monkey(tmp_path, ["How safe?", ""], ["Response", "Comments"], [["Safe", ""], ["Unsafe", "dark"], ["", "no idea"]] * 10)
    assert comments.responses[2].answers[0] is None  # a comment is no choice


# -- who somebody is


@pytest.mark.parametrize(
    ("heading", "cells"),
    [("deviceid", [f"collect:9622ab{i:06x}" for i in range(20)]), ("Session", [f"{i:032x}" for i in range(1000, 1020)]), ("User", [f"zainab{i}" for i in range(20)]), ("Login", [f"grace{i}" for i in range(20)]),
     ("Where", ["///apple.blue.dog", "///pear.red.cat"] * 10), ("Ref", ["46/12345/22", "", "46/54321/22", ""] * 5), ("Which police officer dealt with you?", ["PC Jones", "PC Khan", "DC Smith", ""] * 5),
     ("Who supported you?", ["Zainab Khan", "Nobody", "Grace Wood", "My GP", "Emma Hughes", "Nobody"] * 4), ("Browser", ["Mozilla/5.0 (iPhone; CPU iPhone OS 15_0)"] * 20)],
)  # fmt: skip
def test_columns_that_tell_who_somebody_is_are_left_out_and_listed(tmp_path: Path, heading: str, cells: list[str]) -> None:
    found = read_survey(file(tmp_path, [["Respondent ID", "Safe?", heading], *([str(n), ["Yes", "No"][n % 2], c] for n, c in enumerate(cells))]))
    assert [q.wording for q in found.questions] == ["Safe?"] and heading in [name for name, _ in found.dropped_columns]


def test_sentences_in_which_some_give_an_address_are_kept_and_looked_at(tmp_path: Path) -> None:
    told = ["He strangled me last week and I am scared", "More CCTV at the station please, and lights on the path", "My name is Sarah Okafor and I live at 12 High Street ME14 1AA", "The lights on the path by the river are out again"]
    found = read_survey(file(tmp_path, [["Respondent ID", "What would help?"], *([str(n), f"{told[n % 4]} ({n})"] for n in range(80))]))
    assert [q.kind for q in found.questions] == ["free_text"]


@pytest.mark.parametrize("text", ["im 13", "I am pregnant and he kicked me in the stomach", "he poured acid", "he threw boiling water at my sister", "I'm being followed by a man every day", "My daughter was followed home", "he punched her in the face"])
def test_dangers_in_other_words(text: str) -> None:
    assert concerns(text)


@pytest.mark.parametrize("text", ["The campaign was followed by a report", "The acid test is whether police listen", "I followed the advice"])
def test_what_is_no_danger(text: str) -> None:
    assert concerns(text) == []


@pytest.mark.parametrize(
    "scale",
    [["Daily", "Weekly", "Monthly", "Less often", "Never"], ["Every day", "A few times a week", "Once a week", "Once a month", "Less often than that", "Never"], ["Very satisfied", "Satisfied", "Neither", "Dissatisfied", "Very dissatisfied"]],
)  # fmt: skip
def test_a_scale_of_how_often_is_in_its_order(scale: list[str]) -> None:
    shuffled = [*scale]
    random.Random(3).shuffle(shuffled)
    assert in_order(Counter({words: n + 2 for n, words in enumerate(shuffled)})) == scale


def test_other_of_limesurvey_is_called_so(tmp_path: Path) -> None:
    head = ["id", "submitdate", "lastpage", "startlanguage", "Gender", "Gender[other]"]
    rows = [[str(n), "2022-01-05 10:00:00", "5", "en", ["Woman", "Man", "-oth-"][n % 3], "another word" if n % 3 == 2 else ""] for n in range(60)]
    found = read_survey(file(tmp_path, [head, *rows]))
    assert sorted(found.questions[0].choices) == ["Man", "Other", "Woman"] and "-oth-" not in str(found.responses)


@pytest.mark.parametrize("counts", [{"Sarah Everard": 20, "Clare Law": 14, "Jo Cox": 12, "No": 30}, {"Officer Attitude": 40, "Speed": 30, "Officer Training": 20}])
def test_names_that_many_know_are_choices(counts: dict[str, int]) -> None:
    assert not is_personal(Counter(counts))
