"""Remarks of an old .xls: comments, links, colours and struck words by xlrd, formulas and text boxes by their records.

Runs in the reader's child process. Records are those of [MS-XLS]; xlrd keeps no formulas, page heads or text boxes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from vawg_desktop.exchange.cells import WHOLE_CELL
from vawg_desktop.exchange.remark import (
    OURS,
    Remark,
    address,
    is_percent,
    page_words,
    shown_of_date,
    shown_of_number,
)

_FORMULA, _HEADER, _FOOTER, _CONTINUE, _TXO, _BOF, _EOF = 0x06, 0x14, 0x15, 0x3C, 0x1B6, 0x809, 0x0A
_BOUNDSHEET = 0x85
_RULES = 0x01B0


@dataclass(slots=True)
class _Records:
    """What the records of one sheet say that xlrd leaves out."""

    formulas: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    pages: list[str] = field(default_factory=list[str])
    texts: list[str] = field(default_factory=list[str])
    #: Ranges that rules colour: first and last cell.
    rules: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list[tuple[tuple[int, int], tuple[int, int]]])


def of_xls(content: bytes) -> Iterator[Remark]:
    """Every remark, sheet by sheet. Raises whatever xlrd does on a file it cannot read."""
    import xlrd

    book: Any = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    stream = _stream(content)
    starts = _sheets(stream)
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        yield from _of_sheet(book, sheet)
        records = _records(stream, starts[sheet.name]) if sheet.name in starts else _Records()
        yield from _of_records(sheet, records)


def _stream(content: bytes) -> bytes:
    from xlrd.compdoc import CompDoc

    parts: Any = CompDoc(content, logfile=io.StringIO())
    return bytes(parts.get_named_stream("Workbook") or parts.get_named_stream("Book") or b"")


def _of_sheet(book: Any, sheet: Any) -> Iterator[Remark]:
    from xlrd import XL_CELL_DATE, XL_CELL_ERROR, XL_CELL_NUMBER
    from xlrd.biffh import error_text_from_code

    name = sheet.name
    for (row, column), note in sorted(sheet.cell_note_map.items()):
        if words := " ".join(note.text.split()):
            yield name, address(row, column), "comment", words
    yield from _of_links(sheet)
    looks = _looks(book)
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
            colour, struck, per_cent, code = looks.get(sheet.cell_xf_index(row, column), ("", False, False, ""))
            at = address(row, column)
            if colour:
                yield name, at, "colour", colour
            if kind == XL_CELL_ERROR:
                yield name, at, "error", error_text_from_code.get(value, "#?")
            elif kind == XL_CELL_NUMBER and per_cent:
                yield name, at, "percent", repr(value)
            elif kind in (XL_CELL_NUMBER, XL_CELL_DATE) and (remark := _shown_as(kind == XL_CELL_DATE, code, value)):
                yield name, at, *remark
            if struck and value != "":
                yield name, at, "struck", WHOLE_CELL
            elif words := _struck_runs(book, sheet, row, column):
                yield name, at, "struck", words


def _of_links(sheet: Any) -> Iterator[Remark]:
    for link in sheet.hyperlink_list:
        if link.url_or_path:
            target = link.url_or_path
            words = target.decode("utf-8", "replace") if isinstance(target, bytes) else str(target)
            yield sheet.name, address(link.frowx, link.fcolx), "link", words


def _shown_as(date: bool, code: str, value: float) -> tuple[str, str] | None:
    """What a format shows of a date or a number, where that is not how it is held."""
    shown = shown_of_date(code) if date else shown_of_number(code, repr(value)) if code else ""
    return ("month" if date else "shown", shown) if shown else None


def _looks(book: Any) -> dict[int, tuple[str, bool, bool, str]]:
    """Of each cell format: its fill where it is not ours, whether it strikes out, whether it shows per cents, its code."""
    found: dict[int, tuple[str, bool, bool, str]] = {}
    for number, xf in enumerate(book.xf_list):
        rgb = (
            book.colour_map.get(xf.background.pattern_colour_index)
            if xf.background.fill_pattern == 1
            else None
        )
        colour = "".join(f"{part:02X}" for part in rgb) if rgb else ""
        struck = (
            bool(book.font_list[xf.font_index].struck_out) if xf.font_index < len(book.font_list) else False
        )
        code = book.format_map[xf.format_key].format_str if xf.format_key in book.format_map else ""
        found[number] = ("" if colour in OURS else colour, struck, is_percent(code), code)
    return found


def _struck_runs(book: Any, sheet: Any, row: int, column: int) -> str:
    """The words of a cell's runs that are struck out."""
    runs: list[tuple[int, int]] = sheet.rich_text_runlist_map.get((row, column)) or []
    text = str(sheet.cell_value(row, column))
    texts = [
        text[start : runs[n + 1][0] if n + 1 < len(runs) else len(text)]
        for n, (start, font) in enumerate(runs)
        if font < len(book.font_list) and book.font_list[font].struck_out
    ]
    return " ".join(" ".join(texts).split())


def _of_records(sheet: Any, records: _Records) -> Iterator[Remark]:
    for row, column in records.formulas:
        inside = row < sheet.nrows and column < sheet.row_len(row)
        value = sheet.cell_value(row, column) if inside else ""
        if inside and sheet.cell_type(row, column) == 5:
            continue  # an error: reported already
        yield sheet.name, address(row, column), "empty_formula" if value == "" else "formula", ""
    for first, last in records.rules:
        here, there = address(*first), address(*last)
        yield sheet.name, here, "conditional", here if here == there else f"{here}:{there}"
    for text in records.pages:
        for words in page_words(text):
            yield sheet.name, "", "page", words
    notes = {" ".join(note.text.split()) for note in sheet.cell_note_map.values()}
    for text in records.texts:
        words = " ".join(text.split())
        if words and words not in notes:
            yield sheet.name, "A1", "text_box", words


def _sheets(stream: bytes) -> dict[str, int]:
    """Where each sheet's records begin in the workbook's stream."""
    starts: dict[str, int] = {}
    at = 0
    old = stream[4:6] == b"\x00\x05"
    while at + 4 <= len(stream):
        record, size = (
            int.from_bytes(stream[at : at + 2], "little"),
            int.from_bytes(stream[at + 2 : at + 4], "little"),
        )
        body = stream[at + 4 : at + 4 + size]
        if record == _BOUNDSHEET and size >= 8:
            wide, count, first = (False, body[6], 7) if old else (bool(body[7] & 1), body[6], 8)
            name = _text(body[first : first + count * (1 + wide)], wide)
            starts[name] = int.from_bytes(body[:4], "little")
        at += 4 + size
        if record == _EOF:
            break
    return starts


def _records(stream: bytes, at: int) -> _Records:
    """The formulas, page heads and texts of the sheet whose records begin at ``at``; charts inside it are passed over."""
    found = _Records()
    depth = left = 0
    old = False  # Excel 5 and 95 write texts of one byte a letter ([MS-XLS] calls them BIFF5)
    while at + 4 <= len(stream):
        record, size = (
            int.from_bytes(stream[at : at + 2], "little"),
            int.from_bytes(stream[at + 2 : at + 4], "little"),
        )
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if record == _BOF:
            depth += 1
            old = old or body[:2] == b"\x00\x05"
        elif record == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif record == _TXO:
            left = int.from_bytes(body[10:12], "little") if size >= 12 else 0
            found.texts.append("")
        elif record == _CONTINUE and left > 0:  # a text box's words follow it, then their formats
            text = _text(body[1:], body[:1] == b"\x01")
            found.texts[-1] += text
            left -= max(len(text), 1)
        elif depth == 1 and record == _FORMULA and size >= 4:
            found.formulas.append((int.from_bytes(body[:2], "little"), int.from_bytes(body[2:4], "little")))
        elif depth == 1 and record == _RULES and size >= 12:  # [MS-XLS] CondFmt: two counts, then the range it bounds
            top, bottom, left_, right = (int.from_bytes(body[n : n + 2], "little") for n in (4, 6, 8, 10))
            found.rules.append(((top, left_), (bottom, right)))
        elif depth == 1 and record in (_HEADER, _FOOTER) and size > 3:
            found.pages.append(_text(body[1:], False) if old else _text(body[3:], bool(body[2] & 1)))
    return found


def _text(data: bytes, wide: bool) -> str:
    return data.decode("utf-16-le", "replace") if wide else data.decode("latin-1")
