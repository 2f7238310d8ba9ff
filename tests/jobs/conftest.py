"""The same window as the tests of the window have."""

from tests.ui.conftest import *  # noqa: F403
