"""The screen locked when nobody is there: a neutral page over everything, opened by the store's passphrase."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

_SIGNS_OF_LIFE = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin}
)  # fmt: skip


class IdleWatch(QObject):
    """Calls back when no key and no mouse has been touched for a while."""

    def __init__(self, owner: QObject, then: Callable[[], None]) -> None:
        super().__init__(owner)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(then)

    def start(self, minutes: int) -> None:
        """Watch from now on; 0 minutes watch nothing."""
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        self.timer.stop()
        if minutes:
            self.timer.setInterval(minutes * 60_000)
            app.installEventFilter(self)
            self.timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE and self.timer.isActive():
            self.timer.start()
        return False


class LockCover(QWidget):
    """Over the whole window until ``opens`` takes what was typed."""

    def __init__(self, window: QWidget, opens: Callable[[str], bool], needs_word: bool) -> None:
        super().__init__(window)
        self._opens, self._needs_word = opens, needs_word
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("background: #FFFFFF; color: #3A4048; font-size: 16px;")
        box = QVBoxLayout(self)
        box.addStretch(1)
        words = (
            "Locked. Type the passphrase to come back." if needs_word else "Locked. Press Enter to come back."
        )
        self._said = QLabel(words)
        self._said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self._said)
        self.word = QLineEdit()
        self.word.setEchoMode(QLineEdit.EchoMode.Password)
        self.word.setAccessibleName(words)
        self.word.setFixedWidth(360)
        self.word.setStyleSheet("border: 1px solid #6B7480; padding: 6px; color: #14171A;")
        self.word.returnPressed.connect(self._on_return)
        box.addWidget(self.word, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        self._hidden = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        for dialog in self._hidden:
            dialog.hide()
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.word.setFocus()

    def _on_return(self) -> None:
        if self._needs_word and not self._opens(self.word.text()):
            self.word.clear()
            self._said.setText("That is not it; try again.")
            return
        for dialog in self._hidden:
            dialog.show()
        window = self.parentWidget()
        self.hide()
        self.deleteLater()
        unlocked = getattr(window, "unlocked", None)
        if unlocked is not None:
            unlocked()
