"""Two lanes: one writer thread for all that changes the store, a reader thread for lists (STYLE: anki)."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop, QObject, QThread, QTimer, Signal

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import AppError
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages

Work = Callable[[], Any]
Then = Callable[[Any], object]
T = TypeVar("T")
#: How long a closing window waits for a server.
_SERVER_MS = 10_000


@dataclass(frozen=True, slots=True)
class _Undone:
    """What an undo or redo changed, and in words what it took back or brought again."""

    changes: Changes
    what: str
    #: The same as it is said once it is undone.
    back: str = ""


#: What is offered while the server is away.
_BESIDE = "Open a working copy …"


def _undone(session: Session) -> _Undone:
    from vawg_desktop.services import undoing

    changes = undoing.step_back(session)
    what = undoing.what_was_undone(session, changes)
    return _Undone(changes, what, undoing.taken_back(what))


def _redone(session: Session) -> _Undone:
    from vawg_desktop.services import undoing

    changes = undoing.step_forward(session)
    return _Undone(changes, undoing.what_was_undone(session, changes))


class Carries(Protocol):
    """An answer that carries what changed beside what it says."""

    @property
    def changes(self) -> Changes: ...


class Lane(QObject):
    """A thread that runs work in order and hands each answer back to the window's thread."""

    finished = Signal(object, object, object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._queue: queue.Queue[tuple[Work, Then | None, Then | None] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.pending = 0
        self._dropped = False
        self.finished.connect(self._on_finished)
        self._thread.start()

    def put(self, work: Work, then: Then | None, failed: Then | None) -> None:
        """Run ``work`` there; ``then`` or ``failed`` here."""
        self.pending += 1
        self._queue.put((work, then, failed))

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            work, then, failed = item
            try:
                answer = work()
            except BaseException as error:  # noqa: BLE001 - handed to the window's thread, never swallowed
                self.finished.emit(failed or messages.failed, error, None)
            else:
                self.finished.emit(then, answer, None)

    def _on_finished(self, call: Then | None, answer: object, _: object) -> None:
        self.pending -= 1
        if call is not None and (not self._dropped or isinstance(answer, BaseException)):
            call(answer)

    def working(self) -> bool:
        """Whether something is under way or queued on a thread that runs."""
        return self.pending > 0 and self._thread.is_alive()

    def stop(self, *, drop_answers: bool = False) -> None:
        """End the thread after what is queued. With ``drop_answers`` its answers still under way are dropped, for what asked is going too;
        failures are told all the same.
        """
        self._dropped = drop_answers
        self._queue.put(None)
        self._thread.join(10)


def _waited_for(lane: Lane, work: Callable[[], T]) -> T:
    """Work done on a lane; the window paints meanwhile, keys and clicks wait. Raises what the work raised."""
    loop = QEventLoop()
    answers: list[T] = []
    errors: list[BaseException] = []

    def then(answer: T) -> None:
        answers.append(answer)
        loop.quit()

    def failed(error: BaseException) -> None:
        errors.append(error)
        loop.quit()

    lane.put(work, then, failed)
    while not answers and not errors:
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    if errors:
        raise errors[0]
    return answers[0]


def off_the_window(work: Callable[[], T]) -> T:
    """Work done on a thread of its own, such as opening a store: like ``Tasks.fetch`` where there are no tasks yet."""
    lane = Lane("once")
    try:
        return _waited_for(lane, work)
    finally:
        lane.stop()


class Tasks(QObject):
    """Runs services for the pages. ``changes_applied`` tells every page what a write touched."""

    changes_applied = Signal(object)
    busy_changed = Signal(bool)
    #: The store's server cannot be reached (True), or can be again.
    away_changed = Signal(bool)
    #: A working copy is to be opened in a window beside this one.
    wants_copy = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._writer = Lane("writer")
        self._reader = Lane("reader")
        self._through: Lane | None = None
        self._files: Lane | None = None
        self._stopped = False
        self._seen: tuple[int, int] | None = None
        self.away = False
        self._looking = False
        #: This window's latest transactions: its pages have heard of them already.
        self._own: deque[str] = deque(maxlen=200)
        self._waiting: dict[str, Callable[[], None]] = {}
        self._day = session.today
        #: Grows with all that may make a page out of date: a change here or elsewhere, something kept, work that failed.
        self.news = 0
        self.changes_applied.connect(self._note_news)

    def _note_news(self, _: object = None) -> None:
        self.news += 1

    def write(
        self,
        work: Callable[[Session], Changes | Carries],
        *,
        then: Then | None = None,
        failed: Then | None = None,
        message: str = "",
        again: str = "",
    ) -> None:
        """Change the store; pages hear of it by ``changes_applied``. ``message`` is shown once it is done, and offers to undo.

        ``again`` names the cell that the work sets, and says that it may be done twice: where the server is away
        it waits and is done once the server is back, the newest for each cell only.
        """

        def done(changes: Any) -> None:
            self._waiting.pop(again, None)  # an older try at the same cell
            self.busy_changed.emit(self._writer.pending > 0)
            carried = changes if isinstance(changes, Changes) else changes.changes
            if carried:
                self._own.append(carried.txn)
                self.changes_applied.emit(carried)
            for note in carried.notes:
                messages.tell(note)
            if message and carried:
                messages.tell(message, action="Undo", do=self.undo)
            elif carried:
                messages.over("Undo")  # what an earlier message offers to undo is not the last step any more
            if then is not None:
                then(changes)

        def wrong(error: Any) -> None:
            self.busy_changed.emit(self._writer.pending > 0)
            if again and getattr(error, "code", "") == "server_away":
                self._waiting[again] = lambda: self.write(
                    work, then=then, failed=failed, message=message, again=again
                )
                self._unheard(error)
                self.busy_changed.emit(False)
                return
            self._note_news()  # a page may show what was not saved
            (failed or messages.failed)(error)

        self.busy_changed.emit(True)
        self._writer.put(lambda: work(self.session), done, wrong)

    def do(self, work: Callable[[Session], Any], then: Then) -> None:
        """Run work that writes a file and not the store, in the writer's turn."""
        self.busy_changed.emit(True)

        def ended(call: Then) -> Then:
            def end(answer: Any) -> None:
                self.busy_changed.emit(self._writer.pending > 0)
                call(answer)

            return end

        self._writer.put(lambda: work(self.session), ended(then), ended(messages.failed))

    def read(self, work: Callable[[Session], Any], then: Then, failed: Then | None = None) -> None:
        """Read on the reader's own connection; a failure is told where ``failed`` does not take it."""

        def wrong(error: BaseException) -> None:
            self._note_news()
            (failed or messages.failed)(error)

        self._reader.put(lambda: work(self.session), then, wrong)

    def fetch(self, work: Callable[[Session], T]) -> T:
        """Read on the reader's lane for something that cannot go on without the answer, such as a form about to open.

        The window goes on painting; keys and clicks wait, so that nothing is begun twice. Raises what the work raised.
        """
        return _waited_for(self._reader, lambda: work(self.session))

    def save_local(self, kind: str, key: str, value: str | None) -> None:
        """Keep something of this store's own (a draft, a view, a setting) without telling pages."""
        from vawg_desktop.services import office

        def failed(error: Any) -> None:
            if getattr(error, "code", "") != "server_away":  # told once already; the text stands in its field
                messages.failed(error)

        self._writer.put(lambda: office.save_local(self.session, kind, key, value), self._note_news, failed)

    def undo(self) -> None:
        """One step back (Ctrl+Z)."""
        self.write(_undone, then=lambda done: messages.tell(f"Undone: {done.back}." if done.what else "Undone.", action="Redo", do=self.redo), failed=self._ask_why_undone)

    def _ask_why_undone(self, error: Any) -> None:
        """Undoing a closing opens a record again, for which the person says why."""
        from vawg_desktop.services.undoing import step_back

        if getattr(error, "code", "") != "rule_reopen":
            messages.failed(error)
            return
        why, meant = messages.ask_text("Undo a closing", f"{error.message} Why?", verb="Open again")
        if meant:
            self.write(lambda s: step_back(s, why), then=lambda _: messages.tell("Undone: it is open again."))

    def redo(self) -> None:
        """One step forward again (Ctrl+Shift+Z)."""
        self.write(_redone, then=lambda done: messages.tell(f"Done again: {done.what}." if done.what else "Done again.", action="Undo", do=self.undo))

    def look_for_others(self) -> None:
        """Notice what another process wrote, such as a command run beside the window (polled each second)."""
        from vawg_desktop.services.history import written_since

        self._look_at_the_day()
        seen, own = self._seen, frozenset(self._own)
        if not self._looking:  # a server that does not answer must not hold the window
            self._looking = True
            self._reader.put(lambda: written_since(self.session, seen, own), self._heard, self._unheard)

    def _look_at_the_day(self) -> None:
        """After midnight every page shows what is overdue, due and silent on the new day."""
        if self._day != self.session.today:
            self._day = self.session.today
            self.changes_applied.emit(Changes(entities=set(BY_KEY)))

    def _heard(self, found: tuple[Changes, tuple[int, int]]) -> None:
        changes, self._seen = found
        self._looking = False
        if self.away:
            self.away = False
            self.away_changed.emit(False)
            waited, self._waiting = self._waiting, {}
            for one in waited.values():
                one()
            saved = " What you changed meanwhile is being saved." if waited else ""
            messages.over(_BESIDE)
            messages.tell(f"The server is back.{saved}")
        if changes:
            self.changes_applied.emit(changes)

    def _unheard(self, error: BaseException) -> None:
        self._looking = False
        if not isinstance(error, AppError):
            messages.failed(error)
        elif not self.away:
            self.away = True
            self.away_changed.emit(True)
            messages.failed(error, action=_BESIDE, do=self.beside)

    def waiting(self) -> int:
        """How many changes wait for the server to come back."""
        return len(self._waiting)

    def saving(self) -> bool:
        """Whether something is being written, to the store or to a file."""
        return self._writer.working() or (self._files is not None and self._files.working())

    def beside(self) -> None:
        """Offer another store, such as a working copy, in a window of its own."""
        self.wants_copy.emit()

    def read_through(self, then: Then) -> None:
        """Read the store's file through to its end on a thread of its own; ``then`` hears a sentence if it is damaged.

        From that moment the store may only be read. Nothing is done once the tasks were stopped: the store may be closed.
        """
        from vawg_desktop.store.check import integrity

        store = self.session.store

        def look() -> str:
            damage = integrity(store)
            if damage:
                store.door.close_for(damage)
            return damage

        if self._through is None and not self._stopped:
            self._through = Lane("integrity")
            self._through.put(look, lambda damage: then(damage) if damage else None, None)

    def make_file(self, work: Callable[[Session], Any], then: Then, failed: Then | None = None) -> None:
        """Run work that reads the store and writes a file, on a thread of its own: no page and no saving waits for a long document. A failure is told where ``failed`` does not take it."""
        if self._files is None:
            self._files = Lane("files")
        self._files.put(lambda: work(self.session), then, failed)

    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self._writer.pending == 0 and self._reader.pending == 0 and (self._files is None or self._files.pending == 0)

    def reads_for_pages(self) -> bool:
        """Whether something is read, the look for what others wrote apart."""
        return self._reader.pending > int(self._looking)

    def wait(self, milliseconds: int = 20_000) -> None:
        """Run the event loop until nothing is under way (tour and tests)."""
        loop = QEventLoop()
        poll = QTimer()
        poll.setInterval(2)
        poll.timeout.connect(lambda: loop.quit() if self.idle() else None)
        poll.start()
        QTimer.singleShot(milliseconds, loop.quit)
        if not self.idle():
            loop.exec()
        poll.stop()
        QCoreApplication.sendPostedEvents()

    def stop(self) -> None:
        """Finish what is queued and end all lanes; the window paints meanwhile. A server is waited for ten seconds at most, one that is away not at all."""
        self._stopped = True
        if self.saving():
            messages.tell("Saving what is under way; the window closes when it is done.")
        until = QDeadlineTimer(_SERVER_MS) if self.session.store.url is not None else QDeadlineTimer(QDeadlineTimer.ForeverConstant.Forever)
        while self.saving() and not self.waiting() and not until.hasExpired():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 50)
            QThread.msleep(5)
        self._writer.stop()
        if self._files is not None:
            self._files.stop()
        self._reader.stop(drop_answers=True)
        if self._through is not None:
            self._through.stop(drop_answers=True)
