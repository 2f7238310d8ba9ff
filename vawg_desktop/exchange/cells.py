"""What a cell is, for returns and trackers alike: its text, the word of its colour, a date as it was typed, a link to another cell."""

from __future__ import annotations

import datetime as dt
import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TypeAlias

from vawg_desktop.domain.terms import fold

#: What readers of cells' looks say of one that is struck out altogether.
WHOLE_CELL = "the whole cell is struck out"
#: Marks and words by which a cell repeats the one above.
DITTO = frozenset({'"', "”", "″", "''", "ditto", "as above", "do", "〃"})
_POINTS_BACK = re.compile(r"(?:(?:same )?as|see|as per|refer to|per|ditto)(?: the)?(?: row| action| item| ref| number| no)? ?(?:above|below|[0-9 ]+[a-z]?)|ditto")


def points_elsewhere(text: str) -> bool:
    """Whether words only point at another row: a ditto mark, "as above", "see action 3"."""
    return text.casefold().strip(" .") in DITTO or _POINTS_BACK.fullmatch(" ".join(re.findall(r"[^\W_]+", fold(text)))) is not None


#: Words that mean "no date yet" rather than a date typed badly.
NO_DATE = frozenset(
    {"tbc", "tbd", "tba", "n a", "na", "none", "ongoing", "not set", "to be confirmed", "asap", "-"}
)
#: Rating by a fill's colour, as (red, green, blue); offices' usual pickings.
_COLOURS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "red": ((255, 0, 0), (192, 0, 0), (255, 80, 80), (248, 105, 107), (255, 199, 206)),
    "amber": ((255, 192, 0), (255, 165, 0), (255, 255, 0), (255, 235, 156), (237, 125, 49)),
    "green": ((0, 176, 80), (0, 128, 0), (146, 208, 80), (0, 255, 0), (198, 239, 206), (112, 173, 71)),
    "blue": ((0, 112, 192), (0, 0, 255), (68, 114, 196), (91, 155, 213), (0, 176, 240)),
    "grey": ((128, 128, 128), (166, 166, 166), (191, 191, 191), (217, 217, 217)),
}
#: The fill (RRGGBB) by which each rating is written out.
RATING_FILLS = {name: "".join(f"{part:02X}" for part in shades[0]) for name, shades in _COLOURS.items()}
#: A formula that only shows another cell: of this sheet, of another, of another file.
_LINKED = re.compile(r"[=+]?(?:(?:\[[^\]]*\])?(?:'[^']*'|[\w. ]+)?[!.])?\[?\.?\$?[A-Za-z]{1,3}\$?[0-9]{1,7}\]?")
#: Look-ups, IF, SUM and the like, a table's cell: 0 if they read a blank.
_FETCHED = re.compile(
    r"[=+]?(?:IFERROR|IFNA|IF|_xlfn\.IFS|_xlfn\.XLOOKUP|VLOOKUP|HLOOKUP|XLOOKUP|LOOKUP|INDEX|OFFSET|INDIRECT|CHOOSE|T|N|"
    r"ROUND|ROUNDUP|ROUNDDOWN|INT|VALUE|TRIM|CLEAN|SUM|MAX|MIN)\(.*|"
    r"[=+]?[A-Za-z_][\w.]*\[(?:@|\[#This Row\],)?[^\]]*\]+",
    re.IGNORECASE | re.DOTALL,
)


def reads_other_cells(formula: str) -> bool:
    """Whether a formula takes its value from other cells, so that its 0 may mean a blank."""
    text = formula.strip()
    return _LINKED.fullmatch(text) is not None or _FETCHED.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def colour_word(rgb: str) -> str:
    """The rating that a fill (RRGGBB) most looks like, by offices' usual pickings, or an empty text."""
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", rgb):
        return ""
    seen = tuple(int(rgb[i : i + 2], 16) for i in (0, 2, 4))
    best, distance = "", 60.0
    for name, shades in _COLOURS.items():
        for shade in shades:
            d = sum((a - b) ** 2 for a, b in zip(seen, shade, strict=True)) ** 0.5
            if d < distance:
                best, distance = name, d
    return best


def is_telling(rgb: str) -> bool:
    """Whether a fill is somebody's and no shading: a strong colour, or a dark one."""
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", rgb):
        return False
    parts = [int(rgb[i : i + 2], 16) for i in (0, 2, 4)]
    return max(parts) - min(parts) > 90 or max(parts) < 70


def similar(one: str, other: str) -> float:
    """How alike two titles are, 0 to 1."""
    return SequenceMatcher(None, fold(one), fold(other)).ratio()


def as_typed(cell: Cell) -> str:
    """A cell as text for ``to_stored``; a date and time loses its time."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return plain_text(cell)


#: What a cell may hold once read.
Cell: TypeAlias = str | int | float | bool | dt.date | dt.datetime | dt.time | None


def address(row: int, column: int) -> str:
    """``A1`` notation of a row and column from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def place(cell: str) -> tuple[int, int]:
    """Row and column from 0 of an address such as F7."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1


def plain_text(cell: Cell) -> str:
    """A cell as text: dates in ISO form, 1.0 as 1."""
    if type(cell) is str:
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    if isinstance(cell, float):
        return repr(round(cell, 10)).removesuffix(".0")
    return str(cell).strip()
