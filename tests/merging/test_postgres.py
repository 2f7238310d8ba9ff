"""The store in a real PostgreSQL database: the same in every way a person can tell."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import psycopg
import pytest
from docx import Document as WordDocument
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.engine import make_url

from tests.clock import TODAY
from tests.documents import docx_text
from tests.exchange.test_survey_in import table, written
from tests.merging.machine import Family
from tests.merging.test_family import SOAK
from tests.merging.test_merging import rows_of
from tests.migrations import BEGINS, NEXT
from tests.services.test_survey_results import HEAD, rows_at_random
from tests.test_architecture import ROOT
from tests.test_cli import Run
from vawg_desktop import paths
from vawg_desktop.domain.entities import BY_KEY, ENTITIES
from vawg_desktop.domain.errors import AppError, NotFoundError, RuleError, StaleError, StoreError
from vawg_desktop.services import (
    agenda,
    answer_review,
    attachments,
    attendance,
    closing,
    codebooks,
    coding,
    coding_counts,
    coming,
    handover,
    history,
    list_groups,
    lists,
    meeting_notes,
    merging,
    names,
    overview,
    paper_templates,
    papers,
    publications,
    requests,
    rounds,
    show,
    splitting,
    standing,
    survey_results,
    surveys,
    undoing,
)
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.publications import Sending
from vawg_desktop.services.records import Assignment, assign, create
from vawg_desktop.services.return_staging import import_return
from vawg_desktop.services.returns import reverse_return
from vawg_desktop.services.sample import load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.services.splitting import Chosen
from vawg_desktop.store import making, opening, work
from vawg_desktop.store import store as stores
from vawg_desktop.store.check import check
from vawg_desktop.store.dispose import Authority, dispose
from vawg_desktop.store.repair import repair
from vawg_desktop.store.search import search


@pytest.fixture
def server(postgres_url: str) -> Iterator[Session]:
    """The sample inquiry in a PostgreSQL database."""
    store = making.create_postgres(postgres_url)
    session = Session(store, "B. Officer")
    load_sample(session)
    yield session
    store.close()


def test_lists_counts_search_and_history_are_those_of_the_file(server: Session, sample: Session) -> None:
    for entity in ("recommendation", "action", "gap", "partner", "source"):
        both = [lists.records(s, ListQuery(entity)) for s in (server, sample)]
        assert [(r["reference"], r.get("title"), r.get("status")) for r in both[0]] == [
            (r["reference"], r.get("title"), r.get("status")) for r in both[1]
        ]
    for where in (*(Where(k, v) for k in lists.filters(BY_KEY["action"]) for v in ("yes", "no")), Where("pillar", "prevention"),
                  Where("accountable", "OPCC"), Where("contributors", "Medway"), Where("rating_opcc", "not rated")):  # fmt: skip
        query = ListQuery("action", where=(where,))
        assert lists.count(server, query) == lists.count(sample, query), where
    for sort in (
        "reference",
        "title",
        "due",
        "status",
        "percent",
        "heard",
        "done_before_publication",
        "accountable",
    ):
        for down in (False, True):
            query = ListQuery("action", sort=sort, descending=down)
            found = [[str(r["reference"]) for r in lists.records(s, query)] for s in (server, sample)]
            assert sorted(found[0]) == sorted(found[1])
            if sort != "accountable":
                assert found[0] == found[1], sort
    for spec in ENTITIES:  # every kind by every one of its columns
        for sort in sorted(spec.columns):
            found = [sorted(str(i) for i in lists.ids(s, ListQuery(spec.key, sort=sort, descending=True))) for s in (server, sample)]
            assert len(found[0]) == len(found[1]), (spec.key, sort)
    for entity, key in ((e, k) for e in ("recommendation", "action", "gap", "partner", "source") for k, _ in list_groups.offered(BY_KEY[e])):
        query = ListQuery(entity, group=key)
        in_groups = [[(g.words, g.count) for g in lists.groups(s, query)] for s in (server, sample)]
        assert sorted(in_groups[0]) == sorted(in_groups[1]), (entity, key)
        column = list_groups.column(BY_KEY[entity], key)
        rows = lists.rows_of(server, entity, lists.ids(server, query))
        assert [len(list(part)) for _, part in groupby(r[column] for r in rows)] == [count for _, count in in_groups[0]], (entity, key)
    for words in ("school", "r3", "vic jour", "“help”", "0003", "x", "é"):
        both_hits = [sorted(h.reference for h in search(s.read(), words)) for s in (server, sample)]
        assert both_hits[0] == both_hits[1], words
    one, other = (overview.overview(s, TODAY) for s in (server, sample))
    assert [(f.label, f.value) for f in one.totals + one.questions] == [
        (f.label, f.value) for f in other.totals + other.questions
    ]
    assert one.ratings == other.ratings and one.action_ratings == other.action_ratings
    assert len(history.history(server, "R-0003")) == len(history.history(sample, "R-0003"))
    assert check(server.store).problems == []


def test_an_empty_list_is_empty_on_a_server_too(server: Session, tmp_path: Path) -> None:
    """`IN ()` is a mistake of syntax there: a return nobody answered could not be reversed."""
    made = rounds.export_returns(server, period="2026/27 Q3", due="2027-01-10", out=tmp_path)
    assert reverse_return(server, made.returns[0].reference).restored == 0
    assert server.read().exec_driver_sql("SELECT count(*) FROM action WHERE id IN ()").one()[0] == 0


def test_a_round_out_and_back_on_a_server(server: Session, tmp_path: Path) -> None:
    made = rounds.export_returns(server, period="2026/27 Q3", due="2027-01-10", out=tmp_path)
    assert len(made.returns) == 13
    staged = import_return(server, Path(made.returns[0].file), apply="safe")
    assert staged.differences == [] and staged.problems == []
    assert check(server.store).problems == []


def test_check_names_damage_and_repair_mends_what_is_derived(server: Session, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        raw.execute("UPDATE tally SET count = count + 1 WHERE name = 'live'")
        raw.execute("DELETE FROM search WHERE rowid = 3")
        raw.execute("UPDATE recommendation SET title = 'tampered' WHERE reference = 'R-0002'")
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            raw.execute("UPDATE change SET who = 'x' WHERE n = 5")
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            raw.execute("DELETE FROM change WHERE n = 5")
    codes = {p.code for p in check(server.store).problems}
    assert {"counts_wrong", "search_wrong", "row_altered"} <= codes
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        title = show.record(server, "R-0002").cells["title"]
        assert title == "tampered"
        said = raw.execute("SELECT fields FROM change WHERE tbl = 'recommendation' ORDER BY n").fetchall()
        raw.execute(
            "UPDATE recommendation SET title = %s WHERE reference = 'R-0002'",
            (json.loads(said[1][0])["title"]["a"],),
        )
    repair(server.store, "me")
    assert check(server.store).problems == []


def test_two_windows_on_one_server(server: Session, postgres_url: str) -> None:
    """Lost updates are refused; what one saves, the other hears of."""
    other = Session(opening.open_postgres(postgres_url), "D. Deputy")
    _, mark = history.written_since(server, None)
    _, mark = history.written_since(server, mark)
    view = show.record(other, "A-0001")
    assign(server, "A-0001", [Assignment("status", "in_progress")], "first")
    assign(other, "A-0002", [Assignment("percent", "10")], "beside it")
    with pytest.raises(StaleError) as stale:
        assign(other, "A-0001", [Assignment("status", "stopped")], "second", seen=show.seen(view, "status"))
    assert (stale.value.yours, stale.value.theirs) == ("stopped", "in_progress")
    changes, mark = history.written_since(server, mark)
    assert changes.entries >= 2 and "action" in changes.entities
    assert history.written_since(server, mark)[0].entries == 0
    assert check(server.store).problems == []
    other.store.close()


def test_many_writers_leave_no_gap_in_the_chain(server: Session, postgres_url: str) -> None:
    failures: list[BaseException] = []

    def write(name: str) -> None:
        store = opening.open_postgres(postgres_url)
        try:
            for i in range(12):
                with store.write(name, "at once") as tx:
                    tx.create("gap", {"statement": f"{name} {i}"})
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=write, args=(f"writer {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert check(server.store).problems == []
    assert lists.count(server, ListQuery("gap")) == 8 + 48


@pytest.mark.parametrize("way", ["file to server", "server to file", "server to server"])
def test_copies_between_engines_merge_both_ways(
    sample: Session, server: Session, postgres_url: str, postgres_server: str, tmp_path: Path, way: str
) -> None:
    name = "vawg_second"
    second = make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(postgres_server, autocommit=True) as raw:
        raw.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[call-overload]
        raw.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    first = sample if way == "file to server" else server
    to = str(tmp_path / "laptop.vawg") if way == "server to file" else second
    merging.copy(first, to)
    store = opening.open_postgres(second) if to == second else opening.open_store(Path(to))
    copy = Session(store, "D. Deputy")
    try:
        assert rows_of(copy) == rows_of(first)
        assign(copy, "A-0001", [Assignment("status", "in_progress")], "in the room")
        assign(first, "A-0001", [Assignment("status", "stopped")], "by e-mail")
        id, _ = create(copy, "gap", {"statement": "noted in the room"})
        assert show.record(copy, id).reference.startswith("G-x")
        done = merging.merge(first, store)
        assert [c.field for c in done.conflicts] == ["status"] and len(done.renumbered) == 1
        merging.settle(first, done.conflicts[0].id, "in_progress", "confirmed")
        merging.merge(copy, first.store)
        assert rows_of(copy) == rows_of(first)
        for session in (copy, first):
            assert check(session.store).ok
    finally:
        store.close()
        with psycopg.connect(postgres_server, autocommit=True) as raw:
            raw.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


def test_moving_to_the_server_moves_the_right_to_number(sample: Session, postgres_url: str) -> None:
    merging.copy(sample, postgres_url, move=True)
    store = opening.open_postgres(postgres_url)
    team = Session(store, "B. Officer")
    id, _ = create(team, "gap", {"statement": "x"})
    assert show.record(team, id).reference == "G-0009"
    mine, _ = create(sample, "gap", {"statement": "y"})
    assert show.record(sample, mine).reference.startswith("G-x")
    with pytest.raises(StoreError, match="is a copy"):
        merging.copy(sample, "/nowhere/else.vawg", move=True)
    assert merging.merge(team, sample.store).renumbered
    assert check(store).problems == [] and check(sample.store).problems == []
    store.close()


def test_the_commands_take_a_url(
    postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Run(capsys, "new", postgres_url, "--sample").code == 0
    again = Run(capsys, "new", postgres_url)
    assert again.code == 1 and "already" in again.err
    assert Run(capsys, "set", postgres_url, "A-0001", "status=in_progress", "--why", "w").code == 0
    assert Run(capsys, "undo", postgres_url).code == 0
    assert Run(capsys, "check", postgres_url, "--json").json()["ok"] is True  # type: ignore[index]
    laptop = tmp_path / "laptop.vawg"
    assert Run(capsys, "copy", postgres_url, laptop, "--plain").code == 0
    Run(capsys, "set", laptop, "A-0002", "percent=20", "--why", "w")
    assert Run(capsys, "merge", postgres_url, laptop, "--json").json()["copied"] == 1  # type: ignore[index]
    assert (
        Run(capsys, "list", postgres_url, "action", "--where", "percent=20", "--json").json()[0]["reference"]
        == "A-0002"
    )  # type: ignore[index]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": "127.0.0.1", "port": 1}, "cannot be reached"),
        ({"database": "no_such_database"}, "no database no_such_database"),
    ],
)
def test_each_trouble_with_the_server_has_its_sentence(
    postgres_url: str, change: dict[str, object], words: str
) -> None:
    url = make_url(postgres_url)
    if "host" in change:
        url = url.set(query={})
    bad = url.set(**change).render_as_string(hide_password=False)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=words) as said:
        opening.open_postgres(bad)
    assert said.value.message.endswith(".") and "psycopg" not in said.value.message


def test_an_empty_database_and_a_later_store_are_told_apart(postgres_url: str) -> None:
    with pytest.raises(StoreError, match="no store in"):
        opening.open_postgres(postgres_url)
    making.create_postgres(postgres_url).close()
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        raw.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(StoreError, match="schema 99"):
        opening.open_postgres(postgres_url)
    for bad in ("postgresql://", "postgresql://host", "mysql://h/d"):
        with pytest.raises(StoreError):
            opening.open_postgres(bad)


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program as its next version would be, with a migration of its own."""
    scripts = tmp_path / "migrations"
    shutil.copytree(paths.migrations(), scripts)
    (scripts / "versions" / f"{NEXT}_next.py").write_text(
        BEGINS +
        "    op.get_bind().exec_driver_sql('ALTER TABLE action ADD COLUMN extra TEXT')\n"
    )
    monkeypatch.setattr(paths, "migrations", lambda: scripts)
    monkeypatch.setattr(opening, "SCHEMA_VERSION", int(NEXT))
    return scripts / "versions" / f"{NEXT}_next.py"


def test_an_older_store_on_a_server_is_brought_up_to_date_on_opening(
    server: Session, postgres_url: str, next_version: Path
) -> None:
    assign(server, "A-0001", [Assignment("percent", "5")], "before")
    with opening.open_postgres(postgres_url) as store:
        one = store.read().exec_driver_sql("SELECT count(*), count(extra) FROM action").one()
        assert tuple(one) == (22, 0)
        assert store.read().exec_driver_sql("SELECT value FROM meta WHERE \"key\" = 'schema'").one()[0] == str(int(NEXT))
        assign(Session(store, "me"), "A-0001", [Assignment("percent", "6")], "after")
        assert check(store).problems == []
    with opening.open_postgres(postgres_url) as store:
        assert show.record(Session(store), "A-0001").cells["percent"] == 6


@pytest.mark.parametrize("bad", ["DELETE FROM action", "NO SUCH STATEMENT", "TRUNCATE action CASCADE"])
def test_a_migration_that_fails_on_a_server_changes_nothing(
    server: Session, postgres_url: str, next_version: Path, bad: str
) -> None:
    said = next_version.read_text()
    next_version.write_text(f"{said}    op.get_bind().exec_driver_sql('{bad}')\n")
    with pytest.raises(StoreError, match="is as it was"):
        opening.open_postgres(postgres_url)
    assert lists.count(server, ListQuery("action")) == 22
    with pytest.raises(psycopg.errors.UndefinedColumn), psycopg.connect(postgres_url) as raw:
        raw.execute("SELECT extra FROM action")
    assign(server, "A-0001", [Assignment("percent", "5")], "still works")
    assert check(server.store).problems == []


def test_an_officer_who_may_not_migrate_is_told_whom_to_ask(
    server: Session, postgres_url: str, next_version: Path
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        raw.execute((ROOT / "resources" / "postgres" / "roles.sql").read_text("utf-8"))  # type: ignore[call-overload]
        raw.execute("DROP ROLE IF EXISTS t_migrating")
        raw.execute("CREATE ROLE t_migrating LOGIN IN ROLE vawg_editor")
    url = make_url(postgres_url).set(username="t_migrating").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="ask whoever keeps the server") as said:
        opening.open_postgres(url)
    assert said.value.code == "older_store"
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        raw.execute("DROP ROLE t_migrating")


def on_disk(url: str, word: str) -> list[str]:
    """The tables and indexes in whose files a word still stands, dead rows included; empty where the files are not ours to read."""
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("CHECKPOINT")
        data = Path(str(raw.execute("SHOW data_directory").fetchone()[0]))  # type: ignore[index]
        rows = raw.execute(
            "SELECT relname, pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 't', 'i') AND oid >= 16384"
        ).fetchall()
    files = [(str(name), data / str(path)) for name, path in rows if path]
    return [name for name, path in files if path.exists() and word.encode() in path.read_bytes()]


@pytest.fixture
def people(server: Session, postgres_url: str) -> Iterator[dict[str, Session]]:
    """A reader, an editor and an approver of the sample inquiry on a guarded server."""
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        script = (ROOT / "resources" / "postgres" / "roles.sql").read_text("utf-8")
        for _ in range(2):  # it may be run again
            raw.execute(script)  # type: ignore[call-overload]
        for name in ("reader", "editor", "approver"):
            raw.execute(f"DROP ROLE IF EXISTS t_{name}")  # type: ignore[call-overload]
            raw.execute(f"CREATE ROLE t_{name} LOGIN IN ROLE vawg_{name}")  # type: ignore[call-overload]
    found = {name: Session(opening.open_postgres(as_role(postgres_url, name)), "The Commissioner") for name in ("reader", "editor", "approver")}
    yield found
    for session in found.values():
        session.store.close()
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        for name in ("reader", "editor", "approver"):
            raw.execute(f"DROP ROLE IF EXISTS t_{name}")  # type: ignore[call-overload]


def as_role(url: str, name: str) -> str:
    return make_url(url).set(username=f"t_{name}").render_as_string(hide_password=False)


CLOSING = [
    Assignment("status", "closed"), Assignment("outcome_statement", "It works"), Assignment("closure_route", "delivered"),
    Assignment("closed_by", "A"), Assignment("closure_agreed_by", "B"), Assignment("closing_authority", "office"),
]  # fmt: skip


def earn(session: Session, name: str) -> None:
    """Answer the tests of a closing, with two people's signatures."""
    for kind in ("action_evidenced", "measure_moved", "victims_heard", "recheck"):
        closing.answer(session, name, kind, "Seen", recheck="2027-06-01")
    for who in ("A", "B"):
        create(session, "sign_off", {"about": name, "who": who})


def test_a_disposal_by_an_approver_leaves_no_word_in_the_servers_files(
    server: Session, people: dict[str, Session], postgres_url: str
) -> None:
    id, _ = create(people["editor"], "gap", {"statement": "quokka gap"})
    assign(people["editor"], id, [Assignment("statement", "quokka gap, said again")], "quokka reason")
    dispose(people["approver"].store, "gap", id, Authority("A Person", "B Person", "rule 4", "2026-11-22"))
    assert work.left(server.read()) == [] and check(server.store).ok
    assert on_disk(postgres_url, "quokka") == []
    with pytest.raises(StoreError, match="role in the database"):
        dispose(people["editor"].store, "gap", create(people["editor"], "gap", {"statement": "x"})[0],
                Authority("A Person", "B Person", "rule 4", "2026-11-22"))  # fmt: skip


def test_a_file_goes_from_the_server_with_the_last_record_that_rests_on_it(
    server: Session, people: dict[str, Session], postgres_url: str, tmp_path: Path
) -> None:
    """Held files are rows on a server: the same bytes serve two records, and disposal leaves them until neither needs them."""
    two = Authority("A Person", "B Person", "rule 4", "2026-11-22")
    proof = tmp_path / "proof.txt"
    proof.write_bytes(b"quokka " * 200)
    ids = [create(people["editor"], "evidence", {"title": title})[0] for title in ("One", "Two")]
    for id in ids:
        attachments.attach(people["editor"], id, proof)
    (sha,) = server.store.files.digests()
    dispose(people["approver"].store, "evidence", ids[0], two)
    assert server.store.files.get(sha) == proof.read_bytes() and check(server.store).ok
    dispose(people["approver"].store, "evidence", ids[1], two)
    assert server.store.files.digests() == {} and server.store.files.listed() == []
    assert work.left(server.read()) == [] and check(server.store).ok
    assert on_disk(postgres_url, "quokka") == []


def test_a_disposal_on_a_laptop_takes_the_file_from_the_server_too(
    server: Session, people: dict[str, Session], tmp_path: Path
) -> None:
    proof = tmp_path / "proof.txt"
    proof.write_bytes(b"wombat " * 200)
    gone, stays = (create(people["editor"], "evidence", {"title": title})[0] for title in ("Gone", "Stays"))
    other = tmp_path / "other.txt"
    other.write_bytes(b"kept")
    attachments.attach(people["editor"], gone, proof)
    attachments.attach(people["editor"], stays, other)
    merging.copy(server, tmp_path / "laptop.vawg")
    with opening.open_store(tmp_path / "laptop.vawg") as store:
        assert len(store.files.digests()) == 2
        dispose(store, "evidence", gone, Authority("A Person", "B Person", "rule 4", "2026-11-22"))
        done = merging.merge(people["editor"], store)
        assert "disposal_waits" in {f.rule for f in done.rule_failures}
        assert len(server.store.files.digests()) == 2  # an editor takes no word out
        opening.open_postgres(as_role(str(server.store.url.render_as_string(hide_password=False)), "approver")).close()  # type: ignore[union-attr]
        assert [server.store.files.get(sha) for sha in server.store.files.digests()] == [b"kept"]
        assert check(server.store).ok and work.left(server.read()) == []


def test_the_log_bears_who_logged_in_and_no_other_name(server: Session, people: dict[str, Session], postgres_url: str) -> None:
    assert {n: p.who for n, p in people.items()} == {"reader": "t_reader", "editor": "t_editor", "approver": "t_approver"}
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        raw.execute("INSERT INTO vawg_officer VALUES ('t_editor', 'D. Deputy')")
    id, _ = create(people["editor"], "gap", {"statement": "by whom?"})
    (said,) = server.read().exec_driver_sql('SELECT who FROM "change" WHERE "row" = ?', (id,)).fetchall()
    assert said[0] == "D. Deputy"


def test_a_merge_brings_everything_but_what_the_role_may_not(
    server: Session, people: dict[str, Session], tmp_path: Path
) -> None:
    """One closing and one disposal in a laptop: an editor brings home the rest, and each waits for an approver."""
    merging.copy(server, tmp_path / "laptop.vawg")
    with opening.open_store(tmp_path / "laptop.vawg") as store:
        laptop = Session(store, "L. Laptop")
        create(laptop, "evidence", {"title": "Proof", "recommendations": "R-0003"})
        earn(laptop, "R-0003")
        assign(laptop, "R-0003", CLOSING, "w")
        assign(laptop, "A-0002", [Assignment("percent", "33")], "w")
        gone = show.record(laptop, "A-0005").id
        dispose(store, "action", gone, Authority("X One", "Y Two", "schedule 4", "2026-11-22"))
        done = merging.merge(people["editor"], store)
        assert {f.rule for f in done.rule_failures} >= {"closing_waits", "disposal_waits"}
        assert show.record(server, "A-0002").cells["percent"] == 33
        assert show.record(server, "R-0003").cells["status"] == "open"
        assert {p.code for p in check(server.store).problems if p.code != "clock_wrong"} == {"disposal_unfinished"}
        assign(people["approver"], "R-0003", CLOSING, "seen and agreed")
        assert show.record(server, "R-0003").cells["status"] == "closed"
        opening.open_postgres(as_role(str(server.store.url.render_as_string(hide_password=False)), "approver")).close()  # type: ignore[union-attr]
        assert check(server.store).ok and work.left(server.read()) == []
        merging.merge(laptop, server.store)
        assert rows_of(laptop) == rows_of(server)
        assign(laptop, "R-0003", [Assignment("note", "seen since")], None)  # closed on both sides: nothing waits any more
        assert merging.merge(people["editor"], store).rule_failures == []
        assert show.record(server, "R-0003").cells["status"] == "closed" and show.record(server, "R-0003").cells["note"] == "seen since"


def test_the_stricter_of_two_answers_stands_on_the_server_too(server: Session, people: dict[str, Session], tmp_path: Path) -> None:
    """An editor brings a laptop's conflict in by her own role: the server itself holds the row to the log."""
    quotes = [create(server, "quote", {"words": w, "consent": "given", "publishable": "yes"})[0] for w in ("Nobody rang", "I waited")]
    merging.copy(server, tmp_path / "laptop.vawg")
    with opening.open_store(tmp_path / "laptop.vawg") as store:
        laptop = Session(store, "L. Laptop")
        for one, other, id in ((laptop, people["editor"], quotes[0]), (people["editor"], laptop, quotes[1])):
            assign(one, id, [Assignment("consent", "withdrawn"), Assignment("publishable", "no")], None)
            assign(other, id, [Assignment("consent", "not_asked"), Assignment("publishable", "")], None)
        assert len(merging.merge(people["editor"], store).conflicts) == 4
        merging.merge(laptop, server.store)
        for session in (server, laptop):
            assert [(c["consent"], c["publishable"]) for c in (show.record(session, id).cells for id in quotes)] == [("withdrawn", False)] * 2
        assert rows_of(laptop) == rows_of(server)
        assert [p for p in check(server.store).problems if p.code != "clock_wrong"] == []


def test_a_gap_too_is_closed_by_an_approver_alone(server: Session, people: dict[str, Session], tmp_path: Path) -> None:
    def earn_gap(session: Session) -> None:
        assign(session, "G-0001", [Assignment("severity", "1"), Assignment("closure_route", "delivered"), Assignment("outcome_statement", "Asked now")], None)
        proof = create(session, "evidence", {"title": "Survey form"})[0]
        closing.answer(session, "G-0001", "action_evidenced", "The form", evidence=proof)

    merging.copy(server, tmp_path / "laptop.vawg")
    with opening.open_store(tmp_path / "laptop.vawg") as store:
        laptop = Session(store, "L. Laptop")
        earn_gap(laptop)
        assert closing.close(laptop, "G-0001", "Agreed", "Bea Two").closed
        done = merging.merge(people["editor"], store)
        assert "closing_waits" in {f.rule for f in done.rule_failures}
        assert show.record(server, "G-0001").cells["status"] == "identified"
        with pytest.raises(AppError, match="Your role in the database does not allow that"):
            closing.close(people["editor"], "G-0001", "Agreed", "Bea Two")
        assert show.record(server, "G-0001").cells["status"] == "identified"
        assert closing.close(people["approver"], "G-0001", "Seen and agreed", "Bea Two").closed
        assert [p for p in check(server.store).problems if p.code != "clock_wrong"] == []


#: What an editor with the password tries beside the program; each is refused by the server itself.
ATTACKS = {
    "a closed recommendation without an entry": "INSERT INTO recommendation (id, reference, title, status, deleted, born) VALUES ('x', 'R-0099', 'x', 'closed', 0, 'x')",
    "a closed gap without an entry": "INSERT INTO gap (id, reference, statement, status, deleted, born) VALUES ('x', 'G-0099', 'x', 'closed', 0, 'x')",
    "a row without an entry": "INSERT INTO gap (id, reference, statement, deleted, born) VALUES ('x', 'G-0099', 'x', 0, 'x')",
    "a row changed beside the log": "UPDATE action SET status = 'complete' WHERE reference = 'A-0001'",
    "an entry of another name": "INSERT INTO change (id, origin, seq, at, received, who, txn, act, tbl, row, op, fields, hash) SELECT 'x', origin, seq + 1, at, "
                                "received, 'Somebody else', 'x', act, tbl, row, op, fields, hash FROM change ORDER BY n DESC LIMIT 1",
    "a forged origin": "INSERT INTO origin VALUES ('x', 'x', 0, 1, 'x')",
    "a moved origin": "UPDATE origin SET seq = seq + 1",
    "a moved head": "DELETE FROM head",
    "facts of the store": "UPDATE meta SET value = '0' WHERE key = 'mints'",
    "the log allowed to change": "INSERT INTO meta VALUES ('disposing', '1')",
    "an entry's words": "UPDATE change SET fields = '{}'",
    "counts": "UPDATE tally SET count = 99",
    "the register emptied": "DELETE FROM search",
    "other bytes under a file's hash": "INSERT INTO held VALUES ('x', 'x', 1, 'a')",
    "the triggers off": "ALTER TABLE action DISABLE TRIGGER ALL",
    "another role": "SET ROLE vawg_approver",
    "an entry beside a transaction of the program": "SELECT vawg_append('[]'::jsonb, '{}'::jsonb)",
    "a strip of the log": "SELECT vawg_strip('x', ARRAY['title'], 1)",
    "another's name": "INSERT INTO vawg_officer VALUES ('t_editor', 'The Commissioner')",
    "a write with a beginning and no entry": "DO $$ BEGIN PERFORM vawg_begin('00000000-0000-7000-8000-000000000000', 'x'); "
                                             "UPDATE action SET status = 'complete' WHERE reference = 'A-0001'; END $$",
}  # fmt: skip
#: What an approver may not either.
OF_APPROVERS = (
    "an entry's words", "the log allowed to change", "a row changed beside the log", "a moved origin", "facts of the store", "an entry of another name"
)


@pytest.mark.parametrize("attack", list(ATTACKS), ids=list(ATTACKS))
def test_nothing_is_written_beside_what_a_role_may(server: Session, people: dict[str, Session], postgres_url: str, attack: str) -> None:
    before = rows_of(server)
    roles = ["reader", "editor", *(["approver"] if attack in OF_APPROVERS else [])]
    for role in roles:
        with psycopg.connect(as_role(postgres_url, role), autocommit=True) as raw:
            with pytest.raises(psycopg.Error) as refused:
                raw.execute(ATTACKS[attack])  # type: ignore[call-overload]
            assert refused.value.sqlstate in ("42501", "23514"), (role, str(refused.value))
    assert rows_of(server) == before and check(server.store).ok


def test_an_approver_takes_no_word_out_that_nobody_disposed_of(server: Session, people: dict[str, Session], postgres_url: str) -> None:
    id = show.record(server, "A-0001").id
    with psycopg.connect(as_role(postgres_url, "approver"), autocommit=True) as raw, pytest.raises(psycopg.Error, match="nobody disposed"):
            raw.execute(
                f"DO $$ BEGIN PERFORM vawg_begin('00000000-0000-7000-8000-000000000000', 'x'); PERFORM vawg_strip('{id}', ARRAY['title'], 1); END $$"  # type: ignore[call-overload]
            )
    assert check(server.store).ok


def test_a_reader_sees_no_secret_and_nothing_restricted(server: Session, people: dict[str, Session], tmp_path: Path, postgres_url: str) -> None:
    rounds.export_returns(server, period="2026/27 Q3", due="2027-01-10", out=tmp_path)
    assign(server, "R-0004", [Assignment("restriction", "victim"), Assignment("title", "Zebrafinch matter")], "w")
    reader = people["reader"]
    assert lists.count(reader, ListQuery("recommendation")) == lists.count(server, ListQuery("recommendation")) - 1
    with pytest.raises(NotFoundError):
        show.record(reader, "R-0004")
    assert show.record(reader, "RT-0001").cells.get("secret") is None
    with psycopg.connect(as_role(postgres_url, "reader"), autocommit=True) as raw:
        for sql in ('SELECT secret FROM "return"', 'SELECT base FROM "return"'):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(sql)  # type: ignore[call-overload]
        for sql in (
            "SELECT 1 FROM change WHERE fields LIKE '%Zebrafinch%'", "SELECT 1 FROM subject WHERE title LIKE '%Zebrafinch%'",
            "SELECT 1 FROM change WHERE tbl IN ('return', 'submission', 'decision')", "SELECT 1 FROM held",
            "SELECT 1 FROM search WHERE words @@ to_tsquery('simple', 'zebrafinch')",
        ):  # fmt: skip
            assert raw.execute(sql).fetchall() == [], sql  # type: ignore[call-overload]
    assert overview.overview(reader, TODAY).totals and history.history(reader, "R-0003")


def test_a_lost_connection_is_a_sentence_and_the_next_try_goes_on(
    server: Session, postgres_server: str
) -> None:
    assert server.store.url is not None

    def cut() -> None:
        with psycopg.connect(postgres_server, autocommit=True) as raw:
            raw.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
                (server.store.url.database,),
            )  # type: ignore[union-attr]

    before = lists.count(server, ListQuery("gap"))
    with (
        pytest.raises(StoreError, match="what you typed is kept") as lost,
        server.store.write("me", "no") as tx,
    ):
        tx.create("gap", {"statement": "lost in the middle"})
        cut()
        tx.create("gap", {"statement": "never said"})
    assert lost.value.code == "server_away"
    create(server, "gap", {"statement": "after it"})
    assert lists.count(server, ListQuery("gap")) == before + 1
    assert check(server.store).problems == []


@pytest.mark.parametrize("guarded", [False, True], ids=["as its owner", "as an editor"])
def test_the_family_with_a_server_in_it(postgres_server: str, guarded: bool) -> None:
    """The three-store machine, its office in PostgreSQL: worked on by its owner, and by an editor whom the server watches."""
    url = make_url(postgres_server).set(database="vawg_family").render_as_string(hide_password=False)
    script = (ROOT / "resources" / "postgres" / "roles.sql").read_text("utf-8")

    class ServerFamily(Family):
        may_wait = frozenset({"disposal_unfinished"}) if guarded else frozenset[str]()

        def open_stores(self) -> list[stores.Store]:
            with psycopg.connect(postgres_server, autocommit=True) as raw:
                raw.execute("DROP DATABASE IF EXISTS vawg_family WITH (FORCE)")
                raw.execute("CREATE DATABASE vawg_family")
            files = super().open_stores()
            office = files[0]
            merging.copy(Session(office), url, move=True)
            office.close()
            if not guarded:
                return [opening.open_postgres(url), *files[1:]]
            with psycopg.connect(url, autocommit=True) as raw:
                raw.execute(script)  # type: ignore[call-overload]
                raw.execute("DO $$ BEGIN CREATE ROLE t_family LOGIN IN ROLE vawg_editor; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
            return [opening.open_postgres(as_role(url, "family")), *files[1:]]

    run_state_machine_as_test(
        ServerFamily,
        settings=settings(
            max_examples=500 if SOAK else 20 if guarded else 40, stateful_step_count=50, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip


def test_roles_hold_in_the_database_itself(server: Session, postgres_url: str) -> None:
    """Reader, editor and approver, made by the script that an office runs, each through the program and beside it."""
    script = (ROOT / "resources" / "postgres" / "roles.sql").read_text("utf-8")
    with psycopg.connect(postgres_url, autocommit=True) as raw:
        raw.execute(script)  # type: ignore[call-overload]
        raw.execute(script)  # type: ignore[call-overload]
        for name in ("reader", "editor", "approver"):
            raw.execute(f"DROP ROLE IF EXISTS t_{name}")  # type: ignore[call-overload]
            raw.execute(f"CREATE ROLE t_{name} LOGIN IN ROLE vawg_{name}")  # type: ignore[call-overload]
    people: dict[str, Session] = {}
    for name in ("reader", "editor", "approver"):
        url = make_url(postgres_url).set(username=f"t_{name}").render_as_string(hide_password=False)
        people[name] = Session(opening.open_postgres(url), name)
    try:
        assert lists.count(people["reader"], ListQuery("action")) == 22
        with pytest.raises(StoreError, match="role in the database does not allow"):
            assign(people["reader"], "A-0001", [Assignment("percent", "5")], "w")
        assign(people["editor"], "A-0001", [Assignment("percent", "5")], "w")
        create(people["editor"], "gap", {"statement": "seen by an editor"})
        undoing.undo(people["editor"])
        with psycopg.connect(
            make_url(postgres_url).set(username="t_editor").render_as_string(hide_password=False),
            autocommit=True,
        ) as raw:
            for sql in (
                "UPDATE change SET who = 'x'",
                "DELETE FROM change",
                "TRUNCATE change",
                "DELETE FROM action",
                "UPDATE change SET why = 'x'",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    raw.execute(sql)  # type: ignore[call-overload]
        for person in ("editor", "approver"):
            if person == "editor":
                create(people["editor"], "evidence", {"title": "Proof", "recommendations": "R-0003"})
                earn(people["editor"], "R-0003")
                with pytest.raises(StoreError, match="role in the database does not allow"):
                    assign(people[person], "R-0003", CLOSING, "w")
            else:
                assign(people[person], "R-0003", CLOSING, "w")
        assert show.record(server, "R-0003").cells["status"] == "closed"
        assert check(server.store).problems == []
    finally:
        for session in people.values():
            session.store.close()
        with psycopg.connect(postgres_url, autocommit=True) as raw:
            for name in ("reader", "editor", "approver"):
                raw.execute(f"DROP ROLE IF EXISTS t_{name}")  # type: ignore[call-overload]


def test_two_windows_on_one_server_and_a_laptop_merged_into_it(
    server: Session, postgres_url: str, tmp_path: Path, qtbot: object
) -> None:
    """Each shows what the other saved; a lost server is said once and so is its return; the text stays."""
    from tests.ui.test_window import Shown, table_of
    from vawg_desktop.ui.messages import messages
    from vawg_desktop.ui.tour import settle

    other = Session(opening.open_postgres(postgres_url), "D. Deputy")
    merging.copy(server, tmp_path / "laptop.vawg")
    with opening.open_store(tmp_path / "laptop.vawg") as laptop:
        assign(Session(laptop, "L"), "A-0004", [Assignment("percent", "70")], "in the room")
    one, two = Shown(server), Shown(other)
    try:
        for shown in (one, two):
            shown.go("action")
            shown.tasks.look_for_others()
            settle(shown.tasks)
        assign(server, "A-0001", [Assignment("title", "Renamed by the first window")], "w")
        two.tasks.look_for_others()
        settle(two.tasks)
        assert "Renamed by the first window" in [r[1] for r in table_of(two, two.window.page("action"))[1]]
        page = one.go("copies")
        page.look_at(tmp_path / "laptop.vawg")  # type: ignore[attr-defined]
        settle(one.tasks)
        page.bring_in()  # type: ignore[attr-defined]
        settle(one.tasks)
        two.tasks.look_for_others()
        settle(two.tasks)
        assert show.record(other, "A-0004").cells["percent"] == 70
        two.go("backups")
        said: list[str] = []
        messages.shown.connect(lambda _, text: said.append(text))
        real = other.store.listener().heard
        other.store.listener().heard = lambda: (_ for _ in ()).throw(
            StoreError("The server cannot be reached.", code="server_away")
        )  # type: ignore[method-assign]
        for _ in range(3):
            two.tasks.look_for_others()
            settle(two.tasks)
        assert said.count("The server cannot be reached.") == 1 and "away" in two.window.top._saved.text()
        other.store.listener().heard = real  # type: ignore[method-assign]
        two.tasks.look_for_others()
        settle(two.tasks)
        assert "back" in said[-1]
    finally:
        one.close()
        two.close()
        other.store.close()


def test_a_meeting_its_papers_and_what_is_due_are_those_of_the_file(server: Session, sample: Session, tmp_path: Path) -> None:
    told: list[dict[str, object]] = []
    for session, name in ((server, "server"), (sample, "file")):
        first, second = (create(session, "meeting", {"title": title, "body": "PDB", "date": day, "starts": "10:00"})[0] for title, day in (("Q2 board", "2026-09-01"), ("Q3 board", "2026-12-01")))
        assign(session, "A-0005", [Assignment("due", "2026-01-31"), Assignment("status", "in progress")], None)
        create(session, "response", {"recommendation": "R-0002", "partner": "Kent Police", "due": "2026-11-30"})
        facts = agenda.find_meeting(session, second)
        proposed = [(p.kind, p.reference, p.message) for p in agenda.proposals(session, facts)]
        agenda.put_on(session, facts, [p for p in agenda.proposals(session, facts) if p.kind == "overdue"])
        item = str(agenda.items(session, second)[0]["id"])
        meeting_notes.note(session, item, {"answer": "By May", "judgement": "partly", "undertaking": "To write", "undertaking_due": "2027-01-01", "asked_of": "Kent Police", "decision": "Noted"})
        agenda.carry_forward(session, item, first)
        attendance.note_attendance(session, second, [attendance.Attends("Ann Chair", "", "", "", "present")])
        handover.decide(session, "A-0006", "ended", words="Done")
        documents = {kind: papers.make(session, kind, Asked(about)) for kind, about in (
            ("board", (second,)), ("minutes", (second,)), ("action-log", ()), ("briefing", ("Kent Police",)), ("answer-card", ("R-0002",)), ("panel-update", ()), ("audit", ()),
            ("handover", ()), ("data-set", ()), ("decision-notice", ("DN-0001",)),
        )}  # fmt: skip
        now, known = (standing.standing(session, upto) for upto in (None, int(str(session.read().exec_driver_sql('SELECT max(n) FROM "change"').scalar()))))
        assert (now.overdue(), now.silent(), now.claimed()) == (known.overdue(), known.silent(), known.claimed()) and now.actions == known.actions
        done = publications.publish(session, "board", Asked((second,)), tmp_path / f"{name}.docx", Sending("The board"))
        assert all(r.again in (None, r.number) for r in publications.reproduce(session, done.reference).recount)
        police = names.find_named(session.read(), "partner", "Kent Police")
        assert police is not None
        told.append({
            "proposed": proposed, **{k: {f.says: f.number for f in d.figures} for k, d in documents.items()},
            "due": [(c.day, c.kind, c.words) for c in coming.coming(session, 60)], "who": attendance.attendance(session, second),
            "put": [(r["question"], r["judgement"]) for r in meeting_notes.put_to(session, police.id)],
        })  # fmt: skip
    for what in told[0]:
        assert told[0][what] == told[1][what], what
    assert check(server.store).problems == []


def test_a_request_templates_and_a_part_are_those_of_the_file(server: Session, sample: Session, tmp_path: Path) -> None:
    made = WordDocument()
    made.add_paragraph("«Title»: «Actions» actions, «Overdue actions» of them late")
    made.save(str(tmp_path / "Ours.docx"))
    told: list[dict[str, object]] = []
    for session, name in ((server, "server"), (sample, "file")):
        assign(session, "A-0005", [Assignment("note", "Quillfeather rang"), Assignment("due", "2026-01-31"), Assignment("status", "in progress")], "Quillfeather asked")
        assign(session, "A-0005", [Assignment("note", "Somebody rang")], None)
        request, _ = create(session, "information_request", {"title": "About me", "kind": "subject_access", "words": "Quillfeather", "received": "2026-11-02"})
        requests.gather(session, request)
        for one in requests.items(session, request):
            requests.decide(session, one.id, "in_part", passages=requests.passages_of(one.text or "", ["Quillfeather"], "third_party"))
        with pytest.raises(RuleError, match="legal hold"):
            dispose(session.store, "action", names.find(session.read(), "A-0005").id, Authority("A. One", "B. Two", "Rule 1", "2026-11-20"))
        paper_templates.take_in(session, "board", "Ours", tmp_path / "Ours.docx")
        filled = paper_templates.filled(session, "board", papers.make(session, "board", Asked()), "Ours", "x.docx")
        given = splitting.hand_over(session, Chosen(("Kent Police",)), tmp_path / f"{name} part.vawg", passphrase=None, to_whom="A successor")
        told.append({
            "items": sorted((i.place.partition(",")[0], requests.redacted(i), i.decision) for i in requests.items(session, request)), "kinds": given.kinds, "paper": docx_text(filled),
            "due": [(c.kind, c.words) for c in coming.coming(session, 60) if c.kind == "Answer due"],
        })  # fmt: skip
        part = Session(opening.open_store(tmp_path / f"{name} part.vawg"), "S. Successor")
        offered = str(part.read().exec_driver_sql("SELECT reference FROM handover_item ORDER BY n LIMIT 1").one()[0])
        assign(part, offered, [Assignment("accepted_by", "S. Successor")], None)
        assert merging.merge(session, part.store).conflicts == [] and check(part.store).ok and check(session.store).ok  # the server's clock goes on, the test's stands
        assert session.read().exec_driver_sql("SELECT accepted_by FROM handover_item WHERE reference = ?", (offered,)).one()[0] == "S. Successor"
        part.store.close()
    for what in told[0]:
        assert told[0][what] == told[1][what], what


def test_a_part_lives_on_a_server_as_in_a_file(sample: Session, postgres_url: str, tmp_path: Path) -> None:
    splitting.hand_over(sample, Chosen(("Kent Police",)), tmp_path / "part.vawg", passphrase=None)
    part = Session(opening.open_store(tmp_path / "part.vawg"), "S. Successor")
    merging.copy(part, postgres_url, move=True)
    with opening.open_postgres(postgres_url) as store:
        moved = Session(store, "S. Successor")
        assert check(store).problems == []
        with pytest.raises(StoreError) as refused:
            merging.merge(moved, sample.store)
        assert refused.value.code == "wider_store"
        new, _ = create(moved, "action", {"title": "Begun by the successor", "accountable": "Kent Police"})
        assert merging.merge(sample, store).conflicts == [] and show.record(sample, new).title == "Begun by the successor"
    assert check(sample.store).problems == []
    part.store.close()


def test_a_survey_and_its_disposals_are_those_of_the_file(server: Session, sample: Session, tmp_path: Path) -> None:
    path = written(tmp_path, table([HEAD, *rows_at_random(120, 31)]), "Safety survey.csv")
    told: list[list[object]] = []
    for session in (server, sample):
        surveys.take_in(session, path, wave="2021")
        survey = str(surveys.find(session, "Safety survey")["id"])
        hers = sorted(r.id for r in surveys.answers(session, survey).rows)[0]
        surveys.dispose_response(session, hers, Authority("A. Officer", "B. Second", "withdrawn", "2026-11-28"))
        answers = surveys.answers(session, survey)
        assert len(answers.rows) == 119 and check(session.store).problems == []
        result = survey_results.result(session, answers, "Satisfied?", by="District", least=5)
        told.append([hers, [(g.name, g.base, g.counts) for g in result.groups], [q["reference"] for q in answers.questions]])
    assert told[0] == told[1]
    merging.merge(sample, server.store, allow_unrelated=True)
    survey = str(surveys.find(sample, "Safety survey")["id"])
    assert len(surveys.answers(sample, survey).rows) == 119 and check(sample.store).problems == []


def test_coding_and_originals_on_a_server_are_those_of_a_file(server: Session, people: dict[str, Session], tmp_path: Path) -> None:
    """Two respondents of one file are disposed of and originals taken out by an approver: no word of either is in the server's log; an editor codes."""
    words = [f"Respondent{n} told Zorka Vlnkova that the lights are out near the camera" for n in range(4)]
    head = ["ID", "Start time", "Completion time", "Email", "Name", "What would help?"]
    editor, approver = people["editor"], people["approver"]
    surveys.take_in(editor, written(tmp_path, table([head, *([str(n), "2021-01-01", "", "", "", w] for n, w in enumerate(words))]), "S.csv"))
    answers = surveys.answers(editor, str(surveys.find(editor, "S")["id"]))
    question = str(answers.question("What would help?")["id"])
    book, _ = codebooks.start(editor, str(answers.survey["id"]))
    texts = answer_review.texts(editor, answers, question)
    answer_review.sign_off(editor, str(answers.survey["id"]), question, {t.response: (t.words, answer_review.suggestions(editor, t.words)) for t in texts})
    desk = coding.Desk(str(answers.survey["id"]), question, book)
    lighting = next(c.id for c in codebooks.read(editor, book).codes if c.title == "Street lighting")
    coding.change(editor, desk, [t.response for t in texts], add=[lighting])
    with pytest.raises(AppError):
        answer_review.take_out_originals(editor, answers)
    with pytest.raises(RuleError, match="kept from this login"):
        surveys.answers(people["reader"], str(answers.survey["id"]))
    answer_review.take_out_originals(approver, surveys.answers(approver, desk.survey))
    for text in texts[:2]:
        surveys.dispose_response(approver, text.response, Authority("A. Officer", "B. Second", "withdrawn", "2026-11-28"))
    left = surveys.answers(editor, desk.survey)
    assert [t.shown for t in answer_review.texts(editor, left, question)] == [f"Respondent{n} told [name] that the lights are out near the camera" for n in (2, 3)]
    assert [c.count for c in coding_counts.counted(editor, left, question).codes if c.title == "Street lighting"] == [2]
    with server.store.engines.fresh() as connection:  # as the owner of the tables sees it
        held = "".join(str(tuple(r)) for r in connection.exec_driver_sql("SELECT fields FROM change"))
    assert not any(word in held for word in ("Vlnkova", "Respondent0 ", "Respondent1 ")) and "Respondent2 " in held
    assert check(server.store).problems == []
