"""A drawing as a picture, for formats that hold no SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vawg_desktop.paths import resources

#: Dots to the inch: sharp in print.
_DOTS = 200
_PAGE = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: float(sys.inputs.points) * 1pt)'


@dataclass(frozen=True, slots=True)
class Drawn:
    """A PNG and its size on paper, in points."""

    data: bytes
    width: float
    height: float


def png(svg: str, width: float) -> Drawn:
    """The drawing as PNG, ``width`` points wide, its letters set in the program's own font."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(resources("fonts"))])
    compiler = typst.Compiler(_PAGE, font_paths=fonts, sys_inputs={"svg": svg, "points": str(width)})
    made: Any = compiler.compile(format="png", ppi=_DOTS)
    data = bytes(made)
    across, down = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))  # PNG, IHDR: width and height in pixels
    return Drawn(data, width, width * down / across)
