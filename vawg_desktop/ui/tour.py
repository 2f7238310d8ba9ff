"""Every page as a picture: what nobody sees on a machine without a screen."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QThread
from PySide6.QtWidgets import QApplication, QWidget

from vawg_desktop.services import returns
from vawg_desktop.services.session import Session
from vawg_desktop.ui.main_window import MainWindow
from vawg_desktop.ui.places import PAGES
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.place_kept import about_to_move


def draw_tour(session: Session, out: Path, theme_name: str, scale: float, size: tuple[int, int]) -> list[str]:
    """Draw every page, and the palette and the shortcuts sheet; returns the files' names."""
    failures: list[BaseException] = []
    before, sys.excepthook = sys.excepthook, lambda kind, error, trace: failures.append(error)
    try:
        names = _draw_pages(session, out, theme_name, scale, size)
    finally:
        sys.excepthook = before
    if failures:
        raise failures[0]
    return names


def _draw_pages(
    session: Session, out: Path, theme_name: str, scale: float, size: tuple[int, int]
) -> list[str]:
    theme.apply(theme_name, scale)
    window = MainWindow()
    window.resize(*size)
    tasks = Tasks(session)
    window.attach(tasks, session.store.path.stem)
    window.show()
    names: list[str] = []
    for number, page in enumerate(PAGES, 1):
        shown = window.go(page.key)
        settle(tasks)
        if hasattr(shown, "view") and hasattr(shown, "pane"):
            shown.view.setFocus()
            settle(tasks)
        names.append(save(window, out / f"{number:02d} {page.label.casefold().replace(' ', '-')}.png"))
        if page.key == "returns" and (submissions := returns.submissions(session)):
            shown.open_review(str(submissions[0]["id"]))
            settle(tasks)
            names.append(save(window, out / f"{number:02d} returns review.png"))
        if getattr(getattr(shown, "panes_beside", None), "narrow", False):
            shown._on_entered()
            settle(tasks)
            names.append(
                save(window, out / f"{number:02d} {page.label.casefold().replace(' ', '-')} record.png")
            )
            shown._on_left()
    names.append(_palette(window, tasks, out / f"{len(PAGES) + 1:02d} palette.png"))
    window.close()
    window.deleteLater()
    return names


def settle(tasks: Tasks) -> None:
    """Let reads end, layouts find their sizes, removed widgets go and the keyboard find its place."""
    for turn in range(_TURNS):
        tasks.wait()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.sendPostedEvents()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        if turn >= 3 and not about_to_move():
            return
        if turn >= 3:
            QThread.msleep(2)


#: So many turns of the event loop at most; four are always made.
_TURNS = 250


def save(widget: QWidget, path: Path) -> str:
    """Grab a widget into a PNG."""
    if not widget.grab().save(str(path), "PNG"):
        raise OSError(f"{path.name} could not be written")
    return path.name


def _palette(window: MainWindow, tasks: Tasks, path: Path) -> str:
    from vawg_desktop.ui.commands import offers
    from vawg_desktop.ui.dialogs.pick import FindBox

    box = FindBox(window, tasks, "Search or do anything", entity=None, offers=offers(window))
    box.line.setText("survey")
    box.fill()
    box.show()
    settle(tasks)
    name = save(box, path)
    box.close()
    box.deleteLater()
    return name
