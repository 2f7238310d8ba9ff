"""The journey map, the questions and the chain on screen: by keyboard, for a screen reader, and out of the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.documents import book_text, docx_text, odt_text, pdf_text
from tests.ui.test_window import Shown, visible
from vawg_desktop.services import (
    chain,
    closing,
    journey,
    journey_outputs,
    outputs,
    questions,
    records,
    show,
    undoing,
)
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages.journey import QFileDialog
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.place_kept import PLACE


def press(shown: Shown, widget: Any, *pressed: Qt.Key) -> None:
    for key in pressed:
        QTest.keyClick(widget, key)
        settle(shown.tasks)


def words(page: Any) -> str:
    return " | ".join(w.text() for w in visible(page, QLabel))


def test_arrow_keys_walk_the_map_and_each_cell_says_its_sentence(shown: Shown) -> None:
    page: Any = shown.go("journey")
    found = journey.read_map(shown.session)
    assert (page.view.model_.rowCount(), page.view.model_.columnCount()) == (len(found.rows), len(found.columns))
    press(shown, page.view, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert found.cells[1, 2].sentence() in words(page)


def test_a_screen_reader_finds_every_cell_with_its_sentence(shown: Shown) -> None:
    page: Any = shown.go("journey")
    found = journey.read_map(shown.session)
    told = QAccessible.queryAccessibleInterface(page.view)
    names = [told.child(n).text(QAccessible.Text.Name) for n in range(told.childCount())]
    for cell in found.cells.values():
        assert cell.sentence() in names
    assert found.summary() == page.view.accessibleDescription()


def test_enter_opens_a_cell_with_its_gaps_and_escape_goes_back(shown: Shown) -> None:
    page: Any = shown.go("journey")
    found = journey.read_map(shown.session)
    row, column = next(place for place, cell in found.cells.items() if len(cell.open) == 2)
    page.view.setCurrentIndex(page.view.model_.index(row, column))
    press(shown, page.view, Qt.Key.Key_Return)
    rows = [b for b in visible(page, QAbstractButton) if b.text().startswith("G-")]
    assert len(rows) == 2 and "Duty holder: All partners" in words(page)
    press(shown, page, Qt.Key.Key_Escape)
    assert page.view.hasFocus() and not rows[0].isVisible()
    press(shown, page.view, Qt.Key.Key_Return)
    next(b for b in visible(page, QAbstractButton) if b.text().startswith("G-")).click()
    settle(shown.tasks)
    assert shown.window._key == "gap"


def test_a_stage_is_moved_and_retired_where_it_stands(shown: Shown) -> None:
    page: Any = shown.go("journey")
    page.view.setCurrentIndex(page.view.model_.index(2, 0))
    press(shown, page.view, Qt.Key.Key_Return)
    stage = journey.read_map(shown.session).rows[2].title
    next(b for b in visible(page, QAbstractButton) if b.accessibleName() == f"Move up: {stage}").click()
    settle(shown.tasks)
    assert journey.read_map(shown.session).rows[1].title == stage
    page.view.setCurrentIndex(page.view.model_.index(1, 0))
    settle(shown.tasks)
    next(b for b in visible(page, QAbstractButton) if b.accessibleName() == f"Retire: {stage}").click()
    settle(shown.tasks)
    assert stage not in [r.title for r in journey.read_map(shown.session).rows]


def test_other_things_across_and_a_larger_map(shown: Shown) -> None:
    page: Any = shown.go("journey")
    high = page.view.rowHeight(0)
    page.zoom.setCurrentIndex(2)
    page.zoom.mean()
    assert page.view.rowHeight(0) == 2 * high
    page.axis.setCurrentIndex(1)
    page.axis.mean()
    settle(shown.tasks)
    assert "Stalking" in [c.title for c in page.view.model_.map.columns]


@pytest.mark.parametrize("name", ["map.png", "map.svg"])
def test_the_map_is_saved_as_a_picture(shown: Shown, tmp_path: Path, name: str) -> None:
    page: Any = shown.go("journey")
    with patch.object(QFileDialog, "getSaveFileName", return_value=(str(tmp_path / name), "")):
        page.save_picture()
        settle(shown.tasks)
    data = (tmp_path / name).read_bytes()
    assert data.startswith(b"\x89PNG" if name.endswith("png") else b"<svg") and len(data) > 5_000


@pytest.mark.parametrize("ending", [".xlsx", ".docx", ".odt", ".pdf"])
def test_the_document_agrees_with_the_screen_and_keeps_what_must_not_leave(shown: Shown, tmp_path: Path, ending: str) -> None:
    session = shown.session
    small, _ = records.create(session, "service", {"title": "Eight beds", "capacity": "8", "areas": "Sheppey", "confidential_location": "yes",
                                                   "status": "running", "needs": "Housing", "journey_stages": "Recovery"})  # fmt: skip
    closed, _ = records.create(session, "service", {"title": "Hidden house", "restriction": "Live case", "needs": "Safety", "journey_stages": "Trial"})
    path = tmp_path / f"map{ending}"
    outputs.save_document(path, journey_outputs.map_document(session))
    read = {".xlsx": book_text, ".docx": docx_text, ".odt": odt_text, ".pdf": lambda content: pdf_text(content, tmp_path)}[ending]
    text = " ".join(read(path.read_bytes()).split())
    found = journey.read_map(session)
    assert found.summary() in text or ending == ".xlsx"
    for cell in found.cells.values():
        for gap in cell.open:
            assert gap.reference in text
    assert "Not for publication" in text and "fewer than 10" in text and "1 restricted service left out." in text
    assert "Sheppey" not in text and "Hidden house" not in text and small and closed


def test_the_questions_are_counted_opened_and_lead_on(shown: Shown) -> None:
    page: Any = shown.go("questions")
    answers = questions.ask(shown.session)
    for question in questions.QUESTIONS:
        asks = next(b for b in visible(page, QAbstractButton) if b.text() == question.asks)
        assert asks.accessibleName().startswith(f"{question.asks}: {answers.count(question.key):,}.")
        assert asks.isEnabled() is bool(answers.count(question.key))
    asks = next(b for b in visible(page, QAbstractButton) if b.property(PLACE) == "recommendations_without_gap")
    asks.click()
    settle(shown.tasks)
    first = next(b for b in visible(page, QAbstractButton) if b.text().startswith("R-0001"))
    first.click()
    settle(shown.tasks)
    assert shown.window._key == "recommendation"


def test_a_question_of_my_work_opens_at_ones_own_portfolio(shown: Shown) -> None:
    records.assign(shown.session, "A-0004", [records.Assignment("link_officer", shown.session.who)], None)
    work: Any = shown.go("my_work")
    lines = [b for b in visible(work._asked, QAbstractButton) if "gap" in b.text()]
    own, everybody = questions.about(shown.session), questions.about(shown.session, everybody=True)
    question, number = own[0]
    assert lines and number < {q.key: n for q, n in everybody}[question.key]
    next(b for b in visible(work._asked, QAbstractButton) if b.text().endswith(question.asks)).click()
    settle(shown.tasks)
    page: Any = shown.window.here()

    def told(key: str) -> str:
        return next(b for b in visible(page, QAbstractButton) if b.property(PLACE) == key).accessibleName()

    assert shown.window._key == "questions" and told(question.key) == f"{question.asks}: {number:,}. Shown below"
    page._everybody.click()
    settle(shown.tasks)
    assert all(told(q.key).startswith(f"{q.asks}: {n:,}.") for q, n in everybody)
    work = shown.go("my_work")
    work._everybody.click()
    settle(shown.tasks)
    question, number = everybody[0]
    next(b for b in visible(work._asked, QAbstractButton) if b.text().endswith(question.asks)).click()
    settle(shown.tasks)
    assert told(question.key).startswith(f"{question.asks}: {number:,}.")


def test_the_chain_of_a_record_that_is_typed(shown: Shown) -> None:
    """The page led nowhere by itself: it asked to go to a record and come back."""
    page: Any = shown.go("chain")
    for typed in ("r3", "R-0003", show.record(shown.session, "R-0003").title):
        page.about.setText(typed)
        page.find_typed()
        settle(shown.tasks)
        assert page.about.text() == "R-0003" and page._wrong.isHidden()
        assert page._chain is not None and page._chain.nodes[page._record].reference == "R-0003"
    page.about.setText("zebra")
    page.find_typed()
    settle(shown.tasks)
    page.about.selectAll()
    QTest.keyClicks(page.about, "half ty")
    page.load()
    settle(shown.tasks)
    assert page.about.text() == "half ty", "what is being typed is left alone"
    page.about.setText("zebra")
    page.find_typed()
    settle(shown.tasks)
    assert page._wrong.isVisible() and "zebra" in page._wrong.text() and page._record in page._chain.nodes


def test_the_chain_is_walked_by_arrows_and_says_what_is_missing(shown: Shown) -> None:
    shown.go("recommendation")
    id = records.names.find(shown.session.read(), "R-0003").id
    shown.window.open_record(f"chain:{id}")
    settle(shown.tasks)
    page: Any = shown.window.page("chain")
    assert page._nodes[id].hasFocus() and "R-0003: no evidence that this worked." in words(page)
    press(shown, page._nodes[id], Qt.Key.Key_Right)
    follows = next(n for n in page._nodes.values() if n.hasFocus())
    assert follows.text().startswith("A-0009")
    press(shown, follows, Qt.Key.Key_Left)
    assert page._nodes[id].hasFocus()
    found = chain.of(shown.session, "R-0003")
    assert {b.property(PLACE) for b in page._nodes.values()} == set(found.nodes)
    press(shown, page._nodes[id], Qt.Key.Key_Space)
    assert shown.window._key == "recommendation"


@pytest.mark.parametrize("name", ["R-0003", "R-0011"])
def test_no_line_of_the_chain_runs_through_a_records_words(shown: Shown, name: str) -> None:
    shown.go("recommendation")
    shown.window.open_record(f"chain:{records.names.find(shown.session.read(), name).id}")
    settle(shown.tasks)
    page: Any = shown.window.page("chain")
    inside = [n.rect().adjusted(2, 2, -2, -2).translated(n.mapTo(page._page, n.rect().topLeft())) for n in page._nodes.values()]
    crossing = 0
    for node in page._nodes.values():
        node.setFocus()
        for path, own in page._page.paths():
            points = [path.pointAtPercent(n / 200).toPoint() for n in range(201)]
            assert not [p for p in points if any(box.contains(p) for box in inside)]
            crossing += own and path.elementCount() > 4
    assert crossing  # some line passes a column


def test_a_long_chain_folds_and_one_press_shows_the_rest(shown: Shown) -> None:
    for n in range(30):
        records.create(shown.session, "action", {"title": f"Action {n}", "recommendations": "R-0003"})
    id = records.names.find(shown.session.read(), "R-0003").id
    shown.go("recommendation")
    shown.window.open_record(f"chain:{id}")
    settle(shown.tasks)
    page: Any = shown.window.page("chain")
    actions = [n for n in page._nodes.values() if n.text().startswith("A-")]
    assert len(actions) == 12
    next(b for b in visible(page, QAbstractButton) if b.text() == "All 32").click()
    settle(shown.tasks)
    assert len([n for n in page._nodes.values() if n.text().startswith("A-")]) == 32


def test_a_gap_is_closed_and_opened_again_from_its_page(shown: Shown) -> None:
    session = shown.session
    proof, _ = records.create(session, "evidence", {"title": "Log"})
    records.assign(session, "G-0001", [Assignment("closure_route", "delivered"), Assignment("outcome_statement", "It works"), Assignment("evidence", proof)], None)
    for kind in ("action_evidenced", "measure_moved", "victims_heard", "recheck"):
        closing.answer(session, "G-0001", kind, "Seen", recheck="2027-06-01")
    page: Any = shown.go("gap")
    shown.window.open_record("G-0001")
    settle(shown.tasks)
    assert "Ready to be closed with a second person." in words(page)

    def sign(dialog: Any) -> int:
        dialog.why.setText("Agreed")
        dialog.second.setText("Bea Two")
        assert dialog.given() == {} and dialog.passphrase is None
        return QDialog.DialogCode.Accepted

    with patch.object(messages, "run", side_effect=sign):
        next(b for b in visible(page, QAbstractButton) if b.text() == "Close …").click()
        settle(shown.tasks)
    assert closing.standing(session, "G-0001").closed and "Signed by Bea Two as independent person" in words(page)
    with patch.object(messages, "ask_text", return_value=("It is back", True)):
        next(b for b in visible(page, QAbstractButton) if b.text() == "Open again …").click()
        settle(shown.tasks)
    assert not closing.standing(session, "G-0001").closed


def test_an_empty_store_gets_its_map_by_one_press_and_loses_it_by_undoing(qtbot: QtBot, tmp_path: Path) -> None:
    session = Session(making.create(tmp_path / "empty.vawg", passphrase=None), "B. Officer")
    made = Shown(session)
    page: Any = made.go("journey")
    next(b for b in visible(page, QAbstractButton) if b.text() == "Add the usual stages, needs and rights").click()
    settle(made.tasks)
    assert (page.view.model_.rowCount(), page.view.model_.columnCount()) == (10, 11) and page.view.isVisible()
    made.tasks.write(undoing.undo)
    settle(made.tasks)
    assert not page.view.isVisible()
    made.close()


def test_earlier_wording_shows_while_it_holds_words(shown: Shown) -> None:
    page: Any = shown.go("gap")
    assert "Earlier wording" not in words(page)
    shown.tasks.write(lambda s: records.assign(s, "G-0001", [Assignment("closure_tests", "Ask the Panel again")], None))
    settle(shown.tasks)
    assert "Closure tests: Ask the Panel again" in words(page)
