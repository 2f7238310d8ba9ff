"""The round between sending and the board: who is late or silent, the ladder of reminders, extensions, the call sheet.

Wording is neutral and follows the partner's standing: an independent body is invited and never receives a formal letter
(DESIGN 5, Round). Dates are planned back from the board's paper deadline over working days.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import Connection

from vawg_desktop.domain import clock
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.calendar import working_between, working_days
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label, last_day, parse_date
from vawg_desktop.domain.errors import AppError, NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.domain.terms import ACTION_STATUS, CHASE_STEP
from vawg_desktop.services import names
from vawg_desktop.services.answer_counts import AnswerCounts, standing_answers
from vawg_desktop.services.office import office_name, settings_said
from vawg_desktop.services.return_review import declared_in_words
from vawg_desktop.services.session import Session
from vawg_desktop.store.door import Transaction

#: The ladder by standing: step and the working days after the due date at which it comes up.
LADDERS: dict[str, tuple[tuple[str, int], ...]] = {
    "own_office": (("courtesy", -3), ("reminder", 1)),
    "held_to_account": (("courtesy", -3), ("reminder", 1), ("deputy", 5), ("formal_letter", 10)),
    "under_contract": (("courtesy", -3), ("reminder", 1), ("deputy", 5), ("formal_letter", 10)),
    "voluntary": (("courtesy", -3), ("reminder", 1), ("deputy", 7)),
    "independent": (("invitation", 1), ("invitation", 10)),
    "government": (("invitation", 1), ("invitation", 10)),
}
#: Working days after the due date from which a partner that was chased and said nothing is called silent.
SILENT_AFTER = 10
_PAPERS, _REVIEW, _FILLING = 7, 5, 15
_WORDING: dict[str, tuple[str, str]] = {
    "sent": ("Progress return {period}, due {due}", "Please find attached the progress return of {partner} for {period}. It holds your own actions only. Please fill in the pale yellow cells and send it back by {due}. Choose an Answer for every action, “No change” where nothing has moved: an action left without one is counted as not answered."),
    "courtesy": ("Progress return {period} is due on {due}", "This is a short note that the progress return of {partner} for {period} is due on {due}. It is attached again for convenience. If it is on its way, please disregard this."),
    "reminder": ("Progress return {period}: no return received yet", "We have no return received from {partner} for {period}; its date is {due}. The workbook is attached again. If the date cannot be kept, please tell us which date can, or answer by telephone and we will write it down."),
    "deputy": ("Progress return {period} of {partner}: no return received", "We have no return received from {partner} for {period}, due on {due}, and have not been able to reach your colleague. May we ask you to look into it? The workbook is attached."),
    "formal_letter": ("Progress return {period}: request for a return", "The return of {partner} for {period} was due on {due}. No return has been received, and earlier messages remain without an answer. The Commissioner asks for it so that the board has your position before it. Without one, the papers will say “no return received”."),
    "invitation": ("Invitation to contribute: {period}", "You are invited to contribute to the progress report for {period}. The workbook attached shows what the office holds about {partner}; whatever you would like to add or correct is welcome. We had hoped for it by {due}; a later date is welcome too."),
    "query": ("Progress return {period}: questions on your answers", "Thank you for the return of {partner} for {period}. We have a few questions on your answers and would be glad of a reply."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """A round's dates, planned back from its board: ISO days."""

    send: date
    due: date
    papers: date
    board: date


def plan_back(board: date) -> Plan:
    """Papers leave seven working days before the board; returns come five before that; partners have fifteen."""
    papers = working_days(board, -_PAPERS)
    due = working_days(papers, -_REVIEW)
    return Plan(working_days(due, -_FILLING), due, papers, board)


def coming_boards(session: Session) -> list[tuple[str, str]]:
    """Meetings still to come with a day: what to call each, and its ISO date, soonest first."""
    rows = session.read().exec_driver_sql(
        "SELECT m.title, m.date FROM meeting m WHERE NOT m.deleted AND length(m.date) = 10 AND m.date > ? ORDER BY m.date LIMIT 12",
        (session.today.isoformat(),),
    )
    return [(f"{title}, {label(str(day))}", str(day)) for title, day in rows]


@dataclass(slots=True)
class Chased:
    """One partner of a round: how it stands, what was done, what the ladder says next."""

    return_id: str
    reference: str
    partner_id: str
    partner: str
    standing: str
    version: int
    sent: str | None
    due: str | None
    received: str | None
    step: str
    next_step: str = ""
    log: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    submission: str | None = None
    nil: bool = False
    counts: AnswerCounts = field(default_factory=AnswerCounts)
    channel: str = ""
    #: Who completed and who cleared it, in words.
    declared: str = ""

    @property
    def waited_for(self) -> bool:
        """Whether nothing stands that this partner sent; one that was reversed as a whole is waited for again."""
        return self.step in ("sent", "late", "silent")


def standing_of(session: Session, round_id: str | None = None, partner: str | None = None) -> list[Chased]:
    """Every partner of a round (or one), by name: the newest version sent, what came, the next step of its ladder."""
    connection = session.read()
    if round_id is None:
        newest = connection.exec_driver_sql(
            "SELECT id FROM round WHERE NOT deleted ORDER BY n DESC LIMIT 1"
        ).fetchone()
        if newest is None:
            return []
        round_id = str(newest[0])
    rows = connection.exec_driver_sql(
        "SELECT r.id, r.reference, r.partner, coalesce(p.short_name, p.name), p.standing, r.version, r.sent, r.due "
        'FROM "return" r JOIN partner p ON p.id = r.partner WHERE r.round = ? AND NOT r.deleted AND r.version = '
        '(SELECT max(v.version) FROM "return" v WHERE v.round = r.round AND v.partner = r.partner AND NOT v.deleted) AND r.partner = coalesce(?, r.partner) ORDER BY p.x_sort',
        (round_id, partner),
    ).fetchall()
    found: list[Chased] = []
    for id, reference, partner, name, standing, version, sent, due in rows:
        one = Chased(
            str(id),
            str(reference),
            str(partner),
            str(name),
            str(standing or "voluntary"),
            int(version),
            sent,
            due,
            None,
            "sent",
        )
        _what_came(connection, round_id, one, session.store.may_read("return", "base"))
        one.log = _log(connection, round_id, one.partner_id)
        _where_it_stands(one, session.today)
        found.append(one)
    return found


def _what_came(connection: Connection, round_id: str, one: Chased, with_base: bool) -> None:
    """What came back. Who may not see what was sent (a reader on a server) is told the step and no counts."""
    rows = connection.exec_driver_sql(
        'SELECT s.id, s.received, s.state, s.channel FROM submission s JOIN "return" r ON r.id = s."return" '
        "WHERE r.round = ? AND r.partner = ? AND NOT s.deleted ORDER BY s.n DESC",
        (round_id, one.partner_id),
    ).fetchall()
    standing = [r for r in rows if r[2] != "reversed"]
    if not rows:
        return
    row = (standing or rows)[0]
    said = standing_answers(connection, round_id, one.partner_id, with_base=with_base)
    one.submission, one.channel = str(row[0]), str(row[3] or "")
    if not standing:  # taken back as a whole: it is waited for again
        return
    one.received = min(
        str(r[1] or "9") for r in standing
    )  # what follows a return in time does not make it late
    one.step = {"in_review": "received", "applied": "applied"}[str(row[2])]
    one.nil = said.nil
    one.declared = declared_in_words(said.declaration)
    one.counts = said.counts(_rows_sent(connection, one.return_id) if with_base else [])


def _rows_sent(connection: Connection, return_id: str) -> list[dict[str, Any]]:
    """The rows of a return as they were sent."""
    row = connection.exec_driver_sql('SELECT base FROM "return" WHERE id = ?', (return_id,)).one()
    return json.loads(row[0] or '{"rows": []}')["rows"]


def _log(connection: Connection, round_id: str, partner: str) -> list[dict[str, str]]:
    rows = connection.exec_driver_sql(
        'SELECT m.step, m.made, m.due, m.agreed_by, m.note FROM reminder m JOIN "return" r ON r.id = m."return" '
        "WHERE r.round = ? AND r.partner = ? AND NOT m.deleted ORDER BY m.n",
        (round_id, partner),
    )
    keys = ("step", "made", "due", "agreed_by", "note")
    return [{k: str(v or "") for k, v in zip(keys, row, strict=True)} for row in rows]


def _where_it_stands(one: Chased, today: date) -> None:
    if one.step == "sent" and not one.sent:
        one.step, one.next_step = "made", "sent"
    if one.step != "sent":
        return
    due = last_day(one.due)
    if due is None:
        return
    after = working_between(due, today) if today > due else -working_between(today, due)
    done = [entry["step"] for entry in one.log if entry["step"] != "extension"]
    if today > due:
        one.step = "silent" if after > SILENT_AFTER and done else "late"
    ladder = LADDERS.get(one.standing, LADDERS["voluntary"])
    for number, (step, day) in enumerate(ladder):
        if after < day:
            break
        if step == "courtesy" and today > due:
            continue
        if done.count(step) <= sum(1 for s, _ in ladder[:number] if s == step):
            one.next_step = step
            return


def extend(session: Session, return_id: str, due: str, agreed_by: str, why: str = "") -> Changes:
    """A later date for one partner; the first date stays in the log. Raises ValueRefusedError."""
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
    said = settings_said(session.read(), "wording.")
    found: dict[str, tuple[str, str]] = {}
    for step, (subject, body) in _WORDING.items():
        found[step] = (
            said.get(f"wording.{step}.subject") or subject,
            said.get(f"wording.{step}.body") or body,
        )
    return found


def may(standing: str, step: str) -> bool:
    """Whether a step is fit for a body of that standing: never a formal letter to an independent one."""
    return not (step in ("formal_letter", "deputy") and standing in ("independent", "government"))


def draft(session: Session, return_id: str, step: str, *, extra: str = "") -> Draft:
    """The e-mail of a step as .eml: unsent, the workbook as it was sent and the date attached. Raises RuleError."""
    connection = session.read()
    row = connection.exec_driver_sql(
        'SELECT r.reference, r.partner, p.name, p.standing, q.period, r.due, r.file_sha256, r.file_name FROM "return" r '
        "JOIN partner p ON p.id = r.partner JOIN round q ON q.id = r.round WHERE r.id = ? AND NOT r.deleted",
        (return_id,),
    ).fetchone()
    if row is None:
        raise NotFoundError("That return is not in this store.")
    reference, partner, name, standing, period, due, sha256, file_name = (str(x or "") for x in row)
    if not may(standing, step):
        raise RuleError(
            f"{name} is independent: it is invited to contribute and receives no {CHASE_STEP.label(step).casefold()}.",
            code="rule_standing",
        )
    subject, body = wording(session)[step]
    facts = {
        "partner": name,
        "period": period,
        "due": label(due) or "a date to be agreed",
        "reference": reference,
    }
    office = office_name(connection)
    words = f"{_greeting(connection, partner, step)}\n\n{_filled(body, facts)}\n{f'{chr(10)}{extra}{chr(10)}' if extra else ''}\nYours sincerely,\n{session.who}\n{office}\n\nOur reference: {reference}\n"
    message = EmailMessage()
    message["Subject"] = f"{_filled(subject, facts)} [{reference}]"
    message["To"] = _address(connection, partner, step)
    message["X-Unsent"] = "1"
    message.set_content(words)
    content = session.store.files.get(sha256)
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=file_name)
    if day := last_day(due):
        message.add_attachment(
            event(f"Progress return {period}: {name}", day, reference).encode(),
            maintype="text",
            subtype="calendar",
            filename="due date.ics",
        )
    safe = "".join(
        c if c.isalnum() or c in " -" else "-"
        for c in f"{name} {period} {CHASE_STEP.label(step) if step in CHASE_STEP.key_list() else step}"
    )
    return Draft(name, step, message["Subject"], words, f"{safe}.eml", bytes(message))


def _filled(text: str, facts: dict[str, str]) -> str:
    for key, value in facts.items():
        text = text.replace("{" + key + "}", value)
    return text


def _contact(connection: Connection, partner: str, step: str) -> tuple[str, str, str]:
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
    name, _, _ = _contact(connection, partner, step)
    return f"Dear {name}," if name else "Dear colleague,"


def _address(connection: Connection, partner: str, step: str) -> str:
    _, email, _ = _contact(connection, partner, step)
    shared = connection.exec_driver_sql(
        "SELECT shared_mailbox FROM partner WHERE id = ?", (partner,)
    ).fetchone()
    return email or str((shared and shared[0]) or "")


def event(title: str, day: date, reference: str) -> str:
    """An all-day calendar entry (iCalendar, RFC 5545), lines folded at 75 octets."""
    stamp = datetime(day.year, day.month, day.day).strftime("%Y%m%dT000000Z")  # noqa: DTZ001 - a date, not a moment
    escaped = title.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//VAWG Desktop//EN", "METHOD:PUBLISH", "BEGIN:VEVENT", f"UID:{reference}-due@vawg-desktop",
        f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped}", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(_folded(line) + "\r\n" for line in lines)


def _folded(line: str) -> str:
    data, parts = line.encode(), list[str]()
    while len(data) > 74:
        cut = 74
        while data[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(data[:cut].decode())
        data = data[cut:]
    return "\r\n ".join([*parts, data.decode()])


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
            note_sent(session, tx, return_id)
            if one.step in steps:
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


def note_sent(session: Session, tx: Transaction, return_id: str) -> None:
    """A return that was only made counts as sent from the day its message was written."""
    if not tx.row("return", return_id)["sent"]:
        tx.edit("return", return_id, {"sent": session.today.isoformat()})


def queries(session: Session, submission: str) -> str:
    """The questions that wait in a review, as lines for an e-mail."""
    rows = session.read().exec_driver_sql(
        "SELECT a.reference, a.title, d.field, d.value, d.reason FROM decision d JOIN action a ON a.id = d.record "
        "WHERE d.submission = ? AND d.decision = 'queried' AND NOT d.deleted ORDER BY a.reference, d.n",
        (submission,),
    )
    from vawg_desktop.services.return_review import label_of_column

    lines = [
        f"- {ref} {title}: {label_of_column(str(key))}, you wrote “{value or 'nothing'}”. {why or 'Please say more.'}"
        for ref, title, key, value, why in rows
    ]
    return "\n".join(lines)


def call_sheet(session: Session, return_id: str) -> tuple[str, list[str], list[list[str]]]:
    """One page for a telephone call: title, headings and a row for each action that was not answered yet."""
    connection = session.read()
    row = connection.exec_driver_sql(
        'SELECT r.partner, p.name, q.period, r.due, r.base, r.round FROM "return" r JOIN partner p ON p.id = r.partner JOIN round q ON q.id = r.round WHERE r.id = ?',
        (return_id,),
    ).fetchone()
    if row is None:
        raise NotFoundError("That return is not in this store.")
    contact, email, telephone = _contact(connection, str(row[0]), "reminder")
    who = ", ".join(x for x in (contact, telephone, email) if x)
    title = f"Call sheet: {row[1]}, {row[2]}, due {label(str(row[3]))}{f'. {who}' if who else ''}"
    found: list[list[str]] = []
    said = standing_answers(connection, str(row[5]), str(row[0]))
    rows = json.loads(row[4] or '{"rows": []}')["rows"]
    if said.files:
        title += f". {said.counts(rows).in_words()}"
    for base in rows:
        values = base["values"]
        if said.way(base) not in ("not_answered", "not_able"):
            continue  # finished, or answered already: nothing to ask
        status = ACTION_STATUS.label(str(values.get("status") or "not_known"))
        found.append(
            [
                base["reference"],
                base["locked"][0],
                base["locked"][2],
                status,
                str(values.get("narrative") or ""),
                "",
            ]
        )
    return title, ["Ref", "Action", "Due", "Status", "Last said", "Answer now"], found


def record_over_time(session: Session, partner: str) -> list[dict[str, object]]:
    """A partner's rounds, newest first: due, received, working days late (negative: early), answers, who completed and cleared them."""
    connection = session.read()
    found_partner = names.find_named(connection, "partner", partner) or names.find(
        connection, partner, "partner"
    )
    rows = connection.exec_driver_sql(
        "SELECT id, period FROM round WHERE NOT deleted ORDER BY n DESC"
    ).fetchall()
    found: list[dict[str, object]] = []
    for round_id, period in rows:
        one = next(iter(standing_of(session, str(round_id), found_partner.id)), None)
        if one is None:
            continue
        due, came = last_day(one.due), last_day(one.received) if one.received else None
        late = working_between(due, came) if due and came else None
        found.append({
            "period": period, "due": one.due, "received": one.received, "late": late, "step": one.step, "nil": one.nil,
            **one.counts.as_dict(), "answers": one.counts.in_words(), "declared": one.declared,
            "reminders": sum(1 for entry in one.log if entry["step"] != "extension"),
            "extensions": sum(1 for entry in one.log if entry["step"] == "extension"),
        })  # fmt: skip
    return found
