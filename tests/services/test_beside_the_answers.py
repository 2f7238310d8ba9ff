"""What a return brought beside its answers is made something of: words in the tray, new actions, evidence; each once, each to be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services.test_ways_home import Sent, edited, ref, sent_until_done
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.services import (
    lists,
    return_acceptance,
    return_messages,
    return_staging,
    returns,
    show,
    undoing,
)
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.return_tray import use_tray_entry
from vawg_desktop.services.returns import Review

WORDS = "The steering group asked for this in writing."


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Sent]:
    yield from sent_until_done(tmp_path, 3)


def with_words_beside(sent: Sent, tmp_path: Path) -> tuple[Review, dict[str, str]]:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, max(at.values()) + 2).value = WORDS

    review = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"), apply=None)
    (entry,) = (t for t in review.tray if t["text"] == WORDS)
    return review, entry


def test_words_beside_become_a_progress_update_as_it_then_stood(sent: Sent, tmp_path: Path) -> None:
    review, entry = with_words_beside(sent, tmp_path)
    before = show.record(sent.session, ref(2))
    changes = use_tray_entry(sent.session, review.submission, entry, "update", ref(2), f"  {WORDS} ")
    (update,) = show.record(sent.session, ref(2)).updates
    assert (update["narrative"], update["channel"], update["status"]) == (WORDS, "return", before.cells["status"])
    assert update["as_at"] == sent.session.today.isoformat()
    assert list(returns.review(sent.session, review.submission).made_of.values()) == [f"update of {ref(2)}"]
    assert {"update", "decision"} <= changes.entities
    undoing.undo(sent.session)
    assert show.record(sent.session, ref(2)).updates == [] and returns.review(sent.session, review.submission).made_of == {}


def test_words_beside_stand_under_what_the_note_says_already(sent: Sent, tmp_path: Path) -> None:
    review, entry = with_words_beside(sent, tmp_path)
    use_tray_entry(sent.session, review.submission, entry, "note", ref(2), WORDS)
    assert show.record(sent.session, ref(2)).cells["note"] == WORDS
    use_tray_entry(sent.session, review.submission, {**entry, "cell": ""}, "note", ref(2), "And again.")
    assert show.record(sent.session, ref(2)).cells["note"] == f"{WORDS}\nAnd again."


def test_a_question_about_words_beside_goes_into_the_message_to_the_partner(sent: Sent, tmp_path: Path) -> None:
    review, entry = with_words_beside(sent, tmp_path)
    use_tray_entry(sent.session, review.submission, entry, "question", ref(2), "Which group asked?")
    assert "Which group asked?" in return_messages.queries(sent.session, review.submission)
    assert show.record(sent.session, ref(2)).updates == [] and show.record(sent.session, ref(2)).cells["note"] is None


@pytest.mark.parametrize(("action", "words", "error"), [("A-9999", WORDS, NotFoundError), (ref(2), "  ", ValueRefusedError)])
def test_nothing_is_made_of_words_for_no_action_or_of_no_words(sent: Sent, tmp_path: Path, action: str, words: str, error: type[Exception]) -> None:
    review, entry = with_words_beside(sent, tmp_path)
    with pytest.raises(error):
        use_tray_entry(sent.session, review.submission, entry, "update", action, words)
    assert returns.review(sent.session, review.submission).made_of == {}


@pytest.mark.parametrize("named", [True, False])
def test_evidence_that_a_partner_wrote_is_taken_with_the_action_it_names(sent: Sent, tmp_path: Path, named: bool) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        page = book["Evidence"]
        heads = {str(c.value).replace(" (please fill in)", ""): c.column for row in page.iter_rows(max_row=6) for c in row if c.value}
        first = next(r for r in range(2, 40) if all(page.cell(r, c).value in (None, "") for c in heads.values()) and page.cell(r, 1).value in (None, ""))
        for head, value in {"Action reference": ref(2) if named else "", "Title": "Dip sample", "What it proves": "It was done", "Held by": "Kent Police"}.items():
            page.cell(first, heads[head]).value = value or None

    review = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"), apply=None)
    (row,) = review.new_rows
    return_acceptance.add_new_row(sent.session, review.submission, row)
    (found,) = lists.records(sent.session, ListQuery("evidence", words="Dip sample"))
    record = show.record(sent.session, str(found["reference"]))
    assert (record.cells["holder"], record.cells["proves"]) == ("Kent Police", "It was done")
    assert [x.reference for x in record.links if x.kind == "evidence.actions"] == ([ref(2)] if named else [])
    again = returns.review(sent.session, review.submission)
    assert list(again.added.values()) == [found["reference"]]  # and it is not offered a second time


def test_a_reversed_return_says_how_much_of_it_was_taken_back(sent: Sent, tmp_path: Path) -> None:
    """Cells put back and records hidden; what was hidden by hand already is not counted a second time."""

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["% complete"]).value = 65
        sheet.cell(2, at["Progress update"]).value = "We began"

    taken = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"), apply="safe")
    (update,) = show.record(sent.session, ref(2)).updates
    done = returns.reverse_return(sent.session, taken.return_reference)
    hidden = sent.session.read().exec_driver_sql('SELECT count(*) FROM "update" WHERE deleted').one()[0]
    decided = sent.session.read().exec_driver_sql("SELECT count(*) FROM decision WHERE deleted").one()[0]
    assert hidden == 1 and show.record(sent.session, ref(2)).updates == []
    assert done.restored == 1 + hidden + decided  # the percentage, the update, what was decided
    assert update["narrative"] == "We began"
