"""Reading the log: a record's history, its state as at a date, what changed between two dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from vawg_desktop.domain import merge
from vawg_desktop.domain.acts import Act, act_of
from vawg_desktop.domain.clock import LONDON
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, LINK
from vawg_desktop.domain.fields import Kind, Value
from vawg_desktop.domain.strictness import rank
from vawg_desktop.store import entries as log

if TYPE_CHECKING:
    from sqlalchemy import Connection

_IN = 400
#: The title of a record that was lost in damage and holds its place for those that refer to it.
LOST = "(lost in the damage)"
#: Kinds of record whose id may follow from their words: read in two stores, they are one, and no choice between the readings.
BY_CONTENT = frozenset(e.key for e in ENTITIES if e.by_content)
#: Kinds of record of the program's own book-keeping: of two readings the first stands, and nobody is asked.
_NEVER_TORN = frozenset(e.key for e in ENTITIES if e.kept_by_program)
#: Cells that the program wrote down beside a person's act, by kind of record: nobody chooses between two of them.
_NOTED = {e.key: frozenset(f.key for f in e.cells if f.noted) for e in (*ENTITIES, LINK) if any(f.noted for f in e.cells)}
#: Kinds of record that are parts of another, with the column that names it.
PARTS: tuple[tuple[str, str], ...] = tuple((e.key, column) for e in ENTITIES if e.parent for column in (e.parent, *e.also_under))
#: Kinds of the program's own records that name a record of any kind, with the column that does.
NAMING: tuple[tuple[str, str], ...] = tuple((e.key, f.key) for e in ENTITIES for f in e.cells if f.names_record)
_KIN = "SELECT id FROM link WHERE a = ? UNION SELECT id FROM link WHERE b = ?" + "".join(
    f' UNION SELECT id FROM "{part}" WHERE "{column}" = ?' for part, column in PARTS
)


def taken_back(pairs: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Transactions that do not stand, of those that were undone or brought back.

    ``pairs`` are a transaction that undoes or redoes, and the one that it takes back. What was taken back by a transaction
    that was itself taken back stands, and so on.
    """
    takers: dict[str, set[str]] = {}
    for taker, taken in pairs:
        takers.setdefault(taken, set()).add(taker)
    memo: dict[str, bool] = {}
    for first in takers:
        chain = [first]
        while chain:
            one = chain[-1]
            waiting = [t for t in takers.get(one, ()) if t not in memo and t not in chain]
            if waiting:
                chain.append(waiting[0])
                continue
            memo[one] = any(not memo.get(t, False) for t in takers.get(one, ()))
            chain.pop()
    return frozenset(one for one, gone in memo.items() if gone)


def end_of_day(day: date) -> str:
    """The last moment of a London day as the log writes time."""
    return log_time(datetime.combine(day, time.max, LONDON))


def start_of_day(day: date, at: str = "") -> str:
    """The first moment of a London day, or a time of it such as 14:30, as the log writes time."""
    return log_time(datetime.combine(day, time.fromisoformat(at) if at else time.min, LONDON))


def log_time(at: datetime) -> str:
    """A moment as the log writes time: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def known_by(connection: Connection, moment: str) -> int:
    """The number (``n``) up to which this store had entries by a moment, 0 where it had none.

    An entry counts from the smallest time received of it and all later ones: a clock that once stood wrong spoils no date.
    """
    return _known(connection, moment, "<=", ">")


def known_before(connection: Connection, moment: str) -> int:
    """The same before a moment."""
    return _known(connection, moment, "<", ">=")


def _known(connection: Connection, moment: str, by: str, later: str) -> int:
    run = connection.exec_driver_sql
    if run(f'SELECT 1 FROM "change" WHERE received {by} ? LIMIT 1', (moment,)).fetchone() is None:
        return 0  # all of it came later: nothing is counted
    number, first, last = run(
        f'SELECT count(*), min(n), (SELECT max(n) FROM "change") FROM "change" WHERE received {later} ?', (moment,)
    ).one()
    if not number:
        return int(last or 0)
    if int(last) - int(first) + 1 == int(number):  # the later ones are the log's end, as they are unless a clock went wrong
        return int(first) - 1
    # "+n": else SQLite walks the whole table from its end
    return int(run(f'SELECT max(+n) FROM "change" WHERE received {by} ?', (moment,)).one()[0] or 0)


def entries_of(connection: Connection, rows: Iterable[str], until: str | None = None) -> list[log.Entry]:
    """Every entry about the given rows that this store had by ``until``, oldest first."""
    wanted = list(dict.fromkeys(rows))
    last = known_by(connection, until) if until else None
    found: list[log.Entry] = []
    for start in range(0, len(wanted), _IN):
        part = wanted[start : start + _IN]
        marks = ",".join("?" * len(part))
        sql = f'{log.SELECT} WHERE "row" IN ({marks})' + ("" if last is None else " AND n <= ?") + " ORDER BY n"
        params = tuple(part) if last is None else (*part, last)
        found += [log.from_row(tuple(r)) for r in connection.exec_driver_sql(sql, params)]
    return found


def entries_between(connection: Connection, since: str, until: str) -> list[log.Entry]:
    """Every entry that this store learned of in the span, oldest first."""
    rows = connection.exec_driver_sql(
        f"{log.SELECT} WHERE n > ? AND n <= ? ORDER BY n", (known_before(connection, since), known_by(connection, until))
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


def tombstone(entries: Sequence[log.Entry]) -> log.Entry | None:
    """The entry by which a record was disposed of, where one is among its entries: it is final."""
    if len(entries) < 2:
        return None
    found = [e for e in entries if act_of(e.act) is Act.DISPOSE and (d := e.fields.get("deleted")) is not None and d.after]
    return min(found, key=lambda e: (e.origin, e.seq), default=None)


def cells_after(entries: Sequence[log.Entry]) -> dict[str, merge.Standing]:
    """The cells of one record after its entries. A creation says None of every cell it leaves out.

    Where the same record was made in two stores (a link, a setting), a creation that leaves a cell out says
    nothing of it if anything else does. A creation always says that the record is not deleted.
    """
    if len(entries) == 1 and entries[0].op == "create":
        return _just_made(entries[0])
    final = tombstone(entries)
    keys = {key for e in entries for key in e.fields}
    stated: dict[str, list[merge.CellChange]] = {key: [] for key in keys}
    silent: dict[str, list[merge.CellChange]] = {key: [] for key in keys}
    for entry in entries:
        for key in keys if entry.op == "create" else entry.fields:
            cell = entry.fields.get(key)
            value: Value = cell.after if cell else (False if key == "deleted" else None)
            over = frozenset(cell.overwrote) if cell else frozenset[str]()
            stands_in = act_of(entry.act) is Act.RESCUE and value == LOST  # once the record itself is back, it says nothing
            spoken = (cell is not None and not stands_in) or key == "deleted"
            (stated if spoken else silent)[key].append(
                merge.CellChange(entry.id, entry.origin, entry.seq, value, over)
            )
    if entries[0].tbl in BY_CONTENT and sum(e.op == "create" for e in entries) > 1:
        made = {e.id for e in entries if e.op == "create"}
        stated = {key: _of_twins(all_changes, made) for key, all_changes in stated.items()}
    spec = BY_KEY.get(entries[0].tbl)
    fields = spec.by_key if spec is not None else {}
    stands = {key: merge.standing(stated[key] or silent[key], rank(fields.get(key))) for key in keys}
    if final is not None:  # whatever was written beside it, on whichever laptop, does not bring a word back
        for key, cell in final.fields.items():
            stands[key] = merge.Standing(cell.after, (merge.CellChange(final.id, final.origin, final.seq, cell.after),))
        kept = _KEPT_BY_TOMBSTONES.get(final.tbl, frozenset({"reference"}))
        for key in stands.keys() - final.fields.keys() - kept:
            stands[key] = merge.Standing(None, stands[key].heads)
    return stands


def _of_twins(stated: list[merge.CellChange], made: set[str]) -> list[merge.CellChange]:
    """What counts of a cell of a record that was made in two stores of the same words: what was written to it later, else one making."""
    later = [s for s in stated if s.id not in made]
    return later or sorted(stated, key=lambda s: (s.origin, s.seq))[:1]


#: What a tombstone leaves: the reference, and which records it belonged to.
_KEPT_BY_TOMBSTONES = {
    e.key: frozenset({"reference", *(f.key for f in e.cells if f.kind is Kind.REF)}) for e in ENTITIES
} | {"link": frozenset({"kind", "a", "b"})}


def _just_made(entry: log.Entry) -> dict[str, merge.Standing]:
    """The same for a record of which there is only its creation: most of what a merge brings."""
    return {
        key: merge.Standing(cell.after, (merge.CellChange(entry.id, entry.origin, entry.seq, cell.after),))
        for key, cell in entry.fields.items()
    }


def was_renumbered(entries: Sequence[log.Entry]) -> bool:
    """Whether a record may bear more than one reference: it was given another, or was made in two stores."""
    return sum("reference" in e.fields for e in entries) > 1


def former_references(entries: Sequence[log.Entry], standing: Value) -> list[str]:
    """Every reference that a record ever bore, but for the one it bears now."""
    references = {c.after for e in entries if (c := e.fields.get("reference")) is not None}
    references |= {c.before for e in entries if (c := e.fields.get("reference")) is not None}
    return sorted(str(r) for r in references if r and r != standing)


def conflicts_in(entries: Sequence[log.Entry], cells: Mapping[str, merge.Standing]) -> list[str]:
    """The cells of one record that nobody has chosen for: heads that differ, or deleted here, changed there.

    A reference is never one: where two stores numbered the same record, both numbers lead to it for ever.
    """
    if tombstone(entries) is not None or entries[0].tbl in _NEVER_TORN:
        return []
    found = [key for key, standing in cells.items() if standing.conflicted and key != "reference" and key not in _NOTED.get(entries[0].tbl, ())]
    if "deleted" not in found and changed_behind_deletion(entries, cells):
        found.append("deleted")
    return sorted(found)


def changed_behind_deletion(
    entries: Sequence[log.Entry], cells: Mapping[str, merge.Standing]
) -> list[log.Entry]:
    """The changes to a deleted record whose maker did not know of the deletion, nor its maker of them.

    That another store numbered it meanwhile is none.
    """
    gone = cells.get("deleted")
    if gone is None or not gone.value:
        return []
    by_id = {e.id: e for e in entries}
    deletions = [by_id[h.id] for h in gone.heads if h.id in by_id]
    heads = {h.id for key, c in cells.items() if key not in ("deleted", "reference") for h in c.heads}
    apart = [by_id[h] for h in heads if h in by_id and by_id[h].op != "create"]
    return sorted(
        (e for e in apart if all(_unknown_to_each_other(d, e) for d in deletions)),
        key=lambda e: (e.origin, e.seq),
    )


def _unknown_to_each_other(deletion: log.Entry, change: log.Entry) -> bool:
    if deletion.origin == change.origin:
        return False
    known = set(deletion.fields["deleted"].overwrote) if "deleted" in deletion.fields else set[str]()
    seen = {o for cell in change.fields.values() for o in cell.overwrote}
    return change.id not in known and deletion.id not in seen


def grouped(entries: Iterable[log.Entry]) -> dict[tuple[str, str], list[log.Entry]]:
    """Entries by (table, row), each oldest first."""
    groups: dict[tuple[str, str], list[log.Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.tbl, entry.row), []).append(entry)
    return groups
