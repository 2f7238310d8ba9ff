"""The one way to speak to the user: messages in the window's strip, and questions; owns the exception hooks."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QEventLoop, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget
from shiboken6 import isValid

from vawg_desktop import log_file
from vawg_desktop.domain.errors import AppError
from vawg_desktop.ui.widgets.strip import Message, Strip


class Messages(QObject):
    """Sentences for the person. ``shown`` is emitted for each, for tests and the log."""

    shown = Signal(str, str)
    _from_thread = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._window: QWidget | None = None
        self._strip: Strip | None = None
        self._from_thread.connect(self.failed)

    def attach(self, window: QWidget, strip: Strip) -> None:
        """Show messages in this window's strip from now on."""
        self._window, self._strip = window, strip

    def tell(self, text: str, *, action: str = "", do: Callable[[], object] | None = None, stays: bool = False) -> None:
        """A quiet line at the foot of the window, gone by itself unless it ``stays`` for the next one; may carry one button."""
        self.shown.emit("told", text)
        if (strip := self._standing()) is not None:
            strip.tell(Message(text, action, do), stays=stays)

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
        if (strip := self._standing()) is not None:
            strip.fail(Message(text, action, do))

    def over(self, action: str) -> None:
        """What a message tells of, known by its button, is over: it goes by itself."""
        if (strip := self._standing()) is not None:
            strip.withdraw(action)

    def _standing(self) -> Strip | None:
        """The strip of the window; None where the window has gone, as when an answer comes after it was closed."""
        return self._strip if self._strip is not None and isValid(self._strip) else None

    def ask(self, title: str, text: str, verb: str) -> bool:
        """A yes-or-no question whose button is a verb. Only where something hard to take back is meant."""
        box = QMessageBox(QApplication.activeModalWidget() or self._window)
        box.setWindowTitle(title)
        box.setText(title)  # a window's title is cut where the window is narrow
        box.setInformativeText(text)
        yes = box.addButton(verb, QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton("Go back", QMessageBox.ButtonRole.RejectRole)
        yes.setAutoDefault(False)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        self.run(box)
        return box.clickedButton() is yes

    def ask_text(
        self, title: str, asked: str, text: str = "", *, secret: bool = False, long: bool = False, verb: str = "Go on", check: Callable[[str], str] | None = None
    ) -> tuple[str, bool]:
        """A question answered in words: what was typed, and whether it was meant; ``secret`` is a passphrase. ``check`` says what is wrong with an answer, which is then asked for again."""
        from vawg_desktop.ui.dialogs.form import AskDialog

        dialog = AskDialog(
            QApplication.activeModalWidget() or self._window, title, asked, text, secret=secret, long=long, verb=verb, check=check
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


messages = Messages()
