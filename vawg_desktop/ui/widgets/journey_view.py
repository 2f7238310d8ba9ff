"""The journey map on screen: a table whose cells are painted, so that arrow keys, tooltips and screen readers find a table."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QImage, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from vawg_desktop.domain.terms import PROVISION, how_many
from vawg_desktop.services.journey import GAP, NO_DATA, NO_GAP, Cell, Map
from vawg_desktop.ui.theme import theme

Index = QModelIndex | QPersistentModelIndex
#: Least width and height of a cell at 100 %, in pixels, and the width of a stage's heading.
_CELL_WIDTH, _CELL_HEIGHT, _STAGE = 76, 46, 156


#: So many looks of a cell are kept; then they are drawn anew.
_KEPT = 512


class MapModel(QAbstractTableModel):
    """The cells of a map, each with its sentence as tooltip and for a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        self.map: Map | None = None

    def show_map(self, found: Map) -> None:
        """Show a map in the place of what stood here."""
        self.beginResetModel()
        self.map = found
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own way)
        return 0 if parent.isValid() or self.map is None else len(self.map.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self.map is None else len(self.map.columns)

    def cell(self, index: Index) -> Cell | None:
        """The cell at an index; None where there is none."""
        return self.map.cells.get((index.row(), index.column())) if self.map is not None and index.isValid() else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        cell = self.cell(index)
        if cell is None:
            return None
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell.sentence()
        return " ".join(words_of(cell)) if role == Qt.ItemDataRole.DisplayRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.map is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        lines = self.map.columns if orientation == Qt.Orientation.Horizontal else self.map.rows
        if not 0 <= section < len(lines):
            return None
        return lines[section].title + (" (retired)" if lines[section].retired else "")


def words_of(cell: Cell) -> tuple[str, str]:
    """The two lines of a cell."""
    services = how_many(len(cell.providing), "service") if cell.providing else f"{len(cell.services):,} planned" if cell.services else ""
    if cell.state == GAP:
        provision = PROVISION.label(cell.provision) if cell.provision else ""
        return how_many(len(cell.open), "gap"), provision or services
    return ("No gap" if cell.state == NO_GAP else ""), services


class MapDelegate(QStyledItemDelegate):
    """Paints a cell: how many gaps, severity as a meter, provision, and a mark where nobody owns any.

    Cells that look alike are drawn once and kept: a map of 12 by 14 has 168 of them and a dozen looks.
    """

    def __init__(self, parent: QTableView) -> None:
        super().__init__(parent)
        self._kept: dict[tuple[object, ...], QImage] = {}
        #: So many times as large words and marks are drawn.
        self.zoom = 1.0

    def _picture(self, cell: Cell, box: QRectF, ratio: float) -> QImage:
        key = (*words_of(cell), cell.state, cell.severity, cell.provision, cell.unowned, box.width(), box.height(), theme.colours.name, theme.scale, self.zoom, ratio)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) > _KEPT:
                self._kept.clear()
            found = QImage(round(box.width() * ratio), round(box.height() * ratio), QImage.Format.Format_RGB32)
            found.setDevicePixelRatio(ratio)
            found.fill(QColor(_ground(cell)))
            painter = QPainter(found)
            whole = QRectF(0, 0, box.width(), box.height())
            if cell.state == NO_DATA:
                painter.fillRect(whole, QBrush(QColor(theme.colours.line), Qt.BrushStyle.BDiagPattern))
            painter.scale(self.zoom, self.zoom)
            whole = QRectF(0, 0, box.width() / self.zoom, box.height() / self.zoom)
            _words(painter, cell, whole)
            painter.end()
            self._kept[key] = found
        return found

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        cell = model.cell(index) if isinstance(model, MapModel) else None
        if cell is None:
            return
        c = theme.colours
        box = QRectF(option.rect).adjusted(1, 1, -1, -1)  # type: ignore[attr-defined]
        painter.save()
        painter.drawImage(box.topLeft(), self._picture(cell, box, painter.device().devicePixelRatioF()))
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(c.accent), theme.px(3)))
            edge = theme.px(3) / 2
            painter.drawRect(box.adjusted(edge, edge, -edge, -edge))
        painter.restore()


def _ground(cell: Cell) -> str:
    """The colour under a cell: what warns where nothing is provided or the gap is grave, and plain where there is none."""
    c = theme.colours
    if cell.state == GAP:
        return c.warn_soft if cell.severity in ("3", "4") or cell.provision == "none" else c.soft
    return c.surface


def _type(size: int, bold: bool) -> tuple[QFont, QFontMetrics]:
    font = theme.font(size, bold=bold)
    return font, QFontMetrics(font)


def _cut(metrics: QFontMetrics, words: str, wide: int) -> str:
    return words if metrics.horizontalAdvance(words) <= wide else metrics.elidedText(words, Qt.TextElideMode.ElideRight, wide)


def _words(painter: QPainter, cell: Cell, box: QRectF) -> None:
    """Two lines of words, a mark where nobody owns a gap, and severity as a meter of four parts along the foot."""
    c = theme.colours
    inner = box.adjusted(theme.px(6), theme.px(3), -theme.px(6), -theme.px(3))
    bold, quiet = words_of(cell)
    painter.setPen(QColor(c.text if cell.state == GAP else c.muted))
    font, big = _type(13, cell.state == GAP)
    painter.setFont(font)
    first = QRectF(inner.left(), inner.top(), inner.width() - (theme.px(10) if cell.unowned else 0), big.height())
    painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, _cut(big, bold, int(first.width())))
    font, small = _type(11, False)
    painter.setFont(font)
    second = QRectF(inner.left(), first.bottom() - theme.px(1), inner.width(), small.height())
    if quiet and cell.state == NO_DATA:  # letters on slanting lines are hard to read
        second = QRectF(inner.left() - theme.px(3), inner.center().y() - small.height() / 2, small.horizontalAdvance(quiet) + theme.px(6), small.height())
        painter.fillRect(second, QColor(c.surface))
        second.translate(theme.px(3), 0)
    painter.drawText(second, Qt.AlignmentFlag.AlignVCenter, _cut(small, quiet, int(second.width())))
    if cell.unowned:
        painter.setFont(_type(15, True)[0])
        painter.setPen(QColor(c.warn))
        painter.drawText(QRectF(first.right(), first.top(), theme.px(10), first.height()), Qt.AlignmentFlag.AlignCenter, "!")
    if cell.state == GAP and cell.severity:
        gap, high = theme.px(2), theme.px(4)
        wide = (inner.width() - 3 * gap) / 4
        parts = [QRectF(inner.left() + n * (wide + gap), box.bottom() - high - theme.px(4), wide, high) for n in range(4)]
        painter.setPen(QPen(QColor(c.text), 1))
        painter.setBrush(QColor(c.text))
        painter.drawRects(parts[: int(cell.severity)])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(parts[int(cell.severity) :])


class JourneyView(QTableView):
    """The map. Arrow keys walk it, Enter and a double click open a cell; ``zoom`` enlarges it for a wall."""

    entered = Signal()
    walked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model_ = MapModel()
        self.setModel(self.model_)
        self._delegate = MapDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Journey map")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        for corner in self.findChildren(QAbstractButton):
            corner.setAccessibleName("Corner of the journey map")
        self.zoom = 1.0
        self._walled = False
        for header, name in ((self.horizontalHeader(), "Journey map: across"), (self.verticalHeader(), "Journey map: stages")):
            header.setAccessibleName(name)
            header.setHighlightSections(True)
            header.setSectionsClickable(False)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)  # type: ignore[arg-type]
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap)  # type: ignore[arg-type]
        self.doubleClicked.connect(lambda _: self.entered.emit())
        self.selectionModel().currentChanged.connect(lambda *_: self.walked.emit())
        theme.changed.connect(self.measure)

    def show_map(self, found: Map) -> None:
        """Show a map; the cell that was chosen stays chosen by its place."""
        at = (max(0, self.currentIndex().row()), max(0, self.currentIndex().column()))
        self.model_.show_map(found)
        self.setAccessibleDescription(found.summary())
        self.measure()
        if found.rows and found.columns:
            self.setCurrentIndex(self.model_.index(min(at[0], len(found.rows) - 1), min(at[1], len(found.columns) - 1)))

    def chosen(self) -> Cell | None:
        """The cell that is chosen."""
        return self.model_.cell(self.currentIndex())

    def set_zoom(self, factor: float) -> None:
        """Draw cells and their words so many times as large as those that fit the page."""
        self.zoom = factor
        self.measure()

    def fit_wall(self) -> None:
        """Draw cells and their words as large as the whole map fits the window, for a wall."""
        rows, columns = max(1, self.model_.rowCount()), max(1, self.model_.columnCount())
        across = self.width() / (theme.px(_STAGE) + columns * theme.px(_CELL_WIDTH) + 4)
        down = self.height() / (theme.px(60) + rows * theme.px(_CELL_HEIGHT) + 4)
        self._walled = True
        self.set_zoom(max(1.0, min(across, down)))

    def measure(self) -> None:
        """Share the page among the cells; where they would be too small, the map scrolls."""
        rows, columns = self.model_.rowCount(), self.model_.columnCount()
        if not rows or not columns:
            return
        across, down = self.horizontalHeader(), self.verticalHeader()
        type_ = self.zoom if self._walled else 1.0
        self._delegate.zoom = self.zoom
        stage = int(theme.px(_STAGE) * type_)
        down.setFixedWidth(stage)
        for header, size in ((across, 11), (down, 13)):
            header.setStyleSheet(f"QHeaderView::section {{ font-size: {int(theme.px(size) * type_)}px; padding: {theme.px(4)}px {theme.px(5)}px; }}")
        room = self.width() - stage - self.verticalScrollBar().sizeHint().width() - 2
        wide = room / columns / self.zoom if self._walled else max(theme.px(_CELL_WIDTH), room // columns)
        head = max(lines_high(str(self.model_.headerData(c, Qt.Orientation.Horizontal)), int(wide * self.zoom / type_)) for c in range(columns))
        across.setFixedHeight(int((head + theme.px(12)) * type_))
        high = max(theme.px(_CELL_HEIGHT), min(theme.px(64), (self.viewport().height() - 1) // rows))
        if self._walled:
            high = (self.height() - across.height() - 4) / rows / self.zoom
        across.setMinimumSectionSize(theme.px(24))
        down.setMinimumSectionSize(theme.px(24))
        for header, count, size in ((across, columns, int(wide * self.zoom)), (down, rows, int(high * self.zoom))):
            for place in range(count):  # one by one: a default size leaves sections alone that were there before
                header.resizeSection(place, size)
        self.viewport().update()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._walled:
            self.fit_wall()
        else:
            self.measure()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
            return
        super().keyPressEvent(event)


def lines_high(words: str, wide: int) -> int:
    """How high a heading is in pixels, its words broken to a width; in the type of headings of painted tables."""
    box = QFontMetrics(theme.font(11)).boundingRect(0, 0, wide - theme.px(14), 1000, int(Qt.TextFlag.TextWordWrap), words)
    return box.height()
