"""Overview: what is late, who is silent, what is claimed without proof, what changed; then the charts."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.terms import ACTION_STATUS, how_many
from vawg_desktop.services import as_at, moments
from vawg_desktop.services import overview as counts
from vawg_desktop.services.change_list import KINDS
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.session import Session
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.charts import Legend, RatingBars
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, clear, label, note
from vawg_desktop.ui.widgets.flow_layout import FlowLayout
from vawg_desktop.ui.widgets.plain_table import PlainTable

#: What "the last board" is called among the spans; a meeting or "last PDB" can be typed too.
LAST_BOARD = "the last board"
SINCE = ((7, "7 days ago"), (28, "28 days ago"), (91, "a quarter ago"), (365, "a year ago"))


class FigureTile(QPushButton):
    """A key figure: large number, what it counts; opens the rows it counts."""

    def __init__(self, figure: counts.Figure) -> None:
        super().__init__()
        self.figure = figure
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        box.setSpacing(theme.px(2))
        number = label(f"{figure.value:,}", size=28, bold=True, wrap=False)
        if figure.value and figure.label == "Overdue":
            number.setProperty("warn", True)
        for part in (number, label(figure.label, bold=True, wrap=False), label(figure.hint, muted=True)):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            box.addWidget(part)
        box.addStretch(1)
        self.setAccessibleName(f"{figure.label}: {figure.value}. {figure.hint}. Open the list")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def height_for(self, width: int) -> int:
        """The height that shows the whole tile at a width."""
        layout = self.layout()
        return layout.totalHeightForWidth(width) if layout is not None else self.height()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()


#: Fewer dates make no chart: the table says as much.
LEAST_POINTS = 3


def since_day(session: Session, typed: str) -> date:
    """The first day of "what changed": a span ago, a date, the last board, a meeting. Raises ValueRefusedError and NotFoundError."""
    days = next((d for d, words in SINCE if words == typed), None)
    if days is not None:
        return session.today - timedelta(days=days)
    if typed == LAST_BOARD:
        return as_at.moment(session, "last board")[0]
    span = moments.typed(session, typed)
    return span[0] if span is not None else as_at.moment(session, typed)[0]


class OverviewPage(QScrollArea):
    """Figures that open the rows they count, ratings by pillar, what changed, and progress over time."""

    open_list = Signal(object, str)
    open_page = Signal(str)
    open_changes = Signal(str, object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Overview")
        self._page = QWidget()
        self._box = QVBoxLayout(self._page)
        self._box.setContentsMargins(theme.px(24), theme.px(16), theme.px(24), theme.px(24))
        self._box.setSpacing(theme.px(16))
        self.setWidget(self._page)
        self._drawn: tuple[counts.Overview, list[tuple[date, dict[str, int]]], bool] | None = None
        self._rungs: list[counts.Figure] = []
        self._charted: list[tuple[date, dict[str, int]]] | None = None
        self._build()
        tasks.changes_applied.connect(self._on_changes)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label("Overview", size=24, bold=True, wrap=False))
        head.addStretch(1)
        self._totals = QHBoxLayout()
        self._totals.setSpacing(theme.px(4))
        head.addLayout(self._totals)
        self._box.addLayout(head)
        self._tiles = QGridLayout()
        self._tiles.setSpacing(theme.px(16))
        self._box.addLayout(self._tiles)
        self._middle = QGridLayout()
        self._middle.setHorizontalSpacing(theme.px(48))
        self._middle.setVerticalSpacing(theme.px(16))
        self._parts = (self._build_ratings(), self._build_changed())
        self._place_parts(False)
        self._box.addWidget(self._build_ladder())
        self._box.addLayout(self._middle)
        self._box.addWidget(self._build_progress())
        self._box.addStretch(1)

    def _place_parts(self, narrow: bool) -> None:
        """Side by side where there is room, one under the other where there is not."""
        self._narrow_now = narrow
        for place, part in enumerate(self._parts):
            self._middle.addWidget(part, place if narrow else 0, 0 if narrow else place)
        self._middle.setColumnStretch(0, 3)
        self._middle.setColumnStretch(1, 0 if narrow else 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < theme.px(760)
        if narrow != self._narrow_now:
            self._place_parts(narrow)
            self.load()

    def _build_ratings(self) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.addWidget(label("Our rating by pillar", size=16, bold=True, wrap=False))
        head.addStretch(1)
        self._of = Choice()
        self._of.setAccessibleName("Rating of")
        self._of.addItems(["Recommendations", "Actions"])
        self._of.meant.connect(lambda _: self._show_ratings())
        head.addWidget(self._of)
        self._as_table = button("Show as table", self._flip_table)
        head.addWidget(self._as_table)
        box.addLayout(head)
        parts = [(r, counts.rating_word(r)) for r in counts.RATINGS]
        self.bars = RatingBars(
            [(p, counts.pillar_label(p)) for p in counts.PILLARS], parts, "Our rating by pillar"
        )
        self.bars.opened.connect(self._on_bar)
        box.addWidget(self.bars)
        self._legend = Legend(parts)
        box.addWidget(self._legend)
        self._table = QTableWidget()
        self._table.setAccessibleName("Our rating by pillar, as a table")
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self._table.verticalHeader().hide()
        self._table.horizontalHeader().setAccessibleName("Headings of the rating table")
        self._table.hide()
        box.addWidget(self._table)
        box.addStretch(1)
        return holder

    def _build_changed(self) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(4))
        head = QHBoxLayout()
        head.addWidget(label("What changed since", size=16, bold=True, wrap=False))
        self._since = Choice()
        self._since.setAccessibleName("What changed since")
        self._since.addItems([*(words for _, words in SINCE), LAST_BOARD])
        self._since.setCurrentIndex(1)
        self._since.setEditable(True)
        self._since.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        self._since.setToolTip("Choose a span, or type a date such as 3 May 2026")
        self._since.meant.connect(lambda _: self.load())
        line = self._since.lineEdit()
        assert line is not None
        line.setAccessibleName("What changed since")
        line.returnPressed.connect(self.load)
        head.addWidget(self._since)
        head.addStretch(1)
        box.addLayout(head)
        self._changed = QVBoxLayout()
        self._changed.setSpacing(0)
        box.addLayout(self._changed)
        box.addStretch(1)
        return holder

    def _build_ladder(self) -> QWidget:
        """Complete actions by how far they are proved: claimed is told from proved."""
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(4))
        self._ladder_title = label("", size=16, bold=True)
        box.addWidget(self._ladder_title)
        row = QWidget()
        self._ladder = FlowLayout(6)
        row.setLayout(self._ladder)
        box.addWidget(row)
        self._ladder_holder = holder
        holder.hide()
        return holder

    def _show_ladder(self, found: list[counts.Figure]) -> None:
        if found == self._rungs:
            return
        self._rungs = found
        clear(self._ladder)
        self._ladder_holder.setVisible(any(f.value for f in found))
        self._ladder_title.setText(f"{how_many(sum(f.value for f in found), 'complete action')}: claimed, and how far proved")
        for figure in found:
            step = figure.label.lstrip("0123456789 ")  # the chips stand in their order; a number before the words would read as a count
            made = button(f"{step}: {figure.value:,}", lambda f=figure: self._open(f), kind="chip")
            made.setEnabled(figure.value > 0)
            made.setAccessibleName(f"{figure.value:,} complete actions: {step}. Open the list")
            self._ladder.addWidget(made)

    def _build_progress(self) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, theme.px(8), 0, 0)
        box.setSpacing(theme.px(8))
        box.addWidget(label("Progress of actions over time", size=16, bold=True, wrap=False))
        self._chart_place = QVBoxLayout()
        box.addLayout(self._chart_place)
        return holder

    # -- showing -----------------------------------------------------------------------------

    def load(self) -> None:
        """Count again, since a span ago, a day, or a board."""
        typed = self._since.currentText().strip()
        self.tasks.read(
            lambda s: (counts.overview(s, since_day(s, typed)), counts.progress_over_time(s)),
            lambda answer: self._show(*answer),
        )
        self.tasks.read(counts.ladder, self._show_ladder)

    def _show(self, found: counts.Overview, progress: list[tuple[date, dict[str, int]]]) -> None:
        if self._drawn == (found, progress, self._narrow_now):
            return  # news that changes nothing here: the focus stays
        self._drawn = (found, progress, self._narrow_now)
        self._found = found
        clear(self._totals)
        for figure in found.totals if not self._narrow_now else []:
            words = f"{figure.value:,} {figure.label.casefold()}"
            made = button(words, lambda f=figure: self._open(f), kind="quiet")
            self._totals.addWidget(made)
        clear(self._tiles)
        across = 2 if self._narrow_now else 4
        tiles = [FigureTile(figure) for figure in found.questions]
        room = (self.viewport().width() - theme.px(48) - (across - 1) * theme.px(16)) // across
        tallest = max(tile.height_for(room) for tile in tiles)
        for place, tile in enumerate(tiles):
            tile.setFixedHeight(tallest)
            tile.clicked.connect(lambda _=False, f=tile.figure: self._open(f))
            self._tiles.addWidget(tile, place // across, place % across)
        self._show_ratings()
        self._show_changed(found)
        self._show_progress(progress)

    def _show_ratings(self) -> None:
        found = getattr(self, "_found", None)
        if found is None:
            return
        self.bars.set_counts(found.ratings if self._of.currentIndex() == 0 else found.action_ratings)
        heads, rows = self.bars.as_table()
        self._table.setColumnCount(len(heads))
        self._table.setRowCount(len(rows))
        self._table.setHorizontalHeaderLabels(heads)
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setTextAlignment(
                    Qt.AlignmentFlag.AlignVCenter
                    | (Qt.AlignmentFlag.AlignLeft if c == 0 else Qt.AlignmentFlag.AlignRight)
                )
                self._table.setItem(r, c, item)
        self._table.setColumnWidth(0, theme.px(132))
        for c in range(1, len(heads)):
            self._table.setColumnWidth(c, theme.px(72))
        self._table.setFixedHeight(theme.px(36) * (len(rows) + 1))

    def _flip_table(self) -> None:
        on = self._table.isHidden()
        self._table.setVisible(on)
        self.bars.setVisible(not on)
        self._legend.setVisible(not on)
        self._as_table.setText("Show as chart" if on else "Show as table")

    def _show_changed(self, found: counts.Overview) -> None:
        clear(self._changed)
        for what, number in found.changed:
            made = button(
                f"{number:,} {KINDS[what].counted(number)}", lambda w=what: self.open_changes.emit(w, found.since), kind="quiet"
            )
            self._changed.addWidget(made)
        if not found.changed:
            self._changed.addWidget(
                label(
                    f"Nothing since {date_label(found.since.isoformat())}." if found.since else "", muted=True
                )
            )

    def _show_progress(self, progress: list[tuple[date, dict[str, int]]]) -> None:
        if progress == self._charted:  # a chart takes longer to make than the rest of the page
            return
        self._charted = progress
        clear(self._chart_place)
        if not any(by for _, by in progress):
            self._chart_place.addWidget(label(
                "No progress update has been received yet. A round of returns starts it.", muted=True
            ))  # fmt: skip
            self._chart_place.addWidget(
                button("Go to Returns", lambda: self.open_page.emit("returns"), kind="quiet"),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
            return
        keys = [s for s in ("complete", "in_progress", "not_started") if any(by.get(s) for _, by in progress)]
        if not keys:
            self._chart_place.addWidget(label(
                "No progress update so far says that an action is complete, in progress or not started.", muted=True
            ))  # fmt: skip
            return
        parts = [(k, ACTION_STATUS.label(k)) for k in keys]
        others = [sum(n for k, n in by.items() if k not in keys) for _, by in progress]
        table = PlainTable(("Quarter to", *(words for _, words in parts), *(("Other", "All") if any(others) else ("All",))), "Progress of actions over time")
        table.show_rows([
            [date_label(day.isoformat()), *(f"{by.get(k, 0):,}" for k, _ in parts), *([f"{other:,}"] if any(others) else []), f"{sum(by.values()):,}"]
            for (day, by), other in zip(reversed(progress), reversed(others), strict=True)
        ])  # fmt: skip
        if len(progress) >= LEAST_POINTS:
            from vawg_desktop.ui.widgets.progress_chart import ProgressChart

            self._chart_place.addWidget(ProgressChart(progress, parts))
        self._chart_place.addWidget(note("Today every action is counted. Earlier quarters count only actions with an update by then." + (" Other: proposed, not known, stopped or superseded." if any(others) else "")))
        self._chart_place.addWidget(table)

    def _open(self, figure: counts.Figure) -> None:
        if figure.query is not None:
            self.open_list.emit(figure.query, figure.label)
        else:
            self.open_page.emit("returns")

    def _on_bar(self, pillar: str, rating: str) -> None:
        entity = "recommendation" if self._of.currentIndex() == 0 else "action"
        words = f"{counts.pillar_label(pillar)}, {counts.rating_word(rating).casefold()}"
        where = (
            Where("pillar", pillar if pillar != "none" else "none"),
            Where("rating_opcc", rating.replace("_", " ")),
        )
        self.open_list.emit(ListQuery(entity, where=where), words)

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible():
            self.load()
