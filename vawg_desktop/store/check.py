"""Checks a store: file, foreign keys, chain, every cell against the log, derived tables, rules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.terms import how_many
from vawg_desktop.store import backup as backups
from vawg_desktop.store import entries as log
from vawg_desktop.store import forks, work
from vawg_desktop.store.backup import Backup
from vawg_desktop.store.check_log import check_chain, check_ends, check_order
from vawg_desktop.store.check_rows import check_derived, check_rows
from vawg_desktop.store.dialect import POSTGRES
from vawg_desktop.store.dispose import has_rest
from vawg_desktop.store.log_writing import spec_of
from vawg_desktop.store.named_files import FILED, files_are_foreign, unnamed
from vawg_desktop.store.report import Report
from vawg_desktop.store.store import LEFT_BEHIND, Store
from vawg_desktop.store.trouble import engine_errors, engine_message, store_error_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


def check(store: Store, *, noted_heads: dict[str, str] | None = None, heads: Sequence[str] = ()) -> Report:
    """Check everything. ``noted_heads`` are chain heads noted elsewhere: hash by origin/seq; ``heads`` the beginnings of such
    hashes off a paper. The heads in the manifests of the backups beside the store are compared too."""
    report = Report()
    try:
        with store.engines.fresh() as connection:
            _look(store, connection, report, noted_heads or {})
            _check_printed(connection, report, heads)
            _check_backups(store, connection, report)
    except engine_errors() as error:
        trouble = store_error_of(error)
        if trouble is not None and trouble.code in ("busy", "disk", "disk_full", "read_only", "no_right", "server_away"):
            report.add("not_checked", f"The store was not checked to its end. {trouble.message}")
            return report
        if any(p.code == "file_damaged" for p in report.problems):  # reported already, with its place
            return report
        report.add(
            "file_damaged",
            f"The file is damaged ({engine_message(error)}). Restore the latest backup, or read out what can be read (rescue).",
        )
    return report


#: Cache of a connection that reads a file through once: each page is asked for a time or two, and a larger cache only fills.
_ONE_PASS_KIB = 2048


def integrity(store: Store) -> str:
    """Whether the file itself is whole, read through to its end: a sentence of what is damaged, or an empty text.

    A server keeps watch over its own files.
    """
    if store.url is not None:
        return ""
    report = Report()
    try:
        with store.engines.fresh() as connection:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_ONE_PASS_KIB}")
            _file_is_whole(connection, report)
    except engine_errors() as error:
        trouble = store_error_of(error)
        if trouble is not None and trouble.code == "damaged":
            return f"{store.name} is damaged ({engine_message(error)}). {_WHAT_NOW}"
        return ""  # busy, or a disk that cannot be read just now: that is no damage
    return report.problems[0].message if report.problems else ""


_WHAT_NOW = "It may be read and not written. Restore the latest backup, or read out what can be read (rescue)."


def _look(store: Store, connection: Connection, report: Report, noted: dict[str, str]) -> None:
    if connection.dialect.name == POSTGRES:
        _look_at_all(store, connection, report, noted)
        return
    connection.exec_driver_sql("PRAGMA query_only = OFF")  # a temporary view of the index's words
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words_kept USING fts5vocab(main, search, 'row')"
    )
    connection.exec_driver_sql("PRAGMA query_only = ON")
    connection.exec_driver_sql("BEGIN")
    try:
        if _file_is_whole(connection, report):
            check_ends(connection, report)
            _look_at_all(store, connection, report, noted)
    finally:
        connection.exec_driver_sql("ROLLBACK")


def _look_at_all(store: Store, connection: Connection, report: Report, noted: dict[str, str]) -> None:
    all_entries = check_chain(connection, report, {**_heads_beside(store), **noted})
    check_order(connection, report)
    _check_held(store, connection, report)
    _check_disposals(connection, report)
    check_rows(connection, report, all_entries)
    check_derived(connection, report)


def _heads_beside(store: Store) -> dict[str, str]:
    """The chain heads in the manifests of this store's backups, by origin/seq."""
    found: dict[str, str] = {}
    left = json.loads(store.meta(LEFT_BEHIND) or "{}")
    for one in _backups_beside(store):
        # what was written after the moment that a restored or copied store goes back to stands in the backup alone
        found |= {f"{o}/{s}": h for o, (s, h) in one.heads.items() if s and s <= left.get(o, s)}
    return found


def _backups_beside(store: Store) -> list[Backup]:
    """The backups of this store in the folder beside it and in the one chosen for them."""
    if store.url is not None:
        return []
    row = store.read().exec_driver_sql("SELECT value FROM local WHERE kind = 'setting' AND \"key\" = 'backup_folder'").fetchone()
    folders = {backups.folder_beside(store.path), *([Path(str(row[0]))] if row and row[0] else [])}
    return [b for folder in sorted(folders) for b in backups.listed(folder, store.key) if b.store == store.meta("store")]


def _check_backups(store: Store, connection: Connection, report: Report) -> None:
    """Backups made before a disposal still hold its words until they are aged out or taken away: each is named."""
    made = _backups_beside(store)
    if not made:
        return
    gone = connection.exec_driver_sql(
        "SELECT d.origin, d.seq, c.origin, c.seq FROM \"change\" d JOIN \"change\" c ON c.\"row\" = d.\"row\" AND c.op = 'create' "
        "WHERE d.act = 'dispose' AND d.about = d.\"row\" AND instr(d.fields, '\"deleted\"') > 0"
    ).fetchall()
    for one in made:
        heads = {o: s for o, (s, _) in one.heads.items()}
        held = sum(heads.get(str(o), 0) < int(s) and heads.get(str(co), 0) >= int(cs) for o, s, co, cs in gone)
        if held:
            how = "it goes by itself as it ages" if one.kind == backups.AUTOMATIC else "it stays until you take it away"
            report.add(
                "disposed_in_backup",
                f"The backup {one.path.name}{f' ({one.name})' if one.name else ''} was made before {held} record{'s were' if held > 1 else ' was'} "
                f"disposed of and still holds the words; {how}.",
            )


def _check_printed(connection: Connection, report: Report, heads: Sequence[str]) -> None:
    """Heads off a paper stand in the log, or stood in it before a tail was given an origin of its own."""
    missing = [
        h for h in heads
        if not log.GENESIS.startswith(h) and connection.exec_driver_sql('SELECT 1 FROM "change" WHERE substr(hash, 1, ?) = ? LIMIT 1', (len(h), h)).fetchone() is None
    ]  # fmt: skip
    if not missing:
        return
    for _, _, was in forks.former_hashes(connection):
        missing = [h for h in missing if not was.startswith(h)]
    for head in missing:
        report.add("head_unknown", "The log does not hold that head: it was rewritten or cut since the head was noted, or the paper is of another store.", head)


def _file_is_whole(connection: Connection, report: Report) -> bool:
    # What another process writes this moment may look damaged: a page counts that fails twice.
    damaged = _altered_pages(connection)
    damaged = [p for p in damaged if p in _altered_pages(connection)] if damaged else []
    rows = damaged or [str(r[0]) for r in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
    if rows == ["ok"]:
        return True
    more = f" (and {how_many(len(rows) - 1, 'more place')})" if len(rows) > 1 else ""
    report.add(
        "file_damaged",
        f"The file is damaged: {rows[0]}{more}. Restore the latest backup, or read out what can be read (rescue).",
    )
    return False


def _altered_pages(connection: Connection) -> list[str]:
    """Pages of a locked file that are not as the program wrote them, those in no use included."""
    result = connection.exec_driver_sql("PRAGMA cipher_integrity_check")
    lines = [str(r[0]) for r in result] if result.returns_rows else []
    return [s.replace("HMAC verification failed for ", "it was altered at ") for s in lines if "page" in s]


def _check_disposals(connection: Connection, report: Report) -> None:
    """Report disposals, moves and key changes left unfinished, and disposed records that still hold words."""
    for kind, what in work.left(connection):
        if kind == work.MOVE_WHOLE:
            continue
        if kind == work.MOVE:
            report.add(
                "move_unfinished",
                f"The move to {what} was cut short, and no store gives final references until it is known whether it was made. Open the "
                "store again where that place can be reached; if the new store was taken elsewhere, put it back there first.",
            )
            continue
        if kind == work.KEYS:
            report.add("keys_unfinished", f"A change of the keys ({what.partition(' ')[2]}) is under way, or was cut short; open the store again.")
            continue
        where = f" (file {what[:12]}…)" if what else ""
        report.add(
            "disposal_unfinished",
            f"A disposal is not finished{where}: {_WAITS.get(kind, kind)} "
            + ("Close every other window on this store and open it again." if connection.dialect.name != POSTGRES
               else "It is finished when the owner of the server's tables opens the store."),
        )
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT tbl, \"row\" FROM \"change\" WHERE act = 'dispose' AND about IS NOT NULL AND instr(fields, '\"deleted\"') > 0"
    ).fetchall()
    for table, row in rows:
        if str(table) == "link":
            continue
        columns = [f.key for f in spec_of(str(table)).cells if f.kind is not Kind.REF]
        named = ", ".join(f'"{c}"' for c in columns)
        found = connection.exec_driver_sql(f'SELECT {named} FROM "{table}" WHERE id = ?', (str(row),)).fetchone()
        left = [c for c, value in zip(columns, found or (), strict=False) if value is not None]
        waits = (work.REST, f"{table} {row}") in work.left(connection)  # reported above
        if not waits and has_rest(connection, str(table), str(row)):
            report.add("disposal_undone", "Words about a record that was disposed of are still in its parts or in a return.", str(row))
        if left:
            report.add("disposal_undone", f"A record that was disposed of holds words again: {', '.join(left)}.", str(row))


#: What each kind of work left over means for the words.
_WAITS = {
    work.STRIP: "the words are still in the log; they go when an approver opens the store.",
    work.REST: "words that were written of it elsewhere meanwhile are still there.",
    work.SWEEP_FILE: "a held file with its words is still there.",
    work.SWEEP_STORE: "the file may still hold its words in freed pages.",
}


def _check_held(store: Store, connection: Connection, report: Report) -> None:
    """Every file a record names is held, and its bytes are those it was kept by."""
    held = store.files.digests()
    waits = {what for kind, what in work.left(connection) if kind == work.SWEEP_FILE}  # those are reported by themselves
    if left := [h for h in unnamed(store) if h not in waits]:
        report.add("held_unnamed", f"{how_many(len(left), 'held file')} that no record names; to be taken away the next time the store is opened by itself.")
    if files_are_foreign(store):
        report.add("files_foreign", "The held files beside this store were kept for another store; put its own back beside it.")
    for table, cell in FILED.items():
        rows = connection.exec_driver_sql(f'SELECT reference, "{cell}" FROM "{table}" WHERE "{cell}" IS NOT NULL')
        for reference, sha256 in rows.fetchall():
            if str(sha256) not in held:
                report.add("file_missing", f"The file of {reference} is not held.", str(reference))
            elif held[str(sha256)] != sha256:
                report.add(
                    "file_altered", f"The file of {reference} is not the one that was kept.", str(reference)
                )


