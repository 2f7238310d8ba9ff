"""A record's history, its state as at a date, and what changed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act, act_of
from vawg_desktop.domain.changes import Changes, FieldChange
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.entities import BY_KEY, LINK, EntitySpec
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.values import to_words
from vawg_desktop.services import names
from vawg_desktop.services.session import Session
from vawg_desktop.store import entries as log
from vawg_desktop.store import history as past
from vawg_desktop.store.log_writing import spec_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

DISPOSED = "(disposed of)"


def history(session: Session, record: str, until: date | None = None) -> list[FieldChange]:
    """Every change to a record, its links and its parts, oldest first."""
    connection = session.read()
    found = names.find(connection, record)
    limit = past.end_of_day(until) if until else None
    entries = past.entries_of(connection, past.kin(connection, found.id), limit)
    return field_changes(connection, entries)


def changed(session: Session, since: date, until: date | None = None) -> list[FieldChange]:
    """Everything that changed from one London day to another, both included."""
    if until is not None and until < since:
        raise ValueRefusedError("The end date is before the start date.")
    last = past.end_of_day(until) if until else "9999"
    connection = session.read()
    return field_changes(connection, past.entries_between(connection, past.start_of_day(since), last))


def of_transaction(session: Session, txn: str) -> list[FieldChange]:
    """The changes of one transaction, in the order of the log; ``txn`` is its id."""
    connection = session.read()
    return field_changes(connection, past.entries_of_transaction(connection, txn))


def field_changes(connection: Connection, entries: Iterable[log.Entry]) -> list[FieldChange]:
    """Entries of the log as changes to tell, in the order given."""
    entries = list(entries)
    subjects = _subjects(connection, entries)
    changes: list[FieldChange] = []
    for entry in entries:
        if entry.tbl == "link":
            change = _link_change(connection, entry, subjects)
            changes += [change] if change else []
        else:
            changes += _cell_changes(entry, subjects)
    return changes


def _subjects(connection: Connection, entries: Iterable[log.Entry]) -> dict[str, tuple[str, str, str]]:
    wanted = {e.row for e in entries if e.tbl != "link"}
    for entry in entries:
        if entry.tbl == "link":
            row = connection.exec_driver_sql("SELECT a, b FROM link WHERE id = ?", (entry.row,)).fetchone()
            wanted |= {str(x) for x in row if x} if row else set()
    found: dict[str, tuple[str, str, str]] = {}
    ids = sorted(wanted)
    for start in range(0, len(ids), 400):
        part = ids[start : start + 400]
        marks = ",".join("?" * len(part))
        rows = connection.exec_driver_sql(
            f"SELECT id, entity, coalesce(reference, title), title FROM subject WHERE id IN ({marks})", tuple(part)
        )
        found.update({str(r[0]): (str(r[1]), str(r[2]), str(r[3])) for r in rows})
    return found


def _cell_changes(entry: log.Entry, subjects: dict[str, tuple[str, str, str]]) -> list[FieldChange]:
    _, reference, title = subjects.get(entry.row, (entry.tbl, entry.row, ""))
    spec = spec_of(entry.tbl)
    order = {"reference": -1, **{f.key: i for i, f in enumerate(spec.fields)}, "deleted": 999}
    changes: list[FieldChange] = []
    for key, cell in sorted(entry.fields.items(), key=lambda kv: order.get(kv[0], 500)):
        known = spec.by_key.get(key)
        if (key == "reference" and entry.op == "create") or (known is not None and known.private):
            continue
        before, after = cell.before, cell.after
        if cell.digests is not None:
            before, after = (DISPOSED, DISPOSED) if not _is_tombstone(entry) else (DISPOSED, None)
        changes.append(FieldChange(
            entry.at, entry.who, entry.why or "", reference, key, before, after, entry.tbl, title, entry.act,
        ))  # fmt: skip
    return changes


def _is_tombstone(entry: log.Entry) -> bool:
    return act_of(entry.act) is Act.DISPOSE


def _link_change(
    connection: Connection, entry: log.Entry, subjects: dict[str, tuple[str, str, str]]
) -> FieldChange | None:
    row = connection.exec_driver_sql("SELECT kind, a, b FROM link WHERE id = ?", (entry.row,)).fetchone()
    if row is None:
        return None
    kind, a, b = (str(x) for x in row)
    if kind == names.ALIAS and act_of(entry.act) is not Act.EDIT:
        return None
    entity, _, key = kind.partition(".")
    _, reference, title = subjects.get(a, (entity, a, ""))
    kind_of_other, other, its_title = subjects.get(b, ("", b, ""))
    if kind_of_other in BY_KEY and BY_KEY[kind_of_other].by_title:
        other = its_title
    gone = entry.fields.get("deleted")
    was, now = (_link_words(other, entry, after) for after in (False, True))
    if gone is not None and gone.after:
        before, after = [other], []
    elif gone is not None or entry.op == "create":
        before, after = [], [now]
    elif entry.fields.keys() <= _NOTED:
        before, after = [other], [f"{other}, looked at again"]
    else:
        before, after = [was], [now]
    return FieldChange(
        entry.at, entry.who, entry.why or "", reference, key or "also known as", before, after, entity, title, entry.act
    )  # fmt: skip


#: Cells of a link that say when somebody looked again, and at what.
_NOTED = frozenset(f.key for f in LINK.cells if f.noted)


def _link_words(other: str, entry: log.Entry, after: bool) -> str:
    """A link's other end with what an entry says of the link, as it was before or is after."""
    told = [f for f in LINK.cells if f.key in entry.fields and f.key not in _ENDS and not f.noted]
    values = ((f, entry.fields[f.key].after if after else entry.fields[f.key].before) for f in told)
    said = [to_words(f, value).casefold() if f.key == "extent" else f"{f.label.casefold()} {to_words(f, value)}" for f, value in values if value not in (None, "")]
    return f"{other} ({', '.join(said)})" if said else other


_ENDS = frozenset({"kind", "a", "b"})


@dataclass(slots=True)
class PastState:
    """A record as this store knew it at the end of a day."""

    spec: EntitySpec
    id: str
    cells: dict[str, Value]
    sets: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def as_at(session: Session, record: str, day: date) -> PastState:
    """A record's cells and sets at the end of a London day. Raises NotFoundError before its making."""
    connection = session.read()
    found = names.find(connection, record)
    rows = connection.exec_driver_sql("SELECT id FROM link WHERE a = ?", (found.id,))
    entries = past.entries_of(connection, [found.id, *(str(r[0]) for r in rows)], past.end_of_day(day))
    groups = past.grouped(entries)
    own = groups.pop((found.entity, found.id), None)
    if own is None:
        raise NotFoundError(f"{found.reference} was not yet in this store on that day.", code="not_yet")
    cells: dict[str, Value] = {f.key: None for f in found.spec.cells}
    cells |= {k: s.value for k, s in past.cells_after(own).items()}
    state = PastState(found.spec, found.id, cells, {f.key: [] for f in found.spec.sets})
    for entries_of_link in groups.values():
        link = {k: s.value for k, s in past.cells_after(entries_of_link).items()}
        key = str(link.get("kind") or "").partition(".")[2]
        if not link.get("deleted") and key in state.sets:
            state.sets[key].append(str(link["b"]))
    return state


#: The most records named where others wrote much, as in a merge; kinds are all named.
_MOST_NAMED = 5_000


def written_since(
    session: Session, seen: tuple[int, int] | None, own: Container[str] = ()
) -> tuple[Changes, tuple[int, int]]:
    """What was written since ``seen`` (data version, last entry) but for the transactions ``own``, and the new mark."""
    connection = session.read()
    if session.store.url is not None:
        version = 0 if seen is None else seen[0] + int(session.store.listener().heard())
    else:
        version = int(connection.exec_driver_sql("PRAGMA data_version").one()[0])
    if seen is not None and seen[0] == version:
        return Changes(), seen
    last = int(connection.exec_driver_sql('SELECT coalesce(max(n), 0) FROM "change"').one()[0])
    changes = Changes()
    if seen is not None and last > seen[1]:
        kinds = connection.exec_driver_sql('SELECT DISTINCT txn, tbl FROM "change" WHERE n > ?', (seen[1],)).fetchall()
        changes.entities.update(str(tbl) for txn, tbl in kinds if str(txn) not in own)
        rows = connection.exec_driver_sql(f'SELECT txn, "row" FROM "change" WHERE n > ? LIMIT {_MOST_NAMED}', (seen[1],))
        named = [str(row) for txn, row in rows if str(txn) not in own]
        changes.records.update(named)
        changes.entries = len(named) or len(changes.entities)
    return changes, (version, last)


def label_of(entity: str, key: str) -> str:
    """A field's label for a history line."""
    if key == "deleted":
        return "Deleted"
    spec = BY_KEY.get(entity)
    return spec.by_key[key].label if spec and key in spec.by_key else key.replace("_", " ").capitalize()


def in_words(session: Session, change: FieldChange, under: str) -> str:
    """One change as a line under the record of a reference: when, who, of which record where it is another, from what to what, why."""
    why = f" ({change.why})" if change.why else ""
    of = "" if change.record == under else f"{change.record}, "
    return f"{london_time(change.at)}, {change.who}: {of}{what_in_words(session, change)}{why}"


def together(session: Session, changes: Sequence[FieldChange], under: str, most: int) -> list[tuple[str, list[str]]]:
    """The last ``most`` changes or some more, told under the record of a reference: the latest first, those that were made at once together.

    Each as when, who, of which record where it is another, and why; then a line for every change.
    """
    told: list[tuple[str, list[str]]] = []
    shown = 0
    made = [(key, list(ones)) for key, ones in groupby(changes, key=lambda c: (c.at, c.who, c.why, c.record))]
    for (at, who, why, record), ones in reversed(made):
        if shown >= most:
            break
        head = f"{london_time(at)}, {who}{f': {record}' if record != under else ''}{f' ({why})' if why else ''}"
        told.append((head, [what_in_words(session, c) for c in ones]))
        shown += len(ones)
    return told


def what_in_words(session: Session, change: FieldChange) -> str:
    """What changed from what to what: ``Status: In progress → Complete``."""
    before, after = value_in_words(session, change, change.before), value_in_words(session, change, change.after)
    told_of_one = isinstance(change.after, list) and after.startswith(before)  # a link that stays, of which more is said
    return f"{label_of(change.entity, change.field)}: {f'{before} → ' if before and not told_of_one else ''}{after or 'emptied'}"


def value_in_words(session: Session, change: FieldChange, value: Value | list[str]) -> str:
    """A value of a change in words, as its field writes it."""
    spec = BY_KEY.get(change.entity)
    field_spec = spec.by_key.get(change.field) if spec else None
    if isinstance(value, list):
        named = field_spec is not None and field_spec.terms is not None
        return ", ".join(to_words(field_spec, one) if named and field_spec is not None else one for one in value)
    if value is None or value == "":
        return ""
    if change.field == "deleted":
        return "Yes" if value else "No"
    if field_spec is None:
        return str(value)
    if field_spec.holds_id:
        return names.labels(session.read(), [str(value)]).get(str(value), str(value))
    words = to_words(field_spec, value)
    return words if len(words) <= 160 else words[:159] + "…"
