"""An indicator as a later stage beside the earlier ones: a table of shares, or the reason why none is made."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout

from vawg_desktop.services import kept_back, stages
from vawg_desktop.services.stages import Stages
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import copy_table
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.widgets.common import Section, button, note
from vawg_desktop.ui.widgets.plain_table import PlainTable


def out_of_earlier(pane: Pane) -> Made:
    """This stage's counts out of those of the stages that come before it."""
    section = Section("Out of earlier stages")
    section.setVisible(False)

    def show_it(found: list[Stages]) -> None:
        section.empty()
        section.setVisible(bool(found))
        for one in found:
            section.body.addWidget(note(f"Out of {one.reference} {one.earlier}"))
            if one.steps:
                table = PlainTable(("Period", "Earlier stage", "This stage", "Share"), f"{one.later} out of {one.earlier}")
                table.show_rows(one.rows())
                section.body.addWidget(table)
            for words in one.notes:
                section.body.addWidget(note(words))
            if one.steps:
                foot = QHBoxLayout()
                copy = button("Copy as a table", partial(_copy, pane, one), kind="quiet")
                copy.setAccessibleName(f"Copy as a table: {one.later} out of {one.earlier}")
                foot.addWidget(copy)
                foot.addStretch(1)
                section.body.addLayout(foot)

    return Made(section, read_later(pane, section.empty, stages.of_indicator, show_it))


def _copy(pane: Pane, one: Stages) -> None:
    copy_table(one.headings, one.rows(pane.tasks.fetch(kept_back.values)))
    messages.tell("The shares were copied as a table.")
