"""Look at what was pasted before it becomes records."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.services.pasting import read_pasted
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, fit_screen, label

Rows = list[tuple[str, str, str]]


class PasteDialog(Form):
    """The text as pasted, and how many records it makes."""

    def __init__(self, parent: QWidget, spec: EntitySpec, text: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Paste {spec.plural.casefold()}")
        self._spec = spec
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label(f"Paste {spec.plural.casefold()}", size=16, bold=True))
        box.addWidget(
            label(
                "Each paragraph, or each row from Excel, becomes one record. Delete the lines that should not.",
                muted=True,
            )
        )
        self._paper = QPlainTextEdit(text)
        self._paper.setAccessibleName("Pasted text")
        self._paper.textChanged.connect(self._count)
        box.addWidget(self._paper, 1)
        self._summary = label("")
        box.addWidget(self._summary)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(button("Cancel", self.reject))
        self._add = button("Add", self.accept, kind="primary")
        row.addWidget(self._add)
        self.saves = self._add
        box.addLayout(row)
        fit_screen(self, 640, 440)
        self._count()

    def rows(self) -> Rows:
        """What the text makes."""
        return read_pasted(self._paper.toPlainText())

    def _count(self) -> None:
        rows = self.rows()
        numbered = sum(1 for number, _, _ in rows if number)
        makes = f"Makes {self._spec.how_many(len(rows))}" + (f", {numbered} with their own number." if numbered else ".")
        self._summary.setText(makes if rows else "Nothing to add yet.")
        self._add.setEnabled(bool(rows))

    @classmethod
    def ask(cls, parent: QWidget, spec: EntitySpec, text: str) -> Rows | None:
        """The rows to add, or None if the person left."""
        dialog = cls(parent.window(), spec, text)
        accepted = dialog.run()
        rows = dialog.rows() if accepted else None
        dialog.deleteLater()
        return rows
