"""A document as what it says: title, headings, paragraphs, lists, tables, figures, quotes. It knows nothing of formats.

Services fill it; ``document_files.py`` writes it as docx, odt, pdf, xlsx or ods, and all five say the same words and numbers in the same
order. To add a kind of block: a class here, a line in ``Block``, and its writing in the four writers
(``document_docx.py``, ``document_odt.py``, ``document_pdf.py`` with its template, ``document_book.py``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeAlias

from vawg_desktop.domain.dates import label
from vawg_desktop.exchange.look import Look

#: What a cell of a table holds; None is a cell left empty. Dates of which only a month or a quarter is known are text.
Cell: TypeAlias = str | int | Decimal | dt.date | None

#: Characters that no format can carry, and those that mean a new line.
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """A text with one kind of line end and without characters that no document can hold."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))


def words(cell: Cell) -> str:
    """A cell as it reads in every format: 1,234; 12.5; 30 September 2026."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, dt.date):
        return label(cell.isoformat())
    return f"{cell:,}"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 1 is a part of the document, 2 a part of that, 3 the least."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; line ends in it are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list, bulleted or numbered."""

    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words, set apart, and whose they are."""

    words: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one row of headings. Raises ValueError where a row is not as wide as they are.

    ``title`` says what it holds; without one it is the document's only table and known by the document's title. ``notes``
    stand under it. ``min_letters`` is the room that a column has in any case, in letters, by its heading: one to be written in by hand.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()
    min_letters: Mapping[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.heads):
                raise ValueError(f"Row {number} of “{self.title}” has {len(row)} cells under {len(self.heads)} headings.")


def are_numbers(table: Table, column: int) -> bool:
    """Whether a column holds only numbers, which are set at its right."""
    held = [row[column] for row in table.rows if row[column] is not None]
    return bool(held) and all(isinstance(cell, int | Decimal) for cell in held)


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing as SVG, ``width`` points wide, with its title and the words that say what it shows to somebody who cannot see it."""

    title: str
    alternative: str
    svg: str
    notes: Sequence[str] = ()
    width: float = 440.0


Block: TypeAlias = Heading | Paragraph | Items | Quote | Table | Figure


@dataclass(frozen=True, slots=True)
class Document:
    """A document. ``lines`` stand under the title beside the marking and the date: what holds for all of it."""

    title: str
    as_at: str
    marking: str
    blocks: Sequence[Block]
    lines: Sequence[str] = ()
    language: str = "en-GB"
    #: Passages were taken out of it: it leaves in no form that could hold hidden words.
    redacted: bool = False
    look: Look = field(default_factory=Look)

    def head_lines(self) -> list[str]:
        """The lines under the title: what holds for all of it, the date it speaks of, its marking."""
        return [*map(clean, self.lines), f"As at {self.as_at}", self.marking]

    def labelled(self) -> Iterator[tuple[Block, str]]:
        """Each block with its numbered title: "Table 2: Actions by pillar". A single table without a title has none.

        A heading is at most one level below the one before it: who has a document read aloud goes from heading to heading.
        """
        tables = figures = level = 0
        for block in self.blocks:
            title = ""
            if isinstance(block, Heading):
                level = min(block.level, level + 1)
                block = replace(block, level=level)
            if isinstance(block, Table) and block.title:
                tables += 1
                title = f"Table {tables}: {clean(block.title)}"
            elif isinstance(block, Figure):
                figures += 1
                title = f"Figure {figures}: {clean(block.title)}"
            yield block, title
