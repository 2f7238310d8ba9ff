"""Survey results: the questions at the left, the chosen one counted at the right, with a bar for each share; by another question or by wave."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPen, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLayout,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.services import records, small_counts, survey_figures, survey_results, surveys
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.services.survey_results import Group, Result
from vawg_desktop.services.surveys import Answers
from vawg_desktop.ui import survey_taking
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import PAPER_KINDS, copy_table, save_document
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice, fill
from vawg_desktop.ui.widgets.common import EmptyState, RowButton, button, clear, label, scroll_over, set_style
from vawg_desktop.ui.widgets.place_kept import PLACE

Index = QModelIndex | QPersistentModelIndex
#: Below this width at 100 % the list of questions is narrow.
_NARROW = 760
#: In a page lower than this, at 100%, questions are chosen from a list that opens and not from one that stands beside the answers.
_LOW = 420
_SHARE = Qt.ItemDataRole.UserRole


class ResultModel(QAbstractTableModel):
    """Answers by groups: "38% (112)" in each cell, a dash where it is hidden; the base below, and the net score where there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.result: Result | None = None

    def show_result(self, result: Result | None) -> None:
        self.beginResetModel()
        self.result = result
        self.endResetModel()

    @property
    def _groups(self) -> list[Group]:
        return self.result.groups if self.result is not None else []

    def _has_net(self) -> bool:
        return any(g.net is not None for g in self._groups)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own way)
        return 0 if parent.isValid() or self.result is None else len(self.result.choices) + 1 + self._has_net()

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._groups) + 1

    def words(self, row: int, column: int) -> str:
        """A cell as it reads."""
        assert self.result is not None
        choices = self.result.choices
        if not column:
            return choices[row] if row < len(choices) else "Answered" if row == len(choices) else "Net score"
        group = self._groups[column - 1]
        if row < len(choices):
            percent = group.percent(row)
            return "–" if percent is None else f"{percent:.0f}% ({survey_results.told(group.counts[row])})"
        if row == len(choices):
            return survey_results.told(group.base)
        return "–" if group.net is None else f"{group.net:+.0f}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.words(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.words(row, 0) if not column else f"{self.words(row, 0)}, {self._groups[column - 1].name}: {self.words(row, column).replace('–', 'not shown')}"
        if role == _SHARE and column and self.result is not None and row < len(self.result.choices):
            return self._groups[column - 1].percent(row)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return "Answer" if not section else self._groups[section - 1].name
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Headings and rows, to be copied."""
        heads = ["Answer", *(g.name for g in self._groups)]
        return heads, [[self.words(r, c) for c in range(self.columnCount())] for r in range(self.rowCount())]


class _BarDelegate(QStyledItemDelegate):
    """A share as a bar behind its words."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        c = theme.colours
        box: QRect = option.rect  # type: ignore[attr-defined]
        picked = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        painter.save()
        painter.fillRect(box, QColor(c.surface))
        share = index.data(_SHARE)
        if isinstance(share, float) and share:
            bar = QRect(box.left(), box.top() + theme.px(5), max(1, round((box.width() - theme.px(8)) * share / 100)), box.height() - theme.px(10))
            painter.fillRect(bar, QColor(c.soft))
            painter.fillRect(QRect(bar.left(), bar.bottom() - theme.px(2), bar.width(), theme.px(3)), QColor(c.accent))
        if picked:  # by its edge: a coloured ground would look like a bar of everybody
            painter.setPen(QPen(QColor(c.accent), theme.px(2)))
            painter.drawRect(box.adjusted(1, 1, -theme.px(2), -theme.px(2)))
        painter.setPen(QPen(QColor(c.line), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        model = index.model()
        foot = isinstance(model, ResultModel) and model.result is not None and index.row() >= len(model.result.choices)
        painter.setFont(theme.font(bold=foot))
        painter.setPen(QColor(c.text))
        words = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, box.width() - theme.px(12))
        painter.drawText(box.adjusted(theme.px(6), 0, -theme.px(6), 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.restore()


class SurveyResultsPage(QWidget):
    """Up and down walk the answers, F makes the number that is chosen a figure."""

    open_record = Signal(str)
    open_page = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._answers: Answers | None = None
        self._survey, self._question, self._least = "", "", 0
        self._surveys: list[tuple[str, str]] = []
        self._buttons: dict[str, RowButton] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(12), theme.px(16), theme.px(8))
        box.setSpacing(theme.px(8))
        box.addLayout(self._build_head())
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState("No survey yet. Import a survey's file to see its results question by question.", "Import a survey's file …", self.take_in))
        found = QWidget()
        inside = QVBoxLayout(found)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(8))
        inside.addLayout(self._build_scope())
        inside.addLayout(self._build_found(), 1)
        self._stack.addWidget(found)
        box.addWidget(self._stack, 1)
        QShortcut(QKeySequence("F"), self.table, self.make_figure, context=Qt.ShortcutContext.WidgetShortcut)
        tasks.changes_applied.connect(self._on_changes)

    # -- building ----------------------------------------------------------------------------

    def _build_head(self) -> QLayout:
        row = QHBoxLayout()
        row.addWidget(label("Results", size=24, bold=True, wrap=False))
        row.addStretch(1)
        row.addWidget(button("Import a file …", self.take_in, tip="A survey's file: from SmartSurvey, SurveyMonkey, Microsoft Forms, Qualtrics, LimeSurvey, Kobo, SPSS, or any table"))
        self._out = [
            button("Make a figure", self.make_figure, tip="F; the chosen number as the office quotes it, with its definition and base"),
            button("Copy", self.copy_result, tip="The result shown, as a table; small counts are left out"),
            button("Save as …", self.save, tip="Every question of the survey, as a document"),
        ]  # fmt: skip
        for made in self._out:
            row.addWidget(made)
        return row

    def _build_scope(self) -> QLayout:
        grid = self._grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(2))
        self.survey, self.question, self.by, self.wave = Choice(), Choice(), Choice(), Choice()
        self._asks = []
        asked = (("Survey", self.survey, self._on_survey), ("Question", self.question, self._on_question), ("Broken down by", self.by, self._on_scope), ("Wave", self.wave, self._on_scope))
        for column, (words, made, chosen) in enumerate(asked):
            name = label(words, muted=True, wrap=False)
            name.setBuddy(made)
            made.setAccessibleName(words)
            made.meant.connect(chosen)
            grid.addWidget(name, 0, column)
            grid.addWidget(made, 1, column)
            grid.setColumnStretch(column, 1)
            self._asks.append(name)
        return grid

    def _build_found(self) -> QLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(16))
        holder = QWidget()
        self._left = QVBoxLayout(holder)
        self._left.setContentsMargins(0, 0, 0, 0)
        self._left.setSpacing(theme.px(2))
        self._list = scroll_over(holder, "Questions")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row.addWidget(self._list)
        right = QVBoxLayout()
        right.setSpacing(theme.px(6))
        self._wording = label("", size=16, bold=True)
        self._sentence = label("", muted=True)
        right.addWidget(self._wording)
        right.addWidget(self._sentence)
        self.model = ResultModel()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setItemDelegate(_BarDelegate(self.table))
        self.table.setObjectName("results")
        self.table.setAccessibleName("Answers")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setAccessibleName("Groups")
        self.table.verticalHeader().setDefaultSectionSize(theme.px(32))
        right.addWidget(self.table, 1)
        self._notes = label("", muted=True)
        right.addWidget(self._notes)
        row.addLayout(right, 1)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < theme.px(_LOW)
        self._list.setFixedWidth(theme.px(180 if self.width() < theme.px(_NARROW) else 300))
        self._list.setVisible(not low)
        for one in (self.question, self._asks[1]):
            one.setVisible(low)
        self._grid.setColumnStretch(1, 2 * low)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """The answers are as wide as a third of the table; groups share the rest, as long as each can be read."""
        head, groups = self.table.horizontalHeader(), self.model.columnCount() - 1
        if groups < 1:
            return
        room = max(theme.px(300), self.table.viewport().width())
        first = min(theme.px(280), room // 3 if groups < 3 else room // 4)
        fit = (room - first) // groups >= theme.px(124)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.setColumnWidth(0, first)
        for column in range(1, groups + 1):
            if fit:
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            else:
                self.table.setColumnWidth(column, theme.px(124))

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the surveys, and the answers of the one that is chosen."""
        wanted = self._survey

        def read(session: Session) -> tuple[list[tuple[str, str]], Answers | None, int]:
            rows = plain_rows(session.read(), "SELECT id, title FROM survey WHERE NOT deleted ORDER BY n DESC", ())
            known = [(str(r["id"]), str(r["title"])) for r in rows]
            chosen = next((i for i, _ in known if i == wanted), known[0][0] if known else "")
            return known, surveys.answers(session, chosen) if chosen else None, min(small_counts.INSIDE, small_counts.least(session.read()))

        self.tasks.read(read, self._came)

    def show_record(self, id: str) -> None:
        """Show a survey's results, by its id."""
        self._survey = id
        self.load()

    def _came(self, found: tuple[list[tuple[str, str]], Answers | None, int]) -> None:
        self._surveys, self._answers, self._least = found
        self._stack.setCurrentIndex(int(self._answers is not None))
        for made in self._out:
            made.setVisible(self._answers is not None)
        if self._answers is None:
            return
        self._survey = str(self._answers.survey["id"])
        fill(self.survey, self._surveys, self._survey)
        fill(self.by, [("", "Nothing"), *survey_results.breakdowns(self._answers)], str(self.by.currentData() or ""))
        fill(self.wave, [("", "Every wave"), *((w, w) for w in self._answers.waves if w)], str(self.wave.currentData() or ""))
        several = len(self._answers.waves) > 1
        self.wave.setVisible(several)
        self._asks[3].setVisible(several)
        self._grid.setColumnStretch(3, int(several))
        self._show_questions()

    def _show_questions(self) -> None:
        assert self._answers is not None
        clear(self._left)
        self._buttons = {}
        for question in self._answers.questions:
            id = str(question["id"])
            made: Any = button(" ".join(str(question["wording"]).split()), partial(self.choose, id), kind="row")
            made.setProperty(PLACE, id)
            self._buttons[id] = made
            self._left.addWidget(made)
        self._left.addStretch(1)
        if self._question not in self._buttons:
            self._question = next((str(q["id"]) for q in self._answers.questions if q["kind"] in survey_results.COUNTED), next(iter(self._buttons), ""))
        fill(self.question, [(str(q["id"]), " ".join(str(q["wording"]).split())) for q in self._answers.questions], self._question)
        self.choose(self._question)

    def choose(self, question: str) -> None:
        """Show a question's answers."""
        self._question = question
        for id, made in self._buttons.items():
            set_style(made, current=id == question)
        self.question.setCurrentIndex(max(0, self.question.findData(question)))
        answers = self._answers
        if answers is None or not question:
            return
        by, wave, least = str(self.by.currentData() or ""), str(self.wave.currentData() or "") or None, self._least
        self.tasks.read(lambda s: survey_results.result(s, answers, question, by="" if by == question else by, wave=wave, least=least), partial(self._show, question))

    def _show(self, question: str, result: Result) -> None:
        if question != self._question:
            return
        self._wording.setText(str(result.question["wording"]))
        self._sentence.setText(result.sentence().removeprefix(str(result.question["wording"])).strip())
        self.model.show_result(result)
        self._notes.setText(" ".join(result.notes))
        self._notes.setVisible(bool(result.notes))
        self._fit_columns()
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 1))

    def _on_survey(self, place: int) -> None:
        self.show_record(str(self.survey.itemData(place)))

    def _on_question(self, place: int) -> None:
        self.choose(str(self.question.itemData(place)))

    def _on_scope(self, _: int) -> None:
        self.choose(self._question)

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and {"survey", "survey_question", "survey_batch", "setting"} & set(changes.entities):
            self.load()

    # -- in and out --------------------------------------------------------------------------

    def take_in(self) -> None:
        """Choose a survey's file and take it in."""
        survey_taking.choose(self, self.tasks)

    def make_figure(self) -> None:
        """The chosen number as a figure, with its definition, base and where it comes from."""
        index, result = self.table.currentIndex(), self.model.result
        if result is None or index.column() < 1 or index.row() >= len(result.choices):
            messages.tell("Choose a share in the table first.")
            return
        group, answer, wave, survey = result.groups[index.column() - 1].name, result.choices[index.row()], str(self.wave.currentData() or "") or None, self._survey

        def work(session: Session) -> Changes:
            outside = survey_results.result(session, surveys.answers(session, survey), str(result.question["id"]), by=result.by, wave=wave)
            return records.create(session, "figure", survey_figures.figure_of(session, outside, group, answer, wave))[1]

        self.tasks.write(work, message="Kept as a figure.")

    def copy_result(self) -> None:
        """Put the result on the clipboard, counted as it may leave the office."""
        shown, answers = self.model.result, self._answers
        if shown is None or answers is None:
            return
        wave = str(self.wave.currentData() or "") or None
        outside = self.tasks.fetch(lambda s: survey_results.result(s, answers, str(shown.question["id"]), by=shown.by, wave=wave))
        model = ResultModel()
        model.show_result(outside)
        copy_table(*model.table())
        messages.tell("Copied as a table." + (f" Counts under {outside.least} were left out." if outside.hidden else ""))

    def save(self) -> None:
        """Save every question of the survey as a document."""
        answers = self._answers
        if answers is None:
            return
        by, wave, survey = str(self.by.currentData() or ""), str(self.wave.currentData() or "") or None, self._survey
        save_document(self, self.tasks, str(answers.survey["title"]), lambda s: survey_results.document(s, survey, by=by, wave=wave), kinds=PAPER_KINDS)
