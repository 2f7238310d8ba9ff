"""When a recommendation or a gap may close, test by test."""

from __future__ import annotations

import pytest

from vawg_desktop.domain import closing
from vawg_desktop.domain.closing import Proof
from vawg_desktop.domain.entities import ACTION, BY_KEY, RECOMMENDATION
from vawg_desktop.domain.errors import RuleError

GAP = BY_KEY["gap"]
PROVED = Proof(2, frozenset({"action_evidenced", "measure_moved", "victims_heard", "recheck"}), frozenset({"A. Officer", "B. Second"}))
DELIVERED = {"closure_route": "delivered", "outcome_statement": "Victims wait three weeks less."}


def left(spec: closing.EntitySpec, row: dict[str, str], proof: Proof = PROVED) -> list[str]:
    return [one.test for one in closing.missing(spec, row, proof)]


def test_nothing_is_missing_where_all_five_tests_are_answered_and_two_signed() -> None:
    assert left(RECOMMENDATION, DELIVERED) == []
    closing.refuse_unearned(RECOMMENDATION, DELIVERED, PROVED)


def test_everything_is_named_where_nothing_is_there() -> None:
    told = closing.missing(RECOMMENDATION, {}, Proof())
    assert [t.test for t in told] == ["closure_route", "outcome_statement", "action_evidenced", "action_evidenced", "measure_moved", "victims_heard", "recheck", "signed"]
    assert all(t.message.endswith(".") for t in told) and "two" not in told[-1].message and "a second person have to sign" in told[-1].message
    with pytest.raises(RuleError, match="Closure is earned: this recommendation still needs more") as refused:
        closing.refuse_unearned(RECOMMENDATION, {}, Proof())
    assert refused.value.code == "rule_closure" and all(t.message in refused.value.message for t in told)


def test_each_proof_that_is_absent_is_told_by_itself() -> None:
    for test in ("action_evidenced", "measure_moved", "victims_heard", "recheck"):
        assert left(RECOMMENDATION, DELIVERED, Proof(1, PROVED.tests - {test}, PROVED.signers)) == [test]
    assert left(RECOMMENDATION, DELIVERED, Proof(0, PROVED.tests, PROVED.signers)) == ["action_evidenced"]
    (signed,) = closing.missing(RECOMMENDATION, DELIVERED, Proof(1, PROVED.tests, frozenset({"A. Officer"})))
    assert (signed.test, signed.message) == ("signed", "A second person has to sign.")


def test_a_gap_of_the_lowest_severity_needs_the_first_test_and_the_signing_only() -> None:
    lowest = {**DELIVERED, "severity": "1"}
    assert left(GAP, lowest, Proof(1, frozenset({"action_evidenced"}), PROVED.signers)) == []
    assert left(GAP, lowest, Proof(0, frozenset(), frozenset())) == ["action_evidenced", "action_evidenced", "signed"]
    assert left(GAP, {**DELIVERED, "severity": "2"}, Proof(1, frozenset({"action_evidenced"}), PROVED.signers)) == ["measure_moved", "victims_heard", "recheck"]


@pytest.mark.parametrize(
    ("spec", "row", "missing"),
    [
        (RECOMMENDATION, {"closure_route": "superseded", "outcome_statement": "x"}, ["superseded_by"]),
        (RECOMMENDATION, {"closure_route": "superseded", "outcome_statement": "x", "superseded_by": "id"}, []),
        (RECOMMENDATION, {"closure_route": "transferred", "outcome_statement": "x"}, ["transferred_to"]),
        (RECOMMENDATION, {"closure_route": "transferred", "transferred_to": "id"}, ["outcome_statement"]),
        (RECOMMENDATION, {**DELIVERED, "closing_authority": "inspectorate"}, ["authority_agreement"]),
        (RECOMMENDATION, {**DELIVERED, "closing_authority": "office"}, []),
    ],
)
def test_other_ways_of_closing_need_what_stands_in_their_place(spec: closing.EntitySpec, row: dict[str, str], missing: list[str]) -> None:
    assert left(spec, row) == missing


def test_what_closes_and_what_opens_again() -> None:
    assert closing.is_closing(RECOMMENDATION, {"status": "open"}, {"status": "closed"}) and closing.is_closing(RECOMMENDATION, None, {"status": "closed"})
    assert not closing.is_closing(RECOMMENDATION, {"status": "closed"}, {"status": "closed"}) and not closing.is_closing(ACTION, {"status": "x"}, {"status": "closed"})
    assert closing.is_opening(RECOMMENDATION, {"status": "closed"}, {"status": "open"})
    assert not closing.is_opening(RECOMMENDATION, {"status": "closed"}, {"title": "Other words"}) and not closing.is_opening(ACTION, {"status": "closed"}, {"status": "open"})


def test_nothing_is_superseded_by_nothing() -> None:
    with pytest.raises(RuleError, match="Superseded by what"):
        closing.refuse_unreplaced(RECOMMENDATION, {"status": "open"}, {"status": "superseded"})
    with pytest.raises(RuleError, match="Superseded by what"):
        closing.refuse_unreplaced(RECOMMENDATION, None, {"status": "superseded"})
    closing.refuse_unreplaced(RECOMMENDATION, {"status": "open"}, {"status": "superseded", "superseded_by": "id"})
    closing.refuse_unreplaced(RECOMMENDATION, {"status": "superseded"}, {"status": "superseded", "title": "As it came from an old tracker"})
    closing.refuse_unreplaced(ACTION, {"status": "open"}, {"status": "superseded"})
