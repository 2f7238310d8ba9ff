"""The line above every page: search, whose store this is, whether it is saved, settings."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from vawg_desktop.ui.theme import icon, theme
from vawg_desktop.ui.widgets.common import Elided

#: What the search says in its place; in a narrow window the store's name needs the room.
_SEARCH, _SEARCH_SHORT = "Search or do anything …   Ctrl+K", "Search   Ctrl+K"


class TopBar(QWidget):
    """Search at the left, the rest at the right."""

    def __init__(self, search: Callable[[], object], settings: Callable[[], object]) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("top_bar")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(8), theme.px(16), theme.px(8))
        row.setSpacing(theme.px(16))
        self.search = QPushButton(_SEARCH)
        self.search.setIcon(icon("search", theme.colours.muted))
        self.search.setIconSize(QSize(theme.px(18), theme.px(18)))
        self.search.setProperty("search", True)
        self.search.setMinimumHeight(theme.px(32))
        self.search.setMinimumWidth(theme.px(300))
        self.search.setAccessibleName("Search or do anything")
        self.search.clicked.connect(search)
        row.addWidget(self.search)
        self._about = Elided()
        self._about.setProperty("muted", True)
        row.addWidget(self._about, 1)
        #: The marking, in a weight of its own: it is never cut.
        self._marking = QLabel("")
        self._marking.setFont(theme.font(13, bold=True))
        row.addWidget(self._marking)
        self._saved = QLabel("")
        self._saved.setProperty("muted", True)
        self._saved.setAccessibleName("Saved")
        row.addWidget(self._saved)
        self._settings = QPushButton("Settings")
        self._settings.setProperty("quiet", True)
        self._settings.setIcon(icon("settings", theme.colours.accent))
        self._settings.setIconSize(QSize(theme.px(18), theme.px(18)))
        self._settings.setMinimumHeight(theme.px(28))
        self._settings.setToolTip("Settings  Ctrl+,")
        self._settings.clicked.connect(settings)
        row.addWidget(self._settings)

    def show_where(self, words: list[str]) -> None:
        """Marking, store and person; what matters most first, for the end is cut where the window is narrow."""
        self._marking.setText(words[0] if words else "")
        self._marking.setAccessibleName(self._marking.text())
        self._about.set_words(" · ".join(words[1:]))

    def show_saved(self, words: str) -> None:
        """Whether everything is saved."""
        self._saved.setText(words)

    def restyle(self, narrow: bool) -> None:
        """The words at the left where the window is narrow, and no more room for the search than a short word takes."""
        self.search.setMinimumWidth(0 if narrow else theme.px(300))
        self.search.setText(_SEARCH_SHORT if narrow else _SEARCH)
        side = Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag.AlignRight
        self._about.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
