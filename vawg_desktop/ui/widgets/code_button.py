"""A code at the coding desk: its key, its name, whether the answer is under it or its words suggest it, and how many answers are."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy

from vawg_desktop.services.codebooks import Code
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.place_kept import PLACE

_SUGGESTED = "suggested"


class CodeButton(QPushButton):
    """Pressed, it puts the answer under the code or takes it from there. A tick says that it is under it, not the colour alone."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.title)
        self.code = code
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setToolTip(code.definition or code.title)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setProperty(PLACE, code.id)
        self._count = 0
        self._suggested = False

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(32))

    def show_state(self, *, on: bool, suggested: bool, count: int) -> None:
        """Show whether the answer is under the code, whether its words suggest it, and how many answers are under it."""
        self.setChecked(on)
        self._suggested, self._count = suggested, count
        state = "coded" if on else _SUGGESTED if suggested else "not coded"
        self.setAccessibleName(f"{self.code.title}: {state}, {count:,} {'answer' if count == 1 else 'answers'}" + (f", key {self.code.key}" if self.code.key else ""))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c, on = theme.colours, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(c.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.select if on else c.soft if self.underMouse() and self.isEnabled() else c.surface))
        painter.drawRoundedRect(box, theme.px(4), theme.px(4))
        ink = QColor(c.on_select if on else c.text if self.isEnabled() else c.muted)
        left = box.left() + theme.px(8 + 20 * self.code.depth)
        tick = QRect(left, box.center().y() - theme.px(8), theme.px(16), theme.px(16))
        painter.setPen(QPen(ink, max(1, theme.px(1))))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(tick, theme.px(3), theme.px(3))
        if on:
            painter.setPen(QPen(ink, theme.px(2)))
            painter.drawPolyline([tick.topLeft() + p for p in _tick(theme.px(16))])
        self._words(painter, box, tick.right() + theme.px(8), ink, on=on)
        painter.end()

    def _words(self, painter: QPainter, box: QRect, left: int, ink: QColor, *, on: bool) -> None:
        upright = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(bold=True))
        painter.setPen(ink)
        painter.drawText(QRect(left, box.top(), theme.px(16), box.height()), upright | Qt.AlignmentFlag.AlignHCenter, self.code.key.upper())
        left += theme.px(24)
        painter.setFont(theme.font())
        measure = painter.fontMetrics()
        told = f"{self._count:,}"
        right = box.right() - theme.px(8)
        wide = measure.horizontalAdvance(told)
        quiet = ink if on else QColor(theme.colours.muted)
        painter.setPen(quiet)
        painter.drawText(QRect(right - wide, box.top(), wide + 1, box.height()), upright, told)
        right -= wide + theme.px(12)
        if self._suggested:
            wide = measure.horizontalAdvance(_SUGGESTED)
            painter.setPen(QColor(theme.colours.accent if not on else ink))
            painter.drawText(QRect(right - wide, box.top(), wide + 1, box.height()), upright, _SUGGESTED)
            right -= wide + theme.px(12)
        painter.setFont(theme.font(bold=on))
        painter.setPen(ink)
        painter.drawText(QRect(left, box.top(), max(0, right - left), box.height()), upright, painter.fontMetrics().elidedText(self.code.title, Qt.TextElideMode.ElideRight, max(0, right - left)))


def _tick(size: int) -> list[QPoint]:
    return [QPoint(round(size * 0.22), round(size * 0.52)), QPoint(round(size * 0.43), round(size * 0.74)), QPoint(round(size * 0.8), round(size * 0.28))]
