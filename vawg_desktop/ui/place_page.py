"""A place's pages, one of them shown; a row of chips above them where there are several. In a low window they keep to one line, the rest under "More"."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from vawg_desktop.ui.places import Part, Place
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import pop_up
from vawg_desktop.ui.widgets.flow_layout import FlowLayout
from vawg_desktop.ui.widgets.page_button import PageButton

#: In a window lower than this, at 100%, chips take one line; the gap between two.
_LOW, _GAP = 460, 4


class PlacePage(QWidget):
    """Holds the pages of one place."""

    def __init__(self, place: Place, go: Callable[[str], object]) -> None:
        super().__init__()
        self._pages: dict[str, QWidget] = {}
        self._chips: dict[str, PageButton] = {}
        self._current, self._go = "", go
        self._holder, self._more = QWidget(), PageButton("More")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        if len(place.parts) > 1:
            holder = self._holder
            holder.setContentsMargins(theme.px(24), theme.px(8), theme.px(24), 0)
            row = FlowLayout(_GAP)
            holder.setLayout(row)
            for part in place.parts:
                made = PageButton(part.label)
                made.setProperty("chip", True)
                made.clicked.connect(lambda _=False, key=part.key: go(key))
                row.addWidget(made)
                self._chips[part.key] = made
            self._more.setProperty("chip", True)
            self._more.setAccessibleName("More pages of this place")
            self._more.clicked.connect(self._offer_rest)
            self._more.hide()
            row.addWidget(self._more)
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
        self._current = key
        self._stack.setCurrentWidget(self._pages[key])
        self._fit_chips()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_chips()

    def _fit_chips(self) -> None:
        """In a low window show as many chips as one line holds, that of the page shown among them; elsewhere all."""
        if not self._chips:
            return
        margins, gap = self._holder.contentsMargins(), theme.px(_GAP)
        room = self.width() - margins.left() - margins.right()
        wide = {key: chip.sizeHint().width() + gap for key, chip in self._chips.items()}
        shown = set(wide)
        if self.height() < theme.px(_LOW) and sum(wide.values()) - gap > room:
            left = room - self._more.sizeHint().width() - wide.get(self._current, 0)
            shown = {self._current}
            for key, width in wide.items():
                if key != self._current and width <= left:
                    shown.add(key)
                    left -= width
                elif key != self._current:
                    break
        for key, chip in self._chips.items():
            chip.setVisible(key in shown)
        self._more.setVisible(len(shown) < len(wide))

    def _offer_rest(self) -> None:
        menu = QMenu(self)
        for key, chip in self._chips.items():
            if chip.isHidden():
                menu.addAction(chip.text()).triggered.connect(lambda _=False, key=key: self._go(key))
        pop_up(menu, self._more.mapToGlobal(self._more.rect().bottomLeft()))
        menu.deleteLater()
