"""A few lines of text that are saved when they are left."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit

from vawg_desktop.ui.theme import theme


class KeptLines(QPlainTextEdit):
    """Calls ``keep`` when the keyboard leaves it."""

    def __init__(self, keep: Callable[[], None]) -> None:
        super().__init__()
        self._keep = keep
        self.setTabChangesFocus(True)
        self.setFixedHeight(theme.px(56))

    def focusOutEvent(self, e: QFocusEvent) -> None:
        super().focusOutEvent(e)
        self._keep()
