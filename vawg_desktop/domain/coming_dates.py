"""Dates that lie ahead, as they are typed without a year."""

from __future__ import annotations

from datetime import date

from vawg_desktop.domain.dates import bounds, may_be, parse_date
from vawg_desktop.domain.errors import ValueRefusedError


def coming(typed: str, now: date) -> str:
    """A date that lies ahead, as ``parse_date`` reads it; one without a year is the next such day. Raises ValueRefusedError.

    >>> coming("1 December", date(2026, 12, 24))
    '2027-12-01'
    """
    try:
        return parse_date(typed, now=now)
    except ValueRefusedError:
        ahead = [d for d in may_be(typed, now) if bounds(d)[1] >= now]
        if not ahead:
            raise
        return ahead[0]
