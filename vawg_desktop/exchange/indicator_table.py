"""A table of numbers over time as rows under headings: which column is what, and months and years that stand in it in other ways as periods."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.numbers_in import NOT_GIVEN, number_of
from vawg_desktop.exchange.periods import (
    BESIDE,
    DAY,
    PROVISIONAL,
    in_figures,
    part_of_year,
    period_of,
    year_and_part,
)

#: What the columns of a long table are called, folded, the likeliest first.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "metric": ("metric", "indicator", "measure", "series", "statistic", "crime type", "offence description", "offence", "offence group", "name", "description", "category"),
    "area": ("area", "area name", "police force", "force name", "force", "local authority", "csp name", "district", "region", "geography"),
    "period": ("period", "time period", "date", "month", "quarter", "financial year", "year ending", "year ended", "year to", "12 months to", "12 months ending", "quarter ending", "quarter ended", "quarter to", "half year", "half-year", "half year ending", "half year ended", "six months to", "6 months to", "six months ending", "6 months ending", "month ending", "year", "week"),
    "value": ("value", "obs value", "observation", "number", "count", "number of offences", "total", "percentage", "rate"),
    "unit": ("unit", "units", "unit of measure", "measure type"),
}
#: The first of a month, as a date is written here.
_FIRST = re.compile(r"0?1/(\d{1,2})/(\d{4})")


@dataclass(slots=True)
class Table:
    """A sheet's rows as texts with its headings: what stands where."""

    name: str
    heads: list[str]
    rows: list[list[str]]
    top: int
    #: Whether a comma stands before decimals.
    comma: bool = False
    #: For each column the heading of the other row that it shares with its neighbours, such as an area over its years; empty where there is none.
    groups: list[str] = field(default_factory=list[str])

    def group(self, column: int) -> str:
        """What a column's neighbours are called together."""
        return self.groups[column] if column < len(self.groups) else ""

    def column(self, *names: str) -> int | None:
        """The place of the first of some folded headings that is there."""
        folded = [fold(h) for h in self.heads]
        return next((folded.index(n) for n in names if n in folded), None)

    def place(self, row: int, column: int) -> str:
        """A cell's place as people say it."""
        return f"{self.name}, row {self.top + row + 2}, “{self.heads[column]}”"


def headings(rows: Sequence[Sequence[str]], n: int) -> tuple[list[str], list[str], int] | None:
    """The headings of a table that begins at a row, where years stand over their months or quarters, or something over periods that repeat.

    Returns for each column its heading and its group, and how many rows the headings take; None where one row says it all, or none does.
    """
    row = list(rows[n])
    years = [at for at, c in enumerate(row) if _is_year(c)]
    if len(years) == 1 and sum(part_of_year(row[years[0]], c) is not None for c in row[years[0] + 1 :]) >= _FEW:
        whole = any(years[0] < len(r) and _is_value(r[years[0]]) for r in rows[n + 1 : n + 4])  # a number for all of the year beside its parts
        return [(c if whole else "") if at == years[0] else part_of_year(row[years[0]], c) or c for at, c in enumerate(row)], [], 1
    if n + 1 >= len(rows):
        return None
    wide = max(len(row), len(rows[n + 1]))
    upper, lower = ([*r, *[""] * (wide - len(r))] for r in (row, rows[n + 1]))
    if years and (joined := _years_over_parts(upper, lower)) is not None:
        return joined, [], 2
    periods = [at for at, c in enumerate(upper) if period_of(c) is not None]
    if len(periods) >= _FEW and _words_below(upper, lower, periods[0]):
        filled = _filled(upper, periods[0])
        return [lower[at] if at < periods[0] else filled[at] for at in range(wide)], ["" if at < periods[0] or fold(c) in COLUMNS["value"] else c for at, c in enumerate(lower)], 2
    told = [(at, period_of(c)) for at, c in enumerate(lower) if period_of(c) is not None]
    first = next((at for at, c in enumerate(upper) if c and told and at >= told[0][0]), None)
    if first is not None and len({p for _, p in told}) < len(told) and not any(period_of(c) for c in upper):
        return lower, _filled(upper, first), 2
    return None


#: Fewer periods or parts of a year make no table over time.
_FEW = 2


def _is_year(cell: str) -> bool:
    found = period_of(cell) if cell else None
    return found is not None and (len(found) == len("2026") or "/" in found)


def _filled(cells: Sequence[str], first: int) -> list[str]:
    """Cells from a place on as they are meant where only the first of several that belong together is filled."""
    made, stands = list(cells), ""
    for at in range(first, len(cells)):
        stands = made[at] = cells[at] or stands
    return made


def _years_over_parts(upper: Sequence[str], lower: Sequence[str]) -> list[str] | None:
    """Headings of two rows as one: each part of a year with the year over it; None where they are none."""
    first = next(at for at, c in enumerate(upper) if _is_year(c))
    filled = _filled(upper, first)
    parts = {at: p for at in range(first, len(upper)) if _is_year(filled[at]) and (p := part_of_year(filled[at], lower[at])) is not None}
    if len(parts) < _FEW or len(set(parts.values())) < len(parts):
        return None
    return [parts.get(at) or " ".join(w for w in dict.fromkeys((lower[at], upper[at])) if w) for at in range(len(upper))]


def _words_below(upper: Sequence[str], lower: Sequence[str], first: int) -> bool:
    """Whether the row under periods says of each column what it counts ("Number", "%"), with more columns than periods."""
    below = [c for c in lower[first:] if c]
    more = any(c and not upper[at] for at, c in enumerate(lower) if at >= first)
    return more and bool(below) and not any(_is_value(c) or period_of(c) for c in below) and len(set(map(fold, below))) > 1


def _is_value(cell: str) -> bool:
    plain = BESIDE.sub("", PROVISIONAL.sub("", cell)).strip()
    return number_of(plain) is not None or NOT_GIVEN.fullmatch(plain) is not None


def unread_headings(table: Table, periods: Sequence[int]) -> str:
    """The first cell of what stands under the headings as if it were a second row of them; empty where it is numbers, or nothing.

    A row is one where several of its cells under periods are filled and none of them is a number, or a mark for one that is not given, and that has no label
    of its own under a heading. One that says the same of every period, such as "Number", is passed over.
    """
    first = min(periods)
    named = any(h for h in table.heads[:first])
    for place, row in enumerate(table.rows):
        under = [row[at] for at in periods if at < len(row) and row[at]]
        if not under:
            continue
        if len(under) < _FEW or any(map(_is_value, under)) or (named and any(row[:first])):
            return ""
        if len(set(map(fold, under))) == 1 and not any(row[:first]):
            del table.rows[place]
            table.top += 1
            return ""
        return under[0]
    return ""


_CODE = re.compile(r"[A-Z]{1,3}\d{2,9}")


def is_code(table: Table, column: int) -> bool:
    """Whether a column holds codes of areas or offences, as statistics give them beside names."""
    head, cells = fold(table.heads[column]), [row[column] for row in table.rows if row[column]]
    return "code" in head or head in ("ons", "gss", "ons id") or (bool(cells) and all(_CODE.fullmatch(c) for c in cells))


def period_column(table: Table, wanted: str = "") -> int | None:
    """The column of periods: the one called so, else a first column without a heading that holds nothing else."""
    called = table.column(*([wanted] if wanted else COLUMNS["period"]))
    if called is not None or wanted or not table.heads or table.heads[0]:
        return called
    cells = [row[0] for row in table.rows if row and row[0]]
    return 0 if len(cells) > _FEW and all(period_of(c) for c in cells) else None


def measures_beside(table: Table, period: int, used: Sequence[int | None]) -> list[int]:
    """The columns of numbers of a table that has a row for each period: each is a measure, called as its heading says."""
    others = [n for n, head in enumerate(table.heads) if head and n != period and n not in used and not is_code(table, n)]
    return [n for n in others if (cells := [row[n] for row in table.rows if n < len(row) and row[n]]) and 2 * sum(map(_is_value, cells)) > len(cells)]


def name_months(table: Table) -> None:
    """Months that a spreadsheet holds as their first days, in headings or in a column, as months: where every day of them is a first."""
    def months(cells: Sequence[str]) -> bool:
        days = [c for c in cells if DAY.fullmatch(c) or _FIRST.fullmatch(c)]
        return len(days) > 1 and all(c.endswith("-01") or _FIRST.fullmatch(c) for c in days)

    def month(cell: str) -> str:
        first = _FIRST.fullmatch(cell)
        return f"{first[2]}-{int(first[1]):02}" if first is not None else cell[:7] if DAY.fullmatch(cell) else cell

    if months(table.heads):
        table.heads = [month(h) for h in table.heads]
    for n, head in enumerate(table.heads):
        if fold(head) in COLUMNS["period"] and (told := in_figures([row[n] for row in table.rows])) is not None:
            for row, period in zip(table.rows, told, strict=True):
                row[n] = period
        elif months([row[n] for row in table.rows]):
            for row in table.rows:
                row[n] = month(row[n])


def join_year_and_part(table: Table) -> None:
    """A year and a month, or a quarter, that stand in two columns as one period: in the column of the month, the year's being no period then."""
    year = table.column("year", "calendar year", "financial year")
    part = table.column("month", "month name", "quarter", "financial quarter")
    if year is None or part is None:
        return
    quarters, financial = "quarter" in fold(table.heads[part]), any("financial" in fold(table.heads[n]) for n in (year, part))
    joined = [year_and_part(row[year], row[part], quarters=quarters) for row in table.rows if any(row)]
    if not joined or 2 * sum(j is not None for j in joined) < len(joined):
        return
    for row in table.rows:
        period = year_and_part(row[year], row[part], quarters=quarters, financial=financial)
        row[part] = period or (f"{row[part]}, financial year {row[year]}" if financial and row[part] else f"{row[part]} {row[year]}".strip())
    table.heads = ["Period" if n == part else "" if n == year else h for n, h in enumerate(table.heads)]
