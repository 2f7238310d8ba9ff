"""Forms on a screen of 1366 by 768 at 200 %: all of one is on the screen, and the keyboard begins in its first field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.services.test_journey import sample_store
from tests.ui.test_window import Shown
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.ui.columns import form_fields
from vawg_desktop.ui.dialogs.forms import FormDialog
from vawg_desktop.ui.theme import theme


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    made = Shown(sample_store(tmp_path), "light", 2.0)
    yield made
    made.close()
    made.tasks.stop()
    made.session.store.close()
    theme.apply("light", 1.0)


@pytest.mark.parametrize("kind", ["recommendation", "action", "partner", "figure", "contact", "evidence"])
def test_a_long_form_stays_on_the_screen_and_begins_in_its_first_field(shown: Shown, kind: str) -> None:
    with patch.object(QScreen, "availableSize", lambda _: QSize(1366, 768)):
        spec = BY_KEY[kind]
        dialog = FormDialog(shown.window, shown.tasks, f"New {kind}", spec, form_fields(spec), "Add")
        dialog.show()
        dialog.activateWindow()
        QApplication.processEvents()
        assert dialog.height() <= 768 and dialog.width() <= 1366
        (saves,) = [b for b in dialog.findChildren(QPushButton) if b.isDefault()]
        assert dialog.rect().contains(QRect(saves.mapTo(dialog, QPoint(0, 0)), saves.size()))
        assert isinstance(QApplication.focusWidget(), QLineEdit)
        dialog.deleteLater()
