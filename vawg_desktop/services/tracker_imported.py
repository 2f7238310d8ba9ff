"""What taking a list in did, or would do: counts, questions, and the tray of cells that found no place."""

from __future__ import annotations

from dataclasses import dataclass, field

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import Problem
from vawg_desktop.exchange.tracker_shape import Given


@dataclass(slots=True)
class Imported:
    """What an import did, or would do."""

    mapping: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])
    tray: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    did_you_mean: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    by_entity: dict[str, int] = field(default_factory=dict[str, int])
    changes: Changes = field(default_factory=Changes)

    def as_json(self) -> dict[str, object]:
        """The contract's keys, with more beside them."""
        return {
            "mapping": self.mapping, "created": self.created, "updated": self.updated,
            "unchanged": self.unchanged, "problems": [p.as_json() for p in self.problems],
            "tray": self.tray, "did_you_mean": self.did_you_mean, "by_entity": self.by_entity,
            "transaction": self.changes.txn,
        }  # fmt: skip


def tray_entry(given: Given, why: str) -> dict[str, str]:
    """A cell as the tray keeps it: its place, heading, text and why it lies there."""
    return {"sheet": given.sheet, "cell": given.cell, "header": given.header, "text": given.text, "why": why}


def id_of(given: Given) -> tuple[str, str]:
    """A cell by its place."""
    return given.sheet, given.cell
