"""How the office's documents look: its colour and its logo."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from html import escape

from vawg_desktop.exchange.plan import INK, Picture

#: Least contrast of a colour with white for words to be read (WCAG 2.2, 1.4.3).
LEAST_CONTRAST = 4.5
#: How much of the colour is in the fill of a table's headings.
_TINT = 0.1


@dataclass(frozen=True, slots=True)
class Look:
    """The colour of headings (RRGGBB), and the logo at the top, a PNG of a size in pixels at 96 to the inch."""

    colour: str = INK
    logo: Picture | None = None

    @property
    def tint(self) -> str:
        """The fill of a table's headings (RRGGBB): the colour, thinned with white."""
        return "".join(f"{round(255 - _TINT * (255 - int(self.colour[i : i + 2], 16))):02X}" for i in (0, 2, 4))

    @property
    def logo_points(self) -> tuple[float, float]:
        """Width and height of the logo on paper, in points; noughts without one."""
        return (self.logo.width * 0.75, self.logo.height * 0.75) if self.logo is not None else (0.0, 0.0)

    def logo_svg(self) -> str:
        """The logo within an SVG drawing, for a typesetter that takes those as text; empty without one."""
        if self.logo is None:
            return ""
        wide, high = self.logo_points
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{wide:g}pt" height="{high:g}pt" viewBox="0 0 {wide:g} {high:g}">'
            f'<image width="{wide:g}" height="{high:g}" xlink:href="data:image/png;base64,{base64.b64encode(self.logo.data).decode()}"><title>{escape(self.logo.words)}</title></image></svg>'
        )


def colour_of(typed: str) -> str:
    """A colour as typed ("#1d3557", "1D3557"), as RRGGBB; empty where it is none."""
    found = re.fullmatch(r"#?([0-9A-Fa-f]{6})", typed.strip())
    return found[1].upper() if found else ""


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (RRGGBB), by WCAG 2.2."""
    lights = sorted((_light(one), _light(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(rgb: str) -> float:
    try:
        parts = [int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    except ValueError:
        parts = [0.0, 0.0, 0.0]  # a theme colour: text in black
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
