"""A return comes home: staged, compared with what was sent and what stands, applied, reversed (DESIGN 5)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection

from vawg_desktop.domain import merge
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import FileRefusedError, NotFoundError, Problem
from vawg_desktop.domain.fields import Value
from vawg_desktop.exchange import identity
from vawg_desktop.exchange.reading import read_book
from vawg_desktop.exchange.return_in import Answer, ReadReturn, read_return
from vawg_desktop.exchange.return_plan import FILLS, ON_UPDATE
from vawg_desktop.services import names
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.records import then_stood
from vawg_desktop.services.return_rows import BaseRow, match_rows, read_answers
from vawg_desktop.services.session import Session
from vawg_desktop.store.door import Transaction

ACT = "return"
_LISTED = frozenset({merge.Kind.INCOMING, merge.Kind.BOTH_SAME, merge.Kind.CONFLICT})
_ORDER = {key: i for i, (key, *_) in enumerate(FILLS)}


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

    def as_json(self) -> dict[str, object]:
        """The contract's keys, with more beside them."""
        return {
            "record": self.record, "field": self.field, "base": self.base, "current": self.current,
            "incoming": self.incoming, "kind": self.kind.value, "sheet": self.sheet, "cell": self.cell,
            "decision": self.decision or None,
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

    def left(self) -> int:
        """How many differences still wait for a person."""
        return sum(1 for d in self.differences if d.kind is not merge.Kind.BOTH_SAME and not d.decision)

    def as_json(self) -> dict[str, object]:
        """The contract's keys, with more beside them."""
        return {
            "return": self.return_reference, "partner": self.partner, "file_sha256": self.file_sha256,
            "rows": self.rows, "changes": [d.as_json() for d in self.differences],
            "problems": [p.as_json() for p in self.problems], "tray": self.tray,
            "not_returned": self.not_returned, "new_rows": self.new_rows, "applied": self.applied,
            "submission": self.submission_reference, "counts": self.counts, "state": self.state,
        }  # fmt: skip


def import_return(session: Session, path: Path, *, apply: str | None = None) -> Review:
    """Stage a returned workbook, or resume it if these very bytes came before; apply if asked.

    ``apply="safe"`` takes what is incoming, ``"all"`` also the partner's side of conflicts.
    Raises FileRefusedError with a sentence for a file that is not one of this store's returns.
    """
    book = read_book(path)
    read = read_return(book)
    owner = _whose(session.read(), read, book.name)
    known = (
        session.read()
        .exec_driver_sql(
            'SELECT id FROM submission WHERE "return" = ? AND file_sha256 = ? AND NOT deleted',
            (owner.id, book.sha256),
        )
        .fetchone()
    )
    if known is None:
        content = _content(session, owner, read, book.name)
        session.store.files.keep(book.name, book.content)
        submission = _stage(session, owner, book.name, book.sha256, content)
    else:
        submission = str(known[0])
    staged = review(session, submission)
    if apply is not None:
        _apply_staged(session, staged, apply)
    return staged


@dataclass(slots=True)
class Owner:
    """The return a file answers: its row's cells and its base."""

    id: str
    reference: str
    visible: str
    partner: str
    secret: str
    rows: list[BaseRow]


def owner_of(connection: Connection, id: str) -> Owner:
    """A return by id. Raises NotFoundError."""
    row = connection.exec_driver_sql(
        'SELECT r.id, r.reference, r.partner, r.secret, r.base FROM "return" r WHERE r.id = ? AND NOT r.deleted',
        (id,),
    ).fetchone()
    if row is None:
        raise NotFoundError("That return is not in this store.")
    secret = str(row[3])
    rows = [BaseRow.from_json(r) for r in json.loads(row[4] or '{"rows": []}')["rows"]]
    return Owner(
        str(row[0]),
        str(row[1]),
        identity.visible(secret, str(row[1]), str(row[0])),
        str(row[2]),
        secret,
        rows,
    )


def _whose(connection: Connection, read: ReadReturn, name: str) -> Owner:
    said = {reference for reference, _ in read.references}
    if len(said) > 1:
        places = "; ".join(f"{r} in {p}" for r, p in read.references)
        raise FileRefusedError(
            f"{name} carries the marks of two returns ({places}); send each return as its own file.",
            code="identity_disagrees",
        )
    if said:
        visible = said.pop()
        owner = _by_visible(connection, visible)
        if owner is None:
            raise FileRefusedError(
                f"{name} is return {visible}, which this store did not send; it belongs to another store or was retyped.",
                code="another_store",
            )
        return owner
    return _by_rows(connection, read, name)


def _by_visible(connection: Connection, visible: str) -> Owner | None:
    parts = identity.split_visible(visible)
    if parts is None:
        return None
    found = connection.exec_driver_sql(
        'SELECT id FROM "return" WHERE reference = ? AND NOT deleted', (parts[0],)
    ).fetchone()
    owner = owner_of(connection, str(found[0])) if found else None
    return owner if owner is not None and owner.visible == visible else None


def _by_rows(connection: Connection, read: ReadReturn, name: str) -> Owner:
    """No identity of the return is left: the return that column A of most rows verifies against."""
    shown = {r.visible.strip().upper() for r in read.rows if r.visible.strip()}
    votes: list[tuple[int, Owner]] = []
    for (id,) in connection.exec_driver_sql(
        'SELECT id FROM "return" WHERE NOT deleted ORDER BY n DESC'
    ).fetchall():
        owner = owner_of(connection, str(id))
        verified = sum(1 for r in owner.rows if r.visible.upper() in shown)
        if verified:
            votes.append((verified, owner))
    if len(votes) > 1:
        raise FileRefusedError(
            f"{name} holds rows of two returns; send each return as its own file.", code="two_returns"
        )
    if not votes:
        raise FileRefusedError(
            f"{name} is not a return of this store: no row in it carries a reference we sent.",
            code="not_a_return",
        )
    read.problems.append(Problem(
        "identity_by_rows", f"The file lost its own marks; its rows are those of return {votes[0][1].visible}. Please check that it is the right one."
    ))  # fmt: skip
    return votes[0][1]


def _content(session: Session, owner: Owner, read: ReadReturn, name: str) -> dict[str, Any]:
    matched = match_rows(owner.rows, owner.secret, read, name)
    understood = read_answers(session, matched, read)
    if read.nil:
        for row in understood:
            row["answers"].setdefault("answer", {"value": "no_change"})
    returned = {m.base.id for m in matched.rows} | matched.twice
    return {
        "rows": understood,
        "count": len(read.rows),
        "problems": [p.as_json() for p in read.problems],
        "tray": read.tray,
        "not_returned": [b.reference for b in owner.rows if b.id not in returned],
        "new_rows": matched.new_rows + _new_rows(read.new_rows) + _new_rows(read.evidence),
        "declaration": {k: str(a.value) for k, a in read.declaration.items()},
        "nil": read.nil,
    }


def _new_rows(read: Sequence[Mapping[str, Answer]]) -> list[dict[str, str]]:
    from vawg_desktop.exchange.reading import plain_text

    rows: list[dict[str, str]] = []
    for row in read:
        first = next(iter(row.values()))
        rows.append(
            {"sheet": first.sheet, "cell": first.cell, **{k: plain_text(a.value) for k, a in row.items()}}
        )
    return rows


def _stage(session: Session, owner: Owner, name: str, sha256: str, content: Mapping[str, Any]) -> str:
    declared = content["declaration"]
    with session.store.write(session.who, f"Received {name}", "receive", owner.id) as tx:
        return tx.create("submission", {
            "return": owner.id, "partner": owner.partner, "file_sha256": sha256, "file_name": name,
            "received": session.today.isoformat(), "informant": declared.get("Completed by"),
            "cleared_by": declared.get("Cleared by (chief officer or equivalent)"),
            "content": json.dumps(content, ensure_ascii=False),
        })  # fmt: skip


def review(session: Session, submission: str) -> Review:
    """A submission compared with what is current now."""
    connection = session.read()
    found = names.find(connection, submission, "submission")
    row = connection.exec_driver_sql("SELECT * FROM submission WHERE id = ?", (found.id,)).mappings().one()
    content = json.loads(row["content"])
    owner = owner_of(connection, str(row["return"]))
    period = connection.exec_driver_sql(
        'SELECT q.period FROM round q JOIN "return" r ON r.round = q.id WHERE r.id = ?', (owner.id,)
    ).fetchone()
    counts = {k.value: 0 for k in merge.Kind} | {"no_change": 0, "not_answered": 0}
    differences = _differences(connection, found.id, owner, content, counts)
    return Review(
        found.id, found.reference, owner.visible, owner.id, names.labels(connection, [owner.partner]).get(owner.partner, ""),
        str(period[0]) if period else "", str(row["file_name"]), str(row["file_sha256"]), str(row["state"]),
        int(content["count"]), differences, counts,
        [Problem(p["code"], p["message"], p.get("sheet", ""), p.get("cell", ""), p.get("record", "")) for p in content["problems"]],
        content["tray"], content["not_returned"], content["new_rows"],
    )  # fmt: skip


def _differences(
    connection: Connection, submission: str, owner: Owner, content: Mapping[str, Any], counts: dict[str, int]
) -> list[Difference]:
    bases = {b.id: b for b in owner.rows}
    decided = {
        (str(r[0]), str(r[1])): (str(r[2]), str(r[3] or ""))
        for r in connection.exec_driver_sql(
            "SELECT record, field, decision, reason FROM decision WHERE submission = ? AND NOT deleted ORDER BY n",
            (submission,),
        )
    }
    found: list[Difference] = []
    currents = _currents(connection, [str(row["id"]) for row in content["rows"]])
    for row in content["rows"]:
        base = bases[row["id"]]
        current = currents[base.id]
        answers: dict[str, dict[str, Any]] = row["answers"]
        said = answers.get("answer", {}).get("value")
        counts["no_change"] += said == "no_change"
        counts["not_answered"] += not any(
            k != "answer" and not merge.same(base.values.get(k), a["value"]) for k, a in answers.items()
        ) and said is None  # fmt: skip
        for key, one in answers.items():
            if key == "answer":
                continue
            now = current.cells.get(key)
            before = base.values.get(key)
            kind = _compare(key, before, now, one["value"])
            counts[kind.value] += 1
            if kind in _LISTED:
                decision, reason = decided.get((base.id, key), ("", ""))
                found.append(Difference(
                    base.reference, base.id, current.title, key, _label(key), before, now, one["value"], kind,
                    one.get("sheet", ""), one.get("cell", ""), current.heads.get(key, current.heads[""]), decision, reason,
                ))  # fmt: skip
    found.sort(key=lambda d: (d.record, _ORDER[d.field]))
    return found


def _compare(key: str, base: Value, current: Value, incoming: Value) -> merge.Kind:
    """Words of an update are added, never overwritten: they cannot clash with a later update."""
    if key in ON_UPDATE and not merge.same(incoming, current) and not merge.same(incoming, base):
        return merge.Kind.INCOMING
    return merge.compare(base, current, incoming)


def _label(key: str) -> str:
    return next(head for k, head, *_ in FILLS if k == key)


@dataclass(slots=True)
class _Current:
    title: str
    cells: dict[str, Value]
    heads: dict[str, frozenset[str]]


def _currents(connection: Connection, ids: Sequence[str]) -> dict[str, _Current]:
    """What stands now of many actions: their cells, their latest update's words, their heads."""
    own = [k for k, *_ in FILLS if k not in ON_UPDATE]
    columns = ", ".join(f't."{k}"' for k in own)
    found: dict[str, _Current] = {}
    for start in range(0, len(ids), 400):
        part = tuple(ids[start : start + 400])
        marks = ",".join("?" * len(part))
        rows = plain_rows(
            connection,
            f"SELECT t.id, t.born, t.title AS action_title, {columns}, u.narrative, u.next_step, u.help_wanted "
            f'FROM action t LEFT JOIN "update" u ON u.id = t.x_update WHERE t.id IN ({marks})',
            part,
        )
        for row in rows:
            keys = (*own, "narrative", "next_step", "help_wanted")
            cells = {k: cast("Value", row[k]) for k in keys}
            found[str(row["id"])] = _Current(
                str(row["action_title"] or ""), cells, {"": frozenset({str(row["born"])})}
            )
        heads: dict[tuple[str, str], set[str]] = {}
        for one in plain_rows(
            connection, f'SELECT "row" AS id, cell, "change" AS head FROM head WHERE "row" IN ({marks})', part
        ):
            heads.setdefault((str(one["id"]), str(one["cell"])), set()).add(str(one["head"]))
        for (id, cell), changes in heads.items():
            found[id].heads[cell] = frozenset(changes)
    return found


def _apply_staged(session: Session, staged: Review, how: str) -> None:
    kinds = {merge.Kind.INCOMING} | ({merge.Kind.CONFLICT} if how == "all" else set[merge.Kind]())
    chosen = [d for d in staged.differences if d.kind in kinds and not d.decision]
    staged.changes = accept(session, staged.submission, chosen)
    staged.applied = len(chosen)
    if staged.changes:
        fresh = review(session, staged.submission)
        staged.state = fresh.state


def accept(
    session: Session,
    submission: str,
    chosen: Sequence[Difference],
    *,
    edited: Mapping[tuple[str, str], Value] | None = None,
) -> Changes:
    """Write accepted cells and one progress update per answered action, in one transaction.

    Raises StaleError where a cell moved since it was shown. ``edited`` replaces incoming values.
    """
    connection = session.read()
    row = connection.exec_driver_sql("SELECT * FROM submission WHERE id = ?", (submission,)).mappings().one()
    content = json.loads(row["content"])
    by_action: dict[str, dict[str, Difference]] = {}
    for one in chosen:
        by_action.setdefault(one.id, {})[one.field] = one
    if not by_action and row["state"] != "in_review":
        return Changes()
    taken = {(d.id, d.field) for d in chosen}
    open_still = [
        d
        for d in review(session, submission).differences
        if d.kind is not merge.Kind.BOTH_SAME and not d.decision and (d.id, d.field) not in taken
    ]
    with session.store.write(session.who, f"From return: {row['file_name']}", ACT, submission) as tx:
        for id, cells in by_action.items():
            told = {k: (edited or {}).get((id, k), d.incoming) for k, d in cells.items()}
            own = {k: v for k, v in told.items() if k not in ON_UPDATE}
            seen = {k: cells[k].heads for k in own}
            tx.edit("action", id, own, seen=seen)
        for answer in content["rows"]:
            _add_update(tx, submission, dict(row), answer, by_action.get(answer["id"], {}), edited or {})
        if row["state"] != "applied" and not open_still:
            tx.edit("submission", submission, {"state": "applied"})
    return tx.changes


def _add_update(
    tx: Transaction,
    submission: str,
    row: Mapping[str, Any],
    answer: Mapping[str, Any],
    chosen: Mapping[str, Difference],
    edited: Mapping[tuple[str, str], Value],
) -> None:
    said = answer["answers"].get("answer", {}).get("value")
    if not chosen and said != "no_change":
        return
    there = tx.connection.exec_driver_sql(
        'SELECT id, narrative, next_step, help_wanted FROM "update" WHERE submission = ? AND action = ? AND NOT deleted ORDER BY n DESC',
        (submission, answer["id"]),
    ).fetchone()
    words = {k: edited.get((answer["id"], k), d.incoming) for k, d in chosen.items() if k in ON_UPDATE}
    if there is not None:
        told: dict[str, Value] = {"narrative": there[1], "next_step": there[2], "help_wanted": there[3]}
        words = {k: v for k, v in words.items() if not merge.same(v, told[k])}
        if not words:
            return
    period = tx.connection.exec_driver_sql(
        'SELECT q.period FROM round q JOIN "return" r ON r.round = q.id WHERE r.id = ?', (row["return"],)
    ).fetchone()
    cells: dict[str, Value] = {
        "action": answer["id"], "period": str(period[0]) if period else None, "as_at": row["received"],
        "channel": "return", "informant": row["informant"], "answer": said or "update", "submission": submission,
        **words, "corrects": str(there[0]) if there else None,
    }  # fmt: skip
    blockers = chosen.get("blockers")
    if blockers is not None:
        cells["barriers"] = blockers.incoming
    tx.create("update", then_stood(tx, {k: v for k, v in cells.items() if v is not None}))


def decide(
    session: Session, submission: str, differences: Sequence[Difference], decision: str, reason: str = ""
) -> Changes:
    """Query or refuse differences (or, with an empty decision, think again), each kept with its reason."""
    with session.store.write(session.who, reason or None, "decide", submission) as tx:
        for one in differences:
            for (id,) in tx.connection.exec_driver_sql(
                "SELECT id FROM decision WHERE submission = ? AND record = ? AND field = ? AND NOT deleted",
                (submission, one.id, one.field),
            ).fetchall():
                tx.delete("decision", str(id))
            if decision:
                tx.create("decision", {
                    "submission": submission, "record": one.id, "field": one.field, "decision": decision,
                    "value": None if one.incoming is None else str(one.incoming), "reason": reason or None,
                })  # fmt: skip
    return tx.changes


def add_new_row(session: Session, submission: str, row: Mapping[str, str]) -> Changes:
    """Take a new row of a return: a proposed action of its partner, or a piece of evidence to be reviewed."""
    with session.store.write(session.who, "New in a return", ACT, submission) as tx:
        if "What it proves" in row or "Title" in row:
            _add_evidence(tx, row)
            return tx.changes
        partner = tx.row("submission", submission)["partner"]
        note = "; ".join(f"{k}: {v}" for k, v in row.items() if k not in ("sheet", "cell", "Action") and v)
        tx.create(
            "action",
            {
                "title": row.get("Action") or row.get("text") or "New action",
                "accountable": partner,
                "status": "proposed",
                "note": note or None,
            },
        )
    return tx.changes


def _add_evidence(tx: Transaction, row: Mapping[str, str]) -> None:
    parts = identity.split_visible(row.get("Action reference", ""))
    name = parts[0] if parts else row.get("Action reference", "")
    action = names.maybe_find(tx.connection, name, "action") if name else None
    rest = "; ".join(f"{k}: {row[k]}" for k in ("Date", "Action reference") if row.get(k))
    id = tx.create(
        "evidence",
        {
            "title": row.get("Title") or row.get("What it proves", "")[:120] or "Evidence",
            "holder": row.get("Held by"),
            "proves": row.get("What it proves"),
            "note": rest or None,
        },
    )
    if action is not None:
        tx.link("evidence.actions", id, action.id)


@dataclass(slots=True)
class Reversed:
    """What reversing a return did."""

    restored: int = 0
    kept_later_edits: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    changes: Changes = field(default_factory=Changes)


def reverse_return(session: Session, reference: str) -> Reversed:
    """Bring back what stood before a return was applied; later edits are kept and named."""
    from vawg_desktop.store import history as past

    connection = session.read()
    owner = _find_return(connection, reference)
    submissions = [
        str(r[0])
        for r in connection.exec_driver_sql('SELECT id FROM submission WHERE "return" = ?', (owner.id,))
    ]
    done = Reversed()
    with session.store.write(session.who, f"Return {owner.visible} reversed", "reverse", owner.id) as tx:
        txns = _applied(tx, owner.id, submissions)
        _reverse_entries(tx, [e for t in txns for e in past.entries_of_transaction(tx.connection, t)], done)
        for submission in submissions:
            if txns and tx.row("submission", submission)["state"] != "reversed":
                tx.edit("submission", submission, {"state": "reversed"})
    done.changes = tx.changes
    return done


def _applied(tx: Transaction, owner: str, submissions: Sequence[str]) -> list[str]:
    """The transactions that applied a return since it was last reversed, oldest first."""
    marks = ",".join("?" * len(submissions))
    rows = tx.connection.exec_driver_sql(
        f"SELECT txn, min(n) FROM \"change\" WHERE act = 'return' AND about IN ({marks}) AND n > coalesce("
        "(SELECT max(n) FROM \"change\" WHERE act = 'reverse' AND about = ? AND txn NOT IN "
        "(SELECT about FROM \"change\" WHERE act = 'undo' AND about IS NOT NULL)), 0) GROUP BY txn ORDER BY 2",
        (*submissions, owner),
    )
    return [str(r[0]) for r in rows]


def _find_return(connection: Connection, reference: str) -> Owner:
    parts = identity.split_visible(reference)
    found = names.maybe_find(connection, parts[0] if parts else reference)
    if found is not None and found.entity == "submission":
        row = connection.exec_driver_sql(
            'SELECT "return" FROM submission WHERE id = ?', (found.id,)
        ).fetchone()
        return owner_of(connection, str(row[0])) if row else owner_of(connection, "")
    if found is None or found.entity != "return":
        raise NotFoundError(f"There is no return called “{reference[:60]}” in this store.")
    return owner_of(connection, found.id)


def _reverse_entries(tx: Transaction, entries: Sequence[Any], done: Reversed) -> None:
    """Per cell: the value before the first of the return's changes, if the last of them still stands."""
    spans: dict[tuple[str, str, str], list[Any]] = {}
    for entry in entries:
        if entry.op == "create":
            if tx.delete(entry.tbl, entry.row):
                done.restored += 1
            continue
        if entry.tbl == "submission":
            continue
        for key in entry.fields:
            spans.setdefault((entry.tbl, entry.row, key), []).append(entry)
    for (tbl, row, key), said in spans.items():
        current = tx.row(tbl, row)
        heads = tx.heads(row, "").get(key, frozenset({str(current["born"])}))
        if len(heads) == 1 and merge.same(current[key], said[-1].fields[key].after):
            tx.edit(tbl, row, {key: said[0].fields[key].before}, checked=False)
            done.restored += 1
        else:
            done.kept_later_edits.append({
                "record": current["reference"], "field": key, "value": current[key],
                "before_return": said[0].fields[key].before,
            })  # fmt: skip


def submissions(session: Session) -> list[dict[str, object]]:
    """Every submission with its partner, period and state, newest first."""
    rows = (
        session.read()
        .exec_driver_sql(
            'SELECT s.id, s.reference, s.file_name, s.received, s.state, s."return", coalesce(p.short_name, p.name) AS partner_name, q.period '
            'FROM submission s JOIN "return" r ON r.id = s."return" JOIN round q ON q.id = r.round '
            "LEFT JOIN partner p ON p.id = s.partner WHERE NOT s.deleted ORDER BY s.n DESC"
        )
        .mappings()
    )
    return [{str(k): v for k, v in r.items()} for r in rows]
