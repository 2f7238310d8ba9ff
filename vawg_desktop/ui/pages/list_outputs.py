"""A list and a record out of the window: copied, printed, saved. Rows are read and put into words off the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QMenu

from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import lists, show
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.models.list_model import cell_words
from vawg_desktop.ui.outputs import copy_table, print_table, reference_line, save_table

if TYPE_CHECKING:
    from vawg_desktop.ui.pages.list_page import ListPage

#: Headings and texts of a table.
Table = tuple[list[str], list[list[str]]]


class ListOutputs:
    """What leaves a list page."""

    def __init__(self, page: ListPage) -> None:
        self._page = page

    def add_to(self, menu: QMenu) -> None:
        """Put what can be done with the list, and with the record shown, into a menu."""
        page = self._page
        title = page.spec.plural
        menu.addAction("Copy as a table\tCtrl+C", self.copy_rows)
        menu.addAction("Print …", lambda: self.with_table(lambda t: print_table(page, page.tasks, title, *t)))
        menu.addAction("Save as Excel or Word …", lambda: self.with_table(lambda t: save_table(page, page.tasks, title, *t)))
        view = page.pane.view
        if view is not None:
            name = f"{view.reference} {page.spec.label}"
            menu.addSeparator()
            menu.addAction("Copy this record", self.copy_record)
            menu.addAction("Print this record …", lambda: print_table(page, page.tasks, name, *self.record_table()))
            menu.addAction("Save this record as Excel or Word …", lambda: save_table(page, page.tasks, name, *self.record_table()))

    def with_table(self, then: Callable[[Table], object]) -> None:
        """Hand over what the list shows, picked rows or else all, restricted records left out."""
        model, entity, spec = self._page.model, self._page.entity, self._page.spec
        places = self._page.view.places()
        if len(places) < 2:
            places = list(range(model.rowCount()))
        numbers, columns = model.numbers(places), model.columns

        def read(session: Session) -> tuple[Table, int]:
            rows = lists.rows_of(session, entity, numbers)
            shown = lists.unrestricted(session, rows)
            texts = [[cell_words(spec, r, c) for c in columns] for r in shown]
            return ([c.label for c in columns], texts), len(rows) - len(shown)

        def came(answer: tuple[Table, int]) -> None:
            table, left_out = answer
            if left_out:
                messages.tell(f"{how_many(left_out, 'restricted record')} left out.")
            then(table)

        self._page.tasks.read(read, came)

    def copy_rows(self) -> None:
        """Copy the list as a table; one row copies as its reference line."""
        page = self._page
        places = page.view.places()
        row = page.model.row(places[0]) if len(places) == 1 else None
        if row is not None:
            QApplication.clipboard().setText(reference_line(page.spec, row, page.tasks.session.today))
            messages.tell("The reference is copied.")
            return

        def copy(table: Table) -> None:
            copy_table(*table)
            messages.tell("The list is copied as a table.")

        self.with_table(copy)

    def record_table(self) -> Table:
        """The record shown, as field and value, its links and updates under it."""
        view = self._page.pane.view
        return ["Field", "Value"], show.as_lines(view) if view is not None else []

    def copy_record(self) -> None:
        """Copy the record as a table of fields."""
        copy_table(*self.record_table())
        messages.tell("The record is copied as a table.")
