"""The minutes of a meeting, made from what was noted in it: who was there, each item with its answers, judgements, decisions and follow-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vawg_desktop.domain import rules
from vawg_desktop.domain.dates import label
from vawg_desktop.domain.entities import ACTION, BY_KEY
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.meeting_terms import ASSURANCE, ATTENDANCE, DECISION_KIND, INFORMATION, ITEM_STATE
from vawg_desktop.domain.terms import MARKING, how_many
from vawg_desktop.exchange.document import Block, Cell, Heading, Items, Paragraph, Quote, Table
from vawg_desktop.services import agenda, attendance, item_questions, meeting_notes, outputs
from vawg_desktop.services import paper_parts as parts
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.meeting_statuses import StatusSet, statuses_set
from vawg_desktop.services.outputs import day_cell
from vawg_desktop.services.over_time import former_names
from vawg_desktop.services.paper_parts import RESTRICTED, Counted
from vawg_desktop.services.papers import Asked, Made
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

Row = Mapping[str, object]


def minutes(session: Session, asked: Asked) -> Made:
    """The minutes of the meeting that ``about`` names. Private remarks are not in them; private and restricted items stand as a number and that they were private.

    Raises NotFoundError, and ValueRefusedError where no meeting is named.
    """
    if not asked.about:
        raise ValueRefusedError("Say which meeting it is about (with --about, on a command line).")
    meeting = agenda.find_meeting(session, asked.about[0])
    agenda.refuse_binned(session, meeting)
    held = meeting_notes.held(session, meeting.id)
    connection = session.read()
    row = plain_rows(connection, "SELECT * FROM meeting WHERE id = ?", (meeting.id,))[0]
    blocks: list[Block] = []
    _who_was_there(session, blocks, meeting.id)
    challenges = item_questions.of_meeting(connection, meeting.id, held.items)
    decisions = plain_rows(connection, "SELECT * FROM meeting_decision WHERE meeting = ? AND NOT deleted ORDER BY n", (meeting.id,))
    noted = [c for c in challenges if c["status"] == "noted"]  # to be followed up, but nothing was asked
    challenges = [c for c in challenges if c["status"] != "noted"]
    told = [str(r["id"]) for rows in (held.items, challenges, noted, decisions) for r in rows]
    closed = restricted(session, [*told, *(str(c["follow_up"]) for c in (*challenges, *noted) if c["follow_up"])])
    private = {str(r["id"]) for r in held.items if r["private"] or r["id"] in closed}
    blocks.append(Heading("Items"))
    for number, item in enumerate(held.items, 1):
        of_item = [[r for r in rows if r["item"] == item["id"]] for rows in (challenges, decisions, noted)]
        _item(connection, blocks, number, item, _ItemNotes(*of_item), closed, private)
    there = {str(i["id"]) for i in held.items}
    beside = [c for c in challenges if c["item"] not in there]
    apart = [d for d in decisions if d["item"] not in there]
    if beside or apart:
        blocks.append(Heading("Apart from the agenda", 2))
        _said(connection, blocks, beside, apart, closed)
    shown = [c for c in challenges if c["id"] not in closed and c["item"] not in private]
    _follow_ups(connection, blocks, [c for c in (*challenges, *noted) if c["id"] not in closed and c["item"] not in private], closed, str(row["date"]) if row["date"] else None)
    said = [c for c in shown if c["answer"]]
    unchecked = _checks(blocks, said)
    figures = [
        Counted("questions", "Questions asked", tuple(str(c["id"]) for c in shown if "asked_before_on" not in c)),
        Counted("checked", "Answers checked by those who gave them", tuple(str(c["id"]) for c in said if c["checked_by"])),
        Counted("answered", "Answered", tuple(str(c["id"]) for c in shown if c["status"] == "answered")),
        Counted("decisions", "Decisions", tuple(str(d["id"]) for d in decisions if d["id"] not in closed and d["item"] not in private)),
    ]  # fmt: skip
    asked_of, answered, decided = (next(f.number for f in figures if f.key == key) for key in ("questions", "answered", "decisions"))
    before = sum("asked_before_on" in c for c in shown)
    again = f", and {before} of an earlier meeting" if before else ""
    blocks.append(Paragraph(f"{how_many(asked_of, 'question')} asked{again}, {answered} answered; {how_many(decided, 'decision')}."))
    ladder = [MARKING.label(k) for k in MARKING.key_list()]
    about = [str(r["about"]) for rows in (held.items, challenges, decisions) for r in rows if r["about"] and r["about"] not in closed]
    about += [str(c["follow_up"]) for c in (*shown, *noted) if c["follow_up"] and c["follow_up"] not in closed]
    named = [{"marking": one} for one in parts.markings(connection, about)]
    strict = max((ladder.index(MARKING.label(str(r["marking"] or "official"))) for r in (*challenges, *noted, *decisions, *named)), default=0)
    when = [label(str(row["date"])) if row["date"] else "", "–".join(str(row[k]) for k in ("starts", "ends") if row[k]), str(row["place"] or "")]
    lines = [f"{meeting.body_name or 'Meeting'}: {', '.join(w for w in when if w)}".rstrip(": "), _standing(len(said), unchecked, asked.words.get("stage", "")), *outputs.conflict_note(_rows_told(connection, meeting.id, held.items, (*challenges, *noted), decisions))]
    return Made(outputs.document(session, f"Minutes: {meeting.title}", blocks, ladder[strict], lines), figures, stage="draft" if unchecked or not said else "checked")


def _rows_told(connection: Connection, meeting: str, *parts: Sequence[Row]) -> list[Row]:
    """All that minutes are made of: the meeting, who came, its items, questions and decisions; where two copies said different things that is told."""
    told = plain_rows(connection, "SELECT * FROM meeting WHERE id = ?", (meeting,))
    told += plain_rows(connection, "SELECT * FROM attendance WHERE meeting = ? AND NOT deleted ORDER BY n", (meeting,))
    return [*told, *(row for part in parts for row in part)]


def _standing(said: int, unchecked: int, stage: str) -> str:
    """How far minutes are checked, which are a draft until the next meeting approves them; ``stage`` is at which they are sent, where they are."""
    checked = f"{said - unchecked} of {how_many(said, 'answer')} checked by those who gave them" if said else "nothing in them to be checked"
    if stage in ("approved", "published"):
        return f"Approved minutes: {checked}."
    return f"DRAFT until checked by those who spoke and approved at the next meeting: {checked}."


def _checks(blocks: list[Block], said: Sequence[Row]) -> int:
    """Who found right what they are minuted to have said; returns how many answers nobody checked yet."""
    if not said:
        return 0
    rows: list[list[Cell]] = []
    for c in said:
        who = ", ".join(str(c[k]) for k in ("answered_by", "body") if c[k])
        rows.append([str(c["reference"]), who or None, str(c["checked_by"]) if c["checked_by"] else "Not checked yet", day_cell(c["checked_on"])])
    blocks += [Heading("Checked by those who spoke"), Table("Answers and who checked them", ["Ref", "Said by", "Checked by", "On"], rows)]
    return sum(not c["checked_by"] for c in said)


def _who_was_there(session: Session, blocks: list[Block], meeting: str) -> None:
    told = [one for one in attendance.attendance(session, meeting) if one.state]
    day = session.read().exec_driver_sql("SELECT date FROM meeting WHERE id = ?", (meeting,)).scalar()
    then = former_names(session.read(), {one.partner: str(day) if day else None for one in told if one.partner})
    told = [replace(one, partner_name=then.get(one.partner, one.partner_name)) for one in told]
    blocks.append(Heading("Attendance"))
    chair = _chair(session, meeting, told)
    lines = [f"In the chair: {chair}"] if chair else []
    if not told:
        blocks += [Paragraph(words) for words in (*lines, "No attendance was noted.")]
        return
    for key in ATTENDANCE.key_list():
        some = [_called(one) for one in told if one.state == key]
        if some:
            lines.append(f"{ATTENDANCE.label(key)}: {', '.join(some)}")
    declared = [f"{one.person} declared: {one.declared}" for one in told if one.declared]
    blocks.append(Items([*lines, *(declared or ["No interest was declared."])]))


def _chair(session: Session, meeting: str, told: Sequence[attendance.Attends]) -> str:
    """Who took the chair: whom the meeting names, else the body's chair where they came, else nobody that is known."""
    named, body = session.read().exec_driver_sql(
        "SELECT m.chair, b.chair FROM meeting m LEFT JOIN governance_body b ON b.id = m.body WHERE m.id = ?", (meeting,)
    ).one()
    came = [one.person for one in told if one.state in ("present", "by_link")]
    sits = next((one.person for one in told if one.role == "chair" and one.person in came), "")
    return str(named or "") or sits or (str(body) if body in came else "")


def _called(one: attendance.Attends) -> str:
    """Somebody with whom they are there for: a body, another person."""
    beside = [one.partner_name] if one.partner_name else []
    beside += [f"in place of {one.in_place_of}"] if one.in_place_of else []
    return f"{one.person} ({', '.join(beside)})" if beside else one.person


@dataclass(frozen=True, slots=True)
class _ItemNotes:
    """What was noted of an item: the questions put, the decisions, and what was noted without a question."""

    challenges: Sequence[Row]
    decisions: Sequence[Row]
    apart: Sequence[Row]


def _item(connection: Connection, blocks: list[Block], number: int, item: Row, noted: _ItemNotes, closed: set[str], private: set[str]) -> None:
    if item["id"] in private:
        blocks += [Heading(f"{number}. Private item", 2), Paragraph("Taken in private; not minuted here.")]
        return
    blocks.append(Heading(f"{number}. {item['title']}", 2))
    state = str(item["state"] or "to_take")
    facts = [fact for c in noted.apart if c["id"] not in closed for fact in _facts(connection, c, closed)]
    facts += [_status_words(one) for one in statuses_set(connection, item)]
    if not noted.challenges and not noted.decisions and not facts:
        blocks.append(Paragraph({"taken": "Taken; nothing was asked or decided.", "to_take": "Not reached."}.get(state, f"{ITEM_STATE.label(state)}.")))
        return
    _said(connection, blocks, noted.challenges, noted.decisions, closed, title=str(item["title"]))
    if facts:
        blocks.append(Items(facts))
    if state == "carried":
        blocks.append(Paragraph("Carried forward."))


def _status_words(one: StatusSet) -> str:
    """A status that was set in the meeting, in words."""
    terms = BY_KEY[one.entity].status_field
    assert terms is not None and terms.terms is not None
    was = f", from {terms.terms.label(one.was).casefold()}" if one.was else ""
    return f"Status of {one.reference} set to {terms.terms.label(one.now).casefold()}{was}{f': {one.why}' if one.why else ''}"


def _said(connection: Connection, blocks: list[Block], challenges: Sequence[Row], decisions: Sequence[Row], closed: set[str], *, title: str = "") -> None:
    """What was asked, answered, judged and decided about an item."""
    for c in challenges:
        if c["id"] in closed:
            blocks.append(Paragraph(f"{c['reference']}: restricted, not minuted here."))
            continue
        if c["question"] != title:
            by = f"{c['asked_by']} asked" if c["asked_by"] else "Asked"
            of = f" of {c['body']}" if c["body"] else ""
            on = f" on {label(str(c['asked_before_on']))}" if c.get("asked_before_on") else ""
            blocks.append(Paragraph(f"{by}{of}{on}: {c['question']}"))
        blocks += _answer(c)
        facts = _facts(connection, c, closed)
        if facts:
            blocks.append(Items(facts))
    for d in decisions:
        kind = DECISION_KIND.label(str(d["kind"] or "decided"))
        by = f" by {d['made_by']}" if d["made_by"] and d["id"] not in closed else ""
        reason = f" Reason: {d['reason']}" if d["reason"] else ""
        blocks.append(Paragraph(f"{kind}{by}: {RESTRICTED if d['id'] in closed else str(d['words']) + reason}"))


def _answer(c: Row) -> list[Block]:
    """An answer with who gave it and when: word for word as a quote, a summary as a paragraph."""
    if not c["answer"]:
        return [Paragraph("No answer was given yet.")] if c["status"] == "asked" else []
    who = ", ".join(str(c[k]) for k in ("answered_by", "body") if c[k])
    at = f", {c['answered_at']}" if c["answered_at"] else ""
    if c["answer_as"] == "verbatim":
        return [Quote(str(c["answer"]), f"{who}{at}")]
    return [Paragraph(f"{who or 'Answer'}{at}: {c['answer']}")]


def _facts(connection: Connection, c: Row, closed: set[str]) -> list[str]:
    """How an answer was judged, what was undertaken, and the action that follows it up."""
    facts: list[str] = []
    if c["judgement"] and c["standing"] != "independent":
        facts.append(f"Assurance: {ASSURANCE.label(str(c['judgement'])).casefold()}")
    if c["information"]:
        facts.append(f"Information: {INFORMATION.label(str(c['information'])).casefold()}")
    if c["undertaking"]:
        due = f" by {label(str(c['undertaking_due']))}" if c["undertaking_due"] else ""
        facts.append(f"Undertaking: {c['undertaking']}{due}")
    if c["follow_up"]:
        followed = plain_rows(connection, "SELECT reference, title FROM action WHERE id = ? AND NOT deleted", (c["follow_up"],))
        facts += [f"Follow-up: {a['reference']} {RESTRICTED if c['follow_up'] in closed else a['title']}" for a in followed]
    return facts


def _follow_ups(connection: Connection, blocks: list[Block], challenges: Sequence[Row], closed: set[str], day: str | None) -> None:
    """The actions that came of a meeting on a day, with date and owner as they were called then."""
    rows: list[list[Cell]] = []
    owners = connection.exec_driver_sql("SELECT DISTINCT accountable FROM action WHERE accountable IS NOT NULL").fetchall()
    then = former_names(connection, {str(owner): day for (owner,) in owners})
    for followed in dict.fromkeys(str(c["follow_up"]) for c in challenges if c["follow_up"]):  # two questions may lead to one action
        for a in plain_rows(
            connection, "SELECT a.reference, a.title, a.due, a.revised_due, coalesce(p.short_name, p.name, '') AS body, a.accountable FROM action a LEFT JOIN partner p ON p.id = a.accountable "
            "WHERE a.id = ? AND NOT a.deleted", (followed,),
        ):  # fmt: skip
            due = rules.effective_due(ACTION, {k: str(a[k]) if a[k] else None for k in ("due", "revised_due")})
            rows.append([str(a["reference"]), RESTRICTED if followed in closed else str(a["title"]), then.get(str(a["accountable"]), str(a["body"])) or None, day_cell(due)])
    blocks.append(Heading("Actions from this meeting"))
    blocks.append(Table("Actions from this meeting", ["Ref", "Action", "Owner", "Due"], rows) if rows else Paragraph("None."))
