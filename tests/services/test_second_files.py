"""A partner's second file, what was applied and edited since, and actions that changed hands while their return was out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services.test_ways_home import Edit, Sent, edited, ref, sent_until_done
from vawg_desktop.domain.merge import Kind
from vawg_desktop.services import return_acceptance, return_staging, returns, show, undoing
from vawg_desktop.services.records import Assignment, assign, create
from vawg_desktop.services.returns import Review


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Sent]:
    yield from sent_until_done(tmp_path, 5)


def cells(**values: object) -> Edit:
    """Fill row 2 (A-0001): ``status="Complete"``; a key of several words with underscores for blanks."""
    heads = {"status": "Status", "percent": "% complete", "update": "Progress update", "answer": "Answer", "revised": "Revised due date"}

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        for key, value in values.items():
            sheet.cell(2, at[heads[key]]).value = value

    return edit


def read(sent: Sent, name: str, edit: Edit, tmp_path: Path, apply: str | None = "safe") -> Review:
    return return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / name), apply=apply)


def stands(sent: Sent, key: str) -> object:
    return show.record(sent.session, ref(2)).cells[key]


def shape(review: Review) -> dict[str, tuple[str, object, str]]:
    return {d.field: (d.kind.value, d.incoming, d.held) for d in review.differences}


def test_a_correction_back_to_what_was_sent_is_a_change_like_any_other(sent: Sent, tmp_path: Path) -> None:
    read(sent, "one.xlsx", cells(status="Complete", percent=100), tmp_path)
    assert stands(sent, "status") == "complete"
    again = read(sent, "two.xlsx", cells(status="In progress", percent=2), tmp_path)
    assert again.applied == 2 and stands(sent, "status") == "in_progress" and stands(sent, "percent") == 2


def test_a_third_file_may_take_back_what_the_second_said_and_was_refused(sent: Sent, tmp_path: Path) -> None:
    read(sent, "one.xlsx", cells(percent=40), tmp_path)
    second = read(sent, "two.xlsx", cells(percent=60), tmp_path, apply=None)
    return_acceptance.decide(sent.session, second.submission, second.differences, "refused", "not shown")
    repeated = read(sent, "three.xlsx", cells(percent=60, update="As said"), tmp_path, apply=None)
    assert [d.field for d in repeated.differences] == ["narrative"]
    back = read(sent, "four.xlsx", cells(percent=2), tmp_path)
    assert back.applied == 1 and stands(sent, "percent") == 2


def test_what_waits_in_the_first_file_is_offered_again_by_the_second(sent: Sent, tmp_path: Path) -> None:
    read(sent, "one.xlsx", cells(percent=40), tmp_path, apply=None)
    assert shape(read(sent, "two.xlsx", cells(percent=40), tmp_path, apply=None)) == {"percent": ("incoming", 40, "")}
    assert shape(read(sent, "three.xlsx", cells(percent=2), tmp_path, apply=None)) == {}


def test_a_return_applied_stays_applied_when_the_office_edits_later(sent: Sent, tmp_path: Path) -> None:
    first = read(sent, "one.xlsx", cells(percent=40, update="Begun"), tmp_path)
    assert returns.review(sent.session, first.submission).state == "applied"
    for said in ("55", "2"):
        assign(sent.session, ref(2), [Assignment("percent", said)], "by telephone")
        now = returns.review(sent.session, first.submission)
        assert (now.state, now.left()) == ("applied", 0)
        assert all(d.kind is Kind.BOTH_SAME for d in now.differences)
    assert read(sent, "one.xlsx", cells(percent=40, update="Begun"), tmp_path).applied == 0
    assert stands(sent, "percent") == 2


def test_an_undone_taking_is_open_again(sent: Sent, tmp_path: Path) -> None:
    first = read(sent, "one.xlsx", cells(percent=40), tmp_path)
    undoing.undo(sent.session)
    assert shape(returns.review(sent.session, first.submission)) == {"percent": ("incoming", 40, "")}


@pytest.mark.parametrize("nil", [False, True])
def test_no_change_reversed_and_applied_again_applies(sent: Sent, tmp_path: Path, nil: bool) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        if not nil:
            sheet.cell(2, at["Answer"]).value = "No change"
            return
        start = book["Start here"]
        row = next(r for r in range(1, 60) if "Nothing to report" in str(start.cell(r, 1).value))
        start.cell(row, 2).value = "Yes"

    def updates() -> list[object]:
        return [u["answer"] for u in show.record(sent.session, ref(2)).updates]

    first = read(sent, "one.xlsx", edit, tmp_path)
    assert updates() == ["no_change"] and returns.review(sent.session, first.submission).state == "applied"
    returns.reverse_return(sent.session, first.return_reference)
    assert updates() == []
    again = read(sent, "one.xlsx", edit, tmp_path)
    assert updates() == ["no_change"] and returns.review(sent.session, again.submission).state == "applied"


def held(review: Review) -> set[str]:
    assert review.applied == 0
    return {d.held for d in review.differences}


def test_the_answers_of_the_former_body_are_held(sent: Sent, tmp_path: Path) -> None:
    assign(sent.session, ref(2), [Assignment("accountable", "Medway Council")], "transferred")
    review = read(sent, "one.xlsx", cells(percent=40, update="We met"), tmp_path, apply="all")
    assert held(review) == {"reassigned"}
    assert any("is now with Medway Council" in p.message for p in review.problems)
    # taken by a person it is taken
    return_acceptance.accept(sent.session, review.submission, review.differences)
    assert stands(sent, "percent") == 40


def test_a_superseded_action_and_one_combined_into_another_are_held(sent: Sent, tmp_path: Path) -> None:
    assign(sent.session, ref(2), [Assignment("status", "superseded")], "replaced")
    assert held(read(sent, "one.xlsx", cells(percent=40), tmp_path, apply="all")) == {"superseded"}
    from vawg_desktop.services.merging import combine

    combine(sent.session, ref(3), ref(2), "the same")
    assert held(read(sent, "two.xlsx", cells(percent=45), tmp_path, apply="all")) == {"in_bin"}


def test_a_body_that_answers_through_another_is_still_its_own(sent: Sent, tmp_path: Path) -> None:
    create(sent.session, "partner", {"name": "Kent Traffic Police", "returns_through": "Kent Police"})
    assign(sent.session, ref(2), [Assignment("accountable", "Kent Traffic Police")], "moved within")
    assert read(sent, "one.xlsx", cells(percent=40), tmp_path).applied == 1


def test_a_contributor_says_its_part_and_not_the_status_of_the_whole(sent: Sent, tmp_path: Path) -> None:
    assign(sent.session, ref(2), [Assignment("accountable", "Medway Council"), Assignment("contributors", "Kent Police")], "joint")
    review = read(sent, "one.xlsx", cells(status="Stopped", update="Our part is done"), tmp_path)
    assert shape(review) == {"status": ("incoming", "stopped", "somebody_elses"), "narrative": ("incoming", "Our part is done", "")}
    assert review.applied == 1 and stands(sent, "status") == "in_progress"


def test_a_moved_date_waits_until_somebody_agrees_to_it(sent: Sent, tmp_path: Path) -> None:
    review = read(sent, "one.xlsx", cells(revised="30/06/2027"), tmp_path, apply="all")
    assert shape(review) == {"revised_due": ("incoming", "2027-06-30", "not_agreed")} and review.applied == 0
    return_acceptance.accept(sent.session, review.submission, review.differences)
    assert (stands(sent, "revised_due"), stands(sent, "revised_agreed_by")) == ("2027-06-30", "B. Officer")


@pytest.mark.parametrize(("said", "waits"), [
    ({"status": "Complete", "percent": 55}, {"status", "percent"}), ({"status": "Complete"}, {"status"}),
    ({"status": "Complete", "percent": 100}, set()), ({"percent": 55}, set()),
])  # fmt: skip
def test_complete_at_fifty_five_per_cent_waits(sent: Sent, tmp_path: Path, said: dict[str, object], waits: set[str]) -> None:
    review = read(sent, "one.xlsx", cells(**said), tmp_path, apply="all")
    assert {d.field for d in review.differences if d.held == "at_odds"} == waits


def test_the_words_of_a_disposed_record_are_nowhere_in_the_return(sent: Sent, tmp_path: Path) -> None:
    """Neither the tray nor the submission nor the kept file brings them back."""
    from vawg_desktop.store.dispose import Authority, dispose

    first = read(sent, "one.xlsx", cells(update="ZEBRAWORD of the disposed"), tmp_path)
    id = show.record(sent.session, ref(2)).id
    authority = Authority("B. Officer", "D. Deputy", "Retention schedule 4", "2026-11-22")
    dispose(sent.session.store, "action", id, authority)
    review = returns.review(sent.session, first.submission)
    assert not [d for d in review.differences if d.id == id]
    second = read(sent, "two.xlsx", cells(update="ZEBRAWORD again"), tmp_path, apply="all")
    assert "ZEBRAWORD" not in str(second.as_json()) and second.applied == 0
    rows = sent.session.read().exec_driver_sql("SELECT content FROM submission").fetchall()
    assert all("ZEBRAWORD" not in str(r[0]) for r in rows)


