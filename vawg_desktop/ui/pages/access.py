"""Access: who can open the store, what it is, and its chain's head for paper."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from vawg_desktop import __version__
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.errors import AppError
from vawg_desktop.services import access, safekeeping
from vawg_desktop.services.session import Session
from vawg_desktop.store import keyring_seam, keys
from vawg_desktop.store.version import SCHEMA_VERSION
from vawg_desktop.ui.dialogs.new_store import RecoveryDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import Section, button, clear, label, note, scrolled_page
from vawg_desktop.ui.widgets.flow_layout import FlowLayout


class AccessPage(QWidget):
    """Passphrases and keys, and what this store is."""

    #: It also shows what changes outside the log, so it is read on every visit.
    looks_outside = True

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._body = scrolled_page(self, "Access")
        self._drawn: tuple[list[keys.Wrapping], list[str]] | None = None

    def load(self) -> None:
        """Read the ways in and the heads."""

        def read(session: Session) -> tuple[list[keys.Wrapping], list[str]]:
            store = session.store
            ways = [] if store.key is None else keys.ways_in(store.path)
            return ways, safekeeping.heads_in_words(safekeeping.heads(session))

        self.tasks.read(read, lambda answer: self._show(*answer))

    def _show(self, ways: list[keys.Wrapping], heads: list[str]) -> None:
        if self._drawn == (ways, heads):
            return
        self._drawn = (ways, heads)
        clear(self._body)
        if self.tasks.session.store.url is None:
            self._body.addWidget(self._keys(ways))
        else:
            section = Section("Who can open it")
            section.body.addWidget(note("Logins and passwords are the server's."))
            self._body.addWidget(section)
        self._body.addWidget(self._about(heads))
        self._body.addStretch(1)

    def _keys(self, ways: list[keys.Wrapping]) -> QWidget:
        if not ways:
            section = Section("Who can open it")
            section.body.addWidget(note("Anyone who has the file: this store is not encrypted. Use it for tests and demonstrations only."))
            return section
        section = Section("Who can open it", "Add a person …", self.add_officer)
        section.set_count(len(ways))
        for way in ways:
            row = QHBoxLayout()
            made = f", since {date_label(way.made)}" if way.made else ""
            row.addWidget(note(f"{way.label[:1].upper()}{way.label[1:]}{made}"), 1)
            if way.kind == keys.PASSPHRASE and len(ways) > 1:
                off = button("Remove …", lambda w=way: self.remove(w), kind="quiet")
                off.setAccessibleName(f"Remove the passphrase of {way.label}")
                row.addWidget(off)
            section.body.addLayout(row)
        row = FlowLayout(8)
        row.setContentsMargins(theme.px(8), theme.px(4), 0, 0)
        row.addWidget(button("Change passphrase …", self.change))
        row.addWidget(button("Make a recovery key …", self.recovery))
        row.addWidget(button("Remember on this computer", self.remember))
        section.body.addLayout(row)
        return section

    def _about(self, heads: list[str]) -> QWidget:
        section = Section("About this store", "Look up a check code from an old paper …", self.verify, icon_name="")
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
            "Check codes of the log. Note them on paper: if an earlier change is altered afterwards, its code is no longer found.",
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

    def _word(self, title: str, asked: str) -> str | None:
        word, done = messages.ask_text(title, asked, secret=True)
        return word if done and word else None

    def _new_word(self, title: str) -> str | None:
        one = self._word(title, f"New passphrase, at least {keys.MIN_PASSPHRASE} characters")
        if one is None:
            return None
        if self._word(title, "The same again") != one:
            messages.tell("The passphrases do not match; nothing was changed.")
            return None
        return one

    def _do(self, work: Callable[[], object], message: str) -> None:
        try:
            work()
        except AppError as error:
            messages.failed(error)
            return
        messages.tell(message)
        self.load()

    def _change_keys(self, work: Callable[[Session], Changes], message: str) -> None:
        """Change who can open the store: the log says so too, so it goes the way of every write."""

        def done(_: object) -> None:
            messages.tell(message)
            self.load()

        self.tasks.write(work, then=done)

    def change(self) -> None:
        """Ask for a passphrase that opens the store and for the one to replace it."""
        old = self._word("Change passphrase", "Current passphrase")
        new = self._new_word("Change passphrase") if old else None
        if old and new:
            self._change_keys(lambda s: access.change(s, old, new), "The passphrase is changed.")

    def add_officer(self) -> None:
        """A passphrase of their own for a second officer."""
        name, done = messages.ask_text("Add a person", "Name of the person")
        known = self._word("Add a person", "Your passphrase") if done and name.strip() else None
        new = self._new_word(f"Passphrase of {name.strip()}") if known else None
        if known and new:
            self._change_keys(lambda s: access.add(s, known, new, name), f"{name.strip()} can open the store.")

    def remove(self, way: keys.Wrapping) -> None:
        """Take a way in away."""
        known = self._word("Remove", f"Your passphrase, to remove that of {way.label}")
        if known:
            self._change_keys(lambda s: access.remove(s, known, way.label), f"{way.label}: removed.")

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
            dialog = RecoveryDialog(self.window(), spelt[0], self.tasks.session.store.path)
            dialog.run()
            dialog.deleteLater()
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
        """Ask for a check code noted on paper, and say whether today's log still holds it."""
        typed, done = messages.ask_text("Look up a check code", "The code as printed, or its first 12 letters and digits")
        if done and typed.strip():
            self.tasks.read(lambda s: safekeeping.verify_head(s, typed), lambda words: messages.show("Check code", words))
