"""Where a gap stands and what leads to each state (DESIGN 3): identified, validated, being addressed, delivered, benefit seen. Pure.

*Closed* has rules of its own (``domain/closing.py``). A gap may always be set back.
"""

from __future__ import annotations

from dataclasses import dataclass

from vawg_desktop.domain.terms import GAP_STATUS

#: The states in their order.
ORDER = GAP_STATUS.key_list()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a gap's state can rest on, counted.

    ``basis``: evidence, sources, quotes and themes it rests on. ``at_work``: actions that are neither stopped nor superseded, and running
    services that provide for it. ``unfinished``: those of the actions that are not complete. ``delivered``: complete actions, and running
    services that provide in full. ``unproved``: complete actions with no evidence. ``moved``: whether it is answered that the measure moved,
    or what victims have told. ``outcome``: whether an outcome is judged and told.
    """

    basis: int = 0
    owner: bool = False
    at_work: int = 0
    unfinished: int = 0
    delivered: int = 0
    unproved: int = 0
    moved: bool = False
    outcome: bool = False


#: The rule that leads to each state, in words.
RULES: dict[str, str] = {
    "identified": "Somebody said so.",
    "validated": "It rests on evidence, a source, a theme or a quote, and a body owns it.",
    "being_addressed": "An action or a running service works on it.",
    "delivered": "Every action on it is complete with evidence, or a running service provides in full.",
    "benefit_seen": "The measure moved or victims have told us, and the outcome is judged and stated.",
    "closed": "The closure tests are answered and a second person signs.",
}


def needs(state: str, ground: Ground) -> list[str]:
    """What a gap still needs to stand in a state, the states before it included; empty where nothing is missing."""
    found: list[str] = []
    for step in ORDER[: ORDER.index(state) + 1]:
        found += _STEPS.get(step, _nothing)(ground)
    return found


def _nothing(_: Ground) -> list[str]:
    return []


def _validated(g: Ground) -> list[str]:
    missing = [] if g.basis else ["Link what it rests on: evidence, a source, a theme or a quote."]
    return missing if g.owner else [*missing, "Name the body that owns it."]


def _addressed(g: Ground) -> list[str]:
    return [] if g.at_work else ["Link an action or a running service that works on it."]


def _delivered(g: Ground) -> list[str]:
    found: list[str] = []
    if g.unfinished:
        found.append("An action on it is not complete." if g.unfinished == 1 else f"{g.unfinished} actions on it are not complete.")
    if g.unproved:
        found.append("A complete action on it has no evidence." if g.unproved == 1 else f"{g.unproved} complete actions on it have no evidence.")
    if not found and not g.delivered:
        found.append("Nothing that works on it is complete or provides in full.")
    return found


def _benefit(g: Ground) -> list[str]:
    found = [] if g.moved else ["Answer that the measure moved, or what victims have told us."]
    return found if g.outcome else [*found, "Judge the outcome and say in a sentence what changed."]


_STEPS = {"validated": _validated, "being_addressed": _addressed, "delivered": _delivered, "benefit_seen": _benefit}


def stands(ground: Ground) -> str:
    """The furthest state short of closed whose rule and those before it are met."""
    reached = ORDER[0]
    for state in ORDER[:-1]:
        if needs(state, ground):
            break
        reached = state
    return reached


def is_forward(before: str, after: str) -> bool:
    """Whether a gap would move to a later state."""
    return ORDER.index(after) > ORDER.index(before) if before in ORDER and after in ORDER else False
