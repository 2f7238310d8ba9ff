"""Control charts: worked examples by hand, an oracle in other words, and what must hold for any values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_desktop.analysis import control
from vawg_desktop.analysis.control import xmr

VALUES = st.lists(st.integers(0, 500), min_size=2, max_size=60)


def test_limits_by_hand() -> None:
    chart = xmr([10, 12, 11, 13])  # moves 2, 1, 2: mean 5/3
    point = chart.points[0]
    assert point.mean == 11.5 and point.lower == pytest.approx(11.5 - 2.66 * 5 / 3) and point.upper == pytest.approx(11.5 + 2.66 * 5 / 3)
    assert [p.sign for p in chart.points] == [""] * 4


def test_one_leap_is_left_out_of_the_limits_once() -> None:
    values = [10, 11, 10, 11, 10, 11, 10, 11, 10, 60, 10, 11]
    moves = [1, 1, 1, 1, 1, 1, 1, 1, 50, 50, 1]
    kept = [m for m in moves if m < 3.267 * sum(moves) / len(moves)]
    assert kept == [1] * 9
    chart = xmr(values)
    assert chart.points[0].upper == pytest.approx(sum(values) / 12 + 2.66)
    assert [p.sign for p in chart.points].count("outside") == 12  # the leap drags the mean away from all others


@pytest.mark.parametrize(
    ("values", "places", "sign", "up"),
    [
        ([50, 51, 50, 51, 50, 51, 50, 51, 50, 51, 50, 51, 70], [12], "outside", True),
        ([1, 9, 2, 8, 1, 2, 3, 4, 5, 6, 7, 1, 8], [4, 5, 6, 7, 8, 9, 10], "trend", True),
        ([9, 1, 8, 2, 9, 8, 7, 6, 5, 4, 3, 9, 2], [4, 5, 6, 7, 8, 9, 10], "trend", False),
        ([6, 4, 7, 8, 6, 7, 8, 7, 6, 2, 4, 3, 4, 5, 1], [], "near_limit", True),
        ([2, 9, 6, 7, 6, 7, 6, 7, 6, 1, 9, 1, 2, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8], "one_side", True),
    ],
)
def test_each_sign(values: list[int], places: list[int], sign: str, up: bool) -> None:
    points = xmr(values).points
    assert [n for n, p in enumerate(points) if p.sign == sign] == places
    assert all(points[n].up == up for n in places)


def test_two_of_three_near_one_limit() -> None:
    values = [10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 13, 12, 13, 11, 10]
    points = xmr(values).points
    assert points[0].upper is not None
    third = points[0].mean + (points[0].upper - points[0].mean) * 2 / 3
    assert [n for n, v in enumerate(values) if third < v < points[0].upper] == [10, 12]
    assert [n for n, p in enumerate(points) if p.sign] == [10, 12]
    assert all(points[n].sign == "near_limit" and points[n].up for n in (10, 12))
    alone = xmr([10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 13, 11, 10, 11, 10]).points
    assert [p.sign for p in alone if p.sign == "near_limit"] == []


def test_limits_begin_anew_where_the_process_changed() -> None:
    chart = xmr([10, 12, 11, 13, 30, 32, 31, 33], [4])
    assert chart.starts == [0, 4] and [p.mean for p in chart.points] == [11.5] * 4 + [31.5] * 4
    assert [p.sign for p in chart.points] == [""] * 8 and len(chart.last()) == 4 and chart.few


@pytest.mark.parametrize(("good", "told"), [("up", "better"), ("down", "worse"), ("neither", "changed"), (None, "changed")])
def test_what_a_sign_says_depends_on_which_way_is_good(good: str, told: str) -> None:
    chart = xmr([50, 51] * 6 + [70])
    assert control.moved(chart, good) == told and control.moved(xmr([1, 2, 1]), good) == ""


@pytest.mark.parametrize(
    ("target", "up", "down"), [(5, "passes", "fails"), (11.5, "hit_and_miss", "hit_and_miss"), (30, "fails", "passes")]
)
def test_assurance_against_a_target(target: float, up: str, down: str) -> None:
    chart = xmr([10, 12, 11, 13])
    assert (control.assurance(chart, "up", target), control.assurance(chart, "down", target), control.assurance(chart, "neither", target)) == (up, down, "")


@pytest.mark.parametrize("values", [[], [7]])
def test_no_value_and_one_value(values: list[float]) -> None:
    chart = xmr(values)
    assert len(chart.points) == len(values) and all(p.lower is None and not p.sign for p in chart.points)
    assert control.assurance(chart, "up", 3) == "" and control.moved(chart, "up") == ""


@given(VALUES)
def test_the_limits_agree_with_an_oracle(values: list[int]) -> None:
    x = np.array(values, dtype=float)
    moves = np.abs(np.diff(x))
    screened = moves[moves < 3.267 * moves.mean()]
    reach = 2.66 * (screened if screened.any() else moves).mean()
    point = xmr(values).points[0]
    assert point.lower is not None and point.upper is not None
    np.testing.assert_allclose([point.mean, point.lower, point.upper], [x.mean(), x.mean() - reach, x.mean() + reach])


@given(VALUES)
def test_runs_and_trends_agree_with_an_oracle(values: list[int]) -> None:
    x = np.array(values, dtype=float)
    step = np.sign(np.diff(x))
    side = np.sign(np.round(x - x.mean(), 9))
    trend, run = set[int](), set[int]()
    for n in range(len(x) - 6):
        if abs(step[n : n + 6].sum()) == 6:
            trend |= set(range(n, n + 7))
        if abs(side[n : n + 7].sum()) == 7:
            run |= set(range(n, n + 7))
    points = xmr(values).points
    outside = {n for n, p in enumerate(points) if p.sign == "outside"}
    assert {n for n, p in enumerate(points) if p.sign == "trend"} == trend - outside
    near = {n for n, p in enumerate(points) if p.sign == "near_limit"}
    assert {n for n, p in enumerate(points) if p.sign == "one_side"} == run - outside - trend - near


@given(VALUES)
def test_turned_upside_down_every_sign_turns(values: list[int]) -> None:
    up, down = xmr(values).points, xmr([-v for v in values]).points
    assert [(p.sign, p.up) for p in up if p.sign] == [(p.sign, not p.up) for p in down if p.sign]


def test_values_that_never_move_bear_no_sign() -> None:
    for value in (0.1, 0.3, 7.0, 1 / 3):
        assert not any(p.sign for p in xmr([value] * 11).points)


def test_a_line_that_stood_still_and_moved_once_keeps_limits() -> None:
    chart = xmr([5.0] * 10 + [9.0])
    assert chart.points[0].upper is not None and chart.points[0].upper > chart.points[0].mean
    assert chart.points[-1].sign == "outside" and not any(p.sign == "outside" for p in chart.points[:-1])
