"""Evidence files: kept once, looked at in a copy that is wiped."""

from __future__ import annotations

from pathlib import Path

import pytest

from vawg_desktop.domain.errors import FileRefusedError, NotFoundError
from vawg_desktop.services import attachments, show, undoing
from vawg_desktop.services.records import create
from vawg_desktop.services.session import Session
from vawg_desktop.store.check import check


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VAWG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_file_dropped_on_an_action_is_evidence_of_it(sample: Session, tmp_path: Path) -> None:
    path = tmp_path / "Evaluation of the hub.pdf"
    path.write_bytes(b"%PDF-1.7 proof")
    attachments.attach(sample, "A-0003", path)
    attachments.attach(sample, "R-0003", path)
    evidence = [x for x in show.record(sample, "A-0003").links if x.entity == "evidence"]
    assert [x.title for x in evidence] == ["Evaluation of the hub"]
    assert len(sample.store.files.known()) == 1
    assert check(sample.store).problems == []
    undoing.undo(sample)
    assert [x for x in show.record(sample, "R-0003").links if x.entity == "evidence"] == []
    assert check(sample.store).problems == []


def test_a_file_is_opened_read_only_from_a_copy_that_is_wiped(
    sample: Session, tmp_path: Path, home: Path
) -> None:
    id, _ = create(sample, "evidence", {"title": "Survey"})
    with pytest.raises(NotFoundError, match="has no file"):
        attachments.open_copy(sample, id)
    path = tmp_path / "survey.xlsx"
    path.write_bytes(b"planted phrase zebra")
    attachments.attach(sample, id, path)
    copy = attachments.open_copy(sample, id)
    assert copy.read_bytes() == path.read_bytes() and copy.name == "survey.xlsx"
    assert copy.stat().st_mode & 0o222 == 0
    assert attachments.wipe_copies() == 1
    assert not copy.exists() and not copy.parent.exists()
    assert all(b"zebra" not in p.read_bytes() for p in home.rglob("*") if p.is_file())
    assert attachments.wipe_copies() == 0


def test_what_cannot_be_kept_gets_a_sentence(
    sample: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "big.bin").write_bytes(b"x" * 2000)
    monkeypatch.setattr(attachments, "LARGEST", 1000)
    for name, words in (
        ("empty.txt", "is empty"),
        ("big.bin", "up to"),
        ("none.txt", "could not be read"),
        (".", "ordinary file"),
    ):
        with pytest.raises(FileRefusedError, match=words):
            attachments.attach(sample, "A-0001", tmp_path / name)
    with pytest.raises(FileRefusedError, match="kept with"):
        attachments.attach(sample, "P-0001", tmp_path / "big.bin")
    assert sample.store.files.known() == set()


def test_a_name_with_a_path_in_it_stays_in_its_folder(sample: Session, home: Path) -> None:
    sha = sample.store.files.keep("x", b"content")
    id, _ = create(sample, "evidence", {"title": "odd", "file_sha256": sha, "file_name": "../../outside.txt"})
    copy = attachments.open_copy(sample, id)
    assert copy.name == "outside.txt" and attachments._folder() in copy.parents and not (home / "outside.txt").exists()
    attachments.wipe_copies()
