"""What the tests of the window share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown
from vawg_desktop.services.session import Session


@pytest.fixture
def shown(qtbot: QtBot, sample: Session) -> Iterator[Shown]:
    made = Shown(sample)
    yield made
    made.close()
