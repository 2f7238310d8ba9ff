"""Sections of links: actions, recommendations, and whatever else leads to the record or from it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QSizePolicy

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services import finding, records, show
from vawg_desktop.ui.dialogs.forms import words_back
from vawg_desktop.ui.dialogs.pick import PickDialog
from vawg_desktop.ui.sections.base import Made, Pane, ask, link_row, read_later
from vawg_desktop.ui.widgets.common import Section, button, clear, note


def _linked_section(
    title: str, target: str, owner: str, key: str, verb: str, extent: bool = False
) -> Callable[[Pane], Made]:
    """A section of links of one kind, seen from either end, with one button to add."""

    def build(pane: Pane) -> Made:
        outward = pane.spec.key == owner
        kind = f"{owner}.{key}"

        def add() -> None:
            view = pane.view
            if view is None:
                return
            found = PickDialog.pick(pane, pane.tasks, f"{verb} to {view.reference}", target, extent=extent)
            if found is None:
                return
            a, b = (view.id, found.id) if outward else (found.id, view.id)
            cells = {"extent": found.extent} if found.extent else None
            pane.tasks.write(lambda s: records.set_link(s, owner, key, a, b, cells=cells))

        section = Section(title, verb, add)

        def fill(view: show.RecordView) -> None:
            clear(section.body)
            found = [x for x in view.links if x.kind == kind and x.outward == outward]
            section.set_count(len(found))
            for link in found:
                section.body.addWidget(link_row(pane, link))
            if not found:
                section.body.addWidget(note(f"No {title.casefold()} linked yet."))

        return Made(section, fill)

    return build


def actions(pane: Pane) -> Made:
    """Actions of a recommendation or gap, with a way to make a new one that serves it at once."""
    if pane.spec.key == "partner":
        return _partner_actions(pane)
    own = pane.spec.key in ("gap", "evidence")
    owner, key = (pane.spec.key, "actions") if own else ("action", "recommendations")
    made = _linked_section("Actions", "action", owner, key, "Link action", extent=owner == "action")(pane)
    if pane.spec.key == "recommendation":

        def new() -> None:
            view = pane.view
            if view is None:
                return
            typed = ask(pane, "New action",
                BY_KEY["action"],
                ("title", "accountable", "due", "status"),
                "Add action",
            )
            if typed is not None:
                typed = {**typed, "recommendations": view.id}
                pane.tasks.write(lambda s: records.create(s, "action", typed)[1], told="Action added.", failed=words_back(typed))

        new_button = button("New action", new, kind="quiet", icon_name="plus")
        layout = made.widget.layout()
        assert layout is not None
        layout.addWidget(new_button)
        new_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def _partner_actions(pane: Pane) -> Made:
    section = Section("Actions it is accountable for")

    def show_it(found: list[show.Link]) -> None:
        section.set_count(len(found))
        for link in found:
            section.body.addWidget(link_row(pane, link, removable=False))
        if not found:
            section.body.addWidget(note("No action yet."))

    return Made(section, read_later(pane, section, finding.actions_of, show_it))


def recommendations(pane: Pane) -> Made:
    owner = pane.spec.key
    return _linked_section(
        "Recommendations",
        "recommendation",
        owner,
        "recommendations",
        "Link recommendation",
        extent=owner == "action",
    )(pane)


_OWN_SECTION = frozenset(
    {
        "action.recommendations", "gap.recommendations@gap", "gap.actions",
        "evidence.actions@evidence", "evidence.recommendations@evidence",
    }
)  # fmt: skip


def links(pane: Pane) -> Made:
    """Everything else that leads to or from the record: evidence, gaps, frameworks, sources."""
    section = Section("Evidence, gaps, frameworks and sources")

    def fill(view: show.RecordView) -> None:
        clear(section.body)
        own_sets = {view.spec.link_kind(f) for f in view.spec.sets if f.key in pane.shown_sets()}
        found = [
            x for x in view.links
            if x.kind not in _OWN_SECTION and f"{x.kind}@{view.spec.key}" not in _OWN_SECTION
            and not (x.outward and x.kind in own_sets)
        ]  # fmt: skip
        section.set_count(len(found))
        last = ""
        for link in found:
            if link.label != last:
                section.body.addWidget(note(link.label))
                last = link.label
            section.body.addWidget(link_row(pane, link))
        if not found:
            section.body.addWidget(note("Nothing else leads here yet."))

    return Made(section, fill)
