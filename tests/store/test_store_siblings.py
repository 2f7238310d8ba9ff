"""What a stranger found wrong beside faults that were mended: files swept too soon, words that outlived a disposal, gaps, keys."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.services.test_returns import export, fill
from vawg_desktop.domain.errors import AppError, StoreError
from vawg_desktop.services import (
    attachments,
    merging,
    names,
    return_acceptance,
    return_staging,
    show,
    undoing,
)
from vawg_desktop.services.records import Assignment, add_update, assign, create
from vawg_desktop.services.session import Session
from vawg_desktop.store import backup as backups
from vawg_desktop.store import history as past
from vawg_desktop.store import keys, making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.dispose import HOLD, Authority, dispose
from vawg_desktop.store.rescuing import rescue
from vawg_desktop.store.restoring import restore
from vawg_desktop.store.store import Store

TWO = Authority("B. Officer", "Z. Officer", "schedule 4.2", "2026-11-26")


def codes(store: Store) -> list[str]:
    return [p.code for p in check(store).problems]


def places_of(store: Store, word: str) -> list[str]:
    """Where a word stands in a store: tables, search, held files."""
    read, found = store.read(), list[str]()
    tables = read.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'").fetchall()
    for (table,) in tables:
        for row in read.exec_driver_sql(f'SELECT * FROM "{table}"').mappings():
            found += [f"{table}.{k}" for k, v in row.items() if v is not None and word in str(v).casefold()]
    for sha256, name in store.files.listed():
        content = store.files.get(sha256)
        parts = [content]
        if content[:2] == b"PK":
            packed = zipfile.ZipFile(io.BytesIO(content))
            parts = [packed.read(n) for n in packed.namelist()]
        found += [f"held {name}" for part in parts if word.encode() in part.lower()]
    if read.exec_driver_sql("SELECT 1 FROM search WHERE search MATCH ?", (word,)).fetchone():
        found.append("search")
    return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Session]:
    store = making.create(tmp_path / "s.vawg", passphrase=None)
    made = Session(store, "A. Officer")
    yield made
    made.store.close()


def again(session: Session) -> Session:
    """The same store, closed and opened."""
    path = session.store.path
    session.store.close()
    session.store = opening.open_store(path)
    return session


def files_of(folder: Path) -> list[Path]:
    made = [folder / f"f{n}.txt" for n in range(3)]
    for n, path in enumerate(made):
        path.write_text(f"minutes, version {n}")
    return made


# -- held files ------------------------------------------------------------------------------------


def test_a_file_that_the_other_side_of_a_conflict_names_outlives_an_opening(desk: Session, tmp_path: Path) -> None:
    f0, f1, f2 = files_of(tmp_path)
    id, _ = create(desk, "evidence", {"title": "Minutes"})
    attachments.attach(desk, id, f0)
    take_copy(desk.store, tmp_path / "c.vawg")
    copy = Session(opening.open_store(tmp_path / "c.vawg"), "B. Officer")
    attachments.attach(desk, id, f1)
    attachments.attach(copy, id, f2)
    merging.merge(desk, copy.store)
    merging.merge(copy, desk.store)
    for one in (desk, copy):
        again(one)
        assert {n for _, n in one.store.files.listed()} == {"f0.txt", "f1.txt", "f2.txt"}
    standing = str(show.record(desk, id).cells["file_sha256"])
    for conflict in merging.conflicts(desk):
        now = show.record(desk, id).cells[conflict.field]
        merging.settle(desk, conflict.id, str(next(h.value for h in conflict.heads if h.value != now)), "the signed one")
    assert show.record(desk, id).cells["file_sha256"] != standing
    assert "minutes" in attachments.open_copy(desk, id).read_text() and codes(desk.store) == []
    copy.store.close()


def test_a_file_that_an_undo_brings_back_outlives_an_opening(desk: Session, tmp_path: Path) -> None:
    f0, f1, _ = files_of(tmp_path)
    id, _ = create(desk, "evidence", {"title": "Minutes"})
    attachments.attach(desk, id, f0)
    attachments.attach(desk, id, f1)
    undoing.undo(again(desk))
    assert attachments.open_copy(desk, id).read_text() == f0.read_text() and codes(desk.store) == []


def test_an_older_database_beside_newer_files_takes_none_of_them(desk: Session, tmp_path: Path) -> None:
    create(desk, "evidence", {"title": "Monday"})
    path = desk.store.path
    desk.store.close()
    shutil.copyfile(path, tmp_path / "monday")
    desk.store = opening.open_store(path)
    id, _ = create(desk, "evidence", {"title": "Proof"})
    attachments.attach(desk, id, files_of(tmp_path)[0])
    desk.store.close()
    shutil.copyfile(path, tmp_path / "friday")
    shutil.copyfile(tmp_path / "monday", path)
    opening.open_store(path).close()
    shutil.copyfile(tmp_path / "friday", path)
    desk.store = opening.open_store(path)
    assert attachments.open_copy(desk, id).read_text() == "minutes, version 0" and codes(desk.store) == []


def test_files_of_another_store_are_named_and_left_whole(tmp_path: Path) -> None:
    for name in "ab":
        with making.create(tmp_path / f"{name}.vawg", passphrase=None) as store:
            session = Session(store, "A. Officer")
            id, _ = create(session, "evidence", {"title": name})
            (tmp_path / f"{name}.txt").write_text(name)
            attachments.attach(session, id, tmp_path / f"{name}.txt")
    one, other = (tmp_path / f"{name}.vawg-files" for name in "ab")
    one.rename(tmp_path / "x")
    other.rename(one)
    (tmp_path / "x").rename(other)
    for name, there in ("a", "b.txt"), ("b", "a.txt"):
        with opening.open_store(tmp_path / f"{name}.vawg") as store:
            assert [n for _, n in store.files.listed()] == [there]
            assert codes(store) == ["files_foreign", "file_missing"]


# -- disposal --------------------------------------------------------------------------------------


def test_a_merged_disposal_leaves_the_chain_whole_where_a_transaction_says_two_things(sample: Session, tmp_path: Path) -> None:
    take_copy(sample.store, tmp_path / "c.vawg")
    take_copy(sample.store, tmp_path / "old.vawg")
    copy = Session(opening.open_store(tmp_path / "c.vawg"), "Copy")
    assign(sample, "P-0001", [Assignment("sharing_agreement", "ours")], "x")
    assign(copy, "P-0001", [Assignment("sharing_agreement", "theirs")], "x")
    assign(sample, "P-0002", [Assignment("shared_mailbox", "q@example.org")], "x")
    merging.merge(sample, copy.store)
    merging.combine(sample, "P-0001", "P-0002", "somebody told us that both are one")
    merging.merge(copy, sample.store)
    found = names.find(copy.read(), "P-0001")
    dispose(copy.store, found.entity, found.id, TWO)
    merging.merge(sample, copy.store)
    assert codes(sample.store) == []
    with opening.open_store(tmp_path / "old.vawg") as old:
        merging.merge(Session(old, "Old"), sample.store)
        assert codes(old) == []
    copy.store.close()


def test_what_a_colleague_wrote_of_a_record_disposed_of_elsewhere_goes_too(sample: Session, tmp_path: Path) -> None:
    sent = max(export(sample, tmp_path / "out").values(), key=lambda s: s.rows)
    take_copy(sample.store, tmp_path / "c.vawg")
    copy = Session(opening.open_store(tmp_path / "c.vawg"), "Copy")
    back = fill(sent.file, {("A-0005", "Progress update"): "bilbywords", ("A-0005", "Blockers"): "numbatwords"}, tmp_path / "back.xlsx")
    return_staging.import_return(sample, back, apply="all")
    add_update(sample, "A-0005", {"narrative": "quollwords", "informant": "wombatname"})
    found = names.find(copy.read(), "A-0005")
    dispose(copy.store, found.entity, found.id, TWO)
    merging.merge(sample, copy.store)
    merging.merge(copy, sample.store)
    for one in (sample, copy):
        assert {w: places_of(one.store, w) for w in ("bilbywords", "numbatwords", "quollwords", "wombatname")} == {
            "bilbywords": [], "numbatwords": [], "quollwords": [], "wombatname": [],
        }  # fmt: skip
        assert codes(one.store) == []
    copy.store.close()


def test_disposing_of_an_update_or_of_a_new_row_takes_its_words_out_of_the_return(sample: Session, tmp_path: Path) -> None:
    sent = max(export(sample, tmp_path / "out").values(), key=lambda s: s.rows)
    book = load_workbook(sent.file)
    book["New actions"].cell(2, 1, "wombattitle, a new action")
    book.save(tmp_path / "new.xlsx")
    first = str(book["Actions"].cell(2, 1).value)[:6]
    back = fill(str(tmp_path / "new.xlsx"), {(first, "Progress update"): "bilbywords"}, tmp_path / "back.xlsx")
    staged = return_staging.import_return(sample, back, apply="all")
    return_acceptance.add_new_row(sample, staged.submission, staged.new_rows[0])
    for word, table in ("bilbywords", "update"), ("wombattitle", "action"):
        column = "narrative" if table == "update" else "title"
        id = sample.read().exec_driver_sql(f'SELECT id FROM "{table}" WHERE instr("{column}", ?) > 0', (word,)).one()[0]
        dispose(sample.store, table, str(id), TWO)
        assert places_of(sample.store, word) == [] and codes(sample.store) == []


def test_a_combined_record_leaves_no_name_of_its_own_behind(sample: Session) -> None:
    id, _ = create(sample, "partner", {"name": "Quokka Trust", "short_name": "Quokka"})
    merging.combine(sample, "P-0001", id, "one body")
    dispose(sample.store, "partner", id, TWO)
    assert places_of(sample.store, "quokka") == [] and codes(sample.store) == []


def test_what_was_disposed_of_since_a_backup_does_not_come_back_with_it(sample: Session) -> None:
    assign(sample, "A-0005", [Assignment("note", "quokkaword")], "x")
    path = sample.store.path
    made = backups.back_up(path, None, backups.folder_beside(path), kind=backups.POINT, name="before the board")
    found = names.find(sample.read(), "A-0005")
    dispose(sample.store, found.entity, found.id, TWO)
    sample.store.close()
    restore(made.path, path, passphrase=None)
    sample.store = opening.open_store(path)
    assert places_of(sample.store, "quokkaword") == []
    assert set(codes(sample.store)) <= {"disposed_in_backup"}


# -- rescue, moves, keys, undo ------------------------------------------------------------------------


def test_a_rescued_store_with_a_gap_can_be_backed_up_and_merged_in_words(tmp_path: Path) -> None:
    word, path, out = "a long passphrase", tmp_path / "s.vawg", tmp_path / "out.vawg"

    def opened(name: str) -> Session:
        return Session(opening.open_store(tmp_path / f"{name}.vawg", passphrase=word), name)

    def copied(one: str, other: str) -> None:
        for end in ("", "-keys"):
            shutil.copyfile(tmp_path / f"{one}.vawg{end}", tmp_path / f"{other}.vawg{end}")

    desk = Session(making.create(path, passphrase=word), "A. Officer")
    id, _ = create(desk, "gap", {"statement": "A gap"})
    take_copy(desk.store, tmp_path / "early.vawg")
    for n in range(60):
        assign(desk, id, [Assignment("note", f"note {n} " + "x" * 300)], "w")
    desk.store.close()
    copied("s", "hand")
    for name, times in ("s", 20), ("hand", 1):
        session = opened(name)
        for n in range(times):
            assign(session, id, [Assignment("need", f"later {n} " + "x" * 300)], "w")
        session.store.close()
    whole = path.read_bytes()
    copied("s", "damaged")
    for page in range(len(whole) // 4096 - 2, 3, -1):
        damaged = bytearray(whole)
        damaged[(page - 1) * 4096 + 200 : (page - 1) * 4096 + 600] = b"\xff" * 400
        (tmp_path / "damaged.vawg").write_bytes(damaged)
        try:
            lost = rescue(tmp_path / "damaged.vawg", out, passphrase=word).lost
        except AppError:
            continue
        if any("of the log before" in one for one in lost):
            break
        making.remove(out)
    else:
        pytest.fail("no page made a gap in the log")
    rescued = opened("out")
    assert "entry_missing" in codes(rescued.store)
    assert backups.back_up(out, rescued.store.key, tmp_path / "bk", kind=backups.POINT, name="x").path.exists()
    said: list[str] = []
    for name in ("early", "hand"):
        copied(name, f"{name}2")
        other = opened(f"{name}2")
        try:
            merging.merge(other, rescued.store)
        except StoreError as error:
            said.append(error.code)
        other.store.close()
    assert said and set(said) == {"log_has_gaps"}
    rescued.store.close()


_KILLED_MOVE = """
import os, sys
from vawg_desktop.store import moving, opening
from vawg_desktop.store.copying import copy_between
moving.done = lambda *a: os.kill(os.getpid(), 9)
copy_between(opening.open_store(__import__("pathlib").Path(sys.argv[1])), sys.argv[2], move=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="a kill is a signal")
def test_a_killed_move_whose_new_store_was_taken_elsewhere_leaves_one_that_numbers(desk: Session, tmp_path: Path) -> None:
    path, new = desk.store.path, tmp_path / "new.vawg"
    desk.store.close()
    done = subprocess.run([sys.executable, "-c", _KILLED_MOVE, str(path), str(new)], cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL and new.exists()
    (tmp_path / "share").mkdir()
    new.rename(tmp_path / "share" / "new.vawg")
    desk.store = opening.open_store(path)
    with opening.open_store(tmp_path / "share" / "new.vawg") as moved:
        assert (desk.store.meta("mints"), moved.meta("mints")) == ("0", "1")
        assert codes(desk.store) == ["move_unfinished"]
    (tmp_path / "share" / "new.vawg").rename(new)
    assert codes(again(desk).store) == []


@pytest.mark.parametrize("written", [b'{"format": 1}', b"[" * 100_000, b"[]", b"null", b'{"format": "x", "wrapped": []}', b'{"format": 1, "wrapped": [1]}'])
def test_a_damaged_keys_file_is_called_that(tmp_path: Path, written: bytes) -> None:
    making.create(tmp_path / "s.vawg", passphrase="a long passphrase").close()
    keys.keys_path(tmp_path / "s.vawg").write_bytes(written)
    for look in (lambda: keys.ways_in(tmp_path / "s.vawg"), lambda: opening.open_store(tmp_path / "s.vawg", passphrase="a long passphrase")):
        with pytest.raises(StoreError) as refused:
            look()
        assert refused.value.code == "keys_damaged"


def test_a_keys_file_that_is_a_folder_and_one_of_a_later_version(tmp_path: Path) -> None:
    making.create(tmp_path / "s.vawg", passphrase="a long passphrase").close()
    place = keys.keys_path(tmp_path / "s.vawg")
    said = json.loads(place.read_text())
    place.write_text(json.dumps({**said, "format": said["format"] + 1}))
    with pytest.raises(StoreError, match="later version"):
        keys.ways_in(tmp_path / "s.vawg")
    place.unlink()
    place.mkdir()
    with pytest.raises(StoreError, match="cannot be read"):
        keys.ways_in(tmp_path / "s.vawg")


def test_an_update_that_comes_back_to_its_action_leaves_the_other_as_it_was(sample: Session) -> None:
    add_update(sample, "A-0006", {"narrative": "heard"})
    merging.combine(sample, "A-0005", "A-0006", "one")
    undoing.undo(sample)
    assert codes(sample.store) == []


def test_undoing_a_creation_spares_a_record_that_a_colleague_has_named_since(sample: Session) -> None:
    colleague = Session(sample.store, "B. Colleague")
    id, _ = create(sample, "partner", {"name": "Quokka Trust"})
    assign(colleague, "A-0005", [Assignment("accountable", "Quokka Trust")], "they agreed to own it")
    with pytest.raises(AppError, match=r"B\. Colleague has worked on it since"):
        undoing.undo(sample)
    assert not show.record(sample, id).deleted


def test_the_servers_twin_of_the_log_knows_the_same_kinds_by_content() -> None:
    """``roles.sql`` says again in SQL what ``history.cells_after`` says: which kinds are one where they were made twice."""
    sql = (Path(__file__).parents[2] / "resources" / "postgres" / "roles.sql").read_text("utf-8")
    said = re.search(r"p_tbl IN \(([^)]*)\) AS twins", sql)
    assert said is not None and set(re.findall(r"'(\w+)'", said[1])) == past.BY_CONTENT


def test_a_legal_hold_keeps_what_was_written_here_of_a_record_disposed_of_elsewhere(sample: Session, tmp_path: Path) -> None:
    take_copy(sample.store, tmp_path / "c.vawg")
    copy = Session(opening.open_store(tmp_path / "c.vawg"), "Copy")
    found = names.find(sample.read(), "A-0001")
    with sample.store.write("A. Officer", "a claim is before the court") as tx:
        tx.link(HOLD, found.id, "case 7")
    add_update(sample, "A-0001", {"narrative": "zebraheld"})
    dispose(copy.store, found.entity, found.id, TWO)
    merging.merge(sample, copy.store)
    assert "change.fields" in places_of(again(sample).store, "zebraheld") and "update.narrative" in places_of(sample.store, "zebraheld")
    copy.store.close()


def test_a_return_redacted_twice_stands_as_its_log_says(sample: Session, tmp_path: Path) -> None:
    sent = max(export(sample, tmp_path / "out").values(), key=lambda s: s.rows)
    rows = [str(c.value)[:6] for c in load_workbook(sent.file)["Actions"]["A"][1:3]]
    one = fill(sent.file, {(rows[0], "Progress update"): "bilbywords"}, tmp_path / "one.xlsx")
    two = fill(sent.file, {(rows[1], "Progress update"): "numbatwords", (rows[1], "Answer"): "Update"}, tmp_path / "two.xlsx")
    for path in (one, two):
        return_staging.import_return(sample, path, apply="all")
    updates = sample.read().exec_driver_sql('SELECT id FROM "update" ORDER BY n').fetchall()
    for (id,) in updates:
        dispose(sample.store, "update", str(id), TWO)
        assert codes(sample.store) == []
    for name in rows:
        dispose(sample.store, "action", names.find(sample.read(), name).id, TWO)
        assert codes(sample.store) == []  # rows of a fresh copy are named apart, and leave with the rest
