"""Store: backups and the one obvious Restore, who can open it, and what it is (its chain's head for paper)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop import __version__
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.errors import AppError
from vawg_desktop.services import access, safekeeping
from vawg_desktop.services.safekeeping import Shown
from vawg_desktop.services.session import Session
from vawg_desktop.store import keyring_seam, keys
from vawg_desktop.store.version import SCHEMA_VERSION
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.basics import (
    EmptyState,
    FlowLayout,
    Section,
    button,
    clear,
    label,
    note,
    scrolled,
)

SHOWN = 40


class StorePage(QWidget):
    """Where the store's safety is seen and seen to."""

    restore_asked = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(16), 0, 0)
        box.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, theme.px(24), 0)
        head.addWidget(label("Store", size=24, bold=True, wrap=False))
        head.addStretch(1)
        if tasks.session.store.url is None:
            head.addWidget(button("Name a restore point …", self.name_point))
            head.addWidget(button("Back up now", self.back_up, kind="primary", icon_name="save"))
        box.addLayout(head)
        self._body = scrolled(box, spacing=8)

    def load(self) -> None:
        """Read backups, ways in and heads."""

        def read(session: Session) -> tuple[list[Shown], Path, list[str], list[keys.Wrapping]]:
            store = session.store
            ways = [] if store.key is None else keys.ways_in(store.path)
            heads = safekeeping.heads_in_words(safekeeping.heads(session))
            if store.url is not None:
                return [], Path(), heads, ways
            return safekeeping.listed(session), safekeeping.folder(session), heads, ways

        self.tasks.read(read, lambda answer: self._show(*answer))

    # -- showing -----------------------------------------------------------------------------

    def _show(self, backups: list[Shown], folder: Path, heads: list[str], ways: list[keys.Wrapping]) -> None:
        clear(self._body)
        if self.tasks.session.store.url is None:
            self._body.addWidget(self._backups(backups, folder))
            self._body.addWidget(self._keys(ways))
        else:
            section = Section("On a server")
            section.body.addWidget(
                note(
                    "Backups and passwords are the server's. A working copy (Merge) is a whole store of your own."
                )
            )
            self._body.addWidget(section)
        self._body.addWidget(self._about(heads))
        self._body.addStretch(1)

    def _backups(self, backups: list[Shown], folder: Path) -> QWidget:
        section = Section("Backups", "Keep them elsewhere …", self.choose_folder)
        section.set_count(len(backups))
        section.body.addWidget(
            note(f"In {folder}. 10 recent, 14 daily and 12 monthly stay; named ones stay for ever.")
        )
        if not backups:
            section.body.addWidget(EmptyState("There is no backup yet.", "Back up now", self.back_up))
            return section
        grid = QGridLayout()
        grid.setContentsMargins(theme.px(8), theme.px(4), 0, 0)
        grid.setHorizontalSpacing(theme.px(24))
        grid.setVerticalSpacing(theme.px(4))
        for column, words in enumerate(("Made", "What", "Changed since", "")):
            grid.addWidget(label(words, muted=True, wrap=False), 0, column)
        for row, shown in enumerate(backups[:SHOWN], 1):
            one = shown.backup
            when = london_time(one.at)
            what = f"{one.kind.capitalize()}: {one.name}" if one.name else one.kind.capitalize()
            since = _records(shown.records_since) if shown.entries_since else "Nothing"
            for column, words in enumerate((when, f"{what} · {one.size / 1e6:.1f} MB", since)):
                grid.addWidget(label(words, wrap=column == 1), row, column)
            back = button("Restore …", lambda s=shown: self.restore(s))
            back.setAccessibleName(f"Restore the backup of {when}")
            grid.addWidget(back, row, 3)
        grid.setColumnStretch(1, 1)
        section.body.addLayout(grid)
        return section

    def _keys(self, ways: list[keys.Wrapping]) -> QWidget:
        if not ways:
            section = Section("Who can open it")
            section.body.addWidget(note("Everybody: this store is plain, for tests and demonstrations only."))
            return section
        section = Section("Who can open it", "Let a second officer in …", self.add_officer)
        section.set_count(len(ways))
        for way in ways:
            row = QHBoxLayout()
            made = f", since {date_label(way.made)}" if way.made else ""
            row.addWidget(note(f"{way.label[:1].upper()}{way.label[1:]}{made}"), 1)
            if way.kind == keys.PASSPHRASE and len(ways) > 1:
                off = button("Take away …", lambda w=way: self.remove(w), kind="quiet")
                off.setAccessibleName(f"Take away the passphrase of {way.label}")
                row.addWidget(off)
            section.body.addLayout(row)
        row = FlowLayout(theme.px(8))
        row.setContentsMargins(theme.px(8), theme.px(4), 0, 0)
        row.addWidget(button("Change passphrase …", self.change))
        row.addWidget(button("Make a recovery key …", self.recovery))
        row.addWidget(button("Remember on this computer", self.remember))
        section.body.addLayout(row)
        return section

    def _about(self, heads: list[str]) -> QWidget:
        section = Section("About", "Check a head from an old paper …", self.verify)
        store = self.tasks.session.store
        lines = [
            f"VAWG Desktop {__version__}, schema {SCHEMA_VERSION}; "
            + (
                "in PostgreSQL."
                if store.url
                else "not encrypted."
                if store.plain
                else "encrypted with SQLCipher."
            ),
            store.name if store.url else f"{store.path}",
            "Chain heads, printed on papers so that a change to the past cannot go unseen:",
        ]
        for line in lines:
            section.body.addWidget(note(line))
        for line in heads:
            made = label(line)
            made.setContentsMargins(theme.px(8), 0, 0, 0)
            made.setTextInteractionFlags(
                made.textInteractionFlags() | made.textInteractionFlags().TextSelectableByMouse
            )
            section.body.addWidget(made)
        return section

    # -- backups -----------------------------------------------------------------------------

    def back_up(self, name: str = "") -> None:
        """Make a backup now."""

        def work(session: Session) -> Changes:
            safekeeping.back_up(session, name=name)
            return Changes()

        def done(_: object) -> None:
            messages.tell("Backed up and checked.")
            self.load()

        self.tasks.write(work, then=done)

    def name_point(self) -> None:
        """Make a restore point that stays for ever."""
        name, done = messages.ask_text("Name a restore point", "What is it before? For example: before the Q2 board")
        if done and name.strip():
            self.back_up(name.strip())

    def choose_folder(self) -> None:
        """Keep backups in another folder from now on."""
        chosen = QFileDialog.getExistingDirectory(self, "Keep backups in")
        if chosen:
            safekeeping.choose_folder(self.tasks.session, Path(chosen))
            self.load()

    def restore(self, shown: Shown) -> None:
        """Ask once, then let the window do it: the store must be closed for it."""
        since = (
            f" {_records(shown.records_since)} changed since; what stands now stays in a backup that is made first."
            if shown.entries_since
            else ""
        )
        if messages.ask(
            "Restore", f"The store goes back to {london_time(shown.backup.at)}.{since}", "Restore this backup"
        ):
            self.restore_asked.emit(shown.backup)

    # -- keys --------------------------------------------------------------------------------

    def _word(self, title: str, asked: str) -> str | None:
        word, done = messages.ask_text(title, asked, secret=True)
        return word if done and word else None

    def _new_word(self, title: str) -> str | None:
        one = self._word(title, f"New passphrase, at least {keys.MIN_PASSPHRASE} characters")
        if one is None:
            return None
        if self._word(title, "The same again") != one:
            messages.tell("The two were not the same; nothing was changed.")
            return None
        return one

    def _do(self, work: Callable[[], object], told: str) -> None:
        try:
            work()
        except AppError as error:
            messages.failed(error)
            return
        messages.tell(told)
        self.load()

    def _change_keys(self, work: Callable[[Session], Changes], told: str) -> None:
        """Change who can open the store: the log says so too, so it goes the way of every write."""

        def done(_: object) -> None:
            messages.tell(told)
            self.load()

        self.tasks.write(work, then=done)

    def change(self) -> None:
        """Change the passphrase that is typed."""
        old = self._word("Change passphrase", "The passphrase as it is")
        new = self._new_word("Change passphrase") if old else None
        if old and new:
            self._change_keys(lambda s: access.change(s, old, new), "The passphrase is changed.")

    def add_officer(self) -> None:
        """A passphrase of their own for a second officer."""
        name, done = messages.ask_text("Let a second officer in", "Name of the second officer")
        known = self._word("Let a second officer in", "Your passphrase") if done and name.strip() else None
        new = self._new_word(f"Passphrase of {name.strip()}") if known else None
        if known and new:
            self._change_keys(lambda s: access.add(s, known, new, name), f"{name.strip()} can open the store.")

    def remove(self, way: keys.Wrapping) -> None:
        """Take a way in away."""
        known = self._word("Take away", f"Your passphrase, to take away that of {way.label}")
        if known:
            self._change_keys(lambda s: access.remove(s, known, way.label), f"{way.label}: taken away.")

    def recovery(self) -> None:
        """Make a recovery key and show it this once."""
        known = self._word("Make a recovery key", "Your passphrase")
        if not known:
            return
        spelt: list[str] = []

        def make(session: Session) -> Changes:
            word, changes = access.make_recovery(session, known)
            spelt.append(word)
            return changes

        def shown(_: object) -> None:
            messages.show("Recovery key", f"{spelt[0]}\n\nIt is shown this once. Write it down or print it, seal it, and lock it away. An earlier one opens no more.")  # fmt: skip
            self.load()

        self.tasks.write(make, then=shown)

    def remember(self) -> None:
        """Let the operating system keep the key for this login."""
        store = self.tasks.session.store
        if store.key is not None:
            key = store.key
            self._do(
                lambda: keyring_seam.remember(store.path, key),
                "This computer remembers the key for your login.",
            )

    def verify(self) -> None:
        """Whether a head from an old paper stands in today's log."""
        typed, done = messages.ask_text("Check a head", "The head as printed, or its first 12 letters and figures")
        if done and typed.strip():
            try:
                messages.show("Chain head", safekeeping.verify_head(self.tasks.session, typed))
            except AppError as error:
                messages.failed(error)


def _records(number: int) -> str:
    return f"{number:,} record{'s'[: number != 1]}"
