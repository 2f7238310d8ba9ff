"""What a gap's state rests on, counted from the store; a state typed by hand is refused while its rule is not met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vawg_desktop.domain import gap_states as rules
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.gap_states import Ground
from vawg_desktop.domain.terms import GAP_STATUS
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: What a gap ``g`` rests on: evidence, sources, themes and quotes.
_BASIS = (
    "SELECT count(*) FROM link l JOIN subject s ON s.id = CASE WHEN l.a = :g THEN l.b ELSE l.a END AND NOT s.deleted WHERE NOT l.deleted AND "
    "((l.a = :g AND l.kind IN ('gap.evidence', 'gap.sources')) OR (l.b = :g AND l.kind IN ('theme.gaps', 'quote.gaps')))"
)
_ACTIONS = (
    "SELECT a.status, EXISTS (SELECT 1 FROM link e JOIN evidence v ON v.id = e.a AND NOT v.deleted AND v.decision IS DISTINCT FROM 'not_enough' "
    "WHERE e.b = a.id AND e.kind = 'evidence.actions' AND NOT e.deleted) OR EXISTS (SELECT 1 FROM \"update\" u JOIN link e ON e.a = u.id AND "
    "e.kind = 'update.evidence' AND NOT e.deleted JOIN evidence v ON v.id = e.b AND NOT v.deleted WHERE u.action = a.id AND NOT u.deleted) "
    "FROM link l JOIN action a ON a.id = l.b AND NOT a.deleted WHERE l.a = :g AND l.kind = 'gap.actions' AND NOT l.deleted"
)
_SERVICES = (
    "SELECT l.extent FROM link l JOIN service s ON s.id = l.a AND NOT s.deleted AND s.status = 'running' "
    "WHERE l.b = :g AND l.kind = 'service.gaps' AND NOT l.deleted"
)
_MOVED = "SELECT count(*) FROM closure_test WHERE about = :g AND NOT deleted AND answer = 'met' AND kind IN ('measure_moved', 'victims_heard')"


def ground_of(connection: Connection, gap: str) -> Ground:
    """What a gap's state can rest on; ``gap`` is its id."""

    def rows(sql: str) -> list[tuple[object, ...]]:
        number = sql.count(":g")
        return [tuple(r) for r in connection.exec_driver_sql(sql.replace(":g", "?"), (gap,) * number).fetchall()]

    (owner, outcome, statement) = connection.exec_driver_sql("SELECT owner, outcome, outcome_statement FROM gap WHERE id = ?", (gap,)).one()
    actions = [(str(status or ""), bool(proved)) for status, proved in rows(_ACTIONS) if status not in ("stopped", "superseded")]
    extents = [str(e or "") for (e,) in rows(_SERVICES)]
    complete = [proved for status, proved in actions if status == "complete"]
    return Ground(
        basis=int(str(rows(_BASIS)[0][0])), owner=bool(owner), at_work=len(actions) + len(extents), unfinished=len(actions) - len(complete),
        delivered=len(complete) + extents.count("full"), unproved=complete.count(False), moved=bool(rows(_MOVED)[0][0]),
        outcome=bool(outcome and outcome != "too_early" and statement),
    )  # fmt: skip


def refuse_unmet(connection: Connection, gap: str, before: str, after: str) -> None:
    """Raise RuleError where a gap would move to a state whose rule is not met."""
    if after == "closed" or not rules.is_forward(before, after):
        return
    left = rules.needs(after, ground_of(connection, gap))
    if left:
        raise RuleError(f"{GAP_STATUS.label(after)} is not reached yet. {' '.join(left)}", code="rule_gap_state")


def standing(session: Session, gap: str) -> tuple[str, str, list[str]]:
    """For a gap's page: the state its ground carries, the next one, and what that still needs. ``gap`` is its id."""
    connection = session.read()
    ground = ground_of(connection, gap)
    reached = rules.stands(ground)
    follows = rules.ORDER[rules.ORDER.index(reached) + 1]
    return reached, follows, [] if follows == "closed" else rules.needs(follows, ground)


def unmet(session: Session) -> list[tuple[str, str, str, list[str]]]:
    """Gaps in a state that their ground does not carry, such as one taken in from a list: id, reference, state and what is missing."""
    connection = session.read()
    found: list[tuple[str, str, str, list[str]]] = []
    for id, reference, status in connection.exec_driver_sql(
        "SELECT id, reference, status FROM gap WHERE NOT deleted AND status NOT IN ('identified', 'closed') ORDER BY length(reference), reference"
    ).fetchall():
        left = rules.needs(str(status), ground_of(connection, str(id)))
        if left:
            found.append((str(id), str(reference), str(status), left))
    return found
