"""Stores in shared places are not opened there; a clock set back is noticed."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.clock import CLOCK, TODAY
from tests.test_cli import Run
from vawg_desktop.domain import clock
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import history, overview
from vawg_desktop.services.records import assign, create, parse_assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import drives, making
from vawg_desktop.store.check import check

MOUNTS = """/dev/sda1 / ext4 rw 0 0
//server/share /mnt/office cifs rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /mnt/office/usb\\040stick vfat rw 0 0
me@host: /mnt/ssh fuse.sshfs rw 0 0
"""


@pytest.mark.skipif(os.name == "nt", reason="a table of mounts is not Windows' way")
@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/srv/x.vawg", False),
        ("/mnt/office/x.vawg", True),
        ("/mnt/officer/x.vawg", False),
        ("/mnt/office/usb stick/x.vawg", False),
        ("/home/officer/x.vawg", True),
        ("/mnt/ssh/a/b/x.vawg", True),
    ],
)
def test_network_drives_are_known_by_their_mount(path: str, network: bool) -> None:
    assert (drives.shared(Path(path), mounts=MOUNTS) == "on a network drive") is network


@pytest.mark.parametrize(
    ("folder", "synced"),
    [
        ("OneDrive", True), ("OneDrive - Kent OPCC", True), ("Dropbox (Team)", True), ("Google Drive", True),
        ("Nextcloud", True), ("Drive", False), ("My OneDrive notes", False),
    ],
)  # fmt: skip
def test_synced_folders_are_known_by_name(tmp_path: Path, folder: str, synced: bool) -> None:
    assert bool(drives.shared(tmp_path / folder / "a" / "x.vawg", mounts="")) is synced


def test_a_synced_folder_is_known_by_its_mark(tmp_path: Path) -> None:
    (tmp_path / "Work").mkdir()
    (tmp_path / "Work" / ".stfolder").mkdir()
    assert "copied to other computers" in drives.shared(tmp_path / "Work" / "x.vawg", mounts="")


def test_a_store_in_a_synced_folder_is_copied_and_merged_but_not_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made.vawg"
    assert Run(capsys, "new", made, "--sample", "--plain").code == 0
    cloud = tmp_path / "OneDrive - Kent OPCC"
    cloud.mkdir()
    assert Run(capsys, "copy", made, cloud / "shared.vawg").code == 0
    refused = Run(capsys, "list", cloud / "shared.vawg", "action")
    assert refused.code == 1 and "working copy" in refused.err and refused.out == ""
    assert Run(capsys, "set", cloud / "shared.vawg", "A-0001", "percent=1", "--why", "w").code == 1
    near = tmp_path / "near.vawg"
    assert Run(capsys, "copy", cloud / "shared.vawg", near).code == 0
    Run(capsys, "set", near, "A-0001", "percent=10", "--why", "w")
    assert Run(capsys, "copy", near, cloud / "back.vawg").code == 0
    before = {p.name for p in cloud.iterdir()}
    assert Run(capsys, "merge", made, cloud / "back.vawg", "--json").json()["copied"] == 1  # type: ignore[index]
    assert {p.name for p in cloud.iterdir()} == before


def test_a_clock_set_back_is_noticed_and_the_log_goes_on(empty: Session) -> None:
    create(empty, "gap", {"statement": "x"})
    assert empty.store.clock_notice() == ""
    notice = empty.store.clock_notice(clock.now() - timedelta(days=400))
    assert "clock" in notice and notice.endswith(".")


def test_a_new_store_is_not_made_in_a_shared_place(tmp_path: Path) -> None:
    cloud = tmp_path / "Dropbox"
    cloud.mkdir()
    with pytest.raises(StoreError, match="Dropbox"):
        making.create(cloud / "x.vawg", passphrase=None)
    assert list(cloud.iterdir()) == []


def test_one_wrong_clock_spoils_no_date_and_check_names_it(empty: Session) -> None:
    """Written under a clock four years ahead, then under the right one: what was known on a day is known of that day."""
    gap = create(empty, "gap", {"statement": "first"})[0]
    CLOCK.go_to(date(2030, 1, 1))
    assign(empty, gap, [parse_assignment("statement=second, said in 2030")], "w")
    CLOCK.go_to(TODAY + timedelta(days=1))
    assign(empty, gap, [parse_assignment("statement=third, the next day")], "w")
    CLOCK.go_to(TODAY + timedelta(days=2))
    assert history.as_at(empty, gap, TODAY + timedelta(days=1)).cells["statement"] == "third, the next day"
    assert history.as_at(empty, gap, TODAY).cells["statement"] == "first"
    said = [c.after for c in history.changed(empty, TODAY + timedelta(days=1), TODAY + timedelta(days=1))]
    assert said == ["second, said in 2030", "third, the next day"]  # the wrong one counts from the next that is right
    assert history.changed(empty, TODAY + timedelta(days=2)) == []
    assert dict(overview.what_changed(empty, TODAY + timedelta(days=2))) == {}
    report = check(empty.store)
    assert report.ok and [p.code for p in report.problems] == ["clock_wrong"]
    assert "2030" in report.problems[0].message
    with empty.store.engines.writer.connect() as connection, connection.begin():
        kept = connection.exec_driver_sql('SELECT at, received FROM "change" ORDER BY n').fetchall()
    assert all(a == r for a, r in kept) and kept[0][1][:10] == TODAY.isoformat()  # the raw times are kept
