"""Copies: what a working copy brings, grouped by record, and what two sides filled differently, to be settled."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.errors import AppError, WrongKeyError
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import history, merging
from vawg_desktop.services.merging import Brought, Conflict
from vawg_desktop.services.session import Session
from vawg_desktop.store import store as stores
from vawg_desktop.store.store import Store
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import EmptyState, Section, button, clear, label, note, scrolled_page
from vawg_desktop.ui.widgets.difference_row import marked

#: Records and conflicts shown at once; the rest is counted.
SHOWN = 100


class CopiesPage(QWidget):
    """Take a copy before the meeting; bring it back after; choose where both said something."""

    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._other: Store | None = None
        self._preview: Brought | None = None
        #: The changes of the preview in words, by their place in ``told``.
        self._words: list[str] = []
        self._done: Brought | None = None
        #: Reasons typed so far, by conflict: its field in words, and the text.
        self._reasons: dict[str, tuple[str, str]] = {}
        self.setAcceptDrops(True)
        self._body = scrolled_page(
            self, "Copies", button("Take working copy …", self.take_copy, icon_name="copy"),
            button("Bring in a copy …", self.choose, kind="primary", tip="Or drop its file anywhere on this page"), spacing=4,
        )  # fmt: skip
        tasks.changes_applied.connect(self._on_changes)

    # -- showing -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read what is to be settled."""
        self.tasks.read(merging.conflicts, self._show)

    def _on_changes(self, _: Changes) -> None:
        if self.isVisible() and not any(w.text() for w in self.findChildren(QLineEdit)):
            self.load()

    def _show(self, conflicts: list[Conflict]) -> None:
        clear(self._body)
        waiting = {c.id for c in conflicts}
        self._reasons = {id: reason for id, reason in self._reasons.items() if id in waiting}
        if self._preview is not None and self._other is not None:
            self._show_incoming(self._preview, self._other.name)
        elif self._done is not None:
            self._show_done(self._done)
        if conflicts:
            section = Section("To settle: two sides said different things")
            section.set_count(len(conflicts))
            self._body.addWidget(section)
            for _, group in groupby(conflicts[:SHOWN], key=lambda c: c.record_id):
                self._show_conflicts(list(group))
            if len(conflicts) > SHOWN:
                self._body.addWidget(note(f"{how_many(len(conflicts) - SHOWN, 'more conflict')} to come when these are settled."))
        elif self._preview is None and self._done is None:
            self._body.addWidget(
                EmptyState(
                    "Nothing to settle. Before a meeting, take a working copy and edit it in the room with no network; "
                    "after it, bring it in here. Every word of both sides is kept.",
                    "Take working copy …",
                    self.take_copy,
                )
            )
        self._body.addStretch(1)

    def _show_conflicts(self, group: list[Conflict]) -> None:
        first = group[0]
        go = QPushButton(f"{first.record}   {first.title}")
        go.setProperty("row", True)
        go.setAccessibleName(f"Open {first.record} {first.title}")
        go.setToolTip(first.title)
        go.setFont(theme.font(13, bold=True))
        go.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        go.clicked.connect(lambda: self.open_record.emit(first.record_id))
        self._body.addWidget(go)
        for conflict in group:
            self._body.addWidget(self._card(conflict))

    def _card(self, conflict: Conflict) -> QWidget:
        card = QFrame()
        card.setObjectName("card")
        c = theme.colours
        card.setStyleSheet(
            f"#card {{ border: 1px solid {c.line}; border-left: {theme.px(4)}px solid {c.warn}; border-radius: {theme.px(4)}px; }}"
        )
        grid = QGridLayout(card)
        grid.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        grid.setHorizontalSpacing(theme.px(24))
        grid.setVerticalSpacing(theme.px(4))
        name = conflict.label + (f": {conflict.other}" if conflict.other else "")
        grid.addWidget(label(name, bold=True), 0, 0, 1, len(conflict.heads))
        why = QLineEdit()
        why.setPlaceholderText("Why this one and not the other (needed)")
        why.setAccessibleName(f"Reason for settling {name} of {conflict.record}")
        why.setText(self._reasons.get(conflict.id, ("", ""))[1])
        why.textChanged.connect(lambda text: self._keep_reason(conflict, text))
        for column, head in enumerate(conflict.heads):
            words = head.words or "Empty"
            shown = QLabel(
                marked(conflict.heads[0].words, words) if column else marked(conflict.heads[1].words, words)
            )
            shown.setTextFormat(Qt.TextFormat.RichText)
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(words)
            grid.addWidget(shown, 1, column, Qt.AlignmentFlag.AlignTop)
            source = f"{head.who}, {london_time(head.at)}" + (f": {head.why}" if head.why else "")
            grid.addWidget(label(source, muted=True), 2, column, Qt.AlignmentFlag.AlignTop)
            typed = _typed(conflict, head)
            verb = f"Keep “{words}”" if len(words) <= 16 else "Keep this"
            if conflict.spec.key == "deleted":
                verb = "Delete it" if head.value else "Keep the record"
            take = button(verb, lambda v=typed, w=why: self._settle(conflict, v, w))
            take.setAccessibleName(f"{verb}: {_short(words)}, {name} of {conflict.record}")
            grid.addWidget(take, 4, column, Qt.AlignmentFlag.AlignLeft)
            grid.setColumnStretch(column, 1)
        foot = QHBoxLayout()
        foot.addWidget(why, 1)
        if conflict.field != "deleted" and conflict.spec.key != "deleted":
            foot.addWidget(button("Another value …", lambda: self._another(conflict, why), kind="quiet"))
        grid.addLayout(foot, 3, 0, 1, len(conflict.heads))
        return card

    def _show_incoming(self, brought: Brought, name: str) -> None:
        records = list(dict.fromkeys(c.record for c in brought.told))
        section = Section(
            f"{name} would bring {how_many(brought.copied, 'entry', 'entries')} about {how_many(len(records), 'record')}"
        )
        self._body.addWidget(section)
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(8), 0, 0, 0)
        row.setSpacing(theme.px(8))
        take = button("Bring them in", self.bring_in, kind="primary")
        take.setEnabled(brought.copied > 0)
        row.addWidget(take)
        row.addWidget(button("Leave", self.leave))
        parts = [f"{len(brought.conflicts):,} to settle afterwards"] if brought.conflicts else []
        parts += [f"{len(brought.rule_failures):,} to look at"] if brought.rule_failures else []
        if brought.copied == 0:
            parts = ["Everything in it is here already."]
        elif brought.unrelated:
            parts.insert(0, "No common past: what both stores hold would stand twice")
        row.addWidget(label(", ".join(parts), muted=True), 1)
        section.body.addLayout(row)
        self._list_changes(brought, records)
        self._list_rest(brought)

    def _show_done(self, brought: Brought) -> None:
        section = Section(f"{how_many(brought.copied, 'entry', 'entries')} brought in")
        self._body.addWidget(section)
        if self._other is not None:
            row = QHBoxLayout()
            row.setContentsMargins(theme.px(8), 0, 0, 0)
            row.setSpacing(theme.px(8))
            if self._other.scratch is None:  # a backup, or a file in a shared place, was only read
                row.addWidget(button(f"Bring {self._other.name} up to date too", self.bring_back))
            row.addWidget(button("Done", self.leave))
            row.addStretch(1)
            section.body.addLayout(row)
        self._list_rest(brought)

    def _list_changes(self, brought: Brought, records: list[str]) -> None:
        told = list(zip(brought.told, self._words, strict=False))
        for record in records[:SHOWN]:
            changes = [c for c in told if c[0].record == record]
            head = label(f"{record}   {changes[0][0].title}", bold=True)
            head.setContentsMargins(theme.px(8), theme.px(8), 0, 0)
            self._body.addWidget(head)
            for (at, who, why), group in groupby(changes, key=lambda c: (c[0].at, c[0].who, c[0].why)):
                what = [words for _, words in group]
                self._body.addWidget(self._line("; ".join(what[:6]) + ("; …" if len(what) > 6 else "")))
                self._body.addWidget(note(f"{who}, {london_time(at)}" + (f": {why}" if why else "")))
        if len(records) > SHOWN:
            self._body.addWidget(note(f"and {how_many(len(records) - SHOWN, 'more record')}"))

    def _line(self, text: str) -> QWidget:
        made = label(text)
        made.setContentsMargins(theme.px(8), 0, 0, 0)
        return made

    def _list_rest(self, brought: Brought) -> None:
        if brought.copied_by_hand:
            section = Section("Copied by hand and edited in two places")
            section.set_count(len(brought.copied_by_hand))
            for sentence in brought.copied_by_hand:
                section.body.addWidget(note(sentence))
            self._body.addWidget(section)
        if brought.rule_failures:
            section = Section("To look at: each side was right, together they are not")
            section.set_count(len(brought.rule_failures))
            for failure in brought.rule_failures[:SHOWN]:
                row = QHBoxLayout()
                row.addWidget(note(f"{failure.record}   {failure.message}"), 1)
                row.addWidget(
                    button(
                        f"Open {failure.record}",
                        lambda r=failure.record: self.open_record.emit(r),
                        kind="quiet",
                    )
                )
                section.body.addLayout(row)
            self._body.addWidget(section)
        if brought.renumbered:
            section = Section("References made final; what was printed still leads to them")
            section.set_count(len(brought.renumbered))
            section.body.addWidget(
                note("; ".join(f"{old} is {new}" for old, new in brought.renumbered[:SHOWN]))
            )
            self._body.addWidget(section)

    # -- doing -------------------------------------------------------------------------------

    def take_copy(self) -> None:
        """Ask where, and take a copy."""
        path = self.tasks.session.store.path
        name, _ = QFileDialog.getSaveFileName(
            self, "Take working copy", str(path.with_name(f"{path.stem} laptop.vawg")), "Stores (*.vawg)"
        )
        if name:
            self.copy_to(Path(name if name.endswith(".vawg") else f"{name}.vawg"))

    def copy_to(self, path: Path) -> None:
        """Take a working copy to ``path``."""

        word: str | None = None
        if self.tasks.session.store.url is not None:
            word, done = messages.ask_text("Take working copy", f"A passphrase for {path.name}", secret=True)
            if not done:
                return

        def work(session: Session) -> Changes:
            merging.copy(session, path, passphrase=word)
            return Changes()

        self.tasks.write(
            work,
            then=lambda _: messages.tell(
                f"{path.name} is a working copy; bring it in here after the meeting."
            ),
        )

    def choose(self) -> None:
        """Ask which copy to bring in."""
        name, _ = QFileDialog.getOpenFileName(self, "Bring in a copy", "", "Stores (*.vawg)")
        if name:
            self.look_at(Path(name))

    def look_at(self, path: Path) -> None:
        """Show what a copy would bring."""
        self._close_other()
        other = self._open(path)
        if other is None:
            return
        self._other, self._done = other, None

        def shown(answer: _Preview) -> None:
            self._preview, self._words = answer.brought, answer.words
            self.load()

        self.tasks.write(lambda s: _preview(s, other), then=shown, failed=self._failed)

    def _open(self, path: Path) -> Store | None:
        try:
            return self.tasks.fetch(lambda s: stores.open_beside(path, s.store))
        except WrongKeyError:
            pass
        except AppError as error:
            if error.code != "passphrase_needed":
                messages.failed(error)
                return None
        word, done = messages.ask_text("Bring in a copy", f"Passphrase of {path.name}", secret=True)
        if not done:
            return None
        try:
            return self.tasks.fetch(lambda _: stores.open_near(path, passphrase=word))
        except AppError as error:
            messages.failed(error)
            return None

    def bring_in(self) -> None:
        """Merge what is shown."""
        other = self._other
        if other is None:
            return
        strangers = self._preview is not None and self._preview.unrelated
        if strangers and not messages.ask(
            "No common past",
            f"{other.name} and this store have no common past: nothing in one is known to be the same as in the other, so "
            "what both hold would stand twice.",
            "Bring it in all the same",
        ):
            return

        def done(brought: Brought) -> None:
            self._preview, self._done = None, brought
            left = f" {len(brought.conflicts):,} to settle." if brought.conflicts else ""
            messages.tell(f"{how_many(brought.copied, 'entry', 'entries')} brought in.{left}")
            self.load()

        self.tasks.write(lambda s: merging.merge(s, other, strangers=strangers), then=done, failed=self._failed)

    def bring_back(self) -> None:
        """Give the copy what the store knows, so that both are the same again."""
        other = self._other
        if other is None:
            return

        def work(session: Session) -> Changes:
            merging.merge(Session(other, session.who), session.store)
            return Changes()

        def done(_: object) -> None:
            messages.tell(f"{other.name} knows all that is here.")
            self.leave()

        self.tasks.write(work, then=done, failed=self._failed)

    def leave(self) -> None:
        """Put the copy aside."""
        self._close_other()
        self.load()

    def _failed(self, error: BaseException) -> None:
        self._close_other()
        messages.failed(error)
        self.load()

    def _close_other(self) -> None:
        if self._other is not None:
            self._other.close()
        self._other = self._preview = self._done = None
        self._words = []

    def _settle(self, conflict: Conflict, typed: str, why: QLineEdit) -> None:
        reason = why.text().strip()
        if not reason:
            why.setFocus()
            messages.tell("Write down why, then choose.")
            return

        def settled(_: object) -> None:
            self._reasons.pop(conflict.id, None)
            self.load()

        self.tasks.write(
            lambda s: merging.settle(s, conflict.id, typed, reason),
            then=settled,
            told=f"{conflict.label} of {conflict.record} is settled.",
        )

    def _keep_reason(self, conflict: Conflict, text: str) -> None:
        """A reason outlives the page's drawing anew, and is asked about before it is lost."""
        if text.strip():
            self._reasons[conflict.id] = (f"{conflict.label} of {conflict.record}", text)
        else:
            self._reasons.pop(conflict.id, None)

    def left_over(self) -> list[str]:
        """Reasons that were typed and settle nothing yet, each with its field."""
        return [f"The reason “{text[:60]}” for {field}" for field, text in self._reasons.values()]

    def _another(self, conflict: Conflict, why: QLineEdit) -> None:
        typed, done = messages.ask_text(f"{conflict.label} of {conflict.record}", "The value it should hold")
        if done:
            self._settle(conflict, typed, why)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(u.toLocalFile().endswith(".vawg") for u in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.look_at(Path(event.mimeData().urls()[0].toLocalFile()))


@dataclass(frozen=True, slots=True)
class _Preview:
    """What a copy would bring, and its changes in words."""

    brought: Brought
    words: list[str]
    changes: Changes = field(default_factory=Changes)


def _preview(session: Session, other: Store) -> _Preview:
    brought = merging.preview(session, other)
    return _Preview(brought, [history.what_in_words(session, c) for c in brought.told])


def _typed(conflict: Conflict, head: merging.Head) -> str:
    """A head's value as settling takes it."""
    if conflict.spec.key == "deleted":
        return "yes" if head.value else "no"
    if isinstance(head.value, bool):
        return "yes" if head.value else "no"
    return "" if head.value is None else str(head.value)


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= 60 else plain[:59] + "…"
