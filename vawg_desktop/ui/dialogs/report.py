"""A report lands: its recommendations pasted, with their source, the bodies that respond and by when, for all of them at once and row by row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.entities import RECOMMENDATION
from vawg_desktop.domain.errors import AppError
from vawg_desktop.domain.terms import RECOMMENDATION_KIND, RESPONSE, SOURCE_KIND
from vawg_desktop.services.pasting import Pasted, Report, ReportRow, due_by_rule, read_report
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label, offer, scrolled

_NUMBER, _TITLE, _KIND, _BODIES, _DUE, _ANSWER = range(6)
_HEADS = ("No.", "Recommendation", "Kind", "Bodies", "Response due", "Response")


class ReportDialog(Form):
    """What holds for all of it above, the text beside, a line for each recommendation below. A cell that is typed in keeps its words."""

    def __init__(self, parent: QWidget, text: str, sources: Sequence[str], bodies: Sequence[str], filled: Report | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("A report with recommendations")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.px(24), theme.px(24), 0, theme.px(16))
        outer.setSpacing(theme.px(8))
        outer.addWidget(label("A report with recommendations", size=16, bold=True))
        box = scrolled(outer, spacing=6)
        self.source, self.published, self.due, self.bodies = (QLineEdit() for _ in range(4))
        self.source_kind, self.kind = Choice(), Choice()
        self.source_kind.addItem("Not said", "")
        for term in SOURCE_KIND:
            self.source_kind.addItem(term.label, term.key)
        for term in RECOMMENDATION_KIND:
            self.kind.addItem(term.label, term.key)
        for line, words, offered in ((self.source, "Its title, or empty", sources), (self.bodies, "With ; between several", bodies)):
            offer(line, offered)
            line.setPlaceholderText(words)
        self.published.setPlaceholderText("Such as 1 June 2026")
        self.due.setPlaceholderText("By the rule of the source's kind, or a date")
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(2))
        for place, (words, field) in enumerate((
            ("Source", self.source), ("Kind of source", self.source_kind), ("Published", self.published),
            ("Bodies that respond", self.bodies), ("Kind of recommendation", self.kind), ("Response due", self.due),
        )):  # fmt: skip
            name = label(words, muted=True)
            name.setBuddy(field)
            field.setAccessibleName(words)
            grid.addWidget(name, place // 3 * 2, place % 3)
            grid.addWidget(field, place // 3 * 2 + 1, place % 3)
        for column, stretch in enumerate((3, 2, 2)):
            grid.setColumnStretch(column, stretch)
        box.addLayout(grid)
        box.addWidget(label("Text: each paragraph, or each row from Excel, is one. A heading such as “Area for improvement 1:” gives its kind and number.", muted=True))
        self.paper = QPlainTextEdit(text)
        self.paper.setAccessibleName("Pasted text")
        self.paper.setTabChangesFocus(True)
        self.paper.setMinimumHeight(theme.px(96))
        box.addWidget(self.paper, 1)
        self.table = QTableWidget(0, len(_HEADS))
        self.table.setHorizontalHeaderLabels(list(_HEADS))
        self.table.setAccessibleName("Recommendations")
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.AnyKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.table.setMinimumHeight(theme.px(190))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(_TITLE, QHeaderView.ResizeMode.Stretch)
        for column, width in ((_NUMBER, 44), (_KIND, 130), (_BODIES, 130), (_DUE, 104), (_ANSWER, 120)):
            self.table.setColumnWidth(column, theme.px(width))
        box.addWidget(self.table, 2)
        self._told = label("", muted=True)
        box.addWidget(self._told)
        self.wrong = label("")
        self.wrong.setProperty("warn", True)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.px(8), theme.px(24), 0)
        foot.addWidget(self.wrong, 1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Add", self._done, kind="primary", tip="Ctrl+Enter")
        foot.addWidget(self.saves)
        outer.addLayout(foot)
        #: The cells that were typed in, by what their line says and by column: what holds for all does not write over them.
        self._own: dict[tuple[str, str, int, int], str] = {}
        self._filling = False
        self._rows: list[Pasted] = []
        if filled is not None:
            self._take(filled)
        self.paper.textChanged.connect(self._fill)
        self.table.itemChanged.connect(self._on_cell)
        for line in (self.published, self.due, self.bodies):
            line.textChanged.connect(lambda _: self._fill())
        for choice in (self.source_kind, self.kind):
            choice.currentIndexChanged.connect(lambda _: self._fill())
        self._fill()
        fit_screen(self, 980, 720)

    def _take(self, filled: Report) -> None:
        """Show what was typed before, where it could not be added."""
        self.source.setText(filled.source)
        self.published.setText(filled.published)
        self.source_kind.setCurrentIndex(max(0, self.source_kind.findData(filled.source_kind)))
        self._rows = [one.pasted for one in filled.rows]
        for row, one in enumerate(filled.rows):
            self._own |= {self._at(row, column): words for column, words in ((_BODIES, one.bodies), (_DUE, one.due), (_ANSWER, one.answer), (_KIND, RECOMMENDATION_KIND.label(one.kind)))}

    def _at(self, row: int, column: int) -> tuple[str, str, int, int]:
        """A cell by what its line says: a line put in above moves no answer to another. The third counts lines that say the same."""
        one = self._rows[row]
        return one.number, one.wording, sum(r == one for r in self._rows[:row]), column

    def first_field(self) -> QWidget:
        """The source where something was pasted, else the text."""
        return self.source if self.paper.toPlainText().strip() else self.paper

    def _due_for_all(self) -> str:
        typed = self.due.text().strip()
        if typed:
            return typed
        try:
            by_rule = due_by_rule(str(self.source_kind.currentData()), self.published.text())
        except AppError:  # half typed yet; it is told on adding
            return ""
        return date_label(by_rule) if by_rule else ""

    def _fill(self) -> None:
        """The lines as the text and what holds for all make them."""
        self.wrong.setText("")
        self._rows = read_report(self.paper.toPlainText())
        due, bodies = self._due_for_all(), self.bodies.text().strip()
        self._filling = True
        self.table.setRowCount(len(self._rows))
        for row, one in enumerate(self._rows):
            kind = RECOMMENDATION_KIND.label(one.kind or str(self.kind.currentData()))
            for column, words in ((_NUMBER, one.number), (_TITLE, one.title), (_KIND, kind), (_BODIES, bodies), (_DUE, due), (_ANSWER, "")):
                item = QTableWidgetItem(self._own.get(self._at(row, column), words))
                item.setToolTip(one.wording if column == _TITLE else item.text())
                if column in (_NUMBER, _TITLE):
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.table.setItem(row, column, item)
        self._filling = False
        count = len(self._rows)
        self._told.setText(f"{RECOMMENDATION.how_many(count)}. Type in a cell to say otherwise for one: a response such as “{RESPONSE.label('in_part')}”, or “Kent Police: {RESPONSE.label('in_part').casefold()}”." if count else "Paste the report's recommendations above.")
        if self.saves is not None:
            self.saves.setText(f"Add {count}" if count else "Add")
            self.saves.setEnabled(bool(count))

    def _on_cell(self, item: QTableWidgetItem) -> None:
        if not self._filling:
            self._own[self._at(item.row(), item.column())] = item.text()

    def _cell(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text().strip() if item is not None else ""

    def _done(self) -> None:
        if not self._rows:
            return
        try:
            due_by_rule(str(self.source_kind.currentData()), self.published.text())
        except AppError as error:
            self.wrong.setText(error.message)
            self.published.setFocus()
            return
        for row in range(len(self._rows)):
            if RECOMMENDATION_KIND.find(self._cell(row, _KIND)) is None:
                self.wrong.setText(f"“{self._cell(row, _KIND)}” is not a kind of recommendation; there are {', '.join(RECOMMENDATION_KIND.labels())}.")
                self.table.setCurrentCell(row, _KIND)
                return
        self.accept()

    def report(self) -> Report:
        """What was typed."""
        rows = [
            ReportRow(one, term.key if (term := RECOMMENDATION_KIND.find(self._cell(row, _KIND))) is not None else "", self._cell(row, _BODIES), self._cell(row, _DUE), self._cell(row, _ANSWER))
            for row, one in enumerate(self._rows)
        ]  # fmt: skip
        return Report(self.source.text().strip(), str(self.source_kind.currentData()), self.published.text().strip(), rows)
