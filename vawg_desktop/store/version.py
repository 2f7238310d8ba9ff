"""The schema's version: known without building the tables, which a start need not wait for."""

from vawg_desktop import paths

#: The number of the last migration (``db/migrations/versions/0004_….py``), which makes today's schema.
SCHEMA_VERSION: int = max(int(p.name[:4]) for p in (paths.migrations() / "versions").glob("[0-9]*.py"))
