"""A part of a store as a store of its own, with its history and files, and nothing else of the whole (DESIGN 1).

What goes is a set of rows. Entries about them go as they are; of every other entry there goes its place and hash. A reason that entries on both
sides share goes as its digest. A record that rows of the part name, and that is not in it, stands there as an empty row under its id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, LINK
from vawg_desktop.domain.fields import Kind
from vawg_desktop.store import entries as log
from vawg_desktop.store import history, making, named_files, stubs
from vawg_desktop.store.copying import put_in_place
from vawg_desktop.store.files import refuse_occupied
from vawg_desktop.store.restating import Rebuild, batches
from vawg_desktop.store.store import Store
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BATCH = 1000
#: The number of an origin's last entry, here or left out.
_LAST = 'SELECT max(seq) FROM (SELECT seq FROM "change" WHERE origin = ? UNION ALL SELECT seq FROM entry_stub WHERE origin = ?) AS both_kinds'


@dataclass(slots=True)
class Split:
    """What went into the new store: entries with their words, stubs without, records, nameless ends and files."""

    entries: int = 0
    stubs: int = 0
    records: int = 0
    nameless: int = 0
    files: int = 0


def split(store: Store, connection: Connection, to: Path, rows: Collection[str], who: str, *, passphrase: str | None) -> Split:
    """Make a store at ``to`` of the rows whose ids are given, links included, as ``connection`` sees them. ``passphrase=None`` makes it plain.

    Raises StoreError, leaving nothing behind. It is made beside under another name and put in place whole.
    """
    refuse_occupied(to)
    part = to.with_name(to.name + ".part")
    making.remove(part)
    demonstration = store.meta("demonstration") == "1"
    made = making.create(part, passphrase=passphrase, demonstration=demonstration, called=to.stem)
    try:
        done = _fill(store, connection, made, frozenset(rows), who)
    except BaseException:
        made.close()
        making.remove(part)
        raise
    made.close()
    put_in_place(part, to)
    making.remove(part)
    return done


def _fill(store: Store, connection: Connection, made: Store, rows: frozenset[str], who: str) -> Split:
    done = Split()
    shared = _shared_reasons(connection, rows)
    with made.write(who, None, Act.SPLIT) as tx:
        entries: list[log.Entry] = []
        for batch in batches(_entries(connection, rows, shared, done, tx), _BATCH):
            tx.connection.exec_driver_sql(log.INSERT, [e.as_params() for e in batch])
            entries += batch
        for origin, name in connection.exec_driver_sql("SELECT id, name FROM origin").fetchall():
            seq = int(connection.exec_driver_sql(_LAST, (origin, origin)).scalar() or 0)
            hash_ = stubs.hash_at(connection, str(origin), seq) or log.GENESIS
            tx.run("INSERT INTO origin (id, name, mine, seq, hash) VALUES (?, ?, 0, ?, ?)", (origin, name, seq, hash_))
        groups = history.grouped(entries)
        done.nameless = _stand_in(tx, connection, groups)
        rebuild = Rebuild(tx)
        for (tbl, row), row_entries in groups.items():
            rebuild.state(tbl, row, row_entries)
            done.records += tbl != LINK.key
        tx.send_inserts()
        tx.changes.entries += 1
    done.entries = len(entries)
    done.files = _carry_files(store, made)
    return done


def _entries(connection: Connection, rows: frozenset[str], shared: set[str], done: Split, tx: Transaction) -> Iterator[log.Entry]:
    """The entries of the part in their order; of every other one a stub is kept."""
    left: list[tuple[str, int, str]] = [
        (str(o), int(s), str(h)) for o, s, h in connection.exec_driver_sql(stubs.SELECT)
    ]  # fmt: skip
    for found in connection.exec_driver_sql(f"{log.SELECT} ORDER BY n"):
        row = tuple(found)
        if str(row[12]) not in rows:
            left.append((str(row[1]), int(row[2]), str(row[15])))
            if len(left) >= _BATCH:
                done.stubs += _put(tx, left)
            continue
        entry = log.from_row(row)
        if entry.why is not None and entry.txn in shared:
            entry.why_digest, entry.why, entry.why_salt = log.digest(entry.why_salt, entry.why), None, ""
        yield entry
    done.stubs += _put(tx, left)


def _put(tx: Transaction, left: list[tuple[str, int, str]]) -> int:
    count = len(left)
    if left:
        tx.connection.exec_driver_sql(stubs.INSERT, left)
        left.clear()
    return count


def _shared_reasons(connection: Connection, rows: frozenset[str]) -> set[str]:
    """Transactions with entries in the part and outside it: their reason may speak of what stays."""
    inside: set[str] = set()
    outside: set[str] = set()
    for txn, row in connection.exec_driver_sql('SELECT txn, "row" FROM "change"'):
        (inside if str(row) in rows else outside).add(str(txn))
    return inside & outside


def _stand_in(tx: Transaction, connection: Connection, groups: dict[tuple[str, str], list[log.Entry]]) -> int:
    """Make an empty row, hidden, for every record that the part names, now or by its history, and does not hold."""
    wanted: dict[str, dict[str, None]] = {}
    records = {row for _, row in groups}
    ends: dict[str, None] = {}
    for (tbl, _), entries in groups.items():
        cells = LINK.cells if tbl == LINK.key else BY_KEY[tbl].cells
        for field in cells:
            named = {str(v) for e in entries if (c := e.fields.get(field.key)) is not None for v in (c.before, c.after) if v}
            if field.kind is Kind.REF:
                wanted.setdefault(field.target, {}).update(dict.fromkeys(named - records))
            elif field.names_record or (tbl == LINK.key and field.key in ("a", "b")):
                ends.update(dict.fromkeys(named - records))
    for part in batches(ends, 400):
        found = connection.exec_driver_sql(f"SELECT id, entity FROM subject WHERE id IN ({','.join('?' * len(part))})", tuple(part))
        for id, entity in found.fetchall():
            wanted.setdefault(str(entity), {})[str(id)] = None
    count = 0
    for spec in ENTITIES:
        for id in wanted.get(spec.key, {}):
            stubs.stand_in(tx, spec, id)
            count += 1
    return count


def _carry_files(store: Store, made: Store) -> int:
    """Keep the files that the part's records name, now or by their history."""
    connection = made.read()
    named = named_files.still_named_in(connection, [sha256 for sha256, _ in store.files.listed()])
    called: dict[str, str] = {}  # as the part's own records call them: the same bytes may have come first under another record's name
    for spec in (e for e in ENTITIES if len(e.file_cells) > 1):
        rows = connection.exec_driver_sql(f'SELECT "{spec.file_cell}", file_name FROM "{spec.key}" WHERE "{spec.file_cell}" IS NOT NULL AND file_name IS NOT NULL')
        called |= {str(sha256): str(name) for sha256, name in rows}
    for sha256 in sorted(named):
        made.files.keep(called.get(sha256, "Kept file"), store.files.get(sha256))
    return len(named)
