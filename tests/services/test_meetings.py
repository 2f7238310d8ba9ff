"""Boards: what is put on an agenda, what is noted in the room, what the room sees, and what two laptops that note apart come to."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.clock import CLOCK
from vawg_desktop.cli import main
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import AppError, NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.domain.values import to_stored
from vawg_desktop.services import agenda, attendance, meeting_notes, merging, records, show, undoing
from vawg_desktop.services.attendance import Attends
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.meeting_notes import RoomView
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, opening
from vawg_desktop.store.check import check

Row = dict[str, Any]


def on(day: str) -> None:
    CLOCK.go_to(date.fromisoformat(day))


def board(session: Session, title: str, day: str, body: str = "PDB", **more: str) -> str:
    return records.create(session, "meeting", {"title": title, "body": body, "date": day, "starts": "10:00", **more})[0]


def put(session: Session, name: str, **fields: str) -> None:
    records.assign(session, name, [Assignment(k, v) for k, v in fields.items()], "told")


def item(session: Session, meeting: str, name: str) -> str:
    return meeting_notes.speak_of(session, meeting, name).item


def rows(session: Session, kind: str) -> list[Row]:
    return plain_rows(session.read(), f'SELECT * FROM "{kind}" WHERE NOT deleted ORDER BY n', ())


def told(session: Session, meeting: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in agenda.proposals(session, agenda.find_meeting(session, meeting)):
        found.setdefault(one.kind, []).append(one.reference)
    return found


# -- the agenda ----------------------------------------------------------------------------------


def test_what_a_board_could_speak_of(session: Session) -> None:
    on("2026-06-01")
    first = board(session, "Q1 board", "2026-06-02")
    on("2026-06-02")
    records.create(session, "action", {"title": "Publish the data set", "accountable": "Kent Police", "due": "2026-07-01", "recommendations": "R-0002", "status": "in_progress"})
    carried = item(session, first, "Any other business")
    records.assign(session, carried, [Assignment("state", "carried")], None)
    asked = item(session, first, "R-0003")
    meeting_notes.note(session, asked, {"question": "When will the survey start?", "asked_of": "Kent Police"})
    on("2026-07-20")
    second = board(session, "Q2 board", "2026-09-01")
    put(session, "A-0006", status="complete")
    found = told(session, second)
    new = rows(session, "action")[-1]["reference"]
    assert found["overdue"] == [new]
    assert found["follow_up"] == ["CH-0001", "AI-0001"]
    assert "A-0006" in found["claimed"] and "A-0006" in found["changed"] and new in found["changed"]
    assert "follow_up" not in told(session, first)  # the first meeting of the body follows none


def test_a_meeting_is_named_by_its_body(session: Session) -> None:
    on("2026-06-01")
    board(session, "June board", "2026-06-30")
    board(session, "September board", "2026-09-30")
    assert agenda.find_meeting(session, "next PDB").title == "June board"
    on("2026-07-01")
    assert agenda.find_meeting(session, "next PDB").title == "September board"
    with pytest.raises(NotFoundError, match="No meeting of KCJB"):
        agenda.find_meeting(session, "next KCJB")


def test_cancelled_meetings_are_not_the_last_one(session: Session) -> None:
    board(session, "One", "2026-01-10")
    board(session, "Two", "2026-02-10", status="cancelled")
    third = board(session, "Three", "2026-03-10")
    assert agenda.find_meeting(session, agenda.find_meeting(session, third).last).title == "One"


def test_proposals_stand_once_on_the_agenda_and_two_laptops_make_the_same_items(session: Session, tmp_path: Path) -> None:
    on("2026-06-02")
    board(session, "Q1", "2026-03-02")
    second = board(session, "Q2", "2026-06-20")
    put(session, "A-0005", due="2026-05-01", status="in_progress")
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    for one in (session, laptop):
        meeting = agenda.find_meeting(one, second)
        chosen = [p for p in agenda.proposals(one, meeting) if p.kind == "overdue"]
        assert [p.reference for p in chosen] == ["A-0005"]
        agenda.put_on(one, meeting, chosen)
        agenda.put_on(one, meeting, chosen)
    assert merging.merge(session, laptop.store).conflicts == []
    (only,) = agenda.items(session, second)
    assert (only["title"], only["kind"], only["position"]) == (f"A-0005 {show.record(session, 'A-0005').title}", "overdue", 1)
    laptop.store.close()


def test_items_are_moved_timed_and_carried_forward(session: Session) -> None:
    first, second = board(session, "Q1", "2026-03-02"), board(session, "Q2", "2026-06-02")
    ids = [item(session, first, words) for words in ("Welcome", "R-0003", "Close")]
    records.assign(session, ids[1], [Assignment("minutes", "25")], None)
    agenda.move(session, ids[2], -1)
    order = agenda.items(session, first)
    assert [r["id"] for r in order] == [ids[0], ids[2], ids[1]]
    agenda.move(session, ids[2], 1)
    assert agenda.timed(agenda.items(session, first), "09:50") == ["09:50", "09:50", "10:15"]
    agenda.carry_forward(session, ids[1], second)
    (later,) = agenda.items(session, second)
    assert (later["about"], later["carried_from"], later["kind"]) == (show.record(session, "R-0003").id, ids[1], "follow_up")
    assert [r["state"] for r in agenda.items(session, first)] == ["to_take", "carried", "to_take"]
    with pytest.raises(ValueRefusedError, match="already"):
        agenda.carry_forward(session, ids[0], first)


@pytest.mark.parametrize(("typed", "kept"), [("9", "09:00"), ("9.30", "09:30"), ("14:05", "14:05"), ("2pm", "14:00"), ("12 am", "00:00"), ("noon", "12:00"), ("12.15 p.m.", "12:15")])
def test_a_time_of_day(typed: str, kept: str) -> None:
    assert to_stored(BY_KEY["meeting"].by_key["starts"], typed) == kept


@pytest.mark.parametrize("typed", ["25:00", "10:75", "soon", "13pm", "0pm"])
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(ValueRefusedError, match="time of day"):
        to_stored(BY_KEY["meeting"].by_key["starts"], typed)


def test_the_command_says_why_each_record_is_there(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    board(session, "Q1", "2026-03-02")
    put(session, "A-0005", due="2026-01-31", status="in_progress")
    path = str(session.store.path)
    session.store.close()
    assert main(["agenda", path, "Q1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"kind": "overdue", "record": "A-0005", "message": "Due 31 January 2026."} in [{k: one[k] for k in ("kind", "record", "message")} for one in found]
    assert main(["agenda", path, "No such board"]) == 1


# -- in the room ---------------------------------------------------------------------------------


def test_one_stroke_keeps_answer_judgement_status_decision_and_follow_up(session: Session) -> None:
    meeting = board(session, "Q1", "2026-03-02")
    about = item(session, meeting, "A-0005")
    meeting_notes.note(session, about, {
        "answer": "The terms are with counsel.", "answer_as": "verbatim", "answered_by": "ACC Jones", "answered_at": "10.20", "judgement": "partly",
        "undertaking": "To send the draft", "undertaking_due": "2026-04-01", "decision": "The board wants the draft first", "status": "in progress", "why": "Work has begun",
        "follow_up": "Send the draft terms", "follow_owner": "Kent Police", "follow_due": "2026-04-01", "remark": "They looked unsure.",
    })  # fmt: skip
    (asked,), (decided,) = rows(session, "challenge"), rows(session, "meeting_decision")
    kept = {k: asked[k] for k in ("status", "answer", "answer_as", "answered_by", "answered_at", "judgement", "undertaking_due", "note")}
    assert kept == {
        "status": "answered", "answer": "The terms are with counsel.", "answer_as": "verbatim", "answered_by": "ACC Jones", "answered_at": "10:20", "judgement": "partly",
        "undertaking_due": "2026-04-01", "note": "They looked unsure.",
    }  # fmt: skip
    assert (decided["words"], decided["item"], decided["about"]) == ("The board wants the draft first", about, asked["about"])
    follow = show.record(session, str(asked["follow_up"]))
    assert (follow.title, follow.cells["due"], follow.names[str(follow.cells["accountable"])]) == ("Send the draft terms", "2026-04-01", "Kent Police")
    assert {x.reference for x in follow.links if x.kind == "action.recommendations"} == {x.reference for x in show.record(session, "A-0005").links if x.kind == "action.recommendations"}
    assert show.record(session, "A-0005").cells["status"] == "in_progress" and agenda.items(session, meeting)[0]["state"] == "taken"
    undoing.undo(session)
    assert rows(session, "challenge") == [] and rows(session, "meeting_decision") == [] and show.record(session, "A-0005").cells["status"] != "in_progress"
    assert check(session.store).problems == []


def test_a_drafted_question_is_answered_and_not_asked_twice(session: Session) -> None:
    on("2026-06-02")
    meeting = board(session, "Q1", "2026-06-02")
    put(session, "A-0005", due="2026-01-31", status="in_progress")
    facts = agenda.find_meeting(session, meeting)
    chosen = [p for p in agenda.proposals(session, facts) if p.reference == "A-0005" and p.kind == "overdue"]
    agenda.put_on(session, facts, chosen)
    meeting_notes.draft_questions(session, meeting, chosen)
    meeting_notes.draft_questions(session, meeting, chosen)
    (drafted,) = rows(session, "challenge")
    assert drafted["status"] == "drafted" and drafted["question"].endswith("(A-0005), due 31 January 2026, and when will it be done?")
    meeting_notes.note(session, agenda.items(session, meeting)[0]["id"], {"answer": "In May."})
    meeting_notes.note(session, agenda.items(session, meeting)[0]["id"], {"judgement": "not", "remark": "Second time."})
    (answered,) = rows(session, "challenge")
    assert (answered["status"], answered["answer"], answered["judgement"], answered["note"]) == ("answered", "In May.", "not", "Second time.")


def test_an_independent_body_is_never_judged(session: Session) -> None:
    meeting = board(session, "Q1", "2026-03-02", "KCJB")
    one = item(session, meeting, "Charging times")
    with pytest.raises(RuleError, match="independent"):
        meeting_notes.note(session, one, {"asked_of": "CPS South East", "answer": "Given orally", "judgement": "assured"})
    assert rows(session, "challenge") == [] and agenda.items(session, meeting)[0]["state"] == "to_take"
    meeting_notes.note(session, one, {"asked_of": "CPS South East", "answer": "Given orally", "information": "partly_given"})
    (kept,) = rows(session, "challenge")
    for wrong in ([Assignment("judgement", "assured")], [Assignment("asked_of", "Kent Police")]):
        with pytest.raises(RuleError):
            records.assign(session, kept["reference"], wrong, None)
    put(session, "A-0005", due="2026-01-31", status="in_progress", accountable="CPS South East")
    meeting_notes.draft_questions(session, meeting, agenda.proposals(session, agenda.find_meeting(session, meeting)))
    drafted = next(r for r in rows(session, "challenge") if r["about"] == show.record(session, "A-0005").id)
    assert drafted["question"].startswith("What can you tell the board about")


@pytest.mark.parametrize("typed", [
    {"status": "complete"}, {"answer": "x", "undertaking_due": "whenever"}, {"follow_up": "Do", "follow_owner": "Nobody at all"}, {"answer": "x", "mood": "grim"},
    {"decision": "Close it", "status": "superb"},
])  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_nothing_of_it_is_written(session: Session, typed: dict[str, str]) -> None:
    meeting = board(session, "Q1", "2026-03-02")
    one = item(session, meeting, "Any other business")
    before = session.read().exec_driver_sql('SELECT max(n) FROM "change"').scalar()
    with pytest.raises(AppError):
        meeting_notes.note(session, one, typed)
    assert session.read().exec_driver_sql('SELECT max(n) FROM "change"').scalar() == before


def test_a_recommendation_is_not_closed_by_a_word_in_a_meeting(session: Session) -> None:
    meeting = board(session, "Q1", "2026-03-02")
    with pytest.raises(RuleError, match="earned"):
        meeting_notes.note(session, item(session, meeting, "R-0003"), {"status": "closed", "answer": "All done"})
    assert rows(session, "challenge") == []


def test_the_room_sees_what_is_declared_for_it_and_nothing_else(session: Session) -> None:
    meeting = board(session, "Q1", "2026-03-02")
    put(session, "A-0005", note="PRIVATE NOTE", description="PRIVATE DESCRIPTION", blockers="PRIVATE BLOCKER")
    one = item(session, meeting, "A-0005")
    meeting_notes.note(session, one, {"answer": "Open answer", "remark": "PRIVATE REMARK", "asked_of": "Kent Police", "judgement": "partly"})
    seen = meeting_notes.room_view(meeting_notes.read_item(session, one))
    assert ("Answer", "Open answer") in seen.said and ("Asked of", "Kent Police") in seen.said and ("Assurance", "Partly assured") in seen.said
    assert "PRIVATE" not in repr(seen) and dict(seen.facts)["Accountable body"]
    put(session, "A-0005", restriction="A case is live")
    assert meeting_notes.room_view(meeting_notes.read_item(session, one)) == RoomView("", private=True)
    other = item(session, meeting, "Staffing")
    records.assign(session, other, [Assignment("private", "yes")], None)
    assert meeting_notes.room_view(meeting_notes.read_item(session, other)) == RoomView("", private=True)


def test_a_restricted_answer_stays_off_the_screen(session: Session) -> None:
    meeting = board(session, "Q1", "2026-03-02")
    one = item(session, meeting, "A-0005")
    meeting_notes.note(session, one, {"answer": "SECRET"})
    put(session, "CH-0001", restriction="Told in confidence")
    assert "SECRET" not in repr(meeting_notes.room_view(meeting_notes.read_item(session, one)))


def test_who_attends(session: Session) -> None:
    meeting = board(session, "Q1", "2026-03-02")
    body = show.record(session, "B-0001").id
    for person, role, until in (("Ann Chair", "chair", ""), ("Bea Member", "member", ""), ("Cy Gone", "member", "2025-12-31")):
        records.create(session, "membership", {"governance_body": body, "person": person, "role": role, "until_date": until, "partner": "Kent Police"})
    assert [(a.person, a.role, a.state) for a in attendance.attendance(session, meeting)] == [("Ann Chair", "chair", ""), ("Bea Member", "member", "")]
    told = [Attends("Ann Chair", "", "", "", "present"), Attends("Bea Member", "", "", "", "apologies"), Attends("Di Guest", "", "", "", "by_link", "Trustee of a funded charity")]
    attendance.note_attendance(session, meeting, told)
    attendance.note_attendance(session, meeting, [Attends("bea member", "", "", "", "present")])
    found = [(a.person, a.state, a.declared) for a in attendance.attendance(session, meeting)]
    assert found == [("Ann Chair", "present", ""), ("Bea Member", "present", ""), ("Di Guest", "by_link", "Trustee of a funded charity")]
    attendance.note_attendance(session, meeting, [Attends("Di Guest", "", "", "", "")])
    assert len(attendance.attendance(session, meeting)) == 2


def test_a_meeting_on_a_working_copy_merges_with_the_offices_edits(session: Session, tmp_path: Path) -> None:
    meeting = board(session, "Q1", "2026-03-02")
    one, two = item(session, meeting, "A-0005"), item(session, meeting, "A-0006")
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    meeting_notes.note(laptop, one, {"answer": "Begun", "status": "in_progress"})
    meeting_notes.note(laptop, two, {"answer": "Finished", "information": "given"})
    put(session, "A-0005", status="complete")
    put(session, "A-0006", blockers="Money")
    done = merging.merge(session, laptop.store)
    assert [(c.record, c.field) for c in done.conflicts] == [("A-0005", "status")]
    assert sorted(r["answer"] for r in rows(session, "challenge")) == ["Begun", "Finished"]
    assert show.record(session, "A-0006").cells["blockers"] == "Money" and check(session.store).problems == []
    laptop.store.close()
