"""What strangers saw in the window: lateness of a past day, parts of a record that came, words that were dropped, dialogs beyond the screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QApplication, QPushButton, QTreeWidget, QTreeWidgetItem

from tests.clock import CLOCK, TODAY
from tests.ui.test_window import Shown
from vawg_desktop.domain.entities import ACTION, telling_of
from vawg_desktop.domain.terms import RATING
from vawg_desktop.services import agenda, meeting_notes, records, show, undoing
from vawg_desktop.services.records import Assignment
from vawg_desktop.ui.columns import columns_of
from vawg_desktop.ui.commands import offers
from vawg_desktop.ui.dialogs.form import Form, keep_on_screen
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.models.list_model import cell_words, is_late
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.charts import RatingBars
from vawg_desktop.ui.widgets.common import Section, label
from vawg_desktop.ui.widgets.editors import RefEditor
from vawg_desktop.ui.widgets.list_view import _in_two
from vawg_desktop.ui.widgets.plain_table import PlainTable


def test_lateness_is_of_the_day_that_is_looked_at() -> None:
    due = next(c for c in columns_of("action") if c.kind == "due")
    row: dict[str, Any] = {"due": "2026-11-09", "revised_due": None, "status": "in_progress", "x_due": "2026-11-09"}
    before, after = TODAY.replace(month=9), TODAY
    assert is_late(ACTION, row, after) and not is_late(ACTION, row, before)
    assert cell_words(ACTION, row, due, after).endswith("late") and not cell_words(ACTION, row, due, before).endswith("late")


def test_what_comes_to_a_record_shows_on_it_at_once(shown: Shown) -> None:
    meeting = records.create(shown.session, "meeting", {"title": "Q3 board", "body": "PDB", "date": (TODAY + timedelta(days=9)).isoformat()})[0]
    page: Any = shown.go("meeting")
    settle(shown.tasks)
    page.go_to(meeting)
    settle(shown.tasks)
    shown.tasks.write(lambda s: meeting_notes.speak_of(s, meeting, "A-0005").changes)
    settle(shown.tasks)
    title = agenda.items(shown.session, meeting)[0]["title"]
    assert any(str(title) in b.text() for b in page.findChildren(QPushButton) if b.isVisible())


@pytest.mark.parametrize(("kind", "part"), [("meeting", "agenda_item"), ("meeting", "attendance"), ("meeting", "challenge"), ("partner", "contact"), ("recommendation", "response"), ("action", "update"), ("survey", "survey_question")])
def test_a_record_is_read_again_when_a_part_of_it_changes(kind: str, part: str) -> None:
    assert part in telling_of(kind)


def test_no_word_is_dropped_between_two_lines() -> None:
    metrics = QFontMetrics(theme.font())
    words = "Audit an offer for employers on harassment at work in Harlstone"
    for width in range(metrics.horizontalAdvance("harassment") + 1, metrics.horizontalAdvance(words)):
        first, second = _in_two(metrics, words, width)
        assert "…" not in first
        assert "…" in second or f"{first} {second}" == words


@pytest.mark.parametrize(("before", "after"), [
    ("A-0004 Train staff: Status: In progress → Stopped", "A-0004 Train staff: Status: In progress again (it was Stopped)"), ("2 records added", "2 records added"),
])  # fmt: skip
def test_what_is_undone_says_what_holds_again(before: str, after: str) -> None:
    assert undoing.taken_back(before) == after


def test_undo_in_the_window_says_what_the_field_holds_again(shown: Shown) -> None:
    records.assign(shown.session, "A-0005", [Assignment("status", "in_progress")], None)
    records.assign(shown.session, "A-0005", [Assignment("status", "stopped")], None)
    with patch.object(messages, "tell") as tell:
        shown.tasks.undo()
        settle(shown.tasks)
    assert "In progress again (it was Stopped)" in str(tell.call_args_list)


def test_a_form_that_is_higher_than_the_screen_stays_on_it(shown: Shown) -> None:
    dialog = Form(shown.window)
    from PySide6.QtWidgets import QVBoxLayout

    box = QVBoxLayout(dialog)
    for n in range(80):
        box.addWidget(label(f"Line {n}"))
    box.addWidget(QPushButton("Save"))
    keep_on_screen(dialog)
    assert dialog.height() <= dialog.screen().availableSize().height()
    dialog.deleteLater()


def test_the_past_offers_nothing_new(shown: Shown) -> None:
    CLOCK.go_to(TODAY + timedelta(days=2))
    shown.window.as_at.go((TODAY + timedelta(days=1)).isoformat())
    settle(shown.window.tasks)
    page: Any = shown.window.go("action")
    settle(shown.window.tasks)
    assert not page._new.isVisible() and not [s for s in page.findChildren(Section) if hasattr(s, "add") and s.add.isVisible()]
    shown.window.as_at.back()
    settle(shown.window.tasks)
    page = shown.window.go("action")
    settle(shown.window.tasks)
    assert page._new.isVisible()
    CLOCK.go_to(TODAY)


def test_overdue_is_found_by_its_word(shown: Shown) -> None:
    (one,) = [o for o in offers(shown.window) if o.words == "Actions: overdue"]
    one.do()
    settle(shown.tasks)
    page: Any = shown.window.here()
    assert page.entity == "action" and [(w.field, w.value) for w in page.query.where] == [("overdue", "yes")]
    QApplication.processEvents()


def test_the_record_that_a_field_names_stands_with_its_title(shown: Shown) -> None:
    update = records.create(shown.session, "update", {"action": "A-0005", "narrative": "Two schools."})[0]
    page: Any = shown.go("update")
    settle(shown.tasks)
    page.go_to(update)
    settle(shown.tasks)
    (field,) = [f for f in page.findChildren(RefEditor) if f.spec.key == "action" and f.isVisible()]
    action = show.record(shown.session, "A-0005")
    assert field.typed() == f"A-0005 {action.title}"
    field.leave()  # what is shown is not taken for something typed
    settle(shown.tasks)
    assert show.record(shown.session, update).cells["action"] == action.id


def test_a_narrow_list_keeps_the_rating_and_the_date(shown: Shown) -> None:
    page: Any = shown.go("action")
    settle(shown.tasks)
    view, columns = page.view, columns_of("action")
    fixed = sum(theme.px(c.width) for c in columns if c.kind in ("rating", "due")) + theme.px(columns[0].width)
    for title, kept in ((theme.px(180), True), (theme.px(160), False)):
        view.setFixedWidth(fixed + title + view.width() - view.viewport().width())
        QApplication.processEvents()
        there = {c.kind for n, c in enumerate(columns) if not view.isColumnHidden(n)}
        assert ("due" in there) is kept and {"rating", "title"} <= there


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_a_ticked_box_of_a_tree_is_seen_on_a_chosen_row(qapp: QApplication, name: str) -> None:
    """In high contrast a chosen row is as yellow as a ticked box: the box has an edge, seen above its dash."""
    theme.apply(name, 1.0, "normal")
    tree = QTreeWidget()
    top = QTreeWidgetItem(["Overdue"])
    tree.addTopLevelItem(top)
    top.setCheckState(0, Qt.CheckState.PartiallyChecked)
    tree.setCurrentItem(top)
    tree.resize(300, 60)
    tree.show()
    qapp.processEvents()
    row, picture = tree.visualItemRect(top), tree.viewport().grab().toImage()
    assert row.height() >= 28
    seen = {picture.pixelColor(x, row.center().y() - 5).name().upper() for x in range(row.left(), row.left() + 24)}
    assert {theme.colours.accent.upper(), theme.colours.surface.upper()} <= seen
    tree.close()
    theme.apply("light", 1.0, "normal")


def test_a_rating_is_told_in_the_bars_without_its_colour(qapp: QApplication) -> None:
    theme.apply("light", 1.0, "normal")
    parts = [(r.key, r.label) for r in RATING]
    masks: set[bytes] = set()
    for part, _ in parts:
        bars = RatingBars([("prevention", "Prevention")], [*parts, ("not_rated", "Not rated")], "Ratings")
        bars.resize(400, 40)
        bars.set_counts({"prevention": {part: 1, "not_rated": 1}})
        fill, words = bars.colours_of(part)
        box = next(b.box for b in bars._bars if b.part == part)
        seen = bars.grab().toImage().copy(box.toRect().adjusted(4, 4, -4, -4))

        def is_mark(colour: QColor, fill: QColor = fill, words: QColor = words) -> bool:
            to_fill, to_words = (abs(colour.red() - c.red()) + abs(colour.green() - c.green()) + abs(colour.blue() - c.blue()) for c in (fill, words))
            return to_words < to_fill

        masks.add(bytes(is_mark(seen.pixelColor(x, y)) for y in range(seen.height()) for x in range(seen.width())))
        assert all(any(m) for m in masks)
    assert len(masks) == len(parts)


def test_numbers_stand_near_their_words_on_a_wide_page(qapp: QApplication) -> None:
    table = PlainTable(("Quarter to", "Complete", "All"), "Progress")
    table.resize(1600, 200)
    table.show_rows([["30 September 2026", "156", "600"]])
    assert table.columnWidth(0) <= theme.px(280) and table.columnWidth(1) == table.columnWidth(2) == theme.px(130)
    table.resize(260, 200)
    table.show_rows([["30 September 2026", "156", "600"]])
    assert table.columnWidth(0) >= theme.px(120)


def test_no_number_of_a_bar_runs_into_the_next(qapp: QApplication) -> None:
    """On a region's store the parts are narrow and their numbers long."""
    theme.apply("light", 1.0, "normal")
    for count in range(20, 140):
        bars = RatingBars([("prevention", "Prevention")], [("green", "Green"), ("grey", "Grey"), ("amber", "Amber")], "Ratings")
        bars.resize(700, 40)
        bars.set_counts({"prevention": {"green": 900, "grey": count, "amber": 900}})
        grey, picture = next(b.box for b in bars._bars if b.part == "grey"), bars.grab().toImage()
        for x, part in ((grey.left() - 3, "green"), (grey.right() + 3, "amber")):
            fill = bars.colours_of(part)[0].name()
            assert {picture.pixelColor(int(x), y).name() for y in range(int(grey.top()) + 3, int(grey.bottom()) - 3)} == {fill}, count


def test_a_long_reference_is_never_cut(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    page: Any = shown.go("action")
    settle(shown.tasks)
    view, text = page.view, page.view._model.text
    monkeypatch.setattr(view._model, "text", lambda row, column: "U-194085" if column is view._model.columns[0] else text(row, column))
    view._fit_rows()
    assert view.columnWidth(0) >= QFontMetrics(theme.font()).horizontalAdvance("U-194085") + theme.px(18)
