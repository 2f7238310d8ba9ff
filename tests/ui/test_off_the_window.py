"""No page touches the store on the window's thread (DESIGN 2): each is opened, filtered, edited, and its buttons are pressed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QPushButton, QWidget

from tests.ui.off_the_window import refusing
from tests.ui.test_window import Shown
from vawg_desktop.services import rounds
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.return_staging import import_return
from vawg_desktop.ui.commands import load_commands
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.places import PAGES
from vawg_desktop.ui.tour import settle


@pytest.fixture
def refused(shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Calls on the window's thread while the case runs; files are not asked for and questions answered with no."""
    made = rounds.export_returns(shown.session, period="2026/27 Q3", due="+4w", out=tmp_path)
    import_return(shown.session, Path(made.returns[0].file))
    assign(shown.session, "R-0001", [Assignment("note", "words")], "so that there is a change")
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_, **__: ("", ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_, **__: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")
    monkeypatch.setattr(messages, "ask", lambda *_: False)
    monkeypatch.setattr(messages, "ask_text", lambda *_, **__: ("", False))
    return []


def _leave_what_is_open() -> None:
    popup = QApplication.activePopupWidget()
    if isinstance(popup, QMenu):
        popup.close()
    for one in QApplication.topLevelWidgets():
        if isinstance(one, QDialog) and one.isVisible():
            one.done(0)


@pytest.fixture
def leaving(qtbot: object) -> object:
    timer = QTimer()
    timer.setInterval(20)
    timer.timeout.connect(_leave_what_is_open)
    timer.start()
    yield
    timer.stop()


def test_every_page_is_opened_and_its_buttons_pressed_without_the_store(
    shown: Shown, refused: list[str], leaving: object
) -> None:
    pressed: set[tuple[str, str]] = set()
    with refusing(refused):
        for part in PAGES:
            for _ in range(200):
                page: Any = shown.window.go(part.key)
                settle(shown.tasks)
                buttons = [b for b in page.findChildren(QPushButton) if b.isVisible() and b.isEnabled()]
                todo = next((b for b in buttons if (part.key, b.accessibleName() or b.text()) not in pressed), None)
                if todo is None:
                    break
                pressed.add((part.key, todo.accessibleName() or todo.text()))
                if todo.menu() is not None:
                    for action in todo.menu().actions():
                        action.trigger()
                        settle(shown.tasks)
                else:
                    todo.click()
                settle(shown.tasks)
    assert sorted(set(refused)) == [] and len(pressed) > 100


def test_lists_records_and_the_palette_are_worked_without_the_store(shown: Shown, refused: list[str]) -> None:
    with refusing(refused):
        page: Any = shown.go("action")
        QTest.keyClicks(page.filter, "survey")
        QTest.qWait(200)
        settle(shown.tasks)
        page.show_all()
        settle(shown.tasks)
        for _ in range(3):
            QTest.keyClick(page.view, Qt.Key.Key_Down)
            settle(shown.tasks)
        QTest.keyClick(page.view, Qt.Key.Key_Return)
        for editor in page.pane._editors.values():
            control = editor.focusProxy()
            control.setFocus()
            QTest.keyClick(control, Qt.Key.Key_Tab)
        line = page.pane._editors["percent"].focusProxy()
        line.setFocus()
        QTest.keyClicks(line, "30")
        QTest.keyClick(line, Qt.Key.Key_Return)
        settle(shown.tasks)
        page.view.selectAll()
        page.outputs.with_table(lambda *_: None)
        settle(shown.tasks)
        shown.tasks.undo()
        settle(shown.tasks)
        shown.tasks.look_for_others()
        settle(shown.tasks)
        shown.window.open_record("R-0003")
        settle(shown.tasks)
        assert shown.window.page("recommendation").pane.view.reference == "R-0003"
    assert sorted(set(refused)) == []


def test_every_command_is_given_without_the_store(shown: Shown, refused: list[str], leaving: object) -> None:
    left_out = {"Lock the screen", "Quick exit: hide the screen"}  # these cover the window; they touch no store
    with refusing(refused):
        for command in load_commands():
            if command.words not in left_out:
                command.do(shown.window)
                settle(shown.tasks)
    assert sorted(set(refused)) == []


def test_the_double_notices_a_call_on_the_windows_thread(shown: Shown) -> None:
    """It would be no test if it could not fail."""
    from vawg_desktop.services import office

    found: list[str] = []
    with refusing(found):
        office.setting(shown.session, "theme")
        shown.tasks.fetch(lambda s: office.setting(s, "theme"))
    assert len(found) == 1
    assert isinstance(shown.window, QWidget)
