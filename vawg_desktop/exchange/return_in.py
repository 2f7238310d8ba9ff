"""A returned workbook as answers by row, with every other word in it kept for the tray (DESIGN 5, In)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain.errors import FileRefusedError, Problem
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange import identity
from vawg_desktop.exchange.reading import Book, Cell, Sheet, plain_text
from vawg_desktop.exchange.return_plan import (
    CONSTANT,
    DECLARATION,
    EVIDENCE,
    FILL_MARK,
    FILLS,
    HIDDEN,
    IDENTITY_SHEET,
    LOCKED,
    NEW_ACTIONS,
    NIL_QUESTION,
)

_RETURN_REFERENCE = re.compile(r"RT-(?:\d{1,9}|x[0-9A-Za-z]{3})-[3-9A-Z]{4}")
_FOLDED_FILLS = {fold(head): key for key, head, _, _ in FILLS}
_MARK = fold(FILL_MARK)


@dataclass(slots=True)
class Answer:
    """One filled cell: what was read and where."""

    value: Cell
    sheet: str
    cell: str


@dataclass(slots=True)
class ReadRow:
    """One row of Actions: its visible reference, hidden key and check, its locked texts, its answers."""

    sheet: str
    number: int
    visible: str
    key: str
    check: str
    locked: list[str]
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    place: str = ""


@dataclass(slots=True)
class ReadReturn:
    """A whole returned workbook."""

    references: list[tuple[str, str]]
    rows: list[ReadRow]
    declaration: dict[str, Answer]
    nil: bool
    evidence: list[dict[str, Answer]]
    new_rows: list[dict[str, Answer]]
    tray: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    problems: list[Problem] = field(default_factory=list[Problem])


def read_return(book: Book) -> ReadReturn:
    """Read what a partner sent back. Raises FileRefusedError where the file is not a return."""
    actions = _actions_sheet(book)
    if actions is None:
        raise FileRefusedError(
            f"{book.name} is not a return: it has no sheet with the columns we sent; ask for the workbook we sent, filled in.",
            code="not_a_return",
        )
    read = ReadReturn(_references(book), [], {}, False, [], [])
    sheet, header = actions
    _read_actions(read, sheet, header)
    for other in book.sheets:
        if other is sheet or other.name in (IDENTITY_SHEET, "Lists"):
            continue
        if other.name == "For reference":
            _tray_beyond(read, other, 4)
            continue
        _read_other(read, other)
    for name, cell in book.looked.errors:
        read.problems.append(
            Problem("error_cell", "This cell shows a formula error; it was read as not answered.", name, cell)
        )
    for name, cell in book.looked.formulas[:200]:
        read.problems.append(
            Problem("formula_cell", "This cell holds a formula; its last shown value was read.", name, cell)
        )
    if book.looked.comments:
        read.problems.append(Problem("comments", "The workbook holds comments; open it to read them."))
    return read


def _references(book: Book) -> list[tuple[str, str]]:
    """Every return reference in the file with where it stands: property, constant, sheets."""
    found: list[tuple[str, str]] = []
    for sheet in book.sheets:
        if sheet.name in (IDENTITY_SHEET, "Start here"):
            for row in sheet.rows:
                for cell in row:
                    if isinstance(cell, str) and _RETURN_REFERENCE.fullmatch(cell.strip()):
                        found.append((cell.strip(), f"sheet {sheet.name}"))
    found += [(r, "the file's properties") for r in _in_part(book, ("docProps/custom.xml", "meta.xml"))]
    found += [(r, f"the name {CONSTANT}") for r in _in_part(book, ("xl/workbook.xml",))]
    return found


def _in_part(book: Book, parts: Sequence[str]) -> list[str]:
    if book.looked.kind != "zip":
        return []
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(book.content)) as archive:
        names = set(archive.namelist())
        texts = [archive.read(p).decode("utf-8", "replace") for p in parts if p in names]
    return [m for text in texts for m in dict.fromkeys(_RETURN_REFERENCE.findall(text))]


def _actions_sheet(book: Book) -> tuple[Sheet, int] | None:
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows[:30]):
            keys = [k for k in map(_fill_key, row) if k]
            if len(keys) >= 3 and any(fold(plain_text(c)) == "reference" for c in row):
                return sheet, number
    return None


def _fill_key(cell: Cell) -> str | None:
    """The key of a column to fill, by its heading with or without its ending."""
    words = fold(plain_text(cell))
    if words.endswith(_MARK):
        return _FOLDED_FILLS.get(words.removesuffix(_MARK).strip())
    return None


def _read_actions(read: ReadReturn, sheet: Sheet, header: int) -> None:
    heads = [" ".join(plain_text(c).split()) for c in sheet.rows[header]]
    keys = [_fill_key(h) for h in heads]
    where = {fold(h): i for i, h in reversed(list(enumerate(heads)))}
    locked = [where.get(fold(h), -1) for h in LOCKED]
    hidden = [where.get(fold(h), -1) for h in HIDDEN]
    known = {*locked, *hidden, *(i for i, k in enumerate(keys) if k)}
    for number in range(header + 1, len(sheet.rows)):
        cells = sheet.rows[number]
        if all(c is None for c in cells):
            continue

        def at(column: int, cells: list[Cell] = cells) -> str:
            return plain_text(cells[column]) if 0 <= column < len(cells) else ""

        row = ReadRow(
            sheet.name, sheet.top + number + 1, at(locked[0]), at(hidden[0]), at(hidden[1]),
            [at(locked[1]), at(locked[2]), at(locked[3])], place=sheet.address(number, max(locked[0], 0)),
        )  # fmt: skip
        for column, key in enumerate(keys):
            value = cells[column] if column < len(cells) else None
            if key and value is not None:
                row.answers[key] = Answer(value, sheet.name, sheet.address(number, column))
        for column, value in enumerate(cells):
            if column not in known and value is not None:
                head = heads[column] if column < len(heads) else ""
                read.tray.append(_trayed(sheet, number, column, head, value, "a column we did not send"))
        read.rows.append(row)


def _trayed(sheet: Sheet, row: int, column: int, head: str, value: Cell, why: str) -> dict[str, str]:
    return {
        "sheet": sheet.name,
        "cell": sheet.address(row, column),
        "header": head,
        "text": plain_text(value),
        "why": why,
    }


def _tray_beyond(read: ReadReturn, sheet: Sheet, width: int) -> None:
    """Remarks beside a table that is not for answer."""
    for r, row in enumerate(sheet.rows):
        for c in range(width, len(row)):
            if row[c] is not None:
                read.tray.append(_trayed(sheet, r, c, "", row[c], "a remark beside our words"))


def _read_other(read: ReadReturn, sheet: Sheet) -> None:
    for heads, into in ((EVIDENCE, read.evidence), (NEW_ACTIONS, read.new_rows)):
        header = _header_of(sheet, heads)
        if header is not None:
            _read_free(read, sheet, header, heads, into)
            return
    if not _read_start(read, sheet):
        for r, row in enumerate(sheet.rows):
            for c, value in enumerate(row):
                if value is not None:
                    read.tray.append(_trayed(sheet, r, c, "", value, "a sheet we did not send"))


def _header_of(sheet: Sheet, heads: Sequence[str]) -> int | None:
    wanted = {fold(f"{h} {FILL_MARK}") for h in heads}
    for number, row in enumerate(sheet.rows[:10]):
        if len(wanted & {fold(plain_text(c)) for c in row}) >= len(wanted) - 1:
            return number
    return None


def _read_free(
    read: ReadReturn, sheet: Sheet, header: int, heads: Sequence[str], into: list[dict[str, Answer]]
) -> None:
    by_fold = {fold(f"{h} {FILL_MARK}"): h for h in heads}
    names = [by_fold.get(fold(plain_text(c)), "") for c in sheet.rows[header]]
    for number in range(header + 1, len(sheet.rows)):
        found: dict[str, Answer] = {}
        for column, value in enumerate(sheet.rows[number]):
            name = names[column] if column < len(names) else ""
            if value is None:
                continue
            if name:
                found[name] = Answer(value, sheet.name, sheet.address(number, column))
            else:
                read.tray.append(_trayed(sheet, number, column, "", value, "a column we did not send"))
        if found:
            into.append(found)


def _read_start(read: ReadReturn, sheet: Sheet) -> bool:
    """Take the declaration and the nil return; True where the sheet is our Start here."""
    nil, names = fold(f"{NIL_QUESTION} {FILL_MARK}"), {fold(f"{n} {FILL_MARK}"): n for n in DECLARATION}
    ours = False
    for number, row in enumerate(sheet.rows):
        for column in range(2, len(row)):
            if row[column] is not None:
                read.tray.append(_trayed(sheet, number, column, "", row[column], "a remark beside our words"))
        for column, value in enumerate(row[:-1] if len(row) > 1 else []):
            words = fold(plain_text(value))
            answer = row[column + 1]
            if words == nil:
                ours = True
                read.nil = answer is not None and fold(plain_text(answer)) in ("yes", "y")
            elif words in names:
                ours = True
                if answer is not None:
                    read.declaration[names[words]] = Answer(
                        answer, sheet.name, sheet.address(number, column + 1)
                    )
    return ours


def answered(row: ReadRow) -> bool:
    """Whether anything at all stands in the columns to fill."""
    return bool(row.answers)


def visible_of(row: ReadRow) -> tuple[str, str] | None:
    """Reference and check letters of column A."""
    return identity.split_visible(row.visible)
