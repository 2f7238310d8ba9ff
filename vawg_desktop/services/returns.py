"""A return comes home: staged, compared with what was sent and what stands, applied, reversed (DESIGN 5)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain import merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import last_day, parse_date
from vawg_desktop.domain.errors import AppError, FileRefusedError, NotFoundError, Problem, ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.personal import in_words, likely_personal
from vawg_desktop.domain.return_columns import ADDED_ROW, ON_UPDATE, UPDATE_WORDS, field_of_column
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange import identity
from vawg_desktop.exchange.checklist import Point, look
from vawg_desktop.exchange.reading import Book, plain_text, read_book, sheets_of
from vawg_desktop.exchange.return_in import Answer, ReadReturn, ReadRow, read_return, tidy_tray
from vawg_desktop.exchange.return_plan import NIL_QUESTION
from vawg_desktop.exchange.tracker_in import as_typed
from vawg_desktop.services import names
from vawg_desktop.services.bulk import without_collecting
from vawg_desktop.services.records import read_value, then_stood
from vawg_desktop.services.return_answers import read_answers, rows_of_fresh_copy
from vawg_desktop.services.return_doubts import Doubts
from vawg_desktop.services.return_earlier import said_before, with_said
from vawg_desktop.services.return_reversal import Reversed, reverse_return
from vawg_desktop.services.return_review import (
    Difference,
    Owner,
    Review,
    currents_of,
    owner_of,
    review,
)
from vawg_desktop.services.return_rows import (
    BaseRow,
    MatchedRow,
    match_rows,
    pass_over_disposed,
)
from vawg_desktop.services.session import Session
from vawg_desktop.store.door import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "Difference", "ManyRead", "Owner", "Reversed", "Review", "accept", "accessibility", "actions_of", "add_new_row", "decide", "import_many",
    "import_return", "owner_of", "reverse_return", "review", "submissions", "what_was_sent",
]  # fmt: skip


def import_return(session: Session, path: Path, *, apply: str | None = None) -> Review:
    """Stage a returned workbook, or resume it if these very bytes came before; apply if asked.

    ``apply="safe"`` takes what is incoming, ``"all"`` also the partner's side of conflicts.
    Raises FileRefusedError with a sentence for a file that is not one of this store's returns.
    """
    with without_collecting():
        return _import(session, path, apply)


def _import(session: Session, path: Path, apply: str | None) -> Review:
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
        _say_age(session.read(), owner, read)
        read.sent = _sent_on(session.read(), owner)
        disposed = pass_over_disposed(read, owner.disposed)
        content = _content(session, owner, book, read, book.name)
        if not disposed:
            session.store.files.keep(book.name, book.content)
        submission = _stage(session, owner, book.name, "" if disposed else book.sha256, content)
    else:
        submission = str(known[0])
    staged = review(session, submission, owner=owner)
    if apply is not None:
        _apply_staged(session, staged, apply)
    return staged


@dataclass(slots=True)
class ManyRead:
    """Many files read at once: each return's review, and a sentence for each file that was not taken."""

    reviews: list[Review] = field(default_factory=list[Review])
    refused: list[str] = field(default_factory=list[str])
    changes: Changes = field(default_factory=Changes)


def import_many(session: Session, paths: Sequence[Path]) -> ManyRead:
    """Stage many files; each finds its own partner by its marks. A file that cannot be taken stops no other."""
    done = ManyRead()
    for path in paths:
        try:
            done.reviews.append(import_return(session, path))
        except FileRefusedError as refused:
            done.refused.append(refused.message)
    done.changes.entities |= {"submission"} if done.reviews else set()
    done.changes.entries += len(done.reviews)
    return done


def what_was_sent(session: Session, return_id: str) -> tuple[str, bytes]:
    """Name and bytes of a workbook as it left. Raises NotFoundError."""
    row = (
        session.read()
        .exec_driver_sql('SELECT file_name, file_sha256 FROM "return" WHERE id = ?', (return_id,))
        .fetchone()
    )
    if row is None or not row[1]:
        raise NotFoundError("That return is not in this store.")
    return str(row[0]), session.store.files.get(str(row[1]))


def actions_of(session: Session, return_id: str) -> list[tuple[str, str]]:
    """Reference and title of each action of a return, in the order of its workbook."""
    return [(b.reference, b.locked[0]) for b in owner_of(session.read(), return_id).rows]


def accessibility(session: Session, return_id: str) -> list[Point]:
    """How the workbook as it left meets each point of the checklist for accessible spreadsheets. Raises NotFoundError."""
    return look(what_was_sent(session, return_id)[1])


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
    rows = connection.exec_driver_sql(
        'SELECT id, secret FROM "return" WHERE NOT deleted AND (reference = ? '
        'OR id IN (SELECT "row" FROM former WHERE reference = ?)) ORDER BY n',
        (parts[0], parts[0]),
    ).fetchall()  # a return sent from a working copy has had its number since: the file bears the old one
    for id, secret in rows:
        if identity.visible(str(secret), parts[0], str(id)) == visible:
            return owner_of(connection, str(id))
    return None


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
    read.by_rows = True
    read.problems.append(Problem(
        "identity_by_rows", f"The file lost its own marks; its rows are those of return {votes[0][1].visible}. Please check that it is the right one."
    ))  # fmt: skip
    return votes[0][1]


def _sent_on(connection: Connection, owner: Owner) -> date | None:
    row = connection.exec_driver_sql('SELECT sent FROM "return" WHERE id = ?', (owner.id,)).one()
    return last_day(str(row[0])) if row[0] else None


def _say_age(connection: Connection, owner: Owner, read: ReadReturn) -> None:
    """An older version, or an earlier round's workbook, is taken for what it is and said so, with its period."""
    version, round_id, period, n = connection.exec_driver_sql(
        'SELECT r.version, r.round, q.period, q.n FROM "return" r JOIN round q ON q.id = r.round WHERE r.id = ?', (owner.id,)
    ).one()
    newest = connection.exec_driver_sql(
        'SELECT max(version) FROM "return" WHERE round = ? AND partner = ? AND NOT deleted', (round_id, owner.partner)
    ).one()[0]
    later = connection.exec_driver_sql(
        'SELECT q.period FROM "return" r JOIN round q ON q.id = r.round AND NOT q.deleted WHERE r.partner = ? AND NOT r.deleted '
        "AND q.n > ? ORDER BY q.n DESC LIMIT 1",
        (owner.partner, n),
    ).fetchone()
    if later is not None:
        read.problems.append(Problem(
            "earlier_round", f"This is the return of {period}; the round of {later[0]} has been sent since. Its answers are "
            f"compared with what was sent for {period}.",
        ))  # fmt: skip
    if version is not None and newest is not None and int(version) < int(newest):
        read.problems.append(Problem(
            "older_version", f"This is version {version} of the return of {period}; version {newest} was sent later. Its answers are "
            f"compared with what version {version} said.",
        ))  # fmt: skip


def _read_declaration(read: ReadReturn) -> None:
    """A date of the declaration that is no date is asked; the rest is kept as it was written."""
    for name, one in read.declaration.items():
        if name.startswith("Date"):
            try:
                parse_date(as_typed(one.value))
            except ValueRefusedError as refused:
                read.problems.append(
                    Problem("not_understood", f"{name}: {refused.message}", one.sheet, one.cell)
                )


def _tray_changed_words(session: Session, owner: Owner, book: Book, read: ReadReturn) -> None:
    """Words on our other sheets that we did not send: compared with the workbook as it left, whatever it is called now."""
    sent = (
        session.read().exec_driver_sql('SELECT file_sha256 FROM "return" WHERE id = ?', (owner.id,)).one()[0]
    )
    if not sent or book.looked.kind not in ("zip", "ole"):
        return
    try:
        left = session.store.files.get(str(sent))
    except AppError:
        words = "The workbook as it was sent is not among this store's files (was it copied without its -files part?), so words on the other sheets were not compared."
        read.problems.append(Problem("sent_missing", words))
        return
    ours: dict[str, set[str]] = {}
    for sheet in sheets_of(left, leave_out=("Actions",)):
        ours[sheet.name] = {" ".join(plain_text(c).split()) for row in sheet.rows for c in row}
    any_of_ours = set[str]().union(*ours.values())
    taken = {(e["sheet"], e["cell"]) for e in read.tray}
    taken |= {(a.sheet, a.cell) for a in read.declaration.values()}
    taken |= {(a.sheet, a.cell) for row in (*read.evidence, *read.new_rows) for a in row.values()}
    answers = {row.sheet for row in read.rows}
    nil = fold(NIL_QUESTION)
    for sheet in (s for s in book.sheets if s.name not in answers | read.stray):
        known = ours.get(sheet.name, any_of_ours)
        for r, row in enumerate(sheet.rows):
            for c, cell in enumerate(row):
                words = " ".join(plain_text(cell).split())
                place = (sheet.name, sheet.address(r, c))
                answers_nil = c > 0 and fold(plain_text(row[c - 1])).startswith(nil)
                if words and words not in known and place not in taken and not answers_nil:
                    read.tray.append(
                        {
                            "sheet": place[0],
                            "cell": place[1],
                            "header": "",
                            "text": words,
                            "why": "words we did not send",
                        }
                    )


def _note_missing(owner: Owner, missing: Sequence[str], read: ReadReturn) -> None:
    """Most of the rows gone is said aloud: it may be a part of a file, or a damaged one."""
    if len(owner.rows) > 3 and 2 * len(missing) > len(owner.rows) and not read.nil:
        words = f"{len(missing)} of the {len(owner.rows)} rows we sent did not come back; is this the whole return?"
        read.problems.append(Problem("rows_missing", words))


def _content(session: Session, owner: Owner, book: Book, read: ReadReturn, name: str) -> dict[str, Any]:
    matched = match_rows(owner.rows, owner.secret, read)
    _refuse_rows_of_others(session.read(), owner, matched.strange, name)
    before = said_before(session.read(), owner.id)
    fresh = rows_of_fresh_copy(matched.rows, before, read)
    for one in matched.rows if before else ():
        if one.base.id not in fresh:
            one.base = replace(one.base, values=with_said(one.base.values, one.base.id, before))
    _name_rows(matched.rows, read)
    answers = read_answers(session, owner.rows, matched, read)
    understood = answers.rows
    if read.nil:
        for row in understood:
            if not any("doubt" in a for a in row["answers"].values()):
                row["answers"].setdefault("answer", {"value": "no_change"})
    returned = {m.base.id for m in matched.rows} | matched.twice
    missing = [b.reference for b in owner.rows if b.id not in returned]
    _note_missing(owner, missing, read)
    new_rows = matched.new_rows + _new_rows(read.new_rows) + _new_rows(read.evidence)
    _look_at_new(session.read(), new_rows, read)
    _read_declaration(read)
    _tray_changed_words(session, owner, book, read)
    tidy_tray(read)
    _hold_personal(understood, {m.base.id: m.base for m in matched.rows}, read, new_rows)
    return {
        "rows": understood,
        "emptied": answers.emptied,
        "asked": answers.asked,
        "count": len(read.rows),
        "problems": [p.as_json() for p in read.problems],
        "tray": read.tray,
        "not_returned": missing,
        "new_rows": new_rows,
        "declaration": {k: str(a.value) for k, a in read.declaration.items()},
        "nil": read.nil,
        "fresh": sorted(fresh),
    }


def _name_rows(rows: Sequence[MatchedRow], read: ReadReturn) -> None:
    """Say beside each entry of the tray which action's row it stands in."""
    where = {(m.row.sheet, str(m.row.number)): m.base.reference for m in rows}
    for entry in read.tray:
        line = entry["cell"].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if (entry["sheet"], line) in where:
            entry["record"] = where[entry["sheet"], line]


def _look_at_new(connection: Connection, new_rows: Sequence[Mapping[str, str]], read: ReadReturn) -> None:
    """A new action that bears the title of one we have, and evidence for an action we do not know, are said."""
    titled = {
        fold(str(title)): str(reference)
        for reference, title in connection.exec_driver_sql(
            "SELECT reference, title FROM action WHERE NOT deleted" if new_rows else "SELECT reference, title FROM action WHERE 1 = 0"
        )
    }
    for row in new_rows:
        if "What it proves" in row or "Title" in row:
            named = row.get("Action reference", "").strip()
            if named and _action_named(connection, named) is None:
                words = f"This evidence is for “{named[:60]}”, which names no action of ours; it would be added without one."
                read.problems.append(Problem("evidence_for_whom", words, row["sheet"], row["cell"]))
        elif known := titled.get(fold(row.get("Action", ""))):
            words = f"This new action has the same words as {known}; is it that one?"
            read.problems.append(Problem("new_action_known", words, row["sheet"], row["cell"], known))


def _action_named(connection: Connection, said: str) -> names.Found | None:
    parts = identity.split_visible(said)
    return names.maybe_find(connection, parts[0] if parts else said, "action")


def _hold_personal(
    understood: Sequence[dict[str, Any]],
    bases: Mapping[str, BaseRow],
    read: ReadReturn,
    new_rows: Sequence[Mapping[str, str]],
) -> None:
    """Mark new words that look like a person's data: they wait for somebody to look (DESIGN 5)."""
    for row in understood:
        for key, one in row["answers"].items():
            if isinstance(one["value"], str) and not merge.same(
                bases[row["id"]].values.get(key), one["value"]
            ):
                kinds = likely_personal(one["value"])
                if kinds:
                    one["personal"] = kinds
                    read.problems.append(
                        Problem("personal_data", in_words(kinds), one["sheet"], one["cell"], row["reference"])
                    )
    for name, one in read.declaration.items():
        if kinds := [k for k in likely_personal(plain_text(one.value)) if k != "a person's name"]:
            read.problems.append(Problem("personal_data", f"{name}: {in_words(kinds)}", one.sheet, one.cell))
    for place in (*read.tray, *new_rows):
        kinds = likely_personal(
            "; ".join(v for k, v in place.items() if k not in ("sheet", "cell", "why", "record"))
        )
        if kinds:
            read.problems.append(Problem("personal_data", in_words(kinds), place["sheet"], place["cell"]))


def _refuse_rows_of_others(
    connection: Connection, owner: Owner, strange: Sequence[ReadRow], name: str
) -> None:
    """Rows of two returns in one file: stop, naming both and the place."""
    if not strange:
        return
    rows = connection.exec_driver_sql(
        'SELECT id FROM "return" WHERE NOT deleted AND id <> ? ORDER BY n DESC', (owner.id,)
    ).fetchall()
    for (id,) in rows:
        other = owner_of(connection, str(id))
        shown, keys = {b.visible.upper() for b in other.rows}, {b.key for b in other.rows}
        for row in strange:
            if row.visible.strip().upper() in shown or row.key in keys:
                raise FileRefusedError(
                    f"{name} is return {owner.visible}, but its row {row.place} of {row.sheet} was sent in return "
                    f"{other.visible}; nothing was taken. Ask for each return as its own file, filled in as we sent it.",
                    code="two_returns",
                )


def _new_rows(read: Sequence[Mapping[str, Answer]]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for row in read:
        first = next(iter(row.values()))
        rows.append(
            {"sheet": first.sheet, "cell": first.cell, **{k: plain_text(a.value) for k, a in row.items()}}
        )
    return rows


def _stage(session: Session, owner: Owner, name: str, sha256: str, content: Mapping[str, Any]) -> str:
    declared = content["declaration"]
    called = owner.called(session.read())
    with session.store.write(session.who, f"Received {called} ({name})", Act.RECEIVE, owner.id) as tx:
        return tx.create("submission", {
            "return": owner.id, "partner": owner.partner, "file_sha256": sha256 or None, "file_name": name,
            "received": session.today.isoformat(), "informant": declared.get("Completed by"),
            "cleared_by": declared.get("Cleared by (chief officer or equivalent)"),
            "content": json.dumps(content, ensure_ascii=False),
        }, id=tx.free_id("submission", merge.content_id("submission", owner.id, sha256)) if sha256 else None)  # fmt: skip


def _apply_staged(session: Session, staged: Review, how: str) -> None:
    kinds = {merge.Kind.INCOMING} | ({merge.Kind.CONFLICT} if how == "all" else set[merge.Kind]())
    wanted = [d for d in staged.differences if d.kind in kinds and not d.decision]
    chosen = [d for d in wanted if not d.held]
    staged.problems += [why_held(d) for d in wanted if d.held in HELD_NOW]
    staged.changes = accept(session, staged.submission, chosen)
    staged.applied = len(chosen)
    if staged.changes:
        fresh = review(session, staged.submission)
        staged.state = fresh.state


#: Why an answer waits, as things stand when it is to be taken; what the file itself made doubtful was said on reading it.
HELD_NOW = frozenset({
    "in_bin", "waits_for_choice", "superseded", "reassigned", "somebody_elses", "not_agreed", "at_odds", "not_offered",
})  # fmt: skip
_DOUBTS = {
    "superseded": "the action has been superseded since it was sent.",
    "reassigned": "the action is no longer this body's since it was sent.",
    "somebody_elses": "another body is accountable for the action, and says how it stands.",
    "not_agreed": "a date moves only when somebody agrees to it.",
    "not_offered": "the action would be superseded, which is the office's to say.",
    "at_odds": "it would be complete and not at a hundred per cent.",

    "exchanged": "its row and another have each other's answers.",
    "sorted": "it may have been sorted apart from its reference.",
    "shifted": "the answers may have slid to other rows.",
    "moved": "it is what we sent for another action.",
    "cut": "the cell that was sent held only the beginning of it.",
    "made_date": "the program that wrote the file made a date or a time of these words.",
    "filled": "it may have been drawn down over other answers.",
    "contradicts": "the row says that nothing changed.",
    "aside": "the cells of its row stand in other columns than we sent them.",
    "crossed": "its column's heading may have been exchanged with another.",
}


def why_held(one: Difference) -> Problem:
    """Why an answer could not be taken, in a sentence with its place."""
    if one.held in _DOUBTS:
        return Problem(
            one.held,
            f"{one.label} of {one.record} was not taken: {_DOUBTS[one.held]}{f' It is now with {one.whose}.' if one.whose else ''}",
            one.sheet,
            one.cell,
            one.record,
        )
    if one.held == "personal_data":
        words = f"{one.label} of {one.record} may hold a person's data: it was not taken; look at it first."
        return Problem(one.held, words, one.sheet, one.cell, one.record)
    words = (
        f"{one.record} is in the bin here; bring it back to take its {one.label}."
        if one.held == "in_bin"
        else f"{one.record} holds two values that nobody has chosen between; settle them, then take its {one.label}."
    )
    return Problem(one.held, words, one.sheet, one.cell, one.record)


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
    if not by_action and row["state"] == "applied":
        return Changes()
    taken = {(d.id, d.field) for d in chosen}
    open_still = [
        d
        for d in review(session, submission).differences
        if d.kind is not merge.Kind.BOTH_SAME and not d.decision and (d.id, d.field) not in taken
    ]
    owner = owner_of(connection, str(row["return"]))
    called = owner.called(connection)
    standing = currents_of(connection, [str(r["id"]) for r in content["rows"]])
    doubts = Doubts(connection, owner.partner, standing)
    with session.store.write(session.who, f"From return {called} ({row['file_name']})", Act.RETURN, submission) as tx:
        for id, cells in by_action.items():
            told = {k: (edited or {}).get((id, k), d.incoming) for k, d in cells.items()}
            own = {k: v for k, v in told.items() if k not in ON_UPDATE}
            seen = {k: cells[k].heads for k in own}
            if "revised_due" in own:
                own["revised_agreed_by"] = session.who
            tx.edit("action", id, own, seen=seen)
        for (id, key), value in (edited or {}).items():
            if (id, key) in taken and not merge.same(value, by_action[id][key].incoming):
                tx.create("decision", {
                    "submission": submission, "record": id, "field": key, "decision": "accepted",
                    "value": None if value is None else str(value), "reason": "Taken in other words",
                })  # fmt: skip
        waiting = {d.id for d in open_still}
        refused = _refused(tx.connection, submission)
        for one in open_still:  # held, or not decided yet: nobody has taken these words
            refused.setdefault(one.id, set()).add(one.field)
        for answer in content["rows"]:
            id = answer["id"]
            if id not in by_action and (id in waiting or id not in standing or doubts.about_row(id)):
                continue
            _add_update(tx, submission, dict(row), answer, by_action.get(id, {}), edited or {}, refused.get(id, ()))
        if row["state"] != "applied" and not open_still:
            tx.edit("submission", submission, {"state": "applied"})
    return tx.changes


def _heard_before(tx: Transaction, submission: str, row: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    """Whether an earlier file of the same return gave the very words of an answer, so that they are written down already."""
    given = [answer["answers"].get(key, {}).get("value") for key in UPDATE_WORDS]
    said = " AND ".join(f'u."{key}" IS NOT DISTINCT FROM ?' for key in UPDATE_WORDS)
    found = tx.connection.exec_driver_sql(
        'SELECT 1 FROM "update" u JOIN submission s ON s.id = u.submission WHERE s."return" = ? AND s.id <> ? AND NOT s.deleted '
        f"AND s.state IS DISTINCT FROM 'reversed' AND u.action = ? AND NOT u.deleted AND {said}",
        (row["return"], submission, answer["id"], *given),
    ).fetchone()
    return found is not None


def _refused(connection: Connection, submission: str) -> dict[str, set[str]]:
    """Columns of a submission that were queried or refused, by action."""
    found: dict[str, set[str]] = {}
    for record, key in connection.exec_driver_sql(
        "SELECT record, field FROM decision WHERE submission = ? AND decision IS DISTINCT FROM 'accepted' AND NOT deleted",
        (submission,),
    ):
        found.setdefault(str(record), set()).add(str(key))
    return found


def _add_update(
    tx: Transaction,
    submission: str,
    row: Mapping[str, Any],
    answer: Mapping[str, Any],
    chosen: Mapping[str, Difference],
    edited: Mapping[tuple[str, str], Value],
    refused: Collection[str] = (),
) -> None:
    """One progress update for an action that was answered, though its words be those of last time."""
    said = answer["answers"].get("answer", {}).get("value")
    if not chosen and (said is None or refused or (said == "update" and _heard_before(tx, submission, row, answer))):
        return
    there = tx.connection.exec_driver_sql(
        f'SELECT id, barriers, {", ".join(UPDATE_WORDS)} FROM "update" WHERE submission = ? AND action = ? AND NOT deleted ORDER BY n DESC',
        (submission, answer["id"]),
    ).fetchone()
    given = {k: a["value"] for k, a in answer["answers"].items() if k in UPDATE_WORDS and k not in refused}
    words = {k: edited.get((answer["id"], k), d.incoming) for k, d in chosen.items() if k in ON_UPDATE}
    if there is None and (said or words):
        words = given | words  # words that the record says already are this answer's as well
    if there is not None:
        told: dict[str, Value] = dict(zip(UPDATE_WORDS, there[2:], strict=True))
        words = {k: v for k, v in words.items() if not merge.same(v, told[k])}
        if not words:
            return
        # a correction stands in the earlier one's place: what was taken before stands in it too
        words = {k: v for k, v in told.items() if v} | words
    period = tx.connection.exec_driver_sql(
        'SELECT q.period FROM round q JOIN "return" r ON r.round = q.id WHERE r.id = ?', (row["return"],)
    ).fetchone()
    cells: dict[str, Value] = {
        "action": answer["id"], "period": str(period[0]) if period else None, "as_at": row["received"],
        "channel": row["channel"] or "return", "informant": row["informant"], "answer": said or "update", "submission": submission,
        **words, "corrects": str(there[0]) if there else None,
    }  # fmt: skip
    if there is not None and there[1]:
        cells["barriers"] = there[1]
    blockers = chosen.get("blockers")
    if blockers is not None:
        cells["barriers"] = edited.get((answer["id"], "blockers"), blockers.incoming)
    tx.create("update", then_stood(tx, {k: v for k, v in cells.items() if v is not None}))


def typed_value(session: Session, key: str, typed: str) -> Value:
    """The stored value of what an officer typed for a column of a return. Raises ValueRefusedError."""
    return read_value(session, session.read(), field_of_column(key), typed)


def decide(
    session: Session, submission: str, differences: Sequence[Difference], decision: str, reason: str = ""
) -> Changes:
    """Query or refuse differences (or, with an empty decision, think again), each kept with its reason."""
    with session.store.write(session.who, reason or None, Act.DECIDE, submission) as tx:
        for one in differences:
            for (id,) in tx.connection.exec_driver_sql(
                "SELECT id FROM decision WHERE submission = ? AND record = ? AND field = ? AND NOT deleted",
                (submission, one.id, one.field),
            ).fetchall():
                tx.delete("decision", str(id))
            if decision:
                tx.create("decision", {
                    "submission": submission, "record": one.id, "field": one.field, "decision": decision,
                    "value": _quoted(one), "reason": reason or None,
                })  # fmt: skip
    return tx.changes


def _quoted(one: Difference) -> str | None:
    """What the partner wrote, as a question about it may quote it: never what may be a person's data."""
    said = one.text or (None if one.incoming is None else str(one.incoming))
    return None if said is None or one.held == "personal_data" or likely_personal(said) else said


def add_new_row(session: Session, submission: str, row: Mapping[str, str]) -> Changes:
    """Take a new row of a return: a proposed action of its partner, or a piece of evidence to be reviewed."""
    owner = owner_of(session.read(), _return_of(session, submission))
    with session.store.write(session.who, f"New in {owner.called(session.read())}", Act.RETURN, submission) as tx:
        if "What it proves" in row or "Title" in row:
            _remember_added(tx, submission, row, _add_evidence(tx, submission, row))
            return tx.changes
        partner = tx.row("submission", submission)["partner"]
        note = "; ".join(f"{k}: {v}" for k, v in row.items() if k not in ("sheet", "cell", "Action") and v)
        id = tx.create(
            "action",
            {
                "title": row.get("Action") or row.get("text") or "New action",
                "accountable": partner,
                "status": "proposed",
                "note": note or None,
            },
            id=_id_of_row(tx, "action", submission, row),
        )
        _remember_added(tx, submission, row, id)
    return tx.changes


def _return_of(session: Session, submission: str) -> str:
    row = session.read().exec_driver_sql('SELECT "return" FROM submission WHERE id = ?', (submission,)).one()
    return str(row[0])


def _remember_added(tx: Transaction, submission: str, row: Mapping[str, str], id: str) -> None:
    """Which record a new row became: it is not offered twice."""
    place = f"{ADDED_ROW}{row.get('sheet', '')}!{row.get('cell', '')}"
    said = {"submission": submission, "record": id, "field": place, "decision": "accepted"}
    tx.create("decision", said, id=tx.free_id("decision", merge.content_id("decision", submission, place, id)))


def _id_of_row(tx: Transaction, table: str, submission: str, row: Mapping[str, str]) -> str | None:
    """The id of what a new row of a return becomes: the same in every store that takes it."""
    said = "\x1f".join(f"{k}={v}" for k, v in sorted(row.items()))
    return tx.free_id(table, merge.content_id(table, submission, said))


def _add_evidence(tx: Transaction, submission: str, row: Mapping[str, str]) -> str:
    name = row.get("Action reference", "")
    action = _action_named(tx.connection, name) if name else None
    rest = "; ".join(f"{k}: {row[k]}" for k in ("Date", "Action reference") if row.get(k))
    id = tx.create(
        "evidence",
        {
            "title": row.get("Title") or row.get("What it proves", "")[:120] or "Evidence",
            "holder": row.get("Held by"),
            "proves": row.get("What it proves"),
            "note": rest or None,
        },
        id=_id_of_row(tx, "evidence", submission, row),
    )
    if action is not None:
        tx.link("evidence.actions", id, action.id)
    return id


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
