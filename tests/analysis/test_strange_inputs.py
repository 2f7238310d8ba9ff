"""Measures asked with what other libraries hold, at the edges of what is known, and attacked: each case failed before."""

from __future__ import annotations

import itertools
import math
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import linprog

from vawg_desktop.analysis import (
    agreement,
    attrition,
    concentration,
    control,
    disclosure,
    funnel,
    harm,
    intervals,
    orders,
    survival,
)

# -- numbers of every width ------------------------------------------------------------------------------


@pytest.mark.parametrize(("k", "n"), [(np.int16(81), np.int16(263)), (np.uint8(81), np.uint8(200)), (np.int32(10_000), np.int32(30_000)), (10**399, 10**400), (81.0, 263.0)])
def test_wilson_overflows_in_no_kind_of_number(k: Any, n: Any) -> None:
    share, z = int(k) / int(n), 1.959963984540054
    middle, reach = share + z * z / 2 * (1 / int(n)), z * math.sqrt(share * (1 - share) * (1 / int(n)) + (z / 2) ** 2 * (1 / int(n)) ** 2)
    whole = 1 + z * z * (1 / int(n))
    assert intervals.wilson(k, n) == pytest.approx(((middle - reach) / whole, (middle + reach) / whole), rel=1e-12)


@pytest.mark.parametrize("k", [np.uint8(7), np.int8(100), np.int16(32_767), np.int64(40), 1_000_001, 10**9, 10**15])
def test_poisson_is_exact_in_every_kind_of_number(k: Any) -> None:
    low, high = intervals.poisson_exact(k)
    assert low < int(k) < high
    assert (low, high) == pytest.approx((stats.chi2.ppf(0.025, 2 * int(k)) / 2, stats.chi2.ppf(0.975, 2 * int(k) + 2) / 2), rel=1e-9)


@pytest.mark.parametrize("wrong", [math.inf, math.nan, 1.5, "3", None, -1, pd.NA])
def test_what_is_no_count_is_refused_in_a_sentence(wrong: Any) -> None:
    with pytest.raises(ValueError, match="not below nought"):
        intervals.poisson_exact(wrong)
    with pytest.raises(ValueError, match="from none to all"):
        intervals.wilson(1, wrong)


@pytest.mark.parametrize(("found", "degrees"), [(3.84, 1), (50, 40), (0.1, 5), (300, 299)])
def test_chi_square_is_that_of_the_tables(found: float, degrees: int) -> None:
    assert intervals.chi_square_beyond(found, degrees) == pytest.approx(stats.chi2.sf(found, degrees), abs=1e-12)


# -- agreement -------------------------------------------------------------------------------------------


def test_a_labelled_table_is_read_by_its_labels() -> None:
    first, second = ["a", "a", "b", "b"], ["b", "b", "c", "c"]
    never = pd.crosstab(pd.Series(first), pd.Series(second))
    assert agreement.percent(never) == 0 and agreement.cohen_kappa(never) < 0
    table = pd.DataFrame([[20, 5], [10, 15]], index=["yes", "no"], columns=["yes", "no"])
    assert agreement.cohen_kappa(table[["no", "yes"]]) == pytest.approx(0.4) == agreement.cohen_kappa(table)
    assert agreement.cohen_kappa(pd.DataFrame([[20, 5], [10, 15]], columns=["yes", "no"])) == pytest.approx(0.4)
    with pytest.raises(ValueError, match="one row and one column"):
        agreement.percent(pd.DataFrame([[1, 2], [3, 4]], index=["a", "a"], columns=["a", "b"]))


def test_missing_words_of_an_array_are_no_code() -> None:
    rows = [["a", "b", "a", np.nan], ["a", "b", "b", "a"]]
    assert agreement.krippendorff_alpha(np.array(rows)) == pytest.approx(agreement.krippendorff_alpha(rows)) == pytest.approx(0.444, abs=5e-4)
    at, found = survival.cumulative_incidence([1, 2, 3], np.array(["charged", np.nan, "charged"]))
    assert list(found) == ["charged"] and at.size == 4


@pytest.mark.parametrize("causes", [pd.array(["charged", pd.NA, "nfa"], dtype="string"), pd.array([1, pd.NA, 2], dtype="Int64"), [1, pd.NaT, 2], [1, None, 2]])
def test_what_a_table_does_not_know_has_not_ended(causes: Any) -> None:
    _, found = survival.cumulative_incidence([1, 2, 3], causes)
    assert len(found) == 2


@pytest.mark.parametrize("counts", [[[200_000, 0], [0, 200_001]], [[1.5, 0.5], [0.5, 1.5]], [[pd.NA, 2], [1, 1]]])
def test_fleiss_takes_counts_alone(counts: Any) -> None:
    with pytest.raises(ValueError, match=r"holding counts|equally many"):
        agreement.fleiss_kappa(counts)


def test_alpha_of_a_ratio_scale_begins_at_nought() -> None:
    for level, wrong in (("ratio", [[-1, 1, 2], [1, -1, 2]]), ("interval", [[1, math.inf], [2, 3]])):
        with pytest.raises(ValueError, match=r"below it|infinite"):
            agreement.krippendorff_alpha(wrong, level)
    assert agreement.cohen_kappa([[1e200, 1e199], [1e199, 1e200]]) == pytest.approx(agreement.cohen_kappa([[10, 1], [1, 10]]))


@pytest.mark.parametrize("level", agreement.LEVELS)
def test_alpha_is_what_its_table_of_coincidences_gives(level: str) -> None:
    chance = np.random.default_rng(5)
    for _ in range(30):
        ratings = chance.integers(0, 5, (3, 12)).astype(float)
        ratings[chance.random(ratings.shape) < 0.2] = np.nan
        found = agreement.krippendorff_alpha(ratings, level)
        assert found == pytest.approx(_alpha(ratings, level), nan_ok=True)


def _alpha(ratings: np.ndarray[Any, Any], level: str) -> float:
    """Krippendorff 2011 step by step: coincidences, then what is seen over what is expected."""
    units = [u[~np.isnan(u)] for u in ratings.T]
    units = [u for u in units if u.size > 1]
    values = sorted({v for u in units for v in u})
    together = np.zeros((len(values), len(values)))
    for unit in units:
        for a, b in itertools.permutations(unit, 2):
            together[values.index(a), values.index(b)] += 1 / (unit.size - 1)
    totals = together.sum(axis=1)

    def apart(c: int, k: int) -> float:
        if level == "nominal":
            return float(c != k)
        if level == "ordinal":
            low, high = sorted((c, k))
            return float(totals[low : high + 1].sum() - (totals[c] + totals[k]) / 2) ** 2
        if level == "interval":
            return (values[c] - values[k]) ** 2
        return ((values[c] - values[k]) / (values[c] + values[k])) ** 2 if values[c] + values[k] else 0.0

    pairs = list(itertools.product(range(len(values)), repeat=2))
    expected = sum(totals[c] * totals[k] * apart(c, k) for c, k in pairs)
    return 1 - (totals.sum() - 1) * sum(together[c, k] * apart(c, k) for c, k in pairs) / expected if expected else math.nan


# -- how long until something ends -----------------------------------------------------------------------


def test_a_half_that_is_just_reached_is_reached() -> None:
    times, found = survival.cumulative_incidence(range(1, 11), ["charged"] * 5 + ["nfa"] + ["charged"] * 4)
    assert survival.median(times, found["charged"]) == 5
    for n in range(2, 60, 2):  # exactly half were charged, one a day
        at, incidence = survival.cumulative_incidence(range(1, n + 1), ["charged"] * (n // 2) + ["nfa"] * (n // 2))
        assert survival.median(at, incidence["charged"]) == n // 2


@pytest.mark.parametrize("observed", [[1, 2, 1], [1, -1, 0], [1, 0.5, 0], pd.array([True, pd.NA, False], dtype="boolean")])
def test_another_coding_of_ends_is_refused(observed: Any) -> None:
    with pytest.raises(ValueError, match="yes or no, 1 or 0"):
        survival.kaplan_meier([1, 2, 3], observed)


def test_ways_to_end_need_no_order_and_days_begin_at_nought() -> None:
    class Way(Enum):
        CHARGED = "charged"
        NFA = "nfa"

    at, found = survival.cumulative_incidence([1, 2, 3], [Way.NFA, Way.CHARGED, ("another", 1)])
    assert set(found) == {Way.NFA, Way.CHARGED, ("another", 1)} and sum(float(f[-1]) for f in found.values()) == pytest.approx(1)
    for day in (-1, math.nan):
        with pytest.raises(ValueError, match="before the first"):
            survival.by(at, found[Way.NFA], day)


# -- charts and funnels ----------------------------------------------------------------------------------


def test_signals_do_not_depend_on_where_a_scale_begins() -> None:
    values = [float(n // 2 + (n % 2)) for n in range(24)]
    for shift in (0, 1e6, 1e9):
        assert [(s.place, s.sign) for s in control.xmr([v + shift for v in values]).signals] == [(s.place, s.sign) for s in control.xmr(values).signals] != []
    assert control.xmr([0.1] * 24).signals == [] == control.xmr([1 / 3] * 24).signals


def test_both_limits_have_one_shape() -> None:
    chart = control.p_chart([1, 2, 3], [5, 7, 9])
    assert isinstance(chart.lower, list) and isinstance(chart.upper, list) and len(list(zip(chart.lower, chart.upper, strict=True))) == 3
    assert isinstance(control.xmr([1, 2, 3]).lower, float)


@pytest.mark.parametrize("wrong", [[1, 10**400], [1, 1e308], ["a", 2], [1, None]])
def test_a_chart_of_what_is_no_number_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="known number"):
        control.xmr(wrong)


@pytest.mark.parametrize("of", [np.array, pd.Series, lambda v: np.array(v, dtype=np.int8), tuple])
def test_a_funnel_takes_every_kind_of_sequence(of: Any) -> None:
    plain = funnel.shares([10, 60, 90], [100, 110, 120])
    assert funnel.shares(of([10, 60, 90]), of([100, 110, 120])) == plain
    assert funnel.rates(of([10, 60, 90]), of([100, 110, 120])) == funnel.rates([10, 60, 90], [100, 110, 120])
    wrong: list[tuple[Any, Any]] = [([math.nan, 1], [10, 10]), ([1, 2], [math.inf, 10])]
    for counts, sizes in wrong:
        with pytest.raises(ValueError):
            funnel.rates(counts, sizes)


def test_over_dispersion_is_tested_against_chance() -> None:
    chance = np.random.default_rng(8)

    def share_told(areas: int, spread: float) -> float:
        told = 0
        for _ in range(200):
            means = 400 * chance.gamma(1 / spread, spread, areas) if spread else np.full(areas, 400.0)
            told += funnel.rates(chance.poisson(means), [1000] * areas).over_dispersed
        return told / 200

    assert share_told(5, 0) < 0.12 and share_told(300, 0) < 0.12 and share_told(300, 0.001) > 0.9


# -- the rest --------------------------------------------------------------------------------------------


def test_very_large_amounts_are_shared_out_as_small_ones() -> None:
    assert concentration.gini([1e308] * 4) == 0 == concentration.gini([0.3] * 6) and concentration.top_share([1e308] * 4, 0.5) == 0.5
    assert concentration.gini([1e308, 2e307]) == pytest.approx(concentration.gini([10, 2]))


@pytest.mark.parametrize(("counts", "error"), [({1: 2}, KeyError), ({"a": math.nan}, ValueError), ({"a": -1}, ValueError)])
def test_harm_says_what_is_missing_and_what_is_no_count(counts: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"no weight for 1|is no count"):
        harm.total(counts, {"a": 3})
    with pytest.raises(ValueError, match="population"):
        harm.severity_score({"a": 1}, {"a": 1}, math.nan)


@pytest.mark.parametrize("count", [-1, math.nan, math.inf])
def test_a_stage_that_holds_no_count_says_so(count: Any) -> None:
    good = attrition.Stage("Reported", 10, "offences", attrition.Kind.COHORT, "2021")
    bad = attrition.Stage("Charged", count, "offences", attrition.Kind.COHORT, "2021")
    for earlier, later in ((good, bad), (bad, good)):
        with pytest.raises(attrition.IncomparableError, match="holds no count"):
            attrition.conversion(earlier, later)


@pytest.mark.parametrize(("one", "other"), [("9999-12-31", "9999-12-31"), ("2026-02-30", "2026-02-30"), ("2026-13-01", "2026-13-02"), ("2026-01-31", "9999-12-31")])
def test_days_that_do_not_exist_or_end_the_calendar_follow_nothing(one: str, other: str) -> None:
    assert not orders.one_more(one, other)
    assert orders.one_more("2026-12-31", "2027-01-01")


# -- what is hidden --------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", [math.nan, -5, True, None, "10", 4.5])
def test_a_threshold_that_would_hide_nothing_is_refused(threshold: Any) -> None:
    with pytest.raises(ValueError, match="whole number, such as 5 or 10"):
        disclosure.suppress([3, 40, 43], threshold)
    assert disclosure.suppress([3, 40, 43], np.int64(5))[1].tolist() == [True, True, False]


def test_no_more_is_hidden_than_a_table_needs() -> None:
    mask = disclosure.suppress([[3, 40, 43], [50, 60, 110], [53, 100, 153]], 10)[1]
    assert mask.astype(int).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    big = [[8, 40, 50, 42, 140], [30, 42, 6, 48, 126], [38, 44, 37, 40, 159], [45, 30, 35, 44, 154], [121, 156, 128, 174, 579]]
    assert disclosure.suppress(big, 10)[1].sum() <= 7 and not disclosure.suppress(big, 10)[1][-1].any()


def test_noughts_that_are_shown_do_not_tell_the_ones_that_are_hidden() -> None:
    """Five blanks of a sum of five are one each, where nought is never a blank."""
    assert disclosure.suppress([1] * 5 + [5], 5)[1].all()
    chance = np.random.default_rng(4)
    for _ in range(60):
        rows, columns = chance.integers(1, 5, 2)
        inner = chance.poisson(chance.choice([1, 4, 15]), (rows, columns))
        table = np.vstack([np.hstack([inner, inner.sum(axis=1, keepdims=True)]), np.append(inner.sum(axis=0), inner.sum())])
        least = int(chance.choice([5, 10]))
        _, mask = disclosure.suppress(table, least)
        assert not mask[table == 0].any()
        for low, high in _attacked(table, mask):
            assert high - low >= least - 1e-6


def _attacked(table: np.ndarray[Any, Any], mask: np.ndarray[Any, Any]) -> list[tuple[float, float]]:
    """The bounds of each hidden cell by scipy's linear programme: what is shown, all sums, and that a blank is at least one."""
    at = {p: n for n, p in enumerate(zip(*np.nonzero(mask), strict=True))}
    lines = [[(r, c) for c in range(table.shape[1])] for r in range(table.shape[0])] + [[(r, c) for r in range(table.shape[0])] for c in range(table.shape[1])]
    left, right = [], []
    for line in lines:
        row = np.zeros(len(at))
        known = 0
        for place in line:
            sign = -1 if place == line[-1] else 1
            if place in at:
                row[at[place]] += sign
            else:
                known += sign * int(table[place])
        if row.any():
            left.append(row)
            right.append(-known)
    found = []
    for n in range(len(at)):
        goal = np.zeros(len(at))
        goal[n] = 1
        ends = [linprog(way * goal, A_eq=left or None, b_eq=right or None, bounds=(1, 10**6)) for way in (1, -1)]
        found.append((ends[0].fun, -ends[1].fun))
    return found
