"""Everything that can be done by name or key: the palette of Ctrl+K and the shortcuts sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLayout, QTextBrowser, QTextEdit, QVBoxLayout

from vawg_desktop import __version__, log_file, paths, settings
from vawg_desktop.store.search import Hit
from vawg_desktop.ui.dialogs.pick import FindBox, Offer
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.basics import button, label

if TYPE_CHECKING:
    from vawg_desktop.ui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do: its words, its keys, what it does."""

    words: str
    keys: tuple[str, ...]
    do: Callable[[], object]


def commands(window: MainWindow) -> list[Command]:
    """Every command of the window."""
    from vawg_desktop.ui.main_window import PAGES

    def put(
        theme_name: str | None = None, scale: float | None = None, density: str | None = None
    ) -> Callable[[], None]:
        def do() -> None:
            lost = window.left_over()
            if lost:  # every page is built anew
                messages.tell(f"{lost}. Correct it, or press Escape there, and then change how the window looks.")
                return
            theme.apply(theme_name, scale, density)
            for setting, value in ((settings.THEME, theme_name), (settings.DENSITY, density)):
                if value:
                    window.tasks.keep("setting", setting.key, value)
            if scale:
                window.tasks.keep("setting", settings.SCALE.key, str(round(scale * 100)))
            window.restyle()

        return do

    def step(by: int) -> Callable[[], None]:
        sizes = [int(s) for s in settings.SCALE.choices]
        return lambda: put(
            scale=sizes[max(0, min(len(sizes) - 1, _nearest(sizes, theme.scale * 100) + by))] / 100
        )()

    pages = [
        Command(f"Go to {p.label}", (f"Ctrl+{i % 10}",) if i <= 10 else (), lambda k=p.key: window.go(k))
        for i, p in enumerate(PAGES, 1)
    ]
    new = [
        Command(f"New {name}", (), lambda e=entity: window.go(e).new_record())
        for entity, name in (
            ("recommendation", "recommendation"),
            ("action", "action"),
            ("gap", "gap"),
            ("partner", "partner"),
        )
    ]
    return [
        Command("Search or do anything", ("Ctrl+K",), window.open_palette),
        *pages,
        *new,
        Command("Send round of returns", (), lambda: window.go("returns").send_round()),
        Command("Read a return", ("Ctrl+O",), lambda: window.go("returns").choose_file()),
        Command("Bring in a tracker", (), window.bring_in_tracker),
        Command("Write a tracker in its own shape", (), window.write_tracker),
        Command("Hand my portfolio to a colleague", (), window.hand_portfolio),
        Command("Name a deputy between two dates", (), window.name_deputy),
        Command("Lock the screen", ("Ctrl+Shift+L",), window.lock),
        Command("Take working copy", (), lambda: window.go("merge").take_copy()),
        Command("Bring in a copy (merge)", (), lambda: window.go("merge").choose()),
        Command("Rating key: what the colours mean", (), window.edit_rating_key),
        Command("Help", (), lambda: show_help(window)),
        Command("About this program", (), lambda: show_about(window)),
        Command("Undo", ("Ctrl+Z",), lambda: window.tasks.undo()),
        Command("Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), lambda: window.tasks.redo()),
        Command("Back to the record before", ("Alt+Left",), window.back),
        Command("Theme: light", (), put("light")),
        Command("Theme: dark", (), put("dark")),
        Command("Theme: high contrast", (), put("contrast")),
        Command("Larger text", ("Ctrl++", "Ctrl+="), step(1)),
        Command("Smaller text", ("Ctrl+-",), step(-1)),
        Command("Meeting display: 200 per cent", (), put(scale=2.0)),
        Command("Rows: normal", (), put(density="normal")),
        Command("Rows: compact", (), put(density="compact")),
        Command("Quick exit: hide the screen", ("Ctrl+Shift+H",), window.quick_exit),
        Command("Shortcuts", ("F1", "Ctrl+/"), lambda: show_shortcuts(window)),
    ]


def _nearest(sizes: list[int], wanted: float) -> int:
    return min(range(len(sizes)), key=lambda i: abs(sizes[i] - wanted))


def open_palette(window: MainWindow) -> None:
    """Search over records, pages and commands; Enter does it."""
    offers = [Offer(c.words, c.keys[0] if c.keys else "", c.do) for c in commands(window)[1:]]
    box = FindBox(window, window.tasks.session, "Search or do anything", entity=None, offers=offers)
    accepted = box.run()
    chosen = box.chosen() if accepted else None
    box.deleteLater()
    if isinstance(chosen, Hit):
        window.open_record(chosen.id)
    elif isinstance(chosen, Offer):
        chosen.do()


#: Keys that belong to lists and records rather than to the window.
OTHER_KEYS = (
    ("Up, Down", "Choose a record; it is shown at once"), ("Enter", "Go into the record"), ("Escape", "Come back to the list"),
    ("Ctrl+F", "Filter the list"), ("Ctrl+N", "New record"), ("Ctrl+E", "Edit picked rows"), ("Delete", "Delete picked rows"),
    ("Ctrl+C", "Copy the reference, or the list as a table"), ("Ctrl+Enter", "Save a long text"),
    ("Alt+A", "Accept all that is safe, in a review"), ("Escape held", "Quick exit"),
)  # fmt: skip


def show_help(window: MainWindow) -> None:
    """What an officer needs, in the program itself."""
    dialog = QDialog(window)
    dialog.setWindowTitle("Help")
    box = QVBoxLayout(dialog)
    box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
    text = QTextBrowser()
    text.setAccessibleName("Help")
    text.setFrameShape(QTextBrowser.Shape.NoFrame)
    text.setMarkdown(paths.resources("help", "start.md").read_text("utf-8"))
    box.addWidget(text)
    box.addWidget(button("Close", dialog.accept, kind="primary"))
    dialog.resize(theme.px(640), theme.px(560))
    messages.run(dialog)
    dialog.deleteLater()


def show_about(window: MainWindow) -> None:
    """Which version this is, and where things lie: the store, the settings, what went wrong."""
    session = window.tasks.session
    lines = (
        ("Version", __version__),
        ("Store", str(session.store.path) if session.store.url is None else session.store.name),
        ("Your name in it", session.who),
        ("Settings", str(paths.user_data())),
        ("What went wrong", f"{log_file.place()}: kinds of error and places in the program, no word of a store"),
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
    for row, (name, said) in enumerate(lines):
        grid.addWidget(label(name, muted=True, wrap=False), row, 0, Qt.AlignmentFlag.AlignTop)
        words = _selectable(said, theme.px(400))
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
    made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.viewport().setAutoFillBackground(False)
    made.document().setDocumentMargin(0)
    made.setFixedWidth(width)
    made.document().documentLayout().documentSizeChanged.connect(lambda size: made.setFixedHeight(ceil(size.height())))
    return made


def show_shortcuts(window: MainWindow) -> None:
    """Every key on one sheet."""
    dialog = QDialog(window)
    dialog.setWindowTitle("Shortcuts")
    box = QVBoxLayout(dialog)
    box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
    box.addWidget(label("Shortcuts", size=16, bold=True))
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.px(24))
    lines = [(", ".join(c.keys), c.words) for c in commands(window) if c.keys] + list(OTHER_KEYS)
    half = (len(lines) + 1) // 2
    for i, (keys, words) in enumerate(lines):
        grid.addWidget(label(keys, bold=True, wrap=False), i % half, i // half * 2)
        grid.addWidget(label(words, wrap=False), i % half, i // half * 2 + 1)
    box.addLayout(grid)
    box.addWidget(button("Close", dialog.accept, kind="primary"))
    messages.run(dialog)
    dialog.deleteLater()
