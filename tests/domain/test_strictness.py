"""Of two values that nobody has chosen between, the one that protects more."""

from __future__ import annotations

from itertools import pairwise

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.fields import FieldSpec, Value
from vawg_desktop.domain.strictness import rank


def strictest_first(spec: FieldSpec, *values: Value) -> bool:
    ranked = rank(spec)
    assert ranked is not None
    return all(ranked(a) < ranked(b) for a, b in pairwise(values))


def test_a_field_that_protects_nobody_has_no_strict_value() -> None:
    assert rank(None) is None and rank(BY_KEY["action"].by_key["title"]) is None


def test_each_way_of_protecting_has_its_order() -> None:
    figure, action = BY_KEY["figure"], BY_KEY["action"]
    assert strictest_first(figure.by_key["embargoed_until"], None, "2027-01", "2026-12-31", "2026-11")  # what has no end binds longest
    assert strictest_first(figure.by_key["release"], "embargoed", None, "management", "published", "a term nobody knows")
    assert strictest_first(action.by_key["restriction"], "Live case", None)
    assert strictest_first(BY_KEY["service"].by_key["confidential_location"], True, None, False)


def test_yes_and_no_are_the_same_as_one_and_nought() -> None:
    ranked = rank(BY_KEY["service"].by_key["confidential_location"])
    assert ranked is not None and ranked(1) == ranked(True) and ranked(0) == ranked(False) and ranked("") == ranked(None)
