"""Papers and reports as documents: for boards, the Panel and the public."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import opened, out

if TYPE_CHECKING:
    from vawg_desktop.exchange.document import Document
    from vawg_desktop.services.paper_parts import Counted
    from vawg_desktop.services.session import Session

#: Reports that a later version brings, with what they are.
_LATER = {"data-set": "the shared data set", "handover": "handing over", "foi": "answers to requests for information"}
_PAPERS = ("board", "minutes", "action-log", "briefing", "panel-update", "audit", "answer-card")
_REPORTS = ("journey-map", "service-directory", "needs-assessment")


@command(
    "report", "a paper or report as a document, its format by the file's ending",
    argument("kind", choices=(*_PAPERS, *_REPORTS, *_LATER)), argument("--out", required=True, metavar="FILE"),
    argument("--about", action="append", default=[], metavar="REF"), argument("--as-at", default="", metavar="DATE"),
    argument("--since", default="", metavar="DATE|MEETING"), argument("--columns", choices=("need", "crime_type", "group", "area"), default="need"),
)  # fmt: skip
def report(arguments: argparse.Namespace) -> int:
    """Write a paper or report, and name its figures."""
    from vawg_desktop.domain.errors import LaterVersionError
    from vawg_desktop.services import outputs

    if arguments.kind in _LATER:
        raise LaterVersionError(f"Not in this version, but in a later one: {_LATER[arguments.kind]}.")
    with opened(arguments) as session:
        document, figures = _made(session, arguments)
        path = outputs.save_document(Path(arguments.out), document)
    counted = {f.key: f.number for f in figures}
    return out(arguments, {"file": str(path), "figures": counted}, lambda: iter([f"Written to {path}."]))


def _made(session: Session, arguments: argparse.Namespace) -> tuple[Document, list[Counted]]:
    from vawg_desktop.services import journey_outputs, papers, service_outputs

    if arguments.kind in _PAPERS:
        made = papers.make(session, arguments.kind, papers.Asked(tuple(arguments.about), arguments.since, arguments.as_at))
        return made.document, made.figures
    if arguments.kind == "service-directory":
        return service_outputs.directory(session), []
    if arguments.kind == "needs-assessment":
        return service_outputs.assessment(session), []
    return journey_outputs.map_document(session, arguments.columns), []
