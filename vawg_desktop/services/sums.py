"""How the numbers of a data set add up: a year of its quarters, a county of its districts, all services of each, over several levels.

Whoever has the numbers knows these sums too, so a hidden number must not follow from them. A number that nobody entered, but that follows from
a total and the parts that are there, is one of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise

from vawg_desktop.domain.dates import bounds
from vawg_desktop.domain.terms import fold

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Adding:
    """That the number at place ``total`` is the sum of those at ``parts`` and, where there is one, of a ``rest`` that nobody gave."""

    total: int
    parts: tuple[int, ...]
    rest: int = 0


def sums_of(rows: Sequence[Row], counts: Sequence[int], indicators: Mapping[str, Row], least: int, stages: Collection[tuple[str, str]] = ()) -> list[Adding]:
    """How values add up: over periods, over areas or what else their titles end with, in every period, from month to month of a running total, from stage to stage.

    ``stages`` are indicators of which the second counts a later stage. Rests of less than ``least`` are told, larger ones are no sum.
    """
    return [
        *_over_periods(rows, counts, least), *_over_areas(rows, counts, indicators, least), *_over_both(rows, counts, indicators, least),
        *_in_every_period(rows, counts, indicators), *_running(rows, counts, indicators, least), *_left_behind(rows, counts, least, stages),
    ]  # fmt: skip


def _over_periods(rows: Sequence[Row], counts: Sequence[int], least: int) -> list[Adding]:
    """Values of an indicator that are the sum of its values in the periods within: a quarter of its months, a year of its quarters."""
    by_indicator: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        by_indicator.setdefault(str(row["indicator"]), []).append(place)
    found: list[Adding] = []
    for places in by_indicator.values():
        spans = {p: bounds(str(rows[p]["period"])) for p in places}
        for total in places:
            start, end = spans[total]
            within = sorted((p for p in places if p != total and start <= spans[p][0] and spans[p][1] <= end and spans[p] != spans[total]), key=lambda p: (spans[p][0], -spans[p][1].toordinal()))
            for finest in (True, False):
                chosen = _covering(within, spans, start, end, finest=finest)
                if chosen and sum(counts[p] for p in chosen) == counts[total]:
                    found.append(Adding(total, tuple(chosen)))
            apart = [p for p in within if not any(p != q and spans[p] != spans[q] and spans[p][0] <= spans[q][0] and spans[q][1] <= spans[p][1] for q in within)]
            rest = counts[total] - sum(counts[p] for p in apart)
            if apart and len({spans[p] for p in apart}) == len(apart) and 0 < rest < least:  # a quarter that nobody entered follows from the year
                found.append(Adding(total, tuple(apart), rest))
    return list(dict.fromkeys(found))


def _covering(within: Sequence[int], spans: Mapping[int, tuple[date, date]], start: date, end: date, *, finest: bool) -> list[int]:
    """Periods that follow one another from a day to another without a hole, the shortest ones or the longest ones; none where there is a hole."""
    chosen: list[int] = []
    day = start.toordinal()
    while day <= end.toordinal():
        next_ones = [p for p in within if spans[p][0].toordinal() == day]
        if not next_ones:
            return []
        one = min(next_ones, key=lambda p: spans[p][1]) if finest else max(next_ones, key=lambda p: spans[p][1])
        chosen.append(one)
        day = spans[one][1].toordinal() + 1
    return chosen


def _over_areas(rows: Sequence[Row], counts: Sequence[int], indicators: Mapping[str, Row], least: int) -> list[Adding]:
    """Values of one period that add up: of indicators of one title by area, and of those of which the titles begin alike ("Referrals, all services", "Referrals: advocacy")."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        title = fold(str(indicators[str(row["indicator"])]["title"]))
        for called in dict.fromkeys((title, _STEM.split(title, maxsplit=1)[0].strip())):
            groups.setdefault((called, str(row["period"])), []).append(place)
    found: list[Adding] = []
    for places in {tuple(g): g for g in groups.values() if len(g) > 1}.values():
        found += [Adding(places[one.total], tuple(places[p] for p in one.parts), one.rest) for one in _adding([counts[p] for p in places], least)]
    return found


def _over_both(rows: Sequence[Row], counts: Sequence[int], indicators: Mapping[str, Row], least: int) -> list[Adding]:
    """Values that add up over areas and periods at once: a county's quarter of which there are only the months, by district."""
    groups: dict[str, dict[str, dict[int, tuple[date, date]]]] = {}
    for place, row in enumerate(rows):
        title = fold(str(indicators[str(row["indicator"])]["title"]))
        for called in dict.fromkeys((title, _STEM.split(title, maxsplit=1)[0].strip())):
            groups.setdefault(called, {}).setdefault(str(row["indicator"]), {})[place] = bounds(str(row["period"]))
    found: list[Adding] = []
    for group in groups.values():
        by_span = {indicator: {span: place for place, span in spans.items()} for indicator, spans in group.items()}
        for whole, places in group.items():
            others = [indicator for indicator in group if indicator != whole]
            for total, span in places.items() if others else ():
                parts = _parts(others, group, by_span, span)
                rest = counts[total] - sum(counts[p] for p in parts)
                if parts and counts[total] and (rest == 0 or (len(others) > 1 and 0 < rest < least)):
                    found.append(Adding(total, tuple(parts), rest))
    return list(dict.fromkeys(found))


def _in_every_period(rows: Sequence[Row], counts: Sequence[int], indicators: Mapping[str, Row]) -> list[Adding]:
    """Values of indicators of one area of which one is the sum of two or three others in each of its periods, whatever they are called: all victims, women and men."""
    by_area: dict[str, dict[str, dict[str, int]]] = {}
    for place, row in enumerate(rows):
        area = fold(str(indicators[str(row["indicator"])].get("area") or ""))
        by_area.setdefault(area, {}).setdefault(str(row["indicator"]), {})[str(row["period"])] = place
    found: list[Adding] = []
    for group in by_area.values():
        by_periods: dict[tuple[str, ...], list[str]] = {}
        for indicator, places in group.items():
            if len(places) > 1 and any(counts[p] for p in places.values()):
                by_periods.setdefault(tuple(sorted(places)), []).append(indicator)
        for periods, some in by_periods.items():
            numbers = {i: tuple(counts[group[i][period]] for period in periods) for i in some}
            for total, parts in _always(numbers):
                found += [Adding(group[total][period], tuple(group[p][period] for p in parts)) for period in periods]
    return found


#: Of so many indicators with the same periods at most, sums of two of them are looked for; and of three.
_PAIRS, _THREES = 400, 40


def _always(numbers: Mapping[str, tuple[int, ...]]) -> list[tuple[str, tuple[str, ...]]]:
    """Which indicators are the sum of two or three others in every period: the total and its parts. Numbers that never change prove nothing."""
    totals: dict[tuple[int, ...], list[str]] = {}
    for indicator, line in numbers.items():
        if len(set(line)) > 1:
            totals.setdefault(line, []).append(indicator)
    sizes = [size for size, most in ((2, _PAIRS), (3, _THREES)) if size < len(numbers) <= most]
    found: list[tuple[str, tuple[str, ...]]] = []
    for parts in (p for size in sizes for p in combinations(numbers, size)):
        line = tuple(map(sum, zip(*(numbers[p] for p in parts), strict=True)))
        found += [(total, parts) for total in totals.get(line, ()) if total not in parts and all(any(numbers[p]) for p in parts)]
    return found


#: What is said of a number that goes on growing until it begins anew.
_TO_DATE = re.compile(r"\b(?:to date|ytd|cumulative|running total|so far)\b", re.IGNORECASE)


def _running(rows: Sequence[Row], counts: Sequence[int], indicators: Mapping[str, Row], least: int) -> list[Adding]:
    """Totals to date, each of which is the one before and what came since."""
    by_indicator: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        one = indicators[str(row["indicator"])]
        if _TO_DATE.search(f"{one['title']} {one.get('definition') or ''}"):
            by_indicator.setdefault(str(row["indicator"]), []).append(place)
    found: list[Adding] = []
    for places in by_indicator.values():
        in_order = sorted(places, key=lambda p: bounds(str(rows[p]["period"])))
        found += [Adding(later, (before,), counts[later] - counts[before]) for before, later in pairwise(in_order) if 0 < counts[later] - counts[before] < least]
    return found


def _left_behind(rows: Sequence[Row], counts: Sequence[int], least: int, stages: Collection[tuple[str, str]]) -> list[Adding]:
    """Counts of an earlier and a later stage in one period: who did not get there is told by both."""
    places = {(str(row["indicator"]), str(row["period"])): place for place, row in enumerate(rows)}
    found: list[Adding] = []
    for earlier, later in stages:
        for (indicator, period), place in places.items():
            after = places.get((later, period)) if indicator == earlier else None
            if after is not None and 0 < counts[place] - counts[after] < least:
                found.append(Adding(place, (after,), counts[place] - counts[after]))
    return found


def _parts(others: Sequence[str], group: Mapping[str, Mapping[int, tuple[date, date]]], by_span: Mapping[str, Mapping[tuple[date, date], int]], span: tuple[date, date]) -> list[int]:
    """Of each of some indicators the value of a period, or those of the shorter periods that make it up; none where one has a hole, or all have the period itself."""
    made: list[int] = []
    shorter = False
    for indicator in others:
        same = by_span[indicator].get(span)
        if same is not None:
            made.append(same)
            continue
        spans = group[indicator]
        covering = _covering([p for p, (first, last) in spans.items() if span[0] <= first and last <= span[1]], spans, *span, finest=True)
        if not covering:
            return []
        shorter = True
        made += covering
    return made if shorter else []


#: What parts the end of a title, such as an area or a service, from its beginning.
_STEM = re.compile(r"[,:;(–]| - ")
#: So many numbers at most are looked at for how they add up over several levels.
_MOST = 14


def _adding(counts: Sequence[int], least: int) -> list[Adding]:
    """How some numbers add up: one to all others, or over several levels that take in all of them; or one to nearly all others."""
    every = sum(counts)
    found = [Adding(p, tuple(q for q in range(len(counts)) if q != p)) for p in range(len(counts)) if len(counts) > 2 and every and 2 * counts[p] == every]
    order = sorted(range(len(counts)), key=lambda p: -counts[p])
    if found or not every:
        return found
    if 2 < len(counts) <= _MOST:
        same = [p for p in order if counts[p] == counts[order[0]]]
        roots = [[order[0]]] if len(same) == 1 else [[order[0]], same]
        for root in roots:
            tree = _levels(counts, root[0], tuple(p for p in order if p not in root))
            if tree is not None:
                return [*tree, *(Adding(p, one.parts) for p in root[1:] for one in tree if one.total == root[0])]
    rest = 2 * counts[order[0]] - every
    return [Adding(order[0], tuple(order[1:]), rest)] if 0 < rest < least else []


def _levels(counts: Sequence[int], root: int, others: tuple[int, ...]) -> list[Adding] | None:
    """A tree that takes in all the others under a root, each number with parts being their sum; None where there is none."""

    def grow(open_: tuple[int, ...], left: tuple[int, ...], made: tuple[Adding, ...]) -> tuple[Adding, ...] | None:
        if not left:
            return made
        for n, node in enumerate(open_):
            for size in range(2, len(left) + 1):
                for parts in combinations(left, size):
                    if sum(counts[p] for p in parts) == counts[node] and counts[node]:
                        grown = grow((*open_[n + 1 :], *parts), tuple(p for p in left if p not in parts), (*made, Adding(node, parts)))
                        if grown is not None:
                            return grown
        return None

    found = grow((root,), others, ())
    return list(found) if found else None
