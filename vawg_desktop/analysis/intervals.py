"""Intervals around a share or a count, at 95%: Wilson's, and the exact ones of Clopper and Pearson and of Garwood. Pure.

Sources: E. B. Wilson (1927), *Probable inference, the law of succession, and statistical inference*; C. Clopper and E. Pearson (1934);
F. Garwood (1936), *Fiducial limits for the Poisson distribution*. The incomplete gamma and beta functions by series and by continued fraction
(M. Abramowitz and I. Stegun, *Handbook of Mathematical Functions*, 6.5 and 26.5).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

#: How sure the interval is.
SURE = 0.95
_CLOSE, _MOST_STEPS = 1e-15, 100_000
#: Above so many the exact interval takes long to work out.
_MANY = 1_000_000


def wilson(k: int, n: int, sure: float = SURE) -> tuple[float, float]:
    """Wilson's interval (low, high) of the share of which ``k`` of ``n`` were seen. Raises ValueError unless 0 ≤ k ≤ n and n ≥ 1."""
    k, n = _of(k, n)
    z = NormalDist().inv_cdf((1 + sure) / 2)
    share, one = k / n, 1 / n
    middle, reach = share + z * z * one / 2, z * math.sqrt(share * (1 - share) * one + (z * one) ** 2 / 4)
    low, high = (middle - reach) / (1 + z * z * one), (middle + reach) / (1 + z * z * one)
    return (0.0 if k == 0 else low), (1.0 if k == n else high)


def binomial_exact(k: int, n: int, sure: float = SURE) -> tuple[float, float]:
    """Clopper's and Pearson's exact interval (low, high) of a share. Raises ValueError as ``wilson`` does."""
    k, n = _of(k, n)
    tail = (1 - sure) / 2
    low = 0.0 if k == 0 else _solve(lambda p: at_least(k, n, p) - tail, 0.0, 1.0)
    high = 1.0 if k == n else _solve(lambda p: tail - (1 - at_least(k + 1, n, p)), 0.0, 1.0)
    return low, high


def poisson_exact(k: int, sure: float = SURE) -> tuple[float, float]:
    """Garwood's exact interval (low, high) of the mean of which a count of ``k`` was seen. Raises ValueError below nought."""
    k = whole(k)
    tail = (1 - sure) / 2
    if k > _MANY:  # Wilson and Hilferty (1931), which is as near as a float is for so many
        z = NormalDist().inv_cdf(1 - tail)
        return _cubed(k, -z), _cubed(k + 1, z)
    most = k + 10 * math.sqrt(k + 1) + 20
    low = 0.0 if k == 0 else _solve(lambda mean: poisson_at_least(k, mean) - tail, 0.0, most)
    return low, _solve(lambda mean: tail - (1 - poisson_at_least(k + 1, mean)), 0.0, most)


def _cubed(k: int, z: float) -> float:
    return k * (1 - 1 / (9 * k) + z / (3 * math.sqrt(k))) ** 3


def poisson_at_least(k: float, mean: float) -> float:
    """The chance of ``k`` or more where ``mean`` are expected: the lower incomplete gamma function, which is defined between whole ``k`` too."""
    if k <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    front = k * math.log(mean) - mean - math.lgamma(k)
    if mean < k + 1:
        term = total = 1 / k
        step = k
        while term > total * _CLOSE:
            step += 1
            term *= mean / step
            total += term
        return min(1.0, total * math.exp(front))
    small = 1e-300
    b = mean + 1 - k
    c, d = 1 / small, 1 / b
    found = d
    for step in range(1, _MOST_STEPS):  # pragma: no branch: it converges long before
        a = -step * (step - k)
        b += 2
        d = 1 / (a * d + b or small)
        c = b + a / c or small
        found *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return 1 - math.exp(front) * found


def chi_square_beyond(found: float, degrees: int) -> float:
    """The chance that χ² with so many degrees of freedom is ``found`` or more."""
    return 1 - poisson_at_least(degrees / 2, found / 2)


def at_least(k: int, n: int, p: float) -> float:
    """The chance of ``k`` or more of ``n`` where each has the chance ``p`` (the regularised incomplete beta function)."""
    if k > n:
        return 0.0
    if k <= 0 or p >= 1:
        return 1.0
    if p <= 0:
        return 0.0
    a, b = float(k), float(n - k + 1)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(p) + b * math.log1p(-p))
    if p < (a + 1) / (a + b + 2):
        return min(1.0, front * _fraction(a, b, p) / a)
    return max(0.0, 1 - front * _fraction(b, a, 1 - p) / b)


def _fraction(a: float, b: float, x: float) -> float:
    small = 1e-300
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or small)
    found = d
    for step in range(1, _MOST_STEPS):  # pragma: no branch: it converges long before
        for numerator in (step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step)), -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))):
            d = 1 / (1 + numerator * d or small)
            c = 1 + numerator / c or small
            found *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return found


_NOT_OF = "Of at least one, from none to all were seen."
_NO_COUNT = "A count is a whole number that is not below nought."


def whole(count: Any) -> int:
    """A count of any kind of number as a plain whole one, in which nothing overflows. Raises ValueError for what is no count."""
    try:
        found = operator.index(count)
    except TypeError:
        number = math.nan if isinstance(count, (str, bytes)) or count is None else _float(count)
        if not math.isfinite(number) or number != int(number):
            raise ValueError(_NO_COUNT) from None
        found = int(number)
    if found < 0:
        raise ValueError(_NO_COUNT)
    return found


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _of(k: object, n: object) -> tuple[int, int]:
    """How many of how many. Raises ValueError unless none to all of at least one were seen."""
    try:
        some, every = whole(k), whole(n)
    except ValueError:
        raise ValueError(_NOT_OF) from None
    if every < 1 or some > every:
        raise ValueError(_NOT_OF)
    return some, every


def _solve(rises: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that rises from below nought crosses it, by halving."""
    for _ in range(200):  # pragma: no branch: the middle meets an end well before
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if rises(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
