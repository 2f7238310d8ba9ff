"""Backups: when they were made, what changed since, and the one obvious Restore."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QWidget

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import safekeeping
from vawg_desktop.services.safekeeping import Shown
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import (
    SECTION_INSET,
    EmptyState,
    Section,
    button,
    clear,
    label,
    note,
    scrolled_page,
)

SHOWN = 40


class BackupsPage(QWidget):
    """The backups of this store, newest first."""

    restore_asked = Signal(object)

    #: It also shows what changes outside the log, so it is read on every visit.
    looks_outside = True

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        buttons = [
            button("Name a restore point …", self.name_point), button("Back up now", self.back_up, kind="primary", icon_name="save")
        ] if tasks.session.store.url is None else []  # fmt: skip
        self._body = scrolled_page(self, "Backups", *buttons)
        self._drawn: tuple[tuple[list[Shown], Path] | None] | None = None

    def load(self) -> None:
        """Read what backups there are."""

        def read(session: Session) -> tuple[list[Shown], Path] | None:
            if session.store.url is not None:
                return None
            return safekeeping.listed(session), safekeeping.folder(session)

        self.tasks.read(read, self._show)

    def _show(self, answer: tuple[list[Shown], Path] | None) -> None:
        if self._drawn == (answer,):
            return
        self._drawn = (answer,)
        clear(self._body)
        if answer is None:
            section = Section("On a server")
            section.body.addWidget(note("Backups are the server's. A working copy (Copies) is a whole store of your own."))
            self._body.addWidget(section)
        else:
            self._body.addWidget(self._backups(*answer))
        self._body.addStretch(1)

    def _backups(self, backups: list[Shown], folder: Path) -> QWidget:
        section = Section("Backups", "Keep them elsewhere …", self.choose_folder, icon_name="")
        section.set_count(len(backups))
        section.body.addWidget(
            note(f"In {folder}. 10 recent, 14 daily and 12 monthly stay; named ones stay for ever.")
        )
        if not backups:
            section.body.addWidget(EmptyState("There is no backup yet.", "Back up now", self.back_up, inset=SECTION_INSET, main=False))
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
            since = how_many(shown.records_since, "record") if shown.entries_since else "Nothing"
            for column, words in enumerate((when, f"{what} · {one.size / 1e6:.1f} MB", since)):
                grid.addWidget(label(words, wrap=column == 1), row, column)
            back = button("Restore …", lambda s=shown: self.restore(s))
            back.setAccessibleName(f"Restore the backup of {when}")
            grid.addWidget(back, row, 3)
        grid.setColumnStretch(1, 1)
        section.body.addLayout(grid)
        return section

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
            self.tasks.do(lambda s: safekeeping.choose_folder(s, Path(chosen)), lambda _: self.load())

    def restore(self, shown: Shown) -> None:
        """Ask once, then let the window do it: the store must be closed for it."""
        if self.tasks.session.store.is_past:
            messages.tell("This is the store as it was. Go back to today to restore a backup.")
            return
        since = (
            f" {how_many(shown.records_since, 'record')} changed since; the present store is backed up first."
            if shown.entries_since
            else ""
        )
        if messages.ask(
            "Restore", f"The store goes back to {london_time(shown.backup.at)}.{since}", "Restore this backup"
        ):
            self.restore_asked.emit(shown.backup)
