"""Documents read back: the words of each format in their order, by other readers than what wrote them."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import docx
import openpyxl
import pytest

from tests.conftest import program
from vawg_desktop.exchange.document import words


def tokens(text: str) -> list[str]:
    """The words of a text without the marks of lists, which some formats make themselves."""
    return [w for w in text.replace("\u200b", "").split() if not re.fullmatch(r"\d\.|[•‣–\uf0b7]", w)]


def docx_text(content: bytes) -> str:
    """Headings, paragraphs, lists and the cells of tables, as they follow one another."""
    made = docx.Document(io.BytesIO(content))
    parts: list[str] = []
    for piece in made.iter_inner_content():
        parts += [c.text for row in piece.rows for c in row.cells] if hasattr(piece, "rows") else [piece.text]  # type: ignore[union-attr]
    return "\n".join(parts)


def odt_text(content: bytes) -> str:
    """Every paragraph and heading."""
    root = Tree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("content.xml"))
    body = next(e for e in root.iter() if e.tag.endswith("}text") and "office" in e.tag)
    return "\n".join(_odf_words(p) for p in body.iter() if p.tag.endswith(("}p", "}h")))


def _odf_words(node: Tree.Element) -> str:
    name = node.tag.rpartition("}")[2]
    if name in ("title", "desc"):
        return ""
    own = {"tab": "\t", "line-break": "\n", "s": " "}.get(name, node.text or "")
    return own + "".join(_odf_words(child) + (child.tail or "") for child in node)


def pdf_text(content: bytes, tmp_path: Path) -> str:
    """What stands on the pages, without their feet. Skipped where pdftotext is not installed."""
    found = program("pdftotext")
    if found is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "read.pdf"
    path.write_bytes(content)
    done = subprocess.run([found, "-raw", "-enc", "UTF-8", str(path), "-"], capture_output=True, text=True, check=True, encoding="utf-8")
    pages = [re.sub(r"\S+ *\n? *Page \d+ of \d+ *\n? *As at [^\n]*\s*$", "", page.rstrip()) for page in done.stdout.split("\f")]
    return "\n".join(pages)


def _shown(cell: Any) -> str:
    """A cell as its number format shows it."""
    value = cell.value
    if isinstance(value, dt.datetime):
        assert cell.number_format.replace("\\", "").endswith("d mmmm yyyy")
        return words(value.date())
    if isinstance(value, int | float):
        places = len(cell.number_format.partition(".")[2])
        assert cell.number_format.startswith("#,##0")
        return f"{value:,.{places}f}"
    return "" if value is None else str(value)


def book_text(content: bytes) -> str:
    """The cover, with each table in the place where the cover points to it, and its notes after it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    parts: list[str] = []
    notes = [(str(r[0].value), str(r[1].value)) for r in list(book["Notes"].iter_rows())[2:]] if "Notes" in book.sheetnames else []
    label = ""
    for (cell,) in book["Cover"].iter_rows(max_col=1):
        text = str(cell.value or "")
        if text == "Twelve actions are complete; seven are not.":
            parts += [text, *(note for on, note in notes if on == label)]
        elif (pointer := re.fullmatch(r"See the sheet “(.*)”\.", text)) is not None:
            parts += [_shown(c) for row in list(book[pointer[1]].iter_rows())[2:] for c in row]
            parts += [note for on, note in notes if on == (label or pointer[1])]
        else:
            label = text.partition(":")[0] if re.match(r"(Table|Figure) \d+:", text) else label
            parts.append(text)
    return "\n".join(parts)
