"""A kind of record and two flags that the program does not have work everywhere by their declaration alone (DESIGN 2)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_made_up_kind_of_record_and_column_of_the_return_need_no_table_of_names() -> None:
    """In a process of its own: the declarations are there before anything is built on them."""
    words = ["-m", "pytest", "-q", "-p", "tests.declared.made_up", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/declared/cases.py"]
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
