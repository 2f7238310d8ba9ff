"""A list at the left, the record at the right: the page most of the work is done on."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY, telling_of
from vawg_desktop.services import lists, records
from vawg_desktop.services.list_groups import Group
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.ui import looking_back
from vawg_desktop.ui.columns import chips_of, columns_of, form_fields
from vawg_desktop.ui.dialogs.forms import FormDialog, words_back
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.models.list_model import ListModel
from vawg_desktop.ui.pages import list_acts
from vawg_desktop.ui.pages.list_outputs import ListOutputs
from vawg_desktop.ui.pages.list_views import SavedViews, first_query
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import EmptyState, button, label, pop_up
from vawg_desktop.ui.widgets.filter_line import FilterLine
from vawg_desktop.ui.widgets.flow_layout import FlowLayout
from vawg_desktop.ui.widgets.list_view import ListView
from vawg_desktop.ui.widgets.record_pane import RecordPane
from vawg_desktop.ui.widgets.two_panes import TwoPanes

FILTER_MS = 120


#: What is said beside the number of records, by whether they are deleted ones.
_SHOWN = ("shown", "in the bin")


class ListPage(QWidget):
    """Records of one kind: filter, chips, views, list, record."""

    open_record = Signal(str)
    open_list = Signal(object, str)
    #: The first rows of the list stand there.
    shown = Signal()

    def __init__(self, tasks: Tasks, entity: str, empty: str = "") -> None:
        super().__init__()
        self.tasks, self.entity, self.spec = tasks, entity, BY_KEY[entity]
        self.query = first_query(entity)
        self._sequence = 0
        #: A read of the list is under way.
        self.reading = False
        self._missed = False  # something here changed since the record was read
        self._wanted: str | None = None
        self._chips: list[tuple[QPushButton, Where]] = []
        self._added: list[QPushButton] = []  # for a list that another page asked to be shown
        self.model = ListModel(
            columns_of(entity), lambda numbers, then: tasks.read(lambda s: lists.page(s.read(), entity, numbers), then), self.spec, lambda: tasks.session.today
        )
        self.view = ListView(self.model, f"List of {self.spec.plural.casefold()}")
        self._pane: RecordPane | None = None
        self.views = SavedViews(tasks, entity, lambda query: self.show_query(query, view=True), lambda: self.query)
        self.outputs = ListOutputs(self)
        self._empty_words = f"No {self.spec.plural.casefold()} were recorded by then." if looking_back.is_on() else empty or f"No {self.spec.plural.casefold()} yet."
        self._build()
        self._wire()
        list_acts.load_kept(self)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """The keyboard goes to the list. A focus proxy would take Tab past everything before it."""
        self.view.setFocus(reason)

    # -- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        left = QVBoxLayout(holder)
        left.setContentsMargins(theme.px(24), theme.px(16), theme.px(8), 0)
        left.setSpacing(theme.px(8))
        left.addLayout(self._build_head())
        left.addLayout(self._build_filter())
        left.addWidget(self._build_chips())
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._nothing = EmptyState(self._empty_words, "" if self.spec.system or looking_back.is_on() else f"New {self.spec.label.casefold()}", self.new_record, main=False)
        self._stack.addWidget(self._nothing)
        self._no_match = EmptyState("Nothing matches this filter.", "Show all", self.show_all, main=False)
        self._stack.addWidget(self._no_match)
        left.addWidget(self._stack, 1)
        self._right = QStackedWidget()
        self._right.addWidget(EmptyState("Choose a record to read it here.", inset=24))
        self.panes_beside = TwoPanes(holder, self._right)
        box.addWidget(self.panes_beside)
        heads = [self._more, *([self._new] if self._new is not None else []), self.filter, self._by_field, self.views, *(chip for chip, _ in self._chips), self.view]
        for one, following in pairwise(heads):  # Tab goes where the eye goes
            QWidget.setTabOrder(one, following)

    def _build_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, theme.px(8), 0)
        row.addWidget(label(self.spec.plural, size=24, bold=True, wrap=False))
        self._count = label("", muted=True, wrap=False)
        self._count.setContentsMargins(theme.px(8), theme.px(8), 0, 0)
        row.addWidget(self._count)
        row.addStretch(1)
        self._more = button("More", self._show_more, tip="Paste, bulk edit, copy, print, save")
        row.addWidget(self._more)
        self._new = None if self.spec.system else button("New", self.new_record, kind="primary", icon_name="plus", tip="Ctrl+N")
        if self._new is not None:  # what the program itself writes is not added by hand
            row.addWidget(self._new)
            if looking_back.is_on():
                self._new.hide()
        return row

    def _build_filter(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, theme.px(8), 0)
        self.filter = FilterLine(f"Filter {self.spec.plural.casefold()}")
        row.addWidget(self.filter, 1)
        self._by_field = button("Filter by …", lambda: list_acts.ask_filter(self), tip="Any field, partner, person or date")
        row.addWidget(self._by_field)
        row.addWidget(self.views)
        return row

    def _build_chips(self) -> QWidget:
        holder = QWidget()
        self._flow = FlowLayout()
        holder.setLayout(self._flow)
        holder.setContentsMargins(0, 0, theme.px(8), 0)
        for words, key, value in chips_of(self.spec):
            self._add_chip(words, Where(key, value))
        if not self._chips:
            holder.hide()
        self._chip_holder = holder
        return holder

    def _add_chip(self, words: str, where: Where, on: bool = False) -> QPushButton:
        chip = QPushButton(words)
        chip.setCheckable(True)
        chip.setProperty("chip", True)
        chip.setAccessibleName(f"Show only: {words}")
        chip.setChecked(on)
        chip.clicked.connect(lambda: self._on_filters())
        self._flow.addWidget(chip)
        self._chips.append((chip, where))
        return chip

    def _wire(self) -> None:
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FILTER_MS)
        self._timer.timeout.connect(self._on_filters)
        self.filter.textEdited.connect(lambda _: self._timer.start())
        self.filter.textChanged.connect(lambda text: self._timer.start() if not text else None)
        self.filter.goes_on.connect(self._on_filter_return)
        self.view.chosen.connect(self._on_chosen)
        self.view.entered.connect(self._on_entered)
        self.view.sorted_by.connect(self._on_sorted)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(lambda _: self._show_more())
        self.tasks.changes_applied.connect(self._on_changes)
        for keys, do in (("Ctrl+F", self.filter.setFocus), ("Ctrl+N", self.new_record), ("Delete", self.delete_picked),
                         ("Ctrl+C", self.outputs.copy_rows), ("Ctrl+E", self.bulk_edit), ("S", lambda: list_acts.ask_status(self))):  # fmt: skip
            scope = self.view if keys in ("Delete", "Ctrl+C", "S") else self
            QShortcut(QKeySequence(keys), scope, do, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    @property
    def pane(self) -> RecordPane:
        """The record at the right, made when first asked for: the list is painted before it."""
        if self._pane is None:
            self._pane = RecordPane(self.tasks, self.entity)
            self._pane.open_record.connect(self.open_record)
            self._pane.open_list.connect(self.open_list)
            self._pane.left.connect(self._on_left)
            self._right.addWidget(self._pane)
        return self._pane

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the list for the present query, and the record again where it may have changed; a stale answer is dropped."""
        self._sequence += 1
        self.reading = True
        self.view.show_sort(self.query.sort, self.query.descending)
        mine, query, current = self._sequence, self.query, self._wanted or (self._pane.wanted if self._pane is not None else "")
        self.tasks.read(
            lambda s: lists.listed(s, query, current or list_acts.begins_at(s, query)) if mine == self._sequence else None,
            lambda answer: self._on_listed(answer) if answer is not None and mine == self._sequence else None,
        )

    def _on_listed(self, listed: lists.Listed) -> None:
        numbers = listed.numbers
        asked, self._wanted = self._wanted, None
        picked = self.picked()
        self.model.set_numbers(numbers, listed.pages, listed.groups)
        self._count.setText(f"{len(numbers):,} {_SHOWN[self.query.bin]}" if listed.whole else "")
        if self._new is not None:
            self._new.setVisible(not self.query.bin and not looking_back.is_on())
        filtered = bool(self.query.words or self.query.where or self.query.bin)
        many = self.spec.counted[1] if self.spec.counted else self.spec.plural.casefold()
        self._no_match.say(f"No {'deleted ' if self.query.bin else ''}{many} match this filter." if self.query.words or self.query.where else f"No {many} have been deleted.")
        self._stack.setCurrentIndex(0 if numbers else 2 if filtered else 1)
        if asked is not None and listed.place < 0:
            self._show(asked)  # asked for by name, though this list does not hold it
        elif numbers:
            self.view.choose(max(listed.place, 0))
            if len(picked) > 1 and asked is None:  # what was picked stays picked after an edit or an undo
                self.view.pick(self.model.places_of(picked))
        else:
            if self._pane is not None:
                self._pane.clear()
            self._right.setCurrentIndex(0)
        if not listed.whole:
            self._read_the_rest()
        self._refresh_missed()
        self.reading = False
        self.shown.emit()

    def _refresh_missed(self) -> None:
        pane = self._pane
        if self._missed and pane is not None and pane.view is not None and pane.wanted == pane.view.id:
            pane.refresh()
        self._missed = False

    def _read_the_rest(self) -> None:
        mine, query = self._sequence, self.query

        def came(found: tuple[list[int], list[Group]] | None) -> None:
            if found is not None and mine == self._sequence:
                self.model.complete(*found)
                self._count.setText(f"{len(found[0]):,} {_SHOWN[self.query.bin]}")

        self.tasks.read(lambda s: (lists.ids(s, query), lists.groups(s, query)) if mine == self._sequence else None, came)

    def show_query(self, query: ListQuery, words: str = "", *, view: bool = False) -> None:
        """Show a list as a figure of another page counts it, in the groups it stands in; a ``view`` has its own."""
        self.query = query if view else replace(query, group=self.query.group)
        self.views.say()
        self.filter.setText(query.words)
        for one in [c for c in self._chips if c[0] in self._added and c[1] not in query.where]:
            self._chips.remove(one)  # of another list that was shown so
            self._added.remove(one[0])
            self._flow.drop(one[0])
        for chip, where in self._chips:
            chip.setChecked(where in query.where)
        known = {where for _, where in self._chips}
        for where in query.where:
            if where not in known:
                self._added.append(self._add_chip(words or f"{where.field}: {where.value}", where, True))
                self._chip_holder.show()
        self.load()

    def show_all(self) -> None:
        """Take every filter off."""
        self.show_query(first_query(self.entity))

    def go_to(self, id: str) -> None:
        """Show one record, in the list if it stands there."""
        self._wanted = id
        self._show(id)
        self.load()

    def add_filter(self, words: str, where: Where, *_: object) -> None:
        """Filter by one more condition, as a chip that can be taken off again."""
        for chip in (c for c, w in self._chips if w == where):
            chip.setChecked(True)
            break
        else:
            self._add_chip(words, where, on=True)
            self._chip_holder.show()
        self._on_filters()

    def _on_filters(self) -> None:
        where = tuple(w for chip, w in self._chips if chip.isChecked())
        self.query = replace(self.query, words=self.filter.text(), where=where)
        self.load()

    def _on_filter_return(self) -> None:
        self._timer.stop()
        self._on_filters()
        self.view.setFocus()

    def _on_sorted(self, key: str, descending: bool) -> None:
        self.query = replace(self.query, sort=key, descending=descending)
        self.load()

    def _on_changes(self, changes: Changes) -> None:
        if changes.concerns("update", *telling_of(self.entity)):
            self._missed = True
            if self.isVisible():
                self.load()

    # -- the record --------------------------------------------------------------------------

    def _on_chosen(self, id: str) -> None:
        if self._pane is None:
            QTimer.singleShot(0, self, self._show_current)
        elif self._pane.wanted != id:
            self._show(id)

    def _show_current(self) -> None:
        """The record of the current row, once the list is painted."""
        row = self.model.row(self.view.currentIndex().row())
        if row is not None and self._wanted is None and self.pane.wanted != str(row["id"]):
            self._show(str(row["id"]))

    def _show(self, id: str) -> None:
        self.pane.show_record(id)
        self._right.setCurrentIndex(1)

    def _on_entered(self) -> None:
        self.panes_beside.show_right()
        self.pane.enter()

    def _on_left(self) -> None:
        self.panes_beside.show_left()
        self.view.setFocus()

    # -- doing -------------------------------------------------------------------------------

    def new_record(self) -> None:
        """Ask for the few fields a new record needs."""
        if self.spec.system:
            messages.tell(f"{self.spec.plural} are written by the program itself.")
            return
        called = self.spec.label.casefold()
        typed = FormDialog.fill_in(self, self.tasks, f"New {called}", self.spec, form_fields(self.spec), f"Add {called}")
        if typed is None:
            return

        def made(answer: tuple[str, Changes]) -> None:
            self.go_to(answer[0])

        self.tasks.write(lambda s: list_acts.Made(*records.create(s, self.entity, typed)), then=made, failed=words_back(typed))

    def picked(self) -> list[int]:
        """Local numbers of the records picked."""
        return self.model.numbers(self.view.places())

    def delete_picked(self) -> None:
        """Hide what is picked; it lies in the bin and can be brought back."""
        list_acts.delete_picked(self)

    def bulk_edit(self) -> None:
        """One field of many records at once."""
        list_acts.bulk_edit(self)

    def paste_records(self) -> None:
        """Take recommendations (or others) pasted from Word or Excel: a line or a row each."""
        from vawg_desktop.ui import pasting

        pasting.paste_records(self, self.tasks, self.spec, QApplication.clipboard().text())

    def home(self) -> None:
        """The list, where a record has taken its place."""
        self.panes_beside.show_left()

    def panes(self) -> list[QWidget]:
        """The list and the record, for F6."""
        return [self.view, self.pane]

    def _show_more(self) -> None:
        menu = QMenu(self)
        menu.addAction("Edit picked rows …\tCtrl+E", self.bulk_edit)
        menu.addAction(
            "Restore picked rows" if self.query.bin else "Delete picked rows\tDel", self.delete_picked
        )
        if not self.spec.system:
            menu.addAction(f"Paste {self.spec.plural.casefold()} from Word or Excel …", self.paste_records)
        menu.addAction("Columns …", lambda: QTimer.singleShot(0, self, lambda: list_acts.ask_columns(self)))
        menu.addSeparator()
        self.outputs.add_to(menu)
        menu.addSeparator()
        menu.addAction("Close the bin" if self.query.bin else "Show the bin", self._flip_bin)
        pop_up(menu, self._more.mapToGlobal(self._more.rect().bottomLeft()))
        menu.deleteLater()

    def _flip_bin(self) -> None:
        self.query = replace(self.query, bin=not self.query.bin)
        self.load()
