"""What stands for "not known" in tables of whatever library: None, not a number, not a time, pandas' NA, masked cells. Pure."""

from __future__ import annotations


def is_missing(value: object) -> bool:
    """Whether a value says that nothing is known. pandas' NA says neither yes nor no to any question, so it is known by its name."""
    if value is None or type(value).__name__ in ("NAType", "NaTType", "MaskedConstant"):
        return True
    return bool(value != value)
