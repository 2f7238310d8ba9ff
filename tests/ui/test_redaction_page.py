"""The redaction page: texts decided on by keyboard, passages marked and taken out, the answer saved without hidden words."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from tests.ui.test_window import Shown, settle
from vawg_desktop.services import records, requests
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store.dispose import HOLD
from vawg_desktop.ui.dialogs.hand_over import HandOverDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages.redaction import RedactionPage
from vawg_desktop.ui.widgets.file_dialog import QFileDialog

pytestmark = pytest.mark.usefixtures("qapp")


def _shown(session: Session) -> tuple[Shown, RedactionPage, str]:
    for n in (1, 2, 3):
        records.assign(session, f"A-000{n}", [Assignment("note", f"Ms Quillfeather came on day {n} with Hidden Witness.")], None)
    request, _ = records.create(session, "information_request", {"title": "About me", "kind": "subject_access", "words": "Quillfeather", "received": "2026-11-02"})
    shown = Shown(session)
    page = shown.go("redaction")
    assert isinstance(page, RedactionPage)
    settle(shown.tasks)
    return shown, page, request


def _close(shown: Shown) -> None:
    shown.close()
    shown.tasks.stop()


def _mark(page: RedactionPage, words: str) -> None:
    text = page.text.toPlainText()
    cursor = page.text.textCursor()
    cursor.setPosition(text.index(words))
    cursor.setPosition(text.index(words) + len(words), QTextCursor.MoveMode.KeepAnchor)
    page.text.setTextCursor(cursor)


def test_every_text_is_decided_on_by_keyboard(sample: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, page, request = _shown(sample)
    page.gather()
    settle(shown.tasks)
    assert page.list.count() == 3 and "3 not looked at" in page._counts.text()
    page.text.setFocus()
    _mark(page, "Hidden Witness")
    QTest.keyClick(page.text, Qt.Key.Key_T)
    settle(shown.tasks)
    assert [i.decision for i in requests.items(sample, request)] == ["in_part", "to_decide", "to_decide"] and page.list.currentRow() == 0
    QTest.keyClick(page.text, Qt.Key.Key_N)
    settle(shown.tasks)
    assert page.list.currentRow() == 1
    QTest.keyClick(page.text, Qt.Key.Key_W)
    settle(shown.tasks)
    assert page.list.currentRow() == 2  # a text that is decided on makes room for the next
    QTest.keyClick(page.text, Qt.Key.Key_T)  # with nothing marked nothing is taken out
    QTest.keyClick(page.text, Qt.Key.Key_G)
    settle(shown.tasks)
    assert [i.decision for i in requests.items(sample, request)] == ["in_part", "withheld", "given"] and "0 not looked at" in page._counts.text()
    page.list.setCurrentRow(0)
    settle(shown.tasks)
    monkeypatch.setattr("vawg_desktop.ui.pages.redaction.messages.ask", lambda *_: True)  # the same words stand in the third text
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(tmp_path / "answer.csv"), "")))
    page.save()
    settle(shown.tasks)
    told = (tmp_path / "answer.csv").read_text("utf-8-sig")
    assert told.count("Hidden Witness") == 1 and "day 2" not in told and "Sch. 2 para. 16" in told
    _mark(page, "Hidden")
    QTest.keyClick(page.text, Qt.Key.Key_P)
    settle(shown.tasks)
    assert requests.items(sample, request)[0].decision == "given"
    _close(shown)


def test_the_hold_is_lifted_in_the_window_once_the_request_is_answered(sample: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could be lifted by command alone."""
    shown, page, request = _shown(sample)
    page.gather()
    settle(shown.tasks)
    held = "SELECT count(*) FROM link WHERE kind = ? AND NOT deleted"
    kept = sample.read().exec_driver_sql(held, (HOLD,)).one()[0]
    assert kept > 0
    told: list[str] = []
    monkeypatch.setattr("vawg_desktop.ui.pages.redaction.messages.ask", lambda *_: True)
    messages.shown.connect(lambda _kind, text: told.append(text))
    page._lift.click()
    settle(shown.tasks)
    assert "is not answered yet" in told[-1] and sample.read().exec_driver_sql(held, (HOLD,)).one()[0] == kept
    records.assign(sample, request, [Assignment("status", "replied")], None)
    settle(shown.tasks)
    page._lift.click()
    settle(shown.tasks)
    assert told[-1] == "The hold is lifted." and sample.read().exec_driver_sql(held, (HOLD,)).one()[0] == 0
    _close(shown)


def test_a_refused_decision_leaves_the_text_where_it_is(sample: Session) -> None:
    shown, page, request = _shown(sample)
    records.assign(sample, request, [Assignment("kind", "foi")], None)
    page.gather()
    settle(shown.tasks)
    page.exemption.setCurrentIndex(page.exemption.findData("s36"))
    page.exemption.mean()
    assert "public-interest" in page._advice.text()
    page.text.setFocus()
    QTest.keyClick(page.text, Qt.Key.Key_W)
    settle(shown.tasks)
    assert page.list.currentRow() == 0 and requests.items(sample, request)[0].decision == "to_decide"
    page.reason.setText("Free and frank views")
    QTest.keyClick(page.text, Qt.Key.Key_W)
    settle(shown.tasks)
    assert requests.items(sample, request)[0].reason == "Free and frank views" and page.list.currentRow() == 1
    _close(shown)


def test_an_empty_store_says_what_will_stand_here(empty: Session) -> None:
    shown = Shown(empty)
    page = shown.go("redaction")
    settle(shown.tasks)
    assert isinstance(page, RedactionPage) and page._stack.currentIndex() == 1
    _close(shown)


def test_the_dialog_of_handing_over_asks_for_what_is_missing(sample: Session) -> None:
    dialog = HandOverDialog(None, ["Kent Police", "Medway Council"], ["Performance and Delivery Board"], plain=False)
    dialog._on_done()
    assert "Choose a partner" in dialog._wrong.text()
    dialog.filter.setText("medway")
    assert dialog.partners.item(0).isHidden() and not dialog.partners.item(1).isHidden()
    dialog.partners.item(1).setCheckState(Qt.CheckState.Checked)
    dialog._on_done()
    assert "passphrase" in dialog._wrong.text()
    dialog.word.setText("one long passphrase")
    dialog.again.setText("another passphrase")
    dialog._on_done()
    assert "not the same" in dialog._wrong.text()
    dialog.again.setText("one long passphrase")
    dialog._on_done()
    given = dialog.answer()
    assert dialog.result() == 1 and given.chosen.partners == ("Medway Council",) and given.passphrase == "one long passphrase"
