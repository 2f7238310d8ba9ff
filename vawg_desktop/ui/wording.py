"""The office's own words on returns and messages: read, shown in their dialog, kept where they were changed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from vawg_desktop.domain.terms import CHASE_STEP
from vawg_desktop.services import office, return_messages
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.templates import Template, TemplatesDialog
from vawg_desktop.ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class _Wording:
    texts: list[Template]
    logo: bytes | None
    colour: str


def _read(session: Session) -> _Wording:
    known = office.office_settings(session.read())
    texts = [Template(name, words, hint, known.get(name, "")) for name, words, hint in office.TEMPLATES]
    called = {
        **{step: CHASE_STEP.label(step) for step in CHASE_STEP.key_list()},
        "sent": "With the workbook",
        "query": "With questions",
    }
    for step, (_subject, body) in return_messages.wording(session).items():
        hint = "{partner}, {period} and {due} are filled in."
        texts.append(Template(f"wording.{step}.body", f"Message: {called[step]}", hint, body))
    return _Wording(texts, office.logo(session.read()), known.get(office.COLOUR, ""))


def edit(parent: QWidget, tasks: Tasks) -> None:
    """Show the wording; what was changed is kept."""
    shown = tasks.fetch(_read)
    dialog = TemplatesDialog(parent.window(), shown.texts, shown.logo, shown.colour, office.colour_refused)
    if dialog.run():
        before = {one.name: one.text for one in shown.texts}
        words = {name: text for name, text in dialog.words().items() if text != before[name]}
        if dialog.logo != shown.logo:
            chosen = dialog.logo
            tasks.write(lambda s: office.set_logo(s, chosen), message="Logo saved.")
        if (colour := dialog.colour()).removeprefix("#").upper() != shown.colour:
            tasks.write(lambda s: office.set_colour(s, colour), message="Colour saved.")
        if words:
            tasks.write(lambda s: office.set_templates(s, words), message="Wording saved.")
    dialog.deleteLater()
