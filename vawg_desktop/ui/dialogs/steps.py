"""A person's last steps, the newest first: choose how far back to go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from vawg_desktop.domain.dates import london_time
from vawg_desktop.services.undoing import Step
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, fit_screen, label


class StepsDialog(Form):
    """The list; the button says how many steps it undoes."""

    def __init__(self, parent: QWidget, steps: Sequence[Step]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Last steps")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label("Your last steps", size=16, bold=True))
        box.addWidget(label("Undoing a step undoes those after it too. Undone steps stay in Changes.", muted=True))
        self.list = QListWidget()
        self.list.setAccessibleName("Your last steps")
        for step in steps:
            item = QListWidgetItem(f"{london_time(step.at)}   {step.what}")
            item.setToolTip(step.what)
            self.list.addItem(item)
        self.list.setWordWrap(True)
        self.list.setSpacing(theme.px(3))
        self.list.itemActivated.connect(lambda _: self.accept())
        self.list.currentRowChanged.connect(self._on_row)
        box.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Undo", self.accept, kind="primary")
        foot.addWidget(self.saves)
        box.addLayout(foot)
        self.list.setCurrentRow(0)
        fit_screen(self, 640, 480)

    def first_field(self) -> QWidget:
        """The list."""
        return self.list

    def _on_row(self, row: int) -> None:
        if self.saves is not None:
            self.saves.setText("Undo" if row < 1 else f"Undo {row + 1} steps")

    def chosen(self) -> int:
        """How many steps are to be undone."""
        return self.list.currentRow() + 1
