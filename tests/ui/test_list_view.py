"""What a list draws in its cells."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QFont, QFontMetrics
from pytestqt.qtbot import QtBot

from vawg_desktop.ui.columns import columns_of
from vawg_desktop.ui.models.list_model import ListModel
from vawg_desktop.ui.widgets.list_view import ListDelegate, ListView


class Heard:
    """A painter that writes down the texts it is given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def drawText(self, box: QRect, flags: object, text: str) -> None:
        self.texts.append(text)

    def fontMetrics(self) -> QFontMetrics:
        return QFontMetrics(QFont())

    def __getattr__(self, name: str) -> Any:
        return lambda *args: None


@pytest.mark.parametrize(("conflicts", "words"), [(0, "A-0001"), (2, "A-0001 !"), (None, "A-0001")])
def test_a_record_with_two_values_to_choose_between_is_marked_at_its_reference(qtbot: QtBot, conflicts: int | None, words: str) -> None:
    columns = columns_of("action")
    model = ListModel(columns, lambda numbers, then: None)
    heard = Heard()
    row: dict[str, object] = {"n": 1, "id": "x", "reference": "A-0001", "conflicts": conflicts}
    ListDelegate(ListView(model, "List"))._draw(heard, QRect(0, 0, 400, 30), row, columns[0], model, False)  # type: ignore[arg-type]
    assert heard.texts == [words]
