"""Starts the window: shell first, then the store, then the first page; and draws the tour."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Open the window or draw the tour."""
    if arguments.command == "tour":
        return tour(arguments)
    return window(getattr(arguments, "store", None), getattr(arguments, "passphrase_file", None))


def application() -> Any:
    """The Qt application with our theme on it."""
    from PySide6.QtCore import Qt, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from vawg_desktop.ui import spoken
    from vawg_desktop.ui.theme import of_the_system, theme

    qInstallMessageHandler(_heard_from_qt)
    spoken.install()
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("VAWG Desktop")
    # The system's own file dialog hears no key of ours, so it would stand there while the screen is to be hidden.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    theme.apply(of_the_system())  # until another one is chosen in Settings
    return app


#: What Qt says where there is no screen, and what means nothing to anybody.
_NOT_TOLD = ("propagateSizeHints",)


def _heard_from_qt(kind: Any, context: Any, message: str) -> None:
    """Qt's own remarks go where errors go; those that mean nothing are left out."""
    from vawg_desktop import log_file

    if not any(word in message for word in _NOT_TOLD):
        log_file.write(f"{message}\n")


#: So high is a window's own title bar, at the least.
_FRAME = 32


def window(store: str | None, passphrase_file: str | None) -> int:
    """Paint the shell, then open the store."""
    app = application()
    from PySide6.QtCore import QTimer

    from vawg_desktop.ui.main_window import MainWindow
    from vawg_desktop.ui.messages import messages

    messages.install_hooks()
    shell = MainWindow()
    from vawg_desktop import remembered

    room = app.primaryScreen().availableGeometry()
    shell.resize(min(1366, room.width()), min(768, room.height()))
    stood = remembered.geometry()
    if stood:
        shell.restoreGeometry(stood)
    if not stood and (room.width() <= 1366 or room.height() <= 768 + _FRAME):  # with its frame it would stand out of the screen
        shell.showMaximized()
    else:
        shell.show()
    held = Held(shell, passphrase_file)

    def open_it() -> None:
        if not held.open(store):
            app.quit()

    QTimer.singleShot(0, open_it)
    code = int(app.exec())
    held.close()
    return code


def open_beside(store: str) -> None:
    """Another store in a window (a process) of its own."""
    from PySide6.QtCore import QProcess

    from vawg_desktop import paths

    main = [] if getattr(sys, "frozen", False) else [str(paths.root() / "main.py")]
    QProcess.startDetached(sys.executable, [*main, "open", store])


class Held:
    """The store a window holds open, its lock, and the backups made of it unasked."""

    HOUR_MS = 3_600_000

    def __init__(self, shell: Any, passphrase_file: str | None) -> None:
        self._shell, self._passphrase_file = shell, passphrase_file
        self.session: Any = None
        self._lock: Any = None
        self._timers: list[Any] = []
        shell.reopen = self.reopen
        shell.open_beside = open_beside

    def open(self, store: str | None) -> bool:
        """Choose, open, lock and show; False where the person left or another window has it."""
        from PySide6.QtCore import QTimer

        from vawg_desktop import remembered
        from vawg_desktop.domain.errors import AppError, StoreError
        from vawg_desktop.store.holding import lock_for_window
        from vawg_desktop.ui.messages import messages

        session, begins = choose(self._shell, store, self._passphrase_file)
        if session is None:
            return False
        try:
            if session.store.url is None:  # a server takes any number of windows
                self._lock = lock_for_window(session.store.path, session.who)
        except AppError as error:
            session.store.close()
            messages.failed(error)
            return True
        self.session = session
        from vawg_desktop.services.attachments import wipe_copies

        wipe_copies()  # what a crash left
        remembered.opened(self._known_as())
        tasks = begin(self._shell, session, remembered.page(self._known_as()))
        if begins == "tracker":
            QTimer.singleShot(0, self._shell, self._import_tracker)
        tasks.read(lambda s: s.store.clock_notice(), lambda notice: messages.tell(notice) if notice else None)
        if why := remembered.was_not_backed_up(self._known_as()):
            messages.failed(StoreError(f"No backup was made when this store was last closed: {why} The next one is made in a moment."))
        if session.store.url is not None:
            return True  # its backups are the server's
        for milliseconds, once in ((5_000, True), (self.HOUR_MS, False)):
            timer = QTimer(self._shell)
            timer.setInterval(milliseconds)
            timer.setSingleShot(once)
            timer.timeout.connect(self.back_up)
            timer.start()
            self._timers.append(timer)
        return True

    def _known_as(self) -> str:
        """What the store is remembered by: its path, or the address of a server's."""
        store = self.session.store
        return str(store.path.resolve()) if store.url is None else str(store.name)

    def _import_tracker(self) -> None:
        from vawg_desktop.ui.window_commands import bring_in_tracker

        bring_in_tracker(self._shell)

    def back_up(self) -> None:
        """An automatic backup on the writer's lane, if something changed; a failure is told once."""
        from vawg_desktop.domain.changes import Changes
        from vawg_desktop.services.safekeeping import back_up_if_changed

        def work(session: Any) -> Changes:
            back_up_if_changed(session)
            return Changes()

        if self._shell.tasks is not None and not self._shell.as_at.on:
            self._shell.tasks.write(work)

    def reopen(self, work: Any) -> None:
        """Close the store, do ``work`` to its files, and open what stands there then."""
        from vawg_desktop.domain.errors import AppError
        from vawg_desktop.ui.messages import messages

        path = self.session.store.path
        self.close(backup=False)
        sentence, failed = "", None
        try:
            sentence = work()
        except AppError as error:
            failed = error
        self.open(str(path))
        if failed is not None:
            messages.failed(failed)
        elif sentence:
            messages.tell(sentence)

    def close(self, *, backup: bool = True) -> None:
        """End what is under way, back up what changed, fold the log in, let the lock go."""
        from vawg_desktop import log_file, remembered
        from vawg_desktop.domain.errors import AppError
        from vawg_desktop.services.safekeeping import back_up_if_changed
        from vawg_desktop.ui.tasks import off_the_window

        if self.session is not None:
            remembered.left(self._known_as(), bytes(self._shell.saveGeometry().data()), *self._shell.where())
        for timer in self._timers:
            timer.stop()
            timer.deleteLater()
        self._timers.clear()
        if self._shell.tasks is not None:
            self._shell.detach()
        self._shell.as_at.close()
        if self.session is not None:
            if backup and self.session.store.url is None:
                session = self.session
                try:
                    off_the_window(lambda: back_up_if_changed(session))
                except AppError as error:
                    log_file.write(error.message + "\n")
                    log_file.note(error)
                    remembered.not_backed_up(self._known_as(), error.message)
            self.session.store.close()
            self.session = None
        from vawg_desktop.services.attachments import wipe_copies

        wipe_copies()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def choose(shell: Any, store: str | None, passphrase_file: str | None) -> tuple[Any, str]:
    """The session on the store named, or chosen in the window (None if the person left), and what a store that was made begins with."""
    from vawg_desktop.ui.dialogs.open_store import OpenDialog

    if store and "://" in store:
        return OpenDialog.open_url(shell, store), ""
    return OpenDialog.start(
        shell, Path(store) if store else None, Path(passphrase_file) if passphrase_file else None
    )


def begin(shell: Any, session: Any, where: tuple[str, str] = ("", "")) -> Any:
    """Put a session into the shell and show the page, and the record on it, that were shown last; the first time My work."""
    from vawg_desktop.services import office
    from vawg_desktop.ui.places import PAGES
    from vawg_desktop.ui.tasks import Tasks
    from vawg_desktop.ui.theme import theme

    tasks = Tasks(session)
    name, scale, density = tasks.fetch(lambda s: [office.setting(s, k) for k in ("theme", "scale", "density")])
    if name or scale or density:
        theme.apply(name, int(scale) / 100 if scale else None, density)
        shell.restyle()
    shell.attach(tasks, session.store.path.stem)
    key, record = where
    page = shell.go(key if any(p.key == key for p in PAGES) else "my_work")
    if record and hasattr(page, "go_to"):
        page.go_to(record)
    return tasks


def tour(arguments: argparse.Namespace) -> int:
    """Draw every page to PNG, with no screen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # under Wine the Windows one is named, to see the window as it draws it
    os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false;*.debug=false")
    import tempfile

    from vawg_desktop.domain.errors import StoreError, ValueRefusedError

    out = Path(arguments.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder {out} could not be made: {error.strerror}.", code="no_folder") from None
    wide, _, high = arguments.size.partition("x")
    if not (wide.isdigit() and high.isdigit()):
        raise ValueRefusedError(f"“{arguments.size}” is not a size such as 1366x768.")
    if not all(320 <= int(side) <= 7680 for side in (wide, high)):
        raise ValueRefusedError(f"A window is 320 to 7680 points wide and high, not {arguments.size[:40]}.")
    with tempfile.TemporaryDirectory(prefix="vawg-tour-") as folder:
        session = _tour_session(arguments, Path(folder))
        try:
            from vawg_desktop.ui.tour import draw_tour

            application()
            names = draw_tour(session, out, arguments.theme, arguments.scale, (int(wide), int(high)))
        finally:
            session.store.close()
    print(f"{len(names)} pictures in {out}.")  # noqa: T201
    return 0


def _tour_session(arguments: argparse.Namespace, folder: Path) -> Any:
    """The store named, opened for looking; else a fresh sample."""
    from vawg_desktop.commands.shared import passphrase_for
    from vawg_desktop.services.sample import load_sample
    from vawg_desktop.services.session import Session
    from vawg_desktop.store import making, opening

    if arguments.store is None:
        session = Session(making.create(folder / "Kent inquiry.vawg", passphrase=None))
        load_sample(session)
        return session
    path = Path(arguments.store)
    passphrase = passphrase_for(arguments, path) if opening.needs_passphrase(path) else None
    return Session(opening.open_store(path, passphrase=passphrase))
