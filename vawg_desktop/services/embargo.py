"""Figures under embargo: until their release nobody outside those who may see them early is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from vawg_desktop.domain.dates import last_day
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session


def is_embargoed(row: Mapping[str, object], today: date) -> bool:
    """Whether a figure is under embargo today: to the end of its day, or for as long as none is given."""
    until = last_day(str(row["embargoed_until"])) if row["embargoed_until"] else None
    return row["release"] == "embargoed" and (until is None or until >= today)


def embargoed(session: Session) -> list[str]:
    """Ids of the figures that are under embargo today."""
    rows = plain_rows(session.read(), "SELECT id, release, embargoed_until FROM figure WHERE release = 'embargoed'", ())
    return [str(r["id"]) for r in rows if is_embargoed(r, session.today)]
