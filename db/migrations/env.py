"""Alembic's environment: the program configures it itself (vawg_desktop/store/migrate.py)."""

raise SystemExit("Migrations run when a store is opened; see vawg_desktop/store/migrate.py.")
