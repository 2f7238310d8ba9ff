"""How an officer said that a survey's file is to be read; and of which cases an indicator is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("survey", sa.Column("columns", words))
    op.add_column("indicator", sa.Column("cases", words))
