"""A real window on a real screen: opened under Xvfb, heard through AT-SPI, edited by its keys alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QLibraryInfo

from tests.conftest import program
from vawg_desktop.cli import main
from vawg_desktop.services import show
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening

ROOT = Path(__file__).parents[2]
NEEDED = ("xvfb-run", "dbus-run-session", "xdotool")
DEBIAN_PYTHON = "/usr/bin/python3"
LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")

SCRIPT = r"""
set -e
export QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 VAWG_USER="B. Officer"
"$LAUNCHER" --launch-immediately >/dev/null 2>&1 &
"$PYTHON" main.py open "$STORE" >"$OUT/window.log" 2>&1 &
P=$!
trap 'kill $P 2>/dev/null || true' EXIT
sees() { /usr/bin/python3 tests/ui/at_place.py $P "$@" >/dev/null; }
sees frame "My work"; sees place "Search or do anything"
/usr/bin/python3 tests/ui/at_tree.py >"$OUT/first.txt"
W=$(xdotool search --sync --onlyvisible --name "VAWG Desktop" | head -1)
for _ in 1 2 3 4 5; do # keys are heard only once the window has read its store
    xdotool windowfocus --sync "$W"; xdotool key ctrl+4
    if LOOKS=50 sees focus "table cell" A-0001; then break; fi
done
sees focus "table cell" A-0001
xdotool key Down; sees focus "table cell" A-0002
xdotool key Return; sees focus "combo box" Complete
xdotool key Tab; sees focus text "% complete"
xdotool type --delay 80 55; sees focus text "% complete" 55
xdotool key Return; PYTHONPATH=. "$PYTHON" tests/ui/until_held.py "$STORE" A-0002 percent 55
/usr/bin/python3 tests/ui/at_tree.py >"$OUT/second.txt"
/usr/bin/python3 tests/ui/at_walk.py $P "Overview" "Journey map" "Returns" "Since a board" "Papers" "Coding" "Backups" "Settings" >"$OUT/walk.txt"
kill $P
wait $P || true
"""


def _missing() -> str:
    missing = [n for n in NEEDED if program(n) is None]
    if (
        not missing
        and subprocess.run([DEBIAN_PYTHON, "-c", "import pyatspi"], capture_output=True).returncode != 0
    ):
        missing.append("python3-pyatspi")
    if not LAUNCHER.exists():
        missing.append("at-spi2-core")
    if not missing:
        missing += _not_loaded(Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms" / "libqxcb.so")
    return ", ".join(missing)


def _not_loaded(plugin: Path) -> list[str]:
    """The library that Qt's part for X misses on this machine, looked at in a process that has loaded Qt and nothing else."""
    words = "import sys, ctypes, PySide6.QtGui\ntry: ctypes.CDLL(sys.argv[1])\nexcept OSError as error: print(error)"
    done = subprocess.run([sys.executable, "-c", words, str(plugin)], capture_output=True, text=True)
    return [done.stdout.partition(":")[0].strip()] if done.stdout else []


@pytest.mark.skipif(sys.platform == "win32", reason="X is not there")
def test_the_window_is_heard_and_a_record_edited_by_keys_alone(tmp_path: Path) -> None:
    missing = _missing()
    if missing:
        pytest.skip(f"not installed: {missing}")
    path = tmp_path / "s.vawg"
    assert main(["new", str(path), "--sample", "--plain"]) == 0
    env = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "QT_LOGGING_RULES")}
    env |= {"PYTHON": sys.executable, "STORE": str(path), "OUT": str(tmp_path), "LAUNCHER": str(LAUNCHER)}
    done = subprocess.run(
        ["dbus-run-session", "--", "xvfb-run", "-n", "120", "-a", "-s", "-screen 0 1366x768x24", "bash", "-c", SCRIPT],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    log = (tmp_path / "window.log").read_text() if (tmp_path / "window.log").exists() else ""
    assert done.returncode == 0, done.stderr + log
    first = (tmp_path / "first.txt").read_text()
    for words in (
        "frame | My work – VAWG Desktop",
        "push button | Search or do anything",
        "push button | Actions",
        "heading | My work",
    ):
        assert words in first
    second = (tmp_path / "second.txt").read_text()
    assert "frame | Actions – VAWG Desktop" in second
    for name in ("List of actions", "Filter actions", "Status", "% complete", "Our rating"):
        assert f"| {name}\n" in second, name
    assert "Traceback" not in log
    walked = (tmp_path / "walk.txt").read_text().splitlines()
    assert [line for line in walked if line.startswith("page ")] == [f"page {name}" for name in (
        "Overview", "Journey map", "Returns", "Since a board", "Papers", "Coding", "Backups", "Settings",
    )]  # fmt: skip
    assert [line for line in walked if line.startswith("without")] == []
    with opening.open_store(path) as store:
        assert show.record(Session(store), "A-0002").cells["percent"] == 55
