"""The last changes to the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy

from vawg_desktop.services import history, names
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.widgets.common import Rows, Section, breakable, button, note

if TYPE_CHECKING:
    from vawg_desktop.services.session import Session


def last_changes(pane: Pane) -> Made:
    """The last changes, who made them, when and why."""
    section = Section("History")
    lines = Rows(lambda: note(""))
    lines.setSpacing(section.body.spacing())
    section.body.addLayout(lines)
    go = button("Whole history", lambda: pane.view and pane.open_record.emit("history:" + pane.view.id), kind="quiet")
    go.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    section.body.addWidget(go)

    def read(session: Session, id: str) -> tuple[int, list[str]]:
        changes = list(reversed(history.history(session, id)))
        under = names.find(session.read(), id).reference
        return len(changes), [history.in_words(session, change, under) for change in changes[:12]]

    def show_it(answer: tuple[int, list[str]]) -> None:
        count, words = answer
        section.set_count(count)
        for line, text in zip(lines.show_rows(len(words)), words, strict=True):
            line.setText(breakable(text))
        go.setVisible(count > len(words))

    def empty() -> None:
        section.set_count(0)
        lines.show_rows(0)
        go.hide()

    empty()
    return Made(section, read_later(pane, empty, read, show_it))
