"""Whether each row is what the log says of it, and everything derived what the rows say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from vawg_desktop.domain import merge, rules
from vawg_desktop.domain.entities import ENTITIES, LINK, EntitySpec
from vawg_desktop.domain.fields import Value
from vawg_desktop.store import derive, history, schema, summaries
from vawg_desktop.store import entries as log
from vawg_desktop.store.derived_rows import (
    DerivedRows,
    subject_title,
)
from vawg_desktop.store.dialect import POSTGRES
from vawg_desktop.store.log_writing import as_value
from vawg_desktop.store.report import Report
from vawg_desktop.store.restating import stated

if TYPE_CHECKING:
    from sqlalchemy import Connection, RowMapping


def check_rows(connection: Connection, report: Report, all_entries: list[log.Entry]) -> None:
    """Check every row, its heads, conflicts and earlier references against the log."""
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
            entries = groups.get((spec.key, id))
            if entries is None and row["born"] is None and _is_nameless(spec, row):
                continue
            if entries is None:
                report.add(
                    "row_unlogged", "The store holds a record that the log does not know.", _name(row)
                )
                continue
            report.heads += _check_row(
                spec,
                {str(k): v for k, v in row.items()},
                entries,
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


def _is_nameless(spec: EntitySpec, row: RowMapping) -> bool:
    """Whether a row only stands in for a record that is not in this part of a store: hidden, and without a word."""
    return bool(row["deleted"]) and all(row[f.key] is None for f in spec.cells) and row.get("reference") is None


def _check_former(
    connection: Connection, groups: dict[tuple[str, str], list[log.Entry]], report: Report
) -> None:
    kept = {(str(r), str(i)) for r, i in connection.exec_driver_sql('SELECT reference, "row" FROM earlier_reference')}
    for (tbl, id), entries in groups.items():
        if tbl == LINK.key or not history.was_renumbered(entries):
            continue
        for reference in stated(tbl, entries).earlier:
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
    entries: list[log.Entry],
    heads: dict[str, set[str]],
    conflicts: set[tuple[str, str]],
    report: Report,
) -> int:
    name, counted = _name(row), 0
    found = stated(spec.key, entries)
    made = frozenset({str(row["born"])})
    cells: list[tuple[str, Value]] = [(f.key, as_value(f, row[f.key])) for f in spec.cells]
    cells.append(("deleted", None if row["deleted"] is None else bool(row["deleted"])))
    if spec is not LINK:
        cells.append(("reference", str(row["reference"]) if row["reference"] is not None else None))
    for key, value in cells:
        if value != found.value(key):
            report.add("row_altered", f"“{key}” of {name} is not what the log says.", name)
        expected = found.heads(key) or made
        counted += len(expected)
        if frozenset(heads.get(key, made)) != expected:
            report.add("heads_wrong", f"The heads kept for “{key}” of {name} are not those of the log.", name)
    should_be = {
        (c, merge.conflict_id(spec.key, str(row["id"]), c)) for c in found.conflicts
    }
    if int(str(row["conflicts"] or 0)) != len(should_be) or conflicts != should_be:
        report.add("heads_wrong", f"The conflicts counted for {name} are not those of the log.", name)
    return counted


def all_rows(connection: Connection, spec: EntitySpec) -> list[dict[str, Value]]:
    found = connection.exec_driver_sql(f'SELECT * FROM "{spec.key}"').mappings()
    return [{str(k): v for k, v in row.items()} for row in found]


def check_derived(connection: Connection, report: Report) -> None:
    """Check derived columns, register, counts and search against the rows, and the rows against the rules."""
    tallies: Counter[tuple[str, str]] = Counter()
    words: list[tuple[int, str]] = []
    register = {
        str(r[1]): r
        for r in connection.exec_driver_sql("SELECT n, id, entity, reference, deleted, title FROM subject")
    }
    for spec in ENTITIES:
        for row in all_rows(connection, spec):
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
    """What the row's summaries should be; a count that was never made stays empty."""
    run, id = connection.exec_driver_sql, str(row["id"])
    found = summaries.around(spec, run, id)
    if "x_progress" in spec.derived:
        found["x_progress"] = summaries.progress(spec, run, id)
    if "x_slips" in spec.derived and ((slips := summaries.slips(spec, run, id)) or row["x_slips"]):
        found["x_slips"] = slips
    if row.get("x_actions") is not None:
        found |= summaries.counts(spec, run, id)
    return found


def _check_rules(connection: Connection, spec: EntitySpec, row: dict[str, Value], report: Report) -> None:
    if row.get("deleted") or spec.system:
        return
    closing = rules.closes(spec, row)
    evidence = DerivedRows(connection).evidence_of(str(row["id"])) if closing else 0
    for broken in rules.broken_rules(spec, row, evidence):
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
