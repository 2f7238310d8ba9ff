"""The window in an officer's hands: what Enter presses, where Tab goes, messages that wait to be read, the past, and rows of two lines."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.help_pictures import TAKEN, WIDE
from tests.ui.menus import handed_to
from tests.ui.test_window import Shown
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.terms import ACTION_STATUS
from vawg_desktop.services import list_filters, lists, records, show
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.ui import spoken, window_commands
from vawg_desktop.ui.commands import load_commands
from vawg_desktop.ui.dialogs.form import AskDialog, keep_on_screen
from vawg_desktop.ui.dialogs.new_store import RecoveryForm
from vawg_desktop.ui.dialogs.report import ReportDialog
from vawg_desktop.ui.dialogs.steps import StepsDialog
from vawg_desktop.ui.help import show_help
from vawg_desktop.ui.help_topics import GROUPS, HELP_OF, topics
from vawg_desktop.ui.help_window import HelpWindow
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages import list_acts, list_page
from vawg_desktop.ui.pages.list_acts import set_status
from vawg_desktop.ui.places import PAGES
from vawg_desktop.ui.spoken import announcer
from vawg_desktop.ui.theme import THEMES, theme
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button
from vawg_desktop.ui.widgets.strip import Message, Strip

ROOT = Path(__file__).parents[2]


def luminance(colour: str) -> float:
    parts = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", THEMES)
def test_the_edge_of_a_field_can_be_seen(name: str) -> None:
    """It was 1.4:1: WCAG 1.4.11 asks for 3:1."""
    c = THEMES[name]
    for ground in (c.surface, c.window, c.raised, c.nav):
        high, low = sorted((luminance(c.edge), luminance(ground)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 3


# -- Enter and Tab --------------------------------------------------------------------------------------


def test_enter_presses_the_button_that_has_the_focus(shown: Shown) -> None:
    """On a focused Cancel it accepted the form."""
    dialog = AskDialog(shown.window, "Ask", "What?", "", secret=False, long=False, verb="Go on")
    dialog.show()
    cancel = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Cancel")
    cancel.setFocus()
    QTest.keyClick(cancel, Qt.Key.Key_Return)
    assert not dialog.isVisible() and dialog.result() == dialog.DialogCode.Rejected
    dialog.deleteLater()
    page: Any = shown.go("action")
    overdue = next(b for b in page.findChildren(QPushButton) if b.text() == "Overdue")
    overdue.setFocus()
    QTest.keyClick(overdue, Qt.Key.Key_Return)
    assert overdue.isChecked()


def test_tab_goes_where_the_eye_goes(shown: Shown) -> None:
    """It skipped New, the filter and the chips."""
    page: Any = shown.go("action")
    page._more.setFocus()
    reached: list[str] = []
    for _ in range(12):
        QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Tab)
        widget = QApplication.focusWidget()
        reached.append(widget.accessibleName() if widget is not None else "")
        if widget is page.view:
            break
    assert reached[:4] == ["New", "Filter actions", "Filter by …", "Saved views"] and "Show only: Overdue" in reached and reached[-1] == "List of actions"


def test_a_form_higher_than_the_screen_keeps_its_buttons(qtbot: QtBot) -> None:
    dialog = AskDialog(None, "Ask", "What?", "", secret=False, long=False, verb="Go on")
    qtbot.addWidget(dialog)
    box: Any = dialog.layout()
    for number in range(60):
        box.insertWidget(box.count() - 1, QLabel(f"Line {number}"))
    keep_on_screen(dialog)
    dialog.show()
    assert dialog.saves is not None
    assert dialog.height() <= dialog.screen().availableSize().height() and dialog.saves.geometry().bottom() < dialog.height()


# -- messages -------------------------------------------------------------------------------------------


def test_a_failure_stays_until_it_is_closed_and_covers_nothing(shown: Shown) -> None:
    """The next message took its place."""
    strip = shown.window.strip
    messages.failed(RuleError("The first went wrong.", code="x"))
    messages.failed(RuleError("The second went wrong.", code="x"))
    messages.tell("Saved.")
    QApplication.processEvents()
    assert strip.failed_line.text.text() == "The second went wrong. (1 earlier)" and strip.told_line.text.text() == "Saved."
    assert strip.failed_line.isVisible() and shown.window.stack.geometry().bottom() <= strip.geometry().top()
    strip.close_failure()
    assert strip.failed_line.text.text() == "The first went wrong."
    strip.close_failure()
    assert not strip.failed_line.isVisible()


def test_messages_pages_and_results_are_announced(shown: Shown) -> None:
    heard: list[str] = []
    announcer.said.connect(heard.append)
    shown.go("gap")
    messages.tell("Saved.")
    assert heard[-2:] == ["Gaps", "Saved."]


def test_the_button_of_a_message_does_its_one_thing(qtbot: QtBot) -> None:
    strip, done = Strip(), list[str]()
    qtbot.addWidget(strip)
    strip.tell(Message("Deleted.", "Undo", lambda: done.append("undone")), stays=True)
    strip.told_line.button.click()
    strip.fail(Message("Away.", "Beside"))
    strip.fail(Message("Lost.", "Copy", lambda: done.append("copied")))
    strip.withdraw("Beside")  # it is over: nobody has to close it
    strip.failed_line.button.click()
    assert done == ["undone", "copied"] and strip.told_line.isHidden() and strip.failed_line.isHidden()


def test_headings_are_spoken_as_headings(qtbot: QtBot) -> None:
    spoken.install()
    holder = QWidget()
    qtbot.addWidget(holder)
    heading, plain = QLabel("Actions", holder), QLabel("22 shown", holder)
    heading.setProperty(spoken.HEADING, True)
    found = [QAccessible.queryAccessibleInterface(w) for w in (heading, plain)]
    assert [f.role() for f in found if f is not None] == [QAccessible.Role.Heading, QAccessible.Role.StaticText]
    heading.setText("Gaps")  # it was heard by the words that it was made with
    assert found[0] is not None and found[0].text(QAccessible.Text.Name) == "Gaps"


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("looks", ["", "primary", "quiet"])
def test_the_ring_of_a_focused_button_takes_no_room_from_its_words(shown: Shown, qtbot: QtBot, scale: float, looks: str) -> None:
    """At 200% the last letter of a focused button was cut."""
    before = theme.scale
    theme.apply("light", scale)
    try:
        made = button("New meeting's decision", lambda: None, kind=looks)
        qtbot.addWidget(made)
        made.ensurePolished()
        without = made.sizeHint()
        made.show()
        made.activateWindow()
        made.setFocus()
        qtbot.waitUntil(made.hasFocus)
        made.style().polish(made)
        assert made.sizeHint() == without
    finally:
        theme.apply("light", before)


def test_ctrl_enter_saves_a_form_from_a_field_of_several_lines(qtbot: QtBot) -> None:
    dialog = AskDialog(None, "T", "Words", "", secret=False, long=True, verb="Save")
    qtbot.addWidget(dialog)
    dialog.show()
    field = dialog.findChild(QPlainTextEdit)
    assert field is not None
    field.setFocus()
    QTest.keyClicks(field, "One")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert dialog.isVisible() and dialog.answer() == "One\n"
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.isVisible() and dialog.result() == 1


# -- the past -------------------------------------------------------------------------------------------


def test_a_record_that_was_not_there_yet_is_named_and_nothing_offers_to_add_one(shown: Shown) -> None:
    """It was told by its identifier, beside an empty record; and the list of the past offered a new one."""
    page: Any = shown.go("action")
    page.go_to(show.record(shown.session, "A-0002").id)
    settle(shown.tasks)
    told: list[str] = []
    messages.shown.connect(lambda _, text: told.append(text))
    shown.window.as_at.go("1 January 2020")
    settle(shown.tasks)
    settle(shown.window.tasks)
    assert told[-1] == "A-0002 was not recorded yet as at 1 January 2020."
    past: Any = shown.window.page("action")
    assert past._nothing.text.text() == "No actions were recorded by then." and not past._nothing.findChildren(QPushButton)
    shown.window.as_at.back()
    settle(shown.window.tasks)
    shown.tasks = shown.window.tasks


def test_the_window_goes_to_the_past_and_back_where_it_stood(shown: Shown) -> None:
    page: Any = shown.go("action")
    records.assign(shown.session, "A-0002", [Assignment("title", "Called otherwise since")], None)
    page.go_to(show.record(shown.session, "A-0002").id)
    settle(shown.tasks)
    where = shown.window.where()
    shown.window.as_at.go("1 January 2020")
    settle(shown.tasks)
    settle(shown.window.tasks)
    assert shown.window.as_at.today_of(shown.window.tasks.session) is shown.session  # whose passphrase unlocks the window
    with patch.object(shown.window, "left_over", return_value="One field holds text"), patch.object(messages, "ask", return_value=False) as asked:
        shown.window.as_at.back()
        assert asked.called and shown.window.as_at.on
    assert shown.window.as_at.on and shown.window._as_at_bar.isVisible() and shown.window.tasks.session.today.year == 2020
    shown.window.as_at.back()
    settle(shown.window.tasks)
    assert not shown.window.as_at.on and not shown.window._as_at_bar.isVisible() and shown.window.where() == where
    shown.tasks = shown.window.tasks


def test_the_card_says_what_happened_and_is_copied_in_one_key(shown: Shown) -> None:
    records.assign(shown.session, "R-0003", [Assignment("public_wording", "We commissioned the survey.")], None)
    shown.window.open_record("card:R-0003")
    settle(shown.tasks)
    page: Any = shown.window.here()
    words = " ".join(w.text() for w in page.findChildren(QLabel))
    assert "“We commissioned the survey.”" in words and "Wording of" in words and "0 of 2 actions complete" in words
    QTest.keyClick(page.as_at, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QApplication.clipboard().text()
    assert copied.startswith("R-0003 ") and "We commissioned the survey." in copied and "A-0009" in copied
    page.as_at.setText("1 January 2020")
    page.show_it()
    settle(shown.tasks)
    assert "was not in this store on" in " ".join(w.text() for w in page.findChildren(QLabel))


# -- lists ----------------------------------------------------------------------------------------------


def test_a_list_is_filtered_by_any_field(shown: Shown) -> None:
    found = {o.words: dict(o.values) for o in list_filters.offered(shown.session, "action")}
    assert found["Status"]["Complete"] == "complete" and found["Accountable body"]["Kent Police"] and "mine" in found["Also"].values()
    for words, key, value in ((o.words, o.key, v) for o in list_filters.offered(shown.session, "action") for _, v in o.values):
        where = Where(key, value) if key else Where(value, "yes")
        assert lists.count(shown.session, ListQuery("action", where=(where,))) >= 0, words
    page: Any = shown.go("action")
    page.add_filter("Accountable body: Kent Police", Where("accountable", found["Accountable body"]["Kent Police"]))
    settle(shown.tasks)
    assert page.model.rowCount() == lists.count(shown.session, ListQuery("action", where=(Where("accountable", "Kent Police"),))) > 0
    chip = next(b for b in page.findChildren(QPushButton) if b.text() == "Accountable body: Kent Police")
    page.add_filter("Overdue", Where("overdue", "yes"))  # which has a chip already
    assert {w.field for w in page.query.where} == {"accountable", "overdue"}
    page.add_filter("Overdue", Where("overdue", "yes"))
    next(c for c, w in page._chips if w.field == "overdue").click()
    chip.click()
    settle(shown.tasks)
    assert page.model.rowCount() == lists.count(shown.session, ListQuery("action"))


def test_the_status_is_set_for_all_that_are_picked_and_they_stay_picked(shown: Shown) -> None:
    page: Any = shown.go("action")
    page.view.pick([1, 2, 3])
    numbers = page.picked()
    assert len(numbers) == 4
    set_status(page, numbers, "in_progress", "In progress")
    settle(shown.tasks)
    assert page.picked() == numbers
    rows = lists.rows_of(shown.session, "action", numbers)
    assert {r["status"] for r in rows} == {"in_progress"}
    shown.tasks.undo()
    settle(shown.tasks)
    assert page.picked() == numbers and "4 actions" in shown.window.strip.told_line.text.text()


def test_rating_and_due_go_last_and_cut_titles_stand_in_two_lines(shown: Shown, tmp_path: Path) -> None:
    shown.window.resize(1366, 768)
    page: Any = shown.go("recommendation")
    QApplication.processEvents()
    seen = [c.label for n, c in enumerate(page.model.columns) if not page.view.isColumnHidden(n)]
    assert seen[-2:] == ["Rating", "Due"] and len(seen) < len(page.model.columns)
    assert page.view.rowHeight(0) == theme.px(52)
    page.view.hide_columns(frozenset({"rating_opcc"}))
    assert "Rating" not in [c.label for n, c in enumerate(page.model.columns) if not page.view.isColumnHidden(n)]


def test_columns_that_were_hidden_stay_hidden(shown: Shown) -> None:
    page: Any = shown.go("action")
    shown.tasks.save_local("columns", "gap", "severity")
    settle(shown.tasks)
    gaps: Any = shown.go("gap")
    settle(shown.tasks)
    assert gaps.view.hidden == frozenset({"severity"}) and page.view.hidden == frozenset()


# -- help, and an empty store ---------------------------------------------------------------------------


def test_the_help_speaks_of_every_page_and_every_topic_is_whole() -> None:
    assert set(HELP_OF) >= {page.key for page in PAGES}
    listed = [name for _, names in GROUPS for name in names]
    assert len(listed) == len(set(listed)) and set(HELP_OF.values()) | {"review"} <= set(listed)
    assert sorted(listed) == sorted(path.stem for path in (ROOT / "resources" / "help").glob("*.md"))
    words = {c.words.rstrip(" …") for c in load_commands()}
    for one in topics():
        assert one.text.startswith(f"# {one.title}\n") and len(one.text) > 100, one.name
        for named in re.findall(r"\*\*Ctrl\+K\*\*, \*([^*]+)\*", one.text):
            assert named in words, (one.name, named)


def test_each_picture_of_the_help_is_there_and_each_is_shown() -> None:
    shown = [name for one in topics() for name in re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", one.text)]
    there = sorted(path.name for path in (ROOT / "resources" / "help" / "pictures").iterdir())
    assert sorted(shown) == there and len(there) == len(TAKEN)
    assert all(QImage(str(ROOT / "resources" / "help" / "pictures" / name)).width() == WIDE for name in there)


def test_f1_opens_the_help_at_the_page_one_is_on_and_the_window_stays_usable(shown: Shown) -> None:
    titles: list[str] = []
    for place in ("harm", "backups", "returns"):
        page = shown.go(place)
        show_help(shown.window)
        window = shown.window.findChildren(HelpWindow)[-1]
        titles.append(window.text.document().firstBlock().text())
        assert not window.isModal() and window.isVisible()
        assert cast("QWidget", page).isVisible() and QApplication.activeModalWidget() is None
    assert titles == ["Harm", "Backups", "Send a round"] and len(shown.window.findChildren(HelpWindow)) == 1
    window.close()


def test_the_help_is_searched_and_read_by_the_keyboard(shown: Shown) -> None:
    show_help(shown.window)
    window = shown.window.findChildren(HelpWindow)[-1]
    QTest.keyClicks(window.words, "recovery key")
    found = [window.list.item(n).text() for n in range(window.list.count()) if window.list.item(n).flags()]
    assert "Passphrases, and hiding the screen" in found and "Harm" not in found
    first = window.text.document().firstBlock().text()
    QTest.keyClick(window.words, Qt.Key.Key_Down)
    assert window.text.document().firstBlock().text() != first
    QTest.keyClicks(window.words, " zebra")
    assert window.list.count() == 0 and "No topic has" in window._nothing.text()
    window.words.clear()
    assert window.list.count() > 25 and window._nothing.isHidden()
    window.close()


def test_the_help_follows_the_text_size_goes_to_the_word_found_and_comes_back(shown: Shown) -> None:
    show_help(shown.window)
    window = shown.window.findChildren(HelpWindow)[-1]
    window.resize(760, 400)
    window.go_to("begin")
    window.words.setText("export")
    QTest.qWait(30)
    rect = window.text.cursorRect()
    assert window.text.viewport().rect().contains(rect.center()) and window.text.textCursor().selectedText().casefold() == "export"
    shown_topic = window._shown
    theme.apply("light", 1.6)
    shown.window.restyle()
    assert window.list.width() == theme.px(232) and window._shown == shown_topic
    theme.apply("light", 1.0)
    window.setWindowState(Qt.WindowState.WindowMinimized)
    show_help(shown.window)
    assert not window.isMinimized() and window.isVisible()
    window.close()


def test_pictures_of_the_help_fit_and_stay_so(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scroll bar that came and went with the height of the pictures changed their width without end."""
    show_help(shown.window)
    window = shown.window.findChildren(HelpWindow)[-1]
    fitted: list[int] = []
    fit = window._fit_pictures
    monkeypatch.setattr(window, "_fit_pictures", lambda: (fitted.append(1), fit()))
    window.go_to("round")
    for high in range(500, 820, 20):
        window.resize(760, high)
        for _ in range(40):  # each turn of the event loop lets one fit lead to the next
            QApplication.processEvents()
        fitted.clear()
        for _ in range(10):
            QApplication.processEvents()
        assert not fitted, f"still being fitted at a height of {high}"
    window.close()


def test_pictures_of_the_help_are_as_wide_as_its_text(shown: Shown) -> None:
    show_help(shown.window)
    window = shown.window.findChildren(HelpWindow)[-1]
    window.go_to("round")
    for wide in (700, 960):
        window.resize(wide, 600)
        QTest.qWait(30)
        assert window.text.horizontalScrollBar().maximum() == 0
    window.close()


def test_an_empty_store_says_what_to_do_and_fills_itself(qtbot: QtBot, tmp_path: Path) -> None:
    shown = Shown(Session(making.create(tmp_path / "empty.vawg", passphrase=None), "A. Officer"))
    page: Any = shown.go("my_work")
    settle(shown.tasks)
    assert any(w.text().startswith("This store is empty") for w in page.findChildren(QLabel))
    next(b for b in page.findChildren(QPushButton) if b.text().startswith("Load the inquiry's")).click()
    settle(shown.tasks)
    settle(shown.tasks)
    assert lists.count(shown.session, ListQuery("recommendation")) > 10 and not any(w.text().startswith("This store is empty") for w in page.findChildren(QLabel))
    shown.close()


def test_a_contact_that_has_ended_looks_ended(shown: Shown) -> None:
    for name, until in (("Was Here", "2020-01-31"), ("Is Here", "")):
        records.create(shown.session, "contact", {k: v for k, v in {"name": name, "partner": "P-0002", "until_date": until}.items() if v})
    page: Any = shown.go("partner")
    page.go_to(show.record(shown.session, "P-0002").id)
    settle(shown.tasks)
    lines = {b.text() for b in page.pane.findChildren(QPushButton) if "Here" in b.text()}
    assert any("Was Here" in line and line.endswith("(ended)") for line in lines) and any("Is Here" in line and "ended" not in line for line in lines)


def test_a_source_shows_its_title_and_its_name_opens_it(shown: Shown) -> None:
    """It stood there as S-0002, and could not be opened."""
    page: Any = shown.go("recommendation")
    page.go_to(show.record(shown.session, "R-0003").id)
    settle(shown.tasks)
    sources = show.record(shown.session, "R-0003").sets["sources"]
    chip = next(b for b in page.pane.findChildren(QPushButton) if b.accessibleName().startswith("Open Inquiry report: recommendations (S-0002)"))
    chip.click()
    settle(shown.tasks)
    settle(shown.tasks)
    where, record = shown.window.where()
    assert where == "source" and record in sources


def test_only_the_steps_that_were_chosen_are_undone(shown: Shown) -> None:
    """A chosen step without effect was made good by another that was not chosen."""
    for reference in ("A-0001", "A-0002", "A-0003"):
        records.assign(shown.session, reference, [Assignment("resource", f"of {reference}")], None)
        if reference == "A-0002":
            records.assign(Session(shown.session.store, "Another"), "A-0002", [Assignment("resource", "")], None)
    with patch.object(StepsDialog, "run", lambda dialog: dialog.list.setCurrentRow(1) or True):
        window_commands.last_steps(shown.window)
    for _ in range(4):
        settle(shown.tasks)
    assert [show.record(shown.session, r).cells["resource"] for r in ("A-0001", "A-0002", "A-0003")] == ["of A-0001", None, None]


def test_an_answer_stays_with_its_recommendation(qtbot: QtBot) -> None:
    dialog = ReportDialog(None, "Alpha should act\nBeta should act", [], [])  # pyright: ignore[reportArgumentType]
    qtbot.addWidget(dialog)
    answer = dialog.table.item(1, 5)
    assert answer is not None
    answer.setText("Rejected")
    dialog.paper.setPlainText("First should act\nAlpha should act\nBeta should act")
    assert [r.answer for r in dialog.report().rows] == ["", "", "Rejected"]


def test_a_recovery_key_that_is_not_written_is_not_said_to_be(qtbot: QtBot, tmp_path: Path) -> None:
    form = RecoveryForm("K-E-Y", tmp_path / "s.vawg", lambda: None)
    qtbot.addWidget(form)
    with patch.object(QFileDialog, "getSaveFileName", return_value=(str(tmp_path / "nowhere" / "k.pdf"), "")):
        form._print()
    assert form.told.text() and "Saved" not in form.told.text()
    with patch.object(QFileDialog, "getSaveFileName", return_value=(str(tmp_path / "k.pdf"), "")):
        form._print()
    assert form.told.text().startswith("Saved as k.pdf") and (tmp_path / "k.pdf").read_bytes().startswith(b"%PDF") and b"%%EOF" in (tmp_path / "k.pdf").read_bytes()


def test_a_menu_opens_on_its_first_line_or_the_one_that_holds(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """A menu that opened on nothing was silent in a screen reader, and Enter took nothing."""
    active: list[str] = []
    looked = handed_to(lambda menu: active.append(menu.activeAction().text() if menu.activeAction() is not None else ""))
    monkeypatch.setattr(list_acts, "QMenu", looked)
    monkeypatch.setattr(list_page, "QMenu", looked)
    page: Any = shown.go("action")
    settle(shown.tasks)
    page.view.choose(0)
    status = ACTION_STATUS.label(str(page.model.row(0)["status"]))
    list_acts.ask_status(page)
    page._show_more()
    assert active[0].endswith(status) and active[1].startswith("Edit picked rows")


def test_the_keyboard_is_somewhere_that_has_a_name_on_every_page(shown: Shown) -> None:
    for page in PAGES:
        shown.go(page.key)
        settle(shown.tasks)
        focused = QApplication.focusWidget()
        assert focused is not None and focused.accessibleName(), page.key


def test_a_form_about_a_record_leaves_the_record_in_sight(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """It opened in the middle of the window, over the record that one was writing about."""
    places: list[tuple[QRect, QRect]] = []
    page: Any = shown.go("action")
    settle(shown.tasks)
    shown.window.move(0, 0)

    def run(dialog: Any) -> int:
        dialog.move(page.panes_beside.record_place().topLeft())  # where a window manager may put it
        dialog.show()
        places.append((dialog.frameGeometry(), page.panes_beside.record_place()))
        dialog.hide()
        return 0

    monkeypatch.setattr(messages, "run", run)
    page.new_record()
    assert places and all(dialog.right() < record.left() for dialog, record in places), places


def test_what_was_said_to_be_under_way_goes_when_it_fails(shown: Shown) -> None:
    strip = shown.window.strip
    strip.tell(Message("Opening the store as at that date …"), stays=False)
    strip.fail(Message("There is no board of that name."))
    assert not strip.told_line.isVisible() and strip.failed_line.isVisible()
    strip.close_failure()
    strip.tell(Message("Saved."), stays=False)
    strip.fail(Message("Something else."))
    assert strip.told_line.isVisible()
    strip.close_failure()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a choice is called by its own name")
def test_a_choice_is_heard_with_what_it_is_about_wherever_it_is_put(qtbot: QtBot) -> None:
    first, second = QWidget(), QWidget()
    qtbot.addWidget(second)
    choice = Choice(first)
    choice.setAccessibleName("Status")
    choice.addItem("Complete")
    first.show()
    choice.setParent(second)
    first.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    second.show()
    choice.show()
    told = QAccessible.queryAccessibleInterface(choice).relations()
    assert [one.text(QAccessible.Text.Name) for one, kind in told if kind & QAccessible.RelationFlag.Label] == ["Status"]


@pytest.mark.parametrize("key", ["action", "recommendation", "changes", "journey", "card"])
def test_tab_forwards_reaches_what_stands_before_the_list(shown: Shown, key: str) -> None:
    """A page that gave its focus on had its buttons, filters and chips passed over: only Shift and Tab found them."""
    page: Any = shown.go(key)
    settle(shown.tasks)
    shown.window.activateWindow()
    page.setFocus(Qt.FocusReason.OtherFocusReason)
    first = QApplication.focusWidget()
    assert first is not None and page.isAncestorOf(first)

    def met(way: Qt.Key) -> set[QWidget]:
        found: set[QWidget] = set()
        for _ in range(400):
            QTest.keyClick(QApplication.focusWidget() or shown.window, way)
            if (now := QApplication.focusWidget()) is None or now is first:
                break
            found.add(now)
        return found

    forwards, backwards = met(Qt.Key.Key_Tab), met(Qt.Key.Key_Backtab)
    assert forwards == backwards and len(forwards) > 20
