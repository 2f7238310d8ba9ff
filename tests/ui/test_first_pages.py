"""My work and Overview: what waits is never cut short unseen, and a chart is drawn only of something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown, visible
from vawg_desktop.services import rounds
from vawg_desktop.services.records import Assignment, add_update, assign, create
from vawg_desktop.ui.pages.overview import LAST_BOARD, since_day
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.common import column, filling
from vawg_desktop.ui.widgets.plain_table import PlainTable
from vawg_desktop.ui.widgets.progress_chart import ProgressChart


def test_returns_that_my_work_does_not_name_are_one_press_away(shown: Shown, tmp_path: Path) -> None:
    count = len(rounds.export_returns(shown.session, period="P", due="2020-01-01", out=tmp_path).returns)
    assert count > 6
    page: Any = shown.go("my_work")
    lines = [b for b in visible(page, QAbstractButton) if "no return received" in b.text()]
    assert len(lines) == 6
    (whole,) = [b for b in visible(page, QAbstractButton) if b.text() == f"All {count}"]
    whole.click()
    settle(shown.tasks)
    assert shown.window._key == "returns"


def test_overview_counts_every_action_and_draws_no_chart_of_one_date(shown: Shown) -> None:
    shown.tasks.write(lambda s: assign(s, "A-0001", [Assignment("status", "not_known")], None))
    shown.tasks.write(lambda s: add_update(s, "A-0001", {"narrative": "Nobody could say."}))
    settle(shown.tasks)
    page: Any = shown.go("overview")
    assert not page.findChildren(ProgressChart)
    before = {str(r[0]): int(r[1]) for r in shown.session.read().exec_driver_sql("SELECT status, count(*) FROM action WHERE NOT deleted GROUP BY status")}
    shown.tasks.write(lambda s: assign(s, "A-0002", [Assignment("status", "in_progress")], None))
    settle(shown.tasks)
    tables = [t for t in page.findChildren(PlainTable) if t.accessibleName() == "Progress of actions over time"]
    heads = [tables[0].horizontalHeaderItem(c).text() for c in range(tables[0].columnCount())]
    assert tables[0].item(0, heads.index("In progress")).text() == str(before.get("in_progress", 0) + 1) and not page.findChildren(ProgressChart)


def test_what_changed_since_the_last_board(shown: Shown) -> None:
    shown.tasks.write(lambda s: create(s, "meeting", {"title": "VAWG Board, spring", "date": "2026-05-12", "body": create(s, "governance_body", {"name": "VAWG Board"})[0]})[1])
    settle(shown.tasks)
    found = sorted(str(since_day(shown.session, words)) for words in ("7 days ago", "1 May 2026", "last VAWG Board"))
    assert found[:2] == ["2026-05-01", "2026-05-12"] and since_day(shown.session, LAST_BOARD) >= since_day(shown.session, "last VAWG Board")
    page: Any = shown.go("overview")
    assert page._since.findText(LAST_BOARD) >= 0


def test_news_that_changes_no_return_leaves_the_keyboard_where_it_is(shown: Shown, tmp_path: Path) -> None:
    rounds.export_returns(shown.session, period="P", due="+4w", out=tmp_path)
    page: Any = shown.go("returns")
    button = next(b for b in visible(page, QAbstractButton) if b.accessibleName().startswith("More for"))
    button.setFocus()
    shown.tasks.write(lambda s: assign(s, "A-0001", [Assignment("blockers", "None known")], None))
    settle(shown.tasks)
    assert button.isVisible() and button.hasFocus()
    shown.tasks.write(lambda s: rounds.export_returns(s, period="P", due="+4w", out=tmp_path / "again").changes)
    settle(shown.tasks)
    assert [w for w in visible(page, QLabel) if w.text() == "v2"]


def test_rows_are_put_in_unseen_and_the_keyboard_stays(qtbot: QtBot) -> None:
    window, outer = column(0, 0)
    qtbot.addWidget(window)
    holder, box = column(0, 0)
    outer.addWidget(holder)
    line = QLineEdit()
    box.addWidget(line)
    window.show()
    window.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    with filling(holder):
        assert holder.isHidden()
        box.addWidget(QLabel("new"))
    assert line.hasFocus() and holder.isVisible()
    with filling(holder):
        line.hide()
    assert holder.isVisible() and line.isHidden()
    holder.hide()
    with filling(holder):
        box.addWidget(QLabel("newer"))
    assert holder.isHidden()


def test_a_partner_whose_return_stands_as_before_keeps_its_row_and_a_changed_one_the_keyboard(shown: Shown, tmp_path: Path) -> None:
    rounds.export_returns(shown.session, period="P", due="+4w", out=tmp_path)
    page: Any = shown.go("returns")

    def more(partner: str) -> QAbstractButton:
        return next(b for b in visible(page, QAbstractButton) if b.accessibleName() == f"More for {partner}")

    police, others = more("Kent Police"), [b for b in visible(page, QAbstractButton) if b.accessibleName().startswith("More for") and "Police" not in b.accessibleName()]
    police.setFocus()
    shown.tasks.write(lambda s: rounds.export_returns(s, period="P", due="+4w", out=tmp_path / "again", partners=["Kent Police"]).changes)
    settle(shown.tasks)
    assert more("Kent Police") is police and police.hasFocus()
    assert [w for w in visible(page, QLabel) if w.text() == "v2"] and all(b.isVisible() for b in others)
    page.resize(500, 600)
    page._table.show_rows(page._table._shown, True)
    assert not [w for w in visible(page, QLabel) if w.text() == "v2"]
    page._table.show_rows([], True)
    assert page._table.count() == 0
    assert {page._table.rowMinimumHeight(n) for n in range(page._table.rowCount())} == {0}  # no room is left of the longer round
