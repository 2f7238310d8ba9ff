"""A list at the left and what is chosen in it at the right; where the page is narrow, one in the place of the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from vawg_desktop.ui.theme import theme

#: Below this width (at 100 %) the right pane takes the left one's place.
NARROW = 860
_LEFT = 0.58


class TwoPanes(QSplitter):
    """Both beside each other, or ``show_right`` and ``show_left`` in turn."""

    def __init__(self, left: QWidget, right: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._left, self._right = left, right
        self.narrow = False
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(left)
        self.addWidget(right)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)

    def show_right(self) -> None:
        """Show what is chosen; nothing to do where it stands beside the list."""
        if self.narrow:
            self._left.hide()
            self._right.show()

    def show_left(self) -> None:
        """Show the list again."""
        if self.narrow:
            self._right.hide()
            self._left.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(NARROW)
        if narrow != self.narrow:
            self.narrow = narrow
            self._left.setVisible(True)
            self._right.setVisible(not narrow)
        if not narrow:
            self.setSizes([round(self.width() * _LEFT), round(self.width() * (1 - _LEFT))])
