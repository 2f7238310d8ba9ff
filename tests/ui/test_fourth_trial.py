"""What a fourth stranger met in the window: an Enter that meant two things, refusals that lost what was typed, a round that hid the last one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown
from vawg_desktop import remembered
from vawg_desktop.domain.calendar import is_working, working_from
from vawg_desktop.domain.coming_dates import coming
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import finding, list_filters, lists, names, portfolio, records
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.session import Session
from vawg_desktop.store import drives
from vawg_desktop.ui.commands import offers
from vawg_desktop.ui.dialogs.form import AskDialog, Form
from vawg_desktop.ui.dialogs.new_store import _suggested
from vawg_desktop.ui.dialogs.open_store import OpenDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages.returns_outputs import _no_later_date
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.choice import Choice, fill
from vawg_desktop.ui.widgets.common import button
from vawg_desktop.ui.widgets.strip import Strip


@pytest.fixture
def shown(qtbot: QtBot, sample: Session) -> Iterator[Shown]:
    made = Shown(sample)
    yield made
    made.close()


def labels_of(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget)]


def test_the_enter_that_makes_a_store_does_not_copy_its_recovery_key(qtbot: QtBot, tmp_path: Path) -> None:
    QApplication.clipboard().setText("what the officer had copied")
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = OpenDialog(parent, None)
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




# -- filters, search, passing work on


def test_what_is_typed_in_a_filter_is_what_officers_say(sample: Session) -> None:
    serving = {str(a) for (a,) in sample.read().exec_driver_sql("SELECT l.a FROM link l JOIN recommendation r ON r.id = l.b JOIN action a ON a.id = l.a AND NOT a.deleted WHERE l.kind = 'action.recommendations' AND r.reference = 'R-0003' AND NOT l.deleted")}
    assert serving
    for typed in ("r3", "R-0003", "recommendation 3", "rec 3", "recommendations 3"):
        found = {str(r["id"]) for r in lists.records(sample, ListQuery("action", words=typed))}
        assert serving <= found, typed
    overdue = lists.count(sample, ListQuery("action", where=(Where("overdue", "yes"),)))
    assert lists.count(sample, ListQuery("action", words="overdue")) >= overdue
    assert lists.count(sample, ListQuery("action", words="complete")) >= lists.count(sample, ListQuery("action", where=(Where("status", "complete"),)))


def test_two_values_of_a_field_are_alternatives_and_two_fields_are_not(sample: Session) -> None:
    each = [lists.count(sample, ListQuery("action", where=(Where("status", v),))) for v in ("complete", "in_progress")]
    assert lists.count(sample, ListQuery("action", where=(Where("status", "complete"), Where("status", "in_progress")))) == sum(each)
    assert lists.count(sample, ListQuery("action", where=(Where("status", "complete"), Where("pillar", "prevention"), Where("status", "in_progress")))) <= sum(each)
    assert lists.count(sample, ListQuery("action", where=(Where("overdue", "yes"), Where("overdue", "no")))) == 0


@pytest.mark.parametrize("asked", ["what happened to recommendation 3?", "What happened to r3", "show me recommendation 3", "rec 3", "Rec. 3", "recommendations 3", "where is R-0003?"])
def test_a_question_finds_the_record_that_it_is_about(sample: Session, asked: str) -> None:
    assert finding.search(sample, asked)[0].reference == "R-0003"


def test_papers_are_found_by_their_names(shown: Shown) -> None:
    words = [offer.words for offer in offers(shown.window)]
    assert {"Make a paper: Board paper", "Make a paper: Minutes"} <= set(words)
    next(o for o in offers(shown.window) if o.words == "Make a paper: Minutes").do()
    page: Any = shown.go("papers")
    assert page._chosen.kind == "minutes"


def test_a_list_is_filtered_by_a_partner_however_many_there_are(sample: Session) -> None:
    for n in range(list_filters.MOST_IN_MENU + 1):
        partner, _ = records.create(sample, "partner", {"name": f"Body number {n}"})
        records.create(sample, "action", {"title": f"Work of body {n}", "accountable": partner})
    (one,) = [o for o in list_filters.offered(sample, "action") if o.key == "accountable"]
    assert one.target == "partner" and len(one.values) == 1
    records.assign(sample, "A-0001", [records.parse_assignment("accountable_person=Supt Jones")], None)
    assert "accountable_person" in [o.key for o in list_filters.offered(sample, "action")]


def test_escape_and_down_in_a_filter_go_to_the_list(shown: Shown) -> None:
    page: Any = shown.go("action")
    page.filter.setFocus()
    QTest.keyClicks(page.filter, "control")
    QTest.keyClick(page.filter, Qt.Key.Key_Escape)
    assert page.filter.text() == "" and not page.view.hasFocus()
    QTest.keyClick(page.filter, Qt.Key.Key_Escape)
    assert page.view.hasFocus()
    page.filter.setFocus()
    QTest.keyClick(page.filter, Qt.Key.Key_Down)
    assert page.view.hasFocus()


def test_escape_leaves_a_field_of_several_lines_that_was_not_touched(shown: Shown) -> None:
    page: Any = shown.go("action")
    paper = next(w for w in page.pane.findChildren(QPlainTextEdit) if w.isVisible())
    paper.setFocus()
    QTest.keyClick(paper, Qt.Key.Key_Escape)
    assert page.view.hasFocus()


def test_work_is_passed_on_to_people_who_are_known(sample: Session) -> None:
    records.assign(sample, "A-0001", [records.parse_assignment("link_officer=S. Clarke"), records.parse_assignment("status=in_progress")], "office")
    assert portfolio.problem_with(sample, "S. Clarke", "s. clarke", "", "") != ""
    assert "No open action names Nobody" in portfolio.problem_with(sample, "Nobody", "B. Officer", "", "")
    assert portfolio.problem_with(sample, "S. Clarke", "B. Officer", "1 December", "24 December") == ""
    assert "before the first" in portfolio.problem_with(sample, "S. Clarke", "B. Officer", "24/12/2026", "1/12/2026")
    assert len(portfolio.work_of(sample, sample.read(), "S. Clarke")) == 1
    portfolio.deputise(sample, "S. Clarke", "B. Officer", "1 December", "24 December")
    assert "1 December 2026 to 24 December 2026" in portfolio.deputy_in_words(sample, "S. Clarke")


@pytest.mark.parametrize(("typed", "now", "meant"), [("1 December", date(2026, 11, 22), "2026-12-01"), ("1 December", date(2026, 12, 24), "2027-12-01"), ("1/2/2027", date(2026, 12, 24), "2027-02-01")])
def test_a_day_without_a_year_is_the_next_one(typed: str, now: date, meant: str) -> None:
    assert coming(typed, now) == meant


def test_a_partner_that_owns_work_is_not_deleted_unasked(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(messages, "ask", lambda title, text, verb: bool(asked.append(text)))
    page: Any = shown.go("partner")
    owner = shown.session.read().exec_driver_sql("SELECT accountable FROM action WHERE NOT deleted AND status = 'in_progress' LIMIT 1").one()[0]
    page.go_to(str(owner))
    settle(shown.tasks)
    page.delete_picked()
    settle(shown.tasks)
    assert len(asked) == 1 and "open action" in asked[0]
    assert not shown.session.read().exec_driver_sql("SELECT deleted FROM partner WHERE id = ?", (str(owner),)).one()[0]


def test_what_a_message_offers_to_undo_goes_with_the_next_step(shown: Shown) -> None:
    shown.tasks.write(lambda s: records.assign(s, "A-0001", [records.parse_assignment("note=one")], None), message="A note was taken.")
    settle(shown.tasks)
    strip: Any = shown.window.findChild(Strip)
    assert strip.told_line.isVisible()
    shown.tasks.write(lambda s: records.assign(s, "A-0001", [records.parse_assignment("note=two")], None))
    settle(shown.tasks)
    assert not strip.told_line.isVisible()


def test_a_backup_that_failed_on_closing_is_told_at_the_next_start() -> None:
    remembered.not_backed_up("a.vawg", "The disk is full.")
    assert remembered.was_not_backed_up("b.vawg") == ""
    remembered.not_backed_up("a.vawg", "The disk is full.")
    assert remembered.was_not_backed_up("a.vawg") == "The disk is full." and remembered.was_not_backed_up("a.vawg") == ""


def test_a_new_store_is_not_proposed_where_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = tmp_path / "OneDrive - Kent Police" / "Documents"
    synced.mkdir(parents=True)
    places = QStandardPaths.StandardLocation
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda one: str(synced if one == places.DocumentsLocation else tmp_path))
    assert _suggested().parent == tmp_path
    with pytest.raises(StoreError, match="Choose a folder of this computer alone"):
        drives.refuse_shared(synced / "new.vawg")


@pytest.mark.parametrize("typed", ["gas 3", "the 1", "con 1", "per 2", "cha 1", "re 3"])
def test_any_few_letters_and_a_number_are_no_reference(sample: Session, typed: str) -> None:
    assert names.maybe_find(sample.read(), typed) is None
