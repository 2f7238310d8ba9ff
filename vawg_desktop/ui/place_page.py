"""A place's pages, one of them shown; a row of chips above them where there are several."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from vawg_desktop.ui.places import Part, Place
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.flow_layout import FlowLayout
from vawg_desktop.ui.widgets.page_button import PageButton


class PlacePage(QWidget):
    """Holds the pages of one place."""

    def __init__(self, place: Place, go: Callable[[str], object]) -> None:
        super().__init__()
        self._pages: dict[str, QWidget] = {}
        self._chips: dict[str, PageButton] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        if len(place.parts) > 1:
            holder = QWidget()
            holder.setContentsMargins(theme.px(24), theme.px(8), theme.px(24), 0)
            row = FlowLayout(4)
            holder.setLayout(row)
            for part in place.parts:
                made = PageButton(part.label)
                made.setProperty("chip", True)
                made.clicked.connect(lambda _=False, key=part.key: go(key))
                row.addWidget(made)
                self._chips[part.key] = made
            box.addWidget(holder)
        self._stack = QStackedWidget()
        box.addWidget(self._stack, 1)

    def add(self, part: Part, page: QWidget) -> None:
        """Take in a page that was made now."""
        self._pages[part.key] = page
        if not page.accessibleName():
            page.setAccessibleName(part.label)
        for area in page.findChildren(QScrollArea):  # reached by Tab, to scroll by the keyboard
            if not area.accessibleName():
                area.setAccessibleName(part.label)
        self._stack.addWidget(page)

    def show_part(self, key: str) -> None:
        """Bring one of the place's pages to the front, by its key, and mark its tab."""
        for name, chip in self._chips.items():
            chip.mark(name == key)
            chip.setAccessibleName(f"{chip.text()}, current page" if name == key else chip.text())
        self._stack.setCurrentWidget(self._pages[key])
