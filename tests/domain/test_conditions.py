"""Each test of a column says the same in Python as in SQL, on both sides of its bound."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

from vawg_desktop.domain import conditions
from vawg_desktop.domain.conditions import CONDITIONS

TODAY = date(2026, 11, 22)
TESTS = sorted({one for c in CONDITIONS.values() for one in c.tests}, key=lambda one: (one.column, one.test.name, str(one.bound)))


#: Of a record made here long ago, of one made today, and of one that came from a tracker.
OLD, NEW, IMPORTED = "01000000-0000-7000-8000-000000000000", f"{conditions.first_id(TODAY)}-7000-8000-000000000000", "f1000000-0000-5000-8000-000000000000"


def _in_sql(one: conditions.Tested, had: object, id: str = NEW) -> bool:
    sql = one.test.value.format("had", "")
    params = (one.value(TODAY),) * sql.count("?")
    with closing(sqlite3.connect(":memory:")) as connection:
        row = connection.execute(f"SELECT {sql} FROM (SELECT ? AS had, ? AS id)", (*params, had, id)).fetchone()
    return bool(row[0])


def _values(one: conditions.Tested) -> list[object]:
    if one.test in (conditions.Test.POSITIVE, conditions.Test.ZERO):
        return [None, 0, 1, 2]
    if isinstance(one.bound, int):
        edge = TODAY + timedelta(days=one.bound)
        return [None, "", *((edge + timedelta(days=n)).isoformat() for n in (-1, 0, 1)), "2020-01-01", "2040-01-01"]
    return [None, "", "0", "1", "2", "3", "4", "2026-11-22"]


@pytest.mark.parametrize("one", TESTS, ids=lambda one: f"{one.column} {one.test.name}")
def test_python_and_sql_agree_on_both_sides_of_the_bound(one: conditions.Tested) -> None:
    found = {had: one.holds({one.column: had, "id": NEW}, TODAY) for had in _values(one)}
    assert found == {had: _in_sql(one, had) for had in _values(one)}
    assert set(found.values()) == {True, False}


def test_today_is_not_overdue_and_is_due_soon() -> None:
    overdue, soon = CONDITIONS["overdue"].tests, CONDITIONS["due_soon"].tests
    for day, late, near in ((-1, True, False), (0, False, True), (30, False, True), (31, False, False)):
        row = {"x_due": (TODAY + timedelta(days=day)).isoformat()}
        assert all(one.holds(row, TODAY) for one in overdue) is late, day
        assert all(one.holds(row, TODAY) for one in soon) is near, day


@pytest.mark.parametrize("had", [None, "complete", "in_progress", ""])
def test_a_column_that_must_hold_one_value_says_the_same_in_python_and_sql(had: str | None) -> None:
    one = conditions.Tested("status", conditions.Test.EQUALS, "complete")
    assert one.holds({"status": had}, TODAY) is _in_sql(one, had) is (had == "complete")


def test_an_action_is_not_silent_before_it_is_old_enough() -> None:
    """A new action counted as “No update for 120 days” on the day it was made."""
    one = next(t for t in CONDITIONS["silent"].tests if t.test is conditions.Test.FILLED_OR_KNOWN)
    for id, had, silent in ((OLD, None, True), (NEW, None, False), (NEW, "2020-01-01", True), (IMPORTED, None, True)):
        assert one.holds({"x_heard": had, "id": id}, TODAY) is _in_sql(one, had, id) is silent
    bound = TODAY - timedelta(days=conditions.SILENT_DAYS)
    before, on = (f"{conditions.first_id(day)}-7000-8000-000000000000" for day in (bound - timedelta(days=1), bound))
    assert one.holds({"id": before}, TODAY) and not one.holds({"id": on}, TODAY)


def test_an_open_record_is_silent_once_it_is_that_old_and_nobody_told_anything() -> None:
    long_ago = (TODAY - timedelta(days=conditions.SILENT_DAYS + 1)).isoformat()
    assert conditions.silent(NEW, long_ago, TODAY) and not conditions.silent(OLD, TODAY.isoformat(), TODAY)
    assert conditions.silent(OLD, "", TODAY) and conditions.silent(IMPORTED, "", TODAY) and not conditions.silent(NEW, "", TODAY)
