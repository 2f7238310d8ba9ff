"""Tables of numbers over time as series: data.police.uk, Home Office recorded crime, and any long or wide table.

A long table has a row for each number, with its metric, area and period; a wide one has a row for each series and a column for each period.
Crimes of data.police.uk are counted by month and type and forgotten: neither their ids nor where they happened are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from vawg_desktop.domain.dates import is_stored, parse_date
from vawg_desktop.domain.errors import FileRefusedError, ValueRefusedError
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange import preflight, reading, text_child
from vawg_desktop.exchange.cells import plain_text

#: So many rows from the top the headings are looked for in.
_TOP = 30
#: Marks that stand for a number which is not given, in government's spreadsheets: [x] not available, [c] confidential, [z] not applicable.
_NOT_GIVEN = re.compile(r"(?:\[[a-z]{1,3}\]|\.\.?|:|-|–|~|n/?a|x|u|\*|c|<\s*\d+)", re.IGNORECASE)
_PROVISIONAL = re.compile(r"\s*(?:\[p\]|\(p\)|\(provisional\))", re.IGNORECASE)
#: Marks beside a number or a period that say nothing of it here: revised, estimated, a note.
_BESIDE = re.compile(r"\s*\[(?:r|e|b|u|note\s*\d+|\d+)\]", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Twelve months by their last, and a stretch from one month to another.
_TWELVE = re.compile(rf"(?:year ending|year ended|year to|ye|12 months to|twelve months to)\s+({_MONTH}\W{{0,2}}\d{{2,4}})", re.IGNORECASE)
_STRETCH = re.compile(rf"({_MONTH})\W{{0,2}}(\d{{2,4}})?\s*(?:to|-|–)\s*({_MONTH}\W{{0,2}}\d{{2,4}})", re.IGNORECASE)
_QUARTER = re.compile(r"(?:(\d{4})\D{1,3})?(?:Q|quarter\s*)([1-4])(?:\D{1,3}(\d{4}))?", re.IGNORECASE)
_FINANCIAL = re.compile(r"(\d{4})\s*[/–-]\s*(\d{2}|\d{4})\b(?!-)")
#: What the columns of a long table are called, folded, the likeliest first.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "metric": ("metric", "indicator", "measure", "series", "statistic", "crime type", "offence description", "offence", "offence group", "name", "description", "category"),
    "area": ("area", "area name", "police force", "force name", "force", "local authority", "csp name", "district", "region", "geography"),
    "period": ("period", "time period", "date", "month", "quarter", "financial year", "year ending", "year", "week"),
    "value": ("value", "obs value", "observation", "number", "count", "number of offences", "total", "percentage", "rate"),
    "unit": ("unit", "units", "unit of measure", "measure type"),
}
#: Units by what tables call them.
_UNITS = {"offences": "offences", "offence": "offences", "crimes": "offences", "victims": "victims", "victim": "victims", "suspects": "suspects", "defendants": "defendants", "referrals": "referrals", "people": "people", "persons": "people", "days": "days", "per cent": "per_cent", "percent": "per_cent", "percentage": "per_cent", "pounds": "pounds"}


@dataclass(slots=True)
class SeriesIn:
    """One series: what it counts and where, and its values by period (text as the number reads; whether provisional)."""

    title: str
    area: str = ""
    unit: str = ""
    definition: str = ""
    values: dict[str, tuple[str, bool]] = field(default_factory=dict[str, tuple[str, bool]])


@dataclass(slots=True)
class IndicatorFile:
    """What was read: of which kind the file is, its rows, its series, and what was not understood (code, sentence, place)."""

    kind: str
    rows: int = 0
    series: list[SeriesIn] = field(default_factory=list[SeriesIn])
    problems: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    @property
    def areas(self) -> list[str]:
        """The areas that it speaks of, in its order."""
        return list(dict.fromkeys(s.area for s in self.series if s.area))


@dataclass(slots=True)
class _Table:
    """A sheet's rows as texts with its headings: what stands where."""

    name: str
    heads: list[str]
    rows: list[list[str]]
    top: int

    def column(self, *names: str) -> int | None:
        """The place of the first of some folded headings that is there."""
        folded = [fold(h) for h in self.heads]
        return next((folded.index(n) for n in names if n in folded), None)

    def place(self, row: int, column: int) -> str:
        """A cell's place as people say it."""
        return f"{self.name}, row {self.top + row + 2}, “{self.heads[column]}”"


def read_indicators(path: Path, mapping: Mapping[str, str] | None = None) -> IndicatorFile:
    """Read a table. ``mapping`` says which heading is the metric, area, period, value or unit, where they are called otherwise.

    Raises FileRefusedError for a file that is no table of numbers over time, ValueRefusedError for a heading that it does not have.
    """
    content = preflight.read_file(path)
    name = preflight.shown_name(path)
    tables: list[_Table] = []
    wanted = {k: fold(v) for k, v in (mapping or {}).items()}
    if unknown := wanted.keys() - COLUMNS.keys():
        raise ValueRefusedError(f"A mapping names {', '.join(COLUMNS)}, not {', '.join(sorted(unknown))}.")
    for sheet, rows in _sheets(path, name, content):
        if (found := _headed(sheet, rows, wanted)) is not None:
            tables.append(found)
    if wanted and not any(all(t.column(w) is not None for w in wanted.values()) for t in tables):
        raise ValueRefusedError(f"No sheet of {name} has the headings {', '.join(f'“{v}”' for v in (mapping or {}).values())}.")
    for kind, known, read in _KINDS:
        of_kind = [t for t in tables if all(t.column(k) is not None for k in known)]
        if of_kind and not wanted:
            return _read(kind, of_kind, read)
    found = IndicatorFile("table")
    for table in tables:
        _long_or_wide(table, found, wanted)
    if not found.series:
        raise FileRefusedError(f"{name} holds no numbers over time that we understand: a long table has columns such as Metric, Area, Period and Value, a wide one has a column for each period.", code="no_series")
    return found


def _sheets(path: Path, name: str, content: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    if preflight.kind_of(name, content).kind == "text":
        answer = text_child.read_text(content, path.stem)
        if "refused" in answer:
            raise reading.refusal(name, answer)
        for sheet in answer["sheets"]:
            yield path.stem, [[(c or "").strip() for c in row] for row in sheet["rows"]]
        return
    for one in reading.read_book(path).sheets:
        if one.visible:
            yield one.name, [[plain_text(c) for c in row] for row in one.rows]


def _headed(sheet: str, rows: list[list[str]], wanted: Mapping[str, str]) -> _Table | None:
    """A sheet with its row of headings: the first of its top rows that has those of a table we know, or two periods."""
    for n, row in enumerate(rows[:_TOP]):
        table = _Table(sheet, row, [r if len(r) >= len(row) else r + [""] * (len(row) - len(r)) for r in rows[n + 1 :]], n)
        known = any(all(table.column(k) is not None for k in names) for _, names, _ in _KINDS)
        mapped = bool(wanted) and all(table.column(w) is not None for w in wanted.values())
        long = table.column(*COLUMNS["period"]) is not None and table.column(*COLUMNS["value"]) is not None
        if known or mapped or long or sum(_period(c) is not None for c in row if c) >= 2:
            return table
    return None


def _read(kind: str, tables: Sequence[_Table], read: Callable[[_Table, IndicatorFile, dict[tuple[str, str], SeriesIn]], None]) -> IndicatorFile:
    found, series = IndicatorFile(kind), dict[tuple[str, str], SeriesIn]()
    for table in tables:
        read(table, found, series)
    found.series = [series[k] for k in sorted(series, key=lambda k: (k[1], k[0]))]
    if not found.series:
        raise FileRefusedError("The table holds no numbers.", code="no_series")
    return found


def _add(series: dict[tuple[str, str], SeriesIn], title: str, area: str, period: str, count: int, definition: str) -> None:
    one = series.setdefault((title, area), SeriesIn(title, area, "offences", definition))
    one.values[period] = (str(int(one.values.get(period, ("0", False))[0]) + count), False)


# -- files that are known -------------------------------------------------------------------------------

_STREET = "Crimes of this type by month, as data.police.uk publishes them. All violence and sexual offences are one type and the victim's sex is not told: context only, no measure of violence against women and girls."
_OUTCOMES = "Outcomes of this kind by the month of the outcome, as data.police.uk publishes them. One crime may have several."
_RECORDED = "Offences of this subgroup recorded by the police in the quarter; Home Office, police recorded crime open data. British Transport Police and fraud recorded elsewhere are other bodies' counts."


def _street(table: _Table, found: IndicatorFile, series: dict[tuple[str, str], SeriesIn]) -> None:
    _by_month(table, found, series, "crime type", _STREET)


def _outcomes(table: _Table, found: IndicatorFile, series: dict[tuple[str, str], SeriesIn]) -> None:
    _by_month(table, found, series, "outcome type", _OUTCOMES)


def _by_month(table: _Table, found: IndicatorFile, series: dict[tuple[str, str], SeriesIn], kind: str, definition: str) -> None:
    month, within, what = (table.column(n) for n in ("month", "falls within", kind))
    assert month is not None and within is not None and what is not None
    for n, row in enumerate(table.rows):
        if not any(row):
            continue
        found.rows += 1
        title, period = row[what], _period(row[month])
        if not title or period is None:
            found.problems.append(("no_month", f"{table.place(n, month)}: “{row[month]}” is no month, or no {kind} is told; the row is not counted.", table.place(n, month)))
            continue
        _add(series, title, row[within], period, 1, definition)


def _recorded(table: _Table, found: IndicatorFile, series: dict[tuple[str, str], SeriesIn]) -> None:
    year, quarter, force, group, number = (table.column(n) for n in ("financial year", "financial quarter", "force name", "offence subgroup", "number of offences"))
    assert year is not None and quarter is not None and force is not None and group is not None and number is not None
    for n, row in enumerate(table.rows):
        if not any(row):
            continue
        found.rows += 1
        period, count = _financial_quarter(row[year], row[quarter]), _number(row[number])
        if period is None or count is None or count != count.to_integral():
            found.problems.append(("not_a_number", f"{table.place(n, number)}: “{row[number]}” in “{row[year]}”, quarter “{row[quarter]}” is no count of a quarter.", table.place(n, number)))
            continue
        _add(series, row[group], row[force], period, int(count), _RECORDED)


_KINDS: tuple[tuple[str, tuple[str, ...], Callable[[_Table, IndicatorFile, dict[tuple[str, str], SeriesIn]], None]], ...] = (
    ("police_street", ("crime type", "month", "falls within"), _street),
    ("police_outcomes", ("outcome type", "month", "falls within"), _outcomes),
    ("home_office", ("financial year", "financial quarter", "force name", "offence subgroup", "number of offences"), _recorded),
)


# -- any table ------------------------------------------------------------------------------------------


def _long_or_wide(table: _Table, found: IndicatorFile, wanted: Mapping[str, str]) -> None:
    _name_months(table)
    at = {key: table.column(*([wanted[key]] if key in wanted else names)) for key, names in COLUMNS.items()}
    periods = {n: p for n, h in enumerate(table.heads) if (p := _period(h)) is not None}
    if len(periods) >= 2 and not (at["period"] is not None and at["value"] is not None):
        _wide(table, found, at, periods)
    elif at["period"] is not None and at["value"] is not None:
        _long(table, found, at)


def _name_months(table: _Table) -> None:
    """Months that a spreadsheet holds as their first days, in headings or in a column, as months: where every day of them is a first."""
    def months(cells: Sequence[str]) -> bool:
        days = [c for c in cells if _DAY.fullmatch(c)]
        return len(days) > 1 and all(c.endswith("-01") for c in days)

    if months(table.heads):
        table.heads = [h[:7] if _DAY.fullmatch(h) else h for h in table.heads]
    for n in range(len(table.heads)):
        if months([row[n] for row in table.rows]):
            for row in table.rows:
                row[n] = row[n][:7] if _DAY.fullmatch(row[n]) else row[n]


def _long(table: _Table, found: IndicatorFile, at: Mapping[str, int | None]) -> None:
    series: dict[tuple[str, str], SeriesIn] = {}
    period_at, value_at = at["period"], at["value"]
    assert period_at is not None and value_at is not None
    for n, row in enumerate(table.rows):
        if not any(row):
            continue
        found.rows += 1
        title, area = _text(row, at["metric"]) or table.name, _text(row, at["area"])
        period = _period(row[period_at])
        if period is None:
            found.problems.append(("no_period", f"{table.place(n, period_at)}: “{row[period_at]}” is no month, quarter or year.", table.place(n, period_at)))
            continue
        one = series.setdefault((fold(title), fold(area)), SeriesIn(title, area, _UNITS.get(fold(_text(row, at["unit"])), "")))
        _put(table, found, one, n, value_at, period, row[value_at])
    found.series += [s for s in series.values() if s.values]


def _wide(table: _Table, found: IndicatorFile, at: Mapping[str, int | None], periods: Mapping[int, str]) -> None:
    label_at = at["metric"] if at["metric"] is not None else next((n for n in range(min(periods)) if n != at["area"]), None)
    kinds = [n for n in range(min(periods)) if n not in (label_at, at["area"], at["unit"]) and "code" not in fold(table.heads[n]) and len({row[n] for row in table.rows if any(row)}) > 1]
    used = {label_at, at["area"], at["unit"], *periods, *kinds, *(n for n in range(min(periods)) if "code" in fold(table.heads[n]))}
    for n, head in enumerate(table.heads):
        if n not in used and any(row[n] for row in table.rows):
            found.problems.append(("column_left_out", f"The column “{head}” of {table.name} is no period, so its cells were not taken.", table.name))
    for n, row in enumerate(table.rows):
        title, area = _text(row, label_at), _text(row, at["area"])
        if not title and not area:
            continue
        found.rows += 1
        title = ", ".join([title or table.name, *(row[k] for k in kinds if row[k])])
        one = SeriesIn(title, area, _UNITS.get(fold(_text(row, at["unit"])), ""))
        for column, period in periods.items():
            _put(table, found, one, n, column, period, _text(row, column))
        found.series += [one] if one.values else []


def _put(table: _Table, found: IndicatorFile, one: SeriesIn, row: int, column: int, period: str, typed: str) -> None:
    """Take one number; what is no number is told, and so is a second one of the same period."""
    if not typed:
        return
    provisional = _PROVISIONAL.search(typed) is not None
    plain = _BESIDE.sub("", _PROVISIONAL.sub("", typed)).strip()
    number = _number(plain)
    place = table.place(row, column)
    if number is None:
        code, says = ("not_given", "is not given") if _NOT_GIVEN.fullmatch(plain) else ("not_a_number", "is no number")
        found.problems.append((code, f"{place}: “{typed}” {says}.", place))
    elif period in one.values and Decimal(one.values[period][0]) != number:
        found.problems.append(("twice", f"{place}: {one.title}{f', {one.area}' if one.area else ''} has {one.values[period][0]} for this period already; {typed} was not taken.", place))
    else:
        one.values[period] = (f"{number:f}", provisional)
        one.unit = one.unit or ("per_cent" if plain.endswith("%") else "")


def _text(row: Sequence[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""


def _number(typed: str) -> Decimal | None:
    plain = typed.replace(",", "").replace("£", "").replace("\u00a0", "").replace("\u2212", "-").strip().removesuffix("%").strip().removeprefix("+")
    return Decimal(plain) if re.fullmatch(r"-?\d+(?:\.\d+)?", plain) else None


def _period(typed: str) -> str | None:
    """A period as it is stored, or None: 2018-01, January 2018, 2017/18, 2017/18 Q3, Q3 2018, year ending March 2023, Apr-22 to Mar-23."""
    plain = _PROVISIONAL.sub("", _BESIDE.sub("", " ".join(typed.split()))).strip()
    if not plain or not re.search(r"\d{4}|\d{2}$", plain):
        return None
    if re.fullmatch(r"\d{4}", plain):
        return plain if 1900 <= int(plain) <= 2100 else None
    if re.fullmatch(r"[\d.,]+", plain):
        return None
    if (found := _FINANCIAL.search(plain)) and (of := re.search(r"(?:Q|quarter\s*)([1-4])", plain, re.IGNORECASE)):
        return _financial_quarter(f"{found[1]}/{found[2]}", of[1])
    if (found := _QUARTER.fullmatch(plain)) is not None and bool(found[1]) != bool(found[3]):
        return f"{found[1] or found[3]}-Q{found[2]}"
    if (found := _TWELVE.fullmatch(plain)) is not None and (last := _month(found[1])):
        return _months(last, 12)
    if (found := _STRETCH.fullmatch(plain)) is not None and (last := _month(found[3])):
        first = _month(f"{found[1]} {found[2] or last[:4]}")
        length = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1 if first else 0
        return _months(last, length) if 0 < length <= 12 else None
    if (found := re.fullmatch(rf"(\d{{4}})\W+({_MONTH})", plain, re.IGNORECASE)) is not None:
        return _month(f"{found[2]} {found[1]}")
    if re.fullmatch(rf"{_MONTH}\W{{0,2}}\d{{2}}", plain, re.IGNORECASE):
        return _month(plain)
    try:
        return parse_date(plain.replace("–", "/") if _FINANCIAL.fullmatch(plain) else plain)
    except ValueRefusedError:
        return None


def _month(typed: str) -> str | None:
    """A month in words with its year, of two figures too, as 2022-04."""
    found = re.fullmatch(rf"({_MONTH})\W{{0,2}}(\d{{2}}|\d{{4}})", typed.strip(), re.IGNORECASE)
    if found is None:
        return None
    number = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].index(found[1][:3].lower()) + 1
    return f"{int(found[2]) + 2000 if len(found[2]) == 2 else int(found[2])}-{number:02}"


def _months(last: str, length: int) -> str | None:
    """So many months up to one, as they are stored: a month, a quarter or year of the calendar, or from month to month."""
    year, month = int(last[:4]), int(last[5:])
    begins = year * 12 + month - length
    first = f"{begins // 12}-{begins % 12 + 1:02}"
    if length == 1:
        return last
    if length == 3 and month % 3 == 0:
        return f"{year}-Q{month // 3}"
    if length == 12 and month == 12:
        return str(year)
    stretch = f"{first}/{last}"
    return stretch if is_stored(stretch) else None


def _financial_quarter(year: str, quarter: str) -> str | None:
    """A quarter of a financial year, which begins in April, as a quarter of the calendar."""
    found = _FINANCIAL.fullmatch(year.strip())
    if found is None or quarter.strip().upper().removeprefix("Q") not in ("1", "2", "3", "4"):
        return None
    number = int(quarter.strip().upper().removeprefix("Q"))
    return f"{int(found[1])}-Q{number + 1}" if number < 4 else f"{int(found[1]) + 1}-Q1"
