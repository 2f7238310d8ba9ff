"""Records against the strands of a framework: a grid that is walked by arrow keys and filled by letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QHeaderView, QTableView

from vawg_desktop.domain.terms import EXTENT, fold
from vawg_desktop.services import names
from vawg_desktop.services.coverage import Grid, Strand
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.journey_view import lines_high

Index = QModelIndex | QPersistentModelIndex
#: What stands in a cell, by extent; an empty extent says that the record is mapped, not how far.
_SHORT = {"full": "Full", "part": "Part", "contributes": "Adds", "": "Mapped"}
#: The letter that says each extent.
KEYS = {Qt.Key.Key_F: "full", Qt.Key.Key_P: "part", Qt.Key.Key_C: "contributes"}
#: What the space bar makes of a cell, in turn; None takes the link away.
_TURN: dict[str | None, str | None] = {None: "full", "full": "part", "part": "contributes", "contributes": None, "": "full"}
#: Least widths at 100 %, in pixels.
_STRAND, _RECORD = 104, 300


class StrandModel(QAbstractTableModel):
    """The cells of a grid, each with its sentence as tooltip and for a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = Grid([], [])
        self.records: list[names.Found] = []
        self._words, self._bare = "", False
        #: What each record is found by, made when somebody first filters a grid.
        self._found_by: list[str] = []

    def show_grid(self, grid: Grid) -> None:
        """Show a grid in the place of what stood here."""
        self.beginResetModel()
        if grid.records != self.grid.records:
            self._found_by = []
        self.grid = grid
        self._choose()
        self.endResetModel()

    def filter(self, words: str, *, bare: bool) -> None:
        """Show only records that have all the words in reference or title, and where ``bare`` only those that are mapped to no strand here."""
        self.beginResetModel()
        self._words, self._bare = words, bare
        self._choose()
        self.endResetModel()

    def _choose(self) -> None:
        wanted = fold(self._words).split()
        mapped = {record for record, _ in self.grid.cells} if self._bare else set[str]()
        self.records = [r for r in self.grid.records if r.id not in mapped] if mapped else list(self.grid.records)
        if wanted:
            self._found_by = self._found_by or [fold(f"{r.reference} {r.title}") for r in self.grid.records]
            known = {r.id: words for r, words in zip(self.grid.records, self._found_by, strict=True)}
            self.records = [r for r in self.records if all(w in known[r.id] for w in wanted)]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own way)
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.grid.strands)

    def at(self, index: Index) -> tuple[names.Found, Strand]:
        """The record and the strand of a cell."""
        return self.records[index.row()], self.grid.strands[index.column()]

    def extent(self, index: Index) -> str | None:
        """The extent that stands in a cell; None where the record is not mapped to the strand."""
        record, strand = self.at(index)
        return self.grid.cells.get((record.id, strand.id))

    def put(self, index: Index, extent: str | None) -> None:
        """Show an extent at once, before the store has it."""
        record, strand = self.at(index)
        if extent is None:
            self.grid.cells.pop((record.id, strand.id), None)
        else:
            self.grid.cells[record.id, strand.id] = extent
        self.dataChanged.emit(index, index)

    def sentence(self, index: Index) -> str:
        """A cell in words."""
        record, strand = self.at(index)
        extent = self.extent(index)
        if extent is not None:
            words = EXTENT.label(extent).casefold() if extent else "mapped, not said how far"
        elif (before := self.grid.before.get((record.id, strand.id))) is not None:
            words = f"not mapped; {EXTENT.label(before).casefold() if before else 'mapped'} in the version before"
        else:
            words = "not mapped"
        return f"{record.reference} {record.title}, {strand.title}: {words}."

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        extent = self.extent(index)
        record, strand = self.at(index)
        before = self.grid.before.get((record.id, strand.id)) if extent is None else None
        if role == Qt.ItemDataRole.DisplayRole:
            return _SHORT[extent] if extent is not None else f"({_SHORT[before]})" if before is not None else ""
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.sentence(index)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.BackgroundRole and extent is not None:
            return QColor(theme.colours.soft)
        if role == Qt.ItemDataRole.ForegroundRole and before is not None:
            return QColor(theme.colours.muted)
        if role == Qt.ItemDataRole.FontRole and extent == "full":
            return theme.font(bold=True)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Vertical else None
        if orientation == Qt.Orientation.Horizontal:
            return self._strand(section, role) if section < len(self.grid.strands) else None
        if section >= len(self.records):
            return None
        record = self.records[section]
        return f"{record.reference}  {record.title}"

    def _strand(self, section: int, role: int) -> str:
        strand = self.grid.strands[section]
        own = {r.id for r in self.grid.records}
        others = sum(r.id not in own for r in (*strand.full, *strand.part, *strand.overlap))
        covered = others + sum(1 for _, s in self.grid.cells if s == strand.id)
        return f"{strand.title}{': ' if role != Qt.ItemDataRole.DisplayRole else chr(10)}{f'covered by {covered:,}' if covered else 'not covered'}"


class StrandGrid(QTableView):
    """Arrow keys walk; F, P and C say full, part or contributes; the space bar turns; Delete takes away; Enter opens the record."""

    marked = Signal(str, str, object)
    opened = Signal(str)
    walked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model_ = StrandModel()
        self.setModel(self.model_)
        self.setAccessibleName("Records against the strands of a framework")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)  # type: ignore[arg-type]
        across.setHighlightSections(False)
        down.setHighlightSections(False)
        for header, words in ((across, "Strands"), (down, "Records")):
            header.setAccessibleName(words)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setMinimumSectionSize(theme.px(24))
        down.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setCornerButtonEnabled(False)
        for corner in self.findChildren(QAbstractButton):
            corner.setAccessibleName("Corner of the grid")
        down.sectionClicked.connect(lambda row: self.opened.emit(self.model_.records[row].id))
        self.doubleClicked.connect(lambda index: self.opened.emit(self.model_.at(index)[0].id))
        theme.changed.connect(self.measure)
        self.measure()

    def measure(self) -> None:
        """Share the width among the strands; the records' titles keep theirs, less where the window is narrow."""
        down, across = self.verticalHeader(), self.horizontalHeader()
        down.setDefaultSectionSize(theme.row_height())
        columns = max(1, self.model_.columnCount())
        room = self.width() - theme.px(16)
        least = min(theme.px(_RECORD), max(theme.px(140), self.width() // 3))
        wide = min(max(theme.px(_STRAND), (room - least) // columns), theme.px(150))
        down.setFixedWidth(max(least, room - wide * columns))
        across.setStyleSheet(f"QHeaderView::section {{ font-size: {theme.px(11)}px; padding: {theme.px(4)}px {theme.px(5)}px; }}")
        for place in range(self.model_.columnCount()):  # one by one: a default size leaves sections alone that were there before
            across.resizeSection(place, wide)
        words = [str(self.model_.headerData(c, Qt.Orientation.Horizontal)) for c in range(self.model_.columnCount())]
        high = max((lines_high(w, wide) for w in words), default=0) + theme.px(12)
        across.setFixedHeight(max(theme.px(48), min(high, self.height() // 2)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.measure()

    def show_grid(self, grid: Grid) -> None:
        """Show a grid, the chosen cell chosen still where it is there."""
        self.keep(lambda: self.model_.show_grid(grid))

    def keep(self, change: Callable[[], None]) -> None:
        """Change what is shown; the chosen record and strand stay chosen where they are there still."""
        at = self.currentIndex()
        was = self.model_.at(at) if at.isValid() else None
        change()
        self.measure()
        row = _place([r.id for r in self.model_.records], was[0].id if was else "")
        column = _place([s.id for s in self.model_.grid.strands], was[1].id if was else "")
        if self.model_.rowCount() and self.model_.columnCount():
            self.setCurrentIndex(self.model_.index(row, column))
        self.walked.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)  # type: ignore[arg-type]
        self.walked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier)
        key = Qt.Key(event.key())
        if not index.isValid() or not plain:
            super().keyPressEvent(event)
        elif key in KEYS:
            self._mark(index, KEYS[key])
        elif key == Qt.Key.Key_Space:
            self._mark(index, _TURN[self.model_.extent(index)])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self.model_.extent(index) is not None:
                self._mark(index, None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.model_.at(index)[0].id)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters fill cells here; they look for nothing."""

    def _mark(self, index: QModelIndex, extent: str | None) -> None:
        record, strand = self.model_.at(index)
        if self.model_.extent(index) == extent:
            return
        self.model_.put(index, extent)
        self.walked.emit()
        self.marked.emit(record.id, strand.id, extent)


def _place(ids: Sequence[str], wanted: str) -> int:
    return ids.index(wanted) if wanted in ids else 0
