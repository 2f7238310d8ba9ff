"""The papers that are offered, in their order, with what each holds and is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vawg_desktop.exchange.document import Document
from vawg_desktop.services import journey_outputs, meeting_notes, names, papers, service_outputs
from vawg_desktop.services.office import local_values, office_settings
from vawg_desktop.services.session import Session


@dataclass(frozen=True, slots=True)
class Offered:
    """A paper that is offered: its kind, what it holds, what it is about (``meeting``, ``recommendation``, ``partner``; empty: everything), and whether it says what changed."""

    kind: str
    holds: str
    about: tuple[str, ...] = ()
    changes: bool = False
    worded: bool = False


OFFERED: tuple[Offered, ...] = (
    Offered("board", "Where everything stands, what changed since the last board, what needs the board, implications.", ("meeting",), changes=True, worded=True),
    Offered("minutes", "Who was there, what was asked, answered, judged and decided; nothing private.", ("meeting",)),
    Offered("action-log", "Follow-up actions, undertakings and questions without an answer, of one meeting or all.", ("meeting",)),
    Offered("briefing", "All that somebody needs before speaking of a recommendation, or with a partner.", ("recommendation", "partner")),
    Offered("answer-card", "What happened to a recommendation, on one card.", ("recommendation",)),
    Offered("panel-update", "Each recommendation in its public wording, with the figures.", changes=True),
    Offered("audit", "Progress by agency; independent bodies' contributions without judgement."),
    Offered("data-set", "Indicators with their agreed definitions and the numbers that their owners have cleared.", changes=True),
    Offered("handover", "What is open, what becomes of each item, who accepted it, and what has to be renewed."),
    Offered("decision-notice", "A decision of a meeting: what, why, by whom and when.", ("meeting_decision",)),
    Offered("foi", "The answer to a request for information, as PDF or CSV: what is given, what was taken out, and why.", ("information_request",)),
    Offered("journey-map", "The victim's journey: gaps, services and who owns them."),
    Offered("needs-assessment", "What is needed against what there is."),
    Offered("service-directory", "Services for victims' professionals."),
)  # fmt: skip
#: Papers that count nothing that opens: made as they are.
PLAIN: dict[str, Callable[[Session], Document]] = {
    "journey-map": journey_outputs.map_document, "needs-assessment": service_outputs.assessment, "service-directory": service_outputs.directory,
}  # fmt: skip


#: Under which the templates that were chosen are kept on this computer.
TEMPLATE = "paper_template"


@dataclass(frozen=True, slots=True)
class Known:
    """What the page needs to know: the names of what papers can be about, the office's words, the meeting that is next and the last one held, the templates chosen."""

    names: dict[str, list[str]]
    words: dict[str, str]
    meetings: tuple[str, str]
    templates: dict[str, str]


def known(session: Session) -> Known:
    """Read what the page needs to know."""
    connection = session.read()
    about = {kind: names.titles(connection, kind) for kind in ("meeting", "recommendation", "partner", "meeting_decision", "information_request")}
    coming = meeting_notes.to_hold(session)
    held = connection.exec_driver_sql("SELECT id FROM meeting WHERE NOT deleted AND status = 'held' ORDER BY date DESC, n DESC LIMIT 1").fetchone()
    ids = [coming[0][0] if coming else "", str(held[0]) if held is not None else ""]
    called = names.long_labels(connection, ids)
    return Known(about, office_settings(connection, papers.PREFIX), (called.get(ids[0], ""), called.get(ids[1], "")), local_values(session, TEMPLATE))
