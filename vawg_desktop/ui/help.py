"""Help in the program itself: how-to, the sheet of keys, and what this program is."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLayout, QTextEdit, QVBoxLayout, QWidget

from vawg_desktop import __version__, log_file, paths
from vawg_desktop.ui.commands import command, load_commands
from vawg_desktop.ui.help_topics import HELP_OF
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.shell import Shell
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, fit_screen, label, scroll_over

#: Keys that belong to lists and records rather than to the window.
OTHER_KEYS = (
    ("Up, Down", "Choose a record; it is shown at once"), ("Enter", "Go into the record"), ("Escape", "Come back to the list"),
    ("Ctrl+F", "Filter the list"), ("Ctrl+N", "New record"), ("Ctrl+E", "Edit picked rows"), ("Delete", "Delete picked rows"),
    ("Ctrl+C", "Copy the reference, or the list as a table"), ("Ctrl+Enter", "Save a long text"),
    ("Alt+A", "Accept all without conflicts, in a review"), ("Escape held", "Quick exit"),
)  # fmt: skip


@command("Help", "F1")
def show_help(window: Shell) -> None:
    """What an officer needs, in the program itself, at the topic that speaks of the page that is shown."""
    from vawg_desktop.ui import help_window

    key, _ = window.where()
    help_window.show(window, getattr(window.here(), "help_topic", "") or HELP_OF.get(key, "begin"))


@command("About this program")
def show_about(window: Shell) -> None:
    """Which version this is, and where things lie: the store, the settings, what went wrong."""
    session = window.tasks.session
    lines = (
        ("Version", __version__),
        ("Store", str(session.store.path) if session.store.url is None else session.store.name),
        ("Your name in it", session.who),
        ("Settings", str(paths.user_data())),
        ("What went wrong", f"{log_file.place()}: what failed and where in the program; nothing from a store"),
        ("Licence", "MIT; typeface Atkinson Hyperlegible Next, SIL Open Font License"),
        ("Network", "The program uses none, unless the store is on a server of your office"),
    )
    dialog = QDialog(window)
    dialog.setWindowTitle("About VAWG Desktop")
    box = QVBoxLayout(dialog)
    box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
    box.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)  # as high as its lines, once they are counted
    box.setSpacing(theme.px(8))
    box.addWidget(label("VAWG Desktop", size=16, bold=True, wrap=False))
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.px(24))
    for row, (name, does) in enumerate(lines):
        grid.addWidget(label(name, muted=True, wrap=False), row, 0, Qt.AlignmentFlag.AlignTop)
        words = _selectable(does, theme.px(400))
        words.setAccessibleName(name)
        grid.addWidget(words, row, 1)
    box.addLayout(grid)
    close = button("Close", dialog.accept, kind="primary")
    box.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
    close.setFocus()
    messages.run(dialog)
    dialog.deleteLater()


def _selectable(text: str, width: int) -> QTextEdit:
    """Words to read and copy in a width of pixels; a path, which has no space to break at, goes on in the next line."""
    made = QTextEdit()
    made.setPlainText(text)
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setStyleSheet("QTextEdit { border: 0; padding: 0; background: transparent; }")  # words to read: without the frame of a field
    made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.viewport().setAutoFillBackground(False)
    made.document().setDocumentMargin(0)
    made.setFixedWidth(width)
    made.document().documentLayout().documentSizeChanged.connect(lambda size: made.setFixedHeight(ceil(size.height()) + theme.px(2)))
    made.document().setTextWidth(width)
    made.setFixedHeight(ceil(made.document().size().height()) + theme.px(2))
    return made


@command("Shortcuts", "Ctrl+/")
def show_shortcuts(window: Shell) -> None:
    """Every key on one sheet."""
    dialog = QDialog(window)
    dialog.setWindowTitle("Shortcuts")
    box = QVBoxLayout(dialog)
    box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
    box.addWidget(label("Shortcuts", size=16, bold=True))
    sheet = QWidget()
    grid = QGridLayout(sheet)
    grid.setHorizontalSpacing(theme.px(24))
    lines = [(", ".join(c.keys), c.words) for c in load_commands() if c.keys] + list(OTHER_KEYS)
    half = len(lines) if theme.scale >= 1.5 else (len(lines) + 1) // 2  # large type stands in one column
    for i, (keys, words) in enumerate(lines):
        grid.addWidget(label(keys, bold=True, wrap=False), i % half, i // half * 2)
        grid.addWidget(label(words, wrap=False), i % half, i // half * 2 + 1)
    box.addWidget(scroll_over(sheet, "Shortcuts"), 1)
    box.addWidget(button("Close", dialog.accept, kind="primary"), 0, Qt.AlignmentFlag.AlignRight)
    hint = sheet.sizeHint()
    fit_screen(dialog, ceil((hint.width() + theme.px(80)) / theme.px(1)), ceil((hint.height() + theme.px(140)) / theme.px(1)))
    messages.run(dialog)
    dialog.deleteLater()
