"""A table's numbers over time taken in as indicators: of the areas that this store knows, or those that are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from vawg_desktop.domain import merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label, length
from vawg_desktop.domain.errors import NotFoundError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange.indicators_in import IndicatorFile, SeriesIn, read_indicators
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

#: Takes every area of a file.
ALL = "all"
#: What stands after a place's name in the name of its force.
_FORCE = (" police", " constabulary", " police service")


@dataclass(slots=True)
class Taken:
    """What became of a file: its series that were taken, and how many values were new, changed or as before."""

    file: IndicatorFile
    series: list[SeriesIn] = field(default_factory=list[SeriesIn])
    new: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def values(self) -> int:
        """How many numbers were taken."""
        return self.new + self.changed + self.unchanged

    def sentence(self) -> str:
        """What was taken, in words."""
        return f"{how_many(sum(bool(s.values) for s in self.series), 'series', 'series')} of {how_many(self.file.rows, 'row')}: {self.new:,} values new, {self.changed:,} changed, {self.unchanged:,} as before."


def take_in(session: Session, path: Path, *, areas: Collection[str] = (), mapping: Mapping[str, str] | None = None, dry_run: bool = False) -> tuple[Taken, Changes]:
    """Take in a file's numbers. ``areas`` are names of areas in it, or ``ALL``; without any, those that this store knows, and all where it knows none.

    Areas that were left out are told among the problems. Raises what ``read_indicators`` raises, NotFoundError for an area that the file has not.
    """
    taken = Taken(read_indicators(path, mapping))
    _choose(session, taken, areas)
    _part_by_length(session, taken)
    if dry_run:
        known = _known(session)
        for one in taken.series:
            there = known.get((fold(one.title), fold(one.area)))
            values = _values(session, there) if there else {}
            _tell_withdrawn(taken, one, values)
            _count(taken, one, {p: v for p, (_, v, _) in values.items()})
        return taken, Changes()
    with session.store.write(session.who, None, Act.IMPORT, None) as tx:
        known = _known(session)
        for one in taken.series:
            _write(tx, session, taken, one, known)
        changes = tx.changes
    return taken, changes


def _choose(session: Session, taken: Taken, areas: Collection[str]) -> None:
    there = {fold(a): a for a in taken.file.areas}
    wanted = {fold(a) for a in areas}
    if fold(ALL) in wanted or not there:
        taken.series = taken.file.series
        return
    if missing := {a for a in wanted if not any(_is(a, t) for t in there)}:
        raise NotFoundError(f"The file has no area “{next(a for a in areas if fold(a) in missing)}”; its areas are {', '.join(list(there.values())[:8])}{' and others' if len(there) > 8 else ''}.")
    ours = wanted or _own_areas(session)
    chosen = {t for t in there if any(_is(a, t) for a in ours)} or set(there)
    taken.series = [s for s in taken.file.series if not s.area or fold(s.area) in chosen]
    if left := len(there) - len(chosen):
        taken.file.problems.append(("other_areas", f"{how_many(left, 'other area')} of the file left out; name those that are wanted (on a command line with --area, and --area {ALL} for every one).", ""))


def _part_by_length(session: Session, taken: Taken) -> None:
    """Values by month and by year, in one file or in two, are two series: on one chart a year's number would stand among its months'."""
    known, made = _known(session), list[SeriesIn]()
    for one in taken.series:
        stand = Counter(length(p) for p in _values(session, there)) if (there := known.get((fold(one.title), fold(one.area)))) else Counter[str]()
        given = Counter(length(p) for p in one.values)
        usual = next((k for k, _ in (stand or given).most_common(1)), "")
        if set(given) <= {usual}:
            made.append(one)
            continue
        for kind in given:
            title = one.title if kind == usual else f"{one.title} (by {kind})"
            values, marks = ({p: v for p, v in some.items() if length(p) == kind} for some in (one.values, one.not_given))
            made.append(replace(one, title=title, values=values, not_given=marks))
            if kind != usual:
                taken.file.problems.append(("other_length", f"{one.title}{f', {one.area}' if one.area else ''} is kept by {usual}; its values by {kind} are an indicator of their own, “{title}”.", title))
    taken.series = made


def _is(name: str, area: str) -> bool:
    """Whether two folded names mean one area: "kent" and "kent police"."""
    return name == area or any(name + f == area or area + f == name for f in _FORCE)


def _own_areas(session: Session) -> set[str]:
    """The folded names of areas and bodies of this store."""
    rows = session.read().exec_driver_sql("SELECT name FROM area WHERE NOT deleted UNION SELECT name FROM partner WHERE NOT deleted")
    return {fold(str(n)) for (n,) in rows if n}


def _known(session: Session) -> dict[tuple[str, str], str]:
    rows = plain_rows(session.read(), "SELECT id, title, area FROM indicator WHERE NOT deleted ORDER BY n DESC", ())
    return {(fold(str(r["title"])), fold(str(r["area"] or ""))): str(r["id"]) for r in rows}


def _values(session: Session, indicator: str) -> dict[str, tuple[str, str, bool]]:
    rows = plain_rows(session.read(), "SELECT id, period, value, provisional FROM indicator_value WHERE indicator = ? AND NOT deleted ORDER BY n", (indicator,))
    return {str(r["period"]): (str(r["id"]), str(r["value"]), bool(r["provisional"])) for r in rows}


def _count(taken: Taken, one: SeriesIn, before: Mapping[str, str]) -> None:
    for period, (value, _) in one.values.items():
        if period not in before:
            taken.new += 1
        elif before[period] == value:
            taken.unchanged += 1
        else:
            taken.changed += 1


def _tell_withdrawn(taken: Taken, one: SeriesIn, before: Mapping[str, tuple[str, str, bool]]) -> None:
    """Tell the values that stand here and that the table has a mark for: its publisher may have taken them back, for example since they are too small."""
    for period in sorted(one.not_given.keys() & before.keys() - one.values.keys()):
        named = f"{one.title}{f', {one.area}' if one.area else ''}, {label(period)}"
        taken.file.problems.append(("no_longer_given", f"{named}: the table has “{one.not_given[period]}” where this store has {before[period][1]}, which stays. If the number was taken back, delete that value.", named))


def _write(tx: Transaction, session: Session, taken: Taken, one: SeriesIn, known: dict[tuple[str, str], str]) -> None:
    """Write a series: what is new, and what a later table says otherwise. An indicator that stands keeps its definition and direction."""
    key = (fold(one.title), fold(one.area))
    indicator = known.get(key)
    before = _values(session, indicator) if indicator else {}
    _tell_withdrawn(taken, one, before)
    if indicator is None:
        if not one.values:
            return
        cells: dict[str, Value] = {"title": one.title, "area": one.area or None, "count_unit": one.unit or None, "definition": one.definition or None}
        indicator = tx.create("indicator", cells, id=tx.free_id("indicator", merge.content_id("indicator", *key)))
        known[key] = indicator
    _count(taken, one, {p: v for p, (_, v, _) in before.items()})
    for period, (value, provisional) in one.values.items():
        stands = before.get(period)
        if stands is None:
            id = merge.content_id("indicator_value", indicator, period)
            tx.create("indicator_value", {"indicator": indicator, "period": period, "value": value, "provisional": provisional or None, "basis": "published"}, id=tx.free_id("indicator_value", id))
        elif stands[1:] != (value, provisional):
            tx.edit("indicator_value", stands[0], {"value": value, "provisional": provisional or None})
