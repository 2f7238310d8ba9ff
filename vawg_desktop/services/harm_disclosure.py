"""Which numbers of an extract of cases are shown: its tables are about the same offences, so that each may tell what another hides.

All counts are cells of one family: every grouping adds up to all offences, with those that it says nothing of as a cell of its own; months of the
year are sums of months; of a stage some reach the next and some do not; an outcome may be a stage by another name. Days of harm are counts times
weights that anybody may look up: they are shown only where no kind of offence in them is few, or the few could be worked out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from vawg_desktop.analysis import suppression
from vawg_desktop.analysis.suppression import Sum
from vawg_desktop.services.harm_measures import Measured

#: A cell: what it is counted by, and its label there.
Cell = tuple[str, str]
#: As a grouping: the stages of cases, and those who went no further than one.
STAGE, _STOPPED = "stage", "stopped at"
_ALL: Cell = ("", "all")


@dataclass(slots=True)
class _Family:
    """Counts by their cells, and how they add up."""

    counts: list[int] = field(default_factory=list[int])
    sums: list[Sum] = field(default_factory=list[Sum])
    _places: dict[Cell, int] = field(default_factory=dict[Cell, int])

    def place(self, cell: Cell, count: int) -> int:
        """The place of a cell, which is made where there is none."""
        if cell not in self._places:
            self._places[cell] = len(self.counts)
            self.counts.append(count)
        return self._places[cell]

    def add(self, total: int, parts: Sequence[int]) -> None:
        """Say that a number is the sum of others, where it is."""
        if parts and self.counts[total] == sum(self.counts[p] for p in parts):
            self.sums.append(Sum(total, tuple(parts)))

    def hidden(self, least: int) -> set[Cell]:
        """The cells that are not shown; how many offences there are in all is."""
        gone = suppression.hidden(self.counts, self.sums, least, {self._places[_ALL]})
        return {cell for cell, place in self._places.items() if place in gone}


def hidden_counts(m: Measured, least: int) -> set[Cell]:
    """The cells of an extract that are not shown: groupings by their names and labels, stages by ``STAGE``."""
    family = _Family()
    every = family.place(_ALL, m.offences)
    for name, groups in m.groups.items():
        parts = [family.place((name, label), count) for label, (count, _) in groups.items()]
        said = sum(family.counts[p] for p in parts)
        if said < m.offences:
            parts.append(family.place((name, ""), m.offences - said))
        family.add(every if said <= m.offences else family.place((name, "all"), said), parts)
    months = m.groups.get("Month", {})
    for label, (count, _) in m.groups.get("Month of the year", {}).items():
        family.add(family.place(("Month of the year", label), count), [family.place(("Month", month), n) for month, (n, _) in months.items() if month[5:7] == label[:2]])
    _add_stages(family, m, every)
    return family.hidden(least)


def _add_stages(family: _Family, m: Measured, every: int) -> None:
    for (name, count), (later, reached) in pairwise(m.stages):
        if count > reached:
            family.add(family.place((STAGE, name), count), [family.place((STAGE, later), reached), family.place((_STOPPED, name), count - reached)])
    for name, count in m.stages:
        stage = family.place((STAGE, name), count)
        if count == m.offences:
            family.add(every, [stage])
        for label, (n, _) in m.groups.get("Outcome", {}).items():
            if n == count and count:
                family.add(stage, [family.place(("Outcome", label), n)])


def tells_kinds(m: Measured, name: str, label: str, least: int) -> bool:
    """Whether the days of harm of a group would tell how many offences of a kind it holds, because they are few."""
    return m.rarest.get(name, {}).get(label, 0) < least


def tells_all(m: Measured, least: int) -> bool:
    """Whether the days of harm in all would tell how many offences of a kind there are."""
    return tells_kinds(m, "all", "all", least)
