"""On what footing a case extract came, and what an offence weighs: asked before a row is read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vawg_desktop.services.case_extracts import EXTRACT, FOOTING
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice, fill
from vawg_desktop.ui.widgets.common import button, fit_screen, label, scrolled


class CasesDialog(Form):
    """The footing, all of which is needed; Enter reads the file."""

    def __init__(self, parent: QWidget, name: str, weights: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import a case extract")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), 0, theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label(f"Import {name}", size=16, bold=True))
        body = scrolled(box, spacing=6)
        body.addWidget(label("The file is read, measured and forgotten: no row and no reference of it is kept. A file with names, dates of birth, addresses or numbers of persons is refused.", muted=True))
        self._fields: dict[str, QLineEdit] = {}
        for key in FOOTING:
            spec = EXTRACT.by_key[key]
            self._fields[key] = made = QLineEdit()
            made.setPlaceholderText(spec.help)
            made.textChanged.connect(lambda _: self._look())
            self.put(body, spec.label, made)
        self._weights = Choice()
        fill(self._weights, [("", "Do not weigh"), *weights], weights[0][0] if weights else "")
        self.put(body, "Weigh offences by", self._weights)
        body.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.px(8), theme.px(24), 0)
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Read and measure", self.accept, kind="primary")
        foot.addWidget(self.saves)
        box.addLayout(foot)
        self._look()
        fit_screen(self, 600, 640)

    def _look(self) -> None:
        if self.saves is not None:
            self.saves.setEnabled(all(made.text().strip() for made in self._fields.values()))

    def answer(self) -> tuple[dict[str, str], str]:
        """The footing, and the id of the weights (empty for none)."""
        return {key: made.text().strip() for key, made in self._fields.items()}, str(self._weights.currentData() or "")
