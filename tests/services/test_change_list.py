"""Changes as a list: one line a transaction, its words, its filters, its pages, and the counts that lead to it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.services import change_list, merging, overview, records, rounds, undoing
from vawg_desktop.services.change_list import KINDS, ChangeQuery
from vawg_desktop.services.change_words import possessive
from vawg_desktop.services.records import ADD, Assignment, add_update, assign, create
from vawg_desktop.services.return_acceptance import accept
from vawg_desktop.services.return_staging import import_return
from vawg_desktop.services.returns import reverse_return
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening


def lines(session: Session, **filters: object) -> list[str]:
    return [line.what for line in change_list.page(session, ChangeQuery(**filters)).lines]  # type: ignore[arg-type]


def id_of(session: Session, reference: str) -> str:
    return change_list.record_id(session, reference)[0]


def test_a_line_says_what_one_record_was_changed_to(sample: Session) -> None:
    assign(sample, "A-0001", [Assignment("percent", "40")], "told by telephone")
    assign(sample, "A-0001", [Assignment("percent", "50"), Assignment("blockers", "Funding")], "again")
    records.hide(sample, ["A-0002"])
    records.hide(sample, ["A-0002"], hidden=False)
    create(sample, "gap", {"statement": "No follow-up at night"})
    add_update(sample, "A-0001", {"narrative": "Two posts were filled"})
    assign(sample, "R-0003", [Assignment("pillars", "prevention", ADD)], "also")
    title = lists_title(sample, "A-0001")
    other = lists_title(sample, "A-0002")
    assert lines(sample)[:7] == [
        f"R-0003 {lists_title(sample, 'R-0003')}, Other pillars: Prevention added",
        "Progress update of A-0001 added: Two posts were filled",
        "G-0009 No follow-up at night added",
        f"A-0002 {other} restored from the bin",
        f"A-0002 {other} deleted",
        f"A-0001 {title}: % complete, Blockers changed",
        f"A-0001 {title}, % complete: 40%",
    ]


def lists_title(session: Session, reference: str) -> str:
    title = change_list.record_id(session, reference)[1].partition(" ")[2]
    return title if len(title) <= 60 else f"{title[:59].rstrip()}…"


def test_many_records_are_counted_by_kind(sample: Session) -> None:
    records.assign_many(sample, ["A-0001", "A-0002", "A-0003"], [Assignment("resource", "two posts")], "all")
    assert lines(sample)[0] == "3 changes in 3 actions"
    records.hide(sample, ["A-0001", "A-0002"])
    assert lines(sample)[0] == "2 actions deleted"


def test_a_return_is_told_by_its_partner_and_period(sample: Session, tmp_path: Path) -> None:
    made = rounds.export_returns(sample, period="2026/27 Q3", due="+4w", out=tmp_path, partners=["Kent Police"])
    book = _answered(Path(made.returns[0].file), tmp_path)
    review = import_return(sample, book)
    accept(sample, review.submission, review.differences)
    told = lines(sample)
    assert told[0].startswith("Kent Police's return for 2026/27 Q3: ") and "change" in told[0] and "progress update" in told[0]
    assert told[1] == "Kent Police's return for 2026/27 Q3: return received"
    assert told[2].startswith("Returns made: 1 return round added, 1 return added")
    reverse_return(sample, review.return_reference)
    assert lines(sample)[0].startswith("Kent Police's return for 2026/27 Q3: return reversed: ")


def _answered(sent: Path, folder: Path) -> Path:
    from openpyxl import load_workbook

    book = load_workbook(sent)
    sheet = book["Actions"]
    heads = {str(c.value).partition(" (please")[0]: c.column for c in sheet[1]}
    for row in (2, 3):
        sheet.cell(row, heads["Answer"]).value = "Update"
        sheet.cell(row, heads["Progress update"]).value = f"Words of row {row}"
        sheet.cell(row, heads["% complete"]).value = 10 * row
    path = folder / "back.xlsx"
    book.save(path)
    return path


def test_undo_and_a_merge_have_lines_of_their_own(sample: Session, tmp_path: Path) -> None:
    merging.copy(sample, tmp_path / "laptop.vawg")
    with opening.open_store(tmp_path / "laptop.vawg") as laptop:
        assign(Session(laptop, "Laptop"), "A-0004", [Assignment("percent", "70")], "in the room")
        assign(sample, "A-0001", [Assignment("percent", "40")], "told")
        undoing.undo(sample)
        assert lines(sample)[0].startswith("Undone: A-0001 ")
        merging.merge(sample, laptop)
    told = change_list.page(sample, ChangeQuery(who="laptop")).lines
    assert [(t.who, t.why) for t in told] == [("Laptop", "in the room")] and told[0].what.endswith("% complete: 70%")


def test_pages_follow_each_other_with_no_line_twice_and_none_lost(sample: Session) -> None:
    for i in range(30):
        assign(sample, "A-0001", [Assignment("percent", str(i))], f"why {i}")
    whole = [line.txn for line in change_list.all_lines(sample, ChangeQuery())]
    paged: list[str] = []
    before: int | None = None
    while True:
        found = change_list.page(sample, ChangeQuery(), before, 7)
        paged += [line.txn for line in found.lines]
        before = found.after
        if before is None:
            break
    assert paged == whole and len(set(paged)) == len(paged)
    wanted = {str(r[0]) for r in sample.read().exec_driver_sql('SELECT DISTINCT txn FROM "change"')}
    assert set(paged) == wanted


def test_filters_by_person_body_record_kind_and_day(sample: Session) -> None:
    assign(Session(sample.store, "D. Deputy"), "A-0001", [Assignment("status", "stopped")], "by the deputy")
    police = id_of(sample, lines_partner(sample, "Kent Police"))
    accountable = sample.read().exec_driver_sql("SELECT count(*) FROM action WHERE accountable = ?", (police,)).one()[0]
    assert accountable > 0
    assert lines(sample, who="deputy") == lines(sample, record=id_of(sample, "A-0001"), since=sample.today, kind="status changed")
    assert len(lines(sample, kind="status changed")) == 1
    assert lines(sample, kind="rating changed") == []
    assert any("actions added" in w for w in lines(sample, body=police))
    assert lines(sample, since=sample.today + timedelta(days=1)) == []
    assert lines(sample, until=sample.today - timedelta(days=1)) == []
    with pytest.raises(ValueRefusedError, match="before the start"):
        change_list.page(sample, ChangeQuery(since=sample.today, until=sample.today - timedelta(days=1)))
    with pytest.raises(NotFoundError):
        change_list.record_id(sample, "A-9999")


def lines_partner(session: Session, name: str) -> str:
    return str(session.read().exec_driver_sql("SELECT reference FROM partner WHERE name = ?", (name,)).one()[0])


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_figure_of_the_overview_counts_the_records_that_its_list_shows(sample: Session, kind: str) -> None:
    """Every kind, from nothing and from one of each; the starter content is not counted."""
    day = sample.today
    assert dict(change_list.what_changed(sample, day)) == {}
    assign(sample, "A-0001", [Assignment("status", "stopped")], "w")
    assign(sample, "A-0001", [Assignment("status", "in_progress")], "w")
    assign(sample, "A-0002", [Assignment("revised_due", "2027-01-31"), Assignment("revised_reason", "late")], "w")
    assign(sample, "R-0002", [Assignment("rating_opcc", "red")], "w")
    add_update(sample, "A-0003", {"narrative": "words that say \"status\": done"})
    for entity, words in (("evidence", {"title": "e"}), ("action", {"title": "a"}), ("recommendation", {"title": "r"}), ("gap", {"statement": "g"})):
        create(sample, entity, words)
    records.hide(sample, ["A-0005"])
    figures = dict(overview.overview(sample, day).changed)
    assert figures[kind] == 1
    assert change_list.counted(sample, ChangeQuery(since=day, kind=kind))[1] == 1
    shown = change_list.page(sample, ChangeQuery(since=day, kind=kind)).lines
    assert len(shown) == (2 if kind == "status changed" else 1)


def test_an_opened_line_tells_each_change_and_says_where_it_stops(sample: Session) -> None:
    sampled = next(line for line in change_list.all_lines(sample, ChangeQuery()) if "actions added" in line.what)
    told, whole = change_list.changes_of(sample, sampled.txn)
    assert 0 < len(told) <= change_list.MOST_SHOWN and whole > 22
    assert all(words for _, words in told)


def test_names_take_their_apostrophe() -> None:
    assert possessive("Kent Police") == "Kent Police's" and possessive("Medway Courts") == "Medway Courts'"


def test_a_wrong_clock_spoils_no_day(sample: Session) -> None:
    """An entry counts from the smallest time received of it and all later ones."""
    run = sample.read().exec_driver_sql
    last = int(run('SELECT max(n) FROM "change"').one()[0])
    assign(sample, "A-0001", [Assignment("percent", "40")], "w")
    with sample.store.engines.writer.connect() as raw, raw.begin():
        raw.exec_driver_sql("DROP TRIGGER change_no_update")
        raw.exec_driver_sql("UPDATE \"change\" SET received = '2031-01-01T00:00:00.000000Z' WHERE n = ?", (last,))
    from vawg_desktop.store.history import known_before, known_by

    moment = "2030-01-01T00:00:00.000000Z"
    assert known_by(sample.read(), moment) == known_before(sample.read(), moment) == last + 1
    assert known_by(sample.read(), "2020-01-01T00:00:00.000000Z") == 0
    assert known_by(sample.read(), date(2040, 1, 1).isoformat()) == last + 1
