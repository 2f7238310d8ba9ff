"""The merge as pure functions: heads of a cell, the value that stands, three-way comparison.

A cell's **heads** are the changes to it that no other change has overwritten. One head is
settled; several that agree are settled by the next edit; several that differ are a conflict.
Nothing here looks at a clock: the order in which entries arrive changes nothing (DESIGN 4).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from vawg_desktop.domain.fields import Value

_NAMESPACE = uuid.UUID("6f2b0a52-6a0b-5a0e-9b7a-2f6f4c0e8a11")


@dataclass(frozen=True, slots=True)
class CellChange:
    """One change to one cell: the value written, and which changes its writer saw and overwrote."""

    id: str
    origin: str
    seq: int
    value: Value
    overwrote: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """What a cell holds: the value shown everywhere, its heads, and whether they disagree."""

    value: Value
    heads: tuple[CellChange, ...]

    @property
    def conflicted(self) -> bool:
        """Whether two heads hold different values."""
        return differ(self.heads)


def differ(heads: Iterable[CellChange]) -> bool:
    """Whether heads hold more than one value. ``True`` and ``1`` are one value, as SQL has it."""
    all_heads = list(heads)
    return len(all_heads) > 1 and len({_comparable(h.value) for h in all_heads}) > 1


def heads_of(changes: Iterable[CellChange]) -> tuple[CellChange, ...]:
    """The changes that nobody has overwritten, first by (origin, seq)."""
    known = list(changes)
    if len(known) == 1:
        return tuple(known)
    gone = {o for s in known for o in s.overwrote}
    alive = {s.id: s for s in known if s.id not in gone}
    return tuple(sorted(alive.values(), key=lambda s: (s.origin, s.seq)))


def standing(changes: Iterable[CellChange], rank: Callable[[Value], float] | None = None) -> Standing:
    """What a cell holds after all of ``changes``: every store that knows the same shows the same.

    Of heads that differ the first by (origin, seq) stands; where ``rank`` says how strict a value is, the strictest (lowest) does.
    """
    heads = heads_of(changes)
    shown = min(heads, key=lambda h: rank(h.value)) if rank is not None and heads else heads[0] if heads else None
    return Standing(shown.value if shown is not None else None, heads)


class Kind(StrEnum):
    """How a returned cell compares (DESIGN 5, Merged)."""

    UNCHANGED = "unchanged"
    OURS = "ours"
    BOTH_SAME = "both_same"
    INCOMING = "incoming"
    CONFLICT = "conflict"


def compare(base: Value, current: Value, incoming: Value) -> Kind:
    """Compare one cell three ways. All three are stored (normalised) values; None is empty.

    >>> compare("not_started", "not_started", "complete").value
    'incoming'
    """
    if type(base) is type(current) is type(incoming) and base == current == incoming:
        return Kind.UNCHANGED
    b, c, i = _comparable(base), _comparable(current), _comparable(incoming)
    if i == b:
        return Kind.UNCHANGED if c == b else Kind.OURS
    if i == c:
        return Kind.BOTH_SAME
    return Kind.INCOMING if c == b else Kind.CONFLICT


def _comparable(value: Value) -> Value:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return "\n".join(line.rstrip() for line in value.replace("\r\n", "\n").replace("\t", " ").split("\n")).strip()
    return value


def same(one: Value, other: Value) -> bool:
    """Whether two stored values are one value to the merge."""
    if type(one) is type(other) and one == other:
        return True
    return _comparable(one) == _comparable(other)


def link_id(kind: str, a: str, b: str) -> str:
    """The id of a link: the same link made on two laptops is one record."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind}\x1f{a}\x1f{b}"))


def content_id(*parts: str) -> str:
    """The id of a record that follows from what it says: the same file read in two stores is one submission."""
    return str(uuid.uuid5(_NAMESPACE, "content\x1f" + "\x1f".join(parts)))


def conflict_id(table: str, row: str, cell: str) -> str:
    """The id of a conflict, the same in every store that has it."""
    return "K-" + uuid.uuid5(_NAMESPACE, f"conflict\x1f{table}\x1f{row}\x1f{cell}").hex[:10]
