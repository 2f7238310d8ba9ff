"""A rating as shape, word and colour, always all three."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from vawg_desktop.domain.terms import NOT_RATED, RATING
from vawg_desktop.ui.theme import theme


def draw_shape(painter: QPainter, rating: str, box: QRectF, colour: QColor) -> None:
    """Red triangle, Amber diamond, Green circle, Blue tick, Grey dash, White hourglass."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    x, y, w, h = box.x(), box.y(), box.width(), box.height()
    line = QPen(
        colour, max(1.5, w / 6), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if rating == "red":
        painter.drawPolygon(QPolygonF([QPointF(x + w / 2, y), QPointF(x + w, y + h), QPointF(x, y + h)]))
    elif rating == "amber":
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x + w / 2, y - 1),
                    QPointF(x + w + 1, y + h / 2),
                    QPointF(x + w / 2, y + h + 1),
                    QPointF(x - 1, y + h / 2),
                ]
            )
        )
    elif rating == "green":
        painter.drawEllipse(box)
    else:
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if rating == "blue":
            painter.drawPolyline(
                QPolygonF(
                    [
                        QPointF(x, y + h * 0.55),
                        QPointF(x + w * 0.38, y + h * 0.92),
                        QPointF(x + w, y + h * 0.1),
                    ]
                )
            )
        elif rating == "grey":
            painter.drawLine(QPointF(x, y + h / 2), QPointF(x + w, y + h / 2))
        elif rating == "white":
            top, bottom = QPointF(x + w * 0.1, y), QPointF(x + w * 0.1, y + h)
            painter.drawPolygon(
                QPolygonF([top, QPointF(x + w * 0.9, y), bottom, QPointF(x + w * 0.9, y + h)])
            )
        else:
            painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
            painter.drawEllipse(box)
    painter.restore()


def rating_label(rating: str | None) -> str:
    """What people read for a rating's key, None being not rated."""
    return RATING.label(rating) if rating else NOT_RATED


class RatingChip(QWidget):
    """A filled chip for a record's head."""

    def __init__(self, rating: str | None = None) -> None:
        super().__init__()
        self._rating = rating
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_rating(rating)

    def set_rating(self, rating: str | None) -> None:
        """Show shape, colour and word of a rating's key; None is shown as not rated."""
        self._rating = rating
        self.setAccessibleName(f"Our rating: {rating_label(rating)}")
        self.setToolTip(f"Our rating: {rating_label(rating)}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(rating_label(self._rating))
        return QSize(width + theme.px(40), theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self._rating:
            fill, words = theme.rating(self._rating)
        else:
            fill, words = QColor(theme.colours.surface), QColor(theme.colours.text)
        edge = QColor(theme.colours.line) if self._rating in (None, "white") else fill
        painter.setPen(QPen(edge, 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(box, theme.px(14), theme.px(14))
        side = theme.px(12)
        draw_shape(
            painter, self._rating or "", QRectF(theme.px(12), (self.height() - side) / 2, side, side), words
        )
        painter.setPen(words)
        painter.setFont(self.font())
        painter.drawText(
            self.rect().adjusted(theme.px(30), 0, 0, 0),
            Qt.AlignmentFlag.AlignVCenter,
            rating_label(self._rating),
        )
        painter.end()
