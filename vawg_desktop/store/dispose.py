"""Disposal: words leave rows, log, search, kept files and free pages; a tombstone stays (DESIGN 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act, act_of
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.store import entries as log
from vawg_desktop.store import history, work
from vawg_desktop.store.log_writing import spec_of
from vawg_desktop.store.named_files import still_named_in
from vawg_desktop.store.redacting import (
    DOCUMENTS,
    STATED_BESIDE,
    is_remark,
    redact_returns,
    redact_where_it_came,
    strip_log,
    strip_reasons,
    word_fields,
)
from vawg_desktop.store.store import Store
from vawg_desktop.store.transaction import ALIAS, Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

HOLD = "legal_hold"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who disposes, who agreed, under what authority, and when."""

    by: str
    agreed_by: str
    authority: str
    date: str

    def refuse_unless_two(self) -> None:
        """Raise RuleError unless two named people and an authority stand behind it."""
        one, other = (fold(p) for p in (self.by, self.agreed_by))
        if not one or not other or one == other:
            raise RuleError("Disposal needs two named people; the words were kept.", code="rule_two_people")
        if not self.authority.strip():
            raise RuleError(
                "Disposal needs its authority, such as the retention schedule's rule.", code="rule_authority"
            )


def dispose(store: Store, table: str, id: str, authority: Authority) -> Changes:
    """Take the words of one record and of what hangs on it out of the store for good.

    Digests keep the chain whole. Raises RuleError (legal hold, no second person, no authority, disposed already).
    """
    authority.refuse_unless_two()
    why = f"Disposed of under {authority.authority}; agreed by {authority.agreed_by} on {authority.date}"
    with store.write(authority.by, why, Act.DISPOSE, id) as tx:
        if _is_gone(tx, id):
            raise RuleError("That record was disposed of already; none of its words are left.", code="rule_disposed")
        rows = [(tbl, row) for tbl, row in _with_parts(tx, table, id) if not _is_gone(tx, row)]
        if any(tx.linked(HOLD, row) for row in {*(r for _, r in rows), *_parents(tx, table, id)}):
            raise RuleError("A legal hold blocks the disposal of this record.", code="rule_legal_hold")
        if any(tx.linked(HOLD, one) for one in _documents_of(tx, id, rows)):
            raise RuleError("A legal hold on a return that mentions this record blocks its disposal.", code="rule_legal_hold")
        _take_out(tx, table, id, rows)
        changes = tx.changes
    if work.finish(store):
        changes.notes.append(
            "The words are gone from every record; another window has the store open, so the file itself is rewritten when it is closed."
            if store.url is None
            else "The words are gone from every record; the server's own files are rewritten when the owner of its tables next opens the store."
        )
    return changes


def _documents_of(tx: Transaction, id: str, rows: Sequence[tuple[str, str]]) -> set[str]:
    """The returns and submissions out of which a disposal takes the words about a record: those that name it, and those from which its parts came."""
    run = tx.connection.exec_driver_sql
    found = {str(r[0]) for table, cell in DOCUMENTS for r in run(f'SELECT id FROM "{table}" WHERE instr("{cell}", ?) > 0', (id,))}
    for table, row in rows:
        if "submission" in spec_of(table).by_key and (came := tx.row(table, row).get("submission")):
            found.add(str(came))
        found |= {str(about) for (about,) in run("SELECT about FROM \"change\" WHERE \"row\" = ? AND act = 'return' AND about IS NOT NULL", (row,))}
    return found


def _take_out(tx: Transaction, table: str, id: str, rows: Sequence[tuple[str, str]]) -> None:
    """Empty rows, and take their words out of what was sent and came back, out of the log and out of held files."""
    allow_stripping(tx, True)
    hashes = _imports_of(tx, [row for _, row in rows])
    for tbl, row in rows:
        if (tbl, row) == (table, id) or tx.row(tbl, row).get(table) != id:  # a part's return is redacted with its whole
            hashes += redact_where_it_came(tx, tbl, row)
    for tbl, row in rows:
        hashes += _empty(tx, tbl, row)
    hashes += redact_returns(tx, id, str(tx.row(table, id).get("reference") or id))
    for tbl, row in rows:
        strip_log(tx, tbl, row)
        tx.connection.exec_driver_sql(
            'DELETE FROM local WHERE instr("key", ?) > 0 OR instr(value, ?) > 0', (row, row)
        )
    allow_stripping(tx, False)
    work.note(tx, work.SWEEP_FILE, _unneeded(tx.connection, hashes))
    work.note(tx, work.SWEEP_STORE)


def complete(store: Store, rows: Sequence[str]) -> list[str]:
    """Take out what stands of records (``table id``) that were disposed of elsewhere, or before a restore; returns those done.

    It was written by somebody who did not know of it, or came back with an older backup. A legal hold leaves it for later.
    """
    done: list[str] = []
    for one in rows:
        table, id = one.split(" ", 1)
        with store.write("disposal", None, Act.DISPOSE, id) as tx:
            if not tx.approver:
                return done
            parts = _with_parts(tx, table, id)
            if any(tx.linked(HOLD, row) for row in {*(r for _, r in parts), *_parents(tx, table, id), *_documents_of(tx, id, parts)}):
                continue
            left = [(tbl, row) for tbl, row in parts if not _is_gone(tx, row)]
            if left or _stated_in(tx.connection, id):
                _take_out(tx, table, id, left)
        done.append(one)
    return done


def has_rest(connection: Connection, table: str, id: str) -> bool:
    """Whether words of a disposed record stand in a part of it, or in what was sent and came back."""
    if _stated_in(connection, id):
        return True
    for part, column in history.PARTS:
        if column != table:
            continue
        worded = " OR ".join(f'"{k}" IS NOT NULL' for k in word_fields(spec_of(part)))
        if connection.exec_driver_sql(f'SELECT 1 FROM "{part}" WHERE "{column}" = ? AND ({worded})', (id,)).fetchone():
            return True
    return False


def _stated_in(connection: Connection, id: str) -> bool:
    """Whether a document names a record: as it stands, or as another store wrote it, which took out another record and did not know of this one."""
    sql = " UNION ALL ".join(f'SELECT 1 FROM "{t}" WHERE instr("{cell}", ?) > 0 UNION ALL SELECT 1 FROM ({STATED_BESIDE.format(t=t)}) beside' for t, cell in DOCUMENTS)
    return connection.exec_driver_sql(sql, (id, id) * len(DOCUMENTS)).fetchone() is not None


def _unneeded(connection: Connection, hashes: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(hashes))
    needed = still_named_in(connection, wanted)
    return [h for h in wanted if h not in needed]


def allow_stripping(tx: Transaction, on: bool) -> None:
    if tx.guarded:
        return  # the server's own function allows itself
    run = tx.connection.exec_driver_sql
    run("DELETE FROM meta WHERE \"key\" = 'disposing'")
    if on:
        run("INSERT INTO meta VALUES ('disposing', '1')")


def _with_parts(tx: Transaction, table: str, id: str) -> list[tuple[str, str]]:
    run = tx.connection.exec_driver_sql
    rows = [(table, id)]
    for part, column in (*history.PARTS, *history.NAMING):
        rows += [(part, str(r[0])) for r in run(f'SELECT id FROM "{part}" WHERE "{column}" = ?', (id,))]
    # by these names the record that it was combined with is found
    rows += [("link", str(r[0])) for r in run(
        "SELECT DISTINCT l.\"row\" FROM \"change\" c JOIN \"change\" l ON l.txn = c.txn AND l.tbl = 'link' AND l.op = 'create' "
        "JOIN link k ON k.id = l.\"row\" AND k.kind = ? WHERE c.\"row\" = ? AND c.act = 'combine' AND instr(c.fields, '\"deleted\"') > 0",
        (ALIAS, id),
    )]  # fmt: skip
    parts = [row for _, row in rows]
    for part in parts:
        rows += [("link", str(r[0])) for r in run("SELECT id FROM link WHERE a = ? OR b = ?", (part, part))]
    return list(dict.fromkeys(rows))


def _parents(tx: Transaction, table: str, id: str) -> list[str]:
    """Records this one is a part of: a hold on them holds it too."""
    spec = spec_of(table)
    parent = tx.row(table, id).get(spec.parent) if spec.parent else None
    return [str(parent)] if parent else []


def _imports_of(tx: Transaction, rows: list[str]) -> list[str]:
    """Delete the trays of the imports that wrote the rows; returns their workbooks' hashes."""
    hashes: list[str] = []
    run = tx.connection.exec_driver_sql
    for row in rows:
        for txn, about in run(
            'SELECT txn, about FROM "change" WHERE "row" = ? AND act = \'import\'', (row,)
        ).fetchall():
            run("DELETE FROM local WHERE kind = 'tray' AND \"key\" = ?", (txn,))
            hashes += [str(about)] if about else []
    return hashes


def _is_gone(tx: Transaction, id: str) -> bool:
    """Whether a record has its tombstone already: there is one only."""
    return history.tombstone(history.entries_of(tx.connection, [id])) is not None


def _empty(tx: Transaction, table: str, id: str) -> list[str]:
    """Write the tombstone: words out, record hidden. Returns the hash of every file it ever named."""
    spec, row = spec_of(table), tx.row(table, id)
    target_end = table == "link" and _is_record(tx, str(row["b"] or ""))
    cells: dict[str, Value] = {
        k: None for k in word_fields(spec) if row[k] is not None and not (k == "b" and target_end)
    }
    hashes: list[str] = []
    if spec.file_cell:
        for entry in history.entries_of(tx.connection, [id]):
            change = entry.fields.get(spec.file_cell)
            hashes += [str(change.after)] if change is not None and change.after else []
    # that it is gone is recorded even of a record that lies in the bin already: by this its tombstone is known
    known = frozenset({str(row["born"])}).union(*tx.heads(id, str(row["born"])).values())
    tx.edit(table, id, {**cells, "deleted": True}, settling=True, checked=False, overwrites={"deleted": sorted(known)})
    return hashes


def _is_record(tx: Transaction, id: str) -> bool:
    return tx.connection.exec_driver_sql("SELECT 1 FROM subject WHERE id = ?", (id,)).fetchone() is not None


def strip_row(tx: Transaction, table: str, row: str) -> list[str]:
    """Take a disposed record's words out of every entry that is not its tombstone (after a merge).

    Returns the hashes of files that it named.
    """
    spec, run = spec_of(table), tx.connection.exec_driver_sql
    worded = set(word_fields(spec))
    tombs = [
        log.from_row(tuple(r)) for r in run(f"{log.SELECT} WHERE \"row\" = ? AND act = 'dispose'", (row,))
    ]
    emptied = {key for t in tombs for key in t.fields}
    if table in dict(DOCUMENTS):  # redacted, not disposed of: what its entry names goes, and no more
        worded = emptied & {dict(DOCUMENTS)[table], "file_sha256"}
    elif table == "link" and "b" not in emptied:
        worded.discard("b")
    hashes: list[str] = []
    allow_stripping(tx, True)
    remarks: dict[str, None] = {}
    entries = [log.from_row(tuple(r)) for r in run(f'{log.SELECT} WHERE "row" = ?', (row,)).fetchall()]
    overwritten = _overwritten_documents(table, entries)
    for entry in entries:
        if act_of(entry.act) is Act.DISPOSE and entry.id not in overwritten:
            continue
        sha256 = entry.fields.get("file_sha256")
        hashes += [str(sha256.after)] if sha256 and sha256.after else []
        if tx.guarded:
            continue
        for key in worded & set(entry.fields):
            entry.fields[key] = entry.fields[key].disposed()
        run('UPDATE "change" SET fields = ? WHERE id = ?', (entry.fields_json(), entry.id))
        if act_of(entry.act) is not Act.DISPOSE:
            remarks[entry.txn] = None
    for txn in remarks:  # after all cells: a transaction may have several entries about the row
        if is_remark(tx, txn):
            strip_reasons(tx, txn)
    if tx.guarded:
        tx.run("SELECT vawg_strip(?, ?, 1)", (row, sorted(worded)))
    run('DELETE FROM local WHERE instr("key", ?) > 0 OR instr(value, ?) > 0', (row, row))
    allow_stripping(tx, False)
    return list(dict.fromkeys(hashes))


def _overwritten_documents(table: str, entries: Sequence[log.Entry]) -> set[str]:
    """Entries that took one record out of a document and were themselves overwritten since: what they state holds the words of whatever went later."""
    cell = dict(DOCUMENTS).get(table)
    return {id for e in entries if cell is not None and (change := e.fields.get(cell)) is not None for id in change.overwrote}


def strip_later(store: Store, rows: Sequence[str]) -> bool:
    """Take the words out of rows (``table id``) whose disposal was merged by somebody who may not dispose; returns whether it could."""
    with store.write("disposal", None, Act.DISPOSE) as tx:
        if not tx.approver:
            return False
        gone = [h for what in rows for h in strip_row(tx, *what.split(" ", 1))]
        work.note(tx, work.SWEEP_FILE, _unneeded(tx.connection, gone))
        work.note(tx, work.SWEEP_STORE)
    return True


def _owns_its_tables(connection: Connection) -> bool:
    sql = "SELECT count(*) FROM pg_class WHERE oid = '\"change\"'::regclass AND NOT pg_has_role(current_user, relowner, 'USAGE')"
    return connection.exec_driver_sql(sql).scalar() == 0


def sweep(store: Store) -> bool:
    """Rewrite index and file so that no free page keeps a word; whether nobody stood in the way."""
    if store.url is not None:
        with store.engines.fresh() as connection:
            if connection.exec_driver_sql("SELECT to_regproc('vawg_sweep') IS NOT NULL").one()[0]:
                connection.exec_driver_sql("SELECT vawg_sweep()")
                return True
            if not _owns_its_tables(connection):  # the server would pass each table over with no more than a notice
                return False
            from vawg_desktop.store.schema import TABLES

            for table in (*TABLES, "change", "search", "subject", "local", "earlier_reference"):
                connection.exec_driver_sql(f'VACUUM FULL "{table}"')
        return True
    with store.engines.writer.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.rollback()
        raw.execute("INSERT INTO search(search) VALUES ('optimize')")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.execute("VACUUM")
        busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
