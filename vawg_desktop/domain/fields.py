"""What a field and an entity are: the words with which ``domain/entities.py`` declares every one of them.

To add a field: 1. its FieldSpec in ``domain/entities.py`` (of the program's own records, ``own_records.py``); 2. one migration in
``db/migrations/versions``; then ``python dev.py schema`` writes ``db/schema.sql`` and ``python -m tests.domain.test_declaration``
the picture of the declaration that a test compares. A many-valued field (kinds ``TERMS``, ``TAGS``, ``LINKS``) is a set of link
records and needs no migration. A record's page shows a new field under More until a layout names it.
To ask for a field in the return: give it ``asked``. To show it there as context: ``locked``. Nothing else.
To know a tracker's column by it: ``headings``. To show it in the list otherwise than its kind asks: ``listed``.
To add an entity: 1. its EntitySpec in ``domain/entities.py``, and its vocabulary in ``domain/terms.py``; 2. one migration; its list,
form, filters, sections, search, history, merge and disposal derive from it. A line in ``ui/places.py`` gives it a page of its own; a
layout (``ui/layouts.py``) is needed only where the plain one will not do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from vawg_desktop.domain.terms import Vocabulary, how_many

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
class Asked:
    """How the return asks partners for a field (DESIGN 5): its place among the columns to fill, heading, width and hint.

    ``width`` is in characters, as spreadsheets count it. ``sent`` says that the column leaves filled with what
    stands now; others start empty. ``called`` are headings that partners have typed in its place.
    """

    place: int
    hint: str
    width: int = 28
    heading: str = ""
    sent: bool = False
    called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Locked:
    """How the return shows a field as context that is not for answer: its place, heading and width."""

    place: int
    width: int
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """How a list shows a field otherwise than its kind asks: heading, width, and what stands where it is empty.

    ``width`` is in pixels at 100%. ``kind`` is a kind of column (``ui/models/list_model.py``) and ``sort`` the key it is sorted by.
    """

    heading: str = ""
    width: int = 0
    empty: str = ""
    kind: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of one entity, declared once.

    ``low`` and ``high`` bound a whole number, ``at_least`` any other. ``asked`` makes it a column that the partner fills in
    a return and ``locked`` one shown there as context. ``listed`` is how a list shows it; ``headings`` are what trackers call
    it beside its label and key. ``private`` fields never leave the store.
    ``names_file``: the SHA-256 of a kept file; ``names_record``: the id of a record
    of any kind. ``copied_from_parent``: copied from the record it is part of, as that stands when the row is made. ``over_time`` is the kind of record that keeps what the
    field held before, where a role passes to another or a body is renamed. ``formerly``: a set of links whose ends were terms (of ``terms``) or
    free words in earlier versions; these stay valid ends, and mean the record that bears the same words (``services/worded.py``).
    ``weighed``: the cell of a set's links that says how much each counts: ``extent`` or ``strength``. ``strictest``: its values, the most protective first, or ``filled`` (any words bind more than none) or ``later`` (no end, then the latest): of two values that nobody has chosen between the stricter stands. ``retired``: no longer asked for; it shows under "Earlier wording" while it holds words, and still merges.
    ``noted``: written down by the program beside a person's act; of two values the first stands, and nobody is asked to choose.
    ``room``: the room sees it in a meeting. ``off_paper``: what colleagues tell each other, never printed. ``frozen``: stands as it was first written; no edit changes it. ``time_of_day``: kept as 14:30, however it is typed.
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
    at_least: int | None = None
    asked: Asked | None = None
    locked: Locked | None = None
    listed: Listed | None = None
    headings: tuple[str, ...] = ()
    private: bool = False
    default: Value = None
    inverse: str = ""
    names_file: bool = False
    names_record: bool = False
    copied_from_parent: bool = False
    over_time: str = ""
    formerly: Kind | None = None
    retired: bool = False
    weighed: str = ""
    strictest: tuple[Value, ...] | str = ()
    noted: bool = False
    room: bool = False
    off_paper: bool = False
    frozen: bool = False
    time_of_day: bool = False

    @property
    def many(self) -> bool:
        """Whether the field is a set of link records."""
        return self.kind in SETS

    @property
    def holds_id(self) -> bool:
        """Whether its cell is the id of another record, of one kind or of any: shown by what that record is called."""
        return self.kind is Kind.REF or self.names_record


@dataclass(frozen=True)
class EntitySpec:
    """One kind of record: its name in commands, its words, its reference prefix, its fields, and what it can.

    ``title``, ``status``, ``due``, ``owner``, ``others``, ``rating`` and ``pillar`` are keys of its fields (``pillar`` may be a
    derived column); ``due`` are the dates that count, the first that is filled in. ``finished`` are the statuses with
    nothing left to do, ``complete`` the one that claims the work done. ``closes_with_evidence``: closing it needs evidence, an outcome
    and a second person. ``closes_by_tests``: whoever closes it has answered its tests first (``domain/closing.py``). ``serves`` is the set of links to what it serves: the first one's pillar is its own, and each counts it.
    ``told_by``: the kind of record in which its progress is told; each of its rows names the record, an ``as_at`` and a ``status``. ``derived`` are columns worked out from rows,
    in the order of the table (``store/derive.py`` and ``store/summaries.py`` say how). ``kept_counts``: the store keeps how many stand in each status and
    rating. ``indexed`` are columns that a long list is sorted by. ``large``: many thousands of rows; its references and found rows
    have indexes of their own. ``identity``: fields by which an imported row is
    this record. ``own_day``: dates that say of which day the record is. ``by_content``: the same content is the same record in every
    store. ``kept_by_program``: nobody is asked to choose between two
    readings of it. ``listed`` and ``form`` are the columns of its list and the fields of its "new" form; ``filters`` are offered above the list,
    each its words, the key and the value it asks for. ``tracked``: trackers hold columns of it; ``numbered`` are what
    they call its own number. ``also_under``: other
    fields that name a record which it stands under too, such as the later meeting that a question was answered at. ``by_title``: other
    records call it by its title, not its reference. ``hides``: a yes/no field, and the fields that stand in no list, map or output while it says yes. ``counted``: what one and many of it are called beside a number, where label and plural will not do.
    """

    key: str
    label: str
    plural: str
    prefix: str
    title: str
    fields: tuple[FieldSpec, ...]
    immutable: bool = False
    parent: str = ""
    also_under: tuple[str, ...] = ()
    system: bool = False
    status: str = ""
    finished: frozenset[str] = frozenset()
    complete: str = ""
    closes_with_evidence: bool = False
    closes_by_tests: bool = False
    serves: str = ""
    told_by: str = ""
    due: tuple[str, ...] = ()
    owner: str = ""
    others: str = ""
    rating: str = ""
    pillar: str = ""
    derived: tuple[str, ...] = ()
    kept_counts: bool = False
    indexed: tuple[str, ...] = ()
    large: bool = False
    identity: tuple[str, ...] = ()
    own_day: tuple[str, ...] = ()
    by_content: bool = False
    kept_by_program: bool = False
    listed: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    filters: tuple[tuple[str, str, str], ...] = ()
    tracked: bool = False
    numbered: tuple[str, ...] = ()
    counted: tuple[str, str] | None = None
    by_title: bool = False
    hides: tuple[str, tuple[str, ...]] = ("", ())

    def kept_in(self, row: Mapping[str, object]) -> frozenset[str]:
        """The fields of a row that stand on its own page alone, such as where a refuge is."""
        flag, keys = self.hides
        return frozenset(keys) if flag and row.get(flag) else frozenset()

    def how_many(self, number: int) -> str:
        """A number of its records in words: 1 action, 2 pieces of evidence."""
        one, many = self.counted or (self.label.casefold(), self.plural.casefold())
        return how_many(number, one, many)

    @cached_property
    def by_key(self) -> dict[str, FieldSpec]:
        """Every field of the kind, sets too, by its key."""
        return {f.key: f for f in self.fields}

    @cached_property
    def cells(self) -> tuple[FieldSpec, ...]:
        """Fields that are columns of the row."""
        return tuple(f for f in self.fields if not f.many)

    @cached_property
    def sets(self) -> tuple[FieldSpec, ...]:
        """Fields that are sets of links."""
        return tuple(f for f in self.fields if f.many)

    @cached_property
    def status_field(self) -> FieldSpec | None:
        """The field that says where the record stands."""
        return self.by_key.get(self.status)

    @cached_property
    def done(self) -> str:
        """The status in which its work is done: the one that claims it, or the closing that is earned."""
        return self.complete or ("closed" if self.closes_with_evidence else "")

    @cached_property
    def in_list(self) -> tuple[str, ...]:
        """The columns of its list: as declared, else the title, where it stands, when it is due and whose it is."""
        plain = (self.title, self.status, *self.due[-1:], self.owner)
        return self.listed or tuple(k for k in plain if k in self.by_key)

    @cached_property
    def file_cell(self) -> str:
        """The field that holds the SHA-256 of its kept file, or an empty text."""
        return next((f.key for f in self.cells if f.names_file), "")

    @cached_property
    def file_cells(self) -> tuple[str, ...]:
        """The fields that hold its kept file: the SHA-256, and the name where there is one; none where it keeps no file."""
        return tuple(k for k in (self.file_cell, "file_name") if self.file_cell and k in self.by_key)

    @cached_property
    def columns(self) -> frozenset[str]:
        """Every column of its row that a list can filter and sort by."""
        return frozenset({"id", "reference", "deleted", "conflicts", *(f.key for f in self.cells), *self.derived})

    def link_kind(self, spec: FieldSpec) -> str:
        """The kind under which the links of a set field are kept."""
        return f"{self.key}.{spec.key}"


def text(key: str, label: str, help: str = "", **more: object) -> FieldSpec:
    """A field of one line of text."""
    return FieldSpec(key, label, Kind.TEXT, help=help, **more)  # type: ignore[arg-type]


def long(key: str, label: str, help: str = "", **more: object) -> FieldSpec:
    """A field of several paragraphs."""
    return FieldSpec(key, label, Kind.LONG, help=help, **more)  # type: ignore[arg-type]


def term(key: str, label: str, terms: Vocabulary, help: str = "", **more: object) -> FieldSpec:
    """A field that holds one key of a vocabulary."""
    return FieldSpec(key, label, Kind.TERM, terms, help=help, **more)  # type: ignore[arg-type]


def when(key: str, label: str, help: str = "", **more: object) -> FieldSpec:
    """A partial date."""
    return FieldSpec(key, label, Kind.DATE, help=help, **more)  # type: ignore[arg-type]


def yes_no(key: str, label: str, help: str = "", **more: object) -> FieldSpec:
    """A field that holds True, False or, where it is not stated, None."""
    return FieldSpec(key, label, Kind.YES_NO, help=help, **more)  # type: ignore[arg-type]


def whole(key: str, label: str, low: int, high: int, help: str = "", **more: object) -> FieldSpec:
    """A whole number between two bounds."""
    return FieldSpec(key, label, Kind.WHOLE, low=low, high=high, help=help, **more)  # type: ignore[arg-type]


def ref(key: str, label: str, target: str, help: str = "", **more: object) -> FieldSpec:
    """One other record."""
    return FieldSpec(key, label, Kind.REF, target=target, help=help, **more)  # type: ignore[arg-type]


def links(key: str, label: str, target: str, help: str = "", inverse: str = "", **more: object) -> FieldSpec:
    """A set of other records; ``inverse`` is the label under which the other end lists them."""
    return FieldSpec(key, label, Kind.LINKS, target=target, help=help, inverse=inverse, **more)  # type: ignore[arg-type]


def tags(key: str, label: str, help: str = "") -> FieldSpec:
    """A set of free words."""
    return FieldSpec(key, label, Kind.TAGS, help=help)


def term_set(key: str, label: str, terms: Vocabulary, help: str = "", **more: object) -> FieldSpec:
    """A field that holds any number of keys of a vocabulary, each a link of its own."""
    return FieldSpec(key, label, Kind.TERMS, terms, help=help, **more)  # type: ignore[arg-type]
