"""What a field may be filled with: every record of a kind, or the words used so far; read once and again when they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from vawg_desktop.domain.changes import Changes
from vawg_desktop.services import finding
from vawg_desktop.ui.tasks import Tasks

#: Id or stored key, and what it is called.
Choice = tuple[str, str]
#: Asks for choices and is given them, at once where they are known.
Ask = Callable[[Callable[[Sequence[Choice]], object]], object]


class Choices(QObject):
    """The choices of one store's fields, kept until what they name changes."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self._tasks = tasks
        self._known: dict[str, list[Choice]] = {}
        self._asked: dict[str, list[Callable[[Sequence[Choice]], object]]] = {}
        tasks.changes_applied.connect(self._on_changes)

    def of_kind(self, kind: str) -> Ask:
        """Asks for every live record of a kind, as id and label."""
        return lambda then: self._ask(kind, lambda s: finding.choices(s, kind), then)

    def of_words(self, link_kind: str) -> Ask:
        """The words used so far in a set of free words, such as ``recommendation.themes``."""
        return lambda then: self._ask(f"words {link_kind}", lambda s: finding.used_words(s, link_kind), then)

    def _ask(
        self, key: str, read: Callable[..., list[Choice]], then: Callable[[Sequence[Choice]], object]
    ) -> None:
        if key in self._known:
            then(self._known[key])
            return
        waiting = self._asked.setdefault(key, [])
        waiting.append(then)
        if len(waiting) > 1:
            return

        def answered(found: list[Choice]) -> None:
            self._known[key] = found
            for one in self._asked.pop(key, []):
                one(found)

        self._tasks.read(read, answered)

    def _on_changes(self, changes: Changes) -> None:
        for key in list(self._known):
            if key in changes.entities or (key.startswith("words ") and "link" in changes.entities):
                del self._known[key]


def choices_of(tasks: Tasks) -> Choices:
    """The choices that belong to a store's tasks."""
    found = tasks.findChild(Choices)
    return found if isinstance(found, Choices) else Choices(tasks)


def given(choices: Sequence[Choice]) -> Ask:
    """Choices that are known beforehand, such as the terms of a vocabulary."""
    return lambda then: then(choices)
