"""The other store's log is read and copied into this one, entry by entry and proved, with origins that went two ways told apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store import entries as log
from vawg_desktop.store import forks, gaps, stubs
from vawg_desktop.store.forks import Origins
from vawg_desktop.store.restating import batches
from vawg_desktop.store.transaction import Transaction
from vawg_desktop.store.trouble import engine_errors

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vawg_desktop.store.store import Store

_BATCH = 1000
#: Where a store keeps the times at which merges brought entries of its own origins.
BROUGHT_BACK = "brought_back"


def origins_of(connection: Connection) -> Origins:
    """Whose entries a store holds, and how far."""
    rows = connection.exec_driver_sql("SELECT id, seq, hash, name FROM origin")
    return {str(i): (int(s), str(h), str(n or "")) for i, s, h, n in rows}


def brought_back(connection: Connection) -> list[str]:
    """The times at which merges brought entries of this store's own origins."""
    row = connection.exec_driver_sql('SELECT value FROM meta WHERE "key" = ?', (BROUGHT_BACK,)).fetchone()
    return [str(t) for t in json.loads(row[0])] if row and row[0] else []


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


class IncomingLog:
    """What ``other`` knows and this store does not, brought into this store's log inside a transaction.

    ``entries`` are those that came, in order; ``new`` the ids of all of them; ``forks`` the copies by hand that were edited in two places.
    """

    def __init__(self, tx: Transaction, other: Store, theirs: Origins) -> None:
        self._tx, self._other, self._theirs = tx, other, theirs
        self._mine = origins_of(tx.connection)
        self.entries: list[log.Entry] = []
        self.new: set[str] = set()
        self.forks: list[forks.Fork] = []
        #: How far each origin of theirs that is in parts was read: its number and hash; and the hash of each part as it is made anew.
        self._read: dict[str, tuple[int, str]] = {}
        self._made: dict[str, str] = {}

    def bring(self) -> list[log.Entry]:
        """Copy the entries and note how far each origin goes now; returns this store's own entries that got another origin.

        Raises StoreError where the other log was altered, is damaged or cannot be read to its end.
        """
        moved = self._tell_tails_apart()
        filled = gaps.fill(self._tx, self._other.read())
        self._copy_entries()
        self.entries = [*filled, *self.entries]
        self.new |= {e.id for e in filled}
        if self.entries or moved:
            self._note_origins()
        self._note_own()
        return moved

    def _note_own(self) -> None:
        """Remember when entries of this store's own origins came from elsewhere, as where its file had been copied by hand: they bear the
        time of this merge, which a wrong clock may put before the time at which they were made.
        """
        if self._tx.postgres:
            return  # a server's clock is its own, and nothing is read from it (``check_log.check_order``)
        own = {str(r[0]) for r in self._tx.connection.exec_driver_sql("SELECT id FROM origin WHERE mine = 1")}
        if any(e.origin in own for e in self.entries):
            self._tx.note_fact(BROUGHT_BACK, json.dumps([*brought_back(self._tx.connection), self._tx.received]))

    def _tell_tails_apart(self) -> list[log.Entry]:
        """Where an origin went two ways, give the later tail an origin of its own; returns this store's entries that got one."""
        moved: list[log.Entry] = []

        def rebase(fork: forks.Fork) -> Origins:
            moved.extend(forks.rebase_own(self._tx, fork))
            return origins_of(self._tx.connection)

        self._tails = forks.TailComparison(self._tx.connection, self._other.read(), self._mine, self._theirs, rebase)
        self._mine = origins_of(self._tx.connection)
        self.forks = [f for f in self._tails.found if f.mine or f.entries > self._mine.get(f.branch, (0,))[0]]
        #: From which number on each origin of theirs is in parts: before it, both logs are the same.
        self._cut = self._tails.cuts()
        self._read = {o: (cut, self._hash_there(o, cut)) for o, cut in self._cut.items()}
        forks.note(self._tx, self._tails, self._other.meta(forks.BRANCHES))
        return moved

    def _hash_there(self, origin: str, seq: int) -> str:
        """The hash of an entry that both logs have alike: this store's own where a rescue of theirs lost it."""
        if seq == 0:
            return log.GENESIS
        return stubs.hash_at(self._other.read(), origin, seq) or str(stubs.hash_at(self._tx.connection, origin, seq))

    def _of_branch(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row of the other store's later tail as one of its new origin; any other as it is. The tail's own chain is proved first."""
        source = str(row[1])
        if source not in self._read:
            return row
        entry = log.from_row(row)
        seq, hash_ = self._read[source]
        if entry.seq != seq + 1 or entry.chained(hash_) != entry.hash:
            raise self._torn(entry)
        self._read[source] = (entry.seq, entry.hash)
        part = self._tails.place(source, entry.seq)
        (made,) = forks.rechained([entry], part.origin, part.after, self._made.get(part.origin, log.GENESIS))
        self._made[part.origin] = made.hash
        return made.as_params()

    def _torn(self, entry: log.Entry) -> StoreError:
        """What to say of an entry that does not go on from the one before it."""
        name = self._theirs.get(entry.origin, (0, "", ""))[2] or entry.origin
        for first, last in gaps.read(self._other.read()).get(entry.origin, ()):
            if last == entry.seq - 1:
                return forks.lost(name, first, last)
        return StoreError(
            f"The log of {self._other.name} was altered or is damaged at entry {entry.seq} of {name}; nothing was merged. Run “check” on it.",
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
                    raise self._torn(entry)
                tips[entry.origin] = (entry.seq, entry.hash)
                entry.received = received
                self.new.add(entry.id)
            at = log.COLUMNS.index("received")
            names = {origin: self._name_of(origin) for origin in {str(row[1]) for row in part}}
            self._tx.append([(*row[:at], received, *row[at + 1 :]) for row in part], names)
            self.entries += entries
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
