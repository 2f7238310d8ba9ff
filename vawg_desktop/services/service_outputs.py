"""What services there are, for professionals who send victims to them; and what is needed against what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_desktop.domain import rules
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.evidence_terms import SERVICE_KIND, SERVICE_STATUS
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.terms import SEVERITY, how_many
from vawg_desktop.exchange.document import Block, Cell, Document, Paragraph, Table
from vawg_desktop.services import citations, journey, names, outputs, restriction
from vawg_desktop.services.embargo import embargoed
from vawg_desktop.services.journey_outputs import NOT_FOR_PUBLICATION
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

Row = dict[str, object]


def _services(session: Session) -> tuple[list[Row], int]:
    """Services that have not ended, by kind and title, without restricted ones; and how many those are."""
    rows = plain_rows(
        session.read(),
        "SELECT s.*, coalesce(p.short_name, p.name) AS provider_name, p.shared_mailbox FROM service s LEFT JOIN partner p ON p.id = s.provider "
        "WHERE NOT s.deleted AND s.status IS DISTINCT FROM 'ended' ORDER BY s.x_sort, s.reference", (),
    )
    rows = restriction.without_places(session, rows)
    shown = [r for r in rows if not rules.is_restricted({k: str(r[k]) if r[k] else None for k in ("restriction", "restricted_until")}, session.today)]
    return shown, len(rows) - len(shown)


def _sets(connection: Connection, key: str) -> dict[str, list[str]]:
    """The elements of a set field of services in words, by service."""
    spec = BY_KEY["service"].by_key[key]
    found: dict[str, list[str]] = {}
    rows = connection.exec_driver_sql("SELECT a, b FROM link WHERE kind = ? AND NOT deleted ORDER BY n", (BY_KEY["service"].link_kind(spec),)).fetchall()
    called = names.titles_of(connection, [str(b) for _, b in rows]) if spec.kind is Kind.LINKS else {}
    for a, b in rows:
        found.setdefault(str(a), []).append(called.get(str(b)) or str(b))
    return found


def directory(session: Session) -> Document:
    """The services that victims' professionals may send somebody to: what each does, for whom, where, how long one waits; no place of a confidential one."""
    connection = session.read()
    rows, left_out = _services(session)
    areas, groups, needs = (_sets(connection, key) for key in ("areas", "groups", "needs"))
    spec = BY_KEY["service"]
    blocks: list[Block] = []
    for kind in (*SERVICE_KIND.key_list(), ""):
        of_kind = [r for r in rows if str(r["kind"] or "") == kind]
        if not of_kind:
            continue
        table: list[list[Cell]] = []
        for r in of_kind:
            id = str(r["id"])
            where = "Not given: its location is confidential" if "areas" in spec.kept_in(r) else ", ".join(areas.get(id, []))
            wait = how_many(int(str(r["waiting_days"])), "day") if r["waiting_days"] is not None else None
            table.append([
                str(r["title"]), ", ".join(groups.get(id, [])) or None, ", ".join(needs.get(id, [])) or None, str(r["eligibility"] or "") or None,
                where or None, wait, " ".join(str(r[k]) for k in ("provider_name", "shared_mailbox") if r[k]) or None,
                SERVICE_STATUS.label(str(r["status"] or "not_known")),
            ])  # fmt: skip
        heads = ["Service", "For whom", "Needs", "Who may use it", "Where", "Wait", "Provider", "Status"]
        blocks.append(Table(SERVICE_KIND.label(kind) if kind else "Kind not stated", heads, table))
    lines = ["For victims' professionals. " + NOT_FOR_PUBLICATION + "."]
    if left_out:
        lines.append(f"{how_many(left_out, 'restricted service')} left out.")
    return outputs.document(session, "Directory of services", blocks or [Paragraph("No service is recorded.")], outputs.marking_of(spec, rows), lines)


def assessment(session: Session) -> Document:
    """Needs against services: for each need its figures, open gaps, services and what is in question; and the groups that gaps and services speak of."""
    found = journey.without_places(session, journey.read_map(session))
    blocks: list[Block] = [_needs_table(session, found), _stages_table(found), _groups_table(session)]
    rows = plain_rows(session.read(), "SELECT marking FROM gap WHERE NOT deleted UNION ALL SELECT marking FROM service WHERE NOT deleted", ())
    lines = [
        NOT_FOR_PUBLICATION,
        "Need and need met are figures with their own base and source; referrals and people supported are different counts, so neither is a rate of the other.",
    ]
    return outputs.document(session, "Assessment of needs against services", blocks, outputs.marking_of(BY_KEY["gap"], rows), lines)


def _needs_table(session: Session, found: journey.Map) -> Table:
    figures = _figures(session)
    rows: list[list[Cell]] = []
    for c, need in enumerate(found.columns):
        cells = [found.cells[r, c] for r in range(len(found.rows))]
        gaps = {g.id: g for cell in cells for g in cell.open}
        services = {s.id: s for cell in cells for s in cell.providing if not s.restricted}
        planned = {s.id: s for cell in cells for s in cell.services if s.planned and not s.restricted}
        worst = max((int(g.severity) for g in gaps.values() if str(g.severity).isdigit()), default=0)
        told = [words for id in gaps for words in figures.get(id, [])]
        rows.append([
            need.title, "\n".join(dict.fromkeys(told)) or None, ", ".join(g.reference for g in gaps.values()) or None,
            SEVERITY.label(str(worst)) if worst else None, "\n".join([*(f"{s.reference} {s.title}" for s in services.values()), *(f"{s.reference} {s.title} (planned)" for s in planned.values())]) or None,
            ", ".join(s.reference for s in services.values() if s.in_question) or None,
            _verdict(bool(gaps), len(services), sum(not g.owner for g in gaps.values())),
        ])  # fmt: skip
    return Table(
        "Each need", ["Need", "Need, and need met", "Open gaps", "Highest severity", "Services", "Funding in question", "Summary"], rows,
        ["Restricted services are left out, and planned ones are not counted. No data is not “no gap”."],
    )  # fmt: skip


def _verdict(gap: bool, services: int, unowned: int) -> str:
    if gap:
        words = f"There is an open gap{f'; {unowned} without an owner' if unowned else ''}"
        return f"{words}; {how_many(services, 'service')} recorded." if services else f"{words}; no service is recorded."
    return f"No open gap; {how_many(services, 'service')} recorded." if services else "No data."


def _figures(session: Session) -> dict[str, list[str]]:
    """The figures of need and of need met by gap, each as it is quoted; one under embargo is only said to be there."""
    found: dict[str, list[str]] = {}
    held = set(embargoed(session))
    rows = session.read().exec_driver_sql("SELECT id, need_figure, need_met_figure FROM gap WHERE NOT deleted AND (need_figure IS NOT NULL OR need_met_figure IS NOT NULL)").fetchall()
    for id, need, met in rows:
        for words, figure in (("Need", need), ("Met", met)):
            if figure:
                told = "a figure under embargo is left out" if str(figure) in held else citations.wording(session, str(figure))
                found.setdefault(str(id), []).append(f"{words}: {told}")
    return found


def _stages_table(found: journey.Map) -> Table:
    rows: list[list[Cell]] = []
    for r, stage in enumerate(found.rows):
        cells = [found.cells[r, c] for c in range(len(found.columns))]
        gaps = {g.id for cell in cells for g in cell.open}
        services = {s.id for cell in cells for s in cell.providing if not s.restricted}
        without = [cell.column.title for cell in cells if cell.open and not cell.providing]
        rows.append([stage.title, len(gaps), len(services), ", ".join(without) or None])
    return Table("Each stage of the journey", ["Stage", "Open gaps", "Services", "Needs with a gap and no service"], rows)


def _groups_table(session: Session) -> Table:
    """The groups that gaps and services name, so that nobody is passed over: children, and those with protected characteristics."""
    connection = session.read()
    gaps = _by_tag(connection, "gap", "group_affected", "t.status IS DISTINCT FROM 'closed'")
    services = _by_tag(connection, "service", "groups", "t.status IS DISTINCT FROM 'ended'", restriction.restricted(session, [str(id) for (id,) in connection.exec_driver_sql("SELECT id FROM service")]))
    rows: list[list[Cell]] = [
        [group, ", ".join(gaps.get(group, [])) or None, ", ".join(services.get(group, [])) or None] for group in sorted({*gaps, *services}, key=str.casefold)
    ]
    return Table(
        "Whom gaps and services are about", ["Group", "Open gaps", "Services"], rows,
        ["A group that is not listed is not necessarily served: nothing is recorded about it. The duty to collaborate asks for regard to children and to protected characteristics."],
    )  # fmt: skip


def _by_tag(connection: Connection, kind: str, key: str, where: str, closed: Collection[str] = ()) -> dict[str, list[str]]:
    rows = connection.exec_driver_sql(
        f'SELECT l.b, t.reference, t.id FROM link l JOIN "{kind}" t ON t.id = l.a AND NOT t.deleted AND {where} WHERE l.kind = ? AND NOT l.deleted ORDER BY length(t.reference), t.reference',
        (f"{kind}.{key}",),
    )
    found: dict[str, list[str]] = {}
    for group, reference, id in rows:
        if id not in closed:
            found.setdefault(str(group), []).append(str(reference))
    return found
