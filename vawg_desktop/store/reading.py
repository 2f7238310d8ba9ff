"""A reading connection straight on the driver: what services ask of SQLAlchemy's connection, without importing it.

The window's first page is read by it while SQLAlchemy, which only writing needs, loads behind it; and a read costs no more than the
driver's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


class _Dialect:
    name = "sqlite"


class ReadConnection:
    """``exec_driver_sql`` on a connection of the driver that commits by itself; its answers as SQLAlchemy's."""

    dialect = _Dialect()

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.closed = False

    def exec_driver_sql(self, sql: str, params: Sequence[object] = ()) -> Answer:
        """Run a statement. Raises the driver's own errors."""
        return Answer(self.raw.execute(sql, tuple(params)))

    def close(self) -> None:
        """Give the file back; reading afterwards raises."""
        if not self.closed:
            self.closed = True
            self.raw.close()


class Answer:
    """The rows of a statement, each a tuple."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._cursor)

    @property
    def returns_rows(self) -> bool:
        """Whether the statement gives rows at all."""
        return self._cursor.description is not None

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, or None."""
        return self._cursor.fetchone()

    first = fetchone

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Every row that is left."""
        return self._cursor.fetchall()

    all = fetchall

    def one(self) -> tuple[Any, ...]:
        """The only row. Raises LookupError where there is none or more than one."""
        rows = self._cursor.fetchmany(2)
        if len(rows) != 1:
            raise LookupError(f"{'No row' if not rows else 'More than one row'} where there must be one.")
        return rows[0]

    def scalar(self) -> Any:
        """The first value of the first row, or None."""
        row = self._cursor.fetchone()
        return row[0] if row is not None else None

    def mappings(self) -> Mappings:
        """The rows by the names of their columns."""
        return Mappings(self._cursor)


class Mappings:
    """The rows of a statement, each a mapping."""

    __slots__ = ("_cursor", "_keys")

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._keys = [str(column[0]) for column in cursor.description]

    def _row(self, row: Sequence[Any]) -> Mapping[str, Any]:
        return dict(zip(self._keys, row, strict=True))

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return (self._row(row) for row in self._cursor)

    def fetchall(self) -> list[Mapping[str, Any]]:
        """Every row that is left."""
        return list(self)

    all = fetchall

    def fetchone(self) -> Mapping[str, Any] | None:
        """The next row, or None."""
        row = self._cursor.fetchone()
        return None if row is None else self._row(row)

    first = fetchone

    def one(self) -> Mapping[str, Any]:
        """The only row. Raises LookupError where there is none or more than one."""
        rows = self._cursor.fetchmany(2)
        if len(rows) != 1:
            raise LookupError(f"{'No row' if not rows else 'More than one row'} where there must be one.")
        return self._row(rows[0])
