"""The journey map on paper and as a picture: what it shows on screen, but for what may not leave the office."""

from __future__ import annotations

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.terms import PROVISION, how_many
from vawg_desktop.exchange import map_svg
from vawg_desktop.exchange.document import Block, Document, Figure, Table
from vawg_desktop.services import journey, outputs
from vawg_desktop.services.session import Session
from vawg_desktop.services.small_counts import fewer, least, small

#: A map names services and their capacities, so it goes to those who work with it.
NOT_FOR_PUBLICATION = "Not for publication"
#: Room for the drawing, in points: an A4 page on its side, without its margins.
_ROOM = 720.0


def map_document(session: Session, axis: str = "need") -> Document:
    """The map as a drawing, as a table in words, and the services on it; restricted services are left out and counted."""
    found = journey.without_places(session, journey.read_map(session, axis))
    left_out = {s.id for c in found.cells.values() for s in c.services if s.restricted}
    for cell in found.cells.values():
        cell.services = [s for s in cell.services if not s.restricted]
    lines = [NOT_FOR_PUBLICATION]
    if left_out:
        lines.append(f"{how_many(len(left_out), 'restricted service')} left out.")
    across = journey.AXES[axis][0]
    blocks: list[Block] = []
    if found.rows and found.columns:
        width, _ = map_svg.size(len(found.rows), len(found.columns))
        blocks.append(Figure("Gaps and services by stage", found.summary(), picture(found), [_KEY], min(_ROOM, width)))
    blocks.append(Table(
        "Each place on the map", ["Stage", across, "Says", "Open gaps", "Severity", "Provision", "Owner", "Services"],
        [[
            c.row.title, c.column.title, journey.STATES[c.state], ", ".join(g.reference for g in c.open) or None, int(c.severity) if c.severity else None,
            PROVISION.label(c.provision) if c.provision else None, ", ".join(c.owners) or ("Nobody" if c.open else None),
            ", ".join(s.reference for s in c.services) or None,
        ] for c in found.cells.values() if c.gaps or c.services],
        ["Places without data are left out: nothing is recorded there, which does not mean that there is no gap."],
    ))  # fmt: skip
    blocks += _lists(found, least(session.read()))
    return outputs.document(session, f"Journey map: stages by {across.casefold()}", blocks, _marking(session, found), lines)


_KEY = "Small squares: severity from 1 to 4. Slanting lines: no data, which is not “no gap”. Tick: full provision is recorded."


def _lists(found: journey.Map, under: int) -> list[Block]:
    gaps = sorted({g.id: g for c in found.cells.values() for g in c.open}.values(), key=lambda g: (len(g.reference), g.reference))
    services = sorted({s.id: s for c in found.cells.values() for s in c.services}.values(), key=lambda s: (len(s.reference), s.reference))
    return [
        Table("Open gaps", ["Reference", "Gap", "Owner"], [[g.reference, g.statement, g.owner or "Nobody"] for g in gaps]),
        Table(
            "Services", ["Reference", "Service", "Capacity", "Wait in days", "Funding ends", "In question"],
            [[s.reference, f"{s.title} (planned)" if s.planned else s.title, small(s.capacity, under) or None, s.waiting_days, outputs.day_cell(s.funding_end), "Yes" if s.in_question else None] for s in services],
            [f"Counts of people under {under} are shown as “{fewer(under)}”, and no totals are given. Locations of services are left out."],
        ),
    ]  # fmt: skip


def _marking(session: Session, found: journey.Map) -> str:
    rows: list[dict[str, object]] = []
    for kind, ids in (("gap", {g.id for c in found.cells.values() for g in c.open}), ("service", {s.id for c in found.cells.values() for s in c.services})):
        found_rows = session.read().exec_driver_sql(f'SELECT id, marking FROM "{kind}" WHERE NOT deleted').fetchall()
        rows += [{"marking": marking} for id, marking in found_rows if str(id) in ids]
    return outputs.marking_of(BY_KEY["gap"], rows)


def picture(found: journey.Map) -> str:
    """The map as SVG."""
    squares = [[_square(found.cells[r, c]) for c in range(len(found.columns))] for r in range(len(found.rows))]
    return map_svg.draw([r.title for r in found.rows], [c.title for c in found.columns], squares, f"Stage / {journey.AXES[found.axis][0].casefold()}")


def _square(cell: journey.Cell) -> map_svg.Square:
    services = how_many(len(cell.providing), "service") if cell.providing else ""
    if cell.open:
        owner = "no owner" if cell.unowned else ""
        facts = tuple(w for w in (PROVISION.label(cell.provision) if cell.provision else "", owner, services) if w)
        return map_svg.Square(cell.state, how_many(len(cell.open), "gap"), (facts[0] if facts else "", ", ".join(facts[1:])), int(cell.severity or 0))
    return map_svg.Square(cell.state, "✓ No gap" if cell.state == journey.NO_GAP else "", (services,))


def save_picture(session: Session, axis: str, name: str) -> bytes:
    """The map as a picture file, by the ending of its name: ``.svg`` or ``.png``."""
    from vawg_desktop.exchange.document_pictures import png

    found = journey.without_places(session, journey.read_map(session, axis))
    for cell in found.cells.values():
        cell.services = [s for s in cell.services if not s.restricted]
    svg = picture(found)
    if name.casefold().endswith(".svg"):
        return svg.encode()
    return png(svg, map_svg.size(len(found.rows), len(found.columns))[0]).data
