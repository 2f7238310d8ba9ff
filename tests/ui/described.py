"""A window in words: what it shows, where each part stands, what it is called and whether it may be used.

Pictures compare badly and words well: a scene of the window is kept as a text file (``tests/ui/scenes``), and a change of layout,
wording, order or state shows as a changed line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPicture
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDateEdit,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QSpinBox,
    QTableView,
    QTextBrowser,
    QTextEdit,
    QWidget,
)

from vawg_desktop.ui.theme import theme

#: So many rows of a list, and choices of a box, are told.
MOST = 14
#: So many letters of a long text are told.
MOST_LETTERS = 400
_ROLES = (
    (Qt.ItemDataRole.ToolTipRole, "tip"),
    (Qt.ItemDataRole.AccessibleTextRole, "heard"),
    (Qt.ItemDataRole.TextAlignmentRole, "aligned"),
    (Qt.ItemDataRole.FontRole, "font"),
    (Qt.ItemDataRole.ForegroundRole, "ink"),
    (Qt.ItemDataRole.BackgroundRole, "ground"),
    (Qt.ItemDataRole.CheckStateRole, "ticked"),
)


def describe(widget: QWidget, *, painted: bool = True) -> list[str]:
    """One line a part that is shown, indented by depth, with its place in its parent in pixels; last how it is painted, as a digest."""
    lines = list(_parts(widget, 0))
    # a long text is laid out bit by bit: how far that went is no change
    painted = painted and not isinstance(widget, QTextBrowser) and not widget.findChildren(QTextBrowser)
    return [*lines, f"painted {digest_of(widget)}"] if painted else lines


def digest_of(widget: QWidget) -> str:
    """What painting the widget asks of a painter, shortened: the same orders give the same eight letters."""
    picture = QPicture()
    widget.render(picture)
    return hashlib.sha256(picture.data()).hexdigest()[:8]


def _parts(widget: QWidget, depth: int) -> Iterator[str]:
    box = widget.geometry()
    place = f"{type(widget).__name__} {box.x()},{box.y()} {box.width()}x{box.height()}"
    if widget.objectName() == "qt_scrollarea_viewport":
        place = "viewport"  # its size follows from what stands in it, which may still be on its way
    yield "  " * depth + " ".join(w for w in (place, _words(widget), _state(widget)) if w)
    if isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
        yield from (f"{'  ' * (depth + 1)}{line}" for line in _rows(widget))
    children = [c for c in widget.children() if isinstance(c, QWidget) and c.isVisible() and not c.isWindow()]
    for child in sorted(children, key=lambda c: (c.y(), c.x())):
        yield from _parts(child, depth + 1)


def _words(widget: QWidget) -> str:
    told: list[str] = []
    if isinstance(widget, (QAbstractButton, QLabel, QLineEdit)):
        told.append(repr(widget.text()))
    elif isinstance(widget, (QPlainTextEdit, QTextEdit)):
        text = widget.toPlainText()
        told.append(repr(text) if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]!r} and more, {len(text)} letters in all")
    elif isinstance(widget, (QSpinBox, QDateEdit)):
        told.append(repr(widget.text()))
    elif isinstance(widget, QComboBox):
        choices = [widget.itemText(i) for i in range(min(widget.count(), MOST))]
        told.append(f"{widget.currentText()!r} of {widget.count()}: {' | '.join(choices)}")
    for name, words in (
        ("called", widget.accessibleName()),
        ("described", widget.accessibleDescription()),
        ("tip", widget.toolTip()),
        ("hint", getattr(widget, "placeholderText", str)()),
        ("title", widget.windowTitle() if widget.isWindow() else ""),
    ):
        if words and repr(words) not in told:
            told.append(f"{name} {words!r}")
    return " ".join(told)


def _state(widget: QWidget) -> str:
    button = widget if isinstance(widget, QAbstractButton) else None
    marks = {
        "disabled": not widget.isEnabled(),
        "focus": widget.hasFocus(),
        "checked": button is not None and button.isChecked(),
        "current": bool(widget.property("here")),
        "default": bool(getattr(widget, "isDefault", bool)()),
        "read-only": bool(getattr(widget, "isReadOnly", bool)()),
        "secret": isinstance(widget, QLineEdit) and widget.echoMode() != QLineEdit.EchoMode.Normal,
        "bold": widget.font().weight() > QFont.Weight.Medium and bool(getattr(widget, "text", str)()),
        f"keys {button.shortcut().toString()}" if button else "": button is not None and not button.shortcut().isEmpty(),
        "by mouse only": button is not None and widget.focusPolicy() == Qt.FocusPolicy.NoFocus,
    }
    return ", ".join(name for name, is_so in marks.items() if is_so)


def _rows(view: QAbstractItemView) -> Iterator[str]:
    model: QAbstractItemModel | None = view.model()
    if model is None:
        return
    columns = model.columnCount() if isinstance(view, QTableView) else 1
    yield f"{model.rowCount()} rows, {columns} columns, the current one is {view.currentIndex().row()},{view.currentIndex().column()}"
    shown = [c for c in range(columns) if not (isinstance(view, QTableView) and view.isColumnHidden(c))]
    if isinstance(view, QTableView):
        yield "headings: " + " | ".join(str(model.headerData(c, Qt.Orientation.Horizontal)) for c in shown)
        yield "widths: " + " ".join(str(view.columnWidth(c)) for c in shown)
    for row in range(min(model.rowCount(), MOST)):
        if isinstance(view, (QTableView, QListView)) and view.isRowHidden(row):
            continue
        tall = view.rowHeight(row) if isinstance(view, QTableView) else view.sizeHintForRow(row)
        yield f"{tall}: " + " | ".join(_cell(model.index(row, c)) for c in shown)


def _cell(at: QModelIndex | QPersistentModelIndex) -> str:
    told = [_plain(at.data())]
    told += [f"{name} {_plain(value)}" for role, name in _ROLES if (value := at.data(role)) not in (None, "") and value != at.data()]
    return "; ".join(told)


def _plain(value: Any) -> str:
    if isinstance(value, QBrush):
        return value.color().name()
    if isinstance(value, QColor):
        return value.name()
    if isinstance(value, QFont):
        return f"{value.pixelSize()} px {value.weight().value if hasattr(value.weight(), 'value') else value.weight()}{' italic' if value.italic() else ''}{' struck' if value.strikeOut() else ''}"
    if isinstance(value, (Qt.AlignmentFlag, Qt.CheckState)):
        return str(value.name or value.value)
    return "" if value is None else str(value).replace("\n", "⏎")


#: Words that are measured to see whether a machine sets type as the one did where the scenes were written down.
_MEASURED = ("OFFICIAL-SENSITIVE · not encrypted", "Ring every victim within two days", "0123456789 – 100%", "AVWA fi ffl")


def measures() -> str:
    """How wide and high this machine sets some words, in pixels, at the sizes and weights of the program."""
    lines: list[str] = []
    for size, bold in ((13, False), (13, True), (16, True), (24, True), (26, False), (48, True)):
        of = QFontMetricsF(theme.font(size, bold=bold))
        lines.append(" ".join(f"{n:.2f}" for n in (of.height(), of.ascent(), *(of.horizontalAdvance(w) for w in _MEASURED))))
    return "\n".join(lines) + "\n"


_PLACE = re.compile(r" -?\d+,-?\d+ \d+x\d+")
_TALL = re.compile(r"^( *)\d+: ")
_CUT = re.compile(r"^( *Elided) '[^']*…'")
_SIZED = ("painted ", "widths: ", "viewport", "QScrollBar", "QWidget", "QSplitterHandle", "-", "+")


def without_sizes(lines: list[str]) -> list[str]:
    """Lines without what depends on how wide letters are: places, heights, what is painted, and what changed in between."""
    bare = [_CUT.sub(r"\1", _TALL.sub(r"\1", _PLACE.sub("", line))) for line in lines]
    return [line for line in bare if not line.strip().startswith(_SIZED) and not line.startswith(("-", "+"))]


_UNLIKE = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),  # made of a file's bytes, which hold a time
    (re.compile(r"( [0-9a-f]{4}){6}"), " CODE"),
    (re.compile(r"\b\d+\.\d+\.\d+(?=, schema|' called 'Version')"), "VERSION"),
    (re.compile(r"\bschema \d+"), "schema VERSION"),
    (re.compile(r"\b\d\d:\d\d(:\d\d)?\b"), "TIME"),
)


def masked(lines: list[str], **names: str) -> list[str]:
    """Lines without what differs from run to run: ids made of a file, check codes, versions, times of day and, by name, paths."""
    for name, words in names.items():
        lines = [line.replace(words, name) for line in lines]
    for pattern, word in _UNLIKE:
        lines = [pattern.sub(word, line) for line in lines]
    return lines
