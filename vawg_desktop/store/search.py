"""Full-text search over every record, by reference, words and beginnings of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vawg_desktop.store.derive import search_words
from vawg_desktop.store.dialect import match_expression as expression_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

MIN_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found: local number, id, entity key, reference and title."""

    n: int
    id: str
    entity: str
    reference: str
    title: str


def match_expression(typed: str, dialect: str = "sqlite") -> str | None:
    """The full-text query of what was typed (all words, each as a beginning), or None if too short."""
    words = search_words(typed).split()
    if not words or len("".join(words)) < MIN_LETTERS:
        return None
    return expression_of(words, dialect)


def search(connection: Connection, typed: str, *, limit: int = 50, entity: str | None = None) -> list[Hit]:
    """Records that hold every word typed, newest first; nothing for fewer than two letters."""
    expression = match_expression(typed, connection.dialect.name)
    if expression is None:
        return []
    rows = connection.exec_driver_sql(
        "SELECT s.n, s.id, s.entity, s.reference, s.title FROM search f JOIN subject s ON s.n = f.rowid "
        "WHERE f.words MATCH ? AND NOT s.deleted"
        + (" AND s.entity = ?" if entity else "")
        + " ORDER BY f.rowid DESC LIMIT ?",
        (expression, *((entity,) if entity else ()), limit),
    )
    return [Hit(*tuple(r)) for r in rows]


def numbers_matching(typed: str, dialect: str) -> tuple[str, tuple[str, ...]] | None:
    """A subquery of matching ``subject.n`` and its parameters; None where too little is typed."""
    expression = match_expression(typed, dialect)
    if expression is None:
        return None
    return "SELECT rowid FROM search WHERE words MATCH ?", (expression,)
