"""A document as a workbook: a cover with all its words, contents, notes, and a sheet for each table.

After the Government Analysis Function's guidance on spreadsheets that everybody can use: the first sheet says what the file is, each table
stands alone on its sheet, is marked up as a table and starts in column A under its title.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal

from vawg_desktop.domain.terms import how_many
from vawg_desktop.exchange.document import (
    Cell,
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quote,
    Table,
    clean,
    words,
)
from vawg_desktop.exchange.document_columns import PORTRAIT, column_widths, too_wide
from vawg_desktop.exchange.look import Look
from vawg_desktop.exchange.ods_out import write_ods
from vawg_desktop.exchange.plan import LOGO_DEPARTURE, BookPlan, PlanCell, SheetPlan, Style
from vawg_desktop.exchange.xlsx_out import write_xlsx

COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"
#: Most characters that all columns of a table have together, and that one has, as spreadsheets count widths.
_WIDEST, _WIDEST_COLUMN = 240, 60
_COVER_WIDTH = 72
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']+")


def document_xlsx(document: Document) -> bytes:
    """The document as .xlsx."""
    return write_xlsx(book_of(document))


def document_ods(document: Document) -> bytes:
    """The document as .ods."""
    return write_ods(book_of(document))


def book_of(document: Document) -> BookPlan:
    """The workbook's sheets. Its cover says where each table and each note is."""
    plan = BookPlan(clean(document.title), document.marking, colour=document.look.colour)
    cover = _cover(document.look)
    cover.add(PlanCell(clean(document.title), Style.LONG_TITLE))
    for line in document.head_lines():
        cover.add(PlanCell(line))
    tables: list[SheetPlan] = []
    notes: list[tuple[str, str]] = []
    names = {COVER, CONTENTS, NOTES, "History"}  # Excel keeps the last for itself
    for block, title in document.labelled():
        match block:
            case Heading():
                cover.add(PlanCell(clean(block.text), Style.HEADING if block.level == 1 else Style.LABEL))
            case Paragraph():
                cover.add(PlanCell(clean(block.text)))
            case Items():
                for number, item in enumerate(block.items, 1):
                    cover.add(PlanCell(f"{number}. {clean(item)}" if block.numbered else f"• {clean(item)}"))
            case Quote():
                cover.add(PlanCell(clean(block.words)))
                if block.source:
                    cover.add(PlanCell(f"— {clean(block.source)}"))
            case Figure():
                cover.add(PlanCell(title, Style.LABEL))
                cover.add(PlanCell(clean(block.alternative)))
                notes += [(title.partition(":")[0], clean(note)) for note in block.notes]
            case Table():
                sheet = _table_sheet(block, title or clean(document.title), names, len(tables) + 1, bool(block.notes))
                tables.append(sheet)
                if title:
                    cover.add(PlanCell(title, Style.LABEL))
                cover.add(PlanCell(_pointer(sheet.name)))
                notes += [(title.partition(":")[0] or sheet.name, clean(note)) for note in block.notes]
    return _whole(plan, cover, tables, notes)


def _whole(plan: BookPlan, cover: SheetPlan, tables: Sequence[SheetPlan], notes: Sequence[tuple[str, str]]) -> BookPlan:
    """The workbook with all its sheets in their order."""
    if cover.picture is not None:
        cover.add(PlanCell(LOGO_DEPARTURE))
    plan.sheets = [cover, *_contents(tables, bool(notes)), *_notes(notes), *tables]
    return plan


def _cover(look: Look) -> SheetPlan:
    """The first sheet, empty but for the logo, which stands in a column of its own beside the title."""
    cover = SheetPlan(COVER, widths=[_COVER_WIDTH], protected=False, grid=False, landscape=False)
    if look.logo is not None:
        cover.picture, cover.first_height = look.logo, look.logo_points[1] + 6
        cover.widths.append(look.logo.width / 7 + 2)
    return cover


def _pointer(sheet: str) -> str:
    """Where a table is: the line that stands in its place on the cover."""
    return f"See the sheet “{sheet}”."


def _contents(tables: Sequence[SheetPlan], noted: bool) -> list[SheetPlan]:
    if len(tables) < 2:
        return []
    sheet = SheetPlan(CONTENTS, widths=[34, 54], protected=False, landscape=False)
    sheet.add(PlanCell("Contents", Style.TITLE))
    top = sheet.add(PlanCell("Sheet", Style.HEADER), PlanCell("What it holds", Style.HEADER))
    if noted:
        sheet.add(PlanCell(NOTES, Style.ROW), PlanCell("Notes on the tables", Style.ROW))
    for table in tables:
        sheet.add(PlanCell(table.name, Style.ROW), PlanCell(table.about, Style.ROW))
    return [_marked(sheet, top, 1, "contents", "The sheets of this workbook")]


def _notes(notes: Sequence[tuple[str, str]]) -> list[SheetPlan]:
    if not notes:
        return []
    sheet = SheetPlan(NOTES, widths=[22, 66], protected=False, landscape=False)
    sheet.add(PlanCell("Notes", Style.TITLE))
    top = sheet.add(PlanCell("On", Style.HEADER), PlanCell("Note", Style.HEADER))
    for on, note in notes:
        sheet.add(PlanCell(on, Style.ROW), PlanCell(note, Style.ROW))
    return [_marked(sheet, top, 1, "notes", "Notes on the tables")]


def _marked(sheet: SheetPlan, top: int, right: int, name: str, about: str) -> SheetPlan:
    """The sheet with its table marked up, and its headings kept in sight."""
    sheet.table, sheet.table_name, sheet.about = (top, len(sheet.rows) - 1, right), name, about
    sheet.frozen = (top + 1, 0)
    return sheet


def _table_sheet(table: Table, title: str, names: set[str], number: int, noted: bool) -> SheetPlan:
    """A table alone on its sheet: its title in A1, how much it holds in A2, its headings in row 3."""
    name = _sheet_name(table.title or title, names)
    widths = [max(9.0, w * 1.15) for w in column_widths(table, _WIDEST, _WIDEST_COLUMN)]
    sheet = SheetPlan(name, widths=widths, protected=False, landscape=too_wide(table), pages_wide=1 if sum(widths) < 2 * PORTRAIT else 2)
    sheet.add(PlanCell(title, Style.TITLE))
    sheet.add(PlanCell(f"One table of {how_many(len(table.rows), 'row')}.{' Its notes are on the sheet “Notes”.' if noted else ''}", Style.LINE))
    top = sheet.add(*(PlanCell(head, Style.HEADER) for head in _distinct(table.heads)))
    for row in table.rows:
        sheet.add(*(_cell(cell) for cell in row))
    if not table.rows:  # a table needs a row
        sheet.add(*(PlanCell(None, Style.ROW) for _ in table.heads))
    return _marked(sheet, top, len(table.heads) - 1, f"table_{number}", title)


def _sheet_name(title: str, names: set[str]) -> str:
    """A name that spreadsheets allow and no other sheet bears: at most 31 characters, cut after a word."""
    plain = " ".join(_FORBIDDEN.sub(" ", clean(title)).split()) or "Table"
    short = plain if len(plain) <= 28 else plain[:28].rsplit(" ", 1)[0] if " " in plain[:28] else plain[:28]
    name, number = short, 2
    taken = {n.casefold() for n in names}
    while name.casefold() in taken:
        name, number = f"{short[:27]} {number}", number + 1
    names.add(name)
    return name


def _distinct(heads: Sequence[str]) -> list[str]:
    """Headings, each with words of its own, as a marked-up table must have."""
    found: list[str] = []
    for place, head in enumerate(heads, 1):
        plain = name = " ".join(clean(head).split()) or f"Column {place}"
        number = 2
        while name.casefold() in {f.casefold() for f in found}:
            name, number = f"{plain} {number}", number + 1
        found.append(name)
    return found


def _cell(cell: Cell) -> PlanCell:
    if isinstance(cell, dt.date):
        return PlanCell(cell, Style.ROW_DATE)
    if isinstance(cell, Decimal):
        places = -int(cell.as_tuple().exponent)
        if places > 2:  # no format of ours shows them all
            return PlanCell(words(cell), Style.ROW)
        return PlanCell(cell, Style.ROW_NUMBER if places <= 0 else Style.ROW_TENTHS if places == 1 else Style.ROW_HUNDREDTHS)
    if isinstance(cell, int):
        return PlanCell(cell, Style.ROW_NUMBER)
    return PlanCell(clean(cell) if cell else None, Style.ROW)
