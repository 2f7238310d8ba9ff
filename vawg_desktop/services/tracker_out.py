"""A tracker that was taken, written back in its own columns, order and colours, filled from the store as it stands now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.domain import merge
from vawg_desktop.domain.dates import label
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind, Value
from vawg_desktop.domain.terms import RATING, fold
from vawg_desktop.domain.values import from_row, to_words
from vawg_desktop.exchange.cells import RATING_FILLS, Cell
from vawg_desktop.exchange.tracker_columns import PROGRESS, SERVED
from vawg_desktop.exchange.tracker_out import Refilled, write_like
from vawg_desktop.exchange.tracker_periods import period_begin, period_end
from vawg_desktop.exchange.tracker_shape import Given, Target, TrackerRow
from vawg_desktop.services import names, trackers
from vawg_desktop.services.latest_words import latest_update
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_bodies import SEPARATOR
from vawg_desktop.store.derive import newest_first

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(slots=True)
class Written:
    """What was written: the file, its rows that were known, the cells that hold something else now, and notes for the officer."""

    file: str = ""
    rows: int = 0
    changed: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    unknown: int = 0
    notes: list[str] = field(default_factory=list[str])

    def as_json(self) -> dict[str, object]:
        """Keys of the command's answer."""
        return {"file": self.file, "rows": self.rows, "changed": self.changed, "unknown": self.unknown, "notes": self.notes}


def export_tracker(session: Session, like: Path, out: Path, *, entity: str | None = None) -> Written:
    """Write a tracker again as the store has it now. Raises FileRefusedError for a file that is none, StoreError."""
    if out.exists() and out.resolve() == like.resolve():
        raise StoreError("The tracker itself is not written over; name another file.", code="occupied")
    if out.suffix.casefold() not in (".xlsx", ".csv"):
        raise StoreError(f"A tracker is written as .xlsx or .csv, not {out.suffix or 'without an ending'}.", code="bad_ending")
    book, taken = trackers.rows_as_known(session, like, entity)
    done = Written(str(out))
    cells: list[Refilled] = []
    connection = session.read()
    closed = restricted(session, [i for _, ids, _ in taken for e, i in ids.items() if e in BY_KEY])
    for row, ids, parsed in taken:
        own = {e: i for e, i in ids.items() if e in BY_KEY and _is_there(connection, e, i)}
        gone = [(e, i) for e, i in ids.items() if e in BY_KEY and e != SERVED.key and e not in own and _is_there(connection, e, i, deleted=True)]
        known = bool(own) and not gone
        done.rows += known
        done.unknown += not known
        cell = next(iter(row.cells.values()), None)
        if gone and cell is not None:
            done.notes += [f"{cell.sheet}!{cell.cell}: {_what_became(connection, e, i)}; its row is unchanged." for e, i in gone]
            own = {}
        elif not own and cell is not None:
            done.notes.append(f"{cell.sheet}!{cell.cell}: no record of the store is known by this row; it is unchanged.")
        for kind_, id in own.items():
            if id in closed:
                done.notes.append(f"{_reference(connection, kind_, id)} is restricted: what this list says of it is left as it was.")
        own = {e: i for e, i in own.items() if i not in closed}
        for target, given in (*row.cells.items(), *row.blank.items()):
            one = _refilled(connection, own, parsed, row, target, given)
            if one is not None and (one.sheet, one.cell) not in {(c.sheet, c.cell) for c in cells[-len(row.cells) :]}:
                cells.append(one)
        done.notes += _later_than_its_columns(connection, own, row)
    done.changed = [{"sheet": c.sheet, "cell": c.cell, "record": c.record, "was": c.was, "now": _cell_text(c.value)} for c in cells]
    done.notes += [f"{reference} was imported from this list and is not in this copy." for reference in _missing(connection, taken)]
    done.notes = write_like(book, cells, done.notes, out, list(dict.fromkeys(row.sheet for row, _, _ in taken)))
    return done


def _is_there(connection: Connection, entity: str, id: str, *, deleted: bool = False) -> bool:
    return connection.exec_driver_sql(f'SELECT 1 FROM "{entity}" WHERE id = ? AND deleted = ?', (id, int(deleted))).fetchone() is not None


def _refilled(
    connection: Connection, ids: Mapping[str, str], parsed: Mapping[str, Mapping[str, Value]], row: TrackerRow, target: Target, given: Given
) -> Refilled | None:
    """A cell that says something else now than the store; None where it says the same, or nothing of the store's."""
    kind, _, key = target.partition(".")
    if key == "reference":
        return None
    if kind == PROGRESS.key:
        return _words_of_update(connection, ids.get(PROGRESS.parent), key, given, row.periods.get(target, ""))
    spec = BY_KEY.get(kind)
    found = spec.by_key.get(key) if spec is not None else None
    if spec is None or found is None or kind not in ids or found.private or found.many:
        return None
    column = _as_agreed(spec, key, row)
    now = from_row(spec.by_key[key], connection.exec_driver_sql(f'SELECT {column} FROM "{kind}" WHERE id = ?', (ids[kind],)).one()[0])
    then = parsed.get(kind, {}).get(key)
    if merge.same(now, then) or (then is None and now in (None, found.default)):
        return None  # what was never understood stands as it is, so long as the store knows no more
    fill = RATING_FILLS.get(str(now or ""), "") if given.colour and found.terms is RATING else None
    shown = _shown(connection, found, now, given)
    if key == spec.owner and spec.others and len([part for part in SEPARATOR.split(given.text) if part.strip()]) > 1:  # the cell names all who take part
        shown = ", ".join([str(shown or ""), *_others(connection, spec, ids[kind])])
    if then is None and fold(_cell_text(shown)) == fold(given.text):
        return None  # a cell that means the words above it, or one that only names what its row serves
    return Refilled(given.sheet, given.cell, _reference(connection, kind, ids[kind]), given.header, given.text, shown, fill)


def _as_agreed(spec: EntitySpec, key: str, row: TrackerRow) -> str:
    """The SQL of a column as a list shows it: of dates that count, in a list that has one column for them, the one that holds."""
    beside = [d for d in spec.due if d != key and f"{spec.key}.{d}" not in {*row.cells, *row.blank}]
    before = spec.due[: spec.due.index(key)] if key in spec.due else ()
    dates = [f'"{d}"' for d in before if d in beside]
    return f'coalesce({", ".join([*dates, f"{chr(34)}{key}{chr(34)}"])})' if dates else f'"{key}"'


def _others(connection: Connection, spec: EntitySpec, id: str) -> list[str]:
    """What the bodies are called that take part in a record beside its owner."""
    rows = connection.exec_driver_sql("SELECT b FROM link WHERE kind = ? AND a = ? AND NOT deleted ORDER BY n", (spec.link_kind(spec.by_key[spec.others]), id)).fetchall()
    ids = [str(b) for (b,) in rows]
    called = names.labels(connection, ids)
    return [called.get(i, i) for i in ids]


def _what_became(connection: Connection, entity: str, id: str) -> str:
    """What became of a record that a row was known by: deleted, or combined with another."""
    reference, into = _reference(connection, entity, id), names.combined_into(connection, id)
    return f"{reference} was combined with {into}" if into else f"{reference} was deleted here"


def _updates(connection: Connection, action: str, key: str) -> list[tuple[str, str, str]]:
    """The words of one column in an action's updates, the latest first, each with its period and its day."""
    rows = connection.exec_driver_sql(f'SELECT "{key}", period, as_at FROM "{PROGRESS.key}" WHERE {PROGRESS.parent} = ? AND "{key}" IS NOT NULL AND NOT deleted ORDER BY {newest_first()}', (action,))
    return [(str(w), str(p or ""), str(d or "")) for w, p, d in rows]


def _of_period(update: tuple[str, str, str], period: str) -> bool:
    """Whether an update is of the period that a column names."""
    _, told, day = update
    ends = period_end(period)
    if told:
        return told == period or (bool(ends) and period_end(told) == ends)
    begins = period_begin(period)
    return bool(ends) and begins <= day <= ends


def _later_than_its_columns(connection: Connection, ids: Mapping[str, str], row: TrackerRow) -> list[str]:
    """A note where an action has words of a later period than any column of the list."""
    action, notes = ids.get(PROGRESS.parent), list[str]()
    if action is None:
        return notes
    for target, period in row.periods.items():
        kind, _, key = target.partition(".")
        if kind != PROGRESS.key or key not in PROGRESS.by_key or not (ends := period_end(period)):
            continue
        later = [u for u in _updates(connection, action, key) if (u[2] or "") > ends]
        if later:
            when = later[0][1] or label(later[0][2])
            notes.append(f"{_reference(connection, PROGRESS.parent, action)} has an update of {when}, for which this list has no column: {later[0][0][:200]}")
    return notes


def _words_of_update(connection: Connection, action: str | None, key: str, given: Given, period: str) -> Refilled | None:
    if action is None:
        return None
    latest = latest_update(connection, action, key) if not period_end(period) else next((u[0] for u in _updates(connection, action, key) if _of_period(u, period)), None)
    if latest is None or merge.same(latest, given.text):
        return None
    return Refilled(given.sheet, given.cell, _reference(connection, PROGRESS.parent, action), given.header, given.text, latest)


def _reference(connection: Connection, entity: str, id: str) -> str:
    return str(connection.exec_driver_sql(f'SELECT reference FROM "{entity}" WHERE id = ?', (id,)).one()[0])


def _shown(connection: Connection, spec: FieldSpec, value: Value, given: Given) -> Cell:
    """A stored value for a cell: a date for a day, a fraction where the cell shows per cents, else a number or words."""
    if value is None:
        return None
    if spec.kind is Kind.REF:
        return names.labels(connection, [str(value)]).get(str(value), str(value))
    if spec.kind is Kind.DATE and len(str(value)) == 10:
        return dt.date.fromisoformat(str(value))
    if spec.key == "percent" and isinstance(value, int):
        return value / 100 if given.per_cent else value
    return value if isinstance(value, int) and not isinstance(value, bool) else to_words(spec, value)


def _cell_text(value: Cell) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, dt.date) else str(value)


def _missing(connection: Connection, taken: trackers.TakenRows) -> list[str]:
    """References of records that the list had and this copy has not."""
    here = {i for _, ids, _ in taken for i in ids.values()}
    lists = {
        str(r[0]) for i in here for r in connection.exec_driver_sql("SELECT tracker FROM tracker_row WHERE record = ? AND NOT deleted", (i,))
    }
    found: list[str] = []
    for tracker in lists:
        rows = connection.exec_driver_sql(
            "SELECT DISTINCT r.record, s.reference FROM tracker_row r JOIN subject s ON s.id = r.record AND NOT s.deleted "
            "JOIN tracker t ON t.id = r.tracker WHERE r.tracker = ? AND NOT r.deleted AND r.entity <> ? ORDER BY s.reference",
            (tracker, SERVED.key),
        )
        found += [str(reference) for record, reference in rows if str(record) not in here]
    return list(dict.fromkeys(found))
