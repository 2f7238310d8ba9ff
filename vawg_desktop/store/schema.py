"""Today's tables, built from the field list; three kinds, each declared here (DESIGN 4)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.schema import CreateIndex, CreateTable

from vawg_desktop.domain.entities import BY_KEY, DERIVED, ENTITIES, LINK
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind
from vawg_desktop.store.version import SCHEMA_VERSION

metadata = MetaData()

#: Columns of an entity's row that are derived: never logged, rebuilt by ``check --repair``.
#: ``born`` is the creating entry (the head of every cell without a row in ``head``).
_COMMON = ("born", "conflicts")


#: Text compares by its letters' numbers in both engines, whatever a server's language.
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def _n() -> Column[int]:
    """The local number: never leaves the store."""
    return Column("n", Integer().with_variant(BigInteger(), "postgresql"), primary_key=True)


def _cell(spec: FieldSpec) -> Column[object]:
    kind = Integer if spec.kind in (Kind.YES_NO, Kind.WHOLE) else _TEXT
    if spec.kind is Kind.REF:
        target = ForeignKey(f"{spec.target}.id", deferrable=True, initially="DEFERRED")
        return Column(spec.key, _TEXT, target)
    return Column(spec.key, kind)


def derived_columns(entity: str) -> tuple[str, ...]:
    """The names of an entity's derived columns."""
    return (*_COMMON, *(BY_KEY[entity].derived if entity in BY_KEY else ()))


def _entity_table(spec: EntitySpec) -> Table:
    extras = [Column(name, Integer if name in DERIVED and DERIVED[name].kind is Kind.WHOLE else _TEXT) for name in spec.derived]
    reference = [] if spec is LINK else [Column("reference", _TEXT)]
    return Table(
        spec.key,
        metadata,
        _n(),
        Column("id", _TEXT, nullable=False, unique=True),
        *reference,
        Column("deleted", Integer),
        *(_cell(f) for f in spec.cells),
        Column("born", _TEXT),
        Column("conflicts", Integer, server_default=text("0")),
        *extras,
    )


TABLES: dict[str, Table] = {spec.key: _entity_table(spec) for spec in (*ENTITIES, LINK)}
link = TABLES["link"]

change = Table(
    "change",
    metadata,
    _n(),
    Column("id", _TEXT, nullable=False, unique=True),
    Column("origin", _TEXT, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", _TEXT, nullable=False),
    Column("received", _TEXT, nullable=False),
    Column("who", _TEXT, nullable=False),
    Column("why", _TEXT),
    Column("why_salt", _TEXT),
    Column("txn", _TEXT, nullable=False),
    Column("act", _TEXT, nullable=False),
    Column("about", _TEXT),
    Column("tbl", _TEXT, nullable=False),
    Column("row", _TEXT, nullable=False),
    Column("op", _TEXT, nullable=False),
    Column("fields", _TEXT, nullable=False),
    Column("hash", _TEXT, nullable=False),
)
origin = Table(
    "origin",
    metadata,
    Column("id", _TEXT, primary_key=True),
    Column("name", _TEXT),
    Column("mine", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("hash", _TEXT, nullable=False),
)
meta = Table("meta", metadata, Column("key", _TEXT, primary_key=True), Column("value", _TEXT))
head = Table(
    "head",
    metadata,
    Column("row", _TEXT, primary_key=True),
    Column("cell", _TEXT, primary_key=True),
    Column("change", _TEXT, primary_key=True),
    sqlite_with_rowid=False,
)
conflict = Table(
    "conflict",
    metadata,
    Column("id", _TEXT, primary_key=True),
    Column("tbl", _TEXT, nullable=False),
    Column("row", _TEXT, nullable=False),
    Column("cell", _TEXT, nullable=False),
    sqlite_with_rowid=False,
)
earlier_reference = Table(
    "earlier_reference",
    metadata,
    Column("reference", _TEXT, primary_key=True),
    Column("row", _TEXT, primary_key=True),
    sqlite_with_rowid=False,
)
subject = Table(
    "subject",
    metadata,
    _n(),
    Column("id", _TEXT, nullable=False, unique=True),
    Column("entity", _TEXT, nullable=False),
    Column("reference", _TEXT),
    Column("title", _TEXT),
    Column("deleted", Integer),
)
tally = Table(
    "tally",
    metadata,
    Column("name", _TEXT, primary_key=True),
    Column("key", _TEXT, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
counter = Table(
    "counter",
    metadata,
    Column("prefix", _TEXT, primary_key=True),
    Column("last", Integer, nullable=False),
    sqlite_with_rowid=False,
)
local = Table(
    "local",
    metadata,
    Column("kind", _TEXT, primary_key=True),
    Column("key", _TEXT, primary_key=True),
    Column("value", _TEXT),
    sqlite_with_rowid=False,
)
#: What is to be done outside a transaction: noted in it, done after it or at the next opening.
work = Table(
    "work",
    metadata,
    Column("kind", _TEXT, primary_key=True),
    Column("what", _TEXT, primary_key=True),
    Column("made", _TEXT),
)

#: In a part of a store: the entries that stayed with the store that gave it, which keep the chain whole.
entry_stub = Table(
    "entry_stub",
    metadata,
    Column("origin", _TEXT, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("hash", _TEXT, nullable=False),
    sqlite_with_rowid=False,
)

#: Written only by the door, and merged.
STATED: tuple[str, ...] = (*TABLES, "change", "origin", "entry_stub")
#: Written by the door in the same transaction, never logged, rebuilt by repair.
DERIVED_TABLES: tuple[str, ...] = ("head", "conflict", "earlier_reference", "subject", "tally", "counter", "search")
#: This store's own: never merged.
LOCAL: tuple[str, ...] = ("local", "meta", "work")

Index("ix_change_row", change.c.row, change.c.n)
Index("ix_change_received", change.c.received)
# what each transaction changed is counted from the index alone
Index("ix_change_txn", change.c.txn, change.c.tbl, change.c.op)
# changes of one kind (added, edited) are counted and paged from the log's end without reading the others
Index("ix_change_kind", change.c.op, change.c.tbl, change.c.n, change.c.act, change.c.row)
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
_OPEN = text("deleted = 0 AND x_open = 1")
Index(
    "ix_action_due",
    _a.x_due,
    _a.id,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
# What My work counts: actions to bring forward, those of which nothing was heard, and whose they are.
_OFFICER = text("link_officer IS NOT NULL")
Index("ix_action_officer", _a.link_officer, sqlite_where=_OFFICER, postgresql_where=_OFFICER)
_FORWARD = text("bring_forward IS NOT NULL")
Index("ix_action_forward", _a.bring_forward, _a.n, sqlite_where=_FORWARD, postgresql_where=_FORWARD)
Index("ix_action_silent", text("coalesce(x_heard, '')"), _a.x_due, sqlite_where=_OPEN, postgresql_where=_OPEN)
_LIVE = text("deleted = 0")
for _spec in ENTITIES:
    _t, _c = _spec.key, TABLES[_spec.key].c
    for _key in _spec.indexed:
        Index(f"ix_{_t}_by_{_key}", _c[_key], _c.n)
    if not _spec.large:
        continue
    Index(
        f"ix_{_t}_by_reference",
        text("length(reference)"),
        _c.reference,
        _c.n,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    # What a word in the filter box needs of each row it finds, without reading the row.
    Index(f"ix_{_t}_found", _c.n, _c.deleted, _c.reference)
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


#: The same in PostgreSQL: the log refuses changes (grants refuse them first), and full-text search.
POSTGRES_EXTRAS: tuple[str, ...] = (
    """CREATE FUNCTION change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.origin = OLD.origin AND NEW.seq = OLD.seq
    AND NEW.hash = OLD.hash AND NEW.at = OLD.at AND NEW.tbl = OLD.tbl AND NEW."row" = OLD."row"
    AND NEW.op = OLD.op AND NEW.txn = OLD.txn
    AND (SELECT value FROM meta WHERE "key" = 'disposing') = '1' THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the change log is append-only';
END $$""",
    """CREATE TRIGGER change_no_update BEFORE UPDATE OR DELETE ON "change"
FOR EACH ROW EXECUTE FUNCTION change_is_append_only()""",
    "CREATE TABLE search (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
    "CREATE INDEX ix_search_words ON search USING gin (words)",
    "CREATE TABLE held (sha256 TEXT PRIMARY KEY, name TEXT, size BIGINT, content BYTEA)",
    # by its hash: a tag of some thousand letters, from an earlier version, does not fit into an ordered index
    "CREATE INDEX ix_link_b ON link USING hash (b)",
)


def postgres_ddl() -> list[str]:
    """Every statement that makes an empty store in a PostgreSQL database, in order."""
    from sqlalchemy.dialects import postgresql

    dialect = postgresql.dialect()
    made: list[str] = []
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        made += [
            str(CreateIndex(i).compile(dialect=dialect))
            for i in sorted(table.indexes, key=lambda i: str(i.name))
            if i.name != "ix_link_b"
        ]
    return [*made, *POSTGRES_EXTRAS]


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
