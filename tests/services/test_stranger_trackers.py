"""Sheets of strangers: known again by list, number and words; asked where they agree in part; nothing written in doubt."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SHARED
from tests.test_cli import Run
from vawg_desktop.domain.terms import ACTION_STATUS
from vawg_desktop.services import lists, merging, show, trackers, undoing
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.session import Session
from vawg_desktop.services.trackers import Imported
from vawg_desktop.store import opening
from vawg_desktop.store.check import check

HERE = SHARED / "samples" / "trackers"
needs_samples = pytest.mark.skipif(not HERE.is_dir(), reason="the shared samples are not here")


def csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def take(session: Session, path: Path, **more: Any) -> Imported:
    return trackers.import_tracker(session, path, **more)


def actions(session: Session) -> dict[str, dict[str, Any]]:
    return {str(r["title"]): r for r in lists.records(session, ListQuery("action"))}  # type: ignore[misc]


def counts(done: Imported) -> tuple[int, int, int]:
    return done.created, done.updated, done.unchanged


# -- the samples ------------------------------------------------------------------------------------


TWICE = [
    "01-dotted-numbers.csv", "07-owners.csv", "08-month-year-dates.xlsx", "10-month-first-dates.csv", "11-utc-midnight.csv",
    "13-colour-only-ratings.xlsx", "16-same-title-no-number.csv", "18-number-merged-over-actions.xlsx", "21-a-comment-in-a-tracker.xlsx",
    "39-headings-with-notes.csv", "40-numbered-section-rows.xlsx", "50-four-sheets.xlsx", "51-one-large-merge.xlsx",
    "52-comments-not-well-formed.xlsx", "53-theme-colours.xlsx", "54-month-first.csv", "55-task-and-action.csv",
    "56-completion-before-target.csv",
]  # fmt: skip


@needs_samples
@pytest.mark.parametrize("name", TWICE)
def test_a_sample_taken_twice_makes_and_changes_nothing_the_second_time(sample: Session, name: str) -> None:
    first = take(sample, HERE / name)
    assert first.created
    again = take(sample, HERE / name)
    assert (again.created, again.updated) == (0, 0) and again.unchanged
    assert check(sample.store).problems == []


@needs_samples
def test_dotted_numbers_stay_two(sample: Session) -> None:
    take(sample, HERE / "01-dotted-numbers.csv")
    made = actions(sample)
    assert made["Train front-counter staff"]["reference"] != made["Refurbish the interview suites"]["reference"]
    for number, title in (("1.12", "Train front-counter staff"), ("11.2", "Refurbish the interview suites")):
        assert number in show.record(sample, str(made[title]["reference"])).aliases


@needs_samples
def test_two_partners_on_one_template_are_four_actions(sample: Session) -> None:
    one, two = HERE / "03-template-partner-one.csv", HERE / "03-template-partner-two.csv"
    assert [counts(take(sample, p)) for p in (one, two, one, two)] == [(2, 0, 0), (2, 0, 0), (0, 0, 2), (0, 0, 2)]
    made = actions(sample)
    assert made["Run school lessons"]["status"] == "in_progress" and made["Open a walk-in clinic"]["status"] == "complete"


@needs_samples
def test_a_heading_twice_is_asked_and_the_answer_serves_the_next_copy(sample: Session) -> None:
    one, two = HERE / "05b-same-heading-twice.xlsx", HERE / "05b2-same-heading-twice-next-quarter.xlsx"
    asked = take(sample, one)
    ids = {p.id for p in asked.problems if p.code == "which_is_latest"}
    assert ids == {"latest:action.status", "latest:update.narrative"}
    assert actions(sample)["Run school lessons"]["status"] == "not_known"
    take(sample, one, answers=dict.fromkeys(ids, "last"))
    assert actions(sample)["Run school lessons"]["status"] == "complete"
    later = take(sample, two)
    assert [p.code for p in later.problems] == [] and actions(sample)["Run school lessons"]["status"] == "in_progress"


@needs_samples
def test_owners_are_bodies_and_nobody_in_a_first_ones_place(sample: Session) -> None:
    before = {r["name"] for r in lists.records(sample, ListQuery("partner"))}
    take(sample, HERE / "07-owners.csv")
    assert {r["name"] for r in lists.records(sample, ListQuery("partner"))} == before
    made = actions(sample)
    who = {t: show.record(sample, str(r["reference"])) for t, r in made.items() if t in ("One", "Two", "Three", "Four", "Five", "Six", "Seven")}
    called = {t: v.names.get(str(v.cells["accountable"]), "") for t, v in who.items()}
    assert called == {"One": "", "Two": "Kent Police", "Three": "", "Four": "Kent Police", "Five": "", "Six": "KCC", "Seven": ""}
    assert len(who["Two"].sets["contributors"]) == 2


@needs_samples
@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("08-month-year-dates.xlsx", ["2026-11", "2027-01", "2027", "2026-12-31"]),
        ("10-month-first-dates.csv", ["2027-03-04", "2026-12-31", "2027-06-30", "2027-01-12"]),
        ("54-month-first.csv", ["2027-03-25", "2027-04-05", "2027-12-31", "2027-07-08"]),
        ("11-utc-midnight.csv", ["2027-07-01", "2027-01-31", "2027-07-01", "2027-07-01"]),
        ("56-completion-before-target.csv", ["2027-03-31", "2027-06-30"]),
    ],
)
def test_a_date_is_what_it_shows_and_the_whole_column_says_in_which_order(sample: Session, name: str, dates: list[str]) -> None:
    before = set(actions(sample))
    take(sample, HERE / name)
    made = [r["due"] for t, r in sorted(actions(sample).items(), key=lambda i: str(i[1]["reference"])) if t not in before]
    assert made == dates


@needs_samples
def test_every_colour_without_a_word_is_said_and_taken_when_told(sample: Session) -> None:
    done = take(sample, HERE / "13-colour-only-ratings.xlsx")
    said = {p.cell: p.code for p in done.problems}
    assert said == {**dict.fromkeys(("D2", "D3", "D4", "D5", "D7"), "colour_only"), "D6": "conditional_colour"}
    take(sample, HERE / "13-colour-only-ratings.xlsx", answers={"colour:red": "take"})
    ratings = {t: r["rating_opcc"] for t, r in actions(sample).items() if t.startswith("Colour")}
    assert ratings["Colour by rgb"] == "red" and ratings["Colour by theme"] is None


@needs_samples
def test_a_section_with_a_number_is_no_action(sample: Session) -> None:
    take(sample, HERE / "40-numbered-section-rows.xlsx")
    assert not {"PREVENTION", "ENGAGEMENT"} & set(actions(sample))


@needs_samples
def test_the_command_asks_with_ids_and_takes_answers(sample: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, file = sample.store.path, HERE / "05b-same-heading-twice.xlsx"
    told = Run(capsys, "import-tracker", store, file, "--json").json()
    (status,) = [p for p in told["problems"] if p.get("id") == "latest:action.status"]  # type: ignore[index,union-attr,call-overload]
    assert set(status["choices"]) == {"first", "last"}  # type: ignore[index,call-overload]
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"latest:action.status": "last"}))
    assert Run(capsys, "import-tracker", store, file, "--answers", answers, "--json").code == 0
    assert actions(sample)["Run school lessons"]["status"] == "complete"
    words = Run(capsys, "import-tracker", store, HERE / "21-a-comment-in-a-tracker.xlsx")
    assert words.code == 0 and "(a comment)" in words.out


# -- identity ---------------------------------------------------------------------------------------


HEAD = "No,Action,Owner,Status"


def test_one_reworded_row_among_many_is_asked_and_not_written(sample: Session, tmp_path: Path) -> None:
    rows = [f"{i},Quite distinct thing number {w},KCC,In progress" for i, w in enumerate(["alpha", "bravo", "carrot", "delta", "eagle"], 90)]
    path = csv(tmp_path / "t.csv", HEAD, *rows)
    take(sample, path)
    rows[2] = "92,Something wholly else is done here,KCC,Complete"
    asked = take(sample, csv(path, HEAD, *rows))
    assert (asked.created, asked.updated, asked.unchanged) == (0, 0, 4)
    (question,) = [p for p in asked.problems if p.code == "other_words"]
    assert {c for c, _ in question.choices} == {"same", "new"}
    assert actions(sample)["Quite distinct thing number carrot"]["status"] == "in_progress"
    same = take(sample, path, answers={question.id: "same"})
    assert counts(same) == (0, 1, 4) and actions(sample)["Something wholly else is done here"]["status"] == "complete"
    assert counts(take(sample, path)) == (0, 0, 5)


def test_a_row_without_a_number_and_the_words_of_a_record_is_a_question(sample: Session, tmp_path: Path) -> None:
    title = show.record(sample, "A-0006").title
    path = csv(tmp_path / "t.csv", "Action,Owner,Status", f'"{title}",KCC,Complete')
    asked = take(sample, path)
    assert counts(asked) == (0, 0, 0) and [p.code for p in asked.problems] == ["same_words"]
    assert counts(take(sample, path, answers={asked.problems[0].id: "new"})) == (1, 0, 0)
    assert counts(take(sample, path)) == (0, 0, 1)


def test_the_same_file_in_two_stores_makes_the_same_records(sample: Session, tmp_path: Path) -> None:
    merging.copy(sample, tmp_path / "laptop.vawg")
    path = csv(tmp_path / "t.csv", HEAD, "91,One fresh thing,KCC,In progress", "92,Another new matter,OPCC,Complete")
    with opening.open_store(tmp_path / "laptop.vawg") as store:
        laptop = Session(store, "L")
        assert counts(take(sample, path)) == counts(take(laptop, path)) == (2, 0, 0)
        merging.merge(sample, store)
        assert merging.conflicts(sample) == []
    assert Counter(r["title"] for r in lists.records(sample, ListQuery("action")))["One fresh thing"] == 1
    assert counts(take(sample, path)) == (0, 0, 2)


def test_lineage_merges_so_that_a_colleague_knows_the_rows_too(sample: Session, tmp_path: Path) -> None:
    merging.copy(sample, tmp_path / "laptop.vawg")
    path = csv(tmp_path / "t.csv", HEAD, "91,One fresh thing,KCC,In progress", "92,Another new matter,OPCC,Complete")
    with opening.open_store(tmp_path / "laptop.vawg") as store:
        take(Session(store, "L"), path)
        merging.merge(sample, store)
    path = csv(path, HEAD, "91,One fresh thing,KCC,Complete", "92,Another new matter,OPCC,Complete")
    assert counts(take(sample, path)) == (0, 1, 1)


def test_an_import_taken_back_and_taken_again(sample: Session, tmp_path: Path) -> None:
    path = csv(tmp_path / "t.csv", HEAD, "91,One fresh thing,KCC,In progress")
    done = take(sample, path)
    undoing.reverse(sample, done.changes.txn)
    assert "One fresh thing" not in actions(sample)
    assert counts(take(sample, path)) == (1, 0, 0) and "One fresh thing" in actions(sample)
    assert check(sample.store).problems == []


@pytest.mark.parametrize(("said", "not_near"), [("Incomplete", "Complete"), ("On target", "Not started")])
def test_what_denies_is_near_to_nothing_it_denies(said: str, not_near: str) -> None:
    assert not_near not in ACTION_STATUS.nearest(said)


def test_blanks_under_a_recommendation_are_filled_down_and_said(sample: Session, tmp_path: Path) -> None:
    path = csv(
        tmp_path / "t.csv", "Recommendation,Action,Owner", "Light every path,Buy lamps,KCC", ",Hang lamps,KCC", '",",Test lamps,"'.replace('"', "")
    )
    done = take(sample, path)
    hang = show.record(sample, str(actions(sample)["Hang lamps"]["reference"]))
    assert len(hang.sets["recommendations"]) == 1 and "filled_down" in {p.code for p in done.problems}


# -- five hundred of them ------------------------------------------------------------------------------


WORDS = [f"{a} {b} {c}" for a in ("Run", "Open", "Map", "Train", "Fund") for b in ("the lessons", "a clinic", "hot spots", "the staff", "new posts")
         for c in ("in schools", "at courts", "on buses", "for victims")]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_generated_lists_overwrite_double_and_invent_nothing(tmp_path: Path, sample_file: Path, seed: int) -> None:
    """Two lists on one template, each taken again with rows re-dated, moved, added and their numbers merged or dotted."""
    draw = random.Random(seed)
    path = tmp_path / "s.vawg"
    shutil.copyfile(sample_file, path)
    session = Session(opening.open_store(path), "B. Officer")
    before = len(lists.records(session, ListQuery("action")))
    number = draw.choice([lambda i: str(i + 40), lambda i: f"{i // 3 + 30}.{i % 3 + 1}", lambda i: str(i // 2 + 60), lambda i: ""])
    names = draw.sample(WORDS, 20)
    mine = [[number(i), names[i], "KCC", "Not started"] for i in range(10)]
    theirs = [[number(i), names[10 + i], "Medway", "In progress"] for i in range(10)]
    truth: dict[str, str] = {}
    for copy in range(3):
        for rows, name in ((mine, "one.csv"), (theirs, "two.csv")):
            file = csv(tmp_path / name, HEAD, *(",".join(r) for r in rows))
            done = take(session, file)
            truth |= {r[1]: r[3] for r in rows}
            asked = {p.id: "new" for p in done.problems if p.code == "same_words"}
            assert done.created + len(asked) == (10 if copy == 0 else 0), (seed, copy, name, [p.message for p in done.problems])
            if asked:  # words that are nearly another record's: only the officer can say that they are another's
                assert take(session, file, answers=asked).created == len(asked)
        made = actions(session)
        assert len(lists.records(session, ListQuery("action"))) == before + 20, (seed, copy)
        for title, status in truth.items():
            assert made[title]["status"] == ACTION_STATUS.find(status).key, (seed, copy, title)  # type: ignore[union-attr]
        draw.choice(mine)[3] = "Complete"
        draw.shuffle(theirs)
    assert check(session.store).problems == []
    session.store.close()
