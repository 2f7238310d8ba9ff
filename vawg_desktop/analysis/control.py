"""Control charts for single values over time (XmR), as NHS England's "Making data count" draws them. Pure.

Limits are the mean ± 2.66 times the mean moving range; moving ranges of 3.267 times their mean or more are left out once and the mean taken
again (Wheeler, *Understanding Variation*; Making data count, "plot the dots"). Where a process changed, the limits begin anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

#: Limits lie so many mean moving ranges from the mean; a moving range of so many means or more is left out once.
LIMIT, SCREEN = 2.66, 3.267
#: So many points in a row make a trend or a run on one side.
RUN = 7
#: Below so many points in a stretch the limits are a first guess.
FEW = 12
#: The share of a value that is no difference: the mean of 0.1, 0.1 and 0.1 is not quite 0.1.
_LEAST = 1e-9
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


def xmr(values: Sequence[float], changed: Sequence[int] = ()) -> ControlChart:
    """The chart of values in their order; ``changed`` are places at which the process changed. An empty sequence gives an empty chart."""
    if not values:
        return ControlChart()
    starts = sorted({0, *(c for c in changed if 0 < c < len(values))})
    chart = ControlChart(starts=starts)
    for start, end in pairwise([*starts, len(values)]):
        chart.points += _stretch(values[start:end])
    return chart


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
    signs = [("", False)] * len(values) if still else _signs(values, mean, reach)
    return [Point(v, mean, mean - reach, mean + reach, *sign) for v, sign in zip(values, signs, strict=True)]


def _signs(values: Sequence[float], mean: float, reach: float) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = [("", False)] * len(values)

    def mark(places: Sequence[int], sign: str, up: bool) -> None:
        for place in places:
            if not found[place][0] or SIGNS.index(found[place][0]) > SIGNS.index(sign):
                found[place] = (sign, up)

    least = max(map(abs, values)) * _LEAST
    for place in (p for p, v in enumerate(values) if abs(v - mean) > reach + least):
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
            near = [p for p in places if (values[p] - mean if up else mean - values[p]) > reach * 2 / 3 + least]
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
