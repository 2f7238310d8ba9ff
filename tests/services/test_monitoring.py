"""A funder's form filled from a service's return, and what services there are and what is needed, on paper."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.datavalidation import DataValidation

from tests.services.test_contract_returns import PERIOD, filled, office, reference
from tests.test_cli import Run
from vawg_desktop.domain.errors import FileRefusedError, ValueRefusedError
from vawg_desktop.exchange.document import Document, Table
from vawg_desktop.services import monitoring, records, returns, service_outputs
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session

__all__ = ["office"]


@pytest.fixture
def reported(office: Session, tmp_path: Path) -> Session:
    """The office with a return of its provider taken."""
    returns.import_return(office, filled(office, tmp_path), apply="all")
    return office


def form(tmp_path: Path, name: str = "Grant monitoring Q2.xlsx") -> Path:
    """A funder's form with words, a formula, a drop-down, a chart and a second sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Monitoring"
    for row in (["Quarterly monitoring"], ["Organisation"], ["Service name"], ["Quarter"], [], ["People referred", None, "target", 40], ["People supported"], ["Waiting list:"], ["Cases closed"],
                ["Sum", "=B6+B7"], ["Risks and issues"], ["RAG"]):  # fmt: skip
        sheet.append(row)
    check = DataValidation(type="list", formula1='"Red,Amber,Green"')
    check.add("B12")
    sheet.add_data_validation(check)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=6, max_row=9))
    sheet.add_chart(chart, "F2")
    book.create_sheet("Notes").append(["Keep this sheet"])
    book.save(tmp_path / name)
    return tmp_path / name


def test_the_cells_beside_our_own_words_are_offered(reported: Session, tmp_path: Path) -> None:
    assert monitoring.read_form(reported, form(tmp_path)).mapping == {
        "provider": "Monitoring!B2", "service": "Monitoring!B3", "period": "Monitoring!B4", "referred": "Monitoring!B6", "supported": "Monitoring!B7",
        "waiting": "Monitoring!B8", "closed": "Monitoring!B9", "risks": "Monitoring!B11",
    }  # fmt: skip


def test_a_form_is_filled_and_everything_else_in_it_stays(reported: Session, tmp_path: Path) -> None:
    path, out = form(tmp_path), tmp_path / "filled.xlsx"
    read = monitoring.read_form(reported, path)
    done = monitoring.fill_form(reported, read, reference(reported, "Trauma therapy"), PERIOD, read.mapping, out)
    assert done.empty == []
    sheet = load_workbook(out)["Monitoring"]
    assert [sheet[f"B{n}"].value for n in (2, 3, 4, 6, 7, 8, 9, 11)] == ["Rowan Support", "Trauma therapy", PERIOD, 52, 120, 31, 12, "The lease ends in May"]
    assert sheet["B10"].value == "=B6+B7" and sheet["D6"].value == 40
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(out) as after:
        assert before.namelist() == after.namelist()
        changed = {n for n in before.namelist() if hashlib.sha256(before.read(n)).digest() != hashlib.sha256(after.read(n)).digest()}
    assert changed == {"xl/workbook.xml", "xl/worksheets/sheet1.xml"}


def test_the_form_opens_in_libreoffice_and_its_own_sum_is_computed(reported: Session, tmp_path: Path, libreoffice: Callable[[Path, str], Path]) -> None:
    read = monitoring.read_form(reported, form(tmp_path))
    monitoring.fill_form(reported, read, reference(reported, "Trauma therapy"), PERIOD, read.mapping, tmp_path / "filled.xlsx")
    sheet = load_workbook(libreoffice(tmp_path / "filled.xlsx", "xlsx"), data_only=True)["Monitoring"]
    assert sheet["B10"].value == 172 and sheet["B11"].value == "The lease ends in May"


def test_what_is_not_recorded_is_named_and_its_cell_left_alone(reported: Session, tmp_path: Path) -> None:
    read = monitoring.read_form(reported, form(tmp_path))
    done = monitoring.fill_form(reported, read, reference(reported, "Outreach"), PERIOD, read.mapping, tmp_path / "filled.xlsx")
    assert done.empty == ["Referred", "Supported", "Waiting", "Closed", "Risks"]
    assert load_workbook(tmp_path / "filled.xlsx")["Monitoring"]["B6"].value is None


def test_the_cells_chosen_are_remembered_for_the_next_quarters_form(reported: Session, tmp_path: Path) -> None:
    read = monitoring.read_form(reported, form(tmp_path))
    monitoring.keep_mapping(reported, read, {**read.mapping, "referred": "E6", "closed": ""})
    later = monitoring.read_form(reported, form(tmp_path, "Grant monitoring Q3.xlsx"))
    assert later.mapping["referred"] == "E6" and "closed" not in later.mapping


@pytest.mark.parametrize(("cell", "words"), [("Monitoring!B10", "holds a formula"), ("Nowhere!B4", "has no cell “Nowhere!B4”"), ("the third", "has no cell"), ("Monitoring!B2", "another field would both be")])
def test_a_cell_that_cannot_be_filled_is_named_and_no_file_is_made(reported: Session, tmp_path: Path, cell: str, words: str) -> None:
    read = monitoring.read_form(reported, form(tmp_path))
    with pytest.raises((ValueRefusedError, FileRefusedError), match=words):
        monitoring.fill_form(reported, read, reference(reported, "Trauma therapy"), PERIOD, {"provider": "Monitoring!B2", "referred": cell}, tmp_path / "filled.xlsx")
    assert not (tmp_path / "filled.xlsx").exists()


def test_rows_and_cells_that_the_form_does_not_have_yet_are_made_in_their_order(reported: Session, tmp_path: Path) -> None:
    read = monitoring.read_form(reported, form(tmp_path))
    cells = {"referred": "Monitoring!AA6", "supported": "Monitoring!E6", "waiting": "Monitoring!B40", "closed": "Notes!D5"}
    monitoring.fill_form(reported, read, reference(reported, "Trauma therapy"), PERIOD, cells, tmp_path / "filled.xlsx")
    book = load_workbook(tmp_path / "filled.xlsx")
    assert [book["Monitoring"][c].value for c in ("AA6", "E6", "D6", "B40")] == [52, 120, 40, 31] and book["Notes"]["D5"].value == 12


def test_another_kind_of_file_says_what_to_do(reported: Session, tmp_path: Path) -> None:
    (tmp_path / "form.csv").write_text("People referred,\nPeople supported,\n", "utf-8")
    read = monitoring.read_form(reported, tmp_path / "form.csv")
    with pytest.raises(FileRefusedError, match=r"save the form as \.xlsx"):
        monitoring.fill_form(reported, read, reference(reported, "Trauma therapy"), PERIOD, {"referred": "B1"}, tmp_path / "filled.csv")


def test_by_command_with_a_map_and_then_without(capsys: pytest.CaptureFixture[str], tmp_path: Path, reported: Session) -> None:
    store, therapy = str(reported.store.path), reference(reported, "Trauma therapy")
    reported.store.close()
    (tmp_path / "map.json").write_text(json.dumps({"referred": "E6"}), "utf-8")
    path = form(tmp_path)
    for more in (["--map", str(tmp_path / "map.json")], []):
        done = Run(capsys, "fill-form", store, therapy, "--form", str(path), "--period", PERIOD, "--out", str(tmp_path / "filled.xlsx"), "--json", *more)
        assert done.code == 0 and json.loads(done.out)["mapping"] == {"referred": "E6"}
        assert load_workbook(tmp_path / "filled.xlsx")["Monitoring"]["E6"].value == 52
    (tmp_path / "map.json").write_text('{"weather": "E6"}', "utf-8")
    wrong = Run(capsys, "fill-form", store, therapy, "--form", str(path), "--period", PERIOD, "--out", str(tmp_path / "x.xlsx"), "--map", str(tmp_path / "map.json"))
    assert wrong.code == 1 and "cannot be filled with weather" in wrong.err


# -- on paper ------------------------------------------------------------------------------------


def words_of(made: Document) -> str:
    return " | ".join(str(c) for b in made.blocks if isinstance(b, Table) for row in b.rows for c in row if c is not None)


def test_the_directory_leaves_out_ended_and_restricted_services_and_every_confidential_place(office: Session) -> None:
    for title, more in (
        ("A refuge", {"kind": "refuge", "areas": "Thornwick", "confidential_location": "yes", "waiting_days": "1"}), ("Gone", {"status": "ended"}),
        ("Hidden", {"restriction": "under review"}), ("Helpline", {"kind": "helpline", "areas": "Kent", "eligibility": "Anybody over 16", "groups": "Women"}),
    ):  # fmt: skip
        records.create(office, "service", {"title": title, "provider": "Rowan Support", **more})
    made = service_outputs.directory(office)
    words = words_of(made)
    assert "Helpline" in words and "Anybody over 16" in words and "Kent" in words and "A refuge" in words and "1 day" in words
    assert "Thornwick" not in words and "Gone" not in words and "Hidden" not in words
    assert made.lines == ["For victims' professionals. Not for publication.", "1 restricted service left out."]


def test_the_assessment_sets_needs_against_services(office: Session) -> None:
    records.assign(office, reference(office, "Trauma therapy"), [Assignment("needs", "Counselling"), Assignment("journey_stages", "Recovery"), Assignment("groups", "Children")], None)
    figure, _ = records.create(office, "figure", {"title": "Wanted counselling", "quoted": "under half", "base": "of those who wanted it"})
    records.assign(office, "G-0003", [Assignment("need_met_figure", figure), Assignment("severity", "4"), Assignment("group_affected", "Children")], None)
    tables = {b.title: b for b in service_outputs.assessment(office).blocks if isinstance(b, Table)}
    row = next(r for r in tables["Each need"].rows if r[0] == "Counselling")
    therapy = reference(office, "Trauma therapy")
    assert row[1:5] == ["Met: Wanted counselling: under half (base: of those who wanted it)", "G-0003", "4 Grave", f"{therapy} Trauma therapy"]
    assert row[6] == "There is an open gap; 1 without an owner; 1 service recorded."
    housing = next(r for r in tables["Each need"].rows if r[0] == "Housing")
    assert housing[6] == "No data."
    stage = next(r for r in tables["Each stage of the journey"].rows if r[0] == "Recovery")
    here = office.read().exec_driver_sql(
        "SELECT count(DISTINCT s.id) FROM service s JOIN link l ON l.a = s.id AND l.kind = 'service.journey_stages' AND NOT l.deleted JOIN journey_stage j "
        "ON j.id = l.b AND j.title = 'Recovery' WHERE NOT s.deleted AND s.status <> 'ended'"
    ).one()[0]
    assert (stage[1], stage[2]) == (1, here)
    assert ["Children", "G-0003", therapy] in [list(r) for r in tables["Whom gaps and services are about"].rows]


@pytest.mark.parametrize("kind", ["service-directory", "needs-assessment"])
def test_by_command(capsys: pytest.CaptureFixture[str], tmp_path: Path, office: Session, kind: str) -> None:
    store = str(office.store.path)
    office.store.close()
    for ending in ("docx", "odt", "pdf", "xlsx", "ods"):
        assert Run(capsys, "report", store, kind, "--out", str(tmp_path / f"paper.{ending}")).code == 0
        assert (tmp_path / f"paper.{ending}").stat().st_size > 1000


def shaped(tmp_path: Path) -> Path:
    """A form with merged cells, a cell with words, and a sheet whose name has an apostrophe."""
    book = load_workbook(form(tmp_path))
    sheet = book["Monitoring"]
    sheet.merge_cells("B3:D3")
    sheet["B9"] = "see guidance"
    book["Notes"].title = "Funder's notes"
    book.save(tmp_path / "Grant monitoring Q2.xlsx")
    return tmp_path / "Grant monitoring Q2.xlsx"


@pytest.mark.parametrize(("cell", "why"), [("Monitoring!C3", "merged cells, where nothing shows; name their first cell, B3"), ("Monitoring!B9", "holds words of the form")])
def test_a_cell_that_would_not_show_or_holds_words_is_refused(reported: Session, tmp_path: Path, cell: str, why: str) -> None:
    read = monitoring.read_form(reported, shaped(tmp_path))
    with pytest.raises(FileRefusedError, match=why):
        monitoring.fill_form(reported, read, reference(reported, "Trauma therapy"), PERIOD, {"service": cell}, tmp_path / "made.xlsx")
    assert not (tmp_path / "made.xlsx").exists()


def test_merged_cells_are_filled_in_their_first_and_a_quoted_sheet_is_found(reported: Session, tmp_path: Path) -> None:
    read = monitoring.read_form(reported, shaped(tmp_path))
    monitoring.fill_form(reported, read, reference(reported, "Trauma therapy"), PERIOD, {"service": "B3", "referred": "'Funder''s notes'!B1"}, tmp_path / "made.xlsx")
    made = load_workbook(tmp_path / "made.xlsx")
    assert made["Monitoring"]["B3"].value == "Trauma therapy" and made["Funder's notes"]["B1"].value == 52


@pytest.mark.parametrize("cell", ["ZZZ1", "B9999999"])
def test_a_place_beyond_the_sheet_is_none(reported: Session, tmp_path: Path, cell: str) -> None:
    read = monitoring.read_form(reported, form(tmp_path))
    with pytest.raises(ValueRefusedError, match="the form has no cell"):
        monitoring.fill_form(reported, read, reference(reported, "Trauma therapy"), PERIOD, {"service": cell}, tmp_path / "made.xlsx")


def test_a_form_keeps_its_ending(reported: Session, tmp_path: Path) -> None:
    form(tmp_path).rename(tmp_path / "form.xlsm")
    read = monitoring.read_form(reported, tmp_path / "form.xlsm")
    with pytest.raises(ValueRefusedError, match=r"has to end in \.xlsm"):
        monitoring.fill_form(reported, read, reference(reported, "Trauma therapy"), PERIOD, {"service": "B3"}, tmp_path / "made.xlsx")


def test_a_share_is_a_number_and_a_period_is_known_however_it_is_typed(reported: Session) -> None:
    indicator = str(reported.read().exec_driver_sql("SELECT v.id FROM indicator_value v JOIN indicator i ON i.id = v.indicator WHERE i.measure = 'waiting' AND v.period = '2026-Q3'").one()[0])
    records.assign(reported, indicator, [Assignment("value", "31.5")], None)
    told = monitoring.facts_for(reported, reference(reported, "Trauma therapy"), PERIOD)
    assert told["waiting"] == 31.5 and told["risks"] == "The lease ends in May"
    assert monitoring.facts_for(reported, reference(reported, "Trauma therapy"), "2026-Q3")["risks"] == "The lease ends in May"
