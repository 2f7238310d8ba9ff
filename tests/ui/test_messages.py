"""Sentences that come when their window has gone."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from vawg_desktop.domain.errors import RuleError
from vawg_desktop.ui.messages import Messages
from vawg_desktop.ui.tasks import Lane
from vawg_desktop.ui.widgets.strip import Strip


def test_an_answer_after_the_window_was_closed_is_no_failure_of_the_program(qtbot: QtBot) -> None:
    messages, window = Messages(), QWidget()
    heard: list[tuple[str, str]] = []
    messages.shown.connect(lambda kind, text: heard.append((kind, text)))
    messages.attach(window, Strip())
    shiboken6.delete(window)
    messages.failed(RuleError("The date is not one.", code="x"))
    messages.tell("Saved.")
    assert heard == [("failed", "The date is not one."), ("told", "Saved.")]


def test_what_was_read_for_a_window_that_is_gone_is_dropped_and_a_failure_is_told(qtbot: QtBot) -> None:
    """The numbers beside the places came after their labels were removed."""
    label = QLabel("")
    lane = Lane("reader")
    told: list[BaseException] = []
    lane.put(lambda: "7", label.setText, told.append)
    lane.put(lambda: 1 // 0, label.setText, told.append)
    lane.stop(drop_answers=True)
    shiboken6.delete(label)
    qtbot.waitUntil(lambda: lane.pending == 0)
    assert [type(error) for error in told] == [ZeroDivisionError]


def test_what_is_still_being_written_is_answered_though_the_lane_has_ended(qtbot: QtBot) -> None:
    lane, heard = Lane("writer"), list[str]()
    lane.put(lambda: "saved", heard.append, None)
    lane.stop()
    qtbot.waitUntil(lambda: heard == ["saved"])
