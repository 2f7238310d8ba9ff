"""The window: a line to search or do anything, places at the left, one page in the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.ui import leaving, spoken
from vawg_desktop.ui.as_at import AsAt, AsAtBar
from vawg_desktop.ui.dropping import Dropping
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.navigation import NARROW, Navigation
from vawg_desktop.ui.place_page import PlacePage
from vawg_desktop.ui.places import SETTINGS, part_of
from vawg_desktop.ui.shell import Shell
from vawg_desktop.ui.spoken import announcer
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.top_bar import TopBar
from vawg_desktop.ui.widgets.common import EmptyState
from vawg_desktop.ui.widgets.guard import Guard
from vawg_desktop.ui.widgets.strip import Strip

if TYPE_CHECKING:
    from datetime import date

    from vawg_desktop.ui.commands import Command

#: How long news gathers before the numbers at the left are counted again.
COUNT_MS = 400


class MainWindow(Shell):
    """The main window: its frame is painted first, before a store is open or any page is made (DESIGN 6)."""

    def __init__(self) -> None:
        super().__init__()
        spoken.install()
        self.setWindowTitle("VAWG Desktop")
        self.tasks: Any = None
        self._places: dict[str, PlacePage] = {}
        self._pages: dict[str, Any] = {}
        #: How much news there was when a page was last read.
        self._read_at: dict[str, int] = {}
        self._key = ""
        self._back: list[tuple[str, str]] = []
        self._shortcuts: list[QShortcut] = []
        self._idle: Any = None
        self._demonstration = False
        self._ready = False
        self.as_at = AsAt(self)
        self._counting = QTimer(self)
        self._counting.setSingleShot(True)
        self._counting.setInterval(COUNT_MS)
        self._counting.timeout.connect(self._count_waiting)
        self._build()
        self.guard = Guard(self, self.lock)
        self._dropping = Dropping(self)

    def _build(self) -> None:
        centre = self._centre = QWidget()
        box = QVBoxLayout(centre)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.top = TopBar(self.open_palette, lambda: self.go(SETTINGS.key) if self.tasks is not None else None)
        box.addWidget(self.top)
        self._as_at_bar = AsAtBar(lambda: self.as_at.back())
        box.addWidget(self._as_at_bar)
        row = QHBoxLayout()
        row.setSpacing(0)
        self.navigation = Navigation(self._press_place)
        row.addWidget(self.navigation)
        self.stack = QStackedWidget()
        self._waiting = EmptyState("Opening the store …", inset=24)
        self.stack.addWidget(self._waiting)
        self.stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        row.addWidget(self.stack, 1)
        box.addLayout(row, 1)
        self.strip = Strip()
        box.addWidget(self.strip)
        self.setCentralWidget(centre)
        messages.attach(self, self.strip)
        self._style()

    def _style(self) -> None:
        self.navigation.restyle(self.width())
        self.top.restyle(self.width() < theme.px(NARROW))

    # -- the store ---------------------------------------------------------------------------

    def attach(self, tasks: Any, name: str) -> None:
        """Work on an open store from now on; pages are made when first visited."""
        self.tasks = tasks
        self._say_where()
        self._on_busy(False)
        tasks.busy_changed.connect(self._on_busy)
        tasks.away_changed.connect(lambda _: self._on_busy(False))
        tasks.wants_copy.connect(self._open_copy)
        tasks.changes_applied.connect(lambda _: self._counting.start())
        tasks.read(_window_settings, self._on_settings)
        tasks.look_for_others()
        self._poll = QTimer(self)
        self._poll.setInterval(1000)
        self._poll.timeout.connect(tasks.look_for_others)
        self._poll.start()
        QTimer.singleShot(1500, self, lambda: tasks.read_through(self._on_damaged))

    def _on_damaged(self, sentence: str) -> None:
        """The file was found damaged: it may be read, and nothing is written to it any more."""
        from vawg_desktop.domain.errors import StoreError

        self.top.show_saved("Damaged: may only be read")
        messages.failed(StoreError(sentence, code="damaged"))

    def _on_settings(self, chosen: dict[str, str]) -> None:
        from vawg_desktop.ui.widgets.idle import IdleWatch

        if self.tasks is None:
            return
        self._demonstration = chosen["demonstration"] == "1"
        self._say_where()
        if self._idle is None:
            self._idle = self.guard.idle = IdleWatch(self, self.lock)
        self._idle.start(int(chosen["idle"]))

    def set_idle(self, minutes: int) -> None:
        """Lock after so many minutes without a key or the mouse; 0 never does."""
        if self._idle is not None:
            self._idle.start(minutes)

    def detach(self) -> None:
        """Let go of the store: pages, shortcuts and what was under way."""
        self._poll.stop()
        self._counting.stop()
        if self._idle is not None:
            self._idle.start(0)
        for shortcut in self._shortcuts:
            shortcut.deleteLater()
        self._shortcuts.clear()
        self._drop_pages()
        self._back.clear()
        self._key = ""
        self._ready = False
        self.stack.setCurrentWidget(self._waiting)
        self.tasks.stop()
        self.tasks = None

    def _shut_pages(self) -> None:
        for page in self._pages.values():
            if hasattr(page, "shut"):
                page.shut()

    def _drop_pages(self) -> None:
        self._shut_pages()
        for made in self._places.values():
            self.stack.removeWidget(made)
            made.deleteLater()
        self._places.clear()
        self._pages.clear()
        self._read_at.clear()

    def _open_copy(self) -> None:
        """Choose a working copy and go on in it, in a window of its own; this one keeps what was typed."""
        name, _ = QFileDialog.getOpenFileName(self, "Open a working copy", "", "Stores (*.vawg)")
        if name and self.open_beside is not None:
            self.open_beside(name)

    def _on_busy(self, busy: bool) -> None:
        if self.tasks is not None and self.tasks.away:
            waits = self.tasks.waiting()
            unsaved = f"{waits} not saved yet" if waits else ""
            self.top.show_saved(f"Server away, trying again … {unsaved}".strip())
        else:
            self.top.show_saved("Read only" if self.as_at.on else "Saving …" if busy else "Saved")

    def _count_waiting(self) -> None:
        from vawg_desktop.services.waiting import waiting

        if self.tasks is not None:
            self.tasks.read(waiting, self.navigation.set_waiting)

    def _make_ready(self) -> None:
        """After the first page: commands with their keys, and the numbers at the left."""
        self.tasks.read(_load_commands, self._add_shortcuts)
        self._count_waiting()

    def _add_shortcuts(self, commands: list[Command]) -> None:
        if self.tasks is None or self._shortcuts:
            return
        for command in commands:
            for keys in command.keys:
                self._shortcuts.append(QShortcut(QKeySequence(keys), self, lambda do=command.do: do(self)))

    # -- pages -------------------------------------------------------------------------------

    def page(self, key: str) -> Any:
        """The page of that key, made now if this is its first visit."""
        place, part = part_of(key)
        if part.key not in self._pages:
            made = part.make(self.tasks)
            for signal, slot in (
                ("open_record", self.open_record),
                ("open_list", self.open_list),
                ("open_page", self.go),
                ("open_changes", self.open_changes),
                ("restore_asked", self._restore),
                ("shell_asked", lambda do: do(self)),
            ):
                if hasattr(made, signal):
                    getattr(made, signal).connect(slot)
            self._pages[part.key] = made
            if place.key not in self._places:
                self._places[place.key] = PlacePage(place, self.go)
                self.stack.addWidget(self._places[place.key])
            self._places[place.key].add(part, made)
        return self._pages[part.key]

    def go(self, key: str) -> Any:
        """Show the page of a key, or the list of a kind of record; gives the page. It is read anew where there is news since it was."""
        place, part = part_of(key)
        page = self.page(key)
        self._key = part.key
        self.navigation.show_current(place.key)
        self._places[place.key].show_part(part.key)
        self.stack.setCurrentWidget(self._places[place.key])
        if self._read_at.get(part.key) != self.tasks.news or getattr(page, "looks_outside", False):
            self._read_at[part.key] = self.tasks.news
            page.load()
        self.tasks.look_for_others()
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.windowTitle() != (title := f"{part.label} – VAWG Desktop"):
            self.setWindowTitle(title)
            announcer.say(self, part.label)
        if not self._ready:
            self._ready = True
            self._make_ready()
        return page

    def _press_place(self, key: str) -> None:
        """Go to a place by its button: to its first page as it is without a record or a review over it."""
        if self.tasks is not None and hasattr(page := self.go(key), "home"):
            page.home()

    def here(self) -> Any:
        """The page that is shown; None before there is one."""
        return self._pages.get(self._key)

    def open_record(self, name: str) -> None:
        """Show a record where its kind stands; ``history:ID`` shows its changes, ``chain:ID`` its chain, ``questions:KEY`` a question, ``hold:ID`` a meeting as it is held, ``paper:KIND/ID`` a paper."""
        if page := {"history": "changes", "chain": "chain", "questions": "questions", "hold": "meeting_mode", "paper": "papers", "card": "card"}.get(name.partition(":")[0], "") if ":" in name else "":
            self.go(page).show_record(name.partition(":")[2])
            return
        from vawg_desktop.services import names

        self.tasks.read(lambda s: names.find(s.read(), name), self._on_found)

    def _on_found(self, found: Any) -> None:
        shown = getattr(self.here(), "pane", None)
        if shown is not None and shown.view is not None:
            self._back.append((self._key, shown.view.id))
        page = self.go(found.entity)
        if hasattr(page, "go_to"):
            page.go_to(found.id)

    def open_changes(self, what: str, since: date) -> None:
        """The changes that a figure of the Overview counts."""
        self.go("changes").show_kind(what, since)

    def open_list(self, query: Any, words: str) -> None:
        """Show the rows that a figure counts."""
        self.go(query.entity).show_query(query, words)

    def back(self) -> None:
        """The record looked at before (Alt+Left)."""
        if self._back:
            key, id = self._back.pop()
            self.go(key).go_to(id)

    def next_pane(self, step: int) -> None:
        """Move the keyboard round the left side, the list and the record (F6)."""
        page = self.here()
        if page is None:
            return
        beside = [w for w in getattr(page, "panes", lambda: [page])() if w.isVisible()]
        panes: list[QWidget] = [self.navigation, *beside]
        focused = QApplication.focusWidget()
        now = next((i for i, pane in enumerate(panes) if focused is not None and (pane is focused or pane.isAncestorOf(focused))), 0)
        target = panes[(now + step) % len(panes)]
        if target is self.navigation:
            made = self.navigation.button(part_of(self._key)[0].key)
            if made is not None:
                made.setFocus(Qt.FocusReason.TabFocusReason)
        elif hasattr(target, "enter"):
            target.enter()  # type: ignore[attr-defined]
        else:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def open_palette(self) -> None:
        """Search records, pages and commands (Ctrl+K)."""
        from vawg_desktop.ui.commands import open_palette

        if self.tasks is not None:
            open_palette(self)

    def _restore(self, backup: Any) -> None:
        from vawg_desktop.ui.window_commands import restore

        restore(self, backup)

    def quick_exit(self) -> None:
        """Hide the screen behind a neutral page, whatever is open; the same again brings it back."""
        self.guard.quick_exit()

    def lock(self) -> None:
        """Hide everything until the passphrase is typed; a store without one opens by Enter."""
        if self.tasks is not None:
            from vawg_desktop.services import access

            session = self.as_at.today_of(self.tasks.session)
            self.guard.lock(lambda word: access.opens(session, word), session.store.key is not None)

    def uncovered(self) -> None:
        """Show what was done meanwhile."""
        if self._key in self._pages:
            self._pages[self._key].load()

    # -- looks, and leaving ------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._style()

    def restyle(self) -> None:
        """Build every page again after a change of theme or text size."""
        key, id = self.where()
        self._drop_pages()
        self._build()
        if self.tasks is not None:
            self._say_where()
            self._on_busy(False)
            self._count_waiting()
            again = self.go(key or "my_work")
            if id:
                again.go_to(id)

    def where(self) -> tuple[str, str]:
        """The key of the page that is shown, and the id of the record on it, if any."""
        pane = getattr(self.here(), "pane", None)
        return self._key, str(pane.view.id) if pane is not None and pane.view is not None else ""

    def _say_where(self) -> None:
        self._as_at_bar.show_past(getattr(self.tasks.session, "called", ""))
        store = self.tasks.session.store
        warnings = {"DEMONSTRATION": self._demonstration, "not encrypted": store.plain}
        self.top.show_where(["OFFICIAL-SENSITIVE", *(w for w, holds in warnings.items() if holds), store.path.stem, self.tasks.session.who])

    def left_over(self) -> str:
        """Save what is being typed as leaving its field does; what was refused and so is kept nowhere, in words, or an empty text."""
        focused = self.focusWidget()
        if focused is not None:
            focused.clearFocus()
        return "" if self.tasks is None else leaving.left_over(self.tasks, list(self._pages.values()))

    def closeEvent(self, event: QCloseEvent) -> None:
        if not leaving.may_close(self.left_over(), self.tasks.waiting() if self.tasks is not None else 0):
            event.ignore()
            return
        if self.tasks is not None:
            self._poll.stop()
            self._counting.stop()
            self._shut_pages()
            self.tasks.stop()
        super().closeEvent(event)


def _load_commands(_: Any) -> list[Command]:
    """Every command; their modules are imported off the window's thread."""
    from vawg_desktop.ui.commands import load_commands

    return load_commands()


def _window_settings(session: Any) -> dict[str, str]:
    from vawg_desktop import settings
    from vawg_desktop.services import office

    return {
        "idle": office.setting(session, settings.IDLE.key) or settings.IDLE.choices[0],
        "demonstration": session.store.meta("demonstration") or "",
    }
