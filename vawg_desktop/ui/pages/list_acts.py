"""What a list offers beside its rows: a filter by any field, which columns it shows, and the status set by one key."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from vawg_desktop.domain.changes import Changes
from vawg_desktop.services import list_groups, lists, meeting_notes, office, records
from vawg_desktop.services.list_filters import Offered, offered
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store.search import Hit
from vawg_desktop.ui.dialogs.pick import FindBox
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages.list_views import GROUPED
from vawg_desktop.ui.widgets.common import pop_up

if TYPE_CHECKING:
    from vawg_desktop.ui.pages.list_page import ListPage

_COLUMNS = "columns"


def begins_at(session: Session, query: ListQuery) -> str:
    """The record at which a list opens where none was shown yet: of meetings the nearest one that is still to be held."""
    if query.entity != "meeting" or query.where or query.words or query.bin:
        return ""
    coming = meeting_notes.to_hold(session)
    return coming[0][0] if coming else ""


def ask_filter(page: ListPage) -> None:
    """Offer every field with its values; what is chosen becomes a chip above the list."""
    page.tasks.read(lambda s: offered(s, page.entity), partial(_offer, page))


def _offer(page: ListPage, found: list[Offered]) -> None:
    menu = QMenu(page)
    menu.setAccessibleName("Filter by")
    for one in found:
        if one.target:
            menu.addAction(f"{one.words} …").triggered.connect(partial(_look_for, page, one))
            continue
        sub = menu.addMenu(one.words)
        for words, value in one.values:
            where = Where(one.key, value) if one.key else Where(value, "yes")
            sub.addAction(words).triggered.connect(partial(page.add_filter, f"{one.words}: {words}" if one.key else words, where))
    pop_up(menu, page.views.mapToGlobal(page.views.rect().bottomLeft()))
    menu.deleteLater()


def _look_for(page: ListPage, field: Offered, *_: object) -> None:
    """Filter by one of many records that a field names, found by a few letters."""
    box = FindBox(page, page.tasks, f"Filter by {field.words[0].casefold()}{field.words[1:]}", entity=field.target)
    chosen = box.chosen() if box.run() else None
    box.deleteLater()
    if isinstance(chosen, Hit):
        page.add_filter(f"{field.words}: {chosen.title}", Where(field.key, chosen.reference))


def ask_status(page: ListPage) -> None:
    """A status for the picked rows, by a digit or by arrows (S)."""
    spec = page.spec
    field = spec.status_field
    numbers = page.picked()
    if field is None or field.terms is None or not numbers:
        messages.tell("Pick rows of a list whose records have a status.")
        return
    menu = QMenu(page)
    menu.setAccessibleName(f"Status of {spec.how_many(len(numbers))}")
    now = {str((page.model.row(place) or {}).get(field.key)) for place in page.view.places()}
    for number, term in enumerate(field.terms, 1):
        one = menu.addAction(f"&{number}  {term.label}" if number < 10 else term.label)
        one.setCheckable(now == {term.key})  # the status that all of them have is the one to begin from
        one.setChecked(now == {term.key})
        one.triggered.connect(partial(set_status, page, numbers, term.key, term.label))
    at = page.view.visualRect(page.view.currentIndex())
    pop_up(menu, page.view.viewport().mapToGlobal(at.bottomLeft()))
    menu.deleteLater()


def set_status(page: ListPage, numbers: list[int], key: str, words: str, *_: object) -> None:
    """Set the status of the records with these local numbers."""
    entity, status = page.entity, str(page.spec.status)
    page.tasks.write(
        lambda s: records.assign_many(s, lists.record_ids(s, entity, numbers), [Assignment(status, key)], None),
        message=f"{page.spec.how_many(len(numbers))}: {words}.",
    )


def ask_columns(page: ListPage) -> None:
    """Which columns the list shows: a tick for each."""
    menu = QMenu(page)
    hidden = set(page.view.hidden)
    for place, column in enumerate(page.model.columns):
        if not place or column.kind == "title":
            continue
        no_room = column.key not in hidden and page.view.isColumnHidden(place)
        one = menu.addAction(f"{column.label} (no room in this window)" if no_room else column.label)
        one.setCheckable(True)
        one.setChecked(column.key not in hidden)
        one.toggled.connect(partial(_turn, page, column.key))
    pop_up(menu, page.view.mapToGlobal(page.view.rect().topLeft()))
    menu.deleteLater()


def _turn(page: ListPage, key: str, on: bool) -> None:
    hidden = page.view.hidden - {key} if on else page.view.hidden | {key}
    page.view.hide_columns(hidden)
    page.tasks.save_local(_COLUMNS, page.entity, ";".join(sorted(hidden)) or None)


def load_kept(page: ListPage) -> None:
    """Hide the columns that were hidden here before, and group the list as it was grouped."""
    entity = page.entity

    def came(kept: tuple[str, str]) -> None:
        page.view.hide_columns(frozenset(k for k in kept[0].split(";") if k))
        if kept[1] in dict(list_groups.offered(page.spec)):
            page.query = replace(page.query, group=kept[1])
            page.views.say()
            page.load()

    page.tasks.read(lambda s: (office.local_values(s, _COLUMNS).get(entity, ""), office.local_values(s, GROUPED).get(entity, "")), came)


def delete_picked(page: ListPage) -> None:
    """Hide what is picked, or restore it where the bin is shown."""
    numbers, entity, back = page.picked(), page.entity, page.query.bin
    if numbers and not back and records.owns_others(page.spec):  # others belong to it and go on naming it
        rests = page.tasks.fetch(lambda s: records.rests_on(s, page.spec, lists.record_ids(s, entity, numbers)))
        if rests and not messages.ask(f"Delete {page.spec.how_many(len(numbers))}?", f"It is the owner of {rests}: these go on naming it, and nobody is asked about them.", "Delete"):
            return
    if numbers:
        page.tasks.write(
            lambda s: records.hide(s, lists.record_ids(s, entity, numbers), hidden=not back),
            message=f"{page.spec.how_many(len(numbers))} {'restored' if back else 'deleted'}.",
        )


def bulk_edit(page: ListPage) -> None:
    """One field of many records at once."""
    from vawg_desktop.ui.dialogs.bulk import edit_many

    if not (numbers := page.picked()):
        messages.tell("Pick the rows first: Shift or Ctrl with the arrows, or Ctrl+A for all.")
        return
    edit_many(page, page.tasks, page.spec, numbers)


class Made(tuple[str, Changes]):
    """A created record's id and its changes, as tasks carries them."""

    def __new__(cls, id: str, changes: Changes) -> Made:
        return super().__new__(cls, (id, changes))  # type: ignore[arg-type]

    @property
    def changes(self) -> Changes:
        """What changed."""
        return self[1]
