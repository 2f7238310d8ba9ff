"""Open or make a store: one question at a time, in plain words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.errors import AppError
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening
from vawg_desktop.store.postgres import is_url
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import off_the_window
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, label


class OpenDialog(Form):
    """A store's file, its passphrase, and what went wrong where it stands."""

    def __init__(self, parent: QWidget, path: Path | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open a store")
        self.session: Session | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label("Open a store" if path is None else f"Open {path.name}", size=16, bold=True))
        row = QHBoxLayout()
        self._path = QLineEdit(str(path or ""))
        self._path.setAccessibleName("Store")
        self._path.setPlaceholderText("A file that ends in .vawg, or postgresql://…")
        row.addWidget(self._path, 1)
        row.addWidget(button("Choose …", self._choose))
        # a store that is known is shown and not typed: the one field to type in is the passphrase's
        self._path.setReadOnly(path is not None)
        if path is not None:
            self._path.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box.addLayout(row)
        self._word = QLineEdit()
        self._word.setEchoMode(QLineEdit.EchoMode.Password)
        self._word.setAccessibleName("Passphrase")
        self._word.setPlaceholderText("Passphrase")
        box.addWidget(self._word)
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        box.addWidget(self._wrong)
        foot = QHBoxLayout()
        foot.addWidget(button("New store …", self._new))
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        go = button("Open", self._open, kind="primary")
        self.saves = go
        foot.addWidget(go)
        box.addLayout(foot)
        self.setMinimumWidth(theme.px(520))

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a store", self._path.text(), "Stores (*.vawg)")
        if name:
            self._path.setText(name)
            self._word.setFocus()

    def first_field(self) -> QWidget | None:
        """The passphrase, where the store is known."""
        return self._word if self._path.text() else self._path

    def state(self) -> list[str]:
        """Nothing here is lost by leaving."""
        return []

    def _say(self, error: AppError) -> None:
        """What went wrong, without a word that may be a passphrase typed in the wrong field."""
        typed = self._path.text().strip()
        if error.code == "missing" and not typed.endswith(".vawg"):
            self._wrong.setText("There is no such store: choose a file that ends in .vawg.")
        else:
            self._wrong.setText(error.message)
        self._word.clear()
        (self._word if self._path.isReadOnly() else self._path).setFocus()

    def _open(self) -> None:
        typed = self._path.text().strip()
        word = self._word.text() or None
        self._wrong.setText("")
        try:
            self.session = off_the_window(
                lambda: Session(opening.open_postgres(typed) if is_url(typed) else opening.open_store(Path(typed), passphrase=word))
            )
        except AppError as error:
            self._say(error)
            return
        self.accept()

    def _new(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "New store", "Inquiry.vawg", "Stores (*.vawg)")
        if not name:
            return
        path = Path(name if name.endswith(".vawg") else f"{name}.vawg")
        word = self._word.text()
        if not word:
            word, done = messages.ask_text("New store", f"A passphrase for {path.name}", secret=True)
            if not done:
                return
        again, done = messages.ask_text("New store", "The same passphrase once more", secret=True)
        if not done or again != word:
            self._wrong.setText("The two passphrases differ; nothing was made." if done else "")
            return
        try:
            self.session = off_the_window(lambda: Session(making.create(path, passphrase=word)))
        except AppError as error:
            self._path.setText(str(path))
            self._wrong.setText(error.message)
            return
        self.accept()

    @classmethod
    def open_url(cls, parent: QWidget, url: str) -> Session | None:
        """A session on a server's store; asks again where it cannot be reached."""
        try:
            return off_the_window(lambda: Session(opening.open_postgres(url)))
        except AppError as error:
            wrong = error.message
        dialog = cls(parent, None)
        dialog._path.setText(url)
        dialog._wrong.setText(wrong)
        dialog.run()
        session = dialog.session
        dialog.deleteLater()
        return session

    @classmethod
    def open_for(cls, parent: QWidget, path: Path | None, passphrase_file: Path | None) -> Session | None:
        """A session on the store; asks only for what is not known."""
        wrong = ""
        if path is not None:
            try:
                word = passphrase_file.read_text("utf-8").splitlines()[0] if passphrase_file else None
                if word is not None or not opening.needs_passphrase(path):
                    return off_the_window(lambda: Session(opening.open_store(path, passphrase=word)))
            except (AppError, OSError, IndexError) as error:
                wrong = (
                    error.message if isinstance(error, AppError) else "The passphrase file could not be read."
                )
        dialog = cls(parent, path)
        dialog._wrong.setText(wrong)
        dialog.run()
        session = dialog.session
        dialog.deleteLater()
        return session
