"""Bringing a tracker in from the window: questions by kind, answered one by one or alike, the tray beside them; and writing it out again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from tests.services.test_stranger_trackers import actions, csv, take
from tests.services.test_tracker_identity import HEAD, TITLES, rows_of
from tests.ui.test_window import Shown
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.tracker import TrackerDialog
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.choice import Choice


def words_in(dialog: TrackerDialog) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(one.text() for one in dialog.findChildren(QLabel))


def test_alike_questions_are_answered_at_once_and_the_tray_is_shown(shown: Shown, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "t.csv"
    take(shown.session, csv(path, HEAD, *rows_of(TITLES)))
    csv(path, f"{HEAD},Our mood", *(f"{r},sunny" for r in rows_of([*TITLES[:2], *(f"{t} this year" for t in TITLES[2:])], status="Complete")))
    dialog = TrackerDialog(shown.window, shown.tasks, path)
    settle(shown.tasks)
    said = words_in(dialog)
    assert "Numbers whose words have changed (3)" in said and "Unmatched items" in said and "sunny" in said
    if os.environ.get("VAWG_PICTURES"):
        dialog.grab().save(str(Path(os.environ["VAWG_PICTURES"]) / "tracker-questions.png"))
    (alike,) = [c for c in dialog.findChildren(Choice) if c.accessibleName().startswith("Answer all")]
    alike.setCurrentIndex(1)
    alike.activated.emit(1)
    assert len(dialog.wanted().answers) == 3
    dialog.look()
    settle(shown.tasks)
    assert "change 5" in words_in(dialog)
    dialog.deleteLater()


@pytest.mark.parametrize(("scale", "wide"), [(1.0, False), (2.0, False), (1.0, True)])
def test_nothing_in_the_dialog_is_cut_off_at_its_side(
    sample: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, scale: float, wide: bool
) -> None:
    """Long headings and choices at 200%, on a small screen; where there is room, the tray stands beside the questions."""
    monkeypatch.setattr("vawg_desktop.ui.dialogs.tracker._WIDE", 300 if wide else 10**6)
    made = Shown(sample, "light", scale)
    path = tmp_path / "t.csv"
    take(made.session, csv(path, HEAD, *rows_of(TITLES)))
    long = "How the month was felt by most of those who came to the round table in the county hall"
    csv(path, f"{HEAD},{long}", *(f"{r},well" for r in rows_of([f"{t} this year" for t in TITLES])))
    dialog = TrackerDialog(made.window, made.tasks, path)
    dialog.show()
    settle(made.tasks)
    areas = [a for a in dialog.findChildren(QScrollArea) if a.widget() is not None]
    assert len(areas) == 1 + wide
    for area in areas:
        assert area.widget().width() <= area.viewport().width()
    dialog.deleteLater()
    made.close()


def test_a_tracker_is_written_again_from_the_window(shown: Shown, tmp_path: Path) -> None:
    path, out = csv(tmp_path / "t.csv", HEAD, *rows_of(TITLES[:2])), tmp_path / "o.xlsx"
    take(shown.session, path)
    assign(shown.session, str(actions(shown.session)[TITLES[0]]["reference"]), [Assignment("status", "complete")], "w")
    from vawg_desktop.ui.window_commands import write_tracker_to

    write_tracker_to(shown.window, path, out)
    settle(shown.tasks)
    assert out.exists()
