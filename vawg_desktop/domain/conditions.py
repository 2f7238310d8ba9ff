"""Conditions that lists, counts, papers and the window share: each declared once, read as SQL and in Python (DESIGN 2).

To add one: a line in ``CONDITIONS``. It applies to every kind of record that has the columns it tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from vawg_desktop.domain.dates import add_months
from vawg_desktop.domain.fields import EntitySpec

#: Days without a word after which an action counts as silent.
SILENT_DAYS = 120
#: Days ahead that "due soon" looks.
SOON_DAYS = 30
#: The rung of the verification ladder at which the office has seen evidence.
EVIDENCE_SEEN = "2"


class Test(Enum):
    """How a column is compared. Each value is its SQL, with ``{0}`` for the column and ``{1}`` for its table; ``?`` takes the bound."""

    EQUALS = "{0} = ?"
    POSITIVE = "coalesce({0}, 0) > 0"
    ZERO = "coalesce({0}, 0) = 0"
    EMPTY = "coalesce({0}, '') = ''"
    #: Filled in and earlier than the bound.
    BEFORE = "{0} > '' AND {0} < ?"
    UP_TO = "{0} <= ?"
    FROM = "{0} >= ?"
    #: Earlier than the bound, or empty.
    NOT_SINCE = "coalesce({0}, '') < ?"
    #: Filled in, or of a record that was not made here since the bound: of a new one nothing can have been told yet.
    #: One that came from an old tracker is not new; its id follows from its words (version 5, not 7).
    FILLED_OR_KNOWN = "({0} > '' OR {1}id < ? OR substr({1}id, 15, 1) <> '7')"
    #: A rung below the bound; empty is the lowest.
    BELOW = "coalesce({0}, '0') < ?"


@dataclass(frozen=True, slots=True)
class Months:
    """A bound so many calendar months after today: six months from 31 August end with February."""

    number: int

    def from_day(self, today: date) -> date:
        """The day on which they are over."""
        return add_months(today, self.number)


@dataclass(frozen=True, slots=True)
class Tested:
    """One test of one column. A bound that is a number counts days from today; none stands for tests without one."""

    column: str
    test: Test
    bound: str | int | Months | None = None

    def value(self, today: date) -> object:
        """The bound as it is compared: a stored value, an ISO date, or the first id of a day."""
        if self.test is Test.FILLED_OR_KNOWN and isinstance(self.bound, int):
            return first_id(today + timedelta(days=self.bound))
        if isinstance(self.bound, Months):
            return self.bound.from_day(today).isoformat()
        return (today + timedelta(days=self.bound)).isoformat() if isinstance(self.bound, int) else self.bound

    def holds(self, row: Mapping[str, object], today: date) -> bool:
        """The same in Python, on a row with its derived columns."""
        had, bound = row.get(self.column), self.value(today)
        text, against = str(had) if had is not None else "", str(bound)
        if self.test is Test.EQUALS:
            return had == bound
        if self.test in (Test.POSITIVE, Test.ZERO):
            return (int(text or 0) > 0) is (self.test is Test.POSITIVE)
        if self.test is Test.EMPTY:
            return not text
        if self.test is Test.BEFORE:
            return "" < text < against
        if self.test is Test.UP_TO:
            return had is not None and text <= against
        if self.test is Test.FROM:
            return had is not None and text >= against
        if self.test is Test.FILLED_OR_KNOWN:
            return bool(text) or not _made_since(str(row["id"]), against)
        return (text or ("0" if self.test is Test.BELOW else "")) < against


@dataclass(frozen=True, slots=True)
class Condition:
    """A computed filter: its key in queries, its words, whether only open records meet it, and its tests.

    ``open`` and ``complete`` stand for statuses that the kind of record declares, not for columns.
    """

    key: str
    label: str
    tests: tuple[Tested, ...] = ()
    open: bool = False
    complete: bool = False

    def applies(self, spec: EntitySpec) -> bool:
        """Whether a kind of record has what the condition tests."""
        known = all(t.column in spec.columns for t in self.tests)
        return known and (not self.open or bool(spec.finished)) and (not self.complete or bool(spec.complete))

    def tested(self, spec: EntitySpec) -> tuple[Tested, ...]:
        """Every test of the condition for one kind of record."""
        first = (Tested(spec.status, Test.EQUALS, spec.complete),) if self.complete else ()
        return (*first, *self.tests)

    def sql(self, spec: EntitySpec, today: date, alias: str = "t.") -> tuple[str, tuple[object, ...]]:
        """The condition as SQL on the kind's table, with its parameters; ``alias`` ends in a full stop or is empty."""
        parts = [open_sql(spec, alias)] if self.open else []
        params: list[object] = []
        for one in self.tested(spec):
            parts.append(one.test.value.format(f"{alias}{one.column}", alias))
            params += [one.value(today)] if one.bound is not None else []
        return " AND ".join(parts), tuple(params)

    def holds(self, spec: EntitySpec, row: Mapping[str, object], today: date) -> bool:
        """Whether a row (with its derived columns) meets it."""
        if self.open and not is_open(spec, row):
            return False
        return all(one.holds(row, today) for one in self.tested(spec))


def is_open(spec: EntitySpec, row: Mapping[str, object]) -> bool:
    """Whether a record still has something to be done; a kind that declares no end is always open."""
    return row.get(spec.status) not in spec.finished if spec.finished else True


def open_sql(spec: EntitySpec, alias: str = "t.") -> str:
    """``is_open`` as SQL, by the indexed column ``x_open`` where the kind has it."""
    if "x_open" in spec.derived:
        return f"{alias}x_open = 1"
    ends = ", ".join(f"'{s}'" for s in sorted(spec.finished))
    return f"coalesce({alias}{spec.status}, '') NOT IN ({ends})" if ends else "1 = 1"


#: How far ahead the end of a funding is told.
FUNDING_AHEAD = Months(6)

CONDITIONS: dict[str, Condition] = {
    c.key: c
    for c in (
        Condition("overdue", "Overdue", (Tested("x_due", Test.BEFORE, 0),), open=True),
        Condition("no_date", "No date set", (Tested("x_due", Test.EMPTY),), open=True),
        Condition("open", "Open", open=True),
        Condition("claimed", "Claimed without proof", (Tested("verification", Test.BELOW, EVIDENCE_SEEN),), complete=True),
        Condition("only_claimed", "Only claimed", (Tested("verification", Test.BELOW, "1"),), complete=True),
        Condition("silent", f"No update for {SILENT_DAYS} days",
                  (Tested("x_heard", Test.NOT_SINCE, -SILENT_DAYS), Tested("x_heard", Test.FILLED_OR_KNOWN, -SILENT_DAYS)), open=True),
        Condition("due_soon", f"Due within {SOON_DAYS} days",
                  (Tested("x_due", Test.FROM, 0), Tested("x_due", Test.UP_TO, SOON_DAYS)), open=True),
        Condition("conflicted", "Conflict to resolve", (Tested("conflicts", Test.POSITIVE),)),
        Condition("no_actions", "No action", (Tested("x_actions", Test.ZERO),)),
        Condition("dates_moved", "Date moved later", (Tested("x_slips", Test.POSITIVE),)),
        Condition("funding_ending", "Funding ends within six months, or is over",
                  (Tested("x_funding", Test.FROM, "0"), Tested("x_funding", Test.UP_TO, FUNDING_AHEAD)), open=True),
        Condition("bring_forward_due", "Brought forward", (Tested("bring_forward", Test.UP_TO, 0),)),
    )
}  # fmt: skip


def first_id(day: date) -> str:
    """What every id made on a day or later follows: an id (UUIDv7, RFC 9562) begins with the millisecond of its making, here of midnight UTC."""
    since = datetime(day.year, day.month, day.day, tzinfo=UTC)
    made = f"{int(since.timestamp() * 1000):012x}"
    return f"{made[:8]}-{made[8:]}"


def _made_since(id: str, first: str) -> bool:
    return id >= first and id[14:15] == "7"


def silent(id: str, heard: str, day: date) -> bool:
    """Whether an open record counts as silent on a day: ``heard`` is the ISO day of its latest update, or empty."""
    since = day - timedelta(days=SILENT_DAYS)
    return heard < since.isoformat() if heard else not _made_since(id, first_id(since))


def meets(key: str, spec: EntitySpec, row: Mapping[str, object], today: date) -> bool:
    """Whether a row meets a condition by its key; never where its kind has no such condition."""
    condition = CONDITIONS[key]
    return condition.applies(spec) and condition.holds(spec, row, today)
