"""The question that stands for an item of an agenda: its own, or the one of an earlier meeting that the item brings back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from vawg_desktop.domain import clock
from vawg_desktop.domain.entities import CHALLENGE
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import names, records
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.over_time import former_names
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

Row = dict[str, object]
#: What says that a question was put; what is undertaken, followed up or remarked may be noted without one.
_PUT = ("question", "answer", "judgement", "information", "answered_by")
#: What an answer consists of, which belongs to the meeting that it was given at.
ANSWER = ("answer", "answered_by", "answered_at", "judgement", "information", "undertaking", "undertaking_due", "follow_up")


def standing(connection: Connection, item: Mapping[str, object]) -> Row | None:
    """The question that stands for an item (its row): the last one that was put under it, else an earlier one that it brings back and that has no answer, or that was answered here."""
    own = plain_rows(connection, "SELECT * FROM challenge WHERE item = ? AND NOT deleted ORDER BY n DESC LIMIT 1", (item["id"],))
    if own:
        return own[0]
    for earlier in brought_back(connection, item):
        if earlier["status"] in ("drafted", "asked"):
            return earlier
        if earlier["answered_in"] == item["meeting"]:
            return earlier
    return None


def brought_back(connection: Connection, item: Mapping[str, object]) -> list[Row]:
    """The questions of earlier meetings that an item is about, or that were put under the items that it carries on, the latest first."""
    found = plain_rows(connection, "SELECT * FROM challenge WHERE id = ? AND NOT deleted", (item["about"],)) if item["about"] else []
    before, seen = item["carried_from"], {item["id"]}
    while before and before not in seen:
        seen.add(before)
        found += plain_rows(connection, "SELECT * FROM challenge WHERE item = ? AND NOT deleted AND coalesce(status, '') <> 'withdrawn' ORDER BY n DESC", (before,))
        row = plain_rows(connection, "SELECT about, carried_from FROM agenda_item WHERE id = ?", (before,))
        before = row[0]["carried_from"] if row else None
    return found


def keep(session: Session, tx: Transaction, item: Mapping[str, Value], about: names.Found | None, cells: dict[str, str]) -> None:
    """Make or answer the question of an item; ``cells`` are its fields as they were typed. Without a question the item's title stands for one.

    Raises ValueRefusedError where nothing was asked, answered or undertaken, and what ``records`` raises.
    """
    connection, meeting = tx.connection, str(item["meeting"])
    day = str(tx.row("meeting", meeting)["date"] or session.today.isoformat())
    if "answer" in cells and "answered_at" not in cells and day == session.today.isoformat():
        cells["answered_at"] = clock.now().astimezone(clock.LONDON).strftime("%H:%M")
    stands, put = standing(connection, item), any(k in cells for k in _PUT)
    another = stands is None or _another(stands, cells, str(item["title"])) or (stands["meeting"] != meeting and not _answers(session, stands, item, cells))
    there = None if another else stands
    earlier = stands or next(iter(brought_back(connection, item)), None)
    if "asked_of" not in cells and (there is None or not there["asked_of"]):
        cells |= _asked_of(tx, about, earlier)
    if there is None:
        if not put and cells.keys() <= {"asked_by", "asked_of", "undertaking_due"}:
            raise ValueRefusedError("Write what was asked, answered or undertaken.")
        question = str(earlier["question"]) if earlier is not None and item["about"] == earlier["id"] else str(item["title"])
        cells = {"question": question, "asked_on": day, "status": "asked" if put else "noted", **cells}
        records.create_in(session, tx, CHALLENGE, {**cells, "meeting": meeting, "item": str(item["id"]), "about": about.id if about else ""})
        return
    if there["meeting"] != meeting:
        here = str(item["id"])
        cells |= {"meeting": meeting, "item": here} if there["status"] == "drafted" else {"answered_in": meeting, "answered_item": here}
    if there["status"] in ("drafted", "noted") and put:
        cells["status"] = "asked"  # it was: the answer, if there is one, makes it answered
        if not there["asked_on"]:
            cells["asked_on"] = day
    for key in ("note", "answer"):  # nothing that was said before is lost
        if key in cells and there[key] and not cells[key].startswith(str(there[key])):  # what goes on with it stands in its place
            cells[key] = f"{there[key]}\n{cells[key]}"
    records.assign_in(session, tx, CHALLENGE, str(there["id"]), [records.Assignment(k, v) for k, v in cells.items()], None)


def _answers(session: Session, there: Row, item: Mapping[str, object], cells: Mapping[str, str]) -> bool:
    """Whether what is noted answers a question of an earlier meeting, so that it is written there: more of an answer that was given here, or an answer now.

    What was noted at that meeting stays there as it was noted, and what is told in private is no part of a question that was put in public.
    """
    if there["answered_in"] == item["meeting"]:
        return True
    if there["status"] == "drafted":  # for a meeting that was not held: it is put now
        return any(k in cells for k in _PUT)
    told = cells.get("answer") or cells.get("information") or cells.get("judgement") not in (None, "deferred")
    private = restricted(session, [str(item["id"])])
    return bool(told) and not private and not any(there[key] for key in ANSWER if key != "answered_at")


def _asked_of(tx: Transaction, about: names.Found | None, earlier: Row | None) -> dict[str, str]:
    """The body that a question is put to where nobody says: the one that was asked before, else the one that answers for the record."""
    if earlier is not None and earlier["asked_of"]:
        return {"asked_of": str(earlier["asked_of"])}
    if about is None or not about.spec.owner or about.spec.by_key[about.spec.owner].target != "partner":
        return {}
    owner = tx.row(about.entity, about.id)[about.spec.owner]
    return {"asked_of": str(owner)} if owner else {}


def _another(there: Mapping[str, object], cells: Mapping[str, str], title: str) -> bool:
    """Whether what is noted is another question about the same item, another answer, undertaking or follow-up, and not more of the one that stands."""
    if "question" in cells and there["question"] not in (cells["question"], title) and there["status"] not in ("drafted", "noted"):
        return True
    if there["status"] == "withdrawn":
        return True
    by = cells.get("answered_by")
    if "answer" in cells and there["answer"] and by and there["answered_by"] and fold(by) != fold(str(there["answered_by"])):
        return True
    return any(key in cells and there[key] and there[key] != cells[key] for key in ("undertaking", "follow_up"))


def of_meeting(connection: Connection, meeting: str, items: list[dict[str, object]]) -> list[Row]:
    """The questions that were put at a meeting, with the body asked as it was called then and its standing, and those of earlier ones that were answered at it.

    Each as it stood at this meeting: one that was answered at a later one has no answer here, and one of an earlier meeting stands under the item
    that brought it back, with ``asked_before_on`` set to the day on which it was asked (empty where nobody noted it).
    """
    rows = plain_rows(
        connection, "SELECT c.*, coalesce(p.short_name, p.name, '') AS body, p.standing FROM challenge c LEFT JOIN partner p ON p.id = c.asked_of "
        "WHERE (c.meeting = ? OR c.answered_in = ?) AND NOT c.deleted AND coalesce(c.status, '') NOT IN ('drafted', 'withdrawn') ORDER BY c.n", (meeting, meeting),
    )  # fmt: skip
    made: list[Row] = []
    day = connection.exec_driver_sql("SELECT date FROM meeting WHERE id = ?", (meeting,)).scalar()
    then = former_names(connection, {str(r["asked_of"]): str(day) if day else None for r in rows if r["asked_of"]})
    for row in rows:
        row = {**row, "body": then.get(str(row["asked_of"]), row["body"])}
        if row["answered_in"] and row["answered_in"] != meeting:
            row = {**row, **dict.fromkeys(ANSWER), "status": "asked"}
        elif row["meeting"] != meeting:
            under = next((str(i["id"]) for i in items if row["id"] in {str(c["id"]) for c in brought_back(connection, i)}), None)
            row = {**row, "item": under, "asked_before_on": row["asked_on"] or ""}
        made.append(row)
    return made
