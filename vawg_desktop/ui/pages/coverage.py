"""How far frameworks are covered: one line a framework, and for each a grid of records against its strands."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import coverage, coverage_outputs, framework_in, restriction
from vawg_desktop.services.framework_in import FrameworkIn, StrandRow
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.forms import FormDialog, words_back
from vawg_desktop.ui.dialogs.paste import PasteDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import copy_table, save_document
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import EmptyState, button, clear, label, note, pop_up
from vawg_desktop.ui.widgets.file_dialog import QFileDialog
from vawg_desktop.ui.widgets.place_kept import PLACE
from vawg_desktop.ui.widgets.strand_grid import StrandGrid

#: Below this width at 100 % what is counted of a framework stands under its name.
_NARROW = 720
#: Kinds of record whose changes the page shows.
_SHOWN = frozenset({"framework", "strand", "link", *(e.key for e in coverage.KINDS)})
_ALL, _GRID, _EMPTY = range(3)
#: From this width and height, in pixels at 100 %, there is room for the keys in words, and for heading and summary.
_WIDE, _ROOMY = 900, 420
_FRAMEWORK, _STRAND = BY_KEY["framework"], BY_KEY["strand"]


class CoveragePage(QWidget):
    """All frameworks at a glance; a chosen one as a grid, filled by keyboard."""

    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._progress: list[coverage.Progress] = []
        self._drawn_narrow = False
        self._framework = ""
        self._kind = coverage.KINDS[0].key
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(24), theme.px(12), theme.px(24), theme.px(8))
        column.setSpacing(theme.px(8))
        column.addLayout(self._build_head())
        self._summary = label("", muted=True)
        column.addWidget(self._summary)
        column.addWidget(self._build_tools())
        self.grid = StrandGrid()
        self.grid.marked.connect(self._on_marked)
        self.grid.opened.connect(self.open_record)
        self.grid.walked.connect(self._on_walked)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._build_all())
        self._stack.addWidget(self.grid)
        self._stack.addWidget(EmptyState("No frameworks yet. Add the Victims' Code, a national strategy or your own.", "New framework", self.add_framework))
        column.addWidget(self._stack, 1)
        self._sentence = label("")
        self._sentence.setMinimumHeight(theme.px(22))
        column.addWidget(self._sentence)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(120)
        self._typed.timeout.connect(self._filter)
        tasks.changes_applied.connect(self._on_changes)

    # -- building ----------------------------------------------------------------------------

    def _build_head(self) -> QLayout:
        row = QHBoxLayout()
        self._title = label("Coverage", size=24, bold=True, wrap=False)
        row.addWidget(self._title)
        row.addStretch(1)
        self.choice = Choice()
        self.choice.setAccessibleName("Framework")
        self.choice.setMinimumWidth(theme.px(240))
        self.choice.meant.connect(self._on_framework)
        row.addWidget(label("Framework", muted=True, wrap=False))
        row.addWidget(self.choice)
        self._more = button("More", self._show_more, tip="Add, paste or import a framework, make its next version, copy, save")
        row.addWidget(self._more)
        return row

    def _build_tools(self) -> QWidget:
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        self.kind = Choice()
        self.kind.setAccessibleName("Kind of record")
        self.kind.addItems([e.plural for e in coverage.KINDS])
        self.kind.meant.connect(self._on_kind)
        self.kind.settle()
        row.addWidget(self.kind)
        self.words = QLineEdit()
        self.words.setPlaceholderText("Filter by reference or words")
        self.words.setAccessibleName("Filter the records")
        self.words.setClearButtonEnabled(True)
        self.words.setMinimumWidth(theme.px(120))
        self.words.setMaximumWidth(theme.px(280))
        self.words.textChanged.connect(lambda _: self._typed.start())
        row.addWidget(self.words, 1)
        self.bare = QPushButton("Not mapped yet")
        self.bare.setCheckable(True)
        self.bare.setProperty("chip", True)
        self.bare.setAccessibleName("Only records that are not mapped yet")
        self.bare.clicked.connect(self._filter)
        row.addWidget(self.bare)
        row.addStretch(1)
        self._keys = label("F full · P part · C contributes · Delete none · Enter opens", muted=True, wrap=False)
        row.addWidget(self._keys)
        return self._tools

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keys.setVisible(self.width() >= theme.px(_WIDE))
        if self._narrow() != self._drawn_narrow and self._progress and not self._framework:
            self._show_all()
        roomy = self.height() >= theme.px(_ROOMY)
        for words in (self._title, self._summary):
            words.setVisible(roomy)

    def _build_all(self) -> QWidget:
        holder = QWidget()
        outer = QVBoxLayout(holder)
        outer.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        page = QWidget()
        self._all = QVBoxLayout(page)
        self._all.setContentsMargins(0, 0, 0, 0)
        self._all.setSpacing(theme.px(4))
        area.setWidget(page)
        outer.addWidget(area)
        return holder

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Count every framework, and read the grid of the chosen one."""
        framework, kind = self._framework, self._kind

        def read(session: Session) -> tuple[list[coverage.Progress], coverage.Grid | None]:
            found = coverage.progress(session)
            shown = framework if any(p.id == framework for p in found) else ""
            return found, coverage.grid(session, shown, kind) if shown else None

        self.tasks.read(read, self._show)

    def _show(self, found: tuple[list[coverage.Progress], coverage.Grid | None]) -> None:
        self._progress, grid = found
        if not any(p.id == self._framework for p in self._progress):
            self._framework = ""
        self.choice.clear()
        self.choice.addItems(["All frameworks", *(_name(p) for p in self._progress)])
        place = next((n for n, p in enumerate(self._progress, 1) if p.id == self._framework), 0)
        self.choice.setCurrentIndex(place)
        self.choice.settle()
        self._tools.setVisible(bool(self._framework))
        self._sentence.setVisible(bool(self._framework))
        if grid is not None:
            one = self._progress[place - 1]
            self._summary.setText(_sentence(one))
            self._stack.setCurrentIndex(_GRID)
            self.grid.show_grid(grid)
            return
        self._summary.setText("Each framework counted alike. Press one to map records to its strands." if self._progress else "")
        self._stack.setCurrentIndex(_ALL if self._progress else _EMPTY)
        self._show_all()

    def _narrow(self) -> bool:
        """Whether a framework's name and what is counted of it do not fit beside each other."""
        return self.width() < theme.px(_NARROW)

    def _show_all(self) -> None:
        self._drawn_narrow = self._narrow()
        clear(self._all)
        for one in self._progress:
            row = QHBoxLayout()
            row.setSpacing(theme.px(16))
            open_it = button(_name(one), partial(self.choose, one.id), kind="row", tip="Map records to its strands")
            open_it.setProperty(PLACE, one.id)
            open_it.setAccessibleName(f"{_name(one)}: {_sentence(one)}")
            row.addWidget(open_it, 1)
            facts = ((f"{one.covered} of {how_many(one.strands, 'strand')} covered", 168), (f"{one.done:,} of {one.records:,} mapped records done", 232))
            for words, wide in facts if not self._narrow() else ():
                fact = label(words, muted=True, wrap=False)
                fact.setFixedWidth(theme.px(wide))
                row.addWidget(fact)
            self._all.addLayout(row)
            if self._narrow():  # beside them its name would have no room
                under = label(", ".join(words for words, _ in facts), muted=True)
                under.setContentsMargins(theme.px(8), 0, 0, theme.px(4))
                self._all.addWidget(under)
        self._all.addWidget(note("A record counts once in each framework, and is done as its own kind says: an action complete, a recommendation or gap closed, a service running."))
        self._all.addStretch(1)

    def choose(self, framework: str) -> None:
        """Show the grid of a framework, by its id; none shows all frameworks."""
        self._framework = framework
        self.load()
        if framework:
            self.grid.setFocus()

    def _on_framework(self, place: int) -> None:
        self.choose(self._progress[place - 1].id if place else "")

    def _on_kind(self, place: int) -> None:
        self._kind = coverage.KINDS[place].key
        self.load()

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and _SHOWN & set(changes.entities):
            self.load()

    def _filter(self) -> None:
        self.grid.keep(lambda: self.grid.model_.filter(self.words.text(), bare=self.bare.isChecked()))

    def _on_walked(self) -> None:
        index = self.grid.currentIndex()
        shown = index.isValid() and self.grid.model_.rowCount() > 0
        self._sentence.setText(self.grid.model_.sentence(index) if shown else "No record is shown.")

    def _on_marked(self, record: str, strand: str, extent: str | None) -> None:
        self.tasks.write(lambda s: coverage.mark(s, record, strand, extent), failed=self._on_refused)

    def _on_refused(self, error: BaseException) -> None:
        messages.failed(error)
        self.load()

    # -- frameworks in and out ---------------------------------------------------------------

    def _show_more(self) -> None:
        menu = QMenu(self)
        menu.addAction("New framework …", self.add_framework)
        menu.addAction("Import from a file …", self.take_in)
        if self._framework:
            menu.addAction("Paste strands …", self.paste)
            menu.addAction("Make the next version …", self.make_next)
            menu.addAction("Open the framework's record", lambda: self.open_record.emit(self._framework))
        menu.addSeparator()
        menu.addAction("Copy as a table", self.copy_cells)
        if self._framework:
            menu.addAction("Save as …", self.save)
        pop_up(menu, self._more.mapToGlobal(self._more.rect().bottomLeft()))
        menu.deleteLater()

    def add_framework(self) -> None:
        """A new framework, and then its strands as pasted or typed."""
        typed = FormDialog.fill_in(self, self.tasks, "New framework", _FRAMEWORK, _FRAMEWORK.form, "Go on to its strands")
        if typed is None:
            return
        rows = PasteDialog.ask(self, _STRAND, "")
        title = typed.get("title", "")
        given = {k: v for k, v in typed.items() if v}

        def write(session: Session) -> Changes:
            from vawg_desktop.services import records

            id, changes = records.create(session, "framework", given)
            return framework_in.add(session, [StrandRow("", words) for _, _, words in rows], id) if rows else changes

        self.tasks.write(write, message=f"{title} added.", failed=words_back(typed))

    def paste(self) -> None:
        """Strands of the chosen framework, a line each."""
        rows, framework = PasteDialog.ask(self, _STRAND, ""), self._framework
        if rows:
            self.tasks.write(lambda s: framework_in.add(s, [StrandRow("", words) for _, _, words in rows], framework), message="Strands added.")

    def take_in(self) -> None:
        """A framework from a spreadsheet or a text file, looked at before it is added."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Import a framework", "", "Spreadsheets and texts (*.xlsx *.ods *.xls *.csv *.txt)")
        if chosen:
            path = Path(chosen)
            self.tasks.make_file(lambda _: framework_in.of_file(path), partial(self._look_at, path.stem))

    def _look_at(self, name: str, read: FrameworkIn) -> None:
        """Ask under which title the strands stand where the file names no framework, show what was left out, and add them."""
        framework = self._framework
        if not all(r.framework for r in read.rows) and not framework:
            framework, meant = messages.ask_text("Import a framework", "Its title", name, verb="Go on")
            if not meant:
                return
        left = f" {how_many(len(read.left), 'cell')} beside them {'is' if len(read.left) == 1 else 'are'} not taken: " + "; ".join(w[:40] for _, _, w in read.left[:5]) + "." if read.left else ""
        if messages.ask("Import a framework", f"Add {how_many(len(read.rows), 'strand')} of {name}?{left}", "Add"):
            self.tasks.write(lambda s: framework_in.add(s, read.rows, framework), message=f"{how_many(len(read.rows), 'strand')} imported.")

    def make_next(self) -> None:
        """The next dated version of the chosen framework, its strands to be edited from there."""
        framework = self._framework
        typed = FormDialog.fill_in(self, self.tasks, "Next version", _FRAMEWORK, ("version", "from_date"), "Make it")
        if typed is None:
            return
        made: list[str] = []

        def write(session: Session) -> Changes:
            id, changes = coverage.next_version(session, framework, typed.get("version", ""), typed.get("from_date", ""))
            made.append(id)
            return changes

        self.tasks.write(write, then=lambda _: self.choose(made[-1]), failed=words_back(typed))

    def copy_cells(self) -> None:
        """Put what is shown on the clipboard as a table."""
        model = self.grid.model_
        if not self._framework:
            copy_table(["Framework", "Strands", "Covered", "Mapped records", "Done"], [[_name(p), str(p.strands), str(p.covered), str(p.records), str(p.done)] for p in self._progress])
        else:
            heads = ["Record", *(s.title for s in model.grid.strands)]
            closed = self.tasks.fetch(lambda s: restriction.restricted(s, {r.id for r in model.records}))
            names = [f"{r.reference} {'Restricted' if r.id in closed else r.title}" for r in model.records]
            rows = [[name, *(str(model.data(model.index(n, c)) or "") for c in range(model.columnCount()))] for n, name in enumerate(names)]
            copy_table(heads, rows)
        messages.tell("Copied as a table.")

    def save(self) -> None:
        """Save the coverage of the chosen framework as a document."""
        name = next((p.title for p in self._progress if p.id == self._framework), "")
        save_document(self, self.tasks, f"Coverage of {name}", partial(coverage_outputs.coverage_document, framework=self._framework))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._framework:
            self.choose("")
            return
        super().keyPressEvent(event)


def _name(one: coverage.Progress) -> str:
    return f"{one.title}, {one.version}" if one.version else one.title


def _sentence(one: coverage.Progress) -> str:
    return f"{one.covered} of {how_many(one.strands, 'strand')} covered; {one.done:,} of {how_many(one.records, 'mapped record')} done."
