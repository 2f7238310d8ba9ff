"""Kills, torn write-ahead logs and full disks: nothing acknowledged is lost, nothing is half there."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.migrations import BEGINS, NEXT
from vawg_desktop import paths
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import merging, safekeeping, show
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.session import Session
from vawg_desktop.store import backup as backups
from vawg_desktop.store import keys, making, opening, rescuing, restoring
from vawg_desktop.store import store as stores
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.files import HeldFiles
from vawg_desktop.store.keys import keys_path
from vawg_desktop.store.rescuing import rescue

ROOT = Path(__file__).parents[2]
WORDS = "correct horse battery"
#: The long run (``VAWG_SOAK=1``) does what the issue asks for in numbers; the tests a part of it each time.
SOAK = bool(os.environ.get("VAWG_SOAK"))


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
@pytest.mark.parametrize("kind", ["commits", "merges", "imports", "migrations", "moves", "restores", "disposals", "key changes"])
def test_kill_9_again_and_again(kind: str) -> None:
    turns = 125 if SOAK else 12
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.killing", kind, str(turns)],
        cwd=ROOT, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout)
    assert said["kills"] == turns


@pytest.fixture(scope="module")
def torn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, stores.Store]:
    """An encrypted store as a crash leaves it: 25 commits in the write-ahead log, none folded in."""
    folder = tmp_path_factory.mktemp("torn")
    store = making.create(folder / "s.vawg", passphrase=WORDS)
    with store.engines.writer.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA wal_autocheckpoint = 0")
    for i in range(25):
        with store.write("me", f"commit {i}") as tx:
            tx.create("gap", {"statement": f"statement {i}", "note": "long text " * 40})
    left = folder / "left"
    left.mkdir()
    for one in folder.glob("s.vawg*"):
        if not one.name.endswith("-shm"):
            shutil.copyfile(one, left / one.name)
    key = store.key
    store.close()
    assert key is not None
    again = making.create(folder / "other.vawg", passphrase=None)
    again.key = key
    return left, again


@pytest.mark.parametrize("way", ["cut", "scribbled", "zeroed"])
def test_a_torn_write_ahead_log_gives_a_whole_prefix(
    torn: tuple[Path, stores.Store], tmp_path: Path, way: str
) -> None:
    left, holder = torn
    chance = random.Random(way)
    wal = (left / "s.vawg-wal").read_bytes()
    seen: set[int] = set()
    for turn in range(70 if SOAK else 14):
        at = chance.randrange(32, len(wal))
        data = bytearray(wal)
        if way == "cut":
            del data[at:]
        elif way == "scribbled":
            data[at : at + 64] = chance.randbytes(len(data[at : at + 64]))
        else:
            data[at : at + 4096] = bytes(len(data[at : at + 4096]))
        place = tmp_path / f"{turn}"
        place.mkdir()
        shutil.copyfile(left / "s.vawg", place / "s.vawg")
        shutil.copyfile(keys_path(left / "s.vawg"), keys_path(place / "s.vawg"))
        (place / "s.vawg-wal").write_bytes(bytes(data))
        store = opening.open_store(place / "s.vawg", key=holder.key)
        rows = [str(r[0]) for r in store.read().exec_driver_sql("SELECT statement FROM gap ORDER BY n")]
        assert rows == [f"statement {i}" for i in range(len(rows))]
        assert check(store).problems == []
        seen.add(len(rows))
        store.close()
        shutil.rmtree(place)
    assert len(seen) > 5


def test_a_rescue_touches_no_byte_of_what_a_crash_left(torn: tuple[Path, stores.Store], tmp_path: Path) -> None:
    left, _ = torn
    place = tmp_path / "left"
    shutil.copytree(left, place)
    held = HeldFiles(place / "s.vawg", keys.unlock(place / "s.vawg", WORDS))
    held.keep("minutes.txt", b"agreed")
    before = {p.name: p.read_bytes() for p in place.iterdir()}
    assert before["s.vawg-wal"]
    done = rescue(place / "s.vawg", tmp_path / "out.vawg", passphrase=WORDS)
    assert done.files == 1 and done.lost == []
    assert {p.name: p.read_bytes() for p in place.iterdir()} == before
    with opening.open_store(tmp_path / "out.vawg", passphrase=WORDS) as store:
        assert store.read().exec_driver_sql("SELECT count(*) FROM gap").one()[0] == 25


def test_what_a_broken_disk_does_not_give_is_passed_over_and_the_rest_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bytes(range(256)) * 1001  # 256,256 bytes: 62 pages and part of one
    (tmp_path / "a").write_bytes(whole)
    real = Path.open

    class Disk(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() == 8192:
                raise OSError(5, "Input/output error")
            return super().read(size) or b""

    monkeypatch.setattr(Path, "open", lambda p, mode="r", **k: Disk(p) if p.name == "a" else real(p, mode, **k))
    rescuing._copy_what_can_be_read(tmp_path / "a", tmp_path / "b")
    monkeypatch.undo()
    assert (tmp_path / "b").read_bytes() == whole[:8192] + bytes(4096) + whole[12288:]


def _limit(store: stores.Store, pages: int | None) -> int:
    """Let the database grow to so many pages and no further: what SQLite says then is that the disk is full."""
    with store.engines.writer.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.rollback()
        count = int(raw.execute("PRAGMA page_count").fetchone()[0])
        raw.execute(f"PRAGMA max_page_count = {pages or 1_000_000}")
        raw.rollback()
    return count


@pytest.mark.parametrize("what", ["edit", "merge"])
def test_a_full_disk_at_every_step_is_a_sentence_and_changes_nothing(
    sample: Session, tmp_path: Path, what: str
) -> None:
    laptop = Session(opening.open_store(take_copy(sample.store, tmp_path / "l.vawg")), "L")
    with laptop.store.write("L", "long") as tx:
        for i in range(40):
            tx.create("gap", {"statement": f"gap {i}", "note": "long text " * 300})

    def work() -> None:
        if what == "edit":
            assign(sample, "A-0001", [Assignment("note", "long text " * 9000)], "w")
        else:
            merging.merge(sample, laptop.store)

    def entries() -> int:
        return int(sample.read().exec_driver_sql('SELECT count(*) FROM "change"').one()[0])

    before, refused = entries(), 0
    pages = _limit(sample.store, None)
    while True:
        _limit(sample.store, pages)
        try:
            work()
            break
        except StoreError as error:
            assert error.code == "disk_full" and "othing was changed" in error.message
            refused += 1
            assert entries() == before
            assert check(sample.store).problems == []
        pages += 3
    assert refused >= 4
    _limit(sample.store, None)
    assert entries() > before and check(sample.store).problems == []
    laptop.store.close()


@contextmanager
def _small_disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """A real disk of so many kilobytes; skipped by name where none can be mounted."""
    place.mkdir(exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


only_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can make a small disk"
)


@only_root
def test_a_full_disk_at_every_step_of_a_migration(
    sample_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store and its backup share a real disk: it fills up in the backup, in the update, or not at all."""
    scripts = tmp_path / "migrations"
    shutil.copytree(paths.migrations(), scripts)
    (scripts / "versions" / f"{NEXT}_wide.py").write_text(
        BEGINS +
        '    op.get_bind().exec_driver_sql("ALTER TABLE action ADD COLUMN extra TEXT")\n'
        "    op.get_bind().exec_driver_sql(\"UPDATE action SET extra = printf('%.30000c', 'x')\")\n"
    )
    monkeypatch.setattr(paths, "migrations", lambda: scripts)
    size = sample_file.stat().st_size // 1024
    codes: list[str] = []
    for more in range(40, 2 * size + 3200, 200 if not SOAK else 40):
        with _small_disk(tmp_path / "disk", size + more) as disk:
            path = disk / "s.vawg"
            shutil.copyfile(sample_file, path)
            with monkeypatch.context() as later:
                later.setattr(opening, "SCHEMA_VERSION", int(NEXT))
                try:
                    opening.open_store(path).close()
                    codes.append("done")
                except StoreError as error:
                    codes.append(error.code)
                    assert "full" in error.message or "space" in error.message, error.message
                    assert "othing was changed" in error.message or "is as it was" in error.message
            if codes[-1] == "done":
                break
            if codes[-1] == "backup_failed":
                assert sorted(p.name for p in disk.iterdir() if "before update" in p.name) == []
            (tmp_path / "after").mkdir(exist_ok=True)
            after = tmp_path / "after" / "s.vawg"
            making.remove(after)
            for one in (p for p in disk.glob("s.vawg*") if not p.name.endswith("-shm")):
                shutil.copyfile(one, after.with_name(one.name))
            with opening.open_store(after) as store:
                assert check(store).problems == []
                assert store.read().exec_driver_sql("SELECT count(*) FROM action").one()[0] == 22
    assert codes[-1] == "done" and {"backup_failed", "migration_failed"} <= set(codes), codes


@only_root
def test_a_full_disk_at_every_step_of_a_backup(sample: Session, tmp_path: Path) -> None:
    sample.store.files.keep("proof.pdf", random.Random(1).randbytes(300_000))
    size = sample.store.path.stat().st_size // 1024
    refused = 0
    for kilobytes in range(40, 2 * size + 2000, 160 if not SOAK else 40):
        with _small_disk(tmp_path / "disk", kilobytes) as disk:
            try:
                made = safekeeping.back_up(sample, disk / "backups")
            except StoreError as error:
                assert error.message.startswith("No backup was made"), error.message
                assert "full" in error.message or "space" in error.message, error.message
                folders = [p.name for p in (disk / "backups").glob("*") if p.is_dir()]
                assert set(folders) <= {"held-files"}, folders
                refused += 1
                continue
            backups.verify(backups.read(made.path), None)
            break
    else:
        pytest.fail("no disk was large enough")
    assert refused >= 5 and check(sample.store).ok


@only_root
def test_a_full_disk_at_every_step_of_a_restore(sample: Session, tmp_path: Path) -> None:
    sample.store.files.keep("proof.pdf", random.Random(1).randbytes(300_000))
    made = safekeeping.back_up(sample, tmp_path / "elsewhere")
    assign(sample, "A-0001", [Assignment("percent", "5")], "after the backup")
    path = sample.store.path
    sample.store.close()
    size = sum(p.stat().st_size for p in path.parent.glob(path.name + "*")) // 1024
    refused = 0
    for more in range(20, 2 * size + 4000, 400 if not SOAK else 60):
        with _small_disk(tmp_path / "disk", size + more) as disk:
            for one in path.parent.glob(path.name + "*"):
                shutil.copyfile(one, disk / one.name)
            try:
                restoring.restore(made.path, disk / path.name, passphrase=None)
            except StoreError as error:
                assert "full" in error.message or "space" in error.message, error.message
                refused += 1
                assert [p.name for p in disk.glob("*.part*")] == []
                (tmp_path / "after").mkdir(exist_ok=True)
                for one in disk.glob(path.name + "*"):
                    shutil.copyfile(one, tmp_path / "after" / one.name)
                with opening.open_store(tmp_path / "after" / path.name) as store:
                    assert check(store).problems == []
                    assert show.record(Session(store), "A-0001").cells["percent"] == 5
                continue
            with opening.open_store(disk / path.name) as store:
                assert show.record(Session(store), "A-0001").cells["percent"] is None
            break
    else:
        pytest.fail("no disk was large enough")
    assert refused >= 2
    sample.store = opening.open_store(path)


@only_root
def test_a_backup_onto_a_disk_that_fills_up_leaves_nothing_there(sample: Session, tmp_path: Path) -> None:
    with _small_disk(tmp_path / "small", 400) as small:
        with pytest.raises(StoreError, match="No backup was made") as said:
            safekeeping.back_up(sample, small / "backups")
        assert "full" in said.value.message or "space" in said.value.message
        assert [p for p in (small / "backups").iterdir() if p.is_dir() and p.name != "held-files"] == []
        with pytest.raises(StoreError) as said:
            take_copy(sample.store, small / "copy.vawg")
        assert list(small.glob("copy.vawg*")) == []
        assert check(sample.store).problems == []
