"""Remarks of a workbook in OpenDocument (OASIS ODF 1.3). Standard library only."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Tree

from vawg_desktop.exchange.cells import WHOLE_CELL
from vawg_desktop.exchange.remark import OURS, Remark, address
from vawg_desktop.exchange.remarks_looks import local


@dataclass(slots=True)
class _Styles:
    """What named styles say: fills of cells that are not ours, words struck out, per cents."""

    fills: dict[str, str]
    struck: set[str]
    per_cents: set[str]


_DRAWING = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"


def of_open_document(archive: zipfile.ZipFile, names: set[str]) -> Iterator[Remark]:
    """Every remark, sheet by sheet, then the words at the head and foot of pages."""
    styles = _Styles({}, set(), set())
    masters: list[Any] = []
    formats: set[str] = set()
    for part in ("styles.xml", "content.xml"):
        if part in names:
            root = Tree.fromstring(archive.read(part))
            styles.fills.update(_cell_colours(root))
            styles.struck |= _struck(root)
            formats |= {_attribute(n, "name") for n in root.iter() if local(n.tag) == "percentage-style"}
            styles.per_cents |= {
                _attribute(n, "name")
                for n in root.iter()
                if local(n.tag) == "style" and _attribute(n, "data-style-name") in formats
            }
            masters += [n for n in root.iter() if local(n.tag) == "master-page"]
    for table in Tree.fromstring(archive.read("content.xml")).iter():
        if local(table.tag) == "table" and table.tag.endswith("}table"):
            yield from _of_table(table, styles)
            yield from _of_rules(table)
    for page in masters:
        yield from _of_page(page)


#: What stands in a page's head or foot and is no word of anybody's: the sheet's name, numbers, dates.
_FIELDS = frozenset(
    {"sheet-name", "page-number", "page-count", "title", "file-name", "date", "time", "page-continuation"}
)


def _of_page(page: Any) -> Iterator[Remark]:
    for part in page:
        if local(part.tag).startswith(("header", "footer")) and _attribute(part, "display") != "false":
            for line in (n for n in part.iter() if local(n.tag) == "p"):
                if words := " ".join(_without_fields(line).split()):
                    yield "", "", "page", words


def _without_fields(node: Any) -> str:
    text = node.text or "" if local(node.tag) not in _FIELDS else ""
    return text + "".join(_without_fields(child) + (child.tail or "") for child in node)


def _attribute(node: Any, name: str) -> str:
    return next((v for k, v in node.attrib.items() if local(k) == name), "")


def _struck(root: Any) -> set[str]:
    """Styles of cells and of words that are struck out."""
    found: set[str] = set()
    for style in root.iter():
        if local(style.tag) != "style" or _attribute(style, "family") not in ("table-cell", "text"):
            continue
        own = next((n for n in style if local(n.tag) == "text-properties"), None)
        line = _attribute(own, "text-line-through-style") if own is not None else ""
        kind = _attribute(own, "text-line-through-type") if own is not None else ""
        line_style = line or kind
        if (line_style and line_style != "none") or (not line_style and _attribute(style, "parent-style-name") in found):
            found.add(_attribute(style, "name"))
    return found


def _cell_colours(root: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for style in root.iter():
        if local(style.tag) != "style" or _attribute(style, "family") != "table-cell":
            continue
        own = next(
            (_attribute(n, "background-color") for n in style if local(n.tag) == "table-cell-properties"), ""
        )
        colour = (
            own.lstrip("#").upper()
            if own.startswith("#")
            else ""
            if own
            else found.get(_attribute(style, "parent-style-name"), "")
        )
        found[_attribute(style, "name")] = colour
    return {name: c for name, c in found.items() if c and c not in OURS}


def _of_table(table: Any, styles: _Styles) -> Iterator[Remark]:
    sheet, row = _attribute(table, "name"), 0
    for one in table.iter():
        if local(one.tag) == "shapes":
            for frame in one:
                yield from _of_frame(frame, sheet, "A1")
        if local(one.tag) != "table-row":
            continue
        column = 0
        for cell in one:
            if local(cell.tag) not in ("table-cell", "covered-table-cell"):
                continue
            yield from _of_cell(cell, sheet, address(row, column), styles)
            column += min(int(_attribute(cell, "number-columns-repeated") or 1), 20_000)
        row += min(int(_attribute(one, "number-rows-repeated") or 1), 2_000_000)


def _of_rules(table: Any) -> Iterator[Remark]:
    """Rules that colour cells by what they say; which colour a cell shows by them cannot be seen here."""
    for one in table.iter():
        if local(one.tag) == "conditional-format":
            for area in _attribute(one, "target-range-address").split():
                first, _, last = (part.rpartition(".")[2].replace("$", "") for part in area.partition(":"))
                yield _attribute(table, "name"), first, "conditional", f"{first}:{last}" if last and last != first else first


def _of_cell(cell: Any, sheet: str, at: str, styles: _Styles) -> Iterator[Remark]:
    if colour := styles.fills.get(_attribute(cell, "style-name")):
        yield sheet, at, "colour", colour
    for child in cell:
        if local(child.tag) == "annotation" and (words := _paragraphs(child)):
            yield sheet, at, "comment", words
        elif _DRAWING in child.tag:
            yield from _of_frame(child, sheet, at)
    for link in (n for n in cell.iter() if n.tag.endswith("}a") and _attribute(n, "href")):
        yield sheet, at, "link", _attribute(link, "href")
    if _attribute(cell, "style-name") in styles.struck and _paragraphs(cell):
        yield sheet, at, "struck", WHOLE_CELL
    else:
        texts = [
            "".join(n.itertext())
            for n in cell.iter()
            if local(n.tag) == "span" and _attribute(n, "style-name") in styles.struck
        ]
        if words := " ".join(" ".join(texts).split()):
            yield sheet, at, "struck", words
    yield from _shown_of_value(cell, sheet, at, styles)
    rows, columns = (int(_attribute(cell, f"number-{side}-spanned") or 1) for side in ("rows", "columns"))
    if rows > 1:
        yield sheet, at, "merged", f"{rows} {columns}"
    yield from _of_formula(cell, sheet, at)


def _shown_of_value(cell: Any, sheet: str, at: str, styles: _Styles) -> Iterator[Remark]:
    """What a cell shows of its number or date, where that is not how it is held."""
    kind = _attribute(cell, "value-type")
    if kind == "percentage" or (kind == "float" and _attribute(cell, "style-name") in styles.per_cents):
        yield sheet, at, "percent", _attribute(cell, "value")[:20]
    elif kind in ("float", "date"):
        shown = _paragraphs(cell)
        if kind == "date" and (part := _part_of_date(shown, _attribute(cell, "date-value"))):
            yield sheet, at, "month", part
        elif kind == "float" and shown and shown != _attribute(cell, "value") and any(c.isdigit() for c in shown):
            yield sheet, at, "shown", shown


def _of_formula(cell: Any, sheet: str, at: str) -> Iterator[Remark]:
    formula = _attribute(cell, "formula")
    if formula:
        shown = _paragraphs(cell)
        wrong = any(
            v == "error" for k, v in cell.attrib.items() if local(k) == "value-type"
        ) or shown.startswith("#")
        kind = "error" if wrong else "formula" if shown or _attribute(cell, "value") else "empty_formula"
        source = formula.partition(":")[2] or formula
        yield sheet, at, kind, shown if wrong else source
        if wrong and shown == "#NAME?":
            yield sheet, at, "made_words", source.removeprefix("=")


def _part_of_date(shown: str, date: str) -> str:
    """What the words of a cell show of its date: "month" or "year" where no day, "part" where no year, else nothing."""
    year, _, rest = date[:10].partition("-")
    month, _, day = rest.partition("-")
    if not day or not shown or shown.startswith("#"):
        return ""
    figures = re.findall(r"[0-9]+", shown)
    if year not in figures and year[2:] not in figures:
        return "part"
    worded = any(c.isalpha() for c in shown)
    if len(figures) == 1:
        return "month" if worded else "year"
    return "month" if len(figures) == 2 and not worded and day not in figures and str(int(month)) in (figures[0].lstrip("0"), figures[1].lstrip("0")) else ""


def _of_frame(frame: Any, sheet: str, at: str) -> Iterator[Remark]:
    """A text box, a picture or an embedded file, but for our own logo."""
    about = " ".join(
        "".join(n.itertext())
        for n in frame.iter()
        if local(n.tag) in ("title", "desc") and "".join(n.itertext()).strip()
    )
    if about.startswith("Logo of "):
        return
    if words := _paragraphs(frame):
        yield sheet, at, "text_box", words
    for one in frame.iter():
        file = _attribute(one, "href").rpartition("/")[2]
        if local(one.tag) in ("object", "object-ole"):
            yield sheet, at, "embedded", ", ".join(x for x in (about, file) if x) or "an embedded file"
            return
        if local(one.tag) == "image":
            yield sheet, at, "picture", ", ".join(x for x in (about, file) if x) or "a picture"


def _paragraphs(node: Any) -> str:
    texts = ["".join(p.itertext()) for p in node.iter() if local(p.tag) == "p"]
    return " ".join(" ".join(texts).split())
