"""Which of several values of one cell protects more: that one stands while nobody has chosen between them (DESIGN 4)."""

from __future__ import annotations

from collections.abc import Callable

from vawg_desktop.domain.dates import last_day
from vawg_desktop.domain.fields import FieldSpec, Value


def rank(spec: FieldSpec | None) -> Callable[[Value], float] | None:
    """How strict a value of a field is, the strictest lowest; None for a field whose values protect nobody."""
    if spec is None or not spec.strictest:
        return None
    if spec.strictest == "filled":
        return _filled
    if spec.strictest == "later":
        return _later
    order = tuple(_known(v) for v in spec.strictest)
    return lambda value: order.index(_known(value)) if _known(value) in order else len(order)


def _known(value: Value) -> Value:
    """A stored value as a declaration has it: yes and no may be read as 1 and 0."""
    return None if value in (None, "") else int(value) if isinstance(value, bool) else value


def _filled(value: Value) -> float:
    return 0 if value else 1


def _later(value: Value) -> float:
    """What has no end binds longest, then what ends last."""
    last = last_day(str(value)) if value else None
    return float("-inf") if last is None else -last.toordinal()
