"""The points of the accessibility checklist: what each asks, and whether a workbook of ours meets it or says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vawg_desktop.exchange.plan import LOGO_DEPARTURE
from vawg_desktop.exchange.return_plan import DEPARTURES


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the checklist: what it asks, whether it is met, and what was found or why it is departed from."""

    asks: str
    met: bool
    finding: str
    departed: bool = False


def point(asks: str, against: list[str]) -> Point:
    """A point that is met where nothing speaks against it."""
    return Point(asks, not against, "; ".join(against[:5]) or "Met.")


def objects(against: list[str], pictures: list[str], start: str) -> Point:
    """No text boxes or comments; a logo is explained and has words that stand for it."""
    asks = "No images, text boxes or comments"
    if against or not pictures:
        return point(asks, against)
    wordless = [p for p in pictures if not p]
    explained = LOGO_DEPARTURE in start and not wordless
    finding = LOGO_DEPARTURE if explained else "A picture without its words."
    return Point(asks, explained, finding, True)


def departure(asks: str, does: Callable[[], bool], number: int, start: str) -> Point:
    """A point that we depart from on purpose: met after all if the workbook says why."""
    if not does():
        return Point(asks, True, "Met.")
    explained = DEPARTURES[number] in start
    return Point(
        asks, explained, DEPARTURES[number] if explained else "Departed from without saying why.", True
    )
