"""Partial dates: a day, month, quarter, half-year or year, never rounded in silence.

Stored forms are ISO 8601: ``2026-05-09``, ``2026-05``, ``2026-Q3`` (the calendar quarter July to
September), ``2026`` and, from month to month, a half-year ``2026-04/2026-09`` or a financial year ``2026-04/2027-03``.
"""

from __future__ import annotations

import calendar
import contextlib
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from vawg_desktop.domain.clock import LONDON
from vawg_desktop.domain.errors import ValueRefusedError

MONTHS = tuple(calendar.month_name)[1:]
_MONTH_NUMBERS = {m[:3].casefold(): i for i, m in enumerate(MONTHS, 1)}


def _month_number(word: str) -> int | None:
    """The month that a word begins: ``sep``, ``sept``, ``september``; not "decision"."""
    number = _MONTH_NUMBERS.get(word[:3])
    known = number is not None and (MONTHS[number - 1].casefold().startswith(word) or word == "sept")
    return number if known else None


_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
_YEAR = re.compile(r"[0-9]{4}")
_FINANCIAL = re.compile(r"([0-9]{4})-04/([0-9]{4})-03")
#: Six or twelve months from one to another; from April to March they are a financial year.
_STRETCH = re.compile(r"([0-9]{4})-([0-9]{2})/([0-9]{4})-([0-9]{2})")
_STRETCHES = (6, 12)
#: The same in words.
_YEAR_TO = re.compile(r"year to ([a-z]{3,9}) ([0-9]{4})")
_FROM_TO = re.compile(r"([a-z]{3,9})(?: ([0-9]{4}))? to ([a-z]{3,9}) ([0-9]{4})")

_SLASHED = re.compile(r"([0-9]{1,2})\s*[/.\-]\s*([0-9]{1,2})\s*[/.\-]\s*([0-9]{4}|[0-9]{2})")
_ISO_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_WORDED = re.compile(
    r"(?:(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?\.?,?\s+)?([0-9]{1,2})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?([a-z]{3,9})\.?,?[\s-]+([0-9]{4}|[0-9]{2})"
)
_MONTH_YEAR = re.compile(r"([a-z]{3,9})\.?[\s\-]+([0-9]{4}|[0-9]{2})")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?([a-z]{3,9})\.?")
_MONTH_SLASH = re.compile(r"([0-9]{1,2})/([0-9]{4})")
_FY = re.compile(r"(?:fy\s*)?([0-9]{4})\s*[/\-]\s*([0-9]{4}|[0-9]{2})")
_FY_QUARTER = re.compile(
    r"(?:fy\s*)?([0-9]{4}|[0-9]{2})\s*[/\-]\s*([0-9]{4}|[0-9]{2})\s+q([1-4])|q([1-4])\s+(?:of\s+)?(?:fy\s*)?([0-9]{4}|[0-9]{2})\s*[/\-]\s*([0-9]{4}|[0-9]{2})"
)
#: A quarter in words: "quarter 3", "qtr 3", "3rd quarter".
_QUARTER_WORDS = re.compile(r"\b(?:quarter|qtr)\s*([1-4])\b|\b([1-4])(?:st|nd|rd|th)\s+(?:quarter|qtr)\b")
#: A half of a financial year: "H1", "first half of"; it begins as its first or third quarter does.
_HALF_WORDS = re.compile(r"\b(?:h([12])|(first|1st|second|2nd) half)\b")
_BARE_QUARTER = re.compile(r"q([1-4])")
_OFFSET = re.compile(r"\+\s*([0-9]{1,3})\s*([dwmy])[a-z]*")


def london_time(stamp: str) -> str:
    """A log's time (UTC, ISO) in words, in London: ``22 Nov 2026 14:05``."""
    at = datetime.fromisoformat(stamp).astimezone(LONDON)
    return f"{at.day} {MONTHS[at.month - 1][:3]} {at.year} {at:%H:%M}"


def london_day(stamp: str) -> date:
    """The London day of a log's time (UTC, ISO)."""
    return datetime.fromisoformat(stamp).astimezone(LONDON).date()


def is_stored(text: str) -> bool:
    """Whether ``text`` is a partial date in its stored form and exists in the calendar."""
    try:
        bounds(text)
    except ValueError:
        return False
    return True


def bounds(stored: str) -> tuple[date, date]:
    """First and last day of a stored partial date. Raises ValueError for anything else."""
    if m := _DAY.fullmatch(stored):
        day = date(int(m[1]), int(m[2]), int(m[3]))
        return day, day
    if m := _MONTH.fullmatch(stored):
        return _month_bounds(int(m[1]), int(m[2]), 1)
    if m := _QUARTER.fullmatch(stored):
        return _month_bounds(int(m[1]), int(m[2]) * 3 - 2, 3)
    if m := _STRETCH.fullmatch(stored):
        first, last = _month_bounds(int(m[1]), int(m[2]), 1)[0], _month_bounds(int(m[3]), int(m[4]), 1)[1]
        if _months_between(first, last) in _STRETCHES:
            return first, last
    if _YEAR.fullmatch(stored):
        return date(int(stored), 1, 1), date(int(stored), 12, 31)
    raise ValueError(f"not a stored date: {stored!r}")


def _month_bounds(year: int, month: int, months: int) -> tuple[date, date]:
    last_month = month + months - 1
    return date(year, month, 1), date(year, last_month, calendar.monthrange(year, last_month)[1])


def length(stored: str) -> str:
    """How long a stored partial date is: "day", "month", "quarter", "half-year" or "year". Raises ValueError for anything else."""
    first, last = bounds(stored)
    return "day" if first == last else {1: "month", 3: "quarter", 6: "half-year"}.get(_months_between(first, last), "year")


def _months_between(first: date, last: date) -> int:
    """How many months two days and those between them lie in."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def last_day(stored: str | None) -> date | None:
    """The last day a partial date can mean, or None: nothing is overdue before its period ends."""
    if not stored:
        return None
    try:
        return bounds(stored)[1]
    except ValueError:
        return None


def label(stored: str | None) -> str:
    """A partial date as an officer reads it: 9 May 2026, May 2026, 2026/27 Q2, April to September 2026, 2026/27, year to June 2026, 2026."""
    if not stored:
        return ""
    if m := _DAY.fullmatch(stored):
        return f"{int(m[3])} {MONTHS[int(m[2]) - 1]} {m[1]}"
    if m := _MONTH.fullmatch(stored):
        return f"{MONTHS[int(m[2]) - 1]} {m[1]}"
    if m := _QUARTER.fullmatch(stored):
        return financial_quarter(date(int(m[1]), int(m[2]) * 3 - 2, 1))
    if m := _FINANCIAL.fullmatch(stored):
        return f"{m[1]}/{m[2][2:]}"
    if m := _STRETCH.fullmatch(stored):
        begins, ends = MONTHS[int(m[2]) - 1], f"{MONTHS[int(m[4]) - 1]} {m[3]}"
        return f"year to {ends}" if length(stored) == "year" else f"{begins}{f' {m[1]}' if m[1] != m[3] else ''} to {ends}"
    return stored


def short_label(stored: str | None) -> str:
    """The same with the month shortened, for table cells: 9 May 2026 stays, 30 September is Sep."""
    text = label(stored)
    for month in MONTHS:
        text = text.replace(month, month[:3])
    return text


def financial_quarter(day: date) -> str:
    """The financial-year quarter of a day: 1 July 2026 is ``2026/27 Q2``."""
    year = day.year if day.month >= 4 else day.year - 1
    return f"{year}/{(year + 1) % 100:02d} Q{(day.month - 4) % 12 // 3 + 1}"


def parse_date(
    text: str, *, now: date | None = None, meeting: Callable[[str], str | None] | None = None
) -> str:
    """The stored form of a date as a person types it; UK order for figures with strokes.

    ``now`` is the day from which "+6w", "Q2" and bare months count; without it, as in a file of unknown
    age, such words are refused. ``meeting`` answers "next PDB" with a stored date. Raises ValueRefusedError with a sentence.
    """
    typed = " ".join(text.split())
    fy = _FY.fullmatch(typed)
    if (
        fy is not None
        and _follows(fy[1], fy[2])
        and not (len(fy[2]) == 2 and int(fy[2]) <= 12 and "-" in typed)
    ):
        return f"{fy[1]}-04/{int(fy[1]) + 1}-03"
    if is_stored(typed):
        return typed
    try:
        found = (
            _figures(typed)
            or _words(typed.casefold())
            or _ending(typed.casefold())
            or (now and _relative(typed.casefold(), now, meeting))
        )
    except ValueRefusedError as refused:  # quoted as it was typed, capitals and all
        quoted = refused.message.replace(f"“{_short(typed.casefold())}”", f"“{_short(text)}”")
        raise ValueRefusedError(quoted) from None
    if not found and now is None and _counts_from_a_day(typed.casefold()):
        raise ValueRefusedError(f"“{_short(text)}” counts from the day it was written; which date is meant?")
    if not found:
        raise ValueRefusedError(
            f"“{_short(text)}” is not a date we understand; type it as 9/5/2026, 9 May 2026, "
            "May 2026, 2026/27 Q2 or +6w."
        )
    return found


def _figures(typed: str) -> str | None:
    if m := _ISO_TIME.fullmatch(typed):
        if m[2]:  # an instant: the day it is in London
            return _london(m[1], typed)
        return _checked(m[1], typed)
    if m := _SLASHED.fullmatch(typed):
        return _day(int(m[3]), int(m[2]), int(m[1]), typed)
    if m := _MONTH_SLASH.fullmatch(typed):
        return _checked(f"{m[2]}-{int(m[1]):02d}", typed)
    if _DAY.fullmatch(typed) or _MONTH.fullmatch(typed):
        return _checked(typed, typed)
    return None


def _words(typed: str) -> str | None:
    if m := _WORDED.fullmatch(typed):
        month = _month_number(m[3])
        return _of_weekday(m[1], _day(int(m[4]), month, int(m[2]), typed), typed) if month else None
    if (m := _MONTH_YEAR.fullmatch(typed)) and (month := _month_number(m[1])):
        # "Nov-26" is how programs write a month; beyond the years at hand it is as likely a day
        if len(m[2]) == 2 and int(m[2]) <= 31 and ("-" not in typed or int(m[2]) >= 29):
            raise ValueRefusedError(
                f"“{_short(typed)}” may be {int(m[2])} {MONTHS[month - 1]} or {MONTHS[month - 1]} {_century(int(m[2]))}; "
                "type it with the whole year."
            )
        return f"{_century(int(m[2]))}-{month:02d}"
    if (m := _DAY_MONTH.fullmatch(typed)) and (month := _month_number(m[2])):
        raise ValueRefusedError(f"“{_short(typed)}” has no year; type it with one.")
    in_quarters, halves = _HALF_WORDS.subn(lambda h: "q1" if (h[1] or h[2][0]) in "1f" else "q3", typed)
    if m := _FY_QUARTER.fullmatch(_QUARTER_WORDS.sub(lambda q: f"q{q[1] or q[2]}", in_quarters)):
        year, last, quarter = (m[1], m[2], m[3]) if m[1] else (m[5], m[6], m[4])
        if not _follows(year, last):
            return None
        first = _century(int(year))
        if halves:
            return f"{first}-04/{first}-09" if quarter == "1" else f"{first}-10/{first + 1}-03"
        return _financial_quarter_stored(first, int(quarter))
    if (m := _FY.fullmatch(typed)) and _follows(m[1], m[2]):
        return f"{m[1]}-04/{int(m[1]) + 1}-03"
    return _from_month_to_month(typed)


def _from_month_to_month(typed: str) -> str | None:
    """``april to september 2026`` and ``year to june 2026``: six or twelve whole months."""
    if (m := _YEAR_TO.fullmatch(typed)) and (last := _month_number(m[1])):
        begins = int(m[2]) * 12 + last - 12
        return f"{begins // 12}-{begins % 12 + 1:02d}/{m[2]}-{last:02d}" if last != len(MONTHS) else m[2]
    if (m := _FROM_TO.fullmatch(typed)) and (first := _month_number(m[1])) and (last := _month_number(m[3])):
        stored = f"{m[2] or m[4]}-{first:02d}/{m[4]}-{last:02d}"
        return None if not is_stored(stored) else m[4] if first == 1 and last == len(MONTHS) else stored
    return None


def _follows(first: str, second: str) -> bool:
    """Whether two years as typed are a financial year: 2026/27 or 2026/2027."""
    wanted = str(int(first) + 1)
    return second in (wanted, wanted[2:])


def _relative(typed: str, now: date, meeting: Callable[[str], str | None] | None) -> str | None:
    if typed in ("today", "now"):
        return now.isoformat()
    if typed == "tomorrow":
        return (now + timedelta(days=1)).isoformat()
    if m := _OFFSET.fullmatch(typed):
        return _shift(now, int(m[1]), m[2]).isoformat()
    if typed.startswith("next ") and meeting is not None:
        return meeting(typed.removeprefix("next ").strip())
    ending = typed.startswith("end ")
    rest = typed.removeprefix("end ").removeprefix("of ").strip()
    stored = _bare_quarter(rest, now) or _bare_month(rest, now)
    if stored is None:
        return None
    return bounds(stored)[1].isoformat() if ending else stored


def _ending(typed: str) -> str | None:
    """``end of March 2027``: the last day of a period that is written in full."""
    if not typed.startswith("end "):
        return None
    stored = _words(typed.removeprefix("end ").removeprefix("of ").strip())
    return bounds(stored)[1].isoformat() if stored else None


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day where it is shorter.

    >>> add_months(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    first, last = _month_bounds(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, last.day))


_STROKES = re.compile(r"([0-9]{1,2})\s*([/.\-])\s*([0-9]{1,2})\s*[/.\-]\s*([0-9]{4}|[0-9]{2})")


def both_orders(text: str) -> dict[str, str]:
    """A date in figures as a stored day, read as day first (``uk``) and as month first (``us``), where it is one."""
    found: dict[str, str] = {}
    if m := _STROKES.fullmatch(text.strip()):
        for order, typed in (("uk", text), ("us", f"{m[3]}{m[2]}{m[1]}{m[2]}{m[4]}")):
            with contextlib.suppress(ValueRefusedError):
                found[order] = parse_date(typed)
    return found


def may_be(text: str, now: date) -> tuple[str, ...]:
    """The stored dates that words without a full year may mean, earliest first; none for any other words.

    >>> may_be("March", date(2026, 11, 22))
    ('2025-03', '2026-03', '2027-03')
    """
    typed = " ".join(text.split()).casefold()
    found: set[str] = set()
    for year in (now.year - 1, now.year, now.year + 1):
        quarter = re.sub(r"\bq([1-4])$", rf"{year}/{(year + 1) % 100:02d} q\1", typed)
        words = [f"{typed} {year}"] if quarter == typed else [quarter]
        if m := _MONTH_YEAR.fullmatch(typed):  # May 26: a day of May, or May of a year
            near = now.year - 1 <= _century(int(m[2])) <= now.year + 3
            words = [f"{m[2]} {m[1]} {year}", *([f"{m[1]} {_century(int(m[2]))}"] if near else [])]
        for one in words:
            with contextlib.suppress(ValueRefusedError):
                found.add(parse_date(one))
    return tuple(sorted(found))


def _counts_from_a_day(typed: str) -> bool:
    """Whether words mean a date only to somebody who knows when they were written."""
    return typed.startswith("next ") or _relative(typed, date(2000, 6, 1), None) is not None


def _bare_quarter(typed: str, now: date) -> str | None:
    """``Q2`` of the present financial year."""
    if not (m := _BARE_QUARTER.fullmatch(typed)):
        return None
    year = now.year if now.month >= 4 else now.year - 1
    return _financial_quarter_stored(year, int(m[1]))


def _bare_month(typed: str, now: date) -> str | None:
    month = _MONTH_NUMBERS.get(typed[:3]) if typed.isalpha() else None
    if month is None or not MONTHS[month - 1].casefold().startswith(typed):
        return None
    return f"{now.year + (month < now.month)}-{month:02d}"


def _financial_quarter_stored(year: int, quarter: int) -> str:
    return f"{year + 1}-Q1" if quarter == 4 else f"{year}-Q{quarter + 1}"


def _shift(day: date, count: int, unit: str) -> date:
    if unit in "dw":
        return day + timedelta(days=count * (7 if unit == "w" else 1))
    months = count * (12 if unit == "y" else 1) + day.month - 1
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _century(year: int) -> int:
    return year if year >= 100 else 2000 + year


def same_period(one: str, other: str) -> bool:
    """Whether two texts are spellings of one day or period: "Q3 26/27" and "2026/27 Q3"."""
    try:
        return parse_date(one) == parse_date(other)
    except ValueRefusedError:
        return False


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _of_weekday(named: str | None, stored: str, typed: str) -> str:
    """A day that is of the weekday named with it. Raises ValueRefusedError where it is another."""
    day = date.fromisoformat(stored)
    weekday = _WEEKDAYS[day.weekday()]
    if named and not weekday.casefold().startswith(named):
        raise ValueRefusedError(f"{label(stored)} is a {weekday}, and “{_short(typed)}” says otherwise; type the day that is meant.")
    return stored


def _day(year: int, month: int, day: int, typed: str) -> str:
    return _checked(f"{_century(year)}-{month:02d}-{day:02d}", typed)


def _london(day: str, typed: str) -> str:
    try:
        at = datetime.fromisoformat(typed.replace("z", "Z").replace("Z", "+00:00").replace(" ", "T"))
    except ValueError:
        return _checked(day, typed)
    return at.astimezone(LONDON).date().isoformat()


def _checked(stored: str, typed: str) -> str:
    if not is_stored(stored):
        raise ValueRefusedError(f"“{_short(typed)}” is not a day in the calendar; please check it.")
    return stored


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
