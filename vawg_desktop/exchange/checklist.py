"""The Analysis Function's checklist for accessible spreadsheets, checked on a finished workbook of ours.

Source: Government Analysis Function, "Making spreadsheets accessible: a brief checklist of the basics". A point is met,
or departed from for a reason that stands in the workbook itself.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from vawg_desktop.exchange.checklist_ods import look_ods
from vawg_desktop.exchange.checklist_points import Point, departure, objects, point
from vawg_desktop.exchange.look import LEAST_CONTRAST, contrast
from vawg_desktop.exchange.return_plan import FILL_MARK, IDENTITY_SHEET


def look(content: bytes) -> list[Point]:
    """Every point, in the checklist's order, for an .xlsx or .ods workbook."""
    if content[30:38] == b"mimetype":
        return look_ods(content)
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    sheets = [s for s in book.worksheets if s.title != IDENTITY_SHEET]
    start = "\n".join(str(c.value) for row in book["Start here"].iter_rows() for c in row if c.value)
    points = [
        point("Tables are marked up as tables and named", _untabled(sheets)),
        point("No merged or split cells", [f"{s.title} {r}" for s in sheets for r in s.merged_cells.ranges]),
        point("No blank rows or columns inside a table", _blank_rows(sheets)),
        point("Every column of a table has its own heading", _headings(sheets)),
        point(
            "Every sheet has a name that says what it holds",
            [s.title for s in sheets if s.title.startswith("Sheet")],
        ),
        point("The document has a title", [] if book.properties.title else ["no title"]),
        point("Text is sans serif and 10 points or larger", _fonts(sheets)),
        point("Text is wrapped and its row high enough", _unwrapped(sheets)),
        point("No text in headers or footers that stands nowhere else", _only_in_footers(sheets, start)),
        objects(_objects(sheets), _pictures(content), start),
        point("Whatever colour shows stands in words too", _colour_only(sheets)),
        point("Text and background are far apart (4.5 to 1)", _contrast(sheets)),
    ]
    departures = (
        (
            "The first cell of each sheet is chosen",
            lambda: book["Actions"].sheet_view.selection[-1].activeCell != "A1",
            0,
        ),
        ("No frozen panes", lambda: book["Actions"].freeze_panes is not None, 1),
        ("No hidden rows, columns or sheets", lambda: book[IDENTITY_SHEET].sheet_state != "visible", 2),
        ("Nothing is locked", lambda: bool(book["Actions"].protection.sheet), 3),
        ("No empty cells in tables", lambda: True, 4),
        ("Colour is not used to tell cells apart", lambda: True, 5),
    )
    return points + [departure(asks, does, number, start) for asks, does, number in departures]


def _tables(sheet: Any) -> list[Any]:
    return list(sheet.tables.values())


def _untabled(sheets: list[Any]) -> list[str]:
    needs = ("Actions", "Evidence", "New actions")
    return [
        s.title
        for s in sheets
        if s.title in needs and (len(_tables(s)) != 1 or not _tables(s)[0].displayName)
    ]


def _cells(sheet: Any) -> list[list[Any]]:
    found: list[list[Any]] = []
    for table in _tables(sheet):
        found += [list(row) for row in sheet[table.ref]]
    return found


def _blank_rows(sheets: list[Any]) -> list[str]:
    """Rows for the partner's own lines are blank on purpose; a row of actions is not."""
    actions = next(s for s in sheets if s.title == "Actions")
    return [f"row {row[0].row}" for row in _cells(actions) if all(c.value is None for c in row)]


def _headings(sheets: list[Any]) -> list[str]:
    wrong: list[str] = []
    for sheet in sheets:
        for table in _tables(sheet):
            heads = [c.value for c in sheet[table.ref][0]]
            if None in heads or len(set(heads)) < len(heads):
                wrong.append(sheet.title)
    return wrong


def _fonts(sheets: list[Any]) -> list[str]:
    return sorted(
        {
            f"{c.font.name} {c.font.sz}"
            for s in sheets
            for row in s.iter_rows()
            for c in row
            if c.value and (c.font.name != "Arial" or (c.font.sz or 0) < 10)
        }
    )


def _unwrapped(sheets: list[Any]) -> list[str]:
    long = 40
    wrong: list[str] = []
    for sheet in sheets:
        for row in sheet.iter_rows():
            for c in row:
                beside = c.column > 1 or sheet.title == "Actions"
                if isinstance(c.value, str) and len(c.value) > long and beside and not c.alignment.wrap_text:
                    wrong.append(f"{sheet.title} {c.coordinate}")
    return wrong


def _only_in_footers(sheets: list[Any], start: str) -> list[str]:
    wrong: list[str] = []
    for sheet in sheets:
        left = str(sheet.oddFooter.left.text or "")
        if left and left not in start:
            wrong.append(f"{sheet.title}: {left}")
    return wrong


def _objects(sheets: list[Any]) -> list[str]:
    return [s.title for s in sheets if s._charts or any(c.comment for row in s.iter_rows() for c in row)]


def _pictures(content: bytes) -> list[str]:
    """The words of each picture; openpyxl drops them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        drawings = [
            archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/drawings/drawing")
        ]
    tags = [
        tag for text in drawings for tag in re.findall(r"<xdr:pic>.*?<xdr:cNvPr ([^>]*)>", text, re.DOTALL)
    ]
    return [found[1] if (found := re.search(r'descr="([^"]*)"', tag)) else "" for tag in tags]


def _colour_only(sheets: list[Any]) -> list[str]:
    """Each column that is filled with the colour of answers says so in its heading."""
    wrong: list[str] = []
    for sheet in sheets:
        for table in _tables(sheet):
            rows = sheet[table.ref]
            for head, first in zip(rows[0], rows[1] if len(rows) > 1 else (), strict=False):
                yellow = str(first.fill.fgColor.rgb).endswith("FFFBEA")
                if yellow and FILL_MARK not in str(head.value):
                    wrong.append(f"{sheet.title} {head.coordinate}")
    return wrong


def _contrast(sheets: list[Any]) -> list[str]:
    seen: set[tuple[str, str]] = set()
    for sheet in sheets:
        for row in sheet.iter_rows():
            for c in row:
                if c.value:
                    front, back = (
                        str(c.font.color.rgb if c.font.color else "FF000000"),
                        str(c.fill.fgColor.rgb if c.fill.fill_type else "FFFFFFFF"),
                    )
                    seen.add((front[-6:], back[-6:]))
    return [f"{f} on {b}" for f, b in sorted(seen) if contrast(f, b) < LEAST_CONTRAST]
