"""Easter, bank holidays and working days against dates that were published or are printed in Meeus."""

from __future__ import annotations

from datetime import date

import pytest

from vawg_desktop.domain.calendar import bank_holidays, easter, is_working, working_between, working_days

EASTER = (
    "1818-03-22 1900-04-15 1943-04-25 1954-04-18 1981-04-19 1991-03-31 1992-04-19 1993-04-11 2000-04-23 2008-03-23 2019-04-21 "
    "2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2030-04-21 2038-04-25 2049-04-18 2076-04-19 2100-03-28 2285-03-22"
)
#: As published for England and Wales.
HOLIDAYS = {
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
}


@pytest.mark.parametrize("day", EASTER.split())
def test_easter_sunday(day: str) -> None:
    assert easter(int(day[:4])).isoformat() == day


@pytest.mark.parametrize("year", HOLIDAYS)
def test_bank_holidays(year: int) -> None:
    assert sorted(d.isoformat()[5:] for d in bank_holidays(year)) == HOLIDAYS[year].split()


def test_working_days_pass_over_weekends_and_holidays_both_ways() -> None:
    thursday, tuesday = date(2026, 4, 2), date(2026, 4, 7)  # Good Friday to Easter Monday between
    assert [is_working(date(2026, 4, d)) for d in range(2, 8)] == [True, False, False, False, False, True]
    assert working_days(thursday, 1) == tuesday and working_days(tuesday, -1) == thursday and working_days(thursday, 0) == thursday
    assert working_days(date(2026, 12, 24), 2) == date(2026, 12, 30)
    assert working_between(thursday, tuesday) == 1 and working_between(tuesday, thursday) == -1 and working_between(thursday, thursday) == 0
    assert working_between(date(2026, 11, 20), date(2026, 11, 27)) == 5
