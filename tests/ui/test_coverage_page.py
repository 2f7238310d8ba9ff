"""The grid of records against strands, by keyboard, and the page that counts frameworks."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.test_window import Shown
from vawg_desktop.services import coverage, names
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages.coverage import CoveragePage
from vawg_desktop.ui.tour import settle


def opened(made: Shown, framework: str = "NPCC VAWG framework 2024") -> CoveragePage:
    page = made.go("coverage")
    assert isinstance(page, CoveragePage)
    settle(made.tasks)
    if framework:
        page.choose(next(p.id for p in page._progress if p.title == framework))
        settle(made.tasks)
    return page


def press(made: Shown, page: CoveragePage, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(page.grid, key)
        settle(made.tasks)


def extents(session: Session) -> list[str]:
    framework = names.find_named(session.read(), "framework", "NPCC VAWG framework 2024")
    assert framework is not None
    return sorted(coverage.grid(session, framework.id, "recommendation").cells.values())


def test_letters_fill_cells_and_delete_empties_them(shown: Shown) -> None:
    made, session, page = shown, shown.session, opened(shown)
    press(made, page, Qt.Key.Key_F, Qt.Key.Key_Right, Qt.Key.Key_P, Qt.Key.Key_Down, Qt.Key.Key_C)
    assert extents(session) == ["contributes", "full", "part"]
    assert page._sentence.text().endswith("Protect: contributes.")
    assert page._summary.text() == "2 of 4 strands covered; 0 of 2 mapped records done."
    press(made, page, Qt.Key.Key_Delete, Qt.Key.Key_Delete, Qt.Key.Key_Up, Qt.Key.Key_Space)
    assert extents(session) == ["contributes", "full"]
    press(made, page, Qt.Key.Key_Space, Qt.Key.Key_Space)
    assert extents(session) == ["full", "full"]


def test_every_cell_tells_itself_to_a_screen_reader(shown: Shown) -> None:
    _made, session, page = shown, shown.session, opened(shown)
    model = page.grid.model_
    words = {str(model.data(model.index(r, c), Qt.ItemDataRole.AccessibleTextRole)) for r in range(model.rowCount()) for c in range(model.columnCount())}
    assert len(words) == model.rowCount() * model.columnCount() == 4 * len(coverage.grid(session, page._framework, "recommendation").records)
    assert all(w.endswith(": not mapped.") for w in words)


def test_the_filter_and_what_is_not_mapped_yet(shown: Shown) -> None:
    made, session, page = shown, shown.session, opened(shown)
    press(made, page, Qt.Key.Key_F)
    whole = page.grid.model_.rowCount()
    page.bare.click()
    assert page.grid.model_.rowCount() == whole - 1
    page.words.setText("survey")
    page._filter()
    assert 0 < page.grid.model_.rowCount() < whole - 1
    page.words.setText("no such words")
    page._filter()
    assert page.grid.model_.rowCount() == 0 and page._sentence.text() == "No record is shown."
    press(made, page, Qt.Key.Key_F)  # nothing is chosen, so nothing is filled
    assert extents(session) == ["full"]


def test_enter_opens_the_record_and_escape_gives_all_frameworks(shown: Shown) -> None:
    made, _session, page = shown, shown.session, opened(shown)
    went: list[str] = []
    page.open_record.connect(went.append)
    press(made, page, Qt.Key.Key_Return)
    assert went == [page.grid.model_.records[0].id]
    made.go("coverage")
    settle(made.tasks)
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    settle(made.tasks)
    assert page._framework == "" and page.choice.currentText() == "All frameworks"


def test_the_kind_of_record_changes_the_rows(shown: Shown) -> None:
    made, _session, page = shown, shown.session, opened(shown)
    page._on_kind([e.key for e in coverage.KINDS].index("gap"))
    settle(made.tasks)
    assert [r.reference for r in page.grid.model_.records][:2] == ["G-0001", "G-0002"]


def test_a_colleagues_mapping_is_shown_and_the_chosen_cell_stays(shown: Shown) -> None:
    made, _session, page = shown, shown.session, opened(shown)
    press(made, page, Qt.Key.Key_Down, Qt.Key.Key_Right)
    at = page.grid.currentIndex()
    record, strand = page.grid.model_.records[0].id, page.grid.model_.grid.strands[0].id
    made.tasks.write(lambda s: coverage.mark(s, record, strand, "full"))
    settle(made.tasks)
    assert page.grid.model_.extent(page.grid.model_.index(0, 0)) == "full"
    assert (page.grid.currentIndex().row(), page.grid.currentIndex().column()) == (at.row(), at.column())


def test_a_file_is_taken_in_after_it_was_looked_at(shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "County plan.csv"
    path.write_text("Strand\nBe heard\nBe safe\n", "utf-8")
    asked: list[str] = []
    monkeypatch.setattr("vawg_desktop.ui.pages.coverage.QFileDialog.getOpenFileName", lambda *_, **__: (str(path), ""))
    monkeypatch.setattr(messages, "ask_text", lambda title, words, text="", **_: (text, True))

    def yes(title: str, text: str, verb: str) -> bool:
        asked.append(text)
        return True

    monkeypatch.setattr(messages, "ask", yes)
    made, session, page = shown, shown.session, opened(shown, "")
    page.take_in()
    settle(made.tasks)
    assert asked == ["Add 2 strands of County plan?"]
    assert [s.title for s in coverage.of(session, "County plan")] == ["Be heard", "Be safe"]
