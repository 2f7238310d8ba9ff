"""Messy trackers: understood or asked, nothing lost in silence, never twice, reversible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.exchange.reading import read_book
from vawg_desktop.services import history, lists, show, trackers
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.session import Session
from vawg_desktop.services.trackers import Imported
from vawg_desktop.store.check import check


def messy_xlsx(path: Path) -> Path:
    """Title rows, merged recommendations, a section row, colour-only ratings, two owners, bad dates."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Tracker"
    sheet["A1"] = "VAWG Inquiry tracker"
    sheet["A2"] = "Last saved by the team on Friday"
    heads = [
        "Ref",
        "Recommendation",
        "Action required",
        "Owner",
        "Due date",
        "RAG",
        "Status",
        "Latest update",
        "Our mood",
    ]
    rows: list[list[Any]] = [
        ["Prevention"],
        [1, "Teach healthy relationships", "Run lessons in ten schools", "Kent Police / OPCC", date(2026, 3, 1), None, "On track", "Five schools so far", "hopeful"],
        [2, None, "Train teachers", "KCC and Medway", "31/04/2024", "Amber", "Started", None, None],
        ["Victim's Journey"],
        [3, "One named contact for victims", "Agree the rota", "Kent Polise", "TBC", None, "finnished", "Draft rota agreed", None],
        [4, "R-0003", "Buy the survey", "New Charity CIC", "May 2026", None, "Complete", None, None],
    ]  # fmt: skip
    sheet.append([])
    sheet.append(heads)
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("B6:B7")
    sheet["F6"].fill = PatternFill("solid", fgColor="FFFF0000")
    book.save(path)
    return path


def texts_of(path: Path) -> set[str]:
    book = read_book(path)
    from vawg_desktop.exchange.reading import plain_text

    return {plain_text(c) for s in book.sheets for r in s.rows for c in r if c is not None}


def found_somewhere(session: Session, done: Imported) -> str:
    said = repr([p.message for p in done.problems]) + repr(done.tray) + repr(done.mapping)
    for entity in ("recommendation", "action", "gap", "partner", "update"):
        rows = lists.records(session, ListQuery(entity))
        said += repr(rows)
    aliases = session.read().exec_driver_sql("SELECT part FROM link WHERE kind = 'alias'").fetchall()
    return said + repr(aliases)


def assert_nothing_lost(session: Session, path: Path, done: Imported) -> None:
    known = found_somewhere(session, done).casefold()
    from vawg_desktop.domain.terms import ACTION_STATUS, PILLAR, RATING

    for text in texts_of(path):
        term = next((v.find(text) for v in (ACTION_STATUS, PILLAR, RATING) if v.find(text)), None)
        parts = [text, text.rstrip("%")] + ([term.key, term.label] if term else [])
        if not any(p.casefold() in known for p in parts):
            words = [w for w in text.replace("/", " ").replace(" and ", " ").split() if len(w) > 3]
            assert words and all(w.casefold() in known for w in words), f"lost: {text!r}"


def test_the_messy_workbook(sample: Session, tmp_path: Path) -> None:
    path = messy_xlsx(tmp_path / "last year.xlsx")
    dry = trackers.import_tracker(sample, path, dry_run=True)
    before = lists.count(sample, ListQuery("action"))
    assert before == 22
    done = trackers.import_tracker(sample, path)
    assert (dry.created, dry.updated, [p.code for p in dry.problems]) == (
        done.created,
        done.updated,
        [p.code for p in done.problems],
    )
    assert done.mapping["Owner"] == "action.accountable"
    assert done.mapping["Our mood"] is None
    codes = {p.code for p in done.problems}
    assert {
        "colour_only",
        "two_owners",
        "not_understood",
        "no_date_yet",
        "owner_unclear",
        "new_partner",
    } <= codes
    assert_nothing_lost(sample, path, done)
    assert lists.count(sample, ListQuery("action")) == before + 4
    train = show.record(
        sample,
        next(
            r["reference"]
            for r in lists.records(sample, ListQuery("action"))
            if r["title"] == "Train teachers"
        ),
    )  # type: ignore[arg-type]
    recommendation = show.record(sample, train.sets["recommendations"][0])
    assert recommendation.title == "Teach healthy relationships"
    assert recommendation.cells["pillar"] == "prevention"
    assert train.names[str(train.cells["accountable"])] == "KCC"
    assert [train.names[c] for c in train.sets["contributors"]] == ["Medway"]
    assert train.cells["due"] is None
    buy = next(r for r in lists.records(sample, ListQuery("action")) if r["title"] == "Buy the survey")
    assert buy["labels"]["recommendations"] == ["R-0003"]  # type: ignore[index]
    assert buy["due"] == "2026-05"
    assert check(sample.store).problems == []


def test_a_second_import_updates_and_never_duplicates(sample: Session, tmp_path: Path) -> None:
    path = messy_xlsx(tmp_path / "last year.xlsx")
    trackers.import_tracker(sample, path)
    actions = lists.count(sample, ListQuery("action"))
    again = trackers.import_tracker(sample, path)
    assert (again.created, again.updated) == (0, 0)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    sheet["C7"] = "Train all teachers"
    sheet["G9"] = "Complete"
    book.save(path)
    asked = trackers.import_tracker(sample, path)
    assert (asked.created, asked.updated) == (0, 1)  # the row whose words changed waits to be said the same
    question = next(p for p in asked.problems if p.code == "other_words")
    corrected = trackers.import_tracker(sample, path, answers={question.id: question.choices[0][0]})
    assert (corrected.created, corrected.updated) == (0, 1)
    assert "Train all teachers" in titles(sample) and "Train teachers" not in titles(sample)
    assert lists.count(sample, ListQuery("action")) == actions


def test_a_whole_import_is_taken_back(sample: Session, tmp_path: Path) -> None:
    counts = [lists.count(sample, ListQuery(e)) for e in ("action", "recommendation", "partner")]
    done = trackers.import_tracker(sample, messy_xlsx(tmp_path / "t.xlsx"))
    trackers.reverse_import(sample, done.changes.txn)
    assert [lists.count(sample, ListQuery(e)) for e in ("action", "recommendation", "partner")] == counts
    assert check(sample.store).problems == []
    history.undo(sample)
    assert lists.count(sample, ListQuery("action")) == counts[0] + 4


def test_a_semicolon_csv_in_cp1252(sample: Session, tmp_path: Path) -> None:
    path = tmp_path / "tracker.csv"
    text = (
        "Action ref;Agreed action;Lead agency;By when;% complete;Notes\r\n"
        "X1;Spend £5,000 on “safer routes”;Medway;30/09/2026;0,5;naïve café\r\n"
        "X2;Write to Government;Home Office;ASAP;50%;\r\n"
    )
    path.write_bytes(text.encode("cp1252"))
    done = trackers.import_tracker(sample, path)
    assert done.by_entity == {"action": 2}
    first = show.record(sample, "X1")
    assert first.title == "Spend £5,000 on “safer routes”"
    assert first.cells["note"] == "naïve café"
    assert first.cells["due"] == "2026-09-30"
    assert show.record(sample, "X2").cells["percent"] == 50
    assert {p.code for p in done.problems} == {"not_understood", "no_date_yet"}
    assert_nothing_lost(sample, path, done)


def test_an_ods_made_by_libreoffice(
    sample: Session, tmp_path: Path, libreoffice: Callable[[Path, str], Path]
) -> None:
    path = libreoffice(messy_xlsx(tmp_path / "old.xlsx"), "ods")
    done = trackers.import_tracker(sample, path)
    assert done.by_entity["action"] == 4
    assert_nothing_lost(sample, path, done)
    assert check(sample.store).problems == []


def test_did_you_mean_and_a_corrected_mapping_is_remembered(sample: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Ref;Action;Ownr;Wann\n9;Do it;OPCC;2026-05-01\n", "utf-8")
    first = trackers.import_tracker(sample, path, dry_run=True)
    assert first.mapping["Ownr"] is None
    assert "action.accountable" in first.did_you_mean["Ownr"]
    trackers.import_tracker(sample, path, mapping={"Ownr": "action.accountable", "Wann": "action.due"})
    again = trackers.import_tracker(sample, path, dry_run=True)
    assert again.mapping["Wann"] == "action.due"
    assert show.record(sample, "A-0023").cells["due"] == "2026-05-01"


def test_no_table_is_said_in_a_sentence(sample: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;b\nc;d\n", "utf-8")
    with pytest.raises(FileRefusedError, match="no row of headings"):
        trackers.import_tracker(sample, path)


def test_every_field_of_the_sample_is_traceable_to_its_source(sample: Session) -> None:
    counts = {e: lists.count(sample, ListQuery(e)) for e in ("recommendation", "action", "gap", "partner")}
    assert counts == {"recommendation": 14, "action": 22, "gap": 8, "partner": 15}
    for entity in ("recommendation", "action", "gap"):
        for row in lists.records(sample, ListQuery(entity)):
            assert row["sources"], row["reference"]
            assert row["basis"], row["reference"]
    view = show.record(sample, "recommendation 3")
    assert view.aliases == ["R03"]
    assert {x.reference for x in view.links if x.entity == "source"} == {"S-0002", "S-0003", "S-0008"}


def _csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def titles(session: Session) -> list[object]:
    return [r["title"] for r in lists.records(session, ListQuery("action"))]


def test_a_number_given_twice_loses_neither_row(sample: Session, tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "t.csv", "Ref,Action,Owner", "D1,First action,OPCC", "D1,Second quite other thing,KCC"
    )
    done = trackers.import_tracker(sample, path)
    assert {"First action", "Second quite other thing"} <= set(titles(sample))
    assert [p.code for p in done.problems] == ["number_taken"]


def test_a_trackers_own_number_never_overwrites_another_record(sample: Session, tmp_path: Path) -> None:
    before = show.record(sample, "A-0001").cells
    path = _csv(
        tmp_path / "t.csv",
        "Ref,Action,Status",
        "1,Wider lighting in car parks,In progress",
        "A-0002,Something else wholly,Stopped",
    )
    done = trackers.import_tracker(sample, path)
    assert show.record(sample, "A-0001").cells == before
    assert done.created == 2
    assert [p.code for p in done.problems] == ["number_taken", "number_taken"]
    again = trackers.import_tracker(sample, path)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_a_second_import_keeps_what_the_office_edited(sample: Session, tmp_path: Path) -> None:
    lines = ["Ref,Action,Status,Owner", "E1,Do it,Not started,OPCC"]
    path = _csv(tmp_path / "t.csv", *lines)
    trackers.import_tracker(sample, path)
    from vawg_desktop.services.records import assign, hide, parse_assignment

    assign(
        sample,
        "E1",
        [parse_assignment("status=complete"), parse_assignment("title=A better title")],
        "office",
    )
    again = trackers.import_tracker(sample, path)
    assert (again.created, again.updated) == (0, 0)
    assert show.record(sample, "E1").title == "A better title"
    both = trackers.import_tracker(sample, _csv(path, lines[0], "E1,Do it,Stopped,OPCC"))
    assert [p.code for p in both.problems] == ["changed_on_both_sides"]
    assert show.record(sample, "E1").cells["status"] == "complete"
    hide(sample, [show.record(sample, "E1").id])
    binned = trackers.import_tracker(sample, _csv(path, lines[0], "E1,Do it,In progress,OPCC"))
    assert (binned.created, binned.updated) == (0, 0)
    assert "in_the_bin" in {p.code for p in binned.problems}


def test_one_blue_cell_is_asked_and_refuses_nothing_else(sample: Session, tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "t.csv",
        "Ref,Action,RAG,Status",
        "B1,Paint it,Blue,In progress",
        "B2,Hold it,Green,In progress",
    )
    done = trackers.import_tracker(sample, path)
    assert [(p.code, p.cell) for p in done.problems] == [("rule_blue", "C2")]
    assert show.record(sample, "B1").cells["rating_opcc"] is None
    assert show.record(sample, "B2").cells["rating_opcc"] == "green"


def test_bodies_whose_names_hold_and_are_not_split(sample: Session, tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "t.csv", "Ref,Action,Owner", "O1,One,NHS Kent & Medway ICB", "O2,Two,Kent Fire and Rescue Service",
        "O3,Three,Medway and KCC", "O4,Four,CPS",
    )  # fmt: skip
    asked = trackers.import_tracker(sample, path, dry_run=True)
    new = {p.id for p in asked.problems if p.code == "new_partner"}
    assert new == {"body:nhs kent and medway icb", "body:kent fire and rescue service"}
    done = trackers.import_tracker(sample, path, answers=dict.fromkeys(new, "add"))
    names = {r["name"] for r in lists.records(sample, ListQuery("partner"))}
    assert {"NHS Kent & Medway ICB", "Kent Fire and Rescue Service"} <= names
    assert "CPS" not in names
    assert {p.code for p in done.problems} == {"two_owners", "owner_unclear"}


def test_notes_under_the_table_become_no_actions(sample: Session, tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "t.csv",
        "Ref,Action,Owner,Status",
        "N1,Real,OPCC,Open",
        "Total,7 actions,,",
        ",Prepared by Jo on 3 May,,",
    )
    done = trackers.import_tracker(sample, path)
    assert done.by_entity == {"action": 1}
    assert [p.code for p in done.problems].count("stray_row") == 2
    assert "7 actions" in repr(done.tray) and "Prepared by Jo" in repr(done.tray)
