"""Whether values stand in an order that somebody made, or count on from row to row. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from datetime import date
from itertools import pairwise

#: A cell as it is compared: None is a blank.
Cell = Hashable | None

#: Possible orders (natural logarithm) from which a column in order is suspicious: four different values have more.
ORDERS = math.log(20)
#: The same where nothing that came is known for another row, by how many different values there are: that the first few rows
#: of a short list are complete and the others not is no sign that anybody sorted them.
ORDERS_NEW = {2: math.log(1000), 3: math.log(100)}


def one_more(one: Cell, other: Cell) -> bool:
    """Whether a value is the next day, the next number, or the same words with a number one more."""
    if isinstance(one, str) and isinstance(other, str):
        days = _day(one), _day(other)
        if days[0] is not None and days[1] is not None:
            return (days[1] - days[0]).days == 1
        return _counted_on(one, other)
    return type(one) is int and type(other) is int and other == one + 1


def _day(words: str) -> date | None:
    """A day in figures that exists; None for any other words, such as 2026-02-30."""
    try:
        return date.fromisoformat(words) if _DAY.fullmatch(words) else None
    except ValueError:
        return None


def _counted_on(one: str, other: str) -> bool:
    """Whether words are the same but for their last number, which is one more: "officers trained: 3", then 4."""
    a, b = ([*_NUMBER.finditer(words)][-1:] for words in (one, other))
    if not a or not b or len(a[0][0]) > 9 or len(b[0][0]) > 9:
        return False
    around = [(w[: m.start()], w[m.end() :]) for w, m in ((one, a[0]), (other, b[0]))]
    words = sum(c.isalpha() for c in "".join(around[0]))
    return around[0] == around[1] and words >= _SENTENCE and int(b[0][0]) == int(a[0][0]) + 1


#: Letters of a text that says something: "Reason 1" and "Reason 2" are a list that somebody counted.
_SENTENCE = 12
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]+")


def is_numbered(values: Sequence[Cell]) -> bool:
    """Whether texts differ at most in numbers that never fall from row to row: counted, not sorted."""
    texts = [str(v) for v in values if v is not None]
    numbers = [[int(n) for n in _NUMBER.findall(t)[:20]] for t in texts]
    return len({_NUMBER.sub("#", t) for t in texts}) == 1 and numbers == sorted(numbers)


def _sort_key(value: Cell) -> tuple[int, object]:
    return (0, value) if isinstance(value, (int, float)) else (1, str(value).casefold())


def follows(one: Cell, other: Cell, way: int) -> bool:
    """Whether ``other`` may stand under ``one`` in a sorted column; blanks stand last either way."""
    if other is None:
        return True
    if one is None:
        return False
    a, b = _sort_key(one), _sort_key(other)
    return a <= b if way > 0 else a >= b  # type: ignore[operator]


def is_in_order(values: Sequence[Cell], orders_needed: float = ORDERS) -> bool:
    """Whether a column stands in order, blanks last, and could have stood in many other orders."""
    filled = [v for v in values if v is not None]
    counts = Counter(filled).values()
    orders = math.lgamma(len(filled) + 1) - sum(math.lgamma(n + 1) for n in counts)
    if len(counts) < 2 or orders < orders_needed:
        return False
    return any(all(follows(a, b, way) for a, b in pairwise(values)) for way in (1, -1))


def is_in_order_with_blanks(values: Sequence[Cell]) -> bool:
    """The same where few are filled: four different values or more, in order above the blanks, are seldom chance."""
    filled = [v for v in values if v is not None]
    blank = len(values) - len(filled)
    if len(set(filled)) < 4 or blank == 0:
        return False
    counts = [*Counter(filled).values(), blank]
    orders = math.lgamma(len(values) + 1) - sum(math.lgamma(n + 1) for n in counts)
    return orders >= ORDERS_NEW[3] and any(all(follows(a, b, way) for a, b in pairwise(values)) for way in (1, -1))


def has_even_steps(values: Sequence[Cell]) -> bool:
    """Whether numbers rise or fall by the same step from row to row: somebody counted, nobody sorted."""
    numbers = [v for v in values if isinstance(v, (int, float))]
    return len(numbers) == len(values) > 2 and len({round(b - a, 6) for a, b in pairwise(numbers)}) == 1
