"""When a recommendation or a gap may close (DESIGN 3): the five tests, and a second person who signs. Pure.

Delivered, in part and business as usual need the tests; other ways of closing need the reason, what stands in its place, and the second person.
A gap of the lowest severity needs the first test and the signing only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.evidence_terms import CLOSURE_TEST
from vawg_desktop.domain.fields import EntitySpec, Value
from vawg_desktop.domain.terms import CLOSING_AUTHORITY, CLOSURE_ROUTE

#: Ways of closing that say something was achieved, and so have to show it.
TESTED = frozenset({"delivered", "in_part", "business_as_usual"})
#: Ways of closing in which another record stands in its place.
REPLACED = frozenset({"superseded", "duplicate"})
_LOWEST = "1"


@dataclass(frozen=True, slots=True)
class Proof:
    """What speaks for a closing: how much evidence there is, which tests are answered, and who signed (each person once)."""

    evidence: int = 0
    tests: frozenset[str] = frozenset()
    signers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Missing:
    """What is still missing: a test of ``CLOSURE_TEST``, ``signed``, or the field that is empty; and in words."""

    test: str
    message: str


def missing(spec: EntitySpec, row: Mapping[str, Value], proof: Proof) -> list[Missing]:
    """Everything that a record still needs to be closed; ``row`` holds stored values by key."""
    found: list[Missing] = []
    route = str(row.get("closure_route") or "")
    if not route:
        found.append(Missing("closure_route", "Say how it closes: delivered, business as usual, superseded or another closure route."))
    if not row.get("outcome_statement"):
        words = "Say in a sentence what changed for victims." if route in TESTED or not route else f"Say why it closes as {CLOSURE_ROUTE.label(route).casefold()}."
        found.append(Missing("outcome_statement", words))
    if route in TESTED or not route:
        found += _tests(spec, row, proof)
    if route in REPLACED and "superseded_by" in spec.by_key and not row.get("superseded_by"):
        found.append(Missing("superseded_by", f"Name the {spec.label.casefold()} that replaces it."))
    if route == "transferred" and not row.get("transferred_to"):
        found.append(Missing("transferred_to", "Name the body that takes it on."))
    authority = str(row.get("closing_authority") or "office")
    if authority != "office" and not row.get("authority_agreement"):
        whose = CLOSING_AUTHORITY.label(authority)
        found.append(Missing("authority_agreement", f"Say where {whose[0].lower()}{whose[1:]} agreed to it, whose authority closes it."))
    if len(proof.signers) < 2:
        found.append(Missing("signed", "A second person has to sign." if proof.signers else "The person who closes it and a second person have to sign."))
    return found


def _tests(spec: EntitySpec, row: Mapping[str, Value], proof: Proof) -> list[Missing]:
    lowest = "severity" in spec.by_key and row.get("severity") == _LOWEST
    found: list[Missing] = []
    if not proof.evidence:
        found.append(Missing("action_evidenced", "There is no evidence that anything was done."))
    wanted = ("action_evidenced",) if lowest else ("action_evidenced", "measure_moved", "victims_heard")
    found += [Missing(test, f"Answer the test “{CLOSURE_TEST.label(test)}”{_OR[test]}.") for test in wanted if test not in proof.tests]
    if not lowest and "recheck" not in proof.tests:
        found.append(Missing("recheck", "Set a date on which it is looked at again."))
    return found


#: How a test is answered where what it asks cannot be had.
_OR = {
    "action_evidenced": "",
    "measure_moved": ", or say why it cannot be measured",
    "victims_heard": " and how they told it, or say why they were not asked",
}


def is_closing(spec: EntitySpec, before: Mapping[str, Value] | None, after: Mapping[str, Value]) -> bool:
    """Whether an edit closes a record of a kind whose closing is earned."""
    return spec.closes_by_tests and after.get(spec.status) == "closed" and (before is None or before.get(spec.status) != "closed")


def is_opening(spec: EntitySpec, before: Mapping[str, Value], changed: Mapping[str, Value]) -> bool:
    """Whether an edit opens again what stood closed."""
    return spec.closes_by_tests and before.get(spec.status) == "closed" and changed.get(spec.status, "closed") != "closed"


def refuse_unreplaced(spec: EntitySpec, before: Mapping[str, Value] | None, after: Mapping[str, Value]) -> None:
    """Raise RuleError where a record that is closed by tests becomes superseded, which takes it off the open ones, and nothing stands in its place."""

    def by_nothing(row: Mapping[str, Value]) -> bool:
        return row.get(spec.status) == "superseded" and not row.get("superseded_by")

    if spec.closes_by_tests and by_nothing(after) and not (before is not None and by_nothing(before)):
        raise RuleError(f"Superseded by what? Name the {spec.label.casefold()} that replaces it under “Superseded by”, or close it another way.", code="rule_closure")


def refuse_unearned(spec: EntitySpec, row: Mapping[str, Value], proof: Proof) -> None:
    """Raise RuleError where a closing is not earned yet."""
    left = missing(spec, row, proof)
    if left:
        raise RuleError(
            f"Closure is earned: this {spec.label.casefold()} still needs more. " + " ".join(m.message for m in left), code="rule_closure"
        )
