"""Saved views of a list: a query under a name, kept for this store."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu, QPushButton

from vawg_desktop.services import office
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks


class SavedViews(QPushButton):
    """A button that shows which view is on, and a menu of those kept."""

    def __init__(self, tasks: Tasks, entity: str, show: Callable[[ListQuery], object]) -> None:
        super().__init__("View: all")
        self.setAccessibleName("Saved views")
        self._tasks, self._entity, self._show = tasks, entity, show
        self.query = ListQuery(entity)
        self.clicked.connect(self._ask)

    def _ask(self) -> None:
        entity = self._entity
        self._tasks.read(lambda s: office.local_values(s, f"view:{entity}"), self._offer)

    def _offer(self, kept: dict[str, str]) -> None:
        menu = QMenu(self)
        menu.addAction("All", lambda: self._use("all", ListQuery(self._entity)))
        for name, text in kept.items():
            menu.addAction(name, partial(self._use_kept, name, text))
        menu.addSeparator()
        menu.addAction("Save this view …", self.save)
        menu.exec(self.mapToGlobal(self.rect().bottomLeft()))
        menu.deleteLater()

    def _use_kept(self, name: str, text: str) -> None:
        self._use(name, view_from_json(text))

    def _use(self, name: str, query: ListQuery) -> None:
        self.setText(f"View: {name}")
        self._show(query)

    def save(self) -> None:
        """Keep the query that is shown under a name."""
        name, done = messages.ask_text("Save this view", "Call it")
        if done and name.strip():
            self._tasks.save_local(f"view:{self._entity}", name.strip(), view_to_json(self.query))
            self.setText(f"View: {name.strip()}")


def view_to_json(query: ListQuery) -> str:
    """A query as it is kept."""
    return json.dumps({
        "entity": query.entity, "words": query.words, "where": [[w.field, w.value] for w in query.where],
        "sort": query.sort, "descending": query.descending,
    })  # fmt: skip


def view_from_json(text: str) -> ListQuery:
    """A kept query."""
    kept = json.loads(text)
    where = tuple(Where(f, v) for f, v in kept["where"])
    return ListQuery(kept["entity"], kept["words"], where, kept["sort"], kept["descending"])
