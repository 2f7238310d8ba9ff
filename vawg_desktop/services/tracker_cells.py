"""A tracker's cells as stored values: understood, or asked about and kept word for word."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.errors import Problem, ValueRefusedError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.terms import CROSS_CUTTING, PILLAR, fold
from vawg_desktop.domain.values import to_stored
from vawg_desktop.exchange.tracker_in import NO_DATE, Given, TrackerRow, as_typed
from vawg_desktop.services import names
from vawg_desktop.services.session import Session
from vawg_desktop.store.door import Transaction

_OWNERS = re.compile(r"\s*(?:;|/|\n|,|\+)\s*")
#: Words that join two bodies only where both are known: many bodies' own names hold them.
_JOINED = re.compile(r"\s*(?:\band\b|&)\s*", re.IGNORECASE)


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


def trayed(given: Given, why: str) -> dict[str, str]:
    """A cell as the tray keeps it: its place, heading, text and why it lies there."""
    return {"sheet": given.sheet, "cell": given.cell, "header": given.header, "text": given.text, "why": why}


class CellReader:
    """What the cells of a row mean; what is not understood is asked about and kept in the tray."""

    def __init__(self, session: Session, tx: Transaction, done: Imported) -> None:
        self._session, self._tx, self._done = session, tx, done
        self._directories: dict[str, names.Directory] = {}
        self._touched: dict[tuple[str, str], str] = {}

    def _read(
        self, row: TrackerRow, spec: EntitySpec, given: dict[str, Given]
    ) -> tuple[dict[str, Value], dict[FieldSpec, list[str]]]:
        cells: dict[str, Value] = {}
        sets: dict[FieldSpec, list[str]] = {}
        for key, one in given.items():
            found = spec.by_key.get(key)
            if found is None:
                self._done.tray.append(trayed(one, "there is no such field"))
            elif found.target == "partner":
                self._owners(spec, found, one, cells, sets)
            elif found.kind in (Kind.REF, Kind.LINKS):
                continue
            elif found.many:
                sets[found] = self._elements(found, one)
            else:
                cells[key] = self._cell(found, one)
        return cells, sets

    def _cell(self, spec: FieldSpec, one: Given) -> Value:
        if one.value is None:
            return self._colour(spec, one)
        if spec.key == "pillar":
            return self._pillar(one)
        if spec.kind is Kind.DATE and fold(one.text) in NO_DATE:
            self._ask("no_date_yet", f"{spec.label}: “{one.text}” is not a date; no date was set.", one)
            return None
        try:
            return to_stored(spec, _percent(spec, one))
        except ValueRefusedError as refused:
            self._ask("not_understood", refused.message, one)
            return None

    def _colour(self, spec: FieldSpec, one: Given) -> Value:
        if spec.terms is not None and spec.key.startswith("rating"):
            label = spec.terms.label(one.colour)
            self._problem(
                "colour_only",
                f"This cell is {label.casefold()} but holds no word. Is the rating {label}? Nothing was set.",
                one,
            )
            self._done.tray.append(
                {**trayed(one, "a colour without a word"), "text": f"(filled {label.casefold()})"}
            )
        return None

    def _pillar(self, one: Given) -> Value:
        parts = [p for p in _OWNERS.split(one.text) if p] if PILLAR.find(one.text) is None else [one.text]
        known = [PILLAR.find(p) for p in parts]
        if fold(one.text) == fold(CROSS_CUTTING):
            return None
        if not parts or known[0] is None or len(known) > 1:
            if len(known) > 1 and known[0] is not None:
                self._problem(
                    "several_pillars",
                    f"“{one.text}” names several pillars; the first was taken as the first pillar.",
                    one,
                )
                self._done.tray.append(trayed(one, "more pillars than one"))
                return known[0].key
            self._ask("not_understood", f"“{one.text}” is not a pillar.", one)
            return None
        return known[0].key

    def _elements(self, spec: FieldSpec, one: Given) -> list[str]:
        parts = [p.strip() for p in re.split(r"[;\n]", one.text) if p.strip()]
        if spec.kind is Kind.TAGS:
            return parts
        found: list[str] = []
        for part in parts:
            try:
                found.append(str(to_stored(spec, part)))
            except ValueRefusedError as refused:
                self._ask("not_understood", refused.message, one)
        return found

    def _owners(
        self,
        spec: EntitySpec,
        found: FieldSpec,
        one: Given,
        cells: dict[str, Value],
        sets: dict[FieldSpec, list[str]],
    ) -> None:
        directory = self._directory("partner")
        parts = [one.text] if directory.find(one.text) else [p for p in _OWNERS.split(one.text) if p]
        if len(parts) == 1:
            joined = [p for p in _JOINED.split(one.text) if p]
            parts = joined if all(directory.find(p) for p in joined) else parts
        ids = [i for i in (self._partner(p, one) for p in parts) if i]
        if not ids:
            return
        if found.many:
            sets.setdefault(found, []).extend(ids)
            return
        cells[found.key] = ids[0]
        others = spec.by_key.get({"action": "contributors", "recommendation": "supporting"}.get(spec.key, ""))
        if len(ids) > 1 and others is not None:
            sets.setdefault(others, []).extend(ids[1:])
            self._problem(
                "two_owners",
                f"“{one.text}” names {len(ids)} owners; the first was taken as {found.label.casefold()}, "
                f"the rest as {others.label.casefold()}.",
                one,
            )

    def _partner(self, name: str, one: Given) -> str | None:
        directory = self._directory("partner")
        known = directory.find(name)
        if known is not None:
            return known.id
        if fold(name) in NO_DATE:
            self._ask("not_understood", f"“{name}” names no owner yet.", one)
            return None
        try:
            directory.require(name)
        except ValueRefusedError as refused:
            if "did you mean" in refused.message:
                self._ask("owner_unclear", refused.message, one)
                return None
        id = self._tx.create("partner", {"name": name})
        directory.add(names.Found("partner", id, str(self._tx.row("partner", id)["reference"]), name))
        self._touched[("partner", id)] = "created"
        self._problem("new_partner", f"“{name}” was not known and was added as a partner.", one)
        return id

    def _section(self, row: TrackerRow, spec: EntitySpec, cells: dict[str, Value]) -> None:
        pillar = PILLAR.find(row.section) if row.section else None
        if pillar is not None and spec.key == "recommendation" and "pillar" not in cells:
            cells["pillar"] = pillar.key

    def _directory(self, entity: str) -> names.Directory:
        if entity not in self._directories:
            self._directories[entity] = names.Directory(self._tx.connection, entity)
        return self._directories[entity]

    def _problem(self, code: str, message: str, one: Given) -> None:
        self._done.problems.append(Problem(code, message, one.sheet, one.cell))

    def _ask(self, code: str, message: str, one: Given) -> None:
        """A value we do not understand: said, and kept in the tray word for word."""
        self._problem(code, message, one)
        self._done.tray.append(trayed(one, "not understood"))


def _percent(spec: FieldSpec, one: Given) -> object:
    """A fraction in a % column is a share of one: 0.5 is 50. A bare 1 is asked."""
    if spec.key == "percent" and isinstance(one.value, float) and 0 < one.value < 1:
        return round(one.value * 100)
    if spec.key == "percent" and one.value == 1 and not isinstance(one.value, str):
        raise ValueRefusedError("% complete is 1: is that 1% or 100%? Nothing was taken.")
    return as_typed(one.value)
