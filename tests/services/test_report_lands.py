"""A report with recommendations: headings and numbers understood, source once, responses of each body with their date."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.test_journey import sample_store
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.services import pasting, show
from vawg_desktop.services.lists import ListQuery, count, plain_rows
from vawg_desktop.services.pasting import Pasted, Report, ReportRow, read_report
from vawg_desktop.services.session import Session
from vawg_desktop.store.check import check

TEXT = """Areas for improvement
Area for improvement 1: The force should make sure that victims are kept informed. It has to do so within five days.
AFI 2
The force should record the reason for each decision.
Cause of concern
Recommendation 3: Within three months the force should review its open cases
4. The force should publish the results
Recommendations are followed up by the inspectorate each quarter
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def test_headings_give_kind_and_number_and_are_no_records() -> None:
    assert [(p.number, p.title, p.kind) for p in read_report(TEXT)] == [
        ("1", "The force should make sure that victims are kept informed", "area_for_improvement"),
        ("2", "The force should record the reason for each decision", "area_for_improvement"),
        ("3", "Within three months the force should review its open cases", "recommendation"),
        ("4", "The force should publish the results", "recommendation"),
        ("", "Recommendations are followed up by the inspectorate each quarter", "recommendation"),
    ]
    assert read_report("Causes of concern\nNobody answers the telephone")[0] == Pasted("", "Nobody answers the telephone", "Nobody answers the telephone", "cause_of_concern")
    assert read_report("1\tFirst\n2\tSecond") == [Pasted("1", "First", "First"), Pasted("2", "Second", "Second")]


def test_an_inspections_first_day_counts_and_other_kinds_have_no_rule() -> None:
    assert pasting.due_by_rule("inspection", "1 June 2026") == "2026-07-26"  # 56 days, the first of them the day of publication
    assert pasting.due_by_rule("review", "1 June 2026") == pasting.due_by_rule("inspection", "") == pasting.due_by_rule("inspection", "June 2026") == ""
    with pytest.raises(ValueRefusedError):
        pasting.due_by_rule("inspection", "the other day")


def test_six_recommendations_two_bodies_and_one_part_accepted(session: Session) -> None:
    rows = [ReportRow(Pasted(str(n), f"Point {n}", f"Point {n} in full"), "recommendation", "Kent Police; OPCC", "26 July 2026", "Kent Police: accepted in part" if n == 4 else "") for n in range(1, 7)]
    before = count(session, ListQuery("recommendation"))
    pasting.take_report(session, Report("An inspection of 2026", "inspection", "1 June 2026", rows))
    assert count(session, ListQuery("recommendation")) == before + 6
    made = plain_rows(session.read(), "SELECT r.title, p.short_name, s.answer, s.due FROM response s JOIN recommendation r ON r.id = s.recommendation JOIN partner p ON p.id = s.partner WHERE r.title LIKE 'Point %' ORDER BY r.title, p.n", ())
    assert len(made) == 12 and {m["due"] for m in made} == {"2026-07-26"}
    assert [(m["title"], m["answer"]) for m in made if m["answer"] != "awaited"] == [("Point 4", "in_part")]
    source = plain_rows(session.read(), "SELECT id, kind, published FROM source WHERE title = 'An inspection of 2026'", ())
    assert [(s["kind"], s["published"]) for s in source] == [("inspection", "2026-06-01")]
    first = plain_rows(session.read(), "SELECT reference FROM recommendation WHERE title = 'Point 1'", ())[0]["reference"]
    assert show.record(session, str(first)).sets["sources"] and check(session.store).problems == []


@pytest.mark.parametrize(("row", "error"), [({"bodies": "Nobody Known"}, ValueRefusedError), ({"due": "the thirteenth of never"}, ValueRefusedError), ({"answer": "perhaps"}, ValueRefusedError), ({"answer": "HMCTS: accepted"}, ValueRefusedError)])
def test_what_is_not_understood_adds_nothing(session: Session, row: dict[str, str], error: type[Exception]) -> None:
    before = count(session, ListQuery("recommendation"))
    given = {"bodies": "Kent Police", **row}
    with pytest.raises(error):
        pasting.take_report(session, Report("X", "", "", [ReportRow(Pasted("1", "One", "One"), "recommendation"), ReportRow(Pasted("2", "Two", "Two"), "recommendation", **given)]))
    assert count(session, ListQuery("recommendation")) == before


def test_one_body_alone_leads(session: Session) -> None:
    pasting.take_report(session, Report(rows=[ReportRow(Pasted("9", "Nine", "Nine"), "recommendation", "Kent Police")]))
    row = plain_rows(session.read(), "SELECT r.lead, p.name FROM recommendation r JOIN partner p ON p.id = r.lead WHERE r.title = 'Nine'", ())
    assert row[0]["name"] == "Kent Police"


@pytest.mark.parametrize(("line", "read"), [
    ("Learning-disability services should be commissioned", ("", "Learning-disability services should be commissioned")),
    ("Learning – disability teams must be told", ("", "Learning – disability teams must be told")),
    ("Recommendation 3.2 The force should review", ("3.2", "The force should review")),
    ("Recommendation 3.1: Review the cases", ("3.1", "Review the cases")),
    ("3.4 The force should answer", ("3.4", "The force should answer")),
    ("Recommendation 2026 to 2029 strategy is delayed", ("", "Recommendation 2026 to 2029 strategy is delayed")),
    ("Pledges 2 officers per district", ("", "Pledges 2 officers per district")),
    ("2 officers per district are pledged", ("", "2 officers per district are pledged")),
    ("Recommendation 7 – The force should count", ("7", "The force should count")),
    ("7. the force should count", ("7", "the force should count")),
])  # fmt: skip
def test_a_number_or_a_kind_within_a_sentence_heads_nothing(line: str, read: tuple[str, str]) -> None:
    assert [(p.number, p.wording) for p in read_report(line)] == [read]


def test_the_reports_own_number_is_kept(session: Session) -> None:
    pasting.take_report(session, Report("An inspection of 2026", "inspection", "1 June 2026", [ReportRow(Pasted("7", "Count them", "Count them"), "recommendation")]))
    row = plain_rows(session.read(), "SELECT note FROM recommendation WHERE title = 'Count them'", ())[0]
    assert row["note"] == "Number 7 in An inspection of 2026."
