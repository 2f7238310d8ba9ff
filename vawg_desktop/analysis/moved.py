"""Whether the cells of a returned table stand on other rows than they were written for: sorted, shifted, exchanged.

Pure: it is given, row by row in the order of the file, what was sent in each column and what came back, and answers with
places to look at. It never says that a table *was* sorted: values that moved and values that really changed can look
alike, so whoever asks holds what is named here for a person. A row moved whole,
reference and all, is not found: its values still belong together.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from vawg_desktop.analysis.orders import (
    ORDERS,
    ORDERS_NEW,
    Cell,
    follows,
    has_even_steps,
    is_in_order,
    is_in_order_with_blanks,
    is_numbered,
    one_more,
)

Row = Mapping[str, Cell]

#: How unlikely (natural logarithm) a run of equal values must be before it is called a shift: about one in fifty.
_SHIFT_EVIDENCE = math.log(50)
#: A cell that was sent filled and is blank at the end of a run: what "delete, shift cells up" leaves behind.
_GAP_EVIDENCE = 3.0
#: Columns of different values are looked at together up to this many; more never stand in a return.
_MOST_TOGETHER = 6
#: Words longer than any label or date are somebody's own: nobody writes them twice by chance.
_LABEL = 20
#: Letters from which repeated texts count, if two rows have one.
_PHRASE = 10


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows whose cells may be those of other rows.

    ``kind`` is ``exchanged`` (two rows), ``sorted``, ``shifted``, ``moved`` (another order) or ``filled`` (a series
    drawn down); ``columns`` are those that show it; ``owners`` says, for a row and column, for which row the value
    was sent. ``alone`` is True where only the named columns can have moved and not their rows' other cells.
    """

    kind: str
    columns: tuple[str, ...]
    rows: frozenset[int]
    owners: Mapping[tuple[int, str], int] = field(default_factory=dict[tuple[int, str], int])
    alone: bool = False


def find_moved(
    sent: Sequence[Row],
    came: Sequence[Row],
    prefilled: Sequence[str],
    free: Sequence[str],
    raw: Sequence[Row] | None = None,
    others: Sequence[Row] = (),
    few: Sequence[str] = (),
) -> list[Moved]:
    """Places to look at. ``prefilled`` columns were sent filled, so both sides are known; ``free`` ones were sent empty,
    and ``sent`` holds of them what each row is known to have held before. ``few`` are free columns of a few words to choose
    from, such as "Update" and "No change", which stand in order by chance more often.

    ``raw`` holds the cells as the file has them, by which a program sorts: 40 stands before the text "30%". ``others``
    are rows that were sent and are not compared, since they did not come back or came twice; ``owners`` counts them on
    after the compared ones.
    """
    raw = came if raw is None else raw
    changed = {c: [i for i in range(len(sent)) if sent[i].get(c) != came[i].get(c)] for c in prefilled}
    columns = [c for c in prefilled if changed[c]]
    found = _other_order(sent, came, columns)
    for c in columns:
        one = _Column(c, [r.get(c) for r in sent], [r.get(c) for r in came], [r.get(c) for r in raw])
        found += [*one.windows(), *one.pairs(), *one.in_order(), *one.shifts(), *one.gaps(), *one.series()]
        found += one.of_others([r.get(c) for r in others])
    for c in free:
        one = _Column(c, [r.get(c) for r in sent], [r.get(c) for r in came], [r.get(c) for r in raw])
        found += [*one.series(), *one.free_in_order(ORDERS_NEW[2] if c in few else ORDERS), *one.known_elsewhere()]
    return _without_repeats(found)


def _without_repeats(found: list[Moved]) -> list[Moved]:
    """The largest first; one that names no row and no column anew is left out."""
    kept: list[Moved] = []
    for one in sorted(found, key=lambda m: (-len(m.rows), -len(m.columns), m.kind)):
        covered = any(
            one.rows <= other.rows and (not other.alone or set(one.columns) <= set(other.columns))
            for other in kept
        )
        if not covered:
            kept.append(one)
    return kept


def _other_order(sent: Sequence[Row], came: Sequence[Row], columns: Sequence[str]) -> list[Moved]:
    """Several columns looked at together, and each alone: the very values that were sent, on other rows."""
    found: list[Moved] = []
    for size in range(min(len(columns), _MOST_TOGETHER), 0, -1):
        for some in combinations(columns, size):
            before = [tuple(r.get(c) for c in some) for r in sent]
            after = [tuple(r.get(c) for c in some) for r in came]
            rows = [i for i in range(len(sent)) if before[i] != after[i]]
            had, has = (
                Counter(v[i] for i in rows if any(x is not None for x in v[i])) for v in (before, after)
            )
            common = had & has
            matched = sum(common.values())
            whole = had == has
            if whole and len(rows) >= 2 and matched:
                # whoever exchanged two cells by hand may have exchanged the rest of their rows with them
                found.append(_place("exchanged" if len(rows) == 2 else "moved", some, rows, before, after))
            elif size > 1 and matched >= 3 and 2 * matched >= len(rows) and _varied(common, size):
                found.append(_place("moved", some, range(len(sent)), before, after))
    return found


def _varied(common: Counter[tuple[Cell, ...]], size: int) -> bool:
    """Whether the values found again differ from each other in at least two of their columns."""
    return len(common) >= 3 and sum(len({v[c] for v in common}) > 1 for c in range(size)) >= 2


def _place(
    kind: str,
    columns: Sequence[str],
    rows: Sequence[int],
    before: Sequence[Cell],
    after: Sequence[Cell],
    *,
    alone: bool = False,
) -> Moved:
    """The rows with, for each value that stands on another row, the row for which it was sent."""
    where: dict[Cell, list[int]] = defaultdict(list)
    for i in rows:
        if before[i] != after[i]:
            where[before[i]].append(i)
    owners = {
        (i, c): where[after[i]][0]
        for i in rows
        if before[i] != after[i] and after[i] is not None and where.get(after[i])
        for c in columns
    }
    return Moved(kind, tuple(columns), frozenset(rows), owners, alone)


class _Column:
    """One column: what was sent and what came, by row."""

    def __init__(self, name: str, sent: list[Cell], came: list[Cell], raw: list[Cell]) -> None:
        self.name, self.sent, self.came, self.raw = name, sent, came, raw
        self.changed = [i for i in range(len(sent)) if sent[i] != came[i]]
        self.often = Counter(v for v in (*sent, *came) if v is not None)
        self.often_sent = Counter(v for v in sent if v is not None)

    def windows(self) -> list[Moved]:
        """Rows next to each other that hold just what was sent for them, in another order: a part that was sorted."""
        balance, last = 0, {0: -1}
        found: list[Moved] = []
        for i, (before, after) in enumerate(zip(self.sent, self.came, strict=True)):
            balance += hash(("moved", after)) - hash(("moved", before))
            start = last.get(balance)
            if start is not None and before != after:
                found += self._window(range(start + 1, i + 1))
            last[balance] = i
        return found

    def _window(self, rows: range) -> list[Moved]:
        moved = [i for i in rows if self.sent[i] != self.came[i]]
        if Counter(self.sent[i] for i in rows) != Counter(self.came[i] for i in rows):
            return []  # two sums that are equal by chance
        wide = self._ordered_around(rows)
        if len(wide) >= 4 or (len(moved) >= 3 and len({self.came[i] for i in moved}) >= 3):
            kind = "sorted" if len(wide) >= 4 else "moved"
            return [_place(kind, [self.name], wide if len(wide) >= 4 else rows, self.sent, self.came)]
        return []

    def _ordered_around(self, rows: range) -> range:
        """The longest run in order that holds these rows, or nothing where they are not in order themselves."""
        for way in (1, -1):
            if all(follows(self.raw[a], self.raw[b], way) for a, b in pairwise(rows)):
                first, last = rows[0], rows[-1]
                while first > 0 and follows(self.raw[first - 1], self.raw[first], way):
                    first -= 1
                while last + 1 < len(self.raw) and follows(self.raw[last], self.raw[last + 1], way):
                    last += 1
                return range(first, last + 1)
        return range(0)

    def pairs(self) -> list[Moved]:
        """Two rows with each other's value, where the values are too rare for that to be chance."""
        held: dict[tuple[Cell, Cell], list[int]] = defaultdict(list)
        for i in self.changed:
            held[(self.sent[i], self.came[i])].append(i)
        found: list[Moved] = []
        for i in self.changed:
            before, after = self.sent[i], self.came[i]
            if before is None or after is None or max(self.often[before], self.often[after]) > 3:
                continue
            for j in held.get((after, before), ()):
                if j > i:
                    found.append(_place("exchanged", [self.name], [i, j], self.sent, self.came))
        return found

    def in_order(self) -> list[Moved]:
        """A column that came back in order and was not sent so: edited, and then sorted with the cells beside it?

        Its values may all have been typed anew, so that none of them is known for another row.
        """
        if len(self.changed) < 3 or is_in_order(self.sent):
            return []
        again = Counter(self.sent[i] for i in self.changed) & Counter(self.came[i] for i in self.changed)
        if sum(again.values()) >= 2:
            ordered = is_in_order(self.raw)
        else:
            filled = [v for v in self.raw if v is not None]
            needed = ORDERS_NEW.get(len(set(filled)), ORDERS)
            ordered = not has_even_steps(filled) and (is_in_order(self.raw, needed) or is_in_order_with_blanks(self.raw))
        if not ordered:
            return []
        return [_place("sorted", [self.name], range(len(self.came)), self.sent, self.came)]

    def free_in_order(self, orders: float = ORDERS) -> list[Moved]:
        """A column that was sent empty and came back in order of the alphabet: sorted, with the cells beside it?

        ``orders`` is the natural logarithm of how many other orders its values must allow.
        """
        if not is_in_order(self.raw, orders) or is_numbered(self.came):
            return []
        return [Moved("sorted", (self.name,), frozenset(range(len(self.came))))]

    def known_elsewhere(self) -> list[Moved]:
        """Words that are known, word for word, as what another row of the table held before."""
        where: dict[Cell, int] = {
            v: i for i, v in enumerate(self.sent)
            if isinstance(v, str) and len(v) >= _PHRASE and self.often_sent[v] == 1
        }  # fmt: skip
        rows = [i for i, v in enumerate(self.came) if v in where and where[v] != i]
        if len(rows) < 2:  # one short text may be written twice by chance, several are not
            rows = [i for i in rows if len(str(self.came[i])) > _LABEL]
        return [Moved("moved", (self.name,), frozenset([i]), {(i, self.name): where[self.came[i]]}) for i in rows]

    def shifts(self) -> list[Moved]:
        """Rows that hold what was sent for the row below or above: cells deleted or put in.

        Each row is evidence for a shift (it holds its neighbour's value), against it (it still holds its own) or, edited
        since, neither; the run with most evidence is named.
        """
        found: list[Moved] = []
        for step in (1, -1, 2, -2):
            best, run, start, total = 0.0, range(0), 0, 0.0
            for i in range(len(self.sent)):
                total += self._speaks(i, step)
                if total <= 0:
                    start, total = i + 1, 0.0
                elif total > best:
                    best, run = total, range(start, i + 1)
            found += self._shift(run, step, best) if run else []
        return found

    def _speaks(self, i: int, step: int) -> float:
        other = self.sent[i + step] if 0 <= i + step < len(self.sent) else None
        now, own = self.came[i], self.sent[i]
        if now == other and now != own:
            return -math.log(self.often[now] / sum(self.often.values())) if now is not None else 1.0
        if now == own and now != other:
            return math.log(self.often[now] / sum(self.often.values())) if now is not None else -1.0
        return 0.0

    def _shift(self, run: range, step: int, evidence: float) -> list[Moved]:
        telling = [
            i
            for i in run
            if 0 <= i + step < len(self.sent)
            and self.came[i] == self.sent[i + step] != self.sent[i]
            and self.came[i] is not None
        ]
        edge = [*range(run[-1], run[-1] + 1 + abs(step)), *range(run[0] - abs(step), run[0] + 1)]
        gap = [
            i for i in edge if 0 <= i < len(self.sent) and self.came[i] is None and self.sent[i] is not None
        ]
        evidence += _GAP_EVIDENCE * bool(gap)
        if evidence < _SHIFT_EVIDENCE or not telling or (len(telling) < 2 and not gap):
            return []
        owners = {(i, self.name): i + step for i in telling}
        first, last = (0, max(run)) if step < 0 and not gap else (min([*run, *gap]), len(self.sent) - 1)
        return [Moved("shifted", (self.name,), frozenset(range(first, last + 1)), owners)]

    def gaps(self) -> list[Moved]:
        """Changed cells next to one that was sent filled and came back blank: a cell put in or deleted leaves one."""
        found: list[Moved] = []
        changed = {i for i in self.changed if self.came[i] is not None}
        for i in (i for i in self.changed if self.came[i] is None):
            last = (
                i == len(self.sent) - 1
            )  # cells moved up leave it at the end, cells moved down where they began
            run, at, step = [i], i + (-1 if last else 1), -1 if last else 1
            while at in changed:
                run.append(at)
                at += step
            if len(run) > 1:
                found.append(Moved("shifted", (self.name,), frozenset(run)))
        return found

    def of_others(self, others: Sequence[Cell]) -> list[Moved]:
        """Cells with just what was sent for a row that is not compared, or whole words sent for one that changed too."""
        sent = Counter([*self.sent, *others])
        where = {v: i for i, v in enumerate(others, len(self.sent)) if v is not None and sent[v] == 1}
        where |= {
            v: i
            for i in self.changed
            if isinstance(v := self.sent[i], str) and sent[v] == 1 and len(v) > _LABEL
        }
        rows = [i for i in self.changed if self.came[i] in where]
        return [
            Moved("moved", (self.name,), frozenset([i]), {(i, self.name): where[self.came[i]]}) for i in rows
        ]

    def series(self) -> list[Moved]:
        """A day or a number and, in each row below, one more: what dragging a cell's corner makes of one answer."""
        runs: list[list[int]] = []
        for i in self.changed:
            if runs and i == runs[-1][-1] + 1 and one_more(self.came[i - 1], self.came[i]):
                runs[-1].append(i)
            else:
                runs.append([i])
        return [Moved("filled", (self.name,), frozenset(r), alone=True) for r in runs if len(r) >= 3]


