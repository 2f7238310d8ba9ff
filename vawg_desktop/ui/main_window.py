"""The window: a line to search or do anything, pages at the left, one page in the middle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.terms import how_many
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.theme import icon, theme
from vawg_desktop.ui.widgets.basics import Elided, EmptyState
from vawg_desktop.ui.widgets.guard import Guard


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page of the window: its key, word, icon, and how it is made when first visited."""

    key: str
    label: str
    icon: str
    make: Callable[[Any], QWidget]


def _lists(entity: str, empty: str = "") -> Callable[[Any], QWidget]:
    def make(tasks: Any) -> QWidget:
        from vawg_desktop.ui.pages.list_page import ListPage

        return ListPage(tasks, entity, empty)

    return make


def _page(module: str, name: str) -> Callable[[Any], QWidget]:
    def make(tasks: Any) -> QWidget:
        from importlib import import_module

        return getattr(import_module(f"vawg_desktop.ui.pages.{module}"), name)(tasks)

    return make


#: Pages in their order. To add one: its file, a line here, a service.
PAGES: tuple[PageSpec, ...] = (
    PageSpec("my_work", "My work", "work", _page("my_work", "MyWorkPage")),
    PageSpec("overview", "Overview", "overview", _page("overview", "OverviewPage")),
    PageSpec("recommendation", "Recommendations", "recommendations", _lists("recommendation", "The inquiry's recommendations will stand here. Add one, or paste them all from Word or Excel (More).")),
    PageSpec("action", "Actions", "actions", _lists("action", "What partners do about the recommendations will stand here.")),
    PageSpec("gap", "Gaps", "gaps", _lists("gap", "Gaps in the victim's journey will stand here.")),
    PageSpec("returns", "Returns", "returns", _page("returns", "ReturnsPage")),
    PageSpec("evidence", "Evidence", "evidence", _lists("evidence", "Proof that actions were done, and that they worked, will stand here.")),
    PageSpec("partner", "Partners", "partners", _lists("partner", "The organisations that own the actions will stand here.")),
    PageSpec("library", "Library", "library", _page("library", "LibraryPage")),
    PageSpec("history", "History", "history", _page("history", "HistoryPage")),
    PageSpec("merge", "Merge", "merge", _page("merge", "MergePage")),
    PageSpec("store", "Store", "store", _page("store_page", "StorePage")),
)  # fmt: skip


class MainWindow(QMainWindow):
    """The shell paints with widgets alone; the store and the pages come after (DESIGN 6)."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("VAWG Desktop")
        self.tasks: Any = None
        self._pages: dict[str, QWidget] = {}
        self._nav: dict[str, QPushButton] = {}
        self._key = ""
        self._back: list[tuple[str, str]] = []
        self._shortcuts: list[QShortcut] = []
        self._idle: Any = None
        #: Closes the store, does something to its files, and opens it again (set by what started the window).
        self.reopen: Callable[[Callable[[], str]], None] | None = None
        #: Opens another store in a window of its own; set by the program that can start one.
        self.open_beside: Callable[[str], None] | None = None
        self._build()
        self.guard = Guard(self, self.lock)
        messages.attach(self)

    # -- building ----------------------------------------------------------------------------

    def _build(self) -> None:
        centre = self._centre = QWidget()
        box = QVBoxLayout(centre)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._build_top())
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self._build_nav())
        self.stack = QStackedWidget()
        self._waiting = EmptyState("Opening the store …")
        self.stack.addWidget(self._waiting)
        self.stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        row.addWidget(self.stack, 1)
        box.addLayout(row, 1)
        self.setCentralWidget(centre)

    def _build_top(self) -> QWidget:
        self._top = QWidget()
        self._top.setAutoFillBackground(True)
        row = QHBoxLayout(self._top)
        row.setContentsMargins(theme.px(12), theme.px(8), theme.px(24), theme.px(8))
        row.setSpacing(theme.px(16))
        self._find = QPushButton("Search or do anything …   Ctrl+K")
        self._find.setIcon(icon("search", theme.colours.muted))
        self._find.setIconSize(QSize(theme.px(18), theme.px(18)))
        self._find.setMinimumHeight(theme.px(32))
        self._find.setMinimumWidth(theme.px(300))
        self._find.setStyleSheet(f"text-align: left; color: {theme.colours.muted};")
        self._find.setAccessibleName("Search or do anything")
        self._find.clicked.connect(self.open_palette)
        row.addWidget(self._find)
        self._about = Elided()
        self._about.setProperty("muted", True)
        self._about.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._about, 1)
        self._saved = QLabel("")
        self._saved.setProperty("muted", True)
        self._saved.setAccessibleName("Saved")
        row.addWidget(self._saved)
        return self._top

    def _build_nav(self) -> QWidget:
        self._nav_panel = QWidget()
        self._nav_panel.setAutoFillBackground(True)
        self._nav_panel.setObjectName("nav")
        box = QVBoxLayout(self._nav_panel)
        box.setContentsMargins(theme.px(8), theme.px(8), theme.px(8), theme.px(8))
        box.setSpacing(theme.px(2))
        for place, page in enumerate(PAGES, 1):
            made = QPushButton(page.label)
            made.setCheckable(True)
            made.setAccessibleName(page.label)
            made.setToolTip(f"{page.label}  Ctrl+{place % 10}" if place <= 10 else page.label)
            made.clicked.connect(lambda _=False, k=page.key: self.go(k))
            box.addWidget(made)
            self._nav[page.key] = made
        box.addStretch(1)
        self._nav_scroll = QScrollArea()
        self._nav_scroll.setWidget(self._nav_panel)
        self._nav_scroll.setWidgetResizable(True)
        self._nav_scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._nav_scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nav_scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._style_nav()
        return self._nav_scroll

    def _style_nav(self) -> None:
        c, px = theme.colours, theme.px
        narrow = self.width() < px(1000)
        side = Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag.AlignRight
        self._about.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        wide = px(150 if narrow else 184)
        self._nav_scroll.setFixedWidth(wide)
        self._nav_scroll.setStyleSheet(f"QScrollArea {{ background: {c.nav}; }}")
        self._nav_panel.setStyleSheet(f"""
            #nav {{ background: {c.nav}; }}
            #nav QPushButton {{ text-align: left; border: 2px solid transparent; background: transparent; padding: {px(5)}px {px(8)}px;
                border-radius: {px(5)}px; color: {c.text}; min-height: {px(24)}px; font-size: {px(12 if narrow else 13)}px; }}
            #nav QPushButton:hover {{ background: {c.soft}; }}
            #nav QPushButton:checked {{ background: {c.select}; color: {c.on_select}; font-weight: 600; }}
            #nav QPushButton:focus {{ border: 2px solid {c.accent}; }}""")
        for page in PAGES:
            made = self._nav[page.key]
            made.setIcon(
                icon(page.icon, c.on_select if made.isChecked() else c.text)
                if not narrow
                else icon("plus", "transparent", 1)
            )
            made.setIconSize(QSize(px(20), px(20)) if not narrow else QSize(1, 1))
        self._top.setStyleSheet(f"background: {c.nav};")
        self._find.setStyleSheet(f"text-align: left; color: {c.muted}; background: {c.surface};")

    # -- the store ---------------------------------------------------------------------------

    def attach(self, tasks: Any, name: str) -> None:
        """Work on an open store from now on; pages are made when first visited."""
        self.tasks = tasks
        self._say_where()
        self._saved.setText("Saved")
        tasks.busy_changed.connect(self._on_busy)
        tasks.away_changed.connect(self._on_away)
        tasks.wants_copy.connect(self._open_copy)
        self._add_shortcuts()
        self._watch_idle()
        self._poll = QTimer(self)
        self._poll.setInterval(1000)
        self._poll.timeout.connect(tasks.look_for_others)
        self._poll.start()
        QTimer.singleShot(1500, self, lambda: tasks.read_through(self._on_damaged))

    def _on_damaged(self, said: str) -> None:
        """The file was found damaged: it may be read, and nothing is written to it any more."""
        from vawg_desktop.domain.errors import StoreError
        from vawg_desktop.ui.messages import messages

        self._saved.setText("Damaged: may only be read")
        messages.failed(StoreError(said, code="damaged"))

    def _watch_idle(self) -> None:
        from vawg_desktop import settings
        from vawg_desktop.services import office
        from vawg_desktop.ui.widgets.idle import IdleWatch

        if self._idle is None:
            self._idle = IdleWatch(self, self.lock)
        chosen = office.setting(self.tasks.session, settings.IDLE.key) or settings.IDLE.choices[0]
        self._idle.start(int(chosen))

    def detach(self) -> None:
        """Let go of the store: pages, shortcuts and what was under way."""
        self._poll.stop()
        self._idle.start(0)
        for shortcut in self._shortcuts:
            shortcut.deleteLater()
        self._shortcuts.clear()
        for page in self._pages.values():
            self.stack.removeWidget(page)
            page.deleteLater()
        self._pages.clear()
        self._back.clear()
        self._key = ""
        self.stack.setCurrentWidget(self._waiting)
        self.tasks.stop()
        self.tasks = None

    def restore(self, backup: Any) -> None:
        """Put a backup in place of the open store, and open that."""
        from vawg_desktop.store.restoring import is_of_another, restore

        if self.reopen is None:
            messages.tell("Restore from the command line here: restore BACKUP STORE.")
            return
        path = self.tasks.session.store.path
        strange = is_of_another(backup, path)
        if strange and not messages.ask(
            "A backup of another store",
            f"{backup.path.name} is a backup of another store than {path.name}. What stands here is backed up first; then the other "
            "store takes its place.",
            "Replace this store",
        ):
            return
        word = None
        if not self.tasks.session.store.plain:
            word, done = messages.ask_text("Restore", "The passphrase of that time", secret=True)
            if not done:
                return

        def work() -> str:
            made = restore(backup.path, path, passphrase=word, over=strange)
            before = f" What stood before is in {made.before.name}." if made.before else ""
            return f"Restored.{before}"

        self.reopen(work)

    def _open_copy(self) -> None:
        """Choose a working copy and go on in it, in a window of its own; this one keeps what was typed."""
        name, _ = QFileDialog.getOpenFileName(self, "Open a working copy", "", "Stores (*.vawg)")
        if name and self.open_beside is not None:
            self.open_beside(name)

    def _on_away(self, away: bool) -> None:
        self._on_busy(False)

    def _on_busy(self, busy: bool) -> None:
        if self.tasks is not None and self.tasks.away:
            waits = self.tasks.waiting()
            self._saved.setText(
                f"Server away, trying again … {f'{waits} not saved yet' if waits else ''}".strip()
            )
        else:
            self._saved.setText("Saving …" if busy else "Saved")

    def _add_shortcuts(self) -> None:
        from vawg_desktop.ui.commands import commands

        for command in commands(self):
            for keys in command.keys:
                self._shortcuts.append(QShortcut(QKeySequence(keys), self, command.do))

    # -- pages -------------------------------------------------------------------------------

    def page(self, key: str) -> Any:
        """The page of that key, made now if this is its first visit."""
        if key not in self._pages:
            spec = next(p for p in PAGES if p.key == key)
            made = spec.make(self.tasks)
            for signal, slot in (
                ("open_record", self.open_record),
                ("open_list", self.open_list),
                ("open_page", self.go),
                ("open_changes", self.open_changes),
                ("restore_asked", self.restore),
            ):
                if hasattr(made, signal):
                    getattr(made, signal).connect(slot)
            self._pages[key] = made
            self.stack.addWidget(made)
        return self._pages[key]

    def go(self, key: str) -> Any:
        """Show a page."""
        page = self.page(key)
        self._key = key
        for name, made in self._nav.items():
            made.setChecked(name == key)
        self._style_nav()
        if key in self._nav:
            self._nav_scroll.ensureWidgetVisible(self._nav[key], 0, theme.px(16))
        self.stack.setCurrentWidget(page)
        page.load()
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        label = next(p.label for p in PAGES if p.key == key)
        self.setWindowTitle(f"{label} – VAWG Desktop")
        return page

    def open_record(self, name: str) -> None:
        """Show a record on the page of its kind; ``history:ID`` shows its history."""
        if name.startswith("history:"):
            self.go("history").show_record(name.removeprefix("history:"))
            return
        from vawg_desktop.domain.errors import AppError
        from vawg_desktop.services import names

        try:
            found = names.find(self.tasks.session.read(), name)
        except AppError as error:
            messages.failed(error)
            return
        if self._key in self._pages and hasattr(self._pages[self._key], "pane"):
            view = self._pages[self._key].pane.view  # type: ignore[attr-defined]
            if view is not None:
                self._back.append((self._key, view.id))
        self._page_of(found.entity).go_to(found.id)

    def open_changes(self, what: str, since: date) -> None:
        """The changes that a figure of the Overview counts."""
        self.go("history").show_kind(what, since)

    def _page_of(self, entity: str) -> Any:
        if entity in self._nav:
            return self.go(entity)
        if entity in ("return", "round", "submission", "decision"):
            return _Ignored(self.go("returns"))
        return self.go("library").show_entity(entity)

    def back(self) -> None:
        """The record looked at before (Alt+Left)."""
        if self._back:
            key, id = self._back.pop()
            self.go(key).go_to(id)

    def open_list(self, query: Any, words: str) -> None:
        """Show the rows that a figure counts."""
        page = self.go(query.entity if query.entity in self._nav else "library")
        page.show_query(query, words)

    def bring_in_tracker(self) -> None:
        """Choose a tracker, look at what it would do, bring it in."""
        from pathlib import Path

        from PySide6.QtWidgets import QFileDialog

        name, _ = QFileDialog.getOpenFileName(
            self, "Bring in a tracker", "", "Trackers (*.xlsx *.xlsm *.xls *.ods *.csv)"
        )
        if name:
            self.take_tracker(Path(name))

    def take_tracker(self, path: Any) -> None:
        """The same for a file already chosen."""
        from vawg_desktop.services import trackers
        from vawg_desktop.ui.dialogs.tracker import TrackerDialog

        wanted = TrackerDialog.ask(self, self.tasks, path)
        if wanted is not None:
            self.tasks.write(
                lambda s: trackers.import_tracker(s, path, mapping=wanted.mapping, answers=wanted.answers),
                told=f"{path.name} is in; undo takes all of it back.",
            )

    def write_tracker(self) -> None:
        """Write a tracker that was taken again in its own shape, filled from the store."""
        from pathlib import Path

        from PySide6.QtWidgets import QFileDialog

        like, _ = QFileDialog.getOpenFileName(
            self, "The tracker as you have it", "", "Trackers (*.xlsx *.xlsm *.xls *.ods *.csv)"
        )
        if not like:
            return
        start = str(Path(like).with_name(f"{Path(like).stem} from the store.xlsx"))
        name, _ = QFileDialog.getSaveFileName(self, "Write it to", start, "Excel (*.xlsx);;Text (*.csv)")
        if name:
            self.write_tracker_to(Path(like), Path(name))

    def write_tracker_to(self, like: Any, out: Any) -> None:
        """The same for files already chosen."""
        from vawg_desktop.services.tracker_out import Written, export_tracker
        from vawg_desktop.ui.messages import messages

        def told(done: Written) -> None:
            cells = f"{how_many(len(done.changed), 'cell')} written anew and listed on its last sheet" if done.changed else "it says what the list said"
            left = f" Left as the list has them: {how_many(done.unknown, 'row')} of no record here." if done.unknown else ""
            messages.tell(f"{out.name} is written: {cells}.{left}")

        self.tasks.do(lambda s: export_tracker(s, like, out), told)

    def edit_rating_key(self) -> None:
        """Reword what the colours mean."""
        from vawg_desktop.services import office
        from vawg_desktop.ui.dialogs.rating_key import RatingKeyDialog

        meanings = RatingKeyDialog.ask(self, office.rating_key(self.tasks.session.read()))
        if meanings is not None:
            self.tasks.write(
                lambda s: office.set_rating_key(s, meanings),
                told="The rating key is reworded; it stands on everything sent from now on.",
            )

    def open_palette(self) -> None:
        """Search records, pages and commands (Ctrl+K)."""
        from vawg_desktop.ui.commands import open_palette

        if self.tasks is not None:
            open_palette(self)

    # -- quick exit --------------------------------------------------------------------------

    def quick_exit(self) -> None:
        """Hide the screen behind a neutral page, whatever is open; the same again brings it back."""
        self.guard.quick_exit()

    def lock(self) -> None:
        """Hide everything until the passphrase is typed; a store without one opens by Enter."""
        if self.tasks is not None:
            store = self.tasks.session.store
            self.guard.lock(lambda word: store.key is None or _opens(store, word), store.key is not None)

    def uncovered(self) -> None:
        """Show what was done meanwhile."""
        if self._key in self._pages:
            self._pages[self._key].load()  # type: ignore[attr-defined]

    def hand_portfolio(self) -> None:
        """Give my open actions to a colleague."""
        from vawg_desktop.services import portfolio

        to, done = messages.ask_text("Hand my portfolio over", "To whom do your open actions go?")
        if done and to.strip():
            self.tasks.write(
                lambda s: portfolio.hand_over(s, s.who, to), told=f"Your open actions are {to.strip()}'s now."
            )

    def name_deputy(self) -> None:
        """Let a deputy see my portfolio as their own for a time."""
        from vawg_desktop.services import portfolio

        answers: list[str] = []
        for asked in (
            "Who is your deputy?",
            "From which day? For example: Monday's date",
            "Until which day?",
        ):
            said, done = messages.ask_text("Name a deputy", asked)
            if not done or not said.strip():
                return
            answers.append(said)
        self.tasks.write(
            lambda s: portfolio.deputise(s, s.who, *answers),
            told=f"{answers[0].strip()} stands in for you then.",
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._style_nav()

    def restyle(self) -> None:
        """Build every page again after a change of theme or text size."""
        key, view = self._key, None
        page = self._pages.get(key)
        if page is not None and hasattr(page, "pane"):
            view = page.pane.view.id if page.pane.view else None  # type: ignore[attr-defined]
        for made in self._pages.values():
            self.stack.removeWidget(made)
            made.deleteLater()
        self._pages.clear()
        self._build()
        messages.attach(self)
        if self.tasks is not None:
            self._say_where()
            again = self.go(key or "my_work")
            if view is not None:
                again.go_to(view)

    def _say_where(self) -> None:
        """Marking first: what matters most is the last to be cut where the window is narrow."""
        store = self.tasks.session.store
        words = ["OFFICIAL-SENSITIVE"]
        if store.meta("demonstration") == "1":
            words.append("DEMONSTRATION")
        if store.plain:
            words.append("not encrypted")
        self._about.say(" · ".join([*words, store.path.stem, self.tasks.session.who]))

    def left_over(self) -> str:
        """Save what is being typed as leaving its field does; what was refused and so is kept nowhere, in words, or an empty text."""
        focused = self.focusWidget()
        if focused is not None:
            focused.clearFocus()
        if self.tasks is None:
            return ""
        panes = [p.pane for p in self._pages.values() if hasattr(p, "pane")]  # type: ignore[attr-defined]
        for pane in panes:
            pane.leave()
        self.tasks.wait()
        asked = [pane.left_over for pane in panes]
        asked += [ask for page in self._pages.values() if (ask := getattr(page, "left_over", None)) is not None]
        found = [words for ask in asked for words in ask()]
        return "" if not found else f"{' and '.join(found)} {'was' if len(found) == 1 else 'were'} not saved"

    def closeEvent(self, event: QCloseEvent) -> None:
        lost = self.left_over()
        if lost and not messages.ask("Not saved", f"{lost}. It would be lost if the window closed.", "Close without it"):
            event.ignore()
            return
        if self.tasks is not None:
            waits = self.tasks.waiting()
            if waits and not messages.ask(
                "The server is away",
                f"{how_many(waits, 'change')} waiting for it would be lost. Keep the window open until the server is back, or copy "
                "what you typed elsewhere.",
                "Close and lose them",
            ):
                event.ignore()
                return
            self._poll.stop()
            self.tasks.stop()
        super().closeEvent(event)


class _Ignored:
    """A page that shows no single record of that kind."""

    def __init__(self, page: QWidget) -> None:
        self._page = page

    def go_to(self, id: str) -> None:
        """The page itself is shown."""


def _opens(store: Any, word: str) -> bool:
    from vawg_desktop.domain.errors import AppError
    from vawg_desktop.store import keys

    try:
        return bool(keys.unlock(store.path, word).raw == store.key.raw)
    except AppError:
        return False
