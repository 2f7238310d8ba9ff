"""A record's page: what its layout leaves out is still shown, and links of every kind stand in one place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from tests.ui.test_window import Shown
from vawg_desktop.domain.entities import ACTION, BY_KEY, EVIDENCE, GAP, PARTNER, RECOMMENDATION
from vawg_desktop.domain.fields import links, text
from vawg_desktop.services import show
from vawg_desktop.services.lists import ListQuery, Where, count
from vawg_desktop.services.records import ADD, Assignment, add_update, assign, create, set_link
from vawg_desktop.services.session import Session
from vawg_desktop.ui.layouts import LAYOUTS, layout_of
from vawg_desktop.ui.sections import linked
from vawg_desktop.ui.sections.base import SHOWN
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.common import RowButton, Section
from vawg_desktop.ui.widgets.record_pane import RecordPane


@pytest.mark.parametrize("key", LAYOUTS)
def test_a_new_field_is_seen_without_a_line_in_the_layout(key: str) -> None:
    spec = BY_KEY[key]
    grown = replace(spec, fields=(*spec.fields, text("new_one", "New one"), links("new_set", "New set", "meeting")))
    groups = layout_of(grown)
    assert [g.title for g in groups if "new_one" in g.fields] == [g.title for g in groups if "new_set" in g.fields] == ["More"]
    assert groups[-1].title == "@history" and {g.title for g in layout_of(spec)} <= {g.title for g in groups}


def test_what_joins_two_kinds_is_found_from_either_side() -> None:
    assert linked.joined(RECOMMENDATION, ACTION) == (ACTION, ACTION.by_key["recommendations"])
    assert linked.joined(ACTION, RECOMMENDATION) == (ACTION, ACTION.by_key["recommendations"])
    assert linked.joined(EVIDENCE, ACTION) == (EVIDENCE, EVIDENCE.by_key["actions"])
    assert linked.joined(ACTION, GAP) == (GAP, GAP.by_key["actions"])
    assert linked.joined(PARTNER, EVIDENCE) is None


def page_of(sample: Session, entity: str, id: str) -> tuple[Shown, RecordPane]:
    """A window on a record, its page drawn."""
    shown = Shown(sample)
    shown.window.open_record(id)
    settle(shown.window.tasks)
    page: Any = shown.go(entity)
    return shown, page.pane


def rows_of(pane: RecordPane) -> list[str]:
    """The linked records that stand in sight."""
    return [row.text() for row in pane.findChildren(RowButton) if row.isVisible()]


def test_a_gap_that_an_action_answers_is_shown_on_the_action(qtbot: object, sample: Session) -> None:
    gap = create(sample, "gap", {"statement": "No advocate in the evening"})[0]
    action = next(str(r[0]) for r in sample.read().exec_driver_sql("SELECT id FROM action WHERE reference = 'A-0001'"))
    set_link(sample, "gap", "actions", gap, action)
    shown, pane = page_of(sample, "action", action)
    rows = rows_of(pane)
    shown.close()
    assert any("No advocate in the evening" in words for words in rows), rows


def test_a_linked_title_that_has_no_room_ends_in_dots(qtbot: object, sample: Session) -> None:
    """Cut off in the middle of a letter, it reads as if that were all."""
    long = "Ask every officer who goes to a call at night to write down what became of it " * 2
    partner = str(sample.read().exec_driver_sql("SELECT id FROM partner WHERE short_name = 'HMCTS'").one()[0])
    create(sample, "action", {"title": long, "accountable": partner})
    shown, pane = page_of(sample, "partner", partner)
    (row,) = [b for b in pane.findChildren(RowButton) if long.strip()[:40] in b.text()]
    drawn, name = QPushButton.text(row), row.accessibleName()
    whole = row.text()
    shown.close()
    assert drawn.endswith("…") and whole.endswith(long.strip()) and name.endswith(long.strip())


def test_links_that_only_more_can_edit_are_seen_without_opening_it(qtbot: object, sample: Session) -> None:
    gap = create(sample, "gap", {"statement": "No advocate in the evening"})[0]
    proof = create(sample, "evidence", {"title": "A survey of calls at night"})[0]
    set_link(sample, "gap", "evidence", gap, proof)
    shown, pane = page_of(sample, "gap", gap)
    rows, editable = rows_of(pane), "evidence" in pane.shown_sets()
    shown.close()
    assert any("A survey of calls at night" in words for words in rows), rows
    assert editable


def test_of_many_linked_records_the_first_are_shown_and_all_are_counted_and_one_press_away(qtbot: object, sample: Session) -> None:
    """A police force contributes to eight hundred actions: their rows took the window five seconds, and sixty were called all it answers for."""
    partner = str(sample.read().exec_driver_sql("SELECT id FROM partner WHERE short_name = 'HMCTS'").one()[0])
    before = {kind: count(sample, ListQuery("action", where=(Where(kind, partner),))) for kind in ("accountable", "contributors")}
    for number in range(65):
        create(sample, "action", {"title": f"Answered for {number}", "accountable": partner})
        create(sample, "action", {"title": f"Helped with {number}", "contributors": partner})
    shown, pane = page_of(sample, "partner", partner)
    rows = rows_of(pane)
    assert sum("Answered for" in r for r in rows) == SHOWN - before["accountable"]
    assert sum("Helped with" in r for r in rows) == SHOWN - before["contributors"]
    counted = [w.text() for s in pane.findChildren(Section) if s.isVisible() for w in [s.count] if "accountable" in s._title.text()]
    assert counted == [str(65 + before["accountable"])]
    for kind, words in (("accountable", "Accountable body: "), ("contributors", "Contributors: ")):
        shown.window.open_record(partner)
        settle(shown.tasks)
        (every,) = [b for b in pane.findChildren(QPushButton) if b.isVisible() and b.text() == f"All {65 + before[kind]}"][:1]
        every.click()
        settle(shown.tasks)
        page: Any = shown.window._pages["action"]
        assert shown.window._key == "action" and page.query.where == (Where(kind, partner),)
        assert page.model.rowCount() == 65 + before[kind]
        chips = [b.text() for b in page.findChildren(QPushButton) if b.isChecked() and b.isVisible() and b.property("chip")]
        assert [c for c in chips if c.startswith(words)] and not [c for c in chips if ": " in c and not c.startswith(words)]
        assert len([c for c, _ in page._chips if ": " in c.text()]) == 1  # the one before it is gone
    shown.close()


def test_a_recommendation_counts_every_update_of_its_actions(qtbot: object, sample: Session) -> None:
    action = create(sample, "action", {"title": "Told of often", "recommendations": "R-0001"})[0]
    rows = len(show.record(sample, "R-0001").updates)
    for number in range(55):
        add_update(sample, action, {"narrative": f"Told {number}"})
    assert len(show.record(sample, "R-0001").updates) == rows + 55


def test_the_history_of_a_body_names_the_record_that_a_link_is_of(qtbot: object, sample: Session) -> None:
    partner = str(sample.read().exec_driver_sql("SELECT id FROM partner WHERE short_name = 'HMCTS'").one()[0])
    assign(sample, "A-0018", [Assignment("contributors", partner, ADD)], "asked for")
    shown, pane = page_of(sample, "partner", partner)
    told = [w.text() for w in pane.findChildren(QLabel) if w.isVisible()]
    shown.close()
    (head,) = [n for n, words in enumerate(told) if words.endswith(": A-0018 (asked for)")]
    assert told[head + 1].startswith("Contributors: "), told
