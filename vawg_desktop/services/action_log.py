"""The action log: what meetings asked for and what became of it."""

from __future__ import annotations

from vawg_desktop.domain import rules
from vawg_desktop.domain.entities import ACTION
from vawg_desktop.domain.meeting_terms import NOT_PUT
from vawg_desktop.domain.values import to_words
from vawg_desktop.exchange.document import Cell, Paragraph, Table
from vawg_desktop.services import agenda, papers, undertakings
from vawg_desktop.services import paper_parts as parts
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.outputs import day_cell
from vawg_desktop.services.paper_parts import Paper
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session


def action_log(session: Session, asked: papers.Asked) -> papers.Made:
    """What meetings asked for and what became of it: follow-up actions, undertakings and questions without an answer; of one meeting where ``about`` names it."""
    meeting = papers.meeting_of(session, asked)
    paper = Paper(session, papers.position_of(session, asked))
    rows = plain_rows(
        session.read(),
        "SELECT c.*, m.title AS met, m.date AS held, a.id AS action_id, a.reference AS action, a.title AS action_title, a.accountable, a.status AS action_status, a.due, a.revised_due, a.marking AS action_marking, a.conflicts AS action_conflicts FROM challenge c "
        "LEFT JOIN meeting m ON m.id = c.meeting LEFT JOIN action a ON a.id = c.follow_up AND NOT a.deleted "
        f"WHERE NOT c.deleted AND coalesce(c.status, '') NOT IN ('drafted', 'withdrawn'){' AND ? IN (c.meeting, c.answered_in)' if meeting else ''} ORDER BY m.date, c.n",
        (meeting.id,) if meeting is not None else (),
    )
    closed = restricted(session, [str(r[k]) for r in rows for k in ("id", "action_id") if r[k]])
    paper.also_named += [*rows, *({"marking": r["action_marking"], "reference": r["action"], "conflicts": r["action_conflicts"]} for r in rows if r["action"] and r["action_id"] not in closed)]
    status, taken_up = ACTION.by_key["status"], agenda.taken_up(session)
    logged: list[list[Cell]] = []
    followed: set[str] = set()
    for r in rows:
        words = parts.RESTRICTED if r["id"] in closed else ""
        if r["action"] and r["action_id"] not in followed:  # two questions may lead to one action
            followed.add(str(r["action_id"]))
            due = rules.effective_due(ACTION, {"due": parts.text_of(r["due"]), "revised_due": parts.text_of(r["revised_due"])})
            logged.append([papers.met_at(r), str(r["action"]), words or (parts.RESTRICTED if r["action_id"] in closed else str(r["action_title"])), paper.body(parts.text_of(r["accountable"])) or None, day_cell(due), to_words(status, parts.text_of(r["action_status"]))])
        if undertakings.is_awaited(r):
            logged.append([papers.met_at(r), str(r["reference"]), words or str(r["undertaking"]), paper.body(parts.text_of(r["asked_of"])) or None, day_cell(r["undertaking_due"]), "Undertaken"])
        if r["status"] == "asked" and r["id"] not in taken_up:
            logged.append([papers.met_at(r), str(r["reference"]), words or str(r["question"]), paper.body(parts.text_of(r["asked_of"])) or None, None, "No answer yet"])
        if r["judgement"] == "deferred" and r["status"] == "answered" and r["id"] not in taken_up:
            logged.append([papers.met_at(r), str(r["reference"]), words or str(r["question"]), paper.body(parts.text_of(r["asked_of"])) or None, None, "Answered, judgement deferred"])
    heads = ["Meeting", "Ref", "What", "Owner", "Due", "Status"]
    put = any(r["status"] not in NOT_PUT for r in rows)
    nothing = "Everything that was asked has been answered." if put else "Nothing was asked and nothing is to follow up."
    paper.blocks.append(Table("Actions and undertakings", heads, logged) if logged else Paragraph(nothing))
    return papers.finished(paper, f"Action log{f': {meeting.title}' if meeting is not None else ''}", named=[])
