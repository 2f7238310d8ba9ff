"""What the room sees in a meeting: a window of its own with the item that is being taken, in large type, and nothing that is not meant for it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from vawg_desktop.services.meeting_notes import RoomView
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import clear, fit_screen, label, scroll_over

_PRIVATE = "This item is taken without the screen."
#: Sizes of type, in pixels at 100 %, to be read from the back of a room.
_TITLE, _WORDS, _NAME = 40, 28, 20


class RoomWindow(QWidget):
    """Shared alone in a hybrid meeting. No dialog, message or tooltip of ours opens over it: those belong to the other window. Escape leaves full screen, F9 hides the words."""

    closed = Signal()
    #: Its words were hidden, or shown again.
    hidden_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle("Meeting")
        self.setAccessibleName("What the room sees")
        self.setAutoFillBackground(True)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self._meeting, self._view, self.hidden_words = "", RoomView(""), False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.px(48), theme.px(32), theme.px(48), theme.px(24))
        outer.setSpacing(theme.px(16))
        self._head = label("", size=_NAME, muted=True)
        outer.addWidget(self._head)
        self._title = label("", size=_TITLE, bold=True)
        outer.addWidget(self._title)
        self._body = QGridLayout()
        self._body.setHorizontalSpacing(theme.px(32))
        self._body.setVerticalSpacing(theme.px(12))
        self._body.setColumnStretch(1, 1)
        holder = QWidget()
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(self._body)
        inside.addStretch(1)
        outer.addWidget(scroll_over(holder, "The item"), 1)
        self.strip = QVBoxLayout()
        outer.addLayout(self.strip)
        self.compact = False
        fit_screen(self, 1100, 700)

    def make_room(self, compact: bool) -> None:
        """Smaller type where the form stands under it, on the only screen there is."""
        self.compact = compact
        self._title.setFont(theme.font(_TITLE * 3 // 5 if compact else _TITLE, bold=True))
        side, top = (24, 12) if compact else (48, 32)
        outer = self.layout()
        assert outer is not None
        outer.setContentsMargins(theme.px(side), theme.px(top), theme.px(side), theme.px(top))
        outer.setSpacing(theme.px(6 if compact else 16))
        self._draw()

    def place(self, other: QWidget) -> None:
        """Full screen on another screen than the window of whoever minutes the meeting; where there is one screen only, a window that can be shared."""
        screens = QGuiApplication.screens()
        free = [s for s in screens if s is not other.screen()]
        if free:
            self.setGeometry(free[0].geometry())
            self.showFullScreen()
        else:
            self.show()

    def show_view(self, meeting: str, view: RoomView) -> None:
        """Show an item; a private one shows that it is private and nothing else."""
        self._meeting, self._view = meeting, view
        self._draw()

    def hide_words(self, hidden: bool) -> None:
        """Hide everything but the meeting's name at once, or show it again."""
        self.hidden_words = hidden
        self._draw()
        self.hidden_changed.emit(hidden)

    def _draw(self) -> None:
        clear(self._body)
        self._head.setText(self._meeting)
        if self.hidden_words:
            self._title.setText("")
            return
        self._title.setText(_PRIVATE if self._view.private else self._view.title)
        facts = [("   ·   ".join(f"{name}: {words}" for name, words in self._view.facts), "")] if self.compact and self._view.facts else self._view.facts
        if self.compact and self._view.facts:
            self._body.addWidget(label(facts[0][0], size=15, muted=True), 0, 0, 1, 2)
        small = 15 if self.compact else _NAME
        for row, (name, words) in enumerate(self._view.facts if not self.compact else ()):
            self._add(row, name, words, small, bold=True)
        for row, (name, words) in enumerate(self._view.said, len(facts)):
            self._add(row, name, words, small, bold=False)

    def _add(self, row: int, name: str, words: str, small: int, *, bold: bool) -> None:
        called = label(name, size=small, muted=True, wrap=False)
        called.setContentsMargins(0, theme.px(0 if self.compact else 6), 0, 0)
        self._body.addWidget(called, row, 0, Qt.AlignmentFlag.AlignTop)
        self._body.addWidget(label(words, size=18 if self.compact else _WORDS, bold=bold), row, 1)

    def words(self) -> list[str]:
        """All that stands on it, for a test that looks for what must not."""
        return [made.text() for made in self.findChildren(QLabel) if made.isVisibleTo(self)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.compact:
            self.close()
            return
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.showNormal()
            return
        if event.key() == Qt.Key.Key_F9:
            self.hide_words(not self.hidden_words)
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)
