"""The quarterly shared data set: indicators with their agreed definitions, and the numbers that their owners have cleared, small counts of people kept back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from vawg_desktop.domain.dates import bounds, label, parse_date, short_label
from vawg_desktop.domain.evidence_terms import COUNT_UNIT
from vawg_desktop.exchange.document import Cell, Heading, Paragraph, Table
from vawg_desktop.services import kept_back, small_counts
from vawg_desktop.services import paper_parts as parts
from vawg_desktop.services.handover import marked
from vawg_desktop.services.kept_back import KEPT_BACK
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.paper_parts import Counted, Paper
from vawg_desktop.services.papers import Asked, Made, position_of
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session

Row = dict[str, object]


def data_set(session: Session, asked: Asked) -> Made:
    """Each indicator with its definition, its values by period, and whether the owner of the data cleared them.

    A number that is not cleared is not given. Of people, counts below the office's least are kept back, and others from which these could be worked out, by sums
    over periods and areas and by what earlier data sets gave; both are shown alike, so that neither tells the other. ``since`` gives the values of periods from
    that day on.
    """
    paper = Paper(session, position_of(session, asked))
    first = bounds(parse_date(asked.since, now=session.today))[0] if asked.since else None
    indicators = plain_rows(session.read(), "SELECT * FROM indicator WHERE NOT deleted ORDER BY length(reference), reference", ())
    closed = restricted(session, [str(r["id"]) for r in indicators])
    shown = {str(r["id"]): r for r in indicators if r["id"] not in closed}
    values = _values(session, shown, first)
    shared = [v for v in values if v["cleared_by"]]
    least = small_counts.least(session.read())
    found = kept_back.among(session, shown, shared)
    small, back = found.small, found.back
    rows: list[list[Cell]] = []
    made_given: dict[str, str] = {}
    for value in values:
        number: Cell = None
        if value["cleared_by"]:
            id = str(value["id"])
            number = KEPT_BACK if id in small | back else str(value["value"])
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
            kept_back.reason(least),
        ]  # fmt: skip
        paper.blocks += [Heading("Values"), Table("Values by period", ["Indicator", "Period", "Value", "Standing", "Cleared by"], rows, notes)]
    if closed:
        paper.blocks.append(Paragraph(f"{len(closed):,} restricted left out."))
    parts.annex(paper)
    made = marked(paper, "Shared data set", ["Agreed by the agencies of the board; each number is given once its owner has cleared it.", parts.DRAFT])
    made.given, made.unready = made_given, found.unready
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
