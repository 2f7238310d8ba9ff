"""Remarks of a workbook in Office Open XML (ECMA-376). Standard library only."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Any
from xml.etree import ElementTree as Tree
from xml.sax.saxutils import escape

from vawg_desktop.exchange.cells import WHOLE_CELL
from vawg_desktop.exchange.palette import Palette
from vawg_desktop.exchange.remark import (
    Remark,
    address,
    page_words,
    shown_of_number,
)
from vawg_desktop.exchange.remarks_looks import (
    CellFormats,
    fills_in,
    font_colours_in,
    formats_in,
    local,
    per_cents,
    struck_in,
    struck_words,
    words_in,
)

_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"([^<>]*?)(/?)>')
_STYLE = re.compile(rb'\bs="([0-9]+)"')
_FORMULA = re.compile(rb"<f\b[^<>]*?(?:/>|>([^<]*)</f>)")
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_THREADED = "[Threaded comment]"


def relations_of(archive: zipfile.ZipFile, names: set[str], part: str) -> dict[str, tuple[str, str]]:
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


def of_excel(archive: zipfile.ZipFile, names: set[str]) -> Iterator[Remark]:
    """Every remark, sheet by sheet."""
    relations = relations_of(archive, names, "xl/workbook.xml")
    palette = Palette(archive, names)
    font_colours = font_colours_in(archive, names, palette)
    looks = CellFormats(
        fills_in(archive, names, palette), *struck_in(archive, names), per_cents(archive, names), *formats_in(archive, names), font_colours=font_colours
    )
    for one in Tree.fromstring(archive.read("xl/workbook.xml")).iter():
        if local(one.tag) != "sheet":
            continue
        id = next((v for k, v in one.attrib.items() if local(k) == "id"), "")
        part = relations.get(id, ("", ""))[1]
        if part in names:
            yield from _of_sheet(archive, names, one.get("name", ""), part, looks)


def _of_sheet(
    archive: zipfile.ZipFile, names: set[str], sheet: str, part: str, looks: CellFormats
) -> Iterator[Remark]:
    relations = relations_of(archive, names, part)
    yield from attached_to_sheet(archive, names, sheet, relations)
    data = _regular(archive.read(part))
    yield from _of_links(data, sheet, archive, part)
    yield from _of_cells(data, sheet, looks)
    yield from _of_struck(data, sheet, looks.struck, looks.strings)
    yield from _of_page(data, sheet)
    for span in _CONDITIONAL.findall(data):
        cells = span.decode("ascii", "replace")
        yield sheet, cells.partition(":")[0].partition(" ")[0], "conditional", cells


def attached_to_sheet(
    archive: zipfile.ZipFile, names: set[str], sheet: str, relations: dict[str, tuple[str, str]]
) -> Iterator[Remark]:
    """Comments, text boxes, pictures and embedded files of a sheet."""
    threaded = any(kind == "threadedComment" for kind, _ in relations.values())
    for kind, target in relations.values():
        if target not in names or not target.endswith(".xml"):
            continue
        if kind in ("comments", "threadedComment"):
            tag = "comment" if kind == "comments" else kind
            for one in Tree.fromstring(archive.read(target)).iter():
                if local(one.tag) != tag:
                    continue
                words = words_in(one)
                if words.startswith(_THREADED):
                    if threaded:
                        continue
                    words = words.partition("Comment:")[2].strip() or words
                yield sheet, one.get("ref", ""), "comment", words
        elif kind == "drawing":
            yield from _of_drawing(archive, names, target, sheet)
    for kind, target in relations.values():
        if kind in ("oleObject", "package"):
            yield sheet, "", "embedded", target.rpartition("/")[2]


def _regular(data: bytes) -> bytes:
    """A sheet as the patterns below want it: names unprefixed, each cell's place first. Most are so; others are written anew."""
    cells = data.count(b"<c ") + data.count(b"<c>") + data.count(b"<c/>")
    if b"<sheetData" in data and cells == data.count(b'<c r="') and b":c " not in data:
        return data
    out: list[bytes] = [b"<sheetData>"]
    rest: list[bytes] = []
    row = 0
    for node in Tree.fromstring(data).iter():
        name = local(node.tag)
        if name == "row":
            row = int(node.get("r", row + 1))
            column = -1
            for cell in (n for n in node if local(n.tag) == "c"):
                stated = cell.get("r", "")
                column = _column(stated) if stated else column + 1
                out.append(_cell_anew(cell, address(row - 1, column)))
        elif name == "hyperlink":
            id = next((v for k, v in node.attrib.items() if local(k) == "id"), "")
            rest.append(f'<hyperlink ref="{node.get("ref", "")}" r:id="{id}"/>'.encode())
        elif name.endswith(("Header", "Footer")) and node.text:
            rest.append(f"<{name}>{escape(node.text)}</{name}>".encode())
    return b"".join([*out, b"</sheetData>", *rest])


def _column(place: str) -> int:
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number - 1


def _cell_anew(cell: Any, at: str) -> bytes:
    """A cell with its place, look and kind, its formula, its value and whether words in it are struck out."""
    inner: list[str] = []
    for one in cell:
        name = local(one.tag)
        if name in ("f", "v"):
            inner.append(f"<{name}>{escape(one.text or '')}</{name}>")
        elif words := struck_words(one):
            inner.append(f"<r><strike/><t>{escape(words)}</t></r>")
    looks = "".join(f' {k}="{cell.get(k)}"' for k in ("s", "t") if cell.get(k))
    return f'<c r="{at}"{looks}>{"".join(inner)}</c>'.encode()


_PAGE = re.compile(rb"<(?:odd|even|first)(?:Header|Footer)[^<>]*>([^<]*)<")


def _of_page(data: bytes, sheet: str) -> Iterator[Remark]:
    for part in _PAGE.findall(data):
        for words in page_words(_unescape(part.decode("utf-8", "replace"))):
            yield sheet, "", "page", words


_CONDITIONAL = re.compile(rb'<conditionalFormatting\b[^<>]*\bsqref="([^"]+)"')
_LINK = re.compile(rb"<hyperlink\b[^>]*>")


def _of_links(data: bytes, sheet: str, archive: zipfile.ZipFile, part: str) -> Iterator[Remark]:
    place = join(dirname(part), "_rels", part.rpartition("/")[2] + ".rels")
    if b"<hyperlink" not in data or place not in archive.namelist():
        return
    targets = {one.get("Id", ""): one.get("Target", "") for one in Tree.fromstring(archive.read(place))}
    for tag in _LINK.findall(data):
        text = tag.decode("utf-8", "replace")
        cell, id = re.search(r'\bref="([^":]+)', text), re.search(r'\bid="([^"]+)"', text)
        if cell and id and targets.get(id[1]):
            yield sheet, cell[1], "link", targets[id[1]]


def _of_cells(data: bytes, sheet: str, looks: CellFormats) -> Iterator[Remark]:
    formulas = b"<f>" in data or b"<f " in data or b"<f/>" in data
    if not (looks.fills or looks.per_cents or looks.months or looks.numbers or looks.font_colours or formulas) and b't="e"' not in data:
        return
    plain = not formulas and b't="e"' not in data
    telling = {*looks.months, *looks.numbers, *looks.font_colours, *looks.per_cents}  # of these the value is looked at too
    for match in _CELL.finditer(data):
        style = _STYLE.search(match[2])
        look = int(style[1]) if style else 0
        if colour := looks.fills.get(look):
            yield sheet, match[1].decode(), "colour", colour
        if match[3] or (plain and look not in telling):
            continue
        cell = match[1].decode()
        end = data.find(b"</c>", match.end())
        if end < 0:
            return
        body = data[match.end() : end][:8000]
        value = _VALUE.search(body)
        if value or b"<t" in body:
            yield from _shown(sheet, cell, look, looks, value[1] if value and b't="s' not in match[2] else b"")
        if b't="e"' in match[2]:
            shown = value[1].decode("utf-8", "replace") if value else ""
            if (
                b"vm=" in match[2] and shown == "#VALUE!"
            ):  # how a picture placed in a cell looks to other programs
                yield sheet, cell, "cell_picture", "a picture"
                continue
            yield sheet, cell, "error", shown
            if shown == "#NAME?" and (formula := _FORMULA.search(body)) and formula[1]:
                yield sheet, cell, "made_words", _unescape(formula[1].decode("utf-8", "replace"))
        elif formula := _FORMULA.search(body):
            text = (formula[1] or b"").decode("utf-8", "replace")
            yield sheet, cell, "formula" if value and value[1] else "empty_formula", _unescape(text)


def _shown(sheet: str, cell: str, look: int, looks: CellFormats, number: bytes) -> Iterator[Remark]:
    """What a cell's format makes of its value."""
    if number and look in looks.months:
        yield sheet, cell, "month", looks.months[look]
    if number and look in looks.numbers and (shown := shown_of_number(looks.numbers[look], number.decode("ascii", "replace"))):
        yield sheet, cell, "shown", shown
    if look in looks.font_colours:
        yield sheet, cell, "ink", looks.font_colours[look]
    if number and look in looks.per_cents:
        yield sheet, cell, "percent", number.decode("ascii", "replace")[:20]


def _of_struck(data: bytes, sheet: str, formats: set[int], strings: dict[int, str]) -> Iterator[Remark]:
    inline = b"<strike" in data
    if not formats and not strings and not inline:
        return
    for match in _CELL.finditer(data):
        if match[3]:
            continue
        end = data.find(b"</c>", match.end())
        if end < 0:
            return
        body = data[match.end() : end]
        style, value, cell = _STYLE.search(match[2]), _VALUE.search(body), match[1].decode()
        if style and int(style[1]) in formats and (value or b"<t" in body):
            yield sheet, cell, "struck", WHOLE_CELL
        elif b't="s"' in match[2] and value and (words := strings.get(int(value[1]))):
            yield sheet, cell, "struck", words
        elif inline and b"<strike" in body:
            text = b" ".join(
                re.findall(rb"<r>(?:(?!</r>).)*?<strike(?:(?!</r>).)*?<t[^>]*>([^<]*)</t></r>", body[:20_000])
            )
            yield sheet, cell, "struck", _unescape(text.decode("utf-8", "replace")) or "words are struck out"


def _unescape(text: str) -> str:
    for mark, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, char)
    return text


def _of_drawing(archive: zipfile.ZipFile, names: set[str], part: str, sheet: str) -> Iterator[Remark]:
    """Text boxes, and pictures but for our own logo, each at the cell where it begins."""
    media = relations_of(archive, names, part)
    for anchor in Tree.fromstring(archive.read(part)):
        place = next((n for n in anchor if local(n.tag) == "from"), None)
        at = {local(n.tag): int(n.text or 0) for n in place} if place is not None else {}
        cell = address(at.get("row", 0), at.get("col", 0))
        words = " ".join(n.text for n in anchor.iter() if local(n.tag) == "t" and n.text)
        if words.strip():
            yield sheet, cell, "text_box", " ".join(words.split())
        for picture in (n for n in anchor.iter() if local(n.tag) == "pic"):
            properties = next((n for n in picture.iter() if local(n.tag) == "cNvPr"), None)
            about = (properties.get("descr") or properties.get("name") or "") if properties is not None else ""
            if not about.startswith("Logo of "):
                id = next((v for n in picture.iter() for k, v in n.attrib.items() if local(k) == "embed"), "")
                file = media.get(id, ("", ""))[1].rpartition("/")[2]
                yield sheet, cell, "picture", ", ".join(x for x in (about, file) if x) or "a picture"
