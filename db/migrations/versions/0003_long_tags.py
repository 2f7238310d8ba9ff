"""On a server the other end of a link is found by its hash: a tag of some thousand letters does not fit into an ordered index."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.drop_index("ix_link_b", "link")
    op.execute("CREATE INDEX ix_link_b ON link USING hash (b)")
