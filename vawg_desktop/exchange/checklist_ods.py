"""The same checklist on a finished .ods of ours: what stands in its XML (OpenDocument 1.3)."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as Tree

from vawg_desktop.exchange.checklist_points import Point, departure, objects, point
from vawg_desktop.exchange.look import LEAST_CONTRAST, contrast
from vawg_desktop.exchange.return_plan import FILL_MARK, IDENTITY_SHEET


@dataclass(slots=True)
class _Look:
    """A cell's style: background, letters' colour, size, face, whether words are wrapped."""

    back: str = "FFFFFF"
    front: str = "000000"
    points: float = 11.0
    face: str = "Arial"
    wraps: bool = False


@dataclass(slots=True)
class _Sheet:
    """One sheet: rows of (words, style), spans, objects."""

    name: str
    rows: list[list[tuple[str, _Look]]] = field(default_factory=list["list[tuple[str, _Look]]"])
    merged: int = 0
    hidden: bool = False
    locked: bool = False
    hidden_columns: int = 0
    comments: int = 0
    pictures: list[str] = field(default_factory=list[str])


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attribute(node: Any, name: str) -> str:
    return next((v for k, v in node.attrib.items() if _local(k) == name), "")


def look_ods(content: bytes) -> list[Point]:
    """Every point, in the checklist's order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {
            n: Tree.fromstring(archive.read(f"{n}.xml")) for n in ("content", "styles", "meta", "settings")
        }
    every = _sheets(parts["content"])
    sheets = [s for s in every if s.name != IDENTITY_SHEET]
    start = "\n".join(words for s in sheets if s.name == "Start here" for row in s.rows for words, _ in row)
    ranges = {
        _attribute(n, "target-range-address") for n in parts["content"].iter() if _local(n.tag) == "database-range"
    }
    tables = [s for s in sheets if any(f"'{s.name}'." in place for place in ranges)]
    untabled = [n for n in ("Actions", "Evidence", "New actions") if n not in {s.name for s in tables}]
    feet = ["".join(n.itertext()) for n in parts["styles"].iter() if _local(n.tag) == "region-left"]
    actions = next(s for s in sheets if s.name == "Actions")
    title = next(("".join(n.itertext()) for n in parts["meta"].iter() if _local(n.tag) == "title"), "")
    cells = [(s.name, words, look) for s in sheets for row in s.rows for words, look in row if words]
    points = [
        point("Tables are marked up as tables and named", untabled),
        point("No merged or split cells", [s.name for s in sheets if s.merged]),
        point("No blank rows or columns inside a table", [str(n) for n, row in enumerate(actions.rows, 1) if not any(w for w, _ in row)]),
        point("Every column of a table has its own heading", [s.name for s in tables if _bad_headings(s)]),
        point("Every sheet has a name that says what it holds", [s.name for s in sheets if s.name.startswith("Sheet")]),
        point("The document has a title", [] if title else ["no title"]),
        point("Text is sans serif and 10 points or larger", sorted({f"{k.face} {k.points}" for _, _, k in cells if k.face != "Arial" or k.points < 10})),
        point("Text is wrapped and its row high enough", [f"{s.name} {w[:20]}" for s in sheets for w, k in _beside(s) if len(w) > 40 and not k.wraps]),
        point("No text in headers or footers that stands nowhere else", sorted({w for w in feet if w and w not in start})),
        objects([s.name for s in sheets if s.comments], [words for s in sheets for words in s.pictures], start),
        point("Whatever colour shows stands in words too", [s.name for s in tables if _colour_only(s)]),
        point("Text and background are far apart (4.5 to 1)", sorted({f"{k.front} on {k.back}" for _, _, k in cells if contrast(k.front, k.back) < LEAST_CONTRAST})),
    ]  # fmt: skip
    view = {
        _attribute(n, "name"): {_attribute(i, "name"): i.text for i in n}
        for n in parts["settings"].iter()
        if _local(n.tag) == "config-item-map-entry"
    }
    seen = view.get("Actions", {})
    identity = next(s for s in every if s.name == IDENTITY_SHEET)
    departures = (
        ("The first cell of each sheet is chosen", seen.get("CursorPositionX") != "0", 0),
        ("No frozen panes", seen.get("VerticalSplitMode") == "2", 1),
        ("No hidden rows, columns or sheets", identity.hidden or bool(actions.hidden_columns), 2),
        ("Nothing is locked", actions.locked, 3),
        ("No empty cells in tables", True, 4),
        ("Colour is not used to tell cells apart", True, 5),
    )
    return points + [
        departure(asks, lambda does=does: does, number, start) for asks, does, number in departures
    ]


def _beside(sheet: _Sheet) -> list[tuple[str, _Look]]:
    """Cells whose long words must wrap: on Actions all, else all but the first column."""
    first = 0 if sheet.name == "Actions" else 1
    return [cell for row in sheet.rows for cell in row[first:]]


def _bad_headings(sheet: _Sheet) -> bool:
    heads = [words for words, _ in sheet.rows[0]]
    return "" in heads or len(set(heads)) < len(heads)


def _colour_only(sheet: _Sheet) -> bool:
    rows = sheet.rows[:2]
    return len(rows) == 2 and any(
        look.back == "FFFBEA" and FILL_MARK not in head for (head, _), (_, look) in zip(*rows, strict=False)
    )


def _sheets(root: Any) -> list[_Sheet]:
    looks = {_attribute(n, "name"): _look(n) for n in root.iter() if _attribute(n, "family") == "table-cell"}
    hidden = {
        _attribute(n, "name")
        for n in root.iter()
        if _attribute(n, "family") == "table" and any(_attribute(p, "display") == "false" for p in n)
    }
    found: list[_Sheet] = []
    for table in (n for n in root.iter() if _local(n.tag) == "table"):
        sheet = _Sheet(
            _attribute(table, "name"),
            hidden=_attribute(table, "style-name") in hidden,
            locked=_attribute(table, "protected") == "true",
        )
        for node in table.iter():
            kind = _local(node.tag)
            if kind == "table-column":
                sheet.hidden_columns += _attribute(node, "visibility") == "collapse"
            elif kind == "table-row":
                cells = [c for c in node if _local(c.tag) == "table-cell"]
                sheet.rows.append([(_words(c), looks.get(_attribute(c, "style-name"), _Look())) for c in cells])
                sheet.merged += sum(_attribute(c, "number-columns-spanned") not in ("", "1") for c in cells)
            elif kind == "annotation":
                sheet.comments += 1
            elif kind == "frame":
                sheet.pictures.append(
                    next(("".join(n.itertext()) for n in node if _local(n.tag) == "desc"), "")
                )
        found.append(sheet)
    return found


def _words(cell: Any) -> str:
    return "\n".join("".join(p.itertext()) for p in cell if _local(p.tag) == "p")


def _look(style: Any) -> _Look:
    found = _Look()
    for one in style:
        found.back = (_attribute(one, "background-color") or f"#{found.back}").lstrip("#").upper()
        found.front = (_attribute(one, "color") or f"#{found.front}").lstrip("#").upper()
        found.points = float(_attribute(one, "font-size").removesuffix("pt") or found.points)
        found.face = _attribute(one, "font-family") or found.face
        found.wraps |= _attribute(one, "wrap-option") == "wrap"
    return found
