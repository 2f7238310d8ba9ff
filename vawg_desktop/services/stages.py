"""Indicators that are stages one after the other: which share of an earlier stage's count a later one is, or why no share can be made of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from vawg_desktop.analysis.attrition import IncomparableError, Kind, Stage, conversion
from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.evidence_terms import COUNT_UNIT
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.document import Cell, Table
from vawg_desktop.exchange.series_chart import number
from vawg_desktop.services import indicators
from vawg_desktop.services.indicators import Series, Value
from vawg_desktop.services.kept_back import KEPT_BACK
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

#: What has to be said beside shares, by what the cases have in common.
SAYS = {
    Kind.COHORT: "Both count the same cases, followed from their report; recent periods grow as cases go on.",
    Kind.SNAPSHOT: "Both count what happened in the period: those at the later stage are not those at the earlier one, so the share is not the chance of getting there.",
}
_EARLIER = (
    "SELECT i.id, i.cases, i.area FROM link l JOIN indicator i ON i.id = l.b AND NOT i.deleted "
    "WHERE l.a = ? AND l.kind = 'indicator.earlier_stages' AND NOT l.deleted ORDER BY l.n"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One period: both counts, and the share of the earlier in per cent, or why there is none."""

    period: str
    earlier: float
    later: float
    share: float | None
    why: str = ""
    provisional: bool = False
    #: The ids of both values.
    values: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Stages:
    """A later stage beside an earlier one: their titles and references, the periods that both have, what has to be said, and why nothing is shown."""

    earlier: str
    reference: str
    later: str
    steps: list[Step] = field(default_factory=list[Step])
    says: str = ""
    why: str = ""

    def rows(self, hidden: Collection[str] = ()) -> list[list[str]]:
        """Period, earlier count, later count and share as texts, the newest first; without the values, by their ids, that are kept back, and their shares."""
        made: list[list[str]] = []
        for step in reversed(self.steps):
            counts = [KEPT_BACK if id in hidden else number(n) for id, n in zip(step.values, (step.earlier, step.later), strict=True)]
            share = KEPT_BACK if KEPT_BACK in counts else f"{step.share:.1f}%{' (provisional)' if step.provisional else ''}" if step.share is not None else "no share"
            made.append([short_label(step.period), *counts, share])
        return made

    @property
    def notes(self) -> list[str]:
        """What has to be said of the shares, and why some periods have none."""
        reasons = list(dict.fromkeys(f"{short_label(s.period)}: {s.why}" for s in self.steps if s.why))
        return [self.why] if self.why else [self.says, *reasons]

    @property
    def headings(self) -> list[str]:
        """What its columns are called."""
        return ["Period", self.earlier, self.later, "Share"]


def of_indicator(session: Session, indicator: str) -> list[Stages]:
    """An indicator, by its id, beside each of its earlier stages."""
    connection = session.read()
    own = plain_rows(connection, "SELECT cases, area FROM indicator WHERE id = ?", (indicator,))
    before = plain_rows(connection, _EARLIER, (indicator,))
    if not before or not own:
        return []
    later = indicators.series(session, indicator)
    return [_beside(indicators.series(session, str(row["id"])), later, row, own[0]) for row in before]


def _beside(earlier: Series, later: Series, of_earlier: dict[str, object], of_later: dict[str, object]) -> Stages:
    made = Stages(earlier.title, earlier.reference, later.title)
    for series, row in ((earlier, of_earlier), (later, of_later)):
        if not row["cases"]:
            made.why = f"It is not recorded whether “{series.title}” counts cases followed from their report or what happened in a period, so no share is made."
            return made
    areas = [str(row["area"] or "") for row in (of_earlier, of_later)]
    if fold(areas[0]) != fold(areas[1]):
        made.why = f"“{earlier.title}” is of {areas[0] or 'no area'}, “{later.title}” of {areas[1] or 'no area'}: these are other cases."
        return made
    kinds = [Kind(str(row["cases"])) for row in (of_earlier, of_later)]
    units = [COUNT_UNIT.label(s.unit).casefold() if s.unit else "" for s in (earlier, later)]
    if not all(units):
        made.why = "It is not recorded what both count (offences, suspects, defendants and so on), so no share is made."
        return made
    if {earlier.unit, later.unit} & {"per_cent", "days", "pounds"}:
        made.why = "A share is made of counts, not of percentages, days or pounds."
        return made
    values = {v.period: v for v in earlier.values}
    for value in later.values:
        if (first := values.get(value.period)) is not None:
            made.steps.append(_step(first, value, [Stage(s.title, int(v.value), u, k, value.period) for s, v, u, k in ((earlier, first, units[0], kinds[0]), (later, value, units[1], kinds[1]))]))
    refusals = {s.why for s in made.steps}
    if made.steps and len(refusals) == 1 and "" not in refusals and (kinds[0] is not kinds[1] or units[0] != units[1]):
        made.why, made.steps = refusals.pop(), []  # it is the same in every period
    elif not made.steps:
        made.why = f"“{earlier.title}” and “{later.title}” have no period in common."
    else:
        made.says = SAYS[kinds[1]]
    return made


def _step(earlier: Value, later: Value, stages: list[Stage]) -> Step:
    try:
        share, why = 100 * conversion(*stages), ""
    except IncomparableError as error:
        share, why = None, str(error)
    return Step(later.period, earlier.value, later.value, share, why, earlier.provisional or later.provisional, (earlier.id, later.id))


def tables(session: Session, indicator: str, hidden: Collection[str]) -> list[Table]:
    """The same as tables of a paper, without the values, by their ids, that are kept back."""
    made: list[Table] = []
    for one in of_indicator(session, indicator):
        rows: list[list[Cell]] = [list(r) for r in one.rows(hidden)]
        made.append(Table(f"{one.later} out of {one.earlier}", one.headings, rows, one.notes))
    return made
