"""An existing tracker as rows of named cells: header found, columns matched, merges coped with.

Knows no store: what the words mean is decided in ``services/trackers``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.terms import PILLAR, fold
from vawg_desktop.exchange.cells import DITTO, Cell, colour_word, is_telling, plain_text, reads_other_cells
from vawg_desktop.exchange.reading import Book, Sheet
from vawg_desktop.exchange.tracker_columns import (
    BARE,
    KNOWN,
    SERVED,
    ask_latest,
    ask_rivals,
    clean_heading,
    main_entity,
    match_columns,
    of_kind,
    repeated,
    repeats,
    titled,
)
from vawg_desktop.exchange.tracker_headings import Headings, find_headings, headings_in
from vawg_desktop.exchange.tracker_out import is_ours
from vawg_desktop.exchange.tracker_shape import Column, Given, Target, Tracker, TrackerRow

#: How targets begin that speak of the record over a row, not of the row itself.
_OF_SERVED = f"{SERVED.key}."


def read_tracker(
    book: Book, mapping: Mapping[str, Target | None] | None = None, answers: Mapping[str, str] | None = None, main: str | None = None
) -> Tracker:
    """Read every sheet that has a table. ``mapping`` overrides or completes the matching by name; ``answers`` are those
    to questions about columns; ``main`` says of what kind the list is, where its headings do not."""
    tracker = Tracker()
    tables = [(s, h) for s in book.sheets if s.visible and not is_ours(s) and (h := find_headings(s, mapping)) is not None]
    heads = [clean_heading(words)[0] for _, h in tables for words in h.words]
    tracker.main = main or main_entity(heads)
    if main is not None:
        mapping = {**titled(heads, main), **(mapping or {})}
    beside = Beside(book) if tables else None
    for sheet in (s for s in book.sheets if not is_ours(s)):
        headings = next((h for s, h in tables if s is sheet), None)
        if headings is None or beside is None:
            tracker.outside += _all_cells(sheet, 0, len(sheet.rows))
        else:
            _read_table(sheet, headings, tracker, mapping or {}, answers or {}, beside.of(sheet.name))
    return tracker


@dataclass(slots=True)
class BesideCell:
    """What stands beside a cell's value that helps to read it."""

    colour: str = ""
    shown: str = ""
    per_cent: bool = False
    linked: bool = False
    shown_as: str = ""
    strange: str = ""


class Beside:
    """Remarks of a book by sheet and cell: colours as ratings, months, per cents, links."""

    def __init__(self, book: Book) -> None:
        self._by_sheet: dict[str, dict[str, BesideCell]] = {}
        for sheet, cell, kind, words in book.remarks:
            if kind not in ("colour", "ink", "month", "percent", "formula", "shown"):
                continue
            one = self._by_sheet.setdefault(sheet, {}).setdefault(cell, BesideCell())
            if kind == "colour" or (kind == "ink" and not one.colour and _is_mark(book.value(sheet, cell))):
                one.colour = colour_word(words) or one.colour
                one.strange = words if not one.colour and is_telling(words) else ""
            elif kind == "month":
                one.shown = words
            elif kind == "percent":
                one.per_cent = True
            elif kind == "shown":
                one.shown_as = words
            elif kind == "formula":
                one.linked = reads_other_cells(words)

    def of(self, sheet: str) -> dict[str, BesideCell]:
        """The cells of one sheet that have something beside them."""
        return self._by_sheet.get(sheet, {})


def _is_mark(value: Cell) -> bool:
    """Whether a cell holds only a dot, a square or the like, which says something by its colour alone."""
    return isinstance(value, str) and bool(value.strip()) and not any(c.isalnum() for c in value)


_LONGEST_DITTO = 10


def _read_table(
    sheet: Sheet,
    headings: Headings,
    tracker: Tracker,
    mapping: Mapping[str, Target | None],
    answers: Mapping[str, str],
    beside: Mapping[str, BesideCell],
) -> None:
    header = headings.row
    _fill_merges(sheet, header)
    parts = {sheet.address(header - 1, column) for column in headings.joined}
    tracker.outside += [g for g in _all_cells(sheet, 0, header) if g.cell not in parts]
    table = _Table.under(sheet, headings, tracker, mapping, answers)
    section = ""
    last: TrackerRow | None = None
    letters = [sheet.address(0, i).rstrip("0123456789") for i in range(max(map(len, sheet.rows), default=0))]
    for number in range(header + 1, len(sheet.rows)):
        row = sheet.rows[number]
        line = str(sheet.top + number + 1)
        given: list[Given] = []
        names = table.names
        for i, value in enumerate(row):
            place = letters[i] + line
            called = names[i] if i < len(names) else ""
            one = beside.get(place)
            given.append(
                Given(value, sheet.name, place, called) if one is None
                else Given(value, sheet.name, place, called, one.colour, one.shown, one.per_cent, one.linked, one.shown_as, one.strange)
            )  # fmt: skip
        filled = [g for g in given if g.value is not None]
        if not filled or any(repeats(given, heads) for heads in table.rows):
            continue
        if _heads_anew(given, filled, table.rows):
            table, last = _Table.under(sheet, headings_in(sheet, number, above=False), tracker, mapping, answers), None
            continue
        heading = table.section(filled, given)
        if heading:
            section = heading
            if not (PILLAR.find(section) and BY_KEY[tracker.main].by_key.get("pillar")):
                tracker.outside += filled
                tracker.questions.append(Problem("section_row", f"“{heading[:60]}” was read as the heading of the rows under it, and made no record.", filled[0].sheet, filled[0].cell))
            continue
        made = _row(sheet, number, given, table.columns, section)
        if _fill_down(made, last, table.columns, given, tracker.main) and last is not None and last.number == made.number - 1:
            last.heads = last.heads or all(t.startswith(_OF_SERVED) for t in last.cells)
        tracker.rows.append(made)
        last = made


@dataclass(slots=True)
class _Table:
    """A table of a sheet: its headings, what each column is, and how its own numbers are written."""

    #: The rows of headings as they stand, by which their repetition is known.
    rows: list[list[str]]
    columns: list[Column]
    names: list[str]
    titles: list[int]
    reference: int | None
    numbers: Counter[str]
    #: Whether titles are written in capitals in this table, so that a line in capitals is no heading.
    in_capitals: bool = False

    @staticmethod
    def under(
        sheet: Sheet, headings: Headings, tracker: Tracker, mapping: Mapping[str, Target | None], answers: Mapping[str, str]
    ) -> _Table:
        """The table under these headings; its questions are noted."""
        header, heads = headings.row, headings.words
        empty = {i for i in range(len(heads)) if not any(i < len(row) and row[i] is not None for row in sheet.rows[header + 1 :])}
        columns = match_columns(heads, tracker.main, mapping, headings.above, empty)
        ask_rivals(sheet, header, columns, answers, tracker)
        ask_latest(sheet, header, columns, answers, tracker)
        known = {c.header for c in tracker.columns}
        tracker.columns += [c for c in columns if c.header and c.header not in known]
        titles = [i for i, c in enumerate(columns) if c.target in (f"{tracker.main}.title", f"{tracker.main}.statement")]
        reference = next((i for i, c in enumerate(columns) if c.target == f"{tracker.main}.reference"), None)
        numbers = Counter(
            plain_text(row[reference]) for row in sheet.rows[header + 1 :] if reference is not None and reference < len(row) and row[reference] is not None
        )
        words = [plain_text(row[i]) for row in sheet.rows[header + 1 :] for i in titles[:1] if i < len(row) and isinstance(row[i], str) and sum(c is not None for c in row) > 2]
        in_capitals = sum(w.isupper() for w in words) * 3 >= max(len(words), 1)
        return _Table(headings.rows, columns, [c.header for c in columns], titles, reference, numbers, in_capitals)

    def section(self, filled: list[Given], given: list[Given]) -> str:
        """The words of a row that only heads others: a pillar, words in capitals or across the table, a number beside them."""
        if len(filled) > 2 and (filled[0].value != filled[1].value or filled[1].value != filled[2].value):
            return ""
        texts = list(dict.fromkeys(g.text for g in filled))
        words = [t for t in texts if any(c.isalpha() for c in t)]
        if len(texts) == 2 and (over := self._heads_numbers(given)):
            return over
        if len(self.columns) <= 2 or len(texts) > 2 or len(words) != 1 or (len(texts) == 2 and len(filled) != 2):
            return ""
        heading = words[0]
        pillar = PILLAR.find(re.sub(r"^[\d.\s:)-]+", "", heading))
        places = [i for i, g in enumerate(given) if g.value is not None]
        held = [self.columns[i].target or "" for i in places if i < len(self.columns)]
        if pillar is None and held and all(t.startswith(_OF_SERVED) for t in held) and not (self.titles and held[0].startswith(tuple(
            self.columns[i].target or "-" for i in self.titles
        ))):  # fmt: skip
            return ""  # a recommendation on a line of its own
        if len(texts) == 2 and self._counts(given):
            return ""
        across = len(filled) > 2 and len(texts) == 1
        capitals = heading.isupper() and len(heading) > 3 and not self.in_capitals
        beside_titles = len(texts) == 1 and filled[0] is given[0] and 0 not in self.titles and not _first_column_is_unnamed(self.columns)
        if pillar is not None:
            return pillar.label
        return heading if across or capitals or beside_titles else ""

    def _heads_numbers(self, given: list[Given]) -> str:
        """The words of a row that holds a number and words alone, where several numbers of other rows begin with its own: "2 Safe spaces" over 2.1 and 2.2."""
        filled = [i for i, g in enumerate(given) if g.value is not None]
        if self.reference is None or len(filled) != 2 or filled[0] != self.reference or filled[1] not in self.titles:
            return ""
        number = given[self.reference].text.strip().rstrip(".")
        under = sum(count for n, count in self.numbers.items() if n.casefold().startswith(f"{number.casefold()}."))
        return given[filled[1]].text if under > 1 and number.isalnum() else ""

    def _counts(self, given: list[Given]) -> bool:
        """Whether a row's number is one among its fellows, as an action's is and a section's is not."""
        if self.reference is None or self.reference >= len(given) or given[self.reference].value is None:
            return False
        number = given[self.reference].text
        if "." in number.strip("."):
            return True
        over = any(n.startswith(number.strip(".") + ".") for n in self.numbers)
        return not over and self.numbers[number] == 1 and sum("." in n.strip(".") for n in self.numbers) == 0 and len(self.numbers) > 3 and all(
            n.strip(".").isdigit() for n in self.numbers
        ) and len(self.numbers) == self.numbers.total()  # fmt: skip


def _heads_anew(given: Sequence[Given], filled: Sequence[Given], above: Sequence[Sequence[str]]) -> bool:
    """Whether a row is the headings of another table further down the sheet: known words, or half of those of the table above it."""
    if len(filled) < 3 or not isinstance(filled[0].value, str) or not all(isinstance(g.value, str) and len(g.text) < 60 for g in filled):
        return False
    words = {fold(clean_heading(g.text)[0]) for g in filled}  # of headings each is another: "No", "No", "No" are answers
    known = sum(1 for w in words if w in KNOWN or w in BARE or of_kind(w))
    again = max((repeated(given, heads) for heads in above), default=0)
    return (known >= 3 and known * 3 >= len(filled) * 2) or (again >= 2 and 2 * again >= len(filled) == len(words))


def _first_column_is_unnamed(columns: list[Column]) -> bool:
    """Whether the first column has no heading and no target: a word there alone is no section."""
    return False if not columns else columns[0].target is None and not columns[0].header


def _fill_down(
    row: TrackerRow, last: TrackerRow | None, columns: list[Column], given: list[Given], main: str
) -> bool:
    """Ditto marks, and a recommendation left blank under one that stands above: both mean the words above."""
    if last is None:
        return False
    own = any(t.startswith(_OF_SERVED) for t in row.cells)
    under = False
    for one, column in zip(given, columns, strict=False):
        value, target = one.value, column.target
        if value is not None and (type(value) is not str or len(value) >= _LONGEST_DITTO):
            continue
        if target is None or target not in last.cells:
            continue
        ditto = one.value is not None and one.text.casefold().strip(" .") in DITTO
        blank = one.value is None and BY_KEY[main].serves and target.startswith(_OF_SERVED) and f"{main}.{BY_KEY[main].title}" in row.cells
        if ditto or (blank and not own):
            before = last.cells[target]
            row.cells[target] = Given(before.value, one.sheet, one.cell, one.header, before.colour, before.shown, before.per_cent)
            row.filled_down.append(row.cells[target])
            under = under or not ditto
    return under


def _row(sheet: Sheet, number: int, given: list[Given], columns: list[Column], section: str) -> TrackerRow:
    row = TrackerRow(sheet.name, sheet.top + number + 1, section=section)
    row.periods = {c.target: c.period for c in columns if c.target and c.period}
    for i, one in enumerate(given):
        column = columns[i] if i < len(columns) else None
        target = column.target if column else None
        if target is not None and (one.value is not None or one.colour or (one.strange and "rating" in target)):
            row.cells[target] = one
        elif column is not None and column.earlier_of is not None and one.value is not None:
            row.earlier.append((column.earlier_of, column.period, one))
        elif one.value is not None:
            row.unmatched.append(one)
        elif target is not None:
            row.blank[target] = one
    return row


def _fill_merges(sheet: Sheet, header: int) -> None:
    """Give every cell of a merge below the header the value of its first."""
    for top, left, bottom, right in sheet.merged:
        r0, c0 = top - sheet.top, left - sheet.left
        if r0 <= header or not 0 <= r0 < len(sheet.rows) or not 0 <= c0 < len(sheet.rows[r0]):
            continue
        value = sheet.rows[r0][c0]
        for r in range(r0, min(bottom - sheet.top + 1, len(sheet.rows))):
            for c in range(c0, min(right - sheet.left + 1, len(sheet.rows[r]))):
                sheet.rows[r][c] = value


def _all_cells(sheet: Sheet, start: int, stop: int) -> list[Given]:
    return [
        Given(v, sheet.name, sheet.address(r, c), "")
        for r in range(start, stop)
        for c, v in enumerate(sheet.rows[r])
        if v is not None
    ]


