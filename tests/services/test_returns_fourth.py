"""Returns as they come: bodies and actions combined meanwhile, rounds that follow one another, words struck out in part, answers in other words, proof twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.services.test_returns import columns, fill, row_of
from vawg_desktop.domain.acts import Act
from vawg_desktop.exchange import identity
from vawg_desktop.services import (
    merging,
    names,
    overview,
    records,
    return_messages,
    returns,
    round_standing,
    rounds,
    waiting,
)
from vawg_desktop.services.answer_counts import is_cleared
from vawg_desktop.services.session import Session
from vawg_desktop.store import making


@pytest.fixture
def session(tmp_path: Path) -> Session:
    made = Session(making.create(tmp_path / "a.vawg", passphrase=None), "B. Officer")
    for name in ("Kent Police", "Medway Council"):
        records.create(made, "partner", {"name": name, "standing": "voluntary"})
    for n, owner in enumerate(("Kent Police", "Kent Police", "Medway Council", "Kent Police")):
        records.create(made, "action", {"title": f"Action number {n + 1}", "accountable": owner, "status": "in_progress", "due": "2027-03-31"})
    return made


def sent(session: Session, folder: Path, period: str = "2026/27 Q2", due: str = "30/09/2026", *, out: bool = True) -> dict[str, Path]:
    made = rounds.export_returns(session, period=period, due=due, out=folder, partners=[], sent=out)
    return {one.partner: Path(one.file) for one in made.returns}


def back(session: Session, path: Path, apply: str | None = None) -> returns.Review:
    return returns.import_return(session, path, apply=apply)


UPDATE = {("A-0001", "Answer"): "Update", ("A-0001", "Progress update"): "All lights are up"}


def test_of_two_bodies_that_were_combined_the_silent_ones_return_is_still_awaited(session: Session, tmp_path: Path) -> None:
    records.create(session, "partner", {"name": "Kent Police Force", "standing": "voluntary"})
    records.assign(session, "A-0002", [records.parse_assignment("accountable=Kent Police Force")], "office")
    files = sent(session, tmp_path / "out")
    merging.combine(session, "P-0001", "P-0003", "the same body")
    back(session, fill(files["Kent Police"], UPDATE, tmp_path / "back.xlsx"), "safe")
    steps = sorted((p.partner, p.is_awaited, p.received is not None) for p in round_standing.partners_now(session))
    assert steps == [("Kent Police", False, True), ("Kent Police", True, False), ("Medway Council", True, False)]


def test_the_next_round_does_not_hide_what_waits_for_review(session: Session, tmp_path: Path) -> None:
    files = sent(session, tmp_path / "q2")
    back(session, fill(files["Kent Police"], UPDATE, tmp_path / "back.xlsx"))
    assert waiting.waiting(session)["returns"] == (1, "1 to review")
    assert {t.label: t.value for t in overview.overview(session, session.today).questions + overview.overview(session, session.today).totals}["No return received"] == 1
    sent(session, tmp_path / "q3", "2026/27 Q3", "31/12/2026", out=False)  # prepared, and not sent yet
    assert waiting.waiting(session)["returns"] == (1, "1 to review")
    now = round_standing.partners_now(session)
    assert {(p.partner, p.step, p.earlier) for p in now} >= {("Kent Police", "received", ""), ("Kent Police", "made", "")}
    assert sum(p.is_awaited for p in now) == 1
    made = [p.return_id for p in now if p.step == "made"]
    return_messages.mark_sent(session, made)
    now = round_standing.partners_now(session)
    assert waiting.waiting(session)["returns"] == (1, "1 to review") and [p.earlier for p in now if p.step == "received"] == ["2026/27 Q2"]
    assert sum(p.is_awaited for p in now) == 2 and len(round_standing.to_review(session)) == 1


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_words_struck_out_in_part_wait_for_a_person(session: Session, tmp_path: Path, ending: str, libreoffice: object) -> None:
    files = sent(session, tmp_path / "out")
    path = fill(files["Kent Police"], {("A-0001", "Answer"): "Update"}, tmp_path / "back.xlsx")
    book = load_workbook(path, rich_text=True)
    page = book["Actions"]
    page.cell(row_of(page, "A-0001"), columns(page)["Progress update"]).value = CellRichText(TextBlock(InlineFont(strike=True), "The programme has been cancelled. "), "Funding is now agreed.")
    book.save(path)
    came = path if ending == "xlsx" else libreoffice(path, ending)
    review = back(session, came, "safe")
    assert [d.held for d in review.differences if d.field == "narrative"] == ["struck"]
    assert session.read().exec_driver_sql('SELECT count(*) FROM "update" WHERE NOT deleted').one()[0] == 0


@pytest.mark.parametrize("answer", ["nc", "N/C", "Nothing to report", "no changes", "Unchanged"])
def test_no_change_in_other_words_is_counted_as_such(session: Session, tmp_path: Path, answer: str) -> None:
    files = sent(session, tmp_path / "out")
    review = back(session, fill(files["Kent Police"], {("A-0001", "Answer"): answer}, tmp_path / "back.xlsx"))
    assert (review.counts["no_change"], review.counts["answered"], review.counts["not_answered"]) == (1, 0, 2) and review.problems == []


def test_proof_that_was_added_already_is_named(session: Session, tmp_path: Path) -> None:
    files = sent(session, tmp_path / "out")

    def also(book: object) -> None:
        page = book["Evidence"]
        for column, words in enumerate(("A-0001", "Photographs of the lights", None, None, "They are up"), 1):
            page.cell(2, column, words)

    path = fill(files["Kent Police"], UPDATE, tmp_path / "back.xlsx", also=also)
    review = back(session, path)
    assert len(review.new_rows) == 1 and "evidence_known" not in [p.code for p in review.problems]
    records.create(session, "evidence", {"title": "Photographs of the lights"})
    again = fill(files["Kent Police"], {**UPDATE, ("A-0002", "Answer"): "No change"}, tmp_path / "again.xlsx", also=also)
    assert [p.record for p in back(session, again).problems if p.code == "evidence_known"] == ["E-0001"]


def test_an_answer_about_an_action_that_was_combined_names_the_other(session: Session, tmp_path: Path) -> None:
    files = sent(session, tmp_path / "out")
    merging.combine(session, "A-0001", "A-0002", "the same work")
    cells = {("A-0002", "Answer"): "Update", ("A-0002", "Progress update"): "Half done"}
    review = back(session, fill(files["Kent Police"], cells, tmp_path / "back.xlsx"), "safe")
    held = [d for d in review.differences if d.record == "A-0002"]
    assert held and all((d.held, d.whose) == ("in_bin", "A-0001") for d in held)
    assert any("combined with A-0001; enter its" in p.message for p in review.problems) and not any("bring it back" in p.message for p in review.problems)




@pytest.mark.parametrize("cleared", [True, False])
def test_a_chief_officers_clearance_signs_for_what_is_said_to_be_complete(session: Session, tmp_path: Path, cleared: bool) -> None:
    records.assign(session, "A-0002", [records.parse_assignment("verification=2")], "office")
    files = sent(session, tmp_path / "out")

    def also(book: object) -> None:
        page = book["Start here"]
        for row in page.iter_rows(min_row=5):
            words = str(row[0].value or "")
            if words.startswith("Completed by"):
                row[1].value = "Supt Jones"
            if cleared and words.startswith("Cleared by"):
                row[1].value = "ACC Smith"

    cells = {(ref, head): words for ref in ("A-0001", "A-0002") for head, words in (("Answer", "Update"), ("Status", "Complete"), ("Progress update", "Done"))}
    review = back(session, fill(files["Kent Police"], {**cells, ("A-0004", "Answer"): "No change"}, tmp_path / "back.xlsx", also=also), "safe")
    found = dict(session.read().exec_driver_sql("SELECT reference, coalesce(verification, '') FROM action").fetchall())
    assert (found["A-0001"], found["A-0002"], found["A-0004"]) == ("1" if cleared else "", "2", "")
    returns.reverse_return(session, review.submission)
    assert session.read().exec_driver_sql("SELECT verification FROM action WHERE reference = 'A-0001'").one()[0] is None


@pytest.mark.parametrize(("words", "cleared"), [("ACC Smith", True), ("TBC", False), ("N/A", False), ("-", False), ("not yet cleared", False), ("", False), ("No", False), ("Norma Nott", True)])
def test_nobody_is_no_chief_officer(words: str, cleared: bool) -> None:
    assert is_cleared({"Cleared by (chief officer or equivalent)": words}) is cleared


def test_an_id_that_holds_what_looks_like_a_reference_is_taken_whole(session: Session) -> None:
    id = "19505cbd-da7d-5350-bbda-0327c2ce03c5"
    assert identity.split_visible(id) is not None
    with session.store.write(session.who, None, Act.CREATE) as tx:
        tx.create("partner", {"name": "Dover District Council"}, id=id)
    found = names.with_check_letters(session.read(), id)
    assert found is not None and found.id == id
