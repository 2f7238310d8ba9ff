"""What the help has: its topics in groups, each a file in ``resources/help``, and which of them speaks of each page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from vawg_desktop import paths

#: Groups of topics: a heading, and the names of the files without their ending.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("First steps", ("begin", "find", "my-work", "tracker")),
    ("Recommendations", ("happened", "report", "evidence", "chain")),
    ("Partners", ("round", "review", "chase", "services")),
    ("Meetings and papers", ("meetings", "copies", "since", "papers", "requests")),
    ("Gaps and measures", ("gaps", "frameworks", "surveys", "coding", "numbers", "harm")),
    ("Data and safety", ("backups", "access", "changes", "handover", "settings", "wrong")),
    ("Reference", ("keys", "commands")),
)

#: The topic that speaks of each page, by the page's key.
HELP_OF = {
    "my_work": "my-work", "overview": "changes", "questions": "chain", "meeting": "meetings", "meeting_mode": "meetings", "since": "since",
    "challenge": "meetings", "meeting_decision": "meetings", "governance_body": "meetings", "recommendation": "find", "card": "happened", "response": "report",
    "action": "find", "update": "find", "gap": "gaps", "journey": "gaps", "journey_stage": "gaps", "need": "gaps",
    "evidence": "evidence", "chain": "chain", "theme": "coding", "quote": "evidence", "learning": "evidence", "returns": "round", "partner": "round", "contact": "my-work",
    "person": "evidence", "service": "services", "survey_results": "surveys", "survey": "surveys", "survey_question": "surveys", "coding": "coding", "coders": "coding", "codebook": "coding", "code": "coding",
    "survey_response": "surveys", "indicator": "numbers", "indicator_value": "numbers", "harm": "harm", "case_extract": "harm", "weight_set": "harm", "area": "numbers", "figure": "evidence",
    "papers": "papers", "publication": "papers", "paper_template": "papers", "information_request": "requests", "redaction": "requests",
    "framework": "frameworks", "coverage": "frameworks", "strand": "frameworks", "source": "evidence", "changes": "changes", "copies": "copies", "backups": "backups", "access": "access",
    "handover_item": "handover", "transfer": "handover", "settings": "settings",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its file's name without the ending, its title, and its text in Markdown."""

    name: str
    title: str
    text: str


@cache
def topic(name: str) -> Topic:
    """A topic of the help, by its file's name without the ending."""
    text = paths.resources("help", f"{name}.md").read_text("utf-8")
    return Topic(name, text.partition("\n")[0].removeprefix("# "), text)


def topics() -> list[Topic]:
    """Every topic, in the order of the groups."""
    return [topic(name) for _, names in GROUPS for name in names]
