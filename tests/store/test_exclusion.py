"""Restoring beside others loses nothing that was acknowledged, and one that is cut short is finished."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import show
from vawg_desktop.services.records import Assignment, assign, create
from vawg_desktop.services.session import Session
from vawg_desktop.store import backup as backups
from vawg_desktop.store import exchanging, holding, making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.restoring import restore

WRITER = """
import sys
from pathlib import Path
from vawg_desktop.services.records import create
from vawg_desktop.services.session import Session
from vawg_desktop.domain.errors import AppError
from vawg_desktop.store import making, opening
path, said, stop = Path(sys.argv[1]), open(sys.argv[2], "a"), Path(sys.argv[4])
n = 0
while not stop.exists():
    try:
        with opening.open_store(path) as store:
            for _ in range(3):
                create(Session(store, sys.argv[3]), "gap", {"statement": f"{sys.argv[3]} {n}"})
                said.write(f"{sys.argv[3]} {n}\\n"); said.flush()
                n += 1
    except AppError:
        pass
"""


@pytest.fixture
def backed(sample: Session, tmp_path: Path) -> tuple[Path, Path]:
    """A closed store and a backup of it."""
    made = backups.back_up(sample.store.path, None, tmp_path / "backups", kind=backups.POINT, name="start")
    path = sample.store.path
    sample.store.close()
    return path, made.path


def test_a_store_that_is_open_is_not_replaced(backed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path, backup = backed
    monkeypatch.setattr(holding, "WAIT_SECONDS", 0.2)
    monkeypatch.setattr(holding.hold, "__kwdefaults__", {"exclusive": False, "seconds": 0.2})
    with opening.open_store(path) as store:
        create(Session(store, "A"), "gap", {"statement": "acknowledged"})
        with pytest.raises(StoreError) as refused:
            restore(backup, path, passphrase=None)
        assert refused.value.code == "in_use"
        create(Session(store, "A"), "gap", {"statement": "acknowledged too"})
    with opening.open_store(path) as store:
        assert store.read().exec_driver_sql("SELECT count(*) FROM gap WHERE statement LIKE 'acknowledged%'").one()[0] == 2
    restore(backup, path, passphrase=None)


#: The long run does it for half an hour.
SOAK_SECONDS = float(os.environ.get("VAWG_SOAK_SECONDS", "1800")) if os.environ.get("VAWG_SOAK") else 0.0


def test_no_acknowledged_write_is_lost_to_restores_beside_writers(backed: tuple[Path, Path], tmp_path: Path) -> None:
    """Each is in the store, or in the backup that the restore made of what stood before."""
    path, backup = backed
    stop = tmp_path / "stop"
    logs = [tmp_path / f"{n}.log" for n in "ab"]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(one), one.stem, str(stop)], cwd=Path(__file__).parents[2])
        for one in logs
    ]
    done = 0
    kept: set[str] = set()
    began = time.monotonic()
    while done < 5 or time.monotonic() - began < SOAK_SECONDS:
        while not all(one.exists() and one.stat().st_size for one in logs):
            time.sleep(0.02)
        try:
            made = restore(backup, path, passphrase=None)
            done += 1
            if made.before is not None:
                kept |= _statements(made.before / backups.DATABASE)
                shutil.rmtree(made.before)
        except StoreError as error:
            assert error.code in ("in_use", "open_elsewhere"), error.message
    stop.touch()
    for one in writers:
        one.wait(120)
    said = {line for one in logs for line in one.read_text().splitlines()}
    for place in [path, *(b.path / backups.DATABASE for b in backups.listed(backups.folder_beside(path)))]:
        kept |= _statements(place)
    print(f"{done} restores, {len(said)} acknowledged writes, {len(said - kept)} lost")
    assert said and said <= kept


def _statements(database: Path) -> set[str]:
    connection = backups.connect_raw(database, None)
    try:
        return {str(r[0]) for r in connection.execute("SELECT statement FROM gap").fetchall()}
    finally:
        connection.close()


@pytest.mark.parametrize("at", range(8))
def test_a_restore_killed_between_its_renames_is_finished(
    backed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    path, backup = backed
    with opening.open_store(path) as store:
        assign(Session(store, "A"), "R-0001", [Assignment("note", "after the backup")], "later")
    count = 0
    real = exchanging._rename

    class KilledError(BaseException):
        pass

    def killed(one: Path, to: Path) -> None:
        nonlocal count
        count += 1
        if count > at:
            raise KilledError
        real(one, to)

    monkeypatch.setattr(exchanging, "_rename", killed)
    try:
        restore(backup, path, passphrase=None)
    except KilledError:
        assert exchanging.note_path(path).exists()
    monkeypatch.setattr(exchanging, "_rename", real)
    assert opening.needs_passphrase(path) is False
    with opening.open_store(path) as store:
        assert show.record(Session(store), "R-0001").cells["note"] is None
        assert check(store).problems == []
    assert not exchanging.note_path(path).exists() and not path.with_name(path.name + ".part").exists()
    assert any(b.name == "before restoring" for b in backups.listed(backups.folder_beside(path)))


def test_numbers_given_out_since_a_backup_are_not_given_out_again(backed: tuple[Path, Path]) -> None:
    path, backup = backed
    with opening.open_store(path) as store:
        _, first = create(Session(store, "A"), "gap", {"statement": "after the backup"})
        told = show.record(Session(store), first.created[0]).reference
    restore(backup, path, passphrase=None)
    with opening.open_store(path) as store:
        _, second = create(Session(store, "A"), "gap", {"statement": "after the restore"})
        assert show.record(Session(store), second.created[0]).reference > told
        check(store)


def test_a_backup_of_another_store_is_asked(backed: tuple[Path, Path], tmp_path: Path) -> None:
    _, backup = backed
    other = tmp_path / "other.vawg"
    with making.create(other, passphrase=None) as store:
        create(Session(store, "A"), "gap", {"statement": "of another inquiry"})
    with pytest.raises(StoreError) as refused:
        restore(backup, other, passphrase=None)
    assert refused.value.code == "other_store"
    with opening.open_store(other) as store:
        assert store.read().exec_driver_sql("SELECT count(*) FROM gap").one()[0] == 1
    assert restore(backup, other, passphrase=None, over=True).before is not None


def test_a_refused_commit_leaves_the_writer_free(sample: Session) -> None:
    from sqlalchemy.exc import DBAPIError

    with pytest.raises((DBAPIError, StoreError)), sample.store.write("A", "broken") as tx:
        tx.create("evidence", {"title": "x"}, checked=False)
        tx.run("UPDATE action SET accountable = 'nobody at all' WHERE reference = 'A-0001'")
    create(sample, "gap", {"statement": "the next write"})
    assert check(sample.store).problems == []


def test_one_who_waited_for_a_lock_keeps_out_the_next(tmp_path: Path) -> None:
    """The lock's file stays when it is released: taken away, the one who waited would hold a file that nobody else sees."""
    path = tmp_path / "s.vawg"
    waits, holds, ends = threading.Event(), threading.Event(), threading.Event()

    def wait() -> None:
        waits.set()
        with holding.busy_with(path, "keys", seconds=30):
            holds.set()
            ends.wait(30)

    second = threading.Thread(target=wait)
    with holding.busy_with(path, "keys"):
        second.start()
        waits.wait(30)
        time.sleep(0.3)  # it has opened the file and waits
    assert holds.wait(30)
    try:
        with pytest.raises(StoreError) as refused, holding.busy_with(path, "keys", seconds=0):
            pass
        assert refused.value.code == "in_use"
    finally:
        ends.set()
        second.join()
