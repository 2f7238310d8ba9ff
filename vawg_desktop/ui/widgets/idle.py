"""Notices that nobody is there, so that the screen can be locked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer

#: Events that a person makes; whoever watches the program's events tells of them (``noticed``).
SIGNS_OF_LIFE = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.TouchBegin}
)  # fmt: skip


class IdleWatch(QObject):
    """Calls back when no key and no mouse has been touched for a while."""

    def __init__(self, owner: QObject, then: Callable[[], None]) -> None:
        super().__init__(owner)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(then)

    def start(self, minutes: int) -> None:
        """Watch from now on; 0 minutes watch nothing."""
        self.timer.stop()
        if minutes:
            self.timer.setInterval(minutes * 60_000)
            self.timer.start()

    def noticed(self) -> None:
        """Somebody is there: count anew."""
        if self.timer.isActive():
            self.timer.start()
