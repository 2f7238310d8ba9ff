"""Merging another store into this one: its unseen entries are copied, heads and rows follow (DESIGN 4).

Nothing is decided here that the log does not say: every store that knows the same entries shows the same
values and the same conflicts, in whatever order they came. All of it is one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain.acts import Act, act_of
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import ENTITIES, LINK, UPDATE, EntitySpec
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.fields import Kind
from vawg_desktop.store import dispose, forks, gaps, history, named_files, redacting, work
from vawg_desktop.store import entries as log
from vawg_desktop.store.forks import Origins
from vawg_desktop.store.log_writing import spec_of
from vawg_desktop.store.merge_findings import Findings
from vawg_desktop.store.restating import Failure, Rebuild, batches
from vawg_desktop.store.store import Store
from vawg_desktop.store.transaction import Transaction
from vawg_desktop.store.trouble import engine_errors

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BATCH = 1000


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
        if damage := integrity(one):
            raise StoreError(f"Nothing was merged: {one.name} is not whole. {damage}", code=code)


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
    named = named_files.still_named_in(other.read(), new)
    carried = 0
    for sha256, name in there:
        if sha256 in named and sha256 not in have:
            store.files.keep(name, other.files.get(sha256))
            carried += 1
    return carried


class _Merging:
    """One merge inside its transaction."""

    def __init__(self, tx: Transaction, store: Store, other: Store, theirs: Origins) -> None:
        self._tx, self._store, self._other = tx, store, other
        self._theirs = theirs
        self._mine = origins_of(tx.connection)
        self._found = _Found(changes=tx.changes)
        self._new: set[str] = set()
        self._rows = Rebuild(tx, number=tx.derived.mints())
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
        for part in batches(touched, 400):
            self._recompute(part)
        gone = dict.fromkeys(self._found.gone_files)
        needed = named_files.still_named_in(self._tx.connection, list(gone))
        self._found.gone_files = [h for h in gone if h not in needed]
        self._tx.changes.entries += len(self._found.incoming)
        self._found.renumbered += self._rows.renumbered
        self._note_rest_of_disposed()
        self._number_provisional()
        self._part_clashing()
        self._hide_taken_twice()
        for id in self._rows.held_open:
            self._fail(id, "closing_waits", "It was closed in the other store; an approver closes it here.")
        self._found.rule_failures += self._findings().all(touched)
        return self._found

    def _findings(self) -> Findings:
        return Findings(self._tx, self._other, self._found.incoming, self._new)

    def _fail(self, id: str, rule: str, message: str) -> None:
        self._found.rule_failures.append(Failure(self._findings().called(id), rule, message))

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
        for part in batches((r for r in rows if r[2] > self._mine.get(str(r[1]), (0,))[0]), _BATCH):
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
        for part in batches(dict.fromkeys(rows), 400):
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
        for tbl, column in dict((*history.PARTS, *history.NAMING)).items():
            for some in batches(dict.fromkeys(e.row for e in self._found.incoming if e.tbl == tbl), 400):
                marks = ",".join("?" * len(some))
                found = self._tx.run(f'SELECT DISTINCT "{column}" FROM "{tbl}" WHERE id IN ({marks})', tuple(some))
                known.update(dict.fromkeys(str(r[0]) for r in found.fetchall() if r[0]))
        for e in self._found.incoming:
            for tbl, cell in redacting.DOCUMENTS:
                if e.tbl == tbl and (change := e.fields.get(cell)) is not None and change.after:
                    known.update(dict.fromkeys(str(r["id"]) for r in json.loads(str(change.after)).get("rows", ())))
        for some in batches(known, 400):
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
            names = ", ".join(f'"{c}"' for c in columns)
            found = self._tx.run(f'SELECT {names} FROM "{tbl}" WHERE id = ?', (row,)).fetchone()
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
        for (tbl, row), row_entries in groups.items():
            if (tbl, row) in wanted:
                self._found.conflicts += self._rows.state(tbl, row, row_entries, is_new=row not in there)
        self._tx.send_inserts()

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
        if self._tx.derived.mints():
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
            for part in batches(dict.fromkeys(incoming), 400):
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
        new = self._tx.derived.reference(spec.prefix)
        self._tx.edit(spec.key, id, {"reference": new}, checked=False, settling=True)
        self._found.renumbered.append((old, new))

    def _hide_taken_twice(self) -> None:
        """Of two updates that two stores took from one submission, word for word, the one whose id is larger is hidden.

        Only one that nobody has changed since, and by its making alone: no two stores ever hide both.
        """
        made = dict.fromkeys(e.row for e in self._found.incoming if e.tbl == UPDATE.key and e.op == "create")
        words = " AND ".join(f'o."{c}" IS NOT DISTINCT FROM t."{c}"' for c in _TAKEN)
        for part in batches(made, 400):
            marks = ",".join("?" * len(part))
            twins = self._tx.run(
                f'SELECT t.id, o.id FROM "update" t JOIN "update" o ON o.submission = t.submission AND o.id <> t.id AND {words} '
                'JOIN "change" c ON c.id = t.born JOIN "change" d ON d.id = o.born AND d.origin <> c.origin '
                f"WHERE t.id IN ({marks}) AND t.deleted = 0 AND o.deleted = 0",
                tuple(part),
            ).fetchall()
            for id in sorted({max(str(one), str(other)) for one, other in twins}):
                if self._tx.heads(id, "").keys() <= {"reference"}:  # it was numbered at most, since it was made
                    self._tx.delete(UPDATE.key, id)

    # -- what each side kept and the union breaks --------------------------------------------


#: What makes two updates of one submission the same words about the same action.
_TAKEN = ("action", "answer", "channel", *(f.key for f in UPDATE.cells if f.kind is Kind.LONG))
