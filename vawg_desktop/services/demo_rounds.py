"""Three years of rounds for the invented county: what was sent each quarter, what came back, who was late, and one round still under way."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import cast

from vawg_desktop.domain import clock
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.dates import add_months, financial_quarter
from vawg_desktop.domain.entities import ACTION
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.merge import Kind
from vawg_desktop.domain.return_columns import PROGRESS
from vawg_desktop.services import return_messages, returns, telephone
from vawg_desktop.services.round_preview import rows_by_partner
from vawg_desktop.services.round_rows import base_row, facts_of, return_row, sorted_rows
from vawg_desktop.services.rounds import export_returns
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

ROUNDS = 12
#: Days before its due date on which a round is sent; days by which the newest due date is past; days from the period asked about to the due date.
_SENT_BEFORE, _NEWEST_PAST, _AFTER_PERIOD = 28, 6, 60
_CLEARED_BY = "Cleared by (chief officer or equivalent)"
_NAMES = ("R. Ahmed", "S. Clarke", "J. Okafor", "M. Lewis", "T. Novak", "A. Price")


@dataclass(frozen=True, slots=True)
class Planned:
    """An action on its way: the cells that it has in the end, and how early in the three years it moves (0 to 1)."""

    id: str
    cells: Mapping[str, Value]
    begins: float

    def at(self, gone: float) -> dict[str, Value]:
        """Its status and percentage after a part of the three years: 0 at the first round, 1 at the newest."""
        status, percent = str(self.cells["status"]), self.cells.get("percent")
        if status in ("complete", "stopped") and gone <= 0.25 + self.begins * 0.7:
            status, percent = "in_progress", 90
        if status == "in_progress":
            if gone <= self.begins * 0.5:
                return {"status": "not_started", "percent": None}
            whole = percent if isinstance(percent, int) else 50
            percent = max(5, round(whole * gone / 5) * 5)
        return {"status": status, "percent": percent}

    @staticmethod
    def beginning(cells: Mapping[str, Value]) -> dict[str, Value]:
        """The cells with which it is made, before anything was done."""
        later = ("percent", "verification", "rating_opcc", "rating_partner", "revised_due", "revised_reason", "blockers")
        begun = cells["status"] in ("complete", "stopped", "in_progress")
        return {k: v for k, v in cells.items() if k not in later} | ({"status": "not_started"} if begun else {})


@contextmanager
def clock_set_back() -> Generator[Callable[[date], None]]:
    """While it is open the program's clock stands at the day that is set by the function given; it is put right afterwards."""
    days = clock.EarlierDay()
    before = clock.inject(days)
    try:
        yield days.go_to
    finally:
        clock.inject(before)


def _working_day(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def rounds_of(today: date) -> list[tuple[str, date]]:
    """The period of each round and the working day on which it is due, oldest first: one for each quarter, no quarter twice."""
    newest = today - timedelta(days=_NEWEST_PAST)
    asked = newest - timedelta(days=_AFTER_PERIOD)
    return [(financial_quarter(add_months(asked, -3 * back)), _working_day(add_months(newest, -3 * back))) for back in range(ROUNDS - 1, -1, -1)]


class Rounds:
    """Makes the rounds, oldest first. ``claim`` says what somebody reports, ``next_step`` what comes next."""

    def __init__(
        self, session: Session, chance: random.Random, actions: Sequence[Planned], today: date, go_to: Callable[[date], object],
        claim: Callable[[], str], next_step: Callable[[], str],
    ) -> None:  # fmt: skip
        self._session, self._chance, self._today, self._go_to = session, chance, today, go_to
        self._actions = {a.id: a for a in actions}
        self._claim, self._next_step = claim, next_step
        self._named: dict[str, str] = {}

    def make(self) -> None:
        """Every round up to the one whose date has just passed, in which some are late and some wait to be reviewed."""
        self._contacts()
        plan = rounds_of(self._today)
        for number, (period, due) in enumerate(plan):
            gone = number / (len(plan) - 1)
            self._go_to(due - timedelta(days=_SENT_BEFORE))
            if number < len(plan) - 1:
                self._past_round(period, due, gone)
            else:
                self._newest_round(period, due, gone)

    def _contacts(self) -> None:
        with self._session.store.write(self._session.who, "Contacts of the invented county", Act.DEMO) as tx:
            rows = tx.connection.exec_driver_sql("SELECT id, name FROM partner WHERE NOT deleted ORDER BY n").fetchall()
            for id, name in rows:
                self._named[str(id)] = who = self._chance.choice(_NAMES)
                mail = "".join(c if c.isalnum() else "-" for c in str(name).casefold())[:40].strip("-")
                tx.create("contact", {
                    "name": who, "partner": str(id), "role": "Single point of contact", "email": f"progress@{mail}.example",
                    "telephone": f"01632 960{self._chance.randrange(100, 999)}", "completes_return": True,
                })  # fmt: skip

    def _days_late(self) -> int | None:
        """Days after its date on which a return comes; None where it never comes."""
        return None if self._chance.random() < 0.06 else round(self._chance.triangular(-12, 16, -2))

    def _past_round(self, period: str, due: date, gone: float) -> None:
        sent: list[tuple[date, str, str, str, list[dict[str, object]]]] = []
        with self._session.store.write(self._session.who, f"Returns for {period}", Act.ROUND) as tx:
            round_ = tx.create("round", {"period": period, "due": due.isoformat(), "kind": "progress"})
            partners = rows_by_partner(tx.connection, PROGRESS, {}, self._session.today)
            for partner in self._named:
                rows, _settled, _restricted = sorted_rows(self._session, facts_of(self._session, tx.connection, partners.get(partner, [])))
                if not rows:
                    continue
                id = tx.create("return", {
                    "round": round_, "partner": partner, "version": 1, "due": due.isoformat(), "sent": self._session.today.isoformat(),
                })  # fmt: skip
                reference = str(tx.row("return", id)["reference"])
                base = [base_row(return_row(f, reference, id), f) for f in rows]
                tx.edit("return", id, {"base": json.dumps({"rows": base}, ensure_ascii=False)})
                late = self._days_late()
                if late is not None:
                    sent.append((_working_day(due + timedelta(days=late)), partner, id, reference, base))
        for day, partner, id, reference, base in sorted(sent, key=lambda one: one[0]):
            self._go_to(day)
            self._accept(period, partner, id, reference, base, gone)
        self._go_to(due + timedelta(days=20))
        self._rate(period, gone)

    def _accept(self, period: str, partner: str, id: str, reference: str, base: Sequence[Mapping[str, object]], gone: float) -> None:
        """A return accepted as it came: its submission, an update for each answer, and the actions as they now stand."""
        day, who = self._session.today.isoformat(), self._named[partner]
        cleared = self._chance.choice((*_NAMES, None))
        name = f"{reference} {period}.xlsx"
        with self._session.store.write(self._session.who, f"From return {reference} ({name})", Act.RETURN, id) as tx:
            rows: list[dict[str, object]] = []
            told: list[tuple[Planned, dict[str, Value], dict[str, Value]]] = []
            for row in base:
                action = self._actions[str(row["id"])]
                moved = action.at(gone) if action.cells["accountable"] == partner else {}
                words = self._answer(row, moved)
                if words is None:
                    continue
                told.append((action, moved, words))
                rows.append({
                    "id": action.id, "reference": row["reference"], "answers": {k: {"value": v, "sheet": "", "cell": ""} for k, v in (moved | words).items()},
                })  # fmt: skip
            content = {
                "rows": rows, "count": len(base), "problems": [], "tray": [], "asked": [], "not_returned": [], "new_rows": [],
                "declaration": {"Completed by": who} | ({_CLEARED_BY: cleared} if cleared else {}), "nil": False,
            }  # fmt: skip
            submission = tx.create("submission", {
                "return": id, "partner": partner, "file_name": name, "received": day, "informant": who, "cleared_by": cleared, "state": "applied",
                "content": json.dumps(content, ensure_ascii=False),
            })  # fmt: skip
            for action, moved, words in told:
                if moved:
                    tx.edit("action", action.id, self._also_said(action, gone) | moved)
                tx.create("update", {
                    "action": action.id, "period": period, "as_at": day, "channel": "return", "informant": who, "submission": submission,
                    "due": action.cells.get("due"), **moved, **words,
                })  # fmt: skip

    def _answer(self, row: Mapping[str, object], moved: Mapping[str, Value]) -> dict[str, Value] | None:
        """What a partner answers about one action; None where it leaves the row empty."""
        values = cast("dict[str, Value]", row["values"])
        before = {k: values.get(k) for k in moved}
        if self._chance.random() < 0.07 or (not moved and self._chance.random() < 0.5):
            return None
        if before == dict(moved) and self._chance.random() < 0.35:
            return {"answer": "no_change"}
        told = " ".join(self._claim() for _ in range(self._chance.choice((1, 1, 2, 3))))
        return {"answer": "update", "narrative": told, "next_step": self._next_step() if moved.get("status") == "in_progress" else None}

    def _also_said(self, action: Planned, gone: float) -> dict[str, Value]:
        """What partners say beside the status: their rating and what is in the way in the second half, a later date in the last third."""
        cells: dict[str, Value] = {k: action.cells.get(k) for k in ("rating_partner", "blockers") if gone > 0.5}
        if gone > 0.66 and action.cells.get("revised_due"):
            cells |= {k: action.cells[k] for k in ("revised_due", "revised_reason")} | {"revised_agreed_by": self._session.who}
        return cells

    def _rate(self, period: str, gone: float) -> None:
        """The office's part after a round: what is complete and proved is verified, the rest rated."""
        with self._session.store.write(self._session.who, f"Ratings after {period}", Act.BULK) as tx:
            for id, status, rating in tx.connection.exec_driver_sql("SELECT id, status, rating_opcc FROM action ORDER BY n").fetchall():
                action = self._actions[str(id)]
                if status == ACTION.complete:
                    cells = {k: action.cells.get(k) for k in ("verification", "rating_opcc") if action.cells.get("verification")}
                else:
                    cells = {"rating_opcc": action.cells.get("rating_opcc")} if gone > 0.3 and action.cells["status"] == status else {}
                if cells and cells["rating_opcc"] != rating:
                    tx.edit("action", action.id, cells)
                    if cells.get("verification"):
                        self._add_evidence(tx, action.id)

    def _add_evidence(self, tx: Transaction, action: str) -> None:
        """The evidence that the office saw before it verified an action."""
        seen = tx.create("evidence", {
            "title": f"Closing note on {tx.row('action', action)['reference']}", "kind": "document", "date": self._session.today.isoformat(),
            "proves": self._claim(), "decision": "accepted",
        })  # fmt: skip
        tx.link("evidence.actions", seen, action)

    def _newest_round(self, period: str, due: date, gone: float) -> None:
        """The round under way, made as an officer makes it: with its workbooks, answers taken, reminders written down."""
        session = self._session
        with tempfile.TemporaryDirectory() as folder:
            made = export_returns(session, period=period, due=due.isoformat(), out=Path(folder))
        ids = session.read().exec_driver_sql(
            'SELECT r.id, r.partner, r.base FROM "return" r JOIN round q ON q.id = r.round WHERE q.reference = ? ORDER BY r.n', (made.round,)
        ).fetchall()
        coming = sorted((_working_day(due + timedelta(days=self._chance.randint(-12, 5))), str(id), str(partner), str(base)) for id, partner, base in ids)
        silent = {id for _day, id, _partner, _base in coming[::6]}
        reminded = False
        for place, (day, id, partner, base) in enumerate(coming):
            if not reminded and day > due + timedelta(days=1):
                self._remind(due + timedelta(days=1), silent | {id for _day, id, _partner, _base in coming[place:]})
                reminded = True
            given = self._as_typed(json.loads(base)["rows"], partner, gone)
            if id in silent or not given:
                silent.add(id)
                continue
            self._go_to(day)
            staged = telephone.take_call(session, id, given, informant=self._named[partner], channel="email")
            if place < len(coming) - 4:  # the last that came wait to be reviewed
                returns.accept(session, staged.submission, [d for d in staged.differences if d.kind is Kind.INCOMING and not d.held])
        if not reminded:
            self._remind(due + timedelta(days=2), silent)
        self._go_to(self._today)

    def _remind(self, day: date, return_ids: Collection[str]) -> None:
        self._go_to(day)
        for id in sorted(return_ids):
            return_messages.log_step(self._session, id, "reminder")

    def _as_typed(self, rows: Sequence[Mapping[str, object]], partner: str, gone: float) -> dict[str, dict[str, str]]:
        """Answers as somebody types them, by action."""
        given: dict[str, dict[str, str]] = {}
        for row in rows:
            action = self._actions[str(row["id"])]
            moved = action.at(gone) if action.cells["accountable"] == partner else {}
            words = self._answer(row, moved)
            if words is not None:
                typed = {k: str(v) for k, v in (moved | words).items() if v is not None and k != "answer"}
                given[action.id] = typed | {"answer": str(words["answer"])}
        return given
