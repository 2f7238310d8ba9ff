"""What a return says beside its table of actions: the declaration, proof and new actions, and messages to many partners."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from tests.services.test_ways_home import Sent, _send, edited
from vawg_desktop.services import return_acceptance, return_messages, return_staging
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.return_review import Review

_HEADS = {"completed": "B26", "cleared": "B27", "date": "B29"}


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Sent]:
    made = _send(tmp_path, 4)
    yield made
    made.session.store.close()


def back(sent: Sent, to: Path, cells: dict[tuple[str, str], str]) -> Review:
    """The police's workbook come back with these cells, by sheet and address."""
    workbook = openpyxl.load_workbook(sent.police)
    for (sheet, cell), text in cells.items():
        workbook[sheet][cell] = text
    workbook.save(to)
    return return_staging.import_return(sent.session, to)


def places(review: Review, code: str) -> list[tuple[str, str]]:
    return [(p.sheet, p.cell) for p in review.problems if p.code == code]


def test_a_date_of_the_declaration_that_is_none_is_asked_and_a_real_one_is_not(sent: Sent, tmp_path: Path) -> None:
    review = back(sent, tmp_path / "a.xlsx", {("Start here", _HEADS["completed"]): "A. Officer", ("Start here", _HEADS["date"]): "when we met"})
    assert places(review, "not_understood") == [("Start here", _HEADS["date"])]
    again = back(sent, tmp_path / "b.xlsx", {("Start here", _HEADS["completed"]): "A. Officer", ("Start here", _HEADS["date"]): "9 May 2026"})
    assert places(again, "not_understood") == []


def test_persons_data_in_the_declaration_is_held_but_a_name_belongs_there(sent: Sent, tmp_path: Path) -> None:
    review = back(sent, tmp_path / "a.xlsx", {("Start here", _HEADS["completed"]): "Mrs Jane Smith", ("Start here", _HEADS["cleared"]): "07700 900123, on leave"})
    assert places(review, "personal_data") == [("Start here", _HEADS["cleared"])]


def test_persons_data_on_a_sheet_beside_is_told_with_its_place(sent: Sent, tmp_path: Path) -> None:
    review = back(sent, tmp_path / "a.xlsx", {("New actions", "A2"): "Ring the victim on 07700 900123 each week"})
    assert places(review, "personal_data") == [("New actions", "A2")]


@pytest.mark.parametrize(("named", "asked"), [("A-9999", True), ("A-0001", False), ("", False)])
def test_proof_of_an_action_that_is_none_of_ours_is_told(sent: Sent, tmp_path: Path, named: str, asked: bool) -> None:
    cells = {("Evidence", "B2"): "Minutes of the board"} | ({("Evidence", "A2"): named} if named else {})
    review = back(sent, tmp_path / "a.xlsx", cells)
    assert bool(places(review, "evidence_for_whom")) is asked
    assert not asked or "“A-9999”" in next(p.message for p in review.problems if p.code == "evidence_for_whom")


def test_a_new_action_with_the_words_of_one_of_ours_is_asked_about(sent: Sent, tmp_path: Path) -> None:
    review = back(sent, tmp_path / "a.xlsx", {("New actions", "A2"): "Deliver thing number 2", ("New actions", "A3"): "Something else altogether"})
    assert places(review, "new_action_known") == [("New actions", "A2")] and len(review.new_rows) == 2


def test_where_the_workbook_that_was_sent_is_not_kept_the_other_sheets_are_said_not_to_be_compared(sent: Sent, tmp_path: Path) -> None:
    files = Path(f"{sent.session.store.path}-files")
    shutil.move(files, tmp_path / "elsewhere")
    review = back(sent, tmp_path / "a.xlsx", {("Start here", "A9"): "What we did"})
    shutil.rmtree(files, ignore_errors=True)
    shutil.move(tmp_path / "elsewhere", files)
    assert "sent_missing" in {p.code for p in review.problems}


def test_messages_to_many_have_names_of_their_own_and_what_cannot_be_sent_is_told(sent: Sent) -> None:
    ids = [str(r[0]) for r in sent.session.read().exec_driver_sql('SELECT id FROM "return" WHERE NOT deleted ORDER BY n')]
    made, refused = return_messages.draft_many(sent.session, [(ids[0], "reminder"), (ids[0], "reminder"), (ids[0], "reminder"), ("nobody's", "reminder")])
    names = [one.file_name for _, one in made]
    assert len({n.casefold() for n in names}) == 3 and names[1].endswith(" 2.eml") and names[2].endswith(" 3.eml")
    assert refused == ["That return is not in this store."] and [id for id, _ in made] == [ids[0]] * 3
    police = str(sent.session.read().exec_driver_sql("SELECT reference FROM partner WHERE name = 'Kent Police'").one()[0])
    assign(sent.session, police, [Assignment("standing", "independent")], "for a case")
    made, refused = return_messages.draft_many(sent.session, [(ids[0], "formal_letter")])
    assert made == [] and len(refused) == 1 and "Kent Police" in refused[0]


def filled(sent: Sent, to: Path, cells: dict[tuple[int, str], str], struck: tuple[int, str] | None = None) -> Review:
    """The police's workbook come back with these answers, by row and heading, one of them struck out."""

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        for (row, head), text in cells.items():
            sheet.cell(row, at[head]).value = text
            if (row, head) == struck:
                sheet.cell(row, at[head]).font = Font(strike=True)

    return return_staging.import_return(sent.session, edited(sent.police, edit, to))


@pytest.mark.parametrize("words", ["As above", '"', "ditto", "See above.", "Same as above"])
def test_words_that_only_point_to_another_row_wait_for_a_person(sent: Sent, tmp_path: Path, words: str) -> None:
    review = filled(sent, tmp_path / "back.xlsx", {(2, "Progress update"): "We met.", (3, "Progress update"): words})
    assert {str(d.incoming): d.held for d in review.differences if d.field == "narrative"} == {"We met.": "", words: "points_elsewhere"}


def test_words_that_are_struck_out_wait_for_a_person(sent: Sent, tmp_path: Path) -> None:
    review = filled(sent, tmp_path / "back.xlsx", {(2, "Progress update"): "We met.", (3, "Progress update"): "We meet again."}, (3, "Progress update"))
    assert {str(d.incoming): d.held for d in review.differences if d.field == "narrative"} == {"We met.": "", "We meet again.": "struck"}


@pytest.mark.parametrize(("beside", "code"), [({}, "update_without_words"), ({(2, "% complete"): "Nearly there: 60 trained"}, "not_understood")])
def test_an_update_without_words_is_told_and_makes_none(sent: Sent, tmp_path: Path, beside: dict[tuple[int, str], str], code: str) -> None:
    review = filled(sent, tmp_path / "back.xlsx", {(2, "Answer"): "Update", **beside})
    assert code in {p.code for p in review.problems}
    return_acceptance.accept(sent.session, review.submission, [d for d in review.differences if not d.held])
    assert sent.session.read().exec_driver_sql('SELECT count(*) FROM "update"').one()[0] == 0


@pytest.mark.parametrize(("heads", "told"), [(["Status"], "There is no column Status in this file, so nothing was read of it."), (["Status", "% complete"], "There are no columns Status and % complete in this file, so nothing was read of them.")])
def test_a_column_that_is_gone_is_told(sent: Sent, tmp_path: Path, heads: list[str], told: str) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["Progress update"]).value = "We met."
        for column in sorted((at[h] for h in heads), reverse=True):
            sheet.delete_cols(column)

    review = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"))
    assert [p.message for p in review.problems if p.code == "column_gone"] == [told]
    assert "We met." in {d.incoming for d in review.differences} and not {d.field for d in review.differences} & {"status", "percent"}


@pytest.mark.parametrize("emptied", [False, True], ids=["deleted", "emptied"])
def test_a_table_without_its_row_of_headings_is_read_by_its_places(sent: Sent, tmp_path: Path, emptied: bool) -> None:
    """"Update" in the first row of answers is an answer, not the heading of a column."""
    workbook = openpyxl.load_workbook(sent.police)
    sheet = workbook["Actions"]
    at = {str(c.value).removesuffix(" (please fill in)"): c.column for c in sheet[1]}
    for row in (2, 3):
        sheet.cell(row, at["Answer"], "Update")
        sheet.cell(row, at["Progress update"], f"Done in row {row}")
    if emptied:
        for cell in sheet[1]:
            cell.value = None
    else:
        sheet.delete_rows(1)
    workbook.save(tmp_path / "a.xlsx")
    review = return_staging.import_return(sent.session, tmp_path / "a.xlsx")
    assert {str(c.incoming) for c in review.differences if c.field == "narrative"} == {"Done in row 2", "Done in row 3"}
    assert [p.code for p in review.problems] == ["headings_gone"] and not review.tray and not review.not_returned
