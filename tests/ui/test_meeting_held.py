"""A meeting of 25 items minuted on a working copy by a window that is killed ten times, while the office's own store is edited; then merged."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from tests.services.test_journey import sample_store
from vawg_desktop.services import agenda, meeting_notes, merging, office, papers, records, show
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, opening
from vawg_desktop.store.check import check
from vawg_desktop.ui.pages.meeting_mode import DRAFT

ROOT = Path(__file__).parents[2]
ITEMS, KILLS = 25, 10


def lines_until(child: subprocess.Popen[str], number: int) -> list[str]:
    """So many lines of a child, or all that it says before it ends."""
    assert child.stdout is not None
    found: list[str] = []
    for line in child.stdout:
        found.append(line.rstrip("\n"))
        if len(found) >= number or found[-1] == "END":
            break
    return found


def test_nothing_said_is_lost_when_the_window_is_killed_in_mid_meeting(tmp_path: Path) -> None:
    session = sample_store(tmp_path)
    meeting = records.create(session, "meeting", {"title": "Q3 board", "body": "PDB", "date": session.today.isoformat(), "starts": "10:00"})[0]
    for number in range(1, ITEMS + 1):
        meeting_notes.speak_of(session, meeting, f"A-{number:04d}" if number <= 22 else f"Business {number}")
    path = copying.take_copy(session.store, tmp_path / "laptop.vawg")
    chance = random.Random(5)
    saved: dict[str, str] = {}
    half, item = "", ""
    for turn in range(KILLS + 1):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.ui.meeting_child", str(path), meeting, str(turn)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )  # fmt: skip
        told = lines_until(child, chance.randrange(3, 9) if turn < KILLS else 10_000)
        child.kill()
        assert child.stdout is not None
        told += child.stdout.read().splitlines()  # what it said until the kill reached it
        child.stdout.close()
        child.wait()
        assert told and told[0].startswith("DRAFT "), "the window did not open"
        if half:
            assert told[0] == f"DRAFT {item} {half}"  # what was half typed stands there again
        for line in told:
            word, _, rest = line.partition(" ")
            at, _, words = rest.partition(" ")
            if word == "SAVED":
                saved[at], half, item = words, "", ""
            elif word == "KEPT":
                half, item = words, at
        if half and (whole := _answer(path, item)).startswith(half):  # saved, and killed before it could say so
            saved[item], half, item = whole, "", ""
        if turn < KILLS:
            _office_works(session, turn)
    assert len(saved) == ITEMS and not half
    laptop = Session(opening.open_store(path), "B. Officer")
    assert {str(r["item"]): r["answer"] for r in plain_rows(laptop.read(), "SELECT item, answer FROM challenge WHERE NOT deleted", ())} == saved
    assert office.local_values(laptop, DRAFT) == {} and check(laptop.store).problems == []
    records.assign(laptop, "A-0001", [Assignment("blockers", "Said in the room")], None)
    records.assign(session, "A-0001", [Assignment("blockers", "Written in the office")], None)
    done = merging.merge(session, laptop.store)
    assert [(c.record, c.field) for c in done.conflicts] == [("A-0001", "blockers")]
    assert {str(r["item"]): r["answer"] for r in plain_rows(session.read(), "SELECT item, answer FROM challenge WHERE NOT deleted", ())} == saved
    assert show.record(session, "A-0010").cells["blockers"] == "Office 9" and check(session.store).problems == []
    text = str(papers.make(session, "minutes", Asked((meeting,))).document)
    assert all(words in text for words in saved.values())
    assert [str(r["state"]) for r in agenda.items(session, meeting)] == ["taken"] * ITEMS
    laptop.store.close()
    session.store.close()


def _answer(path: Path, item: str) -> str:
    """What the store holds as the answer to an item."""
    with opening.open_store(path) as store:
        rows = plain_rows(Session(store).read(), "SELECT answer FROM challenge WHERE item = ? AND NOT deleted", (item,))
    return str(rows[0]["answer"] or "") if rows else ""


def _office_works(session: Session, turn: int) -> None:
    """The office's own store is edited meanwhile."""
    records.assign(session, f"A-{turn + 1:04d}", [Assignment("blockers", f"Office {turn}")], None)
