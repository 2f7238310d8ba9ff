"""A case extract measured: harm and its concentration, repeat victims and offenders, where and when, and how far cases get. Counts stand beside harm.

Pure, on the columns of ``exchange/cases_in.py``; what comes out names no case and nobody.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from vawg_desktop.analysis import concentration, harm, survival
from vawg_desktop.domain import identifying
from vawg_desktop.domain.case_outcomes import Ended, how_ended
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.cases_in import Cases, Weights

#: The shares of units of which the share of harm is told.
TOPS = (0.01, 0.05, 0.1, 0.2)
#: Points of Lorenz' curve that are kept.
_POINTS = 100
#: By so many days it is told how far cases got.
BY_DAYS = (90, 180, 365)
#: Caveats that stand beside every measure of harm.
CAVEATS = (
    "Harm is counts times weights: what crimes of a kind weigh together. It is not a score for a case, a victim or an offender.",
    "Domestic abuse and stalking weigh far too little by these weights: controlling or coercive behaviour is made of many acts, and each is weighed alone.",
    "A list of the most harmful is not a forecast: most people on each year's list are new to it, and a single rape puts somebody on it. Compare the share with what chance alone would give.",
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
    #: Of each group, how many of its offences have a weight: where none has, it has no harm of nought days but none that was measured.
    weighed_of: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    #: Of each group, how many offences of its rarest kind it holds: where these are few, its days of harm would tell them.
    rarest: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
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

    An offence that stands in several rows, one for each of its offenders or victims, is one offence, and its harm is divided among the rows.
    """
    made = Measured()
    codes, types = _texts(cases, "code"), _texts(cases, "type")
    weight = [_weight(weights, c, t) for c, t in zip(codes, types, strict=True)]
    references = [r or f"\x00{n}" for n, r in enumerate(_texts(cases, "offence"))]
    shared = Counter(references)
    heaviest: dict[str, float] = {}
    for reference, w in zip(references, weight, strict=True):
        if w is not None:
            heaviest[reference] = max(w, heaviest.get(reference, 0.0))
    each = [heaviest.get(r, 0.0) / shared[r] for r in references]
    made.offences, made.harm, made.weighed = len(shared), math.fsum(heaviest.values()), len(heaviest)
    if weights is not None:
        missing = Counter({r: c or t or "no code" for r, c, t in zip(references, codes, types, strict=True) if r not in heaviest}.values())
        told = {label: count for label, count in missing.items() if _CODE.fullmatch(label) or (count >= _LEAST_KEPT and len(label) <= _LETTERS and not any(p.sure for p in identifying.passages(label)))}
        if rest := sum(missing.values()) - sum(told.values()):  # a label that few have may be somebody's story
            told[_OTHER] = told.get(_OTHER, 0) + rest
        made.unweighed = dict(sorted(told.items(), key=lambda one: (-one[1], one[0]))[:40])
    made.offenders = spread(_texts(cases, "offender"), each, references) if cases.has("offender") else Spread()
    made.victims = spread(_texts(cases, "victim"), each, references) if cases.has("victim") else Spread()
    _groups(cases, made, each, references, heaviest)
    _ends(cases, made, references)
    return made


def _texts(cases: Cases, key: str) -> list[str]:
    return cases.columns.get(key) or [""] * cases.rows


def _weight(weights: Weights | None, code: str, words: str) -> float | None:
    if weights is None:
        return None
    found = weights.by_code.get(code) if code else None
    return found if found is not None else weights.by_type.get(fold(words)) if words else None


def spread(units: Sequence[str], harms: Sequence[float], references: Sequence[str]) -> Spread:
    """How harm and offences are spread over those that are named; rows that name nobody are left out. An offence counts once for each of them."""
    by_unit: dict[str, float] = {}
    of_unit: dict[str, set[str]] = {}
    named = [(u, h, r) for u, h, r in zip(units, harms, references, strict=True) if u]
    for unit, value, reference in named:
        by_unit[unit] = by_unit.get(unit, 0.0) + value
        of_unit.setdefault(unit, set()).add(reference)
    made = Spread(units=len(by_unit))
    if not by_unit:
        return made
    weighed = list(by_unit.values())
    offences = [len(of_unit[u]) for u in by_unit]
    repeats = [u for u in by_unit if len(of_unit[u]) > 1]
    made.repeats, made.offences_of_repeats, made.harm_of_repeats = len(repeats), len({r for u in repeats for r in of_unit[u]}), math.fsum(by_unit[u] for u in repeats)
    made.tops_of_offences = {f"{top:g}": concentration.top_share(offences, top) for top in TOPS}
    if sum(weighed) > 0:
        made.tops = {f"{top:g}": concentration.top_share(weighed, top) for top in TOPS}
        made.gini = concentration.gini(weighed)
        made.deciles = harm.by_decile(weighed)
        _, shares = concentration.lorenz(weighed)
        made.lorenz = [float(shares[round(n * (len(shares) - 1) / _POINTS)]) for n in range(_POINTS + 1)]
        made.by_chance = concentration.expected_top_share([h for _, h, _ in named], len(by_unit), 0.1, times=40)
    return made


#: An offence code, which is nobody's story.
_CODE = re.compile(r"\d{1,3}[A-Z]?(?:/\d{1,2})?|no code")
#: A label of more letters than these is somebody's story; fewer offences than these make no group of their own in what is kept.
_LETTERS, _LEAST_KEPT, _OTHER = 60, 5, "Other"


def _groups(cases: Cases, made: Measured, each: Sequence[float], references: Sequence[str], weighed: Collection[str]) -> None:
    """Counts and harm by place, time and people: each offence once in a group. A label that few have, or that may tell who somebody is, is not kept."""
    count = cases.rows
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
        offences: dict[str, set[str]] = {}
        harms: dict[str, float] = {}
        for value, harmful, reference in zip(values, each, references, strict=True):
            if value:
                offences.setdefault(value, set()).add(reference)
                harms[value] = harms.get(value, 0.0) + harmful
        made.groups[name] = _kept(name, offences, harms)
        if (len(made.groups[name]) < 2 and name not in ("District", "Offence")) or not made.groups[name]:
            del made.groups[name]
        else:
            kept = made.groups[name]
            labels = [(v if v in kept else _OTHER) if v else "" for v in values]
            made.rarest[name] = _rarest(labels, kinds["Offence"], references)
            with_weight = {(label, r) for label, r in zip(labels, references, strict=True) if r in weighed}
            counts = Counter(label for label, _ in with_weight)
            made.weighed_of[name] = {label: counts[label] for label in kept}
    made.rarest[_EVERY] = _rarest([_EVERY] * count, kinds["Offence"], references)


#: In ``Measured.rarest``, as a grouping and its only group: all offences.
_EVERY = "all"


def _rarest(labels: Sequence[str], kinds: Sequence[str], references: Sequence[str]) -> dict[str, int]:
    """For each label, how many offences of its rarest kind stand under it."""
    found: dict[str, dict[str, set[str]]] = {}
    for label, kind, reference in zip(labels, kinds, references, strict=True):
        if label:
            found.setdefault(label, {}).setdefault(kind, set()).add(reference)
    return {label: min(len(some) for some in of.values()) for label, of in found.items()}


#: Groups whose labels are dates and hours, made here and not in the file.
_OWN = frozenset({"Month", "Month of the year", "Hour"})


def _kept(name: str, offences: Mapping[str, set[str]], harms: Mapping[str, float]) -> dict[str, tuple[int, float]]:
    """The groups that are kept, each with its offences and harm; what stands under other labels is together under ``_OTHER``, as is what the file calls so."""
    places = name == "District"

    def plain(label: str) -> bool:
        names_nobody = all((places and p.kind == "place") or not p.sure for p in identifying.passages(label))  # many write "Community Resolution" large
        return name in _OWN or (label != _OTHER and len(label) <= _LETTERS and len(offences[label]) >= _LEAST_KEPT and names_nobody)

    kept = {label: (len(offences[label]), harms[label]) for label in sorted(offences) if plain(label)}
    left = [label for label in offences if label not in kept]
    if left:
        kept[_OTHER] = (len({r for label in left for r in offences[label]}), math.fsum(harms[label] for label in left))
    return kept


def _joined(one: Sequence[str], other: Sequence[str]) -> list[str]:
    return [" ".join(w for w in pair if w) for pair in zip(one, other, strict=True)]


def _ends(cases: Cases, made: Measured, references: Sequence[str]) -> None:
    """How far cases got: those that reached each stage, and the share that was charged or ended otherwise by so many days; each offence once."""
    days: list[dt.date | None] = cases.columns.get("reported") or [None] * cases.rows
    rows: dict[str, list[int]] = {}
    for n, (reference, day) in enumerate(zip(references, days, strict=True)):
        if day is not None:
            rows.setdefault(reference, []).append(n)
    if not rows:
        return
    first = {r: min(d for n in some if (d := days[n]) is not None) for r, some in rows.items()}
    seen = [d for key in _DATES for d in cases.columns.get(key, []) if d is not None]
    until = max(seen)
    made.followed_from, made.followed_until, made.least_follow_up = min(first.values()).isoformat(), until.isoformat(), (until - max(first.values())).days
    made.stages = [("Reported", len(rows))]
    for key, words in (("identified", "Suspect identified"), ("referred", "Referred to the CPS"), ("charged", "Charged"), ("completed", "Completed at court")):
        if cases.has(key):
            made.stages.append((words, sum(_earliest(cases, key, some) is not None for some in rows.values())))
    if not cases.has("charged") and not cases.has("outcome_date"):
        return
    times, causes = _times(cases, rows, first, until)
    curve, estimates = survival.cumulative_incidence(times, causes)
    for cause, estimate in estimates.items():
        made.ends[str(cause)] = {str(day): survival.by(curve, estimate, day) for day in BY_DAYS if day <= max(times, default=0)}
        made.medians[str(cause)] = survival.median(curve, estimate)


_DATES = ("reported", "identified", "referred", "charged", "completed", "outcome_date")


def _earliest(cases: Cases, key: str, rows: Sequence[int]) -> dt.date | None:
    """The first date of a stage over the rows of one offence, each of which may be of another offender."""
    column = cases.columns.get(key)
    return min((d for n in rows if (d := column[n]) is not None), default=None) if column is not None else None


def _times(cases: Cases, rows: Mapping[str, Sequence[int]], first: Mapping[str, dt.date], until: dt.date) -> tuple[list[float], list[str | None]]:
    times: list[float] = []
    causes: list[str | None] = []
    outcomes = _texts(cases, "outcome")
    for reference, some in rows.items():
        start = first[reference]
        closed = {kind: [n for n in some if how_ended(outcomes[n]) is kind] for kind in (Ended.CHARGED, Ended.WITHOUT)}
        charged = _earliest(cases, "charged", some) or _earliest(cases, "outcome_date", closed[Ended.CHARGED])
        ended = _earliest(cases, "outcome_date", closed[Ended.WITHOUT])
        end, cause = (charged, "Charged") if charged is not None else (ended, "Ended without a charge") if ended is not None else (until, None)
        times.append(float(max(0, (end - start).days)))  # an end before its report is a slip of the extract: the case is followed for no day
        causes.append(cause)
    return times, causes
