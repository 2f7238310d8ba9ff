"""A drop-down that changes nothing on the way through its list: a choice is made by Enter, by a click or by leaving."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPaintEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLabel, QStyle, QStyleOptionComboBox, QStylePainter, QWidget
from shiboken6 import isValid

from vawg_desktop.domain.terms import fold
from vawg_desktop.ui.theme import theme

#: Reasons for losing the focus that are no leaving: a menu opened, or another program came to the front.
_STILL_HERE = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
#: What an empty field of a record says.
NOT_SET = "Not set"
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End)


class Choice(QComboBox):
    """A combo box whose ``meant`` is emitted once a choice is made, with its place; arrows and letters only move in it.

    The wheel neither changes it nor gives it the focus. Letters typed one after the other find the entry that begins
    with all of them, however slowly they come.
    """

    meant = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._settled = -1
        self._typed = ""
        self._picking = False
        self._name_beside: QLabel | None = None
        self.activated.connect(self._on_activated)

    def sizeHint(self) -> QSize:
        """As wide as its longest entry with what is drawn beside it, which Qt reckons a little too narrow under a style sheet."""
        hint = super().sizeHint()
        return QSize(hint.width() + theme.px(8), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Narrower than its longest entry where there is no room: nothing beside it may be pushed out of sight."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), theme.px(120)), hint.height())

    def showEvent(self, e: QShowEvent) -> None:
        """On Linux Qt tells a screen reader what is chosen for the name, and what the choice is about only by a label beside it."""
        super().showEvent(e)
        if sys.platform.startswith("linux") and self.accessibleName() and (self._name_beside is None or not isValid(self._name_beside) or self._name_beside.parentWidget() is not self.parentWidget()):
            self._name_beside = QLabel(self.accessibleName().replace("&", "&&"), self.parentWidget())
            self._name_beside.setBuddy(self)
            self._name_beside.hide()

    def paintEvent(self, e: QPaintEvent) -> None:
        """What is longer than its place ends in "…", as in lists; an editable one's line shows its own words."""
        if self.isEditable():
            super().paintEvent(e)
            return
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self).width()
        if self.property("flat") and not self.currentData() and self.currentText() == NOT_SET:  # as quiet as an empty line
            rect = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self)
            painter.setPen(QColor(theme.colours.grey))
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.fontMetrics().elidedText(NOT_SET, Qt.TextElideMode.ElideRight, rect.width()))
            return
        option.currentText = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room - theme.px(4))
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def settle(self) -> None:
        """What is shown now is what stands: the way back for Escape."""
        self._settled = self.currentIndex()

    def showPopup(self) -> None:
        self._picking = True
        super().showPopup()

    def wheelEvent(self, e: QWheelEvent) -> None:
        e.ignore()

    def focusInEvent(self, e: QFocusEvent) -> None:
        if e.reason() not in _STILL_HERE:
            self.settle()
        super().focusInEvent(e)

    def focusOutEvent(self, e: QFocusEvent) -> None:
        super().focusOutEvent(e)
        if e.reason() not in _STILL_HERE:
            self._typed = ""
            self.mean()

    def keyPressEvent(self, e: QKeyEvent) -> None:
        self._picking = False
        if self.isEditable():
            super().keyPressEvent(e)
            return
        key, text = e.key(), e.text()
        plain = not e.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._typed = ""
            if self.currentIndex() != self._settled:
                self.mean()  # what was chosen is confirmed; Enter again is for the dialog
            else:
                e.ignore()
        elif key == Qt.Key.Key_Escape and self._settled >= 0 and self.currentIndex() != self._settled:
            self._typed = ""
            self.setCurrentIndex(self._settled)
        elif key in (Qt.Key.Key_Backspace, *_MOVES):
            self._typed = ""
            super().keyPressEvent(e)
        elif plain and text and text.isprintable() and not (text == " " and not self._typed):
            self._find(text)
        else:
            super().keyPressEvent(e)

    def _find(self, letter: str) -> None:
        for wanted in (self._typed + letter, letter):
            at = next((n for n in range(self.count()) if fold(self.itemText(n)).startswith(fold(wanted) or wanted.casefold())), -1)
            if at >= 0:
                self._typed = wanted
                self.setCurrentIndex(at)
                return

    def _on_activated(self, _: int) -> None:
        if self._picking:
            self._picking = False
            self.mean()

    def mean(self) -> None:
        """What is shown is meant, as by Enter; nothing where it stands already."""
        if self.currentIndex() != self._settled:
            self.settle()
            self.meant.emit(self.currentIndex())


def fill(choice: Choice, offers: Sequence[tuple[str, str]], stands: str) -> None:
    """Put what can be chosen into a drop-down, each its value and words, and what stands."""
    choice.clear()
    for value, words in offers:
        choice.addItem(" ".join(words.split()), value)
    choice.setCurrentIndex(max(0, choice.findData(stands)))
    choice.settle()
