"""The rows of a survey's file: on which day each was answered, how far it came, and which of two by the same respondent counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange import survey_profiles as profiles
from vawg_desktop.exchange.survey_profiles import Profile
from vawg_desktop.exchange.survey_questions import Answer, Column

#: The year that LimeSurvey writes where it keeps no date.
_NEVER = 1980
#: A moment as tools write it: the year first, or a day and a month in either order.
_ISO, _STROKED = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})"), re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})(?!\d)")


@dataclass(slots=True)
class Response:
    """What one respondent answered, in the order of the questions, and on which day. ``respondent`` is the tool's own number, or a digest of the answers."""

    respondent: str
    answered: str
    partial: bool
    answers: list[Answer]


def replaces(new: Response, old: Response) -> bool:
    """Whether of two rows of one respondent the lower one counts: not where it was sent earlier, nor where it is a start that was given up."""
    if 2 * sum(a is not None for a in new.answers) < sum(a is not None for a in old.answers):
        return False
    return not (new.answered and old.answered) or new.answered >= old.answered


def holds_moments(column: Column) -> bool:
    """Whether most of a column's cells are days or moments: it says when people answered, and asks nothing."""
    return 2 * sum(map(bool, days(column.cells))) > len(column.cells) > 0


def days(cells: Sequence[str]) -> list[str]:
    """The day of each moment, empty where it is not told; day and month in the order that the whole column shows, else as here. The hour is not kept."""
    stroked = [_STROKED.match(c) for c in cells]
    month_first = any(m is not None and int(m[2]) > 12 for m in stroked)
    found: list[str] = []
    for cell, m in zip(cells, stroked, strict=True):
        parts: tuple[int, int, int] | None = None
        if m is not None:
            year = int(m[3]) + (2000 if len(m[3]) == 2 else 0)
            parts = (year, int(m[1]), int(m[2])) if month_first else (year, int(m[2]), int(m[1]))
        if parts is None and (iso := _ISO.match(cell)) is not None:
            parts = (int(iso[1]), int(iso[2]), int(iso[3]))
        try:
            found.append(dt.date(*parts).isoformat() if parts is not None and parts[0] > _NEVER else "")
        except ValueError:
            found.append("")
    return found


def first(columns: Sequence[Column], names: Sequence[str]) -> Column | None:
    """The first of some names that a column has, a filled one before empty ones."""
    found = [c for n in names for c in columns if n in (fold(c.code), fold(c.head), fold(c.option))]
    return next((c for c in found if c.counts), found[0] if found else None)


def trials(tool: Profile, columns: Sequence[Column]) -> list[bool]:
    """The rows that are previews or tests."""
    count = len(columns[0].cells)
    if tool is profiles.QUALTRICS:
        found, trial = next((c for c in columns if fold(c.code) == "status"), None), frozenset({"1", "survey preview", "2", "survey test", "8", "spam"})
    else:
        found, trial = status(columns), _TRIALS
    return [fold(v) in trial for v in found.cells] if found is not None else [False] * count


#: How tools call the state of a response: trials and those turned away, those that did not come to the end, and the others.
_TRIALS = frozenset({"test", "preview", "trial", "disqualified", "screened out", "screen out", "spam", "quota full"})
_UNFINISHED = frozenset({"partial", "partially complete", "partially completed", "incomplete", "in progress", "started", "abandoned", "saved"})
_FINISHED = frozenset({"complete", "completed", "finished", "submitted", "full", "valid", "approved"})


def status(columns: Sequence[Column]) -> Column | None:
    """The column that says how far each response came, by its heading and by holding nothing else."""
    named = ("status", "response status", "completion status", "state", "response type")
    return next((c for c in columns if fold(c.code) in named and c.counts and {fold(v) for v in c.counts} <= _TRIALS | _UNFINISHED | _FINISHED), None)


def unfinished(tool: Profile, columns: Sequence[Column]) -> list[bool]:
    """The rows of those who did not come to the end."""
    count = len(columns[0].cells)
    if tool is profiles.QUALTRICS and (finished := next((c for c in columns if fold(c.code) == "finished"), None)) is not None:
        return [v.casefold() in ("0", "false") for v in finished.cells]
    if tool.key == "limesurvey" and (sent := first(columns, tool.answered[:1])) is not None:
        return [not v for v in sent.cells]
    found = status(columns)
    return [fold(v) in _UNFINISHED for v in found.cells] if found is not None else [False] * count
