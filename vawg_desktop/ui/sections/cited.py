"""Figures and quotes as they are quoted: where they were, which of several that disagree is to be quoted, and sources that were changed."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services import citations, names, quotes, source_changes
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.forms import words_back
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.sections.base import Made, Pane, ask, read_later
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import Section, button, label, note

_CITATION = BY_KEY["citation"]


def cited(pane: Pane) -> Made:
    """Where it was quoted, and a button that gives its words for a paper and remembers the place."""
    section = Section("Where it was quoted", "Quote it …", partial(_quote, pane))

    def read(session: Session, id: str) -> tuple[list[citations.Citation], str]:
        return citations.of(session, id), quotes.told(session, id) if pane.spec.key == "quote" else ""

    def show_it(answer: tuple[list[citations.Citation], str]) -> None:
        found, standing = answer
        section.empty()
        if standing:
            section.body.addWidget(note(standing))
        section.set_count(len(found))
        view = pane.view
        if found and view is not None and view.cells.get("consent") == "withdrawn":
            section.body.addWidget(_line("Consent was withdrawn. It was quoted before in:"))
        for one in found:
            day = f", {short_label(one.cited)}" if one.cited else ""
            to = f", to {one.to_whom}" if one.to_whom else ""
            changed = "   changed here since" if one.changed else ""
            section.body.addWidget(button(f"{one.place}{to}{day}{changed}", partial(pane.open_record.emit, one.id), kind="row", tip=one.words))
        if not found:
            section.body.addWidget(note("Not quoted yet, as far as this store knows."))

    return Made(section, read_later(pane, section.empty, read, show_it))


def _line(words: str) -> QWidget:
    made = label(words, bold=True)
    made.setContentsMargins(theme.px(8), 0, 0, 0)
    return made


def _quote(pane: Pane) -> None:
    view = pane.view
    if view is None:
        return
    today = date_label(pane.tasks.session.today.isoformat())
    typed = ask(pane, f"Quote {view.reference}", _CITATION, ("place", "to_whom", "cited"), "Copy the words", {"cited": today})
    if typed is None:
        return
    id, place, to_whom, when = view.id, typed.get("place", ""), typed.get("to_whom", ""), typed.get("cited", "")
    words: list[str] = []

    def write(session: Session) -> Changes:
        said, changes = citations.cite(session, id, place, cited=when, to_whom=to_whom)
        words.append(said)
        return changes

    def then(_: object) -> None:
        QApplication.clipboard().setText(words[-1])
        messages.tell("The words were copied, and the place is remembered.")

    pane.tasks.write(write, then=then, failed=words_back(typed))


def agreement(pane: Pane) -> Made:
    """Figures that say otherwise, each as it is quoted, and which one is to be quoted; hidden where none disagrees."""
    section = Section("Figures that disagree")

    def show_it(found: list[dict[str, object]]) -> None:
        section.empty()
        section.set_count(len(found))
        section.setVisible(bool(found))
        view = pane.view
        if found and view is not None:
            marked = bool(view.cells.get("quote_this"))
            chosen = next((str(f["reference"]) for f in found if f["quote_this"]), "")
            words = "This is the one to quote." if marked else f"Quote {chosen} instead." if chosen else "None is marked as the one to quote yet."
            section.body.addWidget(_line(words))
        for one in found:
            said = f"{one['quoted']} {one['unit'] or ''}".strip()
            facts = [f"{one['reference']}   {said}", *(["quote this one"] if one["quote_this"] else [])]
            facts += [f"as at {short_label(str(one['as_at']))}"] if one["as_at"] else []
            facts.append(str(one["title"]))
            section.body.addWidget(button(" · ".join(facts), partial(pane.open_record.emit, str(one["id"])), kind="row"))

    def read(session: Session, id: str) -> list[dict[str, object]]:
        return citations.disagreeing(session.read(), id)

    return Made(section, read_later(pane, section.empty, read, show_it))


def changed_sources(pane: Pane) -> Made:
    """Sources that were changed after this record cited them, or what cites this source; hidden where there are none."""
    section = Section("Changed since it was cited" if pane.spec.key == "source" else "Its source has changed")

    def show_it(found: list[source_changes.Moved]) -> None:
        section.empty()
        section.setVisible(bool(found))
        for one in found:
            section.body.addLayout(_moved_row(pane, one))

    return Made(section, read_later(pane, section.empty, source_changes.flagged, show_it))


def _moved_row(pane: Pane, one: source_changes.Moved) -> QHBoxLayout:
    other: names.Found = one.record if pane.spec.key == "source" else one.source
    row = QHBoxLayout()
    row.setSpacing(theme.px(8))
    row.addWidget(button(f"{other.reference}   {other.title}   ({one.what})", partial(pane.open_record.emit, other.id), kind="row"), 1)
    right = button("Still right", lambda: pane.tasks.write(lambda s: source_changes.still_right(s, one.link), message="Looked at again."))
    right.setAccessibleName(f"{other.reference}: still right")
    right.setToolTip("What this record takes from the source is still so")
    row.addWidget(right)
    return row
