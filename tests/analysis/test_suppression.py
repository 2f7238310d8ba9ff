"""Suppressed counts against an attack that tries every table there could be."""

from __future__ import annotations

import random
from itertools import product

import pytest

from vawg_desktop.analysis.disclosure import suppress
from vawg_desktop.analysis.suppression import Sum, attack, bounds, hidden

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


def _table(chance: random.Random) -> tuple[int, int, list[list[int]]]:
    rows, columns = chance.randint(2, 6), chance.randint(2, 6)
    return rows, columns, [[chance.choice((0, 1, 2, 3, 5, 8, 11, 17, 26, 60, 140)) for _ in range(columns)] for _ in range(rows)]


#: What a number of a table gathers: rows and columns of the finest table.
Gathered = tuple[tuple[int, ...], tuple[int, ...]]


class _Told:
    """Tables told one after the other of the same people: each number once, by what it is the number of."""

    def __init__(self) -> None:
        self.places: dict[Gathered, int] = {}
        self.counts: list[int] = []
        self.sums: list[Sum] = []

    def number(self, key: Gathered, count: int) -> int:
        if key not in self.places:
            self.places[key] = len(self.counts)
            self.counts.append(count)
        return self.places[key]

    def table(self, cells: list[list[int]], rows: list[tuple[int, ...]], columns: list[tuple[int, ...]]) -> set[int]:
        """A table whose rows and columns each gather some of the finest ones, with its totals; returns its places."""
        all_rows, all_columns = tuple(sorted({r for g in rows for r in g})), tuple(sorted({c for g in columns for c in g}))

        def count(rs: tuple[int, ...], cs: tuple[int, ...]) -> int:
            return self.number((rs, cs), sum(cells[r][c] for r in rs for c in cs))

        told: set[int] = set()
        for rs in (*rows, all_rows):  # each number is the sum of the finest ones in it, whichever table told these
            for cs in (*columns, all_columns):
                if len(rs) * len(cs) > 1 and all(((r,), (c,)) in self.places for r in rs for c in cs):
                    self.sums.append(Sum(count(rs, cs), tuple(self.places[((r,), (c,))] for r in rs for c in cs)))
        for rs in (*rows, all_rows):
            told |= {count(rs, cs) for cs in (*columns, all_columns)}
            if len(columns) > 1 or columns[0] != all_columns:
                self.sums.append(Sum(count(rs, all_columns), tuple(count(rs, cs) for cs in columns)))
        for cs in (*columns, all_columns):
            if len(rows) > 1 or rows[0] != all_rows:
                self.sums.append(Sum(count(all_rows, cs), tuple(count(rs, cs) for rs in rows)))
        return told


def _worked_out(told: _Told, given: set[int], cells: list[list[int]], wanted: set[int]) -> dict[int, tuple[float, float]]:
    """What an attacker works out, told in another way: the unknowns are the finest cells alone, each given number says what some of them make together."""
    import highspy

    solver = highspy.Highs()
    solver.silent()
    width = len(cells[0])
    for _ in range(len(cells) * width):
        solver.addVar(0.0, 10.0**9)

    def columns_of(key: Gathered) -> list[int]:
        rs, cs = key
        return [r * width + c for r in rs for c in cs]

    for key, place in told.places.items():
        if place in given:
            named = columns_of(key)
            solver.addRow(float(told.counts[place]), float(told.counts[place]), len(named), named, [1.0] * len(named))
    found: dict[int, tuple[float, float]] = {}
    for key, place in told.places.items():
        if place not in wanted:
            continue
        named, ends = columns_of(key), list[float]()
        for c in named:
            solver.changeColCost(c, 1.0)
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            solver.changeObjectiveSense(sense)
            solver.run()
            ends.append(float(solver.getInfo().objective_function_value))
        for c in named:
            solver.changeColCost(c, 0.0)
        found[place] = (ends[0], ends[1])
    return found


@pytest.mark.parametrize("part", range(10))
def test_no_hidden_number_of_a_thousand_tables_is_worked_out_from_two_releases(part: int) -> None:
    """Tables with all their totals, then the same people in other rows and columns: over both together no bound is narrower than the least."""
    hidden_in_all = 0
    for seed in range(part * 100, part * 100 + 100):
        chance = random.Random(seed)
        rows, columns, cells = _table(chance)
        told = _Told()
        first = told.table(cells, [(r,) for r in range(rows)], [(c,) for c in range(columns)])
        kept = hidden(told.counts, told.sums, LEAST)
        given = first - kept
        gathered = [tuple(range(0, rows // 2)), tuple(range(rows // 2, rows))] if chance.random() < 0.5 else [(r,) for r in range(1, rows)]
        split = [tuple(range(0, columns // 2)), tuple(range(columns // 2, columns))] if chance.random() < 0.5 else [(c,) for c in range(columns)]
        second = told.table(cells, [g for g in gathered if g], [g for g in split if g])
        still = hidden(told.counts, told.sums, LEAST, given, kept - second)
        given |= second - still
        assert not given & kept - (second - still)
        both = (kept | still) - given
        assert {p for p in first | second if 0 < told.counts[p] < LEAST} <= both
        for place, (low, high) in _worked_out(told, given, cells, both).items():
            assert low - 1e-6 <= told.counts[place] <= high + 1e-6
            assert high - low >= LEAST - 1e-6, (seed, place, low, high)
        hidden_in_all += len(both)
    assert hidden_in_all > 300


def test_a_release_that_another_already_gave_away_is_found() -> None:
    told = attack([7, 20, 27], {0}, [Sum(2, (0, 1))], 10)
    assert told == {0: (7, 7)} and attack([7, 20, 27], {0, 1}, [Sum(2, (0, 1))], 10) == {}


@pytest.mark.parametrize("size", [10**9, 3 * 10**9, 10**11])
def test_numbers_however_large_come_to_an_end(size: int) -> None:
    values, mask = suppress([3, size, size + 1, 2 * size + 4], LEAST)
    assert mask[0] and mask.sum() >= 2 and values[3] == 2 * size + 4
