"""A submission compared with what stands now: differences, counts, what waits for a person (DESIGN 5, Merged)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain import merge
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import NotFoundError, Problem
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.return_columns import ADDED_ROW, FROM_TRAY, HEADINGS, PROGRESS, ReturnForm, form_of
from vawg_desktop.domain.terms import ANSWER, how_many
from vawg_desktop.exchange import identity
from vawg_desktop.services import names, service_values
from vawg_desktop.services.answer_counts import AnswerCounts, declared_in_words, standing_answers
from vawg_desktop.services.return_currents import Current, currents_of
from vawg_desktop.services.return_doubts import Doubts
from vawg_desktop.services.return_earlier import ActionColumn, answered_before, base_for, taken_cells
from vawg_desktop.services.return_rows import BaseRow
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OPEN = frozenset({merge.Kind.INCOMING, merge.Kind.CONFLICT})
_LISTED = frozenset({merge.Kind.INCOMING, merge.Kind.BOTH_SAME, merge.Kind.CONFLICT})
_ORDER = {key: place for place, key in enumerate(HEADINGS)}


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that came back other than it was sent. Values are stored values."""

    record: str
    id: str
    title: str
    field: str
    label: str
    base: Value
    current: Value
    incoming: Value
    kind: merge.Kind
    sheet: str = ""
    cell: str = ""
    heads: frozenset[str] = frozenset()
    decision: str = ""
    reason: str = ""
    #: Why an officer must decide: a key of ``return_acceptance._DOUBTS``, ``waits_for_choice``, ``in_bin``, ``personal_data``,
    #: ``emptied`` (sent filled, came back blank) or ``not_understood``; empty where nothing stands against it.
    held: str = ""
    #: What stood in the cell, where it was not understood.
    text: str = ""
    #: The action for which we sent the same, where the answer may be that one's.
    reading: str = ""
    #: The body that is accountable now, where it is not this partner.
    whose: str = ""

    def as_json(self) -> dict[str, object]:
        """The contract's keys, with more beside them."""
        return {
            "record": self.record, "field": self.field, "base": self.base, "current": self.current,
            "incoming": self.incoming, "kind": self.kind.value, "sheet": self.sheet, "cell": self.cell,
            "decision": self.decision or None, "held": self.held or None, "reading": self.reading or None,
        }  # fmt: skip


@dataclass(slots=True)
class Review:
    """A submission as it compares now: recomputed each time it is opened."""

    submission: str
    submission_reference: str
    return_reference: str
    return_id: str
    partner: str
    period: str
    file_name: str
    file_sha256: str
    state: str
    rows: int
    differences: list[Difference]
    counts: dict[str, int]
    problems: list[Problem]
    tray: list[dict[str, str]]
    not_returned: list[str]
    new_rows: list[dict[str, str]]
    applied: int = 0
    changes: Changes = field(default_factory=Changes)
    declaration: dict[str, str] = field(default_factory=dict[str, str])
    #: Cells sent filled that came back blank and are filled still; cleared only where the officer says so.
    emptied: list[Difference] = field(default_factory=list[Difference])
    #: Cells that were not understood and wait for an officer's words; ``reason`` says what was asked, ``text`` what stood there.
    asked: list[Difference] = field(default_factory=list[Difference])
    #: New rows that were added, by place (``Actions!A10``): the reference of what they became.
    added: dict[str, str] = field(default_factory=dict[str, str])
    #: What was made of an entry of the tray, by ``tray_place``: "update of A-0003".
    made_of: dict[str, str] = field(default_factory=dict[str, str])
    form: ReturnForm = PROGRESS
    #: Where these very bytes came before: the day on which they first did.
    read_before: str = ""

    def answers_in_words(self) -> str:
        """How the actions were answered: ``2 answered, 1 no change, 3 not answered``."""
        return AnswerCounts(**{f.name: self.counts[f.name] for f in fields(AnswerCounts)}).in_words()

    def declared_in_words(self) -> str:
        """Who completed and who cleared the return, or that nobody cleared it."""
        return declared_in_words(self.declaration)

    def beside(self) -> str:
        """What else waits for a person, in words: answers that could not be read, new rows that nobody added, words that found no place. Empty for nothing."""
        unread = sum(not d.decision for d in self.asked)
        new = sum(f"{row['sheet']}!{row['cell']}" not in self.added for row in self.new_rows)
        apart = {(d.sheet, d.cell) for d in self.asked if d.cell}
        placed = sum((t["sheet"], t["cell"]) not in apart and tray_place(t) not in self.made_of for t in self.tray)
        found = [how_many(unread, "answer we could not read", "answers we could not read")] if unread else []
        found += [f"{how_many(new, 'new row')} from the partner"] if new else []
        found += [f"{how_many(placed, 'item')} to look at"] if placed else []
        return ", ".join(found)

    def left(self) -> int:
        """How many differences still wait for a person."""
        return sum(1 for d in self.differences if d.kind is not merge.Kind.BOTH_SAME and not d.decision)

    def as_json(self) -> dict[str, object]:
        """The contract's keys, with more beside them."""
        return {
            "return": self.return_reference, "partner": self.partner, "file_sha256": self.file_sha256,
            "rows": self.rows, "changes": [d.as_json() for d in self.differences],
            "problems": [{"sheet": "", "cell": "", **p.as_json()} for p in self.problems], "tray": self.tray,
            "not_returned": self.not_returned, "new_rows": self.new_rows, "applied": self.applied,
            "submission": self.submission_reference, "counts": self.counts, "state": self.state,
            "declaration": self.declaration, "declared": self.declared_in_words(), "emptied": [d.as_json() for d in self.emptied],
        }  # fmt: skip


@dataclass(slots=True)
class SentReturn:
    """The return a file answers: its row's cells and its base."""

    id: str
    reference: str
    visible: str
    partner: str
    secret: str
    rows: list[BaseRow]
    round: str = ""
    form: ReturnForm = PROGRESS
    period: str = ""
    #: References of actions that were sent and have been disposed of since: nothing about them is kept.
    disposed: frozenset[str] = frozenset()

    def values_for(self, session: Session) -> str:
        """The period for which its numbers are kept; empty for a form without numbers."""
        return service_values.period_of(self.period) if self.form.values else ""

    def called(self, connection: Connection) -> str:
        """The return as a person calls it: ``RT-0009 of Kent Police, 2026/27 Q3``."""
        row = connection.exec_driver_sql(
            'SELECT coalesce(p.short_name, p.name), q.period FROM "return" r LEFT JOIN partner p ON p.id = r.partner '
            "LEFT JOIN round q ON q.id = r.round WHERE r.id = ?",
            (self.id,),
        ).one()
        return f"{self.reference} of {row[0]}, {row[1]}"


def sent_return(connection: Connection, id: str) -> SentReturn:
    """A return by id. Raises NotFoundError."""
    row = connection.exec_driver_sql(
        'SELECT r.id, r.reference, r.partner, r.secret, r.base, r.round, q.kind, q.period FROM "return" r LEFT JOIN round q ON q.id = r.round '
        "WHERE r.id = ? AND NOT r.deleted",
        (id,),
    ).fetchone()
    if row is None:
        raise NotFoundError("That return is not in this store.")
    secret = str(row[3])
    base = json.loads(row[4] or '{"rows": []}')
    rows = [BaseRow.from_json(r) for r in base["rows"]]
    return SentReturn(
        str(row[0]),
        str(row[1]),
        identity.visible(secret, str(row[1]), str(row[0])),
        str(row[2]),
        secret,
        rows,
        str(row[5]),
        form_of(str(row[6]) if row[6] else None),
        str(row[7] or ""),
        frozenset(base.get("disposed", ())),
    )


def review(session: Session, submission: str, *, owner: SentReturn | None = None) -> Review:
    """A submission compared with what is current now; ``owner`` is its return where the caller has it at hand."""
    connection = session.read()
    found = names.find(connection, submission, "submission")
    row = connection.exec_driver_sql("SELECT * FROM submission WHERE id = ?", (found.id,)).mappings().one()
    content = json.loads(row["content"])
    owner = owner or sent_return(connection, str(row["return"]))
    counts = {k.value: 0 for k in merge.Kind}
    answers = standing_answers(connection, owner.id, until=found.id)
    counts |= answers.counts([{"id": b.id, "values": b.values} for b in owner.rows]).as_dict()
    differences = _differences(session, found.id, owner, content, counts, str(row["state"]))
    return Review(
        found.id, found.reference, owner.visible, owner.id, names.labels(connection, [owner.partner]).get(owner.partner, ""),
        owner.period, str(row["file_name"]), str(row["file_sha256"] or ""), str(row["state"]),
        int(content["count"]), differences, counts,
        [Problem(p["code"], p["message"], p.get("sheet", ""), p.get("cell", ""), p.get("record", "")) for p in content["problems"]]
        + _no_longer_theirs(session, owner, content),
        content["tray"], content["not_returned"], content["new_rows"], declaration=dict(content["declaration"]),
        emptied=[d for d in _apart(session, found.id, owner, content.get("emptied", []), "emptied") if d.current is not None],
        asked=_apart(session, found.id, owner, [a for a in content.get("asked", []) if a["field"] != "answer"], "not_understood"),
        added=_added(connection, found.id), made_of=_made_of(connection, found.id), form=owner.form,
    )  # fmt: skip


def _decided(connection: Connection, submission: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Decisions kept for a submission, by action and column: what and why."""
    return {
        (str(r[0]), str(r[1])): (str(r[2]), str(r[3] or ""))
        for r in connection.exec_driver_sql(
            "SELECT record, field, decision, reason FROM decision WHERE submission = ? AND NOT deleted ORDER BY n",
            (submission,),
        )
    }


def _apart(
    session: Session, submission: str, owner: SentReturn, places: Sequence[Mapping[str, str]], held: str
) -> list[Difference]:
    """Cells kept apart from the differences, as they stand now: those that came back blank, those not understood."""
    connection = session.read()
    bases = {b.id: b for b in owner.rows}
    decided = _decided(connection, submission)
    currents = currents_of(connection, [one["id"] for one in places], owner.form, owner.values_for(session))
    found: list[Difference] = []
    for one in places:
        if one["id"] not in currents:
            continue
        base, current, key = bases[one["id"]], currents[one["id"]], one["field"]
        decision, reason = decided.get((base.id, key), ("", ""))
        before, now = base.values.get(key), current.cells.get(key)
        kind = merge.Kind.INCOMING if one.get("text") else merge.compare(before, now, None)
        found.append(Difference(
            base.reference, base.id, current.title, key, label_of_column(key), before, now, None, kind, one["sheet"], one["cell"],
            current.heads.get(key, current.heads[""]), decision, reason or one.get("message", ""), _held(current, key) or held,
            one.get("text", ""),
        ))  # fmt: skip
    return sorted(found, key=lambda d: (d.record, _ORDER[d.field]))


def _added(connection: Connection, submission: str) -> dict[str, str]:
    """What new rows became, by their place: the reference of each record that is still there."""
    rows = connection.exec_driver_sql(
        "SELECT d.field, s.reference FROM decision d JOIN subject s ON s.id = d.record AND NOT s.deleted "
        "WHERE d.submission = ? AND NOT d.deleted AND substr(d.field, 1, 4) = ?",
        (submission, ADDED_ROW),
    ).fetchall()
    return {str(field).removeprefix(ADDED_ROW): str(reference) for field, reference in rows}


def tray_place(entry: Mapping[str, str]) -> str:
    """The key of a tray entry, made of its sheet, its cell and its words."""
    words = hashlib.sha256(entry["text"].encode("utf-8", "replace")).hexdigest()[:12]
    return f"{FROM_TRAY}{entry['sheet']}!{entry['cell']} {words}"


def _made_of(connection: Connection, submission: str) -> dict[str, str]:
    rows = connection.exec_driver_sql(
        "SELECT d.field, d.reason, d.decision, a.reference FROM decision d LEFT JOIN subject a ON a.id = d.record "
        "WHERE d.submission = ? AND NOT d.deleted AND substr(d.field, 1, 5) = ?",
        (submission, FROM_TRAY),
    ).fetchall()
    return {
        str(field): f"{'question about' if decision == 'queried' else reason} {reference or ''}".strip()
        for field, reason, decision, reference in rows
    }


def _differences(
    session: Session,
    submission: str,
    owner: SentReturn,
    content: Mapping[str, Any],
    counts: dict[str, int],
    state: str,
) -> list[Difference]:
    connection = session.read()
    bases = {b.id: b for b in owner.rows}
    decided = _decided(connection, submission)
    found: list[Difference] = []
    ids = [str(row["id"]) for row in content["rows"]]
    currents = currents_of(connection, ids, owner.form, owner.values_for(session))
    before_this = answered_before(connection, owner.id, submission)
    closed = Closed(taken_cells(connection, submission, ids), state == "applied")
    doubts = Doubts(connection, owner.partner, currents)
    fresh = frozenset(content.get("fresh", ()))
    for row in content["rows"]:
        base = bases[row["id"]]
        current = currents.get(base.id)
        if current is None:  # disposed of since: nothing of it is left to compare
            continue
        answers: dict[str, dict[str, Any]] = row["answers"]
        for key, one in answers.items():
            if key == "answer":
                continue
            now = current.cells.get(key)
            earlier = None if base.id in fresh else before_this.get((base.id, key))
            before = base_for(base.values.get(key), earlier, one["value"])
            kind = closed.kind(base.id, key, merge.compare(before, now, one["value"]), now, one["value"])
            counts[kind.value] += 1
            if kind in _LISTED:
                decision, reason = decided.get((base.id, key), ("", ""))
                held = _held(current, key) or _doubt(one) or doubts.about(base.id, key, one["value"], answers)
                found.append(Difference(
                    base.reference, base.id, current.title, key, label_of_column(key), before, now, one["value"], kind,
                    one.get("sheet", ""), one.get("cell", ""), current.heads.get(key, current.heads[""]), decision, reason, held,
                    reading=str(one.get("reading", "")), whose=doubts.beside(base.id, held),
                ))  # fmt: skip
    found.sort(key=lambda d: (d.record, _ORDER[d.field]))
    return found


def _no_longer_theirs(session: Session, owner: SentReturn, content: Mapping[str, Any]) -> list[Problem]:
    """Rows that were answered without words, and whose action or service is no longer this body's: nothing is written of them."""
    connection = session.read()
    answers = {
        str(r["id"]): r["answers"]["answer"]["value"]
        for r in content["rows"]
        if r["answers"].get("answer", {}).get("value") in ("no_change", "not_able")
    }
    currents = currents_of(connection, list(answers), owner.form, owner.values_for(session))
    doubts = Doubts(connection, owner.partner, currents)
    references = {b.id: b.reference for b in owner.rows}
    why = {"superseded": "is superseded", "reassigned": "is no longer this body's"}
    return [
        Problem(code, f"{references[id]} {why[code]}: “{ANSWER.label(answers[id])}” was not written down.", record=references[id])
        for id in currents
        if (code := doubts.about_row(id))
    ]


def _held(current: Current, key: str) -> str:
    if current.in_conflict & {"deleted", key}:
        return "waits_for_choice"
    return "in_bin" if current.deleted else ""


def _doubt(one: Mapping[str, Any]) -> str:
    """Why an answer was held when it was read."""
    return "personal_data" if one.get("personal") else str(one.get("doubt", ""))


@dataclass(slots=True)
class Closed:
    """What of a submission is done with: a later edit of the office does not open it again."""

    taken: set[ActionColumn]
    applied: bool

    def kind(self, id: str, key: str, found: merge.Kind, now: Value, incoming: Value) -> merge.Kind:
        """The kind of a cell, where what was taken or closed counts as ours once it has been edited since."""
        if found in _OPEN and ((id, key) in self.taken or self.applied):
            return merge.Kind.BOTH_SAME if merge.same(now, incoming) else merge.Kind.OURS
        return found


def label_of_column(key: str) -> str:
    """The heading of a column to fill, or “beside the answers” for other keys."""
    return HEADINGS.get(key, "beside the answers")


