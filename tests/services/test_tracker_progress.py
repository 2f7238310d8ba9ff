"""What trackers tell of progress: the same words again are news where something else was said between."""

from __future__ import annotations

from pathlib import Path

import pytest

from vawg_desktop.services import trackers
from vawg_desktop.services.session import Session
from vawg_desktop.store import making


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(making.create(tmp_path / "s.vawg", passphrase=None), "B. Officer")


def told(session: Session) -> list[tuple[str, str]]:
    return [(str(p or ""), str(n)) for p, n in session.read().exec_driver_sql('SELECT period, narrative FROM "update" WHERE NOT deleted ORDER BY as_at, n')]


def copy(folder: Path, heads: list[str], *rows: list[str]) -> Path:
    path = folder / "list.csv"
    path.write_text("".join(",".join(r) + "\n" for r in (heads, *rows)), "utf-8")
    return path


def test_the_same_words_in_a_later_quarter_are_an_update_of_that_quarter(session: Session, tmp_path: Path) -> None:
    heads = ["Ref", "Action", "Q1 2025/26 update", "Q2 2025/26 update"]
    trackers.import_tracker(session, copy(tmp_path, heads, ["1", "Light the paths home", "On track", "Delayed by recruitment"]))
    done = trackers.import_tracker(session, copy(tmp_path, [*heads, "Q3 2025/26 update"], ["1", "Light the paths home", "On track", "Delayed by recruitment", "On track"]))
    assert told(session)[-1] == ("Q3 2025/26", "On track") and len(told(session)) == 3
    assert (done.created, done.updated, done.unchanged) == (0, 1, 0)
    (late,) = [n for n in trackers.import_tracker(session, copy(tmp_path, ["Ref", "Action", "Q4 2024/25 update", *heads[2:], "Q3 2025/26 update"], ["1", "Light the paths home", "Begun", "On track", "Delayed by recruitment", "On track"]), dry_run=True).as_json().items() if n[0] == "updated"]
    assert late[1] == 1  # an earlier quarter that is new counts, in a rehearsal too
    copy(tmp_path, [*heads, "Q3 2025/26 update"], ["1", "Light the paths home", "On track", "Delayed by recruitment", "On track"])
    again = trackers.import_tracker(session, tmp_path / "list.csv")
    assert len(told(session)) == 3 and (again.updated, again.unchanged) == (0, 1)


def test_what_one_column_says_again_after_something_else_is_an_update(session: Session, tmp_path: Path) -> None:
    for words in ("On track", "Delayed", "On track", "On track"):
        path = copy(tmp_path, ["Ref", "Action", "Progress"], ["1", "Light the paths home", words])
        before = trackers.import_tracker(session, path, dry_run=True)
        done = trackers.import_tracker(session, path)
        assert (before.created, before.updated, before.unchanged) == (done.created, done.updated, done.unchanged)
    assert [n for _, n in told(session)] == ["On track", "Delayed", "On track"]


def test_an_old_copy_that_comes_again_does_not_repeat_what_a_return_said_since(session: Session, tmp_path: Path) -> None:
    from vawg_desktop.services import records

    path = copy(tmp_path, ["Ref", "Action", "Progress"], ["1", "Light the paths home", "On track"])
    trackers.import_tracker(session, path)
    records.add_update(session, "A-0001", {"narrative": "All lights are up"})
    trackers.import_tracker(session, path)
    assert [n for _, n in told(session)] == ["On track", "All lights are up"]
