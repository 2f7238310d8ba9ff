"""Where the headings of a tracker's table stand: in one row, or in two of which the upper one heads several columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.cells import Cell, plain_text
from vawg_desktop.exchange.reading import Sheet
from vawg_desktop.exchange.tracker_columns import clean_heading, is_known
from vawg_desktop.exchange.tracker_periods import PERIOD
from vawg_desktop.exchange.tracker_shape import Target

#: How many rows are searched for headings at first, and how many where those hold none.
_SEARCH, _SEARCH_ON = 40, 400
#: The longest text, in characters, that may be one part of a heading in two rows.
_LONGEST_PART = 60


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a table. ``row`` is the last row that they stand in; ``above`` what stands over each."""

    row: int
    words: list[str]
    above: list[str]
    #: The cells of the row above that are part of a heading, by column; empty where one row holds all.
    joined: frozenset[int] = frozenset()
    #: The rows as they stand in the sheet, by which a repetition further down is known.
    rows: list[list[str]] = field(default_factory=list[list[str]])


def find_headings(sheet: Sheet, mapping: Mapping[str, Target | None] | None = None) -> Headings | None:
    """The headings of a sheet's table, or None where it has none. ``mapping`` names headings that a person has matched."""
    row = find_header(sheet, mapping)
    if row is None:
        return None
    wanted = {fold(h) for h in mapping or {}}
    alone = headings_in(sheet, row)
    pairs = [two for upper in (row, row - 1) if (two := _in_two_rows(sheet, upper, wanted)) is not None]
    return max([alone, *pairs], key=lambda one: _known(one.words, wanted))


def headings_in(sheet: Sheet, row: int, *, above: bool = True) -> Headings:
    """The headings that stand in one row."""
    words = [_text(c) for c in sheet.rows[row]]
    return Headings(row, words, words_above(sheet, row) if above else [], rows=[words])


def find_header(sheet: Sheet, mapping: Mapping[str, Target | None] | None = None) -> int | None:
    """The row that looks most like column headings: below titles, at least two known names."""
    wanted = {fold(h) for h in mapping or {}}
    for rows in (range(min(_SEARCH, len(sheet.rows))), range(_SEARCH, min(_SEARCH_ON, len(sheet.rows)))):
        best, best_score = None, 1
        for number in rows:
            row = sheet.rows[number]
            words = [fold(clean_heading(c)[0]) for c in row if isinstance(c, str) and len(c) < 120]
            words += [fold(c) for c in row if isinstance(c, str) and fold(c) in wanted]
            score = sum(2 if w in wanted else 1 for w in set(words) if w in wanted or is_known(w))
            if score > best_score:
                best, best_score = number, score
        if best is not None:
            return best
    return None


def words_above(sheet: Sheet, header: int) -> list[str]:
    """What stands over each heading, a cell that spans several speaking for all of them."""
    if header == 0:
        return []
    words = [plain_text(c) for c in sheet.rows[header - 1]]
    for top, left, bottom, right in sheet.merged[:2000]:
        if top - sheet.top <= header - 1 <= bottom - sheet.top and 0 <= left - sheet.left < len(words):
            for column in range(left - sheet.left + 1, min(right - sheet.left + 1, len(words))):
                words[column] = words[column] or words[left - sheet.left]
    return words


def _in_two_rows(sheet: Sheet, upper: int, wanted: Collection[str]) -> Headings | None:
    """The headings of two rows read together, or None where they are not one block of headings.

    A heading of the upper row stands for itself where the cell under it is empty, and for all columns under it where it
    spans several; over a single column the two are parts of one heading ("Target" over "date").
    """
    if not 0 <= upper < len(sheet.rows) - 1:
        return None
    width = max(len(sheet.rows[upper]), len(sheet.rows[upper + 1]))
    over, under = (_parts(sheet.rows[r], width) for r in (upper, upper + 1))
    if over is None or under is None or not any(over) or not any(under):
        return None
    parent = _parents(sheet, upper, over, under)
    words, above, joined = [""] * width, [""] * width, set[int]()
    for column in range(width):
        at = parent[column]
        if not under[column]:
            words[column] = over[column]
            joined |= {column} if over[column] else set()
        elif at is None:
            words[column] = under[column]
        else:
            period = PERIOD.search(over[at]) is not None
            both = "" if period else _together(over[at], under[column], wanted)
            if not both and not period and parent.count(at) == 1:
                return None  # a heading of its own over other words: the lower row holds no headings
            words[column], above[column] = both or under[column], over[at]
            joined |= {at} if both or period else set()
    rows = [words, over, under]
    return Headings(upper + 1, words, above, frozenset(joined), rows)


def _parts(row: Sequence[Cell], width: int) -> list[str] | None:
    """The texts of a row, or None where one of them can be no heading."""
    if any(c is not None and (not isinstance(c, str) or len(c) > _LONGEST_PART) for c in row):
        return None
    texts = [_text(c) for c in row]
    return texts + [""] * (width - len(texts))


def _parents(sheet: Sheet, upper: int, over: Sequence[str], under: Sequence[str]) -> list[int | None]:
    """For each column with words in the lower row the column of the heading over it: by merged cells, else by the empty cells after it."""
    found: list[int | None] = [None] * len(over)
    merged = {
        c: left - sheet.left
        for top, left, bottom, right in sheet.merged[:2000] if top == bottom == upper + sheet.top
        for c in range(left - sheet.left, right - sheet.left + 1)
    }  # fmt: skip
    before: int | None = None
    for column in range(len(over)):
        if over[column]:
            before = column if under[column] else None
        elif not under[column] or (before in merged and column not in merged):
            before = None
        if under[column]:
            at = merged.get(column, before)
            found[column] = at if at is not None and 0 <= at < len(over) and over[at] else None
    return found


def _together(over: str, under: str, wanted: Collection[str]) -> str:
    """Two parts as one heading that a column may be known by, in whichever order that is; empty where there is none."""
    one = over[:-1] if over.casefold().endswith("s") and not over.casefold().endswith("ss") else over
    said = dict.fromkeys((f"{over} {under}", f"{one} {under}", f"{under} {over}", f"{under} {one}"))
    return next((words for words in said if fold(words) in wanted or is_known(fold(clean_heading(words)[0]))), "")


def _known(words: Sequence[str], wanted: Collection[str]) -> int:
    names = {fold(w) for w in words} & set(wanted) | {name for w in words if is_known(name := fold(clean_heading(w)[0]))}
    return len(names)


def _text(value: Cell) -> str:
    return " ".join(plain_text(value).split())
