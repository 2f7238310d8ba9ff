"""A page that is visited again is read again only where there is news: here, by another process, or of a failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from unittest.mock import patch

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import lists, overview
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.places import PAGES
from vawg_desktop.ui.tour import settle

LISTS_AND_FIGURES = [p.key for p in PAGES if p.key not in ("copies", "backups", "access", "settings")]


@contextmanager
def counting(page: object) -> Iterator[list[None]]:
    loads: list[None] = []
    real = page.load  # type: ignore[attr-defined]

    def load() -> None:
        loads.append(None)
        real()

    with patch.object(page, "load", load):
        yield loads


def colleague(shown: Shown) -> Session:
    return Session(opening.open_store(shown.session.store.path), "D. Deputy")


@pytest.mark.parametrize("key", LISTS_AND_FIGURES)
def test_a_second_visit_reads_only_where_there_is_news(shown: Shown, key: str) -> None:
    page = shown.go(key)
    away = "settings"
    with counting(page) as loads:
        shown.go(away)
        assert shown.go(key) is page
        assert loads == []
        shown.go(away)
        shown.tasks.write(lambda s: assign(s, "A-0001", [Assignment("percent", "35")], None))
        settle(shown.tasks)
        assert loads == []  # hidden, it reads nothing
        shown.go(key)
        assert len(loads) >= 1


def test_what_another_process_wrote_is_there_on_the_next_visit_without_waiting_for_the_clock(shown: Shown) -> None:
    page = shown.go("action")
    shown.go("settings")
    shown.window._poll.stop()
    with closing(colleague(shown).store) as other:
        assign(Session(other, "D. Deputy"), "A-0001", [Assignment("title", "Reworded by a colleague")], None)
    shown.go("action")
    settle(shown.tasks)
    rows = [page.model.row(n) for n in range(page.model.rowCount())]  # type: ignore[attr-defined]
    assert "Reworded by a colleague" in [str(r["title"]) for r in rows if r is not None]


def test_a_record_that_changed_while_its_list_was_hidden_is_read_again(shown: Shown) -> None:
    page = shown.go("action")
    page.go_to(page.model.row(0)["id"])  # type: ignore[attr-defined]
    settle(shown.tasks)
    reference = page.pane.view.reference  # type: ignore[attr-defined]
    shown.go("overview")
    shown.tasks.write(lambda s: assign(s, reference, [Assignment("percent", "85")], None))
    settle(shown.tasks)
    shown.go("action")
    settle(shown.tasks)
    assert page.pane.view.reference == reference and page.pane.view.cells["percent"] == 85  # type: ignore[attr-defined]


def test_a_page_that_could_not_be_read_is_read_on_the_next_visit(shown: Shown, qtbot: QtBot) -> None:
    with patch.object(overview, "overview", side_effect=StoreError("The drive is away.", code="away")), patch.object(messages, "failed"):
        page = shown.go("overview")
    shown.go("settings")
    with counting(page) as loads:
        shown.go("overview")
    assert len(loads) == 1


def test_a_new_day_is_news(shown: Shown) -> None:
    page = shown.go("recommendation")
    shown.go("settings")
    shown.tasks._day = shown.tasks._day.replace(year=shown.tasks._day.year - 1)
    shown.tasks.look_for_others()
    with counting(page) as loads:
        shown.go("recommendation")
    assert len(loads) == 1


def test_a_hidden_list_reads_nothing_while_another_page_is_edited(shown: Shown) -> None:
    shown.go("action")
    shown.go("recommendation")
    with patch.object(lists, "listed", wraps=lists.listed) as read:
        shown.tasks.write(lambda s: assign(s, "R-0001", [Assignment("note", "seen")], None))
        settle(shown.tasks)
    assert {call.args[1].entity for call in read.call_args_list} == {"recommendation"}


@pytest.mark.parametrize("key", ["copies", "backups", "access", "settings"])
def test_pages_of_what_lies_beside_the_store_are_read_always_and_drawn_where_that_differs(shown: Shown, key: str) -> None:
    page = shown.go(key)
    drawn = page._body.itemAt(0).widget()  # type: ignore[attr-defined]
    with counting(page) as loads:
        shown.go("my_work")
        shown.go(key)
    assert len(loads) == 1 and page._body.itemAt(0).widget() is drawn  # type: ignore[attr-defined]


def test_a_backup_made_elsewhere_is_listed_on_the_next_visit(shown: Shown) -> None:
    from vawg_desktop.services import safekeeping

    page = shown.go("backups")
    drawn = page._body.itemAt(0).widget()  # type: ignore[attr-defined]
    shown.go("my_work")
    with closing(colleague(shown).store) as other:
        safekeeping.back_up(Session(other, "D. Deputy"), name="Before the board")
    shown.go("backups")
    assert page._body.itemAt(0).widget() is not drawn  # type: ignore[attr-defined]


def test_a_window_hears_of_its_own_change_once_and_of_a_colleagues_beside_it(shown: Shown) -> None:
    shown.go("action")
    shown.window._poll.stop()
    heard: list[set[str]] = []
    shown.tasks.changes_applied.connect(lambda changes: heard.append(set(changes.records)))
    shown.tasks.write(lambda s: assign(s, "A-0001", [Assignment("percent", "35")], None))
    settle(shown.tasks)
    shown.tasks.look_for_others()
    settle(shown.tasks)
    assert len(heard) == 1
    with closing(colleague(shown).store) as other:
        assign(Session(other, "D. Deputy"), "A-0002", [Assignment("percent", "45")], None)
    shown.tasks.write(lambda s: assign(s, "A-0003", [Assignment("percent", "55")], None))
    settle(shown.tasks)
    shown.tasks.look_for_others()
    settle(shown.tasks)
    ids = [str(r[0]) for r in shown.session.read().exec_driver_sql("SELECT id FROM action WHERE reference IN ('A-0002', 'A-0003') ORDER BY reference")]
    assert heard[1:] == [{ids[1]}, {ids[0]}]


def test_a_store_that_was_let_go_is_not_read_through_any_more(shown: Shown) -> None:
    """The window reads the file through a moment after it was opened; by then it may be closed, and another in its place."""
    told: list[str] = []
    messages.shown.connect(lambda _, text: told.append(text))
    shown.tasks.stop()
    shown.session.store.close()
    shown.tasks.read_through(told.append)
    assert shown.tasks._through is None
    QTest.qWait(100)
    assert told == []
