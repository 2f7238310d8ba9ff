"""Start: open a store or make one, on one page; the last store is remembered and the cursor stands in Passphrase."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from vawg_desktop import remembered
from vawg_desktop.domain.errors import AppError
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store.postgres import is_url
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.dialogs.new_store import NewStoreForm, RecoveryForm
from vawg_desktop.ui.tasks import off_the_window
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, fit_screen, label, rule, scrolled


class OpenDialog(Form):
    """A store's file and its passphrase, and under it a new store; what went wrong stands where it happened."""

    def __init__(self, parent: QWidget, path: Path | None, *, suggested: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("Open a store" if path is not None else "VAWG Desktop")
        self.session: Session | None = None
        #: What a new store begins with.
        self.begins = ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(theme.px(24), theme.px(24), 0, theme.px(16))
        self._stack = QStackedWidget()
        outer.addWidget(self._stack, 1)
        page = QWidget()
        self._stack.addWidget(page)
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        box = scrolled(whole, spacing=6)
        box.addWidget(label("Open a store" if path is None else f"Open {path.name}", size=16, bold=True))
        row = QHBoxLayout()
        self._path = QLineEdit(str(path or suggested))
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
        go = button("Open", self._open, kind="primary")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        foot.addWidget(go)
        box.addLayout(foot)
        for field in (self._path, self._word):
            field.returnPressed.connect(self._open)
        self.new: NewStoreForm | None = None
        if path is None:
            box.addSpacing(theme.px(16))
            box.addWidget(rule())
            box.addSpacing(theme.px(8))
            box.addWidget(label("Or make a new one", size=16, bold=True))
            self.new = NewStoreForm(self._made)
            box.addWidget(self.new)
        else:
            self.saves = go
        box.addStretch(1)
        fit_screen(self, 620, 680 if path is None else 260)

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a store", self._path.text(), "Stores (*.vawg)")
        if name:
            self._path.setText(name)
            self._word.setFocus()

    def first_field(self) -> QWidget | None:
        """The passphrase, where the store is known; else that of a new one, or the path."""
        if self._path.text():
            return self._word
        return self.new.word if self.new is not None and not remembered.stores() else self._path

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

    def _made(self, session: Session, begins: str) -> None:
        """A store was made: its recovery key is shown once."""
        from vawg_desktop.services import access

        assert self.new is not None
        word = self.new.word.text()
        self.session, self.begins = session, begins
        key, _ = off_the_window(lambda: access.make_recovery(session, word))
        shown = RecoveryForm(key, session.store.path, self.accept)
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, theme.px(24), 0)
        box.addWidget(shown)
        box.addStretch(1)
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        # the Enter that made the store is still on its way to the dialog: no button may take it for its own
        shown.answer_enter(False)
        QTimer.singleShot(0, shown, partial(shown.answer_enter, True))
        shown.copies.setFocus()

    def reject(self) -> None:
        """Leave; a store that was made already is opened, and its recovery key can be made again."""
        if self.session is not None:
            self.accept()
        else:
            super().reject()

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
        return cls.start(parent, path, passphrase_file)[0]

    @classmethod
    def start(cls, parent: QWidget, path: Path | None, passphrase_file: Path | None) -> tuple[Session | None, str]:
        """The same, and what a store that was made begins with; without a path the last store is offered."""
        wrong = ""
        if path is not None:
            try:
                word = passphrase_file.read_text("utf-8").splitlines()[0] if passphrase_file else None
                if word is not None or not opening.needs_passphrase(path):
                    return off_the_window(lambda: Session(opening.open_store(path, passphrase=word))), ""
            except (AppError, OSError, IndexError) as error:
                wrong = (
                    error.message if isinstance(error, AppError) else "The passphrase file could not be read."
                )
        last = next((s for s in remembered.stores() if is_url(s) or Path(s).exists()), "") if path is None else ""
        dialog = cls(parent, path, suggested=last)
        dialog._wrong.setText(wrong)
        dialog.run()
        session, begins = dialog.session, dialog.begins
        dialog.deleteLater()
        return session, begins
