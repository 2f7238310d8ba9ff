"""The tests that know of days, run again on days other than today: no test depends on the day it is run on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import program

ROOT = Path(__file__).parents[1]
#: The parts of the suite in which a day is read, compared or counted from.
DATED = [
    "tests/domain",
    *(f"tests/ui/test_window.py::test_{name}" for name in (
        "what_changed_opens_the_changes_it_counts", "saving_keeps_the_keyboard_where_it_is",
        "a_wrong_date_keeps_its_text_and_says_why", "after_midnight_the_window_shows_the_new_day",
    )),
    *(f"tests/services/test_{name}.py" for name in ("history", "over_time", "chasing", "portfolio")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        pytest.param("2027-11-22 11:00:00", "UTC", id="a year on"),
        pytest.param("2026-12-31 23:30:00", "UTC", id="the last evening of the year"),
        pytest.param("2028-02-29 12:00:00", "UTC", id="29 February"),
        pytest.param("2027-06-14 23:30:00", "UTC", id="a summer night, tomorrow in London"),
        pytest.param("2027-06-15 00:30:00", "Europe/London", id="the same night by a clock in London"),
    ],
)
def test_the_suite_passes_on_any_day(moment: str, zone: str) -> None:
    faketime = program("faketime")
    if faketime is None:
        pytest.skip("faketime is not installed")
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", *DATED]
    told = subprocess.run(
        [faketime, "-f", f"@{moment}", *run], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**env, "TZ": zone, "QT_QPA_PLATFORM": "offscreen", "FAKETIME_DONT_FAKE_MONOTONIC": "1"},
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-3000:]
    assert " passed" in told.stdout
