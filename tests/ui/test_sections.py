"""A record's page: what its layout leaves out is still shown, and links of every kind stand in one place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton

from tests.ui.test_window import Shown
from vawg_desktop.domain.entities import ACTION, BY_KEY, EVIDENCE, GAP, PARTNER, RECOMMENDATION
from vawg_desktop.domain.fields import links, text
from vawg_desktop.services.records import create, set_link
from vawg_desktop.services.session import Session
from vawg_desktop.ui.layouts import LAYOUTS, layout_of
from vawg_desktop.ui.sections import linked
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.common import RowButton
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
