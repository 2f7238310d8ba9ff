"""The coding desk: answers in people's own words at the left, the chosen one at the right; looked at, then put under codes, by keyboard.

Enter signs an answer off as it is shown, and goes on from one that was; a code's key puts it under the code or takes it from there. What is
pressed is written at once, and only the answers it changed are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLayout,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.identifying import Passage
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import answer_review, coding, coding_desk
from vawg_desktop.services.coding import Line
from vawg_desktop.services.coding_desk import View
from vawg_desktop.services.session import Session
from vawg_desktop.ui import codebook_acts, survey_taking
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.models.coding_model import CODES, STATE, WORDS, CodingModel
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.coding_answer import AnswerPane, key_name
from vawg_desktop.ui.widgets.coding_scope import CodingScope
from vawg_desktop.ui.widgets.common import EmptyState, button, label, scroll_over
from vawg_desktop.ui.widgets.two_panes import TwoPanes

_EMPTY = "No answers to code yet. Import a survey that asks a question in words."
_FIND_MS = 120
Writing = Callable[[Session], Changes]
_KINDS = frozenset({"survey", "survey_question", "survey_batch", "coding", "answer_review", "code", "codebook", "link", "survey_response"})


class CodingPage(QWidget):
    """Up and down walk the answers; Enter, digits and letters work on the chosen one, or on all that are marked."""

    open_record = Signal(str)
    open_page = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self.view = View()
        self._survey = self._question = self._codebook = self._wanted = ""
        #: Answers signed off a moment ago, which the writer has yet to say.
        self._signing: set[str] = set()
        #: By response, the codes that it will be under once what was pressed is written.
        self._expected: dict[str, list[str]] = {}
        #: By response, what is taken out of it once what was pressed is written.
        self._cutting: dict[str, list[Passage]] = {}
        self._writing = 0
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(12), theme.px(16), theme.px(8))
        box.setSpacing(theme.px(8))
        box.addLayout(self._build_head())
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(_EMPTY, "Import a survey's file …", lambda: survey_taking.choose(self, self.tasks)))
        desk = QWidget()
        inside = QVBoxLayout(desk)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(8))
        self.scope = CodingScope(self._on_chosen, self._filter, lambda: self._typing.start())
        inside.addLayout(self.scope)
        self._progress = label("", muted=True)
        inside.addWidget(self._progress)
        inside.addWidget(self._build_desk(), 1)
        self._stack.addWidget(scroll_over(desk, "The desk"))
        box.addWidget(self._stack, 1)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_FIND_MS)
        self._typing.timeout.connect(self._filter)
        tasks.changes_applied.connect(self._on_changes)

    # -- building ----------------------------------------------------------------------------

    def _build_head(self) -> QLayout:
        row = QHBoxLayout()
        row.addWidget(label("Coding", size=24, bold=True, wrap=False))
        row.addStretch(1)
        self._compare = button("Compare coders", lambda: self.open_page.emit("coders"), tip="How far coders agree, code by code, and where they differ")
        self._menu = button("Codebook", lambda: codebook_acts.show_menu(self, self._menu), tip="Codes added, merged and split, a new version, to and from other programs")
        self._heads = [self._compare, self._menu]
        for made in self._heads:
            row.addWidget(made)
        return row

    def _build_desk(self) -> QWidget:
        self.model = CodingModel()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setObjectName("lines")
        self.table.setAccessibleName("Answers")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.px(32))
        self.table.horizontalHeader().setAccessibleName("Columns")
        self.table.horizontalHeader().setSectionResizeMode(WORDS, QHeaderView.ResizeMode.Stretch)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setMinimumWidth(theme.px(240))
        self.table.installEventFilter(self)
        self.table.selectionModel().currentRowChanged.connect(lambda: self._show_chosen())
        self.answer = AnswerPane()
        self.answer.pressed.connect(self.press)
        self.answer.code.connect(self.toggle)
        self.answer.noted.connect(self._note)
        self._panes = TwoPanes(self.table, scroll_over(self.answer, "The answer"))
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self.answer, self._back, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._panes.setMinimumHeight(theme.px(200))
        return self._panes

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.table and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            name = key_name(event)
            if name:
                if self._panes.narrow and not self.answer.isVisible():  # the answer is read before anything is said of it
                    self._panes.show_right()
                    self.answer.text.setFocus(Qt.FocusReason.OtherFocusReason)
                else:
                    self.press(name)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scope.fit(5 if self.width() >= theme.px(900) else 3 if self.width() >= theme.px(560) else 2)
        self._fit_columns()

    def _fit_columns(self) -> None:
        room = self.table.viewport().width()
        self.table.setColumnWidth(STATE, min(theme.px(112), room // 4))
        self.table.setColumnWidth(CODES, min(theme.px(200), room // 3))

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the survey's answers as this person has them."""
        self.tasks.read(partial(coding_desk.read, survey=self._survey, question=self._question, codebook=self._codebook), self._came)

    def show_record(self, survey: str) -> None:
        """Show a survey's answers, by its id."""
        self._survey, self._question = survey, ""
        self.load()

    def _came(self, view: View) -> None:
        chosen = self._response()
        self.view = view
        there = view.answers is not None
        self._stack.setCurrentIndex(int(there))
        for made in self._heads:
            made.setVisible(there)
        if view.answers is None:
            return
        self._survey, self._question = str(view.answers.survey["id"]), view.question
        self._codebook = view.codebook.id if view.codebook is not None else ""
        self.scope.show_view(view)
        self.answer.show_codes(view.codebook.codes if view.codebook is not None else [])
        self._filter(self._wanted or chosen)
        self._wanted = ""

    def _filter(self, keep: str = "") -> None:
        """Show the answers that the filter leaves; the one that was chosen stays so where it is among them."""
        keep = keep or self._response()
        titles = {c.id: c.title for c in (self.view.codebook.codes if self.view.codebook is not None else [])}
        self.model.show_lines(self.view.chosen(*self.scope.filter), titles, self.view.hidden)
        self._fit_columns()
        self._choose(max(0, self.model.place(keep)))
        self._show_progress()
        self._show_chosen()

    def _show_progress(self) -> None:
        left = f" {how_many(self.model.rowCount(), 'answer')} shown." if self.model.rowCount() != len(self.view.lines) else ""
        originals = f" {how_many(self.view.originals, 'answer')} still with the words that were taken out." if self.view.originals else ""
        asked = self.view.asked()
        self._progress.setText(asked + (coding.progress(self.view.standing()) if self.view.lines else "Nobody answered that question.") + left + originals)

    def _choose(self, row: int) -> None:
        if 0 <= row < self.model.rowCount():
            index = self.model.index(row, WORDS)
            self.table.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows)
            self.table.scrollTo(index)

    def line(self) -> Line | None:
        """The chosen answer."""
        row = self.table.currentIndex().row()
        return self.model.lines[row] if 0 <= row < len(self.model.lines) else None

    def _response(self) -> str:
        line = self.line()
        return line.text.response if line is not None else ""

    def marked(self) -> list[Line]:
        """The answers that are marked in the list, the chosen one alone where no others are."""
        rows = sorted({i.row() for i in self.table.selectionModel().selectedRows()})
        return [self.model.lines[r] for r in rows] or [x for x in [self.line()] if x is not None]

    def _show_chosen(self) -> None:
        line = self.line()
        if line is None:
            self.answer.show_answer(None, [], [], self.view.counts(), [], folded=False)
            return
        suggested = self.view.suggested.get(line.text.response, [])
        self.answer.show_answer(line, self.view.passages(line), suggested, self.view.counts(), self.view.others(line), folded=self.model.folded(line))

    # -- acting ------------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """Do what a key of the desk does: those of ``AnswerPane.buttons``, else the code that has it."""
        line = self.line()
        if line is None:
            return
        if self.model.folded(line):
            if key == "space":
                self.model.opened.add(line.text.response)
                self.model.put({line.text.response: line})
                self._show_chosen()
            elif key != "g":
                messages.tell("These words may distress. Space shows them.")
                return
        acts = {"enter": self.sign_off, "x": lambda: self.sign_off(as_it_is=True), "r": self._take_out, "m": self._to_memo, "q": self._quote, "g": self._flag, "s": self._set_aside}
        if key in acts:
            acts[key]()
        elif key in ("0", "u"):
            self._write_codes(result="none" if key == "0" else "unclear")
        elif key != "space":
            found = next((c.id for c in (self.view.codebook.codes if self.view.codebook is not None else []) if c.key == key), "")
            if found:
                self.toggle(found)
            else:
                messages.tell(f"No code has the key “{key.upper()}”." if self.view.codebook is not None else "There is no codebook yet: choose Codebook, Add a code.")

    def sign_off(self, *, as_it_is: bool = False) -> None:
        """Say that the answer was looked at, with what is dark taken out, or ``as_it_is``; one that was looked at already: go on to the next."""
        lines = [x for x in self.marked() if not self._may_be_read(x) and not self.model.folded(x)]
        if not lines:
            if not as_it_is:
                self._choose(min(self.table.currentIndex().row() + 1, self.model.rowCount() - 1))
            return
        if len(lines) > 1 and not messages.ask("Looked at", f"Confirm that you have read {how_many(len(lines), 'answer')} and that the darkened passages are to be taken out?", "Confirm"):
            return
        self._sign({x.text.response: (x.text.words, [] if as_it_is else self.view.passages(x)) for x in lines})

    def _sign(self, looked_at: dict[str, tuple[str, list[Passage]]]) -> None:
        self._signing |= set(looked_at)
        self._cutting |= {response: list(cuts) for response, (_, cuts) in looked_at.items()}
        desk = self.view.desk
        self._write(lambda s: answer_review.sign_off(s, desk.survey, desk.question, looked_at), list(looked_at))

    def _may_be_read(self, line: Line) -> bool:
        return line.text.may_be_read or line.text.response in self._signing

    def _take_out(self) -> None:
        """Take out the words that are marked, or put back the passage under the cursor; signs the answer off with it."""
        line = self.line()
        if line is None:
            return
        start, end = self.answer.text.marked()
        found = self._cutting.get(line.text.response, self.view.passages(line))
        if start == end:
            left = [p for p in found if not p.start <= start < p.end]
            if len(left) == len(found):
                messages.tell("Mark the words first: Shift and the arrows, or the mouse.")
                return
        else:
            left = [*(p for p in found if p.end <= start or p.start >= end), Passage(start, end, "other")]
        self._sign({line.text.response: (line.text.words, left)})

    def _set_aside(self) -> None:
        desk, lines = self.view.desk, [x for x in self.marked() if not self.model.folded(x)]
        aside = all(x.state == "set_aside" for x in lines)
        act = answer_review.put_back if aside else answer_review.set_aside
        words = {x.text.response: x.text.words for x in lines}
        self._write(lambda s: act(s, desk.survey, desk.question, words), list(words))

    def toggle(self, code: str) -> None:
        """Put the marked answers under a code; where all are under it already, take them from there."""
        lines = [x for x in self.marked() if self._may_be_read(x)]
        off = bool(lines) and all(code in self._codes_of(x) for x in lines)
        self._write_codes(remove=[code]) if off else self._write_codes(add=[code])

    def _codes_of(self, line: Line) -> list[str]:
        return self._expected.get(line.text.response, line.coded.codes if line.coded is not None else [])

    def _write_codes(self, add: Sequence[str] = (), remove: Sequence[str] = (), result: str = "") -> None:
        lines = [x for x in self.marked() if self._may_be_read(x)]
        if not lines:
            messages.tell("Look at the answer first (Enter), then code it.")
            self._show_chosen()
            return
        if result and all(x.coded is not None and x.coded.result == result for x in lines):
            messages.tell("It is already marked so; a code replaces it.")
            return
        desk, responses = self.view.desk, [x.text.response for x in lines]
        for x in lines:
            self._expected[x.text.response] = [] if result else [*(c for c in self._codes_of(x) if c not in remove and c not in add), *add]
        self._write(lambda s: coding.change(s, desk, responses, add=add, remove=remove, result=result), responses)

    def _note(self, memo: str) -> None:
        desk, response = self.view.desk, self._response()
        if response:
            self._write(lambda s: coding.change(s, desk, [response], memo=memo), [response])

    def _to_memo(self) -> None:
        line = self.line()
        if line is not None and self._may_be_read(line):
            self.answer.memo.setEnabled(True)
            self.answer.memo.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _back(self) -> None:
        self._panes.show_left()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _quote(self) -> None:
        line, view = self.line(), self.view
        if line is None or view.answers is None or view.codebook is None:
            messages.tell("A quote is filed under the themes of a codebook; begin one first.")
            return
        start, end = self.answer.text.marked()
        answers, book, question, response = view.answers, view.codebook, view.question, line.text.response
        span = None if start == end else (start, end)
        self.tasks.write(lambda s: coding.keep_quote(s, answers, question, response, book, span)[1], message="Kept as a quote. Before it leaves, a second person looks at it.")

    def _flag(self) -> None:
        desk, line = self.view.desk, self.line()
        if line is not None:
            self.tasks.write(lambda s: answer_review.flag(s, desk.survey, line.text.wave, line.text.response, "seen at the coding desk"), message="On today's list under Survey, Safeguarding concerns.")

    def _write(self, work: Writing, responses: list[str]) -> None:
        """Write, and read again only the answers that it changed."""
        view, told = self.view, list[dict[str, Line]]()

        def do(session: Session) -> Changes:
            changes = work(session)
            told.append(coding_desk.again(session, view, responses))
            return changes

        def ended() -> None:
            self._writing -= 1
            if not self._writing:
                self._signing.clear()
                self._expected.clear()
                self._cutting.clear()

        def done(_: object) -> None:
            ended()
            if view is self.view:
                self._put(told[-1])

        def failed(error: BaseException) -> None:
            ended()
            messages.failed(error)
            self.load()

        self._writing += 1
        self.tasks.write(do, then=done, failed=failed)

    def _put(self, changed: dict[str, Line]) -> None:
        self.view.put(changed)
        self.model.put(changed)
        self._show_progress()
        self._show_chosen()

    def _on_changes(self, changes: Changes) -> None:
        if self._writing == 0 and self.isVisible() and _KINDS & set(changes.entities):
            self.load()

    def _on_chosen(self, survey: str, question: str, codebook: str) -> None:
        self._survey, self._question, self._codebook = survey, question, codebook
        self.load()
