"""What stands beside the values of a binary workbook: each kind of remark, and what is none."""

from __future__ import annotations

import struct
import zipfile

import pytest

from tests.exchange import xlsb
from vawg_desktop.exchange.remark import OURS, Remark
from vawg_desktop.exchange.remarks_xlsb import of_binary, records

RED = "C00000"


def told(archive: zipfile.ZipFile) -> list[Remark]:
    return list(of_binary(archive, set(archive.namelist())))


def sheet(*cells: xlsb.Record, number: int = 3) -> list[xlsb.Record]:
    return [xlsb.row(number), *cells]


def test_colours_of_cells_are_told_by_their_address() -> None:
    styled = xlsb.styles(
        [xlsb.font(), xlsb.fill(), xlsb.fill(RED), xlsb.fill(theme=4, kind=3), xlsb.fill(RED, pattern=2), xlsb.fill(next(iter(OURS)))],
        [xlsb.look(), xlsb.look(fill=1), xlsb.look(fill=2), xlsb.look(fill=3), xlsb.look(fill=4), xlsb.look(fill=99)],
    )
    cells = [xlsb.cell(1, n, n) for n in range(6)]
    assert told(xlsb.workbook(sheet(*cells), styled=styled)) == [("Actions", "B4", "colour", RED), ("Actions", "C4", "colour", "theme")]


def test_a_fill_of_the_themes_first_colour_or_of_another_kind_is_none() -> None:
    styled = xlsb.styles([xlsb.font(), xlsb.fill(theme=0, kind=3), xlsb.fill(theme=4, kind=1)], [xlsb.look(fill=0), xlsb.look(fill=1)])
    assert told(xlsb.workbook(sheet(xlsb.cell(1, 0, 0), xlsb.cell(1, 1, 1)), styled=styled)) == []


def test_looks_of_named_styles_are_not_counted_among_those_of_cells() -> None:
    styled = xlsb.styles([xlsb.font(), xlsb.fill(), xlsb.fill(RED)], [xlsb.look(), xlsb.look(fill=1)], named=[xlsb.look(), xlsb.look(), xlsb.look()])
    assert told(xlsb.workbook(sheet(xlsb.cell(1, 0, 1)), styled=styled)) == [("Actions", "A4", "colour", RED)]


@pytest.mark.parametrize("kind", [2, 5, 9])
@pytest.mark.parametrize(("code", "own"), [(9, ""), (10, ""), (164, "0.0%")])
def test_a_number_shown_in_per_cent_is_told(kind: int, code: int, own: str) -> None:
    styled = xlsb.styles([xlsb.font(), xlsb.fill(), *([xlsb.number_format(code, own)] if own else [])], [xlsb.look(), xlsb.look(code)])
    found = told(xlsb.workbook(sheet(xlsb.cell(kind, 2, 1, bytes(8)), xlsb.cell(kind, 3, 0, bytes(8))), styled=styled))
    assert [r for r in found if r[2] == "percent"] == [("Actions", "C4", "percent", "")]


def test_a_number_of_another_format_and_a_text_in_per_cent_are_not() -> None:
    styled = xlsb.styles([xlsb.font(), xlsb.fill(), xlsb.number_format(164, "0.00")], [xlsb.look(164), xlsb.look(9)])
    found = told(xlsb.workbook(sheet(xlsb.cell(2, 0, 0, bytes(4)), xlsb.cell(7, 1, 1, bytes(4)), xlsb.cell(4, 2, 1, b"\1")), styled=styled))
    assert found == []


def test_struck_words_are_told_whole_or_by_their_runs() -> None:
    fonts = [xlsb.font(), xlsb.font(struck=True)]
    styled = xlsb.styles([*fonts, xlsb.fill()], [xlsb.look(), xlsb.look(font=1), xlsb.look(font=9)])
    strings = [
        xlsb.rich("plain"), xlsb.rich("now this  old plan", [(0, 0), (9, 1)]), xlsb.rich("one two three", [(0, 1), (3, 0), (8, 1)]),
        xlsb.rich("runs of no font", [(0, 7)]),
    ]  # fmt: skip
    shared = [xlsb.cell(7, n, 0, struct.pack("<I", n)) for n in range(4)]
    whole = [xlsb.cell(7, 4, 1, struct.pack("<I", 1)), xlsb.cell(2, 5, 1, bytes(4)), xlsb.cell(1, 6, 1), xlsb.cell(7, 7, 2, struct.pack("<I", 0))]
    assert told(xlsb.workbook(sheet(*shared, *whole), styled=styled, strings=strings)) == [
        ("Actions", "B4", "struck", "old plan"), ("Actions", "C4", "struck", "one three"),
        ("Actions", "E4", "struck", "the whole cell is struck out"), ("Actions", "F4", "struck", "the whole cell is struck out"),
    ]  # fmt: skip


def test_errors_and_formulas() -> None:
    cells = [
        xlsb.cell(3, 0, 0, b"\x17"), xlsb.cell(11, 1, 0, b"\x2a"), xlsb.cell(3, 2, 0, b"\x63"), xlsb.cell(3, 3, 0),
        xlsb.cell(8, 4, 0, struct.pack("<I", 0)), xlsb.cell(8, 5, 0, struct.pack("<I", 2) + b"a\0b\0"), xlsb.cell(9, 6, 0, bytes(8)), xlsb.cell(10, 7, 0, b"\1"),
    ]  # fmt: skip
    assert [r[1:] for r in told(xlsb.workbook(sheet(*cells)))] == [
        ("A4", "error", "#REF!"), ("B4", "error", "#N/A"), ("C4", "error", "#?"), ("D4", "error", "#?"),
        ("E4", "empty_formula", ""), ("F4", "formula", ""), ("G4", "formula", ""), ("H4", "formula", ""),
    ]  # fmt: skip


def test_comments_links_and_the_words_of_the_page() -> None:
    comment = [(635, struct.pack("<IIIII", 0, 4, 4, 1, 1) + bytes(16)), (637, b"\0" + xlsb.wide("Is this\n right?")), (637, b"\0" + xlsb.wide("  "))]
    found = told(xlsb.workbook(
        [*sheet(), xlsb.link(6, 2, "rIdL"), xlsb.link(7, 2, "rIdNone"), xlsb.page("&LKent Police &R draft", "")],
        comments=comment, links={"rIdL": "https://example.org/plan"},
    ))  # fmt: skip
    assert ("Actions", "B5", "comment", "Is this right?") in found and sum(r[2] == "comment" for r in found) == 1
    assert next(r for r in found if r[2] == "link")[:2] == ("Actions", "C7") and sum(r[2] == "link" for r in found) == 1
    assert {r[3] for r in found if r[2] == "page"} and all("Kent Police" in r[3] or "draft" in r[3] for r in found if r[2] == "page")


def test_rows_are_those_of_the_sheet() -> None:
    cells = [xlsb.row(0), xlsb.cell(3, 0, 0, b"\x07"), xlsb.row(19), xlsb.cell(3, 26, 0, b"\x07")]
    assert [r[1] for r in told(xlsb.workbook(cells))] == ["A1", "AA20"]


@pytest.mark.parametrize("cut", [1, 2])
def test_a_record_that_is_cut_is_no_record(cut: int) -> None:
    whole = xlsb.record(300, b"x" * 200)
    assert list(records(whole)) == [(300, b"x" * 200)]
    with pytest.raises(ValueError, match="cut"):
        list(records(whole + xlsb.record(300, b"y" * 200)[:cut]))
