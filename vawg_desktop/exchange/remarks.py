"""What people leave beside the values of a workbook: comments, text boxes, colours, formulas, errors (DESIGN 5, In).

Runs in the reader's child process, so it imports only the standard library. Office Open XML is ECMA-376,
OpenDocument is OASIS ODF 1.3.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Any, TypeAlias
from xml.etree import ElementTree as Tree

#: Sheet, cell, kind (comment, text_box, link, struck, colour, formula, empty_formula, error, merged), words.
Remark: TypeAlias = tuple[str, str, str, str]
MOST = 5_000
MOST_COLOURS = 1_000
#: The fills that we send, and white.
OURS = frozenset({"1D3557", "7A4A00", "F2F4F7", "FFFBEA", "FFFFFF"})
_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"([^<>]*?)(/?)>')
_STYLE = re.compile(rb'\bs="([0-9]+)"')
_FORMULA = re.compile(rb"<f\b[^<>]*?(?:/>|>([^<]*)</f>)")
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_THREADED = "[Threaded comment]"


def remarks_of(content: bytes) -> list[Remark]:
    """Every remark of a zipped workbook, at most MOST; an empty list for any other file."""
    if not content.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" in names:
            found = _of_excel(archive, names)
        elif "content.xml" in names:
            found = _of_open_document(archive, names)
        else:
            return []
        return _bounded(found)


def _bounded(found: Iterator[Remark]) -> list[Remark]:
    """At most MOST remarks, and of colours a part of them: words come first. Raises OverflowError beyond."""
    kept: dict[Remark, None] = {}
    colours = 0
    for one in found:
        if one[2] == "colour":
            colours += 1
            if colours > MOST_COLOURS:
                continue
        kept[one] = None
        if len(kept) > MOST:
            raise OverflowError("remarks")
    return list(kept)


# -- Office Open XML -------------------------------------------------------------------------------


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _relations(archive: zipfile.ZipFile, names: set[str], part: str) -> dict[str, tuple[str, str]]:
    """Relation id to kind and part name."""
    place = join(dirname(part), "_rels", part.rpartition("/")[2] + ".rels")
    if place not in names:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for one in Tree.fromstring(archive.read(place)):
        target = one.get("Target", "")
        full = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(part), target))
        found[one.get("Id", "")] = (one.get("Type", "").rpartition("/")[2], full)
    return found


def _of_excel(archive: zipfile.ZipFile, names: set[str]) -> Iterator[Remark]:
    relations = _relations(archive, names, "xl/workbook.xml")
    fills = _fills(archive, names)
    struck = _struck(archive, names)
    for one in Tree.fromstring(archive.read("xl/workbook.xml")).iter():
        if _local(one.tag) != "sheet":
            continue
        id = next((v for k, v in one.attrib.items() if _local(k) == "id"), "")
        part = relations.get(id, ("", ""))[1]
        if part in names:
            yield from _of_sheet(archive, names, one.get("name", ""), part, fills, struck)


def _struck(archive: zipfile.ZipFile, names: set[str]) -> tuple[set[int], dict[int, str]]:
    """Cell formats that strike words out, and the shared strings with struck words in them."""
    formats: set[int] = set()
    strings: dict[int, str] = {}
    if "xl/styles.xml" in names and b"<strike" in (data := archive.read("xl/styles.xml")):
        fonts: list[bool] = []
        for group in Tree.fromstring(data):
            if _local(group.tag) == "fonts":
                fonts = [
                    any(_local(n.tag) == "strike" and n.get("val") not in ("0", "false") for n in font)
                    for font in group
                ]
            if _local(group.tag) == "cellXfs":
                formats = {
                    n
                    for n, xf in enumerate(group)
                    if (at := int(xf.get("fontId", "0"))) < len(fonts) and fonts[at]
                }
    if "xl/sharedStrings.xml" in names and b"<strike" in (data := archive.read("xl/sharedStrings.xml")):
        for number, one in enumerate(Tree.fromstring(data)):
            if words := _struck_words(one):
                strings[number] = words
    return formats, strings


def _struck_words(node: Any) -> str:
    """The words of the runs that are struck out."""
    said: list[str] = []
    for run in node.iter():
        if _local(run.tag) == "r" and any(
            _local(n.tag) == "strike" and n.get("val") not in ("0", "false") for n in run.iter()
        ):
            said.append(_words(run))
    return " ".join(said)


def _fills(archive: zipfile.ZipFile, names: set[str]) -> dict[int, str]:
    """Solid fills that are not ours, by cell format: RRGGBB, or "theme"."""
    if "xl/styles.xml" not in names:
        return {}
    root = Tree.fromstring(archive.read("xl/styles.xml"))
    colours: list[str] = []
    formats: dict[int, str] = {}
    for group in root:
        if _local(group.tag) == "fills":
            for fill in group:
                pattern = next(iter(fill), None)
                solid = pattern is not None and pattern.get("patternType") == "solid"
                front = (
                    next((c for c in pattern or () if _local(c.tag) == "fgColor"), None) if solid else None
                )
                rgb = front.get("rgb", "")[-6:].upper() if front is not None else ""
                colours.append(
                    rgb or ("theme" if front is not None and front.get("theme") not in (None, "0") else "")
                )
        if _local(group.tag) == "cellXfs":
            for number, xf in enumerate(group):
                at = int(xf.get("fillId", "0"))
                colour = colours[at] if at < len(colours) else ""
                if colour and colour not in OURS:
                    formats[number] = colour
    return formats


def _of_sheet(
    archive: zipfile.ZipFile, names: set[str], sheet: str, part: str, fills: dict[int, str],
    struck: tuple[set[int], dict[int, str]],
) -> Iterator[Remark]:  # fmt: skip
    relations = _relations(archive, names, part)
    threaded = any(kind == "threadedComment" for kind, _ in relations.values())
    for kind, target in relations.values():
        if target not in names:
            continue
        if kind in ("comments", "threadedComment"):
            tag = "comment" if kind == "comments" else kind
            for one in Tree.fromstring(archive.read(target)).iter():
                if _local(one.tag) != tag:
                    continue
                words = _words(one)
                if words.startswith(_THREADED):
                    if threaded:
                        continue
                    words = words.partition("Comment:")[2].strip() or words
                yield sheet, one.get("ref", ""), "comment", words
        elif kind == "drawing":
            yield from _of_drawing(archive.read(target), sheet)
    data = archive.read(part)
    yield from _of_links(data, sheet, _relations(archive, names, part), archive, part)
    yield from _of_cells(data, sheet, fills)
    yield from _of_struck(data, sheet, *struck)


_LINK = re.compile(rb"<hyperlink\b[^>]*>")


def _of_links(
    data: bytes, sheet: str, _relations_of: dict[str, tuple[str, str]], archive: zipfile.ZipFile, part: str
) -> Iterator[Remark]:
    place = join(dirname(part), "_rels", part.rpartition("/")[2] + ".rels")
    if b"<hyperlink" not in data or place not in archive.namelist():
        return
    targets = {one.get("Id", ""): one.get("Target", "") for one in Tree.fromstring(archive.read(place))}
    for tag in _LINK.findall(data):
        text = tag.decode("utf-8", "replace")
        cell, id = re.search(r'\bref="([^":]+)', text), re.search(r'\bid="([^"]+)"', text)
        if cell and id and targets.get(id[1]):
            yield sheet, cell[1], "link", targets[id[1]]


def _of_cells(data: bytes, sheet: str, fills: dict[int, str]) -> Iterator[Remark]:
    if not fills and b"<f" not in data and b't="e"' not in data:
        return
    for match in _CELL.finditer(data):
        style = _STYLE.search(match[2])
        cell = match[1].decode()
        if style and (colour := fills.get(int(style[1]))):
            yield sheet, cell, "colour", colour
        if match[3]:
            continue
        end = data.find(b"</c>", match.end())
        body = data[match.end() : end if end > 0 else match.end()][:8000]
        value = _VALUE.search(body)
        if b't="e"' in match[2]:
            yield sheet, cell, "error", value[1].decode("utf-8", "replace") if value else ""
        elif formula := _FORMULA.search(body):
            said = (formula[1] or b"").decode("utf-8", "replace")
            yield sheet, cell, "formula" if value and value[1] else "empty_formula", _unescape(said)


def _of_struck(data: bytes, sheet: str, formats: set[int], strings: dict[int, str]) -> Iterator[Remark]:
    inline = b"<strike" in data
    if not formats and not strings and not inline:
        return
    for match in _CELL.finditer(data):
        end = data.find(b"</c>", match.end())
        body = b"" if match[3] or end < 0 else data[match.end() : end]
        style, value, cell = _STYLE.search(match[2]), _VALUE.search(body), match[1].decode()
        if style and int(style[1]) in formats and (value or b"<t" in body):
            yield sheet, cell, "struck", "the whole cell is struck out"
        elif b't="s"' in match[2] and value and (words := strings.get(int(value[1]))):
            yield sheet, cell, "struck", words
        elif inline and b"<strike" in body:
            said = b" ".join(
                re.findall(rb"<r>(?:(?!</r>).)*?<strike(?:(?!</r>).)*?<t[^>]*>([^<]*)</t></r>", body[:20_000])
            )
            yield sheet, cell, "struck", _unescape(said.decode("utf-8", "replace")) or "words are struck out"


def _unescape(text: str) -> str:
    for mark, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, char)
    return text


def _words(node: Any) -> str:
    """The words of a node: its runs of text, phonetic hints left out."""
    said = [n.text or "" for n in node.iter() if _local(n.tag) in ("t", "text") and n.text and n.text.strip()]
    return " ".join("".join(said).split())


def _of_drawing(data: bytes, sheet: str) -> Iterator[Remark]:
    for anchor in Tree.fromstring(data):
        place = next((n for n in anchor if _local(n.tag) == "from"), None)
        words = " ".join(n.text for n in anchor.iter() if _local(n.tag) == "t" and n.text)
        if words.strip():
            at = {_local(n.tag): int(n.text or 0) for n in place} if place is not None else {}
            yield sheet, _address(at.get("row", 0), at.get("col", 0)), "text_box", " ".join(words.split())


def _address(row: int, column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


# -- OpenDocument ----------------------------------------------------------------------------------


def _of_open_document(archive: zipfile.ZipFile, names: set[str]) -> Iterator[Remark]:
    styles: dict[str, str] = {}
    for part in ("styles.xml", "content.xml"):
        if part in names:
            styles.update(_cell_colours(archive.read(part)))
    for table in Tree.fromstring(archive.read("content.xml")).iter():
        if _local(table.tag) == "table" and table.tag.endswith("}table"):
            yield from _of_table(table, styles)


def _attribute(node: Any, name: str) -> str:
    return next((v for k, v in node.attrib.items() if _local(k) == name), "")


def _cell_colours(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for style in Tree.fromstring(data).iter():
        if _local(style.tag) != "style" or _attribute(style, "family") != "table-cell":
            continue
        own = next(
            (_attribute(n, "background-color") for n in style if _local(n.tag) == "table-cell-properties"), ""
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


def _of_table(table: Any, styles: dict[str, str]) -> Iterator[Remark]:
    sheet, row = _attribute(table, "name"), 0
    for one in table.iter():
        if _local(one.tag) == "shapes":
            for frame in one:
                if words := _paragraphs(frame):
                    yield sheet, "A1", "text_box", words
        if _local(one.tag) != "table-row":
            continue
        column = 0
        for cell in one:
            if _local(cell.tag) not in ("table-cell", "covered-table-cell"):
                continue
            yield from _of_cell(cell, sheet, _address(row, column), styles)
            column += min(int(_attribute(cell, "number-columns-repeated") or 1), 20_000)
        row += min(int(_attribute(one, "number-rows-repeated") or 1), 2_000_000)


def _of_cell(cell: Any, sheet: str, at: str, styles: dict[str, str]) -> Iterator[Remark]:
    if colour := styles.get(_attribute(cell, "style-name")):
        yield sheet, at, "colour", colour
    for child in cell:
        if _local(child.tag) == "annotation" and (words := _paragraphs(child)):
            yield sheet, at, "comment", words
        elif _local(child.tag) in ("custom-shape", "frame", "rect", "ellipse") and (
            words := _paragraphs(child)
        ):
            yield sheet, at, "text_box", words
    for link in (n for n in cell.iter() if n.tag.endswith("}a") and _attribute(n, "href")):
        yield sheet, at, "link", _attribute(link, "href")
    rows = int(_attribute(cell, "number-rows-spanned") or 1)
    if rows > 1:
        yield sheet, at, "merged", f"{rows} {_attribute(cell, 'number-columns-spanned') or 1}"
    formula = _attribute(cell, "formula")
    if formula:
        shown = _paragraphs(cell)
        wrong = any(
            v == "error" for k, v in cell.attrib.items() if _local(k) == "value-type"
        ) or shown.startswith("#")
        kind = "error" if wrong else "formula" if shown or _attribute(cell, "value") else "empty_formula"
        yield sheet, at, kind, shown if wrong else formula.partition(":")[2] or formula


def _paragraphs(node: Any) -> str:
    said = ["".join(p.itertext()) for p in node.iter() if _local(p.tag) == "p"]
    return " ".join(" ".join(said).split())
