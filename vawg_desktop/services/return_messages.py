"""The messages of a round: with the workbook, reminders by the partner's standing, questions, extensions; and that they were sent.

Wording is neutral: an independent body is invited and never receives a formal letter (DESIGN 5, Round).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vawg_desktop.domain import clock
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label, last_day, parse_date
from vawg_desktop.domain.errors import AppError, NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.domain.return_columns import PROGRESS, ReturnForm, form_of
from vawg_desktop.domain.terms import CHASE_STEP
from vawg_desktop.exchange.mail import event, unsent_message
from vawg_desktop.services.office import office_name, office_settings
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

_WORDING: dict[str, tuple[str, str]] = {
    "sent": ("Progress return {period}, due {due}", "Please find attached the progress return of {partner} for {period}. It holds only actions that you own or share. Please fill in the pale yellow cells and send it back by {due}. Choose an Answer for every action, “No change” where nothing has moved: an action left without one is counted as not answered."),
    "courtesy": ("Progress return {period} is due on {due}", "This is a short note that the progress return of {partner} for {period} is due on {due}. It is attached again for convenience. If it is on its way, please disregard this."),
    "reminder": ("Progress return {period}: no return received yet", "We have not yet received a return from {partner} for {period}, due on {due}. The workbook is attached again. If the date cannot be kept, please tell us which date can, or answer by telephone and we will write it down."),
    "deputy": ("Progress return {period} of {partner}: no return received", "We have not received a return from {partner} for {period}, due on {due}, and have not been able to reach your colleague. May we ask you to look into it? The workbook is attached."),
    "formal_letter": ("Progress return {period}: request for a return", "The return of {partner} for {period} was due on {due}. No return has been received, and earlier messages remain without an answer. The Commissioner asks for it so that the board has your position before it. Without one, the papers will say “no return received”."),
    "invitation": ("Invitation to contribute: {period}", "You are invited to contribute to the progress report for {period}. The workbook attached shows what the office holds about {partner}; whatever you would like to add or correct is welcome. We had hoped for it by {due}; a later date is welcome too."),
    "query": ("Progress return {period}: questions on your answers", "Thank you for the return of {partner} for {period}. We have a few questions on your answers and would be glad of a reply."),
}  # fmt: skip


def extend(session: Session, return_id: str, due: str, agreed_by: str, why: str = "") -> Changes:
    """A later date for a partner; the first stays in the log. Raises ValueRefusedError, RuleError."""
    stored = parse_date(due, now=session.today)
    if not agreed_by.strip():
        raise ValueRefusedError("An extension needs the name of who agreed it.")
    with session.store.write(session.who, why or f"Extended to {label(stored)}", Act.EXTEND, return_id) as tx:
        row = tx.row("return", return_id)
        if row["due"] and (last_day(stored) or session.today) <= (last_day(str(row["due"])) or session.today):
            raise RuleError(
                f"The return is due on {label(str(row['due']))} already; an extension is a later date.",
                code="rule_extension",
            )
        tx.edit("return", return_id, {"due": stored})
        tx.create("reminder", {
            "return": return_id, "step": "extension", "made": session.today.isoformat(), "due": stored,
            "agreed_by": agreed_by.strip(), "note": f"It was due on {label(str(row['due']))}." if row["due"] else None,
        })  # fmt: skip
    return tx.changes


@dataclass(frozen=True, slots=True)
class Draft:
    """A message ready to be looked at and sent by the office's own mail program."""

    partner: str
    step: str
    subject: str
    body: str
    file_name: str
    content: bytes


def wording(session: Session) -> dict[str, tuple[str, str]]:
    """Subject and words of each step, as the office has edited them."""
    stated = office_settings(session.read(), "wording.")
    found: dict[str, tuple[str, str]] = {}
    for step, (subject, body) in _WORDING.items():
        found[step] = (
            stated.get(f"wording.{step}.subject") or subject,
            stated.get(f"wording.{step}.body") or body,
        )
    return found


def may_send(standing: str, step: str) -> bool:
    """Whether a step suits a standing: no letter or deputy to independent and government bodies."""
    return not (step in ("formal_letter", "deputy") and standing in ("independent", "government"))


def draft(session: Session, return_id: str, step: str, *, extra: str = "") -> Draft:
    """The e-mail of a step as .eml: unsent, the workbook as it was sent and the date attached. Raises RuleError."""
    connection = session.read()
    row = connection.exec_driver_sql(
        'SELECT r.reference, r.partner, p.name, p.standing, q.period, r.due, r.file_sha256, r.file_name, q.kind FROM "return" r '
        "JOIN partner p ON p.id = r.partner JOIN round q ON q.id = r.round WHERE r.id = ? AND NOT r.deleted",
        (return_id,),
    ).fetchone()
    if row is None:
        raise NotFoundError("That return is not in this store.")
    reference, partner, name, standing, period, due, sha256, file_name, kind = (str(x or "") for x in row)
    if not may_send(standing, step):
        raise RuleError(
            f"“{CHASE_STEP.label(step)}” is not sent to {name}: an independent or government body is invited to contribute instead.",
            code="rule_standing",
        )
    subject, body = (_about(form_of(kind), words) for words in wording(session)[step])
    facts = {
        "partner": name,
        "period": period,
        "due": label(due) or "a date to be agreed",
        "reference": reference,
    }
    office = office_name(connection)
    words = f"{_greeting(connection, partner, step)}\n\n{_filled(body, facts)}\n{f'{chr(10)}{extra}{chr(10)}' if extra else ''}\nYours sincerely,\n{session.who}\n{office}\n\nOur reference: {reference}\n"
    title = f"{_filled(subject, facts)} [{reference}]"
    day = last_day(due)
    content = unsent_message(
        title, _address(connection, partner, step), words, [(file_name, session.store.files.get(sha256))],
        event(_about(form_of(kind), f"Progress return {period}: {name}"), day, reference) if day else "",
    )  # fmt: skip
    safe = "".join(
        c if c.isalnum() or c in " -" else "-"
        for c in f"{name} {period} {CHASE_STEP.label(step) if step in CHASE_STEP.key_list() else step}"
    )
    return Draft(name, step, title, words, f"{safe}.eml", content)


def _about(form: ReturnForm, words: str) -> str:
    """Wording of a progress return as it reads for another form: the return's name, and what its rows are."""
    if form is PROGRESS:
        return words
    for progress, other in (("Progress return", "Contract or grant return"), ("progress return", "contract or grant return"), ("actions", "services"), ("action", "service")):
        words = re.sub(rf"\b{progress}\b", other, words)
    return words


def _filled(text: str, facts: dict[str, str]) -> str:
    for key, value in facts.items():
        text = text.replace("{" + key + "}", value)
    return text


def contact_of(connection: Connection, partner: str, step: str) -> tuple[str, str, str]:
    """Name, e-mail and telephone of whom to write to: the one who completes the return, or their deputy."""
    rows = connection.exec_driver_sql(
        "SELECT id, name, email, completes_return, deputy_for, until_date, telephone FROM contact WHERE partner = ? "
        "AND NOT deleted ORDER BY coalesce(completes_return, 0) DESC, n",
        (partner,),
    ).fetchall()
    rows = [r for r in rows if r[5] is None or (last_day(str(r[5])) or clock.today()) >= clock.today()]
    first = next((r for r in rows if not r[4]), None)
    if step == "deputy":
        first = next((r for r in rows if r[4]), first)
    return (str(first[1] or ""), str(first[2] or ""), str(first[6] or "")) if first else ("", "", "")


def _greeting(connection: Connection, partner: str, step: str) -> str:
    name, _, _ = contact_of(connection, partner, step)
    return f"Dear {name}," if name else "Dear colleague,"


def _address(connection: Connection, partner: str, step: str) -> str:
    _, email, _ = contact_of(connection, partner, step)
    shared = connection.exec_driver_sql(
        "SELECT shared_mailbox FROM partner WHERE id = ?", (partner,)
    ).fetchone()
    return email or str((shared and shared[0]) or "")


def draft_many(
    session: Session, wanted: Sequence[tuple[str, str]]
) -> tuple[list[tuple[str, Draft]], list[str]]:
    """The messages of many returns, each with its return's id; a sentence for each that cannot be made.

    ``wanted`` are return ids with their steps. File names are unique.
    """
    made: list[tuple[str, Draft]] = []
    refused: list[str] = []
    names: set[str] = set()
    for return_id, step in wanted:
        try:
            one = draft(session, return_id, step)
        except AppError as error:
            refused.append(error.message)
            continue
        stem, _, ending = one.file_name.rpartition(".")
        number = 2
        while one.file_name.casefold() in names:
            one = replace(one, file_name=f"{stem} {number}.{ending}")
            number += 1
        names.add(one.file_name.casefold())
        made.append((return_id, one))
    return made, refused


def log_many(session: Session, made: Sequence[tuple[str, Draft]]) -> Changes:
    """Write down that many steps were taken today, in one transaction; a message with the workbook is no step."""
    steps = CHASE_STEP.key_list()
    with session.store.write(session.who, "Messages to many partners", Act.CHASE, None) as tx:
        for return_id, one in made:
            if one.step in steps:
                note_sent(session, tx, return_id)  # whoever is reminded has it
                tx.create(
                    "reminder",
                    {
                        "return": return_id,
                        "step": one.step,
                        "made": session.today.isoformat(),
                        "wording": one.body,
                    },
                )
    return tx.changes


def log_step(session: Session, return_id: str, step: str, words: str = "") -> Changes:
    """Write down that a step was taken today; the message with the workbook is no step, but sends what was only made."""
    known = step in CHASE_STEP.key_list()
    why = CHASE_STEP.label(step) if known else "Message with the workbook"
    with session.store.write(session.who, why, Act.CHASE, return_id) as tx:
        note_sent(session, tx, return_id)
        if known:
            tx.create(
                "reminder",
                {"return": return_id, "step": step, "made": session.today.isoformat(), "wording": words or None},
            )
    return tx.changes


def mark_sent(session: Session, return_ids: Sequence[str]) -> Changes:
    """Say that returns which were made are sent, as of today."""
    with session.store.write(session.who, "Returns sent", Act.EDIT, None) as tx:
        for return_id in return_ids:
            note_sent(session, tx, return_id)
    return tx.changes


def without_address(session: Session, return_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Partners of returns whose messages would have no address, as id and name, each once."""
    connection, found = session.read(), dict[str, str]()
    for return_id in return_ids:
        row = connection.exec_driver_sql('SELECT p.id, p.name FROM "return" r JOIN partner p ON p.id = r.partner WHERE r.id = ?', (return_id,)).fetchone()
        if row is not None and not _address(connection, str(row[0]), "sent"):
            found[str(row[0])] = str(row[1])
    return list(found.items())


def note_sent(session: Session, tx: Transaction, return_id: str) -> None:
    """A return that was only made counts as sent from the day its message was written."""
    if not tx.row("return", return_id)["sent"]:
        tx.edit("return", return_id, {"sent": session.today.isoformat()})


def queries(session: Session, submission: str) -> str:
    """The questions that wait in a review, as lines for an e-mail."""
    rows = session.read().exec_driver_sql(
        "SELECT a.reference, a.title, d.field, d.value, d.reason FROM decision d JOIN subject a ON a.id = d.record "
        "WHERE d.submission = ? AND d.decision = 'queried' AND NOT d.deleted ORDER BY a.reference, d.n",
        (submission,),
    )
    from vawg_desktop.services.return_review import label_of_column

    lines = [
        f"- {ref} {title}: {label_of_column(str(key))}, you wrote “{value or 'nothing'}”. {why or 'Please say more.'}"
        for ref, title, key, value, why in rows
    ]
    return "\n".join(lines)


