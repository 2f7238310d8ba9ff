"""Nothing secret outlives its work: private copies, the passphrase, the memory of a crash, a keys file made to harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import pytest

from vawg_desktop import scratch
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.exchange import reading
from vawg_desktop.services import merging
from vawg_desktop.services.records import create
from vawg_desktop.services.session import Session
from vawg_desktop.store import keys, making, opening
from vawg_desktop.store.backup import back_up

WORDS = "correct horse battery"
MAIN = Path(__file__).parents[1] / "main.py"


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of its own."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("TEMP", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


_KILLED = """
import os, sys
from vawg_desktop.scratch import scratch
with scratch("reading") as folder:
    (folder / "copy").write_text("numbat minutes")
    print(folder, flush=True)
    if sys.argv[1] == "kill":
        os._exit(9)
    sys.stdin.read()
"""


def test_copies_that_a_kill_left_are_wiped_at_the_next_start_and_those_in_use_stay(temp: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(MAIN.parent)}
    killed = subprocess.run([sys.executable, "-c", _KILLED, "kill"], capture_output=True, text=True, env=env)
    left = Path(killed.stdout.strip())
    assert (left / "copy").read_text() == "numbat minutes"
    at_work = subprocess.Popen(
        [sys.executable, "-c", _KILLED, "stay"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    )
    assert at_work.stdout is not None and at_work.stdin is not None
    used = Path(at_work.stdout.readline().strip())
    (temp / "vawg-somebody-elses").mkdir()
    subprocess.run([sys.executable, str(MAIN), "check", str(temp / "none.vawg")], capture_output=True, env=env, check=False)
    assert not left.exists()
    assert (used / "copy").exists()
    assert (temp / "vawg-somebody-elses").exists()
    at_work.stdin.close()
    at_work.wait()
    at_work.stdout.close()
    assert not used.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no open file away")
def test_a_folder_that_a_sweep_takes_before_it_is_locked_is_made_anew(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start of the program sweeps while another process makes a folder: it was then used with nobody's lock, and wiped."""
    lock, taken = scratch._lock, list[str]()

    def swept_before(handle: IO[bytes]) -> None:
        if not taken:
            taken.append(Path(handle.name).parent.name)
            monkeypatch.setattr(scratch, "_lock", lock)
            assert scratch.sweep() == taken
        lock(handle)

    monkeypatch.setattr(scratch, "_lock", swept_before)
    with scratch.scratch("reading") as folder:
        assert folder.name not in taken
        (folder / "copy").write_text("numbat minutes")
        assert scratch.sweep() == []
        assert (folder / "copy").read_text() == "numbat minutes"
    assert list(temp.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no open file away")
def test_a_sweep_holds_a_folder_until_it_is_gone(temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = Path(tempfile.mkdtemp(prefix="vawg-reading-"))
    (left / "in-use").touch()
    (left / "inner").mkdir()
    (left / "inner" / "copy").write_text("numbat minutes")
    wipe, refused = scratch.shutil.rmtree, list[bool]()

    def rmtree(path: Path, ignore_errors: bool) -> None:
        with (left / "in-use").open("wb") as handle:
            try:
                scratch._lock(handle)
                refused.append(False)
            except BlockingIOError:
                refused.append(True)
        wipe(path, ignore_errors=ignore_errors)

    monkeypatch.setattr(scratch.shutil, "rmtree", rmtree)
    assert scratch.sweep() == [left.name]
    assert refused == [True]
    assert list(temp.iterdir()) == []


def test_reading_a_file_leaves_nothing_in_the_temporary_folder(temp: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Title,Owner\nOne,Two\n")
    reading.read_book(path)
    assert list(temp.iterdir()) == []
    assert scratch.sweep() == []


def test_the_passphrase_and_the_memory_of_a_crash_reach_no_other_process(tmp_path: Path) -> None:
    code = (
        "import os, resource; from vawg_desktop import cli; from vawg_desktop.commands import environment;"
        "cli._begin(); print(os.environ.get('VAWG_PASSPHRASE'), environment.passphrase(), resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    if sys.platform == "win32":
        pytest.skip("core files are another system's")
    env = {**os.environ, "VAWG_PASSPHRASE": WORDS, "PYTHONPATH": str(MAIN.parent)}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    assert told.stdout.split(" ", 1)[0] == "None"
    assert told.stdout.strip() == f"None {WORDS} 0"


@pytest.mark.parametrize(
    "cost",
    [
        {"memory_kib": 1 << 31, "passes": 3, "lanes": 4},
        {"memory_kib": 65536, "passes": 1 << 30, "lanes": 4},
        {"memory_kib": 65536, "passes": 3, "lanes": 0},
        {"memory_kib": 8, "passes": 1, "lanes": 1},
        {"memory_kib": "65536", "passes": 3, "lanes": 4},
        None,
    ],
)
def test_a_keys_file_may_not_ask_for_any_amount_of_work(tmp_path: Path, cost: object) -> None:
    path = tmp_path / "s.vawg"
    making.create(path, passphrase=WORDS).close()
    document = json.loads(keys.keys_path(path).read_text())
    document["wrapped"][0]["argon2id"] = cost
    keys.keys_path(path).write_text(json.dumps(document))
    with pytest.raises(StoreError) as told:
        keys.unlock(path, WORDS)
    assert told.value.code == "keys_damaged"


def test_a_backup_is_merged_without_being_touched(sample: Session, tmp_path: Path) -> None:
    create(sample, "gap", {"statement": "Said before the loss"})
    backup = back_up(sample.store.path, sample.store.key, tmp_path / "backups").path
    was = {p.relative_to(backup): (p.read_bytes(), p.stat().st_mtime_ns) for p in backup.rglob("*") if p.is_file()}
    other = opening.open_near(backup / "store.vawg")
    try:
        assert merging.preview(sample, other).copied == 0
        merging.merge(sample, other)
    finally:
        other.close()
    now = {p.relative_to(backup): (p.read_bytes(), p.stat().st_mtime_ns) for p in backup.rglob("*") if p.is_file()}
    assert now == was


