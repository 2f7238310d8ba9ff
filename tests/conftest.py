"""What tests share: stores made once and copied, a session at a fixed date, real other programs."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_LOGGING_RULES"] = "qt.qpa.*=false"
os.environ["VAWG_USER"] = "B. Officer"
if "VAWG_HOME" not in os.environ:  # nobody's own settings and log are touched; each process of the tests has a folder of its own
    os.environ["VAWG_HOME"] = _home = tempfile.mkdtemp(prefix="vawg-tests-")
    atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ.pop("VAWG_PASSPHRASE", None)

from tests.clock import CLOCK, TODAY
from tests.postgres import postgres_server, postgres_url  # noqa: F401 - fixtures
from vawg_desktop.domain import clock as clocks
from vawg_desktop.services.sample import load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening

settings.register_profile("tests", max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("tests")

SHARED = Path(__file__).resolve().parents[2] / "shared"


clocks.inject(CLOCK)


#: Files of which all tests run on one process: what is made for all of them takes long to make.
TOGETHER = frozenset(f"tests/services/test_{name}.py" for name in ("ways_home", "since", "demo", "list_groups"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """How tests are given to several processes: one after the other, but for the files that stay together."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file in TOGETHER else nodeid

    return Together(config, log)


@pytest.fixture(autouse=True)
def _clock_set_back() -> Iterator[None]:
    """Each test begins on the same day, whatever day the one before had gone to."""
    CLOCK.go_to(TODAY)
    yield
    CLOCK.go_to(TODAY)


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The application that tests of the window run in."""
    from tests.fonts import FontsOfOurOwn

    return FontsOfOurOwn


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain store filled with the starter content, made once."""
    path = tmp_path_factory.mktemp("sample") / "sample.vawg"
    store = making.create(path, passphrase=None)
    load_sample(Session(store, "B. Officer"))
    store.close()
    return path


@pytest.fixture
def sample(sample_file: Path, tmp_path: Path) -> Iterator[Session]:
    """A session on a fresh copy of the sample."""
    path = tmp_path / "sample.vawg"
    shutil.copyfile(sample_file, path)
    files = sample_file.with_name(sample_file.name + "-files")
    if files.exists():
        shutil.copyfile(files, path.with_name(path.name + "-files"))
    session = Session(opening.open_store(path), "B. Officer")
    yield session
    session.store.close()  # the one that stands there now: some cases close it and open it again


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Session]:
    """A session on an empty plain store."""
    session = Session(making.create(tmp_path / "empty.vawg", passphrase=None), "B. Officer")
    yield session
    session.store.close()


def program(*names: str) -> str | None:
    """The path of a real other program, if it is here."""
    return next((found for n in names if (found := shutil.which(n))), None)


@pytest.fixture
def libreoffice(tmp_path: Path) -> Callable[[Path, str], Path]:
    """Convert with the real LibreOffice; skipped by name where it is not installed."""
    found = program("soffice", "libreoffice")
    if found is None:
        pytest.skip("LibreOffice is not installed")

    def convert(path: Path, ending: str) -> Path:
        out = tmp_path / "converted"
        profile = (tmp_path / "profile").as_uri()
        subprocess.run(
            [
                found,
                f"-env:UserInstallation={profile}",
                "--headless",
                "--convert-to",
                ending,
                "--outdir",
                out,
                path,
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return out / f"{path.stem}.{ending.split(':')[0]}"

    return convert
