"""Somebody else's workbook, such as a funder's monitoring form: values put into single cells, every other part left byte for byte.

Cells are written in the sheet's own XML, so that charts, macros, drop-downs and what no library keeps stay as they are.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from posixpath import normpath
from typing import Any
from xml.dom.minidom import Document, Element, parseString

from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.exchange.cells import place
from vawg_desktop.exchange.reading import Book

_PLACE = re.compile(r"(?:(?P<sheet>.+)!)?\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>[1-9][0-9]{0,6})")
#: As far as a sheet of this format goes.
_ROWS, _COLUMNS = 1_048_576, 16_384
Given = str | int | float


def cell_named(words: str, book: Book) -> tuple[str, str] | None:
    """The sheet and cell that ``Sheet!B4`` or, of the first sheet, ``B4`` names; None where the book has no such place."""
    found = _PLACE.fullmatch(words.strip())
    if found is None:
        return None
    sheets = [s.name for s in book.sheets]
    quoted = found["sheet"] or ""
    named = (quoted[1:-1].replace("''", "'") if quoted[:1] == quoted[-1:] == "'" and len(quoted) > 1 else quoted) or next(iter(sheets), "")
    sheet = next((s for s in sheets if s.casefold() == named.casefold()), None)
    cell = f"{found['column'].upper()}{found['row']}"
    row, column = place(cell)
    return (sheet, cell) if sheet is not None and row < _ROWS and column < _COLUMNS else None


def fill(book: Book, values: Mapping[tuple[str, str], Given]) -> bytes:
    """The workbook with values in cells, by sheet and cell.

    Raises FileRefusedError for a file that is no .xlsx, and for a cell that holds a formula or words, or lies under merged cells.
    """
    parts: dict[str, bytes] = {}
    infos: list[zipfile.ZipInfo] = []
    if book.looked.kind == "zip":
        with zipfile.ZipFile(io.BytesIO(book.inner)) as archive:
            infos = archive.infolist()
            parts = {info.filename: archive.read(info) for info in infos}
    if "xl/workbook.xml" not in parts or not book.name.casefold().endswith((".xlsx", ".xlsm")):
        raise FileRefusedError(f"{book.name} is not an .xlsx workbook; save the form as .xlsx and choose that.", code="not_xlsx")
    workbook = parseString(parts["xl/workbook.xml"])
    paths = _sheet_paths(workbook, parts["xl/_rels/workbook.xml.rels"])
    for sheet in dict.fromkeys(s for s, _ in values):
        document = parseString(parts[paths[sheet]])
        for (of, cell), value in values.items():
            if of == sheet:
                _put(document, sheet, cell, value)
        parts[paths[sheet]] = document.toxml("utf-8")
    _calculate_on_opening(workbook)
    parts["xl/workbook.xml"] = workbook.toxml("utf-8")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in infos:
            archive.writestr(info, parts[info.filename], compress_type=info.compress_type)
    return made.getvalue()


def _named(parent: Document | Element, name: str) -> list[Element]:
    """Elements of a local name under another, whatever prefix the file writes."""
    return [e for e in parent.getElementsByTagName("*") if e.tagName.rpartition(":")[2] == name]


def _beside(document: Document, name: str) -> str:
    """A tag as the document writes the tags of its own namespace."""
    root = document.documentElement
    assert root is not None
    prefix = root.tagName.rpartition(":")[0]
    return f"{prefix}:{name}" if prefix else name


def _sheet_paths(workbook: Document, relations: bytes) -> dict[str, str]:
    """Where each sheet's XML lies, by the sheet's name."""
    targets = {r.getAttribute("Id"): r.getAttribute("Target") for r in _named(parseString(relations), "Relationship")}
    found: dict[str, str] = {}
    for sheet in _named(workbook, "sheet"):
        id = next(v for k, v in sheet.attributes.items() if k.rpartition(":")[2] == "id")
        target = targets[id]
        found[sheet.getAttribute("name")] = target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
    return found


def _put(document: Document, sheet: str, cell: str, value: Given) -> None:
    _refuse_merged(document, sheet, cell)
    (data, *_) = _named(document, "sheetData")
    row = _child(document, data, "row", str(place(cell)[0] + 1), int)
    found = _child(document, row, "c", cell, lambda r: place(r)[::-1])
    if _named(found, "f"):
        raise FileRefusedError(f"{sheet}!{cell} holds a formula of the form, so nothing was written over it; choose another cell.", code="formula_cell")
    if found.getAttribute("t") in ("s", "str", "inlineStr") and any(e.firstChild is not None for name in ("v", "t") for e in _named(found, name)):
        raise FileRefusedError(f"{sheet}!{cell} holds words of the form, so nothing was written over them; choose another cell, or empty it first.", code="cell_not_empty")
    while found.firstChild is not None:
        found.removeChild(found.firstChild)
    if found.hasAttribute("t"):
        found.removeAttribute("t")
    if isinstance(value, str):
        found.setAttribute("t", "inlineStr")
        inline, text = document.createElement(_beside(document, "is")), document.createElement(_beside(document, "t"))
        text.setAttribute("xml:space", "preserve")
        text.appendChild(document.createTextNode(value))
        inline.appendChild(text)
        found.appendChild(inline)
        return
    number = document.createElement(_beside(document, "v"))
    number.appendChild(document.createTextNode(repr(value)))
    found.appendChild(number)


def _refuse_merged(document: Document, sheet: str, cell: str) -> None:
    """What is written under merged cells, beside their first one, is shown by no program."""
    at = place(cell)
    for merged in _named(document, "mergeCell"):
        first, _, last = merged.getAttribute("ref").partition(":")
        (top, left), (bottom, right) = place(first), place(last or first)
        if top <= at[0] <= bottom and left <= at[1] <= right and at != (top, left):
            raise FileRefusedError(f"{sheet}!{cell} is inside merged cells, where nothing shows; name their first cell, {first}.", code="merged_cell")


def _child(document: Document, parent: Element, name: str, reference: str, order: Callable[[str], Any]) -> Element:
    """The row or cell of a reference; a new one where it belongs. ``order`` gives what references are put in order by."""
    after: Element | None = None
    for child in (c for c in parent.childNodes if isinstance(c, Element) and c.tagName.rpartition(":")[2] == name and c.hasAttribute("r")):
        if child.getAttribute("r") == reference:
            return child
        if order(child.getAttribute("r")) > order(reference):
            after = child
            break
    made = document.createElement(_beside(document, name))
    made.setAttribute("r", reference)
    parent.insertBefore(made, after)
    return made


#: What stands before the word on calculating in a workbook's XML, in the order that the format asks for.
_BEFORE_CALCULATING = ("sheets", "functionGroups", "externalReferences", "definedNames")


def _calculate_on_opening(workbook: Document) -> None:
    """What the form computes from these cells is computed when it is opened."""
    found = next(iter(_named(workbook, "calcPr")), None)
    root = workbook.documentElement
    assert root is not None
    if found is None:
        found = workbook.createElement(_beside(workbook, "calcPr"))
        children = [c for c in root.childNodes if isinstance(c, Element)]
        last = max((n for n, c in enumerate(children) if c.tagName.rpartition(":")[2] in _BEFORE_CALCULATING), default=len(children) - 1)
        root.insertBefore(found, children[last + 1] if last + 1 < len(children) else None)
    found.setAttribute("fullCalcOnLoad", "1")
