"""Trackers that went wrong in a stranger's hands beside those that were mended before: sheets, periods, pointers, answers, ways out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from tests.services.test_stranger_trackers import take
from tests.services.test_tracker_identity import book
from vawg_desktop.services import lists, merging, show
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.records import Assignment, add_update, assign
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_imported import Imported
from vawg_desktop.services.tracker_out import export_tracker
from vawg_desktop.store import opening
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy

Rows = Sequence[Sequence[object]]
WORDS = ["Agree a lead officer", "Write a delivery plan", "Report to the board", "Train front line staff"]


def new(session: Session, entity: str = "action") -> dict[str, dict[str, object]]:
    """Records beyond the sample's, by title."""
    least = {"action": "A-0023", "recommendation": "R-0015", "partner": "P-0016"}[entity]
    title = "name" if entity == "partner" else "title"
    return {str(r[title]): r for r in lists.records(session, ListQuery(entity)) if str(r["reference"]) >= least}


def codes(done: Imported) -> set[str]:
    return {p.code for p in done.problems}


def updates(session: Session, title: str) -> list[tuple[object, object, object]]:
    found = show.record(session, str(new(session)[title]["id"])).updates
    return [(u["as_at"], u["period"], u["narrative"]) for u in found]


# -- sheets -----------------------------------------------------------------------------------------


def _councils(path: Path, kent: str, medway: str, said: str) -> Path:
    head = ["No", "Action", "Status", "Update"]

    def rows(name: str, status: str) -> Rows:
        return [head, *([n + 1, t, status, f"{name} said {n}" if name == said else None] for n, t in enumerate(WORDS))]

    return book(path, {"KCC": rows("KCC", kent), "Medway": rows("Medway", medway)})


def test_a_template_on_two_sheets_is_asked_about_and_neither_takes_the_others_words(sample: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    first = take(sample, _councils(path, "In progress", "Not started", "KCC"))
    assert "sheets_alike" in codes(first) and {r["status"] for r in new(sample).values()} == {"in_progress"}
    second = take(sample, _councils(path, "In progress", "Complete", "Medway"))
    assert {r["status"] for r in new(sample).values()} == {"in_progress"} and len(new(sample)) == 4
    (asked,) = [p for p in second.problems if p.code == "sheets_alike"]
    own = take(sample, path, answers={asked.id: "own"})
    assert own.created == 4 and {p.code for p in own.problems} <= {"number_taken", "duplicate_number"}
    assert take(sample, path).created == 0  # the answer is remembered


def test_a_sheet_for_each_council_with_its_owner_needs_no_question(sample: Session, tmp_path: Path) -> None:
    head = ["No", "Action", "Owner", "Status"]
    sheets = {
        "KCC": [head, *([n + 1, t, "KCC", "In progress"] for n, t in enumerate(WORDS))],
        "Medway": [head, *([n + 1, t, "Medway", "Complete"] for n, t in enumerate(WORDS))],
    }
    done = take(sample, book(tmp_path / "t.xlsx", sheets))
    assert done.created == 8 and "sheets_alike" not in codes(done)


def test_a_sheet_for_each_quarter_is_one_list_told_over_time(sample: Session, tmp_path: Path) -> None:
    head = ["Ref", "Action", "Owner", "Status"]
    sheets = {
        "Q1 2026-27": [head, [300, WORDS[0], "KCC", "Not started"], [301, WORDS[1], "KCC", "Not started"]],
        "Q2 2026-27": [head, [300, WORDS[0], "KCC", "Complete"], [301, WORDS[1], "KCC", "In progress"]],
    }
    done = take(sample, book(tmp_path / "t.xlsx", sheets))
    assert done.created == 2 and "earlier_sheet" in codes(done)
    assert {t: r["status"] for t, r in new(sample).items()} == {WORDS[0]: "complete", WORDS[1]: "in_progress"}
    assert updates(sample, WORDS[0]) == [("2026-06-30", "Q1 2026-27", None)]


def test_quarters_newest_first_and_the_older_wider_lose_no_row(sample: Session, tmp_path: Path) -> None:
    head = ["Ref", "Action", "Status"]
    now = [head, *([300 + n, t, "Complete" if n == 0 else "In progress"] for n, t in enumerate(WORDS))]
    then = [[*head, "Blockers"], *([300 + n, t, "In progress", "None of them"] for n, t in enumerate(WORDS))]
    done = take(sample, book(tmp_path / "t.xlsx", {"Q2 2026-27": now, "Q1 2026-27": then}))
    assert done.created == 4 and new(sample)[WORDS[0]]["status"] == "complete"


def test_the_same_file_taken_in_two_stores_is_one_also_in_its_updates_and_new_partners(sample: Session, tmp_path: Path) -> None:
    head = ["Ref", "Action", "Owner", "Status Nov 2026", "Status Sep 2026", "Latest update"]
    path = book(tmp_path / "t.xlsx", {"A": [head, [71, WORDS[0], "Porchlight", "In progress", "Not started", "Twelve lamps"]]})
    take_copy(sample.store, tmp_path / "c.vawg")
    with opening.open_store(tmp_path / "c.vawg") as copy:
        other = Session(copy, "Copy")
        for session in (sample, other):
            asked = next(p.id for p in take(session, path).problems if p.code in ("new_partner", "owner_unclear"))
            take(session, path, answers={asked: "add"})
        for session, store in (sample, copy), (other, sample.store):
            merging.merge(session, store)
            assert merging.conflicts(session) == [] and check(session.store).problems == []
            assert list(new(session, "partner")) == ["Porchlight"]
            assert len(updates(session, WORDS[0])) == 2


# -- columns and periods ------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, {"Ref": None}])
def test_a_mapping_serves_where_no_heading_is_known(sample: Session, tmp_path: Path, more: dict[str, str | None]) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Nr", "Massnahme", "Wer", "Stand"], [7, WORDS[0], "KCC", "Complete"]]})
    mapping = {"nr": "action.reference", "MASSNAHME": "action.title", "Wer": "action.accountable", "Stand": "action.status", **more}
    done = take(sample, path, mapping=mapping)
    assert done.created == 1 and new(sample)[WORDS[0]]["status"] == "complete"
    assert ("no_such_heading" in codes(done)) is bool(more)


def test_a_list_whose_title_was_mapped_by_hand_is_known_again(sample: Session, tmp_path: Path) -> None:
    head, mapping = ["Massnahme", "Owner", "Status"], {"Massnahme": "action.title"}
    one = book(tmp_path / "a.xlsx", {"A": [head, [WORDS[0], "KCC", "In progress"], [WORDS[1], "KCC", "In progress"]]})
    two = book(tmp_path / "b.xlsx", {"A": [head, [WORDS[2], "Medway", "In progress"], [WORDS[3], "Medway", "In progress"]]})
    take(sample, one, mapping=mapping)
    assert take(sample, two, mapping=mapping).created == 2
    again = [head, [WORDS[0], "KCC", "Complete"], [WORDS[1], "KCC", "In progress"], ["Open a shelter", "KCC", "Not started"]]
    done = take(sample, book(tmp_path / "a.xlsx", {"A": again}))
    assert (done.created, done.updated, done.unchanged) == (1, 1, 1) and not codes(done)


@pytest.mark.parametrize(
    ("quarters", "newest"), [(("Q4", "Q1", "Q2"), "Green"), (("Q3", "Q4", "Q1", "Q2"), "Blue"), (("Q2", "Q1", "Q4"), "Red")]
)
def test_quarters_without_a_year_stand_in_the_order_of_the_sheet(
    sample: Session, tmp_path: Path, quarters: tuple[str, ...], newest: str
) -> None:
    colours = ["Red", "Amber", "Green", "Grey"][: len(quarters)]
    colours[-1 if newest != "Red" else 0] = newest if newest != "Blue" else "Grey"
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Action", *(f"RAG {q}" for q in quarters)], [71, WORDS[0], *colours]]})
    take(sample, path)
    assert new(sample)[WORDS[0]]["rating_opcc"] == (newest if newest != "Blue" else "Grey").casefold()


def test_columns_of_quarters_to_come_are_not_the_present_state(sample: Session, tmp_path: Path) -> None:
    head = ["Ref", "Action", *(f"Status Q{n} 2026/27" for n in range(1, 5))]
    path = book(tmp_path / "t.xlsx", {"A": [head, [71, WORDS[0], "Not started", "Complete", None, None]]})
    take(sample, path)
    assert new(sample)[WORDS[0]]["status"] == "complete"


def test_last_quarters_words_are_not_written_again_under_another_date(sample: Session, tmp_path: Path) -> None:
    head = ["Ref", "Action", "Update Q1 2026/27", "Update Q2 2026/27"]
    path = book(tmp_path / "t.xlsx", {"A": [head, [71, WORDS[0], "Plans drawn", "Walls up"]]})
    take(sample, path)
    take(sample, book(path, {"A": [[*head, "Update Q3 2026/27"], [71, WORDS[0], "Plans drawn", "Walls up", "Roof on"]]}))
    assert [(p, n) for _, p, n in updates(sample, WORDS[0])] == [
        ("Q3 2026/27", "Roof on"), ("Q2 2026/27", "Walls up"), ("Q1 2026/27", "Plans drawn"),
    ]  # fmt: skip


def test_an_answer_about_dates_serves_only_what_it_was_given_for(sample: Session, tmp_path: Path) -> None:
    head, path = ["Ref", "Action", "Due date"], tmp_path / "t.csv"

    def csv(*rows: tuple[object, ...]) -> Path:
        path.write_text("\n".join(",".join(str(c) for c in row) for row in (head, *rows)), "utf-8")
        return path

    both = csv((71, WORDS[0], "04/03/2027"), (72, WORDS[1], "03/25/2027"), (73, WORDS[2], "25/12/2026"))
    (asked,) = {p.id for p in take(sample, both).problems if p.code == "date_order"}
    take(sample, both, answers={asked: "us"})
    assert new(sample)[WORDS[0]]["due"] == "2027-04-03"
    take(sample, csv((71, WORDS[0], "04/03/2027"), (72, WORDS[1], "25/03/2027"), (73, WORDS[2], "25/12/2026"), (74, WORDS[3], "05/06/2027")))
    assert new(sample)[WORDS[3]]["due"] == "2027-06-05" and new(sample)[WORDS[0]]["due"] == "2027-03-04"


def test_a_date_that_a_colleague_put_right_is_not_turned_again(sample: Session, tmp_path: Path) -> None:
    head = ["Ref", "Action", "Due date"]

    def made(day: dt.date) -> Path:
        return book(tmp_path / "t.xlsx", {"A": [head, [71, WORDS[0], day], [72, WORDS[1], "03/25/2027"]]})

    (asked,) = [p for p in take(sample, made(dt.date(2027, 4, 3))).problems if p.code == "half_turned"]
    take(sample, made(dt.date(2027, 4, 3)), answers={asked.id: "turn"})
    assert new(sample)[WORDS[0]]["due"] == "2027-03-04"
    assert "half_turned" in codes(take(sample, made(dt.date(2027, 3, 4)))) and new(sample)[WORDS[0]]["due"] == "2027-03-04"


# -- rows and words -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Rec 3", "R3", "3", "R3/R4", "3 & 4", "Recommendation 3"])
def test_a_recommendation_named_by_its_number_is_asked_about_and_linked(sample: Session, tmp_path: Path, text: str) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Recommendation", "Action", "Owner"], [201, text, WORDS[0], "KCC"]]})
    first = take(sample, path)
    asked = [p for p in first.problems if p.code == "points_to"]
    assert new(sample, "recommendation") == {}
    take(sample, path, answers={p.id: "ours" for p in asked})
    linked = [x.reference for x in show.record(sample, str(new(sample)[WORDS[0]]["id"])).links if x.entity == "recommendation"]
    assert linked == (["R-0003", "R-0004"] if "4" in text else ["R-0003"]) and new(sample, "recommendation") == {}


@pytest.mark.parametrize("text", ["Rec 903", "3 & 904"])
def test_a_number_that_no_recommendation_bears_is_asked_about_and_kept(sample: Session, tmp_path: Path, text: str) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Recommendation", "Action", "Owner"], [201, text, WORDS[0], "KCC"]]})
    done = take(sample, path)
    assert [p.cell for p in done.problems if p.code == "not_found" and text in p.message] == ["B2"]
    assert text in {t["text"] for t in done.tray} and new(sample, "recommendation") == {}
    assert not [x for x in show.record(sample, str(new(sample)[WORDS[0]]["id"])).links if x.entity == "recommendation"]


def test_a_numbered_title_of_ours_and_the_word_all_make_no_recommendation(sample: Session, tmp_path: Path) -> None:
    title = str(show.record(sample, "R-0003").title)
    rows = [["Ref", "Recommendation", "Action"], [201, f"3. {title}", WORDS[0]], [202, "All", WORDS[1]]]
    done = take(sample, book(tmp_path / "t.xlsx", {"A": rows}))
    assert new(sample, "recommendation") == {} and len(new(sample)) == 2 and "names_all" in codes(done)
    assert [x.reference for x in show.record(sample, str(new(sample)[WORDS[0]]["id"])).links if x.entity == "recommendation"] == ["R-0003"]


def test_work_whose_title_begins_like_a_note_is_work(sample: Session, tmp_path: Path) -> None:
    titles = ["Key stage 3 lessons on consent", "Source a venue for the support group", "End of year survey of victims", "Total Respect week"]
    rows = [["Action", "Owner", "Status"], *([t, "KCC", "In progress"] for t in titles), ["Total", 4, None], ["Prepared by the policy team", None, None]]
    done = take(sample, book(tmp_path / "t.xlsx", {"A": rows}))
    assert list(new(sample)) == titles and done.created == 4
    assert {"Total", "Prepared by the policy team"} <= {t["text"] for t in done.tray}


@pytest.mark.parametrize("text", ["Same as above", "See above", "(as above)", "As per 71", "Ditto above", "ditto"])
def test_words_that_only_point_at_another_row_make_no_record(sample: Session, tmp_path: Path, text: str) -> None:
    rows = [["Ref", "Action", "Owner", "Status"], [71, WORDS[0], "KCC", "In progress"], [72, text, "Medway", "Complete"]]
    done = take(sample, book(tmp_path / "t.xlsx", {"A": rows}))
    assert text not in new(sample)
    assert any(t["text"] == text for t in done.tray) or any(p.code == "filled_down" for p in done.problems)


def test_a_row_left_out_by_an_answer_is_left_out_and_not_asked_again(sample: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["No", "Deadline", "Status"], [1, "31/12/2030", "Complete"]]})
    before = show.record(sample, "A-0001").cells
    (asked,) = [p for p in take(sample, path).problems if p.code == "number_only"]
    for done in (take(sample, path, answers={asked.id: "leave"}), take(sample, path)):
        assert "number_only" not in codes(done) and done.tray
    assert show.record(sample, "A-0001").cells == before


def test_colours_that_are_no_rating_are_kept_in_the_tray(sample: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Action", "RAG"], [71, WORDS[0], None], [72, WORDS[1], "Green"]]})
    made = openpyxl.load_workbook(path)
    for cell, colour in ("C2", "7030A0"), ("C3", "4B0082"):
        made["A"][cell].fill = PatternFill("solid", fgColor=colour)
    made.save(path)
    texts = {t["text"] for t in take(sample, path).tray}
    assert {"(filled #7030A0)", "Green (filled #4B0082)"} <= texts


# -- and out again ------------------------------------------------------------------------------------


def test_a_changed_value_in_a_merged_cell_is_listed_and_written_nowhere(sample: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Action", "Owner"], [71, WORDS[0], "KCC"], [72, WORDS[1], None]]})
    made = openpyxl.load_workbook(path)
    made["A"].merge_cells("C2:C3")
    made.save(path)
    take(sample, path)
    assign(sample, str(new(sample)[WORDS[1]]["reference"]), [Assignment("accountable", "Medway")], "moved")
    done = export_tracker(sample, path, tmp_path / "out.xlsx")
    assert [c["cell"] for c in done.changed] == ["C3"]
    written = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert written["A"]["C2"].value == "KCC" and written["Changed since"]["F2"].value == "Medway"


def test_words_never_understood_stand_and_a_rating_takes_its_colour_along(sample: Session, tmp_path: Path) -> None:
    rows = [["Ref", "Action", "Status", "RAG"], [71, WORDS[0], "On hold", "Red"], [72, WORDS[1], None, None]]
    path = book(tmp_path / "t.xlsx", {"A": rows})
    made = openpyxl.load_workbook(path)
    made["A"]["D2"].fill = PatternFill("solid", fgColor="FF0000")
    made.save(path)
    take(sample, path)
    assert export_tracker(sample, path, tmp_path / "same.xlsx").changed == []
    assign(sample, str(new(sample)[WORDS[0]]["reference"]), [Assignment("rating_opcc", "green")], "better")
    export_tracker(sample, path, tmp_path / "out.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "out.xlsx")["A"]["D2"]
    assert (cell.value, cell.fill.fgColor.rgb[-6:]) == ("Green", "00B050")
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["A"]["C2"].value == "On hold"


def test_an_earlier_status_is_written_down_though_a_note_without_a_period_says_the_same(sample: Session, tmp_path: Path) -> None:
    head = ["Ref", "Action", "Status Q1 2026/27", "Status Q2 2026/27"]
    take(sample, book(tmp_path / "t.xlsx", {"A": [head[:2], [71, WORDS[0]]]}))
    assign(sample, str(new(sample)[WORDS[0]]["reference"]), [Assignment("status", "not_started")], "x")
    add_update(sample, str(new(sample)[WORDS[0]]["id"]), {"narrative": "Rang them"})
    take(sample, book(tmp_path / "t.xlsx", {"A": [head, [71, WORDS[0], "Not started", "In progress"]]}))
    assert ("2026-06-30", "Q1 2026/27", None) in updates(sample, WORDS[0])


def test_another_bodys_file_on_one_template_without_owners_is_asked_about(sample: Session, tmp_path: Path) -> None:
    """The second partner's file overwrote the first's records, and nothing was said."""
    head = ["No", "Action", "Status"]

    def made(name: str, status: str) -> Path:
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(",".join(str(c) for c in row) for row in (head, *([n + 1, t, status] for n, t in enumerate(WORDS)))), "utf-8")
        return path

    take(sample, made("KCC actions Q1", "In progress"))
    done = take(sample, made("Medway actions Q1", "Complete"))
    (asked,) = [p for p in done.problems if p.code == "other_list"]
    assert (done.created, done.updated) == (0, 0) and {r["status"] for r in new(sample).values()} == {"in_progress"}
    assert {t["text"] for t in done.tray} >= set(WORDS)
    own = take(sample, tmp_path / "Medway actions Q1.csv", answers={asked.id: "other"})
    assert own.created == 4 or {p.code for p in own.problems} == {"same_words"}  # or each is asked about against the first list's
    answers = {p.id: "new" for p in own.problems if p.choices} | {asked.id: "other"}
    take(sample, tmp_path / "Medway actions Q1.csv", answers=answers)
    records = [r for r in lists.records(sample, ListQuery("action")) if str(r["reference"]) >= "A-0023"]
    assert sorted(str(r["status"]) for r in records) == ["complete"] * 4 + ["in_progress"] * 4
    take(sample, made("KCC actions Q2", "Stopped"))
    again = take(sample, made("Medway actions Q2", "Complete"))
    records = [r for r in lists.records(sample, ListQuery("action")) if str(r["reference"]) >= "A-0023"]
    assert sorted(str(r["status"]) for r in records) == ["complete"] * 4 + ["stopped"] * 4 and again.unchanged == 4


def test_the_same_list_under_another_name_is_taken_on_with_a_word(sample: Session, tmp_path: Path) -> None:
    head = ["No", "Action", "Status"]
    first = book(tmp_path / "Porchlight.xlsx", {"A": [head, *([n, t, "In progress"] for n, t in enumerate(WORDS))]})
    take(sample, first)
    second = book(tmp_path / "Shelter.xlsx", {"A": [head, *([n, t, "Complete"] for n, t in enumerate(WORDS))]})
    (asked,) = [p for p in take(sample, second).problems if p.code == "other_list"]
    assert take(sample, second, answers={asked.id: "same"}).updated == 4
    assert take(sample, second).unchanged == 4


def test_a_part_of_an_owner_that_is_no_partner_leaves_the_known_body_accountable(sample: Session, tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Action", "Owner"], [71, WORDS[0], "Jane Smith; Kent Police"]]})
    asked = [p.id for p in take(sample, path).problems if p.id.startswith("body:")]
    done = take(sample, path, answers=dict.fromkeys(asked, "leave"))
    kent = show.record(sample, str(new(sample)[WORDS[0]]["id"]))
    assert kent.names[str(kent.cells["accountable"])] == "Kent Police" and any("Jane Smith" in t["text"] for t in done.tray)


@pytest.mark.parametrize("periods", [("Q1 25/26", "Q2 25/26"), ("Q1 2025/26", "Q2 2025/26"), ("25/26 Q1", "25/26 Q2")])
def test_quarters_of_a_short_year_are_told_apart(sample: Session, tmp_path: Path, periods: tuple[str, str]) -> None:
    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Action", *(f"RAG {p}" for p in periods)], [71, WORDS[0], "Red", "Green"]]})
    assert not codes(take(sample, path)) and new(sample)[WORDS[0]]["rating_opcc"] == "green"
