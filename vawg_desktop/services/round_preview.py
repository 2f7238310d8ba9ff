"""Who is asked in a round, and about which rows: seen before any file is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain.dates import last_day
from vawg_desktop.domain.return_columns import CONTRACT, FORMS, PROGRESS, ReturnForm
from vawg_desktop.services import round_services
from vawg_desktop.services.round_rows import RowFacts, facts_of, sorted_rows
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class AskedRow:
    """An action or service that a partner is asked about; ``own``: it is accountable for it, and does not only contribute."""

    id: str
    reference: str
    title: str
    own: bool


@dataclass(frozen=True, slots=True)
class AskedPartner:
    """A partner who gets a workbook, with its rows."""

    id: str
    name: str
    rows: Sequence[AskedRow]


def asked(session: Session, kind: str = PROGRESS.kind) -> list[AskedPartner]:
    """Every partner who would get a workbook in a round of a kind, by name; who has nothing open, has ended or answers through another is left out."""
    connection, form = session.read(), FORMS[kind]
    through = answers_through(connection)
    by_partner = rows_by_partner(connection, form, through, session.today)
    rows = connection.exec_driver_sql("SELECT id, name, ends FROM partner WHERE NOT deleted ORDER BY x_sort").fetchall()
    found: list[AskedPartner] = []
    for id, name, ends in rows:
        last = last_day(str(ends)) if ends else None
        if last is not None and last < session.today:
            continue
        open_rows = _open_rows(session, connection, form, by_partner.get(str(id), []))
        if open_rows:
            found.append(AskedPartner(str(id), str(name), [AskedRow(f.id, f.reference, str(f.cells.get("title") or ""), is_own(f, str(id), form, through)) for f in open_rows]))
    return found


def _open_rows(session: Session, connection: Connection, form: ReturnForm, ids: Sequence[str]) -> list[RowFacts]:
    if not ids:
        return []
    if form is CONTRACT:
        return round_services.sorted_rows(session, round_services.facts_of(connection, ids, ""))[0]
    return sorted_rows(session, facts_of(session, connection, ids))[0]


def is_own(facts: RowFacts, partner: str, form: ReturnForm, through: dict[str, str]) -> bool:
    """Whether a partner is accountable for a row of its workbook, itself or for a body that answers through it."""
    accountable = str(facts.cells.get("provider" if form is CONTRACT else "accountable") or "")
    return through.get(accountable, accountable) == partner


def answers_through(connection: Connection) -> dict[str, str]:
    """By partner, the other one through whom its returns go."""
    return {str(a): str(b) for a, b in connection.exec_driver_sql("SELECT id, returns_through FROM partner WHERE returns_through IS NOT NULL")}


def rows_by_partner(connection: Connection, form: ReturnForm, through: dict[str, str], today: date) -> dict[str, list[str]]:
    """Ids of actions or services by the partner who answers: a joint action stands in each contributor's workbook."""
    run = connection.exec_driver_sql
    if form is CONTRACT:
        rows = run("SELECT id, provider FROM service WHERE NOT deleted AND status IS DISTINCT FROM 'ended' AND provider IS NOT NULL ORDER BY 1")
    else:
        rows = run(
            "SELECT id, accountable FROM action WHERE NOT deleted AND status IS DISTINCT FROM 'superseded' AND accountable IS NOT NULL "
            "UNION SELECT a.id, l.b FROM action a JOIN link l ON l.a = a.id AND l.kind = 'action.contributors' "
            "AND NOT l.deleted AND coalesce(l.until_date, '9') >= ? AND coalesce(l.from_date, '') <= ? "
            "WHERE NOT a.deleted AND a.status IS DISTINCT FROM 'superseded' ORDER BY 1",
            (today.isoformat(),) * 2,
        )
    found: dict[str, dict[str, None]] = {}
    for id, partner in rows:
        found.setdefault(through.get(str(partner), str(partner)), {})[str(id)] = None
    return {p: list(ids) for p, ids in found.items()}
