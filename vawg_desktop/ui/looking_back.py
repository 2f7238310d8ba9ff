"""Whether the window shows the store as it was: then nothing offers to change it, and what could is not there."""

from __future__ import annotations

_past = False


def is_on() -> bool:
    """Whether the past is shown."""
    return _past


def set_on(past: bool) -> None:
    """Say whether what is built from now on shows the past."""
    global _past
    _past = past
