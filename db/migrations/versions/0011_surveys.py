"""Surveys, their questions, the files that brought answers, and responses of which something is said; and from what a figure was counted."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def _text() -> sa.types.TypeEngine:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _number() -> sa.types.TypeEngine:
    return sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def _cell(words: str) -> sa.Column:
    """A column of text as ``name``, ``name>kind`` for the id of another record, ``name#`` for a whole number."""
    name, _, target = words.rstrip("#").partition(">")
    kind = sa.Integer() if words.endswith("#") else _text()
    return sa.Column(name, kind, *([sa.ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED")] if target else []))


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
    _entity("survey", "title tool population sample opened_on closed_on marking note")
    _entity("survey_question", "survey>survey code wording kind stem position# groups# choices note")
    _entity("survey_batch", "survey>survey wave profile taken_in rows_read# rows_kept# left_out file_digest responses note")
    _entity("survey_response", "survey>survey wave reasons status recipient decided_by decided_on decided_at note")
    op.add_column("figure", sa.Column("counted_from", _text()))
