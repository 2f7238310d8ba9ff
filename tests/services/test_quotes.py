"""Somebody's words leave only with her consent and a second person's answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.services.test_journey import sample_store
from tests.store.test_store import lowered
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.exchange.document import Document, Table
from vawg_desktop.services import lists, merging, outputs, quotes, records, restriction, show
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.engines import connect_raw

WORDS = "Nobody rang me back after the first week."
READY = {"consent": "given", "publishable": "yes", "recognisable": "no", "live_case": "no", "checked_by": "Bea Two"}


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def quote(session: Session, **given: str) -> str:
    return records.create(session, "quote", {"words": WORDS, "recommendations": "R-0003", **READY, **given})[0]


def all_words(made: Document) -> str:
    return " ".join(str(cell) for block in made.blocks if isinstance(block, Table) for row in block.rows for cell in row)


def test_words_that_are_ready_leave(session: Session) -> None:
    id = quote(session)
    assert quotes.kept_back(session) == {}
    assert WORDS in all_words(outputs.record_document(session, id))
    assert WORDS in all_words(outputs.chain_document(session, "R-0003"))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"consent": "withdrawn"}, "consent was withdrawn"), ({"consent": "not_asked"}, "consent is not recorded"), ({"publishable": "no"}, "may be published"),
        ({"recognisable": ""}, "recognise the person is not answered"), ({"recognisable": "yes"}, "somebody could recognise the person"),
        ({"live_case": "yes"}, "a case is live"), ({"checked_by": ""}, "a second person"), ({"checked_by": "b. officer"}, "a second person"),
    ],
)  # fmt: skip
def test_each_reason_keeps_them_here(session: Session, given: dict[str, str], why: str) -> None:
    id = quote(session, **given)
    with pytest.raises(RuleError, match=why):
        outputs.record_document(session, id)
    assert WORDS not in all_words(outputs.chain_document(session, "R-0003"))
    assert "QT-0001" in all_words(outputs.chain_document(session, "R-0003"))
    assert WORDS not in all_words(outputs.record_document(session, "R-0003"))
    rows = lists.page(session.read(), "quote", lists.ids(session, ListQuery("quote")))
    assert restriction.unrestricted(session, list(rows.values())) == []


def test_answers_that_the_one_who_entered_it_wrote_down_are_a_name_alone_until_the_second_person_gives_them(session: Session) -> None:
    id = quote(session)
    assert quotes.by_name_only(session, id) and "by name only" in quotes.told(session, id)
    mine, session.who = session.who, "Bea Two"
    changes = records.assign(session, id, [Assignment("recognisable", "no"), Assignment("live_case", "no")], None)
    assert changes and not quotes.by_name_only(session, id) and "were not entered by the person who entered the words" in quotes.told(session, id)
    assert not records.assign(session, id, [Assignment("recognisable", "no")], None)  # said once is enough
    session.who = mine
    records.assign(session, id, [Assignment("consent", "withdrawn")], None)
    assert quotes.told(session, id) == "These words stay here: the person's consent was withdrawn."
    assert check(session.store).problems == []


def test_the_one_who_entered_it_is_told_by_her_logins_too(session: Session) -> None:
    records.create(session, "person", {"name": "Benedikta Officer", "logins": "B. Officer; bo"})
    id = quote(session, checked_by="bo")
    assert "a second person" in quotes.kept_back(session)[id][0]
    records.assign(session, id, [Assignment("checked_by", "Bea Two")], None)
    assert quotes.kept_back(session) == {} and show.record(session, id).cells["checked_by"] == "Bea Two"


@pytest.mark.parametrize("cell", ["words", "place", "said", "from_whom"])
def test_what_is_changed_after_a_second_person_looked_is_looked_at_again(session: Session, cell: str) -> None:
    id = quote(session)
    records.assign(session, id, [Assignment(cell, "2024" if cell == "said" else "The school in Hythe")], None)
    assert "was changed after a second person looked" in quotes.kept_back(session)[id][0]
    records.assign(session, id, [Assignment("checked", "2026-11-20")], None)
    assert quotes.kept_back(session) == {}


def test_while_two_laptops_disagree_on_consent_the_stricter_answer_stands(session: Session, tmp_path: Path) -> None:
    """Whichever of the two sorts first: each of both is tried."""
    given, withdrawn = quote(session), quote(session)
    shut = records.create(session, "service", {"title": "Safe house", "areas": "Kent"})[0]
    copying.take_copy(session.store, tmp_path / "laptop.vawg")
    laptop = Session(opening.open_store(tmp_path / "laptop.vawg", passphrase=None), "L. Laptop")
    for one, id in ((laptop, given), (session, withdrawn)):
        other = session if one is laptop else laptop
        records.assign(one, id, [Assignment("consent", "withdrawn"), Assignment("publishable", "no"), Assignment("recognisable", "yes")], None)
        records.assign(other, id, [Assignment("consent", "not_asked"), Assignment("publishable", ""), Assignment("recognisable", "")], None)
    records.assign(laptop, shut, [Assignment("confidential_location", "yes")], None)
    records.assign(session, shut, [Assignment("confidential_location", "no")], None)
    merging.merge(session, laptop.store)
    merging.merge(laptop, session.store)
    for one in (session, laptop):
        for id in (given, withdrawn):
            view = show.record(one, id)
            assert (view.cells["consent"], view.cells["publishable"], view.cells["recognisable"]) == ("withdrawn", False, True)
        assert show.record(one, shut).cells["confidential_location"] is True
        assert check(one.store).problems == []
    laptop.store.close()


def test_a_store_of_the_version_before_comes_to_the_stricter_answer_too(session: Session, tmp_path: Path) -> None:
    """That version let the first of two answers stand: its store is stated anew when it is brought up to date."""
    id = quote(session)
    copying.take_copy(session.store, tmp_path / "laptop.vawg")
    laptop = Session(opening.open_store(tmp_path / "laptop.vawg", passphrase=None), "L. Laptop")
    records.assign(session, id, [Assignment("consent", "withdrawn")], None)
    records.assign(laptop, id, [Assignment("consent", "not_asked")], None)
    merging.merge(session, laptop.store)
    laptop.store.close()
    path = session.store.path
    session.store.close()
    raw = connect_raw(path, None)
    raw.execute("UPDATE quote SET consent = 'not_asked' WHERE id = ?", (id,))
    raw.close()
    with opening.open_store(path) as old:
        assert [(p.code, p.record) for p in check(old).problems] == [("row_altered", "QT-0001")]  # as the version before leaves it, to this one
    lowered(path, "0007", {})
    with opening.open_store(path) as store:
        again = Session(store, "B. Officer")
        assert show.record(again, id).cells["consent"] == "withdrawn" and show.record(again, id).conflicts
        assert [p for p in check(store).problems if not re.search("“seen” of|“status” of M-", p.message)] == []  # these cells were taken from the copy above


def test_a_copied_record_bears_no_words_that_stay_here(session: Session) -> None:
    id = quote(session)
    cited = records.create(session, "citation", {"about": id, "place": "A speech", "words": WORDS})[0]
    records.assign(session, id, [Assignment("consent", "withdrawn")], None)
    copied = outputs.record_lines(session, "R-0003")
    assert ["Quotes", "QT-0001, Restricted"] in copied and not any(WORDS in " ".join(row) for row in copied)
    with pytest.raises(RuleError, match="consent was withdrawn"):
        outputs.record_lines(session, id)
    assert restriction.restricted(session, [cited]) == {cited}
