"""A new store, on one page: where, its passphrase twice, and what it begins with; then its recovery key, to be kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QStandardPaths
from PySide6.QtGui import QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.errors import AppError
from vawg_desktop.services.session import Session
from vawg_desktop.store import drives, keys
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.tasks import off_the_window
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, label

#: What a new store begins with: the key, and its words.
STARTER, TRACKER, EMPTY = "starter", "tracker", "empty"
_BEGINS = (
    (STARTER, "The inquiry's recommendations, gaps and sources"),
    (TRACKER, "A tracker that you have, to be imported next"),
    (EMPTY, "Nothing"),
)


def _suggested() -> Path:
    """A path for a new store that is not taken: in the person's documents, or where these are copied to other computers, in a folder of this one."""
    places = QStandardPaths.StandardLocation
    found = [Path(w) for one in (places.DocumentsLocation, places.HomeLocation, places.GenericDataLocation) if (w := QStandardPaths.writableLocation(one))]
    folder = next((f for f in found if f.is_dir() and not drives.shared(f / "store.vawg")), Path.home())
    number, path = 1, folder / "VAWG inquiry.vawg"
    while path.exists():
        number += 1
        path = folder / f"VAWG inquiry {number}.vawg"
    return path


class NewStoreForm(QWidget):
    """The fields of a new store; ``made`` is told the session and what it begins with."""

    def __init__(self, made: Callable[[Session, str], object]) -> None:
        super().__init__()
        self._made = made
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(4))
        self.path = QLineEdit(str(_suggested()))
        self.path.setAccessibleName("File of the new store")
        self.word, self.again = QLineEdit(), QLineEdit()
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(button("Choose …", self._choose))
        box.addWidget(label("File of the new store", muted=True))
        box.addLayout(row)
        for field, words in ((self.word, f"Passphrase, at least {keys.MIN_PASSPHRASE} characters"), (self.again, "The same passphrase again")):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            Form.put(box, words, field)
        begins = label("It begins with", muted=True)
        begins.setContentsMargins(0, theme.px(6), 0, 0)
        box.addWidget(begins)
        self._begins = QButtonGroup(self)
        for key, words in _BEGINS:
            one = QRadioButton(words)
            one.setObjectName(key)
            one.setChecked(key == STARTER)
            self._begins.addButton(one)
            box.addWidget(one)
        self.wrong = label("")
        self.wrong.setProperty("warn", True)
        box.addWidget(self.wrong)
        self.make = button("Create store", self.make_store, kind="primary")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.make)
        box.addLayout(foot)
        for field in (self.path, self.word, self.again):
            field.returnPressed.connect(self.make_store)

    def _choose(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "New store", self.path.text(), "Stores (*.vawg)")
        if name:
            self.path.setText(name)
            self.word.setFocus()

    def make_store(self) -> None:
        """Make the store and fill it; what is wrong is said where it stands, and nothing is made."""
        from vawg_desktop.services.sample import load_sample
        from vawg_desktop.store import making

        typed = self.path.text().strip()
        path = Path(typed if typed.endswith(".vawg") else f"{typed}.vawg")
        word = self.word.text()
        if not typed:
            self._say("Say where the new store's file is to be.", self.path)
        elif len(word) < keys.MIN_PASSPHRASE:
            self._say(f"A passphrase has at least {keys.MIN_PASSPHRASE} characters.", self.word)
        elif word != self.again.text():
            self._say("The two passphrases differ; nothing was made.", self.again)
        else:
            chosen = next(one.objectName() for one in self._begins.buttons() if one.isChecked())

            def work() -> Session:
                session = Session(making.create(path, passphrase=word))
                if chosen == STARTER:
                    load_sample(session)
                return session

            try:
                session = off_the_window(work)
            except AppError as error:
                self._say(error.message, self.path)
                return
            self._made(session, chosen)

    def _say(self, sentence: str, where: QLineEdit) -> None:
        self.wrong.setText(sentence)
        where.setFocus()
        where.selectAll()


class RecoveryForm(QWidget):
    """The recovery key of a new store, shown this once: copied, or saved as a page to print."""

    def __init__(self, key: str, store: Path, done: Callable[[], object], *, replaces: bool = False) -> None:
        super().__init__()
        self._key, self._store = key, store
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(8))
        box.addWidget(label("Recovery key", size=16, bold=True))
        box.addWidget(label("It opens the store if the passphrase is lost. It is shown this once: print it or write it down, seal it, and lock it away." + (" An earlier one no longer opens the store." if replaces else "")))
        shown = QLineEdit(key)
        shown.setReadOnly(True)
        shown.setFont(theme.font(15, bold=True))
        shown.setAccessibleName("Recovery key")
        box.addWidget(shown)
        self.told = label("", muted=True)
        box.addWidget(self.told)
        foot = QHBoxLayout()
        self.copies = button("Copy", self._copy, kind="primary")
        self.prints = button("Save as a page to print …", self._print)
        foot.addWidget(self.copies)
        foot.addWidget(self.prints)
        foot.addStretch(1)
        self.go_on = button("Go on", done)
        foot.addWidget(self.go_on)
        box.addLayout(foot)
        self.setFocusProxy(self.copies)

    def answer_enter(self, answers: bool) -> None:
        """Whether Enter presses the button that has the keyboard."""
        for one in (self.copies, self.prints, self.go_on):
            one.setAutoDefault(answers)

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._key)
        self._kept("Copied. Paste it where it is kept safe, then clear the clipboard.")

    def _print(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Recovery key", f"Recovery key of {self._store.stem}.pdf", "PDF (*.pdf)")
        if name:
            try:
                save_page(Path(name), self._store, self._key)
            except AppError as error:
                self.told.setText(error.message)
                return
            self._kept(f"Saved as {Path(name).name}. Print it, then delete the file.")

    def _kept(self, words: str) -> None:
        self.told.setText(words)
        self.go_on.setFocus()


def save_page(path: Path, store: Path, key: str) -> None:
    """Write a page with a store's recovery key, to be printed. Raises StoreError where it cannot be written."""
    content = QBuffer()
    content.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(content)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    page = QTextDocument()
    page.setDefaultFont(theme.font(13))
    page.setPlainText(f"Recovery key\n\nStore: {store.name}\n\n{key}\n\nIt opens the store if the passphrase is lost. Seal it and lock it away; delete the file that this page was printed from.")
    page.print_(writer)
    del writer  # which ends the document
    keys.write_replacing(path, bytes(content.data().data()))


class RecoveryDialog(Form):
    """The recovery key by itself, where one was made for a store that is open."""

    def __init__(self, parent: QWidget, key: str, store: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle("Recovery key")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        self._form = RecoveryForm(key, store, self.accept, replaces=True)
        box.addWidget(self._form)
        self.setMinimumWidth(theme.px(560))

    def first_field(self) -> QWidget:
        """The button that copies it."""
        return self._form.copies

    def state(self) -> list[str]:
        """Nothing is typed here."""
        return []


