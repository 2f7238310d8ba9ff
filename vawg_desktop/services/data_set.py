"""The quarterly shared data set: indicators with their agreed definitions, and the numbers that their owners have cleared, small counts of people kept back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from vawg_desktop.analysis import suppression
from vawg_desktop.analysis.suppression import Sum
from vawg_desktop.domain.dates import bounds, label, parse_date, short_label
from vawg_desktop.domain.evidence_terms import COUNT_UNIT
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.document import Cell, Heading, Paragraph, Table
from vawg_desktop.services import paper_parts as parts
from vawg_desktop.services import small_counts
from vawg_desktop.services.handover import marked
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.paper_parts import Counted, Paper
from vawg_desktop.services.papers import Asked, Made, position_of
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session

Row = dict[str, object]
#: What stands for a number that would give a small one away.
KEPT_BACK = "kept back"


def data_set(session: Session, asked: Asked) -> Made:
    """Each indicator with its definition, its values by period, and whether the owner of the data cleared them.

    A number that is not cleared is not given. Of people, small counts are given as fewer than ten, and others are kept back from which these could
    be worked out, by sums over periods and areas and by what earlier data sets gave. ``since`` gives the values of periods from that day on.
    """
    paper = Paper(session, position_of(session, asked))
    first = bounds(parse_date(asked.since, now=session.today))[0] if asked.since else None
    indicators = plain_rows(session.read(), "SELECT * FROM indicator WHERE NOT deleted ORDER BY length(reference), reference", ())
    closed = restricted(session, [str(r["id"]) for r in indicators])
    shown = {str(r["id"]): r for r in indicators if r["id"] not in closed}
    values = _values(session, shown, first)
    shared = [v for v in values if v["cleared_by"]]
    small, back = _kept_back(session, shown, shared)
    rows: list[list[Cell]] = []
    made_given: dict[str, str] = {}
    for value in values:
        number: Cell = None
        if value["cleared_by"]:
            id = str(value["id"])
            number = small_counts.FEWER if id in small else KEPT_BACK if id in back else str(value["value"])
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
            f"Counts of people under {small_counts.LEAST} are given as “{small_counts.FEWER}”; “{KEPT_BACK}” stands where a number would give one of these away.",
        ]  # fmt: skip
        paper.blocks += [Heading("Values"), Table("Values by period", ["Indicator", "Period", "Value", "Standing", "Cleared by"], rows, notes)]
    if closed:
        paper.blocks.append(Paragraph(f"{len(closed):,} restricted left out."))
    parts.annex(paper)
    made = marked(paper, "Shared data set", ["Agreed by the agencies of the board; each number stands when its owner has cleared it."])
    made.given = made_given
    if small or back:
        made.suppressed = [f"Counts of people under {small_counts.LEAST}: {len(small)}", f"Others from which these could be worked out: {len(back)}"]
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


def _kept_back(session: Session, indicators: Mapping[str, Row], shared: Sequence[Row]) -> tuple[set[str], set[str]]:
    """The ids of values that are small counts of people, and of others that are kept back for their sake."""
    people = small_counts.of_people(session.read())
    counted = [(str(v["id"]), v, whole) for v in shared if str(v["indicator"]) in people and (whole := _whole(v["value"])) is not None]
    counts = [whole for _, _, whole in counted]
    known = {id: n for n, (id, _, _) in enumerate(counted)}
    rows = [v for _, v, _ in counted]
    sums = [*_over_periods(rows, counts), *_over_areas(rows, counts, indicators)]
    before = [known[id] for id in _given_before(session) if id in known]
    found = suppression.hidden(counts, sums, small_counts.LEAST, before)
    small = {i for i in found if suppression.is_small(counts[i], small_counts.LEAST)}
    return {counted[i][0] for i in small}, {counted[i][0] for i in found - small}


def _whole(value: object) -> int | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return int(number) if number == int(number) and number >= 0 else None


def _over_periods(rows: Sequence[Row], counts: Sequence[int]) -> list[Sum]:
    """Values of an indicator that are the sum of its values in the periods within: a quarter of its months, a year of its quarters."""
    by_indicator: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        by_indicator.setdefault(str(row["indicator"]), []).append(place)
    found: list[Sum] = []
    for places in by_indicator.values():
        spans = {p: bounds(str(rows[p]["period"])) for p in places}
        for total in places:
            start, end = spans[total]
            within = sorted((p for p in places if p != total and start <= spans[p][0] and spans[p][1] <= end and spans[p] != spans[total]), key=lambda p: (spans[p][0], -spans[p][1].toordinal()))
            for finest in (True, False):
                chosen = _covering(within, spans, start, end, finest=finest)
                if chosen and sum(counts[p] for p in chosen) == counts[total]:
                    found.append(Sum(total, tuple(chosen)))
    return list(dict.fromkeys(found))


def _covering(within: Sequence[int], spans: Mapping[int, tuple[date, date]], start: date, end: date, *, finest: bool) -> list[int]:
    """Periods that follow one another from a day to another without a hole, the shortest ones or the longest ones; none where there is a hole."""
    chosen: list[int] = []
    day = start.toordinal()
    while day <= end.toordinal():
        next_ones = [p for p in within if spans[p][0].toordinal() == day]
        if not next_ones:
            return []
        one = min(next_ones, key=lambda p: spans[p][1]) if finest else max(next_ones, key=lambda p: spans[p][1])
        chosen.append(one)
        day = spans[one][1].toordinal() + 1
    return chosen


def _over_areas(rows: Sequence[Row], counts: Sequence[int], indicators: Mapping[str, Row]) -> list[Sum]:
    """Values of one period and title whose indicators differ by area, where one is the sum of the others."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault((fold(str(indicators[str(row["indicator"])]["title"])), str(row["period"])), []).append(place)
    found: list[Sum] = []
    for places in (g for g in groups.values() if len(g) > 2):
        whole = sum(counts[p] for p in places)
        found += [Sum(p, tuple(x for x in places if x != p)) for p in places if 2 * counts[p] == whole and whole]
    return found


def _given_before(session: Session) -> set[str]:
    """The ids of values whose number an earlier data set gave, and which is the same today."""
    found: dict[str, str] = {}
    for row in plain_rows(session.read(), "SELECT figures FROM publication WHERE NOT deleted AND kind = 'data-set' ORDER BY n", ()):
        found |= {str(k): str(v) for k, v in json.loads(str(row["figures"] or "{}")).get("given", {}).items()}
    now = {str(r["id"]): str(r["value"]) for r in plain_rows(session.read(), "SELECT id, value FROM indicator_value WHERE NOT deleted", ())} if found else {}
    return {id for id, number in found.items() if now.get(id) == number}
