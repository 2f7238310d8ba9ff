"""Words longer than a cell holds, and words of which the spreadsheet made an error: kept whole, or said to be cut."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.services.test_ways_home import Sent, _send, edited, ref
from vawg_desktop.exchange.document import Document, Table
from vawg_desktop.exchange.document_book import document_xlsx
from vawg_desktop.exchange.plan import CUT, MOST_IN_CELL
from vawg_desktop.services import return_staging, rounds, show, trackers
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.tracker_out import export_tracker

LONG = "Waiting for the court. " * 2_000  # 46,000 letters
PARAGRAPHS = f"Two paragraphs.\n{'Waiting for the court. ' * 900}"  # of which LibreOffice makes three


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Sent]:
    made = _send(tmp_path, 5)
    yield made
    made.session.store.close()


def _sent_with_long_words(sent: Sent, folder: Path, kind: str) -> Path:
    assign(sent.session, ref(3), [Assignment("blockers", LONG)], "w")
    assign(sent.session, ref(4), [Assignment("blockers", PARAGRAPHS)], "w")
    made = rounds.export_returns(sent.session, period="2026/27 Q4", due="2027-04-10", out=folder / "long", partners=["Kent Police"], format=kind)
    return next(Path(r.file) for r in made.returns if r.reference)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_words_longer_than_a_cell_come_back_as_they_were(
    sent: Sent, tmp_path: Path, kind: str, libreoffice: Callable[[Path, str], Path]
) -> None:
    """What we cut to fit a cell is no answer when it comes back; what is written over it is asked, for nobody saw the whole."""
    path = _sent_with_long_words(sent, tmp_path, kind)
    back = return_staging.import_return(sent.session, libreoffice(path, kind))
    assert (back.differences, back.problems, back.tray) == ([], [], [])
    if kind == "ods":
        return

    def shorter(_: object, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(3, at["Blockers"]).value = "The court has answered."

    said = return_staging.import_return(sent.session, edited(path, shorter, tmp_path / "shorter.xlsx"), apply="all")
    assert [(d.field, d.held) for d in said.differences] == [("blockers", "cut")]
    assert show.record(sent.session, ref(3)).cells["blockers"] == LONG.strip()


@pytest.mark.parametrize("through", ["xlsx", "ods"])
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_words_with_a_tab_come_back_unchanged(
    sent: Sent, tmp_path: Path, kind: str, through: str, libreoffice: Callable[[Path, str], Path]
) -> None:
    """LibreOffice loses a tab in a cell of several lines: an unedited return said "Ask theboard" and called it a change."""
    assign(sent.session, ref(3), [Assignment("blockers", "Ask the\tboard\nand\tthe court")], "w")
    made = rounds.export_returns(sent.session, period="2026/27 Q4", due="2027-04-10", out=tmp_path / "out", partners=["Kent Police"], format=kind)
    path = next(Path(r.file) for r in made.returns if r.reference)
    back = return_staging.import_return(sent.session, libreoffice(path, through))
    assert (back.differences, back.problems, back.tray) == ([], [], [])


def test_an_answer_longer_than_excel_holds_is_taken_whole(sent: Sent, tmp_path: Path, libreoffice: Callable[[Path, str], Path]) -> None:
    """LibreOffice lets a partner write more into a cell than Excel does."""
    path = libreoffice(sent.police, "fods")
    words = path.read_text("utf-8")
    again = re.sub(r"Reason 2", LONG.strip(), words, count=1)
    assert again != words
    path.write_text(again, "utf-8")
    back = return_staging.import_return(sent.session, libreoffice(path, "ods"))
    assert [(d.field, d.incoming) for d in back.differences] == [("blockers", LONG.strip())]


def test_words_that_excel_made_an_error_are_read_from_the_formula(sent: Sent, tmp_path: Path) -> None:
    """“-Review the pathway” typed into a cell becomes a formula of unknown names: what was typed stands in it."""

    def typed(_: object, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(3, at["Progress update"]).value = "=-Review the pathway"

    path = edited(sent.police, typed, tmp_path / "made.xlsx")
    out = io.BytesIO()
    with zipfile.ZipFile(path) as was, zipfile.ZipFile(out, "w") as now:
        for name in was.namelist():
            body = was.read(name)
            found = re.subn(rb'<c ([^>]*)><f>-Review the pathway</f><v ?/?>(?:</v>)?</c>', rb'<c \1 t="e"><f>-Review the pathway</f><v>#NAME?</v></c>', body)
            now.writestr(name, found[0])
    path.write_bytes(out.getvalue())
    assert b"#NAME?" in zipfile.ZipFile(path).read("xl/worksheets/sheet2.xml")
    back = return_staging.import_return(sent.session, path)
    assert [(d.field, d.incoming) for d in back.differences] == [("narrative", "-Review the pathway")]


def test_a_list_says_where_a_cell_was_too_small() -> None:
    """It was cut in silence."""
    listed = Document("Actions", "22 November 2026", "OFFICIAL", [Table("", ["Blockers"], [[LONG]])])
    sheet = openpyxl.load_workbook(io.BytesIO(document_xlsx(listed)))["Actions"]
    words = [str(c.value) for row in sheet.iter_rows() for c in row if c.value]
    assert any(len(w) <= MOST_IN_CELL and w.startswith("Waiting for") and w.endswith(CUT) for w in words)


def test_a_tracker_written_back_says_it_too(sent: Sent, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Ref", "Action", "Blockers"], ["K1", "Open a drop-in", "None yet"]):
        book.active.append(row)
    book.save(path)
    trackers.import_tracker(sent.session, path)
    assign(sent.session, "K1", [Assignment("blockers", LONG)], "w")
    export_tracker(sent.session, path, tmp_path / "out.xlsx")
    assert str(openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]["C2"].value).endswith(CUT)
