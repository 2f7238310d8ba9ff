"""Suppressed counts against an attack that tries every table there could be."""

from __future__ import annotations

import random
from itertools import product

import pytest

from vawg_desktop.analysis.suppression import Sum, bounds, hidden

LEAST = 5


def year(chance: random.Random) -> tuple[list[int], list[Sum]]:
    """Two quarters of three months and their half-year, small enough that every table there could be is tried."""
    months = [chance.choice([0, 1, 2, 3, 4, 6, 9, 14]) for _ in range(6)]
    quarters = [sum(months[:3]), sum(months[3:])]
    return [*months, *quarters, sum(quarters)], [Sum(6, (0, 1, 2)), Sum(7, (3, 4, 5)), Sum(8, (6, 7))]


def attacked(counts: list[int], kept: set[int]) -> dict[int, tuple[int, int]]:
    """The least and the most that each hidden count can be, by trying months: whoever attacks knows what is given and that each total is a sum."""
    most = [c if i not in kept else counts[8] if 8 not in kept else 60 for i, c in enumerate(counts[:6])]
    seen: dict[int, tuple[int, int]] = {}
    for quarter, places in ((6, (0, 1, 2)), (7, (3, 4, 5))):
        ways = [
            m for m in product(*(range(most[p] + 1) if p in kept else (counts[p],) for p in places)) if quarter in kept or sum(m) == counts[quarter]
        ]  # fmt: skip
        seen |= {p: (min(m[n] for m in ways), max(m[n] for m in ways)) for n, p in enumerate(places) if p in kept}
    return seen


@pytest.mark.parametrize("seed", range(250))
def test_no_hidden_month_is_known_better_than_the_least(seed: int) -> None:
    counts, sums = year(random.Random(seed))
    kept = hidden(counts, sums, LEAST)
    assert {i for i, c in enumerate(counts) if 0 < c < LEAST} <= kept
    if 8 in kept or not ({6, 7} & kept):  # else the half-year binds the quarters, which the attack does not try
        for low, high in attacked(counts, kept).values():
            assert high - low >= LEAST
    told = bounds(counts, kept, sums)
    for i in kept:
        assert told[i][0] <= counts[i] <= told[i][1] and told[i][1] - told[i][0] >= LEAST


def test_one_small_part_hides_another_and_a_lone_one_its_total() -> None:
    assert hidden([7, 23, 30], [Sum(2, (0, 1))], 10) == {0, 1}
    assert hidden([7, 7], [Sum(1, (0,))], 10) == {0, 1}
    assert hidden([12, 23, 35], [Sum(2, (0, 1))], 10) == set()
    assert hidden([0, 40, 40], [Sum(2, (0, 1))], 10) == set()


def test_what_was_given_before_stays_given_and_another_is_hidden() -> None:
    counts, sums = [7, 23, 30, 60], [Sum(3, (0, 1, 2))]
    assert hidden(counts, sums, 10) == {0, 1}
    assert hidden(counts, sums, 10, given=(1,)) == {0, 2}


def test_a_number_in_two_sums_is_not_worked_out_by_the_other() -> None:
    """A district in its county and a month in its quarter at once: what the one hides the other must not give."""
    counts = [7, 20, 27, 30, 40, 70, 37, 60, 97]  # two areas and their total, in two months and their quarter
    sums = [Sum(2, (0, 1)), Sum(5, (3, 4)), Sum(8, (6, 7)), Sum(6, (0, 3)), Sum(7, (1, 4)), Sum(8, (2, 5))]
    kept = hidden(counts, sums, 10)
    told = bounds(counts, kept, sums)
    assert 0 in kept and all(told[i][1] - told[i][0] >= 10 for i in kept)
