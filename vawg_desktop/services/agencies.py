"""The audit of agencies: each one's actions, dates and proof, every number with the actions that it counts."""

from __future__ import annotations

from collections.abc import Sequence

from vawg_desktop.domain.terms import how_many
from vawg_desktop.exchange.document import Cell, Heading, Paragraph, Table
from vawg_desktop.services import paper_parts as parts
from vawg_desktop.services import standing
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.paper_parts import Paper
from vawg_desktop.services.papers import Asked, Made, finished, position_of
from vawg_desktop.services.session import Session


def audit(session: Session, asked: Asked) -> Made:
    """The twice-yearly audit: each agency's actions, dates and proof; independent bodies' contributions without rating or judgement."""
    paper = Paper(session, position_of(session, asked))
    p = paper.position
    overdue, claimed, proved = (set(standing.ids_of(rows)) for rows in (p.overdue(), p.claimed(), p.proved()))
    bodies = plain_rows(session.read(), "SELECT id FROM partner ORDER BY x_sort, n", ())
    rows: list[list[Cell]] = []
    told: list[list[Cell]] = []
    apart = 0
    for body in bodies:
        own = [r for r in p.actions if r["accountable"] == body["id"]]
        if not own:
            continue
        called = paper.body(str(body["id"])) or "A body that was not handed over"
        if body["id"] in paper.independent:
            complete = [r for r in own if r["status"] == "complete"]
            told.append([called, len(own), len(complete)])
            apart += len(own)
            for key, says, some in (("of", "actions", own), ("complete", "said to be complete", complete)):
                if some:
                    paper.count(f"{key}_{body['id']}", f"{called}: {says}", some)
            continue
        rows.append(_agency(paper, str(body["id"]), called, own, proved, claimed, overdue))
    if nobody := [r for r in p.actions if not r["accountable"]]:
        rows.append(_agency(paper, "nobody", "Nobody", nobody, proved, claimed, overdue))
    paper.blocks.append(Heading("Agencies held to account"))
    heads = ["Agency", "Actions", "Complete, evidence seen", "Complete, evidence awaited", "Overdue"]
    beside = [f"{how_many(apart, 'action')} of independent bodies are not counted here; they are named below."] if apart else []
    paper.blocks.append(Table("Progress by agency", heads, rows, beside) if rows else Paragraph("No agency has an action yet."))
    if told:
        paper.blocks += [
            Heading("Contributions of independent bodies"), Paragraph("These bodies are independent. What they contributed is named; it is neither rated nor judged."),
            Table("Contributions invited", ["Body", "Actions", "Said to be complete"], told),
        ]  # fmt: skip
    parts.annex(paper)
    return finished(paper, "Audit of agencies' progress")


def _agency(paper: Paper, id: str, called: str, own: Sequence[standing.Row], proved: set[str], claimed: set[str], overdue: set[str]) -> list[Cell]:
    """An agency's line, each number of it with the actions that it counts."""
    line: list[Cell] = [called]
    for key, says, some in (("of", "actions", None), ("proved", "complete, evidence seen", proved), ("claimed", "complete, evidence awaited", claimed), ("overdue", "overdue", overdue)):
        counted = [r for r in own if some is None or r["id"] in some]
        line.append(len(counted))
        if counted:
            paper.count(f"{key}_{id}", f"{called}: {says}", counted)
    return line
