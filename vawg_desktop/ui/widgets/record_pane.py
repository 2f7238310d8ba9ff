"""The record at the right: one scroll of short sections, each editable where it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.entities import BY_KEY, EntitySpec
from vawg_desktop.domain.errors import AppError, StaleError
from vawg_desktop.domain.fields import FieldSpec, Kind
from vawg_desktop.domain.values import to_words
from vawg_desktop.services import attachments, office, records, show
from vawg_desktop.services.attachments import takes_files
from vawg_desktop.services.records import ADD, REMOVE, Assignment
from vawg_desktop.ui import sections
from vawg_desktop.ui.layouts import Group, layout_of
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.sections.base import Pane
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import Section
from vawg_desktop.ui.widgets.editors import (
    NOT_SET,
    FieldEditor,
    PaperEditor,
)
from vawg_desktop.ui.widgets.record_fields import choices_for, editor_for, folding
from vawg_desktop.ui.widgets.record_head import RecordHead
from vawg_desktop.ui.widgets.set_editor import SetEditor

if TYPE_CHECKING:
    from vawg_desktop.services.session import Session


class RecordPane(Pane):
    """One kind of record. Built once; ``show_record`` reads it off the window's thread and fills it."""

    left = Signal()

    def __init__(self, tasks: Tasks, entity: str) -> None:
        super().__init__()
        self.tasks = tasks
        self.spec: EntitySpec = BY_KEY[entity]
        self.view: show.RecordView | None = None
        #: Which record was asked for last; another one's answer is dropped.
        self._wanted = ""
        self._reads = 0
        self._enters = False
        self._editors: dict[str, FieldEditor] = {}
        self._sets: dict[str, SetEditor] = {}
        self._fillers: list[Callable[[show.RecordView], None]] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(f"{self.spec.label} record")
        self.setAcceptDrops(takes_files(self.spec))
        self._page = QWidget()
        self._box = QVBoxLayout(self._page)
        self._box.setContentsMargins(theme.px(16), theme.px(16), theme.px(24), theme.px(24))
        self._box.setSpacing(theme.px(8))
        title = PaperEditor(self.spec.by_key[self.spec.title], size=16, bold=True) if self.spec.title in self.spec.by_key else None
        if title is not None:
            self._wire(title)
        self._head = RecordHead(self.spec, title)
        self._box.addWidget(self._head)
        for group in layout_of(self.spec):
            self._build_group(group)
        self._box.addStretch(1)
        self.setWidget(self._page)
        self._page.hide()

    # -- building ----------------------------------------------------------------------------

    def _build_group(self, group: Group) -> None:
        if group.title.startswith("@"):
            made = sections.build(group.title[1:], self)
            self._box.addWidget(made.widget)
            self._fillers.append(made.fill)
            return
        section = Section(group.title)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(2))
        grid.setColumnMinimumWidth(0, theme.px(140))
        grid.setColumnStretch(1, 1)
        alone = len(group.fields) == 1
        for row, key in enumerate(group.fields):
            self._build_field(grid, row, self.spec.by_key[key], alone)
        if group.folded:
            section.body.addWidget(folding(holder, group.title), 0, Qt.AlignmentFlag.AlignLeft)
        section.body.addWidget(holder)
        self._box.addWidget(section)

    def _build_field(self, grid: QGridLayout, row: int, spec: FieldSpec, alone: bool) -> None:
        editor: QWidget
        if spec.many:
            made = SetEditor(spec, choices_for(self.tasks, self.spec, spec))
            made.added.connect(self._on_added)
            made.removed.connect(self._on_removed)
            made.followed.connect(self.open_record.emit)
            self._sets[spec.key] = made
            editor = made
        else:
            field = editor_for(self.tasks, self.spec, spec)
            self._wire(field)
            editor = field
        if alone:
            grid.addWidget(editor, row, 0, 1, 2)
            return
        name = QLabel(spec.label)
        name.setProperty("muted", True)
        name.setWordWrap(True)
        name.setContentsMargins(theme.px(8), theme.px(7), 0, 0)
        name.setBuddy(editor)
        grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(editor, row, 1)

    def _wire(self, editor: FieldEditor) -> None:
        self._editors[editor.spec.key] = editor
        editor.committed.connect(self._on_committed)
        editor.typing.connect(self._on_typing)

    # -- files -------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.view is not None and any(u.isLocalFile() for u in event.mimeData().urls()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.attach(Path(url.toLocalFile()))

    def attach(self, path: Path) -> None:
        """Keep a file with the record that is shown."""
        view = self.view
        if view is not None:
            self.tasks.write(
                lambda s: attachments.attach(s, view.id, path),
                message=f"{path.name} is attached to {view.reference}.",
            )

    # -- showing -----------------------------------------------------------------------------

    @property
    def wanted(self) -> str:
        """The id of the record that was asked for last; empty where none is to be shown."""
        return self._wanted

    def show_record(self, id: str) -> None:
        """Read a record and fill the page with it. What is typed in the one shown is handed over first."""
        if self.view is not None and self.view.id != id:
            self._commit_pending()
        self._wanted = id
        self._reads += 1
        mine = self._reads

        def read(session: Session) -> tuple[show.RecordView, dict[str, str]] | None:
            return (show.record(session, id), office.local_values(session, "draft")) if mine == self._reads else None

        def then(answer: tuple[show.RecordView, dict[str, str]] | None) -> None:
            if answer is not None and mine == self._reads:
                self._fill(*answer)

        self.tasks.read(read, then)

    def _fill(self, view: show.RecordView, drafts: dict[str, str]) -> None:
        earlier = self.view
        same = earlier is not None and earlier.id == view.id
        if not same:
            self._commit_pending()
        self.view = view
        self._head.fill(view)
        for key, editor in self._editors.items():
            if same and earlier is not None and editor.half_typed(_shown(view, key)):
                # Keep the text and the heads its author saw: saving it then says if somebody else was first.
                view.heads[key] = earlier.heads.get(key, earlier.heads[""])
                continue
            if same and editor.on_its_way(_shown(view, key)):
                continue
            value = view.cells.get(key)
            editor.set_value(value, _shown(view, key))
            draft = drafts.get(f"{view.id}|{key}")
            if draft and isinstance(editor, PaperEditor) and draft != _shown(view, key):
                editor.set_draft(draft)
        for key, chips in self._sets.items():
            if not same:
                chips.put_back("")
            spec = self.spec.by_key[key]
            chips.set_elements([(e, _chip_words(spec, e, view)) for e in view.sets[key]])
        for fill in self._fillers:
            fill(view)
        self._page.show()
        if not same:
            self.verticalScrollBar().setValue(0)
        if self._enters:
            self.enter()

    def shown_sets(self) -> set[str]:
        """Set fields that have an editor of their own."""
        return set(self._sets)

    def clear(self) -> None:
        """Show no record."""
        self.view = None
        self._wanted = ""
        self._reads += 1
        self._page.hide()

    def refresh(self) -> None:
        """Read the record again."""
        if self.view is not None:
            self.show_record(self.view.id)

    def enter(self) -> None:
        """Put the keyboard into the record, once the one that was asked for is shown."""
        self._enters = self.view is None or self.view.id != self._wanted
        if self._enters:
            return
        first = next(iter(self._editors.values()), None)
        status = self._editors.get("status")
        target = status if status is not None and self._in_first_sight(status) else first
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            self.ensureWidgetVisible(target)

    def _in_first_sight(self, one: QWidget) -> bool:
        """Whether something is seen while the record stands at its top: in a low window it opens there and not in its middle."""
        page = self.widget()
        return page is None or one.mapTo(page, QPoint(0, one.height())).y() <= self.viewport().height()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    # -- saving ------------------------------------------------------------------------------

    def _commit_pending(self) -> None:
        focused = self.focusWidget()
        if focused is not None and self.isAncestorOf(focused) and focused.hasFocus():
            focused.clearFocus()
        self.leave()

    def _on_committed(self, key: str, text: str) -> None:
        view = self.view
        if view is None:
            return
        editor = self._editors[key]
        seen = show.seen(view, key)
        id = view.id

        def failed(error: BaseException) -> None:
            if self.view is None or self.view.id != id:  # another record is shown: its field is not the place
                messages.failed(error, action="Copy what I typed", do=lambda: QApplication.clipboard().setText(text))
                return
            editor.sent = None
            if isinstance(error, StaleError):
                self._show_theirs(id, key, error)
            elif isinstance(error, AppError):
                editor.set_wrong(error.message)
            else:
                messages.failed(error)

        def saved(changes: object) -> None:
            if not shiboken6.isValid(editor):  # the window shows another day by now
                self._drop_draft(id, key)
                return
            editor.set_wrong("")
            if not changes and editor.sent == text:  # it stood so already, perhaps in other words
                editor.set_value(view.cells.get(key), editor.shown)
            self._drop_draft(id, key)

        editor.sent = text
        self.tasks.write(
            lambda s: records.assign(s, id, [Assignment(key, text)], None, seen=seen),
            then=saved,
            failed=failed,
            again="" if self.spec.by_key[key].many else f"{id}|{key}",
        )

    def _show_theirs(self, id: str, key: str, error: StaleError) -> None:
        """Both values in sight: leaving the field again overwrites theirs, Escape takes it."""
        if self.view is None or self.view.id != id:
            messages.failed(error)
            return

        def then(fresh: show.RecordView) -> None:
            if self.view is None or self.view.id != id:
                messages.failed(error)
                return
            self.view.heads[key] = fresh.heads.get(key, fresh.heads[""])
            editor = self._editors[key]
            editor.shown = _shown(fresh, key)
            editor.set_wrong(
                f"{error.message} It now says “{editor.shown[:120] or NOT_SET}”: press Enter to keep yours, Escape to take theirs."
            )

        self.tasks.read(lambda s: show.record(s, id), then)

    def _on_typing(self, key: str, text: str) -> None:
        view = self.view
        if view is None or not isinstance(self._editors[key], PaperEditor):
            return
        at = f"{view.id}|{key}"
        kept = text if text.strip() and text != _shown(view, key) else None
        self.tasks.save_local("draft", at, kept)

    def _drop_draft(self, id: str, key: str) -> None:
        self.tasks.save_local("draft", f"{id}|{key}", None)

    def _on_added(self, key: str, text: str) -> None:
        if self.view is None:
            return
        id = self.view.id

        def failed(error: BaseException) -> None:
            if self.view is not None and self.view.id == id:
                self._sets[key].put_back(text)
                messages.failed(error)
            else:
                messages.failed(error, action="Copy what I typed", do=lambda: QApplication.clipboard().setText(text))

        self.tasks.write(lambda s: records.assign(s, id, [Assignment(key, text, ADD)], None), failed=failed)

    def _on_removed(self, key: str, element: str) -> None:
        if self.view is not None:
            id, message = self.view.id, f"Taken out of {self.spec.by_key[key].label}."
            self.tasks.write(lambda s: records.assign(s, id, [Assignment(key, element, REMOVE)], None), message=message)

    def leave(self) -> None:
        """Save what is typed and not saved yet, as leaving its field does."""
        if self.view is not None:
            for editor in (*self._editors.values(), *self._sets.values()):
                editor.leave()

    def left_over(self) -> list[str]:
        """Words of this record that were refused and still stand in their fields, each with its field."""
        name = self.view.reference if self.view is not None else ""
        standing = [(e.spec.label, e.left_over()) for e in (*self._editors.values(), *self._sets.values())]
        return [f"“{text[:60]}” in {field} of {name}" for field, text in standing if text and name]


def _shown(view: show.RecordView, key: str) -> str:
    spec = view.spec.by_key[key]
    if spec.key == "percent":
        return "" if view.cells[key] is None else str(view.cells[key])
    words = view.words_for(spec, view.cells[key])
    return view.long_names.get(str(view.cells[key]), words) if spec.kind is Kind.REF else words  # as its list of choices calls it


def _chip_words(spec: FieldSpec, element: str, view: show.RecordView) -> str:
    """What an element of a set is called on its chip: a record that is known by its reference alone by its title too."""
    words = view.names.get(element) or to_words(spec, element)
    if spec.kind is Kind.LINKS:
        link = next((x for x in view.links if x.id == element and x.reference == words), None)
        if link is not None and link.title:
            return f"{link.title} ({link.reference})"
    return words
