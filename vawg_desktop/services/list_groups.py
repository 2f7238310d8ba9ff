"""A list in groups: by pillar, by the body whose records they are, by status and the like; each group under its heading, with its count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vawg_desktop.domain import terms as t
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import NotFoundError
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind

#: Fields by which nobody groups: they say how a record is kept, not what it is.
_NOT_OFFERED = frozenset({"marking", "restriction", "basis"})


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a list: its heading and how many rows stand under it."""

    words: str
    count: int


def offered(spec: EntitySpec) -> list[tuple[str, str]]:
    """By what a list can be grouped: key and words; the pillar first, then the bodies and other records named, then terms."""
    found = [("pillar", "Pillar")] if spec.pillar else []
    fields = [f for f in spec.cells if _groups(spec, f) and f.key != spec.pillar]
    return found + [(f.key, f.label) for f in sorted(fields, key=lambda f: f.kind is not Kind.REF)]


def _groups(spec: EntitySpec, f: FieldSpec) -> bool:
    if f.private or f.retired or f.key in spec.hides[1] or f.key in _NOT_OFFERED:
        return False
    return f.kind is Kind.REF or f.terms is not None


def column(spec: EntitySpec, key: str) -> str:
    """The column of a kind of record that tells its group. Raises NotFoundError."""
    if key not in dict(offered(spec)):
        raise NotFoundError(f"{spec.plural} cannot be grouped by “{key}”.", code="unknown_field")
    return spec.pillar if key == "pillar" else key


def terms_of(spec: EntitySpec, key: str) -> t.Vocabulary | None:
    """The words of the groups, where they are terms."""
    return t.PILLAR if key == "pillar" else spec.by_key[key].terms


def order(spec: EntitySpec, key: str) -> str:
    """The SQL that puts groups in order, of table ``t``: terms as they are listed, records by name; what has none comes last."""
    name = f't."{column(spec, key)}"'
    terms = terms_of(spec, key)
    if terms is not None:
        places = " ".join(f"WHEN '{term.key}' THEN {place}" for place, term in enumerate(terms))
        return f"CASE {name} {places} ELSE 1000 END, {name}"
    target = BY_KEY[spec.by_key[key].target]
    by = "x_sort" if "x_sort" in target.derived else target.title
    return f'{name} IS NULL, (SELECT g."{by}" FROM "{target.key}" g WHERE g.id = {name}), {name}'


def words(spec: EntitySpec, key: str, value: object, called: Mapping[str, str]) -> str:
    """The heading of a group; ``called`` are the names of records by id."""
    terms = terms_of(spec, key)
    if terms is None:
        return called.get(str(value), "") if value else "Not set"
    if value is None or value == "none":
        return t.CROSS_CUTTING if terms is t.PILLAR else t.NOT_RATED if terms is t.RATING else "Not set"
    return terms.label(str(value))
