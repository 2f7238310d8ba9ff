"""The columns of each list and the filters offered above it, derived from what the kind of record declares.

To show a field otherwise than its kind asks for, give it ``listed`` in ``domain/entities.py``; to offer another filter, ``filters``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from vawg_desktop.domain import terms as t
from vawg_desktop.domain.conditions import CONDITIONS
from vawg_desktop.domain.entities import BY_KEY, DERIVED
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind, Listed
from vawg_desktop.services.lists import name_column, reference_column
from vawg_desktop.ui.models.list_model import Column

_REFERENCE = Column("reference", "Ref", 78, "reference")
#: Width at 100 % of a column by its kind of field.
_WIDTHS = {Kind.TERM: 120, Kind.DATE: 110, Kind.REF: 140, Kind.WHOLE: 80, Kind.YES_NO: 80, Kind.NUMBER: 90}
#: Labels that say too little above a column: the name of the kind of record is shown instead.
_BARE = ("Title", "Name")


@lru_cache
def columns_of(entity: str) -> tuple[Column, ...]:
    """The columns of a kind's list, its reference first."""
    spec = BY_KEY[entity]
    return (_REFERENCE, *(_column(spec, spec.by_key.get(key) or DERIVED[key]) for key in spec.in_list))


def form_fields(spec: EntitySpec) -> tuple[str, ...]:
    """The fields that the "new" form asks for: as declared, else the title and what must not be empty."""
    return spec.form or tuple(f.key for f in spec.cells if f.required or f.key in (spec.title, spec.status))


def _column(spec: EntitySpec, field: FieldSpec) -> Column:
    plain, own = _plain_column(spec, field), field.listed or Listed()
    if field.kind is Kind.REF and own.kind == "reference":
        plain = replace(plain, key=reference_column(field.key))
    elif own.kind:
        plain = replace(plain, kind=own.kind)
    return replace(plain, numeric=field.kind in (Kind.WHOLE, Kind.NUMBER) and plain.kind == "text", label=own.heading or plain.label, width=own.width or plain.width, empty=own.empty, sort=own.sort or plain.sort)


def _plain_column(spec: EntitySpec, field: FieldSpec) -> Column:
    """The column that a field's kind asks for."""
    if field.key == spec.title:
        return Column(field.key, spec.label if field.label in _BARE else field.label, 0, "title", field.terms)
    if field.key in spec.due:
        return Column(field.key, field.label, 138, "due", sort="due")
    if field.kind is Kind.REF:
        return Column(name_column(field.key), field.label, _WIDTHS[Kind.REF], sort=field.key)
    if field.terms is t.RATING:
        return Column(field.key, "Rating", 98, "rating")
    kind = {Kind.TERM: "term", Kind.DATE: "date", Kind.YES_NO: "yes_no"}.get(field.kind, "text")
    return Column(field.key, field.label, _WIDTHS.get(field.kind, 140), kind, field.terms)


def chips_of(spec: EntitySpec) -> tuple[tuple[str, str, str], ...]:
    """The filters offered above a list (words, key, value): as declared, else what is overdue and what has no date."""
    plain = (c for c in (CONDITIONS["overdue"], CONDITIONS["no_date"]) if c.applies(spec))
    return spec.filters or tuple((c.label, c.key, "yes") for c in plain)
