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
    more = copy(tmp_path, ["Ref", "Action", "Q4 2024/25 update", *heads[2:], "Q3 2025/26 update"], ["1", "Light the paths home", "Begun", "On track", "Delayed by recruitment", "On track"])
    assert trackers.import_tracker(session, more, dry_run=True).updated == 1  # an earlier quarter that is new counts, in a rehearsal too
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
    assert [p.message.partition("”")[0] for p in done.problems if p.code == "section_row"] == ["“Safe spaces", "“Healthy relationships"]


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


def asked(done: trackers.Imported, code: str) -> list[str]:
    return [p.id for p in done.problems if p.code == code]


def cells(session: Session, key: str) -> list[object]:
    return [v for (v,) in session.read().exec_driver_sql(f'SELECT "{key}" FROM action WHERE NOT deleted ORDER BY n')]


@pytest.mark.parametrize("typed", ["1/3/2207", "30/06/1926", "31/12/9999", "01/01/1901", "1/1/0026"])
def test_a_date_of_a_year_that_nobody_plans_for_is_asked_about(session: Session, tmp_path: Path, typed: str) -> None:
    path = copy(tmp_path, ["Ref", "Action", "Due date", "Status"], ["1", "Light the paths home", typed, "In progress"], ["2", "Train the staff", "31/12/2026", "In progress"])
    done = trackers.import_tracker(session, path, dry_run=True)
    (id,) = asked(done, "unlikely_date")
    trackers.import_tracker(session, path)
    assert cells(session, "due") == [None, "2026-12-31"]
    trackers.import_tracker(session, path, answers={id: "take"})
    assert cells(session, "due")[0] is not None


def test_a_weekday_that_is_not_the_days_is_asked_about(session: Session, tmp_path: Path) -> None:
    rows = [["1", "Light the paths home", "Monday 27 November 2026"], ["2", "Train the staff", "Friday 27 November 2026"]]
    done = trackers.import_tracker(session, copy(tmp_path, ["Ref", "Action", "Due date"], *rows))
    assert cells(session, "due") == [None, "2026-11-27"] and any("is a Friday" in p.message or "not understood" in p.message for p in done.problems)


def test_updates_of_quarters_beside_one_without_are_updates_of_their_quarters(session: Session, tmp_path: Path) -> None:
    heads = ["Ref", "Action", "Q1 2025/26 update", "Q2 2025/26 update", "Update"]
    done = trackers.import_tracker(session, copy(tmp_path, heads, ["1", "Light the paths home", "Begun", "Half done", "Nearly there"]))
    assert told(session) == [("Q1 2025/26", "Begun"), ("Q2 2025/26", "Half done"), ("", "Nearly there")] and not asked(done, "which_is_latest")


def test_every_odd_word_of_a_column_can_be_answered_in_the_end(session: Session, tmp_path: Path) -> None:
    rows = [[str(n), f"Light path number {n}", f"paused{chr(97 + n)}"] for n in range(16)]
    path, answers = copy(tmp_path, ["Ref", "Action", "Status"], *rows), dict[str, str]()
    for _ in range(3):
        done = trackers.import_tracker(session, path, answers=answers)
        answers |= {p.id: "in_progress" for p in done.problems if p.id}
    assert len(set(cells(session, "status"))) == 1 and len(answers) == 16


def test_a_bare_one_in_per_cents_is_answered_as_one_or_all(session: Session, tmp_path: Path) -> None:
    path = copy(tmp_path, ["Ref", "Action", "% complete"], ["1", "Light the paths home", "1"], ["2", "Train the staff", "50"])
    (question,) = [p for p in trackers.import_tracker(session, path).problems if p.id]
    assert question.message == "% complete is 1: is that 1% or 100%? Nothing was set."
    trackers.import_tracker(session, path, answers={question.id: "100"})
    assert cells(session, "percent") == [100, 50]


def test_what_both_sides_changed_can_be_settled_for_the_list(session: Session, tmp_path: Path) -> None:
    from vawg_desktop.services import records
    from vawg_desktop.services.records import Assignment

    heads = ["Ref", "Action", "Status", "Due date"]
    trackers.import_tracker(session, copy(tmp_path, heads, ["1", "Light the paths home", "In progress", "31/12/2026"]))
    records.assign(session, "A-0001", [Assignment("status", "stopped")], None)
    path = copy(tmp_path, heads, ["1", "Light the paths home", "Complete", "31/12/2026"])
    done = trackers.import_tracker(session, path)
    (id,) = asked(done, "changed_on_both_sides")
    assert cells(session, "status") == ["stopped"] and done.tray[-1]["why"] == "our value was kept"
    done = trackers.import_tracker(session, path, answers={id: "list"})
    assert cells(session, "status") == ["complete"] and not asked(done, "changed_on_both_sides")


@pytest.mark.parametrize("owner", ["Kent Police (Supt Jo Bloggs)", "Jo Smith (KP)", "K.P.", "KP – Public Protection"])
def test_a_body_within_a_name_is_offered(session: Session, tmp_path: Path, owner: str) -> None:
    from vawg_desktop.services import records

    records.create(session, "partner", {"name": "Kent Police", **({"short_name": "KP"} if "KP" in owner else {})})
    done = trackers.import_tracker(session, copy(tmp_path, ["Ref", "Action", "Owner"], ["1", "Light the paths home", f'"{owner}"']))
    (question,) = [p for p in done.problems if p.id.startswith("body:")]
    assert dict(question.choices)["P-0001"] in ("It is Kent Police", "It is KP")
    trackers.import_tracker(session, tmp_path / "list.csv", answers={question.id: "P-0001"})
    assert cells(session, "accountable")[0] is not None


def test_strokes_between_figures_part_no_names(session: Session, tmp_path: Path) -> None:
    done = trackers.import_tracker(session, copy(tmp_path, ["Ref", "Action", "Owner"], ["1", "Light the paths home", "24/7 helpline"], ["2", "Train the staff", "KCC/Medway"]))
    assert [p.message.partition("”")[0] for p in done.problems if p.id.startswith("body:")] == ["“24/7 helpline", "“KCC", "“Medway"]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#NAME?", "#DIV/0!"])
def test_a_formula_that_failed_says_nothing(session: Session, tmp_path: Path, error: str) -> None:
    rows = [["1", error, "Kent Police", ""], ["2", "Train the staff", error, error]]
    done = trackers.import_tracker(session, copy(tmp_path, ["Ref", "Action", "Owner", "Progress"], *rows))
    assert actions(session) == ["Train the staff"] and told(session) == [] and len(asked(done, "error_cell")) == 3
    assert sum(error in t["text"] for t in done.tray) == 3


def test_an_answer_to_no_question_is_said_to_be_none(session: Session, tmp_path: Path) -> None:
    path = copy(tmp_path, ["Ref", "Action", "Status"], ["1", "Light the paths home", "paused"])
    (id,) = [p.id for p in trackers.import_tracker(session, path, dry_run=True).problems if p.id]
    done = trackers.import_tracker(session, path, answers={"nonsense": "x", id: "banana"})
    assert {p.code for p in done.problems} >= {"answer_unused", "answer_unknown"}
    assert any("“banana” does not answer" in p.message for p in done.problems) and any("does not ask “nonsense”" in p.message for p in done.problems)


def test_one_row_that_is_gone_is_told_in_the_singular(session: Session, tmp_path: Path) -> None:
    heads = ["Ref", "Action", "Status"]
    rows = [["1", "Light the paths home", "In progress"], ["2", "Train the staff", "Complete"], ["3", "Publish the guide", "Complete"]]
    trackers.import_tracker(session, copy(tmp_path, heads, *rows))
    done = trackers.import_tracker(session, copy(tmp_path, heads, *rows[:1], [*rows[1][:2], ""]))
    words = " ".join(p.message for p in done.problems)
    assert "A-0003 was in the last copy of this list and is not in this one" in words and "Status of A-0002 was filled in the last copy and is blank in this one; our value was kept." in words


def test_a_row_that_was_pasted_twice_is_read_once_and_told(session: Session, tmp_path: Path) -> None:
    heads, row = ["Action", "Owner", "Status"], ["Light the paths home", "", "In progress"]
    path = copy(tmp_path, heads, row, ["Train the staff", "", "Complete"], row, row, [*row[:2], "Complete"])
    done = trackers.import_tracker(session, path)
    assert actions(session).count("Light the paths home") == 2  # one says something else of how it stands
    assert [p.message for p in done.problems if p.code == "row_again"] == [f"Row {n} says the same as row 2 in every cell; it was read once." for n in (4, 5)]
    again = trackers.import_tracker(session, path)
    assert (again.created, again.updated) == (0, 0) and len(actions(session)) == 3
