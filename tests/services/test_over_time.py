"""Roles with their dates, bodies renamed and ended, and the office's own settings."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.clock import CLOCK, TODAY
from vawg_desktop.services import history, names, office, over_time, rounds, show, undoing
from vawg_desktop.services.records import Assignment, assign, create, set_link
from vawg_desktop.services.session import Session
from vawg_desktop.store.check import check


@pytest.fixture
def months_later(sample: Session) -> None:
    """What stands was written long before today, so a change is no slip of the pen."""
    CLOCK.go_to(TODAY + timedelta(days=60))


def _set(session: Session, record: str, **cells: str) -> None:
    assign(session, record, [Assignment(k, v) for k, v in cells.items()], "because")


@pytest.mark.usefixtures("months_later")
def test_a_role_that_passes_to_another_keeps_its_dates(sample: Session) -> None:
    _set(sample, "A-0001", lead="First Lead")
    CLOCK.go_to(date(2027, 1, 31))
    _set(sample, "A-0001", lead="Second Lead")
    CLOCK.go_to(date(2027, 5, 1))
    _set(sample, "A-0001", lead="Third Lead")
    held = show.record(sample, "A-0001").parts["role"]
    assert [(r["role"], r["person"], r["from_date"], r["until_date"]) for r in held] == [
        ("lead", "First Lead", None, "2027-01-31"),
        ("lead", "Second Lead", "2027-01-31", "2027-05-01"),
    ]
    told = [c for c in history.history(sample, "A-0001") if c.entity == "role" and c.field == "person"]
    assert [c.after for c in told] == ["First Lead", "Second Lead"]
    undoing.undo(sample)
    view = show.record(sample, "A-0001")
    assert view.cells["lead"] == "Second Lead"
    assert len(view.parts["role"]) == 1
    assert check(sample.store).ok


@pytest.mark.usefixtures("months_later")
def test_a_body_that_passes_an_action_on_is_named_as_its_former_holder(sample: Session) -> None:
    before = show.record(sample, "A-0001")
    _set(sample, "A-0001", accountable="Medway")
    (held,) = show.record(sample, "A-0001").parts["role"]
    row = sample.read().exec_driver_sql("SELECT action, partner, person, role, until_date FROM role").one()
    assert tuple(row) == (before.id, before.cells["accountable"], None, "accountable", (TODAY + timedelta(days=60)).isoformat())
    assert held["role"] == "accountable"


def test_a_correction_on_the_day_is_no_handover(sample: Session) -> None:
    _set(sample, "A-0001", lead="Frist Lead")
    _set(sample, "A-0001", lead="First Lead")
    assert show.record(sample, "A-0001").parts["role"] == []


@pytest.mark.usefixtures("months_later")
def test_a_body_is_called_on_old_records_as_it_was_called_then(sample: Session) -> None:
    create(
        sample,
        "response",
        {"recommendation": "R-0001", "partner": "Kent Police", "answer": "accepted", "date": "3 May 2024"},
    )
    create(
        sample,
        "response",
        {"recommendation": "R-0002", "partner": "Kent Police", "answer": "accepted", "date": "1 Mar 2027"},
    )
    old, new = (show.record(sample, f"RS-000{i}") for i in (1, 2))
    police = str(old.cells["partner"])
    _set(sample, police, name="Kent and Medway Police", short_name="KMP")
    old, new = (show.record(sample, f"RS-000{i}") for i in (1, 2))
    assert old.names[police] == "Kent Police (now KMP)"
    assert new.names[police] == "KMP"
    assert names.find_named(sample.read(), "partner", "Kent Police").id == police  # type: ignore[union-attr]
    assert [r["name"] for r in show.record(sample, police).parts["former_name"]] == ["Kent Police"]


def test_a_body_that_has_ended_is_sent_nothing_and_its_heirs_are_named(
    sample: Session, tmp_path: Path
) -> None:
    before = rounds.export_returns(sample, period="2026/27 Q2", due="2026-12-01", out=tmp_path / "a")
    assert "Kent Police" in {s.partner for s in before.returns}
    create(sample, "partner", {"name": "South East Police"})
    police = names.find_named(sample.read(), "partner", "Kent Police")
    assert police is not None
    _set(sample, police.id, ends="31 Oct 2026", successors="South East Police")
    after = rounds.export_returns(sample, period="2026/27 Q3", due="2027-03-01", out=tmp_path / "b")
    assert "Kent Police" not in {s.partner for s in after.returns}
    why = next(s["why"] for s in after.skipped if s["partner"] == "Kent Police")
    assert "ended on 31 October 2026; reassign to South East Police" in why


def test_a_contributor_of_another_time_is_not_asked(sample: Session, tmp_path: Path) -> None:
    id, _ = create(
        sample,
        "action",
        {
            "title": "Joint",
            "accountable": "Kent Police",
            "status": "in_progress",
            "contributors": "Medway Council",
        },
    )
    there = names.find_named(sample.read(), "partner", "Medway Council")
    assert there is not None

    def rows(period: str) -> int:
        made = rounds.export_returns(
            sample, period=period, due="2027-03-01", out=tmp_path / period, partners=["Medway Council"]
        )
        return sum(s.rows for s in made.returns)

    asked = rows("P1")
    set_link(
        sample, "action", "contributors", id, there.id, cells={"part": "Lighting", "until_date": "1 May 2026"}
    )
    assert rows("P2") == asked - 1
    link = next(x for x in show.record(sample, id).links if x.kind == "action.contributors")
    assert (link.part, link.until_date) == ("Lighting", "2026-05-01")


def test_the_rating_key_is_said_and_undone(empty: Session) -> None:
    office.set_rating_key(empty, {"red": "Stop and think"})
    assert dict(office.rating_key(empty.read()))["Red"] == "Stop and think"
    entry = empty.read().exec_driver_sql('SELECT tbl, act FROM "change"').fetchall()
    assert [tuple(e) for e in entry] == [("setting", "setting")]
    office.set_rating_key(empty, {"red": "Stop and think"})
    assert empty.read().exec_driver_sql('SELECT count(*) FROM "change"').one()[0] == 1
    office.set_rating_key(empty, {"red": "Stop"})
    undoing.undo(empty)
    assert dict(office.rating_key(empty.read()))["Red"] == "Stop and think"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2024-05-03", "2026-06", "3 May 2024 to June 2026"),
        ("2024-05-03", None, "since 3 May 2024"),
        (None, "2026-06", "until June 2026"),
        (None, None, ""),
    ],
)
def test_a_span_in_words(start: str | None, end: str | None, words: str) -> None:
    assert over_time.span(start, end) == words
