"""Indicators with their values in order, as control charts: of one, or of all that belong to a service, a gap or an action."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from vawg_desktop.analysis import control
from vawg_desktop.domain.dates import bounds, length, short_label
from vawg_desktop.domain.evidence_terms import COUNT_UNIT
from vawg_desktop.domain.terms import how_many
from vawg_desktop.exchange.series_chart import Dot, number
from vawg_desktop.services import small_counts
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

#: What a sign is, in words.
_SIGNS = {
    "outside": "outside its limits", "trend": f"{control.RUN} points in a row one way", "near_limit": "two of three near a limit",
    "one_side": f"{control.RUN} points in a row on one side of the mean",
}  # fmt: skip
_ASSURED = {
    "passes": "As it stands, the target will be reached each time.", "fails": "As it stands, the target will not be reached.",
    "hit_and_miss": "As it stands, the target will be reached some times and missed others.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an indicator. ``id`` is its record's."""

    id: str
    reference: str
    period: str
    value: float
    base: float | None
    provisional: bool
    process_changed: bool
    counted_otherwise: bool = False
    break_reason: str = ""
    #: What happened in the period: actions, each as its reference and title.
    happened: tuple[str, ...] = ()


@dataclass(slots=True)
class Series:
    """An indicator with its values by period, and its chart."""

    id: str
    reference: str
    title: str
    unit: str
    good: str
    target: float | None
    values: list[Value] = field(default_factory=list[Value])
    #: Of values of one period only the latest written stands here; so many others there are.
    doubled: int = 0
    #: Whether it counts people, so that small numbers of it do not leave the office.
    of_people: bool = False
    least: int = small_counts.LEAST
    #: What each value tells: "flow", "stock" or "share"; empty where nobody said, and the title decides.
    value_of: str = ""
    #: Values of periods of another length than most, or of years that begin in another month: they are on no chart.
    apart: list[Value] = field(default_factory=list[Value])
    chart: control.ControlChart = field(default_factory=control.ControlChart)

    def dots(self) -> list[Dot]:
        """The series as the drawing takes it."""
        starts, flags = set(self.chart.starts[1:]), self._flags()
        return [
            Dot(short_label(v.period), v.value, p.mean, p.lower, p.upper, control.direction(p, self.good), v.provisional, n in starts, v.counted_otherwise, flags.get(n, ""))
            for n, (v, p) in enumerate(zip(self.values, self.chart.points, strict=True))
        ]

    def _flags(self) -> dict[int, str]:
        """By place, the number of what happened there."""
        return {place: str(number) for number, place in enumerate((n for n, v in enumerate(self.values) if v.happened), 1)}

    def legend(self) -> list[str]:
        """What the chart's numbers and breaks stand for, a sentence each."""
        flags = self._flags()
        told = [f"{flags[n]}  {short_label(v.period)}: {'; '.join(v.happened)}." for n, v in enumerate(self.values) if n in flags]
        return [*told, *(f"Counting changed from {short_label(v.period)}{f': {v.break_reason}' if v.break_reason else ''}. What is before and after is not compared." for v in self.values[1:] if v.counted_otherwise)]

    def year_totals(self) -> list[tuple[str, float, bool]]:
        """Totals of twelve months, by the last one: (period, total, whether any of them is provisional). Of counts by month alone, and none over a break or a gap."""
        months = [v.period for v in self.values]
        adds = self.value_of == "flow" if self.value_of else not _RATE.search(self.title)
        if not adds or self.unit in ("per_cent", "days") or not self.values or any(len(m) != 7 or not m[5:].isdigit() for m in months):
            return []
        made: list[tuple[str, float, bool]] = []
        for end in range(11, len(self.values)):
            twelve = self.values[end - 11 : end + 1]
            if _months(twelve[-1].period) - _months(twelve[0].period) == 11 and not any(v.counted_otherwise for v in twelve[1:]):
                made.append((twelve[-1].period, sum(v.value for v in twelve), any(v.provisional for v in twelve)))
        return made

    def left_off(self) -> str:
        """Which values are on no chart, as a sentence; empty where all are."""
        if not self.apart:
            return ""
        same = bool(self.values) and length(self.values[0].period) == length(self.apart[0].period)
        kind = "for a year that begins in another month" if same else "of another length of time"
        return f"{how_many(len(self.apart), 'value')} {kind}, such as {short_label(self.apart[0].period)}, {'is' if len(self.apart) == 1 else 'are'} not on the chart."

    def sentence(self) -> str:
        """The series in words: from when to when, the last value, mean and limits, what the last point says, and the target."""
        if not self.values:
            return f"{self.title}: no value is recorded yet."
        last, point = self.values[-1], self.chart.points[-1]
        unit = f" {COUNT_UNIT.label(self.unit).casefold()}" if self.unit not in ("", "other") else ""
        words = f"{self.title}: {number(last.value)}{unit} in {short_label(last.period)}{' (provisional)' if last.provisional else ''}."
        if point.lower is None or point.upper is None:
            return words + (f" {self.left_off()}" if self.apart else "")
        floor = max(0.0, point.lower) if all(v.value >= 0 for v in self.values) else point.lower
        stretch = self.values[self.chart.starts[-1] :] if self.chart.starts else self.values
        words += f" From {short_label(stretch[0].period)} on, {how_many(len(stretch), 'value')}; mean {number(round(point.mean, 1))}, usual between {number(round(floor, 1))} and {number(round(point.upper, 1))}."
        says = control.direction(point, self.good)
        words += f" The last value says that it has {_MOVED[says]}: {_SIGNS[point.sign]}." if says else " No sign that it has changed."
        words += f" {self.left_off()}" if self.apart else ""
        if self.chart.few:
            words += f" Fewer than {control.FEW} values, so the limits are a first guess."
        if self.target is not None and (assured := control.assurance(self.chart, self.good, self.target)):
            words += f" Target {number(self.target)}. {_ASSURED[assured]}"
        return words


#: A title of what is no count of a period, so that twelve of them make no total: a share, or what stands at its end.
_RATE = re.compile(r"\b(?:waiting|outstanding|backlog|caseload|in (?:post|place|service|custody)|on the (?:list|books)|at (?:the )?(?:end|month end|quarter end|year end)|(?:month|quarter|year|period)[ -]end|open (?:cases|investigations|referrals)|active (?:cases|caseload|clients)|rates?|per (?:1,?000|10,?000|100,?000|head|person|capita|cent)|average|mean|median|percentages?|proportion|share|ratio|score|index|satisfaction)\b|%", re.IGNORECASE)
_MOVED = {"better": "become better", "worse": "become worse", "changed": "changed"}


def _months(period: str) -> int:
    return int(period[:4]) * 12 + int(period[5:7])


def _number(words: object) -> float | None:
    try:
        return float(str(words)) if words is not None else None
    except ValueError:
        return None


_VALUES = (
    "SELECT v.id, v.reference, v.period, v.value, v.base, v.provisional, v.process_changed, v.counted_otherwise, v.break_reason FROM indicator_value v "
    "WHERE v.indicator = ? AND NOT v.deleted ORDER BY v.n"
)


_HAPPENED = (
    "SELECT v.id, a.reference, a.title FROM indicator_value v JOIN link l ON l.a = v.id AND l.kind = 'indicator_value.actions' AND NOT l.deleted "
    "JOIN action a ON a.id = l.b AND NOT a.deleted WHERE v.indicator = ? AND NOT v.deleted ORDER BY l.n"
)


def series(session: Session, indicator: str) -> Series:
    """An indicator, by its id, with its values in the order of their periods."""
    row = plain_rows(session.read(), "SELECT id, reference, title, count_unit, value_of, good, target FROM indicator WHERE id = ?", (indicator,))[0]
    made = Series(str(row["id"]), str(row["reference"]), str(row["title"]), str(row["count_unit"] or ""), str(row["good"] or ""), _number(row["target"]), of_people=bool(small_counts.of_people(session.read(), indicator)), least=small_counts.least(session.read()), value_of=str(row["value_of"] or ""))
    by_period: dict[str, Value] = {}
    happened: dict[str, list[str]] = {}
    for value_id, reference, title in session.read().exec_driver_sql(_HAPPENED, (indicator,)):
        happened.setdefault(str(value_id), []).append(f"{reference} {title}")
    for r in plain_rows(session.read(), _VALUES, (indicator,)):
        value = _number(r["value"])
        if value is None or not r["period"]:
            continue
        period = str(r["period"])
        made.doubled += period in by_period
        by_period[period] = Value(str(r["id"]), str(r["reference"]), period, value, _number(r["base"]), bool(r["provisional"]), bool(r["process_changed"]), bool(r["counted_otherwise"]), str(r["break_reason"] or ""), tuple(happened.get(str(r["id"]), ())))
    together = _on_one_chart(by_period)
    made.apart = [v for p, v in by_period.items() if p not in together]
    made.values = sorted((v for p, v in by_period.items() if p in together), key=lambda v: bounds(v.period))
    made.chart = control.xmr([v.value for v in made.values], [n for n, v in enumerate(made.values) if v.process_changed or v.counted_otherwise])
    return made


#: From so many values of one length on, months and quarters are parted.
_ENOUGH = 6


def _on_one_chart(periods: Iterable[str]) -> frozenset[str]:
    """The periods that most of a series are like: of one length, of equally many the shortest, and of years those that begin as most do.

    Among months a year's number stands many times too high, and a quarter's three times, which is told once there are enough for limits. Rolling years
    begin in every month, and stay together.
    """
    every = list(periods)
    counts = Counter(map(length, every))
    usual = max(("month", "quarter", "half-year", "year", "day"), key=lambda k: counts[k])
    short = {"month", "quarter", "day"} if usual in ("month", "quarter", "day") and counts[usual] < _ENOUGH else {usual}
    of_length = [p for p in every if length(p) in short]
    begins = Counter(bounds(p)[0].month for p in of_length)
    if usual == "year" and begins and (most := begins.most_common(1)[0])[1] * 3 >= 2 * len(of_length):
        of_length = [p for p in of_length if bounds(p)[0].month == most[0]]
    return frozenset(of_length)


def belonging_to(session: Session, record: str) -> list[Series]:
    """The series of every indicator that is linked to a service, a gap, an action or a stage, by its id."""
    rows = session.read().exec_driver_sql(
        "SELECT DISTINCT i.n, i.id FROM link l JOIN indicator i ON i.id = CASE WHEN l.a = ? THEN l.b ELSE l.a END AND NOT i.deleted "
        "WHERE (l.b = ? AND l.kind IN ('indicator.services', 'indicator.gaps', 'indicator.actions') OR l.a = ? AND l.kind = 'journey_stage.indicators') "
        "AND NOT l.deleted ORDER BY i.n", (record, record, record),
    ).fetchall()  # fmt: skip
    return [series(session, str(id)) for _, id in rows]
