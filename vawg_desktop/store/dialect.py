"""The store's one spelling of SQL, as each engine takes it.

Statements are written once, with ``?`` marks and the words that SQLite and PostgreSQL share; what PostgreSQL
spells otherwise is turned here, once per statement.
"""

from __future__ import annotations

import re
from functools import lru_cache

POSTGRES = "postgresql"
#: Where a commit is announced to other windows.
CHANNEL = "vawg_changes"
_QUOTED = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\")")
_NOT_DELETED = re.compile(r"\bNOT ((?:\w+\.)?deleted)\b")
_INSTR = re.compile(r"\binstr\(")
_INDEXED = "INSERT INTO search (rowid, words) VALUES (%s, %s)"


@lru_cache(maxsize=2048)
def for_postgres(sql: str) -> str:
    """A statement of ours as psycopg and PostgreSQL take it."""
    parts = _QUOTED.split(sql)
    for i, part in enumerate(parts):
        if i % 2:
            parts[i] = part.replace("%", "%%")
            continue
        part = part.replace("%", "%%").replace("?", "%s")
        part = _NOT_DELETED.sub(r"\1 = 0", part)
        part = _INSTR.sub("strpos(", part)
        part = part.replace(" IN ()", " IN (NULL)")  # an empty list is a mistake of syntax there
        parts[i] = part.replace(" MATCH %s", " @@ to_tsquery('simple', %s)")
    turned = "".join(parts)
    if turned == _INDEXED:
        return "INSERT INTO search (rowid, words) VALUES (%s, to_tsvector('simple', %s))"
    return turned


def match_expression(words: list[str], dialect: str) -> str:
    """All the words, each as a beginning, in the full-text language of the engine."""
    if dialect == POSTGRES:
        return " & ".join(f"'{w}':*" for w in words)
    return " ".join(f'"{w}"*' for w in words)
