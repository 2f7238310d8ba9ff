"""How far people agree who judged the same things: percent, Cohen's and Fleiss' κ, Krippendorff's α. Pure, on arrays.

Sources: J. Cohen (1960), *A coefficient of agreement for nominal scales*; J. L. Fleiss (1971), *Measuring nominal scale agreement among many
raters*; K. Krippendorff (2011), *Computing Krippendorff's alpha-reliability*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

#: The levels of measurement that α knows.
LEVELS = ("nominal", "ordinal", "interval", "ratio")


def _square(table: ArrayLike) -> NDArray[np.float64]:
    import numpy as np

    found = np.asarray(table, dtype=np.float64)
    if found.ndim != 2 or found.shape[0] != found.shape[1] or not found.size:
        raise ValueError("The table of two coders is square: a row and a column for each code.")
    if not np.isfinite(found).all() or (found < 0).any():
        raise ValueError("A table of agreement holds counts, none below nought.")
    return found


def percent(table: ArrayLike) -> float:
    """The share of things on which two coders agree, from 0 to 1; NaN of none. ``table`` as for ``cohen_kappa``; raises ValueError."""
    found = _square(table)
    whole = float(found.sum())
    return float(found.trace()) / whole if whole else math.nan


def cohen_kappa(table: ArrayLike) -> float:
    """Cohen's κ = (Po − Pe) / (1 − Pe) of two coders; ``table[i, j]`` counts what the first called i and the second j (codes × codes).

    NaN where it is not defined: nothing was judged, or both used one and the same code throughout. Raises ValueError for a table that is not
    square or holds what is no count.
    """
    found = _square(table)
    whole = float(found.sum())
    if not whole:
        return math.nan
    agreed = float(found.trace()) / whole
    chance = float((found.sum(axis=1) * found.sum(axis=0)).sum()) / whole**2
    return (agreed - chance) / (1 - chance) if chance < 1 else math.nan


def fleiss_kappa(counts: ArrayLike) -> float:
    """Fleiss' κ of many raters; ``counts[i, j]`` says how many gave thing i the code j (things × codes), each thing by equally many.

    NaN where only one code was ever used. Raises ValueError where rows differ in their sums or fewer than two rated.
    """
    import numpy as np

    found = np.asarray(counts, dtype=np.float64)
    if found.ndim != 2 or not found.size or not np.isfinite(found).all() or (found < 0).any():
        raise ValueError("A row for each thing and a column for each code, holding counts.")
    raters = float(found[0].sum())
    if raters < 2 or not np.allclose(found.sum(axis=1), raters):
        raise ValueError("Each thing is rated by equally many, and by at least two.")
    things = found.shape[0]
    agreed = float(((found * (found - 1)).sum(axis=1) / (raters * (raters - 1))).mean())
    chance = float(((found.sum(axis=0) / (things * raters)) ** 2).sum())
    return (agreed - chance) / (1 - chance) if chance < 1 else math.nan


def krippendorff_alpha(ratings: Any, level: str = "nominal") -> float:
    """Krippendorff's α; ``ratings`` is coders × units, NaN (of words: None or an empty text) where a coder did not judge a unit.

    ``level`` is one of ``LEVELS``; words are nominal. Units that fewer than two judged count for nothing. NaN where α is not defined: no unit
    was judged twice, or only one value was ever given. Raises ValueError for another level or shape.
    """
    import numpy as np

    if level not in LEVELS:
        raise ValueError(f"The level is one of {', '.join(LEVELS)}, not “{level}”.")
    rows: list[list[Any]] = [list(row) for row in (ratings.to_numpy() if hasattr(ratings, "to_numpy") else ratings)]
    if not rows or len({len(r) for r in rows}) != 1:
        raise ValueError("Each coder has a place for every unit.")
    given = [[_rating(r[u]) for r in rows] for u in range(len(rows[0]))]
    units = [[v for v in unit if v is not None] for unit in given]
    units = [u for u in units if len(u) > 1]
    values: list[Any] = sorted({v for unit in units for v in unit}, key=lambda v: (isinstance(v, str), v))
    if len(values) < 2:
        return math.nan
    if level != "nominal" and any(isinstance(v, str) for v in values):
        raise ValueError(f"Words have no {level} level.")
    place = {v: n for n, v in enumerate(values)}
    together = np.zeros((len(values), len(values)))
    for unit in units:
        tally = np.bincount([place[v] for v in unit], minlength=len(values)).astype(float)
        together += (np.outer(tally, tally) - np.diag(tally)) / (len(unit) - 1)
    totals = together.sum(axis=1)
    apart = _apart(values, totals, level)
    expected = float((np.outer(totals, totals) * apart).sum())
    return 1 - float(totals.sum() - 1) * float((together * apart).sum()) / expected if expected else math.nan


def _rating(given: Any) -> Any:
    """A rating as a number of any width or a word; None where there is none: NaN, masked, or what a table calls not available."""
    import numpy as np

    if given is None or isinstance(given, str):
        return given or None
    if np.ma.is_masked(given) or type(given).__name__ == "NAType":
        return None
    number = float(given)
    return None if math.isnan(number) else number


def _apart(values: Sequence[Any], totals: NDArray[np.float64], level: str) -> NDArray[np.float64]:
    """How far each two values lie apart, squared, by their level (Krippendorff 2011, section D)."""
    import numpy as np

    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "ordinal":
        up_to = np.cumsum(totals)
        middle = up_to - totals / 2  # between two values lie all between them, and half of each
        return np.subtract.outer(middle, middle) ** 2
    numbers = np.asarray(values, dtype=np.float64)
    difference = np.subtract.outer(numbers, numbers)
    if level == "interval":
        return difference**2
    whole = np.add.outer(numbers, numbers)
    return np.divide(difference, whole, out=np.zeros_like(difference), where=whole != 0) ** 2
