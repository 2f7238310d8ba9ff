"""Figures with their standing and where they were quoted, frameworks in dated versions, what replaces a closed record, service reports."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _text() -> sa.types.TypeEngine:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _number() -> sa.types.TypeEngine:
    return sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def _cell(words: str) -> sa.Column:
    """A column of text as ``name``, or ``name>kind`` for the id of another record."""
    name, _, target = words.partition(">")
    return sa.Column(name, _text(), *([sa.ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED")] if target else []))


def _entity(kind: str, cells: str) -> None:
    op.create_table(
        kind,
        sa.Column("n", _number(), primary_key=True),
        sa.Column("id", _text(), nullable=False, unique=True),
        sa.Column("reference", _text()),
        sa.Column("deleted", sa.Integer),
        *(_cell(one) for one in cells.split()),
        sa.Column("born", _text()),
        sa.Column("conflicts", sa.Integer, server_default=sa.text("0")),
    )
    for one in cells.split():
        name, _, target = one.partition(">")
        if target:
            op.create_index(f"ix_{kind}_{name}", kind, [name])


def upgrade() -> None:
    _entity("citation", "about place cited to_whom words note")
    _entity("service_report", "service>service period as_at channel informant answer declined_why outcomes staffing risks "
            "corrects>service_report submission>submission note")  # fmt: skip
    for table, columns in {
        "figure": "method scope release embargoed_until cleared_by",
        "framework": "version from_date until_date legal_basis link",
        "link": "strength looked",
        "indicator": "measure",
        "gap": "closing_authority authority_agreement",
    }.items():
        for column in columns.split():
            op.add_column(table, _cell(column))
    collated = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    for table, name, target in (
        ("framework", "replaces", "framework"), ("gap", "superseded_by", "gap"),
        ("gap", "transferred_to", "partner"), ("recommendation", "transferred_to", "partner"),
    ):  # fmt: skip  # in words, since Alembic adds no column with a reference to SQLite
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} TEXT{collated} REFERENCES {target} (id) DEFERRABLE INITIALLY DEFERRED")
        op.create_index(f"ix_{table}_{name}", table, [name])
