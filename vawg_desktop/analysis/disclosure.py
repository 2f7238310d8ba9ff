"""Which cells of a table with totals may be given: small ones are hidden, and as many others as keep anybody from working them out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_desktop.analysis.intervals import whole
from vawg_desktop.analysis.suppression import Sum, hidden

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def suppress(table: ArrayLike, threshold: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The values that may be given (NaN where hidden) and the mask of those that are hidden, both in the shape of the table.

    ``table`` holds counts with its totals: of one dimension the last is the sum of the others; of two the last row and the last column are, and
    their corner is all. Counts from 1 to ``threshold`` − 1 are hidden, and others until nobody can tell a hidden one more narrowly than
    ``threshold`` (attacked by linear programming, ``suppression.py``). Raises ValueError where totals are no sums, what is no count stands, or the threshold is no
    whole number.
    """
    import numpy as np

    least = _threshold(threshold)
    if np.ma.is_masked(table):
        raise ValueError("A table holds whole counts, none negative.")
    found = np.asarray(table, dtype=np.float64)
    if found.ndim not in (1, 2) or min(found.shape, default=0) < 2:
        raise ValueError("A table has at least one count and its total.")
    if not np.isfinite(found).all() or (found < 0).any() or (found != np.round(found)).any():
        raise ValueError("A table holds whole counts, none negative.")
    rows = found if found.ndim == 2 else found[np.newaxis, :]
    across = [Sum(n * rows.shape[1] + rows.shape[1] - 1, tuple(n * rows.shape[1] + c for c in range(rows.shape[1] - 1))) for n in range(rows.shape[0])]
    down = [Sum((rows.shape[0] - 1) * rows.shape[1] + c, tuple(n * rows.shape[1] + c for n in range(rows.shape[0] - 1))) for c in range(rows.shape[1])]
    sums = across + (down if found.ndim == 2 else [])
    counts = [int(v) for v in rows.ravel()]
    if any(counts[s.total] != sum(counts[p] for p in s.parts) for s in sums):
        raise ValueError("The last of each row and column is its total.")
    kept_back = hidden(counts, sums, least, floor=1)
    mask = np.isin(np.arange(rows.size), sorted(kept_back)).reshape(found.shape)
    return np.where(mask, np.nan, found), mask


def _threshold(given: object) -> int:
    """A threshold as a plain whole number. Raises ValueError for any other: it would hide nothing, and nobody would see it."""
    if isinstance(given, bool):
        raise ValueError("The threshold is a whole number, such as 5 or 10.")
    try:
        return whole(given)
    except ValueError:
        raise ValueError("The threshold is a whole number, such as 5 or 10.") from None
