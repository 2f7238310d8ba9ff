"""The window walked through and written down: every page, every button of it, every command, in words (``described.py``).

``python -m tests.ui.stage`` writes the scenes anew after a change that was meant; read the difference before it is committed.
What differs from run to run stands still here: ids are counted, the clock does not go on, and fonts are only those we ship.
"""

from __future__ import annotations

import difflib
import gc
import itertools
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from openpyxl import load_workbook
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QMenu, QWidget
from shiboken6 import isValid

from tests.clock import StandingClock
from tests.fonts import FontsOfOurOwn
from tests.ui.described import describe, masked, measures
from vawg_desktop.domain import clock as clocks
from vawg_desktop.services import merging, records, return_staging, rounds
from vawg_desktop.services.records import Assignment, assign, parse_assignment
from vawg_desktop.services.sample import load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening
from vawg_desktop.store.copying import take_copy
from vawg_desktop.ui.commands import load_commands
from vawg_desktop.ui.main_window import MainWindow
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.places import PAGES
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import THEMES, load_fonts, theme
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets import strip

SCENES = Path(__file__).with_name("scenes")
#: How wide and high words were on the machine where the scenes were written down.
MEASURES = SCENES / "measures"
#: A page's buttons are pressed one after the other, at most so many.
MOST_PRESSED = 60


#: These cover the window, and are tried elsewhere.
_COVERS = ("Lock the screen", "Quick exit: hide the screen")


@contextmanager
def counted(first: int = 1) -> Iterator[None]:
    """Ids and secrets are numbers counted up from ``first``, and the clock stands."""
    ids, salts, letters = itertools.count(first), itertools.count(first), itertools.count(first)
    clock = clocks.inject(StandingClock())
    with (
        patch("vawg_desktop.store.entries.new_id", lambda: f"01a20000-0000-7000-8000-{next(ids):012x}"),
        patch("vawg_desktop.store.copying.uuid7", lambda: f"01a20000-0000-7000-9000-{next(ids):012x}"),
        patch("secrets.token_urlsafe", lambda size=12: f"{next(salts):0{size}d}"),
        patch("secrets.choice", lambda of: of[next(letters) % len(of)]),
    ):
        try:
            yield
        finally:
            clocks.inject(clock)


def make_stores(folder: Path) -> None:
    """The three stores that are walked through: empty, with the starter content, and worked with for a quarter."""
    with counted():
        making.create(folder / "empty.vawg", passphrase=None).close()
        with making.create(folder / "sample.vawg", passphrase=None) as store:
            load_sample(Session(store, "B. Officer"))
        shutil.copyfile(folder / "sample.vawg", folder / "worked.vawg")
        with opening.open_store(folder / "worked.vawg") as store:
            _work(Session(store, "B. Officer"), folder)


def _work(session: Session, folder: Path) -> None:
    made = rounds.export_returns(session, period="2026/27 Q2", due="2026-11-13", out=folder / "sent")
    files = {s.partner: Path(s.file) for s in made.returns}
    book = load_workbook(files["Kent Police"])
    sheet = book["Actions"]
    at = {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}
    for row, cells in {2: {"Progress update": "We met the boards.", "% complete": 65}, 3: {"Status": "In progress", "Help wanted": "A room"}}.items():
        for key, value in cells.items():
            sheet.cell(row, at[key]).value = value
    sheet.cell(4, 40).value = "Words beside the table"
    book["New actions"].cell(4, 1).value = "A helpline for young people"
    book.save(files["Kent Police"])
    assign(session, "A-0003", [Assignment("status", "stopped")], "by e-mail")
    return_staging.import_return(session, files["Kent Police"])
    return_staging.import_return(session, files["Medway"], apply="safe")
    for ref, words in (("A-0006", "percent=20"), ("A-0007", "due=2026-10-01"), ("R-0003", "priority=High"), ("G-0001", "severity=3 Serious")):
        assign(session, ref, [parse_assignment(words)], "told at the board")
    records.add_update(session, "A-0006", {"narrative": "Figures are agreed.", "channel": "meeting"})
    records.hide(session, ["A-0009"])
    take_copy(session.store, folder / "laptop.vawg")
    with opening.open_store(folder / "laptop.vawg") as store:
        assign(Session(store, "D. Deputy"), "A-0001", [Assignment("status", "in_progress")], "said in the room")
    assign(session, "A-0001", [Assignment("status", "stopped")], "by e-mail")
    with opening.open_store(folder / "laptop.vawg") as store:
        merging.merge(session, store)
        laptop = Session(store, "D. Deputy")
        for ref, words in (("A-0004", "percent=40"), ("A-0006", "percent=80"), ("A-0010", "blockers=No room")):
            assign(laptop, ref, [parse_assignment(words)], "in the room")
        records.create(laptop, "gap", {"statement": "Nobody to ring at night"})
    (folder / "list.csv").write_text(
        "Ref,Action,Owner,Due,Status\n1,Ring every victim within two days,Kent Police,31/12/2026,In progress\n2,Open a hub,Nobody we know,March,Getting there\n",
        "utf-8",
    )


class Stage:
    """A window on one of the stores, and the account of what was seen in it."""

    def __init__(self, stores: Path, name: str, folder: Path, *, look: str = "light", scale: float = 1.0) -> None:
        self.folder, self.lines = folder, list[str]()
        self._stack = ExitStack()
        self._stack.enter_context(counted(1_000_000))  # after those of the stores
        self._stack.enter_context(patch.dict(os.environ, VAWG_HOME=str(folder / "settings")))
        for part in (*stores.glob(f"{name}.vawg*"), *(stores.glob("l*") if name == "worked" else ())):
            shutil.copyfile(part, folder / part.name)
        self._pretend()
        QApplication.setCursorFlashTime(0)
        QApplication.clipboard().clear()
        theme.apply(look, scale, "normal")
        self.session = Session(opening.open_store(folder / f"{name}.vawg"), "B. Officer")
        self.window = MainWindow()
        self.window.resize(1366, 768)
        self.tasks = Tasks(self.session)
        self.window.attach(self.tasks, "Kent inquiry")
        self.window.show()
        self.window.activateWindow()
        self._told: list[str] = []
        messages.shown.connect(self._on_told)
        self._seen: list[str] = []

    def _on_told(self, kind: str, text: str) -> None:
        self._told.append(f"{kind}: {text}")

    def _pretend(self) -> None:
        """Dialogs and menus are written down and left; a file to save is given a name, a file to open is not chosen."""
        folder = self.folder

        def run(dialog: QDialog) -> int:
            dialog.show()
            settle_dialog()
            self._told += [f"  {line}" for line in self._clean(describe(dialog))]
            dialog.done(0)
            return 0

        def settle_dialog() -> None:
            for _ in range(3):
                QApplication.processEvents()
                if hasattr(self, "tasks"):
                    self.tasks.wait()

        def save(_: object, title: str, name: str = "", *__: object) -> tuple[str, str]:
            self._told.append(f"  asked where to save: {title}, {Path(name).name}")
            return str(folder / Path(name).name), ""

        for owner, called, does in (
            (messages, "run", run),
            (strip, "SHOWN_MS", 10**8),  # a message takes room: that it goes by itself must not depend on how fast the machine is
            (QFileDialog, "getSaveFileName", save),
            (QFileDialog, "getOpenFileName", lambda _, title, *__: (self._told.append(f"  asked for a file: {title}") or self._file(title), "")),
            (QFileDialog, "getOpenFileNames", lambda _, title, *__: (self._told.append(f"  asked for files: {title}") or [], "")),
            (QFileDialog, "getExistingDirectory", lambda _, title, *__: self._told.append(f"  asked for a folder: {title}") or ""),
            (QDesktopServices, "openUrl", lambda url: self._told.append(f"  opened: {url.fileName()}") or True),
        ):
            self._stack.enter_context(patch.object(owner, called, does))
        self._menus = QTimer()
        self._menus.timeout.connect(self._leave_menu)
        self._menus.start(5)
        self._offered: list[str] = []
        self._to_choose = ""

    def _file(self, title: str) -> str:
        """The file chosen where one is asked for; empty where none is."""
        there = self.folder / {"Bring in a copy": "laptop.vawg", "Import a tracker": "list.csv", "Attach a file": "list.csv"}.get(title, "-")
        return str(there) if there.exists() else ""

    def _leave_menu(self) -> None:
        """A menu that opened is written down and left, or the one thing chosen that was asked for."""
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            return
        offered = [a for a in menu.actions() if a.text()]
        chosen = next((a for a in offered if a.text() == self._to_choose), None)
        if chosen is None:
            self._told += [f"  menu: {a.text()}{'' if a.isEnabled() else ', disabled'}{', ticked' if a.isChecked() else ''}" for a in offered]
            self._offered = [a.text() for a in offered if a.isEnabled()]
        menu.close()
        if chosen is not None:
            chosen.trigger()

    def _clean(self, lines: list[str]) -> list[str]:
        lines = [line.replace("\u200b", "") for line in lines]
        if any(str(self.folder) in line for line in lines):  # painted with a path that is another each time
            lines = [line for line in lines if not line.strip().startswith("painted")]
        return masked(lines, FOLDER=str(self.folder))

    def settle(self) -> None:
        """Until nothing is on its way."""
        settle(self.tasks)

    def _look(self) -> list[str]:
        """The page as it is, the window's name above it; the window has the keyboard again."""
        self.settle()
        for _ in range(20):
            self.window.activateWindow()
            QApplication.processEvents()
            if QApplication.activeWindow() is self.window and QApplication.focusWidget() is not None:
                break
        return self._clean([self.window.windowTitle(), *describe(self.page)])

    def go(self, key: str) -> None:
        """Go to a page, or to what opens on it, and look at it."""
        self.page: Any = self.window.go("returns" if key == "review" else key)
        if key == "review":
            found = self.session.read().exec_driver_sql("SELECT id FROM submission WHERE state = 'in_review' ORDER BY n").fetchone()
            if found is not None and self.page.review.isHidden():
                self.page.open_review(str(found[0]))
        self._told = []
        self._seen = self._look()

    def see(self, heading: str) -> None:
        """Write down the whole page."""
        self.lines += [f"== {heading}", *self._seen]

    def notice(self, heading: str) -> None:
        """Write down what was told, what opened, what changed on the page since it was looked at, and what was written in the store."""
        self.settle()
        told, self._told = self._told, []
        if not isValid(self.page):
            made = self._clean(describe(self.window))
            changes = ["  the window was drawn anew", *(f"  {line}" for line in made[:30]), made[-1]]
        elif self.page.isVisible():
            changes = [line for line in difflib.unified_diff(self._seen, self._look(), n=0, lineterm="") if not _is_frame(line)]
        else:
            there = self._clean(describe(self.window.stack.currentWidget(), painted=False))
            changes = [f"  went to: {self.window.windowTitle()}", *(f"  {line}" for line in there if "Words" in line or "focus" in line)][:20]
        self.lines += [f"== {heading}", *self._clean(told), *changes, *self._clean(self._written())]

    def _written(self) -> list[str]:
        """What was written in the store since it was last asked."""
        rows = self.session.read().exec_driver_sql('SELECT n, act, op, tbl, fields FROM "change" ORDER BY n').fetchall()
        begin, self._logged = getattr(self, "_logged", len(rows)), len(rows)
        return [f"logged: {r[1]}, {r[2]} {r[3]}: {r[4]}" for r in rows[begin:]][:40]

    def press_all(self, key: str) -> None:
        """Press each button of a page once, those that appear meanwhile too; the page is gone to anew before each."""
        pressed, alike = set[str](), Counter[str]()
        self._written()
        for _ in range(MOST_PRESSED):
            self.go(key)
            todo = next((b for b in self._buttons() if _name(b) not in pressed and alike[_name(b).split()[0]] < _MOST_ALIKE), None)
            if todo is None:
                return
            name = _name(todo)
            pressed.add(name)
            alike[name.split()[0]] += 1
            self._offered, self._to_choose = [], ""
            todo.click()
            self.notice(name)
            for text in self._offered[:]:
                self._choose(key, name, text)

    def _buttons(self) -> list[QAbstractButton]:
        return [b for b in self.page.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled() and _name(b)]

    def _choose(self, key: str, name: str, text: str) -> None:
        """Choose one thing in the menu of a button."""
        self.go(key)
        button = next((b for b in self._buttons() if _name(b) == name), None)
        if button is None:
            self.lines.append(f"== {name}: not there for {text}")
            return
        self._to_choose = text
        button.click()
        self._to_choose = ""
        self.notice(f"{name}: {text}")
        if text == "Show the bin":  # where nothing is added
            self._choose(key, name, "Close the bin")

    def look_at(self, keys: Sequence[str]) -> None:
        """Write down some pages, and the window round them."""
        for key in keys:
            self.go(key)
            self.see(key)
        self.window.go("action")
        self.page = self.window
        self._seen = self._look()
        self.see("the window")

    def give_commands(self) -> None:
        """Write down the window, and what comes of each command given on the list of actions."""
        self.look_at(())
        self._written()
        for command in load_commands():
            if command.words not in _COVERS:
                self.go("action")
                command.do(self.window)
                self.notice(f"{command.words}, {' '.join(command.keys)}")

    def text(self) -> str:
        """The account."""
        return "\n".join(self.lines) + "\n"

    def close(self) -> None:
        """Close window and store, and let everything be as before."""
        messages.shown.disconnect(self._on_told)
        self._menus.stop()
        self.settle()
        with patch.object(messages, "ask", return_value=True):
            self.window.close()
        self.tasks.wait()  # what is still read would fail in the next window
        self.window.deleteLater()
        del self.window, self.page
        # gone now, not in the midst of the next scene: Shiboken was seen to hand out a layout's item for a widget at the same address
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        gc.collect()
        self.session.store.close()
        theme.apply("light", 1.0, "normal")
        self._stack.close()


def _is_frame(line: str) -> bool:
    return line.startswith(("---", "+++", "@@"))


def _name(button: QWidget) -> str:
    return button.accessibleName() or button.text()  # type: ignore[attr-defined]


#: Pages that show something else once a quarter has been worked with.
_CHANGED = ("my_work", "overview", "action", "update", "returns", "changes", "copies", "partner")
#: Pages looked at in the other themes, at 200 %.
_PAINTED = ("my_work", "overview", "action", "returns", "changes")
#: So many buttons that open a record, or take a link away, are pressed on one page.
_MOST_ALIKE = 3


def scene_names() -> list[str]:
    """All scenes: a page of a store each, the window with its commands, and pages in the other themes."""
    pages = [f"{store} {page.key}" for store in ("empty", "sample", "worked") for page in PAGES if store != "worked" or page.key in _CHANGED]
    return [*pages, "worked review", "sample commands", "worked commands", *(f"worked {look}" for look in THEMES if look != "light")]


def played(name: str, stores: Path) -> str:
    """The account of one scene."""
    store, _, what = name.partition(" ")
    with tempfile.TemporaryDirectory(prefix="vawg-") as folder:  # as short everywhere: some pages show it
        look = {"look": what, "scale": 2.0} if what in THEMES else {}
        stage = Stage(stores, store, Path(folder), **look)
        try:
            if what in THEMES:
                stage.look_at(_PAINTED)
            elif what == "commands":
                stage.give_commands()
            else:
                stage.go(what)
                stage.see(name)
                stage.press_all(what)
            return stage.text()
        finally:
            stage.close()


def main(wanted: list[str]) -> None:
    """Write the scenes anew, or those whose names hold a word that is given."""
    import tests.conftest  # noqa: F401 - the environment that tests run in

    FontsOfOurOwn(sys.argv[:1])
    load_fonts()
    MEASURES.write_text(measures(), "utf-8")
    with tempfile.TemporaryDirectory() as stores:
        make_stores(Path(stores))
        for name in scene_names():
            if not wanted or any(word in name for word in wanted):
                (SCENES / f"{name}.txt").write_text(played(name, Path(stores)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
