"""Coders compared: how far they agree, code by code, and the answers on which they differ, to be settled one after the other."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import answer_review, coding_counts, coding_desk, small_counts
from vawg_desktop.services.coding import Coded
from vawg_desktop.services.coding_counts import Counted, Difference, Measures
from vawg_desktop.services.coding_desk import View
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import copy_table
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice, fill
from vawg_desktop.ui.widgets.common import EmptyState, Section, button, label, scrolled
from vawg_desktop.ui.widgets.flow_layout import FlowLayout
from vawg_desktop.ui.widgets.plain_table import PlainTable

_EMPTY = "No coders to compare yet. Two people must have coded answers of one survey, on two copies that are merged or one after the other."
_HEADS = ("Code", "Answers", "Applied", "The same", "κ", "α")
#: So many differences are shown at once.
_SHOWN = 25
_EXPLAINED = (
    "The same: share of answers on which coders said the same. Cohen's κ and Krippendorff's α take away what would agree by chance: 1 is full agreement, 0 no more than chance. "
    "Applied: how often the code was applied where two coded; of a code that is seldom applied κ is low though coders agree on most answers. Unclear answers are not compared."
)


class CodersPage(QWidget):
    """Measures at the top, differences below; what coders agree on counts from then on."""

    open_record = Signal(str)
    open_page = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._survey = self._question = ""
        self.view, self.found = View(), Counted("")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(12), 0, theme.px(8))
        box.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, theme.px(16), 0)
        head.addWidget(label("Coders compared", size=24, bold=True, wrap=False))
        head.addStretch(1)
        self._copy = button("Copy", self.copy, tip="The measures as a table")
        head.addWidget(self._copy)
        head.addWidget(button("Go to Coding", lambda: self.open_page.emit("coding")))
        box.addLayout(head)
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(_EMPTY, "Go to Coding", lambda: self.open_page.emit("coding")))
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, theme.px(16), 0)
        grid.setHorizontalSpacing(theme.px(12))
        self.survey, self.question = Choice(), Choice()
        for place, (words, made, chosen) in enumerate((("Survey", self.survey, self._on_survey), ("Question", self.question, self._on_question))):
            name = label(words, muted=True, wrap=False)
            name.setBuddy(made)
            made.setAccessibleName(words)
            made.meant.connect(chosen)
            grid.addWidget(name, 0, place)
            grid.addWidget(made, 1, place)
            grid.setColumnStretch(place, 1)
        column.addLayout(grid)
        body = scrolled(column, spacing=8)
        self._sentence = label("", size=16, bold=True)
        body.addWidget(self._sentence)
        self._coders = label("", muted=True)
        body.addWidget(self._coders)
        self.table = PlainTable(_HEADS, "Agreement by code")
        body.addWidget(self.table)
        body.addWidget(label(_EXPLAINED, muted=True))
        self._differing = Section("On which coders differ")
        body.addWidget(self._differing)
        body.addStretch(1)
        self._stack.addWidget(inside)
        box.addWidget(self._stack, 1)
        tasks.changes_applied.connect(self._on_changes)

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the question's codings."""
        survey, question = self._survey, self._question

        def read(session: Session) -> tuple[View, Counted]:
            view = coding_desk.read(session, survey, question)
            return view, coding_counts.counted(session, view.answers, view.question) if view.answers is not None else Counted("")

        self.tasks.read(read, self._came)

    def _came(self, found: tuple[View, Counted]) -> None:
        self.view, self.found = found
        there = self.view.answers is not None and bool(self.found.coders)
        self._stack.setCurrentIndex(int(there))
        self._copy.setVisible(there)
        if self.view.answers is None or not there:
            return
        self._survey, self._question = str(self.view.answers.survey["id"]), self.view.question
        fill(self.survey, self.view.surveys, self._survey)
        fill(self.question, self.view.questions, self._question)
        overall = self.found.overall
        self._sentence.setText(
            f"{how_many(overall.texts, 'answer')} coded by more than one: {coding_counts.in_words(overall)}" if overall.texts else "No answer was coded by more than one coder yet."
        )
        self._coders.setText("   ".join([*(f"{name}: {count:,}" for name, count in self.found.coders.items()), *self.found.notes()]))
        self.table.show_rows(self._rows())
        self._show_differences()

    def _rows(self) -> list[list[str]]:
        return [[c.title, f"{c.count:,} of {self.found.base_of(c.id):,}", _percent(c.prevalence), *_told(c.agreed)] for c in self.found.codes]

    def _show_differences(self) -> None:
        section, waiting = self._differing, self.found.open_differences
        section.empty()
        section.set_count(len(waiting))
        texts = {x.text.response: x.text for x in self.view.lines}
        for one in waiting[:_SHOWN]:
            text = texts.get(one.response)
            if text is not None:
                section.body.addWidget(self._difference(one, text))
        settled = len(self.found.differences) - len(waiting)
        if len(waiting) > _SHOWN:
            section.body.addWidget(label(f"And {len(waiting) - _SHOWN:,} more.", muted=True))
        if settled:
            section.body.addWidget(label(f"{how_many(settled, 'difference')} settled: what was agreed on counts.", muted=True))
        if not self.found.differences:
            section.body.addWidget(label("None.", muted=True))

    def _difference(self, one: Difference, text: answer_review.Text) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(theme.px(8), theme.px(4), 0, theme.px(8))
        box.setSpacing(theme.px(4))
        words = label(text.shown if not text.concerns else f"May distress ({', '.join(text.concerns)}); read it at the desk.")
        box.addWidget(words)
        for name, coded in one.by_coder.items():
            box.addWidget(label(f"{name}: {self._codes(coded)}" + (f". {coded.memo}" if coded.memo else ""), muted=True))
        row = FlowLayout(6)
        for name, coded in one.by_coder.items():
            if coded.result != "unclear":
                made = button(f"As {name}", partial(self._settle, one.response, tuple(coded.codes)))
                made.setAccessibleName(f"Count it as {name} coded it: {self._codes(coded)}")
                row.addWidget(made)
        both = tuple(dict.fromkeys(c for coded in one.by_coder.values() for c in coded.codes))
        if len({tuple(sorted(c.codes)) for c in one.by_coder.values()} | {tuple(sorted(both))}) > len(one.by_coder):
            row.addWidget(button("All of these codes", partial(self._settle, one.response, both)))
        box.addLayout(row)
        return holder

    def _codes(self, coded: Coded) -> str:
        if coded.result != "coded":
            return coding_counts.NO_CODE if coded.result == "none" else coding_counts.UNCLEAR
        return ", ".join(self.found.titles.get(c, "?") for c in coded.codes)

    # -- acting ------------------------------------------------------------------------------

    def _settle(self, response: str, codes: tuple[str, ...]) -> None:
        desk = self.view.desk
        self.tasks.write(lambda s: coding_counts.agree(s, desk, response, codes), message="Settled; it counts so from now on.")

    def copy(self) -> None:
        """Put the measures on the clipboard as a table; of codes that few answers are under nothing is told."""
        least = self.tasks.fetch(lambda s: small_counts.least(s.read()))
        rows = [row if not small_counts.is_small(c.count, least) and not small_counts.is_small(self.found.base_of(c.id) - c.count, least) else [row[0], *["–"] * (len(row) - 1)] for row, c in zip(self._rows(), self.found.codes, strict=True)]
        copy_table(_HEADS, rows)
        messages.tell("Copied as a table." + (f" Counts under {least} were left out." if any(r[1] == "–" for r in rows) else ""))

    def show_record(self, survey: str) -> None:
        """Show a survey's coders, by its id."""
        self._survey, self._question = survey, ""
        self.load()

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and {"coding", "code", "answer_review", "survey", "survey_batch", "link"} & set(changes.entities):
            self.load()

    def _on_survey(self, place: int) -> None:
        self.show_record(str(self.survey.itemData(place)))

    def _on_question(self, place: int) -> None:
        self._question = str(self.question.itemData(place))
        self.load()


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.0f}%"


def _told(measures: Measures) -> list[str]:
    return [_percent(measures.percent), *("–" if math.isnan(v) else f"{v:.2f}" for v in (measures.kappa, measures.alpha))]


