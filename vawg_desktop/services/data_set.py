"""The quarterly shared data set: indicators with their agreed definitions, and the numbers that their owners have cleared, small counts of people kept back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from vawg_desktop.analysis import suppression
from vawg_desktop.analysis.suppression import Sum
from vawg_desktop.domain.dates import bounds, label, parse_date, short_label
from vawg_desktop.domain.evidence_terms import COUNT_UNIT
from vawg_desktop.exchange.document import Cell, Heading, Paragraph, Table
from vawg_desktop.services import paper_parts as parts
from vawg_desktop.services import small_counts
from vawg_desktop.services.handover import marked
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.paper_parts import Counted, Paper
from vawg_desktop.services.papers import Asked, Made, position_of
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session
from vawg_desktop.services.sums import sums_of

Row = dict[str, object]
#: What stands for a number that would give a small one away.
KEPT_BACK = "kept back"


def data_set(session: Session, asked: Asked) -> Made:
    """Each indicator with its definition, its values by period, and whether the owner of the data cleared them.

    A number that is not cleared is not given. Of people, counts below the office's least are given as fewer than it, and others are kept back from which these could
    be worked out, by sums over periods and areas and by what earlier data sets gave. ``since`` gives the values of periods from that day on.
    """
    paper = Paper(session, position_of(session, asked))
    first = bounds(parse_date(asked.since, now=session.today))[0] if asked.since else None
    indicators = plain_rows(session.read(), "SELECT * FROM indicator WHERE NOT deleted ORDER BY length(reference), reference", ())
    closed = restricted(session, [str(r["id"]) for r in indicators])
    shown = {str(r["id"]): r for r in indicators if r["id"] not in closed}
    values = _values(session, shown, first)
    shared = [v for v in values if v["cleared_by"]]
    least = small_counts.least(session.read())
    small, back, unready = _kept_back(session, shown, shared, least)
    rows: list[list[Cell]] = []
    made_given: dict[str, str] = {}
    for value in values:
        number: Cell = None
        if value["cleared_by"]:
            id = str(value["id"])
            number = small_counts.fewer(least) if id in small else KEPT_BACK if id in back else str(value["value"])
            if id not in small | back:
                made_given[id] = str(value["value"])
        on = f", {short_label(str(value['cleared_on']))}" if value["cleared_on"] else ""
        cleared = f"{value['cleared_by']}{on}" if value["cleared_by"] else "Not cleared"
        rows.append([str(shown[str(value["indicator"])]["reference"]), label(str(value["period"])), number, "Provisional" if value["provisional"] else None, cleared])
    waiting = [v for v in values if not v["cleared_by"]]
    paper.figures += [
        Counted("shared", "Numbers cleared by their owners", tuple(str(v["id"]) for v in shared)),
        Counted("not_cleared", "Numbers not cleared", tuple(str(v["id"]) for v in waiting)),
    ]  # fmt: skip
    _definitions(paper, list(shown.values()))
    if rows:
        notes = [
            f"{len(waiting):,} not cleared by their owners and not given.",
            f"Counts of people under {least} are given as “{small_counts.fewer(least)}”; “{KEPT_BACK}” replaces a number that would reveal one of these.",
        ]  # fmt: skip
        paper.blocks += [Heading("Values"), Table("Values by period", ["Indicator", "Period", "Value", "Standing", "Cleared by"], rows, notes)]
    if closed:
        paper.blocks.append(Paragraph(f"{len(closed):,} restricted left out."))
    parts.annex(paper)
    made = marked(paper, "Shared data set", ["Agreed by the agencies of the board; each number is given once its owner has cleared it."])
    made.given, made.unready = made_given, unready
    made.kept_back = {str(v["id"]): str(v["value"]) for v in shared if v["id"] in small | back}
    if small or back:
        made.suppressed = [f"Counts of people under {least}: {len(small)}", f"Others from which these could be worked out: {len(back)}"]
    return made


def _definitions(paper: Paper, indicators: Sequence[Row]) -> None:
    cells: list[list[Cell]] = []
    for one in indicators:
        unit = COUNT_UNIT.label(str(one["count_unit"])) if one["count_unit"] else None
        owner = paper.body(str(one["owner"] or "")) or "Nobody named"
        cells.append([str(one["reference"]), str(one["title"]), str(one["definition"] or "") or "Not agreed yet", unit, str(one["area"] or "") or None, owner])
    paper.blocks.append(Heading("Definitions"))
    paper.blocks.append(Table("Definitions agreed", ["Ref", "Indicator", "Definition", "Counted in", "Area", "Owner of the data"], cells) if cells else Paragraph("No indicator is kept yet."))


def _values(session: Session, indicators: Mapping[str, Row], first: date | None) -> list[Row]:
    """The values of some indicators, in their order, of periods that begin on a day or later."""
    order = {id: n for n, id in enumerate(indicators)}
    rows = plain_rows(session.read(), "SELECT * FROM indicator_value WHERE NOT deleted ORDER BY period, n", ())
    found = [r for r in rows if str(r["indicator"]) in order and (first is None or bounds(str(r["period"]))[0] >= first)]
    return sorted(found, key=lambda r: order[str(r["indicator"])])


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
        for one in sums_of(table, numbers, indicators, self.least):
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


def _kept_back(session: Session, indicators: Mapping[str, Row], shared: Sequence[Row], least: int) -> tuple[set[str], set[str], str]:
    """The ids of values that are small counts of people, and of others that are kept back for their sake; and why it may not leave, if it may not.

    What is given is attacked over all data sets together before it leaves: nobody who has them all may know a hidden number better than the least.
    """
    people = small_counts.of_people(session.read())
    family = _Family(least=least)
    counted = [(v, whole) for v in shared if str(v["indicator"]) in people and (whole := _whole(v["value"])) is not None]
    for place, (row, _) in zip(family.add(counted, indicators), counted, strict=True):
        family.now[place] = str(row["id"])
    _add_earlier(session, family, people)
    _add_untold(session, family, people)
    family.sums = list(dict.fromkeys(family.sums))
    found = suppression.hidden(family.counts, family.sums, least, family.given, family.hidden - family.now.keys())
    open_to = suppression.attack(family.counts, found, family.sums, least)
    unready = f"{len(open_to):,} small counts could be worked out from this data set and those before it." if _worse(family, found, open_to, least) else ""
    small = {i for i in found if i in family.now and suppression.is_small(family.counts[i], least)}
    return {family.now[i] for i in small}, {family.now[i] for i in found & family.now.keys() - small}, unready


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
