"""Which counts of two questions are shown, of which each can be divided by the other: what one of the two tables hides, the other does not tell.

Both tables hold the same respondents, so they are decided as one, with the undivided results of both questions: what is hidden in either is
hidden in both. How many of a group gave no answer follows from its size and its base, which are told: such counts
are taken as known wherever both are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from vawg_desktop.analysis import suppression
from vawg_desktop.analysis.suppression import Sum
from vawg_desktop.services import survey_tables
from vawg_desktop.services.survey_tables import Part, Tally

#: A choice of each question; None stands for those who gave no answer to it.
Place: TypeAlias = tuple[str | None, str | None]
#: A wave's place, or ``_ALL``.
_ALL = -1


@dataclass(slots=True)
class _View:
    """One of the two tables; by wave what is told of everybody and how large each group's base is; ``turned`` where its choices are the other's groups."""

    tally: Tally
    bases: Mapping[int, Sequence[int | None]]
    everybody: Mapping[int, Part]
    turned: bool

    def group(self, place: int) -> str | None:
        """A group's name, or None for those who did not say."""
        return None if place in self.tally.groups.free else self.tally.groups.names[place]

    def cell(self, choice: int, group: int) -> Place:
        """Where a count of this table stands in the one of both questions."""
        said, name = self.tally.choices[choice], self.group(group)
        return (name, said) if self.turned else (said, name)


@dataclass(slots=True)
class _Numbers:
    """Numbers with the sums they stand in; what was told before, and what may not be told."""

    at: dict[tuple[int, str, Any], int] = field(default_factory=dict[tuple[int, str, Any], int])
    counts: list[int] = field(default_factory=list[int])
    sums: list[Sum] = field(default_factory=list[Sum])
    told: set[int] = field(default_factory=set[int])
    hidden: set[int] = field(default_factory=set[int])

    def put(self, key: tuple[int, str, object], count: int, *, told: bool | None) -> int:
        """A number's place, a new one where it has none yet; ``told``: whether it is told whatever else is, must not be, or is still to be decided."""
        place = self.at.setdefault(key, len(self.counts))
        if place == len(self.counts):
            self.counts.append(count)
        if told is not None:
            (self.told if told else self.hidden).add(place)
        return place


def shown(tally: Tally, other: Tally, least: int, wave: int | None) -> list[Part]:
    """What is shown of each group of a question divided by another (``other``: the other one divided by the first), over all waves or in one."""
    if least < 2:
        return survey_tables.by_groups(tally, least) if wave is None else survey_tables.in_waves(tally, least)[wave]
    asked = sorted((tally, other), key=lambda one: one.question)  # the same counts are hidden, whichever of the two is asked for
    views = [_view(one, least, wave is not None, turned=bool(n)) for n, one in enumerate(asked)]
    hidden = _hidden(views, [_ALL], least, None)
    if wave is not None:
        hidden = _hidden(views, [_ALL, *tally.every_wave], least, hidden)
    view, layer = views[asked.index(tally)], _ALL if wave is None else wave
    waves: Collection[int] = tally.every_wave if wave is None else (wave,)
    counts = [[(tally.count(c, (g,), waves), (layer, view.cell(c, g)) in hidden) for c in tally.every_choice] for g in tally.every_group]
    return [Part(base, [None if base is None or kept or suppression.is_small(k, least) else k for k, kept in row]) for base, row in zip(view.bases[layer], counts, strict=True)]


def _view(tally: Tally, least: int, waves: bool, *, turned: bool) -> _View:
    bases, everybody = {_ALL: survey_tables.bases_of_groups(tally, least)}, {_ALL: survey_tables.whole(tally, least)}
    if waves:
        bases |= enumerate(survey_tables.bases_in_waves(tally, least))
        everybody |= enumerate(survey_tables.by_waves(tally, least))
    return _View(tally, bases, everybody, turned)


def _hidden(views: Sequence[_View], layers: Sequence[int], least: int, before: Collection[tuple[int, Place]] | None) -> set[tuple[int, Place]]:
    """The places that are hidden, by wave, beside the sums of all waves, whose hidden places are ``before`` where they were decided earlier."""
    numbers = _Numbers()
    for layer in layers:
        for view in views:
            _put(numbers, view, layer, before if layer == _ALL else None)
        for view, other in (views, reversed(views)):
            _tell_without_answer(numbers, view, other, layer)
    if len(layers) > 1:
        for key, place in list(numbers.at.items()):
            if key[0] == _ALL:
                numbers.sums.append(Sum(place, tuple(numbers.at[layer, *key[1:]] for layer in layers[1:])))
    found = suppression.hidden(numbers.counts, numbers.sums, least, numbers.told, numbers.hidden - numbers.told)
    return {(layer, place) for (layer, kind, place), at in numbers.at.items() if kind == "cell" and at in found}


def _put(numbers: _Numbers, view: _View, layer: int, before: Collection[tuple[int, Place]] | None) -> None:
    """One table's numbers: cells by choice and group, the totals of choices, the bases of groups, and how many answered at all."""
    tally, shown, everybody = view.tally, view.bases[layer], view.everybody[layer]
    waves: Collection[int] = tally.every_wave if layer == _ALL else (layer,)
    bases = [sum(tally.bases.get((g, w), 0) for w in waves) for g in tally.every_group]
    answered = numbers.put((layer, "answered", view.turned), sum(bases), told=everybody.base is not None)
    at = [[0] * len(bases) for _ in tally.every_choice]
    for g, base in enumerate(shown):
        for c in tally.every_choice:
            told = None if base is not None else False
            if before is not None:
                told = (layer, view.cell(c, g)) not in before
            at[c][g] = numbers.put((layer, "cell", view.cell(c, g)), tally.count(c, (g,), waves), told=told)
    based = [numbers.put((layer, "base", (view.turned, view.group(g))), base, told=shown[g] is not None) for g, base in enumerate(bases)]
    totals = [numbers.put((layer, "total", (view.turned, tally.choices[c])), tally.count(c, tally.every_group, waves), told=everybody.counts[c] is not None) for c in tally.every_choice]
    numbers.sums += [Sum(answered, tuple(based)), Sum(answered, tuple(totals))]
    numbers.sums += [Sum(total, tuple(row)) for total, row in zip(totals, at, strict=True)]
    numbers.sums += [Sum(base, tuple(row[g] for row in at)) for g, base in enumerate(based)]


def _tell_without_answer(numbers: _Numbers, view: _View, other: _View, layer: int) -> None:
    """Of those who made a choice, how many gave no answer to the other question is what lies between their number and their base there."""
    for n, choice in enumerate(view.tally.choices):
        cell = numbers.at.get((layer, "cell", (None, choice) if view.turned else (choice, None)))
        base = numbers.at.get((layer, "base", (other.turned, choice)))
        if cell is not None and view.everybody[layer].counts[n] is not None and (base is None or base in numbers.told):
            numbers.told.add(cell)
