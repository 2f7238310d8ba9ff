"""Merging another store into this one: its unseen entries are copied, heads and rows follow (DESIGN 4).

Nothing is decided here that the log does not say: every store that knows the same entries shows the same
values and the same conflicts, in whatever order they came. All of it is one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain import merge, rules
from vawg_desktop.domain.acts import Act, act_of
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, LINK, EntitySpec
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.fields import Kind, Value
from vawg_desktop.store import dispose, forks, gaps, history, work
from vawg_desktop.store import entries as log
from vawg_desktop.store.door import Transaction, spec_of
from vawg_desktop.store.forks import Origins
from vawg_desktop.store.store import Store
from vawg_desktop.store.trouble import engine_errors

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that each side kept and their union breaks, with the record it is about."""

    record: str
    rule: str
    message: str


@dataclass(slots=True)
class Merged:
    """What a merge brought: ``incoming`` are the entries copied, ``conflicts`` the ids that are new."""

    incoming: list[log.Entry] = field(default_factory=list[log.Entry])
    conflicts: list[str] = field(default_factory=list[str])
    rule_failures: list[Failure] = field(default_factory=list[Failure])
    renumbered: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    files: int = 0
    unrelated: bool = False
    #: Where a file was copied by hand and edited in two places.
    forks: list[forks.Fork] = field(default_factory=list[forks.Fork])
    changes: Changes = field(default_factory=Changes)


#: Sees the transaction and what a merge did in it before it is taken back.
Look = Callable[[Transaction, Merged], None]


def origins_of(connection: Connection) -> Origins:
    """Whose entries a store holds, and how far."""
    rows = connection.exec_driver_sql("SELECT id, seq, hash, name FROM origin")
    return {str(i): (int(s), str(h), str(n or "")) for i, s, h, n in rows}


def unseen(connection: Connection, theirs: Origins, mine: Origins) -> Iterator[tuple[Any, ...]]:
    """The entries of a store (``connection``, ``theirs``) that one knowing ``mine`` has not seen, oldest first,
    as rows in the order of ``entries.COLUMNS``."""
    wanted = [
        (o, mine.get(o, (0, "", ""))[0]) for o, (seq, _, _) in theirs.items() if seq > mine.get(o, (0,))[0]
    ]
    if not wanted:
        return
    where = " OR ".join("(origin = ? AND seq > ?)" for _ in wanted)
    rows = connection.exec_driver_sql(
        f"{log.SELECT} WHERE {where} ORDER BY n", tuple(x for pair in wanted for x in pair)
    )
    for row in rows:
        yield tuple(row)


def merge_in(store: Store, other: Store, who: str, *, look: Look | None = None, strangers: bool = False) -> Merged:
    """Copy what ``other`` knows and ``store`` does not. Raises StoreError, and nothing is changed.

    Two stores with no common past are merged only where ``strangers`` says that this is meant.
    With ``look`` everything is done, shown to it and taken back: what a merge would bring.
    """
    if store is other or (store.url, store.path.resolve()) == (other.url, other.path.resolve()):
        raise StoreError("That is this very store; choose the copy that comes back.", code="same_store")
    _refuse_damaged(store, other)
    read = other.read()
    theirs = origins_of(read)
    mine = origins_of(store.read())
    forks.TailComparison(store.read(), read, mine, theirs)  # raises where a log was rewritten
    unrelated = not any(seq and mine.get(o, (0,))[0] for o, (seq, _, _) in theirs.items()) and any(
        seq for seq, _, _ in mine.values()
    )
    if unrelated and not strangers and not look:
        raise StoreError(
            f"{other.name} and this store have no common past: nothing in one is known to be the same as in the other, so "
            "what both hold would stand twice. Nothing was merged; say that it is meant (--strangers) to go on.",
            code="unrelated",
        )
    files = 0 if look else carry_files(store, other)
    merged = _Found()
    try:
        with store.write(who, f"Merged {other.name}", Act.MERGE) as tx:
            merged = _Merging(tx, store, other, theirs).run()
            merged.unrelated = unrelated
            merged.files = files
            merged.changes = tx.changes
            if look:
                look(tx, merged)
                raise _DryRun
            work.note(tx, work.SWEEP_FILE, merged.gone_files)
            if merged.disposed:
                work.note(tx, work.SWEEP_STORE)
    except _DryRun:
        return merged
    work.finish(store)
    return merged


def _refuse_damaged(store: Store, other: Store) -> None:
    """Both files are read through first: damage is met before anything is written, not in the midst of it."""
    from vawg_desktop.store.check import integrity

    for one, code in ((other, "other_damaged"), (store, "damaged")):
        if said := integrity(one):
            raise StoreError(f"Nothing was merged: {one.name} is not whole. {said}", code=code)


class _DryRun(Exception):  # noqa: N818 - not an error: it takes the transaction back
    """Raised to take a transaction back that was only to be looked at."""


@dataclass(slots=True)
class _Found(Merged):
    disposed: bool = False
    gone_files: list[str] = field(default_factory=list[str])


def carry_files(store: Store, other: Store) -> int:
    """Keep the files that the other store holds and its records name, now or by their history; returns how many were new."""
    have, there = store.files.known(), other.files.listed()
    new = [sha256 for sha256, _ in there if sha256 not in have]
    named = dispose.still_named_in(other.read(), new)
    carried = 0
    for sha256, name in there:
        if sha256 in named and sha256 not in have:
            store.files.keep(name, other.files.get(sha256))
            carried += 1
    return carried


def is_provisional(spec: EntitySpec, reference: Value) -> bool:
    """Whether a reference was given by a store that does not number, such as A-x7Q3KM."""
    return spec is not LINK and str(reference or "").startswith(f"{spec.prefix}-x")


class Rebuild:
    """States rows, heads and conflicts from the log's entries (a merge's and a rescue's half of the work)."""

    def __init__(self, tx: Transaction, *, number: bool = False) -> None:
        self._tx, self._number = tx, number
        #: References made final on the way: before and after.
        self.renumbered: list[tuple[str, str]] = []
        #: Recommendations whose closing waits for an approver.
        self.held_open: list[str] = []

    def state(self, table: str, id: str, said: list[log.Entry], *, is_new: bool | None = None) -> list[str]:
        """State one record from all its entries, oldest first; returns the ids of conflicts that are new."""
        tx, spec = self._tx, spec_of(table)
        born = next((e.id for e in said if e.op == "create"), said[0].id)
        standings = history.cells_after(said)
        values = {
            k: s.value for k, s in standings.items() if k in spec.by_key or k in ("deleted", "reference")
        }
        conflicts = history.conflicts_in(said, standings)
        before = None if is_new else self._row(spec, id)
        if before is None and self._number and is_provisional(spec, values.get("reference")):
            self._make_final(spec, id, values, standings)
        if not tx.approver and rules.closes(spec, values):
            self._hold_closing(spec, id, values, standings, before)
            conflicts = [c for c in conflicts if standings[c].conflicted or c == "deleted"]
        tx.keeper.note_number(spec.prefix, values.get("reference"))
        if before is None:
            self._insert(spec, id, values, born, len(conflicts))
        else:
            born = str(before["born"])
            self._update(spec, id, before, values, len(conflicts))
            tx.run('DELETE FROM head WHERE "row" = ?', (id,))
        if spec is not LINK and history.was_renumbered(said):
            tx.keeper.restate_former(id, history.former_references(said, values.get("reference")))
        rows = [
            (id, k, h.id) for k, s in standings.items() if {x.id for x in s.heads} != {born} for h in s.heads
        ]
        if rows:
            tx.connection.exec_driver_sql('INSERT INTO head ("row", cell, "change") VALUES (?, ?, ?)', rows)
        if spec.key == "action" and len(said) > 1:
            tx.keeper.count_slips(id)
        tx.note_change(spec, id, values if spec is LINK else {})
        if conflicts or (before is not None and before["conflicts"]):
            return self._note_conflicts(spec.key, id, conflicts)
        return []

    def _make_final(
        self, spec: EntitySpec, id: str, values: dict[str, Value], standings: dict[str, merge.Standing]
    ) -> None:
        """Number a provisional record as it comes in, by an entry of this store's own."""
        old, new = str(values["reference"]), self._tx.keeper.reference(spec.prefix)
        heads = [h.id for h in standings["reference"].heads]
        said = self._tx.say(spec.key, id, "reference", old, new, heads)
        standings["reference"] = merge.Standing(new, (said,))
        values["reference"] = new
        self._tx.keeper.set_former(id, [old])
        self.renumbered.append((old, new))

    def _hold_closing(
        self, spec: EntitySpec, id: str, values: dict[str, Value], standings: dict[str, merge.Standing], before: dict[str, Value] | None
    ) -> None:
        """A closing that somebody brings who may not close waits: an entry of this store's own keeps it open."""
        if before is not None and before["status"] == "closed":
            return
        was: Value = before["status"] if before is not None else "open"
        heads = standings["status"].heads
        closing = [h.id for h in heads if h.value == "closed"]
        said = self._tx.say(spec.key, id, "status", "closed", was, closing)
        standings["status"] = merge.standing([*(h for h in heads if h.value != "closed"), said])
        values["status"] = standings["status"].value
        self.held_open.append(id)

    def _insert(self, spec: EntitySpec, id: str, values: dict[str, Value], born: str, conflicts: int) -> None:
        tx, row = self._tx, {**values, "id": id, "deleted": bool(values.get("deleted"))}
        derived = tx.keeper.created(spec, row)
        cells = {k: v for k, v in row.items() if v is not None}
        own: dict[str, Value] = {"deleted": int(bool(row["deleted"])), "born": born, "conflicts": conflicts}
        tx.insert(spec.key, {**cells, **derived, **own})
        tx.changes.created.append(id)

    def _update(
        self, spec: EntitySpec, id: str, before: dict[str, Value], values: dict[str, Value], conflicts: int
    ) -> None:
        tx, changed = self._tx, {k: v for k, v in values.items() if before.get(k) != v}
        if changed or int(str(before["conflicts"] or 0)) != conflicts:
            after: dict[str, Value] = {**before, **changed}
            columns: dict[str, Value] = {**changed, "conflicts": conflicts}
            columns |= tx.keeper.changed(spec, before, after, frozenset(changed))
            tx.update(spec.key, id, columns)

    def _note_conflicts(self, table: str, id: str, cells: list[str]) -> list[str]:
        had = {str(r[0]) for r in self._tx.run('SELECT cell FROM conflict WHERE "row" = ?', (id,))}
        self._tx.keeper.set_conflicts(table, id, cells)
        return [merge.conflict_id(table, id, c) for c in cells if c not in had]

    def _row(self, spec: EntitySpec, id: str) -> dict[str, Value] | None:
        there = self._tx.run(f'SELECT 1 FROM "{spec.key}" WHERE id = ?', (id,)).fetchone()
        return self._tx.row(spec.key, id) if there else None


class _Merging:
    """One merge inside its transaction."""

    def __init__(self, tx: Transaction, store: Store, other: Store, theirs: Origins) -> None:
        self._tx, self._store, self._other = tx, store, other
        self._theirs = theirs
        self._mine = origins_of(tx.connection)
        self._found = _Found(changes=tx.changes)
        self._new: set[str] = set()
        self._rows = Rebuild(tx, number=tx.keeper.mints())
        #: How far each origin of theirs that is in parts was read: its number and hash; and the hash of each part as it is made anew.
        self._read: dict[str, tuple[int, str]] = {}
        self._made: dict[str, str] = {}

    def run(self) -> _Found:
        moved = self._tell_tails_apart()
        filled = gaps.fill(self._tx, self._other.read())
        self._copy_entries()
        self._found.incoming = [*filled, *self._found.incoming]
        self._new |= {e.id for e in filled}
        if not self._found.incoming and not moved:
            return self._found
        self._note_origins()
        disposed = self._strip_disposed()
        self._arrived = history.grouped(self._found.incoming)
        touched = dict.fromkeys((e.tbl, e.row) for e in self._found.incoming)
        touched.update(dict.fromkeys(disposed))
        touched.update(dict.fromkeys((e.tbl, e.row) for e in moved))  # which of two values stands follows from their origins
        for tbl, row in disposed:  # stripped in the log since they arrived
            self._arrived[(tbl, row)] = history.entries_of(self._tx.connection, [row])
        for part in _batches(touched, 400):
            self._recompute(part)
        gone = dict.fromkeys(self._found.gone_files)
        needed = dispose.still_named_in(self._tx.connection, list(gone))
        self._found.gone_files = [h for h in gone if h not in needed]
        self._tx.changes.entries += len(self._found.incoming)
        self._found.renumbered += self._rows.renumbered
        self._note_rest_of_disposed()
        self._number_provisional()
        self._part_clashing()
        self._hide_taken_twice()
        for id in self._rows.held_open:
            self._fail(id, "closing_waits", "It was closed in the other store; an approver closes it here.")
        self._found.rule_failures = [
            *self._broken(touched),
            *self._orphans(),
            *self._namesakes(touched),
        ]
        return self._found

    # -- the log -----------------------------------------------------------------------------

    def _tell_tails_apart(self) -> list[log.Entry]:
        """Where an origin went two ways, give the later tail an origin of its own; returns this store's entries that got one."""
        moved: list[log.Entry] = []

        def rebase(fork: forks.Fork) -> Origins:
            moved.extend(forks.rebase_own(self._tx, fork))
            return origins_of(self._tx.connection)

        self._tails = forks.TailComparison(self._tx.connection, self._other.read(), self._mine, self._theirs, rebase)
        self._mine = origins_of(self._tx.connection)
        self._found.forks = [f for f in self._tails.found if f.mine or f.entries > self._mine.get(f.branch, (0,))[0]]
        #: From which number on each origin of theirs is in parts: before it, both logs are the same.
        self._cut = self._tails.cuts()
        self._read = {o: (cut, self._hash_there(o, cut)) for o, cut in self._cut.items()}
        forks.note(self._tx, self._tails, self._other.meta(forks.BRANCHES))
        return moved

    def _hash_there(self, origin: str, seq: int) -> str:
        row = self._other.read().exec_driver_sql('SELECT hash FROM "change" WHERE origin = ? AND seq = ?', (origin, seq)).fetchone()
        return str(row[0]) if row else log.GENESIS

    def _of_branch(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row of the other store's later tail as one of its new origin; any other as it is. The tail's own chain is proved first."""
        source = str(row[1])
        if source not in self._read:
            return row
        entry = log.from_row(row)
        seq, hash_ = self._read[source]
        if entry.seq != seq + 1 or entry.chained(hash_) != entry.hash:
            raise self._torn(entry, seq)
        self._read[source] = (entry.seq, entry.hash)
        part = self._tails.place(source, entry.seq)
        (made,) = forks.rechained([entry], part.origin, part.after, self._made.get(part.origin, log.GENESIS))
        self._made[part.origin] = made.hash
        return made.as_params()

    def _torn(self, entry: log.Entry, after: int | None = None) -> StoreError:
        name = self._theirs.get(entry.origin, (0, "", ""))[2] or entry.origin
        if after is not None and any(a <= after + 1 <= b for a, b in gaps.read(self._other.read()).get(entry.origin, ())):
            return forks.lost(name, after + 1, entry.seq - 1)
        return StoreError(
            f"The log of {self._other.name} was altered or is torn at entry {entry.seq} of "
            f"{self._theirs.get(entry.origin, (0, '', ''))[2] or entry.origin}; nothing was merged. Run “check” on it.",
            code="other_log_altered",
        )

    def _copy_entries(self) -> None:
        tips = {o: (seq, hash_) for o, (seq, hash_, _) in self._mine.items()}
        received = self._tx.received
        rows = (self._of_branch(row) for row in self._readable())
        for part in _batches((r for r in rows if r[2] > self._mine.get(str(r[1]), (0,))[0]), _BATCH):
            entries = [log.from_row(row) for row in part]
            for entry in entries:
                seq, previous = tips.get(entry.origin, (0, log.GENESIS))
                if entry.seq != seq + 1 or entry.chained(previous) != entry.hash:
                    raise self._torn(entry, seq)
                tips[entry.origin] = (entry.seq, entry.hash)
                entry.received = received
                self._new.add(entry.id)
            at = log.COLUMNS.index("received")
            names = {origin: self._name_of(origin) for origin in {str(row[1]) for row in part}}
            self._tx.append([(*row[:at], received, *row[at + 1 :]) for row in part], names)
            self._found.incoming += entries
        for origin, (seq, hash_, _) in self._theirs.items():
            have, have_hash = self._read.get(origin) or tips.get(origin, (0, ""))
            if have < seq or (have == seq and seq and have_hash != hash_):
                raise StoreError(
                    f"The log of {self._other.name} ends before its last entry; nothing was merged. "
                    "Run “check” on it.",
                    code="other_log_altered",
                )
        self._tips = tips

    def _readable(self) -> Iterator[tuple[Any, ...]]:
        try:
            known = self._mine | {o: (cut, "", "") for o, cut in self._cut.items()}
            yield from unseen(self._other.read(), self._theirs, known)
        except engine_errors() as error:
            raise StoreError(
                f"{self._other.name} is damaged and could not be read to its end; nothing was merged. "
                "Read out what can be read of it (rescue), or bring in a backup of it.",
                code="other_damaged",
            ) from error

    def _note_origins(self) -> None:
        run = self._tx.run
        for origin, (seq, hash_) in self._tips.items():
            if self._mine.get(origin, (0,))[0] == seq and origin in self._mine:
                continue
            if not self._tx.guarded:
                run(
                    "INSERT INTO origin (id, name, mine, seq, hash) VALUES (?, ?, 0, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
                    (origin, self._name_of(origin), seq, hash_),
                )
            self._tx.moved_origin(origin, seq, hash_)

    def _name_of(self, origin: str) -> str:
        branch = next((f for f in self._tails.found if f.branch == origin), None)
        return forks.named(branch) if branch is not None else self._theirs.get(origin, (0, "", ""))[2]

    def _strip_disposed(self) -> list[tuple[str, str]]:
        """Words of records disposed of in either store go from both; a legal hold here keeps the log's."""
        here = {e.row: e.tbl for e in self._found.incoming if act_of(e.act) is Act.DISPOSE}
        rows = [e.row for e in self._found.incoming]
        for part in _batches(dict.fromkeys(rows), 400):
            marks = ",".join("?" * len(part))
            found = self._tx.run(
                f'SELECT DISTINCT "row", tbl FROM "change" WHERE act = \'dispose\' AND "row" IN ({marks})',
                tuple(part),
            )
            here.update({str(r): str(t) for r, t in found})
        stripped: list[tuple[str, str]] = []
        for row, tbl in here.items():
            if self._held(tbl, row):
                self._fail(
                    row,
                    "legal_hold",
                    "It was disposed of in the other store; a legal hold here keeps its log.",
                )
                continue
            if not self._tx.approver:
                self._fail(
                    row, "disposal_waits", "It was disposed of in the other store; its words stay in the log here until an approver opens the store."
                )
                work.note(self._tx, work.STRIP, [f"{tbl} {row}"])
                continue
            self._found.gone_files += dispose.strip_row(self._tx, tbl, row)
            stripped.append((tbl, row))
        self._found.disposed = bool(stripped)
        return stripped

    def _note_rest_of_disposed(self) -> None:
        """What either store wrote of a record that the other had disposed of goes too, as work after the merge."""
        known: dict[str, None] = dict.fromkeys(e.row for e in self._found.incoming if act_of(e.act) is Act.DISPOSE)
        parts = dict(history.PARTS) | {"decision": "record", "tracker_row": "record"}
        for tbl, column in parts.items():
            for some in _batches(dict.fromkeys(e.row for e in self._found.incoming if e.tbl == tbl), 400):
                marks = ",".join("?" * len(some))
                found = self._tx.run(f'SELECT DISTINCT "{column}" FROM "{tbl}" WHERE id IN ({marks})', tuple(some))
                known.update(dict.fromkeys(str(r[0]) for r in found.fetchall() if r[0]))
        for e in self._found.incoming:
            for tbl, cell in dispose.DOCUMENTS:
                if e.tbl == tbl and (said := e.fields.get(cell)) is not None and said.after:
                    known.update(dict.fromkeys(str(r["id"]) for r in json.loads(str(said.after)).get("rows", ())))
        for some in _batches(known, 400):
            marks = ",".join("?" * len(some))
            gone = self._tx.run(
                f'SELECT DISTINCT tbl, "row" FROM "change" WHERE act = \'dispose\' AND about = "row" AND "row" IN ({marks})', tuple(some)
            ).fetchall()
            left = [
                f"{tbl} {row}" for tbl, row in gone
                if not self._held(str(tbl), str(row)) and dispose.has_rest(self._tx.connection, str(tbl), str(row))
            ]  # fmt: skip
            work.note(self._tx, work.REST, left)

    def _held(self, tbl: str, row: str) -> bool:
        """Whether a legal hold here lies on the record, on what it is a part of, or on a link's ends."""
        spec, wanted = spec_of(tbl), [row]
        columns = [spec.parent] if spec.parent else ["a", "b"] if spec is LINK else []
        if columns:
            said = ", ".join(f'"{c}"' for c in columns)
            found = self._tx.run(f'SELECT {said} FROM "{tbl}" WHERE id = ?', (row,)).fetchone()
            wanted += [str(x) for x in found or () if x]
        marks = ",".join("?" * len(wanted))
        sql = f"SELECT 1 FROM link WHERE kind = ? AND deleted = 0 AND a IN ({marks})"
        return bool(self._tx.run(sql, (dispose.HOLD, *wanted)).fetchone())

    # -- rows --------------------------------------------------------------------------------

    def _recompute(self, records: list[tuple[str, str]]) -> None:
        wanted, there = set(records), self._there(records)
        known = history.entries_of(self._tx.connection, [row for _, row in records if row in there])
        groups = history.grouped(known)
        for tbl, row in records:
            if row not in there:  # all that is known of it has just come
                groups[(tbl, row)] = self._arrived[(tbl, row)]
        for (tbl, row), said in groups.items():
            if (tbl, row) in wanted:
                self._found.conflicts += self._rows.state(tbl, row, said, is_new=row not in there)

    def _there(self, records: list[tuple[str, str]]) -> set[str]:
        """Which of the records have a row already."""
        by_table: dict[str, list[str]] = {}
        for tbl, row in records:
            by_table.setdefault(tbl, []).append(row)
        found: set[str] = set()
        for tbl, rows in by_table.items():
            marks = ",".join("?" * len(rows))
            sql = f'SELECT id FROM "{tbl}" WHERE id IN ({marks})'
            found |= {str(r[0]) for r in self._tx.run(sql, tuple(rows))}
        return found

    # -- references --------------------------------------------------------------------------

    def _number_provisional(self) -> None:
        """A minting store gives each provisional record its number; the old reference still leads to it."""
        if self._tx.keeper.mints():
            for spec in ENTITIES:
                rows = self._tx.run(
                    f'SELECT id, reference FROM "{spec.key}" WHERE reference LIKE ? ORDER BY id',
                    (f"{spec.prefix}-x%",),
                ).fetchall()
                for id, reference in rows:
                    self._renumber(spec, str(id), str(reference))

    def _part_clashing(self) -> None:
        """Two records of one reference: the one received later gets the next number."""
        for spec in ENTITIES:
            incoming = [e.row for e in self._found.incoming if e.tbl == spec.key and "reference" in e.fields]
            for part in _batches(dict.fromkeys(incoming), 400):
                marks = ",".join("?" * len(part))
                rows = self._tx.run(
                    f'SELECT t.id, t.reference FROM "{spec.key}" t WHERE t.id IN ({marks}) AND EXISTS '
                    f'(SELECT 1 FROM "{spec.key}" o WHERE o.reference = t.reference AND o.id <> t.id) ORDER BY t.n',
                    tuple(part),
                ).fetchall()
                for id, reference in rows:
                    self._part(spec, str(id), str(reference))

    def _part(self, spec: EntitySpec, id: str, reference: str) -> None:
        """Of two records that bear one reference, the one received later gets the next number."""
        rows = self._tx.run(
            f'SELECT id FROM "{spec.key}" WHERE reference = ? ORDER BY n DESC', (reference,)
        ).fetchall()
        if len(rows) > 1:  # the other of the pair may have been renumbered a moment ago
            self._renumber(spec, str(rows[0][0]), reference)

    def _renumber(self, spec: EntitySpec, id: str, old: str) -> None:
        new = self._tx.keeper.reference(spec.prefix)
        self._tx.edit(spec.key, id, {"reference": new}, checked=False, settling=True)
        self._found.renumbered.append((old, new))

    def _hide_taken_twice(self) -> None:
        """Of two updates that two stores took from one submission, word for word, the one whose id is larger is hidden.

        Only one that nobody has changed since, and by its making alone: no two stores ever hide both.
        """
        made = dict.fromkeys(e.row for e in self._found.incoming if e.tbl == "update" and e.op == "create")
        words = " AND ".join(f'o."{c}" IS NOT DISTINCT FROM t."{c}"' for c in _TAKEN)
        for part in _batches(made, 400):
            marks = ",".join("?" * len(part))
            twins = self._tx.run(
                f'SELECT t.id, o.id FROM "update" t JOIN "update" o ON o.submission = t.submission AND o.id <> t.id AND {words} '
                'JOIN "change" c ON c.id = t.born JOIN "change" d ON d.id = o.born AND d.origin <> c.origin '
                f"WHERE t.id IN ({marks}) AND t.deleted = 0 AND o.deleted = 0",
                tuple(part),
            ).fetchall()
            for id in sorted({max(str(one), str(other)) for one, other in twins}):
                if self._tx.heads(id, "").keys() <= {"reference"}:  # it was numbered at most, since it was made
                    self._tx.delete("update", id)

    # -- what each side kept and the union breaks --------------------------------------------

    def _fail(self, id: str, rule: str, message: str) -> None:
        self._found.rule_failures.append(Failure(self._called(id), rule, message))

    def _called(self, id: str) -> str:
        row = self._tx.run("SELECT reference FROM subject WHERE id = ?", (id,)).fetchone()
        return str(row[0]) if row else id

    def _broken(self, touched: Mapping[tuple[str, str], None]) -> list[Failure]:
        found: list[Failure] = list(self._found.rule_failures)
        for tbl, id in self._with_neighbours(touched):
            spec, row = spec_of(tbl), self._tx.row(tbl, id)
            if row["deleted"]:
                continue
            closing = rules.closes(spec, row)
            around = rules.Around(evidence=self._tx.keeper.evidence_of(id) if closing else 0)
            found += [
                Failure(self._called(id), b.rule, b.message) for b in rules.broken_rules(spec, row, around)
            ]
        return found

    def _with_neighbours(self, touched: Mapping[tuple[str, str], None]) -> Iterable[tuple[str, str]]:
        """Touched records, and closed recommendations whose evidence may have gone."""
        yield from (t for t in touched if t[0] in ("action", "recommendation"))
        if any(tbl in ("link", "evidence", "action") for tbl, _ in touched):
            closed = self._tx.run(
                "SELECT id FROM recommendation WHERE status = 'closed' AND deleted = 0"
            ).fetchall()
            yield from (
                ("recommendation", str(r[0])) for r in closed if ("recommendation", str(r[0])) not in touched
            )

    def _orphans(self) -> list[Failure]:
        """A record that lives while what it refers to, by a field or a link, was deleted on the other side."""
        hidden = [e.row for e in self._found.incoming if "deleted" in e.fields and e.tbl != "link"]
        found: list[Failure] = []
        for spec in ENTITIES:
            for cell in (f for f in spec.cells if f.kind is Kind.REF):
                sql = (
                    f'SELECT c.id, c.id, c.reference, p.id, p.reference FROM "{spec.key}" c JOIN "{cell.target}" p '
                    f'ON p.id = c."{cell.key}" AND p.deleted = 1 WHERE c.deleted = 0 AND '
                )
                said = [e.row for e in self._found.incoming if e.tbl == spec.key and cell.key in e.fields]
                found += self._orphaned(sql, cell.key, ((f'c."{cell.key}"', hidden), ("c.id", said)))
        linked = [e.row for e in self._found.incoming if e.tbl == "link"]
        for mine, other in (("a", "b"), ("b", "a")):
            sql = (
                f"SELECT l.id, c.id, c.reference, p.id, p.reference FROM link l JOIN subject c ON c.id = l.{mine} AND c.deleted = 0 "
                f"JOIN subject p ON p.id = l.{other} AND p.deleted = 1 WHERE l.deleted = 0 AND "
            )
            found += self._orphaned(sql, "", ((f"l.{other}", hidden), ("l.id", linked)))
        return list(dict.fromkeys(found))

    def _orphaned(self, sql: str, key: str, wanted: Iterable[tuple[str, list[str]]]) -> list[Failure]:
        """What one question finds: the row that refers, the record it belongs to, and the record that is gone."""
        found: list[Failure] = []
        for column, ids in wanted:
            for part in _batches(dict.fromkeys(ids), 400):
                marks = ",".join("?" * len(part))
                for row, _, mine, parent, theirs in self._tx.run(f"{sql}{column} IN ({marks})", tuple(part)).fetchall():
                    if self._parted(str(row), str(parent), key):
                        why = f"{mine} refers to {theirs}, which was {self._gone(str(parent))} on the other side."
                        found.append(Failure(str(mine), "deleted_elsewhere", why))
        return found

    def _gone(self, id: str) -> str:
        """How a record went: deleted, or combined into another."""
        said = self._tx.run(
            "SELECT about FROM \"change\" WHERE \"row\" = ? AND act = 'combine' AND about IS NOT NULL ORDER BY n DESC LIMIT 1", (id,)
        ).fetchone()
        return f"combined into {self._called(str(said[0]))}" if said and said[0] != id else "deleted"

    def _parted(self, row: str, gone: str, key: str) -> bool:
        """Whether whoever deleted a record did not know of a reference (or, with no key, a link) that leads to it.

        Read from the order of entries in the store in which the deletion was made, or from which it came.
        """
        both = history.entries_of(self._tx.connection, [row, gone])
        said = [e.id for e in both if e.row == row and (key in e.fields or not key)]
        ends = [e for e in both if e.row == gone and "deleted" in e.fields]
        if not said or not ends:
            return False
        end = ends[-1].id
        there = self._other.read() if end in self._new else self._tx.connection
        marks = ",".join("?" * (len(said) + 1))
        order = {str(i): int(n) for i, n in there.exec_driver_sql(f'SELECT id, n FROM "change" WHERE id IN ({marks})', (*said, end))}
        return all(order.get(one, order[end] + 1) > order[end] for one in said)

    def _namesakes(self, touched: Mapping[tuple[str, str], None]) -> list[Failure]:
        """Partners that came in under a name another partner bears: perhaps one and the same."""
        names: dict[str, tuple[str, str]] = {}
        found: list[Failure] = []
        if not any(tbl == "partner" for tbl, _ in touched):
            return []
        rows = self._tx.run(
            "SELECT id, reference, name, short_name FROM partner WHERE deleted = 0 ORDER BY n"
        ).fetchall()
        for id, reference, *said in rows:
            for name in {" ".join(str(x).casefold().split()) for x in said if x}:
                other = names.setdefault(name, (str(id), str(reference)))
                if other[0] != id and {("partner", str(id)), ("partner", other[0])} & touched.keys():
                    found.append(
                        Failure(str(reference), "same_name", f"{reference} bears the same name as {other[1]}; if they are one body, combine them.")
                    )  # fmt: skip
        return list(dict.fromkeys(found))


#: What makes two updates of one submission the same words about the same action.
_TAKEN = ("action", "answer", "channel", *(f.key for f in BY_KEY["update"].cells if f.kind is Kind.LONG))


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    stream = iter(items)
    while part := list(islice(stream, size)):
        yield part
