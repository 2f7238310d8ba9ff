"""What happened to a recommendation, on one card, now or as at a date or a board; copied in one key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import AppError
from vawg_desktop.exchange.document import Document, Heading, Items, Paragraph, Quote, Table
from vawg_desktop.services import card, names
from vawg_desktop.services.outputs import words
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import PAPER_KINDS, save_document
from vawg_desktop.ui.spoken import announcer
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, clear, label, offer, scroll_over
from vawg_desktop.ui.widgets.plain_table import PlainTable

_EMPTY = "Type a recommendation above, such as r3 or a few words of its title."


class CardPage(QWidget):
    """A line for the recommendation, one for the day or board, and the card under them."""

    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._shown: Document | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(16), theme.px(24), 0)
        box.setSpacing(theme.px(12))
        head = QHBoxLayout()
        head.addWidget(label("What happened", size=24, bold=True, wrap=False), 1)
        self._copy = button("Copy", self.copy, tip="Ctrl+C; the card as text")
        head.addWidget(self._copy)
        self._whole = button("Open record", self._open)
        self._saves = button("Save as …", self.save, kind="primary", tip="Ctrl+S; as lines to take")
        head.addWidget(self._whole)
        head.addWidget(self._saves)
        box.addLayout(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(4))
        self.about, self.as_at = QLineEdit(), QLineEdit()
        self.as_at.setPlaceholderText("Today; or a date, a meeting, “last board”")
        for column, (name, line) in enumerate((("Recommendation", self.about), ("As at", self.as_at))):
            named = label(name, muted=True)
            named.setBuddy(line)
            line.setAccessibleName(name)
            line.returnPressed.connect(self.show_it)
            grid.addWidget(named, 0, column)
            grid.addWidget(line, 1, column)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 1)
        box.addLayout(grid)
        holder = QWidget()
        holder.setMaximumWidth(theme.px(1180))
        self._card = QVBoxLayout(holder)
        self._card.setContentsMargins(0, theme.px(4), theme.px(8), theme.px(24))
        self._card.setSpacing(theme.px(6))
        self._area = scroll_over(holder, "The card")
        box.addWidget(self._area, 1)
        for keys, do in (("Ctrl+C", self.copy), ("Ctrl+S", self.save)):
            QShortcut(QKeySequence(keys), self, do, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for line in (self.about, self.as_at):
            line.installEventFilter(self)
        self._say(_EMPTY)
        tasks.changes_applied.connect(self._on_changes)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """The keyboard goes to the name of the record. A focus proxy would take Tab past everything before it."""
        self.about.setFocus(reason)

    def load(self) -> None:
        """Read what a card can be about, and the card that is shown."""
        self.tasks.read(lambda s: names.titles(s.read(), "recommendation"), self._named)
        self.show_it()

    def _named(self, found: list[str]) -> None:
        offer(self.about, found).activated.connect(lambda _: self.show_it())

    def show_record(self, about: str) -> None:
        """Show the card of a recommendation, by id or reference; the line for the day has the focus."""
        self.about.setText(about)
        self.as_at.setFocus()
        self.show_it()

    def show_it(self) -> None:
        """Show the card that is asked for."""
        about, when = self.about.text().strip(), self.as_at.text().strip()
        if not about:
            return

        def read(session: Session) -> tuple[str, Document]:
            found = names.find_named(session.read(), "recommendation", about)
            return found.reference if found is not None else about, card.card(session, about, when)

        def came(answer: tuple[str, Document]) -> None:
            if (about, when) == (self.about.text().strip(), self.as_at.text().strip()):
                self.about.setText(answer[0])
                self._show(answer[1])

        self.tasks.read(read, came, self._failed)

    def _failed(self, error: BaseException) -> None:
        self._shown = None
        if isinstance(error, AppError):
            self._say(error.message)
        else:
            self._say("The card could not be made.")
            messages.failed(error)

    def _say(self, sentence: str) -> None:
        clear(self._card)
        self._card.addWidget(label(sentence, muted=True))
        self._card.addStretch(1)
        self._offer(False)
        announcer.say(self, sentence)

    def _offer(self, there: bool) -> None:
        """What can be done with a card, once there is one."""
        for one in (self._copy, self._whole, self._saves):
            one.setEnabled(there)

    def _show(self, made: Document) -> None:
        self._shown = made
        self._offer(True)
        clear(self._card)
        self._card.addWidget(label(made.title, size=18, bold=True))
        self._card.addWidget(label(f"As at {made.as_at}", muted=True))
        for block in made.blocks:
            for widget in _widgets(block):
                self._card.addWidget(widget)
        self._card.addStretch(1)
        self._area.verticalScrollBar().setValue(0)
        announcer.say(self, f"{made.title}, as at {made.as_at}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+C copies the card from a line too, unless words are marked in it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.matches(QKeySequence.StandardKey.Copy) and isinstance(watched, QLineEdit) and not watched.hasSelectedText():
            self.copy()
            return True
        return False

    def copy(self) -> None:
        """Copy the card as text."""
        if self._shown is not None:
            QApplication.clipboard().setText(card.as_text(self._shown))
            messages.tell("The card is copied.")

    def save(self) -> None:
        """Save the card as a document: the lines to take."""
        about, when = self.about.text().strip(), self.as_at.text().strip()
        if about:
            save_document(self, self.tasks, f"Lines to take {about}", lambda s: card.card(s, about, when), kinds=PAPER_KINDS)

    def _open(self) -> None:
        if self.about.text().strip():
            self.open_record.emit(self.about.text().strip())

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and changes.entities:
            self.show_it()


def _widgets(block: object) -> list[QWidget]:
    """A part of the card as widgets."""
    if isinstance(block, Heading):
        made = label(block.text, size=15, bold=True)
        made.setContentsMargins(0, theme.px(10), 0, 0)
        return [made]
    if isinstance(block, Paragraph):
        return [label(block.text)]
    if isinstance(block, Quote):
        return [label(f"“{block.words}”", size=16), *([label(f"{block.source[:1].upper()}{block.source[1:]}", muted=True)] if block.source else [])]
    if isinstance(block, Items):
        return [label(f"•  {item}") for item in block.items]
    if isinstance(block, Table):
        name = label(block.title, size=15, bold=True)
        name.setContentsMargins(0, theme.px(10), 0, 0)
        rows = [[words(c) for c in row] for row in block.rows]
        widest = max(range(len(block.heads)), key=lambda c: max((len(row[c]) for row in rows), default=0))
        table = PlainTable(tuple(block.heads), block.title, texts=True, widest=widest)
        table.show_rows(rows)
        return [name, table, *(label(note, muted=True) for note in block.notes)]
    return []
