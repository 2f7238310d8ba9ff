"""The list at the left: fixed rows, a lean delegate, everything by keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from vawg_desktop.services.list_groups import Group
from vawg_desktop.ui.models.list_model import ROW_ROLE, Column, RowsModel
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.rating import draw_shape

Index = QModelIndex | QPersistentModelIndex


#: Kinds of column that give way last where it is tight.
_LAST_TO_GO = frozenset({"rating", "due"})
#: Height at 100 % of a row whose title stands in two lines, and of so many rows it is looked at whether they need it.
_TWO_LINES, _LOOKED_AT = 52, 40
#: A title that has so much room at 100 % gives up to so much of the rest to a column whose words are cut.
_ENOUGH, _MOST_GIVEN = 440, 160
#: The last column beside a title is kept down to this width at 100 %.
_NARROWEST = 96
#: Height at 100 % of a group's heading, above the group's first row.
_HEADING = 40


def _in_two(metrics: QFontMetrics, words: str, width: int) -> tuple[str, str]:
    """A title as two lines: the first as many words as fit, the second the rest, cut with "…" where it is longer still."""
    parts = words.split()
    count = 1
    while count < len(parts) and metrics.horizontalAdvance(" ".join(parts[: count + 1])) <= width:
        count += 1
    first = " ".join(parts[:count])
    if metrics.horizontalAdvance(first) > width:  # a single word that is wider than the line; what fits is not cut once more by another measure
        first = metrics.elidedText(first, Qt.TextElideMode.ElideRight, width)
    return first, metrics.elidedText(" ".join(parts[count:]), Qt.TextElideMode.ElideRight, width)


class ListDelegate(QStyledItemDelegate):
    """Paints a cell: ratings with their shape, references quiet, late dates marked by a word and a colour."""

    def __init__(self, view: ListView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, RowsModel):
            return
        c = theme.colours
        row = index.data(ROW_ROLE)
        column = model.columns[index.column()]
        picked = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        box: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        heading = model.headings.get(index.row())
        if heading is not None:
            band = QRect(box.left(), box.top(), box.width(), theme.px(_HEADING))
            box = box.adjusted(0, theme.px(_HEADING), 0, 0)
            self._draw_heading(painter, band, heading)
        painter.fillRect(box, QColor(c.select if picked else c.surface))
        painter.setPen(QPen(QColor(c.line), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if row is not None:
            self._draw(painter, box.adjusted(theme.px(8), 0, -theme.px(8), 0), row, column, model, picked)
        if picked and index.column() == 0:
            painter.fillRect(QRect(box.left(), box.top(), theme.px(3), box.height()), QColor(c.accent))
        painter.restore()

    def _draw_heading(self, painter: QPainter, band: QRect, heading: Group) -> None:
        """The part of a group's heading that lies above one cell: it begins at the left edge and goes on over all of them."""
        c = theme.colours
        painter.save()
        painter.fillRect(band, QColor(c.surface))
        painter.setClipRect(band)
        painter.setFont(theme.font(13, bold=True))
        left = theme.px(8) - self._view.horizontalOffset()
        line = QRect(left, band.top() + theme.px(8), self._view.viewport().width(), band.height() - theme.px(8))
        painter.setPen(QColor(c.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, heading.words)
        wide = painter.fontMetrics().horizontalAdvance(heading.words)
        painter.setFont(theme.font())
        painter.setPen(QColor(c.muted))
        painter.drawText(line.adjusted(wide + theme.px(8), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, f"{heading.count:,}")
        painter.setPen(QPen(QColor(c.line), 1))
        painter.drawLine(band.bottomLeft(), band.bottomRight())
        painter.restore()

    def _draw(
        self,
        painter: QPainter,
        box: QRect,
        row: dict[str, object],
        column: Column,
        model: RowsModel,
        picked: bool,
    ) -> None:
        c = theme.colours
        words = model.text(row, column)
        colour = QColor(c.on_select if picked else c.text)
        quiet = QColor(c.on_select if picked else c.muted)
        painter.setFont(theme.font())
        if column.kind == "rating":
            value = str(row.get(column.key) or "")
            side = theme.px(11)
            spot = QRectF(box.left(), box.center().y() - side / 2 + 1, side, side)
            shade = theme.rating(value)[0] if value else quiet
            draw_shape(
                painter,
                value,
                spot,
                colour if value == "white" or (picked and c.name == "contrast") else shade,
            )
            box = box.adjusted(theme.px(20), 0, 0, 0)
            colour = colour if value else quiet
        elif column.kind == "reference":
            colour = quiet
            if row.get("conflicts"):
                words += " !"
        elif column.kind == "due" and model.is_late(row):
            colour = QColor(c.on_select if picked and c.name == "contrast" else c.warn)
        elif not row.get(column.key) and column.empty:
            colour = quiet
        painter.setPen(colour)
        metrics = painter.fontMetrics()
        if column.kind == "title" and box.height() >= theme.px(_TWO_LINES) and metrics.horizontalAdvance(words) > box.width():
            first, second = _in_two(metrics, words, box.width())
        else:
            first = second = ""
        if second:
            high = metrics.lineSpacing()
            top = box.top() + (box.height() - 2 * high) // 2
            painter.drawText(QRect(box.left(), top, box.width(), high), Qt.AlignmentFlag.AlignVCenter, first)
            painter.drawText(QRect(box.left(), top + high, box.width(), high), Qt.AlignmentFlag.AlignVCenter, second)
            return
        painter.drawText(
            box,
            Qt.AlignmentFlag.AlignVCenter | column.side,
            metrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width()),
        )

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, theme.row_height())


class ListView(QTableView):
    """Rows of one kind. Choosing shows the record at once; Enter goes into it."""

    chosen = Signal(str)
    entered = Signal()
    sorted_by = Signal(str, bool)

    def __init__(self, model: RowsModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(ListDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setAccessibleName(f"{name}: headings")
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(theme.px(40))
        header.sectionClicked.connect(self._on_header)
        self._sort = ("reference", False)
        #: Keys of columns that are not wanted, as chosen.
        self.hidden: frozenset[str] = frozenset()
        model.arrived.connect(self._on_arrived)
        #: Places of rows that have a heading above them.
        self._tall: set[int] = set()
        #: The room in pixels that the references in sight need.
        self._reference = 0
        model.modelReset.connect(self._fit_rows)
        model.rowsInserted.connect(self._fit_rows)
        self.doubleClicked.connect(lambda _: self.entered.emit())
        theme.changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        vertical = self.verticalHeader()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setMinimumSectionSize(theme.px(24))
        vertical.setDefaultSectionSize(theme.row_height())
        self._share_width()
        self._fit_rows()
        self.viewport().update()

    def _share_width(self) -> None:
        """Fixed columns keep their width; the title takes what is left; the last give way where it is tight."""
        columns = self._model.columns
        room = self.viewport().width()
        title = next((i for i, col in enumerate(columns) if col.kind == "title"), 0)
        least, tight = theme.px(236), theme.px(172)
        widths = [theme.px(col.width) for col in columns]
        widths[0] = max(widths[0], self._reference)
        unwanted = {i for i, col in enumerate(columns) if col.key in self.hidden and i not in (0, title)}
        rest = sum(w for i, w in enumerate(widths) if i != title and i not in unwanted)
        # what matters least goes first: from the right, and a rating or a date last
        for i in sorted(range(len(columns)), key=lambda i: (columns[i].kind in _LAST_TO_GO, -i)):
            floor = tight if columns[i].kind in _LAST_TO_GO else least  # a title of two short lines rather than no date
            hide = i in unwanted or (room - rest < floor and i not in (0, title) and room > 0)
            if hide and i not in unwanted and rest == widths[0] + widths[i] and room - widths[0] - least >= theme.px(_NARROWEST):
                rest, widths[i], hide = room - least, room - widths[0] - least, False  # the only one left beside the title: cut rather than gone
            self.setColumnHidden(i, hide)
            if hide and i not in unwanted:
                rest -= widths[i]
            elif not hide and i != title:
                self.setColumnWidth(i, widths[i])
        self.setColumnWidth(title, max(tight, room - rest - self._widen_cut(title, room - rest)))

    def _widen_cut(self, title: int, left: int) -> int:
        """Widen columns in which words are cut by what the title does not need; returns by how much in all."""
        given = 0
        rows = [row for place in range(min(_LOOKED_AT, self._model.rowCount())) if (row := self._model.there(place)) is not None]
        metrics = QFontMetrics(theme.font())

        def needs(column: Column) -> int:
            return max((metrics.horizontalAdvance(self._model.text(row, column)) for row in rows), default=0) + theme.px(20)

        kept = min(needs(self._model.columns[title]), theme.px(_ENOUGH))
        for i, column in enumerate(self._model.columns):
            spare = left - given - kept
            if i in (0, title) or column.kind != "text" or column.numeric or self.isColumnHidden(i) or spare <= 0:
                continue
            more = min(needs(column) - self.columnWidth(i), spare, theme.px(_MOST_GIVEN))
            if more > 0:
                self.setColumnWidth(i, self.columnWidth(i) + more)
                given += more
        return given

    def hide_columns(self, keys: frozenset[str]) -> None:
        """Leave columns out, by their keys."""
        self.hidden = keys
        self._share_width()
        self._fit_rows()

    def _fit_rows(self) -> None:
        """Rows of two lines where a fifth or more of the titles in sight would be cut; compact and meeting rows stay as they are."""
        self._fit_references()
        title = next((i for i, col in enumerate(self._model.columns) if col.kind == "title"), -1)
        if title < 0 or theme.density != "normal":
            self._fit_headings()
            return
        room = self.columnWidth(title) - theme.px(16)
        metrics = QFontMetrics(theme.font())
        rows = [row for place in range(min(_LOOKED_AT, self._model.rowCount())) if (row := self._model.there(place)) is not None]
        cut = sum(metrics.horizontalAdvance(self._model.text(row, self._model.columns[title])) > room for row in rows)
        height = theme.px(_TWO_LINES) if rows and 5 * cut >= len(rows) else theme.row_height()
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)
        self._fit_headings()

    def _fit_references(self) -> None:
        """Widen the first column where a reference such as U-194085 would be cut: cut ones are all alike. The rows in sight say what the others need."""
        metrics = QFontMetrics(theme.font())
        rows = [row for place in range(min(_LOOKED_AT, self._model.rowCount())) if (row := self._model.there(place)) is not None]
        needed = max((metrics.horizontalAdvance(self._model.text(row, self._model.columns[0])) for row in rows), default=0) + theme.px(20)
        self._reference = needed
        self._share_width()

    def _fit_headings(self) -> None:
        """Room above the first row of each group for its heading."""
        height = self.verticalHeader().defaultSectionSize()
        there = {place for place in self._model.headings if place < self._model.rowCount()}
        for place in self._tall - there:
            self.setRowHeight(place, height)
        for place in there:
            self.setRowHeight(place, height + theme.px(_HEADING))
        self._tall = there

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()
        self._fit_rows()

    def show_sort(self, key: str, descending: bool) -> None:
        """Mark the column by which the rows stand in order; a list that is asked for by another page comes in its own."""
        self._sort = (key, descending)
        section = next((i for i, col in enumerate(self._model.columns) if key in (col.sort or col.key, col.key)), 0)
        self.horizontalHeader().setSortIndicator(section, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)

    def _on_header(self, section: int) -> None:
        column = self._model.columns[section]
        key = column.sort or column.key
        self._sort = (key, not self._sort[1] if self._sort[0] == key else False)
        way = Qt.SortOrder.DescendingOrder if self._sort[1] else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(section, way)
        self.sorted_by.emit(*self._sort)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)  # type: ignore[arg-type]
        row = self._model.row(current.row()) if current.isValid() else None
        if row is not None and (not previous.isValid() or current.row() != previous.row()):
            self.chosen.emit(str(row["id"]))

    def _on_arrived(self, first: int, last: int) -> None:
        """The current row was chosen before it was read."""
        if first < _LOOKED_AT:
            self._fit_rows()
        at = self.currentIndex().row()
        row = self._model.row(at) if first <= at <= last else None
        if row is not None:
            self.chosen.emit(str(row["id"]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
            return
        super().keyPressEvent(event)

    def choose(self, place: int) -> None:
        """Choose the row at a place, and no other, whatever key is held (Ctrl would turn its choice round)."""
        if 0 <= place < self._model.rowCount():
            index = self._model.index(place, 0)
            only = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(index, only)
            self.scrollTo(index)

    def pick(self, places: Sequence[int]) -> None:
        """Pick the rows at some places, beside the one that is chosen."""
        chosen = QItemSelection()
        for place in places:
            index = self._model.index(place, 0)
            chosen.select(index, index)
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().select(chosen, flags)

    def places(self) -> list[int]:
        """Places of the rows picked, in order."""
        return sorted(i.row() for i in self.selectionModel().selectedRows())
