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
            records("meeting", "Meetings of the boards will stand here."),
            page("meeting_mode", "In the meeting", "meeting_mode", "MeetingModePage"),
            page("since", "Since a board", "since", "SincePage"),
            records("challenge", "Questions put to agencies will stand here, with what they answered."),
            records("meeting_decision", "What boards decided will stand here."),
            records("governance_body", "Boards that hold agencies to account will stand here."),
        ), "9"),
    )),
    Group("The inquiry", (
        Place("Recommendations", "recommendations", (
            records("recommendation", "The inquiry's recommendations will stand here. Add one, or paste them all from Word or Excel (More)."),
            records("response", "What each body answered to a recommendation will stand here."),
        ), "3"),
        Place("Actions", "actions", (
            records("action", "What partners do about the recommendations will stand here."),
            records("update", "Progress updates on the actions will be listed here."),
        ), "4"),
        Place("Gaps", "gaps", (
            records("gap", "Gaps in the victim's journey will stand here."),
            page("journey", "Journey map", "journey", "JourneyPage"),
            records("journey_stage", "Stages of the victim's journey will stand here, in their order."),
            records("need", "What victims need will stand here, in its order."),
        ), "5"),
        Place("Evidence", "evidence", (
            records("evidence", "Proof that actions were done, and that they worked, will stand here."),
            page("chain", "Chain", "chain", "ChainPage"),
            records("theme", "What the evidence speaks of will stand here."),
            records("quote", "Words of victims and others, with names already taken out, will stand here."),
            records("learning", "What was learned, here and elsewhere, will stand here."),
        ), "7"),
    )),
    Group("Partners", (
        Place("Returns", "returns", (page("returns", "Returns", "returns", "ReturnsPage"),), "6"),
        Place("Partners", "partners", (
            records("partner", "The organisations that own the actions will stand here."), records("contact"),
            records("person", "Officers and signers will stand here, with the logins under which the log knows them."),
        ), "8"),
        Place("Services", "services", (records("service", "Services to victims, and on perpetrators, will stand here, whoever pays for them."),)),
    )),
    Group("Measures", (
        Place("Survey", "survey", (
            page("survey_results", "Results", "survey_results", "SurveyResultsPage"), records("survey", "Surveys will stand here: what was asked, and of whom."),
            records("survey_question", "What surveys ask will stand here, with how it is counted."),
            page("coding", "Coding", "coding", "CodingPage"), page("coders", "Coders compared", "coders", "CodersPage"),
            records("codebook", "Codebooks will stand here: the codes under which answers in people's own words are put."),
            records("code", "Codes will stand here, each with what it covers."),
            records("survey_response", "Answers that may tell of danger, a child or somebody named will stand here, to be looked at on the day on which they come."),
        )),
        Place("Indicators", "indicators", (
            records("indicator", "What is counted over time will stand here."), records("indicator_value", "Each number, with its period, will stand here."),
            page("harm", "Harm", "harm", "HarmPage"), records("case_extract", "Case extracts that were measured will stand here, each with the footing on which it came; no case of them is kept."),
            records("weight_set", "What an offence of each kind weighs will stand here, by source and version."),
            records("area", "Districts, counties and force areas will stand here, with the days between which each was one."),
        )),
        Place("Figures", "figures", (records("figure", "Numbers that the office quotes will stand here, each with its source."),)),
    )),
    Group("Publishing", (
        Place("Papers", "papers", (
            page("papers", "Papers", "papers", "PapersPage"), records("publication", "What left the office as a paper will stand here, each with its file and its figures."),
            records("paper_template", "Word documents with the office's own styles and headers will stand here, each for a kind of paper."),
        )),
        Place("Requests", "requests", (
            records("information_request", "Requests for information and for subject access will stand here, with the day by which each is answered."),
            page("redaction", "Redaction", "redaction", "RedactionPage"),
        )),
        Place("Frameworks", "frameworks", (
            records("framework", "Frameworks that the work is measured by will stand here."), page("coverage", "Coverage", "coverage", "CoveragePage"), records("strand"),
        )),
        Place("Sources", "sources", (records("source", "The documents that the work rests on will stand here."),)),
    )),
    Group("Records and safety", (
        Place("Changes", "changes", (page("changes", "Changes", "changes", "ChangesPage"),), "0"),
        Place("Data and backups", "data", (
            page("copies", "Copies", "copies", "CopiesPage"),
            page("backups", "Backups", "backups", "BackupsPage"),
            page("access", "Access", "access", "AccessPage"),
            records("handover_item", "What becomes of each open item at a handover will stand here, with the successor's acceptance."),
            records("transfer", "What was handed over to a successor will stand here."),
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
