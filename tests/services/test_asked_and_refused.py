"""What is asked of a service in other words than usual, and what it refuses, each in a sentence and with nothing changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from vawg_desktop.domain.entities import EVIDENCE
from vawg_desktop.domain.errors import AppError, NotFoundError, RuleError, StoreError, ValueRefusedError
from vawg_desktop.services import (
    attachments,
    change_list,
    history,
    lists,
    merging,
    names,
    outputs,
    pasting,
    portfolio,
    returns,
    rounds,
    show,
    telephone,
)
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.records import Assignment, assign, create, set_link
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening


def test_a_record_is_found_as_the_program_itself_calls_it(sample: Session) -> None:
    title = str(show.record(sample, "R-0003").cells["title"])
    assert names.find(sample.read(), f"R-0003 {title}").reference == "R-0003"
    assert names.find(sample.read(), f"R-0003  {title[:12]}").reference == "R-0003"
    with pytest.raises(NotFoundError):
        names.find(sample.read(), "R-0003 Something else")
    assert names.maybe_find(sample.read(), f"R-0003 {title}", "action") is None


def _save(session: Session, path: Path) -> None:
    outputs.save_document(path, outputs.list_document(session, "Actions", ["Ref"], [["A-0001"]]))


@pytest.mark.parametrize("ending", [".doc", ".txt", ""])
def test_a_list_is_saved_in_five_formats_and_as_nothing_else(sample: Session, tmp_path: Path, ending: str) -> None:
    with pytest.raises(ValueRefusedError, match=r"ends in \.docx, \.odt, \.pdf, \.xlsx or \.ods"):
        _save(sample, tmp_path / f"list{ending}")
    assert list(tmp_path.glob("list*")) == []


def test_a_list_that_cannot_be_written_says_why(sample: Session, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not be written") as refused:
        _save(sample, tmp_path / "no folder" / "list.xlsx")
    assert refused.value.code == "write_failed"


def test_a_list_saved_over_a_file_that_is_open_elsewhere_names_it_and_leaves_nothing(
    sample: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows refuses it: the old file stays, and no half of the new one beside it."""
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"as it was")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError, match=r"list\.xlsx could not be replaced: .*Close it where it is open"):
        _save(sample, path)
    assert path.read_bytes() == b"as it was" and [p.name for p in tmp_path.iterdir() if p.name.startswith("list")] == ["list.xlsx"]


def test_what_is_pasted_keeps_its_whole_wording_beside_a_plain_title(sample: Session) -> None:
    wording = "Nobody asks twice; victims repeat themselves at every desk they are sent to."
    pasting.paste(sample, "gap", [("", "Nobody asks twice", wording), ("7", "Short", "Short")])
    one, other = (show.record(sample, str(r["reference"])) for r in lists.records(sample, ListQuery("gap"))[-2:])
    assert (one.cells["statement"], one.cells["note"]) == ("Nobody asks twice", wording)
    assert (other.cells["statement"], other.cells["note"], other.aliases) == ("Short", None, ["7"])
    pasting.paste(sample, "recommendation", [("", "Nobody asks twice", wording)])
    last = show.record(sample, str(lists.records(sample, ListQuery("recommendation"))[-1]["reference"]))
    assert (last.cells["title"], last.cells["wording"], last.cells["note"]) == ("Nobody asks twice", wording, None)


def test_a_deletion_to_be_settled_is_answered_by_yes_or_no(sample: Session, tmp_path: Path) -> None:
    merging.copy(sample, tmp_path / "laptop.vawg")
    with opening.open_store(tmp_path / "laptop.vawg") as store:
        laptop = Session(store, "L. Laptop")
        assign(laptop, "A-0001", [Assignment("percent", "70")], "in the room")
        with sample.store.write(sample.who, "not ours") as tx:
            tx.delete("action", show.record(sample, "A-0001").id)
        merging.merge(sample, store)
    (conflict,) = merging.conflicts(sample)
    for typed in ("perhaps", ""):
        with pytest.raises(ValueRefusedError, match="Say yes to delete"):
            merging.settle(sample, conflict.id, typed, "asked")
    assert len(merging.conflicts(sample)) == 1
    merging.settle(sample, conflict.id, "Keep", "asked")
    assert merging.conflicts(sample) == [] and not show.record(sample, "A-0001").deleted
    with pytest.raises(AppError):
        merging.settle(sample, conflict.id, "yes", "a second time")


@pytest.mark.parametrize(("keep", "drop"), [("A-0001", "A-0001"), ("A-0001", "R-0001")])
def test_only_two_different_records_of_a_kind_are_made_one(sample: Session, keep: str, drop: str) -> None:
    with pytest.raises(RuleError) as refused:
        merging.combine(sample, keep, drop, "one")
    assert refused.value.code == "rule_combine" and not show.record(sample, "R-0001").deleted


def test_a_persons_data_told_by_telephone_waits_for_somebody_to_look(sample: Session, tmp_path: Path) -> None:
    rounds.export_returns(sample, period="2026/27 Q3", due="2027-01-10", out=tmp_path, partners=["Kent Police"])
    return_id = str(sample.read().exec_driver_sql("SELECT id FROM return").one()[0])
    first = telephone.to_ask(sample, return_id)[0]
    words = "The victim is on 07700 900123."
    review = telephone.take_call(sample, return_id, {first.id: {"narrative": words}}, informant="C. Caller")
    assert [p.code for p in review.problems] == ["personal_data"]
    assert [d.held for d in review.differences if d.field == "narrative"] == ["personal_data"]
    with pytest.raises(NotFoundError, match="not in this store"):
        telephone.call_sheet(sample, "no such return")
    with pytest.raises(NotFoundError):
        returns.review(sample, "no such submission")


def test_many_links_changed_at_once_are_counted(sample: Session) -> None:
    sources = [create(sample, "source", {"title": f"Paper {n}"})[0] for n in range(14)]
    with sample.store.write(sample.who, "they rest on these") as tx:
        for one in sources:
            tx.link("recommendation.sources", show.record(sample, "R-0001").id, one)
    line = change_list.page(sample, change_list.ChangeQuery()).lines[0]
    assert line.what == "14 links changed"


def test_one_link_is_told_with_both_its_ends(sample: Session) -> None:
    source, _ = create(sample, "source", {"title": "A paper"})
    set_link(sample, "recommendation", "sources", show.record(sample, "R-0001").id, source)
    what = change_list.page(sample, change_list.ChangeQuery()).lines[0].what
    assert what.startswith("R-0001 ") and show.record(sample, source).reference in what


def test_a_round_says_its_period_and_a_format_that_can_be_written(sample: Session, tmp_path: Path) -> None:
    with pytest.raises(ValueRefusedError, match="not pdf"):
        rounds.export_returns(sample, period="2026/27 Q3", due="+4w", out=tmp_path, format="pdf")
    with pytest.raises(ValueRefusedError, match="needs its period"):
        rounds.export_returns(sample, period="  ", due="+4w", out=tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(StoreError, match="could not be made"):
        rounds.export_returns(sample, period="2026/27 Q3", due="+4w", out=blocked / "returns")
    assert sample.read().exec_driver_sql("SELECT count(*) FROM round").one()[0] == 0


def test_a_record_without_a_file_says_so(sample: Session) -> None:
    evidence, _ = create(sample, "evidence", {"title": "Dip sample"})
    for record in ("A-0001", evidence):
        with pytest.raises(NotFoundError, match="has no file") as refused:
            attachments.open_copy(sample, record)
        assert refused.value.code == "no_file"
    assert EVIDENCE.file_cell == "file_sha256"


def test_a_portfolio_goes_to_somebody_else_and_from_somebody_who_has_one(sample: Session) -> None:
    with pytest.raises(NotFoundError) as refused:
        portfolio.hand_over(sample, "Nobody", "D. Deputy")
    assert refused.value.code == "no_portfolio"
    for to in ("", sample.who, sample.who.upper()):
        with pytest.raises(ValueRefusedError):
            portfolio.deputise(sample, sample.who, to, "2026-11-22", "2026-12-01")
    with pytest.raises(ValueRefusedError, match="before the first"):
        portfolio.deputise(sample, sample.who, "D. Deputy", "2026-12-01", "2026-11-22")
    assert portfolio.deputy_in_words(sample, sample.who) == ""
    portfolio.deputise(sample, sample.who, "D. Deputy", "2026-11-20", "2026-11-21")
    assert portfolio.deputy_in_words(sample, sample.who) == ""  # it is over
    portfolio.deputise(sample, sample.who, "D. Deputy", "2026-11-22", "2026-12-01")
    assert portfolio.deputy_in_words(sample, sample.who) == "D. Deputy stands in for you from 22 November 2026 to 1 December 2026."
    portfolio.deputise(sample, sample.who, "D. Deputy", "2026-11-23", "2026-12-01")
    assert " will stand in for you from 23 November 2026" in portfolio.deputy_in_words(sample, sample.who)


def test_what_changed_between_two_days_in_the_wrong_order_is_refused(sample: Session) -> None:
    with pytest.raises(ValueRefusedError, match="before the start"):
        history.changed(sample, date(2026, 11, 22), date(2026, 11, 21))
    with pytest.raises(ValueRefusedError, match="before the start"):
        change_list.page(sample, change_list.ChangeQuery(since=date(2026, 11, 22), until=date(2026, 11, 21)))
