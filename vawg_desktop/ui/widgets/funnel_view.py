"""A funnel of areas: each at its base, between the limits within which chance would put it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vawg_desktop.services.area_funnel import OUT, AreaFunnel, Spot
from vawg_desktop.ui.theme import theme

_HEIGHT, _NEAR = 220, 12


class FunnelView(QWidget):
    """Shapes tell what colours do: a circle within the limits, a diamond outside; the area that is looked at is filled."""

    def __init__(self, found: AreaFunnel) -> None:
        super().__init__()
        self._found = found
        self.setAccessibleName(f"Funnel of areas: {found.title}")
        self.setAccessibleDescription(found.sentence())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(_HEIGHT))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.px(_HEIGHT))

    def _box(self) -> QRectF:
        left, foot = theme.px(52), theme.px(24)
        return QRectF(left, theme.px(8), self.width() - left - theme.px(12), self.height() - foot - theme.px(12))

    def _at(self, base: float, value: float) -> QPointF:
        box, sizes = self._box(), [limit[0] for limit in self._found.limits]
        low, high = self._range()
        across = (base - sizes[0]) / ((sizes[-1] - sizes[0]) or 1.0)
        return QPointF(box.left() + across * box.width(), box.bottom() - (value - low) / ((high - low) or 1.0) * box.height())

    def _range(self) -> tuple[float, float]:
        values = [v for limit in self._found.limits for v in limit[1:]] + [s.value for s in self._found.spots]
        return min(values), max(values)

    def paintEvent(self, event: QPaintEvent) -> None:
        c, found = theme.colours, self._found
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(12))
        box, (low, high) = self._box(), self._range()
        painter.setPen(QColor(c.muted))
        for share in (low, found.centre, high):
            y = self._at(found.limits[0][0], share).y()
            painter.drawText(QRectF(0, y - theme.px(8), box.left() - theme.px(6), theme.px(16)), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{100 * share:.0f}%" if high <= 1 else f"{share:,.1f}")
        painter.drawText(QRectF(box.left(), box.bottom() + theme.px(4), box.width(), theme.px(18)), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "base: small to large")
        painter.setPen(QPen(QColor(c.text), max(1, theme.px(1))))
        painter.drawLine(self._at(found.limits[0][0], found.centre), self._at(found.limits[-1][0], found.centre))
        for places, style in (((1, 2), Qt.PenStyle.DashLine), ((3, 4), Qt.PenStyle.DotLine)):
            painter.setPen(QPen(QColor(c.muted), max(1, theme.px(1)), style))
            for place in places:
                painter.drawPolyline(QPolygonF([self._at(limit[0], limit[place]) for limit in found.limits]))
        for spot in found.spots:
            self._draw(painter, spot)
        painter.end()

    def _draw(self, painter: QPainter, spot: Spot) -> None:
        c, at, r = theme.colours, self._at(spot.base, spot.value), theme.px(4)
        colour = QColor(c.warn if spot.out else c.accent)
        painter.setPen(QPen(colour, max(1, theme.px(1.5))))
        painter.setBrush(colour if spot.own else QColor(c.surface))
        if spot.out:
            painter.drawPolygon(QPolygonF([at + QPointF(0, -1.4 * r), at + QPointF(1.4 * r, 0), at + QPointF(0, 1.4 * r), at + QPointF(-1.4 * r, 0)]))
        else:
            painter.drawEllipse(at, r, r)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            near = min(self._found.spots, key=lambda s: (self._at(s.base, s.value) - QPointF(event.pos())).manhattanLength())
            at = self._at(near.base, near.value)
            if (at - QPointF(event.pos())).manhattanLength() <= theme.px(_NEAR):
                QToolTip.showText(event.globalPos(), f"{near.area}: {OUT[near.out]}", self, QRectF(at.x() - 2, at.y() - 2, 4, 4).toRect())
            else:
                QToolTip.hideText()
            return True
        return super().event(event)
