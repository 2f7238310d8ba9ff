"""The journey map over a whole screen, for a wall: the same cells, walked by the same keys, as large as they fit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vawg_desktop.services.journey import Map
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, label
from vawg_desktop.ui.widgets.journey_view import JourneyView


class MapWall(QWidget):
    """A window of its own; Escape or F11 leaves it. The chosen cell is told in large type at the foot."""

    left = Signal(int, int)

    def __init__(self, parent: QWidget, found: Map, title: str, at: tuple[int, int]) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(16), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.addWidget(label(title, size=24, bold=True, wrap=False), 1)
        head.addWidget(button("Exit full screen", self.close, tip="Escape"))
        box.addLayout(head)
        self.view = JourneyView()
        self.view.show_map(found)
        box.addWidget(self.view, 1)
        self._sentence = label("", size=20)
        self._sentence.setMinimumHeight(theme.px(64))
        box.addWidget(self._sentence)
        self.view.walked.connect(self._tell)
        self.setFocusProxy(self.view)
        self.view.fit_wall()
        self.view.setCurrentIndex(self.view.model_.index(*at))
        self._tell()

    def _tell(self) -> None:
        cell = self.view.chosen()
        self._sentence.setText(cell.sentence() if cell is not None else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F11):
            self.close()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        at = self.view.currentIndex()
        self.left.emit(at.row(), at.column())
        super().closeEvent(event)
