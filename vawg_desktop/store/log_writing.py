"""How a transaction reads, and writes its rows and its entries of the log; what they state is in ``transaction.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain import clock, merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY, LINK, EntitySpec
from vawg_desktop.domain.errors import NotFoundError, StoreError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.values import clean_text
from vawg_desktop.store import entries as log
from vawg_desktop.store import history
from vawg_desktop.store.derived_rows import DerivedRows, Run
from vawg_desktop.store.dialect import CHANNEL, POSTGRES, for_postgres
from vawg_desktop.store.reading import ReadConnection

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FLUSH_AT = 2000
#: Most letters of a tag, a person's name or another name of a record.
MOST_NAME = 200
_SERVER_CLOCK = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def spec_of(table: str) -> EntitySpec:
    """The declaration of a stated table."""
    return LINK if table == "link" else BY_KEY[table]


def stamp() -> str:
    """The time as the log writes it: UTC, microseconds."""
    return clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z")


def as_value(spec: FieldSpec, raw: object) -> Value:
    """A database cell as its stored value."""
    if raw is None:
        return None
    return bool(raw) if spec.kind is Kind.YES_NO else raw  # type: ignore[return-value]


def _away(error: object) -> bool:
    """Whether the connection itself was lost, and not only a statement refused."""
    from psycopg import OperationalError

    return isinstance(error, OperationalError)


def direct(connection: Connection) -> Run:
    """The driver's own ``execute`` on a transaction's connection: half an edit's time was SQLAlchemy
    describing rows that nobody asked it to describe."""
    if isinstance(connection, ReadConnection):
        return connection.raw.execute
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name != POSTGRES:
        return raw.execute

    def execute(sql: str, params: Sequence[object] = ()) -> Any:
        try:
            return raw.execute(for_postgres(sql), params)
        except Exception as error:
            if not _away(error):
                raise
            from sqlalchemy.exc import DBAPIError

            from vawg_desktop.store.postgres import server_error

            raise server_error(DBAPIError(sql, None, error), connection.engine.url) from error

    return execute


class LogWriter:
    """Reads and writes inside one transaction: rows as they stand, their entries chained into the log, what is derived at the end."""

    def __init__(
        self, connection: Connection, who: str, why: str | None, act: Act, about: str | None
    ) -> None:
        self.connection = connection
        self.run = direct(connection)
        self.id = log.new_id()
        self.changes = Changes(txn=self.id)
        who = clean_text(who).text.strip()[:MOST_NAME] or "unknown"
        self._stamp = (who, clean_text(why).text if why else None, act.value, about)
        self.postgres = connection.dialect.name == POSTGRES
        #: Whether the server itself guards log and rows (resources/postgres/roles.sql was run there).
        self.guarded = self.postgres and self._is_guarded()
        #: Whether this login may close recommendations and dispose of records; in a file, everybody.
        self.approver = True
        #: When this store learns of it: its own clock, on a server the server's. Kept as it was read, right or wrong.
        self.received = ""
        if self.guarded:  # the server says who writes and when, and takes the lock
            row = self._one("SELECT * FROM vawg_begin(?, ?)", (self.id, who))
            self._at, self.received, self.approver = str(row[3]), str(row[4]), bool(row[6])
            self._stamp = (str(row[5]), *self._stamp[1:])
        else:
            lock = " FOR UPDATE" if self.postgres else ""  # a file's writer took its lock at BEGIN
            row = self._one("SELECT id, seq, hash FROM origin WHERE mine = 1" + lock)
            self._at = stamp()
            self.received = str(self._one(_SERVER_CLOCK)[0]) if self.postgres else self._at
        self._origin, self._seq, self._hash = str(row[0]), int(row[1]), str(row[2])
        self._pending: dict[str, log.Entry] = {}
        #: Rows that wait to be written together, by statement.
        self._inserts: dict[str, list[tuple[object, ...]]] = {}
        self.derived = DerivedRows(connection, self.run)

    def _is_guarded(self) -> bool:
        known = self.connection.info  # kept with the connection
        if not known.get("guarded"):
            known["guarded"] = bool(self._one("SELECT to_regproc('vawg_begin') IS NOT NULL")[0])
        return bool(known["guarded"])

    def note_fact(self, key: str, value: str | None) -> None:
        """Keep one of this store's own facts; on a guarded server by its function, which takes only those a merge needs."""
        if self.guarded:
            self.run("SELECT vawg_note(?, ?)", (key, value))
            return
        put = 'INSERT INTO meta ("key", value) VALUES (?, ?) ON CONFLICT ("key") DO UPDATE SET value = excluded.value'
        self.connection.exec_driver_sql(put, (key, value))

    # -- reading inside the transaction ------------------------------------------------------

    def _one(self, sql: str, params: Sequence[object] = ()) -> Sequence[Any]:
        found = self.run(sql, tuple(params)).fetchone()
        if found is None:
            raise StoreError("The store lacks a row it cannot do without; run “check”.", code="torn")
        return tuple(found)

    def row(self, table: str, id: str) -> dict[str, Value]:
        """The row of a record as stored values by column. Raises NotFoundError."""
        cursor = self.run(f'SELECT * FROM "{table}" WHERE id = ?', (id,))
        found = cursor.fetchone()
        if found is None:
            raise NotFoundError(f"That {spec_of(table).label.casefold()} is not in this store.")
        by_key = spec_of(table).by_key
        row: dict[str, Value] = {}
        for (key, *_), raw in zip(cursor.description, found, strict=True):
            row[key] = as_value(by_key[key], raw) if key in by_key else bool(raw) if key == "deleted" else raw
        return row

    def rows(self, table: str, ids: Sequence[str], columns: Sequence[str]) -> dict[str, dict[str, Value]]:
        """Columns of many rows at once, as ``row`` gives one, by id (which is among them); those that are not there are left out."""
        self.flush()
        spec, found = spec_of(table), dict[str, dict[str, Value]]()
        by_key = spec.by_key
        for start in range(0, len(ids), 400):
            part = tuple(ids[start : start + 400])
            named = ", ".join(f'"{c}"' for c in columns)
            cursor = self.run(f'SELECT {named} FROM "{table}" WHERE id IN ({",".join("?" * len(part))})', part)
            keys = [str(d[0]) for d in cursor.description]
            for raw in cursor.fetchall():
                row = {
                    k: as_value(by_key[k], v) if k in by_key else bool(v) if k == "deleted" else v for k, v in zip(keys, raw, strict=True)
                }
                found[str(row["id"])] = row
        return found

    def heads(self, id: str, born: str) -> dict[str, frozenset[str]]:
        """The heads of a record's cells that are not merely its creation."""
        found: dict[str, set[str]] = {}
        rows = self.run('SELECT cell, "change" FROM head WHERE "row" = ?', (id,))
        for cell, change in rows:
            found.setdefault(str(cell), set()).add(str(change))
        return {cell: frozenset(changes) for cell, changes in found.items()}

    # -- rows --------------------------------------------------------------------------------

    def insert(self, table: str, columns: Mapping[str, Value], *, later: bool = False) -> None:
        """Insert a row as it stands (its entry is written elsewhere); ``later`` with others, when ``send_inserts`` is called."""
        names = ", ".join(f'"{c}"' for c in columns)
        marks = ", ".join("?" * len(columns))
        sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
        self.insert_later(sql, tuple(columns.values())) if later else self.run(sql, tuple(columns.values()))

    def insert_later(self, sql: str, params: tuple[object, ...]) -> None:
        """Put a row aside until ``send_inserts``: hundreds at once are written nearly as fast as one. Nothing may read it meanwhile."""
        self._inserts.setdefault(sql, []).append(params)

    def send_inserts(self) -> None:
        """Write every row that ``insert_later`` put aside, one statement for those alike."""
        for sql, rows in self._inserts.items():
            self.connection.exec_driver_sql(sql, rows)
        self._inserts.clear()

    def update(self, table: str, id: str, columns: Mapping[str, Value]) -> None:
        """Update columns of a row (their entry is written elsewhere)."""
        sets = ", ".join(f'"{c}" = ?' for c in columns)
        self.run(f'UPDATE "{table}" SET {sets} WHERE id = ?', (*columns.values(), id))

    def note_change(self, spec: EntitySpec, id: str, row: Mapping[str, Value]) -> None:
        """Tell pages that a record changed; a link's change is one of both its ends."""
        self.changes.entities.add(spec.key)
        self.changes.records.add(id)
        if spec is LINK:
            ends = {str(row["a"]), str(row["b"])}
            self.changes.records |= ends
            owner = str(row["kind"]).partition(".")[0]
            self.changes.entities.add(owner)

    def note_conflicts(self, table: str, id: str) -> int:
        """Find a record's conflicts in the log, keep them, and return how many there are."""
        self.flush()
        entries = history.entries_of(self.connection, [id])
        cells = history.conflicts_in(entries, history.cells_after(entries))
        self.derived.set_conflicts(table, id, cells)
        return len(cells)

    # -- the log -----------------------------------------------------------------------------

    def _entry(self, table: str, id: str, op: str) -> log.Entry:
        pending = self._pending.get(id)
        if pending is not None:
            return pending
        who, why, act, about = self._stamp
        self._seq += 1
        entry = log.Entry(
            id=log.new_id(), origin=self._origin, seq=self._seq, at=self._at, who=who, why=why,
            why_salt=log.new_salt(), txn=self.id, act=act, about=about, tbl=table, row=id, op=op,
            fields={}, received=self.received,
        )  # fmt: skip
        if len(self._pending) >= _FLUSH_AT:
            self.flush()
        self._pending[id] = entry
        self.changes.entries += 1
        return entry

    def log_cell(
        self, table: str, id: str, key: str, before: Value, after: Value, overwrote: Sequence[str]
    ) -> merge.CellChange:
        """Log one cell's change whose row and heads the caller states (a merge, on the way in)."""
        entry = self._entry(table, id, "edit")
        entry.fields[key] = log.CellEntry(before, after, tuple(sorted(overwrote)), log.new_salt())
        return merge.CellChange(entry.id, entry.origin, entry.seq, after, frozenset(overwrote))

    def moved_origin(self, origin: str, seq: int, hash: str) -> None:
        """A merge brought entries of this very origin (an older copy catching up): go on after them."""
        if origin == self._origin:
            self._seq, self._hash = seq, hash

    def go_on_as(self, origin: str, seq: int, hash: str) -> None:
        """This store's later tail was given an origin of its own: go on under it."""
        self._origin, self._seq, self._hash = origin, seq, hash

    def flush(self) -> None:
        """Chain and insert the entries so far."""
        if not self._pending:
            return
        for entry in self._pending.values():
            self._hash = entry.hash = entry.chained(self._hash)
        self.append([e.as_params() for e in self._pending.values()])
        self._pending.clear()

    def append(self, entries: Sequence[Sequence[object]], names: Mapping[str, str] | None = None) -> None:
        """Put chained entries into the log; on a guarded server by its one function, which keeps the origins too."""
        if self.guarded:
            self.run("SELECT vawg_append(?, ?)", (json.dumps(entries), json.dumps(names or {})))
        else:
            self.connection.exec_driver_sql(log.INSERT, [tuple(e) for e in entries])

    def finish(self) -> None:
        """Write what is derived and the origin's new last entry."""
        if not self.changes.entries:
            self.changes.txn = ""
            if self._stamp[2] == "repair":
                self.derived.finish()
            return
        self.send_inserts()
        self.flush()
        self.derived.finish()
        if not self.guarded:
            self._note_last()
        if self.postgres:
            self.run(f"NOTIFY {CHANNEL}")

    def _note_last(self) -> None:
        self.connection.exec_driver_sql(
            "UPDATE origin SET seq = ?, hash = ? WHERE id = ?", (self._seq, self._hash, self._origin)
        )
        self.connection.exec_driver_sql(
            "INSERT INTO meta (\"key\", value) VALUES ('last_received', ?) "
            'ON CONFLICT ("key") DO UPDATE SET value = excluded.value',
            (self.received,),
        )
