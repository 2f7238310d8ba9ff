"""What a stranger found with trackers of their own: progress that was dropped, rows taken for what they are not, questions without an answer."""

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


def actions(session: Session) -> list[str]:
    return [str(t) for (t,) in session.read().exec_driver_sql("SELECT title FROM action WHERE NOT deleted ORDER BY n")]


def test_answers_of_yes_and_no_are_no_new_headings(session: Session, tmp_path: Path) -> None:
    rows = [["1", "Map the lighting", "No", "No", "No", "In progress"], ["2", "Train the staff", "Yes", "No", "No", "No"], ["3", "Publish the guide", "No", "No", "No", "Complete"]]
    done = trackers.import_tracker(session, copy(tmp_path, ["Ref", "Action", "Funded?", "Victim voice?", "Signed off?", "Status"], *rows))
    assert actions(session) == [r[1] for r in rows] and done.created >= 3
    assert not any("stands 3 times" in p.message for p in done.problems)


def test_a_row_that_only_heads_numbered_rows_makes_no_action_and_says_so(session: Session, tmp_path: Path) -> None:
    rows = [["A", "Safe spaces", "", ""], ["A.1", "Train the officers", "Kent Police", "In progress"], ["A.2", "Map the lighting", "KCC", "Complete"],
            ["2", "Healthy relationships", "", ""], ["2.1", "Deliver lessons", "KCC", "Complete"], ["2.2", "Write the plan", "KCC", "Complete"]]  # fmt: skip
    done = trackers.import_tracker(session, copy(tmp_path, ["Ref", "Action", "Owner", "Status"], *rows))
    assert actions(session) == ["Train the officers", "Map the lighting", "Deliver lessons", "Write the plan"]
    assert [p.message[:20] for p in done.problems if p.code == "section_row"] == ["“Safe spaces” was rea", "“Healthy relationshi"] or [p.code for p in done.problems].count("section_row") == 2


@pytest.mark.parametrize("title", ["Source homes for male victims", "Version the guidance each year", "Key worker scheme for the county", "Count the referrals of each month"])
def test_an_action_that_begins_like_a_footer_is_an_action(session: Session, tmp_path: Path, title: str) -> None:
    trackers.import_tracker(session, copy(tmp_path, ["Action", "Owner", "Status", "Progress"], [title, "", "", "Begun in May"], ["Light the paths", "KCC", "Complete", "Done"]))
    assert actions(session) == [title, "Light the paths"]


@pytest.mark.parametrize("line", [["Note", "RAG is self-assessed by each partner", "", ""], ["", "Signed off by ACC Jones", "3/11/2026", ""], ["Source: Kent Police", "", "", ""], ["", "Version 2.1", "", ""], ["Total", "2", "", ""]])
def test_a_line_under_the_table_is_no_action(session: Session, tmp_path: Path, line: list[str]) -> None:
    rows = [["1", "Train the officers", "Kent Police", "In progress"], ["2", "Map the lighting", "KCC", "Complete"]]
    done = trackers.import_tracker(session, copy(tmp_path, ["Ref", "Action", "Owner", "Status"], *rows, line))
    assert actions(session) == ["Train the officers", "Map the lighting"] and done.tray


def test_in_a_list_written_in_capitals_no_action_is_a_heading(session: Session, tmp_path: Path) -> None:
    rows = [["TRAIN THE OFFICERS", "Kent Police", "In progress"], ["REVIEW CCTV COVERAGE", "", "Complete"], ["RECRUIT ADVOCATES", "KCC", "Complete"], ["WRITE THE PLAN", "KCC", ""]]
    done = trackers.import_tracker(session, copy(tmp_path, ["Action", "Owner", "Status"], *rows))
    assert actions(session) == [r[0] for r in rows] and not [p for p in done.problems if p.code == "section_row"]
