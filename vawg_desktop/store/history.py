"""Reading the log: a record's history, its state as at a date, what changed between two dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection

from vawg_desktop.domain import merge
from vawg_desktop.domain.dates import LONDON
from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.domain.fields import Value
from vawg_desktop.store import entries as log

_IN = 400
#: Kinds of record that are parts of another, with the column that names it.
PARTS: tuple[tuple[str, str], ...] = tuple((e.key, e.parent) for e in ENTITIES if e.parent)
_KIN = "SELECT id FROM link WHERE a = ? UNION SELECT id FROM link WHERE b = ?" + "".join(
    f' UNION SELECT id FROM "{part}" WHERE "{column}" = ?' for part, column in PARTS
)


def end_of_day(day: date) -> str:
    """The last moment of a London day as the log writes time."""
    return _utc(datetime.combine(day, time.max, LONDON))


def start_of_day(day: date) -> str:
    """The first moment of a London day as the log writes time."""
    return _utc(datetime.combine(day, time.min, LONDON))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def entries_of(connection: Connection, rows: Iterable[str], until: str | None = None) -> list[log.Entry]:
    """Every entry about the given rows that this store had by ``until``, oldest first."""
    wanted = list(dict.fromkeys(rows))
    found: list[log.Entry] = []
    for start in range(0, len(wanted), _IN):
        part = wanted[start : start + _IN]
        marks = ",".join("?" * len(part))
        sql = (
            f'{log.SELECT} WHERE "row" IN ({marks})' + (" AND received <= ?" if until else "") + " ORDER BY n"
        )
        params = (*part, until) if until else tuple(part)
        found += [log.from_row(tuple(r)) for r in connection.exec_driver_sql(sql, params)]
    return found


def entries_between(connection: Connection, since: str, until: str) -> list[log.Entry]:
    """Every entry received in the span, oldest first."""
    rows = connection.exec_driver_sql(
        f"{log.SELECT} WHERE received >= ? AND received <= ? ORDER BY n", (since, until)
    )
    return [log.from_row(tuple(r)) for r in rows]


def entries_of_transaction(connection: Connection, txn: str) -> list[log.Entry]:
    """The entries of one transaction, oldest first."""
    rows = connection.exec_driver_sql(f"{log.SELECT} WHERE txn = ? ORDER BY n", (txn,))
    return [log.from_row(tuple(r)) for r in rows]


def kin(connection: Connection, id: str) -> list[str]:
    """The record, its links (hidden ones too) and its own parts, such as updates and responses."""
    rows = connection.exec_driver_sql(_KIN, (id,) * (2 + len(PARTS)))
    return [id, *(str(r[0]) for r in rows)]


def cells_after(entries: Sequence[log.Entry]) -> dict[str, merge.Standing]:
    """The cells of one record after its entries. A creation says None of every cell it leaves out."""
    births = [e for e in entries if e.op == "create"]
    keys = {key for e in entries for key in e.fields}
    said: dict[str, list[merge.Said]] = {key: [] for key in keys}
    for entry in entries:
        for key in keys if entry in births else entry.fields:
            cell = entry.fields.get(key)
            value: Value = cell.after if cell else (False if key == "deleted" else None)
            over = frozenset(cell.overwrote) if cell else frozenset[str]()
            said[key].append(merge.Said(entry.id, entry.origin, entry.seq, value, over))
    return {key: merge.standing(all_said) for key, all_said in said.items()}


def grouped(entries: Iterable[log.Entry]) -> dict[tuple[str, str], list[log.Entry]]:
    """Entries by (table, row), each oldest first."""
    groups: dict[tuple[str, str], list[log.Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.tbl, entry.row), []).append(entry)
    return groups
