"""Delimited text (CSV in any of its dialects) as one sheet. Runs in the reader's child process: the standard library, and patterns of ours that need no more."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from typing import Any, Literal

from vawg_desktop.domain.references import CHECK, PREFIX, PROVISIONAL

MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELLS = 5_000_000
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
#: How each of our headings ends that asks for an answer (``return_plan.FILL_MARK``).
_FILL = "(please fill in)"
_DELIMITERS = (",", ";", "\t", "|")


def decode(content: bytes) -> str:
    """Text by its byte-order mark, else UTF-16 by its zeros, else UTF-8, else cp1252."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if encoding := wide_without_mark(content):
        return content.decode(encoding, "replace")
    return mixed(content)


def mixed(content: bytes) -> str:
    """UTF-8 with stray bytes read as cp1252; Mac Roman or cp1252 where most of it is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    strays = 0

    def stray(error: UnicodeError) -> tuple[str, int]:
        nonlocal strays
        assert isinstance(error, UnicodeDecodeError)
        strays += 1
        return content[error.start : error.start + 1].decode("cp1252", "replace"), error.start + 1

    codecs.register_error("vawg-stray", stray)
    text = content.decode("utf-8", "vawg-stray")
    beyond = sum(byte >= 0x80 for byte in content)
    return text if beyond > 2 * strays else content.decode(_old_letters(content), "replace")


#: An apostrophe between letters, quotation marks and dashes, as an old Mac writes them and as Windows does.
_OF_MAC = re.compile(
    rb"[A-Za-z]\xd5[a-z]|(?:^|[\s,;(\"])\xd2(?=\w)|(?<=[\w.,!?])\xd3|\s[\xd0\xd1]\s|"
    rb"[A-Za-z][\x87\x88\x8a\x8e\x8f\x95\x9f\xd0](?=[a-z]|\W|$)"  # á à ä é è ï ü and a dash, where Windows has letters few words end in
)
_OF_WINDOWS = re.compile(rb"[A-Za-z]\x92[a-z]|(?:^|[\s,;(\"])\x93(?=\w)|(?<=[\w.,!?])\x94|\s[\x96\x97]\s")


def _old_letters(content: bytes) -> str:
    """Which single-byte letters a text without UTF-8 is written in: Mac Roman where its punctuation says so, else cp1252."""
    mac, windows = len(_OF_MAC.findall(content)), len(_OF_WINDOWS.findall(content))
    if mac == windows and b"\r" in content and b"\n" not in content:
        return "mac_roman"  # lines that end as only an old Mac ends them
    return "mac_roman" if mac > windows else "cp1252"


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
    delimiter = delimiter_of(text)
    try:
        rows = _rows(text, delimiter)
        if line := _run_together(rows, delimiter):
            # a mark of quotation that somebody typed, in a text whose writer quotes nothing
            rows = _rows(text, delimiter, csv.QUOTE_NONE)
            if _run_together(rows, delimiter) or len({len(row) for row in rows if _starts(row)}) > 1:
                return {"refused": "open_quotation", "detail": str(line)}
    except csv.Error:
        return {"refused": "not_a_table"}
    if max((len(row) for row in rows), default=0) < 2 or len(rows) < 2:
        return {"refused": "no_columns"}
    shown = "Table 1" if name.casefold() in _NOT_NAMES else name
    return {"sheets": [{"name": shown, "visible": True, "start": [0, 0], "rows": rows, "merged": []}]}


#: Names of our sheets that hold no answers.
_NOT_NAMES = frozenset(
    {"identity", "lists", "for reference", "start here", "message", "evidence", "new actions"}
)
_REFERENCE = re.compile(f"{PREFIX}-(?:[0-9]{{3,9}}|{PROVISIONAL})-{CHECK}")


def _rows(text: str, delimiter: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    width = cells = 0
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting, strict=False):
        rows.append([c if c.strip() else None for c in row])
        width = max(width, len(row))
        cells += len(row)
        if len(rows) > MAX_ROWS or width > MAX_COLUMNS or cells > MAX_CELLS:
            raise OverflowError(f"{len(rows)} rows by {width} columns")
    return rows


def _starts(row: list[str | None]) -> bool:
    return bool(row and row[0] and _REFERENCE.match(row[0]))


def _run_together(rows: list[list[str | None]], delimiter: str) -> int:
    """The first row (from 1) with a cell in which other rows of ours stand: a line with a reference between marks; or 0."""
    mark = re.escape(delimiter)
    inside = re.compile(rf"\n(?:[^\n]*{mark})?\W?{_REFERENCE.pattern}\W?{mark}")
    for number, row in enumerate(rows, 1):
        if any(cell and "\n" in cell and inside.search(cell) for cell in row):
            return number
    return 0


def delimiter_of(text: str) -> str:
    """The mark that our headings stand between, else that by which most lines fall into the same number of columns:
    long words may hold any of them."""
    start = text[:400_000]

    def score(delimiter: str) -> float:
        widths: Counter[int] = Counter()
        ours = first = 0
        try:
            for number, row in enumerate(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)):
                if number >= 200:
                    break
                ours = max(ours, sum(_FILL in c for c in row)) if number < 30 else ours
                if any(c.strip() for c in row):
                    first = first or len(row)
                    widths[len(row)] += 1
        except csv.Error:
            return 0.0
        if not widths:
            return 0.0
        width, count = max(widths.items(), key=lambda one: (one[1] * (one[0] > 1), one[0]))
        lines = sum(widths.values())
        parted = (lines - widths[1]) / lines  # a mark that words hold is missing in some lines, the headings first
        headed = 1.0 if first > 1 else 0.5  # answers such as "Police;Friend;" may hold a mark that parts no heading
        return 100 * ours + (min(width, 20) - 1) * count / lines * parted * headed

    return max(_DELIMITERS, key=score)
