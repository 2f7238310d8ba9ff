"""How unevenly something is spread over units, such as harm over offenders: Gini, Lorenz, and the share of the top. Pure, on arrays.

Units that have nothing count where they are given: whoever leaves them out measures another question. Source of the Gini in this form:
C. Dagum; A. Sen, *On Economic Inequality* (1973); of the top share in policing: L. Sherman et al. (2016), *The Cambridge Crime Harm Index*.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

#: A part of a unit that is no unit: 0.1 × 30 is a little more than 3.
_LEAST = 1e-9


def ordered(values: ArrayLike) -> NDArray[np.float64]:
    """Amounts ascending, without masked ones. Raises ValueError for none, or one below nought."""
    import numpy as np

    found = np.sort(np.ma.compressed(np.ma.asarray(values, dtype=np.float64)))
    if not found.size:
        raise ValueError("There is nothing to measure.")
    if not np.isfinite(found).all() or found[0] < 0:
        raise ValueError("Shares are of amounts that are not below nought.")
    return found


def _in_proportion(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Amounts as shares of the largest, so that the sum of very large ones is no infinity."""
    return amounts / amounts[-1] if amounts[-1] else amounts


def gini(values: ArrayLike) -> float:
    """Gini's coefficient, from 0 (all alike) to (n − 1)/n (one has everything): 2 Σ i·x(i) ÷ (n Σ x) − (n + 1)/n, x ascending.

    NaN where all have nothing. Raises ValueError for no values, or one below nought.
    """
    import numpy as np

    found = _in_proportion(ordered(values))
    whole, count = float(found.sum()), found.size
    if not whole:
        return math.nan
    return max(0.0, 2 * float((np.arange(1, count + 1) * found).sum()) / (count * whole) - (count + 1) / count)


def top_share(values: ArrayLike, fraction: float) -> float:
    """The share of the whole that the top ⌈fraction × n⌉ units have, from 0 to 1. NaN where all have nothing.

    ``fraction`` lies above 0 and up to 1. Raises ValueError for another fraction, no values, or one below nought.
    """
    if not 0 < fraction <= 1:
        raise ValueError("The fraction lies above 0 and up to 1.")
    found = _in_proportion(ordered(values))
    whole, top = float(found.sum()), max(1, math.ceil(fraction * found.size - _LEAST))
    return float(found[-top:].sum()) / whole if whole else math.nan


def lorenz(values: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lorenz' curve: the share of units from the least up, and the share of the whole that they have; both from 0 to 1, of n + 1 points.

    Raises ValueError for no values, one below nought, or a whole of nought.
    """
    import numpy as np

    found = _in_proportion(ordered(values))
    if not found.sum():
        raise ValueError("There is nothing to share out.")
    return np.linspace(0, 1, found.size + 1), np.concatenate([[0.0], np.cumsum(found) / found.sum()])


def expected_top_share(incidents: ArrayLike, units: int, fraction: float, times: int = 200, seed: int = 1) -> float:
    """The share of the top units if every incident fell on a unit by chance, as the mean of ``times`` draws.

    Concentration is only what lies above this: one rape alone tops any list. ``incidents`` are the amounts of single incidents. Raises
    ValueError as ``top_share`` does, and for fewer than one unit.
    """
    import numpy as np

    harms = ordered(incidents)
    if units < 1:
        raise ValueError("Chance needs units to fall on.")
    chance = np.random.default_rng(seed)
    shares = [top_share(np.bincount(chance.integers(units, size=harms.size), weights=harms, minlength=units), fraction) for _ in range(times)]
    return float(np.mean(shares))
