"""A window in which a meeting is minuted by keys, for a test that kills it: prints what is kept and what is saved.

Run as ``python -m tests.ui.meeting_child STORE MEETING ROUND``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.ui.main_window import MainWindow
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.tour import settle

CTRL = Qt.KeyboardModifier.ControlModifier


def told(words: str) -> None:
    """Say a line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def pause(milliseconds: int) -> None:
    """Let the window go on for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    """Type about one item after the other until killed or through."""
    store, meeting, number = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    application = QApplication([])
    theme.apply("light", 1.0, "normal")
    tasks = Tasks(Session(opening.open_store(store), "B. Officer"))
    window = MainWindow()
    window.attach(tasks, "copy")
    window.show()
    window.activateWindow()
    window.open_record(f"hold:{meeting}")
    settle(tasks)
    page: Any = window.page("meeting_mode")
    answer = page.form._fields["answer"]
    told(f"DRAFT {page._at} {answer.toPlainText()}")
    last = str(page._held.items[-1]["id"])
    for turn in range(40):
        item = str(page._at)
        words = f"Said in round {number} turn {turn}"
        QTest.keyClicks(answer, words[:9])
        pause(250)
        settle(tasks)
        told(f"KEPT {item} {answer.toPlainText()}")
        QTest.keyClicks(answer, words[9:])
        pause(250)
        settle(tasks)
        told(f"KEPT {item} {answer.toPlainText()}")
        whole = answer.toPlainText()
        QTest.keyClick(answer, Qt.Key.Key_Return, CTRL)
        settle(tasks)
        told(f"SAVED {item} {whole}")
        if item == last:
            break
    told("END")
    tasks.stop()
    application.quit()


if __name__ == "__main__":
    main()
