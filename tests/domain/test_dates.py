"""Dates as people type them, and partial dates that are never rounded in silence."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_desktop.domain import dates
from vawg_desktop.domain.errors import ValueRefusedError

TYPED = json.loads((Path(__file__).parents[1] / "cases" / "dates.json").read_text("utf-8"))
NOW = date(2026, 11, 22)


@pytest.mark.parametrize(("typed", "stored"), TYPED.items())
def test_typed(typed: str, stored: str) -> None:
    assert dates.parse_date(typed, now=NOW) == stored


@pytest.mark.parametrize("typed", ["31/04/2024", "29/2/2023", "2024-13-01", "32 May 2026", "00/00/2024", "TBC", "soon", "next week maybe", "31 June", "1/2/3/4", "2026/29", "٣١/٠٤/٢٠٢٤x"])  # fmt: skip
def test_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(ValueRefusedError) as refused:
        dates.parse_date(typed, now=NOW)
    assert refused.value.message.endswith(".")
    assert typed[:10] in refused.value.message


def test_next_meeting() -> None:
    found = dates.parse_date(
        "next PDB", now=NOW, meeting=lambda body: "2027-01-14" if body == "pdb" else None
    )
    assert found == "2027-01-14"


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_every_day_comes_back_from_its_label(day: date) -> None:
    assert dates.parse_date(dates.label(day.isoformat()), now=NOW) == day.isoformat()
    assert dates.parse_date(f"{day:%d/%m/%Y}", now=NOW) == day.isoformat()


@given(st.sampled_from(["2026", "2026-04/2027-03", "2025-07/2026-06", "2026-04/2026-09", "2026-10/2027-03", "2026-01/2026-06", "2026-Q1", "2026-Q3", "2026-02", "2024-02-29"]))
def test_partial_dates_come_back_from_their_label(stored: str) -> None:
    assert dates.parse_date(dates.label(stored), now=NOW) == stored
    first, last = dates.bounds(stored)
    assert first <= last


@given(st.text(max_size=30))
def test_no_text_crashes(text: str) -> None:
    try:
        stored = dates.parse_date(text, now=NOW)
    except ValueRefusedError:
        return
    assert dates.is_stored(stored)


def test_financial_quarters() -> None:
    assert dates.financial_quarter(date(2026, 3, 31)) == "2025/26 Q4"
    assert dates.financial_quarter(date(2026, 4, 1)) == "2026/27 Q1"
    assert dates.financial_quarter(date(2026, 12, 31)) == "2026/27 Q3"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+1d", "2026-11-23"),
        ("+ 9 days", "2026-12-01"),
        ("+1w", "2026-11-29"),
        ("+6 weeks", "2027-01-03"),
        ("+1m", "2026-12-22"),
        ("+2m", "2027-01-22"),
        ("+13 months", "2027-12-22"),
        ("+1y", "2027-11-22"),
        ("today", "2026-11-22"),
        ("Tomorrow", "2026-11-23"),
    ],
)
def test_counted_from_today(typed: str, stored: str) -> None:
    assert dates.parse_date(typed, now=NOW) == stored
    with pytest.raises(ValueRefusedError):
        dates.parse_date(typed)


def test_a_month_on_from_a_long_months_end_is_the_short_ones_end() -> None:
    assert dates.parse_date("+1m", now=date(2027, 1, 31)) == "2027-02-28"
    assert dates.parse_date("+1y", now=date(2028, 2, 29)) == "2029-02-28"


@pytest.mark.parametrize(
    ("now", "stored"),
    [(date(2026, 11, 22), "2027-03"), (date(2026, 3, 1), "2026-03"), (date(2026, 2, 28), "2026-03"), (date(2026, 4, 1), "2027-03")],
)
def test_a_month_alone_is_the_one_that_is_or_comes(now: date, stored: str) -> None:
    assert dates.parse_date("March", now=now) == stored


@pytest.mark.parametrize(
    ("now", "q1", "q4"),
    [(date(2026, 11, 22), "2026-Q2", "2027-Q1"), (date(2026, 3, 31), "2025-Q2", "2026-Q1"), (date(2026, 4, 1), "2026-Q2", "2027-Q1")],
)
def test_a_quarter_alone_is_of_the_present_financial_year(now: date, q1: str, q4: str) -> None:
    assert dates.parse_date("Q1", now=now) == q1
    assert dates.parse_date("Q4", now=now) == q4


def test_the_years_that_words_without_one_may_mean() -> None:
    assert dates.may_be("30 June", NOW) == ("2025-06-30", "2026-06-30", "2027-06-30")
    assert dates.may_be("Q2", NOW) == ("2025-Q3", "2026-Q3", "2027-Q3")
    assert dates.may_be("May 26", NOW) == ("2025-05-26", "2026-05", "2026-05-26", "2027-05-26")
    assert dates.may_be("in due course", NOW) == ()


def test_figures_that_could_be_either_order() -> None:
    assert dates.both_orders("4/5/2026") == {"uk": "2026-05-04", "us": "2026-04-05"}
    assert dates.both_orders("13/5/2026") == {"uk": "2026-05-13"}
    assert dates.both_orders("5/13/2026") == {"us": "2026-05-13"}
    assert dates.both_orders("5 May 2026") == {}


@pytest.mark.parametrize("typed", ["May 31", "May-31", "May 29", "May-29", "May 10"])
def test_a_day_or_a_year_is_asked(typed: str) -> None:
    with pytest.raises(ValueRefusedError, match="whole year"):
        dates.parse_date(typed, now=NOW)


@pytest.mark.parametrize(("typed", "stored"), [("May 32", "2032-05"), ("May-28", "2028-05"), ("May-32", "2032-05")])
def test_what_can_only_be_a_year_is_one(typed: str, stored: str) -> None:
    assert dates.parse_date(typed, now=NOW) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("2011-12", "2011-12"), ("2009-10", "2009-10"), ("2011/12", "2011-04/2012-03"), ("2011-2012", "2011-04/2012-03"), ("2012-13", "2012-04/2013-03")],
)
def test_a_month_in_figures_is_no_financial_year(typed: str, stored: str) -> None:
    assert dates.parse_date(typed) == stored


@pytest.mark.parametrize("typed", ["next PDB", "Q2", "March", "+6w", "today"])
def test_what_counts_from_the_day_it_was_written_is_asked_without_one(typed: str) -> None:
    with pytest.raises(ValueRefusedError, match="counts from the day it was written"):
        dates.parse_date(typed)


@pytest.mark.parametrize(("letters", "quoted"), [(40, "x" * 40), (41, "x" * 39 + "…")])
def test_a_refused_date_is_quoted_as_far_as_it_is_read(letters: int, quoted: str) -> None:
    with pytest.raises(ValueRefusedError) as refused:
        dates.parse_date("x" * letters)
    assert f"“{quoted}”" in refused.value.message


@pytest.mark.parametrize(("typed", "stored"), [("sep 2026", "2026-09"), ("sept 2026", "2026-09"), ("Septem 2026", "2026-09"), ("dec 2026", "2026-12")])
def test_a_month_may_be_cut_short(typed: str, stored: str) -> None:
    assert dates.parse_date(typed) == stored


@pytest.mark.parametrize("typed", ["decision 2026", "mayor 2026", "septic 2026", "marching 2026"])
def test_a_word_that_begins_like_a_month_is_none(typed: str) -> None:
    with pytest.raises(ValueRefusedError):
        dates.parse_date(typed)


def test_what_is_no_stored_date_has_no_last_day() -> None:
    assert (dates.last_day(None), dates.last_day(""), dates.last_day("soon"), dates.last_day("2026-02")) == (None, None, None, date(2026, 2, 28))


@pytest.mark.parametrize("typed", ["2025/27 Q2", "Q2 2025/27", "2025/27"])
def test_years_that_do_not_follow_each_other_are_no_financial_year(typed: str) -> None:
    with pytest.raises(ValueRefusedError):
        dates.parse_date(typed, now=date(2026, 11, 22))


def test_a_financial_year_is_stored_as_its_months() -> None:
    assert dates.parse_date("2026/27") == dates.parse_date("FY 2026/27") == dates.parse_date("fy2026-2027") == "2026-04/2027-03"
    assert dates.parse_date("end of 2026/27") == "2027-03-31"


def test_an_instant_is_the_day_it_was_in_london_and_a_damaged_time_leaves_its_day() -> None:
    assert dates.parse_date("2026-07-01T23:30:00Z") == "2026-07-02"
    assert dates.parse_date("2026-12-01T23:30:00Z") == "2026-12-01"
    assert dates.parse_date("2026-05-03T99:00Z") == "2026-05-03"


def test_months_that_are_no_year_are_no_stored_date() -> None:
    with pytest.raises(ValueError, match="not a stored date"):
        dates.bounds("2026-04/2027-04")
    assert dates.bounds("2021-07/2022-06") == (date(2021, 7, 1), date(2022, 6, 30)) and dates.label("2021-07/2022-06") == "year to June 2022"


@pytest.mark.parametrize(
    ("typed", "stored", "length"),
    [("H1 2026/27", "2026-04/2026-09", "half-year"), ("second half of 26/27", "2026-10/2027-03", "half-year"), ("April to September 2026", "2026-04/2026-09", "half-year"), ("Oct 2026 to Mar 2027", "2026-10/2027-03", "half-year"),
     ("year to December 2026", "2026", "year"), ("January to December 2026", "2026", "year"), ("year to March 2027", "2026-04/2027-03", "year")],
)  # fmt: skip
def test_six_and_twelve_months_in_words(typed: str, stored: str, length: str) -> None:
    assert dates.parse_date(typed) == stored and dates.length(stored) == length


@pytest.mark.parametrize("typed", ["April to August 2026", "March to January 2026", "year to Smarch 2026", "May to decision 2026"])
def test_other_stretches_in_words_are_no_date(typed: str) -> None:
    with pytest.raises(ValueRefusedError, match="not a date"):
        dates.parse_date(typed)
