"""What is missing on the way from evidence to outcome, and the way to the whole chain."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy

from vawg_desktop.services import chain
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.widgets.common import Section, button, note


def missing_links(pane: Pane) -> Made:
    """What the record's own chain lacks, and a button that shows the whole."""
    section = Section("From evidence to outcome")

    def show_it(found: chain.Chain) -> None:
        section.empty()
        for one in (m for m in found.missing if m.record == found.nodes[found.start].reference):
            section.body.addWidget(note(f"•  {one.message.partition(': ')[2].capitalize()}"))
        go = button(f"Show the chain ({len(found.nodes) - 1:,} linked)", lambda: pane.view and pane.open_record.emit("chain:" + pane.view.id), kind="quiet")
        go.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        section.body.addWidget(go)

    return Made(section, read_later(pane, section.empty, chain.of, show_it))
