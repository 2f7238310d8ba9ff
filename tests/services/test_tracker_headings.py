"""Where a tracker's headings stand and what they are called: over two rows, far down a sheet, in an office's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.exchange.test_words_above import sheet
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.tracker_columns import KNOWN, of_kind
from vawg_desktop.exchange.tracker_headings import find_headings
from vawg_desktop.services import trackers
from vawg_desktop.services.session import Session
from vawg_desktop.services.trackers import Imported
from vawg_desktop.store import making

ACTIONS = ("Light the paths home", "Train the door staff", "Publish the guide")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(making.create(tmp_path / "s.vawg", passphrase=None), "B. Officer")


def workbook(folder: Path, rows: Sequence[Sequence[object]], merged: Sequence[str] = ()) -> Path:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    for row in rows:
        page.append(list(row))
    for cells in merged:
        page.merge_cells(cells)
    made.save(folder / "list.xlsx")
    return folder / "list.xlsx"


def stored(session: Session) -> list[dict[str, object]]:
    keys = ("title", "status", "due", "revised_due", "rating_opcc", "note")
    rows = session.read().exec_driver_sql(f"SELECT {', '.join(keys)} FROM action WHERE NOT deleted ORDER BY n")
    return [dict(zip(keys, r, strict=True)) for r in rows]


GROUPED = [
    ["Kent tracker"], [],
    ["Ref", "Action", "Dates", None, "Progress", None, "Notes"],
    [None, None, "Original", "Revised", "Status", "RAG", None],
    *([i, title, f"0{i}/03/2027", f"1{i}/06/2027", "In progress", "Amber", "Seen"] for i, title in enumerate(ACTIONS, 1)),
]  # fmt: skip


@pytest.mark.parametrize("merged", [("C3:D3", "E3:F3", "A3:A4", "B3:B4", "G3:G4"), ("C3:D3", "E3:F3"), ()], ids=["merged", "groups merged", "nothing merged"])
def test_headings_over_two_rows_are_read_together(session: Session, tmp_path: Path, merged: Sequence[str]) -> None:
    done = trackers.import_tracker(session, workbook(tmp_path, GROUPED, merged))
    assert [tuple(r.values()) for r in stored(session)] == [
        (title, "in_progress", f"2027-03-0{i}", f"2027-06-1{i}", "amber", "Seen") for i, title in enumerate(ACTIONS, 1)
    ]
    assert [t["text"] for t in done.tray] == ["Kent tracker"]
    assert done.mapping == {
        "Ref": "action.reference", "Action": "action.title", "Original Date": "action.due", "Revised Date": "action.revised_due",
        "Progress Status": "action.status", "RAG": "action.rating_opcc", "Notes": "action.note",
    }  # fmt: skip
    again = trackers.import_tracker(session, tmp_path / "list.xlsx")
    assert (again.created, again.updated, len(stored(session))) == (0, 0, 3)


def test_a_heading_of_which_each_row_holds_a_part(session: Session, tmp_path: Path) -> None:
    heads = [["Action", "Action", "Target", "Current"], ["ref", "description", "date", "status"]]
    trackers.import_tracker(session, workbook(tmp_path, [*heads, *([i, t, "01/03/2027", "Complete"] for i, t in enumerate(ACTIONS, 1))]))
    assert [(r["title"], r["status"], r["due"]) for r in stored(session)] == [(t, "complete", "2027-03-01") for t in ACTIONS]


def test_headings_in_the_upper_row_alone_and_groups_over_the_lower(session: Session, tmp_path: Path) -> None:
    rows = [[None, None, "Timescale", None, "RAG"], ["Ref", "Action", "Due", "Revised date", None, "Comments"]]
    done = trackers.import_tracker(session, workbook(tmp_path, [*rows, *([i, t, "01/03/2027", None, "Red", "Late"] for i, t in enumerate(ACTIONS, 1))]))
    assert {(r["due"], r["rating_opcc"], r["note"]) for r in stored(session)} == {("2027-03-01", "red", "Late")}
    assert [t["text"] for t in done.tray] == ["Timescale"]  # it is part of no heading, so it is shown


def test_quarters_over_their_columns_are_told_apart_newest_last(session: Session, tmp_path: Path) -> None:
    rows = [["Ref", "Action", "Q1 2026", None, "Q2 2026", None], [None, None, "Status", "RAG", "Status", "RAG"]]
    trackers.import_tracker(session, workbook(tmp_path, [*rows, *([i, t, "Not started", "Red", "In progress", "Amber"] for i, t in enumerate(ACTIONS, 1))]))
    assert {(r["status"], r["rating_opcc"]) for r in stored(session)} == {("in_progress", "amber")}


def test_headings_repeated_on_each_page_are_no_records(session: Session, tmp_path: Path) -> None:
    trackers.import_tracker(session, workbook(tmp_path, [*GROUPED, *GROUPED[2:4], [4, "Map the hotspots", "04/03/2027", None, "Complete", "Green", None]]))
    assert [r["title"] for r in stored(session)] == [*ACTIONS, "Map the hotspots"]


def test_a_first_row_of_answers_is_no_second_row_of_headings(session: Session, tmp_path: Path) -> None:
    rows = [["Action", "Owner", "Status", None], ["Status of the paths", "Owner", "Complete", "Update"], ["Light the paths", None, "Complete", None]]
    trackers.import_tracker(session, workbook(tmp_path, rows))
    assert [r["title"] for r in stored(session)] == ["Status of the paths", "Light the paths"]


def test_headings_far_down_a_sheet_are_found(session: Session, tmp_path: Path) -> None:
    guidance = [[f"Note {n}: read the guidance first"] for n in range(75)]
    done = trackers.import_tracker(session, workbook(tmp_path, [*guidance, ["Ref", "Action", "Status"], *([i, t, "Complete"] for i, t in enumerate(ACTIONS, 1))]))
    assert [r["title"] for r in stored(session)] == list(ACTIONS) and len(done.tray) == 75


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("Original due date", "action.due"), ("Target completion date", "action.due"), ("Responsible officer", "action.lead"), ("SRO", "action.lead"),
        ("Progress notes", "update.narrative"), ("Status update", "update.narrative"), ("Overall RAG", "action.rating_opcc"), ("New deadline", "action.revised_due"),
        ("Responsible organisation", "action.accountable"), ("Latest status", "action.status"), ("Key actions", "action.title"), ("Action details", "action.title"),
        ("Recommendation text", "recommendation.title"),
    ],
)  # fmt: skip
def test_headings_in_an_offices_own_words(heading: str, target: str) -> None:
    assert (KNOWN.get(fold(heading)) or [of_kind(fold(heading))])[0] == target


def test_what_a_list_describes_is_its_title_where_it_has_no_other(session: Session, tmp_path: Path) -> None:
    trackers.import_tracker(session, workbook(tmp_path, [["No", "Action description", "Status"], *([i, t, "Complete"] for i, t in enumerate(ACTIONS, 1))]))
    assert [r["title"] for r in stored(session)] == list(ACTIONS)
    both = trackers.import_tracker(session, workbook(tmp_path, [["Action", "Action description"], ["Short", "Long words"]]), dry_run=True)
    assert both.mapping == {"Action": "action.title", "Action description": "action.description"}


def test_a_cell_that_is_no_text_ends_the_headings() -> None:
    rows: list[list[object]] = [["Ref", "Action", "Dates", None], [None, None, "Original", 3]]
    found = find_headings(sheet(rows, merged=[]))
    assert found is not None and found.row == 0 and found.words == ["Ref", "Action", "Dates", ""]


# -- a copy that was corrected throughout ------------------------------------------------------------


def reworded(session: Session, folder: Path, rows: Mapping[str, str]) -> tuple[Imported, list[object]]:
    def copy(titles: Sequence[str]) -> Path:
        return workbook(folder, [["Action", "Status"], *([t, "In progress"] for t in titles)])

    trackers.import_tracker(session, copy(list(rows)))
    done = trackers.import_tracker(session, copy(list(rows.values())))
    return done, [r["title"] for r in stored(session)]


def test_a_copy_in_other_words_throughout_is_the_list_and_asks(session: Session, tmp_path: Path) -> None:
    done, titles = reworded(session, tmp_path, {
        "Light the paths home": "Light all the paths home", "Train the door staff": "Train the door staff again", "Publish the guide": "Publish the guide online",
    })  # fmt: skip
    assert titles == list(ACTIONS) and [p.code for p in done.problems] == ["same_words"] * 3
    assert all("is nearly what" in p.message for p in done.problems)


def test_another_list_under_the_same_headings_is_a_list_of_its_own(session: Session, tmp_path: Path) -> None:
    done, titles = reworded(session, tmp_path, {
        "Light the paths home": "Fund a refuge worker", "Train the door staff": "Map the hotspots", "Publish the guide": "Publish the guide online",
    })  # fmt: skip
    assert len(titles) == 6 - sum(p.code == "same_words" for p in done.problems) and "Fund a refuge worker" in titles and "Map the hotspots" in titles
