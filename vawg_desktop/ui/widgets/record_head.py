"""What stands above a record's fields: its reference, rating and title, what it is in one line, and what to mind."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vawg_desktop.domain import dates
from vawg_desktop.domain.entities import ACTION, RECOMMENDATION, EntitySpec
from vawg_desktop.domain.terms import CROSS_CUTTING, how_many
from vawg_desktop.domain.values import to_words
from vawg_desktop.services.show import RecordView
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import label
from vawg_desktop.ui.widgets.rating import RatingChip


class RecordHead(QWidget):
    """The head of a kind of record, with the editor of its title where it has one; ``fill`` shows a record."""

    def __init__(self, spec: EntitySpec, title: QWidget | None) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(8))
        top = QHBoxLayout()
        self._reference = label("", muted=True, wrap=False)
        self._reference.setContentsMargins(theme.px(8), 0, 0, 0)
        self._reference.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top.addWidget(self._reference)
        top.addStretch(1)
        self._chip = RatingChip()
        if not spec.rating:
            self._chip.hide()
        top.addWidget(self._chip)
        box.addLayout(top)
        if title is not None:
            box.addWidget(title)
        self._meta = label("", muted=True)
        self._meta.setContentsMargins(theme.px(8), 0, 0, 0)
        box.addWidget(self._meta)
        self._banner = label("")
        self._banner.setProperty("warn", True)
        self._banner.setContentsMargins(theme.px(8), 0, 0, 0)
        self._banner.hide()
        box.addWidget(self._banner)

    def fill(self, view: RecordView) -> None:
        """Show what is known of a record."""
        self._reference.setText(view.reference + (" · in the bin" if view.deleted else ""))
        self._chip.set_rating(str(view.cells.get("rating_opcc") or "") or None)
        meta = _meta_line(view)
        self._meta.setText(meta)
        self._meta.setVisible(bool(meta))  # an empty line would stand between title and fields
        self._warn(view)

    def _warn(self, view: RecordView) -> None:
        lines: list[str] = []
        if view.conflicts:
            lines.append(f"{how_many(view.conflicts, 'field')} with a conflict to resolve; see Copies.")
        if view.cells.get("restriction"):
            lines.append(f"Restricted: {view.cells['restriction']}")
        self._banner.setText("\n".join(lines))
        self._banner.setVisible(bool(lines))


def _meta_line(view: RecordView) -> str:
    """What the record is, in one quiet line."""
    parts: list[str] = []
    cells = view.cells
    if view.spec is RECOMMENDATION:
        parts.append(to_words(view.spec.by_key["pillar"], cells["pillar"]) or CROSS_CUTTING)
        if cells["kind"]:
            parts.append(to_words(view.spec.by_key["kind"], cells["kind"]).casefold())
        parts.append(
            f"due {dates.label(str(cells['target_date']))}" if cells["target_date"] else "no date set"
        )
    elif view.spec is ACTION:
        parts.append(view.names.get(str(cells["accountable"]), "no accountable body"))
        due = cells["revised_due"] or cells["due"]
        parts.append(f"due {dates.label(str(due))}" if due else "no date set")
        parts.append(
            f"last update {dates.label(view.last_heard)}" if view.last_heard else "no update yet"
        )
        if view.slips:
            parts.append(f"date moved later {how_many(view.slips, 'time')}")
        if cells["done_before_publication"]:
            parts.append("done before publication")
    if cells.get("basis"):
        parts.append(to_words(view.spec.by_key["basis"], cells["basis"]).casefold())
    if view.overdue:
        parts.insert(0, "Overdue")
    if view.aliases:
        parts.append("also " + ", ".join(view.aliases))
    return " · ".join(parts)
