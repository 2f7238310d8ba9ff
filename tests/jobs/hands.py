"""Hands at the window: every key and click is counted, the letters of words that are typed are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QMessageBox, QWidget

from tests.ui.test_window import Shown
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tour import settle

KEY = Qt.Key
CTRL, SHIFT, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
PLAIN = Qt.KeyboardModifier.NoModifier
Script = Callable[[Any], None]


class Hands:
    """What presses keys and clicks, and counts them. A dialog that opens is given to the next script; a file dialog is answered and counts one key."""

    def __init__(self, shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown, self.count = shown, 0
        self.scripts: list[Script] = []
        self._files: list[str] = []
        monkeypatch.setattr(messages, "run", self._run)
        for name, many in (("getSaveFileName", False), ("getOpenFileName", False), ("getOpenFileNames", True), ("getExistingDirectory", None)):
            monkeypatch.setattr(QFileDialog, name, lambda *_, many=many, **__: self._file(many))

    def _file(self, many: bool | None) -> object:
        """The path that is typed into a file dialog, and Enter."""
        self.count += 1
        path = self._files.pop(0)
        return path if many is None else ([path], "") if many else (path, "")

    def will_choose(self, *paths: Path) -> None:
        """Paths that the next file dialogs are given."""
        self._files += [str(p) for p in paths]

    def _run(self, dialog: QDialog) -> int:
        dialog.setResult(QDialog.DialogCode.Rejected)
        dialog.show()
        dialog.activateWindow()
        settle(self.shown.window.tasks)
        self.scripts.pop(0)(dialog)
        result = dialog.result()
        dialog.hide()
        self.shown.window.activateWindow()
        QApplication.processEvents()
        return result

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = PLAIN, root: QWidget | None = None) -> None:
        """Press a key where the keyboard is."""
        self.count += 1
        root = root or self.shown.window
        QTest.keyClick(root.focusWidget() or root, key, held)
        self.settle()

    def type(self, words: str, root: QWidget | None = None) -> None:
        """Type words where the keyboard is; they are not counted."""
        root = root or self.shown.window
        QTest.keyClicks(root.focusWidget() or root, words)
        self.settle()

    def click(self, words: str, root: QWidget | None = None) -> None:
        """Click a button that can be seen, by its words."""
        self.count += 1
        root = root or self.shown.window
        found = [b for b in root.findChildren(QAbstractButton) if b.text() == words and b.isVisible()]
        assert found, f"no button “{words}” is in sight"
        found[0].click()
        self.settle()

    def find(self, words: str, *, down: int = 0) -> None:
        """Ctrl+K, words, Enter: search or do anything."""

        def pick(dialog: Any) -> None:
            self.type(words, dialog)
            QTest.qWait(160)
            self.settle()
            for _ in range(down):
                self.key(KEY.Key_Down, root=dialog)
            self.key(KEY.Key_Return, root=dialog)

        self.scripts.insert(0, pick)
        self.count += 1
        from vawg_desktop.ui.commands import open_palette

        open_palette(self.shown.window)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way."""
        settle(self.shown.window.tasks)
        QApplication.processEvents()
        settle(self.shown.window.tasks)


def yes(box: QMessageBox) -> None:
    """Press the verb of a question."""
    box.done(0)
