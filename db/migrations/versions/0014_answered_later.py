"""At which meeting a question was answered that an earlier one had put, and in which role somebody came to a meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    collated = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"ALTER TABLE challenge ADD COLUMN answered_in TEXT{collated} REFERENCES meeting (id) DEFERRABLE INITIALLY DEFERRED")
    op.create_index("ix_challenge_answered_in", "challenge", ["answered_in"])
    op.add_column("attendance", sa.Column("role", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")))
