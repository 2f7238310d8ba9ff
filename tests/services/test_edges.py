"""Figures, sentences and refusals at their edges: cases for faults that no other test noticed when they were put in on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from vawg_desktop.domain.errors import RuleError
from vawg_desktop.exchange import reader_child, remarks
from vawg_desktop.services import (
    finding,
    history,
    lists,
    merging,
    office,
    overview,
    return_acceptance,
    return_review,
    return_staging,
    returns,
    rounds,
    show,
)
from vawg_desktop.services.change_list import what_changed
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.records import add_update, assign, create, hide, parse_assignment
from vawg_desktop.services.return_messages import extend
from vawg_desktop.services.round_standing import partners_of_round, record_over_time
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.dispose import Authority, dispose


def put(session: Session, record: str, *words: str) -> None:
    assign(session, record, [parse_assignment(w) for w in words], "office")


# -- what a round asks for


def test_a_verified_action_is_for_reference_and_one_complete_by_word_alone_is_asked(sample: Session, tmp_path: Path) -> None:
    put(sample, "A-0001", "verification=2")
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])
    book = load_workbook(made.returns[0].file)
    asked = repr([[c.value for c in row] for row in book["Actions"].iter_rows()])
    beside = repr([[c.value for c in row] for row in book["For reference"].iter_rows()])
    assert "A-0001" in beside and "A-0001" not in asked
    assert "A-0002" in asked and "A-0002" not in beside  # complete, and nobody has verified it


def test_one_row_and_one_restricted_action_are_counted_in_english(sample: Session, tmp_path: Path) -> None:
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path, partners=["HMCTS"])
    start = repr([[c.value for c in row] for row in load_workbook(made.returns[0].file)["Start here"].iter_rows()])
    assert "It has 1 row, all yours." in start


def test_where_every_open_action_is_restricted_that_is_said(sample: Session, tmp_path: Path) -> None:
    mine = [r["reference"] for r in lists.records(sample, ListQuery("action", where=(Where("accountable", "HMCTS"),)))]
    assert mine
    for reference in mine:
        put(sample, str(reference), "restriction=live investigation")
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path, partners=["HMCTS", "Kent Police"])
    assert {"partner": "HMCTS", "why": "its open actions are restricted"} in made.skipped
    assert [r.partner for r in made.returns] == ["Kent Police"]


def test_an_extension_is_counted_apart_from_reminders(sample: Session, tmp_path: Path) -> None:
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])
    (one,) = partners_of_round(sample)
    assert len(made.returns) == 1
    extend(sample, one.return_id, "+6w", "S. Clarke")
    (told,) = record_over_time(sample, "Kent Police")
    assert (told["extensions"], told["reminders"]) == (1, 0)


# -- figures


def test_before_the_first_round_the_overview_says_so_and_counts_nothing(empty: Session) -> None:
    waiting = next(f for f in overview.overview(empty, date(2026, 1, 1)).questions if f.label == "No return received")
    assert (waiting.value, waiting.hint) == (0, "No round has been sent yet")


def test_what_changed_counts_each_kind_of_change(empty: Session) -> None:
    create(empty, "action", {"title": "One"})
    create(empty, "action", {"title": "Two"})
    put(empty, "A-0001", "status=in_progress", "due=30/9/2027")
    put(empty, "A-0001", "due=31/10/2027")
    put(empty, "A-0002", "status=complete")
    add_update(empty, "A-0001", {"narrative": "It went on."})
    hide(empty, ["A-0002"])
    assert dict(what_changed(empty, date(2000, 1, 1))) == {
        "action added": 2, "status changed": 2, "date changed": 1, "update added": 1, "deleted": 1
    }  # fmt: skip
    assert what_changed(empty, date(2099, 1, 1)) == []


def test_a_list_is_filtered_by_a_set_by_tags_and_by_nothing_in_it(empty: Session) -> None:
    for title in ("One", "Two", "Three"):
        create(empty, "recommendation", {"title": title})
    put(empty, "R-0001", "crime_types+=stalking")
    put(empty, "R-0002", "crime_types+=stalking")
    put(empty, "R-0002", "crime_types-=stalking")
    assert [r["reference"] for r in lists.records(empty, ListQuery("recommendation", where=(Where("crime_types", "stalking"),)))] == ["R-0001"]
    assert [r["reference"] for r in lists.records(empty, ListQuery("recommendation", where=(Where("crime_types", ""),)))] == ["R-0002", "R-0003"]


def test_search_of_one_kind_finds_that_kind_alone(empty: Session) -> None:
    create(empty, "action", {"title": "Quokka patrol"})
    create(empty, "gap", {"statement": "Quokka shelter"})
    create(empty, "evidence", {"title": "Quokka survey"})
    assert [h.entity for h in finding.search(empty, "quokka", entity="gap")] == ["gap"]
    assert [h.entity for h in finding.search(empty, "quokka")] == ["action", "gap", "evidence"]


def test_a_setting_that_was_taken_away_no_longer_holds(empty: Session) -> None:
    with empty.store.write("B. Officer", "office") as tx:
        office.write_setting(tx, "wording.one", "our words")
        office.write_setting(tx, "wording.two", "others")
    with empty.store.write("B. Officer", "office") as tx:
        office.write_setting(tx, "wording.one", None)
    assert office.office_settings(empty.read(), "wording.") == {"wording.two": "others"}
    assert office.office_settings(empty.read(), "logo") == {}


# -- refusals


@pytest.mark.parametrize(
    ("by", "agreed", "authority", "code"),
    [
        ("", "B Person", "rule 4", "rule_two_people"),
        ("A Person", "", "rule 4", "rule_two_people"),
        ("  ", "B Person", "rule 4", "rule_two_people"),
        ("A Person", "a  PERSON ", "rule 4", "rule_two_people"),
        ("A Person", "B Person", " ", "rule_authority"),
    ],
)
def test_nobody_and_one_person_twice_dispose_of_nothing(empty: Session, by: str, agreed: str, authority: str, code: str) -> None:
    id, _ = create(empty, "action", {"title": "Numbat"})
    with pytest.raises(RuleError) as refused:
        dispose(empty.store, "action", id, Authority(by, agreed, authority, "2026-11-22"))
    assert refused.value.code == code
    assert [h.title for h in finding.search(empty, "numbat")] == ["Numbat"]


def test_our_own_name_in_a_row_holds_no_file_back_and_anothers_does(sample: Session, tmp_path: Path) -> None:
    own = lists.records(sample, ListQuery("partner", where=(Where("standing", "own_office"),)))
    assert own, "the sample has the office itself"
    put(sample, "A-0008", f"blockers=Waits for {own[0]['name']}")
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path / "one", partners=["Kent Police"])
    assert [r.partner for r in made.returns] == ["Kent Police"]
    put(sample, "A-0008", "blockers=Waits for Victim Support")
    held = rounds.export_returns(sample, period="Q", due="+4w", out=tmp_path / "two", partners=["Kent Police"])
    assert not held.returns and "Victim Support" in repr(held)


def test_a_partner_of_the_same_name_from_another_store_is_pointed_out(empty: Session, tmp_path: Path) -> None:
    create(empty, "action", {"title": "What both have in common"})
    there = Session(opening.open_store(take_copy(empty.store, tmp_path / "laptop.vawg")), "Laptop officer")
    create(empty, "partner", {"name": "Medway  Council"})
    create(empty, "partner", {"name": "Swale Council"})  # without a short name, like the one above
    create(there, "partner", {"name": "medway council"})
    done = merging.merge(empty, there.store)
    there.store.close()
    assert [f.rule for f in done.rule_failures] == ["same_name"], done.rule_failures


# -- what a file says that we cannot read


def test_remarks_that_cannot_be_read_are_told_and_a_library_that_does_not_load_is_not_the_files_fault(
    sample: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])

    def strange(content: bytes) -> list[object]:
        raise ValueError("a comment part of a kind nobody knows")

    monkeypatch.setattr(remarks, "remarks_of", strange)
    answer = reader_child.read_all(Path(made.returns[0].file).read_bytes(), "workbook", "Kent Police.xlsx")
    assert answer["unread"] == "ValueError" and answer["sheets"]

    def broken(content: bytes) -> list[object]:
        raise ImportError("DLL load failed")

    monkeypatch.setattr(remarks, "remarks_of", broken)
    with pytest.raises(ImportError):
        reader_child.read_all(Path(made.returns[0].file).read_bytes(), "workbook", "Kent Police.xlsx")


# -- what comes back in a return


def _returned(session: Session, folder: Path, change: Callable[[Any], None]) -> returns.Review:
    """Kent Police's return of eight actions, changed as a partner would, taken back."""
    made = rounds.export_returns(session, period="P", due="+4w", out=folder / "out", partners=["Kent Police"])
    book = load_workbook(made.returns[0].file)
    change(book)
    book.save(folder / "back.xlsx")
    return return_staging.import_return(session, folder / "back.xlsx")


def test_words_under_ours_on_start_here_are_kept_from_the_first_line_on(sample: Session, tmp_path: Path) -> None:
    def write(book: Any) -> None:
        start = book["Start here"]
        below = max(c.row for c in start["A"] if str(c.value).startswith("Point"))
        start.cell(below + 1, 1, "on the next line")
        start.cell(below + 2, 2, "one below it")

    review = _returned(sample, tmp_path, write)
    assert [t["text"] for t in review.tray] == ["on the next line", "one below it"]


def _without_marks(book: Any, *, title: bool) -> None:
    """The first row's hidden marks and locked words gone; with ``title`` its title stands."""
    sheet = book["Actions"]
    for column in (*range(2 if not title else 3, 6), 16, 17):
        sheet.cell(2, column).value = None
    sheet.cell(2, 9).value = 40


def test_a_row_of_which_only_the_reference_with_its_check_letters_is_left_is_known(sample: Session, tmp_path: Path) -> None:
    review = _returned(sample, tmp_path, lambda book: _without_marks(book, title=False))
    assert [(d.record, d.field, d.incoming) for d in review.differences] == [("A-0008", "percent", 40)]
    assert "row_unsure" not in {p.code for p in review.problems}


def test_a_row_with_another_mark_that_no_longer_agrees_is_not_taken_by_its_letters_alone(sample: Session, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        _without_marks(book, title=False)
        book["Actions"].cell(2, 2).value = "A title that we did not send"

    review = _returned(sample, tmp_path, change)
    assert review.differences == [] and "row_unsure" in {p.code for p in review.problems}

    def key(book: Any) -> None:
        _without_marks(book, title=False)
        book["Actions"].cell(2, 16).value = "RT-0001-AAAA|A-0008|WRONGKEY"

    (tmp_path / "again").mkdir()
    review = _returned(sample, tmp_path / "again", key)
    assert review.differences == [] and {"row_unsure", "row_contradicts"} & {p.code for p in review.problems}


def test_letters_that_are_not_its_own_make_no_row_known(sample: Session, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        _without_marks(book, title=False)
        book["Actions"].cell(2, 1).value = "A-0008-AAAA"

    review = _returned(sample, tmp_path, change)
    assert review.differences == []


def test_a_new_row_that_was_added_and_then_deleted_is_offered_again(sample: Session, tmp_path: Path) -> None:
    def write(book: Any) -> None:
        sheet = book["New actions"]
        sheet.cell(2, 1).value = "A new patrol in the evening"

    review = _returned(sample, tmp_path, write)
    (row,) = review.new_rows
    place = f"{row['sheet']}!{row['cell']}"
    assert return_review.review(sample, review.submission).added == {}
    return_acceptance.add_new_row(sample, review.submission, row)
    (reference,) = sample.read().exec_driver_sql("SELECT reference FROM action WHERE title = 'A new patrol in the evening'").one()
    assert return_review.review(sample, review.submission).added == {place: reference}
    hide(sample, [reference])
    assert return_review.review(sample, review.submission).added == {}


def test_a_return_reversed_keeps_what_was_edited_since_and_brings_back_the_rest(sample: Session, tmp_path: Path) -> None:
    def write(book: Any) -> None:
        sheet = book["Actions"]
        sheet.cell(2, 6).value = "Update"
        sheet.cell(2, 9).value = 40
        sheet.cell(2, 14).value = "No premises yet"

    review = _returned(sample, tmp_path, write)
    return_acceptance.accept(sample, review.submission, review.differences)
    put(sample, "A-0008", "percent=55")
    done = returns.reverse_return(sample, review.return_reference)
    assert [(k["record"], k["field"], k["value"]) for k in done.kept_later_edits] == [("A-0008", "percent", 55)]
    row = show.record(sample, "A-0008").cells
    assert (row["percent"], row["blockers"]) == (55, None)


def test_a_link_is_told_by_the_names_of_both_ends(sample: Session) -> None:
    put(sample, "A-0001", "contributors+=HMCTS")
    (reference,) = sample.read().exec_driver_sql("SELECT reference FROM partner WHERE short_name = 'HMCTS'").one()
    newest = [c for c in history.history(sample, "A-0001") if c.field == "contributors"][-1]
    assert (newest.record, newest.after) == ("A-0001", [reference])
