"""Partners to whom a message could not be addressed: their addresses are typed in place, or left for the mail program."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.terms import how_many
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, fit_screen, label, scrolled


class AddressesDialog(Form):
    """A line for each partner without an address; what is typed is kept as the partner's shared mailbox."""

    def __init__(self, parent: QWidget, partners: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Addresses that are missing")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.px(24), theme.px(24), 0, theme.px(16))
        outer.setSpacing(theme.px(8))
        outer.addWidget(label(f"{how_many(len(partners), 'partner')} without an e-mail address", size=16, bold=True))
        told = label("Type an address to keep it as the partner's shared mailbox, or leave it empty and add it in your mail program.", muted=True)
        told.setContentsMargins(0, 0, theme.px(24), 0)
        outer.addWidget(told)
        box = scrolled(outer, spacing=4)
        self._lines: list[tuple[str, QLineEdit]] = []
        for id, name in partners:
            line = QLineEdit()
            self.put(box, name, line)
            self._lines.append((id, line))
        box.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.px(8), theme.px(24), 0)
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Go on", self.accept, kind="primary")
        foot.addWidget(self.saves)
        outer.addLayout(foot)
        fit_screen(self, 520, 200 + 66 * min(len(partners), 7))

    def typed(self) -> list[tuple[str, str]]:
        """The addresses that were typed, by partner."""
        return [(id, line.text().strip()) for id, line in self._lines if line.text().strip()]
