"""The coding desk in the window, driven by keys: answers looked at and coded, by two coders on two copies, compared, settled, quoted and counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.domain.planted import planted
from tests.exchange.test_survey_in import table, written
from tests.services.test_coding import HEAD, WORDS, file_of
from tests.services.test_journey import sample_store
from tests.ui.test_window import Shown
from vawg_desktop.domain.identifying import passages, without
from vawg_desktop.services import (
    answer_review,
    chain,
    codebooks,
    coding_counts,
    merging,
    papers,
    records,
    survey_results,
    surveys,
    theme_answers,
)
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, making, opening
from vawg_desktop.store.check import check
from vawg_desktop.ui.dialogs.codebook import CodeDialog, MergeDialog, SplitDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tour import settle

DIGITS = {d: getattr(Qt.Key, f"Key_{d}") for d in "0123456789"}


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    made = Shown(sample_store(tmp_path))
    surveys.take_in(made.session, file_of(tmp_path, WORDS))
    codebooks.start(made.session, str(surveys.find(made.session, "Safety survey")["id"]))
    yield made
    made.close()
    made.tasks.stop()
    made.session.store.close()


def desk(shown: Shown) -> Any:
    page: Any = shown.go("coding")
    settle(shown.tasks)
    shown.window.activateWindow()
    QTest.qWaitForWindowActive(shown.window, 2000)
    page.table.setFocus()
    return page


def keys(page: Any, *pressed: Any) -> int:
    """Press keys where the keyboard is; returns how many."""
    for one in pressed:
        QTest.keyClick(QApplication.focusWidget() or page.table, DIGITS.get(one, one) if isinstance(one, str) else one)
    return len(pressed)


def states(page: Any) -> list[str]:
    return [page.model.words(r, 0) for r in range(page.model.rowCount())]


def test_enter_looks_at_an_answer_a_digit_codes_it_and_enter_goes_on(shown: Shown) -> None:
    page = desk(shown)
    keys(page, Qt.Key.Key_Return, "1", Qt.Key.Key_Return, Qt.Key.Key_Return, "2", "1", Qt.Key.Key_Return)
    settle(shown.tasks)
    assert states(page)[:3] == ["Coded", "Coded", "To look at"] and page.model.words(1, 2) == "Street lighting, CCTV"
    assert page.table.currentIndex().row() == 2 and "2 of 8 answers coded, 6 still to look at." in page._progress.text()
    assert page.answer._found.text() == "Would be taken out: name." and page.model.words(2, 1).startswith("I told [name] at the desk")
    keys(page, Qt.Key.Key_Return, "3", "0")
    settle(shown.tasks)
    assert states(page)[2] == "No code fits" and page.line().text.shown.startswith("I told [name] at the desk")
    keys(page, "3", "3")
    settle(shown.tasks)
    assert states(page)[2] == "To code" and check(shown.session.store).problems == []


def test_what_is_not_looked_at_is_not_coded_and_says_so(shown: Shown) -> None:
    page = desk(shown)
    told: list[str] = []
    messages.shown.connect(lambda _, words: told.append(words))
    keys(page, "1", "9")
    settle(shown.tasks)
    assert told == ["Look at the answer first (Enter), then code it.", "No code has the key “9”."] and states(page)[0] == "To look at"
    assert not page.answer.buttons["0"].isEnabled() and page.answer.buttons["enter"].isVisible()


def test_passages_are_put_back_and_taken_out_by_hand(shown: Shown) -> None:
    page = desk(shown)
    page._choose(2)
    page.answer.text.setFocus()
    cursor = page.answer.text.textCursor()
    cursor.setPosition(9)
    page.answer.text.setTextCursor(cursor)
    keys(page, Qt.Key.Key_R)  # the name under the cursor stays
    settle(shown.tasks)
    assert page.line().text.shown == WORDS[2] and page.line().text.may_be_read
    cursor.setPosition(WORDS[2].index("desk"))
    cursor.movePosition(QTextCursor.MoveOperation.EndOfWord, QTextCursor.MoveMode.KeepAnchor)
    page.answer.text.setTextCursor(cursor)
    keys(page, Qt.Key.Key_R)
    settle(shown.tasks)
    assert page.line().text.shown == "I told Sarah Okafor at the [taken out] and the police never rang me back"
    assert "1 answer still with the words that were taken out." in page._progress.text()
    with patch.object(messages, "ask", return_value=True):
        from vawg_desktop.ui import codebook_acts

        codebook_acts.take_out_originals(page)
        settle(shown.tasks)
    assert page.view.originals == 0 and answer_review.originals(shown.session, surveys.answers(shown.session, page.view.desk.survey)) == 0


def test_positions_are_those_of_characters_beyond_the_first_plane(shown: Shown, tmp_path: Path) -> None:
    surveys.take_in(shown.session, written(tmp_path, table([HEAD, ["1", "", "", "", "", "Dover", "😀😀 it was Karen Smith of the bus, and nobody else saw it"]]), "Emoji.csv"))
    page = desk(shown)
    assert page.line().text.words.startswith("😀😀")
    start = page.line().text.words.index("nobody")
    cursor = page.answer.text.textCursor()
    cursor.setPosition(start + 2)  # as Qt counts: each of the two faces is two
    cursor.movePosition(QTextCursor.MoveOperation.EndOfWord, QTextCursor.MoveMode.KeepAnchor)
    page.answer.text.setTextCursor(cursor)
    page.press("r")
    settle(shown.tasks)
    assert page.line().text.shown == "😀😀 it was [name] of the bus, and [taken out] else saw it"


def test_a_distressing_answer_opens_only_when_the_coder_chooses(shown: Shown, tmp_path: Path) -> None:
    surveys.take_in(shown.session, written(tmp_path, table([HEAD, ["1", "", "", "", "", "Dover", "He said he would kill me and he is still living with my children"]]), "Danger.csv"))
    page = desk(shown)
    assert page.answer.text.toPlainText() == "" and page.model.words(0, 1).startswith("May distress: danger")
    assert page.answer.buttons["space"].isVisible() and not page.answer.buttons["enter"].isVisible()
    keys(page, Qt.Key.Key_Return, "1")
    settle(shown.tasks)
    assert states(page) == ["To look at"]
    keys(page, Qt.Key.Key_Space)
    assert page.answer.text.toPlainText().startswith("He said he would kill me")
    keys(page, Qt.Key.Key_Return, "3")
    settle(shown.tasks)
    assert states(page) == ["Coded"]


def test_filter_words_and_several_at_once(shown: Shown) -> None:
    page = desk(shown)
    page.scope.words.setText("bus station")
    page._typing.timeout.emit()
    assert [page.model.words(r, 1) for r in range(page.model.rowCount())] == [WORDS[6]] and "1 answer shown." in page._progress.text()
    page.scope.words.setText("ashford")  # what the respondent answered otherwise
    page._typing.timeout.emit()
    assert page.model.rowCount() == 4
    page.scope.words.clear()
    page._typing.timeout.emit()
    page.table.selectAll()
    with patch.object(messages, "ask", return_value=True) as asked:
        keys(page, Qt.Key.Key_Return)
        settle(shown.tasks)
    assert "7 answers" in asked.call_args[0][1] and states(page) == [*["To code"] * 3, "To look at", *["To code"] * 4]  # one may distress, and is read first
    page.table.selectAll()
    keys(page, "4")
    settle(shown.tasks)
    assert states(page).count("Coded") == 7 and page.answer._made[3].isChecked()
    page.scope.shown.setCurrentIndex(page.scope.shown.findText("Under Education"))
    page._filter()
    assert page.model.rowCount() == 7
    shown.tasks.undo()
    settle(shown.tasks)
    page.scope.shown.setCurrentIndex(page.scope.shown.findText("To code"))
    page._filter()
    assert page.model.rowCount() == 7


def test_a_memo_a_quote_a_concern_and_an_answer_set_aside(shown: Shown) -> None:
    page = desk(shown)
    page._choose(2)
    keys(page, Qt.Key.Key_Return, "3", Qt.Key.Key_M)
    settle(shown.tasks)
    assert QApplication.focusWidget() is page.answer.memo
    QTest.keyClicks(page.answer.memo, "ask the desk")
    keys(page, Qt.Key.Key_Return, Qt.Key.Key_Escape)
    settle(shown.tasks)
    assert page.line().coded.memo == "ask the desk" and QApplication.focusWidget() is page.table
    keys(page, Qt.Key.Key_Q, Qt.Key.Key_G)
    settle(shown.tasks)
    quote = shown.session.read().exec_driver_sql("SELECT words FROM quote ORDER BY n DESC").fetchone()
    assert quote is not None and quote[0] == "I told [name] at the desk and the police never rang me back"
    assert ("seen at the coding desk",) in shown.session.read().exec_driver_sql("SELECT reasons FROM survey_response").fetchall()
    page._choose(4)
    keys(page, Qt.Key.Key_S)
    settle(shown.tasks)
    assert states(page)[4] == "Set aside"
    keys(page, Qt.Key.Key_S)
    settle(shown.tasks)
    assert states(page)[4] == "To look at"


def test_part_of_an_answer_is_quoted_as_shown(shown: Shown) -> None:
    page = desk(shown)
    page._choose(2)
    keys(page, Qt.Key.Key_Return, "3")
    settle(shown.tasks)
    cursor = page.answer.text.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(len("I told Sarah Okafor at the desk"), QTextCursor.MoveMode.KeepAnchor)
    page.answer.text.setTextCursor(cursor)
    page.press("q")
    settle(shown.tasks)
    assert shown.session.read().exec_driver_sql("SELECT words FROM quote ORDER BY n DESC").fetchone()[0] == "told [name] at the desk"  # type: ignore[index]


def test_the_codebook_is_changed_from_the_desk(shown: Shown) -> None:
    page = desk(shown)
    from vawg_desktop.ui import codebook_acts

    def run_add(dialog: CodeDialog) -> bool:
        dialog.show()
        assert dialog.saves is not None and not dialog.saves.isEnabled()
        dialog._title.setText("Buses")
        dialog._words.setText("bus, buses")
        return dialog.saves.isEnabled()

    with patch.object(CodeDialog, "run", run_add):
        codebook_acts.add(page)
        settle(shown.tasks)
    assert [c.title for c in page.view.codebook.codes][-1] == "Buses" and page.view.codebook.codes[-1].words == ["bus", "buses"] and page.answer._made[-1].code.key == "7"

    def run_merge(dialog: MergeDialog) -> bool:
        dialog.show()
        next(iter(dialog._ticks.values())).setChecked(True)
        dialog._into.setCurrentIndex(1)
        return dialog.saves is not None and dialog.saves.isEnabled()

    with patch.object(MergeDialog, "run", run_merge):
        codebook_acts.merge(page)
        settle(shown.tasks)
    assert "CCTV" not in [c.title for c in page.view.codebook.codes] and page.view.codebook.version == 2

    def run_split(dialog: SplitDialog) -> bool:
        dialog.show()
        dialog.findChildren(QPlainTextEdit)[0].setPlainText("Out\nNever there")
        return dialog.saves is not None and dialog.saves.isEnabled()

    with patch.object(SplitDialog, "run", run_split), patch.object(messages, "ask_text", return_value=("Buses count too.", True)):
        codebook_acts.split(page)
        settle(shown.tasks)
        codebook_acts.new_version(page)
        settle(shown.tasks)
    assert page.view.codebook.version == 4 and [c.title for c in page.view.codebook.codes if c.depth] == ["Out", "Never there"]


def test_codebook_and_project_are_saved_and_taken_in_from_the_desk(shown: Shown, tmp_path: Path) -> None:
    from vawg_desktop.ui import codebook_acts

    page = desk(shown)
    keys(page, Qt.Key.Key_Return, "1")
    settle(shown.tasks)
    with patch.object(codebook_acts.QFileDialog, "getSaveFileName", return_value=(str(tmp_path / "book"), "REFI-QDA codebook (*.qdc)")):
        codebook_acts.save_codebook(page)
        settle(shown.tasks)
    assert (tmp_path / "book.qdc").read_bytes().startswith(b"<?xml")
    with patch.object(messages, "ask", return_value=True), patch("vawg_desktop.ui.outputs.QFileDialog.getSaveFileName", return_value=(str(tmp_path / "p.qdpx"), "")):
        codebook_acts.save_project(page)
        settle(shown.tasks)
    told: list[str] = []
    messages.shown.connect(lambda _, words: told.append(words))
    with patch.object(codebook_acts.QFileDialog, "getOpenFileName", return_value=(str(tmp_path / "p.qdpx"), "")):
        codebook_acts.bring(page)
        settle(shown.tasks)
    assert told[-1] == "Safety survey: themes: 0 codes new, 0 changed, 6 as before. 1 text, 0 codings."


def test_every_act_of_the_codebooks_menu_can_be_chosen(shown: Shown) -> None:
    page = desk(shown)
    seen: list[str] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            seen.extend(a.text() for a in menu.actions() if a.text())
            menu.close()
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)
    QTest.mouseClick(page._menu, Qt.MouseButton.LeftButton)
    assert len(seen) == 10 and seen[0] == "Begin one with the inquiry's six themes"


# -- a session of five hundred answers ----------------------------------------------------------------------


def five_hundred(folder: Path) -> Session:
    made = Session(making.create(folder / "office.vawg", passphrase=None), "A. Officer")
    rows = [[str(n), "2021-01-01", "2021-01-02", "", "", "Ashford" if n % 3 else "Dover", p.text] for n, p in enumerate(planted(500, 11))]
    surveys.take_in(made, written(folder, table([HEAD, *rows]), "Safety survey.csv"))
    codebooks.start(made, str(surveys.find(made, "Safety survey")["id"]))
    return made


def code_all_by_keyboard(shown: Shown, leave_out: int) -> tuple[int, int]:
    """Every answer read, signed off and coded by the codes that its words suggest; every so-many-th without its first code. Returns keys and answers."""
    page = desk(shown)
    pressed = reading = 0
    for n in range(page.model.rowCount()):
        line = page.line()
        if page.model.folded(line):
            reading += keys(page, Qt.Key.Key_Space)  # opening it is reading it
        if not line.text.may_be_read:
            pressed += keys(page, Qt.Key.Key_Return)
        found = page.view.suggested[line.text.response]
        places = [page.view.codebook.code(c).key for c in found][: 1 if n % leave_out else None]
        pressed += keys(page, *(places if n % leave_out or len(places) < 2 else places[1:]) or ["0"])
        pressed += keys(page, Qt.Key.Key_Return)
    settle(shown.tasks)
    return pressed, page.model.rowCount()


def test_five_hundred_answers_by_two_coders_on_two_copies_reach_a_recommendation_and_a_paper(qtbot: QtBot, tmp_path: Path) -> None:
    """All through the window: at most three keys an answer beside reading, merged, compared, settled, a theme to a recommendation, a quote into a paper."""
    session = five_hundred(tmp_path)
    window = Shown(session)
    try:
        first, answers = code_all_by_keyboard(window, 1000)
        assert answers == 500 and first <= 3 * answers
        laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "laptop.vawg")), "B. Deputy")
        second = Shown(laptop)
        try:
            pressed, _ = code_all_by_keyboard(second, 25)
            assert pressed <= 2 * answers + answers  # signed off already: a code and the way on
        finally:
            second.close()
            second.tasks.stop()
        assert merging.merge(session, laptop.store).conflicts == []
        survey = surveys.answers(session, str(surveys.find(session, "Safety survey")["id"]))
        question = str(survey.question("What would help?")["id"])
        found = coding_counts.counted(session, survey, question)
        assert found.coders == {"A. Officer": 500, "B. Deputy": 500} and found.overall.texts == 500 and 0.9 < found.overall.kappa < 1
        page: Any = window.go("coders")
        settle(window.tasks)
        assert "500 answers coded by more than one" in page._sentence.text() and page.table.rowCount() == 6
        page.copy()
        lines = QApplication.clipboard().text().splitlines()
        small = {c.title for c in page.found.codes if 0 < c.count < 10 or 0 < page.found.base - c.count < 10}
        assert len(lines) == 7 and all((line.split("\t")[1] == "–") == (line.split("\t")[0] in small) for line in lines[1:])
        waiting = len(page.found.open_differences)
        QTest.mouseClick(next(b for b in page.findChildren(QPushButton) if b.text() == "As B. Deputy"), Qt.MouseButton.LeftButton)
        settle(window.tasks)
        assert len(page.found.open_differences) == waiting - 1
        # what the words suggested, counted apart
        wanted = sum("cctv" in without(p.text, passages(p.text)).casefold() for p in planted(500, 11))
        counted = {c.title: c.count for c in coding_counts.counted(session, survey, question).codes}
        assert abs(counted["CCTV"] - wanted) <= waiting
        theme = str(session.read().exec_driver_sql("SELECT id FROM theme WHERE title = 'CCTV'").one()[0])
        assert theme_answers.of_theme(session, theme)[0].count == counted["CCTV"]
        recommendation, _ = records.create(session, "recommendation", {"title": "Cameras at every station", "themes": [theme]})
        desk_page = desk(window)
        desk_page.scope.shown.setCurrentIndex(desk_page.scope.shown.findText("Under CCTV"))
        desk_page._filter()
        if desk_page.model.folded(desk_page.line()):
            keys(desk_page, Qt.Key.Key_Space)
        keys(desk_page, Qt.Key.Key_Q)
        settle(window.tasks)
        quote = session.read().exec_driver_sql("SELECT id, reference, words FROM quote").one()
        records.assign(session, str(quote[0]), [records.parse_assignment(a) for a in ("consent=given", "publishable=yes", f"recommendations={recommendation}")], None)
        checker = Session(session.store, "C. Second")
        records.assign(checker, str(quote[0]), [records.parse_assignment(a) for a in ("recognisable=no", "live_case=no", "checked_by=C. Second", f"checked={session.today.isoformat()}")], None)
        linked = chain.of(session, str(quote[1]))
        assert {"recommendation", "theme"} <= {n.entity for n in linked.nodes.values()}
        reference = str(session.read().exec_driver_sql("SELECT reference FROM recommendation WHERE id = ?", (recommendation,)).one()[0])
        paper = papers.make(session, "briefing", papers.Asked((reference,))).document
        assert str(quote[2])[:40] in str(paper.blocks)
        result = survey_results.result(session, survey, question, by="District")
        assert result.everybody.base == 500 and result.coded.startswith("Coded by A. Officer and B. Deputy")
        assert check(session.store).problems == []
    finally:
        window.close()
        window.tasks.stop()
        session.store.close()
