"""Rules the domain owns: overdue, ratings, closure, what may follow what (DESIGN 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from vawg_desktop.domain import dates
from vawg_desktop.domain.closing import TESTED
from vawg_desktop.domain.conditions import EVIDENCE_SEEN
from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import CLOSING_AUTHORITY, fold

Row = Mapping[str, Value]


def effective_due(spec: EntitySpec, row: Mapping[str, object]) -> str | None:
    """The date that counts: of an action ``revised_due``, else ``due``."""
    return next((str(row[key]) for key in spec.due if row.get(key)), None)


def due_day(spec: EntitySpec, row: Row) -> str:
    """The last day the effective due date can mean, ISO; empty where no date is set."""
    return last_day_of(effective_due(spec, row))


def last_day_of(stored: Value) -> str:
    """The last day that a stored date can mean, ISO; empty where there is none."""
    last = dates.last_day(str(stored)) if stored else None
    return last.isoformat() if last else ""


def weight(row: Row) -> int | None:
    """How much a gap weighs: its severity (1 to 4) times its frequency (1 to 4); None where either is not stated."""
    severity, frequency = (str(row.get(key) or "") for key in ("severity", "frequency"))
    return int(severity) * int(frequency) if severity.isdigit() and frequency.isdigit() else None


def is_restricted(row: Row, today: date) -> bool:
    """Whether a restriction with its reason stands today; a date it ends with is its last day."""
    if not row.get("restriction"):
        return False
    until = dates.last_day(str(row["restricted_until"])) if row.get("restricted_until") else None
    return until is None or until >= today


def verification(row: Row) -> int:
    """The rung of the verification ladder, 0 to 4."""
    level = row.get("verification")
    return int(level) if level is not None and str(level).isdigit() else 0


def counted_rating(row: Row) -> str:
    """The rating that counts and papers use: ours, else ``not_rated``."""
    return str(row.get("rating_opcc") or "not_rated")


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold, for a refusal or for ``rule_failures`` after a merge."""

    rule: str
    message: str


def broken_rules(spec: EntitySpec, row: Row, evidence: int = 0) -> list[Broken]:
    """Every rule of the record that does not hold. ``row`` holds stored values by key, ``evidence`` counts what proves it."""
    found = [
        Broken("required", f"{f.label} must not be empty.")
        for f in spec.fields
        if f.required and not row.get(f.key)
    ]
    if closes(spec, row):
        found += _closure(row, evidence)
    if spec.rating and "verification" in spec.by_key:
        found += _blue(row, row.get(spec.status) == spec.done)
    return found


def _blue(row: Row, finished: bool) -> list[Broken]:
    if row.get("rating_opcc") != "blue" or (finished and verification(row) >= int(EVIDENCE_SEEN)):
        return []
    return [Broken("blue", "Blue means complete and verified: set the status to complete and the "
                   "verification to 2 (evidence seen by the OPCC) or above first.")]  # fmt: skip


def closes(spec: EntitySpec, row: Row) -> bool:
    """Whether the record stands closed in a way that has to be earned, so that its evidence is counted (DESIGN 3)."""
    return spec.closes_with_evidence and row.get(spec.status) == spec.done


def _closure(row: Row, evidence: int) -> list[Broken]:
    missing: list[str] = []
    route, authority = row.get("closure_route"), row.get("closing_authority") or "office"
    if evidence == 0 and (not route or route in TESTED):
        missing.append("evidence")
    if not row.get("outcome_statement"):
        missing.append("an outcome statement")
    if not row.get("closed_by") or not row.get("closure_agreed_by"):
        missing.append("who proposed the closure and a second person who agreed it")
    elif _person(row["closed_by"]) == _person(row["closure_agreed_by"]):
        missing.append("a second person (the same name appears twice)")
    if not route:
        missing.append("its closure route")
    if route in ("superseded", "duplicate") and not row.get("superseded_by"):
        missing.append("the recommendation that replaces it")
    if authority != "office" and not row.get("authority_agreement"):
        label = CLOSING_AUTHORITY.label(str(authority))
        whose = f"{label[:1].lower()}{label[1:]}"
        missing.append(f"where {whose} agreed to it, whose authority closes it")
    if not missing:
        return []
    return [Broken("closure", f"Closure is earned: this recommendation still needs {join(missing)}.")]


def _person(name: Value) -> str:
    return fold(str(name))


def refuse_broken(spec: EntitySpec, before: Row | None, after: Row, evidence: int = 0) -> None:
    """Raise RuleError for a rule that an edit newly breaks; what a merge left broken may be mended."""
    already = {b.rule for b in broken_rules(spec, before, evidence)} if before is not None else set[str]()
    for broken in broken_rules(spec, after, evidence):
        if broken.rule not in already:
            raise RuleError(broken.message, code=f"rule_{broken.rule}")


#: Cells of an immutable record that may still change: it can be hidden and annotated.
ALWAYS_EDITABLE = frozenset({"deleted", "note", "reference"})


def refuse_immutable(spec: EntitySpec, cells: Sequence[str]) -> None:
    """Raise RuleError where an append-only record would be edited."""
    if spec.immutable and not set(cells) <= ALWAYS_EDITABLE:
        raise RuleError(
            f"A {spec.label.casefold()} is kept as it was given; add a new one that corrects it.",
            code="rule_immutable",
        )


def slips(dues: Sequence[str | None]) -> int:
    """How often an effective due date moved later. ``dues`` is its successive values, oldest first."""
    days = [d for d in (dates.last_day(x) for x in dues) if d is not None]
    return sum(1 for a, b in pairwise(days) if b > a)


#: How the reason of a change begins that sets right what was wrong from the start: no date moved by it.
CORRECTION = "correction"


def is_correction(why: str | None) -> bool:
    """Whether a reason says that a change only sets a mistake right."""
    return re.match(rf"{CORRECTION}\b", (why or "").strip().casefold()) is not None


def on_road(road: Sequence[str | None], due: str | None, why: str | None) -> list[str | None]:
    """The dates that a record had one after the other, with the next one: back to one it had, a correction in place of the last, else one more."""
    if is_correction(why):
        return [*road[:-1], due]
    return [*road[: road.index(due) + 1]] if due in road else [*road, due]


def join(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
