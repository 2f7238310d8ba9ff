"""A document's tables as CSV, one after the other under their titles; UTF-8 with a mark, so that spreadsheets read the letters right."""

from __future__ import annotations

import csv
import io

from vawg_desktop.exchange.document import Document, Heading, Items, Paragraph, Table, words


def write_csv(document: Document) -> bytes:
    """The document as comma-separated text. A cell that a spreadsheet would take for a formula is led by an apostrophe."""
    out = io.StringIO()
    writing = csv.writer(out, lineterminator="\r\n")

    def put(*cells: str) -> None:
        writing.writerow([as_text(c) for c in cells])

    put(document.title)
    for line in (document.as_at, document.marking, *document.lines):
        put(line)
    for block in document.blocks:
        if isinstance(block, Table):
            put()
            put(block.title)
            put(*block.heads)
            for row in block.rows:
                put(*(words(c) for c in row))
            for note in block.notes:
                put(note)
        elif isinstance(block, (Heading, Paragraph)):
            put(block.text)
        elif isinstance(block, Items):
            for item in block.items:
                put(item)
    return "\ufeff".encode() + out.getvalue().encode()


#: What a spreadsheet begins a formula with.
_FORMULA = tuple("=+-@\t\r")


def as_text(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula: led by an apostrophe where it might."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell
