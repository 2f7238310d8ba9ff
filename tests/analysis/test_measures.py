"""The measures against numbers that were published, each with its source, and against other libraries on inputs made at random."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vawg_desktop.analysis import (
    agreement,
    attrition,
    concentration,
    control,
    disclosure,
    funnel,
    harm,
    intervals,
    survival,
)
from vawg_desktop.analysis.suppression import Sum, attack

TIMES = 1_000
N = math.nan
#: K. Krippendorff (2011), *Computing Krippendorff's alpha-reliability*, section E: four observers, twelve units.
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
#: The worked example of Wikipedia, *Krippendorff's alpha*: three coders, fifteen units.
THREE = [
    [N, N, N, N, N, 3, 4, 1, 2, 1, 1, 3, 3, N, 3],
    [1, N, 2, 1, 3, 3, 4, 3, N, N, N, N, N, N, N],
    [N, N, 2, 1, 3, 4, 4, N, 2, 1, 1, 3, 3, N, 4],
]
#: J. L. Fleiss (1971): ten subjects, fourteen raters, five categories, as told in Wikipedia, *Fleiss' kappa*.
FLEISS = [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]]
#: NIST/SEMATECH e-Handbook: flow rates (6.3.2.2), defects on wafers (6.3.3.1), chips of fifty that fail (6.3.3.2).
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
WAFERS = [16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20, 11, 19, 16, 31, 13]
CHIPS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
#: E. Freireich et al. (1963), children treated with 6-mercaptopurine: weeks in remission, and whether it ended.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def other_library(name: str) -> Any:
    """A library to compare with; where Windows' Python runs under Wine, these are not there."""
    return pytest.importorskip(name, reason=f"{name} is not installed here")


def rounded(found: object, places: int = 4) -> float:
    assert isinstance(found, float)
    return round(found, places)


# -- agreement ------------------------------------------------------------------------------------------


def test_cohens_kappa_of_two_readers_of_fifty_proposals() -> None:
    """Wikipedia, *Cohen's kappa*: Po 0.70, Pe 0.50."""
    assert agreement.cohen_kappa([[20, 5], [10, 15]]) == pytest.approx(0.4) and agreement.percent([[20, 5], [10, 15]]) == pytest.approx(0.7)


def test_fleiss_kappa_as_published() -> None:
    assert rounded(agreement.fleiss_kappa(FLEISS), 3) == 0.210


@pytest.mark.parametrize(("ratings", "level", "alpha"), [(THREE, "nominal", 0.691), (THREE, "interval", 0.811), (FOUR, "nominal", 0.743), (FOUR, "ordinal", 0.815), (FOUR, "interval", 0.849), (FOUR, "ratio", 0.797)])
def test_krippendorffs_alpha_as_published(ratings: list[list[float]], level: str, alpha: float) -> None:
    assert rounded(agreement.krippendorff_alpha(ratings, level), 3) == alpha


def test_alpha_of_words_is_that_of_their_numbers() -> None:
    words = [[None if math.isnan(v) else f"code {v}" for v in row] for row in THREE]
    assert agreement.krippendorff_alpha(words, "nominal") == pytest.approx(agreement.krippendorff_alpha(THREE, "nominal"))
    with pytest.raises(ValueError, match="no interval level"):
        agreement.krippendorff_alpha(words, "interval")


@pytest.mark.parametrize("level", agreement.LEVELS)
def test_alpha_is_that_of_another_library(level: str) -> None:
    krippendorff = other_library("krippendorff")
    chance = np.random.default_rng(7)
    compared = 0
    for _ in range(TIMES // 4):
        ratings = chance.integers(1, 6, size=(chance.integers(2, 5), chance.integers(2, 20))).astype(float)
        ratings[chance.random(ratings.shape) < 0.25] = np.nan
        ours = agreement.krippendorff_alpha(ratings, level)
        paired = [u[~np.isnan(u)] for u in ratings.T if (~np.isnan(u)).sum() > 1]
        if len({v for u in paired for v in u}) < 2:
            assert math.isnan(ours)
            continue
        assert ours == pytest.approx(krippendorff.alpha(ratings, level_of_measurement=level), abs=1e-9)
        compared += 1
    assert compared > 200


def test_kappa_is_that_of_pairs_counted_one_by_one() -> None:
    """By its definition, on the pairs themselves."""
    chance = np.random.default_rng(3)
    for _ in range(TIMES):
        codes = int(chance.integers(2, 5))
        first, second = chance.integers(codes, size=30), chance.integers(codes, size=30)
        table = np.zeros((codes, codes))
        np.add.at(table, (first, second), 1)
        seen = sum(a == b for a, b in zip(first, second, strict=True)) / 30
        expected = sum((first == c).mean() * (second == c).mean() for c in range(codes))
        assert agreement.cohen_kappa(table) == pytest.approx((seen - expected) / (1 - expected))


def test_agreement_that_is_not_defined_is_nan_and_never_one() -> None:
    assert math.isnan(agreement.cohen_kappa([[9, 0], [0, 0]])) and math.isnan(agreement.cohen_kappa([[0, 0], [0, 0]]))
    assert math.isnan(agreement.fleiss_kappa([[3, 0], [3, 0]]))
    assert math.isnan(agreement.krippendorff_alpha([[1, 1], [1, 1]], "nominal")) and math.isnan(agreement.krippendorff_alpha([[1, N], [N, 2]], "nominal"))


@pytest.mark.parametrize("table", [[[1, 2]], [[1, -1], [0, 2]], [[N, 1], [1, 1]], [1, 2]])
def test_what_is_no_table_of_agreement_is_refused(table: object) -> None:
    with pytest.raises(ValueError, match="table"):
        agreement.cohen_kappa(table)  # type: ignore[arg-type]


@pytest.mark.parametrize("counts", [[[3, 0], [2, 0]], [[1, 0], [0, 1]], [[2, -1], [1, 0]]])
def test_raters_of_other_numbers_are_refused(counts: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"rated by|counts"):
        agreement.fleiss_kappa(counts)


# -- control charts -------------------------------------------------------------------------------------


def test_single_values_of_the_nist_handbook() -> None:
    chart = control.xmr(FLOW)
    assert (rounded(chart.centre, 2), rounded(chart.upper, 2), rounded(chart.lower, 2), chart.signals) == (50.81, 55.80, 45.82, [])


def test_counts_of_the_nist_handbook() -> None:
    chart = control.c_chart(WAFERS)
    assert (chart.centre, chart.upper, chart.lower) == (16, 28, 4)
    assert [(s.place, s.sign, s.up) for s in chart.signals] == [(23, "outside", True)]


def test_shares_of_the_nist_handbook() -> None:
    chart = control.p_chart(CHIPS, [50] * 30)
    assert (rounded(chart.centre), rounded(chart.upper), rounded(chart.lower)) == (0.2313, 0.4102, 0.0524)
    assert [(s.place, s.sign) for s in chart.signals if s.sign == "outside"] == [(14, "outside"), (22, "outside")]


def test_limits_of_shares_follow_their_sizes() -> None:
    chart = control.p_chart([5, 50, 20], [50, 500, 100])
    assert isinstance(chart.upper, list) and isinstance(chart.lower, list) and chart.upper[1] < chart.upper[2] < chart.upper[0] and chart.lower[0] == 0
    mean = 75 / 650
    assert chart.upper[1] == pytest.approx(mean + 3 * math.sqrt(mean * (1 - mean) / 500))


def test_laneys_limits_are_those_of_shares_that_only_chance_moves_and_wider_where_more_does() -> None:
    chance = np.random.default_rng(5)
    sizes = [20_000] * 60
    still = [int(chance.binomial(n, 0.1)) for n in sizes]
    usual, laney = control.p_chart(still, sizes), control.p_chart(still, sizes, laney=True)
    assert isinstance(usual.upper, float) and isinstance(laney.upper, float)
    assert laney.upper - laney.centre == pytest.approx(usual.upper - usual.centre, rel=0.25)
    moved = [int(chance.binomial(n, max(0.01, chance.normal(0.1, 0.01)))) for n in sizes]
    usual, laney = control.p_chart(moved, sizes), control.p_chart(moved, sizes, laney=True)
    outside = [sum(s.sign == "outside" for s in c.signals) for c in (usual, laney)]
    assert outside[0] > 20 and outside[1] <= 2


def test_charts_of_nothing_and_of_what_cannot_be() -> None:
    for chart in (control.xmr([]), control.c_chart([]), control.p_chart([], [])):
        assert math.isnan(chart.centre) and chart.signals == [] and isinstance(chart.lower, float) and math.isnan(chart.lower)
    for counts, sizes in (([3], [2]), ([1], [0]), ([1, 2], [3]), ([-1], [3])):
        with pytest.raises(ValueError, match="own size"):
            control.p_chart(counts, sizes)
    with pytest.raises(ValueError, match="below nought"):
        control.c_chart([3, -1])
    assert control.p_chart([0, 0, 0], [5, 5, 5], laney=True).signals == [] and control.c_chart([0, 0, 0]).signals == []


# -- concentration --------------------------------------------------------------------------------------


def test_gini_of_the_example_of_the_library_ineq() -> None:
    """The ten incomes in the help of the R package *ineq* (A. Zeileis)."""
    incomes = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
    assert rounded(concentration.gini(incomes), 5) == 0.46209 == rounded(concentration.gini(incomes[::-1]), 5)
    assert concentration.gini([5, 5, 5, 5]) == pytest.approx(0) and concentration.gini([0, 0, 0, 8]) == pytest.approx(0.75)


def test_gini_is_the_mean_difference_and_twice_the_area_over_lorenz() -> None:
    chance = np.random.default_rng(11)
    for _ in range(TIMES):
        values = chance.pareto(1.5, size=int(chance.integers(1, 40)))
        mean_difference = np.abs(np.subtract.outer(values, values)).mean() / (2 * values.mean())
        across, up = concentration.lorenz(values)
        area = float(((up[1:] + up[:-1]) / 2 * np.diff(across)).sum())
        assert concentration.gini(values) == pytest.approx(mean_difference, abs=1e-9) == pytest.approx(1 - 2 * area, abs=1e-9)


@pytest.mark.parametrize(("fraction", "share"), [(0.1, 0.28), (0.2, 0.51), (0.05, 0.28), (1.0, 1.0)])
def test_the_share_of_the_top_takes_whole_units(fraction: float, share: float) -> None:
    values = [1, 2, 3, 4, 5, 8, 12, 14, 23, 28]
    assert concentration.top_share(values, fraction) == pytest.approx(share)


def test_a_tenth_of_thirty_is_three_and_not_four() -> None:
    """0.1 × 30 is 3.0000000000000004 to a computer."""
    assert concentration.top_share([1] * 27 + [10] * 3, 0.1) == pytest.approx(30 / 57)
    assert concentration.top_share([1] * 20, 0.15) == pytest.approx(3 / 20)


def test_what_chance_alone_concentrates_is_told() -> None:
    """One grave incident among many tops any list; ten that are alike on a thousand people lie on a hundredth of them."""
    assert concentration.expected_top_share([1.0] * 10, 1_000, 0.01) == pytest.approx(1.0)
    assert concentration.expected_top_share([1.0] * 10_000, 10, 0.1) == pytest.approx(0.1, abs=0.01)
    assert concentration.expected_top_share([1825] + [1] * 100, 100, 0.01) > 0.9


@pytest.mark.parametrize(("values", "fraction"), [([], 0.1), ([1, -1], 0.1), ([1, 2], 0.0), ([1, 2], 1.1), ([N], 0.1)])
def test_what_has_no_share_is_refused(values: list[float], fraction: float) -> None:
    with pytest.raises(ValueError, match=r"fraction|nothing|below"):
        concentration.top_share(values, fraction)
    assert math.isnan(concentration.top_share([0, 0], 0.5)) and math.isnan(concentration.gini([0, 0]))


# -- intervals ------------------------------------------------------------------------------------------


def test_wilsons_interval_as_published() -> None:
    """R. Newcombe (1998), *Two-sided confidence intervals for the single proportion*: 81 of 263."""
    low, high = intervals.wilson(81, 263)
    assert (rounded(low), rounded(high)) == (0.2553, 0.3662)


def test_intervals_are_those_of_scipy() -> None:
    stats = other_library("scipy.stats")
    chance = np.random.default_rng(13)
    for _ in range(TIMES):
        n = int(chance.integers(1, 3_000))
        k = int(chance.integers(0, n + 1))
        for ours, method in ((intervals.wilson, "wilson"), (intervals.binomial_exact, "exact")):
            theirs = stats.binomtest(k, n).proportion_ci(0.95, method)
            assert ours(k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-9), (k, n, method)
        count = int(chance.integers(0, 200) if chance.random() < 0.8 else chance.integers(200, 100_000))
        wanted = (stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0, stats.chi2.ppf(0.975, 2 * count + 2) / 2)
        assert intervals.poisson_exact(count) == pytest.approx(wanted, rel=1e-9), count


@pytest.mark.parametrize("call", [lambda: intervals.wilson(3, 2), lambda: intervals.wilson(0, 0), lambda: intervals.wilson(-1, 5), lambda: intervals.poisson_exact(-1), lambda: intervals.binomial_exact(2, 1)])
def test_counts_that_cannot_be_have_no_interval(call: object) -> None:
    with pytest.raises(ValueError, match=r"seen|below"):
        call()  # type: ignore[operator]


# -- time to an end -------------------------------------------------------------------------------------


def test_remissions_as_published() -> None:
    times, left = survival.kaplan_meier(WEEKS, ENDED)
    assert rounded(survival.by(times, left, 10)) == 0.7529 == rounded(float(left[list(times).index(10)]))
    assert (times[0], left[0]) == (0, 1) and survival.by(times, left, 0.5) == 1


def test_kaplan_meier_is_that_of_lifelines() -> None:
    lifelines = other_library("lifelines")
    chance = np.random.default_rng(17)
    for _ in range(TIMES // 5):
        size = int(chance.integers(1, 60))
        days, ended = chance.integers(0, 30, size=size), chance.random(size) < 0.6
        times, left = survival.kaplan_meier(days, ended)
        theirs = lifelines.KaplanMeierFitter().fit(days, ended).survival_function_
        assert list(times) == list(theirs.index) and left == pytest.approx(theirs.iloc[:, 0].to_numpy(), abs=1e-12)


def test_kaplan_meier_is_that_of_scipy() -> None:
    stats = other_library("scipy.stats")
    chance = np.random.default_rng(18)
    for _ in range(TIMES):
        size = int(chance.integers(2, 60))
        days, ended = chance.integers(1, 30, size=size).astype(float), chance.random(size) < 0.6
        if not ended.any() or ended.all():
            ended[:2] = (True, False)
        times, left = survival.kaplan_meier(days, ended)
        theirs = stats.ecdf(stats.CensoredData(uncensored=days[ended], right=days[~ended])).sf
        for day in (0.0, 5.5, 10.0, 29.0):
            assert survival.by(times, left, day) == pytest.approx(float(theirs.evaluate(day)), abs=1e-12)


def test_competing_ends_are_those_of_lifelines_and_sum_to_one_each_day() -> None:
    lifelines = other_library("lifelines")
    chance = np.random.default_rng(19)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(TIMES // 5):
            size = int(chance.integers(5, 60))
            days = chance.permutation(np.arange(1, 200))[:size].astype(float)  # lifelines moves ties apart at random
            ways = chance.integers(0, 3, size=size)
            times, found = survival.cumulative_incidence(days, list(ways))
            _, left = survival.kaplan_meier(days, ways > 0)
            assert sum(found.values()) + left == pytest.approx(np.ones(times.size), abs=1e-9)
            for way, estimates in found.items():
                theirs = lifelines.AalenJohansenFitter(calculate_variance=False).fit(days, ways, event_of_interest=int(way)).cumulative_density_
                assert estimates == pytest.approx(theirs.iloc[:, 0].to_numpy(), abs=1e-9)


def test_ways_that_end_on_one_day_are_told_apart_and_words_may_name_them() -> None:
    times, found = survival.cumulative_incidence([2, 2, 2, 4, 4], ["charged", "no further action", "", "charged", None])
    assert list(times) == [0, 2, 4]
    assert {k: [round(float(x), 3) for x in v] for k, v in found.items()} == {"charged": [0, 0.2, 0.5], "no further action": [0, 0.2, 0.2]}
    assert survival.median(times, found["charged"]) == 4 and survival.median(times, found["no further action"]) is None


def test_one_minus_kaplan_meier_overstates_where_ends_compete() -> None:
    """The trap of the brief: a charge competes with no further action."""
    days, ways = [10, 20, 30, 40], ["nfa", "charged", "nfa", "charged"]
    times, found = survival.cumulative_incidence(days, ways)
    _, left = survival.kaplan_meier(days, [w == "charged" for w in ways])
    assert survival.by(times, found["charged"], 40) == pytest.approx(0.5) and 1 - left[-1] == 1


@pytest.mark.parametrize(("times", "observed"), [([], []), ([1, 2], [True]), ([-1], [True]), ([N], [True])])
def test_times_that_cannot_be_are_refused(times: list[float], observed: list[bool]) -> None:
    with pytest.raises(ValueError, match=r"time|Times"):
        survival.kaplan_meier(times, observed)


# -- what may be given ----------------------------------------------------------------------------------


def test_a_small_count_takes_others_with_it() -> None:
    table = [[3, 40, 43], [50, 60, 110], [53, 100, 153]]
    values, mask = disclosure.suppress(table, 10)
    assert mask[0][0] and mask.sum() >= 4 and mask.shape == (3, 3) and math.isnan(values[0][0]) and (values[~mask] == np.asarray(table)[~mask]).all()
    values, mask = disclosure.suppress([3, 30, 40, 73], 10)
    assert list(mask) == [True, True, False, False] and values[2] == 40


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert not disclosure.suppress([[0, 40, 40], [50, 60, 110], [50, 100, 150]], 10)[1].any()


def test_tables_at_random_give_no_hidden_count_away() -> None:
    chance = np.random.default_rng(23)
    for _ in range(TIMES // 10):
        inner = chance.poisson(chance.choice([2, 15, 60], size=(chance.integers(1, 5), chance.integers(1, 5))))
        table = np.vstack([inner, inner.sum(axis=0)])
        table = np.hstack([table, table.sum(axis=1, keepdims=True)])
        _, mask = disclosure.suppress(table, 10)
        assert not (~mask & (table > 0) & (table < 10)).any()
        rows, columns = table.shape
        sums = [Sum(r * columns + columns - 1, tuple(r * columns + c for c in range(columns - 1))) for r in range(rows)]
        sums += [Sum((rows - 1) * columns + c, tuple(r * columns + c for r in range(rows - 1))) for c in range(columns)]
        assert attack([int(v) for v in table.ravel()], set(np.flatnonzero(mask.ravel()).tolist()), sums, 10) == {}


@pytest.mark.parametrize("table", [[[1, 2], [3, 4]], [[1.5, 1.5], [1.5, 1.5]], [[-1, -1], [-1, -1]], [5], [[N, 1], [1, 1]]])
def test_what_is_no_table_with_totals_is_refused(table: object) -> None:
    with pytest.raises(ValueError, match=r"table|total"):
        disclosure.suppress(table, 10)  # type: ignore[arg-type]


# -- from stage to stage --------------------------------------------------------------------------------


def stage(name: str, count: int, unit: str = "suspects", kind: attrition.Kind = attrition.Kind.SNAPSHOT, cases: str = "2023/24") -> attrition.Stage:
    return attrition.Stage(name, count, unit, kind, cases)


def test_charged_of_referred_as_published() -> None:
    """Crown Prosecution Service, rape: 3,232 charged of 7,683 referred, 42.1%."""
    assert round(100 * attrition.conversion(stage("Referred", 7683), stage("Charged", 3232)), 1) == 42.1


@pytest.mark.parametrize(("later", "why"), [
    (stage("Convicted", 10, unit="defendants"), "counts suspects"), (stage("Charged", 10, kind=attrition.Kind.COHORT), "other cases"),
    (stage("Charged", 10, cases="2022/23"), "is of 2023/24"),
])  # fmt: skip
def test_stages_of_other_things_have_no_share(later: attrition.Stage, why: str) -> None:
    with pytest.raises(attrition.IncomparableError, match=why):
        attrition.conversion(stage("Referred", 100), later)


def test_a_cohort_does_not_grow_and_of_nobody_there_is_no_share() -> None:
    with pytest.raises(attrition.IncomparableError, match="no cohort"):
        attrition.conversion(stage("Reported", 5, kind=attrition.Kind.COHORT), stage("Charged", 6, kind=attrition.Kind.COHORT))
    assert attrition.conversion(stage("Referred", 5), stage("Charged", 6)) == pytest.approx(1.2)  # a snapshot's later stage is of other cases
    with pytest.raises(attrition.IncomparableError, match="Nobody"):
        attrition.conversion(stage("Reported", 0), stage("Charged", 0))


# -- harm -----------------------------------------------------------------------------------------------

#: Starting points in days, as published for the Cambridge index.
DAYS = {"homicide": 5475.0, "rape": 1825.0, "robbery": 365.0, "shoplifting": 1.0}


def test_harm_is_counts_times_weights_and_no_weight_is_no_nought() -> None:
    assert harm.total({"rape": 2, "shoplifting": 1000, "homicide": 0}, DAYS) == 4650 and harm.severity_score({"robbery": 10}, DAYS, 365) == 10
    with pytest.raises(KeyError, match="no weight for arson"):
        harm.total({"arson": 1}, DAYS)
    assert harm.total({"arson": 0}, DAYS) == 0
    with pytest.raises(ValueError, match="population"):
        harm.severity_score({}, DAYS, 0)


def test_a_planted_tenth_of_offenders_has_its_share_of_harm() -> None:
    """Ten per cent of offenders, 63% of harm: of 50,000, the top 5,000 have it as planted, and tenths add up to the whole.

    As much would lie on a tenth by chance if each incident fell on anybody: most people have none, and so few have much.
    """
    harms = np.concatenate([np.full(5_000, 63 / 5_000), np.full(45_000, 37 / 45_000)])
    np.random.default_rng(2).shuffle(harms)
    assert concentration.top_share(harms, 0.1) == pytest.approx(0.63) and harm.by_decile(harms)[0] == pytest.approx(0.63)
    assert sum(harm.by_decile(harms)) == pytest.approx(1) and concentration.expected_top_share(harms, 50_000, 0.1, times=3) > 0.63
    with pytest.raises(ValueError, match="no harm"):
        harm.by_decile([0, 0])


# -- funnels --------------------------------------------------------------------------------------------


def test_a_funnels_limits_are_exact() -> None:
    stats = other_library("scipy.stats")
    chance = np.random.default_rng(29)
    for _ in range(TIMES // 20):
        sizes = chance.integers(20, 400, size=12)
        counts = [int(chance.binomial(n, 0.3)) for n in sizes]
        made = funnel.shares(counts, [int(n) for n in sizes])
        people = [float(n) * 1000 for n in sizes]
        rated = funnel.rates(counts, people)
        for area, rate, k, n, p in zip(made.areas, rated.areas, counts, sizes, people, strict=True):
            for found, spread in ((area, stats.binom(n, made.centre)), (rate, stats.poisson(rated.centre * p))):
                tail = spread.sf(k - 1) if found.value > (made.centre if found is area else rated.centre) else spread.cdf(k)
                assert abs(found.out) == (tail < 0.025) + (tail < 0.001)


def test_areas_that_differ_more_than_chance_are_told() -> None:
    chance = np.random.default_rng(31)
    sizes = [500] * 40
    assert not funnel.shares([int(chance.binomial(500, 0.2)) for _ in sizes], sizes).over_dispersed
    apart = funnel.shares([int(chance.binomial(500, chance.uniform(0.1, 0.3))) for _ in sizes], sizes)
    assert apart.over_dispersed and {a.out for a in apart.areas} >= {-2, 2}
    for counts, of in (([], []), ([1], [0]), ([3], [2]), ([1, 2], [3])):
        with pytest.raises(ValueError, match=r"size"):
            funnel.shares(counts, of)


def test_charts_take_arrays_as_well_as_lists() -> None:
    values, sizes = [4.0, 6.0, 5.0, 7.0], [10.0, 20.0, 10.0, 20.0]
    for one, other in ((control.xmr(values), control.xmr(np.array(values))), (control.c_chart(values), control.c_chart(np.array(values))), (control.p_chart(values, sizes), control.p_chart(np.array(values), np.array(sizes)))):
        assert one.points == other.points and one.centre == other.centre
    assert control.xmr(np.array([])).points == []


@pytest.mark.parametrize("values", [[1.0, math.nan, 3.0], [1.0, None, 3.0], [1.0, math.inf]])
def test_a_chart_of_what_is_not_known_is_refused(values: list[float]) -> None:
    for chart in (control.xmr, control.c_chart, lambda v: control.p_chart(v, [10.0] * len(v))):
        with pytest.raises(ValueError, match=r"known number|its own size"):
            chart(values)


def test_the_smallest_fraction_is_one_unit_and_not_all() -> None:
    assert concentration.top_share([5, 3, 1, 1], 1e-10) == 0.5


def test_what_is_not_a_number_of_whatever_kind_has_not_ended() -> None:
    _, found = survival.cumulative_incidence([1, 2, 3], [np.float32("nan"), 1, np.float64("nan")])
    assert list(found) == [1]
    for k in (math.nan, math.inf, -1):
        with pytest.raises(ValueError, match="below nought"):
            intervals.poisson_exact(k)  # type: ignore[arg-type]


def test_measures_say_what_they_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="The level is one of"):
        agreement.krippendorff_alpha([[1, 2], [1, 2]], "cardinal")
    for ratings in ([], [[1, 2], [1]]):
        with pytest.raises(ValueError, match="a place for every unit"):
            agreement.krippendorff_alpha(ratings)
    with pytest.raises(ValueError, match="nothing to share out"):
        concentration.lorenz([0, 0])
    with pytest.raises(ValueError, match="units to fall on"):
        concentration.expected_top_share([1, 2], 0, 0.1)
    for k, n in ((-1, 5), (6, 5), (0, 0)):
        with pytest.raises(ValueError, match="Of at least one"):
            intervals.wilson(k, n)


def test_chances_at_their_ends() -> None:
    stats = other_library("scipy.stats")
    assert intervals.poisson_at_least(0, 4.0) == 1.0 and intervals.poisson_at_least(3, 0.0) == 0.0
    assert intervals.at_least(0, 5, 0.2) == intervals.at_least(3, 5, 1.0) == 1.0 and intervals.at_least(6, 5, 0.2) == intervals.at_least(2, 5, 0.0) == 0.0
    assert intervals.poisson_at_least(3, 60.0) == pytest.approx(stats.poisson.sf(2, 60.0)) and intervals.poisson_at_least(60, 20.0) == pytest.approx(stats.poisson.sf(59, 20.0))


def test_areas_without_any_case_do_not_differ() -> None:
    made = funnel.rates([0, 0, 0], [100, 200, 300])
    assert (made.dispersion, [a.out for a in made.areas]) == (1.0, [0, 0, 0])


def test_hidden_counts_of_sums_that_do_not_add_up_are_no_riddle() -> None:
    with pytest.raises(ArithmeticError, match="could not be worked out"):
        attack([1, 9, 5], {0}, [Sum(2, (0, 1))], 5)


def test_ratings_of_any_width_and_masked_ones_are_the_same_ratings() -> None:
    """Krippendorff's own example (2011, section D): 0.743, however what is missing is written."""
    missing = np.nan
    rows = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, missing, missing, missing], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, missing, 3],
        [missing, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, missing], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, missing],
    ]  # fmt: skip
    told = [np.array(rows, dtype=kind) for kind in (np.float64, np.float32, np.float16)]
    made = [*told, np.ma.masked_invalid(told[0]), pd.DataFrame(rows), pd.DataFrame(rows).astype("Int64")]
    assert [round(agreement.krippendorff_alpha(one), 3) for one in made] == [0.743] * len(made)


def test_masked_amounts_are_left_out() -> None:
    values = np.ma.masked_array([1.0, 2.0, 99.0], mask=[False, False, True])
    assert concentration.gini(values) == pytest.approx(concentration.gini([1, 2]))


@pytest.mark.parametrize("observed", [[1, np.nan, 0], ["1", "0", "1"], [True, None, False]])
def test_what_is_not_known_of_a_case_is_no_event(observed: Any) -> None:
    with pytest.raises(ValueError, match="known whether it ended"):
        survival.kaplan_meier([1, 2, 3], observed)


def test_more_than_all_never_happens() -> None:
    assert [intervals.at_least(k, 5, 1.0) for k in (0, 5, 6)] == [1.0, 1.0, 0.0]
