"""A list and a record out of the window: copied, printed, saved. Rows are read and put into words off the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QMenu

from vawg_desktop.domain.fields import EntitySpec, Kind
from vawg_desktop.exchange.document import Document
from vawg_desktop.services import (
    kept_back,
    list_groups,
    lists,
    names,
    outputs,
    restriction,
    service_outputs,
)
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.models.list_model import Column, cell_words, document_cells, is_late
from vawg_desktop.ui.outputs import copy_table, reference_line, save_document

if TYPE_CHECKING:
    from vawg_desktop.ui.pages.list_page import ListPage

#: Headings and texts of a table.
Table = tuple[list[str], list[list[str]]]

#: Documents about all records of a kind, offered beside its list.
_MORE: dict[str, tuple[tuple[str, Callable[[Session], Document]], ...]] = {
    "service": (("Directory of services", service_outputs.directory), ("Assessment of needs against services", service_outputs.assessment)),
}


class ListOutputs:
    """What leaves a list page."""

    def __init__(self, page: ListPage) -> None:
        self._page = page

    def add_to(self, menu: QMenu) -> None:
        """Put what can be done with the list, and with the record shown, into a menu."""
        page = self._page
        title = page.spec.plural
        one = len(page.view.places()) == 1
        menu.addAction("Copy as a table" if one else "Copy as a table\tCtrl+C", self.copy_table)
        if one:
            menu.addAction("Copy the reference\tCtrl+C", self.copy_rows)
        menu.addAction("Print …", lambda: save_document(page, page.tasks, title, self.list_maker(), printed=True))
        menu.addAction("Save as …", lambda: save_document(page, page.tasks, title, self.list_maker()))
        for words, make in _MORE.get(page.entity, ()):
            menu.addAction(f"{words} …", partial(save_document, page, page.tasks, words, make))
        view = page.pane.view
        if view is not None:
            name = f"{view.reference} {page.spec.label}"
            menu.addSeparator()
            menu.addAction("Copy this record", self.copy_record)
            menu.addAction("Print this record …", lambda: save_document(page, page.tasks, name, self.record_maker(), printed=True))
            menu.addAction("Save this record as …", lambda: save_document(page, page.tasks, name, self.record_maker()))

    def _shown(self) -> Callable[[Session], tuple[list[dict[str, object]], int]]:
        """What reads the rows that the list shows, picked ones or else all, without restricted records and parts of such; and how many those are."""
        model, entity = self._page.model, self._page.entity
        places = self._page.view.places()
        if len(places) < 2:
            places = list(range(model.rowCount()))
        numbers = model.numbers(places)

        def read(session: Session) -> tuple[list[dict[str, object]], int]:
            rows = lists.rows_of(session, entity, numbers)
            shown = restriction.unrestricted(session, rows)
            return kept_back.blurred(session, entity, shown), len(rows) - len(shown)

        return read

    def with_table(self, then: Callable[[Table, str], object]) -> None:
        """Hand over what the list shows, in words, and what is to be said of records left out."""
        spec, columns, shown = self._page.spec, self._page.model.columns, self._shown()

        query = self._page.query

        def read(session: Session) -> tuple[Table, int]:
            rows, left_out = shown(session)
            head, groups = _groups(session, spec, query, columns, rows)
            return ([*head, *(c.label for c in columns)], [[*g, *(cell_words(spec, r, c, session.today) for c in columns)] for g, r in zip(groups, rows, strict=True)]), left_out

        def came(answer: tuple[Table, int]) -> None:
            table, left_out = answer
            then(table, _left_out(spec, left_out) if left_out else "")

        self._page.tasks.read(read, came)

    def list_maker(self) -> Callable[[Session], Document]:
        """What makes a document of the list as it shows now; restricted records that are left out are said in it."""
        spec, columns, shown, query = self._page.spec, self._page.model.columns, self._shown(), self._page.query

        def make(session: Session) -> Document:
            rows, left_out = shown(session)
            closed = restriction.restricted(session, {str(r[f.key]) for r in rows for f in spec.cells if f.kind is Kind.REF and r.get(f.key)})
            late = any(is_late(spec, r, session.today) for r in rows)
            head, groups = _groups(session, spec, query, columns, rows)
            heads = [*head, *(h for c in columns for h in ((c.label, "Late") if late and c.kind == "due" else (c.label,)))]
            cells = [[*g, *(cell for c in columns for cell in document_cells(spec, r, c, session.today, late=late, closed=closed))] for g, r in zip(groups, rows, strict=True)]
            lines = [_left_out(spec, left_out)] if left_out else []
            return outputs.list_document(session, spec.plural, heads, cells, outputs.marking_of(spec, rows), lines, outputs.conflict_note(rows))

        return make

    def record_maker(self) -> Callable[[Session], Document]:
        """What makes a document of the record shown."""
        view = self._page.pane.view
        assert view is not None
        return lambda session: outputs.record_document(session, view.id)

    def copy_rows(self) -> None:
        """Copy the picked rows, or the list, as a table; where one row is picked, its reference line."""
        page = self._page
        places = page.view.places()
        numbers = page.model.numbers(places) if len(places) == 1 else []
        if numbers and (rows := page.tasks.fetch(lambda s: lists.rows_of(s, page.entity, numbers))):  # the list may be read anew just now
            row = rows[0]
            id = str(row["id"])
            closed, small = page.tasks.fetch(lambda s: (restriction.restricted(s, [id]), page.entity == "indicator_value" and id in kept_back.values(s)))
            self._copy_reference(row, "number that is kept back" if small else _KEPT.get(page.entity, ("restricted record", ""))[0] if closed else "")
            return
        self.copy_table()

    def copy_table(self) -> None:
        """Copy the picked rows, or else all, as a table."""

        def copy(table: Table, more: str) -> None:
            copy_table(*table)
            messages.tell(f"The list is copied as a table. {more}".strip())

        self.with_table(copy)

    def _copy_reference(self, row: dict[str, object], kept: str) -> None:
        """Copy one row's reference line; of a record that does not leave, its reference alone. ``kept`` says what it is then."""
        page = self._page
        if kept:
            QApplication.clipboard().setText(str(row["reference"]))
            messages.tell(f"Only the reference is copied: this is a {kept}.")
            return
        QApplication.clipboard().setText(reference_line(page.spec, row, page.tasks.session.today))
        messages.tell("The reference is copied.")

    def copy_record(self) -> None:
        """Copy the record as a table of fields."""
        view = self._page.pane.view
        if view is None:
            return

        def came(lines: list[list[str]]) -> None:
            copy_table(["Field", "Value"], lines)
            messages.tell("The record is copied as a table.")

        self._page.tasks.read(lambda s: outputs.record_lines(s, view.id), came)


#: What a record that does not leave is called, where it is not its restriction that keeps it.
_KEPT = {"quote": ("quote that may not leave yet", "quotes that may not leave yet"), "figure": ("figure under embargo", "figures under embargo")}


def _groups(session: Session, spec: EntitySpec, query: ListQuery, columns: Sequence[Column], rows: Sequence[dict[str, object]]) -> tuple[list[str], list[list[str]]]:
    """What a grouped list says before its columns: the heading and each row's group; nothing where a column says it already, or it is not grouped."""
    if not query.group or query.group in {c.key.removesuffix(lists.name_column("")).removesuffix(lists.reference_column("")) for c in columns}:
        return [], [[] for _ in rows]
    key, terms = list_groups.column(spec, query.group), list_groups.terms_of(spec, query.group)
    named = {str(r[key]) for r in rows if r.get(key)} if terms is None else set[str]()
    called = names.labels(session.read(), list(named)) | dict.fromkeys(restriction.restricted(session, named), "Restricted")
    return [dict(list_groups.offered(spec))[query.group]], [[list_groups.words(spec, query.group, r.get(key), called)] for r in rows]


def _left_out(spec: EntitySpec, number: int) -> str:
    one, many = _KEPT.get(spec.key, ("restricted record", "restricted records"))
    return f"{number:,} {one if number == 1 else many} left out."
