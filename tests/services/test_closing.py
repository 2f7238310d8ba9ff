"""Closing that is earned: each refusal with its reason, the second person made sure of, and what opens a record again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clock import CLOCK, TODAY
from tests.services.test_journey import sample_store
from vawg_desktop.domain import closing as rules
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.closing import Proof
from vawg_desktop.domain.entities import GAP, RECOMMENDATION, SIGN_OFF
from vawg_desktop.domain.errors import RuleError, ValueRefusedError, WrongKeyError
from vawg_desktop.domain.fields import EntitySpec
from vawg_desktop.services import access, closing, merging, records, show, undoing
from vawg_desktop.services.history import history
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.sample import load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, making, opening
from vawg_desktop.store.check import check

TESTS = ("action_evidenced", "measure_moved", "victims_heard", "recheck")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def ready(session: Session, name: str = "G-0003") -> None:
    """Everything but the second person."""
    records.assign(session, name, [Assignment("closure_route", "delivered"), Assignment("outcome_statement", "Nobody waits longer than six weeks")], None)
    proof, _ = records.create(session, "evidence", {"title": "Log of waits"})
    if name.startswith("G"):
        records.assign(session, name, [Assignment("evidence", proof)], None)
    else:
        records.assign(session, proof, [Assignment("recommendations", name)], None)
    for kind in TESTS:
        closing.answer(session, name, kind, f"Seen: {kind}", recheck="2027-06-01" if kind == "recheck" else "")


def still_missing(session: Session, name: str) -> list[str]:
    return [m.test for m in closing.standing(session, name).missing]


def test_each_thing_that_is_missing_is_named_until_it_is_there(session: Session) -> None:
    left = ["closure_route", "outcome_statement", "action_evidenced", "action_evidenced", "measure_moved", "victims_heard", "recheck", "signed"]
    assert still_missing(session, "G-0003") == left
    records.assign(session, "G-0003", [Assignment("closure_route", "delivered"), Assignment("outcome_statement", "It works")], None)
    assert still_missing(session, "G-0003") == left[2:]
    proof, _ = records.create(session, "evidence", {"title": "Log"})
    closing.answer(session, "G-0003", "action_evidenced", "The log shows it", evidence=proof)
    assert still_missing(session, "G-0003") == left[4:]
    closing.answer(session, "G-0003", "measure_moved", "No number is kept", how="not_possible")
    closing.answer(session, "G-0003", "victims_heard", "The Victims' Panel, in March")
    closing.answer(session, "G-0003", "recheck", "In a year")
    assert still_missing(session, "G-0003") == ["recheck", "signed"]  # without a date there is none
    closing.answer(session, "G-0003", "recheck", "In a year", recheck="2027-11")
    assert still_missing(session, "G-0003") == ["signed"]
    done = closing.close(session, "G-0003", "Agreed", "Bea Two")
    assert (done.closed, done.missing, done.made_sure) == (True, [], "name_only")
    assert show.record(session, "G-0003").cells["status"] == "closed"
    assert check(session.store).problems == []


def test_evidence_that_is_not_enough_or_deleted_counts_for_nothing(session: Session) -> None:
    ready(session)
    assert still_missing(session, "G-0003") == ["signed"]
    records.assign(session, "E-0001", [Assignment("decision", "not_enough")], None)
    assert still_missing(session, "G-0003") == ["action_evidenced", "signed"]
    records.assign(session, "E-0001", [Assignment("decision", "accepted")], None)
    records.hide(session, ["E-0001"])
    assert still_missing(session, "G-0003") == ["action_evidenced", "signed"]


@pytest.mark.parametrize("name", ["G-0003", "R-0003"])
def test_a_status_typed_is_no_way_round_the_tests(session: Session, name: str) -> None:
    given = [Assignment("status", "closed"), Assignment("closure_route", "delivered"), Assignment("outcome_statement", "x"),
             Assignment("closed_by", "Ann One"), Assignment("closure_agreed_by", "Bea Two")]  # fmt: skip
    with pytest.raises(RuleError, match="Closure is earned"):
        records.assign(session, name, given, "x")
    ready(session, name)
    with pytest.raises(RuleError, match="second person"):
        records.assign(session, name, given, "x")
    with pytest.raises(RuleError, match="Closure is earned"):
        kind, title = ("gap", "statement") if name.startswith("G") else ("recommendation", "title")
        records.create(session, kind, {title: "x", "status": "closed"})
    assert closing.close(session, name, "Agreed", "Bea Two").closed


def test_the_second_person_is_another_one(session: Session) -> None:
    ready(session)
    records.create(session, "person", {"name": "Benedikta Officer", "logins": "B. Officer; bofficer"})
    for second in ("", "b. officer", "BOFFICER", "Benedikta  Officer"):
        done = closing.close(session, "G-0003", "Agreed", second)
        assert not done.closed and [m.test for m in done.missing] == ["signed"]
    assert closing.close(session, "G-0003", "Agreed", "Bea Two").closed
    with pytest.raises(RuleError, match="already closed"):
        closing.close(session, "G-0003", "Agreed", "Bea Two")


def test_two_names_that_turn_out_to_be_one_person_put_a_closing_in_question(session: Session) -> None:
    closed(session)
    assert not closing.standing(session, "G-0003").in_question
    records.create(session, "person", {"name": "Bea Two", "logins": "B. Officer"})
    assert [m.test for m in closing.standing(session, "G-0003").missing] == ["signed"]


@pytest.mark.parametrize("way", ["edit", "undo of another"])
def test_whichever_way_it_is_opened_signatures_do_not_hold_for_the_next_closing(session: Session, way: str) -> None:
    closed(session)
    with session.store.write("An import", "as the list says", Act.IMPORT) as tx:
        tx.edit("gap", show.record(session, "G-0003").id, {"status": "validated"}, checked=way == "edit")
    stands = closing.standing(session, "G-0003")
    assert not stands.closed and stands.signed == [] and [m.test for m in stands.missing] == ["signed"]


def test_nobody_signs_by_adding_a_record(session: Session) -> None:
    with pytest.raises(ValueRefusedError, match="written by the program"):
        records.add_record(session, SIGN_OFF, [Assignment("about", "G-0003"), Assignment("who", "Bea Two")], "w")


def test_other_kinds_of_record_are_not_closed(session: Session) -> None:
    with pytest.raises(ValueRefusedError, match="not a recommendation or gap"):
        closing.standing(session, "A-0001")


@pytest.fixture
def locked(tmp_path: Path) -> Session:
    session = Session(making.create(tmp_path / "locked.vawg", passphrase="first pass phrase"), "Ann One")
    load_sample(session)
    ready(session)
    return session


def test_the_second_persons_own_passphrase_is_asked(locked: Session) -> None:
    access.add(locked, "first pass phrase", "second pass phrase", "Bea Two")
    with pytest.raises(WrongKeyError):
        closing.close(locked, "G-0003", "Agreed", "Bea Two", "a wrong pass phrase")
    with pytest.raises(RuleError, match="not a passphrase of Cat Three"):
        closing.close(locked, "G-0003", "Agreed", "Cat Three", "second pass phrase")
    word, _ = access.make_recovery(locked, "first pass phrase")
    with pytest.raises(RuleError, match="recovery key signs for nobody"):
        closing.close(locked, "G-0003", "Agreed", "Bea Two", word)
    assert not closing.standing(locked, "G-0003").closed
    done = closing.close(locked, "G-0003", "Agreed", "Bea Two", "second pass phrase")
    assert done.made_sure == "name_only"  # the one who closes made that passphrase
    signed = closing.standing(locked, "G-0003").signed
    assert [(s["who"], s["role"], s["made_sure"], s["enrolled_by"]) for s in signed] == [
        ("Ann One", "closer", "name_only", None), ("Bea Two", "independent", "name_only", "Ann One")
    ]  # fmt: skip


def test_a_passphrase_that_she_changed_herself_is_her_own(locked: Session) -> None:
    access.add(locked, "first pass phrase", "second pass phrase", "Bea Two")
    access.change(Session(locked.store, "Bea Two"), "second pass phrase", "only mine to know")
    done = closing.close(locked, "G-0003", "Agreed", "bea two", "only mine to know")
    assert (done.closed, done.made_sure) == (True, "passphrase")
    assert closing.standing(locked, "G-0003").signed[1]["made_sure"] == "passphrase"


def closed(session: Session, name: str = "G-0003") -> None:
    ready(session, name)
    assert closing.close(session, name, "Agreed", "Bea Two").closed


def test_opening_again_needs_a_reason_and_new_signatures(session: Session) -> None:
    closed(session)
    with pytest.raises(RuleError, match="needs a reason"):
        records.assign(session, "G-0003", [Assignment("status", "validated")], None)
    with pytest.raises(RuleError, match="needs a reason"):
        closing.reopen(session, "G-0003", " ")
    closing.reopen(session, "G-0003", "The wait is back")
    view = show.record(session, "G-0003")
    assert view.cells["status"] == "being_addressed"
    assert any(c.why == "The wait is back" and c.field == "status" for c in history(session, "G-0003"))
    assert still_missing(session, "G-0003") == ["signed"]
    assert closing.close(session, "G-0003", "Again", "Bea Two").closed


@pytest.mark.parametrize("way", ["hide", "set"])
def test_taking_a_test_away_opens_the_record_again(session: Session, way: str) -> None:
    closed(session)
    with pytest.raises(RuleError, match="needs a reason"):
        records.hide(session, ["CT-0002"])
    if way == "hide":
        records.hide(session, ["CT-0002"], why="The number was wrong")
    else:
        records.assign(session, "CT-0002", [Assignment("deleted", "yes")], "The number was wrong")
    stands = closing.standing(session, "G-0003")
    assert not stands.closed and [m.test for m in stands.missing] == ["measure_moved", "signed"]


@pytest.mark.parametrize("take_back", [undoing.undo, undoing.step_back])
def test_undoing_a_test_that_a_closing_rests_on_opens_it_again_with_a_reason(session: Session, take_back: Callable[..., object]) -> None:
    ready(session)
    mine, session.who = session.who, "Ann One"
    assert closing.close(session, "G-0003", "Agreed", "Bea Two").closed
    session.who = mine  # who answered the last test
    with pytest.raises(RuleError, match="needs a reason") as refused:
        take_back(session)
    assert refused.value.code == "rule_reopen" and closing.standing(session, "G-0003").missing == []
    take_back(session, why="The date was another gap's")
    stands = closing.standing(session, "G-0003")
    assert (stands.closed, stands.signed, [m.test for m in stands.missing]) == (False, [], ["recheck", "signed"])
    told = [c for c in history(session, "G-0003") if c.field == "status"][-1]
    assert (told.after, told.why) == ("being_addressed", "The date was another gap's")
    assert check(session.store).problems == []


@pytest.mark.parametrize("take_back", [undoing.undo, undoing.step_back])
def test_undoing_a_closing_is_a_reopening_with_its_reason_and_is_not_redone(session: Session, take_back: Callable[..., object]) -> None:
    closed(session)
    for without in (None, "  "):
        with pytest.raises(RuleError, match="opens G-0003 again, which needs a reason"):
            take_back(session, without)
    assert closing.standing(session, "G-0003").closed
    take_back(session, "Signed for the wrong gap")
    stands = closing.standing(session, "G-0003")
    assert not stands.closed and stands.signed == []
    assert history(session, "G-0003")[-1].why == "Signed for the wrong gap"
    with pytest.raises(RuleError, match="was opened again; that is not undone"):
        undoing.undo(session)  # the undoing
    with pytest.raises(RuleError, match="was opened again; that is not undone"):
        undoing.step_forward(session)
    assert not closing.standing(session, "G-0003").closed


@pytest.mark.parametrize("name", ["G-0003", "R-0003"])
@pytest.mark.parametrize(("route", "field", "value"), [
    ("transferred", "transferred_to", "Kent Police"), ("superseded", "superseded_by", "G-0004"), ("withdrawn", "", ""), ("overtaken", "", ""),
])  # fmt: skip
def test_other_ways_of_closing_need_the_reason_what_takes_its_place_and_a_second_person(session: Session, name: str, route: str, field: str, value: str) -> None:
    records.assign(session, name, [Assignment("closure_route", route)], None)
    wanted = ["outcome_statement", *([field] if field else []), "signed"]
    assert still_missing(session, name) == wanted
    records.assign(session, name, [Assignment("outcome_statement", "The county took it over")], None)
    if field:
        records.assign(session, name, [Assignment(field, value.replace("G", name[0]))], None)
    records.assign(session, name, [Assignment("closing_authority", "inspectorate")], None)
    assert still_missing(session, name) == ["authority_agreement", "signed"]
    records.assign(session, name, [Assignment("authority_agreement", "Letter of 3 May")], None)
    assert closing.close(session, name, "Agreed", "Bea Two").closed  # with no evidence and no test: nothing is said to be achieved
    assert check(session.store).problems == []


def test_a_merge_that_takes_the_ground_away_leaves_it_in_question(session: Session, tmp_path: Path) -> None:
    ready(session)
    copying.take_copy(session.store, tmp_path / "laptop.vawg")
    laptop = Session(opening.open_store(tmp_path / "laptop.vawg", passphrase=None), "Cat Three")
    records.hide(laptop, ["CT-0002"], why="Wrong")
    assert closing.close(session, "G-0003", "Agreed", "Bea Two").closed
    merging.merge(session, laptop.store)
    assert [s.reference for s in closing.in_question(session)] == ["G-0003"]
    assert closing.standing(session, "G-0003").in_question
    assert check(session.store).problems == []


def test_a_passed_funding_date_puts_a_closed_gap_in_question_and_ended_reopens_it(session: Session) -> None:
    closed(session)
    service, _ = records.create(session, "service", {"title": "Therapy", "funding_end": "2026-03", "gaps": "G-0003", "status": "running"})
    with session.store.write(session.who, None, Act.IMPORT) as tx:
        delivered = tx.create("gap", {"statement": "Another", "status": "delivered"})
    records.assign(session, service, [Assignment("gaps", delivered, "+=")], None)
    stands = closing.standing(session, "G-0003")
    assert stands.in_question and [m.test for m in stands.missing] == ["funding"]
    records.assign(session, service, [Assignment("funding_answer", "not_known")], None)
    assert closing.standing(session, "G-0003").in_question
    records.assign(session, service, [Assignment("funding_answer", "extended")], None)
    assert not closing.standing(session, "G-0003").in_question
    assert show.record(session, service).cells["funding_answered"] == session.today.isoformat()
    records.assign(session, service, [Assignment("funding_answered", "2026-02-10")], None)  # said of an end before the one that has passed
    assert closing.standing(session, "G-0003").in_question
    records.assign(session, service, [Assignment("funding_answer", "extended")], None)  # asked again, and said again
    assert not closing.standing(session, "G-0003").in_question
    records.assign(session, service, [Assignment("funding_answer", "ended")], "Told at the contract meeting")
    assert show.record(session, "G-0003").cells["status"] == "being_addressed"
    assert show.record(session, delivered).cells["status"] == "being_addressed"
    assert any(c.why == "Told at the contract meeting" and c.who == session.who for c in history(session, "G-0003"))


def test_an_answer_stands_for_its_own_end_and_two_laptops_that_heard_it_agree(session: Session, tmp_path: Path) -> None:
    given = {"title": "Therapy", "funding_end": "2026-03", "status": "running", "gaps": "G-0003"}
    at_once, _ = records.create(session, "service", {**given, "funding_answer": "extended"})
    assert show.record(session, at_once).cells["funding_answered"] == session.today.isoformat()
    records.assign(session, at_once, [Assignment("funding_answer", "")], None)
    assert show.record(session, at_once).cells["funding_answered"] is None
    service, _ = records.create(session, "service", given)
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "Bea Two")
    records.assign(session, service, [Assignment("funding_answer", "extended")], None)
    CLOCK.go_to(TODAY + timedelta(days=1))
    records.assign(laptop, service, [Assignment("funding_answer", "extended")], None)
    merging.merge(session, laptop.store)
    merging.merge(laptop, session.store)
    days = {show.record(one, service).cells["funding_answered"] for one in (session, laptop)}
    assert len(days) == 1 and show.record(session, service).conflicts == 0
    assert session.read().exec_driver_sql("SELECT count(*) FROM conflict").one()[0] == 0
    laptop.store.close()


def test_undoing_an_answer_that_was_taken_away_since_leaves_a_closing(session: Session) -> None:
    ready(session)
    mine = session.who
    wrong, _ = records.create(session, "closure_test", {"about": "G-0003", "kind": "measure_moved", "answer": "met", "result": "Of another gap"})
    session.who = "Cat Three"
    records.hide(session, [wrong])
    session.who = "Ann One"
    assert closing.close(session, "G-0003", "Agreed", "Bea Two").closed
    session.who = mine
    assert not undoing.undo(session)  # a colleague has taken it away since: nothing is left to undo
    stands = closing.standing(session, "G-0003")
    assert (stands.closed, len(stands.signed), stands.missing) == (True, 2, [])


def test_undoing_that_two_gaps_are_one_opens_what_was_closed_on_it(session: Session) -> None:
    one, other = (show.record(session, records.create(session, "gap", {"statement": s})[0]).reference for s in ("One", "Two"))
    ready(session, other)
    merging.combine(session, one, other, "the same")
    mine, session.who = session.who, "Ann One"
    records.assign(session, one, [Assignment("closure_route", "delivered")], None)
    assert closing.close(session, one, "Agreed", "Bea Two").closed
    session.who = mine
    with pytest.raises(RuleError, match="needs a reason"):
        undoing.undo(session)
    undoing.undo(session, why="They are two after all")
    stands = closing.standing(session, one)
    assert (stands.closed, stands.signed) == (False, [])
    assert check(session.store).problems == []


def test_a_test_is_of_what_is_closed_by_tests_and_says_who_answered_it(session: Session) -> None:
    with pytest.raises(ValueRefusedError, match="not a recommendation or gap"):
        records.create(session, "closure_test", {"about": "A-0001", "kind": "measure_moved", "result": "x"})
    with pytest.raises(ValueRefusedError, match="must be in the future"):
        records.create(session, "closure_test", {"about": "G-0003", "kind": "recheck", "result": ".", "recheck": "1/1/2020"})
    id, _ = records.create(session, "closure_test", {"about": "G-3", "kind": "recheck", "result": "In a year", "recheck": "2027-12"})
    cells = show.record(session, id).cells
    assert (cells["about"], cells["tested_by"], cells["tested"]) == (show.record(session, "G-0003").id, session.who, session.today.isoformat())


def test_superseded_by_nothing_is_no_way_round_the_tests(session: Session) -> None:
    for refused in ([Assignment("status", "superseded")], [Assignment("status", "superseded"), Assignment("superseded_by", "")]):
        with pytest.raises(RuleError, match="replaces it"):
            records.assign(session, "R-0002", refused, "x")
    with pytest.raises(RuleError, match="replaces it"):
        records.create(session, "recommendation", {"title": "New", "status": "superseded"})
    records.assign(session, "R-0002", [Assignment("status", "superseded"), Assignment("superseded_by", "R-0003")], "x")
    with pytest.raises(RuleError, match="replaces it"):
        records.assign(session, "R-0002", [Assignment("superseded_by", "")], "x")
    assert show.record(session, "R-0002").cells["status"] == "superseded"
    records.assign(session, "R-0002", [Assignment("status", "open"), Assignment("superseded_by", "")], "Not after all")


def test_a_recommendation_that_stands_superseded_by_nothing_is_listed(session: Session) -> None:
    """As a store of an earlier version, a list taken in or a merge may hold it."""
    with session.store.write("x", "x", Act.EDIT) as tx:
        tx.edit("recommendation", show.record(session, "R-0002").id, {"status": "superseded"}, checked=False)
    (listed,) = closing.in_question(session)
    assert listed.reference == "R-0002" and "signed" in [m.test for m in listed.missing]  # what a closing would need is told as ever
    records.assign(session, "R-0002", [Assignment("superseded_by", "R-0003")], "x")
    assert closing.in_question(session) == []


def test_two_laptops_that_close_one_gap_are_asked_once_and_the_names_follow_the_choice(session: Session, tmp_path: Path) -> None:
    ready(session)
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "C. Deputy")
    closing.close(session, "G-0003", "Agreed here", "D. Other")
    closing.close(laptop, "G-0003", "Agreed there", "E. Else")
    closing.reopen(laptop, "G-0003", "Too early")
    merging.merge(session, laptop.store)
    waiting = merging.conflicts(session)
    assert [c.field for c in waiting] == ["status"]  # one question, not three
    merging.settle(session, waiting[0].id, "closed", "The board agreed")
    cells = show.record(session, "G-0003").cells
    assert (cells["status"], cells["closed_by"], cells["closure_agreed_by"]) == ("closed", session.who, "D. Other")
    assert merging.conflicts(session) == [] and check(session.store).problems == []
    closing.reopen(session, "G-0003", "It came back")
    cells = show.record(session, "G-0003").cells
    assert (cells["closed_by"], cells["closure_agreed_by"], cells["closed_on"]) == (None, None, None)
    laptop.store.close()


ROW = {"closure_route": "delivered", "outcome_statement": "It works"}
FULL = Proof(1, frozenset(TESTS), frozenset({"a", "b"}))


@pytest.mark.parametrize(
    ("spec", "row", "proof", "left"),
    [
        (GAP, ROW, FULL, []),
        (GAP, {**ROW, "severity": "1"}, Proof(1, frozenset({"action_evidenced"}), frozenset({"a", "b"})), []),
        (GAP, {**ROW, "severity": "2"}, Proof(1, frozenset({"action_evidenced"}), frozenset({"a", "b"})), ["measure_moved", "victims_heard", "recheck"]),
        (GAP, {**ROW, "severity": "1"}, Proof(0, frozenset({"action_evidenced"}), frozenset({"a"})), ["action_evidenced", "signed"]),
        (RECOMMENDATION, {**ROW, "closure_route": "in_part"}, Proof(1, frozenset(), frozenset({"a", "b"})), ["action_evidenced", "measure_moved", "victims_heard", "recheck"]),
        (RECOMMENDATION, {**ROW, "closure_route": "business_as_usual"}, FULL, []),
        (RECOMMENDATION, {**ROW, "closure_route": "withdrawn"}, Proof(0, frozenset(), frozenset({"a", "b"})), []),
        (RECOMMENDATION, {"closure_route": "overtaken"}, Proof(0, frozenset(), frozenset({"a", "b"})), ["outcome_statement"]),
        (RECOMMENDATION, {**ROW, "closure_route": "duplicate"}, Proof(0, frozenset(), frozenset({"a", "b"})), ["superseded_by"]),
        (RECOMMENDATION, {**ROW, "closure_route": "superseded", "superseded_by": "x"}, Proof(0, frozenset(), frozenset({"a", "b"})), []),
        (RECOMMENDATION, {**ROW, "closing_authority": "panel"}, FULL, ["authority_agreement"]),
        (RECOMMENDATION, {**ROW, "closing_authority": "panel", "authority_agreement": "Minute 4"}, FULL, []),
        (RECOMMENDATION, {}, Proof(), ["closure_route", "outcome_statement", "action_evidenced", "action_evidenced", "measure_moved", "victims_heard", "recheck", "signed"]),
    ],
)  # fmt: skip
def test_what_each_way_of_closing_needs(spec: EntitySpec, row: dict[str, str], proof: Proof, left: list[str]) -> None:
    assert [m.test for m in rules.missing(spec, row, proof)] == left


def test_a_signature_that_was_withdrawn_cannot_be_brought_back(session: Session) -> None:
    closed(session)
    signed = [str(r[0]) for r in session.read().exec_driver_sql("SELECT id FROM sign_off ORDER BY n").fetchall()]
    closing.reopen(session, "G-0003", "It came back")
    with pytest.raises(RuleError, match="signed again"):
        records.hide(session, signed, hidden=False)
    with pytest.raises(RuleError, match="signed again"):
        records.assign(session, signed[1], [Assignment("deleted", "no")], None)
    assert [m.test for m in closing.standing(session, "G-0003").missing] == ["signed"]


def test_choosing_another_status_over_a_closing_withdraws_its_signatures(session: Session, tmp_path: Path) -> None:
    ready(session)
    copying.take_copy(session.store, tmp_path / "laptop.vawg")
    laptop = Session(opening.open_store(tmp_path / "laptop.vawg", passphrase=None), "L. Laptop")
    closing.close(laptop, "G-0003", "Agreed", "Bea Two")
    stands = str(show.record(session, "G-0003").cells["status"])
    other = next(s for s in ("validated", "identified") if s != stands)
    with session.store.write("An import", "as the list says", Act.IMPORT) as tx:
        tx.edit("gap", show.record(session, "G-0003").id, {"status": other}, checked=False)
    (conflict,) = [c for c in merging.merge(session, laptop.store).conflicts if c.field == "status"]
    merging.settle(session, conflict.id, other, "Not closed after all")
    assert closing.standing(session, "G-0003").signed == []
    laptop.store.close()


@pytest.mark.parametrize("date", ["2020-01-01", "last month's end", "2026-11"])
def test_the_date_to_look_again_lies_ahead(session: Session, date: str) -> None:
    if date == "2026-11":
        closing.earn(session, "G-0003", {"recheck": "In a year", "recheck_on": date})  # its last day is in the future
        assert "recheck" not in still_missing(session, "G-0003")
        return
    with pytest.raises(ValueRefusedError):
        closing.earn(session, "G-0003", {"recheck": "In a year", "recheck_on": date})
    assert "recheck" in still_missing(session, "G-0003")


def test_only_what_may_be_open_is_answered_with_why_it_could_not_be(session: Session) -> None:
    closing.earn(session, "G-0003", {"action_evidenced": "Nobody looked", "not:action_evidenced": "yes", "measure_moved": "No number is kept", "not:measure_moved": "yes"})
    told = {str(k): str(a) for k, a in session.read().exec_driver_sql("SELECT kind, answer FROM closure_test").fetchall()}
    assert told == {"action_evidenced": "met", "measure_moved": "not_possible"}


@pytest.mark.parametrize(("key", "value"), [("closure_route", "duplicate"), ("severity", "4"), ("closing_authority", "panel")])
def test_the_ground_of_a_closing_is_not_changed_under_it(session: Session, key: str, value: str) -> None:
    records.assign(session, "G-0003", [Assignment("severity", "2"), Assignment("closing_authority", "office")], None)
    closed(session)
    with pytest.raises(RuleError, match="open it again to change it"):
        records.assign(session, "G-0003", [Assignment(key, value)], None)
    closing.reopen(session, "G-0003", "It was another thing")
    records.assign(session, "G-0003", [Assignment(key, value)], None)


def test_two_gaps_that_become_one_keep_their_tests_and_not_each_others_closing(session: Session) -> None:
    other, _ = records.create(session, "gap", {"statement": "The same gap again"})
    closing.answer(session, other, "measure_moved", "Down by half")
    quote, _ = records.create(session, "quote", {"words": "Nobody rang"})
    theme, _ = records.create(session, "theme", {"title": "Waiting"})
    records.set_link(session, "quote", "themes", quote, theme, cells={"strength": "high"})
    same_theme, _ = records.create(session, "theme", {"title": "Waits"})
    merging.combine(session, same_theme, theme, "one theme")
    assert str(session.read().exec_driver_sql("SELECT strength FROM link WHERE a = ? AND NOT deleted AND kind = 'quote.themes'", (quote,)).one()[0]) == "high"
    records.assign(session, other, [Assignment("closure_route", "duplicate")], None)
    merging.combine(session, "G-0003", other, "one gap")
    kept = show.record(session, "G-0003")
    assert kept.cells["closure_route"] is None
    about = [str(r[0]) for r in session.read().exec_driver_sql("SELECT about FROM closure_test WHERE NOT deleted").fetchall()]
    assert about == [kept.id] and check(session.store).problems == []
