"""The review of a return: what was sent, what we hold, what came; the choice under the right hand."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.fields import Kind as CellKind
from vawg_desktop.domain.merge import Kind
from vawg_desktop.domain.return_columns import field_of_column
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import return_acceptance, return_messages, returns
from vawg_desktop.services.return_tray import MADE, use_tray_entry
from vawg_desktop.services.returns import Difference, Review
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.tray import TrayDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import EmptyState, Section, button, clear, label, note, scrolled
from vawg_desktop.ui.widgets.difference_row import DifferenceRow, words_of
from vawg_desktop.ui.widgets.review_beside import Verbs, sections_beside

#: Rows drawn at a time. "Accept all without conflicts" also takes rows not drawn yet; keys reach only drawn ones.
_AT_A_TIME = 60
_MOST_LISTED = 100


def _nothing(review: Review) -> str:
    """Why no difference waits."""
    if beside := review.beside():
        return f"Every answer that could be compared is settled. Still to be looked at, below: {beside}."
    if review.rows and review.counts["no_change"] == 0 and not review.differences:
        more = "Send a reminder for its answers." if review.state == "applied" else "Finish the review, or send a reminder for its answers."
        return f"Nothing was answered in this return. {more}"
    if review.state == "applied":
        return "Nothing to decide: everything returned is in our records already."
    return "Nothing to decide: every answer matches our record. Finish the review to record it."


def _safe(review: Review) -> list[Difference]:
    """Differences that only the partner made, that are not decided yet and not held for a doubt."""
    return [d for d in review.differences if d.kind is Kind.INCOMING and not d.decision and not d.held]


class ReviewPane(QWidget):
    """One submission. Alt+A accepts all that is safe; each difference is a row with its own keys and buttons."""

    left = Signal()
    #: Return id and questions, for a message to the partner.
    asks_partner = Signal(str, str)
    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self.current: Review | None = None
        self._narrow = False
        self._rows: list[DifferenceRow] = []
        self._most, self._next, self._listed = _AT_A_TIME, -1, _MOST_LISTED
        self._run, self._finishes = 0, False
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(16), 0, 0)
        box.setSpacing(theme.px(8))
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setContentsMargins(0, 0, theme.px(24), 0)
        named = QHBoxLayout()
        named.addWidget(button("Returns", self.left.emit, kind="quiet", icon_name="back"))
        self._title = label("", size=24, bold=True)
        named.addWidget(self._title, 1)
        self._head.addLayout(named, 1)
        verbs = QWidget()
        flow = QHBoxLayout(verbs)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setSpacing(theme.px(8))
        self._mail = button("Message with the questions …", self.write_queries)
        self._reverse = button("Reverse the return", self.reverse)
        self._safe = button("Accept all without conflicts", self.accept_safe, kind="primary", tip="Alt+A")
        for one in (self._mail, self._reverse, self._safe):
            flow.addWidget(one)
        self._head.addWidget(verbs, 0, Qt.AlignmentFlag.AlignLeft)
        box.addLayout(self._head)
        self._summary = label("", muted=True)
        self._summary.setContentsMargins(0, 0, theme.px(24), 0)
        box.addWidget(self._summary)
        self._declared = label("")
        self._declared.setContentsMargins(0, 0, theme.px(24), 0)
        box.addWidget(self._declared)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("How many are decided")
        self._bar.setMaximumWidth(theme.px(480))
        self._decided = label("", muted=True, wrap=False)
        told = QHBoxLayout()
        told.setSpacing(theme.px(12))
        told.addWidget(self._bar, 1)
        told.addWidget(self._decided)
        told.addStretch(1)
        box.addLayout(told)
        self._hint = label("On a row: A accepts, E edits, Q queries, R rejects, arrows move on.", muted=True)
        box.addWidget(self._hint)
        self._body = scrolled(box, spacing=8)
        item = box.itemAt(box.count() - 1)
        scroll = item.widget() if item is not None else None
        assert isinstance(scroll, QScrollArea)
        self._scroll = scroll
        QShortcut(
            QKeySequence("Alt+A"),
            self,
            self.accept_safe,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def open(self, submission: str) -> None:
        """Compare again with what is current, and show; the first row that waits has the focus."""
        self._most, self._next, self._listed = _AT_A_TIME, 0, _MOST_LISTED
        self.tasks.read(lambda s: returns.review(s, submission), self._show)

    def reload(self) -> None:
        """The same again."""
        if self.current is not None:
            submission = self.current.submission
            self.tasks.read(lambda s: returns.review(s, submission), self._show)

    # -- showing -----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(900)
        if narrow is not self._narrow:
            self._narrow = narrow
            self._head.setDirection(
                QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
            )
            if self.current is not None:
                self._show(self.current, again=True)

    def _show(self, review: Review, again: bool = False) -> None:
        if self.current == review and self._rows and self._next < 0 and not again:
            return  # news that changes nothing here: the focus and the place stay
        focused = next((r.difference for r in self._rows if r.hasFocus()), None)
        place = (
            self._scroll.verticalScrollBar().value()
            if self.current and self.current.submission == review.submission
            else 0
        )
        self.current = review
        self._title.setText(f"{review.partner}, {review.period}")
        c = review.counts
        left = review.left()
        whole = sum(1 for d in review.differences if d.kind is not Kind.BOTH_SAME)
        parts = [
            f"{review.return_reference}", how_many(review.rows, "row"), f"{how_many(left, 'answer')} to decide" if left else "" if review.beside() else "nothing left to decide", f"{review.beside()} below" if review.beside() else "",
            review.answers_in_words(), *([f"{c['ours']} changed here since sending"] if c["ours"] else []),
        ]  # fmt: skip
        self._summary.setText(" · ".join(p for p in parts if p))
        declared = review.declared_in_words()
        self._declared.setText(f"{declared}.")
        self._declared.setProperty("warn", "not cleared" in declared.casefold())
        self._declared.style().polish(self._declared)
        self._bar.setMaximum(max(1, len(review.differences)))
        self._bar.setValue(len(review.differences) - left)
        self._decided.setText(f"{len(review.differences) - left:,} of {len(review.differences):,} decided")
        open_still = left or any(not d.decision for d in review.asked)
        self._finishes = not _safe(review) and not open_still and review.state == "in_review"
        self._safe.setText("Finish the review" if self._finishes else "Accept all without conflicts")
        self._safe.setAccessibleName(self._safe.text())
        self._safe.setEnabled(bool(_safe(review)) or self._finishes)
        self._mail.setVisible(
            any(d.decision == "queried" for d in (*review.differences, *review.emptied, *review.asked))
        )
        self._reverse.setVisible(review.state == "applied" or review.counts["both_same"] > 0)
        self._hint.setVisible(left > 0 and not self._narrow)
        clear(self._body)
        self._rows = []
        waiting = [d for d in review.differences if d.kind is not Kind.BOTH_SAME]
        self._add_rows(waiting[: self._most])
        if len(waiting) > self._most:
            left_out = len(waiting) - self._most
            more = button(
                f"Show {min(_AT_A_TIME, left_out)} more of {left_out:,}", self._show_more, kind="quiet"
            )
            self._body.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        if not whole:
            self._body.addWidget(EmptyState(_nothing(review)))
        self._run = len(self._rows)
        self._add_apart(review.asked, "Answers we could not read", "")
        blank = "A blank is not an answer: our record is kept unless you clear it (C)."
        self._add_apart(review.emptied, "Sent filled, returned blank", blank)
        for made in sections_beside(review, self._listed, Verbs(self._add_new, self._use, self._show_all_listed)):
            self._body.addWidget(made)
        self._body.addStretch(1)
        if self._next >= 0:
            self._focus_next()
        elif focused is not None:
            QTimer.singleShot(0, self, lambda: self._back_to(focused, place))

    def _back_to(self, before: Difference, place: int) -> None:
        """The row that had the focus before everything was drawn anew, and the page where it stood."""
        for row in self._rows:
            if (row.difference.id, row.difference.field) == (before.id, before.field):
                row.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.verticalScrollBar().setValue(place)

    def _add_apart(self, differences: list[Difference], title: str, words: str) -> None:
        """A section of rows that "Accept all without conflicts" leaves alone and to which the focus does not move on by itself; undecided ones first."""
        if not differences:
            return
        section = Section(title, wrap=self._narrow)
        section.set_count(len(differences))
        self._body.addWidget(section)
        if words:
            self._body.addWidget(note(words))
        waiting = sorted(differences, key=lambda d: bool(d.decision))
        self._add_rows(waiting[: self._listed])
        if len(waiting) > self._listed:
            more = button(f"Show {len(waiting) - self._listed:,} more", self._show_all_listed, kind="quiet")
            self._body.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def _add_rows(self, differences: list[Difference]) -> None:
        record = ""
        for d in differences:
            if d.record != record:
                record = d.record
                self._body.addWidget(self._record_head(d))
            row = DifferenceRow(d, narrow=self._narrow)
            row.asked.connect(self._on_asked)
            self._rows.append(row)
            self._body.addWidget(row)

    def _show_more(self) -> None:
        self._most += _AT_A_TIME
        if self.current is not None:
            self._show(self.current, again=True)

    def _show_all_listed(self) -> None:
        self._listed *= 20
        if self.current is not None:
            self._show(self.current, again=True)

    def _record_head(self, d: Difference) -> QWidget:
        return Section(
            f"{d.record}   {d.title}",
            "Open",
            lambda: self.open_record.emit(d.id),
            icon_name="",
            wrap=self._narrow,
        )

    # -- the rows by keys ----------------------------------------------------------------------

    def _on_asked(self, row: DifferenceRow, verb: str) -> None:
        at, d = self._rows.index(row), row.difference
        if verb in ("up", "down"):
            self._move_to(at + (1 if verb == "down" else -1))
            return
        self._next = at
        if verb in ("accept", "clear"):
            self._accept([d])
        elif verb == "edit":
            self._edit(d)
        elif verb == "think_again":
            self._decide(d, "")
        elif d.held in ("emptied", "not_understood") and verb == "refuse":
            self._decide(d, "refused", "Left as it was")
        else:
            self._ask(d, "queried" if verb == "query" else "refused")

    def _move_to(self, place: int) -> None:
        if 0 <= place < len(self._rows):
            row = self._rows[place]
            row.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(row, 0, theme.px(112))  # with the name of its action above it

    def _focus_next(self) -> None:
        """After a choice, the next row that waits has the focus: a review is a run of single keys."""
        if self._next < 0:
            return
        first = next(
            (
                n
                for n, row in enumerate(self._rows[: self._run])
                if n >= self._next and not row.difference.decision
            ),
            -1,
        )
        self._next = -1
        if first >= 0:
            QTimer.singleShot(0, self, lambda: self._move_to(first))
        elif self._safe.isEnabled():  # the run is at its end: what closes it
            QTimer.singleShot(0, self, self._safe.setFocus)

    def _use(self, entry: dict[str, str]) -> None:
        review = self.current
        if review is None:
            return
        wanted = TrayDialog.ask(self, entry, self.tasks.fetch(lambda s: returns.actions_of(s, review.return_id)))
        if wanted is not None:
            self.tasks.write(
                lambda s: use_tray_entry(s, review.submission, entry, wanted.kind, wanted.action, wanted.words),
                message=f"{MADE[wanted.kind]} of {wanted.action} recorded.",
            )

    # -- doing -------------------------------------------------------------------------------

    def accept_safe(self) -> None:
        """Take everything that only the partner changed; with nothing left to decide, close the review."""
        review = self.current
        if review is None or not self._safe.isEnabled():
            return
        self._next = 0
        if self._finishes:
            self.tasks.write(
                lambda s: return_acceptance.accept(s, review.submission, []), message="The review is finished."
            )
        else:
            self._accept(_safe(review))

    def _accept(self, chosen: list[Difference]) -> None:
        review = self.current
        if review is not None:
            message = f"{how_many(len(chosen), 'answer')} accepted."
            self.tasks.write(lambda s: return_acceptance.accept(s, review.submission, chosen), message=message)

    def _edit(self, d: Difference) -> None:
        """Accept it in other words, such as without a name: what came stays in the submission."""
        review, was = self.current, d.text or words_of(d, d.incoming)
        typed, done = messages.ask_text(f"Accept {d.label} of {d.record} edited", "Value to record", was, long=field_of_column(d.field).kind is CellKind.LONG, verb="Accept")
        if review is None or not done:
            self._next = -1
            return

        def work(session: Session) -> Changes:
            value = return_acceptance.typed_value(session, d.field, typed)
            return return_acceptance.accept(session, review.submission, [d], edited={(d.id, d.field): value})

        self.tasks.write(work, message=f"{d.label} of {d.record} accepted as edited.")

    def write_queries(self) -> None:
        """A message to the partner with every question of this review."""
        review = self.current
        if review is not None:
            self.tasks.read(
                lambda s: return_messages.queries(s, review.submission), lambda words: self.asks_partner.emit(review.return_id, words)
            )

    def _ask(self, d: Difference, decision: str) -> None:
        verb = "Query" if decision == "queried" else "Reject"
        reason, done = messages.ask_text(f"{verb} {d.label} of {d.record}", "What to say about it")
        if done:
            self._decide(d, decision, reason)
        else:
            self._next = -1

    def _decide(self, d: Difference, decision: str, reason: str = "") -> None:
        review = self.current
        if review is not None:
            decided = {"queried": "queried", "refused": "refused"}.get(decision, "open again")
            self.tasks.write(
                lambda s: return_acceptance.decide(s, review.submission, [d], decision, reason),
                message=f"{d.label} of {d.record} {decided}.",
            )

    def _add_new(self, row: dict[str, str]) -> None:
        review = self.current
        if review is not None:
            self.tasks.write(lambda s: return_acceptance.add_new_row(s, review.submission, row), message="Added.")

    def reverse(self) -> None:
        """Put back the values from before this return; later edits are kept and named."""
        review = self.current
        if review is None or not messages.ask(
            "Reverse the return",
            "The values from before this return come back. Anything edited since is kept and named.",
            "Reverse the return",
        ):
            return

        def done(answer: returns.Reversed) -> None:
            messages.tell(answer.sentence(), stays=bool(answer.kept_in_words))

        self.tasks.write(lambda s: returns.reverse_return(s, review.return_reference), then=done)
