"""Faults that were found by reading the code: each case failed before it was mended."""

from __future__ import annotations

import csv
import errno
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.clock import CLOCK
from tests.documents import docx_text
from tests.services.test_journey import sample_store
from tests.test_architecture import ROOT
from vawg_desktop import log_file
from vawg_desktop.domain.errors import ProgramError, RuleError, StoreError
from vawg_desktop.exchange import cases_in, indicators_in, refi_qda
from vawg_desktop.services import (
    access,
    agenda,
    as_at,
    attachments,
    board_dates,
    closing,
    coming,
    handover,
    lists,
    merging,
    office,
    outputs,
    paper_mail,
    papers,
    publications,
    records,
    return_messages,
    rounds,
    service_outputs,
    show,
    since_outputs,
    tracker_out,
    trackers,
)
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.publications import Sending
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import files, keys, making


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def put(session: Session, name: str, **cells: str) -> None:
    records.assign(session, name, [Assignment(k, v) for k, v in cells.items()], None)


def made(session: Session, kind: str, **cells: str) -> str:
    return records.create(session, kind, cells)[0]


# -- what leaves ---------------------------------------------------------------------------------------


def test_a_tracker_that_goes_out_again_says_no_more_of_a_restricted_action(session: Session, tmp_path: Path) -> None:
    like, out = tmp_path / "list.csv", tmp_path / "again.csv"
    like.write_text("Ref,Action,Status\n1,Light the paths home,In progress\n2,Train the door staff,In progress\n", "utf-8")
    trackers.import_tracker(session, like)
    ids = [str(r["reference"]) for r in lists.records(session, ListQuery("action")) if r["title"] in ("Light the paths home", "Train the door staff")]
    put(session, ids[0], restriction="A live case", title="What a victim told us", status="complete")
    put(session, ids[1], status="complete")
    done = tracker_out.export_tracker(session, like, out)
    text = out.read_text("utf-8-sig")
    assert "victim" not in text and "Light the paths home" in text and text.count("Complete") == 1
    assert any("is restricted" in note for note in done.notes)


def test_minutes_are_marked_as_the_action_that_follows_up_an_answer(session: Session) -> None:
    action = made(session, "action", title="Look into the case", marking="OFFICIAL-SENSITIVE")
    meeting = made(session, "meeting", title="Board of May", body="PDB", date="2026-05-20")
    made(session, "challenge", question="What became of it?", meeting=meeting, marking="OFFICIAL", follow_up=action, status="asked")
    assert papers.make(session, "minutes", Asked(about=(meeting,))).document.marking == "OFFICIAL-SENSITIVE"


def test_minutes_do_not_say_who_took_a_restricted_decision(session: Session) -> None:
    meeting = made(session, "meeting", title="Board of May", body="PDB", date="2026-05-20")
    made(session, "meeting_decision", words="Move her", meeting=meeting, made_by="Chief Officer Smith", restriction="A live case")
    told = str(papers.make(session, "minutes", Asked(about=(meeting,))).document.blocks)
    assert "Restricted" in told and "Smith" not in told and "Move her" not in told


def test_the_handover_pack_says_of_a_restricted_service_its_reference_alone(session: Session) -> None:
    put(session, "SV-0001", contract_reference="CR/2026/17", funding_end="2027-03-31", restriction="A refuge")
    told = str(papers.make(session, "handover", Asked()).document.blocks)
    assert "SV-0001" in told and "CR/2026/17" not in told


def test_a_paper_that_may_not_be_published_is_not_mailed_either(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = papers.make(session, "board", Asked())
    whole.unready = "2 small counts could be worked out."
    monkeypatch.setattr(papers, "make", lambda *_: whole)
    with pytest.raises(RuleError, match="could be worked out"):
        paper_mail.message(session, "board", Asked())


def test_a_data_set_is_a_draft_until_it_is_published(session: Session, tmp_path: Path) -> None:
    id = made(session, "indicator", title="Victims seen", count_unit="victims")
    made(session, "indicator_value", indicator=id, period="2026-Q2", value="40", cleared_by="Data lead")
    draft = papers.make(session, "data-set", Asked()).document
    assert any("DRAFT" in line for line in draft.lines)
    publications.publish(session, "data-set", Asked(), tmp_path / "set.docx", Sending("The board"))
    assert "Shared data set" in (told := docx_text((tmp_path / "set.docx").read_bytes())) and "DRAFT" not in told


def test_a_briefing_says_what_its_record_leaves_out(session: Session) -> None:
    action = str(session.read().exec_driver_sql("SELECT l.a FROM link l WHERE l.kind = 'action.recommendations' AND l.b = (SELECT id FROM recommendation WHERE reference = 'R-0003') AND NOT l.deleted").fetchone()[0])
    made(session, "update", action=action, narrative="What she told us", as_at="2026-05-01")
    put(session, action, restriction="A live case")
    own = outputs.record_document(session, "R-0003")
    left_out = [line for line in own.lines if "left out" in line]
    assert left_out and set(left_out) <= set(papers.make(session, "briefing", Asked(about=("R-0003",))).document.lines)


def test_services_whose_restriction_has_lapsed_are_counted_again(session: Session) -> None:
    put(session, "SV-0001", groups="Children", status="running", restriction="A bid", restricted_until="2026-01-31")
    CLOCK.go_to(date(2026, 5, 1))
    table = next(b for b in service_outputs.assessment(session).blocks if getattr(b, "title", "") == "Whom gaps and services are about")
    assert any(row[0] == "Children" and "SV-0001" in str(row[2]) for row in table.rows)


@pytest.mark.parametrize("begins", ["=cmd()", "+1", "-2", "@x"])
def test_no_spreadsheet_takes_a_code_or_a_title_for_a_formula(session: Session, tmp_path: Path, begins: str) -> None:
    text = refi_qda.codebook_table([refi_qda.QdaCode("1", begins, begins)]).decode("utf-8-sig")
    assert list(csv.reader(text.splitlines()))[1] == [f"'{begins}", f"'{begins}"]
    like, out = tmp_path / "list.csv", tmp_path / "again.csv"
    like.write_text("Ref,Action,Status\n1,Light the paths home,In progress\n", "utf-8")
    trackers.import_tracker(session, like)
    (action,) = [str(r["reference"]) for r in lists.records(session, ListQuery("action")) if r["title"] == "Light the paths home"]
    put(session, action, title=f"{begins} paths")
    tracker_out.export_tracker(session, like, out)
    assert f"'{begins} paths" in out.read_text("utf-8-sig")


# -- what is signed, combined and counted ---------------------------------------------------------------


def test_whoever_made_a_passphrase_does_not_sign_with_it_however_its_name_is_spaced(tmp_path: Path) -> None:
    store = making.create(tmp_path / "s.vawg", passphrase="the first passphrase")
    session = Session(store, "B. Officer")
    access.add(session, "the first passphrase", "another long passphrase", "Ann  Smith")
    assert keys.ways_in(store.path)[-1].label == "Ann Smith"
    assert closing._made_sure(session, "Ann Smith", "another long passphrase") == ("name_only", "B. Officer")
    store.close()


def test_a_gap_whose_state_was_emptied_reaches_no_state_that_it_could_not(session: Session) -> None:
    gap = made(session, "gap", statement="Nobody answers at night")
    put(session, gap, status="")
    with pytest.raises(RuleError):
        put(session, gap, status="benefit_seen")


def test_what_was_said_of_a_record_and_its_stricter_marking_go_to_the_one_that_is_kept(session: Session) -> None:
    keep, drop = (made(session, "action", title=t, marking=m) for t, m in (("Light the paths", "OFFICIAL"), ("Light up the paths", "OFFICIAL-SENSITIVE")))
    meeting = made(session, "meeting", title="Board of May", body="PDB", date="2026-05-20")
    said = [
        made(session, "challenge", question="When?", meeting=meeting, about=drop), made(session, "agenda_item", title="Paths", meeting=meeting, about=drop),
        made(session, "meeting_decision", words="Go on", meeting=meeting, about=drop),
    ]  # fmt: skip
    merging.combine(session, keep, drop, "Entered twice")
    kinds = ("challenge", "agenda_item", "meeting_decision")
    assert [session.read().exec_driver_sql(f'SELECT about FROM "{k}" WHERE id = ?', (i,)).one()[0] for k, i in zip(kinds, said, strict=True)] == [keep] * 3
    assert show.record(session, keep).cells["marking"] == "official_sensitive"


def test_a_list_is_sorted_by_numbers_as_numbers(session: Session) -> None:
    for number in ("100", "9", "25.5", "-3"):
        made(session, "figure", title=f"Figure {number}", number=number, quoted=number)
    wanted = ["Figure -3", "Figure 9", "Figure 25.5", "Figure 100"]
    for descending in (False, True):
        rows = [str(r["title"]) for r in lists.records(session, ListQuery("figure", sort="number", descending=descending)) if str(r["title"]).startswith("Figure ")]
        assert rows == (wanted[::-1] if descending else wanted)


def test_returns_ask_about_actions_in_the_order_of_their_numbers(session: Session) -> None:
    from vawg_desktop.services.round_rows import RowFacts, sorted_rows

    facts = [RowFacts(r, r, {"status": "in_progress", "restriction": None, "restricted_until": None}, "", {}) for r in ("A-10000", "A-2000", "A-0003")]
    assert [f.reference for f in sorted_rows(session, facts)[0]] == ["A-0003", "A-2000", "A-10000"]


# -- what is read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "hour"), [
    ("2024-03-05 14:30", 14), ("05/03/2024 14:30", 14), ("14:30", 14), ("9", 9), ("0930", 9), ("2.15pm", 14), ("12:05 am", 0), ("0.604166", 14), ("0.5", 12), ("25:00", None),
    ("05/03/2024", None), ("05.03.2024", None), ("05.03.2024 14:30", 14), ("14.30", 14), ("14h30", 14), ("2 pm", 14), ("unknown", None), ("", None), ("2024-03-05T23:59:59", 23),
])  # fmt: skip
def test_the_hour_of_a_case_is_that_of_its_time_and_not_of_its_day(typed: str, hour: int | None) -> None:
    assert cases_in._hour(typed) == hour


def test_a_comma_in_a_note_makes_no_full_stop_a_thousand(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text('Metric,Area,Period,Value,Notes\nRate,Kent,2025,1.234,"1,2"\nRate,Kent,2024,0.125,"1,2"\n', "utf-8")
    (series,) = indicators_in.read_indicators(path).series
    assert {p: str(v[0]) for p, v in series.values.items()} == {"2025": "1.234", "2024": "0.125"}


# -- files -------------------------------------------------------------------------------------------------


def test_half_a_paper_does_not_stay_where_the_disk_was_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        keys.write_replacing(tmp_path / "paper.docx", b"what a victim told us")
    assert list(tmp_path.iterdir()) == []


def test_a_round_whose_files_cannot_be_written_was_not_sent(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = session.read().exec_driver_sql('SELECT count(*) FROM "return"').one()
    whole, count = files.write_output, [0]

    def third_fails(path: Path, content: bytes) -> None:
        count[0] += 1
        if count[0] == 3:
            raise StoreError("The stick was pulled out.", code="write_failed")
        whole(path, content)

    monkeypatch.setattr(files, "write_output", third_fails)
    with pytest.raises(StoreError, match="pulled out"):
        rounds.export_returns(session, period="2026/27 Q2", due="2026-10-10", out=tmp_path / "out")
    assert session.read().exec_driver_sql('SELECT count(*) FROM "return"').one() == before
    assert list((tmp_path / "out").iterdir()) == []
    monkeypatch.setattr(files, "write_output", whole)
    assert len(rounds.export_returns(session, period="2026/27 Q2", due="2026-10-10", out=tmp_path / "out").returns) == len(list((tmp_path / "out").iterdir()))


def test_a_window_that_closes_leaves_what_another_one_shows(session: Session, tmp_path: Path) -> None:
    attachments.wipe_copies()  # what cases before this one left open
    proof = tmp_path / "proof.txt"
    proof.write_text("The proof", "utf-8")
    evidence = made(session, "evidence", title="Proof")
    attachments.attach(session, evidence, proof)
    copy = attachments.open_copy(session, evidence)
    done = subprocess.run([sys.executable, "-c", "from vawg_desktop import scratch\nfrom vawg_desktop.services.attachments import wipe_copies\nscratch.sweep(); print(wipe_copies())"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0" and copy.read_text("utf-8") == "The proof"
    assert attachments.wipe_copies() == 1 and not copy.parent.parent.exists()


def test_the_log_file_says_why_a_part_of_the_program_did_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAWG_HOME", str(tmp_path))
    log_file.note(ProgramError("DLL load failed while importing _calamine", code="reader_failed"), "DLL load failed while importing _calamine")
    assert "DLL load failed while importing _calamine" in log_file.place().read_text("utf-8")


# -- meetings ----------------------------------------------------------------------------------------------


def test_a_cancelled_meeting_is_nobodys_next(session: Session) -> None:
    day = session.today.replace(year=session.today.year + 1)
    made(session, "meeting", title="Off", body="PDB", date=day.replace(month=1, day=10).isoformat(), status="cancelled")
    made(session, "meeting", title="Held early", body="PDB", date=day.replace(month=1, day=12).isoformat(), status="held")
    made(session, "meeting", title="On", body="PDB", date=day.replace(month=2, day=10).isoformat())
    put(session, "A-0005", due="next PDB")
    assert show.record(session, "A-0005").cells["due"] == day.replace(month=2, day=10).isoformat()
    assert [title.partition(",")[0] for title, _ in board_dates.coming_boards(session) if title.startswith(("O", "Held"))] == ["On"]


def test_two_meetings_of_one_title_are_told_apart_where_the_last_is_meant(session: Session) -> None:
    for day in ("2026-01-10", "2026-02-10"):
        made(session, "meeting", title="Programme Board", body="PDB", date=day, status="held")
    CLOCK.go_to(date(2026, 5, 1))
    begin = since_outputs.last_board(session)
    assert begin.endswith(" Programme Board") and since_outputs.lines(session, begin)


def test_a_meeting_without_a_day_whose_paper_was_published_has_a_past(session: Session, tmp_path: Path) -> None:
    meeting = made(session, "meeting", title="Some time in spring", body="PDB")
    publications.publish(session, "board", Asked(about=(meeting,)), tmp_path / "paper.docx", Sending("The board"))
    day, called, upto = as_at.moment(session, "Some time in spring")
    assert called.startswith("Some time in spring") and upto and day <= session.today


def test_an_item_is_carried_forward_though_its_record_is_on_the_next_agenda_already(session: Session) -> None:
    first, second = (made(session, "meeting", title=t, body="PDB", date=d) for t, d in (("May board", "2026-05-20"), ("July board", "2027-07-20")))
    item = made(session, "agenda_item", title="Paths", meeting=first, about="A-0005", position="1")
    made(session, "agenda_item", title="Paths again", meeting=second, about="A-0005", position="1")
    agenda.carry_on(session, agenda.find_meeting(session, first), item)
    assert show.record(session, item).cells["state"] == "carried"


@pytest.mark.parametrize("of", ["decision", "handover"])
def test_nothing_new_is_said_of_what_is_in_the_bin(session: Session, of: str) -> None:
    id = made(session, "meeting_decision", words="Go on", meeting=made(session, "meeting", title="Board of May", body="PDB", date="2026-05-20")) if of == "decision" else made(session, "action", title="Light the paths")
    records.hide(session, [id], why="Entered twice")
    with pytest.raises(RuleError, match="is in the bin"):
        papers.make(session, "decision-notice", Asked(about=(id,))) if of == "decision" else handover.decide(session, id, "adopted")


def test_a_card_has_the_wording_that_was_published(session: Session) -> None:
    put(session, "R-0003", wording="That the survey be held every year.")
    assert "held every year" in str(papers.make(session, "answer-card", Asked(about=("R-0003",))).document.blocks)


def test_an_undertaking_comes_back_when_its_action_goes(session: Session) -> None:
    action = made(session, "action", title="Look into it", accountable="Kent Police")
    challenge = made(session, "challenge", question="When?", asked_of="Kent Police", answer="Soon", undertaking="To report back", undertaking_due="2026-12-10", follow_up=action)
    assert not [c for c in coming._undertakings(session) if c.id == challenge]
    records.hide(session, [action], why="Not needed")
    assert [c.id for c in coming._undertakings(session)] == [challenge]


# -- messages ------------------------------------------------------------------------------------------------


def test_only_whole_words_are_put_otherwise_for_another_kind_of_return() -> None:
    words = "To our satisfaction, this transaction is about your actions; each action counts."
    assert return_messages._about(rounds.FORMS["contract"], words) == "To our satisfaction, this transaction is about your services; each service counts."


def test_a_contact_who_goes_later_is_still_asked(session: Session) -> None:
    own = made(session, "partner", name="The office", standing="own_office")
    made(session, "contact", name="C. Colleague", partner=own, telephone="01622 000000", until_date="2999-12-31")
    made(session, "contact", name="F. Former", partner=own, telephone="01622 111111", until_date="2020-12-31")
    own_first = session.read().exec_driver_sql("SELECT id FROM partner WHERE standing = 'own_office' AND NOT deleted ORDER BY n LIMIT 1").one()[0]
    if own_first != own:
        records.hide(session, [own_first], why="Another office")
    assert "C. Colleague" in office.office_contact(session.read(), "B. Officer")


@pytest.mark.parametrize("typed", ["Q2 26/27", "Q2 2026/27", "2026/27 quarter 2", "2nd quarter 2026/27", "2026-27 Q2"])
def test_spellings_of_one_period_are_one_round(session: Session, tmp_path: Path, typed: str) -> None:
    for period in ("2026/27 Q2", typed):
        made_ = rounds.export_returns(session, period=period, due="2026-10-10", out=tmp_path / "out")
    assert [str(p) for (p,) in session.read().exec_driver_sql("SELECT period FROM round WHERE NOT deleted")] == ["2026/27 Q2"]
    assert {r[0] for r in session.read().exec_driver_sql('SELECT max(version) FROM "return" GROUP BY partner')} == {2} and made_.returns
