"""Letters, lengths and numbers that no officer types and some file or program brings: a sentence or a faithful keeping, and nobody blocked."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.test_architecture import ROOT
from vawg_desktop.domain.errors import AppError
from vawg_desktop.services import lists, merging, names, show
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.records import add_alias, assign, create, parse_assignment
from vawg_desktop.services.sample import load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.repair import repair
from vawg_desktop.store.search import search

#: Letters that compress to nothing fit into an index; these do not.
LONG = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=5_000))
STRANGE = {
    "a lone surrogate": "before \ud800 after", "its second half": "\udfff", "a NUL": "a\x00b", "control characters": "\x01\x02\x1b[31m\x7f\x85",
    "a byte order mark": "\ufefftext", "noncharacters": "\ufffe\uffff", "5,000 letters": LONG, "100,000 letters": LONG * 20,
    "right to left": "\u202eevil\u202c", "an emoji family": "👨\u200d👩\u200d👧", "beyond the first plane": "𝔘𝔫𝔲𝔰𝔲𝔞𝔩", "only spaces": "   \u00a0 ",
    "quotes": "'\"; DROP TABLE action; --", "percents": "%s %(x)s %%", "marks": "? :a $1 {0}", "a backslash": "\\N \\x41 \\",
}  # fmt: skip


@pytest.fixture(params=["file", "server"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    """The sample inquiry in a file, and in a server's database."""
    if request.param == "file":
        store = making.create(tmp_path / "s.vawg", passphrase=None)
    else:
        store = making.create_postgres(request.getfixturevalue("postgres_url"))
    session = Session(store, "B. Officer")
    load_sample(session)
    yield session
    store.close()


def well(session: Session) -> bool:
    """Whole; that the server's clock is not the tests' own is no matter here."""
    found = check(session.store)
    assert found.ok, found.problems
    return True


def everyone_goes_on(session: Session, tmp_path: Path) -> None:
    """Whatever was tried: the store is whole, can be searched, rebuilt, written, and a copy of it merged both ways."""
    assert well(session)
    create(session, "gap", {"statement": "the next officer's"})
    search(session.read(), "next officer")
    repair(session.store, "B. Officer")
    if session.store.url is None:
        copy = Session(opening.open_store(take_copy(session.store, tmp_path / "copy.vawg")), "L")
    else:
        merging.copy(session, tmp_path / "copy.vawg")
        copy = Session(opening.open_store(tmp_path / "copy.vawg"), "L")
    assign(copy, "A-0001", [parse_assignment("blockers=from the copy")], "w")
    merging.merge(session, copy.store)
    merging.merge(copy, session.store)
    assert well(session) and well(copy)
    copy.store.close()


@pytest.mark.parametrize("said", list(STRANGE), ids=list(STRANGE))
def test_strange_words_are_kept_or_refused_in_a_sentence(office: Session, tmp_path: Path, said: str) -> None:
    words = STRANGE[said]
    tried = (
        lambda: assign(office, "A-0001", [parse_assignment(f"blockers={words}")], words),
        lambda: assign(office, "A-0002", [parse_assignment(f"title={words}")], "w"),
        lambda: assign(office, "R-0001", [parse_assignment(f"themes+={words}")], "w"),
        lambda: create(office, "partner", {"name": words, "short_name": words}),
        lambda: create(office, "gap", {"statement": words, "note": words}, aliases=(words,)),
        lambda: show.record(office, words),
        lambda: search(office.read(), words),
        lambda: lists.records(office, ListQuery("action", words=words)),
        lambda: names.maybe_find(office.read(), words),
        lambda: create(Session(office.store, words), "gap", {"statement": "by somebody strange"}),
        lambda: _alias(office, words),
    )
    for one in tried:
        try:
            one()
        except AppError as refused:
            assert refused.message.strip() and len(refused.message) < 1_000, refused.message[:200]
            refused.message.encode("utf-8")
    everyone_goes_on(office, tmp_path)


def _alias(session: Session, words: str) -> None:
    with session.store.write("me", words) as tx:
        add_alias(tx, show.record(session, "A-0003").id, words)


@pytest.mark.parametrize("number", ["1" + "0" * 30, "-" + "9" * 40, "1e400", "2147483648", "9223372036854775808", "٣٤", "１２", "Infinity", "NaN", "0x10"])
def test_numbers_beyond_all_measure(office: Session, tmp_path: Path, number: str) -> None:
    for field in ("percent", "priority", "due"):
        for record in ("A-0001", "R-0001"):
            try:
                assign(office, record, [parse_assignment(f"{field}={number}")], "w")
            except AppError as refused:
                assert refused.message.endswith((".", "?")) and len(refused.message) < 600
    everyone_goes_on(office, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no UTF-8 exist there only")
def test_file_names_that_are_no_utf_8(tmp_path: Path) -> None:
    """A name in an old Mac's letters, on the command line and in a folder: taken or refused in a sentence that can be printed."""
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    Path(os.fsdecode(folder)).mkdir()
    store = folder + b"/s\xe9.vawg"
    tracker = folder + b"/t\xff.csv"
    Path(os.fsdecode(tracker)).write_text("Ref,Action,Status\n40,Run lessons,In progress\n", "utf-8")

    def run(*words: bytes | str) -> subprocess.CompletedProcess[bytes]:
        env = {**os.environ, "VAWG_USER": "B. Officer", "PYTHONIOENCODING": "utf-8"}
        return subprocess.run([sys.executable, "main.py", *words], cwd=ROOT, env=env, capture_output=True, timeout=120, check=False)

    for words in (
        ("new", store, "--sample", "--plain"), ("import-tracker", store, tracker, "--json"), ("import-tracker", store, tracker),
        ("set", store, "A-0001", b"blockers=\xff\xfe", "--why", b"\xe9"), ("show", store, "A-0001", "--json"), ("show", store, b"\xff"),
        ("import-return", store, tracker), ("check", store, "--json"), ("copy", store, folder + b"/c\xe8.vawg"),
        ("backup", store, folder + b"/b\xe9"), ("list", store, "action", "--where", b"title=\xff"), ("history", store, "A-0001"),
        ("merge", store, folder + b"/c\xe8.vawg"), ("check", folder + b"/none\xff.vawg"),
    ):  # fmt: skip
        done = run(*words)
        assert b"Traceback" not in done.stderr, (words[0], done.stderr[-600:])
        assert done.returncode in (0, 1), (words[0], done.returncode, done.stderr[-300:])
        done.stdout.decode("utf-8")
        done.stderr.decode("utf-8")
    with opening.open_store(Path(os.fsdecode(store))) as left:
        assert check(left).problems == []


def test_a_long_alias_that_stands_in_a_file_does_not_keep_it_from_a_server(tmp_path: Path, postgres_url: str) -> None:
    """Made by an earlier version, when nothing refused it: a store with it still moves to the server, and merges there."""
    store = making.create(tmp_path / "s.vawg", passphrase=None)
    session = Session(store, "B. Officer")
    load_sample(session)
    with store.write("me", "as it was") as tx:
        tx.create("link", {"kind": "alias", "a": show.record(session, "A-0003").id, "b": LONG, "part": LONG}, checked=False)
        tx.create("link", {"kind": "recommendation.themes", "a": show.record(session, "R-0001").id, "b": LONG}, checked=False)
    merging.copy(session, postgres_url)
    server = opening.open_postgres(postgres_url)
    assert check(server).ok
    create(Session(server, "T"), "gap", {"statement": "goes on"})
    server.close()
    with psycopg.connect(make_url(postgres_url).render_as_string(hide_password=False)) as raw:
        assert raw.execute("SELECT count(*) FROM link WHERE length(b) = 5000").fetchone() == (2,)
    store.close()
