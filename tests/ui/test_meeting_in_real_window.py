"""A meeting of 25 items held in a real window by keys alone, with no network, while the office's own store is edited; then merged.

What the room's window shows is read every second by what a screen reader reads, and never holds a private word. Where ImageMagick and
Tesseract are installed, its picture is taken every second too and read letter by letter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.services.test_journey import sample_store
from tests.ui.test_real_window import LAUNCHER, ROOT, _missing
from vawg_desktop.services import agenda, meeting_notes, merging, papers, records, show
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, opening
from vawg_desktop.store.check import check

ITEMS, RECORDS = 25, 22
#: Planted where the room must not see them: in a note, in a remark typed in the meeting, in the title of a restricted record.
PRIVATE = ("PLANTEDNOTE", "PLANTEDREMARK", "PLANTEDTITLE")

SCRIPT = r"""
set -e
export QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 VAWG_USER="B. Officer"
if ip link show 2>/dev/null | grep -q "state UP"; then echo "there is a network" >&2; exit 3; fi
"$LAUNCHER" --launch-immediately >/dev/null 2>&1 &
openbox >/dev/null 2>&1 &
"$PYTHON" main.py open "$STORE" >"$OUT/window.log" 2>&1 &
P=$!
sees() { /usr/bin/python3 tests/ui/at_place.py $P "$@" >/dev/null; }
sees frame "My work"; sees place "Search or do anything"
W=$(xdotool search --sync --onlyvisible --name "VAWG Desktop" | head -1)
for _ in 1 2 3 4 5; do
    xdotool windowfocus --sync "$W"; xdotool key ctrl+k; sleep 0.5; xdotool type --delay 20 "In the meeting"; sleep 0.5; xdotool key Return
    if LOOKS=80 sees frame "In the meeting"; then break; fi
    xdotool key Escape
done
sees frame "In the meeting"
xdotool mousemove $(/usr/bin/python3 tests/ui/at_place.py $P place "Room's window") click 1
R=$(xdotool search --sync --onlyvisible --name "^Meeting$" | head -1)
xdotool windowmove --sync "$R" 2900 0 || true; xdotool windowsize "$R" 1200 900 # as on a second screen: nothing lies over it
if [ -n "$PICTURES" ]; then ( while kill -0 $P 2>/dev/null; do import -silent -window "$R" "$OUT/room-$(date +%s).png" || true; sleep 1; done ) & fi
( while kill -0 $P 2>/dev/null; do /usr/bin/python3 tests/ui/at_room.py $P >>"$OUT/room.txt" 2>/dev/null || true; sleep 1; done ) &
for _ in 1 2 3 4 5; do # the room's window came to the front
    xdotool windowactivate --sync "$W" || true; xdotool windowfocus --sync "$W"
    xdotool key ctrl+g; sleep 0.5; xdotool type 1; xdotool key Return
    if LOOKS=50 sees focus text Answer ""; then break; fi
done
sees focus text Answer ""
K=0
key() { xdotool key "$@"; K=$((K+$#)); }
for n in $(seq 1 $ITEMS); do
    xdotool type --delay 8 "Said of item $n in the room."
    if [ $n -le $RECORDS ]; then
        key Tab p Tab i Tab Tab
        xdotool type --delay 8 "Follow up $n"; key Tab
        xdotool type --delay 8 "Kent Police"; key Tab
        xdotool type --delay 8 "+6w"
        if [ $((n % 8)) -eq 3 ]; then
            xdotool key Tab Tab Tab Tab Tab Tab Tab Tab Tab; xdotool type --delay 8 "PLANTEDREMARK $n"
        fi
    fi
    if [ $n -eq $ITEMS ]; then sees focus text Answer "Said of item $n in the room."; fi
    key ctrl+Return
    sees focus text Answer ""
done
echo $K >"$OUT/keys"
sleep 2
kill $P
wait $P || true
"""


def _cannot() -> str:
    missing = _missing()
    more = [n for n in ("openbox", "unshare", "ip") if shutil.which(n) is None]
    if not more and subprocess.run(["unshare", "-n", "true"], capture_output=True).returncode != 0:
        more.append("leave to have no network")
    return ", ".join([*([missing] if missing else []), *more])


@pytest.mark.skipif(sys.platform == "win32", reason="X is not there")
def test_a_meeting_of_25_items_is_held_by_keys_with_no_network(tmp_path: Path) -> None:
    missing = _cannot()
    if missing:
        pytest.skip(f"not installed: {missing}")
    session = sample_store(tmp_path)
    meeting = records.create(session, "meeting", {"title": "Q3 board", "body": "PDB", "date": session.today.isoformat(), "starts": "10:00"})[0]
    for number in range(1, ITEMS + 1):
        meeting_notes.speak_of(session, meeting, f"A-{number:04d}" if number <= RECORDS else f"Business {number}")
    records.assign(session, "A-0004", [Assignment("note", PRIVATE[0])], None)
    records.assign(session, "A-0007", [Assignment("title", PRIVATE[2]), Assignment("restriction", "A live case")], None)
    path = copying.take_copy(session.store, tmp_path / "laptop.vawg")
    env = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "QT_LOGGING_RULES")}
    env |= {"PYTHON": sys.executable, "STORE": str(path), "OUT": str(tmp_path), "LAUNCHER": str(LAUNCHER), "ITEMS": str(ITEMS), "RECORDS": str(RECORDS)}
    env["PICTURES"] = "" if [n for n in ("import", "tesseract") if shutil.which(n) is None] else "yes"
    stop = threading.Event()
    edited: list[int] = []
    office = threading.Thread(target=_office_works, args=(session.store.path, stop, edited))
    office.start()
    try:
        done = subprocess.run(
            ["unshare", "-n", "dbus-run-session", "--", "xvfb-run", "-n", "140", "-a", "-s", "-screen 0 4200x1080x24", "bash", "-c", SCRIPT],
            cwd=ROOT, env=env, capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
    finally:
        stop.set()
        office.join()
    assert done.returncode == 0, done.stderr[-2000:] + (tmp_path / "window.log").read_text("utf-8")[-2000:]
    assert int((tmp_path / "keys").read_text("utf-8")) / RECORDS <= 14
    room = (tmp_path / "room.txt").read_text("utf-8")
    assert room.count("What the room sees") >= 3 and "Said of item" in room  # it was looked at while words were said
    assert not [word for word in PRIVATE if word in room]
    if env["PICTURES"]:
        seen = _read_pictures(tmp_path)
        assert len(seen) >= 3 and any("said of item" in words.casefold() for words in seen), seen[-3:]
        assert not [words for words in seen if "planted" in words.casefold()]
    laptop = Session(opening.open_store(path), "B. Officer")
    said = {f"Said of item {n} in the room." for n in range(1, ITEMS + 1)}
    told = plain_rows(laptop.read(), "SELECT answer, coalesce(judgement, information) AS judged, follow_up FROM challenge WHERE NOT deleted", ())
    assert {str(r["answer"]) for r in told} == said and sum(r["judged"] in ("partly", "partly_given") for r in told) == RECORDS == sum(bool(r["follow_up"]) for r in told)
    records.assign(laptop, "A-0001", [Assignment("blockers", "Said in the room")], None)
    records.assign(session, "A-0001", [Assignment("blockers", "Written in the office")], None)
    merged = merging.merge(session, laptop.store)
    assert [(c.record, c.field) for c in merged.conflicts] == [("A-0001", "blockers")] and edited
    assert show.record(session, "R-0014").cells["note"] == f"Office {edited[-1]}" and check(session.store).problems == []
    minutes, actions = (str(papers.make(session, kind, Asked((meeting,))).document) for kind in ("minutes", "action-log"))
    shown = {words for n, words in enumerate(sorted(said, key=lambda w: int(w.split()[3])), 1) if n != 7}  # the restricted one is not minuted
    assert all(words in minutes for words in shown) and all(f"Follow up {n}" in actions for n in range(1, RECORDS + 1) if n != 7)
    assert not [word for word in PRIVATE if word in minutes + actions]
    assert [str(r["state"]) for r in agenda.items(session, meeting)] == ["taken"] * ITEMS
    laptop.store.close()
    session.store.close()


def _read_pictures(folder: Path) -> list[str]:
    """The words in each picture of the room's window; pictures that are the same are read once."""
    pictures = {path.read_bytes(): path for path in sorted(folder.glob("room-*.png"))}
    return [subprocess.run(["tesseract", str(path), "-"], capture_output=True, text=True, check=True).stdout for path in pictures.values()]


def _office_works(path: Path, stop: threading.Event, edited: list[int]) -> None:
    """The office's own store is edited all the while, by another session on it."""
    with opening.open_store(path) as store:
        session = Session(store, "O. Office")
        while not edited or not stop.wait(2):
            records.assign(session, "R-0014", [Assignment("note", f"Office {len(edited)}")], None)
            edited.append(len(edited))
