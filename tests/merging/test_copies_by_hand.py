"""Files of one store copied by hand, worked on, copied again and merged at random: whatever is met when, all end alike."""

from __future__ import annotations

import itertools
import os
import random
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlcipher3.dbapi2
from sqlalchemy.engine import make_url

from tests.clock import CLOCK, TODAY
from tests.merging.test_merging import rows_of, say
from tests.test_architecture import ROOT
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import merging
from vawg_desktop.services.records import create
from vawg_desktop.services.session import Session
from vawg_desktop.store import incoming_log, making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.check_log import heads_of_chains
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.rescuing import rescue

SEEDS = range(400) if os.environ.get("VAWG_SOAK") else (*range(12), 140)


class Files:
    """The files of one store, those who work on them, and every head that was noted on the way."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._folder, self._chance = folder, chance
        office = Session(making.create(folder / "office.vawg", passphrase=None), "office")
        self._action = create(office, "action", {"title": "Light the paths"})[0]
        self.people = [office]
        self.noted: list[tuple[str, str]] = []

    def step(self) -> None:
        one = self._chance.choice(self.people)
        what = self._chance.choice(("say", "say", "say", "make", "copy", "merge", "merge"))
        if what == "copy" and len(self.people) < 6:
            one = self._copied(one)
        elif what == "merge" and len(self.people) > 1:
            merging.merge(one, self._chance.choice([p for p in self.people if p is not one]).store)
        elif what == "say" and not one.read().exec_driver_sql("SELECT 1 FROM conflict").fetchone():
            say(one, self._action, note=f"{one.who} {self._chance.randrange(10**6)}")
        else:
            create(one, "gap", {"statement": f"{one.who} {self._chance.randrange(10**6)}"})
        self.noted += said_heads(one).items()

    def _copied(self, one: Session) -> Session:
        """A copy by the program one time in five, else one that a person makes in a file manager; whose file it was, as it is open now."""
        name = f"copy{len(self.people)}"
        if self._chance.random() < 0.2:
            self.people.append(Session(opening.open_store(take_copy(one.store, self._folder / f"{name}.vawg")), name))
            return one
        at = one.store.path
        one.store.close()
        shutil.copyfile(at, self._folder / f"{name}.vawg")
        self.people[self.people.index(one)] = again = Session(opening.open_store(at), one.who)
        self.people.append(Session(opening.open_store(self._folder / f"{name}.vawg"), name))
        return again


@pytest.mark.parametrize("seed", SEEDS)
def test_copies_made_by_hand_at_random_end_alike(tmp_path: Path, seed: int) -> None:
    """Six files of one store and of a working copy of it; heads noted on the way are proved at the end."""
    chance = random.Random(seed)
    files = Files(tmp_path, chance)
    for _ in range(chance.randrange(20, 45)):
        files.step()
    for one, other in itertools.product([*files.people, *files.people], files.people):
        if one is not other:
            merging.merge(one, other.store)
    first = files.people[0]
    for one in files.people:
        assert rows_of(one) == rows_of(first) and said_heads(one) == said_heads(first)
        assert check(one.store, heads=[head for _, head in files.noted]).problems == []
        place, head = chance.choice(files.noted)
        assert check(one.store, noted_heads={place: head}).problems == []
    for one in files.people:
        one.store.close()


def said_heads(session: Session) -> dict[str, str]:
    """The heads of the origins that said something."""
    return {k: v for k, v in heads_of_chains(session.read()).items() if not k.endswith("/0")}



@pytest.mark.parametrize("later", ["here", "there"])
def test_what_a_merge_itself_writes_after_telling_two_tails_apart_goes_on_the_right_one(tmp_path: Path, later: str) -> None:
    """Both files gave the next number to a gap of their own: the merge gives one of them another, by an entry of this store's own."""
    office = Session(making.create(tmp_path / "office.vawg", passphrase=None), "office")
    create(office, "gap", {"statement": "Before the copy"})
    office.store.close()
    shutil.copyfile(tmp_path / "office.vawg", tmp_path / "copy.vawg")
    one, other = (Session(opening.open_store(tmp_path / f"{name}.vawg"), name) for name in ("office", "copy"))
    for session in (other, one) if later == "here" else (one, other):
        create(session, "gap", {"statement": f"Seen in {session.who}"})
    done = merging.merge(one, other.store)
    assert done.renumbered == [("G-0002", "G-0003")]
    mine = one.read().exec_driver_sql("SELECT id FROM origin WHERE mine = 1").one()[0]
    written = one.read().exec_driver_sql("SELECT origin FROM \"change\" WHERE act = 'merge' ORDER BY n DESC LIMIT 1").one()[0]
    assert written == mine and check(one.store).problems == []
    merging.merge(other, one.store)
    assert rows_of(one) == rows_of(other) and said_heads(one) == said_heads(other) and check(other.store).problems == []
    for session in (one, other):
        session.store.close()


def test_a_server_that_holds_the_later_of_two_tails_numbers_it_anew_as_a_file_does(tmp_path: Path, postgres_url: str) -> None:
    """The log's guard is a trigger there, lifted for that one statement and put back."""
    office = Session(making.create(tmp_path / "office.vawg", passphrase=None), "office")
    action = create(office, "action", {"title": "Light the paths"})[0]
    server = Session(making.create_postgres(postgres_url, mints=False, family=str(office.store.meta("family"))), "server")
    try:
        office.store.close()
        shutil.copyfile(tmp_path / "office.vawg", tmp_path / "twin.vawg")
        office, twin = (Session(opening.open_store(tmp_path / f"{n}.vawg"), n) for n in ("office", "twin"))
        say(office, action, note="from the office")  # the earlier tail
        say(twin, action, rating_reason="from the twin")
        create(twin, "gap", {"statement": "seen in the twin"})
        merging.merge(server, twin.store)
        held = said_heads(server)
        _an_editor_is_sent_to_the_owner(server, office, postgres_url)
        assert said_heads(server) == held
        merging.merge(server, office.store)
        for one, other in ((office, server), (twin, server), (server, twin), (server, office), (office, twin)):
            merging.merge(one, other.store)
        assert rows_of(server) == rows_of(office) == rows_of(twin) and said_heads(server) == said_heads(office) == said_heads(twin)
        for one in (office, twin, server):
            assert check(one.store, heads=list(held.values())).problems == []
        with pytest.raises(Exception, match="append-only"), server.store.write("x", "y") as tx:
            tx.connection.exec_driver_sql("UPDATE \"change\" SET who = 'somebody else'")
        for one in (office, twin):
            one.store.close()
    finally:
        server.store.close()


def _an_editor_is_sent_to_the_owner(server: Session, office: Session, url: str) -> None:
    """On a server with roles, only the owner of its tables may number anew what it holds; nothing is merged meanwhile."""
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute((ROOT / "resources" / "postgres" / "roles.sql").read_text("utf-8"))  # type: ignore[call-overload]
        raw.execute("DO $$ BEGIN CREATE ROLE t_forking LOGIN IN ROLE vawg_editor; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    editor = opening.open_postgres(make_url(url).set(username="t_forking").render_as_string(hide_password=False))
    try:
        with pytest.raises(StoreError, match="the owner of the server's tables brings it in") as refused:
            merging.merge(Session(editor, "an editor"), office.store)
        assert refused.value.code == "needs_owner"
    finally:
        editor.close()


def _behind_the_guard(session: Session, sql: str) -> None:
    """Change a log's rows as somebody with the key and another program could."""
    with session.store.write("x", "y") as tx:
        for name, made in tx.connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'change'").fetchall():
            tx.connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            assert made
        tx.connection.exec_driver_sql(sql)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE \"change\" SET who = 'somebody' WHERE seq = (SELECT max(seq) - 1 FROM \"change\")", "was altered or is damaged at entry"),
        ('DELETE FROM "change" WHERE seq = (SELECT max(seq) FROM "change")', "ends before its last entry"),
    ],
)
@pytest.mark.parametrize("forked", [True, False])
def test_a_log_altered_or_cut_short_is_not_merged_whether_or_not_it_was_copied_by_hand(tmp_path: Path, sql: str, words: str, forked: bool) -> None:
    office = Session(making.create(tmp_path / "office.vawg", passphrase=None), "office")
    action = create(office, "action", {"title": "Light the paths"})[0]
    office.store.close()
    shutil.copyfile(tmp_path / "office.vawg", tmp_path / "twin.vawg")
    office, twin = (Session(opening.open_store(tmp_path / f"{n}.vawg"), n) for n in ("office", "twin"))
    if forked:
        say(office, action, note="from the office")
    for number in range(3):
        say(twin, action, rating_reason=f"from the twin, {number}")
    _behind_the_guard(twin, sql)
    before = rows_of(office), said_heads(office)
    with pytest.raises(StoreError, match=words) as refused:
        merging.merge(office, twin.store)
    assert refused.value.code == "other_log_altered" and (rows_of(office), said_heads(office)) == before
    for one in (office, twin):
        one.store.close()


def test_an_entry_that_comes_back_by_a_merge_under_a_slower_clock_is_not_called_altered(tmp_path: Path) -> None:
    """One entry alone, made in a copy by hand while the computer's clock was a year ahead: it bears the time of the merge, which is earlier."""
    office = Session(making.create(tmp_path / "office.vawg", passphrase=None), "office")
    action = create(office, "action", {"title": "Light the paths"})[0]
    office.store.close()
    shutil.copyfile(tmp_path / "office.vawg", tmp_path / "twin.vawg")
    office, twin = (Session(opening.open_store(tmp_path / f"{n}.vawg"), n) for n in ("office", "twin"))
    CLOCK.go_to(TODAY + timedelta(days=358))
    say(twin, action, note="from next year")
    CLOCK.go_to(TODAY + timedelta(days=75))
    merging.merge(office, twin.store)
    assert [p.code for p in check(office.store).problems if p.code == "received_altered"] == []
    _behind_the_guard(office, "UPDATE \"change\" SET received = '2020-01-01T00:00:00.000000Z' WHERE seq = 1")
    assert "received_altered" in {p.code for p in check(office.store).problems}  # and a time that was altered is still told
    for one in (office, twin):
        one.store.close()


def _copied_by_hand(folder: Path, one: Session, name: str) -> tuple[Session, Session]:
    """The store and a copy of its file, both open again."""
    at = one.store.path
    one.store.close()
    shutil.copyfile(at, folder / f"{name}.vawg")
    return Session(opening.open_store(at), one.who), Session(opening.open_store(folder / f"{name}.vawg"), name)


def _lacking(at: Path, lost: int, who: str) -> Session:
    """A copy of a store as a rescue reads it where one entry of its log can no longer be read."""
    folder = at.parent / f"{at.stem} lacking {lost}"
    folder.mkdir()
    damaged = Session(opening.open_store(Path(shutil.copyfile(at, folder / "damaged.vawg"))), who)
    _behind_the_guard(damaged, f'DELETE FROM "change" WHERE seq = {lost}')
    damaged.store.close()
    rescue(folder / "damaged.vawg", folder / "out.vawg", passphrase=None)
    return Session(opening.open_store(folder / "out.vawg"), who)


def _ids(session: Session) -> set[str]:
    return {str(row[0]) for row in session.read().exec_driver_sql('SELECT id FROM "change"')}


def _merged(one: Session, other: Session) -> str:
    """How a merge ended: "merged" with every entry of the other's, or a code with nothing changed."""
    before = rows_of(one), said_heads(one), _ids(one)
    try:
        merging.merge(one, other.store)
    except StoreError as error:
        assert (rows_of(one), said_heads(one), _ids(one)) == before
        return error.code
    assert _ids(one) >= _ids(other) | before[2]
    assert {p.code for p in check(one.store).problems} <= {"entry_missing"}
    return "merged"


@pytest.mark.parametrize("edits", [(3, 3), (3, 1), (3, 2), (1, 3)])
@pytest.mark.parametrize("lacking", ["office", "twin"])
def test_whichever_entry_a_rescue_lost_two_copies_are_told_apart_or_nothing_is_merged(tmp_path: Path, lacking: str, edits: tuple[int, int]) -> None:
    """Each entry of the log in turn, of either file: before the copy, the last before it, the first after it, and later ones."""
    office = Session(making.create(tmp_path / "office.vawg", passphrase=None), "office")
    action = create(office, "action", {"title": "Light the paths"})[0]
    for number in range(3):
        say(office, action, note=f"before, {number}")
    office, twin = _copied_by_hand(tmp_path, office, "twin")
    for number in range(3):
        if number < edits[0]:
            say(office, action, note=f"from the office, {number}")
        if number < edits[1]:
            say(twin, action, rating_reason=f"from the twin, {number}")
    for one in (office, twin):
        one.store.close()
    ends: dict[int, tuple[str, str]] = {}
    last = 4 + edits[lacking == "twin"]
    for lost in range(1, last + 1):
        rescued = _lacking(tmp_path / f"{lacking}.vawg", lost, lacking)
        name = "twin" if lacking == "office" else "office"
        at = rescued.store.path.with_name("whole.vawg")
        whole = Session(opening.open_store(Path(shutil.copyfile(tmp_path / f"{name}.vawg", at))), name)
        ends[lost] = _merged(whole, rescued), _merged(rescued, whole)
        for one in (whole, rescued):
            one.store.close()
    for lost in (1, 2, 3, 4):  # the other file holds it: it is put back
        assert ends[lost] == ("merged", "merged"), lost
    if last > 5:
        assert ends[5] == ("log_has_gaps", "log_has_gaps")  # where they part cannot be known
    assert {end for pair in ends.values() for end in pair} <= {"merged", "log_has_gaps"}


def test_a_copy_of_a_copy_that_lost_an_entry_of_its_tail_is_not_merged(tmp_path: Path) -> None:
    """What follows the entry cannot be chained anew; the sentence names the entries that are missing."""
    office = Session(making.create(tmp_path / "office.vawg", passphrase=None), "office")
    action = create(office, "action", {"title": "Light the paths"})[0]
    office, twin = _copied_by_hand(tmp_path, office, "twin")
    say(office, action, note="from the office")
    for number in range(3):
        say(twin, action, rating_reason=f"from the twin, {number}")
    twin, third = _copied_by_hand(tmp_path, twin, "third")
    for number in range(3):
        say(third, action, rating_reason=f"from the third, {number}")
        say(twin, action, rating_reason=f"from the twin again, {number}")
    third.store.close()
    assert _merged(office, twin) == "merged"
    rescued = _lacking(tmp_path / "third.vawg", 3, "third")
    with pytest.raises(StoreError, match="lacks entry 3 of ") as refused:
        merging.merge(office, rescued.store)
    assert refused.value.code == "log_has_gaps"
    for one in (office, twin, rescued):
        one.store.close()


def test_a_store_that_can_no_longer_be_read_in_the_midst_of_a_merge_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the stick that it lies on is pulled out after it was found whole."""
    office = Session(making.create(tmp_path / "office.vawg", passphrase=None), "office")
    merging.copy(office, tmp_path / "laptop.vawg")
    laptop = Session(opening.open_store(tmp_path / "laptop.vawg"), "laptop")
    for number in range(3):
        create(laptop, "gap", {"statement": f"from the room, {number}"})
    whole = incoming_log.unseen

    def pulled_out(*words: Any) -> Iterator[tuple[Any, ...]]:
        yield next(whole(*words))
        raise sqlcipher3.dbapi2.OperationalError("disk I/O error")

    monkeypatch.setattr(incoming_log, "unseen", pulled_out)
    before = rows_of(office), _ids(office)
    with pytest.raises(StoreError, match="could not be read to its end; nothing was merged") as refused:
        merging.merge(office, laptop.store)
    assert refused.value.code == "other_damaged" and (rows_of(office), _ids(office)) == before
    monkeypatch.setattr(incoming_log, "unseen", whole)
    assert _merged(office, laptop) == "merged"  # plugged in again
    for one in (office, laptop):
        one.store.close()
