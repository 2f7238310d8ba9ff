"""A tick whose words wrap where they are longer than the window is wide."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

from vawg_desktop.ui.theme import theme

_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class Tick(QCheckBox):
    """A check box as wide as there is room, and as high as its words need."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _beside(self) -> int:
        """How much of its width is not for words."""
        return theme.px(16) + theme.px(8) + theme.px(8)

    def heightForWidth(self, width: int) -> int:
        words = self.fontMetrics().boundingRect(QRect(0, 0, max(1, width - self._beside()), 1 << 20), int(_FLAGS), self.text())
        return max(theme.px(32), words.height() + theme.px(12))

    def sizeHint(self) -> QSize:
        width = min(self.fontMetrics().horizontalAdvance(self.text()) + self._beside() + theme.px(4), theme.px(420))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)
        painter.setPen(self.palette().color(QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText))
        left = theme.px(16) + theme.px(10)
        painter.drawText(QRect(left, 0, self.width() - left - theme.px(4), self.height()), int(_FLAGS), self.text())
