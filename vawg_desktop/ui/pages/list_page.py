"""A list at the left, the record at the right: the page most of the work is done on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services import lists, office, records, show
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.ui.columns import chips_of, columns_of, form_fields
from vawg_desktop.ui.dialogs.forms import FormDialog, words_back
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.models.list_model import ListModel
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.basics import EmptyState, FlowLayout, button, label
from vawg_desktop.ui.widgets.list_view import ListView
from vawg_desktop.ui.widgets.record_pane import RecordPane

FILTER_MS = 120
#: Below this width (at 100 %) the record takes the list's place.
NARROW = 860


class ListPage(QWidget):
    """Records of one kind: filter, chips, views, list, record."""

    open_record = Signal(str)

    def __init__(self, tasks: Tasks, entity: str, empty: str = "") -> None:
        super().__init__()
        self.tasks, self.entity, self.spec = tasks, entity, BY_KEY[entity]
        self.query = ListQuery(entity)
        self._sequence = 0
        self._wanted: str | None = None
        self._chips: list[tuple[QPushButton, Where]] = []
        self.model = ListModel(
            columns_of(entity), lambda numbers: lists.page(tasks.session.read(), entity, numbers), self.spec
        )
        self.view = ListView(self.model, f"List of {self.spec.plural.casefold()}")
        self.pane = RecordPane(tasks, entity)
        self._empty_words = empty or f"{self.spec.plural} will stand here."
        self._build()
        self._wire()
        self.setFocusProxy(self.view)

    # -- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        box.addWidget(self._split)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(theme.px(24), theme.px(16), 0, 0)
        left.setSpacing(theme.px(8))
        left.addLayout(self._build_head())
        left.addLayout(self._build_filter())
        left.addWidget(self._build_chips())
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._nothing = EmptyState(self._empty_words, f"New {self.spec.label.casefold()}", self.new_record)
        self._stack.addWidget(self._nothing)
        self._no_match = EmptyState("Nothing matches this filter.", "Show all", self.show_all)
        self._stack.addWidget(self._no_match)
        left.addWidget(self._stack, 1)
        self._split.addWidget(self._left)
        self._right = QStackedWidget()
        self._right.addWidget(EmptyState("Choose a record to read it here."))
        self._right.addWidget(self.pane)
        self._split.addWidget(self._right)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._narrow = False

    def _build_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, theme.px(16), 0)
        row.addWidget(label(self.spec.plural, size=24, bold=True, wrap=False))
        self._count = label("", muted=True, wrap=False)
        self._count.setContentsMargins(theme.px(8), theme.px(8), 0, 0)
        row.addWidget(self._count)
        row.addStretch(1)
        self._more = button("More", self._show_more, tip="Paste, bulk edit, copy, print, save")
        row.addWidget(self._more)
        row.addWidget(button("New", self.new_record, kind="primary", icon_name="plus", tip="Ctrl+N"))
        return row

    def _build_filter(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, theme.px(16), 0)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter …  Ctrl+F")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName(f"Filter {self.spec.plural.casefold()}")
        row.addWidget(self.filter, 1)
        self._views = QPushButton("View: all")
        self._views.setAccessibleName("Saved views")
        self._views.clicked.connect(self._show_views)
        row.addWidget(self._views)
        return row

    def _build_chips(self) -> QWidget:
        holder = QWidget()
        self._flow = FlowLayout()
        holder.setLayout(self._flow)
        holder.setContentsMargins(0, 0, theme.px(16), 0)
        for words, key, value in chips_of(self.spec):
            self._add_chip(words, Where(key, value))
        holder.setVisible(bool(self._chips))
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
        self.filter.returnPressed.connect(self._on_filter_return)
        self.view.chosen.connect(self._on_chosen)
        self.view.entered.connect(self._on_entered)
        self.view.sorted_by.connect(self._on_sorted)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(lambda _: self._show_more())
        self.pane.open_record.connect(self.open_record)
        self.pane.left.connect(self._on_left)
        self.tasks.changes_applied.connect(self._on_changes)
        for keys, do in (("Ctrl+F", self.filter.setFocus), ("Ctrl+N", self.new_record), ("Delete", self.delete_picked),
                         ("Ctrl+C", self.copy_rows), ("Ctrl+E", self.bulk_edit)):  # fmt: skip
            scope = self.view if keys in ("Delete", "Ctrl+C") else self
            QShortcut(QKeySequence(keys), scope, do, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the list for the present query; a stale answer is dropped."""
        self._sequence += 1
        mine, query = self._sequence, self.query
        self.tasks.read(lambda s: (lists.ids(s, query), mine), self._on_numbers)

    def _on_numbers(self, answer: tuple[list[int], int]) -> None:
        numbers, mine = answer
        if mine != self._sequence:
            return
        asked, self._wanted = self._wanted, None
        current = asked or (self.pane.view.id if self.pane.view else None)
        self.model.set_numbers(numbers)
        self._count.setText(f"{len(numbers):,} shown")
        filtered = bool(self.query.words or self.query.where or self.query.bin)
        self._stack.setCurrentIndex(0 if numbers else 2 if filtered else 1)
        place = self._place_of(current, numbers)
        if asked is not None and place < 0:
            self._show(asked)  # asked for by name, though this list does not hold it
        elif numbers:
            self.view.choose(max(place, 0))
        else:
            self.pane.clear()
            self._right.setCurrentIndex(0)

    def _place_of(self, id: str | None, numbers: Sequence[int]) -> int:
        if id is None:
            return -1
        n = lists.number_of(self.tasks.session, self.entity, id)
        return self.model.place_of(id, n) if n is not None and numbers else -1

    def show_query(self, query: ListQuery, words: str = "") -> None:
        """Show a list as a figure of another page counts it."""
        self.query = query
        self.filter.setText(query.words)
        for chip, where in self._chips:
            chip.setChecked(where in query.where)
        known = {where for _, where in self._chips}
        for where in query.where:
            if where not in known:
                self._add_chip(words or f"{where.field}: {where.value}", where, True)
                self._chip_holder.show()
        self.load()

    def show_all(self) -> None:
        """Take every filter off."""
        self.show_query(ListQuery(self.entity))

    def go_to(self, id: str) -> None:
        """Show one record, in the list if it stands there."""
        self._wanted = id
        self._show(id)
        self.load()

    def _on_filters(self) -> None:
        where = tuple(w for chip, w in self._chips if chip.isChecked())
        self.query = ListQuery(
            self.entity, self.filter.text(), where, self.query.sort, self.query.descending, self.query.bin
        )
        self.load()

    def _on_filter_return(self) -> None:
        self._timer.stop()
        self._on_filters()
        self.view.setFocus()

    def _on_sorted(self, key: str, descending: bool) -> None:
        self.query = ListQuery(
            self.entity, self.query.words, self.query.where, key, descending, self.query.bin
        )
        self.load()

    def _on_changes(self, changes: Changes) -> None:
        if (
            changes.concerns(self.entity, "update", "link", "response", "contact")
            or self.entity in changes.entities
        ):
            self.load()
            if self.pane.view is not None:
                self.pane.refresh()

    # -- the record --------------------------------------------------------------------------

    def _on_chosen(self, id: str) -> None:
        if self.pane.view is None or self.pane.view.id != id:
            self._show(id)

    def _show(self, id: str) -> None:
        self.pane.show_record(id)
        self._right.setCurrentIndex(1)

    def _on_entered(self) -> None:
        if self._narrow:
            self._left.hide()
            self._right.show()
        self.pane.enter()

    def _on_left(self) -> None:
        if self._narrow:
            self._right.hide()
            self._left.show()
        self.view.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(NARROW)
        if narrow != self._narrow:
            self._narrow = narrow
            self._left.setVisible(True)
            self._right.setVisible(not narrow)
        if not narrow:
            self._split.setSizes([round(self.width() * 0.58), round(self.width() * 0.42)])

    # -- doing -------------------------------------------------------------------------------

    def new_record(self) -> None:
        """Ask for the few fields a new record needs."""
        typed = FormDialog.fill_in(
            self,
            self.tasks.session,
            f"New {self.spec.label.casefold()}",
            self.spec,
            form_fields(self.spec),
            f"Add {self.spec.label.casefold()}",
        )
        if typed is None:
            return

        def made(answer: tuple[str, Changes]) -> None:
            self.go_to(answer[0])

        self.tasks.write(lambda s: _Made(*records.create(s, self.entity, typed)), then=made, failed=words_back(typed))

    def picked(self) -> list[str]:
        """Ids of the rows picked."""
        return self.model.ids(self.view.places())

    def delete_picked(self) -> None:
        """Hide what is picked; it lies in the bin and can be brought back."""
        ids = self.picked()
        if ids:
            back = self.query.bin
            word = "brought back" if back else "deleted"
            many = (
                f"{len(ids)} {self.spec.plural.casefold()}"
                if len(ids) > 1
                else f"1 {self.spec.label.casefold()}"
            )
            self.tasks.write(lambda s: records.hide(s, ids, hidden=not back), told=f"{many} {word}.")

    def bulk_edit(self) -> None:
        """One field of many records at once."""
        from vawg_desktop.ui.dialogs.bulk import BulkDialog

        ids = self.picked()
        if not ids:
            messages.tell("Pick the rows first: Shift or Ctrl with the arrows, or Ctrl+A for all.")
            return
        wanted = BulkDialog.ask(self, self.tasks.session, self.spec, len(ids))
        if wanted is not None:
            assignment, why = wanted
            self.tasks.write(
                lambda s: records.assign_many(s, ids, [assignment], why or None),
                told=f"{len(ids)} {self.spec.plural.casefold()} changed.",
            )

    def paste_records(self) -> None:
        """Take recommendations (or others) pasted from Word or Excel: a line or a row each."""
        from vawg_desktop.ui.dialogs.paste import PasteDialog

        rows = PasteDialog.ask(self, self.spec, QApplication.clipboard().text())
        if rows:
            from vawg_desktop.services.pasting import paste

            self.tasks.write(
                lambda s: paste(s, self.entity, rows),
                told=f"{len(rows)} {self.spec.plural.casefold()} added.",
            )

    def table(self) -> tuple[list[str], list[list[str]]]:
        """What the list shows, as headings and texts (picked rows, else all)."""
        places = self.view.places()
        if len(places) < 2:
            places = list(range(self.model.rowCount(QModelIndex())))
        rows = [r for p in places if (r := self.model.row(p)) is not None]
        shown = lists.unrestricted(self.tasks.session, rows)
        if len(shown) < len(rows):
            messages.tell(f"{len(rows) - len(shown)} restricted records were left out.")
        texts = [[self.model.text(r, c) for c in self.model.columns] for r in shown]
        return [c.label for c in self.model.columns], texts

    def copy_rows(self) -> None:
        """Copy the list as a table; one row copies as its reference line."""
        from vawg_desktop.ui.outputs import copy_table, reference_line

        places = self.view.places()
        row = self.model.row(places[0]) if len(places) == 1 else None
        if row is not None:
            QApplication.clipboard().setText(reference_line(self.spec, row, self.tasks.session.today))
            messages.tell("The reference is copied.")
            return
        copy_table(*self.table())
        messages.tell("The list is copied as a table.")

    def record_table(self) -> tuple[list[str], list[list[str]]]:
        """The record shown, as field and value, its links and updates under it."""
        view = self.pane.view
        return (["Field", "Value"], show.as_lines(view)) if view is not None else (["Field", "Value"], [])

    def copy_record(self) -> None:
        """Copy the record as a table of fields."""
        from vawg_desktop.ui.outputs import copy_table

        copy_table(*self.record_table())
        messages.tell("The record is copied as a table.")

    def _show_more(self) -> None:
        from vawg_desktop.ui.outputs import print_table, save_table

        menu = QMenu(self)
        menu.addAction("Edit picked rows …\tCtrl+E", self.bulk_edit)
        menu.addAction(
            "Bring picked rows back" if self.query.bin else "Delete picked rows\tDel", self.delete_picked
        )
        menu.addAction(f"Paste {self.spec.plural.casefold()} from Word or Excel …", self.paste_records)
        menu.addSeparator()
        menu.addAction("Copy as a table\tCtrl+C", self.copy_rows)
        menu.addAction(
            "Print …", lambda: print_table(self, self.tasks.session, self.spec.plural, *self.table())
        )
        menu.addAction(
            "Save as Excel or Word …",
            lambda: save_table(self, self.tasks.session, self.spec.plural, *self.table()),
        )
        if self.pane.view is not None:
            title = f"{self.pane.view.reference} {self.spec.label}"
            menu.addSeparator()
            menu.addAction("Copy this record", self.copy_record)
            menu.addAction(
                "Print this record …",
                lambda: print_table(self, self.tasks.session, title, *self.record_table()),
            )
            menu.addAction(
                "Save this record as Excel or Word …",
                lambda: save_table(self, self.tasks.session, title, *self.record_table()),
            )
        menu.addSeparator()
        menu.addAction("Leave the bin" if self.query.bin else "Show the bin", self._flip_bin)
        menu.exec(self._more.mapToGlobal(self._more.rect().bottomLeft()))
        menu.deleteLater()

    def _flip_bin(self) -> None:
        q = self.query
        self.query = ListQuery(q.entity, q.words, q.where, q.sort, q.descending, not q.bin)
        self._count.setText("in the bin")
        self.load()

    # -- saved views -------------------------------------------------------------------------

    def _show_views(self) -> None:
        menu = QMenu(self)
        menu.addAction("All", lambda: self._use_view("all", ListQuery(self.entity)))
        for name, text in office.kept(self.tasks.session, f"view:{self.entity}").items():
            menu.addAction(name, partial(self._use_kept_view, name, text))
        menu.addSeparator()
        menu.addAction("Save this view …", self._save_view)
        menu.exec(self._views.mapToGlobal(self._views.rect().bottomLeft()))
        menu.deleteLater()

    def _use_kept_view(self, name: str, text: str) -> None:
        self._use_view(name, view_from_json(text))

    def _use_view(self, name: str, query: ListQuery) -> None:
        self._views.setText(f"View: {name}")
        self.show_query(query)

    def _save_view(self) -> None:

        name, done = messages.ask_text("Save this view", "Call it")
        if done and name.strip():
            self.tasks.keep(f"view:{self.entity}", name.strip(), view_to_json(self.query))
            self._views.setText(f"View: {name.strip()}")


class _Made(tuple[str, Changes]):
    """A created record's id and its changes, as tasks carries them."""

    def __new__(cls, id: str, changes: Changes) -> _Made:
        return super().__new__(cls, (id, changes))  # type: ignore[arg-type]

    @property
    def changes(self) -> Changes:
        """What changed."""
        return self[1]


def view_to_json(query: ListQuery) -> str:
    """A query as it is kept."""
    return json.dumps({
        "entity": query.entity, "words": query.words, "where": [[w.field, w.value] for w in query.where],
        "sort": query.sort, "descending": query.descending,
    })  # fmt: skip


def view_from_json(text: str) -> ListQuery:
    """A kept query."""
    kept = json.loads(text)
    where = tuple(Where(f, v) for f, v in kept["where"])
    return ListQuery(kept["entity"], kept["words"], where, kept["sort"], kept["descending"])
