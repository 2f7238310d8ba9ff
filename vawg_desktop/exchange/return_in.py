"""A returned workbook as answers by row, with every other word in it kept for the tray (DESIGN 5, In)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain.errors import FileRefusedError, Problem
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.references import NUMBER, PROVISIONAL, RETURN_REFERENCE, ROW_KEY
from vawg_desktop.domain.return_columns import ASKED, HEADINGS, WORDED
from vawg_desktop.domain.terms import MARKING, fold
from vawg_desktop.exchange import identity
from vawg_desktop.exchange.reading import Book, Cell, Sheet, place, plain_text
from vawg_desktop.exchange.reading import address as sheet_address
from vawg_desktop.exchange.return_plan import (
    CONSTANT,
    DECLARATION,
    DEPARTURES,
    EVIDENCE,
    FILL_MARK,
    HIDDEN,
    IDENTITY_SHEET,
    LOCKED,
    LOGO_DEPARTURE,
    MORE_SHOWN,
    NEW_ACTIONS,
    NIL_QUESTION,
    OUR_SHEETS,
)
from vawg_desktop.exchange.tracker_in import colour_word, is_link

_RETURN_REFERENCE = re.compile(RETURN_REFERENCE)
_BY_HEADING = {fold(c.heading): c.key for c in ASKED}
_MARK = fold(FILL_MARK)
#: What people call our columns once they have retyped the heading.
_RETYPED: dict[str, str] = {fold(words): c.key for c in ASKED for words in c.called}
_BRACKETS = re.compile(r"\([^()]*\)")
_KEY = re.compile(ROW_KEY)
_SHOWN = re.compile(rf"[A-Za-z]{{1,2}}\s*[-–]\s*(?:{NUMBER}|{PROVISIONAL})\s*[-–]\s*[3-9A-Za-z]{{4}}")
#: How many cells of a sheet that is not ours are listed one by one.
_MOST_STRAY = 400
#: How many entries of the tray, and how many questions, are kept with a return.
MOST_LISTED = 25_000


@dataclass(slots=True)
class Answer:
    """One filled cell: what was read and where."""

    value: Cell
    sheet: str
    cell: str
    #: Whether the cell shows its number a hundred times larger: 1 as 100 %.
    per_cent: bool = False
    #: Whether the cell only shows what stands in another cell.
    linked: bool = False


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
    digests: list[str] = field(default_factory=list[str])
    plain: tuple[str, str, str] | None = None
    last: str = ""
    #: Further context that we sent, by the key of its field.
    more: dict[str, str] = field(default_factory=dict[str, str])
    #: The letters of the columns of ours that are not for answer, where they were found: title, due, key …
    where: dict[str, str] = field(default_factory=dict[str, str])
    #: Whether its cells stand in other columns than those of the rows around it.
    shifted: bool = False
    #: Columns to fill that stand blank here, by key: the cell's address.
    blank: dict[str, str] = field(default_factory=dict[str, str])


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
    #: Whether the file lost every mark of its return, so that its rows alone say whose it is.
    by_rows: bool = False
    #: Whether it came as a text or a table in a message, where dates are words.
    as_text: bool = False
    #: Sheets that are not ours: their words are in the tray, as far as they are listed.
    stray: set[str] = field(default_factory=set[str])
    #: The day on which we sent the return, where that is known.
    sent: dt.date | None = None


def read_return(book: Book) -> ReadReturn:
    """Read what a partner sent back. Raises FileRefusedError where the file is not a return."""
    tables = _tables(book)
    if not tables and any(
        sum(bool(_fill_key(c)[0]) for c in row) >= 3 for s in book.sheets for row in s.rows[:30]
    ):
        raise FileRefusedError(
            f"{book.name} has our answer columns without the references of column A, so nobody can say which answer is "
            "whose; ask for the sheet with its first column.",
            code="no_references",
        )
    attached = [
        plain_text(c).removeprefix("Attached: ")
        for s in book.sheets
        if s.name == "Message"
        for row in s.rows
        for c in row
        if plain_text(c).startswith("Attached: ")
    ]
    if not tables and attached:
        raise FileRefusedError(
            f"{book.name} is a message with {', '.join(attached)[:120]} and no return in it; save the return out of it and read that in.",
            code="not_a_return",
        )
    if not tables:
        raise FileRefusedError(
            f"{book.name} is not a return: it has no sheet with the columns we sent; ask for the workbook we sent, filled in.",
            code="not_a_return",
        )
    read = ReadReturn(_references(book), [], {}, False, [], [])
    read.as_text = book.looked.kind not in ("zip", "ole")
    for table in tables:
        _read_actions(read, *table)
    ours = [t[0] for t in tables]
    for other in book.sheets:
        if any(other is sheet for sheet in ours) or other.name in (IDENTITY_SHEET, "Lists"):
            continue
        if other.name == "For reference":
            _tray_beyond(read, other, 4)
            continue
        _read_other(read, other)
    _read_remarks(read, book, {s.name for s in ours})
    return read


def tidy_tray(read: ReadReturn) -> None:
    """One entry for each cell and word, the first that was found."""
    seen: dict[tuple[str, str, str], dict[str, str]] = {}
    for entry in read.tray:
        seen.setdefault((entry["sheet"], entry["cell"], entry["text"]), entry)
    read.tray[:] = seen.values()
    for entries, name in ((read.tray, "tray"), (read.problems, "questions")):
        if len(entries) > MOST_LISTED:
            more = len(entries) - MOST_LISTED
            del entries[MOST_LISTED:]
            read.problems.append(Problem(
                f"{name}_cut", f"{more:,} more entries for the {name} are not listed one by one; the file is kept, open it to read them."
            ))  # fmt: skip


_WORDS_BESIDE = {
    "comment": "a comment",
    "text_box": "a text box",
    "link": "a link",
    "struck": "words struck out",
    "picture": "a picture",
    "embedded": "an embedded file",
    "cell_picture": "a picture in the cell",
}


def _read_remarks(read: ReadReturn, book: Book, ours: set[str]) -> None:
    """Comments, text boxes, pictures, colours with no word, formulas and errors: each to the tray with its place."""
    _read_pages(read, book)
    beside = _Beside(read, book, ours)
    for sheet, cell, said, words in book.remarks:
        beside.take(
            sheet,
            cell,
            "empty_formula" if said == "formula" and book.value(sheet, cell) is None else said,
            words,
        )
    if book.unread:
        words = "Comments, colours and formula errors of this kind of file cannot be read; open it to look."
        read.problems.append(Problem("remarks_unread", words))


class _Beside:
    """What stands beside the values, told to the answers it belongs to and kept in the tray."""

    def __init__(self, read: ReadReturn, book: Book, ours: set[str]) -> None:
        self._read, self._book, self._ours = read, book, ours
        self._rows = {(row.sheet, row.number): row for row in read.rows} if book.remarks else {}

    def take(self, sheet: str, cell: str, kind: str, words: str) -> None:
        """One remark."""
        if kind in _WORDS_BESIDE:
            self._keep(sheet, cell, words, _WORDS_BESIDE[kind])
        elif kind == "percent" and (found := self._filled(sheet, cell)):
            found[0].answers[found[1]].per_cent = True
        elif kind == "colour" and sheet in self._ours:
            self._keep(sheet, cell, f"coloured {colour_word(words) or words}", "a colour with no word")
        elif kind == "made_words" and (found := self._blank(sheet, cell) or self._filled(sheet, cell)):
            _take_made_words(self._read, found, sheet, cell, words)
        elif kind == "error":
            self._ask(
                "error_cell", "This cell shows a formula error; it was read as not answered.", sheet, cell
            )
            self._keep(sheet, cell, words, "a formula error")
            if found := self._filled(sheet, cell):
                found[0].answers.pop(found[1])
        elif kind == "formula":
            self._take_formula(sheet, cell, words)
        elif kind == "empty_formula":
            self._ask(
                "formula_empty",
                "This cell holds a formula that shows nothing; it was read as not answered.",
                sheet,
                cell,
            )
            self._keep(sheet, cell, f"={words}" if words else "a formula", "a formula that shows nothing")

    def _take_formula(self, sheet: str, cell: str, words: str) -> None:
        if found := self._filled(sheet, cell):
            nothing = found[1] in WORDED and self._book.value(sheet, cell) == 0
            found[0].answers[found[1]].linked = nothing or is_link(words)
        if "HYPERLINK" in words.upper():
            self._keep(sheet, cell, f"={words}", "a link")
        self._ask("formula_cell", "This cell holds a formula; its last shown value was read.", sheet, cell)

    def _keep(self, sheet: str, cell: str, words: str, why: str) -> None:
        self._read.tray.append({"sheet": sheet, "cell": cell, "header": "", "text": words, "why": why})

    def _ask(self, code: str, words: str, sheet: str, cell: str) -> None:
        self._read.problems.append(Problem(code, words, sheet, cell))

    def _filled(self, sheet: str, cell: str) -> tuple[ReadRow, str] | None:
        row = self._rows.get((sheet, place(cell)[0] + 1)) if cell else None
        return next(((row, k) for k, a in row.answers.items() if a.cell == cell), None) if row else None

    def _blank(self, sheet: str, cell: str) -> tuple[ReadRow, str] | None:
        row = self._rows.get((sheet, place(cell)[0] + 1)) if cell else None
        return next(((row, k) for k, at in row.blank.items() if at == cell), None) if row else None


def _take_made_words(
    read: ReadReturn, found: tuple[ReadRow, str], sheet: str, cell: str, formula: str
) -> None:
    """Words such as "-waiting" of which the program made a formula that names nothing: they stand in the formula."""
    row, key = found
    if key not in WORDED:
        return
    row.blank.pop(key, None)
    row.answers[key] = Answer(formula.strip(), sheet, cell)
    read.tray[:] = [
        t for t in read.tray if (t["sheet"], t["cell"], t["why"]) != (sheet, cell, "a formula error")
    ]
    read.problems[:] = [p for p in read.problems if (p.sheet, p.cell, p.code) != (sheet, cell, "error_cell")]
    words = f"The program that wrote the file took “{formula.strip()[:60]}” for a formula; it was read as the words that were typed."
    read.problems.append(Problem("formula_words", words, sheet, cell))


def _read_pages(read: ReadReturn, book: Book) -> None:
    """Words at the head or foot of a page that are not ours: each once, under the first sheet that bears them."""
    start = book.sheet("Start here")
    ours = {fold(plain_text(c)) for row in (start.rows if start else ()) for c in row}
    ours |= (
        {fold(s.name) for s in book.sheets} | {fold(n) for n in OUR_SHEETS} | {"page", "page of", "of", ""}
    )
    ours |= {fold(re.sub(r"[^\w\s'’-]", " ", term.label)) for term in MARKING}
    for sheet, _, kind, words in book.remarks:
        said = fold(re.sub(r"[^\w\s'’-]", " ", words))
        if kind == "page" and said not in ours and any(c.isalpha() for c in said):
            ours.add(said)
            read.tray.append(
                {
                    "sheet": sheet,
                    "cell": "",
                    "header": "",
                    "text": words,
                    "why": "words at the head or foot of the page",
                }
            )


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

    with zipfile.ZipFile(io.BytesIO(book.inner)) as archive:
        names = set(archive.namelist())
        texts = [archive.read(p).decode("utf-8", "replace") for p in parts if p in names]
    return [m for text in texts for m in dict.fromkeys(_RETURN_REFERENCE.findall(text))]


@dataclass(slots=True)
class _Columns:
    """Where the columns of a table stand; -1 is nowhere."""

    visible: int
    locked: list[int]
    hidden: list[int]
    fills: list[str | None]


def _tables(book: Book) -> list[tuple[Sheet, int, _Columns]]:
    """The sheets that hold rows of actions: by their headings, or by our references in a column."""
    found: list[tuple[Sheet, int, _Columns]] = []
    for sheet in book.sheets:
        free = any(_header_of(sheet, heads) is not None for heads in (EVIDENCE, NEW_ACTIONS))
        if free or sheet.name in (IDENTITY_SHEET, "Lists", "For reference", "Start here", "Message"):
            continue
        header = _headed(sheet)
        if header is not None:
            found.append((sheet, header, _columns(sheet, header)))
    if found:  # beside a workbook's own table, one in the message that brought it is words
        own = [t for t in found if not t[0].name.startswith("Message: ")]
        return own or found
    return [t for s in book.sheets if s.name not in (IDENTITY_SHEET, "For reference") and (t := _headless(s))]


def _headed(sheet: Sheet) -> int | None:
    """The row of headings: three of ours and Reference, or one of ours above a column of our references."""
    best: tuple[int, int] | None = None
    last = -2
    for number, row in enumerate(sheet.rows[:30]):
        keys = [k for k, _ in map(_fill_key, row) if k]
        named = any(fold(plain_text(c)) == "reference" for c in row)
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


def _columns(sheet: Sheet, header: int) -> _Columns:
    heads = [" ".join(plain_text(c).split()) for c in sheet.rows[header]]
    where = {fold(h): i for i, h in reversed(list(enumerate(heads)))}
    locked = [where.get(fold(h), -1) for h in LOCKED]
    visible = locked[0] if locked[0] >= 0 else _reference_column(sheet, header)
    fills: list[str | None] = [None] * len(heads)
    sure: set[str] = set()
    for exact in (True, False):
        for i, head in enumerate(heads):
            key, marked = _fill_key(head)
            if key and marked is exact and key not in sure and i != visible and i not in locked:
                fills[i] = key
                sure.add(key)
    return _Columns(visible, locked, [where.get(fold(h), -1) for h in HIDDEN], fills)


def _headless(sheet: Sheet) -> tuple[Sheet, int, _Columns] | None:
    """Our table with its headings gone or retyped: the hidden keys still stand where we put them."""
    width = len(LOCKED) + len(ASKED)
    kept = [
        n for n, row in enumerate(sheet.rows) if len(row) > width and _KEY.fullmatch(plain_text(row[width]))
    ]
    if not kept:
        return None
    fills: list[str | None] = [None] * len(LOCKED) + [c.key for c in ASKED] + [None, None]
    return sheet, kept[0] - 1, _Columns(0, list(range(len(LOCKED))), [width, width + 1], fills)


def _fill_key(cell: Cell) -> tuple[str | None, bool]:
    """The key of a column to fill by its heading, and whether the heading is as we sent it."""
    words = fold(plain_text(cell))
    if _MARK in words:
        before, _, after = words.partition(_MARK)
        return _BY_HEADING.get(before.strip()), not after.strip()
    bare = fold(_BRACKETS.sub(" ", plain_text(cell)))
    return _BY_HEADING.get(words) or _BY_HEADING.get(bare) or _RETYPED.get(bare), False


def _read_actions(read: ReadReturn, sheet: Sheet, header: int, at: _Columns) -> None:
    heads = [" ".join(plain_text(c).split()) for c in sheet.rows[header]] if header >= 0 else []
    _note_headings(read, sheet, header, heads, at)
    known = {at.visible, *at.locked, *at.hidden, *(i for i, k in enumerate(at.fills) if k)}
    fills = [(column, key) for column, key in enumerate(at.fills) if key]
    for number in range(max(header, 0)):
        for column, value in enumerate(sheet.rows[number]):
            if value is not None:
                read.tray.append(_trayed(sheet, number, column, "", value, "words above the table"))
    letters = [sheet_address(0, sheet.left + c)[:-1] for c in range(max(map(len, sheet.rows), default=0))]
    names = ("visible", "title", "recommendation", "due", "last", *(c.key for c in MORE_SHOWN), "key", "check")
    columns = (at.visible, *at.locked[1:], *at.hidden)
    where = {name: letters[c] for name, c in zip(names, columns, strict=True) if 0 <= c < len(letters)}
    even = 2 * sum(len(r) == len(heads) for r in sheet.rows[header + 1 :]) > len(sheet.rows) - header - 1
    for number in range(header + 1, len(sheet.rows)):
        cells = sheet.rows[number]
        if all(c is None for c in cells):
            continue

        def said(column: int, cells: list[Cell] = cells) -> str:
            value = cells[column] if 0 <= column < len(cells) else None
            return "" if value is None else value.strip() if type(value) is str else plain_text(value)

        line = str(sheet.top + number + 1)
        longer = any(value is not None for value in cells[len(heads) :])
        shorter = even and len(cells) < len(heads) and "key" not in where
        uneven = read.as_text and (longer or (shorter and _contradicts(cells, fills)))
        row = ReadRow(
            sheet.name, sheet.top + number + 1, said(at.visible), said(at.hidden[0]), said(at.hidden[1]),
            [said(at.locked[1]), said(at.locked[2]), said(at.locked[3])], place=letters[max(at.visible, 0)] + line,
            last=said(at.locked[4]), where=where, shifted=uneven,
            more={c.key: said(column) for c, column in zip(MORE_SHOWN, at.locked[5:], strict=True)},
        )  # fmt: skip
        for column, key in fills:
            value = cells[column] if column < len(cells) else None
            if value is not None:
                row.answers[key] = Answer(value, sheet.name, letters[column] + line)
            elif column < len(letters):
                row.blank[key] = letters[column] + line
        for column, value in enumerate(cells):
            if value is not None and column not in known:
                head = heads[column] if column < len(heads) else ""
                row.shifted |= isinstance(value, str) and bool(_KEY.fullmatch(value.strip()))
                read.tray.append(_trayed(sheet, number, column, head, value, "a column we did not send"))
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


_TERMS = {c.key: c.terms for c in ASKED if c.terms is not None}
_NUMBERS = frozenset(c.key for c in ASKED if c.spec.kind in (Kind.WHOLE, Kind.NUMBER))


def _note_merged(read: ReadReturn, sheet: Sheet, header: int, at: _Columns) -> None:
    """One cell over several rows speaks for its first row only."""
    for top, left, bottom, right in sorted(set(sheet.merged))[:200]:
        first, last = max(0, left - sheet.left), min(right + 1 - sheet.left, len(at.fills))
        if bottom > max(top, header + sheet.top) and any(at.fills[c] for c in range(first, last)):
            words = f"One cell stands for {bottom - top + 1} rows from here; its words were taken for the first of them only."
            read.problems.append(Problem("merged_cells", words, sheet.name, sheet_address(top, left)))


def _note_headings(read: ReadReturn, sheet: Sheet, header: int, heads: list[str], at: _Columns) -> None:
    """Headings that are not as we sent them are taken, and said."""
    ours = {fold(h) for h in (*LOCKED, *HIDDEN)}
    for column, head in enumerate(heads):
        used = column < len(at.fills) and at.fills[column]
        empty = not any(column < len(row) and row[column] is not None for row in sheet.rows[header + 1 :])
        if head and empty and not used and fold(head) not in ours and column != at.visible and header >= 0:
            read.tray.append(_trayed(sheet, header, column, "", head, "a heading we did not send"))
    for column, key in enumerate(at.fills):
        head = heads[column] if column < len(heads) else ""
        if key and not _fill_key(head)[1] and fold(head) != fold(HEADINGS[key]):
            read.problems.append(Problem(
                "heading_changed", f"The column headed “{head[:60]}” was read as {HEADINGS[key]}.",
                sheet.name, sheet.address(max(header, 0), column),
            ))  # fmt: skip


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
        stray = [(r, c, v) for r, row in enumerate(sheet.rows) for c, v in enumerate(row) if v is not None]
        why = "words of the message" if sheet.name == "Message" else "a sheet we did not send"
        read.stray.add(sheet.name)
        read.tray += [_trayed(sheet, r, c, "", v, why) for r, c, v in stray[:_MOST_STRAY]]
        if len(stray) > _MOST_STRAY:
            r, c, _ = stray[_MOST_STRAY]
            more = f"{len(stray) - _MOST_STRAY:,} more cells from here on; the file is kept, open it to read them."
            read.problems.append(Problem("sheet_unread", more, sheet.name, sheet.address(r, c)))


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
    asked: list[dict[str, str]] = []
    for number, row in enumerate(sheet.rows):
        for column in range(2, len(row)):
            if row[column] is not None:
                read.tray.append(_trayed(sheet, number, column, "", row[column], "a remark beside our words"))
        for column, value in enumerate(row[:-1] if len(row) > 1 else []):
            words = fold(plain_text(value))
            answer = row[column + 1]
            if words == nil:
                ours = True
                said = fold(plain_text(answer))
                read.nil = said in ("yes", "y")
                if said and said not in ("yes", "y", "no", "n"):
                    read.tray.append(
                        _trayed(sheet, number, column + 1, NIL_QUESTION, answer, "neither yes nor no")
                    )
            elif words in names:
                ours = True
                if answer is not None:
                    read.declaration[names[words]] = Answer(
                        answer, sheet.name, sheet.address(number, column + 1)
                    )
            elif words.endswith(_MARK) and answer is not None:
                question = plain_text(value).removesuffix(FILL_MARK).strip()
                asked.append(
                    _trayed(
                        sheet, number, column + 1, question, answer, "an answer to the office's own question"
                    )
                )
    if ours:
        read.tray += asked
        _tray_below(read, sheet)
    return ours


def _tray_below(read: ReadReturn, sheet: Sheet) -> None:
    """Words under all that we sent on Start here."""
    ours = {fold(words) for words in (*DEPARTURES, LOGO_DEPARTURE)}
    last = max(
        (n for n, row in enumerate(sheet.rows) if any(fold(plain_text(c)) in ours for c in row)),
        default=len(sheet.rows),
    )
    for number in range(last + 1, len(sheet.rows)):
        for column, value in enumerate(sheet.rows[number][:2]):
            if value is not None:
                read.tray.append(_trayed(sheet, number, column, "", value, "words below ours"))


def visible_of(row: ReadRow) -> tuple[str, str] | None:
    """Reference and check letters of column A."""
    return identity.split_visible(row.visible)
