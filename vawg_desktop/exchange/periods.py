"""Periods as tables write them: a month, a quarter, half a year or a year of the calendar or of finance, so many months to one, a stretch of months."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vawg_desktop.domain.dates import bounds, is_stored, parse_date
from vawg_desktop.domain.errors import ValueRefusedError

PROVISIONAL = re.compile(r"\s*(?:\[p\]|\(p\)|\(provisional\))", re.IGNORECASE)
#: Marks beside a number or a period that say nothing of it here: revised, estimated, a note.
BESIDE = re.compile(r"\s*\[(?:r|e|b|u|note\s*\d+|\d+)\]", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Twelve months by their last, and a stretch from one month to another.
_TO = re.compile(
    r"(?:rolling\s+)?(?:(?P<year>year ending|year ended|year to|y/e|ye|(?:12|twelve)[ -]months? (?:to|ending|ended))|(?P<half>half[ -]year (?:to|ending|ended)|(?:6|six)[ -]months? (?:to|ending|ended))|quarter (?:ending|ended|to)|q/e|(?:3|three)[ -]months? (?:to|ending|ended))\s+(?P<last>.+)",
    re.IGNORECASE,
)
#: What a column is called of which each cell names the last month of a year, or of a quarter.
_ENDING = {
    12: re.compile(r"(?:rolling |financial |twelve month |12 month )?(?:year|12 months|twelve months|y/e|ye) ?(?:ending|ended|to|end)?(?: date| month)?"),
    6: re.compile(r"(?:rolling )?(?:half year|6 months|six months) ?(?:ending|ended|to|end)(?: date| month)?"),
    3: re.compile(r"(?:rolling )?(?:quarter|3 months|three months|q/e) ?(?:ending|ended|to|end)(?: date| month)?"),
}
#: A year and a month in six figures, and a date of which the month stands first.
_SIX, _MONTH_FIRST = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])"), re.compile(r"(0?[1-9]|1[0-2])/0?1/(\d{4})")
_STRETCH = re.compile(rf"({_MONTH})\W{{0,2}}(\d{{2,4}})?\s*(?:to|-|–)\s*({_MONTH}\W{{0,2}}\d{{2,4}})", re.IGNORECASE)
_QUARTER = re.compile(r"(?:(\d{4})\D{0,3})?(?:Q|quarter\s*)([1-4])(?:\D{1,3}(\d{4}))?", re.IGNORECASE)
_FINANCIAL = re.compile(r"(\d{4})\s*[/–-]\s*(\d{2}|\d{4})\b(?!-)")
#: A quarter of a financial year and nothing else: a target, a change or a sum so far is another number.
_FINANCIAL_QUARTER = re.compile(
    r"(?:FY\s*)?(\d{4})\s*[/–-]\s*(\d{2}|\d{4})\W*(?:Q|quarter\s*)([1-4])|(?:Q|quarter\s*)([1-4])\W*(?:of\s+)?(?:FY\s*)?(\d{4})\s*[/–-]\s*(\d{2}|\d{4})\W?", re.IGNORECASE
)
#: A year as it stands beside its half: 2020, 2020/21, FY2020/21, 20/21.
_OF_YEAR = r"(?:FY\s*)?(?:(?:19|20)\d\d(?:\s*[/–-]\s*(?:\d{4}|\d{2}))?|\d{2}\s*/\s*\d{2})"
#: Half a year, of the calendar or of finance: H1 2020, 2020/21 H2, first half of 2020/21.
_HALF = re.compile(
    rf"(?P<before>{_OF_YEAR})?\W*(?:H(?:alf\s*)?(?P<figure>[12])|(?P<word>first|1st|second|2nd) half(?: year)?)\W*(?:of\s+)?(?P<after>{_OF_YEAR})?",
    re.IGNORECASE,
)
#: Whole months by their first day and their last.
_DAYS = re.compile(r"(?:from\s+)?(.+?)\s*(?:to|–|\s-\s|-(?=\d{1,2}[/.]))\s*(.+)", re.IGNORECASE)
#: Words that say nothing but what the figures after them do.
_YEAR_WORDS = re.compile(r"(?:(?:calendar year|cy)\s*(?=\d{4})|(?:financial|fiscal) year\s*(?=\d{4}\s*[/–-]\s*\d{2}))", re.IGNORECASE)
_QUARTER_NAMES = re.compile(r"\b(1st|2nd|3rd|4th|first|second|third|fourth) (?:quarter|qtr)\b|\bqtr\s*([1-4])\b", re.IGNORECASE)
_ORDINALS = {word: n for n, words in enumerate((("1st", "first"), ("2nd", "second"), ("3rd", "third"), ("4th", "fourth")), 1) for word in words}
#: A year and its month in figures, as Eurostat and others write it.
_YEAR_M = re.compile(r"((?:19|20)\d\d)\s*-?M(0?[1-9]|1[0-2])", re.IGNORECASE)
#: A financial year of two figures each, and from which on a year of two figures is one of the last century.
_SHORT_FINANCIAL, _LAST_CENTURY = re.compile(r"(?:FY\s*)?(\d{2})\s*/\s*(\d{2})", re.IGNORECASE), 60
#: A year of the calendar.
_CALENDAR = re.compile(r"(?:19|20)\d{2}")


def period_of(typed: str) -> str | None:
    """A period as it is stored, or None: 2018-01, January 2018, 2017/18, 2017/18 Q3, Q3 2018, H1 2018, year ending March 2023, Apr-22 to Mar-23."""
    plain = PROVISIONAL.sub("", BESIDE.sub("", " ".join(typed.split()))).strip()
    plain = _QUARTER_NAMES.sub(lambda m: f"Q{m[2] or _ORDINALS[m[1].casefold()]}", _YEAR_WORDS.sub("", plain))
    if not plain or not re.search(r"\d{4}|\d{2}$|\d{2}/\d{2}\b", plain):
        return None
    return _of_a_year(plain) or _stretch(plain) or _single(plain)


def in_full(typed: str) -> str:
    """What a single year of finance, such as FY20, may mean and how to write it, as a sentence with a space before it; empty for any other words."""
    found = re.fullmatch(r"(?:FY|financial year|fiscal year)\s*((?:19|20)?\d{2})", typed.strip(), re.IGNORECASE)
    if found is None:
        return ""
    ends = int(_year(found[1]))
    return f" It may be {ends - 1}/{ends % 100:02} or {ends}/{(ends + 1) % 100:02}; write one of these."


def _of_a_year(plain: str) -> str | None:
    """A year, or a quarter, half or month of one in figures."""
    if re.fullmatch(r"\d{4}", plain):
        return plain if 1900 <= int(plain) <= 2100 else None
    if (found := _SHORT_FINANCIAL.fullmatch(plain)) is not None and int(found[2]) == (int(found[1]) + 1) % 100:
        return _months(f"{_year(found[2])}-03", 12)
    if (found := _FINANCIAL_QUARTER.fullmatch(re.sub(r"\s*\([A-Za-z\s–-]*\)$", "", plain))) is not None:
        return financial_quarter(f"{found[1] or found[5]}/{found[2] or found[6]}", found[3] or found[4])
    if (found := _QUARTER.fullmatch(plain)) is not None and bool(found[1]) != bool(found[3]):
        return f"{found[1] or found[3]}-Q{found[2]}"
    if (found := _HALF.fullmatch(plain)) is not None and bool(found["before"]) != bool(found["after"]):
        return _half(found["before"] or found["after"], first=found["figure"] == "1" or _ORDINALS.get((found["word"] or "").casefold()) == 1)
    return f"{found[1]}-{int(found[2]):02}" if (found := _YEAR_M.fullmatch(plain)) is not None else None


def _half(year: str, *, first: bool) -> str | None:
    """The first or second half of a year, which begins in April where two years are named."""
    year = re.sub(r"^FY\s*", "", year, flags=re.IGNORECASE)
    short = _SHORT_FINANCIAL.fullmatch(year)
    year = f"{_year(short[1])}/{short[2]}" if short is not None else year
    span = _FINANCIAL.fullmatch(year)
    if span is not None and int(span[2]) % 100 != (int(span[1]) + 1) % 100:
        return None
    last = int(year[:4]) * 12 + (9 if span is not None else 6) + (0 if first else 6)
    return _months(f"{(last - 1) // 12}-{(last - 1) % 12 + 1:02}", 6)


def _stretch(plain: str) -> str | None:
    """So many months up to one, or from a month or a first day to another."""
    if (found := _TO.fullmatch(plain)) is not None:
        return _up_to(found["last"], 12 if found["year"] else 6 if found["half"] else 3)
    if (found := _STRETCH.fullmatch(plain)) is not None and (last := _month(found[3])):
        first = _month(f"{found[1]} {found[2] or last[:4]}")
        length = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1 if first else 0
        return _months(last, length) if 0 < length <= 12 else None
    if (found := _DAYS.fullmatch(plain)) is not None:
        days = [d if (d := _day(part)) and DAY.fullmatch(d) else "" for part in (found[1], found[2])]
        if all(days) and days[0].endswith("-01") and bounds(days[1][:7])[1].isoformat() == days[1]:
            length = (int(days[1][:4]) - int(days[0][:4])) * 12 + int(days[1][5:7]) - int(days[0][5:7]) + 1
            return _months(days[1][:7], length) if 0 < length <= 12 else None
    return None


def _single(plain: str) -> str | None:
    """A month in words, or a date as a person types it."""
    if re.fullmatch(r"[\d.,]+", plain):
        return None
    if (found := re.fullmatch(rf"(\d{{4}})\W+({_MONTH})", plain, re.IGNORECASE)) is not None:
        return _month(f"{found[2]} {found[1]}")
    if re.fullmatch(rf"{_MONTH}\W{{0,2}}\d{{2}}", plain, re.IGNORECASE):
        return _month(plain)
    return _day(plain.replace("–", "/") if _FINANCIAL.fullmatch(plain) else plain)


def _day(typed: str) -> str | None:
    try:
        return parse_date(typed)
    except ValueRefusedError:
        return None


def _month(typed: str) -> str | None:
    """A month in words with its year, of two figures too, as 2022-04."""
    found = re.fullmatch(rf"({_MONTH})\W{{0,2}}(\d{{2}}|\d{{4}})", typed.strip(), re.IGNORECASE)
    if found is None:
        return None
    number = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].index(found[1][:3].lower()) + 1
    return f"{_year(found[2])}-{number:02}"


def _up_to(last: str, length: int) -> str | None:
    """So many months up to a month, or to the last days of one; None for any other words."""
    ends = _month(last)
    if ends is None:
        ends = _day(last) or ""
        if DAY.fullmatch(ends) and int(ends[8:]) > _LAST_DAYS:
            ends = ends[:7]
    return _months(ends, length) if re.fullmatch(r"\d{4}-\d{2}", ends) else None


#: Every month has this day, and the last of one comes after it.
_LAST_DAYS = 27


def ending(heading: str, cells: Sequence[str]) -> list[str]:
    """Cells under "Year ending" or "Quarter to", of which each names a last month, as what they mean; others as they are."""
    plain = " ".join(re.sub(r"[^\w/ ]", " ", heading.casefold()).split())
    length = next((months for months, called in _ENDING.items() if called.fullmatch(plain) and plain not in ("year", "financial year")), None)
    if length is None:
        return [*cells]
    made: list[str] = []
    for cell in cells:
        mark = PROVISIONAL.search(cell)
        found = _up_to(PROVISIONAL.sub("", cell).strip(), length)
        made.append(f"{found}{mark[0] if mark else ''}" if found else cell)
    return made


def in_figures(cells: Sequence[str]) -> list[str] | None:
    """Months in six figures (202003), or as first days with the month before the day (3/1/2020), as months; None where cells are not all such, or too few to tell."""
    given = [c for c in cells if c]
    if len(set(given)) < _FEW:
        return None
    if all(_SIX.fullmatch(c) for c in given):
        return [f"{c[:4]}-{c[4:]}" if c else c for c in cells]
    firsts = [m for c in given if (m := _MONTH_FIRST.fullmatch(c)) is not None]
    months, years = {int(m[1]) for m in firsts}, {m[2] for m in firsts}
    if len(firsts) == len(given) and len(months) >= _FEW and (len(years) > 1 or len(months) == _ALL_MONTHS):  # a few days of one January are days
        return [f"{m[2]}-{int(m[1]):02}" if (m := _MONTH_FIRST.fullmatch(c)) else c for c in cells]
    return None


#: Fewer cells do not tell how a column is written.
_FEW = 3
_ALL_MONTHS = 12


def _year(figures: str) -> int:
    """A year of four figures or of two: 98 was 1998."""
    return int(figures) if len(figures) == 4 else int(figures) + (2000 if int(figures) < _LAST_CENTURY else 1900)


def years_told(cells: Sequence[str]) -> list[str]:
    """Cells of which all that are written 2008-09 may be the financial year 2008/09, as such; a list of months would not count on by a year and a month."""
    like = {c for c in cells if re.fullmatch(r"\d{4}-\d{2}", c)}
    years = len(like) > 1 and all(int(c[5:]) == (int(c[:4]) + 1) % 100 for c in like)
    return [c.replace("-", "/") if years and c in like else c for c in cells]


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


def financial_quarter(year: str, quarter: str) -> str | None:
    """A quarter of a financial year, which begins in April, as a quarter of the calendar."""
    found = _FINANCIAL.fullmatch(year.strip())
    if found is None or quarter.strip().upper().removeprefix("Q") not in ("1", "2", "3", "4"):
        return None
    number = int(quarter.strip().upper().removeprefix("Q"))
    return f"{int(found[1])}-Q{number + 1}" if number < 4 else f"{int(found[1]) + 1}-Q1"


#: What stands over the column of a whole year beside its months or quarters.
_WHOLE_YEAR = re.compile(r"(?:full |whole |annual |year(?:ly)? )?(?:total|year|annual)s?", re.IGNORECASE)
_MONTH_TO_MONTH = re.compile(rf"({_MONTH})\W*(?:to|-|–)?\W*({_MONTH})", re.IGNORECASE)


def part_of_year(year: str, part: str) -> str | None:
    """A heading such as Q1, April, Apr-Jun, H1 or Total that stands under a year, as a period; None where it is none."""
    part = _QUARTER_NAMES.sub(lambda m: f"Q{m[2] or _ORDINALS[m[1].casefold()]}", " ".join(part.split()))
    year = re.sub(r"^(?:FY|financial year|calendar year|year)\s*", "", year.strip(), flags=re.IGNORECASE)
    if not part or part.isdigit():
        return None
    if _WHOLE_YEAR.fullmatch(part):
        return period_of(year)
    if (found := _MONTH_TO_MONTH.fullmatch(part)) is not None:
        first, last = (year_and_part(year, m, quarters=False) for m in (found[1], found[2]))
        length = (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1 if first and last else 0
        return _months(last, length) if last and 0 < length <= 12 else None
    return year_and_part(year, part, quarters=False) or period_of(f"{part} {year}")


def year_and_part(year: str, part: str, *, quarters: bool, financial: bool = False) -> str | None:
    """A month (in words or by its number) or, where the column says so, a quarter of a year as a period; the year is of finance where it is written 2017/18.

    None where they are none, and where the column is ``financial`` and the year is a single one: 2018 may begin or end with it.
    """
    span = _FINANCIAL.fullmatch(year.strip())
    if financial and span is None:
        return None
    if quarters or re.fullmatch(r"(?:Q|quarter\s*)[1-4]", part.strip(), re.IGNORECASE):
        number = part.strip()[-1:]
        if span is not None:
            return financial_quarter(year, number)
        return f"{year.strip()}-Q{number}" if number in ("1", "2", "3", "4") and _CALENDAR.fullmatch(year.strip()) else None
    number = int(part) if re.fullmatch(r"0?[1-9]|1[0-2]", part.strip()) else int(m[5:]) if (m := _month(f"{part.strip()} 2000")) else 0
    if not number or (span is None and not _CALENDAR.fullmatch(year.strip())):
        return None
    of = int(span[1]) + (number < 4) if span is not None else int(year)
    return f"{of}-{number:02}"
