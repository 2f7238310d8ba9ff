"""The one clock: everything that asks for the time or the day asks here, so that a test or a new day reaches all of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)


class EarlierDay(Clock):
    """Stands at noon of a chosen day, and never later than the computer's own clock: what is made up for past days can end today."""

    def __init__(self) -> None:
        self.day = super().now().date()

    def go_to(self, day: date) -> None:
        """Choose the day."""
        self.day = day

    def now(self) -> datetime:
        """Noon of the chosen day, or the present time if that is earlier; in UTC."""
        return min(datetime.combine(self.day, time(12), UTC), super().now())


_injected = Clock()


def inject(clock: Clock) -> Clock:
    """From now on every reader asks ``clock``; returns the one asked before."""
    global _injected
    before, _injected = _injected, clock
    return before


def now() -> datetime:
    """The time now, in UTC."""
    return _injected.now()


def today() -> date:
    """The day it is now in Europe/London."""
    return now().astimezone(LONDON).date()
