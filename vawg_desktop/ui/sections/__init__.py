"""Sections of a record that are more than fields, by the name that a layout gives them after an @."""

from __future__ import annotations

from collections.abc import Callable

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.ui.sections import (
    agenda,
    areas,
    asked,
    chain,
    changes,
    children,
    cited,
    closure,
    coding,
    earlier,
    file,
    gap_state,
    linked,
    own_words,
    progress,
    recounted,
    reports,
    returns,
    series,
    stages,
)
from vawg_desktop.ui.sections.base import Made, Pane

SECTIONS: dict[str, Callable[[Pane], Made]] = {
    "links": linked.links,
    "agenda": agenda.agenda_of,
    "asked": asked.asked,
    "attendance": agenda.attendance_of,
    "role": children.roles,
    "progress": progress.progress,
    "returns": returns.returns_over_time,
    "file": file.file,
    "closure": closure.closure,
    "earlier": earlier.earlier_wording,
    "chain": chain.missing_links,
    "cited": cited.cited,
    "codebook_versions": coding.versions,
    "spoken_of": coding.answers,
    "agreement": cited.agreement,
    "changed_sources": cited.changed_sources,
    "gap_state": gap_state.gap_state,
    "series": series.one,
    "recounted": recounted.recounted,
    "own_words": own_words.own_words,
    "numbers": series.all_of,
    "beside_areas": areas.beside,
    "stages": stages.out_of_earlier,
    "service_report": reports.reports,
    "history": changes.last_changes,
}


def build(name: str, pane: Pane) -> Made:
    """The section that a layout names: one of SECTIONS, a kind's plural (``actions``) for linked records, or its key (``response``) for parts of this record. Raises KeyError."""
    made = SECTIONS.get(name)
    if made is None and name in linked.BY_PLURAL and linked.joined(pane.spec, linked.BY_PLURAL[name]) is not None:
        made = linked.of(linked.BY_PLURAL[name])
    if made is None and name in BY_KEY:
        made = children.of(name)
    if made is None:
        raise KeyError(f"There is no section called {name}.")
    return made(pane)
