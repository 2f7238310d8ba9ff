"""What was read of a returned workbook: its marks, its rows with their answers, what stood beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.return_columns import PROGRESS, ReturnForm
from vawg_desktop.exchange import identity
from vawg_desktop.exchange.cells import Cell

#: How many cells of a sheet that is not ours are listed one by one.
MOST_STRAY = 400
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
    #: Whether it, or a part of it, is struck out.
    struck: bool = False


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
    """A whole returned workbook, of the form that its columns are of."""

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
    form: ReturnForm = PROGRESS


def visible_of(row: ReadRow) -> tuple[str, str] | None:
    """Reference and check letters of column A."""
    return identity.split_visible(row.visible)
