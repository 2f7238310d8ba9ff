"""A window that is closed while something is being written ends it, however long it takes."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.services.test_journey import sample_store
from vawg_desktop.domain.changes import Changes
from vawg_desktop.services.session import Session
from vawg_desktop.ui.tasks import Tasks


def test_what_is_being_written_is_ended_before_the_store_is_closed(qtbot: QtBot, tmp_path: Path) -> None:
    """It needs the window's thread to go on: what waits there for ten seconds and goes on leaves the store to a thread that still writes."""
    session = sample_store(tmp_path)
    tasks = Tasks(session)
    go_on, ended = threading.Event(), list[bool]()

    def long_write(_: Session) -> Changes:
        ended.append(go_on.wait(60))
        return Changes()

    QTimer.singleShot(200, go_on.set)
    tasks.write(long_write)
    tasks.stop()
    assert ended == [True] and not tasks.saving()
    session.store.close()
