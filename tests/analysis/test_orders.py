"""Values that count on from row to row, as a program draws them down."""

from __future__ import annotations

import pytest

from vawg_desktop.analysis.orders import is_numbered, one_more


@pytest.mark.parametrize(
    ("one", "other", "counts_on"),
    [
        (3, 4, True), (3, 5, False), (3, 3, False), (True, 2, False), (3.0, 4.0, False), (None, 1, False), ("3", 4, False),
        ("2026-02-28", "2026-03-01", True), ("2026-02-28", "2026-03-02", False),
        ("Officers trained: 3", "Officers trained: 4", True), ("Officers trained: 3", "Officers trained: 5", False),
        ("Officers trained: 3", "Officers taught: 4", False), ("Reason 1", "Reason 2", False),  # a list that somebody counted
        ("Officers trained in 2026: 3 of 9", "Officers trained in 2026: 3 of 10", True), ("Officers trained", "Officers trained 1", False),
        ("Officers trained: 1234567890", "Officers trained: 1234567891", False),  # a number of a case, not a count
    ],
)  # fmt: skip
def test_one_more(one: object, other: object, counts_on: bool) -> None:
    assert one_more(one, other) is counts_on  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "numbered"),
    [((1, 2, 3, 4), True), ((1, 2, 4, 3), False), ((None, 1, None, 2, 3), True), ((1, None, None), True), ((2, None, 1), False), (("a", "b", "c"), False), ((), False)],
)
def test_a_column_that_somebody_numbered(values: tuple[object, ...], numbered: bool) -> None:
    assert is_numbered(values) is numbered  # type: ignore[arg-type]
