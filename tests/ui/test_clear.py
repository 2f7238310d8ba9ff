"""What is cleared is gone, rows within rows too."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from vawg_desktop.ui.widgets.common import clear


def test_rows_within_rows_are_cleared_too(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    box = QVBoxLayout(holder)
    row, inner = QHBoxLayout(), QVBoxLayout()
    inner.addWidget(QLabel("innermost"))
    row.addWidget(QLabel("in a row"))
    row.addLayout(inner)
    box.addLayout(row)
    box.addWidget(QLabel("plain"))
    clear(box)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert holder.findChildren(QLabel) == []
    assert box.count() == 0
