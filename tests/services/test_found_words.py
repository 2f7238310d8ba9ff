"""Found as officers say it: in the palette's search and in every list's filter alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.test_journey import sample_store
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import finding, lists, records
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def listed(session: Session, entity: str, words: str) -> list[str]:
    return [str(r["reference"]) for r in lists.records(session, ListQuery(entity, words=words))]


@pytest.mark.parametrize("typed", ["r3", "R-3", "R-0003", "recommendation 3", "Recommendation no. 3", "recommendation 003"])
def test_recommendation_three_however_it_is_said(session: Session, typed: str) -> None:
    assert finding.search(session, typed)[0].reference == "R-0003"
    assert listed(session, "recommendation", typed)[0] == "R-0003"


def test_a_bare_number_in_a_list_is_its_own_kinds(session: Session) -> None:
    assert listed(session, "recommendation", "3")[0] == "R-0003" and listed(session, "action", "14")[0] == "A-0014"


@pytest.mark.parametrize("typed", ["Kent Police", "kent police", "KP"])
def test_a_partner_by_name_or_short_name_finds_it_and_its_actions(session: Session, typed: str) -> None:
    records.assign(session, "P-0002", [Assignment("short_name", "KP")], None)
    assert finding.search(session, typed)[0].reference == "P-0002"
    owned = lists.count(session, ListQuery("action", where=(Where("accountable", "Kent Police"),)))
    assert owned and [(f.words, f.count) for f in finding.lists_of(session, typed) if f.query.entity == "action"] == [("Actions of Kent Police", owned)]
    found = listed(session, "action", typed)
    assert {str(r["reference"]) for r in lists.records(session, ListQuery("action", where=(Where("accountable", "Kent Police"),)))} <= set(found)


def test_a_partner_and_a_word_together(session: Session) -> None:
    records.assign(session, "P-0002", [Assignment("short_name", "KP")], None)
    id, _ = records.create(session, "action", {"title": "Lamps in Dover", "accountable": "KP"})
    records.create(session, "action", {"title": "Lamps in Deal", "accountable": "OPCC"})
    for typed in ("KP lamps", "lamps KP"):
        assert [str(r["id"]) for r in lists.records(session, ListQuery("action", words=typed))] == [id]


def test_a_link_officer_finds_their_actions(session: Session) -> None:
    records.assign(session, "A-0004", [Assignment("link_officer", "Bea Two")], None)
    for typed in ("Bea Two", "bea", "two bea"):
        assert listed(session, "action", typed) == ["A-0004"]
        assert [(f.words, f.count) for f in finding.lists_of(session, typed)] == [("Actions of Bea Two, link officer", 1)]


def test_the_trackers_own_number_finds_the_action(session: Session) -> None:
    id, _ = records.create(session, "action", {"title": "From the old list"})
    with session.store.write(session.who) as tx:
        tx.link("alias", id, fold("KCJB 3.2"))
    assert finding.search(session, "KCJB 3.2")[0].id == id
    assert [str(r["id"]) for r in lists.records(session, ListQuery("action", words="KCJB 3.2"))] == [id]


def test_counts_and_rows_agree(session: Session) -> None:
    for entity, typed in (("action", "Kent Police"), ("recommendation", "r3"), ("action", "nothing at all"), ("gap", "2")):
        query = ListQuery(entity, words=typed)
        assert lists.count(session, query) == len(lists.ids(session, query))


def test_a_word_of_a_partners_note_is_no_name_of_it(session: Session) -> None:
    records.assign(session, "P-0002", [Assignment("note", "quokka")], None)
    assert listed(session, "action", "quokka") == [] and not [f for f in finding.lists_of(session, "quokka") if f.query.entity == "action"]
    records.assign(session, "P-0002", [Assignment("short_name", "Quokka")], None)
    assert listed(session, "action", "quokka")


@pytest.mark.parametrize("typed", ["²", "٣", "3²"])
def test_other_signs_for_numbers_are_words(session: Session, typed: str) -> None:
    assert isinstance(listed(session, "action", typed), list)
