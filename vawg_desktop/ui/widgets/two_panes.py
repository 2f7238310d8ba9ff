"""A list at the left and what is chosen in it at the right; where the page is narrow, one in the place of the other."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button

#: Below this width (at 100 %) the right pane takes the left one's place.
NARROW = 860
_LEFT = 0.58


class TwoPanes(QSplitter):
    """Both beside each other, or ``show_right`` and ``show_left`` in turn."""

    #: Whether the panes take turns from here on, or stand beside each other again.
    turned = Signal(bool)

    def __init__(self, left: QWidget, right: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._left = left
        self.narrow = False
        self._right = QWidget()
        inside = QVBoxLayout(self._right)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        #: The way back by the mouse, where the right pane has taken the left one's place.
        self.back = button("Back to the list", self._on_back, kind="quiet", icon_name="back")
        self.back.setVisible(False)
        inside.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(right, 1)
        right.installEventFilter(self)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(left)
        self.addWidget(self._right)
        self._right.raise_()  # a screen reader meets the left one first
        self.handle(1).setAccessibleName("Edge between the two panes")
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HideToParent, QEvent.Type.ShowToParent):  # a page that hides what it shows at the right hides the pane
            self._right.setVisible(event.type() == QEvent.Type.ShowToParent)
        return False

    def record_place(self) -> QRect | None:
        """Where on the screen the right pane stands; None while the two take turns, or it is not there."""
        if self.narrow or not self._right.isVisible():
            return None
        return QRect(self._right.mapToGlobal(QPoint(0, 0)), self._right.size())

    def show_right(self) -> None:
        """Show what is chosen; nothing to do where it stands beside the list."""
        if self.narrow:
            self._left.hide()
            self._right.show()

    def _on_back(self) -> None:
        self.show_left()
        self._left.setFocus(Qt.FocusReason.OtherFocusReason)

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
            self.back.setVisible(narrow)
            self.turned.emit(narrow)
            self._left.setVisible(True)
            self._right.setVisible(not narrow)
        if not narrow:
            self.setSizes([round(self.width() * _LEFT), round(self.width() * (1 - _LEFT))])
