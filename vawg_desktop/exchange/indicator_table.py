"""A table of numbers over time as rows under headings: which column is what, and months and years that stand in it in other ways as periods."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.periods import DAY, in_figures, year_and_part

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

    def column(self, *names: str) -> int | None:
        """The place of the first of some folded headings that is there."""
        folded = [fold(h) for h in self.heads]
        return next((folded.index(n) for n in names if n in folded), None)

    def place(self, row: int, column: int) -> str:
        """A cell's place as people say it."""
        return f"{self.name}, row {self.top + row + 2}, “{self.heads[column]}”"


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
