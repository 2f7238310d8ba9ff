"""To whom a paper goes, who cleared it, and of which one it is a new edition."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.meeting_terms import PAPER_STAGE
from vawg_desktop.services.publications import Sending
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label


class PublishDialog(Form):
    """What is kept beside the file; what left the office is corrected by a new edition, never undone."""

    def __init__(self, parent: QWidget, called: str, earlier: Sequence[tuple[str, str]], stage: str = "published") -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Publish: {called}")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(4))
        box.addWidget(label(f"Publish: {called}", size=16, bold=True))
        box.addWidget(label("The file, its figures and the records they count are kept. Publishing cannot be undone; to correct it, publish a new edition.", muted=True))
        self._to, self._cleared, self._author, self._what = (QLineEdit() for _ in range(4))
        self._stage, self._of = Choice(), Choice()
        for term in PAPER_STAGE:
            self._stage.addItem(term.label, term.key)
        self._stage.setCurrentIndex(self._stage.findData(stage))
        self._of.addItem("No: it is a paper of its own", "")
        for reference, words in reversed(earlier):
            self._of.addItem(words, reference)
        self.put(box, "To whom it goes", self._to)
        self.put(box, "Author", self._author)
        self.put(box, "Cleared by", self._cleared)
        self.put(box, "Stage", self._stage)
        if earlier:
            self.put(box, "A new edition of", self._of)
            self.put(box, "What changed since then", self._what)
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        self._wrong.hide()
        box.addWidget(self._wrong)
        box.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Publish", self._on_done, kind="primary")
        foot.addWidget(self.saves)
        box.addLayout(foot)
        fit_screen(self, 520, 400 + 120 * bool(earlier))

    def _on_done(self) -> None:
        wrong, field = "", self._to
        if not self._to.text().strip():
            wrong = "Say to whom it goes: a board, the Police and Crime Panel, the public."
        elif self._of.currentData() and not self._what.text().strip():
            wrong, field = "Say what changed since the edition before.", self._what
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))
        if wrong:
            field.setFocus()
            return
        self.accept()

    def sending(self) -> Sending:
        """What was filled in."""
        return Sending(
            self._to.text().strip(), self._author.text().strip(), self._cleared.text().strip(), str(self._stage.currentData()),
            str(self._of.currentData() or ""), self._what.text().strip(),
        )  # fmt: skip

    @classmethod
    def ask(cls, parent: QWidget, called: str, earlier: Sequence[tuple[str, str]], stage: str = "published") -> Sending | None:
        """What was filled in, or None where the person left."""
        dialog = cls(parent.window(), called, earlier, stage)
        sending = dialog.sending() if dialog.run() else None
        dialog.deleteLater()
        return sending
