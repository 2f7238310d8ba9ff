"""One document in five formats: the same words and numbers in the same order, whatever reads them back."""

from __future__ import annotations

import datetime as dt
import io
import multiprocessing
import random
import re
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from tests.conftest import program
from tests.documents import book_text, docx_text, odt_text, pdf_text, tokens
from vawg_desktop.domain.errors import ProgramError, StoreError, ValueRefusedError
from vawg_desktop.exchange import checklist, document_pdf, pdf_child
from vawg_desktop.exchange.document import (
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quote,
    Table,
    clean,
    words,
)
from vawg_desktop.exchange.document_book import book_of
from vawg_desktop.exchange.document_columns import LANDSCAPE, PORTRAIT, column_widths, page_of, tall, too_wide
from vawg_desktop.exchange.document_files import WRITERS, writer
from vawg_desktop.exchange.document_pdf import UnknownLettersError, write_pdf
from vawg_desktop.exchange.document_pictures import png
from vawg_desktop.exchange.document_tables import Tables
from vawg_desktop.exchange.look import Look, colour_of, contrast
from vawg_desktop.exchange.plan import LOGO_DEPARTURE, Picture
from vawg_desktop.scratch import scratch

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120" width="300" height="120"><rect x="10" y="20" width="80" height="90" fill="#1D3557"/></svg>'
)
WHOLE = Document(
    "Progress of the inquiry’s actions",
    "30 September 2026",
    "OFFICIAL-SENSITIVE",
    [
        Paragraph("What moved since the last board.\nA second line & <b>no markup</b> *nor this* #here $x^2$ =1+1."),
        Heading("Overdue"),
        Items(["First thing", "Second thing"], numbered=True),
        Items(["a bullet", "another"]),
        Items(["counted from one again"], numbered=True),
        Quote("I was never told what happened next.", "A woman at the roundtable, Medway"),
        Table(
            "Actions by partner",
            ["Ref", "Action", "Due", "Number", "Share", "Change"],
            [
                ["A-0001", "Fit lamps; “keep” them lit", dt.date(2026, 9, 30), 1234, Decimal("12.5"), -7],
                ["A-0002", "Tab\there  two  spaces\nline two", None, 7, Decimal("3.25"), 0],
                ["007", "", "2026/27 Q2", 102_736, None, None],
            ],
            ["Counted once where an action serves two pillars.", "Łódź, ŵ and naïve stay as they are."],
        ),
        Heading("Deeper", 2),
        Figure("Responses by kind", "Twelve actions are complete; seven are not.", SVG, ["Drawn from counts."]),
        Table("Nothing here yet", ["Body", "Count"], []),
        Paragraph("Rating key: Blue: done."),
    ],
    ["DEMONSTRATION: an invented county"],
)  # fmt: skip


def expected(document: Document) -> list[str]:
    found: list[str] = [document.title, *document.head_lines()]
    for block, title in document.labelled():
        found += [title] if title else []
        match block:
            case Heading() | Paragraph():
                found.append(block.text)
            case Items():
                found += block.items
            case Quote():
                found += [block.words, f"— {block.source}"] if block.source else [block.words]
            case Figure():
                found += [block.alternative, *block.notes]
            case Table():
                found += [*block.heads, *(words(c) for row in block.rows for c in row), *block.notes]
    return tokens("\n".join(map(clean, found)))



READ: dict[str, Callable[[bytes], str]] = {".docx": docx_text, ".odt": odt_text, ".xlsx": book_text}


def read_back(content: bytes, ending: str, tmp_path: Path, convert: Callable[[Path, str], Path] | None = None) -> list[str]:
    if ending == ".pdf":
        return tokens(pdf_text(content, tmp_path))
    if ending == ".ods":
        assert convert is not None
        path = tmp_path / "read.ods"
        path.write_bytes(content)
        return tokens(book_text(convert(path, "xlsx").read_bytes()))
    return tokens(READ[ending](content))


# -- the same in every format ---------------------------------------------------------------------------


@pytest.mark.parametrize("ending", list(WRITERS))
def test_all_five_say_the_same_words_and_numbers_in_the_same_order(
    ending: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    convert = request.getfixturevalue("libreoffice") if ending == ".ods" else None
    assert read_back(writer(f"x{ending}")(WHOLE), ending, tmp_path, convert) == expected(WHOLE)


def _invented(seed: int) -> Document:
    """A document of blocks and cells at random: short, long, empty, with marks that formats give a meaning to."""
    chance = random.Random(seed)
    alphabet = ["lamp", "refuge", "A-0014", "#tag", "*star*", "<b>", "&amp;", "=SUM(A1)", "{x}", "\\n", "$5", "@mail", "_under_", "[1]", "Łódź", "it’s", "'quoted", "~", "`"]

    def text(most: int) -> str:
        return " ".join(chance.choice(alphabet) for _ in range(chance.randint(1, most)))

    def cell() -> str | int | Decimal | dt.date | None:
        return chance.choice([None, text(4), text(40), chance.randint(-9999, 10**7), Decimal(chance.randint(-999, 9999)) / chance.choice([10, 100, 1000]), dt.date(2026, 1, 1) + dt.timedelta(chance.randint(0, 999))])

    def block(number: int) -> Any:
        kinds: list[Callable[[], Any]] = [
            lambda: Heading(text(5), chance.randint(1, 3)), lambda: Paragraph(text(60)), lambda: Quote(text(20), text(3)),
            lambda: Items([text(6) for _ in range(chance.randint(1, 4))], chance.random() < 0.5),
            lambda: Table(f"Table of {number} {text(3)}", [f"Head {c}" for c in range(width)], [[cell() for _ in range(width)] for _ in range(chance.randint(0, 6))], [text(8)] if chance.random() < 0.5 else []),
        ]  # fmt: skip
        width = chance.randint(1, 7)
        return chance.choice(kinds)()

    return Document(text(6), "1 May 2026", "OFFICIAL", [*(block(n) for n in range(chance.randint(3, 9)))])


@pytest.mark.parametrize("seed", range(25))
def test_documents_at_random_say_the_same_in_each_format(seed: int, tmp_path: Path) -> None:
    document = _invented(seed)
    for ending in READ:
        assert read_back(writer(f"x{ending}")(document), ending, tmp_path) == expected(document), ending
    assert _without_page_ends(tokens(pdf_text(write_pdf(document), tmp_path)), expected(document))


def _without_page_ends(found: list[str], wanted: list[str]) -> bool:
    """Whether the words of a PDF are those wanted; a table that goes on over a page says its headings again."""
    rest: Iterator[str] = iter(found)
    return all(any(word == other for other in rest) for word in wanted) and len(found) < len(wanted) + 60


@pytest.mark.parametrize("ending", [".docx", ".odt"])
def test_libreoffice_reads_the_same_words(ending: str, tmp_path: Path, libreoffice: Callable[[Path, str], Path]) -> None:
    if program("lowriter", "swriter") is None:
        pytest.skip("LibreOffice's word processor is not installed")
    path = tmp_path / f"whole{ending}"
    path.write_bytes(writer(path.name)(WHOLE))
    turned = libreoffice(path, "pdf")
    assert tokens(pdf_text(turned.read_bytes(), tmp_path)) == expected(WHOLE)


# -- what a reader needs beside the words -----------------------------------------------------------------


def test_word_is_told_what_is_heading_table_picture_and_language() -> None:
    made = docx.Document(io.BytesIO(writer("x.docx")(WHOLE)))
    assert [p.style.name for p in made.paragraphs if p.style.name.startswith("Heading")] == ["Heading 1", "Heading 2", "Heading 3"]  # type: ignore[union-attr]
    known = made.core_properties
    assert (known.title, known.author, known.language, known.keywords) == (WHOLE.title, "", "en-GB", "OFFICIAL-SENSITIVE")
    table = made.tables[0]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None and row._tr.trPr.find(qn("w:tblHeader")) is None for row in table.rows[1:])
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Table 1: Actions by partner"
    assert made.inline_shapes[0]._inline.docPr.get("descr") == "Twelve actions are complete; seven are not."
    section = made.sections[0]
    assert round(section.page_width.mm) == 210 and round(section.page_height.mm) == 297  # type: ignore[union-attr]
    foot = section.footer.paragraphs[0]._p.xml
    assert "OFFICIAL-SENSITIVE" in foot and 'w:instr="PAGE"' in foot and 'w:instr="NUMPAGES"' in foot and "As at 30 September 2026" in foot


def test_a_pdf_is_tagged_titled_and_says_its_language(tmp_path: Path) -> None:
    found = program("pdfinfo")
    if found is None:
        pytest.skip("pdfinfo is not installed")
    path = tmp_path / "whole.pdf"
    path.write_bytes(write_pdf(WHOLE))
    told = subprocess.run([found, str(path)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^Tagged: +yes", told, re.MULTILINE) and re.search(r"^Title: +Progress of the inquiry’s actions$", told, re.MULTILINE)
    assert re.search(r"^Page size: .*\(A4\)", told, re.MULTILINE) and b"pdfuaid:part" in path.read_bytes() and b"/Lang" in path.read_bytes()
    tree = subprocess.run([found, "-struct-text", str(path)], capture_output=True, check=True).stdout.decode("utf-8", "replace")
    for tag in ("H1", "H2", "Table", "TH", "TD", "Figure", "BlockQuote", "LI"):
        assert re.search(rf"^ *{tag}\b", tree, re.MULTILINE), tag


def test_headings_leave_out_no_level() -> None:
    """Whoever hears a document goes from heading to heading; PDF/UA refuses one that skips."""
    blocks = [Heading("a", 3), Heading("b", 3), Heading("c", 1), Heading("d", 3), Heading("e", 3), Heading("f", 2)]
    made = Document("T", "1 May 2026", "OFFICIAL", blocks)
    assert [b.level for b, _ in made.labelled() if isinstance(b, Heading)] == [1, 2, 1, 2, 3, 2]
    assert write_pdf(made).startswith(b"%PDF")


def test_a_long_table_says_its_headings_on_each_page_and_splits_no_row(tmp_path: Path) -> None:
    rows = [[f"A-{n:04}", "Fit lamps in the subway\nand keep them lit\nall night", "end"] for n in range(120)]
    found = program("pdftotext")
    if found is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "long.pdf"
    path.write_bytes(write_pdf(Document("Long", "1 May 2026", "OFFICIAL", [Table("", ["Ref", "Action", "Last"], rows)])))
    told = subprocess.run([found, "-layout", str(path), "-"], capture_output=True, text=True, check=True, encoding="utf-8").stdout
    pages = told.split("\f")[:-1]
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert re.search(r"Ref +Action +Last", page) and f"Page {number} of {len(pages)}" in page and "OFFICIAL" in page
        assert page.count("Fit lamps in the subway") == page.count("all night") == page.count("A-0")


def test_a_row_taller_than_a_page_loses_no_word(tmp_path: Path) -> None:
    long = " ".join(f"word{n}" for n in range(3000))
    document = Document("Tall", "1 May 2026", "OFFICIAL", [Table("", ["Ref", "Said"], [["A-0001", long]])])
    assert _without_page_ends(tokens(pdf_text(write_pdf(document), tmp_path)), expected(document))


def test_a_word_longer_than_its_column_is_broken_and_whole_again_when_read(tmp_path: Path) -> None:
    address = "https://www.kent-pcc.gov.uk/" + "what-we-do/" * 12
    row = [address, *("Something that needs its room on the page" for _ in range(6))]
    document = Document("Long words", "1 May 2026", "OFFICIAL", [Table("", [f"Column {n}" for n in range(7)], [row])])
    beside = {*row[1].split(), *document.title.split(), *(w for n in range(7) for w in ("Column", str(n)))}
    found = tokens(pdf_text(write_pdf(document), tmp_path))
    assert address in "".join(w for w in found if w not in beside)


def _many_rows(number: int, letter: str = "lit") -> Document:
    rows = [[f"A-{n:04}", f"Fit lamps in subway {n} and keep them {letter}"] for n in range(number)]
    return Document("Many", "1 May 2026", "OFFICIAL", [Table("", ["Ref", "Action"], rows)])


def test_a_long_document_is_set_in_a_process_of_its_own_with_the_same_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_pdf, "_LONG", 20)
    monkeypatch.setattr(pdf_child, "set_pages", lambda *_: pytest.fail("it was set here"))  # the child has its own
    document = _many_rows(60)
    assert _without_page_ends(tokens(pdf_text(write_pdf(document), tmp_path)), expected(document))
    with pytest.raises(UnknownLettersError, match="𖨀"):
        write_pdf(_many_rows(60, "𖨀"))


def test_a_long_document_whose_process_ends_is_told_and_nothing_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_pdf, "_LONG", 20)
    folders: list[Path] = []

    @contextmanager
    def kept(purpose: str) -> Generator[Path]:
        with scratch(purpose) as folder:
            folders.append(folder)
            yield folder

    monkeypatch.setattr(document_pdf, "scratch", kept)
    told: list[StoreError] = []

    def write() -> None:
        try:
            write_pdf(_many_rows(6_000))
        except StoreError as error:
            told.append(error)

    writing = threading.Thread(target=write)
    writing.start()
    while not (folders and (folders[0] / pdf_child.BEGAN).exists()) and writing.is_alive():
        time.sleep(0.01)
    for child in multiprocessing.active_children():
        child.kill()
    writing.join()
    (error,) = told
    assert "no room on this machine to set 6,000 rows" in error.message
    assert len(folders) == 1 and not folders[0].exists()


def _ends_at_once(_: str) -> None:
    raise ImportError("no typesetter here")


def test_a_typesetter_that_does_not_load_is_the_programs_fault_and_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_pdf, "_LONG", 20)
    monkeypatch.setattr(pdf_child, "set_in_folder", _ends_at_once)
    with pytest.raises(ProgramError, match="that makes PDFs failed"):
        write_pdf(_many_rows(60))


def test_a_fault_of_the_typesetter_is_not_told_as_lack_of_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_pdf, "_LONG", 20)
    monkeypatch.setattr(pdf_child, "set_in_folder", _breaks_within)
    with pytest.raises(ProgramError, match="that makes PDFs failed"):
        write_pdf(_many_rows(60))


def _breaks_within(folder: str) -> None:
    pdf_child.set_pages = _divides_by_nothing
    pdf_child.set_in_folder(folder)


def _divides_by_nothing(given: str, moment: dt.datetime) -> bytes:
    raise ZeroDivisionError(len(given), moment)


def test_letters_that_no_type_has_are_named_and_word_takes_them(tmp_path: Path) -> None:
    document = Document("Names", "1 May 2026", "OFFICIAL", [Paragraph("Written \U00016A00 here")])
    with pytest.raises(UnknownLettersError, match="\U00016A00"):
        write_pdf(document)
    assert tokens(docx_text(writer("x.docx")(document))) == expected(document)


def test_letters_that_no_file_can_hold_are_left_out_everywhere(tmp_path: Path) -> None:
    document = Document("Odd\x00 letters", "1 May 2026", "OFFICIAL", [Paragraph("one\x0btwo\x1f three\ud800"), Table("T", ["A\x07"], [["x\r\ny\u2028z"]])])
    for ending in (*READ, ".pdf"):
        assert read_back(writer(f"x{ending}")(document), ending, tmp_path) == ["Odd", "letters", *["As", "at", "1", "May", "2026", "OFFICIAL", "one", "two", "three", "Table", "1:", "T", "A", "x", "y", "z"]], ending


@pytest.mark.parametrize("name", ["paper", "paper.txt", "paper.doc"])
def test_another_ending_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ValueRefusedError, match=r"ends in \.docx, \.odt, \.pdf, \.xlsx or \.ods, not "):
        writer(name)


def test_a_row_of_another_width_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="Row 2 of “T” has 1 cells under 2 headings"):
        Table("T", ["A", "B"], [["x", "y"], ["z"]])


@pytest.mark.parametrize("ending", [".docx", ".odt"])
def test_a_table_stands_in_its_place_whatever_words_stand_around_it(ending: str, tmp_path: Path) -> None:
    """Tables are put in as text once the file is saved; they were joined to it node by node, and 20,000 rows took two minutes."""
    blocks = [Table("First", ["A"], [["one"]]), Paragraph("table-0 {} %s"), Table("Second", ["A"], [["two"]]), Table("Third", ["A"], []), Paragraph("last")]
    document = Document("T", "1 May 2026", "OFFICIAL", blocks)
    content = writer(f"x{ending}")(document)
    assert read_back(content, ending, tmp_path) == expected(document)
    tables = Tables()
    tables.stand_in("<x/>")
    with pytest.raises(ValueError, match="was not found"):
        tables.put_into(content, "content.xml" if ending == ".odt" else "word/document.xml", "<p>{}</p>")


# -- workbooks ------------------------------------------------------------------------------------------


def test_sheets_have_names_that_spreadsheets_allow_and_headings_of_their_own() -> None:
    tables = [Table(t, ["Name", "name", ""], [["x", "y", "z"]]) for t in ("Notes", "cover", "A/B: what? [now]", "A title that is longer than a sheet's name may be", "A title that is longer than a sheet's name may ever be", "   ")]
    plan = book_of(Document("Book", "1 May 2026", "OFFICIAL", tables))
    names = [s.name for s in plan.sheets]
    assert len({n.casefold() for n in names}) == len(names) and all(0 < len(n) <= 31 and not set(n) & set("[]:*?/\\'") for n in names)
    assert [c.value for c in plan.sheets[-1].rows[2] if c] == ["Name", "name 2", "Column 3"]
    book = openpyxl.load_workbook(io.BytesIO(writer("x.xlsx")(Document("Book", "1 May 2026", "OFFICIAL", tables))))
    assert all(len(book[n].tables) == 1 for n in names if n != "Cover") and book.properties.title == "Book"


def test_a_workbook_meets_the_checklist_for_spreadsheets_that_everybody_can_use() -> None:
    """The points of the Analysis Function's checklist, as they are checked on what goes to partners."""
    content = writer("x.xlsx")(WHOLE)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheets = list(book.worksheets)
    assert [s.title for s in sheets] == ["Cover", "Contents", "Notes", "Actions by partner", "Nothing here yet"]
    assert not any(s.merged_cells.ranges for s in sheets) and not any(s.sheet_state != "visible" for s in sheets)
    assert checklist._headings(sheets) == checklist._fonts(sheets) == checklist._unwrapped(sheets) == checklist._contrast(sheets) == []
    cover = "\n".join(str(c.value) for row in book["Cover"].iter_rows() for c in row if c.value)
    assert checklist._only_in_footers(sheets, cover) == []  # the marking stands on the cover too
    for sheet in sheets[1:]:
        (table,) = sheet.tables.values()
        rows = list(sheet[table.ref])
        assert sheet["A1"].value and sheet.freeze_panes == f"A{rows[0][0].row + 1}"
        assert sheet.title == "Nothing here yet" or not any(all(c.value is None for c in row) for row in rows)


def test_a_workbook_opens_on_its_cover() -> None:
    book = openpyxl.load_workbook(io.BytesIO(writer("x.xlsx")(WHOLE)))
    assert book.active is not None and book.active.title == "Cover" and [s.title for s in book.worksheets if s.sheet_view.tabSelected] == ["Cover"]


def test_a_document_of_one_table_has_no_contents_and_says_where_it_is() -> None:
    plan = book_of(Document("Actions", "1 May 2026", "OFFICIAL", [Table("", ["Ref"], [["A-0001"], ["A-0002"]])]))
    assert [s.name for s in plan.sheets] == ["Cover", "Actions"]
    assert "See the sheet “Actions”." in [c.value for row in plan.sheets[0].rows for c in row if c]
    assert plan.sheets[1].rows[1][0].value == "One table of 2 rows."  # type: ignore[union-attr]


# -- widths ---------------------------------------------------------------------------------------------


def test_columns_are_as_wide_as_their_words_need() -> None:
    rows = [[f"A-{n:04}", "Fit lamps " * (n % 9 + 1), dt.date(2026, 9, 30), "A long update that goes on " * (n % 20)] for n in range(40)]
    table = Table("", ["Ref", "Action", "Due", "Last update"], rows)
    widths = column_widths(table, PORTRAIT)
    assert sum(widths) == pytest.approx(PORTRAIT) and widths[0] >= len("A-0001") and widths[2] >= len("30 September 2026")
    assert widths[3] > widths[1] > widths[0]
    narrow = Table("", ["Ref", "Yes"], [["A-0001", "no"]])
    assert sum(column_widths(narrow, PORTRAIT)) < 30 and not too_wide(narrow)
    assert column_widths(Table("", ["Ref", "Answer"], [["A-0001", None]], min_letters={"Answer": 44}), PORTRAIT)[1] >= 44


def test_a_table_of_many_columns_lies_on_its_side_and_one_of_too_many_still_fits() -> None:
    wide = Table("", [f"Column {n}" for n in range(9)], [["some words that read well"] * 9])
    assert too_wide(wide) and page_of(Document("W", "1 May 2026", "OFFICIAL", [wide])).landscape
    most = Table("", [f"Something{n}" for n in range(40)], [["indivisible" * 3] * 40])
    assert sum(column_widths(most, LANDSCAPE)) == pytest.approx(LANDSCAPE)


def test_only_a_row_that_would_run_off_the_page_may_be_split() -> None:
    assert not tall(["x" * 200], [20.0]) and tall(["x " * 400], [20.0]) and tall(["\n" * 30], [20.0])


# -- the office's look ----------------------------------------------------------------------------------

OWN = Look("7A1F5C", Picture(png('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30" width="90" height="30"><rect width="90" height="30" fill="#7A1F5C"/></svg>', 90).data, 120, 40, "Logo of the office"))


@pytest.mark.parametrize("ending", list(WRITERS))
def test_the_offices_logo_and_colour_are_in_every_format_and_change_no_word(ending: str, tmp_path: Path) -> None:
    plain, own = writer(f"x{ending}")(WHOLE), writer(f"x{ending}")(replace(WHOLE, look=OWN))
    if ending == ".pdf":
        assert read_back(own, ending, tmp_path) == read_back(plain, ending, tmp_path)
        structure = _told("pdfinfo", "-struct-text", _kept(tmp_path, own))
        assert structure.index("Figure") < structure.index("H1")
        assert len(_told("pdfimages", "-list", _kept(tmp_path, own)).splitlines()) == len(_told("pdfimages", "-list", _kept(tmp_path, plain)).splitlines()) + 1
        return
    with zipfile.ZipFile(io.BytesIO(own)) as archive, zipfile.ZipFile(io.BytesIO(plain)) as before:
        texts = "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".xml"))
        pictures = [n for n in archive.namelist() if n.endswith(".png")]
        assert OWN.logo is not None and any(archive.read(n) == OWN.logo.data for n in pictures)
        assert len(pictures) == len([n for n in before.namelist() if n.endswith(".png")]) + 1
    assert "Logo of the office" in texts and "7A1F5C" in texts and "1D3557" not in texts
    if ending in (".xlsx", ".ods"):
        assert LOGO_DEPARTURE in texts  # a picture in a workbook is explained
    else:
        assert read_back(own, ending, tmp_path) == read_back(plain, ending, tmp_path)


def _kept(folder: Path, content: bytes) -> str:
    (folder / "kept.pdf").write_bytes(content)
    return str(folder / "kept.pdf")


def _told(name: str, *rest: str) -> str:
    found = program(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return subprocess.run([found, *rest], capture_output=True, check=True).stdout.decode("utf-8", "replace")


def test_a_colour_in_which_nothing_could_be_read_is_known() -> None:
    assert [colour_of(t) for t in ("#7a1f5c", "7A1F5C ", "plum", "#12345", "")] == ["7A1F5C", "7A1F5C", "", "", ""]
    assert contrast("000000", "FFFFFF") == pytest.approx(21) and contrast("777777", "FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert Look("000000").tint == "E6E6E6"
