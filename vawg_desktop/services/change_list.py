"""Changes as a list: one line a transaction, newest first, filtered, paged by key from the log's end.

Counting is done in SQL, most of it from indexes alone; entries are read in full only for lines that name their one record, and
for the line that somebody opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import sql_list
from vawg_desktop.domain.changes import FieldChange
from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.fields import Kind
from vawg_desktop.services import change_words, history, kept_back, names, restriction, small_counts
from vawg_desktop.services.session import Session
from vawg_desktop.store import entries as log
from vawg_desktop.store import history as past

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Lines read at once.
PAGE = 30
#: Changes of one transaction shown when its line is opened.
MOST_SHOWN = 60
#: Lines that leave the window in one table.
MOST_SAVED = 5_000
#: Entries looked at in one step: few at first, for most of a large store's log is transactions of thousands, passed over whole.
_AT_ONCE = (16, 256)
_NO_ACTIVITY = sql_list(lambda rules: not rules.activity)
_COUNTED = [e for e in ENTITIES if e.kept_counts]


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """A kind of change: records added, or cells changed in the kinds of record that are counted."""

    label: str
    #: What it is called of several records.
    many: str
    added: str = ""
    cells: tuple[str, ...] = ()
    deleted: bool = False

    def counted(self, number: int) -> str:
        """Its words after a number of records."""
        return self.label if number == 1 else self.many

    def sql(self) -> str:
        """The condition on an entry of the log."""
        if self.added:
            return f"op = 'create' AND tbl = '{self.added}'"
        tables = ", ".join(f"'{e.key}'" for e in _COUNTED)
        return f"op = 'edit' AND tbl IN ({tables}) AND {self.of_fields()}"

    def of_fields(self) -> str:
        """The part of it on the cells that the entry names."""
        if self.deleted:
            return "instr(fields, '\"deleted\":{\"a\":true') > 0"
        return "(" + " OR ".join(f"instr(fields, '\"{key}\":') > 0" for key in self.cells) + ")"


def _cells(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for group in groups for key in group if key))


#: Every kind of change, as the Overview counts them.
KINDS: dict[str, ChangeKind] = {
    kind.label: kind
    for kind in (
        ChangeKind("status changed", "statuses changed", cells=_cells(e.status for e in _COUNTED)),
        ChangeKind("date changed", "dates changed", cells=_cells(*(e.due for e in _COUNTED))),
        ChangeKind("rating changed", "ratings changed", cells=_cells(e.rating for e in _COUNTED)),
        *(ChangeKind(f"{word} added", f"{many} added", added=key) for word, many, key in (
            ("update", "updates", "update"), ("evidence", "pieces of evidence", "evidence"), ("action", "actions", "action"),
            ("recommendation", "recommendations", "recommendation"), ("gap", "gaps", "gap"),
        )),
        ChangeKind("deleted", "deleted", deleted=True),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChangeQuery:
    """Which changes: between two London days, by whom, of which body (id), about which record (id), of which kind."""

    since: date | None = None
    until: date | None = None
    who: str = ""
    body: str = ""
    record: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction in words. ``n`` is the number of its latest entry that the query shows."""

    txn: str
    n: int
    at: str
    who: str
    why: str
    what: str


@dataclass(slots=True)
class Page:
    """Some lines, newest first; ``after`` is the number from which the next page goes on, None at the log's beginning."""

    lines: list[Line] = field(default_factory=list[Line])
    after: int | None = None


@dataclass(slots=True)
class _Filter:
    sql: str
    params: tuple[object, ...]


def page(session: Session, query: ChangeQuery, before: int | None = None, limit: int = PAGE) -> Page:
    """The next lines before an entry's number, or the newest."""
    connection = session.read()
    wanted = _filter(connection, query)
    found = Page(after=before)
    first: dict[str, int] = {}
    step = _AT_ONCE[0]
    while len(first) < limit:
        below = "" if found.after is None else "n < ? AND "
        rows = connection.exec_driver_sql(
            f'SELECT n, txn FROM "change" WHERE {below}{wanted.sql} ORDER BY n DESC LIMIT {step}',
            (*(() if found.after is None else (found.after,)), *wanted.params),
        ).fetchall()
        last = ""
        for n, txn in rows:
            if len(first) >= limit and str(txn) not in first:
                break
            first.setdefault(str(txn), int(n))
            found.after, last = int(n), str(txn)
        if not rows or (len(rows) < step and found.after == int(rows[-1][0])):
            found.after = None
            break
        step = _AT_ONCE[0] if len({txn for _, txn in rows}) == 1 else _AT_ONCE[1]
        # a transaction of thousands of entries is passed over in one step
        found.after = min(int(found.after or 0), _first_entry(connection, last))
    if before is not None:
        first = {txn: n for txn, n in first.items() if not _shown_before(connection, wanted, txn, before)}
    found.lines = lines_of(session, first)
    return found


def _first_entry(connection: Connection, txn: str) -> int:
    return int(connection.exec_driver_sql('SELECT min(n) FROM "change" WHERE txn = ?', (txn,)).one()[0])


def _shown_before(connection: Connection, wanted: _Filter, txn: str, before: int) -> bool:
    """Whether an earlier page bore this transaction already: entries that fill a gap may stand apart from the others."""
    row = connection.exec_driver_sql(
        f'SELECT 1 FROM "change" WHERE txn = ? AND n >= ? AND {wanted.sql} LIMIT 1', (txn, before, *wanted.params)
    ).fetchone()
    return row is not None


def _filter(connection: Connection, query: ChangeQuery) -> _Filter:
    if query.since and query.until and query.until < query.since:
        raise ValueRefusedError("The end date is before the start date.")
    conditions: list[str] = []
    params: list[object] = []
    if query.since is not None:
        conditions.append("n > ?")
        params.append(past.known_before(connection, past.start_of_day(query.since)))
    if query.until is not None:
        conditions.append("n <= ?")
        params.append(past.known_by(connection, past.end_of_day(query.until)))
    if query.who:
        conditions.append("instr(lower(who), ?) > 0")
        params.append(query.who.lower())
    if query.kind:
        conditions.append(f"{KINDS[query.kind].sql()} AND act NOT IN ({_NO_ACTIVITY})")
    if query.record:
        kin = past.kin(connection, query.record)
        conditions.append(f'"row" IN ({", ".join("?" * len(kin))})')
        params += kin
    if query.body:
        sql, times = _of_body()
        conditions.append(f'"row" IN ({sql})')
        params += [query.body] * times
    return _Filter(" AND ".join(conditions) or "1 = 1", tuple(params))


def _of_body() -> tuple[str, int]:
    """SQL for the ids of a partner, of records that name it and of their parts; and its number of parameters."""
    parts = [f"SELECT id FROM partner WHERE id = {'?'}"]
    for spec in ENTITIES:
        keys = [f.key for f in spec.cells if f.kind is Kind.REF and f.target == "partner"]
        if not keys:
            continue
        of_it = " UNION ALL ".join(f'SELECT id FROM "{spec.key}" WHERE "{key}" = ?' for key in keys)
        parts.append(of_it)
        parts += [f'SELECT id FROM "{e.key}" WHERE "{e.parent}" IN ({of_it})' for e in ENTITIES if e.parent == spec.key]
    sql = " UNION ALL ".join(parts)
    return sql, sql.count("?")


def counted(session: Session, query: ChangeQuery) -> tuple[int, int]:
    """How many entries a query shows, and in how many records."""
    connection = session.read()
    wanted = _filter(connection, query)
    row = connection.exec_driver_sql(
        f'SELECT count(*), count(DISTINCT "row") FROM "change" WHERE {wanted.sql}', wanted.params
    ).one()
    return int(row[0]), int(row[1])


def what_changed(session: Session, since: date) -> list[tuple[str, int]]:
    """How many records changed since a London day, by kind of change; the starter content is not counted."""
    connection = session.read()
    after = past.known_before(connection, past.start_of_day(since))
    found: dict[str, int] = {}
    added = {kind.added: label for label, kind in KINDS.items() if kind.added}
    for table, label in added.items():
        row = connection.exec_driver_sql(
            f"SELECT count(DISTINCT \"row\") FROM \"change\" WHERE op = 'create' AND tbl = ? AND n > ? AND act NOT IN ({_NO_ACTIVITY})",
            (table, after),
        ).one()
        found[label] = int(row[0])
    changed = [kind for kind in KINDS.values() if not kind.added]
    columns = ", ".join(f'count(DISTINCT CASE WHEN {kind.of_fields()} THEN "row" END)' for kind in changed)
    tables = ", ".join(f"'{e.key}'" for e in _COUNTED)
    row = connection.exec_driver_sql(
        f"SELECT {columns} FROM \"change\" WHERE op = 'edit' AND tbl IN ({tables}) AND n > ? AND act NOT IN ({_NO_ACTIVITY})", (after,)
    ).one()
    found |= {kind.label: int(number) for kind, number in zip(changed, row, strict=True)}
    return [(label, found[label]) for label in KINDS if found[label]]


def leaving(session: Session, lines: Sequence[Line]) -> tuple[list[Line], int]:
    """Lines that may leave the window, and how many may not: those that name a record which does not leave, tell a small count of people or where a confidential service is."""
    connection = session.read()
    told = {str(txn): rows for txn, rows in _rows_told(connection, [line.txn for line in lines])}
    ids = {id for rows in told.values() for id in rows}
    held = restriction.restricted(session, ids) | small_counts.records_with(connection, ids) | kept_back.values(session) | restriction.confidential_links(session, ids) | set(restriction.tells_place(session))
    kept = [line for line in lines if held.isdisjoint(told.get(line.txn, ()))]
    return kept, len(lines) - len(kept)


def _rows_told(connection: Connection, txns: Sequence[str]) -> Iterable[tuple[str, set[str]]]:
    """Of each transaction that is told by its record's name: its records, and what its links join."""
    for start in range(0, len(txns), 400):
        part = txns[start : start + 400]
        marks = ",".join("?" * len(part))
        few = connection.exec_driver_sql(f'SELECT txn FROM "change" WHERE txn IN ({marks}) GROUP BY txn HAVING count(*) <= {change_words.FEW}', tuple(part)).fetchall()
        found: dict[str, set[str]] = {str(txn): set() for (txn,) in few}
        marks = ",".join("?" * len(found))
        if found:
            sql = f'SELECT c.txn, c."row", l.a, l.b FROM "change" c LEFT JOIN link l ON l.id = c."row" WHERE c.txn IN ({marks})'
            for txn, row, a, b in connection.exec_driver_sql(sql, tuple(found)):
                found[str(txn)] |= {str(e) for e in (row, a, b) if e}
        yield from found.items()


def people(session: Session, looked_at: int = 5_000) -> list[str]:
    """Who wrote the latest entries, by name."""
    rows = session.read().exec_driver_sql(
        'SELECT DISTINCT who FROM (SELECT who FROM "change" ORDER BY n DESC LIMIT ?) AS latest ORDER BY who', (looked_at,)
    )
    return [str(r[0]) for r in rows]


def bodies(session: Session) -> list[tuple[str, str]]:
    """Partners to filter by: id and name."""
    rows = session.read().exec_driver_sql("SELECT id, name FROM partner WHERE NOT deleted ORDER BY lower(name)")
    return [(str(r[0]), str(r[1])) for r in rows]


def record_id(session: Session, typed: str) -> tuple[str, str]:
    """The id of the record that a reference names, and its reference and title. Raises NotFoundError."""
    found = names.find(session.read(), typed)
    return found.id, f"{found.reference} {found.title}".strip()


def changes_of(session: Session, txn: str) -> tuple[list[tuple[FieldChange, str]], int]:
    """What one transaction changed, each with its words, at most MOST_SHOWN; and how many entries it has."""
    connection = session.read()
    whole = int(connection.exec_driver_sql('SELECT count(*) FROM "change" WHERE txn = ?', (txn,)).one()[0])
    rows = connection.exec_driver_sql(f"{log.SELECT} WHERE txn = ? ORDER BY n LIMIT ?", (txn, MOST_SHOWN))
    field_changes = history.field_changes(connection, [log.from_row(tuple(r)) for r in rows])
    return [(c, history.what_in_words(session, c)) for c in field_changes[:MOST_SHOWN]], whole


def all_lines(session: Session, query: ChangeQuery) -> list[Line]:
    """Every line of a query, newest first, at most MOST_SAVED: for a table that leaves the window."""
    lines: list[Line] = []
    before: int | None = None
    while len(lines) < MOST_SAVED:
        found = page(session, query, before, 200)
        lines += found.lines
        before = found.after
        if before is None:
            break
    return lines[:MOST_SAVED]


def lines_of(session: Session, first: dict[str, int]) -> list[Line]:
    """Transactions in words, newest first: each by its id, with the number of one of its entries."""
    if not first:
        return []
    connection = session.read()
    rows = connection.exec_driver_sql(
        f'SELECT n, txn, at, who, why, act, about FROM "change" WHERE n IN ({", ".join("?" * len(first))}) ORDER BY n DESC',
        tuple(first.values()),
    ).fetchall()
    heads = [change_words.Head(str(r[1]), str(r[5]), str(r[6] or "")) for r in rows]
    words = change_words.in_words(session, heads)
    return [Line(str(txn), int(n), str(at), str(who), str(why or ""), words[str(txn)]) for n, txn, at, who, why, *_ in rows]
