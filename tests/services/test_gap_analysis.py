"""A Gap Analysis kept as a spreadsheet comes in through the tracker's own review: its columns are known, what is in doubt is asked, and it goes out again."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.services.test_journey import sample_store
from vawg_desktop.services import gap_states, questions, records, show, trackers
from vawg_desktop.services.session import Session
from vawg_desktop.store.check import check

HEADS = ("Ref", "Gap identified", "Stage of journey", "Need", "Who is affected", "Severity", "Likelihood", "Current provision", "Root cause", "Lead", "Recommendation", "Status", "Comments")
ROWS = (
    ("X1", "No out of hours advocacy in the east", "Report and first contact", "Advocacy", "Rural women", "Serious", "Often", "None", "No funding", "Kent Police", "R03", "Validated", "ask again"),
    ("X2", "Interpreters are not booked in time", "Investigation; Trial", "Language", "Those whose first language is another", "4", 3, "Partial", "A contract ends", "Kent Police", None, "Being addressed", None),
    ("X3", "Nothing is known of children", "Recovery", "Children", "Children", "Moderate", "Rare", "Not known", None, None, None, None, None),
)  # fmt: skip


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def sheet(tmp_path: Path, *rows: tuple[object, ...], heads: tuple[str, ...] = HEADS) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in (heads, *rows):
        book.active.append(row)
    book.save(tmp_path / "gap analysis.xlsx")
    return tmp_path / "gap analysis.xlsx"


def named(session: Session, reference: str, key: str) -> list[str]:
    view = show.record(session, reference)
    return [view.names.get(e, e) for e in view.sets[key]]


def test_every_column_is_known_and_every_word_has_its_place(session: Session, tmp_path: Path) -> None:
    done = trackers.import_tracker(session, sheet(tmp_path, *ROWS), entity="gap")
    assert done.problems == [] and done.tray == [] and done.created == 3
    view = show.record(session, "X1")
    assert view.spec.key == "gap"
    cells = {k: view.cells[k] for k in ("statement", "severity", "frequency", "provision", "cause", "status", "note")}
    assert cells == {
        "statement": "No out of hours advocacy in the east", "severity": "3", "frequency": "3", "provision": "none", "cause": "No funding", "status": "validated", "note": "ask again",
    }  # fmt: skip
    assert view.names[str(view.cells["owner"])] == "Kent Police"
    assert (named(session, "X1", "journey_stages"), named(session, "X1", "needs"), named(session, "X1", "group_affected")) == (
        ["Report and first contact"], ["Advocacy (ISVA, IDVA)"], ["Rural women"],
    )  # fmt: skip
    assert named(session, "X2", "journey_stages") == ["Investigation", "Trial"]
    assert [x.reference for x in view.links if x.kind == "gap.recommendations"] == ["R-0003"]
    assert check(session.store).problems == []


def test_the_same_sheet_again_changes_nothing(session: Session, tmp_path: Path) -> None:
    path = sheet(tmp_path, *ROWS)
    trackers.import_tracker(session, path, entity="gap")
    again = trackers.import_tracker(session, path, entity="gap")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 4)  # the recommendation that a row names among them


def test_a_need_and_a_severity_that_nobody_knows_are_asked_and_kept(session: Session, tmp_path: Path) -> None:
    row = ("X9", "A gap", "Recovery", "Kindness", None, "High", None, None, None, None, None, None, None)
    done = trackers.import_tracker(session, sheet(tmp_path, row), entity="gap")
    assert {p.code for p in done.problems} == {"not_found", "not_understood"}
    assert {t["text"] for t in done.tray} == {"Kindness", "High"}
    view = show.record(session, "X9")
    assert view.cells["severity"] is None and view.sets["needs"] == []


def test_a_state_without_its_ground_comes_in_and_is_named_among_the_questions(session: Session, tmp_path: Path) -> None:
    trackers.import_tracker(session, sheet(tmp_path, *ROWS), entity="gap")
    beyond = {n.title for n in questions.ask(session).found["gaps_beyond_ground"]}
    assert beyond == {"No out of hours advocacy in the east", "Interpreters are not booked in time"}
    assert {status for _, _, status, _ in gap_states.unmet(session)} == {"validated", "being_addressed"}


def test_a_list_of_actions_keeps_its_own_lead_and_need_columns(session: Session, tmp_path: Path) -> None:
    heads = ("Action no", "Action", "Owner", "Lead", "Status", "Why")
    done = trackers.import_tracker(session, sheet(tmp_path, ("77", "Ask the night line", "Kent Police", "A. Person", "In progress", "It rang out"), heads=heads))
    assert done.created == 1
    (action,) = session.read().exec_driver_sql("SELECT lead, status FROM action WHERE title = 'Ask the night line'").fetchall()
    assert tuple(action) == ("A. Person", "in_progress")


def test_a_need_is_found_by_its_words_before_the_bracket_only_where_one_begins_so(session: Session) -> None:
    gap, _ = records.create(session, "gap", {"statement": "A gap", "needs": "Advocacy"})
    assert named(session, gap, "needs") == ["Advocacy (ISVA, IDVA)"]
    records.create(session, "need", {"title": "Advocacy (at court)"})
    with pytest.raises(Exception, match="no need called “Advocacy”"):
        records.create(session, "gap", {"statement": "Another", "needs": "Advocacy"})
