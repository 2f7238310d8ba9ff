"""A figure that was counted from a survey, counted again: whether it is still what is quoted."""

from __future__ import annotations

from vawg_desktop.services import survey_figures
from vawg_desktop.services.survey_figures import Recount
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.widgets.common import Section, note


def recounted(pane: Pane) -> Made:
    """The number as it is counted today beside the one that is quoted; nothing for figures that come from elsewhere."""
    section = Section("Counted again today")
    section.setVisible(False)

    def show_it(found: Recount | None) -> None:
        section.empty()
        section.setVisible(found is not None)
        if found is not None:
            section.body.addWidget(note(found.sentence()))

    return Made(section, read_later(pane, section.empty, survey_figures.recount, show_it))
