"""The return out and back: unedited nothing, edited exactly what was edited, reversed as it was."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.conftest import program
from vawg_desktop.domain.errors import FileRefusedError, StaleError
from vawg_desktop.domain.merge import Kind
from vawg_desktop.services import (
    history,
    merging,
    records,
    return_acceptance,
    returns,
    round_standing,
    rounds,
    show,
    undoing,
)
from vawg_desktop.services.records import add_update, assign, parse_assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store.check import check

Edit = Callable[[dict[str, int], object], None]


def export(
    session: Session, out: Path, partner: str | None = None, format: str = "xlsx"
) -> dict[str, rounds.Sent]:
    made = rounds.export_returns(
        session,
        period="2026/27 Q2",
        due="30/09/2026",
        out=out,
        partners=[partner] if partner else [],
        format=format,
    )
    return {s.partner: s for s in made.returns}


def columns(sheet: object) -> dict[str, int]:
    return {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}  # type: ignore[index]


def row_of(sheet: object, reference: str) -> int:
    return next(c.row for c in sheet["A"] if str(c.value).startswith(reference + "-"))  # type: ignore[index]


def fill(
    path: str | Path,
    cells: dict[tuple[str, str], object],
    to: Path,
    *,
    also: Callable[[object], None] | None = None,
) -> Path:
    book = load_workbook(path)
    sheet = book["Actions"]
    at = columns(sheet)
    for (reference, head), value in cells.items():
        sheet.cell(row_of(sheet, reference), at[head], value)
    if also is not None:
        also(book)
    to.parent.mkdir(exist_ok=True, parents=True)
    book.save(to)
    return to


def put(session: Session, ref: str, *words: str) -> None:
    assign(session, ref, [parse_assignment(w) for w in words], "office")


def nothing(review: returns.Review) -> bool:
    return not (
        review.differences or review.problems or review.tray or review.not_returned or review.new_rows
    )


@pytest.mark.parametrize("format", ["xlsx", "ods"])
def test_unedited_shows_nothing_for_every_partner(sample: Session, tmp_path: Path, format: str) -> None:
    sent = export(sample, tmp_path / "out", format=format)
    assert len(sent) == 13
    for one in sent.values():
        review = returns.import_return(sample, Path(one.file), apply="all")
        assert nothing(review), (one.partner, review)
        assert review.applied == 0
    assert check(sample.store).problems == []


def test_unedited_through_libreoffice_shows_nothing(
    sample: Session, tmp_path: Path, libreoffice: Callable[[Path, str], Path]
) -> None:
    sent = export(sample, tmp_path / "out")
    for partner in ("Kent Police", "OPCC", "HMCTS"):
        for ending in ("xlsx", "ods", "xls"):
            back = libreoffice(Path(sent[partner].file), ending)
            assert nothing(returns.import_return(sample, back)), (partner, ending)


def test_unedited_through_gnumeric_shows_nothing(sample: Session, tmp_path: Path) -> None:
    found = program("ssconvert")
    if found is None:
        pytest.skip("Gnumeric is not installed")
    sent = export(sample, tmp_path / "out", "Kent Police")
    back = tmp_path / "back.xlsx"
    subprocess.run([found, sent["Kent Police"].file, str(back)], check=True, capture_output=True, timeout=120)
    review = returns.import_return(sample, back)
    assert not review.differences
    assert not review.tray
    assert not review.new_rows


def test_the_issues_case(sample: Session, tmp_path: Path, libreoffice: Callable[[Path, str], Path]) -> None:
    """A return filled and saved by LibreOffice while the office edits two of the same cells."""
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]

    def new_row(book: object) -> None:
        book["New actions"].cell(2, 1, "Open a second hub")  # type: ignore[index]
        book["Start here"].cell(
            next(c.row for c in book["Start here"]["A"] if str(c.value).startswith("Completed by")),
            2,
            "Sgt Example",
        )  # type: ignore[index]

    from datetime import date

    filled = fill(
        sent.file,
        {
            ("A-0008", "Answer"): "Update", ("A-0008", "Status"): "In progress", ("A-0008", "% complete"): 40,
            ("A-0008", "Progress update"): "Figures for two quarters were sent.", ("A-0008", "Revised due date"): date(2027, 1, 31),
            ("A-0017", "% complete"): 60, ("A-0018", "Answer"): "No change",
        },
        tmp_path / "filled" / "Kent Police.xlsx", also=new_row,
    )  # fmt: skip
    back = libreoffice(filled, "ods")
    put(sample, "A-0008", "status=not started", "percent=10")
    review = returns.import_return(sample, back)
    kinds = {(d.record, d.field): d.kind for d in review.differences}
    assert {k for k, v in kinds.items() if v is Kind.CONFLICT} == {
        ("A-0008", "status"),
        ("A-0008", "percent"),
    }
    assert {k for k, v in kinds.items() if v is Kind.INCOMING} == {
        ("A-0008", "narrative"), ("A-0008", "revised_due"), ("A-0017", "percent"),
    }  # fmt: skip
    assert review.problems == [] and review.tray == []
    assert [r["Action"] for r in review.new_rows] == ["Open a second hub"]
    assert review.counts["no_change"] == 1

    return_acceptance.accept(sample, review.submission, review.differences)
    view = show.record(sample, "A-0008")
    assert (view.cells["status"], view.cells["percent"], view.cells["revised_due"]) == (
        "in_progress",
        40,
        "2027-01-31",
    )
    update = view.updates[0]
    assert update["narrative"] == "Figures for two quarters were sent."
    assert (update["submission"], update["channel"], update["informant"]) == (
        review.submission,
        "return",
        "Sgt Example",
    )
    assert show.record(sample, "A-0018").updates[0]["answer"] == "no_change"
    told = history.history(sample, "A-0008")
    assert any(c.field == "status" and c.after == "in_progress" and "From return" in c.why for c in told)

    again = returns.import_return(sample, back, apply="all")
    assert again.applied == 0
    assert len(show.record(sample, "A-0008").updates) == 1

    done = returns.reverse_return(sample, sent.reference)
    view = show.record(sample, "A-0008")
    assert (view.cells["status"], view.cells["percent"], view.cells["revised_due"]) == (
        "not_started",
        10,
        None,
    )
    assert view.updates == []
    assert done.kept_later_edits == []
    assert check(sample.store).problems == []


def test_safe_leaves_conflicts_queries_and_refusals(sample: Session, tmp_path: Path) -> None:
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]
    filled = fill(
        sent.file,
        {("A-0008", "% complete"): 40, ("A-0017", "% complete"): 50, ("A-0018", "% complete"): 60},
        tmp_path / "f.xlsx",
    )
    put(sample, "A-0008", "percent=10")
    staged = returns.import_return(sample, filled)
    by = {d.record: d for d in staged.differences}
    return_acceptance.decide(sample, staged.submission, [by["A-0018"]], "queried", "Which quarter?")
    done = returns.import_return(sample, filled, apply="safe")
    assert done.applied == 1
    assert [show.record(sample, r).cells["percent"] for r in ("A-0008", "A-0017", "A-0018")] == [10, 50, None]
    kept = returns.review(sample, staged.submission)
    assert {d.record: (d.decision, d.reason) for d in kept.differences if d.decision} == {
        "A-0018": ("queried", "Which quarter?")
    }
    return_acceptance.decide(sample, staged.submission, [by["A-0018"]], "")
    assert returns.import_return(sample, filled, apply="all").applied == 2


def test_accepting_is_refused_if_the_cell_moved_since_shown(sample: Session, tmp_path: Path) -> None:
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]
    staged = returns.import_return(
        sample, fill(sent.file, {("A-0008", "% complete"): 40}, tmp_path / "f.xlsx")
    )
    put(sample, "A-0008", "percent=10")
    with pytest.raises(StaleError):
        return_acceptance.accept(sample, staged.submission, staged.differences)
    assert show.record(sample, "A-0008").cells["percent"] == 10


def test_reversal_keeps_and_names_later_edits_even_over_two_versions(sample: Session, tmp_path: Path) -> None:
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]
    for value in ("first", "second"):
        returns.import_return(
            sample,
            fill(
                sent.file,
                {("A-0008", "Blockers"): value, ("A-0017", "Blockers"): value},
                tmp_path / f"{value}.xlsx",
            ),
            apply="all",
        )
    put(sample, "A-0017", "blockers=edited later")
    done = returns.reverse_return(sample, sent.reference)
    assert show.record(sample, "A-0008").cells["blockers"] is None
    assert show.record(sample, "A-0017").cells["blockers"] == "edited later"
    assert [(k["record"], k["field"]) for k in done.kept_later_edits] == [("A-0017", "blockers")]
    undoing.step_back(sample)
    assert show.record(sample, "A-0008").cells["blockers"] == "second"
    assert returns.reverse_return(sample, sent.reference).restored >= 1
    assert show.record(sample, "A-0008").cells["blockers"] is None
    assert check(sample.store).problems == []


def test_applying_twice_adds_no_second_update(sample: Session, tmp_path: Path) -> None:
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]
    filled = fill(sent.file, {("A-0008", "Progress update"): "Done much"}, tmp_path / "f.xlsx")
    returns.import_return(sample, filled, apply="all")
    add_update(sample, "A-0008", {"narrative": "Told by telephone", "channel": "telephone"})
    returns.import_return(sample, filled, apply="all")
    assert [u["narrative"] for u in show.record(sample, "A-0008").updates].count("Done much") == 1


def _sort_rows(book: object) -> None:
    sheet = book["Actions"]  # type: ignore[index]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]
    for r, row in enumerate(reversed(rows), 2):
        for c, value in enumerate(row, 1):
            sheet.cell(r, c).value = value


def _drop_hidden(book: object) -> None:
    book["Actions"].delete_cols(16, 2)  # type: ignore[index]
    del book["Identity"]  # type: ignore[attr-defined]


def _rename(book: object) -> None:
    book["Actions"].title = "Our actions"  # type: ignore[index]


def _extra_column(book: object) -> None:
    sheet = book["Actions"]  # type: ignore[index]
    free = next(c for c in range(1, 100) if sheet.cell(1, c).value is None)
    sheet.cell(1, free, "Our own notes")
    sheet.cell(2, free, "internal remark")


@pytest.mark.parametrize("also", [_sort_rows, _drop_hidden, _rename, _extra_column])
def test_odd_but_honest_edits_still_land_on_their_row(
    sample: Session, tmp_path: Path, also: Callable[[object], None]
) -> None:
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]
    filled = fill(sent.file, {("A-0008", "% complete"): 40}, tmp_path / "f.xlsx", also=also)
    review = returns.import_return(sample, filled)
    assert [(d.record, d.field, d.incoming) for d in review.differences] == [("A-0008", "percent", 40)]
    if also is _extra_column:
        assert [t["text"] for t in review.tray] == ["internal remark"]


def test_answers_sorted_by_themselves_are_held_with_both_readings(sample: Session, tmp_path: Path) -> None:
    for i, ref in enumerate(("A-0001", "A-0002", "A-0003", "A-0004", "A-0008", "A-0017", "A-0018")):
        put(sample, ref, f"percent={10 + i}", f"blockers=reason {i}")
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]

    def slide(book: object) -> None:
        sheet = book["Actions"]  # type: ignore[index]
        answers = [[c.value for c in row[5:15]] for row in sheet.iter_rows(min_row=2)]
        for r, row in enumerate(reversed(answers), 2):
            for c, value in enumerate(row, 6):
                sheet.cell(r, c).value = value

    review = returns.import_return(sample, fill(sent.file, {}, tmp_path / "f.xlsx", also=slide), apply="all")
    assert review.applied == 0 and len(review.differences) >= 12
    assert {d.held for d in review.differences} == {"moved"}
    assert [p.code for p in review.problems if p.code.startswith("answers_")] == ["answers_moved"]
    (reading,) = {d.reading for d in review.differences if d.record == "A-0001"}
    assert reading and reading != "A-0001"


def test_a_row_of_another_action_is_not_taken(sample: Session, tmp_path: Path) -> None:
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]

    def retype(book: object) -> None:
        sheet = book["Actions"]  # type: ignore[index]
        one, other = row_of(sheet, "A-0008"), row_of(sheet, "A-0017")
        sheet.cell(one, 1, sheet.cell(other, 1).value)

    review = returns.import_return(
        sample, fill(sent.file, {("A-0008", "% complete"): 40}, tmp_path / "f.xlsx", also=retype)
    )
    assert review.differences == []
    assert "row_contradicts" in {p.code for p in review.problems}
    assert any("40" in t["text"] for t in review.tray)


def test_another_stores_return_and_a_random_workbook_are_refused(
    sample: Session, empty: Session, tmp_path: Path
) -> None:
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]
    with pytest.raises(FileRefusedError) as refused:
        returns.import_return(empty, Path(sent.file))
    assert refused.value.code == "another_store"
    import xlsxwriter

    path = tmp_path / "random.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet().write(0, 0, "hello")
    book.close()
    with pytest.raises(FileRefusedError) as refused:
        returns.import_return(sample, path)
    assert refused.value.code == "not_a_return"


@pytest.mark.parametrize(
    ("typed", "stored", "code"),
    [(0.5, 50, None), (50, 50, None), ("50%", 50, None), (1, None, "not_understood"), ("half", None, "not_understood"), (101, None, "not_understood")],
)  # fmt: skip
def test_per_cents(
    sample: Session, tmp_path: Path, typed: object, stored: int | None, code: str | None
) -> None:
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]
    review = returns.import_return(
        sample, fill(sent.file, {("A-0008", "% complete"): typed}, tmp_path / "f.xlsx")
    )
    assert [d.incoming for d in review.differences] == ([stored] if stored is not None else [])
    assert [p.code for p in review.problems] == ([code] if code else [])
    assert bool(review.tray) == bool(code)


def test_a_formula_stays_a_text_on_its_way_out(sample: Session, tmp_path: Path) -> None:
    evil = '=cmd|" /C calc"!A0'
    put(sample, "A-0008", f"blockers={evil}")
    for format in ("xlsx", "ods"):
        sent = export(sample, tmp_path / format, "Kent Police", format)["Kent Police"]
        review = returns.import_return(sample, Path(sent.file))
        assert nothing(review)
    book = load_workbook(export(sample, tmp_path / "again", "Kent Police")["Kent Police"].file)
    sheet = book["Actions"]
    cell = sheet.cell(row_of(sheet, "A-0008"), columns(sheet)["Blockers"])
    assert (cell.value, cell.data_type) == (evil, "s")


def test_only_the_partners_rows_and_nothing_restricted_leave(sample: Session, tmp_path: Path) -> None:
    put(sample, "A-0017", "restriction=live investigation")
    put(sample, "R-0002", "restriction=under embargo")
    put(sample, "A-0001", "verification=2", "marking=OFFICIAL-SENSITIVE")
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])
    book = load_workbook(made.returns[0].file)
    text = repr([[c.value for c in row] for s in book for row in s.iter_rows()])
    assert "A-0017" not in text and "A-0013" not in text
    assert "Agree a shared data set" not in text and "R-0002" in text
    assert "OFFICIAL-SENSITIVE" in text
    assert made.skipped == [{"partner": "Kent Police", "why": "1 restricted action left out"}]
    assert book.properties.creator in (None, "")


def test_who_gets_no_file_is_told_and_bins_are_not_silent(sample: Session, tmp_path: Path) -> None:
    put(sample, "A-0012", "status=")
    records.hide(sample, ["P-0012"])
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path)
    assert "St Giles Trust" in {s.partner for s in made.returns}
    told = {s["partner"]: s["why"] for s in made.skipped}
    assert told["Victim Support"] == "nothing open"
    assert "in the bin" in told["Interventions Alliance"]


def test_a_later_version_and_answers_to_the_first_still_merge(sample: Session, tmp_path: Path) -> None:
    first = export(sample, tmp_path / "one", "Kent Police")["Kent Police"]
    put(sample, "A-0008", "percent=10")
    second = export(sample, tmp_path / "two", "Kent Police")["Kent Police"]
    assert (first.version, second.version) == (1, 2)
    review = returns.import_return(
        sample, fill(first.file, {("A-0008", "% complete"): 40}, tmp_path / "f.xlsx")
    )
    assert [d.kind for d in review.differences] == [Kind.CONFLICT]
    rows = round_standing.partners_of_round(sample)
    assert [(r.partner, r.version, r.step) for r in rows] == [("Kent Police", 2, "received")]


def test_what_was_sent_is_held_byte_for_byte(sample: Session, tmp_path: Path) -> None:
    sent = export(sample, tmp_path / "out", "Kent Police")["Kent Police"]
    sha = sample.read().exec_driver_sql('SELECT file_sha256 FROM "return"').one()[0]
    assert sample.store.files.get(str(sha)) == Path(sent.file).read_bytes()


def test_services_run_where_qt_cannot_be_imported(tmp_path: Path) -> None:
    code = (
        "import sys\nsys.modules['PySide6'] = None\nsys.modules['pyqtgraph'] = None\n"
        "from vawg_desktop.cli import main\n"
        f"assert main(['new', r'{tmp_path / 's.vawg'}', '--sample', '--plain']) == 0\n"
        f"assert main(['export-returns', r'{tmp_path / 's.vawg'}', '--period', 'P', '--due', '+4w', '--out', r'{tmp_path / 'o'}']) == 0\n"
    )
    script = tmp_path / "run.py"
    script.write_text("if __name__ == '__main__':\n" + "".join(f"    {line}\n" for line in code.splitlines()))
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        env={**__import__("os").environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr


def test_the_store_reopens_with_everything(sample: Session, tmp_path: Path) -> None:
    export(sample, tmp_path / "out")
    path = sample.store.path
    sample.store.close()
    sample.store = opening.open_store(path)
    assert check(sample.store).problems == []
    assert len(round_standing.partners_of_round(sample)) == 13


def test_a_return_sent_from_a_working_copy_comes_home_after_it_was_numbered(
    sample: Session, tmp_path: Path
) -> None:
    """The workbook bears the copy's provisional reference; the office has given the return its number since."""
    merging.copy(sample, tmp_path / "laptop.vawg")
    with opening.open_store(tmp_path / "laptop.vawg") as store:
        laptop = Session(store, "D. Deputy")
        sent = next(iter(export(laptop, tmp_path / "out").values()))
        assert "-x" in sent.reference
        merging.merge(sample, store)
    staged = returns.import_return(sample, Path(sent.file))
    assert staged.differences == [] and staged.tray == []
    assert "-x" not in staged.return_reference


def test_an_answer_about_a_record_in_the_bin_or_in_conflict_waits(sample: Session, tmp_path: Path) -> None:
    """`--apply all` takes the rest and says of these why it did not."""
    sent = export(sample, tmp_path / "out")["OPCC"]
    sheet = load_workbook(sent.file)["Actions"]
    names = [str(sheet.cell(r, 1).value).rpartition("-")[0] for r in range(2, sheet.max_row + 1)]
    for n in names:
        put(sample, n, "status=in_progress")
        put(sample, n, "accountable=OPCC")  # of another body's action a contributor gives words only
    sent = export(sample, tmp_path / "out")["OPCC"]
    back = fill(sent.file, {(n, "% complete"): 35 for n in names}, tmp_path / "back.xlsx")
    binned, torn = names[:2]
    merging.copy(sample, tmp_path / "laptop.vawg")
    with opening.open_store(tmp_path / "laptop.vawg") as store:
        assign(Session(store, "L"), torn, [parse_assignment("percent=60")], "in the room")
        assign(sample, torn, [parse_assignment("percent=70")], "by e-mail")
        merging.merge(sample, store)
    records.hide(sample, [binned])
    staged = returns.import_return(sample, back, apply="all")
    assert {(p.code, p.record) for p in staged.problems} == {("in_bin", binned), ("waits_for_choice", torn)}
    assert staged.applied == len(names) - 2 and all(p.cell for p in staged.problems)
    assert show.record(sample, torn).cells["percent"] in (60, 70)
    again = returns.import_return(sample, back, apply="all")
    assert again.applied == 0 and again.left() == 2
