"""The one door: log, heads, counts and search in one transaction, and nothing beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_desktop.domain.errors import ConflictedError, RuleError, StaleError, StoreError
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.store.check import check
from vawg_desktop.store.search import search


def make(session: Session, title: str = "Do a thing", **cells: object) -> str:
    with session.store.write("B. Officer", "made") as tx:
        return tx.create("action", {"title": title, **cells})  # type: ignore[dict-item]


def test_create_edit_and_find(empty: Session) -> None:
    id = make(empty, "Brief naïve café owners", status="in_progress")
    with empty.store.write("A", "why") as tx:
        assert tx.edit("action", id, {"percent": 40})
        assert not tx.edit("action", id, {"percent": 40})
    assert [h.id for h in search(empty.read(), "naive cafe")] == [id]
    assert [h.id for h in search(empty.read(), "a1")] == [id]
    assert search(empty.read(), "n") == []
    assert check(empty.store).problems == []


def test_unchanged_edit_writes_no_entry(empty: Session) -> None:
    id = make(empty, percent=5)
    before = check(empty.store).entries
    with empty.store.write("A", "why") as tx:
        tx.edit("action", id, {"percent": 5, "title": "Do a thing"})
    assert check(empty.store).entries == before


def test_one_entry_per_record_per_transaction(empty: Session) -> None:
    with empty.store.write("A", "why") as tx:
        id = tx.create("action", {"title": "x"})
        tx.edit("action", id, {"percent": 1})
        tx.edit("action", id, {"percent": 2, "status": "in_progress"})
        assert tx.changes.entries == 1
    with empty.store.write("A", "why") as tx:
        tx.edit("action", id, {"percent": 3})
        tx.edit("action", id, {"percent": 4})
        assert tx.changes.entries == 1
    report = check(empty.store)
    assert report.ok, report.problems
    assert report.entries == 2


def test_a_moved_head_is_stale_and_keeps_both_values(empty: Session) -> None:
    id = make(empty, percent=1)
    with empty.store.write("A", "why") as tx:
        seen = {"percent": frozenset({str(tx.row("action", id)["born"])})}
        tx.edit("action", id, {"percent": 2}, seen=seen)
    with pytest.raises(StaleError) as stale, empty.store.write("B", "why") as tx:
        tx.edit("action", id, {"percent": 3}, seen=seen)
    assert (stale.value.yours, stale.value.theirs) == (3, 2)
    assert check(empty.store).ok


def test_a_refused_transaction_leaves_nothing(empty: Session) -> None:
    entries = check(empty.store).entries
    with pytest.raises(RuleError), empty.store.write("A", "why") as tx:
        tx.create("action", {"title": "kept?"})
        tx.create("action", {"title": None})
    report = check(empty.store)
    assert report.ok
    assert report.entries == entries


def test_two_heads_conflict_and_refuse_plain_edits(empty: Session) -> None:
    id = make(empty, percent=1)
    with empty.store.write("A", "first") as tx:
        born = str(tx.row("action", id)["born"])
        tx.edit("action", id, {"percent": 2})
    with empty.store.write("A", "apart") as tx:
        tx.edit("action", id, {"percent": 3}, overwrites={"percent": [born]})
    row = empty.read().exec_driver_sql("SELECT percent, conflicts FROM action").one()
    assert tuple(row) == (2, 1)
    with pytest.raises(ConflictedError), empty.store.write("A", "no") as tx:
        tx.edit("action", id, {"percent": 4})
    with empty.store.write("A", "chosen") as tx:
        tx.edit("action", id, {"percent": 3}, settling=True)
    row = empty.read().exec_driver_sql("SELECT percent, conflicts FROM action").one()
    assert tuple(row) == (3, 0)
    assert check(empty.store).ok


def test_the_log_refuses_update_and_delete(empty: Session) -> None:
    make(empty)
    for sql in (
        "UPDATE \"change\" SET who = 'x'",
        'DELETE FROM "change"',
        "UPDATE \"change\" SET fields = '{}'",
    ):
        with pytest.raises(StoreError, match="append-only"), empty.store.write("A", "no") as tx:
            tx.connection.exec_driver_sql(sql)


def test_a_reader_cannot_write(empty: Session) -> None:
    with pytest.raises(Exception, match="readonly"):
        empty.read().exec_driver_sql("DELETE FROM action")


def test_control_characters_are_taken_out_and_said(empty: Session) -> None:
    with empty.store.write("A", "why") as tx:
        id = tx.create("action", {"title": "a\x00b"})
        assert tx.changes.notes == ["1 unprintable character taken out of Action."]
        assert tx.row("action", id)["title"] == "ab"


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_any_text_is_stored_and_checked(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("text") / "t.vawg"
    with making.create(path, passphrase=None) as store:
        with store.write("A", "why") as tx:
            for text in texts:
                tx.create("action", {"title": "x", "note": text})
        assert check(store).problems == []


def test_references_are_minted_kept_and_provisional(empty: Session) -> None:
    with empty.store.write("A", "why") as tx:
        first = tx.row("action", tx.create("action", {"title": "x"}, reference="A-0007"))["reference"]
        second = tx.row("action", tx.create("action", {"title": "y"}))["reference"]
        third = tx.row("action", tx.create("action", {"title": "z"}, reference="A-0007"))["reference"]
    assert (first, second, third) == ("A-0007", "A-0008", "A-0009")
    with empty.store.engines.writer.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE meta SET value = '0' WHERE \"key\" = 'mints'")
    with empty.store.write("A", "why") as tx:
        laptop = str(tx.row("action", tx.create("action", {"title": "w"}))["reference"])
    assert laptop.startswith("A-x") and len(laptop) == 8


def test_counts_are_kept_through_links_edits_and_deletes(sample: Session) -> None:
    run = sample.read().exec_driver_sql

    def count(name: str, key: str) -> int:
        row = run('SELECT "count" FROM tally WHERE name = ? AND "key" = ?', (name, key)).fetchone()
        return int(row[0]) if row else 0

    before = count("action_status", "victims_journey|proposed")
    assert before == 3
    id, rec = run(
        "SELECT id, (SELECT id FROM recommendation WHERE reference = 'R-0002') FROM action WHERE reference = 'A-0006'"
    ).one()
    with sample.store.write("A", "why") as tx:
        tx.edit("action", id, {"status": "in_progress"})
    assert count("action_status", "victims_journey|in_progress") == 1
    with sample.store.write("A", "why") as tx:
        tx.edit("recommendation", rec, {"pillar": "prevention"})
    assert count("action_status", "prevention|in_progress") >= 1
    assert count("action_status", "victims_journey|proposed") == 0
    with sample.store.write("A", "why") as tx:
        tx.unlink("action.recommendations", id, rec)
        tx.delete("action", id)
    assert check(sample.store).problems == []
    with sample.store.write("A", "why") as tx:
        tx.delete("recommendation", rec)
    assert check(sample.store).problems == []


def test_an_entry_that_edits_and_then_deletes_stays_its_own_head(empty: Session) -> None:
    with empty.store.write("me", "make") as tx:
        id = tx.create("gap", {"statement": "x"})
    with empty.store.write("me", "both") as tx:
        tx.edit("gap", id, {"note": "seen"})
        tx.edit("gap", id, {"deleted": True})
    assert check(empty.store).problems == []
    assert empty.read().exec_driver_sql("SELECT note, deleted FROM gap").one() == ("seen", 1)
