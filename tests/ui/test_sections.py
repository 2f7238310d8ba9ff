"""A record's page: what its layout leaves out is still shown, and links of every kind stand in one place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from tests.ui.test_window import Shown
from vawg_desktop.domain.entities import ACTION, BY_KEY, EVIDENCE, GAP, PARTNER, RECOMMENDATION
from vawg_desktop.domain.fields import links, text
from vawg_desktop.services.records import create, set_link
from vawg_desktop.services.session import Session
from vawg_desktop.ui.layouts import LAYOUTS, layout_of
from vawg_desktop.ui.sections import linked
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.common import RowButton


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


def test_a_gap_that_an_action_answers_is_shown_on_the_action(qtbot: object, sample: Session) -> None:
    gap = create(sample, "gap", {"statement": "No advocate in the evening"})[0]
    action = next(str(r[0]) for r in sample.read().exec_driver_sql("SELECT id FROM action WHERE reference = 'A-0001'"))
    set_link(sample, "gap", "actions", gap, action)
    shown = Shown(sample)
    shown.window.open_record(action)
    settle(shown.window.tasks)
    page = shown.window.go("action")
    settle(shown.window.tasks)
    words = [w.text() for kind in (QLabel, QPushButton) for w in page.pane.findChildren(kind)]
    shown.close()
    assert any("No advocate in the evening" in w for w in words), words


def test_a_linked_title_that_has_no_room_ends_in_dots(qtbot: object, sample: Session) -> None:
    """Cut off in the middle of a letter, it reads as if that were all."""
    long = "Ask every officer who goes to a call at night to write down what became of it " * 2
    partner = str(sample.read().exec_driver_sql("SELECT id FROM partner WHERE short_name = 'HMCTS'").one()[0])
    create(sample, "action", {"title": long, "accountable": partner})
    shown = Shown(sample)
    shown.window.open_record(partner)
    settle(shown.window.tasks)
    page = shown.window.go("partner")
    settle(shown.window.tasks)
    (row,) = [b for b in page.pane.findChildren(RowButton) if long.strip()[:40] in b.text()]
    drawn, name = QPushButton.text(row), row.accessibleName()
    shown.close()
    assert drawn.endswith("…") and row.text().endswith(long.strip()) and name.endswith(long.strip())


def test_links_that_only_more_can_edit_are_seen_without_opening_it(qtbot: object, sample: Session) -> None:
    gap = create(sample, "gap", {"statement": "No advocate in the evening"})[0]
    proof = create(sample, "evidence", {"title": "A survey of calls at night"})[0]
    set_link(sample, "gap", "evidence", gap, proof)
    shown = Shown(sample)
    shown.window.open_record(gap)
    settle(shown.window.tasks)
    page = shown.window.go("gap")
    settle(shown.window.tasks)
    rows = [b.text() for b in page.pane.findChildren(RowButton) if b.isVisible()]
    editable = "evidence" in page.pane.shown_sets()
    shown.close()
    assert any("A survey of calls at night" in words for words in rows), rows
    assert editable
