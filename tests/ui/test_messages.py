"""Sentences that come when their window has gone."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from vawg_desktop.domain.errors import RuleError
from vawg_desktop.ui.messages import Messages


def test_an_answer_after_the_window_was_closed_is_no_failure_of_the_program(qtbot: QtBot) -> None:
    messages, window = Messages(), QWidget()
    heard: list[tuple[str, str]] = []
    messages.shown.connect(lambda kind, text: heard.append((kind, text)))
    messages.attach(window)
    shiboken6.delete(window)
    messages.failed(RuleError("The date is not one.", code="x"))
    messages.tell("Saved.")
    assert heard == [("failed", "The date is not one."), ("told", "Saved.")]
