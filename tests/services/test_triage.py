"""Answers that may tell of danger are on a list the day they come, decided on with a recipient and a time, and come back when they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.test_surveys import TWO, answered, file_of
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.services import coming, lists, merging, records, show, surveys, triage, waiting
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, making, opening
from vawg_desktop.store.check import check

GRAVE = "He still has a knife and I am afraid for my life when he comes home"
PLAIN = "More lighting by the station, and somebody at the desk late at night"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    made = Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")
    records.create(made, "theme", {"title": "Street lighting"})
    return made


def listed(session: Session) -> list[str]:
    numbers = lists.ids(session, ListQuery("survey_response", where=(Where("status", "to_decide"),)), limit=50)
    return [str(r["reference"]) for r in lists.rows_of(session, "survey_response", numbers)]


def test_a_grave_answer_is_on_todays_list_and_the_others_are_not(session: Session, tmp_path: Path) -> None:
    taken, _ = surveys.take_in(session, file_of(tmp_path, answered(1, "No", "Dover", GRAVE), answered(2, "No", "Ashford", PLAIN)))
    assert taken.flagged == 1 and "1 response to be looked at today" in taken.sentence()
    (reference,) = listed(session)
    view = show.record(session, reference)
    assert view.cells["reasons"] == "danger" and [(t.words, t.reasons) for t in triage.answers_of(session, view.id)] == [(GRAVE, ("danger",))]
    assert waiting.waiting(session)["survey_results"] == (1, "1 to look at today")
    assert [(c.kind, c.id, c.day) for c in coming.coming(session) if c.kind == "Safeguarding"] == [("Safeguarding", view.id, session.today)]


def test_a_decision_is_kept_with_who_made_it_and_when(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "No", "Dover", GRAVE)))
    (reference,) = listed(session)
    with pytest.raises(RuleError, match="to whom"):
        records.assign(session, reference, [Assignment("status", "referred")], None)
    records.assign(session, reference, [Assignment("recipient", "Multi-agency safeguarding hub, by telephone"), Assignment("status", "referred")], None)
    cells = show.record(session, reference).cells
    assert (cells["decided_by"], cells["decided_on"]) == ("A. Officer", session.today.isoformat()) and len(str(cells["decided_at"])) == 5
    assert listed(session) == [] and "survey_results" not in waiting.waiting(session)
    records.assign(session, reference, [Assignment("status", "to_decide")], None)
    assert show.record(session, reference).cells["decided_by"] is None and listed(session) == [reference]


@pytest.mark.parametrize("decision", ["not_identifiable", "no_action", "known"])
def test_the_other_decisions_need_no_recipient(session: Session, tmp_path: Path, decision: str) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "No", "Dover", GRAVE)))
    (reference,) = listed(session)
    records.assign(session, reference, [Assignment("status", decision)], None)
    assert show.record(session, reference).cells["status"] == decision and listed(session) == []


def test_the_same_file_again_asks_nobody_again_and_other_words_do(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "No", "Dover", GRAVE)))
    (reference,) = listed(session)
    records.assign(session, reference, [Assignment("status", "no_action")], None)
    again, _ = surveys.take_in(session, file_of(tmp_path, answered(1, "No", "Dover", GRAVE)))
    assert again.flagged == 0 and listed(session) == []
    surveys.take_in(session, file_of(tmp_path, answered(1, "No", "Dover", "My daughter heard all of it through the wall"), name="later.csv"), survey="VAWG survey")
    assert listed(session) == [reference] and show.record(session, reference).cells["reasons"] == "a child"


def test_two_laptops_have_each_concern_once_and_a_decision_comes_with_the_merge(session: Session, tmp_path: Path) -> None:
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    for one in (session, laptop):
        surveys.take_in(one, file_of(tmp_path, answered(1, "No", "Dover", GRAVE)))
    (reference,) = listed(laptop)
    records.assign(laptop, reference, [Assignment("status", "known")], None)
    assert merging.merge(session, laptop.store).conflicts == [] and listed(session) == []
    assert session.read().exec_driver_sql("SELECT count(*) FROM survey_response").one()[0] == 1
    assert check(session.store).problems == []


def test_a_concern_goes_with_its_response(session: Session, tmp_path: Path) -> None:
    surveys.take_in(session, file_of(tmp_path, answered(1, "No", "Dover", GRAVE), answered(2, "No")))
    (reference,) = listed(session)
    surveys.dispose_response(session, show.record(session, reference).id, TWO)
    assert listed(session) == [] and "knife" not in "".join(str(tuple(r)) for r in session.read().exec_driver_sql('SELECT fields FROM "change"'))
    assert triage.to_decide(session) == [] and check(session.store).problems == []
