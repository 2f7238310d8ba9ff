"""What a round of returns needs: its period, the date they are wanted by, where to put the workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.calendar import working_from
from vawg_desktop.domain.dates import financial_quarter, parse_date
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.errors import AppError
from vawg_desktop.domain.return_columns import CONTRACT, FORMS, PROGRESS
from vawg_desktop.services import round_preview, service_values
from vawg_desktop.services.board_dates import coming_boards, papers_days, plan_back
from vawg_desktop.services.round_preview import AskedPartner
from vawg_desktop.ui.dialogs.asked_tree import AskedTree
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label, scrolled


@dataclass(frozen=True, slots=True)
class RoundWanted:
    """What was asked for."""

    period: str
    due: str
    folder: str
    format: str
    kind: str
    #: Ids of the partners who are asked, and rows that are not asked about as the ids of partner and row.
    partners: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


class RoundDialog(Form):
    """Period, due date, folder, kind of file."""

    def __init__(self, parent: QWidget, today: date, boards: Sequence[tuple[str, str]], asked: Mapping[str, Sequence[AskedPartner]] | None = None, papers: Sequence[date | None] = ()) -> None:
        super().__init__(parent)
        self.setWindowTitle("Prepare returns")
        self._today = today
        #: By kind of round, who would be asked; empty where that was not looked at.
        self._asked_by = asked or {}
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(4))
        box.addWidget(label("Prepare returns", size=16, bold=True))
        box.addWidget(
            label(
                "One workbook for each partner that is ticked. If you asked about this period before, a new version is made.",
                muted=True,
            )
        )
        outer, box = box, scrolled(box, spacing=4)
        box.addWidget(label("What it asks about", muted=True))
        self._kind = Choice()
        self._kind.setAccessibleName("What it asks about")
        self._kind.addItem("Progress of actions", PROGRESS.kind)
        self._kind.addItem("Services under contract or grant", CONTRACT.kind)
        box.addWidget(self._kind)
        self._period = self._line(box, "Period", financial_quarter(today))
        self._due = self._line(box, "To be returned by", date_label(working_from(today + timedelta(weeks=4)).isoformat()))
        self._boards = Choice()
        self._boards.setAccessibleName("Plan back from a board")
        self._boards.addItem("Plan back from a board …", "")
        self._papers = [None, *papers]
        for words, day in boards:
            self._boards.addItem(words, day)
        self._boards.meant.connect(self._plan)
        self._boards.setVisible(self._boards.count() > 1)
        box.addWidget(self._boards)
        self._planned = label("", muted=True)
        self._planned.hide()
        box.addWidget(self._planned)
        folder = Path.home() / "Returns" / financial_quarter(today).replace("/", "-")
        self._folder = self._line(box, "Folder for the workbooks", str(folder))
        box.addWidget(button("Choose folder …", self._choose), 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(label("Kind of file", muted=True))
        self._format = Choice()
        self._format.setAccessibleName("Kind of file")
        self._format.addItem("Excel workbook (.xlsx)", "xlsx")
        self._format.addItem("OpenDocument spreadsheet (.ods)", "ods")
        box.addWidget(self._format)
        self.tree = AskedTree()
        if self._asked_by:
            box.addWidget(label("Who is asked, and about what", muted=True))
            box.addWidget(self.tree, 1)
            self._kind.currentIndexChanged.connect(lambda _: self._show_asked())
            self._show_asked()
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        box.addWidget(self._wrong)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(button("Cancel", self.reject))
        send = button("Create workbooks", self._on_done, kind="primary")
        self.saves = send
        row.addWidget(send)
        if not self._asked_by:
            box.addStretch(1)
        outer.addLayout(row)
        fit_screen(self, 640, 720 if self._asked_by else 520)

    def _show_asked(self) -> None:
        kind = str(self._kind.currentData())
        self.tree.show_asked(self._asked_by.get(kind, ()), FORMS[kind].row)

    def _plan(self, place: int) -> None:
        day = str(self._boards.itemData(place) or "")
        if not day:
            return
        plan = plan_back(date.fromisoformat(day), self._papers[place] if place < len(self._papers) else None)
        self._due.setText(date_label(plan.due.isoformat()))
        late = (
            " That is past: choose a later board, or a date of your own."
            if plan.send < self._today
            else ""
        )
        self._planned.show()
        self._planned.setText(
            f"Send by {date_label(plan.send.isoformat())}, due {date_label(plan.due.isoformat())}, papers leave on "
            f"{date_label(plan.papers.isoformat())}; working days, bank holidays left out.{late}"
        )

    def _line(self, box: QVBoxLayout, name: str, given: str) -> QLineEdit:
        box.addWidget(label(name, muted=True))
        line = QLineEdit(given)
        line.setAccessibleName(name)
        box.addWidget(line)
        return line

    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder for the workbooks", self._folder.text())
        if name:
            self._folder.setText(name)

    def _on_done(self) -> None:
        wrong = "" if self._period.text().strip() else "A round needs its period, such as 2026/27 Q2."
        try:
            parse_date(self._due.text(), now=self._today)
            if not wrong and self._kind.currentData() == CONTRACT.kind:
                service_values.period_of(self._period.text())
        except AppError as error:
            wrong = error.message
        if not wrong and self._asked_by and not self.tree.asked():
            wrong = "Nobody is ticked, so no workbook would be made."
        self._wrong.setText(wrong)
        if not wrong:
            self.accept()

    @classmethod
    def ask(cls, parent: QWidget, tasks: Tasks) -> RoundWanted | None:
        """What was asked for, or None if the person left."""
        boards, days, asked = tasks.fetch(lambda s: (coming_boards(s), papers_days(s), {kind: round_preview.asked(s, kind) for kind in FORMS}))
        dialog = cls(parent.window(), tasks.session.today, boards, asked, days)
        accepted = dialog.run()
        wanted = RoundWanted(
            dialog._period.text(),
            dialog._due.text(),
            dialog._folder.text(),
            str(dialog._format.currentData()),
            str(dialog._kind.currentData()),
            () if dialog.tree.everybody() else dialog.tree.asked(),
            dialog.tree.left_out(),
        )
        dialog.deleteLater()
        return wanted if accepted else None
