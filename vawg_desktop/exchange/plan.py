"""A workbook as a plan, written alike as .xlsx and .ods."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

PlanValue: TypeAlias = str | int | Decimal | dt.date | None


class Style(StrEnum):
    """How a cell looks and whether it may be filled."""

    TITLE = "title"
    LONG_TITLE = "long_title"
    HEADING = "heading"
    TEXT = "text"
    LINE = "line"
    LABEL = "label"
    LOCKED = "locked"
    LOCKED_DATE = "locked_date"
    HEADER = "header"
    HEADER_FILL = "header_fill"
    FILL = "fill"
    FILL_DATE = "fill_date"
    FILL_WHOLE = "fill_whole"
    FREE = "free"
    FREE_DATE = "free_date"
    FREE_WHOLE = "free_whole"
    ROW = "row"
    ROW_DATE = "row_date"
    ROW_NUMBER = "row_number"
    ROW_TENTHS = "row_tenths"
    ROW_HUNDREDTHS = "row_hundredths"


#: The colour of titles and table headings (RRGGBB) where an office has none of its own.
INK = "1D3557"
#: Why a picture stands in a workbook, as the checklist for accessible spreadsheets asks.
LOGO_DEPARTURE = (
    "The office's logo stands at the top of this sheet. It says nothing that is not also in words."
)
#: What stands first on every output of an invented store.
DEMONSTRATION = "DEMONSTRATION: an invented county"
#: The most characters a cell holds (Excel's limit); longer text is cut and ends with ``CUT``.
MOST_IN_CELL = 32_767
CUT = " [Cut here: the cell is full. The office keeps the rest.]"


def fit_cell(text: str) -> str:
    """A text as a cell can hold it: no longer than that, and a tab as a space.

    LibreOffice loses a tab in a cell of several lines, and two words become one.
    """
    text = text.replace("\t", " ")
    return text if len(text) <= MOST_IN_CELL else text[: MOST_IN_CELL - len(CUT)] + CUT


_ONE_LINE = frozenset({Style.TITLE, Style.HEADING, Style.LINE})
_BOLD = frozenset({Style.HEADER, Style.HEADER_FILL, Style.LABEL})
FILLABLE = frozenset({Style.FILL, Style.FILL_DATE, Style.FILL_WHOLE, Style.FREE, Style.FREE_DATE, Style.FREE_WHOLE})


@dataclass(slots=True)
class PlanCell:
    """A cell to be written: its value and how it looks."""

    value: PlanValue
    style: Style = Style.TEXT


@dataclass(slots=True)
class Choice:
    """A drop-down or a check on a block of cells, with the words shown when the cell is chosen.

    ``source`` is a range on the Lists sheet; ``kind`` is ``list``, ``date`` or ``whole``.
    """

    first_row: int
    last_row: int
    column: int
    kind: str
    source: str = ""
    title: str = ""
    message: str = ""
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with its size in pixels at 96 to the inch and its words for those who do not see it."""

    data: bytes
    width: int
    height: int
    words: str


@dataclass(slots=True)
class SheetPlan:
    """One sheet, ``rows[r][c]`` from A1; ``widths`` in characters. ``table``: header row, last row, last column."""

    name: str
    rows: list[list[PlanCell | None]] = field(default_factory=list["list[PlanCell | None]"])
    widths: list[float] = field(default_factory=list[float])
    hidden_columns: tuple[int, ...] = ()
    choices: list[Choice] = field(default_factory=list[Choice])
    table: tuple[int, int, int] | None = None
    table_name: str = ""
    about: str = ""
    frozen: tuple[int, int] = (0, 0)
    protected: bool = True
    hidden: bool = False
    #: Whether it is printed with the book: what is only looked at or filled in on screen is not.
    printed: bool = True
    landscape: bool = True
    select: tuple[int, int] = (0, 0)
    least_height: float = 0.0
    #: The least height of the first row, in points: a picture stands in it.
    first_height: float = 0.0
    pages_wide: int = 1
    #: 1 makes it fit one page whatever its length; 0 lets it be as long as it is.
    pages_high: int = 0
    grid: bool = True
    #: A picture (PNG) at the top right of the last column, with the words that stand for it.
    picture: Picture | None = None

    def heights(self) -> list[float]:
        """Height of each row in points, at most 400: programs do not work it out on opening."""
        rooms = [
            999 if c in self.hidden_columns else max(4, int(width)) for c, width in enumerate(self.widths)
        ]
        return [self._height(n, row, rooms) for n, row in enumerate(self.rows)]

    def _height(self, number: int, row: list[PlanCell | None], rooms: list[int]) -> float:
        tallest, big = 1, 0.0
        for column, cell in enumerate(row):
            text = cell.value if cell is not None else None
            if cell is None or type(text) is not str:
                continue
            room = rooms[column] if column < len(rooms) else 999
            if cell.style is Style.LONG_TITLE:  # its letters are half as wide again as the others
                big = 24.0 * -(-len(text) // max(4, int(0.55 * room))) + 6.0
                continue
            if len(text) < 0.88 * room and "\n" not in text:
                if cell.style is Style.TITLE:
                    big = 30.0
                continue
            if cell.style in _ONE_LINE:
                big = 30.0 if cell.style is Style.TITLE else big
                continue
            if cell.style in _BOLD:
                room = max(4, int(0.88 * room))
            tallest = max(tallest, sum(max(1, -(-len(part) // room)) for part in text.split("\n")))
        return max(big, self.least_height if number else self.first_height, min(400.0, 15.0 * tallest + 2))

    def add(self, *cells: PlanCell | None) -> int:
        """Add a row; returns its number from 0."""
        self.rows.append(list(cells))
        return len(self.rows) - 1


@dataclass(slots=True)
class BookPlan:
    """A workbook: its sheets, title, properties and one constant by which it is known."""

    title: str
    marking: str
    sheets: list[SheetPlan] = field(default_factory=list[SheetPlan])
    properties: dict[str, str] = field(default_factory=dict[str, str])
    constants: dict[str, str] = field(default_factory=dict[str, str])
    #: The colour of titles and table headings (RRGGBB).
    colour: str = INK
