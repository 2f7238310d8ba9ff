"""A returned workbook: staged, compared with what was sent and what stands, applied, reversed (DESIGN 5)."""

from __future__ import annotations

from vawg_desktop.domain.errors import NotFoundError
from vawg_desktop.exchange.checklist import look
from vawg_desktop.exchange.checklist_points import Point
from vawg_desktop.services.return_acceptance import (
    accept,
    add_new_row,
    decide,
)
from vawg_desktop.services.return_reversal import Reversed, reverse_return
from vawg_desktop.services.return_review import (
    Difference,
    Review,
    SentReturn,
    review,
    sent_return,
)
from vawg_desktop.services.return_staging import ManyRead, import_many, import_return
from vawg_desktop.services.session import Session

__all__ = [
    "Difference", "ManyRead", "Reversed", "Review", "SentReturn", "accept", "accessibility", "actions_of", "add_new_row", "decide", "import_many",
    "import_return", "reverse_return", "review", "sent_return", "submissions", "what_was_sent",
]  # fmt: skip


def what_was_sent(session: Session, return_id: str) -> tuple[str, bytes]:
    """Name and bytes of a workbook as it left. Raises NotFoundError."""
    row = (
        session.read()
        .exec_driver_sql('SELECT file_name, file_sha256 FROM "return" WHERE id = ?', (return_id,))
        .fetchone()
    )
    if row is None or not row[1]:
        raise NotFoundError("That return is not in this store.")
    return str(row[0]), session.store.files.get(str(row[1]))


def actions_of(session: Session, return_id: str) -> list[tuple[str, str]]:
    """Reference and title of each action of a return, in the order of its workbook."""
    return [(b.reference, b.locked[0]) for b in sent_return(session.read(), return_id).rows]


def accessibility(session: Session, return_id: str) -> list[Point]:
    """How the workbook as it left meets each point of the checklist for accessible spreadsheets. Raises NotFoundError."""
    return look(what_was_sent(session, return_id)[1])


def submissions(session: Session) -> list[dict[str, object]]:
    """Every submission with its partner, period and state, newest first."""
    rows = (
        session.read()
        .exec_driver_sql(
            'SELECT s.id, s.reference, s.file_name, s.received, s.state, s."return", coalesce(p.short_name, p.name) AS partner_name, q.period '
            'FROM submission s JOIN "return" r ON r.id = s."return" JOIN round q ON q.id = r.round '
            "LEFT JOIN partner p ON p.id = s.partner WHERE NOT s.deleted ORDER BY s.n DESC"
        )
        .mappings()
    )
    return [{str(k): v for k, v in r.items()} for r in rows]
