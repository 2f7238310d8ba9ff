"""Who works on which store."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain import clock
from vawg_desktop.domain.values import clean_text
from vawg_desktop.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: The longest name of a person that is kept.
MOST_LETTERS = 200


def who_am_i() -> str:
    """The person's name: ``VAWG_USER``, else the operating system's login."""
    named = clean_text(os.environ.get("VAWG_USER", "")).text.strip()[:MOST_LETTERS]
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


@dataclass(slots=True)
class Session:
    """An open store and the person at it."""

    store: Store
    who: str = field(default_factory=who_am_i)

    @property
    def today(self) -> date:
        """The day it is in London: asked anew each time, so a window left open overnight has tomorrow's."""
        return clock.today()

    @property
    def session_of_today(self) -> Session | None:
        """Today's session, where this one shows the past: what is set meanwhile, such as a theme, is set there too."""
        return None

    def __post_init__(self) -> None:
        self.who = self.store.known_as(self.who)

    def read(self) -> Connection:
        """This thread's reading connection."""
        return self.store.read()
