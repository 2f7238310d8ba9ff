"""The one clock: everything that asks for the time or the day asks here, so that a test or a new day reaches all of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)


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
