"""Where things lie, in a checkout and in a built program."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def root() -> Path:
    """The folder that holds ``resources`` and ``db``."""
    bundled = getattr(sys, "_MEIPASS", None)
    return Path(bundled) if bundled else Path(__file__).resolve().parents[1]


def resources(*parts: str) -> Path:
    """A file or folder under ``resources``."""
    return root().joinpath("resources", *parts)


def migrations() -> Path:
    """The Alembic environment."""
    return root() / "db" / "migrations"


def user_data() -> Path:
    """The person's own folder for settings; made if missing. ``VAWG_HOME`` moves it."""
    chosen = os.environ.get("VAWG_HOME")
    if chosen:
        folder = Path(chosen)
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "VAWG Desktop"
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
        folder = Path(base) / "vawg-desktop"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
