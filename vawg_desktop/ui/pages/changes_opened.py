"""One line of Changes opened: what it changed, record by record, and what of an imported list found no place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtWidgets import QBoxLayout, QSizePolicy

from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import change_list
from vawg_desktop.services.history import FieldChange
from vawg_desktop.services.session import Session
from vawg_desktop.services.trackers import kept_tray
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, label, note


@dataclass(frozen=True, slots=True)
class Opened:
    """Changes with their words, the entries there are in all, and the cells of an imported list that found no place."""

    changes: list[tuple[FieldChange, str]]
    whole: int
    tray: list[dict[str, str]]


def read_opened(session: Session, txn: str) -> Opened:
    """What there is to show of a transaction."""
    return Opened(*change_list.changes_of(session, txn), kept_tray(session, txn))


def fill(into: QBoxLayout, opened: Opened, open_record: Callable[[str], object]) -> None:
    """Put what was read into a layout: what found no place, which waits for somebody, then the changes; a record's heading opens it."""
    if opened.tray:
        heading = label(f"{how_many(len(opened.tray), 'cell')} of the file found no place", size=13, bold=True)
        heading.setContentsMargins(theme.px(8), theme.px(8), 0, 0)
        into.addWidget(heading)
        for entry in opened.tray[: change_list.MOST_SHOWN]:
            into.addWidget(note(_tray_line(entry)))
        if len(opened.tray) > change_list.MOST_SHOWN:
            into.addWidget(note(f"The first {change_list.MOST_SHOWN:,} are shown; the others are in the file itself."))
    for record, of_it in groupby(opened.changes, key=lambda c: c[0].record):
        its_changes = list(of_it)
        go = button(f"{record}   {its_changes[0][0].title}".strip(), lambda r=record: open_record(r), kind="row")
        go.setAccessibleName(f"Open {record} {its_changes[0][0].title}".strip())
        go.setFont(theme.font(13, bold=True))
        go.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        into.addWidget(go)
        for _, what in its_changes:
            into.addWidget(note(what))
    shown = len({c.record for c, _ in opened.changes})
    if opened.whole > change_list.MOST_SHOWN:
        into.addWidget(note(f"The first {shown:,} records are shown, of {opened.whole:,} entries."))
    if not opened.changes:
        into.addWidget(note("Bookkeeping of the program; no record that is shown changed."))
    into.addStretch(1)


def _tray_line(entry: dict[str, str]) -> str:
    """``Actions!D4, Status: Getting there (not understood)``."""
    place = "!".join(x for x in (entry["sheet"], entry["cell"]) if x)
    return f"{', '.join(x for x in (place, entry['header']) if x)}: {entry['text']} ({entry['why']})"
