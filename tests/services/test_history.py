"""Undo, redo, history and "as at": the log answers for everything."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from vawg_desktop.domain.errors import NotFoundError, RuleError
from vawg_desktop.services import history, merging, show, undoing
from vawg_desktop.services.records import (
    ADD,
    Assignment,
    add_update,
    assign,
    create,
    hide,
    parse_assignment,
    set_link,
)
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.dispose import Authority, dispose


def put(session: Session, ref: str, *words: str, why: str = "told") -> None:
    assign(session, ref, [parse_assignment(w) for w in words], why)


def cell(session: Session, ref: str, key: str) -> object:
    return show.record(session, ref).cells[key]


def test_undo_is_itself_undoable(sample: Session) -> None:
    put(sample, "A-0006", "percent=20", "status=in progress")
    undoing.undo(sample)
    assert (cell(sample, "A-0006", "percent"), cell(sample, "A-0006", "status")) == (None, "proposed")
    undoing.undo(sample)
    assert (cell(sample, "A-0006", "percent"), cell(sample, "A-0006", "status")) == (20, "in_progress")
    assert check(sample.store).problems == []


def test_step_back_walks_and_step_forward_returns(sample: Session) -> None:
    for value in ("a", "b", "c"):
        put(sample, "A-0006", f"blockers={value}")
    seen = []
    for _ in range(3):
        undoing.step_back(sample)
        seen.append(cell(sample, "A-0006", "blockers"))
    assert seen == ["b", "a", None]
    for value in ("a", "b", "c"):
        undoing.step_forward(sample)
        assert cell(sample, "A-0006", "blockers") == value
    with pytest.raises(NotFoundError):
        undoing.step_forward(sample)
    undoing.step_back(sample)
    put(sample, "A-0006", "blockers=d")
    with pytest.raises(NotFoundError):
        undoing.step_forward(sample)
    put(sample, "A-0006", "blockers=e")
    assert show.record(sample, "A-0006").conflicts == 0
    assert check(sample.store).problems == []


def test_an_edit_ends_the_road_forward_for_good(sample: Session) -> None:
    """What was undone before an edit does not come back once that edit was undone and brought back."""
    put(sample, "A-0006", "blockers=old")
    undoing.step_back(sample)
    put(sample, "A-0006", "percent=20")
    undoing.step_back(sample)
    undoing.step_forward(sample)
    assert (cell(sample, "A-0006", "percent"), cell(sample, "A-0006", "blockers")) == (20, None)
    with pytest.raises(NotFoundError):
        undoing.step_forward(sample)
    assert cell(sample, "A-0006", "blockers") is None


def test_undo_after_a_colleague_changed_the_cell_is_a_conflict_not_an_overwrite(sample: Session) -> None:
    put(sample, "A-0006", "percent=20")
    put(Session(sample.store, "Colleague"), "A-0006", "percent=30")
    undoing.undo(sample)
    view = show.record(sample, "A-0006")
    assert view.cells["percent"] == 30
    assert view.conflicts == 1
    assert check(sample.store).problems == []


def deleted_titles(session: Session, id: str) -> tuple[bool, object]:
    row = session.read().exec_driver_sql("SELECT deleted, blockers FROM action WHERE id = ?", (id,)).one()
    return bool(row[0]), row[1]


def test_a_record_brought_back_and_deleted_again_is_undone_step_by_step(sample: Session) -> None:
    """A deletion names all that it knew of the record, so what it took back is more than the cell's own head."""
    id, _ = create(sample, "action", {"title": "Short lived"})
    hide(sample, [id])
    hide(sample, [id], hidden=False)
    hide(sample, [id])
    seen = []
    for _ in range(3):
        undoing.step_back(sample)
        seen.append(deleted_titles(sample, id)[0])
    assert seen == [False, True, False]
    for wanted in (True, False, True):
        undoing.step_forward(sample)
        assert deleted_titles(sample, id)[0] is wanted
    assert check(sample.store).problems == []


def test_edits_of_a_deleted_record_are_undone_step_by_step(sample: Session) -> None:
    """An edit of a deleted record names its deletion beside the cell's own head."""
    id, _ = create(sample, "action", {"title": "Short lived", "blockers": "first"})
    hide(sample, [id])
    for text in ("second", "third"):
        with sample.store.write(sample.who) as tx:
            tx.edit("action", id, {"blockers": text})
    seen = []
    for _ in range(3):
        undoing.step_back(sample)
        seen.append(deleted_titles(sample, id))
    assert seen == [(True, "second"), (True, "first"), (False, "first")]
    assert check(sample.store).problems == []


def test_nothing_of_mine_to_undo(sample: Session) -> None:
    with pytest.raises(NotFoundError):
        undoing.undo(Session(sample.store, "Newcomer"))


def test_step_back_passes_over_what_a_colleague_already_hid(sample: Session) -> None:
    put(sample, "A-0006", "percent=5")
    id, _ = create(sample, "action", {"title": "Short lived"})
    hide(Session(sample.store, "Colleague"), [id])
    undoing.step_back(sample)
    assert cell(sample, "A-0006", "percent") is None


def test_undo_of_links_sets_and_creation(sample: Session) -> None:
    put(sample, "R-0001", "themes=a;b")
    undoing.step_back(sample)
    assert show.record(sample, "R-0001").sets["themes"] == []
    id, _ = create(sample, "action", {"title": "New", "recommendations": "R-0001"})
    assert show.record(sample, id).sets["recommendations"]
    undoing.step_back(sample)
    assert show.record(sample, id).deleted
    assert check(sample.store).problems == []


def test_what_was_disposed_of_does_not_come_back(sample: Session) -> None:
    id, _ = create(sample, "gap", {"statement": "To go"})
    hide(sample, [id])
    dispose(sample.store, "gap", id, Authority("A", "B", "rule", "2026-11-22"))
    with pytest.raises(RuleError):
        undoing.undo(sample)
    assert check(sample.store).problems == []


def test_a_date_moved_and_taken_back_is_no_slip(sample: Session) -> None:
    put(sample, "A-0006", "due=2026-01-01")
    for when, slips in (("2026-03-01", 1), ("2026-05-01", 2)):
        put(sample, "A-0006", f"revised_due={when}", why="recruitment")
        assert show.record(sample, "A-0006").slips == slips
    assert cell(sample, "A-0006", "revised_reason") == "recruitment"
    undoing.step_back(sample)
    assert show.record(sample, "A-0006").slips == 1
    undoing.step_forward(sample)
    assert show.record(sample, "A-0006").slips == 2
    assert check(sample.store).problems == []


def test_as_at_yesterday_there_was_nothing_and_today_the_first_value(sample: Session) -> None:
    with pytest.raises(NotFoundError):
        history.as_at(sample, "A-0006", date(2020, 1, 1))
    day = sample.today
    put(sample, "A-0006", "percent=20", "contributors=KCC")
    state = history.as_at(sample, "A-0006", day + timedelta(days=1))
    assert state.cells["percent"] == 20
    assert len(state.sets["contributors"]) == 1


def test_history_tells_links_and_updates_with_their_reasons(sample: Session) -> None:
    put(sample, "A-0012", "status=complete", why="said at the board")
    add_update(sample, "A-0012", {"narrative": "Twelve schools reached"}, why="by telephone")
    action = show.record(sample, "A-0012")
    gap = show.record(sample, "G-0001")
    set_link(sample, "gap", "actions", gap.id, action.id)
    told = history.history(sample, "A-0012")
    said = {(c.field, c.why) for c in told}
    assert ("status", "said at the board") in said
    assert ("narrative", "by telephone") in said
    assert any(c.field == "actions" and c.after == ["A-0012"] for c in told)
    (link, (telephone, update_lines), (board, board_lines), *_) = history.together(sample, told, "A-0012", 20)
    assert link[0].endswith(": G-0001") and link[1] == ["Actions: A-0012"]  # of which record a link is told
    assert telephone.endswith("(by telephone)") and update_lines[0] == "Action: A-0012" and "Progress update: Twelve schools reached" in update_lines
    assert board.endswith("B. Officer (said at the board)") and board_lines == ["Status: In progress → Complete"]
    assert len(history.together(sample, told, "A-0012", 1)) == 1 and sum(len(w) for _, w in history.together(sample, told, "A-0012", 9999)) == len(told)
    update = action.updates[0] if action.updates else show.record(sample, "A-0012").updates[0]
    assert update["status"] == "complete"


def test_changed_between_days(sample: Session) -> None:
    put(sample, "A-0006", "percent=20")
    today = sample.today
    found = history.changed(sample, today - timedelta(days=1), today + timedelta(days=1))
    assert found[-1].record == "A-0006"
    assert history.changed(sample, date(2001, 1, 1), date(2001, 1, 2)) == []


def test_an_undo_beside_a_colleagues_word_on_a_deleted_record_is_no_change_behind_the_deletion(sample: Session, tmp_path: Path) -> None:
    """Who undoes knows that the record lies in the bin: what is contested is the cell, not the deletion."""
    laptop = Session(opening.open_store(take_copy(sample.store, tmp_path / "laptop.vawg")), "L")
    hide(laptop, ["A-0006"])
    merging.merge(sample, laptop.store)
    put(sample, "A-0006", "blockers=mine")
    merging.merge(laptop, sample.store)
    put(laptop, "A-0006", "blockers=theirs")
    merging.merge(sample, laptop.store)
    undoing.undo(sample)
    assert [c.field for c in merging.conflicts(sample)] == ["blockers"]
    assert check(sample.store).problems == []
    laptop.store.close()


def test_every_kind_of_record_that_others_changed_is_heard_of_however_much_they_wrote(sample: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_MOST_NAMED", 2)
    _, mark = history.written_since(sample, None)
    with closing(opening.open_store(sample.store.path)) as other:
        colleague = Session(other, "D. Deputy")
        for number in range(1, 5):
            assign(colleague, f"A-000{number}", [Assignment("percent", "10")], None)
        create(colleague, "gap", {"statement": "Written last"})
        txns = [str(r[0]) for r in colleague.read().exec_driver_sql('SELECT txn FROM "change" WHERE n > ? ORDER BY n', (mark[1],))]
    changes, _ = history.written_since(sample, mark)
    assert changes.entities == {"action", "gap"} and len(changes.records) == 2 and changes
    left, _ = history.written_since(sample, mark, txns[:4])
    assert left.entities == {"gap"} and left
    assert not history.written_since(sample, mark, txns)[0]


def test_a_past_state_as_json_holds_the_links_of_that_day(sample: Session) -> None:
    from tests.clock import CLOCK, TODAY

    source, _ = create(sample, "source", {"title": "A paper"})
    set_link(sample, "recommendation", "sources", show.record(sample, "R-0001").id, source)
    CLOCK.go_to(TODAY + timedelta(days=2))
    set_link(sample, "recommendation", "sources", show.record(sample, "R-0001").id, source, remove=True)
    assign(sample, "R-0001", [Assignment("themes", "stalking", ADD)], None)
    reference = show.record(sample, source).reference
    links = show.as_json(sample, "R-0001", TODAY + timedelta(days=1))["links"]
    assert {"kind": "recommendation.sources", "label": "Sources", "entity": "source", "id": source, "reference": reference, "title": "A paper"} in links  # type: ignore[operator]
    later = show.as_json(sample, "R-0001", TODAY + timedelta(days=2))
    assert all(link["id"] != source for link in later["links"])  # type: ignore[attr-defined]
    assert later["fields"]["themes"] and not any(link["label"] == "Themes" for link in later["links"])  # type: ignore[index,attr-defined]
