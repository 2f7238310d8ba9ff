"""Whose return a file is: by its own marks, by the return it shows, or by rows that verify; and how old it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain.dates import last_day
from vawg_desktop.domain.errors import FileRefusedError, Problem
from vawg_desktop.exchange import identity
from vawg_desktop.exchange.return_shape import ReadReturn
from vawg_desktop.services.return_review import (
    SentReturn,
    sent_return,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection


def return_of_file(connection: Connection, read: ReadReturn, name: str) -> SentReturn:
    named = {reference for reference, _ in read.references}
    if len(named) > 1:
        places = "; ".join(f"{r} in {p}" for r, p in read.references)
        raise FileRefusedError(
            f"{name} carries the marks of two returns ({places}); send each return as its own file.",
            code="identity_disagrees",
        )
    if named:
        visible = named.pop()
        owner = _by_visible(connection, visible)
        if owner is None:
            raise FileRefusedError(
                f"{name} is return {visible}, which this store did not send; it belongs to another store or was retyped.",
                code="another_store",
            )
        return owner
    return _by_rows(connection, read, name)


def _by_visible(connection: Connection, visible: str) -> SentReturn | None:
    parts = identity.split_visible(visible)
    if parts is None:
        return None
    rows = connection.exec_driver_sql(
        'SELECT id, secret FROM "return" WHERE NOT deleted AND (reference = ? '
        'OR id IN (SELECT "row" FROM earlier_reference WHERE reference = ?)) ORDER BY n',
        (parts[0], parts[0]),
    ).fetchall()  # a return sent from a working copy has had its number since: the file bears the old one
    for id, secret in rows:
        if identity.visible(str(secret), parts[0], str(id)) == visible:
            return sent_return(connection, str(id))
    return None


def _by_rows(connection: Connection, read: ReadReturn, name: str) -> SentReturn:
    """The one return whose references stand in column A; FileRefusedError for none or several."""
    shown = {r.visible.strip().upper() for r in read.rows if r.visible.strip()}
    votes: list[tuple[int, SentReturn]] = []
    for (id,) in connection.exec_driver_sql(
        'SELECT id FROM "return" WHERE NOT deleted ORDER BY n DESC'
    ).fetchall():
        owner = sent_return(connection, str(id))
        verified = sum(1 for r in owner.rows if r.visible.upper() in shown)
        if verified:
            votes.append((verified, owner))
    if len(votes) > 1:
        raise FileRefusedError(
            f"{name} holds rows of two returns; send each return as its own file.", code="two_returns"
        )
    if not votes:
        raise FileRefusedError(
            f"{name} is not a return of this store: no row in it carries a reference we sent.",
            code="not_a_return",
        )
    read.by_rows = True
    read.problems.append(Problem(
        "identity_by_rows", f"The file lost its own marks; its rows are those of return {votes[0][1].visible}. Please check that it is the right one."
    ))  # fmt: skip
    return votes[0][1]


def sent_on(connection: Connection, owner: SentReturn) -> date | None:
    row = connection.exec_driver_sql('SELECT sent FROM "return" WHERE id = ?', (owner.id,)).one()
    return last_day(str(row[0])) if row[0] else None


def note_age(connection: Connection, owner: SentReturn, read: ReadReturn) -> None:
    """An older version, or an earlier round's workbook, is taken for what it is, and the review says so with its period."""
    version, round_id, period, n = connection.exec_driver_sql(
        'SELECT r.version, r.round, q.period, q.n FROM "return" r JOIN round q ON q.id = r.round WHERE r.id = ?', (owner.id,)
    ).one()
    newest = connection.exec_driver_sql(
        'SELECT max(version) FROM "return" WHERE round = ? AND partner = ? AND NOT deleted', (round_id, owner.partner)
    ).one()[0]
    later = connection.exec_driver_sql(
        'SELECT q.period FROM "return" r JOIN round q ON q.id = r.round AND NOT q.deleted WHERE r.partner = ? AND NOT r.deleted '
        "AND q.n > ? AND coalesce(q.kind, 'progress') = ? ORDER BY q.n DESC LIMIT 1",
        (owner.partner, n, owner.form.kind),
    ).fetchone()
    if later is not None:
        read.problems.append(Problem(
            "earlier_round", f"This is the return of {period}; the round of {later[0]} has been sent since. Its answers are "
            f"compared with what was sent for {period}.",
        ))  # fmt: skip
    if version is not None and newest is not None and int(version) < int(newest):
        read.problems.append(Problem(
            "older_version", f"This is version {version} of the return of {period}; version {newest} was sent later. Its answers are "
            f"compared with version {version}.",
        ))  # fmt: skip
