"""“Since the last board” against a replay of the log in other words, over random pairs of dates; and what a board must not be told wrongly."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clock import CLOCK, TODAY
from tests.services.test_demo import filled
from vawg_desktop.cli import main
from vawg_desktop.domain.dates import last_day
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.services import closing, merging, records, since, undoing
from vawg_desktop.services.demo import Spread
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.services.since import Scope
from vawg_desktop.store import copying, opening

KINDS = ("recommendation", "action", "gap")
ALL = Scope()
ENDED = {"action": {"complete", "stopped", "superseded"}}
Row = dict[str, Any]


def on(day: str) -> None:
    CLOCK.go_to(date.fromisoformat(day))


def put(session: Session, name: str, **fields: str) -> None:
    records.assign(session, name, [Assignment(k, v) for k, v in fields.items()], "told at a board")


def told(session: Session, start: str, end: str = "", scope: Scope = ALL) -> dict[str, dict[str, tuple[Any, Any, int]]]:
    found = since.since(session, start, end, scope).as_json()
    return {kind: {str(m["record"]): (m["before"], m["after"], m["times"]) for m in moves} for kind, moves in found.items()}


# -- an independent count ------------------------------------------------------------------------


def replayed(session: Session, day: date) -> tuple[dict[str, Row], set[str], int]:
    """Every record as the log leaves it at the end of a day, what was told in updates, and the last entry's number: read forwards, the last word counts."""
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)  # the demonstration is written at noon: London's hour plays no part
    rows: dict[str, Row] = {}
    updates: set[str] = set()
    last = 0
    for n, tbl, row, op, fields, received in session.read().exec_driver_sql('SELECT n, tbl, "row", op, fields, received FROM "change" ORDER BY n'):
        if datetime.fromisoformat(str(received).replace("Z", "+00:00")) >= end:
            break
        last = int(n)
        if tbl not in (*KINDS, "update"):
            continue
        cells = rows.setdefault(str(row), {"entity": tbl, "deleted": False}) if op == "create" else rows[str(row)]
        cells |= {key: cell.get("a") for key, cell in json.loads(fields).items() if not key.startswith("~")}
        if tbl == "update" and op == "create":
            updates.add(str(row))
    return rows, updates, last


def recounted(session: Session, start: date, end: date) -> dict[str, set[tuple[str, Any, Any]]]:
    (was, updates_before, _), (now, updates, _) = replayed(session, start), replayed(session, end)
    found: dict[str, set[tuple[str, Any, Any]]] = {k: set() for k in ("moved", "slipped", "claimed", "proved", "closed", "reopened", "deleted", "silent", "new")}
    heard = {now[u]["action"] for u in updates - updates_before if not now[u]["deleted"]}
    for id, after in now.items():
        if after["entity"] == "update":
            continue
        before = None if id not in was or was[id]["deleted"] else was[id]
        ref = str(after["reference"])
        if after["deleted"]:
            found["deleted"] |= {(ref, False, True)} if before else set()
            continue
        if before is None:
            found["new"].add((ref, None, after.get("status")))
        else:
            _status_and_date(found, ref, before, after)
        if after["entity"] == "action":
            _claims(found, ref, before, after)
            if before and not {before.get("status"), after.get("status")} & ENDED["action"] and id not in heard:
                found["silent"].add((ref, None, None))
    return found


def _status_and_date(found: dict[str, set[tuple[str, Any, Any]]], ref: str, before: Row, after: Row) -> None:
    stood, status = before.get("status"), after.get("status")
    if stood != status:
        told = ["moved"]
        told += ["closed"] if status == "closed" and after["entity"] != "action" else []
        told += ["reopened"] if stood == "closed" and after["entity"] != "action" else []
        for kind in told:
            found[kind].add((ref, stood, status))
    keys = {"action": ("revised_due", "due"), "recommendation": ("target_date",), "gap": ()}[after["entity"]]
    dues = [next((r[k] for k in keys if r.get(k)), None) for r in (before, after)]
    days = [last_day(d) if d else None for d in dues]
    if days[0] is not None and days[1] is not None and days[1] > days[0]:
        found["slipped"].add((ref, *dues))


def _claims(found: dict[str, set[tuple[str, Any, Any]]], ref: str, before: Row | None, after: Row) -> None:
    def is_done(row: Row | None) -> bool:
        return row is not None and row["status"] == "complete"

    def is_proved(row: Row | None) -> bool:
        return row is not None and is_done(row) and int(row.get("verification") or 0) >= 2

    if is_proved(after) and not is_proved(before):
        found["proved"].add((ref, before and before.get("verification"), after.get("verification")))
    elif is_done(after) and not is_proved(after) and not is_done(before):
        found["claimed"].add((ref, before and before.get("status"), after.get("status")))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A county written over three years, and worked on by hand: dates moved to and fro, records deleted and brought back, statuses turned."""
    session = filled(tmp_path_factory.mktemp("since"), "county", spread=Spread(CLOCK.go_to))
    chance = random.Random(7)
    names = [str(r) for kind in KINDS for (r,) in session.read().exec_driver_sql(f'SELECT reference FROM "{kind}" WHERE NOT deleted ORDER BY reference')]
    days = sorted(TODAY - timedelta(days=chance.randrange(0, 500)) for _ in range(120))
    first = session.read().exec_driver_sql('SELECT max(received) FROM "change"').one()[0]
    days = [d for d in days if d.isoformat() > str(first)[:10]] or [TODAY + timedelta(days=n) for n in range(120)]
    for day in days:
        CLOCK.go_to(day)
        name = chance.choice(names)
        with session.store.write("B. Officer", "worked on", records.Act.EDIT) as tx:
            found = records.names.find(tx.connection, name)
            row = tx.row(found.entity, found.id)
            if row["deleted"] or chance.random() < 0.15:
                tx.delete(found.entity, found.id, hidden=not row["deleted"])
                continue
            cells: Row = {}
            if found.entity == "action":
                cells["status"] = chance.choice(["in_progress", "complete", "not_started", "stopped"])
                cells["verification"] = chance.choice(["0", "1", "2", "3"])
                cells["revised_due"] = f"{chance.randrange(2025, 2029)}-{chance.randrange(1, 13):02d}"
            elif found.entity == "recommendation":
                cells["target_date"] = f"{chance.randrange(2025, 2029)}"
            else:
                cells["status"] = chance.choice(["identified", "validated", "being_addressed"])
            tx.edit(found.entity, found.id, cells, checked=False)
    yield session
    CLOCK.go_to(TODAY)
    session.store.close()


def test_it_equals_a_recount_over_random_pairs_of_dates(county: Session) -> None:
    chance = random.Random(11)
    last = date.fromisoformat(str(county.read().exec_driver_sql('SELECT max(received) FROM "change"').one()[0])[:10])
    CLOCK.go_to(last)
    total = dict.fromkeys(("moved", "slipped", "claimed", "proved", "deleted", "silent", "new"), 0)
    for _ in range(40):
        start, end = sorted(last - timedelta(days=chance.randrange(-5, 1200)) for _ in range(2))
        wanted = recounted(county, start, end)
        found = since.since(county, start.isoformat(), end.isoformat()).as_json()
        for kind, rows in wanted.items():
            assert {(str(m["record"]), m["before"], m["after"]) for m in found[kind]} == rows, (kind, start, end)
            assert len(found[kind]) == len(rows)
            total[kind] = total.get(kind, 0) + len(rows)
    assert all(total[kind] for kind in ("moved", "slipped", "claimed", "proved", "deleted", "silent", "new")), total


# -- net, and no more than net -------------------------------------------------------------------


def test_there_and_back_is_no_movement_and_three_slips_are_one(session: Session) -> None:
    put(session, "A-0013", status="in_progress", due="2026-12-31")
    put(session, "A-0012", status="in_progress", due="2026-12-31")
    on("2026-11-24")
    for status in ("stopped", "in_progress"):
        put(session, "A-0013", status=status)
    for due in ("2027-01-31", "2027-02-28", "2027-03-31"):
        put(session, "A-0013", revised_due=due)
    put(session, "A-0012", revised_due="2027-06-30")
    put(session, "A-0012", revised_due="2026-12-31")  # taken back: no slip
    found = told(session, "2026-11-23")
    assert "A-0013" not in found["moved"] and found["slipped"] == {"A-0013": ("2026-12-31", "2027-03-31", 3)}
    undoing.undo(session)
    assert "A-0012" in told(session, "2026-11-23")["slipped"]


def test_a_closing_and_its_reopening_are_told_in_the_span_in_which_they_stand(session: Session) -> None:
    from tests.services.test_closing import ready

    ready(session)
    on("2026-12-01")
    closing.close(session, "G-0003", "Agreed", "Bea Two")
    on("2026-12-10")
    closing.reopen(session, "G-0003", "It came back")
    assert set(told(session, "2026-11-30", "2026-12-05")["closed"]) == {"G-0003"}
    assert told(session, "2026-11-30")["closed"] == {} and told(session, "2026-11-30")["reopened"] == {}
    again = told(session, "2026-12-05")["reopened"]
    assert again == {"G-0003": ("closed", "being_addressed", 1)}


def test_claimed_and_proved_are_told_apart(session: Session) -> None:
    put(session, "A-0013", status="in_progress")
    put(session, "A-0012", status="in_progress")
    on("2026-11-25")
    put(session, "A-0013", status="complete")
    put(session, "A-0012", status="complete", verification="2")
    found = told(session, "2026-11-24")
    assert set(found["claimed"]) == {"A-0013"} and set(found["proved"]) == {"A-0012"}
    on("2026-11-28")
    put(session, "A-0013", verification="3")
    later = told(session, "2026-11-26")
    assert later["claimed"] == {} and set(later["proved"]) == {"A-0013"} and later["moved"] == {}


def test_of_a_pillar_a_body_and_a_recommendation(session: Session) -> None:
    on("2026-11-25")
    put(session, "A-0004", status="stopped")
    put(session, "A-0006", status="in_progress")
    whole = told(session, "2026-11-24")["moved"]
    assert set(whole) == {"A-0004", "A-0006"}
    assert set(told(session, "2026-11-24", scope=Scope(body="Kent Police"))["moved"]) == {"A-0004"}
    assert told(session, "2026-11-24", scope=Scope(recommendation="R-0012"))["moved"].keys() <= whole.keys()
    pillars = [set(told(session, "2026-11-24", scope=Scope(pillar=p))["moved"]) for p in ("Prevention", "Engagement", "Victim's Journey", "Rehabilitation", "none")]
    assert set().union(*pillars) == set(whole) and sum(map(len, pillars)) == len(whole)  # each once


def test_what_a_laptop_brings_counts_from_the_day_on_which_it_came(session: Session, tmp_path: Path) -> None:
    put(session, "A-0013", status="in_progress")
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "Bea Two")
    on("2026-11-25")
    put(laptop, "A-0013", status="stopped")
    on("2026-12-05")
    merging.merge(session, laptop.store)
    assert told(session, "2026-11-24", "2026-12-01")["moved"] == {}  # nobody here knew
    assert set(told(session, "2026-12-01")["moved"]) == {"A-0013"}
    laptop.store.close()


def test_a_meeting_is_a_moment_and_words_that_are_none_are_refused(session: Session) -> None:
    put(session, "A-0013", status="in_progress")
    records.create(session, "meeting", {"title": "December board", "date": "2026-12-03"})
    records.create(session, "meeting", {"title": "Some day"})
    reference = str(session.read().exec_driver_sql("SELECT reference FROM meeting WHERE title = 'December board'").one()[0])
    on("2026-12-03")
    put(session, "A-0013", status="stopped")
    assert set(told(session, reference)["moved"]) == {"A-0013"}  # on the meeting's own day, after it began
    assert told(session, "2026-12-03")["moved"] == {}
    for words, match in (("Some day", "has no date"), ("the day after", "not a date or a meeting")):
        with pytest.raises(ValueRefusedError, match=match):
            since.since(session, words)
    with pytest.raises(ValueRefusedError, match="before the beginning"):
        since.since(session, "2026-12-03", "2026-11-01")


def test_the_command_gives_the_contracts_keys_and_words(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    put(session, "A-0013", status="in_progress", due="2026-12-31")
    on("2026-11-25")
    put(session, "A-0013", revised_due="2027-01-31", status="stopped")
    path = str(session.store.path)
    session.store.close()
    assert main(["since", path, "--since", "2026-11-24", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["moved", "slipped", "claimed", "proved", "closed", "reopened", "deleted", "silent", "new"]
    (moved,) = found["moved"]
    assert {k: moved[k] for k in ("record", "field", "before", "after", "times")} == {"record": "A-0013", "field": "status", "before": "in_progress", "after": "stopped", "times": 1}
    assert main(["since", path, "--since", "2026-11-24"]) == 0
    words = capsys.readouterr().out
    assert "Status moved: 1" in words and ": 31 December 2026 → 31 January 2027" in words
    assert main(["since", path, "--since", "whenever"]) == 1
    assert "not a date or a meeting" in capsys.readouterr().err


def _published(session: Session, meeting: str, folder: Path, name: str, *more: str) -> None:
    assert main(["report", str(session.store.path), "board", "--about", meeting, "--out", str(folder / name), "--publish", "--to", "the board", *more]) == 0


def _board(session: Session, title: str, day: date) -> str:
    id = records.create(session, "meeting", {"title": title, "body": "PDB", "date": day.isoformat(), "starts": "10:00"})[0]
    return str(records.names.find(session.read(), id).reference)


def test_a_paper_published_after_its_meeting_does_not_empty_what_moved_since(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What counts is what the meeting had: not a paper, nor a correction, that was published later."""
    reference = _board(session, "Q1 board", TODAY + timedelta(days=2))
    CLOCK.go_to(TODAY + timedelta(days=10))
    put(session, "A-0013", status="stopped")
    assert set(told(session, reference)["moved"]) == {"A-0013"}
    _published(session, reference, tmp_path, "late.docx")
    assert set(told(session, reference)["moved"]) == {"A-0013"}
    capsys.readouterr()


def test_a_correction_of_the_paper_does_not_move_what_its_meeting_saw(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference = _board(session, "Q1 board", TODAY + timedelta(days=3))
    _published(session, reference, tmp_path, "first.docx")
    CLOCK.go_to(TODAY + timedelta(days=5))
    put(session, "A-0013", status="stopped")
    assert set(told(session, reference)["moved"]) == {"A-0013"}
    _published(session, reference, tmp_path, "second.docx", "--corrects", "PB-0001", "--why", "A typing error")
    assert set(told(session, reference)["moved"]) == {"A-0013"}
    capsys.readouterr()


def test_a_paper_published_on_a_laptop_does_not_hide_what_the_office_did_meanwhile(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copying.take_copy(session.store, tmp_path / "laptop.vawg")
    put(session, "A-0013", status="stopped")
    laptop = Session(opening.open_store(path), "B. Officer")
    reference = _board(laptop, "Laptop board", TODAY + timedelta(days=2))
    put(laptop, "A-0012", status="complete")
    laptop.store.close()
    _published(Session(opening.open_store(path), "B. Officer"), "Laptop board", tmp_path, "laptop.docx")
    CLOCK.go_to(TODAY + timedelta(days=4))
    laptop = Session(opening.open_store(path), "B. Officer")
    merging.merge(session, laptop.store)
    laptop.store.close()
    assert set(told(session, "Laptop board")["moved"]) == {"A-0013"}, reference
    put(session, "A-0011", status="stopped")
    assert set(told(session, "Laptop board")["moved"]) == {"A-0013", "A-0011"}
    capsys.readouterr()


@pytest.mark.parametrize("words", ["2199-01-01", "Far board"])
def test_nothing_has_happened_since_a_day_that_lies_ahead(session: Session, words: str) -> None:
    _board(session, "Far board", TODAY + timedelta(days=400))
    with pytest.raises(ValueRefusedError, match="nothing has happened since"):
        since.since(session, words)


def test_of_two_meetings_of_one_title_it_is_asked_which(session: Session) -> None:
    first, second = _board(session, "Twin", TODAY - timedelta(days=30)), _board(session, "Twin", TODAY - timedelta(days=2))
    with pytest.raises(NotFoundError, match=f"more than one meeting: {first}, {second}"):
        since.since(session, "Twin")
    assert main(["report", str(session.store.path), "minutes", "--about", "Twin", "--out", str(session.store.path.with_name("m.docx"))]) == 1


def test_one_edit_that_takes_two_steps_moved_once(session: Session) -> None:
    """What one transaction writes in several entries, such as a closing that is opened again, happened at once."""
    CLOCK.go_to(TODAY + timedelta(days=1))
    with session.store.write("A. Officer", "two entries in one", records.Act.EDIT) as tx:
        found = records.names.find(tx.connection, "A-0013")
        tx.edit("action", found.id, {"status": "stopped"}, checked=False)
        tx.edit("action", found.id, {"status": "complete"}, checked=False)
    assert told(session, TODAY.isoformat())["moved"]["A-0013"][2] == 1
