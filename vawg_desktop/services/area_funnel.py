"""Areas beside each other as a funnel and not as a league table: which lie further from the average than chance would put them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from vawg_desktop.analysis import funnel
from vawg_desktop.analysis.intervals import at_least, poisson_at_least
from vawg_desktop.domain.dates import bounds, short_label
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import small_counts
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

#: From so many areas on a funnel says something, and at so many sizes its limits are drawn.
LEAST_AREAS, _POINTS = 3, 32
_SIBLINGS = (
    "SELECT i.id, i.area, i.title, i.count_unit, v.period, v.value, v.base FROM indicator i JOIN indicator_value v ON v.indicator = i.id AND NOT v.deleted "
    "WHERE NOT i.deleted AND i.area IS NOT NULL AND v.base IS NOT NULL AND i.title = ? ORDER BY i.n, v.n"
)
#: How far out an area lies, in words.
OUT = {0: "as chance would have it", 1: "above the 95% limit", 2: "above the 99.8% limit", -1: "below the 95% limit", -2: "below the 99.8% limit"}


#: The same where there is little room.
SHORT = {0: "within", 1: "above 95%", 2: "above 99.8%", -1: "below 95%", -2: "below 99.8%"}


@dataclass(frozen=True, slots=True)
class Spot:
    """One area: its name, value and base, how far out it lies (a key of ``OUT``), and whether it is the one that is looked at."""

    area: str
    value: float
    base: float
    out: int
    own: bool


@dataclass(slots=True)
class AreaFunnel:
    """The areas of one indicator in one period. ``limits`` are, by base, the lower and upper 95 and 99.8% limits; ``per`` is what a value is a share of."""

    title: str
    period: str
    centre: float
    spots: list[Spot] = field(default_factory=list[Spot])
    limits: list[tuple[float, float, float, float, float]] = field(default_factory=list[tuple[float, float, float, float, float]])
    over_dispersed: bool = False
    left_out: int = 0
    least: int = 0

    def sentence(self) -> str:
        """The funnel in words: the average, and which areas lie outside of their limits."""
        outside = [f"{s.area} {OUT[s.out]}" for s in self.spots if s.out]
        told = f"{short_label(self.period)}, {len(self.spots)} areas; average {_share(self.centre)}. " + (f"{'; '.join(outside)}. " if outside else "None is further out than chance would explain. ")
        if self.over_dispersed:
            told += "The areas differ more than chance allows all together, so the limits mean less: look for what makes them different before anything else. "
        if self.left_out:
            told += f"{self.left_out} left out, with fewer than {self.least}. "
        return told + "Areas are not ranked: with small numbers the first and the last of any list are there by chance."


def _share(value: float) -> str:
    return f"{100 * value:.1f}%" if value <= 1 else f"{value:,.2f}"


def of_indicator(session: Session, indicator: str) -> AreaFunnel | None:
    """The funnel of an indicator's areas, by the id of one of them: in the latest period in which three or more have a value with its base. None where there is none.

    Values in per cent are shares of their base; others are counted against it, as offences are against a population.
    """
    known = plain_rows(session.read(), "SELECT title, area FROM indicator WHERE id = ?", (indicator,))
    if not known or not known[0]["area"]:
        return None
    least = min(small_counts.INSIDE, small_counts.least(session.read()))
    by_period: dict[str, dict[str, tuple[str, int, float]]] = {}
    shares = False
    for row in plain_rows(session.read(), _SIBLINGS, (known[0]["title"],)):
        value, base = _number(row["value"]), _number(row["base"])
        if value is None or base is None or base <= 0 or value < 0:
            continue
        shares = row["count_unit"] == "per_cent"
        by_period.setdefault(str(row["period"]), {})[fold(str(row["area"]))] = (str(row["area"]), round(value * base / 100) if shares else round(value), base)
    enough = [p for p, some in by_period.items() if len(some) >= LEAST_AREAS]
    if not enough:
        return None
    period = max(enough, key=bounds)
    told = {k: v for k, v in by_period[period].items() if not small_counts.is_small(v[1], least)}
    if len(told) < LEAST_AREAS:
        return None
    ordered = sorted(told.values())
    counts, sizes = [k for _, k, _ in ordered], [b for _, _, b in ordered]
    found = funnel.shares(counts, [round(b) for b in sizes]) if shares else funnel.rates(counts, sizes)
    made = AreaFunnel(str(known[0]["title"]), period, found.centre, over_dispersed=found.over_dispersed, left_out=len(by_period[period]) - len(told), least=least)
    made.spots = [Spot(name, k / b, b, a.out, fold(name) == fold(str(known[0]["area"]))) for (name, k, b), a in zip(ordered, found.areas, strict=True)]
    made.limits = _limits(found.centre, min(sizes), max(sizes), shares=shares)
    return made


def _number(words: object) -> float | None:
    try:
        return float(str(words)) if words is not None else None
    except ValueError:
        return None


def _limits(centre: float, smallest: float, largest: float, *, shares: bool) -> list[tuple[float, float, float, float, float]]:
    """The exact limits at bases from the smallest to the largest, as shares of the base."""
    made: list[tuple[float, float, float, float, float]] = []
    for n in range(_POINTS):
        size = max(1.0, smallest * 0.8 + (largest * 1.05 - smallest * 0.8) * n / (_POINTS - 1))
        whole = max(1, round(size))

        def tail(k: int, whole: int = whole, size: float = size) -> float:
            return at_least(k, whole, centre) if shares else poisson_at_least(k, centre * size)

        most = whole if shares else round(centre * size + 20 * (centre * size) ** 0.5 + 40)
        low, high, lowest, highest = (_edge(tail, most, sure, upper=upper) / size for sure in (funnel.INNER, funnel.OUTER) for upper in (False, True))
        made.append((size, low, high, lowest, highest))
    return made


def _edge(tail: Callable[[int], float], most: int, sure: float, *, upper: bool) -> float:
    """The last count within a limit: going up, that whose tail is not too small yet; going down likewise."""
    left = (1 - sure) / 2
    low, high = 0, most
    while low < high:  # the tail falls as the count grows
        middle = (low + high + 1) // 2
        within = tail(middle) >= left if upper else 1 - tail(middle) < left
        low, high = (middle, high) if within else (low, middle - 1)
    return float(low)
