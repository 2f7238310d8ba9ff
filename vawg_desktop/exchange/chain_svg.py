"""The chain of a record as a drawing: a column for each kind, a box for each record, a line for what leads to what. From plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

#: Measures in points.
_WIDTH, _HEIGHT, _GAP, _BETWEEN, _HEAD, _LETTERS = 118.0, 34.0, 8.0, 26.0, 22.0, 23
#: So many records of a column are drawn; the rest are counted in one box.
FOLD = 12
_INK, _QUIET, _LINE = "#14213d", "#4a5568", "#8a94a6"


@dataclass(frozen=True, slots=True)
class Box:
    """A record: its id, a bold and a quiet line. ``start`` marks the one whose chain it is, ``missing`` that something is missing at it."""

    id: str
    bold: str
    quiet: str
    start: bool = False
    missing: bool = False


def size(columns: Sequence[tuple[str, Sequence[Box]]]) -> tuple[float, float]:
    """Width and height in points."""
    rows = max((min(len(boxes), FOLD) + (len(boxes) > FOLD) for _, boxes in columns), default=0)
    return len(columns) * (_WIDTH + _BETWEEN) - _BETWEEN + 4, _HEAD + rows * (_HEIGHT + _GAP) + 4


def draw(columns: Sequence[tuple[str, Sequence[Box]]], edges: Sequence[tuple[str, str]]) -> str:
    """The chain as SVG. ``columns`` are headings with their records, ``edges`` ids of what leads to what; those of folded records are left out."""
    width, height = size(columns)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" font-family="Atkinson Hyperlegible Next">',
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
    ]
    places: dict[str, tuple[float, float]] = {}
    boxes: list[str] = []
    for c, (heading, column) in enumerate(columns):
        left = 2 + c * (_WIDTH + _BETWEEN)
        boxes.append(f'<text x="{left:g}" y="13" font-size="9.5" fill="{_QUIET}">{escape(_cut(heading, 26))}</text>')
        shown = sorted(column, key=lambda b: not b.start)[:FOLD]
        for r, box in enumerate(shown):
            top = _HEAD + r * (_HEIGHT + _GAP)
            places[box.id] = (left, top)
            boxes.append(_box(box, left, top))
        if len(column) > FOLD:
            top = _HEAD + FOLD * (_HEIGHT + _GAP)
            boxes.append(f'<text x="{left + 6:g}" y="{top + 14:g}" font-size="9" fill="{_QUIET}">and {len(column) - FOLD:,} more</text>')
    for before, after in edges:
        if before in places and after in places:
            (x1, y1), (x2, y2) = places[before], places[after]
            x1, y1, y2 = x1 + _WIDTH, y1 + _HEIGHT / 2, y2 + _HEIGHT / 2
            bend = max(10.0, (x2 - x1) / 2)
            parts.append(f'<path d="M{x1:g} {y1:g} C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}" fill="none" stroke="{_LINE}" stroke-width="0.9"/>')
    return "".join([*parts, *boxes, "</svg>"])


def _box(box: Box, left: float, top: float) -> str:
    dash = ' stroke-dasharray="4 2"' if box.missing else ""
    wide = 1.8 if box.start else 0.8
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{_WIDTH:g}" height="{_HEIGHT:g}" rx="3" fill="#ffffff" stroke="{_INK if box.start else _QUIET}" stroke-width="{wide}"{dash}/>'
        f'<text x="{left + 5:g}" y="{top + 14:g}" font-size="8.5" font-weight="bold" fill="{_INK}">{escape(_cut(box.bold, _LETTERS))}</text>'
        f'<text x="{left + 5:g}" y="{top + 26:g}" font-size="8" fill="{_QUIET}">{escape(_cut(box.quiet, _LETTERS + 2))}</text>'
    )


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"
