"""Checks a store: file, foreign keys, chain, every cell against the log, derived tables, rules."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.domain import merge, rules
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.entities import ENTITIES, LINK, EntitySpec
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.fields import Kind, Value
from vawg_desktop.domain.terms import how_many
from vawg_desktop.store import backup as backups
from vawg_desktop.store import derive, forks, gaps, history, schema, work
from vawg_desktop.store import entries as log
from vawg_desktop.store.backup import Backup
from vawg_desktop.store.dialect import POSTGRES
from vawg_desktop.store.dispose import FILED, files_are_foreign, has_rest, unnamed
from vawg_desktop.store.door import as_value, spec_of
from vawg_desktop.store.keep import (
    Keeper,
    progress_of,
    slips_of,
    subject_title,
    summary_of_action,
    summary_of_recommendation,
)
from vawg_desktop.store.store import CLOCK_SLACK, LEFT_BEHIND, Store
from vawg_desktop.store.trouble import engine_errors, in_its_words, told

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(slots=True)
class Report:
    """What a check found; ``heads`` counts the cells that stand on one or more changes."""

    problems: list[Problem] = field(default_factory=list[Problem])
    entries: int = 0
    heads: int = 0
    repaired: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; a clock that once stood wrong is said and is no damage."""
        return all(p.code in NOTICES for p in self.problems)

    def add(self, code: str, message: str, record: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(code, message, record=record))


#: What is said though nothing is wrong with the store.
NOTICES = frozenset({"clock_wrong", "disposed_in_backup", "held_unnamed"})
#: Codes of damage to what is derived: repair may rebuild it.
DERIVED_CODES = frozenset({"heads_wrong", "counts_wrong", "search_wrong", "register_wrong", "summary_wrong"})


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
        trouble = told(error)
        if trouble is not None and trouble.code in ("busy", "disk", "disk_full", "read_only", "no_right", "server_away"):
            report.add("not_checked", f"The store was not checked to its end. {trouble.message}")
            return report
        if any(p.code == "file_damaged" for p in report.problems):  # said already, with its place
            return report
        report.add(
            "file_damaged",
            f"The file is damaged ({in_its_words(error)}). Restore the latest backup, or read out what can be read (rescue).",
        )
    return report


def integrity(store: Store) -> str:
    """Whether the file itself is whole, read through to its end: a sentence of what is damaged, or an empty text.

    A server keeps watch over its own files.
    """
    if store.url is not None:
        return ""
    report = Report()
    try:
        with store.engines.fresh() as connection:
            _file_is_whole(connection, report)
    except engine_errors() as error:
        trouble = told(error)
        if trouble is not None and trouble.code == "damaged":
            return f"{store.name} is damaged ({in_its_words(error)}). {_WHAT_NOW}"
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
            _check_ends(connection, report)
            _look_at_all(store, connection, report, noted)
    finally:
        connection.exec_driver_sql("ROLLBACK")


def _look_at_all(store: Store, connection: Connection, report: Report, noted: dict[str, str]) -> None:
    all_entries = _check_chain(connection, report, {**_heads_beside(store), **noted})
    _check_order(connection, report)
    _check_held(store, connection, report)
    _check_disposals(connection, report)
    _check_rows(connection, report, all_entries)
    _check_derived(connection, report)


def _heads_beside(store: Store) -> dict[str, str]:
    """The chain heads in the manifests of this store's backups, by origin/seq."""
    found: dict[str, str] = {}
    left = json.loads(store.meta(LEFT_BEHIND) or "{}")
    for one in _backups_beside(store):
        # what was said after the moment that a restored or copied store goes back to stands in the backup alone
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


#: How many altered entries are looked at in pairs.
_PAIRS = 60


def heads_of_chains(connection: Connection) -> dict[str, str]:
    """The last hash of each origin's chain, by ``origin/seq``: what a manifest or a paper prints."""
    rows = connection.exec_driver_sql("SELECT id, seq, hash FROM origin ORDER BY id")
    return {f"{r[0]}/{r[1]}": str(r[2]) for r in rows}


def _file_is_whole(connection: Connection, report: Report) -> bool:
    # What another process writes this moment may look torn: a page counts that fails twice.
    torn = _torn_pages(connection)
    torn = [p for p in torn if p in _torn_pages(connection)] if torn else []
    rows = torn or [str(r[0]) for r in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
    if rows == ["ok"]:
        return True
    more = f" (and {len(rows) - 1} more places)" if len(rows) > 1 else ""
    report.add(
        "file_damaged",
        f"The file is damaged: {rows[0]}{more}. Restore the latest backup, or read out what can be read (rescue).",
    )
    return False


def _torn_pages(connection: Connection) -> list[str]:
    """Pages of a locked file that are not as the program wrote them, those in no use included."""
    result = connection.exec_driver_sql("PRAGMA cipher_integrity_check")
    said = [str(r[0]) for r in result] if result.returns_rows else []
    return [s.replace("HMAC verification failed for ", "it was altered at ") for s in said if "page" in s]


def _check_ends(connection: Connection, report: Report) -> None:
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        report.add(
            "missing_end", f"A row of {row[0]} refers to a {row[2]} that is not here.", f"{row[0]}:{row[1]}"
        )


def _check_chain(connection: Connection, report: Report, noted: dict[str, str]) -> list[log.Entry]:
    kept: list[log.Entry] = []
    altered: list[tuple[log.Entry, str]] = []
    last: dict[str, tuple[int, str]] = {}
    order: dict[str, int] = {}
    for row in connection.exec_driver_sql(log.SELECT.replace(" FROM", ", n FROM") + " ORDER BY origin, seq"):
        entry = log.from_row(tuple(row))
        kept.append(entry)
        order[entry.id] = int(row[-1])
        seq, previous = last.get(entry.origin, (0, log.GENESIS))
        place = f"{entry.origin}/{entry.seq}"
        if entry.seq != seq + 1:
            report.add(
                "entry_missing", f"Entries {seq + 1} to {entry.seq - 1} of the log are missing.", place
            )
        elif entry.chained(previous) != entry.hash:
            altered.append((entry, previous))
            report.add(
                "entry_altered", f"Entry {entry.seq} of the log was altered after it was written.", place
            )
        last[entry.origin] = (entry.seq, entry.hash)
    _name_swapped(altered, report)
    _check_noted(connection, kept, report, noted)
    _check_tails(connection, report, last)
    report.entries = len(kept)
    return sorted(kept, key=lambda e: order[e.id])


def _check_noted(connection: Connection, kept: list[log.Entry], report: Report, noted: dict[str, str]) -> None:
    """Heads noted elsewhere stand in the log, or stood in it before a tail of it was given an origin of its own."""
    if not noted:
        return
    by_place = {f"{e.origin}/{e.seq}": e.hash for e in kept}
    was = {(f"{origin}/{seq}", hash_) for origin, seq, hash_ in forks.former_hashes(connection)}
    for place, hash_ in noted.items():
        if by_place.get(place) == hash_ or (place, hash_) in was or (place.endswith("/0") and hash_ == log.GENESIS):
            continue
        if place in by_place:
            report.add("chain_rewritten", "The log differs from the head noted earlier: it was rewritten.", place)
        else:
            report.add("tail_missing", "The log ends before the head noted earlier.", place)


def _name_swapped(altered: list[tuple[log.Entry, str]], report: Report) -> None:
    """Of altered entries, those that are whole but stand in each other's place."""
    some = altered[:_PAIRS]
    for i, (one, before_one) in enumerate(some):
        for other, before_other in some[i + 1 :]:
            hashes = {one.hash, other.hash}
            befores = (before_one, before_other, one.hash, other.hash)

            def whole(
                entry: log.Entry, seq: int, hashes: set[str] = hashes, befores: tuple[str, ...] = befores
            ) -> bool:
                there = replace(entry, seq=seq)
                return any(there.chained(b) in hashes for b in befores)

            if one.origin == other.origin and whole(one, other.seq) and whole(other, one.seq):
                report.add(
                    "entry_moved",
                    f"Entries {one.seq} and {other.seq} of the log changed places.",
                    f"{one.origin}/{one.seq}",
                )


def _check_order(connection: Connection, report: Report) -> None:
    """Each origin's entries stand by their own numbers, and the time each was received is what its store's clock said."""
    received, last, behind, early = "", dict[str, int](), list[tuple[str, str, str]](), list[tuple[str, str]]()
    own = {
        str(r[0]) for r in connection.exec_driver_sql("SELECT id FROM origin WHERE mine = 1")
        if connection.dialect.name != POSTGRES  # a server's clock is not that of the computer which says "at"
    }  # fmt: skip
    rows = connection.exec_driver_sql(
        'SELECT origin, seq, at, received, "row", act, fields FROM "change" ORDER BY n'
    )
    filled = gaps.read(connection, gaps.FILLED)
    disposed = {
        str(r[0])
        for r in connection.exec_driver_sql('SELECT DISTINCT "row" FROM "change" WHERE act = \'dispose\'')
    }
    for origin, seq, at, got, row, _act, fields in rows:
        place = f"{origin}/{seq}"
        if any(a <= int(seq) <= b for a, b in filled.get(str(origin), ())):
            continue
        if int(seq) < last.get(str(origin), 0):
            report.add("entry_moved", "Two entries of the log changed places.", place)
        if str(origin) in own and str(got) < str(at):
            early.append((place, str(got)))
        elif str(got) < received and _well_before(str(got), received):
            behind.append((place, received, str(got)))
        if '"d":[' in str(fields) and str(row) not in disposed:
            report.add("value_removed", "A value was taken out of the log without a disposal.", place)
        received, last[str(origin)] = max(received, str(got)), int(seq)
    for place, got in early:
        # what a merge brought home of this very origin bears the merge's time, as do its fellows
        fellows = connection.exec_driver_sql('SELECT count(*) FROM "change" WHERE received = ?', (got,)).one()[0]
        if int(fellows) < 2:
            report.add("received_altered", "An entry claims to have been received before it was made.", place)
    if behind:
        place, before, got = behind[0]
        report.add(
            "clock_wrong",
            f"The clock was set back: after an entry of {london_time(before)} came {len(behind)} that say an earlier time, the first "
            f"{london_time(got)}. The log is whole; each entry counts from the earliest time that it or a later one bears.",
            place,
        )


def _well_before(one: str, other: str) -> bool:
    """Whether a time lies so far before another that it is no matter of two clocks that differ a little."""
    try:
        return datetime.fromisoformat(other) - datetime.fromisoformat(one) > CLOCK_SLACK
    except ValueError:
        return True


def _check_disposals(connection: Connection, report: Report) -> None:
    """Every disposal is finished: nothing waits to be rewritten, and no record that was disposed of holds a word."""
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
        waits = (work.REST, f"{table} {row}") in work.left(connection)  # said above
        if not waits and has_rest(connection, str(table), str(row)):
            report.add("disposal_undone", "Words about a record that was disposed of stand in its parts or in a return.", str(row))
        if left:
            report.add("disposal_undone", f"A record that was disposed of holds words again: {', '.join(left)}.", str(row))


#: What each kind of work left over means for the words.
_WAITS = {
    work.STRIP: "the words still stand in the log; they go when an approver opens the store.",
    work.REST: "words that were written of it elsewhere meanwhile are still there.",
    work.SWEEP_FILE: "a held file with its words is still there.",
    work.SWEEP_STORE: "the file may still hold its words in freed pages.",
}


def _check_held(store: Store, connection: Connection, report: Report) -> None:
    """Every file a record names is held, and its bytes are those it was kept by."""
    held = store.files.digests()
    waits = {what for kind, what in work.left(connection) if kind == work.SWEEP_FILE}  # those are said by themselves
    if left := [h for h in unnamed(store) if h not in waits]:
        report.add("held_unnamed", f"{len(left)} held files are named by no record; they go the next time the store is opened by itself.")
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


def _check_tails(
    connection: Connection, report: Report, last: dict[str, tuple[int, str]]
) -> None:
    for id, seq, hash_ in connection.exec_driver_sql("SELECT id, seq, hash FROM origin").fetchall():
        have, have_hash = last.get(str(id), (0, log.GENESIS))
        if have < seq:
            report.add(
                "tail_missing", f"{how_many(seq - have, 'entry', 'entries')} missing from the end of the log.", f"{id}/{seq}"
            )
        elif have > seq:
            report.add("entry_added", f"{how_many(have - seq, 'entry', 'entries')} added beside the program.", f"{id}/{have}")
        elif have_hash != hash_:
            report.add(
                "head_altered", "The log's last hash is not the one it should end with.", f"{id}/{seq}"
            )
    known = {str(r[0]) for r in connection.exec_driver_sql("SELECT id FROM origin")}
    for id in last.keys() - known:
        report.add(
            "origin_unknown", "The log holds entries of a store that was never merged.", f"{id}/{last[id][0]}"
        )


def _check_rows(connection: Connection, report: Report, all_entries: list[log.Entry]) -> None:
    groups = history.grouped(all_entries)
    heads: dict[str, dict[str, set[str]]] = {}
    for row, cell, change in connection.exec_driver_sql('SELECT "row", cell, "change" FROM head'):
        heads.setdefault(str(row), {}).setdefault(str(cell), set()).add(str(change))
    kept: dict[str, set[tuple[str, str]]] = {}
    for row, cell, id in connection.exec_driver_sql('SELECT "row", cell, id FROM conflict'):
        kept.setdefault(str(row), set()).add((str(cell), str(id)))
    for spec in (*ENTITIES, LINK):
        rows = connection.exec_driver_sql(f'SELECT * FROM "{spec.key}"').mappings()
        seen: set[str] = set()
        for row in rows:
            id = str(row["id"])
            seen.add(id)
            said = groups.get((spec.key, id))
            if said is None:
                report.add(
                    "row_unlogged", "A record stands in the store that the log does not know.", _name(row)
                )
                continue
            report.heads += _check_row(
                spec,
                {str(k): v for k, v in row.items()},
                said,
                heads.pop(id, {}),
                kept.pop(id, set()),
                report,
            )
        for tbl, id in groups:
            if tbl == spec.key and id not in seen:
                report.add("row_missing", f"A {spec.label.casefold()} of the log is not in the store.", id)
    _check_former(connection, groups, report)
    for id in [*heads, *kept]:
        report.add("heads_wrong", "Heads are kept for a record that is not here.", id)


def _check_former(
    connection: Connection, groups: dict[tuple[str, str], list[log.Entry]], report: Report
) -> None:
    kept = {(str(r), str(i)) for r, i in connection.exec_driver_sql('SELECT reference, "row" FROM former')}
    for (tbl, id), said in groups.items():
        if tbl == "link" or not history.was_renumbered(said):
            continue
        standing = history.cells_after(said)["reference"].value
        for reference in history.former_references(said, standing):
            if (reference, id) not in kept:
                report.add("register_wrong", "An earlier reference leads nowhere.", reference)
            kept.discard((reference, id))
    for reference, _ in kept:
        report.add("register_wrong", "A reference leads to a record that never bore it.", reference)


def _name(row: object) -> str:
    mapping: dict[str, object] = dict(row)  # type: ignore[call-overload]
    return str(mapping.get("reference") or mapping["id"])


def _check_row(
    spec: EntitySpec,
    row: dict[str, object],
    said: list[log.Entry],
    heads: dict[str, set[str]],
    conflicts: set[tuple[str, str]],
    report: Report,
) -> int:
    name, counted = _name(row), 0
    standings = history.cells_after(said)
    cells: list[tuple[str, Value]] = [(f.key, as_value(f, row[f.key])) for f in spec.cells]
    cells.append(("deleted", None if row["deleted"] is None else bool(row["deleted"])))
    if spec is not LINK:
        cells.append(("reference", str(row["reference"]) if row["reference"] is not None else None))
    for key, value in cells:
        standing = standings.get(key)
        should: Value = standing.value if standing else (False if key == "deleted" else None)
        if should is None and key == "deleted":
            should = False
        if value != should:
            report.add("row_altered", f"“{key}” of {name} is not what the log says.", name)
        expected = {h.id for h in standing.heads} if standing else set[str]()
        counted += max(1, len(expected))
        if heads.get(key, {str(row["born"])}) != (expected or {str(row["born"])}):
            report.add("heads_wrong", f"The heads kept for “{key}” of {name} are not those of the log.", name)
    should_be = {
        (c, merge.conflict_id(spec.key, str(row["id"]), c)) for c in history.conflicts_in(said, standings)
    }
    if int(str(row["conflicts"] or 0)) != len(should_be) or conflicts != should_be:
        report.add("heads_wrong", f"The conflicts counted for {name} are not those of the log.", name)
    return counted


def _rows(connection: Connection, spec: EntitySpec) -> list[dict[str, Value]]:
    found = connection.exec_driver_sql(f'SELECT * FROM "{spec.key}"').mappings()
    return [{str(k): v for k, v in row.items()} for row in found]


def _check_derived(connection: Connection, report: Report) -> None:
    tallies: Counter[tuple[str, str]] = Counter()
    words: list[tuple[int, str]] = []
    register = {
        str(r[1]): r
        for r in connection.exec_driver_sql("SELECT n, id, entity, reference, deleted, title FROM subject")
    }
    for spec in ENTITIES:
        for row in _rows(connection, spec):
            tallies.update(derive.tally_keys(spec, row))
            name = str(row["reference"])
            if any(row[k] != v for k, v in derive.row_derived(spec, row).items()):
                report.add("summary_wrong", f"What is summarised of {name} is out of step.", name)
            if any(row[k] != v for k, v in _summary(connection, spec, row).items()):
                report.add("summary_wrong", f"What is counted for {name} is out of step.", name)
            there = register.pop(str(row["id"]), None)
            should = (spec.key, row["reference"], bool(row["deleted"]), subject_title(spec, row))
            if (
                there is None
                or (there[2], there[3], bool(there[4]), there[5]) != should
                or there[0] != row["n"]
            ):
                report.add("register_wrong", f"The register of records is out of step for {name}.", name)
            if there is not None:
                words.append((int(there[0]), derive.indexed_text(spec, row)))
            _check_rules(connection, spec, row, report)
    for row in register.values():
        report.add("register_wrong", "The register names a record that is not here.", str(row[3]))
    kept = {(str(n), str(k)): int(c) for n, k, c in connection.exec_driver_sql("SELECT * FROM tally") if c}
    for key in sorted(set(kept) | set(tallies)):
        if kept.get(key, 0) != tallies.get(key, 0):
            report.add(
                "counts_wrong",
                f"The count kept for {key[0]} {key[1]} is {kept.get(key, 0)}; it should be {tallies.get(key, 0)}.",
            )
    _check_search(connection, words, report)


def _summary(connection: Connection, spec: EntitySpec, row: dict[str, Value]) -> dict[str, Value]:
    id = str(row["id"])
    if spec.key == "action":
        slips = slips_of(connection.exec_driver_sql, id)
        return {
            **summary_of_action(connection.exec_driver_sql, id),
            "x_progress": progress_of(connection.exec_driver_sql, id),
            **({"x_slips": slips} if slips or row["x_slips"] else {}),
        }
    if spec.key == "recommendation" and row["x_actions"] is not None:
        return summary_of_recommendation(connection.exec_driver_sql, id)
    return {}


def _check_rules(connection: Connection, spec: EntitySpec, row: dict[str, Value], report: Report) -> None:
    if row.get("deleted") or spec.system:
        return
    closing = rules.closes(spec, row)
    around = rules.Around(evidence=Keeper(connection).evidence_of(str(row["id"])) if closing else 0)
    for broken in rules.broken_rules(spec, row, around):
        report.add(f"rule_{broken.rule}", broken.message, str(row["reference"]))


def _check_search(connection: Connection, words: list[tuple[int, str]], report: Report) -> None:
    if connection.dialect.name == POSTGRES:
        have = {int(n): str(w) for n, w in connection.exec_driver_sql("SELECT rowid, words FROM search")}
        for n, text in words:
            should = connection.exec_driver_sql("SELECT to_tsvector('simple', ?)", (text,)).one()[0]
            if have.pop(n, None) != str(should):
                report.add("search_wrong", "The search index is out of step with the records.")
                return
        if have:
            report.add("search_wrong", "The search index is out of step with the records.")
        return
    import sqlcipher3.dbapi2 as driver

    fresh = driver.connect(":memory:")
    try:
        fresh.execute(schema.SQLITE_EXTRAS[-1])
        fresh.executemany("INSERT INTO search (rowid, words) VALUES (?, ?)", words)
        fresh.execute("CREATE VIRTUAL TABLE v USING fts5vocab(search, 'row')")
        should = {tuple(r) for r in fresh.execute("SELECT term, doc, cnt FROM v")}
    finally:
        fresh.close()
    have = {tuple(r) for r in connection.exec_driver_sql("SELECT term, doc, cnt FROM temp.words_kept")}
    if have != should:
        report.add("search_wrong", "The search index is out of step with the records.")


def repair(store: Store, who: str) -> int:
    """Rebuild everything derived; never what is said. Returns the number of records gone over."""
    count = 0
    with store.write(who, "repair", Act.REPAIR) as transaction:
        run = transaction.connection.exec_driver_sql
        for table in ("head", "conflict", "former", "subject", "tally"):
            run(f'DELETE FROM "{table}"')
        if transaction.postgres:
            run("DELETE FROM search")
        else:
            run("DROP TABLE search")
            run(schema.SQLITE_EXTRAS[-1])
        rows = run(f"{log.SELECT} ORDER BY n")
        groups = history.grouped(log.from_row(tuple(r)) for r in rows)
        for (tbl, id), said in groups.items():
            gone = _repair_heads(transaction.keeper, tbl, id, said)
            # an earlier version could leave a link that was neither there nor gone
            run(f'UPDATE "{tbl}" SET deleted = ? WHERE id = ? AND deleted IS NULL', (int(gone), id))
        for spec in ENTITIES:
            for row in sorted(_rows(transaction.connection, spec), key=lambda r: str(r["id"])):
                transaction.keeper.rebuild(spec, row)
                count += 1
        transaction.keeper.touch_all()
    return count


def _repair_heads(keeper: Keeper, tbl: str, id: str, said: list[log.Entry]) -> bool:
    """Restate a record's heads and conflicts from the log; returns whether it is deleted."""
    born = said[0].id
    standings = history.cells_after(said)
    for cell, standing in standings.items():
        heads = frozenset(h.id for h in standing.heads)
        if heads != frozenset({born}):
            keeper.set_heads(id, cell, heads)
    conflicts = history.conflicts_in(said, standings)
    keeper.set_conflicts(tbl, id, conflicts)
    if tbl != "link":
        reference = standings["reference"].value if "reference" in standings else None
        keeper.set_former(id, history.former_references(said, reference))
    keeper.restate(tbl, id, born, len(conflicts))
    return "deleted" in standings and bool(standings["deleted"].value)
