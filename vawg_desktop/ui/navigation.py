"""The left side: places in quiet groups, the one shown marked, a number where somebody waits."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from vawg_desktop.ui.places import GROUPS, PLACES, Place
from vawg_desktop.ui.theme import icon, theme
from vawg_desktop.ui.widgets.page_button import PageButton

#: Below this width of the window (at 100 %) the icons give way to the words.
NARROW = 1000


class PlaceButton(PageButton):
    """A place: its icon and word, and how many wait there at the right."""

    def __init__(self, place: Place, go: Callable[[str], object]) -> None:
        super().__init__(place.label)
        self.place = place
        self.setProperty("place", True)
        self._narrow = False
        self._keys = f"  Ctrl+{place.digit}" if place.digit else ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, theme.px(8), 0)
        row.addStretch(1)
        self._count = QLabel("")
        self._count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._count.setFont(theme.font(13, bold=True))
        row.addWidget(self._count)
        self.clicked.connect(lambda: go(place.key))
        self.set_waiting(0, "")

    def set_waiting(self, number: int, words: str) -> None:
        """Say how many wait here, and what for; nothing where nobody does."""
        self._count.setText(f"{number:,}" if number else "")
        self._count.setVisible(bool(number))
        self._words = f": {words}" if number else ""
        self.setToolTip(f"{self.place.label}{self._words}{self._keys}")
        self._name()

    def set_current(self, current: bool) -> None:
        """Mark it as the place that is shown."""
        if current != self.current:
            self.mark(current)
            self.restyle()
            self._name()

    def restyle(self, *, narrow: bool | None = None) -> None:
        """Tint icon and number; a narrow window has no room for the icon."""
        c, current = theme.colours, self.current
        self._narrow = self._narrow if narrow is None else narrow
        self.setIcon(QIcon() if self._narrow else icon(self.place.icon, c.on_select if current else c.text))
        self._count.setStyleSheet(f"color: {c.on_select if current else c.accent};")  # a palette gives way to the window's own style

    def _name(self) -> None:
        current = ", current page" if self.current else ""
        self.setAccessibleName(f"{self.place.label}{self._words}{current}")


class Navigation(QScrollArea):
    """Every place; where the window is too low for all of them, only those of the group that is open."""

    def __init__(self, go: Callable[[str], object]) -> None:
        super().__init__()
        self._buttons = {place.key: PlaceButton(place, go) for place in PLACES}
        self._headings: dict[str, QLabel] = {}
        self._openers: dict[str, QPushButton] = {}
        self._waiting: dict[str, int] = {}
        self._open = ""
        self._folded = False
        #: Whether narrow, theme and text size that the style was made for.
        self._styled: tuple[bool, str, float] | None = None
        self._current = ""
        self._panel = QWidget()
        self._panel.setAutoFillBackground(True)
        self._panel.setObjectName("nav")
        self.setObjectName("nav_scroll")
        box = QVBoxLayout(self._panel)
        box.setContentsMargins(theme.px(8), theme.px(8), theme.px(8), theme.px(8))
        box.setSpacing(0)
        for group in GROUPS:
            if group.below:
                box.addStretch(1)
                line = QFrame()
                line.setProperty("line", True)
                line.setFixedHeight(1)
                box.addWidget(line)
                box.addSpacing(theme.px(4))
            if group.heading:
                self._add_heading(box, group.heading, shown=not group.below)
            for place in group.places:
                box.addWidget(self._buttons[place.key])
        self.setWidget(self._panel)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Places")

    def _add_heading(self, box: QVBoxLayout, words: str, *, shown: bool) -> None:
        """A group's heading, and the button in its place where groups are folded. The last group has only that."""
        if shown:
            self._headings[words] = QLabel(words)
            box.addWidget(self._headings[words])
        made = QPushButton(words)
        made.setProperty("opener", True)
        made.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # its arrow stands at the right, its words where those of the places begin
        made.clicked.connect(lambda: self._open_group(words))
        self._openers[words] = made
        box.addWidget(made)

    def button(self, key: str) -> PlaceButton | None:
        """The button that opens a place, by the place's key."""
        return self._buttons.get(key)

    def show_current(self, key: str) -> None:
        """Mark a place as the one shown, or none; its group opens."""
        self._current = key
        for name, made in self._buttons.items():
            made.set_current(name == key)
        self._open = next((g.heading for g in GROUPS if any(p.key == key for p in g.places)), "")
        self._fold()
        made = self._buttons.get(key)
        if made is not None:
            self.ensureWidgetVisible(made, 0, theme.px(16))

    def set_waiting(self, waiting: dict[str, tuple[int, str]]) -> None:
        """State how many wait at each place, and what for; a folded group says how many wait in it."""
        self._waiting = {key: number for key, (number, _) in waiting.items()}
        for key, made in self._buttons.items():
            made.set_waiting(*waiting.get(key, (0, "")))
        self._fold()

    def _open_group(self, heading: str) -> None:
        self._open = heading
        self._fold()
        first = next(p.key for g in GROUPS if g.heading == heading for p in g.places)
        self._buttons[first].setFocus(Qt.FocusReason.TabFocusReason)

    def _whole_height(self) -> int:
        rows = len(PLACES) * theme.px(28) + len(self._headings) * theme.px(24)
        return rows + theme.px(8 + 8 + 1 + 4)

    def _fold(self) -> None:
        """Fold groups where all places would not fit: the places without a heading and those of the open group stay."""
        self._folded = self._whole_height() > self.height() > 0
        for group in GROUPS:
            shown = not self._folded or not group.heading or group.heading == self._open
            for place in group.places:
                self._buttons[place.key].setVisible(shown)
            if group.heading in self._headings:
                self._headings[group.heading].setVisible(not self._folded)
            opener = self._openers.get(group.heading)
            if opener is not None:
                within = 0 if shown else sum(self._waiting.get(p.key, 0) for p in group.places)
                opener.setVisible(self._folded)
                opener.setText(f"{group.heading} ({within:,})" if within else group.heading)
                opener.setAccessibleName(f"{group.heading}, {'opened' if shown else 'closed'}{f', {within:,} waiting' if within else ''}")
                opener.setIcon(icon("down" if shown else "next", theme.colours.muted, 14))
                opener.setIconSize(QSize(theme.px(12), theme.px(12)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def restyle(self, window_width: int) -> None:
        """Colours and widths for a window so wide."""
        px = theme.px
        narrow = window_width < px(NARROW)
        if self._styled == (narrow, theme.colours.name, theme.scale):
            return
        self._styled = (narrow, theme.colours.name, theme.scale)
        self.setFixedWidth(px(150 if narrow else 192))
        for heading in self._headings.values():
            heading.setContentsMargins(px(8), px(6), 0, px(2))
            heading.setFixedHeight(px(24))
        for made in self._buttons.values():
            made.setIconSize(QSize(px(18), px(18)))
            made.restyle(narrow=narrow)
        self._fold()
