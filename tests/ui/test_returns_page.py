"""The round and its review in the window: what comes next, many files dropped, the telephone by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.merge import Kind
from vawg_desktop.services import (
    return_acceptance,
    return_review,
    return_staging,
    returns,
    round_standing,
    rounds,
    show,
    telephone,
)
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.return_review import Difference
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.addresses import AddressesDialog
from vawg_desktop.ui.dialogs.forms import _complete
from vawg_desktop.ui.dialogs.round import RoundWanted
from vawg_desktop.ui.dialogs.telephone import TelephoneDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages.review import ReviewPane
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.difference_row import words_of


@pytest.fixture
def sent(sample: Session, tmp_path: Path) -> dict[str, Path]:
    made = rounds.export_returns(sample, period="2026/27 Q2", due="2026-11-13", out=tmp_path / "out")
    return {s.partner: Path(s.file) for s in made.returns}


@pytest.fixture
def page(sample: Session, sent: dict[str, Path], qtbot: object) -> Iterator[tuple[Shown, Any]]:
    shown = Shown(sample)
    yield shown, shown.go("returns")
    shown.close()


def _button(page: QWidget, name: str) -> QPushButton:
    return next(b for b in page.findChildren(QPushButton) if b.accessibleName() == name or b.text() == name)


def _filled(path: Path, to: Path, words: str) -> Path:
    book = load_workbook(path)
    sheet = book["Actions"]
    at = {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}
    sheet.cell(2, at["Progress update"]).value = words
    sheet.cell(2, at["% complete"]).value = 65
    book.save(to)
    return to


def test_each_partner_shows_what_comes_next_and_a_message_is_saved(
    page: tuple[Shown, Any], sample: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, returns_page = page
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "out.eml"), ""))
    _button(returns_page, "E-mail a reminder …: Kent Police").click()
    settle(shown.tasks)
    assert (tmp_path / "out.eml").read_bytes().count(b"X-Unsent: 1") == 1
    now = next(c for c in round_standing.partners_of_round(sample) if c.partner == "Kent Police")
    assert [e["step"] for e in now.log] == ["reminder"]


def test_many_returns_dropped_at_once(
    page: tuple[Shown, Any], sample: Session, sent: dict[str, Path], tmp_path: Path
) -> None:
    shown, returns_page = page
    said: list[str] = []
    messages.shown.connect(lambda _, text: said.append(text))
    returns_page.read_files(list(sent.values()))
    settle(shown.tasks)
    assert any("13 returns read, of 13 partners" in text for text in said)
    assert {c.step for c in round_standing.partners_of_round(sample)} == {"received"}
    assert _button(returns_page, "Review: Kent Police").isVisible()


def test_safe_answers_by_one_key_and_the_held_one_edited(
    page: tuple[Shown, Any],
    sample: Session,
    sent: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown, returns_page = page
    review = return_staging.import_return(
        sample, _filled(sent["Kent Police"], tmp_path / "back.xlsx", "The victim Jane Bloggs rang")
    )
    returns_page.open_review(review.submission)
    settle(shown.tasks)
    QTest.keyClick(returns_page.review, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    settle(shown.tasks)
    first = review.differences[0].record
    assert show.record(sample, first).cells["percent"] == 65
    assert (
        sample.read()
        .exec_driver_sql(
            'SELECT count(*) FROM "update" WHERE narrative IS NOT NULL AND submission = ?',
            (review.submission,),
        )
        .one()[0]
        == 0
    )
    monkeypatch.setattr(messages, "ask_text", lambda *a, **k: ("A victim rang", True))
    _button(returns_page.review, f"Edit Progress update of {first}").click()
    settle(shown.tasks)
    told = (
        sample.read()
        .exec_driver_sql(
            'SELECT narrative FROM "update" WHERE submission = ? AND narrative IS NOT NULL',
            (review.submission,),
        )
        .fetchall()
    )
    assert [t[0] for t in told] == ["A victim rang"]
    assert returns.review(sample, review.submission).left() == 0


def test_a_query_becomes_a_message(
    page: tuple[Shown, Any],
    sample: Session,
    sent: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown, returns_page = page
    review = return_staging.import_return(sample, _filled(sent["Kent Police"], tmp_path / "back.xlsx", "We met."))
    return_acceptance.decide(sample, review.submission, review.differences[:1], "queried", "With whom?")
    returns_page.open_review(review.submission)
    settle(shown.tasks)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "q.eml"), ""))
    _button(returns_page.review, "Message with the questions …").click()
    settle(shown.tasks)
    assert b"With whom?" in (tmp_path / "q.eml").read_bytes()


def test_a_call_takes_fewer_than_fifteen_keys_beside_the_words(
    page: tuple[Shown, Any], sample: Session, qtbot: Any
) -> None:
    """Counted from the dialog's opening to its end: who rang, one status, one update, one without change."""
    shown, _ = page
    id = next(c.return_id for c in round_standing.partners_of_round(sample) if c.partner == "Kent Police")
    asked = telephone.to_ask(sample, id)
    dialog = TelephoneDialog(shown.window, "Kent Police", asked)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    keys = 0

    def key(code: Qt.Key, *held: Qt.KeyboardModifier) -> None:
        nonlocal keys
        keys += 1
        target = dialog.focusWidget() or dialog
        QTest.keyClick(target, code, held[0] if held else Qt.KeyboardModifier.NoModifier)

    QTest.keyClicks(dialog.focusWidget(), "A. Contact")
    key(Qt.Key.Key_Tab)
    key(Qt.Key.Key_Tab)
    key(Qt.Key.Key_C)  # Complete
    key(Qt.Key.Key_Tab)
    QTest.keyClicks(dialog.focusWidget(), "Training began in May.")
    key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    key(Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    assert keys <= 15 and not dialog.isVisible(), (dialog.answers, dialog._wrong.text(), dialog._at)
    assert dialog.informant.text() == "A. Contact"
    assert dialog.answers == {
        asked[0].id: {"answer": "Update", "status": "Complete", "narrative": "Training began in May."},
        asked[1].id: {"answer": "No change"},
    }
    dialog.deleteLater()


def test_the_window_asks_before_closing_over_changes_that_wait_for_a_server(
    page: tuple[Shown, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest for each cell waits; closing would lose it, so the person is asked."""
    from vawg_desktop.domain.changes import Changes
    from vawg_desktop.domain.errors import StoreError

    shown, _ = page
    away = [True]
    done: list[str] = []

    def work(words: str) -> Any:
        def do(_: Session) -> Changes:
            if away[0]:
                raise StoreError("The server cannot be reached.", code="server_away")
            done.append(words)
            return Changes()

        return do

    shown.tasks.write(work("first"), again="a|percent")
    shown.tasks.write(work("second"), again="a|percent")
    shown.tasks.write(work("other"), again="b|status")
    settle(shown.tasks)
    assert shown.tasks.waiting() == 2 and "2 not saved yet" in shown.window.top._saved.text()
    asked: list[str] = []
    monkeypatch.setattr(messages, "ask", lambda title, text, verb: asked.append(text) or False)
    assert shown.window.close() is False and "2 changes waiting" in asked[0]
    away[0] = False
    shown.tasks.look_for_others()
    settle(shown.tasks)
    assert done == ["second", "other"] and shown.tasks.waiting() == 0


def _differing(sent: Path, to: Path) -> Path:
    """Three rows answered, one prefilled cell emptied."""
    book = load_workbook(sent)
    sheet = book["Actions"]
    at = {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}
    for row in (2, 3, 4):
        sheet.cell(row, at["Progress update"]).value = f"Said about row {row}"
    sheet.cell(5, at["Status"]).value = None
    book.save(to)
    return to


def row_in_focus(qtbot: QtBot, review: Any, difference: Difference) -> Any:
    """The row of a difference once it has the focus, which the window gives after it has drawn, however long that takes."""

    def there() -> Any:
        return next((r for r in review._rows if r.hasFocus() and (r.difference.record, r.difference.held) == (difference.record, difference.held)), None)

    qtbot.waitUntil(lambda: there() is not None, timeout=60_000)
    return there()


def test_a_review_is_a_run_of_single_keys(
    qtbot: QtBot,
    page: tuple[Shown, Any],
    sample: Session,
    sent: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first row has the focus; A accepts it and the next has it; R asks for a reason; a blank is cleared or left."""
    shown, returns_page = page
    review = return_staging.import_return(sample, _differing(sent["Kent Police"], tmp_path / "back.xlsx"))
    one, two, three = review.differences
    assert [d.field for d in review.emptied] == ["status"]
    monkeypatch.setattr(messages, "ask_text", lambda *a, **k: ("Not about this action", True))
    returns_page.open_review(review.submission)
    settle(shown.tasks)

    def focused_on(difference: Difference) -> Any:
        return row_in_focus(qtbot, returns_page.review, difference)

    QTest.keyClick(focused_on(one), Qt.Key.Key_A)
    settle(shown.tasks)
    QTest.keyClick(focused_on(two), Qt.Key.Key_R)
    settle(shown.tasks)
    QTest.keyClick(focused_on(three), Qt.Key.Key_Up)
    assert "Not about this action" in focused_on(two).accessibleName()
    QTest.keyClick(focused_on(two), Qt.Key.Key_Down)
    QTest.keyClick(focused_on(three), Qt.Key.Key_Down)
    last = focused_on(review.emptied[0])
    QTest.keyClick(last, Qt.Key.Key_A)  # no run of A clears anything
    settle(shown.tasks)
    assert show.record(sample, review.emptied[0].record).cells["status"] is not None
    QTest.keyClick(last, Qt.Key.Key_C)
    settle(shown.tasks)
    assert show.record(sample, review.emptied[0].record).cells["status"] is None
    now = returns.review(sample, review.submission)
    assert now.left() == 1 and now.emptied == []


def test_a_review_of_thousands_is_drawn_in_parts(
    page: tuple[Shown, Any], sample: Session, sent: dict[str, Path], tmp_path: Path
) -> None:
    _, returns_page = page
    review = return_staging.import_return(sample, _differing(sent["Kent Police"], tmp_path / "back.xlsx"))
    from dataclasses import replace

    one = review.differences[0]
    review.differences = [replace(one, record=f"A-{n:04d}") for n in range(3000)]
    review.tray = [
        {"sheet": "s", "cell": "A1", "header": "", "text": f"words {n}", "why": "w"} for n in range(3000)
    ]
    returns_page.review._show(review)
    assert len(returns_page.review._rows) == 61
    _button(returns_page, "Show 60 more of 2,940").click()
    assert len(returns_page.review._rows) == 121
    _button(returns_page, _more_of_the_tray(review)).click()
    assert len(returns_page.review._rows) == 121


def test_every_partner_is_written_to_at_once(
    page: tuple[Shown, Any], sample: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each partner's own next step, with its own workbook, in one folder; what was done is written down."""
    from email import message_from_bytes, policy

    shown, returns_page = page
    folder = tmp_path / "messages"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a, **k: str(folder))
    monkeypatch.setattr(AddressesDialog, "run", lambda _: True)
    before = round_standing.partners_of_round(sample)
    menu = returns_page._all.menu()
    with_workbooks, reminders = menu.actions()
    assert "13 …" in with_workbooks.text() and "13 …" in reminders.text()
    reminders.trigger()
    settle(shown.tasks)
    files = sorted(folder.iterdir())
    assert len(files) == 13
    attached: set[str] = set()
    for path in files:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        books = [
            str(p.get_filename()) for p in message.walk() if str(p.get_filename() or "").endswith(".xlsx")
        ]
        assert len(books) == 1 and message["X-Unsent"] == "1"
        attached |= set(books)
    assert len(attached) == 13
    steps = {c.partner: [e["step"] for e in c.log] for c in round_standing.partners_of_round(sample)}
    assert steps == {c.partner: [c.next_step] for c in before}
    with_workbooks.trigger()
    settle(shown.tasks)
    assert {c.partner: len(c.log) for c in round_standing.partners_of_round(sample)} == dict.fromkeys(steps, 1)


def _more_of_the_tray(review: Any) -> str:
    said = sum(p.code != "emptied" for p in review.problems)
    return f"Show {max(0, said - 100) + len(review.tray) - 100:,} more"


def test_news_that_changes_nothing_leaves_the_focus_and_a_blank_return_is_finished(
    qtbot: QtBot, page: tuple[Shown, Any], sample: Session, sent: dict[str, Path], tmp_path: Path
) -> None:
    shown, returns_page = page
    review = return_staging.import_return(sample, _differing(sent["Kent Police"], tmp_path / "back.xlsx"))
    returns_page.open_review(review.submission)
    settle(shown.tasks)
    row = row_in_focus(qtbot, returns_page.review, review.differences[0])
    returns_page.review.reload()  # as the look for other people's changes does each second
    settle(shown.tasks)
    QTest.qWait(20)
    assert row.hasFocus()
    QTest.keyClick(row, Qt.Key.Key_Down)
    return_acceptance.accept(sample, review.submission, [review.differences[0]])  # somebody else takes the first one
    returns_page.review.reload()
    settle(shown.tasks)
    row_in_focus(qtbot, returns_page.review, review.differences[1])
    blank = return_staging.import_return(sample, sent["Medway"])
    returns_page.open_review(blank.submission)
    settle(shown.tasks)
    _button(returns_page.review, "Finish the review").click()
    settle(shown.tasks)
    assert returns.review(sample, blank.submission).state == "applied"


def test_what_was_not_understood_is_answered_where_it_stands(
    page: tuple[Shown, Any],
    sample: Session,
    sent: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown, returns_page = page
    book = load_workbook(sent["Kent Police"])
    sheet = book["Actions"]
    at = {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}
    sheet.cell(2, at["% complete"]).value = "about half"
    book["New actions"]["A2"].value = "A pilot of ours"
    book.save(tmp_path / "back.xlsx")
    review = return_staging.import_return(sample, tmp_path / "back.xlsx")
    asked = review.asked[0]
    assert asked.text == "about half" and review.differences == []
    returns_page.open_review(review.submission)
    settle(shown.tasks)
    monkeypatch.setattr(messages, "ask_text", lambda *a, **k: ("50", True))
    _button(returns_page.review, f"Answer % complete of {asked.record}").click()
    settle(shown.tasks)
    assert show.record(sample, asked.record).cells["percent"] == 50
    assert returns.review(sample, review.submission).asked[0].decision == "accepted"
    before = sample.read().exec_driver_sql("SELECT count(*) FROM action").one()[0]
    _button(returns_page.review, "Add as proposed action").click()
    settle(shown.tasks)
    assert sample.read().exec_driver_sql("SELECT count(*) FROM action").one()[0] == before + 1
    assert not [
        b for b in returns_page.review.findChildren(QPushButton) if b.text() == "Add as proposed action"
    ]


def test_only_the_differing_words_of_an_edited_text_are_marked() -> None:
    """A new text, or another one, stands plain with its lines; of an edited one the new words are marked."""
    from vawg_desktop.ui.widgets.difference_row import marked

    assert marked("", "43%") == "43%" and marked("In progress", "Complete") == "Complete"
    assert marked("", "- one\n- two") == "- one<br>- two"
    said = marked("The hub opened in May\nand is full", "The hub opened in June\nand is full")
    assert said.count("<b ") == 1 and ">June<br></b>" in said and said.endswith("and is full")


@pytest.mark.parametrize("edited", [False, True], ids=["nothing edited since", "one cell edited since"])
def test_a_reversed_return_says_what_was_kept(
    page: tuple[Shown, Any], sample: Session, sent: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edited: bool
) -> None:
    shown, returns_page = page
    review = return_staging.import_return(sample, _filled(sent["Kent Police"], tmp_path / "b.xlsx", "It went on."))
    return_acceptance.accept(sample, review.submission, review.differences)
    if edited:
        assign(sample, review.differences[0].record, [Assignment("percent", "80")], "since")
    said: list[str] = []
    messages.shown.connect(lambda _, text: said.append(text))
    monkeypatch.setattr(messages, "ask", lambda *a, **k: True)
    pane = returns_page.findChild(ReviewPane)
    pane.current = return_review.review(sample, review.submission)
    pane.reverse()
    settle(shown.tasks)
    (told,) = [text for text in said if "restored" in text]
    kept = f"restored. Kept, because edited later: % complete of {review.differences[0].record}."
    assert told.endswith(kept if edited else "restored.")


def test_each_partner_has_a_line_of_its_own_under_the_headings(page: tuple[Shown, Any], sample: Session) -> None:
    _, returns_page = page
    grid = returns_page._table
    cells: dict[int, dict[int, str]] = {}
    for n in range(grid.count()):
        item = grid.itemAt(n).widget()
        row, column, _, wide = grid.getItemPosition(n)
        if wide == 1 and hasattr(item, "text"):
            cells.setdefault(row, {})[column] = item.text()
    assert cells.pop(0) == {0: "Partner", 1: "Version", 2: "Due", 3: "Returned", 4: "Answers", 5: "Step", 6: ""}
    waiting = round_standing.partners_of_round(sample)
    assert [line[0] for _, line in sorted(cells.items())] == [one.partner for one in waiting] and len(waiting) == 13
    assert all({0, 1, 2, 3, 4, 5} <= line.keys() and line[1] == "v1" for line in cells.values())
    verbs = {grid.getItemPosition(n)[0] for n in range(grid.count()) if grid.getItemPosition(n)[1] == 6 and not hasattr(grid.itemAt(n).widget(), "text")}
    assert verbs == set(cells)  # and what can be done about it stands in the same line


def test_a_name_is_offered_whatever_its_capitals_and_wherever_the_typed_letters_stand(qtbot: object) -> None:
    line = QLineEdit()
    _complete(line, ["Kent Police", "Medway Council", "CPS South East"])
    completer = line.completer()
    completer.setCompletionPrefix("POL")
    assert [completer.completionModel().index(r, 0).data() for r in range(completer.completionModel().rowCount())] == ["Kent Police"]
    line.deleteLater()


@pytest.mark.parametrize("verb", ["one", "all"])
def test_a_message_that_cannot_be_saved_is_told_and_not_written_down_as_made(
    page: tuple[Shown, Any], sample: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    shown, returns_page = page
    away = tmp_path / "no folder"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(away / "out.eml"), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a, **k: str(away))
    monkeypatch.setattr(AddressesDialog, "run", lambda _: True)
    told: list[BaseException] = []
    monkeypatch.setattr(messages, "failed", lambda error, **_: told.append(error))
    if verb == "one":
        _button(returns_page, "E-mail a reminder …: Kent Police").click()
    else:
        now = next(c for c in round_standing.partners_of_round(sample) if c.partner == "Kent Police")
        returns_page.outputs.write_to_all([(now.return_id, "reminder")])
    settle(shown.tasks)
    assert [getattr(error, "code", "") for error in told] == ["write_failed"]
    now = next(c for c in round_standing.partners_of_round(sample) if c.partner == "Kent Police")
    assert now.log == []


@pytest.mark.parametrize(("field", "value", "words"), [("declined", 0, "0"), ("declined", None, ""), ("status", "in_progress", "In progress")])
def test_a_nought_that_came_back_is_shown_as_nought(field: str, value: Value, words: str) -> None:
    one = Difference("SV-0001", "id", "Outreach", field, "Declined", None, None, value, Kind.INCOMING)
    assert words_of(one, value) == words


def dropped(window: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
    event = QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    assert window.acceptDrops() and window._dropping.eventFilter(window, event)  # type: ignore[attr-defined]


def test_a_workbook_dropped_on_any_page_is_read_and_anything_else_is_told(shown: Shown, tmp_path: Path) -> None:
    told: list[str] = []
    messages.shown.connect(lambda _, text: told.append(text))
    made = rounds.export_returns(shown.session, period="P", due="+4w", out=tmp_path, partners=["HMCTS"])
    for place in ("my_work", "overview", "action"):
        shown.go(place)
        dropped(shown.window, Path(made.returns[0].file))
        settle(shown.tasks)
        page: Any = shown.window.here()
        assert shown.window.where()[0] == "returns" and page._stack.currentIndex() == 1
    (tmp_path / "photo.jpg").write_bytes(b"x")
    shown.go("overview")
    dropped(shown.window, tmp_path / "photo.jpg")
    assert "“photo.jpg” is not a returned workbook" in told[-1] and shown.window.where()[0] == "overview"


def test_the_places_button_leads_out_of_a_review(shown: Shown, tmp_path: Path) -> None:
    made = rounds.export_returns(shown.session, period="P", due="+4w", out=tmp_path, partners=["HMCTS"])
    page: Any = shown.go("returns")
    page.read_files([Path(made.returns[0].file)])
    settle(shown.tasks)
    assert page._stack.currentIndex() == 1
    button = shown.window.navigation.button("returns")
    assert button is not None
    button.click()
    settle(shown.tasks)
    assert page._stack.currentIndex() == 0


def test_a_held_return_is_released_with_the_same_rows_left_out(shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that were unticked came back in a file that was held and then released."""
    page: Any = shown.go("returns")
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(messages, "ask", lambda *_, **__: True)
    monkeypatch.setattr("vawg_desktop.services.rounds.export_returns", lambda _, **how: given.append(how) or Changes())
    wanted = RoundWanted(period="2026-Q4", due="2026-12-18", folder=str(tmp_path), format="xlsx", kind="progress", partners=("P-0002",), left_out=(("P-0002", "A-0009"),))
    page._offer_release("Made.", "One was held.", ["P-0002"], wanted)
    settle(shown.tasks)
    assert [(g["left_out"], g["release"]) for g in given] == [((("P-0002", "A-0009"),), ["P-0002"])]


def test_another_partners_file_and_one_read_before_are_said_so(shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = rounds.export_returns(shown.session, period="P", due="+4w", out=tmp_path, partners=["Kent Police", "HMCTS"])
    file = next(Path(m.file) for m in made.returns if m.partner == "HMCTS")
    page: Any = shown.go("returns")
    told: list[str] = []
    monkeypatch.setattr(messages, "tell", lambda words, **_: told.append(words))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file)], ""))
    for partner in ("HMCTS", "Kent Police"):
        row = next(r for r in round_standing.partners_now(shown.session) if r.partner == partner)
        next(act for words, act in page._menu(row) if words == "Import a return …")()
        settle(shown.tasks)
    (said,) = [t for t in told if file.name in t]
    assert said.startswith("This is the return of HMCTS, not of Kent Police.") and "was read before, on" in said and page.review.isVisible()
