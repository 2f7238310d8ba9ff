"""Changes: one line a transaction, newest first; the one that is chosen is opened at the right, change by change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import bounds, london_time, parse_date
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.errors import AppError, NotFoundError
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import change_list, outputs
from vawg_desktop.services.change_list import KINDS, ChangeQuery, Line
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.models.change_model import COLUMNS, ChangeModel, words
from vawg_desktop.ui.outputs import copy_table, save_document
from vawg_desktop.ui.pages.changes_opened import Opened, fill, read_opened
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import SECTION_INSET, EmptyState, button, clear, label, pop_up, scrolled
from vawg_desktop.ui.widgets.flow_layout import FlowLayout, side_by_side
from vawg_desktop.ui.widgets.list_view import ListView
from vawg_desktop.ui.widgets.two_panes import TwoPanes

#: Days that the page looks back until it is told otherwise.
_DAYS = 91
#: Rests between the last key and the reading of what was typed.
_TYPING_MS = 300


class ChangesPage(QWidget):
    """Filters, the list of transactions, and what the chosen one changed."""

    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._reads = 0
        self._record: tuple[str, str] | None = None
        self._opened = ""
        self._known: tuple[list[str], list[tuple[str, str]]] = ([], [])
        self.model = ChangeModel(self._read_on, lambda: tasks.session.today)
        self.view = ListView(self.model, "List of changes")
        self.view.horizontalHeader().setSectionsClickable(False)
        self.view.horizontalHeader().setSortIndicatorShown(False)
        self._build()
        self.view.chosen.connect(self._on_chosen)
        self.view.entered.connect(self._on_entered)
        QShortcut(QKeySequence("Ctrl+C"), self.view, self.copy_lines, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        tasks.changes_applied.connect(self._on_changes)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """The keyboard goes to the list. A focus proxy would take Tab past everything before it."""
        self.view.setFocus(reason)

    # -- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(theme.px(24), theme.px(16), 0, 0)
        column.setSpacing(theme.px(8))
        column.addLayout(self._build_head())
        column.addWidget(self._build_filters())
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        self._wrong.hide()
        column.addWidget(self._wrong)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(EmptyState("Nothing changed in this time, or nothing that matches the filter.", "Show all", self.show_all))
        column.addWidget(self._stack, 1)
        self.panes_beside = TwoPanes(left, self._build_detail())
        box.addWidget(self.panes_beside)

    def _build_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, theme.px(16), 0)
        row.addWidget(label("Changes", size=24, bold=True, wrap=False))
        self._count = label("", muted=True, wrap=False)
        self._count.setContentsMargins(theme.px(8), theme.px(8), 0, 0)
        row.addWidget(self._count)
        row.addStretch(1)
        self._more = button("More", self._show_more, tip="Copy, print, save")
        row.addWidget(self._more)
        return row

    def _build_filters(self) -> QWidget:
        holder = QWidget()
        holder.setContentsMargins(0, 0, theme.px(16), 0)
        flow = FlowLayout(8)
        holder.setLayout(flow)
        since = self.tasks.session.today - timedelta(days=_DAYS)
        self._since = self._line(flow, "From", date_label(since.isoformat()), 128)
        self._until = self._line(flow, "To", "today", 96)
        self._who = self._choice(flow, "Person", "Any person")
        self._who.setEditable(True)
        self._who.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        typed = self._who.lineEdit()
        assert typed is not None
        typed.setAccessibleName("Person")
        typed.editingFinished.connect(self._on_filters)
        self._body = self._choice(flow, "Partner", "Any partner")
        self._kind = self._choice(flow, "Kind of change", "Any kind")
        for kind in KINDS:
            self._kind.addItem(kind[:1].upper() + kind[1:], kind)
        self._about = self._line(flow, "Record", "", 96)
        self._about.setPlaceholderText("Such as a14")
        self._about.setToolTip("A reference such as R-0003 or a14")
        self._all = QPushButton("Show all")
        self._all.setProperty("quiet", True)
        self._all.clicked.connect(self.show_all)
        flow.addWidget(self._all)
        return holder

    def _line(self, flow: FlowLayout, name: str, given: str, width: int) -> QLineEdit:
        line = QLineEdit(given)
        line.setAccessibleName(name)
        line.setToolTip(name)
        line.setFixedWidth(theme.px(width))
        line.editingFinished.connect(self._on_filters)
        named = label(name, muted=True, wrap=False)
        named.setBuddy(line)
        flow.addWidget(side_by_side(named, line))
        return line

    def _choice(self, flow: FlowLayout, name: str, nothing: str) -> Choice:
        made = Choice()
        made.setAccessibleName(name)
        made.setToolTip(name)
        made.addItem(nothing, "")
        made.setFixedWidth(theme.px(140))
        made.settle()
        made.meant.connect(lambda _: self._on_filters())
        flow.addWidget(made)
        return made

    def _build_detail(self) -> QWidget:
        self._detail = QWidget()
        self._detail.setAccessibleName("What the chosen line changed")
        box = QVBoxLayout(self._detail)
        box.setContentsMargins(theme.px(16), theme.px(16), 0, 0)
        box.setSpacing(theme.px(4))
        QShortcut(QKeySequence("Escape"), self._detail, self._on_left, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        head = QVBoxLayout()
        head.setContentsMargins(theme.px(SECTION_INSET), 0, theme.px(24), 0)
        self._title = label("", size=16, bold=True)
        head.addWidget(self._title)
        self._meta = label("", muted=True)
        head.addWidget(self._meta)
        box.addLayout(head)
        self._changes = scrolled(box, spacing=2)
        return self._detail

    def panes(self) -> list[QWidget]:
        """The list and what is opened of it, for F6."""
        return [self.view, self._detail]

    # -- what is asked for -------------------------------------------------------------------

    def show_record(self, id: str) -> None:
        """Every change to one record and its parts."""
        self._reset()
        self._since.clear()
        self.tasks.read(lambda s: change_list.record_id(s, id), self._on_record)

    def _on_record(self, found: tuple[str, str]) -> None:
        self._record = found
        self._about.setText(found[1].partition(" ")[0])
        self.load()

    def show_kind(self, what: str, since: date) -> None:
        """The changes of one kind since a day: what stands behind a figure of the Overview."""
        self._reset()
        self._since.setText(date_label(since.isoformat()))
        at = self._kind.findData(what)
        self._kind.setCurrentIndex(max(0, at))
        self._kind.settle()
        self.load()

    def show_all(self) -> None:
        """Take every filter off."""
        self._reset()
        self._since.clear()
        self.load()

    def _reset(self) -> None:
        self._record = None
        self._about.clear()
        self._until.setText("today")
        for choice in (self._who, self._body, self._kind):
            choice.setCurrentIndex(0)
            choice.settle()

    def _on_filters(self) -> None:
        asked = self._about.text().strip()
        if asked and (self._record is None or self._record[1].partition(" ")[0] != asked):
            self.tasks.read(lambda s: _record_or_none(s, asked), self._on_asked)
            return
        if not asked:
            self._record = None
        self.load()

    def _on_asked(self, found: tuple[str, str] | str) -> None:
        if isinstance(found, str):
            self._say_wrong(found)
        else:
            self._on_record(found)

    def _query(self) -> ChangeQuery:
        today = self.tasks.session.today
        since, until = self._since.text().strip(), self._until.text().strip()
        typed = self._who.currentText().strip()
        return ChangeQuery(
            since=bounds(parse_date(since, now=today))[0] if since else None,
            until=bounds(parse_date(until, now=today))[1] if until and until.casefold() != "today" else None,
            who="" if self._who.currentIndex() == 0 and typed == self._who.itemText(0) else typed,
            body=str(self._body.currentData() or ""),
            record=self._record[0] if self._record else "",
            kind=str(self._kind.currentData() or ""),
        )

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the newest lines for the filters, then count what they show."""
        try:
            query = self._query()
        except AppError as error:
            self._say_wrong(error.message)
            return
        self._say_wrong("")
        self._reads += 1
        mine = self._reads
        self._asked = query
        self.tasks.read(
            lambda s: change_list.page(s, query) if mine == self._reads else None,
            lambda page: self._begin(page) if page is not None and mine == self._reads else None,
        )
        self._count.setText("")
        if query.who or query.body or query.record or query.kind:  # with dates alone there may be years of changes: they are not counted
            self.tasks.read(
                lambda s: change_list.counted(s, query) if mine == self._reads else None,
                lambda counts: self._say_count(*counts) if counts is not None and mine == self._reads else None,
            )
        self.tasks.read(lambda s: (change_list.people(s), change_list.bodies(s)), self._offer)

    def _say_wrong(self, words: str) -> None:
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))

    def _offer(self, known: tuple[list[str], list[tuple[str, str]]]) -> None:
        """Offer the people and bodies there are, leaving what is chosen."""
        if known == self._known:
            return
        self._known = known
        people, bodies = known
        for choice, items in ((self._who, [(p, p) for p in people]), (self._body, [(n, i) for i, n in bodies])):
            text, data = choice.currentText(), choice.currentData()
            choice.blockSignals(True)
            while choice.count() > 1:
                choice.removeItem(1)
            for words_, value in items:
                choice.addItem(words_, value)
            at = choice.findData(data)
            choice.setCurrentIndex(max(at, 0))
            if choice.isEditable():
                choice.setEditText(text)
            choice.settle()
            choice.blockSignals(False)

    def _begin(self, page: change_list.Page) -> None:
        before = self._opened
        self.model.begin(page)
        self._stack.setCurrentIndex(0 if page.lines else 1)
        if page.lines:
            self.view.choose(max(self.model.place_of(before), 0))
        else:
            self._opened = ""
            self._title.setText("")
            self._meta.setText("")
            clear(self._changes)

    def _read_on(self, after: int) -> None:
        mine, query = self._reads, self._asked
        self.tasks.read(
            lambda s: change_list.page(s, query, after),
            lambda page: self.model.go_on(page) if mine == self._reads else None,
        )

    def _say_count(self, entries: int, records: int) -> None:
        self._count.setText(f"{how_many(entries, 'entry', 'entries')} about {how_many(records, 'record')}")

    # -- one line opened ---------------------------------------------------------------------

    def _on_chosen(self, txn: str) -> None:
        line = self.model.line(self.model.place_of(txn))
        if line is None:
            return
        if self._opened != txn:
            clear(self._changes)
        self._opened = txn
        self._title.setText(line.what)
        self._meta.setText(" · ".join(x for x in (london_time(line.at), line.who, line.why) if x))
        self.tasks.read(
            lambda s: read_opened(s, txn) if txn == self._opened else None,
            lambda opened: self._show(opened) if opened is not None and txn == self._opened else None,
        )

    def _show(self, opened: Opened) -> None:
        clear(self._changes)
        fill(self._changes, opened, self.open_record.emit)

    def _on_entered(self) -> None:
        self.panes_beside.show_right()
        first = self._detail.findChild(QPushButton)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_left(self) -> None:
        self.panes_beside.show_left()
        self.view.setFocus()

    # -- out of the window -------------------------------------------------------------------

    def _show_more(self) -> None:
        menu = QMenu(self)
        menu.addAction("Copy as a table\tCtrl+C", self.copy_lines)
        menu.addAction("Print …", lambda: self._with_lines(lambda rows, more: self._save(rows, more, printed=True)))
        menu.addAction("Save as …", lambda: self._with_lines(self._save))
        pop_up(menu, self._more.mapToGlobal(self._more.rect().bottomLeft()))
        menu.deleteLater()

    def copy_lines(self) -> None:
        """Copy the list as a table: the lines picked, or all that the filters show."""

        def copy(rows: list[list[str]], more: str) -> None:
            copy_table(_heads(), rows)
            messages.tell(f"{how_many(len(rows), 'line')} copied as a table. {more}".strip())

        self._with_lines(copy)

    def _save(self, rows: list[list[str]], more: str, *, printed: bool = False) -> None:
        lines = [more] if more else []
        save_document(self, self.tasks, "Changes", lambda s: outputs.list_document(s, "Changes", _heads(), rows, lines=lines), printed=printed)

    def _with_lines(self, then: Callable[[list[list[str]], str], object]) -> None:
        """Hand over the lines in words, and what is to be said of those left out."""
        places, today, query = self.view.places(), self.tasks.session.today, self._asked
        picked = [line for p in places if (line := self.model.line(p)) is not None]

        def read(session: Session) -> tuple[list[Line], int]:
            return change_list.leaving(session, picked if len(picked) > 1 else change_list.all_lines(session, query))

        def came(answer: tuple[list[Line], int]) -> None:
            lines, left_out = answer
            told = [f"The newest {change_list.MOST_SAVED:,} lines; choose a shorter time for the others."] if len(lines) + left_out == change_list.MOST_SAVED else []
            told += [f"{how_many(left_out, 'line')} about restricted records, quotes or figures that may not leave yet, small counts or confidential places left out."] if left_out else []
            then([words(line, today) for line in lines], " ".join(told))

        self.tasks.read(read, came)

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible():
            QTimer.singleShot(_TYPING_MS, self, self._look_again)

    def _look_again(self) -> None:
        if self.isVisible():
            self.load()


def _heads() -> list[str]:
    return [column.label for column in COLUMNS]


def _record_or_none(session: Session, typed: str) -> tuple[str, str] | str:
    """The record that was typed, or the sentence that says there is none."""
    try:
        return change_list.record_id(session, typed)
    except NotFoundError as error:
        return error.message
