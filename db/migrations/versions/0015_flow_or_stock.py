"""What each value of an indicator tells: what happened in its period, what stood at its end, or a share."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("indicator", sa.Column("value_of", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")))
