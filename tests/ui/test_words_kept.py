"""Words that were typed are kept, asked about or given back; Enter and Tab do nothing that was not meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import merging, office, show
from vawg_desktop.services.records import Assignment, assign, assign_many
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store.copying import take_copy
from vawg_desktop.ui.commands import load_commands
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.conflict_card import ConflictCard

WORDS = "because the minutes of 4 May say so"


def count(shown: Shown, where: str) -> int:
    return int(shown.session.read().exec_driver_sql(f"SELECT count(*) FROM action WHERE {where}").one()[0])


@pytest.mark.parametrize("empties", [False, True])
def test_enter_in_the_bulk_form_empties_nothing_that_was_not_said(shown: Shown, empties: bool) -> None:
    every = [str(r[0]) for r in shown.session.read().exec_driver_sql("SELECT reference FROM action")]
    assign_many(shown.session, every, [Assignment("description", "A paragraph somebody wrote")], "x")
    page: Any = shown.go("action")
    page.view.setFocus()
    page.view.selectAll()

    def enter() -> None:
        box: Any = QApplication.activeModalWidget()
        if empties:
            box._field.setCurrentText("Description")
            box._clears.setChecked(True)
        QTest.keyClick(box, Qt.Key.Key_Return)
        if box.isVisible():
            box.reject()

    QTimer.singleShot(100, enter)
    page.bulk_edit()
    settle(shown.tasks)
    assert count(shown, "description IS NOT NULL") == (0 if empties else len(every))


def test_words_let_go_by_escape_are_no_draft_any_more(shown: Shown, qtbot: QtBot) -> None:
    page: Any = shown.go("action")
    pane, first = page.pane, page.pane.view.id
    paper = pane._editors["title"].paper
    shown.window.activateWindow()
    qtbot.waitUntil(shown.window.isActiveWindow, timeout=20_000)
    paper.setFocus()
    qtbot.waitUntil(paper.hasFocus, timeout=20_000)
    QTest.keyClicks(paper, "WRONG WORDS ")
    qtbot.waitUntil(lambda: bool(office.local_values(shown.session, "draft")), timeout=20_000)
    QTest.keyClick(paper, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not office.local_values(shown.session, "draft"), timeout=20_000)
    page.view.choose(1)
    settle(shown.tasks)
    page.view.choose(0)
    settle(shown.tasks)
    paper.setFocus()
    QTest.keyClick(paper, Qt.Key.Key_Tab)
    settle(shown.tasks)
    assert "WRONG" not in str(show.record(shown.session, first).cells["title"])


def test_a_draft_shown_again_is_not_saved_by_passing_through(shown: Shown) -> None:
    page: Any = shown.go("action")
    pane, first = page.pane, page.pane.view.id
    office.save_local(shown.session, "draft", f"{first}|title", "Half a thought")
    page.view.choose(1)
    settle(shown.tasks)
    page.view.choose(0)
    settle(shown.tasks)
    paper = pane._editors["title"].paper
    assert paper.toPlainText() == "Half a thought"
    paper.setFocus()
    QTest.keyClick(paper, Qt.Key.Key_Tab)
    settle(shown.tasks)
    assert show.record(shown.session, first).cells["title"] != "Half a thought"


def conflicted(shown: Shown, folder: Path, key: str = "lead", values: tuple[str, str] = ("ours", "theirs")) -> Any:
    take_copy(shown.session.store, folder / "c.vawg")
    with opening.open_store(folder / "c.vawg") as copy:
        for name in ("A-0001", "A-0002"):
            assign(shown.session, name, [Assignment(key, values[0])], "x")
            assign(Session(copy, "Copy"), name, [Assignment(key, values[1])], "y")
        merging.merge(shown.session, copy)
    return shown.go("copies")


def reasons(page: Any) -> list[str]:
    return [w.text() for w in page.findChildren(QLineEdit) if w.text()]


@pytest.mark.parametrize("way", ["quick exit", "another page", "theme", "closing"])
def test_a_reason_typed_on_the_merge_page_is_kept_or_asked_about(shown: Shown, tmp_path: Path, way: str) -> None:
    page = conflicted(shown, tmp_path)
    QTest.keyClicks(page.findChildren(QLineEdit)[0], WORDS)
    if way == "quick exit":
        shown.window.quick_exit()
        settle(shown.tasks)
        shown.window.quick_exit()
    elif way == "another page":
        shown.go("action")
        shown.go("copies")
    elif way == "theme":
        with patch.object(messages, "tell") as told:
            next(c for c in load_commands() if "dark" in c.words.casefold()).do(shown.window)
        assert WORDS in told.call_args[0][0]
    else:
        with patch.object(messages, "ask", return_value=False) as asked:
            assert not shown.window.close()
        assert WORDS in asked.call_args[0][1]
    settle(shown.tasks)
    assert reasons(page) == [WORDS]


def test_a_reason_stays_where_the_value_is_refused_and_goes_where_it_settles(shown: Shown, tmp_path: Path) -> None:
    page = conflicted(shown, tmp_path, "due", ("1/5/2027", "1/6/2027"))
    card = page.findChildren(ConflictCard)[0]
    QTest.keyClicks(card.why, WORDS)
    with patch.object(messages, "ask_text", return_value=("31/2/2027", True)), patch.object(messages, "failed") as refused:
        card.another.emit()
        settle(shown.tasks)
    assert refused.called and reasons(page) == [WORDS]
    page.findChildren(ConflictCard)[0].chosen.emit("1/5/2027")
    settle(shown.tasks)
    assert reasons(page) == [] and page.left_over() == []


def test_the_words_of_a_form_are_given_back_where_it_could_not_be_saved(shown: Shown) -> None:
    page: Any = shown.go("action")

    def fill() -> None:
        box: Any = QApplication.activeModalWidget()
        QTest.keyClicks(box.findChildren(QPlainTextEdit)[0], "a long story told at the board")
        box._on_done()

    QTimer.singleShot(100, fill)
    with (
        patch("vawg_desktop.services.records.add_update", side_effect=StoreError("Another window is writing.", code="busy")),
        patch.object(messages, "failed") as failed,
    ):
        add = next(b for b in page.pane.findChildren(QAbstractButton) if "Add update" in (b.accessibleName() or b.text()))
        add.click()
        settle(shown.tasks)
    failed.call_args[1]["do"]()
    assert "a long story told at the board" in QApplication.clipboard().text()
    QApplication.clipboard().clear()


def test_words_taken_back_with_ctrl_z_after_saving_are_saved_as_they_stand(shown: Shown, qtbot: QtBot) -> None:
    page: Any = shown.go("action")
    pane, first = page.pane, page.pane.view.id
    paper, was = pane._editors["title"].paper, str(page.pane.view.title)
    shown.window.activateWindow()
    qtbot.waitUntil(shown.window.isActiveWindow, timeout=20_000)
    paper.setFocus()
    qtbot.waitUntil(paper.hasFocus, timeout=20_000)
    QTest.keyClicks(paper, "More ")
    QTest.keyClick(paper, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(shown.tasks)
    assert show.record(shown.session, first).title == f"More {was}"
    while paper.toPlainText() != was:
        paper.undo()
    QTest.keyClick(paper, Qt.Key.Key_Tab)
    settle(shown.tasks)
    assert show.record(shown.session, first).title == was == paper.toPlainText()
