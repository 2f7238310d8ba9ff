"""Tables of numbers over time as series: data.police.uk, Home Office recorded crime, and any long or wide table.

A long table has a row for each number, with its metric, area and period; a wide one has a row for each series and a column for each period.
Crimes of data.police.uk are counted by month and type and forgotten: neither their ids nor where they happened are kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from vawg_desktop.domain.dates import bounds, is_stored, label
from vawg_desktop.domain.errors import FileRefusedError, ValueRefusedError
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange import preflight, reading, text_child
from vawg_desktop.exchange.cells import Cell, plain_text
from vawg_desktop.exchange.indicator_table import (
    COLUMNS,
    Table,
    headings,
    is_code,
    join_year_and_part,
    measures_beside,
    name_months,
    period_column,
    unread_headings,
)
from vawg_desktop.exchange.numbers_in import COMMA, NOT_GIVEN, number_of
from vawg_desktop.exchange.periods import (
    BESIDE,
    PROVISIONAL,
    ending,
    financial_quarter,
    in_full,
    period_of,
    years_told,
)

#: So many rows from the top the headings are looked for in.
_TOP = 30
#: What the Home Office calls the column of how many outcomes there were, folded.
_OUTCOMES_COLUMN = re.compile(r"number of outcomes|(?:force )?outcomes (?:for|in|recorded in) (?:the )?(?:period|quarter|year)|outcomes")
#: Units by what tables call them.
_UNITS = {"offences": "offences", "offence": "offences", "crimes": "offences", "victims": "victims", "victim": "victims", "suspects": "suspects", "defendants": "defendants", "referrals": "referrals", "people": "people", "persons": "people", "days": "days", "per cent": "per_cent", "percent": "per_cent", "percentage": "per_cent", "%": "per_cent", "pounds": "pounds"}


@dataclass(slots=True)
class SeriesIn:
    """One series: what it counts and where, and its values by period (text as the number reads; whether provisional)."""

    title: str
    area: str = ""
    unit: str = ""
    definition: str = ""
    values: dict[str, tuple[str, bool]] = field(default_factory=dict[str, tuple[str, bool]])
    #: Periods for which the table has a mark in place of a number, and that mark.
    not_given: dict[str, str] = field(default_factory=dict[str, str])


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


def read_indicators(path: Path, mapping: Mapping[str, str] | None = None) -> IndicatorFile:
    """Read a table. ``mapping`` says which heading is the metric, area, period, value or unit, where they are called otherwise.

    Raises FileRefusedError for a file that is no table of numbers over time, ValueRefusedError for a heading that it does not have.
    """
    content = preflight.read_file(path)
    name = preflight.shown_name(path)
    tables: list[Table] = []
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
    found.series = _each_once(found)
    if not any(s.values for s in found.series):
        if (unread := next((p for p in found.problems if p[0] == "two_headings"), None)) is not None:
            raise FileRefusedError(unread[1], code=unread[0])
        first = f" The first row: {found.problems[0][1]}" if found.problems else ""
        raise FileRefusedError(f"{name} holds no numbers over time that we understand: a long table has columns such as Metric, Area, Period and Value, a wide one has a column for each period.{first}", code="no_series")
    return found


def _each_once(found: IndicatorFile) -> list[SeriesIn]:
    """The series, of those that stand in several rows or sheets one each: what a later one says otherwise of a period is told and not taken."""
    made: dict[tuple[str, str], SeriesIn] = {}
    for one in found.series:
        first = made.setdefault((fold(one.title), fold(one.area)), one)
        if first is one:
            continue
        named = f"{one.title}{f', {one.area}' if one.area else ''}"
        other = [p for p, (value, _) in one.values.items() if p in first.values and Decimal(first.values[p][0]) != Decimal(value)]
        if other:
            more = f" and {how_many(len(other) - 1, 'other period')}" if len(other) > 1 else ""
            found.problems.append(("twice", f"{named} stands in the table more than once with other numbers, for {label(other[0])}{more}; those of the first row were taken.", named))
        first.values = {**one.values, **first.values}
        first.not_given = {p: mark for p, mark in {**one.not_given, **first.not_given}.items() if p not in first.values}
    return list(made.values())


def _sheets(path: Path, name: str, content: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    if preflight.kind_of(name, content).kind == "text":
        answer = text_child.read_text(content, path.stem)
        if "refused" in answer:
            raise reading.refusal(name, answer)
        for sheet in answer["sheets"]:
            yield path.stem, [[(c or "").strip() for c in row] for row in sheet["rows"]]
        return
    book = reading.read_book(path)
    shares = book.shares()
    for one in book.sheets:
        if one.visible:
            yield one.name, [[_as_shown(c, (one.name, one.address(r, n)) in shares) for n, c in enumerate(row)] for r, row in enumerate(one.rows)]


def _as_shown(cell: Cell, share: bool) -> str:
    """A cell as text; ``share``: it is shown as a percentage, so that 0.125 is 12.5%."""
    if share and isinstance(cell, int | float) and not isinstance(cell, bool):
        return f"{plain_text(float(cell) * 100)}%"
    return plain_text(cell)


def _headed(sheet: str, rows: list[list[str]], wanted: Mapping[str, str]) -> Table | None:
    """A sheet with its row of headings: the first of its top rows that has those of a table we know, or two periods."""
    for n, row in enumerate(rows[:_TOP]):
        heads, groups, deep = headings(rows, n) or (row, [], 1)
        table = Table(sheet, heads, [r if len(r) >= len(heads) else r + [""] * (len(heads) - len(r)) for r in rows[n + deep :]], n + deep - 1, groups=groups)
        known = any(all(table.column(k) is not None for k in names) for _, names, _ in _KINDS)
        mapped = bool(wanted) and all(table.column(w) is not None for w in wanted.values())
        period = period_column(table)
        long = period is not None and (table.column(*COLUMNS["value"]) is not None or bool(measures_beside(table, period, [])))
        if known or mapped or long or sum(period_of(c) is not None for c in heads if c) >= 2:
            return table
    return None


def _read(kind: str, tables: Sequence[Table], read: Callable[[Table, IndicatorFile, dict[tuple[str, str], SeriesIn]], None]) -> IndicatorFile:
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

_STREET = "Crimes of this type by month, as data.police.uk publishes them. All violence and sexual offences are one type and the victim's sex is not given: context only, not a measure of violence against women and girls."
_OUTCOMES = "Outcomes of this kind by the month of the outcome, as data.police.uk publishes them. One crime may have several."
_RECORDED = "Offences of this subgroup recorded by the police in the quarter; Home Office, police recorded crime open data. British Transport Police and fraud recorded elsewhere are other bodies' counts."


_CLOSED = "Outcomes of this group in the quarter, of offences of this subgroup; Home Office, crime outcomes open data. They are counted when they were recorded, whenever the offence was: no share of the quarter's offences. Recent quarters change as cases close."


def _street(table: Table, found: IndicatorFile, series: dict[tuple[str, str], SeriesIn]) -> None:
    _by_month(table, found, series, "crime type", _STREET)


def _outcomes(table: Table, found: IndicatorFile, series: dict[tuple[str, str], SeriesIn]) -> None:
    _by_month(table, found, series, "outcome type", _OUTCOMES)


def _by_month(table: Table, found: IndicatorFile, series: dict[tuple[str, str], SeriesIn], kind: str, definition: str) -> None:
    month, within, what = (table.column(n) for n in ("month", "falls within", kind))
    assert month is not None and within is not None and what is not None
    # a crime that stands twice is one; of outcomes one crime may have several, and of incidents of antisocial behaviour none has an id
    crime, seen, twice = table.column("crime id") if kind == "crime type" else None, set[str](), 0
    for n, row in enumerate(table.rows):
        if not any(row):
            continue
        found.rows += 1
        if crime is not None and (id := row[crime]):
            if id in seen:
                twice += 1
                continue
            seen.add(id)
        title, period = row[what], period_of(row[month])
        if not title or period is None:
            found.problems.append(("no_month", f"{table.place(n, month)}: “{row[month]}” is not a month, or no {kind} is given; the row is not counted.", table.place(n, month)))
            continue
        _add(series, title, row[within], period, 1, definition)
    _fill_with_nought(series)
    if twice:
        found.problems.append(("crime_twice", f"{how_many(twice, 'row')} of {table.name} {'gives a crime' if twice == 1 else 'give crimes'} that is already further up; each crime is counted once.", table.name))


def _fill_with_nought(series: dict[tuple[str, str], SeriesIn]) -> None:
    """Every crime of an area's month is listed, so a type that a month does not name did not occur in it."""
    months: dict[str, set[str]] = {}
    for one in series.values():
        months.setdefault(one.area, set()).update(one.values)
    for one in series.values():
        one.values = {m: one.values.get(m, ("0", False)) for m in sorted(months[one.area])}


def _recorded(table: Table, found: IndicatorFile, series: dict[tuple[str, str], SeriesIn]) -> None:
    _by_quarter(table, found, series, ("offence subgroup",), table.column("number of offences"), _RECORDED)


def _closed(table: Table, found: IndicatorFile, series: dict[tuple[str, str], SeriesIn]) -> None:
    # the column of numbers is called otherwise from year to year; the first is what closed in the period
    number = next((n for n, h in enumerate(table.heads) if _OUTCOMES_COLUMN.fullmatch(fold(h))), None)
    if number is None:
        raise FileRefusedError(f"{table.name} lists outcomes, but no column of their numbers is called “Number of outcomes” or “Force outcomes for period”.", code="no_series")
    _by_quarter(table, found, series, ("offence subgroup", "outcome group"), number, _CLOSED)


def _by_quarter(table: Table, found: IndicatorFile, series: dict[tuple[str, str], SeriesIn], titles: Sequence[str], number: int | None, definition: str) -> None:
    year, quarter, force = (table.column(n) for n in ("financial year", "financial quarter", "force name"))
    named = [at for t in titles if (at := table.column(t)) is not None]
    assert year is not None and quarter is not None and force is not None and number is not None
    for n, row in enumerate(table.rows):
        if not any(row):
            continue
        found.rows += 1
        period, count = financial_quarter(row[year], row[quarter]), number_of(row[number])
        if period is None or count is None or count != count.to_integral():
            found.problems.append(("not_a_number", f"{table.place(n, number)}: “{row[number]}” in “{row[year]}”, quarter “{row[quarter]}” is not a count for a quarter.", table.place(n, number)))
            continue
        _add(series, ": ".join(row[at] for at in named), row[force], period, int(count), definition)


_KINDS: tuple[tuple[str, tuple[str, ...], Callable[[Table, IndicatorFile, dict[tuple[str, str], SeriesIn]], None]], ...] = (
    ("police_street", ("crime type", "month", "falls within"), _street),
    ("police_outcomes", ("outcome type", "month", "falls within"), _outcomes),
    ("home_office", ("financial year", "financial quarter", "force name", "offence subgroup", "number of offences"), _recorded),
    ("home_office_outcomes", ("financial year", "financial quarter", "force name", "offence subgroup", "outcome group"), _closed),
)


# -- any table ------------------------------------------------------------------------------------------


def _long_or_wide(table: Table, found: IndicatorFile, wanted: Mapping[str, str]) -> None:
    name_months(table)
    table.heads = years_told(table.heads)
    if (stated := table.column(*([wanted["period"]] if "period" in wanted else COLUMNS["period"]))) is not None:
        for row, period in zip(table.rows, ending(table.heads[stated], years_told([_text(r, stated) for r in table.rows])), strict=True):
            row[stated] = period
    join_year_and_part(table)
    at = {key: table.column(*([wanted[key]] if key in wanted else names)) for key, names in COLUMNS.items()}
    at["period"] = period_column(table, wanted.get("period", ""))
    periods = {n: p for n, h in enumerate(table.heads) if (p := period_of(h)) is not None}
    numbers = [n for n in (*periods, at["value"]) if n is not None]
    table.comma = any(COMMA.fullmatch(row[n].strip("%£€ ")) for row in table.rows for n in numbers if n < len(row))
    if len(periods) >= 2 and not (at["period"] is not None and at["value"] is not None):
        if unread := unread_headings(table, [*periods]):
            found.problems.append(("two_headings", f"{table.name}: the headings stand in two rows that we cannot put together: “{unread}” stands where a number was expected. Give each column one heading, such as 2021/22 Q1, and try again.", table.name))
            return
        _wide(table, found, at, periods)
        return
    if at["period"] is None:
        return
    beside = [] if at["metric"] is not None or "value" in wanted else measures_beside(table, at["period"], [at["area"], at["unit"]])
    if at["value"] is not None and (len(beside) < 2 or fold(table.heads[at["value"]]) == "value"):
        _long(table, found, at)
    else:
        before = found.rows
        apart = [n for n in (at["area"], at["metric"], at["unit"], at["period"], *_dimensions(table, at)) if n is not None]
        rows = Counter(tuple(row[n] for n in apart) for row in table.rows if any(row))
        if rows and max(rows.values()) > 1:
            twice = next(key for key, count in rows.items() if count > 1)
            found.problems.append(("several_rows", f"{table.name}: several rows are of {', '.join(t for t in twice if t)}, and no column says in words what tells them apart. Name the columns of metric and value.", table.name))
            return
        for n in beside or measures_beside(table, at["period"], [at["area"], at["unit"], at["metric"]]):
            found.rows = before  # its rows count once, however many measures they tell
            table.comma = any(COMMA.fullmatch(row[n].strip("%£€ ")) for row in table.rows)
            _long(table, found, {**at, "value": n}, called=table.heads[n])


def _long(table: Table, found: IndicatorFile, at: Mapping[str, int | None], called: str = "") -> None:
    """Take a table with a row for each number. ``called`` is the measure where the heading of its numbers names it."""
    series: dict[tuple[str, str], SeriesIn] = {}
    period_at, value_at = at["period"], at["value"]
    assert period_at is not None and value_at is not None
    parts = _dimensions(table, at)
    for n, row in enumerate(table.rows):
        if not any(row):
            continue
        found.rows += 1
        title, area = ", ".join([*([m] if (m := _text(row, at["metric"])) else []), *([called] if called else [] if m else [table.name]), *(row[k] for k in parts if row[k] and fold(row[k]) not in _EVERYBODY)]), _text(row, at["area"])
        period = period_of(row[period_at])
        if period is None:
            found.problems.append(("no_period", f"{table.place(n, period_at)}: “{row[period_at]}” is not a month, quarter or year.{in_full(row[period_at])}", table.place(n, period_at)))
            continue
        one = series.setdefault((fold(title), fold(area)), SeriesIn(title, area, _UNITS.get(fold(_text(row, at["unit"])), "")))
        _put(table, found, one, n, value_at, period, row[value_at], marked=PROVISIONAL.search(row[period_at]) is not None)
    found.series += [s for s in series.values() if s.values or s.not_given]
    _without_totals(table, found)


#: What stands in a column of groups for all of them together.
_EVERYBODY = frozenset({"all", "total", "both", "everybody", "everyone", "all persons", "persons", "all victims", "all sexes"})


def _dimensions(table: Table, at: Mapping[str, int | None]) -> list[int]:
    """The columns that part what else would be one series: where the same measure, area and period stand in several rows, such as for women and for men."""
    used = [n for n in (at["metric"], at["area"], at["period"]) if n is not None]
    keys = Counter(tuple(row[n] for n in used) for row in table.rows if any(row))
    if not keys or max(keys.values()) < 2:
        return []
    others = [n for n, head in enumerate(table.heads) if head and n not in (*used, at["value"], at["unit"]) and "code" not in fold(head) and "note" not in fold(head)]
    return [n for n in others if 1 < len({row[n] for row in table.rows if any(row)}) <= _GROUPS and not all(number_of(row[n]) is not None for row in table.rows if any(row))]


def _without_totals(table: Table, found: IndicatorFile) -> None:
    """Leave out of each series what adds up others of it: a year beside its own months would stand among them on the chart."""
    for one in found.series:
        spans = {p: bounds(p) for p in one.values if is_stored(p)}
        for period, (first, last) in spans.items():
            if sum(first <= a and b <= last and other != period for other, (a, b) in spans.items()) > 1:
                del one.values[period]
                found.problems.append(("adds_up", f"{one.title}{f', {one.area}' if one.area else ''}: {label(period)} adds up shorter periods that are in the table too, so it was not imported.", table.name))


def _wide(table: Table, found: IndicatorFile, at: Mapping[str, int | None], periods: Mapping[int, str]) -> None:
    label_at = at["metric"] if at["metric"] is not None else next((n for n in range(min(periods)) if n != at["area"] and not is_code(table, n)), None)
    kinds = [n for n in range(min(periods)) if table.heads[n] and n not in (label_at, at["area"], at["unit"]) and not is_code(table, n) and len({row[n] for row in table.rows if any(row)}) > 1]
    used = {label_at, at["area"], at["unit"], *periods, *kinds, *(n for n in range(min(periods)) if is_code(table, n))}
    for n, head in enumerate(table.heads):
        if n not in used and any(row[n] for row in table.rows):
            found.problems.append(("column_left_out", f"The column “{head}” of {table.name} is not a period, so its cells were not imported.", table.name))
    for n, row in enumerate(table.rows):
        title, area = _text(row, label_at), _text(row, at["area"])
        if not title and not area:
            continue
        found.rows += 1
        title = ", ".join([title or table.name, *(row[k] for k in kinds if row[k])])
        for group in dict.fromkeys(map(table.group, periods)):
            one = SeriesIn(f"{title}, {group}" if group else title, area, _UNITS.get(fold(_text(row, at["unit"])), "") or _UNITS.get(fold(group), ""))
            for column, period in periods.items():
                if table.group(column) == group:
                    _put(table, found, one, n, column, period, _text(row, column), marked=PROVISIONAL.search(table.heads[column]) is not None)
            found.series += [one] if one.values or one.not_given else []
    _without_totals(table, found)


def _put(table: Table, found: IndicatorFile, one: SeriesIn, row: int, column: int, period: str, typed: str, *, marked: bool = False) -> None:
    """Take one number; what is no number is told, and so is a second one of the same period. ``marked``: its period is marked as provisional."""
    if not typed:
        return
    provisional = marked or PROVISIONAL.search(typed) is not None
    plain = BESIDE.sub("", PROVISIONAL.sub("", typed)).strip()
    number = number_of(plain, comma=table.comma)
    place = table.place(row, column)
    if table.comma and re.fullmatch(r"-?\d{1,3},\d{3}", plain):
        found.problems.append(("ambiguous", f"{place}: “{typed}” may be thousands or a fraction; other numbers of the table have a comma before their decimals. It was not imported.", place))
    elif number is None:
        code, says = ("not_given", "is not given") if NOT_GIVEN.fullmatch(plain) else ("not_a_number", "is not a number")
        found.problems.append((code, f"{place}: “{typed}” {says}.", place))
        if code == "not_given":
            one.not_given[period] = typed
    elif period in one.values and Decimal(one.values[period][0]) != number:
        found.problems.append(("twice", f"{place}: {one.title}{f', {one.area}' if one.area else ''} has {one.values[period][0]} for this period already; {typed} was not taken.", place))
    else:
        one.values[period] = (f"{number.normalize():f}", provisional)
        one.unit = one.unit or ("per_cent" if plain.endswith("%") else "")


def _text(row: Sequence[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""


#: A column of groups has no more of them.
_GROUPS = 40
