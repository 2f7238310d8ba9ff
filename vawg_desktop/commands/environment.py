"""What the environment says, taken once at the beginning."""

from __future__ import annotations

import os

_passphrase: str | None = None


def take_passphrase() -> None:
    """Take the passphrase out of the environment, so that no process started from here inherits it."""
    global _passphrase
    _passphrase = os.environ.pop("VAWG_PASSPHRASE", None)


def passphrase() -> str | None:
    """The passphrase that the environment gave, or None."""
    return _passphrase
