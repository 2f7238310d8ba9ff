"""Delimited text (CSV in any of its dialects) as one sheet. Runs in the reader's child process: standard library only."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELLS = 5_000_000
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_DELIMITERS = (",", ";", "\t", "|")


def decode(content: bytes) -> str:
    """Text by its byte-order mark, else UTF-16 by its zeros, else UTF-8, else cp1252."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if encoding := wide_without_mark(content):
        return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def wide_without_mark(content: bytes) -> str:
    """UTF-16 that lost its byte-order mark: in western text every other byte is nought. Empty where it is not."""
    start = content[:4096]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if len(start) < 8 or max(even, odd) < 0.7 * len(start) / 2 or min(even, odd) > 0.05 * len(start) / 2:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def read_text(content: bytes, name: str) -> dict[str, Any]:
    """The one sheet of a text, or ``refused``. Raises OverflowError beyond the bounds."""
    text = decode(content)
    csv.field_size_limit(2_000_000)
    rows: list[list[str | None]] = []
    width = cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False):
            rows.append([c if c.strip() else None for c in row])
            width = max(width, len(row))
            cells += len(row)
            if len(rows) > MAX_ROWS or width > MAX_COLUMNS or cells > MAX_CELLS:
                raise OverflowError(f"{len(rows)} rows by {width} columns")
    except csv.Error:
        return {"refused": "not_a_table"}
    if width < 2 or len(rows) < 2:
        return {"refused": "no_columns"}
    return {"sheets": [{"name": name, "visible": True, "start": [0, 0], "rows": rows, "merged": []}]}


def _delimiter(text: str) -> str:
    """The mark by which most lines fall into the same number of columns: long words may hold any of them."""
    start = text[:400_000]

    def score(delimiter: str) -> float:
        widths: Counter[int] = Counter()
        try:
            for number, row in enumerate(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)):
                if number >= 200:
                    break
                if any(c.strip() for c in row):
                    widths[len(row)] += 1
        except csv.Error:
            return 0.0
        if not widths:
            return 0.0
        width, count = max(widths.items(), key=lambda one: (one[1] * (one[0] > 1), one[0]))
        return (min(width, 20) - 1) * count / sum(widths.values())

    return max(_DELIMITERS, key=score)
