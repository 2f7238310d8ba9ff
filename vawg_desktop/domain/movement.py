"""What became of a record between two moments, net: a status that went there and back did not move, a date slips once however often it moved. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vawg_desktop.domain import rules
from vawg_desktop.domain.conditions import EVIDENCE_SEEN
from vawg_desktop.domain.fields import EntitySpec, Value

#: What may become of a record, in the order in which it is told.
MOVED, SLIPPED, CLAIMED, PROVED, CLOSED, REOPENED, DELETED, SILENT, NEW = KINDS = (
    "moved", "slipped", "claimed", "proved", "closed", "reopened", "deleted", "silent", "new",
)  # fmt: skip
#: The evidence that it is complete was taken back, though it is still said to be. It is told beside the kinds above and is not one of them.
UNPROVED = "unproved"
#: All that is told, in its order.
TOLD = (*KINDS[:4], UNPROVED, *KINDS[4:])
#: A record's cells as they stand; None where it is not there yet.
Standing = Mapping[str, Value] | None


@dataclass(frozen=True, slots=True)
class Step:
    """How a record stood after an entry of the log, when that was written (UTC, as the log has it), and for which reason."""

    at: str
    cells: Mapping[str, Value]
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that became of a record: its kind, the field, what stood before and after, when it last changed, and how often."""

    kind: str
    field: str
    before: Value
    after: Value
    at: str
    times: int


def moves(spec: EntitySpec, before: Standing, steps: Sequence[Step]) -> list[Move]:
    """What became of a record that stood as ``before`` and then as each of ``steps``, oldest first."""
    if not steps:
        return []
    after = steps[-1].cells
    was_there, is_there = _there(before), _there(after)
    if not is_there:
        gone = _changed(DELETED, "deleted", before, steps, lambda cells: not _there(cells))
        return [Move(DELETED, gone.field, False, True, gone.at, gone.times)] if was_there else []
    found: list[Move] = []
    if was_there:
        found += _status(spec, before, steps)
        found += _slip(spec, before, steps)
    else:
        found.append(Move(NEW, spec.status, None, after.get(spec.status), steps[-1].at if before is not None else steps[0].at, 1))
    return [*found, *_claims(spec, before if was_there else None, steps)]


def _there(cells: Standing) -> bool:
    return cells is not None and not cells.get("deleted")


def _status(spec: EntitySpec, before: Standing, steps: Sequence[Step]) -> list[Move]:
    """That its status moved, and whether that closed or opened it."""
    was, now = _of(before, spec.status), _of(steps[-1].cells, spec.status)
    if was == now:
        return []
    found = [_changed(MOVED, spec.status, before, steps, lambda cells: _of(cells, spec.status))]
    if spec.closes_by_tests and "closed" in (was, now):
        found.append(_changed(CLOSED if now == "closed" else REOPENED, spec.status, before, steps, lambda cells: _of(cells, spec.status)))
    return found


def _slip(spec: EntitySpec, before: Standing, steps: Sequence[Step]) -> list[Move]:
    """That the date that counts is later now, and how often it moved later on the way; a move taken back is none, nor is a correction."""
    if not spec.due or before is None:
        return []
    was, now = rules.due_day(spec, before), rules.due_day(spec, steps[-1].cells)
    if not was or now <= was:
        return []
    road: list[str | None] = [rules.effective_due(spec, before)]
    at = steps[0].at
    for step in steps:
        due = rules.effective_due(spec, step.cells)
        if due == road[-1]:
            continue
        at = step.at
        road = rules.on_road(road, due, step.why)
    if not rules.slips(road):
        return []
    field = next(key for key in spec.due if steps[-1].cells.get(key))
    return [Move(SLIPPED, field, road[0], road[-1], at, rules.slips(road))]


def _claims(spec: EntitySpec, before: Standing, steps: Sequence[Step]) -> list[Move]:
    """That it was said to be complete, was shown to be, or is no longer shown to be."""
    if not spec.complete or "verification" not in spec.by_key:
        return []

    def complete(cells: Standing) -> bool:
        return cells is not None and _of(cells, spec.status) == spec.complete

    def proved(cells: Standing) -> bool:
        return complete(cells) and str(_of(cells, "verification") or "0") >= EVIDENCE_SEEN

    after = steps[-1].cells
    if proved(after) and not proved(before):
        made = _changed(PROVED, "verification", before, steps, proved)
        return [Move(PROVED, made.field, _of(before, "verification"), _of(after, "verification"), made.at, made.times)]
    if complete(after) and not proved(after) and not complete(before):
        made = _changed(CLAIMED, spec.status, before, steps, complete)
        return [Move(CLAIMED, made.field, _of(before, spec.status), _of(after, spec.status), made.at, made.times)]
    if complete(after) and proved(before) and not proved(after):
        made = _changed(UNPROVED, "verification", before, steps, proved)
        return [Move(UNPROVED, made.field, _of(before, "verification"), _of(after, "verification"), made.at, made.times)]
    return []


def _changed(kind: str, field: str, before: Standing, steps: Sequence[Step], told: Callable[[Standing], object]) -> Move:
    """A move with the last moment at which what is told changed, and how often it did."""
    last, times, at = told(before), 0, steps[-1].at
    for step in steps:
        if told(step.cells) != last:
            last, times, at = told(step.cells), times + 1, step.at
    return Move(kind, field, _of(before, field), _of(steps[-1].cells, field), at, times)


def _of(cells: Standing, key: str) -> Value:
    return cells.get(key) if cells is not None else None
