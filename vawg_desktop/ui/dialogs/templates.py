"""The office's own words on returns and messages, edited in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.basics import button, label, scrolled


@dataclass(frozen=True, slots=True)
class Template:
    """One text: its setting, what it is called, a hint, and how it reads now."""

    name: str
    label: str
    hint: str
    text: str


class TemplatesDialog(QDialog):
    """A box for each text."""

    def __init__(self, parent: QWidget, templates: Sequence[Template]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Wording of returns and messages")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), 0, theme.px(16))
        box.addWidget(label("Wording of returns and messages", size=16, bold=True))
        body = scrolled(box, spacing=4)
        self._boxes: dict[str, QPlainTextEdit] = {}
        for one in templates:
            body.addWidget(label(one.label, bold=True))
            body.addWidget(label(one.hint, muted=True))
            made = QPlainTextEdit(one.text)
            made.setAccessibleName(one.label)
            made.setTabChangesFocus(True)
            made.setStyleSheet(f"min-height: {theme.px(64)}px; max-height: {theme.px(96)}px;")
            body.addWidget(made)
            self._boxes[one.name] = made
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.px(8), theme.px(24), 0)
        foot.addStretch(1)
        foot.addWidget(button("Leave", self.reject))
        foot.addWidget(button("Keep these words", self.accept, kind="primary"))
        box.addLayout(foot)
        self.resize(theme.px(640), theme.px(640))

    def words(self) -> dict[str, str]:
        """Every text by its setting."""
        return {name: box.toPlainText() for name, box in self._boxes.items()}
