"""Which counts of a survey's results are shown: small ones are hidden, and others from which one could be worked out.

Anybody may see the same question undivided, wave by wave, by a group, and by a group within one wave, and may take one from another. So these
are decided one after the other, each with what the ones before it show as known: everybody; each wave; each group; each group within each wave.
How many of each group answered is decided for the whole survey, by how large the groups are, and not question by question: of two questions
that hid different groups, each would tell what the other hid. Two questions that can each be divided by the other are decided together, see
``survey_crossings``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from vawg_desktop.analysis import disclosure, suppression
from vawg_desktop.analysis.suppression import Sum, is_small

#: A row for each choice, a column for each group; None where a count is hidden.
Shown: TypeAlias = list[list[int | None]]


@dataclass(frozen=True, slots=True)
class Line:
    """One way to divide respondents: its groups, and those that protect nobody, such as those who did not say: how many they are is told elsewhere."""

    names: Sequence[str]
    free: Collection[int] = ()


@dataclass(slots=True)
class Routed:
    """Where it is not told how many answered a question that only some were asked, see ``survey_routes``: of everybody, by group, by wave, by (group, wave)."""

    rest: int = 0
    whole: bool = False
    groups: set[int] = field(default_factory=set[int])
    waves: set[int] = field(default_factory=set[int])
    cells: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])


@dataclass(slots=True)
class Tally:
    """A question counted by a group and a wave, each by its place: ``counts`` by (choice, group, wave), ``bases`` of those who answered by (group, wave).

    ``sizes`` are all respondents by (group, wave), whatever they answered. ``question`` is its id. ``several``: respondents may make more than one choice, so of each
    choice it is counted who made it and who did not.
    """

    question: str
    choices: Sequence[str]
    groups: Line
    waves: Line
    several: bool
    counts: Mapping[tuple[int, int, int], int] = field(default_factory=dict[tuple[int, int, int], int])
    bases: Mapping[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    sizes: Mapping[tuple[int, int], int] = field(default_factory=dict[tuple[int, int], int])
    routed: Routed = field(default_factory=Routed)

    @property
    def every_choice(self) -> range:
        """The places of the choices."""
        return range(len(self.choices))

    @property
    def every_group(self) -> range:
        """The places of the groups."""
        return range(len(self.groups.names))

    @property
    def every_wave(self) -> range:
        """The places of the waves."""
        return range(len(self.waves.names))

    def count(self, choice: int, groups: Iterable[int], waves: Collection[int]) -> int:
        """How many of some groups and waves made a choice."""
        return sum(self.counts.get((choice, g, w), 0) for g in groups for w in waves)


def _sum(counts: Mapping[tuple[int, int], int], groups: Iterable[int], waves: Collection[int]) -> int:
    return sum(counts.get((g, w), 0) for g in groups for w in waves)


@dataclass(slots=True)
class Part:
    """What is shown of a column: how many answered and how many made each choice, None where it is hidden."""

    base: int | None
    counts: list[int | None]


def whole(tally: Tally, least: int) -> Part:
    """What is shown of everybody."""
    every, waves = tally.every_group, tally.every_wave
    base, counts = _sum(tally.bases, every, waves), [tally.count(c, every, waves) for c in tally.every_choice]
    if least < 2 or not tally.choices:
        return Part(None if least > 1 and (is_small(base, least) or tally.routed.whole) else base, [*counts])
    if tally.routed.whole:
        return Part(None, _without_base(counts, base, tally.routed.rest, least, several=tally.several))
    tables = [[c, base - c, base] for c in counts] if tally.several else [[*counts, base]]
    masks: list[list[bool]] = [disclosure.suppress(table, least)[1].tolist() for table in tables]
    hidden = [m[0] for m in masks] if tally.several else masks[0][:-1]
    return Part(None if any(m[-1] for m in masks) else base, [None if gone else c for c, gone in zip(counts, hidden, strict=True)])


def _without_base(counts: Sequence[int], base: int, rest: int, least: int, *, several: bool) -> list[int | None]:
    """The counts of a question of which it is not told how many answered: as many are hidden as keep that number from being their sum."""
    at = len(counts)
    numbers, choices = [*counts, base, rest, base + rest], tuple(range(at))
    sums = [Sum(at + 2, (at, at + 1))] + ([] if several else [Sum(at, choices)])
    gone = suppression.hidden(numbers, sums, least, {at + 2}, {at, at + 1})
    if not several and not gone & set(choices):  # otherwise the counts would add up to how many answered
        gone |= {min((n for n in choices if counts[n]), key=lambda n: counts[n])}
    return [None if n in gone else count for n, count in enumerate(counts)]


def by_waves(tally: Tally, least: int) -> list[Part]:
    """What is shown of each wave."""
    every, waves = tally.every_group, tally.every_wave
    cells = [[tally.count(c, every, (w,)) for w in waves] for c in tally.every_choice]
    return _divided(tally, least, tally.waves, cells, [_sum(tally.bases, every, (w,)) for w in waves], [_sum(tally.sizes, every, (w,)) for w in waves], tally.routed.waves)


def by_groups(tally: Tally, least: int) -> list[Part]:
    """What is shown of each group, over all waves."""
    groups, waves = tally.every_group, tally.every_wave
    cells = [[tally.count(c, (g,), waves) for g in groups] for c in tally.every_choice]
    return _divided(tally, least, tally.groups, cells, [_sum(tally.bases, (g,), waves) for g in groups], [_sum(tally.sizes, (g,), waves) for g in groups], tally.routed.groups)


def bases_of_groups(tally: Tally, least: int) -> list[int | None]:
    """How many of each group answered, over all waves; None where that is hidden."""
    groups, waves = tally.every_group, tally.every_wave
    bases, sizes = ([_sum(some, (g,), waves) for g in groups] for some in (tally.bases, tally.sizes))
    closed = _closed(tally.groups, bases, sizes, least, tally.routed.groups)
    return [None if g in closed else base for g, base in enumerate(bases)]


def _divided(tally: Tally, least: int, line: Line, cells: Sequence[Sequence[int]], bases: Sequence[int], sizes: Sequence[int], routed: Collection[int]) -> list[Part]:
    """The columns of one division, beside which everybody may see the undivided result."""
    if least < 2:
        return [Part(base, [row[n] for row in cells]) for n, base in enumerate(bases)]
    closed = _closed(line, bases, sizes, least, routed)
    everybody = whole(tally, least)
    made = [Part(None if n in closed else base, []) for n, base in enumerate(bases)]
    for table, totals in _tables(tally.several, cells, bases, everybody):
        shown = _one_way(table, bases, totals, closed, least)
        for row in shown[:1] if tally.several else shown:
            for n, count in enumerate(row):
                made[n].counts.append(count)
    return made


def _closed(line: Line, bases: Sequence[int], sizes: Sequence[int], least: int, routed: Collection[int] = ()) -> set[int]:
    """The groups of which it is not told how many answered: small ones and ``routed`` ones, and of the others so many, the smallest of the survey first, that none is what is left."""
    found = {n for n, (size, base) in enumerate(zip(sizes, bases, strict=True)) if is_small(size, least) or is_small(base, least)} | {*routed}
    said = [n for n in range(len(sizes)) if n not in line.free]
    if len(said) > 1:  # how large the groups are, may be shown of the question that divides them: the same ones are hidden there
        alone: list[bool] = disclosure.suppress([*(sizes[n] for n in said), sum(sizes[n] for n in said)], least)[1].tolist()
        found |= {n for n, gone in zip(said, alone, strict=False) if gone}
    others = sorted((n for n in said if bases[n] and n not in found), key=lambda n: (sizes[n], n))
    while others and not _is_safe([bases[n] for n in found if n in said and bases[n]], [bases[n] for n in found if n not in said and bases[n]], least):
        found.add(others.pop(0))
    return found


def sizes(counts: Sequence[int], least: int) -> list[int | None]:
    """How large the waves are, beside the whole survey that anybody may see: None where that is not told."""
    closed = _closed(Line([""] * len(counts)), counts, counts, least) if least > 1 and len(counts) > 1 else set[int]()
    alone = len(counts) == 1 and is_small(counts[0], least)
    return [None if n in closed or alone else count for n, count in enumerate(counts)]


def _is_safe(hidden: Sequence[int], unsaid: Sequence[int], least: int) -> bool:
    """Whether none of the hidden numbers follows from their sum, though whoever asks may know ``unsaid`` from elsewhere."""
    if not hidden:
        return not unsaid
    return sum(hidden) >= least and (len(hidden) > 1 or not is_small(hidden[0], least))


def _tables(several: bool, cells: Sequence[Sequence[int]], bases: Sequence[int], everybody: Part) -> list[tuple[list[list[int]], list[int | None]]]:
    """The tables that are shown as one, with the totals that everybody may see: all choices, or of several choices each, who made it and who did not."""
    if not several:
        return [([list(row) for row in cells], [*everybody.counts])] if cells else []
    rests = [[b - c for c, b in zip(row, bases, strict=True)] for row in cells]
    left = [None if c is None or everybody.base is None else everybody.base - c for c in everybody.counts]
    return [([list(row), rest], [everybody.counts[n], left[n]]) for n, (row, rest) in enumerate(zip(cells, rests, strict=True))]


def _one_way(table: Sequence[Sequence[int]], bases: Sequence[int], totals: Sequence[int | None], closed: Collection[int], least: int) -> Shown:
    """A table by choice and group, of which totals, and how many answered, are known where they are not hidden."""
    wide, high = len(bases), len(table)
    at = [[n * (wide + 1) + c for c in range(wide + 1)] for n in range(high + 1)]
    counts = [k for row in table for k in [*row, sum(row)]] + [*bases, sum(bases)]
    sums = [Sum(row[-1], tuple(row[:-1])) for row in at] + [Sum(at[-1][c], tuple(row[c] for row in at[:-1])) for c in range(wide + 1)]
    known = {at[n][-1] for n, total in enumerate(totals) if total is not None} | {at[-1][c] for c in range(wide) if c not in closed}
    gone = {at[n][-1] for n, total in enumerate(totals) if total is None} | {at[n][c] for c in closed for n in range(high + 1)}
    if all(total is not None for total in totals):
        known.add(at[-1][-1])
    hidden = suppression.hidden(counts, sums, least, known, gone)
    return [[None if at[n][c] in hidden else table[n][c] for c in range(wide)] for n in range(high)]


def in_waves(tally: Tally, least: int) -> list[list[Part]]:
    """What is shown of each group within each wave, beside what is shown of the groups over all waves and of the waves over all groups; a list a wave."""
    groups, waves = tally.every_group, tally.every_wave
    bases = [[_sum(tally.bases, (g,), (w,)) for w in waves] for g in groups]
    cells = [[[tally.count(c, (g,), (w,)) for w in waves] for g in groups] for c in tally.every_choice]
    if least < 2:
        return [[Part(bases[g][w], [cells[c][g][w] for c in tally.every_choice]) for g in groups] for w in waves]
    across, along = by_groups(tally, least), by_waves(tally, least)
    closed = _closed_in_waves(tally, [p.base for p in across], [p.base for p in along], least)
    made = [[Part(None if (g, w) in closed else bases[g][w], []) for g in groups] for w in waves]
    rests = [[[bases[g][w] - row[g][w] for w in waves] for g in groups] for row in cells]
    tables = [(n, [row, rest]) for n, (row, rest) in enumerate(zip(cells, rests, strict=True))] if tally.several else [(0, cells)] if cells else []
    for first, table in tables:
        hidden = _two_ways(table, bases, closed, [[_shown_of(p, first + n, n, tally.several) for p in across] for n in range(len(table))], [[_shown_of(p, first + n, n, tally.several) for p in along] for n in range(len(table))], least)
        for n in range(1 if tally.several else len(table)):
            for g in groups:
                for w in waves:
                    made[w][g].counts.append(None if (n, g, w) in hidden else table[n][g][w])
    return made


def bases_in_waves(tally: Tally, least: int) -> list[list[int | None]]:
    """How many of each group answered in each wave, a list a wave; None where that is hidden."""
    closed = _closed_in_waves(tally, bases_of_groups(tally, least), [p.base for p in by_waves(tally, least)], least)
    return [[None if (g, w) in closed else _sum(tally.bases, (g,), (w,)) for g in tally.every_group] for w in tally.every_wave]


def _closed_in_waves(tally: Tally, across: Sequence[int | None], along: Sequence[int | None], least: int) -> set[tuple[int, int]]:
    """The places by group and wave of which it is not told how many answered: by how large the groups are, then by how many answered."""
    groups, waves = tally.every_group, tally.every_wave
    closed = {(g, w) for g in groups for w in waves if across[g] is None or along[w] is None} | tally.routed.cells
    for counts in (tally.sizes, tally.bases):
        closed |= _closed_within([[_sum(counts, (g,), (w,)) for w in waves] for g in groups], closed, across, along, least)
    return closed


def _shown_of(part: Part, choice: int, row: int, several: bool) -> bool:
    """Whether a column's count in a row of a table is shown, or follows from what is: the second row of several choices is who did not make the choice."""
    if several and row:
        return part.counts[choice - 1] is not None and part.base is not None
    return part.counts[choice] is not None


def _closed_within(table: Sequence[Sequence[int]], closed: Collection[tuple[int, int]], across: Sequence[int | None], along: Sequence[int | None], least: int) -> set[tuple[int, int]]:
    """The places of a table by group and wave that are hidden, whose totals are known where they are shown."""
    high, wide = len(table), len(along)
    at = [[g * (wide + 1) + w for w in range(wide + 1)] for g in range(high + 1)]
    counts = [k for row in table for k in [*row, sum(row)]] + [*map(sum, zip(*table, strict=True)), sum(map(sum, table))]
    sums = [Sum(row[-1], tuple(row[:-1])) for row in at] + [Sum(at[-1][w], tuple(row[w] for row in at[:-1])) for w in range(wide + 1)]
    known = {at[g][-1] for g, base in enumerate(across) if base is not None} | {at[-1][w] for w, base in enumerate(along) if base is not None} | {at[-1][-1]}
    gone = ({at[g][-1] for g in range(high)} | {at[-1][w] for w in range(wide)}) - known | {at[g][w] for g, w in closed}
    hidden = suppression.hidden(counts, sums, least, known, gone)
    return {(g, w) for g in range(high) for w in range(wide) if at[g][w] in hidden}


def _two_ways(table: Sequence[Sequence[Sequence[int]]], bases: Sequence[Sequence[int]], closed: Collection[tuple[int, int]], across: Sequence[Sequence[bool]], along: Sequence[Sequence[bool]], least: int) -> set[tuple[int, int, int]]:
    """The hidden places of a table by choice, group and wave: its totals over waves (``across``) and over groups (``along``) are known where they are shown."""
    rows, groups, waves = range(len(table)), range(len(bases)), range(len(along[0]))
    places: dict[tuple[object, ...], int] = {}
    counts: list[int] = []

    def place(*key: object) -> int:
        return places.setdefault(key, len(places))

    for n in rows:
        for g in groups:
            for w in waves:
                place("cell", n, g, w)
                counts.append(table[n][g][w])
    for n in rows:
        for g in groups:
            place("across", n, g)
            counts.append(sum(table[n][g]))
        for w in waves:
            place("along", n, w)
            counts.append(sum(table[n][g][w] for g in groups))
    for g in groups:
        for w in waves:
            place("base", g, w)
            counts.append(bases[g][w])
    sums = [Sum(place("across", n, g), tuple(place("cell", n, g, w) for w in waves)) for n in rows for g in groups]
    sums += [Sum(place("along", n, w), tuple(place("cell", n, g, w) for g in groups)) for n in rows for w in waves]
    sums += [Sum(place("base", g, w), tuple(place("cell", n, g, w) for n in rows)) for g in groups for w in waves]
    known = {place("across", n, g) for n in rows for g in groups if across[n][g]} | {place("along", n, w) for n in rows for w in waves if along[n][w]}
    known |= {place("base", g, w) for g in groups for w in waves if (g, w) not in closed}
    gone = {p for key, p in places.items() if key[0] in ("across", "along") and p not in known} | {place("base", g, w) for g, w in closed} | {place("cell", n, g, w) for g, w in closed for n in rows}
    hidden = suppression.hidden(counts, sums, least, known, gone)
    return {(n, g, w) for n in rows for g in groups for w in waves if place("cell", n, g, w) in hidden}
