"""A funder's form: which of our fields stands in which of its cells, and the period that it is filled for."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vawg_desktop.services.monitoring import FIELDS, FormRead
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label, scrolled


@dataclass(frozen=True, slots=True)
class FillWanted:
    """The period, and for each field its cell, empty where it stands nowhere."""

    period: str
    mapping: dict[str, str]


class FillDialog(Form):
    """One line for each field; cells are named as the spreadsheet program names them."""

    def __init__(self, parent: QWidget, service: str, form: FormRead, periods: list[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Fill a funder's form")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(6))
        box.addWidget(label(f"Fill {form.book.name}", size=16, bold=True))
        box.addWidget(label(f"{service}. Name the cell for each field, such as {form.book.sheets[0].name}!B4; leave empty what the form does not ask. This is remembered.", muted=True))
        row = QHBoxLayout()
        row.addWidget(label("Period", muted=True, wrap=False))
        self.period = Choice()
        self.period.setAccessibleName("Period")
        self.period.addItems(periods)
        self.period.settle()
        row.addWidget(self.period)
        row.addStretch(1)
        box.addLayout(row)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(16))
        grid.setVerticalSpacing(theme.px(4))
        self._cells: dict[str, QLineEdit] = {}
        for number, (key, words) in enumerate(FIELDS.items()):
            grid.addWidget(label(words, muted=True, wrap=False), number, 0)
            line = QLineEdit(form.mapping.get(key, ""))
            line.setAccessibleName(f"Cell for {words}")
            grid.addWidget(line, number, 1)
            self._cells[key] = line
        grid.setColumnStretch(1, 1)
        scrolled(box, spacing=4).addLayout(grid)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Fill it …", self.accept, kind="primary")
        foot.addWidget(self.saves)
        box.addLayout(foot)
        fit_screen(self, 560, 620)

    @classmethod
    def ask(cls, parent: QWidget, service: str, form: FormRead, periods: list[str]) -> FillWanted | None:
        """What was asked for, or None if the person left."""
        dialog = cls(parent.window(), service, form, periods)
        accepted = dialog.run()
        wanted = FillWanted(dialog.period.currentText(), {k: line.text() for k, line in dialog._cells.items()})
        dialog.deleteLater()
        return wanted if accepted else None
