"""Who is asked is seen before files are made and can be left out; a file is made until somebody says that it is sent."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.services.test_journey import sample_store
from vawg_desktop.domain.return_columns import FORMS
from vawg_desktop.services import names, records, return_messages, round_preview, round_standing, rounds
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.rounds import RoundMade
from vawg_desktop.services.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def made(session: Session, tmp_path: Path, **asked: object) -> RoundMade:
    return rounds.export_returns(session, period="2026/27 Q3", due="+4w", out=tmp_path / "out", **asked)  # type: ignore[arg-type]


def start(sent: rounds.Sent) -> str:
    return " ".join(str(c.value) for row in openpyxl.load_workbook(sent.file)["Start here"].iter_rows() for c in row if c.value)


@pytest.mark.parametrize("kind", list(FORMS))
def test_what_is_seen_before_is_what_is_made(session: Session, tmp_path: Path, kind: str) -> None:
    seen = round_preview.asked(session, kind)
    done = rounds.export_returns(session, period="2026/27 Q3", due="+4w", out=tmp_path, kind=kind)
    assert sorted(len(p.rows) for p in seen) == sorted(s.rows for s in done.returns) and (seen or kind != "progress")


def test_a_partner_and_a_row_are_left_out(session: Session, tmp_path: Path) -> None:
    seen = round_preview.asked(session)
    police = next(p for p in seen if p.name == "Kent Police")
    done = made(session, tmp_path, partners=(police.id,), left_out=((police.id, police.rows[0].id), (police.id, police.rows[1].id)))
    assert [(s.partner, s.rows) for s in done.returns] == [("Kent Police", len(police.rows) - 2)]
    everything = tuple((police.id, r.id) for r in police.rows)
    none = made(session, tmp_path, partners=(police.id,), left_out=everything)
    assert none.returns == [] and none.skipped == [{"partner": "Kent Police", "why": "nothing open"}]


def test_a_workbook_says_whose_its_rows_are(session: Session, tmp_path: Path) -> None:
    done = {s.partner: start(s) for s in made(session, tmp_path).returns}
    assert "It has 8 rows: 7 that you are accountable for and 1 that you share." in done["Kent Police"] and "all yours" not in done["Kent Police"]
    assert "It has 1 row that you share." in done["Kent County Council"] if "Kent County Council" in done else True
    assert any("1 row, all yours." in words for words in done.values())


def test_what_is_made_is_sent_when_somebody_says_so(session: Session, tmp_path: Path) -> None:
    done = made(session, tmp_path, sent=False)
    assert {p.step for p in round_standing.partners_now(session)} == {"made"}
    ids = [names.find(session.read(), s.reference.rpartition("-")[0], "return").id for s in done.returns]
    return_messages.log_many(session, [(ids[0], return_messages.draft(session, ids[0], "sent"))])
    assert {p.step for p in round_standing.partners_now(session)} == {"made"}  # a draft is not sent yet
    return_messages.mark_sent(session, ids[:2])
    assert sorted(p.step for p in round_standing.partners_now(session)).count("sent") == 2


def test_partners_without_an_address_are_named(session: Session, tmp_path: Path) -> None:
    done = made(session, tmp_path)
    ids = [names.find(session.read(), s.reference.rpartition("-")[0], "return").id for s in done.returns]
    unknown = return_messages.without_address(session, ids)
    assert "Kent Police" in [n for _, n in unknown] and len(unknown) == len(ids)
    records.assign_each(session, [(unknown[0][0], Assignment("shared_mailbox", "returns@example.org"))])
    assert return_messages.without_address(session, ids) == unknown[1:]


def test_a_partner_is_told_whom_to_ask(session: Session, tmp_path: Path) -> None:
    records.assign(session, "P-0001", [Assignment("shared_mailbox", "vawg@example.org")], None)
    records.create(session, "contact", {"name": "B. Officer", "partner": "P-0001", "telephone": "01622 000000"})
    words = start(made(session, tmp_path).returns[0])
    assert "B. Officer, 01622 000000, vawg@example.org" in words


def test_blue_is_not_offered_and_a_finished_row_does_not_ask(session: Session, tmp_path: Path) -> None:
    police = next(p for p in round_preview.asked(session) if p.name == "Kent Police")
    records.assign(session, police.rows[0].id, [Assignment("status", "complete")], "done")
    sent = next(s for s in made(session, tmp_path).returns if s.partner == "Kent Police")
    book = openpyxl.load_workbook(sent.file)
    words = {str(c.value) for row in book["Lists"].iter_rows() for c in row}
    assert "Blue" not in words and "Green" in words
    rows = list(book["Actions"].iter_rows(min_row=2))
    fills = {str(row[1].value): [c.fill.fgColor.rgb for c in row[5:9]] for row in rows if row[1].value}
    finished = next(v for k, v in fills.items() if "finished" in k)
    asks = next(v for k, v in fills.items() if "finished" not in k)
    assert "FFFFFBEA" in asks and "FFFFFBEA" not in finished and not rows[0][5].protection.locked
