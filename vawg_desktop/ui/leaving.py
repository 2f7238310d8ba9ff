"""Before the window closes: what is typed and not saved yet, and what waits for a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vawg_desktop.ui.messages import messages

if TYPE_CHECKING:
    from vawg_desktop.ui.tasks import Tasks


def left_over(tasks: Tasks, pages: Sequence[Any]) -> str:
    """Save what is being typed on the pages as leaving its field does; what was refused and so is kept nowhere, in words, or an empty text."""
    panes = [p.pane for p in pages if hasattr(p, "pane")]
    for pane in panes:
        pane.leave()
    tasks.wait()
    asked = [pane.left_over for pane in panes]
    asked += [ask for page in pages if (ask := getattr(page, "left_over", None)) is not None]
    found = [words for ask in asked for words in ask()]
    return "" if not found else f"{' and '.join(found)} {'was' if len(found) == 1 else 'were'} not saved"


def may_close(lost: str, waits: int) -> bool:
    """Whether the window may close though ``lost`` was not saved and ``waits`` changes wait for a server; asks where there are such."""
    from vawg_desktop.domain.terms import how_many

    if lost and not messages.ask("Not saved", f"{lost}. Closing the window loses what you typed there.", "Close without saving"):
        return False
    return not waits or messages.ask(
        "The server is away",
        f"{how_many(waits, 'change')} waiting for it would be lost. Keep the window open until the server is back, or copy what you typed elsewhere.",
        "Close and lose them",
    )
