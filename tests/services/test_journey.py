"""The map and the questions against counts made from rows alone, in other words, over three stores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.clock import TODAY
from tests.services.test_demo import filled
from vawg_desktop.domain.dates import last_day
from vawg_desktop.exchange.document import Table
from vawg_desktop.services import closing, journey, merging, names, questions, records, service_outputs
from vawg_desktop.services.demo import Size
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.lists import records as all_of
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.sample import add_usual, load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, making, opening
from vawg_desktop.store.check import check

Row = dict[str, Any]


def sample_store(folder: Path) -> Session:
    session = Session(making.create(folder / "sample.vawg", passphrase=None), "B. Officer")
    load_sample(session)
    return session


def worked_on(folder: Path) -> Session:
    """The starter content with a case for each question and the near miss beside it."""
    s = sample_store(folder)

    def a(record: str, *given: tuple[str, ...]) -> None:
        records.assign(s, record, [Assignment(*g) for g in given], "as agreed")

    a("G-0001", ("actions", "A-0009"), ("owner", "P-0002"), ("severity", "3"))
    a("G-0002", ("severity", "2"), ("provision", "none"))
    a("G-0005", ("outcome", "achieved"))
    a("G-0004", ("outcome", "too_early"), ("provision", "full"))
    close_at_once(s, "G-0004", "G-0005")
    a("A-0010", ("recommendations", "R-0003", "-="))
    a("A-0011", ("recommendations", ""), ("status", "superseded"))
    records.create(s, "evidence", {"title": "Used by an action", "actions": "A-0001"})
    records.create(s, "evidence", {"title": "Used by nothing"})
    gone, _ = records.create(s, "evidence", {"title": "Deleted", "actions": "A-0002"})
    records.hide(s, [gone])
    through, _ = records.create(s, "evidence", {"title": "Used by an update"})
    records.add_update(s, "A-0003", {"narrative": "Seen", "evidence": [through]})
    for title, end in (("Ends today", TODAY.isoformat()), ("Ends in six months", "2027-05-21"), ("A day later", "2099-01-01"), ("Month only", TODAY.isoformat()[:7])):
        records.create(s, "service", {"title": title, "funding_end": end, "status": "running", "needs": "Housing", "journey_stages": "Recovery"})
    records.create(s, "service", {"title": "Ended long ago", "funding_end": "2020-01-01", "status": "ended"})
    a("A-0013", ("funding_end", "2026-12"), ("status", "in_progress"))
    a("A-0014", ("funding_end", "2026-12"), ("status", "complete"))
    return s


def close_at_once(session: Session, *gaps: str) -> None:
    """Gaps closed before the tests of a closing were asked for."""
    with session.store.write(session.who, "closed in an earlier version") as tx:
        for gap in gaps:
            tx.edit("gap", names.find(tx.connection, gap).id, {"status": "closed"}, checked=False)


STORES: dict[str, Callable[[Path], Session]] = {
    "sample": sample_store, "worked on": worked_on, "county": lambda folder: filled(folder, "county", size=Size("journey", 60, 300, 600, 20)),
}  # fmt: skip


@pytest.fixture(params=STORES)
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Session:
    return STORES[request.param](tmp_path)


def of(session: Session, kind: str) -> list[Row]:
    return [dict(r) for r in all_of(session, ListQuery(kind)) if not r["deleted"]]


def test_the_questions_answer_what_the_rows_say(session: Session) -> None:
    gaps, recommendations, actions, evidence = (of(session, k) for k in ("gap", "recommendation", "action", "evidence"))
    updates, services, tests = (of(session, k) for k in ("update", "service", "closure_test"))
    living = {r["id"] for rows in (gaps, recommendations, actions, evidence) for r in rows}
    proved = {a for e in evidence for a in e["actions"]} | {u["action"] for u in updates if set(u["evidence"]) & living}
    used = {e for g in gaps for e in g["evidence"]} | {e for u in updates for e in u["evidence"]} | {t["evidence"] for t in tests}
    answered = {r for g in gaps for r in g["recommendations"]}
    today, limit = session.today, half_a_year_after(session.today)

    def ending(rows: list[Row], over: set[str]) -> list[str]:
        return [r["reference"] for r in rows if r["funding_end"] and r["status"] not in over and (last_day(r["funding_end"]) or date.max) <= limit]

    wanted: dict[str, list[str]] = {
        "gaps_without_action": [g["reference"] for g in gaps if g["status"] != "closed" and not set(g["actions"]) & living],
        "recommendations_without_gap": [r["reference"] for r in recommendations if r["status"] == "open" and r["id"] not in answered],
        "actions_without_recommendation": [a["reference"] for a in actions if a["status"] != "superseded" and not set(a["recommendations"]) & living],
        "claims_without_evidence": [a["reference"] for a in actions if a["status"] == "complete" and a["id"] not in proved],
        "evidence_unused": [
            e["reference"] for e in evidence
            if not (set(e["actions"]) | set(e["recommendations"])) & living and e["id"] not in used
        ],
        "closed_without_outcome": [r["reference"] for r in (*recommendations, *gaps) if r["status"] == "closed" and r["outcome"] in (None, "too_early")],
        "funding_ending": ending(services, {"ended"}) + ending(actions, {"complete", "stopped", "superseded"}),
        "funding_passed": [
            r["reference"] for r in (*services, *actions)
            if r["funding_end"] and r["status"] not in ("ended", "complete", "stopped", "superseded") and (last_day(r["funding_end"]) or date.max) < today
        ],
    }  # fmt: skip
    found: Row = questions.as_json(questions.ask(session))
    for key, references in wanted.items():
        assert sorted(found[key]) == sorted(references), key
    assert sorted(map(str, found["cells_without_owner"])) == sorted(map(str, unowned(session, gaps)))


def test_what_was_closed_without_its_tests_is_listed(tmp_path: Path) -> None:
    s = worked_on(tmp_path)
    assert questions.as_json(questions.ask(s))["closed_in_question"] == ["G-0004", "G-0005"]


def test_a_cell_says_how_many_gaps_nobody_owns_and_counts_no_planned_service(tmp_path: Path) -> None:
    s = sample_store(tmp_path)
    at = {"needs": "Counselling", "journey_stages": "Recovery"}
    records.create(s, "gap", {"statement": "One", **at})
    records.create(s, "gap", {"statement": "Two", "owner": "OPCC", **at})
    records.create(s, "service", {"title": "Planned thing", "status": "planned", **at})
    cell = next(c for c in journey.read_map(s).cells.values() if any(g.statement == "Two" for g in c.open))
    without = sum(not g.owner for g in cell.open)
    assert f"owned by OPCC, {without} without an owner" in cell.sentence() and cell.sentence().endswith("no service recorded, 1 planned.")
    told = repr(service_outputs.assessment(s))
    assert "Planned thing (planned)" in told and "1 service recorded" not in told


def test_spellings_that_differ_in_case_and_spaces_are_one_column(tmp_path: Path) -> None:
    s = sample_store(tmp_path)
    records.create(s, "gap", {"statement": "One", "area": "Dover", "group_affected": "Sikh women"})
    records.create(s, "gap", {"statement": "Two", "area": "dover ", "group_affected": "sikh women; Sikh  Women"})
    for axis, word in (("area", "Dover"), ("group", "Sikh women")):
        found = journey.read_map(s, axis)
        columns = [c.title for c in found.columns if c.title.casefold() == word.casefold()]
        there = [g.statement for (_, c), cell in found.cells.items() if found.columns[c].title == word for g in cell.open]
        assert columns == [word] and sorted(there) == ["One", "Two"]


def test_the_directory_names_the_needs(tmp_path: Path) -> None:
    s = sample_store(tmp_path)
    records.create(s, "service", {"title": "Night line", "status": "running", "needs": "Counselling; Housing"})
    need = {str(t) for (t,) in s.read().exec_driver_sql("SELECT title FROM need")}
    rows = [row for block in service_outputs.directory(s).blocks if isinstance(block, Table) for row in block.rows if row[0] == "Night line"]
    (named,) = [str(row[2]).split(", ") for row in rows]
    assert len(named) == 2 and set(named) <= need


def test_what_was_said_of_an_earlier_end_says_nothing_of_the_next() -> None:
    row = {"x_funding": "2027-01-27", "funding_answer": "ended", "funding_answered": "2026-11-27"}
    assert journey.in_question(row, "2027-06-01") and not journey.in_question({**row, "funding_answered": "2027-02-01"}, "2027-06-01")
    assert not journey.in_question(row, "2026-12-01")


def half_a_year_after(day: date) -> date:
    month = (day.month + 5) % 12 + 1
    year = day.year + (day.month + 6 > 12)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError(day)


def placed(session: Session, gaps: list[Row]) -> dict[tuple[str | None, str | None], list[Row]]:
    """Open gaps by the references of their stages and needs."""
    stage = {s["id"]: s["reference"] for s in of(session, "journey_stage")} | {s["stage"]: s["reference"] for s in of(session, "journey_stage")}
    need = {n["id"]: n["reference"] for n in of(session, "need")}
    found: dict[tuple[str | None, str | None], list[Row]] = {}
    for gap in gaps:
        for s in [stage[x] for x in gap["journey_stages"]] or [None]:
            for n in [need[x] for x in gap["needs"]] or [None]:
                if gap["status"] != "closed":
                    found.setdefault((s, n), []).append(gap)
    return found


def unowned(session: Session, gaps: list[Row]) -> list[list[str | None]]:
    return [list(place) for place, there in placed(session, gaps).items() if not any(g["owner"] for g in there)]


def test_every_cell_of_the_map_says_what_the_rows_say(session: Session) -> None:
    gaps = of(session, "gap")
    there = placed(session, gaps)
    document: Row = journey.as_json(journey.read_map(session))
    cells: list[Row] = document["cells"]
    rows: list[Row] = document["rows"]
    columns: list[Row] = document["columns"]
    assert len(cells) == len(rows) * len(columns)
    told = {(c["row"], c["column"]): c for c in cells}
    assert {place for place, c in told.items() if c["state"] == "gap"} == set(there)
    for place, cell in told.items():
        stand = there.get(place, [])
        assert sorted(cell["gaps"]) == sorted(g["reference"] for g in stand)
        assert cell["severity"] == max((g["severity"] for g in stand if g["severity"]), default=None)
        owners = {g["labels"]["owner"] for g in stand if g["owner"]}
        assert len(cell["owners"]) == len(owners)


def test_no_gap_needs_full_provision_recorded_and_no_data_is_another_thing(tmp_path: Path) -> None:
    s = worked_on(tmp_path)
    told = {(c.row.title, c.column.title): c for c in journey.read_map(s).cells.values()}
    assert told["Charge to court", "Advocacy (ISVA, IDVA)"].state == "no_gap"  # its gap is closed and provided for in full
    assert told["Recovery", "Housing"].state == "no_data"  # services run there, but none says that it provides in full
    beds, _ = records.create(s, "gap", {"statement": "Beds", "outcome": "achieved", "journey_stages": "Trial", "needs": "Housing"})
    close_at_once(s, beds)
    service, _ = records.create(s, "service", {"title": "All beds", "status": "running", "needs": "Housing", "journey_stages": "Recovery"})
    gap = all_of(s, ListQuery("gap", where=(Where("needs", "Housing"),)))[0]
    records.set_link(s, "service", "gaps", service, str(gap["id"]), cells={"extent": "full"})
    told = {(c.row.title, c.column.title): c for c in journey.read_map(s).cells.values()}
    assert told["Recovery", "Housing"].state == "no_gap"
    assert told["Trial", "Housing"].state == "no_data"
    assert "full provision is recorded" in told["Recovery", "Housing"].sentence()


def test_a_cell_in_words_tells_gaps_severity_provision_owner_and_services(tmp_path: Path) -> None:
    s = worked_on(tmp_path)
    records.assign(s, "SV-0001", [Assignment("needs", "Counselling"), Assignment("waiting_days", "90"), Assignment("funding_end", "2026-01")], None)
    cells = {(c.row.title, c.column.title): c for c in journey.read_map(s).cells.values()}
    assert cells["Post-trial", "Not placed"].sentence() == (
        "Post-trial, Not placed: 1 open gap, severity up to 3 Serious, provision not known, owned by Kent Police, no service recorded."
    )
    assert cells["Recovery", "Counselling"].sentence() == (
        "Recovery, Counselling: 1 open gap, severity not stated, provision partial, nobody owns it, "
        "1 service with waits up to 90 days, funding of 1 in question."
    )
    records.assign(s, "SV-0001", [Assignment("funding_answer", "extended")], None)
    assert "in question" not in journey.read_map(s).cells[9, 3].sentence()


def test_a_retired_stage_stands_only_where_something_uses_it(tmp_path: Path) -> None:
    s = sample_store(tmp_path)
    records.assign(s, "J-0007", [Assignment("retired", "1/1/2026")], None)
    records.assign(s, "J-0003", [Assignment("retired", "1/1/2026")], None)
    titles = [r.title for r in journey.read_map(s).rows]
    assert "Trial" in titles and "Safeguarding and referral" not in titles
    records.assign(s, "J-0010", [Assignment("position", "0")], None)
    assert journey.read_map(s).rows[0].title == "Recovery"


@pytest.mark.parametrize(("axis", "word"), [("crime_type", "Stalking"), ("group", "Young people"), ("area", "Thanet")])
def test_other_things_stand_across(tmp_path: Path, axis: str, word: str) -> None:
    s = sample_store(tmp_path)
    records.assign(s, "G-0003", [Assignment("area", "Thanet")], None)
    found = journey.read_map(s, axis)
    assert word in [c.title for c in found.columns]
    assert {g.reference for c in found.cells.values() for g in c.gaps} == {f"G-{n:04d}" for n in range(1, 9)}


def test_the_usual_stages_and_needs_fill_an_empty_map_and_two_laptops_make_the_same(tmp_path: Path) -> None:
    office = Session(making.create(tmp_path / "office.vawg", passphrase=None), "B. Officer")
    records.create(office, "gap", {"statement": "Nobody to tell"})
    copying.take_copy(office.store, tmp_path / "laptop.vawg")
    laptop = Session(opening.open_store(tmp_path / "laptop.vawg", passphrase=None), "Cat Three")
    for one in (office, laptop):
        add_usual(one)
        found = journey.read_map(one)
        assert (len(found.rows), len(found.columns)) == (11, 12)  # what is not placed too
        assert add_usual(one).entries == 0
    merged = merging.merge(office, laptop.store)
    assert merged.conflicts == [] and len(journey.read_map(office).rows) == 11 and len(of(office, "need")) == 11
    assert check(office.store).problems == []


def test_two_laptops_edit_map_service_and_closure_of_one_gap_apart(tmp_path: Path) -> None:
    """Nothing is lost, and the one clash is asked once."""
    office = sample_store(tmp_path)
    laptops: list[Session] = []
    for name in ("one", "two"):
        copying.take_copy(office.store, tmp_path / f"{name}.vawg")
        laptops.append(Session(opening.open_store(tmp_path / f"{name}.vawg", passphrase=None), f"Laptop {name}"))
    one, two = laptops

    def say(session: Session, record: str, *given: tuple[str, ...]) -> None:
        records.assign(session, record, [Assignment(*g) for g in given], "in the room")

    say(one, "G-0003", ("severity", "3"), ("needs", "Housing", "+="), ("closure_route", "delivered"))
    say(two, "G-0003", ("severity", "2"), ("journey_stages", "Trial", "+="), ("outcome_statement", "It works"))
    say(one, "SV-0005", ("waiting_days", "90"), ("gaps", "G-0003", "+="))
    say(two, "SV-0005", ("capacity", "20"), ("needs", "Counselling", "+="))
    closing.answer(one, "G-0003", "measure_moved", "The wait fell")
    closing.answer(two, "G-0003", "victims_heard", "The Panel")
    say(one, "J-0003", ("retired", "1/1/2026"))
    say(two, "J-0003", ("position", "1"))
    asked = [c for laptop in laptops for c in merging.merge(office, laptop.store).conflicts]
    assert len(asked) == 1 and merging.merge(office, two.store).conflicts == []
    gap = next(g for g in of(office, "gap") if g["reference"] == "G-0003")
    assert sorted(gap["labels"]["needs"]) == ["Counselling", "Housing"] and gap["labels"]["journey_stages"] == ["Recovery", "Trial"]
    assert (gap["closure_route"], gap["outcome_statement"]) == ("delivered", "It works")
    service = next(s for s in of(office, "service") if s["reference"] == "SV-0005")
    assert (service["waiting_days"], service["capacity"], len(service["gaps"]), len(service["needs"])) == (90, 20, 1, 2)
    assert {m.test for m in closing.standing(office, "G-0003").missing} == {"action_evidenced", "recheck", "signed"}
    for laptop in laptops:
        merging.merge(laptop, office.store)
        assert journey.as_json(journey.read_map(laptop)) == journey.as_json(journey.read_map(office))
    assert check(office.store).problems == []
