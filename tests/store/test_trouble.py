"""Only damage is called damage; every other trouble of an engine has its own sentence."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import sqlcipher3.dbapi2 as driver

from vawg_desktop import cli
from vawg_desktop.services.session import Session
from vawg_desktop.store import trouble
from vawg_desktop.store.engines import connect_raw


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("database disk image is malformed", "damaged"),
        ("file is not a database", "damaged"),
        ("database is locked", "busy"),
        ("database or disk is full", "disk_full"),
        ("attempt to write a readonly database", "read_only"),
        ("string or blob too big", "too_large"),
        ("disk I/O error", "disk"),
        ("no such table: x", "store_failed"),
        ("CHECK constraint failed: percent", "store_failed"),
    ],
)
def test_what_sqlite_said_becomes_its_own_sentence(said: str, code: str) -> None:
    found = trouble.store_error_of(driver.OperationalError(said))
    assert found is not None and found.code == code
    assert ("damaged" in found.message) == (code == "damaged")


@pytest.mark.parametrize(
    ("state", "code"),
    [("42501", "no_right"), ("53100", "disk_full"), ("54000", "too_large"), ("40001", "busy"), ("57P01", "server_away"),
     ("XX001", "damaged"), ("22021", "store_failed")],
)  # fmt: skip
def test_what_the_server_said_becomes_its_own_sentence(state: str, code: str) -> None:
    found = trouble.store_error_of(psycopg.errors.lookup(state)("words of the server"))
    assert found is not None and found.code == code


def test_a_fault_of_our_own_is_not_the_stores() -> None:
    assert trouble.store_error_of(KeyError("why")) is None


def test_a_store_another_program_writes_to_is_busy_and_not_damaged(
    sample: Session, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from vawg_desktop.store import engines

    path: Path = sample.store.path
    sample.store.close()
    monkeypatch.setattr(engines, "BUSY_MS", 50, raising=False)
    beside = connect_raw(path, None)
    beside.execute("BEGIN IMMEDIATE")
    try:
        assert cli.main(["set", str(path), "A-0006", "percent=20", "--why", "told"]) == 1
    finally:
        beside.rollback()
        beside.close()
    said = capsys.readouterr().err
    assert "damaged" not in said and "try again" in said
    assert cli.main(["set", str(path), "A-0006", "percent=20", "--why", "told"]) == 0
    from vawg_desktop.store import opening

    sample.store = opening.open_store(path)
