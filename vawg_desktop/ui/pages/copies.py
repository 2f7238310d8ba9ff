"""Copies: what a working copy brings, grouped by record, and what two sides filled differently, to be settled."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import AppError, WrongKeyError
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import history, merging
from vawg_desktop.services.merging import Conflict, MergeResult
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store.store import Store
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.brought import changes_by_record, what_to_look_at
from vawg_desktop.ui.widgets.common import (
    SECTION_INSET,
    EmptyState,
    Section,
    button,
    clear,
    filling,
    label,
    note,
    scrolled_page,
)
from vawg_desktop.ui.widgets.conflict_card import ConflictCard

#: Records and conflicts shown at once; the rest is counted.
SHOWN = 100


class CopiesPage(QWidget):
    """Take a copy before the meeting; bring it back after; choose where both changed the same field."""

    open_record = Signal(str)

    #: It also shows what changes outside the log, so it is read on every visit.
    looks_outside = True

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._other: Store | None = None
        self._preview: MergeResult | None = None
        #: The changes of the preview in words, by their place in its ``field_changes``.
        self._words: list[str] = []
        self._done: MergeResult | None = None
        self._drawn: tuple[list[Conflict], MergeResult | None, MergeResult | None] | None = None
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
        if self._drawn == (conflicts, self._preview, self._done):
            return
        self._drawn = (conflicts, self._preview, self._done)
        holder = self._body.parentWidget()
        assert holder is not None
        with filling(holder):
            self._draw(conflicts)

    def _draw(self, conflicts: list[Conflict]) -> None:
        clear(self._body)
        waiting = {c.id for c in conflicts}
        self._reasons = {id: reason for id, reason in self._reasons.items() if id in waiting}
        if self._preview is not None and self._other is not None:
            self._show_incoming(self._preview, self._other.name)
        elif self._done is not None:
            self._show_done(self._done)
        if conflicts:
            section = Section("Conflicts to resolve")
            section.set_count(len(conflicts))
            self._body.addWidget(section)
            for _, group in groupby(conflicts[:SHOWN], key=lambda c: c.record_id):
                self._show_conflicts(list(group))
            if len(conflicts) > SHOWN:
                self._body.addWidget(note(f"{how_many(len(conflicts) - SHOWN, 'more conflict')} to come when these are resolved."))
        elif self._preview is None and self._done is None:
            self._body.addWidget(
                EmptyState(
                    "No conflicts to resolve. Before a meeting, take a working copy and edit it in the room with no network; "
                    "after it, bring it in here. Every word of both sides is kept.",
                    "Take working copy …",
                    self.take_copy,
                    inset=SECTION_INSET,
                    main=False,
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
            card = ConflictCard(conflict, self._reasons.get(conflict.id, ("", ""))[1])
            card.chosen.connect(partial(self._settle, card))
            card.another.connect(partial(self._another, card))
            card.why.textChanged.connect(partial(self._keep_reason, conflict))
            self._body.addWidget(card)

    def _show_incoming(self, brought: MergeResult, name: str) -> None:
        records = list(dict.fromkeys(c.record for c in brought.field_changes))
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
        row.addWidget(button("Do not bring them in", self.leave))
        parts = [f"{len(brought.conflicts):,} to resolve afterwards"] if brought.conflicts else []
        parts += [f"{len(brought.rule_failures):,} to look at"] if brought.rule_failures else []
        if brought.copied == 0:
            parts = ["Everything in it is here already."]
        elif brought.unrelated:
            parts.insert(0, "These stores share no history: anything in both would appear twice")
        row.addWidget(label(", ".join(parts), muted=True), 1)
        section.body.addLayout(row)
        field_changes = list(zip(brought.field_changes, self._words, strict=False))
        for made in (*changes_by_record(field_changes, records), *what_to_look_at(brought, self.open_record.emit)):
            self._body.addWidget(made)

    def _show_done(self, brought: MergeResult) -> None:
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
        for made in what_to_look_at(brought, self.open_record.emit):
            self._body.addWidget(made)

    # -- doing -------------------------------------------------------------------------------

    def take_copy(self) -> None:
        """Ask for a file name and write a working copy there."""
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
            return self.tasks.fetch(lambda s: opening.open_beside(path, s.store))
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
            return self.tasks.fetch(lambda _: opening.open_near(path, passphrase=word))
        except AppError as error:
            messages.failed(error)
            return None

    def bring_in(self) -> None:
        """Merge what is shown."""
        other = self._other
        if other is None:
            return
        allow_unrelated = self._preview is not None and self._preview.unrelated
        if allow_unrelated and not messages.ask(
            "No shared history",
            f"{other.name} and this store share no history: nothing in one is known to be the same as in the other, so "
            "what both hold would stand twice.",
            "Bring it in all the same",
        ):
            return

        def done(brought: MergeResult) -> None:
            self._preview, self._done = None, brought
            left = f" {len(brought.conflicts):,} to resolve." if brought.conflicts else ""
            messages.tell(f"{how_many(brought.copied, 'entry', 'entries')} brought in.{left}")
            self.load()

        self.tasks.write(lambda s: merging.merge(s, other, allow_unrelated=allow_unrelated), then=done, failed=self._failed)

    def bring_back(self) -> None:
        """Give the copy what the store knows, so that both are the same again."""
        other = self._other
        if other is None:
            return

        def work(session: Session) -> Changes:
            merging.merge(Session(other, session.who), session.store)
            return Changes()

        def done(_: object) -> None:
            messages.tell(f"{other.name} is up to date.")
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

    def _settle(self, card: ConflictCard, typed: str) -> None:
        conflict, reason = card.conflict, card.why.text().strip()
        if not reason:
            card.why.setFocus()
            messages.tell("Write down why, then choose.")
            return

        def settled(_: object) -> None:
            self._reasons.pop(conflict.id, None)
            self.load()

        self.tasks.write(
            lambda s: merging.settle(s, conflict.id, typed, reason),
            then=settled,
            message=f"{conflict.label} of {conflict.record} is resolved.",
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

    def _another(self, card: ConflictCard) -> None:
        typed, done = messages.ask_text(f"{card.conflict.label} of {card.conflict.record}", "The value it should hold")
        if done:
            self._settle(card, typed)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(u.toLocalFile().endswith(".vawg") for u in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.look_at(Path(event.mimeData().urls()[0].toLocalFile()))


@dataclass(frozen=True, slots=True)
class _Preview:
    """What a copy would bring, and its changes in words."""

    brought: MergeResult
    words: list[str]
    changes: Changes = field(default_factory=Changes)


def _preview(session: Session, other: Store) -> _Preview:
    brought = merging.preview(session, other)
    return _Preview(brought, [history.what_in_words(session, c) for c in brought.field_changes])
