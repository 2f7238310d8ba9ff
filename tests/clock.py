"""A clock that tests set: it stands at noon in London on a fixed day and goes on from there."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as hours

from vawg_desktop.domain.clock import LONDON, Clock

TODAY = date(2026, 11, 22)


class SetClock(Clock):
    """Goes on as real time does, from the moment it was set to."""

    def __init__(self) -> None:
        self.go_to(TODAY)

    def go_to(self, day: date, at: hours = hours(12)) -> None:
        """Stand at a time in London on a day."""
        self._start, self._since = datetime.combine(day, at, LONDON).astimezone(UTC), time.monotonic()

    def now(self) -> datetime:
        """The time as set, and what has passed since."""
        return self._start + timedelta(seconds=time.monotonic() - self._since)


class StandingClock(Clock):
    """Stands at noon in London on the fixed day."""

    def now(self) -> datetime:
        """Always the same moment, in UTC."""
        return datetime.combine(TODAY, hours(12), LONDON).astimezone(UTC)


CLOCK = SetClock()
