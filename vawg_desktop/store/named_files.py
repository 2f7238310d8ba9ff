"""Which held files records, the log and imports still name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection


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

    Empty where the files stand beside another store, or beside an older state of this one, than they were kept for.
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
