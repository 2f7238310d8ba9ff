"""A store of the version before: stages, rights and themes were words there, and each goes on meaning the record that bears them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.services import lists, merging, records, sample, show
from vawg_desktop.services.history import history, what_in_words
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store.check import check

STORES = Path(__file__).parents[1] / "cases" / "stores" / "schema_5.zip"


@pytest.fixture
def office(tmp_path: Path) -> Session:
    """The office's store, brought up to date; its laptop copy lies beside it as it was."""
    with zipfile.ZipFile(STORES) as packed:
        packed.extractall(tmp_path)
    return Session(opening.open_store(tmp_path / "office.vawg", passphrase=None), "B. Officer")


def names_in(session: Session, reference: str, key: str) -> list[str]:
    view = show.record(session, reference)
    return [view.names.get(e, e) for e in view.sets[key]]


def test_every_word_of_before_is_kept_and_the_store_is_whole(office: Session) -> None:
    view = show.record(office, "G-0002")
    assert view.cells["need"] == "Somebody to tell, near home"
    assert view.cells["closure_tests"] == "Ask the Victims' Panel again"
    assert names_in(office, "G-0002", "journey_stages") == ["Before reporting", "Trial"]
    assert names_in(office, "R-0007", "themes") == ["Police response", "Lighting"]
    assert names_in(office, "R-0007", "code_rights") == ["4", "Right 6", "the right to be heard"]
    assert [p for p in check(office.store).problems if p.code != "clock_wrong"] == []  # the files were made later than these tests' day


def test_migrating_writes_no_entry(office: Session, tmp_path: Path) -> None:
    made = office.read().exec_driver_sql("SELECT DISTINCT act FROM change ORDER BY act").fetchall()
    assert {str(r[0]) for r in made} == {"sample", "edit"}


def test_history_tells_the_words_of_the_old_cells(office: Session) -> None:
    told = [what_in_words(office, c) for c in history(office, "G-0002")]
    assert "Journey stages: Trial" in told
    assert any("Somebody to tell" in t for t in told)


def test_a_copy_that_was_not_migrated_merges_after(office: Session, tmp_path: Path) -> None:
    laptop = opening.open_store(tmp_path / "laptop.vawg", passphrase=None)
    assert merging.merge(office, laptop).conflicts == []
    laptop.close()
    assert names_in(office, "G-0002", "journey_stages") == ["Before reporting", "Recovery"]
    assert names_in(office, "R-0007", "themes") == ["Police response", "Lighting", "Schools"]
    assert names_in(office, "R-0007", "code_rights") == ["Right 6", "the right to be heard"]
    assert [p for p in check(office.store).problems if p.code != "clock_wrong"] == []  # the files were made later than these tests' day


def test_a_term_and_the_record_that_bears_it_are_one_element(office: Session) -> None:
    before = len(office.read().exec_driver_sql("SELECT id FROM link WHERE kind = 'gap.journey_stages' AND NOT deleted").fetchall())
    records.assign(office, "G-0002", [Assignment("journey_stages", "Before reporting", "+=")], None)
    after = len(office.read().exec_driver_sql("SELECT id FROM link WHERE kind = 'gap.journey_stages' AND NOT deleted").fetchall())
    assert after == before
    records.assign(office, "G-0002", [Assignment("journey_stages", "J-0001", "-=")], None)
    assert names_in(office, "G-0002", "journey_stages") == ["Trial"]
    records.assign(office, "G-0002", [Assignment("journey_stages", "trial;Recovery")], None)
    assert names_in(office, "G-0002", "journey_stages") == ["Trial", "Recovery"]


def test_two_links_that_mean_the_same_are_shown_once_and_removed_together(office: Session) -> None:
    stage = show.record(office, "J-0007").id
    gap = show.record(office, "G-0002").id
    with office.store.write("B. Officer", None, Act.LINK) as tx:  # as a merge brings it: a laptop of this version added the record
        tx.link("gap.journey_stages", gap, stage)
    assert names_in(office, "G-0002", "journey_stages") == ["Before reporting", "Trial"]
    assert [x.reference for x in show.record(office, "J-0007").links if x.entity == "gap"].count("G-0002") == 1
    records.assign(office, "G-0002", [Assignment("journey_stages", "trial", "-=")], None)
    assert names_in(office, "G-0002", "journey_stages") == ["Before reporting"]


@pytest.mark.parametrize("asked", ["trial", "Trial", "J-0007"])
def test_a_list_is_filtered_alike_by_term_title_and_reference(office: Session, asked: str) -> None:
    found = lists.records(office, lists.ListQuery("gap", where=(lists.Where("journey_stages", asked),)))
    assert [r["reference"] for r in found] == ["G-0002", "G-0006"]


def test_a_stage_lists_what_names_it_by_its_term(office: Session) -> None:
    assert {x.reference for x in show.record(office, "J-0007").links if x.entity == "gap"} == {"G-0002", "G-0006"}


def test_rights_and_themes_find_their_records_once_these_are_there(office: Session) -> None:
    sample.add_usual(office)
    records.create(office, "theme", {"title": "Police Response"})
    assert names_in(office, "R-0007", "code_rights") == [
        "To be referred to services that support victims",
        "To be given information about the investigation and prosecution",
        "the right to be heard",
    ]
    assert names_in(office, "R-0007", "themes") == ["Police Response", "Lighting"]
    theme = next(r for r in lists.records(office, lists.ListQuery("theme")) if r["title"] == "Police Response")
    assert {x.reference for x in show.record(office, str(theme["reference"])).links} == {"R-0003", "R-0007"}


def test_adding_the_usual_needs_twice_makes_none_twice(office: Session) -> None:
    sample.add_usual(office)
    first = len(lists.records(office, lists.ListQuery("need")))
    sample.add_usual(office)
    assert first == len(lists.records(office, lists.ListQuery("need"))) == 11


def test_a_stage_that_is_none_is_refused_and_a_theme_stays_words(office: Session) -> None:
    with pytest.raises(ValueRefusedError, match="no journey stage called “Breakfast”"):
        records.assign(office, "G-0002", [Assignment("journey_stages", "Breakfast", "+=")], None)
    records.assign(office, "R-0007", [Assignment("themes", "Breakfast", "+=")], None)
    assert names_in(office, "R-0007", "themes")[-1] == "Breakfast"


def test_a_deleted_stage_keeps_its_title_on_what_used_it(office: Session) -> None:
    records.hide(office, ["J-0007"])
    assert names_in(office, "G-0002", "journey_stages") == ["Before reporting", "Trial"]
