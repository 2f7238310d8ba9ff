"""Which counts of tables are not given: small ones, and others from which these could be worked out. On plain numbers.

A sum says that one number is the sum of others: a quarter of its months, a county of its districts. Whoever knows the numbers that are
given, in this table and in those that went before, knows bounds for those that are not; a number is only safe while these bounds lie at least
``least`` apart. Quick bounds are taken from one sum after the other; they are not the narrowest where sums cross, as rows and columns do, so
what they find safe is attacked by linear programming over all sums at once (HiGHS), which finds every bound there is.
Source: A. Hundepool et al., Statistical Disclosure Control (2012), ch. 4.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

#: Nobody takes a hidden count to be larger, unless there are such.
_MOST = 10**9
#: How far the solver's numbers may lie from whole ones.
_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class Sum:
    """That the number at place ``total`` is the sum of those at ``parts``."""

    total: int
    parts: tuple[int, ...]


def _most(counts: Sequence[int]) -> int:
    """What no hidden count is taken to exceed: more than all of them."""
    return max(_MOST, 4 * max(counts, default=0))


def is_small(count: int, least: int) -> bool:
    """Whether a count is not given by itself; nought is."""
    return 0 < count < least


def bounds(counts: Sequence[int], hidden: Collection[int], sums: Sequence[Sum], floor: int = 0) -> list[tuple[int, int]]:
    """What is quickly known of each count by whoever sees those that are not hidden, and that a hidden one is ``floor`` or more."""
    low = [floor if i in hidden else c for i, c in enumerate(counts)]
    most = _most(counts)
    high = [most if i in hidden else c for i, c in enumerate(counts)]
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


class _Attack:
    """What somebody works out who knows every sum and every number that is given."""

    def __init__(self, counts: Sequence[int], hidden: Collection[int], sums: Sequence[Sum], floor: int) -> None:
        import highspy  # which needs numpy: only who gives numbers out waits for it

        class Silent(highspy.Highs):
            """The solver, told to be silent before the first call of it prints a line where a command prints its answer."""

            def enableCallbacks(self) -> None:
                self.setOptionValue("output_flag", False)
                super().enableCallbacks()

        self._solver: Any = Silent()
        self._sense: Any = highspy.ObjSense
        self._solved: Any = highspy.HighsModelStatus.kOptimal
        self._column = {place: n for n, place in enumerate(sorted(hidden))}
        most = float(_most(counts))
        for _ in self._column:
            self._solver.addVar(float(floor), most)
        for one in sums:
            given = counts[one.total] * (one.total not in self._column) - sum(counts[p] for p in one.parts if p not in self._column)
            terms = [(self._column[p], 1.0) for p in one.parts if p in self._column]
            if one.total in self._column:
                terms.append((self._column[one.total], -1.0))
            if terms:
                self._solver.addRow(float(given), float(given), len(terms), [c for c, _ in terms], [v for _, v in terms])

    def bounds(self, place: int) -> tuple[int, int]:
        """The least and the most that a hidden count can be."""
        return self._extreme(place, least=True), self._extreme(place, least=False)

    def _extreme(self, place: int, *, least: bool) -> int:
        solver, column = self._solver, self._column[place]
        solver.changeColCost(column, 1.0)
        solver.changeObjectiveSense(self._sense.kMinimize if least else self._sense.kMaximize)
        solver.run()
        if solver.getModelStatus() != self._solved:
            raise ArithmeticError("The bounds of a hidden count could not be worked out.")
        found = float(solver.getInfo().objective_function_value)
        solver.changeColCost(column, 0.0)
        return math.ceil(found - _SLACK) if least else math.floor(found + _SLACK)


def attack(counts: Sequence[int], hidden: Collection[int], sums: Sequence[Sum], least: int, among: Collection[int] | None = None, floor: int = 0) -> dict[int, tuple[int, int]]:
    """The hidden counts, of all or of some, whose bounds lie less than ``least`` apart for whoever knows all sums and all that is given; with these bounds.

    ``floor`` is what anybody knows a hidden count to be at least: 1 where every nought is shown. That nobody was counted is no secret.
    """
    wanted = {p for p in (hidden if among is None else set(hidden) & set(among)) if counts[p]}
    found: dict[int, tuple[int, int]] = {}
    for places, some in _connected(len(counts), sums):
        asked = sorted(wanted.intersection(places))
        if asked and some:  # of a number in no sum nobody works out anything
            attacker = _Attack(counts, set(hidden).intersection(places), some, floor)
            found |= {place: limits for place in asked if (limits := attacker.bounds(place))[1] - limits[0] < least}
    return found


def _connected(count: int, sums: Sequence[Sum]) -> list[tuple[list[int], list[Sum]]]:
    """Places that sums connect with each other, with these sums: nothing is worked out from one such group about another."""
    group = list(range(count))

    def first(place: int) -> int:
        while group[place] != place:
            group[place] = place = group[group[place]]
        return place

    for one in sums:
        for part in one.parts:
            group[first(part)] = first(one.total)
    places, of = dict[int, list[int]](), dict[int, list[Sum]]()
    for place in range(count):
        places.setdefault(first(place), []).append(place)
    for one in sums:
        of.setdefault(first(one.total), []).append(one)
    return [(some, of.get(key, [])) for key, some in places.items()]


def hidden(counts: Sequence[int], sums: Sequence[Sum], least: int, given: Collection[int] = (), also_hidden: Collection[int] = (), floor: int = 0) -> set[int]:
    """The places of counts that are not given: small ones, and as many others as keep the bounds of each ``least`` apart.

    ``given`` are places that were given before, in an earlier release: they cannot be taken back, so others are hidden in their stead. A
    small count that was given before stays given. ``also_hidden`` were hidden in an earlier release, and are no part of this one. Where nothing
    more can be hidden, what is left is as safe as it can be made; ``attack`` tells what is not safe then. ``floor`` is as of ``attack``: with 1
    noughts are never hidden.
    """
    hidden_in_all: set[int] = set()
    for places, some in _connected(len(counts), sums):
        at = {place: n for n, place in enumerate(places)}
        here = [Sum(at[s.total], tuple(at[p] for p in s.parts)) for s in some]
        kept = _hidden_in_group([counts[p] for p in places], here, least, {at[p] for p in given if p in at}, {at[p] for p in also_hidden if p in at}, floor)
        hidden_in_all |= {places[n] for n in kept}
    return hidden_in_all


def _hidden_in_group(counts: Sequence[int], sums: Sequence[Sum], least: int, before: set[int], also_hidden: set[int], floor: int) -> set[int]:
    """The same for places that sums connect."""
    found = {i for i, c in enumerate(counts) if is_small(c, least) and i not in before} | also_hidden
    # what earlier releases tell by themselves is not hidden by keeping it back: it protects nothing
    told = set(attack(counts, set(range(len(counts))) - before, sums, least, floor=floor)) if before and found else set[int]()
    lost, safe = set(told), set[int]()
    while True:
        if (partner := _partner(counts, sums, found, before | told, lost, least, floor)) is not None:
            found.add(partner)
            continue
        known = bounds(counts, found, sums, floor)
        looked_at = {p for p in found - lost - safe if counts[p]}
        open_to = [i for i in sorted(looked_at) if known[i][1] - known[i][0] < least]
        if not open_to:
            open_to = sorted(attack(counts, found, sums, least, looked_at, floor))
            safe |= looked_at - set(open_to)  # and stays so: hiding more makes no bound narrower
        if not open_to:
            return _no_more_than_needed(counts, sums, least, found, also_hidden, lost, floor)
        for place in open_to:  # pragma: no branch: some count can always be hidden, see below
            more = _cheapest(place, counts, sums, found, before | told, floor)
            if more is not None:
                found.add(more)
                break
            lost.add(place)  # pragma: no cover: once everything is hidden, only what earlier releases told follows, and that is in lost from the start


def _no_more_than_needed(counts: Sequence[int], sums: Sequence[Sum], least: int, found: set[int], also_hidden: set[int], lost: set[int], floor: int) -> set[int]:
    """Hidden counts without those that need not be: the largest first, each is given again where no other follows from it."""
    if len(found) > _MOST_TRIED:
        return found
    for place in sorted(found - also_hidden - lost, key=lambda p: (-counts[p], p)):
        rest = found - {place}
        if not is_small(counts[place], least) and not attack(counts, rest, sums, least, rest - lost, floor):
            found = rest
    return found


#: Of more hidden counts it is not tried which of them could be given: each try is an attack on all others.
_MOST_TRIED = 40


def _room(counts: Sequence[int], one: Sum, found: set[int], floor: int) -> int:
    """How far apart the bounds of a hidden part of a sum lie whose total is given, as far as this sum tells: nought where it is the only one."""
    hidden_parts = [counts[p] for p in one.parts if p in found]
    return sum(c - floor for c in hidden_parts) if len(hidden_parts) > 1 else 0


def _partner(counts: Sequence[int], sums: Sequence[Sum], found: set[int], given: set[int], lost: set[int], least: int, floor: int) -> int | None:
    """The next smallest part of a sum that by itself tells a hidden part too narrowly; None where no sum does, or it has nothing more to hide."""
    for one in sums:
        if one.total in found or not any(counts[p] for p in found.intersection(one.parts) - lost) or _room(counts, one, found, floor) >= least:
            continue
        parts = [p for p in one.parts if p not in found and p not in given and counts[p]]
        if parts:
            return min(parts, key=lambda p: (counts[p], p))
    return None


def _cheapest(at: int, counts: Sequence[int], sums: Sequence[Sum], found: set[int], given: set[int], floor: int) -> int | None:
    """The smallest count that may still be hidden in a sum with a place, a part rather than a total; else in a sum beside that one, and so on.

    A total, or nought, is taken only where no part is left near or far: a total tells more, and more people read it.
    """
    reached, seen = {at}, set[int]()
    totals = set[int]()
    kept = found | given
    while reached - seen:
        near = [s for s in sums if reached & {s.total, *s.parts}]
        parts = {p for s in near for p in s.parts if p not in kept and counts[p]}
        if parts:
            return min(parts, key=lambda p: (counts[p], p))
        totals = totals or {p for s in near for p in (s.total, *s.parts) if p not in kept and counts[p] >= floor}
        seen = set(reached)
        reached |= {p for s in near for p in (s.total, *s.parts) if p in found}
    return min(totals, key=lambda p: (counts[p], p), default=None)
