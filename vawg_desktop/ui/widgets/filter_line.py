"""The line above a list in which words are typed that its rows must hold."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


class FilterLine(QLineEdit):
    """``goes_on`` is emitted by Enter, by Down, and by Escape where nothing is typed: the keyboard goes to the list. Escape takes words off."""

    goes_on = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setPlaceholderText("Filter …  Ctrl+F")
        self.setClearButtonEnabled(True)
        self.setAccessibleName(name)
        self.returnPressed.connect(self.goes_on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Escape):
            self.goes_on.emit()
        else:
            super().keyPressEvent(event)
