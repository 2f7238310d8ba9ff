"""The last changes to the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy

from vawg_desktop.services import history
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.widgets.common import Section, button, note

if TYPE_CHECKING:
    from vawg_desktop.services.session import Session


def last_changes(pane: Pane) -> Made:
    """The last changes, who made them, when and why."""
    section = Section("History")

    def read(session: Session, id: str) -> tuple[str, int, list[str]]:
        changes = list(reversed(history.history(session, id)))
        return id, len(changes), [history.in_words(session, change) for change in changes[:12]]

    def show_it(answer: tuple[str, int, list[str]]) -> None:
        id, count, words = answer
        section.set_count(count)
        for line in words:
            section.body.addWidget(note(line))
        if count > len(words):
            go = button("Whole history", lambda: pane.open_record.emit("history:" + id), kind="quiet")
            go.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            section.body.addWidget(go)

    return Made(section, read_later(pane, section, read, show_it))
