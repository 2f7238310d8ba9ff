"""Which numbers of people do not leave the office: small counts, and numbers from which one of these could be worked out.

Both are shown by the same words, so that neither tells which the other is. What is given is attacked over all data sets together: nobody who has
them all may know a hidden number better than the office's least count.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vawg_desktop.analysis import suppression
from vawg_desktop.analysis.suppression import Sum
from vawg_desktop.services import small_counts
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.services.sums import sums_of

Row = dict[str, object]
#: What stands for a number that is not given.
KEPT_BACK = "kept back"


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of values that are small counts of people, those of others kept back for their sake, and why nothing may leave, if so."""

    small: frozenset[str]
    back: frozenset[str]
    unready: str = ""

    @property
    def hidden(self) -> frozenset[str]:
        """The ids of all values that are not given."""
        return self.small | self.back


def reason(least: int) -> str:
    """What the words stand for, as a paper says it."""
    return f"“{KEPT_BACK}” stands for counts of fewer than {least} people, and for numbers from which one of these could be worked out."


def values(session: Session) -> frozenset[str]:
    """The ids of the values that are not given where any of them may leave: on the paper of a record, in a list, in a chart."""
    indicators = {str(r["id"]): r for r in plain_rows(session.read(), "SELECT * FROM indicator WHERE NOT deleted", ())}
    rows = plain_rows(session.read(), "SELECT * FROM indicator_value WHERE NOT deleted ORDER BY period, n", ())
    return among(session, indicators, [r for r in rows if str(r["indicator"]) in indicators]).hidden


def blurred(session: Session, entity: str, rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Rows of a kind as they may leave, counts of people in words: a service's capacity, a value of an indicator that counts people, the base of a share of them."""
    made, under = [dict(r) for r in rows], small_counts.least(session.read())
    if entity == "service":
        for row in made:
            if small_counts.is_small(row.get("capacity"), under):
                row["capacity"] = small_counts.fewer(under)
    elif entity == "indicator_value" and made:
        hidden, people = values(session), small_counts.of_people(session.read())
        shares = {str(id) for (id,) in session.read().exec_driver_sql("SELECT id FROM indicator WHERE count_unit = 'per_cent'")}
        for row in made:
            if str(row.get("id")) in hidden:
                row["value"] = KEPT_BACK
            if str(row.get("indicator")) in people and small_counts.is_small(row.get("base"), under):
                row["base"] = KEPT_BACK
            if str(row.get("indicator")) in shares and small_counts.tells_share(row.get("value"), row.get("base"), under):
                row["base"] = KEPT_BACK
    return made


@dataclass(slots=True)
class _Family:
    """The numbers of this data set and of every one that was published before, each version of a number once.

    ``counts`` are the numbers by place, ``now`` the places of this data set's, ``given`` those that an earlier one gave, ``hidden`` those that
    only earlier ones held and kept back; ``sums`` hold within one data set.
    """

    counts: list[int] = field(default_factory=list[int])
    now: dict[int, str] = field(default_factory=dict[int, str])
    given: set[int] = field(default_factory=set[int])
    hidden: set[int] = field(default_factory=set[int])
    sums: list[Sum] = field(default_factory=list[Sum])
    least: int = small_counts.LEAST
    #: Indicators of which the second counts a later stage of the first's cases.
    stages: frozenset[tuple[str, str]] = frozenset()
    _places: dict[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    _rows: dict[tuple[str, int], Row] = field(default_factory=dict[tuple[str, int], Row])

    def add(self, rows: Sequence[tuple[Row, int]], indicators: Mapping[str, Row]) -> list[int]:
        """Take in the numbers of one data set; returns their places. Sums reach over what others told too: a quarter in one, its months in another."""
        places: list[int] = []
        for row, count in rows:
            key = (str(row["id"]), count)
            if key not in self._places:
                self._places[key] = len(self.counts)
                self.counts.append(count)
            places.append(self._places[key])
        known = {str(row["id"]) for row, _ in rows}
        beside = {id: (row, count) for (id, count), row in self._rows.items() if id not in known}
        places += [self._places[(id, count)] for id, (_, count) in beside.items()]
        self._rows |= {(str(row["id"]), count): row for row, count in rows}
        every = [*rows, *beside.values()]
        table, numbers = [row for row, _ in every], [count for _, count in every]
        for one in sums_of(table, numbers, indicators, self.least, self.stages):
            parts = [places[p] for p in one.parts]
            if one.rest:
                parts.append(self._rest(places[one.total], tuple(parts), one.rest))
            self.sums.append(Sum(places[one.total], tuple(parts)))
        return places[: len(rows)]

    def _rest(self, total: int, parts: tuple[int, ...], rest: int) -> int:
        """The place of what a total holds beside its parts, which nobody gave and nobody is to work out."""
        key = (f"rest of {total} beside {parts}", rest)
        if key not in self._places:
            self._places[key] = len(self.counts)
            self.counts.append(rest)
            self.hidden.add(self._places[key])
        return self._places[key]


def among(session: Session, indicators: Mapping[str, Row], shared: Sequence[Row]) -> Found:
    """What is kept back of some values that are given together, with what earlier data sets gave; ``indicators`` by their ids."""
    least, people = small_counts.least(session.read()), small_counts.of_people(session.read())
    family = _Family(least=least, stages=_stages(session))
    of_people = [v for v in shared if str(v["indicator"]) in people]
    counted = [(v, whole) for v in of_people if (whole := _whole(v["value"])) is not None]
    parts = frozenset(str(v["id"]) for v in of_people if _whole(v["value"]) is None and small_counts.is_small(v["value"], least))
    for place, (row, _) in zip(family.add(counted, indicators), counted, strict=True):
        family.now[place] = str(row["id"])
    _add_earlier(session, family, people)
    _add_untold(session, family, people)
    family.sums = list(dict.fromkeys(family.sums))
    found = suppression.hidden(family.counts, family.sums, least, family.given, family.hidden - family.now.keys())
    open_to = suppression.attack(family.counts, found, family.sums, least)
    unready = f"{len(open_to):,} small counts could be worked out from this data set and those before it." if _worse(family, found, open_to, least) else ""
    small = {i for i in found if i in family.now and suppression.is_small(family.counts[i], least)}
    return Found(parts | frozenset(family.now[i] for i in small), frozenset(family.now[i] for i in found & family.now.keys() - small), unready)


def _stages(session: Session) -> frozenset[tuple[str, str]]:
    rows = session.read().exec_driver_sql("SELECT b, a FROM link WHERE kind = 'indicator.earlier_stages' AND NOT deleted")
    return frozenset((str(earlier), str(later)) for earlier, later in rows)


def _worse(family: _Family, found: set[int], open_to: Mapping[int, tuple[int, int]], least: int) -> bool:
    """Whether this data set tells more of some hidden number than the earlier ones told already by themselves."""
    if not open_to:
        return False
    unsaid = set(range(len(family.counts))) - family.given
    before = suppression.attack(family.counts, unsaid, family.sums, least, open_to)
    return any(place not in before or before[place] != open_to[place] for place in open_to)


def _add_earlier(session: Session, family: _Family, people: frozenset[str]) -> None:
    """Take in what earlier data sets gave and what they kept back, as the numbers were then."""
    rows = {str(r["id"]): r for r in plain_rows(session.read(), "SELECT * FROM indicator_value", ())}
    indicators = {str(r["id"]): r for r in plain_rows(session.read(), "SELECT * FROM indicator", ())}
    for (figures,) in session.read().exec_driver_sql("SELECT figures FROM publication WHERE kind = 'data-set' ORDER BY n").fetchall():
        told = json.loads(str(figures or "{}"))
        for key, into in (("given", family.given), ("kept_back", family.hidden)):
            known = [(rows[i], whole) for i, v in told.get(key, {}).items() if i in rows and str(rows[i]["indicator"]) in people and (whole := _whole(v)) is not None]
            into.update(family.add(known, indicators))
        both = {**told.get("given", {}), **told.get("kept_back", {})}
        family.add([(rows[i], whole) for i, v in both.items() if i in rows and str(rows[i]["indicator"]) in people and (whole := _whole(v)) is not None], indicators)
    family.hidden -= family.given


def _add_untold(session: Session, family: _Family, people: frozenset[str]) -> None:
    """Take in the numbers that no data set tells: not cleared, or of periods that were not asked for. They are not to be worked out either."""
    rows = plain_rows(session.read(), "SELECT * FROM indicator_value WHERE NOT deleted", ())
    indicators = {str(r["id"]): r for r in plain_rows(session.read(), "SELECT * FROM indicator", ())}
    known = [(r, whole) for r in rows if str(r["indicator"]) in people and (whole := _whole(r["value"])) is not None]
    family.hidden |= set(family.add(known, indicators)) - family.given - family.now.keys()


def _whole(value: object) -> int | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return int(number) if number == int(number) and number >= 0 else None
