"""Saved views of a list: a query under a name, kept for this store; and by what its rows stand in groups."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services import list_groups, office
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.widgets.common import pop_up

#: Where it is kept, for this store, by what each list is grouped.
GROUPED = "grouped"


#: Kinds of record whose list begins with the newest, and the column that says which that is. Updates are numbered as they
#: come: putting hundreds of thousands of them in the order of their days takes 250 times as long.
_NEWEST_FIRST = {"meeting": "date", "update": "reference"}


def first_query(entity: str) -> ListQuery:
    """A list as it opens: all of its rows, by reference or the newest first."""
    day = _NEWEST_FIRST.get(entity)
    return ListQuery(entity, sort=day, descending=True) if day else ListQuery(entity)


class SavedViews(QPushButton):
    """A button that shows which view is on, and a menu of those kept."""

    def __init__(self, tasks: Tasks, entity: str, show: Callable[[ListQuery], object], shown: Callable[[], ListQuery]) -> None:
        super().__init__("View: all")
        self.setAccessibleName("Saved views")
        self._tasks, self._entity, self._show, self._shown = tasks, entity, show, shown
        self._called = "all"
        self.clicked.connect(self._ask)

    def _ask(self) -> None:
        entity = self._entity
        self._tasks.read(lambda s: office.local_values(s, f"view:{entity}"), self._offer)

    def _offer(self, kept: dict[str, str]) -> None:
        menu = QMenu(self)
        menu.addAction("All", lambda: self._use("all", replace(first_query(self._entity), group=self._shown().group)))
        for name, text in kept.items():
            menu.addAction(name, partial(self._use_kept, name, text))
        menu.addSeparator()
        by = menu.addMenu("Group by")
        choices = QActionGroup(by)
        for key, words in (("", "Nothing"), *list_groups.offered(BY_KEY[self._entity])):
            one = by.addAction(words)
            one.setCheckable(True)
            one.setChecked(key == self._shown().group)
            choices.addAction(one)
            one.triggered.connect(partial(self._group, key))
        menu.addAction("Save this view …", self.save)
        pop_up(menu, self.mapToGlobal(self.rect().bottomLeft()))
        menu.deleteLater()

    def _group(self, key: str, *_: object) -> None:
        self._tasks.save_local(GROUPED, self._entity, key or None)
        self._show(replace(self._shown(), group=key))
        self.say()

    def _use_kept(self, name: str, text: str) -> None:
        self._use(name, view_from_json(text))

    def _use(self, name: str, query: ListQuery) -> None:
        self._called = name
        self._show(query)
        self.say()

    def say(self) -> None:
        """The name of the view that is on, and whether its rows stand in groups."""
        self.setText(f"View: {self._called}{', grouped' if self._shown().group else ''}")

    def save(self) -> None:
        """Keep the query that is shown under a name."""
        name, done = messages.ask_text("Save this view", "Call it")
        if done and name.strip():
            self._tasks.save_local(f"view:{self._entity}", name.strip(), view_to_json(self._shown()))
            self._called = name.strip()
            self.say()


def view_to_json(query: ListQuery) -> str:
    """A query as it is kept."""
    return json.dumps({
        "entity": query.entity, "words": query.words, "where": [[w.field, w.value] for w in query.where],
        "sort": query.sort, "descending": query.descending, "group": query.group,
    })  # fmt: skip


def view_from_json(text: str) -> ListQuery:
    """A kept query."""
    kept = json.loads(text)
    where = tuple(Where(f, v) for f, v in kept["where"])
    group = kept.get("group", "")
    group = group if group in dict(list_groups.offered(BY_KEY[kept["entity"]])) else ""
    return ListQuery(kept["entity"], kept["words"], where, kept["sort"], kept["descending"], group=group)
