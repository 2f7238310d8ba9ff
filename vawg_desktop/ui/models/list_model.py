"""The model of record lists: the ids are known, rows are read in pages and the pages used last are kept (DESIGN 6, Tables)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from vawg_desktop.domain import clock, dates
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.conditions import meets
from vawg_desktop.domain.fields import EntitySpec
from vawg_desktop.domain.rules import effective_due
from vawg_desktop.exchange.document import Cell
from vawg_desktop.services.list_groups import Group
from vawg_desktop.services.lists import PAGE, name_column, reference_column
from vawg_desktop.services.outputs import day_cell

KEPT_PAGES = 24
Row = dict[str, object]
Index = QModelIndex | QPersistentModelIndex
#: Roles beyond Qt's: the row itself, and a stored value for the delegate.
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
VALUE_ROLE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list. ``kind``: reference, title, term, rating, date, due, text, progress, yes_no. Numbers (``numeric``) end at its right edge."""

    key: str
    label: str
    width: int
    kind: str = "text"
    terms: t.Vocabulary | None = None
    sort: str = ""
    empty: str = ""
    numeric: bool = False

    @property
    def side(self) -> Qt.AlignmentFlag:
        """The edge at which its words and its heading stand."""
        return Qt.AlignmentFlag.AlignRight if self.numeric else Qt.AlignmentFlag.AlignLeft


class RowsModel(QAbstractTableModel):
    """What a list view needs of its model: columns, a row at a place as far as it is known, and its cells in words."""

    #: First and last place of rows that were read meanwhile.
    arrived = Signal(int, int)

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = list(columns)
        #: The group that begins at a place, whose heading stands above that row.
        self.headings: Mapping[int, Group] = {}

    def row(self, number: int) -> Row | None:
        """The row at a place; None while it is being read."""
        raise NotImplementedError

    def text(self, row: Row, column: Column) -> str:
        """A cell in words."""
        raise NotImplementedError

    def is_late(self, row: Row) -> bool:
        """Whether the row is marked as late."""
        return False

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].label
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self.columns[section].side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.row(index.row())
        if row is None:
            return None
        column = self.columns[index.column()]
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            heading = self.headings.get(index.row()) if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0 else None
            return f"{heading.words}, {heading.count:,}: {self.text(row, column)}" if heading is not None else self.text(row, column)
        if role == ROW_ROLE:
            return row
        if role == VALUE_ROLE:
            return row.get(column.key)
        return None

    def there(self, place: int) -> Row | None:
        """The row at a place where it is read already; it is not asked for."""
        return self.row(place)


#: Reads the rows of some local numbers off the window's thread and hands them over by number.
Read = Callable[[Sequence[int], Callable[[dict[int, Row]], object]], None]


class ListModel(RowsModel):
    """Rows by local number, read a page at a time by ``read``; a row that is not there yet is blank until it comes."""

    def __init__(
        self,
        columns: Sequence[Column],
        read: Read,
        spec: EntitySpec | None = None,
        today: Callable[[], date] = clock.today,
    ) -> None:
        super().__init__(columns)
        self._spec = spec
        self._today = today
        self._read = read
        self._asked: set[int] = set()
        self._shown = 0
        self._numbers: list[int] = []
        self._pages: OrderedDict[int, dict[int, Row]] = OrderedDict()
        self._groups: Sequence[Group] = ()

    def set_numbers(self, numbers: list[int], pages: Mapping[int, dict[int, Row]] | None = None, groups: Sequence[Group] = ()) -> None:
        """Show these rows, in this order and in these groups. ``pages`` are those read already: the page's place to its rows by number."""
        self.beginResetModel()
        self._groups = groups
        self.headings = dict(zip(accumulate((g.count for g in groups), initial=0), groups, strict=False))
        self._shown += 1
        self._numbers = numbers
        self._pages.clear()
        self._asked.clear()
        self._pages.update(pages or {})
        self.endResetModel()

    def complete(self, numbers: list[int], groups: Sequence[Group] = ()) -> None:
        """Take in the rows after those that were shown first; where those or the groups changed meanwhile, all of them."""
        shown = len(self._numbers)
        if numbers[:shown] != self._numbers or list(groups) != list(self._groups):
            self.set_numbers(numbers, groups=groups)
        elif len(numbers) > shown:
            self.beginInsertRows(QModelIndex(), shown, len(numbers) - 1)
            self._numbers = numbers
            if shown % PAGE:  # its last page was not full yet
                self._pages.pop(shown // PAGE, None)
            self.endInsertRows()

    def there(self, place: int) -> Row | None:
        """The row at a place where it is read already; it is not asked for."""
        page = self._pages.get(place // PAGE)
        return page.get(self._numbers[place]) if page is not None and place < len(self._numbers) else None

    def places_of(self, numbers: Sequence[int]) -> list[int]:
        """The places at which records stand, by their local numbers; those that are not listed are left out."""
        wanted = frozenset(numbers)
        return [place for place, number in enumerate(self._numbers) if number in wanted]

    def numbers(self, places: Sequence[int]) -> list[int]:
        """The local numbers of the records at places in the list."""
        return [self._numbers[p] for p in places if 0 <= p < len(self._numbers)]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._numbers)

    def row(self, number: int) -> Row | None:
        if not 0 <= number < len(self._numbers):
            return None
        page = number // PAGE
        if page not in self._pages:
            self._ask(page)
            return None
        self._pages.move_to_end(page)
        return self._pages[page].get(self._numbers[number])

    def _ask(self, page: int) -> None:
        if page in self._asked:
            return
        self._asked.add(page)
        shown = self._shown
        part = self._numbers[page * PAGE : (page + 1) * PAGE]

        def came(rows: dict[int, Row]) -> None:
            if shown != self._shown:  # another list is shown by now
                return
            self._asked.discard(page)
            self._pages[page] = rows
            if len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
            first, last = page * PAGE, page * PAGE + len(part) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
            self.arrived.emit(first, last)

        self._read(part, came)

    def text(self, row: Row, column: Column) -> str:
        return cell_words(self._spec, row, column, self._today())

    def is_late(self, row: Row) -> bool:
        return is_late(self._spec, row, self._today())


def cell_words(spec: EntitySpec | None, row: Row, column: Column, today: date) -> str:
    """A cell in words, as it is on a day: of any thread."""
    value = row.get(column.key)
    if column.kind == "rating":
        return t.RATING.label(str(value)) if value else t.NOT_RATED
    if column.kind == "due":
        due = effective_due(spec, row) if spec is not None else None
        words = dates.short_label(str(due)) if due else "No date set"
        return f"{words} late" if is_late(spec, row, today) else words
    if column.kind == "date":
        return dates.short_label(str(value)) if value else column.empty
    if column.kind == "progress":
        return f"{row.get('x_done') or 0} of {row.get('x_actions') or 0}"
    if value is None or value == "":
        return column.empty
    if column.kind == "yes_no":
        return "Yes" if value else "No"
    if column.terms is not None:
        return column.terms.label(str(value)) if str(value) != "none" else column.empty
    return " ".join(str(value).split())


def document_cells(spec: EntitySpec, row: Row, column: Column, today: date, *, late: bool, closed: Container[str]) -> list[Cell]:
    """A cell as a document holds it: a day as a date, a number as one. With ``late`` a due date has a second cell, "late" or nothing.

    ``closed`` are records whose titles stay in the office: only their references are named.
    """
    value = row.get(column.key)
    if column.kind == "due":
        due = day_cell(effective_due(spec, row)) or "No date set"
        return [due, "late" if is_late(spec, row, today) else None] if late else [due]
    if column.kind == "date":
        return [day_cell(value) or column.empty or None]
    other = column.key.removesuffix(reference_column(""))
    if other != column.key and value and str(row.get(other)) not in closed:  # another record: its title says more than its number
        return [f"{value} {row.get(name_column(other)) or ''}".strip()]
    if type(value) is int and column.kind == "text":
        return [value]
    return [cell_words(spec, row, column, today) or None]


def is_late(spec: EntitySpec | None, row: Row, today: date) -> bool:
    """Whether the row is overdue on a day: today, or the day as at which the store is looked at."""
    return spec is not None and meets("overdue", spec, row, today)
