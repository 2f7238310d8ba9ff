"""A partner's returns over time."""

from __future__ import annotations

from vawg_desktop.services import round_standing
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.widgets.common import Section, note


def returns_over_time(pane: Pane) -> Made:
    """A body's rounds over time: when each was due and came, how it was answered, how often it was reminded."""
    section = Section("Returns over time")

    def show_it(found: list[dict[str, object]]) -> None:
        section.empty()
        section.set_count(len(found))
        for one in found[:12]:
            section.body.addWidget(note(_round_words(one)))
        if not found:
            section.body.addWidget(note("No return has been sent to it yet."))

    return Made(section, read_later(pane, section.empty, round_standing.record_over_time, show_it))


def _round_words(one: dict[str, object]) -> str:
    """One round in a line: ``2026/27 Q2: received 3 working days late; 2 answered, 1 no change; reminded once``."""
    late = one["late"]
    if late is None:
        when = {"late": "no return received", "silent": "no return received", "made": "made, not sent yet"}.get(
            str(one["step"]), "sent, not due yet"
        )
    elif isinstance(late, int) and late:
        days = "1 working day" if abs(late) == 1 else f"{abs(late)} working days"
        when = f"received {days} {'late' if late > 0 else 'early'}"
    else:
        when = "received on the day"
    parts = [when, "nil return" if one["nil"] else str(one["answers"]) if one["received"] else ""]
    if one["reminders"]:
        parts.append("reminded once" if one["reminders"] == 1 else f"reminded {one['reminders']} times")
    if one["extensions"]:
        parts.append("extended")
    words = f"{one['period']}: {'; '.join(x for x in parts if x)}"
    return f"{words}. {one['declared']}." if one["declared"] else words
