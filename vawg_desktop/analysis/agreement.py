"""How far people agree who judged the same things: percent, Cohen's and Fleiss' κ, Krippendorff's α. Pure, on arrays.

Sources: J. Cohen (1960), *A coefficient of agreement for nominal scales*; J. L. Fleiss (1971), *Measuring nominal scale agreement among many
raters*; K. Krippendorff (2011), *Computing Krippendorff's alpha-reliability*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vawg_desktop.analysis.missing import is_missing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

#: The levels of measurement that α knows.
LEVELS = ("nominal", "ordinal", "interval", "ratio")


def _square(table: ArrayLike) -> NDArray[np.float64]:
    """A table of two coders as numbers. Rows and columns of a labelled one (pandas) belong together by their labels, in whatever order they stand."""
    import numpy as np

    found = _numbers(_by_label(table), "A table of agreement holds counts, none negative.")
    if found.ndim != 2 or found.shape[0] != found.shape[1] or not found.size:
        raise ValueError("The table of two coders is square: a row and a column for each code.")
    if not np.isfinite(found).all() or (found < 0).any():
        raise ValueError("A table of agreement holds counts, none negative.")
    return found


def _numbers(table: Any, wrong: str) -> NDArray[np.float64]:
    """A table as numbers. Raises ValueError with a sentence for what is none, and for masked cells."""
    import numpy as np

    if np.ma.is_masked(table):
        raise ValueError(wrong)
    try:
        return np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(wrong) from None


def _by_label(table: Any) -> Any:
    """A labelled table with one row and one column for each code that either coder used; any other table as it is."""
    if not (hasattr(table, "index") and hasattr(table, "columns") and hasattr(table, "reindex")):
        return table
    rows, columns = list(table.index), list(table.columns)
    if len(set(rows)) < len(rows) or len(set(columns)) < len(columns):
        raise ValueError("A code has one row and one column.")
    plain = list(range(len(rows)))
    if rows in (columns, plain) or columns == plain:  # the same order, or labels on one side only
        return table
    codes = [*rows, *(c for c in columns if c not in rows)]
    return table.reindex(index=codes, columns=codes, fill_value=0)


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
    if not found.any():
        return math.nan
    shares = found / found.max()  # of very large counts the square of the sum is no infinity
    shares = shares / shares.sum()
    agreed = float(shares.trace())
    chance = float((shares.sum(axis=1) * shares.sum(axis=0)).sum())
    return (agreed - chance) / (1 - chance) if chance < 1 else math.nan


def fleiss_kappa(counts: ArrayLike) -> float:
    """Fleiss' κ of many raters; ``counts[i, j]`` says how many gave thing i the code j (things × codes), each thing by equally many.

    NaN where only one code was ever used. Raises ValueError where rows differ in their sums or fewer than two rated.
    """
    import numpy as np

    found = _numbers(counts, "A row for each thing and a column for each code, holding counts.")
    if found.ndim != 2 or not found.size or not np.isfinite(found).all() or (found < 0).any() or (found != np.round(found)).any():
        raise ValueError("A row for each thing and a column for each code, holding counts.")
    raters = float(found[0].sum())
    if raters < 2 or (found.sum(axis=1) != raters).any():
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
    words = getattr(getattr(ratings, "dtype", None), "kind", "") == "U"  # an array of words holds what is missing as the word "nan"
    given = [[_rating(r[u], words=words) for r in rows] for u in range(len(rows[0]))]
    units = [u for unit in given if len(u := [v for v in unit if v is not None]) > 1]
    values: list[Any] = sorted({v for unit in units for v in unit}, key=lambda v: (isinstance(v, str), v))
    if len(values) < 2:
        return math.nan
    _refuse_unmeasured(values, level)
    totals = np.zeros(len(values))
    place = {v: n for n, v in enumerate(values)}
    placed = [np.asarray([place[v] for v in unit]) for unit in units]
    for unit in placed:
        np.add.at(totals, unit, 1)
    scale = _scale(values, totals, level)
    observed = sum(float(_apart(scale[unit], scale[unit], level).sum()) / (unit.size - 1) for unit in placed)
    expected = _expected(scale, totals, level)
    return 1 - float(totals.sum() - 1) * observed / expected if expected else math.nan


def _refuse_unmeasured(values: Sequence[Any], level: str) -> None:
    if level == "nominal":
        return
    if any(isinstance(v, str) for v in values):
        raise ValueError(f"Words have no {level} level.")
    if not all(map(math.isfinite, values)):
        raise ValueError("A rating is not infinite.")
    if level == "ratio" and min(values) < 0:
        raise ValueError("A ratio scale begins at nought, so no rating lies below it.")


def _rating(given: Any, *, words: bool) -> Any:
    """A rating as a number of any width or a word; None where there is none: NaN, masked, or what a table calls not available."""
    if isinstance(given, str):
        return None if not given or (words and given == "nan") else str(given)
    return None if is_missing(given) else float(given)


def _scale(values: Sequence[Any], totals: NDArray[np.float64], level: str) -> NDArray[np.float64]:
    """Where each value stands: a number of its own, or of an order how many ratings lie below its middle (Krippendorff 2011, section D)."""
    import numpy as np

    if level == "nominal":
        return np.arange(len(values), dtype=np.float64)
    if level == "ordinal":
        return np.cumsum(totals) - totals / 2  # between two values lie all between them, and half of each
    return np.asarray(values, dtype=np.float64)


def _apart(some: NDArray[np.float64], others: NDArray[np.float64], level: str) -> NDArray[np.float64]:
    """How far each two places lie apart, squared."""
    import numpy as np

    difference = np.subtract.outer(some, others)
    if level == "nominal":
        return (difference != 0).astype(np.float64)
    if level == "ratio":
        whole = np.add.outer(some, others)
        difference = np.divide(difference, whole, out=np.zeros_like(difference), where=whole != 0)
    return difference**2


def _expected(scale: NDArray[np.float64], totals: NDArray[np.float64], level: str) -> float:
    """How far all ratings lie apart from each other, whatever they are of."""
    whole = float(totals.sum())
    if level == "nominal":
        return whole**2 - float((totals**2).sum())
    if level != "ratio":
        from_middle = scale - float((totals * scale).sum()) / whole
        return 2 * whole * float((totals * from_middle**2).sum())
    return sum(float((_apart(scale[n : n + _AT_ONCE], scale, level) * totals).sum(axis=1) @ totals[n : n + _AT_ONCE]) for n in range(0, scale.size, _AT_ONCE))


#: So many values are laid beside all others at once: a table of all with all may be larger than the memory.
_AT_ONCE = 500
