"""A tracker written back in its own shape: its own workbook with the cells that changed filled anew, and what changed on a second sheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.exchange.cells import Cell
from vawg_desktop.exchange.document_csv import as_text
from vawg_desktop.exchange.plan import fit_cell
from vawg_desktop.exchange.reading import Book, Sheet

#: The sheet that says what changed, in words and with each place.
CHANGED = "Changed since"
CHANGED_HEADS = ("Sheet", "Cell", "Record", "Column", "Was", "Is now")
#: Letters with which a spreadsheet program begins a formula: words that begin so stay words.
_FORMULA = ("=", "+", "-", "@")
#: Control characters that no cell of a workbook holds.
_NEVER_IN_A_CELL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Refilled:
    """One cell that says something else now: its place, its record, and its words then and now."""

    sheet: str
    cell: str
    record: str
    heading: str
    was: str
    value: Cell
    #: The fill (RRGGBB) of the rating that it says now, empty for none; None where its fill is no rating's.
    fill: str | None = None


def is_ours(sheet: Sheet) -> bool:
    """Whether a sheet is the one on which an earlier copy said what had changed: it lists no records."""
    first = next((row for row in sheet.rows if any(c is not None for c in row)), list[Cell]())
    return sheet.name.startswith(CHANGED) and tuple(str(c) for c in first if c is not None) == CHANGED_HEADS


def write_like(book: Book, cells: Sequence[Refilled], notes: Sequence[str], out: Path, sheets: Sequence[str]) -> list[str]:
    """Write the workbook again to ``out``: .xlsx, or .csv where ``sheets``, those that list records, are one. Returns the notes that stand in it. Raises StoreError."""
    try:
        if out.suffix.casefold() == ".csv":
            if len(sheets) > 1:
                raise StoreError(f"A .csv holds one sheet, and this tracker lists records on {len(sheets)}: {', '.join(sheets)}. Write it as .xlsx.", code="several_sheets")
            out.write_bytes(_as_text(book, cells, sheets).encode("utf-8-sig"))  # as text, Windows would end each line twice
            return [*notes]
        made = _own_workbook(book) if _is_excel(book) else _plain_workbook(book)
        if made is None:
            made = _plain_workbook(book)
            notes = [*notes, "This file was made new from the tracker's words and colours: its other looks are not in it."]
        for name in [s.name for s in book.sheets if is_ours(s) and s.name in made.sheetnames]:
            del made[name]  # what an earlier copy said of changes; this one says it anew
        _fill(made, cells)
        _note_changes(made, cells, notes)
        made.save(out)
        return [*notes]
    except OSError as error:
        raise StoreError(f"{out.name} could not be written ({error.strerror}).", code="write_failed") from error


def _is_excel(book: Book) -> bool:
    return book.inner.startswith(b"PK") and b"xl/workbook.xml" in book.inner


def _own_workbook(book: Book) -> Any:
    """The workbook itself, with its widths, colours and rules; None where a part of it that is not needed for its words cannot be read."""
    import openpyxl

    try:
        with warnings.catch_warnings(action="ignore"):  # of parts that it leaves out, which the office's own program makes anew
            return openpyxl.load_workbook(io.BytesIO(book.inner))
    except (SyntaxError, KeyError, ValueError, TypeError, AttributeError, IndexError, zipfile.BadZipFile):  # SyntaxError is the parser's of XML
        return None


def _plain_workbook(book: Book) -> Any:
    """A workbook of the same sheets, columns, order and fills, for kinds of file that are not written as they were."""
    import openpyxl
    from openpyxl.styles import Font, PatternFill

    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for sheet in book.sheets:
        page = made.create_sheet(sheet.name[:31])
        for r, row in enumerate(sheet.rows):
            for c, value in enumerate(row):
                if value is not None:
                    _put(page.cell(sheet.top + r + 1, sheet.left + c + 1), value)
        for cell in page[1]:
            cell.font = Font(bold=True)
    for name, cell, kind, words in book.remarks:
        if name[:31] not in made.sheetnames or not cell or kind not in ("colour", "percent", "month", "shown"):
            continue
        place = made[name[:31]][cell]
        if kind == "colour":
            place.fill = PatternFill("solid", fgColor=words)
        elif isinstance(place.value, int | float | dt.date) and (form := _format(kind, words)):
            place.number_format = form
    return made


def _format(kind: str, words: str) -> str:
    """How a number or a date was shown: per cents, so many decimals or figures ("1.10", "007"), a month without its day; empty for anything else."""
    if kind == "percent":
        return "0%" if not words or round(float(words) * 100, 6) % 1 == 0 else "0.0%"
    if kind == "month":
        return {"month": "mmm yyyy", "year": "yyyy"}.get(words, "")
    if kind == "shown" and re.fullmatch(r"\d+(?:\.\d+)?", words):
        whole, _, rest = words.partition(".")
        return "0" * (len(whole) if whole.startswith("0") else 1) + (f".{'0' * len(rest)}" if rest else "")
    return f'"{words}"' if kind == "shown" and '"' not in words else ""


def _fill(made: Any, cells: Sequence[Refilled]) -> None:
    for one in cells:
        cell = made[one.sheet if one.sheet in made.sheetnames else one.sheet[:31]][one.cell]
        if _is_covered(cell):
            continue  # a part of a merged cell shows nothing of its own; the last sheet says what changed there
        _put(cell, one.value)
        if one.fill is not None and cell.fill is not None and cell.fill.fill_type:
            _paint(cell, one.fill)


def _is_covered(cell: Any) -> bool:
    return type(cell).__name__ == "MergedCell"


def _paint(cell: Any, fill: str) -> None:
    """Give a cell that is coloured as a rating the colour of what it says now, or none."""
    from openpyxl.styles import PatternFill

    cell.fill = PatternFill("solid", fgColor=fill) if fill else PatternFill()


def _put(cell: Any, value: Cell) -> None:
    """A value into a cell; words stay words, whatever they begin with, and a date keeps the cell's own way of showing it."""
    was = cell.number_format
    cell.value = fit_cell(_NEVER_IN_A_CELL.sub(" ", value)) if isinstance(value, str) else value
    if isinstance(value, str) and value.startswith(_FORMULA):
        cell.data_type = "s"
    if isinstance(value, dt.date):
        cell.number_format = was if was not in ("General", "@") else "dd/mm/yyyy"


def _note_changes(made: Any, cells: Sequence[Refilled], notes: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font

    name = CHANGED
    while name in made.sheetnames:
        name += " (2)"
    page = made.create_sheet(name)
    page.append(CHANGED_HEADS)
    for cell in page[1]:
        cell.font = Font(bold=True)
    for one in cells:
        page.append((one.sheet, one.cell, one.record, one.heading, "", ""))
        for column, value in ((5, one.was), (6, one.value)):
            _put(page.cell(page.max_row, column), value)
    for note in notes:
        page.append(("", "", "", note))
    for letter, width in zip("ABCDEF", (16, 8, 12, 24, 44, 44), strict=True):
        page.column_dimensions[letter].width = width
    for row in page.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = "A2"


def _as_text(book: Book, cells: Sequence[Refilled], sheets: Sequence[str]) -> str:
    sheet: Sheet = next(s for s in book.sheets if s.rows and (not sheets or s.name in sheets))
    new = {one.cell: one.value for one in cells if one.sheet == sheet.name}
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for r, row in enumerate(sheet.rows):
        writer.writerow([_plain(value) if (at := sheet.address(r, c)) not in new else as_text(_plain(new[at])) if isinstance(new[at], str) else _plain(new[at]) for c, value in enumerate(row)])
    return text.getvalue()


def _plain(value: Cell) -> str:
    if isinstance(value, dt.datetime | dt.date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else str(value)
