"""What a board could speak of at its next meeting: overdue, changed since the last one, silent, claimed without proof, awaiting a signature, and last time's follow-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain import movement
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.conditions import CONDITIONS, SILENT_DAYS, open_sql
from vawg_desktop.domain.dates import bounds, label, parse_date
from vawg_desktop.domain.entities import ACTION, BY_KEY, ENTITIES
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.meeting_terms import AGENDA_KIND
from vawg_desktop.domain.merge import content_id
from vawg_desktop.services import closing, moments, names, since, undertakings
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something to speak of: a kind of ``AGENDA_KIND``, the record, and why in a sentence. ``restricted`` ones are kept off the room's screen."""

    kind: str
    id: str
    entity: str
    reference: str
    title: str
    message: str
    restricted: bool = False

    def as_json(self) -> dict[str, object]:
        """The contract's keys, with more beside them."""
        return {"kind": self.kind, "record": self.reference, "message": self.message, "id": self.id, "entity": self.entity, "title": self.title, "restricted": self.restricted}


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """A meeting with its body and the one before it (empty where there is none)."""

    id: str
    reference: str
    title: str
    body: str
    body_name: str
    date: str
    last: str


def find_meeting(session: Session, name: str) -> MeetingFacts:
    """A meeting by reference, title, id, or "next PDB": the next one of a body. Raises NotFoundError and ValueRefusedError."""
    connection = session.read()
    found = _next_of(session, name) or names.find_named(connection, "meeting", name, only=True) or names.find(connection, name, "meeting")
    row = connection.exec_driver_sql(
        "SELECT m.id, m.reference, m.title, m.body, coalesce(b.short_name, b.name, ''), coalesce(m.date, '') FROM meeting m LEFT JOIN governance_body b ON b.id = m.body WHERE m.id = ?",
        (found.id,),
    ).one()
    id, reference, title, body, body_name, held = (str(v or "") for v in row)
    return MeetingFacts(id, reference, title, body, body_name, held, next(iter(_before(session, id, body, held)), ""))


def refuse_binned(session: Session, meeting: MeetingFacts) -> None:
    """Raise ValueRefusedError for a meeting that is in the bin."""
    if session.read().exec_driver_sql("SELECT deleted FROM meeting WHERE id = ?", (meeting.id,)).scalar():
        raise ValueRefusedError(f"{meeting.reference} is in the bin; bring it back first.")


def _next_of(session: Session, words: str) -> names.Found | None:
    """The next planned meeting of the body that "next PDB" names; None for other words."""
    first, _, called = words.strip().partition(" ")
    body = names.find_named(session.read(), "governance_body", called) if first.casefold() == "next" and called else None
    if body is None:
        return None
    rows = plain_rows(
        session.read(), f"SELECT id, date, starts FROM meeting t WHERE body = ? AND NOT deleted AND {open_sql(BY_KEY['meeting'])} AND date > ''", (body.id,)
    )
    ahead = sorted((bounds(str(r["date"]))[1], str(r["starts"] or ""), str(r["id"])) for r in rows)
    coming = next((id for day, _, id in ahead if day >= session.today), None)
    if coming is None:
        raise NotFoundError(f"No meeting of {body.title} is planned from today on.")
    return names.find(session.read(), coming)


def _before(session: Session, meeting: str, body: str, held: str, *, cancelled: bool = False) -> list[str]:
    """The ids of a body's meetings before one, the last first, by day and hour; before one without a day those held until today.

    ``cancelled``: those that were cancelled or are in the bin, in place of those that were not.
    """
    if not body:
        return []
    rows = plain_rows(
        session.read(), "SELECT id, date, starts, CASE WHEN deleted = 1 THEN 'cancelled' ELSE status END AS status FROM meeting WHERE body = ? AND date > ''", (body,)
    )
    own = next((str(r["starts"] or "") for r in rows if r["id"] == meeting), "")
    until = (bounds(held)[0], own) if held else (session.today, "")
    found: list[tuple[date, str, str]] = []
    for row in rows:
        day, starts = bounds(str(row["date"]))[0], str(row["starts"] or "")
        ahead = day > session.today and not cancelled  # one that lies ahead has told no board anything yet
        if row["id"] != meeting and (row["status"] == "cancelled") is cancelled and (day, starts) < until and not ahead:
            found.append((day, starts, str(row["id"])))
    return [id for _, _, id in sorted(found, reverse=True)]


def proposals(session: Session, meeting: MeetingFacts) -> list[Proposal]:
    """Everything that a meeting could speak of, by kind in the order of ``AGENDA_KIND``, then by reference."""
    refuse_binned(session, meeting)
    found = _follow_ups(session, meeting)
    found += _actions(session, "overdue", "overdue", lambda row: f"Due {label(str(row['x_due']))}{_slips(row)}.")
    if meeting.last:
        found += _changed(session, meeting)
    found += _actions(session, "silent", "silent", _heard)
    found += _actions(session, "claimed", "claimed", lambda _: "Said to be complete; no evidence seen by the office yet.")
    found += _awaiting(session)
    kept = restricted(session, [p.id for p in found])
    return [replace(p, restricted=p.id in kept) for p in found]


def _actions(session: Session, condition: str, kind: str, words: Callable[[Mapping[str, object]], str]) -> list[Proposal]:
    sql, params = CONDITIONS[condition].sql(ACTION, session.today)
    rows = plain_rows(
        session.read(),
        f"SELECT t.id, t.reference, t.title, t.x_due, t.x_heard, t.x_slips FROM action t WHERE NOT t.deleted AND {sql} ORDER BY length(t.reference), t.reference", params,
    )  # fmt: skip
    return [Proposal(kind, str(r["id"]), "action", str(r["reference"]), str(r["title"] or ""), words(r)) for r in rows]


def _slips(row: Mapping[str, object]) -> str:
    times = int(str(row["x_slips"] or 0))
    return f"; its date moved later {'once' if times == 1 else f'{times} times'}" if times else ""


def _heard(row: Mapping[str, object]) -> str:
    return f"No update for {SILENT_DAYS} days or more; the last is of {label(str(row['x_heard']))}." if row["x_heard"] else "No update yet."


def _changed(session: Session, meeting: MeetingFacts) -> list[Proposal]:
    """What moved since the last meeting; a record once, with all that became of it. Silence is told of its own."""
    moved = since.since(session, meeting.last)
    by_record: dict[str, tuple[since.Moved, list[str]]] = {}
    for kind, found in moved.told.items():
        for one in found if kind != movement.SILENT else ():
            by_record.setdefault(one.id, (one, []))[1].append(f"{since.HEADINGS[kind]}{since.more_words(one)}")
    chosen = sorted(by_record.values(), key=lambda pair: (pair[0].entity, len(pair[0].reference), pair[0].reference))
    return [Proposal("changed", one.id, one.entity, one.reference, one.title, "; ".join(words) + ".") for one, words in chosen]


def _awaiting(session: Session) -> list[Proposal]:
    """Recommendations and gaps that need nothing more than the two signatures to be closed."""
    found: list[Proposal] = []
    for spec in (e for e in ENTITIES if e.closes_by_tests):
        sql = f'SELECT id FROM "{spec.key}" t WHERE NOT deleted AND coalesce(closure_route, \'\') > \'\' AND {open_sql(spec)} ORDER BY length(reference), reference'
        for (id,) in session.read().exec_driver_sql(sql).fetchall():
            stands = closing.standing(session, str(id))
            if [m.test for m in stands.missing] == ["signed"]:
                found.append(Proposal("awaiting_sign_off", stands.id, spec.key, stands.reference, stands.title, "Everything that closing it needs is there but the signatures."))
    return found


def _follow_ups(session: Session, meeting: MeetingFacts) -> list[Proposal]:
    """What earlier meetings of the body left open, of the last one first: questions without an answer, undertakings, follow-up actions that are
    not done, items carried forward or not reached, and what stood on the agenda of a meeting that was cancelled."""
    before = _before(session, meeting.id, meeting.body, meeting.date)
    found: list[Proposal] = []
    for held in before:
        found += _left_open(session, held, meeting)
    for held in _before(session, meeting.id, meeting.body, meeting.date, cancelled=True):
        found += _cancelled(session, held, meeting)
    brought = _abouts(session, [p.id for p in found if p.entity == "agenda_item"])  # an item that comes back brings its question with it
    return [p for p in found if p.id not in brought]


def _abouts(session: Session, items: Sequence[str]) -> set[str]:
    """What some items of agendas are about, by id."""
    if not items:
        return set()
    rows = plain_rows(session.read(), f"SELECT about FROM agenda_item WHERE about IS NOT NULL AND id IN ({','.join('?' * len(items))})", tuple(items))
    return {str(r["about"]) for r in rows}


def _when(session: Session, meeting: str) -> str:
    day = session.read().exec_driver_sql("SELECT date FROM meeting WHERE id = ?", (meeting,)).scalar()
    return label(str(day)) if day else "an earlier meeting"


def _left_open(session: Session, meeting: str, to: MeetingFacts) -> list[Proposal]:
    """What one meeting left open for another."""
    connection, found, last = session.read(), list[Proposal](), meeting == to.last
    asked = "" if last else f" (asked on {_when(session, meeting)})"
    open_items = _not_taken(connection, meeting, to.id)
    carried, again = {r["id"] for r in open_items}, taken_up(session)
    for row in plain_rows(
        connection,
        "SELECT c.id, c.reference, c.question, c.status, c.item, c.judgement, c.undertaking, c.undertaking_met, c.undertaking_due, a.reference AS action, a.status AS action_status, a.accountable, c.asked_of FROM challenge c "
        "LEFT JOIN action a ON a.id = c.follow_up AND NOT a.deleted LEFT JOIN meeting at ON at.id = c.answered_in AND NOT at.deleted AND coalesce(at.status, '') <> 'cancelled' WHERE coalesce(at.id, c.meeting) = ? AND NOT c.deleted AND coalesce(c.status, '') NOT IN ('withdrawn', 'drafted') ORDER BY c.n",
        (meeting,),
    ):
        words: list[str] = []
        if row["status"] == "asked" and row["item"] not in carried and row["id"] not in again:  # the item that is carried forward brings its question with it
            words.append(f"No answer yet{asked}")
        if row["judgement"] == "deferred" and row["status"] == "answered" and row["id"] not in again:
            words.append(f"Answered{'' if last else f' on {_when(session, meeting)}'}; the judgement was deferred")
        if row["action"] and row["action_status"] not in ACTION.finished:
            words.append(f"{row['action']} follows it up: {_status(row['action_status'])}")
        if undertakings.is_awaited(row):
            due = f", due {label(str(row['undertaking_due']))}" if row["undertaking_due"] else ""
            words.append(f"Undertaken{due}: {row['undertaking']}")
        if words:
            found.append(Proposal("follow_up", str(row["id"]), "challenge", str(row["reference"]), str(row["question"] or ""), "; ".join(words).rstrip(".") + "."))
    since_then = "last time" if last else f"on {_when(session, meeting)}"
    for row in open_items:
        words_of_state = f"Carried forward from {'last time' if last else _when(session, meeting)}." if row["state"] == "carried" else f"Not reached {since_then}."
        found.append(Proposal("follow_up", str(row["id"]), "agenda_item", str(row["reference"]), str(row["title"] or ""), words_of_state))
    return found


def taken_up(session: Session) -> set[str]:
    """The ids of questions that a later item brought back and under which another one was answered since."""
    rows = session.read().exec_driver_sql(
        "SELECT i.about FROM agenda_item i JOIN challenge o ON o.item = i.id AND o.status = 'answered' AND NOT o.deleted WHERE NOT i.deleted AND i.about IN (SELECT id FROM challenge)"
    ).fetchall()
    return {str(about) for (about,) in rows}


def _not_taken(connection: Connection, meeting: str, to: str) -> list[dict[str, object]]:
    """The items of a meeting that were carried forward or not reached, and that no meeting but ``to`` was given since."""
    return plain_rows(
        connection, "SELECT i.id, i.reference, i.title, i.state, i.about FROM agenda_item i WHERE i.meeting = ? AND NOT i.deleted AND coalesce(i.state, 'to_take') IN ('to_take', 'carried') "
        "AND NOT EXISTS (SELECT 1 FROM agenda_item o WHERE o.carried_from = i.id AND NOT o.deleted AND o.meeting <> ?) ORDER BY i.position IS NULL, i.position, i.n", (meeting, to),
    )  # fmt: skip


def _cancelled(session: Session, meeting: str, to: MeetingFacts) -> list[Proposal]:
    """What stood on the agenda of a meeting that was cancelled, and the questions drafted for it."""
    connection, found = session.read(), list[Proposal]()
    binned = connection.exec_driver_sql("SELECT deleted FROM meeting WHERE id = ?", (meeting,)).scalar()
    words = f"Was for the meeting of {_when(session, meeting)}, which {'is in the bin' if binned else 'was cancelled'}."
    left = _not_taken(connection, meeting, to.id)
    for row in left:
        found.append(Proposal("follow_up", str(row["id"]), "agenda_item", str(row["reference"]), str(row["title"] or ""), words))
    brought = {r["about"] for r in left}  # their questions come with them
    for row in plain_rows(connection, "SELECT id, reference, question, about FROM challenge WHERE meeting = ? AND NOT deleted AND status = 'drafted' ORDER BY n", (meeting,)):
        if row["about"] in brought and row["about"]:
            continue
        found.append(Proposal("follow_up", str(row["id"]), "challenge", str(row["reference"]), str(row["question"] or ""), words))
    return found


def _status(stored: object) -> str:
    field = ACTION.status_field
    assert field is not None and field.terms is not None
    return field.terms.label(str(stored or "not_known")).casefold()


def items(session: Session, meeting: str) -> list[dict[str, object]]:
    """The agenda of a meeting, by its id, in its order; with how far each item is."""
    return plain_rows(session.read(), "SELECT * FROM agenda_item WHERE meeting = ? AND NOT deleted ORDER BY position IS NULL, position, n", (meeting,))


def put_on(session: Session, meeting: MeetingFacts, chosen: Sequence[Proposal]) -> Changes:
    """Put proposals on the agenda, after what stands there; what is there already about the same record is left.

    Ids follow from meeting and record, so that two laptops make the same items.
    """
    with session.store.write(session.who, f"Agenda of {meeting.reference}", Act.CREATE) as tx:
        there = {str(r[k]) for r in items(session, meeting.id) for k in ("about", "carried_from") if r[k]}
        last = max((int(str(r["position"] or 0)) for r in items(session, meeting.id)), default=0)
        for proposal in chosen:
            if proposal.id in there:
                continue
            if proposal.entity == "agenda_item" and _about(tx, proposal.id) in there:
                tx.edit("agenda_item", proposal.id, {"state": "carried"})  # the item that stands there takes it up
                continue
            there |= {proposal.id, *filter(None, [_about(tx, proposal.id) if proposal.entity == "agenda_item" else None])}
            last += 1
            _put(tx, meeting, proposal, last)
    return tx.changes


def _put(tx: Transaction, meeting: MeetingFacts, proposal: Proposal, position: int) -> None:
    carried = proposal.entity == "agenda_item"
    cells = {
        "meeting": meeting.id, "position": position, "title": proposal.title if carried else f"{proposal.reference} {proposal.title}", "kind": proposal.kind,
        "about": _about(tx, proposal.id) if carried else proposal.id, "private": True if proposal.restricted else None,
        "carried_from": proposal.id if carried else None, "note": None, **_as_before(tx, proposal),
    }  # fmt: skip
    id = content_id("agenda_item", meeting.id, proposal.id)
    free = tx.free_id("agenda_item", id)
    if free is None and tx.row("agenda_item", id)["deleted"]:
        tx.edit("agenda_item", id, {"deleted": False, "position": position})
    elif free is not None:
        tx.create("agenda_item", cells, id=free)
    if carried:
        tx.edit("agenda_item", proposal.id, {"state": "carried"})


def _as_before(tx: Transaction, proposal: Proposal) -> dict[str, Value]:
    """How long an item that is carried forward takes, and who presents it."""
    row = tx.row("agenda_item", proposal.id) if proposal.entity == "agenda_item" else {}
    return {key: row.get(key) for key in ("minutes", "presenter")}


def _about(tx: Transaction, item: str) -> str | None:
    about = tx.row("agenda_item", item)["about"]
    return str(about) if about else None


def move(session: Session, item: str, by: int) -> Changes:
    """Move an item of an agenda up or down among the others, which are numbered anew from one."""
    with session.store.write(session.who, None, Act.EDIT) as tx:
        row = tx.row("agenda_item", item)
        order = [str(r["id"]) for r in items(session, str(row["meeting"]))]
        at = order.index(item)
        to = min(max(at + by, 0), len(order) - 1)
        order.insert(to, order.pop(at))
        for number, id in enumerate(order, 1):
            tx.edit("agenda_item", id, {"position": number})
    return tx.changes


def carry_forward(session: Session, item: str, to: str) -> Changes:
    """Put an item on the agenda of a later meeting and mark it as carried forward here. Raises NotFoundError, ValueRefusedError."""
    target = find_meeting(session, to)
    found = names.find(session.read(), item, "agenda_item")
    row = plain_rows(session.read(), "SELECT meeting, private FROM agenda_item WHERE id = ?", (found.id,))[0]
    if row["meeting"] == target.id:
        raise ValueRefusedError(f"{found.reference} stands on the agenda of {target.reference} already.")
    refuse_binned(session, target)
    status = session.read().exec_driver_sql("SELECT status FROM meeting WHERE id = ?", (target.id,)).scalar()
    if status in ("held", "cancelled"):
        raise ValueRefusedError(f"{target.reference} {target.title} was {status}; carry the item forward to a meeting that is still to come.")
    return put_on(session, target, [Proposal("follow_up", found.id, "agenda_item", found.reference, found.title, "", restricted=bool(row["private"]))])


def carry_on(session: Session, meeting: MeetingFacts, item: str) -> Changes:
    """Carry an item forward to the next meeting of the body. Raises ValueRefusedError where none is planned."""
    rows = plain_rows(session.read(), "SELECT id, date, starts, status FROM meeting WHERE body = ? AND NOT deleted AND date > ''", (meeting.body,))
    own = next((str(r["starts"] or "") for r in rows if r["id"] == meeting.id), "")
    after = (bounds(meeting.date)[0] if meeting.date else session.today, own)
    planned = [(bounds(str(r["date"]))[0], str(r["starts"] or ""), str(r["id"])) for r in rows if r["id"] != meeting.id and r["status"] in (None, "", "planned")]
    later = sorted(p for p in planned if p[:2] > after)
    if not later:
        raise ValueRefusedError(f"No later meeting of {meeting.body_name or 'this body'} is planned; add it to Meetings first.")
    return carry_forward(session, item, later[0][2])


def timed(rows: Sequence[Mapping[str, object]], starts: str) -> list[str]:
    """When each item of an agenda begins, as 10:05; empty texts where the meeting says no beginning."""
    if not starts:
        return [""] * len(rows)
    hour, _, minute = starts.partition(":")
    at, found = int(hour) * 60 + int(minute or 0), list[str]()
    for row in rows:
        found.append(f"{at // 60% 24:02d}:{at % 60:02d}")
        at += int(str(row["minutes"] or 0))
    return found


def papers_due(row: Mapping[str, object], paper_days: int | None) -> date | None:
    """When a meeting's papers are due: on the day that it says, else so many days before it; None where neither is known."""
    if row.get("papers_due"):
        return bounds(str(row["papers_due"]))[1]
    if paper_days is None or not row.get("date"):
        return None
    first, last = bounds(str(row["date"]))
    return date.fromordinal(first.toordinal() - paper_days) if first == last else None


def in_words(found: Sequence[Proposal]) -> Iterator[str]:
    """A heading with its number for each kind, and a line for each record under it."""
    for term in AGENDA_KIND:
        some = [p for p in found if p.kind == term.key]
        if some:
            yield f"{term.label}: {len(some):,}"
            yield from (f"  {p.reference}  {p.title}: {p.message}" for p in some)


def called(session: Session, moment: str) -> str:
    """What a date or a meeting is called: a meeting by its title and day."""
    span = moments.typed(session, moment)
    last = "" if span is not None else moments.last_of(session, moment)
    found = None if span is not None else names.maybe_find(session.read(), last or moment, "meeting") or names.find_named(session.read(), "meeting", moment, only=True)
    if found is None:
        return label((span or bounds(parse_date(moment, now=session.today)))[1].isoformat())
    day = session.read().exec_driver_sql("SELECT date FROM meeting WHERE id = ?", (found.id,)).one()[0]
    return f"{found.title}{f' ({label(str(day))})' if day else ''}"
