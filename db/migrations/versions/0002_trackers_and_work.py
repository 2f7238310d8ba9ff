"""Lists taken in and their rows are said, so that they merge; what is to be finished at the next opening is remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _text() -> sa.types.TypeEngine:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _number() -> sa.types.TypeEngine:
    return sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def _entity(name: str, *cells: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("n", _number(), primary_key=True),
        sa.Column("id", _text(), nullable=False, unique=True),
        sa.Column("reference", _text()),
        sa.Column("deleted", sa.Integer),
        *cells,
        sa.Column("note", _text()),
        sa.Column("born", _text()),
        sa.Column("conflicts", sa.Integer, server_default=sa.text("0")),
    )


def upgrade() -> None:
    _entity("tracker", *(sa.Column(c, _text()) for c in ("name", "headings", "mapping", "answers")))
    _entity(
        "tracker_row",
        sa.Column("tracker", _text(), sa.ForeignKey("tracker.id", deferrable=True, initially="DEFERRED")),
        *(sa.Column(c, _text()) for c in ("sheet", "number", "entity", "words", "beside", "record", "base")),
    )
    op.create_index("ix_tracker_row_tracker", "tracker_row", ["tracker"])
    op.create_table(
        "work",
        sa.Column("kind", _text(), primary_key=True),
        sa.Column("what", _text(), primary_key=True),
        sa.Column("made", _text()),
    )
