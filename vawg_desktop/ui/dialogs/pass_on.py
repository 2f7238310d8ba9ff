"""Pass work on: a colleague's portfolio, handed over for good or to a deputy between two dates, by anyone who may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, fit_screen, label, offer, scrolled


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Whose work goes to whom, and between which days; without days it goes for good. ``why`` stands in the log."""

    giver: str
    to: str
    start: str
    end: str
    why: str

    @property
    def for_good(self) -> bool:
        """Whether the actions change hands."""
        return not self.start and not self.end


class PassOnDialog(Form):
    """Whose, to whom, for good or between two dates."""

    def __init__(self, parent: QWidget, me: str, people: Sequence[str], *, for_good: bool = True, problem: Callable[[PassedOn], str] = lambda _: "") -> None:
        super().__init__(parent)
        self._problem = problem
        self.setWindowTitle("Pass work on")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.px(24), theme.px(24), 0, theme.px(16))
        outer.setSpacing(theme.px(8))
        outer.addWidget(label("Pass work on", size=16, bold=True))
        box = scrolled(outer, spacing=4)
        self.giver, self.to, self.start, self.end, self.why = (QLineEdit() for _ in range(5))
        self.giver.setText(me)
        for field in (self.giver, self.to):
            offer(field, people)
        self.put(box, "Whose work: our link officer", self.giver)
        self.put(box, "To", self.to)
        self.good, self.between = QRadioButton("For good"), QRadioButton("Between two dates")
        for one, words in ((self.good, "Open actions, and those whose evidence is awaited, change hands."), (self.between, "The deputy sees the officer's actions as their own.")):
            one.setAccessibleDescription(words)
            box.addWidget(one)
            box.addWidget(label(words, muted=True))
        self.put(box, "First day", self.start)
        self.put(box, "Last day", self.end)
        self.start.setPlaceholderText("Such as 1 December")
        self.put(box, "Reason (optional)", self.why)
        self.wrong = label("")
        self.wrong.setProperty("warn", True)
        box.addWidget(self.wrong)
        box.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.px(8), theme.px(24), 0)
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Pass on", self._done, kind="primary")
        foot.addWidget(self.saves)
        outer.addLayout(foot)
        self.good.toggled.connect(self._on_kind)
        (self.good if for_good else self.between).setChecked(True)
        self._on_kind()
        fit_screen(self, 560, 640)

    def first_field(self) -> QWidget:
        """Whose work it is: the person's own, unless another name is typed over it."""
        self.giver.selectAll()
        return self.giver

    def _on_kind(self) -> None:
        for field in (self.start, self.end):
            field.setEnabled(self.between.isChecked())
        self.why.setEnabled(self.good.isChecked())

    def _done(self) -> None:
        missing = [(self.giver, "Say whose work it is."), (self.to, "Say who takes it on.")]
        if self.between.isChecked():
            missing += [(self.start, "Say from which day."), (self.end, "Say until which day.")]
        for field, sentence in missing:
            if not field.text().strip():
                self.wrong.setText(sentence)
                field.setFocus()
                return
        if sentence := self._problem(self.answer()):
            self.wrong.setText(sentence)
            return
        self.accept()

    def answer(self) -> PassedOn:
        """What was chosen."""
        between = self.between.isChecked()
        return PassedOn(self.giver.text().strip(), self.to.text().strip(), self.start.text().strip() if between else "", self.end.text().strip() if between else "", "" if between else self.why.text().strip())
