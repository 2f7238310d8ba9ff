"""Whether the change log is whole: each chain, its order, its ends, heads that were noted elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.terms import how_many
from vawg_desktop.store import entries as log
from vawg_desktop.store import forks, gaps, stubs
from vawg_desktop.store.dialect import POSTGRES
from vawg_desktop.store.incoming_log import brought_back
from vawg_desktop.store.report import Report
from vawg_desktop.store.store import CLOCK_SLACK

if TYPE_CHECKING:
    from sqlalchemy import Connection


def heads_of_chains(connection: Connection) -> dict[str, str]:
    """The last hash of each origin's chain, by ``origin/seq``: what a manifest or a paper prints."""
    rows = connection.exec_driver_sql("SELECT id, seq, hash FROM origin ORDER BY id")
    return {f"{r[0]}/{r[1]}": str(r[2]) for r in rows}


def check_ends(connection: Connection, report: Report) -> None:
    """Report rows that refer to a record that is not here (a file's store only)."""
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        report.add(
            "missing_end", f"A row of {row[0]} refers to a {row[2]} that is not here.", f"{row[0]}:{row[1]}"
        )


def check_chain(connection: Connection, report: Report, noted: dict[str, str]) -> list[log.Entry]:
    """Check hashes, gaps, ends and noted heads of the log; returns its entries by ``n``."""
    kept: list[log.Entry] = []
    altered: list[tuple[log.Entry, str]] = []
    last: dict[str, tuple[int, str]] = {}
    order: dict[str, int] = {}
    walk = stubs.walk(connection)
    for row in connection.exec_driver_sql(log.SELECT.replace(" FROM", ", n FROM") + " ORDER BY origin, seq"):
        entry = log.from_row(tuple(row))
        kept.append(entry)
        order[entry.id] = int(row[-1])
        seq, previous = walk.over(entry.origin, *last.get(entry.origin, (0, log.GENESIS)))
        place = f"{entry.origin}/{entry.seq}"
        if entry.seq != seq + 1:
            report.add(
                "entry_missing", f"Entries {seq + 1} to {entry.seq - 1} of the log are missing.", place
            )
        elif entry.chained(previous) != entry.hash:
            altered.append((entry, previous))
            report.add(
                "entry_altered", f"Entry {entry.seq} of the log was altered after it was written.", place
            )
        last[entry.origin] = (entry.seq, entry.hash)
    for origin in walk.origins():
        last[origin] = walk.over(origin, *last.get(origin, (0, log.GENESIS)))
    _name_swapped(altered, report)
    _check_noted(connection, kept, report, noted)
    _check_tails(connection, report, last)
    report.entries = len(kept)
    return sorted(kept, key=lambda e: order[e.id])


def _check_noted(connection: Connection, kept: list[log.Entry], report: Report, noted: dict[str, str]) -> None:
    """Heads noted elsewhere stand in the log, or stood in it before a tail of it was given an origin of its own."""
    if not noted:
        return
    by_place = {f"{e.origin}/{e.seq}": e.hash for e in kept}
    was = {(f"{origin}/{seq}", hash_) for origin, seq, hash_ in forks.former_hashes(connection)}
    for place, hash_ in noted.items():
        if by_place.get(place) == hash_ or (place, hash_) in was or (place.endswith("/0") and hash_ == log.GENESIS):
            continue
        origin, _, number = place.rpartition("/")
        if place not in by_place and stubs.hash_at(connection, origin, int(number)) == hash_:
            continue
        if place in by_place:
            report.add("chain_rewritten", "The log differs from the head noted earlier: it was rewritten.", place)
        else:
            report.add("tail_missing", "The log ends before the head noted earlier.", place)


def _name_swapped(altered: list[tuple[log.Entry, str]], report: Report) -> None:
    """Of altered entries, those that are whole but stand in each other's place."""
    some = altered[:PAIRS]
    for i, (one, before_one) in enumerate(some):
        for other, before_other in some[i + 1 :]:
            hashes = {one.hash, other.hash}
            befores = (before_one, before_other, one.hash, other.hash)

            def whole(
                entry: log.Entry, seq: int, hashes: set[str] = hashes, befores: tuple[str, ...] = befores
            ) -> bool:
                there = replace(entry, seq=seq)
                return any(there.chained(b) in hashes for b in befores)

            if one.origin == other.origin and whole(one, other.seq) and whole(other, one.seq):
                report.add(
                    "entry_moved",
                    f"Entries {one.seq} and {other.seq} of the log changed places.",
                    f"{one.origin}/{one.seq}",
                )


def check_order(connection: Connection, report: Report) -> None:
    """Report entries out of order, times received that cannot be right, and values removed without a disposal."""
    received, last, behind, early = "", dict[str, int](), list[tuple[str, str, str]](), list[tuple[str, str]]()
    own = {
        str(r[0]) for r in connection.exec_driver_sql("SELECT id FROM origin WHERE mine = 1")
        if connection.dialect.name != POSTGRES  # a server's clock is not that of the computer which says "at"
    }  # fmt: skip
    rows = connection.exec_driver_sql(
        'SELECT origin, seq, at, received, "row", act, fields FROM "change" ORDER BY n'
    )
    filled = gaps.read(connection, gaps.FILLED)
    disposed = {
        str(r[0])
        for r in connection.exec_driver_sql('SELECT DISTINCT "row" FROM "change" WHERE act = \'dispose\'')
    }
    for origin, seq, at, got, row, _act, fields in rows:
        place = f"{origin}/{seq}"
        if any(a <= int(seq) <= b for a, b in filled.get(str(origin), ())):
            continue
        if int(seq) < last.get(str(origin), 0):
            report.add("entry_moved", "Two entries of the log changed places.", place)
        if str(origin) in own and str(got) < str(at):
            early.append((place, str(got)))
        elif str(got) < received and _well_before(str(got), received):
            behind.append((place, received, str(got)))
        if '"d":[' in str(fields) and str(row) not in disposed:
            report.add("value_removed", "A value was taken out of the log without a disposal.", place)
        received, last[str(origin)] = max(received, str(got)), int(seq)
    merged = set(brought_back(connection))
    for place, got in early:
        if got in merged:
            continue
        # stores of earlier versions did not note such merges; all that one brought have its time
        fellows = connection.exec_driver_sql('SELECT count(*) FROM "change" WHERE received = ?', (got,)).one()[0]
        if int(fellows) < 2:
            report.add("received_altered", "An entry claims to have been received before it was made.", place)
    if behind:
        place, before, got = behind[0]
        report.add(
            "clock_wrong",
            f"The clock was set back: after an entry of {london_time(before)} came {len(behind)} that say an earlier time, the first "
            f"{london_time(got)}. The log is whole; each entry counts from the earliest time that it or a later one bears.",
            place,
        )


def _well_before(one: str, other: str) -> bool:
    """Whether a time lies so far before another that it is no matter of two clocks that differ a little."""
    try:
        return datetime.fromisoformat(other) - datetime.fromisoformat(one) > CLOCK_SLACK
    except ValueError:
        return True


def _check_tails(
    connection: Connection, report: Report, last: dict[str, tuple[int, str]]
) -> None:
    for id, seq, hash_ in connection.exec_driver_sql("SELECT id, seq, hash FROM origin").fetchall():
        have, have_hash = last.get(str(id), (0, log.GENESIS))
        if have < seq:
            report.add(
                "tail_missing", f"{how_many(seq - have, 'entry', 'entries')} missing from the end of the log.", f"{id}/{seq}"
            )
        elif have > seq:
            report.add("entry_added", f"{how_many(have - seq, 'entry', 'entries')} added beside the program.", f"{id}/{have}")
        elif have_hash != hash_:
            report.add(
                "head_altered", "The log's last hash is not the one it should end with.", f"{id}/{seq}"
            )
    known = {str(r[0]) for r in connection.exec_driver_sql("SELECT id FROM origin")}
    for id in last.keys() - known:
        report.add(
            "origin_unknown", "The log holds entries of a store that was never merged.", f"{id}/{last[id][0]}"
        )


#: How many altered entries are looked at in pairs.
PAIRS = 60
