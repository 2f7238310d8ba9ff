"""Sections for the parts of a record: responses, contacts, roles, former names, and any kind that names its parent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtWidgets import QSizePolicy, QWidget

from vawg_desktop.domain import dates
from vawg_desktop.domain.entities import BY_KEY, LINK, EntitySpec
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.values import from_row, to_words
from vawg_desktop.services import over_time, records, show
from vawg_desktop.ui.columns import form_fields
from vawg_desktop.ui.dialogs.forms import words_back
from vawg_desktop.ui.sections.base import Made, Pane, ask
from vawg_desktop.ui.widgets.common import Section, button, clear, note, set_style

#: Fields that say from when to when; a row tells them together.
_SPAN = ("from_date", "until_date")


@dataclass(frozen=True, slots=True)
class Child:
    """What a section of parts sets by hand: its button, the fields its form asks for, the fields its rows show, its words when empty."""

    verb: str = ""
    asked: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    empty: str = ""


#: Kinds whose section is otherwise than the plain one.
_BY_HAND: dict[str, Child] = {
    "response": Child(asked=("partner", "answer", "by_whom", "date", "due", "reason", "target"), shown=("partner", "answer", "date")),
    "contact": Child(asked=("name", "role", "email", "telephone", "from_date", "completes_return"), shown=("name", "role", "email", *_SPAN)),
    "role": Child(
        "Add holder", ("role", "person", "partner", "part", "from_date", "until_date"), ("role", "person", "partner", "part", *_SPAN),
        "When a role passes to somebody else, the former holder is noted here automatically.",
    ),
    "former_name": Child(
        asked=("name", "until_date"), shown=("name", *_SPAN), empty="A new name keeps the old one here, and on the records of its time.",
    ),
}  # fmt: skip


def of(kind: str) -> Callable[[Pane], Made]:
    """The section of one kind of part."""
    spec, hand = BY_KEY[kind], _BY_HAND.get(kind, Child())
    verb = hand.verb or f"Add {spec.label.casefold()}"
    asked = hand.asked or tuple(k for k in form_fields(spec) if k != spec.parent)

    def build(pane: Pane) -> Made:
        def add() -> None:
            view = pane.view
            if view is None:
                return
            typed = ask(pane, verb, spec, asked, verb)
            if typed is not None:
                typed = {**typed, spec.parent: view.id}
                pane.tasks.write(lambda s: records.create(s, kind, typed)[1], failed=words_back(typed))

        section = Section(spec.plural, verb, add)

        def fill(view: show.RecordView) -> None:
            clear(section.body)
            rows = view.parts.get(kind, [])
            section.set_count(len(rows))
            for row in rows:
                ended = _ended(row, pane.tasks.session.today)
                words = f"{row_words(spec, row)}   (ended)" if ended else row_words(spec, row)
                go = button(words, lambda i=str(row["id"]): pane.open_record.emit(i), kind="row", tip=words)
                set_style(go, muted=ended)
                section.body.addWidget(go)
            if not rows:
                section.body.addWidget(note(hand.empty or f"No {spec.plural.casefold()} yet."))

        return Made(section, fill)

    return build


def _ended(row: dict[str, object], today: date) -> bool:
    """Whether a contact, a role or a name is one of before."""
    last = dates.last_day(str(row["until_date"])) if row.get("until_date") else None
    return last is not None and last < today


def row_words(spec: EntitySpec, row: dict[str, object]) -> str:
    """A part in one line."""
    keys = _BY_HAND.get(spec.key, Child()).shown or spec.in_list
    words = [_cell_words(spec, row, key) for key in keys if key not in _SPAN]
    if any(key in _SPAN for key in keys):
        words.append(over_time.span(row.get("from_date"), row.get("until_date")))
    return "   ".join(w for w in words if w)


def _cell_words(spec: EntitySpec, row: dict[str, object], key: str) -> str:
    field = spec.by_key.get(key)
    if field is None or field.many:
        return ""
    if field.kind is Kind.REF:
        return str(row.get(show.name_of(key)) or "")
    value = from_row(field, row.get(key))
    if field.kind is Kind.TERM and value is None and field.default is not None:
        value = field.default
    return to_words(field, value)


def roles(pane: Pane) -> Made:
    """Who holds and held which role, from when to when, and each contributor's part."""
    made = of("role")(pane)
    section = made.widget
    assert isinstance(section, Section)

    def fill(view: show.RecordView) -> None:
        made.fill(view)
        contributors = [x for x in view.links if x.kind == "action.contributors"]
        for link in contributors:
            section.body.addWidget(_contributor_row(pane, link))
        section.set_count(len(view.parts.get("role", [])) + len(contributors))

    return Made(section, fill)


def _contributor_row(pane: Pane, link: show.Link) -> QWidget:
    """A contributing body with its part and its time; a press opens them for editing."""
    shown = [link.part or "its part is not recorded", over_time.span(link.from_date, link.until_date)]
    words = "   ".join(x for x in (f"Contributor   {link.title}", *shown) if x)

    def change() -> None:
        view = pane.view
        if view is None:
            return
        given = {
            "part": link.part or "",
            "from_date": dates.label(link.from_date) if link.from_date else "",
            "until_date": dates.label(link.until_date) if link.until_date else "",
        }
        typed = ask(pane, f"{link.title}: its part in {view.reference}", LINK, ("part", *_SPAN), "Keep", given)
        if typed is not None:
            cells = {k: typed.get(k, "") for k in given}
            pane.tasks.write(
                lambda s: records.set_link(s, "action", "contributors", view.id, link.id, cells=cells),
                failed=words_back(cells),
            )

    go = button(words, change, kind="quiet")
    go.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    go.setToolTip("Record its part, and from when to when")
    return go
