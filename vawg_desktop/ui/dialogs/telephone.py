"""A return by telephone: one action or service at a time, by keys alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.return_columns import HEADINGS, PROGRESS, ReturnForm, field_of_column
from vawg_desktop.domain.terms import CHANNEL, how_many
from vawg_desktop.domain.values import to_words
from vawg_desktop.exchange.return_plan import NOT_OFFERED
from vawg_desktop.services.telephone import Asked
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label, scrolled

_LONG = frozenset({"narrative"})
#: The order in which a call goes through the fields, where it is not that of the workbook.
_ORDER = {
    PROGRESS.kind: ("status", "narrative", "next_step", "percent", "rating_partner", "revised_due", "revised_reason", "blockers", "help_wanted"),
}


class TelephoneDialog(Form):
    """Who rang, and one action or service after the other. Ctrl+Enter goes on, Alt+N says No change and goes on, Alt+D ends."""

    def __init__(self, parent: QWidget, partner: str, asked: list[Asked], form: ReturnForm = PROGRESS) -> None:
        super().__init__(parent)
        self._form = form
        self.setWindowTitle(f"Phone call: {partner}")
        self.answers: dict[str, dict[str, str]] = {}
        self._asked, self._at = asked, 0
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label(f"Answers of {partner}", size=16, bold=True))
        top = QHBoxLayout()
        self.informant = QLineEdit()
        self.informant.setAccessibleName("Who gave the answers")
        self.informant.setPlaceholderText("Who gave the answers")
        top.addWidget(self.informant, 2)
        self.channel = Choice()
        self.channel.setAccessibleName("How they reached us")
        for key in ("telephone", "email", "meeting"):
            self.channel.addItem(CHANNEL.label(key), key)
        top.addWidget(self.channel, 1)
        box.addLayout(top)
        self._head = label("", size=14, bold=True)
        self._sub = label("", muted=True)
        box.addWidget(self._head)
        box.addWidget(self._sub)
        self._fields: dict[str, QWidget] = {}
        scrolled(box, spacing=4).addLayout(self._grid())
        for area in self.findChildren(QScrollArea):
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys go from field to field
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        box.addWidget(self._wrong)
        foot = QHBoxLayout()
        foot.addWidget(button("Back", self.back, kind="quiet", tip="Alt+B"))
        foot.addWidget(button("No change", self.no_change, tip="Alt+N"))
        foot.addWidget(button(f"Next {form.row}", self.forward, tip="Ctrl+Enter"))
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject, kind="quiet"))
        foot.addWidget(button("Done", self.done_all, kind="primary", tip="Alt+D"))
        box.addLayout(foot)
        for keys, do in (
            ("Ctrl+Return", self.forward), ("Ctrl+Enter", self.forward), ("Alt+N", self.no_change), ("Alt+B", self.back),
            ("Alt+D", self.done_all),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self, do)
        fit_screen(self, 680, 660)
        self._show()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(16))
        grid.setVerticalSpacing(theme.px(4))
        keys = dict.fromkeys((*_ORDER.get(self._form.kind, ()), *(k for k in self._form.by_key if k != "answer")))
        for row, key in enumerate(keys):
            head, terms = HEADINGS[key], field_of_column(key).terms
            side = Qt.AlignmentFlag.AlignTop if key in _LONG else Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(label(head, muted=True), row, 0, side)
            made: QWidget
            if terms is not None:
                made = Choice()
                made.addItem("Unchanged", "")
                for term in terms:
                    if term.key not in NOT_OFFERED:
                        made.addItem(term.label, term.label)
            elif key in _LONG:
                made = QPlainTextEdit()
                made.setTabChangesFocus(True)
                made.setStyleSheet(f"min-height: {theme.px(72)}px; max-height: {theme.px(72)}px;")
            else:
                made = QLineEdit()
            made.setAccessibleName(head)
            self._fields[key] = made
            grid.addWidget(made, row, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _show(self) -> None:
        one = self._asked[self._at]
        self._head.setText(f"{one.reference}  {one.title}")
        due = f" · {'due' if self._form is PROGRESS else 'funding ends'} {one.due}" if one.due else ""
        self._sub.setText(f"{self._form.about.label} {self._at + 1} of {len(self._asked)}{due}")
        given = self.answers.get(one.id, {})
        for key, made in self._fields.items():
            sent = one.values.get(key)
            now = to_words(field_of_column(key), sent) if sent is not None else ""
            if isinstance(made, Choice):
                made.setItemText(0, f"Unchanged ({now})" if now else "Unchanged")
                made.setCurrentIndex(max(0, made.findData(given.get(key, ""))))
            elif isinstance(made, QPlainTextEdit):
                made.setPlainText(given.get(key, ""))
                made.setPlaceholderText(now[:200])
            elif isinstance(made, QLineEdit):
                made.setText(given.get(key, ""))
                made.setPlaceholderText(now)
        (self.informant if not self.informant.text() else next(iter(self._fields.values()))).setFocus()

    def _keep(self) -> None:
        found: dict[str, str] = {}
        for key, made in self._fields.items():
            if isinstance(made, Choice):
                found[key] = str(made.currentData() or "")
            elif isinstance(made, QPlainTextEdit):
                found[key] = made.toPlainText()
            elif isinstance(made, QLineEdit):
                found[key] = made.text()
        filled = {k: v for k, v in found.items() if v.strip()}
        before = self.answers.get(self._asked[self._at].id, {})
        if filled:
            self.answers[self._asked[self._at].id] = {"answer": "Update", **filled}
        elif before.get("answer") != "No change":
            self.answers.pop(self._asked[self._at].id, None)

    def forward(self) -> None:
        """Keep these answers and go on."""
        self._keep()
        if self._at + 1 < len(self._asked):
            self._at += 1
            self._show()
        else:
            self._sub.setText(f"That was the last {self._form.row}; Done saves the answers.")

    def back(self) -> None:
        """To the action before."""
        self._keep()
        self._at = max(0, self._at - 1)
        self._show()

    def no_change(self) -> None:
        """This action has no change; go on. Words written for it stand: they are an update."""
        self._keep()
        one = self._asked[self._at].id
        if any(k != "answer" for k in self.answers.get(one, {})):
            self._wrong.setText(f"You typed an update for this {self._form.row}, so it is kept. Clear it first if nothing changed.")
            return
        self._wrong.setText("")
        self.answers[one] = {"answer": "No change"}
        if self._at + 1 < len(self._asked):
            self._at += 1
            self._show()
        else:
            self._sub.setText(f"That was the last {self._form.row}; Done saves the answers.")

    def reject(self) -> None:
        """Leave; what was told is not thrown away unasked."""
        self._keep()
        answered = f"{how_many(len(self.answers), self._form.row)} answered so far would be lost." if self.answers else "The caller's name would be lost."
        if (self.answers or self.informant.text().strip()) and not messages.ask("Discard this call?", answered, "Discard"):
            return
        self._before = None  # asked already
        super().reject()

    def done_all(self) -> None:
        """Take what was told so far."""
        self._keep()
        if not self.informant.text().strip():
            self._wrong.setText("Say who gave the answers.")
            self.informant.setFocus()
        elif not self.answers:
            self._wrong.setText("Nothing was answered yet.")
        else:
            self.accept()
