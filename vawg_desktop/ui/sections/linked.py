"""Sections of links: those of one kind of record, and whatever else leads to the record or from it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from PySide6.QtWidgets import QSizePolicy

from vawg_desktop.domain.entities import BY_KEY, ENTITIES, EntitySpec
from vawg_desktop.domain.fields import FieldSpec, Kind
from vawg_desktop.services import finding, records, show
from vawg_desktop.services.lists import Where
from vawg_desktop.ui.dialogs.forms import words_back
from vawg_desktop.ui.dialogs.pick import PickDialog
from vawg_desktop.ui.layouts import LAYOUTS, layout_of, section_name
from vawg_desktop.ui.sections.base import SHOWN, Made, Pane, add_links, ask, read_later
from vawg_desktop.ui.widgets.common import Section, button, clear, note

#: Kinds of record by the name that a layout gives the section of those that are linked: the plural of the kind.
BY_PLURAL: dict[str, EntitySpec] = {section_name(e): e for e in ENTITIES if not e.system}


def joined(spec: EntitySpec, target: EntitySpec) -> tuple[EntitySpec, FieldSpec] | None:
    """The set of links that joins two kinds of record, and the kind that owns it; None where there is none."""
    for owner, other in ((spec, target), (target, spec)):
        for field in owner.sets:
            if field.kind is Kind.LINKS and field.target == other.key:
                return owner, field
    return None


def _owns(spec: EntitySpec, target: EntitySpec) -> bool:
    """Whether records of one kind are accountable for those of another."""
    owner = target.by_key.get(target.owner)
    return owner is not None and owner.target == spec.key


def of(target: EntitySpec) -> Callable[[Pane], Made]:
    """The section of the records of one kind that are linked with the one shown, or that it is accountable for."""

    def build(pane: Pane) -> Made:
        if _owns(pane.spec, target):
            return _owned(pane, target)
        found = joined(pane.spec, target)
        if found is None:
            raise KeyError(f"{pane.spec.label} and {target.label} are not linked.")
        return _linked(pane, target, *found)

    return build


def _linked(pane: Pane, target: EntitySpec, owner: EntitySpec, field: FieldSpec) -> Made:
    """Links of one kind, seen from either end, with a button to add one; and one to make a new record that serves this one."""
    outward, served = pane.spec is owner, owner.serves == field.key
    kind, word = owner.link_kind(field), target.label.casefold()

    def add() -> None:
        view = pane.view
        if view is None:
            return
        found = PickDialog.pick(pane, pane.tasks, f"Link {word} to {view.reference}", target.key, weighed=field.weighed)
        if found is None:
            return
        a, b = (view.id, found.id) if outward else (found.id, view.id)
        cells = {field.weighed: found.weight} if found.weight else None
        pane.tasks.write(lambda s: records.set_link(s, owner.key, field.key, a, b, cells=cells))

    section = Section(target.plural, f"Link {word}", add)

    def fill(view: show.RecordView) -> None:
        clear(section.body)
        found = [x for x in view.links if x.kind == kind and x.outward == outward]
        section.set_count(len(found))
        add_links(pane, section, found, *_all_of(pane.spec, kind, outward, view))
        if not found:
            section.body.addWidget(note(f"No {target.plural.casefold()} linked yet."))

    if served and not outward:
        _add_new(pane, section, target, field)
    return Made(section, fill)


def _all_of(spec: EntitySpec, kind: str, outward: bool, view: show.RecordView) -> tuple[Where, str]:
    """The filter of a list that shows every record linked so with the one shown, and what it is called."""
    owner, _, key = kind.partition(".")
    if outward:
        return Where("linked_to", view.id), f"Linked to {view.title}"
    return Where(key, view.id), f"{BY_KEY[owner].by_key[key].label}: {view.title}"


def _add_new(pane: Pane, section: Section, target: EntitySpec, field: FieldSpec) -> None:
    """A button that makes a record which serves the one shown at once."""

    def new() -> None:
        view = pane.view
        if view is None:
            return
        typed = ask(pane, f"New {target.label.casefold()}", target, target.form, f"Add {target.label.casefold()}")
        if typed is not None:
            typed = {**typed, field.key: view.id}
            pane.tasks.write(lambda s: records.create(s, target.key, typed)[1], message=f"{target.label} added.", failed=words_back(typed))

    made = button(f"New {target.label.casefold()}", new, kind="quiet", icon_name="plus")
    layout = section.layout()
    assert layout is not None
    layout.addWidget(made)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


def _owned(pane: Pane, target: EntitySpec) -> Made:
    section = Section(f"{target.plural} it is accountable for")

    def show_it(answer: tuple[int, list[show.Link]]) -> None:
        whole, found = answer
        view = pane.view
        section.empty()
        section.set_count(whole)
        if view is not None:
            words = f"{target.by_key[target.owner].label}: {view.title}"
            add_links(pane, section, found, Where(target.owner, view.id), words, whole=whole, removable=False)
        if not found:
            section.body.addWidget(note(f"No {target.label.casefold()} yet."))

    return Made(section, read_later(pane, section.empty, lambda s, id: finding.owned_by(s, target, id, SHOWN), show_it))


def links(pane: Pane) -> Made:
    """Everything else that leads to or from the record: evidence, gaps, frameworks, sources."""
    section = Section("Evidence, gaps, frameworks and sources")

    def fill(view: show.RecordView) -> None:
        clear(section.body)
        named = {key for group in LAYOUTS.get(view.spec.key, layout_of(view.spec)) for key in group.fields}  # not what More took up
        own_sets = {view.spec.link_kind(f) for f in view.spec.sets if f.key in pane.shown_sets() and f.key in named}
        elsewhere = _in_own_sections(view.spec)
        found = [x for x in view.links if x.kind not in elsewhere and not (x.outward and x.kind in own_sets)]
        section.set_count(len(found))
        found.sort(key=lambda link: (link.entity, link.label, link.kind))
        last = ""
        for (label, kind, outward), group in groupby(found, lambda link: (link.label, link.kind, link.outward)):
            if label != last:
                section.body.addWidget(note(label))
            last = label
            add_links(pane, section, list(group), *_all_of(view.spec, kind, outward, view))
        if not found:
            section.body.addWidget(note("No other links."))

    return Made(section, fill)


def _in_own_sections(spec: EntitySpec) -> frozenset[str]:
    """The kinds of link that the record's page shows in sections of their own."""
    targets = (BY_PLURAL.get(group.title.removeprefix("@")) for group in layout_of(spec))
    found = (joined(spec, target) for target in targets if target is not None and not _owns(spec, target))
    return frozenset(owner.link_kind(field) for owner, field in (f for f in found if f is not None))
