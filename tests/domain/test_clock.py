"""The one clock: another one is put in its place and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from vawg_desktop.domain import clock


class Stopped(clock.Clock):
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def test_the_computers_own_clock_tells_the_time_in_utc() -> None:
    told = clock.Clock().now()
    assert told.tzinfo is UTC and abs(datetime.now(UTC) - told) < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), date(2026, 7, 2)),  # summer time: already tomorrow in London
        (datetime(2026, 12, 1, 23, 30, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_the_day_is_londons_and_the_clock_before_is_handed_back(at: datetime, day: date) -> None:
    before = clock.inject(Stopped(at))
    try:
        assert (clock.now(), clock.today()) == (at, day)
    finally:
        put_in = clock.inject(before)
    assert isinstance(put_in, Stopped) and clock.inject(before) is before


def test_an_earlier_day_is_noon_and_never_later_than_it_is() -> None:
    earlier = clock.EarlierDay()
    assert earlier.now() <= clock.Clock().now()
    earlier.go_to(date(2024, 2, 29))
    assert earlier.now() == datetime(2024, 2, 29, 12, tzinfo=UTC)
    earlier.go_to(date(2999, 1, 1))
    assert abs(earlier.now() - clock.Clock().now()) < timedelta(minutes=5)
