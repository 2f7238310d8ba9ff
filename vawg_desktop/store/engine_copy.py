"""Every row of one store into an empty one of the other kind, in one transaction on each side.

A copy between a file and a server is what a copy of the file is: the same rows, numbers, heads and times received,
so that "as at" shows in the copy what it showed in the original. Search, which each engine keeps its own way, is
made from the rows as they pass.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store import derive, schema
from vawg_desktop.store.engines import Engines
from vawg_desktop.store.merging import carry_files
from vawg_desktop.store.migrate import count_rows
from vawg_desktop.store.reading import ReadConnection
from vawg_desktop.store.store import Store
from vawg_desktop.store.trouble import engine_errors

_BATCH = 20_000
#: What each store has of its own: never copied.
_OWN_FACTS = ("store", "family", "mints", "schema", "demonstration")
Rows = Iterator[tuple[Any, ...]]


def copy_all(source: Store, target: Store, *, mints: bool = False) -> None:
    """Fill the empty ``target`` from ``source``; ``mints`` gives it the right to give final references in the same transaction.

    Raises StoreError; then no record was copied.
    """
    carry_files(target, source)
    with _reading(source) as read, _writing(target) as write:
        mine = _own_origin(write)
        write.run("DELETE FROM origin", ())
        tables = [t.name for t in schema.metadata.sorted_tables if t.name not in schema.LOCAL]
        for name in tables:
            columns = [c.name for c in schema.metadata.tables[name].columns]
            write.rows(name, columns, read.rows(name, columns))
        facts = [r for r in read.rows("meta", ["key", "value"]) if r[0] not in _OWN_FACTS]
        write.run("UPDATE origin SET mine = 0", ())
        write.rows("origin", ["id", "name", "mine", "seq", "hash"], iter([mine]))
        for key, value in facts:
            write.run('DELETE FROM meta WHERE "key" = ?', (key,))
            write.run("INSERT INTO meta VALUES (?, ?)", (key, value))
        write.run("UPDATE meta SET value = ? WHERE \"key\" = 'mints'", ("1" if mints else "0",))
        write.finish(tables)
        here, there = count_rows(read.run), count_rows(write.run)
        here["origin"] += 1
        if lost := [t for t in here if here[t] != there.get(t)]:
            raise StoreError(
                f"The copy would lack rows of {', '.join(lost)}; it was not made.", code="copy_failed"
            )


def _own_origin(write: _Sink) -> tuple[Any, ...]:
    return tuple(write.run("SELECT id, name, mine, seq, hash FROM origin WHERE mine = 1", ()).fetchone())


class _Source:
    """Rows of a store as they stood when the reading began."""

    def __init__(self, run: Callable[..., Any], stream: Callable[[str], Rows]) -> None:
        self.run, self._stream = run, stream

    def rows(self, table: str, columns: Sequence[str]) -> Rows:
        names = ", ".join(f'"{c}"' for c in columns)
        return self._stream(f'SELECT {names} FROM "{table}"')


@contextmanager
def _reading(store: Store) -> Generator[_Source]:
    with store.engines.fresh() as connection:
        raw: Any = connection.raw if isinstance(connection, ReadConnection) else connection.connection.dbapi_connection
        if isinstance(store.engines, Engines):
            raw.execute("BEGIN")
            try:
                yield _Source(raw.execute, lambda sql: iter(raw.execute(sql)))
            finally:
                raw.execute("ROLLBACK")
            return
        raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

        def stream(sql: str) -> Rows:
            with raw.cursor(
                name="incoming_words"
            ) as cursor:  # on the server: a national store does not fit in memory
                cursor.itersize = _BATCH
                cursor.execute(sql)
                yield from cursor

        try:
            yield _Source(raw.execute, stream)
        finally:
            raw.execute("ROLLBACK")


class _Sink:
    """Where rows go, in one transaction."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def run(self, sql: str, params: Sequence[object] = ()) -> Any:
        return self.raw.execute(sql, tuple(params))

    def rows(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        """Put rows in by the thousand, and their words into the search."""
        while part := list(islice(rows, _BATCH)):
            self.put(table, columns, part)
            if table in BY_KEY:
                spec, n = BY_KEY[table], columns.index("n")
                named = (dict(zip(columns, row, strict=True)) for row in part)
                self.put_words(
                    [(row[n], derive.indexed_text(spec, one)) for row, one in zip(part, named, strict=True)]
                )

    def put(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        names, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("?" * len(columns))
        self.raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)

    def put_words(self, rows: Sequence[tuple[int, str]]) -> None:
        self.raw.executemany("INSERT INTO search (rowid, words) VALUES (?, ?)", rows)

    def finish(self, tables: Sequence[str]) -> None:
        """What an engine needs once all rows are there."""


class _Server(_Sink):
    """Rows go by COPY; the numbers to give next follow those that came."""

    def run(self, sql: str, params: Sequence[object] = ()) -> Any:
        from vawg_desktop.store.dialect import for_postgres

        return self.raw.execute(for_postgres(sql), tuple(params))

    def put(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{c}"' for c in columns)
        with self.raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def put_words(self, rows: Sequence[tuple[int, str]]) -> None:
        with self.raw.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE IF NOT EXISTS incoming_words (rowid BIGINT, words TEXT)")
            with cursor.copy("COPY incoming_words FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute("INSERT INTO search SELECT rowid, to_tsvector('simple', words) FROM incoming_words")
            cursor.execute("TRUNCATE incoming_words")

    def finish(self, tables: Sequence[str]) -> None:
        for name in tables:
            if "n" in schema.metadata.tables[name].columns:
                self.raw.execute(
                    f'SELECT setval(s, (SELECT max(n) FROM "{name}")) FROM '
                    f"pg_get_serial_sequence('\"{name}\"', 'n') s WHERE EXISTS (SELECT 1 FROM \"{name}\")"
                )
        self.raw.execute("DROP TABLE IF EXISTS incoming_words")
        self.raw.execute("ANALYZE")  # the server plans by what it has counted


@contextmanager
def _writing(store: Store) -> Generator[_Sink]:
    try:
        with store.engines.writer.connect() as connection, connection.begin():
            raw: Any = connection.connection.dbapi_connection
            yield _Sink(raw) if isinstance(store.engines, Engines) else _Server(raw)
    except (*engine_errors(), *store.door.errors) as error:
        raise store.door.in_a_sentence(error) from error
