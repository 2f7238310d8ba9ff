"""Messages in a strip of the window's layout, which covers nothing: a failure stays until it is closed, anything else goes by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vawg_desktop.ui.spoken import announcer
from vawg_desktop.ui.theme import theme

SHOWN_MS = 6000
#: So many failures wait to be read at most; older ones stand in the log file.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, and one thing that can be done about it."""

    text: str
    action: str = ""
    do: Callable[[], object] | None = None


class _Line(QFrame):
    """One message with its buttons."""

    def __init__(self, name: str, closed: Callable[[], object], acted: Callable[[], object]) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("message")
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(24), theme.px(6), theme.px(16), theme.px(6))
        row.setSpacing(theme.px(8))
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button, self.close_ = QPushButton(), QPushButton("Close")
        self.button.clicked.connect(acted)
        self.close_.clicked.connect(closed)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        row.addWidget(self.close_)
        self.hide()

    def show_message(self, message: Message, more: int) -> None:
        """Show a message; ``more`` wait behind it."""
        self.text.setText(message.text + (f" ({more} earlier)" if more else ""))
        self.text.setAccessibleName(self.text.text())
        self.button.setText(message.action)
        self.button.setVisible(bool(message.action))
        self.show()


class Strip(QWidget):
    """At the foot of the window: what failed, until each is closed, and under it what was told last."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._failures: list[Message] = []
        self._told: Message | None = None
        self.failed_line = _Line("Failure", self.close_failure, self._act_on_failure)
        self.told_line = _Line("Message", self._end_told, self._act_on_told)
        box.addWidget(self.failed_line)
        box.addWidget(self.told_line)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end_told)
        self.setAccessibleName("Messages")

    def restyle(self) -> None:
        """The colours of today's theme."""
        c = theme.colours
        for line, edge in ((self.failed_line, c.warn), (self.told_line, c.accent)):
            line.setStyleSheet(f"#message {{ background: {c.raised}; border-top: 1px solid {c.line}; border-left: {theme.px(4)}px solid {edge}; }}")

    def tell(self, message: Message, *, stays: bool) -> None:
        """Show a message in place of the last one told; it goes by itself unless it ``stays``."""
        self.restyle()
        self._told = message
        self.told_line.show_message(message, 0)
        announcer.say(self, message.text)
        self._timer.stop()
        if not stays:
            self._timer.start(SHOWN_MS)

    def fail(self, message: Message) -> None:
        """Show a failure, and keep those before it until they are closed too. The same one again is not kept twice."""
        self.restyle()
        self._failures = [f for f in self._failures if f.text != message.text][-_MOST:]
        self._failures.append(message)
        if self._told is not None and self._told.text.endswith("…"):  # what was under way is what failed
            self._end_told()
        self._show_failure()
        announcer.say(self, message.text, urgent=True)

    def close_failure(self) -> None:
        """Close the failure that is shown; the one before it comes up."""
        if self._failures:
            self._failures.pop()
        self._show_failure()

    def withdraw(self, action: str) -> None:
        """Take back what offers this: what it tells of is over."""
        if self._told is not None and self._told.action == action:
            self._end_told()
        self._failures = [f for f in self._failures if f.action != action]
        self._show_failure()

    def _show_failure(self) -> None:
        if self._failures:
            self.failed_line.show_message(self._failures[-1], len(self._failures) - 1)
        else:
            self.failed_line.hide()

    def _act_on_failure(self) -> None:
        message = self._failures[-1] if self._failures else None
        self.close_failure()
        if message is not None and message.do is not None:
            message.do()

    def _end_told(self) -> None:
        self.told_line.hide()

    def _act_on_told(self) -> None:
        message = self._told
        self._end_told()
        if message is not None and message.do is not None:
            message.do()
