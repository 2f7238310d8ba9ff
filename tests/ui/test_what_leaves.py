"""Whatever leaves the window, on whichever page: no restricted record, no words that stay here, no figure under embargo, no small count."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from tests.ui.test_window import Shown
from vawg_desktop.exchange.document import Document, Table
from vawg_desktop.services import change_list, journey_outputs, names, outputs, records, service_outputs, show
from vawg_desktop.services.change_list import ChangeQuery
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.places import PAGES
from vawg_desktop.ui.tour import settle

SECRET = "Wendelgarth"


def put(session: Session, name: str, **fields: str) -> None:
    records.assign(session, name, [Assignment(k, v) for k, v in fields.items()], "x")


@pytest.fixture
def kept(shown: Shown) -> Shown:
    """A store in which something of every kind stays here, each with the secret word in it."""
    s = shown.session
    for kind, title, more in (
        ("recommendation", "title", {}), ("action", "title", {"recommendations": "R-0003"}),
        ("service", "title", {"status": "running", "needs": "Housing", "journey_stages": "Recovery"}),
    ):  # fmt: skip
        name, _ = records.create(s, kind, {title: f"{SECRET} of {kind}", **more})
        records.add_update(s, name, {"narrative": f"What {SECRET} said"}) if kind == "action" else None
        put(s, name, restriction="under embargo")
        records.create(s, "closure_test", {"about": name, "kind": "measure_moved", "answer": "met", "result": f"Seen by {SECRET}"}) if kind == "recommendation" else None
    refuge, _ = records.create(s, "service", {"title": "A house", "status": "running", "needs": "Housing", "journey_stages": "Recovery", "confidential_location": "yes"})
    put(s, refuge, areas=f"{SECRET} Street", title=f"Refuge in {SECRET.upper()}  Street, number 12", eligibility=f"Women of {SECRET} Street")
    records.create(s, "quote", {"words": f"Nobody rang {SECRET} back.", "recommendations": "R-0003"})
    records.create(s, "quote", {"words": "She was rung back at once.", "consent": "given", "publishable": "yes", "recognisable": "no", "live_case": "no", "checked_by": "Bea Two"})
    figure, _ = records.create(s, "figure", {"title": f"Seen by {SECRET}", "quoted": SECRET, "release": "embargoed", "embargoed_until": "2030"})
    open_gap, _ = records.create(s, "gap", {"statement": "Nobody rings back", "needs": "Housing", "journey_stages": "Recovery", "need_figure": figure})
    assert open_gap
    return shown


def clip() -> str:
    data = QApplication.clipboard().mimeData()
    return "" if data is None else data.text() + data.html()  # None: nothing was ever copied


def what_leaves(made: Shown, page: Any) -> Iterator[tuple[str, str]]:
    """Everything that a page puts on the clipboard or on paper, with what was done."""
    papers: list[Document] = []

    def saved(_parent: object, _tasks: object, _title: str, make: Any, **_more: object) -> None:
        papers.append(make(made.session))

    for act in ("copy_cells", "copy_lines", "copy_answers", "save"):
        if (do := getattr(page, act, None)) is not None and callable(do):
            QApplication.clipboard().clear()
            with patch(f"{type(page).__module__}.save_document", saved, create=True):
                do()
                settle(made.tasks)
            yield act, clip()
    if (outputs := getattr(page, "outputs", None)) is not None and hasattr(outputs, "copy_rows"):
        QApplication.clipboard().clear()
        page.view.selectAll()
        outputs.copy_rows()
        settle(made.tasks)
        yield "list copied", clip()
        papers.append(outputs.list_maker()(made.session))
        for place in range(page.model.rowCount()):
            page.view.choose(place)
            settle(made.tasks)
            outputs.copy_rows()
            settle(made.tasks)
            yield f"row {place} copied", clip()
    yield from (("on paper", repr(paper)) for paper in papers)


@pytest.mark.parametrize("key", [p.key for p in PAGES])
def test_nothing_leaves_a_page_that_stays_here(kept: Shown, key: str) -> None:
    page: Any = kept.go(key)
    if key == "coverage":
        framework = names.find_named(kept.session.read(), "framework", "NPCC VAWG framework 2024")
        assert framework is not None
        page.choose(framework.id)
    if key == "chain":
        page.show_record(names.find(kept.session.read(), "R-0003").id)
    settle(kept.tasks)
    told = [(act, words) for act, words in what_leaves(kept, page) if SECRET.casefold() in words.casefold()]
    assert told == []


def test_papers_of_services_name_no_figure_under_embargo(kept: Shown) -> None:
    for make in (service_outputs.assessment, service_outputs.directory, journey_outputs.map_document):
        assert SECRET.casefold() not in repr(make(kept.session)).casefold()
    refuge = str(kept.session.read().exec_driver_sql("SELECT reference FROM service WHERE confidential_location = 1").one()[0])
    own = outputs.record_document(kept.session, refuge)
    assert SECRET.casefold() not in repr(own).casefold() and own.title == f"{refuge} Confidential service"
    assert "a figure under embargo is left out" in repr(service_outputs.assessment(kept.session))


def test_what_is_left_out_is_said_where_it_is_copied(kept: Shown) -> None:
    said: list[str] = []
    with patch.object(messages, "tell", lambda text, **_: said.append(text)):
        for key in ("quote", "figure", "action"):
            page: Any = kept.go(key)
            page.view.selectAll()
            page.outputs.copy_rows()
            settle(kept.tasks)
        changes: Any = kept.go("changes")
        changes.copy_lines()
        settle(kept.tasks)
    told = [t for t in said if "left out" in t]
    assert told[:3] == [
        "The list is copied as a table. 1 quote that may not leave yet left out.", "The list is copied as a table. 1 figure under embargo left out.",
        "The list is copied as a table. 1 restricted record left out.",
    ]  # fmt: skip
    assert told[3].endswith("lines about restricted records, quotes or figures that may not leave yet, small counts or confidential places left out.")


def test_small_counts_of_people_leave_neither_the_chart_nor_the_changes(shown: Shown) -> None:
    s = shown.session
    indicator, _ = records.create(s, "indicator", {"title": "Girls under 16 seen", "count_unit": "people"})
    values = [records.create(s, "indicator_value", {"indicator": indicator, "period": f"2026-{m:02d}", "value": v, "base": "41"})[0] for m, v in ((1, "23"), (2, "7"), (3, "0"))]
    put(s, values[0], value="6")
    put(s, values[0], value="29")
    put(s, values[2], value="31")
    page: Any = shown.go("indicator")
    page.select(indicator) if hasattr(page, "select") else shown.window.open_record(indicator)
    settle(shown.tasks)
    (copy,) = [b for b in shown.window.findChildren(QPushButton) if b.accessibleName() == "Copy as a table: Girls under 16 seen"]
    copy.click()
    rows = [line.split("\t") for line in QApplication.clipboard().text().splitlines()[1:]]
    assert [(r[1], r[2]) for r in rows] == [("29", "41"), ("kept back", "41"), ("31", "41")]
    page.view.selectRow(0)
    settle(shown.tasks)
    value_page: Any = shown.go("indicator_value")
    copied: list[str] = []
    for place in range(value_page.model.rowCount()):
        value_page.view.choose(place)
        settle(shown.tasks)
        value_page.outputs.copy_rows()
        settle(shown.tasks)  # it is read first what of the row may leave
        copied.append(QApplication.clipboard().text())
    small = show.record(s, values[1]).reference
    assert small in copied and not any(c.startswith(f"{small}, ") for c in copied) and any(", 29, " in c for c in copied)
    source, _ = records.create(s, "source", {"title": "Return of July"})
    put(s, values[1], sources=source)
    put(s, values[0], sources=source)
    told_there = [[str(c) for c in row] for block in outputs.record_document(s, source).blocks if isinstance(block, Table) for row in block.rows]
    assert any(small in row and "kept back" in row for row in told_there) and not any(small in row and "7" in row for row in told_there)
    lines, left_out = change_list.leaving(s, change_list.all_lines(s, ChangeQuery(record=indicator)))
    told = " ".join(line.what for line in lines)
    assert left_out == 4 and "7" not in told and "6 →" not in told and "31" in told


def test_a_program_without_a_screen_ends_well_after_a_copy() -> None:
    """Qt clears the clipboard after Python has ended: what Python put there must be gone by then."""
    script = (
        "from PySide6.QtWidgets import QApplication; from vawg_desktop.ui.outputs import copy_table;"
        "app = QApplication([]); copy_table(['Ref'], [['R-0001']]); print(app.clipboard().text())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert (done.stdout.split(), done.returncode) == (["Ref", "R-0001"], 0), done.stderr
