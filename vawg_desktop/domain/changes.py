"""What an operation touched, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from vawg_desktop.domain.fields import Value


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One cell of one record, before and after; stored values, or labels where their source says so."""

    at: str
    who: str
    why: str
    record: str
    field: str
    before: Value | list[str]
    after: Value | list[str]
    entity: str = ""
    title: str = ""
    act: str = ""

    def as_json(self) -> dict[str, object]:
        """The contract's keys for ``history`` and ``changed``, with more beside them."""
        return {
            "at": self.at,
            "who": self.who,
            "why": self.why,
            "record": self.record,
            "field": self.field,
            "before": self.before,
            "after": self.after,
            "entity": self.entity,
            "title": self.title,
            "act": self.act,
        }


@dataclass(slots=True)
class Changes:
    """What one transaction changed: entity keys and record ids, and sentences for the person.

    ``txn`` is empty where nothing changed.
    """

    txn: str = ""
    entities: set[str] = field(default_factory=set[str])
    records: set[str] = field(default_factory=set[str])
    created: list[str] = field(default_factory=list[str])
    entries: int = 0
    notes: list[str] = field(default_factory=list[str])

    def __bool__(self) -> bool:
        return self.entries > 0

    def concerns(self, *entities: str) -> bool:
        """Whether any of these kinds of record changed (link changes count for both ends)."""
        return bool(self.entities.intersection(entities))
