"""What stands beside the answers of a return, into its tray: remarks, formulas, words in cells of no column, words under a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.references import RETURN_REFERENCE
from vawg_desktop.domain.return_columns import WORDED
from vawg_desktop.domain.terms import MARKING, fold, how_many
from vawg_desktop.exchange.cells import Cell, colour_word, place, plain_text, reads_other_cells
from vawg_desktop.exchange.plan import LOGO_DEPARTURE
from vawg_desktop.exchange.reading import Book, Sheet
from vawg_desktop.exchange.return_plan import (
    CONSTANT,
    IDENTITY_SHEET,
    OUR_SHEETS,
    departures,
)
from vawg_desktop.exchange.return_shape import MOST_LISTED, Answer, ReadReturn, ReadRow


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
                f"{name}_cut", f"{how_many(more, 'more entry', 'more entries')} for the {name} not listed one by one; the file is kept, open it to read the rest."
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


def read_remarks(read: ReadReturn, book: Book, ours: set[str]) -> None:
    """Each remark of the file, by its kind: put in the tray, marked on its answer, or raised as a question."""
    read_pages(read, book)
    beside = _Beside(read, book, ours)
    for sheet, cell, kind, words in book.remarks:
        beside.take(
            sheet,
            cell,
            "empty_formula" if kind == "formula" and book.value(sheet, cell) is None else kind,
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
        """Put one remark of the file into the tray, mark the answer it stands at, or ask, by its kind."""
        if kind == "struck" and (found := self._filled(sheet, cell)):
            found[0].answers[found[1]].struck = True
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
            found[0].answers[found[1]].linked = nothing or reads_other_cells(words)
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


def tray_entry(sheet: Sheet, row: int, column: int, head: str, value: Cell, why: str) -> dict[str, str]:
    return {
        "sheet": sheet.name,
        "cell": sheet.address(row, column),
        "header": head,
        "text": plain_text(value),
        "why": why,
    }


def tray_beyond(read: ReadReturn, sheet: Sheet, width: int) -> None:
    """Remarks beside a table that is not for answer."""
    for r, row in enumerate(sheet.rows):
        for c in range(width, len(row)):
            if row[c] is not None:
                read.tray.append(tray_entry(sheet, r, c, "", row[c], "a remark beside our words"))


def tray_below(read: ReadReturn, sheet: Sheet) -> None:
    """Words under all that we sent on Start here."""
    ours = {fold(words) for words in (*departures(read.form), LOGO_DEPARTURE)}
    last = max(
        (n for n, row in enumerate(sheet.rows) if any(fold(plain_text(c)) in ours for c in row)),
        default=len(sheet.rows),
    )
    for number in range(last + 1, len(sheet.rows)):
        for column, value in enumerate(sheet.rows[number][:2]):
            if value is not None:
                read.tray.append(tray_entry(sheet, number, column, "", value, "words below ours"))


_RETURN_REFERENCE = re.compile(RETURN_REFERENCE)


def read_pages(read: ReadReturn, book: Book) -> None:
    """Words at the head or foot of a page that are not ours: each once, under the first sheet that bears them."""
    start = book.sheet("Start here")
    ours = {fold(plain_text(c)) for row in (start.rows if start else ()) for c in row}
    ours |= (
        {fold(s.name) for s in book.sheets} | {fold(n) for n in OUR_SHEETS} | {"page", "page of", "of", ""}
    )
    ours |= {fold(re.sub(r"[^\w\s'’-]", " ", term.label)) for term in MARKING}
    for sheet, _, kind, words in book.remarks:
        text = fold(re.sub(r"[^\w\s'’-]", " ", words))
        if kind == "page" and text not in ours and any(c.isalpha() for c in text):
            ours.add(text)
            read.tray.append(
                {
                    "sheet": sheet,
                    "cell": "",
                    "header": "",
                    "text": words,
                    "why": "words at the head or foot of the page",
                }
            )


def references(book: Book) -> list[tuple[str, str]]:
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
