"""What a fresh reader found in meetings and papers: leaks, lost answers, wrong recounts. Each case failed before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.clock import CLOCK, TODAY
from tests.services.test_journey import sample_store
from vawg_desktop.domain.errors import AppError, RuleError, StoreError, ValueRefusedError
from vawg_desktop.exchange.document import Table
from vawg_desktop.services import (
    agenda,
    attendance,
    coming,
    meeting_notes,
    merging,
    names,
    outputs,
    papers,
    publications,
    records,
    show,
    since,
)
from vawg_desktop.services.attendance import Attends
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.publications import Sending
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, opening

SECRET = "QUINCESECRET"
BOARD = Sending("The board", cleared_by="J. Smith")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    yield sample_store(tmp_path)
    CLOCK.go_to(TODAY)


def put(session: Session, name: str, **fields: str) -> None:
    records.assign(session, name, [Assignment(k, v) for k, v in fields.items()], "told")


def rows(session: Session, kind: str) -> list[dict[str, Any]]:
    return plain_rows(session.read(), f'SELECT * FROM "{kind}" WHERE NOT deleted ORDER BY n', ())


def board(session: Session, title: str = "Q3 board", day: str = "2026-12-10") -> str:
    return records.create(session, "meeting", {"title": title, "body": "PDB", "date": day})[0]


def item(session: Session, meeting: str, name: str) -> str:
    return meeting_notes.speak_of(session, meeting, name).item


def text(session: Session, kind: str, *about: str) -> str:
    return repr(papers.make(session, kind, Asked(about)).document)


def everything(session: Session, meeting: str) -> dict[str, str]:
    """All that leaves about a meeting, by what it is."""
    made = {kind: text(session, kind, meeting) for kind in ("board", "minutes", "action-log")}
    made |= {"briefing": text(session, "briefing", "Kent Police"), "record": repr(outputs.record_document(session, meeting))}
    return made | {"calendar": repr(coming.coming(session, 400))}


def test_a_restricted_recommendation_has_no_briefing(session: Session) -> None:
    put(session, "R-0002", restriction="A live case", wording=SECRET)
    made = papers.make(session, "briefing", Asked(("R-0002",))).document
    assert SECRET not in repr(made) and show.record(session, "R-0002").title not in repr(made)


def test_a_private_item_stands_in_no_paper_with_what_was_said_of_it(session: Session) -> None:
    meeting = board(session)
    one = item(session, meeting, f"Staffing {SECRET}")
    records.assign(session, one, [Assignment("private", "yes")], None)
    meeting_notes.note(session, one, {"question": SECRET, "answer": SECRET, "asked_of": "Kent Police", "undertaking": SECRET, "undertaking_due": "2026-12-20", "decision": SECRET})
    assert [kind for kind, words in everything(session, meeting).items() if SECRET in words] == []


def test_a_restricted_follow_up_and_what_leads_to_a_restricted_record_are_not_named(session: Session) -> None:
    first, second = board(session), board(session, "Q4 board", "2027-03-10")
    one = item(session, first, "A-0012")
    meeting_notes.note(session, one, {"question": f"Why {SECRET}?", "asked_of": "Kent Police", "follow_up": f"Do {SECRET}"})
    follow = rows(session, "action")[-1]["reference"]
    put(session, follow, restriction="A case")
    assert SECRET not in text(session, "minutes", first).replace(f"Why {SECRET}?", "") and f"Do {SECRET}" not in text(session, "action-log", first)
    agenda.put_on(session, agenda.find_meeting(session, second), [p for p in agenda.proposals(session, agenda.find_meeting(session, second)) if p.kind == "follow_up"])
    put(session, "A-0012", restriction="A live case")
    assert [kind for kind, words in everything(session, second).items() if SECRET in words] == []


def test_a_restricted_decision_is_not_shown_to_the_room(session: Session) -> None:
    one = item(session, board(session), "A-0012")
    meeting_notes.note(session, one, {"decision": SECRET})
    put(session, "DN-0001", restriction="Staffing")
    assert SECRET not in repr(meeting_notes.room_view(meeting_notes.read_item(session, one)))


def test_what_is_noted_on_a_drafted_question_stands_in_minutes_and_log(session: Session) -> None:
    meeting = board(session)
    one = item(session, meeting, "A-0012")
    put(session, "A-0012", due="2026-01-31", status="in_progress")
    facts = agenda.find_meeting(session, meeting)
    meeting_notes.draft_questions(session, meeting, [p for p in agenda.proposals(session, facts) if p.reference == "A-0012"])
    assert meeting_notes.room_view(meeting_notes.read_item(session, one)).said == ()  # nobody has asked it yet
    meeting_notes.note(session, one, {"undertaking": "To write", "undertaking_due": "2027-01-01", "judgement": "deferred"})
    assert "To write" in text(session, "minutes", meeting) and "To write" in text(session, "action-log", meeting)
    put(session, "CH-0001", undertaking_met="2027-01-01")
    assert "To write" not in text(session, "action-log", meeting) and "To write" not in repr(coming.coming(session, 400))


def test_a_second_question_about_an_item_leaves_the_first(session: Session) -> None:
    meeting = board(session)
    one = item(session, meeting, "A-0012")
    meeting_notes.note(session, one, {"question": "First?", "answer": "Yes.", "follow_up": "Do the first"})
    meeting_notes.note(session, one, {"question": "Second?", "answer": "No.", "follow_up": "Do the second"})
    minutes = text(session, "minutes", meeting)
    assert all(w in minutes for w in ("First?", "Yes.", "Do the first", "Second?", "No.", "Do the second"))


def test_questions_drafted_on_two_laptops_are_one(session: Session, tmp_path: Path) -> None:
    meeting = board(session)
    put(session, "A-0012", due="2026-01-31", status="in_progress")
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    for one in (session, laptop):
        facts = agenda.find_meeting(one, meeting)
        chosen = [p for p in agenda.proposals(one, facts) if p.kind == "overdue"]
        meeting_notes.draft_questions(one, meeting, chosen)
        for name in ("A-0001", "A-0002", "A-0003")[:: 1 if one is session else -1]:
            item(one, meeting, name)
    assert merging.merge(session, laptop.store).conflicts == [] and len(rows(session, "challenge")) == 1
    agenda.move(session, str(agenda.items(session, meeting)[0]["id"]), 1)  # places are nobody's choice
    item(session, meeting, "A-0004")
    laptop.store.close()


def test_carrying_forward_twice_makes_one_item(session: Session) -> None:
    first, second = board(session), board(session, "Q4 board", "2027-03-10")
    one = item(session, first, "A-0012")
    agenda.carry_forward(session, one, second)
    agenda.carry_forward(session, one, second)
    facts = agenda.find_meeting(session, second)
    agenda.put_on(session, facts, agenda.proposals(session, facts))
    assert len([r for r in agenda.items(session, second) if r["about"] == show.record(session, "A-0012").id]) == 1


def test_what_was_said_of_an_item_that_was_taken_off_is_minuted(session: Session) -> None:
    meeting = board(session)
    one = item(session, meeting, "A-0012")
    meeting_notes.note(session, one, {"answer": "Said before", "decision": "Decided before"})
    records.hide(session, [one])
    assert "Said before" in text(session, "minutes", meeting) and "Decided before" in text(session, "minutes", meeting)
    records.hide(session, [meeting])
    with pytest.raises(ValueRefusedError, match="in the bin"):
        papers.make(session, "minutes", Asked((meeting,)))


def test_somebody_with_two_seats_is_noted_once(session: Session) -> None:
    meeting = board(session)
    body = show.record(session, "B-0001").id
    for role, start, end in (("chair", "", "2026-03-31"), ("member", "2026-04-01", "")):
        records.create(session, "membership", {"governance_body": body, "person": "Ann Chair", "role": role, "from_date": start, "until_date": end})
    attendance.note_attendance(session, meeting, [Attends("Ann Chair", "", "", "", "present", "A trustee")])
    told = attendance.attendance(session, meeting)
    attendance.note_attendance(session, meeting, told)
    assert [(a.person, a.role, a.state, a.declared) for a in attendance.attendance(session, meeting)] == [("Ann Chair", "member", "present", "A trustee")]


def test_a_meeting_without_a_day_follows_the_last_that_was_held(session: Session) -> None:
    board(session, "Long ahead", "2027-06-01")
    held = board(session, "Last", "2026-09-01")
    undated = records.create(session, "meeting", {"title": "Some day", "body": "PDB"})[0]
    assert agenda.find_meeting(session, undated).last == held


# -- papers and publications ---------------------------------------------------------------------


def test_what_was_published_is_not_rewritten(session: Session, tmp_path: Path) -> None:
    done = publications.publish(session, "board", Asked(), tmp_path / "b.docx", BOARD)
    for field, value in (("figures", "{}"), ("heads", "x"), ("file_sha256", "abc"), ("as_at", "2020-01-01"), ("to_whom", "Nobody")):
        with pytest.raises(RuleError, match="new edition"):
            records.assign(session, done.reference, [Assignment(field, value)], None)
    records.assign(session, done.reference, [Assignment("note", "Filed"), Assignment("stage", "approved")], None)
    assert all(r.number == r.again for r in publications.reproduce(session, done.reference).recount)


def test_a_paper_of_a_past_day_is_counted_again_as_of_that_day(session: Session, tmp_path: Path) -> None:
    CLOCK.go_to(date(2026, 12, 1))
    put(session, "A-0012", due="2026-01-31", status="in_progress")
    CLOCK.go_to(date(2026, 12, 5))
    put(session, "A-0012", status="complete")
    done = publications.publish(session, "board", Asked(as_at="2026-12-01"), tmp_path / "b.docx", BOARD)
    recount = publications.reproduce(session, done.reference).recount
    assert recount and all((r.again, r.cause) == (r.number, "") for r in recount)
    minutes = publications.publish(session, "minutes", Asked((board(session),)), tmp_path / "m.docx", BOARD)
    assert {r.again for r in publications.reproduce(session, minutes.reference).recount} == {None}


def test_a_paper_that_could_not_be_written_was_not_published(session: Session, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        publications.publish(session, "board", Asked(), tmp_path / "no such folder" / "b.docx", BOARD)
    assert publications.listed(session) == []


def test_a_publication_knows_its_meeting_however_it_was_named_and_who_signed(session: Session, tmp_path: Path) -> None:
    meeting = board(session)
    put(session, "B-0001", paper_days="20")
    done = publications.publish(session, "board", Asked(("next PDB",)), tmp_path / "b.docx", BOARD)
    assert rows(session, "publication")[0]["meeting"] == meeting and "Papers due" not in [c.kind for c in coming.coming(session, 30)]
    CLOCK.go_to(date(2027, 1, 5))
    assert all(r.again == r.number for r in publications.reproduce(session, done.reference).recount if not r.key.startswith("since_"))
    assert "Cleared by: J. Smith" in repr(papers.board(session, Asked(words={"cleared_by": "J. Smith"})).document)


def test_since_a_meeting_counts_from_its_paper(session: Session, tmp_path: Path) -> None:
    CLOCK.go_to(date(2026, 12, 1))
    meeting = board(session)
    publications.publish(session, "board", Asked((meeting,)), tmp_path / "b.docx", BOARD)
    CLOCK.go_to(date(2026, 12, 5))
    put(session, "A-0012", status="complete")
    CLOCK.go_to(date(2026, 12, 20))
    assert [m.reference for m in since.since(session, meeting).found["claimed"]] == ["A-0012"]


def test_papers_are_marked_by_what_they_name(session: Session) -> None:
    meeting = board(session)
    meeting_notes.note(session, item(session, meeting, "A-0012"), {"answer": "Something", "asked_of": "Kent Police"})
    put(session, "CH-0001", marking="OFFICIAL-SENSITIVE")
    for kind, about in (("action-log", meeting), ("briefing", "Kent Police"), ("minutes", meeting)):
        assert papers.make(session, kind, Asked((about,))).document.marking == "OFFICIAL-SENSITIVE"
    put(session, "A-0012", marking="OFFICIAL-SENSITIVE", restriction="A case")
    card = papers.make(session, "answer-card", Asked(("R-0001",))).document
    assert card.marking == "OFFICIAL" and not any("restricted" in line for line in card.lines)


def test_independent_bodies_are_not_rated_in_papers(session: Session) -> None:
    police = names.find_named(session.read(), "partner", "CPS South East")
    assert police is not None
    put(session, "A-0006", accountable="CPS South East", rating_opcc="red", due="2026-01-31", status="in_progress")
    (table,) = [b for b in papers.board(session, Asked()).document.blocks if isinstance(b, Table) and b.title == "Overdue actions"]
    (row,) = [r for r in table.rows if r[0] == "A-0006"]
    assert row[5] == "–" and "Independent bodies are not rated." in table.notes


def test_a_paper_that_says_what_stands_now_speaks_of_no_past_day(session: Session) -> None:
    for kind, about in (("action-log", ()), ("handover", ()), ("data-set", ())):
        with pytest.raises(AppError, match="shows the present"):
            papers.make(session, kind, Asked(about, as_at="2026-01-01"))
