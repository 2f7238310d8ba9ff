"""Menus for tests: opened as they are for people, handed over once they stand there, and closed again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu

#: Time for what a menu does itself on opening, in milliseconds; its own timer, set earlier and shorter, always comes first.
_AFTER = 30


def handed_to(look: Callable[[QMenu], object]) -> type[QMenu]:
    """A kind of menu that is given to ``look`` when it is open, and then closes; put in the place of a module's ``QMenu``."""

    class Handed(QMenu):
        def showEvent(self, event: QShowEvent) -> None:
            super().showEvent(event)
            QTimer.singleShot(_AFTER, self, self._hand_over)

        def _hand_over(self) -> None:
            try:
                look(self)
            finally:
                self.close()

    return Handed
