"""Words of fields that are no longer asked for: shown while a record holds some, and changed no more."""

from __future__ import annotations

from vawg_desktop.domain.values import to_words
from vawg_desktop.services import show
from vawg_desktop.ui.sections.base import Made, Pane
from vawg_desktop.ui.widgets.common import Section, note


def earlier_wording(pane: Pane) -> Made:
    """What the record's retired fields hold; hidden where they are empty."""
    section = Section("Earlier wording")

    def fill(view: show.RecordView) -> None:
        section.empty()
        held = [(f, view.cells[f.key]) for f in view.spec.cells if f.retired and view.cells[f.key]]
        for field, value in held:
            section.body.addWidget(note(f"{field.label}: {to_words(field, value)}"))
        section.setVisible(bool(held))

    return Made(section, fill)
