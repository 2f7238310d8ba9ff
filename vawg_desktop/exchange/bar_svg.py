"""Bars for a paper, drawn from plain numbers: a row for each name, with its number beside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

#: Measures in points.
_LEFT, _WIDTH, _ROW, _BAR, _SIZE = 150.0, 440.0, 20.0, 12.0, 10.0
_NUMBER = 40.0
_INK, _LINE = "#14213d", "#8a94a6"
_LETTERS = 28


def draw(bars: Sequence[tuple[str, int]], colour: str) -> str:
    """Bars as SVG, each ``(name, number)``, in a colour (RRGGBB); a nought has its number and no bar."""
    height = len(bars) * _ROW + 6
    most = max((number for _, number in bars), default=0)
    room = _WIDTH - _LEFT - _NUMBER
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {height:g}" width="{_WIDTH:g}" height="{height:g}" font-family="Atkinson Hyperlegible Next">',
        f'<rect width="{_WIDTH:g}" height="{height:g}" fill="#ffffff"/>',
        f'<path d="M{_LEFT:g} 2 V{height - 2:g}" stroke="{_LINE}" stroke-width="0.8"/>',
    ]
    for row, (name, number) in enumerate(bars):
        top = 4 + row * _ROW
        words = name if len(name) <= _LETTERS else name[: _LETTERS - 1].rstrip() + "…"
        parts.append(f'<text x="{_LEFT - 6:g}" y="{top + 10:g}" font-size="{_SIZE:g}" text-anchor="end" fill="{_INK}">{escape(words)}</text>')
        long = room * number / most if most else 0.0
        if long:
            parts.append(f'<rect x="{_LEFT:g}" y="{top:g}" width="{long:.2f}" height="{_BAR:g}" fill="#{colour}"/>')
        parts.append(f'<text x="{_LEFT + long + 5:.2f}" y="{top + 10:g}" font-size="{_SIZE:g}" font-weight="bold" fill="{_INK}">{number:,}</text>')
    return "".join([*parts, "</svg>"])


def in_words(title: str, bars: Sequence[tuple[str, int]]) -> str:
    """What the bars show, for somebody who cannot see them."""
    return f"{title}: " + ("; ".join(f"{name} {number:,}" for name, number in bars) or "nothing") + "."
