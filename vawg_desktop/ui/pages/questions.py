"""The questions that matter, each with its count and what answers it: records with nothing behind them, nothing that follows or no owner."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from vawg_desktop.domain.changes import Changes
from vawg_desktop.services import journey, portfolio, questions, restriction
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import copy_table
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import all_button, button, clear, label
from vawg_desktop.ui.widgets.place_kept import PLACE

#: So many records of a question are shown at once; a button shows the rest.
_SHOWN = 8
_NOTE = "Records with nothing behind them, nothing that follows or no owner. Press a question to see them."
_CONCERNED = frozenset({"gap", "recommendation", "action", "evidence", "update", "service", "closure_test", "journey_stage", "need", "link"})


class QuestionsPage(QScrollArea):
    """Each question with its number; a number opens the records that it counts."""

    open_record = Signal(str)
    open_page = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._answers: questions.Answers | None = None
        #: Everybody's answers, and the records of one's own portfolio.
        self._read: tuple[questions.Answers, Collection[str]] = (questions.Answers(), ())
        self._open: set[str] = set()
        self._whole: set[str] = set()
        self._wanted = ""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Questions")
        page = QWidget()
        page.setMaximumWidth(theme.px(1080))
        column = QVBoxLayout(page)
        column.setContentsMargins(theme.px(24), theme.px(16), theme.px(24), theme.px(24))
        column.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.addWidget(label("Questions", size=24, bold=True, wrap=False))
        head.addStretch(1)
        self._everybody = button("Everybody's", self._show_read, kind="chip", tip="Or what touches your portfolio alone")
        self._everybody.setCheckable(True)
        self._everybody.setChecked(True)
        self._everybody.hide()
        head.addWidget(self._everybody)
        head.addWidget(button("Copy", self.copy_answers, tip="Copy every question with what answers it as a table"))
        column.addLayout(head)
        self._note = label(_NOTE, muted=True)
        column.addWidget(self._note)
        self._body = QVBoxLayout()
        self._body.setSpacing(theme.px(4))
        column.addLayout(self._body)
        column.addStretch(1)
        self.setWidget(page)
        tasks.changes_applied.connect(self._on_changes)
        for number in range(1, len(questions.QUESTIONS) + 1):
            QShortcut(QKeySequence(str(number % 10)), self, partial(self._turn_number, number), context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _turn_number(self, number: int) -> None:
        """The number key of a question shows what answers it, and goes there."""
        question = questions.QUESTIONS[number - 1]
        if self._answers is not None and self._answers.count(question.key):
            self._turn(question.key)
            self._go_to(question.key)

    def show_record(self, key: str) -> None:
        """Open one question and no other, by its key; ``KEY/mine`` shows what of it touches one's own portfolio."""
        key, _, whose = key.partition("/")
        self._open = {key}
        self._wanted = key
        self._everybody.setChecked(whose != "mine")
        if self._answers is not None:
            self._show_read()

    def _go_to(self, key: str) -> None:
        for made in self.findChildren(QPushButton):
            if made.property(PLACE) == key:
                made.setFocus()
                self.ensureWidgetVisible(made)

    def load(self) -> None:
        """Ask every question anew."""
        self.tasks.read(lambda s: (questions.ask(s), portfolio.records_of(s)), self._came)

    def _came(self, answer: tuple[questions.Answers, Collection[str]]) -> None:
        self._read = answer
        self._everybody.setVisible(bool(answer[1]))
        self._show_read()

    def _show_read(self) -> None:
        answers, own = self._read
        mine = self._narrowed()
        self._note.setText(f"Your portfolio alone. {_NOTE}" if mine else _NOTE)
        self._show(questions.of_portfolio(answers, own) if mine else answers)

    def _narrowed(self) -> bool:
        """Whether only what touches one's own portfolio is counted here."""
        return bool(self._read[1]) and not self._everybody.isChecked()

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and _CONCERNED & set(changes.entities):
            self.load()

    def _show(self, answers: questions.Answers) -> None:
        self._answers = answers
        clear(self._body)
        for place, question in enumerate(questions.QUESTIONS, 1):
            self._add(question, answers, place)
        if self._wanted:
            wanted, self._wanted = self._wanted, ""
            self._go_to(wanted)

    def _add(self, question: questions.Question, answers: questions.Answers, place: int) -> None:
        count, opened = answers.count(question.key), question.key in self._open
        row = QHBoxLayout()
        number = label(f"{count:,}", size=20, bold=True, muted=not count, wrap=False)
        number.setFixedWidth(theme.px(72))
        row.addWidget(number)
        asks = button(question.asks, partial(self._turn, question.key), kind="row", tip=question.matters)
        asks.setProperty(PLACE, question.key)
        asks.setAccessibleName(f"{question.asks}: {count:,}. {'Shown below' if opened else 'Press to show'}")
        asks.setEnabled(count > 0)
        row.addWidget(asks, 1)
        row.addWidget(label(f"Press {place % 10}", muted=True, wrap=False))
        self._body.addLayout(row)
        if opened and count:
            self._body.addWidget(self._listed(question, answers))

    def _listed(self, question: questions.Question, answers: questions.Answers) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(theme.px(80), 0, 0, theme.px(8))
        box.setSpacing(theme.px(2))
        box.addWidget(label(question.matters, muted=True))
        lines = _lines(question, answers)
        for words, record in lines if question.key in self._whole else lines[:_SHOWN]:
            go = partial(self.open_record.emit, record) if record else partial(self.open_page.emit, "journey")
            box.addWidget(button(words, go, kind="row", tip=words))
        if len(lines) > _SHOWN and question.key not in self._whole:
            box.addWidget(all_button(len(lines), partial(self._show_whole, question.key)))
        return holder

    def _turn(self, key: str) -> None:
        self._open ^= {key}
        if self._answers is not None:
            self._show(self._answers)

    def _show_whole(self, key: str) -> None:
        self._whole.add(key)
        if self._answers is not None:
            self._show(self._answers)

    def copy_answers(self) -> None:
        """Put every question with what answers it on the clipboard; of records that do not leave, their references."""
        answers = self._answers
        if answers is None:
            return

        def copy(closed: set[str]) -> None:
            rows = [[q.asks, words] for q in questions.QUESTIONS for words, _ in _lines(q, answers, closed)]
            copy_table(["Question, of one portfolio alone" if self._narrowed() else "Question", "What answers it"], rows)
            messages.tell("The questions were copied as a table.")

        self.tasks.read(lambda s: restriction.restricted(s, {n.id for found in answers.found.values() for n in found}), copy)


def _lines(question: questions.Question, answers: questions.Answers, closed: Collection[str] = ()) -> list[tuple[str, str]]:
    """What answers a question, in words, with the id of each record; a place on the map has none. Of those that are ``closed`` no title is told."""
    if question.key == "cells_without_owner":
        return [(_place(c), "") for c in answers.cells]
    return [(f"{n.reference}  {'Restricted' if n.id in closed else n.title}{'  (over)' if n.passed else ''}", n.id) for n in answers.found[question.key]]


def _place(cell: journey.Cell) -> str:
    return f"{cell.row.title}, {cell.column.title}: {', '.join(g.reference for g in cell.open)}"
