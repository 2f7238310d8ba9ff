"""Bars of rating by pillar, painted; each bar a link, with a sentence for a screen reader and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.rating import draw_shape


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of one row: its keys, its words, its count."""

    row: str
    part: str
    words: str
    count: int
    box: QRectF


class RatingBars(QWidget):
    """Rows of stacked bars with their numbers on them. Arrow keys move, Enter opens the rows counted."""

    opened = Signal(str, str)

    def __init__(self, rows: Sequence[tuple[str, str]], parts: Sequence[tuple[str, str]], name: str) -> None:
        super().__init__()
        self._rows, self._parts = list(rows), list(parts)
        self._counts: dict[str, dict[str, int]] = {}
        self._bars: list[Bar] = []
        self._at = -1
        self._name = name
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def set_counts(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Show counts by row and part."""
        self._counts = {r: dict(c) for r, c in counts.items()}
        self._lay_out()
        self.setAccessibleDescription(self.sentence())
        self.updateGeometry()
        self.update()

    def sentence(self) -> str:
        """What the chart shows, for a screen reader."""
        sentences: list[str] = []
        for row, words in self._rows:
            counts = self._counts.get(row, {})
            parts = [f"{counts[p]} {w.casefold()}" for p, w in self._parts if counts.get(p)]
            sentences.append(f"{words}: {', '.join(parts) if parts else 'none'}")
        return f"{self._name}. " + "; ".join(sentences) + "."

    def as_table(self) -> tuple[list[str], list[list[str]]]:
        """Headings and rows that hold the chart's numbers."""
        heads = ["", *(w for _, w in self._parts), "Total"]
        rows = [
            [
                words,
                *(str(self._counts.get(row, {}).get(p, 0)) for p, _ in self._parts),
                str(sum(self._counts.get(row, {}).values())),
            ]
            for row, words in self._rows
        ]
        return heads, rows

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), len(self._rows) * theme.px(40) + theme.px(4))

    def _lay_out(self) -> None:
        self._bars = []
        label, right, height = theme.px(136), theme.px(44), theme.px(24)
        most = max([sum(c.values()) for c in self._counts.values()] or [1]) or 1
        room = max(10, self.width() - label - right)
        for r, (row, words) in enumerate(self._rows):
            x = float(label)
            for part, part_words in self._parts:
                count = self._counts.get(row, {}).get(part, 0)
                if not count:
                    continue
                wide = room * count / most
                box = QRectF(x, r * theme.px(40) + theme.px(8), wide, height)
                self._bars.append(Bar(row, part, f"{words}, {part_words.casefold()}: {count}", count, box))
                x += wide

    def resizeEvent(self, event: object) -> None:
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        c = theme.colours
        painter.setFont(theme.font())
        for r, (row, words) in enumerate(self._rows):
            top = r * theme.px(40) + theme.px(8)
            painter.setPen(QColor(c.text))
            painter.drawText(
                QRectF(0, top, theme.px(132), theme.px(24)), Qt.AlignmentFlag.AlignVCenter, words
            )
            total = sum(self._counts.get(row, {}).values())
            ends = max((b.box.right() for b in self._bars if b.row == row), default=float(theme.px(136)))
            painter.setPen(QColor(c.muted))
            painter.drawText(
                QRectF(ends + theme.px(8), top, theme.px(40), theme.px(24)),
                Qt.AlignmentFlag.AlignVCenter,
                str(total),
            )
        for place, bar in enumerate(self._bars):
            self._draw(painter, bar, place == self._at and self.hasFocus())
        painter.end()

    def _draw(self, painter: QPainter, bar: Bar, marked: bool) -> None:
        c = theme.colours
        fill, words = self.colours_of(bar.part)
        painter.setPen(QPen(QColor(c.surface), 1))
        painter.setBrush(fill)
        painter.drawRect(bar.box)
        if bar.part in ("white", "not_rated"):
            painter.setPen(QPen(QColor(c.line if c.name != "contrast" else c.text), 1))
            painter.drawRect(bar.box.adjusted(0.5, 0.5, -1.5, -0.5))
        if marked:
            painter.setPen(QPen(QColor(c.text), theme.px(3)))
            painter.drawRect(bar.box.adjusted(1, 1, -1, -1))
        alone = bar.count == sum(self._counts.get(bar.row, {}).values())
        number = "" if alone or bar.box.width() <= theme.px(20) else str(bar.count)
        painter.setPen(words)
        side, gap = theme.px(9), theme.px(5)  # told by its shape too, for those who do not see the colours
        needed = side + (gap + painter.fontMetrics().horizontalAdvance(number) if number else 0)
        if bar.box.width() < needed + theme.px(4):
            painter.drawText(bar.box, Qt.AlignmentFlag.AlignCenter, number)
            return
        left = bar.box.center().x() - needed / 2
        draw_shape(painter, "" if bar.part == "not_rated" else bar.part, QRectF(left, bar.box.center().y() - side / 2, side, side), words)
        painter.setPen(words)
        painter.drawText(QRectF(left + side + gap, bar.box.top(), bar.box.width(), bar.box.height()), Qt.AlignmentFlag.AlignVCenter, number)

    def colours_of(self, part: str) -> tuple[QColor, QColor]:
        """Fill and figure colours of a part."""
        c = theme.colours
        if part == "not_rated":
            return QColor(c.raised if c.name == "dark" else c.nav), QColor(c.text)
        return theme.rating(part)

    def _bar_at(self, x: float, y: float) -> int:
        return next((i for i, b in enumerate(self._bars) if b.box.contains(x, y)), -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._bar_at(event.position().x(), event.position().y())
        if place >= 0:
            self.opened.emit(self._bars[place].row, self._bars[place].part)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._bar_at(event.pos().x(), event.pos().y())
            if place >= 0:
                QToolTip.showText(event.globalPos(), self._bars[place].words, self)
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._at = max(0, self._at) if self._bars else -1
        super().focusInEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(
            Qt.Key(event.key())
        )
        if step is not None and self._bars:
            self._at = (self._at + step) % len(self._bars)
            self.setAccessibleDescription(self._bars[self._at].words)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._at < len(self._bars):
            self.opened.emit(self._bars[self._at].row, self._bars[self._at].part)
        else:
            super().keyPressEvent(event)


class Legend(QWidget):
    """The parts' shapes and words, so that no colour stands alone."""

    def __init__(self, parts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._parts = list(parts)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Key: " + ", ".join(w for _, w in parts))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(24) * max(1, len(self._lines(self.width()))))

    def _lines(self, width: int) -> list[list[tuple[str, str, float]]]:
        """The parts line by line, each with where it begins: the key wraps rather than being cut."""
        metrics = QFontMetrics(theme.font())
        lines: list[list[tuple[str, str, float]]] = [[]]
        x = 1.0
        for part, words in self._parts:
            wide = theme.px(11) + theme.px(6) + metrics.horizontalAdvance(words) + theme.px(14)
            if lines[-1] and x + wide - theme.px(14) > width:
                lines.append([])
                x = 1.0
            lines[-1].append((part, words, x))
            x += wide
        return lines

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setFixedHeight(self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font())
        side, high = theme.px(11), theme.px(24)
        for number, line in enumerate(self._lines(self.width())):
            for part, words, x in line:
                known = part != "not_rated"
                colour = theme.rating(part)[0] if known and part != "white" else QColor(theme.colours.muted)
                top = number * high
                draw_shape(
                    painter, part if known else "", QRectF(x, top + (high - side) / 2, side, side), colour
                )
                painter.setPen(QColor(theme.colours.muted))
                room = QRectF(x + side + theme.px(6), top, self.width(), high)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()
