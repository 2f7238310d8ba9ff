"""What the Overview and My work count: every figure comes with the list that it counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain.conditions import CONDITIONS, SILENT_DAYS, SOON_DAYS
from vawg_desktop.domain.entities import ACTION
from vawg_desktop.domain.terms import ACTION_STATUS, CROSS_CUTTING, NOT_RATED, PILLAR, RATING, VERIFICATION
from vawg_desktop.services import portfolio
from vawg_desktop.services.change_list import what_changed
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.round_standing import RoundPartner, partners_now
from vawg_desktop.services.session import Session
from vawg_desktop.store.derive import quarter_end

if TYPE_CHECKING:
    from sqlalchemy import Connection

PILLARS = (*PILLAR.key_list(), "none")
RATINGS = ("red", "amber", "green", "blue", "grey", "white", "not_rated")


def pillar_label(key: str) -> str:
    """The word of a pillar; none is cross-cutting."""
    return CROSS_CUTTING if key == "none" else PILLAR.label(key)


def rating_word(key: str) -> str:
    """What people read for a rating's key; \"Not rated\" where there is none."""
    return NOT_RATED if key == "not_rated" else RATING.label(key)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and the list that shows its rows."""

    label: str
    value: int
    query: ListQuery | None
    hint: str = ""


@dataclass(slots=True)
class Overview:
    """One screen: four questions, then rating by pillar and progress over time."""

    totals: list[Figure] = field(default_factory=list[Figure])
    questions: list[Figure] = field(default_factory=list[Figure])
    ratings: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    action_ratings: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    statuses: dict[str, int] = field(default_factory=dict[str, int])
    changed: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    since: date | None = None


def tallies(connection: Connection) -> dict[tuple[str, str], int]:
    """Every kept count but the ones by due date."""
    rows = connection.exec_driver_sql('SELECT name, "key", "count" FROM tally WHERE name != \'action_due\'')
    return {(str(n), str(k)): int(c) for n, k, c in rows}


def overdue_actions(connection: Connection, today: date) -> int:
    """Open actions whose date has passed, from the counts kept by due day."""
    row = connection.exec_driver_sql(
        'SELECT coalesce(sum("count"), 0) FROM tally WHERE name = \'action_due\' AND "key" < ?',
        (today.isoformat(),),
    ).fetchone()
    return int(row[0]) if row else 0


def overview(session: Session, since: date) -> Overview:
    """The Overview's figures, ratings by pillar, and what changed since a London day; counted by the store, no record is read."""
    connection = session.read()
    kept = tallies(connection)

    def n(name: str, key: str = "") -> int:
        return kept.get((name, key), 0)

    found = Overview(since=since)
    found.totals = [
        Figure(label, n("live", entity), ListQuery(entity))
        for label, entity in (
            ("Recommendations", "recommendation"),
            ("Actions", "action"),
            ("Gaps", "gap"),
            ("Partners", "partner"),
        )
    ]
    found.questions = _questions(session, connection, kept)
    for pillar in PILLARS:
        found.ratings[pillar] = {r: n("recommendation_rating", f"{pillar}|{r}") for r in RATINGS}
        found.action_ratings[pillar] = {r: n("action_rating", f"{pillar}|{r}") for r in RATINGS}
    found.statuses = {
        s: sum(n("action_status", f"{p}|{s}") for p in PILLARS) for s in ACTION_STATUS.key_list()
    }
    found.changed = what_changed(session, since)
    return found


def _questions(session: Session, connection: Connection, kept: dict[tuple[str, str], int]) -> list[Figure]:
    return [
        Figure(
            "Overdue",
            overdue_actions(connection, session.today),
            _actions("overdue"),
            "Open actions whose date has passed",
        ),
        Figure(
            "No date set",
            kept.get(("action_no_date", ""), 0),
            _actions("no_date"),
            "Open actions without a date",
        ),
        Figure(
            "No return received",
            len(awaited(session)),
            None,
            "Partners in the latest round" if rounds(session) else "No round has been sent yet",
        ),
        Figure(
            "Evidence awaited",
            kept.get(("action_claimed", ""), 0),
            _actions("claimed"),
            "Complete, but the office has not seen evidence",
        ),
    ]


def ladder(session: Session) -> list[Figure]:
    """Complete actions by how far they are proved, from only claimed to outcome sustained; read behind the page, since it counts rows."""
    rows = session.read().exec_driver_sql(
        "SELECT coalesce(verification, '0'), count(*) FROM action WHERE status = ? AND deleted = 0 GROUP BY coalesce(verification, '0')", (ACTION.complete,)
    )
    counted = {str(rung): int(number) for rung, number in rows}
    found: list[Figure] = []
    for term in VERIFICATION:
        where = (Where("only_claimed", "yes"),) if term.key == "0" else (Where("status", ACTION.complete), Where("verification", term.key))
        found.append(Figure(term.label, counted.get(term.key, 0), ListQuery("action", where=where)))
    return found


def _actions(key: str) -> ListQuery:
    return ListQuery("action", where=(Where(key, "yes"),))


def awaited(session: Session) -> list[RoundPartner]:
    """Returns of the latest round that nothing has come back for, as the Returns page counts them."""
    return [c for c in partners_now(session) if c.is_awaited]


def rounds(session: Session) -> list[dict[str, object]]:
    """Rounds, newest first."""
    rows = (
        session.read()
        .exec_driver_sql("SELECT id, reference, period, due, kind FROM round WHERE NOT deleted ORDER BY n DESC")
        .mappings()
    )
    return [{str(k): v for k, v in r.items()} for r in rows]


def progress_over_time(session: Session, quarters: int = 12) -> list[tuple[date, dict[str, int]]]:
    """Actions by status as their updates told it, at each quarter's end: a count per status; today stands for a quarter's end to come."""
    rows = session.read().exec_driver_sql(
        "SELECT name, \"key\", \"count\" FROM tally WHERE name IN ('action_came', 'action_left')"
    )
    steps: dict[str, Counter[str]] = {}
    for name, key, count in rows:
        quarter, _, status = str(key).partition("|")
        steps.setdefault(quarter, Counter())[status] += int(count) if name == "action_came" else -int(count)
    last = quarter_end(session.today)
    found: list[tuple[date, dict[str, int]]] = []
    standing: Counter[str] = Counter()
    waiting = sorted(steps)
    for back in range(quarters - 1, -1, -1):
        end = _quarters_before(last, back)
        while waiting and waiting[0] <= end.isoformat():
            standing.update(steps[waiting.pop(0)])
        if counted := {status: number for status, number in standing.items() if number}:
            found.append((min(end, session.today), counted))
    if now := _statuses_now(session):  # today every action is counted, those too of which no update has come
        found = [*found[:-1], (session.today, now)]
    return found


def _statuses_now(session: Session) -> dict[str, int]:
    """How many actions have each status today."""
    rows = session.read().exec_driver_sql("SELECT \"key\", \"count\" FROM tally WHERE name = 'action_status'")
    counted: Counter[str] = Counter()
    for key, count in rows:
        counted[str(key).rpartition("|")[2]] += int(count)
    return {status: number for status, number in counted.items() if number > 0}


def _quarters_before(end: date, back: int) -> date:
    """The last day of the quarter so many quarters before the one that ends on a day."""
    months = end.year * 12 + end.month - 1 - 3 * back
    return quarter_end(date(months // 12, months % 12 + 1, 1))


#: So many records of a group stand on My work; the group says how many there are.
LISTED = 6


#: What the actions are called of which nothing was heard.
SILENT = f"No update for {SILENT_DAYS} days"


def my_work(
    session: Session, *, everybody: bool = False
) -> list[tuple[str, list[dict[str, object]], ListQuery | None]]:
    """What waits for this person: brought forward, due soon, overdue, silent, claimed.

    Of their own portfolio and those they deputise for; everybody's where they have none or ask for it.
    """
    own = [] if everybody else portfolio.names_in(session.read(), portfolio.mine(session))
    only = f" AND t.link_officer IN ({','.join('?' * len(own))})" if own else ""
    groups = (
        ("Brought forward for today", "bring_forward_due"),
        ("Overdue", "overdue"),
        (f"Due in the next {SOON_DAYS} days", "due_soon"),
        ("Complete, evidence awaited", "claimed"),
        (SILENT, "silent"),
    )
    found: list[tuple[str, list[dict[str, object]], ListQuery | None]] = []
    for name, key in groups:
        condition, params = CONDITIONS[key].sql(ACTION, session.today)
        query = _actions(key)
        rows: list[dict[str, object]] = []
        for dated in ("t.x_due > ''", "coalesce(t.x_due, '') = ''"):  # those with a date come by the index on it, the others last
            if len(rows) < LISTED:
                found_rows = session.read().exec_driver_sql(
                    "SELECT t.id, t.reference, t.title, t.status, t.x_due, t.x_heard, t.rating_opcc, coalesce(p.short_name, p.name) AS who FROM action t "
                    f"LEFT JOIN partner p ON p.id = t.accountable WHERE t.deleted = 0 AND {condition}{only} AND {dated} "
                    f"ORDER BY t.x_due, t.id LIMIT {LISTED - len(rows)}",
                    (*params, *own),
                )
                rows += [{str(k): v for k, v in r.items()} for r in found_rows.mappings()]
        if own:
            query = ListQuery("action", where=(*query.where, Where("mine", "yes")))
        found.append((name, rows, query))
    return found
