"""Progress over time: lines with their names at the end, and a sentence for a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vawg_desktop.domain.dates import financial_quarter
from vawg_desktop.ui.theme import theme

_COLOURS = {"complete": "green", "in_progress": "blue", "not_started": "grey"}
_DASHES = {
    "complete": Qt.PenStyle.SolidLine, "in_progress": Qt.PenStyle.DashLine, "not_started": Qt.PenStyle.DotLine,
}  # fmt: skip
#: Between the end of a line and its words, in quarters.
_GAP = 0.1
Series = Sequence[tuple[date, dict[str, int]]]


class ProgressChart(QWidget):
    """Actions by status at each quarter's end, as their updates told it; ``parts`` are the statuses drawn with their labels, one at least."""

    def __init__(self, progress: Series, parts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        import pyqtgraph as pg

        self.progress, self.parts = progress, parts
        c = theme.colours
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        plot = pg.PlotWidget(background=c.window)
        plot.setAccessibleName("Progress of actions over time")
        plot.setAccessibleDescription(self.sentence())
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setMouseEnabled(False, False)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.showGrid(x=False, y=True, alpha=0.25)
        plot.viewport().installEventFilter(self)
        for key, words in parts:
            values = [by.get(key, 0) for _, by in progress]
            pen = QPen(QColor(getattr(c, _COLOURS[key])), theme.px(2), _DASHES[key])
            pen.setCosmetic(True)
            curve = plot.plot(list(range(len(values))), values, pen=pen, antialias=True)
            curve.curve.setSegmentedLineMode("on")
            end = pg.TextItem(f"{words} {values[-1]}", color=c.text, anchor=(0, 0.5))
            end.setFont(theme.font())
            end.setPos(len(values) - 1 + _GAP, values[-1])
            plot.addItem(end)
        plot.setYRange(
            0,
            max([1, *(v for _, by in progress for k, v in by.items() if k in dict(parts))]) * 1.1,
        )
        self._plot = plot
        self._fit()
        for side in ("bottom", "left"):
            plot.getAxis(side).setPen(QColor(c.line))
            plot.getAxis(side).setTextPen(QColor(c.muted))
            plot.getAxis(side).setStyle(tickFont=theme.font())
        plot.setFixedHeight(theme.px(232))
        box.addWidget(plot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave room for the words at the end of the lines, and name as many quarters under the chart as stand beside one another."""
        names, metrics = [financial_quarter(end) for end, _ in self.progress], QFontMetrics(theme.font())
        room = max(1, self._plot.width() - theme.px(60))
        ends = max(metrics.horizontalAdvance(f"{words} {self.progress[-1][1].get(key, 0)}") for key, words in self.parts) + theme.px(16)
        across = (len(names) - 1 + _GAP) / (1 - min(0.7, ends / room))
        self._plot.getViewBox().setXRange(0, across, padding=0)
        wide = max(metrics.horizontalAdvance(name) for name in names) + theme.px(16)
        step = max(1, ceil(wide / (room / across)))
        self._plot.getAxis("bottom").setTicks([[(i, name) for i, name in enumerate(names) if i % step == 0]])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the page scroll: a chart that swallows the wheel traps the reader."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False

    def sentence(self) -> str:
        """From what to what each status went, for a screen reader."""
        first, last = self.progress[0], self.progress[-1]
        parts = [f"{words} from {first[1].get(k, 0)} to {last[1].get(k, 0)}" for k, words in self.parts]
        return f"From {financial_quarter(first[0])} to {financial_quarter(last[0])}: {'; '.join(parts)}."
