"""The questions that boards put to a body, or about a record, with what was answered, over time."""

from __future__ import annotations

from functools import partial

from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.meeting_terms import ASSURANCE, CHALLENGE_STATUS, INFORMATION
from vawg_desktop.services import meeting_notes
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.ui.sections.base import SHOWN, Made, Pane, read_later
from vawg_desktop.ui.widgets.common import Section, all_button, button, note


def asked(pane: Pane) -> Made:
    """The latest questions first, each with what became of it; of a body's many a button opens the list of all."""
    section = Section("Questions put by boards")

    def show_it(rows: list[dict[str, object]]) -> None:
        section.empty()
        section.set_count(len(rows))
        for row in rows[:SHOWN]:
            section.body.addWidget(button(_words(row), partial(pane.open_record.emit, str(row["id"])), kind="row", tip=str(row["answer"] or row["question"])))
        view = pane.view
        if len(rows) > SHOWN and view is not None and view.spec.key == "partner":
            query = ListQuery("challenge", where=(Where("asked_of", view.id),))
            section.body.addWidget(all_button(len(rows), lambda: pane.open_list.emit(query, f"Questions to {view.title}")))
        if not rows:
            section.body.addWidget(note("None yet."))

    return Made(section, read_later(pane, section.empty, meeting_notes.put_to, show_it))


def _words(row: dict[str, object]) -> str:
    judged = ASSURANCE.label(str(row["judgement"])) if row["judgement"] else f"information {INFORMATION.label(str(row['information'])).casefold()}" if row["information"] else ""
    facts = [short_label(str(row["asked_on"])) if row["asked_on"] else "", str(row["question"] or ""), judged or CHALLENGE_STATUS.label(str(row["status"] or "drafted"))]
    return "   ".join(f for f in facts if f)
