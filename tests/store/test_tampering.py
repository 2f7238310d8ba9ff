"""What somebody with the files could do to them, by hand or with intent: noticed, told, and nothing destroyed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.merging.test_merging import rewrite_tail
from tests.test_cli import Run
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import merging, safekeeping
from vawg_desktop.services.records import create
from vawg_desktop.services.session import Session
from vawg_desktop.store import holding, keys, making, opening
from vawg_desktop.store.check import check, integrity
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.restoring import restore

WORDS = "correct horse battery"


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Path]:
    """A plain store with twenty gaps and a backup beside it made after ten."""
    path = tmp_path / "s.vawg"
    with making.create(path, passphrase=None) as store:
        session = Session(store, "B. Officer")
        for i in range(20):
            create(session, "gap", {"statement": f"statement {i}"})
            if i == 9:
                safekeeping.back_up(session)
    yield path


def everything(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and not p.name.endswith("-open")}


def locked(path: Path, words: str = WORDS) -> None:
    with making.create(path, passphrase=words) as store:
        create(Session(store, "A"), "gap", {"statement": path.stem})


# -- rewritten logs ---------------------------------------------------------------------------------


def test_a_rewritten_log_is_told_by_the_backup_beside_it(plain: Path) -> None:
    with opening.open_store(plain) as store:
        assert check(store).problems == []
    rewrite_tail(plain, 12, "somebody else")
    with opening.open_store(plain) as store:
        assert {p.code for p in check(store).problems} == {"chain_rewritten"}


def test_a_log_cut_short_is_told_by_the_backup_beside_it(plain: Path) -> None:
    raw = connect_raw(plain, None)
    raw.execute("DROP TRIGGER change_no_delete")
    cut = raw.execute('SELECT "row" FROM "change" WHERE seq > 8').fetchall()
    raw.execute('DELETE FROM "change" WHERE seq > 8')
    raw.executemany("DELETE FROM gap WHERE id = ?", cut)
    raw.executemany("DELETE FROM subject WHERE id = ?", cut)
    hash_ = raw.execute('SELECT hash FROM "change" WHERE seq = 8').fetchone()[0]
    raw.execute("UPDATE origin SET seq = 8, hash = ?", (hash_,))
    raw.close()
    with opening.open_store(plain) as store:
        assert "tail_missing" in {p.code for p in check(store).problems}


def test_a_head_off_a_paper_is_checked_by_the_command(plain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opening.open_store(plain) as store:
        ((_, head),) = safekeeping.heads(Session(store, "B")).values()
    spaced = " ".join(head[i : i + 4] for i in range(0, 24, 4))
    assert Run(capsys, "check", plain, "--head", spaced, "--json").json()["ok"] is True  # type: ignore[index]
    rewrite_tail(plain, 3, "somebody else")
    found = Run(capsys, "check", plain, "--head", spaced, "--json")
    assert found.code == 1 and [p["code"] for p in found.json()["problems"]] == ["head_unknown"]  # type: ignore[index]
    wrong = Run(capsys, "check", plain, "--head", "abc")
    assert wrong.code == 1 and "at least 12" in wrong.err


def test_a_restored_store_is_not_told_off_for_what_the_backups_hold_since(plain: Path) -> None:
    with opening.open_store(plain) as store:
        session = Session(store, "B. Officer")
        old = safekeeping.listed(session)[0].backup
        safekeeping.back_up(session)
    restore(old.path, plain, passphrase=None)
    with opening.open_store(plain) as store:
        assert check(store).problems == []


# -- files in each other's place --------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there that officers have not")
@pytest.mark.parametrize("which", ["", "-keys", "-files", "-wal"])
def test_a_store_reached_through_a_link_is_refused(tmp_path: Path, which: str) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    home.mkdir()
    away.mkdir()
    locked(home / "s.vawg")
    for one in home.iterdir():
        shutil.copyfile(one, away / one.name)
    link = away / f"s.vawg{which}"
    link.unlink(missing_ok=True)
    link.symlink_to(home / f"s.vawg{which}")
    before = everything(home)
    with pytest.raises(StoreError, match="is a link to") as refused:
        opening.open_store(away / "s.vawg", passphrase=WORDS)
    assert refused.value.code == "link" and everything(home) == before


def test_another_stores_keys_are_said_to_be_so_and_nothing_is_touched(tmp_path: Path) -> None:
    for name in ("one", "two"):
        locked(tmp_path / f"{name}.vawg")
    one, two = (keys.keys_path(tmp_path / f"{n}.vawg") for n in ("one", "two"))
    kept = one.read_bytes()
    shutil.copyfile(two, one)
    before = everything(tmp_path)
    with pytest.raises(StoreError, match="another store's") as refused:
        opening.open_store(tmp_path / "one.vawg", passphrase=WORDS)
    assert "keys file" in refused.value.message and everything(tmp_path) == before
    one.write_bytes(kept)
    opening.open_store(tmp_path / "one.vawg", passphrase=WORDS).close()


def _log_of(path: Path, words: str | None, away: Path) -> None:
    """Write something and keep the write-ahead log as it is before it is folded in."""
    store = opening.open_store(path, passphrase=words)
    create(Session(store, "A"), "gap", {"statement": "in the log"})
    shutil.copyfile(path.with_name(path.name + "-wal"), away)
    store.close()


@pytest.mark.parametrize("words", [None, WORDS], ids=["plain", "locked"])
@pytest.mark.parametrize("whose", ["another's", "its own, older"])
def test_a_log_that_is_not_the_stores_own_is_not_folded_in(tmp_path: Path, words: str | None, whose: str) -> None:
    path, other = tmp_path / "s.vawg", tmp_path / "o.vawg"
    for one in (path, other):
        with making.create(one, passphrase=words) as store:
            create(Session(store, "A"), "gap", {"statement": one.stem})
    _log_of(path if whose == "its own, older" else other, words, tmp_path / "kept-wal")
    with opening.open_store(path, passphrase=words) as store:
        for i in range(30):
            create(Session(store, "A"), "gap", {"statement": f"later {i}"})
    shutil.copyfile(tmp_path / "kept-wal", path.with_name(path.name + "-wal"))
    before = everything(tmp_path)
    with pytest.raises(StoreError) as refused:
        opening.open_store(path, passphrase=words)
    assert refused.value.code == "foreign_log" and everything(tmp_path) == before
    path.with_name(path.name + "-wal").unlink()
    store = opening.open_store(path, passphrase=words)
    assert store.read().exec_driver_sql("SELECT count(*) FROM gap").one()[0] >= 31
    assert check(store).problems == []
    store.close()


def test_a_log_that_a_crash_left_is_folded_in(tmp_path: Path) -> None:
    path = tmp_path / "s.vawg"
    locked(path)
    store = opening.open_store(path, passphrase=WORDS)
    create(Session(store, "A"), "gap", {"statement": "before the crash"})
    left = tmp_path / "left"
    left.mkdir()
    for one in tmp_path.glob("s.vawg*"):
        shutil.copyfile(one, left / one.name)
    store.close()
    with opening.open_store(left / "s.vawg", passphrase=WORDS) as again:
        assert again.read().exec_driver_sql("SELECT count(*) FROM gap").one()[0] == 2


# -- damage met early -------------------------------------------------------------------------------


def _damage(path: Path) -> None:
    """One byte in the middle of the file turned."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 + 100] ^= 0xFF
    path.write_bytes(bytes(data))


def test_a_damaged_store_is_not_merged_from_or_into(tmp_path: Path) -> None:
    path = tmp_path / "s.vawg"
    locked(path)
    store = opening.open_store(path, passphrase=WORDS)
    session = Session(store, "A")
    merging.copy(session, tmp_path / "laptop.vawg")
    laptop = opening.open_store(tmp_path / "laptop.vawg", passphrase=WORDS)
    create(Session(laptop, "L"), "gap", {"statement": "from the room"})
    laptop.close()
    _damage(tmp_path / "laptop.vawg")
    damaged = opening.open_store(tmp_path / "laptop.vawg", passphrase=WORDS)
    assert integrity(store) == "" and "damaged" in integrity(damaged)
    before = store.read().exec_driver_sql('SELECT count(*) FROM "change"').one()
    with pytest.raises(StoreError, match="damaged") as refused:
        merging.merge(session, damaged)
    assert refused.value.code == "other_damaged"
    with pytest.raises(StoreError, match="damaged") as refused:
        merging.merge(Session(damaged, "L"), store)
    assert refused.value.code == "damaged"
    assert store.read().exec_driver_sql('SELECT count(*) FROM "change"').one() == before
    damaged.close()
    store.close()


def test_a_store_found_damaged_may_be_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "s.vawg"
    locked(path)
    with opening.open_store(path, passphrase=WORDS) as store:
        session = Session(store, "A")
        store.door.close_for("The file is damaged: restore the latest backup.")
        assert store.read().exec_driver_sql("SELECT count(*) FROM gap").one()[0] == 1
        with pytest.raises(StoreError, match="restore the latest backup") as refused:
            create(session, "gap", {"statement": "not to be"})
        assert refused.value.code == "damaged"


@pytest.mark.parametrize("words", [None, b"", b"another program's words"], ids=["gone", "empty", "strange"])
def test_the_lock_of_a_store_is_no_part_of_it(plain: Path, words: bytes | None) -> None:
    lock = holding.lock_path(plain)
    lock.unlink(missing_ok=True)
    if words is not None:
        lock.write_bytes(words)
    with opening.open_store(plain) as store:
        create(Session(store, "A"), "gap", {"statement": "written all the same"})
        assert check(store).problems == []
