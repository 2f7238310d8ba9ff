"""An invented county with years of rounds: for looking, timing and training. Deterministic."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from vawg_desktop.domain import terms as t
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.dates import financial_quarter
from vawg_desktop.domain.fields import Value
from vawg_desktop.services import demo_journey, demo_rounds
from vawg_desktop.services.demo_rounds import Planned
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    name: str
    recommendations: int
    actions: int
    updates: int
    partners: int = 43


COUNTY = Size("inquiry", 60, 600, 6_000)
REGION = Size("region", 2_000, 20_000, 200_000, 120)
NATIONAL = Size("national", 20_000, 200_000, 2_000_000, 400)
SIZES = {s.name: s for s in (COUNTY, REGION, NATIONAL)}

_BATCH = 2_000
#: Days until the next board, where the county is made in rounds: the last one saw the round before the newest.
_BOARD_AHEAD = 24
_DISTRICTS = (
    "Ashmere",
    "Brackenfold",
    "Caldwick",
    "Dunhythe",
    "Eastmarch",
    "Fenholt",
    "Garrowby",
    "Harlstone",
)
_PARTNERS = (
    ("Westmarch Police", "police", "held_to_account"), ("Westmarch County Council", "council", "voluntary"),
    ("CPS Westmarch", "prosecution", "independent"), ("Westmarch Courts", "courts", "independent"),
    ("Westmarch Probation", "probation", "voluntary"), ("Westmarch Integrated Care Board", "health", "voluntary"),
)  # fmt: skip
_SERVICES = ("Women's Aid", "Rape Crisis Centre", "Safer Streets Partnership", "Youth Service", "Housing Trust",
             "Borough Council", "Schools Federation", "Advocacy Service")  # fmt: skip
_VERBS = (
    "Agree",
    "Publish",
    "Train",
    "Review",
    "Commission",
    "Pilot",
    "Extend",
    "Evaluate",
    "Set up",
    "Map",
    "Audit",
    "Brief",
)
_THINGS = (
    "a single referral route for victims of stalking", "front-line staff on coercive control",
    "the waiting list for trauma-specific therapy", "a protocol for special measures at court",
    "lighting and cameras on the routes women named", "the school programme on healthy relationships",
    "an offer for employers on harassment at work", "the perpetrator programme's follow-up at twelve months",
    "how updates reach victims after a charging decision", "independent advocates in hospital emergency departments",
    "data shared between police, prosecution and courts", "the Victims' Code leaflet in six languages",
)  # fmt: skip
_AREAS = (
    "across the county",
    *(f"in {d}" for d in _DISTRICTS),
    "for under-18s",
    "for rural areas",
    "with night-time venues",
)
_CLAIMS = (
    "The working group met twice and agreed the scope.", "Two posts were filled and a third is advertised.",
    "Training reached {n} officers and staff this quarter.", "The draft went to partners for comment.",
    "Referrals rose by {n} compared with the quarter before.", "The provider reports a full caseload.",
    "Data for the quarter is complete for four of six districts.", "The evaluation was delayed by the late survey.",
    "Funding beyond March is not confirmed.", "Victims who were asked said contact was clearer than before.",
)  # fmt: skip
_NEXT = (
    "Take the draft to the board.",
    "Recruit to the vacant post.",
    "Publish the figures with the next audit.",
    "Agree dates with the provider.",
)
_BLOCKS = (
    "Funding ends in March and no bid is open.",
    "Information sharing agreement not signed.",
    "Vacancies in the team.",
)
_TITLES = ("Give every victim one named contact", "Make journeys home safer at night", "Shorten the wait for specialist support",
           "Hold perpetrators to account earlier", "Teach healthy relationships in every school", "Publish what agencies do, twice a year",
           "Listen to those who did not report", "Support children who live with abuse")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """How a store grows in life: over the years, each body's return a transaction that edits actions too.

    ``go_to`` is told the day on which what follows is written.
    """

    go_to: Callable[[date], object]
    act: Act = Act.RETURN
    updates_at_once: int = 200
    #: Whether the updates come in rounds that are sent, awaited and received, and the actions begin with nothing done.
    rounds: bool = False


def fill_with_rounds(session: Session) -> None:
    """Fill an empty store with the county after three years of work: twelve rounds of returns, the newest still under way."""
    with demo_rounds.clock_set_back() as go_to:
        fill(session, COUNTY, spread=Spread(go_to, Act.DEMO, rounds=True))


def fill(
    session: Session, size: Size, *, seed: int = 2026, today: date | None = None, spread: Spread | None = None
) -> None:
    """Fill an empty store, at once or as in life. The same size, seed and day give the same words."""
    _Maker(session, size, random.Random(seed), today or session.today, spread).make()


def _begins(place: int) -> float:
    """When an action begins to move (0 to 1): spread over the years, and the same each time."""
    return place * 40_503 % 65_536 / 65_536


class _Maker:
    """Makes an invented county in batches of one transaction each."""

    def __init__(
        self, session: Session, size: Size, chance: random.Random, today: date, spread: Spread | None
    ) -> None:
        self._session, self._size, self._chance, self._today = session, size, chance, today
        self._spread = spread
        self._partners: list[str] = []
        self._recommendations: list[str] = []
        self._gaps: list[str] = []
        self._actions: list[tuple[str, str, dict[str, Value]]] = []
        self._in_rounds = spread is not None and spread.rounds

    def make(self) -> None:
        if self._spread is not None:
            self._spread.go_to(self._today - timedelta(days=3 * 365))
        with self._write("The invented county") as tx:
            self._make_partners(tx)
            self._make_governance(tx)
        for start in range(0, self._size.recommendations, _BATCH):
            with self._write("Recommendations") as tx:
                for i in range(start, min(start + _BATCH, self._size.recommendations)):
                    self._make_recommendation(tx, i)
        for start in range(0, self._size.actions, _BATCH):
            with self._write("Actions") as tx:
                for i in range(start, min(start + _BATCH, self._size.actions)):
                    self._make_action(tx, i)
        with self._write("Gaps and evidence") as tx:
            for i in range(max(8, self._size.recommendations // 3)):
                self._make_gap(tx, i)
            for i in range(max(6, self._size.recommendations // 2)):
                self._make_evidence(tx, i)
            demo_journey.make(tx, random.Random(self._size.name), self._gaps, self._recommendations, self._partners, self._today)
        if self._spread is not None and self._in_rounds:
            planned = [Planned(id, cells, _begins(place)) for place, (id, _status, cells) in enumerate(self._actions)]
            demo_rounds.Rounds(self._session, self._chance, planned, self._today, self._spread.go_to, self._claim, lambda: self._pick(_NEXT)).make()
        else:
            self._make_updates()

    def _claim(self) -> str:
        return self._pick(_CLAIMS).format(n=self._chance.randint(3, 240))

    def _write(self, why: str):
        return self._session.store.write(self._session.who, why, self._spread.act if self._spread else Act.DEMO)

    def _pick(self, words: Sequence[str]) -> str:
        return self._chance.choice(words)

    def _skewed(self, items: Sequence[str]) -> str:
        """The first partners hold most of the actions, as in life."""
        return items[min(int(len(items) * self._chance.random() ** 2.5), len(items) - 1)]

    def _make_partners(self, tx: Transaction) -> None:
        office: dict[str, Value] = {
            "name": "Office of the Westmarch Police and Crime Commissioner",
            "short_name": "OPCC",
            "kind": "opcc",
            "standing": "own_office",
        }
        self._partners.append(tx.create("partner", office))
        for name, kind, standing in _PARTNERS:
            self._partners.append(tx.create("partner", {"name": name, "kind": kind, "standing": standing}))
        i = 0
        while len(self._partners) < self._size.partners:
            name = f"{_DISTRICTS[i % len(_DISTRICTS)]} {_SERVICES[i // len(_DISTRICTS) % len(_SERVICES)]}"
            again = i // (len(_DISTRICTS) * len(_SERVICES))
            standing = "under_contract" if "Council" not in name else "voluntary"
            self._partners.append(tx.create("partner", {
                "name": f"{name} {again + 1}" if again else name, "kind": "commissioned_service", "standing": standing,
            }))  # fmt: skip
            i += 1

    def _make_governance(self, tx: Transaction) -> None:
        board = tx.create(
            "governance_body",
            {"name": "Westmarch VAWG Board", "short_name": "VAWG Board", "cadence": "quarterly"},
        )
        later = _BOARD_AHEAD if self._in_rounds else 0
        for quarter in range(12):
            day = self._today + timedelta(days=91 * (quarter - 10) + later)
            tx.create(
                "meeting",
                {"title": f"VAWG Board {financial_quarter(day)}", "body": board, "date": day.isoformat()} | ({"status": "held"} if later and day < self._today else {}),
            )

    def _make_recommendation(self, tx: Transaction, i: int) -> None:
        base = _TITLES[i % len(_TITLES)]
        title = base if i < len(_TITLES) else f"{base} {self._pick(_AREAS)}"
        pillar = self._pick((*t.PILLAR.key_list(), *t.PILLAR.key_list(), "none"))
        due = self._today + timedelta(days=self._chance.randint(-300, 700))
        id = tx.create("recommendation", {
            "title": title, "kind": self._pick(("recommendation", "recommendation", "pledge", "area_for_improvement")),
            "pillar": None if pillar == "none" else pillar, "lead": self._skewed(self._partners),
            "priority": self._pick(t.PRIORITY.key_list()), "success_test": f"{self._pick(_VERBS)}: {self._pick(_CLAIMS).format(n=40)}",
            "target_date": due.isoformat() if self._chance.random() < 0.8 else None, "basis": "illustrative",
            "rating_opcc": self._chance.choices((None, "green", "amber", "red", "grey", "white"), (3, 5, 4, 2, 1, 1))[0],
        })  # fmt: skip
        if self._chance.random() < 0.3:
            tx.link("recommendation.pillars", id, self._pick([p for p in t.PILLAR.key_list() if p != pillar]))
        self._recommendations.append(id)

    def _make_action(self, tx: Transaction, i: int) -> None:
        status = self._chance.choices(t.ACTION_STATUS.key_list(), (3, 5, 15, 45, 25, 4, 3))[0]
        due = self._today + timedelta(days=self._chance.randint(-420, 500))
        cells: dict[str, Value] = {
            "title": f"{self._pick(_VERBS)} {self._pick(_THINGS)} {self._pick(_AREAS)}",
            "accountable": self._skewed(self._partners), "status": status, "basis": "illustrative",
            "due": due.isoformat() if self._chance.random() < 0.85 else None,
            "percent": {"complete": 100, "in_progress": self._chance.randrange(5, 95, 5)}.get(status),
            "link_officer": self._pick(("R. Ahmed", "S. Clarke", "J. Okafor", "M. Lewis")),
            "blockers": self._pick(_BLOCKS) if self._chance.random() < 0.15 else None,
        }  # fmt: skip
        if status == "complete" and self._chance.random() < 0.4:
            cells |= {"verification": "2", "rating_opcc": "blue"}
        elif status in ("in_progress", "not_started"):
            cells["rating_opcc"] = self._chance.choices(
                (None, "green", "amber", "red", "white"), (2, 5, 4, 2, 1)
            )[0]
            cells["rating_partner"] = self._chance.choices((None, "green", "amber", "red"), (2, 6, 3, 1))[0]
        if self._chance.random() < 0.2 and cells["due"]:
            cells["revised_due"] = (due + timedelta(days=self._chance.randint(30, 200))).isoformat()
            cells["revised_reason"] = "Recruitment took longer than planned"
        id = tx.create("action", Planned.beginning(cells) if self._in_rounds else cells)
        first = self._chance.randrange(len(self._recommendations))
        tx.link("action.recommendations", id, self._recommendations[first], {"extent": "full"})
        if self._chance.random() < 0.15:
            other = (first + 1 + self._chance.randrange(max(1, len(self._recommendations) - 1))) % len(
                self._recommendations
            )
            tx.link("action.recommendations", id, self._recommendations[other], {"extent": "contributes"})
        if self._chance.random() < 0.3:
            tx.link("action.contributors", id, self._skewed(self._partners[1:]))
        self._actions.append((id, status, cells))

    def _make_gap(self, tx: Transaction, i: int) -> None:
        statement = f"No {self._pick(('agreed route', 'data', 'specialist support', 'follow-up'))} {self._pick(_AREAS)} ({i + 1})"
        status = self._pick(t.GAP_STATUS.key_list())
        id = tx.create("gap", {
            "statement": statement, "status": "benefit_seen" if status == "closed" else status, "provision": self._pick(t.PROVISION.key_list()),
            "severity": self._pick(t.SEVERITY.key_list()), "frequency": self._pick(t.FREQUENCY.key_list()), "basis": "illustrative",
        })  # fmt: skip
        if status == "closed":  # closed before the tests were asked for, as many are in life
            tx.edit("gap", id, {"status": status}, checked=False)
        tx.link("gap.journey_stages", id, self._pick(t.JOURNEY_STAGE.key_list()))
        tx.link("gap.recommendations", id, self._pick(self._recommendations))
        self._gaps.append(id)

    def _make_evidence(self, tx: Transaction, i: int) -> None:
        id = tx.create("evidence", {
            "title": f"Evaluation note {i + 1}", "kind": "evaluation", "date": self._today.isoformat(),
            "proves": self._pick(_CLAIMS).format(n=30), "decision": self._pick(t.EVIDENCE_DECISION.key_list()),
        })  # fmt: skip
        tx.link("evidence.actions", id, self._chance.choice(self._actions)[0])

    def _make_updates(self) -> None:
        """Rounds back through the years, oldest first, spread over the actions."""
        each = max(1, self._size.updates // max(1, len(self._actions)))
        made = 0
        for back in range(each, 0, -1):
            day = self._today - timedelta(days=91 * back - 20)
            if self._spread is not None:
                self._spread.go_to(day)
            at_once = self._spread.updates_at_once if self._spread else _BATCH
            for start in range(0, len(self._actions), at_once):
                with self._write(f"Updates {financial_quarter(day)}") as tx:
                    for place, action in enumerate(self._actions[start : start + at_once], start):
                        if made < self._size.updates and (back > 2 or self._chance.random() < 0.85):
                            self._make_update(tx, place, day, 1 - back / each)
                            if self._spread is not None:
                                tx.edit("action", action[0], {"percent": min(100, 100 * (each - back) // each)})
                            made += 1

    def _make_update(
        self, tx: Transaction, place: int, day: date, gone: float
    ) -> None:
        id, status, cells = self._actions[place]
        if status in ("complete", "in_progress", "stopped"):
            begins = _begins(place)
            status = (
                status
                if gone > 0.25 + begins * 0.7
                else "in_progress"
                if gone > begins * 0.5
                else "not_started"
            )
        sentences = [
            self._claim()
            for _ in range(self._chance.choice((1, 1, 2, 3, 6)))
        ]
        tx.create("update", {
            "action": id, "period": financial_quarter(day), "as_at": day.isoformat(), "channel": "return",
            "answer": "update", "narrative": " ".join(sentences), "status": status, "next_step": self._pick(_NEXT),
            "percent": cells.get("percent"), "due": cells.get("due"), "rating_partner": cells.get("rating_partner"),
        })  # fmt: skip
