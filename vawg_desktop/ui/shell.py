"""What commands and pages may ask of the main window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QMainWindow

if TYPE_CHECKING:
    from vawg_desktop.ui.as_at import AsAt
    from vawg_desktop.ui.tasks import Tasks


class Shell(QMainWindow):
    """The window as the rest of the program knows it; ``MainWindow`` is the one there is."""

    tasks: Tasks
    #: Closes the store, does something to its files, and opens it again (set by what started the window).
    reopen: Callable[[Callable[[], str]], None] | None = None
    #: Opens another store in a window of its own; set by the program that can start one.
    open_beside: Callable[[str], None] | None = None

    #: Shows the window as at a past moment, and back.
    as_at: AsAt

    def go(self, key: str) -> Any:
        """Show the page of a key, or the list of a kind of record; gives the page."""
        raise NotImplementedError

    def here(self) -> Any:
        """The page that is shown; None before there is one."""
        raise NotImplementedError

    def open_record(self, name: str) -> None:
        """Show a record where its kind stands."""
        raise NotImplementedError

    def open_list(self, query: Any, words: str) -> None:
        """Show the list that a query gives, under these words."""
        raise NotImplementedError

    def where(self) -> tuple[str, str]:
        """The key of the page that is shown, and the id of the record on it, if any."""
        raise NotImplementedError

    def left_over(self) -> str:
        """Save what is being typed; what was refused and so is kept nowhere, in words."""
        raise NotImplementedError

    def restyle(self) -> None:
        """Build every page again after a change of theme or text size."""
        raise NotImplementedError

    def lock(self) -> None:
        """Hide everything until the passphrase is typed."""
        raise NotImplementedError

    def quick_exit(self) -> None:
        """Hide the screen behind a neutral page."""
        raise NotImplementedError

    def back(self) -> None:
        """Show the record that was looked at before."""
        raise NotImplementedError

    def next_pane(self, step: int) -> None:
        """Move the keyboard to the next of left side, list and record, or with -1 to the one before."""
        raise NotImplementedError
