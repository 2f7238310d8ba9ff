"""The rating key's wording: printed on every output, because offices use the colours differently."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.terms import RATING
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.basics import button, label
from vawg_desktop.ui.widgets.rating import RatingChip


class RatingKeyDialog(Form):
    """One line for each rating."""

    def __init__(self, parent: QWidget, key: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Rating key")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label("Rating key", size=16, bold=True))
        box.addWidget(label("These words stand on every return, list and paper.", muted=True))
        grid = QGridLayout()
        self._lines: dict[str, QLineEdit] = {}
        for row, (word, meaning) in enumerate(key):
            term = RATING.find(word)
            assert term is not None
            line = QLineEdit(meaning)
            line.setAccessibleName(f"What {word} means")
            grid.addWidget(RatingChip(term.key), row, 0)
            grid.addWidget(line, row, 1)
            self._lines[term.key] = line
        box.addLayout(grid)
        row_box = QHBoxLayout()
        row_box.addStretch(1)
        row_box.addWidget(button("Leave", self.reject))
        self.saves = button("Keep these words", self.accept, kind="primary")
        row_box.addWidget(self.saves)
        box.addLayout(row_box)
        self.setMinimumWidth(theme.px(560))

    def meanings(self) -> dict[str, str]:
        """The wording by rating, empty lines left out."""
        return {k: line.text().strip() for k, line in self._lines.items() if line.text().strip()}

    @classmethod
    def ask(cls, parent: QWidget, key: Sequence[tuple[str, str]]) -> dict[str, str] | None:
        """The wording, or None if the person left."""
        dialog = cls(parent.window(), key)
        accepted = dialog.run()
        meanings = dialog.meanings() if accepted else None
        dialog.deleteLater()
        return meanings
