"""The journey map as a drawing: a grid of stages and what goes across, from plain words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

#: Measures in points.
_LABEL, _WIDTH, _HEIGHT, _HEAD, _LETTERS = 132.0, 78.0, 46.0, 54.0, 15
#: Fill by severity, from none stated to grave: light enough for black letters at 7:1.
_FILLS = ("#e4e7ec", "#dfe9f5", "#fbeec2", "#f9d6b0", "#f5c1ba")
_INK, _QUIET, _LINE = "#14213d", "#4a5568", "#8a94a6"


@dataclass(frozen=True, slots=True)
class Square:
    """One cell: its state (``gap``, ``no_gap`` or ``no_data``), a bold line, two quiet ones, and its severity from 0 (not stated) to 4."""

    state: str
    bold: str
    quiet: tuple[str, ...] = ()
    severity: int = 0


def draw(rows: Sequence[str], columns: Sequence[str], squares: Sequence[Sequence[Square]], corner: str) -> str:
    """The map as SVG, ``size(…)`` points wide and high. Severity stands there as small filled squares too, no data by slanting lines."""
    width, height = size(len(rows), len(columns))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        'font-family="Atkinson Hyperlegible Next">',
        '<defs><pattern id="none" width="7" height="7" patternUnits="userSpaceOnUse"><path d="M0 7 L7 0" stroke="#b8c0cc" stroke-width="1"/></pattern></defs>',
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        *_words(corner, 4, 16, 20, bold=True),
    ]
    for c, column in enumerate(columns):
        parts += _words(column, _LABEL + c * _WIDTH + 4, 14, _LETTERS, bold=True)
    for r, row in enumerate(rows):
        top = _HEAD + r * _HEIGHT
        parts += _words(row, 4, top + 14, 24, bold=True)
        for c, square in enumerate(squares[r]):
            parts += _square(square, _LABEL + c * _WIDTH, top)
    return "".join([*parts, "</svg>"])


def size(rows: int, columns: int) -> tuple[float, float]:
    """Width and height of a map in points."""
    return _LABEL + columns * _WIDTH + 1, _HEAD + rows * _HEIGHT + 1


def _square(square: Square, left: float, top: float) -> list[str]:
    fill = _FILLS[square.severity] if square.state == "gap" else "#ffffff"
    box = f'<rect x="{left:g}" y="{top:g}" width="{_WIDTH:g}" height="{_HEIGHT:g}" stroke="{_LINE}"'
    parts = [f'{box} fill="{fill}"/>']
    if square.state == "no_data":
        parts.append(f'{box} fill="url(#none)"/>')
    parts += _words(square.bold, left + 4, top + 13, _LETTERS, bold=square.state == "gap")
    for n, line in enumerate(square.quiet[:2]):
        parts += _words(line, left + 4, top + 26 + 11 * n, _LETTERS + 1, quiet=True, lines=1)
    for n in range(square.severity):
        parts.append(f'<rect x="{left + _WIDTH - 10 - 8 * n:g}" y="{top + 6:g}" width="6" height="6" fill="{_INK}"/>')
    return parts


def _words(words: str, x: float, y: float, letters: int, *, bold: bool = False, quiet: bool = False, lines: int = 3) -> list[str]:
    """Words in at most ``lines`` lines of about so many letters."""
    wrapped: list[str] = []
    for word in words.split():
        if wrapped and len(wrapped[-1]) + 1 + len(word) <= letters:
            wrapped[-1] += f" {word}"
        else:
            wrapped.append(word)
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], f"{wrapped[lines - 1]} …"]
    weight = ' font-weight="bold"' if bold else ""
    size_ = 8 if quiet else 9
    return [f'<text x="{x:g}" y="{y + 11 * n:g}" font-size="{size_}"{weight} fill="{_QUIET if quiet else _INK}">{escape(line)}</text>' for n, line in enumerate(wrapped)]
