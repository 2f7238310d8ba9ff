"""The schema's version: known without building the tables, which a start need not wait for."""

#: Raised with every migration; the Alembic revision of the same number makes it.
SCHEMA_VERSION = 4
