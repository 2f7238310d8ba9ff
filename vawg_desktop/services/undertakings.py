"""What bodies undertook at meetings, and whether it is still awaited."""

from __future__ import annotations

from collections.abc import Mapping


def is_awaited(row: Mapping[str, object]) -> bool:
    """Whether an undertaking is awaited: nobody said on which day it was met, and no action of the body that gave it stands for it.

    ``row`` is a question with ``undertaking``, ``undertaking_met`` and ``asked_of``, and of the action that follows it up ``action`` (its reference or
    id, empty where there is none) and ``accountable``.
    """
    return bool(row["undertaking"]) and not row["undertaking_met"] and not (row["action"] and row["accountable"] == row["asked_of"])
