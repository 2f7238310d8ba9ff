"""One field that two sides filled differently: both values side by side, who wrote each and why, and the choice with its reason."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit

from vawg_desktop.domain.dates import london_time
from vawg_desktop.services.merging import Conflict, Head
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, label
from vawg_desktop.ui.widgets.difference_row import marked


class ConflictCard(QFrame):
    """A conflict to be settled. ``chosen`` carries the value as it is typed; ``another`` asks for a third one; ``why`` holds the reason."""

    chosen = Signal(str)
    another = Signal()

    def __init__(self, conflict: Conflict, reason: str) -> None:
        super().__init__()
        self.conflict = conflict
        self.setObjectName("card")
        c = theme.colours
        self.setStyleSheet(
            f"#card {{ border: 1px solid {c.line}; border-left: {theme.px(4)}px solid {c.warn}; border-radius: {theme.px(4)}px; }}"
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
        grid.setHorizontalSpacing(theme.px(24))
        grid.setVerticalSpacing(theme.px(4))
        name = conflict.label + (f": {conflict.other}" if conflict.other else "")
        grid.addWidget(label(name, bold=True), 0, 0, 1, len(conflict.heads))
        self.why = QLineEdit()
        self.why.setPlaceholderText("Why this one and not the other (needed)")
        self.why.setAccessibleName(f"Reason for resolving {name} of {conflict.record}")
        self.why.setText(reason)
        for column, head in enumerate(conflict.heads):
            self._add_head(grid, column, head, name)
        foot = QHBoxLayout()
        foot.addWidget(self.why, 1)
        if conflict.field != "deleted" and conflict.spec.key != "deleted":
            foot.addWidget(button("Another value …", self.another.emit, kind="quiet"))
        grid.addLayout(foot, 3, 0, 1, len(conflict.heads))

    def _add_head(self, grid: QGridLayout, column: int, head: Head, name: str) -> None:
        conflict, words = self.conflict, head.words or "Empty"
        beside = conflict.heads[0 if column else 1].words
        shown = QLabel(marked(beside, words))
        shown.setTextFormat(Qt.TextFormat.RichText)
        shown.setWordWrap(True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown.setAccessibleName(words)
        grid.addWidget(shown, 1, column, Qt.AlignmentFlag.AlignTop)
        source = f"{head.side}: {head.who}, {london_time(head.at)}" + (f": {head.why}" if head.why else "")
        grid.addWidget(label(source, muted=True), 2, column, Qt.AlignmentFlag.AlignTop)
        verb = f"Keep “{words}”" if len(words) <= 16 else f"Keep: {head.side[:1].lower()}{head.side[1:]}" if head.side == "Here" else f"Keep: {head.side}"
        if conflict.spec.key == "deleted":
            verb = "Delete it" if head.value else "Keep the record"
        take = button(verb, partial(self.chosen.emit, _typed(conflict, head)))
        take.setAccessibleName(f"{verb}: {_short(words)}, {name} of {conflict.record}")
        grid.addWidget(take, 4, column, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(column, 1)


def _typed(conflict: Conflict, head: Head) -> str:
    """A head's value as settling takes it."""
    if conflict.spec.key == "deleted" or isinstance(head.value, bool):
        return "yes" if head.value else "no"
    return "" if head.value is None else str(head.value)


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= 60 else plain[:59] + "…"
