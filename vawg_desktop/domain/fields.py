"""THE list: every entity's fields, from which columns, editors, checks, search and returns derive.

To add a field: 1. add its FieldSpec here; 2. run ``python dev.py schema`` for ``db/schema.sql``;
3. write one migration in ``db/migrations/versions``. A many-valued field (kinds ``TERMS``,
``TAGS``, ``LINKS``) is a set of link records and needs neither 2 nor 3. A new entity is an
EntitySpec in ``domain/entities.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from vawg_desktop.domain.terms import Vocabulary

#: What a cell holds: text, a whole number, yes/no or nothing. Never a float: the chain has none.
Value: TypeAlias = str | int | bool | None


class Kind(StrEnum):
    """What a field holds and so how it is stored, shown, edited and checked."""

    TEXT = "text"  # one line
    LONG = "long"  # paragraphs
    TERM = "term"  # a key of the vocabulary
    YES_NO = "yes_no"
    WHOLE = "whole"  # a whole number, with bounds
    NUMBER = "number"  # a decimal kept as text
    DATE = "date"  # a partial date
    REF = "ref"  # the id of one record of `target`
    TERMS = "terms"  # a set of keys of the vocabulary
    TAGS = "tags"  # a set of free words
    LINKS = "links"  # a set of ids of records of `target`


#: Kinds that are sets of link records, not a column.
SETS = frozenset({Kind.TERMS, Kind.TAGS, Kind.LINKS})


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of one entity, declared once.

    ``low`` and ``high`` bound a whole number. ``asked`` marks a column that the partner fills in
    a return and ``locked`` one shown there as context. ``private`` fields never leave the store.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    terms: Vocabulary | None = None
    target: str = ""
    help: str = ""
    required: bool = False
    search: bool = False
    low: int = 0
    high: int = 0
    asked: str = ""
    locked: bool = False
    private: bool = False
    default: Value = None
    inverse: str = ""

    @property
    def many(self) -> bool:
        """Whether the field is a set of link records."""
        return self.kind in SETS


@dataclass(frozen=True)
class EntitySpec:
    """One kind of record: its name in commands, its words, its reference prefix, its fields."""

    key: str
    label: str
    plural: str
    prefix: str
    title: str
    fields: tuple[FieldSpec, ...]
    immutable: bool = False
    parent: str = ""
    system: bool = False
    extra: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def by_key(self) -> dict[str, FieldSpec]:
        """Fields by key."""
        return {f.key: f for f in self.fields}

    @cached_property
    def cells(self) -> tuple[FieldSpec, ...]:
        """Fields that are columns of the row."""
        return tuple(f for f in self.fields if not f.many)

    @cached_property
    def sets(self) -> tuple[FieldSpec, ...]:
        """Fields that are sets of links."""
        return tuple(f for f in self.fields if f.many)

    def link_kind(self, spec: FieldSpec) -> str:
        """The kind under which the links of a set field are kept."""
        return f"{self.key}.{spec.key}"


def text(key: str, label: str, help: str = "", **more: object) -> FieldSpec:
    """A one-line text."""
    return FieldSpec(key, label, Kind.TEXT, help=help, **more)  # type: ignore[arg-type]


def long(key: str, label: str, help: str = "", **more: object) -> FieldSpec:
    """Paragraphs."""
    return FieldSpec(key, label, Kind.LONG, help=help, **more)  # type: ignore[arg-type]


def term(key: str, label: str, terms: Vocabulary, help: str = "", **more: object) -> FieldSpec:
    """One term of a vocabulary."""
    return FieldSpec(key, label, Kind.TERM, terms, help=help, **more)  # type: ignore[arg-type]


def when(key: str, label: str, help: str = "", **more: object) -> FieldSpec:
    """A partial date."""
    return FieldSpec(key, label, Kind.DATE, help=help, **more)  # type: ignore[arg-type]


def yes_no(key: str, label: str, help: str = "", **more: object) -> FieldSpec:
    """Yes, no or not said."""
    return FieldSpec(key, label, Kind.YES_NO, help=help, **more)  # type: ignore[arg-type]


def whole(key: str, label: str, low: int, high: int, help: str = "", **more: object) -> FieldSpec:
    """A whole number between two bounds."""
    return FieldSpec(key, label, Kind.WHOLE, low=low, high=high, help=help, **more)  # type: ignore[arg-type]


def ref(key: str, label: str, target: str, help: str = "", **more: object) -> FieldSpec:
    """One other record."""
    return FieldSpec(key, label, Kind.REF, target=target, help=help, **more)  # type: ignore[arg-type]


def links(key: str, label: str, target: str, help: str = "", inverse: str = "") -> FieldSpec:
    """A set of other records; ``inverse`` is the label under which the other end lists them."""
    return FieldSpec(key, label, Kind.LINKS, target=target, help=help, inverse=inverse)


def tags(key: str, label: str, help: str = "") -> FieldSpec:
    """A set of free words."""
    return FieldSpec(key, label, Kind.TAGS, help=help)


def term_set(key: str, label: str, terms: Vocabulary, help: str = "") -> FieldSpec:
    """A set of terms of a vocabulary."""
    return FieldSpec(key, label, Kind.TERMS, terms, help=help)
