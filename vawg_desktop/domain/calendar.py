"""Working days in England and Wales: weekends and bank holidays under the Banking and Financial Dealings Act 1971.

Days moved by proclamation for a single year (a coronation, a jubilee) are not known here; Easter is by the
anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache


def easter(year: int) -> date:
    """Easter Sunday of a year."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _monday(year: int, month: int, *, last: bool = False) -> date:
    day = date(year, month, 31) if last else date(year, month, 1)
    step = -1 if last else 1
    while day.weekday() != 0:
        day += timedelta(days=step)
    return day


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England and Wales in a year, with substitute days."""
    found = {easter(year) - timedelta(days=2), easter(year) + timedelta(days=1), _monday(year, 5)}
    found |= {_monday(year, 5, last=True), _monday(year, 8, last=True)}
    for day in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while day.weekday() >= 5 or day in found:
            day += timedelta(days=1)
        found.add(day)
    return frozenset(found)


def is_working(day: date) -> bool:
    """Whether an office works on that day."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def working_from(day: date) -> date:
    """A day, or the first working day after it where it is none."""
    return day if is_working(day) else working_days(day, 1)


def working_days(start: date, count: int) -> date:
    """The working day ``count`` working days after ``start`` (before it, where negative)."""
    step, day = (1 if count >= 0 else -1), start
    for _ in range(abs(count)):
        day += timedelta(days=step)
        while not is_working(day):
            day += timedelta(days=step)
    return day


def working_between(start: date, end: date) -> int:
    """How many working days lie after ``start`` up to ``end``; negative where ``end`` comes first."""
    low, high = sorted((start, end))
    count = sum(is_working(low + timedelta(days=n)) for n in range(1, (high - low).days + 1))
    return count if end >= start else -count
