"""By which columns a list is put in order."""

from __future__ import annotations

from vawg_desktop.domain.entities import DERIVED
from vawg_desktop.domain.fields import EntitySpec, Kind


def order(spec: EntitySpec, sort: str, descending: bool) -> str:
    """The SQL that puts the rows of table ``t`` in order; what is empty comes last."""
    column = sort_column(spec, sort)
    way = "DESC" if descending else "ASC"
    if column in ("reference",):
        return f"length(reference) {way}, reference {way}, n {way}"  # A-9999 before A-10000
    known = spec.by_key.get(column) or DERIVED.get(column)
    numeric = column in ("conflicts", "deleted") or (known is not None and known.kind in (Kind.WHOLE, Kind.YES_NO))
    if known is not None and known.kind is Kind.NUMBER:  # stored as text
        return f"coalesce(\"{column}\", '') = '', CAST(nullif(\"{column}\", '') AS NUMERIC) {way}, n {way}"
    last = f'"{column}" IS NULL' if numeric else f"coalesce(\"{column}\", '') = ''"
    return f'{last}, "{column}" {way}, n {way}'


def sort_column(spec: EntitySpec, wanted: str) -> str:
    """The column that puts a list in order: a kept sort key for titles and due dates, where the kind has one."""
    kept = "x_sort" if wanted in (spec.title, "title") else "x_due" if wanted in ("due", *spec.due) else ""
    if wanted == "heard":
        kept = "x_heard"
    if kept in spec.derived:
        return kept
    if wanted == "title" and spec.title in spec.by_key:
        return spec.title
    return wanted if wanted in spec.columns else "reference"
