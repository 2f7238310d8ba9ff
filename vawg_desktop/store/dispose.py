"""Disposal: words leave rows, log, search, kept files and free pages; a tombstone stays (DESIGN 3)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import ENTITIES, EntitySpec
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import Kind, Value
from vawg_desktop.domain.return_columns import ADDED_ROW, UPDATE_WORDS
from vawg_desktop.store import entries as log
from vawg_desktop.store import history, work
from vawg_desktop.store.store import Store
from vawg_desktop.store.transaction import ALIAS, Transaction, spec_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

HOLD = "legal_hold"
#: A reason shared by more entries than this is an import's, not a remark about one record.
_SHARED_REASON = 50


@dataclass(frozen=True, slots=True)
class Authority:
    """Who disposes, who agreed, under what authority, and when."""

    by: str
    agreed_by: str
    authority: str
    date: str

    def refuse_unless_two(self) -> None:
        """Raise RuleError unless two named people and an authority stand behind it."""
        one, other = (" ".join(p.split()).casefold() for p in (self.by, self.agreed_by))
        if not one or not other or one == other:
            raise RuleError("Disposal needs two named people; the words were kept.", code="rule_two_people")
        if not self.authority.strip():
            raise RuleError(
                "Disposal needs its authority, such as the retention schedule's rule.", code="rule_authority"
            )


def dispose(store: Store, table: str, id: str, authority: Authority) -> Changes:
    """Take the words of one record and of what hangs on it out of the store for good.

    The chain stays whole: digests stand where values stood. Raises RuleError for a legal hold.
    """
    authority.refuse_unless_two()
    why = f"Disposed of under {authority.authority}; agreed by {authority.agreed_by} on {authority.date}"
    with store.write(authority.by, why, Act.DISPOSE, id) as tx:
        if _is_gone(tx, id):
            raise RuleError("That record was disposed of already; there is no word of it left.", code="rule_disposed")
        rows = [(tbl, row) for tbl, row in _with_parts(tx, table, id) if not _is_gone(tx, row)]
        if any(tx.linked(HOLD, row) for row in {*(r for _, r in rows), *_parents(tx, table, id)}):
            raise RuleError("A legal hold blocks the disposal of this record.", code="rule_legal_hold")
        _take_out(tx, table, id, rows)
        changes = tx.changes
    if work.finish(store):
        changes.notes.append(
            "The words are gone from every record; another window has the store open, so the file itself is rewritten when it is closed."
            if store.url is None
            else "The words are gone from every record; the server's own files are rewritten when the owner of its tables next opens the store."
        )
    return changes


def _take_out(tx: Transaction, table: str, id: str, rows: Sequence[tuple[str, str]]) -> None:
    """Empty rows, and take their words out of what was sent and came back, out of the log and out of held files."""
    _allow(tx, True)
    hashes = _imports_of(tx, [row for _, row in rows])
    for tbl, row in rows:
        if (tbl, row) == (table, id) or tx.row(tbl, row).get(table) != id:  # a part's return is redacted with its whole
            hashes += _redact_where_it_came(tx, tbl, row)
    for tbl, row in rows:
        hashes += _empty(tx, tbl, row)
    hashes += _redact_returns(tx, id, str(tx.row(table, id).get("reference") or id))
    for tbl, row in rows:
        _strip_log(tx, tbl, row)
        tx.connection.exec_driver_sql(
            'DELETE FROM local WHERE instr("key", ?) > 0 OR instr(value, ?) > 0', (row, row)
        )
    _allow(tx, False)
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
            if any(tx.linked(HOLD, row) for row in {*(r for _, r in parts), *_parents(tx, table, id)}):
                continue
            left = [(tbl, row) for tbl, row in parts if not _is_gone(tx, row)]
            if left or _said_in(tx.connection, id):
                _take_out(tx, table, id, left)
        done.append(one)
    return done


def has_rest(connection: Connection, table: str, id: str) -> bool:
    """Whether words of a disposed record stand in a part of it, or in what was sent and came back."""
    if _said_in(connection, id):
        return True
    for part, column in history.PARTS:
        if column != table:
            continue
        worded = " OR ".join(f'"{k}" IS NOT NULL' for k in _worded(spec_of(part)))
        if connection.exec_driver_sql(f'SELECT 1 FROM "{part}" WHERE "{column}" = ? AND ({worded})', (id,)).fetchone():
            return True
    return False


def _said_in(connection: Connection, id: str) -> bool:
    """Whether a return or a submission names a record."""
    sql = " UNION ALL ".join(f'SELECT 1 FROM "{t}" WHERE instr("{cell}", ?) > 0' for t, cell in DOCUMENTS)
    return connection.exec_driver_sql(sql, (id,) * len(DOCUMENTS)).fetchone() is not None


#: What was sent and what came back, as documents: the kind of record and its cell.
DOCUMENTS = (("return", "base"), ("submission", "content"))


def _unneeded(connection: Connection, hashes: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(hashes))
    needed = still_named_in(connection, wanted)
    return [h for h in wanted if h not in needed]


def _allow(tx: Transaction, on: bool) -> None:
    if tx.guarded:
        return  # the server's own function allows itself
    run = tx.connection.exec_driver_sql
    run("DELETE FROM meta WHERE \"key\" = 'disposing'")
    if on:
        run("INSERT INTO meta VALUES ('disposing', '1')")


def _with_parts(tx: Transaction, table: str, id: str) -> list[tuple[str, str]]:
    run = tx.connection.exec_driver_sql
    rows = [(table, id)]
    for part, column in history.PARTS:
        rows += [(part, str(r[0])) for r in run(f'SELECT id FROM "{part}" WHERE "{column}" = ?', (id,))]
    rows += [("decision", str(r[0])) for r in run("SELECT id FROM decision WHERE record = ?", (id,))]
    rows += [("tracker_row", str(r[0])) for r in run("SELECT id FROM tracker_row WHERE record = ?", (id,))]
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
    """The tracker workbooks the rows came from, and their trays: they hold the same words."""
    hashes: list[str] = []
    run = tx.connection.exec_driver_sql
    for row in rows:
        for txn, about in run(
            'SELECT txn, about FROM "change" WHERE "row" = ? AND act = \'import\'', (row,)
        ).fetchall():
            run("DELETE FROM local WHERE kind = 'tray' AND \"key\" = ?", (txn,))
            hashes += [str(about)] if about else []
    return hashes


#: The cell of each kind of record that may name a held file.
FILED = {e.key: e.file_cell for e in ENTITIES if e.file_cell}


def named_now(connection: Connection) -> set[str]:
    """The hashes of held files that records name as they stand."""
    sql = " UNION ".join(f'SELECT "{cell}" FROM "{t}" WHERE "{cell}" IS NOT NULL' for t, cell in FILED.items())
    return {str(r[0]) for r in connection.exec_driver_sql(sql)}


def named_before(connection: Connection, hashes: Iterable[str]) -> set[str]:
    """Which of some hashes the log still leads to: another reading of a cell in conflict, or what an undo brings back."""
    wanted = set(hashes)
    if not wanted:
        return set()
    kinds = (*FILED, "setting")
    cells = {*FILED.values(), "value"}
    rows = connection.exec_driver_sql(
        f"SELECT fields FROM \"change\" WHERE tbl IN ({','.join('?' * len(kinds))}) AND length(fields) > 64", kinds
    )
    found: set[str] = set()
    for (text,) in rows:
        if any(h in text for h in wanted):
            fields = json.loads(text)
            found |= {str(v) for key in cells & fields.keys() for v in (fields[key].get("a"), fields[key].get("b"))}
    return found & wanted


def still_named_in(connection: Connection, hashes: Sequence[str]) -> set[str]:
    """Which of some hashes a record that was not disposed of rests on, now or by its history."""
    now = named_now(connection) & set(hashes)
    return now | named_before(connection, set(hashes) - now)


def unnamed(store: Store) -> list[str]:
    """Held files that no record, no entry and no import names: a kill came between the file and its record.

    None where the files stand beside another store, or beside an older state of this one, than they were kept for.
    """
    held = store.files.known()
    if not held or files_are_foreign(store) or _files_are_newer(store):
        return []
    connection = store.read()
    sql = "SELECT about FROM \"change\" WHERE act = 'import' AND about IS NOT NULL"
    left = held - named_now(connection) - {str(r[0]) for r in connection.exec_driver_sql(sql)}
    return sorted(left - named_before(connection, left))


def files_are_foreign(store: Store) -> bool:
    """Whether the held files beside a store were kept for another one."""
    noted = store.files.beside()
    return noted is not None and noted[0] != store.meta("store")


def _files_are_newer(store: Store) -> bool:
    noted = store.files.beside()
    if noted is None:
        return False
    row = store.read().exec_driver_sql("SELECT seq FROM origin WHERE id = ?", (noted[1],)).fetchone()
    return row is None or int(row[0]) < noted[2]


def _worded(spec: EntitySpec) -> Iterable[str]:
    """Cells that can hold words: everything but references to records and a link's ends."""
    keep = {"kind", "a"} if spec.key == "link" else set[str]()
    return (f.key for f in spec.cells if f.kind is not Kind.REF and f.key not in keep)


def _is_gone(tx: Transaction, id: str) -> bool:
    """Whether a record has its tombstone already: there is one only."""
    return history.tombstone(history.entries_of(tx.connection, [id])) is not None


def _empty(tx: Transaction, table: str, id: str) -> list[str]:
    """Write the tombstone: every worded cell empty, the record hidden. Returns its file's hash."""
    spec, row = spec_of(table), tx.row(table, id)
    target_end = table == "link" and _is_record(tx, str(row["b"] or ""))
    cells: dict[str, Value] = {
        k: None for k in _worded(spec) if row[k] is not None and not (k == "b" and target_end)
    }
    hashes: list[str] = []
    if spec.file_cell:
        for entry in history.entries_of(tx.connection, [id]):
            change = entry.fields.get(spec.file_cell)
            hashes += [str(change.after)] if change is not None and change.after else []
    # that it is gone is said even of a record that lies in the bin already: by this its tombstone is known
    known = frozenset({str(row["born"])}).union(*tx.heads(id, str(row["born"])).values())
    tx.edit(table, id, {**cells, "deleted": True}, settling=True, checked=False, overwrites={"deleted": sorted(known)})
    return hashes


def _is_record(tx: Transaction, id: str) -> bool:
    return tx.connection.exec_driver_sql("SELECT 1 FROM subject WHERE id = ?", (id,)).fetchone() is not None


def _redact_returns(tx: Transaction, id: str, reference: str) -> list[str]:
    """Take the record out of what was sent and what came back; the workbooks go whole."""
    hashes: list[str] = []
    for table, cell in DOCUMENTS:
        found = tx.connection.exec_driver_sql(
            f'SELECT id, "{cell}", file_sha256 FROM "{table}" WHERE instr("{cell}", ?) > 0', (id,)
        ).fetchall()
        for row, kept, sha256 in found:
            document = _without(json.loads(kept), id, reference)
            if table == "return":  # by which its row is known, and passed over, in a file that comes back later
                document.setdefault("disposed", []).append(reference)
            text = json.dumps(document, ensure_ascii=False)
            if text == kept:
                continue
            # where two stores took different records out, neither reading is whole: what is left out of both stands
            tx.edit(table, str(row), {cell: text, "file_sha256": None}, checked=False, settling=True)
            _strip_log(tx, table, str(row), only={cell, "file_sha256"})
            if sha256:
                hashes.append(str(sha256))
    return hashes


def _redact_where_it_came(tx: Transaction, table: str, id: str) -> list[str]:
    """Take the words of an update, or of a record made of a new row, out of the return with which they came."""
    run, row = tx.connection.exec_driver_sql, tx.row(table, id)
    hashes: list[str] = []
    came: dict[str, str] = {}
    if table == "update":
        made = run("SELECT about FROM \"change\" WHERE \"row\" = ? AND op = 'create' AND act = 'return'", (id,)).fetchone()
        came = {str(made[0]): ""} if made is not None and made[0] else {}
    for submission, place in run(
        "SELECT submission, field FROM decision WHERE record = ? AND substr(field, 1, ?) = ?", (id, len(ADDED_ROW), ADDED_ROW)
    ).fetchall():
        came[str(submission)] = str(place).removeprefix(ADDED_ROW)
    for submission, place in came.items():
        kept = tx.row("submission", submission)
        if not kept["content"]:
            continue
        document = json.loads(str(kept["content"]))
        if place:
            document["new_rows"] = [r for r in document["new_rows"] if f"{r.get('sheet')}!{r.get('cell')}" != place]
        else:
            _drop_words(document, str(row["action"]), str(row["narrative"] or ""))
        if json.dumps(document, ensure_ascii=False) == kept["content"]:
            continue
        tx.edit("submission", submission, {"content": json.dumps(document, ensure_ascii=False), "file_sha256": None}, checked=False, settling=True)
        _strip_log(tx, "submission", submission, only={"content", "file_sha256"})
        hashes += [str(kept["file_sha256"])] if kept["file_sha256"] else []
    return hashes


def _drop_words(document: dict[str, Any], action: str, narrative: str) -> None:
    """Take the words of one action's answer out of what came back: the answers, and what was noted of their cells."""
    lines: set[tuple[str, str]] = set()
    for one in document.get("rows", []):
        if one.get("id") == action:
            lines |= {(str(a.get("sheet")), _LINE.sub("", str(a.get("cell", "")))) for a in one["answers"].values()}
            one["answers"] = {k: a for k, a in one["answers"].items() if k not in UPDATE_WORDS}
    for part in ("problems", "tray", "asked"):
        document[part] = [
            x for x in document.get(part, [])
            if (str(x.get("sheet")), _LINE.sub("", str(x.get("cell", "")))) not in lines - {("", "")}
            and not (narrative and narrative in json.dumps(x, ensure_ascii=False))
        ]  # fmt: skip


def _without(document: dict[str, Any], id: str, reference: str) -> dict[str, Any]:
    """What was sent or came back, without a record: its row, and what was noted of any cell in that row."""
    own = [r for r in document.get("rows", []) if r.get("id") == id]
    lines = {
        (str(a.get("sheet")), _LINE.sub("", str(a.get("cell", ""))))
        for r in own
        for a in r.get("answers", {}).values()
    } - {("", "")}
    document["rows"] = [r for r in document.get("rows", []) if r.get("id") != id]
    if "fresh" in document:
        document["fresh"] = [row for row in document["fresh"] if row != id]
    for part in ("problems", "tray", "new_rows", "asked", "emptied"):
        if part in document:
            document[part] = [
                x
                for x in document[part]
                if reference not in json.dumps(x)
                and x.get("id") != id
                and (str(x.get("sheet")), _LINE.sub("", str(x.get("cell", "")))) not in lines
            ]
    return document


#: What stands before the number of the row in a cell's address.
_LINE = re.compile(r"[^0-9]")


def strip_row(tx: Transaction, table: str, row: str) -> list[str]:
    """Take a disposed record's words out of every entry that is not its tombstone (after a merge).

    Returns the hashes of files that it named.
    """
    spec, run = spec_of(table), tx.connection.exec_driver_sql
    worded = set(_worded(spec))
    tombs = [
        log.from_row(tuple(r)) for r in run(f"{log.SELECT} WHERE \"row\" = ? AND act = 'dispose'", (row,))
    ]
    emptied = {key for t in tombs for key in t.fields}
    if table in ("return", "submission"):  # redacted, not disposed of: what its entry names goes, and no more
        worded = emptied & {"base", "content", "file_sha256"}
    elif table == "link" and "b" not in emptied:
        worded.discard("b")
    hashes: list[str] = []
    _allow(tx, True)
    remarks: dict[str, None] = {}
    for found in run(f"{log.SELECT} WHERE \"row\" = ? AND act <> 'dispose'", (row,)).fetchall():
        entry = log.from_row(tuple(found))
        sha256 = entry.fields.get("file_sha256")
        hashes += [str(sha256.after)] if sha256 and sha256.after else []
        if tx.guarded:
            continue
        for key in worded & set(entry.fields):
            entry.fields[key] = entry.fields[key].disposed()
        run('UPDATE "change" SET fields = ? WHERE id = ?', (entry.fields_json(), entry.id))
        remarks[entry.txn] = None
    for txn in remarks:  # after all cells: a transaction may have several entries about the row
        if _remark(tx, txn):
            _strip_reasons(tx, txn)
    if tx.guarded:
        tx.run("SELECT vawg_strip(?, ?, 1)", (row, sorted(worded)))
    run('DELETE FROM local WHERE instr("key", ?) > 0 OR instr(value, ?) > 0', (row, row))
    _allow(tx, False)
    return list(dict.fromkeys(hashes))


def strip_later(store: Store, rows: Sequence[str]) -> bool:
    """Take the words out of rows (``table id``) whose disposal came by the merge of somebody who may not dispose; whether it could be."""
    with store.write("disposal", None, Act.DISPOSE) as tx:
        if not tx.approver:
            return False
        gone = [h for what in rows for h in strip_row(tx, *what.split(" ", 1))]
        work.note(tx, work.SWEEP_FILE, _unneeded(tx.connection, gone))
        work.note(tx, work.SWEEP_STORE)
    return True


def _strip_log(tx: Transaction, table: str, row: str, only: set[str] | None = None) -> None:
    """Replace values by their digests in every earlier entry about a row."""
    tx.flush()
    emptied = only or set(_gone(tx, table, row))
    if tx.guarded:
        tx.run("SELECT vawg_strip(?, ?, ?)", (row, sorted(emptied), int(only is None)))
        return
    run = tx.connection.exec_driver_sql
    for found in run(f'{log.SELECT} WHERE "row" = ?', (row,)).fetchall():
        entry = log.from_row(tuple(found))
        if entry.txn == tx.id:
            continue
        for key in emptied & set(entry.fields):
            entry.fields[key] = entry.fields[key].disposed()
        if only is None and _remark(tx, entry.txn):
            _strip_reasons(tx, entry.txn)
            entry.why_digest = entry.why_digest or log.digest(entry.why_salt, entry.why)
            entry.why, entry.why_salt = None, ""
        run(
            'UPDATE "change" SET fields = ?, why = ?, why_salt = ? WHERE id = ?',
            (entry.fields_json(), entry.why, entry.why_salt, entry.id),
        )


def _strip_reasons(tx: Transaction, txn: str) -> None:
    """The same remark stands on every entry of its transaction."""
    run = tx.connection.exec_driver_sql
    for found in run(f"{log.SELECT} WHERE txn = ? AND why IS NOT NULL", (txn,)).fetchall():
        entry = log.from_row(tuple(found))
        entry.why_digest = log.digest(entry.why_salt, entry.why)
        run(
            'UPDATE "change" SET fields = ?, why = NULL, why_salt = ? WHERE id = ?',
            (entry.fields_json(), "", entry.id),
        )


def _gone(tx: Transaction, table: str, id: str) -> list[str]:
    """Worded cells that stand empty now."""
    row = tx.row(table, id)
    return [k for k in _worded(spec_of(table)) if row[k] is None]


def _remark(tx: Transaction, txn: str) -> bool:
    found = tx.connection.exec_driver_sql('SELECT count(*) FROM "change" WHERE txn = ?', (txn,)).fetchone()
    return found is not None and int(found[0]) <= _SHARED_REASON


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

            for table in (*TABLES, "change", "search", "subject", "local", "former"):
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
