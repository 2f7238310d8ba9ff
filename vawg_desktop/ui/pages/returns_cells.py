"""What stands in a row of the Returns page: the step, what was answered, the steps taken."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.terms import CHASE_STEP
from vawg_desktop.services.round_standing import RoundPartner
from vawg_desktop.ui.widgets.common import column, label

STEPS = {
    "made": "Made, not sent yet", "sent": "Sent", "late": "No return received", "silent": "No return received, chased", "received": "Received, to review", "applied": "Applied",
}  # fmt: skip


def answers(row: RoundPartner) -> str:
    """How the actions were answered: updates, no change, not answered."""
    if row.nil:
        return "Nil return"
    if not row.received:
        return ""
    return row.counts.in_words()


def name_and_step(row: RoundPartner) -> QWidget:
    """For a narrow window: the step under the name."""
    holder, box = column(0, 4)
    box.addWidget(label(row.partner, bold=True))
    step = label(STEPS[row.step])
    step.setProperty("warn" if row.step in ("late", "silent") else "muted", True)
    box.addWidget(step)
    return holder


def logged(entry: dict[str, str]) -> str:
    """A step that was taken: when, which, and who agreed to it."""
    agreed = f", agreed by {entry['agreed_by']}" if entry["agreed_by"] else ""
    return f"{date_label(entry['made'])}: {CHASE_STEP.label(entry['step'])}{agreed}"
