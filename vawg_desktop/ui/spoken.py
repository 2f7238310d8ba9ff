"""What a screen reader hears beyond names: sentences that are announced, and headings that are headings."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QLabel

#: The property of a label that is a heading.
HEADING = "heading"


class Announcer(QObject):
    """Says sentences aloud where a screen reader listens. ``said`` is emitted for each, for tests."""

    said = Signal(str)

    def say(self, about: QObject, words: str, *, urgent: bool = False) -> None:
        """Announce a sentence on behalf of a widget; an ``urgent`` one breaks in on what is being read."""
        if not words:
            return
        self.said.emit(words)
        if QAccessible.isActive():
            event = QAccessibleAnnouncementEvent(about, words)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive if urgent else QAccessible.AnnouncementPoliteness.Polite)
            QAccessible.updateAccessibility(event)


announcer = Announcer()

#: The interfaces made here, by the address of their label: Qt deletes them with it, and Python must not do so again.
_made: dict[int, QAccessibleWidget] = {}


class _Heading(QAccessibleWidget):
    """A heading is called by the words that its label has now, not by those that it was made with."""

    def text(self, t: QAccessible.Text, /) -> str:
        about = self.object()
        if t == QAccessible.Text.Name and isinstance(about, QLabel):
            return about.accessibleName() or about.text()
        return super().text(t)


def _heading(key: str, about: QObject) -> QAccessibleInterface | None:
    if not isinstance(about, QLabel) or not about.property(HEADING):
        return None
    made = _Heading(about, QAccessible.Role.Heading)
    address = shiboken6.getCppPointer(about)[0]
    _made[address] = made
    about.destroyed.connect(lambda *_, at=address: _let_go(at))
    return made


def _let_go(address: int) -> None:
    made = _made.pop(address, None)
    if made is not None:
        shiboken6.invalidate(made)


def install() -> None:
    """From now on labels marked as headings are spoken as headings."""
    global _installed
    if not _installed:
        QAccessible.installFactory(_heading)
        _installed = True


_installed = False
