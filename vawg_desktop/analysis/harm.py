"""Harm as counts times weights, and how it is spread. Pure.

A weight is the starting point of the sentence in days (L. Sherman, P. Neyroud and E. Neyroud, 2016, *The Cambridge Crime Harm Index*) or the
average sentence (Office for National Statistics, *Crime Severity Score*). It says what crimes of a kind weigh together; it is no score of a case
or of a victim. Domestic abuse and stalking weigh far too little by it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from vawg_desktop.analysis.concentration import ordered

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def total(counts: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Σ count × weight, in the weights' unit (days). Raises KeyError that names the offences without a weight, none of which is taken for nought; ValueError for what is no count."""
    if wrong := [str(k) for k, n in counts.items() if not 0 <= n < math.inf]:
        raise ValueError(f"What stands for {', '.join(wrong)} is no count.")
    if missing := sorted(str(k) for k, n in counts.items() if n and k not in weights):
        raise KeyError(f"There is no weight for {', '.join(missing)}.")
    return math.fsum(n * weights[k] for k, n in counts.items() if n)


def severity_score(counts: Mapping[str, float], weights: Mapping[str, float], population: float) -> float:
    """Σ count × weight ÷ population (ONS). Raises KeyError as ``total``, ValueError without a population."""
    if not 0 < population < math.inf:
        raise ValueError("A score by head needs a population.")
    return total(counts, weights) / population


def by_decile(harms: ArrayLike) -> list[float]:
    """The share of all harm that each tenth of units has, the most harmful first; tenths are of whole units and may differ by one.

    Raises ValueError for no units, harm below nought, or none at all.
    """
    import numpy as np

    found = ordered(harms)[::-1]
    whole = float(found.sum())
    if not whole:
        raise ValueError("There is no harm to share out.")
    return [float(part.sum()) / whole for part in np.array_split(found, 10)]
