"""Who is asked in a round and about which rows, each with a tick that can be taken away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from vawg_desktop.domain.terms import how_many
from vawg_desktop.services.round_preview import AskedPartner
from vawg_desktop.ui.theme import theme

_ID = Qt.ItemDataRole.UserRole


class AskedTree(QTreeWidget):
    """A line for each partner with its rows under it; Space ticks, a partner's tick is that of all its rows."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setAccessibleName("Who is asked, and about what")
        self.setUniformRowHeights(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMinimumHeight(theme.px(150))

    def show_asked(self, found: Sequence[AskedPartner], row: str) -> None:
        """Show these partners, all of them ticked; ``row`` is what their rows are called."""
        self.clear()
        for partner in found:
            own = sum(r.own for r in partner.rows)
            shared = f", {len(partner.rows) - own} shared" if own < len(partner.rows) else ""
            top = QTreeWidgetItem([f"{partner.name}: {how_many(len(partner.rows), row)}{shared}"])
            top.setFlags(top.flags() | Qt.ItemFlag.ItemIsAutoTristate | Qt.ItemFlag.ItemIsUserCheckable)
            top.setData(0, _ID, partner.id)
            for one in partner.rows:
                child = QTreeWidgetItem([f"{one.reference}  {one.title}{'' if one.own else '  (shared)'}"])
                child.setFlags(child.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                child.setCheckState(0, Qt.CheckState.Checked)
                child.setToolTip(0, one.title)
                child.setData(0, _ID, one.id)
                top.addChild(child)
            self.addTopLevelItem(top)
        first = self.topLevelItem(0)
        if first is not None:
            self.setCurrentItem(first)

    def _partners(self) -> list[QTreeWidgetItem]:
        return [item for n in range(self.topLevelItemCount()) if (item := self.topLevelItem(n)) is not None]

    def asked(self) -> tuple[str, ...]:
        """Ids of the partners of whom anything is ticked."""
        return tuple(str(p.data(0, _ID)) for p in self._partners() if p.checkState(0) != Qt.CheckState.Unchecked)

    def everybody(self) -> bool:
        """Whether something is asked of every partner."""
        return len(self.asked()) == self.topLevelItemCount()

    def left_out(self) -> tuple[tuple[str, str], ...]:
        """Rows without a tick, as the ids of partner and row."""
        return tuple(
            (str(p.data(0, _ID)), str(child.data(0, _ID)))
            for p in self._partners()
            for n in range(p.childCount())
            if (child := p.child(n)) is not None and child.checkState(0) == Qt.CheckState.Unchecked
        )
