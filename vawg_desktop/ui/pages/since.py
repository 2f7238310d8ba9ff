"""Since a board: what moved, slipped, was claimed, proved, closed, opened again, deleted, is new or silent between two dates or meetings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLayout,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.movement import TOLD
from vawg_desktop.domain.terms import PILLAR
from vawg_desktop.services import names, restriction, since_outputs
from vawg_desktop.services.session import Session
from vawg_desktop.services.since import HEADINGS, Scope
from vawg_desktop.services.since_outputs import Line
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import PAPER_KINDS, copy_table, save_document
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, label, offer, scroll_over, set_style
from vawg_desktop.ui.widgets.place_kept import PLACE

Index = QModelIndex | QPersistentModelIndex
_HEADS = ("Ref", "Record", "From and to", "Times", "Last")
#: Below this width at 100 % fields stand in two lines, the kinds are chosen among them, and a record's last columns are left out.
_NARROW = 760
_REF, _TITLE, _TOLD, _TIMES, _LAST = range(5)


class _Model(QAbstractTableModel):
    """The records of one kind of movement, as they were counted; nothing is read while it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[Line] = ()

    def show_lines(self, lines: Sequence[Line]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own way)
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(_HEADS)

    def words(self, row: int) -> list[str]:
        """A line as its cells say it."""
        one = self.lines[row]
        return [one.reference, one.title, one.told, str(one.times) if one.times > 1 else "", london_time(one.at) if one.at else ""]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.words(index.row())[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(w for w in self.words(index.row()) if w)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class SincePage(QWidget):
    """A kind of movement at the left with its number, its records at the right; Enter opens one."""

    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._found: dict[str, list[Line]] = {}
        self._kind = TOLD[0]
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(12), theme.px(16), theme.px(8))
        box.setSpacing(theme.px(8))
        box.addLayout(self._build_head())
        box.addLayout(self._build_scope())
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        self._wrong.hide()
        box.addWidget(self._wrong)
        box.addLayout(self._build_found(), 1)
        tasks.changes_applied.connect(self._on_changes)

    # -- building ----------------------------------------------------------------------------

    def _build_head(self) -> QLayout:
        row = QHBoxLayout()
        row.addWidget(label("Since a board", size=24, bold=True, wrap=False))
        row.addStretch(1)
        row.addWidget(button("Copy", self.copy_lines, tip="The lines shown, as a table"))
        row.addWidget(button("Save as …", self.save, tip="Every kind of movement, as a document"))
        return row

    def _build_scope(self) -> QLayout:
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(2))
        self.start, self.end, self.body = QLineEdit(), QLineEdit(), QLineEdit()
        self.pillar = Choice()
        self.pillar.addItem("Every pillar", "")
        for one in PILLAR:
            self.pillar.addItem(one.label, one.key)
        self.pillar.settle()
        self.pillar.meant.connect(lambda _: self.load())
        self._asks: list[tuple[QWidget, QWidget]] = []
        for words, made in (("Since (a date or a meeting)", self.start), ("Until (leave empty for now)", self.end), ("Pillar", self.pillar), ("Body", self.body)):
            name = label(words, muted=True, wrap=False)
            name.setBuddy(made)
            made.setAccessibleName(words)
            self._asks.append((name, made))
            if isinstance(made, QLineEdit):
                made.returnPressed.connect(self.load)
                made.editingFinished.connect(self._on_left)
        self.body.setPlaceholderText("Every body")
        self.kind = Choice()
        self.kind.meant.connect(lambda _: self.choose(str(self.kind.currentData())))
        name = label("Shown", muted=True, wrap=False)
        name.setBuddy(self.kind)
        self.kind.setAccessibleName("Shown")
        self._kind_shown = (name, self.kind)
        self._asked: tuple[str, str, str, str] = ("", "", "", "")
        self._narrow: bool | None = None
        return grid

    def _lay_out(self, *, narrow: bool) -> None:
        """Put the fields in one line and the kinds beside their records; where there is little room, in two lines, with the kinds among the fields."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        lines = (self._asks[:2], [*self._asks[2:], self._kind_shown]) if narrow else (self._asks,)
        columns = 6 if narrow else len(self._asks)
        for row, line in enumerate(lines):
            wide = columns // len(line)
            for n, (name, made) in enumerate(line):
                self._grid.addWidget(name, row * 2, n * wide, 1, wide)
                self._grid.addWidget(made, row * 2 + 1, n * wide, 1, wide)
        for n in range(6):
            self._grid.setColumnStretch(n, int(n < columns))
        for one in self._kind_shown:
            one.setVisible(narrow)
        self._kinds_area.setVisible(not narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(_NARROW)
        self._lay_out(narrow=narrow)
        for column in (_TIMES, _LAST):
            self.table.setColumnHidden(column, narrow)
        self.table.setColumnWidth(_TOLD, theme.px(170 if narrow else 216))

    def _build_found(self) -> QLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(16))
        holder = QWidget()
        left = QVBoxLayout(holder)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(theme.px(2))
        self._kinds = {}
        for kind in TOLD:
            made = button(HEADINGS[kind], partial(self.choose, kind), kind="row")
            made.setProperty(PLACE, kind)
            self._kinds[kind] = made
            left.addWidget(made)
        left.addStretch(1)
        self._kinds_area = scroll_over(holder, "Kinds of movement")
        self._kinds_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._kinds_area.setFixedWidth(theme.px(236))
        row.addWidget(self._kinds_area)
        self.model = _Model()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setObjectName("lines")
        self.table.setAccessibleName("Records")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setAccessibleName("Columns")
        self.table.verticalHeader().setDefaultSectionSize(theme.px(32))
        self.table.horizontalHeader().setSectionResizeMode(_TITLE, QHeaderView.ResizeMode.Stretch)
        for column, wide in ((_REF, 84), (_TOLD, 216), (_TIMES, 60), (_LAST, 140)):
            self.table.setColumnWidth(column, theme.px(wide))
        self.table.activated.connect(lambda index: self.open_record.emit(self.model.lines[index.row()].id))
        row.addWidget(self.table, 1)
        return row

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Count what became of the records between the two moments; the last board is meant where none is named."""
        self._asked = asked = self._wanted()
        start, end, body, pillar = asked

        def read(session: Session) -> tuple[str, dict[str, list[Line]], list[str], list[str]]:
            begin = start or since_outputs.last_board(session)
            known = names.titles(session.read(), "meeting"), names.titles(session.read(), "partner")
            if not begin:
                return "", {}, *known
            return begin, since_outputs.lines(session, begin, end, Scope(pillar, body)), *known

        self.tasks.read(read, lambda found: self._came(asked, found), self._failed)

    def _on_left(self) -> None:
        if self._wanted() != self._asked:
            self.load()

    def _wanted(self) -> tuple[str, str, str, str]:
        return (self.start.text().strip(), self.end.text().strip(), self.body.text().strip(), str(self.pillar.currentData() or ""))

    def _came(self, asked: tuple[str, str, str, str], found: tuple[str, dict[str, list[Line]], list[str], list[str]]) -> None:
        if asked != self._asked:
            return
        begin, self._found, meetings, bodies = found
        for line, known in ((self.start, meetings), (self.end, meetings), (self.body, bodies)):
            offer(line, known)
        if begin and not self.start.text().strip():
            self.start.setText(begin)
            self._asked = (begin, *self._asked[1:])
        if not self._found.get(self._kind):  # begin where there is something to see
            self._kind = next((kind for kind in TOLD if self._found.get(kind)), self._kind)
        self._tell("" if begin else "No meeting was held yet: name a date to begin with.", warn=False)
        self._show_kinds()

    def _failed(self, error: BaseException) -> None:
        self._found = {}
        self._tell(getattr(error, "message", "") or str(error))
        self._show_kinds()

    def _tell(self, wrong: str, *, warn: bool = True) -> None:
        set_style(self._wrong, warn=warn, muted=not warn)
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))

    def _show_kinds(self) -> None:
        self.kind.clear()
        for kind, made in self._kinds.items():
            count = len(self._found.get(kind, ()))
            self.kind.addItem(f"{HEADINGS[kind]} ({count:,})" if self._found else HEADINGS[kind], kind)
            made.setText(f"{HEADINGS[kind]}   {count:,}" if self._found else HEADINGS[kind])
            made.setAccessibleName(f"{HEADINGS[kind]}: {count:,}")
            set_style(made, current=kind == self._kind)
        self.kind.setCurrentIndex(self.kind.findData(self._kind))
        self.kind.settle()
        self.model.show_lines(self._found.get(self._kind, ()))
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def choose(self, kind: str) -> None:
        """Show the records of a kind of movement."""
        self._kind = kind
        self._show_kinds()

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and {"action", "recommendation", "gap", "update"} & set(changes.entities):
            self.load()

    # -- out ---------------------------------------------------------------------------------

    def copy_lines(self) -> None:
        """Put the lines that are shown on the clipboard; restricted records by their reference alone."""
        ids = [one.id for one in self.model.lines]
        closed = self.tasks.fetch(lambda s: restriction.restricted(s, ids))
        rows = [[w if one.id not in closed or n != _TITLE else "Restricted" for n, w in enumerate(self.model.words(row))] for row, one in enumerate(self.model.lines)]
        copy_table(_HEADS, rows)
        messages.tell("Copied as a table.")

    def save(self) -> None:
        """Save every kind of movement as a document."""
        start, end, body, pillar = self._asked
        if not start or self._wrong.isVisible():
            messages.tell(self._wrong.text() or "Name a date or a meeting to begin with.")
            return
        save_document(self, self.tasks, f"Since {start}", lambda s: since_outputs.since_document(s, start, end, Scope(pillar, body)), kinds=PAPER_KINDS)
