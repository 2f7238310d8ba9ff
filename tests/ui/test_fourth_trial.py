"""What a fourth stranger met in the window: an Enter that meant two things, refusals that lost what was typed, a round that hid the last one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown
from vawg_desktop.domain.calendar import is_working, working_from
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.form import AskDialog, Form
from vawg_desktop.ui.dialogs.open_store import OpenDialog
from vawg_desktop.ui.pages.returns_outputs import _no_later_date
from vawg_desktop.ui.widgets.choice import Choice, fill
from vawg_desktop.ui.widgets.common import button


@pytest.fixture
def shown(qtbot: QtBot, sample: Session) -> Iterator[Shown]:
    made = Shown(sample)
    yield made
    made.close()


def labels_of(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget)]


def test_the_enter_that_makes_a_store_does_not_copy_its_recovery_key(qtbot: QtBot, tmp_path: Path) -> None:
    QApplication.clipboard().setText("what the officer had copied")
    dialog = OpenDialog(None, None)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    form: Any = dialog.new
    form.path.setText(str(tmp_path / "new.vawg"))
    form.word.setText("a passphrase to test with")
    form.again.setText("a passphrase to test with")
    form.again.setFocus()
    QTest.keyClick(form.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.session is not None, timeout=60_000)
    QTest.qWait(20)
    assert QApplication.clipboard().text() == "what the officer had copied" and dialog.isVisible()
    copy = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Copy")
    QTest.keyClick(copy, Qt.Key.Key_Return)
    assert QApplication.clipboard().text() != "what the officer had copied"
    assert dialog.session is not None
    dialog.session.store.close()


def test_enter_confirms_a_choice_before_it_saves_the_dialog(qtbot: QtBot) -> None:
    class Asked(Form):
        def __init__(self) -> None:
            super().__init__(None)
            from PySide6.QtWidgets import QVBoxLayout

            box = QVBoxLayout(self)
            self.choice = Choice()
            fill(self.choice, [("", "Choose …"), ("a", "It is Westmarch Police"), ("b", "Another body")], "")
            box.addWidget(self.choice)
            self.saves = button("Import", self.accept, kind="primary")
            box.addWidget(self.saves)

    dialog = Asked()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.choice.setFocus()
    meant: list[int] = []
    dialog.choice.meant.connect(meant.append)
    QTest.keyClick(dialog.choice, Qt.Key.Key_Down)
    QTest.keyClick(dialog.choice, Qt.Key.Key_Return)
    assert meant == [1] and dialog.isVisible()
    QTest.keyClick(dialog.choice, Qt.Key.Key_Return)
    assert not dialog.isVisible() and dialog.result() == Form.DialogCode.Accepted


def test_an_answer_that_cannot_be_taken_is_asked_for_again(qtbot: QtBot) -> None:
    dialog = AskDialog(None, "Extend", "New due date", "15 Jan", secret=False, long=False, verb="Next", check=lambda typed: _no_later_date(date(2026, 12, 27), date(2026, 11, 29), typed))
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.saves is not None
    dialog.saves.click()
    assert dialog.isVisible() and any("has no year" in w for w in labels_of(dialog))
    line = dialog.findChildren(QLineEdit)[0]
    line.setText("13 December 2026")
    dialog.saves.click()
    assert dialog.isVisible() and any("due on 27 December 2026 already" in w for w in labels_of(dialog))
    line.setText("15 January 2027")
    dialog.saves.click()
    assert not dialog.isVisible() and dialog.answer() == "15 January 2027"


@pytest.mark.parametrize(("day", "first"), [(date(2026, 12, 27), date(2026, 12, 29)), (date(2026, 12, 25), date(2026, 12, 29)), (date(2027, 1, 4), date(2027, 1, 4))])
def test_a_date_that_is_proposed_is_a_working_day(day: date, first: date) -> None:
    assert working_from(day) == first and is_working(first)


