"""A citation knows what its source was when it was cited or looked at again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("link", sa.Column("seen", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")))
