"""What coding says on a record's page: the versions of a codebook, and how many answers speak of a theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from vawg_desktop.domain.dates import short_label
from vawg_desktop.services import codebooks, theme_answers
from vawg_desktop.services.session import Session
from vawg_desktop.services.theme_answers import Spoken
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.widgets.common import Section, note


def versions(pane: Pane) -> Made:
    """Each version of a codebook, the newest first: since when, and what was changed."""
    section = Section("Versions")

    def show_it(found: Sequence[Mapping[str, object]]) -> None:
        section.empty()
        section.set_count(len(found))
        for one in reversed(found):
            section.body.addWidget(note(f"Version {one['number']}, since {short_label(str(one['begun'] or ''))}: {one['changed']}"))
        if not found:
            section.body.addWidget(note("Unchanged since it was begun. On the Coding page, Codebook begins a new version."))

    return Made(section, read_later(pane, section.empty, codebooks.versions, show_it))


def answers(pane: Pane) -> Made:
    """How many answers to each survey's question speak of a theme, by its codes; nothing where no code does."""
    section = Section("In answers to surveys")
    section.setVisible(False)

    def read(session: Session, id: str) -> list[Spoken]:
        return theme_answers.of_theme(session, id)

    return Made(section, read_later(pane, section.empty, read, partial(_show, section)))


def _show(section: Section, found: list[Spoken]) -> None:
    section.empty()
    section.setVisible(bool(found))
    section.set_count(len(found))
    for one in found:
        section.body.addWidget(note(one.sentence()))
        for more in one.notes:
            section.body.addWidget(note(more))
