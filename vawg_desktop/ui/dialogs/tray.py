"""What is to be made of words that stood beside the answers of a return: an update, a note or a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from vawg_desktop.services.return_tray import MADE
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, label


@dataclass(frozen=True, slots=True)
class TrayWanted:
    """What to make, of which action (its reference), in which words."""

    kind: str
    action: str
    words: str


class TrayDialog(Form):
    """The words as they stood, the action they are about, and what they become."""

    def __init__(self, parent: QWidget, entry: Mapping[str, str], actions: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Use these words")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label("Use these words", size=16, bold=True))
        place = f"{entry['sheet']}!{entry['cell']}" if entry["cell"] else entry["sheet"]
        box.addWidget(label(f"{place}: {entry['why']}", muted=True))
        self._kind, self._action = Choice(), Choice()
        for combo, name in ((self._kind, "Make it a"), (self._action, "About the action")):
            box.addWidget(label(name, muted=True))
            combo.setAccessibleName(name)
            box.addWidget(combo)
        for key, words in MADE.items():
            self._kind.addItem(words, key)
        for reference, title in actions:
            self._action.addItem(f"{reference}  {title}", reference)
        self._action.setCurrentIndex(max(0, self._action.findData(entry.get("record", ""))))
        self._paper = QPlainTextEdit(entry["text"])
        self._paper.setAccessibleName("Words")
        self._paper.setTabChangesFocus(True)
        self._paper.setMinimumHeight(theme.px(96))
        box.addWidget(label("Words", muted=True))
        box.addWidget(self._paper)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme.px(8), 0, 0)
        row.addStretch(1)
        row.addWidget(button("Cancel", self.reject))
        self.saves = button("Save", self.accept, kind="primary")
        row.addWidget(self.saves)
        box.addLayout(row)
        self.setMinimumWidth(theme.px(520))

    def wanted(self) -> TrayWanted:
        """As it stands in the dialog."""
        return TrayWanted(str(self._kind.currentData()), str(self._action.currentData()), self._paper.toPlainText())

    @classmethod
    def ask(cls, parent: QWidget, entry: Mapping[str, str], actions: Sequence[tuple[str, str]]) -> TrayWanted | None:
        """What is wanted, or None if the person left."""
        dialog = cls(parent.window(), entry, actions)
        answer = dialog.wanted() if dialog.run() else None
        dialog.deleteLater()
        return answer
