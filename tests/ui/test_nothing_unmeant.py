"""The window does nothing that was not meant: keys, wheel, buttons, dialogs, and the screen hidden over all of them."""

from __future__ import annotations

import ast
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown
from vawg_desktop.app import application
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services import board_dates, round_standing, rounds, show, telephone
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.ui.commands import load_commands
from vawg_desktop.ui.dialogs.bulk import BulkDialog
from vawg_desktop.ui.dialogs.form import AskDialog, Form
from vawg_desktop.ui.dialogs.forms import FormDialog
from vawg_desktop.ui.dialogs.open_store import OpenDialog
from vawg_desktop.ui.dialogs.paste import PasteDialog
from vawg_desktop.ui.dialogs.pick import PickDialog
from vawg_desktop.ui.dialogs.round import RoundDialog
from vawg_desktop.ui.dialogs.telephone import TelephoneDialog
from vawg_desktop.ui.dialogs.templates import Template, TemplatesDialog
from vawg_desktop.ui.dialogs.tray import TrayDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.places import PAGES
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.choice import Choice

UI = Path(__file__).parents[2] / "vawg_desktop" / "ui"


# -- what may not stand in the code ---------------------------------------------------------------


def _trees() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(UI.rglob("*.py")):
        yield str(path.relative_to(UI)), ast.parse(path.read_text("utf-8"))


def test_no_slot_takes_a_buttons_state_for_something_else() -> None:
    """``clicked`` hands on whether the button is checked: a slot with a default would take that for its own value."""
    found: list[str] = []
    for name, tree in _trees():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            signal = node.func.value
            heard = node.func.attr == "connect" and isinstance(signal, ast.Attribute) and signal.attr in ("clicked", "triggered", "toggled")
            for slot in node.args if heard or node.func.attr == "addAction" else ():
                if isinstance(slot, ast.Lambda) and slot.args.args and slot.args.defaults:
                    first = slot.args.args[len(slot.args.args) - len(slot.args.defaults)].arg
                    if first == slot.args.args[0].arg and first != "_":
                        found.append(f"{name}:{slot.lineno}")
    assert found == []


def test_choices_and_dialogs_are_the_careful_ones() -> None:
    """Plain combo boxes change by the wheel; ``exec`` and ready-made questions end when the screen is hidden."""
    found: list[str] = []
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                owner = node.func.value if isinstance(node.func, ast.Attribute) else None
                loop = isinstance(owner, ast.Name) and owner.id in ("loop", "menu")
                ready = isinstance(owner, ast.Name) and owner.id in ("QInputDialog", "QMessageBox")
                if called == "QComboBox" or (called == "exec" and not loop) or ready:
                    found.append(f"{name}:{node.lineno} {called}")
    assert found == []


# -- choices --------------------------------------------------------------------------------------


@pytest.fixture
def choice(qtbot: QtBot) -> tuple[Choice, list[int]]:
    made, meant = Choice(), list[int]()
    made.addItems(["Not set", "Awaited", "Accepted", "Accepted in principle", "Accepted in part", "Not accepted"])
    made.settle()
    made.meant.connect(meant.append)
    qtbot.addWidget(made)
    made.show()
    return made, meant


def test_typing_finds_the_entry_that_begins_so_however_slowly(choice: tuple[Choice, list[int]], qtbot: QtBot) -> None:
    combo, meant = choice
    for letter in "accepted in part":
        QTest.keyClicks(combo, letter)
    assert combo.currentText() == "Accepted in part" and meant == []
    QTest.keyClick(combo, Qt.Key.Key_Return)
    assert meant == [4]


def test_arrows_only_move_and_escape_goes_back(choice: tuple[Choice, list[int]]) -> None:
    combo, meant = choice
    for _ in range(3):
        QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentIndex() == 3 and meant == []
    QTest.keyClick(combo, Qt.Key.Key_Escape)
    assert combo.currentIndex() == 0 and meant == []


def test_a_pick_from_the_open_list_is_meant(choice: tuple[Choice, list[int]]) -> None:
    combo, meant = choice
    combo.showPopup()
    combo.hidePopup()  # as a pick does before it says what was picked
    combo.setCurrentIndex(2)
    combo.activated.emit(2)
    assert meant == [2]


def _wheel(widget: QWidget) -> None:
    at = QPointF(widget.rect().center())
    QApplication.sendEvent(widget, QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    ))  # fmt: skip


def test_the_wheel_neither_changes_nor_focuses_any_choice(shown: Shown) -> None:
    for spec in PAGES:
        page = shown.go(spec.key)
        for combo in page.findChildren(QComboBox):  # type: ignore[attr-defined]
            before = combo.currentText()
            _wheel(combo)
            assert combo.currentText() == before, spec.key
            assert not combo.focusPolicy() & Qt.FocusPolicy.WheelFocus & ~Qt.FocusPolicy.StrongFocus, spec.key


def test_arrows_in_a_record_write_no_history_until_enter(shown: Shown) -> None:
    page: Any = shown.go("action")
    combo = page.pane._editors["marking"].focusProxy()
    before = shown.session.read().exec_driver_sql('SELECT count(*) FROM "change"').one()[0]
    for _ in range(4):
        QTest.keyClick(combo, Qt.Key.Key_Down)
    settle(shown.tasks)
    assert shown.session.read().exec_driver_sql('SELECT count(*) FROM "change"').one()[0] == before
    QTest.keyClick(combo, Qt.Key.Key_Return)
    settle(shown.tasks)
    assert shown.session.read().exec_driver_sql('SELECT count(*) FROM "change"').one()[0] == before + 1


def test_only_the_cross_takes_a_chip_away(shown: Shown) -> None:
    assign(shown.session, "R-0001", [Assignment("pillars", "prevention")], "also")
    page: Any = shown.go("recommendation")
    page.go_to(show.record(shown.session, "R-0001").id)
    settle(shown.tasks)
    out = next(b for b in page.pane.findChildren(QPushButton) if b.accessibleName() == "Remove Prevention from Other pillars")
    words = out.parentWidget()
    QTest.mouseClick(words, Qt.MouseButton.LeftButton, pos=QPoint(12, words.height() // 2))
    settle(shown.tasks)
    assert show.record(shown.session, "R-0001").sets["pillars"] == ["prevention"]
    assert out.width() >= 24 and out.height() >= 24
    QTest.mouseClick(out, Qt.MouseButton.LeftButton)
    settle(shown.tasks)
    assert show.record(shown.session, "R-0001").sets["pillars"] == []


# -- buttons --------------------------------------------------------------------------------------


def test_a_row_of_my_work_opens_its_record(shown: Shown) -> None:
    page: Any = shown.go("my_work")
    row = next(b for b in page.findChildren(QPushButton) if b.text().startswith("A-0"))
    reference = row.text().split()[0]
    row.click()
    settle(shown.tasks)
    assert shown.window._key == "action"
    assert shown.window._pages["action"].pane.view.reference == reference  # type: ignore[attr-defined]


@pytest.mark.parametrize("full", [True, False])
def test_every_button_of_every_page_can_be_pressed(
    qtbot: QtBot, sample: Session, empty: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    """Each in a window of its own state; dialogs that open are left again. Nothing may fail, and nothing may be dead."""
    session = sample if full else empty
    if full:
        rounds.export_returns(session, period="2026/27 Q3", due="2026-11-01", out=tmp_path / "out")
    made = Shown(session)
    wrong: list[str] = []
    messages.shown.connect(lambda kind, text: wrong.append(text) if kind == "failed" else None)
    for name in ("getOpenFileName", "getSaveFileName", "getOpenFileNames"):
        monkeypatch.setattr(QFileDialog, name, lambda *a, **k: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a, **k: "")
    monkeypatch.setattr(messages, "ask", lambda *a: False)
    monkeypatch.setattr(messages, "ask_text", lambda *a, **k: ("", False))
    monkeypatch.setattr(messages, "show", lambda *a: None)
    left = QTimer()
    left.setInterval(20)
    left.timeout.connect(_leave_what_is_open)
    left.start()
    pressed: set[tuple[str, str]] = set()
    for spec in PAGES:
        for _ in range(400):
            page: Any = made.window.go(spec.key)
            settle(made.tasks)
            names = [(b, (spec.key, b.accessibleName() or b.text())) for b in page.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]
            todo = next(((b, name) for b, name in names if name not in pressed), None)
            if todo is None:
                break
            pressed.add(todo[1])
            if isinstance(todo[0], QPushButton) and todo[0].menu() is not None:
                for action in todo[0].menu().actions():
                    action.trigger()
                    settle(made.tasks)
            else:
                todo[0].click()
            settle(made.tasks)
            assert wrong == [], (todo[1], wrong)
    left.stop()
    made.close()
    assert len(pressed) > (150 if full else 40)


def _leave_what_is_open() -> None:
    popup = QApplication.activePopupWidget()
    if isinstance(popup, QMenu):
        popup.close()
    for one in QApplication.topLevelWidgets():
        if isinstance(one, QDialog) and one.isVisible():
            one.done(0)


# -- dialogs --------------------------------------------------------------------------------------


def _dialogs(tasks: Tasks, parent: QWidget, out: Path) -> dict[str, Callable[[], Form]]:
    session = tasks.session
    made = rounds.export_returns(session, period="2026/27 Q3", due="2026-12-01", out=out)
    assert made.returns
    police = next(c for c in round_standing.partners_of_round(session) if c.partner == "Kent Police")
    entry = {"sheet": "Actions", "cell": "H2", "text": "beside", "why": "a comment"}
    return {
        "form": lambda: FormDialog(parent, tasks, "New gap", BY_KEY["gap"], ["statement", "cause", "provision"], "Add"),
        "bulk": lambda: BulkDialog(parent, tasks, BY_KEY["action"], 3),
        "paste": lambda: PasteDialog(parent, BY_KEY["recommendation"], "one\ntwo"),
        "round": lambda: RoundDialog(parent, session.today, board_dates.coming_boards(session)),
        "wording": lambda: TemplatesDialog(parent, [Template("a", "A", "hint", "words")]),
        "telephone": lambda: TelephoneDialog(parent, "Kent Police", telephone.to_ask(session, police.return_id)),
        "tray": lambda: TrayDialog(parent, entry, [("A-0001", "one")]),
        "question": lambda: AskDialog(parent, "Query", "What to say", "", secret=False, long=False, verb="Go on"),
        "long question": lambda: AskDialog(parent, "Edit", "Value to record", "was", secret=False, long=True, verb="Go on"),
        "pick": lambda: PickDialog(parent, tasks, "Link", "action", "extent"),
    }


NAMES = ["form", "bulk", "paste", "round", "wording", "telephone", "tray", "question", "long question", "pick"]


def _words(dialog: QWidget) -> QLineEdit | QPlainTextEdit:
    fields = [w for w in dialog.findChildren(QWidget) if isinstance(w, (QLineEdit, QPlainTextEdit)) and w.isVisible() and not w.isReadOnly()]
    return fields[0]


@pytest.mark.parametrize("name", NAMES)
def test_only_the_saving_button_answers_enter(shown: Shown, tmp_path: Path, name: str) -> None:
    dialog = _dialogs(shown.tasks, shown.window, tmp_path)[name]()
    dialog.show()
    defaults = [b.text() for b in dialog.findChildren(QPushButton) if b.isDefault()]
    assert not [b.text() for b in dialog.findChildren(QPushButton) if b.autoDefault()]
    assert len(defaults) <= 1 and not {"Leave", "Back", "No logo", "Look again"} & set(defaults)
    dialog.done(0)
    dialog.deleteLater()


@pytest.mark.parametrize("name", [n for n in NAMES if n != "pick"])
def test_escape_in_a_form_asks_before_words_are_lost(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    dialog = _dialogs(shown.tasks, shown.window, tmp_path)[name]()
    asked: list[str] = []
    monkeypatch.setattr(messages, "ask", lambda title, *_: asked.append(title) or False)
    dialog.show()
    field = _words(dialog)
    QTest.keyClicks(field, "words of mine")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert asked and dialog.isVisible() and "words of mine" in "".join(dialog.state())
    monkeypatch.setattr(messages, "ask", lambda *_: True)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    dialog.deleteLater()


def test_a_question_keeps_what_is_unless_its_verb_is_pressed(shown: Shown, qtbot: QtBot) -> None:
    seen: list[str] = []

    def enter() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(box.defaultButton().text())
        QTest.keyClick(box, Qt.Key.Key_Return)

    QTimer.singleShot(50, enter)
    assert messages.ask("Restore", "The store goes back.", "Restore this backup") is False
    assert seen == ["Go back"]


def test_no_change_throws_no_words_of_a_call_away(shown: Shown, tmp_path: Path) -> None:
    dialog = _dialogs(shown.tasks, shown.window, tmp_path)["telephone"]()
    assert isinstance(dialog, TelephoneDialog)
    dialog.show()
    paper = dialog.findChildren(QPlainTextEdit)[0]
    QTest.keyClicks(paper, "They told us a lot")
    dialog.no_change()
    assert next(iter(dialog.answers.values()))["narrative"] == "They told us a lot"
    dialog.back()
    assert paper.toPlainText() == "They told us a lot"
    dialog.done(0)
    dialog.deleteLater()


def test_a_passphrase_is_typed_in_its_field_alone(qtbot: QtBot, tmp_path: Path) -> None:
    store = making.create(tmp_path / "locked.vawg", passphrase="correct horse battery")
    store.close()
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = OpenDialog(parent, tmp_path / "locked.vawg")
    dialog.show()
    assert dialog.first_field() is dialog._word
    for field in dialog.findChildren(QLineEdit):
        if field is not dialog._word:
            QTest.keyClicks(field, "correct horse battery")
            assert "horse" not in field.text()
    QTest.keyClicks(dialog._word, "wrong horse battery")
    dialog._open()
    assert "horse" not in dialog._wrong.text() and dialog._wrong.text() and not dialog._word.text()
    dialog.done(0)
    other = OpenDialog(parent, None)
    other._path.setText("correct horse battery")
    other._open()
    assert "horse" not in other._wrong.text() and other._wrong.text()
    other.done(0)


# -- the screen hidden ------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["held", "keys", "lock"])
@pytest.mark.parametrize("name", NAMES)
def test_the_screen_is_hidden_over_every_dialog_and_its_words_are_kept(
    shown: Shown, qtbot: QtBot, tmp_path: Path, name: str, how: str
) -> None:
    guard = shown.window.guard
    dialog = _dialogs(shown.tasks, shown.window, tmp_path)[name]()
    ended: list[bool] = []

    def then() -> None:
        field = _words(dialog)
        QTest.keyClicks(field, "half a word")
        before = dialog.state()
        if how == "held":
            QTest.keyPress(field, Qt.Key.Key_Escape)
            qtbot.waitUntil(lambda: guard.cover is not None, timeout=10_000)
        elif how == "keys":
            both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            QTest.keyClick(field, Qt.Key.Key_H, both)
        else:
            shown.window.lock()
        assert guard.cover is not None and guard.cover.isVisible()
        assert not dialog.isVisible() and not shown.window.isVisible()
        QTest.keyClicks(field, "behind")
        assert dialog.state() == before and not ended
        if guard.cover.locked:
            guard.cover.word.returnPressed.emit()
        else:
            shown.window.quick_exit()
        assert guard.cover is None and dialog.isVisible() and shown.window.isVisible()
        assert dialog.state() == before and not ended
        dialog.done(0)

    wrong: list[BaseException] = []

    def safely() -> None:
        try:
            then()
        except BaseException as error:  # noqa: BLE001 - raised again below: a dialog left open would wait for ever
            wrong.append(error)
            guard.uncover()
            dialog.done(0)

    QTimer.singleShot(50, safely)
    dialog.run()
    ended.append(True)
    dialog.deleteLater()
    if wrong:
        raise wrong[0]


@pytest.mark.parametrize("asks", ["getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"])
def test_a_file_dialog_is_hidden_too_and_nothing_is_chosen(shown: Shown, tmp_path: Path, asks: str) -> None:
    """The system's own dialog hears no key of ours: the program's stands in its place, and ends with the cover."""
    application()
    assert QApplication.testAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    (tmp_path / "Kent Police Q3.xlsx").write_bytes(b"")
    guard, seen = shown.window.guard, list[bool]()

    def hide() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QFileDialog):
            QTest.keyClick(dialog, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
            seen.append(guard.cover is not None and not dialog.isVisible())
            dialog.reject()

    QTimer.singleShot(200, hide)
    found = getattr(QFileDialog, asks)(shown.window, "Choose", str(tmp_path))
    assert seen == [True] and not (found[0] if isinstance(found, tuple) else found)
    gc.collect()
    shown.window.quick_exit()
    assert guard.cover is None and shown.window.isVisible()


def test_no_key_reaches_what_lies_behind(shown: Shown) -> None:
    page: Any = shown.go("action")
    numbers = page.model.rowCount()
    shown.window.quick_exit()
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_3):
        QTest.keyClick(page.view, key)
        QTest.keyClick(shown.window, key, Qt.KeyboardModifier.ControlModifier)
    assert shown.window._key == "action"
    box = QDialog(shown.window)  # a question that an answer of a task brings up meanwhile
    box.show()
    QApplication.processEvents()
    assert not box.isVisible()
    shown.window.quick_exit()
    settle(shown.tasks)
    assert box.isVisible() and page.model.rowCount() == numbers
    box.done(0)


def test_a_half_typed_field_is_not_saved_by_hiding_the_screen(shown: Shown) -> None:
    page: Any = shown.go("action")
    percent = page.pane._editors["percent"].focusProxy()
    percent.setFocus()
    QTest.keyClicks(percent, "7")
    before = show.record(shown.session, page.pane.view.id).cells["percent"]
    shown.window.quick_exit()
    settle(shown.tasks)
    assert show.record(shown.session, page.pane.view.id).cells["percent"] == before
    shown.window.quick_exit()
    assert percent.text().endswith("7")


def test_a_menu_is_closed_with_the_screen(shown: Shown) -> None:
    menu = QMenu(shown.window)
    menu.addAction("Something")
    menu.popup(QPoint(5, 5))
    QApplication.processEvents()
    shown.window.quick_exit()
    assert not menu.isVisible()
    shown.window.quick_exit()


# -- words that were refused, and words half typed ---------------------------------------------------


def _refuse_a_date(shown: Shown) -> Any:
    page: Any = shown.go("action")
    line = page.pane._editors["due"].focusProxy()
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "31/2/2027")
    return line


@pytest.mark.parametrize("meant", [False, True])
def test_a_refused_value_is_not_lost_by_closing_the_window(shown: Shown, monkeypatch: pytest.MonkeyPatch, meant: bool) -> None:
    """The window closed while the sentence about the value was still on its way."""
    line, asked = _refuse_a_date(shown), list[str]()

    def ask(_: str, text: str, verb: str) -> bool:
        asked.append(f"{text} [{verb}]")
        return meant

    monkeypatch.setattr(messages, "ask", ask)
    assert shown.window.close() is meant
    reference = shown.go("action").pane.view.reference if not meant else "A-0001"  # type: ignore[attr-defined]
    assert asked == [f"“31/2/2027” in Due of {reference} was not saved. Closing the window loses what you typed there. [Close without saving]"]
    assert line.text() == "31/2/2027" or meant


def test_a_refused_value_is_not_lost_by_another_theme(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    line, told = _refuse_a_date(shown), list[str]()
    monkeypatch.setattr(messages, "tell", lambda text, **_: told.append(text))
    dark = next(c for c in load_commands() if "dark" in c.words.casefold())
    dark.do(shown.window)
    assert line.text() == "31/2/2027" and len(told) == 1 and "press Escape there" in told[0]
    QTest.keyClick(line, Qt.Key.Key_Escape)
    dark.do(shown.window)
    settle(shown.tasks)
    assert len(told) == 1


def test_a_word_typed_into_a_set_is_of_the_record_where_it_was_typed(shown: Shown) -> None:
    """It stood in the line while another record was shown, and Enter gave it to that one."""
    page: Any = shown.go("recommendation")
    pane = page.pane
    line = pane._sets["themes"].focusProxy()
    first = pane.view.id
    second = next(str(r[0]) for r in shown.session.read().exec_driver_sql("SELECT id FROM recommendation WHERE id <> ?", (first,)))
    line.setFocus()
    QTest.keyClicks(line, "night buses")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    settle(shown.tasks)
    assert pane.view is not None and line.text() == "" and "night buses" not in pane.view.sets["themes"]
    line.setFocus()
    QTest.keyClicks(line, "night buses")
    pane.show_record(second)
    settle(shown.tasks)
    assert line.text() == "" and "night buses" not in show.record(shown.session, second).sets["themes"]
    assert "night buses" in show.record(shown.session, first).sets["themes"]


def test_a_name_that_is_not_known_stays_where_it_was_typed(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(messages, "failed", lambda error, **_: said.append(str(error)))
    page: Any = shown.go("recommendation")
    line = page.pane._sets["supporting"].focusProxy()
    line.setFocus()
    QTest.keyClicks(line, "Nobody of that name")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(shown.tasks)
    assert line.text() == "Nobody of that name" and len(said) == 1
    page.pane.enter()
    settle(shown.tasks)
    assert len(said) == 1, "leaving it again does not say it again"
    assert shown.window.left_over().startswith("“Nobody of that name” in Supporting of R-")
