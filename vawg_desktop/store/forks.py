"""A store's file that was copied by hand and edited in two places: one origin gone two ways, told apart again (DESIGN 4).

Up to some entry both hold the same; from there each has a tail of its own. The tail whose first entry is the later one becomes an
origin of its own, numbered from 1 and chained anew, under an id that follows from that first entry. Whoever meets the two tails does
the same, so that all stores that know both hold them alike; and where the later tail is one's own, one goes on under the new origin.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store import entries as log

if TYPE_CHECKING:
    from vawg_desktop.store.door import Transaction

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


def find(here: Connection, there: Connection, mine: dict[str, tuple[int, str, str]], theirs: dict[str, tuple[int, str, str]]) -> list[Fork]:
    """Every origin that both stores know and that went two ways. Raises StoreError where one was rewritten."""
    found: list[Fork] = []
    for origin in mine.keys() & theirs.keys():
        shared = min(mine[origin][0], theirs[origin][0])
        if not shared or _hash(here, origin, shared) == _hash(there, origin, shared):
            continue
        low, high = 0, shared  # the same at low, not at high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _hash(here, origin, middle) == _hash(there, origin, middle) else (low, middle)
        found.append(_fork(here, there, origin, low, mine[origin], theirs[origin]))
    return found


def _fork(here: Connection, there: Connection, origin: str, after: int, mine: tuple[int, str, str], theirs: tuple[int, str, str]) -> Fork:
    firsts = [c.exec_driver_sql(f"{log.SELECT} WHERE origin = ? AND seq = ?", (origin, after + 1)).fetchone() for c in (here, there)]
    one, other = (log.from_row(tuple(r)) for r in firsts if r is not None)
    name = mine[2] or theirs[2] or "one store"
    if one.id == other.id:
        raise StoreError(
            f"The log of “{name}” was rewritten in one of the two stores: they hold entry {after + 1} under one name and in two versions. "
            "Nothing was merged. Run “check” on both, with a head from an old paper or backup (--head), to see which was altered.",
            code="rewritten",
        )
    is_mine = (one.at, one.id) > (other.at, other.id)
    later = one if is_mine else other
    branch = str(uuid.uuid5(_NAMESPACE, f"{origin}\x1f{later.hash}"))
    count = (mine if is_mine else theirs)[0] - after
    return Fork(origin, after, _hash(here, origin, after) or log.GENESIS, branch, is_mine, name, count, later.at)


def _hash(connection: Connection, origin: str, seq: int) -> str | None:
    row = connection.exec_driver_sql('SELECT hash FROM "change" WHERE origin = ? AND seq = ?', (origin, seq)).fetchone()
    return str(row[0]) if row else None


def rechained(entries: Iterable[log.Entry], fork: Fork, previous: str = log.GENESIS) -> Iterator[log.Entry]:
    """Entries of a tail, oldest first, as those of the new origin; ``previous`` is the hash of the one before the first."""
    for entry in entries:
        entry.origin, entry.seq = fork.branch, entry.seq - fork.after
        previous = entry.hash = entry.chained(previous)
        yield entry


def rebase_own(tx: Transaction, fork: Fork) -> list[log.Entry]:
    """Give this store's own later tail its new origin; returns its entries. The log's own guard is lifted for it, and put back."""
    run = tx.connection.exec_driver_sql
    if tx.guarded and not run("SELECT vawg_owns()").one()[0]:
        raise StoreError(
            f"“{fork.name}” was copied by hand and edited in two places, and what this server holds of it has to be numbered anew: the owner "
            "of the server's tables brings it in. Nothing was merged.",
            code="needs_owner",
        )
    tx.flush()
    rows = run(f"{log.SELECT} WHERE origin = ? AND seq > ? ORDER BY seq", (fork.origin, fork.after)).fetchall()
    moved = list(rechained((log.from_row(tuple(r)) for r in rows), fork))
    with _guard_lifted(tx):
        for entry in moved:
            tx.run('UPDATE "change" SET origin = ?, seq = ?, hash = ? WHERE id = ?', (entry.origin, entry.seq, entry.hash, entry.id))
    was_mine = run("SELECT mine FROM origin WHERE id = ?", (fork.origin,)).one()[0]
    last = moved[-1]
    run("UPDATE origin SET mine = 0, seq = ?, hash = ? WHERE id = ?", (fork.after, fork.hash, fork.origin))
    run("INSERT INTO origin (id, name, mine, seq, hash) VALUES (?, ?, ?, ?, ?)", (fork.branch, f"{fork.name}, copied by hand", was_mine, last.seq, last.hash))
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


def note(tx: Transaction, forks: Iterable[Fork], theirs: str | None) -> None:
    """Remember which origins were made of whose tails, so that a head noted before still proves what it proved."""
    known = branches(tx.connection) | _read(theirs)
    known |= {f.branch: (f.origin, f.after) for f in forks}
    if known:
        said = json.dumps({b: list(v) for b, v in known.items()}, sort_keys=True)
        tx.note_fact(BRANCHES, said)


def branches(connection: Connection) -> dict[str, tuple[str, int]]:
    """Which origins were made of whose tails, and after which number."""
    row = connection.exec_driver_sql('SELECT value FROM meta WHERE "key" = ?', (BRANCHES,)).fetchone()
    return _read(str(row[0]) if row else None)


def _read(said: str | None) -> dict[str, tuple[str, int]]:
    found: dict[str, Any] = json.loads(said) if said else {}
    return {str(b): (str(o), int(k)) for b, (o, k) in found.items()}


def hashes_before(entries: Iterable[log.Entry], origin: str, after: int, hash: str) -> list[str]:
    """The hashes that a branch's entries bore while they were their origin's, oldest first."""
    found: list[str] = []
    for entry in entries:
        entry.origin, entry.seq = origin, entry.seq + after
        hash = entry.chained(hash)
        found.append(hash)
    return found


def hash_before(entries: Iterable[log.Entry], origin: str, after: int, hash: str, seq: int) -> str:
    """What hash an entry of a branch bore while it was its origin's number ``seq``: by this an old head is still told."""
    previous = hash
    for entry in entries:
        kept = entry.origin, entry.seq
        entry.origin, entry.seq = origin, entry.seq + after
        previous = entry.chained(previous)
        done = entry.seq == seq
        entry.origin, entry.seq = kept
        if done:
            return previous
    return ""
