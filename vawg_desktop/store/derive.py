"""What is derived from rows: sort keys, due day, counts and search words; the door keeps them true.

Everything here is a pure function of a row, so that ``check`` can count it all again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache

from vawg_desktop.domain import rules
from vawg_desktop.domain.conditions import is_open, meets
from vawg_desktop.domain.dates import last_day
from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.fields import Value

Row = Mapping[str, Value]


_NO_WORD = re.compile("[^a-z0-9]+")


@lru_cache(maxsize=4096)
def search_words(text: str) -> str:
    """Text as it is searched: NFKD, casefold, marks removed, split at what is not a letter or digit."""
    if text.isascii():
        return " ".join(_NO_WORD.sub(" ", text.lower().replace("'", "")).split())
    letters = unicodedata.normalize("NFKD", text).casefold()
    kept = (
        "" if unicodedata.combining(c) else c if c.isalnum() else " "
        for c in letters.replace("’", "").replace("'", "")
    )
    return " ".join("".join(kept).split())


def sort_key(text: Value) -> str:
    """A key that sorts as an officer expects: case and marks aside, numbers by value up to 8 digits."""
    words = search_words(str(text or "")[:120]).split()
    return " ".join(w.zfill(8) if w.isdigit() else w for w in words)


def indexed_text(spec: EntitySpec, row: Row) -> str:
    """The words under which a record is found."""
    parts = [str(row.get("reference") or "")]
    parts += [str(row[f.key]) for f in spec.cells if f.search and row.get(f.key)]
    reference = parts[0]
    if "-" in reference:
        prefix, _, number = reference.partition("-")
        parts.append(f"{prefix}{number} {prefix}{number.lstrip('0')}")
    return search_words(" ".join(parts))


def searched_cells(spec: EntitySpec) -> frozenset[str]:
    """Cells whose change makes the record be indexed again."""
    return frozenset({f.key for f in spec.cells if f.search} | {"reference", "deleted"})


def row_derived(spec: EntitySpec, row: Row) -> dict[str, Value]:
    """Derived columns that follow from the row alone."""
    return {key: FROM_ROW[key](spec, row) for key in spec.derived if key in FROM_ROW}


#: How each derived column follows from its row; those that are not here are summaries of other rows (``derived_rows.py``).
FROM_ROW: dict[str, Callable[[EntitySpec, Row], Value]] = {
    "x_sort": lambda spec, row: sort_key(row.get(spec.title)),
    "x_due": rules.due_day,
    "x_open": lambda spec, row: int(is_open(spec, row)),
    "x_funding": lambda spec, row: rules.last_day_of(row.get("funding_end")),
    "x_weight": lambda spec, row: rules.weight(row),
}


def tally_keys(spec: EntitySpec, row: Row) -> frozenset[tuple[str, str]]:
    """The kept counts in which a row is counted once each."""
    if row.get("deleted"):
        return frozenset()
    keys = {("live", spec.key)}
    if not spec.kept_counts:
        return frozenset(keys)
    pillar = f"{row.get(spec.pillar) or 'none'}|" if spec.pillar else ""
    if spec.rating:
        keys.add((f"{spec.key}_rating", f"{pillar}{rules.counted_rating(row)}"))
    if (field := spec.status_field) is not None:
        keys.add((f"{spec.key}_status", f"{pillar}{row.get(spec.status) or field.default}"))
    if spec.due and is_open(spec, row) and ("x_open" in spec.derived or row.get(spec.status) is not None):
        due = str(row.get("x_due") or "")
        if not due:
            keys.add((f"{spec.key}_no_date", ""))
        elif "x_open" in spec.derived:  # counted by day, so that "overdue" is a sum and no search
            keys.add((f"{spec.key}_due", due))
    if spec.complete and meets("claimed", spec, row, date.min):
        keys.add((f"{spec.key}_claimed", ""))
    for quarter, came, left in transitions(str(row.get("x_progress") or "")):
        keys.add((f"{spec.key}_came", f"{quarter}|{came}"))
        if left:
            keys.add((f"{spec.key}_left", f"{quarter}|{left}"))
    return frozenset(keys)


def progress(updates: Iterable[tuple[Value, Value]]) -> str:
    """An action's progress over time: the last day of each quarter at whose end its updates told another status than before.

    ``updates`` are as-at date and status, oldest first. The text reads ``2024-06-30 not_started;2025-03-31 complete``.
    """
    by_quarter: dict[str, str] = {}
    for as_at, status in updates:
        last = last_day(str(as_at)) if as_at and status else None
        if last is not None:
            by_quarter[quarter_end(last).isoformat()] = str(status)
    steps: list[str] = []
    before = ""
    for quarter in sorted(by_quarter):
        if by_quarter[quarter] != before:
            before = by_quarter[quarter]
            steps.append(f"{quarter} {before}")
    return ";".join(steps)


def transitions(steps: str) -> list[tuple[str, str, str]]:
    """A progress text as (quarter's last day, new status, status before or empty)."""
    found: list[tuple[str, str, str]] = []
    for part in steps.split(";") if steps else ():
        quarter, _, status = part.partition(" ")
        found.append((quarter, status, found[-1][1] if found else ""))
    return found


def quarter_end(day: date) -> date:
    """The last day of a day's quarter."""
    month = (day.month - 1) // 3 * 3 + 3
    return date(day.year, month, 30 if month in (6, 9) else 31)


def newest_first(alias: str = "") -> str:
    """The SQL order of an action's updates, the latest first, the same in every store.

    Ids of updates grow with time, but for those that follow from an imported row: of one day these count as older.
    """
    at = f"{alias}." if alias else ""
    return f"coalesce({at}as_at, '') DESC, CASE WHEN substr({at}id, 15, 1) = '7' THEN 1 ELSE 0 END DESC, {at}id DESC"


def oldest_first() -> str:
    """The same order the other way round."""
    return "coalesce(as_at, ''), CASE WHEN substr(id, 15, 1) = '7' THEN 1 ELSE 0 END, id"


def update_heard(row: Row) -> str:
    """When an update speaks of: its as-at date's last day."""
    last = last_day(str(row["as_at"])) if row.get("as_at") else None
    return last.isoformat() if last else ""
