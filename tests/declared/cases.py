"""The made-up kind of record, driven through everything that derives from its declaration. Run by ``test_made_up.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pytestqt.qtbot import QtBot

from tests.services.test_ways_home import heads
from vawg_desktop.cli import main
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services import (
    attachments,
    finding,
    history,
    lists,
    merging,
    return_staging,
    rounds,
    show,
    undoing,
)
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.records import ADD, Assignment, assign, create, hide
from vawg_desktop.services.session import Session
from vawg_desktop.services.trackers import import_tracker
from vawg_desktop.store import opening
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.dispose import Authority, dispose
from vawg_desktop.store.repair import repair

EVERYTHING = {
    "promise": "Open the shelter", "terms_of_it": "Ten beds, all year", "status": "in progress", "rating_opcc": "amber", "in_writing": "yes",
    "people": "40", "cost": "12.50", "due": "2026-10-01", "maker": "Kent Police", "pillars": "Prevention; Engagement", "words": "quokkaword",
    "actions": "A-0001", "note": "A note",
}  # fmt: skip


@pytest.fixture
def desk(sample: Session) -> Iterator[Session]:
    yield sample
    assert check(sample.store).problems == []


def pledge(session: Session, **more: str) -> str:
    return create(session, "pledge", {**EVERYTHING, **more})[0]


def test_it_is_made_shown_listed_found_and_filtered(desk: Session) -> None:
    id = pledge(desk)
    create(desk, "pledge_step", {"what": "Find a house", "pledge": id})
    view = show.record(desk, id)
    assert view.reference == "ZP-0001" and view.overdue and view.parts["pledge_step"][0]["what"] == "Find a house"
    assert {f.key: bool(view.sets.get(f.key)) for f in view.spec.sets} == {"pillars": True, "words": True, "actions": True}
    other = show.record(desk, "A-0001").links
    assert [(x.label, x.status) for x in other if x.entity == "pledge"] == [("Pledges", "in_progress")]
    for key in ("overdue", "open", "conflicted"):
        assert lists.count(desk, ListQuery("pledge", where=(Where(key, "yes"),))) == (key != "conflicted")
    for where in (Where("maker", "Kent Police"), Where("words", "quokkaword"), Where("in_writing", "yes"), Where("people", "40"), Where("pillars", "Prevention")):
        assert lists.count(desk, ListQuery("pledge", where=(where,))) == 1, where
    for sort in ("promise", "due", "maker", "status", "reference"):
        assert len(lists.ids(desk, ListQuery("pledge", sort=sort))) == 1
    assert lists.ids(desk, ListQuery("pledge", words="shelter")) and not lists.ids(desk, ListQuery("pledge", words="nowhere"))
    (found,) = lists.records(desk, ListQuery("pledge"))
    assert found["overdue"] is True and "secret" not in found and found["cost"] == "12.50"
    assert [h.reference for h in finding.search(desk, "zp1") if h.entity == "pledge"] == ["ZP-0001"]
    assert [h.reference for h in finding.search(desk, "shelter")] == ["ZP-0001"]


def test_it_stands_under_the_pillar_of_what_it_serves_and_asks_for_no_count_there(desk: Session) -> None:
    assign(desk, "R-0001", [Assignment("pillar", "rehabilitation")], "x")
    create(desk, "action", {"title": "Serves R-0001", "recommendations": "R-0001"})
    action = str(desk.read().exec_driver_sql("SELECT reference FROM action WHERE title = 'Serves R-0001'").one()[0])
    id = pledge(desk, actions=action)

    def pillar() -> str:
        return str(desk.read().exec_driver_sql("SELECT x_pillar FROM pledge WHERE id = ?", (id,)).one()[0])

    assert pillar() == "rehabilitation"
    hide(desk, [action])
    assert pillar() == "none"


def test_a_file_is_kept_with_it(desk: Session, tmp_path: Path) -> None:
    pledge(desk)
    (tmp_path / "proof.txt").write_bytes(b"wombatfile")
    attachments.attach(desk, "ZP-0001", tmp_path / "proof.txt")
    assert attachments.open_copy(desk, "ZP-0001").read_bytes() == b"wombatfile"
    attachments.wipe_copies()


def test_its_history_undo_and_bin(desk: Session) -> None:
    id = pledge(desk)
    assign(desk, id, [Assignment("put_off_to", "2027-01-01"), Assignment("status", "complete")], "agreed")
    assert not show.record(desk, id).overdue
    said = [history.in_words(desk, c, "ZP-0001") for c in history.history(desk, id)]
    assert any("Put off to" in s for s in said) and any("Complete" in s for s in said)
    undoing.undo(desk)
    assert show.record(desk, id).cells["status"] == "in_progress"
    hide(desk, [id])
    assert lists.count(desk, ListQuery("pledge")) == 0 and lists.count(desk, ListQuery("pledge", bin=True)) == 1
    assert repair(desk.store, "A. Officer") >= 0


def test_it_merges_both_ways_and_conflicts_are_settled(desk: Session, tmp_path: Path) -> None:
    id = pledge(desk)
    take_copy(desk.store, tmp_path / "c.vawg")
    with opening.open_store(tmp_path / "c.vawg") as copy:
        other = Session(copy, "Copy")
        assign(desk, id, [Assignment("people", "41"), Assignment("words", "ours", ADD)], "x")
        assign(other, id, [Assignment("people", "42"), Assignment("words", "theirs", ADD)], "y")
        fresh = pledge(other, promise="Another")
        assert str(show.record(other, fresh).reference).startswith("ZP-x")
        merging.merge(desk, copy)
        merging.merge(other, desk.store)
        assert [c.field for c in merging.conflicts(desk)] == ["people"]
        merging.settle(desk, merging.conflicts(desk)[0].id, "42", "counted again")
        merging.merge(other, desk.store)
        assert show.record(other, fresh).reference == "ZP-0002" and check(copy).problems == []
        assert set(show.record(other, id).sets["words"]) == {"quokkaword", "ours", "theirs"}


def test_its_words_and_its_file_leave_with_a_disposal(desk: Session) -> None:
    id = pledge(desk)
    create(desk, "pledge_step", {"what": "bilbystep", "pledge": id})
    sha256 = desk.store.files.keep("proof.txt", b"wombatfile")
    with desk.store.write("A. Officer") as tx:
        tx.edit("pledge", id, {"file_sha256": sha256, "secret": "numbatsecret"})
    dispose(desk.store, "pledge", id, Authority("A. Officer", "B. Officer", "schedule 1", "2026-11-22"))
    left = [
        (table, word)
        for (table,) in desk.read().exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'").fetchall()
        for row in desk.read().exec_driver_sql(f'SELECT * FROM "{table}"')
        for word in ("shelter", "bilbystep", "numbatsecret", "quokkaword")
        if any(word in str(cell).casefold() for cell in row)
    ]
    assert left == [] and desk.store.files.known() == set()


def test_it_is_taken_from_a_tracker(desk: Session, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page: Any = book.active
    for row in (["Ref", "Promise", "Status", "Due", "Made by"], ["P9", "Light the park", "Complete", "01/02/2027", "Kent Police"]):
        page.append(row)
    book.save(tmp_path / "t.xlsx")
    mapping = {"Ref": "pledge.reference", "Promise": "pledge.promise", "Status": "pledge.status", "Due": "pledge.due", "Made by": "pledge.maker"}
    done = import_tracker(desk, tmp_path / "t.xlsx", mapping=mapping, entity="pledge")
    assert done.by_entity == {"pledge": 1}, [p.message for p in done.problems]
    (made,) = lists.records(desk, ListQuery("pledge"))
    assert (made["promise"], made["status"], made["due"]) == ("Light the park", "complete", "2027-02-01")
    again = import_tracker(desk, tmp_path / "t.xlsx", mapping=mapping, entity="pledge")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


def test_commands_take_it_by_its_name(desk: Session, capsys: pytest.CaptureFixture[str]) -> None:
    id = pledge(desk)
    path = str(desk.store.path)
    assert main(["list", path, "pledge", "--where", "overdue=yes"]) == 0 and "Open the shelter" in capsys.readouterr().out
    assert main(["set", path, "ZP-0001", "people=50", "--why", "counted"]) == 0
    assert main(["show", path, "ZP-0001"]) == 0 and "50" in capsys.readouterr().out
    assert show.record(desk, id).cells["people"] == 50


def test_a_list_and_a_record_of_it_are_drawn_edited_and_written_out(qtbot: QtBot, desk: Session, tmp_path: Path) -> None:
    from vawg_desktop.exchange.document import Table
    from vawg_desktop.exchange.document_files import WRITERS
    from vawg_desktop.services.outputs import record_document, save_document
    from vawg_desktop.ui.pages.list_page import ListPage
    from vawg_desktop.ui.tasks import Tasks
    from vawg_desktop.ui.theme import theme
    from vawg_desktop.ui.tour import settle

    theme.apply("light")
    pledge(desk)
    tasks = Tasks(desk)
    page = ListPage(tasks, "pledge")
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.load()
    settle(tasks)
    found: list[tuple[list[str], list[list[str]]]] = []
    page.outputs.with_table(lambda table, _: found.append(table))
    settle(tasks)
    headings, rows = found[0]
    assert headings == ["Ref", "Promise", "Status", "Due", "Made by"]
    assert rows[0][:3] == ["ZP-0001", "Open the shelter", "In progress"] and "late" in rows[0][3] and rows[0][4] == "Kent Police"
    shown = {f.key for f in BY_KEY["pledge"].fields if not f.private}
    assert shown <= {*page.pane._editors, *page.pane.shown_sets()}
    assert page.pane.view is not None and page.pane.view.reference == "ZP-0001"
    document = page.outputs.list_maker()(desk)
    (table, _) = document.blocks
    assert isinstance(table, Table) and list(table.heads) == ["Ref", "Promise", "Status", "Due", "Late", "Made by"] and table.rows[0][4] == "late"
    for ending in WRITERS:
        assert save_document(tmp_path / f"list{ending}", document).stat().st_size > 1000
    record = record_document(desk, "ZP-0001")
    assert record.title == "ZP-0001 Open the shelter" and isinstance(record.blocks[0], Table)
    assert {str(row[0]) for row in record.blocks[0].rows} >= {"Reference", "Status", "Made by"}
    tasks.stop()


def test_a_flag_asks_partners_for_a_field_and_another_shows_one(desk: Session, tmp_path: Path) -> None:
    assign(desk, "A-0008", [Assignment("description", "What it is about")], "x")
    made = rounds.export_returns(desk, period="2026/27 Q3", due="2027-01-10", out=tmp_path)
    sent = next(s for s in made.returns if s.partner == "Kent Police")
    assert made.held == {}
    book = openpyxl.load_workbook(sent.file)
    page = book["Actions"]
    at = heads(page)
    row = next(r for r in range(2, page.max_row + 1) if str(page.cell(r, 1).value).startswith("A-0008"))
    assert page.cell(row, at["Description"]).value == "What it is about" and page.cell(row, at["Resource"]).value is None
    unedited = return_staging.import_return(desk, Path(sent.file))
    assert unedited.differences == [] and unedited.tray == [] and unedited.problems == []
    page.cell(row, at["Resource"]).value = "Two posts"
    page.cell(row, at["Description"]).value = "Something else"
    book.save(tmp_path / "back.xlsx")
    review = return_staging.import_return(desk, tmp_path / "back.xlsx", apply="safe")
    assert [(d.field, d.incoming, d.label) for d in review.differences] == [("resource", "Two posts", "Resource")]
    assert [t["text"] for t in review.tray] == ["Something else"]
    assert show.record(desk, "A-0008").cells["resource"] == "Two posts"
