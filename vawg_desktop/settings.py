"""One declaration per setting of the window; kept in the store's local table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its key, what it is called, its choices (first is the default) and what it does."""

    key: str
    label: str
    choices: tuple[str, ...]
    help: str


THEME = Setting("theme", "Theme", ("light", "dark", "contrast"), "High contrast is white and yellow on black.")
SCALE = Setting(
    "scale", "Text size", ("100", "125", "150", "200"), "For a wall, or for tired eyes."
)
DENSITY = Setting("density", "List rows", ("normal", "compact", "meeting"), "Height of the rows in lists.")
SINCE = Setting(
    "since", "Changes since", ("28", "7", "90", "365"), "Days that “what changed” on the Overview looks back."
)

IDLE = Setting(
    "idle", "Lock when idle", ("10", "5", "30", "0"), "Without a key or the mouse; your passphrase opens it again."
)

ALL: tuple[Setting, ...] = (THEME, SCALE, DENSITY, SINCE, IDLE)
