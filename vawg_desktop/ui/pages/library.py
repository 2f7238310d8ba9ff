"""Library: plain record pages for sources, figures, boards, meetings, frameworks and the rest."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.ui.pages.list_page import ListPage
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.basics import FlowLayout

ENTITIES = (
    "source",
    "figure",
    "governance_body",
    "meeting",
    "framework",
    "strand",
    "journey_stage",
    "contact",
    "response",
    "update",
)


class LibraryPage(QWidget):
    """One list page per kind, built when first chosen."""

    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._pages: dict[str, ListPage] = {}
        self._buttons: dict[str, QPushButton] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, theme.px(8), 0, 0)
        box.setSpacing(0)
        holder = QWidget()
        holder.setContentsMargins(theme.px(24), 0, theme.px(24), 0)
        row = FlowLayout(4)
        holder.setLayout(row)
        for entity in ENTITIES:
            made = QPushButton(BY_KEY[entity].plural)
            made.setCheckable(True)
            made.setProperty("chip", True)
            made.clicked.connect(lambda _=False, e=entity: self.show_entity(e))
            row.addWidget(made)
            self._buttons[entity] = made
        box.addWidget(holder)
        self._stack = QStackedWidget()
        box.addWidget(self._stack, 1)
        self.current = ENTITIES[0]

    def page(self, entity: str) -> ListPage:
        """The list page of a kind."""
        if entity not in self._pages:
            made = ListPage(self.tasks, entity)
            made.open_record.connect(self.open_record)
            self._pages[entity] = made
            self._stack.addWidget(made)
        return self._pages[entity]

    def show_entity(self, entity: str) -> ListPage:
        """Show a kind."""
        self.current = entity
        page = self.page(entity)
        self._stack.setCurrentWidget(page)
        for key, made in self._buttons.items():
            made.setChecked(key == entity)
        page.load()
        return page

    def load(self) -> None:
        """Read the kind shown."""
        self.show_entity(self.current)

    def show_query(self, query: ListQuery, words: str = "") -> None:
        """Show a list as a figure counts it."""
        self.show_entity(query.entity).show_query(query, words)
