"""How long until something ends, where some have not ended yet: Kaplan–Meier, and Aalen–Johansen where several ends compete. Pure, on arrays.

Where ends compete, as a charge and no further action do, 1 − Kaplan–Meier of one of them overstates it: it takes those who ended otherwise for
people who might still end this way. Sources: E. Kaplan and P. Meier (1958); O. Aalen and S. Johansen (1978); J. Klein and M. Moeschberger,
*Survival Analysis* (2003), ch. 4.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from vawg_desktop.analysis.missing import is_missing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def _days(times: ArrayLike, other: int) -> NDArray[np.float64]:
    import numpy as np

    found = np.asarray(times, dtype=np.float64).ravel()
    if not found.size or found.size != other:
        raise ValueError("Each case has its time and how it ended.")
    if not np.isfinite(found).all() or (found < 0).any():
        raise ValueError("Times are known and not below nought.")
    return found


def kaplan_meier(times: ArrayLike, observed: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The share that has not ended by each time: (times, estimates), both beginning with 0 and 1 and going on with every different time.

    ``times`` are how long each case was followed, ``observed`` whether it ended then (else it is censored: it went on at least that long; a
    case censored on the day on which others ended was still at risk). Raises ValueError for none, other lengths, or times below nought.
    """
    import numpy as np

    given = np.asarray(observed, dtype=object).ravel().tolist()
    # NaN is no answer, "0" would be a yes, and 2 is another coding, in which 1 is no
    if np.ma.is_masked(observed) or any(isinstance(v, str) or is_missing(v) or v not in (0, 1) for v in given):
        raise ValueError("Of each case it is known whether it ended: yes or no, 1 or 0.")
    ended = np.asarray([bool(v) for v in given], dtype=bool)
    days = _days(times, ended.size)
    at = np.unique(np.concatenate([[0.0], days]))
    ordered = np.sort(days)
    at_risk = days.size - np.searchsorted(ordered, at, side="left")
    ends = np.bincount(np.searchsorted(at, days[ended]), minlength=at.size)
    left = np.divide(at_risk - ends, at_risk, out=np.ones(at.size), where=at_risk > 0)
    return at, np.cumprod(left, dtype=np.float64)


def cumulative_incidence(times: ArrayLike, causes: Sequence[Hashable]) -> tuple[NDArray[np.float64], dict[Any, NDArray[np.float64]]]:
    """The share that has ended in each way by each time: (times, {cause: estimates}), by Aalen and Johansen; times as of ``kaplan_meier``.

    ``causes`` say how each case ended: 0, None, NaN or an empty text where it has not. At each time all ways together and Kaplan–Meier's share
    of those not ended are 1. Raises ValueError as ``kaplan_meier`` does.
    """
    import numpy as np

    words = getattr(getattr(causes, "dtype", None), "kind", "") == "U"  # an array of words holds what is missing as the word "nan"
    ways: list[Any] = [None if _not_ended(c) or (words and c == "nan") else c for c in causes]
    days = _days(times, len(ways))
    at, open_after = kaplan_meier(days, [w is not None for w in ways])
    open_before = np.concatenate([[1.0], open_after[:-1]])
    at_risk = days.size - np.searchsorted(np.sort(days), at, side="left")
    found: dict[Any, NDArray[np.float64]] = {}
    for way in _in_order({w: None for w in ways if w is not None}):
        ends = np.bincount(np.searchsorted(at, days[[w == way for w in ways]]), minlength=at.size)
        found[way] = np.cumsum(open_before * np.divide(ends, at_risk, out=np.zeros(at.size), where=at_risk > 0))
    return at, found


def by(times: NDArray[np.float64], estimates: NDArray[np.float64], day: float) -> float:
    """The estimate that holds on a day. Raises ValueError for a day before the first."""
    if not day >= float(times[0]):
        raise ValueError("Nothing is known of a day before the first.")
    return float(estimates[int(times.searchsorted(day, side="right")) - 1])


def median(times: NDArray[np.float64], incidence: NDArray[np.float64]) -> float | None:
    """The first time by which half of all cases have ended so, or None where they never do: no median can be given then."""
    reached = (incidence >= 0.5 - _CLOSE).nonzero()[0]
    return float(times[reached[0]]) if reached.size else None


#: What a share worked out in steps may lack of one half that is just reached.
_CLOSE = 1e-9


def _in_order(ways: Iterable[Any]) -> list[Any]:
    """Ways to end in the order of their numbers or words; of a kind that has no order as they came."""
    given = list(ways)
    try:
        return sorted(given, key=lambda w: (isinstance(w, str), w))
    except TypeError:
        return given


def _not_ended(cause: object) -> bool:
    return is_missing(cause) or cause == 0 or cause == ""
