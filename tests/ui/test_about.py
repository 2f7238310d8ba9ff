"""What "About this program" says is whole, whatever the length of a path."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QTextEdit

from tests.ui.test_window import Shown
from vawg_desktop import log_file, paths
from vawg_desktop.services.session import Session
from vawg_desktop.ui.help import show_about


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_no_path_is_cut_off_and_each_can_be_copied(
    qtbot: object, sample: Session, monkeypatch: pytest.MonkeyPatch, scale: float
) -> None:
    long = Path("\\\\office-files01\\OPCC\\Shared\\VAWG\\Inquiry\\Tracking\\2026-27\\WorkingStore\\KeptHere")
    monkeypatch.setattr(paths, "user_data", lambda: long)
    shown = Shown(sample, scale=scale)
    seen: list[tuple[str, bool]] = []
    empty: list[bool] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        for words in dialog.findChildren(QTextEdit):
            size = words.document().size()
            seen.append((words.toPlainText(), size.width() <= words.width() and size.height() <= words.height()))
        rows = sum(words.height() for words in dialog.findChildren(QTextEdit))
        empty.append(dialog.height() > 2 * rows + 200 * scale)
        dialog.close()

    QTimer.singleShot(100, look)  # when it is drawn
    show_about(shown.window)
    shown.close()
    assert str(long) in [text for text, _ in seen] and any(str(log_file.place()) in text for text, _ in seen)
    assert empty == [False]
    assert all(whole for _, whole in seen), seen
