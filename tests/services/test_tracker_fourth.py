"""Trackers as they go on over time, and written back: sheets of a quarter each, tables below one another, words that wait, columns of a period."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services import merging, records, trackers
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_imported import Imported
from vawg_desktop.services.tracker_out import Written, export_tracker
from vawg_desktop.store import making

HEAD = ["Ref", "Action", "Owner", "Status", "Due date", "Progress"]
TITLES = ["", "Fit lights along the walk", "Train desk staff", "Publish the venue guide", "Map night bus routes", "Brief school governors", "Audit body-worn video", "Open a refuge helpline"]
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "trackers"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = Session(making.create(tmp_path / "a.vawg", passphrase=None), "B. Officer")
    for name in ("KCC", "Kent Police", "Medway Council"):
        records.create(session, "partner", {"name": name})
    return session


def row(n: int, status: str, words: str, owner: str = "KCC") -> list[object]:
    return [str(n), TITLES[n], owner, status, "31/03/2027", words]


def book(folder: Path, sheets: dict[str, list[list[object]]], name: str = "tracker.xlsx") -> Path:
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        page = made.create_sheet(title)
        for cells in rows:
            page.append(cells)
    made.save(folder / name)
    return folder / name


def taken(session: Session, path: Path, **answers: str) -> Imported:
    return trackers.import_tracker(session, path, answers=answers)


def actions(session: Session) -> dict[str, str]:
    return {str(t): str(s) for t, s in session.read().exec_driver_sql("SELECT title, status FROM action WHERE NOT deleted ORDER BY n")}


def updates(session: Session) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in session.read().exec_driver_sql('SELECT a.title, u.period, u.as_at, u.narrative FROM "update" u JOIN action a ON a.id = u.action WHERE NOT u.deleted ORDER BY a.n, u.as_at')]


def sheet_of(path: Path, name: str = "Actions") -> list[list[Any]]:
    return [[c.value for c in r] for r in load_workbook(path)[name].iter_rows()]


# -- one list over time


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_sheets_of_a_quarter_each_are_one_list_though_rows_come_and_go(session: Session, tmp_path: Path, order: tuple[int, ...]) -> None:
    quarters = [("Q1 2026-27", [1, 2, 4]), ("Q2 2026-27", [1, 2, 3]), ("Q3 2026-27", [2, 3, 5, 6])]
    sheets = {name: [HEAD, *(row(i, "In progress", f"{name[:2]} {i}") for i in numbers)] for name, numbers in (quarters[n] for n in order)}
    done = taken(session, book(tmp_path, sheets))
    assert sorted(actions(session)) == sorted(TITLES[n] for n in (1, 2, 3, 4, 5, 6)) and not [p for p in done.problems if p.choices]
    assert [(p, w) for t, p, _, w in updates(session) if t == TITLES[2]] == [("Q1 2026-27", "Q1 2"), ("Q2 2026-27", "Q2 2"), ("Q3 2026-27", "Q3 2")]


def test_the_next_quarters_copy_goes_on_where_the_last_one_ended(session: Session, tmp_path: Path) -> None:
    sheets: dict[str, list[list[object]]] = {}
    for name, numbers in (("Q1 2026-27", (1, 2, 3, 4, 5)), ("Q2 2026-27", (1, 2, 3, 4, 5)), ("Q3 2026-27", (3, 4, 5, 6, 7))):
        sheets[name] = [HEAD, *(row(i, "Complete" if name == "Q3 2026-27" and i == 3 else "In progress", f"{name[:2]} {i}") for i in numbers)]
        done = taken(session, book(tmp_path, sheets))
        assert not [p for p in done.problems if p.choices], name
    assert len(actions(session)) == 7 and actions(session)[TITLES[3]] == "complete"
    assert len(updates(session)) == 15


def test_a_template_that_two_bodies_filled_in_stays_two_lists(session: Session, tmp_path: Path) -> None:
    sheets = {"Q1 2026-27": [HEAD, *(row(i, "In progress", "x", "KCC") for i in (1, 2, 3))], "Q2 2026-27": [HEAD, *(row(i, "In progress", "y", "Kent Police") for i in (1, 2, 3))]}
    taken(session, book(tmp_path, sheets))
    assert session.read().exec_driver_sql("SELECT count(*) FROM action WHERE NOT deleted").one()[0] == 6


def test_a_row_that_moved_to_the_sheet_of_what_is_complete_is_the_same(session: Session, tmp_path: Path) -> None:
    taken(session, book(tmp_path, {"Open": [HEAD, *(row(i, "In progress", "x") for i in (1, 2, 3))]}))
    done = taken(session, book(tmp_path, {"Open": [HEAD, *(row(i, "In progress", "x") for i in (2, 3))], "Completed": [HEAD, row(1, "Complete", "all done")]}))
    assert done.created == 0 and actions(session)[TITLES[1]] == "complete" and len(actions(session)) == 3


# -- tables below one another


@pytest.mark.parametrize(
    ("second", "cells"),
    [(["Ref", "Action", "Owner", "Date completed", "Remark"], ["9", "Old thing done", "KCC", "01/02/2026", "went well"]),
     (["Ref", "Action", "Owner", "Started on", "Closing note"], ["9", "Old thing done", "KCC", "01/02/2026", "Done in Feb"])],
)  # fmt: skip
def test_another_table_below_has_its_own_headings(session: Session, tmp_path: Path, second: list[object], cells: list[object]) -> None:
    rows: list[list[object]] = [["Ref", "Action", "Owner", "Due date", "Progress"], ["1", "Fit lights", "KCC", "31/03/2027", "x"], [], ["Completed actions"], second, cells]
    done = taken(session, book(tmp_path, {"Actions": rows}))
    assert list(actions(session)) == ["Fit lights", "Old thing done"]
    assert session.read().exec_driver_sql("SELECT due FROM action WHERE title = 'Old thing done'").one()[0] is None
    assert {"01/02/2026", str(cells[4])} <= {t["text"] for t in done.tray}


def test_headings_that_come_again_on_each_page_are_no_rows(session: Session, tmp_path: Path) -> None:
    rows = [HEAD, row(1, "In progress", "a"), HEAD, row(2, "In progress", "b"), ["Ref", "Action", "Owner"], row(3, "In progress", "c")]
    taken(session, book(tmp_path, {"Actions": rows}))
    assert list(actions(session)) == TITLES[1:4]


# -- what waits for a person


def test_personal_data_waits_for_somebody_to_look_at_it(session: Session, tmp_path: Path) -> None:
    told = "Spoke to the victim, call her on 07700 900123 or jane.doe@gmail.com"
    path = book(tmp_path, {"Actions": [HEAD, row(1, "In progress", told), ["2", "Ring Mrs Smith on 07700 900124", "KCC", "In progress", None, "y"], row(3, "In progress", "z")]})
    done = taken(session, path)
    held = [p for p in done.problems if p.code == "personal_data"]
    assert len(held) == 2 and all(c for p in held for c in p.choices) and not any("07700" in p.message for p in held)
    assert list(actions(session)) == [TITLES[1], TITLES[3]] and [w for *_, w in updates(session) if w] == ["z"]
    assert {told, "Ring Mrs Smith on 07700 900124", "y"} <= {t["text"] for t in done.tray}
    again = trackers.import_tracker(session, path, answers={held[0].id: "take", held[1].id: "leave"})
    assert [p.code for p in again.problems if p.code == "personal_data"] == [] and told in [w for *_, w in updates(session)]
    assert len(actions(session)) == 2


@pytest.mark.parametrize("whole", [True, False])
def test_words_struck_out_are_not_taken_unasked(session: Session, tmp_path: Path, whole: bool) -> None:
    path = book(tmp_path, {"Actions": [HEAD, row(1, "In progress", "x"), row(2, "In progress", "y")]})
    made = load_workbook(path, rich_text=True)
    cell = made["Actions"]["F2"]
    if whole:
        cell.value, cell.font = "The programme has been cancelled.", Font(strike=True)
    else:
        cell.value = CellRichText(TextBlock(InlineFont(strike=True), "The programme has been cancelled. "), "Funding is now agreed.")
    made.save(path)
    done = taken(session, path)
    (asked,) = [p for p in done.problems if p.code == "struck_out"]
    assert [w for *_, w in updates(session) if w] == ["y"] and any("cancelled" in t["text"] for t in done.tray)
    trackers.import_tracker(session, path, answers={asked.id: "take"})
    assert any("cancelled" in (w or "") for *_, w in updates(session))


def test_a_row_struck_out_makes_no_action_unasked(session: Session, tmp_path: Path) -> None:
    path = book(tmp_path, {"Actions": [HEAD, row(1, "In progress", "x"), row(2, "In progress", "y")]})
    made = load_workbook(path)
    for cell in made["Actions"][2]:
        cell.font = Font(strike=True)
    made.save(path)
    taken(session, path)
    assert list(actions(session)) == [TITLES[2]]


# -- written back


def written(session: Session, like: Path, ending: str = ".xlsx") -> tuple[Written, Path]:
    out = like.with_name(f"{like.stem} out{ending}")
    return export_tracker(session, like, out), out


def test_what_was_written_back_is_read_again_as_the_same_list(session: Session, tmp_path: Path) -> None:
    path = book(tmp_path, {"Actions": [HEAD[:5], *(row(i, "In progress", "")[:5] for i in (1, 2, 3))]})
    taken(session, path)
    for reference, words in (("A-0001", "status=complete"), ("A-0002", "title=Train all desk staff"), ("A-0003", "due=30/09/2027")):
        records.assign(session, reference, [records.parse_assignment(words)], "board")
    done, out = written(session, path)
    assert len(done.changed) == 3 and "Changed since" in load_workbook(out).sheetnames
    back = taken(session, out)
    assert (back.created, back.updated) == (0, 0) and len(actions(session)) == 3
    again, third = written(session, out)
    assert again.changed == [] and load_workbook(third).sheetnames.count("Changed since") == 1


def test_words_stand_under_their_own_quarter(session: Session, tmp_path: Path) -> None:
    head = ["Ref", "Action", "Owner", "Status", "Q1 2026/27 update", "Q2 2026/27 update"]
    path = book(tmp_path, {"Actions": [head, ["1", "Fit lights", "KCC", "In progress", "Begun", "Half done"], ["2", "Train staff", "KCC", "In progress", "Two courses run", None]]})
    taken(session, path)
    done, out = written(session, path)
    assert done.changed == [] and sheet_of(out)[1:] == sheet_of(path)[1:]
    records.create(session, "update", {"action": "A-0001", "narrative": "All lights are up", "period": "2026/27 Q3", "as_at": "2026-11-20"})
    records.create(session, "update", {"action": "A-0002", "narrative": "Third course run", "period": "2026/27 Q2", "as_at": "2026-09-20"})
    done, out = written(session, path)
    assert [(c["cell"], c["now"]) for c in done.changed] == [("F3", "Third course run")]
    assert any("A-0001 has an update of 2026/27 Q3, for which this list has no column: All lights are up" in n for n in done.notes)


def test_what_was_deleted_or_combined_is_said(session: Session, tmp_path: Path) -> None:
    head = ["Recommendation", *HEAD]
    path = book(tmp_path, {"Actions": [head, *(["Make streets safe", *row(i, "In progress", "x")] for i in (1, 2, 3))]})
    taken(session, path)
    records.hide(session, [str(session.read().exec_driver_sql("SELECT id FROM action WHERE reference = 'A-0003'").one()[0])])
    merging.combine(session, "A-0001", "A-0002", "the same")
    done, _ = written(session, path)
    assert (done.rows, done.unknown) == (1, 2)
    assert any("A-0002 was combined with A-0001" in n for n in done.notes) and any("A-0003 was deleted here" in n for n in done.notes)


def test_the_date_that_was_agreed_is_the_one_the_list_shows(session: Session, tmp_path: Path) -> None:
    path = book(tmp_path, {"Actions": [HEAD, row(1, "In progress", "x")]})
    taken(session, path)
    records.assign(session, "A-0001", [records.parse_assignment(a) for a in ("revised_due=30/09/2027", "revised_reason=Funding", "revised_agreed_by=Board")], "board")
    done, out = written(session, path)
    assert [(c["cell"], c["now"]) for c in done.changed] == [("E2", "2027-09-30")]
    back = taken(session, out)
    assert back.updated == 0 and session.read().exec_driver_sql("SELECT due, revised_due FROM action").one() == ("2027-03-31", "2027-09-30")


def test_a_cell_of_several_owners_keeps_all_of_them(session: Session, tmp_path: Path) -> None:
    path = book(tmp_path, {"Actions": [HEAD, row(1, "In progress", "x", "Kent Police, KCC")]})
    taken(session, path)
    records.assign(session, "A-0001", [records.parse_assignment("accountable=Medway Council")], "board")
    done, _ = written(session, path)
    assert [c["now"] for c in done.changed] == ["Medway Council, KCC"]


def test_a_csv_holds_the_sheet_that_lists_records(session: Session, tmp_path: Path) -> None:
    path = book(tmp_path, {"Cover": [["VAWG tracker"], ["For the board"]], "Actions": [HEAD, row(1, "In progress", "x")]})
    taken(session, path)
    records.assign(session, "A-0001", [records.parse_assignment("status=complete")], "board")
    _, out = written(session, path, ".csv")
    assert "Complete" in out.read_text("utf-8-sig") and "For the board" not in out.read_text("utf-8-sig")


def test_numbers_keep_how_they_are_shown_in_other_formats(session: Session, tmp_path: Path, libreoffice: Any) -> None:
    path = book(tmp_path, {"Actions": [HEAD, [1.1, "Fit lights", "KCC", "In progress", None, "x"], [1.2, "Train staff", "KCC", "In progress", None, "y"]]})
    made = load_workbook(path)
    made["Actions"]["A2"].number_format = made["Actions"]["A3"].number_format = "0.00"
    made.save(path)
    ods = libreoffice(path, "ods")
    taken(session, ods)
    _, out = written(session, ods)
    page = load_workbook(out)["Actions"]
    assert [(page[c].value, page[c].number_format) for c in ("A2", "A3")] == [(1.1, "0.00"), (1.2, "0.00")]


@pytest.mark.parametrize("name", ["24-carriage-returns-and-vertical-tabs.xlsx", "52-comments-not-well-formed.xlsx", "18-number-merged-over-actions.xlsx", "16", "34"])
def test_real_sheets_are_written_back_without_a_change_that_is_none(session: Session, tmp_path: Path, name: str) -> None:
    path = next((p for p in sorted(SAMPLES.glob(f"{name}*"))), None) if SAMPLES.exists() else None
    if path is None:
        pytest.skip("the sample files are not here")
    trackers.import_tracker(session, path)
    done = export_tracker(session, path, tmp_path / "out.xlsx")
    assert [c for c in done.changed if c["was"] == c["now"]] == [] and json.dumps(done.as_json())
    assert any("made new" in n for n in done.notes) == name.startswith("52-")  # of one whose looks cannot be read it is told


def test_the_kinds_of_record_that_trackers_hold_name_their_titles() -> None:
    assert all(spec.title in spec.by_key for spec in BY_KEY.values() if spec.tracked)


# -- what a reviewer found


def words_of(session: Session) -> list[str]:
    return sorted(str(w) for *_, w in updates(session) if w)


def test_two_columns_of_one_quarter_lose_no_word(session: Session, tmp_path: Path) -> None:
    head = ["Ref", "Action", "Q1 2026/27 update", "Q1 2026/27 progress", "Q2 2026/27 update"]
    taken(session, book(tmp_path, {"Actions": [head, ["1", "Fit lights", "words one", "words two", "words three"]]}))
    found = words_of(session)
    assert {"words one", "words two", "words three"} <= {*found, *(t["text"] for t in taken(session, tmp_path / "tracker.xlsx").tray)}


def test_the_same_words_of_two_owners_keep_to_their_own_body(session: Session, tmp_path: Path) -> None:
    head = ["Action", "Owner", "Status", "Progress"]
    sheets = {q: [head, *([words, owner, "In progress", f"{owner} {q[:2]}"] for words, owner in (("Deliver DA training", "KCC"), ("Deliver DA training", "Kent Police"), ("Open a refuge", "Kent Police")))] for q in ("Q1 2026-27", "Q2 2026-27")}
    done = taken(session, book(tmp_path, sheets))
    rows = session.read().exec_driver_sql('SELECT p.name, u.narrative FROM "update" u JOIN action a ON a.id = u.action LEFT JOIN partner p ON p.id = a.accountable WHERE u.narrative IS NOT NULL').fetchall()
    assert all(str(words).startswith(str(body)) for body, words in rows)
    assert {f"{o} {q}" for o in ("KCC", "Kent Police") for q in ("Q1", "Q2")} <= {str(w) for _, w in rows} | {t["text"] for t in done.tray}


def test_words_that_come_back_within_a_quarter_are_words_again(session: Session, tmp_path: Path) -> None:
    for words in ("On track", "Delayed", "On track"):
        taken(session, book(tmp_path, {"Q3 2026-27": [HEAD, row(1, "In progress", words)]}))
    assert [w for *_, w in updates(session)].count("On track") == 2


@pytest.mark.parametrize(("sheet", "period"), [("Q2 2026-27", "Q2 2026-27"), ("Actions May 2019", None)])
def test_a_sheet_named_years_ago_dates_no_words_of_today(session: Session, tmp_path: Path, sheet: str, period: str | None) -> None:
    taken(session, book(tmp_path, {sheet: [HEAD, row(1, "In progress", "x")]}))
    assert [p for _, p, _, w in updates(session) if w == "x"] == [period]


def test_an_xls_with_a_footer_is_written_back(session: Session, tmp_path: Path, libreoffice: Any) -> None:
    path = book(tmp_path, {"Actions": [HEAD, row(1, "In progress", "x")]})
    made = load_workbook(path)
    made["Actions"].oddHeader.center.text = "OFFICIAL-SENSITIVE"
    made.save(path)
    old = libreoffice(path, "xls")
    taken(session, old)
    done, out = written(session, old)
    assert done.rows == 1 and out.exists()


@pytest.mark.parametrize("title", ["Commission a Perpetrator Intervention Programme", "Publish a Victim Satisfaction Survey", "Create a Survivor Advisory Panel", "Victim Needs Assessment refreshed", "Suspect Management Unit review", "Advertise the helpline 0300 303 0156"])
def test_ordinary_titles_name_nobody(session: Session, tmp_path: Path, title: str) -> None:
    done = taken(session, book(tmp_path, {"Actions": [HEAD, ["1", title, "KCC", "In progress", None, "x"]]}))
    assert list(actions(session)) == [title] and not [p for p in done.problems if p.code == "personal_data"]


def test_a_known_row_whose_title_waits_is_not_gone(session: Session, tmp_path: Path) -> None:
    taken(session, book(tmp_path, {"Actions": [HEAD, row(1, "In progress", "x"), row(2, "In progress", "y")]}))
    told = [["1", f"{TITLES[1]} (contact 01245 291600)", "KCC", "Complete", "31/03/2027", "done"], row(2, "In progress", "y")]
    done = taken(session, book(tmp_path, {"Actions": [HEAD, *told]}))
    assert "rows_gone" not in [p.code for p in done.problems] and len(actions(session)) == 2
