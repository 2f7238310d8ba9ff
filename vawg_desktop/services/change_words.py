"""A transaction in one line of words: "Kent Police's return for 2026/27 Q3: 17 changes in 8 actions"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act, act_of
from vawg_desktop.domain.changes import FieldChange
from vawg_desktop.domain.entities import BY_KEY, ENTITIES
from vawg_desktop.domain.fields import EntitySpec
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import history
from vawg_desktop.services.session import Session
from vawg_desktop.store import entries as log

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: A transaction of at most so many entries about one record is told by that record's name.
FEW = 12
_TITLE, _FIELDS, _PARTS = 60, 3, 3
#: Acts whose line needs no heading: what changed says it.
_PLAIN = frozenset({Act.EDIT, Act.CREATE, Act.DELETE, Act.UNDELETE, Act.LINK, Act.BULK, Act.UPDATE, Act.ATTACH, Act.PASTE})
#: How many cells an entry names: each bears a salt, or two digests once its words were disposed of.
_CELLS = "+".join(
    f"(length(fields) - length(replace(fields, '{mark}', ''))) / {len(mark)}" for mark in ('"s":"', '"d":[')
)


#: The cells that a transaction's edits name, and its deletions, by kind of record.
_EDITED = (
    f"SELECT tbl, sum({_CELLS}), sum(CASE WHEN instr(fields, '\"deleted\":{{\"a\":true') > 0 THEN 1 ELSE 0 END) FROM \"change\""
)


@dataclass(frozen=True, slots=True)
class Head:
    """A transaction: its id, its act as the log has it, and what it was about."""

    txn: str
    act: str
    about: str


@dataclass(slots=True)
class _Counts:
    """What a transaction did, by kind of record."""

    entries: int = 0
    #: The numbers of its first and last entry.
    first: int = 0
    last: int = 0
    added: dict[str, int] = field(default_factory=dict[str, int])
    edited: dict[str, int] = field(default_factory=dict[str, int])
    cells: dict[str, int] = field(default_factory=dict[str, int])
    deleted: dict[str, int] = field(default_factory=dict[str, int])


def in_words(session: Session, heads: Sequence[Head]) -> dict[str, str]:
    """Each transaction's line, by its id."""
    connection = session.read()
    returns = _returns(connection, [h.about for h in heads if h.about])
    counts = _count(connection, [h.txn for h in heads])
    few = [h.txn for h in heads if _is_of_one(counts[h.txn])]
    named = _named(session, connection, few)
    lines: dict[str, str] = {}
    for head in heads:
        act = act_of(head.act)
        what = named.get(head.txn) or _counted(counts[head.txn], act)
        about = returns.get(head.about, "")
        heading = f"{about}: {act.rules.heading.casefold()}" if about and act is not Act.RETURN else about
        if not heading and act not in _PLAIN:
            heading = act.rules.heading
        if about and act in (Act.RECEIVE, Act.EXTEND, Act.CHASE):  # the entry behind it is bookkeeping
            what = ""
        lines[head.txn] = ": ".join(part for part in (heading, what) if part) or act.rules.heading
    return lines


def _returns(connection: Connection, abouts: Sequence[str]) -> dict[str, str]:
    """"Kent Police's return for 2026/27 Q3", by the id of the return or of what came back for it."""
    if not abouts:
        return {}
    marks = ", ".join("?" * len(abouts))
    rows = connection.exec_driver_sql(
        "SELECT x.id, coalesce(p.short_name, p.name), q.period FROM ("
        f"SELECT id, id AS of_return FROM return WHERE id IN ({marks}) UNION ALL "
        f'SELECT id, "return" FROM submission WHERE id IN ({marks})'
        ") AS x JOIN return r ON r.id = x.of_return JOIN partner p ON p.id = r.partner JOIN round q ON q.id = r.round",
        (*abouts, *abouts),
    )
    return {str(id): f"{possessive(str(name))} return for {period}" for id, name, period in rows}


def possessive(name: str) -> str:
    """A name with its 's, or its ' after an s."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _count(connection: Connection, txns: Sequence[str]) -> dict[str, _Counts]:
    found: dict[str, _Counts] = defaultdict(_Counts)
    marks = ", ".join("?" * len(txns))
    rows = connection.exec_driver_sql(
        f'SELECT txn, tbl, op, count(*), min(n), max(n) FROM "change" WHERE txn IN ({marks}) GROUP BY txn, tbl, op', tuple(txns)
    ).fetchall()
    for txn, tbl, op, number, first, last in rows:
        one = found[str(txn)]
        one.entries += int(number)
        one.first, one.last = min(int(first), one.first or int(first)), max(int(last), one.last)
        (one.added if op == "create" else one.edited)[str(tbl)] = int(number)
    for txn, one in found.items():
        if not one.edited:
            continue
        # read from end to end where its entries follow each other: twenty times as fast as one by one through the index
        together = one.last - one.first + 1 == one.entries
        where, params = ("n BETWEEN ? AND ? AND txn || '' = ?", (one.first, one.last, txn)) if together else ("txn = ?", (txn,))
        rows = connection.exec_driver_sql(f"{_EDITED} WHERE {where} AND op || '' = 'edit' GROUP BY tbl", params)
        for tbl, cells, deleted in rows:
            one.cells[str(tbl)] = int(cells)
            one.deleted[str(tbl)] = int(deleted)
    return found


def _is_of_one(counts: _Counts) -> bool:
    records = {**counts.added, **{k: counts.edited.get(k, 0) + counts.added.get(k, 0) for k in counts.edited}}
    own = sum(number for table, number in records.items() if table != "link")
    return counts.entries <= FEW and (own == 1 or (own == 0 and bool(records)))


def _counted(counts: _Counts, act: Act) -> str:
    """"17 changes in 8 actions, 8 progress updates added"; the program's own records only where there is nothing else."""
    parts: list[str] = []
    for kinds in ([e for e in ENTITIES if not e.system], [e for e in ENTITIES if e.system and not e.kept_by_program]):
        parts = [words for spec in kinds for words in _of_kind(spec, counts, act)]
        if parts:
            break
    links = counts.added.get("link", 0) + counts.edited.get("link", 0)
    if not parts and links:
        parts = [f"{how_many(links, 'link')} changed"]
    return ", ".join(parts[:_PARTS]) + (f" and more ({how_many(counts.entries, 'record')} in all)" if len(parts) > _PARTS else "")


def _of_kind(spec: EntitySpec, counts: _Counts, act: Act) -> list[str]:
    words: list[str] = []
    edited, deleted = counts.edited.get(spec.key, 0), counts.deleted.get(spec.key, 0)
    cells = counts.cells.get(spec.key, 0)
    if edited and cells == edited == deleted:
        words.append(f"{spec.how_many(deleted)} {'disposed of' if act is Act.DISPOSE else 'deleted'}")
    elif edited:
        words.append(f"{how_many(cells, 'change')} in {spec.how_many(edited)}")
    if added := counts.added.get(spec.key, 0):
        words.append(f"{spec.how_many(added)} added")
    return words


def _named(session: Session, connection: Connection, txns: Sequence[str]) -> dict[str, str]:
    """The lines of transactions about one record, by that record's name."""
    if not txns:
        return {}
    marks = ", ".join("?" * len(txns))
    rows = connection.exec_driver_sql(f"{log.SELECT} WHERE txn IN ({marks}) ORDER BY n", tuple(txns))
    by_txn: dict[str, list[log.Entry]] = defaultdict(list)
    for row in rows:
        entry = log.from_row(tuple(row))
        by_txn[entry.txn].append(entry)
    return {txn: _of_record(session, connection, entries) for txn, entries in by_txn.items()}


def _of_record(session: Session, connection: Connection, entries: list[log.Entry]) -> str:
    own = next((e for e in entries if e.tbl != "link"), None)
    field_changes = history.field_changes(connection, [own] if own is not None else entries)
    if own is None:
        if not field_changes:
            return ""
        more = f" and {how_many(len(field_changes) - 1, 'more link')}" if len(field_changes) > 1 else ""
        return f"{field_changes[0].record} {_short(field_changes[0].title)}, {_link_words(session, field_changes[0])}{more}"
    spec = BY_KEY[own.tbl]
    reference, title, parent = _called(connection, spec, own)
    called = f"{reference} {_short(title)}".strip()
    if own.op == "create":
        return f"{spec.label} of {parent} added: {_short(title)}" if parent else f"{called} added"
    if "deleted" in own.fields and own.fields["deleted"].digests is None:
        return f"{called} {'deleted' if own.fields['deleted'].after else 'restored from the bin'}"
    if len(field_changes) == 1:
        return f"{called}, {history.what_in_words(session, field_changes[0])}"
    fields = [history.label_of(c.entity, c.field) for c in field_changes]
    more = f" and {len(fields) - _FIELDS} more" if len(fields) > _FIELDS else ""
    return f"{called}: {', '.join(fields[:_FIELDS])}{more} changed" if fields else f"{called} changed"


def _link_words(session: Session, change: FieldChange) -> str:
    if change.before and change.after:
        return history.what_in_words(session, change)
    label = history.label_of(change.entity, change.field)
    words = history.value_in_words(session, change, change.after or change.before)
    return f"{label}: {words} {'added' if change.after else 'taken away'}"


def _called(connection: Connection, spec: EntitySpec, entry: log.Entry) -> tuple[str, str, str]:
    """Reference and title of the entry's record, and the reference of the record that it is a part of."""
    row = connection.exec_driver_sql("SELECT reference, title FROM subject WHERE id = ?", (entry.row,)).fetchone()
    reference, title = (str(row[0] or ""), str(row[1] or "")) if row else ("", "")
    parent = ""
    if spec.parent and (cell := entry.fields.get(spec.parent)) is not None and cell.after:
        found = connection.exec_driver_sql("SELECT reference FROM subject WHERE id = ?", (cell.after,)).fetchone()
        parent = str(found[0] or "") if found else ""
    return reference, "" if title == reference else title, parent


def _short(title: str) -> str:
    words = " ".join(title.split())
    return words if len(words) <= _TITLE else f"{words[: _TITLE - 1].rstrip()}…"
