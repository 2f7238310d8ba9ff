"""A small table of words and numbers that is as high as its rows: to be read and walked by arrows, not edited."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from vawg_desktop.ui.theme import theme

#: So wide at most, at 100%, is a column of words beside the one that takes what room is left.
_WIDEST = 180
#: So wide at most, at 100%, are a column of numbers, and the words before them where these need no more.
_NUMBER, _WORDS = 130, 280


class PlainTable(QTableWidget):
    """The first column is words; the others are numbers, at the right of columns of one width, near their words however wide the page is.

    ``texts``: all columns are words, at the left; the one at ``widest`` takes what room is left.
    """

    def __init__(self, heads: Sequence[str], name: str, *, texts: bool = False, widest: int = 0) -> None:
        super().__init__(0, len(heads))
        self._texts, self._widest = texts, widest
        self._heads = list(heads)
        self.setHorizontalHeaderLabels(self._heads)
        self.setObjectName("lines")
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(texts)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(32))
        self.horizontalHeader().setAccessibleName("Columns")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for column in range(len(heads)):
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setTextAlignment(self._side(column))

    def _side(self, column: int) -> Qt.AlignmentFlag:
        return Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if column and not self._texts else Qt.AlignmentFlag.AlignLeft)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows, each as long as the headings."""
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                item.setToolTip(words)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, words if not column else f"{cells[0]}, {self._heads[column]}: {words.replace('–', 'not defined')}")
                item.setTextAlignment(self._side(column))
                self.setItem(row, column, item)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        measure = self.fontMetrics()
        wide = [max([measure.horizontalAdvance(self._heads[c]), *(measure.horizontalAdvance(i.text()) for r in range(self.rowCount()) if (i := self.item(r, c)) is not None)]) + theme.px(28) for c in range(self.columnCount())]
        if self._texts:
            wide = [min(w, theme.px(_WIDEST)) for w in wide]
        first, room = wide[self._widest], self.viewport().width()
        wide[self._widest] = 0
        if not self._texts:  # numbers stand near the words that they belong to, in columns of one width
            share = (room - max(first, theme.px(120))) // max(1, len(wide) - 1)
            wide = [max(w, min(share, theme.px(_NUMBER))) if c != self._widest else 0 for c, w in enumerate(wide)]
        for column, width in enumerate(wide):
            if column != self._widest:
                self.setColumnWidth(column, width)
        left = room - sum(wide)
        self.setColumnWidth(self._widest, max(theme.px(120), left if self._texts else min(left, max(first, theme.px(_WORDS)))))
        bar = self.horizontalScrollBar().sizeHint().height() if self.columnWidth(self._widest) + sum(wide) > room else 0
        self.setFixedHeight(head.sizeHint().height() + self._heights() + 2 * self.frameWidth() + bar)

    def _heights(self) -> int:
        """Give each row of words the lines that it needs; returns how high all rows are."""
        least, whole = theme.px(32), 0
        for row in range(self.rowCount()):
            high = least
            for column in range(self.columnCount()) if self._texts else ():
                item, room = self.item(row, column), self.columnWidth(column) - theme.px(16)
                if item is not None and self.fontMetrics().horizontalAdvance(item.text()) > room:
                    box = self.fontMetrics().boundingRect(QRect(0, 0, room, 10_000), Qt.TextFlag.TextWordWrap, item.text())
                    high = max(high, box.height() + theme.px(14))
            if self.rowHeight(row) != high:
                self.setRowHeight(row, high)
            whole += high
        return whole
