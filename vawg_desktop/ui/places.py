"""Where the window can go: a list of places in quiet groups, each with one or more pages.

To add a page: a file in ``pages`` with a widget that takes the tasks and has ``load()``, and a line here. A list of one kind of
record needs the line alone. What the left side, the palette, the shortcuts, the tour and the tests show follows from this list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Part:
    """A page: its key (for a list the kind of record), how it is made when first visited, and what it is called."""

    key: str
    make: Callable[[Any], QWidget]
    name: str = ""

    @property
    def label(self) -> str:
        """What it is called; a list as its kind of record is."""
        from vawg_desktop.domain.entities import (
            BY_KEY,  # the shell paints before the kinds of record are known
        )

        return self.name or BY_KEY[self.key].plural


@dataclass(frozen=True, slots=True)
class Place:
    """A line at the left: its word, icon and pages, the first of which it opens. ``digit`` with Ctrl goes there."""

    label: str
    icon: str
    parts: tuple[Part, ...]
    digit: str = ""

    @property
    def key(self) -> str:
        """The key of its first page."""
        return self.parts[0].key


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one quiet heading; ``below`` stands under a line at the foot."""

    heading: str
    places: tuple[Place, ...]
    below: bool = False


def records(kind: str, empty: str = "") -> Part:
    """The list of one kind of record. ``empty`` says what will stand there."""

    def make(tasks: Any) -> QWidget:
        from vawg_desktop.ui.pages.list_page import ListPage

        return ListPage(tasks, kind, empty)

    return Part(kind, make)


def page(key: str, label: str, module: str, name: str) -> Part:
    """A page of its own, from its module in ``pages``."""

    def make(tasks: Any) -> QWidget:
        return getattr(import_module(f"vawg_desktop.ui.pages.{module}"), name)(tasks)

    return Part(key, make, label)


GROUPS: tuple[Group, ...] = (
    Group("", (
        Place("My work", "work", (page("my_work", "My work", "my_work", "MyWorkPage"),), "1"),
        Place("Overview", "overview", (page("overview", "Overview", "overview", "OverviewPage"), page("questions", "Questions", "questions", "QuestionsPage")), "2"),
        Place("Meetings", "meetings", (
            records("meeting", "No meetings yet. Add the boards' meetings here, past and planned."),
            page("meeting_mode", "In the meeting", "meeting_mode", "MeetingModePage"),
            page("since", "Since a board", "since", "SincePage"),
            records("challenge", "No challenges yet. Questions put to agencies in a meeting are listed here, with the answers."),
            records("meeting_decision", "No meetings' decisions yet. Those noted in a meeting are listed here."),
            records("governance_body", "No boards yet. Add those that hold agencies to account."),
        ), "9"),
    )),
    Group("The inquiry", (
        Place("Recommendations", "recommendations", (
            records("recommendation", "No recommendations yet. Add one, or paste them all from Word or Excel (More)."),
            page("card", "What happened", "card", "CardPage"),
            records("response", "No responses yet. Add what each body answered to a recommendation."),
        ), "3"),
        Place("Actions", "actions", (
            records("action", "No actions yet. Add what partners do about the recommendations, or import last year's tracker (Ctrl+K)."),
            records("update", "No updates yet. They come with partners' returns, or are added on an action."),
        ), "4"),
        Place("Gaps", "gaps", (
            records("gap", "No gaps in the victim's journey yet."),
            page("journey", "Journey map", "journey", "JourneyPage"),
            records("journey_stage", "No stages of the victim's journey yet."),
            records("need", "No needs yet."),
        ), "5"),
        Place("Evidence", "evidence", (
            records("evidence", "No evidence yet. Drop a file on an action to attach proof that it was done, or that it worked."),
            page("chain", "Chain", "chain", "ChainPage"),
            records("theme", "No themes yet."),
            records("quote", "No quotes yet. Quotes are kept without names."),
            records("learning", "No learning yet. Add what was learned, here and elsewhere."),
        ), "7"),
    )),
    Group("Partners", (
        Place("Returns", "returns", (page("returns", "Returns", "returns", "ReturnsPage"),), "6"),
        Place("Partners", "partners", (
            records("partner", "No partners yet. Add the organisations that own the actions."), records("contact"),
            records("person", "No people yet. Add officers and signers, with the logins under which the log records them."),
        ), "8"),
        Place("Services", "services", (records("service", "No services yet. Add services to victims, and perpetrator programmes, whoever pays for them."),)),
    )),
    Group("Measures", (
        Place("Survey", "survey", (
            page("survey_results", "Results", "survey_results", "SurveyResultsPage"), records("survey", "No surveys yet. Import a survey's file under Results."),
            records("survey_question", "No questions of surveys yet."),
            page("coding", "Coding", "coding", "CodingPage"), page("coders", "Coders compared", "coders", "CodersPage"),
            records("codebook", "No codebooks yet. Begin one on the Coding page."),
            records("code", "No codes yet."),
            records("survey_response", "No safeguarding concerns. Answers that may tell of danger, a child or somebody named are listed here on the day they are imported."),
        )),
        Place("Indicators", "indicators", (
            records("indicator", "No indicators yet. Add one, or import a table of numbers (Ctrl+K)."), records("indicator_value", "No values yet."),
            page("harm", "Harm", "harm", "HarmPage"), records("case_extract", "No case extracts yet. Each is measured and forgotten; what allowed its use is listed here."),
            records("weight_set", "No harm weights yet."),
            records("area", "No areas yet. Add districts, counties and force areas, with the dates between which each existed."),
        )),
        Place("Figures", "figures", (records("figure", "No figures yet. Add the numbers that the office quotes, each with its source."),)),
    )),
    Group("Publishing", (
        Place("Papers", "papers", (
            page("papers", "Papers", "papers", "PapersPage"), records("publication", "No publications yet. Papers that left the office are listed here, with their files and figures."),
            records("paper_template", "No templates yet. Add a Word document with the office's own styles for a kind of paper (Papers, Template)."),
        )),
        Place("Requests", "requests", (
            records("information_request", "No requests for information or subject access yet."),
            page("redaction", "Redaction", "redaction", "RedactionPage"),
        )),
        Place("Frameworks", "frameworks", (
            records("framework", "No frameworks yet. Add those that the work is measured by."), page("coverage", "Coverage", "coverage", "CoveragePage"), records("strand"),
        )),
        Place("Sources", "sources", (records("source", "No sources yet. Add the documents that the work rests on."),)),
    )),
    Group("Records and safety", (
        Place("Changes", "changes", (page("changes", "Changes", "changes", "ChangesPage"),), "0"),
        Place("Data and backups", "data", (
            page("copies", "Copies", "copies", "CopiesPage"),
            page("backups", "Backups", "backups", "BackupsPage"),
            page("access", "Access", "access", "AccessPage"),
            records("handover_item", "No handover yet. What becomes of each open item is listed here, with the successor's acceptance."),
            records("transfer", "Nothing has been handed over to a successor yet."),
        )),
    ), below=True),
)  # fmt: skip
#: Opened from the top bar and not from the left.
SETTINGS = Place("Settings", "settings", (page("settings", "Settings", "settings", "SettingsPage"),))

PLACES: tuple[Place, ...] = tuple(place for group in GROUPS for place in group.places)
_EVERYWHERE = (*PLACES, SETTINGS)
#: Every page of the window.
PAGES: tuple[Part, ...] = tuple(part for place in _EVERYWHERE for part in place.parts)
#: Kinds of record whose page is not their own list.
_ELSEWHERE = {"round": "returns", "return": "returns", "submission": "returns", "decision": "returns", "reminder": "returns"}


def part_of(key: str) -> tuple[Place, Part]:
    """The place and page of a key: a page's own, or the kind of a record.

    A kind that no place names has its list where the kind it is a part of stands, else beside the sources.
    """
    from vawg_desktop.domain.entities import BY_KEY

    wanted = _ELSEWHERE.get(key, key)
    for place in _EVERYWHERE:
        for part in place.parts:
            if part.key == wanted:
                return place, part
    parent = BY_KEY[key].parent if key in BY_KEY else ""
    place = part_of(parent)[0] if parent else part_of("source")[0]
    return place, records(key)
