"""Every way a return comes back (DESIGN 5), through each client and format that can carry it.

A way is an edit of the workbook as we sent it. For each, the exact changes, questions and tray entries are stated once,
for the file as edited, and must come out alike after LibreOffice and Gnumeric have saved it in each of their formats,
but for what a format cannot carry.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import random
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from tests.conftest import program
from tests.services.compound import compound, outlook
from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.services import return_acceptance, return_staging, returns, rounds
from vawg_desktop.services.return_review import Review
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.store.check import check

#: Rows of the return: ``VAWG_ROWS=200`` runs the whole matrix on a return of two hundred.
ROWS = int(os.environ.get("VAWG_ROWS", "8"))
Sheet = Any
Edit = Callable[[Any, Sheet, dict[str, int]], None]
Changes = set[tuple[str, str, object]]


def ref(row: int) -> str:
    """The action in sheet row ``row``: the other partner's actions have the even numbers."""
    return f"A-{2 * (row - 2) + 1:04d}"


@dataclass
class Way:
    """An edit and what must be made of it: changes, questions (code, cell) and tray (cell, words)."""

    edit: Edit
    changes: Changes = field(default_factory=set)
    asks: set[tuple[str, str]] = field(default_factory=set)
    tray: set[tuple[str, str]] = field(default_factory=set)
    not_returned: int = 0
    new_rows: int = 0
    refused: str = ""
    #: Whether every answer waits for a person, as it may be another row's.
    moved: bool = False
    held: set[str] = field(default_factory=set)
    #: Whether it says something only once a spreadsheet program has worked its formulas out.
    worked_out: bool = False
    #: The client that drops on saving what the way is about: no tray is wanted of it.
    lost_by: str = ""


@dataclass
class Sent:
    """A store, and what it sent to two partners."""

    session: Session
    police: Path
    other: Path
    earlier: Path


def _send(folder: Path, rows: int) -> Sent:
    session = Session(making.create(folder / "s.vawg", passphrase=None), "B. Officer")
    with session.store.write("setup", "start") as tx:
        police = tx.create("partner", {"name": "Kent Police", "kind": "police"})
        other = tx.create("partner", {"name": "Medway Council", "kind": "council"})
        for i in range(rows):
            tx.create("action", {
                "title": f"Deliver thing number {i}", "accountable": police, "status": ["in_progress", "not_started"][i % 2],
                "percent": i % 9 * 10 + 2, "due": f"2027-{i % 12 + 1:02d}-15", "blockers": f"Reason {i}",
                "rating_partner": ["green", "amber"][i % 2],
            })  # fmt: skip
            tx.create(
                "action", {"title": f"Another thing {i}", "accountable": other, "status": "in_progress"}
            )
    earlier = rounds.export_returns(session, period="2026/27 Q2", due="2026-10-10", out=folder / "earlier")
    made = rounds.export_returns(session, period="2026/27 Q3", due="2027-01-10", out=folder / "out")
    files = {s.partner: Path(s.file) for s in made.returns}
    return Sent(session, files["Kent Police"], files["Medway Council"], Path(earlier.returns[0].file))


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    made = _send(tmp_path_factory.mktemp("ways"), ROWS)
    yield made
    made.session.store.close()


def heads(sheet: Sheet) -> dict[str, int]:
    return {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}


def sent_until_done(folder: Path, actions: int) -> Iterator[Sent]:
    """A return of so many actions, sent; its store is whole at the end."""
    made = _send(folder, actions)
    yield made
    assert check(made.session.store).problems == []
    made.session.store.close()


def edited(path: Path, edit: Edit, to: Path) -> Path:
    book = openpyxl.load_workbook(path)
    sheet = book["Actions"]
    edit(book, sheet, heads(sheet))
    book.save(to)
    return to


USUAL: Changes = {(ref(3), "status", "complete"), (ref(3), "narrative", "We met."), (ref(3), "percent", 100)}


def usual(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    """What most partners do: one row answered."""
    sheet.cell(3, at["Progress update"]).value = "We met."
    sheet.cell(3, at["Status"]).value = "Complete"
    sheet.cell(3, at["% complete"]).value = 100


def _each(head: str, values: list[object], start: int = 2) -> Edit:
    def edit(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
        for row, value in enumerate(values, start):
            sheet.cell(row, at[head]).value = value

    return edit


def _also(more: Edit) -> Edit:
    def edit(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
        usual(book, sheet, at)
        more(book, sheet, at)

    return edit


def _sorted(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    rows = [[c.value for c in sheet[r]] for r in range(2, ROWS + 2)]
    for r, row in enumerate(reversed(rows), 2):
        for c, value in enumerate(row, 1):
            sheet.cell(r, c).value = value


def _block(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    first, last = at["Answer"], at["Help wanted"]
    rows = [[sheet.cell(r, c).value for c in range(first, last + 1)] for r in range(2, ROWS + 2)]
    for r, row in zip(range(2, ROWS + 2), rows[3:] + rows[:3], strict=True):
        for c, value in zip(range(first, last + 1), row, strict=True):
            sheet.cell(r, c).value = value


def _inserted(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.insert_rows(5)
    sheet.cell(5, at["Action"]).value = "A new thing we do"
    sheet.cell(5, at["Progress update"]).value = "started in May"


def _copied(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    for c in range(1, sheet.max_column + 1):
        sheet.cell(ROWS + 2, c).value = sheet.cell(3, c).value
    sheet.cell(ROWS + 2, at["Progress update"]).value = "other words"


def _copied_same(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    for c in range(1, sheet.max_column + 1):
        sheet.cell(ROWS + 2, c).value = sheet.cell(3, c).value


def _filled_down(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    for r in range(2, 6):
        sheet.cell(r, 1).value = sheet.cell(2, 1).value
        sheet.cell(r, at["Progress update"]).value = f"words {r}"


def _retyped(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    for r in range(2, ROWS + 2):
        sheet.cell(r, 1).value = f" {str(sheet.cell(r, 1).value).lower().replace('-', ' – ')}"


def _retyped_short(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    for r in range(2, ROWS + 2):
        sheet.cell(r, 1).value = str(sheet.cell(r, 1).value).rpartition("-")[0]


def _headings(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.cell(1, at["Progress update"]).value = "Narrative"
    sheet.cell(1, at["Status"]).value = "Status"
    sheet.cell(1, at["Blockers"]).value = "Blockers (optional)"


def _moved(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    column = at["Progress update"]
    values = [sheet.cell(r, column).value for r in range(1, ROWS + 2)]
    sheet.delete_cols(column)
    sheet.insert_cols(1)
    for r, value in enumerate(values, 1):
        sheet.cell(r, 1).value = value


def _added(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.insert_cols(4)
    sheet.cell(1, 4).value = "Our own RAG"
    sheet.cell(3, 4).value = "purple"


def _merged(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    letter = get_column_letter(at["Progress update"])
    sheet.cell(3, at["Progress update"]).value = "one text for three rows"
    sheet.merge_cells(f"{letter}3:{letter}5")


def _coloured(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.cell(3, at["Rating"]).fill = PatternFill("solid", fgColor="FFFF0000")
    sheet.cell(4, at["Progress update"]).fill = PatternFill("solid", fgColor="FF92D050")


def _commented(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.cell(3, at["Status"]).comment = Comment("Please call about this", "P")


def _struck_out(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.cell(3, at["Blockers"]).font = Font(strike=True)


def _per_cent(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    for row, value in ((3, 1), (4, 0.01), (5, 0.5)):
        sheet.cell(row, at["% complete"]).value = value
        sheet.cell(row, at["% complete"]).number_format = "0%"


def _emptied(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.cell(4, at["Blockers"]).value = None
    sheet.cell(5, at["Status"]).value = None


def _exchanged(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    one, other = sheet.cell(1, at["Blockers"]), sheet.cell(1, at["Next step"])
    one.value, other.value = other.value, one.value
    # what stands below stays, as when somebody only retypes the headings
    for row in range(2, ROWS + 2):
        sheet.cell(row, at["Next step"]).value = None


def _error(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.cell(4, at["Blockers"]).value = "=1/0"


def _empty_formula(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.cell(4, at["Progress update"]).value = '=IF(1=1,"","x")'
    sheet.cell(4, at["Progress update"]).number_format = "General"  # as a formula pasted there brings it


def _link(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.cell(3, at["Progress update"]).hyperlink = "https://partner.example/minutes"
    sheet.cell(3, at["Progress update"]).value = "We met."


def _foot(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.oddFooter.center.text = "Sent by the partnership office"


def _formulas(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.cell(3, at["% complete"]).value = "=10*5"
    sheet.cell(4, at["Progress update"]).value = '=CONCATENATE("a","b")'
    sheet.cell(4, at["Progress update"]).number_format = "General"  # as a formula pasted there brings it


def _title(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.title = "Our actions"


def _hidden_row(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.row_dimensions[3].hidden = True


def _above(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    sheet.tables.clear()
    sheet.insert_rows(1)
    sheet.cell(1, 2).value = "Please note the new contact"


def _extra_sheet(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    book.create_sheet("Our notes")["B2"] = "Minutes attached separately"


def _nil(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    start = book["Start here"]
    row = next(c.row for c in start["A"] if str(c.value or "").startswith("Nothing to report"))
    start.cell(row, 2).value = "See the email"


def _deleted_sheet(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
    del book["Identity"]


_STATUSES = ["in progress", "Completed", "Compleet", "Done", "On going", "n/a", "TBC", "Not Started "]
_DATES = [
    "31/03/2027",
    "31.3.27",
    "31 March 2027",
    "2027-03-31",
    "March 2027",
    "03/04/2027",
    "end of March 2027",
    "31st Mar 2027",
]
_WORDS = ["None", "N/A", "TBC"]

WAYS: dict[str, Way] = {
    "unedited": Way(lambda *_: None),
    "answered": Way(usual, USUAL),
    "sorted whole": Way(_also(_sorted), USUAL),
    "the answer block sorted alone": Way(_block, moved=True),
    "a row inserted": Way(_also(_inserted), USUAL, new_rows=1),
    "a row deleted": Way(_also(lambda b, s, a: s.delete_rows(6)), USUAL, not_returned=1),
    "a row copied and changed": Way(
        _also(_copied), asks={("duplicate_row", "A3"), ("duplicate_row", f"A{ROWS + 2}")},
        tray={("A3", "We met."), (f"A{ROWS + 2}", "other words")},
    ),
    "a row copied": Way(_also(_copied_same), USUAL),
    "references filled down": Way(
        _filled_down, {(ref(2), "narrative", "words 2")}, not_returned=3,
        asks={("row_contradicts", f"A{r}") for r in (3, 4, 5)}, tray={(f"A{r}", f"words {r}") for r in (3, 4, 5)},
    ),
    "references retyped": Way(_also(_retyped), USUAL),
    "references retyped without their letters": Way(_also(_retyped_short), USUAL),
    "hidden columns deleted": Way(_also(lambda b, s, a: s.delete_cols(a["Row key"], 2)), USUAL),
    "hidden sheet deleted": Way(_also(_deleted_sheet), USUAL),
    "sheet renamed": Way(_also(_title), USUAL),
    "headings renamed": Way(_also(_headings), USUAL, {("heading_changed", "H1"), ("heading_changed", "N1")}),
    "a column moved": Way(_also(_moved), USUAL),
    "a column added": Way(_also(_added), USUAL, tray={("D3", "purple")}),
    "dates as text": Way(
        _each("Revised due date", list(_DATES)),
        {(ref(r), "revised_due", d) for r, d in zip(range(2, 10), ["2027-03-31"] * 4 + ["2027-03", "2027-04-03", "2027-03-31", "2027-03-31"], strict=True)},
    ),
    "true dates": Way(_each("Revised due date", [dt.date(2027, 4, 3)]), {(ref(2), "revised_due", "2027-04-03")}),
    "per cents": Way(
        _each("% complete", [50, 0.5, "50%", "50%", "50 per cent", 1, "0.5", "about half"]),
        {(ref(r), "percent", 50) for r in (2, 3, 4, 5, 6, 8)},
        {("not_understood", "I7"), ("not_understood", "I9")}, {("I7", "1"), ("I9", "about half")},
    ),
    "statuses nearly right": Way(
        _each("Status", list(_STATUSES)), {(ref(r), "status", "complete") for r in (3, 5)} | {(ref(6), "status", "in_progress")} - {(ref(6), "status", "in_progress")},
        {("not_understood", c) for c in ("G4", "G7", "G8")}, {("G4", "Compleet"), ("G7", "n/a"), ("G8", "TBC")},
    ),
    "None, N/A and TBC": Way(
        _each("Blockers", list(_WORDS)), {(ref(r), "blockers", w) for r, w in zip((2, 3, 4), _WORDS, strict=True)}
    ),
    "a colour with no word": Way(_coloured, tray={("J3", "coloured red"), ("H4", "coloured green")}),
    "a comment": Way(_also(_commented), USUAL, tray={("G3", "Please call about this")}),
    "words struck out": Way(_also(_struck_out), USUAL, tray={("N3", "the whole cell is struck out")}),
    "a hundred per cent by its format": Way(_per_cent, {(ref(3), "percent", 100), (ref(4), "percent", 1), (ref(5), "percent", 50)}),
    "a cell emptied": Way(_also(_emptied), USUAL, {("emptied", "N4"), ("emptied", "G5")}),
    "two headings exchanged": Way(
        _exchanged, {(ref(r), "next_step", f"Reason {r - 2}") for r in range(2, ROWS + 2)}, {("headings_crossed", "N2")}, held={"crossed"}
    ),
    "an error cell": Way(_also(_error), USUAL, {("error_cell", "N4")}, {("N4", "#DIV/0!")}, worked_out=True),
    "formulas": Way(_formulas, {(ref(3), "percent", 50), (ref(4), "narrative", "ab")}, worked_out=True),
    "a formula that shows nothing": Way(_empty_formula, set(), {("formula_empty", "H4")}, {("H4", "")}, worked_out=True),
    "a link": Way(
        _also(_link), USUAL, tray={("H3", "https://partner.example/minutes")}, lost_by="Gnumeric"
    ),
    "words at the foot of the page": Way(_also(_foot), USUAL, tray={("", "Sent by the partnership office")}),
    "merged cells": Way(_merged, {(ref(3), "narrative", "one text for three rows")}, {("merged_cells", "H3")}),
    "a hidden row": Way(_also(_hidden_row), USUAL),
    "words above the table": Way(
        _also(_above), USUAL, tray={("B1", "Please note the new contact")}
    ),
    "a sheet of their own": Way(_also(_extra_sheet), USUAL, tray={("B2", "Minutes attached separately")}),
    "a nil answer that is neither": Way(_also(_nil), USUAL, tray={("B25", "See the email")}),
}  # fmt: skip


def _shape(review: Review) -> tuple[Changes, set[tuple[str, str]], set[tuple[str, str]]]:
    changes: Changes = {(d.record, d.field, d.incoming) for d in review.differences}
    asks = {(p.code, p.cell) for p in review.problems if p.code not in ("formula_cell", "identity_by_rows")}
    return changes, asks, {(t["cell"], t["text"]) for t in review.tray}


def judge(way: Way, session: Session, path: Path) -> None:
    """Import and compare with what the way states."""
    if way.refused:
        with pytest.raises(FileRefusedError) as refused:
            return_staging.import_return(session, path)
        assert refused.value.code == way.refused
        return
    review = return_staging.import_return(session, path)
    changes, asks, tray = _shape(review)
    if way.moved:
        assert len(changes) >= ROWS and {d.held for d in review.differences} <= {"moved", "shifted"}
        assert {code for code, _ in asks} & {"answers_moved", "answers_shifted"}
        return
    assert changes == way.changes
    odd = {d.held for d in review.differences} - {"not_agreed", "at_odds"}  # of what was typed, not of the way
    assert odd <= way.held | {""}
    assert len(review.not_returned) == way.not_returned and len(review.new_rows) == way.new_rows
    assert {a for a in asks if a[0] != "locked_changed"} == way.asks
    assert len(tray) == len(way.tray), tray
    for cell, words in way.tray:
        assert any(c == cell and words in text for c, text in tray), (cell, words, tray)


@pytest.mark.parametrize("name", WAYS)
def test_as_edited(sent: Sent, tmp_path: Path, name: str) -> None:
    way = WAYS[name]
    if way.worked_out:
        pytest.skip("openpyxl works no formula out: see the clients")
    judge(way, sent.session, edited(sent.police, way.edit, tmp_path / "back.xlsx"))


@pytest.fixture(scope="module")
def saved_again(
    sent: Sent, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], dict[str, Path]]:
    """Every way's file as LibreOffice and Gnumeric save it, by client and format."""
    folder = tmp_path_factory.mktemp("again")
    edits = {
        name: edited(sent.police, way.edit, folder / f"way{n}.xlsx")
        for n, (name, way) in enumerate(WAYS.items())
    }
    found: dict[tuple[str, str], dict[str, Path]] = {}
    soffice, gnumeric = program("soffice", "libreoffice"), program("ssconvert")
    for format in ("xlsx", "ods", "xls", "xlsm"):
        if soffice:
            out = folder / f"lo-{format}"
            kind = {"xlsm": "xlsm:Calc MS Excel 2007 VBA XML"}.get(format, format)
            subprocess.run(
                [soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", kind,
                 "--outdir", out, *edits.values()],
                check=True, capture_output=True, timeout=300,
            )  # fmt: skip
            found["LibreOffice", format] = {n: out / f"{p.stem}.{format}" for n, p in edits.items()}
        if gnumeric and format != "xlsm":
            out = folder / f"gn-{format}"
            out.mkdir()
            export = {
                "xlsx": "Gnumeric_Excel:xlsx2",
                "ods": "Gnumeric_OpenCalc:odf",
                "xls": "Gnumeric_Excel:excel_biff8",
            }[format]
            for path in edits.values():
                subprocess.run(
                    [gnumeric, f"--export-type={export}", path, out / f"{path.stem}.{format}"],
                    check=True, capture_output=True, timeout=120,
                )  # fmt: skip
            found["Gnumeric", format] = {n: out / f"{p.stem}.{format}" for n, p in edits.items()}
    return found


CLIENTS = [("LibreOffice", f) for f in ("xlsx", "ods", "xls", "xlsm")] + [
    ("Gnumeric", f) for f in ("xlsx", "ods", "xls")
]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda c: f"{c[0]} {c[1]}")
@pytest.mark.parametrize("name", WAYS)
def test_saved_again(
    sent: Sent, saved_again: dict[tuple[str, str], dict[str, Path]], name: str, client: tuple[str, str]
) -> None:
    if client not in saved_again:
        pytest.skip(f"{client[0]} is not installed")
    way = WAYS[name]
    judge(
        replace(way, tray=set()) if way.lost_by == client[0] else way, sent.session, saved_again[client][name]
    )


# -- delimited text, messages, new workbooks -------------------------------------------------------


def _as_text(
    sent: Sent,
    to: Path,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    order: str = "%d/%m/%Y",
    visible_only: bool = False,
) -> Path:
    """The Actions sheet as a person saves it as text, one date of theirs in it."""
    sheet = openpyxl.load_workbook(sent.police)["Actions"]
    at = heads(sheet)
    usual(None, sheet, at)
    sheet.cell(3, at["Progress update"]).value = "We met – “twice”; café"
    sheet.cell(4, at["Revised due date"]).value = dt.date(2027, 4, 3)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    for row in sheet.iter_rows(values_only=True):
        cells = list(row)[: at["Row key"] - 1] if visible_only else list(row)
        writer.writerow(
            [c.strftime(order) if isinstance(c, dt.date) else "" if c is None else c for c in cells]
        )
    to.write_bytes(out.getvalue().encode(encoding))
    return to


TEXTS: dict[str, dict[str, Any]] = {
    "commas": {},
    "semicolons": {"delimiter": ";"},
    "cp1252": {"encoding": "cp1252"},
    "semicolons in cp1252": {"delimiter": ";", "encoding": "cp1252"},
    "UTF-8 with its mark": {"encoding": "utf-8-sig"},
    "UTF-16 with tabs": {"delimiter": "\t", "encoding": "utf-16"},
    "dates month first": {"order": "%m/%d/%Y"},
    "dates month first, short": {"order": "%m/%d/%y"},
    "dates ISO": {"order": "%Y-%m-%d"},
    "what is seen only": {"visible_only": True},
    "tabs in UTF-16 without its mark": {"delimiter": "\t", "encoding": "utf-16-le"},
    "UTF-32": {"encoding": "utf-32"},
    "upright strokes": {"delimiter": "|"},
}


@pytest.mark.parametrize("name", TEXTS)
def test_as_delimited_text(sent: Sent, tmp_path: Path, name: str) -> None:
    review = return_staging.import_return(sent.session, _as_text(sent, tmp_path / "back.csv", **TEXTS[name]))
    changes, asks, tray = _shape(review)
    assert changes == {
        (ref(3), "status", "complete"), (ref(3), "percent", 100), (ref(3), "narrative", "We met – “twice”; café"),
        (ref(4), "revised_due", "2027-04-03"),
    }  # fmt: skip
    assert asks == set() and tray == set() and review.not_returned == []
    assert [p.code for p in review.problems] == ["identity_by_rows"]


def test_a_text_whose_dates_could_be_either_is_asked(sent: Sent, tmp_path: Path) -> None:
    """No due date of ours is left to say which comes first: nothing is taken, the cell is named."""
    path = tmp_path / "back.csv"
    shown = str(openpyxl.load_workbook(sent.police)["Actions"].cell(2, 1).value)
    path.write_text(f"Reference,Revised due date,Status\n{shown},03/04/2027,Complete\n", "utf-8")
    review = return_staging.import_return(sent.session, path)
    assert _shape(review)[0] == {(ref(2), "status", "complete")}
    asked = next(p for p in review.problems if p.code == "not_understood")
    assert asked.cell == "B2" and "3 April 2027 or 4 March 2027" in asked.message
    assert [(t["cell"], t["text"]) for t in review.tray] == [("B2", "03/04/2027")]


def test_libreoffices_own_text_of_the_sheet(
    sent: Sent, tmp_path: Path, libreoffice: Callable[[Path, str], Path]
) -> None:
    edit = _also(_each("Revised due date", [dt.date(2027, 4, 3)], 4))
    back = edited(sent.police, edit, tmp_path / "back.xlsx")
    book = openpyxl.load_workbook(back)
    book.move_sheet("Actions", -(len(book.sheetnames)))
    book.active = 0
    book.save(back)
    review = return_staging.import_return(sent.session, libreoffice(back, "csv"))
    assert _shape(review)[0] == USUAL | {(ref(4), "revised_due", "2027-04-03")}
    assert review.tray == [] and review.not_returned == []


def _pasted(sent: Sent, to: Path, *, columns: int | None = None, into: Path | None = None) -> Path:
    sheet = openpyxl.load_workbook(sent.police)["Actions"]
    usual(None, sheet, heads(sheet))
    book = openpyxl.load_workbook(into) if into else openpyxl.Workbook()
    target = book["Actions"] if into else book.active
    assert target is not None
    for r, row in enumerate(sheet.iter_rows(values_only=True), 1):
        for c, value in enumerate(row[:columns], 1):
            target.cell(r, c).value = value
    book.save(to)
    return to


@pytest.mark.parametrize("columns", [None, 15], ids=["all columns", "what is seen"])
def test_values_pasted_into_a_new_workbook(sent: Sent, tmp_path: Path, columns: int | None) -> None:
    review = return_staging.import_return(sent.session, _pasted(sent, tmp_path / "new.xlsx", columns=columns))
    assert _shape(review)[0] == USUAL and review.tray == []
    assert [p.code for p in review.problems] == ["identity_by_rows"]
    assert review.partner == "Kent Police"


def test_values_pasted_into_last_quarters_file_stop_the_import(sent: Sent, tmp_path: Path) -> None:
    path = _pasted(sent, tmp_path / "old.xlsx", into=sent.earlier)
    with pytest.raises(FileRefusedError) as refused:
        return_staging.import_return(sent.session, path)
    assert refused.value.code == "two_returns" and "A2" in refused.value.message


def test_a_row_of_another_partners_return_stops_the_import(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
        theirs = openpyxl.load_workbook(sent.other)["Actions"]
        for c in range(1, sheet.max_column + 1):
            sheet.cell(ROWS + 2, c).value = theirs.cell(2, c).value

    with pytest.raises(FileRefusedError) as refused:
        return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"))
    assert refused.value.code == "two_returns" and f"A{ROWS + 2} of Actions" in refused.value.message


def test_the_sheet_of_marks_of_another_return_stops_the_import(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
        book["Identity"]["B1"] = openpyxl.load_workbook(sent.other)["Identity"]["B1"].value

    with pytest.raises(FileRefusedError) as refused:
        return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"))
    assert refused.value.code == "identity_disagrees"


def test_two_peoples_two_versions_of_one_return(tmp_path: Path) -> None:
    """The second is compared with what was taken of the first: what they say alike is one, the rest is a change like any other."""
    made = _send(tmp_path, 4)
    return_staging.import_return(made.session, edited(made.police, usual, tmp_path / "one.xlsx"), apply="safe")

    def other(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
        usual(book, sheet, at)
        sheet.cell(3, at["% complete"]).value = 80
        sheet.cell(2, at["Blockers"]).value = "Vacancy"

    second = return_staging.import_return(made.session, edited(made.police, other, tmp_path / "two.xlsx"))
    kinds = {(d.record, d.field): d.kind.value for d in second.differences}
    assert kinds == {
        (ref(3), "percent"): "incoming", (ref(2), "blockers"): "incoming",
    }  # fmt: skip
    made.session.store.close()


def test_a_return_of_another_store(sent: Sent, tmp_path: Path) -> None:
    stranger = _send(tmp_path, 3)
    with pytest.raises(FileRefusedError) as refused:
        return_staging.import_return(sent.session, stranger.police)
    assert refused.value.code == "another_store"
    stranger.session.store.close()


def _table(sent: Sent) -> list[list[str]]:
    sheet = openpyxl.load_workbook(sent.police)["Actions"]
    rows = [
        [str(sheet.cell(r, 1).value), str(sheet.cell(r, 2).value), f"did {r}", "Complete"] for r in (2, 3)
    ]
    return [["Reference", "Action", "Progress update", "Status"], *rows]


def _html(rows: list[list[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td><p>{c}</p></td>" for c in row) + "</tr>" for row in rows)
    return f"<html><head><style>p {{}}</style></head><body><p>Dear all, see below</p><table>{body}</table><p>Regards</p></body></html>"


def _mail(kind: str, body: str, attached: Path | None = None) -> bytes:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@partner.example", "b@office.example", "RE: return"
    message.set_content(body, subtype=kind)
    if attached is not None:
        message.add_attachment(
            attached.read_bytes(), maintype="application", subtype="octet-stream", filename="return.xlsx"
        )
    return bytes(message)


@pytest.mark.parametrize(
    "way", ["reply.html", "html.eml", "plain.eml", "strokes.eml", "quoted.eml", "reply.txt", "utf16.html"]
)
def test_a_table_pasted_in_a_message(sent: Sent, tmp_path: Path, way: str) -> None:
    rows = _table(sent)
    tabs = "\n".join("\t".join(row) for row in rows)
    content = {
        "reply.html": _html(rows).encode(),
        "utf16.html": _html(rows).encode("utf-16"),
        "html.eml": _mail("html", _html(rows)),
        "plain.eml": _mail("plain", f"Dear all, see below\n\n{tabs}\n\nRegards\n"),
        "strokes.eml": _mail("plain", "Dear all, see below\n" + "\n".join(f"| {' | '.join(r)} |" for r in rows) + "\nRegards\n"),
        "quoted.eml": _mail("plain", "Dear all, see below\n" + "\n".join(f"> {line}" for line in tabs.splitlines()) + "\nRegards\n"),
        "reply.txt": tabs.encode(),
    }[way]  # fmt: skip
    path = tmp_path / way
    path.write_bytes(content)
    review = return_staging.import_return(sent.session, path)
    assert _shape(review)[0] == {
        (ref(r), k, v) for r in (2, 3) for k, v in (("narrative", f"did {r}"), ("status", "complete"))
    }
    assert len(review.not_returned) == ROWS - 2
    if way != "reply.txt":
        subject = {"Subject: RE: return"} if way.endswith(".eml") else set[str]()
        assert {t["text"] for t in review.tray} == {"Dear all, see below", "Regards"} | subject


def test_a_message_with_the_workbook_attached(sent: Sent, tmp_path: Path) -> None:
    back = edited(sent.police, usual, tmp_path / "back.xlsx")
    path = tmp_path / "reply.eml"
    path.write_bytes(_mail("plain", "Please find it attached.\n", back))
    review = return_staging.import_return(sent.session, path)
    assert _shape(review)[0] == USUAL
    assert [t["text"] for t in review.tray] == ["Subject: RE: return", "Please find it attached."]
    assert review.file_name == "reply.eml"


@pytest.mark.parametrize("way", ["attached", "page", "forwarded", "plain"])
def test_an_outlook_message(sent: Sent, tmp_path: Path, way: str) -> None:
    """As dragged out of Outlook: the workbook in it, a table in it, or a message attached to a message."""
    back = edited(sent.police, usual, tmp_path / "back.xlsx").read_bytes()
    rows = _table(sent)
    streams = {
        "attached": outlook(
            "Please find it attached.", attached={"return.xlsx": back, "Minutes.pdf": b"%PDF-1.4"}
        ),
        "page": outlook("no table here", html=_html(rows)),
        "forwarded": outlook(
            "See below.", inner=outlook("Please find it attached.", attached={"return.xlsx": back})
        ),
        "plain": outlook("Dear all, see below\r\n" + "\r\n".join("\t".join(r) for r in rows) + "\r\nRegards"),
    }[way]
    path = tmp_path / "reply.msg"
    path.write_bytes(compound(streams))
    review = return_staging.import_return(sent.session, path)
    tray = {t["text"] for t in review.tray}
    if way in ("attached", "forwarded"):
        assert _shape(review)[0] == USUAL
        more = {"Attached: Minutes.pdf"} if way == "attached" else {"See below."}
        assert tray == {"Please find it attached.", "Subject: RE: Progress return"} | more
    else:
        assert _shape(review)[0] == {
            (ref(r), k, v) for r in (2, 3) for k, v in (("narrative", f"did {r}"), ("status", "complete"))
        }
        assert tray == {"Dear all, see below", "Regards", "Subject: RE: Progress return"}


def test_a_message_forwarded_as_an_attachment_and_what_else_is_attached(sent: Sent, tmp_path: Path) -> None:
    from email import message_from_bytes, policy
    from email.message import EmailMessage

    back = edited(sent.police, usual, tmp_path / "back.xlsx")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "b@office.example", "c@office.example", "FW: return"
    outer.set_content("For you.\n")
    outer.add_attachment(
        message_from_bytes(_mail("plain", "Please find it attached.\n", back), policy=policy.default)
    )
    outer.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Minutes.pdf")
    path = tmp_path / "forwarded.eml"
    path.write_bytes(bytes(outer))
    review = return_staging.import_return(sent.session, path)
    assert _shape(review)[0] == USUAL
    assert {t["text"] for t in review.tray} == {
        "Subject: FW: return",
        "Subject: RE: return",
        "For you.",
        "Please find it attached.",
        "Attached: Minutes.pdf",
    }


def test_a_text_box_is_in_the_tray(sent: Sent, tmp_path: Path) -> None:
    """Written as Excel writes one: a drawing with a shape and its words."""
    import zipfile

    back = edited(sent.police, usual, tmp_path / "back.xlsx")
    out = tmp_path / "boxed.xlsx"
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor><xdr:from><xdr:col>6</xdr:col>'
        "<xdr:row>4</xdr:row></xdr:from><xdr:sp><xdr:txBody><a:p><a:r><a:t>Ask the board first</a:t></a:r></a:p></xdr:txBody>"
        "</xdr:sp></xdr:twoCellAnchor></xdr:wsDr>"
    )
    with zipfile.ZipFile(back) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "xl/worksheets/_rels/sheet2.xml.rels":
                data = data.replace(
                    b"</Relationships>",
                    b'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing" '
                    b'Target="../drawings/drawing9.xml"/></Relationships>',
                )
            new.writestr(part, data)
        new.writestr("xl/drawings/drawing9.xml", drawing)
    review = return_staging.import_return(sent.session, out)
    assert _shape(review)[0] == USUAL
    assert [(t["sheet"], t["cell"], t["text"]) for t in review.tray] == [
        ("Actions", "G5", "Ask the board first")
    ]


def test_likely_personal_data_is_held_until_somebody_looked(tmp_path: Path) -> None:
    made = _send(tmp_path, 4)

    def edit(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
        usual(book, sheet, at)
        sheet.cell(2, at["Progress update"]).value = "The victim Jane Bloggs rang on 07700 900123"
        sheet.cell(4, at["Blockers"]).value = "Ask j.bloggs@example.org"

    review = return_staging.import_return(
        made.session, edited(made.police, edit, tmp_path / "back.xlsx"), apply="all"
    )
    held = {(p.record, p.cell) for p in review.problems if p.code == "personal_data"}
    assert held == {(ref(2), "H2"), (ref(4), "N4")} and review.applied == 3
    assert all("Bloggs" not in p.message for p in review.problems)
    narratives = made.session.read().exec_driver_sql('SELECT narrative FROM "update"').fetchall()
    assert [n[0] for n in narratives] == ["We met."]
    from vawg_desktop.store.search import search

    assert search(made.session.read(), "bloggs") == []
    fresh = returns.review(made.session, review.submission)
    chosen = [d for d in fresh.differences if d.held == "personal_data" and d.record == ref(2)]
    return_acceptance.accept(
        made.session, review.submission, chosen, edited={(chosen[0].id, "narrative"): "A victim rang"}
    )
    said = made.session.read().exec_driver_sql('SELECT narrative FROM "update" ORDER BY n').fetchall()
    assert [n[0] for n in said] == ["We met.", "A victim rang"]
    made.session.store.close()


# -- two hundred rows, and returns nobody thought of -------------------------------------------------


def test_two_hundred_rows_through_both_clients(
    tmp_path: Path, libreoffice: Callable[[Path, str], Path]
) -> None:
    made = _send(tmp_path, 200)
    wanted: Changes = set()

    def edit(book: Any, sheet: Sheet, at: dict[str, int]) -> None:
        chance = random.Random(5)
        for row in range(2, 202):
            if chance.random() < 0.4:
                sheet.cell(row, at["Progress update"]).value = f"Said about row {row}"
                wanted.add((ref(row), "narrative", f"Said about row {row}"))
            if chance.random() < 0.3:
                sheet.cell(row, at["% complete"]).value = 99
                wanted.add((ref(row), "percent", 99))
        rows = [[c.value for c in sheet[r]] for r in range(2, 202)]
        chance.shuffle(rows)
        for r, row in enumerate(rows, 2):
            for c, value in enumerate(row, 1):
                sheet.cell(r, c).value = value

    back = edited(made.police, edit, tmp_path / "back.xlsx")
    files = [back, *(libreoffice(back, f) for f in ("ods", "xls"))]
    if found := program("ssconvert"):
        out = tmp_path / "gnumeric.xlsx"
        subprocess.run([found, back, out], check=True, capture_output=True, timeout=120)
        files.append(out)
    for path in files:
        review = return_staging.import_return(made.session, path)
        changes, asks, tray = _shape(review)
        assert changes == wanted and asks == set() and tray == set() and review.not_returned == [], path.name
    made.session.store.close()


# -- formulas that nobody meant ---------------------------------------------------------------------

EVIL = [
    '=cmd|"/C calc"!A0', "=HYPERLINK(\"http://x.example\",\"click\")", "+1+cmd|'/C calc'!A0", "-2+3", "@SUM(A1:A9)", "=1+1",
    "\t=1+1", "=WEBSERVICE(\"http://x.example\")", "'=1+1", "{=1+1}", "=IMPORTXML(\"http://x.example\",\"//a\")", "=DDE(\"cmd\";\"/C calc\";\"x\")",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_dangerous_shapes_leave_and_come_back_as_the_same_text_and_are_live_nowhere(
    tmp_path: Path, libreoffice: Callable[[Path, str], Path]
) -> None:
    """As a title, a blocker and an update, in each format we write, through each client."""
    from vawg_desktop.services.records import add_update

    session = Session(making.create(tmp_path / "s.vawg", passphrase=None), "B. Officer")
    with session.store.write("setup", "start") as tx:
        partner = tx.create("partner", {"name": "Kent Police", "kind": "police"})
        for words in EVIL:
            tx.create(
                "action", {"title": words, "accountable": partner, "status": "in_progress", "blockers": words}
            )
    for n, words in enumerate(EVIL, 1):
        add_update(session, f"A-{n:04d}", {"narrative": words, "as_at": "2026-10-01"})
    for format in ("xlsx", "ods"):
        made = rounds.export_returns(
            session, period=f"P {format}", due="+4w", out=tmp_path / format, format=format
        )
        path = Path(made.returns[0].file)
        files = [path, *(libreoffice(path, f) for f in ("xlsx", "ods", "xls"))]
        if found := program("ssconvert"):
            for ending in ("xlsx", "xls", "ods"):
                out = tmp_path / format / f"gnumeric.{ending}"
                subprocess.run([found, path, out], check=True, capture_output=True, timeout=120)
                files.append(out)
        for file in files:
            review = return_staging.import_return(session, file)
            assert review.differences == [] and review.tray == [], (file, review.differences, review.tray)
            assert not [
                p for p in review.problems if p.code in ("formula_cell", "error_cell", "locked_changed")
            ], file
            if file.suffix == ".xlsx":
                live = [
                    c.coordinate
                    for s in openpyxl.load_workbook(file)
                    for row in s.iter_rows()
                    for c in row
                    if c.data_type == "f"
                ]
                assert live == [], file
    session.store.close()
