"""What a list can be filtered by, beside the words typed: each field with the values that stand in it, and the computed filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind
from vawg_desktop.domain.terms import fold
from vawg_desktop.services.lists import filters
from vawg_desktop.services.session import Session

#: So many values of a field are offered at most; a longer list is found by typing in the filter.
MOST_VALUES = 60
#: So many records stand in a menu; of more one is looked for.
MOST_IN_MENU = 24


@dataclass(frozen=True, slots=True)
class Offered:
    """A field by which a list can be filtered: its words, its key, and each value as its words and as a filter takes it."""

    words: str
    key: str
    values: Sequence[tuple[str, str]]
    #: The kind of record that it names, where there are too many of them for a menu and one is looked for by its name.
    target: str = ""


def offered(session: Session, entity: str) -> list[Offered]:
    """The fields of a kind of record with their values: terms, yes and no, partners and other records, people; then what is computed."""
    spec = BY_KEY[entity]
    found = [one for f in spec.fields if not f.private and not f.retired and f.key not in spec.hides[1] and (one := _field(session, spec, f)) is not None]
    computed = [(words, key) for key, words in filters(spec).items()]
    return [*found, *([Offered("Also", "", computed)] if computed else [])]


def _field(session: Session, spec: EntitySpec, field: FieldSpec) -> Offered | None:
    none = ("Not set", "none")
    if field.terms is not None:
        return Offered(field.label, field.key, [*((t.label, t.key) for t in field.terms), none])
    if field.kind is Kind.YES_NO:
        return Offered(field.label, field.key, [("Yes", "yes"), ("No", "no")])
    if field.kind is Kind.REF:
        rows = session.read().exec_driver_sql(
            f'SELECT DISTINCT s.reference, s.title FROM "{spec.key}" t JOIN subject s ON s.id = t."{field.key}" WHERE NOT t.deleted ORDER BY s.title LIMIT {MOST_VALUES + 1}'
        ).fetchall()
        if 0 < len(rows) <= MOST_IN_MENU:
            return Offered(field.label, field.key, [*((str(title), str(reference)) for reference, title in rows), none])
        if rows:
            return Offered(field.label, field.key, [none], field.target)
    if field.over_time == "role" and field.kind is Kind.TEXT:
        rows = session.read().exec_driver_sql(f'SELECT DISTINCT "{field.key}" FROM "{spec.key}" WHERE NOT deleted AND "{field.key}" IS NOT NULL LIMIT {MOST_VALUES + 1}').fetchall()
        if 0 < len(rows) <= MOST_VALUES:
            return Offered(field.label, field.key, [*((str(r[0]), str(r[0])) for r in sorted(rows, key=lambda r: fold(str(r[0])))), none])
    return None
