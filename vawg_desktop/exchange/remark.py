"""What a remark is, and the small things that every reader of remarks needs. Standard library only."""

from __future__ import annotations

import re
from typing import TypeAlias

#: Sheet, cell, kind, words. Kinds: comment, text_box, link, struck, colour, ink, conditional, formula, empty_formula, error, merged, percent,
#: page, month (part of a date shown), shown (a number as shown), picture, embedded, cell_picture, made_words (words taken for a formula).
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
    """``month`` or ``year`` where a number format shows that much of a date and no day, ``part`` where it shows no year, else an
    empty text."""
    plain = _QUOTED.sub("", code.partition(";")[0]).casefold()
    if "0" in plain or "#" in plain or "general" in plain or not set(plain) & set("ymdhs"):
        return ""
    if "y" not in plain:
        return "part"
    if "d" in plain or "h" in plain or "s" in plain:
        return ""
    return "month" if "m" in plain else "year"


_DIGITS = re.compile(r'((?:"[^"]*"|\\.|[-/ ])*)(0+)(?:\.(0+))?((?:"[^"]*"|\\.|[-/ ])*)')


def shown_of_number(code: str, number: str) -> str:
    """A number as a format of fixed digits and letters shows it (0.00, 000, "A-"00), where that is not how it is held."""
    m = _DIGITS.fullmatch(code.partition(";")[0])
    try:
        value = float(number)
    except ValueError:
        return ""
    if m is None or value < 0 or value > 1e12:
        return ""
    before, after = (re.sub(r'"([^"]*)"|\\(.)', lambda x: x[1] or x[2] or "", part) for part in (m[1], m[4]))
    places = len(m[3] or "")
    digits = f"{value:.{places}f}"
    whole, dot, rest = digits.partition(".")
    shown = f"{before}{whole.zfill(len(m[2]))}{dot}{rest}{after}"
    return "" if shown == (repr(value).removesuffix(".0")) else shown


def page_words(text: str) -> list[str]:
    """The words of a page header or footer (ECMA-376, 18.3.1.46): its codes taken out, one entry per part."""
    parts = re.split(r"&[LCR]", text.replace("&&", "\0"))
    return [w for part in parts if (w := " ".join(_CODES.sub(" ", part).replace("\0", "&").split()))]
