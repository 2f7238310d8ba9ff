"""A case extract measured: harm and its concentration, repeat victims and offenders, where and when, and how far cases get. Counts stand beside harm.

Pure, on the columns of ``exchange/cases_in.py``; what comes out names no case and nobody.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from vawg_desktop.analysis import concentration, harm, survival
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.cases_in import Cases, Weights

#: The shares of units of which the share of harm is told.
TOPS = (0.01, 0.05, 0.1, 0.2)
#: Points of Lorenz' curve that are kept.
_POINTS = 100
#: By so many days it is told how far cases got.
BY_DAYS = (90, 180, 365)
#: Outcomes without further action, by what the Home Office's groups and codes are called; a charge has a date of its own.
_CHARGED_WORDS = ("charge", "summons")
#: Caveats that stand beside every measure of harm.
CAVEATS = (
    "Harm is counts times weights: what crimes of a kind weigh together. It is no score of a case, of a victim or of an offender.",
    "Domestic abuse and stalking weigh far too little by these weights: controlling or coercive behaviour is made of many acts, and each is weighed alone.",
    "A list of the most harmful is no forecast: most of each year's are new, and one rape alone puts somebody on it. Compare the share with what chance alone would give.",
)


@dataclass(slots=True)
class Spread:
    """How harm and offences are spread over victims or offenders. Shares lie between 0 and 1; ``by_chance`` is the top tenth's share of harm if each offence fell on one of them by chance."""

    units: int = 0
    repeats: int = 0
    offences_of_repeats: int = 0
    harm_of_repeats: float = 0.0
    tops: dict[str, float] = field(default_factory=dict[str, float])
    tops_of_offences: dict[str, float] = field(default_factory=dict[str, float])
    gini: float = math.nan
    deciles: list[float] = field(default_factory=list[float])
    lorenz: list[float] = field(default_factory=list[float])
    by_chance: float = math.nan


@dataclass(slots=True)
class Measured:
    """What is kept of an extract: totals, spreads, counts and harm by place, time and people, and how far cases got."""

    offences: int = 0
    harm: float = 0.0
    weighed: int = 0
    unweighed: dict[str, int] = field(default_factory=dict[str, int])
    offenders: Spread = field(default_factory=Spread)
    victims: Spread = field(default_factory=Spread)
    groups: dict[str, dict[str, tuple[int, float]]] = field(default_factory=dict[str, dict[str, tuple[int, float]]])
    stages: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    ends: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    medians: dict[str, float | None] = field(default_factory=dict[str, float | None])
    followed_from: str = ""
    followed_until: str = ""
    least_follow_up: int = 0

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def from_json(told: Mapping[str, Any]) -> Measured:
    """What was kept, read again."""
    made = Measured(**{k: v for k, v in told.items() if k not in ("offenders", "victims", "groups", "stages")})
    made.offenders, made.victims = Spread(**told["offenders"]), Spread(**told["victims"])
    made.groups = {g: {k: (int(v[0]), float(v[1])) for k, v in some.items()} for g, some in told["groups"].items()}
    made.stages = [(str(s), int(n)) for s, n in told["stages"]]
    return made


def measure(cases: Cases, weights: Weights | None) -> Measured:
    """Measure an extract. A row without a weight counts as an offence and not as harm, and is told under ``unweighed``.

    An offence that stands in several rows, one for each of its offenders, is one offence, and its harm is divided among them.
    """
    count = cases.rows
    made = Measured()
    codes, types = _texts(cases, "code"), _texts(cases, "type")
    weight = [_weight(weights, c, t) for c, t in zip(codes, types, strict=True)]
    references = _texts(cases, "offence")
    shared = Counter(r for r in references if r)
    part = [1 / shared[r] if r else 1.0 for r in references]
    each = [(w or 0.0) * p for w, p in zip(weight, part, strict=True)]
    made.offences = round(math.fsum(part))
    made.harm = math.fsum(each)
    made.weighed = round(math.fsum(p for w, p in zip(weight, part, strict=True) if w is not None))
    missing: Counter[str] = Counter()
    for w, c, t, p in zip(weight, codes, types, part, strict=True):
        if w is None:
            missing[c or t or "no code"] += p  # type: ignore[assignment]
    made.unweighed = {k: max(1, round(v)) for k, v in missing.most_common(40)} if weights is not None else {}
    made.offenders = spread(_texts(cases, "offender"), each, part) if cases.has("offender") else Spread()
    made.victims = spread(_texts(cases, "victim"), each, part) if cases.has("victim") else Spread()
    _groups(cases, made, each, part, count)
    _ends(cases, made, references)
    return made


def _texts(cases: Cases, key: str) -> list[str]:
    return cases.columns.get(key) or [""] * cases.rows


def _weight(weights: Weights | None, code: str, words: str) -> float | None:
    if weights is None:
        return None
    found = weights.by_code.get(code) if code else None
    return found if found is not None else weights.by_type.get(fold(words)) if words else None


def spread(units: Sequence[str], harms: Sequence[float], parts: Sequence[float]) -> Spread:
    """How harm and offences are spread over those that are named; rows that name nobody are left out."""
    by_unit: dict[str, list[float]] = {}
    named = [(u, h, p) for u, h, p in zip(units, harms, parts, strict=True) if u]
    for unit, value, part in named:
        known = by_unit.setdefault(unit, [0.0, 0.0, 0.0])
        known[0] += value
        known[1] += part
        known[2] += 1
    made = Spread(units=len(by_unit))
    if not by_unit:
        return made
    weighed = [v[0] for v in by_unit.values()]
    offences = [v[2] for v in by_unit.values()]
    repeats = [v for v in by_unit.values() if v[2] > 1]
    made.repeats, made.offences_of_repeats, made.harm_of_repeats = len(repeats), round(sum(v[2] for v in repeats)), math.fsum(v[0] for v in repeats)
    made.tops_of_offences = {f"{top:g}": concentration.top_share(offences, top) for top in TOPS}
    if sum(weighed) > 0:
        made.tops = {f"{top:g}": concentration.top_share(weighed, top) for top in TOPS}
        made.gini = concentration.gini(weighed)
        made.deciles = harm.by_decile(weighed)
        _, shares = concentration.lorenz(weighed)
        made.lorenz = [float(shares[round(n * (len(shares) - 1) / _POINTS)]) for n in range(_POINTS + 1)]
        made.by_chance = concentration.expected_top_share([h for _, h, _ in named], len(by_unit), 0.1, times=40)
    return made


#: What counts and harm are broken down by: the key, its words, the column and how a value is grouped.
def _groups(cases: Cases, made: Measured, each: Sequence[float], part: Sequence[float], count: int) -> None:
    days: list[dt.date | None] = cases.columns.get("reported") or [None] * count
    kinds: dict[str, Sequence[str]] = {
        "District": _texts(cases, "district"), "Month": ["" if d is None else f"{d:%Y-%m}" for d in days], "Month of the year": ["" if d is None else f"{d:%m} {d:%B}" for d in days],
        "Hour": ["" if h is None else f"{h:02d}:00" for h in cases.columns.get("hour") or [None] * count], "Domestic abuse": _texts(cases, "domestic"),
        "Victims by sex and age": _joined(_texts(cases, "victim_sex"), _texts(cases, "victim_age")), "Offenders by sex and age": _joined(_texts(cases, "offender_sex"), _texts(cases, "offender_age")),
        "Outcome": _texts(cases, "outcome"), "Offence": [t or c for t, c in zip(_texts(cases, "type"), _texts(cases, "code"), strict=True)],
    }  # fmt: skip
    known = [d for d in days if d is not None]
    if not known or (max(known) - min(known)).days < 2 * 365:  # under twenty-four months there is no season to be seen
        del kinds["Month of the year"]
    for name, values in kinds.items():
        tally: dict[str, list[float]] = {}
        for value, harmful, p in zip(values, each, part, strict=True):
            if value:
                one = tally.setdefault(value, [0.0, 0.0])
                one[0] += p
                one[1] += harmful
        if len(tally) > 1 or (tally and name in ("District", "Offence")):
            made.groups[name] = {k: (round(v[0]), v[1]) for k, v in sorted(tally.items())}


def _joined(one: Sequence[str], other: Sequence[str]) -> list[str]:
    return [" ".join(w for w in pair if w) for pair in zip(one, other, strict=True)]


def _ends(cases: Cases, made: Measured, references: Sequence[str]) -> None:
    """How far cases got: those that reached each stage, and the share that was charged or ended otherwise by so many days; each offence once."""
    days: list[dt.date | None] = cases.columns.get("reported") or [None] * cases.rows
    first: dict[object, int] = {}
    for n, (reference, day) in enumerate(zip(references, days, strict=True)):
        if day is not None:
            first.setdefault(reference or n, n)
    rows = list(first.values())
    if not rows:
        return
    reported = [d for n in rows if (d := days[n]) is not None]
    seen = [d for key in ("reported", "identified", "referred", "charged", "completed", "outcome_date") for d in cases.columns.get(key, []) if d is not None]
    until = max(seen)
    made.followed_from, made.followed_until, made.least_follow_up = min(reported).isoformat(), until.isoformat(), (until - max(reported)).days
    made.stages = [("Reported", len(rows))]
    for key, words in (("identified", "Suspect identified"), ("referred", "Referred to the CPS"), ("charged", "Charged"), ("completed", "Completed at court")):
        if cases.has(key):
            made.stages.append((words, sum(cases.columns[key][n] is not None for n in rows)))
    if not cases.has("charged") and not cases.has("outcome_date"):
        return
    times, causes = _times(cases, rows, days, until)
    curve, estimates = survival.cumulative_incidence(times, causes)
    for cause, estimate in estimates.items():
        made.ends[str(cause)] = {str(day): survival.by(curve, estimate, day) for day in BY_DAYS if day <= max(times, default=0)}
        made.medians[str(cause)] = survival.median(curve, estimate)


def _times(cases: Cases, rows: Sequence[int], days: Sequence[dt.date | None], until: dt.date) -> tuple[list[float], list[str | None]]:
    times: list[float] = []
    causes: list[str | None] = []
    outcomes = _texts(cases, "outcome")
    for n in rows:
        start = days[n]
        assert start is not None
        charged, ended = (cases.columns[k][n] if cases.has(k) else None for k in ("charged", "outcome_date"))
        if charged is None and ended is not None and any(w in fold(outcomes[n]) for w in _CHARGED_WORDS):
            charged = ended
        end, cause = (charged, "Charged") if charged is not None else (ended, "Ended without a charge") if ended is not None else (until, None)
        if end < start:  # an end before its report is a slip of the extract: the case is followed for no day
            end = start
        times.append(float((end - start).days))
        causes.append(cause)
    return times, causes
