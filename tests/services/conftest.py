"""What the services' tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clock import CLOCK, TODAY
from tests.services.test_journey import sample_store
from vawg_desktop.services.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """The sample inquiry, in which a test may go to other days; the clock is set back after it. A file that needs another store has a fixture of its own."""
    yield sample_store(tmp_path)
    CLOCK.go_to(TODAY)
