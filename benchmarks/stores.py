"""Encrypted stores of the three sizes, made once and kept."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from datetime import time as hours
from pathlib import Path

from vawg_desktop.domain import clock
from vawg_desktop.services.demo import SIZES, Spread, fill
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening

WORDS = "benchmark passphrase"
TODAY = date(2026, 11, 22)


class StoppedClock(clock.Clock):
    """The day for which the stores are made, so that every run counts the same rows as late."""

    def __init__(self) -> None:
        self.day = TODAY

    def now(self) -> datetime:
        """Noon of that day."""
        return datetime.combine(self.day, hours(12), UTC)

    def go_to(self, day: date) -> None:
        """What is written from now on is written on another day."""
        self.day = day


CLOCK = StoppedClock()
clock.inject(CLOCK)
#: Ending of a size's name: its log is spread over three years with edits, as in use; without it, all is written in one day, as by an import.
IN_LIFE = " in life"


def store_of(size: str, keep: Path) -> Path:
    """The store of a size; made if it is not there yet."""
    path = keep / f"{size}.vawg"
    done = keep / f"{size}.done"
    if done.exists() and path.exists():
        return path
    making.remove(path)
    began = time.perf_counter()
    store = making.create(path, passphrase=WORDS, demonstration=True)
    spread = Spread(CLOCK.go_to) if size.endswith(IN_LIFE) else None
    fill(Session(store, "Bench"), SIZES[size.removesuffix(IN_LIFE)], today=TODAY, spread=spread)
    CLOCK.go_to(TODAY)
    store.close()
    done.write_text(f"{time.perf_counter() - began:.0f} s\n")
    print(
        f"made {size} in {time.perf_counter() - began:.0f} s, {path.stat().st_size / 1e6:.0f} MB", flush=True
    )
    return path


def opened(path: Path) -> Session:
    """A session on a made store."""
    return Session(opening.open_store(path, passphrase=WORDS), "Bench")
