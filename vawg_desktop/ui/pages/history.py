"""History: what changed, when, by whom and why, for everything or for one record."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes, FieldChange
from vawg_desktop.domain.clock import LONDON
from vawg_desktop.domain.dates import bounds, parse_date
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.errors import AppError
from vawg_desktop.services import history
from vawg_desktop.services import overview as counts
from vawg_desktop.services.session import Session
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.basics import EmptyState, Section, button, clear, label, scrolled

SHOWN = 300


class HistoryPage(QWidget):
    """Changes by day, newest first. A line opens its record."""

    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._record: str | None = None
        self._kind: str | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(16), 0, 0)
        box.setSpacing(theme.px(8))
        box.addWidget(label("History", size=24, bold=True, wrap=False))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, theme.px(24), 0)
        row.addWidget(label("From", muted=True, wrap=False))
        since = tasks.session.today - timedelta(days=28)
        self._since = self._line(row, "From", date_label(since.isoformat()))
        row.addWidget(label("to", muted=True, wrap=False))
        self._until = self._line(row, "To", "today")
        row.addWidget(button("Show", self.load))
        row.addStretch(1)
        box.addLayout(row)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, theme.px(24), 0)
        self._said = label("", muted=True)
        below.addWidget(self._said, 1)
        self._all = button("Whole history, all records", self.show_all, kind="quiet")
        self._all.hide()
        below.addWidget(self._all)
        box.addLayout(below)
        self._body = scrolled(box, spacing=2)
        tasks.changes_applied.connect(self._on_changes)

    def _line(self, row: QHBoxLayout, name: str, given: str) -> QLineEdit:
        line = QLineEdit(given)
        line.setAccessibleName(name)
        line.setFixedWidth(theme.px(150))
        line.returnPressed.connect(self.load)
        row.addWidget(line)
        return line

    def show_record(self, id: str) -> None:
        """The history of one record."""
        self._record, self._kind = id, None
        self._all.show()
        self.load()

    def show_kind(self, what: str, since: date) -> None:
        """The changes of one kind since a day: what stands behind a figure of the Overview."""
        self._record, self._kind = None, what
        self._since.setText(date_label(since.isoformat()))
        self._until.setText("today")
        self._all.show()
        self.load()

    def show_all(self) -> None:
        """The history of all records."""
        self._record = self._kind = None
        self._all.hide()
        self.load()

    def load(self) -> None:
        """Read for the dates typed."""
        today = self.tasks.session.today
        try:
            since = bounds(parse_date(self._since.text(), now=today))[0]
            until = bounds(parse_date(self._until.text(), now=today))[1]
        except AppError as error:
            self._said.setText(error.message)
            return
        record, kind = self._record, self._kind

        def read(session: Session) -> list[tuple[FieldChange, str]]:
            if kind:
                found = counts.changes_of_kind(session, since, kind, until)
            elif record:
                found = history.history(session, record)
            else:
                found = history.changed(session, since, until)
            newest = list(reversed(found))
            return [(c, history.in_words(session, c)) for c in newest[:SHOWN]] + [
                (c, "") for c in newest[SHOWN:]
            ]

        self.tasks.read(read, self._show)

    def _show(self, changes: list[tuple[FieldChange, str]]) -> None:
        clear(self._body)
        shown = changes[:SHOWN]
        records = len({c.record for c, _ in changes})
        kind = f"{self._kind}: " if self._kind else ""
        self._said.setText(
            f"{kind}{len(changes):,} change{'s'[: len(changes) != 1]} in {records:,} record{'s'[: records != 1]}"
            + (f", the newest {SHOWN} shown" if len(changes) > SHOWN else "")
        )
        day = ""
        for change, words in shown:
            at = datetime.fromisoformat(change.at).astimezone(LONDON)
            if at.date().isoformat() != day:
                day = at.date().isoformat()
                self._body.addWidget(Section(date_label(day)))
            self._body.addWidget(self._row(change, words))
        if not changes:
            self._body.addWidget(EmptyState("Nothing changed in this time."))
        self._body.addStretch(1)

    def _row(self, change: FieldChange, words: str) -> QWidget:
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(8))
        go = QPushButton(change.record)
        go.setProperty("row", True)
        go.setFixedWidth(theme.px(96))
        go.setMinimumHeight(theme.px(26))
        go.setAccessibleName(f"Open {change.record}")
        go.clicked.connect(lambda: self.open_record.emit(change.record))
        box.addWidget(go)
        said = label(words.partition(", ")[2])
        said.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        at = datetime.fromisoformat(change.at).astimezone(LONDON)
        box.addWidget(label(f"{at:%H:%M}", muted=True, wrap=False))
        box.addWidget(said, 1)
        return row

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible():
            self.load()
