"""Lorenz' curve: what share of all harm the least harmful have, beside what equal shares would be."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from vawg_desktop.ui.theme import theme


class LorenzCurve(QWidget):
    """One curve; its numbers stand in the table beside it and in its accessible name."""

    def __init__(self, name: str, shares: Sequence[float]) -> None:
        super().__init__()
        self._name, self._shares = name, list(shares)
        half = shares[len(shares) // 2]
        self.setAccessibleName(f"{name}: curve of harm. The less harmful half account for {100 * half:.0f}% of harm, the most harmful tenth for {100 * (1 - shares[round(0.9 * (len(shares) - 1))]):.0f}%.")
        self.setToolTip(self.accessibleName())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(240))

    def paintEvent(self, event: QPaintEvent) -> None:
        c = theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(13, bold=True))
        painter.setPen(QColor(c.text))
        head, foot = theme.px(24), theme.px(24)
        painter.drawText(QRectF(0, 0, self.width(), head), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._name)
        left = theme.px(44)
        box = QRectF(left, head + theme.px(4), self.width() - left - theme.px(8), self.height() - head - foot - theme.px(8))
        painter.setFont(theme.font(12))
        painter.setPen(QColor(c.muted))
        for share in (0.0, 0.5, 1.0):
            y = box.bottom() - share * box.height()
            painter.drawText(QRectF(0, y - theme.px(8), left - theme.px(6), theme.px(16)), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{100 * share:.0f}%")
        painter.drawText(QRectF(box.left(), box.bottom() + theme.px(2), box.width(), foot), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "least to most harmful")
        painter.setPen(QPen(QColor(c.line), 1))
        painter.drawRect(box)
        painter.setPen(QPen(QColor(c.muted), max(1, theme.px(1)), Qt.PenStyle.DashLine))
        painter.drawLine(box.bottomLeft(), box.topRight())
        last = max(1, len(self._shares) - 1)
        curve = QPolygonF([QPointF(box.left() + box.width() * n / last, box.bottom() - box.height() * s) for n, s in enumerate(self._shares)])
        painter.setPen(QPen(QColor(c.accent), theme.px(2)))
        painter.drawPolyline(curve)
        painter.end()
