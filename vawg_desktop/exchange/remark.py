"""What a remark is, and the small things that every reader of remarks needs. Standard library only."""

from __future__ import annotations

import re
from typing import TypeAlias

#: Sheet, cell, kind (comment, text_box, link, struck, colour, formula, empty_formula, error, merged, percent, page,
#: picture, embedded, cell_picture, and made_words: words of which the program made a formula), words.
Remark: TypeAlias = tuple[str, str, str, str]
#: The fills that we send, and white.
OURS = frozenset({"1D3557", "7A4A00", "F2F4F7", "FFFBEA", "FFFFFF"})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_CODES = re.compile(r'&(?:"[^"]*"|[0-9]+|K[0-9A-Fa-f+-]{6}|.)', re.DOTALL)


def address(row: int, column: int) -> str:
    """``A1`` notation of a row and column from 0."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def is_percent(code: str) -> bool:
    """Whether a number format shows its value a hundred times larger, with a per cent sign."""
    return "%" in _QUOTED.sub("", code)


def shown_of_date(code: str) -> str:
    """``month`` or ``year`` where a number format shows that much of a date and no day, else an empty text."""
    plain = _QUOTED.sub("", code).casefold()
    if "y" not in plain or "d" in plain or "h" in plain or "s" in plain or "0" in plain:
        return ""
    return "month" if "m" in plain else "year"


def page_words(text: str) -> list[str]:
    """The words of a page header or footer ([MS-XLSX] 18.3.1.46): its codes taken out, one entry per part."""
    parts = re.split(r"&[LCR]", text.replace("&&", "\0"))
    return [w for part in parts if (w := " ".join(_CODES.sub(" ", part).replace("\0", "&").split()))]
