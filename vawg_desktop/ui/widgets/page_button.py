"""A button that leads to a page, and says whether that page is the one shown."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton


class PageButton(QPushButton):
    """Heard as a button: one that can be ticked would be heard as a tick box, which it is not."""

    @property
    def current(self) -> bool:
        """Whether its page is the one shown."""
        return bool(self.property("here"))

    def mark(self, current: bool) -> None:
        """State whether its page is the one shown, for the eye."""
        if current != self.current:
            self.setProperty("here", current)
            self.style().unpolish(self)
            self.style().polish(self)
