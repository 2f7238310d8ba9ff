"""What a meeting could speak of, to be ticked: by kind, a heading ticks all under it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.meeting_terms import AGENDA_KIND
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services.agenda import Proposal
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, fit_screen, label

#: Kinds that are ticked at the start: what the last meeting left is never forgotten.
_TICKED = frozenset({"follow_up", "awaiting_sign_off"})
_PROPOSAL = Qt.ItemDataRole.UserRole


class AgendaDialog(Form):
    """Arrows walk, Space ticks, Enter puts what is ticked on the agenda."""

    def __init__(self, parent: QWidget, title: str, proposed: Sequence[Proposal]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label(title, size=16, bold=True))
        box.addWidget(label("Tick what the meeting will discuss; a heading ticks everything under it. Space ticks, Enter puts them on the agenda.", muted=True))
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels(["What", "Why"])
        self.tree.setAccessibleName("What the meeting could discuss")
        self.tree.setUniformRowHeights(True)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for term in AGENDA_KIND:
            self._add(term.label, [p for p in proposed if p.kind == term.key], ticked=term.key in _TICKED)
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(0)  # a heading ticks thousands, which are counted once
        self._counting.timeout.connect(self._count)
        self.tree.itemChanged.connect(lambda *_: self._counting.start())
        box.addWidget(self.tree, 1)
        foot = QHBoxLayout()
        self._chosen = label("", muted=True, wrap=False)
        foot.addWidget(self._chosen, 1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Put on the agenda", self.accept, kind="primary")
        foot.addWidget(self.saves)
        box.addLayout(foot)
        self._count()
        fit_screen(self, 1040, 640)

    def first_field(self) -> QWidget:
        return self.tree

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Both columns are in sight, whatever the width: the titles have the larger part."""
        super().resizeEvent(event)
        self.tree.setColumnWidth(0, int((self.width() - theme.px(64)) * 0.58))

    def _add(self, heading: str, some: Sequence[Proposal], *, ticked: bool) -> None:
        if not some:
            return
        top = QTreeWidgetItem([f"{heading} ({len(some):,})", ""])
        top.setFlags(top.flags() | Qt.ItemFlag.ItemIsAutoTristate | Qt.ItemFlag.ItemIsUserCheckable)
        top.setCheckState(0, Qt.CheckState.Unchecked)
        top.setSizeHint(0, QSize(0, theme.px(32)))  # all rows are as high as the first
        top.setFont(0, theme.font(13, bold=True))
        rows: list[QTreeWidgetItem] = []
        for one in some:
            row = QTreeWidgetItem([f"{one.reference}  {one.title}", one.message])
            row.setToolTip(0, one.title)
            row.setToolTip(1, one.message)
            row.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            row.setData(0, _PROPOSAL, one)
            rows.append(row)
        top.addChildren(rows)
        self.tree.addTopLevelItem(top)
        top.setExpanded(len(some) <= 20 or ticked)
        if self.tree.topLevelItemCount() == 1:
            self.tree.setCurrentItem(top)

    def chosen(self) -> list[Proposal]:
        """What is ticked, in its order."""
        found: list[Proposal] = []
        for at in range(self.tree.topLevelItemCount()):
            top = self.tree.topLevelItem(at)
            rows = [top.child(n) for n in range(top.childCount())] if top is not None else []
            found += [row.data(0, _PROPOSAL) for row in rows if row is not None and row.checkState(0) == Qt.CheckState.Checked]
        return found

    def _count(self) -> None:
        self._chosen.setText(f"{how_many(len(self.chosen()), 'item')} ticked")

    @classmethod
    def ask(cls, parent: QWidget, title: str, proposed: Sequence[Proposal]) -> list[Proposal]:
        """What was ticked; nothing where the person left."""
        dialog = cls(parent.window(), title, proposed)
        accepted = dialog.run()
        chosen = dialog.chosen() if accepted else []
        dialog.deleteLater()
        return chosen
