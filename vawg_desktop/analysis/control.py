"""Control charts: of single values over time (XmR) as NHS England's "Making data count" draws them, of shares (p, and Laney's p′) and of counts (c). Pure.

Limits are the mean ± 2.66 times the mean moving range; moving ranges of 3.267 times their mean or more are left out once and the mean taken
again (Wheeler, *Understanding Variation*; Making data count, "plot the dots"). Where a process changed, the limits begin anew. Shares and counts
have limits of three standard deviations (NIST/SEMATECH *e-Handbook of Statistical Methods*, 6.3.3); with many in each share the usual ones are too
narrow, and Laney's p′ widens them by how far the shares move in fact (D. Laney, 2002, *Improved control charts for attributes*).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

#: Limits lie so many mean moving ranges from the mean; a moving range of so many means or more is left out once.
LIMIT, SCREEN = 2.66, 3.267
#: Limits of shares and counts lie so many standard deviations from the mean; a mean moving range is so many of them.
_DEVIATIONS, _MOVE_TO_DEVIATION = 3, 1.128
#: So many points in a row make a trend or a run on one side.
RUN = 7
#: Below so many points in a stretch the limits are a first guess.
FEW = 12
#: The share of a value that is no difference: the mean of 0.1, 0.1 and 0.1 is not quite 0.1.
_LEAST = 1e-12
#: The signs in the order in which they are told; a point bears the first that it meets.
SIGNS = ("outside", "trend", "near_limit", "one_side")


@dataclass(frozen=True, slots=True)
class Point:
    """A value with the mean and limits of its stretch; ``sign`` is one of ``SIGNS`` or empty, ``up`` whether it points upwards.

    ``lower`` and ``upper`` are None where the stretch has one point only.
    """

    value: float
    mean: float
    lower: float | None
    upper: float | None
    sign: str = ""
    up: bool = False


class Signal(NamedTuple):
    """A point that bears a sign: its place, which of ``SIGNS``, and whether it points upwards."""

    place: int
    sign: str
    up: bool


@dataclass(slots=True)
class ControlChart:
    """Every point in order; ``starts`` are the places at which limits begin anew, the first always 0."""

    points: list[Point] = field(default_factory=list[Point])
    starts: list[int] = field(default_factory=list[int])

    def last(self) -> list[Point]:
        """The points of the last stretch."""
        return self.points[self.starts[-1] :] if self.starts else []

    @property
    def few(self) -> bool:
        """Whether the last stretch is too short for its limits to be more than a first guess."""
        return len(self.last()) < FEW

    @property
    def centre(self) -> float:
        """The mean of the last stretch; NaN of an empty chart."""
        return self.points[-1].mean if self.points else math.nan

    @property
    def lower(self) -> float | list[float]:
        """The lower limit of the last stretch: one number, or one for each point where either limit differs; NaN where there is none."""
        return _limits([p.lower for p in self.last()], [p.upper for p in self.last()])

    @property
    def upper(self) -> float | list[float]:
        """The upper limit, as ``lower``."""
        return _limits([p.upper for p in self.last()], [p.lower for p in self.last()])

    @property
    def signals(self) -> list[Signal]:
        """The points that bear a sign, in their order."""
        return [Signal(n, p.sign, p.up) for n, p in enumerate(self.points) if p.sign]


def _limits(found: Sequence[float | None], others: Sequence[float | None]) -> float | list[float]:
    """The limits as one number or one a point, in the shape of the other ones: one list without the other fits no chart."""
    limits = [math.nan if one is None else one for one in found]
    return limits if max(len(set(found)), len(set(others))) > 1 else limits[0] if limits else math.nan


def xmr(values: Sequence[float], changed: Sequence[int] = ()) -> ControlChart:
    """The chart of values in their order; ``changed`` are places at which the process changed. An empty sequence gives an empty chart.

    Raises ValueError for a value that is not known.
    """
    values = _known(values)
    if not values:
        return ControlChart()
    starts = sorted({0, *(c for c in changed if 0 < c < len(values))})
    chart = ControlChart(starts=starts)
    for start, end in pairwise([*starts, len(values)]):
        chart.points += _stretch(values[start:end])
    return chart


def p_chart(counts: Sequence[float], sizes: Sequence[float], laney: bool = False) -> ControlChart:
    """The chart of shares ``counts / sizes`` in their order, with ``laney`` Laney's p′. Limits differ with sizes and stay from 0 to 1.

    Raises ValueError where the lengths differ, a size is not above nought, or a count lies outside its size.
    """
    counts, sizes = _known(counts), _known(sizes)
    if len(counts) != len(sizes) or any(not 0 <= k <= n or n <= 0 for k, n in zip(counts, sizes, strict=False)):
        raise ValueError("Each share counts none to all of its own size, which is above nought.")
    if not counts:
        return ControlChart()
    mean = sum(counts) / sum(sizes)
    spread = [math.sqrt(mean * (1 - mean) / n) for n in sizes]
    shares = [k / n for k, n in zip(counts, sizes, strict=True)]
    if laney and len(shares) > 1 and mean not in (0, 1):
        moves = [abs(b - a) for a, b in pairwise((share - mean) / one for share, one in zip(shares, spread, strict=True))]
        wider = sum(moves) / len(moves) / _MOVE_TO_DEVIATION
        spread = [one * wider for one in spread]
    return _attributes(shares, mean, [_DEVIATIONS * one for one in spread], most=1.0)


def c_chart(counts: Sequence[float]) -> ControlChart:
    """The chart of counts of which each could fall anywhere, in their order: mean ± 3 √mean, not below nought. Raises ValueError for a count below it, or one that is not known."""
    counts = _known(counts)
    if any(c < 0 for c in counts):
        raise ValueError("A count is not below nought.")
    if not counts:
        return ControlChart()
    mean = sum(counts) / len(counts)
    return _attributes(counts, mean, [_DEVIATIONS * math.sqrt(mean)] * len(counts), most=math.inf)


#: Of numbers from here on no limits can be worked out.
_LARGEST = 1e150
_UNKNOWN = "Every value of a chart is a known number."


def _known(values: Iterable[float]) -> list[float]:
    """Values of any sequence or array as plain numbers. Raises ValueError for one that is not known."""
    try:
        found = [float(v) for v in values]
    except (TypeError, ValueError, OverflowError):
        raise ValueError(_UNKNOWN) from None
    if not all(abs(v) < _LARGEST for v in found):
        raise ValueError(_UNKNOWN)
    return found


def _attributes(values: Sequence[float], mean: float, reach: Sequence[float], most: float) -> ControlChart:
    still = max(reach) <= max(map(abs, values)) * _LEAST
    signs = [("", False)] * len(values) if still else _signs(values, mean, reach)
    points = [Point(v, mean, max(0.0, mean - r), min(most, mean + r), *sign) for v, r, sign in zip(values, reach, signs, strict=True)]
    return ControlChart(points, [0])


def _stretch(values: Sequence[float]) -> list[Point]:
    mean = sum(values) / len(values)
    moves = [abs(b - a) for a, b in pairwise(values)]
    if not moves:
        return [Point(values[0], mean, None, None)]
    first = sum(moves) / len(moves)
    kept = [m for m in moves if m < SCREEN * first]
    kept = kept if any(kept) else moves  # a line that stood still and moved once keeps limits that are some way off
    reach = LIMIT * sum(kept) / len(kept)
    still = reach <= max(map(abs, values)) * _LEAST
    signs = [("", False)] * len(values) if still else _signs(values, mean, [reach] * len(values))
    return [Point(v, mean, mean - reach, mean + reach, *sign) for v, sign in zip(values, signs, strict=True)]


def _signs(values: Sequence[float], mean: float, reach: Sequence[float]) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = [("", False)] * len(values)

    def mark(places: Sequence[int], sign: str, up: bool) -> None:
        for place in places:
            if not found[place][0] or SIGNS.index(found[place][0]) > SIGNS.index(sign):
                found[place] = (sign, up)

    least = max(map(abs, values)) * _LEAST
    for place in (p for p, v in enumerate(values) if abs(v - mean) > reach[p] + least):
        mark([place], "outside", values[place] > mean)
    for places in _windows(len(values), RUN):
        steps = [values[b] - values[a] for a, b in pairwise(places)]
        if all(s > least for s in steps) or all(s < -least for s in steps):
            mark(places, "trend", steps[0] > 0)
        sides = [values[p] - mean for p in places]
        if all(s > least for s in sides) or all(s < -least for s in sides):
            mark(places, "one_side", sides[0] > 0)
    for places in _windows(len(values), 3):
        for up in (True, False):
            near = [p for p in places if (values[p] - mean if up else mean - values[p]) > reach[p] * 2 / 3 + least]
            if len(near) >= 2:
                mark(near, "near_limit", up)
    return found


def _windows(count: int, size: int) -> list[range]:
    return [range(start, start + size) for start in range(count - size + 1)]


def direction(point: Point, good: str) -> str:
    """What a point's sign says: ``better``, ``worse``, ``changed`` where neither way is good, or empty without a sign. ``good`` is ``up``, ``down`` or other."""
    if not point.sign:
        return ""
    if good not in ("up", "down"):
        return "changed"
    return "better" if point.up == (good == "up") else "worse"


def moved(chart: ControlChart, good: str) -> str:
    """What the last point of a chart says, as ``direction``; empty where it shows no sign."""
    return direction(chart.points[-1], good) if chart.points else ""


def assurance(chart: ControlChart, good: str, target: float) -> str:
    """Whether the process will reach a target as it stands: ``passes``, ``fails``, ``hit_and_miss``, or empty where that cannot be said."""
    last = chart.points[-1] if chart.points else None
    if last is None or last.lower is None or last.upper is None or good not in ("up", "down"):
        return ""
    if last.lower >= target if good == "up" else last.upper <= target:
        return "passes"
    if last.upper < target if good == "up" else last.lower > target:
        return "fails"
    return "hit_and_miss"
