"""Undo says what it undid, and lists the last steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.test_journey import sample_store
from vawg_desktop.services import portfolio, records, show, undoing
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def test_an_undo_and_a_redo_say_what_they_did(session: Session) -> None:
    records.assign(session, "A-0004", [Assignment("status", "in_progress")], None)
    step = undoing.steps(session)[0]
    assert "A-0004" in step.what and "In progress" in step.what
    undone = undoing.step_back(session)
    assert undoing.what_was_undone(session, undone) == step.what
    redone = undoing.step_forward(session)
    assert "A-0004" in undoing.what_was_undone(session, redone)
    assert undoing.what_was_undone(session, type(undone)()) == ""


def test_the_last_steps_are_those_that_stand(session: Session) -> None:
    for percent in ("10", "20", "30"):
        records.assign(session, "A-0004", [Assignment("percent", percent)], None)
    before = [s.txn for s in undoing.steps(session)]
    undoing.step_back(session)
    assert [s.txn for s in undoing.steps(session)] == before[1:]
    assert len(undoing.steps(session, 1)) == 1


def test_a_leavers_work_goes_whole_evidence_awaited_included(session: Session) -> None:
    """What was complete without evidence stayed with the leaver."""
    for name, status in (("A-0003", "in_progress"), ("A-0004", "complete"), ("A-0005", "stopped")):
        records.assign(session, name, [Assignment("link_officer", "L. Eaver"), Assignment("status", status)], "set up")
    portfolio.hand_over(session, "L. Eaver", "N. Ewcomer", "left the office")
    assert [show.record(session, n).cells["link_officer"] for n in ("A-0003", "A-0004", "A-0005")] == ["N. Ewcomer", "N. Ewcomer", "L. Eaver"]
    assert {"N. Ewcomer", "L. Eaver"} <= set(portfolio.people(session))


def test_a_colleagues_work_is_deputised_by_anyone(session: Session) -> None:
    records.assign(session, "A-0003", [Assignment("link_officer", "A. Way")], None)
    portfolio.deputise(session, "A. Way", "D. Eputy", "1 January 2020", "31 December 2099")
    assert "A. Way" in portfolio.mine(Session(session.store, "D. Eputy"))
