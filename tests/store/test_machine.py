"""Anything an officer may do, in any order: the store agrees with an oracle and with its own log."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import AppError, NotFoundError, RuleError
from vawg_desktop.services import undoing
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.repair import repair

TEXTS = st.sampled_from(["a", "b", "long text " * 20, "ünïcode", None])
PERCENTS = st.sampled_from([None, 0, 50, 100])
DATES = st.sampled_from([None, "2026-01-01", "2026-05", "2027-Q1"])


class Office(RuleBasedStateMachine):
    """One officer and a colleague at one store; ``said`` is what every action should hold."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="vawg-machine-"))
        self.store = making.create(self.folder / "s.vawg", passphrase=None)
        self.me = Session(self.store, "me")
        self.said: dict[str, dict[str, object]] = {}
        self.road: list[dict[str, dict[str, object]]] = []
        self.ahead: list[dict[str, dict[str, object]]] = []
        self.recommendations: list[str] = []
        with self.store.write("setup", "start", Act.SAMPLE) as tx:
            for pillar in ("prevention", None):
                self.recommendations.append(tx.create("recommendation", {"title": "R", "pillar": pillar}))

    def _now(self) -> dict[str, dict[str, object]]:
        return {k: dict(v) for k, v in self.said.items()}

    def _mark(self) -> None:
        """Something of one's own follows: it can be taken back to here, and what was undone before it is not brought back any more."""
        self.road.append(self._now())
        self.ahead.clear()

    @rule(title=st.sampled_from(["x", "y"]), due=DATES)
    def make(self, title: str, due: str | None) -> None:
        self._mark()
        with self.store.write("me", "make") as tx:
            id = tx.create("action", {"title": title, "due": due})
        self.said[id] = {"title": title, "due": due, "percent": None, "blockers": None, "deleted": False}

    @precondition(lambda self: self.said)
    @rule(data=st.data(), percent=PERCENTS, blockers=TEXTS, due=DATES)
    def edit(self, data: st.DataObject, percent: int | None, blockers: str | None, due: str | None) -> None:
        id = data.draw(st.sampled_from(sorted(self.said)))
        cells = {"percent": percent, "blockers": blockers.strip() if blockers else None, "due": due}
        before = {k: self.said[id][k] for k in cells}
        mark = self._now()
        with self.store.write("me", "edit") as tx:
            changed = tx.edit("action", id, cells)
        assert changed == (before != cells)
        if changed:
            self.road.append(mark)
            self.ahead.clear()
            self.said[id] |= cells

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def link(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.said)))
        other = data.draw(st.sampled_from(self.recommendations))
        with self.store.write("colleague", "link") as tx:
            if other in tx.linked("action.recommendations", id):
                tx.unlink("action.recommendations", id, other)
            else:
                tx.link("action.recommendations", id, other)

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def hide(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.said)))
        self._mark()
        with self.store.write("me", "hide", Act.DELETE) as tx:
            tx.delete("action", id, hidden=not self.said[id]["deleted"])
        self.said[id]["deleted"] = not self.said[id]["deleted"]

    @precondition(lambda self: self.road)
    @rule()
    def step_back(self) -> None:
        earlier, left = self.road[-1], self._now()
        try:
            undoing.step_back(self.me)
        except RuleError as refused:  # a colleague's link hangs on what was made: it stays
            made = {id for id, row in self.said.items() if earlier.get(id, {"deleted": True})["deleted"] and not row["deleted"]}
            assert refused.code == "rule_later_work"
            assert made
            assert all(self._has_links(id) for id in made)
            return
        self.road.pop()
        self.ahead.append(left)
        for id in self.said:
            self.said[id] = dict(earlier[id]) if id in earlier else {**self.said[id], "deleted": True}

    @rule()
    def step_forward(self) -> None:
        if not self.ahead:
            with pytest.raises(NotFoundError):
                undoing.step_forward(self.me)
            return
        self.road.append(self._now())
        undoing.step_forward(self.me)
        self.said = self.ahead.pop()

    def _has_links(self, id: str) -> bool:
        found = self.store.read().exec_driver_sql("SELECT 1 FROM link WHERE a = ? LIMIT 1", (id,))
        return found.fetchone() is not None

    @rule(data=st.data())
    def repair(self, data: st.DataObject) -> None:
        repair(self.store, "me")

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = opening.open_store(self.folder / "s.vawg")
        self.me.store = self.store

    @rule()
    def be_refused(self) -> None:
        try:
            with self.store.write("me", "no") as tx:
                tx.create("action", {"title": "lost"})
                tx.edit("action", "nobody", {"percent": 1})
        except AppError:
            return
        raise AssertionError("an edit of nobody was taken")

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "said"):
            return
        rows = (
            self.store.read()
            .exec_driver_sql("SELECT id, title, due, percent, blockers, deleted FROM action")
            .mappings()
        )
        have = {
            r["id"]: {
                **{k: r[k] for k in ("title", "due", "percent", "blockers")},
                "deleted": bool(r["deleted"]),
            }
            for r in rows
        }
        assert have == self.said
        assert check(self.store).problems == []

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)


Office.TestCase.settings = settings(max_examples=20, stateful_step_count=14, deadline=None)
TestOffice = Office.TestCase
