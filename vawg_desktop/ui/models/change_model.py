"""Lines of changes for a list view: a page at a time, the next one when somebody scrolls to the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex

from vawg_desktop.domain import dates
from vawg_desktop.domain.clock import LONDON
from vawg_desktop.services.change_list import Line, Page
from vawg_desktop.ui.models.list_model import Column, Row, RowsModel

Index = QModelIndex | QPersistentModelIndex
COLUMNS = (
    Column("at", "When", 150),
    Column("what", "What changed", 0, "title"),
    Column("who", "Who", 120),
    Column("why", "Why", 200),
)


def when(at: str, today: date) -> str:
    """A moment of the log in London: the time of today, else the day and the time."""
    moment = datetime.fromisoformat(at).astimezone(LONDON)
    if moment.date() == today:
        return f"Today {moment:%H:%M}"
    return f"{dates.short_label(moment.date().isoformat())} {moment:%H:%M}"


def words(line: Line, today: date) -> list[str]:
    """A line as texts, in the order of the columns."""
    return [when(line.at, today), line.what, line.who, line.why]


class ChangeModel(RowsModel):
    """Lines as they were read so far. ``more`` asks for the page that goes on from an entry's number."""

    def __init__(self, more: Callable[[int], object], today: Callable[[], date]) -> None:
        super().__init__(COLUMNS)
        self._more, self._today = more, today
        self._lines: list[Line] = []
        self._after: int | None = None
        self._reading = False

    def begin(self, page: Page) -> None:
        """Show a first page."""
        self.beginResetModel()
        self._lines, self._after, self._reading = list(page.lines), page.after, False
        self.endResetModel()

    def go_on(self, page: Page) -> None:
        """Show the next page under it."""
        self._after, self._reading = page.after, False
        if page.lines:
            first = len(self._lines)
            self.beginInsertRows(QModelIndex(), first, first + len(page.lines) - 1)
            self._lines += page.lines
            self.endInsertRows()

    def line(self, place: int) -> Line | None:
        """The transaction shown in a row, None where it is not read yet."""
        return self._lines[place] if 0 <= place < len(self._lines) else None

    @property
    def whole(self) -> bool:
        """Whether every line is there."""
        return self._after is None

    def place_of(self, txn: str) -> int:
        """Where a transaction stands, or -1."""
        return next((i for i, line in enumerate(self._lines) if line.txn == txn), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._lines)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._after is not None and not self._reading

    def fetchMore(self, parent: Index) -> None:
        if self._after is not None and not self._reading:
            self._reading = True
            self._more(self._after)

    def row(self, number: int) -> Row | None:
        line = self.line(number)
        return None if line is None else {"id": line.txn, "at": line.at, "what": line.what, "who": line.who, "why": line.why}

    def text(self, row: Row, column: Column) -> str:
        value = str(row.get(column.key) or "")
        return when(value, self._today()) if column.key == "at" else " ".join(value.split())
