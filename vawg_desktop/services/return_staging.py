"""A returned file is read, its return found by its marks, and what it says kept as a submission that waits for review."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain import merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import parse_date
from vawg_desktop.domain.errors import AppError, FileRefusedError, Problem, ValueRefusedError
from vawg_desktop.domain.personal import in_words, likely_personal
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.cells import as_typed, plain_text
from vawg_desktop.exchange.reading import Book, read_book, sheets_of
from vawg_desktop.exchange.return_beside import tidy_tray
from vawg_desktop.exchange.return_in import read_return
from vawg_desktop.exchange.return_plan import nil_question
from vawg_desktop.exchange.return_shape import Answer, ReadReturn, ReadRow
from vawg_desktop.services.return_acceptance import (
    HELD_NOW,
    accept,
    action_named,
    why_held,
)
from vawg_desktop.services.return_answers import read_answers, rows_of_fresh_copy
from vawg_desktop.services.return_earlier import answered_before, with_earlier_answers
from vawg_desktop.services.return_owner import note_age, return_of_file, sent_on
from vawg_desktop.services.return_review import (
    Review,
    SentReturn,
    review,
    sent_return,
)
from vawg_desktop.services.return_rows import (
    BaseRow,
    MatchedRow,
    match_rows,
    pass_over_disposed,
)
from vawg_desktop.services.session import Session
from vawg_desktop.store.gc_pause import without_collecting

if TYPE_CHECKING:
    from sqlalchemy import Connection


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
    owner = return_of_file(session.read(), read, book.name)
    if read.form is not owner.form:
        read = _by_its_form(book, owner, read)
    known = (
        session.read()
        .exec_driver_sql(
            'SELECT id, received FROM submission WHERE "return" = ? AND file_sha256 = ? AND NOT deleted',
            (owner.id, book.sha256),
        )
        .fetchone()
    )
    if known is None:
        note_age(session.read(), owner, read)
        read.sent = sent_on(session.read(), owner)
        disposed = pass_over_disposed(read, owner.disposed)
        content = _content(session, owner, book, read, book.name)
        if not disposed:
            session.store.files.keep(book.name, book.content)
        submission = _stage(session, owner, book.name, "" if disposed else book.sha256, content)
    else:
        submission = str(known[0])
    staged = review(session, submission, owner=owner)
    staged.read_before = str(known[1] or "") if known is not None else ""
    if apply is not None:
        _apply_staged(session, staged, apply)
    return staged


def _by_its_form(book: Book, owner: SentReturn, read: ReadReturn) -> ReadReturn:
    """The file read by the form that was sent: a sheet of the other form beside it has more headings, and speaks of something else."""
    try:
        again = read_return(book, owner.form)
    except FileRefusedError:
        return read
    apart = {r.sheet for r in again.rows}.isdisjoint(r.sheet for r in read.rows)
    return again if again.rows and apart else read


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


def _check_declaration_dates(read: ReadReturn) -> None:
    """A date of the declaration that is no date is asked; the rest is kept as it was written."""
    for name, one in read.declaration.items():
        if name.startswith("Date"):
            try:
                parse_date(as_typed(one.value))
            except ValueRefusedError as refused:
                read.problems.append(
                    Problem("not_understood", f"{name}: {refused.message}", one.sheet, one.cell)
                )


def _tray_changed_words(session: Session, owner: SentReturn, book: Book, read: ReadReturn) -> None:
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
    for sheet in sheets_of(left, leave_out=(owner.form.sheet,)):
        ours[sheet.name] = {" ".join(plain_text(c).split()) for row in sheet.rows for c in row}
    any_of_ours = set[str]().union(*ours.values())
    taken = {(e["sheet"], e["cell"]) for e in read.tray}
    taken |= {(a.sheet, a.cell) for a in read.declaration.values()}
    taken |= {(a.sheet, a.cell) for row in (*read.evidence, *read.new_rows) for a in row.values()}
    answers = {row.sheet for row in read.rows}
    nil = fold(nil_question(owner.form))
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


def _note_missing(owner: SentReturn, missing: Sequence[str], read: ReadReturn) -> None:
    """Most of the rows gone is a problem of its own: it may be a part of a file, or a damaged one."""
    if len(owner.rows) > 3 and 2 * len(missing) > len(owner.rows) and not read.nil:
        words = f"{len(missing)} of the {len(owner.rows)} rows we sent did not come back; is this the whole return?"
        read.problems.append(Problem("rows_missing", words))


def _content(session: Session, owner: SentReturn, book: Book, read: ReadReturn, name: str) -> dict[str, Any]:
    if read.form is not owner.form and read.rows:
        raise FileRefusedError(
            f"{name} is return {owner.visible}, which asks about {owner.form.row}s, but its columns are those about {read.form.row}s; nothing was taken. "
            "Ask for the workbook that was sent, filled in.", code="other_form",
        )  # fmt: skip
    matched = match_rows(owner.rows, owner.secret, read)
    _refuse_rows_of_others(session.read(), owner, matched.strange, name)
    before = answered_before(session.read(), owner.id)
    fresh = rows_of_fresh_copy(matched.rows, before, read)
    for one in matched.rows if before else ():
        if one.base.id not in fresh:
            one.base = replace(one.base, values=with_earlier_answers(one.base.values, one.base.id, before))
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
    _check_declaration_dates(read)
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
    """A new action or service that bears the title of one we have, and evidence for an action we do not know, are named."""
    about = read.form.about
    titled = {
        fold(str(title)): str(reference)
        for reference, title in connection.exec_driver_sql(
            f'SELECT reference, title FROM "{about.key}" WHERE {"NOT deleted" if new_rows else "1 = 0"}'
        )
    }
    proven = {fold(str(t)): str(r) for r, t in connection.exec_driver_sql("SELECT reference, title FROM evidence WHERE NOT deleted")} if new_rows else {}
    for row in new_rows:
        if "What it proves" in row or "Title" in row:
            named = row.get("Action reference", "").strip()
            if named and action_named(connection, named) is None:
                words = f"This evidence is for “{named[:60]}”, which names no action of ours; it would be added without one."
                read.problems.append(Problem("evidence_for_whom", words, row["sheet"], row["cell"]))
            if known := proven.get(fold(row.get("Title", ""))):
                words = f"This evidence has the same title as {known}; is it that one?"
                read.problems.append(Problem("evidence_known", words, row["sheet"], row["cell"], known))
        elif known := titled.get(fold(row.get(read.form.locked[1], ""))):
            words = f"This new {read.form.row} has the same words as {known}; is it that one?"
            read.problems.append(Problem("new_action_known", words, row["sheet"], row["cell"], known))


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
    connection: Connection, owner: SentReturn, strange: Sequence[ReadRow], name: str
) -> None:
    """Rows of two returns in one file: stop, naming both and the place."""
    if not strange:
        return
    rows = connection.exec_driver_sql(
        'SELECT id FROM "return" WHERE NOT deleted AND id <> ? ORDER BY n DESC', (owner.id,)
    ).fetchall()
    for (id,) in rows:
        other = sent_return(connection, str(id))
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


def _stage(session: Session, owner: SentReturn, name: str, sha256: str, content: Mapping[str, Any]) -> str:
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
