"""Disposal is finished even where it was cut short, and final wherever somebody writes on (DESIGN 3)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from vawg_desktop.domain.errors import RuleError
from vawg_desktop.services import merging, safekeeping, undoing
from vawg_desktop.services.attachments import attach
from vawg_desktop.services.records import add_update, assign, create, hide, parse_assignment, set_link
from vawg_desktop.services.session import Session
from vawg_desktop.store import backup as backups
from vawg_desktop.store import dispose as disposal
from vawg_desktop.store import making, opening, work
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.dispose import Authority, dispose
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.files import files_path

TWO = Authority("A Person", "B Person", "retention rule 4", "2026-11-22")


class _Killed(BaseException):
    """What a kill between two statements is to the code that was running."""


def _with_a_file(session: Session, tmp_path: Path) -> tuple[str, str]:
    kept = tmp_path / "numbat.txt"
    kept.write_text("numbat minutes")
    sha256 = session.store.files.keep(kept.name, kept.read_bytes())
    id, _ = create(session, "evidence", {"title": "numbat", "file_sha256": sha256, "file_name": kept.name})
    return id, sha256


def test_a_disposal_cut_short_after_its_commit_is_finished_at_the_next_opening(
    empty: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, sha256 = _with_a_file(empty, tmp_path)
    path = empty.store.path

    def killed(_store: object) -> None:
        raise _Killed

    monkeypatch.setattr(work, "finish", killed)
    with pytest.raises(_Killed):
        disposal.dispose(empty.store, "evidence", id, TWO)
    monkeypatch.undo()
    assert {kind for kind, _ in work.left(empty.read())} == {work.SWEEP_FILE, work.SWEEP_STORE}
    assert sha256 in empty.store.files.known()
    empty.store.close()

    empty.store = opening.open_store(path)
    assert work.left(empty.read()) == []
    assert sha256 not in empty.store.files.known()
    empty.store.close()
    for part in (path, files_path(path)):
        assert b"numbat" not in part.read_bytes(), part.name
    empty.store = opening.open_store(path)
    assert check(empty.store).problems == []


def test_check_names_a_disposal_that_is_not_finished_and_one_that_was_undone(
    empty: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, _ = _with_a_file(empty, tmp_path)
    monkeypatch.setattr(work, "finish", lambda _store: [])
    disposal.dispose(empty.store, "evidence", id, TWO)
    assert {p.code for p in check(empty.store).problems} == {"disposal_unfinished"}
    monkeypatch.undo()
    assert work.finish(empty.store) == []
    assert check(empty.store).problems == []
    with empty.store.engines.writer.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE evidence SET title = 'numbat' WHERE id = ?", (id,))
    assert "disposal_undone" in {p.code for p in check(empty.store).problems}


def test_a_store_that_could_not_be_read_just_now_is_not_called_damaged(
    sample: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlcipher3.dbapi2 as driver
    from sqlalchemy.exc import OperationalError

    from vawg_desktop.store import check as checking

    def busy(*_: object) -> None:
        raise OperationalError("SELECT 1", (), driver.OperationalError("database is locked"))

    monkeypatch.setattr(checking, "_look", busy)
    report = check(sample.store)
    assert [p.code for p in report.problems] == ["not_checked"]
    assert "damaged" not in report.problems[0].message


def test_a_file_that_a_record_names_again_meanwhile_stays(
    empty: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, sha256 = _with_a_file(empty, tmp_path)
    monkeypatch.setattr(work, "finish", lambda _store: [])
    disposal.dispose(empty.store, "evidence", id, TWO)
    monkeypatch.undo()
    create(empty, "evidence", {"title": "another", "file_sha256": sha256, "file_name": "minutes.txt"})
    assert work.finish(empty.store) == []
    assert sha256 in empty.store.files.known()


def test_another_window_delays_the_rewriting_and_the_opening_after_it_does_it(empty: Session, tmp_path: Path) -> None:
    id, _ = _with_a_file(empty, tmp_path)
    path = empty.store.path
    beside = connect_raw(path, None)
    beside.execute("BEGIN")
    beside.execute("SELECT count(*) FROM evidence").fetchone()
    changes = disposal.dispose(empty.store, "evidence", id, TWO)
    waits = work.left(empty.read())
    beside.close()
    assert waits == [(work.SWEEP_STORE, "")]
    assert any("rewritten when it is closed" in n for n in changes.notes)
    empty.store.close()
    empty.store = opening.open_store(path)
    assert work.left(empty.read()) == []
    empty.store.close()
    assert b"numbat" not in path.read_bytes()
    empty.store = opening.open_store(path)


def _disposed_action(session: Session) -> str:
    id, _ = create(session, "action", {"title": "quokka plan"})
    disposal.dispose(session.store, "action", id, TWO)
    return id


def test_nothing_is_written_on_a_tombstone_nor_hung_on_it(sample: Session) -> None:
    id = _disposed_action(sample)
    with pytest.raises(RuleError):
        assign(sample, id, [parse_assignment("title=quokka again")], "told")
    with pytest.raises(RuleError):
        assign(sample, id, [parse_assignment("deleted=no")], "told")
    with pytest.raises(RuleError):
        add_update(sample, id, {"narrative": "quokka news"})
    with pytest.raises(RuleError):
        set_link(sample, "action", "depends_on", _id(sample, "A-0006"), id)
    rows = sample.read().exec_driver_sql("SELECT * FROM action").fetchall()
    assert "quokka" not in repr(rows)
    assert check(sample.store).problems == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_tombstone_is_final_in_a_merge(sample: Session, tmp_path: Path, when: str) -> None:
    id, _ = create(sample, "action", {"title": "quokka plan"})
    copy = Session(opening.open_store(take_copy(sample.store, tmp_path / "copy.vawg")), "Colleague")
    try:
        if when == "after":
            disposal.dispose(sample.store, "action", id, TWO)
        assign(copy, id, [parse_assignment("title=quokka in the copy")], "told there")
        add_update(copy, id, {"narrative": "quokka news"})
        if when == "before":
            disposal.dispose(sample.store, "action", id, TWO)
        for one, other in ((sample, copy), (copy, sample), (sample, copy)):
            merging.merge(one, other.store)
            for table in ("action", "update", "change", "subject"):
                if table == "update" and one is copy:
                    continue
                rows = one.read().exec_driver_sql(f'SELECT * FROM "{table}" WHERE {_of(table)} = ?', (id,)).fetchall()
                assert "in the copy" not in repr(rows), (table, one.who)
            row = one.read().exec_driver_sql("SELECT deleted, title, conflicts FROM action WHERE id = ?", (id,)).one()
            assert (row[0], row[1], row[2]) == (1, None, 0)
            assert [c for c in merging.conflicts(one) if c.record == id] == []
            assert check(one.store).problems == []
    finally:
        copy.store.close()


def _id(session: Session, ref: str) -> str:
    return str(session.read().exec_driver_sql("SELECT id FROM action WHERE reference = ?", (ref,)).one()[0])


def _of(table: str) -> str:
    return {"change": '"row"', "update": "action"}.get(table, "id")


def test_settling_does_not_bring_disposed_words_back(sample: Session, tmp_path: Path) -> None:
    id, _ = create(sample, "action", {"title": "quokka plan"})
    copy = Session(opening.open_store(take_copy(sample.store, tmp_path / "copy.vawg")), "Colleague")
    try:
        assign(copy, id, [parse_assignment("title=there")], "told there")
        assign(sample, id, [parse_assignment("title=here")], "told here")
        merging.merge(sample, copy.store)
        conflict = next(c for c in merging.conflicts(sample) if c.field == "title")
        disposal.dispose(sample.store, "action", id, TWO)
        with pytest.raises(Exception, match="no open conflict"):
            merging.find(sample, conflict.id)
        merging.merge(sample, copy.store)
        assert [c for c in merging.conflicts(sample) if c.record == id] == []
    finally:
        copy.store.close()


# -- undo goes by heads ----------------------------------------------------------------------------


def _cell(session: Session, ref: str, key: str) -> object:
    return session.read().exec_driver_sql(f"SELECT {key} FROM action WHERE reference = ?", (ref,)).one()[0]


def test_a_colleague_who_set_the_same_value_again_is_not_undone(sample: Session) -> None:
    mate = Session(sample.store, "Colleague")
    for session, words in ((sample, "blockers=x"), (sample, "blockers=y"), (mate, "blockers=z"), (mate, "blockers=y")):
        assign(session, "A-0006", [parse_assignment(words)], "told")
    undoing.undo(sample)
    found = [c for c in merging.conflicts(sample) if c.record == "A-0006" and c.field == "blockers"]
    assert len(found) == 1
    assert {str(h.value) for h in found[0].heads} == {"x", "y"}
    assert check(sample.store).problems == []


def test_undoing_a_creation_spares_a_colleagues_later_work(sample: Session) -> None:
    id, _ = create(sample, "action", {"title": "Made by me"})
    mate = Session(sample.store, "Colleague")
    add_update(mate, id, {"narrative": "They began."})
    with pytest.raises(RuleError, match="Colleague has worked on it"):
        undoing.undo(sample)
    row = sample.read().exec_driver_sql("SELECT deleted FROM action WHERE id = ?", (id,)).one()
    assert row[0] == 0
    assert check(sample.store).problems == []


def test_a_record_disposed_of_out_of_the_bin_stays_disposed_of(sample: Session, tmp_path: Path) -> None:
    """It lay in the bin already: its tombstone is as final, here and on a laptop where it was brought back meanwhile."""
    id, _ = create(sample, "gap", {"statement": "quokka words"})
    laptop = Session(opening.open_store(take_copy(sample.store, tmp_path / "laptop.vawg")), "L")
    hide(sample, [id])
    assign(laptop, id, [parse_assignment("statement=quokka words, and more")], "w")
    dispose(sample.store, "gap", id, Authority("A Person", "B Person", "rule 4", "2026-11-22"))
    for change in (lambda: hide(sample, [id], hidden=False), lambda: assign(sample, id, [parse_assignment("note=back")], "w")):
        with pytest.raises(RuleError, match="disposed of"):
            change()
    for one, other in ((sample, laptop), (laptop, sample)):
        merging.merge(one, other.store)
        rows = one.read().exec_driver_sql("SELECT statement, deleted FROM gap WHERE id = ?", (id,)).fetchall()
        assert [tuple(r) for r in rows] == [(None, 1)] and merging.conflicts(one) == []
        logged = one.read().exec_driver_sql("SELECT count(*) FROM \"change\" WHERE instr(fields, 'quokka') > 0").one()[0]
        assert logged == 0 and check(one.store).problems == []
    laptop.store.close()


def test_a_held_file_that_nobody_names_is_said_and_swept_at_the_next_opening(tmp_path: Path) -> None:
    """A kill came between the file and the record that was to name it."""
    path = tmp_path / "s.vawg"
    store = making.create(path, passphrase=None)
    sha256 = store.files.keep("never named.pdf", b"words of nobody's")
    found = check(store)
    assert found.ok and {p.code for p in found.problems} == {"held_unnamed"}
    with opening.open_store(path) as beside:  # another process may be about to name it
        assert beside.files.known() == {sha256}
    store.close()
    with opening.open_store(path) as again:
        assert again.files.known() == set() and check(again).problems == []


def test_backups_that_still_hold_disposed_words_are_named_and_age_out_with_their_files(tmp_path: Path) -> None:
    store = making.create(tmp_path / "s.vawg", passphrase="correct horse battery")
    session = Session(store, "B. Officer")
    proof = tmp_path / "proof.txt"
    proof.write_text("a proof of something", "utf-8")
    keep, _ = create(session, "evidence", {"title": "Stays"})
    gone, _ = create(session, "evidence", {"title": "To be disposed of"})
    attach(session, gone, proof)
    point = safekeeping.back_up(session, name="before the board")
    dispose(store, "evidence", gone, Authority("A Person", "B Person", "rule 4", "2026-11-22"))
    after = safekeeping.back_up(session)
    found = check(store)
    said = [p.message for p in found.problems if p.code == "disposed_in_backup"]
    assert found.ok and len(said) == 1 and point.path.name in said[0] and "before the board" in said[0] and "take it away" in said[0]
    assert after.path.name not in said[0]
    held = backups.folder_beside(store.path) / backups.HELD
    assert len(list(held.iterdir())) == 1
    for _ in range(30):  # the point is taken away by hand; the files it alone named go when the folder is next thinned
        assign(session, keep, [parse_assignment(f"note={_}")], "w")
        backups.back_up(store.path, store.key, backups.folder_beside(store.path), kind=backups.AUTOMATIC)
    shutil.rmtree(point.path)
    backups.thin(backups.folder_beside(store.path), store.key)
    assert list(held.iterdir()) == [] and check(store).problems == []
    store.close()


def test_a_record_is_disposed_of_once(empty: Session) -> None:
    id, _ = create(empty, "gap", {"statement": "words"})
    dispose(empty.store, "gap", id, Authority("A Person", "B Person", "rule 4", "2026-11-22"))
    with pytest.raises(RuleError, match="already"):
        dispose(empty.store, "gap", id, Authority("A Person", "B Person", "rule 4", "2026-11-22"))
    assert check(empty.store).problems == []
