"""Which counts of a table are not given: small ones, and others from which these could be worked out. On plain numbers.

A sum says that one number is the sum of others: a quarter of its months, a county of its districts. Whoever knows the numbers that are
given knows bounds for those that are not; a number is only safe while these bounds lie at least ``least`` apart. Bounds are taken from one
sum after the other until none grows narrower. Where sums form a tree (months in quarters in years) that finds every bound there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: No count is larger.
_MOST = 10**9


@dataclass(frozen=True, slots=True)
class Sum:
    """That the number at place ``total`` is the sum of those at ``parts``."""

    total: int
    parts: tuple[int, ...]


def is_small(count: int, least: int) -> bool:
    """Whether a count is not given by itself; nought is."""
    return 0 < count < least


def bounds(counts: Sequence[int], hidden: set[int], sums: Sequence[Sum]) -> list[tuple[int, int]]:
    """What is known of each count by whoever sees those that are not hidden, and that none is below nought."""
    low = [0 if i in hidden else c for i, c in enumerate(counts)]
    high = [_MOST if i in hidden else c for i, c in enumerate(counts)]
    moved = True
    while moved:
        moved = False
        for one in sums:
            lows, highs = sum(low[p] for p in one.parts), sum(high[p] for p in one.parts)
            moved |= _narrow(low, high, one.total, lows, highs)
            for part in one.parts:
                rest_low, rest_high = lows - low[part], highs - high[part]
                moved |= _narrow(low, high, part, low[one.total] - rest_high, high[one.total] - rest_low)
                lows, highs = sum(low[p] for p in one.parts), sum(high[p] for p in one.parts)
    return list(zip(low, high, strict=True))


def _narrow(low: list[int], high: list[int], at: int, at_least: int, at_most: int) -> bool:
    """Bring the bounds of one count together; returns whether that changed them."""
    before = (low[at], high[at])
    low[at], high[at] = max(low[at], at_least), min(high[at], at_most)
    return (low[at], high[at]) != before


def hidden(counts: Sequence[int], sums: Sequence[Sum], least: int, given: Sequence[int] = ()) -> set[int]:
    """The places of counts that are not given: small ones, and as many others as keep the bounds of each ``least`` apart.

    ``given`` are places that were given before, in an earlier release: they cannot be taken back, so others are hidden in their stead. A
    small count that was given before stays given. Where nothing more can be hidden, what is left is as safe as it can be made.
    """
    before = set(given)
    found = {i for i, c in enumerate(counts) if is_small(c, least) and i not in before}
    while True:
        known = bounds(counts, found, sums)
        open_to = [i for i in sorted(found) if known[i][1] - known[i][0] < least]
        more = next((place for i in open_to if (place := _cheapest(i, counts, sums, found | before)) is not None), None)
        if more is None:
            return found
        found.add(more)


def _cheapest(at: int, counts: Sequence[int], sums: Sequence[Sum], kept: set[int]) -> int | None:
    """The smallest count beside one in a sum that may still be hidden, a part rather than the total; None where there is none."""
    beside = {p for s in sums if at in (s.total, *s.parts) for p in s.parts if p != at and p not in kept and counts[p]}
    if beside:
        return min(beside, key=lambda p: (counts[p], p))
    totals = {s.total for s in sums if at in s.parts and s.total not in kept} | {p for s in sums if at in (s.total, *s.parts) for p in s.parts if p != at and p not in kept}
    return min(totals, key=lambda p: (counts[p], p)) if totals else None
