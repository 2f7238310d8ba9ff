"""What happened to a recommendation, on one card, now or as at a date or a board: the lines to take as blocks and as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from vawg_desktop.exchange.document import Document, Heading, Items, Paragraph, Quote, Table
from vawg_desktop.services import papers
from vawg_desktop.services.outputs import words
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.session import Session


def card(session: Session, about: str, as_at: str = "") -> Document:
    """The card of a recommendation, by reference, number or title. ``as_at``: a date, a meeting or "last PDB". Raises NotFoundError and ValueRefusedError."""
    return papers.make(session, "answer-card", Asked((about,), as_at=as_at)).document


def as_text(made: Document) -> str:
    """A card as text for a mail or a note: its title, marking and date, and each part under its heading."""
    return "\n".join([made.title, f"{made.marking}, as at {made.as_at}", *made.lines, *_lines(made)])


def _lines(made: Document) -> Iterator[str]:
    for block in made.blocks:
        if isinstance(block, Heading):
            yield from ("", block.text)
        elif isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Quote):
            yield f"“{block.words}”{f' ({block.source})' if block.source else ''}"
        elif isinstance(block, Items):
            yield from (f"• {item}" for item in block.items)
        elif isinstance(block, Table):
            yield from ("", block.title)
            for row in block.rows:
                told = [words(c) for c in row]
                pairs = [f"{head.lower()} {cell}" if n > 1 else cell for n, (head, cell) in enumerate(zip(block.heads, told, strict=True)) if cell]
                yield f"• {' '.join(pairs[:2])}{''.join(f', {p}' for p in pairs[2:])}"
            yield from block.notes
