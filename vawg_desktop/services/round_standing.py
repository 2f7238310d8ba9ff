"""Where each partner of a round stands: what was sent, what came, who is late or silent, what the ladder of reminders says next."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain.calendar import working_between
from vawg_desktop.domain.dates import last_day
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import names
from vawg_desktop.services.answer_counts import AnswerCounts, declared_in_words, standing_answers, versions_of
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: The ladder by standing: step and the working days after the due date at which it comes up.
REMINDER_STEPS: dict[str, tuple[tuple[str, int], ...]] = {
    "own_office": (("courtesy", -3), ("reminder", 1)),
    "held_to_account": (("courtesy", -3), ("reminder", 1), ("deputy", 5), ("formal_letter", 10)),
    "under_contract": (("courtesy", -3), ("reminder", 1), ("deputy", 5), ("formal_letter", 10)),
    "voluntary": (("courtesy", -3), ("reminder", 1), ("deputy", 7)),
    "independent": (("invitation", 1), ("invitation", 10)),
    "government": (("invitation", 1), ("invitation", 10)),
}
#: Working days after the due date from which a partner that was chased and answered nothing is called silent.
SILENT_AFTER = 10


@dataclass(slots=True)
class RoundPartner:
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
    #: The round that it is of, and its period where that is not the one asked about now.
    round_id: str = ""
    earlier: str = ""

    @property
    def is_awaited(self) -> bool:
        """Whether a return was sent out and nothing that was not reversed has come back."""
        return self.step in ("sent", "late", "silent")


def partners_now(session: Session) -> list[RoundPartner]:
    """What waits now, of actions' and services' rounds together: the partners of the round that is on, and returns of earlier ones that are to be reviewed.

    A round is on once one of its workbooks was sent; one that is only prepared stands beside the one before it.
    """
    rounds = session.read().exec_driver_sql(
        "SELECT o.id, coalesce(o.kind, 'progress'), o.period, EXISTS (SELECT 1 FROM \"return\" r LEFT JOIN submission s ON s.\"return\" = r.id AND NOT s.deleted "
        "WHERE r.round = o.id AND NOT r.deleted AND (r.sent IS NOT NULL OR s.id IS NOT NULL)), EXISTS (SELECT 1 FROM \"return\" r JOIN submission s ON s.\"return\" = r.id "
        "WHERE r.round = o.id AND NOT r.deleted AND NOT s.deleted AND s.state = 'in_review') FROM round o WHERE NOT o.deleted ORDER BY o.n DESC"
    ).fetchall()
    on: set[str] = set()
    prepared: set[str] = set()
    found: list[RoundPartner] = []
    for id, kind, period, begun, to_review in rounds:
        if str(kind) not in on and (begun or str(kind) not in prepared):  # of several that are only prepared the newest one
            prepared.add(str(kind))
            found += partners_of_round(session, str(id))
        elif to_review:
            found += [replace(one, earlier=str(period)) for one in partners_of_round(session, str(id)) if one.step == "received"]
        if begun:
            on.add(str(kind))
    return found


def to_review(session: Session) -> dict[str, int]:
    """How many partners' returns are to be reviewed, by round."""
    rows = session.read().exec_driver_sql(
        'SELECT r.round, count(DISTINCT r.partner) FROM submission s JOIN "return" r ON r.id = s."return" AND NOT r.deleted '
        "WHERE s.state = 'in_review' AND NOT s.deleted GROUP BY r.round"
    )
    return {str(round_id): int(count) for round_id, count in rows}


def partners_of_round(session: Session, round_id: str | None = None, partner: str | None = None) -> list[RoundPartner]:
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
    found: list[RoundPartner] = []
    for id, reference, partner, name, standing, version, sent, due in rows:
        one = RoundPartner(
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
        one.round_id = round_id
        _what_came(connection, round_id, one, session.store.may_read("return", "base"))
        one.log = _log(connection, round_id, one.partner_id)
        _where_it_stands(one, session.today)
        found.append(one)
    return sorted(found, key=lambda one: fold(one.partner))  # as they are called where they are listed


def _what_came(connection: Connection, round_id: str, one: RoundPartner, with_base: bool) -> None:
    """What came back. Who may not see what was sent (a reader on a server) is told the step and no counts."""
    returns = versions_of(connection, one.return_id)
    rows = connection.exec_driver_sql(
        'SELECT s.id, s.received, s.state, s.channel FROM submission s '
        f"WHERE s.\"return\" IN ({','.join('?' * len(returns))}) AND NOT s.deleted ORDER BY s.n DESC",
        tuple(returns),
    ).fetchall()
    standing = [r for r in rows if r[2] != "reversed"]
    if not rows:
        return
    row = (standing or rows)[0]
    answers = standing_answers(connection, one.return_id, with_base=with_base)
    one.submission, one.channel = str(row[0]), str(row[3] or "")
    if not standing:  # taken back as a whole: it is waited for again
        return
    one.received = min(
        str(r[1] or "9") for r in standing
    )  # what follows a return in time does not make it late
    one.step = {"in_review": "received", "applied": "applied"}[str(row[2])]
    one.nil = answers.nil
    one.declared = declared_in_words(answers.declaration)
    one.counts = answers.counts(_rows_sent(connection, one.return_id) if with_base else [])


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


def _where_it_stands(one: RoundPartner, today: date) -> None:
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
    ladder = REMINDER_STEPS.get(one.standing, REMINDER_STEPS["voluntary"])
    for number, (step, day) in enumerate(ladder):
        if after < day:
            break
        if step == "courtesy" and today > due:
            continue
        if done.count(step) <= sum(1 for s, _ in ladder[:number] if s == step):
            one.next_step = step
            return


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
        one = next(iter(partners_of_round(session, str(round_id), found_partner.id)), None)
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
