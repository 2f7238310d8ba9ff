"""The statuses that were set while a meeting took its items, from the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act, act_of
from vawg_desktop.services.meeting_notes import record_about
from vawg_desktop.store import history as past

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class StatusSet:
    """A status that was set while an item was taken: of which record, what it was and is, by key, and why."""

    reference: str
    entity: str
    was: str
    now: str
    why: str


def statuses_set(connection: Connection, item: Mapping[str, object]) -> list[StatusSet]:
    """The statuses that were set while an agenda item was taken and not taken back since, in order."""
    about = record_about(connection, item)
    if about is None or not about.spec.status:
        return []
    entries = past.entries_of(connection, [about.id])
    gone = past.taken_back((e.txn, str(e.about)) for e in entries if e.act in ("undo", "redo"))
    here = [e for e in entries if act_of(e.act) is Act.MEETING and e.about == str(item["id"]) and about.spec.status in e.fields and e.txn not in gone]
    told = [(e, cell) for e in here if (cell := e.fields[about.spec.status]).digests is None]  # what was disposed of has no words
    return [StatusSet(about.reference, about.entity, str(c.before or ""), str(c.after or ""), e.why or "") for e, c in told]
