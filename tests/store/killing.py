"""Kills a working process (-9) again and again and looks at what it left: ``python -m tests.store.killing KIND TURNS``.

One warm process forks a child per turn, so that hundreds of kills cost seconds. The child writes down what it was
told is safe (a byte per acknowledgement); after the kill the store must hold at least that, be whole, and check well.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.migrations import BEGINS, NEXT
from vawg_desktop import paths
from vawg_desktop.domain.errors import WrongKeyError
from vawg_desktop.services import access, merging, safekeeping, trackers
from vawg_desktop.services.session import Session
from vawg_desktop.store import backup as backups
from vawg_desktop.store import keys, making, opening, work
from vawg_desktop.store import store as stores
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.dispose import Authority, dispose
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.migrate import migrate
from vawg_desktop.store.restoring import restore

WORDS = "correct horse battery"


class Kills:
    """One kind of work, killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = folder / "base.vawg"
        store = making.create(self.base, passphrase=WORDS)
        assert store.key is not None
        self.key: keys.Key = store.key
        with store.write("setup", "start") as tx:
            for i in range(60):
                tx.create("action", {"title": f"action {i}"})
        self.prepare(store)
        store.close()
        self.path = folder / "s.vawg"

    def prepare(self, store: stores.Store) -> None:
        """What the work needs beside the base store."""

    def fresh(self) -> None:
        """A copy of the base to work on."""
        making.remove(self.path)
        for part in (self.base, keys.keys_path(self.base)):
            shutil.copyfile(part, self.path.with_name(part.name.replace(self.base.name, self.path.name)))

    def open(self) -> Session:
        return Session(opening.open_store(self.path, key=self.key), "child")

    def work(self, say: Any) -> None:
        """In the child, until it is killed or done."""
        raise NotImplementedError

    def looks(self, said: int) -> None:
        """In the parent: what must hold after ``said`` acknowledgements."""
        raise NotImplementedError

    def well(self, session: Session) -> None:
        found = check(session.store).problems
        assert found == [], found

    def turn(self, wait: float) -> int:
        """One child, one kill; returns how much it had been told is safe."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(read)
                self.work(lambda: os.write(write, b"."))
            finally:
                os._exit(0)
        os.close(write)
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said = b""
        while part := os.read(read, 65536):
            said += part
        os.close(read)
        self.looks(len(said))
        return len(said)


class Commits(Kills):
    """Three records a transaction, one after another, on a store that goes on from turn to turn."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.fresh()
        self.held = 0

    def work(self, say: Any) -> None:
        session = self.open()
        while True:
            with session.store.write("child", "work") as tx:
                for _ in range(3):
                    tx.create("gap", {"statement": "x" * 500})
            say()

    def looks(self, said: int) -> None:
        session = self.open()
        count = int(session.read().exec_driver_sql("SELECT count(*) FROM gap").one()[0])
        assert count % 3 == 0 and count >= self.held + 3 * said, (count, self.held, said)
        self.held = count
        self.well(session)
        session.store.close()


class Merges(Kills):
    """A merge of some hundred entries: all of them or none."""

    def prepare(self, store: stores.Store) -> None:
        copy = take_copy(store, self.folder / "laptop.vawg")
        laptop = opening.open_store(copy, key=self.key)
        ids = [str(r[0]) for r in laptop.read().exec_driver_sql("SELECT id FROM action")]
        with laptop.write("laptop", "in the room") as tx:
            for id in ids:
                tx.edit("action", id, {"percent": 10})
                tx.create("update", {"action": id, "narrative": "said in the room"})
        self.brought = tx.changes.entries
        laptop.close()
        self.done = 0

    def work(self, say: Any) -> None:
        session = self.open()
        merging.merge(session, opening.open_store(self.folder / "laptop.vawg", key=self.key))
        say()
        time.sleep(5)

    def looks(self, said: int) -> None:
        session = self.open()
        merged = int(session.read().exec_driver_sql('SELECT count(*) FROM "update"').one()[0])
        assert merged == 60 if said else merged in (0, 60)
        self.done += merged == 60
        self.well(session)
        session.store.close()
        self.fresh()


class Imports(Kills):
    """A tracker of a hundred rows: all of it or none."""

    def prepare(self, store: stores.Store) -> None:
        rows = "\n".join(f"Q{i},Visit number {i},Kent Police,In progress" for i in range(100))
        (self.folder / "t.csv").write_text(f"Ref,Action,Owner,Status\n{rows}\n", "utf-8")

    def work(self, say: Any) -> None:
        trackers.import_tracker(self.open(), self.folder / "t.csv")
        say()
        time.sleep(5)

    def looks(self, said: int) -> None:
        session = self.open()
        taken = int(session.read().exec_driver_sql("SELECT count(*) FROM action").one()[0]) - 60
        assert taken == 100 if said else taken in (0, 100), taken
        self.well(session)
        session.store.close()
        self.fresh()


class Migrations(Kills):
    """A migration that adds a column and fills it: the old schema or the new, and every row."""

    def prepare(self, store: stores.Store) -> None:
        self.scripts = self.folder / "migrations"
        shutil.copytree(paths.migrations(), self.scripts)
        (self.scripts / "versions" / f"{NEXT}_extra.py").write_text(
            BEGINS +
            "    run = op.get_bind().exec_driver_sql\n"
            "    run('ALTER TABLE action ADD COLUMN extra TEXT')\n"
            "    for n in range(1, 61):\n        run(\"UPDATE action SET extra = 'e' WHERE n = ?\", (n,))\n"
        )

    def work(self, say: Any) -> None:
        migrate(self.path, self.key, scripts=self.scripts)
        say()
        time.sleep(5)

    def looks(self, said: int) -> None:
        raw = connect_raw(self.path, self.key)
        version = raw.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        columns = [r[1] for r in raw.execute("PRAGMA table_info(action)")]
        assert version == (NEXT if said else version) and ("extra" in columns) == (version == NEXT)
        if version == NEXT:
            assert raw.execute("SELECT count(*) FROM action WHERE extra = 'e'").fetchone()[0] == 60
        assert raw.execute("SELECT count(*) FROM action").fetchone()[0] == 60
        assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        raw.close()
        for left in self.folder.glob("s before update*"):
            left.unlink()
        self.fresh()


class Moves(Kills):
    """The right to number is moved to another file: however it ends, one store has it and nothing is lost."""

    def work(self, say: Any) -> None:
        merging.copy(self.open(), self.folder / "moved.vawg", passphrase=WORDS, move=True)
        say()
        time.sleep(5)

    def looks(self, said: int) -> None:
        session = self.open()
        there, moved = self.folder / "moved.vawg", []
        assert there.exists() or not said
        if there.exists():
            moved = [Session(opening.open_store(there, passphrase=WORDS), "parent")]
        right = [s.store.meta("mints") for s in (session, *moved)]
        assert right.count("1") == 1, (right, said)
        assert right[-1] == "1", right  # the new store where it is whole, else the old one
        for one in (session, *moved):
            assert one.read().exec_driver_sql("SELECT count(*) FROM action").one()[0] == 60
            self.well(one)
            one.store.close()
        making.remove(there)
        self.fresh()


class Restores(Kills):
    """A backup is put back over a store that has gone on: what stood is there or set aside, and the place always opens."""

    def prepare(self, store: stores.Store) -> None:
        self.backup = safekeeping.back_up(Session(store, "p"), self.folder / "kept")
        with store.write("setup", "later") as tx:
            tx.create("gap", {"statement": "said since"})

    def work(self, say: Any) -> None:
        restore(self.backup.path, self.path, passphrase=WORDS)
        say()
        time.sleep(5)

    def looks(self, said: int) -> None:
        session = self.open()
        gaps = int(session.read().exec_driver_sql("SELECT count(*) FROM gap").one()[0])
        assert gaps == 0 if said else gaps in (0, 1)
        assert session.read().exec_driver_sql("SELECT count(*) FROM action").one()[0] == 60
        self.well(session)
        session.store.close()
        if gaps == 0:  # what stood is in the backup that was made first
            points = [b for b in backups.listed(backups.folder_beside(self.path)) if b.counts.get("gap") == 1]
            assert points, "what stood before the restore is nowhere"
        for left in self.folder.glob("s*"):
            if left.is_dir():
                shutil.rmtree(left)
            elif not left.name.endswith("-open"):
                left.unlink()
        self.fresh()


class Disposals(Kills):
    """A record's words are disposed of: once said they are in no file of the store, and never by half."""

    def prepare(self, store: stores.Store) -> None:
        with store.write("setup", "to go") as tx:
            self.gap = tx.create("gap", {"statement": "unspeakable words", "note": "more unspeakable words"})

    def work(self, say: Any) -> None:
        session = self.open()
        dispose(session.store, "gap", self.gap, Authority("One", "Two", "the schedule", "2026-11-22"))
        say()
        time.sleep(5)

    def looks(self, said: int) -> None:
        session = self.open()
        rows = session.read().exec_driver_sql("SELECT statement, deleted FROM gap").fetchall()
        logged = session.read().exec_driver_sql("SELECT count(*) FROM \"change\" WHERE instr(fields, 'unspeakable') > 0").one()[0]
        if rows == [("unspeakable words", 0)]:
            assert not said and logged
        else:
            assert rows == [(None, 1)] and not logged
            assert not work.left(session.read())
            plain = everything_in(session)
            assert "unspeakable" not in plain
        self.well(session)
        session.store.close()
        self.fresh()


def everything_in(session: Session) -> str:
    """Every row of every table as text."""
    read = session.read()
    names = [str(r[0]) for r in read.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")]
    return "\n".join(str(tuple(r)) for n in names for r in read.exec_driver_sql(f'SELECT * FROM "{n}"'))


class KeyChanges(Kills):
    """The passphrase is changed and an officer let in: every way in that was acknowledged opens, and the log says what was done."""

    def fresh(self) -> None:
        super().fresh()
        self.word = WORDS

    def work(self, say: Any) -> None:
        session = self.open()
        for i in range(40):
            access.change(session, f"words number {i - 1}" if i else WORDS, f"words number {i}")
            say()
        time.sleep(5)

    def looks(self, said: int) -> None:
        session = self.open()
        words = [WORDS, *(f"words number {i}" for i in range(41))]
        opens = [w for w in words[said : said + 2] if _opens(self.path, w)]
        assert len(opens) == 1, (said, opens)
        made = said + (opens == [words[said + 1]])
        told = [
            str(r[0]) for r in session.read().exec_driver_sql(
                "SELECT why FROM \"change\" WHERE act = 'keys' ORDER BY n"
            )
        ]  # fmt: skip
        changed = sum(w.startswith("Passphrase changed") for w in told)
        undone = sum("cut short" in w for w in told)
        assert changed - undone == made, (made, told)
        self.well(session)
        session.store.close()
        self.fresh()


def _opens(path: Path, word: str) -> bool:
    try:
        keys.unlock(path, word)
    except WrongKeyError:
        return False
    return True


KINDS: dict[str, tuple[type[Kills], float]] = {
    "commits": (Commits, 0.08), "merges": (Merges, 0.25), "imports": (Imports, 0.30), "migrations": (Migrations, 0.25),
    "moves": (Moves, 0.3), "restores": (Restores, 0.5), "disposals": (Disposals, 0.1), "key changes": (KeyChanges, 2.0),
}  # fmt: skip


def main(kind: str, turns: int) -> int:
    """Kill ``turns`` times; prints how it went as JSON, and raises where anything was lost."""
    folder = Path(tempfile.mkdtemp(prefix="vawg-kills-"))
    made, longest = KINDS[kind]
    try:
        kills = made(folder)
        kills.fresh()
        chance = random.Random(f"{kind} {turns}")
        said = [kills.turn(chance.uniform(0.005, longest)) for _ in range(turns)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({"kind": kind, "kills": turns, "acknowledged": sum(said), "before any": said.count(0)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
