"""Merging another store into this one: its unseen entries are copied, heads and rows follow (DESIGN 4).

Nothing is decided here that the log does not say: every store that knows the same entries shows the same
values and the same conflicts, in whatever order they came. All of it is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store import entries as log
from vawg_desktop.store import forks, history, named_files, stubs, work
from vawg_desktop.store.forks import Origins
from vawg_desktop.store.gc_pause import without_collecting
from vawg_desktop.store.incoming_log import IncomingLog, origins_of
from vawg_desktop.store.merge_disposed import Disposed
from vawg_desktop.store.merge_findings import Findings
from vawg_desktop.store.merge_numbers import Numbers
from vawg_desktop.store.restating import Failure, Rebuild, batches
from vawg_desktop.store.store import Store
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    pass

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


def merge_in(store: Store, other: Store, who: str, *, look: Look | None = None, allow_unrelated: bool = False) -> Merged:
    """Copy what ``other`` knows and ``store`` does not. Raises StoreError, and nothing is changed.

    Two stores with no common past are merged only where ``allow_unrelated`` says that this is meant.
    With ``look`` everything is done, shown to it and taken back: what a merge would bring.
    """
    if store is other or (store.url, store.path.resolve()) == (other.url, other.path.resolve()):
        raise StoreError("That is this very store; choose the copy that comes back.", code="same_store")
    _refuse_damaged(store, other)
    read = other.read()
    theirs = origins_of(read)
    mine = origins_of(store.read())
    stubs.refuse_wider(store.read(), read, other.name, {o: s for o, (s, _, _) in mine.items()})
    forks.TailComparison(store.read(), read, mine, theirs)  # raises where a log was rewritten
    unrelated = not any(seq and mine.get(o, (0,))[0] for o, (seq, _, _) in theirs.items()) and any(
        seq for seq, _, _ in mine.values()
    )
    if unrelated and not allow_unrelated and not look:
        raise StoreError(
            f"{other.name} and this store share no history: nothing in one is known to be the same as in the other, so "
            "what both hold would stand twice. Nothing was merged; say that it is meant (--strangers) to go on.",
            code="unrelated",
        )
    files = 0 if look else carry_files(store, other)
    merged = _Found()
    try:
        with without_collecting(), store.write(who, f"Merged {other.name}", Act.MERGE) as tx:
            merged = _Merging(tx, other, theirs).run()
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
    """Raise StoreError where either file is damaged, before anything is written."""
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

    def __init__(self, tx: Transaction, other: Store, theirs: Origins) -> None:
        self._tx, self._other = tx, other
        self._log = IncomingLog(tx, other, theirs)
        self._found = _Found(changes=tx.changes)
        self._rows = Rebuild(tx, number=tx.derived.mints())

    def run(self) -> _Found:
        found = self._found
        moved = self._log.bring()
        found.incoming, found.forks = self._log.entries, self._log.forks
        if not found.incoming and not moved:
            return found
        disposed = Disposed(self._tx, found.incoming, self._fail)
        stripped = disposed.strip()
        found.disposed = bool(stripped)
        self._arrived = history.grouped(found.incoming)
        touched = dict.fromkeys((e.tbl, e.row) for e in found.incoming)
        touched.update(dict.fromkeys(stripped))
        touched.update(dict.fromkeys((e.tbl, e.row) for e in moved))  # which of two values stands follows from their origins
        for tbl, row in stripped:  # taken out of the log since they arrived
            self._arrived[(tbl, row)] = history.entries_of(self._tx.connection, [row])
        for part in batches(touched, 400):
            self._recompute(part)
        gone = dict.fromkeys(disposed.gone_files)
        needed = named_files.still_named_in(self._tx.connection, list(gone))
        found.gone_files = [h for h in gone if h not in needed]
        self._tx.changes.entries += len(found.incoming)
        disposed.note_rest()
        numbers = Numbers(self._tx, found.incoming)
        numbers.put_right()
        found.renumbered += self._rows.renumbered + numbers.renumbered
        for id in self._rows.held_open:
            self._fail(id, "closing_waits", "It was closed in the other store; an approver closes it here.")
        found.rule_failures += self._findings().all(touched)
        return found

    def _findings(self) -> Findings:
        return Findings(self._tx, self._other, self._found.incoming, self._log.new)

    def _fail(self, id: str, rule: str, message: str) -> None:
        self._found.rule_failures.append(Failure(self._findings().called(id), rule, message))

    def _recompute(self, records: list[tuple[str, str]]) -> None:
        there = self._there(records)
        known = history.entries_of(self._tx.connection, [row for _, row in records if row in there])
        groups = history.grouped(known)
        for tbl, row in records:
            if row not in there:  # all that is known of it has just come
                groups[(tbl, row)] = self._arrived[(tbl, row)]
        for (tbl, row), row_entries in groups.items():
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
