"""The columns of a progress return, derived from the fields that are asked for or shown there (DESIGN 2 and 5)."""

from __future__ import annotations

from dataclasses import dataclass

from vawg_desktop.domain import entities
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind

#: Kinds that hold words as they are typed.
_WORDED = (Kind.TEXT, Kind.LONG)


@dataclass(frozen=True, slots=True)
class ReturnColumn:
    """A column of the return: its field, heading, hint and width in characters, and where its answer is kept.

    ``on_update``: the answer is kept with the progress update, otherwise in the action's own cell.
    ``sent``: it leaves filled with what stands now. ``called`` are headings that partners typed in its place.
    """

    spec: FieldSpec
    heading: str
    width: int
    hint: str = ""
    on_update: bool = False
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


def _asked(spec: EntitySpec) -> list[tuple[int, ReturnColumn]]:
    return [
        (a.place, ReturnColumn(f, a.heading or f.label, a.width, a.hint, spec is entities.UPDATE, a.sent, a.called))
        for f in spec.fields
        if (a := f.asked) is not None
    ]


#: Columns that partners fill in, in their order.
ASKED: tuple[ReturnColumn, ...] = tuple(
    column for _, column in sorted([*_asked(entities.ACTION), *_asked(entities.UPDATE)], key=lambda placed: placed[0])
)
BY_KEY: dict[str, ReturnColumn] = {c.key: c for c in ASKED}
#: Their headings by key.
HEADINGS: dict[str, str] = {c.key: c.heading for c in ASKED}
#: Keys of answers that live on the progress update, not on the action.
ON_UPDATE = frozenset(c.key for c in ASKED if c.on_update)
#: Those of them that are words, and of which the latest stands until another is given.
UPDATE_WORDS: tuple[str, ...] = tuple(c.key for c in ASKED if c.on_update and c.worded)
#: Keys of answers sent filled with what stands now; the rest start empty, with the last answer beside them.
SENT = frozenset(c.key for c in ASKED if c.sent)
#: Keys of columns that hold words.
WORDED = frozenset(c.key for c in ASKED if c.worded)
#: Fields of the action that are shown as context, by place; the return's own context stands between them.
SHOWN: tuple[ReturnColumn, ...] = tuple(
    ReturnColumn(f, shown.heading or f.label, shown.width)
    for f, shown in sorted(
        ((f, f.locked) for f in entities.ACTION.fields if f.locked is not None), key=lambda pair: pair[1].place
    )
)

#: Before the place of a new row in the decision that says which record it became.
ADDED_ROW = "row:"
#: Before the place of an entry of the tray in the decision that says what was made of it.
FROM_TRAY = "tray:"


def field_of_column(key: str) -> FieldSpec:
    """The field that a column of the return fills. Raises KeyError for a key that is no column."""
    return BY_KEY[key].spec
