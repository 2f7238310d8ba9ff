"""A store's file that was copied by hand and edited in two places: one origin gone two ways, told apart again (DESIGN 4).

Up to some entry both hold the same; from there each has a tail of its own. The tail whose first entry is the later one becomes an
origin of its own, numbered from 1 and chained anew, under an id that follows from that first entry's. Whoever meets the two tails does
the same, in whatever order, so that all stores that know them hold them alike; where the later tail is one's own, one goes on under the
new origin. A copy of a copy forks that tail again, by the same rule.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store import entries as log
from vawg_desktop.store import stubs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from vawg_desktop.store.transaction import Transaction

#: ``{origin: (last number, last hash, name)}``
Origins = dict[str, tuple[int, str, str]]

_NAMESPACE = uuid.UUID("8d0c6c39-0b3e-5d1a-9a37-54c3f0a1b7d2")
#: Where a store keeps which origins were made of whose tails: ``{branch: [origin, last common number]}``.
BRANCHES = "branches"


@dataclass(frozen=True, slots=True)
class Fork:
    """Where an origin went two ways: the last number both hold, its hash, and the origin that the later tail becomes."""

    origin: str
    after: int
    hash: str
    branch: str
    #: Whether the later tail, which is given the new origin, is that of the store which merges.
    mine: bool
    name: str
    entries: int
    since: str


@dataclass(frozen=True, slots=True)
class Part:
    """Entries of one of the other store's origins, from the number ``after`` on, as those of ``origin`` counted from 1."""

    origin: str
    after: int


#: The other store's origins, each as the parts that it is made of, as they were told.
Parts = dict[str, list[Part]]


class TailComparison:
    """Tells the tails of two stores apart: copies of copies too, so that a tail may fork again.

    ``rebase`` gives this store's own later tail its new origin and returns what this store's origins then are; without it
    such a tail is only found. Raises StoreError where an entry is held under one id in two versions.
    """

    def __init__(
        self, here: Connection, there: Connection, mine: Origins, theirs: Origins, rebase: Callable[[Fork], Origins] | None = None
    ) -> None:
        self._here, self._there = here, there
        self._mine, self._theirs, self._rebase = mine, theirs, rebase
        self.found: list[Fork] = []
        self.parts: Parts = {}
        waiting = [(o, Part(o, 0)) for o, (seq, _, _) in theirs.items() if seq]
        while waiting:
            source, part = waiting.pop()
            known = self.parts.setdefault(source, [])
            if part not in known:
                known.append(part)
            waiting += self._compare(source, part)

    def _compare(self, source: str, part: Part) -> list[tuple[str, Part]]:
        """What is to be compared next, after one part of theirs and the same origin of mine."""
        if part.origin not in self._mine:
            return []
        made = self._chain(source, part)
        have = self._mine[part.origin][0]
        shared = min(have, self._theirs[source][0] - part.after)

        def same(seq: int) -> bool:
            """Whether both hold the same up to a number; of entries that a rescue lost, the last known before them speaks."""
            while seq and (made(seq) is None or self._mine_at(part.origin, seq) is None):
                seq -= 1
            return not seq or made(seq) == self._mine_at(part.origin, seq)

        if not shared or same(shared):
            return []
        low, high = 0, shared  # the same at low, not at high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if same(middle) else (low, middle)
        name = _bare(self._mine[part.origin][2] or self._theirs[source][2] or "one store")
        one, other = _entry(self._here, part.origin, low + 1), _entry(self._there, source, part.after + low + 1)
        if one.id == other.id:
            raise StoreError(
                f"The log of “{name}” was rewritten in one of the two stores: they hold entry {low + 1} under one name and in two versions. "
                "Nothing was merged. Run “check” on both, with a check code from an old paper or backup (--head), to see which was altered.",
                code="rewritten",
            )
        is_mine = (one.at, one.id) > (other.at, other.id)
        later = one if is_mine else other
        branch = str(uuid.uuid5(_NAMESPACE, later.id))
        count = (have if is_mine else self._theirs[source][0] - part.after) - low
        common = self._common_hash(self._mine_at(part.origin, low), made(low), one, other, name)
        fork = Fork(part.origin, low, common, branch, is_mine, name, count, later.at)
        self.found.append(fork)
        if not is_mine:
            return [(source, Part(branch, part.after + low))]
        if self._rebase is None:
            return []
        self._mine = self._rebase(fork)
        return [(branch, Part(branch, 0))] if branch in self._theirs else []

    def _chain(self, source: str, part: Part) -> Callable[[int], str | None]:
        """The hash of each of their entries as it is, or would be, in the chain of the part's origin."""
        if part.origin == source:
            return lambda seq: stubs.hash_at(self._there, source, seq)
        rows = self._there.exec_driver_sql(f"{log.SELECT} WHERE origin = ? AND seq > ? ORDER BY seq", (source, part.after))
        entries = [log.from_row(tuple(r)) for r in rows]
        for number, entry in enumerate(entries, part.after + 1):
            if entry.seq != number:
                raise lost(self._theirs[source][2] or source, number, entry.seq - 1)
        made = [e.hash for e in rechained(entries, part.origin, part.after)]
        return lambda seq: made[seq - 1] if seq else log.GENESIS

    @staticmethod
    def _common_hash(mine: str | None, theirs: str | None, one: log.Entry, other: log.Entry, name: str) -> str:
        """The hash of the last entry before two tails part; where one store lost that entry, the other's, if what follows goes on from it.

        Raises StoreError where both lost it, or where the lost entry may be the one at which they part.
        """
        if mine is not None and (theirs == mine or (theirs is None and other.chained(mine) == other.hash)):
            return mine
        if mine is None and theirs is not None and one.chained(theirs) == one.hash:
            return theirs
        raise lost(name, one.seq - 1)

    def _mine_at(self, origin: str, seq: int) -> str | None:
        return stubs.hash_at(self._here, origin, seq) if seq else log.GENESIS

    def place(self, source: str, seq: int) -> Part:
        """Which part of an origin of theirs holds its entry of that number."""
        before = [p for p in self.parts.get(source, ()) if p.after < seq]
        # of two that begin at one number the later told is meant: nothing is left of the other
        return max(enumerate(before), key=lambda p: (p[1].after, p[0]), default=(0, Part(source, 0)))[1]

    def cuts(self) -> dict[str, int]:
        """The number after which each divided origin of theirs belongs to another origin."""
        return {o: min(p.after for p in parts if p.origin != o) for o, parts in self.parts.items() if any(p.origin != o for p in parts)}


def _entry(connection: Connection, origin: str, seq: int) -> log.Entry:
    """The entry of a number that the store holds."""
    return log.from_row(tuple(connection.exec_driver_sql(f"{log.SELECT} WHERE origin = ? AND seq = ?", (origin, seq)).one()))


def lost(name: str, first: int, last: int | None = None) -> StoreError:
    """What to say where entries that a rescue could not read stand in the way of a merge."""
    which = f"entries {first} to {last}" if last is not None and last > first else f"entry {first}"
    return StoreError(
        f"One of the two stores was read out of a damaged file and lacks {which} of “{name}”; what follows cannot be proved without "
        "that. Nothing was merged. Bring a backup or copy that still holds it into the rescued store first.",
        code="log_has_gaps",
    )


#: What is added to the name of a store whose tail became an origin of its own.
_BY_HAND = ", copied by hand"


def _bare(name: str) -> str:
    return name.removesuffix(_BY_HAND)


def named(fork: Fork) -> str:
    """What the origin of a later tail is called."""
    return f"{fork.name}{_BY_HAND}"


def rechained(entries: Iterable[log.Entry], origin: str, after: int, previous: str = log.GENESIS) -> Iterator[log.Entry]:
    """Entries of a tail, oldest first, as those of another origin; ``previous`` is the hash of the one before the first."""
    for entry in entries:
        entry.origin, entry.seq = origin, entry.seq - after
        previous = entry.hash = entry.chained(previous)
        yield entry


def rebase_own(tx: Transaction, fork: Fork) -> list[log.Entry]:
    """Give this store's own later tail its new origin; returns its entries. The log's own guard is lifted for it, and put back."""
    run = tx.connection.exec_driver_sql
    if tx.guarded and not run("SELECT vawg_owns()").one()[0]:
        raise StoreError(
            f"“{fork.name}” was copied by hand and edited in two places, and what this server holds of it has to be renumbered: the owner "
            "of the server's tables brings it in. Nothing was merged.",
            code="needs_owner",
        )
    tx.flush()
    rows = run(f"{log.SELECT} WHERE origin = ? AND seq > ? ORDER BY seq", (fork.origin, fork.after)).fetchall()
    moved = list(rechained((log.from_row(tuple(r)) for r in rows), fork.branch, fork.after))
    with _guard_lifted(tx):
        for entry in moved:
            tx.run('UPDATE "change" SET origin = ?, seq = ?, hash = ? WHERE id = ?', (entry.origin, entry.seq, entry.hash, entry.id))
    was_mine = run("SELECT mine FROM origin WHERE id = ?", (fork.origin,)).one()[0]
    last = moved[-1]
    run("UPDATE origin SET mine = 0, seq = ?, hash = ? WHERE id = ?", (fork.after, fork.hash, fork.origin))
    run("INSERT INTO origin (id, name, mine, seq, hash) VALUES (?, ?, ?, ?, ?)", (fork.branch, named(fork), was_mine, last.seq, last.hash))
    moved_on = {b: (fork.branch, k - fork.after) for b, (o, k) in branches(tx.connection).items() if o == fork.origin and k > fork.after}
    _write(tx, branches(tx.connection) | moved_on)
    if was_mine:
        tx.go_on_as(fork.branch, last.seq, last.hash)
    return moved


class _guard_lifted:  # noqa: N801 - a context manager, named as what it does
    """The triggers that keep the log as it is, taken off within the transaction and put back before it ends."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._put_back: list[str] = []

    def __enter__(self) -> None:
        if self._tx.postgres:
            self._tx.run('ALTER TABLE "change" DISABLE TRIGGER change_no_update')
            return
        for name, sql in self._tx.run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'change'").fetchall():
            self._put_back.append(str(sql))
            self._tx.run(f'DROP TRIGGER "{name}"')

    def __exit__(self, *_: object) -> None:
        if self._tx.postgres:
            self._tx.run('ALTER TABLE "change" ENABLE TRIGGER change_no_update')
        for sql in self._put_back:
            self._tx.run(sql)


def note(tx: Transaction, tails: TailComparison, theirs: str | None) -> None:
    """Remember which origins were made of whose tails, so that a head noted before still proves what it proved."""
    known = branches(tx.connection)
    for branch, (origin, after) in _read(theirs).items():
        part = tails.place(origin, after)
        known.setdefault(branch, (part.origin, after - part.after))
    _write(tx, known | {f.branch: (f.origin, f.after) for f in tails.found})


def _write(tx: Transaction, known: Mapping[str, tuple[str, int]]) -> None:
    if known:
        tx.note_fact(BRANCHES, json.dumps({b: list(v) for b, v in known.items()}, sort_keys=True))


def branches(connection: Connection) -> dict[str, tuple[str, int]]:
    """Which origins were made of whose tails, and after which number."""
    row = connection.exec_driver_sql('SELECT value FROM meta WHERE "key" = ?', (BRANCHES,)).fetchone()
    return _read(str(row[0]) if row else None)


def _read(text: str | None) -> dict[str, tuple[str, int]]:
    found: dict[str, Any] = json.loads(text) if text else {}
    return {str(b): (str(o), int(k)) for b, (o, k) in found.items()}


def former_hashes(connection: Connection) -> Iterator[tuple[str, int, str]]:
    """Origin, number and hash that entries of tails bore before they were given origins of their own: by these old heads are told."""
    known = branches(connection)
    for root in sorted({o for o, _ in known.values()}):
        starts = [(b, k, stubs.hash_at(connection, root, k) if k else log.GENESIS) for b, (o, k) in known.items() if o == root]
        waiting = [(b, k, hash) for b, k, hash in starts if hash is not None]  # an entry that a rescue lost proves nothing after it
        while waiting:
            branch, after, hash = waiting.pop()
            hashes = {0: hash}
            for row in connection.exec_driver_sql(f"{log.SELECT} WHERE origin = ? ORDER BY seq", (branch,)):
                entry = log.from_row(tuple(row))
                seq = entry.seq
                entry.origin, entry.seq = root, seq + after
                hash = hashes[seq] = entry.chained(hash)
                yield root, entry.seq, hash
            waiting += [(b, after + k, hashes[k]) for b, (o, k) in known.items() if o == branch and k in hashes]
