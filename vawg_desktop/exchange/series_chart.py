"""A series over time as a drawing: values with their limits and a target. One layout, which the window paints and papers write as SVG.

All measures are in points, or in pixels at 100% where the window paints; y grows downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from math import ceil, floor, log10

#: Room at the left for numbers, at the right for the last value, and at the foot for periods.
_LEFT, _RIGHT, _TOP, _FOOT = 44.0, 52.0, 10.0, 22.0
#: A letter takes so much of its height, on average.
_LETTER = 0.52
SIZE = 11.0
#: What a dot's shape says.
SHAPES = {"": "circle", "better": "triangle", "worse": "diamond", "changed": "square"}
_INK, _QUIET, _LINE = "#14213d", "#4a5568", "#8a94a6"
_FILL = {"": "#4a5568", "better": "#1b5ca3", "worse": "#b35900", "changed": "#14213d"}


@dataclass(frozen=True, slots=True)
class Dot:
    """One period: its name, its value (None: nothing was counted), the mean and limits of its stretch, and what its sign says (a key of ``SHAPES``)."""

    period: str
    value: float | None
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    says: str = ""
    provisional: bool = False
    first: bool = False
    #: The counting changed from here: no line joins it to the one before.
    cut: bool = False
    #: A number that stands over the period, for what happened in it.
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points. ``kind`` is ``value``, ``mean``, ``limit``, ``target``, ``grid``, ``break`` or ``flag``."""

    points: tuple[tuple[float, float], ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot of a shape; hollow where the value is provisional. ``place`` is that of its period."""

    x: float
    y: float
    says: str
    hollow: bool
    place: int


@dataclass(frozen=True, slots=True)
class Words:
    """A text at a point; ``anchor`` is ``start``, ``middle`` or ``end``."""

    x: float
    y: float
    text: str
    anchor: str
    bold: bool = False


@dataclass(slots=True)
class Drawing:
    """Where everything stands in a frame of ``width`` by ``height``."""

    width: float
    height: float
    lines: list[Line] = field(default_factory=list[Line])
    marks: list[Mark] = field(default_factory=list[Mark])
    words: list[Words] = field(default_factory=list[Words])


def number(value: float) -> str:
    """A number as a chart tells it: whole where it is, else with two places at most."""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


def layout(dots: Sequence[Dot], width: float, height: float, target: float | None = None) -> Drawing:
    """Lay a series out in a frame. The scale begins at nought where no value lies below it and holds values, limits and target."""
    made = Drawing(width, height)
    shown = [v for d in dots for v in (d.value, d.lower, d.upper) if v is not None] + ([target] if target is not None else [])
    if not dots or not shown:
        return made
    low, high, step = _scale(min(0.0, *shown) if min(shown) >= 0 or max(shown) <= 0 else min(shown), max(0.0, *shown))
    span = high - low
    across = (width - _LEFT - _RIGHT) / max(1, len(dots) - 1)

    def x(place: int) -> float:
        return _LEFT + place * across

    def y(value: float) -> float:
        return height - _FOOT - (value - low) / span * (height - _TOP - _FOOT)

    value = low
    while value <= high + step / 2:
        made.lines.append(Line(((_LEFT, y(value)), (width - _RIGHT, y(value))), "grid"))
        made.words.append(Words(_LEFT - 6, y(value) + SIZE * 0.35, number(round(value, 9)), "end"))
        value += step
    if target is not None:
        made.lines.append(Line(((_LEFT, y(target)), (width - _RIGHT, y(target))), "target"))
    for start, end in _stretches(dots):
        places = range(start, end)
        for kind, values in (("mean", [dots[p].mean for p in places]), ("limit", [dots[p].lower for p in places]), ("limit", [dots[p].upper for p in places])):
            points = [(x(p), y(v)) for p, v in zip(places, values, strict=True) if v is not None]
            if len(points) > 1:
                made.lines.append(Line(tuple(points), kind))
    run: list[tuple[float, float]] = []
    for place, dot in enumerate(dots):
        if dot.value is None:
            _close(made, run)
            continue
        _mark_period(made, run, dot, x(place), y(dot.value), across if place else 0.0)
        run.append((x(place), y(dot.value)))
        made.marks.append(Mark(x(place), y(dot.value), dot.says, dot.provisional, place))
    _close(made, run)
    _name_periods(made, dots, x, width)
    last = next((m for m in reversed(made.marks)), None)
    if last is not None:
        value_then = dots[last.place].value
        made.words.append(Words(last.x + 8, last.y + SIZE * 0.35, number(value_then) if value_then is not None else "", "start", bold=True))
    return made


def _mark_period(made: Drawing, run: list[tuple[float, float]], dot: Dot, x: float, y: float, across: float) -> None:
    """A line between two periods where the counting changed, and a number over one in which something happened."""
    if dot.cut and across:
        _close(made, run)
        made.lines.append(Line(((x - across / 2, _TOP), (x - across / 2, made.height - _FOOT)), "break"))
    if dot.flag:
        made.words.append(Words(x, _TOP + SIZE * 0.2, dot.flag, "middle", bold=True))
        made.lines.append(Line(((x, _TOP + SIZE * 0.4), (x, y - 5)), "flag"))


def _close(made: Drawing, run: list[tuple[float, float]]) -> None:
    if len(run) > 1:
        made.lines.append(Line(tuple(run), "value"))
    run.clear()


def _stretches(dots: Sequence[Dot]) -> list[tuple[int, int]]:
    starts = [n for n, d in enumerate(dots) if d.first or n == 0]
    return list(zip(starts, [*starts[1:], len(dots)], strict=True))


#: Values that differ by no more than this share of them, or of 1, are drawn as one.
_LEAST = 1e-9


def _scale(low: float, high: float) -> tuple[float, float, float]:
    """Rounded ends and step of a scale with three to six lines."""
    if high - low <= max(abs(low), abs(high), 1.0) * _LEAST:
        high = low + 1.0
    span = high - low
    power = 10.0 ** floor(log10(span / 4))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if span / (m * power) <= 5)
    if step < 1 and all(v == round(v) for v in (low, high)) and span >= 1:
        step = 1.0
    first = -(-low // step) * step
    first = first if first <= low else first - step
    return first, first + -(-(high - first) // step) * step, step


def _name_periods(made: Drawing, dots: Sequence[Dot], x: Callable[[int], float], width: float) -> None:
    """Names of periods along the foot, as many as have room, the last one always."""
    longest = max(len(d.period) for d in dots) * SIZE * _LETTER + 16
    every = max(1, ceil(len(dots) * longest / (width - _LEFT - _RIGHT + longest)))
    for place in range(len(dots) - 1, -1, -every):
        made.words.append(Words(x(place), made.height - 6, dots[place].period, "middle"))


def draw(dots: Sequence[Dot], width: float = 480.0, height: float = 170.0, target: float | None = None) -> str:
    """The series as SVG."""
    made = layout(dots, width, height, target)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" font-family="Atkinson Hyperlegible Next">',
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
    ]
    dashes = {"grid": (_LINE, 0.5, ""), "mean": (_QUIET, 1, ""), "limit": (_QUIET, 1, "5 3"), "target": (_INK, 1.2, "2 3"), "value": (_INK, 1.6, ""), "break": (_INK, 1.2, "1 3"), "flag": (_QUIET, 0.6, "")}
    for line in made.lines:
        colour, wide, dash = dashes[line.kind]
        points = " ".join(f"{a:.2f},{b:.2f}" for a, b in line.points)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{wide}"' + (f' stroke-dasharray="{dash}"' if dash else "") + "/>")
    parts += [_shape(m) for m in made.marks]
    parts += [
        f'<text x="{w.x:.2f}" y="{w.y:.2f}" font-size="{SIZE:g}" text-anchor="{w.anchor}" fill="{_INK if w.bold else _QUIET}"'
        + (' font-weight="bold"' if w.bold else "") + f">{escape(w.text)}</text>"
        for w in made.words
    ]  # fmt: skip
    return "".join([*parts, "</svg>"])


def outline(mark: Mark) -> list[tuple[float, float]]:
    """The corners of a mark's shape; none for a circle, whose radius is ``RADIUS``."""
    r = RADIUS * 1.5
    shapes = {
        "triangle": [(0, -r), (r, r * 0.8), (-r, r * 0.8)], "diamond": [(0, -r), (r, 0), (0, r), (-r, 0)],
        "square": [(-r * 0.8, -r * 0.8), (r * 0.8, -r * 0.8), (r * 0.8, r * 0.8), (-r * 0.8, r * 0.8)],
    }  # fmt: skip
    return [(mark.x + dx, mark.y + dy) for dx, dy in shapes.get(SHAPES[mark.says], [])]


RADIUS = 2.6


def _shape(mark: Mark) -> str:
    colour = _FILL[mark.says]
    fill = "#ffffff" if mark.hollow else colour
    if corners := outline(mark):
        return f'<polygon points="{" ".join(f"{a:.2f},{b:.2f}" for a, b in corners)}" fill="{fill}" stroke="{colour}"/>'
    return f'<circle cx="{mark.x:.2f}" cy="{mark.y:.2f}" r="{RADIUS:g}" fill="{fill}" stroke="{colour}"/>'
