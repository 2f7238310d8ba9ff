"""What is noted in a meeting: for an item of the agenda the question, the answer, the judgement, a decision, a status and a follow-up, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import bounds, label
from vawg_desktop.domain.entities import (
    ACTION,
    AGENDA_ITEM,
    BY_KEY,
    CHALLENGE,
    MEETING_DECISION,
)
from vawg_desktop.domain.errors import NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.domain.fields import EntitySpec, Value
from vawg_desktop.domain.meeting_terms import NOT_PUT
from vawg_desktop.domain.merge import content_id
from vawg_desktop.domain.values import from_row, to_words
from vawg_desktop.services import agenda, item_questions, names, records, show
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: What of a stroke is kept as a challenge, and as a decision; by the key under which it is typed, with the field that keeps it.
_TO_CHALLENGE = {k: k for k in ("question", "asked_by", "asked_of", "answer", "answer_as", "answered_by", "answered_at", "judgement", "information", "undertaking", "undertaking_due")}
_TO_DECISION = {"decision": "words", "decision_kind": "kind", "decided_by": "made_by"}
#: Everything that a stroke may hold, by key: what was said, what becomes of the record, who follows it up, and what nobody else sees.
KEYS = (*_TO_CHALLENGE, *_TO_DECISION, "status", "why", "follow_up", "follow_owner", "follow_due", "remark")
#: What only has a meaning beside something else, and what is said where that is missing.
_BESIDE: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (("follow_owner", "follow_due"), ("follow_up",), "Write what is to follow up: its owner and date are kept with it."),
    (("decided_by", "decision_kind"), ("decision",), "Write the decision that was made."),
    (("answered_at",), ("answer",), "Write the answer that was given at this time."),
)


@dataclass(slots=True)
class Item:
    """An item as it is taken: the record it is about, the question that stands for it, and whether the room may see it."""

    id: str
    reference: str
    title: str
    minutes: int
    presenter: str
    state: str
    private: bool
    about: names.Found | None
    #: Of the record: label and words of what the room may see of it.
    facts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    #: Of the record, for whoever minutes the meeting: where it stands, by key of the status, and the body that answers for it.
    status: str = ""
    body: str = ""
    body_name: str = ""
    independent: bool = False
    #: The question that stands for it, by field; empty where none does.
    challenge: dict[str, str] = field(default_factory=dict[str, str])
    decisions: list[str] = field(default_factory=list[str])
    follow_up: str = ""

    @property
    def in_confidence(self) -> bool:
        """Whether the room must not see what was asked and answered: it is restricted, or not asked yet."""
        return bool(self.challenge.get("restriction")) or self.challenge.get("status") == "drafted"


def read_item(session: Session, item: str) -> Item:
    """An agenda item with all that whoever minutes it needs. Raises NotFoundError."""
    connection = session.read()
    rows = plain_rows(connection, "SELECT * FROM agenda_item WHERE id = ?", (item,))
    if not rows:
        raise NotFoundError("This agenda item is no longer in this store.")
    row = rows[0]
    about = record_about(connection, row)
    made = Item(
        item, str(row["reference"]), str(row["title"] or ""), int(str(row["minutes"] or 0)), str(row["presenter"] or ""), str(row["state"] or "to_take"),
        _is_private(session, row, about), about,
    )  # fmt: skip
    if about is not None:
        _add_facts(session, made, about)
    kept = item_questions.standing(connection, row)
    if kept is not None:
        made.challenge = {f.key: str(kept[f.key]) for f in CHALLENGE.cells if kept[f.key] is not None} | {"id": str(kept["id"])}
        followed = connection.exec_driver_sql("SELECT reference FROM action WHERE id = ?", (kept["follow_up"],)).scalar() if kept["follow_up"] else None
        made.follow_up = str(followed or "")
    asked = kept or next(iter(item_questions.brought_back(connection, row)), None)
    if asked is not None and asked["asked_of"]:
        made.body = str(asked["asked_of"])
    if made.body:
        named = connection.exec_driver_sql("SELECT coalesce(short_name, name), standing FROM partner WHERE id = ?", (made.body,)).fetchone()
        made.body_name, made.independent = (str(named[0]), named[1] == "independent") if named else ("", False)
    decided = plain_rows(connection, "SELECT id, words FROM meeting_decision WHERE item = ? AND NOT deleted ORDER BY n", (item,))
    kept_here = restricted(session, [str(r["id"]) for r in decided])
    made.decisions = [str(r["words"]) for r in decided if r["id"] not in kept_here]
    return made


def record_about(connection: Connection, row: Mapping[str, object]) -> names.Found | None:
    """The record that an item is about; of a question from last time the record that this was about."""
    found = names.maybe_find(connection, str(row["about"])) if row["about"] else None
    if found is not None and found.entity == CHALLENGE.key:
        further = connection.exec_driver_sql("SELECT about FROM challenge WHERE id = ?", (found.id,)).one()[0]
        return (names.maybe_find(connection, str(further)) if further else None) or found
    return found


def _is_private(session: Session, row: Mapping[str, object], about: names.Found | None) -> bool:
    """Whether the room must not see an item: it says so, or what it is about is restricted."""
    ids = [str(row["id"]), *([about.id] if about is not None else [])]
    return bool(row["private"]) or bool(restricted(session, ids))


def _add_facts(session: Session, made: Item, about: names.Found) -> None:
    """What the room sees of a record: its fields that say so; and its status and body for the one who minutes."""
    spec, view = about.spec, show.record(session, about.id)
    made.status = str(view.cells.get(spec.status) or "") if spec.status else ""
    made.body = str(view.cells.get(spec.owner) or "") if spec.owner else ""
    kept = spec.kept_in(view.cells)
    for one in (f for f in spec.cells if f.room and f.key != spec.title and f.key not in kept):
        value = view.cells.get(one.key)
        if value is None:
            continue
        made.facts.append((one.label, view.words_for(one, value)))


def note(session: Session, item: str, typed: Mapping[str, str]) -> Changes:
    """Keep what was said and decided about an item of the agenda, and mark it as taken.

    ``typed`` holds words by the keys of ``KEYS``; what is empty is left as it stands. A question that stands for the item (from the sheet of
    questions, or noted before) is answered, else one is made. Raises ValueRefusedError, RuleError and NotFoundError, and then nothing is written.
    """
    given = {k: v.strip() for k, v in typed.items() if v.strip()}
    unknown = sorted(set(given) - set(KEYS))
    if unknown:
        raise ValueRefusedError(f"A note of a meeting has no {unknown[0]}.")
    for beside, needs, sentence in _BESIDE:
        if any(k in given for k in beside) and not any(k in given for k in needs):
            raise ValueRefusedError(sentence)
    if set(given) == {"why"}:
        raise ValueRefusedError("Choose the status for which this is the reason.")
    with session.store.write(session.who, given.get("why") or None, Act.MEETING, item) as tx:
        row = tx.row(AGENDA_ITEM.key, item)
        about = record_about(tx.connection, row)
        follow_up = _follow_up(session, tx, about, given) if given.get("follow_up") else None
        if given.keys() & _TO_CHALLENGE.keys() - {"answer_as"} or given.get("remark") or follow_up:
            cells = {to: given[key] for key, to in _TO_CHALLENGE.items() if key in given}
            cells |= ({"note": given["remark"]} if given.get("remark") else {}) | ({"follow_up": follow_up} if follow_up else {})
            item_questions.keep(session, tx, row, about, cells)
        if given.get("decision"):
            cells = {to: given[key] for key, to in _TO_DECISION.items() if key in given}
            records.create_in(session, tx, MEETING_DECISION, {**cells, "meeting": str(row["meeting"]), "item": item, "about": about.id if about else ""})
        if given.get("status"):
            _status(session, tx, about, given)
        tx.edit(AGENDA_ITEM.key, item, {"state": "taken"})
    return tx.changes


def _status(session: Session, tx: Transaction, about: names.Found | None, given: Mapping[str, str]) -> None:
    if about is None or not about.spec.status:
        raise ValueRefusedError("This item is about no record whose status could be set.")
    records.assign_in(session, tx, about.spec, about.id, [records.Assignment(about.spec.status, given["status"])], given.get("why") or "Said in the meeting")


def _follow_up(session: Session, tx: Transaction, about: names.Found | None, given: Mapping[str, str]) -> str:
    """The action that follows an item up: it serves what the item is about. Returns its id."""
    typed: dict[str, object] = {"title": given["follow_up"], "accountable": given.get("follow_owner", ""), "due": given.get("follow_due", ""), "status": "not_started"}
    id = records.create_in(session, tx, ACTION, typed)
    if about is not None and about.entity == "recommendation":
        tx.link("action.recommendations", id, about.id)
    elif about is not None and about.entity == "action":
        for (served,) in tx.connection.exec_driver_sql("SELECT b FROM link WHERE kind = 'action.recommendations' AND a = ? AND NOT deleted", (about.id,)).fetchall():
            tx.link("action.recommendations", id, str(served))
    elif about is not None and about.entity == "gap":
        tx.link("gap.actions", about.id, id)
    tx.flush()
    return id


def refuse_judged(connection: Connection, cells: Mapping[str, Value]) -> None:
    """An independent body's answer is information, given or not, and never judged; others are judged. Raises RuleError."""
    if not (cells.get("judgement") or cells.get("information")):
        return
    asked_of = cells.get("asked_of")
    if not asked_of and cells.get("about"):  # nobody is named: it is asked of whoever answers for what it is about
        asked_of = _owner_of(connection, str(cells["about"]))
    if not asked_of:
        return
    found = connection.exec_driver_sql("SELECT name, standing FROM partner WHERE id = ?", (asked_of,)).fetchone()
    if found is None:
        return
    if cells.get("judgement") and found[1] == "independent":
        raise RuleError(f"{found[0]} is independent: say whether information was given, partly given or not given; it is never judged.", code="rule_independent")
    if cells.get("information") and found[1] != "independent" and cells.get("asked_of"):
        raise RuleError(f"{found[0]} is not an independent body, so its answer is judged: assured, partly, not or deferred.", code="rule_independent")


def _owner_of(connection: Connection, record: str) -> str | None:
    """The body that answers for a record of whatever kind, by id; None where none does."""
    found = names.maybe_find(connection, record)
    if found is None or not found.spec.owner or found.spec.by_key[found.spec.owner].target != "partner":
        return None
    owner = connection.exec_driver_sql(f'SELECT "{found.spec.owner}" FROM "{found.entity}" WHERE id = ?', (found.id,)).scalar()
    return str(owner) if owner else None


def status_of(cells: Mapping[str, Value], stated: bool) -> Value:
    """The status of a question with an answer that says no other: answered."""
    told = cells.get("answer") or cells.get("information") or (cells.get("judgement") and cells.get("judgement") != "deferred")
    return "answered" if told and not stated and cells.get("status") in (None, "asked", *NOT_PUT) else cells.get("status")


@dataclass(frozen=True, slots=True)
class PutOn:
    """An item that stands on an agenda, by its id, and what putting it there changed."""

    item: str
    changes: Changes


def speak_of(session: Session, meeting: str, name: str, after: str = "") -> PutOn:
    """Put a record on the agenda of a meeting, by its id, after the item that is being taken; one that stands there is that item.

    ``name`` is a reference or what else a record is called; the words of anything else become an item of their own. Raises NotFoundError.
    """
    there = agenda.items(session, meeting)
    found = names.maybe_find(session.read(), name)
    if found is not None:
        stands = next((str(row["id"]) for row in there if found.id in (row["about"], row["id"])), "")
        if stands:
            return PutOn(stands, Changes())
    order = [str(r["id"]) for r in there]
    place = order.index(after) + 1 if after in order else len(order)
    with session.store.write(session.who, None, Act.MEETING) as tx:
        title = f"{found.reference} {found.title}" if found is not None else " ".join(name.split())
        if not title:
            raise ValueRefusedError("Name a record, or say what the item is about.")
        id = _put_on(tx, {"meeting": meeting, "title": title, "about": found.id if found is not None else None, "kind": "other"})
        for number, one in enumerate([*order[:place], id, *order[place:]], 1):
            tx.edit(AGENDA_ITEM.key, one, {"position": number})
    return PutOn(id, tx.changes)


def _put_on(tx: Transaction, cells: dict[str, Value]) -> str:
    """A new item; about a record its id follows from meeting and record, so that two laptops make one item of it."""
    if not cells["about"]:
        return tx.create(AGENDA_ITEM.key, cells)
    id = content_id(AGENDA_ITEM.key, str(cells["meeting"]), str(cells["about"]))
    free = tx.free_id(AGENDA_ITEM.key, id)
    if free is not None:
        return tx.create(AGENDA_ITEM.key, cells, id=free)
    tx.edit(AGENDA_ITEM.key, id, {"deleted": False})
    return id


def put_to(session: Session, record: str) -> list[dict[str, object]]:
    """The questions that were put to a body or about a record, by its id, the latest first."""
    return plain_rows(
        session.read(), "SELECT id, question, answer, status, judgement, information, asked_on FROM challenge WHERE (asked_of = ? OR about = ?) AND NOT deleted "
        "ORDER BY coalesce(asked_on, '') DESC, n DESC", (record, record),
    )  # fmt: skip


def draft_questions(session: Session, meeting: str, chosen: Sequence[agenda.Proposal]) -> Changes:
    """Draft a question for each proposal that asks for one, from what is missing; one that is drafted for its record is left.

    Independent bodies are asked what they can tell, never to account for it.
    """
    with session.store.write(session.who, "Questions drafted", Act.CREATE) as tx:
        there = {str(r[0]) for r in tx.connection.exec_driver_sql("SELECT about FROM challenge WHERE meeting = ? AND NOT deleted", (meeting,)).fetchall()}
        items = {str(r["about"]): str(r["id"]) for r in agenda.items(session, meeting) if r["about"]}
        for one in chosen:
            spec = BY_KEY[one.entity]
            if one.id in there or one.kind not in _ASKS or not spec.owner:
                continue
            there.add(one.id)
            row = tx.row(one.entity, one.id)
            body = row[spec.owner]
            named = tx.connection.exec_driver_sql("SELECT standing FROM partner WHERE id = ?", (body,)).fetchone() if body else None
            free = tx.free_id(CHALLENGE.key, content_id(CHALLENGE.key, meeting, one.id))
            if free is None:
                continue  # it was drafted, and deleted
            tx.create(CHALLENGE.key, {
                "question": _question(one, spec, row, independent=bool(named) and named[0] == "independent"), "meeting": meeting, "item": items.get(one.id), "about": one.id,
                "asked_of": str(body) if body else None, "status": "drafted",
            }, id=free)  # fmt: skip
    return tx.changes


#: What is asked of a record on an agenda, by kind; and of an independent body.
_ASKS = {
    "overdue": ("What is holding up {0}, due {1}, and when will it be done?", "What can you tell the board about {0}, which had been expected by {1}?"),
    "silent": ("What has been done on {0} since its last update?", "Is there anything that you can tell the board about {0}?"),
    "claimed": ("What shows that {0} is done, and may the office see it?", "Is there anything that you can share that shows how {0} came about?"),
}  # fmt: skip


def _question(one: agenda.Proposal, spec: EntitySpec, row: Mapping[str, Value], *, independent: bool) -> str:
    due = next((str(row[k]) for k in spec.due if row.get(k)), "")
    return _ASKS[one.kind][independent].format(f"“{one.title}” ({one.reference})", label(due) if due else "no date")


@dataclass(slots=True)
class Held:
    """A meeting that is held: its facts, its items in their order, and when each begins."""

    meeting: agenda.MeetingFacts | None = None
    items: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    times: list[str] = field(default_factory=list[str])


def held(session: Session, meeting: str) -> Held:
    """A meeting, by its id, as it is held. Raises NotFoundError."""
    facts = agenda.find_meeting(session, meeting)
    starts = session.read().exec_driver_sql("SELECT starts FROM meeting WHERE id = ?", (facts.id,)).one()[0]
    rows = agenda.items(session, facts.id)
    return Held(facts, rows, agenda.timed(rows, str(starts or "")))


def to_hold(session: Session) -> list[tuple[str, str]]:
    """Meetings that are neither held nor cancelled, by id and in words, the nearest to today first."""
    rows = plain_rows(
        session.read(), "SELECT m.id, m.title, m.date, coalesce(b.short_name, b.name, '') AS body FROM meeting m LEFT JOIN governance_body b ON b.id = m.body "
        "WHERE NOT m.deleted AND coalesce(m.status, 'planned') = 'planned' ORDER BY m.n", (),
    )  # fmt: skip

    def away(row: Mapping[str, object]) -> int:
        return abs((bounds(str(row["date"]))[0] - session.today).days) if row["date"] else 100_000

    return [(str(r["id"]), "   ".join(w for w in (str(r["title"]), str(r["body"]), label(str(r["date"])) if r["date"] else "No date set") if w)) for r in sorted(rows, key=away)]


def set_private(session: Session, item: str, private: bool) -> Changes:
    """Keep an item off the room's screen, or show it there."""
    with session.store.write(session.who, None, Act.MEETING) as tx:
        tx.edit(AGENDA_ITEM.key, item, {"private": private})
    return tx.changes


@dataclass(frozen=True, slots=True)
class RoomView:
    """What the room sees of an item: its title, facts of the record, and what was said, each as label and words. ``private`` shows nothing of it."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    private: bool = False


def room_view(item: Item) -> RoomView:
    """An item as the room sees it: only fields that are declared for it, and nothing of a private or restricted item."""
    if item.private:
        return RoomView("", private=True)
    said = [
        (one.label, item.body_name if one.key == "asked_of" else to_words(one, from_row(one, item.challenge[one.key])))
        for one in CHALLENGE.cells
        if one.room and one.key in item.challenge and one.key != "status" and not (one.key == "question" and item.challenge["question"] == item.title)
    ]  # fmt: skip
    if item.in_confidence:
        said = []
    said += [(MEETING_DECISION.by_key["words"].label, words) for words in item.decisions]
    return RoomView(item.title, tuple(item.facts), tuple(said))
