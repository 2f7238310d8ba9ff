"""What every section of a record is made of: the record's pane as it knows it, rows of links, reading off the window's thread.

To add a section: a function in a module of this folder that takes the pane and gives a ``Made``; a line in ``SECTIONS`` in
``__init__``; and its name, with an @ before it, in the record's layout (``ui/layouts.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QWidget

from vawg_desktop.domain import terms as t
from vawg_desktop.domain.entities import BY_KEY, EntitySpec
from vawg_desktop.services import records, show
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.ui import looking_back
from vawg_desktop.ui.dialogs.forms import FormDialog
from vawg_desktop.ui.theme import icon, theme
from vawg_desktop.ui.widgets.common import RowButton, Section, all_button, filling, label

if TYPE_CHECKING:
    from vawg_desktop.services.session import Session
    from vawg_desktop.ui.tasks import Tasks


#: So many rows stand under a section's heading; a list has all of them. Eight hundred took the window five seconds.
SHOWN = 40


class Pane(QScrollArea):
    """The record's page as its sections know it; ``RecordPane`` is the one there is."""

    open_record = Signal(str)
    #: A list of records and the words of its filter.
    open_list = Signal(object, str)
    tasks: Tasks
    spec: EntitySpec
    #: The record that is shown, None where there is none.
    view: show.RecordView | None

    def attach(self, path: Path) -> None:
        """Keep a file with the record that is shown."""
        raise NotImplementedError

    def shown_sets(self) -> set[str]:
        """Set fields that have an editor of their own."""
        raise NotImplementedError


@dataclass(slots=True)
class Made:
    """A section's widget and how to fill it."""

    widget: QWidget
    fill: Callable[[show.RecordView], None]


def read_later(
    pane: Pane, empty: Callable[[], None], read: Callable[[Session, str], Any], show_it: Callable[[Any], None]
) -> Callable[[show.RecordView], None]:
    """Fill a section by a read on the reader's lane: the window goes on meanwhile, and what comes too late is dropped.

    ``read`` is given the session and the record's id; ``show_it`` its answer. Of another record nothing stands while its own is
    read: ``empty`` takes it away.
    """
    shown = ""

    def fill(view: show.RecordView) -> None:
        nonlocal shown
        id = view.id
        if shown != id:
            empty()

        def then(answer: Any) -> None:
            nonlocal shown
            if pane.view is not None and pane.view.id == id:
                shown = id
                show_it(answer)

        pane.tasks.read(lambda s: read(s, id), then)

    return fill


def ask(
    pane: Pane, title: str, spec: EntitySpec, fields: Sequence[str], verb: str, given: Mapping[str, str] | None = None
) -> dict[str, str] | None:
    """A form over the record; what was typed by field, None if the person left."""
    return FormDialog.fill_in(pane, pane.tasks, title, spec, fields, verb, given=given)


def add_links(
    pane: Pane, section: Section, links: Sequence[show.Link], where: Where, words: str, *, whole: int = 0, removable: bool = True
) -> None:
    """Rows of links under a section's heading: of many the first ``SHOWN``, and a button that opens the list of all.

    ``where`` is that list's filter, ``words`` its name; ``whole`` says how many there are where ``links`` are only the first.
    """
    with filling(section):
        for link in links[:SHOWN]:
            section.body.addWidget(link_row(pane, link, removable=removable))
    whole = whole or len(links)
    if whole > SHOWN:
        query = ListQuery(links[0].entity, where=(where,))
        section.body.addWidget(all_button(whole, lambda: pane.open_list.emit(query, words)))


def link_row(pane: Pane, link: show.Link, *, removable: bool = True) -> QWidget:
    """One link as a row: reference, title, status, and a way to take it away."""
    row = QWidget()
    box = QHBoxLayout(row)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(theme.px(8))
    go = RowButton(f"{link.reference}   {link.title}")
    go.setProperty("row", True)
    go.setMinimumWidth(theme.px(80))
    go.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    go.setMinimumHeight(theme.px(28))
    go.setAccessibleName(f"Open {link.reference} {link.title}")
    go.setToolTip(link.title)
    go.clicked.connect(lambda: pane.open_record.emit(link.id))
    box.addWidget(go, 1)
    standing = BY_KEY[link.entity].status_field if link.entity in BY_KEY else None
    words = [standing.terms.label(link.status)] if link.status and standing is not None and standing.terms is not None else []
    if link.extent:
        words.append(t.EXTENT.label(link.extent).casefold())
    if link.strength:
        words.append(f"{t.LEVEL.label(link.strength).casefold()} strength")
    if words:
        box.addWidget(label(" · ".join(words), muted=True, wrap=False))
    if removable and not looking_back.is_on():
        off = QPushButton()
        off.setProperty("quiet", True)
        off.setIcon(icon("close", theme.colours.muted, 16))
        off.setIconSize(QSize(theme.px(14), theme.px(14)))
        off.setFixedSize(theme.px(28), theme.px(28))
        off.setAccessibleName(f"Remove the link to {link.reference}")
        off.setToolTip("Remove link")
        off.clicked.connect(lambda: _unlink(pane, link))
        box.addWidget(off)
    return row


def _unlink(pane: Pane, link: show.Link) -> None:
    view = pane.view
    if view is None:
        return
    entity, _, key = link.kind.partition(".")
    a, b = (view.id, link.id) if link.outward else (link.id, view.id)
    pane.tasks.write(
        lambda s: records.set_link(s, entity, key, a, b, remove=True),
        message=f"Link to {link.reference} removed.",
    )
