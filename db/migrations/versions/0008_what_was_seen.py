"""A citation knows what its source was when it was cited or looked at again.

Records of which two values wait to be chosen between are stated again: of a field that protects somebody the stricter one stands now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("INSERT INTO work (kind, what, made) SELECT DISTINCT 'restate', tbl || ' ' || \"row\", '' FROM conflict")
    op.add_column("link", sa.Column("seen", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")))
