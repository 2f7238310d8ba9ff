"""The journey map: stages and what goes across; a cell opens its gaps and services, and what its stage is held to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.terms import GAP_STATUS, how_many
from vawg_desktop.services import journey, journey_outputs, records, sample
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store.files import write_output
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import copy_table, save_document
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import EmptyState, RowButton, button, clear, label, note, pop_up
from vawg_desktop.ui.widgets.file_dialog import QFileDialog
from vawg_desktop.ui.widgets.flow_layout import FlowLayout
from vawg_desktop.ui.widgets.journey_view import JourneyView, words_of
from vawg_desktop.ui.widgets.map_wall import MapWall
from vawg_desktop.ui.widgets.two_panes import TwoPanes

_ZOOMS = ((1.0, "Fit the page"), (1.5, "150%"), (2.0, "200%"))
#: Below this height, in pixels at 100 %, the map takes the room of the heading, the summary and the key, which a screen reader still tells.
_ROOMY = 420
#: Kinds of record whose changes the map shows.
_SHOWN = frozenset({"gap", "service", "journey_stage", "need", "partner", "link"})


class JourneyPage(QWidget):
    """The map, its chosen cell in a sentence under it, and what is in the cell at the right once it is opened."""

    open_record = Signal(str)
    open_list = Signal(object, str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._axis = "need"
        self._close: QPushButton | None = None
        self._facts: tuple[str, list[tuple[str, Sequence[str]]]] = ("", [])
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(theme.px(24), theme.px(12), theme.px(16), theme.px(8))
        column.setSpacing(theme.px(8))
        column.addLayout(self._build_head())
        self._summary = label("", muted=True)
        column.addWidget(self._summary)
        self.view = JourneyView()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(EmptyState("No stages of the victim's journey yet. Stages are shown at the left, needs across the top.", "Add the usual stages, needs and rights", self.add_usual))
        column.addWidget(self._stack, 1)
        self._sentence = label("")
        self._sentence.setMinimumHeight(theme.px(36))
        column.addWidget(self._sentence)
        self._key = note("Bar at the foot: severity from 1 to 4. “!”: nobody owns a gap there. Red background (not in high contrast): severity 3 or 4, or nothing provided. Slanting lines: no data, which is not “no gap”.")
        column.addWidget(self._key)
        self.panes_beside = TwoPanes(left, self._build_detail())
        self.panes_beside.back.setText("Back to the map")
        self.panes_beside.turned.connect(self._on_turned)
        self._right.hide()
        box.addWidget(self.panes_beside)
        self.view.walked.connect(self._on_walked)
        self.view.entered.connect(self._on_entered)
        tasks.changes_applied.connect(self._on_changes)
        QShortcut(QKeySequence("F11"), self, self.full_screen, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """The keyboard goes to the map. A focus proxy would take Tab past everything before it."""
        self.view.setFocus(reason)

    # -- building ----------------------------------------------------------------------------

    def _on_turned(self, narrow: bool) -> None:
        """Where the panes take turns, the way back stands above both of them."""
        if self._close is not None and isValid(self._close):
            self._close.setVisible(not narrow)

    def _build_head(self) -> QLayout:
        row = QHBoxLayout()
        self._title = label("Journey map", size=24, bold=True, wrap=False)
        row.addWidget(self._title)
        row.addStretch(1)
        self.axis, self.zoom = Choice(), Choice()
        self.axis.addItems([words for words, _, _ in journey.AXES.values()])
        self.axis.meant.connect(self._on_axis)
        self.zoom.addItems([words for _, words in _ZOOMS])
        self.zoom.meant.connect(self._on_zoom)
        for words, choice in (("Across", self.axis), ("Size", self.zoom)):
            choice.setAccessibleName(words)
            choice.settle()
            row.addWidget(label(words, muted=True, wrap=False))
            row.addWidget(choice)
        self._more = button("More", self._show_more, tip="Copy, save as picture or document")
        row.addWidget(self._more)
        return row

    def _build_detail(self) -> QWidget:
        self._right = QScrollArea()
        self._right.setWidgetResizable(True)
        self._right.setFrameShape(QScrollArea.Shape.NoFrame)
        self._right.setAccessibleName("What is in the chosen place")
        page = QWidget()
        self._detail = QVBoxLayout(page)
        self._detail.setContentsMargins(theme.px(16), theme.px(16), theme.px(24), theme.px(16))
        self._detail.setSpacing(theme.px(6))
        self._right.setWidget(page)
        return self._right

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words()

    def _show_words(self) -> None:
        """Heading, summary and key, where there is room for them and a map to speak of."""
        roomy = self.height() >= theme.px(_ROOMY)
        self._title.setVisible(roomy)
        for words in (self._summary, self._key):
            words.setVisible(roomy and self._stack.currentIndex() == 0)

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the map anew."""
        self.tasks.read(partial(journey.read_map, axis=self._axis), self._show)

    def _show(self, found: journey.Map) -> None:
        self.view.show_map(found)
        self._summary.setText(found.summary() if found.columns else "")
        self._stack.setCurrentIndex(0 if found.rows and found.columns else 1)
        self._show_words()
        self._on_walked()

    def _on_changes(self, changes: Changes) -> None:
        self._facts = ("", [])
        if self.isVisible() and _SHOWN & set(changes.entities):
            self.load()

    def _on_axis(self, place: int) -> None:
        self._axis = list(journey.AXES)[place]
        self.load()

    def _on_zoom(self, place: int) -> None:
        self.view.set_zoom(_ZOOMS[place][0])

    def _on_walked(self) -> None:
        cell = self.view.chosen()
        self._sentence.setText(cell.sentence() if cell is not None else "")
        if cell is not None and not self._right.isHidden():
            self._fill(cell)

    # -- the chosen cell ---------------------------------------------------------------------

    def _on_entered(self) -> None:
        """Show what stands in the chosen cell at the right, and go there."""
        cell = self.view.chosen()
        if cell is None:
            return
        self._right.show()
        self.panes_beside.show_right()
        self._fill(cell)
        first = next(iter(self._right.findChildren(RowButton)), None)
        goes_back = self.panes_beside.back if self.panes_beside.narrow else self._close
        if (target := first or goes_back) is not None:
            target.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self._right.isHidden():
            self._on_left()
            return
        super().keyPressEvent(event)

    def _on_left(self) -> None:
        """Give the whole page to the map again."""
        self._right.hide()
        self.panes_beside.show_left()
        self.view.setFocus()

    def _fill(self, cell: journey.Cell) -> None:
        clear(self._detail)
        head = QHBoxLayout()
        head.addWidget(label(f"{cell.row.title}, {cell.column.title}", size=17, bold=True), 1)
        self._close = button("Back to the map", self._on_left, tip="Escape")
        if self.panes_beside.narrow:
            self._close.hide()
        head.addWidget(self._close)
        self._detail.addLayout(head)
        told = cell.sentence().partition(": ")[2]
        self._detail.addWidget(label(told[:1].upper() + told[1:], muted=True))
        self._detail.addWidget(label("Gaps", size=15, bold=True))
        closed = [g for g in cell.gaps if not g.open]
        for gap in [*cell.open, *closed]:
            beside = " · ".join(w for w in (GAP_STATUS.label(gap.status), gap.owner or "nobody owns it") if w)
            self._row(gap.id, f"{gap.reference}  {gap.statement}", beside)
        if not cell.gaps:
            self._detail.addWidget(note("No gap is recorded here."))
        self._detail.addWidget(label("Services", size=15, bold=True))
        for service in cell.services:
            facts = ["planned" if service.planned else "", f"{how_many(service.waiting_days, 'day')} to wait" if service.waiting_days is not None else "", "funding in question" if service.in_question else ""]
            self._row(service.id, f"{service.reference}  {service.title}", " · ".join(w for w in facts if w))
        if not cell.services:
            self._detail.addWidget(note("No service is recorded here."))
        self._add_line("journey_stage", cell.row)
        if self._axis == "need":
            self._add_line("need", cell.column)
        self._detail.addStretch(1)

    def _row(self, id: str, words: str, beside: str) -> None:
        made = button(words, partial(self.open_record.emit, id), kind="row", tip=words)
        self._detail.addWidget(made)
        if beside:
            under = label(beside, muted=True)
            under.setContentsMargins(theme.px(8), 0, 0, 0)
            self._detail.addWidget(under)

    def _add_line(self, kind: str, line: journey.Line) -> None:
        """A stage or a need of the chosen place: what it is held to, and how to rename, move or retire it."""
        if line.id is None or line.reference is None:
            return
        self._detail.addWidget(label(line.title, size=15, bold=True))
        if kind == "journey_stage":
            holder = QWidget()
            facts = QVBoxLayout(holder)
            facts.setContentsMargins(0, 0, 0, 0)
            self._detail.addWidget(holder)
            if self._facts[0] == line.id:
                _show_facts(facts, self._facts[1])
            else:
                self.tasks.read(partial(journey.stage_facts, id=line.id), partial(self._on_facts, line.id, holder))
        row = QWidget()
        flow = FlowLayout(6)
        row.setLayout(flow)
        back, on = ("Move up", "Move down") if kind == "journey_stage" else ("Move left", "Move right")
        for words, do in (
            ("Open", partial(self.open_record.emit, line.id)),
            ("Rename …", partial(self._rename, line)),
            (back, partial(self._move, kind, line.id, -1)),
            (on, partial(self._move, kind, line.id, 1)),
            ("Retire" if not line.retired else "Offer again", partial(self._retire, line)),
        ):
            made = button(words, do, kind="quiet")
            made.setAccessibleName(f"{words.removesuffix(' …')}: {line.title}")
            flow.addWidget(made)
        self._detail.addWidget(row)

    def _rename(self, line: journey.Line) -> None:
        title, meant = messages.ask_text("Rename", "Its title on the map", line.title, verb="Rename")
        if meant and title.strip():
            self.tasks.write(lambda s: records.assign(s, str(line.id), [Assignment("title", title.strip())], None))

    def _on_facts(self, id: str, holder: QWidget, facts: list[tuple[str, Sequence[str]]]) -> None:
        self._facts = (id, facts)
        if isValid(holder) and (box := holder.layout()) is not None:  # another cell was chosen meanwhile
            _show_facts(box, facts)

    def _move(self, kind: str, id: str, by: int) -> None:
        self.tasks.write(lambda s: journey.move(s, kind, id, by))

    def _retire(self, stage: journey.Line) -> None:
        day = "" if stage.retired else self.tasks.session.today.isoformat()
        self.tasks.write(lambda s: records.assign(s, str(stage.id), [Assignment("retired", day)], None))

    def add_usual(self) -> None:
        """Add the usual stages and needs, and the rights of the Victims' Code."""
        self.tasks.write(sample.add_usual)

    # -- out ---------------------------------------------------------------------------------

    def _show_more(self) -> None:
        menu = QMenu(self)
        menu.addAction("Full screen\tF11", self.full_screen)
        menu.addAction("Copy as table", self.copy_cells)
        menu.addAction("Save as document …", self.save)
        menu.addAction("Save as picture …", self.save_picture)
        menu.addSeparator()
        menu.addAction("Add the usual stages, needs and rights", self.add_usual)
        pop_up(menu, self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def full_screen(self) -> None:
        """The map over the whole screen, for a wall; the cell chosen there is chosen here when it is left."""
        found, at = self.view.model_.map, self.view.currentIndex()
        if found is None or not found.rows or not found.columns:
            return
        wall = MapWall(self.window(), found, f"Journey map: stages by {journey.AXES[self._axis][0].casefold()}", (max(0, at.row()), max(0, at.column())))
        wall.left.connect(self._on_wall_left)
        wall.showFullScreen()
        wall.view.setFocus()

    def _on_wall_left(self, row: int, column: int) -> None:
        self.view.setCurrentIndex(self.view.model_.index(row, column))
        self.view.setFocus()

    def copy_cells(self) -> None:
        """Put the map on the clipboard as a table of sentences' first halves: gaps and provision in each cell."""
        found = self.view.model_.map
        if found is None:
            return
        heads = ["Stage", *(c.title for c in found.columns)]
        rows = [[row.title, *(_short(found.cells[r, c]) for c in range(len(found.columns)))] for r, row in enumerate(found.rows)]
        copy_table(heads, rows)
        messages.tell("The map was copied as a table.")

    def save(self) -> None:
        """Save the map as a document: drawing, table and lists."""
        save_document(self, self.tasks, "Journey map", partial(journey_outputs.map_document, axis=self._axis))

    def save_picture(self) -> None:
        """Save the map as a picture."""
        name = f"Journey map {self.tasks.session.today.isoformat()}.png"
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the map as a picture", name, "PNG (*.png);;SVG (*.svg)")
        if not chosen:
            return
        path, axis = Path(chosen), self._axis

        def write(session: Session) -> Path:
            write_output(path, journey_outputs.save_picture(session, axis, path.name))
            return path

        self.tasks.make_file(write, lambda made: messages.tell(f"Saved as {made.name}."))


def _short(cell: journey.Cell) -> str:
    return ", ".join(w for w in (*words_of(cell), f"severity {cell.severity}" if cell.severity else "", "nobody owns it" if cell.unowned else "") if w) or "No data"


def _show_facts(holder: QLayout, facts: list[tuple[str, Sequence[str]]]) -> None:
    for words, items in facts:
        holder.addWidget(label(f"{words}: {'; '.join(items) if items else 'none recorded'}", muted=not items))


