"""The quarter or month that a tracker's heading or sheet is called after."""

from __future__ import annotations

import re

from vawg_desktop.domain import dates
from vawg_desktop.domain.errors import ValueRefusedError

_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
PERIOD = re.compile(
    r"\b(?:as at\s+)?((?:fy\s*)?(?:\d{4}|\d{2})\s*[/-]\s*\d{2,4}\s+q(?:uarter)?\s*[1-4]|(?:fy\s*)?\d{4}\s*[/-]\s*\d{2,4}|"
    r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}\s+" + _MONTHS + r"\s+\d{4}|"
    r"q(?:uarter)?\s*[1-4](?:\s+(?:fy\s*)?(?:\d{4}|\d{2})(?:\s*[/-]\s*\d{2,4})?)?|"
    + _MONTHS + r"\.?,?\s+(?:\d{4}|\d{2}))(?!\w)",
    re.IGNORECASE,
)


def period_end(period: str) -> str:
    """The last day of a period as a heading names it (ISO), or an empty text."""
    stored = _stored_period(period)
    return str(dates.last_day(stored) or "") if stored else ""


def period_begin(period: str) -> str:
    """Its first day, or an empty text."""
    stored = _stored_period(period)
    return dates.bounds(stored)[0].isoformat() if stored else ""


def _stored_period(period: str) -> str:
    if not period:
        return ""
    spelt = re.sub(r"quarter\s*", "Q", " ".join(period.replace(",", "").replace(".", "/" if period[:1].isdigit() else "").split()), flags=re.IGNORECASE)
    spelt = re.sub(r"^(?:fy\s*)?(\d{2})\s*[/-]\s*(\d{2})(?=\s+q)", r"20\1/\2", spelt, flags=re.IGNORECASE)
    spelt = re.sub(r"^(q[1-4])\s+(?:fy\s*)?(\d{2})\s*[/-]\s*(\d{2})$", r"\1 20\2/\3", spelt, flags=re.IGNORECASE)
    spelt = re.sub(r"^([a-z]{3,9}) (\d{2})$", r"\1 20\2", spelt, flags=re.IGNORECASE)
    try:
        return dates.parse_date(spelt)
    except ValueRefusedError:
        return ""


def sheet_period(name: str) -> str:
    """The period that a sheet is called after, in a form that puts periods in order; empty for a sheet called otherwise."""
    if (found := PERIOD.search(name)) is None:
        return ""
    bare = re.fullmatch(r"q(?:uarter)?\s*([1-4])", found[1], re.IGNORECASE)  # of whichever year: in order among its like
    return f"q{bare[1]}" if bare is not None else period_end(found[1])


def quarter_of_sheet(name: str) -> str:
    """The quarter or month that a sheet is called after, as its name has it; a year says too little of when its words were told."""
    found = PERIOD.search(name)
    return found[1] if found is not None and re.search(r"q|[a-z]{3}", found[1].removeprefix("fy"), re.IGNORECASE) and period_end(found[1]) else ""
