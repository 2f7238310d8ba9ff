"""The jobs of an officer through the window, by keys and clicks: each with what it may take at most, and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.jobs.hands import ALT, CTRL, KEY, Hands
from tests.ui import test_meeting_mode as meeting_mode
from tests.ui.test_window import Shown
from vawg_desktop import remembered
from vawg_desktop.services import lists, records, round_standing, rounds, show
from vawg_desktop.services.lists import ListQuery, plain_rows
from vawg_desktop.services.records import Assignment
from vawg_desktop.store import opening
from vawg_desktop.ui.dialogs.open_store import OpenDialog
from vawg_desktop.ui.dialogs.tracker import TrackerDialog
from vawg_desktop.ui.messages import messages

WORDS = "correct horse battery"
#: What each job may take, and what was counted; printed at the end.
AT_MOST = {
    "own store from nothing, recovery key saved": 8, "open again": 1, "recommendation 3 with public wording and date": 3, "the same as at the last board": 6,
    "round to every partner, drafts ready": 8, "clean return": 4, "contact leaves, colleague off": 12, "moved since the last board as a list in Word": 6,
    "report with six recommendations, two bodies, one part-accepted": 45, "a wrong return reversed": 4, "three answers by telephone": 14, "action found, status set, answer noted, follow-up linked": 12,
    "three conflicts, an ambiguous date, a comment made an update": 14,
    "60-row messy tracker in, every question settled": 30,
}  # fmt: skip
COUNTED: dict[str, int] = {}


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    yield
    for job, count in COUNTED.items():
        print(f"{count:3} of at most {AT_MOST[job]:3}  {job}")


@pytest.fixture
def hands(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> Hands:
    shown.go("my_work")
    return Hands(shown, monkeypatch)


def took(job: str, count: int) -> None:
    COUNTED[job] = count
    assert count <= AT_MOST[job], f"{job}: {count}"


def keys(dialog: QWidget, *pressed: Qt.Key) -> int:
    for key in pressed:
        QTest.keyClick(dialog.focusWidget() or dialog, key)
        QApplication.processEvents()
    return len(pressed)


def started(monkeypatch: pytest.MonkeyPatch, script: Callable[[OpenDialog], int]) -> tuple[Any, int]:
    """The program's start, driven by keys: the session, and how many were pressed."""
    counted: list[int] = []

    def run(dialog: OpenDialog) -> bool:
        dialog.show()
        dialog.activateWindow()
        QApplication.processEvents()
        counted.append(script(dialog))
        return True

    monkeypatch.setattr(OpenDialog, "run", run)
    parent = QWidget()
    session = OpenDialog.open_for(parent, None, None)
    parent.deleteLater()
    return session, sum(counted)


def test_own_store_from_nothing_and_open_again(qtbot: QtBot, shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAWG_HOME", str(tmp_path / "home"))
    path = tmp_path / "VAWG inquiry.vawg"

    def make(dialog: OpenDialog) -> int:
        assert dialog.new is not None
        dialog.new.path.setText(str(path))  # the suggestion lies in the person's own documents
        QTest.keyClicks(dialog.focusWidget(), WORDS)
        count = keys(dialog, KEY.Key_Tab)
        QTest.keyClicks(dialog.focusWidget(), WORDS)
        count += keys(dialog, KEY.Key_Return)  # creates it; the recovery key is shown, on Copy
        count += keys(dialog, KEY.Key_Return, KEY.Key_Return)  # copied; go on
        assert len(QApplication.clipboard().text()) > 20
        return count

    session, count = started(monkeypatch, make)
    assert session is not None and lists.count(session, ListQuery("recommendation")) == 14
    took("own store from nothing, recovery key saved", count)
    recovery = QApplication.clipboard().text()
    session.store.close()
    remembered.opened(str(path))

    def again(dialog: OpenDialog) -> int:
        QTest.keyClicks(dialog.focusWidget(), WORDS)
        return keys(dialog, KEY.Key_Return)

    session, count = started(monkeypatch, again)
    assert session is not None and session.store.path == path
    took("open again", count)
    session.store.close()
    with opening.open_store(path, passphrase=recovery):
        pass


def test_recommendation_three_now_and_as_at_the_last_board(hands: Hands) -> None:
    records.assign(hands.shown.session, "R-0003", [Assignment("public_wording", "We asked for an independent survey.")], None)
    hands.find("r3")
    hands.key(KEY.Key_J, CTRL)
    page: Any = hands.shown.window.here()
    words = " ".join(w.text() for w in page.findChildren(QLabel))
    assert "We asked for an independent survey." in words and "Wording of" in words
    took("recommendation 3 with public wording and date", hands.count)
    hands.type("last board")
    hands.key(KEY.Key_Return)
    assert "was not in this store on" in " ".join(w.text() for w in page.findChildren(QLabel)) or "As at" in " ".join(w.text() for w in page.findChildren(QLabel))
    took("the same as at the last board", hands.count)


def test_a_round_with_its_drafts(hands: Hands, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()

    def prepare(dialog: Any) -> None:
        dialog._folder.setText(str(tmp_path / "out"))  # the suggestion lies in the person's own folder
        hands.click("Create workbooks", dialog)

    hands.scripts = [prepare, lambda dialog: hands.click("Go on", dialog)]
    hands.will_choose(folder)
    hands.find("prepare a round")
    hands.click("Draft e-mails …")
    made = list(folder.glob("*.eml"))
    assert len(made) == 13 and len(list((tmp_path / "out").glob("*.xlsx"))) == 13
    assert str(folder) in hands.shown.window.strip.told_line.text.text()
    took("round to every partner, drafts ready", hands.count)


def answered(path: Path) -> Path:
    book = openpyxl.load_workbook(path)
    sheet: Any = book["Actions"]
    heads = [str(c.value) for c in sheet[1]]
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, 1).value:
            sheet.cell(row, 1 + next(n for n, h in enumerate(heads) if h.startswith("Answer"))).value = "Update"
            sheet.cell(row, 1 + next(n for n, h in enumerate(heads) if h.startswith("Progress update"))).value = "Two posts were filled."
    book.save(path)
    return path


def test_a_clean_return_and_its_reversal(hands: Hands, tmp_path: Path) -> None:
    session = hands.shown.session
    made = rounds.export_returns(session, period="P", due="+4w", out=tmp_path, partners=["HMCTS"])
    hands.will_choose(answered(Path(made.returns[0].file)))
    hands.find("import a return")
    hands.key(KEY.Key_A, ALT)
    updates = lists.count(session, ListQuery("update"))
    assert updates >= 1
    took("clean return", hands.count)
    hands.count = 0
    asked: list[str] = []
    page: Any = hands.shown.window.here()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "ask", lambda title, *_: asked.append(title) or True)
        hands.click("Reverse the return")
    hands.count += len(asked)
    assert lists.count(session, ListQuery("update")) == updates - 1 and page is not None
    took("a wrong return reversed", hands.count)


def test_a_contact_leaves_and_a_colleague_is_off(hands: Hands) -> None:
    session = hands.shown.session
    contact, _ = records.create(session, "contact", {"name": "Jo Leaver", "partner": "P-0002"})
    records.assign(session, "A-0004", [Assignment("link_officer", "S. Clarke")], None)

    def pass_on(dialog: Any) -> None:
        hands.type("S. Clarke", dialog)
        hands.key(KEY.Key_Tab, root=dialog)
        hands.type("B. Officer", dialog)
        for words in ("1 January 2020", "31 December 2099"):
            field = dialog.start if words.startswith("1 ") else dialog.end
            while dialog.focusWidget() is not field:
                hands.key(KEY.Key_Tab, root=dialog)
            hands.type(words, dialog)
        hands.key(KEY.Key_Return, root=dialog)

    hands.scripts = [pass_on]
    hands.find("name a deputy")
    hands.find("jo leaver")
    page: Any = hands.shown.window.here()
    hands.count += 1  # a click into the field Until
    field = next(w for w in page.pane.findChildren(QWidget) if w.accessibleName() == "Until")
    field.setFocus()
    hands.type("31 January 2026")
    hands.key(KEY.Key_Return)
    assert show.record(session, contact).cells["until_date"] == "2026-01-31"
    took("contact leaves, colleague off", hands.count)


def test_what_moved_since_the_last_board_goes_to_word(hands: Hands, tmp_path: Path) -> None:
    records.assign(hands.shown.session, "A-0002", [Assignment("status", "in_progress")], "told")
    hands.will_choose(tmp_path / "since.docx")
    hands.find("since a board")
    page: Any = hands.shown.window.here()
    hands.count += 1  # a click into Since
    page.start.setText("1 January 2020")
    page.start.editingFinished.emit()
    page.load()
    hands.settle()
    hands.click("Save as …")
    assert (tmp_path / "since.docx").read_bytes()[:2] == b"PK"
    took("moved since the last board as a list in Word", hands.count)


def test_a_report_lands(hands: Hands) -> None:
    text = "\n".join(f"Recommendation {n}: The force should do thing number {n} within a year" for n in range(1, 7))
    QApplication.clipboard().setText(text)

    def fill(dialog: Any) -> None:
        for words in ("PEEL inspection 2026", "Inspection", "1 June 2026", "Kent Police; HMCTS"):
            hands.type(words, dialog)
            hands.key(KEY.Key_Tab, root=dialog)
        while dialog.focusWidget() is not dialog.table:
            hands.key(KEY.Key_Tab, root=dialog)
        dialog.table.setCurrentCell(0, 0)
        for key in [KEY.Key_Down] * 3 + [KEY.Key_Right] * 5:
            hands.key(key, root=dialog)
        QTest.keyClicks(dialog.table, "K")
        editor = dialog.table.focusWidget() or dialog.focusWidget()
        QTest.keyClicks(editor, "ent Police: accepted in part")
        hands.key(KEY.Key_Return, root=dialog)
        hands.click(next(b.text() for b in dialog.findChildren(type(dialog.saves)) if b is dialog.saves), dialog)

    hands.shown.go("recommendation")
    hands.count += 2  # Ctrl+3; More, Paste
    hands.scripts = [fill]
    page: Any = hands.shown.window.here()
    page.paste_records()
    hands.settle()
    made = plain_rows(hands.shown.session.read(), "SELECT s.answer, s.due FROM response s JOIN recommendation r ON r.id = s.recommendation WHERE r.title LIKE 'The force should do thing%'", ())
    assert len(made) == 12 and [m["answer"] for m in made].count("in_part") == 1 and {m["due"] for m in made} == {"2026-07-26"}
    took("report with six recommendations, two bodies, one part-accepted", hands.count)


def test_three_answers_by_telephone(hands: Hands, tmp_path: Path) -> None:
    session = hands.shown.session
    rounds.export_returns(session, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])

    def answer(dialog: Any) -> None:
        hands.type("Insp. Example", dialog)
        for number in range(3):
            field = dialog.findChild(QPlainTextEdit)
            while dialog.focusWidget() is not field and hands.count < 40:
                hands.key(KEY.Key_Tab, root=dialog)
            hands.type(f"Update number {number} by telephone", dialog)
            if number < 2:
                hands.key(KEY.Key_Return, CTRL, dialog)
        hands.key(KEY.Key_D, ALT, dialog)

    hands.scripts = [answer]
    page: Any = hands.shown.go("returns")
    hands.count += 1  # Ctrl+6
    hands.count += 2  # More of the partner's line, and the verb in its menu
    page.by_telephone(round_standing.partners_now(session)[0])
    hands.settle()
    hands.key(KEY.Key_A, ALT)
    told = plain_rows(session.read(), "SELECT narrative FROM \"update\" WHERE narrative LIKE 'Update number%'", ())
    assert len(told) == 3
    took("three answers by telephone", hands.count)


def test_a_messy_tracker_of_sixty_rows(hands: Hands, tmp_path: Path) -> None:
    """Unknown owners, dates of both orders, words for a status that mean nothing here, and a column that no record has."""
    owners = ["Kent Police", "kent police ", "Kent Pollice", "Housing team", "Medway Council / Kent Police", "OPCC", "Victim Support (Kent)", ""]
    dates = ["31/03/2027", "04/05/2027", "June 2027", "2027-09-30", "asap", "Q3", "", "30 Sept 27"]
    words = ["In progress", "ongoing", "Complete", "on hold?", "Not started", "awaiting funding", "Done", ""]
    rows = [f'{n},"Messy thing number {n} of the district",{owners[n % 8]},{dates[n % 8]},{words[n % 8]},"Said at {n}",sunny' for n in range(1, 61)]
    path = tmp_path / "messy.csv"
    path.write_text("\n".join(["No,Action,Owner,Deadline,Status,Latest position,Mood", *rows]) + "\n", "utf-8")
    before = lists.count(hands.shown.session, ListQuery("action"))
    shown_at_the_end: list[str] = []

    def settle_questions(dialog: TrackerDialog) -> None:
        assert len(dialog._choices) > 2
        for _ in range(4):  # what an answer brings up is asked once more
            open_ones = [c for c in dialog._choices.values() if not c.currentData()]
            if not open_ones:
                break
            for one in open_ones:
                hands.count += 2  # open the choice, press the answer
                one.setCurrentIndex(1)
            hands.click("Preview with these answers", dialog)
        shown_at_the_end.append(dialog._summary.text())
        hands.click("Import", dialog)

    hands.will_choose(path)
    hands.scripts = [settle_questions]
    hands.find("Import a tracker")
    hands.settle()
    assert "to answer" not in shown_at_the_end[0]
    assert lists.count(hands.shown.session, ListQuery("action")) == before + 60
    took("60-row messy tracker in, every question settled", hands.count)


def test_a_return_with_three_conflicts_an_ambiguous_date_and_a_comment(hands: Hands, tmp_path: Path) -> None:
    session = hands.shown.session
    made = rounds.export_returns(session, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])
    path = Path(made.returns[0].file)
    book = openpyxl.load_workbook(path)
    sheet: Any = book["Actions"]
    heads = [str(c.value) for c in sheet[1]]
    at = {name: 1 + next(n for n, h in enumerate(heads) if h.startswith(name)) for name in ("Answer", "Status", "Revised due date", "Reason for new")}
    reference = {r: str(sheet.cell(r, 1).value).rpartition("-")[0] for r in range(2, sheet.max_row + 1) if str(sheet.cell(r, 1).value or "").startswith("A-")}
    ends = ("complete", "stopped", "superseded")
    asked = [r for r, ref in reference.items() if show.record(session, ref).cells["status"] not in ends]
    others = [r for r in reference if r not in asked]
    for r in asked[:3]:
        sheet.cell(r, at["Status"]).value = "Complete"
        records.assign(session, reference[r], [Assignment("status", "not_started")], "told at a board")
    sheet.cell(others[0], at["Revised due date"]).value = "04/05/2027"
    sheet.cell(others[1], 1).comment = Comment("The lamps came in May", "Partner")
    book.save(path)

    def the_date(dialog: Any) -> None:
        hands.type("4 May 2027", dialog)
        hands.key(KEY.Key_Return, root=dialog)

    def the_comment(dialog: Any) -> None:
        hands.key(KEY.Key_Return, root=dialog)

    hands.will_choose(path)
    hands.find("import a return")
    page: Any = hands.shown.window.here()
    for _ in range(3):
        hands.key(KEY.Key_A)
    hands.scripts = [the_date, the_comment]
    hands.key(KEY.Key_E)
    hands.click("Use …")
    found = [show.record(session, ref).cells for ref in (reference[r] for r in (*asked[:3], others[0]))]
    assert [c["status"] for c in found[:3]] == ["complete"] * 3 and found[3]["revised_due"] == "2027-05-04"
    told = plain_rows(session.read(), "SELECT narrative FROM \"update\" WHERE narrative LIKE 'The lamps came in May%'", ())
    assert len(told) == 1 and page.review is not None
    took("three conflicts, an ambiguous date, a comment made an update", hands.count)


def test_an_action_is_minuted_in_a_meeting(hands: Hands) -> None:
    session = hands.shown.session
    _, meeting = meeting_mode.held(hands.shown, "A-0006", "A-0008")
    count = meeting_mode.keys(hands.shown, (KEY.Key_G, CTRL), "a5", KEY.Key_Return)
    count += meeting_mode.keys(
        hands.shown, "The terms are with counsel.", KEY.Key_Tab, KEY.Key_P, KEY.Key_Tab, KEY.Key_I, KEY.Key_Tab, KEY.Key_Tab, "Send the draft", KEY.Key_Tab, "Kent Police",
        KEY.Key_Tab, "+6w", (KEY.Key_Return, CTRL),
    )  # fmt: skip
    (asked,) = meeting_mode.challenges(hands.shown)
    follow = show.record(session, str(asked["follow_up"])).cells
    assert asked["answer"] == "The terms are with counsel." and follow["due"] and follow["accountable"] and show.record(session, "A-0005").cells["status"] == "in_progress"
    item = plain_rows(session.read(), "SELECT meeting, about FROM agenda_item WHERE about = ?", (show.record(session, "A-0005").id,))
    assert [i["meeting"] for i in item] == [meeting]
    took("action found, status set, answer noted, follow-up linked", count)
