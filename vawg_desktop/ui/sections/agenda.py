"""The agenda of a meeting on its page: items in their order with their times, and the ways to build it, to draft questions and to hold the meeting."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from vawg_desktop.domain.meeting_terms import ATTENDANCE, ITEM_STATE
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import agenda, attendance, meeting_notes, show
from vawg_desktop.services.attendance import Attends
from vawg_desktop.services.meeting_notes import Held
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.agenda import AgendaDialog
from vawg_desktop.ui.dialogs.attendance import AttendanceDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.sections.base import Made, Pane, read_later
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import Section, button, label, note
from vawg_desktop.ui.widgets.place_kept import PLACE


def agenda_of(pane: Pane) -> Made:
    """The items of a meeting, each with its time, and what can be done with the agenda."""
    section = Section("Agenda", "Build the agenda …", partial(_build, pane))

    def show_it(held: Held) -> None:
        section.empty()
        section.set_count(len(held.items))
        for number, row in enumerate(held.items, 1):
            section.body.addWidget(_row(pane, number, row, held.times[number - 1], last=number == len(held.items)))
        if not held.items:
            section.body.addWidget(note("Nothing yet. The program proposes what is overdue, changed, silent, claimed without proof or awaits a signature, and last time's follow-ups."))
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, theme.px(8), 0, 0)
        buttons.setSpacing(theme.px(8))
        hold = button("Hold the meeting", lambda: pane.view and pane.open_record.emit(f"hold:{pane.view.id}"))
        buttons.addWidget(hold)
        buttons.addWidget(button("Draft questions …", partial(_draft, pane), tip="A question for each item that lacks proof, an update or its date"))
        buttons.addStretch(1)
        section.body.addLayout(buttons)

    return Made(section, read_later(pane, section.empty, meeting_notes.held, show_it))


def _row(pane: Pane, number: int, row: dict[str, object], time: str, *, last: bool) -> QWidget:
    holder = QWidget()
    box = QHBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(theme.px(4))
    id = str(row["id"])
    words = f"{number}   {f'{time}   ' if time else ''}{row['title']}"
    go = button(words, partial(pane.open_record.emit, id), kind="row", tip=str(row["title"]))
    go.setProperty(PLACE, id)
    box.addWidget(go, 1)
    state = str(row["state"] or "to_take")
    facts = [f"{row['minutes']} min" if row["minutes"] else "", "" if state == "to_take" else ITEM_STATE.label(state)]
    if any(facts):
        box.addWidget(label(" · ".join(f for f in facts if f), muted=True, wrap=False))
    for word, by, off in (("↑", -1, number == 1), ("↓", 1, last)):
        move = button(word, partial(_move, pane, id, by), kind="quiet", tip="Earlier" if by < 0 else "Later")
        move.setAccessibleName(f"Move {row['title']} {'earlier' if by < 0 else 'later'}")
        move.setEnabled(not off)
        move.setFixedWidth(theme.px(28))
        box.addWidget(move)
    return holder


def _move(pane: Pane, item: str, by: int) -> None:
    pane.tasks.write(lambda s: agenda.move(s, item, by))


def _build(pane: Pane) -> None:
    """Choose among what the meeting could speak of."""
    view = pane.view
    if view is None:
        return

    def read(session: Session) -> tuple[agenda.MeetingFacts, list[agenda.Proposal]]:
        facts = agenda.find_meeting(session, view.id)
        there = {str(r["about"]) for r in agenda.items(session, facts.id) if r["about"]}
        return facts, [p for p in agenda.proposals(session, facts) if p.id not in there]

    def ask(found: tuple[agenda.MeetingFacts, list[agenda.Proposal]]) -> None:
        facts, proposed = found
        if not proposed:
            messages.tell("Nothing more is overdue, changed, silent, claimed without proof or awaiting a signature. Add an item by its own words, or hold the meeting.")
            return
        chosen = AgendaDialog.ask(pane, f"Agenda of {facts.title}", proposed)
        if chosen:
            pane.tasks.write(lambda s: agenda.put_on(s, facts, chosen), message=f"{how_many(len(chosen), 'item')} put on the agenda.")

    pane.tasks.read(read, ask)


def _draft(pane: Pane) -> None:
    view = pane.view
    if view is None:
        return

    def draft(session: Session) -> object:
        facts = agenda.find_meeting(session, view.id)
        on = {str(r["about"]) for r in agenda.items(session, facts.id)}
        return [p for p in agenda.proposals(session, facts) if p.id in on]

    def put(chosen: object) -> None:
        assert isinstance(chosen, list)
        pane.tasks.write(lambda s: meeting_notes.draft_questions(s, view.id, chosen), then=tell)

    def tell(changes: object) -> None:
        made = len(getattr(changes, "created", ()))
        messages.tell(f"{how_many(made, 'question')} drafted; look at {'it' if made == 1 else 'them'} under Challenges." if made else "Nothing on the agenda asks for a question that is not drafted yet.")

    pane.tasks.read(draft, put)


def attendance_of(pane: Pane) -> Made:
    """Who is there, who sent apologies, and what interest was declared."""
    section = Section("Attendance", "Note attendance …", partial(_note, pane))

    def show_it(told: list[Attends]) -> None:
        section.empty()
        noted = [one for one in told if one.state]
        section.set_count(len(noted))
        for key in ATTENDANCE.key_list():
            some = [one for one in noted if one.state == key]
            if some:
                section.body.addWidget(note(f"{ATTENDANCE.label(key)}: {', '.join(_named(one) for one in some)}."))
        for one in (one for one in noted if one.declared):
            section.body.addWidget(note(f"{one.person} declared: {one.declared}"))
        if not noted:
            section.body.addWidget(note(f"{how_many(len(told), 'member')} of the body to be noted." if told else "Nobody is noted yet. Add the members of the body on its page, or name guests here."))

    return Made(section, read_later(pane, section.empty, attendance.attendance, show_it))


def _named(one: Attends) -> str:
    return f"{one.person} ({one.partner_name})" if one.partner_name else one.person


def _note(pane: Pane) -> None:
    view: show.RecordView | None = pane.view
    if view is None:
        return
    told = pane.tasks.fetch(lambda s: attendance.attendance(s, view.id))
    noted = AttendanceDialog.ask(pane, f"Attendance at {view.title}", told)
    if noted is not None:
        pane.tasks.write(lambda s: attendance.note_attendance(s, view.id, noted), message="The attendance is noted.")
