"""A series over time as a painted chart, with its sentence for a screen reader and the value under the pointer as a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vawg_desktop.exchange import series_chart as chart
from vawg_desktop.services.indicators import Series
from vawg_desktop.ui.theme import theme

#: Measures at 100 %, in pixels: how high a chart is, and how near the pointer has to be to a value.
_HEIGHT, _NEAR = 168, 14


class SeriesView(QWidget):
    """The chart of one indicator. Shapes tell what colours do: triangle better, diamond worse, square changed, hollow provisional."""

    def __init__(self, series: Series) -> None:
        super().__init__()
        self.series = series
        self._dots = series.dots()
        self.setAccessibleName(f"Chart of {series.title}")
        self.setAccessibleDescription(series.sentence())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(_HEIGHT))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.px(_HEIGHT))

    def _drawing(self) -> chart.Drawing:
        scale = theme.scale
        return chart.layout(self._dots, self.width() / scale, self.height() / scale, self.series.target)

    def paintEvent(self, event: QPaintEvent) -> None:
        c, scale = theme.colours, theme.scale
        made = self._drawing()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        pens = {
            "grid": QPen(QColor(c.line), 1), "mean": QPen(QColor(c.muted), 1), "limit": QPen(QColor(c.muted), 1, Qt.PenStyle.DashLine),
            "target": QPen(QColor(c.text), 1.2, Qt.PenStyle.DotLine), "value": QPen(QColor(c.text), 1.8), "break": QPen(QColor(c.text), 1.2, Qt.PenStyle.DotLine), "flag": QPen(QColor(c.muted), 0.8),
        }  # fmt: skip
        for line in made.lines:
            painter.setPen(pens[line.kind])
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in line.points]))
        shades = {"": c.text, "better": c.accent, "worse": c.warn, "changed": c.text}
        for mark in made.marks:
            painter.setPen(QPen(QColor(shades[mark.says]), 1.2))
            painter.setBrush(QColor(c.surface if mark.hollow else shades[mark.says]))
            if corners := chart.outline(mark):
                painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
            else:
                painter.drawEllipse(QPointF(mark.x, mark.y), chart.RADIUS, chart.RADIUS)
        for words in made.words:
            font = theme.font(11, bold=words.bold)
            font.setPixelSize(round(chart.SIZE))
            painter.setFont(font)
            painter.setPen(QColor(c.text if words.bold else c.muted))
            wide = painter.fontMetrics().horizontalAdvance(words.text)
            left = words.x - {"start": 0.0, "middle": wide / 2, "end": float(wide)}[words.anchor]
            painter.drawText(QPointF(max(0.0, min(left, made.width - wide)), words.y), words.text)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            scale = theme.scale
            at = event.pos()
            near = min(self._drawing().marks, key=lambda m: abs(m.x * scale - at.x()), default=None)
            if near is not None and abs(near.x * scale - at.x()) <= theme.px(_NEAR):
                value = self.series.values[near.place]
                spot = QRectF(near.x * scale - 1, 0, 2, self.height()).toRect()
                QToolTip.showText(event.globalPos(), self._words(near.place, value.provisional), self, spot)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _words(self, place: int, provisional: bool) -> str:
        dot = self._dots[place]
        says = {"better": ", a sign of better", "worse": ", a sign of worse", "changed": ", a sign of change"}.get(dot.says, "")
        return f"{dot.period}: {chart.number(dot.value or 0.0)}{' (provisional)' if provisional else ''}{says}"
