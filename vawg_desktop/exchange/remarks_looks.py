"""What the cell formats of an Office Open XML workbook say: fills, colours of letters, words struck out, per cents, shortened dates."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as Tree

from vawg_desktop.exchange.palette import Palette
from vawg_desktop.exchange.remark import (
    OURS,
    is_percent,
    shown_of_date,
    shown_of_number,
)


def local(tag: str) -> str:
    """A tag or attribute without its namespace."""
    return tag.rpartition("}")[2]


@dataclass(frozen=True, slots=True)
class CellFormats:
    """What the cell formats of a workbook say: fills that are not ours, words struck out, per cents."""

    fills: dict[int, str]
    struck: set[int]
    strings: dict[int, str]
    per_cents: set[int]
    #: Formats that show part of a date: "month", "year" or "part".
    months: dict[int, str] = field(default_factory=dict[int, str])
    #: Formats of fixed digits and letters, which a number's own value does not show.
    numbers: dict[int, str] = field(default_factory=dict[int, str])
    #: Colours of the letters, where they are not black.
    font_colours: dict[int, str] = field(default_factory=dict[int, str])


def struck_in(archive: zipfile.ZipFile, names: set[str]) -> tuple[set[int], dict[int, str]]:
    """Cell formats that strike words out, and the shared strings with struck words in them."""
    formats: set[int] = set()
    strings: dict[int, str] = {}
    if "xl/styles.xml" in names and b"<strike" in (data := archive.read("xl/styles.xml")):
        fonts: list[bool] = []
        for group in Tree.fromstring(data):
            if local(group.tag) == "fonts":
                fonts = [
                    any(local(n.tag) == "strike" and n.get("val") not in ("0", "false") for n in font)
                    for font in group
                ]
            if local(group.tag) == "cellXfs":
                formats = {
                    n
                    for n, xf in enumerate(group)
                    if (at := int(xf.get("fontId", "0"))) < len(fonts) and fonts[at]
                }
    if "xl/sharedStrings.xml" in names and b"<strike" in (data := archive.read("xl/sharedStrings.xml")):
        for number, one in enumerate(Tree.fromstring(data)):
            if words := struck_words(one):
                strings[number] = words
    return formats, strings


def struck_words(node: Any) -> str:
    """The words of the runs that are struck out."""
    runs: list[str] = []
    for run in node.iter():
        if local(run.tag) == "r" and any(
            local(n.tag) == "strike" and n.get("val") not in ("0", "false") for n in run.iter()
        ):
            runs.append(words_in(run))
    return " ".join(runs)


def per_cents(archive: zipfile.ZipFile, names: set[str]) -> set[int]:
    """Cell formats that show 1 as 100%."""
    if "xl/styles.xml" not in names:
        return set()
    own = {"9", "10"}
    found: set[int] = set()
    for group in Tree.fromstring(archive.read("xl/styles.xml")):
        if local(group.tag) == "numFmts":
            own |= {n.get("numFmtId", "") for n in group if is_percent(n.get("formatCode", ""))}
        if local(group.tag) == "cellXfs":
            found = {n for n, xf in enumerate(group) if xf.get("numFmtId", "0") in own}
    return found


def formats_in(archive: zipfile.ZipFile, names: set[str]) -> tuple[dict[int, str], dict[int, str]]:
    """Cell formats that show a part of a date only, with the part; and those of fixed digits, with their codes."""
    if "xl/styles.xml" not in names:
        return {}, {}
    codes = {"2": "0.00", "16": "d-mmm", "17": "mmm-yy", "18": "h:mm", "19": "h:mm:ss", "20": "h:mm", "21": "h:mm:ss", "45": "mm:ss"}
    dates: dict[int, str] = {}
    numbers: dict[int, str] = {}
    for group in Tree.fromstring(archive.read("xl/styles.xml")):
        if local(group.tag) == "numFmts":
            codes |= {one.get("numFmtId", ""): one.get("formatCode", "") for one in group}
        if local(group.tag) == "cellXfs":
            for n, xf in enumerate(group):
                code = codes.get(xf.get("numFmtId", "0"), "")
                if shown := shown_of_date(code):
                    dates[n] = shown
                elif shown_of_number(code, "0.5"):
                    numbers[n] = code
    return dates, numbers


def font_colours_in(archive: zipfile.ZipFile, names: set[str], palette: Palette) -> dict[int, str]:
    """Colours of letters by cell format, black and the theme's own text left out."""
    if "xl/styles.xml" not in names:
        return {}
    colours: list[str] = []
    found: dict[int, str] = {}
    for group in Tree.fromstring(archive.read("xl/styles.xml")):
        if local(group.tag) == "fonts":
            for font in group:
                colour = next((n for n in font if local(n.tag) == "color"), None)
                plain = colour is None or colour.get("theme") in ("0", "1") or colour.get("auto") == "1"
                colours.append("" if plain else palette.colour(colour))
        if local(group.tag) == "cellXfs":
            for number, xf in enumerate(group):
                at = int(xf.get("fontId", "0"))
                if at < len(colours) and colours[at] not in ("", "000000", "FFFFFF", *OURS):
                    found[number] = colours[at]
    return found


def fills_in(archive: zipfile.ZipFile, names: set[str], palette: Palette) -> dict[int, str]:
    """Solid fills that are not ours, by cell format, as RRGGBB."""
    if "xl/styles.xml" not in names:
        return {}
    root = Tree.fromstring(archive.read("xl/styles.xml"))
    colours: list[str] = []
    formats: dict[int, str] = {}
    for group in root:
        if local(group.tag) == "fills":
            for fill in group:
                pattern = next(iter(fill), None)
                solid = pattern is not None and pattern.get("patternType") == "solid"
                front = next((c for c in (pattern if pattern is not None else ()) if local(c.tag) == "fgColor"), None) if solid else None
                white = front is None or (front.get("theme") == "0" and not front.get("tint"))
                colours.append("" if white else palette.colour(front))
        if local(group.tag) == "cellXfs":
            for number, xf in enumerate(group):
                at = int(xf.get("fillId", "0"))
                colour = colours[at] if at < len(colours) else ""
                if colour and colour not in OURS:
                    formats[number] = colour
    return formats


def words_in(node: Any) -> str:
    """The words of a node: its runs of text, phonetic hints left out."""
    texts = [n.text or "" for n in node.iter() if local(n.tag) in ("t", "text") and n.text and n.text.strip()]
    return " ".join("".join(texts).split())
