"""Funnel plots instead of league tables: which areas lie further from the average than chance would put them. Pure.

Limits are exact, binomial for shares and Poisson for rates, at 95 and 99.8%, each tail half of what is left out. Where areas differ more than
chance allows all together (over-dispersion), limits mean less, and that is said. Source: D. Spiegelhalter (2005), *Funnel plots for comparing
institutional performance*.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from vawg_desktop.analysis.intervals import at_least, chi_square_beyond, poisson_at_least, whole

#: How sure the two pairs of limits are.
INNER, OUTER = 0.95, 0.998
#: Areas are said to differ more than chance allows where chance would put them so far apart less often than this.
_BY_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Area:
    """One area: its share or rate, and how far out it lies: 0 within the inner limits, 1 beyond them, 2 beyond the outer; below the average negative."""

    value: float
    size: float
    out: int


@dataclass(slots=True)
class Funnel:
    """The average, the areas in their order, and how far they differ all together (the mean of squared z-scores; about 1 by chance)."""

    centre: float
    areas: list[Area] = field(default_factory=list[Area])
    dispersion: float = 1.0

    @property
    def over_dispersed(self) -> bool:
        """Whether the areas differ more than chance allows, so that limits are too narrow: the sum of squared z-scores tested against χ² (Spiegelhalter 2005)."""
        count = len(self.areas)
        return count > 1 and chi_square_beyond(self.dispersion * count, count - 1) < _BY_CHANCE


def shares(counts: Sequence[int], sizes: Sequence[int]) -> Funnel:
    """A funnel of shares ``counts / sizes``. Raises ValueError where lengths differ, a count lies outside its size, or there is none."""
    counts, sizes = [whole(k) for k in counts], [whole(n) for n in sizes]
    _check(counts, sizes)
    if any(k > n for k, n in zip(counts, sizes, strict=True)):
        raise ValueError("A share counts no more than its size.")
    centre = sum(counts) / sum(sizes)
    return _funnel(counts, sizes, centre, lambda k, n: (at_least(k, int(n), centre), 1 - at_least(k + 1, int(n), centre)), lambda n: (centre * (1 - centre) / n) ** 0.5)


def rates(counts: Sequence[int], sizes: Sequence[float]) -> Funnel:
    """A funnel of rates ``counts / sizes``, of which a size may be a population. Raises ValueError as ``shares``."""
    counts, sizes = [whole(k) for k in counts], [float(n) for n in sizes]
    _check(counts, sizes)
    centre = sum(counts) / sum(sizes)
    return _funnel(counts, sizes, centre, lambda k, n: (poisson_at_least(k, centre * n), 1 - poisson_at_least(k + 1, centre * n)), lambda n: (centre / n) ** 0.5)


def _check(counts: Sequence[int], sizes: Sequence[float]) -> None:
    if not counts or len(counts) != len(sizes) or any(not 0 < n < math.inf for n in sizes):
        raise ValueError("Each area has a count that is not below nought and a size above it.")


def _funnel(counts: Sequence[int], sizes: Sequence[float], centre: float, tails: Callable[[int, float], tuple[float, float]], spread: Callable[[float], float]) -> Funnel:
    made = Funnel(centre)
    scores: list[float] = []
    for k, n in zip(counts, sizes, strict=True):
        as_many, as_few = tails(k, n)
        above = k / n > centre
        tail = as_many if above else as_few
        out = (tail < (1 - INNER) / 2) + (tail < (1 - OUTER) / 2)
        made.areas.append(Area(k / n, n, out if above else -out))
        if deviation := spread(n):
            scores.append(((k / n - centre) / deviation) ** 2)
    made.dispersion = sum(scores) / len(scores) if scores else 1.0
    return made
