"""A person's last transaction is taken back, or brought back: reversed by new changes, so that nothing leaves the log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from vawg_desktop.domain import merge
from vawg_desktop.domain.acts import Act, Undo, act_of, sql_list
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import NotFoundError, RuleError
from vawg_desktop.domain.fields import Kind, Value
from vawg_desktop.services import change_list, closing
from vawg_desktop.services.session import Session
from vawg_desktop.store import entries as log
from vawg_desktop.store import history as past
from vawg_desktop.store.transaction import Transaction

#: Acts that undo passes over, as the inside of an SQL list.
_PASSED_OVER = sql_list(lambda rules: rules.undo is Undo.PASSED_OVER)


def last_transaction(session: Session, *, acts_to_skip: tuple[str, ...] = ()) -> str | None:
    """This person's last transaction made in this store."""
    skip = "".join(f" AND act != '{a}'" for a in acts_to_skip)
    row = (
        session.read()
        .exec_driver_sql(
            'SELECT txn FROM "change" WHERE origin = (SELECT id FROM origin WHERE mine = 1) AND who = ?'
            f"{skip} AND act NOT IN ({_PASSED_OVER}) ORDER BY n DESC LIMIT 1",
            (session.who,),
        )
        .fetchone()
    )
    return str(row[0]) if row else None


def undo(session: Session, why: str | None = None) -> Changes:
    """Reverse this person's last transaction made here; doing it again brings it back. Undoing a closing needs ``why``."""
    txn = last_transaction(session)
    if txn is None:
        raise NotFoundError("There is nothing of yours to undo in this store.", code="nothing_to_undo")
    return reverse(session, txn, why=why)


_MINE = "origin = (SELECT id FROM origin WHERE mine = 1) AND who = ?"
#: Transactions that an undo or redo took back.
_TAKEN_BACK = "SELECT about FROM \"change\" WHERE act IN ('redo', 'undo') AND about IS NOT NULL"


def _steps(session: Session, most: int) -> list[tuple[str, int]]:
    """This person's transactions that stand, newest first, each with the number of its last entry."""
    rows = session.read().exec_driver_sql(
        f"SELECT txn, max(n) FROM \"change\" WHERE {_MINE} AND act NOT IN ('undo', 'redo', {_PASSED_OVER}) "
        f"AND txn NOT IN (SELECT about FROM \"change\" WHERE act = 'undo' AND about IS NOT NULL "
        f"AND txn NOT IN ({_TAKEN_BACK})) GROUP BY txn ORDER BY 2 DESC LIMIT {most}",
        (session.who,),
    )
    return [(str(t), int(n)) for t, n in rows]


def step_back(session: Session, why: str | None = None) -> Changes:
    """Undo one step further each time (Ctrl+Z): ones already undone or without effect are skipped. Undoing a closing needs ``why``."""
    for txn, _ in _steps(session, 50):
        changes = reverse(session, txn, why=why)
        if changes:
            return changes
    raise NotFoundError("There is nothing of yours to undo in this store.", code="nothing_to_undo")


@dataclass(frozen=True, slots=True)
class Step:
    """A transaction of one's own: its id, when it was, and what it did in words."""

    txn: str
    at: str
    what: str


def steps(session: Session, most: int = 20) -> list[Step]:
    """This person's last steps that can be undone, newest first: those that stand."""
    rows = _steps(session, most)
    return [Step(line.txn, line.at, line.what) for line in change_list.lines_of(session, {str(t): int(n) for t, n in rows})]


def what_was_undone(session: Session, changes: Changes) -> str:
    """In words, the transaction that an undo or redo took back or brought again; empty where nothing was."""
    row = session.read().exec_driver_sql('SELECT about FROM "change" WHERE txn = ? AND about IS NOT NULL LIMIT 1', (changes.txn,)).fetchone()
    first = session.read().exec_driver_sql('SELECT max(n), max(about) FROM "change" WHERE txn = ?', (str(row[0]),)).fetchone() if row is not None else None
    if row is None or first is None or first[0] is None:
        return ""
    (line,) = change_list.lines_of(session, {str(row[0]): int(first[0])})
    return line.what


def taken_back(what: str) -> str:
    """The words for a step, as they are said once it is undone: of a field what it holds again, and what it held until now."""
    found = re.fullmatch(r"(.*: )(.+?) → (.+)", what, re.DOTALL)
    return f"{found[1]}{found[2]} again (it was {found[3]})" if found is not None else what


def step_forward(session: Session) -> Changes:
    """Redo what the last step back undid (Ctrl+Shift+Z); not after a new edit. Raises NotFoundError."""
    last = (
        session.read()
        .exec_driver_sql(f'SELECT act FROM "change" WHERE {_MINE} ORDER BY n DESC LIMIT 1', (session.who,))
        .fetchone()
    )
    row = (
        session.read()
        .exec_driver_sql(
            f"SELECT txn FROM \"change\" WHERE {_MINE} AND act = 'undo' AND txn NOT IN ({_TAKEN_BACK}) AND n > coalesce("
            f"(SELECT max(n) FROM \"change\" WHERE {_MINE} AND act NOT IN ('undo', 'redo', {_PASSED_OVER})), 0) ORDER BY n DESC LIMIT 1",
            (session.who, session.who),
        )
        .fetchone()
    )
    if row is None or last is None or last[0] not in (Act.UNDO, Act.REDO):
        raise NotFoundError("There is nothing to redo.", code="nothing_to_redo")
    return reverse(session, str(row[0]), act=Act.REDO)


def reverse(session: Session, txn: str, *, act: Act = Act.UNDO, why: str | None = None) -> Changes:
    """Add changes that reverse a transaction; what others changed since becomes a conflict. Raises RuleError for what is not reversed."""
    entries = past.entries_of_transaction(session.read(), txn)
    _refuse_closing(session, entries, why)
    if any(act_of(e.act) is Act.SETTLE for e in entries):
        raise RuleError(
            "The last thing you did was to settle two values; that is not undone. Set the field to what it should hold.",
            code="rule_settled",
        )
    if any(act_of(e.act).rules.left_office for e in entries):
        raise RuleError(
            "The last thing you did has left the office, so it is not undone. Send a correction, such as the next version of a return.",
            code="rule_left_office",
        )
    kept: list[str] = []
    opened: list[str] = []
    with session.store.write(session.who, why, act, txn) as tx:
        for entry in reversed(entries):
            if entry.op == "create" and (by := _later_work(tx, entry, txn)):
                row = tx.row(entry.tbl, entry.row)
                if not row["deleted"]:
                    kept.append(f"{row.get('reference') or 'A link'} stays: {by} has worked on it since.")
                continue
            rested_on = _closing_rests_on(tx, entry)
            reverse_entry(tx, entry)
            if rested_on and rested_on != _closing_rests_on(tx, entry):
                opened.append(rested_on)
        for about in dict.fromkeys(opened):  # what a closing rests on, taken away, opens it again
            closing.withdraw_from(tx, about, why)
    if kept and not tx.changes:
        raise RuleError(f"{kept[0]} Delete it by hand where that is meant.", code="rule_later_work")
    tx.changes.notes += kept
    return tx.changes


def _closing_rests_on(tx: Transaction, entry: log.Entry) -> str:
    """The id of what a closure test or a sign-off is of, as it stands; empty for one that is deleted, and for other records."""
    if entry.tbl not in closing.SHOWN_BY:
        return ""
    row = tx.row(entry.tbl, entry.row)
    return "" if row["deleted"] else str(row["about"] or "")


def _refuse_closing(session: Session, entries: list[log.Entry], why: str | None) -> None:
    """Taking a closing back opens the record again, with a reason; and no record is closed by undoing or redoing: its signers sign anew."""
    for entry in entries:
        spec = BY_KEY.get(entry.tbl)
        status = entry.fields.get(spec.status) if spec is not None and spec.closes_by_tests else None
        if status is None:
            continue
        called = str(session.read().exec_driver_sql(f'SELECT reference FROM "{entry.tbl}" WHERE id = ?', (entry.row,)).one()[0])
        if status.before == "closed" and status.after != "closed":
            raise RuleError(f"{called} was opened again; that is not undone. Close it with its second person.", code="rule_closed_again")
        if status.after == "closed" and status.before != "closed" and not (why or "").strip():
            raise RuleError(f"Undoing this opens {called} again, which needs a reason.", code="rule_reopen")


#: How many records that name another are looked at for who did so.
_MOST_LOOKED_AT = 200


def _later_work(tx: Transaction, entry: log.Entry, txn: str) -> str:
    """Who else has changed a record that was made here, or anything that hangs on it, since; empty where nobody has."""
    for one in past.entries_of(tx.connection, past.kin(tx.connection, entry.row)):
        apart = one.txn != txn and (one.who != entry.who or one.origin != entry.origin)
        if apart and not act_of(one.act).rules.by_program:
            return one.who
    return _named_by(tx, entry, txn)


def _named_by(tx: Transaction, entry: log.Entry, txn: str) -> str:
    """Who else has since named the record in a field of another one, such as an action's accountable body."""
    for spec in BY_KEY.values():
        for cell in (f for f in spec.cells if f.kind is Kind.REF and f.target == entry.tbl):
            rows = tx.connection.exec_driver_sql(
                f'SELECT id FROM "{spec.key}" WHERE "{cell.key}" = ? AND NOT deleted', (entry.row,)
            ).fetchall()
            for one in past.entries_of(tx.connection, [str(r[0]) for r in rows[:_MOST_LOOKED_AT]]):
                change = one.fields.get(cell.key)
                if change is not None and change.after == entry.row and one.txn != txn and (one.who != entry.who or one.origin != entry.origin):
                    return one.who
    return ""


def _stands(tx: Transaction, entry: log.Entry, key: str, heads: frozenset[str]) -> bool:
    """Whether a cell holds just what an entry wrote: its head is that entry, undoings and redoings since resolved.

    Compared by heads and not by values: a colleague who set the same value again has stated it too.
    """
    seen = set(heads)
    for _ in range(100):
        if seen <= {entry.id}:
            return True
        resolved: set[str] = set()
        for head in seen:
            resolved |= _before_taking_back(tx, head, entry.row, key) or {head}
        if resolved == seen:
            return False
        seen = resolved
    return False


def _before_taking_back(tx: Transaction, head: str, row: str, key: str) -> set[str]:
    """The heads of a cell before a change, where that change only took another back; empty for any other.

    A deletion names all that it knew of the record, and an edit of a deleted record its deletion: only what wrote
    this cell was a head of it, and the creation where nothing else was.
    """
    found = tx.connection.exec_driver_sql('SELECT act, about, txn FROM "change" WHERE id = ?', (head,)).fetchone()
    if found is None or found[0] not in (Act.UNDO, Act.REDO, Act.REVERSE) or not found[1]:
        return set()
    of_row = past.entries_of(tx.connection, [row])
    taken = [e for e in of_row if e.txn == str(found[1]) and key in e.fields]
    named = {o for e in taken for o in e.fields[key].overwrote}
    wrote = {e.id for e in of_row if e.op != "create" and key in e.fields}
    return named & wrote or named & {e.id for e in of_row if e.op == "create"}


def reverse_entry(tx: Transaction, entry: log.Entry) -> bool:
    """Reverse one entry, cell by cell; a creation is hidden. Returns whether later edits stood in the way."""
    if _is_disposed(tx, entry.row):
        raise RuleError("That record was disposed of; its words cannot come back.", code="rule_disposed")
    if entry.op == "create":
        tx.edit(entry.tbl, entry.row, {"deleted": True}, checked=False)
        return False
    row = tx.row(entry.tbl, entry.row)
    known = tx.heads(entry.row, str(row["born"]))
    born = frozenset({str(row["born"])})
    later = False
    for key, cell in entry.fields.items():
        if cell.digests is not None:
            continue
        tx.refuse_in_conflict(entry.tbl, row, key)
        moved = not _stands(tx, entry, key, known.get(key, born))
        if moved and merge.same(row[key], cell.before):
            continue
        later |= moved and not merge.same(row[key], cell.before)
        gone = _deletion_known(tx, row, key, known) if moved else frozenset[str]()
        over = {key: (entry.id, *sorted(gone))} if moved else None
        tx.edit(entry.tbl, entry.row, {key: cell.before}, checked=False, overwrites=over, settling=not moved)
    return later


def _deletion_known(tx: Transaction, row: Mapping[str, Value], key: str, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What a reversal names as seen beside its own cell: the deletion of its record, so that it is not taken for a change made behind it.

    An entry that brought the record back may have written this cell too; named, it would be overwritten, so it is left out.
    """
    if not row["deleted"] or key == "deleted":
        return frozenset()
    wrote = {e.id for e in past.entries_of(tx.connection, [str(row["id"])]) if key in e.fields}
    return known.get("deleted", frozenset[str]()) - wrote


def _is_disposed(tx: Transaction, row: str) -> bool:
    found = tx.connection.exec_driver_sql(
        'SELECT 1 FROM "change" WHERE "row" = ? AND act = \'dispose\' AND about IS NOT NULL LIMIT 1', (row,)
    ).fetchone()
    return found is not None
