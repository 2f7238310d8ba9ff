"""A disposed record's words taken out of the log, and of the documents that returns and submissions keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.return_columns import ADDED_ROW, FORMS, ReturnForm
from vawg_desktop.store import entries as log
from vawg_desktop.store.log_writing import spec_of
from vawg_desktop.store.transaction import Transaction

#: A reason shared by more entries than this is an import's, not a remark about one record.
_SHARED_REASON = 50
#: What was sent, what came back and what a survey brought, as documents with rows: the kind of record and its cell.
DOCUMENTS = (("return", "base"), ("submission", "content"), ("survey_batch", "responses"))

#: Entries that took records out of a kind of document, and state it with a record that went from it elsewhere.
STATED_BESIDE = "SELECT e.\"row\" FROM \"change\" e JOIN \"{t}\" d ON d.id = e.\"row\" WHERE e.tbl = '{t}' AND e.act = 'dispose' AND instr(e.fields, ?) > 0"


def redact_returns(tx: Transaction, id: str, reference: str) -> list[str]:
    """Take the record out of what was sent, what came back and what a survey brought; the workbooks go whole."""
    hashes: list[str] = []
    for table, cell in DOCUMENTS:
        file = spec_of(table).file_cell
        found = tx.connection.exec_driver_sql(
            f'SELECT id, "{cell}", {file or "NULL"} FROM "{table}" WHERE instr("{cell}", ?) > 0', (id,)
        ).fetchall()
        beside = {str(r[0]) for r in tx.connection.exec_driver_sql(STATED_BESIDE.format(t=table), (id,)).fetchall()}
        for row, kept, sha256 in found:
            document = _without(json.loads(kept), id, reference)
            if table == "return":  # by which its row is known, and passed over, in a file that comes back later
                document.setdefault("disposed", []).append(reference)
            text = json.dumps(document, ensure_ascii=False)
            if text == kept:
                continue
            beside.discard(str(row))
            # where two stores took different records out, neither reading is whole: what is left out of both stands
            tx.edit(table, str(row), {cell: text, **({file: None} if file else {})}, checked=False, settling=True)
            strip_log(tx, table, str(row), only={cell, *({file} if file else ())})
            if sha256:
                hashes.append(str(sha256))
        for row in sorted(beside):  # it stands without the record already; another store's reading in the log does not
            tx.state_again(table, row, cell, tx.row(table, row)[cell])
            strip_log(tx, table, row, only={cell})
    return hashes


def redact_where_it_came(tx: Transaction, table: str, id: str) -> list[str]:
    """Take the words of an update, or of a record made of a new row, out of the return with which they came."""
    run, row = tx.connection.exec_driver_sql, tx.row(table, id)
    hashes: list[str] = []
    came: dict[str, str] = {}
    form = next((f for f in FORMS.values() if f.told_by.key == table), None)
    if form is not None:
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
        elif form is not None:
            _drop_words(document, form, str(row[form.told_by.parent]), [str(row[k]) for k in form.words if row[k]])
        if json.dumps(document, ensure_ascii=False) == kept["content"]:
            continue
        tx.edit("submission", submission, {"content": json.dumps(document, ensure_ascii=False), "file_sha256": None}, checked=False, settling=True)
        strip_log(tx, "submission", submission, only={"content", "file_sha256"})
        hashes += [str(kept["file_sha256"])] if kept["file_sha256"] else []
    return hashes


def _drop_words(document: dict[str, Any], form: ReturnForm, action: str, words: list[str]) -> None:
    """Take the words of one row's answer out of what came back: the answers, and what was noted of their cells."""
    lines: set[tuple[str, str]] = set()
    for one in document.get("rows", []):
        if one.get("id") == action:
            lines |= {(str(a.get("sheet")), _LINE.sub("", str(a.get("cell", "")))) for a in one["answers"].values()}
            one["answers"] = {k: a for k, a in one["answers"].items() if k not in form.words}
    for part in ("problems", "tray", "asked"):
        document[part] = [
            x for x in document.get(part, [])
            if (str(x.get("sheet")), _LINE.sub("", str(x.get("cell", "")))) not in lines - {("", "")}
            and not any(w in json.dumps(x, ensure_ascii=False) for w in words)
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


def strip_log(tx: Transaction, table: str, row: str, only: set[str] | None = None) -> None:
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
        if only is None and is_remark(tx, entry.txn):
            strip_reasons(tx, entry.txn)
            entry.why_digest = entry.why_digest or log.digest(entry.why_salt, entry.why)
            entry.why, entry.why_salt = None, ""
        run(
            'UPDATE "change" SET fields = ?, why = ?, why_salt = ? WHERE id = ?',
            (entry.fields_json(), entry.why, entry.why_salt, entry.id),
        )


def strip_reasons(tx: Transaction, txn: str) -> None:
    """Replace a transaction's reason by its digest in all entries."""
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
    return [k for k in word_fields(spec_of(table)) if row[k] is None]


def is_remark(tx: Transaction, txn: str) -> bool:
    """Whether a reason is a remark: no more than ``_SHARED_REASON`` entries share it."""
    found = tx.connection.exec_driver_sql('SELECT count(*) FROM "change" WHERE txn = ?', (txn,)).fetchone()
    return found is not None and int(found[0]) <= _SHARED_REASON


def word_fields(spec: EntitySpec) -> Iterable[str]:
    """Cells that can hold words: all but references and a link's kind and end ``a``."""
    keep = {"kind", "a"} if spec.key == "link" else set[str]()
    return (f.key for f in spec.cells if f.kind is not Kind.REF and f.key not in keep)
