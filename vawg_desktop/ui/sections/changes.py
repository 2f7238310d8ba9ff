"""The last changes to the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from vawg_desktop.services import history, names
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import SECTION_INSET, Rows, Section, breakable, button, label, note

if TYPE_CHECKING:
    from vawg_desktop.services.session import Session


#: So many of the last changes stand on the record's page, or some more that were made together.
_MOST = 20


class _Together(QWidget):
    """What was changed at once: when, by whom and why above it, a line for each change."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(1))
        self._head, self._lines = note(""), label("")
        self._lines.setContentsMargins(theme.px(SECTION_INSET), 0, 0, 0)
        box.addWidget(self._head)
        box.addWidget(self._lines)

    def tell(self, head: str, words: list[str]) -> None:
        """Show other changes."""
        self._head.setText(breakable(head))
        self._lines.setText(breakable("\n".join(words)))


def last_changes(pane: Pane) -> Made:
    """The last changes, who made them, when and why."""
    section = Section("History")
    lines = Rows(_Together)
    lines.setSpacing(theme.px(8))
    section.body.addLayout(lines)
    go = button("Whole history", lambda: pane.view and pane.open_record.emit("history:" + pane.view.id), kind="quiet")
    go.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    section.body.addWidget(go)

    def read(session: Session, id: str) -> tuple[int, list[tuple[str, list[str]]]]:
        changes = history.history(session, id)
        under = names.find(session.read(), id).reference
        return len(changes), history.together(session, changes, under, _MOST)

    def show_it(answer: tuple[int, list[tuple[str, list[str]]]]) -> None:
        count, told = answer
        section.set_count(count)
        for row, (head, words) in zip(lines.show_rows(len(told)), told, strict=True):
            row.tell(head, words)
        go.setVisible(count > sum(len(words) for _, words in told))

    def empty() -> None:
        section.set_count(0)
        lines.show_rows(0)
        go.hide()

    empty()
    return Made(section, read_later(pane, empty, read, show_it))
