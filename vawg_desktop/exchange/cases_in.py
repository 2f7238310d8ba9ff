"""A local case extract and a table of harm weights: read into columns, with what identifies people refused.

A case extract has a row for each offence, or for each offender of one, under references from which nobody is known. It is read, measured and
forgotten (``services/case_extracts.py``); nothing here is kept.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vawg_desktop.domain import clock
from vawg_desktop.domain.dates import parse_date
from vawg_desktop.domain.errors import FileRefusedError, ValueRefusedError
from vawg_desktop.domain.personal import likely_personal
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange import case_refusals, preflight, reading, text_child
from vawg_desktop.exchange.cells import plain_text

#: What the columns of an extract are called, folded, the likeliest first.
COLUMNS: dict[str, tuple[str, ...]] = {
    "offence": ("offence reference", "offence ref", "offence id", "crime reference", "crime ref", "crime id", "case reference", "case ref", "case id", "reference"),
    "victim": ("victim reference", "victim ref", "victim id", "victim", "victim key", "victim pseudonym"),
    "offender": ("offender reference", "offender ref", "offender id", "offender", "suspect reference", "suspect ref", "suspect id", "suspect", "perpetrator id", "offender key", "nominal id"),
    "code": ("home office code", "ho code", "offence code", "ho offence code", "hooc", "code"),
    "type": ("offence description", "offence", "offence type", "offence title", "crime type", "description"),
    "reported": ("reported", "reported date", "date reported", "report date", "recorded", "recorded date", "date recorded", "date", "month"),
    "hour": ("hour", "time", "time of offence", "offence time", "hour of offence", "committed time"),
    "identified": ("suspect identified", "suspect identified date", "date suspect identified"),
    "referred": ("referred", "referred date", "referred to cps", "date referred", "cps referral date"),
    "charged": ("charged", "charge date", "date charged", "charged date"),
    "completed": ("completed", "completed date", "court outcome date", "date completed"),
    "outcome": ("outcome", "outcome code", "outcome type", "outcome group"),
    "outcome_date": ("outcome date", "date of outcome", "outcome recorded", "date finalised", "closed date"),
    "withdrawn": ("support withdrawn", "victim withdrew", "victim support withdrawn", "withdrawn"),
    "domestic": ("da flag", "domestic abuse", "domestic abuse flag", "da"),
    "victim_sex": ("victim sex", "victim gender", "sex of victim"),
    "victim_age": ("victim age band", "victim age", "victim age group", "age band", "age group"),
    "offender_sex": ("offender sex", "suspect sex", "offender gender"),
    "offender_age": ("offender age band", "offender age", "suspect age band", "offender age group"),
    "district": ("district", "area", "local authority", "borough", "division", "district name"),
}
#: So many rows from the top the headings are looked for in.
_TOP = 30
_MOST_ROWS = 2_000_000


@dataclass(slots=True)
class Cases:
    """An extract as columns of equal length, by the keys of ``COLUMNS``; an empty text or None where a row says nothing. Dates are days."""

    columns: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    rows: int = 0
    sha256: str = ""
    left_out: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])

    def has(self, key: str) -> bool:
        """Whether the extract has a column, with something in it."""
        return key in self.columns


@dataclass(slots=True)
class Weights:
    """A table of weights: by code and by description (folded), in days. ``kind`` is a key of the vocabulary."""

    kind: str
    by_code: dict[str, float] = field(default_factory=dict[str, float])
    by_type: dict[str, float] = field(default_factory=dict[str, float])
    rows: int = 0
    problems: list[str] = field(default_factory=list[str])


def _table(path: Path, wanted: Sequence[tuple[str, ...]], least: int) -> tuple[list[str], list[list[Any]], str, int]:
    """The headings and rows of a file's first table that has ``least`` of the wanted columns, the file's digest, and which row of the file the first one is.

    Raises FileRefusedError.
    """
    name = preflight.shown_name(path)
    content = preflight.read_file(path)
    digest = hashlib.sha256(content).hexdigest()
    known = {h for heads in wanted for h in heads}
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        sheets: Iterable[list[list[Any]]] = (sheet.rows for sheet in reading.read_book(path).sheets)
    else:
        text = text_child.decode(content)
        csv.field_size_limit(2_000_000)
        sheets = [list(csv.reader(io.StringIO(text, newline=""), delimiter=text_child.delimiter_of(text)))]
    for rows in sheets:
        for place, row in enumerate(rows[:_TOP]):
            heads = [fold(_text(c)) for c in row]
            if sum(h in known for h in heads) >= least:
                return heads, rows[place + 1 :], digest, place + 2
    raise FileRefusedError(f"{name} has no row of headings that we recognise; name the columns as the help says.", code="no_columns")


def _text(value: Any) -> str:
    return "" if value is None else value.strip() if isinstance(value, str) else plain_text(value).strip()


def code_of(words: str) -> str:
    """A Home Office offence code as it is compared: 019C, 19c and "19 C" are 19C; 00801 and 008/01 are 8/1; 4.6 is not 46."""
    plain = re.sub(r"[\s-]", "", words).upper()
    parts = re.fullmatch(r"(\d{3})(\d{2})|0*(\d{1,3})/0*(\d{1,3})", plain)
    if parts is not None:
        return f"{int(parts[1] or parts[3])}/{int(parts[2] or parts[4])}"
    return re.sub(r"^0+(?=\d)", "", plain)


def read_cases(path: Path) -> Cases:
    """Read an extract. Raises FileRefusedError for a file that is no table of cases, or in which something names a person."""
    name = preflight.shown_name(path)
    heads, rows, digest, _ = _table(path, list(COLUMNS.values()), 3)
    case_refusals.refuse_headings(name, heads, [h for known in COLUMNS.values() for h in known])
    places = {key: next((heads.index(h) for h in known if h in heads), -1) for key, known in COLUMNS.items()}
    if places["offender"] < 0 and places["victim"] < 0:
        raise FileRefusedError(f"{name} has neither a reference of victims nor of offenders, so repeats cannot be counted.", code="no_people")
    if places["code"] < 0 and places["type"] < 0:
        raise FileRefusedError(f"{name} has neither a Home Office code nor an offence's description.", code="no_offence")
    full = [r for r in rows if any(c not in (None, "") for c in r)]
    if not full:
        raise FileRefusedError(f"{name} holds no cases under its headings.", code="empty")
    if len(full) > _MOST_ROWS:
        raise FileRefusedError(f"{name} has more than {_MOST_ROWS:,} rows; ask for fewer years.", code="too_large")
    made = Cases(rows=len(full), sha256=digest)
    for key, place in places.items():
        if place >= 0:
            found, unread = _column(name, key, [r[place] if place < len(r) else None for r in full])
            if key in _DAYS:
                _leave_out_impossible(made, heads[place], found)
            if unread:
                made.problems.append(f"{unread:,} of {len(full):,} under “{heads[place]}” could not be read as a {'time' if key == 'hour' else 'date'} and count as not given.")
            if any(v not in ("", None) for v in found):  # a column in which nothing can be read says nothing, and not that nothing happened
                made.columns[key] = found
    for place, head in enumerate(heads):
        if head and place not in places.values():
            case_refusals.refuse_names(name, head, (_text(r[place]) for r in full if place < len(r)))
    made.left_out = [h for n, h in enumerate(heads) if h and n not in places.values()]
    return made


def _leave_out_impossible(made: Cases, head: str, days: list[dt.date | None]) -> None:
    """Take out, and tell, days on which nothing can have happened: what databases write where nothing was filled in, and days still to come."""
    places = [n for n, day in enumerate(days) if day is not None and not _FIRST_DAY <= day <= clock.today()]
    for n in places:
        days[n] = None
    if places:
        made.problems.append(f"{len(places):,} of {made.rows:,} under “{head}” hold a day on which nothing can have happened (before {_FIRST_DAY.year}, or still to come) and count as not given.")


def _column(name: str, key: str, values: list[Any]) -> tuple[list[Any], int]:
    """A column as it is measured, and how many of its cells say something that could not be read."""
    if key in _DAYS or key == "hour":
        read = _day if key in _DAYS else _hour
        memo: dict[Any, Any] = {}
        found = [memo[v] if v in memo else memo.setdefault(v, read(v)) for v in values]
        return found, sum(f is None and _text(v) != "" for f, v in zip(found, values, strict=True))
    words = [_text(v) for v in values]
    for word in dict.fromkeys(words):
        if word and (found_in := [k for k in likely_personal(word) if k != "a crime reference" and not (key in ("offence", "code") and k in ("a telephone number", "an NHS number", "a postcode"))]):
            raise case_refusals.refused(name, found_in[0], COLUMNS[key][0])
    if key in ("victim", "offender"):
        case_refusals.refuse_references(name, COLUMNS[key][0], words)
    elif key in ("victim_age", "offender_age"):
        case_refusals.refuse_ages(name, COLUMNS[key][0], words)
    return ([code_of(w) for w in words] if key == "code" else words), 0


#: Days before this one stand for none: databases write 01/01/1900 or 01/01/1753 where nothing was filled in.
_FIRST_DAY = dt.date(1910, 1, 1)
_DAYS = frozenset({"reported", "identified", "referred", "charged", "completed", "outcome_date"})


def _day(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    words = _text(value)
    if not words:
        return None
    for cut in (words[:10], words):
        try:
            return dt.date.fromisoformat(cut)
        except ValueError:
            pass
    found = re.match(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", words)
    if found is not None:
        try:
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            return None
    try:
        stored = parse_date(words)
    except (ValueError, ValueRefusedError):
        return None
    return dt.date.fromisoformat(f"{stored}-01" if len(stored) == 7 else stored) if len(stored) in (7, 10) and stored[4] == "-" and stored[5:7].isdigit() else None


def _hour(value: Any) -> int | None:
    """The hour of the day of a time, of a day with its time ("05/03/2024 14:30"), of an hour alone ("14", "1430"), or of a spreadsheet's part of a day ("0.604")."""
    if isinstance(value, dt.datetime | dt.time):
        return value.hour
    words = _text(value).casefold()
    found = re.search(r"(?<![\d:])(\d{1,2}):[0-5]\d(?::\d\d(?:\.\d+)?)?\s*([ap]m)?(?!\d)", words) or re.fullmatch(r"(\d{1,2})(?:\.0|[.h][0-5]\d)?\s*([ap]m)?", words)
    if re.fullmatch(r"0?\.\d+", words) and float(words):
        return int(float(words) * 24 + 1 / 3600)
    if (plain := re.fullmatch(r"([01]\d|2[0-3])[0-5]\d", words)) is not None:
        return int(plain[1])
    if found is None:
        return None
    hour, half = int(found[1]), found[2]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour if hour < 24 else None


#: What the columns of tables of weights are called.
_WEIGHT_COLUMNS = (("weight", "cchi score", "score", "starting point", "days", "harm"), ("code original", "ho code", "home office code", "offence code", "code severity", "code"), ("offence", "full offence title", "description", "offence description", "title"), ("ho sub code",))


def read_weights(path: Path) -> Weights:
    """Read a table of weights: the Cambridge index in the officer's own copy, ONS severity weights, or any with a code and a number. Raises FileRefusedError."""
    name = preflight.shown_name(path)
    heads, rows, _, first = _table(path, _WEIGHT_COLUMNS, 2)
    heads = [h.replace("_", " ") for h in heads]
    number, code, title, sub = (next((heads.index(h) for h in known if h in heads), -1) for known in _WEIGHT_COLUMNS)
    if number < 0 or (code < 0 and title < 0):
        raise FileRefusedError(f"{name} has no column of weights with a code or an offence beside it.", code="no_weights")
    made = Weights("cambridge" if {"cchi score", "full offence title"} & set(heads) else "ons" if "code severity" in heads else "own")
    for place, row in enumerate(rows):
        words = [_text(c) for c in row]
        told = words[number] if number < len(words) else ""
        if not any(words):
            continue
        try:
            weight = float(told.replace(",", ""))
        except ValueError:
            made.problems.append(f"Row {place + first}: “{told[:40]}” is not a weight.")
            continue
        if not 0 <= weight < 1_000_000:
            made.problems.append(f"Row {place + first}: {told[:40]} is not a weight in days.")
            continue
        made.rows += 1
        below = words[sub] if 0 <= sub < len(words) else ""
        plain = code_of(words[code] + (f"/{below}" if below.isdigit() else below)) if 0 <= code < len(words) else ""
        _keep(made.by_code, plain, weight, made.problems)
        _keep(made.by_type, fold(words[title]) if 0 <= title < len(words) else "", weight, made.problems)
    if not made.rows:
        raise FileRefusedError(f"{name} holds no weights.", code="no_weights")
    return made


def _keep(into: dict[str, float], key: str, weight: float, problems: list[str]) -> None:
    """Of two different weights for one code the lower counts, and that is said: nothing is made to weigh more than its table says."""
    if not key:
        return
    if key in into and abs(into[key] - weight) > 1e-9:
        problems.append(f"{key} has two weights ({into[key]:g} and {weight:g}); the lower one is used.")
        weight = min(weight, into[key])
    into[key] = weight
