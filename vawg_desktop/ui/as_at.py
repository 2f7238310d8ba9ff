"""The window as at a date or a board: the same pages on the store as it was, plainly marked and read only, and back again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from vawg_desktop.ui import looking_back
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.theme import theme

if TYPE_CHECKING:
    from vawg_desktop.services.as_at import PastSession
    from vawg_desktop.services.session import Session
    from vawg_desktop.ui.main_window import MainWindow


class AsAtBar(QFrame):
    """Across the window while it shows the past: as at when, and the way back."""

    def __init__(self, back: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("as_at")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(24), theme.px(6), theme.px(16), theme.px(6))
        self._words = QLabel()
        self._words.setWordWrap(True)
        row.addWidget(self._words, 1)
        self.back = QPushButton("Back to today")
        self.back.clicked.connect(back)
        row.addWidget(self.back)
        self.hide()

    def show_past(self, called: str) -> None:
        """Say as at when everything stands; with no words the bar is gone."""
        self._words.setText(f"As at {called}: everything as this store knew it then. Read only.")
        self._words.setFont(theme.font(13, bold=True))
        self.setAccessibleName(self._words.text())
        self.setVisible(bool(called))


class AsAt:
    """Takes the window to a past moment and back."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._today: Session | None = None
        self._past: PastSession | None = None
        #: Where the window stood when it went to the past.
        self._left = ("", "")

    @property
    def on(self) -> bool:
        """Whether the past is shown."""
        return self._past is not None

    def go(self, words: str, then: Callable[[], object] | None = None) -> None:
        """Show everything as at ``words``, on the page and record that are shown; nothing that is typed is lost, for it is asked first."""
        lost = self._window.left_over()
        if lost and not messages.ask("Not saved", f"{lost}. Looking at the past loses what you typed there.", "Go without saving"):
            return
        from vawg_desktop.services import as_at

        today, (key, id) = self._today or self._window.tasks.session, self._window.where()
        messages.tell("Opening the store as at that date …")
        self._window.tasks.make_file(lambda _: as_at.open_with(today, words, id), partial(self._show, today, then, key))

    def today_of(self, session: Session) -> Session:
        """The session on today's store, where one of the past is shown; by its passphrase the window is unlocked."""
        return self._today or session

    def _show(self, today: Session, then: Callable[[], object] | None, key: str, opened: tuple[PastSession, str, str]) -> None:
        past, id, missing = opened
        before = self._past
        if lost := self._window.left_over():  # typed while the copy was made
            past.store.close()
            messages.tell(f"{lost}. Save it, then look at the past.", stays=True)
            return
        if before is None:
            self._left = self._window.where()
        self._today, self._past = today, past
        self._change_to(past, (key, id))
        if before is not None:
            before.store.close()
        messages.tell(f"{missing} was not recorded yet as at {past.called}." if missing else f"This is as at {past.called}.")
        if then is not None:
            then()

    def back(self) -> None:
        """Show today's store again, where the window stood."""
        if self._past is None or self._today is None:
            return
        lost = self._window.left_over()
        if lost and not messages.ask("Not saved", f"{lost}. What is shown is the past, where nothing can be changed; go back to today first.", "Go without saving"):
            return
        past, today = self._past, self._today
        self._past = self._today = None
        self._change_to(today, self._left)
        past.store.close()
        messages.tell("Back to today.")

    def close(self) -> None:
        """Let go of the past when the window closes; today's store is another's to close."""
        if self._past is not None:
            self._past.store.close()
            self._past = None
            looking_back.set_on(False)

    def _change_to(self, session: Any, where: tuple[str, str]) -> None:
        from vawg_desktop.ui.tasks import Tasks

        key, id = where
        self._window.detach()
        looking_back.set_on(bool(session.store.is_past))
        self._window.attach(Tasks(session), session.store.path.stem)
        page = self._window.go(key or "my_work")
        if id and hasattr(page, "go_to"):
            page.go_to(id)
