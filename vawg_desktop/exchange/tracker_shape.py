"""What was read of a tracker: its columns, its rows with their cells, what stood beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vawg_desktop.domain.errors import Problem
from vawg_desktop.exchange.cells import Cell, plain_text

#: A target is ``entity.field``; ``entity.reference`` is the tracker's own number.
Target = str


@dataclass(slots=True)
class Given:
    """One cell of a row: its value, its place, and the rating that its colour stands for."""

    value: Cell
    sheet: str
    cell: str
    header: str
    colour: str = ""
    #: What the cell shows of its date: "month", "year", "part"; empty for all.
    shown: str = ""
    #: Whether the cell shows its number a hundred times larger.
    per_cent: bool = False
    #: Whether the cell only shows what stands in another.
    linked: bool = False
    #: A number as its format shows it, where that is not how it is held: 1.10, 007, A-12.
    shown_as: str = ""
    #: A fill (RRGGBB) that looks like no rating.
    strange: str = ""

    @property
    def text(self) -> str:
        """The value as a person would read it."""
        return plain_text(self.value)


@dataclass(slots=True)
class TrackerRow:
    """One row: cells by target, cells of unmatched columns, and the section it stands under."""

    sheet: str
    number: int
    cells: dict[Target, Given] = field(default_factory=dict[Target, Given])
    unmatched: list[Given] = field(default_factory=list[Given])
    #: Cells of matched columns that hold nothing.
    blank: dict[Target, Given] = field(default_factory=dict[Target, Given])
    section: str = ""
    #: Cells of earlier periods: the target, the period as written, the cell.
    earlier: list[tuple[Target, str, Given]] = field(default_factory=list[tuple[Target, str, Given]])
    #: Which columns were filled from the row above, as blanks or ditto marks mean it there.
    filled_down: list[Given] = field(default_factory=list[Given])
    #: Whether it is a recommendation on a line of its own, over the rows that belong to it.
    heads: bool = False
    #: What is asked about its title before it is written, as it is likely personal data or struck out; None where its title is taken.
    held: list[Problem] | None = None
    #: The period that a column names for the present state, by its target.
    periods: Mapping[Target, str] = field(default_factory=dict[Target, str])


@dataclass(slots=True)
class Column:
    """A column of the tracker and what it was matched to, with second thoughts."""

    header: str
    target: Target | None
    did_you_mean: tuple[Target, ...] = ()
    #: The quarter or month that its heading, or the row above, names.
    period: str = ""
    #: The target it held in an earlier period than another column's.
    earlier_of: Target | None = None
    #: The target that another column of another name was taken for.
    rival_of: Target | None = None


@dataclass(slots=True)
class Tracker:
    """A tracker as read: its columns, its rows, and what stands outside any table."""

    columns: list[Column] = field(default_factory=list[Column])
    rows: list[TrackerRow] = field(default_factory=list[TrackerRow])
    outside: list[Given] = field(default_factory=list[Given])
    #: The kind of record that it lists, by its key.
    main: str = ""
    #: What is asked about its columns.
    questions: list[Problem] = field(default_factory=list[Problem])
    #: Whether nothing of it is taken until a question is answered.
    waits: bool = False

    def mapping(self) -> dict[str, Target | None]:
        """Header to target, for the person to see, correct and keep."""
        return {c.header: c.target for c in self.columns}
