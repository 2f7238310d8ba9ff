"""The review of a return: what was sent, what we hold, what came; the choice under the right hand."""

from __future__ import annotations

from difflib import SequenceMatcher
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.merge import Kind
from vawg_desktop.domain.values import to_words
from vawg_desktop.services import chasing, returns
from vawg_desktop.services.returns import Difference, Review
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.basics import EmptyState, Section, button, clear, label, scrolled

_KINDS = {
    Kind.INCOMING: "New from the partner", Kind.CONFLICT: "Changed on both sides", Kind.BOTH_SAME: "Already the same",
}  # fmt: skip


_HELD = {
    "personal_data": "May hold a person's data: look first", "in_bin": "The action is in the bin",
    "swapped": "What we sent for another action: look first", "contradicts": "The row says that nothing changed",
    "crossed": "Its heading may have been exchanged", "shifted": "Its row's cells stand aside: look first",
    "emptied": "Came back blank", "waits_for_choice": "Two values wait to be chosen; see Merge",
}  # fmt: skip


def words_of(difference: Difference, value: Value) -> str:
    """A cell of a difference in words."""
    spec = BY_KEY["action"].by_key.get(difference.field) or BY_KEY["update"].by_key.get(difference.field)
    return to_words(spec, value) if spec else str(value or "")


def marked(before: str, after: str) -> str:
    """``after`` as HTML with the words that differ from ``before`` marked."""
    old, new = before.split(), after.split()
    if not old:
        return escape(after).replace("\n", "<br>")
    added = theme.colours.added
    parts: list[str] = []
    for op, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        words = escape(" ".join(new[start:end]))
        if words:
            parts.append(
                words
                if op == "equal"
                else f'<b style="background:{added};color:{theme.colours.text}">{words}</b>'
            )
    return " ".join(parts)


def _safe(review: Review) -> list[Difference]:
    """What only the partner changed, nobody has decided on, and nothing holds."""
    return [d for d in review.differences if d.kind is Kind.INCOMING and not d.decision and not d.held]


class ReviewPane(QWidget):
    """One submission. A accepts all that is safe; each difference has its own three buttons."""

    left = Signal()
    #: Return id and questions, for a message to the partner.
    asks_partner = Signal(str, str)
    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self.current: Review | None = None
        self._narrow = False
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
        self._safe = button("Accept all that is safe", self.accept_safe, kind="primary", tip="Alt+A")
        for one in (self._mail, self._reverse, self._safe):
            flow.addWidget(one)
        self._head.addWidget(verbs, 0, Qt.AlignmentFlag.AlignLeft)
        box.addLayout(self._head)
        self._said = label("", muted=True)
        box.addWidget(self._said)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("How many are decided")
        self._bar.setMaximumWidth(theme.px(480))
        box.addWidget(self._bar)
        self._body = scrolled(box, spacing=8)
        QShortcut(
            QKeySequence("Alt+A"),
            self,
            self.accept_safe,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        QShortcut(
            QKeySequence("Escape"),
            self,
            self.left.emit,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    def open(self, submission: str) -> None:
        """Compare again with what is current, and show."""
        self.tasks.read(lambda s: returns.review(s, submission), self._show)

    def reload(self) -> None:
        """The same again."""
        if self.current is not None:
            self.open(self.current.submission)

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
                self._show(self.current)

    def _show(self, review: Review) -> None:
        self.current = review
        self._title.setText(f"{review.partner}, {review.period}")
        c = review.counts
        left = review.left()
        whole = sum(1 for d in review.differences if d.kind is not Kind.BOTH_SAME)
        said = [
            f"{review.return_reference}", f"{review.rows} rows", f"{whole} to decide" if left else "nothing left to decide",
            f"{c['no_change']} said no change", *([f"{c['not_able']} not able to say yet"] if c["not_able"] else []),
            f"{c['not_answered']} not answered", f"{c['ours']} changed only by us",
        ]  # fmt: skip
        self._said.setText(" · ".join(said))
        self._bar.setMaximum(max(1, whole))
        self._bar.setValue(whole - left)
        self._safe.setEnabled(bool(_safe(review)))
        self._mail.setVisible(any(d.decision == "queried" for d in review.differences))
        self._reverse.setVisible(review.state == "applied" or review.counts["both_same"] > 0)
        clear(self._body)
        record = ""
        for d in review.differences:
            if d.kind is Kind.BOTH_SAME:
                continue
            if d.record != record:
                record = d.record
                self._body.addWidget(self._record_head(d))
            self._body.addWidget(self._row(d))
        if not whole:
            self._body.addWidget(EmptyState("Nothing waits here: what came back is what stands."))
        self._add_rest(review)
        self._body.addStretch(1)

    def _record_head(self, d: Difference) -> QWidget:
        return Section(
            f"{d.record}   {d.title}",
            "Open",
            lambda: self.open_record.emit(d.id),
            icon_name="",
            wrap=self._narrow,
        )

    def _row(self, d: Difference) -> QWidget:
        holder = QFrame()
        grid = QGridLayout(holder)
        grid.setContentsMargins(theme.px(8), theme.px(4), 0, theme.px(12))
        grid.setHorizontalSpacing(theme.px(16))
        grid.setVerticalSpacing(theme.px(2))
        name = label(d.label, bold=True)
        kind = label(
            _KINDS[d.kind]
            if not d.decision
            else {"queried": "Queried", "refused": "Refused", "accepted": "Accepted in other words"}.get(
                d.decision, d.decision
            ),
            muted=True,
        )
        if d.held and not d.decision:
            kind.setText(_HELD[d.held])
        if (d.kind is Kind.CONFLICT or d.held) and not d.decision:
            kind.setProperty("warn", True)
            kind.setProperty("muted", False)
        base, current, incoming = (words_of(d, v) for v in (d.base, d.current, d.incoming))
        said = (
            ("Sent", base, escape(base)), ("Now", current, escape(current)),
            ("Came back", incoming, marked(current or base, incoming)),
        )  # fmt: skip
        grid.addWidget(name, 0, 0)
        grid.addWidget(kind, *((0, 1) if self._narrow else (1, 0)), Qt.AlignmentFlag.AlignTop)
        for c, (head, text, html) in enumerate(said, 1):
            shown = QLabel(html.replace("\n", "<br>") if text else "Nothing")
            shown.setTextFormat(Qt.TextFormat.RichText)
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(f"{head}: {text or 'nothing'}")
            if c < 3:
                shown.setProperty("muted", True)
            grid.addWidget(
                label(head, muted=True), *((c, 0) if self._narrow else (0, c)), Qt.AlignmentFlag.AlignTop
            )
            grid.addWidget(shown, *((c, 1) if self._narrow else (1, c)), Qt.AlignmentFlag.AlignTop)
        choices = self._choices(d)
        if self._narrow:
            grid.addWidget(choices, 4, 0, 1, 2)
            grid.setColumnStretch(1, 1)
            return holder
        choices.setMinimumWidth(theme.px(256))
        grid.addWidget(choices, 0, 4, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.setColumnMinimumWidth(0, theme.px(140))
        for c, stretch in ((0, 1), (1, 2), (2, 2), (3, 3)):
            grid.setColumnStretch(c, stretch)
        return holder

    def _choices(self, d: Difference) -> QWidget:
        holder = QWidget()
        box = QHBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(4))
        if d.decision:
            made = [button("Think again", lambda: self._decide(d, ""))]
        else:
            made = [
                button("Accept", lambda: self._accept([d])), button("Edit …", lambda: self._edit(d), kind="quiet"),
                button("Query …", lambda: self._ask(d, "queried"), kind="quiet"),
                button("Refuse …", lambda: self._ask(d, "refused"), kind="quiet"),
            ]  # fmt: skip
            made[0].setEnabled(d.held not in ("in_bin", "waits_for_choice"))
            made[1].setEnabled(d.held not in ("in_bin", "waits_for_choice"))
        for one in made:
            one.setAccessibleName(f"{one.text().removesuffix(' …')} {d.label} of {d.record}")
            box.addWidget(one)
        box.addStretch(1)
        return holder

    def _add_rest(self, review: Review) -> None:
        if review.new_rows:
            section = Section("New actions and evidence the partner wrote")
            section.set_count(len(review.new_rows))
            for row in review.new_rows:
                line = QHBoxLayout()
                said = "; ".join(f"{k}: {v}" for k, v in row.items() if k not in ("sheet", "cell"))
                line.addWidget(label(said), 1)
                line.addWidget(
                    button(
                        "Add to evidence"
                        if "What it proves" in row or "Title" in row
                        else "Add as proposed action",
                        lambda r=row: self._add_new(r),
                    )
                )
                section.body.addLayout(line)
            self._body.addWidget(section)
        if review.problems or review.tray:
            section = Section("To look at: not understood, or standing where we sent nothing")
            section.set_count(len(review.problems) + len(review.tray))
            for p in review.problems:
                section.body.addWidget(label(f"{f'{p.sheet}!{p.cell}  ' if p.cell else ''}{p.message}"))
            for t in review.tray:
                section.body.addWidget(
                    label(f"{t['sheet']}!{t['cell']}  {t['text']}  ({t['why']})", muted=True)
                )
            self._body.addWidget(section)
        if review.not_returned:
            section = Section("Rows that did not come back")
            section.set_count(len(review.not_returned))
            section.body.addWidget(label(", ".join(review.not_returned), muted=True))
            self._body.addWidget(section)

    # -- doing -------------------------------------------------------------------------------

    def accept_safe(self) -> None:
        """Take everything that only the partner changed."""
        if self.current is not None:
            self._accept(_safe(self.current))

    def _accept(self, chosen: list[Difference]) -> None:
        review = self.current
        if review is not None:
            many = f"{len(chosen)} answers" if len(chosen) != 1 else "1 answer"
            self.tasks.write(lambda s: returns.accept(s, review.submission, chosen), told=f"{many} accepted.")

    def _edit(self, d: Difference) -> None:
        """Accept it in other words, such as without a name: what came stays in the submission."""
        review, was = self.current, words_of(d, d.incoming)
        typed, done = QInputDialog.getMultiLineText(
            self, f"Accept {d.label} of {d.record} edited", "As it is to stand", was
        )
        if review is None or not done:
            return

        def work(session: Session) -> Changes:
            value = returns.typed_value(session, d.field, typed)
            return returns.accept(session, review.submission, [d], edited={(d.id, d.field): value})

        self.tasks.write(work, told=f"{d.label} of {d.record} accepted as edited.")

    def write_queries(self) -> None:
        """A message to the partner with every question of this review."""
        review = self.current
        if review is not None:
            self.asks_partner.emit(review.return_id, chasing.queries(self.tasks.session, review.submission))

    def _ask(self, d: Difference, decision: str) -> None:
        verb = "Query" if decision == "queried" else "Refuse"
        reason, done = QInputDialog.getText(self, f"{verb} {d.label} of {d.record}", "What to say about it")
        if done:
            self._decide(d, decision, reason)

    def _decide(self, d: Difference, decision: str, reason: str = "") -> None:
        review = self.current
        if review is not None:
            self.tasks.write(lambda s: returns.decide(s, review.submission, [d], decision, reason))

    def _add_new(self, row: dict[str, str]) -> None:
        review = self.current
        if review is not None:
            self.tasks.write(lambda s: returns.add_new_row(s, review.submission, row), told="Added.")

    def reverse(self) -> None:
        """Bring back what stood before; later edits are kept and named."""
        review = self.current
        if review is None or not messages.ask(
            "Reverse the return",
            "What stood before this return comes back; what was edited since is kept and named.",
            "Reverse the return",
        ):
            return

        def done(answer: returns.Reversed) -> None:
            kept = len(answer.kept_later_edits)
            messages.tell(
                f"{answer.restored} restored"
                + (f"; {kept} kept because they were edited later." if kept else ".")
            )

        self.tasks.write(lambda s: returns.reverse_return(s, review.return_reference), then=done)
