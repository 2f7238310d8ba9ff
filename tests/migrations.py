"""Migrations that the program does not have yet, for the tests of migrating."""

from __future__ import annotations

from vawg_desktop.store.version import SCHEMA_VERSION

#: The revision of today's schema, and the one that would come next.
LAST, NEXT = f"{SCHEMA_VERSION:04d}", f"{SCHEMA_VERSION + 1:04d}"
#: How a migration's file begins; its ``upgrade`` is to be filled in.
BEGINS = f"from alembic import op\nrevision = '{NEXT}'\ndown_revision = '{LAST}'\n\n\ndef upgrade() -> None:\n"
