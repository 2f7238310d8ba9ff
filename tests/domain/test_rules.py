"""Rules the domain owns, at their edges."""

from __future__ import annotations

import pytest

from tests.clock import TODAY
from vawg_desktop.domain import rules
from vawg_desktop.domain.conditions import meets
from vawg_desktop.domain.entities import ACTION, BY_KEY, RECOMMENDATION, UPDATE
from vawg_desktop.domain.errors import RuleError


@pytest.mark.parametrize(
    ("row", "late"),
    [
        ({"due": "2026-11-21", "status": "in_progress"}, True),
        ({"due": "2026-11-22", "status": "in_progress"}, False),
        ({"due": "2026-11", "status": "in_progress"}, False),
        ({"due": "2026-10", "status": "not_known"}, True),
        ({"due": "2026-10-01", "revised_due": "2027-01-01", "status": "in_progress"}, False),
        ({"due": "2027-10-01", "revised_due": "2026-01-01", "status": "in_progress"}, True),
        ({"due": "2026-01-01", "status": "complete"}, False),
        ({"due": "2026-01-01", "status": "stopped"}, False),
        ({"due": "2026-01-01", "status": "superseded"}, False),
        ({"status": "in_progress"}, False),
        ({"due": "2026-04/2027-03", "status": "in_progress"}, False),
    ],
)
def test_overdue(row: dict[str, str], late: bool) -> None:
    with_due = {**row, "x_due": rules.due_day(ACTION, row)}
    assert meets("overdue", ACTION, with_due, TODAY) is late


def test_blue_needs_complete_and_level_two() -> None:
    base = {"title": "x", "rating_opcc": "blue"}
    for row in ({**base, "status": "complete"}, {**base, "status": "in_progress", "verification": "3"}):
        assert [b.rule for b in rules.broken_rules(ACTION, row)] == ["blue"]
    assert rules.broken_rules(ACTION, {**base, "status": "complete", "verification": "2"}) == []


def test_closure_is_earned() -> None:
    row = {"title": "x", "status": "closed", "outcome_statement": "It works", "closed_by": "A Person",
           "closure_route": "delivered"}  # fmt: skip
    assert rules.broken_rules(RECOMMENDATION, {**row, "closure_agreed_by": "a  person"}, evidence=1)
    assert rules.broken_rules(RECOMMENDATION, {**row, "closure_agreed_by": "Another"}) != []
    assert rules.broken_rules(RECOMMENDATION, {**row, "closure_agreed_by": "Another"}, evidence=1) == []


def test_what_a_merge_left_broken_may_be_mended() -> None:
    broken = {"title": None, "status": "in_progress"}
    rules.refuse_broken(ACTION, broken, {**broken, "status": "complete"})
    with pytest.raises(RuleError):
        rules.refuse_broken(ACTION, {"title": "x"}, {"title": None})


def test_updates_are_kept_as_given() -> None:
    with pytest.raises(RuleError):
        rules.refuse_immutable(UPDATE, ["narrative"])
    rules.refuse_immutable(UPDATE, ["deleted", "note"])


@pytest.mark.parametrize(
    ("dues", "count"),
    [([], 0), (["2026-01-01"], 0), (["2026-01-01", "2026-02-01", "2026-01-15", "2026-03-01"], 2), ([None, "2026-01-01"], 0), (["2026-Q1", "2026-03-31"], 0)],
)  # fmt: skip
def test_slips(dues: list[str | None], count: int) -> None:
    assert rules.slips(dues) == count


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ({"closure_route": None}, "closure route"),
        ({"closure_route": "duplicate"}, "replaces it"),
        ({"closure_route": "duplicate", "superseded_by": "some id"}, ""),
        ({"closing_authority": "inspectorate"}, "where the inspectorate agreed"),
        ({"closing_authority": "panel"}, "where the Police and Crime Panel agreed"),
        ({"closing_authority": "panel", "authority_agreement": "Minute 7 of 3 June"}, ""),
        ({"closing_authority": "office"}, ""),
    ],
)
def test_who_may_close_and_by_which_route(cells: dict[str, str | None], missing: str) -> None:
    row = {"title": "x", "status": "closed", "outcome_statement": "It works", "closed_by": "A Person",
           "closure_agreed_by": "Another", "closure_route": "delivered", **cells}  # fmt: skip
    said = [b.message for b in rules.broken_rules(RECOMMENDATION, row, 1)]
    assert (missing in said[0]) if missing else said == []


def test_only_a_closed_recommendation_is_closed_in_a_way_that_has_to_be_earned() -> None:
    recommendation, gap = BY_KEY["recommendation"], BY_KEY["gap"]
    assert rules.closes(recommendation, {"status": "closed"})
    assert not rules.closes(recommendation, {"status": "open"})
    assert not rules.closes(recommendation, {})
    assert not rules.closes(gap, {"status": "closed"})


@pytest.mark.parametrize(
    ("words", "joined"), [([], ""), (["one"], "one"), (["one", "two"], "one and two"), (["one", "two", "three"], "one, two and three")]
)
def test_words_are_joined_as_they_are_spoken(words: list[str], joined: str) -> None:
    assert rules.join(words) == joined


def test_a_partial_date_ends_with_its_last_day() -> None:
    assert (rules.last_day_of("2026-04"), rules.last_day_of("2026"), rules.last_day_of(None), rules.last_day_of("")) == ("2026-04-30", "2026-12-31", "", "")
    assert rules.due_day(ACTION, {"due": "2026-04", "revised_due": "2026-Q3"}) == "2026-09-30"


def test_a_gap_weighs_how_severe_times_how_often() -> None:
    assert (rules.weight({"severity": "3", "frequency": "4"}), rules.weight({"severity": "3"}), rules.weight({"severity": "high", "frequency": "4"})) == (12, None, None)
