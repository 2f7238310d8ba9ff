"""A window as low as a small screen at 200% leaves it: a place's pages on one line, a survey's results with room, and what an empty bin says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.exchange.test_survey_in import table, written
from tests.services.test_journey import sample_store
from tests.services.test_survey_results import HEAD, rows_at_random
from tests.ui.test_window import Shown
from vawg_desktop.services import surveys
from vawg_desktop.ui import place_page
from vawg_desktop.ui.place_page import PlacePage
from vawg_desktop.ui.tour import settle


@pytest.fixture
def low(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    made = Shown(sample_store(tmp_path))
    surveys.take_in(made.session, written(tmp_path, table([HEAD, *rows_at_random(400, 21)]), "Safety survey.csv"))
    made.window.resize(683, 384)
    yield made
    made.close()
    made.tasks.stop()
    made.session.store.close()


def chips(page: Any) -> tuple[list[str], QPushButton]:
    place = page
    while not isinstance(place, PlacePage):
        place = place.parentWidget()
    buttons = place.findChildren(QPushButton)
    buttons = [b for b in buttons if b.property("chip")]
    return [b.text() for b in buttons if not b.isHidden()], next(b for b in buttons if b.text() == "More")


def test_pages_of_a_place_take_one_line_and_the_rest_are_under_more(low: Shown) -> None:
    page: Any = low.go("survey_results")
    settle(low.tasks)
    told, more = chips(page)
    assert told[0] == "Results" and told[-1] == "More" and len({b.y() for b in page.window().findChildren(QPushButton) if b.property("chip") and b.isVisible()}) == 1
    offered: list[str] = []
    with patch.object(place_page, "pop_up", lambda menu, *_: offered.extend(a.text() for a in menu.actions())):
        more.click()
    assert {*offered} | {*told} >= {"Results", "Surveys", "Codes", "Safeguarding concerns"} and not {*offered} & {*told}
    codes: Any = low.go("code")
    assert "Codes" in chips(codes)[0]  # the page shown is always among them
    low.window.resize(1366, 768)
    settle(low.tasks)
    assert "More" not in chips(codes)[0]


def test_questions_of_a_survey_are_a_list_that_opens(low: Shown) -> None:
    page: Any = low.go("survey_results")
    settle(low.tasks)
    assert page.question.isVisible() and not page._list.isVisible()
    place = page.question.findText("District")
    page.question.setCurrentIndex(place)
    page.question.meant.emit(place)
    settle(low.tasks)
    assert page._wording.text() == "District" and page.table.viewport().height() >= 3 * page.table.rowHeight(0)
    low.window.resize(1366, 768)
    settle(low.tasks)
    assert page._list.isVisible() and not page.question.isVisible()


def test_an_empty_bin_says_so_and_an_empty_filter_too(low: Shown) -> None:
    page: Any = low.go("recommendation")
    settle(low.tasks)
    page.query = replace(page.query, bin=True)
    page.load()
    settle(low.tasks)
    assert page._no_match.text.text() == "No recommendations have been deleted."
    page.query = replace(page.query, bin=False, words="zzzz")
    page.load()
    settle(low.tasks)
    assert page._no_match.text.text() == "No recommendations match this filter."
