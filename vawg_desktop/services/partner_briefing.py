"""The briefing about a partner: what it answers for, where that stands, and what it was asked and undertook over time."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from vawg_desktop.domain.dates import label
from vawg_desktop.domain.meeting_terms import ASSURANCE, INFORMATION, NOT_PUT
from vawg_desktop.exchange.document import Cell, Heading, Table
from vawg_desktop.services import names
from vawg_desktop.services import paper_parts as parts
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.outputs import day_cell
from vawg_desktop.services.paper_parts import Paper
from vawg_desktop.services.papers import Asked, Made, finished, position_of
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session


def of_partner(session: Session, asked: Asked, found: names.Found) -> Made:
    """What it answers for, where that stands, and what it was asked and undertook."""
    paper = Paper(session, position_of(session, asked))
    p = paper.position
    own = [r for r in p.actions if r["accountable"] == found.id]
    mine = {str(r["id"]) for r in own}
    overdue, claimed, silent = ([r for r in rows if r["id"] in mine] for rows in (p.overdue(), p.claimed(), p.silent()))
    figures = [
        paper.count("actions", "Actions it answers for", own), paper.count("overdue", "Overdue", overdue),
        paper.count("claimed", "Complete, evidence awaited", claimed), paper.count("silent", parts.SILENT_WORDS, silent),
    ]  # fmt: skip
    paper.blocks += [Heading("Where it stands"), Table("The figures of this briefing", ["Figure", "Number"], [[f.says, f.number] for f in figures])]
    parts.actions_table(paper, "Overdue", overdue)
    parts.actions_table(paper, "Complete, evidence awaited", claimed)
    parts.actions_table(paper, "Every action it answers for", own)
    _challenges(paper, found.id)
    parts.annex(paper)
    return finished(paper, f"Briefing: {found.title}", named=own)


def _challenges(paper: Paper, body: str) -> None:
    """What a body was asked over time, what it answered and undertook, and what follows it up; an independent one's answers are information, never judged."""
    rows = plain_rows(
        paper.session.read(), "SELECT c.*, m.title AS met, a.reference AS action, a.title AS action_title FROM challenge c LEFT JOIN meeting m ON m.id = c.meeting "
        "LEFT JOIN action a ON a.id = c.follow_up AND NOT a.deleted WHERE c.asked_of = ? AND NOT c.deleted "
        f"AND (coalesce(c.status, '') NOT IN {NOT_PUT} OR c.status = 'noted' AND (c.undertaking > '' OR a.id IS NOT NULL)) ORDER BY c.asked_on, c.n", (body,),
    )  # fmt: skip
    paper.also_named += rows
    independent = body in paper.independent
    closed = restricted(paper.session, [str(r[k]) for r in rows for k in ("id", "follow_up") if r[k]])
    cells: list[list[Cell]] = []
    for r in rows:
        judged = ASSURANCE.label(str(r["judgement"])) if r["judgement"] and not independent else f"Information: {INFORMATION.label(str(r['information'])).casefold()}" if r["information"] else None
        told = [parts.RESTRICTED, None] if r["id"] in closed else [None if r["status"] == "noted" else str(r["question"]), parts.text_of(r["answer"])]
        cells.append([day_cell(r["asked_on"]), parts.text_of(r["met"]), *told, judged, None if r["id"] in closed else _undertaken(r, closed)])
    if cells:
        paper.blocks.append(Table("Questions put to it", ["On", "Meeting", "Question", "Answer", "Assurance or information", "Undertaking and follow-up"], cells))


def _undertaken(r: Mapping[str, object], closed: Collection[str]) -> str | None:
    """What was undertaken, by when and whether it was met, and the action that follows it up."""
    told: list[str] = []
    if r["undertaking"]:
        due, met = (f", {words} {label(str(r[key]))}" if r[key] else "" for words, key in (("due", "undertaking_due"), ("met on", "undertaking_met")))
        told.append(f"{r['undertaking']}{due}{met}")
    if r["action"]:
        told.append(f"{r['action']} {parts.RESTRICTED if str(r['follow_up']) in closed else r['action_title']}")
    return "; ".join(told) or None
