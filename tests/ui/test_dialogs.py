"""Each dialog filled in as a person would, and what comes of it: what it hands back, and what the page then does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.clock import TODAY
from tests.ui.test_window import Shown
from vawg_desktop import remembered
from vawg_desktop.domain.calendar import working_from
from vawg_desktop.domain.dates import parse_date
from vawg_desktop.domain.entities import ACTION, GAP
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import closing, finding, lists, names, records, show
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.records import ADD, STATE, Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening
from vawg_desktop.ui.dialogs.bulk import BulkDialog
from vawg_desktop.ui.dialogs.closing import ClosingDialog
from vawg_desktop.ui.dialogs.forms import FormDialog, words_back
from vawg_desktop.ui.dialogs.new_store import RecoveryForm
from vawg_desktop.ui.dialogs.open_store import OpenDialog
from vawg_desktop.ui.dialogs.paste import PasteDialog
from vawg_desktop.ui.dialogs.pick import FindBox, Offer
from vawg_desktop.ui.dialogs.round import RoundDialog, RoundWanted
from vawg_desktop.ui.dialogs.templates import LOGO_SIZE, Template, TemplatesDialog
from vawg_desktop.ui.dialogs.tray import TrayDialog, TrayWanted
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.progress_chart import ProgressChart

Script = Callable[[Any], None]
WORDS = "a passphrase to test with"


@pytest.fixture
def shown(qtbot: QtBot, sample: Session) -> Iterator[Shown]:
    made = Shown(sample)
    yield made
    made.close()


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """A window to stand over; a dialog goes with its window."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Callable[[Script], None]:
    """The next dialogs are filled in by a script; one that it leaves open is left."""

    def arrange(script: Script) -> None:
        def run(dialog: QDialog) -> int:
            dialog.setResult(QDialog.DialogCode.Rejected)
            dialog.show()
            script(dialog)
            result = dialog.result()
            dialog.hide()
            return result

        monkeypatch.setattr(messages, "run", run)

    return arrange


def press(dialog: QWidget, words: str) -> None:
    (one,) = [b for b in dialog.findChildren(QPushButton) if b.text() == words]
    assert one.isEnabled()
    one.click()


def named(dialog: QWidget, name: str) -> Any:
    (one,) = [w for w in dialog.findChildren(QWidget) if w.accessibleName() == name]
    return one


def choose(combo: Any, words: str) -> None:
    at = combo.findText(words)
    assert at >= 0, [combo.itemText(i) for i in range(combo.count())]
    combo.setCurrentIndex(at)


# -- many rows at once


def bulk(shown: Shown, answered: Callable[[Script], None], field: str, value: str, *, why: str = "", empties: bool = False) -> tuple[Assignment, str] | None:
    def fill(dialog: BulkDialog) -> None:
        choose(named(dialog, "Field"), field)
        named(dialog, "New value").setCurrentText(value)
        named(dialog, "Reason").setPlainText(why)
        dialog._clears.setChecked(empties)
        press(dialog, "Change 3")

    answered(fill)
    return BulkDialog.ask(shown.window, shown.tasks, ACTION, 3)


def test_many_rows_one_value(shown: Shown, answered: Callable[[Script], None]) -> None:
    assert bulk(shown, answered, "Status", "Complete", why="agreed") == (Assignment("status", "Complete", STATE), "agreed")
    assert bulk(shown, answered, "Contributors", "HMCTS") == (Assignment("contributors", "HMCTS", ADD), "")
    assert bulk(shown, answered, "Contributors", "HMCTS", empties=True) == (Assignment("contributors", "", STATE), "")
    assert bulk(shown, answered, "Due", "", empties=True) == (Assignment("due", "", STATE), "")


def test_many_rows_and_a_value_that_is_none(shown: Shown, answered: Callable[[Script], None]) -> None:
    told: list[str] = []

    def fill(dialog: BulkDialog) -> None:
        press(dialog, "Change 2")
        told.append(dialog._wrong.text())
        choose(named(dialog, "Field"), "Due")
        press(dialog, "Change 2")
        told.append(dialog._wrong.text())
        named(dialog, "New value").setCurrentText("the thirteenth of never")
        press(dialog, "Change 2")
        told.append(dialog._wrong.text())

    answered(fill)
    assert BulkDialog.ask(shown.window, shown.tasks, ACTION, 2) is None
    assert told[:2] == ["Choose the field to change.", "Type the new value, or say that the field is to be emptied."] and "thirteenth of never" in told[2]


def test_the_words_of_a_field_are_offered_and_what_was_typed_stays(shown: Shown, answered: Callable[[Script], None]) -> None:
    offered: list[list[str]] = []

    def fill(dialog: BulkDialog) -> None:
        value = named(dialog, "New value")
        value.setCurrentText("typed")
        for field in ("Status", "Done before publication", "Resource"):
            choose(named(dialog, "Field"), field)
            offered.append([value.itemText(i) for i in range(value.count())])
            assert value.currentText() == "typed"

    answered(fill)
    assert BulkDialog.ask(shown.window, shown.tasks, ACTION, 1) is None
    assert "Complete" in offered[0] and offered[1] == ["Yes", "No"] and offered[2] == []


def test_picked_rows_are_changed_and_counted(shown: Shown, answered: Callable[[Script], None]) -> None:
    page: Any = shown.go("action")

    def fill(dialog: BulkDialog) -> None:
        choose(named(dialog, "Field"), "Resource")
        named(dialog, "New value").setCurrentText("two officers")
        dialog.accept()

    answered(fill)
    heard: list[str] = []
    messages.shown.connect(lambda _, text: heard.append(text))
    page.view.clearSelection()
    page.bulk_edit()
    page.view.selectAll()
    page.bulk_edit()
    settle(shown.tasks)
    rows = lists.records(shown.session, ListQuery("action"))
    assert {r["resource"] for r in rows} == {"two officers"}
    assert heard[0].startswith("Pick the rows first") and f"{len(rows)} actions changed." in heard


# -- pasted text


def test_what_is_pasted_is_counted_looked_at_and_added(shown: Shown, answered: Callable[[Script], None]) -> None:
    page: Any = shown.go("gap")
    QApplication.clipboard().setText("R1\tLight the park\nR2\tOpen the shelter\n")
    said: list[str] = []

    def fill(dialog: PasteDialog) -> None:
        said.append(dialog._summary.text())
        dialog._paper.setPlainText("")
        said.append(dialog._summary.text())
        assert not dialog._add.isEnabled()
        dialog._paper.setPlainText("Light the park")
        said.append(dialog._summary.text())
        press(dialog, "Add")

    answered(fill)
    before = lists.count(shown.session, ListQuery("gap"))
    page.paste_records()
    settle(shown.tasks)
    assert lists.count(shown.session, ListQuery("gap")) == before + 1
    assert said == ["Makes 2 gaps, 2 with their own number.", "Nothing to add yet.", "Makes 1 gap."]
    answered(lambda dialog: None)
    page.paste_records()
    assert lists.count(shown.session, ListQuery("gap")) == before + 1


# -- a form


def test_a_form_hands_back_what_was_typed_and_explains_what_is_wrong(shown: Shown, answered: Callable[[Script], None]) -> None:
    wrong: list[dict[str, str]] = []

    def fill(dialog: FormDialog) -> None:
        press(dialog, "Add gap")
        wrong.append({k: w.text() for k, w in dialog._wrongs.items() if not w.isHidden()})
        named(dialog, "Gap").setText("Nobody at night")
        named(dialog, "Owner").setText("Nobody we know")
        press(dialog, "Add gap")
        wrong.append({k: w.text() for k, w in dialog._wrongs.items() if not w.isHidden()})
        named(dialog, "Owner").setText("HMCTS")
        named(dialog, "Cause").setPlainText("No cover")
        choose(named(dialog, "Provision"), "None")
        press(dialog, "Add gap")

    answered(fill)
    typed = FormDialog.fill_in(shown.window, shown.tasks, "New gap", GAP, ("statement", "owner", "cause", "provision"), "Add gap", given={"cause": "as given"})
    assert typed == {"statement": "Nobody at night", "owner": "HMCTS", "cause": "No cover", "provision": "none"}
    assert set(wrong[0]) == {"statement"} and set(wrong[1]) == {"owner"} and "Nobody we know" in wrong[1]["owner"]


def test_a_form_offers_defaults_and_yes_or_no(shown: Shown, answered: Callable[[Script], None]) -> None:
    def fill(dialog: FormDialog) -> None:
        named(dialog, "Action").setText("Open a line")
        choose(named(dialog, "Done before publication"), "No")
        press(dialog, "Add")

    answered(fill)
    typed = FormDialog.fill_in(shown.window, shown.tasks, "New action", ACTION, ("title", "status", "done_before_publication"), "Add")
    assert typed == {"title": "Open a line", "status": "not_known", "done_before_publication": "no"}
    answered(lambda dialog: None)
    assert FormDialog.fill_in(shown.window, shown.tasks, "New action", ACTION, ("title",), "Add") is None


def test_a_set_of_records_is_picked_in_a_form_one_after_the_other(shown: Shown, answered: Callable[[Script], None]) -> None:
    seen: list[str] = []

    def fill(dialog: FormDialog) -> None:
        named(dialog, "Gap").setText("Nobody at night")
        line = named(dialog, "Recommendations")
        QTest.keyClicks(line, "R-0")
        settle(shown.tasks)
        completer = line.completer()
        completer.setCompletionPrefix("R-0")
        completer.activated.emit(completer.currentCompletion())
        line.setText(completer.currentCompletion())
        QTest.qWait(10)
        QTest.keyClicks(line, "R-0002;")
        assert line.text() == "", "a semicolon ends one and begins the next"
        seen.extend({b.accessibleName() for b in dialog.findChildren(QPushButton) if b.accessibleName().startswith("Remove R-")})
        QTest.keyClicks(line, "R-0003")  # still in the line
        press(dialog, "Add gap")

    answered(fill)
    typed = FormDialog.fill_in(shown.window, shown.tasks, "New gap", GAP, ("statement", "recommendations"), "Add gap")
    assert typed is not None and len(seen) == 2, seen
    first, second, third = typed["recommendations"].split("; ")
    assert names.find(shown.session.read(), second).reference == "R-0002" and third == "R-0003"
    made, _ = records.create(shown.session, "gap", typed)
    linked = shown.session.read().exec_driver_sql("SELECT b FROM link WHERE kind = 'gap.recommendations' AND a = ? AND NOT deleted", (made,)).fetchall()
    assert len(linked) == 3 and (first,) in linked, "what was picked is handed over by its id"


def test_words_that_could_not_be_saved_are_offered_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[str, Callable[[], object]]] = []
    monkeypatch.setattr(messages, "failed", lambda error, *, action, do: kept.append((action, do)))
    words_back({"title": "Long words", "due": None, "note": "and more"})(OSError("gone"))
    ((action, do),) = kept
    do()
    assert action == "Copy what I typed" and QApplication.clipboard().text() == "Long words\nand more"


# -- a round of returns


def test_a_round_is_asked_for(shown: Shown, answered: Callable[[Script], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a, **k: str(tmp_path / "chosen"))
    wrong: list[str] = []

    def fill(dialog: RoundDialog) -> None:
        named(dialog, "Period").setText(" ")
        press(dialog, "Create workbooks")
        wrong.append(dialog._wrong.text())
        named(dialog, "Period").setText("2026/27 Q3")
        named(dialog, "To be returned by").setText("when it suits")
        press(dialog, "Create workbooks")
        wrong.append(dialog._wrong.text())
        named(dialog, "To be returned by").setText("31/01/2027")
        press(dialog, "Choose folder …")
        choose(named(dialog, "Kind of file"), "OpenDocument spreadsheet (.ods)")
        press(dialog, "Create workbooks")

    answered(fill)
    assert RoundDialog.ask(shown.window, shown.tasks) == RoundWanted("2026/27 Q3", "31/01/2027", str(tmp_path / "chosen"), "ods", "progress")
    assert wrong[0] == "A round needs its period, such as 2026/27 Q2." and "when it suits" in wrong[1]
    answered(lambda dialog: None)
    assert RoundDialog.ask(shown.window, shown.tasks) is None


def test_a_round_is_planned_back_from_a_board(qtbot: QtBot, parent: QWidget) -> None:
    dialog = RoundDialog(parent, date(2026, 11, 22), [("PDB, 12 March 2027", "2027-03-12"), ("PDB, 1 December 2026", "2026-12-01")])
    qtbot.addWidget(dialog)
    dialog._plan(0)
    assert dialog._planned.text() == "" and parse_date(dialog._due.text()) == working_from(TODAY + timedelta(weeks=4)).isoformat()
    dialog._plan(1)
    planned, due = dialog._planned.text(), dialog._due.text()
    assert due.endswith("2027") and due in planned and "past" not in planned
    dialog._plan(2)
    assert "That is past" in dialog._planned.text()
    assert not dialog._boards.isHidden()
    none = RoundDialog(parent, date(2026, 11, 22), [])
    qtbot.addWidget(none)
    assert none._boards.isHidden()


# -- the office's own words


def test_words_and_logo_of_the_office(qtbot: QtBot, parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large, small, none = tmp_path / "large.png", tmp_path / "small.png", tmp_path / "none.png"
    QImage(400, 100, QImage.Format.Format_RGB32).save(str(large))
    QImage(20, 10, QImage.Format.Format_RGB32).save(str(small))
    none.write_text("not a picture")
    dialog = TemplatesDialog(parent, [Template("a", "First line", "hint", "as it was"), Template("b", "Last line", "hint", "")])
    qtbot.addWidget(dialog)
    named(dialog, "Last line").setPlainText("Thank you.\nWrite to us.")
    assert dialog.words() == {"a": "as it was", "b": "Thank you.\nWrite to us."}
    sizes: list[tuple[int, int]] = []
    for path in (large, small):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, p=path, **k: (str(p), ""))
        press(dialog, "Choose logo …")
        image = QImage.fromData(dialog.logo or b"")
        sizes.append((image.width(), image.height()))
    assert sizes == [(LOGO_SIZE.width(), 45), (20, 10)]
    kept = dialog.logo
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(none), ""))
    press(dialog, "Choose logo …")
    assert dialog.logo == kept and dialog._picture.text() == "none.png is not a picture that we can read."
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: ("", ""))
    press(dialog, "Choose logo …")
    assert dialog.logo == kept
    press(dialog, "No logo")
    assert dialog.logo is None and dialog._none.isHidden()


# -- words beside the answers


def test_what_is_made_of_words_beside_the_answers(shown: Shown, answered: Callable[[Script], None]) -> None:
    entry = {"sheet": "Actions", "cell": "H3", "why": "a remark", "text": "as it stood", "record": "A-0002"}
    actions = [("A-0001", "One"), ("A-0002", "Two")]

    def fill(dialog: TrayDialog) -> None:
        dialog._kind.setCurrentIndex(dialog._kind.findData("question"))
        named(dialog, "Words").setPlainText("What does this mean?")
        press(dialog, "Save")

    answered(fill)
    assert TrayDialog.ask(shown.window, entry, actions) == TrayWanted("question", "A-0002", "What does this mean?")
    answered(lambda dialog: dialog.accept())
    assert TrayDialog.ask(shown.window, {**entry, "record": "A-9999", "cell": ""}, actions) == TrayWanted("update", "A-0001", "as it stood")
    answered(lambda dialog: None)
    assert TrayDialog.ask(shown.window, entry, actions) is None


# -- opening a store


def test_a_store_is_opened_with_its_passphrase(qtbot: QtBot, parent: QWidget, tmp_path: Path, answered: Callable[[Script], None]) -> None:
    path = tmp_path / "locked.vawg"
    making.create(path, passphrase=WORDS).close()
    wrong: list[str] = []

    def fill(dialog: OpenDialog) -> None:
        assert dialog._path.isReadOnly() and dialog.first_field() is dialog._word and dialog.state() == []
        dialog._word.setText("open barley")
        press(dialog, "Open")
        wrong.append(dialog._wrong.text())
        assert dialog._word.text() == ""
        dialog._word.setText(WORDS)
        press(dialog, "Open")

    answered(fill)
    session = OpenDialog.open_for(parent, path, None)
    assert session is not None and session.store.path == path and wrong[0]
    session.store.close()
    answered(lambda dialog: None)
    assert OpenDialog.open_for(parent, path, None) is None


def test_a_store_is_opened_without_a_question_where_all_is_known(qtbot: QtBot, parent: QWidget, tmp_path: Path, answered: Callable[[Script], None]) -> None:
    plain, locked, words = tmp_path / "plain.vawg", tmp_path / "locked.vawg", tmp_path / "words.txt"
    making.create(plain, passphrase=None).close()
    making.create(locked, passphrase=WORDS).close()
    words.write_text(f"{WORDS}\n")
    asked: list[str] = []
    answered(lambda dialog: asked.append(dialog._wrong.text()))
    for path, file in ((plain, None), (locked, words)):
        session = OpenDialog.open_for(parent, path, file)
        assert session is not None and asked == []
        session.store.close()
    assert OpenDialog.open_for(parent, locked, tmp_path / "nowhere.txt") is None
    words.write_text("")
    assert OpenDialog.open_for(parent, locked, words) is None
    assert asked == ["The passphrase file could not be read."] * 2


def test_a_passphrase_typed_in_the_wrong_field_is_not_repeated(qtbot: QtBot, parent: QWidget, answered: Callable[[Script], None]) -> None:
    wrong: list[str] = []

    def fill(dialog: OpenDialog) -> None:
        dialog._path.setText("my secret words")
        press(dialog, "Open")
        wrong.append(dialog._wrong.text())

    answered(fill)
    assert OpenDialog.open_for(parent, None, None) is None
    assert wrong == ["There is no such store: choose a file that ends in .vawg."]


def test_a_store_is_chosen_or_made_on_one_page(qtbot: QtBot, parent: QWidget, tmp_path: Path, answered: Callable[[Script], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAWG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(tmp_path / "there.vawg"), ""))
    wrong: list[str] = []
    keys_shown: list[str] = []

    def fill(dialog: OpenDialog) -> None:
        assert dialog.new is not None and dialog.first_field() is dialog.new.word  # the first start: nothing is remembered
        next(b for b in dialog.findChildren(QPushButton) if b.text() == "Choose …").click()
        assert dialog._path.text() == str(tmp_path / "there.vawg")
        form = dialog.new
        form.path.setText(str(tmp_path / "new"))
        for word, again in (("short", "short"), (WORDS, "another of these"), (WORDS, WORDS)):
            form.word.setText(word)
            form.again.setText(again)
            press(dialog, "Create store")
            wrong.append(form.wrong.text())
        shown = dialog.findChild(RecoveryForm)
        assert shown is not None and dialog.session is not None and dialog.begins == "starter"
        keys_shown.append(shown._key)
        press(dialog, "Copy")
        assert QApplication.clipboard().text() == shown._key and dialog.focusWidget() is shown.go_on
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "key.pdf"), ""))
        press(dialog, "Save as a page to print …")
        assert (tmp_path / "key.pdf").read_bytes().startswith(b"%PDF")
        press(dialog, "Go on")

    answered(fill)
    session = OpenDialog.open_for(parent, None, None)
    assert session is not None and session.store.path == tmp_path / "new.vawg" and lists.count(session, ListQuery("recommendation")) > 10
    session.store.close()
    assert wrong[0] == "A passphrase has at least 8 characters." and wrong[1] == "The two passphrases differ; nothing was made."
    for word in (WORDS, keys_shown[0]):
        with opening.open_store(tmp_path / "new.vawg", passphrase=word):
            pass


def test_what_cannot_be_made_is_told_where_it_is_typed(qtbot: QtBot, parent: QWidget, tmp_path: Path, answered: Callable[[Script], None]) -> None:
    making.create(tmp_path / "there.vawg", passphrase=None).close()
    wrong: list[str] = []

    def fill(dialog: OpenDialog) -> None:
        assert dialog.new is not None
        dialog.new.path.setText(str(tmp_path / "there.vawg"))
        dialog.new.word.setText(WORDS)
        dialog.new.again.setText(WORDS)
        press(dialog, "Create store")
        wrong.append(dialog.new.wrong.text())

    answered(fill)
    assert OpenDialog.open_for(parent, None, None) is None and "there.vawg" in wrong[0]


def test_the_last_store_is_offered_with_the_cursor_in_passphrase(qtbot: QtBot, parent: QWidget, tmp_path: Path, answered: Callable[[Script], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAWG_HOME", str(tmp_path / "home"))
    for name in ("first", "last"):
        making.create(tmp_path / f"{name}.vawg", passphrase=WORDS).close()
        remembered.opened(str(tmp_path / f"{name}.vawg"))

    def fill(dialog: OpenDialog) -> None:
        assert dialog._path.text() == str(tmp_path / "last.vawg") and dialog.first_field() is dialog._word
        QTest.keyClicks(dialog._word, WORDS)
        QTest.keyClick(dialog._word, Qt.Key.Key_Return)

    answered(fill)
    session = OpenDialog.open_for(parent, None, None)
    assert session is not None and session.store.path == tmp_path / "last.vawg"
    session.store.close()
    (tmp_path / "last.vawg").unlink()
    answered(lambda dialog: wanted.append(dialog._path.text()))
    wanted: list[str] = []
    assert OpenDialog.open_for(parent, None, None) is None and wanted == [str(tmp_path / "first.vawg")]


def test_where_the_window_was_left_is_remembered_and_a_broken_file_is_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAWG_HOME", str(tmp_path))
    remembered.left("a.vawg", b"\x01\x02", "action", "id-1")
    remembered.left("b.vawg", b"\x03", "gap", "")
    assert (remembered.geometry(), remembered.page("a.vawg"), remembered.page("b.vawg"), remembered.page("c.vawg")) == (b"\x03", ("action", "id-1"), ("gap", ""), ("", ""))
    for broken in ("", "[]", "{", '{"stores": 3, "pages": [], "geometry": "zz"}', '{"pages": {"a.vawg": ["x"]}}'):
        (tmp_path / "window.json").write_text(broken)
        assert (remembered.stores(), remembered.geometry(), remembered.page("a.vawg")) == ([], b"", ("", ""))


# -- the chart


def test_the_chart_says_its_figures_and_lets_the_page_scroll(qtbot: QtBot) -> None:
    parts = [("complete", "Complete"), ("in_progress", "In progress")]
    progress = [(date(2026, 3, 31), {"complete": 1, "in_progress": 4}), (date(2026, 6, 30), {"complete": 3}), (date(2026, 9, 30), {"complete": 6, "in_progress": 2})]
    chart = ProgressChart(progress, parts)
    qtbot.addWidget(chart)
    assert chart.sentence() == "From 2025/26 Q4 to 2026/27 Q2: Complete from 1 to 6; In progress from 4 to 2."
    (plot,) = [w for w in chart.findChildren(QWidget) if w.accessibleName() == "Progress of actions over time"]
    assert plot.accessibleDescription() == chart.sentence()
    at = QPointF(5, 5)
    wheel = QWheelEvent(at, at, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    wheel.accept()
    assert chart.eventFilter(plot, wheel) and not wheel.isAccepted()
    assert not chart.eventFilter(plot, QEvent(QEvent.Type.Paint))


# -- new records


def test_a_new_record_is_made_from_its_page_and_shown(shown: Shown, answered: Callable[[Script], None]) -> None:
    page: Any = shown.go("gap")

    def fill(dialog: FormDialog) -> None:
        next(w for w in dialog.findChildren(QLineEdit) if w.accessibleName() == "Gap").setText("Nobody answers at night")
        dialog._on_done()

    answered(fill)
    page.new_record()
    settle(shown.tasks)
    assert page.pane.view is not None and page.pane.view.title == "Nobody answers at night"
    assert show.record(shown.session, page.pane.view.id).cells["status"] == "identified"


# -- the palette and other boxes that find


def test_arrow_keys_walk_what_was_found_one_by_one_and_round(shown: Shown) -> None:
    box = FindBox(shown.window, shown.tasks, "Find", entity=None, offers=[Offer(w, "", lambda: None) for w in ("one", "two", "three")])
    box.show()
    settle(shown.tasks)
    seen = [box.list.currentRow()]
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(box.line, key)
        seen.append(box.list.currentRow())
    assert box.list.count() == 3 and seen == [0, 1, 2, 0, 2, 1]
    QTest.keyClicks(box.line, "x")
    assert box.line.text() == "x"
    box.close()
    box.deleteLater()


def test_commands_are_offered_while_records_cannot_be_looked_for(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreError("The server cannot be reached.", code="server_away")

    monkeypatch.setattr(finding, "search", away)
    done: list[str] = []
    box = FindBox(shown.window, shown.tasks, "Find", entity=None, offers=[Offer("Merge a copy", "", lambda: done.append("merge"))])
    box.show()
    box.line.setText("merge")
    box.fill()
    QTest.keyClick(box.line, Qt.Key.Key_Return)  # before it is known that nothing can be looked for
    settle(shown.tasks)
    assert box.isVisible() and box.list.count() == 1 and box._hint.text() == "The server cannot be reached."
    QTest.keyClick(box.line, Qt.Key.Key_Return)
    assert not box.isVisible() and isinstance(box.chosen(), Offer)
    box.deleteLater()


def test_a_store_that_could_not_be_made_is_named_with_the_reason(parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "there.vawg"
    there.write_bytes(b"somebody's")
    dialog = OpenDialog(parent, None)
    assert dialog.new is not None
    dialog.new.path.setText(str(there))
    for field in (dialog.new.word, dialog.new.again):
        field.setText(WORDS)
    press(dialog, "Create store")
    assert dialog.new.path.text() == str(there) and "there.vawg is already there" in dialog.new.wrong.text()
    assert there.read_bytes() == b"somebody's"


def test_the_closing_form_opens_again_with_what_was_filled_in(shown: Shown) -> None:
    """Where the closing was refused: boxes that are ticked, choices and words alike."""
    filled = {"closure_route": "delivered", "measure_moved": "No number is kept", "not:measure_moved": "yes", "recheck_on": "2020-01-01"}
    stands = closing.standing(shown.session, "R-0003")
    dialog = ClosingDialog(shown.window, stands, why="Agreed", second="Bea Two", wrong="The date to look again must be in the future.", filled=filled)
    assert dialog.given() == filled and (dialog.why.text(), dialog.second.text()) == ("Agreed", "Bea Two")
    dialog.deleteLater()
