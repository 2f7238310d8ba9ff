"""What leads a gap to its next state, and whether the state that it bears has its ground."""

from __future__ import annotations

from vawg_desktop.domain.gap_states import ORDER, RULES
from vawg_desktop.domain.terms import GAP_STATUS
from vawg_desktop.services import gap_states
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.widgets.common import Section, note


def gap_state(pane: Pane) -> Made:
    """The rule of the next state and what it still needs."""
    section = Section("What comes next")

    def show_it(found: tuple[str, str, list[str]]) -> None:
        reached, _, _ = found
        section.empty()
        view = pane.view
        status = str(view.cells.get("status") or "identified") if view is not None else "identified"
        if status == "closed":
            section.setVisible(False)
            return
        section.setVisible(True)
        if ORDER.index(status) > ORDER.index(reached):
            section.body.addWidget(note(f"The status is {GAP_STATUS.label(status).casefold()}, but the record supports only {GAP_STATUS.label(reached).casefold()}."))
        follows, left = found[1], found[2]
        section.body.addWidget(note(f"{GAP_STATUS.label(follows)}: {RULES[follows]}"))
        for one in left:
            section.body.addWidget(note(f"•  {one}"))
        if ORDER.index(status) < ORDER.index(reached):
            section.body.addWidget(note(f"The record already supports {GAP_STATUS.label(reached).casefold()}; set the status when the owner agrees."))

    return Made(section, read_later(pane, section.empty, gap_states.standing, show_it))
