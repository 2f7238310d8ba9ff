"""What waits is found by index: actions to bring forward, those of which nothing was heard, and whose they are.

References that a record no longer bears stand in a table that says so (it was called ``former``).
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.rename_table("former", "earlier_reference")
    op.execute("DELETE FROM tally WHERE name = 'action_done_before'")  # a count that nobody asked for
    for name, columns, where in (
        ("ix_action_officer", ["link_officer"], "link_officer IS NOT NULL"),
        ("ix_action_forward", ["bring_forward", "n"], "bring_forward IS NOT NULL"),
        ("ix_action_silent", [sa.text("coalesce(x_heard, '')"), "x_due"], "deleted = 0 AND x_open = 1"),
    ):
        op.create_index(name, "action", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
