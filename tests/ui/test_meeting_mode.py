"""A meeting held in the window: by keys alone, with what is half typed kept, and a room that sees nothing that is not meant for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.services.test_journey import sample_store
from tests.ui.test_window import Shown
from vawg_desktop.services import agenda, meeting_notes, office, records, show
from vawg_desktop.services.attendance import Attends
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.records import Assignment
from vawg_desktop.ui.dialogs.agenda import AgendaDialog
from vawg_desktop.ui.dialogs.attendance import AttendanceDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages.meeting_mode import DRAFT
from vawg_desktop.ui.tour import settle

PRIVATE = "QUINCEPRIVATE"


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    made = Shown(sample_store(tmp_path))
    yield made
    page = made.window._pages.get("meeting_mode")
    if page is not None and page.room is not None:
        page.room.close()
    made.close()
    made.tasks.stop()
    made.session.store.close()


def held(shown: Shown, *about: str) -> tuple[Any, str]:
    """The page of a meeting with an item for each record or words."""
    session = shown.session
    meeting = records.create(session, "meeting", {"title": "Q3 board", "body": "PDB", "date": session.today.isoformat(), "starts": "10:00"})[0]
    for one in about:
        meeting_notes.speak_of(session, meeting, one)
    shown.go("meeting")
    shown.window.open_record(f"hold:{meeting}")
    settle(shown.tasks)
    return shown.window.page("meeting_mode"), meeting


def keys(shown: Shown, *pressed: Any) -> int:
    """Press keys where the keyboard is; words are typed. Returns how many keys beside the words."""
    count = 0
    for one in pressed:
        target = QApplication.focusWidget()
        assert target is not None
        if isinstance(one, str):
            QTest.keyClicks(target, one)
        else:
            key, modifier = one if isinstance(one, tuple) else (one, Qt.KeyboardModifier.NoModifier)
            QTest.keyClick(target, key, modifier)
            count += 1
        settle(shown.tasks)
    return count


CTRL = Qt.KeyboardModifier.ControlModifier
TAB = Qt.Key.Key_Tab


def challenges(shown: Shown) -> list[dict[str, object]]:
    return plain_rows(shown.session.read(), "SELECT * FROM challenge WHERE NOT deleted ORDER BY n", ())


def test_an_item_is_minuted_in_few_keys(shown: Shown) -> None:
    page, meeting = held(shown, "A-0005", "A-0008")
    assert page._at == agenda.items(shown.session, meeting)[0]["id"]
    number = keys(
        shown, "The terms are with counsel.", TAB, Qt.Key.Key_P, TAB, Qt.Key.Key_I, TAB, TAB, "Send the draft", TAB, "Kent Police", TAB, "+6w", (Qt.Key.Key_Return, CTRL),
    )  # fmt: skip
    assert number <= 14
    (asked,) = challenges(shown)
    follow = show.record(shown.session, str(asked["follow_up"]))
    assert (asked["answer"], asked["judgement"], asked["status"], follow.title) == ("The terms are with counsel.", "partly", "answered", "Send the draft")
    assert follow.cells["due"] and follow.names[str(follow.cells["accountable"])] == "Kent Police" and show.record(shown.session, "A-0005").cells["status"] == "in_progress"
    assert page._at == agenda.items(shown.session, meeting)[1]["id"] and page.form.typed() == {}
    assert QApplication.focusWidget() is page.form._fields["answer"]


def test_any_item_or_record_is_reached_in_a_few_keys(shown: Shown) -> None:
    page, meeting = held(shown, "A-0005", "R-0003", "Staffing")
    keys(shown, (Qt.Key.Key_G, CTRL), "3", Qt.Key.Key_Return)
    assert page._item.title == "Staffing"
    keys(shown, (Qt.Key.Key_G, CTRL), "3", Qt.Key.Key_Return)  # the item that one is on: the keyboard goes to its answer all the same
    assert page._item.title == "Staffing" and QApplication.focusWidget() is page.form._fields["answer"]
    keys(shown, (Qt.Key.Key_G, CTRL), "g2", Qt.Key.Key_Return)
    assert page._item.about.reference == "G-0002" and [r["title"] for r in agenda.items(shown.session, meeting)][3].startswith("G-0002 ")
    keys(shown, (Qt.Key.Key_Up, CTRL), (Qt.Key.Key_Up, CTRL))
    assert page._item.about.reference == "R-0003"


def test_what_is_half_typed_is_kept_per_item_and_after_the_window_is_gone(shown: Shown) -> None:
    page, meeting = held(shown, "A-0005", "A-0006")
    first = page._at
    keys(shown, "Half a sen")
    page.keep_draft()
    settle(shown.tasks)
    assert "Half a sen" in office.local_values(shown.session, DRAFT)[first]
    keys(shown, (Qt.Key.Key_Down, CTRL))
    assert page.form.typed() == {}
    keys(shown, (Qt.Key.Key_Up, CTRL))
    assert page.form.typed() == {"answer": "Half a sen"}
    other = Shown(shown.session)
    other.go("meeting")
    other.window.open_record(f"hold:{meeting}")
    settle(other.tasks)
    assert other.window.page("meeting_mode").form.typed() == {"answer": "Half a sen"}
    other.close()
    other.tasks.stop()
    page.save()
    settle(shown.tasks)
    assert first not in office.local_values(shown.session, DRAFT) and challenges(shown)[0]["answer"] == "Half a sen"


def test_what_is_refused_stays_in_the_form_with_its_sentence(shown: Shown) -> None:
    page, _ = held(shown, "R-0003")
    page.form._fields["answer"].setPlainText("All done")
    page.form._fields["status"].setCurrentIndex(page.form._fields["status"].findData("closed"))
    page.save()
    settle(shown.tasks)
    assert "earned" in page._wrong.text() and page._wrong.isVisible() and page.form.typed()["answer"] == "All done"
    assert challenges(shown) == []


def test_the_room_sees_its_own_window_with_nothing_private(shown: Shown) -> None:
    session = shown.session
    page, meeting = held(shown, "A-0005", "A-0008", "Staffing")
    items = [str(r["id"]) for r in agenda.items(session, meeting)]
    records.assign(session, "A-0005", [Assignment("note", PRIVATE), Assignment("blockers", PRIVATE), Assignment("description", PRIVATE)], None)
    records.assign(session, items[2], [Assignment("private", "yes"), Assignment("title", f"Staffing {PRIVATE}")], None)
    page.show_room()
    settle(shown.tasks)
    room = page.room
    assert room.windowTitle() == "Meeting" and room.parentWidget() is None
    seen: list[str] = []
    for item in items:
        page.take(item)
        settle(shown.tasks)
        seen += room.words()
        page.form._fields["remark"].setText(PRIVATE)
        page.form._fields["answer"].setPlainText("An open answer")
        seen += room.words()
        page.save()
        settle(shown.tasks)
        page.take(item)
        settle(shown.tasks)
        seen += room.words()
    assert PRIVATE not in " ".join(seen) and "An open answer" in seen and "This item is taken without the screen." in seen
    assert all(not w.toolTip() for w in room.findChildren(QWidget))
    page.hide_words()
    assert room.words() == [w for w in room.words() if w in ("", room._head.text())] and page._hide_button.isChecked()
    page.hide_words()
    assert any(room.words())


def test_on_one_screen_private_words_are_masked_and_private_items_have_no_form(shown: Shown) -> None:
    page, meeting = held(shown, "A-0005", "Staffing")
    items = [str(r["id"]) for r in agenda.items(shown.session, meeting)]
    records.assign(shown.session, items[1], [Assignment("private", "yes")], None)
    page.one_screen()
    settle(shown.tasks)
    assert page.form.window() is page.room and page.form.isVisible()
    assert page.form._fields["remark"].echoMode() == QLineEdit.EchoMode.Password
    page.take(items[1])
    settle(shown.tasks)
    assert not page.form.isVisible()
    QTest.keyClick(page.room, Qt.Key.Key_Escape)
    settle(shown.tasks)
    assert page.room is None and page.form.window() is shown.window and page.form._fields["remark"].echoMode() == QLineEdit.EchoMode.Normal and page.form.isVisible()


def test_an_independent_body_is_asked_for_information(shown: Shown) -> None:
    records.assign(shown.session, "A-0005", [Assignment("accountable", "CPS South East")], None)
    page, _ = held(shown, "A-0005")
    assert page.form._fields["information"].isVisible() and not page.form._fields["judgement"].isVisible()


def test_an_item_is_carried_forward_by_its_button(shown: Shown) -> None:
    page, meeting = held(shown, "A-0005")
    page.carry_forward()
    settle(shown.tasks)
    assert "No later meeting of PDB is planned" in page._wrong.text()
    later = records.create(shown.session, "meeting", {"title": "Q4 board", "body": "PDB", "date": "2027-06-01"})[0]
    page.carry_forward()
    settle(shown.tasks)
    assert len(agenda.items(shown.session, later)) == 1 and agenda.items(shown.session, meeting)[0]["state"] == "carried"


def test_the_agenda_is_built_from_what_is_proposed(shown: Shown) -> None:
    session = shown.session
    records.assign(session, "A-0005", [Assignment("due", "2020-01-31"), Assignment("status", "in progress")], None)
    meeting = records.create(session, "meeting", {"title": "Q3 board", "body": "PDB", "date": session.today.isoformat()})[0]
    facts = agenda.find_meeting(session, meeting)
    dialog = AgendaDialog(shown.window, "Agenda", agenda.proposals(session, facts))
    top = next(dialog.tree.topLevelItem(n) for n in range(dialog.tree.topLevelItemCount()) if dialog.tree.topLevelItem(n).text(0).startswith("Overdue"))
    top.setCheckState(0, Qt.CheckState.Checked)
    chosen = dialog.chosen()
    assert [p.reference for p in chosen if p.kind == "overdue"] == ["A-0005"]
    dialog.deleteLater()
    with patch.object(AgendaDialog, "ask", return_value=chosen), patch.object(messages, "tell"):
        shown.go("meeting")
        shown.window.open_record(meeting)
        settle(shown.tasks)
        pane: Any = shown.window.page("meeting").pane
        button = next(b for b in pane.findChildren(QWidget) if isinstance(b, QAbstractButton) and b.text() == "Build the agenda …")
        button.click()
        settle(shown.tasks)
    assert [r["about"] for r in agenda.items(session, meeting)] == [p.id for p in chosen]


def test_what_a_body_was_asked_over_time_stands_on_its_page(shown: Shown) -> None:
    page, _ = held(shown, "A-0008")
    page.form._fields["answer"].setPlainText("By May")
    page.form._fields["judgement"].setCurrentIndex(page.form._fields["judgement"].findData("not"))
    page.save()
    settle(shown.tasks)
    (asked,) = challenges(shown)
    for record in (str(asked["asked_of"]), str(asked["about"])):
        shown.window.open_record(record)
        settle(shown.tasks)
        rows = [b.text() for b in shown.window.findChildren(QAbstractButton) if "Not assured" in b.text() and b.isVisible()]
        assert len(rows) == 1 and str(asked["question"]) in rows[0]


def test_attendance_is_noted_by_letters(shown: Shown) -> None:
    dialog = AttendanceDialog(shown.window, "Attendance", [Attends("Ann Chair", "", "", "chair", ""), Attends("Bea Member", "", "", "member", "")])
    dialog._all_present()
    dialog._rows[1][1].setCurrentIndex(dialog._rows[1][1].findData("apologies"))
    guest = dialog._rows[2][0]
    assert guest is not None
    guest.setText("  Di   Guest ")
    assert [(a.person, a.state) for a in dialog.noted()] == [("Ann Chair", "present"), ("Bea Member", "apologies"), ("Di Guest", "present")]
    dialog.deleteLater()


def test_the_meeting_that_is_asked_for_is_held_and_no_nearer_one(shown: Shown) -> None:
    near = records.create(shown.session, "meeting", {"title": "Near", "body": "PDB", "date": shown.session.today.isoformat()})[0]
    far = records.create(shown.session, "meeting", {"title": "Far", "body": "PDB", "date": "2027-06-01"})[0]
    for meeting in (near, far):
        meeting_notes.speak_of(shown.session, meeting, "A-0005")
    shown.go("meeting")
    for wanted in (far, near, far):
        shown.window.open_record(f"hold:{wanted}")
        settle(shown.tasks)
        page: Any = shown.window.page("meeting_mode")
        assert page._held.meeting.id == wanted and page._item.id == agenda.items(shown.session, wanted)[0]["id"]


def test_words_typed_while_a_save_is_under_way_stay(shown: Shown) -> None:
    page, meeting = held(shown, "A-0005", "A-0006", "A-0008")
    items = [str(r["id"]) for r in agenda.items(shown.session, meeting)]
    page.form._fields["answer"].setPlainText("First")
    page.save()
    page.form._fields["answer"].setPlainText("First and more")
    settle(shown.tasks)
    assert page._at == items[0] and page.form.typed()["answer"] == "First and more" and challenges(shown)[0]["answer"] == "First"
    page.save()
    page.take(items[2])
    QTest.keyClicks(page.form._fields["answer"], "Third")  # typed before the item is there
    settle(shown.tasks)
    QTest.keyClicks(page.form._fields["answer"], " one")
    assert page._at == items[2] and page.form.typed() == {"answer": "Third one"} and challenges(shown)[0]["answer"] == "First and more"
    page.step(-1)
    page.step(-1)
    page.take(items[2])
    settle(shown.tasks)
    assert page.form.typed() == {"answer": "Third one"}


def test_an_item_that_is_taken_off_the_agenda_gives_way(shown: Shown) -> None:
    page, meeting = held(shown, "A-0005", "A-0006")
    items = [str(r["id"]) for r in agenda.items(shown.session, meeting)]
    page.show_room()
    shown.tasks.write(lambda s: records.hide(s, [items[0]]))
    settle(shown.tasks)
    assert page._at == items[1] and page._item.id == items[1] and "A-0006" in " ".join(page.room.words())


def test_hiding_in_the_rooms_window_and_closing_the_program(shown: Shown) -> None:
    page, _ = held(shown, "A-0005")
    page.one_screen()
    settle(shown.tasks)
    QTest.keyClick(page.room, Qt.Key.Key_F9)
    assert page._hide_button.isChecked() and not page.form.isVisible()
    QTest.keyClick(page.room, Qt.Key.Key_F9)
    assert not page._hide_button.isChecked() and page.form.isVisible()
    room = page.room
    page.shut()
    assert not room.isVisible() and page.room is None
