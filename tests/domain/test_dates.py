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


@given(st.sampled_from(["2026", "2026-04/2027-03", "2026-Q1", "2026-Q3", "2026-02", "2024-02-29"]))
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
