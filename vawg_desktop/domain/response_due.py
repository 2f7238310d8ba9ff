"""When a response is due by the kind of document that asks for it: so many days, and whether the day of publication is the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from vawg_desktop.domain.dates import bounds


@dataclass(frozen=True, slots=True)
class Rule:
    """So many days from publication; ``first_counts``: the day of publication is the first of them."""

    days: int
    first_counts: bool


#: By kind of source. An inspectorate's 56 days begin with the day of publication: a report of 1 June is due on 26 July (Police Act 1996, s. 55).
RULES: dict[str, Rule] = {"inspection": Rule(56, first_counts=True)}


def response_due(source: Mapping[str, object]) -> date | None:
    """The day on which a response to a source is due: the one that it says, else by the rule of its kind; None where neither is known.

    A source of which only the month is known has no day to count from.
    """
    if source.get("response_due"):
        return bounds(str(source["response_due"]))[1]
    rule = RULES.get(str(source.get("kind") or ""))
    if rule is None or not source.get("published"):
        return None
    first, last = bounds(str(source["published"]))
    return first + timedelta(days=rule.days - int(rule.first_counts)) if first == last else None
