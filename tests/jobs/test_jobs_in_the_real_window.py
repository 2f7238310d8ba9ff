"""Jobs of an officer at a real window on a real screen: keys sent by xdotool under Xvfb and counted, what came heard through AT-SPI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jobs.test_jobs import AT_MOST, WORDS
from tests.ui.test_real_window import LAUNCHER, _missing
from vawg_desktop import remembered
from vawg_desktop.services import records
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.sample import load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.store import making

ROOT = Path(__file__).parents[2]
WORDING = "We asked for an independent survey."

SCRIPT = r"""
set -e
export QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 VAWG_USER="B. Officer"
"$LAUNCHER" --launch-immediately >/dev/null 2>&1 &
"$PYTHON" main.py >"$OUT/window.log" 2>&1 &
P=$!
trap 'kill $P 2>/dev/null || true' EXIT
N=0
sees() { /usr/bin/python3 tests/ui/at_place.py $P "$@" >/dev/null; }
front() { xdotool windowfocus --sync "$(xdotool search --onlyvisible --name "$1" | tail -1)"; }  # nobody manages the windows here; the last is on top
press() { N=$((N+1)); xdotool key "$1"; }
words() { xdotool type --delay 60 "$1"; }                                     # letters are not counted
done_with() { echo "$N $1" >>"$OUT/counted.txt"; }
sees focus "password text" Passphrase; front "VAWG Desktop"
words "$WORDS"; press Return; sees frame "My work"; done_with "open again"
N=0; front "VAWG Desktop"
press ctrl+k; sees focus text "Search or do anything"; front "Search or do anything"
words r3; press Return; sees focus "table cell" R-0003; front "VAWG Desktop"
press ctrl+j; sees says "$WORDING"; done_with "recommendation 3 with public wording and date"
words "last VAWG Board"; press Return; sees says "was not in this store"; done_with "the same as at the last board"
kill $P
wait $P || true
"""


@pytest.mark.skipif(sys.platform == "win32", reason="X is not there")
def test_keys_in_the_real_window_are_as_many_as_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if needed := _missing():
        pytest.skip(f"not installed: {needed}")
    monkeypatch.setenv("VAWG_HOME", str(tmp_path / "home"))
    path = tmp_path / "inquiry.vawg"
    with making.create(path, passphrase=WORDS) as store:
        session = Session(store, "B. Officer")
        load_sample(session)
        board, _ = records.create(session, "governance_body", {"name": "VAWG Board"})
        records.create(session, "meeting", {"title": "VAWG Board, spring", "body": board, "date": "1 May 2026"})
        records.assign(session, "R-0003", [Assignment("public_wording", WORDING)], None)
    remembered.opened(str(path))
    env = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "QT_LOGGING_RULES")}
    env |= {"PYTHON": sys.executable, "STORE": str(path), "OUT": str(tmp_path), "LAUNCHER": str(LAUNCHER), "WORDS": WORDS, "WORDING": WORDING}
    done = subprocess.run(
        ["dbus-run-session", "--", "xvfb-run", "-n", "130", "-a", "-s", "-screen 0 1366x768x24", "bash", "-c", SCRIPT],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    log = (tmp_path / "window.log").read_text() if (tmp_path / "window.log").exists() else ""
    assert done.returncode == 0, done.stderr[-3000:] + log
    counted = {job: int(count) for count, _, job in (line.partition(" ") for line in (tmp_path / "counted.txt").read_text().splitlines())}
    print("\n".join(f"{count:3}  {job}, in the real window" for job, count in counted.items()))
    assert set(counted) == {"open again", "recommendation 3 with public wording and date", "the same as at the last board"}
    assert all(count <= AT_MOST[job] for job, count in counted.items()), counted
