"""The one way to speak to the user: toasts and questions; owns the exception hooks."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLabel, QMessageBox, QPushButton, QWidget
from shiboken6 import isValid

from vawg_desktop import log_file
from vawg_desktop.domain.errors import AppError
from vawg_desktop.ui.theme import theme

TOAST_MS = 6000


class Messages(QObject):
    """Sentences for the person. ``shown`` is emitted for each, for tests and the log."""

    shown = Signal(str, str)
    _from_thread = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._window: QWidget | None = None
        self._toast: Toast | None = None
        self._from_thread.connect(self.failed)

    def attach(self, window: QWidget) -> None:
        """Show toasts over this window from now on."""
        self._window = window
        self._toast = Toast(window)

    def tell(self, text: str, *, action: str = "", do: Callable[[], object] | None = None, stays: bool = False) -> None:
        """A quiet line at the foot of the window, gone by itself unless it ``stays`` for the next one; may carry one button."""
        self.shown.emit("told", text)
        if (toast := self._standing()) is not None:
            toast.show_text(text, False, action, do, stays=stays)

    def failed(
        self, error: BaseException, *, action: str = "", do: Callable[[], object] | None = None
    ) -> None:
        """Something was not done: what happened, what was kept, what to do; may carry one button."""
        from vawg_desktop.store.trouble import store_error_of

        error = store_error_of(error) or error
        if isinstance(error, AppError):
            text = error.message
        else:
            text = "Something in the program went wrong; what you typed is kept. Please try again. “About this program” (Ctrl+K) says where it was written down."
            import traceback

            log_file.note(error)
            log_file.write("".join(traceback.format_exception(error)))
        self.shown.emit("failed", text)
        if (toast := self._standing()) is not None:
            toast.show_text(text, True, action, do)

    def _standing(self) -> Toast | None:
        """The toast of the window; None where the window has gone, as when an answer comes after it was closed."""
        return self._toast if self._toast is not None and isValid(self._toast) else None

    def ask(self, title: str, text: str, verb: str) -> bool:
        """A yes-or-no question whose button is a verb. Only where something hard to take back is meant."""
        box = QMessageBox(QApplication.activeModalWidget() or self._window)
        box.setWindowTitle(title)
        box.setText(text)
        yes = box.addButton(verb, QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("Go back", QMessageBox.ButtonRole.RejectRole)
        yes.setAutoDefault(False)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        self.run(box)
        return box.clickedButton() is yes

    def ask_text(
        self, title: str, asked: str, text: str = "", *, secret: bool = False, long: bool = False, verb: str = "Go on"
    ) -> tuple[str, bool]:
        """A question answered in words: what was typed, and whether it was meant; ``secret`` is a passphrase."""
        from vawg_desktop.ui.dialogs.form import AskDialog

        dialog = AskDialog(
            QApplication.activeModalWidget() or self._window, title, asked, text, secret=secret, long=long, verb=verb
        )
        done = dialog.run()
        answer = dialog.answer() if done else ""
        dialog.deleteLater()
        return answer, done

    def run(self, dialog: QDialog) -> int:
        """Show a dialog until it is done with. Unlike ``exec`` it goes on where the screen is hidden meanwhile."""
        loop = QEventLoop()
        dialog.finished.connect(loop.quit)
        dialog.destroyed.connect(loop.quit)
        dialog.setWindowModality(Qt.WindowModality.ApplicationModal)
        dialog.show()
        loop.exec()
        return dialog.result()

    def show(self, title: str, text: str) -> None:
        """Something to be read or copied before going on, such as a recovery key."""
        box = QMessageBox(QApplication.activeModalWidget() or self._window)
        box.setWindowTitle(title)
        box.setText(text)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        box.addButton("Close", QMessageBox.ButtonRole.AcceptRole)
        self.run(box)

    def install_hooks(self) -> None:
        """Unexpected errors of any thread reach the person as a sentence, the log file, and the console where there is one."""

        def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                sys.__excepthook__(kind, error, trace)
            else:
                self._from_thread.emit(error)

        sys.excepthook = hook
        threading.excepthook = lambda args: hook(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )


class Toast(QWidget):
    """A line over the foot of the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Message")
        self._row = row = QHBoxLayout(self)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = QPushButton()
        self._close = QPushButton("Close")
        self._close.clicked.connect(self.hide)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        self._do: Callable[[], object] | None = None
        self._button.clicked.connect(self._on_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def show_text(
        self, text: str, wrong: bool, action: str = "", do: Callable[[], object] | None = None, *, stays: bool = False
    ) -> None:
        """Show a sentence; a failure stays until closed, and what ``stays`` until the next."""
        c = theme.colours
        edge = c.warn if wrong else c.accent
        self.setStyleSheet(
            f"Toast {{ background: {c.raised}; border: 1px solid {c.line}; border-left: {theme.px(4)}px solid {edge}; }}"
        )
        self._row.setContentsMargins(theme.px(16), theme.px(8), theme.px(8), theme.px(8))
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self._do = do
        self._button.setVisible(bool(action))
        self._button.setText(action)
        self._place()
        self.show()
        self.raise_()
        self._timer.stop()
        if not wrong and not stays:
            self._timer.start(TOAST_MS)

    def _on_button(self) -> None:
        self.hide()
        if self._do is not None:
            self._do()

    def _place(self) -> None:
        window = self.parentWidget()
        if window is None:
            return
        width = min(theme.px(640), window.width() - theme.px(48))
        self.setFixedWidth(width)
        self._row.activate()
        self.resize(width, self._row.heightForWidth(width))
        self.move((window.width() - width) // 2, window.height() - self.height() - theme.px(24))


messages = Messages()
