"""The tables of a return: which sheet holds its rows, which column is which, and each row as it was answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.references import NUMBER, PROVISIONAL, ROW_KEY
from vawg_desktop.domain.return_columns import BY_KEY, FORMS, HEADINGS, ReturnForm
from vawg_desktop.domain.rules import join
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.cells import Cell, plain_text
from vawg_desktop.exchange.cells import address as sheet_address
from vawg_desktop.exchange.reading import Book, Sheet
from vawg_desktop.exchange.return_beside import tray_entry
from vawg_desktop.exchange.return_plan import (
    EVIDENCE,
    FILL_MARK,
    HIDDEN,
    IDENTITY_SHEET,
    NEW_ACTIONS,
)
from vawg_desktop.exchange.return_shape import Answer, ReadReturn, ReadRow

_BY_HEADING = {form.kind: {fold(c.heading): c.key for c in form.columns} for form in FORMS.values()}
MARK = fold(FILL_MARK)
#: What people call our columns once they have retyped the heading.
_RETYPED = {form.kind: {fold(words): c.key for c in form.columns for words in c.called} for form in FORMS.values()}
_BRACKETS = re.compile(r"\([^()]*\)")
_KEY = re.compile(ROW_KEY)
_SHOWN = re.compile(rf"[A-Za-z]{{1,2}}\s*[-–]\s*(?:{NUMBER}|{PROVISIONAL})\s*[-–]\s*[3-9A-Za-z]{{4}}")


@dataclass(slots=True)
class _Columns:
    """Where the columns of a table stand; -1 is nowhere."""

    visible: int
    locked: list[int]
    hidden: list[int]
    fills: list[str | None]


Table = tuple[Sheet, int, _Columns]


def form_and_tables(book: Book, form: ReturnForm | None = None) -> tuple[ReturnForm, list[Table]]:
    """The form that a book's columns are of, and its tables; where ``form`` is not known, the one with the most of its headings in a row, of two alike the first."""
    forms = [form] if form is not None else sorted(FORMS.values(), key=lambda f: max((_fits(s, f) for s in book.sheets), default=0), reverse=True)
    for one in forms:
        others = [f for f in FORMS.values() if f is not one]
        if tables := [t for t in _tables_of(book, one) if all(_fits(t[0], one) >= _fits(t[0], f) for f in others)]:
            return one, tables
    return forms[0], []


def _fits(sheet: Sheet, form: ReturnForm) -> int:
    """The most headings of a form that stand in one row of a sheet."""
    locked = {fold(h) for h in form.headings}
    return max((sum(bool(fill_key(c, form)[0]) or fold(plain_text(c)) in locked for c in row if c is not None) for row in sheet.rows[:30]), default=0)


def _tables_of(book: Book, form: ReturnForm) -> list[Table]:
    """The sheets that hold rows of a form: by their headings, or by our references in a column."""
    found: list[Table] = []
    for sheet in book.sheets:
        free = any(header_of(sheet, heads) is not None for heads in (EVIDENCE, NEW_ACTIONS))
        if free or sheet.name in (IDENTITY_SHEET, "Lists", "Definitions", "For reference", "Start here", "Message"):
            continue
        header = _headed(sheet, form)
        if header is not None:
            found.append((sheet, header, _columns(sheet, header, form)))
    if found:  # beside a workbook's own table, one in the message that brought it is words
        own = [t for t in found if not t[0].name.startswith("Message: ")]
        return own or found
    return [t for s in book.sheets if s.name not in (IDENTITY_SHEET, "For reference") and (t := _headless(s, form))]


def _headed(sheet: Sheet, form: ReturnForm) -> int | None:
    """The row of headings: three of ours and Reference, or one of ours above a column of our references."""
    best: tuple[int, int] | None = None
    last = -2
    for number, row in enumerate(sheet.rows[:30]):
        keys = [k for cell in row if (k := fill_key(cell, form)[0])]
        named = any(fold(plain_text(c)) == "reference" for c in row)
        if keys and any(isinstance(c, str) and _SHOWN.fullmatch(c.strip()) for c in row):
            continue  # an answer ("Update") in a row of its own reference is no heading
        if keys and last == -2:
            last = _last_reference(sheet)
        if (len(keys) >= 3 and named) or (keys and last > number):
            best = max(best, (len(keys), -number)) if best else (len(keys), -number)
    return -best[1] if best else None


def _last_reference(sheet: Sheet) -> int:
    """The last row in which a reference with its check letters stands, or -1."""
    for number in range(len(sheet.rows) - 1, -1, -1):
        if any(isinstance(cell, str) and _SHOWN.fullmatch(cell.strip()) for cell in sheet.rows[number]):
            return number
    return -1


def _reference_column(sheet: Sheet, header: int) -> int:
    """The column in which references with their check letters stand, or -1."""
    counts: dict[int, int] = {}
    for row in sheet.rows[header + 1 :]:
        for column, cell in enumerate(row):
            if isinstance(cell, str) and _SHOWN.fullmatch(cell.strip()):
                counts[column] = counts.get(column, 0) + 1
    return max(counts, key=lambda c: (counts[c], -c)) if counts else -1


def _columns(sheet: Sheet, header: int, form: ReturnForm) -> _Columns:
    heads = [" ".join(plain_text(c).split()) for c in sheet.rows[header]]
    where = {fold(h): i for i, h in reversed(list(enumerate(heads)))}
    locked = [where.get(fold(h), -1) for h in form.headings]
    visible = locked[0] if locked[0] >= 0 else _reference_column(sheet, header)
    fills: list[str | None] = [None] * len(heads)
    sure: set[str] = set()
    for exact in (True, False):
        for i, head in enumerate(heads):
            key, marked = fill_key(head, form)
            if key and marked is exact and key not in sure and i != visible and i not in locked:
                fills[i] = key
                sure.add(key)
    return _Columns(visible, locked, [where.get(fold(h), -1) for h in HIDDEN], fills)


def _headless(sheet: Sheet, form: ReturnForm) -> Table | None:
    """Our table with its headings gone or retyped: the hidden keys still stand where we put them."""
    width = len(form.headings) + len(form.columns)
    kept = [
        n for n, row in enumerate(sheet.rows) if len(row) > width and _KEY.fullmatch(plain_text(row[width]))
    ]
    if not kept:
        return None
    fills: list[str | None] = [None] * len(form.headings) + [c.key for c in form.columns] + [None, None]
    return sheet, kept[0] - 1, _Columns(0, list(range(len(form.headings))), [width, width + 1], fills)


def fill_key(cell: Cell, form: ReturnForm) -> tuple[str | None, bool]:
    """The key of a form's column to fill by its heading, and whether the heading is as we sent it."""
    words, known = fold(plain_text(cell)), _BY_HEADING[form.kind]
    if MARK in words:
        before, _, after = words.partition(MARK)
        return known.get(before.strip()), not after.strip()
    bare = fold(_BRACKETS.sub(" ", plain_text(cell)))
    retyped = _RETYPED[form.kind]  # "Longest wait (days)" as it stands, or without what is in brackets
    return known.get(words) or known.get(bare) or retyped.get(words) or retyped.get(bare), False


def read_actions(read: ReadReturn, sheet: Sheet, header: int, at: _Columns) -> None:
    heads = [" ".join(plain_text(c).split()) for c in sheet.rows[header]] if header >= 0 else []
    _note_headings(read, sheet, header, heads, at)
    known = {at.visible, *at.locked, *at.hidden, *(i for i, k in enumerate(at.fills) if k)}
    fills = [(column, key) for column, key in enumerate(at.fills) if key]
    for number in range(max(header, 0)):
        for column, value in enumerate(sheet.rows[number]):
            if value is not None:
                read.tray.append(tray_entry(sheet, number, column, "", value, "words above the table"))
    letters = [sheet_address(0, sheet.left + c)[:-1] for c in range(max(map(len, sheet.rows), default=0))]
    extra = [column for column in range(len(letters)) if column not in known]
    shown = read.form.shown
    names = ("visible", "title", "recommendation", "due", "last", *(c.key for c in shown), "key", "check")
    columns = (at.visible, *at.locked[1:], *at.hidden)
    where = {name: letters[c] for name, c in zip(names, columns, strict=True) if 0 <= c < len(letters)}
    even = 2 * sum(len(r) == len(heads) for r in sheet.rows[header + 1 :]) > len(sheet.rows) - header - 1
    for number in range(header + 1, len(sheet.rows)):
        cells = sheet.rows[number]
        if all(c is None for c in cells):
            continue

        def text_at(column: int, cells: list[Cell] = cells) -> str:
            value = cells[column] if 0 <= column < len(cells) else None
            return "" if value is None else value.strip() if type(value) is str else plain_text(value)

        line = str(sheet.top + number + 1)
        longer = any(value is not None for value in cells[len(heads) :])
        shorter = even and len(cells) < len(heads) and "key" not in where
        uneven = read.as_text and (longer or (shorter and _contradicts(cells, fills)))
        row = ReadRow(
            sheet.name, sheet.top + number + 1, text_at(at.visible), text_at(at.hidden[0]), text_at(at.hidden[1]),
            [text_at(at.locked[1]), text_at(at.locked[2]), text_at(at.locked[3])], place=letters[max(at.visible, 0)] + line,
            last=text_at(at.locked[4]), where=where, shifted=uneven,
            more={c.key: text_at(column) for c, column in zip(shown, at.locked[5:], strict=True)},
        )  # fmt: skip
        for column, key in fills:
            value = cells[column] if column < len(cells) else None
            if value is not None:
                row.answers[key] = Answer(value, sheet.name, letters[column] + line)
            elif column < len(letters):
                row.blank[key] = letters[column] + line
        for column in extra:
            value = cells[column] if column < len(cells) else None
            if value is not None:
                head = heads[column] if column < len(heads) else ""
                row.shifted |= isinstance(value, str) and bool(_KEY.fullmatch(value.strip()))
                read.tray.append(tray_entry(sheet, number, column, head, value, "a column we did not send"))
        read.rows.append(row)
    _note_merged(read, sheet, header, at)


def _contradicts(cells: list[Cell], fills: list[tuple[int, str]]) -> bool:
    """Whether a short row has a word in a column of terms or numbers that is none: its cells stand one to the left."""
    for column, key in fills:
        value = cells[column] if column < len(cells) else None
        if value is not None and key in _TERMS and _TERMS[key].find(plain_text(value)) is None:
            return True
        if key in _NUMBERS and value is not None and not any(c.isdigit() for c in plain_text(value)):
            return True
    return False


_TERMS = {c.key: c.terms for c in BY_KEY.values() if c.terms is not None}
_NUMBERS = frozenset(c.key for c in BY_KEY.values() if c.spec.kind in (Kind.WHOLE, Kind.NUMBER))


def _note_merged(read: ReadReturn, sheet: Sheet, header: int, at: _Columns) -> None:
    """One cell over several rows speaks for its first row only."""
    for top, left, bottom, right in sorted(set(sheet.merged))[:200]:
        first, last = max(0, left - sheet.left), min(right + 1 - sheet.left, len(at.fills))
        if bottom > max(top, header + sheet.top) and any(at.fills[c] for c in range(first, last)):
            words = f"One cell stands for {bottom - top + 1} rows from here; its words were taken for the first of them only."
            read.problems.append(Problem("merged_cells", words, sheet.name, sheet_address(top, left)))


def _note_headings(read: ReadReturn, sheet: Sheet, header: int, heads: list[str], at: _Columns) -> None:
    """Headings that are not as we sent them are taken, and reported."""
    ours = {fold(h) for h in (*read.form.headings, *HIDDEN)}
    for column, head in enumerate(heads):
        used = column < len(at.fills) and at.fills[column]
        empty = not any(column < len(row) and row[column] is not None for row in sheet.rows[header + 1 :])
        if head and empty and not used and fold(head) not in ours and column != at.visible and header >= 0:
            read.tray.append(tray_entry(sheet, header, column, "", head, "a heading we did not send"))
    gone = [HEADINGS[c.key] for c in read.form.columns if c.key not in at.fills]
    if gone and header >= 0 and len(gone) < len(read.form.columns):
        words = f"There {'is' if len(gone) == 1 else 'are'} no {'column' if len(gone) == 1 else 'columns'} {join(gone)} in this file, so nothing was read of {'it' if len(gone) == 1 else 'them'}."
        read.problems.append(Problem("column_gone", words, sheet.name, sheet.address(header, 0)))
    if not any(heads):
        words = "The row of headings is gone from this table; its columns were read in the order in which we sent them."
        read.problems.append(Problem("headings_gone", words, sheet.name, sheet.address(max(header, 0), 0)))
        return
    for column, key in enumerate(at.fills):
        head = heads[column] if column < len(heads) else ""
        if key and not fill_key(head, read.form)[1] and fold(head) != fold(HEADINGS[key]):
            read.problems.append(Problem(
                "heading_changed", f"The column headed “{head[:60]}” was read as {HEADINGS[key]}.",
                sheet.name, sheet.address(max(header, 0), column),
            ))  # fmt: skip


def header_of(sheet: Sheet, heads: Sequence[str]) -> int | None:
    wanted = {fold(f"{h} {FILL_MARK}") for h in heads}
    for number, row in enumerate(sheet.rows[:10]):
        if len(wanted & {fold(plain_text(c)) for c in row}) >= len(wanted) - 1:
            return number
    return None
