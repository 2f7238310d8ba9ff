"""Somebody's words leave only with her consent and a second person's answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.test_journey import sample_store
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.exchange.document import Document, Table
from vawg_desktop.services import lists, outputs, quotes, records, restriction, show
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session

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
        ({"recognisable": ""}, "recognise her is not answered"), ({"recognisable": "yes"}, "somebody could recognise her"),
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


def test_the_one_who_entered_it_is_told_by_her_logins_too(session: Session) -> None:
    records.create(session, "person", {"name": "Benedikta Officer", "logins": "B. Officer; bo"})
    id = quote(session, checked_by="bo")
    assert "a second person" in quotes.kept_back(session)[id][0]
    records.assign(session, id, [Assignment("checked_by", "Bea Two")], None)
    assert quotes.kept_back(session) == {} and show.record(session, id).cells["checked_by"] == "Bea Two"
