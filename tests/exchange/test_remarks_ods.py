"""What an OpenDocument sheet says beside its values: looks, comments, links, pictures, formulas, the words at the edges of pages."""

from __future__ import annotations

import io
import zipfile

import pytest

from vawg_desktop.exchange.remark import Remark, is_percent, page_words, shown_of_date, shown_of_number
from vawg_desktop.exchange.remarks import remarks_of

_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office", "table": "table", "text": "text", "style": "style", "number": "datastyle", "fo": "xsl-fo-compatible", "draw": "drawing",
        "svg": "svg-compatible",
    }.items()
) + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'  # fmt: skip


def ods(rows: str, *, styles: str = "", pages: str = "", beside: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("styles.xml", f"<office:document-styles {_SPACES}><office:master-styles>{pages}</office:master-styles></office:document-styles>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {_SPACES}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
            f'<table:table table:name="List">{beside}{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
    return out.getvalue()


def row(*cells: str, repeated: int = 1) -> str:
    times = f' table:number-rows-repeated="{repeated}"' if repeated > 1 else ""
    return f"<table:table-row{times}>{''.join(cells)}</table:table-row>"


def cell(words: str = "", attributes: str = "", inside: str = "") -> str:
    return f"<table:table-cell {attributes}>{inside}<text:p>{words}</text:p></table:table-cell>"


def found(content: bytes) -> list[Remark]:
    return remarks_of(content)


def style(name: str, properties: str, *, family: str = "table-cell", more: str = "") -> str:
    return f'<style:style style:name="{name}" style:family="{family}" {more}>{properties}</style:style>'


# -- looks ----------------------------------------------------------------------------------------------


def test_fills_that_are_not_ours_are_told_and_those_of_a_parent_are_inherited() -> None:
    fill = '<style:table-cell-properties fo:background-color="{}"/>'
    styles = style("red", fill.format("#ff0000")) + style("ours", fill.format("#FFFBEA")) + style("child", "", more='style:parent-style-name="red"')
    styles += style("clear", fill.format("transparent"), more='style:parent-style-name="red"') + style("words", fill.format("#00ff00"), family="paragraph")
    cells = [cell("x", f'table:style-name="{n}"') for n in ("red", "ours", "child", "clear", "words", "none")]
    assert found(ods(row(*cells), styles=styles)) == [("List", "A1", "colour", "FF0000"), ("List", "C1", "colour", "FF0000")]


def test_struck_cells_and_struck_words_within_a_cell() -> None:
    line = '<style:text-properties style:text-line-through-style="{}"/>'
    styles = style("gone", line.format("solid")) + style("part", line.format("solid"), family="text") + style("kept", line.format("none"))
    styles += style("heir", "", more='style:parent-style-name="gone"') + style("type", '<style:text-properties style:text-line-through-type="single"/>')
    rows = row(
        cell("whole", 'table:style-name="gone"'), cell('stays <text:span text:style-name="part">goes</text:span> stays'), cell("kept", 'table:style-name="kept"'),
        cell("", 'table:style-name="gone"'), cell("x", 'table:style-name="heir"'), cell("y", 'table:style-name="type"'),
    )  # fmt: skip
    whole = "the whole cell is struck out"
    assert found(ods(rows, styles=styles)) == [
        ("List", "A1", "struck", whole), ("List", "B1", "struck", "goes"), ("List", "E1", "struck", whole), ("List", "F1", "struck", whole),
    ]  # fmt: skip


def test_what_a_cell_shows_of_its_number_or_date_where_that_is_not_how_it_is_held() -> None:
    styles = '<number:percentage-style style:name="P"/>' + style("share", "", more='style:data-style-name="P"') + style("plain", "", more='style:data-style-name="N"')
    rows = row(
        cell("50%", 'office:value-type="percentage" office:value="0.5"'), cell("50", 'table:style-name="share" office:value-type="float" office:value="0.5"'),
        cell("1.50", 'table:style-name="plain" office:value-type="float" office:value="1.5"'), cell("1.5", 'office:value-type="float" office:value="1.5"'),
        cell("Nov 26", 'office:value-type="date" office:date-value="2026-11-01"'), cell("01/11/2026", 'office:value-type="date" office:date-value="2026-11-01"'),
        cell("yes", 'office:value-type="float" office:value="1"'),
    )  # fmt: skip
    assert found(ods(rows, styles=styles)) == [
        ("List", "A1", "percent", "0.5"), ("List", "B1", "percent", "0.5"), ("List", "C1", "shown", "1.50"), ("List", "E1", "month", "month"),
    ]  # fmt: skip


# -- beside the words -----------------------------------------------------------------------------------


def test_comments_links_and_places_after_cells_and_rows_that_stand_for_many() -> None:
    note = "<office:annotation><text:p>Ask</text:p><text:p>Medway first</text:p></office:annotation>"
    rows = row(cell(), repeated=3) + row(
        cell("", 'table:number-columns-repeated="2"'), cell("x", inside=note), '<table:covered-table-cell table:number-columns-repeated="2"/>',
        cell('<text:a xlink:href="https://kent.example/plan">the plan</text:a>'), cell("x", inside="<office:annotation><text:p> </text:p></office:annotation>"),
    )  # fmt: skip
    assert found(ods(rows)) == [("List", "C4", "comment", "Ask Medway first"), ("List", "F4", "link", "https://kent.example/plan")]


def test_formulas_by_what_they_show() -> None:
    rows = row(
        cell("3", 'table:formula="of:=1+2" office:value-type="float" office:value="3"'), cell("", 'table:formula="of:=A9"'),
        cell("#NAME?", 'table:formula="of:=-Review the pathway" calcext:value-type="error"'), cell("Err:502", 'table:formula="of:=X(" calcext:value-type="error"'),
        cell("#N/A", 'table:formula="NA()"'),
    )  # fmt: skip
    assert found(ods(rows)) == [
        ("List", "A1", "formula", "=1+2"), ("List", "B1", "empty_formula", "=A9"), ("List", "C1", "error", "#NAME?"), ("List", "C1", "made_words", "-Review the pathway"),
        ("List", "D1", "error", "Err:502"), ("List", "E1", "error", "#N/A"),
    ]  # fmt: skip


def test_cells_joined_downwards_and_rules_that_colour() -> None:
    rows = row(cell("x", 'table:number-rows-spanned="3" table:number-columns-spanned="2"'), cell("y", 'table:number-columns-spanned="2" table:number-rows-spanned="1"'))
    rules = '<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address="List.$B$2:List.B9 List.D4:List.D4 List.E5"/></calcext:conditional-formats>'
    assert found(ods(rows + rules)) == [
        ("List", "A1", "merged", "3 2"), ("List", "B2", "conditional", "B2:B9"), ("List", "D4", "conditional", "D4"), ("List", "E5", "conditional", "E5"),
    ]  # fmt: skip


def test_text_boxes_pictures_and_embedded_files_but_not_our_logo() -> None:
    image = '<draw:image xlink:href="Pictures/1.png"/>'
    shapes = (
        "<table:shapes><draw:frame><draw:text-box><text:p>Read me</text:p></draw:text-box></draw:frame>"
        f"<draw:frame>{image}<svg:desc>Logo of the office</svg:desc></draw:frame><draw:frame>{image}<svg:title>A map</svg:title></draw:frame></table:shapes>"
    )
    inside = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    assert found(ods(row(cell("x", inside=inside), cell("y", inside=f"<draw:frame>{image}</draw:frame>")), beside=shapes)) == [
        ("List", "A1", "text_box", "Read me"), ("List", "A1", "picture", "A map, 1.png"), ("List", "A1", "embedded", "Object 1"), ("List", "B1", "picture", "1.png"),
    ]  # fmt: skip


def test_words_at_the_head_and_foot_of_pages_without_numbers_and_names_and_only_where_they_show() -> None:
    pages = (
        '<style:master-page style:name="M"><style:header><text:p>Draft for <text:span>the board</text:span></text:p></style:header>'
        '<style:footer><text:p>Page <text:page-number>1</text:page-number> of <text:page-count>9</text:page-count>, seen by K.</text:p></style:footer>'
        '<style:header-left style:display="false"><text:p>Hidden</text:p></style:header-left></style:master-page>'
    )
    assert found(ods(row(cell("x")), pages=pages)) == [("", "", "page", "Draft for the board"), ("", "", "page", "Page of , seen by K.")]


# -- formats --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "percent"), [("0%", True), ("0.00%", True), ('0"%"', False), ("0\\%", False), ("[%]0", False), ("General", False)])
def test_a_per_cent_sign_counts_where_it_is_no_quoted_letter(code: str, percent: bool) -> None:
    assert is_percent(code) is percent


@pytest.mark.parametrize(
    ("code", "shows"),
    [("mmm-yy", "month"), ("yyyy", "year"), ("dd/mm/yyyy", ""), ("d mmm", "part"), ("h:mm", "part"), ("yyyy hh", ""), ("General", ""), ("0.00", ""), ('"due "mmm yy', "month"),
     ("mmm-yy;@", "month"), ("[$-809]mmmm yyyy", "month"), ("@", "")],
)  # fmt: skip
def test_a_date_format_shows_a_month_a_year_or_part_of_a_date(code: str, shows: str) -> None:
    assert shown_of_date(code) == shows


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [("0.00", "1.5", "1.50"), ("000", "7", "007"), ('"A-"000', "14", "A-014"), ("0", "7", ""), ("0.0", "1.5", ""), ("0.00", "-1", ""), ("0.00", "words", ""), ("#,##0", "1234", ""),
     ("00", "2000000000000", ""), ('0" km"', "12", "12 km"), ("000;(000)", "7", "007")],
)  # fmt: skip
def test_a_number_as_fixed_digits_show_it(code: str, number: str, shown: str) -> None:
    assert shown_of_number(code, number) == shown


def test_the_words_of_a_page_without_its_codes() -> None:
    assert page_words('&L&"Arial,Bold"&14Draft&CPage &P of &N&RM && S &KFF0000red') == ["Draft", "Page of", "M & S red"]
    assert page_words("") == [] and page_words("plain") == ["plain"]
