"""What a respondent said in their own words: kept closed until somebody chooses to read it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from vawg_desktop.services import triage
from vawg_desktop.services.triage import Told
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import Section, button, label, note


def own_words(pane: Pane) -> Made:
    """Why it is to be looked at, and a button that opens the words: they may be distressing."""
    section = Section("In their own words")

    def show_it(found: list[Told]) -> None:
        section.empty()
        section.set_count(len(found))
        if not found:
            section.body.addWidget(note("No answers in free text, or they were disposed of."))
            return
        section.body.addWidget(note("It may be distressing. Read it when you are ready."))
        opens = button("Show the words", lambda: _open(section, found))
        opens.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(8), 0, 0, 0)
        row.addWidget(opens)
        row.addStretch(1)
        section.body.addLayout(row)

    return Made(section, read_later(pane, section.empty, triage.answers_of, show_it))


def _open(section: Section, found: list[Told]) -> None:
    section.empty()
    section.set_count(len(found))
    for one in found:
        section.body.addWidget(note(one.question + (f"   ({', '.join(one.reasons)})" if one.reasons else "")))
        words = label(one.words)
        words.setContentsMargins(theme.px(8), 0, 0, theme.px(8))
        section.body.addWidget(words)
