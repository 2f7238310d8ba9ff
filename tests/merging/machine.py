"""Three stores of one family, anything in any order: each agrees with an oracle of everything ever said.

The oracle knows nothing of heads: it keeps, per store, the events it knows and, per event, all that its maker
knew. From this alone it says what every cell must show, and which cells nobody has chosen for.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import openpyxl
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.clock import CLOCK, TODAY
from vawg_desktop.domain import merge as pure
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import (
    AppError,
    ConflictedError,
    FileRefusedError,
    NotFoundError,
    RuleError,
    StoreError,
)
from vawg_desktop.exchange import reader_child, reading
from vawg_desktop.services import merging, return_staging, returns, rounds, safekeeping, trackers, undoing
from vawg_desktop.services.session import Session
from vawg_desktop.store import entries as log
from vawg_desktop.store import making, opening, restating, restoring
from vawg_desktop.store.backup import Backup
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.dispose import Authority, dispose
from vawg_desktop.store.report import NOTICES
from vawg_desktop.store.store import Store

CELLS = ("status", "percent", "blockers", "due")
VALUES = {
    "status": st.sampled_from(["not_started", "in_progress", "stopped"]),
    "percent": st.sampled_from([None, 0, 50, 100]),
    "blockers": st.sampled_from([None, "a", "b", ("long text " * 20).strip(), "ünïcode"]),
    "due": st.sampled_from([None, "2026-01-01", "2026-05", "2027-Q1"]),
}
KIND = "action.recommendations"
#: What a partner types into a return: words of the form, and what they are as stored.
TYPED = {
    "status": st.sampled_from(
        [("In progress", "in_progress"), ("Stopped", "stopped"), ("not started", "not_started")]
    ),
    "percent": st.sampled_from([(20, 20), (0.5, 50), ("70%", 70)]),
    "blockers": st.sampled_from([("None", "None"), ("=1+1", "=1+1"), ("no post\nfilled", "no post\nfilled")]),
    "narrative": st.sampled_from(
        [("We met.", "We met."), ("N/A", "N/A"), ("ünïcode “words”", "ünïcode “words”")]
    ),
}
HEADS = {"status": "Status", "percent": "% complete", "blockers": "Blockers", "narrative": "Progress update"}


def read_here(name: str, content: bytes, kind: str, seconds: float) -> dict[str, object]:
    """What the child process answers, read in this one: a machine of thousands of steps starts no processes."""
    return json.loads(json.dumps(reader_child.read_all(content, kind, name)))  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Out:
    """A workbook that left: its return's id, its bytes."""

    id: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Event:
    """One cell of one entry. ``knew``: the entries its maker knew; ``only``: of an undo, the entries it took back, else None."""

    entry: str
    order: tuple[str, int]
    tbl: str
    row: str
    cell: str
    value: object
    born: bool
    knew: frozenset[str]
    only: frozenset[str] | None

    def overwrites(self, other: Event) -> bool:
        return other.entry in (self.knew if self.only is None else self.only)


class Family(RuleBasedStateMachine):
    """An office and two working copies."""

    #: What check may say of a store whose officer may not finish it, such as an editor's of a disposal.
    may_wait: frozenset[str] = frozenset()

    def open_stores(self) -> list[Store]:
        """The office and two copies of it; another machine may put another kind of store here."""
        office = making.create(self.folder / "office.vawg", passphrase=None)
        with office.write("setup", "start", Act.SAMPLE) as tx:
            for pillar in ("prevention", None):
                tx.create("recommendation", {"title": "R", "pillar": pillar})
            partner = tx.create("partner", {"name": "Partner", "kind": "council"})
            for title in ("first", "second"):
                tx.create("action", {"title": title, "accountable": partner})
        copies = [take_copy(office, self.folder / f"{n}.vawg") for n in ("one", "two")]
        return [office, *(opening.open_store(c) for c in copies)]

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="vawg-family-"))
        self.stores = self.open_stores()
        self.people = [Session(s, f"person {i}") for i, s in enumerate(self.stores)]
        self.known: list[set[str]] = [set() for _ in self.stores]
        self.events: dict[str, list[Event]] = {}
        self.touched: set[int] = {0, 1, 2}
        self.out: list[Out] = []
        self.backups: list[tuple[int, Backup, frozenset[str]]] = []
        #: Who made each entry: the store's origin then, and the person.
        self.makers: dict[str, tuple[str, str]] = {}
        self.acts: dict[str, str] = {}
        self.tombs: dict[str, str] = {}
        self.hands = 0
        self.read_child, reading.ask_child = reading.ask_child, read_here
        for i in range(3):
            self._hear(i)
        self.recommendations = [r for (r,) in self._ask(0, "SELECT id FROM recommendation ORDER BY id")]

    # -- the oracle --------------------------------------------------------------------------

    def _ask(self, i: int, sql: str, *params: object) -> list[tuple[object, ...]]:
        return [tuple(r) for r in self.stores[i].read().exec_driver_sql(sql, params)]

    def _hear(self, i: int) -> list[log.Entry]:
        """Take what the store wrote itself since last heard as events; its maker knew all the store knew."""
        rows = self._ask(i, f"{log.SELECT} ORDER BY n")
        fresh = [e for e in map(log.from_row, rows) if e.id not in self.known[i]]
        for entry in fresh:
            knew = frozenset(self.known[i])
            self.makers.setdefault(entry.id, (entry.origin, entry.who))
            self.acts.setdefault(entry.id, entry.act)
            if entry.act == "dispose" and "deleted" in entry.fields and entry.op != "create":
                self.tombs[entry.id] = entry.row
            if entry.id in self.events:
                self.known[i].add(entry.id)
                continue
            undoing = entry.act == "undo"
            self.events[entry.id] = [
                Event(entry.id, (entry.origin, entry.seq), entry.tbl, entry.row, cell, said.after,
                      entry.op == "create", knew, frozenset(said.overwrote) if undoing else None)
                for cell, said in entry.fields.items()
            ]  # fmt: skip
            if entry.op == "create":
                self.events[entry.id].append(
                    Event(
                        entry.id,
                        (entry.origin, entry.seq),
                        entry.tbl,
                        entry.row,
                        "deleted",
                        False,
                        True,
                        knew,
                        None,
                    )
                )
            self.known[i].add(entry.id)
        self.touched.add(i)
        return fresh

    def _heads(self, i: int, row: str) -> dict[str, list[Event]]:
        """The events that nobody overwrote, by cell, first by the order in which this store numbers them; a tombstone is final."""
        order = {str(e): (str(o), int(s)) for e, o, s in self._ask(i, 'SELECT id, origin, seq FROM "change" WHERE "row" = ?', row)}
        heads = self._heads_said(i, row, order)
        tombs = [t for t, of in self.tombs.items() if of == row and t in self.known[i]]
        if tombs and len(order) > 1:
            final = min(tombs, key=lambda t: order[t])
            heads |= {e.cell: [e] for e in self.events[final]}
        return heads

    def _disposed(self, i: int, row: str) -> bool:
        return any(of == row and t in self.known[i] for t, of in self.tombs.items())

    def _heads_said(self, i: int, row: str, order: dict[str, tuple[str, int]]) -> dict[str, list[Event]]:
        said: dict[str, list[Event]] = {}
        for id in self.known[i]:
            for event in self.events[id]:
                if event.row == row:
                    said.setdefault(event.cell, []).append(event)
        return {
            cell: sorted(
                (e for e in all_said if not any(o.overwrites(e) for o in all_said)), key=lambda e: order[e.entry]
            )
            for cell, all_said in said.items()
        }

    def _should_conflict(self, heads: dict[str, list[Event]]) -> set[str]:
        if any(e.entry in self.tombs for e in heads.get("deleted", ())):
            return set()
        if any(e.tbl in ("tracker", "tracker_row") for h in heads.values() for e in h):
            return set()  # the program's own book-keeping asks nobody
        found = {c for c, h in heads.items() if pure.differ(pure.CellChange(e.entry, *e.order, e.value) for e in h)}  # type: ignore[arg-type]
        gone = heads["deleted"]
        if "deleted" not in found and gone[0].value:
            others = [
                e for c, h in heads.items() if c not in ("deleted", "reference") for e in h if not e.born
            ]
            apart = [
                e
                for e in others
                if all(d.entry not in e.knew and e.entry not in d.knew and e.entry != d.entry for d in gone)
            ]
            found |= {"deleted"} if apart else set()
        return found - {"reference"}

    # -- what people do ----------------------------------------------------------------------

    who = st.integers(0, 2)

    def _actions(self, i: int) -> list[str]:
        """A few of the actions, so that people meet at the same ones."""
        return [str(r[0]) for r in self._ask(i, "SELECT id FROM action ORDER BY id LIMIT 3")]

    @rule(i=who, title=st.sampled_from(["x", "y"]))
    def make(self, i: int, title: str) -> None:
        with self.stores[i].write(f"person {i}", "make") as tx:
            id = tx.create("action", {"title": title})
        assert {e.row for e in self._hear(i)} == {id}

    @rule(i=who, data=st.data())
    def edit(self, i: int, data: st.DataObject) -> None:
        ids = data.draw(st.lists(st.sampled_from(self._actions(i)), min_size=1, max_size=3, unique=True))
        cell = data.draw(st.sampled_from(CELLS))
        value = data.draw(VALUES[cell])
        try:
            with self.stores[i].write(f"person {i}", "edit", Act.BULK) as tx:
                for id in ids:
                    tx.edit("action", id, {cell: value})
        except (RuleError, ConflictedError) as refused:
            if not isinstance(refused, ConflictedError):
                assert refused.code == "rule_disposed"
                assert any(self._disposed(i, id) for id in ids)
                assert self._hear(i) == []
                return
            torn = [self._should_conflict(self._heads(i, id)) for id in ids]
            assert any({cell, "deleted"} & t for t in torn)
            assert self._hear(i) == []
            return
        assert all(e.fields[cell].after == value for e in self._hear(i))
        for id in ids:
            assert self._heads(i, id)[cell][-1].value == value if value is not None else True

    @rule(i=who, data=st.data())
    def hide(self, i: int, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self._actions(i)))
        hidden = data.draw(st.booleans())
        try:
            with self.stores[i].write(f"person {i}", "hide", Act.DELETE) as tx:
                tx.delete("action", id, hidden=hidden)
        except (RuleError, ConflictedError) as refused:
            if not isinstance(refused, ConflictedError):
                assert refused.code == "rule_disposed"
                assert self._disposed(i, id)
                return
            assert "deleted" in self._should_conflict(self._heads(i, id))
        self._hear(i)

    @rule(i=who, data=st.data())
    def link(self, i: int, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(self._actions(i)))
        other = str(data.draw(st.sampled_from(self.recommendations)))
        extent = data.draw(st.sampled_from([None, "full", "part"]))
        try:
            with self.stores[i].write(f"person {i}", "link") as tx:
                if data.draw(st.booleans()):
                    tx.link(KIND, id, other, {"extent": extent} if extent else None)
                else:
                    tx.unlink(KIND, id, other)
        except (RuleError, ConflictedError) as refused:
            if not isinstance(refused, ConflictedError):
                assert refused.code == "rule_disposed"
                assert self._disposed(i, id)
                return
            assert self._should_conflict(self._heads(i, pure.link_id(KIND, id, other)))
        self._hear(i)

    @rule(i=who)
    def undo(self, i: int) -> None:
        self._undo(i)

    @rule(i=who, j=who, data=st.data())
    def undo_duel(self, i: int, j: int, data: st.DataObject) -> None:
        """One sets a cell, a colleague who knows of it sets it again, and the first undoes: the colleague's word stays, or both are shown."""
        if i == j:
            return
        id, value = data.draw(st.sampled_from(self._actions(i))), data.draw(st.sampled_from(["mine", "theirs"]))
        with contextlib.suppress(ConflictedError, RuleError):
            for k, other, said in ((i, j, "mine"), (j, i, value)):
                with self.stores[k].write(f"person {k}", "duel") as tx:
                    tx.edit("action", id, {"blockers": said})
                self._hear(k)
                merging.merge(self.people[other], self.stores[k])
                self._take(other, k)
        self._undo(i)

    def _undo(self, i: int) -> None:
        with contextlib.suppress(NotFoundError, ConflictedError, RuleError):
            undoing.undo(self.people[i])
        for entry in self._hear(i):
            mine = self.makers[entry.id][1]
            for key, said in entry.fields.items():  # what somebody else has said since is never overwritten by an undo
                if entry.act == "undo" and key != "deleted":  # a deletion names all that it saw
                    # but for a colleague's own taking back, after which the cell holds what it held before
                    others = [
                        o for o in said.overwrote
                        if self.makers[o][1] != mine and self.acts[o] not in ("undo", "redo", "reverse") and any(e.cell == key for e in self.events[o])
                    ]  # fmt: skip
                    assert not others, (entry, others)

    @rule(i=who, data=st.data())
    def settle(self, i: int, data: st.DataObject) -> None:
        open_now = merging.conflicts(self.people[i])
        if not open_now:
            return
        one = data.draw(st.sampled_from(open_now))
        head = data.draw(st.sampled_from(one.heads))
        typed = (
            ("yes" if head.value else "no")
            if one.spec.key == "deleted"
            else str("" if head.value is None else head.value)
        )
        merging.settle(self.people[i], one.id, typed, "chosen")
        self._hear(i)
        assert one.id not in {c.id for c in merging.conflicts(self.people[i])}

    @rule(i=who, j=who)
    def merge(self, i: int, j: int) -> None:
        if i == j:
            return
        done = merging.merge(self.people[i], self.stores[j])
        assert done.copied == len(self.known[j] - self.known[i])
        self._take(i, j)
        assert merging.merge(self.people[i], self.stores[j]).copied == 0

    def _take(self, i: int, j: int) -> None:
        self.known[i] |= self.known[j]
        self._hear(i)  # the references that the merge itself gave

    @rule(i=who, j=who, after=st.integers(0, 3))
    def merge_that_fails(self, i: int, j: int, after: int) -> None:
        if i == j or not self.known[j] - self.known[i]:
            return
        real, calls = restating.Rebuild.state, [0]

        def fail(self: object, *rest: object, **more: object) -> list[str]:
            calls[0] += 1
            if calls[0] > after:
                raise OSError("the plug was pulled")
            return real(self, *rest, **more)  # type: ignore[arg-type]

        restating.Rebuild.state = fail  # type: ignore[method-assign,assignment]
        try:
            merging.merge(self.people[i], self.stores[j])
            self._take(i, j)
        except OSError:
            assert self._hear(i) == []
        finally:
            restating.Rebuild.state = real  # type: ignore[method-assign]

    # -- disposals, clocks, copies made by hand, trackers --------------------------------------

    @precondition(lambda self: len(self.tombs) < 2)
    @rule(i=who, data=st.data())
    def dispose_of(self, i: int, data: st.DataObject) -> None:
        """Two people dispose of an action: from then on nothing that anybody says or said of it counts."""
        id = data.draw(st.sampled_from(self._actions(i)))
        with contextlib.suppress(RuleError, *([StoreError] if self.may_wait else [])):
            dispose(self.stores[i], "action", id, Authority("One", "Two", "the schedule", "2026-11-22"))
        self._hear(i)

    @rule(days=st.integers(-500, 500))
    def clock_goes_wrong(self, days: int) -> None:
        CLOCK.go_to(TODAY + timedelta(days=days))

    @precondition(lambda self: self.hands < 3 and not self.may_wait)
    @rule(i=who, j=who)
    def copy_by_hand(self, i: int, j: int) -> None:
        """Somebody puts a copy of one store's file in another's place: the two are one store from here on, edited in two places."""
        one, other = self.stores[i], self.stores[j]
        if i == j or one.url is not None or other.url is not None or self.known[j] - set().union(*(self.known[k] for k in range(3) if k != j)):
            return
        self.hands += 1
        paths = one.path, other.path
        for store in (one, other):
            store.close()
        for suffix in ("", "-files"):
            source, target = (p.with_name(p.name + suffix) for p in paths)
            target.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, target)
        for k, path in ((i, paths[0]), (j, paths[1])):
            self.stores[k] = self.people[k].store = opening.open_store(path)
        self.known[j] = set(self.known[i])
        assert self._hear(j) == []

    @rule(i=who, data=st.data())
    def take_tracker(self, i: int, data: st.DataObject) -> None:
        """A list of one's own, taken in anywhere at any time."""
        rows = data.draw(st.lists(st.sampled_from(["90,Light the paths", "91,Map the hot spots", "90,Light the paths again"]), min_size=1, max_size=3))
        path = self.folder / "list.csv"
        path.write_text("Ref,Action,Status\n" + "".join(f"{r},{data.draw(st.sampled_from(['In progress', 'Stopped']))}\n" for r in rows), "utf-8")
        with contextlib.suppress(ConflictedError, RuleError):
            trackers.import_tracker(self.people[i], path)
        self._hear(i)

    # -- returns -----------------------------------------------------------------------------

    @precondition(lambda self: len(self.out) < 6)
    @rule(i=who)
    def export(self, i: int) -> None:
        folder = self.folder / f"out{len(self.out)}"
        try:
            made = rounds.export_returns(self.people[i], period="Q", due="2027-01-10", out=folder)
        except ConflictedError:  # the round itself waits for a choice
            assert self._hear(i) == []
            return
        for entry in self._hear(i):
            if entry.tbl == "return" and entry.op == "create":
                sent = next(s for s in made.returns if s.reference)
                self.out.append(Out(entry.row, Path(sent.file).read_bytes()))

    @precondition(lambda self: self.out)
    @rule(i=who, data=st.data(), how=st.sampled_from(["safe", "all"]))
    def take_return(self, i: int, data: st.DataObject, how: str) -> None:
        """A partner fills a return; whoever knows of it reads it in, takes what is safe or all of it."""
        out = data.draw(st.sampled_from(self.out))
        path, typed = self._filled(out, data)
        there = self._ask(i, 'SELECT 1 FROM "return" WHERE id = ? AND deleted = 0', out.id)
        before = self._now(i, typed)
        try:
            staged = return_staging.import_return(self.people[i], path, apply=how)
        except FileRefusedError:
            assert not there
            assert self._hear(i) == []
            return
        assert staged.tray == [] and staged.new_rows == [] and staged.not_returned == []
        self._hear(i)
        gone = {str(r) for (r,) in self._ask(i, "SELECT reference FROM action")} & {
            str(r) for (r,) in self._ask(i, "SELECT a.reference FROM action a WHERE a.deleted = 1 AND a.title IS NULL")
        }  # fmt: skip
        gone |= {str(f) for f, row in self._ask(i, 'SELECT f.reference, f."row" FROM earlier_reference f') if self._disposed(i, str(row))}
        kinds = {(d.record, d.field): d.kind.value for d in staged.differences}
        waits = {(d.record, d.field) for d in staged.differences if d.held}
        after = self._now(i, typed)
        for (reference, cell), value in typed.items():
            if reference in gone or len(self._called(i, reference)) > 1:  # two stores gave one number, and one of the two has another now
                continue
            if cell == "narrative":
                written = self._ask(i, 'SELECT narrative FROM "update" WHERE narrative = ?', value)
                kept = self._ask(
                    i,
                    "SELECT 1 FROM submission WHERE instr(content, ?) > 0",
                    json.dumps(value, ensure_ascii=False),
                )
                assert kept, (reference, value)
                asked = (reference, cell) in waits or (how == "safe" and kinds.get((reference, cell)) == "conflict")
                assert written or asked, (reference, value, kinds)
                continue
            kind = kinds.get((reference, cell))
            takes = kind == "incoming" or (kind == "conflict" and how == "all")
            if takes and (reference, cell) not in waits:
                assert after[reference, cell] == value, (reference, cell, kind)
            elif kind == "conflict" or (reference, cell) in waits:
                assert after[reference, cell] == before[reference, cell], (reference, cell, kind, how)
            else:  # nothing new was said: what stands is what was said, or is newer than what was sent
                assert kind in (None, "both_same", "incoming")

    def _called(self, i: int, reference: str) -> list[tuple[object, ...]]:
        """The actions that a reference leads to."""
        sql = 'SELECT DISTINCT a.id FROM action a LEFT JOIN earlier_reference f ON f."row" = a.id WHERE a.reference = ? OR f.reference = ?'
        return self._ask(i, sql, reference, reference)

    def _filled(self, out: Out, data: st.DataObject) -> tuple[Path, dict[tuple[str, str], object]]:
        book = openpyxl.load_workbook(io.BytesIO(out.content))
        sheet = book["Actions"]
        heads = [str(c.value) for c in sheet[1]]
        typed: dict[tuple[str, str], object] = {}
        for _ in range(data.draw(st.integers(1, 3))):
            row = data.draw(st.integers(2, sheet.max_row))
            cell = data.draw(st.sampled_from(sorted(TYPED)))
            words, value = data.draw(TYPED[cell])
            place = sheet.cell(row, heads.index(f"{HEADS[cell]} (please fill in)") + 1)
            place.value = words
            if isinstance(words, str):
                place.data_type = "s"
            typed[str(sheet.cell(row, 1).value).rpartition("-")[0], cell] = value
        path = self.folder / "back.xlsx"
        book.save(path)
        return path, typed

    def _now(self, i: int, typed: dict[tuple[str, str], object]) -> dict[tuple[str, str], object]:
        found: dict[tuple[str, str], object] = {}
        for reference, cell in typed:
            if cell == "narrative":
                continue
            rows = self._ask(
                i,
                f'SELECT DISTINCT a."{cell}", a.id FROM action a LEFT JOIN earlier_reference f ON f."row" = a.id '
                "WHERE a.reference = ? OR f.reference = ?",
                reference,
                reference,
            )
            found[reference, cell] = rows[0][0] if rows else None
        return found

    @precondition(lambda self: self.out)
    @rule(i=who, data=st.data())
    def reverse(self, i: int, data: st.DataObject) -> None:
        out = data.draw(st.sampled_from(self.out))
        with contextlib.suppress(NotFoundError, ConflictedError):
            returns.reverse_return(self.people[i], out.id)
        self._hear(i)

    # -- backups -----------------------------------------------------------------------------

    @rule(i=who)
    def back_up(self, i: int) -> None:
        if self.stores[i].url is None and len(self.backups) < 4:
            made = safekeeping.back_up(self.people[i], self.folder / f"backups{i}")
            self.backups.append((i, made, frozenset(self.known[i])))

    @precondition(lambda self: self.backups)
    @rule(data=st.data())
    def restore_old(self, data: st.DataObject) -> None:
        """An old backup is put back: what was said since is known only where it was merged to."""
        i, made, known = data.draw(st.sampled_from(self.backups))
        path = self.stores[i].path
        self.stores[i].close()
        restoring.restore(made.path, path, passphrase=None)
        self.stores[i] = self.people[i].store = opening.open_store(path)
        self.known[i] = set(known)
        assert {e.act for e in self._hear(i)} <= {"dispose"}  # what was disposed of since the backup is disposed of again

    @precondition(lambda self: len(self.events) < 400)
    @rule(i=who)
    def reopen(self, i: int) -> None:
        old = self.stores[i]
        old.close()
        if old.url is None:
            self.stores[i] = opening.open_store(old.path)
        else:
            self.stores[i] = opening.open_postgres(old.url.render_as_string(hide_password=False))
        self.people[i].store = self.stores[i]
        assert {e.act for e in self._hear(i)} <= {"dispose"}

    @rule(i=who)
    def refused(self, i: int) -> None:
        try:
            with self.stores[i].write("x", "no") as tx:
                tx.create("action", {"title": "lost"})
                tx.edit("action", "nobody", {"percent": 1})
        except AppError:
            assert self._hear(i) == []

    # -- what must hold ----------------------------------------------------------------------

    @invariant()
    def agrees_with_the_oracle(self) -> None:
        if not hasattr(self, "stores"):
            return
        for i in sorted(self.touched):
            self._agrees(i)
            found = [p for p in check(self.stores[i]).problems if p.code not in NOTICES | self.may_wait]
            if self.hands:  # a file put in another's place by hand lacks what that one's backups hold, and is told so
                found = [p for p in found if p.code not in ("tail_missing", "chain_rewritten")]
            assert found == [], found
        self.touched.clear()

    def _agrees(self, i: int) -> None:
        rows = self._ask(i, 'SELECT DISTINCT tbl, "row" FROM "change"')
        assert {str(r) for _, r in rows} == {e.row for id in self.known[i] for e in self.events[id]}
        conflicted = {(str(r), str(c)) for r, c in self._ask(i, 'SELECT "row", cell FROM conflict')}
        should: set[tuple[str, str]] = set()
        for tbl, id in rows:
            heads = self._heads(i, str(id))
            should |= {(str(id), c) for c in self._should_conflict(heads)}
            row = (
                self.stores[i]
                .read()
                .exec_driver_sql(f'SELECT * FROM "{tbl}" WHERE id = ?', (id,))
                .mappings()
                .one()
            )
            if tbl == "action" and self._disposed(i, str(id)):  # no word of it, said before or since, in whatever store
                assert row["deleted"]
                assert row["title"] is None
                assert self.may_wait or [row[c] for c in ("blockers", "note")] == [None] * 2, dict(row)
                continue
            if self._disposed(i, str(id)):  # a link of it went with it
                assert row["deleted"]
                continue
            for cell, standing in heads.items():
                assert row[cell] == standing[0].value, (cell, row[cell], standing)
        assert conflicted == should, (i, conflicted - should, should - conflicted, self._told(i, conflicted ^ should))

    def _told(self, i: int, cells: set[tuple[str, str]]) -> list[object]:
        """What the log says of rows, for a failure's message."""
        return [(r, self._ask(i, 'SELECT origin, seq, id, act, op, fields FROM "change" WHERE "row" = ? ORDER BY n', r)) for r, _ in cells]

    def teardown(self) -> None:
        if not hasattr(self, "stores"):
            return
        reading.ask_child = self.read_child
        CLOCK.go_to(TODAY)
        try:
            lost = set(self.events) - set().union(*self.known)  # said, and then undone by a restore
            for _ in range(3):
                for i in range(3):
                    merging.merge(self.people[i], self.stores[i - 1])
                    self._take(i, (i - 1) % 3)
            assert self.known[0] == self.known[1] == self.known[2] == set(self.events) - lost
            for i in range(3):
                self._agrees(i)
            seen = [
                {(r[0], r[1], r[2]) for r in self._ask(i, 'SELECT id, "row", cell FROM conflict')}
                for i in range(3)
            ]
            assert seen[0] == seen[1] == seen[2]
        finally:
            for store in self.stores:
                store.close()
            shutil.rmtree(self.folder, ignore_errors=True)
