"""What a third stranger found in meetings and papers: private business told by its follow-up, answers at the wrong agency, old minutes rewritten. Each case failed before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.clock import CLOCK
from tests.services.test_meeting_finds import board, item, put, rows
from vawg_desktop.domain.errors import RuleError, ValueRefusedError
from vawg_desktop.exchange.document import Block, Document, Heading, Items, Table
from vawg_desktop.services import (
    agenda,
    attendance,
    board_dates,
    coming,
    meeting_notes,
    merging,
    outputs,
    papers,
    publications,
    records,
    requests,
    restriction,
    show,
    since,
    since_outputs,
)
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.publications import Sending
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store.copying import take_copy

SECRET = "QUINCE"


def on(day: str) -> None:
    CLOCK.go_to(date.fromisoformat(day))


def text(document: Document) -> str:
    return "\n".join([document.title, *document.lines, *(block_text(b) for b in document.blocks)])


def block_text(block: Block) -> str:
    if isinstance(block, Heading):
        return "#" * (block.level + 1) + " " + block.text
    if isinstance(block, Table):
        return "\n".join([block.title, *(" | ".join("" if c is None else str(c) for c in row) for row in block.rows), *block.notes])
    if isinstance(block, Items):
        return "\n".join(block.items)
    return str(block)


def facts(session: Session, meeting: str) -> agenda.MeetingFacts:
    return agenda.find_meeting(session, meeting)


def follow_ups(session: Session, meeting: str) -> list[agenda.Proposal]:
    return [p for p in agenda.proposals(session, facts(session, meeting)) if p.kind == "follow_up"]


def paper(session: Session, kind: str, *about: str) -> str:
    return text(papers.make(session, kind, Asked(tuple(about))).document)


# -- what was said in private ------------------------------------------------------------------------


@pytest.fixture
def private(session: Session) -> tuple[Session, str, str]:
    """A store in which a follow-up action came of a private item: the meeting's id and the action's reference."""
    meeting = board(session, "January", "2026-12-01")
    one = item(session, meeting, "R-0002")
    meeting_notes.set_private(session, one, True)
    meeting_notes.note(session, one, {"question": "How?", "asked_of": "Kent Police", "follow_up": f"Do {SECRET}", "follow_owner": "Kent Police", "follow_due": "2026-12-05"})
    action = str(rows(session, "action")[-1]["reference"])
    records.add_update(session, action, {"narrative": f"They met about {SECRET}"})
    return session, meeting, action


def told(session: Session, meeting: str, action: str) -> list[str]:
    """Everything that leaves or is shown to a room, that speaks of the action."""
    made = [paper(session, kind, *about) for kind, about in (("minutes", (meeting,)), ("board", (meeting,)), ("action-log", ()), ("briefing", ("Kent Police",)), ("briefing", ("R-0002",)), ("handover", ()), ("answer-card", ("R-0002",)))]
    made += [text(outputs.record_document(session, name)) for name in ("R-0002", meeting)]
    made.append(text(since_outputs.since_document(session, "2026-10-01")))
    made += [str(coming.coming(session, 400)), str(restriction.unrestricted(session, rows(session, "update"))), str(restriction.unrestricted(session, rows(session, "action")))]
    return [m for m in made if SECRET in m]


def test_the_follow_up_of_a_private_item_is_private_wherever_it_comes_up(private: tuple[Session, str, str]) -> None:
    session, meeting, action = private
    on("2026-12-20")
    later = board(session, "February", "2027-01-10")
    (proposed,) = [p for p in agenda.proposals(session, facts(session, later)) if p.reference == action and p.kind == "overdue"]
    assert proposed.restricted
    agenda.put_on(session, facts(session, later), [proposed])
    meeting_notes.draft_questions(session, later, [proposed])
    one = agenda.items(session, later)[-1]
    assert one["private"] and meeting_notes.room_view(meeting_notes.read_item(session, str(one["id"]))).private
    meeting_notes.note(session, str(one["id"]), {"answer": "Not yet"})
    assert told(session, later, action) == [] and told(session, meeting, action) == []


@pytest.mark.parametrize("of", ["challenge", "agenda_item"])
def test_nor_is_it_told_once_its_question_or_item_is_in_the_bin(private: tuple[Session, str, str], of: str) -> None:
    session, meeting, action = private
    records.hide(session, [str(r["id"]) for r in rows(session, of)])
    assert told(session, meeting, action) == []


def test_its_own_paper_says_that_it_is_restricted(private: tuple[Session, str, str]) -> None:
    session, _, action = private
    made = outputs.record_document(session, action)
    assert made.lines[0].startswith("RESTRICTED") and SECRET in text(made)
    put(session, str(rows(session, "agenda_item")[-1]["id"]), private="no")
    assert not any(line.startswith("RESTRICTED") for line in outputs.record_document(session, action).lines)


# -- questions that come back ------------------------------------------------------------------------


def test_a_question_of_last_time_is_answered_and_not_asked_anew(session: Session) -> None:
    first, second, third = (board(session, title, day) for title, day in (("Q2", "2026-11-23"), ("Q3", "2026-12-10"), ("Q4", "2027-03-10")))
    on("2026-11-23")
    meeting_notes.note(session, item(session, first, "A-0012"), {"question": "Why is it late?", "asked_of": "Kent Police"})
    put(session, first, status="held")
    before = paper(session, "minutes", first)
    on("2026-12-10")
    (proposed,) = follow_ups(session, second)
    agenda.put_on(session, facts(session, second), [proposed])
    (one,) = agenda.items(session, second)
    assert meeting_notes.read_item(session, str(one["id"])).body_name == "Kent Police"
    meeting_notes.note(session, str(one["id"]), {"answer": "Because of staffing", "answered_by": "Supt X", "judgement": "partly"})
    put(session, second, status="held")
    (kept,) = rows(session, "challenge")
    assert (kept["status"], kept["answered_in"], kept["meeting"]) == ("answered", second, first)
    on("2027-03-01")
    assert follow_ups(session, third) == [] and "Everything that was asked has been answered." in paper(session, "action-log")
    said = paper(session, "minutes", second)
    assert "Asked of Kent Police on 23 November 2026: Why is it late?" in said and "Supt X, Kent Police" in said and "0 questions asked, and 1 of an earlier meeting, 1 answered" in said
    assert "Supt X" not in (old := paper(session, "minutes", first)) and "No answer was given yet." in old and old.count("Why is it late?") == before.count("Why is it late?")


def test_more_is_noted_of_an_answer_that_was_given_here(session: Session) -> None:
    first, second = (board(session, title, day) for title, day in (("Q2", "2026-11-20"), ("Q3", "2026-12-10")))
    meeting_notes.note(session, item(session, first, "A-0012"), {"question": "Why?", "asked_of": "Kent Police"})
    agenda.put_on(session, facts(session, second), [p for p in agenda.proposals(session, facts(session, second)) if p.entity == "challenge"])
    (one,) = agenda.items(session, second)
    for typed in ({"answer": "Staffing"}, {"judgement": "not"}, {"undertaking": "To hire"}):
        meeting_notes.note(session, str(one["id"]), typed)
    (kept,) = rows(session, "challenge")
    assert (kept["answer"], kept["judgement"], kept["undertaking"]) == ("Staffing", "not", "To hire")
    meeting_notes.note(session, str(one["id"]), {"undertaking": "To train them"})
    assert [c["undertaking"] for c in rows(session, "challenge")] == ["To hire", "To train them"] and rows(session, "challenge")[1]["asked_of"] == kept["asked_of"]


def test_a_carried_item_brings_its_question_once(session: Session) -> None:
    first, second = (board(session, title, day) for title, day in (("Q2", "2026-11-20"), ("Q3", "2026-12-10")))
    one = item(session, first, "A-0012")
    meeting_notes.note(session, one, {"question": "Why?", "asked_of": "Kent Police"})
    put(session, one, state="carried")
    (proposed,) = follow_ups(session, second)
    assert proposed.entity == "agenda_item"
    agenda.put_on(session, facts(session, second), [proposed])
    meeting_notes.note(session, str(agenda.items(session, second)[0]["id"]), {"answer": "Staffing"})
    (kept,) = rows(session, "challenge")
    assert (kept["answer"], kept["answered_in"]) == ("Staffing", second)


def test_a_question_drafted_for_a_cancelled_meeting_is_put_at_the_next_one(session: Session) -> None:
    put(session, "A-0012", due="2026-01-31", status="in_progress")
    first, second, third = (board(session, title, day) for title, day in (("Q2", "2026-11-20"), ("Q3", "2026-12-10"), ("Q4", "2027-03-10")))
    overdue = [p for p in agenda.proposals(session, facts(session, first)) if p.reference == "A-0012" and p.kind == "overdue"]
    agenda.put_on(session, facts(session, first), overdue)
    meeting_notes.draft_questions(session, first, overdue)
    put(session, first, status="cancelled")
    (proposed,) = follow_ups(session, second)
    agenda.put_on(session, facts(session, second), [proposed])
    on("2026-12-10")
    meeting_notes.note(session, str(agenda.items(session, second)[0]["id"]), {"answer": "Soon", "answered_by": "Supt X"})
    (kept,) = rows(session, "challenge")
    assert (kept["status"], kept["meeting"], kept["asked_on"]) == ("answered", second, "2026-12-10")
    on("2027-03-01")
    assert follow_ups(session, third) == []


def test_a_judgement_that_was_deferred_comes_back_until_it_is_taken_up(session: Session) -> None:
    first, second, third = (board(session, title, day) for title, day in (("Q2", "2026-11-20"), ("Q3", "2026-12-10"), ("Q4", "2027-03-10")))
    meeting_notes.note(session, item(session, first, "A-0012"), {"question": "Why?", "asked_of": "Kent Police", "answer": "Staffing", "judgement": "deferred"})
    (proposed,) = follow_ups(session, second)
    assert "judgement was deferred" in proposed.message and "judgement deferred" in paper(session, "action-log")
    agenda.put_on(session, facts(session, second), [proposed])
    meeting_notes.note(session, str(agenda.items(session, second)[0]["id"]), {"answer": "They came", "judgement": "assured"})
    assert [(c["question"], c["judgement"]) for c in rows(session, "challenge")] == [("Why?", "deferred"), ("Why?", "assured")]
    on("2027-03-01")
    assert follow_ups(session, third) == []


def test_an_undertaking_stays_awaited_beside_the_offices_own_follow_up(session: Session) -> None:
    meeting, later = board(session, "Q2", "2026-11-20"), board(session, "Q3", "2026-12-10")
    meeting_notes.note(session, item(session, meeting, "A-0012"), {"question": "Why?", "asked_of": "Kent Police", "undertaking": "To publish", "undertaking_due": "2027-03-01", "follow_up": "Chase Kent Police"})
    put(session, str(rows(session, "action")[-1]["reference"]), status="complete")
    assert ["Undertaken, due 1 March 2027: To publish." in p.message for p in follow_ups(session, later)] == [True] and "To publish" in paper(session, "action-log")
    assert "Kent Police: To publish" in [c.words for c in coming.coming(session, 400)]
    told = paper(session, "briefing", "Kent Police")
    assert "To publish, due 1 March 2027" in told and "Chase Kent Police" in told


def test_an_undertaking_without_a_question_is_in_the_bodys_briefing(session: Session) -> None:
    meeting_notes.note(session, item(session, board(session, "Q2", "2026-11-20"), "A-0012"), {"asked_of": "Kent Police", "undertaking": "To send figures"})
    assert "To send figures" in paper(session, "briefing", "Kent Police")


def test_two_questions_with_one_follow_up_list_it_once(session: Session) -> None:
    meeting = board(session, "Q2", "2026-11-20")
    one = item(session, meeting, "A-0012")
    meeting_notes.note(session, one, {"question": "Why?", "follow_up": "Send the terms"})
    action = rows(session, "action")[-1]
    records.create(session, "challenge", {"question": "When?", "meeting": meeting, "item": one, "status": "asked", "follow_up": str(action["id"])})
    for kind in ("minutes", "action-log"):
        lines = [row for block in papers.make(session, kind, Asked((meeting,))).document.blocks if isinstance(block, Table) for row in block.rows if action["reference"] in row]
        assert len(lines) == 1, kind


# -- who was there -----------------------------------------------------------------------------------


def test_minutes_keep_whom_somebody_came_for_and_in_which_role(session: Session) -> None:
    meeting = board(session, "Nov", "2026-11-20")
    records.create(session, "membership", {"governance_body": "PDB", "person": "Ann Lee", "partner": "Kent Police", "role": "chair"})
    on("2026-11-20")
    attendance.note_attendance(session, meeting, [replace(attendance.attendance(session, meeting)[0], state="present")])
    before = paper(session, "minutes", meeting)
    assert "In the chair: Ann Lee" in before and "Ann Lee (Kent Police)" in before
    on("2027-02-01")
    put(session, "MB-0001", partner="Medway Council", role="observer")
    assert paper(session, "minutes", meeting).partition("## Items")[0].splitlines()[3:] == before.partition("## Items")[0].splitlines()[3:]


def test_of_two_terms_of_one_person_that_of_the_day_counts(session: Session) -> None:
    meeting = board(session, "Nov", "2026-11-20")
    for cells in ({"partner": "Medway Council", "role": "chair", "from_date": "2026-12-01"}, {"partner": "Kent Police", "role": "member", "until_date": "2026-11-30"}):
        records.create(session, "membership", {"governance_body": "PDB", "person": "Ann Lee", **cells})
    (one,) = attendance.attendance(session, meeting)
    attendance.note_attendance(session, meeting, [replace(one, state="present")])
    assert [(a.partner_name, a.role) for a in attendance.attendance(session, meeting)] == [("Kent Police", "member")]


def test_an_interest_is_not_dropped_where_nobody_said_that_its_person_came(session: Session) -> None:
    meeting = board(session, "Nov", "2026-11-20")
    one = attendance.Attends("Ann Lee", "", "", "", "present", "Owns shares")
    attendance.note_attendance(session, meeting, [one])
    with pytest.raises(ValueRefusedError, match="Say whether Ann Lee came"):
        attendance.note_attendance(session, meeting, [replace(one, state="")])
    assert [a.declared for a in attendance.attendance(session, meeting)] == ["Owns shares"]
    attendance.note_attendance(session, meeting, [replace(one, state="", declared="")])
    assert attendance.attendance(session, meeting) == []


def test_minutes_call_a_body_as_it_was_called_then(session: Session) -> None:
    meeting = board(session, "Nov", "2026-11-20")
    on("2026-11-20")
    meeting_notes.note(session, item(session, meeting, "A-0012"), {"question": "Why?", "asked_of": "Kent Police", "answer": "Soon"})
    records.create(session, "membership", {"governance_body": "PDB", "person": "Ann Lee", "partner": "Kent Police"})
    attendance.note_attendance(session, meeting, [replace(attendance.attendance(session, meeting)[0], state="present")])
    on("2027-02-01")
    police = next(r for r in rows(session, "partner") if r["name"] == "Kent Police")
    records.assign(session, str(police["reference"]), [records.Assignment("name", "Kent and Essex Police"), records.Assignment("short_name", "KEP")], "Merged")
    said = paper(session, "minutes", meeting)
    assert "Asked of Kent Police: Why?" in said and "Ann Lee (Kent Police)" in said and "KEP" not in said


# -- meetings and their dates ------------------------------------------------------------------------


def test_a_meeting_that_is_called_like_a_month_is_meant_by_its_name(session: Session) -> None:
    on("2026-06-01")
    put(session, "A-0012", status="in_progress")
    board(session, "June 2026", "2026-06-10")
    on("2026-06-12")
    put(session, "A-0012", status="stopped")
    on("2026-07-10")
    found = since.since(session, "June 2026")
    assert [m.reference for m in found.found["moved"]] == ["A-0012"] and agenda.called(session, "June 2026") == "June 2026 (10 June 2026)"
    assert since.since(session, "30/6/2026").found["moved"] == [] and since.since(session, "July 2026", "August 2026").found["moved"] == []


def test_an_item_of_a_meeting_in_the_bin_comes_back_with_its_time_and_presenter(session: Session) -> None:
    first, second, third = (board(session, title, day) for title, day in (("M1", "2026-11-20"), ("M2", "2026-12-10"), ("M3", "2027-03-10")))
    one = item(session, first, "Housing for refuges")
    put(session, one, minutes="20", presenter="Ann Lee")
    agenda.carry_forward(session, one, second)
    (carried,) = agenda.items(session, second)
    assert (carried["minutes"], carried["presenter"]) == (20, "Ann Lee")
    records.hide(session, [second])
    assert ["is in the bin" in p.message for p in follow_ups(session, third)] == [True]


@pytest.mark.parametrize("status", ["held", "cancelled"])
def test_nothing_is_carried_forward_to_a_meeting_that_takes_it_no_more(session: Session, status: str) -> None:
    first, other = board(session, "M1", "2026-11-20"), board(session, "M0", "2026-12-10")
    put(session, other, status=status)
    with pytest.raises(ValueRefusedError, match=f"was {status}"):
        agenda.carry_forward(session, item(session, first, "A-0012"), other)


def test_a_round_is_planned_back_from_the_papers_of_its_board(session: Session) -> None:
    put(session, "B-0001", paper_days="21")
    board(session, "December", "2026-12-17")
    put(session, board(session, "January", "2027-01-20"), papers_due="2027-01-04")
    assert [t.partition(",")[0] for t, _ in board_dates.coming_boards(session)][-2:] == ["December", "January"]
    assert board_dates.papers_days(session)[-2:] == [date(2026, 11, 26), date(2027, 1, 4)]
    plan = board_dates.plan_back(date(2026, 12, 17), date(2026, 11, 26))
    assert (plan.due, plan.papers) == (date(2026, 11, 19), date(2026, 11, 26)) and plan.send < plan.due


def test_a_draft_that_was_sent_round_does_not_end_that_papers_are_due(session: Session, tmp_path: Path) -> None:
    put(session, "B-0001", paper_days="7")
    meeting = board(session, "December", "2026-12-17")
    for stage, left in (("draft", 1), ("published", 0)):
        publications.publish(session, "board", Asked((meeting,)), tmp_path / f"{stage}.docx", Sending("The chair", stage=stage))
        assert sum(c.kind == "Papers due" and c.id == meeting for c in coming.coming(session, 60)) == left


def test_two_laptops_that_speak_of_one_record_make_one_item(session: Session, tmp_path: Path) -> None:
    meeting = board(session, "December", "2026-12-17")
    overdue = [p for p in agenda.proposals(session, facts(session, meeting)) if p.entity == "action"][:1]
    with opening.open_store(take_copy(session.store, tmp_path / "laptop.vawg")) as store:
        laptop = Session(store, "Laptop")
        for one in (session, laptop):
            meeting_notes.speak_of(one, meeting, "A-0013")
        agenda.put_on(session, facts(session, meeting), overdue)
        meeting_notes.speak_of(laptop, meeting, overdue[0].reference)
        done = merging.merge(session, store)
        assert [r["title"] for r in agenda.items(session, meeting)].count("A-0013 Produce age-appropriate materials") == 1
        assert len({r["about"] for r in agenda.items(session, meeting)}) == len(agenda.items(session, meeting)) == 2 and done.conflicts == []


# -- what became of records --------------------------------------------------------------------------


def test_proof_that_was_withdrawn_is_told(session: Session) -> None:
    put(session, "A-0016", status="complete", verification="2")
    on("2026-12-01")
    put(session, "A-0016", verification="0")
    made = since.since(session, "2026-11-30")
    assert [m.reference for m in made.unproved] == ["A-0016"] and set(made.as_json()) == {"moved", "slipped", "claimed", "proved", "closed", "reopened", "deleted", "silent", "new"}
    document = text(since_outputs.since_document(session, "2026-11-30"))
    assert "Evidence no longer seen: 1" in document and "Evidence no longer seen" in " ".join(since.in_words(made))


def test_a_correction_is_no_slip_and_the_next_move_counts_from_it(session: Session) -> None:
    put(session, "A-0013", status="in_progress", due="2026-03-31")
    on("2026-12-01")
    records.assign(session, "A-0013", [records.Assignment("due", "2027-03-31")], "Correction: typed with the wrong year")
    assert since.since(session, "2026-11-30").found["slipped"] == [] and show.record(session, "A-0013").slips == 0
    put(session, "A-0013", revised_due="2027-06-30")
    (slipped,) = since.since(session, "2026-11-30").found["slipped"]
    assert (slipped.move.before, slipped.move.after, slipped.move.times) == ("2027-03-31", "2027-06-30", 1) and show.record(session, "A-0013").slips == 1


def test_a_list_of_changes_names_what_is_new_and_speaks_of_no_day_ahead(session: Session) -> None:
    on("2026-12-01")
    records.create(session, "action", {"title": "Light the paths"})
    made = since_outputs.since_document(session, "2026-11-30", "2027-06-01")
    assert "Light the paths" in text(made) and made.title == "What changed since 30 November 2026"


def test_a_record_combined_with_another_is_told_as_that(session: Session) -> None:
    on("2026-12-01")
    merging.combine(session, "A-0013", "A-0012", "The same twice")
    made = since.since(session, "2026-11-30")
    assert [(m.reference, m.into) for m in made.found["deleted"]] == [("A-0012", "A-0013")] and "combined with A-0013" in text(since_outputs.since_document(session, "2026-11-30"))


def test_an_end_before_the_beginning_names_both(session: Session) -> None:
    board(session, "Q2", "2026-11-20")
    with pytest.raises(ValueRefusedError, match="1 June 2025 comes before Q2"):
        since.since(session, "Q2", "2025-06-01")


# -- what leaves -------------------------------------------------------------------------------------


def test_an_answer_to_a_request_is_not_given_without_a_text_that_it_counts(session: Session, tmp_path: Path) -> None:
    for name in ("A-0012", "A-0013"):
        put(session, name, note=f"zebra of {name}")
    request = records.create(session, "information_request", {"title": "zebra", "kind": "foi", "received": "2026-11-01", "words": "zebra"})[0]
    requests.gather(session, request)
    for one in requests.items(session, request):
        requests.decide(session, one.id, "given")
    put(session, "A-0012", note="")
    with pytest.raises(RuleError, match=r"text \d+ \(Action A-0012: Note\) is no longer there"):
        publications.publish(session, "foi", Asked((request,)), tmp_path / "a.pdf", Sending("The requester"))


def test_what_the_public_gets_is_looked_at_first_and_says_that_it_is_for_publication(session: Session, tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"still says “\[to be completed\]”"):
        publications.publish(session, "board", Asked(), tmp_path / "a.docx", Sending("The public"))
    assert publications.warnings(session, "board", Asked(), "Public Health") == [] != publications.warnings(session, "board", Asked(), "the website")
    done = publications.publish(session, "panel-update", Asked(), tmp_path / "b.docx", Sending("The public", knowing=True))
    marked = next(r["marking"] for r in rows(session, "publication") if r["reference"] == done.reference)
    assert (marked == "official") == ("For publication" in _words(done.file))


def _words(path: Path) -> str:
    import docx

    return "\n".join(p.text for p in docx.Document(str(path)).paragraphs)


# -- a question of one meeting that is taken up at another: what a reviewer found ---------------------


@pytest.fixture
def taken_up(session: Session) -> tuple[Session, str, str, str]:
    """A question of one meeting, brought back by the next one's agenda: the two meetings, and the item that brings it back."""
    first, second = (board(session, title, day) for title, day in (("Q2", "2026-11-20"), ("Q3", "2026-12-10")))
    meeting_notes.note(session, item(session, first, "A-0012"), {"question": "Why?", "asked_of": "Kent Police"})
    put(session, first, status="held")
    agenda.put_on(session, facts(session, second), [p for p in follow_ups(session, second) if p.entity == "challenge"])
    return session, first, second, str(agenda.items(session, second)[0]["id"])


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_under_a_private_item_is_private(taken_up: tuple[Session, str, str, str], when: str) -> None:
    session, first, second, one = taken_up
    if when == "before":
        meeting_notes.set_private(session, one, True)
    meeting_notes.note(session, one, {"answer": f"{SECRET} is why", "undertaking": f"To end {SECRET}", "undertaking_due": "2027-01-01", "follow_up": f"Do {SECRET}"})
    if when == "after":
        meeting_notes.set_private(session, one, True)
    action = str(rows(session, "action")[-1]["reference"])
    assert told(session, first, action) == [] and told(session, second, action) == []


@pytest.mark.parametrize("typed", [{"undertaking": "To publish X"}, {"follow_up": "Write to them"}, {"remark": "They were late"}, {"judgement": "deferred"}, {"answered_by": "Supt X"}])
def test_what_is_no_answer_is_noted_at_its_own_meeting_and_the_question_stays_open(taken_up: tuple[Session, str, str, str], typed: dict[str, str]) -> None:
    session, first, _, one = taken_up
    before = paper(session, "minutes", first)
    meeting_notes.note(session, one, typed)
    assert paper(session, "minutes", first) == before
    asked = next(c for c in rows(session, "challenge") if c["meeting"] == first)
    assert asked["status"] == "asked" and not asked["answered_in"] and len(rows(session, "challenge")) == 2
    third = board(session, "Q4", "2027-03-10")
    on("2027-03-01")
    agenda.put_on(session, facts(session, third), [p for p in follow_ups(session, third) if p.id == asked["id"]])
    meeting_notes.note(session, str(agenda.items(session, third)[0]["id"]), {"answer": "Staffing"})
    assert next(c for c in rows(session, "challenge") if c["id"] == asked["id"])["status"] == "answered"


def test_minutes_keep_what_their_meeting_noted_beside_the_question(session: Session) -> None:
    first, second = (board(session, title, day) for title, day in (("Q2", "2026-11-20"), ("Q3", "2026-12-10")))
    meeting_notes.note(session, item(session, first, "A-0012"), {"question": "Why?", "asked_of": "Kent Police", "undertaking": "To look into it", "follow_up": "Send the terms"})
    before = paper(session, "minutes", first)
    agenda.put_on(session, facts(session, second), [p for p in follow_ups(session, second) if p.entity == "challenge"])
    meeting_notes.note(session, str(agenda.items(session, second)[0]["id"]), {"answer": "Staffing"})
    assert paper(session, "minutes", first) == before and "Staffing" in paper(session, "minutes", second)
    third = board(session, "Q4", "2027-03-10")
    on("2027-03-01")
    assert "No answer yet" not in " ".join(p.message for p in follow_ups(session, third))


def test_a_question_whose_item_was_not_reached_comes_back_once(taken_up: tuple[Session, str, str, str]) -> None:
    session, _, second, _ = taken_up
    third = board(session, "Q4", "2027-03-10")
    on("2027-03-01")
    put(session, second, status="held")
    (proposed,) = follow_ups(session, third)
    agenda.put_on(session, facts(session, third), [proposed])
    assert len(agenda.items(session, third)) == 1


def test_what_was_undertaken_at_a_meeting_that_was_cancelled_after_all_is_not_lost(taken_up: tuple[Session, str, str, str]) -> None:
    session, _, second, one = taken_up
    meeting_notes.note(session, one, {"answer": "Staffing", "undertaking": "To hire"})
    third = board(session, "Q4", "2027-03-10")
    on("2027-03-01")
    put(session, second, status="cancelled")
    assert any("To hire" in p.message for p in follow_ups(session, third))


def test_a_meeting_has_the_questions_that_were_answered_at_it(taken_up: tuple[Session, str, str, str]) -> None:
    session, _, second, one = taken_up
    meeting_notes.note(session, one, {"answer": "Staffing"})
    assert [r["answer"] for r in show.record(session, second).parts["challenge"]] == ["Staffing"] and "Why?" in text(outputs.record_document(session, second))


@pytest.mark.parametrize(("why", "slips"), [("Correction: the year", 0), ("correction", 0), ("Correctional services asked for more time", 1), ("Corrections board agreed", 1)])
def test_a_correction_is_a_word_of_its_own(session: Session, why: str, slips: int) -> None:
    put(session, "A-0013", status="in_progress", due="2026-03-31")
    on("2026-12-01")
    records.assign(session, "A-0013", [records.Assignment("due", "2027-03-31")], why)
    assert show.record(session, "A-0013").slips == slips == len(since.since(session, "2026-11-30").found["slipped"])


def test_an_action_that_was_simply_deleted_was_not_combined_with_a_partner(session: Session) -> None:
    on("2026-12-01")
    partners = [str(r["reference"]) for r in rows(session, "partner")]
    merging.combine(session, partners[1], partners[2], "One body")
    records.hide(session, ["A-0012"], why="Entered twice")
    assert [(m.reference, m.into) for m in since.since(session, "2026-11-30").found["deleted"]] == [("A-0012", "")]


@pytest.mark.parametrize(("to_whom", "public"), [("The Panel and the public", True), ("Public and press", True), ("our web page", True), ("Public Health Kent", False), ("The board", False), ("Public Protection Unit", False)])
def test_the_public_is_known_in_what_officers_write(session: Session, tmp_path: Path, to_whom: str, public: bool) -> None:
    assert bool(publications.warnings(session, "board", Asked(), to_whom)) == public
    done = publications.publish(session, "panel-update", Asked(), tmp_path / "p.docx", Sending(to_whom, knowing=True))
    assert ("For publication" in _words(done.file)) == (public and rows(session, "publication")[-1]["marking"] == "official")


def test_the_command_says_how_to_publish_what_it_warns_of(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from vawg_desktop.cli import main

    path = str(session.store.path)
    session.store.close()
    given = ["report", path, "board", "--out", str(tmp_path / "b.docx"), "--publish", "--to", "The public"]
    assert main(given) != 0 and "with --knowing" in capsys.readouterr().err and not (tmp_path / "b.docx").exists()
    assert main([*given, "--knowing"]) == 0 and (tmp_path / "b.docx").exists()


def test_a_guest_stays_a_guest_of_nobody(session: Session) -> None:
    meeting = board(session, "Nov", "2026-11-20")
    attendance.note_attendance(session, meeting, [attendance.Attends("Guest G", "", "", "", "present")])
    on("2027-02-01")
    records.create(session, "membership", {"governance_body": "PDB", "person": "Guest G", "partner": "Kent Police", "from_date": "2027-01-01"})
    assert [(a.person, a.partner_name, a.role) for a in attendance.attendance(session, meeting)] == [("Guest G", "", "")]


def test_one_paper_speaks_of_one_moment(session: Session) -> None:
    on("2026-06-01")
    board(session, "June 2026", "2026-06-10")
    on("2026-07-10")
    from vawg_desktop.services import as_at

    assert as_at.moment(session, "June 2026")[0] == date(2026, 6, 10)
