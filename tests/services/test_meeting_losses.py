"""What a second stranger found in meetings and papers: names left standing, words lost, people blamed for silence. Each case failed before."""

from __future__ import annotations

import email
import email.policy
import io
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import CLOCK
from tests.services.test_meeting_finds import board, item, put, rows, text
from vawg_desktop.domain.errors import FileRefusedError, RuleError, ValueRefusedError
from vawg_desktop.domain.word_places import places
from vawg_desktop.exchange.document_files import written
from vawg_desktop.exchange.mail import unsent_message
from vawg_desktop.services import (
    agenda,
    attendance,
    coming,
    meeting_notes,
    names,
    outputs,
    paper_mail,
    paper_templates,
    papers,
    publications,
    records,
    request_paper,
    requests,
    since,
)
from vawg_desktop.services.attendance import Attends
from vawg_desktop.services.paper_parts import Paper
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.publications import Sending
from vawg_desktop.services.request_search import SearchWords
from vawg_desktop.services.session import Session

# -- an answer to a request --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mary O'Brien", "Mary O'Brien"), ("MARY  O\u2019BRIEN", "Mary O'Brien"), ("Mary\nO'Brien", "Mary O'Brien"), ("Mary O\u2011Brien", "Mary O-Brien"),
        ("Jane\u00a0Doe", "Jane Doe"), ("Jan\u00e9 Doe", "Jane Doe"), ("Jane\u0301 Doe", "Jan\u00e9 Doe"), ("07700 900123", "07700900123"), ("07700900123", "07700 900 123"),
        ("Mary O\u00adBrien", "Mary O'Brien"),
    ],
)  # fmt: skip
def test_words_are_found_in_every_spelling(said: str, words: str) -> None:
    text = f"Stra\u00dfe: seen by {said}, who left"
    assert [text[a:b] for a, b in places(text, words)] == [said]


@given(st.text("aB\u00e9\u00df '\u2019-\u2011.,&/\n\u00a0", max_size=24), st.text("aB\u00e9 '\u2019-&", min_size=1, max_size=6))
def test_what_the_search_finds_can_be_taken_out(text: str, words: str) -> None:
    assert not SearchWords(words).match(text) or places(text, words)


@pytest.mark.parametrize("words", ["", " ", "...", "Ann Other"])
def test_words_that_are_not_there_are_not_found(words: str) -> None:
    assert places("Seen by Mary O'Brien, 07700 900123", words) == []


def test_a_name_is_taken_out_in_every_spelling_and_what_stands_elsewhere_stops_the_answer(session: Session, tmp_path: Path) -> None:
    put(session, "A-0001", note="Mary O'Brien rang. Later MARY  O\u2019BRIEN wrote to Stra\u00dfe 1")
    put(session, "A-0002", note="Told by Mary O\u2019Brien")
    request, _ = records.create(session, "information_request", {"title": "All about it", "kind": "foi", "words": "Mary O'Brien", "received": "2026-11-02", "requester": "X"})
    requests.gather(session, request)
    first, other, *rest = [i for i in requests.items(session, request) if i.text]
    requests.decide(session, first.id, "in_part", passages=requests.passages_of(first.text or "", ["Mary O'Brien"], "s40"))
    for one in (other, *rest):
        requests.decide(session, one.id, "given")
    shown = requests.redacted(requests.item(session, first.id))
    assert "brien" not in shown.casefold() and "rang. Later" in shown
    assert len(request_paper.left_standing(requests.items(session, request))) == 1
    with pytest.raises(RuleError, match="also appears in what is given"):
        publications.publish(session, "foi", Asked((request,)), tmp_path / "a.pdf", Sending("X"))
    assert not (tmp_path / "a.pdf").exists()
    publications.publish(session, "foi", Asked((request,)), tmp_path / "b.pdf", Sending("X", knowing=True))


# -- what is noted -----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [{"remark": "They looked away"}, {"follow_up": "Light the path", "follow_owner": "Kent Police"}, {"undertaking": "To write"}])
def test_what_is_noted_without_a_question_is_no_question(session: Session, typed: dict[str, str]) -> None:
    meeting = board(session)
    meeting_notes.note(session, item(session, meeting, "A-0006"), typed)
    minutes = papers.make(session, "minutes", Asked((meeting,)))
    assert {f.key: f.number for f in minutes.figures}["questions"] == 0 and "No answer" not in repr(minutes.document)
    assert "No answer yet" not in text(session, "action-log", meeting)
    (kept,) = rows(session, "challenge")
    assert kept["status"] == "noted" and ("remark" in typed or "Follow-up:" in repr(minutes.document) or "Undertaking: To write" in repr(minutes.document))


def test_a_question_after_a_remark_is_asked(session: Session) -> None:
    one = item(session, board(session), "A-0006")
    meeting_notes.note(session, one, {"remark": "Ask about it"})
    meeting_notes.note(session, one, {"question": "Why so late?"})
    assert [(r["question"], r["status"], r["note"]) for r in rows(session, "challenge")] == [("Why so late?", "asked", "Ask about it")]


@pytest.mark.parametrize(
    "typed", [{"follow_owner": "Kent Police"}, {"follow_due": "2026-12-20", "answer": "Soon"}, {"decided_by": "The chair"}, {"why": "No money"}, {"asked_of": "Kent Police"}, {"undertaking_due": "2026-12-20"}]
)
def test_what_means_nothing_alone_is_refused_and_not_dropped(session: Session, typed: dict[str, str]) -> None:
    one = item(session, board(session), "A-0006")
    with pytest.raises(ValueRefusedError):
        meeting_notes.note(session, one, typed)
    assert not rows(session, "challenge") and rows(session, "agenda_item")[0]["state"] != "taken"


def test_a_second_question_answer_or_undertaking_stands_beside_the_first(session: Session) -> None:
    meeting = board(session)
    one = item(session, meeting, "A-0006")
    meeting_notes.note(session, one, {"question": "First?"})
    meeting_notes.note(session, one, {"question": "Second?", "answer": "Yes", "undertaking": "To write", "undertaking_due": "2026-12-20"})
    meeting_notes.note(session, one, {"answer": "And more"})
    meeting_notes.note(session, one, {"undertaking": "To ring", "undertaking_due": "2027-01-20"})
    told = text(session, "minutes", meeting)
    assert all(words in told for words in ("First?", "Second?", "Yes\\nAnd more", "To write by 20 December 2026", "To ring by 20 January 2027"))


def test_the_date_of_an_undertaking_that_stands_is_changed(session: Session) -> None:
    one = item(session, board(session), "A-0006")
    meeting_notes.note(session, one, {"answer": "Yes", "undertaking": "To write", "undertaking_due": "2026-12-20"})
    meeting_notes.note(session, one, {"undertaking_due": "2027-01-05"})
    assert [(r["undertaking"], r["undertaking_due"]) for r in rows(session, "challenge")] == [("To write", "2027-01-05")]


def test_a_status_that_was_set_is_minuted_and_not_once_it_is_undone(session: Session) -> None:
    from vawg_desktop.services import undoing

    meeting = board(session)
    meeting_notes.note(session, item(session, meeting, "A-0006"), {"status": "stopped", "why": "The board agreed to stop it"})
    told = text(session, "minutes", meeting)
    assert "Status of A-0006 set to stopped" in told and "The board agreed to stop it" in told
    undoing.step_back(session)
    assert "set to stopped" not in text(session, "minutes", meeting)


# -- who was there, and what is next -----------------------------------------------------------------


def test_minutes_name_the_chair_and_who_came_in_whose_place(session: Session) -> None:
    meeting = board(session)
    put(session, meeting, chair="Pat Chair")
    assert "In the chair: Pat Chair" in text(session, "minutes", meeting)
    attendance.note_attendance(session, meeting, [Attends("Sam Deputy", "", "", "", "present")])
    (noted,) = rows(session, "attendance")
    put(session, str(noted["reference"]), in_place_of="Lee Head")
    told = text(session, "minutes", meeting)
    assert "In the chair: Pat Chair" in told and "Sam Deputy (in place of Lee Head)" in told


def test_minutes_go_to_those_who_were_there_and_not_to_namesakes_or_the_absent(session: Session) -> None:
    meeting = board(session)
    police, council = (names.find_named(session.read(), "partner", name) for name in ("Kent Police", "Medway Council"))
    assert police is not None and council is not None
    for body, who, where in (("Kent Police", "John Smith", "a@example.org"), ("Medway Council", "John Smith", "b@example.org"), ("Kent Police", "Abs Ent", "c@example.org")):
        records.create(session, "contact", {"partner": body, "name": who, "email": where})
    attendance.note_attendance(session, meeting, [Attends("John Smith", police.id, "", "", "present"), Attends("Abs Ent", "", "", "", "absent")])
    assert paper_mail.addresses(session, "minutes", Asked((meeting,))) == ["a@example.org"]


def test_several_addresses_and_other_letters_are_a_valid_message() -> None:
    plain = email.message_from_bytes(unsent_message("Minutes", "a@example.org; b@example.org", "Words", []), policy=email.policy.default)
    assert [a.addr_spec for a in plain["To"].addresses] == ["a@example.org", "b@example.org"] and not plain["To"].defects
    assert "To: si\u00e2n@example.org\r\n".encode() in unsent_message("Minutes", "si\u00e2n@example.org", "Words", [])


def test_an_address_with_a_name_before_it_stays_one() -> None:
    made = email.message_from_bytes(unsent_message("Minutes", "Kent Police <vawg@example.org>; b@example.org c@example.org", "Words", []), policy=email.policy.default)
    assert [(a.display_name, a.addr_spec) for a in made["To"].addresses] == [("Kent Police", "vawg@example.org"), ("", "b@example.org"), ("", "c@example.org")]


def test_an_item_carried_over_two_meetings_is_offered_once(session: Session) -> None:
    first, second = board(session, "First", "2026-11-10"), board(session, "Second", "2026-11-17")
    agenda.carry_forward(session, item(session, first, "Unfinished business"), second)
    told = [p.title for p in agenda.proposals(session, agenda.find_meeting(session, board(session))) if p.kind == "follow_up"]
    assert told.count("Unfinished business") == 1


def test_a_remark_kept_apart_binds_the_marking_of_minutes(session: Session) -> None:
    meeting = board(session)
    meeting_notes.note(session, item(session, meeting, "A-0006"), {"undertaking": "To write"})
    put(session, str(rows(session, "challenge")[0]["reference"]), marking="official_sensitive")
    assert "SENSITIVE" in papers.make(session, "minutes", Asked((meeting,))).document.marking


def test_a_body_in_the_bin_is_still_independent(session: Session) -> None:
    body, reference = session.read().exec_driver_sql("SELECT id, reference FROM partner WHERE standing = 'independent' ORDER BY n LIMIT 1").one()
    put(session, str(reference), deleted="yes")
    assert body in Paper(session, papers.position_of(session, Asked())).independent and names.is_independent(session.read(), body)


def test_of_two_meetings_on_a_day_the_later_is_the_last_and_gets_what_the_first_left(session: Session) -> None:
    morning, afternoon = board(session, "Morning", "2026-11-18"), board(session, "Afternoon", "2026-11-18")
    put(session, morning, starts="09:30")
    put(session, afternoon, starts="14:00")
    meeting_notes.note(session, item(session, morning, "A-0006"), {"question": "In the morning?"})
    meeting_notes.note(session, item(session, afternoon, "A-0007"), {"question": "After lunch?"})
    assert agenda.find_meeting(session, afternoon).last == morning
    december = agenda.find_meeting(session, board(session))
    assert december.last == afternoon
    asked = [p.title for p in agenda.proposals(session, december) if p.kind == "follow_up" and p.entity == "challenge"]
    assert asked[:2] == ["After lunch?", "In the morning?"]


def test_what_a_cancelled_meeting_had_is_offered_to_the_next(session: Session) -> None:
    cancelled = board(session, "Cancelled", "2026-12-01")
    item(session, cancelled, "Planned for then")
    records.create(session, "challenge", {"question": "Drafted for then?", "meeting": cancelled})
    put(session, cancelled, status="cancelled")
    told = {p.title: p.message for p in agenda.proposals(session, agenda.find_meeting(session, board(session))) if p.kind == "follow_up"}
    assert "was cancelled" in told["Planned for then"] and "was cancelled" in told["Drafted for then?"]


def test_a_meeting_in_the_bin_has_no_papers_and_none_says_that_all_is_answered(session: Session) -> None:
    meeting = board(session)
    assert "Nothing was asked and nothing is to follow up." in text(session, "action-log", meeting)
    put(session, meeting, deleted="yes")
    for kind in ("action-log", "board", "minutes"):
        with pytest.raises(ValueRefusedError, match="in the bin"):
            papers.make(session, kind, Asked((meeting,)))


# -- Word documents ------------------------------------------------------------------------------------

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_DELETED = f'<w:del {_W} w:id="1" w:author="X" w:date="2020-01-01T00:00:00Z"><w:r><w:delText>QUINCESECRET</w:delText></w:r></w:del>'
_HIDDEN = f"<w:r {_W}><w:rPr><w:vanish/></w:rPr><w:t>QUINCESECRET</w:t></w:r>"


def template(path: Path, more: str = "", comment: str = "") -> Path:
    made = docx.Document()
    place = made.add_paragraph("«Title»")
    if more:
        place._p.append(parse_xml(more))
    if comment:
        made.add_comment(place.runs[0], text=comment, author="X")
    made.core_properties.author = made.core_properties.comments = made.core_properties.subject = "QUINCESECRET"
    made.save(str(path))
    return path


@pytest.mark.parametrize(("more", "comment", "told"), [(_DELETED, "", "tracked deletions"), (_HIDDEN, "", "hidden text"), ("", "QUINCESECRET", "comments")])
def test_a_template_with_words_that_nobody_sees_is_refused(session: Session, tmp_path: Path, more: str, comment: str, told: str) -> None:
    with pytest.raises(FileRefusedError, match=told):
        paper_templates.take_in(session, "board", "Ours", template(tmp_path / "t.docx", more, comment))


def test_a_paper_in_a_template_names_nobody_who_made_the_template(session: Session, tmp_path: Path) -> None:
    paper_templates.take_in(session, "board", "Ours", template(tmp_path / "t.docx"))
    made = paper_templates.filled(session, "board", papers.make(session, "board", Asked()), "Ours", "o.docx")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert not any(b"QUINCESECRET" in archive.read(name) for name in archive.namelist())


def test_a_long_title_makes_a_word_document(session: Session) -> None:
    put(session, "R-0003", title="Long words " * 40)
    assert written("x.docx", papers.make(session, "answer-card", Asked(("R-0003",))).document).startswith(b"PK")


def test_a_calendar_of_a_million_days_ends_with_the_last_day(session: Session, tmp_path: Path) -> None:
    records.create(session, "meeting", {"title": "Far", "body": "PDB", "date": "9999-12-31"})
    assert coming.save_calendar(session, tmp_path / "c.ics", 99_999_999)


# -- what stays here, and the past ------------------------------------------------------------------


def test_a_follow_up_of_a_private_item_stays_off_every_paper(session: Session) -> None:
    meeting = board(session)
    one = item(session, meeting, "R-0003")
    meeting_notes.note(session, one, {"answer": "In confidence", "follow_up": "Interview QUINCESECRET", "follow_owner": "Kent Police"})
    meeting_notes.set_private(session, one, True)
    assert "QUINCESECRET" not in text(session, "briefing", "R-0003")
    assert "QUINCESECRET" not in repr(outputs.chain_document(session, "R-0003")) + repr(outputs.record_document(session, "R-0003"))


def test_a_remark_stays_off_the_paper_of_its_question(session: Session) -> None:
    meeting = board(session)
    meeting_notes.note(session, item(session, meeting, "A-0006"), {"question": "Why?", "remark": "QUINCESECRET"})
    assert "QUINCESECRET" not in repr(outputs.record_document(session, str(rows(session, "challenge")[0]["reference"])))


def test_an_end_before_the_beginning_is_refused_whatever_the_log_holds(session: Session) -> None:
    with pytest.raises(ValueRefusedError, match="before the beginning"):
        since.since(session, "2026-11-21", "2026-11-20")


def test_a_board_paper_of_a_past_day_has_no_later_question_and_no_later_title(session: Session) -> None:
    meeting = board(session)
    put(session, "A-0006", status="in_progress")
    CLOCK.go_to(date(2026, 11, 25))
    records.create(session, "challenge", {"question": "LATERQUESTION?", "meeting": meeting})
    put(session, "A-0006", title="LATERTITLE")
    put(session, "P-0001", short_name="LATERBODY")
    made = repr(papers.make(session, "board", Asked((meeting,), since="2026-11-21", as_at="2026-11-23")).document)
    assert "LATERQUESTION" not in made and "LATERTITLE" not in made and "LATERBODY" not in made
