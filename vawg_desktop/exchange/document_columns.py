"""How wide the columns of a table are on paper: as wide as their words need, and no word broken while there is room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vawg_desktop.exchange.document import Cell, Document, Table, words

#: Letters of our font that stand on a line of A4 at the size of tables, margins taken off.
PORTRAIT, LANDSCAPE = 104, 156
#: A column in which most cells read well needs no more than this.
_COMFORTABLE = 44
#: Texts longer than this are taken for this long.
_LONGEST = 500
#: Room beside the words of a cell, in letters; headings are bold and take an eighth more.
_PADDING, BOLD = 3, 1.13
#: Rows with more lines than this may run on to the next page.
_TALL = 24
#: Where a line may end. A short word with a hyphen ("A-0014") stays whole; a long one may be divided at it.
_BREAKS = re.compile(r"[\s/–—]+|(?<=\w{12})-")


@dataclass(frozen=True, slots=True)
class _Need:
    """Letters that a column needs: that no word is broken, that most cells read well, that every line stands whole.

    ``long`` is how long its longer texts are: where there is not room for all, columns so divided make rows of the fewest lines.
    """

    least: int
    well: int
    whole: int
    long: int


def _need(table: Table, column: int, longest: int = _LONGEST) -> _Need:
    head = words(table.heads[column])
    parts = [len(part) * BOLD for part in _BREAKS.split(head)]
    lengths: list[int] = []
    sizes = [len(words(row[column])) for row in table.rows]
    for row in table.rows:
        text = words(row[column])
        parts += _unbroken(row[column], text)
        lengths.append(max((len(line) for line in text.split("\n")), default=0))
    least = max(round(min(max(parts, default=1), _COMFORTABLE)) + _PADDING, table.min_letters.get(table.heads[column], 0))
    common, long = _most(lengths), min(_LONGEST, _most(sizes))
    well = max(least, min(_COMFORTABLE, max(common, len(head) // 2)) + _PADDING)
    whole = max(well, min(longest, max(lengths, default=0)) + _PADDING, min(_COMFORTABLE, round(len(head) * BOLD)) + _PADDING)
    return _Need(least, well, whole, max(long + _PADDING, well))


def _most(lengths: list[int]) -> int:
    """The length that nine of ten do not exceed."""
    return sorted(lengths)[int(0.9 * (len(lengths) - 1))] if lengths else 0


def _unbroken(cell: Cell, text: str) -> list[float]:
    """The lengths of what must stand on one line: each word of a text, a date or a number as a whole."""
    return [float(len(part)) for part in _BREAKS.split(text)] if isinstance(cell, str) else [float(len(text))]


def column_widths(table: Table, room: int, longest: int = _LONGEST) -> list[float]:
    """The width of each column in letters: ``room`` together, less where every cell stands on one line with less.

    No column is wider than ``longest``.
    """
    needs = [_need(table, c, longest) for c in range(len(table.heads))]
    least, whole = sum(n.least for n in needs), sum(n.whole for n in needs)
    if whole <= room:
        return [float(n.whole) for n in needs]
    if least >= room:
        return [n.least * room / least for n in needs]
    weights = [max(0, n.long - n.least) for n in needs]
    if not sum(weights):
        return [n.least * room / least for n in needs]
    widths = [n.least + (room - least) * weight / sum(weights) for n, weight in zip(needs, weights, strict=True)]
    over = sum(max(0.0, width - n.whole) for n, width in zip(needs, widths, strict=True))
    short = sum(max(0.0, n.whole - width) for n, width in zip(needs, widths, strict=True))
    share = over / short if short else 0.0  # what one column does not need goes to those that need more
    return [min(float(n.whole), width + share * max(0.0, n.whole - width)) for n, width in zip(needs, widths, strict=True)]


def breaks_words(table: Table, letters: int) -> bool:
    """Whether words of the table would be broken where so many letters stand on a line."""
    return sum(_need(table, c).least for c in range(len(table.heads))) > letters


def too_wide(table: Table) -> bool:
    """Whether the table needs a landscape page."""
    return sum(_need(table, c).well for c in range(len(table.heads))) > PORTRAIT


@dataclass(frozen=True, slots=True)
class Page:
    """The page of a whole document, and the letters of a table that stand on a line of it."""

    landscape: bool

    @property
    def letters(self) -> int:
        """How many letters of a table stand side by side."""
        return LANDSCAPE if self.landscape else PORTRAIT


def page_of(document: Document) -> Page:
    """Landscape where a table is too wide for a portrait page. It reads every cell: ask once."""
    return Page(any(too_wide(block) for block in document.blocks if isinstance(block, Table)))


def tall(row: Sequence[str], widths: Sequence[float]) -> bool:
    """Whether a row of texts is so tall that it may be split between two pages: one that must not would run off the page."""
    return any(
        sum(max(1, -(-len(line) // max(1, int(width) - _PADDING))) for line in text.split("\n")) > _TALL
        for text, width in zip(row, widths, strict=True)
    )
