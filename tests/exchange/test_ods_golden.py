"""What the writer of OpenDocument writes, part by part, against the files in ``tests/cases/ods``.

A change that is meant is looked at (``git diff``) after ``python -m tests.exchange.test_ods_golden`` wrote the files anew.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from vawg_desktop.exchange.ods_out import write_ods
from vawg_desktop.exchange.plan import MOST_IN_CELL, BookPlan, Choice, Picture, PlanCell, SheetPlan, Style
from vawg_desktop.exchange.reading import read_book

CASES = Path(__file__).parents[1] / "cases" / "ods"
PARTS = ("content.xml", "styles.xml", "meta.xml", "settings.xml", "META-INF/manifest.xml", "mimetype")
#: A picture of one grey point.
POINT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000 3a7e9b55 0000000a49444154789c6368 00000082 0081 77cd72b6 0000000049454e44ae426082".replace(" ", "")
)


def everything() -> BookPlan:
    """A book of two sheets with every style, kind of value, check, picture and hidden part."""
    cover = SheetPlan("Start here", widths=[30, 60], protected=True, landscape=False, grid=False, about="What to do first", picture=Picture(POINT, 40, 20, "The office's <logo>"))
    cover.add(PlanCell("Progress return: “Q3” & more", Style.TITLE), None)
    cover.add(PlanCell("What to do", Style.HEADING), None)
    cover.add(PlanCell("Step 1", Style.LABEL), PlanCell("Open the sheet <Actions>.\nFill in what is yellow.\tThen  save it.", Style.TEXT))
    cover.add(PlanCell("A long sentence that does not fit into the width of its column and is broken over several lines " * 3, Style.TEXT), PlanCell("", Style.TEXT))
    work = SheetPlan(
        "Actions", widths=[12, 40, 12, 14, 14, 10, 8], hidden_columns=(6,), table=(0, 2, 6), table_name="Actions", frozen=(1, 2), select=(1, 3), least_height=30.0, pages_wide=2,
        choices=[
            Choice(1, 2, 3, "list", "Lists!$A$1:$A$3", "Status", "One of the words offered."), Choice(1, 2, 4, "date", title="Date", message="A date, please."),
            Choice(1, 2, 5, "whole", title="Per cent", message="0 to 100", low=0, high=100),
        ],
    )  # fmt: skip
    heads = ("Reference", "Action", "Due date", "Status (please fill in)", "Revised (please fill in)", "% (please fill in)", "Row key")
    work.add(*(PlanCell(h, Style.HEADER_FILL if "fill in" in h else Style.HEADER) for h in heads))
    work.add(
        PlanCell("A-0001", Style.LOCKED), PlanCell("'=1+1 is no sum", Style.LOCKED), PlanCell(dt.date(2026, 9, 30), Style.LOCKED_DATE), PlanCell("In progress", Style.FILL),
        PlanCell(None, Style.FILL_DATE), PlanCell(40, Style.FILL_WHOLE), PlanCell("KEY", Style.LOCKED),
    )  # fmt: skip
    work.add(
        PlanCell("A-0002", Style.LOCKED), PlanCell("Ünïcode – “quoted”", Style.LOCKED), PlanCell(None, Style.LOCKED_DATE), PlanCell(None, Style.FILL),
        PlanCell(dt.date(2027, 1, 31), Style.FILL_DATE), PlanCell(None, Style.FILL_WHOLE), PlanCell("KEY2", Style.LOCKED),
    )  # fmt: skip
    lists = SheetPlan("Lists", widths=[20], hidden=True, protected=False)
    for word in ("Not started", "In progress", "Complete"):
        lists.add(PlanCell(word))
    return BookPlan("Progress return: Q3", "OFFICIAL", [cover, work, lists], {"VAWG return": "RT-0001-AAAA", "Odd & <name>": "x\"y'z"}, {"vawg_return": "RT-0001-AAAA"})


def parts(content: bytes) -> dict[str, str]:
    """The XML of a file, a line to each element, so that a difference is read."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: re.sub(r"><", ">\n<", archive.read(name).decode("utf-8")) for name in PARTS}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_as_it_was_last_looked_at(part: str) -> None:
    assert parts(write_ods(everything()))[part] + "\n" == (CASES / part.replace("/", "_")).read_text("utf-8")


def test_the_file_is_in_the_order_that_the_format_asks_for() -> None:
    content = write_ods(everything())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        (picture,) = [n for n in archive.namelist() if n.startswith("Pictures/")]
        assert archive.read(picture) == POINT
    assert content[30:77] == b"mimetypeapplication/vnd.oasis.opendocument.spre"


def test_it_is_read_back_as_it_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "book.ods"
    path.write_bytes(write_ods(everything()))
    book = read_book(path)
    assert [s.name for s in book.sheets] == ["Start here", "Actions", "Lists"]
    sheet = book.sheet("Actions")
    assert sheet is not None
    assert sheet.rows[1][:6] == ["A-0001", "'=1+1 is no sum", dt.date(2026, 9, 30), "In progress", None, 40]
    assert sheet.rows[2][1] == "Ünïcode – “quoted”" and sheet.rows[2][4] == dt.date(2027, 1, 31)


def test_real_libreoffice_finds_the_same(libreoffice: Callable[[Path, str], Path], tmp_path: Path) -> None:
    path = tmp_path / "book.ods"
    path.write_bytes(write_ods(everything()))
    again = read_book(libreoffice(path, "xlsx"))
    sheet = again.sheet("Actions")
    assert sheet is not None and sheet.rows[1][:4] == ["A-0001", "'=1+1 is no sum", dt.date(2026, 9, 30), "In progress"]


def test_a_text_longer_than_a_cell_holds_is_cut_and_says_so() -> None:
    plan = BookPlan("T", "OFFICIAL", [SheetPlan("One", widths=[10])])
    plan.sheets[0].add(PlanCell("x" * (MOST_IN_CELL + 5)))
    text = parts(write_ods(plan))["content.xml"]
    assert "Cut here" in text and "x" * (MOST_IN_CELL + 1) not in text


if __name__ == "__main__":
    CASES.mkdir(exist_ok=True)
    for name, text in parts(write_ods(everything())).items():
        (CASES / name.replace("/", "_")).write_text(text + "\n", "utf-8")
