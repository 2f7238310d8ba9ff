"""Since a board in the window: equal to the command, by kind, opened, copied without what is restricted, and saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.clock import CLOCK, TODAY
from tests.documents import docx_text
from tests.services.test_journey import sample_store
from tests.ui.test_window import Shown, settle
from vawg_desktop.services import records, since
from vawg_desktop.services.records import Assignment
from vawg_desktop.ui.outputs import QFileDialog
from vawg_desktop.ui.pages.since import SincePage


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    CLOCK.go_to(date(2026, 3, 1))
    session = sample_store(tmp_path)
    for n in (5, 6, 7):
        records.assign(session, f"A-000{n}", [Assignment("due", "2026-02-01"), Assignment("status", "in_progress")], None)
    records.create(session, "meeting", {"title": "March board", "body": "PDB", "date": "2026-03-20", "starts": "10:00"})
    CLOCK.go_to(date(2026, 4, 10))
    records.assign(session, "A-0005", [Assignment("status", "complete")], None)
    records.assign(session, "A-0006", [Assignment("revised_due", "2026-09-01"), Assignment("restriction", "A live case")], None)
    records.create(session, "action", {"title": "Begun in April", "accountable": "Kent Police"})
    made = Shown(session)
    yield made
    made.close()
    made.tasks.stop()
    made.session.store.close()
    CLOCK.go_to(TODAY)


def test_the_last_board_is_meant_and_each_kind_is_counted_as_the_command_counts_it(shown: Shown, tmp_path: Path) -> None:
    page = shown.go("since")
    assert isinstance(page, SincePage)
    settle(shown.tasks)
    assert page.start.text() == "March board"
    told = since.since(shown.session, "March board").found
    assert {k: [line.id for line in v] for k, v in page._found.items()} == {k: [m.id for m in v] for k, v in told.items()}
    assert {k for k, v in page._found.items() if v} >= {"moved", "slipped", "claimed", "new"}
    page.choose("moved")
    opened: list[str] = []
    page.open_record.connect(opened.append)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert opened == [page.model.lines[0].id] and page.model.words(0)[2] == "In progress → Complete"
    page.choose("slipped")
    page.copy_lines()
    text = QApplication.clipboard().text()
    assert "A-0006" in text and "Restricted" in text and "1 September 2026" in text
    out = tmp_path / "since.docx"
    with patch.object(QFileDialog, "getSaveFileName", return_value=(str(out), "")):
        page.save()
    settle(shown.tasks)
    written = docx_text(out.read_bytes())
    assert "March board" in written and "A-0005" in written and "In progress → Complete" in written


def test_a_span_and_a_body_are_chosen_and_a_wrong_one_says_why(shown: Shown) -> None:
    page = shown.go("since")
    assert isinstance(page, SincePage)
    settle(shown.tasks)
    page.body.setText("Kent Police")
    page.load()
    settle(shown.tasks)
    wanted = since.since(shown.session, "March board", "", since.Scope(body="Kent Police")).found
    assert {k: len(v) for k, v in page._found.items()} == {k: len(v) for k, v in wanted.items()}
    page.end.setText("2026-02-01")
    page.load()
    settle(shown.tasks)
    assert "before the beginning" in page._wrong.text() and page.model.rowCount() == 0
    page.end.setText("soon")
    page.load()
    settle(shown.tasks)
    assert "not a date or a meeting" in page._wrong.text()
    page.end.clear()
    page.load()
    settle(shown.tasks)
    assert page._wrong.isHidden()


def test_where_there_is_little_room_the_kinds_are_chosen_among_the_fields(shown: Shown) -> None:
    page = shown.go("since")
    assert isinstance(page, SincePage)
    settle(shown.tasks)
    assert not page.kind.isVisible() and page._kinds_area.isVisible()
    small = Shown(shown.session, "light", 2.0)
    small.window.resize(1366, 768)
    page = small.go("since")
    assert isinstance(page, SincePage)
    settle(small.tasks)
    assert page.kind.isVisible() and not page._kinds_area.isVisible()
    counts = {str(page.kind.itemData(n)): page.kind.itemText(n) for n in range(page.kind.count())}
    assert counts == {kind: f"{since.HEADINGS[kind]} ({len(page._found.get(kind, ())):,})" for kind in since.HEADINGS}
    page.kind.setCurrentIndex(page.kind.findData("slipped"))
    page.kind.mean()
    assert [line.id for line in page.model.lines] == [line.id for line in page._found["slipped"]] and page.model.lines
    small.window.resize(2600, 1400)
    QApplication.processEvents()
    assert not page.kind.isVisible() and page._kinds_area.isVisible() and page._kinds["slipped"].property("current")
    small.close()
    small.tasks.stop()
