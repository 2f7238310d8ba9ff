"""A change, whoever made it, leaves the keyboard where it is, on every page; and takes it from nobody who has gone elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.services import names, questions, records
from vawg_desktop.services.records import Assignment
from vawg_desktop.ui.places import PAGES
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.common import button, clear

#: So many places of a page are tried.
TRIED = 12


def called(widget: QWidget | None) -> str:
    text = getattr(widget, "text", None)
    return "nothing" if widget is None else widget.accessibleName() or (text() if callable(text) else type(widget).__name__)


def reachable(page: QWidget) -> list[QWidget]:
    return [w for w in page.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible() and w.isEnabled()]


def something_everywhere_changes(made: Shown, number: int) -> None:
    made.tasks.write(lambda s: records.assign(s, "R-0004", [Assignment("note", f"note {number}")], None))
    settle(made.tasks)
    made.tasks.changes_applied.emit(Changes(entities={*(e.key for e in ENTITIES), "link"}, entries=1))
    settle(made.tasks)


def prepared(made: Shown, key: str) -> Any:
    page: Any = made.go(key)
    if key == "chain":
        page.show_record(names.find(made.session.read(), "R-0003").id)
    elif key == "journey":
        page.view.setCurrentIndex(page.view.model_.index(3, 3))
    elif key == "questions":
        for question in (q for q in questions.QUESTIONS if page._answers.count(q.key)):
            page._turn(question.key)
    settle(made.tasks)
    return page


@pytest.mark.parametrize("key", [p.key for p in PAGES])
def test_a_change_leaves_the_keyboard_where_it_is(shown: Shown, qtbot: QtBot, key: str) -> None:
    page = prepared(shown, key)
    number = len(reachable(page))
    for place in range(0, number, max(1, number // TRIED)):
        inside = reachable(page)
        if place >= len(inside):
            break
        inside[place].setFocus()
        before = called(QApplication.focusWidget())
        something_everywhere_changes(shown, place)
        qtbot.waitUntil(lambda before=before: called(QApplication.focusWidget()) == before)


def filled(layout: QVBoxLayout, *names_of: str) -> list[QPushButton]:
    made = [button(name, lambda: None) for name in names_of]
    for one in made:
        layout.addWidget(one)
    QApplication.processEvents()  # until it is shown nothing has the keyboard
    return made


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    QVBoxLayout(made).addWidget(QLineEdit())
    made.show()
    made.activateWindow()
    return made


def rows_of(page: QWidget) -> QVBoxLayout:
    rows = QVBoxLayout()
    own = page.layout()
    assert isinstance(own, QVBoxLayout)
    own.addLayout(rows)
    return rows


def test_what_is_gone_leaves_the_keyboard_to_what_stands_in_its_place(page: QWidget, qtbot: QtBot) -> None:
    rows = rows_of(page)
    filled(rows, "one", "two", "three")[1].setFocus()
    clear(rows)
    filled(rows, "one", "three")
    qtbot.waitUntil(lambda: called(QApplication.focusWidget()) == "three")
    clear(rows)
    filled(rows, "one")
    qtbot.waitUntil(lambda: called(QApplication.focusWidget()) == "one")


def test_what_is_read_later_gets_the_keyboard_back(page: QWidget, qtbot: QtBot) -> None:
    rows = rows_of(page)
    filled(rows, "one", "two")[1].setFocus()
    clear(rows)
    qtbot.wait(100)
    clear(rows)
    filled(rows, "one", "two")
    qtbot.waitUntil(lambda: called(QApplication.focusWidget()) == "two")


def test_nobody_who_went_elsewhere_is_brought_back(page: QWidget, qtbot: QtBot) -> None:
    rows, elsewhere = rows_of(page), page.findChild(QLineEdit)
    other = button("other", lambda: None)
    own = page.layout()
    assert own is not None and elsewhere is not None
    own.addWidget(other)
    filled(rows, "one", "two")[1].setFocus()
    clear(rows)
    went = other if QApplication.focusWidget() is elsewhere else elsewhere
    went.setFocus()
    filled(rows, "one", "two")
    qtbot.wait(100)
    assert QApplication.focusWidget() is went


def test_whoever_types_where_the_keyboard_went_stays_there(page: QWidget, qtbot: QtBot) -> None:
    rows, elsewhere = rows_of(page), page.findChild(QLineEdit)
    assert elsewhere is not None
    filled(rows, "one", "two")[1].setFocus()
    clear(rows)
    assert QApplication.focusWidget() is elsewhere
    qtbot.keyClicks(elsewhere, "typed")
    filled(rows, "one", "two")
    qtbot.wait(100)
    assert QApplication.focusWidget() is elsewhere and elsewhere.text() == "typed"


def test_of_several_of_one_name_the_same_one_has_the_keyboard_again(page: QWidget, qtbot: QtBot) -> None:
    rows = rows_of(page)
    filled(rows, "Remove", "Remove", "Remove")[2].setFocus()
    clear(rows)
    made = filled(rows, "Remove", "Remove", "Remove")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is made[2])


@pytest.mark.parametrize("key", ["questions", "coverage", "gap"])
def test_a_change_while_a_dialog_is_open_leaves_the_keyboard_too(shown: Shown, qtbot: QtBot, key: str) -> None:
    page = prepared(shown, key)
    inside = [w for w in reachable(page) if isinstance(w, QPushButton) and w.text()]
    inside[len(inside) // 2].setFocus()
    before = called(QApplication.focusWidget())
    dialog = QDialog(shown.window)
    line = QLineEdit(dialog)
    dialog.show()
    dialog.activateWindow()
    line.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is line)
    something_everywhere_changes(shown, 1)
    qtbot.wait(100)
    assert QApplication.focusWidget() is line
    dialog.close()
    shown.window.activateWindow()
    qtbot.waitUntil(lambda: called(QApplication.focusWidget()) == before)


def test_a_page_closed_meanwhile_is_no_harm(page: QWidget, qtbot: QtBot) -> None:
    rows = rows_of(page)
    filled(rows, "one")[0].setFocus()
    clear(rows)
    page.close()
    qtbot.wait(100)
