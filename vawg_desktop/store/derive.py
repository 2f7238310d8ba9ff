"""What is derived from rows: sort keys, due day, counts and search words; the door keeps them true.

Everything here is a pure function of a row, so that ``check`` can count it all again.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from vawg_desktop.domain import rules
from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.fields import Kind, Value

Row = Mapping[str, Value]


_NO_WORD = re.compile("[^a-z0-9]+")


@lru_cache(maxsize=4096)
def search_words(text: str) -> str:
    """Text as it is searched: NFKD, casefold, marks removed, split at what is not a letter or digit."""
    if text.isascii():
        return " ".join(_NO_WORD.sub(" ", text.lower().replace("'", "")).split())
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (
        "" if unicodedata.combining(c) else c if c.isalnum() else " "
        for c in plain.replace("’", "").replace("'", "")
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
    title = row.get(spec.title)
    if spec.key == "action":
        return {"x_sort": sort_key(title), "x_due": rules.due_day(row), "x_open": int(rules.is_open(row))}
    if spec.key == "recommendation":
        due = rules.due_day({"due": row.get("target_date")})
        return {"x_sort": sort_key(title), "x_due": due}
    if spec.key in ("gap", "partner"):
        return {"x_sort": sort_key(title)}
    return {}


def tally_keys(spec: EntitySpec, row: Row) -> frozenset[tuple[str, str]]:
    """The kept counts in which a row is counted once each."""
    if row.get("deleted"):
        return frozenset()
    keys = {("live", spec.key)}
    if spec.key == "recommendation":
        pillar = str(row.get("pillar") or "none")
        keys |= {
            ("recommendation_rating", f"{pillar}|{rules.counted_rating(row)}"),
            ("recommendation_status", f"{pillar}|{row.get('status') or 'open'}"),
        }
        if row.get("status") == "open" and not row.get("target_date"):
            keys.add(("recommendation_no_date", ""))
    elif spec.key == "action":
        keys |= _action_keys(row)
    elif spec.key == "gap":
        keys.add(("gap_status", str(row.get("status") or "identified")))
    return frozenset(keys)


def _action_keys(row: Row) -> set[tuple[str, str]]:
    pillar = str(row.get("x_pillar") or "none")
    status = str(row.get("status") or "not_known")
    keys = {
        ("action_rating", f"{pillar}|{rules.counted_rating(row)}"),
        ("action_status", f"{pillar}|{status}"),
    }
    if rules.is_open(row):
        due = str(row.get("x_due") or "")
        keys.add(("action_due", due) if due else ("action_no_date", ""))
    if rules.is_claimed(row):
        keys.add(("action_claimed", ""))
    if row.get("done_before_publication"):
        keys.add(("action_done_before", ""))
    return keys


def update_heard(row: Row) -> str:
    """When an update speaks of: its as-at date's last day."""
    from vawg_desktop.domain.dates import last_day

    last = last_day(str(row["as_at"])) if row.get("as_at") else None
    return last.isoformat() if last else ""


def dumps(value: object) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


#: Columns that hold text an officer typed, per entity, for cleaning at the door.
def text_cells(spec: EntitySpec) -> frozenset[str]:
    """Cells whose kind is free text."""
    return frozenset(f.key for f in spec.cells if f.kind in (Kind.TEXT, Kind.LONG))
