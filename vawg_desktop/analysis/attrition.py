"""How many get from one stage of the justice process to the next, where that can be said at all. Pure.

A share of one stage in another means something only where both count the same thing (offences, suspects and defendants are not) of the same
cases: a cohort followed from its report, or a snapshot of what happened in a period, never one beside the other. A snapshot's later stage is of
other cases than its earlier one, and is said so. Source: Home Office and Ministry of Justice, *Criminal justice system delivery data dashboards*.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the cases of a stage have in common."""

    COHORT = "cohort"  # reported in the same period, and followed
    SNAPSHOT = "snapshot"  # counted in the same period, whenever they were reported


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name, how many reached it, in which unit, and of which cases (``cases``: the cohort's or snapshot's period)."""

    name: str
    count: int
    unit: str
    kind: Kind
    cases: str


class IncomparableError(ValueError):
    """Two stages of which no share can be made; the message says why."""


def conversion(earlier: Stage, later: Stage) -> float:
    """The share of an earlier stage that reached a later one, from 0 to 1.

    Raises IncomparableError where they count other things, are of other cases, mix a cohort with a snapshot, where nobody reached the earlier
    one, or where more reached the later one of the same cohort.
    """
    if earlier.unit != later.unit:
        raise IncomparableError(f"“{earlier.name}” counts {earlier.unit}, “{later.name}” counts {later.unit}: no share can be made of them.")
    if earlier.kind is not later.kind:
        raise IncomparableError(f"“{earlier.name}” is of a {earlier.kind}, “{later.name}” of a {later.kind}: these are other cases.")
    if earlier.cases != later.cases:
        raise IncomparableError(f"“{earlier.name}” is of {earlier.cases}, “{later.name}” of {later.cases}: these are other cases.")
    for stage in (earlier, later):
        if not 0 <= stage.count < math.inf:
            raise IncomparableError(f"“{stage.name}” holds no count: {stage.count}.")
    if earlier.count == 0:
        raise IncomparableError(f"Nobody is counted at “{earlier.name}”.")
    if earlier.kind is Kind.COHORT and later.count > earlier.count:
        raise IncomparableError(f"More are counted at “{later.name}” than at “{earlier.name}”, which no cohort can do.")
    return later.count / earlier.count
