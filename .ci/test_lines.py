"""Which test runs which line of the program: a plugin of pytest that writes it down as coverage's own data, a context for each test.

``python3 dev.py mutate`` runs the whole suite with it once and then, for each fault, only the tests that run the faulty line. What runs
while modules are loaded has a context without a name. Tracing begins where this module is loaded, before the tests' own ``conftest.py``.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).resolve().parents[1]
#: Where the data is written, one file a process; set by ``mutate.py``.
WHERE = "VAWG_TEST_LINES"


class Lines:
    """Traces the program while tests run."""

    def __init__(self, where: Path, worker: str) -> None:
        self._traced = coverage.Coverage(data_file=str(where), data_suffix=worker, source=[str(ROOT / "vawg_desktop")], config_file=False)
        self._traced.start()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None]:
        """What runs from here is run by this test; what runs between tests by none."""
        self._traced.switch_context(item.nodeid)
        yield
        self._traced.switch_context("")

    def pytest_sessionfinish(self) -> None:
        """Write down what was seen."""
        self._traced.stop()
        self._traced.save()


#: Only in the processes that run tests: the one that hands them out to others runs none.
_LINES = Lines(Path(os.environ[WHERE]), worker) if (worker := os.environ.get("PYTEST_XDIST_WORKER", "")) else None


def pytest_configure(config: pytest.Config) -> None:
    """Hear of tests in a process that traces."""
    if _LINES is not None:
        config.pluginmanager.register(_LINES, "test-lines")
