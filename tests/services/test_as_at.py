"""The store as at a day or a board: row for row what stood then, whatever came after, and nothing that can be written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clock import CLOCK, TODAY
from tests.services.test_journey import sample_store
from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.domain.errors import NotFoundError, StoreError, ValueRefusedError
from vawg_desktop.services import as_at, lists, merging, moments, office, records, safekeeping, show, undoing
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.sample import load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, making, opening
from vawg_desktop.store.check import check

TABLES = ("subject", "link", "head", "conflict", "earlier_reference", "tally", "change", *(s.key for s in ENTITIES))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    yield sample_store(tmp_path)
    CLOCK.go_to(TODAY)


def every_row(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a store, in an order of their own."""
    return {t: sorted((tuple(r) for r in session.read().exec_driver_sql(f'SELECT * FROM "{t}"') if t != "tally" or r[2]), key=repr) for t in TABLES}


def searched(session: Session, words: str) -> set[int]:
    return {int(r[0]) for r in session.read().exec_driver_sql("SELECT rowid FROM search WHERE words MATCH ?", (words,))}


def much_happens(session: Session, folder: Path) -> None:
    """New records, edits, links, deletions, an undo and a merge, all of them later."""
    id, _ = records.create(session, "action", {"title": "Later lamps", "accountable": "Kent Police", "recommendations": "R-0003", "due": "2026-01-31"})
    records.create(session, "update", {"action": id, "narrative": "Later lamps are ordered", "status": "in_progress"})
    records.assign(session, "A-0002", [Assignment("status", "complete"), Assignment("percent", "100")], "told at a board")
    records.assign(session, "R-0003", [Assignment("public_wording", "Said later"), Assignment("sources", "S-0001", "-=")], None)
    records.hide(session, [show.record(session, "A-0005").id])
    records.assign(session, "A-0006", [Assignment("due", "2027-03-31")], "moved")
    undoing.undo(session)
    copy = copying.take_copy(session.store, folder / "laptop.vawg")
    with opening.open_beside(copy, session.store) as other:
        away = Session(other, "L. Aptop")
        records.assign(away, "A-0007", [Assignment("note", "from the laptop")], None)
        records.assign(session, "A-0007", [Assignment("note", "from the office")], None)
        records.create(away, "gap", {"statement": "A later gap"})
        merging.merge(session, other)


def test_every_row_is_what_it_was_and_the_store_is_whole(session: Session, tmp_path: Path) -> None:
    CLOCK.go_to(TODAY + timedelta(days=1))
    before, first = every_row(session), TODAY
    CLOCK.go_to(TODAY + timedelta(days=10))
    much_happens(session, tmp_path)
    assert every_row(session) != before
    then = as_at.open_at(session, first.isoformat())
    try:
        found = every_row(then)
        for table in TABLES:
            assert set(found[table]) ^ set(before[table]) == set(), table
        assert check(then.store).problems == [] and then.today == first
        assert not searched(then, "later") and searched(session, "later")
    finally:
        then.store.close()
    assert check(session.store).problems == []


def test_nothing_can_be_written_then_and_the_copy_goes(session: Session) -> None:
    CLOCK.go_to(TODAY + timedelta(days=3))
    records.assign(session, "A-0002", [Assignment("status", "stopped")], "told")
    then = as_at.open_at(session, TODAY.isoformat())
    folder = then.store.path.parent
    assert show.record(then, "A-0002").cells["status"] != "stopped" and folder.is_dir()
    with pytest.raises(StoreError, match="may only be read"):
        records.assign(then, "A-0002", [Assignment("status", "stopped")], None)
    then.store.close()
    assert not folder.exists() and show.record(session, "A-0002").cells["status"] == "stopped"


def test_lists_count_as_on_that_day(session: Session) -> None:
    records.assign(session, "A-0001", [Assignment("due", (TODAY + timedelta(days=5)).isoformat()), Assignment("status", "in_progress")], None)
    overdue = ListQuery("action", where=(Where("overdue", "yes"),))
    late_before = lists.count(session, overdue)
    CLOCK.go_to(TODAY + timedelta(days=30))
    assert lists.count(session, overdue) >= late_before + 1
    then = as_at.open_at(session, TODAY.isoformat())
    try:
        assert lists.count(then, overdue) == late_before
    finally:
        then.store.close()


def test_a_board_saw_what_was_known_when_it_began(session: Session) -> None:
    body, _ = records.create(session, "governance_body", {"name": "Oversight Committee", "short_name": "OSC"})
    held = (TODAY + timedelta(days=20)).isoformat()
    records.create(session, "meeting", {"title": "OSC, second quarter", "body": body, "date": held, "starts": "10:00"})
    CLOCK.go_to(TODAY + timedelta(days=21))
    records.assign(session, "A-0002", [Assignment("status", "stopped")], "told")
    for words in ("last OSC", "OSC, second quarter", "last board"):
        then = as_at.open_at(session, words)
        try:
            assert show.record(then, "A-0002").cells["status"] != "stopped" and then.today.isoformat() == held and "OSC, second quarter" in then.called
        finally:
            then.store.close()


@pytest.mark.parametrize(("words", "says"), [("", "Name a date"), ("the other day", "not a date or a meeting"), ("2199-01-01", "is in the future")])
def test_what_is_no_moment_is_refused_in_a_sentence(session: Session, words: str, says: str) -> None:
    with pytest.raises(ValueRefusedError, match=says):
        as_at.open_at(session, words)


def test_a_board_that_never_met_is_told(session: Session) -> None:
    records.create(session, "governance_body", {"name": "Audit Committee"})
    with pytest.raises(NotFoundError, match="No meeting of Audit Committee has been held yet"):
        as_at.open_at(session, "last Audit Committee")


def test_a_locked_store_stays_locked_in_its_past(tmp_path: Path) -> None:
    session = Session(making.create(tmp_path / "locked.vawg", passphrase="first of two words"), "A. Officer")
    load_sample(session)
    then = as_at.open_at(session, TODAY.isoformat())
    try:
        assert show.record(then, "R-0003").title == show.record(session, "R-0003").title
        held = b"".join(p.read_bytes() for p in then.store.path.parent.iterdir() if p.is_file())
        assert not held.startswith(b"SQLite format 3") and show.record(session, "R-0003").title.encode() not in held
    finally:
        then.store.close()
        session.store.close()
    assert (tmp_path / "locked.vawg").exists()


def test_what_is_half_typed_today_was_not_known_then(session: Session) -> None:
    office.save_local(session, "draft", "A-0004|note", "half typed")
    office.save_local(session, "setting", "theme", "dark")
    CLOCK.go_to(TODAY + timedelta(days=1))
    then = as_at.open_at(session, TODAY.isoformat())
    try:
        assert office.local_values(then, "draft") == {} and office.local_values(then, "setting")["theme"] == "dark"
        office.save_local(then, "setting", "theme", "light")
        office.save_local(then, "draft", "A-0005|note", "typed then")
        assert office.local_values(session, "setting")["theme"] == "light"
        assert office.local_values(session, "draft") == {"A-0004|note": "half typed"}
    finally:
        then.store.close()


def test_the_past_is_not_backed_up_and_leaves_no_mark_beside_the_files(session: Session, tmp_path: Path) -> None:
    safekeeping.choose_folder(session, tmp_path / "backups")
    session.store.files.note_beside("store", "origin", 510)
    noted = session.store.files.beside()
    then = as_at.open_at(session, TODAY.isoformat())
    try:
        for act in (lambda: safekeeping.back_up(then), lambda: safekeeping.back_up(then, name="Before"), lambda: safekeeping.choose_folder(then, tmp_path)):
            with pytest.raises(StoreError, match="Go back to today"):
                act()
    finally:
        then.store.close()
    assert session.store.files.beside() == noted and not (tmp_path / "backups").exists()
    assert safekeeping.folder(session) == tmp_path / "backups"


def test_a_meeting_later_today_is_not_the_last_one(session: Session) -> None:
    body, _ = records.create(session, "governance_body", {"name": "Oversight Committee", "short_name": "OSC"})
    earlier, _ = records.create(session, "meeting", {"title": "OSC, spring", "body": body, "date": (TODAY - timedelta(days=90)).isoformat(), "starts": "10:00"})
    today, _ = records.create(session, "meeting", {"title": "OSC, autumn", "body": body, "date": TODAY.isoformat(), "starts": "23:30"})
    assert moments.last_of(session, "last OSC") == earlier
    records.assign(session, today, [Assignment("starts", "00:05")], None)
    assert moments.last_of(session, "last OSC") == today
