"""Commands for boards and meetings: what became of the inquiry's recommendations since the last one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import opened, out


@command("agenda", "what a meeting could discuss", argument("meeting", metavar="MEETING"))
def agenda_of(arguments: argparse.Namespace) -> int:
    """Print what a meeting could discuss, by kind."""
    from vawg_desktop.services import agenda

    with opened(arguments) as session:
        meeting = agenda.find_meeting(session, arguments.meeting)
        found = agenda.proposals(session, meeting)

    def words() -> Iterator[str]:
        yield f"{meeting.reference}  {meeting.title}{f', {meeting.body_name}' if meeting.body_name else ''}"
        yield from agenda.in_words(found)

    return out(arguments, [one.as_json() for one in found], words)


@command("calendar", "what is due and when, as a file for a calendar", argument("--out", required=True, metavar="FILE"), argument("--days", type=int, default=365))
def calendar(arguments: argparse.Namespace) -> int:
    """Write the dates that come as an .ics file, and print them."""
    from pathlib import Path

    from vawg_desktop.domain.dates import label
    from vawg_desktop.domain.terms import how_many
    from vawg_desktop.services import coming

    with opened(arguments) as session:
        found = coming.coming(session, arguments.days)
        written = coming.save_calendar(session, Path(arguments.out), arguments.days)

    def words() -> Iterator[str]:
        yield from (f"{label(c.day.isoformat())}  {c.kind}: {c.words}" for c in found)
        yield f"{how_many(written, 'date')} written to {arguments.out}."

    return out(arguments, [{"day": c.day.isoformat(), "kind": c.kind, "words": c.words, "id": c.id} for c in found], words)


@command(
    "since", "what moved, slipped, was claimed, proved, closed or fell silent between two dates or meetings",
    argument("--since", required=True, metavar="DATE|MEETING"), argument("--until", metavar="DATE|MEETING", default=""),
    argument("--pillar", default=""), argument("--partner", metavar="NAME", default=""), argument("--recommendation", metavar="REF", default=""),
)  # fmt: skip
def since(arguments: argparse.Namespace) -> int:
    """Print what became of recommendations, actions and gaps, by kind."""
    from vawg_desktop.services import since as services

    with opened(arguments) as session:
        scope = services.Scope(arguments.pillar, arguments.partner, arguments.recommendation)
        found = services.since(session, arguments.since, arguments.until, scope)
        lines = list(services.in_words(found))

    def words() -> Iterator[str]:
        yield from lines

    return out(arguments, found.as_json(), words)
