"""Messy trackers: understood or asked, nothing lost in silence, never twice, reversible."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from tests.clock import CLOCK
from vawg_desktop.cli import main
from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.exchange.reading import read_book
from vawg_desktop.exchange.tracker_columns import match_columns
from vawg_desktop.services import lists, show, trackers, undoing
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
    from vawg_desktop.exchange.cells import plain_text

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
    undoing.reverse(sample, done.changes.txn)
    assert [lists.count(sample, ListQuery(e)) for e in ("action", "recommendation", "partner")] == counts
    assert check(sample.store).problems == []
    undoing.undo(sample)
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


@pytest.mark.parametrize("answer", ["reference", "name", "short name"])
def test_an_owner_that_is_unclear_is_said_by_reference_or_name(sample: Session, tmp_path: Path, answer: str) -> None:
    """The choices that are offered are references; on the command line an officer writes the name."""
    path = _csv(tmp_path / "t.csv", "Ref,Action,Owner", "O1,Fit lamps in the subway,Kent Constabulary Force")
    (asked,) = [p for p in trackers.import_tracker(sample, path, dry_run=True).problems if p.id.startswith("body:")]
    police = next(r for r in lists.records(sample, ListQuery("partner")) if r["name"] == "Kent Police")
    words = {"reference": str(police["reference"]), "name": "Kent Police", "short name": str(police["short_name"] or "Kent Police")}[answer]
    done = trackers.import_tracker(sample, path, answers={asked.id: words})
    assert done.created == 1 and not [p for p in done.problems if p.id == asked.id]
    assert show.record(sample, "O1").cells["accountable"] == police["id"]


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


def test_words_no_field_takes_are_asked_once_and_remembered(sample: Session, tmp_path: Path) -> None:
    """One question for all cells of the same words, answered with one of the field's terms; the next copy needs no answer."""
    head = "Action,Lead,Status,Due"
    rows = ["Open a drop-in,Kent Police,Getting there,31/03/2027", "Print a leaflet,Kent Police,getting there,31/03/2027"]
    path = _csv(tmp_path / "list.csv", head, *rows)
    looked = trackers.import_tracker(sample, path, dry_run=True)
    asked = {p.id: dict(p.choices) for p in looked.problems if p.id}
    (id,) = asked
    assert asked[id]["in_progress"] == "Take it as In progress" and len([p for p in looked.problems if p.id == id]) == 2
    assert [t["text"] for t in looked.tray] == ["Getting there", "getting there"]
    done = trackers.import_tracker(sample, path, answers={id: "in_progress"})
    assert done.created == 2 and not done.tray and not [p for p in done.problems if p.code == "not_understood"]
    found = {str(r["title"]): r["status"] for r in lists.records(sample, ListQuery("action"))}
    assert found["Open a drop-in"] == found["Print a leaflet"] == "in_progress"
    again = trackers.import_tracker(sample, _csv(tmp_path / "list.csv", head, *rows, "Train the staff,Kent Police,Getting there,31/03/2027"))
    assert (again.created, again.unchanged, again.tray) == (1, 2, [])


def test_a_month_without_a_year_is_asked_apart_for_finished_work(sample: Session, tmp_path: Path) -> None:
    """March of what is done was last March; of what is not, it may be the next."""
    path = _csv(tmp_path / "l.csv", "Action,Status,Due", "Open a drop-in,Complete,March", "Print a leaflet,In progress,March", "Train them,In progress,Spring")
    looked = trackers.import_tracker(sample, path, dry_run=True)
    asked = [(p.id, [k for k, _ in p.choices]) for p in looked.problems if p.code == "not_understood"]
    years = ["2025-03", "2026-03", "2027-03", "leave"]
    assert [c for _, c in asked] == [years, years, []] and len({i for i, _ in asked}) == 3
    trackers.import_tracker(sample, path, answers={asked[0][0]: "2026-03", asked[1][0]: "2027-03"})
    found = {str(r["title"]): r["due"] for r in lists.records(sample, ListQuery("action"))}
    assert [found[t] for t in ("Open a drop-in", "Print a leaflet", "Train them")] == ["2026-03", "2027-03", None]
    CLOCK.go_to(date(2027, 11, 22))
    later = trackers.import_tracker(sample, _csv(tmp_path / "l.csv", "Action,Status,Due", "Open a drop-in,Complete,Mar", "Print a leaflet,In progress,March"))
    assert {p.cell for p in later.problems if p.code == "not_understood"} == {"C2", "C3"}, "an answer is of its own year"


def test_one_word_in_two_kinds_of_record_is_read_by_each(sample: Session, tmp_path: Path) -> None:
    """“Complete” is a status of an action and an alias of another status of a recommendation."""
    path = _csv(tmp_path / "both.csv", "Recommendation,Recommendation status,Action,Action status", "Fund a refuge for all,Complete,Find a house,Complete")
    done = trackers.import_tracker(sample, path, dry_run=True)
    assert done.mapping["Recommendation status"] == "recommendation.status"
    closed = [p for p in done.problems if p.code == "rule_closure"]
    assert len(closed) == 1, "closed was understood, and a closure is earned"
    for row in ("Fund a refuge for all,Replaced,Find a house,Replaced", "Fund a helpline,Live,Find a line,Live"):
        trackers.import_tracker(sample, _csv(path, path.read_text("utf-8").splitlines()[0], row))
    found = {str(r["title"]): r["status"] for e in ("recommendation", "action") for r in lists.records(sample, ListQuery(e))}
    assert [found[t] for t in ("Fund a helpline", "Find a line")] == ["open", "in_progress"]


@pytest.mark.parametrize(
    ("heads", "meant"),
    [
        ("Ref|Action|Action owner|Action status|Action due date|Action RAG", "reference|title|accountable|status|due|rating_opcc"),
        ("Action ref|Action title|Status of action|Action lead|Actions update", "reference|title|status|lead|narrative"),
        ("Rec|Recommendation|Rec status|Recommendation owner|Recommendation priority", "reference|title|status|lead|priority"),
        ("Ref|Action|Action plan|Action taken|Recommendation group", "reference|title|None|None|None"),
    ],
)
def test_a_heading_may_name_its_kind_of_record(heads: str, meant: str) -> None:
    found = match_columns(heads.split("|"), "recommendation" if heads.startswith("Rec") else "action", {})
    assert "|".join(str(c.target).rpartition(".")[2] for c in found) == meant


def test_a_column_of_free_words_is_not_asked_about_word_by_word(sample: Session, tmp_path: Path) -> None:
    rows = [f"Do thing {n},Free words number {n}" for n in range(40)]
    looked = trackers.import_tracker(sample, _csv(tmp_path / "free.csv", "Action,Status", *rows), dry_run=True)
    assert len({p.id for p in looked.problems if p.id}) == 12 and len(looked.tray) == 40


def test_questions_and_choices_are_said_in_words_too(sample: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What ``--json`` says of a question, the words say: its name, its choices, and that a file answers it."""
    path = _csv(tmp_path / "list.csv", "Action,Status", "Open a drop-in,Getting there")
    assert main(["import-tracker", str(sample.store.path), str(path), "--dry-run"]) == 0
    said = capsys.readouterr().out
    id = "says:action.status:getting there"
    assert f"  {id}\n" in said and "      in_progress: Take it as In progress\n" in said
    (tmp_path / "answers.json").write_text(json.dumps({id: "in_progress"}), "utf-8")
    assert main(["import-tracker", str(sample.store.path), str(path), "--answers", str(tmp_path / "answers.json")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 created, 0 updated, 0 unchanged.") and "may be answered" not in said
