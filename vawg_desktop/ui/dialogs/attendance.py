"""Who is at a meeting: the body's members and whoever else came, each with apologies, and what interest they declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.meeting_terms import ATTENDANCE, MEMBER_ROLE
from vawg_desktop.services.attendance import Attends, unkept
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label, scrolled

#: So many lines for people who are not on the body.
_GUESTS = 4


class AttendanceDialog(Form):
    """Tab goes from person to person; a letter chooses: P present, B by video, A apologies."""

    def __init__(self, parent: QWidget, title: str, told: Sequence[Attends]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._told = list(told)
        self._rows: list[tuple[QLineEdit | None, Choice, QLineEdit]] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        outer.setSpacing(theme.px(8))
        outer.addWidget(label(title, size=16, bold=True))
        top = QHBoxLayout()
        top.addWidget(label("A letter chooses: P present, B by video, A apologies.", muted=True), 1)
        if told:
            top.addWidget(button("All present", self._all_present))
        outer.addLayout(top)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(4))
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(2, 3)
        scrolled(outer, spacing=4).addLayout(grid)
        for column, words in enumerate(("Person", "Attendance", "Interest declared")):
            grid.addWidget(label(words, muted=True, wrap=False), 0, column)
        for row, one in enumerate(self._told, 1):
            role = MEMBER_ROLE.label(one.role).casefold() if one.role and one.role != "member" else ""
            more = ", ".join(w for w in (one.partner_name, role) if w)
            grid.addWidget(label(f"{one.person}{f' ({more})' if more else ''}"), row, 0)
            self._add(grid, row, one.person, one, None)
        for row in range(len(self._told) + 1, len(self._told) + 1 + _GUESTS):
            line = QLineEdit()
            line.setAccessibleName("Somebody else who came")
            line.setPlaceholderText("Somebody else")
            grid.addWidget(line, row, 0)
            self._add(grid, row, "somebody else", Attends("", "", "", "", ""), line)
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        self._wrong.hide()
        outer.addWidget(self._wrong)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Note attendance", self._on_done, kind="primary")
        foot.addWidget(self.saves)
        outer.addLayout(foot)
        fit_screen(self, 760, 220 + 36 * (len(self._told) + _GUESTS))

    def _add(self, grid: QGridLayout, row: int, who: str, one: Attends, line: QLineEdit | None) -> None:
        choice = Choice()
        choice.addItem("Not noted", "")
        for term in ATTENDANCE:
            choice.addItem(term.label, term.key)
        choice.setCurrentIndex(max(0, choice.findData(one.state)))
        choice.setAccessibleName(f"Attendance of {who}")
        declared = QLineEdit(one.declared)
        declared.setAccessibleName(f"Interest declared by {who}")
        grid.addWidget(choice, row, 1)
        grid.addWidget(declared, row, 2)
        self._rows.append((line, choice, declared))

    def _all_present(self) -> None:
        for line, choice, _ in self._rows:
            if line is None and not choice.currentData():
                choice.setCurrentIndex(choice.findData("present"))

    def _on_done(self) -> None:
        bare = next((one for one in self.noted() if one.declared and not one.state), None)
        if bare is None:
            self.accept()
            return
        self._wrong.setText(unkept(bare.person))
        self._wrong.show()

    def noted(self) -> list[Attends]:
        """Everybody as noted; a guest without a choice is present."""
        found: list[Attends] = []
        for at, (line, choice, declared) in enumerate(self._rows):
            state = str(choice.currentData() or "")
            if line is None:
                found.append(replace(self._told[at], state=state, declared=declared.text().strip()))
            elif line.text().strip():
                found.append(Attends(" ".join(line.text().split()), "", "", "", state or "present", declared.text().strip()))
        return found

    @classmethod
    def ask(cls, parent: QWidget, title: str, told: Sequence[Attends]) -> list[Attends] | None:
        """The attendance as noted, or None where the person left."""
        dialog = cls(parent.window(), title, told)
        accepted = dialog.run()
        noted = dialog.noted() if accepted else None
        dialog.deleteLater()
        return noted
