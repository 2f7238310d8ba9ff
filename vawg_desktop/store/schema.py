"""Today's tables, built from the field list; three kinds, each declared here (DESIGN 4)."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.schema import CreateIndex, CreateTable

from vawg_desktop.domain.entities import ENTITIES, LINK
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind
from vawg_desktop.store.version import SCHEMA_VERSION

metadata = MetaData()

#: Columns of an entity's row that are derived: never logged, rebuilt by ``check --repair``.
#: ``born`` is the creating entry (the head of every cell without a row in ``head``).
_COMMON = ("born", "conflicts")
_EXTRA: dict[str, dict[str, type[Integer] | type[Text]]] = {
    "recommendation": {"x_sort": Text, "x_actions": Integer, "x_done": Integer, "x_due": Text},
    "action": {
        "x_sort": Text,
        "x_due": Text,
        "x_open": Integer,
        "x_pillar": Text,
        "x_update": Text,
        "x_heard": Text,
        "x_slips": Integer,
    },
    "gap": {"x_sort": Text},
    "partner": {"x_sort": Text},
}


def _cell(spec: FieldSpec) -> Column[object]:
    kind = Integer if spec.kind in (Kind.YES_NO, Kind.WHOLE) else Text
    if spec.kind is Kind.REF:
        target = ForeignKey(f"{spec.target}.id", deferrable=True, initially="DEFERRED")
        return Column(spec.key, Text, target)
    return Column(spec.key, kind)


def derived_columns(entity: str) -> tuple[str, ...]:
    """The names of an entity's derived columns."""
    return (*_COMMON, *_EXTRA.get(entity, {}))


def _entity_table(spec: EntitySpec) -> Table:
    extras = [Column(name, kind) for name, kind in _EXTRA.get(spec.key, {}).items()]
    reference = [] if spec is LINK else [Column("reference", Text)]
    return Table(
        spec.key,
        metadata,
        Column("n", Integer, primary_key=True),
        Column("id", Text, nullable=False, unique=True),
        *reference,
        Column("deleted", Integer),
        *(_cell(f) for f in spec.cells),
        Column("born", Text),
        Column("conflicts", Integer, server_default=text("0")),
        *extras,
    )


TABLES: dict[str, Table] = {spec.key: _entity_table(spec) for spec in (*ENTITIES, LINK)}
link = TABLES["link"]

change = Table(
    "change",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("origin", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("received", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text),
    Column("why_salt", Text),
    Column("txn", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("about", Text),
    Column("tbl", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("op", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
origin = Table(
    "origin",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text),
    Column("mine", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)
meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text))
head = Table(
    "head",
    metadata,
    Column("row", Text, primary_key=True),
    Column("cell", Text, primary_key=True),
    Column("change", Text, primary_key=True),
    sqlite_with_rowid=False,
)
conflict = Table(
    "conflict",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tbl", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("cell", Text, nullable=False),
    sqlite_with_rowid=False,
)
subject = Table(
    "subject",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("entity", Text, nullable=False),
    Column("reference", Text),
    Column("title", Text),
    Column("deleted", Integer),
)
tally = Table(
    "tally",
    metadata,
    Column("name", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
counter = Table(
    "counter",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("last", Integer, nullable=False),
    sqlite_with_rowid=False,
)
local = Table(
    "local",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text),
    sqlite_with_rowid=False,
)

#: Written only by the door, and merged.
SAID: tuple[str, ...] = (*TABLES, "change", "origin")
#: Written by the door in the same transaction, never logged, rebuilt by repair.
DERIVED_TABLES: tuple[str, ...] = ("head", "conflict", "subject", "tally", "counter", "search")
#: This store's own: never merged.
LOCAL: tuple[str, ...] = ("local", "meta")

Index("ix_change_row", change.c.row, change.c.n)
Index("ix_change_received", change.c.received)
Index("ix_change_txn", change.c.txn)
Index("ux_change_origin_seq", change.c.origin, change.c.seq, unique=True)
Index("ix_conflict_row", conflict.c.row)
Index("ix_subject_reference", subject.c.reference)
Index("ix_link_a", link.c.a, link.c.kind)
Index("ix_link_b", link.c.b, link.c.kind)
for _spec in ENTITIES:
    _table = TABLES[_spec.key]
    for _field in _spec.cells:
        if _field.kind is Kind.REF:
            Index(f"ix_{_spec.key}_{_field.key}", _table.c[_field.key])
_a = TABLES["action"].c
Index("ix_action_due", _a.x_due, _a.id, sqlite_where=text("deleted = 0 AND x_open = 1"))
for _key in ("x_sort", "x_due", "status", "rating_opcc", "x_heard"):
    Index(f"ix_action_by_{_key}", _a[_key], _a.n)
_r = TABLES["recommendation"].c
for _key in ("x_sort", "pillar", "rating_opcc"):
    Index(f"ix_recommendation_by_{_key}", _r[_key], _r.n)
for _t in ("action", "recommendation", "update"):
    _c = TABLES[_t].c
    Index(f"ix_{_t}_by_reference", text("length(reference)"), _c.reference, _c.n)
_u = TABLES["update"].c
Index("ix_update_action_heard", _u.action, _u.as_at)

#: What SQLAlchemy does not say: the log refuses changes (but for disposal), and full-text search.
SQLITE_EXTRAS: tuple[str, ...] = (
    """CREATE TRIGGER change_no_update BEFORE UPDATE ON "change"
WHEN NEW.id IS NOT OLD.id OR NEW.origin IS NOT OLD.origin OR NEW.seq IS NOT OLD.seq
  OR NEW.hash IS NOT OLD.hash OR NEW.at IS NOT OLD.at OR NEW.tbl IS NOT OLD.tbl
  OR NEW."row" IS NOT OLD."row" OR NEW.op IS NOT OLD.op OR NEW.txn IS NOT OLD.txn
  OR (SELECT value FROM meta WHERE "key" = 'disposing') IS NOT '1'
BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END""",
    """CREATE TRIGGER change_no_delete BEFORE DELETE ON "change"
BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END""",
    "CREATE VIRTUAL TABLE search USING fts5(words, content='', contentless_delete=1, "
    "prefix='2 3 4', tokenize='unicode61')",
)


def ddl() -> list[str]:
    """Every statement that makes an empty store, in order; also ``db/schema.sql``."""
    from sqlalchemy.dialects import sqlite

    dialect = sqlite.dialect()
    made: list[str] = []
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        made += [
            str(CreateIndex(i).compile(dialect=dialect)).strip()
            for i in sorted(table.indexes, key=lambda i: str(i.name))
        ]
    return [*made, *SQLITE_EXTRAS]


def schema_sql() -> str:
    """The text of ``db/schema.sql``."""
    top = f"-- Generated from vawg_desktop/domain (python dev.py schema); schema {SCHEMA_VERSION}.\n\n"
    tidy = ("\n".join(line.rstrip() for line in s.splitlines()) for s in ddl())
    return top + ";\n\n".join(tidy) + ";\n"
