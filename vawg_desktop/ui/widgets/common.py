"""Small parts used everywhere: headings, empty states, rows of links, flowing chips."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.ui import looking_back
from vawg_desktop.ui.spoken import HEADING
from vawg_desktop.ui.theme import icon, theme
from vawg_desktop.ui.widgets.place_kept import lost_in, take_out

#: So many letters without a space make a section wider than its page.
_LONG_WORD = re.compile(r"\S{24}(?=\S)")


class Words(QLabel):
    """A label that remembers how high it is at a width: layouts ask a dozen times for each change of a page, and Qt measures each time."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._heights: dict[int, int] = {}
        self._measured = text

    def heightForWidth(self, width: int) -> int:
        if self._measured != self.text():
            self._measured = self.text()
            self._heights.clear()
        height = self._heights.get(width)
        if height is None:
            height = self._heights[width] = super().heightForWidth(width)
        return height

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.ContentsRectChange):
            self._heights.clear()
        super().changeEvent(event)

    def setContentsMargins(self, *margins: int) -> None:  # type: ignore[override]
        self._heights.clear()
        super().setContentsMargins(*margins)


Row = TypeVar("Row", bound=QWidget)


#: From this size on bold words are a heading.
HEADING_SIZE = 15


def offer(line: QLineEdit, words: Iterable[str]) -> QCompleter:
    """Offer words while a line is typed in: those that hold what stands there, in capitals or small letters."""
    completer = QCompleter(list(words), line)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    line.setCompleter(completer)
    return completer


def label(text: str, *, size: int = 13, bold: bool = False, muted: bool = False, wrap: bool = True, heading: bool | None = None) -> QLabel:
    """A text, of size 13 unless another is given; large bold ones are headings, and others where it is said."""
    made = Words("")
    if heading or (heading is None and bold and size >= HEADING_SIZE):
        made.setProperty(HEADING, True)  # before its text: a screen reader is told of that at once, and keeps what it was told
    made.setFont(theme.font(size, bold=bold))
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if muted:
        made.setProperty("muted", True)
    made.setText(text)
    return made


def button(
    text: str, do: Callable[[], object], *, kind: str = "", icon_name: str = "", tip: str = ""
) -> QPushButton:
    """A button: ``primary``, ``quiet``, ``chip`` or plain, with a word always."""
    made = RowButton(text) if kind == "row" else QPushButton(text)
    made.setMinimumHeight(theme.px(28))
    if kind:
        made.setProperty(kind, True)
    if icon_name:
        made.setIcon(icon(icon_name, theme.colours.on_accent if kind == "primary" else theme.colours.accent))
        made.setIconSize(QSize(theme.px(18), theme.px(18)))
    if tip:
        made.setToolTip(tip)
    made.setAccessibleName(text)
    made.clicked.connect(lambda: do())
    return made


def set_style(widget: QWidget, **properties: bool) -> None:
    """Set what the style sheet goes by, such as ``warn`` or ``quiet``, and style the widget anew where that changes it."""
    changed = {name: on for name, on in properties.items() if bool(widget.property(name)) != on}
    for name, on in changed.items():
        widget.setProperty(name, on)
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class RowButton(QPushButton):
    """A button over the width of its row, whose words end in dots where there is no room.

    Its words do not ask for width: cut words ask for less, and a layout that then gives less would cut them again without end.
    """

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self._words = words
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._words

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - theme.px(2 * (6 + 2))
        words = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room).replace("&", "&&")
        if words != super().text():
            self.setText(words)


class Elided(QLabel):
    """One line that ends in dots where it has no room; all of it in its tip and for a screen reader."""

    def __init__(self) -> None:
        super().__init__("")
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_words(self, words: str) -> None:
        """Show these words."""
        self._words = words
        self.setToolTip(words)
        self.setAccessibleName(words)
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()


def breakable(text: str) -> str:
    """A text in which a hash or an address may break too."""
    return _LONG_WORD.sub("\\g<0>\u200b", text)


#: How far the texts of a section stand in from its edge: its fields have a frame there when they are pointed at.
SECTION_INSET = 8


def note(text: str) -> QLabel:
    """A quiet line under a section's heading, in line with its fields."""
    made = label(breakable(text), muted=True)
    made.setContentsMargins(theme.px(8), theme.px(2), 0, theme.px(2))
    return made


def rule() -> QFrame:
    """A hairline where space alone cannot separate."""
    line = QFrame()
    line.setFixedHeight(1)
    line.setAutoFillBackground(True)
    line.setStyleSheet(f"background: {theme.colours.line}; border: none;")
    return line


def column(spacing: int = 8, margin: int = 0) -> tuple[QWidget, QVBoxLayout]:
    """A widget with a vertical layout on the grid."""
    holder = QWidget()
    box = QVBoxLayout(holder)
    m = theme.px(margin)
    box.setContentsMargins(m, m, m, m)
    box.setSpacing(theme.px(spacing))
    return holder, box


def scrolled_page(page: QWidget, title: str, *buttons: QWidget, spacing: int = 8) -> QVBoxLayout:
    """A page with its title, its buttons at the right, and a body that scrolls under them; the body is returned.

    What the body holds begins ``SECTION_INSET`` before the title, so that the headings of sections stand under it.
    """
    box = QVBoxLayout(page)
    box.setContentsMargins(theme.px(24 - SECTION_INSET), theme.px(16), 0, 0)
    box.setSpacing(theme.px(8))
    head = QHBoxLayout()
    head.setContentsMargins(theme.px(SECTION_INSET), 0, theme.px(24), 0)
    head.addWidget(label(title, size=24, bold=True, wrap=False))
    head.addStretch(1)
    for one in buttons:
        head.addWidget(one)
    box.addLayout(head)
    return scrolled(box, spacing=spacing)


def scrolled(box: QVBoxLayout, *, spacing: int) -> QVBoxLayout:
    """The body of a page: what is put into the layout returned scrolls under the page's head."""
    page = QWidget()
    body = QVBoxLayout(page)
    body.setContentsMargins(0, 0, theme.px(24), theme.px(24))
    body.setSpacing(theme.px(spacing))
    box.addWidget(_area(page), 1)
    return body


def _area(inside: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inside)
    return area


def scroll_over(inside: QWidget, name: str) -> QScrollArea:
    """A part of a page that scrolls by itself; Tab goes to what is in it, not to the area. ``name`` is for a screen reader."""
    area = _area(inside)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(name)
    return area


def fit_screen(dialog: QWidget, width: int, height: int) -> None:
    """Open at this size, or as much of it as the screen has: what is longer scrolls."""
    room = dialog.screen().availableSize() if dialog.screen() is not None else QSize(1366, 768)
    dialog.resize(min(theme.px(width), room.width() - 16), min(theme.px(height), room.height() - 48))


def pop_up(menu: QMenu, at: QPoint) -> None:
    """Open a menu with its first line, or the one that is ticked, chosen already: a screen reader says it, and Enter takes it."""
    lines = [a for a in menu.actions() if a.isEnabled() and not a.isSeparator()]
    first = next((a for a in lines if a.isChecked()), lines[0] if lines else None)
    if first is not None:
        QTimer.singleShot(0, menu, lambda: _choose_line(menu, first))
    menu.exec(at)


def _choose_line(menu: QMenu, line: QAction) -> None:
    if line.menu() is None:
        menu.setActiveAction(line)
    else:  # made active, it would open and take the keyboard: Down only goes to it
        QApplication.sendEvent(menu, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier))


def clear(layout: QLayout) -> None:
    """Take everything out of a layout, rows within it too; the keyboard goes back to its place once it is filled again."""
    lost = lost_in(layout)
    take_out(layout)
    if lost is not None:
        lost.cleared()


@contextmanager
def filling(holder: QWidget) -> Generator[None]:
    """Hide a widget while many rows are put into it: those that appear one by one have Qt arrange the page anew for each.

    The keyboard stays where it was, if that is still there.
    """
    shown, focused = not holder.isHidden(), QApplication.focusWidget()
    inside = focused is not None and holder.isAncestorOf(focused)
    holder.hide()
    try:
        yield
    finally:
        holder.setVisible(shown)
        if inside and focused is not None and not focused.isHidden():
            focused.setFocus(Qt.FocusReason.OtherFocusReason)


class Rows(QVBoxLayout, Generic[Row]):
    """Rows of one kind under each other, kept for the next record: to make and style them costs more than to fill them."""

    def __init__(self, make: Callable[[], Row]) -> None:
        super().__init__()
        self._make = make
        self._rows: list[Row] = []

    def show_rows(self, number: int) -> list[Row]:
        """That many rows, in order, to be filled; what is over is hidden."""
        while len(self._rows) < number:
            made = self._make()
            self._rows.append(made)
            self.addWidget(made)
        for place, row in enumerate(self._rows):
            row.setVisible(place < number)
        return self._rows[:number]


class EmptyState(QWidget):
    """What would be here, in one sentence, and the one thing to do. ``inset``: how far in from its edge, so that it stands under what is above it.

    ``main``: whether its button is the one of the page that is filled; not where the page's head has such a one.
    """

    def __init__(self, text: str, verb: str = "", do: Callable[[], object] | None = None, *, inset: int = 0, main: bool = True) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(inset), theme.px(8), theme.px(24), theme.px(8))
        box.setSpacing(theme.px(16))
        box.addSpacerItem(QSpacerItem(0, theme.px(24), QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred))  # gives way first
        self.text = label("", size=16, muted=True)
        self.text.setFixedWidth(theme.px(420))
        self.say(text)
        box.addWidget(self.text)
        if verb and do is not None:
            made = button(verb, do, kind="primary" if main else "")
            made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            box.addWidget(made)
        box.addStretch(1)

    def say(self, text: str) -> None:
        """Say something else in the place of its sentence."""
        self.text.setText(text)
        self.text.setMinimumHeight(self.text.heightForWidth(theme.px(420)))
        self.setAccessibleName(text)


class Section(QWidget):
    """A short section of a record: a heading with one thing to do, and what stands under it."""

    def __init__(
        self,
        title: str,
        verb: str = "",
        do: Callable[[], object] | None = None,
        *,
        icon_name: str | None = None,
        wrap: bool = False,
    ) -> None:
        super().__init__()
        if icon_name is None:  # "+" stands where something is added, and nowhere else
            icon_name = "plus" if verb.startswith(("Add", "New", "Link")) else ""
        box = QVBoxLayout(self)
        box.setContentsMargins(0, theme.px(12), 0, 0)
        box.setSpacing(theme.px(4))
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(8), 0, 0, 0)
        self._title = label(title, size=13, bold=True, wrap=wrap, heading=True)
        self.count = label("", muted=True, wrap=False)
        head.addWidget(self._title, int(wrap))
        head.addWidget(self.count)
        self.count.hide()
        if not wrap:
            head.addStretch(1)
        if verb and do is not None:
            self.add = button(verb, do, kind="quiet", icon_name=icon_name)
            self.add.setAccessibleName(f"{verb} ({title})")
            head.addWidget(self.add)
            if looking_back.is_on():
                self.add.hide()
        box.addLayout(head)
        line = QHBoxLayout()
        line.setContentsMargins(theme.px(8), 0, 0, 0)
        line.addWidget(rule())
        box.addLayout(line)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, theme.px(4), 0, 0)
        self.body.setSpacing(theme.px(2))
        box.addLayout(self.body)

    def set_count(self, count: int) -> None:
        """Say how many stand under the heading."""
        self.count.setText(f"{count:,}" if count else "")
        self.count.setVisible(bool(count))

    def empty(self) -> None:
        """Take away what stands under the heading."""
        clear(self.body)
        self.set_count(0)


def all_button(count: int, do: Callable[[], object]) -> QPushButton:
    """"All 836": what stands under the last of a few lines where there are more, and opens them all."""
    made = button(f"All {count:,}", do, kind="quiet")
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made
