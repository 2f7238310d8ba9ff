"""The columns of a return, derived from the fields that are asked for or shown there (DESIGN 2 and 5).

There are two forms: the progress return about actions, and the contract's or grant's return about services.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from vawg_desktop.domain import entities
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind
from vawg_desktop.domain.journey_records import SERVICE_NUMBERS

#: Kinds that hold words as they are typed.
_WORDED = (Kind.TEXT, Kind.LONG)
#: Where an answer is kept: in a cell of the record, with the update that tells of it, or as a value of one of its indicators.
IN_CELL, ON_UPDATE_RECORD, AS_VALUE = "cell", "update", "value"


@dataclass(frozen=True, slots=True)
class ReturnColumn:
    """A column of a return: its field, heading, hint and width in characters, and where its answer is kept.

    ``sent``: it leaves filled with what stands now. ``called`` are headings that partners typed in its place.
    """

    spec: FieldSpec
    heading: str
    width: int
    hint: str = ""
    kept: str = IN_CELL
    sent: bool = False
    called: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The field's key."""
        return self.spec.key

    @property
    def terms(self) -> t.Vocabulary | None:
        """The words to choose from, where there are such."""
        return self.spec.terms

    @property
    def worded(self) -> bool:
        """Whether it holds words as they are typed."""
        return self.spec.kind in _WORDED


def _column(f: FieldSpec, kept: str) -> tuple[int, ReturnColumn]:
    a = f.asked
    assert a is not None
    return a.place, ReturnColumn(f, a.heading or f.label, a.width, a.hint, kept, a.sent, a.called)


def _in_order(*groups: tuple[tuple[FieldSpec, ...], str]) -> tuple[ReturnColumn, ...]:
    placed = [_column(f, kept) for fields, kept in groups for f in fields if f.asked is not None]
    return tuple(column for _, column in sorted(placed, key=lambda one: one[0]))


@dataclass(frozen=True)
class ReturnForm:
    """One form of return: the kind of round that sends it, what its rows are about, and in which records it is told.

    ``sheet`` is the sheet with a row each, ``row`` what a row is called, ``locked`` its five headings that are not for answer; ``columns``
    are those to fill, in their order, ``shown`` further context.
    """

    kind: str
    about: EntitySpec
    told_by: EntitySpec
    sheet: str
    row: str
    locked: tuple[str, str, str, str, str]
    columns: tuple[ReturnColumn, ...]
    shown: tuple[ReturnColumn, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, ReturnColumn]:
        """Its columns to fill by key."""
        return {c.key: c for c in self.columns}

    @cached_property
    def in_cells(self) -> tuple[str, ...]:
        """Keys of answers that are cells of the record."""
        return tuple(c.key for c in self.columns if c.kept == IN_CELL)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Keys of the words that live on the update, of which the latest stand until others are given."""
        return tuple(c.key for c in self.columns if c.kept == ON_UPDATE_RECORD and c.worded)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Keys of answers that are values of the record's indicators."""
        return tuple(c.key for c in self.columns if c.kept == AS_VALUE)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The headings of all columns that are not for answer."""
        return (*self.locked, *(c.heading for c in self.shown))


#: Fields of the action that are shown as context, by place; the return's own context stands between them.
_SHOWN: tuple[ReturnColumn, ...] = tuple(
    ReturnColumn(f, shown.heading or f.label, shown.width)
    for f, shown in sorted(
        ((f, f.locked) for f in entities.ACTION.fields if f.locked is not None), key=lambda pair: pair[1].place
    )
)
PROGRESS = ReturnForm(
    "progress", entities.ACTION, entities.UPDATE, "Actions", "action", ("Reference", "Action", "Recommendation", "Due date", "Last answer"),
    _in_order((entities.ACTION.fields, IN_CELL), (entities.UPDATE.fields, ON_UPDATE_RECORD)), tuple(c for c in _SHOWN if c.key not in ("title", "due")),
)  # fmt: skip
CONTRACT = ReturnForm(
    "contract", entities.SERVICE, entities.SERVICE_REPORT, "Services", "service",
    ("Reference", "Service", "Funder and contract", "Funding ends", "Last answer"),
    _in_order((entities.SERVICE_REPORT.fields, ON_UPDATE_RECORD), (SERVICE_NUMBERS, AS_VALUE)),
)  # fmt: skip
#: The form of each kind of round.
FORMS: dict[str, ReturnForm] = {f.kind: f for f in (PROGRESS, CONTRACT)}


def form_of(kind: str | None) -> ReturnForm:
    """The form that a kind of round sends; the progress return where the kind is not known here."""
    return FORMS.get(kind or "", PROGRESS)


_ALL = tuple(c for f in FORMS.values() for c in f.columns)
#: Columns to fill of every form by key; no two forms have different ones of the same key.
BY_KEY: dict[str, ReturnColumn] = {c.key: c for c in reversed(_ALL)}
#: Their headings by key, in their order.
HEADINGS: dict[str, str] = {c.key: c.heading for c in _ALL}
#: Keys of answers sent filled with what stands now; the rest start empty, with the last answer beside them.
SENT = frozenset(c.key for c in _ALL if c.sent)
#: Keys of columns that hold words.
WORDED = frozenset(c.key for c in _ALL if c.worded)
#: Keys of answers that live on the update, not on the record.
ON_UPDATE = frozenset(c.key for c in _ALL if c.kept == ON_UPDATE_RECORD)
#: Keys of answers that are values of the record's indicators.
ON_VALUE = frozenset(c.key for c in _ALL if c.kept == AS_VALUE)

#: Before the place of a new row in the decision that says which record it became.
ADDED_ROW = "row:"
#: Before the place of an entry of the tray in the decision that says what was made of it.
FROM_TRAY = "tray:"


def field_of_column(key: str) -> FieldSpec:
    """The field that a column of a return fills. Raises KeyError for a key that is no column."""
    return BY_KEY[key].spec
