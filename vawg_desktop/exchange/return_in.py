"""A returned workbook as answers by row, with every other word in it kept for the tray (DESIGN 5, In)."""

from __future__ import annotations

from collections.abc import Sequence

from vawg_desktop.domain.errors import FileRefusedError, Problem
from vawg_desktop.domain.return_columns import CONTRACT, FORMS, ReturnForm
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange.cells import plain_text
from vawg_desktop.exchange.reading import Book, Sheet
from vawg_desktop.exchange.return_beside import read_remarks, references, tray_below, tray_beyond, tray_entry
from vawg_desktop.exchange.return_plan import (
    DECLARATION,
    EVIDENCE,
    FILL_MARK,
    IDENTITY_SHEET,
    NEW_ACTIONS,
    nil_question,
)
from vawg_desktop.exchange.return_shape import MOST_STRAY, Answer, ReadReturn
from vawg_desktop.exchange.return_tables import MARK, fill_key, form_and_tables, header_of, read_actions


def read_return(book: Book, form: ReturnForm | None = None) -> ReadReturn:
    """Read what a partner sent back, as a return of ``form`` where that is known. Raises FileRefusedError where the file is not a return."""
    form, tables = form_and_tables(book, form)
    if not tables and any(
        sum(bool(fill_key(c, form)[0]) for c in row) >= 3 for s in book.sheets for row in s.rows[:30]
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
    read = ReadReturn(references(book), [], {}, False, [], [])
    read.as_text = book.looked.kind not in ("zip", "ole")
    read.form = form
    for table in tables:
        read_actions(read, *table)
    ours = [t[0] for t in tables]
    for other in book.sheets:
        if any(other is sheet for sheet in ours) or other.name in (IDENTITY_SHEET, "Lists"):
            continue
        if other.name == "For reference" or (other.name == "Definitions" and form is CONTRACT):
            tray_beyond(read, other, 4 if other.name == "For reference" else 3)
            continue
        _read_other(read, other)
    read_remarks(read, book, {s.name for s in ours})
    return read


def _read_other(read: ReadReturn, sheet: Sheet) -> None:
    for heads, into in ((EVIDENCE, read.evidence), (NEW_ACTIONS, read.new_rows)):
        header = header_of(sheet, heads)
        if header is not None:
            _read_free(read, sheet, header, heads, into)
            return
    if not _read_start(read, sheet):
        stray = [(r, c, v) for r, row in enumerate(sheet.rows) for c, v in enumerate(row) if v is not None]
        why = "words of the message" if sheet.name == "Message" else "a sheet we did not send"
        read.stray.add(sheet.name)
        read.tray += [tray_entry(sheet, r, c, "", v, why) for r, c, v in stray[:MOST_STRAY]]
        if len(stray) > MOST_STRAY:
            r, c, _ = stray[MOST_STRAY]
            more = f"{how_many(len(stray) - MOST_STRAY, 'more cell')} from here on; the file is kept, open it to read the rest."
            read.problems.append(Problem("sheet_unread", more, sheet.name, sheet.address(r, c)))


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
                read.tray.append(tray_entry(sheet, number, column, "", value, "a column we did not send"))
        if found:
            into.append(found)


def _read_start(read: ReadReturn, sheet: Sheet) -> bool:
    """Take the declaration and the nil return; True where the sheet is our Start here."""
    nil, names = {fold(f"{nil_question(f)} {FILL_MARK}"): nil_question(f) for f in FORMS.values()}, {fold(f"{n} {FILL_MARK}"): n for n in DECLARATION}
    ours = False
    asked: list[dict[str, str]] = []
    for number, row in enumerate(sheet.rows):
        for column in range(2, len(row)):
            if row[column] is not None:
                read.tray.append(tray_entry(sheet, number, column, "", row[column], "a remark beside our words"))
        for column, value in enumerate(row[:-1] if len(row) > 1 else []):
            words = fold(plain_text(value))
            answer = row[column + 1]
            if words in nil:
                ours = True
                word = fold(plain_text(answer))
                read.nil = word in ("yes", "y")
                if word and word not in ("yes", "y", "no", "n"):
                    read.tray.append(
                        tray_entry(sheet, number, column + 1, nil[words], answer, "neither yes nor no")
                    )
            elif words in names:
                ours = True
                if answer is not None:
                    read.declaration[names[words]] = Answer(
                        answer, sheet.name, sheet.address(number, column + 1)
                    )
            elif words.endswith(MARK) and answer is not None:
                question = plain_text(value).removesuffix(FILL_MARK).strip()
                asked.append(
                    tray_entry(
                        sheet, number, column + 1, question, answer, "an answer to the office's own question"
                    )
                )
    if ours:
        read.tray += asked
        tray_below(read, sheet)
    return ours


