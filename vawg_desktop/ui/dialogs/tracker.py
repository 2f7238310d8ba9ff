"""Import a tracker: what would happen, its questions to answer and its columns to correct, then the import itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from vawg_desktop.domain.errors import AppError, Problem
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import trackers
from vawg_desktop.services.trackers import Imported
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, clear, fit_screen, label

SHOWN = 60
#: Of so many problems that are alike these are shown; of fewer than ``MANY_ALIKE`` all.
FEW_ALIKE, MANY_ALIKE = 3, 8
#: What each kind of question is about, in the order in which they are worth answering.
_KINDS = {
    "personal_data": "Words that may be a person's data", "struck_out": "Words that are struck out",
    "which_is_latest": "Columns that appear twice", "two_columns": "Two columns for one thing", "other_list": "Rows with another owner than before",
    "other_words": "Numbers whose words have changed", "same_words": "Rows that may be records you have", "number_only": "Numbers without words",
    "date_order": "Dates of two orders", "half_turned": "Day and month may be swapped", "owner_unclear": "Unclear owners",
    "new_partner": "Owners not known yet", "not_understood": "Words we could not read",
    "colour_only": "Colours without a word", "colour_and_word": "Colours that disagree with the words",
}  # fmt: skip


#: What the first choice of a kind means wherever its words name another record each time.
_FIRST = {"other_words": "The same in all of these", "same_words": "The first one named, in all of these", "other_list": "The same in all of these: their owner changed"}
_THE_FIRST = "*first"


@dataclass(frozen=True, slots=True)
class TrackerWanted:
    """How to bring a tracker in: what each column is, and what was answered."""

    mapping: dict[str, str | None]
    answers: dict[str, str]


#: How wide the dialog has to be for the tray to stand beside the questions, and not under them.
_WIDE = 900


def _scrolled(into: QHBoxLayout, stretch: int) -> QVBoxLayout:
    """A page that scrolls up and down only, put into a row of pages; returns its layout."""
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    page = QWidget()
    inside = QVBoxLayout(page)
    inside.setContentsMargins(0, 0, theme.px(12), 0)
    inside.setSpacing(theme.px(8))
    scroll.setWidget(page)
    into.addWidget(scroll, stretch)
    return inside


class TrackerDialog(Form):
    """Shows a dry run; questions are answered and columns corrected before anything is written."""

    def __init__(self, parent: QWidget, tasks: Tasks, path: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import a tracker")
        self._tasks, self._path = tasks, path
        self._targets = trackers.column_targets()
        self._combos: dict[str, Choice] = {}
        self._choices: dict[str, Choice] = {}
        self._answers: dict[str, str] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label(f"Import {path.name}", size=16, bold=True))
        self._summary = label("Reading the file …")
        box.addWidget(self._summary)
        fit_screen(self, 1120, 680)
        beside = self.width() >= theme.px(_WIDE)
        pages = QHBoxLayout()
        pages.setSpacing(theme.px(24))
        inside = _scrolled(pages, 3)
        self._questions = QVBoxLayout()
        self._questions.setSpacing(theme.px(8))
        inside.addLayout(self._questions)
        self._heading = label("What each column is", bold=True)
        inside.addWidget(self._heading)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(4))
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 2)
        inside.addLayout(self._grid)
        aside = _scrolled(pages, 2) if beside else inside
        self._asked = QVBoxLayout()
        aside.addLayout(self._asked)
        self._tray = QVBoxLayout()
        aside.addLayout(self._tray)
        for page in {id(x): x for x in (inside, aside)}.values():
            page.addStretch(1)
        box.addLayout(pages, 1)
        row = QHBoxLayout()
        self._again = button("Preview with these answers", self.look)
        row.addWidget(self._again)
        row.addStretch(1)
        row.addWidget(button("Cancel", self.reject))
        self._go = button("Import", self.accept, kind="primary")
        row.addWidget(self._go)
        self.saves = self._go
        box.addLayout(row)
        self.look()

    def wanted(self) -> TrackerWanted:
        """Columns and answers as they stand in the dialog."""
        mapping = {head: (str(combo.currentData()) or None) for head, combo in self._combos.items()}
        chosen = {id: str(c.currentData()) for id, c in self._choices.items() if c.currentData()}
        return TrackerWanted(mapping, {**self._answers, **chosen})

    def look(self) -> None:
        """Try it without writing, off the window's thread, and show what it would do."""
        wanted = self.wanted()
        self._answers = wanted.answers
        self._again.setEnabled(False)
        self._go.setEnabled(False)
        self._summary.setText("Reading the file …")
        self._tasks.write(
            lambda s: trackers.import_tracker(s, self._path, mapping=wanted.mapping, answers=wanted.answers, dry_run=True),
            then=self._show, failed=self._failed,
        )  # fmt: skip

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, AppError):
            self._summary.setText(error.message)
        else:
            messages.failed(error)

    def _show(self, done: Imported) -> None:
        self._again.setEnabled(True)
        self._go.setEnabled(done.created + done.updated > 0)
        asked = {p.id: p for p in done.problems if p.choices}
        waits = f" {how_many(len(asked), 'question')} to answer: nothing that is asked about is written until then." if asked else ""
        self._summary.setText(
            f"Would add {how_many(done.created, 'record')}, change {done.updated} and leave {done.unchanged} as they are. "
            f"{how_many(len(done.tray), 'cell')} would be kept as unmatched items.{waits}"
        )
        self._show_questions(list(asked.values()), done.problems)
        self._show_columns(done)
        self._show_problems([p for p in done.problems if not p.choices])
        self._show_tray(done.tray)
        self._before = self.state()
        first = next(iter(self._choices.values()), self._go)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_questions(self, asked: list[Problem], every: list[Problem]) -> None:
        """Questions by kind; one that is about many cells is asked once, with how many they are."""
        clear(self._questions)
        self._choices = {}
        order = {code: n for n, code in enumerate(_KINDS)}
        code = ""
        for one in sorted(asked, key=lambda p: order.get(p.code, 99))[:SHOWN]:
            if one.code != code:
                code = one.code
                self._head_kind(code, [p for p in asked if p.code == code])
            cells = [p for p in every if p.id == one.id]
            place = f"{one.sheet}!{one.cell}" + (f" and {len(cells) - 1} more" if len(cells) > 1 else "")
            self._questions.addWidget(label(f"{place}: {one.message}"))
            combo = Choice()
            combo.setAccessibleName(f"Answer: {one.message}")
            combo.addItem("Not answered: leave it unwritten", "")
            for choice, words in one.choices:
                combo.addItem(words, choice)
            combo.setCurrentIndex(max(0, combo.findData(self._answers.get(one.id, ""))))
            combo.setProperty("kind", one.code)
            self._questions.addWidget(combo)
            self._choices[one.id] = combo
        if len(asked) > SHOWN:
            self._questions.addWidget(label(f"… and {len(asked) - SHOWN} more; they are shown once these are answered.", muted=True))

    def _head_kind(self, code: str, alike: list[Problem]) -> None:
        """The heading of one kind of question and, where several can be answered the same way, one choice for all of them."""
        line = QHBoxLayout()
        line.addWidget(label(f"{_KINDS.get(code, 'To be answered')} ({len(alike)})", bold=True), 1)
        same = {words for _, words in alike[0].choices}.intersection(*({w for _, w in p.choices} for p in alike))
        first = _FIRST.get(code, "")
        if len(alike) > 1 and (same or first):
            every = Choice()
            every.setAccessibleName(f"Answer all {len(alike)} alike: {_KINDS.get(code, '')}")
            every.addItem("One by one", "")
            if first:
                every.addItem(first, _THE_FIRST)
            for words in sorted(same):
                every.addItem(words, words)
            every.activated.connect(self._answer_alike)
            every.setProperty("kind", code)
            line.addWidget(every)
        self._questions.addLayout(line)

    def _answer_alike(self) -> None:
        """Put one answer to every question of a kind that is shown; each can still be changed."""
        every = self.sender()
        assert isinstance(every, Choice)
        wanted, code = str(every.currentData() or ""), str(every.property("kind"))
        for combo in (c for c in self._choices.values() if c.property("kind") == code):
            at = 1 if wanted == _THE_FIRST else max(0, combo.findText(wanted)) if wanted else 0
            combo.setCurrentIndex(at)

    def _show_tray(self, tray: list[dict[str, str]]) -> None:
        """What would be kept beside the records, with its place and why."""
        clear(self._tray)
        if tray:
            self._tray.addWidget(label(f"Unmatched items ({len(tray):,})", bold=True))
        for one in tray[:SHOWN]:
            place = f"{one['sheet']}!{one['cell']}" if one["cell"] else one["sheet"]
            self._tray.addWidget(label(f"{place}: {one['text'][:160]} ({one['why']})", muted=True))
        if len(tray) > SHOWN:
            self._tray.addWidget(label(f"… and {len(tray) - SHOWN:,} more.", muted=True))

    def _show_columns(self, done: Imported) -> None:
        clear(self._grid)
        self._combos = {}
        for row, (head, target) in enumerate(done.mapping.items()):
            name = label(head)
            combo = Choice()
            combo.setAccessibleName(f"Column {head} is")
            combo.addItem("Keep as an unmatched item", "")
            for key, words in self._targets.items():
                combo.addItem(words, key)
            combo.setCurrentIndex(max(0, combo.findData(target or "")))
            name.setBuddy(combo)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(combo, row, 1)
            means = [self._targets.get(m, m) for m in done.did_you_mean.get(head, [])]
            if means:
                self._grid.addWidget(
                    label("Did you mean " + " or ".join(means[:2]) + "?", muted=True), row, 2
                )
            self._combos[head] = combo

    def _show_problems(self, problems: list[Problem]) -> None:
        clear(self._asked)
        if problems:
            self._asked.addWidget(label("To look at", bold=True))
        alike: dict[str, list[Problem]] = {}
        for one in problems:
            alike.setdefault(one.code, []).append(one)
        for some in alike.values():  # of many that are alike the first few are enough to see what it is
            for line in trackers.problems_in_words(some[: len(some) if len(some) <= MANY_ALIKE else FEW_ALIKE]):
                self._asked.addWidget(label(line))
            if len(some) > MANY_ALIKE:
                self._asked.addWidget(label(f"… and {len(some) - FEW_ALIKE:,} more like it.", muted=True))

    @classmethod
    def ask(cls, parent: QWidget, tasks: Tasks, path: Path) -> TrackerWanted | None:
        """How to import it, or None if the person left."""
        dialog = cls(parent.window(), tasks, path)
        wanted = dialog.wanted() if dialog.run() else None
        dialog.deleteLater()
        return wanted
