"""Find one record by words or reference: the picker for links, and the palette of Ctrl+K."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import AppError
from vawg_desktop.domain.terms import EXTENT, LEVEL, fold, how_many
from vawg_desktop.services import finding
from vawg_desktop.services.finding import FoundList
from vawg_desktop.services.session import Session
from vawg_desktop.store.search import Hit
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.spoken import announcer
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label

TYPING_MS = 120
HINT_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Picked:
    """The record picked, and how much it counts: an extent or a strength, empty where that is not said."""

    id: str
    weight: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was found for what is typed: records, of which the first ``exact`` are meant exactly, and lists."""

    hits: Sequence[Hit] = ()
    exact: int = 0
    lists: Sequence[FoundList] = ()


def _look(session: Session, typed: str, entity: str | None) -> _Answer:
    hits = finding.search(session, typed, entity=entity)
    exact = finding.exactly(session, typed, entity) or finding.exactly(session, finding.plain(typed), entity)
    return _Answer(hits, len(exact), finding.lists_of(session, typed) if entity is None else ())


@dataclass(frozen=True, slots=True)
class Offer:
    """Something the palette offers beside records: a page or a command."""

    words: str
    hint: str
    do: Callable[[], object]


class HintDelegate(QStyledItemDelegate):
    """The words at the left, what they are quietly at the right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        c = theme.colours
        picked = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        box: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        painter.fillRect(box, QColor(c.select if picked else c.surface))
        inner = box.adjusted(theme.px(12), 0, -theme.px(12), 0)
        painter.setFont(theme.font())
        hint = str(index.data(HINT_ROLE) or "")
        wide = painter.fontMetrics().horizontalAdvance(hint)
        painter.setPen(QColor(c.on_select if picked else c.muted))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, hint)
        painter.setPen(QColor(c.on_select if picked else c.text))
        room = inner.adjusted(0, 0, -wide - theme.px(16), 0)
        words = painter.fontMetrics().elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


def _nearness(words: str, wanted: str) -> int:
    """How near a command's words are to what is typed: the same, beginning so, or anything else; going somewhere may be left unsaid."""
    bare = words.removeprefix("go to ")
    return 0 if wanted in (words, bare) else 1 if words.startswith(wanted) or bare.startswith(wanted) else 2


class FindBox(Form):
    """A line and a list under it; arrows move in the list while the keyboard stays in the line."""

    beside_record = False

    def __init__(
        self,
        parent: QWidget,
        tasks: Tasks,
        title: str,
        *,
        entity: str | None,
        offers: Sequence[Offer] = (),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._tasks, self._entity, self._offers = tasks, entity, offers
        self._searches = 0
        self._pending = False
        self._goes_on = False
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(theme.px(16), theme.px(16), theme.px(16), theme.px(16))
        self._box.setSpacing(theme.px(8))
        self.line = QLineEdit()
        self.line.setAccessibleName(title)
        self.line.setPlaceholderText("Type a reference or a few letters of a word …")
        self.line.setMinimumHeight(theme.px(36))
        self.list = QListWidget()
        self.list.setAccessibleName("Found")
        self.list.setUniformItemSizes(True)
        self.list.setItemDelegate(HintDelegate(self.list))
        self._hint = label("", muted=True)
        self._box.addWidget(self.line)
        self._box.addWidget(self.list)
        self._box.addWidget(self._hint)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_MS)
        self._timer.timeout.connect(self.fill)
        self.line.textEdited.connect(lambda _: self._timer.start())
        self.line.installEventFilter(self)
        self.line.returnPressed.connect(self._on_return)
        self.list.itemActivated.connect(lambda _: self.accept())
        fit_screen(self, 640, 420)
        self.fill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
        return False

    def _on_return(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.fill()
        if self._pending:  # what is typed is still being looked for: go on once it is found
            self._goes_on = True
        elif self.list.currentItem() is not None:
            self.accept()

    def fill(self) -> None:
        """Fill the list for what is typed: records are looked for off the window's thread, an answer too late is dropped."""
        typed, entity = self.line.text(), self._entity
        self._searches += 1
        mine = self._searches
        self._pending = True
        self._tasks.read(
            lambda s: (_look(s, typed, entity)) if mine == self._searches else _Answer(),
            lambda answer: self._show(typed, answer) if isValid(self) and mine == self._searches else None,
            lambda error: self._show_without_records(typed, error) if isValid(self) and mine == self._searches else None,
        )

    def _show_without_records(self, typed: str, error: BaseException) -> None:
        """Records could not be looked for, such as while the server is away: commands are offered all the same."""
        self._goes_on = False  # what Enter was meant for was not found
        self._show(typed, _Answer())
        if isinstance(error, AppError):
            self._hint.setText(error.message)
        else:
            messages.failed(error)

    def _show(self, typed: str, answer: _Answer) -> None:
        self._pending = False
        self.list.clear()
        wanted = fold(typed)
        exact = answer.hits[: answer.exact]
        for hit in exact:  # what is meant exactly stands before any command whose words fit too
            self._add(f"{hit.reference}   {hit.title}", BY_KEY[hit.entity].label, hit)
        for found in answer.lists:
            self._add(found.words, f"{found.count:,}", found)
        for offer in sorted(self._offers, key=lambda o: _nearness(fold(o.words), wanted)):
            if not wanted or (all(w in fold(f"{offer.words} {offer.hint}") for w in wanted.split()) and not any(w.isdigit() for w in wanted.split())):
                self._add(offer.words, offer.hint, offer)
        for hit in answer.hits[answer.exact :]:
            self._add(f"{hit.reference}   {hit.title}", BY_KEY[hit.entity].label, hit)
        self.list.setCurrentRow(0 if wanted or self._entity is None else -1)  # nothing typed picks no record
        self._hint.setText("" if self.list.count() else "Nothing found; try another word.")
        if wanted and self.isVisible():
            first = self.list.item(0)
            announcer.say(self, f"{how_many(self.list.count(), 'result')}. {first.text()}" if first is not None else self._hint.text())
        if self._goes_on:
            self._goes_on = False
            if self.list.currentItem() is not None:
                self.accept()

    def _add(self, words: str, hint: str, what: object) -> None:
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, what)
        item.setData(HINT_ROLE, hint if self._entity is None else "")
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{words}, {hint}" if hint else words)
        item.setToolTip(words)
        item.setSizeHint(item.sizeHint().expandedTo(self.line.minimumSize()))
        self.list.addItem(item)

    def state(self) -> list[str]:
        """Words typed to search for are not asked after."""
        return []

    def chosen(self) -> object:
        """The hit or offer that is marked."""
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None


class PickDialog(FindBox):
    """One record of one kind, and for some links how far it is meant."""

    def __init__(self, parent: QWidget, tasks: Tasks, title: str, entity: str, weighed: str) -> None:
        super().__init__(parent, tasks, title, entity=entity)
        row = QHBoxLayout()
        self._weight = Choice()
        extent = weighed != "strength"
        self._weight.setAccessibleName("How far it is served" if extent else "How strongly it bears on it")
        self._weight.addItem("Extent not given" if extent else "Strength not given", "")
        for term in EXTENT if extent else LEVEL:
            self._weight.addItem(term.label, term.key)
        self._weight.setVisible(bool(weighed))
        row.addWidget(self._weight)
        row.addStretch(1)
        row.addWidget(button("Cancel", self.reject))
        self.saves = button("Link", self.accept, kind="primary")
        row.addWidget(self.saves)
        self._box.addLayout(row)

    @classmethod
    def pick(
        cls, parent: QWidget, tasks: Tasks, title: str, entity: str, *, weighed: str = ""
    ) -> Picked | None:
        """The record picked, or None if the person left. ``weighed`` is the cell of the link that is asked for beside it."""
        dialog = cls(parent.window(), tasks, title, entity, weighed)
        accepted = dialog.run()
        hit = dialog.chosen() if accepted else None
        chosen = str(dialog._weight.currentData() or "")
        dialog.deleteLater()
        return Picked(hit.id, chosen) if isinstance(hit, Hit) else None
