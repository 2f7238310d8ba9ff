"""Dates that come to the office, and the calendar file that another program reads."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.clock import TODAY
from tests.services.test_journey import sample_store
from vawg_desktop.cli import main
from vawg_desktop.domain.response_due import response_due
from vawg_desktop.services import agenda, coming, meeting_notes, publications, records
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.publications import Sending
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def told(session: Session, days: int = 7) -> list[tuple[str, str, str]]:
    return [(c.day.isoformat(), c.kind, c.words) for c in coming.coming(session, days)]


@pytest.mark.parametrize(("source", "due"), [
    ({"kind": "inspection", "published": "2026-06-01"}, date(2026, 7, 26)),
    ({"kind": "inspection", "published": "2026-06"}, None),
    ({"kind": "inspection", "published": "2026-06-01", "response_due": "2026-07-01"}, date(2026, 7, 1)),
    ({"kind": "review", "published": "2026-06-01"}, None),
    ({"kind": "review", "response_due": "2026-Q3"}, date(2026, 9, 30)),
])  # fmt: skip
def test_when_a_response_is_due(source: dict[str, object], due: date | None) -> None:
    assert response_due(source) == due


def test_what_is_due_this_week_and_what_is_late(session: Session) -> None:
    assert session.today == TODAY == date(2026, 11, 22)
    records.assign(session, "B-0001", [Assignment("paper_days", "7")], None)
    board = records.create(session, "meeting", {"title": "Q3 board", "body": "PDB", "date": "2026-11-27", "starts": "10:00", "ends": "11:30"})[0]
    records.create(session, "meeting", {"title": "Next year", "body": "PDB", "date": "2027-03-01"})
    records.create(session, "meeting", {"title": "Some time", "body": "PDB", "date": "2026-12"})
    inspection = records.create(session, "source", {"title": "An inspection", "kind": "inspection", "published": "2026-10-01"})[0]
    records.assign(session, "R-0002", [Assignment("sources", inspection, "+=")], None)
    records.create(session, "response", {"recommendation": "R-0002", "partner": "Kent Police"})
    records.create(session, "response", {"recommendation": "R-0003", "partner": "Kent Police", "answer": "accepted", "due": "2026-11-23"})
    item = meeting_notes.speak_of(session, board, "Staffing").item
    meeting_notes.note(session, item, {"answer": "Soon", "undertaking": "To send the draft", "undertaking_due": "2026-11-10", "asked_of": "Kent Police"})
    assert told(session) == [
        ("2026-11-10", "Undertaking due", "Kent Police: To send the draft"),
        ("2026-11-20", "Papers due", "PDB: Q3 board"),
        ("2026-11-25", "Response due", "Kent Police: R-0002 Agree a shared data set and terms of reference at the Kent Criminal Justice Board"),
        ("2026-11-27", "Meeting", "PDB: Q3 board"),
    ]  # fmt: skip
    publications.publish(session, "board", Asked((board,)), session.store.path.with_name("b.docx"), Sending("The board"))
    records.assign(session, "CH-0001", [Assignment("restriction", "Told in confidence")], None)
    assert [(k, w) for _, k, w in told(session) if k in ("Papers due", "Undertaking due")] == [("Undertaking due", "Kent Police")]
    assert agenda.papers_due({"date": "2026-12"}, 7) is None


def test_the_calendar_is_read_by_another_reader(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records.create(session, "meeting", {"title": "Board; Kent, “Q3”", "body": "PDB", "date": "2027-06-10", "starts": "10:00", "ends": "11:30"})
    records.create(session, "meeting", {"title": "All day", "date": "2026-12-01"})
    path, out = str(session.store.path), tmp_path / "dates.ics"
    session.store.close()
    assert main(["calendar", path, "--out", str(out), "--json"]) == 0
    assert [d["kind"] for d in json.loads(capsys.readouterr().out)] == ["Meeting", "Meeting"]
    text = out.read_bytes().decode().replace("\r\n ", "")
    events = [dict(line.split(":", 1) for line in block.splitlines() if ":" in line) for block in text.split("BEGIN:VEVENT")[1:]]
    assert [(e.get("DTSTART"), e.get("DTEND"), e.get("DTSTART;VALUE=DATE")) for e in events] == [
        (None, None, "20261201"), ("20270610T090000Z", "20270610T103000Z", None),  # summer time
    ]  # fmt: skip
    assert events[1]["SUMMARY"] == r"PDB: Board\; Kent\, “Q3”" and len({e["UID"] for e in events}) == 2
    assert all(len(line.encode()) <= 75 for line in out.read_bytes().decode().split("\r\n"))
