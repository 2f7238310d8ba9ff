"""What an Excel sheet says beside its values, in files as XlsxWriter makes them and in sheets written otherwise."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import pytest
import xlsxwriter

from vawg_desktop.exchange import remarks, remarks_xlsx
from vawg_desktop.exchange.palette import Palette, _tinted
from vawg_desktop.exchange.remark import Remark
from vawg_desktop.exchange.remarks import remarks_of

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def made(fill: Callable[[Any, Any], object]) -> bytes:
    out = io.BytesIO()
    book: Any = xlsxwriter.Workbook(out, {"in_memory": True})
    fill(book, book.add_worksheet("List"))
    book.close()
    return out.getvalue()


def changed(content: bytes, part: str, *swaps: tuple[str, str]) -> bytes:
    """A workbook with some of a part's text put otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as was, zipfile.ZipFile(out, "w") as now:
        for name in was.namelist():
            body = was.read(name).decode("utf-8", "surrogateescape")
            for old, new in swaps if name == part else ():
                assert old in body, (old, body[:2000])
                body = body.replace(old, new)
            now.writestr(name, body.encode("utf-8", "surrogateescape"))
    return out.getvalue()


def kinds(content: bytes, *wanted: str) -> list[tuple[str, str, str]]:
    return [(cell, kind, words) for sheet, cell, kind, words in remarks_of(content) if kind in wanted and sheet == "List"]


# -- looks ----------------------------------------------------------------------------------------------


def test_fills_by_rgb_but_not_ours_nor_white() -> None:
    def fill(book: Any, sheet: Any) -> None:
        for row, colour in enumerate(("#FF0000", "#FFFBEA", "#FFFFFF", "#00B050")):
            sheet.write(row, 0, "x", book.add_format({"bg_color": colour}))
        sheet.write_blank(4, 0, None, book.add_format({"bg_color": "#FFC000"}))
        sheet.write(5, 0, "x", book.add_format({"pattern": 4, "fg_color": "#FF0000"}))

    assert kinds(made(fill), "colour") == [("A1", "colour", "FF0000"), ("A4", "colour", "00B050"), ("A5", "colour", "FFC000")]


def test_letters_in_colour_are_told_where_words_stand_and_black_is_none() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write(0, 0, "late", book.add_format({"font_color": "#C00000"}))
        sheet.write(1, 0, 7, book.add_format({"font_color": "#C00000"}))
        sheet.write_blank(2, 0, None, book.add_format({"font_color": "#C00000"}))
        sheet.write(3, 0, "black", book.add_format({"font_color": "#000000"}))

    assert kinds(made(fill), "ink") == [("A1", "ink", "C00000"), ("A2", "ink", "C00000")]


def test_struck_cells_and_struck_runs_but_no_struck_blank() -> None:
    def fill(book: Any, sheet: Any) -> None:
        gone, plain = book.add_format({"font_strikeout": True}), book.add_format()
        sheet.write(0, 0, "whole", gone)
        sheet.write_rich_string(1, 0, plain, "stays ", gone, "goes", plain, " stays ", gone, "and this")
        sheet.write_blank(2, 0, None, gone)
        sheet.write(3, 0, "kept", plain)
        sheet.write(4, 0, 12, gone)

    whole = "the whole cell is struck out"
    assert kinds(made(fill), "struck") == [("A1", "struck", whole), ("A2", "struck", "goes and this"), ("A5", "struck", whole)]


def test_numbers_and_dates_that_show_otherwise_than_they_are_held() -> None:
    def fill(book: Any, sheet: Any) -> None:
        for row, (value, code) in enumerate([(0.5, "0%"), (0.25, "0.0%"), (7, "000"), (1.5, "0.00"), (7, "0"), (3, '0"%"')]):
            sheet.write_number(row, 0, value, book.add_format({"num_format": code}))
        for row, code in enumerate(("mmm-yy", "dd/mm/yyyy", "yyyy", "d mmm")):
            sheet.write_datetime(row, 1, dt.datetime(2026, 11, 1), book.add_format({"num_format": code}))  # noqa: DTZ001
        sheet.write(4, 1, "no date", book.add_format({"num_format": "mmm-yy"}))
        sheet.write_blank(5, 1, None, book.add_format({"num_format": "0%"}))

    content = made(fill)
    assert kinds(content, "percent") == [("A1", "percent", "0.5"), ("A2", "percent", "0.25")]
    assert sorted(kinds(content, "month")) == [("B1", "month", "month"), ("B3", "month", "year"), ("B4", "month", "part")]
    assert kinds(content, "shown") == [("A3", "shown", "007"), ("A4", "shown", "1.50"), ("A6", "shown", "3%")]


# -- beside the words -----------------------------------------------------------------------------------


def test_formulas_by_what_they_show_and_errors_with_the_words_they_were_made_of() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_formula(0, 0, "=1+2", None, 3)
        sheet.write_formula(1, 0, '=IF(A1<2,"a","b")', None, "")
        sheet.write_formula(2, 0, "=-Review", None, "#NAME?")
        sheet.write_formula(3, 0, "=1/0", None, "#DIV/0!")
        sheet.write(4, 0, "plain")

    assert kinds(made(fill), "formula", "empty_formula", "error", "made_words") == [
        ("A1", "formula", "1+2"), ("A2", "empty_formula", 'IF(A1<2,"a","b")'), ("A3", "error", "#NAME?"), ("A3", "made_words", "-Review"), ("A4", "error", "#DIV/0!"),
    ]  # fmt: skip


def test_comments_links_pictures_text_boxes_merges_and_rules() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_comment("B2", "Ask Medway first", {"author": "A. Officer"})
        sheet.write_url("C3", "https://kent.example/plan", string="plan")
        sheet.insert_image("D4", "x.png", {"image_data": io.BytesIO(PNG), "description": "A map"})
        sheet.insert_image("A1", "l.png", {"image_data": io.BytesIO(PNG), "description": "Logo of the office"})
        sheet.insert_textbox("E5", "Read me first")
        sheet.conditional_format("F6:F9", {"type": "cell", "criteria": ">", "value": 1, "format": book.add_format({"bg_color": "#FF0000"})})

    content = made(fill)
    assert kinds(content, "comment") == [("B2", "comment", "Ask Medway first")] and kinds(content, "link") == [("C3", "link", "https://kent.example/plan")]
    assert kinds(content, "picture") == [("D4", "picture", "A map, image1.png")]  # both pictures are one file
    assert kinds(content, "text_box") == [("E5", "text_box", "Read me first")] and kinds(content, "conditional") == [("F6", "conditional", "F6:F9")]


def test_a_threaded_comment_is_told_once_and_one_without_its_thread_by_its_own_words() -> None:
    content = made(lambda _b, s: s.write_comment("B2", "[Threaded comment]\n\nYour version cannot show it.\n\nComment:\n    Ask Medway"))
    assert kinds(content, "comment") == [("B2", "comment", "Ask Medway")]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as was, zipfile.ZipFile(out, "w") as now:
        for name in was.namelist():
            body = was.read(name).decode()
            if name == "xl/worksheets/_rels/sheet1.xml.rels":
                body = body.replace("</Relationships>", '<Relationship Id="rId9" Type="http://x/threadedComment" Target="../threadedComments/t1.xml"/></Relationships>')
            now.writestr(name, body)
        now.writestr("xl/threadedComments/t1.xml", '<ThreadedComments><threadedComment ref="B2"><text>Ask Medway in full</text></threadedComment></ThreadedComments>')
    assert kinds(out.getvalue(), "comment") == [("B2", "comment", "Ask Medway in full")]


def test_the_words_at_the_head_and_foot_of_pages() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write("A1", "x")
        sheet.set_header("&LDraft <1>&RPage &P")
        sheet.set_footer("&CM && S")

    assert kinds(made(fill), "page") == [("", "page", "Draft <1>"), ("", "page", "Page"), ("", "page", "M & S")]


def test_hidden_looks_of_a_second_sheet_are_told_under_its_own_name() -> None:
    def fill(book: Any, _sheet: Any) -> None:
        book.add_worksheet("Other").write(2, 27, "x", book.add_format({"bg_color": "#FF0000"}))

    assert remarks_of(made(fill)) == [("Other", "AB3", "colour", "FF0000")]


def test_files_embedded_in_a_sheet_are_named() -> None:
    content = made(lambda _b, s: s.write_url("C3", "https://kent.example/plan"))
    link = '<Relationship Id="{0}1" Type="http://x/{0}" Target="../embeddings/{1}"/>'
    both = "".join((link.format("oleObject", "oleObject1.bin"), link.format("package", "Plan.docx")))
    told = changed(content, "xl/worksheets/_rels/sheet1.xml.rels", ("</Relationships>", f"{both}</Relationships>"))
    assert kinds(told, "embedded") == [("", "embedded", "oleObject1.bin"), ("", "embedded", "Plan.docx")]


@pytest.mark.parametrize("look", ["per_cents", "fills", "font_colours", "months", "numbers"])
def test_each_kind_of_look_alone_is_enough_for_cells_to_be_looked_at(look: str) -> None:
    codes = {"per_cents": {"num_format": "0%"}, "fills": {"bg_color": "#FF0000"}, "font_colours": {"font_color": "#C00000"}, "months": {"num_format": "mmm-yy"}, "numbers": {"num_format": "000"}}
    told = kinds(made(lambda b, s: s.write_number(0, 0, 7, b.add_format(codes[look]))), "percent", "colour", "ink", "month", "shown")
    kind = {"per_cents": "percent", "fills": "colour", "font_colours": "ink", "months": "month", "numbers": "shown"}[look]
    assert [k for _, k, _ in told] == [kind]


def test_a_workbook_of_the_old_binary_kind_is_looked_at_too(tmp_path: Path, libreoffice: Callable[[Path, str], Path]) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write(0, 0, "x", book.add_format({"bg_color": "#FF0000"}))
        sheet.write(1, 0, "gone", book.add_format({"font_strikeout": True}))
        sheet.write_number(2, 0, 0.5, book.add_format({"num_format": "0%"}))
        sheet.write_comment("B2", "Ask Medway first")
        sheet.write_formula(3, 0, "=1+2", None, 3)

    path = tmp_path / "list.xlsx"
    path.write_bytes(made(fill))
    told = kinds(libreoffice(path, "xls").read_bytes(), "colour", "struck", "percent", "comment", "formula")
    assert {(cell, kind) for cell, kind, _ in told} == {("A1", "colour"), ("A2", "struck"), ("A3", "percent"), ("B2", "comment"), ("A4", "formula")}
    assert ("B2", "comment", "Ask Medway first") in told and ("A1", "colour", "FF0000") in told


# -- sheets written otherwise ---------------------------------------------------------------------------


def test_cells_without_places_and_with_prefixed_names_are_read_in_their_order() -> None:
    red = {"bg_color": "#FF0000"}
    content = made(lambda b, s: [s.write(0, 0, 1), s.write(0, 1, 2, b.add_format(red)), s.write_formula(1, 1, "=A1&B1", None, "12")])
    bare = changed(content, "xl/worksheets/sheet1.xml", ('r="A1"', ""), ('r="B1"', ""), ('<row r="1" spans="1:2">', "<row>"))
    assert kinds(bare, "colour", "formula") == [("B1", "colour", "FF0000"), ("B2", "formula", "A1&B1")]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    prefixed = sheet.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?xml", "<?xml").replace('xmlns="', 'xmlns:x="')
    assert kinds(changed(content, "xl/worksheets/sheet1.xml", (sheet, prefixed)), "colour", "formula") == [("B1", "colour", "FF0000"), ("B2", "formula", "A1&B1")]


@pytest.mark.parametrize(("place", "column"), [("A1", 0), ("Z9", 25), ("AA10", 26), ("ABC7", 730)])
def test_a_column_by_its_letters(place: str, column: int) -> None:
    assert remarks_xlsx._column(place) == column


def test_struck_words_within_a_cell_that_holds_its_own_text() -> None:
    content = made(lambda _b, s: s.write(0, 0, 5))
    inline = changed(
        content, "xl/worksheets/sheet1.xml",
        ('<c r="A1"><v>5</v></c>', '<c r="A1" t="inlineStr"><is><r><t>stays </t></r><r><rPr><strike/></rPr><t>goes &amp; went</t></r></is></c>'),
    )  # fmt: skip
    assert kinds(inline, "struck") == [("A1", "struck", "goes & went")]


def test_a_picture_in_a_cell_is_no_error() -> None:
    content = made(lambda _b, s: s.write_formula(0, 0, "=X()", None, "#VALUE!"))
    assert kinds(content, "error", "cell_picture") == [("A1", "error", "#VALUE!")]
    pictured = changed(content, "xl/worksheets/sheet1.xml", ('<c r="A1" t="e">', '<c r="A1" t="e" vm="1">'))
    assert kinds(pictured, "error", "cell_picture") == [("A1", "cell_picture", "a picture")]


# -- colours --------------------------------------------------------------------------------------------


def test_colours_by_theme_and_tint_by_number_and_by_rgb() -> None:
    empty = zipfile.ZipFile(io.BytesIO(made(lambda _b, s: s.write(0, 0, 1))))
    palette = Palette(empty, set())
    colour = {
        '<c rgb="FF00B050"/>': "00B050", '<c indexed="10"/>': "FF0000", '<c indexed="2"/>': "FF0000", '<c indexed="64"/>': "", '<c theme="4"/>': "4472C4", '<c theme="0"/>': "FFFFFF",
        '<c theme="1"/>': "000000", '<c theme="99"/>': "", '<c theme="0" tint="-0.5"/>': "808080", '<c theme="1" tint="0.5"/>': "808080", "<c/>": "", '<c rgb="nothex" tint="0.5"/>': "",
    }  # fmt: skip
    assert {xml: palette.colour(Tree.fromstring(xml)) for xml in colour} == colour and palette.colour(None) == ""
    assert _tinted("C00000", 0) == "C00000" and _tinted("C00000", 0.6) == "FF8080" and _tinted("C00000", -0.5) == "600000"


def test_a_workbooks_own_theme_counts() -> None:
    content = changed(made(lambda _b, s: s.write(0, 0, 1)), "xl/theme/theme1.xml", ("4F81BD", "12AB34"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert Palette(archive, set(archive.namelist())).colour(Tree.fromstring('<c theme="4"/>')) == "12AB34"


# -- bounds ---------------------------------------------------------------------------------------------


def _many(kind: str, number: int) -> list[Remark]:
    return [("List", f"A{n}", kind, "x") for n in range(number)]


def test_of_what_a_sheet_holds_by_the_thousand_the_rest_is_dropped_and_too_much_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST", "MOST_COLOURS", "MOST_NEEDED"):
        monkeypatch.setattr(remarks, name, 3)
    assert len(remarks._bounded(iter(_many("colour", 9)))) == len(remarks._bounded(iter(_many("ink", 9)))) == 3
    assert len(remarks._bounded(iter([*_many("colour", 3), *_many("merged", 3), *_many("percent", 3), *_many("comment", 3)]))) == 12
    assert len(remarks._bounded(iter([*_many("comment", 2), *_many("comment", 2)]))) == 2
    for kind in ("comment", "percent"):
        with pytest.raises(OverflowError):
            remarks._bounded(iter(_many(kind, 4)))
