"""A list in groups on screen: headings above each group's first row, the rows chosen and counted as before."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.ui.menus import handed_to
from tests.ui.test_window import Shown, settle
from vawg_desktop.services import list_filters, office
from vawg_desktop.services.list_groups import Group
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.ui.pages import list_acts, list_views
from vawg_desktop.ui.pages.list_views import GROUPED, view_from_json, view_to_json

SPOKEN = Qt.ItemDataRole.AccessibleTextRole


def grouped(shown: Shown, key: str, place: str = "recommendation") -> Any:
    page: Any = shown.go(place)
    page.views._group(key)
    settle(shown.tasks)
    return page


def heights(page: Any) -> list[int]:
    return [page.view.rowHeight(place) for place in range(page.model.rowCount())]


def test_the_first_row_of_a_group_has_room_for_its_heading_and_speaks_it(shown: Shown) -> None:
    page = grouped(shown, "pillar")
    first = sorted(page.model.headings)
    tall = [place for place, high in enumerate(heights(page)) if high > min(heights(page))]
    assert first and tall == first
    spoken = str(page.model.data(page.model.index(0, 0), SPOKEN))
    assert spoken.startswith(f"{page.model.headings[0].words}, {page.model.headings[0].count}: R-")
    assert sum(g.count for g in page.model.headings.values()) == page.model.rowCount()
    page.views._group("")
    settle(shown.tasks)
    assert not page.model.headings and len(set(heights(page))) == 1


def test_rows_are_chosen_and_filtered_in_groups_as_before(shown: Shown) -> None:
    page = grouped(shown, "lead")
    page.view.setFocus()
    second = sorted(page.model.headings)[1]
    page.view.choose(second)
    settle(shown.tasks)
    assert page.pane.wanted == str(page.model.row(second)["id"])
    page.filter.setText("victims")
    page._on_filters()
    settle(shown.tasks)
    assert page.query.group == "lead" and 0 < sum(g.count for g in page.model.headings.values()) == page.model.rowCount()
    page.show_all()
    settle(shown.tasks)
    assert page.query.group == "lead"


def test_a_grouping_is_kept_for_the_store_and_in_a_saved_view(shown: Shown) -> None:
    grouped(shown, "pillar")
    assert office.local_values(shown.session, GROUPED) == {"recommendation": "pillar"}
    again = Shown(shown.session)
    page: Any = again.go("recommendation")
    settle(again.tasks)
    assert page.query.group == "pillar" and page.model.headings and page.views.text() == "View: all, grouped"
    again.close()
    query = ListQuery("action", group="accountable")
    assert view_from_json(view_to_json(query)) == query
    assert view_from_json(view_to_json(query).replace("accountable", "a field of long ago")).group == ""


def test_a_copied_list_says_the_group_that_no_column_says(shown: Shown) -> None:
    page = grouped(shown, "pillar", "action")
    page.view.clearSelection()
    page.outputs.copy_rows()
    settle(shown.tasks)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[0] == "Pillar" and lines[1].split("\t")[0] == page.model.headings[0].words


def test_the_view_button_offers_the_groupings(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[str] = []

    def look(menu: QMenu) -> None:
        by = next(a.menu() for a in menu.actions() if a.text() == "Group by")
        assert isinstance(by, QMenu)
        offered.extend(a.text() + (" *" if a.isChecked() else "") for a in by.actions())

    monkeypatch.setattr(list_views, "QMenu", handed_to(look))
    page = grouped(shown, "pillar", "action")
    page.views.click()
    settle(shown.tasks)
    assert offered[:3] == ["Nothing", "Pillar *", "Accountable body"]


def test_a_figure_opened_on_a_grouped_list_stands_in_its_groups_and_the_button_says_what_is_so(shown: Shown) -> None:
    """The figure's list lost its groups, while the button went on saying that it had them."""
    page = grouped(shown, "pillar", "action")
    shown.window.open_list(ListQuery("action", where=(Where("no_date", "yes"),)), "No date set")
    settle(shown.tasks)
    assert page.query.group == "pillar" and page.model.headings and page.views.text() == "View: all, grouped"
    page.views._use("all", ListQuery("action", group="pillar"))
    page.views._group("")
    settle(shown.tasks)
    assert not page.model.headings and page.views.text() == "View: all"
    page.show_all()
    settle(shown.tasks)
    assert not page.model.headings


def test_groups_that_changed_between_two_reads_are_shown_anew(shown: Shown) -> None:
    page = grouped(shown, "pillar")
    numbers, groups = page.model.numbers(range(page.model.rowCount())), list(page.model.headings.values())
    fewer = [Group(groups[0].words, groups[0].count - 1), Group(groups[1].words, groups[1].count + 1), *groups[2:]]
    page.model.complete(numbers, fewer)
    assert [g.count for g in page.model.headings.values()] == [g.count for g in fewer]
    assert sorted(page.model.headings) == [sum(g.count for g in fewer[:n]) for n in range(len(fewer))]


def test_the_fields_of_filter_by_are_walked_by_the_arrows(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first field's values opened at once and took the keys: the second field was out of reach."""
    active: list[str] = []

    def walk(menu: QMenu) -> None:
        for _ in range(3):
            active.append(menu.activeAction().text())
            QTest.keyClick(menu, Qt.Key.Key_Down)

    monkeypatch.setattr(list_acts, "QMenu", handed_to(walk))
    page: Any = shown.go("action")
    list_acts.ask_filter(page)
    settle(shown.tasks)
    assert active == [one.words for one in list_filters.offered(shown.session, "action")][:3] and len(set(active)) == 3


def test_meetings_and_updates_begin_with_the_newest_and_the_heading_says_so(shown: Shown) -> None:
    for kind, key in (("meeting", "date"), ("update", "reference"), ("action", "reference")):
        page: Any = shown.go(kind)
        settle(shown.tasks)
        header = page.view.horizontalHeader()
        newest = kind != "action"
        assert page.model.columns[header.sortIndicatorSection()].key == key
        assert (header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder) == newest
        rows = [str(page.model.row(place)[key]) for place in range(page.model.rowCount())]
        assert rows == sorted(rows, reverse=newest), kind
