"""Files of one store copied by hand, worked on, copied again and merged at random: whatever is met when, all end alike."""

from __future__ import annotations

import itertools
import os
import random
import shutil
from pathlib import Path

import pytest

from tests.merging.test_merging import rows_of, say
from vawg_desktop.services import merging
from vawg_desktop.services.records import create
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.check_log import heads_of_chains
from vawg_desktop.store.copying import take_copy

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
