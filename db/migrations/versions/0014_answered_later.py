"""At which meeting a question was answered that an earlier one had put, and in which role somebody came to a meeting; a date that was corrected does not count as moved."""

import sqlalchemy as sa
from alembic import op

from vawg_desktop.domain.entities import ACTION
from vawg_desktop.store import summaries

revision = "0014"
down_revision = "0013"


def _count_slips_again() -> None:
    """Of actions with a change whose reason begins with "Correction", how often their date moved is counted by the rule that holds from here on."""
    connection = op.get_bind()
    rows = connection.exec_driver_sql("SELECT DISTINCT \"row\" FROM \"change\" WHERE tbl = 'action' AND lower(why) LIKE 'correction%'").fetchall()
    for (id,) in rows:
        count = summaries.slips(ACTION, connection.exec_driver_sql, str(id))
        connection.exec_driver_sql("UPDATE action SET x_slips = ? WHERE id = ? AND x_slips IS NOT NULL", (count, str(id)))


def upgrade() -> None:
    collated = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"ALTER TABLE challenge ADD COLUMN answered_in TEXT{collated} REFERENCES meeting (id) DEFERRABLE INITIALLY DEFERRED")
    op.execute(f"ALTER TABLE challenge ADD COLUMN answered_item TEXT{collated} REFERENCES agenda_item (id) DEFERRABLE INITIALLY DEFERRED")
    for column in ("answered_in", "answered_item"):
        op.create_index(f"ix_challenge_{column}", "challenge", [column])
    _count_slips_again()
    op.add_column("attendance", sa.Column("role", sa.Text().with_variant(sa.Text(collation="C"), "postgresql")))
