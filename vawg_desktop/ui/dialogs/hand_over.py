"""What goes to a successor as a part of the store, to whom, and under which passphrase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from vawg_desktop.services.splitting import Chosen
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label


@dataclass(frozen=True, slots=True)
class HandingOver:
    """What was chosen, to whom it goes, and the new store's passphrase; None makes it as this one is, not encrypted."""

    chosen: Chosen
    to_whom: str
    passphrase: str | None


class HandOverDialog(Form):
    """Partners, a board, an area; each part with its history, and nothing else."""

    def __init__(self, parent: QWidget | None, partners: Sequence[str], bodies: Sequence[str], *, plain: bool) -> None:
        super().__init__(parent)
        self._plain = plain
        self.setWindowTitle("Hand over a part")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(4))
        box.addWidget(label("Hand over a part", size=16, bold=True))
        box.addWidget(label("A store of its own for a successor: what is chosen, with its history and files, and nothing else. This store keeps everything, and notes what went.", muted=True))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find a partner")
        self.filter.textChanged.connect(self._filter)
        self.put(box, "What these partners have", self.filter)
        self.partners = QListWidget()
        self.partners.setAccessibleName("Partners")
        self.partners.setMinimumHeight(theme.px(96))
        for name in partners:
            shown = QListWidgetItem(name)
            shown.setFlags(shown.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            shown.setCheckState(Qt.CheckState.Unchecked)
            self.partners.addItem(shown)
        box.addWidget(self.partners, 1)
        self.body, self.area, self.to_whom, self.word, self.again = Choice(), QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.body.addItem("None", "")
        for name in bodies:
            self.body.addItem(name, name)
        self.put(box, "What this board holds", self.body)
        self.area.setPlaceholderText("As written in the records")
        self.put(box, "What concerns this area", self.area)
        self.put(box, "Successor", self.to_whom)
        if not plain:
            for field in (self.word, self.again):
                field.setEchoMode(QLineEdit.EchoMode.Password)
            self.put(box, "Passphrase of the new store", self.word)
            self.put(box, "The same again", self.again)
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        self._wrong.hide()
        box.addWidget(self._wrong)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.px(8), 0, 0)
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Choose where …", self._on_done, kind="primary")
        foot.addWidget(self.saves)
        box.addLayout(foot)
        fit_screen(self, 520, 660)

    def _filter(self, typed: str) -> None:
        for n in range(self.partners.count()):
            one = self.partners.item(n)
            one.setHidden(typed.casefold() not in one.text().casefold())

    def answer(self) -> HandingOver:
        """What was chosen."""
        items = (self.partners.item(n) for n in range(self.partners.count()))
        picked = tuple(i.text() for i in items if i.checkState() == Qt.CheckState.Checked)
        chosen = Chosen(picked, str(self.body.currentData() or ""), self.area.text().strip())
        return HandingOver(chosen, self.to_whom.text().strip(), None if self._plain else self.word.text())

    def _on_done(self) -> None:
        given = self.answer()
        wrong = ""
        if not (given.chosen.partners or given.chosen.body or given.chosen.area):
            wrong = "Choose a partner, a board or an area."
        elif not self._plain and not given.passphrase:
            wrong = "Give the new store a passphrase; tell it to the successor apart from the file."
        elif not self._plain and self.word.text() != self.again.text():
            wrong = "The two passphrases are not the same."
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))
        if not wrong:
            self.accept()
