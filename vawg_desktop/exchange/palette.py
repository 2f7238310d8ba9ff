"""Colours of a workbook in Office Open XML: by number, by theme and tint, by the old palette. Standard library only."""

from __future__ import annotations

import colorsys
import zipfile
from typing import Any
from xml.etree import ElementTree as Tree

#: The palette of 56 colours from number 8 on (ECMA-376, 18.8.27); 0 to 7 repeat the first eight.
_INDEXED = ["000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF", "800000", "008000", "000080", "808000", "800080", "008080", "C0C0C0", "808080", "9999FF", "993366", "FFFFCC", "CCFFFF", "660066", "FF8080", "0066CC", "CCCCFF", "000080", "FF00FF", "FFFF00", "00FFFF", "800080", "800000", "008080", "0000FF", "00CCFF", "CCFFFF", "CCFFCC", "FFFF99", "99CCFF", "FF99CC", "CC99FF", "FFCC99", "3366FF", "33CCCC", "99CC00", "FFCC00", "FF9900", "FF6600", "666699", "969696", "003366", "339966", "003300", "333300", "993300", "993366", "333399", "333333"]
#: In which order a theme's colours are counted: light and dark stand the other way round in its own list.
_ORDER = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink")
_OFFICE = {
    "lt1": "FFFFFF", "dk1": "000000", "lt2": "E7E6E6", "dk2": "44546A", "accent1": "4472C4", "accent2": "ED7D31", "accent3": "A5A5A5",
    "accent4": "FFC000", "accent5": "5B9BD5", "accent6": "70AD47", "hlink": "0563C1", "folHlink": "954F72",
}  # fmt: skip


class Palette:
    """The colours that a workbook's numbers, themes and tints stand for."""

    def __init__(self, archive: zipfile.ZipFile, names: set[str]) -> None:
        self._theme = dict(_OFFICE)
        if "xl/theme/theme1.xml" in names:
            for node in Tree.fromstring(archive.read("xl/theme/theme1.xml")).iter():
                key = node.tag.rpartition("}")[2]
                colour = next(iter(node), None) if key in self._theme else None
                if colour is not None:
                    self._theme[key] = (colour.get("lastClr") or colour.get("val") or self._theme[key])[-6:].upper()

    def colour(self, node: Any) -> str:
        """RRGGBB of a colour element, or an empty text where it names none."""
        if node is None:
            return ""
        rgb = str(node.get("rgb") or "")[-6:].upper()
        if not rgb and node.get("indexed") is not None:
            number = int(node.get("indexed"))
            number = number - 8 if number >= 8 else number
            rgb = _INDEXED[number] if 0 <= number < len(_INDEXED) else ""
        if not rgb and node.get("theme") is not None:
            number = int(node.get("theme"))
            rgb = self._theme.get(_ORDER[number], "") if 0 <= number < len(_ORDER) else ""
        return _tinted(rgb, float(node.get("tint") or 0)) if rgb else ""


def _tinted(rgb: str, tint: float) -> str:
    """A colour made lighter or darker (ECMA-376, 18.8.19)."""
    try:
        red, green, blue = (int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4))
    except ValueError:
        return ""
    if not tint:
        return rgb
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "".join(f"{round(255 * part):02X}" for part in colorsys.hls_to_rgb(hue, min(1, max(0, light)), full))
