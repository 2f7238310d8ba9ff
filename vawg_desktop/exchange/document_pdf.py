"""A document as PDF: tagged, after PDF/UA-1, set by typst in the font that the program brings along."""

from __future__ import annotations

import json
import multiprocessing
import re

from vawg_desktop import log_file
from vawg_desktop.domain import clock
from vawg_desktop.domain.errors import AppError, ProgramError, StoreError
from vawg_desktop.exchange import pdf_child
from vawg_desktop.exchange.document import (
    Block,
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quote,
    Table,
    are_numbers,
    clean,
    words,
)
from vawg_desktop.exchange.document_columns import BOLD, column_widths, page_of, tall
from vawg_desktop.scratch import scratch

#: The width of a letter in a table, in points, on average; the letters of a line in ``document_columns`` follow from it and the margins.
_LETTER = 4.7
_MISSING = re.compile(rf'the text `"(.+?)"` {pdf_child.NO_LETTER}', re.DOTALL)
#: A document of more rows is set in a process of its own: twenty thousand take two gigabytes.
_LONG = 1_500


class UnknownLettersError(AppError):
    """No font at hand has some letters of the document."""


def write_pdf(document: Document) -> bytes:
    """The document's bytes. Raises UnknownLettersError where no font on this machine has a letter of it, StoreError where there is no room for its pages."""
    page = page_of(document)
    data = {
        "title": clean(document.title), "as_at": document.as_at, "marking": document.marking, "head_lines": document.head_lines(),
        "language": document.language[:2], "region": document.language[3:], "landscape": page.landscape,
        "ink": f"#{document.look.colour}", "tint": f"#{document.look.tint}", "logo": document.look.logo_svg(), "logo_words": document.look.logo.words if document.look.logo else "",
        "blocks": [_block(block, title, page.letters) for block, title in document.labelled()],
    }  # fmt: skip
    given = json.dumps(data, ensure_ascii=False)
    rows = sum(len(block.rows) for block in document.blocks if isinstance(block, Table))
    try:
        return _set_apart(given, rows) if rows > _LONG else pdf_child.set_pages(given, clock.now())
    except pdf_child.NotSetError as error:
        missing = _MISSING.search(str(error))
        if missing is None:
            raise
        lacking = missing[1]
    raise UnknownLettersError(
        f"The PDF cannot be made: no font on this machine has “{lacking}”. Save as Word or OpenDocument instead, or take these letters out.",
        code="unknown_letters",
    )


def _set_apart(given: str, rows: int) -> bytes:
    """The same in a process of its own: where the machine has no room for it, that ends and nothing else."""
    with scratch("pages") as folder:
        try:
            (folder / pdf_child.GIVEN).write_text(given, "utf-8")
            (folder / pdf_child.MADE_AT).write_text(clock.now().isoformat(), "utf-8")
        except OSError as error:
            raise StoreError(f"The PDF was not made: {error.strerror}. Make room on the disk and try again.", code="no_room") from error
        child = multiprocessing.get_context("spawn").Process(target=pdf_child.set_in_folder, args=(str(folder),), daemon=True)
        child.start()
        child.join()
        if (folder / pdf_child.MADE).exists():
            return (folder / pdf_child.MADE).read_bytes()
        if (folder / pdf_child.REFUSED).exists():
            raise pdf_child.NotSetError((folder / pdf_child.REFUSED).read_text("utf-8"))
        failed = folder / pdf_child.FAILED
        if failed.exists() or not (folder / pdf_child.BEGAN).exists():
            why = failed.read_text("utf-8") if failed.exists() else f"its process ended with {child.exitcode} before it began"
            log_file.note(ProgramError(why, code="pages_failed"), why)
            raise ProgramError(
                "The part of the program that makes PDFs failed. Save as Word or a spreadsheet, and tell whoever looks after the program "
                "(“About this program” says where it was written down).", code="pages_failed",
            )  # fmt: skip
    raise StoreError(
        f"There is no room on this machine to set {rows:,} rows as PDF. Filter the list, or save it as a spreadsheet or as Word; nothing else was touched.", code="no_room"
    )


def _text(text: str) -> str:
    """A text with its tabs as spaces: typst would leave them out and join two words."""
    return clean(text).replace("\t", "    ")


def _block(block: Block, title: str, room: int) -> dict[str, object]:
    match block:
        case Heading():
            return {"kind": "heading", "text": _text(block.text), "level": block.level}
        case Paragraph():
            return {"kind": "paragraph", "text": _text(block.text)}
        case Items():
            return {"kind": "items", "numbered": block.numbered, "items": [_text(i) for i in block.items]}
        case Quote():
            return {"kind": "quote", "words": _text(block.words), "source": _text(block.source)}
        case Figure():
            return {"kind": "figure", "title": title, "alternative": _text(block.alternative), "svg": block.svg, "width": block.width, "notes": [_text(n) for n in block.notes]}
        case Table():
            return _table(block, title, room)


def _table(table: Table, title: str, room: int) -> dict[str, object]:
    widths = column_widths(table, room)
    rows = [[_breakable(_text(words(cell)), width) for cell, width in zip(row, widths, strict=True)] for row in table.rows]
    return {
        "kind": "table", "title": title, "heads": [_breakable(_text(h), w / BOLD) for h, w in zip(table.heads, widths, strict=True)], "rows": rows, "notes": [_text(n) for n in table.notes],
        "widths": widths, "full": sum(widths) > 0.9 * room, "letter": _LETTER,
        "numbers": [are_numbers(table, c) for c in range(len(table.heads))],
        "split": [n for n, row in enumerate(rows) if tall(row, widths)],
    }  # fmt: skip


def _breakable(text: str, width: float) -> str:
    """The text with places where a word may be broken that is longer than its column (unseen, of no width)."""
    room = max(4, int(width) - 2)
    return re.sub(rf"\S{{{room + 1},}}", lambda word: "\u200b".join(re.findall(f".{{1,{room}}}", word[0])), text)
