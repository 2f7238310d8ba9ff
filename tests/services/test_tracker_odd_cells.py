"""Single cells of a tracker that say more, or less, than their words: beside the value, part of it, several at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from tests.services.test_stranger_trackers import take
from tests.services.test_tracker_identity import book
from tests.services.test_tracker_siblings import WORDS, codes, new
from vawg_desktop.services import show
from vawg_desktop.services.session import Session


def test_what_stands_beside_the_words_is_kept_in_the_tray_or_asked_about(sample: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Action", "Owner", "Status", "Update"], [71, WORDS[0], "KCC", "In progress", "All going well"]]})
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["A"]
    sheet["C2"].comment = Comment("Ask Medway first", "A. Officer")
    sheet["E2"].font = Font(strike=True)
    sheet["D2"] = "#N/A"
    sheet["F1"], sheet["F2"] = "Notes", "=1/0"
    workbook.save(path)
    done = take(sample, path)
    kept = {(t["cell"], t["text"], t["why"]) for t in done.tray}
    assert ("C2", "a comment") in {(cell, why) for cell, text, why in kept if "Ask Medway first" in text}
    assert ("E2", "All going well", "words struck out") in kept
    asked = {(p.code, p.cell) for p in done.problems}
    assert ("error_cell", "D2") in asked and ("formula_empty", "F2") in asked
    assert new(sample)[WORDS[0]]["status"] != "complete"


@pytest.mark.parametrize(
    ("text", "pillar", "code"),
    [
        ("Prevention; Engagement", "prevention", "several_pillars"), ("Cross-cutting", None, ""), ("Rehabilitation", "rehabilitation", ""),
        ("Rescue", None, "not_understood"),
    ],
)  # fmt: skip
def test_the_pillar_is_the_first_of_several_and_none_where_it_is_none(sample: Session, tmp_path: Path, text: str, pillar: str | None, code: str) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Recommendation", "Pillar"], [71, WORDS[0], text]]})
    done = take(sample, path)
    assert new(sample, "recommendation")[WORDS[0]]["pillar"] == pillar
    assert (not code or code in codes(done)) and ("several_pillars" in codes(done)) == (code == "several_pillars")
    assert (text in {t["text"] for t in done.tray}) == bool(code)


@pytest.mark.parametrize(("value", "format_", "percent"), [(0.5, "0%", 50), (0.5, "General", 50), (".4", "General", 40), (1, "General", None), (1, "0%", 100), (65, "General", 65)])
def test_a_share_of_one_is_a_percentage_and_a_bare_one_is_asked(sample: Session, tmp_path: Path, value: object, format_: str, percent: int | None) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Action", "Owner", "% complete"], [71, WORDS[0], "KCC", value]]})
    workbook = openpyxl.load_workbook(path)
    workbook["A"]["D2"].number_format = format_
    workbook.save(path)
    done = take(sample, path)
    assert new(sample)[WORDS[0]]["percent"] == percent
    assert (percent is None) == any("is that 1% or 100%" in p.message for p in done.problems)


@pytest.mark.parametrize("value", [dt.datetime(2027, 3, 31, 23, 0), "2027-03-31T23:00:00"])  # noqa: DTZ001 - a spreadsheet's times have no zone
def test_a_time_late_in_the_evening_may_be_the_day_after(sample: Session, tmp_path: Path, value: object) -> None:
    done = take(sample, book(tmp_path / "t.xlsx", {"A": [["Ref", "Action", "Owner", "Due"], [71, WORDS[0], "KCC", value]]}))
    assert new(sample)[WORDS[0]]["due"] is None
    assert [p.cell for p in done.problems if "may be the day after, shown in another hour" in p.message] == ["D2"]
    assert any(words in p.message for p in done.problems for words in ("31 March 2027, 23:00", "2027-03-31T23:00:00"))


def test_a_date_shown_without_its_year_is_asked_about(sample: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Action", "Owner", "Due"], [71, WORDS[0], "KCC", dt.date(2027, 3, 31)], [72, WORDS[1], "KCC", dt.date(2027, 4, 30)]]})
    workbook = openpyxl.load_workbook(path)
    workbook["A"]["D2"].number_format, workbook["A"]["D3"].number_format = "dd mmm", "mmm yyyy"
    workbook.save(path)
    done = take(sample, path)
    assert new(sample)[WORDS[0]]["due"] is None and new(sample)[WORDS[1]]["due"] == "2027-04"
    (asked,) = [p for p in done.problems if "a part of its date only" in p.message]
    assert asked.cell == "D2" and "31 March 2027" in asked.message


def test_two_sheets_of_the_same_rows_add_to_each_other_and_say_where_they_differ(sample: Session, tmp_path: Path) -> None:
    long = [["Ref", "Action", "Owner", "Status"], *([70 + n, words, "KCC", "In progress"] for n, words in enumerate(WORDS))]
    short = [["Ref", "Action", "Status", "Due"], *([70 + n, words, "Complete" if n == 1 else "In progress", "31/12/2030"] for n, words in enumerate(WORDS))]
    path = book(tmp_path / "t.xlsx", {"All actions": long, "Summary": short})
    (asked,) = [p for p in take(sample, path).problems if p.code == "sheets_alike"]
    done = take(sample, path, answers={asked.id: "same"})
    assert len(new(sample)) == 4 and "listed_again" in codes(done)
    assert {r["due"] for r in new(sample).values()} == {"2030-12-31"} and {r["status"] for r in new(sample).values()} == {"in_progress"}
    (other,) = [p for p in done.problems if p.code == "told_twice"]
    assert "“Complete”" in other.message and "Complete" in {t["text"] for t in done.tray}


def test_an_action_that_moved_under_another_recommendation_keeps_both_links_and_is_told(sample: Session, tmp_path: Path) -> None:
    head = ["Recommendation no", "Recommendation", "Action no", "Action", "Owner"]
    one, other = (show.record(sample, r).title for r in ("R-0003", "R-0004"))
    take(sample, book(tmp_path / "t.xlsx", {"A": [head, [3, one, 71, WORDS[0], "KCC"], [4, other, 72, WORDS[1], "KCC"]]}))
    done = take(sample, book(tmp_path / "t.xlsx", {"A": [head, [4, other, 71, WORDS[0], "KCC"], [4, other, 72, WORDS[1], "KCC"]]}))
    under = [x.reference for x in show.record(sample, str(new(sample)[WORDS[0]]["id"])).links if x.entity == "recommendation"]
    assert under == ["R-0003", "R-0004"]
    (told,) = [p for p in done.problems if p.code == "moved_under"]
    assert "stood under R-0003" in told.message
