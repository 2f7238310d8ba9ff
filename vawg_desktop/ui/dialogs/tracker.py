"""Bring in a tracker: what would happen, its columns to correct, then the import itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.errors import AppError
from vawg_desktop.services import trackers
from vawg_desktop.services.session import Session
from vawg_desktop.services.trackers import Imported
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.basics import button, clear, label
from vawg_desktop.ui.widgets.choice import Choice

Mapping = dict[str, str | None]
SHOWN = 40


class TrackerDialog(Form):
    """Shows a dry run; every column's meaning can be corrected before anything is written."""

    def __init__(self, parent: QWidget, session: Session, path: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle("Bring in a tracker")
        self._session, self._path = session, path
        self._targets = trackers.column_targets()
        self._combos: dict[str, Choice] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label(f"Bring in {path.name}", size=16, bold=True))
        self._said = label("", muted=False)
        box.addWidget(self._said)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(0, 0, theme.px(12), 0)
        inside.addWidget(label("What each column is", bold=True))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(4))
        self._grid.setColumnStretch(1, 1)
        inside.addLayout(self._grid)
        self._asked = QVBoxLayout()
        inside.addLayout(self._asked)
        inside.addStretch(1)
        scroll.setWidget(page)
        box.addWidget(scroll, 1)
        row = QHBoxLayout()
        row.addWidget(button("Look again", self.look))
        row.addStretch(1)
        row.addWidget(button("Leave", self.reject))
        self._go = button("Bring it in", self.accept, kind="primary")
        row.addWidget(self._go)
        self.saves = self._go
        box.addLayout(row)
        self.resize(theme.px(760), theme.px(620))
        self.look()

    def mapping(self) -> Mapping:
        """The columns as they stand in the dialog."""
        return {head: (str(combo.currentData()) or None) for head, combo in self._combos.items()}

    def look(self) -> None:
        """Try it without writing, and show what it would do."""
        try:
            done = trackers.import_tracker(self._session, self._path, mapping=self.mapping(), dry_run=True)
        except AppError as error:
            self._said.setText(error.message)
            self._go.setEnabled(False)
            return
        self._go.setEnabled(done.created + done.updated > 0)
        self._said.setText(
            f"Would add {done.created} records, change {done.updated} and leave {done.unchanged} as they are. "
            f"{len(done.problems)} things to look at; {len(done.tray)} cells would be kept in the tray."
        )
        self._show_columns(done)
        self._show_problems(done)

    def _show_columns(self, done: Imported) -> None:
        clear(self._grid)
        self._combos = {}
        for row, (head, target) in enumerate(done.mapping.items()):
            name = QLabel(head)
            combo = Choice()
            combo.setAccessibleName(f"Column {head} is")
            combo.addItem("Keep in the tray", "")
            for key, words in self._targets.items():
                combo.addItem(words, key)
            combo.setCurrentIndex(max(0, combo.findData(target or "")))
            name.setBuddy(combo)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(combo, row, 1)
            means = [self._targets.get(m, m) for m in done.did_you_mean.get(head, [])]
            if means:
                self._grid.addWidget(
                    label("Did you mean " + " or ".join(means[:2]) + "?", muted=True), row, 2
                )
            self._combos[head] = combo

    def _show_problems(self, done: Imported) -> None:
        clear(self._asked)
        if done.problems:
            self._asked.addWidget(label("To look at", bold=True))
        for line in trackers.problems_in_words(done.problems)[:SHOWN]:
            self._asked.addWidget(label(line))
        if len(done.problems) > SHOWN:
            self._asked.addWidget(label(f"… and {len(done.problems) - SHOWN} more.", muted=True))

    @classmethod
    def ask(cls, parent: QWidget, session: Session, path: Path) -> Mapping | None:
        """The mapping to import with, or None if the person left."""
        dialog = cls(parent.window(), session, path)
        accepted = dialog.run()
        mapping = dialog.mapping() if accepted else None
        dialog.deleteLater()
        return mapping
