"""The one table model: ids from SQL, pages of 128 rows in an LRU, no proxy (DESIGN 6, Tables)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from vawg_desktop.domain import clock, dates
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.conditions import meets
from vawg_desktop.domain.fields import EntitySpec
from vawg_desktop.domain.rules import effective_due

PAGE = 128
KEPT_PAGES = 24
Row = dict[str, object]
Index = QModelIndex | QPersistentModelIndex
#: Roles beyond Qt's: the row itself, and a stored value for the delegate.
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
VALUE_ROLE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list. ``kind``: reference, title, term, rating, date, due, text, progress, yes_no."""

    key: str
    label: str
    width: int
    kind: str = "text"
    terms: t.Vocabulary | None = None
    sort: str = ""
    empty: str = ""


class ListModel(QAbstractTableModel):
    """Rows by local number, fetched a page at a time by ``fetch``."""

    def __init__(
        self,
        columns: Sequence[Column],
        fetch: Callable[[Sequence[int]], dict[int, Row]],
        spec: EntitySpec | None = None,
    ) -> None:
        super().__init__()
        self._spec = spec
        self.columns = list(columns)
        self._fetch = fetch
        self._numbers: list[int] = []
        self._pages: OrderedDict[int, dict[int, Row]] = OrderedDict()
        self._ticked: set[int] = set()

    def set_numbers(self, numbers: list[int]) -> None:
        """Show these rows, in this order."""
        self.beginResetModel()
        self._numbers = numbers
        self._pages.clear()
        self.endResetModel()

    def refresh(self) -> None:
        """Read the rows shown again."""
        self._pages.clear()
        if self._numbers:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._numbers) - 1, len(self.columns) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def row(self, number: int) -> Row | None:
        """The row at a place in the list."""
        if not 0 <= number < len(self._numbers):
            return None
        page = number // PAGE
        if page not in self._pages:
            part = self._numbers[page * PAGE : (page + 1) * PAGE]
            self._pages[page] = self._fetch(part)
            if len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
        self._pages.move_to_end(page)
        return self._pages[page].get(self._numbers[number])

    def place_of(self, id: str, n: int | None = None) -> int:
        """Where a record stands in the list, or -1. Looks through the numbers, reading no rows."""
        if n is None:
            return -1
        try:
            return self._numbers.index(n)
        except ValueError:
            return -1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].label
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
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
            return self.text(row, column)
        if role == ROW_ROLE:
            return row
        if role == VALUE_ROLE:
            return row.get(column.key)
        return None

    def text(self, row: Row, column: Column) -> str:
        """A cell in words."""
        value = row.get(column.key)
        if column.kind == "rating":
            return t.RATING.label(str(value)) if value else t.NOT_RATED
        if column.kind == "due":
            due = self._due(row)
            words = dates.short_label(str(due)) if due else "No date set"
            return f"{words} late" if self.is_late(row) else words
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

    def is_late(self, row: Row) -> bool:
        """Whether the row is overdue today."""
        return self._spec is not None and meets("overdue", self._spec, row, clock.today())

    def _due(self, row: Row) -> str | None:
        return effective_due(self._spec, row) if self._spec is not None else None

    def ids(self, places: Sequence[int]) -> list[str]:
        """Record ids at places in the list."""
        rows = (self.row(p) for p in places)
        return [str(r["id"]) for r in rows if r is not None]
