"""The merge as pure functions: cases as files, and properties that hold whatever the order."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_desktop.domain import merge
from vawg_desktop.domain.merge import CellChange

CASES = sorted((Path(__file__).parents[1] / "cases" / "compare").glob("*.json"))
values = st.one_of(
    st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["a", "b", "a ", "", "a\r\n"])
)


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.stem)
def test_compare_case(case: Path) -> None:
    told = json.loads(case.read_text("utf-8"))
    for row in told["rows"]:
        kind = merge.compare(row["base"], row["current"], row["incoming"])
        assert kind.value == row["kind"], row


def test_there_are_cases() -> None:
    assert len(CASES) >= 4


@given(values, values, values)
def test_compare_is_symmetric_but_for_names(base: object, one: object, other: object) -> None:
    mirrored = {
        merge.Kind.INCOMING: merge.Kind.OURS, merge.Kind.OURS: merge.Kind.INCOMING,
    }  # fmt: skip
    there, back = merge.compare(base, one, other), merge.compare(base, other, one)  # type: ignore[arg-type]
    assert back == mirrored.get(there, there)


@given(values, values)
def test_unchanged_incoming_never_asks(base: object, current: object) -> None:
    assert merge.compare(base, current, base) in (merge.Kind.UNCHANGED, merge.Kind.OURS)  # type: ignore[arg-type]


@st.composite
def histories(draw: st.DrawFn) -> list[CellChange]:
    """Changes by up to three origins, each overwriting some heads its speaker saw."""
    changes = [CellChange("c0", "a", 1, draw(values))]  # type: ignore[arg-type]
    seqs = {"a": 1, "b": 0, "c": 0}
    for i in range(draw(st.integers(0, 7))):
        origin = draw(st.sampled_from("abc"))
        known = draw(st.lists(st.sampled_from(changes), min_size=1, unique_by=lambda s: s.id))
        over = frozenset(h.id for h in merge.heads_of(known))
        seqs[origin] += 1
        changes.append(CellChange(f"c{i + 1}", origin, seqs[origin], draw(values), over))  # type: ignore[arg-type]
    return changes


@given(histories(), st.randoms())
def test_order_of_arrival_changes_nothing(changes: list[CellChange], chance: object) -> None:
    shuffled = list(changes)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge.standing(changes) == merge.standing(shuffled)


@given(histories())
def test_repeating_changes_nothing(changes: list[CellChange]) -> None:
    assert merge.standing(changes + changes) == merge.standing(changes)


@given(histories())
def test_a_head_is_overwritten_by_nobody(changes: list[CellChange]) -> None:
    gone = {o for s in changes for o in s.overwrote}
    assert {h.id for h in merge.heads_of(changes)} == {s.id for s in changes} - gone


@given(histories())
def test_settling_overwrites_all_heads_and_ends_the_conflict(changes: list[CellChange]) -> None:
    heads = merge.heads_of(changes)
    settled = [*changes, CellChange("settle", "z", 1, "chosen", frozenset(h.id for h in heads))]
    standing = merge.standing(settled)
    assert not standing.conflicted
    assert standing.value == "chosen"


def test_two_edits_of_one_base_conflict_and_the_first_origin_stands() -> None:
    changes = [
        CellChange("c0", "a", 1, "old"), CellChange("c1", "b", 1, "theirs", frozenset({"c0"})),
        CellChange("c2", "a", 2, "ours", frozenset({"c0"})),
    ]  # fmt: skip
    for order in permutations(changes):
        standing = merge.standing(order)
        assert standing.conflicted
        assert standing.value == "ours"


def test_equal_values_of_two_heads_are_no_conflict() -> None:
    changes = [CellChange("c0", "a", 1, True), CellChange("c1", "b", 1, 1)]
    assert not merge.standing(changes).conflicted


def test_the_same_link_made_twice_has_one_id() -> None:
    assert merge.link_id("action.recommendations", "x", "y") == merge.link_id(
        "action.recommendations", "x", "y"
    )
    assert merge.link_id("action.recommendations", "x", "y") != merge.link_id(
        "action.recommendations", "y", "x"
    )


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [("a", "a", True), (None, "", True), (1, True, True), ("a \r\nb", "a\nb", True), ("a", "b", False), (0, None, False), ("1", 1, False), (False, None, False)],
)
def test_what_is_one_value_to_the_merge(one: object, other: object, are_same: bool) -> None:
    assert merge.same(one, other) is are_same  # type: ignore[arg-type]
    assert merge.same(other, one) is are_same  # type: ignore[arg-type]
