"""Requests for information and subject access: gathered, held back from disposal, and redacted passage by passage by a person (FOI Act 2000; UK GDPR, art. 15)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import bounds
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import RuleError, ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.merge import content_id
from vawg_desktop.domain.request_due import request_due
from vawg_desktop.domain.request_terms import EXEMPTION, ITEM_DECISION, OF_KIND, QUALIFIED
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.domain.word_places import places
from vawg_desktop.services import names, request_search
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store.dispose import HOLD
from vawg_desktop.store.transaction import Transaction

REQUEST, ITEM = BY_KEY["information_request"], BY_KEY["request_item"]
#: What a decision writes.
Deciding = Callable[[Session], Changes]
#: What stands in place of a passage that was taken out.
TAKEN_OUT = "█"


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that is taken out: its first letter and the one after its last, the exemption, and the reason where it needs one."""

    start: int
    end: int
    exemption: str
    reason: str = ""

    def as_list(self) -> list[object]:
        """As it is kept."""
        return [self.start, self.end, self.exemption, self.reason]


@dataclass(slots=True)
class Item:
    """A text that was gathered, as it stands now. ``changed``: it is another one than was looked at; ``text`` is None where it is gone."""

    id: str
    place: str
    text: str | None
    decision: str
    exemption: str
    reason: str
    passages: list[Passage] = field(default_factory=list[Passage])
    changed: bool = False
    about: str = ""


def fill_due(cells: dict[str, Value], row: Mapping[str, Value]) -> None:
    """Fill in when a request is due, by its kind and the day it came, where nobody said. A request of which only the month is known has none."""
    both = {**row, **cells}
    received = both.get("received")
    if not received or cells.get("due") or (row.get("due") and not {"received", "kind"} & cells.keys()):
        return
    first, last = bounds(str(received))
    if first == last:
        cells["due"] = request_due(str(both.get("kind") or ""), first).isoformat()


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a search for a request found: how many texts, how many of them are new or were changed, where was looked and what could not be searched."""

    found: int
    new: int
    changed: int
    looked: Mapping[str, int]
    not_searched: Sequence[str]
    changes: Changes


def gather(session: Session, request: str) -> Gathered:
    """Gather everything that holds a request's words, and hold the disposal of every record among it.

    Decisions made before stay, but for texts that have changed since. Raises NotFoundError, ValueRefusedError where no words are given.
    """
    return keep(session, request, search(session, request))


def search(session: Session, request: str) -> request_search.Searched:
    """Everything that holds a request's words; writes nothing, and may take long. Raises what ``gather`` raises."""
    found = names.find(session.read(), request, REQUEST.key)
    words = str(session.read().exec_driver_sql("SELECT words FROM information_request WHERE id = ?", (found.id,)).one()[0] or "")
    if not fold(words):
        raise ValueRefusedError("Say first what to search for, one word or name on each line.")
    return request_search.search(session, words, found.id)


def keep(session: Session, request: str, searched: request_search.Searched) -> Gathered:
    """Note what a search found, and hold the disposal of every record among it. Raises NotFoundError."""
    found = names.find(session.read(), request, REQUEST.key)
    row = plain_rows(session.read(), "SELECT * FROM information_request WHERE id = ?", (found.id,))[0]
    new = changed = 0
    with session.store.write(session.who, f"Gathered for {found.reference}", Act.GATHER, found.id) as tx:
        there = {str(r["id"]): r for r in plain_rows(tx.connection, "SELECT id, text_digest, deleted FROM request_item WHERE information_request = ?", (found.id,))}
        for one in searched.found:
            id = content_id(ITEM.key, found.id, one.source)
            known = there.get(id)
            if known is None:
                tx.create(ITEM.key, {
                    "information_request": found.id, "place": one.place[:300], "about": one.about or None, "source": one.source, "text_digest": one.digest, "decision": "to_decide",
                }, id=id)  # fmt: skip
                new += 1
            elif known["text_digest"] != one.digest or known["deleted"]:
                tx.edit(ITEM.key, id, {"text_digest": one.digest, "decision": "to_decide", "exemption": None, "reason": None, "passages": None, "deleted": False})
                changed += 1
        kept = {content_id(ITEM.key, found.id, one.source) for one in searched.found}
        for id in [i for i, r in there.items() if i not in kept and not r["deleted"]]:  # it holds the words no longer; what it held is in the log
            tx.edit(ITEM.key, id, {"deleted": True}, checked=False)
        _hold(tx, found.id, {one.about for one in searched.found if one.about})
        tx.edit(REQUEST.key, found.id, {
            "searched_on": session.today.isoformat(), "not_searched": "\n".join(searched.not_searched) or None,
            "found": f"{how_many(len(searched.found), 'text')} gathered.\n{searched.report()}", **({"status": "gathering"} if row["status"] in (None, "received") else {}),
        })  # fmt: skip
    return Gathered(len(searched.found), new, changed, searched.looked, searched.not_searched, tx.changes)


def _hold(tx: Transaction, request: str, records: set[str]) -> None:
    """Hold the disposal of some records, and of the request itself."""
    held = {str(a) for (a,) in tx.connection.exec_driver_sql("SELECT a FROM link WHERE kind = ? AND b = ? AND NOT deleted", (HOLD, request))}
    for id in sorted({*records, request} - held):
        tx.link(HOLD, id, request)


def release(session: Session, request: str) -> Changes:
    """Lift a request's hold, once it was answered and no review is under way. Raises NotFoundError, RuleError."""
    found = names.find(session.read(), request, REQUEST.key)
    row = plain_rows(session.read(), "SELECT status FROM information_request WHERE id = ?", (found.id,))[0]
    if row["status"] not in ("replied", "ended"):
        raise RuleError(f"{found.reference} is not answered yet; what was gathered for it stays held.", code="rule_request_open")
    with session.store.write(session.who, f"Hold of {found.reference} lifted", Act.LINK, found.id) as tx:
        for (a,) in tx.connection.exec_driver_sql("SELECT a FROM link WHERE kind = ? AND b = ? AND NOT deleted", (HOLD, found.id)).fetchall():
            tx.unlink(HOLD, str(a), found.id)
    return tx.changes


def items(session: Session, request: str) -> list[Item]:
    """Every text gathered for a request, with its decision, as it stands now. Raises NotFoundError."""
    found = names.find(session.read(), request, REQUEST.key)
    words = str(session.read().exec_driver_sql("SELECT words FROM information_request WHERE id = ?", (found.id,)).one()[0] or "")
    rows = plain_rows(session.read(), "SELECT * FROM request_item WHERE information_request = ? AND NOT deleted ORDER BY n", (found.id,))
    return [_item(session, r, words) for r in rows]


def item(session: Session, id: str) -> Item:
    """One gathered text. Raises ValueRefusedError where it was not gathered."""
    row = plain_rows(session.read(), "SELECT i.*, r.words FROM request_item i JOIN information_request r ON r.id = i.information_request WHERE i.id = ?", (id,))
    if not row:
        raise ValueRefusedError("That text was not gathered for a request.")
    return _item(session, row[0], str(row[0]["words"] or ""))


def _item(session: Session, row: Mapping[str, object], words: str) -> Item:
    text = request_search.text_at(session, str(row["source"]), words)
    digest = request_search.Found("", str(row["source"]), text or "").digest
    passages = [Passage(int(s), int(e), str(x), str(why)) for s, e, x, why in json.loads(str(row["passages"] or "[]"))]
    changed = text is not None and digest != row["text_digest"]
    return Item(
        str(row["id"]), str(row["place"]), text, "to_decide" if changed else str(row["decision"] or "to_decide"), str(row["exemption"] or ""), str(row["reason"] or ""),
        [] if changed else passages, changed, str(row["about"] or ""),
    )  # fmt: skip


def decide(session: Session, item: str, decision: str, *, exemption: str = "", reason: str = "", passages: Sequence[Passage] = ()) -> Changes:
    """Say what is done with a text: given, given in part, withheld, or outside the request.

    Raises NotFoundError; ValueRefusedError for a passage outside the text or over another one, or an exemption that is none of the request's kind;
    RuleError where an exemption or its public-interest test is missing, or the text has changed since it was gathered.
    """
    row = plain_rows(session.read(), "SELECT * FROM request_item WHERE id = ?", (item,))
    if not row:
        raise ValueRefusedError("That text was not gathered for a request.")
    request = plain_rows(session.read(), "SELECT reference, kind, words FROM information_request WHERE id = ?", (str(row[0]["information_request"]),))[0]
    term = ITEM_DECISION.find(decision)
    if term is None or term.key == "to_decide":
        raise ValueRefusedError(f"A text is {', '.join(t.label.casefold() for t in ITEM_DECISION if t.key != 'to_decide')}; “{decision[:40]}” is none of these.")
    now = _item(session, row[0], str(request["words"] or ""))
    if now.changed or now.text is None:
        raise RuleError(f"That text {'is gone' if now.text is None else 'has changed'} since it was gathered; gather again.", code="rule_text_changed")
    allowed = OF_KIND[str(request["kind"])]
    kept = sorted(passages, key=lambda p: p.start) if term.key == "in_part" else []
    if term.key == "in_part" and not kept:
        raise RuleError("Mark what is taken out, or give the text whole.", code="rule_no_passage")
    end = 0
    for one in kept:
        if not (end <= one.start < one.end <= len(now.text)):
            raise ValueRefusedError("That passage is not in the text, or two passages overlap.")
        end = one.end
        _refuse_unfounded(one.exemption, one.reason, allowed)
    if term.key == "withheld":
        _refuse_unfounded(exemption, reason, allowed)
    cells: dict[str, Value] = {
        "decision": term.key, "exemption": exemption if term.key == "withheld" else None, "reason": reason.strip() or None if term.key == "withheld" else None,
        "passages": json.dumps([p.as_list() for p in kept], ensure_ascii=False) if kept else None, "decided_by": session.who, "decided_on": session.today.isoformat(),
    }  # fmt: skip
    with session.store.write(session.who, None, Act.EDIT, str(row[0]["information_request"])) as tx:
        tx.edit(ITEM.key, item, cells)
    return tx.changes


def _refuse_unfounded(exemption: str, reason: str, allowed: Sequence[str]) -> None:
    if not exemption:
        raise RuleError("Name the exemption under which it is kept back.", code="rule_exemption")
    if exemption not in allowed:
        named = EXEMPTION.label(exemption) if EXEMPTION.find(exemption) else exemption
        raise ValueRefusedError(f"“{named[:60]}” is not an exemption for this kind of request; choose from {', '.join(EXEMPTION.label(a).partition(':')[0] for a in allowed)}.")
    if exemption in QUALIFIED and not reason.strip():
        raise RuleError(f"{EXEMPTION.label(exemption).partition(':')[0]} needs its public-interest test in words.", code="rule_public_interest")


def redacted(item: Item) -> str:
    """The text of an item as it may leave: passages taken out, each with the exemption that names why. Empty where nothing of it leaves."""
    if item.text is None or item.decision not in ("given", "in_part"):
        return ""
    made, at = list[str](), 0
    for one in item.passages if item.decision == "in_part" else ():
        made += [item.text[at : one.start], f"[{TAKEN_OUT * 3} {EXEMPTION.label(one.exemption).partition(':')[0]}]"]
        at = one.end
    return "".join([*made, item.text[at:]])


def passages_of(text: str, words: Sequence[str], exemption: str, reason: str = "") -> list[Passage]:
    """Every place in a text where one of some words stands, in whatever spelling the search finds it, as a passage; overlapping ones are one.

    Raises ValueRefusedError for words that are not in it.
    """
    spans: list[tuple[int, int]] = []
    for word in words:
        there = places(text, word)
        if not there:
            raise ValueRefusedError(f"“{word[:60]}” is not in that text.")
        spans += there
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return [Passage(start, end, exemption, reason) for start, end in joined]


def counted(all_items: Sequence[Item]) -> Counter[str]:
    """How many texts stand in each decision."""
    return Counter(i.decision for i in all_items)


@dataclass(frozen=True, slots=True)
class Listed:
    """A gathered text in a list: its place and the decision on it, without its words."""

    id: str
    reference: str
    place: str
    decision: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What the redaction page shows: every request that is under way first, and the texts of the chosen one."""

    requests: Sequence[Mapping[str, object]]
    chosen: Mapping[str, object] | None
    texts: Sequence[Listed]


def desk(session: Session, request: str) -> Desk:
    """Requests, those under way and due first on top, and the texts of one of them, of the first where none is chosen."""
    connection = session.read()
    rows = plain_rows(
        connection, "SELECT * FROM information_request WHERE NOT deleted ORDER BY coalesce(status, '') IN ('replied', 'ended'), coalesce(extended_to, due) IS NULL, coalesce(extended_to, due), n", (),
    )  # fmt: skip
    chosen = next((r for r in rows if r["id"] == request), rows[0] if rows else None)
    if chosen is None:
        return Desk(rows, None, [])
    texts = plain_rows(connection, "SELECT id, reference, place, decision FROM request_item WHERE information_request = ? AND NOT deleted ORDER BY n", (str(chosen["id"]),))
    return Desk(rows, chosen, [Listed(str(t["id"]), str(t["reference"]), str(t["place"]), str(t["decision"] or "to_decide")) for t in texts])
